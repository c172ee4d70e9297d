//! Accounts: who tries to sign in where they never were, and fails.
//!
//! Counted are accounts whose only event of a day from an address new to them is a failure. People who mistype a password
//! at home or come from a new place and get in are not; somebody who tries one password on many accounts is.

use std::collections::BTreeMap;

use overt_model::log::{LogPlace, SignIn};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::hash;
use crate::kept::{is_day, is_time};
use crate::measure::counts::Counts;
use crate::measure::detector::Detector;
use crate::sighting::{By, Sighting, Stage};
use crate::site::{DAY, Settings};

/// Accounts that are told apart.
const MAX_ACCOUNTS: usize = 500_000;
/// Addresses of one account that are remembered.
const MAX_ADDRESSES: usize = 500;
/// Sources that are named.
const NAMED: usize = 20;

/// The accounts of one log of sign-ins, watched.
#[derive(Serialize, Deserialize)]
pub struct Accounts {
    name: String,
    settings: Settings,
    #[serde(with = "crate::kept::pairs")]
    known: FxHashMap<String, Addresses>,
    counts: Counts,
    detector: Detector,
    days: u32,
    day: Option<Day>,
}

/// From where an account got in.
#[derive(Default, Serialize, Deserialize)]
struct Addresses(#[serde(with = "crate::kept::hashes")] FxHashSet<u64>);

#[derive(Default, Serialize, Deserialize)]
struct Day {
    date: i64,
    /// For each account, what came from each address that was new to it.
    new: BTreeMap<String, Vec<New>>,
}

#[derive(Serialize, Deserialize)]
struct New {
    address: String,
    events: u32,
    succeeded: bool,
    first: (i64, LogPlace),
}

impl Accounts {
    /// Of a log of this name.
    pub fn new(name: &str, settings: Settings) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            known: FxHashMap::default(),
            counts: Counts::new(settings.baseline),
            detector: Detector::default(),
            days: 0,
            day: None,
        }
    }

    /// Takes a sign-in; what a day that is over says is added to `found`.
    pub fn sign_in(
        &mut self,
        time: i64,
        sign_in: &SignIn<'_>,
        at: LogPlace,
        found: &mut Vec<Sighting>,
    ) {
        let date = time.div_euclid(DAY);
        if self.day.as_ref().is_some_and(|day| date > day.date) {
            self.close(found);
        }
        let Some(source) = sign_in.source.as_deref().filter(|s| !s.is_empty()) else {
            return;
        };
        // A day on which everybody comes from where they always come from is one as well.
        let day = self.day.get_or_insert_with(|| Day {
            date,
            ..Day::default()
        });
        let known = self.known.get(sign_in.account.as_ref());
        if known.is_some_and(|addresses| addresses.0.contains(&hash::of(source))) {
            return;
        }
        let new = day.new.entry(sign_in.account.to_string()).or_default();
        let room = new.len() < MAX_ADDRESSES;
        match new.iter_mut().find(|n| n.address == source) {
            Some(its) => {
                its.events = its.events.saturating_add(1);
                its.succeeded |= sign_in.succeeded;
            }
            None if room => new.push(New {
                address: source.to_owned(),
                events: 1,
                succeeded: sign_in.succeeded,
                first: (time, at),
            }),
            None => {}
        }
    }

    /// Judges the day that is under way: it is over.
    pub fn close(&mut self, found: &mut Vec<Sighting>) {
        let Some(day) = self.day.take() else {
            return;
        };
        let failed: Vec<(&String, &New)> = day
            .new
            .iter()
            .filter_map(|(account, new)| match &new[..] {
                [only] if only.events == 1 && !only.succeeded => Some((account, only)),
                _ => None,
            })
            .collect();
        let count = failed.len() as u32;
        let e = self.counts.evidence(count);
        match self.detector.day(e, self.settings.one_false_alarm_in) {
            None => self.counts.learn(count),
            Some(alarm) => {
                let expected = self.counts.ordinary().map_or(0.0, |o| o.mean);
                self.counts.forget_waiting();
                found.push(self.sprayed(&failed, expected, alarm.evidence, alarm.days));
            }
        }
        self.days = self.days.saturating_add(1);
        self.learn(&day);
    }

    fn sprayed(
        &self,
        failed: &[(&String, &New)],
        expected: f64,
        evidence: f64,
        days: u32,
    ) -> Sighting {
        let first = failed
            .iter()
            .map(|(_, new)| new.first)
            .min()
            .unwrap_or_default();
        let mut sighting = Sighting::new(
            first.0,
            &self.name,
            By::Measure,
            "passwords tried on many accounts",
            Stage::Attempt,
        );
        sighting.at = first.1;
        sighting.until = failed
            .iter()
            .map(|(_, new)| new.first.0)
            .max()
            .unwrap_or(first.0);
        let mut sources: Vec<String> = failed.iter().map(|(_, new)| new.address.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        sources.truncate(NAMED);
        sighting.source = sources.first().cloned().unwrap_or_default();
        sighting.sources = sources;
        sighting.account = format!("{} accounts", failed.len());
        (sighting.observed, sighting.expected) = (failed.len() as f64, expected);
        sighting.evidence = Some(evidence);
        sighting.false_alarm_days = Some(self.settings.one_false_alarm_in);
        sighting.base_days = self.days;
        sighting.behind = failed.len() as u64;
        sighting.alarm = true;
        sighting.why = format!(
            "{} accounts failed once from an address where they never were, and did nothing else from there, where at most \
             {expected:.0} are ordinary",
            failed.len()
        );
        sighting.reasons.push(format!(
            "gathered over {days} days; one false alarm in {:.0} days was asked for",
            self.settings.one_false_alarm_in
        ));
        sighting
    }

    /// From where accounts got in, they are known there.
    fn learn(&mut self, day: &Day) {
        for (account, new) in &day.new {
            if !self.known.contains_key(account) && self.known.len() >= MAX_ACCOUNTS {
                continue;
            }
            let known = self.known.entry(account.clone()).or_default();
            for its in new.iter().filter(|n| n.succeeded) {
                if known.0.len() < MAX_ADDRESSES {
                    known.0.insert(hash::of(&its.address));
                }
            }
        }
    }

    /// What its log has and nobody looked at, in words.
    pub fn not_examined(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether what was read from a state can be gone on with.
    pub fn is_sound(&self) -> bool {
        self.day.as_ref().is_none_or(|day| {
            is_day(day.date) && day.new.values().flatten().all(|new| is_time(new.first.0))
        })
    }

    /// The day that is under way, as days since 1970.
    pub fn under_way(&self) -> Option<i64> {
        self.day.as_ref().map(|day| day.date)
    }

    /// Days that are over.
    pub fn days(&self) -> u32 {
        self.days
    }
}

#[cfg(test)]
mod tests {
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
}
