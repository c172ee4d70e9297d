//! `gov_passport=IR:Y53914915`: identifiers that a government gave, as Watchman asks for them.

use overt_model::{Entity, territory};

use super::Refused;

/// How the names of these parameters begin.
const PREFIX: &str = "gov_";

/// What Watchman knows, and the properties of FollowTheMoney it may stand in: the first that the schema has.
const KINDS: [(&str, &[&str]); 19] = [
    ("passport", &["passportNumber", "idNumber"]),
    ("diplomatic-passport", &["passportNumber", "idNumber"]),
    ("national", &["idNumber"]),
    ("national-id", &["idNumber"]),
    ("personal-id", &["idNumber"]),
    ("drivers-license", &["idNumber"]),
    ("cedula", &["idNumber"]),
    ("curp", &["idNumber"]),
    ("electoral", &["idNumber"]),
    ("refugee-id", &["idNumber"]),
    ("birth-certificate", &["idNumber"]),
    ("citizenship", &["idNumber"]),
    ("nationality", &["idNumber"]),
    ("ssn", &["socialSecurityNumber", "idNumber"]),
    ("tax", &["taxNumber", "idNumber"]),
    ("tax-id", &["taxNumber", "idNumber"]),
    ("cuit", &["taxNumber", "idNumber"]),
    ("business-registration", &["registrationNumber", "idNumber"]),
    ("commercial-registry", &["registrationNumber", "idNumber"]),
];

/// An identifier that a government gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GovernmentId {
    places: &'static [&'static str],
    country: Option<&'static str>,
    number: String,
}

impl GovernmentId {
    /// Whether a parameter asks for one.
    pub(super) fn is_asked(parameter: &str) -> bool {
        parameter.starts_with(PREFIX)
    }

    /// Reads a parameter and its value, a country and a number with a colon between; nothing where nothing is given.
    pub(super) fn read(parameter: &str, value: &str) -> Result<Option<Self>, Refused> {
        let word = parameter.trim_start_matches(PREFIX).to_lowercase();
        let word = word.replace('_', "-");
        let known = KINDS.iter().find(|(name, _)| *name == word);
        let (_, places) = known.ok_or_else(|| {
            let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
            let short: String = parameter.chars().take(50).collect();
            Refused(format!(
                "unknown query parameter: {short}; after gov_ there may be {}",
                known.join(", ")
            ))
        })?;
        if value.trim().is_empty() {
            return Ok(None);
        }
        let wrong = |why: &str| {
            Refused(format!(
                "{parameter}: {why}; an identifier is written as its country and its number, as IR:Y53914915"
            ))
        };
        let (country, number) = value
            .split_once(':')
            .ok_or_else(|| wrong("it has no country"))?;
        if !number.contains(char::is_alphanumeric) {
            return Err(wrong("it has no number"));
        }
        let country = country.trim();
        let code = territory::code(country);
        if code.is_none() && !country.is_empty() {
            return Err(wrong("its country is not known"));
        }
        Ok(Some(Self {
            places,
            country: code,
            number: number.trim().to_owned(),
        }))
    }

    /// Whether only persons have one of its kind.
    pub(super) fn is_of_a_person(&self) -> bool {
        self.places.contains(&"passportNumber")
    }

    /// Adds it, with its country, to what is asked of an entity.
    pub(super) fn add_to(&self, entity: &mut Entity) {
        let there = |p: &&&str| entity.schema.property(p).is_some();
        let Some(place) = self.places.iter().find(there).copied() else {
            return;
        };
        entity.add(place, &self.number);
        if let Some(country) = self.country {
            entity.add("country", country);
        }
    }
}
