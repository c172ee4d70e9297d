//! What a site's days say: a register that is read out, ordinary days, a flood, a page that was put there.

use overt_intrusion::sighting::{Sighting, Stage};
use overt_intrusion::simulate::{Attack, Office, Order, Visit};
use overt_intrusion::site::{Settings, Site};
use overt_model::log::{LogPlace, Request};

const DAY: i64 = 86_400_000;

fn asked(
    site: &mut Site,
    time: i64,
    source: &str,
    target: &str,
    status: u16,
    found: &mut Vec<Sighting>,
) {
    let request = Request {
        source: source.into(),
        method: "GET".into(),
        target: target.into(),
        status: Some(status),
        bytes: Some(5_000),
        referrer: Some("".into()),
        agent: Some("".into()),
        ..Request::default()
    };
    site.request(time, &request, LogPlace::default(), found);
}

fn visited(site: &mut Site, visit: &Visit, found: &mut Vec<Sighting>) {
    let look_up = visit.look_up;
    let source = format!("visitor{}", look_up.source);
    if visit.has_page {
        asked(site, look_up.time - 1, &source, "/status", 200, found);
    }
    asked(
        site,
        look_up.time,
        &source,
        &format!("/voter?id={}", look_up.number),
        200,
        found,
    );
}

/// Alarms of an office whose site is watched, by the day of each.
fn alarms(office: Office, attack: Option<Attack>, seed: u64) -> Vec<(i64, Sighting)> {
    let mut site = Site::new("office", Settings::default());
    let mut found = Vec::new();
    for visits in office.days(attack, seed) {
        visits
            .iter()
            .for_each(|visit| visited(&mut site, visit, &mut found));
    }
    alarmed(site, found)
}

/// The alarms of a site that is watched no longer, by the day of each.
fn alarmed(mut site: Site, mut found: Vec<Sighting>) -> Vec<(i64, Sighting)> {
    site.close(&mut found);
    found
        .into_iter()
        .filter(|s| s.alarm)
        .map(|s| (s.time.div_euclid(DAY), s))
        .collect()
}

#[test]
fn a_register_read_out_is_seen_soon_after_the_baseline() {
    let attack = Attack {
        from: 36,
        requests: 144,
        exits: 20,
        order: Order::Sequence,
        opens_form: true,
    };
    for seed in 0..3 {
        let alarms = alarms(Office::middling(40), Some(attack), seed);
        let first = alarms.first().expect("an alarm");
        assert!((36..=37).contains(&first.0), "{alarms:?}");
        assert!(
            first.1.what.starts_with("neighbouring numbers"),
            "{}",
            first.1.what
        );
        assert_eq!(first.1.stage, Stage::Attempt);
    }
}

#[test]
fn a_script_that_asks_in_any_order_is_seen_by_the_pages_it_does_not_open() {
    let attack = Attack {
        from: 36,
        requests: 480,
        exits: 20,
        order: Order::Random,
        opens_form: false,
    };
    let alarms = alarms(Office::middling(40), Some(attack), 1);
    assert!(
        alarms
            .iter()
            .any(|(day, s)| *day <= 38 && s.what == "look-ups without the page"),
        "{alarms:?}"
    );
}

/// A program that asks every five minutes from the 36th day on; for the same record, or for another each time.
fn asks_all_day(number: impl Fn(i64) -> i64, is_known: bool) -> Vec<(i64, Sighting)> {
    let mut site = Site::new("office", Settings::default());
    let mut found = Vec::new();
    for (day, visits) in (0..).zip(Office::middling(46).days(None, 1)) {
        visits
            .iter()
            .for_each(|visit| visited(&mut site, visit, &mut found));
        for k in (0..288).filter(|_| day >= 36) {
            let request = Request {
                source: "monitor".into(),
                method: "GET".into(),
                target: format!("/voter?id={}", number(k + day * 288)).into(),
                status: Some(200),
                bytes: Some(5_000),
                ..Request::default()
            };
            let time = day * DAY + 86_399_000;
            let take = if is_known {
                Site::request_of_known
            } else {
                Site::request
            };
            take(&mut site, time, &request, LogPlace::default(), &mut found);
        }
    }
    alarmed(site, found)
}

#[test]
fn a_monitor_that_asks_for_one_record_all_day_reads_nothing_out() {
    assert_eq!(asks_all_day(|_| 1, false), []);
}

#[test]
fn a_known_client_may_ask_for_many_and_another_may_not() {
    let any = |k: i64| 1 + k * 7_919 % 19_997;
    assert!(!asks_all_day(any, false).is_empty());
    assert_eq!(asks_all_day(any, true), []);
}

#[test]
fn ordinary_days_raise_no_alarm() {
    for seed in 0..4 {
        for office in [Office::middling(120), Office::small(120)] {
            let alarms = alarms(office, None, seed);
            assert!(alarms.is_empty(), "{alarms:?}");
        }
    }
}

/// Forty days with a visitor an hour, and then a last one.
fn after_quiet_days(last: impl Fn(&mut Site, i64, &mut Vec<Sighting>)) -> Vec<Sighting> {
    let mut site = Site::new("office", Settings::default());
    let mut found = Vec::new();
    for hour in 0..40 * 24 {
        asked(
            &mut site,
            hour * 3_600_000,
            &format!("visitor{hour}"),
            "/status",
            200,
            &mut found,
        );
    }
    last(&mut site, 40 * DAY, &mut found);
    site.close(&mut found);
    found.into_iter().filter(|s| s.alarm).collect()
}

#[test]
fn a_flood_is_unavailability_and_no_intrusion() {
    let alarms = after_quiet_days(|site, begin, found| {
        for k in 0..200_000i64 {
            asked(
                site,
                begin + k / 20,
                &format!("bot{}", k % 5_000),
                "/status",
                503,
                found,
            );
        }
    });
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(alarms[0].stage, Stage::Unavailability);
    assert!(overt_intrusion::group::intrusions(&alarms).is_empty());
}

#[test]
fn a_page_that_was_put_there_is_seen_and_one_that_is_linked_is_not() {
    let put = |referrer: &'static str| {
        after_quiet_days(move |site, begin, found| {
            for k in 0..20 {
                let request = Request {
                    source: "stranger".into(),
                    method: "GET".into(),
                    target: "/uploads/x.php".into(),
                    status: Some(200),
                    referrer: Some(referrer.into()),
                    ..Request::default()
                };
                site.request(begin + k * 60_000, &request, LogPlace::default(), found);
            }
        })
    };
    let alarms = put("");
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(
        (alarms[0].stage, alarms[0].target.as_str()),
        (Stage::PossibleAccess, "/…/….php"),
        "a name that so few ask for is told by its place in the log"
    );
    assert!(put("https://office.example/").is_empty());
}

/// Articles are reached straight from elsewhere: that a script is not told from people there is said, and not passed over.
#[test]
fn where_people_come_straight_to_a_page_is_said() {
    let blind = |with_page: bool| {
        let mut site = Site::new("office", Settings::default());
        let mut found = Vec::new();
        for visit in 0..40 * 60 {
            let (time, source) = (visit * 24 * 60_000, format!("visitor{visit}"));
            if with_page {
                asked(&mut site, time, &source, "/news", 200, &mut found);
            }
            let article = format!("/article?id={}", 1_000 + visit * 7 % 900);
            asked(&mut site, time + 5_000, &source, &article, 200, &mut found);
        }
        site.close(&mut found);
        site.blind().join("\n")
    };
    assert!(
        blind(false).contains("/article?id=…: people come straight to it"),
        "{}",
        blind(false)
    );
    assert!(
        !blind(true).contains("people come straight to it"),
        "{}",
        blind(true)
    );
}

/// Alarms of an office in which somebody was there on these days.
fn alarms_with(attacked: &[usize], attack: Attack, days: usize, seed: u64) -> Vec<(i64, Sighting)> {
    let mut site = Site::new("office", Settings::default());
    let mut found = Vec::new();
    let with = Office::middling(days).days(Some(Attack { from: 0, ..attack }), seed);
    let without = Office::middling(days).days(None, seed);
    for (day, (with, without)) in with.zip(without).enumerate() {
        let visits = if attacked.contains(&day) {
            with
        } else {
            without
        };
        visits
            .iter()
            .for_each(|visit| visited(&mut site, visit, &mut found));
    }
    alarmed(site, found)
}

/// Somebody who was there while ordinary days were learnt blinds no measure, and who begins right after is found.
#[test]
fn an_attacked_day_among_those_learnt_from_blinds_nothing() {
    let sequence = Attack {
        from: 0,
        requests: 144,
        exits: 20,
        order: Order::Sequence,
        opens_form: true,
    };
    let random = Attack {
        requests: 480,
        order: Order::Random,
        opens_form: false,
        ..sequence
    };
    for (attack, what) in [
        (sequence, "neighbouring numbers looked up close together"),
        (random, "look-ups without the page"),
    ] {
        for before in [vec![], vec![12], vec![29], vec![3, 11, 12, 25]] {
            let late: Vec<usize> = before.iter().copied().chain(30..40).collect();
            for seed in 0..3 {
                let alarms = alarms_with(&late, attack, 40, seed);
                let first = alarms.iter().find(|(_, s)| s.what == what);
                let first = first.map(|(day, _)| *day);
                assert!(
                    first.is_some_and(|day| (30..=31).contains(&day)),
                    "{what} {before:?} {seed}: {first:?}"
                );
            }
        }
    }
}

/// Forty quiet days and ten more, on each of which attempts are answered; the alarms by day.
fn answered(attempts: &[(&str, u64)], page: impl Fn(i64) -> u64) -> Vec<(i64, Sighting)> {
    let mut site = Site::new("office", Settings::default());
    let mut found = Vec::new();
    let mut ask =
        |time: i64, source: String, target: &str, bytes: u64, found: &mut Vec<Sighting>| {
            let request = Request {
                source: source.into(),
                method: "GET".into(),
                target: target.to_owned().into(),
                status: Some(200),
                bytes: Some(bytes),
                ..Request::default()
            };
            site.request(time, &request, LogPlace::default(), found);
        };
    for day in 0..50 {
        for k in 0..30 {
            let (time, number) = (day * DAY + k * 600_000, 100 + day * 30 + k);
            let source = format!("visitor{number}");
            ask(time, source.clone(), "/status", page(day), &mut found);
            ask(
                time + 5,
                source.clone(),
                &format!("/voter?id={number}"),
                page(day),
                &mut found,
            );
            ask(
                time + 9,
                source,
                &format!("/news?n={number}"),
                page(day),
                &mut found,
            );
        }
        for (k, (target, bytes)) in attempts.iter().enumerate().filter(|_| day >= 40) {
            ask(
                day * DAY + k as i64,
                "stranger".to_owned(),
                target,
                *bytes,
                &mut found,
            );
        }
    }
    site.close(&mut found);
    let alarms = found.into_iter().filter(|s| s.alarm);
    alarms.map(|s| (s.time.div_euclid(DAY), s)).collect()
}

#[test]
fn a_page_that_refuses_whatever_is_sent_is_no_possible_access() {
    let refused = [
        ("/voter?id=1+OR+1=1", 9_000),
        ("/voter?id=%3Cscript%3Ealert(1)%3C/script%3E", 9_011),
        ("/news?n=1+UNION+SELECT+2", 9_004),
    ];
    let alarms = answered(&refused, |_| 4_000);
    assert!(
        alarms.iter().all(|(_, s)| s.stage < Stage::PossibleAccess),
        "{alarms:?}"
    );
    // The same with one that is answered with something else.
    let mut and_one = refused.to_vec();
    and_one.push(("/voter?id=7+UNION+SELECT+name+FROM+voters", 80_000));
    let alarms = answered(&and_one, |_| 4_000);
    let first = alarms
        .iter()
        .find(|(_, s)| s.stage == Stage::PossibleAccess);
    assert_eq!(first.map(|(day, _)| *day), Some(40));
    // At one page with one kind only: not for ever.
    let alarms = answered(&refused[..1], |_| 4_000);
    assert!(
        !alarms.is_empty() && alarms.iter().all(|(day, _)| *day < 44),
        "{alarms:?}"
    );
}

#[test]
fn a_page_that_grew_is_no_possible_access() {
    let alarms = answered(&[("/voter?id=1+OR+1=1", 12_300)], |day| {
        if day < 40 { 4_000 } else { 12_000 }
    });
    assert!(
        alarms.iter().all(|(_, s)| s.stage < Stage::PossibleAccess),
        "{alarms:?}"
    );
    assert!(!answered(&[("/voter?id=1+OR+1=1", 12_300)], |_| 4_000).is_empty());
}

#[test]
fn a_dump_that_nobody_links_to_is_seen_when_it_is_fetched_once() {
    let fetched = |target: &'static str, referrer: &'static str| {
        after_quiet_days(move |site, begin, found| {
            let request = Request {
                source: "stranger".into(),
                method: "GET".into(),
                target: target.into(),
                status: Some(200),
                bytes: Some(90_000_000),
                referrer: Some(referrer.into()),
                ..Request::default()
            };
            site.request(begin, &request, LogPlace::default(), found);
        })
    };
    let alarms = fetched("/backup.sql", "");
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(
        (alarms[0].stage, &*alarms[0].target),
        (Stage::PossibleAccess, "/….sql")
    );
    assert!(fetched("/forms.zip", "https://office.example/").is_empty());
    assert!(fetched("/leaflet.pdf", "").is_empty());
}
