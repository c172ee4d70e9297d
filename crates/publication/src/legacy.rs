//! The list in OFAC's legacy CSV layout, as programs read it that know nothing newer: three files joined by a number, and
//! a fourth for remarks that are too long.

use overt_model::{Entity, territory};
use sha2::{Digest, Sha256};

use super::Listing;

/// The files of the layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegacyFiles {
    /// `sdn.csv`: number, name, type, programme, title, and of vessels call sign, type, tonnages, flag and owner; remarks.
    pub sdn: Vec<u8>,
    /// `alt.csv`: number, number of the alias, its kind, the alias, remarks.
    pub alt: Vec<u8>,
    /// `add.csv`: number, number of the address, address, place, country, remarks.
    pub add: Vec<u8>,
    /// `sdn_comments.csv`: number, the rest of remarks that were cut.
    pub comments: Vec<u8>,
}

/// Remarks end after so many characters in the main file.
const CUT: usize = 1000;
/// Where numbers of our own begin: far above any that OFAC has given.
const FIRST: u32 = 900_000_000;
/// How many there are.
const NUMBERS: u32 = 99_999_999;

impl Listing {
    /// The list in the legacy layout.
    pub fn legacy(&self) -> LegacyFiles {
        let mut files = LegacyFiles::default();
        let mut taken = std::collections::BTreeSet::new();
        for entity in self.parties() {
            let mut number = number(entity);
            while !taken.insert(number) {
                number = FIRST + (number - FIRST + 1) % NUMBERS;
            }
            add(&mut files, entity, number);
        }
        let LegacyFiles {
            sdn,
            alt,
            add,
            comments,
        } = &mut files;
        for file in [sdn, alt, add, comments] {
            file.push(0x1a);
        }
        files
    }
}

/// A number that follows from the entity's id: the same in every version.
fn number(entity: &Entity) -> u32 {
    let hash = Sha256::digest(entity.id.as_bytes());
    let first = hash.first_chunk::<4>().copied().unwrap_or_default();
    FIRST + u32::from_be_bytes(first) % NUMBERS
}

fn add(files: &mut LegacyFiles, entity: &Entity, number: u32) {
    let number = number.to_string();
    let remarks = remarks(entity);
    let cut: String = remarks.chars().take(CUT).collect();
    let rest: String = remarks.chars().skip(CUT).collect();
    let is = |schema: &str| entity.schema.is_a(schema);
    let kind = match () {
        () if is("Person") => "individual",
        () if is("Vessel") => "vessel",
        () if is("Airplane") => "aircraft",
        () => "",
    };
    let first = |property: &str| entity.first(property).unwrap_or_default();
    let programs = entity.get("program").join("] [");
    row(
        &mut files.sdn,
        &[
            &number,
            &listed_name(entity),
            kind,
            &programs,
            &entity.get("position").join("; "),
            first("callSign"),
            first("type"),
            first("tonnage"),
            first("grossRegisteredTonnage"),
            &country(first("flag")),
            "",
            &cut,
        ],
    );
    if !rest.is_empty() {
        row(&mut files.comments, &[&number, &rest]);
    }
    let aliases = [
        ("alias", "aka"),
        ("weakAlias", "aka"),
        ("previousName", "fka"),
    ];
    let aliases = aliases
        .iter()
        .flat_map(|(property, kind)| entity.get(property).iter().map(move |a| (*kind, a)));
    for (n, (kind, alias)) in aliases.enumerate() {
        row(
            &mut files.alt,
            &[&number, &(n + 1).to_string(), kind, alias, ""],
        );
    }
    for (n, address) in entity.get("address").iter().enumerate() {
        let of = entity.get("country");
        // Which address is in which country is known where there is one of them.
        let country = match of {
            [one] => country(one),
            _ => String::new(),
        };
        row(
            &mut files.add,
            &[&number, &(n + 1).to_string(), address, "", &country, ""],
        );
    }
}

/// `LAST, First` where both are known.
fn listed_name(entity: &Entity) -> String {
    match (entity.first("lastName"), entity.first("firstName")) {
        (Some(last), Some(first)) => format!("{}, {first}", last.to_uppercase()),
        _ if entity.get("name").is_empty() => entity.caption.clone(),
        _ => entity.get("name")[0].clone(),
    }
}

fn country(code: &str) -> String {
    territory::name(code).map_or_else(|| code.to_owned(), str::to_owned)
}

/// What the layout has no column for, each behind OFAC's own word for it.
fn remarks(entity: &Entity) -> String {
    const FACTS: [(&str, &str); 14] = [
        ("birthDate", "DOB"),
        ("birthPlace", "POB"),
        ("website", "Website"),
        ("email", "Email Address"),
        ("phone", "Phone Number"),
        ("passportNumber", "Passport"),
        ("idNumber", "Identification Number"),
        ("taxNumber", "Tax ID No."),
        ("registrationNumber", "Registration Number"),
        ("leiCode", "Legal Entity Number"),
        ("imoNumber", "Vessel Registration Identification IMO"),
        ("mmsi", "MMSI"),
        ("serialNumber", "Aircraft Serial Identification"),
        ("incorporationDate", "Organization Established Date"),
    ];
    let mut said = Vec::new();
    if entity.is_proposal() {
        said.push("PROPOSAL, no act of any authority".to_owned());
    }
    for (property, label) in FACTS {
        let separator = if label == "DOB" { "alt. DOB" } else { label };
        for (n, value) in entity.get(property).iter().enumerate() {
            let label = if n == 0 { label } else { separator };
            said.push(format!("{label} {value}"));
        }
    }
    for code in entity.get("nationality") {
        said.push(format!("nationality {}", country(code)));
    }
    for note in entity.get("notes") {
        said.push(note.replace(';', ","));
    }
    if entity.schema.is_a("CryptoWallet") {
        let currency = entity.first("currency").unwrap_or("XBT");
        for key in entity.get("publicKey") {
            said.push(format!("Digital Currency Address - {currency} {key}"));
        }
    }
    if said.is_empty() {
        String::new()
    } else {
        format!("{}.", said.join("; "))
    }
}

/// A row as OFAC writes it: text in quotation marks, numbers without, `-0- ` for nothing, CRLF.
fn row(to: &mut Vec<u8>, cells: &[&str]) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            to.push(b',');
        }
        let number = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit()) && n < 2;
        if cell.is_empty() {
            to.extend(b"-0- ");
        } else if number {
            to.extend(cell.as_bytes());
        } else {
            let one_line = cell.replace(['\r', '\n'], " ").replace('"', "\"\"");
            to.extend(format!("\"{one_line}\"").as_bytes());
        }
    }
    to.extend(b"\r\n");
}
