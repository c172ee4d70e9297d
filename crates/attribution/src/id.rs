//! What things in a case are called.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::spelling::{folded, spellings, tidy};

/// A word that names nothing in a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a {what}\n  write it as {example}")]
pub struct IdError {
    given: String,
    what: &'static str,
    example: &'static str,
}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $word:literal, $what:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($word, ":{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let number = text.strip_prefix(concat!($word, ":")).unwrap_or(text);
                // `+5` is a number to Rust and to nobody else.
                let digits = number.bytes().all(|b| b.is_ascii_digit());
                let parsed = number.parse().ok().filter(|_| digits);
                parsed.map(Self).ok_or(IdError { given: text.to_owned(), what: $what, example: $example })
            }
        }
    };
}

numbered!(
    /// A claim of a case, by its number there.
    ClaimId,
    "claim",
    "claim",
    "claim:7"
);
numbered!(
    /// An item of evidence of a case, by its number there.
    EvidenceId,
    "evidence",
    "item of evidence",
    "evidence:12"
);

/// Whom or what a claim is about: `person:Ivan Ivanov`, `company:Example LLC`, `campaign:3`.
///
/// It is the same however its name is spelt: `company:"EXAMPLE, L.L.C."` is `company:"Example LLC"`. Only the address of a
/// wallet is another in other letters.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityRef {
    /// As it was written.
    text: String,
    /// By what it is told from others.
    key: String,
}

/// Kinds of parties: those whom a list can hold and a regime can reach. Other kinds, such as `campaign`, name things.
pub const PARTY_KINDS: [&str; 7] = [
    "person",
    "company",
    "organisation",
    "public-body",
    "vessel",
    "aircraft",
    "wallet",
];

/// The longest name, in bytes.
const MAX_LENGTH: usize = 500;

impl EntityRef {
    /// What it is: `person`, `company`, `campaign`…
    pub fn kind(&self) -> &str {
        self.text.split_once(':').map_or("", |(kind, _)| kind)
    }

    /// Its name or number.
    pub fn name(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, name)| name)
    }

    /// As it is named in a sentence: a number alone names nothing there.
    pub fn words(&self) -> String {
        if self.kind() == "campaign" {
            format!("campaign {}", self.name())
        } else {
            self.name().to_owned()
        }
    }

    /// By what another party is found that may be this one, told from it by its kind or its spelling alone: a company that is
    /// called an organisation, or has a letter of another alphabet. A vessel may be called as its owner is; none of things,
    /// and of wallets.
    pub fn spellings(&self) -> Vec<String> {
        let class = match self.kind() {
            "person" | "company" | "organisation" | "public-body" => "owner",
            kind @ ("vessel" | "aircraft") => kind,
            _ => return Vec::new(),
        };
        let spellings = spellings(self.name()).into_iter();
        spellings
            .map(|spelling| format!("{class} {spelling}"))
            .collect()
    }

    /// By what it is told from others: the same for every spelling of its name.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for EntityRef {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for EntityRef {}

impl PartialOrd for EntityRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EntityRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for EntityRef {
    fn hash<H: Hasher>(&self, to: &mut H) {
        self.key.hash(to);
    }
}

impl FromStr for EntityRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError {
            given: text.chars().take(80).collect(),
            what: "party or thing",
            example: "person:\"Ivan Ivanov\", company:\"Example LLC\", campaign:3",
        };
        let (kind, name) = text.split_once(':').ok_or_else(wrong)?;
        let (kind, name) = (kind.trim(), name.trim().trim_matches('"').trim());
        let is_word = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let is_name =
            !name.is_empty() && name.len() <= MAX_LENGTH && !name.contains(char::is_control);
        if !is_word || !is_name {
            return Err(wrong());
        }
        let told_by = match kind {
            // Capitals are other letters there.
            "wallet" => name.to_owned(),
            kind if PARTY_KINDS.contains(&kind) => folded(name),
            _ => tidy(name).to_lowercase(),
        };
        Ok(Self {
            text: format!("{kind}:{name}"),
            key: format!("{kind}:{told_by}"),
        })
    }
}

impl TryFrom<String> for EntityRef {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<EntityRef> for String {
    fn from(entity: EntityRef) -> Self {
        entity.text
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_party_however_it_is_spelt() {
        let of = |text: &str| text.parse::<EntityRef>().unwrap();
        for other in [
            "company:EXAMPLE LLC",
            "company:Example, L.L.C.",
            "company: example  llc ",
        ] {
            assert_eq!(of(other), of("company:Example LLC"), "{other}");
        }
        for other in [
            "person:Example LLC",
            "company:Example Ltd",
            "company:Example LLC 2",
        ] {
            assert_ne!(of(other), of("company:Example LLC"), "{other}");
        }
        assert_ne!(
            of("wallet:1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
            of("wallet:1boatSLRHtKNngkdXEeobR76b53LETtpyT")
        );
        assert_ne!(of("technique:T0049.1"), of("technique:T0049 1"));
        assert_eq!(of("company:EXAMPLE LLC").as_str(), "company:EXAMPLE LLC");
    }

    #[test]
    fn as_people_write_them() {
        assert_eq!("claim:7".parse(), Ok(ClaimId(7)));
        assert_eq!("12".parse(), Ok(EvidenceId(12)));
        for wrong in [
            "claim:",
            "evidence:7",
            "claim:+7",
            "claim:-1",
            "claim:7a",
            "",
        ] {
            assert!(wrong.parse::<ClaimId>().is_err(), "{wrong}");
        }
        let company: EntityRef = "company:\"Example: a company\"".parse().unwrap();
        assert_eq!(
            (company.kind(), company.name()),
            ("company", "Example: a company")
        );
        for wrong in [
            "",
            "company",
            "company:",
            "Company:x",
            ":x",
            "a b:c",
            "person:a\nb",
        ] {
            assert!(wrong.parse::<EntityRef>().is_err(), "{wrong}");
        }
    }
}
