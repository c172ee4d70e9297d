//! What forbids a comparison of two cycles: collections that are not of the same kind, or not whole.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Cycle, FEWEST, no_thinning, units};
use crate::actor::Actor;
use crate::count::{Counted, Reading, collected};

/// Why nothing is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Too few operators.
    TooFew,
    /// When accounts became known is not given.
    KnownWhen,
    /// No post of any actor in one of the cycles, so that it cannot be told whether they were collected.
    NoPosts,
    /// Other platforms in each cycle.
    OtherPlatforms,
    /// The actors' posts are of platforms that the background is not of.
    OtherBackground,
    /// Days without a post of anybody, where no gap says so.
    SilentDays,
    /// The actors' exports have days with hardly a row.
    ExportsCut,
    /// The actors' exports lack days here and there, and those of the other cycle do not.
    DaysMissing,
    /// Posts have texts in one cycle, and fewer of them in the other.
    TextsMissing,
    /// No account of the actor was known in time in one of the cycles.
    NobodyKnown,
}

/// What forbids any comparison.
pub(super) fn obstacle(actor: &Actor, earlier: &Cycle<'_>, later: &Cycle<'_>) -> Option<Why> {
    let (before, after) = (earlier.counted, later.counted);
    if before.platforms.is_empty() || after.platforms.is_empty() {
        return Some(Why::NoPosts);
    }
    if collected(&before.platforms) != collected(&after.platforms)
        || collected(&before.background_platforms) != collected(&after.background_platforms)
    {
        return Some(Why::OtherPlatforms);
    }
    if !(collected(&before.platforms).is_subset(&collected(&before.background_platforms))) {
        return Some(Why::OtherBackground);
    }
    if earlier.is_silent() || later.is_silent() {
        return Some(Why::SilentDays);
    }
    if earlier.is_cut(later) || later.is_cut(earlier) {
        return Some(Why::ExportsCut);
    }
    if earlier.lacks_days(later) || later.lacks_days(earlier) {
        return Some(Why::DaysMissing);
    }
    if texts_differ(before, after) {
        return Some(Why::TextsMissing);
    }
    let is_watched = |cycle: &Cycle<'_>| actor.accounts.iter().any(|a| cycle.knows(a));
    if !is_watched(earlier) || !is_watched(later) {
        return Some(Why::NobodyKnown);
    }
    if actor.accounts.iter().any(|account| account.known.is_none()) {
        return Some(Why::KnownWhen);
    }
    let too_few = Reading::BOTH.iter().any(|&reading| {
        let active = units(actor, earlier, later, reading, |_| true, &mut no_thinning());
        active.len() < FEWEST
    });
    too_few.then_some(Why::TooFew)
}

impl Cycle<'_> {
    /// Whether there are days without a post of anybody at all, more than chance leaves empty.
    fn is_silent(&self) -> bool {
        let days = self.election.watched_days(self.days);
        has_hole(days, &self.counted.everybodys_days, HOLE)
    }

    /// Whether the actors' exports have days in a row with hardly a row where many were to be expected, by their other days
    /// or by the exports of the other cycle, and nobody says that they are whole.
    fn is_cut(&self, other: &Self) -> bool {
        if self.election.whole {
            return false;
        }
        let own = &self.counted.exported;
        let rows: Vec<u64> = (self.election.watched_days(self.days))
            .map(|day| own.get(&day).copied().unwrap_or(0))
            .collect();
        let with = rows.iter().filter(|rows| **rows > 0).count();
        let own = rows.iter().sum::<u64>() as f64 / with.max(1) as f64;
        let of_other = other.counted.exported.values().sum::<u64>() as f64;
        let of_other = of_other / f64::from(other.election.watched(other.days).max(1));
        with > 0 && has_lull(&rows, own.max(of_other))
    }

    /// Whether the actors' exports have no row on many days though those with rows have several, where the exports of the
    /// other cycle have rows of nearly all days, and nobody says that they are whole.
    fn lacks_days(&self, other: &Self) -> bool {
        !self.election.whole && self.is_patchy(PATCHY) && !other.is_patchy(PATCHY / 2.0)
    }

    fn is_patchy(&self, share: f64) -> bool {
        let days = f64::from(self.election.watched(self.days));
        let with = self.counted.exported.len() as f64;
        let rows = self.counted.exported.values().sum::<u64>() as f64;
        with > 0.0 && rows >= PATCHY_ROWS * with && days - with > share * days
    }
}

/// Posts that were to be expected on days in a row without any: chance leaves them empty in less than one of 10⁸ cases, were
/// posts independent, and posts that come in bursts seldom.
const HOLE: f64 = 20.0;
/// The same of the actors' exports, which are of few people: days, posts to be expected, and the share of them that is hardly
/// a row, so that a stray one hides no cut.
const LULL_DAYS: usize = 7;
const LULL_POSTS: f64 = 50.0;
const HARDLY: f64 = 0.1;

/// The share of days without a row from which on, where those with rows have several each, days were left out of a
/// collection: more than weekends.
const PATCHY: f64 = 0.4;
const PATCHY_ROWS: f64 = 5.0;
/// How much the shares of posts with a text may differ between two cycles: what is about the election is told by texts.
const TEXTS: f64 = 0.1;

fn texts_differ(before: &Counted, after: &Counted) -> bool {
    let differ = |of: fn(&Counted) -> [u64; 2]| {
        let share = |[with, all]: [u64; 2]| with as f64 / all.max(1) as f64;
        (share(of(before)) - share(of(after))).abs() > TEXTS
    };
    let actors = |counted: &Counted| {
        let posts = counted.accounts.values().map(|acts| acts.posts.all);
        [counted.texts, posts.sum()]
    };
    differ(actors) || differ(|counted| [counted.everybodys_texts, counted.everybody.all])
}

/// Whether days in a row have hardly a row where, at so many a day, many were to be expected.
fn has_lull(rows: &[u64], a_day: f64) -> bool {
    (0..rows.len()).any(|first| {
        let mut seen = 0;
        rows[first..].iter().zip(1_usize..).any(|(rows, days)| {
            seen += rows;
            let expected = a_day * days as f64;
            days >= LULL_DAYS && expected >= LULL_POSTS && seen as f64 <= HARDLY * expected
        })
    })
}

/// Whether days in a row have no post where so many were to be expected.
fn has_hole(days: impl Iterator<Item = Date>, posts: &BTreeMap<Date, u64>, expected: f64) -> bool {
    let days: Vec<bool> = days.map(|day| posts.contains_key(&day)).collect();
    let with = days.iter().filter(|has| **has).count();
    let a_day = posts.values().sum::<u64>() as f64 / with.max(1) as f64;
    let mut holes = days.chunk_by(|a, b| a == b).filter(|run| !run[0]);
    with > 0 && holes.any(|run| run.len() as f64 * a_day >= expected)
}
