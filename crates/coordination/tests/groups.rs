//! Who is established, by pairs and by groups, and who is not however much they are in step.

use std::collections::BTreeMap;

use overt_coordination::accounts::{AccountFinding, AccountStatus, Reservation, Standing, judge};
use overt_coordination::calibrate::{Remains, remains};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::limits::{self, Limit};
use overt_coordination::network::{Network, NetworkSettings, find};
use overt_coordination::simulate::{GroupSettings, SimulationSettings, simulate};
use overt_model::{Location, Post, Trace, Window, key};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DAY: i64 = 86_400_000;

/// Reposts, and originals of authors that are in the export.
#[derive(Default)]
struct World {
    /// (account, object, milliseconds)
    reposts: Vec<(u32, u32, i64)>,
    /// (author, object, milliseconds)
    originals: Vec<(u32, u32, i64)>,
}

impl World {
    /// Accounts from 1,000 on, who share a few of many things at any time.
    fn of_others(rng: &mut ChaCha8Rng) -> Self {
        let mut world = Self::default();
        for account in 1_000..1_400 {
            for _ in 0..12 {
                let object = 10_000 + rng.random_range(0..400);
                let time = rng.random_range(0..30 * DAY);
                world.reposts.push((account, object, time));
            }
        }
        world
    }

    /// A group of accounts from `first` on shares `objects`, each at a time of its own, within so many seconds, in an order
    /// that changes.
    fn group(&mut self, rng: &mut ChaCha8Rng, first: u32, size: u32, objects: u32, seconds: i64) {
        for n in 0..objects {
            let at = i64::from(n) * 29 * DAY / i64::from(objects) + rng.random_range(0..DAY / 2);
            for account in first..first + size {
                let late = rng.random_range(0..seconds * 1000);
                self.reposts.push((account, first * 1_000 + n, at + late));
            }
        }
    }

    fn corpus(&self) -> Corpus {
        let mut builder = CorpusBuilder::new(CorpusSettings {
            traces: vec![Trace::Repost],
            ..CorpusSettings::default()
        });
        let at = |line| Location { file: 0, line };
        for &(author, object, time) in &self.originals {
            let post = Post {
                platform: "x".into(),
                id: format!("o{object}").into(),
                account: author.to_string().into(),
                time,
                ..Post::default()
            };
            builder.add(&post, at(1));
        }
        for (n, &(account, object, time)) in (1..).zip(&self.reposts) {
            let post = Post {
                platform: "x".into(),
                id: n.to_string().into(),
                account: account.to_string().into(),
                repost_of: Some(format!("o{object}").into()),
                is_repost: true,
                time,
                ..Post::default()
            };
            builder.add(&post, at(n));
        }
        builder.finish()
    }
}

struct Judged {
    network: Network,
    accounts: BTreeMap<u32, AccountFinding>,
}

fn judged(corpus: &Corpus, window: i64) -> Judged {
    let settings = NetworkSettings {
        windows: vec![Window::from_millis(window * 1000).expect("not negative")],
        ..NetworkSettings::default()
    };
    let network = find(corpus, &settings, &|_| {});
    let name = |a: u32| key::split(corpus.accounts.name(a)).1.parse();
    let accounts = judge(corpus, &network, &settings)
        .into_iter()
        .map(|a| (name(a.account).expect("a number"), a))
        .collect();
    Judged { network, accounts }
}

impl Judged {
    fn established(&self) -> Vec<u32> {
        let passes = |(_, a): &(&u32, &AccountFinding)| a.status == AccountStatus::Established;
        self.accounts
            .iter()
            .filter(passes)
            .map(|(n, _)| *n)
            .collect()
    }

    fn reservation(&self, account: u32) -> Option<Reservation> {
        self.accounts.get(&account).and_then(|a| a.reservation)
    }
}

#[test]
fn a_group_alone_at_its_objects_is_found_whatever_its_size() {
    let (mut found_of, mut all) = (0, 0);
    for size in [6, 15, 16, 25, 60] {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(size));
        let mut world = World::of_others(&mut rng);
        world.group(&mut rng, 1, size, 30, 25);
        let found = judged(&world.corpus(), 60);
        let established = found.established();
        assert!(established.iter().all(|a| *a < 1_000), "{established:?}");
        let pairs = found.network.edges.len() as u32;
        assert_eq!(pairs, size * (size - 1) / 2, "of {size}");
        // Who comes late by chance reads as a follower; nobody is lost for another reason.
        for account in 1..=size {
            let reservation = found.reservation(account);
            assert!(
                matches!(reservation, None | Some(Reservation::Follows)),
                "{reservation:?}"
            );
        }
        found_of += established.len();
        all += size as usize;
    }
    assert!(found_of * 100 >= all * 93, "{found_of} of {all}");
}

#[test]
fn what_others_post_elsewhere_decides_nobodys_standing() {
    let standing = |with_others: bool| {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut world = World::of_others(&mut rng);
        world.group(&mut rng, 1, 6, 12, 10);
        if with_others {
            world.group(&mut rng, 100, 3, 5, 20);
        }
        let found = judged(&world.corpus(), 60);
        (1..7).filter(|a| found.established().contains(a)).count()
    };
    assert_eq!((standing(false), standing(true)), (6, 6));
}

#[test]
fn who_joins_in_half_of_it_stands_by_the_group() {
    let group = GroupSettings {
        size: 25,
        objects: 8,
        spread: 45.0,
        participation: 0.5,
    };
    let world = simulate(&SimulationSettings {
        seed: 5,
        events: 60_000,
        accounts: 3_000,
        groups: vec![group; 4],
        ..SimulationSettings::default()
    });
    let planted = world.groups.concat();
    let reposts = world.events.iter().map(|e| (e.account, e.object, e.time));
    let world = World {
        reposts: reposts.collect(),
        originals: Vec::new(),
    };
    let found = judged(&world.corpus(), 60);
    let established = found.established();
    let right = established.iter().filter(|a| planted.contains(a)).count();
    assert_eq!(right, established.len(), "nobody else");
    assert!(right >= 60, "{right} of 100");
    let by_group = |a: &&AccountFinding| {
        a.status == AccountStatus::Established && a.standing == Standing::Group
    };
    let by_group = found.accounts.values().filter(by_group).count();
    assert!(by_group > 50, "{by_group}");
}

#[test]
fn who_always_comes_after_the_others_is_said_to_follow() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let mut world = World::of_others(&mut rng);
    world.group(&mut rng, 1, 8, 14, 20);
    let last: BTreeMap<u32, i64> = world.reposts.iter().filter(|(a, ..)| *a < 9).fold(
        BTreeMap::new(),
        |mut last, (_, object, time)| {
            let at = last.entry(*object).or_insert(*time);
            *at = (*at).max(*time);
            last
        },
    );
    for (object, time) in last {
        world
            .reposts
            .push((500, object, time + rng.random_range(10_000..30_000)));
    }
    let found = judged(&world.corpus(), 60);
    assert_eq!(found.reservation(500), Some(Reservation::Follows));
    assert!(found.accounts[&500].q < 1e-6, "and it is very much in step");
    assert!(!found.established().contains(&500));
    assert!(found.established().len() >= 7, "{:?}", found.established());
}

#[test]
fn what_goes_back_to_one_author_establishes_nobody_and_to_several_it_does() {
    let established = |authors: u32| {
        let mut rng = ChaCha8Rng::seed_from_u64(13);
        let mut world = World::of_others(&mut rng);
        world.group(&mut rng, 1, 8, 14, 20);
        for n in 0..14 {
            world.originals.push((900 + n % authors, 1_000 + n, 0));
        }
        let found = judged(&world.corpus(), 60);
        let one_source = (1..9)
            .filter(|a| found.reservation(*a) == Some(Reservation::OneSource))
            .count();
        (found.established().len(), one_source)
    };
    assert_eq!(established(1), (0, 8));
    let (several, one_source) = established(7);
    assert!(several >= 7 && one_source == 0, "{several}, {one_source}");
}

#[test]
fn one_evening_establishes_nobody() {
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut world = World::of_others(&mut rng);
    for n in 0..14 {
        for account in 1..9 {
            let late = rng.random_range(0..20_000);
            // Every four minutes from twenty o'clock on.
            world.reposts.push((
                account,
                n,
                10 * DAY + 20 * 3_600_000 + i64::from(n) * 240_000 + late,
            ));
        }
    }
    let found = judged(&world.corpus(), 60);
    assert_eq!(found.established(), [0u32; 0]);
    assert_eq!(found.reservation(1), Some(Reservation::Strongest));
}

#[test]
fn nothing_is_impossible() {
    let mut rng = ChaCha8Rng::seed_from_u64(34);
    let mut world = World::of_others(&mut rng);
    world.group(&mut rng, 1, 12, 8, 20);
    let found = judged(&world.corpus(), 60);
    assert!(!found.network.edges.is_empty());
    for scored in found.network.scored.iter().flatten() {
        assert!(scored.expected.mean > 0.0 && scored.p > 0.0, "{scored:?}");
    }
    let scores = found.network.groups.iter().flat_map(|g| g.scores.values());
    let mut n = 0;
    for score in scores {
        assert!(score.expected.mean > 0.0 && score.p > 0.0, "{score:?}");
        n += 1;
    }
    assert!(n >= 12, "{n}");
}

#[test]
fn people_of_tight_circles_are_not_established_within_ten_minutes() {
    for seed in 0..2 {
        let world = simulate(&SimulationSettings {
            seed,
            events: 100_000,
            accounts: 5_000,
            communities: 400,
            zones: 1,
            bursts: 0,
            ..SimulationSettings::default()
        });
        let reposts = world.events.iter().map(|e| (e.account, e.object, e.time));
        let world = World {
            reposts: reposts.collect(),
            originals: Vec::new(),
        };
        let found = judged(&world.corpus(), 600);
        assert_eq!(found.established(), [0u32; 0], "seed {seed}");
    }
}

#[test]
fn of_two_the_one_who_is_followed_is_not_established_for_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(55);
    let mut world = World::of_others(&mut rng);
    for n in 0..14 {
        let at = i64::from(n) * 2 * DAY + rng.random_range(0..DAY);
        world.reposts.push((1, n, at));
        world
            .reposts
            .push((2, n, at + rng.random_range(10_000..30_000)));
    }
    let found = judged(&world.corpus(), 60);
    assert_eq!(found.reservation(1), Some(Reservation::Followed));
    assert_eq!(found.reservation(2), Some(Reservation::Follows));
    assert_eq!(found.established(), [0u32; 0]);
}

#[test]
fn every_way_and_group_that_was_tried_is_paid_for() {
    let mut rng = ChaCha8Rng::seed_from_u64(89);
    let mut world = World::of_others(&mut rng);
    world.group(&mut rng, 1, 6, 8, 20);
    world.group(&mut rng, 50, 10, 8, 20);
    let found = judged(&world.corpus(), 60);
    let groups = &found.network.groups[0];
    let total: usize = groups.members.iter().map(Vec::len).sum();
    assert!(total >= 16, "{total}");
    let pairs = found.network.accounts as f64 - 1.0;
    for account in found.accounts.values() {
        let of_account = |i: u32, j: u32| i == account.account || j == account.account;
        let scored = found.network.scored[0].iter();
        let pair = scored
            .filter(|s| of_account(s.pair.i, s.pair.j))
            .map(|s| s.p * pairs)
            .fold(1.0, f64::min);
        let group = groups.scores.get(&account.account);
        let least = group.map_or(1.0, |g| g.p).min(pair);
        // Some accounts came back to something: that is tried too, and weighs a tenth.
        assert!((account.p / (2.0 * 1.1 * least).min(1.0) - 1.0).abs() < 1e-9);
        if let Some(g) = group {
            // Of T = 16 the larger group is ten, and nine without the account that is tested.
            let paid = g.p / g.expected.tail(g.hours);
            assert!(paid > 1.5, "{paid}");
        }
    }
}

#[test]
fn where_everybody_is_in_step_with_a_group_nobody_is_of_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(144);
    let mut world = World::of_others(&mut rng);
    // News that 40 of 400 pass on within a minute, and eight always do.
    for n in 0..12 {
        let at = i64::from(n) * 2 * DAY + rng.random_range(0..DAY);
        let mut who: Vec<u32> = (1..9).collect();
        who.extend((0..40).map(|_| 1_000 + rng.random_range(0..400)));
        for account in who {
            world
                .reposts
                .push((account, n, at + rng.random_range(0..60_000)));
        }
    }
    let found = judged(&world.corpus(), 60);
    let others = found.established();
    assert!(others.iter().all(|a| *a < 1_000), "{others:?}");
}

/// The events of a simulated life without groups.
fn organic(communities: u32, news: bool, seed: u64) -> World {
    let (zones, bursts) = if news { (4, 20) } else { (1, 0) };
    let world = simulate(&SimulationSettings {
        seed,
        events: 100_000,
        accounts: 5_000,
        communities,
        zones,
        bursts,
        ..SimulationSettings::default()
    });
    World {
        reposts: world
            .events
            .iter()
            .map(|e| (e.account, e.object, e.time))
            .collect(),
        originals: Vec::new(),
    }
}

#[test]
fn circles_of_friends_are_no_groups_though_half_an_hour_holds_all_they_share() {
    for news in [false, true] {
        let corpus = organic(400, news, 1).corpus();
        let found = judged(&corpus, 1_800);
        assert_eq!(found.established(), Vec::<u32>::new());
        let accounts: Vec<AccountFinding> = found.accounts.into_values().collect();
        let settings = NetworkSettings::default();
        let limits = limits::of(&corpus, &found.network, &accounts, &settings);
        let is_said = |l: &Limit| matches!(l, Limit::TooManyTied { .. });
        assert!(limits.iter().any(is_said), "{limits:?}");
    }
}

#[test]
fn who_passes_alone_by_a_window_at_which_many_are_tied_is_not_established() {
    // Worlds in which two and five would be.
    for seed in [30, 31] {
        let corpus = organic(400, true, seed).corpus();
        let found = judged(&corpus, 600);
        assert_eq!(found.established(), Vec::<u32>::new());
    }
}

#[test]
fn who_looks_in_at_the_same_minutes_every_day_is_in_no_group() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut world = World::default();
    for reader in 0..2_000u32 {
        let field = rng.random_range(0..10u32);
        let sessions = [7, 12, 20].map(|h| (h * 60 + rng.random_range(0..150)) * 60_000);
        for day in 0..30i64 {
            for at in sessions {
                if rng.random_bool(0.6) {
                    let lead = (at * 12 / DAY) as u32;
                    let other = 12 + rng.random_range(0..80);
                    let thing = if rng.random_bool(0.35) { lead } else { other };
                    let object = (day as u32 * 10 + field) * 92 + thing;
                    let jitter = rng.random_range(-15_000..=15_000);
                    let time = day * DAY + at + jitter + i64::from(reader % 2) * DAY * 9 / 24;
                    world.reposts.push((reader, object, time));
                }
            }
        }
    }
    let found = judged(&world.corpus(), 60);
    assert_eq!(found.established(), Vec::<u32>::new());
}

#[test]
fn data_of_a_few_days_establish_nobody_at_long_windows() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut world = World::of_others(&mut rng);
    world.group(&mut rng, 1, 10, 20, 25);
    let short = World {
        reposts: world.reposts.iter().map(|r| (r.0, r.1, r.2 / 5)).collect(),
        originals: Vec::new(),
    };
    let found = |world: &World, window| judged(&world.corpus(), window).established().len();
    assert!(found(&world, 600) >= 9);
    assert_eq!(found(&short, 600), 0, "six days");
    assert!(found(&short, 60) >= 9);
}

#[test]
fn posts_elsewhere_change_nobody_who_may_be_named() {
    let named = |world: &World| -> Vec<u32> {
        let found = judged(&world.corpus(), 60);
        let certain = found.accounts.iter().filter(|(_, a)| a.is_certain());
        certain
            .map(|(n, _)| *n)
            .filter(|n| *n < 1_000_000)
            .collect()
    };
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut world = organic(20, true, 4);
    world.group(&mut rng, 900_000, 8, 12, 25);
    world.group(&mut rng, 910_000, 5, 7, 40);
    let before = named(&world);
    assert!(before.len() >= 8, "{before:?}");
    world.group(&mut rng, 2_000_000, 30, 30, 25);
    assert_eq!(named(&world), before);
}

#[test]
fn a_group_that_has_a_block_to_itself_is_in_no_copy() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut world = World::of_others(&mut rng);
    world.group(&mut rng, 1, 25, 30, 20);
    let corpus = world.corpus();
    let found = judged(&corpus, 60);
    assert!(found.established().len() >= 23);
    let copies = remains(
        &corpus.traces[0].events,
        Window::from_millis(60_000).expect("not negative"),
        &found.network.baselines[0],
        &NetworkSettings::default(),
        5,
        0,
    );
    let none = Remains {
        edges: 0,
        accounts: 0,
    };
    assert_eq!(copies, vec![none; 5]);
}

#[test]
fn a_group_grows_by_those_whom_no_tie_shows() {
    // Five at all of it; fifteen others join in a third, in step with all who are there, but hardly twice with anybody.
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut world = World::of_others(&mut rng);
    for n in 0..12 {
        let at = i64::from(n) * 2 * DAY + rng.random_range(0..DAY);
        let late: Vec<u32> = (6..21).filter(|_| rng.random_bool(0.33)).collect();
        for account in (1..6).chain(late) {
            let time = at + rng.random_range(0..20_000);
            world.reposts.push((account, n, time));
        }
    }
    let found = judged(&world.corpus(), 60);
    let grown = found.network.groups[0].members.iter().map(Vec::len).max();
    assert!(grown >= Some(15), "{grown:?}");
    let established = found.established();
    assert!(established.iter().all(|a| *a < 21), "{established:?}");
    let joining = established.iter().filter(|a| **a > 5).count();
    assert!(joining >= 8, "{established:?}");
}

#[test]
fn where_all_links_lead_to_one_site_nobody_may_be_named() {
    let named = |sites: u32| {
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let mut world = World::of_others(&mut rng);
        world.group(&mut rng, 1, 6, 12, 10);
        let mut builder = CorpusBuilder::new(CorpusSettings {
            traces: vec![Trace::Url],
            ..CorpusSettings::default()
        });
        for (n, &(account, object, time)) in (1..).zip(&world.reposts) {
            let post = Post {
                id: format!("p{n}").into(),
                account: account.to_string().into(),
                urls: vec![format!("https://s{}.example/{object}", object % sites).into()],
                time,
                ..Post::default()
            };
            builder.add(&post, Location { file: 0, line: n });
        }
        let corpus = builder.finish();
        let found = judged(&corpus, 60);
        let certain = found.accounts.values().filter(|a| a.is_certain()).count();
        let accounts: Vec<AccountFinding> = found.accounts.values().cloned().collect();
        let settings = NetworkSettings::default();
        let said = limits::of(&corpus, &found.network, &accounts, &settings);
        let is_said = said.iter().any(|l| matches!(l, Limit::OneSite { .. }));
        (found.established().len(), certain, is_said)
    };
    assert_eq!(named(1), (6, 0, true));
    assert_eq!(named(4), (6, 6, false));
}
