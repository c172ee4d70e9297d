//! A customer, and what screening says of them.

use std::collections::BTreeMap;

use overt_model::Entity;
use overt_screening::{Match, Query, Reach};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::policy::Screener;

/// At most so many hits of one customer are kept; the customer is marked where there were more.
pub const MAX_HITS: usize = 500;

/// A row of a table of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// The line it begins in, from 1.
    pub line: u64,
    /// The table's own id; empty where it has none.
    pub id: String,
    /// What is asked, or why the row cannot be read.
    pub asked: Result<Entity, String>,
    /// What can be found.
    pub reach: Reach,
    /// What of the row was not used, and why.
    pub note: Option<String>,
    /// Whether it may hold other rows of the table, which were not read.
    pub hides: bool,
    /// Whether a row above it bears the same id and says something else.
    pub repeats: bool,
}

/// Stands for what is known of somebody: the same facts, the same digest, whatever their order and wherever they were
/// read. 32 hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Digest {
    /// Of parts, told apart by their lengths.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        use sha2::Digest as _;
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(overt_model::key::hex(&hash.finalize())[..32].to_owned())
    }
}

/// The digest of an entity. Which list it is on, when it was seen and where it was read do not count.
pub fn digest(entity: &Entity) -> Digest {
    let mut parts = vec![
        entity.schema.name.as_str(),
        if entity.target { "listed" } else { "linked" },
    ];
    let sorted: BTreeMap<&str, Vec<&str>> = entity
        .properties
        .iter()
        .map(|(name, values)| {
            let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
            values.sort_unstable();
            (name.as_str(), values)
        })
        .collect();
    for (name, values) in &sorted {
        // The mark at the end keeps a value apart from the next property's name.
        parts.push(name);
        parts.extend(values);
        parts.push("\u{0}");
    }
    Digest::of(parts)
}

/// A customer who was screened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screened {
    /// The line in the table.
    pub line: u64,
    /// The customer.
    pub customer: String,
    /// What was asked; nothing where the row could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Entity>,
    /// The digest of what was asked.
    pub digest: Digest,
    /// Why the customer could not be screened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// What of the row was not used, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who matched, best first.
    pub hits: Vec<Hit>,
    /// Whether there were more hits than are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Whether the customer is gone from the table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Whether its hits stand beside those found this time: they are of lists that were not asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// Whether it may hold other rows of the table, which were not read.
    #[serde(skip)]
    pub hides: bool,
    /// Whether a row above it bears the same id and says something else.
    #[serde(skip)]
    pub repeats: bool,
}

/// A listed party whom a customer may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Its id.
    pub entity: String,
    /// The digest of what the list said of it.
    pub digest: Digest,
    /// The name to show.
    pub caption: String,
    /// What it is.
    pub schema: String,
    /// The lists it is on.
    pub datasets: Vec<String>,
    /// The list that it stands in, as that is called here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Whether somebody proposes to list it and no authority has: it is told, and bars nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proposal: bool,
    /// How well it fits, from 0 to 1.
    pub score: f64,
    /// Why, in words.
    pub why: Vec<String>,
    /// What the list said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Entity>,
    /// Why it stands although nobody looked this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

impl Customer {
    /// Screens the customer.
    pub fn screen<B: AsRef<[u8]>>(&self, screener: &Screener<'_, B>) -> Screened {
        let mut screened = self.unscreened();
        match self.query() {
            Ok(query) => (screened.hits, screened.more) = screener.hits(&query),
            Err(why) => screened.failed = Some(why),
        }
        screened
    }

    /// Why the customer cannot be screened, if so.
    pub fn unscreenable(&self) -> Option<String> {
        self.query().err()
    }

    pub(crate) fn query(&self) -> Result<Query, String> {
        let asked = self.asked.as_ref().map_err(Clone::clone)?;
        let query = Query::new(asked).map_err(|e| e.to_string())?;
        Ok(query.reaching(self.reach))
    }

    /// What is known of the customer before screening.
    pub(crate) fn unscreened(&self) -> Screened {
        let asked = self.asked.as_ref().ok().cloned();
        Screened {
            line: self.line,
            customer: self.id.clone(),
            digest: self.digest(),
            asked,
            failed: None,
            note: self.note.clone(),
            hits: Vec::new(),
            more: false,
            left: false,
            beside: false,
            hides: self.hides,
            repeats: self.repeats,
        }
    }

    /// The digest of what is asked.
    pub fn digest(&self) -> Digest {
        match &self.asked {
            Ok(asked) => digest(asked),
            // What cannot be read is the same while it cannot be read for the same reason.
            Err(why) => Digest::of(["unreadable", why]),
        }
    }
}

impl Screened {
    /// What the customer is known by: the id, or what is asked where there is none.
    pub fn key(&self) -> String {
        if self.customer.is_empty() {
            self.digest.to_string()
        } else {
            self.customer.clone()
        }
    }

    /// The customer's name, or what stands for one.
    pub fn name(&self) -> &str {
        let asked = self.asked.as_ref();
        asked.and_then(|e| e.first("name")).unwrap_or_default()
    }
}

/// Screens customers, on all cores, in their order.
pub fn screen<B: AsRef<[u8]> + Sync>(
    customers: &[Customer],
    screener: &Screener<'_, B>,
) -> Vec<Screened> {
    let all = customers.par_iter();
    all.map(|c| c.screen(screener)).collect()
}

impl Hit {
    /// A match with what the list says of the entity.
    pub fn of(found: &Match, entity: &Entity) -> Self {
        Self {
            entity: entity.id.clone(),
            digest: digest(entity),
            caption: entity.caption.clone(),
            schema: entity.schema.name.clone(),
            datasets: entity.datasets.clone(),
            list: None,
            proposal: entity.is_proposal(),
            score: found.score,
            why: found.why(),
            record: Some(entity.clone()),
            kept: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use overt_model::ftm;

    use super::*;

    fn person(facts: &[(&str, &str)]) -> Entity {
        let mut entity = Entity::new("x", ftm::schema("Person").unwrap());
        facts.iter().for_each(|(p, v)| entity.add(p, v));
        entity
    }

    #[test]
    fn a_digest_is_of_facts_and_not_of_their_order() {
        let one = person(&[("name", "Ann"), ("name", "Anna"), ("birthDate", "1961")]);
        let mut other = person(&[("birthDate", "1961"), ("name", "Anna"), ("name", "Ann")]);
        other.last_seen = Some("2024-01-01".to_owned());
        assert_eq!(digest(&one), digest(&other));
        other.add("birthDate", "1962");
        assert_ne!(digest(&one), digest(&other));
    }

    #[test]
    fn a_value_is_not_taken_for_a_property() {
        let one = person(&[("alias", "name"), ("name", "Ann")]);
        let other = person(&[("alias", "name"), ("alias", "Ann")]);
        assert_ne!(digest(&one), digest(&other));
    }
}
