//! What is counted of posts, per cycle.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::sides::Sided;

/// How a post bears on the election.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bearing {
    /// It has a word of voting.
    pub words: bool,
    /// It names a candidate or party.
    pub names: bool,
}

/// Posts, and those about the election in two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Posts {
    /// All of them.
    pub all: u64,
    /// With a word of voting.
    pub by_words: u64,
    /// With a word of voting, or a name of a candidate or party.
    pub by_names: u64,
}

impl Posts {
    /// Counts one more.
    pub fn add(&mut self, bearing: Bearing) {
        self.all += 1;
        self.by_words += u64::from(bearing.words);
        self.by_names += u64::from(bearing.words || bearing.names);
    }

    /// Those about the election, in one reading.
    #[must_use]
    pub fn about(self, reading: Reading) -> u64 {
        match reading {
            Reading::Words => self.by_words,
            Reading::Names => self.by_names,
        }
    }
}

/// The share of posts from which on a platform is one that was collected: a few strays make no collection.
pub(crate) const COLLECTED: f64 = 0.02;

/// The platforms that posts were collected of.
#[must_use]
pub fn collected(platforms: &BTreeMap<String, u64>) -> BTreeSet<&str> {
    let all: u64 = platforms.values().sum();
    let enough = |posts: u64| posts as f64 >= COLLECTED * all as f64;
    let platforms = platforms.iter().filter(|(_, posts)| enough(**posts));
    platforms.map(|(platform, _)| platform.as_str()).collect()
}

/// What "about the election" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Words of voting.
    Words,
    /// Those, and names of candidates and parties.
    Names,
}

impl Reading {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Words, Self::Names];
}

/// What one account did in one cycle.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    /// Its posts.
    pub posts: Posts,
    /// Days on which it posted.
    pub days: BTreeSet<Date>,
    /// Where it posted.
    pub platforms: BTreeSet<String>,
    /// The groups, channels and pages it posted in.
    pub communities: BTreeSet<String>,
    /// Likes and shares, where the export has them.
    pub engagement: u64,
    /// Its posts by the sides that they name.
    pub sided: Sided,
}

/// What was counted before one vote.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// By account, of actors' accounts.
    pub accounts: BTreeMap<String, Acts>,
    /// Everybody's.
    pub everybody: Posts,
    /// The actors' posts by platform.
    pub platforms: BTreeMap<String, u64>,
    /// Everybody's posts by platform.
    pub background_platforms: BTreeMap<String, u64>,
    /// The rows of the actors' exports, whoever posted, by day.
    pub exported: BTreeMap<Date, u64>,
    /// The actors' posts that have a text.
    pub texts: u64,
    /// Everybody's posts that have a text.
    pub everybodys_texts: u64,
    /// Rows that could not be read in files with the actors' posts of this cycle: any of them may be theirs.
    pub rejected: u64,
    /// The same of everybody's files.
    pub everybodys_rejected: u64,
    /// The rows of the actors' exports by platform and day.
    pub exported_on: BTreeMap<String, BTreeMap<Date, u64>>,
    /// Everybody's posts by platform and day.
    pub everybodys_on: BTreeMap<String, BTreeMap<Date, u64>>,
    /// The rows of the actors' exports by hour of the day, and everybody's posts.
    pub hours: [[u64; 24]; 2],
    /// By account of an actor, rows anywhere of an account that differs in capitals, spaces or an address around it alone.
    pub spelt_otherwise: BTreeMap<String, u64>,
    /// Posts that are there again under another id, with the same account, time and text: the actors', and everybody's.
    pub repeated: [u64; 2],
    /// Whether a file with such posts ends within a row: the actors', and everybody's.
    pub cut: [bool; 2],
    /// Everybody's posts by day.
    pub everybodys_days: BTreeMap<Date, u64>,
    /// Everybody's posts by the sides that they name.
    pub everybodys_sides: Sided,
    /// The same by account, as many as are kept.
    pub everybodys_accounts: BTreeMap<String, Sided>,
}
