//! Whom development banks have debarred: the World Bank, the Asian and the Inter-American Development Bank, and the
//! European Bank for Reconstruction and Development.
//!
//! Their lists come out of web pages and have much in common: a name with marks and other names in it, one address, one
//! country, when it began and ends, and why. None of them says of which day it is. No copy of any was at hand; their fields
//! are those that readers of them know.

mod adb;
mod ebrd;
mod idb;
mod names;
mod world_bank;

use std::collections::HashSet;

use overt_model::{DateError, Entity, PartialDate};

use super::table::Table;
use super::{Dataset, List, ListFormat, Whole, facts, json};

pub(super) use adb::{HEADER as ADB_HEADER, read_csv as read_adb_csv, read_json as read_adb_json};
pub(super) use ebrd::read as read_ebrd;
pub(super) use idb::{
    HEADER as IDB_HEADER, read_csv as read_idb_csv, read_table as read_idb_table,
};
pub(super) use world_bank::{
    HEADER as WORLD_BANK_HEADER, read_csv as read_world_bank_csv,
    read_json as read_world_bank_json, read_table as read_world_bank_table,
};

/// What a list says of one whom a bank debarred.
#[derive(Default)]
struct Debarred {
    /// The bank's number, if it gives one.
    number: String,
    /// `Person`, `Organization`, or `LegalEntity` where the list does not say.
    schema: &'static str,
    name: String,
    other_names: Vec<String>,
    addresses: Vec<String>,
    country: String,
    nationality: String,
    from: Option<String>,
    until: String,
    /// Labels and what they say.
    notes: Vec<(&'static str, String)>,
}

/// Takes those whom a bank debarred.
struct Taking<'w> {
    whole: &'w Whole,
    list: List,
    prefix: &'static str,
    ids: HashSet<String>,
}

impl<'w> Taking<'w> {
    fn new(whole: &'w Whole, dataset: Dataset, format: ListFormat, prefix: &'static str) -> Self {
        Self {
            whole,
            list: whole.list(dataset, format),
            prefix,
            ids: HashSet::new(),
        }
    }

    fn take(&mut self, line: u64, debarred: &Debarred) {
        self.list.count("rows");
        let names = names::read(&debarred.name);
        if names.first().is_none_or(|n| n.name.is_empty()) {
            let detail = debarred.addresses.join(", ");
            self.list
                .rejects
                .push(self.whole.reject(line, "no-name", &detail));
            return;
        }
        let mut entity = Entity::new(self.id(debarred), facts::schema(debarred.schema));
        entity.target = true;
        entity.add("topics", "debarment");
        for (index, found) in names.iter().enumerate() {
            let property = if index == 0 { "name" } else { found.property };
            entity.add(property, &found.name);
        }
        for name in debarred.other_names.iter().flat_map(|n| names::read(n)) {
            entity.add(name.property, &name.name);
        }
        self.list.count("entries");
        let aliases = entity.get("alias").len() + entity.get("previousName").len();
        *self.list.counts.entry("aliases").or_default() += aliases as u64;
        add_facts(&mut entity, debarred);
        entity.provenance.push(self.whole.provenance(line));
        self.list.push(entity);
    }

    /// The bank's number, or one that follows from what the row says; a row that is there twice is told apart.
    fn id(&mut self, debarred: &Debarred) -> String {
        let own = match debarred.number.as_str() {
            "" => facts::digest(&[
                &debarred.name,
                &debarred.addresses.join("\n"),
                &debarred.country,
                debarred.from.as_deref().unwrap_or_default(),
            ]),
            number => number.to_owned(),
        };
        let id = format!("{}-{own}", self.prefix);
        let mut free = id.clone();
        let mut nth = 1;
        while !self.ids.insert(free.clone()) {
            nth += 1;
            free = format!("{id}-{nth}");
        }
        free
    }
}

fn add_facts(entity: &mut Entity, debarred: &Debarred) {
    for address in &debarred.addresses {
        entity.add("address", facts::tidy(address));
    }
    facts::add_country(
        entity,
        "country",
        "Country",
        &plain_country(&debarred.country),
    );
    facts::add_country(
        entity,
        "nationality",
        "Nationality",
        &plain_country(&debarred.nationality),
    );
    if let Some(from) = debarred.from.as_deref() {
        facts::note(entity, "Debarred from", from);
        entity.first_seen = (from.len() == 10).then(|| facts::at_midnight(from));
    }
    facts::note(entity, "Debarred until", &debarred.until);
    for (label, said) in &debarred.notes {
        facts::note(entity, label, &facts::tidy(said));
    }
}

/// A country without footnotes and remarks: `Korea, Rep. of *2`, `Monaco Non ADB Member Country`.
fn plain_country(text: &str) -> String {
    let text = text.split('*').next().unwrap_or_default();
    let text = text
        .replace("Non ADB Member Country", "")
        .replace("Rep. of", "Republic of");
    let plain = text.trim_matches([' ', '(', ')', '-', ',']);
    facts::tidy(plain)
}

/// A day with the month in letters, `01-Jan-2024`, `01/Jan/2024`, or the year first. Where day and month could be either
/// of two numbers, the year.
fn day(text: &str) -> Option<String> {
    let worded = text.trim().replace('/', " ");
    let found = match PartialDate::read(text, None) {
        Ok(date) => Ok(date),
        Err(DateError::Ambiguous(year)) => Ok(year),
        Err(_) => PartialDate::read(&worded, None),
    };
    found.ok().map(|d| d.to_string())
}

/// What a list says of an end: a day, or that there is none.
fn end(text: &str) -> String {
    match day(text) {
        Some(date) if date.starts_with("2999") => "no end".to_owned(),
        Some(date) => date,
        None => facts::tidy(text),
    }
}

/// Whether a list's word for what somebody is means a person; where it has none, that is left open.
fn schema_of(kind: &str) -> &'static str {
    match kind.trim().to_lowercase().as_str() {
        "" => "LegalEntity",
        "i" | "individual" | "individuals" | "person" => "Person",
        _ => "Organization",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_countries() {
        for (text, expected) in [
            ("01-Jan-2024", Some("2024-01-01")),
            ("01/Jan/2024", Some("2024-01-01")),
            ("2024-01-02", Some("2024-01-02")),
            ("13/02/2024", Some("2024-02-13")),
            ("02/03/2024", Some("2024")),
            ("Ongoing", None),
            ("", None),
        ] {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            (end("2999-12-31"), end(" Permanent ")),
            ("no end".to_owned(), "Permanent".to_owned())
        );
        assert_eq!(
            facts::country(&plain_country("Korea, Rep. of *2")),
            Some("kr")
        );
        assert_eq!(plain_country("Monaco (Non ADB Member Country)"), "Monaco");
    }
}
