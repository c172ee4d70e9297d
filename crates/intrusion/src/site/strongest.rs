//! The strongest attempts of a day: those that are looked for in what databases log.
//!
//! If the first come were kept, thousands of attempts that fail would hide one that does not. So each has a rank: how it
//! was answered; how often its source tried the same place before, and how often the same value came, by powers of two;
//! then a number drawn from what it is. Those of the least ranks are kept, and the others are counted.

use std::collections::BTreeMap;

use overt_model::log::Request;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::attempt::Attempted;
use super::routes::Place;
use crate::hash;

/// Attempts of one day that are kept.
pub(super) const MOST: usize = 5_000;
/// Sources at places, and values, that are counted of one day; all further ones are as rare as can be.
const COUNTED: usize = 100_000;
/// The same value of one source within so many milliseconds is one attempt.
const AT_ONCE: i64 = 60_000;

/// The answer, the most telling first; how common; what is drawn.
type Rank = (u8, u32, Drawn);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Drawn(#[serde(with = "crate::kept::hex")] u64);

/// Attempts of a day.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Strongest {
    #[serde(with = "crate::kept::pairs")]
    kept: BTreeMap<Rank, Attempted>,
    /// Those that were not kept.
    left_out: u64,
    /// When the first and the last was sent.
    span: Option<(i64, i64)>,
    /// Follows from what is kept.
    #[serde(skip)]
    ranks: FxHashMap<Drawn, Rank>,
    /// How often sources tried places, and values came. Only where there are more than are kept does anything hang on it.
    #[serde(skip)]
    at_place: FxHashMap<(u32, Place), u32>,
    #[serde(skip)]
    of_value: FxHashMap<u64, u32>,
}

impl Strongest {
    /// Takes an attempt of a source at a place.
    pub(super) fn take(
        &mut self,
        attempted: Attempted,
        source: u32,
        place: Place,
        request: &Request<'_>,
        is_beyond: bool,
    ) {
        if attempted.was_meant {
            self.span = joined(self.span, Some((attempted.time, attempted.until)));
        }
        let answer = answer(request, is_beyond);
        let drawn = drawn(&attempted);
        let common = power(more(&mut self.at_place, (source, place)))
            .max(power(more(&mut self.of_value, attempted.value.hash())));
        let Some(rank) = self.ranks.get(&drawn).copied() else {
            self.insert((answer, common, drawn), attempted);
            return;
        };
        let Some(mut same) = self.kept.remove(&rank) else {
            return;
        };
        same.until = same.until.max(attempted.until);
        same.count += attempted.count;
        self.insert((rank.0.min(answer), rank.1, drawn), same);
    }

    fn insert(&mut self, rank: Rank, attempted: Attempted) {
        self.ranks.insert(rank.2, rank);
        self.kept.insert(rank, attempted);
        if self.kept.len() <= MOST {
            return;
        }
        // What a statement holds is known to have run: it is never the one to go.
        let weakest = self.kept.iter().rev().find(|(_, a)| a.ran.is_none());
        if let Some(weakest) = weakest.map(|(rank, _)| *rank)
            && let Some(gone) = self.kept.remove(&weakest)
        {
            self.ranks.remove(&weakest.2);
            self.left_out += u64::from(gone.count);
        }
    }

    /// Makes what is not written down again.
    pub(super) fn resume(&mut self) {
        self.ranks = self.kept.keys().map(|rank| (rank.2, *rank)).collect();
    }

    /// How many were not kept.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// When the first and the last was sent.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        self.span
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Attempted> {
        self.kept.values()
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Attempted> {
        self.kept.values_mut()
    }

    /// All of them in order of time.
    pub(super) fn in_order(self) -> Vec<Attempted> {
        let mut all: Vec<(Rank, Attempted)> = self.kept.into_iter().collect();
        all.sort_by_key(|(rank, attempted)| (attempted.time, rank.2));
        all.into_iter().map(|(_, attempted)| attempted).collect()
    }
}

/// From the earlier first to the later last.
pub(super) fn joined(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (span, None) | (None, span) => span,
    }
}

fn answer(request: &Request<'_>, is_beyond: bool) -> u8 {
    match request.status {
        Some(status) if status < 400 && is_beyond => 0,
        Some(status) if status < 400 => 1,
        None => 2,
        // An error of the server may be one of the database.
        Some(status) if status >= 500 => 3,
        Some(_) => 4,
    }
}

fn more<K: Eq + std::hash::Hash>(counts: &mut FxHashMap<K, u32>, key: K) -> u32 {
    if counts.len() >= COUNTED && !counts.contains_key(&key) {
        return 1;
    }
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
    *count
}

fn power(count: u32) -> u32 {
    count.ilog2()
}

fn drawn(attempted: &Attempted) -> Drawn {
    let minute = attempted.time.div_euclid(AT_ONCE);
    let what = format!("{:x} {minute} {}", attempted.value.hash(), attempted.source);
    Drawn(hash::of(&what))
}

#[cfg(test)]
mod tests {
    use super::super::attempt::Fingerprint;
    use super::*;

    fn sent(day: &mut Strongest, n: usize, value: &str, source: u32, status: u16, beyond: bool) {
        let attempted = Attempted::new(
            n as i64 * 1_000,
            Fingerprint::of(value),
            "/status?id=…".to_owned(),
            format!("198.51.100.{source}"),
        );
        let request = Request {
            status: Some(status),
            ..Request::default()
        };
        day.take(attempted, source, (0, 0), &request, beyond);
    }

    fn keeps(day: &Strongest, value: &str) -> bool {
        day.all().any(|a| a.value == Fingerprint::of(value))
    }

    #[test]
    fn noise_of_any_kind_does_not_drive_out_what_was_answered() {
        for (noise, sources) in [(400, 1), (200, 1), (404, 200), (500, 7)] {
            let mut day = Strongest::default();
            for n in 0..MOST * 2 {
                let value = format!("{n} OR 1=1");
                sent(&mut day, n, &value, n as u32 % sources, noise, false);
            }
            sent(
                &mut day,
                MOST * 2,
                "1 UNION SELECT 2",
                250,
                200,
                noise == 200,
            );
            sent(&mut day, MOST * 2, "3 UNION SELECT 4", 251, 200, false);
            assert!(keeps(&day, "1 UNION SELECT 2"), "{noise}");
            assert!(keeps(&day, "3 UNION SELECT 4"), "{noise}: another source");
            let kept: u64 = day.all().map(|a| u64::from(a.count)).sum();
            assert_eq!(kept + day.left_out(), MOST as u64 * 2 + 2);
        }
    }

    #[test]
    fn one_value_sent_again_and_again_is_one_attempt_a_minute() {
        let mut day = Strongest::default();
        for n in 0..MOST * 4 {
            sent(&mut day, n, "1 OR 1=1", 1, 200, false);
        }
        assert_eq!(day.left_out(), 0);
        assert_eq!(day.all().count(), (MOST * 4).div_ceil(60));
        let all = day.in_order();
        assert!(all.windows(2).all(|two| two[0].until < two[1].time));
    }

    #[test]
    fn what_ran_is_kept_whatever_comes_after() {
        let mut day = Strongest::default();
        sent(&mut day, 0, "1 OR 1=1", 1, 404, false);
        day.all_mut().for_each(|a| {
            a.ran = Some(super::super::attempt::Ran {
                time: 0,
                log: "postgresql.log".to_owned(),
                at: overt_model::log::LogPlace::default(),
                account: String::new(),
            });
        });
        for n in 0..MOST + 10 {
            sent(&mut day, n, &format!("{n} OR 2=2"), 2, 200, false);
        }
        assert!(keeps(&day, "1 OR 1=1"));
    }
}
