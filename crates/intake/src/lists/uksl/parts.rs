//! What the cells of the UK Sanctions List say, by the names of the CSV's columns.

use overt_model::territory;

use super::super::uk::split_numbered;
use super::super::{dates, facts};
use super::Draft;
use super::registrations::{REGISTRATION, property_of_registration, registrations};
use facts::End;

/// The cell of a column; empty where there is none.
type Cell<'c, 'a> = &'c dyn Fn(&str) -> &'a str;

/// The CSV's columns with the XML's elements.
const COLUMNS: [(&str, &str); 58] = [
    ("Last Updated", "LastUpdated"),
    ("Unique ID", "UniqueID"),
    ("OFSI Group ID", "OFSIGroupID"),
    ("UN Reference Number", "UNReferenceNumber"),
    ("Name 6", "Name6"),
    ("Name 1", "Name1"),
    ("Name 2", "Name2"),
    ("Name 3", "Name3"),
    ("Name 4", "Name4"),
    ("Name 5", "Name5"),
    ("Name type", "NameType"),
    ("Alias strength", "AliasStrength"),
    ("Title", "Title"),
    ("Name non-latin script", "NameNonLatinScript"),
    ("Non-latin script type", "NonLatinScriptType"),
    ("Non-latin script language", "NonLatinScriptLanguage"),
    ("Regime Name", "RegimeName"),
    ("Designation Type", "IndividualEntityShip"),
    ("Designation source", "DesignationSource"),
    ("Sanctions Imposed", "SanctionsImposed"),
    ("Other Information", "OtherInformation"),
    ("UK Statement of Reasons", "UKStatementofReasons"),
    ("Address Line 1", "AddressLine1"),
    ("Address Line 2", "AddressLine2"),
    ("Address Line 3", "AddressLine3"),
    ("Address Line 4", "AddressLine4"),
    ("Address Line 5", "AddressLine5"),
    ("Address Line 6", "AddressLine6"),
    ("Address Postal Code", "AddressPostalCode"),
    ("Address Country", "AddressCountry"),
    ("Phone number", "PhoneNumber"),
    ("Website", "Website"),
    ("Email address", "EmailAddress"),
    ("Date Designated", "DateDesignated"),
    ("D.O.B", "DOB"),
    ("Nationality(/ies)", "Nationality"),
    ("National Identifier number", "NationalIdentifierNumber"),
    (
        "National Identifier additional information",
        "NationalIdentifierAdditionalInformation",
    ),
    ("Passport number", "PassportNumber"),
    (
        "Passport additional information",
        "PassportAdditionalInformation",
    ),
    ("Position", "Position"),
    ("Gender", "Gender"),
    ("Town of birth", "TownOfBirth"),
    ("Country of birth", "CountryOfBirth"),
    ("Type of entity", "TypeOfEntity"),
    ("Subsidiaries", "Subsidiary"),
    ("Parent company", "ParentCompany"),
    (
        "Business registration number (s)",
        "BusinessRegistrationNumber",
    ),
    ("IMO number", "IMONumber"),
    ("Current owner/operator (s)", "CurrentOwnerOperator"),
    ("Previous owner/operator (s)", "PreviousOwnerOperator"),
    ("Current believed flag of ship", "CurrentBelievedFlagOfShip"),
    ("Previous flags", "PreviousFlag"),
    ("Type of ship", "TypeOfShip"),
    ("Tonnage of ship", "TonnageOfShip"),
    ("Length of ship", "LengthOfShip"),
    ("Year Built", "YearBuilt"),
    (
        "Hull identification number (HIN)",
        "HullIdentificationNumber",
    ),
];

/// The XML's element for a column.
pub(super) fn tag_of(column: &str) -> Option<&'static str> {
    let pair = COLUMNS.iter().find(|(c, _)| *c == column);
    pair.map(|(_, tag)| *tag)
}

/// The column for an element of the XML.
pub(super) fn column_of(tag: &str) -> Option<&'static str> {
    let pair = COLUMNS.iter().find(|(_, t)| *t == tag);
    pair.map(|(column, _)| *column)
}

/// Takes what these cells say.
pub(super) fn take(draft: &mut Draft, cell: Cell<'_, '_>) {
    add_names(draft, cell);
    add_listing(draft, cell);
    add_address(draft, cell);
    add_person(draft, cell);
    add_documents(draft, cell);
    add_company(draft, cell);
    add_ship(draft, cell);
}

/// Given names come first, the surname (or an organisation's whole name) is Name 6.
fn add_names(draft: &mut Draft, cell: Cell<'_, '_>) {
    let parts = ["Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6"].map(cell);
    let name = facts::tidy(&parts.join(" "));
    let entity = &mut draft.entity;
    let kind = cell("Name type").to_lowercase();
    let is_weak = cell("Alias strength").to_lowercase().starts_with("low");
    // `Primary Name Variation` is another way to write it.
    let property = match kind.as_str() {
        "primary name" => "name",
        _ if is_weak => "weakAlias",
        _ => "alias",
    };
    entity.add(property, &name);
    entity.add("alias", facts::tidy(cell("Name non-latin script")));
    if entity.schema.is_a("Person") && property == "name" {
        entity.add("firstName", facts::tidy(parts[0]));
        entity.add("lastName", facts::tidy(parts[5]));
    }
}

fn add_listing(draft: &mut Draft, cell: Cell<'_, '_>) {
    let entity = &mut draft.entity;
    let former = match cell("OFSI Group ID") {
        "" => String::new(),
        group => format!("gb-hmt-{group}"),
    };
    for id in [former.as_str(), cell("UN Reference Number")] {
        if !id.is_empty() && !entity.referents.iter().any(|r| r == id) {
            entity.referents.push(id.to_owned());
        }
    }
    entity.add("program", cell("Regime Name"));
    for measure in cell("Sanctions Imposed").split('|') {
        facts::note(entity, "Sanctions imposed", measure);
    }
    facts::note(entity, "Designated by", cell("Designation source"));
    entity.add("notes", cell("Other Information"));
    entity.add("notes", cell("UK Statement of Reasons"));
    let day = |column| dates::slashed(cell(column)).map(|d| facts::at_midnight(&d));
    entity.first_seen = facts::earliest(entity.first_seen.take(), day("Date Designated"));
    entity.last_change = entity.last_change.take().max(day("Last Updated"));
}

fn add_address(draft: &mut Draft, cell: Cell<'_, '_>) {
    let lines = [
        "Address Line 1",
        "Address Line 2",
        "Address Line 3",
        "Address Line 4",
        "Address Line 5",
        "Address Line 6",
        "Address Postal Code",
    ];
    let street = facts::joined(lines.map(cell));
    let country = cell("Address Country");
    let entity = &mut draft.entity;
    // A country alone is no address.
    if !street.is_empty() {
        entity.add("address", facts::joined([street.as_str(), country]));
    }
    facts::add_country(entity, "country", "Country", country);
    for (column, property) in [
        ("Phone number", "phone"),
        ("Website", "website"),
        ("Email address", "email"),
    ] {
        facts::add_contact(entity, property, cell(column));
    }
}

fn add_person(draft: &mut Draft, cell: Cell<'_, '_>) {
    let entity = &mut draft.entity;
    facts::add(entity, "title", "Title", cell("Title"));
    facts::add_dates(
        entity,
        "birthDate",
        "Date of birth",
        &of_unknown(cell("D.O.B")),
    );
    facts::add(
        entity,
        "birthPlace",
        "Town of birth",
        &facts::tidy(cell("Town of birth")),
    );
    for (column, property) in [
        ("Country of birth", "birthCountry"),
        ("Nationality(/ies)", "nationality"),
    ] {
        for country in split_numbered(cell(column)) {
            facts::add_country(entity, property, column, &country);
        }
    }
    facts::add(entity, "gender", "Gender", &cell("Gender").to_lowercase());
    for positions in cell("Position").split('|') {
        for position in split_numbered(positions) {
            facts::add(entity, "position", "Position", &position);
        }
    }
}

/// `dd/mm/1963`, `dd/07/1978`: letters stand for a day or month that is not known. Of a year that is not wholly known,
/// `19yy`, nothing is concluded.
fn of_unknown(date: &str) -> String {
    let date = date.to_lowercase();
    match date.split('/').collect::<Vec<_>>().as_slice() {
        [day, month, year] => {
            let known = |part: &str, letters| if part == letters { "00" } else { part }.to_owned();
            format!("{}/{}/{year}", known(day, "dd"), known(month, "mm"))
        }
        _ => date,
    }
}

/// Passports and national numbers, each with what is said of it. A cell that has words alone stays a note.
fn add_documents(draft: &mut Draft, cell: Cell<'_, '_>) {
    for (kind, column, about, property) in [
        (
            "Passport",
            "Passport number",
            "Passport additional information",
            "passportNumber",
        ),
        (
            "National identifier",
            "National Identifier number",
            "National Identifier additional information",
            "idNumber",
        ),
    ] {
        let about = cell(about);
        for number in split_numbered(cell(column)) {
            let number = facts::tidy(&number);
            let is_number = number.bytes().any(|b| b.is_ascii_digit()) && number.len() <= 40;
            if is_number && draft.entity.schema.property(property).is_some() {
                draft.entity.add(property, &number);
                draft.add_document(kind, &number, about);
            } else {
                facts::note(&mut draft.entity, kind, &format!("{number} {about}"));
            }
        }
        if cell(column).is_empty() {
            facts::note(&mut draft.entity, kind, about);
        }
    }
}

/// The country with which words about a document begin: `Afghanistan diplomatic passport number …`.
pub(super) fn country_before(about: &str) -> Option<&'static str> {
    let words: Vec<&str> = about.split_whitespace().take(4).collect();
    (1..=words.len())
        .rev()
        .find_map(|n| territory::code(&words[..n].join(" ")))
}

fn add_company(draft: &mut Draft, cell: Cell<'_, '_>) {
    let entity = &mut draft.entity;
    facts::add(
        entity,
        "legalForm",
        "Type of entity",
        &facts::tidy(cell("Type of entity")),
    );
    let numbers = registrations(cell("Business registration number (s)"));
    // What has such a number is a company, and no other schema has them all.
    if !numbers.is_empty() && facts::schema("Company").is_a(&entity.schema.name) {
        entity.schema = facts::schema("Company");
    }
    for (label, number) in numbers {
        let property = property_of_registration(&label, &number);
        facts::add(entity, property, &label, &number);
        if property == "registrationNumber" && label != REGISTRATION {
            facts::note(entity, &label, &number);
        }
    }
    for name in parties(cell("Parent company")) {
        draft.name_party("Parent company", End::Subject, &name);
    }
    for name in parties(cell("Subsidiaries")) {
        draft.name_party("Subsidiary", End::Object, &name);
    }
}

/// Those whom a cell names, each in a line or numbered; words for nobody in particular name nobody.
fn parties(cell: &str) -> Vec<String> {
    let names = cell.split(['\n', ';', '|']).flat_map(split_numbered);
    let names = names.map(|n| facts::tidy(&n));
    names.filter(|n| !is_nobody(n)).collect()
}

fn is_nobody(name: &str) -> bool {
    let word = name.trim_end_matches('.').to_lowercase();
    matches!(
        word.as_str(),
        "" | "-" | "none" | "unknown" | "not known" | "n/a" | "na" | "tbc"
    )
}

fn add_ship(draft: &mut Draft, cell: Cell<'_, '_>) {
    let entity = &mut draft.entity;
    if !cell("IMO number").is_empty() {
        facts::add_imo(entity, cell("IMO number"));
    }
    for (column, property) in [
        ("Current believed flag of ship", "flag"),
        ("Previous flags", "pastFlags"),
    ] {
        for flag in flags(cell(column)) {
            facts::add_country(entity, property, column, flag);
        }
    }
    facts::add(
        entity,
        "type",
        "Type of ship",
        &facts::tidy(cell("Type of ship")),
    );
    facts::add(
        entity,
        "tonnage",
        "Tonnage of ship",
        cell("Tonnage of ship"),
    );
    facts::add_dates(entity, "buildDate", "Year built", cell("Year Built"));
    facts::note(entity, "Length of ship", cell("Length of ship"));
    facts::note(
        entity,
        "Hull identification number",
        cell("Hull identification number (HIN)"),
    );
    let owners = [
        ("Current owner/operator (s)", "Owner or operator"),
        ("Previous owner/operator (s)", "Previous owner or operator"),
    ];
    for (column, role) in owners {
        for name in parties(cell(column)) {
            draft.name_party(role, End::Subject, &name);
        }
    }
}

/// Flags, several in a cell, unless the whole of it is one country.
fn flags(cell: &str) -> impl Iterator<Item = &str> {
    let is_one = territory::code(cell).is_some();
    let separators: &[char] = if is_one { &[] } else { &[',', ';', '/', '|'] };
    cell.split(separators)
        .map(str::trim)
        .filter(|f| !f.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_not_known() {
        for (cell, date) in [
            ("dd/mm/1963", "00/00/1963"),
            ("dd/07/1978", "00/07/1978"),
            ("15/08/19yy", "15/08/19yy"),
            ("1962", "1962"),
            ("", ""),
        ] {
            assert_eq!(of_unknown(cell), date);
        }
    }

    #[test]
    fn countries_that_words_begin_with() {
        for (about, code) in [
            (
                "Afghanistan diplomatic passport number D0009925",
                Some("af"),
            ),
            ("Saudi Arabia passport", Some("sa")),
            ("National Identity Card", None),
            ("", None),
        ] {
            assert_eq!(country_before(about), code, "{about}");
        }
    }

    #[test]
    fn parties_of_a_cell() {
        let found = parties("(1) Example Daughter, Ltd (2) Example Son\nUnknown;  Example  Child ");
        assert_eq!(
            found,
            ["Example Daughter, Ltd", "Example Son", "Example Child"]
        );
    }

    #[test]
    fn ships_of_several_flags() {
        assert_eq!(
            flags("India, Panama/Comoros").collect::<Vec<_>>(),
            ["India", "Panama", "Comoros"]
        );
        assert_eq!(flags("Korea, North").collect::<Vec<_>>(), ["Korea, North"]);
    }
}
