//! Entities as Senzing reads them, one flat record each, in the way that Watchman writes them:
//! <https://www.senzing.com/docs/entity_specification/>.

use axum::http::{HeaderMap, header};
use serde::Serialize;

use super::Refused;
use super::wire::{WatchmanEntity, WatchmanParty};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// As Watchman does.
    Watchman,
    /// An array of Senzing's records.
    Array,
    /// A record of Senzing's on each line.
    Lines,
}

impl Format {
    /// What the parameter `format` says or, without one, the header `Accept`.
    pub(super) fn asked(word: Option<&str>, headers: &HeaderMap) -> Result<Self, Refused> {
        let named = |word: &str| match word {
            "" | "json" | "watchman" => Some(Self::Watchman),
            "senzing" | "senzing/json" => Some(Self::Array),
            "senzing/jsonl" => Some(Self::Lines),
            _ => None,
        };
        if let Some(word) = word {
            return named(&word.to_lowercase()).ok_or_else(|| {
                Refused("format is one of json, senzing, senzing/jsonl".to_owned())
            });
        }
        let accepted = headers.get(header::ACCEPT);
        let accepted = accepted.and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut accepted = accepted.split([',', ';']).map(str::trim);
        // What else may be accepted is JSON, which Watchman's own form is.
        let senzing = accepted.find(|word| word.starts_with("senzing"));
        Ok(senzing.and_then(named).unwrap_or(Self::Watchman))
    }

    /// What it is called.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Watchman | Self::Array => "application/json",
            Self::Lines => "application/x-ndjson",
        }
    }
}

/// A record of Senzing's.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) struct SenzingRecord {
    data_source: String,
    record_id: String,
    record_type: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    name_full: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name_org: String,
    #[serde(flatten)]
    facts: serde_json::Map<String, serde_json::Value>,
}

impl SenzingRecord {
    /// An entity. A record has one value of each kind, and so the first that is known.
    pub(super) fn of(entity: &WatchmanEntity) -> Self {
        let mut record = Self {
            data_source: entity.source_list.clone(),
            record_id: entity.source_id.clone(),
            record_type: "ORGANIZATION",
            ..Self::default()
        };
        if let Some(person) = &entity.person {
            record.record_type = "PERSON";
            record.name_full.clone_from(&entity.name);
            record.add_person(person);
        } else {
            record.name_org.clone_from(&entity.name);
        }
        let parties = [&entity.person, &entity.business, &entity.organization];
        for party in parties.into_iter().flatten() {
            record.add_ids(party);
        }
        if let Some(address) = entity.addresses.first() {
            record.add("ADDR_LINE1", &address.line1);
            record.add("ADDR_CITY", &address.city);
            record.add("ADDR_STATE", &address.state);
            record.add("ADDR_POSTAL_CODE", &address.postal_code);
            record.add("ADDR_COUNTRY", &address.country);
        }
        let contact = &entity.contact;
        for (name, values) in [
            ("PHONE_NUMBER", &contact.phone_numbers),
            ("EMAIL_ADDRESS", &contact.email_addresses),
            ("WEBSITE_ADDRESS", &contact.websites),
        ] {
            record.add(name, values.first().map_or("", String::as_str));
        }
        record
    }

    fn add_person(&mut self, person: &WatchmanParty) {
        let day = |time: &Option<String>| {
            time.as_deref()
                .unwrap_or_default()
                .get(..10)
                .map(str::to_owned)
        };
        self.add(
            "DATE_OF_BIRTH",
            &day(&person.birth_date).unwrap_or_default(),
        );
        self.add(
            "DATE_OF_DEATH",
            &day(&person.death_date).unwrap_or_default(),
        );
        self.add(
            "GENDER",
            match person.gender.as_deref() {
                Some("male") => "M",
                Some("female") => "F",
                _ => "",
            },
        );
    }

    fn add_ids(&mut self, party: &WatchmanParty) {
        for id in &party.government_ids {
            let (number, country) = match id.kind {
                "passport" => ("PASSPORT_NUMBER", "PASSPORT_COUNTRY"),
                "tax-id" => ("TAX_ID_NUMBER", "TAX_ID_COUNTRY"),
                "national-id" => ("NATIONAL_ID_NUMBER", "NATIONAL_ID_COUNTRY"),
                _ => continue,
            };
            if !self.facts.contains_key(number) {
                self.add(number, &id.identifier);
                self.add(country, &id.country);
            }
        }
    }

    fn add(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.facts.insert(name.to_owned(), value.into());
        }
    }
}

/// Entities in one of Senzing's forms.
pub(super) fn written<'a>(
    entities: impl Iterator<Item = &'a WatchmanEntity>,
    format: Format,
) -> Vec<u8> {
    let records: Vec<SenzingRecord> = entities.map(SenzingRecord::of).collect();
    if format != Format::Lines {
        return serde_json::to_vec(&records).unwrap_or_default();
    }
    let mut lines = Vec::new();
    for record in &records {
        lines.extend(serde_json::to_vec(record).unwrap_or_default());
        lines.push(b'\n');
    }
    lines
}
