//! Tables of customers: which column says what, and what a row asks.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::Ordering;

use overt_intake::{Table, TableRow, Watch, plain_column_name};
use overt_model::DateOrder;
use overt_screening::Reach;

use crate::customer::Digest;
use crate::customer_identifiers::kind_of_column;
use crate::customer_roles::{CustomerRole, ROLES_COUNT};
use crate::{ComplianceError, Customer, Details, TableFile};

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
    columns: [Vec<usize>; ROLES_COUNT],
    /// Columns of identifiers of which their names say what they are.
    known: Vec<(usize, &'static str)>,
    /// Ids that were read, each with what its row says and its line.
    ids: HashMap<String, (Digest, u64)>,
    /// Whether a row was asked for.
    begun: bool,
    /// Columns that say nothing of which anything is made.
    not_used: Vec<String>,
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
        let named = |role: CustomerRole| settings.columns.iter().filter(move |(r, _)| *r == role);
        let naming = [
            CustomerRole::Name,
            CustomerRole::LastName,
            CustomerRole::FirstName,
            CustomerRole::Identifier,
        ];
        let names_somebody = |cells: &[String]| {
            let is = |cell: &String, name: &str| plain_column_name(cell) == plain_column_name(name);
            cells.iter().any(|cell| {
                let usual = naming.iter().flat_map(|role| role.usual());
                kind_of_column(cell).is_some()
                    || usual.into_iter().any(|name| is(cell, name))
                    || settings.columns.iter().any(|(_, name)| is(cell, name))
            })
        };
        let table = Table::open_below(path, watch, &names_somebody)?;
        let mut taken = vec![false; table.columns().len()];
        let mut columns: [Vec<usize>; ROLES_COUNT] = Default::default();
        for role in CustomerRole::all() {
            for (_, name) in named(role) {
                let missing = || overt_intake::Error::NoSuchColumn {
                    path: path.to_owned(),
                    column: name.clone(),
                    found: table.columns().join(", "),
                };
                let places = table.columns_of(&[name]);
                columns[role as usize].extend(&places);
                places.iter().for_each(|at| taken[*at] = true);
                if places.is_empty() {
                    return Err(missing().into());
                }
            }
        }
        for role in CustomerRole::all() {
            let is_said = named(role).next().is_some() && role != CustomerRole::Identifier;
            let mut places = table.columns_of(role.usual());
            places.retain(|at| !is_said && !taken[*at]);
            // A row has one id and is of one kind.
            if matches!(role, CustomerRole::Id | CustomerRole::Schema) {
                places.truncate(1);
            }
            places.iter().for_each(|at| taken[*at] = true);
            columns[role as usize].extend(places);
        }
        let mut known = Vec::new();
        for (at, name) in table.columns().iter().enumerate() {
            if let Some(property) = kind_of_column(name).filter(|_| !taken[at]) {
                known.push((at, property));
                taken[at] = true;
            }
        }
        if known.is_empty() && naming.iter().all(|role| columns[*role as usize].is_empty()) {
            return Err(overt_intake::Error::MissingColumn {
                path: path.to_owned(),
                role: CustomerRole::Name.name(),
                found: table.columns().join(", "),
            }
            .into());
        }
        let columns_there = table.columns().iter().zip(&taken);
        let not_used = columns_there.filter(|(name, taken)| !**taken && !name.is_empty());
        let not_used = not_used.map(|(name, _)| name.clone()).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            name: name.into_owned(),
            watch: watch.clone(),
            table,
            settings,
            columns,
            known,
            not_used,
            ids: HashMap::new(),
            begun: false,
        })
    }

    /// The name of its file, without its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns that are not used, for nothing tells what they say.
    pub fn not_used(&self) -> &[String] {
        &self.not_used
    }

    /// The next customers, some thousands at most; none at the end.
    ///
    /// # Errors
    /// A table without rows, where the file cannot be read any further, and when the watch asks for an end.
    pub fn next_customers(&mut self) -> Result<Vec<Customer>, ComplianceError> {
        if self.watch.stop.load(Ordering::Relaxed) {
            return Err(ComplianceError::Cancelled);
        }
        let mut customers = Vec::new();
        let is_first = !std::mem::replace(&mut self.begun, true);
        while customers.len() < CHUNK
            && let Some(row) = self.table.next_row()?
        {
            let mut customer = self.customer(&row);
            self.tell_repeated(&mut customer);
            customers.push(customer);
        }
        if is_first && customers.is_empty() {
            let path = self.table.path().to_owned();
            return Err(overt_intake::Error::NoRows { path }.into());
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
            not_used: self.not_used,
            sha256: self.table.finish()?,
        })
    }

    /// The first cell of a role with anything in it.
    fn cell<'r>(&self, row: &'r TableRow, role: CustomerRole) -> &'r str {
        self.cells(row, role).next().unwrap_or_default()
    }

    /// The cells of a role with anything in them.
    fn cells<'r>(&self, row: &'r TableRow, role: CustomerRole) -> impl Iterator<Item = &'r str> {
        let cells = self.columns[role as usize].iter();
        let cells = cells.map(|at| row.cell(Some(*at)));
        cells.filter(|cell| !cell.is_empty())
    }

    /// The names of a row. Parts of a name are put together; where there is a whole one too, both are asked, unless they are
    /// the same.
    fn names(&self, row: &TableRow) -> Vec<String> {
        let (name, first) = (
            self.cell(row, CustomerRole::Name),
            self.cell(row, CustomerRole::FirstName),
        );
        let mut last = self.cell(row, CustomerRole::LastName);
        // A first name beside a name, and no last name: the name is a family's, unless the first name is in it.
        let is_family =
            self.columns[CustomerRole::LastName as usize].is_empty() && !has(name, first);
        if is_family && !name.is_empty() {
            last = name;
        }
        // A name beside a last name that is not in it stands first, as in tables in Spanish.
        let stands_first = first.is_empty() && !last.is_empty() && !has(name, last);
        let first_part = if stands_first { name } else { first };
        let parts = [first_part, self.cell(row, CustomerRole::MiddleName), last];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        let joined = parts.join(" ");
        let is_said = parts.iter().all(|part| has(name, part));
        let is_whole = !name.is_empty() && (!is_family || first.is_empty());
        let whole = is_whole.then(|| name.to_owned());
        let joined = (!joined.is_empty() && !is_said).then_some(joined);
        let more = self
            .cells(row, CustomerRole::Name)
            .skip(1)
            .map(str::to_owned);
        let mut names: Vec<String> = whole.into_iter().chain(joined).chain(more).collect();
        for person in self.people(row) {
            if !names.contains(&person) {
                names.push(person);
            }
        }
        names
    }

    /// The people of a row whose table has several columns of first or of last names: those of one place belong together,
    /// and what there is once belongs to each, and to all of the others together (two family names).
    fn people(&self, row: &TableRow) -> Vec<String> {
        let parts = [
            CustomerRole::FirstName,
            CustomerRole::MiddleName,
            CustomerRole::LastName,
        ];
        let parts = parts.map(|role| -> Vec<&str> {
            let columns = self.columns[role as usize].iter();
            columns.map(|at| row.cell(Some(*at))).collect()
        });
        let most = parts.iter().map(Vec::len).max().unwrap_or(0);
        if most < 2 {
            return Vec::new();
        }
        let together = |of: &dyn Fn(&Vec<&str>) -> String| {
            let said: Vec<String> = parts.iter().map(of).filter(|p| !p.is_empty()).collect();
            said.join(" ")
        };
        let at = |place: usize| {
            together(&|cells| match cells[..] {
                [one] => one.to_owned(),
                _ => cells.get(place).copied().unwrap_or_default().to_owned(),
            })
        };
        let has_one = parts
            .iter()
            .any(|cells| cells.len() == 1 && !cells[0].is_empty());
        let all = has_one.then(|| together(&|cells| cells.join(" ").trim().to_owned()));
        let people = (0..most).map(at).chain(all);
        people.filter(|name| !name.is_empty()).collect()
    }

    /// Notes that others of the table bear the id of a customer: their alerts are kept apart.
    fn tell_repeated(&mut self, customer: &mut Customer) {
        if customer.id.is_empty() || customer.asked.is_err() {
            return;
        }
        let own = (customer.digest(), customer.line);
        match self.ids.get(&customer.id) {
            None => {
                self.ids.insert(customer.id.clone(), own);
            }
            Some((digest, _)) if *digest == own.0 => {}
            Some((_, line)) => {
                let told = format!(
                    "the id {} is borne by line {line} too; alerts on the two are kept apart",
                    customer.id
                );
                add_note(customer, told);
                customer.repeats = true;
            }
        }
    }

    fn customer(&self, row: &TableRow) -> Customer {
        let id = self.cell(row, CustomerRole::Id);
        // What could not be read of an id may be any.
        let is_id = row.cells.is_ok() || !id.contains(char::REPLACEMENT_CHARACTER);
        let mut customer = Customer {
            line: row.line,
            id: if is_id { id.to_owned() } else { String::new() },
            asked: Err(String::new()),
            reach: Reach::Schema,
            note: None,
            hides: row.looks_like_rows,
            repeats: false,
        };
        if let Err(error) = &row.cells {
            customer.asked = Err(format!("the row is not UTF-8: {error}"));
            return customer;
        }
        if self.is_header(row) {
            let told = "it is a header again, and nobody; if its columns stand otherwise, the rows below are misread: part the table there";
            customer.asked = Err(told.to_owned());
            return customer;
        }
        self.ask(row, &mut customer);
        if let Some(encoding) = row.encoding {
            add_note(
                &mut customer,
                format!("the row is not UTF-8; it was read as {encoding}"),
            );
        }
        if row.looks_like_rows {
            let told = "a cell in quotes holds several lines that look like rows, which were not read; a quote may be missing";
            add_note(&mut customer, told.to_owned());
        }
        let width = self.table.columns().len();
        let beyond = row.cells.iter().flat_map(|cells| cells.iter().skip(width));
        let beyond: Vec<&str> = beyond.filter(|cell| !cell.trim().is_empty()).collect();
        if !beyond.is_empty() {
            let told = format!(
                "the row has more cells than the header; not used: {}",
                beyond.join(", ")
            );
            add_note(&mut customer, told);
        }
        customer
    }

    /// Whether a row holds nothing but names of columns, as where tables were put one behind another.
    fn is_header(&self, row: &TableRow) -> bool {
        const FEWEST: usize = 2;
        let cells = row.cells.iter().flat_map(|cells| cells.iter());
        let said: Vec<&str> = cells
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect();
        let columns = self.table.columns();
        let is_column = |cell: &&str| columns.iter().any(|c| c.trim().eq_ignore_ascii_case(cell));
        said.len() >= FEWEST && said.iter().all(is_column)
    }

    /// What a row asks.
    fn ask(&self, row: &TableRow, customer: &mut Customer) {
        let kind = self.cell(row, CustomerRole::Schema);
        let names = self.names(row);
        let all = |role: CustomerRole| -> Vec<&str> { self.cells(row, role).collect() };
        let known = self
            .known
            .iter()
            .map(|(at, property)| (*property, row.cell(Some(*at))));
        let mut details = Details {
            names: names.iter().map(String::as_str).collect(),
            births: all(CustomerRole::Dob),
            countries: all(CustomerRole::Country),
            identifiers: all(CustomerRole::Identifier),
            known: known.filter(|(_, cell)| !cell.is_empty()).collect(),
            addresses: all(CustomerRole::Address),
            schema: if kind.is_empty() {
                self.settings.schema.as_deref()
            } else {
                Some(kind)
            },
            dates: self.settings.dates,
        };
        let mut notes: Vec<String> = Vec::new();
        let asked = match details.query() {
            // What nobody knows narrows nothing.
            Err(_) if !kind.is_empty() => {
                notes.push(format!(
                    "{kind:?} is not a kind that is known; screened as anything"
                ));
                details.schema = self.settings.schema.as_deref();
                details.query()
            }
            asked => asked,
        };
        customer.reach = details.reach();
        match asked {
            Ok((entity, unused)) => {
                notes.extend(unused.iter().map(ToString::to_string));
                customer.asked = Ok(entity);
            }
            Err(error) => customer.asked = Err(error.to_string()),
        }
        notes.into_iter().for_each(|note| add_note(customer, note));
    }
}

fn add_note(customer: &mut Customer, more: String) {
    customer.note = Some(match customer.note.take() {
        Some(note) => format!("{note}; {more}"),
        None => more,
    });
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
    fn a_header_further_down_is_nobody() {
        let text = b"id,name\n1,Ann Lee\nname,id\nMahan Air,2\nid,name\n3,name\n";
        let found = customers(text, &CustomerSettings::default());
        let refused: Vec<bool> = found.iter().map(|c| c.asked.is_err()).collect();
        assert_eq!(refused, [false, true, false, true, false]);
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
    fn people_beside_one_another_are_each_asked() {
        for header in [
            "first name 1,last name 1,first name 2,last name 2",
            "first name,last name,first name,last name",
            "Vorname;Nachname;Vorname 2;Nachname 2",
        ] {
            let between = if header.contains(';') { ";" } else { "," };
            let row = ["Jane", "Doe", "Hasan", "Nasrallah"].join(between);
            assert_eq!(
                asked(&format!("{header}\n{row}\n")),
                [["Jane Doe", "Hasan Nasrallah"]],
                "{header}"
            );
        }
        assert_eq!(
            asked("nombres,apellido 1,apellido 2\nAda,King,Byron\n"),
            [["Ada King", "Ada Byron", "Ada King Byron"]]
        );
    }

    #[test]
    fn columns_are_known_in_many_languages() {
        for header in [
            "kunden_id,Firma,Land",
            "nr_klienta,Nazwisko,Kraj",
            "id_клиента,ФИО,Гражданство",
            "ID,Прізвище,Громадянство",
            "müşteri_no,Ad Soyad,Uyruk",
            "客户编号,姓名,国籍",
            "顧客番号,氏名,国籍",
            "고객번호,이름,국적",
            "رقم_العميل,الاسم,الجنسية",
            "CUST_ID,Beneficiary Name,Nationality",
        ] {
            let text = format!("{header}\n7,Ann Lee,FR\n");
            let found = customers(text.as_bytes(), &CustomerSettings::default());
            let asked = found[0].asked.as_ref().unwrap();
            let known = (found[0].id.as_str(), asked.get("country").len());
            assert_eq!(known, ("7", 1), "{header}");
            assert!(asked.get("name").concat().contains("Ann Lee"), "{header}");
        }
    }

    #[test]
    fn every_column_that_names_an_identifier_is_used_and_others_are_told() {
        let text = "Kundennummer;Name;alias;Geburtsdatum;Land;Reisepass-Nr.;IMO;Wallet;E-Mail;Telefon;city\n\
                    7;Ann;Annie;1.6.1961;Deutschland;J287011;9187629;0xA7E5D5A720F06526557C513402F2E6B5FA20B008;a@example.org;+90 212 5551234;x\n";
        let found = customers(text.as_bytes(), &CustomerSettings::default());
        let asked = found[0].asked.as_ref().unwrap();
        assert_eq!(
            (found[0].id.as_str(), asked.get("name")),
            ("7", &["Ann".to_owned(), "Annie".to_owned()][..])
        );
        assert_eq!(asked.get("country"), ["de"]);
        let numbers = asked.get("idNumber");
        for number in [
            "J287011",
            "9187629",
            "0xA7E5D5A720F06526557C513402F2E6B5FA20B008",
        ] {
            assert!(numbers.iter().any(|n| n == number), "{number} {numbers:?}");
        }
        assert_eq!(asked.get("email"), ["a@example.org"]);
        assert_eq!(asked.get("phone"), ["+90 212 5551234"]);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let settings = CustomerSettings {
            columns: vec![
                (CustomerRole::Identifier, "alias".to_owned()),
                (CustomerRole::Identifier, "city".to_owned()),
            ],
            ..CustomerSettings::default()
        };
        let mut table = CustomerTable::open(file.path(), &settings, &Watch::default()).unwrap();
        assert!(table.not_used().is_empty());
        let found = table.next_customers().unwrap();
        let numbers = found[0].asked.as_ref().unwrap().get("idNumber").to_vec();
        assert!(
            ["Annie", "x", "J287011"]
                .iter()
                .all(|n| numbers.iter().any(|m| m == n)),
            "{numbers:?}"
        );
        let plain = CustomerSettings::default();
        let table = CustomerTable::open(file.path(), &plain, &Watch::default()).unwrap();
        assert_eq!(table.not_used(), ["city"]);
    }

    #[test]
    fn a_kind_that_nobody_knows_narrows_nothing() {
        let found = customers(
            b"name,type\nAnn,Robot\nBea,Ship\n",
            &CustomerSettings::default(),
        );
        assert_eq!(found[0].reach, Reach::Anything);
        assert_eq!(
            found[0].note.as_deref(),
            Some("\"Robot\" is not a kind that is known; screened as anything")
        );
        assert_eq!(found[1].asked.as_ref().unwrap().schema.name, "Vessel");
    }

    #[test]
    fn cells_beyond_the_header_and_a_table_without_rows() {
        let found = customers(
            b"name,dob\nAnn,1961,9187629\n",
            &CustomerSettings::default(),
        );
        assert!(found[0].note.as_ref().unwrap().contains("9187629"));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"name,dob\n").unwrap();
        let settings = CustomerSettings::default();
        let mut table = CustomerTable::open(file.path(), &settings, &Watch::default()).unwrap();
        assert!(table.next_customers().is_err());
        assert_eq!(
            asked("nombre,apellidos\nAna,García\n")[0],
            ["Ana", "Ana García"]
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
