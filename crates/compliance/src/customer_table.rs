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
}

/// Every role, its word, and the names its column is known by when nobody names it; capitals, spaces, hyphens and
/// underscores do not count.
const ROLES: [(CustomerRole, &str, &[&str]); 7] = [
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
        let says = |role: CustomerRole| columns[role as usize].is_some();
        if !says(CustomerRole::Name) && !says(CustomerRole::Identifier) {
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
        let details = Details {
            names: vec![cell(CustomerRole::Name)],
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
