//! Statements of reasons for the EU's transparency database under the Digital Services Act. Only a platform may submit
//! one; these are filled in for it, and hold no personal data (Art. 24(5)), which is checked.
//!
//! Source of fields and limits: the database's documentation of its interface. The words for the source of a notice and
//! for content that is text are not spelt out there and are from its code.

use std::collections::BTreeSet;

use overt_case::Disclosure;
use serde::Serialize;

use super::PublicationError;
use crate::PROPOSAL;
use overt_findings::CampaignDocument;

/// A statement, as the database takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The database's own fields.
pub struct Statement {
    pub decision_account: &'static str,
    pub decision_ground: &'static str,
    pub incompatible_content_ground: String,
    pub incompatible_content_explanation: String,
    pub content_type: Vec<&'static str>,
    pub category: String,
    pub territorial_scope: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    pub content_date: String,
    pub application_date: String,
    pub decision_facts: String,
    pub source_type: &'static str,
    pub automated_detection: &'static str,
    pub automated_decision: &'static str,
    pub puid: String,
}

/// The European Economic Area, by its codes: closing an account is felt in all of it.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Under what a statement is filed where the regime does not say.
pub(super) const CATEGORY: &str =
    "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS";

const GROUND: usize = 500;
const EXPLANATION: usize = 2000;
const FACTS: usize = 5000;

/// What the statements of a campaign's accounts have in common.
pub(super) struct About<'a> {
    pub(super) rule: &'a str,
    pub(super) programme: &'a str,
    /// Under what the register files it.
    pub(super) category: &'a str,
    pub(super) accounts: usize,
    pub(super) campaign: &'a CampaignDocument,
    /// The day it was decided.
    pub(super) day: &'a str,
}

impl About<'_> {
    /// The statement for an account, by its public id.
    pub(super) fn statement(
        &self,
        public_id: &str,
        posts: u64,
        dictionary: &BTreeSet<String>,
    ) -> Result<Statement, PublicationError> {
        let first = self.campaign.first.as_deref().unwrap_or(self.day);
        let first = first.split('T').next().unwrap_or_default();
        let language = self
            .campaign
            .languages
            .first()
            .map(|(code, _)| code.to_uppercase());
        let statement = Statement {
            decision_account: "DECISION_ACCOUNT_SUSPENDED",
            decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            incompatible_content_ground: cut(self.rule, GROUND),
            incompatible_content_explanation: cut(
                &format!(
                    "The account acted in step with others in a campaign that was attributed to a party determined under {}. \
                 What it argued for played no part. {PROPOSAL}",
                    self.programme
                ),
                EXPLANATION,
            ),
            content_type: vec!["CONTENT_TYPE_TEXT"],
            category: self.category.to_owned(),
            territorial_scope: EEA.to_vec(),
            content_language: language
                .filter(|l| l.len() == 2 && l.bytes().all(|b| b.is_ascii_uppercase())),
            content_date: first.to_owned(),
            application_date: self.day.to_owned(),
            decision_facts: cut(
                &format!(
                    "One of {} accounts that by themselves posted in step more often than chance explains, at a rate of false discoveries \
                 of at most {}; {posts} of its posts were made in step. The accounts were found by comparing times of posts; each \
                 was put forward by people, and the platform decides.",
                    self.accounts, self.campaign.q_most
                ),
                FACTS,
            ),
            source_type: "SOURCE_TYPE_OTHER_NOTIFICATION",
            automated_detection: "Yes",
            automated_decision: "AUTOMATED_DECISION_NOT_AUTOMATED",
            puid: public_id.to_owned(),
        };
        if let Some((field, what)) = personal(&statement, dictionary) {
            return Err(PublicationError::Personal { field, what });
        }
        if let Some(wrong) = wrong(&statement) {
            return Err(PublicationError::Missing(format!(
                "a statement for the public register has a wrong {wrong}"
            )));
        }
        Ok(statement)
    }
}

/// At most so many characters, which is how the database counts.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// The shortest name that is looked for: shorter ones are parts of ordinary words.
const MIN_LENGTH: usize = 4;

/// Every handle, id and name in a case: what no public statement may hold. `accounts` are keys and names of accounts.
pub(super) fn dictionary<'a>(
    case: &'a Disclosure<'_>,
    accounts: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    // What the audience may not have is not for the public register either.
    let state = case.case().state();
    let mut words: BTreeSet<String> = BTreeSet::new();
    let mut add = |text: &str| {
        let text = text.trim().to_lowercase();
        if text.chars().count() >= MIN_LENGTH {
            words.insert(text);
        }
    };
    for account in accounts {
        add(account);
        add(account.split_once(':').map_or("", |(_, id)| id));
    }
    let claims = state.claims().values();
    let named = claims.flat_map(|c| [Some(&c.subject), c.object.as_ref()].into_iter().flatten());
    for party in named.filter(|p| p.kind() == "person") {
        add(party.name());
        party.name().split_whitespace().for_each(&mut add);
    }
    state.people().keys().for_each(|name| add(name));
    words
}

/// The field of a statement that would tell who somebody is, and what it would tell.
pub fn personal(
    statement: &Statement,
    dictionary: &BTreeSet<String>,
) -> Option<(&'static str, String)> {
    let fields = [
        (
            "incompatible_content_ground",
            &statement.incompatible_content_ground,
        ),
        (
            "incompatible_content_explanation",
            &statement.incompatible_content_explanation,
        ),
        ("decision_facts", &statement.decision_facts),
        ("puid", &statement.puid),
    ];
    for (field, text) in fields {
        let lower = text.to_lowercase();
        if let Some(word) = dictionary.iter().find(|word| has_word(&lower, word)) {
            return Some((field, word.clone()));
        }
        // A handle or an address of somebody whom the case does not know of.
        let looks = text.split_whitespace().find(|word| {
            word.starts_with('@') && word.len() > 2 || word.contains('@') && word.contains('.')
        });
        if let Some(word) = looks {
            return Some((field, word.to_owned()));
        }
    }
    None
}

/// Whether a text has words, and not as a part of longer ones.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// The first field that the database would refuse.
pub fn wrong(statement: &Statement) -> Option<&'static str> {
    let long = |text: &str, most: usize| text.is_empty() || text.chars().count() > most;
    let day = |text: &str, least: &str| text.parse::<jiff::civil::Date>().is_err() || text < least;
    let id = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let checks = [
        (
            "incompatible_content_ground",
            long(&statement.incompatible_content_ground, GROUND),
        ),
        (
            "incompatible_content_explanation",
            long(&statement.incompatible_content_explanation, EXPLANATION),
        ),
        ("decision_facts", long(&statement.decision_facts, FACTS)),
        ("content_date", day(&statement.content_date, "2000-01-01")),
        (
            "application_date",
            day(&statement.application_date, "2020-01-01"),
        ),
        ("territorial_scope", statement.territorial_scope.is_empty()),
        ("content_type", statement.content_type.is_empty()),
        (
            "puid",
            long(&statement.puid, GROUND) || !statement.puid.bytes().all(id),
        ),
    ];
    checks
        .iter()
        .find(|(_, wrong)| *wrong)
        .map(|(field, _)| *field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            decision_account: "DECISION_ACCOUNT_SUSPENDED",
            decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            incompatible_content_ground: "the rule on coordination".to_owned(),
            incompatible_content_explanation: "it acted in step".to_owned(),
            content_type: vec!["CONTENT_TYPE_TEXT"],
            category: CATEGORY.to_owned(),
            territorial_scope: EEA.to_vec(),
            content_language: None,
            content_date: "2024-01-01".to_owned(),
            application_date: "2024-02-01".to_owned(),
            decision_facts: "one of 5 accounts".to_owned(),
            source_type: "SOURCE_TYPE_OTHER_NOTIFICATION",
            automated_detection: "Yes",
            automated_decision: "AUTOMATED_DECISION_NOT_AUTOMATED",
            puid: "0123abcd".to_owned(),
        }
    }

    #[test]
    fn what_would_tell_who_somebody_is_is_found() {
        let dictionary = BTreeSet::from(["ivan".to_owned(), "x:123456".to_owned()]);
        let said = |text: &str| {
            let statement = Statement {
                decision_facts: text.to_owned(),
                ..statement()
            };
            personal(&statement, &dictionary).map(|(field, _)| field)
        };
        assert_eq!(said("one of 5 accounts"), None);
        assert_eq!(
            said("the account of Ivan, among others"),
            Some("decision_facts")
        );
        assert_eq!(said("X:123456 posted"), Some("decision_facts"));
        assert_eq!(said("see @somebody"), Some("decision_facts"));
        assert_eq!(said("write to a@example.org"), Some("decision_facts"));
        assert_eq!(said("Ivanovo is a city"), None);
    }

    #[test]
    fn what_the_database_would_refuse_is_found() {
        assert_eq!(wrong(&statement()), None);
        let long = Statement {
            decision_facts: "é".repeat(FACTS + 1),
            ..statement()
        };
        assert_eq!(wrong(&long), Some("decision_facts"));
        let date = Statement {
            content_date: "yesterday".to_owned(),
            ..statement()
        };
        assert_eq!(wrong(&date), Some("content_date"));
        let id = Statement {
            puid: "x:123".to_owned(),
            ..statement()
        };
        assert_eq!(wrong(&id), Some("puid"));
        assert_eq!(cut(&"é".repeat(600), GROUND).chars().count(), GROUND);
    }
}
