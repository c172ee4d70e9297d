//! Elections, and the days before the vote that are measured.

use jiff::civil::Date;
use jiff::{Span, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::sides::Side;

/// An election, and how the posts before it were collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Election {
    /// A short name without spaces.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// The day of the vote.
    pub vote: Date,
    /// Words of voting.
    pub words: Vec<String>,
    /// Names of candidates and parties, which in other years are mere politics.
    pub names: Vec<String>,
    /// Sides that oppose each other, if what they are named is asked.
    #[serde(default, rename = "side", skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<Side>,
    /// Days without collection, first and last.
    #[serde(default)]
    pub gaps: Vec<[Date; 2]>,
    /// Whether the actors' posts of the whole window were collected, though they begin late or end early.
    #[serde(default)]
    pub whole: bool,
    /// Whether everybody's posts of the whole window were collected alike, though they rise or fall all at once.
    #[serde(default)]
    pub background_whole: bool,
    /// The share of posts that was collected.
    #[serde(default = "all")]
    pub sampled: f64,
    /// How many people used the platform, as published.
    #[serde(default)]
    pub users: Option<u64>,
}

fn all() -> f64 {
    1.0
}

impl Election {
    /// The first day of the window and the day of the vote, which is the last.
    #[must_use]
    pub fn window(&self, days: u16) -> [Date; 2] {
        let before = Span::new().days(i64::from(days).max(1) - 1);
        [self.vote.saturating_sub(before), self.vote]
    }

    /// Is this day in the window and in none of the gaps?
    #[must_use]
    pub fn watches(&self, day: Date, days: u16) -> bool {
        let [first, last] = self.window(days);
        (first..=last).contains(&day) && !self.gaps.iter().any(|[a, b]| (*a..=*b).contains(&day))
    }

    /// Its gaps as times: from the first second of the first day to the last of the last.
    #[must_use]
    pub fn gaps_in_seconds(&self) -> Vec<[i64; 2]> {
        let start = |day: Date| {
            let midnight = day.to_zoned(TimeZone::UTC).map(|z| z.timestamp());
            midnight.map_or(0, jiff::Timestamp::as_second)
        };
        (self.gaps.iter())
            .map(|[first, last]| [start(*first), start(*last) + 86_399])
            .collect()
    }

    /// Days of the window that were watched: a gap is not silence.
    #[must_use]
    pub fn watched(&self, days: u16) -> u32 {
        self.watched_days(days).count() as u32
    }

    /// The same, one after the other.
    pub fn watched_days(&self, days: u16) -> impl Iterator<Item = Date> {
        let [first, _] = self.window(days);
        let all = first
            .series(Span::new().days(1))
            .take(usize::from(days.max(1)));
        all.filter(move |day| self.watches(*day, days))
    }
}

/// The day of a time, in UTC; none for a time that no calendar has.
#[must_use]
pub fn day_of(seconds: i64) -> Option<Date> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned(TimeZone::UTC).date())
}
