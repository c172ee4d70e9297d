//! What is known of somebody who is to be screened, as people write it, and what of it can be used.

use std::fmt;

use overt_model::{DateError, DateOrder, Entity, PartialDate, ftm, territory};
use overt_screening::{Reach, bare_identifier};

/// What is known of somebody.
#[derive(Debug, Clone, Default)]
pub struct Details<'a> {
    /// Names.
    pub names: Vec<&'a str>,
    /// Dates of birth.
    pub births: Vec<&'a str>,
    /// Countries, by code or name.
    pub countries: Vec<&'a str>,
    /// Identifiers: a wallet, a passport, an IMO number, a website…
    pub identifiers: Vec<&'a str>,
    /// Identifiers of which it is said what they are, each with its property.
    pub known: Vec<(&'static str, &'a str)>,
    /// Addresses, each in one text.
    pub addresses: Vec<&'a str>,
    /// What it is: a schema, or a word that banks use for one. Where nothing is said it follows from what is known.
    pub schema: Option<&'a str>,
    /// Which number of a date is the day.
    pub dates: Option<DateOrder>,
}

/// A value that could not be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unused {
    /// It is not a country.
    Country(String),
    /// It is not a date.
    Date(String),
    /// It is a date that programs write where there is none.
    NoDate(String),
    /// Day and month can be read in two ways; its year is used.
    AmbiguousDate(String),
    /// Parties of that kind have nothing like it.
    NoSuchProperty {
        /// The kind.
        schema: String,
        /// What they do not have.
        what: &'static str,
        /// The value.
        value: String,
    },
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Country(value) => {
                write!(f, "{value:?} is not a country; screened without it")
            }
            Self::Date(value) => write!(f, "{value:?} is not a date; screened without it"),
            Self::NoDate(value) => write!(
                f,
                "{value:?} is what programs write where no date is known; screened without it"
            ),
            Self::AmbiguousDate(value) => write!(
                f,
                "{value:?} can be read day first or month first; screened with its year alone"
            ),
            Self::NoSuchProperty {
                schema,
                what,
                value,
            } => write!(f, "a {schema} has no {what}; screened without {value:?}"),
        }
    }
}

/// A word that names nothing that can be screened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a schema that can be screened; expected one of {}", schemata().join(", "))]
pub struct UnknownSchema {
    /// The word.
    pub given: String,
}

/// Names of all that can be screened.
fn schemata() -> Vec<&'static str> {
    let matchable = ftm::schemata().filter(|s| s.matchable);
    matchable.map(|s| s.name.as_str()).collect()
}

/// Where the days of programs begin: what they write for a date that is not known.
const FOR_NONE: [&str; 6] = [
    "1753-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1904-01-01",
    "1970-01-01",
];
/// Years in which somebody who is screened, or a company, can have begun.
const BIRTHS: std::ops::RangeInclusive<u16> = 1500..=2100;

impl Details<'_> {
    /// What can be found: anything, unless it is said what it is. A date of birth does not say it: systems fill that field of
    /// companies too.
    pub fn reach(&self) -> Reach {
        if self.schema.is_some_and(|s| !s.is_empty()) {
            Reach::Schema
        } else {
            Reach::Anything
        }
    }

    /// What is asked, and what of the details could not be used.
    ///
    /// # Errors
    /// When the schema is not one that can be screened.
    pub fn query(&self) -> Result<(Entity, Vec<Unused>), UnknownSchema> {
        let mut entity = Entity::new("query", self.schema()?);
        let mut unused = Vec::new();
        self.names
            .iter()
            .filter(|n| !n.is_empty())
            .for_each(|n| entity.add("name", n));
        for birth in self.births.iter().filter(|b| !b.is_empty()) {
            self.add_birth(&mut entity, birth, &mut unused);
        }
        for country in self.countries.iter().filter(|c| !c.is_empty()) {
            // A name may have signs in it that else stand between several.
            let whole = country_code(country);
            let several = country.split([';', '|', '\n', '/', ',']).map(str::trim);
            let each: Vec<(&str, Option<&str>)> = match whole {
                Some(code) => vec![(*country, Some(code))],
                None => several
                    .filter(|c| !c.is_empty())
                    .map(|c| (c, country_code(c)))
                    .collect(),
            };
            if each.iter().all(|(_, code)| code.is_none()) {
                unused.push(Unused::Country((*country).to_owned()));
                continue;
            }
            for (said, code) in each {
                match code {
                    None => unused.push(Unused::Country(said.to_owned())),
                    Some(code) => add(&mut entity, &["country"], "country", code, &mut unused),
                }
            }
        }
        for identifier in self.identifiers.iter().flat_map(|i| each_in(i)) {
            add_identifier(&mut entity, identifier, &mut unused);
        }
        for (property, cell) in &self.known {
            for value in each_in(cell) {
                add_known(&mut entity, property, value, &mut unused);
            }
        }
        for address in self.addresses.iter().filter(|a| !a.is_empty()) {
            add(&mut entity, &["address"], "address", address, &mut unused);
        }
        Ok((entity, unused))
    }

    fn schema(&self) -> Result<&'static ftm::Schema, UnknownSchema> {
        let given = match self.schema.filter(|s| !s.is_empty()) {
            Some(given) => given,
            None if self.births.iter().all(|b| b.is_empty()) => "LegalEntity",
            None => "Person",
        };
        let name = kind_of(given).unwrap_or(given.trim());
        let found = ftm::schemata().find(|s| s.name.eq_ignore_ascii_case(name));
        found.filter(|s| s.matchable).ok_or_else(|| UnknownSchema {
            given: given.to_owned(),
        })
    }

    fn add_birth(&self, entity: &mut Entity, birth: &str, unused: &mut Vec<Unused>) {
        let date = match PartialDate::read(birth, self.dates) {
            Ok(date) if BIRTHS.contains(&date.year()) => date,
            Ok(_) | Err(DateError::NotADate) => {
                return unused.push(Unused::Date(birth.to_owned()));
            }
            Err(DateError::Ambiguous(year)) => {
                unused.push(Unused::AmbiguousDate(birth.to_owned()));
                year
            }
        };
        let date = date.to_string();
        if FOR_NONE.contains(&date.as_str()) {
            return unused.push(Unused::NoDate(birth.to_owned()));
        }
        add(entity, &["birthDate"], "date of birth", &date, unused);
    }
}

/// The code of a country. "N/A" is not Namibia, and that it is unknown is not a country.
fn country_code(country: &str) -> Option<&'static str> {
    let is_said = !country.contains(['/', '\\']) && !country.eq_ignore_ascii_case("n.a.");
    territory::code(country).filter(|code| is_said && *code != "zz")
}

/// The schema that a word of banks stands for.
fn kind_of(word: &str) -> Option<&'static str> {
    const KINDS: [(&str, &[&str]); 5] = [
        (
            "Person",
            &[
                "individual",
                "natural person",
                "person",
                "private person",
                "private individual",
                "human",
                "mensch",
                "natürliche person",
                "privatperson",
                "personne physique",
                "persona física",
                "persona fisica",
                "persona natural",
                "физическое лицо",
                "физлицо",
                "i",
            ],
        ),
        (
            "Organization",
            &[
                "entity",
                "legal person",
                "business",
                "corporate",
                "corporation",
                "organisation",
                "firm",
                "firma",
                "unternehmen",
                "juristische person",
                "personne morale",
                "persona jurídica",
                "persona juridica",
                "persona giuridica",
                "юридическое лицо",
                "юрлицо",
            ],
        ),
        ("LegalEntity", &["legal entity", "party", "counterparty"]),
        (
            "Vessel",
            &[
                "ship",
                "boat",
                "tanker",
                "yacht",
                "schiff",
                "navire",
                "buque",
                "судно",
            ],
        ),
        (
            "Airplane",
            &[
                "aircraft",
                "plane",
                "aeroplane",
                "helicopter",
                "flugzeug",
                "avion",
                "самолет",
            ],
        ),
    ];
    let plain = word.trim().to_lowercase().replace(['_', '-'], " ");
    let found = KINDS
        .iter()
        .find(|(_, words)| words.contains(&plain.as_str()));
    found.map(|(schema, _)| *schema)
}

/// The values in a cell that may hold several.
fn each_in(cell: &str) -> impl Iterator<Item = &str> {
    let values = cell.split([';', '|', '\n', '\r']).map(str::trim);
    values.filter(|value| !value.is_empty())
}

/// Adds an identifier under what it looks like.
fn add_identifier(entity: &mut Entity, identifier: &str, unused: &mut Vec<Unused>) {
    let bare = bare_identifier(identifier);
    add(
        entity,
        properties_of(&bare),
        "such identifier",
        &bare,
        unused,
    );
    if looks_like_phone(&bare) && entity.schema.property("phone").is_some() {
        entity.add("phone", &bare);
    }
}

/// Adds an identifier of which it is said what it is; a number also as one of any kind, for lists call it otherwise.
fn add_known(entity: &mut Entity, property: &str, value: &str, unused: &mut Vec<Unused>) {
    let bare = bare_identifier(value);
    let is_there = entity.schema.property(property).is_some();
    if is_there {
        entity.add(property, &bare);
    }
    let is_number = !matches!(property, "email" | "phone" | "website");
    if is_number || !is_there {
        add(
            entity,
            properties_of(&bare),
            "such identifier",
            &bare,
            unused,
        );
    }
}

/// Adds a value under the first of these properties that the entity can have.
fn add(
    entity: &mut Entity,
    properties: &[&str],
    what: &'static str,
    value: &str,
    unused: &mut Vec<Unused>,
) {
    let there = properties
        .iter()
        .find(|p| entity.schema.property(p).is_some());
    match there {
        Some(property) => entity.add(property, value),
        None => unused.push(Unused::NoSuchProperty {
            schema: entity.schema.name.clone(),
            what,
            value: value.to_owned(),
        }),
    }
}

/// Whether a value may be the number of a telephone: it may be that of a passport too, and is compared as both.
fn looks_like_phone(identifier: &str) -> bool {
    let digits = identifier.bytes().filter(u8::is_ascii_digit).count();
    let others =
        |b: u8| !b.is_ascii_digit() && !matches!(b, b' ' | b'+' | b'(' | b')' | b'-' | b'.');
    (7..=15).contains(&digits) && !identifier.bytes().any(others)
}

/// Properties that can hold an identifier, best first: values are compared whatever they are called.
fn properties_of(identifier: &str) -> &'static [&'static str] {
    let looks_like_mail = identifier.contains('@');
    let looks_like_site = identifier.contains("://")
        || identifier.contains('.') && !identifier.contains(' ') && !looks_like_mail;
    if looks_like_mail {
        &["email"]
    } else if looks_like_site {
        &["website", "registrationNumber", "publicKey"]
    } else {
        &["idNumber", "registrationNumber", "publicKey", "imoNumber"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(details: &Details<'_>) -> (Entity, Vec<String>) {
        let (entity, unused) = details.query().unwrap();
        (entity, unused.iter().map(ToString::to_string).collect())
    }

    fn born(birth: &str, dates: Option<DateOrder>) -> (Vec<String>, usize) {
        let details = Details {
            names: vec!["Ann"],
            births: vec![birth],
            dates,
            ..Details::default()
        };
        let (entity, unused) = asked(&details);
        (entity.get("birthDate").to_vec(), unused.len())
    }

    #[test]
    fn what_is_no_date_or_country_is_told_and_never_compared() {
        for date in [
            "2999-01-01",
            "31/02/1961",
            "1961-06-31",
            "19610631",
            "0001-01-01",
        ] {
            let details = Details {
                names: vec!["Ann"],
                births: vec![date],
                ..Details::default()
            };
            let (query, unused) = details.query().unwrap();
            assert!(query.get("birthDate").is_empty(), "{date}");
            assert_eq!(unused, [Unused::Date(date.to_owned())], "{date}");
        }
        for date in ["1900-01-01", "01.01.1970"] {
            let details = Details {
                names: vec!["Ann"],
                births: vec![date],
                dates: Some(DateOrder::DayFirst),
                ..Details::default()
            };
            let (query, unused) = details.query().unwrap();
            assert!(query.get("birthDate").is_empty(), "{date}");
            assert_eq!(unused, [Unused::NoDate(date.to_owned())], "{date}");
            assert_eq!(details.reach(), Reach::Anything);
        }
        for country in ["n/a", "N/A", "N.A.", "ZZ", "unknown"] {
            let details = Details {
                names: vec!["Ann"],
                countries: vec![country],
                ..Details::default()
            };
            let (query, unused) = details.query().unwrap();
            assert!(query.get("country").is_empty(), "{country}");
            assert_eq!(unused, [Unused::Country(country.to_owned())], "{country}");
        }
    }

    #[test]
    fn a_date_of_birth_leaves_nobody_out_and_a_schema_does() {
        let with = |schema| Details {
            names: vec!["Ann"],
            births: vec!["1961"],
            schema,
            ..Details::default()
        };
        assert_eq!(with(None).reach(), Reach::Anything);
        assert_eq!(with(Some("Person")).reach(), Reach::Schema);
    }

    #[test]
    fn dates_are_used_as_far_as_they_are_certain() {
        for text in ["1961/06/01", "19610601", "1961-06-01", "1 June 1961"] {
            assert_eq!(
                born(text, None),
                (vec!["1961-06-01".to_owned()], 0),
                "{text}"
            );
        }
        assert_eq!(born("13/05/1970", None), (vec!["1970-05-13".to_owned()], 0));
        assert_eq!(born("02.01.1985", None), (vec!["1985".to_owned()], 1));
        let read = born("02.01.1985", Some(DateOrder::DayFirst));
        assert_eq!(read, (vec!["1985-01-02".to_owned()], 0));
        assert_eq!(born("unknown", None), (vec![], 1));
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let details = Details {
            names: vec!["Acme"],
            births: vec!["1961"],
            countries: vec!["Narnia", "Germany"],
            schema: Some("Company"),
            ..Details::default()
        };
        let (entity, unused) = asked(&details);
        assert_eq!(entity.get("country"), ["de"]);
        assert_eq!(
            unused,
            [
                "a Company has no date of birth; screened without \"1961\"",
                "\"Narnia\" is not a country; screened without it"
            ]
        );
    }

    #[test]
    fn several_values_in_a_cell_are_each_used() {
        let details = Details {
            names: vec!["Ann"],
            countries: vec!["RU;US", "Korea, Republic of", "643 / Narnia"],
            identifiers: vec!["9187629; X123456|AB 77"],
            known: vec![
                ("passportNumber", "J287011"),
                ("email", "mailto:a@example.org"),
            ],
            schema: Some("person"),
            ..Details::default()
        };
        let (entity, unused) = asked(&details);
        assert_eq!(entity.get("country"), ["ru", "us", "kr"]);
        assert_eq!(unused, ["\"Narnia\" is not a country; screened without it"]);
        assert_eq!(
            entity.get("idNumber"),
            ["9187629", "X123456", "AB 77", "J287011"]
        );
        assert_eq!(entity.get("passportNumber"), ["J287011"]);
        assert_eq!(entity.get("email"), ["a@example.org"]);
    }

    #[test]
    fn words_of_banks_name_schemata() {
        for (word, schema) in [
            ("Individual", "Person"),
            ("I", "Person"),
            ("Natürliche Person", "Person"),
            ("business", "Organization"),
            ("Corporate", "Organization"),
            ("Legal entity", "LegalEntity"),
            ("vessel", "Vessel"),
            ("ship", "Vessel"),
        ] {
            let details = Details {
                schema: Some(word),
                ..Details::default()
            };
            assert_eq!(asked(&details).0.schema.name, schema, "{word}");
        }
        let unknown = Details {
            schema: Some("Ghost"),
            ..Details::default()
        };
        let refused = unknown.query().unwrap_err().to_string();
        assert!(
            refused.contains("expected one of") && refused.contains("Vessel"),
            "{refused}"
        );
    }
}
