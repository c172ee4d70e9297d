//! Every sentence that can be printed, and when.
//!
//! [`Sentence::all`] is the table: nothing else in the project puts an outcome into words.

use serde::Serialize;

use crate::assess::{Answer, Why};

/// A sentence of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sentence {
    /// Less than before.
    Less,
    /// More than before.
    More,
    /// Neither can be said.
    NotToldApart,
    /// Too few operators for any interval.
    TooFew,
    /// When accounts became known is not given.
    KnownWhen,
    /// The exports of a cycle hold no post of anybody who was asked about.
    NoPosts,
    /// The exports of the two cycles hold other platforms.
    OtherPlatforms,
    /// A cycle without activity.
    NothingSeen,
}

/// A sentence with the condition under which it may appear.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which.
    pub sentence: Sentence,
    /// Its words, with what is filled in between braces.
    pub words: &'static str,
    /// When it may appear.
    pub when: &'static str,
}

const TABLE: [Entry; 8] = [
    Entry {
        sentence: Sentence::Less,
        words: "Of accounts known within {lag} days after each vote, {actor} posted less about the election before {later} than before {earlier}: {range} times as much.",
        when: "the 95 % interval lies below 1 under every denominator and under both readings of \"about the election\"",
    },
    Entry {
        sentence: Sentence::More,
        words: "Of accounts known within {lag} days after each vote, {actor} posted more about the election before {later} than before {earlier}: {range} times as much.",
        when: "the 95 % interval lies above 1 under every denominator and under both readings of \"about the election\"",
    },
    Entry {
        sentence: Sentence::NotToldApart,
        words: "Of accounts known within {lag} days after each vote, it cannot be said whether {actor} posted less or more about the election before {later} than before {earlier}: {range} times as much.",
        when: "an interval holds 1 under a denominator or a reading, or they disagree",
    },
    Entry {
        sentence: Sentence::TooFew,
        words: "{actor} has too few independent operators active before {earlier} and {later} for any 95 % interval: no comparison is made.",
        when: "fewer than six operators (or accounts, where operators are not known) were active under a reading",
    },
    Entry {
        sentence: Sentence::KnownWhen,
        words: "When the accounts of {actor} became known is not given for all of them, so newer cycles may look weaker only because attribution lags: {later} is not compared with {earlier}.",
        when: "an account has no date on which it became known",
    },
    Entry {
        sentence: Sentence::NoPosts,
        words: "The exports hold no post of any actor before {earlier} or before {later}, and whether such posts were collected cannot be told from that: {actor} is not compared.",
        when: "no post of any actor's accounts lies in one of the two windows",
    },
    Entry {
        sentence: Sentence::OtherPlatforms,
        words: "The exports before {earlier} and {later} hold other platforms, so what differs may be the collection: {actor} is not compared.",
        when: "the platforms of the exports or of the background differ between the two cycles",
    },
    Entry {
        sentence: Sentence::NothingSeen,
        words: "No activity of {actor} was seen before {later}: {accounts} accounts were watched over {watched} days among {background} posts of everybody. Activity above {limit} posts per million of everybody's would have been seen with 95 % probability.",
        when: "no post of the actor's known accounts lies in the window",
    },
];

impl Sentence {
    /// The whole table.
    #[must_use]
    pub fn all() -> &'static [Entry] {
        &TABLE
    }

    /// Which sentence an answer allows.
    #[must_use]
    pub fn of(answer: Answer) -> Self {
        match answer {
            Answer::Less => Self::Less,
            Answer::More => Self::More,
            Answer::NotToldApart => Self::NotToldApart,
            Answer::NotCompared(Why::TooFew) => Self::TooFew,
            Answer::NotCompared(Why::KnownWhen) => Self::KnownWhen,
            Answer::NotCompared(Why::NoPosts) => Self::NoPosts,
            Answer::NotCompared(Why::OtherPlatforms) => Self::OtherPlatforms,
        }
    }

    /// The sentence with its blanks filled.
    #[must_use]
    pub fn fill(self, blanks: &[(&str, String)]) -> String {
        let Some(entry) = TABLE.iter().find(|entry| entry.sentence == self) else {
            return String::new();
        };
        // One pass, so that a name that looks like a blank stays a name.
        let mut filled = String::new();
        let mut rest = entry.words;
        while let Some((before, after)) = rest.split_once('{') {
            let (blank, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            if let Some((_, with)) = blanks.iter().find(|(name, _)| *name == blank) {
                filled.push_str(with);
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// A factor as people read it: two figures, and words where an end is open.
#[must_use]
pub fn range(lower: f64, upper: f64) -> String {
    match (lower > 0.0, upper.is_finite()) {
        (true, true) => format!("{} to {}", factor(lower), factor(upper)),
        (false, true) if upper < 0.01 => factor(upper),
        (false, true) => format!("at most {}", factor(upper)),
        (true, false) => format!("at least {}", factor(lower)),
        (false, false) => "any number of".to_owned(),
    }
}

fn factor(x: f64) -> String {
    match x {
        x if x < 0.01 => "below 0.01".to_owned(),
        // Not rounded onto 1 from either side: the sentence beside it says on which side it lies.
        x if (0.99..1.0).contains(&x) => "just under 1".to_owned(),
        x if x > 1.0 && x < 1.01 => "just over 1".to_owned(),
        x if x < 10.0 => format!("{x:.2}"),
        x => format!("{x:.0}"),
    }
}
