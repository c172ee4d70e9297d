//! Guesses at the password of one account, and whether somebody got in after them.
//!
//! From one address: so many failures, today and in the weeks before, and then a success. From many: so many failures today,
//! far more than any account has on ordinary days, and then a success from an address that is new to the account.

use std::collections::BTreeMap;

use overt_model::log::LogPlace;
use serde::{Deserialize, Serialize};

use super::{Day, New};
use crate::hash;
use crate::sighting::{By, Sighting, Stage};

/// Failures of one account from one address from which on they are guesses.
pub(super) const GUESSED: u32 = 20;
/// The same from many addresses in one day, and by how much they exceed what any account had on a day before.
const FROM_MANY: u32 = 50;
const TIMES: u32 = 3;
/// Days for which failures are remembered.
const REMEMBERED: i64 = 30;
/// Accounts at addresses that are remembered.
const MAX_REMEMBERED: usize = 200_000;

/// Failures that no success followed.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Guesses {
    /// By account and address, with the last day.
    #[serde(with = "crate::kept::pairs")]
    failed: BTreeMap<Both, (u32, i64)>,
    /// The most that one account had on one day.
    most: u32,
    /// Days with guesses.
    days: u32,
    beyond: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Both(#[serde(with = "crate::kept::hex")] u64);

impl Both {
    fn of(account: &str, address: &str) -> Self {
        Self(hash::of(&format!("{account}\0{address}")))
    }
}

impl Guesses {
    /// Failures of an account from an address on days before.
    pub(super) fn at(&self, account: &str, address: &str) -> u32 {
        let failed = self.failed.get(&Both::of(account, address));
        failed.map_or(0, |(failures, _)| *failures)
    }

    /// Whether a success after so many failures from the same address, and today from others that are new to the account,
    /// is one after guesses; why.
    pub(super) fn is_entry(&self, here: u32, elsewhere: u32) -> Option<String> {
        if here >= GUESSED {
            return Some(format!(
                "{here} failures from the same address, in the last {REMEMBERED} days, and then a success"
            ));
        }
        let is_many = elsewhere >= FROM_MANY && elsewhere > self.most.saturating_mul(TIMES);
        is_many.then(|| {
            format!(
                "{elsewhere} failures on that day from addresses where it never was, where no account had more than {} on a day \
                 before, and then a success from one",
                self.most
            )
        })
    }

    /// Takes a day that is over; what is told of its guesses.
    pub(super) fn day(&mut self, log: &str, days: u32, day: &Day) -> Option<Sighting> {
        self.failed
            .retain(|_, (_, last)| *last > day.date - REMEMBERED);
        for (account, new) in &day.new {
            for its in new {
                self.remember(account, its, day.date);
            }
        }
        let failures = |new: &Vec<New>| new.iter().map(|n| n.failed).fold(0, u32::saturating_add);
        let guessed: Vec<(&String, &Vec<New>)> = day
            .new
            .iter()
            .filter(|(_, new)| failures(new) >= GUESSED)
            .collect();
        let most = guessed.iter().max_by_key(|(_, new)| failures(new));
        let most = most.map(|(account, new)| ((*account).clone(), failures(new)));
        // An account that was entered after guesses says nothing of ordinary days.
        let unentered = |new: &&Vec<New>| !new.iter().any(|n| n.succeeded);
        let ordinary = day.new.values().filter(unentered).map(failures).max();
        self.most = self.most.max(ordinary.unwrap_or(0));
        let (account, count) = most?;
        let first = guessed.iter().flat_map(|(_, new)| new.iter());
        let (time, at) = first.clone().map(|n| n.first).min()?;
        let what = "passwords guessed at single accounts";
        let mut sighting = Sighting::new(time, log, By::Rule, what, Stage::Attempt);
        sighting.at = at;
        sighting.until = first.clone().map(|n| n.first.0).max().unwrap_or(time);
        sighting.account = account;
        sighting.source = first.clone().next().map(|n| n.address.clone())?;
        sighting.sources = vec![sighting.source.clone()];
        sighting.observed = f64::from(count);
        sighting.behind = first.map(|n| u64::from(n.failed)).sum();
        sighting.base_days = days;
        sighting.base_seen = self.days;
        sighting.standing = self.days > 0;
        sighting.why = format!(
            "{} had {GUESSED} failures or more from addresses where they never were, up to {count}",
            overt_model::counted(guessed.len() as u64, "account", "accounts")
        );
        self.days = self.days.saturating_add(1);
        Some(sighting)
    }

    fn remember(&mut self, account: &str, new: &New, date: i64) {
        let both = Both::of(account, &new.address);
        if new.succeeded {
            self.failed.remove(&both);
        } else if new.failed > 0 {
            if self.failed.len() >= MAX_REMEMBERED && !self.failed.contains_key(&both) {
                self.beyond += 1;
                return;
            }
            let its = self.failed.entry(both).or_insert((0, date));
            *its = (its.0.saturating_add(new.failed), date);
        }
    }

    pub(super) fn beyond(&self) -> u64 {
        self.beyond
    }
}

/// An account that somebody got into after guesses at it.
pub(super) fn entry(
    log: &str,
    days: u32,
    account: &str,
    source: &str,
    (time, at): (i64, LogPlace),
    why: &str,
) -> Sighting {
    let what = "an account was signed in to after many guesses";
    let mut sighting = Sighting::new(time, log, By::Rule, what, Stage::PossibleAccess);
    sighting.at = at;
    account.clone_into(&mut sighting.account);
    source.clone_into(&mut sighting.source);
    sighting.sources = vec![source.to_owned()];
    sighting.base_days = days;
    sighting.observed = 1.0;
    sighting.behind = 1;
    sighting.alarm = true;
    sighting.why = format!("{why}: whether it was the account's owner this log does not say");
    sighting
}
