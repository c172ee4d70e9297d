//! What two entities' facts say of whether they are one, each in log-odds.

use overt_model::PartialDate;

use super::{ADDRESS, Facts, HINT_BITS, Identifier, PHONE_TAIL, country_code};
use crate::identifier::PROVEN;

/// From so many bits on, eight digits, a number is told for one and the same: it would take a hundred million others.
const ENOUGH_BITS: u8 = 26;
/// What it adds that both numbers are of one kind, and that both parties are of one country.
const SAME_KIND_BITS: u8 = 5;
const SAME_COUNTRY_BITS: u8 = 7;

/// From so many bits on, five digits, a short number counts whole beside a name.
const SHORT_BITS: u8 = 16;

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

    fn identifier(kind: u16, bits: u8) -> Identifier {
        Identifier {
            value: 1,
            sole: 0,
            kind,
            bits,
        }
    }

    #[test]
    fn short_numbers_count_by_their_length_and_hints_by_what_they_are() {
        let said = |kind, bits| {
            let identifiers = vec![identifier(kind, bits)];
            let query = Facts {
                identifiers,
                ..Facts::default()
            };
            let listed = [identifier(kind, bits).packed()];
            let view = FactsView {
                born: &[],
                countries: &[],
                genders: &[],
                named: &[],
                identifiers: &listed,
            };
            weak_identifier(&query, &view).map(|said| (said.fact, said.adds))
        };
        let [three, five] = [10, 16].map(|bits| said(4, bits).unwrap());
        assert!(
            three.1 < five.1 && five.0 == "identifier",
            "{three:?} {five:?}"
        );
        assert_eq!(said(ADDRESS, HINT_BITS).unwrap().0, "address");
        assert_eq!(said(PHONE_TAIL, HINT_BITS).unwrap().0, "phone");
        assert_eq!(said(4, PROVEN), None);
    }

    #[test]
    fn a_hint_stays_one_whatever_the_countries() {
        let (address, phone) = (
            identifier(ADDRESS, HINT_BITS),
            identifier(PHONE_TAIL, HINT_BITS),
        );
        for same_country in [None, Some(true), Some(false)] {
            assert_eq!(shared(address, address, same_country), Shared::Weak);
            assert_eq!(shared(address, phone, same_country), Shared::None);
        }
    }
}
