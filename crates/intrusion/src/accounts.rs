//! Accounts: who tries to sign in where they never were, and fails, or gets in.
//!
//! Three counts of a day are watched. Accounts whose only event from an address new to them is a failure: people who
//! mistype a password at home or come from a new place and get in are none, somebody who tries one password on many
//! accounts is. Accounts that failed, however often, from an address new to them and to two more that failed there. Accounts
//! that got in from an address new to them and to two more. And a rule names each account that somebody got into from where
//! many guesses at it had come.

mod guesses;

use std::collections::BTreeMap;

use overt_model::counted;
use overt_model::log::{LogPlace, SignIn};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::hash;
use crate::kept::{is_day, is_time};
use crate::measure::detector::Alarm;
use crate::measure::watched::Watched;
use crate::sighting::{By, Sighting, Stage};
use crate::site::{DAY, Settings, dates};
use guesses::Guesses;

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
    single: Watched,
    from_one: Watched,
    entered: Watched,
    guesses: Guesses,
    days: u32,
    day: Option<Day>,
    /// Sign-ins without an address, and those of accounts and addresses beyond the limits.
    without_address: u64,
    beyond: u64,
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
    /// Failures before it first succeeded.
    failed: u32,
    succeeded: bool,
    first: (i64, LogPlace),
}

/// What is told of accounts that stand out together.
struct Told {
    what: &'static str,
    stage: Stage,
    /// What they did, after their number and before what is ordinary.
    did: &'static str,
}

const SINGLE: Told = Told {
    what: "passwords tried on many accounts",
    stage: Stage::Attempt,
    did: "failed once from an address where they never were, and did nothing else from there",
};
const FROM_ONE: Told = Told {
    what: "passwords tried on many accounts from one address",
    stage: Stage::Attempt,
    did: "failed from an address that was new to three of them or more",
};
const ENTERED: Told = Told {
    what: "many accounts signed in to from one new address",
    stage: Stage::PossibleAccess,
    did: "were signed in to from an address that was new to three of them or more: a new place of work, or somebody who has \
          their passwords",
};
/// Accounts at one address that was new to them, from which on they are told together.
const TOGETHER: usize = 3;
/// The shares of false alarms of the three counts: they come to 1.
const SHARES: [f64; 3] = [2.0, 4.0, 4.0];

impl Accounts {
    /// Of a log of this name.
    pub fn new(name: &str, settings: Settings) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            known: FxHashMap::default(),
            single: Watched::new(settings.baseline),
            from_one: Watched::new(settings.baseline),
            entered: Watched::new(settings.baseline),
            guesses: Guesses::default(),
            days: 0,
            day: None,
            without_address: 0,
            beyond: 0,
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
            self.without_address += 1;
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
        let account = sign_in.account.as_ref();
        if day.new.len() >= MAX_ACCOUNTS && !day.new.contains_key(account) {
            self.beyond += 1;
            return;
        }
        let all = day.new.entry(account.to_owned()).or_default();
        if all.len() >= MAX_ADDRESSES && !all.iter().any(|n| n.address == source) {
            self.beyond += 1;
            return;
        }
        if !all.iter().any(|n| n.address == source) {
            all.push(New {
                address: source.to_owned(),
                events: 0,
                failed: 0,
                succeeded: false,
                first: (time, at),
            });
        }
        let failed_elsewhere: u32 = all.iter().map(|n| n.failed).sum();
        let Some(its) = all.iter_mut().find(|n| n.address == source) else {
            return;
        };
        its.events = its.events.saturating_add(1);
        let gets_in = sign_in.succeeded && !its.succeeded;
        if !its.succeeded && !sign_in.succeeded {
            its.failed = its.failed.saturating_add(1);
        }
        its.succeeded |= sign_in.succeeded;
        if gets_in {
            let here = its.failed + self.guesses.at(account, source);
            let guessed = self.guesses.is_entry(here, failed_elsewhere);
            if let Some(why) = guessed {
                found.push(guesses::entry(
                    &self.name,
                    self.days,
                    account,
                    source,
                    (time, at),
                    &why,
                ));
            }
        }
    }

    /// Judges the day that is under way: it is over.
    pub fn close(&mut self, found: &mut Vec<Sighting>) {
        let Some(day) = self.day.take() else {
            return;
        };
        let single = day.new.iter().filter_map(|(account, new)| match &new[..] {
            [only] if only.events == 1 && !only.succeeded => Some((&**account, only)),
            _ => None,
        });
        let from_one = day.together(|new, _| !new.succeeded);
        // An account that was never seen is new to every address.
        let entered =
            day.together(|new, account| new.succeeded && self.known.contains_key(account));
        let counted = [
            (SINGLE, single.collect()),
            (FROM_ONE, from_one),
            (ENTERED, entered),
        ];
        for (k, (told, accounts)) in counted.into_iter().enumerate() {
            self.judge(day.date, k, &told, &accounts, found);
        }
        found.extend(self.guesses.day(&self.name, self.days, &day));
        self.days = self.days.saturating_add(1);
        self.learn(&day);
    }

    fn judge(
        &mut self,
        date: i64,
        which: usize,
        told: &Told,
        accounts: &[(&str, &New)],
        found: &mut Vec<Sighting>,
    ) {
        let watched = match which {
            0 => &mut self.single,
            1 => &mut self.from_one,
            _ => &mut self.entered,
        };
        let count = accounts.len() as u32;
        let e = watched.counts.evidence(count);
        let threshold = self.settings.one_false_alarm_in * SHARES[which.min(2)];
        match watched.detector.day(e, threshold) {
            None => watched.counts.learn(date, count),
            Some(alarm) => {
                let expected = watched.counts.ordinary().map_or(0.0, |o| o.mean);
                watched.counts.forget_waiting();
                found.push(self.stands_out(told, accounts, expected, alarm));
            }
        }
    }

    fn stands_out(
        &self,
        told: &Told,
        accounts: &[(&str, &New)],
        expected: f64,
        alarm: Alarm,
    ) -> Sighting {
        let first = accounts.iter().map(|(_, new)| new.first).min();
        let first = first.unwrap_or_default();
        let mut sighting = Sighting::new(first.0, &self.name, By::Measure, told.what, told.stage);
        sighting.at = first.1;
        sighting.until = accounts
            .iter()
            .map(|(_, new)| new.first.0)
            .max()
            .unwrap_or(first.0);
        let mut sources: Vec<String> = accounts
            .iter()
            .map(|(_, new)| new.address.clone())
            .collect();
        sources.sort_unstable();
        sources.dedup();
        sources.truncate(NAMED);
        sighting.source = sources.first().cloned().unwrap_or_default();
        sighting.sources = sources;
        sighting.account = format!("{} accounts", accounts.len());
        (sighting.observed, sighting.expected) = (accounts.len() as f64, expected);
        sighting.evidence = Some(alarm.evidence);
        sighting.false_alarm_days = Some(self.settings.one_false_alarm_in);
        sighting.base_days = self.days;
        sighting.behind = accounts.len() as u64;
        sighting.alarm = true;
        sighting.why = format!(
            "{} accounts {}, where at most {expected:.0} are ordinary",
            accounts.len(),
            told.did
        );
        sighting.reasons.push(format!(
            "gathered over {} days; one false alarm in {:.0} days was asked for",
            alarm.days, self.settings.one_false_alarm_in
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
        let mut not = Vec::new();
        if self.without_address > 0 {
            not.push(format!(
                "{} without an address: whether they came from a new place is not known",
                counted(self.without_address, "sign-in", "sign-ins")
            ));
        }
        let beyond = self.beyond + self.guesses.beyond();
        if beyond > 0 {
            not.push(format!(
                "{} of days with very many accounts or addresses were counted by no measure",
                counted(beyond, "sign-in", "sign-ins")
            ));
        }
        not
    }

    /// What the measures cannot see here, and why.
    pub fn blind(&self) -> Vec<String> {
        let mut blind = Vec::new();
        if self.days < self.settings.baseline as u32 {
            blind.push(format!(
                "{} days were seen; before {} only the rule speaks that names accounts which were entered after {} guesses",
                self.days,
                self.settings.baseline,
                guesses::GUESSED
            ));
        }
        blind.push(
            "guesses from an address from which the account has signed in before are not told from its owner's mistakes"
                .to_owned(),
        );
        blind.push(format!(
            "a password that is known, or guessed within {} attempts, and used from one new address for fewer than {TOGETHER} \
             accounts a day is not told from somebody who travels",
            guesses::GUESSED
        ));
        blind
    }

    /// Days that were left out of what is held to be ordinary, in words.
    pub fn unlike(&self) -> Vec<String> {
        [
            (SINGLE.what, &self.single),
            (FROM_ONE.what, &self.from_one),
            (ENTERED.what, &self.entered),
        ]
        .into_iter()
        .map(|(what, watched)| (what, watched.counts.far_out()))
        .filter(|(_, days)| !days.is_empty())
        .map(|(what, days)| format!("{what} on {}", dates(&days)))
        .collect()
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

impl Day {
    /// Accounts that did something from an address that is new to them, if others did the same from there.
    fn together(&self, did: impl Fn(&New, &str) -> bool) -> Vec<(&str, &New)> {
        let all = || {
            let each = self.new.iter();
            each.flat_map(|(account, new)| new.iter().map(move |new| (&**account, new)))
                .filter(|(account, new)| did(new, account))
        };
        let mut at: FxHashMap<&str, usize> = FxHashMap::default();
        for (_, new) in all() {
            *at.entry(&new.address).or_default() += 1;
        }
        let mut together: Vec<(&str, &New)> = all()
            .filter(|(_, new)| at[&*new.address] >= TOGETHER)
            .collect();
        together.dedup_by_key(|(account, _)| *account);
        together
    }
}

#[cfg(test)]
mod tests;
