//! What forbids a comparison of two cycles: collections that are not of the same kind, or not whole.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Cycle, FEWEST, no_thinning, units};
use crate::actor::Actor;
use crate::count::{COLLECTED, Counted, Reading, collected};

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
    /// A file ends within a row.
    FilesCut,
    /// Posts are there twice.
    CountedTwice,
    /// Accounts are written otherwise.
    SpeltOtherwise,
    /// Hours are missing in one cycle.
    HoursMissing,
    /// The exports have a most.
    Capped,
    /// Everybody's posts break off.
    BackgroundCut,
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
    let hindered = (earlier.hindrance(later, actor)).or_else(|| later.hindrance(earlier, actor));
    if hindered.is_some() {
        return hindered;
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
    /// What of its collection forbids a comparison with another.
    fn hindrance(&self, other: &Self, actor: &Actor) -> Option<Why> {
        let all = [
            (self.is_spelt_otherwise(actor), Why::SpeltOtherwise),
            (self.counted.cut.contains(&true), Why::FilesCut),
            (self.is_counted_twice(), Why::CountedTwice),
            (self.is_silent(), Why::SilentDays),
            (self.breaks_off(), Why::BackgroundCut),
            (self.is_cut(other), Why::ExportsCut),
            (self.lacks_days(other), Why::DaysMissing),
            (self.lacks_hours(other), Why::HoursMissing),
            (self.is_capped(), Why::Capped),
        ];
        all.into_iter()
            .find(|(holds, _)| *holds)
            .map(|(_, why)| why)
    }

    /// Whether rows have an account of an actor's in another spelling.
    pub(super) fn is_spelt_otherwise(&self, actor: &Actor) -> bool {
        let otherwise = &self.counted.spelt_otherwise;
        actor
            .accounts
            .iter()
            .any(|account| otherwise.contains_key(account.handle()))
    }

    fn is_counted_twice(&self) -> bool {
        let posts = self.counted.accounts.values().map(|acts| acts.posts.all);
        let all = [posts.sum(), self.counted.everybody.all];
        let mut of_both = self.counted.repeated.iter().zip(all);
        of_both.any(|(again, all)| *again > 0 && *again as f64 >= AGAIN * all as f64)
    }

    /// Whether there are days without a post of anybody at all, more than chance leaves empty, on a platform or on all.
    fn is_silent(&self) -> bool {
        let counted = self.counted;
        let mut series = series(&counted.everybodys_days, &counted.everybodys_on);
        series.any(|days| has_hole(&self.rows(days), HOLE))
    }

    /// Whether everybody's posts of one week are a fifth of those of the next or of the one before.
    fn breaks_off(&self) -> bool {
        let counted = self.counted;
        let mut series = series(&counted.everybodys_days, &counted.everybodys_on);
        !self.election.background_whole && series.any(|days| has_step(&self.rows(days)))
    }

    /// Rows of the days watched, in order.
    fn rows(&self, days: &BTreeMap<Date, u64>) -> Vec<u64> {
        let watched = self.election.watched_days(self.days);
        watched
            .map(|day| days.get(&day).copied().unwrap_or(0))
            .collect()
    }

    /// Whether the actors' exports have days in a row with hardly a row where many were to be expected, by their other days
    /// or by the exports of the other cycle, and nobody says that they are whole.
    fn is_cut(&self, other: &Self) -> bool {
        if self.election.whole {
            return false;
        }
        let (own, of_other) = (self.counted, other.counted);
        if self.has_cut(&own.exported, other, &of_other.exported) {
            return true;
        }
        let none = BTreeMap::new();
        let mut platforms = own
            .exported_on
            .iter()
            .filter(|(_, days)| is_collected(days, &own.exported));
        platforms.any(|(platform, days)| {
            let of_other = of_other.exported_on.get(platform).unwrap_or(&none);
            self.has_cut(days, other, of_other)
        })
    }

    fn has_cut(
        &self,
        own: &BTreeMap<Date, u64>,
        other: &Self,
        of_other: &BTreeMap<Date, u64>,
    ) -> bool {
        let rows = self.rows(own);
        let with = rows.iter().filter(|rows| **rows > 0).count();
        let a_day = rows.iter().sum::<u64>() as f64 / with.max(1) as f64;
        let of_other = of_other.values().sum::<u64>() as f64;
        let of_other = of_other / f64::from(other.election.watched(other.days).max(1));
        with > 0 && (has_lull(&rows, a_day.max(of_other)) || has_nothing(&rows, a_day))
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
        with > 0.0 && rows >= PATCHY_ROWS * with && days - with >= share * days
    }

    /// Whether hours of the day are without a row that have many in the other cycle.
    fn lacks_hours(&self, other: &Self) -> bool {
        let of = [0, 1].map(|whose| {
            let vouched = [self.election.whole, self.election.background_whole];
            !vouched[whose] && lacks_hours(&self.counted.hours[whose], &other.counted.hours[whose])
        });
        of.contains(&true)
    }

    /// Whether many accounts or days have the same greatest number, as where no more were collected.
    fn is_capped(&self) -> bool {
        let posts = self.counted.accounts.values().map(|acts| acts.posts.all);
        let posts: Vec<u64> = posts.collect();
        let days: Vec<u64> = self.counted.exported.values().copied().collect();
        let accounts = has_most(&posts, CAPPED_POSTS, CAPPED_ACCOUNTS, CAPPED_SHARE);
        !self.election.whole
            && (accounts || has_most(&days, CAPPED_ROWS, CAPPED_DAYS, CAPPED_OF_DAYS))
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

/// Days in a row without any row, of so many to be expected, that no weekend explains.
const NOTHING_DAYS: usize = 3;
/// Weeks that follow on one another: how many times the posts of the one the other has, and how many, where collection changed
/// and not what is talked about.
const WEEK: usize = 7;
const STEP: f64 = 5.0;
const STEP_POSTS: u64 = 100;
/// The share of posts from which on posts that are there again are an export that was counted twice.
const AGAIN: f64 = 0.2;
/// Hours in a row, the share of the other cycle's rows in them, and the rows of this one.
const HOURS: usize = 6;
const HOURS_SHARE: f64 = 0.1;
const HOURS_ROWS: u64 = 200;
/// The same greatest number: of posts for so many accounts and such a share of them, of rows for so many days and such a
/// share.
const CAPPED_POSTS: u64 = 20;
const CAPPED_ACCOUNTS: usize = 3;
const CAPPED_SHARE: f64 = 0.2;
const CAPPED_ROWS: u64 = 5;
const CAPPED_DAYS: usize = 20;
const CAPPED_OF_DAYS: f64 = 0.5;

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

/// Whether days in a row have no row at all where, at so many a day, many were to be expected: more than a weekend.
fn has_nothing(rows: &[u64], a_day: f64) -> bool {
    let mut runs = rows
        .chunk_by(|a, b| (*a == 0) == (*b == 0))
        .filter(|run| run[0] == 0);
    runs.any(|run| run.len() >= NOTHING_DAYS && a_day * run.len() as f64 >= LULL_POSTS)
}

/// Whether days in a row have no post where so many were to be expected.
fn has_hole(rows: &[u64], expected: f64) -> bool {
    let with = rows.iter().filter(|rows| **rows > 0).count();
    let a_day = rows.iter().sum::<u64>() as f64 / with.max(1) as f64;
    let mut holes = rows
        .chunk_by(|a, b| (*a == 0) == (*b == 0))
        .filter(|run| run[0] == 0);
    with > 0 && holes.any(|run| run.len() as f64 * a_day >= expected)
}

/// Whether one of two weeks that follow on one another has many times the rows of the other.
fn has_step(rows: &[u64]) -> bool {
    rows.windows(2 * WEEK).any(|weeks| {
        let (before, after) = weeks.split_at(WEEK);
        let (before, after) = (before.iter().sum::<u64>(), after.iter().sum::<u64>());
        let (less, more) = (before.min(after), before.max(after));
        more >= STEP_POSTS && more as f64 >= STEP * less as f64
    })
}

/// All rows by day, and those of each platform that was collected.
fn series<'a>(
    all: &'a BTreeMap<Date, u64>,
    by_platform: &'a BTreeMap<String, BTreeMap<Date, u64>>,
) -> impl Iterator<Item = &'a BTreeMap<Date, u64>> {
    let platforms = by_platform.values().filter(|days| is_collected(days, all));
    std::iter::once(all).chain(platforms)
}

/// Whether a platform's rows are more than strays among all.
fn is_collected(days: &BTreeMap<Date, u64>, all: &BTreeMap<Date, u64>) -> bool {
    let sum = |days: &BTreeMap<Date, u64>| days.values().sum::<u64>() as f64;
    sum(days) >= COLLECTED * sum(all)
}

fn lacks_hours(own: &[u64; 24], other: &[u64; 24]) -> bool {
    let (rows, of_other) = (own.iter().sum::<u64>(), other.iter().sum::<u64>());
    // Where all are of one hour, the clock has none.
    let has_clock = own.iter().filter(|rows| **rows > 0).count() > 1;
    let empty = |from: usize| (0..HOURS).all(|hour| own[(from + hour) % 24] == 0);
    let there = |from: usize| {
        (0..HOURS)
            .map(|hour| other[(from + hour) % 24])
            .sum::<u64>()
    };
    let missing = |from: usize| empty(from) && there(from) as f64 >= HOURS_SHARE * of_other as f64;
    has_clock && rows >= HOURS_ROWS && of_other > 0 && (0..24).any(missing)
}

/// Whether so many, and such a share of all, are the greatest of them, and that is so great.
fn has_most(numbers: &[u64], least: u64, fewest: usize, share: f64) -> bool {
    let most = numbers.iter().copied().max().unwrap_or(0);
    let with = numbers.iter().filter(|number| **number == most).count();
    let enough = with as f64 >= share * numbers.len() as f64;
    most >= least && numbers.len() >= fewest && with >= CAPPED_ACCOUNTS && enough
}
