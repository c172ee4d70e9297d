//! Accounts that come back to one object again and again.

use overt_coordination::accounts::{AccountStatus, Reservation, judge};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::limits::{self, Limit};
use overt_coordination::network::{Counting, Network, NetworkSettings, find};
use overt_model::{Location, Post, Trace, Window, key};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// (account, object, milliseconds)
#[derive(Default)]
struct World(Vec<(u32, u32, i64)>);

impl World {
    /// Accounts from 1,000 on, who share a few of many things at any time; and 100 of them object 7 on a third of the days.
    fn of_others(rng: &mut ChaCha8Rng, days: i64) -> Self {
        let mut world = Self::default();
        for account in 1_000..1_400 {
            for _ in 0..12 {
                let object = 10_000 + rng.random_range(0..400);
                world
                    .0
                    .push((account, object, rng.random_range(0..days * DAY)));
            }
        }
        for account in 1_000..1_100 {
            for day in 0..days {
                if rng.random_bool(0.3) {
                    let time = day * DAY + rng.random_range(7 * HOUR..23 * HOUR);
                    world.0.push((account, 7, time));
                }
            }
        }
        world
    }

    /// Accounts 0 to 9 share an object each day, at a time of the day, within fifteen seconds.
    fn pushed(
        &mut self,
        rng: &mut ChaCha8Rng,
        object: u32,
        days: i64,
        at: impl Fn(&mut ChaCha8Rng) -> i64,
    ) {
        for day in 0..days {
            let time = day * DAY + at(rng);
            for account in 0..10 {
                let late = rng.random_range(0..15 * SECOND);
                self.0.push((account, object, time + late));
            }
        }
    }

    fn corpus(&self, link: bool) -> Corpus {
        self.corpus_of(if link { &Trace::Url } else { &Trace::Object })
    }

    fn corpus_of(&self, trace: &Trace) -> Corpus {
        self.corpus_linking(trace, None)
    }

    /// With a link of every post at an object to one site.
    fn corpus_linking(&self, trace: &Trace, to_one_site: Option<u32>) -> Corpus {
        let mut builder = CorpusBuilder::new(CorpusSettings {
            traces: vec![trace.clone()],
            ..CorpusSettings::default()
        });
        for (n, &(account, object, time)) in (1..).zip(&self.0) {
            let mut post = Post {
                platform: "x".into(),
                id: format!("p{n}").into(),
                account: account.to_string().into(),
                time,
                ..Post::default()
            };
            match trace {
                Trace::Url => post.urls = vec![format!("https://s{object}.example/x").into()],
                Trace::Hashtag => post.hashtags = vec![format!("t{object}").into()],
                _ => post.object = Some(object.to_string().into()),
            }
            if to_one_site == Some(object) {
                post.urls = vec![format!("https://feed.example/{n}").into()];
            }
            builder.add(&post, Location { file: 0, line: n });
        }
        builder.finish()
    }
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(5)
}

fn of_a_minute() -> NetworkSettings {
    NetworkSettings {
        windows: vec![Window::from_millis(60 * SECOND).expect("not negative")],
        ..NetworkSettings::default()
    }
}

fn network(corpus: &Corpus) -> Network {
    find(corpus, &of_a_minute(), &|_| {})
}

/// The numbers of accounts that are established, and why others whose q passes are not.
fn judged(corpus: &Corpus) -> (Vec<u32>, Vec<Reservation>) {
    let found = judge(corpus, &network(corpus), &of_a_minute());
    let name = |a: u32| key::split(corpus.accounts.name(a)).1.parse();
    let established = found
        .iter()
        .filter(|a| a.status == AccountStatus::Established);
    let mut established: Vec<u32> = established
        .map(|a| name(a.account).expect("a number"))
        .collect();
    established.sort_unstable();
    (
        established,
        found.iter().filter_map(|a| a.reservation).collect(),
    )
}

#[test]
fn ten_who_push_one_thing_on_thirty_days_are_found_among_its_readers() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 7, 30, |rng| rng.random_range(7 * HOUR..23 * HOUR));
    let corpus = world.corpus(false);
    assert_eq!(judged(&corpus).0, (0..10).collect::<Vec<_>>());

    let network = network(&corpus);
    let counts: Vec<Counting> = network.layers.iter().map(|l| l.layer.counting).collect();
    assert_eq!(counts, [Counting::Objects, Counting::Occasions]);
    assert_eq!(network.edges.len(), 45);
    for edge in &network.edges {
        let [layer] = &edge.layers[..] else {
            panic!("one layer has them");
        };
        assert_eq!((layer.layer, layer.scored.pair.weight), (1, 30));
        assert_eq!(layer.co_shares.len(), 30, "every occasion is shown");
        assert!(layer.scored.expected.mean > 0.0);
        assert!(layer.synchrony.shared >= 30 && layer.synchrony.p < 1e-9);
        let mut posts: Vec<u32> = layer.co_shares.iter().map(|c| c.post_i).collect();
        posts.dedup();
        assert_eq!(posts.len(), 30, "with a post of its own");
    }
}

#[test]
fn ten_are_found_at_a_thing_that_nobody_else_comes_back_to() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 9, 30, |rng| rng.random_range(7 * HOUR..23 * HOUR));
    assert_eq!(judged(&world.corpus(false)).0, (0..10).collect::<Vec<_>>());
}

#[test]
fn a_tag_that_only_they_use_is_a_public_moment_and_one_that_others_use_is_not() {
    let mut rng = rng();
    let irregular = |rng: &mut ChaCha8Rng| rng.random_range(7 * HOUR..23 * HOUR);
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 9, 30, irregular);
    let (established, reservations) = judged(&world.corpus_of(&Trace::Hashtag));
    assert_eq!(established, [0u32; 0], "they may watch something");
    assert_eq!(reservations, [Reservation::PublicMoment; 10]);
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 7, 30, irregular);
    let (established, _) = judged(&world.corpus_of(&Trace::Hashtag));
    assert_eq!(established, (0..10).collect::<Vec<_>>());
}

#[test]
fn a_tag_whose_posts_link_to_one_site_is_of_one_source() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 7, 30, |rng| rng.random_range(7 * HOUR..23 * HOUR));
    let (established, reservations) = judged(&world.corpus_linking(&Trace::Hashtag, Some(7)));
    assert_eq!(established, [0u32; 0], "they may follow that site");
    assert_eq!(reservations, [Reservation::OneSource; 10]);
}

#[test]
fn one_source_is_one_whatever_is_shared_of_it() {
    // Twelve relays of a feed: each of its messages within seconds, as a link and in like words.
    let mut rng = rng();
    let mut builder = CorpusBuilder::new(CorpusSettings {
        traces: vec![Trace::Url, Trace::Text],
        ..CorpusSettings::default()
    });
    let mut id = 0;
    let mut add = |account: i64, time: i64, text: String, link: String| {
        id += 1;
        let post = Post {
            platform: "x".into(),
            id: format!("p{id}").into(),
            account: account.to_string().into(),
            time,
            text: Some(text.into()),
            urls: vec![link.into()],
            ..Post::default()
        };
        builder.add(&post, Location { file: 0, line: id });
    };
    for message in 0..40_i64 {
        let at = message * 17 * HOUR + rng.random_range(0..HOUR);
        let text = format!(
            "the ground shook near region {message} and nobody was hurt, as far as is known"
        );
        for account in 0..12 {
            let time = at + rng.random_range(0..20 * SECOND);
            add(
                account,
                time,
                text.clone(),
                format!("https://feed.example/{message}"),
            );
        }
    }
    for n in 0..3_000_i64 {
        let (account, time) = (100 + n % 250, rng.random_range(0..28 * DAY));
        let (site, page) = (rng.random_range(0..30), rng.random_range(0..80));
        let text =
            format!("what {account} says on its {n}th day of {time} is of no interest to others");
        add(
            account,
            time,
            text,
            format!("https://news{site}.example/{page}"),
        );
    }
    let (established, reservations) = judged(&builder.finish());
    assert_eq!(established, [0u32; 0], "they relay one feed");
    assert_eq!(reservations, [Reservation::OneSource; 12]);
}

#[test]
fn of_one_link_all_is_one_source() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 7, 30, |rng| rng.random_range(7 * HOUR..23 * HOUR));
    let (established, reservations) = judged(&world.corpus(true));
    assert_eq!(established, [0u32; 0]);
    assert_eq!(reservations, [Reservation::OneSource; 10]);
}

#[test]
fn who_comes_at_nine_each_day_is_not_told_from_routine() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 30);
    world.pushed(&mut rng, 7, 30, |_| 9 * HOUR);
    assert_eq!(network(&world.corpus(false)).edges.len(), 0);
}

#[test]
fn a_show_that_begins_when_it_begins_draws_everybody() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 30);
    for night in 0..30 {
        // Begins at any time of the evening, and all write at one of two moments.
        let moments: Vec<i64> = (0..2)
            .map(|_| night * DAY + rng.random_range(17 * HOUR..23 * HOUR))
            .collect();
        for viewer in 2_000..2_060 {
            if rng.random_bool(0.5) {
                let at = moments[rng.random_range(0..2)] + rng.random_range(0..20 * SECOND);
                world.0.push((viewer, 8, at));
            }
        }
    }
    assert_eq!(judged(&world.corpus(false)).0, [0u32; 0]);
}

#[test]
fn in_less_than_a_week_each_counts_once_and_that_is_said() {
    let mut rng = rng();
    let mut world = World::of_others(&mut rng, 6);
    world.pushed(&mut rng, 7, 6, |rng| rng.random_range(7 * HOUR..23 * HOUR));
    let corpus = world.corpus(false);
    let network = network(&corpus);
    assert_eq!((network.layers.len(), network.edges.len()), (1, 0));
    let said = limits::of(&corpus, &network, &[], &of_a_minute());
    assert!(
        said.contains(&Limit::RepeatsCountOnce { trace: 0 }),
        "{said:?}"
    );
}

#[test]
fn what_chance_cannot_tell_is_told_of_what_is_counted() {
    let mut rng = rng();
    // Everybody has one thing, and comes back to it; all begin within three days, and go on for thirty.
    let mut world = World::default();
    for account in 0..100 {
        let since = rng.random_range(0..3 * DAY);
        for n in 0..8 {
            world
                .0
                .push((account, 7, since + n * 3 * DAY + rng.random_range(0..DAY)));
        }
    }
    let corpus = world.corpus(false);
    let settings = NetworkSettings::default();
    let network = find(&corpus, &settings, &|_| {});
    assert_eq!(network.layers.len(), 6);
    let said = limits::of(&corpus, &network, &[], &settings);
    let once = |l: &Limit| matches!(l, Limit::FewPosts { .. });
    assert!(!said.iter().any(once), "{said:?}");
    let windows = said.iter().find_map(|l| match l {
        Limit::TooShort { windows, .. } => Some(windows.len()),
        _ => None,
    });
    assert_eq!(windows, Some(2), "of first shares, and each once");
}
