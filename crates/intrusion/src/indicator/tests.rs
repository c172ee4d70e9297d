//! What is matched, and when, and how much it weighs.

use overt_model::log::Lookup;

use super::*;

fn list(observables: Vec<Observable>) -> Listed {
    let indicators = observables.into_iter().map(|observable| Indicator {
        seen: Some(Timestamp(1_467_331_200_000)),
        ..Indicator::listed(observable, "x", 1)
    });
    Listed {
        name: "jar".to_owned(),
        grade: Grade::B,
        published: None,
        indicators: indicators.collect(),
    }
}

fn request(source: &str) -> LogRecord<'_> {
    LogRecord {
        time: Timestamp(1_467_331_200_000),
        what: Logged::Request(Request {
            source: source.into(),
            target: "/a?id=1".into(),
            ..Request::default()
        }),
    }
}

#[test]
fn a_listed_address_and_one_in_a_listed_network_are_told_apart() {
    let lists = list(vec![
        Observable::Network("185.1.2.3".parse().unwrap()),
        Observable::Network("185.1.2.0/24".parse().unwrap()),
    ]);
    let others = SharedList {
        name: "exits".to_owned(),
        first: Some(Timestamp(0)),
        last: Some(Timestamp(i64::MAX / 4)),
        networks: Vec::new(),
        ..SharedList::default()
    };
    let mut indicators = Indicators::new(vec![lists], vec![others]);
    for day in 1..100 {
        let mut ordinary = request("10.0.0.1");
        ordinary.time.0 -= day * DAY;
        indicators.look("web", &ordinary, LogPlace::default());
    }
    indicators.look("web", &request("185.1.2.3"), LogPlace::default());
    indicators.look("web", &request("185.1.2.9"), LogPlace::default());
    let found = indicators.sightings(&Alarms::default());
    assert_eq!(found.len(), 2);
    let (own, within) = (found[0].ratio.unwrap(), found[1].ratio.unwrap());
    assert!(own.0 > within.0, "{own:?} {within:?}");
    assert!(
        found[1]
            .reasons
            .iter()
            .any(|r| r.contains("network it lies in"))
    );
    assert_eq!(found[0].target, "/…?…");
}

#[test]
fn a_name_is_found_below_a_listed_one() {
    let mut indicators = Indicators::new(
        vec![list(vec![Observable::Domain("evil.example".to_owned())])],
        Vec::new(),
    );
    for name in ["login.evil.example.", "notevil.example"] {
        let lookup = Logged::Lookup(Lookup {
            source: "10.0.0.1".into(),
            name: name.into(),
            answers: Vec::new(),
        });
        indicators.look(
            "dns",
            &LogRecord {
                time: Timestamp(0),
                what: lookup,
            },
            LogPlace::default(),
        );
    }
    assert_eq!(indicators.sightings(&Alarms::default()).len(), 1);
}

#[test]
fn what_many_shared_is_known_only_between_the_versions_of_a_list() {
    let day = |d: i64| Timestamp(d * DAY);
    let exits = SharedList {
        name: "exits".to_owned(),
        first: Some(day(100)),
        last: Some(day(200)),
        networks: vec![("185.1.2.3".parse().unwrap(), day(100), day(150))],
        ..SharedList::default()
    };
    let indicators = Indicators::new(Vec::new(), vec![exits]);
    let of = |d: i64, address: &str| indicators.sharing(address.parse().ok(), d * DAY).0;
    assert_eq!(of(120, "185.1.2.3"), Sharing::Yes);
    assert_eq!(of(180, "185.1.2.3"), Sharing::No);
    assert_eq!(of(120, "185.1.2.4"), Sharing::No);
    assert_eq!(of(50, "185.1.2.3"), Sharing::Unknown);
    assert_eq!(of(300, "185.1.2.3"), Sharing::Unknown);
}
