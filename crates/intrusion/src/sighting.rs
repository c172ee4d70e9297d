//! What was seen, with all that a reader needs to weigh it.

use std::fmt;

use overt_model::Observable;
use overt_model::log::LogPlace;
use serde::{Deserialize, Serialize};

/// What something is evidence of. They never blur into one another: an attempt is not an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Somebody looked what there is.
    Scanning,
    /// Somebody tried to get in.
    Attempt,
    /// Somebody tried to get in and was answered as nobody else is.
    PossibleAccess,
    /// Somebody was in: a database, a session or a file says so.
    Access,
    /// Something was taken out.
    Exfiltration,
    /// Something was changed.
    Alteration,
    /// The service could not be reached.
    Unavailability,
}

impl Stage {
    /// All of them, from the least that evidence goes to the furthest.
    pub const ALL: [Self; 7] = [
        Self::Scanning,
        Self::Attempt,
        Self::PossibleAccess,
        Self::Access,
        Self::Exfiltration,
        Self::Alteration,
        Self::Unavailability,
    ];

    /// By its name in words.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// Whether evidence goes as far as that or further; that a service was flooded says nothing of who got in.
    pub fn is_at_least(self, other: Self) -> bool {
        self != Self::Unavailability && self >= other
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scanning => "scanning",
            Self::Attempt => "attempt",
            Self::PossibleAccess => "possible access",
            Self::Access => "access",
            Self::Exfiltration => "exfiltration",
            Self::Alteration => "alteration",
            Self::Unavailability => "unavailability",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What made it stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A list of indicators.
    Indicator,
    /// A rule that somebody wrote.
    Rule,
    /// A measure, against the days before.
    Measure,
}

/// Whether many shared an address on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// A list that held on that day has it.
    Yes,
    /// Lists that held on that day do not have it.
    No,
    /// No list held on that day.
    #[default]
    Unknown,
}

/// Something that stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// When: of a measure's day the first request behind it.
    pub time: i64,
    /// The last of what is behind it.
    pub until: i64,
    /// The log, by the name of its site.
    pub log: String,
    /// Where the first of it stands.
    pub at: LogPlace,
    /// File and line of it, once the files have names.
    pub place: String,
    /// Who did it; of several the first, with how many more.
    pub source: String,
    /// What was asked or reached, masked.
    pub target: String,
    /// Whose account.
    pub account: String,
    /// What made it stand out.
    pub by: By,
    /// Which indicator, rule or measure.
    pub what: String,
    /// The list that has the indicator.
    pub list: String,
    /// The indicator itself.
    #[serde(skip)]
    pub observable: Option<Observable>,
    /// What it is evidence of.
    pub stage: Stage,
    /// Why it is said to be that and no more.
    pub why: String,
    /// What was counted, and what is ordinary at most.
    pub observed: f64,
    /// See `observed`.
    pub expected: f64,
    /// The evidence gathered; nothing for rules and indicators.
    pub evidence: Option<f64>,
    /// The days between false alarms that were asked for.
    pub false_alarm_days: Option<f64>,
    /// How many days were looked at before, and on how many of them the same was seen.
    pub base_days: u32,
    /// See `base_days`.
    pub base_seen: u32,
    /// Whether its source was shared on that day.
    pub sharing: Sharing,
    /// The list that says so.
    pub shared_list: String,
    /// The range of the likelihood ratio; nothing where none can be given.
    pub ratio: Option<(f64, f64)>,
    /// What the range rests on, one reason each.
    pub reasons: Vec<String>,
    /// ATT&CK techniques that whoever wrote the rule or list names.
    pub techniques: Vec<String>,
    /// It is news: somebody should look at it today.
    pub alarm: bool,
    /// It was there during the baseline: a condition, no news.
    pub standing: bool,
    /// Requests, sign-ins or connections behind it.
    pub behind: u64,
    /// Some of the sources behind it.
    pub sources: Vec<String>,
}

impl Sighting {
    /// With all that is not known left empty.
    pub fn new(time: i64, log: &str, by: By, what: impl Into<String>, stage: Stage) -> Self {
        Self {
            time,
            until: time,
            log: log.to_owned(),
            at: LogPlace::default(),
            place: String::new(),
            source: String::new(),
            target: String::new(),
            account: String::new(),
            by,
            what: what.into(),
            list: String::new(),
            observable: None,
            stage,
            why: String::new(),
            observed: 0.0,
            expected: 0.0,
            evidence: None,
            false_alarm_days: None,
            base_days: 0,
            base_seen: 0,
            sharing: Sharing::Unknown,
            shared_list: String::new(),
            ratio: None,
            reasons: Vec::new(),
            techniques: Vec::new(),
            alarm: false,
            standing: false,
            behind: 0,
            sources: Vec::new(),
        }
    }
}
