//! Accounts that are tried, and people who mistype or move.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

/// 400 accounts that sign in from home, now and then from elsewhere, and mistype; from day 40 on so many accounts a day
/// are tried from addresses that change.
fn first_alarm(tried: u32, seed: u64) -> Option<i64> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut accounts = Accounts::new("m365", Settings::default());
    let mut found = Vec::new();
    for day in 0..70i64 {
        let mut sign_in = |time: i64, account: u32, source: String, succeeded: bool| {
            let its = SignIn {
                account: format!("user{account}").into(),
                source: Some(source.into()),
                succeeded,
                ..SignIn::default()
            };
            accounts.sign_in(time, &its, LogPlace::default(), &mut found);
        };
        for account in 0..400 {
            let time = day * DAY + rng.random_range(0..DAY);
            let elsewhere = rng.random_bool(0.03);
            let source = if elsewhere {
                format!("10.{}.{}.9", rng.random_range(0..250), account % 250)
            } else {
                format!("home{account}")
            };
            // Of those elsewhere one in ten fails and gives up.
            let fails = elsewhere && rng.random_bool(0.1);
            sign_in(time, account, source, !fails);
        }
        if day >= 40 {
            for _ in 0..tried {
                let time = day * DAY + rng.random_range(0..DAY);
                sign_in(
                    time,
                    rng.random_range(0..400),
                    format!(
                        "185.1.{}.{}",
                        rng.random_range(0..250),
                        rng.random_range(0..250)
                    ),
                    false,
                );
            }
        }
    }
    accounts.close(&mut found);
    found.iter().map(|s| s.time.div_euclid(DAY) - 39).min()
}

#[test]
fn days_without_anything_new_are_learnt_from_too() {
    let mut accounts = Accounts::new("vpn", Settings::default());
    let mut found = Vec::new();
    for day in 0..40 {
        let its = SignIn {
            account: "ann".into(),
            source: Some("home".into()),
            succeeded: true,
            ..SignIn::default()
        };
        accounts.sign_in(day * DAY, &its, LogPlace::default(), &mut found);
    }
    accounts.close(&mut found);
    assert_eq!((accounts.days(), found.len()), (40, 0));
}

#[test]
fn spraying_is_found_and_ordinary_days_raise_no_alarm() {
    let alarms: Vec<_> = (0..20).map(|seed| first_alarm(0, seed)).collect();
    assert!(alarms.iter().all(Option::is_none), "{alarms:?}");
    let twenty: Vec<_> = (0..20).map(|seed| first_alarm(20, seed)).collect();
    assert!(
        twenty.iter().all(|day| day.is_some_and(|d| d <= 5)),
        "{twenty:?}"
    );
    let ten: Vec<_> = (0..20).map(|seed| first_alarm(10, seed)).collect();
    assert!(
        ten.iter()
            .filter(|day| day.is_some_and(|d| d <= 14))
            .count()
            >= 18,
        "{ten:?}"
    );
}

/// Sixty accounts, each from its home, for so many days; then a day of its own.
fn after_quiet_days(days: i64, last: impl Fn(&mut dyn FnMut(&str, &str, bool))) -> Vec<Sighting> {
    let mut accounts = Accounts::new("vpn", Settings::default());
    let mut found = Vec::new();
    let mut time = 0;
    let sign_in = |accounts: &mut Accounts,
                   found: &mut Vec<Sighting>,
                   time,
                   who: &str,
                   whence: &str,
                   succeeded| {
        let its = SignIn {
            account: who.to_owned().into(),
            source: Some(whence.to_owned().into()),
            succeeded,
            ..SignIn::default()
        };
        accounts.sign_in(time, &its, LogPlace::default(), found);
    };
    for day in 0..days {
        for n in 0..60 {
            time = day * DAY + n * 1_000;
            // One in thirty mistypes at first, one in fifty is somewhere else.
            let home = if (day + n) % 50 == 0 {
                format!("hotel{day}")
            } else {
                format!("home{n}")
            };
            if (day + n) % 30 == 0 {
                sign_in(
                    &mut accounts,
                    &mut found,
                    time,
                    &format!("u{n}"),
                    &home,
                    false,
                );
            }
            sign_in(
                &mut accounts,
                &mut found,
                time,
                &format!("u{n}"),
                &home,
                true,
            );
        }
    }
    last(&mut |who, whence, succeeded| {
        time += 1_000;
        sign_in(
            &mut accounts,
            &mut found,
            days * DAY + time % DAY,
            who,
            whence,
            succeeded,
        );
    });
    accounts.close(&mut found);
    found.into_iter().filter(|s| s.alarm).collect()
}

#[test]
fn an_account_entered_after_many_guesses_is_named() {
    for days in [0, 3, 40] {
        let alarms = after_quiet_days(days, |sign_in| {
            (0..1_499).for_each(|_| sign_in("u7", "198.51.100.9", false));
            sign_in("u7", "198.51.100.9", true);
        });
        assert_eq!(alarms.len(), 1, "{alarms:?}");
        assert_eq!(
            (alarms[0].stage, &*alarms[0].account),
            (Stage::PossibleAccess, "u7")
        );
        // From many addresses, none of which fails twice.
        let alarms = after_quiet_days(days, |sign_in| {
            (0..400).for_each(|n| sign_in("u7", &format!("198.51.{}.{}", n % 7, n / 7), false));
            sign_in("u7", "192.0.2.1", true);
        });
        assert!(alarms.iter().any(|s| s.account == "u7"), "{alarms:?}");
    }
}

#[test]
fn people_who_mistype_or_move_are_not() {
    let alarms = after_quiet_days(40, |sign_in| {
        (0..300).for_each(|_| sign_in("u7", "home7", false));
        sign_in("u7", "home7", true);
        (0..6).for_each(|_| sign_in("u8", "hotel", false));
        sign_in("u8", "hotel", true);
        sign_in("u9", "hotel", true);
    });
    assert!(alarms.is_empty(), "{alarms:?}");
}

#[test]
fn several_guesses_an_account_from_one_address_are_seen() {
    for guesses in [1, 2, 9] {
        let alarms = after_quiet_days(40, |sign_in| {
            for n in 0..60 * guesses {
                sign_in(&format!("u{}", n % 60), "198.51.100.9", false);
            }
        });
        assert!(!alarms.is_empty(), "{guesses}");
        assert!(alarms.iter().all(|s| s.stage == Stage::Attempt));
    }
}

#[test]
fn many_accounts_signed_in_to_from_one_new_address_are_seen() {
    let alarms = after_quiet_days(40, |sign_in| {
        (0..60).for_each(|n| sign_in(&format!("u{n}"), "198.51.100.9", true));
    });
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(alarms[0].stage, Stage::PossibleAccess);
    assert_eq!(alarms[0].source, "198.51.100.9");
}
