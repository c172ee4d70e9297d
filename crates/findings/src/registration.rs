//! What a run was before it was made: one that a sealed plan foresaw, or one of several settings that were tried.

use overt_model::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a run was foreseen, and how many others were made over the same inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Whether a plan foresaw it.
    pub status: RunStatus,
    /// SHA-256 over the SHA-256 of all inputs, in hex: the same for the same files in any order.
    pub inputs: String,
    /// SHA-256 of every setting that can change what is found, in hex.
    pub settings: String,
    /// The how-manieth setting it is that was tried over these inputs, as far as this machine knows; none where it could not
    /// be counted.
    pub nth: Option<u64>,
    /// The plan that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanRecord>,
    /// In what the run departs from that plan, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departs: Vec<String>,
}

/// Whether a run was foreseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Its settings were sealed, and seen by a witness, before the data existed.
    PreRegistered,
    /// Anything else.
    Exploratory,
}

/// A sealed plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// What it asks.
    pub question: String,
    /// What the ledger's leaf holds of its entry, in base64.
    pub entry: String,
    /// The ledger.
    pub log: String,
    /// Its place there.
    pub place: u64,
    /// By whom it was seen there, and when at the latest; none where nobody is trusted who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The how-manieth look at data under this plan it is, as far as this machine knows.
    pub look: Option<u64>,
    /// How many it allows.
    pub looks: u64,
}

/// Who saw a plan, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Witnesses by name.
    pub by: Vec<String>,
    /// The latest of their times, milliseconds since 1970.
    pub at: i64,
}

impl Registration {
    /// In sentences.
    pub fn in_words(&self) -> String {
        let nth = self.nth.map_or_else(
            || "How many settings were tried on these inputs is not known.".to_owned(),
            |nth| match nth {
                1 => "It is the first setting tried on these inputs, as far as this machine knows.".to_owned(),
                nth => format!(
                    "It is the {} setting tried on these inputs, as far as this machine knows: of several tries the best one looks better than it is.",
                    ordinal(nth)
                ),
            },
        );
        let plan = self.plan.as_ref();
        match (self.status, plan, plan.and_then(|p| p.seen.as_ref())) {
            (RunStatus::PreRegistered, Some(plan), Some(seen)) => format!(
                "Pre-registered: what was to be tested, and how, was sealed as entry {} of {} and seen there by {} on {}, before any of these posts. {nth}",
                plan.place,
                plan.log,
                seen.by.join(", "),
                day(seen.at)
            ),
            (_, Some(_), _) => format!(
                "Exploratory, though a plan was given: {}. {nth}",
                self.departs.join("; ")
            ),
            _ => format!("Exploratory: no sealed plan foresaw this run. {nth}"),
        }
    }
}

fn day(at: i64) -> String {
    Timestamp(at).to_string().chars().take(10).collect()
}

/// 1st, 2nd, 3rd, 4th, 11th, 21st.
fn ordinal(n: u64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let said: Vec<String> = [2, 3, 4, 11, 12, 13, 21, 102, 113].map(ordinal).into();
        assert_eq!(
            said,
            [
                "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "113th"
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_said() {
        let run = |nth| Registration {
            status: RunStatus::Exploratory,
            inputs: String::new(),
            settings: String::new(),
            nth,
            plan: None,
            departs: Vec::new(),
        };
        assert!(run(None).in_words().contains("is not known"));
        assert!(run(Some(3)).in_words().contains("the 3rd setting tried"));
    }
}
