//! Innocent readings that the data of a campaign fit.

use overt_coordination::accounts::judge;
use overt_coordination::campaign::{Context, Reading, describe};
use overt_coordination::communities;
use overt_coordination::corpus::{CorpusBuilder, CorpusSettings};
use overt_coordination::network::{NetworkSettings, find};
use overt_model::{Location, Post, Trace, Window};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const HOUR: i64 = 3_600_000;
const SECOND: i64 = 1_000;

/// (account, object, milliseconds, author)
type Share = (u32, u32, i64, Option<u32>);

/// Four hundred accounts that share a few of many things over thirty days.
fn others(rng: &mut ChaCha8Rng) -> Vec<Share> {
    let mut shares = Vec::new();
    for account in 1_000..1_400 {
        for _ in 0..12 {
            let object = 10_000 + rng.random_range(0..400);
            shares.push((account, object, rng.random_range(0..720 * HOUR), None));
        }
    }
    shares
}

/// The readings of every campaign found.
fn readings(shares: &[Share]) -> Vec<Reading> {
    let mut builder = CorpusBuilder::new(CorpusSettings {
        traces: vec![Trace::Repost],
        ..CorpusSettings::default()
    });
    for (n, &(account, object, time, author)) in (1..).zip(shares) {
        let is_original = author == Some(account);
        let post = Post {
            platform: "x".into(),
            id: if is_original {
                format!("o{object}").into()
            } else {
                format!("p{n}").into()
            },
            account: account.to_string().into(),
            repost_of: (!is_original).then(|| format!("o{object}").into()),
            is_repost: !is_original,
            time,
            ..Post::default()
        };
        builder.add(&post, Location { file: 0, line: n });
    }
    let corpus = builder.finish();
    let settings = NetworkSettings {
        windows: vec![Window::from_millis(60 * SECOND).expect("not negative")],
        ..NetworkSettings::default()
    };
    let mut network = find(&corpus, &settings, &|_| {});
    let accounts = judge(&corpus, &network, &settings);
    network.join_groups(|_| true);
    let found = communities::find(&network, 1.0, 0, 3);
    let context = Context {
        contest: None,
        indicators: None,
        earlier: &[],
    };
    let campaigns = describe(
        &corpus,
        &network,
        &accounts,
        &found,
        settings.level,
        &context,
    );
    assert!(!campaigns.is_empty(), "a campaign is found");
    campaigns.into_iter().flat_map(|c| c.readings).collect()
}

/// Five accounts at ten things within twenty seconds, over so many hours, with so many others at each some time.
fn pushed(hours: i64, crowd: u32) -> Vec<Share> {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let mut shares = others(&mut rng);
    for n in 0..10 {
        let at = 100 * HOUR + i64::from(n) * hours * HOUR / 10;
        for account in 1..6 {
            shares.push((account, n, at + rng.random_range(0..20 * SECOND), None));
        }
        for _ in 0..crowd {
            let time = at + rng.random_range(-HOUR..HOUR);
            shares.push((1_000 + rng.random_range(0..400), n, time, None));
        }
    }
    shares
}

#[test]
fn what_many_others_share_meanwhile_may_be_a_public_event() {
    let event = |r: &Reading| matches!(r, Reading::PublicEvent { others, .. } if *others >= 15);
    assert!(readings(&pushed(40, 10)).iter().any(event));
    let any = |shares: &[Share]| {
        let readings = readings(shares);
        readings
            .iter()
            .any(|r| matches!(r, Reading::PublicEvent { .. }))
    };
    assert!(!any(&pushed(40, 0)), "nobody else was there");
    assert!(!any(&pushed(400, 10)), "no event lasts two weeks");
}

#[test]
fn who_shares_one_author_alone_may_follow_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut shares = others(&mut rng);
    for n in 0..14 {
        let at = i64::from(n) * 48 * HOUR + rng.random_range(0..HOUR);
        shares.push((500, n, at, Some(500)));
        for account in 1..7 {
            let late = rng.random_range(10 * SECOND..40 * SECOND);
            shares.push((account, n, at + late, None));
        }
    }
    let follow = |r: &Reading| matches!(r, Reading::Followers { accounts } if *accounts >= 5);
    let found = readings(&shares);
    assert!(found.iter().any(follow), "{found:?}");
    let none = readings(&pushed(400, 0));
    let any = |r: &Reading| matches!(r, Reading::Followers { .. });
    assert!(!none.iter().any(any), "{none:?}");
}
