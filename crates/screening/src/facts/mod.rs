//! What is known beside the name: dates of birth, countries, gender, identifiers, addresses; what of it two entities
//! share is in [`compare`].

mod compare;

use overt_model::ftm::PropertyType;
use overt_model::{Entity, PartialDate};

use crate::hash;
use crate::identifier::{PROVEN, bits, mail_domain, normalised, numbered, phone_tail, within};
use crate::name::{fold, split};
use crate::place;

pub use compare::{FactScore, Weights};
pub(crate) use compare::{FactsView, Shared, compare, most, shared_identifier};

/// The facts of an entity that comparison uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Dates of birth, or of incorporation or building.
    pub born: Vec<PartialDate>,
    /// Countries, as codes packed into a number.
    pub countries: Vec<u64>,
    /// Genders, by first letter.
    pub genders: Vec<u8>,
    /// Identifiers.
    pub identifiers: Vec<Identifier>,
    /// First and last names that are told apart, folded and hashed.
    pub named: Vec<[u64; 2]>,
}

/// An identifier, normalised and hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// Of the value alone: the same number counts whatever it is called.
    pub value: u64,
    /// Of the property, where it is one of which an entity has but one: `leiCode`, `imoNumber`…; else 0.
    pub sole: u32,
    /// Of the property, where it says what the number is for; else 0: identity, registration, a number without a name.
    pub kind: u16,
    /// How hard it is for two to have it by chance: twice as hard with each. 255 where it checks itself.
    pub bits: u8,
}

impl Identifier {
    pub(crate) fn packed(self) -> [u64; 2] {
        let rest = u64::from(self.sole) | u64::from(self.kind) << 32 | u64::from(self.bits) << 48;
        [self.value, rest]
    }

    pub(crate) fn unpacked([value, rest]: [u64; 2]) -> Self {
        Self {
            value,
            sole: rest as u32,
            kind: (rest >> 32) as u16,
            bits: (rest >> 48) as u8,
        }
    }
}

/// Of one entity, at most so many addresses are found by.
const ADDRESSES: usize = 50;

/// Properties that hold numbers of any kind.
const ANY_KIND: [&str; 3] = ["idNumber", "registrationNumber", "publicKey"];

/// What is never more than a hint: too few for [`ENOUGH_BITS`] whatever else is the same.
const HINT_BITS: u8 = 1;
/// Kinds of hints, beside the properties'.
const ADDRESS: u16 = 1;
const PHONE_TAIL: u16 = 2;

/// A hint by which an entity is found, and no more.
fn hint(value: u64, kind: u16) -> Identifier {
    Identifier {
        value,
        sole: 0,
        kind,
        bits: HINT_BITS,
    }
}

/// Identifiers of which an entity has one: two different ones speak against.
const SOLE: [&str; 10] = [
    "leiCode",
    "imoNumber",
    "innCode",
    "ogrnCode",
    "isinCode",
    "swiftBic",
    "uscCode",
    "wikidataId",
    "publicKey",
    "mmsi",
];

/// Properties of type identifier by which nobody is identified.
const NOT_IDENTIFYING: [&str; 6] = [
    "programId",
    "authorityId",
    "unscId",
    "okvedCode",
    "bikCode",
    "kppCode",
];

/// Whether a property of numbers identifies nobody: a programme, a branch of trade.
pub fn is_no_identifier(property: &str) -> bool {
    NOT_IDENTIFYING.contains(&property)
}

impl Facts {
    /// The facts of an entity.
    pub fn of(entity: &Entity) -> Self {
        let mut facts = Self::default();
        for property in ["birthDate", "incorporationDate", "buildDate"] {
            facts.born.extend(
                entity
                    .get(property)
                    .iter()
                    .filter_map(|d| d.parse::<PartialDate>().ok()),
            );
        }
        facts.countries = entity.of_type(PropertyType::Country).map(country).collect();
        facts.genders = entity
            .of_type(PropertyType::Gender)
            .filter_map(gender)
            .collect();
        facts.identifiers = identifiers(entity);
        facts.named = first_and_last(entity).into_iter().collect();
        facts.born.sort_unstable();
        facts.born.dedup();
        facts.countries.sort_unstable();
        facts.countries.dedup();
        facts.genders.sort_unstable();
        facts.genders.dedup();
        facts
    }
}

/// What else an entity that is asked for is known by: the domains of its mail, which a listed website may have.
pub(crate) fn asked_beside(entity: &Entity) -> impl Iterator<Item = Identifier> {
    let of_value = |value: &str, bits| Identifier {
        value: hash::of(value.as_bytes()),
        sole: 0,
        kind: 0,
        bits,
    };
    let domains = entity.of_type(PropertyType::Email).filter_map(mail_domain);
    // An aircraft's mark is a name on lists and a number to who asks.
    let marks = entity.of_type(PropertyType::Identifier).filter_map(mark);
    // Forms of payment have one field for the name and the number of a ship.
    let names = entity.of_type(PropertyType::Name).filter_map(numbered);
    let numbers = names.map(|(_, number)| number);
    let proven = domains.chain(marks).chain(numbers);
    let proven = proven.map(move |text| of_value(&text, PROVEN));
    // Where a name belongs there may be a number, an account or an address of mail.
    let names = entity.of_type(PropertyType::Name).flat_map(within);
    proven.chain(names.map(move |(text, kind)| of_value(&text, bits(&text, kind))))
}

/// The first and the last name of a person, where each is one word or several and told apart.
fn first_and_last(entity: &Entity) -> Option<[u64; 2]> {
    let folded = |property: &str| {
        let words = split(entity.first(property)?, true);
        let folded: Vec<String> = words.iter().map(|w| fold(w)).collect();
        (!folded.is_empty()).then(|| hash::of(folded.join(" ").as_bytes()))
    };
    Some([folded("firstName")?, folded("lastName")?])
}

fn country(code: &str) -> u64 {
    let code = overt_model::territory::code(code)
        .map_or_else(|| code.trim().to_lowercase(), str::to_owned);
    let mut bytes = [0; 8];
    code.bytes()
        .take(8)
        .zip(&mut bytes)
        .for_each(|(b, to)| *to = b);
    u64::from_le_bytes(bytes)
}

/// The code of a packed country.
pub(crate) fn country_code(packed: u64) -> String {
    packed
        .to_le_bytes()
        .iter()
        .take_while(|b| **b != 0)
        .map(|b| char::from(*b))
        .collect()
}

fn gender(value: &str) -> Option<u8> {
    match value.trim().to_lowercase().as_str() {
        "male" | "m" => Some(b'm'),
        "female" | "f" => Some(b'f'),
        _ => None,
    }
}

fn identifiers(entity: &Entity) -> Vec<Identifier> {
    let mut found = Vec::new();
    for (property, values) in entity.defined() {
        // What an aircraft is called is often its mark, which has too few letters to be compared as a name.
        if property.kind == PropertyType::Name {
            let marks = values.iter().filter_map(|value| mark(value));
            found.extend(marks.map(|mark| Identifier {
                value: hash::of(mark.as_bytes()),
                sole: 0,
                kind: 0,
                bits: PROVEN,
            }));
        }
        if property.kind == PropertyType::Address {
            let keys = values
                .iter()
                .take(ADDRESSES)
                .flat_map(|value| place::keys(value));
            found.extend(keys.map(|key| hint(key, ADDRESS)));
        }
        if property.kind == PropertyType::Phone {
            let tails = values.iter().filter_map(|value| phone_tail(value));
            found.extend(tails.map(|tail| hint(hash::of(tail.as_bytes()), PHONE_TAIL)));
        }
        let identifies = match property.kind {
            PropertyType::Identifier => !is_no_identifier(&property.name),
            PropertyType::Email
            | PropertyType::Ip
            | PropertyType::Checksum
            | PropertyType::Phone => true,
            PropertyType::Url => property.name == "website",
            _ => false,
        };
        if !identifies {
            continue;
        }
        let name = property.name.as_str();
        let of_name = hash::of(name.as_bytes());
        let sole = if SOLE.contains(&name) {
            of_name as u32
        } else {
            0
        };
        let says_kind = property.kind == PropertyType::Identifier && !ANY_KIND.contains(&name);
        let kind = if says_kind { of_name as u16 | 4 } else { 0 };
        for value in values {
            for value in normalised(value, property.kind) {
                found.push(Identifier {
                    value: hash::of(value.as_bytes()),
                    sole,
                    kind,
                    bits: bits(&value, property.kind),
                });
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The registration mark of an aircraft, as `P-532` or `EP-LDA`: what stands before the hyphen names a country.
fn mark(name: &str) -> Option<String> {
    let mark = name.trim().to_ascii_uppercase();
    if is_american(&mark) {
        return Some(mark);
    }
    let (country, own) = mark.split_once('-')?;
    let all = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let has_number = own.bytes().any(|b| b.is_ascii_digit());
    let fits = (1..=2).contains(&country.len())
        && all(country)
        && all(own)
        && (own.len() == 3 || has_number && (2..=5).contains(&own.len()));
    fits.then_some(mark)
}

/// A mark of the United States: `N`, a number, and two letters at most, five signs together.
fn is_american(mark: &str) -> bool {
    let Some(own) = mark.strip_prefix('N') else {
        return false;
    };
    let digits = own.bytes().take_while(u8::is_ascii_digit).count();
    let letters = &own.as_bytes()[digits..];
    let begins = own.starts_with(|c: char| ('1'..='9').contains(&c));
    begins
        && (2..=5).contains(&own.len())
        && letters.len() <= 2
        && letters.iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn marks_of_aircraft() {
        for (name, is_mark) in [
            ("P-532", true),
            ("ep-lda", true),
            ("7-28", true),
            ("EP-MNI", true),
            ("N200VR", true),
            ("N123456", false),
            ("NORDSEE", false),
            ("N1ABCD", false),
            ("AL-ASAD", false),
            ("Jean-Luc", false),
            ("IL-76 transport", false),
            ("-532", false),
        ] {
            assert_eq!(mark(name).is_some(), is_mark, "{name}");
        }
    }
}
