//! OFAC's remarks: facts separated by semicolons, each begun by its label.

use overt_model::ftm::Schema;
use overt_model::territory;

use super::super::dates;

/// What a part of remarks says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece<'a> {
    /// A weak name: `a.k.a. 'X'`, `f.k.a. 'X'`.
    WeakAlias { kind: &'static str, name: &'a str },
    /// Values of a property.
    Fact {
        property: &'static str,
        values: Vec<String>,
    },
    /// A document or number, with the countries named behind it.
    Document {
        kind: &'a str,
        number: &'a str,
        countries: Vec<&'static str>,
    },
    /// A wallet.
    Wallet { currency: &'a str, address: &'a str },
    /// The name of another entry.
    LinkedTo(&'a str),
    /// The last part of remarks that were cut in the middle of it: nothing is concluded from it.
    Cut(&'a str),
    /// Anything else, as it stands.
    Note(String),
}

/// Labels of plain values, and the property each belongs to.
const FACTS: [(&str, &str); 16] = [
    ("POB ", "birthPlace"),
    ("Website ", "website"),
    ("Email Address ", "email"),
    ("Phone Number ", "phone"),
    ("Phone No. ", "phone"),
    ("Telephone No. ", "phone"),
    ("Telephone: ", "phone"),
    ("Telephone ", "phone"),
    ("PHONE ", "phone"),
    ("Aircraft Model ", "model"),
    (
        "Aircraft Manufacturer's Serial Number (MSN) ",
        "serialNumber",
    ),
    (
        "Aircraft Construction Number (also called L/N or S/N or F/N) ",
        "serialNumber",
    ),
    ("Aircraft Serial Identification ", "serialNumber"),
    ("Aircraft Tail Number ", "registrationNumber"),
    ("MMSI ", "mmsi"),
    ("Vessel Call Sign ", "callSign"),
];

/// The property of a plain value or a number by OFAC's word for its kind, as the formats without remarks have it.
pub(super) fn property_of_feature(
    schema: &Schema,
    kind: &str,
    value: &str,
) -> Option<&'static str> {
    let fact = FACTS.iter().find(|(label, _)| label.trim_end() == kind);
    let property = fact.map(|(_, property)| *property);
    property
        .filter(|p| schema.property(p).is_some())
        .or_else(|| property_of(schema, kind, value))
}

/// Labels of dates.
const DATES: [(&str, &str); 4] = [
    ("DOB ", "birthDate"),
    ("Organization Established Date ", "incorporationDate"),
    ("Aircraft Manufacture Date ", "buildDate"),
    ("Vessel Year of Build ", "buildDate"),
];

/// Labels of countries.
const COUNTRIES: [(&str, &str); 5] = [
    ("nationality ", "nationality"),
    ("citizen ", "citizenship"),
    ("Former Vessel Flag ", "pastFlags"),
    ("Vessel Flag ", "flag"),
    ("Nationality of Registration ", "country"),
];

/// Labels of documents and numbers, longer ones before those they begin with, and the property each can be matched by.
const DOCUMENTS: [(&str, &str); 61] = [
    ("Vessel Registration Identification IMO", "imoNumber"),
    ("Identification Number IMO", "imoNumber"),
    ("Company Number IMO", "imoNumber"),
    ("Diplomatic Passport", "passportNumber"),
    ("Passport", "passportNumber"),
    ("Travel Document Number", "passportNumber"),
    ("National ID No.", "idNumber"),
    ("National Foreign ID Number", "idNumber"),
    ("Turkish Identification Number", "idNumber"),
    ("Tazkira National ID Card", "idNumber"),
    ("Identification Number", "idNumber"),
    ("Personal ID Card", "idNumber"),
    ("Citizen's Card Number", "idNumber"),
    ("Cedula No.", "idNumber"),
    ("Cedula de Residencia", "idNumber"),
    ("D.N.I.", "idNumber"),
    ("C.U.R.P.", "idNumber"),
    ("C.U.I.", "idNumber"),
    ("I.F.E.", "idNumber"),
    ("Kenyan ID No.", "idNumber"),
    ("Residency Number", "idNumber"),
    ("Electoral Registry No.", "idNumber"),
    ("Credencial electoral", "idNumber"),
    ("Driver's License No.", "idNumber"),
    ("Birth Certificate Number", "idNumber"),
    ("Numero de Identidad", "idNumber"),
    ("Cartilla de Servicio Militar Nacional", "idNumber"),
    ("VisaNumberID", "idNumber"),
    ("LE Number", "idNumber"),
    ("SSN", "socialSecurityNumber"),
    ("Tax ID No.", "taxNumber"),
    ("NIT #", "taxNumber"),
    ("RUC #", "taxNumber"),
    ("RIF #", "taxNumber"),
    ("RTN", "taxNumber"),
    ("R.F.C.", "taxNumber"),
    ("C.U.I.T.", "taxNumber"),
    ("US FEIN", "taxNumber"),
    ("Italian Fiscal Code", "taxNumber"),
    ("V.A.T. Number", "vatCode"),
    ("MMSI", "mmsi"),
    ("Legal Entity Number", "leiCode"),
    ("D-U-N-S Number", "dunsCode"),
    ("SWIFT/BIC", "swiftBic"),
    ("Government Gazette Number", "okpoCode"),
    ("Unified Social Credit Code (USCC)", "uscCode"),
    ("United Social Credit Code Certificate (USCCC)", "uscCode"),
    ("UK Company Number", "registrationNumber"),
    ("Business Registration Document #", "registrationNumber"),
    ("Business Registration Number", "registrationNumber"),
    ("Commercial Registry Number", "registrationNumber"),
    ("Public Registration Number", "registrationNumber"),
    ("Registration Number", "registrationNumber"),
    ("Registration ID", "registrationNumber"),
    ("Company Number", "registrationNumber"),
    ("Enterprise Number", "registrationNumber"),
    ("Certificate of Incorporation Number", "registrationNumber"),
    ("Chamber of Commerce Number", "registrationNumber"),
    ("Matricula Mercantil No", "registrationNumber"),
    ("Folio Mercantil No.", "registrationNumber"),
    ("C.R. No.", "registrationNumber"),
];

/// Documents that are kept as such, though nothing is matched by them.
const OTHER_DOCUMENTS: [&str; 9] = [
    "Trade License No.",
    "License",
    "Registered Charity No.",
    "Branch Unit Number",
    "BIK (RU)",
    "File Number",
    "Business Number",
    "Chinese Commercial Code",
    "Dubai Chamber of Commerce Membership No.",
];

/// Takes remarks apart. With `cut`, the last part is one that the list breaks off.
pub(super) fn pieces(remarks: &str, cut: bool) -> impl Iterator<Item = Piece<'_>> {
    let parts: Vec<&str> = split(remarks);
    let last = parts.len().saturating_sub(1);
    parts
        .into_iter()
        .enumerate()
        .filter(|(_, p)| !p.is_empty())
        .map(move |(i, part)| {
            if cut && i == last {
                Piece::Cut(part)
            } else {
                piece(part)
            }
        })
}

/// Parts between semicolons; a full stop ends the last, and now and then one before.
fn split(remarks: &str) -> Vec<&str> {
    let parts: Vec<&str> = remarks.trim().split(';').map(str::trim).collect();
    let last = parts.len().saturating_sub(1);
    let strip = |(i, part): (usize, &'_ str)| -> usize {
        let quoted = part.ends_with("'.");
        if i == last || quoted {
            part.strip_suffix('.').unwrap_or(part).len()
        } else {
            part.len()
        }
    };
    parts
        .iter()
        .copied()
        .enumerate()
        .map(|(i, p)| &p[..strip((i, p))])
        .collect()
}

fn piece(part: &str) -> Piece<'_> {
    let plain = part.strip_prefix("alt. ").unwrap_or(part);
    if let Some(alias) = weak_alias(plain) {
        return alias;
    }
    if let Some(name) = plain.strip_prefix("Linked To: ") {
        return Piece::LinkedTo(name.trim());
    }
    if let Some(rest) = plain.strip_prefix("Digital Currency Address - ")
        && let Some((currency, address)) = rest.split_once(' ')
    {
        return Piece::Wallet {
            currency,
            address: address.trim(),
        };
    }
    if let Some(rest) = plain.strip_prefix("Gender ") {
        return Piece::Fact {
            property: "gender",
            values: vec![rest.to_lowercase()],
        };
    }
    read_date(plain)
        .or_else(|| read_place(plain))
        .or_else(|| read_value(plain))
        .or_else(|| document(plain))
        .unwrap_or_else(|| Piece::Note(part.to_owned()))
}

fn weak_alias(part: &str) -> Option<Piece<'_>> {
    let (kind, rest) = ["a.k.a.", "f.k.a.", "n.k.a."]
        .into_iter()
        .find_map(|kind| Some((kind, part.strip_prefix(kind)?)))?;
    let name = rest.trim().strip_prefix('\'')?;
    let name = name.strip_suffix('\'').unwrap_or(name);
    Some(Piece::WeakAlias { kind, name })
}

fn read_date(part: &str) -> Option<Piece<'_>> {
    let (property, rest) = DATES
        .iter()
        .find_map(|(label, p)| Some((*p, part.strip_prefix(label)?)))?;
    // What is no date stays a note.
    let values = dates::dates(rest);
    (!values.is_empty()).then_some(Piece::Fact { property, values })
}

fn read_place(part: &str) -> Option<Piece<'_>> {
    let (property, rest) = COUNTRIES
        .iter()
        .find_map(|(label, p)| Some((*p, part.strip_prefix(label)?)))?;
    let code = territory::code(rest)?;
    Some(Piece::Fact {
        property,
        values: vec![code.to_owned()],
    })
}

fn read_value(part: &str) -> Option<Piece<'_>> {
    let (property, rest) = FACTS
        .iter()
        .find_map(|(label, p)| Some((*p, part.strip_prefix(label)?)))?;
    Some(Piece::Fact {
        property,
        values: vec![rest.trim().to_owned()],
    })
}

fn document(part: &str) -> Option<Piece<'_>> {
    let labels = DOCUMENTS.iter().map(|(l, _)| *l).chain(OTHER_DOCUMENTS);
    let (kind, rest) = labels
        .filter_map(|label| Some((label, part.strip_prefix(label)?)))
        .find(|(_, rest)| rest.starts_with([' ', ':']))?;
    let (number, countries) = number_and_countries(rest.trim_start_matches([' ', ':', '#']));
    (!number.is_empty()).then_some(Piece::Document {
        kind,
        number,
        countries,
    })
}

/// `0582030 (Connecticut) (United States)`: what stands before the brackets, and the countries in them.
fn number_and_countries(text: &str) -> (&str, Vec<&'static str>) {
    let number = text.split(" (").next().unwrap_or_default().trim();
    let countries = text
        .split('(')
        .skip(1)
        .filter_map(|b| territory::code(b.split(')').next().unwrap_or_default()))
        .collect();
    let number = number
        .split(" issued ")
        .next()
        .unwrap_or(number)
        .split(" expires ")
        .next()
        .unwrap_or(number);
    (number.trim(), countries)
}

/// The property by which a document of that kind can be matched, if the schema has one.
pub(in super::super) fn property_of(
    schema: &Schema,
    kind: &str,
    number: &str,
) -> Option<&'static str> {
    let (_, property) = DOCUMENTS.iter().find(|(label, _)| {
        kind.eq_ignore_ascii_case(label.trim_end_matches(" #")) || kind == *label
    })?;
    let property = match *property {
        // Companies have an IMO number too, persons none.
        "leiCode" if number.len() != 20 => "registrationNumber",
        p => p,
    };
    let fallback = if property == "passportNumber" || property == "socialSecurityNumber" {
        "idNumber"
    } else {
        "registrationNumber"
    };
    [property, fallback]
        .into_iter()
        .find(|p| schema.property(p).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(remarks: &str) -> Vec<Piece<'_>> {
        pieces(remarks, false).collect()
    }

    #[test]
    fn what_remarks_say() {
        let found = all(
            "DOB circa 1961; alt. DOB 01 Jun 1962; POB Zagorsk (Sergiev, Posad), Moscow Region, Russia; nationality Russia; Gender Male; Passport 629512112 (Russia); Linked To: D'S SUPERMARKET COMPANY LTD.; a.k.a. 'BLACK, Jack'.",
        );
        let expected = [
            Piece::Fact {
                property: "birthDate",
                values: vec!["1961".into()],
            },
            Piece::Fact {
                property: "birthDate",
                values: vec!["1962-06-01".into()],
            },
            Piece::Fact {
                property: "birthPlace",
                values: vec!["Zagorsk (Sergiev, Posad), Moscow Region, Russia".into()],
            },
            Piece::Fact {
                property: "nationality",
                values: vec!["ru".into()],
            },
            Piece::Fact {
                property: "gender",
                values: vec!["male".into()],
            },
            Piece::Document {
                kind: "Passport",
                number: "629512112",
                countries: vec!["ru"],
            },
            Piece::LinkedTo("D'S SUPERMARKET COMPANY LTD."),
            Piece::WeakAlias {
                kind: "a.k.a.",
                name: "BLACK, Jack",
            },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_wallet_and_a_number_of_two_places() {
        let found = all(
            "Digital Currency Address - XBT 12udabs2; alt. Business Registration Number M99 (Florida) (United States)",
        );
        let expected = [
            Piece::Wallet {
                currency: "XBT",
                address: "12udabs2",
            },
            Piece::Document {
                kind: "Business Registration Number",
                number: "M99",
                countries: vec!["us"],
            },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_breaks_off_is_not_concluded_from() {
        let found: Vec<Piece<'_>> =
            pieces("Gender Male; Digital Currency Address - XBT 1B64QRxf", true).collect();
        assert_eq!(
            found[1],
            Piece::Cut("Digital Currency Address - XBT 1B64QRxf")
        );
    }
}
