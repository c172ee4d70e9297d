//! Tables of customers: which column says what, and what a row asks.

use std::path::Path;
use std::sync::atomic::Ordering;

use overt_intake::{Table, TableRow, Watch};
use overt_model::DateOrder;
use overt_screening::Reach;

use crate::{ComplianceError, Customer, Details, TableFile};

/// What a column says of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerRole {
    /// The name.
    Name,
    /// The table's own id.
    Id,
    /// The date of birth.
    Dob,
    /// A country.
    Country,
    /// What it is.
    Schema,
    /// An identifier.
    Identifier,
    /// The whole address.
    Address,
    /// A name that stands first.
    FirstName,
    /// Names between the first and the last.
    MiddleName,
    /// A family's name.
    LastName,
}

/// Every role, its word, and the names its column is known by when nobody names it; capitals, spaces, hyphens and
/// underscores do not count.
const ROLES: [(CustomerRole, &str, &[&str]); 10] = [
    (
        CustomerRole::Name,
        "name",
        &[
            "name",
            "full_name",
            "customer_name",
            "company",
            "company_name",
            "party",
            "payee",
        ],
    ),
    (
        CustomerRole::Id,
        "id",
        &["id", "customer_id", "customer", "reference", "account"],
    ),
    (
        CustomerRole::Dob,
        "dob",
        &["dob", "birth_date", "date_of_birth", "born"],
    ),
    (
        CustomerRole::Country,
        "country",
        &[
            "country",
            "country_code",
            "nationality",
            "citizenship",
            "jurisdiction",
            "residence",
            "country_of_residence",
            "residence_country",
        ],
    ),
    (
        CustomerRole::Schema,
        "schema",
        &["schema", "type", "entity_type"],
    ),
    (
        CustomerRole::Identifier,
        "identifier",
        &[
            "identifier",
            "passport",
            "id_number",
            "registration_number",
            "wallet",
            "imo",
            "email",
            "website",
        ],
    ),
    (
        CustomerRole::Address,
        "address",
        &[
            "address",
            "full_address",
            "registered_address",
            "postal_address",
            "business_address",
        ],
    ),
    (
        CustomerRole::FirstName,
        "first-name",
        &[
            "first_name",
            "given_name",
            "given_names",
            "forename",
            "forenames",
            "vorname",
            "prenom",
            "prénom",
        ],
    ),
    (
        CustomerRole::MiddleName,
        "middle-name",
        &["middle_name", "middle_names", "second_name", "patronymic"],
    ),
    (
        CustomerRole::LastName,
        "last-name",
        &[
            "last_name",
            "surname",
            "family_name",
            "nachname",
            "familienname",
            "nom_de_famille",
        ],
    ),
];

impl CustomerRole {
    /// All of them, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        ROLES.iter().map(|(role, _, _)| *role)
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        ROLES[self as usize].1
    }
}

/// How a table of customers is read.
#[derive(Debug, Clone, Default)]
pub struct CustomerSettings {
    /// Columns by role, over what their names say.
    pub columns: Vec<(CustomerRole, String)>,
    /// What rows are that do not say so themselves.
    pub schema: Option<String>,
    /// Which number of a date is the day.
    pub dates: Option<DateOrder>,
}

/// Rows worked on at a time.
const CHUNK: usize = 4096;

/// A table of customers, opened.
pub struct CustomerTable<'a> {
    table: Table,
    settings: &'a CustomerSettings,
    columns: [Option<usize>; ROLES.len()],
    watch: Watch,
    name: String,
}

impl<'a> CustomerTable<'a> {
    /// Opens a table.
    ///
    /// # Errors
    /// A file that cannot be read, a column that is named and not there, and a table in which no column says the name.
    pub fn open(
        path: &Path,
        settings: &'a CustomerSettings,
        watch: &Watch,
    ) -> Result<Self, ComplianceError> {
        let table = Table::open(path, watch)?;
        let mut columns = ROLES.map(|(_, _, usual)| table.column(usual));
        for (role, name) in &settings.columns {
            let column = table.column(&[name]);
            let missing = || overt_intake::Error::NoSuchColumn {
                path: path.to_owned(),
                column: name.clone(),
                found: table.columns().join(", "),
            };
            columns[*role as usize] = Some(column.ok_or_else(missing)?);
        }
        let naming = [
            CustomerRole::Name,
            CustomerRole::LastName,
            CustomerRole::Identifier,
        ];
        if naming.iter().all(|role| columns[*role as usize].is_none()) {
            return Err(overt_intake::Error::MissingColumn {
                path: path.to_owned(),
                role: CustomerRole::Name.name(),
                found: table.columns().join(", "),
            }
            .into());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            name: name.into_owned(),
            watch: watch.clone(),
            table,
            settings,
            columns,
        })
    }

    /// The name of its file, without its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next customers, some thousands at most; none at the end.
    ///
    /// # Errors
    /// Where the file cannot be read any further, and when the watch asks for an end.
    pub fn next_customers(&mut self) -> Result<Vec<Customer>, ComplianceError> {
        if self.watch.stop.load(Ordering::Relaxed) {
            return Err(ComplianceError::Cancelled);
        }
        let mut customers = Vec::new();
        while customers.len() < CHUNK
            && let Some(row) = self.table.next_row()?
        {
            customers.push(self.customer(&row));
        }
        Ok(customers)
    }

    /// The table as a record names it. Reads what is left of it.
    ///
    /// # Errors
    /// Where the file cannot be read to its end.
    pub fn finish(self) -> Result<TableFile, ComplianceError> {
        Ok(TableFile {
            name: self.name,
            sha256: self.table.finish()?,
        })
    }

    /// The names of a row. Parts of a name are put together; where there is a whole one too, both are asked, unless they are
    /// the same.
    fn names(&self, row: &TableRow) -> Vec<String> {
        let cell = |role: CustomerRole| row.cell(self.columns[role as usize]);
        let (name, first) = (cell(CustomerRole::Name), cell(CustomerRole::FirstName));
        let mut last = cell(CustomerRole::LastName);
        // A first name beside a name, and no last name: the name is a family's, unless the first name is in it.
        let is_family =
            self.columns[CustomerRole::LastName as usize].is_none() && !has(name, first);
        if is_family && !name.is_empty() {
            last = name;
        }
        let parts = [first, cell(CustomerRole::MiddleName), last];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        let joined = parts.join(" ");
        let is_said = parts.iter().all(|part| has(name, part));
        let is_whole = !name.is_empty() && (!is_family || first.is_empty());
        let whole = is_whole.then(|| name.to_owned());
        let joined = (!joined.is_empty() && !is_said).then_some(joined);
        whole.into_iter().chain(joined).collect()
    }

    fn customer(&self, row: &TableRow) -> Customer {
        let cell = |role: CustomerRole| row.cell(self.columns[role as usize]);
        let mut customer = Customer {
            line: row.line,
            id: cell(CustomerRole::Id).to_owned(),
            asked: Err(String::new()),
            reach: Reach::Schema,
            note: None,
        };
        if let Err(error) = &row.cells {
            customer.asked = Err(format!("the row is not UTF-8: {error}"));
            return customer;
        }
        let kind = cell(CustomerRole::Schema);
        let names = self.names(row);
        let details = Details {
            names: names.iter().map(String::as_str).collect(),
            births: vec![cell(CustomerRole::Dob)],
            countries: vec![cell(CustomerRole::Country)],
            identifiers: vec![cell(CustomerRole::Identifier)],
            addresses: vec![cell(CustomerRole::Address)],
            schema: if kind.is_empty() {
                self.settings.schema.as_deref()
            } else {
                Some(kind)
            },
            dates: self.settings.dates,
        };
        customer.reach = details.reach();
        match details.query() {
            Ok((entity, unused)) => {
                let notes: Vec<String> = unused.iter().map(ToString::to_string).collect();
                customer.note = (!notes.is_empty()).then(|| notes.join("; "));
                customer.asked = Ok(entity);
            }
            Err(error) => customer.asked = Err(error.to_string()),
        }
        customer
    }
}

/// Whether a name has all words of another, however they are written; none are in every name.
fn has(name: &str, part: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '-' | '’'));
        words
            .filter(|w| !w.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let name = words(name);
    words(part).iter().all(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn customers(text: &[u8], settings: &CustomerSettings) -> Vec<Customer> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        let mut table = CustomerTable::open(file.path(), settings, &Watch::default()).unwrap();
        table.next_customers().unwrap()
    }

    #[test]
    fn columns_are_known_however_they_are_written() {
        let text = b"Customer-ID|Full Name|Date of Birth|Country Code|residence\n7|Ann|1961/06/01|RU|Narnia\n";
        let found = customers(text, &CustomerSettings::default());
        let asked = found[0].asked.as_ref().unwrap();
        assert_eq!((found[0].id.as_str(), found[0].line), ("7", 2));
        assert_eq!(asked.get("name"), ["Ann"]);
        assert_eq!(asked.get("birthDate"), ["1961-06-01"]);
        assert_eq!(asked.get("country"), ["ru"]);
        let text = b"name,residence\nAnn,Narnia\n";
        let found = customers(text, &CustomerSettings::default());
        let note = found[0].note.as_deref();
        assert_eq!(
            note,
            Some("\"Narnia\" is not a country; screened without it")
        );
    }

    #[test]
    fn every_value_that_is_not_used_is_told_in_its_row() {
        let text = b"name,dob,country\nA,02.01.1985,\nB,13/05/1970,\nC,unknown,Narnia\nD,,\n";
        let found = customers(text, &CustomerSettings::default());
        let notes: Vec<usize> = found
            .iter()
            .map(|c| c.note.as_deref().map_or(0, |n| n.split("; ").count()))
            .collect();
        // Two words for each value: what it is, and what was done without it.
        assert_eq!(notes, [2, 0, 4, 0]);
        let stated = CustomerSettings {
            dates: Some(DateOrder::DayFirst),
            ..CustomerSettings::default()
        };
        let found = customers(text, &stated);
        assert_eq!(
            found[0].asked.as_ref().unwrap().get("birthDate"),
            ["1985-01-02"]
        );
        assert_eq!(found[0].note, None);
    }

    fn asked(text: &str) -> Vec<Vec<String>> {
        let found = customers(text.as_bytes(), &CustomerSettings::default());
        let names = found
            .iter()
            .map(|c| c.asked.as_ref().unwrap().get("name").to_vec());
        names.collect()
    }

    #[test]
    fn parts_of_a_name_are_put_together() {
        let text = "First Name,Middle-Name,Surname\nAda,,Lovelace\n,,Lovelace\nAda,King,\nAda,K.,de la Cruz\n";
        assert_eq!(
            asked(text),
            [
                ["Ada Lovelace"],
                ["Lovelace"],
                ["Ada King"],
                ["Ada K. de la Cruz"]
            ]
        );
        // A name beside a first name is a family's, as in tables in German and French, unless it is the whole name.
        assert_eq!(
            asked("Name;Vorname\nLovelace;Ada\nAda Lovelace;Ada\nLovelace;\n;Ada\n"),
            [["Ada Lovelace"], ["Ada Lovelace"], ["Lovelace"], ["Ada"]]
        );
        // A whole name and its parts are asked once where they say the same, and both where they do not.
        let text =
            "name,first_name,last_name\n\"LOVELACE, Ada\",Ada,Lovelace\nCountess,Ada,Lovelace\n";
        assert_eq!(asked(text)[0], ["LOVELACE, Ada"]);
        assert_eq!(asked(text)[1], ["Countess", "Ada Lovelace"]);
        let named = CustomerSettings {
            columns: vec![
                (CustomerRole::LastName, "n2".to_owned()),
                (CustomerRole::FirstName, "n1".to_owned()),
            ],
            ..CustomerSettings::default()
        };
        let found = customers(b"n1,n2\nAda,Lovelace\n", &named);
        assert_eq!(
            found[0].asked.as_ref().unwrap().get("name"),
            ["Ada Lovelace"]
        );
    }

    #[test]
    fn a_table_that_names_nobody_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"city,street\nx,y\n").unwrap();
        let settings = CustomerSettings::default();
        let refused = CustomerTable::open(file.path(), &settings, &Watch::default())
            .err()
            .unwrap();
        assert!(
            refused.to_string().contains("no column says the name"),
            "{refused}"
        );
    }
}
