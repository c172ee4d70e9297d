//! What is known beside the name: dates of birth, countries, gender, identifiers.

use overt_model::ftm::PropertyType;
use overt_model::{Entity, PartialDate};

use crate::hash;
use crate::identifier::{PROVEN, bits, mail_domain, normalised, phone_tail};
use crate::name::{fold, split};
use crate::place;

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

/// From so many bits on, eight digits, a number is told for one and the same: it would take a hundred million others.
const ENOUGH_BITS: u8 = 26;
/// What it adds that both numbers are of one kind, and that both parties are of one country.
const SAME_KIND_BITS: u8 = 5;
const SAME_COUNTRY_BITS: u8 = 7;

/// From so many bits on, five digits, a short number counts whole beside a name.
const SHORT_BITS: u8 = 16;

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

/// What it says that two parties have the same identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shared {
    /// There is none, or it is another's: of another kind, or of another country and short.
    None,
    /// The number is the same and short, and nothing says that it is for the same.
    Weak,
    /// They are one.
    Strong,
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
    let domains = entity.of_type(PropertyType::Email).filter_map(mail_domain);
    domains.map(|domain| Identifier {
        value: hash::of(domain.as_bytes()),
        sole: 0,
        kind: 0,
        bits: PROVEN,
    })
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
    let (country, own) = mark.split_once('-')?;
    let all = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let has_number = own.bytes().any(|b| b.is_ascii_digit());
    let fits = (1..=2).contains(&country.len())
        && all(country)
        && all(own)
        && (own.len() == 3 || has_number && (2..=5).contains(&own.len()));
    fits.then_some(mark)
}

/// What a fact says of whether two entities are one.
#[derive(Debug, Clone, PartialEq)]
pub struct FactScore {
    /// The fact: `birthDate`, `country`, `gender`, `names`, `identifier`, `phone`, `address`.
    pub fact: &'static str,
    /// What it adds to or takes from the log-odds, before agreement is weighed by the names.
    pub adds: f64,
    /// In words.
    pub detail: String,
}

/// What agreement and contradiction weigh, in log-odds. Set by hand: no labelled pairs with facts are at hand. An
/// agreeing fact never lowers, a contradicting one never raises.
mod weights {
    pub(super) const SAME_DAY: f64 = 2.0;
    pub(super) const SAME_MONTH: f64 = 1.0;
    pub(super) const SAME_YEAR: f64 = 0.6;
    pub(super) const SWAPPED_DAY_AND_MONTH: f64 = 1.0;
    pub(super) const OTHER_DAY: f64 = -1.2;
    pub(super) const NEXT_YEAR: f64 = -1.2;
    pub(super) const NEAR_YEAR: f64 = -2.4;
    pub(super) const FAR_YEAR: f64 = -4.5;
    pub(super) const SAME_COUNTRY: f64 = 0.4;
    pub(super) const OTHER_COUNTRY: f64 = -0.8;
    pub(super) const SAME_GENDER: f64 = 0.1;
    pub(super) const OTHER_GENDER: f64 = -2.5;
    pub(super) const OTHER_SOLE_IDENTIFIER: f64 = -2.5;
    pub(super) const SAME_SHORT_IDENTIFIER: f64 = 1.5;
    pub(super) const SAME_PHONE_TAIL: f64 = 1.0;
    pub(super) const SAME_ADDRESS: f64 = 0.8;
    pub(super) const EXCHANGED_NAMES: f64 = -3.5;
}

/// How much each kind of fact counts: 1 as it is made, 0 not at all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Dates of birth, incorporation and building.
    pub birth_date: f64,
    /// Countries.
    pub country: f64,
    /// Genders.
    pub gender: f64,
    /// Identifiers of which there is one each and that differ.
    pub identifier: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            birth_date: 1.0,
            country: 1.0,
            gender: 1.0,
            identifier: 1.0,
        }
    }
}

impl Weights {
    fn of(&self, fact: &str) -> f64 {
        match fact {
            "birthDate" => self.birth_date,
            "country" => self.country,
            "gender" => self.gender,
            "names" => 1.0,
            _ => self.identifier,
        }
    }
}

/// The most that all facts together can add.
pub(crate) fn most(facts: &Facts, weights: &Weights) -> f64 {
    let born = if facts.born.is_empty() {
        0.0
    } else {
        self::weights::SAME_DAY
    };
    let country = if facts.countries.is_empty() {
        0.0
    } else {
        self::weights::SAME_COUNTRY
    };
    let gender = if facts.genders.is_empty() {
        0.0
    } else {
        self::weights::SAME_GENDER
    };
    let identifier = if facts.identifiers.is_empty() {
        0.0
    } else {
        self::weights::SAME_SHORT_IDENTIFIER
    };
    born * weights.birth_date
        + country * weights.country
        + gender * weights.gender
        + identifier * weights.identifier
}

/// What the facts say; of weight 0, nothing.
pub(crate) fn compare(
    query: &Facts,
    candidate: &FactsView<'_>,
    weights: &Weights,
) -> Vec<FactScore> {
    let said = [
        born(query, candidate),
        countries(query, candidate),
        genders(query, candidate),
        sole_identifiers(query, candidate),
        exchanged(query, candidate),
        weak_identifier(query, candidate),
    ]
    .into_iter()
    .flatten();
    said.map(|s| FactScore {
        adds: s.adds * weights.of(s.fact),
        ..s
    })
    .filter(|s| s.adds != 0.0)
    .collect()
}

/// Facts of a candidate, borrowed from an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactsView<'a> {
    /// Packed.
    pub born: &'a [u32],
    pub countries: &'a [u64],
    pub genders: &'a [u8],
    pub named: &'a [[u64; 2]],
    /// Packed.
    pub identifiers: &'a [[u64; 2]],
}

/// The pair of dates that agree best decides: lists give several where they do not know.
fn born(query: &Facts, candidate: &FactsView<'_>) -> Option<FactScore> {
    let pairs = query.born.iter().flat_map(|q| {
        candidate
            .born
            .iter()
            .map(move |c| (*q, PartialDate::unpacked(*c)))
    });
    let (adds, q, c) = pairs.map(|(q, c)| (of_dates(q, c), q, c)).max_by(|a, b| {
        a.0.total_cmp(&b.0)
            .then_with(|| (b.1, b.2).cmp(&(a.1, a.2)))
    })?;
    let relation = if adds > 0.0 {
        "agrees with"
    } else {
        "differs from"
    };
    Some(FactScore {
        fact: "birthDate",
        adds,
        detail: format!("{q} {relation} {c}"),
    })
}

fn of_dates(a: PartialDate, b: PartialDate) -> f64 {
    match a.year().abs_diff(b.year()) {
        0 => {}
        1 => return weights::NEXT_YEAR,
        2..=4 => return weights::NEAR_YEAR,
        _ => return weights::FAR_YEAR,
    }
    if a.month().is_none() || b.month().is_none() {
        weights::SAME_YEAR
    } else if a == b && a.day().is_some() {
        weights::SAME_DAY
    } else if a.month() == b.month() && (a.day().is_none() || b.day().is_none()) {
        weights::SAME_MONTH
    } else if a.day() == b.month() && a.month() == b.day() {
        weights::SWAPPED_DAY_AND_MONTH
    } else {
        weights::OTHER_DAY
    }
}

fn countries(query: &Facts, candidate: &FactsView<'_>) -> Option<FactScore> {
    if query.countries.is_empty() || candidate.countries.is_empty() {
        return None;
    }
    let common = query
        .countries
        .iter()
        .find(|c| candidate.countries.contains(c));
    Some(match common {
        Some(code) => FactScore {
            fact: "country",
            adds: weights::SAME_COUNTRY,
            detail: format!("both {}", country_code(*code)),
        },
        None => FactScore {
            fact: "country",
            adds: weights::OTHER_COUNTRY,
            detail: "no country in common".to_owned(),
        },
    })
}

fn genders(query: &Facts, candidate: &FactsView<'_>) -> Option<FactScore> {
    if query.genders.is_empty() || candidate.genders.is_empty() {
        return None;
    }
    let agree = query.genders.iter().any(|g| candidate.genders.contains(g));
    Some(FactScore {
        fact: "gender",
        adds: if agree {
            weights::SAME_GENDER
        } else {
            weights::OTHER_GENDER
        },
        detail: if agree { "the same" } else { "different" }.to_owned(),
    })
}

/// One's first name is the other's last, and the other way about.
fn exchanged(query: &Facts, candidate: &FactsView<'_>) -> Option<FactScore> {
    let [first, last] = query.named.first()?;
    let other_way = candidate.named.iter().all(|n| *n == [*last, *first]);
    (first != last && !candidate.named.is_empty() && other_way).then(|| FactScore {
        fact: "names",
        adds: weights::EXCHANGED_NAMES,
        detail: "the first name is the other's last name, and the last name the first".to_owned(),
    })
}

fn sole_identifiers(query: &Facts, candidate: &FactsView<'_>) -> Option<FactScore> {
    let differs = query.identifiers.iter().filter(|q| q.sole != 0).any(|q| {
        let listed = candidate.identifiers.iter();
        let mut same_kind = listed
            .map(|c| Identifier::unpacked(*c))
            .filter(|c| c.sole == q.sole)
            .peekable();
        same_kind.peek().is_some() && same_kind.all(|c| c.value != q.value)
    });
    differs.then(|| FactScore {
        fact: "identifier",
        adds: weights::OTHER_SOLE_IDENTIFIER,
        detail: "an identifier of which there is one each differs".to_owned(),
    })
}

/// What it adds that a number is the same which may be another's, or that an address is alike.
fn weak_identifier(query: &Facts, candidate: &FactsView<'_>) -> Option<FactScore> {
    if shared_identifier(query, candidate) != Shared::Weak {
        return None;
    }
    let same = shared_values(query, candidate).map(|(asked, _)| asked);
    // What says most is said: a number before the end of one, that before an address.
    let best = same.max_by_key(|i| (i.kind != ADDRESS, i.kind != PHONE_TAIL, i.bits))?;
    let (fact, adds, detail) = match best.kind {
        ADDRESS => (
            "address",
            weights::SAME_ADDRESS,
            "a house's number, a street and a town are the same; many may be at one address",
        ),
        PHONE_TAIL => (
            "phone",
            weights::SAME_PHONE_TAIL,
            "the last digits of a phone are the same; the country or place may be another",
        ),
        _ => (
            "identifier",
            weights::SAME_SHORT_IDENTIFIER * f64::from(best.bits.min(SHORT_BITS))
                / f64::from(SHORT_BITS),
            "a number is the same, which is short and may be for something else",
        ),
    };
    Some(FactScore {
        fact,
        adds,
        detail: detail.to_owned(),
    })
}

/// The most that an identifier both have says.
pub(crate) fn shared_identifier(query: &Facts, candidate: &FactsView<'_>) -> Shared {
    let countries = || {
        let known = !query.countries.is_empty() && !candidate.countries.is_empty();
        known.then(|| {
            query
                .countries
                .iter()
                .any(|c| candidate.countries.contains(c))
        })
    };
    shared_values(query, candidate)
        .map(|(q, c)| shared(q, c, countries()))
        .max()
        .unwrap_or(Shared::None)
}

/// The identifiers that both have, as each has them.
fn shared_values<'a>(
    query: &'a Facts,
    candidate: &FactsView<'a>,
) -> impl Iterator<Item = (Identifier, Identifier)> + 'a {
    let listed = candidate.identifiers.iter();
    listed.flat_map(|c| {
        let listed = Identifier::unpacked(*c);
        let asked = query.identifiers.iter();
        asked
            .filter(move |asked| asked.value == listed.value)
            .map(move |asked| (*asked, listed))
    })
}

fn shared(a: Identifier, b: Identifier, same_country: Option<bool>) -> Shared {
    let bits = a.bits.max(b.bits);
    if bits == PROVEN {
        return Shared::Strong;
    }
    // A hint stays one, also where the countries differ: an address has its own.
    if bits == HINT_BITS {
        return if a.kind == b.kind {
            Shared::Weak
        } else {
            Shared::None
        };
    }
    // A ship has one number, and a company one of each register: who has it is known by it, whoever asks for what.
    let same_kind = a.kind == b.kind && a.kind != 0 || a.sole != 0 || b.sole != 0;
    let other_kind = a.kind != b.kind && a.kind != 0 && b.kind != 0;
    if other_kind || same_country == Some(false) {
        // A passport's number and a tax office's, or numbers of two countries: long ones are told for what they are.
        return if bits >= ENOUGH_BITS {
            Shared::Weak
        } else {
            Shared::None
        };
    }
    let more = u8::from(same_kind) * SAME_KIND_BITS
        + u8::from(same_country == Some(true)) * SAME_COUNTRY_BITS;
    if bits + more >= ENOUGH_BITS {
        Shared::Strong
    } else {
        Shared::Weak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_by_how_exactly_they_agree() {
        let of = |a: &str, b: &str| of_dates(date(a), date(b));
        let order = [
            of("1961-06-01", "1961-06-01"),
            of("1961-06", "1961-06-01"),
            of("1961", "1961-06-01"),
            of("1961-06-01", "1961-07-03"),
            of("1961", "1963"),
            of("1961", "1981"),
        ];
        assert!(order.windows(2).all(|w| w[0] > w[1]), "{order:?}");
        assert!(of("1961-06-01", "1961-01-06") > 0.0);
    }

    #[test]
    fn marks_of_aircraft() {
        for (name, is_mark) in [
            ("P-532", true),
            ("ep-lda", true),
            ("7-28", true),
            ("EP-MNI", true),
            ("AL-ASAD", false),
            ("Jean-Luc", false),
            ("IL-76 transport", false),
            ("-532", false),
        ] {
            assert_eq!(mark(name).is_some(), is_mark, "{name}");
        }
    }
}
