//! OFAC's legacy CSV: four files joined by the number of the entry.
//!
//! No header (copies with one are taken too), CRLF or LF, `-0- ` for nothing, and a lone 0x1A at the end as DOS left it.
//! Remarks end after 1,000 characters, wherever that is, and go on in the comments file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use overt_model::Entity;

use super::super::{List, ListFormat, Whole, cut, open, table};
use super::remarks::{self, Piece};
use crate::error::Error;

/// Characters of remarks in the main file; longer ones are cut there.
const CUT: usize = 1000;

/// The files of one list.
#[derive(Debug, Default)]
pub(in super::super) struct FileSet {
    main: PathBuf,
    aliases: Option<PathBuf>,
    addresses: Option<PathBuf>,
    comments: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Main,
    Aliases,
    Addresses,
    Comments,
}

impl FileSet {
    /// The set a file belongs to by its name: `sdn.csv`, `alt.csv`, `add.csv`, `sdn_comments.csv`, or `cons_prim.csv`,
    /// `cons_alt.csv`…; the others are looked for beside it.
    pub(in super::super) fn around(path: &Path) -> Option<Self> {
        let set = Self::named(path)?;
        let there = !set.main.as_os_str().is_empty() && is_ofac(&set.main);
        there.then_some(set)
    }

    /// The main file beside one that goes with it, where it is not as OFAC writes it: that one is at fault.
    pub(in super::super) fn unusable_main(path: &Path) -> Option<PathBuf> {
        let main = Self::named(path)?.main;
        let is_beside = !main.as_os_str().is_empty() && main != path;
        (is_beside && !is_ofac(&main)).then_some(main)
    }

    fn named(path: &Path) -> Option<Self> {
        let (consolidated, _) = role(path)?;
        let mut set = Self::default();
        let mut beside: Vec<PathBuf> = std::fs::read_dir(
            path.parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new(".")),
        )
        .ok()?
        .flatten()
        .map(|e| e.path())
        .collect();
        beside.sort_unstable();
        for file in beside {
            match role(&file).filter(|(c, _)| *c == consolidated) {
                Some((_, Role::Main)) if set.main.as_os_str().is_empty() => set.main = file,
                Some((_, Role::Aliases)) => set.aliases = Some(file),
                Some((_, Role::Addresses)) => set.addresses = Some(file),
                Some((_, Role::Comments)) => set.comments = Some(file),
                _ => {}
            }
        }
        Some(set)
    }

    /// A main file on its own.
    pub(in super::super) fn alone(path: &Path) -> Self {
        Self {
            main: path.to_owned(),
            ..Self::default()
        }
    }

    pub(in super::super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let others = [&self.aliases, &self.addresses, &self.comments];
        std::iter::once(self.main.clone()).chain(others.into_iter().flatten().cloned())
    }
}

/// Whether a file is of the consolidated list, and which of the four it is.
fn role(path: &Path) -> Option<(bool, Role)> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    let stem = name.strip_suffix(".csv")?;
    let consolidated = stem.starts_with("cons");
    let role = if !consolidated && !stem.starts_with("sdn") && stem != "alt" && stem != "add" {
        return None;
    } else if stem.contains("comment") {
        Role::Comments
    } else if stem.contains("alt") {
        Role::Aliases
    } else if stem.contains("add") {
        Role::Addresses
    } else {
        Role::Main
    };
    Some((consolidated, role))
}

/// Whether a file is the main one of a set by its name, or goes with it; `None` for a file of another name.
pub(in super::super) fn is_main(path: &Path) -> Option<bool> {
    role(path).map(|(_, role)| role == Role::Main)
}

fn is_ofac(path: &Path) -> bool {
    open(path).is_ok_and(|mut opened| opened.head().lines().take(2).any(looks_like_csv))
}

/// Whether a line is a row of the main file: a number, and eleven more cells.
pub(in super::super) fn looks_like_csv(line: &str) -> bool {
    let number = line.split(',').next().unwrap_or_default().trim_matches('"');
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number && records(line).next().is_some_and(|(_, r)| r.len() == 12)
}

fn records(text: &str) -> impl Iterator<Item = (u64, csv::StringRecord)> {
    let rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    rows.into_records()
        .flatten()
        .map(|r| (table::line_of(text, &r), r))
}

/// A cell; `-0-` stands for nothing.
fn cell(record: &csv::StringRecord, at: usize) -> &str {
    match record.get(at).map_or("", str::trim) {
        "-0-" => "",
        text => text,
    }
}

/// An entry while its files are read.
struct Entry {
    entity: Entity,
    remarks: String,
    /// Whether the remarks go on in a file that is not there.
    cut: bool,
}

/// Reads a set.
pub(in super::super) fn read(set: &FileSet) -> Result<List, Error> {
    let mut main = open(&set.main)?.whole()?;
    let is_marked = main.note_end_mark();
    let consolidated = main.file.name.to_lowercase().starts_with("cons");
    let dataset = if consolidated {
        super::consolidated()
    } else {
        super::sdn()
    };
    let mut list = main.list(dataset, ListFormat::OfacCsv);
    main.is_whole(b',', 12)?;
    if !is_marked {
        list.notes.push(format!(
            "{} has no mark at its end (0x1A), as most of OFAC's have: whether it is whole cannot be told",
            main.file.name
        ));
    }
    let (mut entries, order) = read_main(&main, &mut list);
    if order.is_empty() {
        return Err(main.wrong(
            "OFAC's legacy CSV",
            "no row has a number and eleven more cells",
        ));
    }
    if let Some(path) = &set.aliases {
        read_side(
            path,
            &mut list,
            &mut entries,
            5,
            is_marked,
            "alias",
            |entry, row, list| {
                list.count("aliases");
                super::add_alias(&mut entry.entity, cell(row, 2), cell(row, 3), false);
            },
        )?;
    }
    if let Some(path) = &set.addresses {
        read_side(
            path,
            &mut list,
            &mut entries,
            6,
            is_marked,
            "address",
            |entry, row, list| {
                list.count("addresses");
                add_address(&mut entry.entity, row, list);
            },
        )?;
    }
    if let Some(path) = &set.comments {
        read_side(
            path,
            &mut list,
            &mut entries,
            2,
            // Comments have come without a mark where the other files had theirs.
            false,
            "comment",
            |entry, row, list| {
                list.count("comments");
                entry.remarks.push_str(row.get(1).unwrap_or_default());
                entry.cut = false;
            },
        )?;
    }
    finish(&mut list, entries, &order);
    for (what, path) in [
        ("aliases", &set.aliases),
        ("addresses", &set.addresses),
        ("remarks beyond 1,000 characters", &set.comments),
    ] {
        if path.is_none() {
            list.notes.push(format!(
                "{what}: their file was not beside {}",
                main.file.name
            ));
        }
    }
    Ok(list)
}

fn read_main(main: &Whole, list: &mut List) -> (HashMap<String, Entry>, Vec<String>) {
    let mut entries = HashMap::new();
    let mut order = Vec::new();
    for (line, row) in records(&main.text) {
        let number = cell(&row, 0);
        if is_end_or_header(&row, line) {
            continue;
        }
        if row.len() != 12 || !number.bytes().all(|b| b.is_ascii_digit()) || number.is_empty() {
            list.rejects.push(main.reject(
                line,
                "column-count",
                &format!(
                    "{} cells where 12 belong: {}",
                    row.len(),
                    row.iter().collect::<Vec<_>>().join(",")
                ),
            ));
            continue;
        }
        if cell(&row, 1).is_empty() {
            list.rejects.push(main.reject(line, "no-name", number));
            continue;
        }
        if entries.contains_key(number) {
            list.rejects
                .push(main.reject(line, "duplicate-number", number));
            continue;
        }
        list.count("entries");
        order.push(number.to_owned());
        entries.insert(number.to_owned(), entry(main, line, number, &row));
    }
    (entries, order)
}

/// The 0x1A that ends DOS files, and the header some copies have.
fn is_end_or_header(row: &csv::StringRecord, line: u64) -> bool {
    let first = row.get(0).unwrap_or_default();
    first == "\u{1a}" && row.iter().skip(1).all(str::is_empty)
        || line == 1 && !first.starts_with(|c: char| c.is_ascii_digit())
}

fn entry(main: &Whole, line: u64, number: &str, row: &csv::StringRecord) -> Entry {
    let mut entity = Entity::new(super::entry_id(number), super::schema_of(cell(row, 2)));
    let name = cell(row, 1);
    entity.target = true;
    entity.add("name", name);
    super::name_parts(&mut entity, name);
    // Several programs stand as `A] [B`.
    for program in cell(row, 3).split("] [") {
        entity.add("program", program.trim_matches(['[', ']']));
    }
    if !entity.is_proposal() {
        entity.add("topics", "sanction");
    }
    entity.add(
        "sourceUrl",
        format!("https://sanctionssearch.ofac.treas.gov/Details.aspx?id={number}"),
    );
    let title = cell(row, 4);
    if entity.schema.is_a("Person") {
        for part in title.split("; ") {
            entity.add("position", part);
        }
    } else if !title.is_empty() {
        entity.add("notes", format!("Title: {title}"));
    }
    add_vehicle(&mut entity, row);
    entity.provenance.push(main.provenance(line));
    let remarks = cell(row, 11).to_owned();
    Entry {
        cut: remarks.chars().count() >= CUT,
        entity,
        remarks,
    }
}

/// Call sign, type, tonnages, flag and owner of vessels and aircraft.
fn add_vehicle(entity: &mut Entity, row: &csv::StringRecord) {
    const CELLS: [(usize, &str, &str); 5] = [
        (5, "callSign", "Call sign"),
        (6, "type", "Type"),
        (7, "tonnage", "Tonnage"),
        (8, "grossRegisteredTonnage", "Gross registered tonnage"),
        (9, "flag", "Flag"),
    ];
    for (at, property, label) in CELLS {
        let value = cell(row, at);
        let coded = if property == "flag" {
            overt_model::territory::code(value)
        } else {
            Some(value)
        };
        match coded {
            Some(coded) if entity.schema.property(property).is_some() => {
                entity.add(property, coded);
            }
            _ if !value.is_empty() => entity.add("notes", format!("{label}: {value}")),
            _ => {}
        }
    }
    let owner = cell(row, 10);
    if !owner.is_empty() {
        entity.add("notes", format!("Owner: {owner}"));
    }
}

/// Reads a file whose rows belong to entries.
fn read_side(
    path: &Path,
    list: &mut List,
    entries: &mut HashMap<String, Entry>,
    cells: usize,
    is_marked: bool,
    what: &str,
    mut take: impl FnMut(&mut Entry, &csv::StringRecord, &mut List),
) -> Result<(), Error> {
    let mut whole = open(path)?.whole()?;
    whole.is_whole(b',', cells)?;
    // Comments have come with a mark and without.
    if what != "comment" && !whole.note_end_mark() && is_marked {
        let rows = whole.text.lines().count() as u64;
        let detail = "it has no mark at its end (0x1A), and the main file of its set has";
        return Err(cut(path, rows, detail));
    }
    list.files.push(whole.file.clone());
    list.notes.extend(whole.encoding_note());
    for (line, row) in records(&whole.text) {
        if is_end_or_header(&row, line) {
            continue;
        }
        let number = cell(&row, 0);
        if row.len() != cells {
            list.rejects.push(whole.reject(
                line,
                "column-count",
                &format!("{} cells where {cells} belong", row.len()),
            ));
            continue;
        }
        match entries.get_mut(number) {
            Some(entry) => {
                take(entry, &row, list);
                entry.entity.provenance.push(whole.provenance(line));
            }
            None => list.rejects.push(whole.reject(
                line,
                "no-such-entry",
                &format!("{what} of entry {number}, which the list does not have"),
            )),
        }
    }
    Ok(())
}

fn add_address(entity: &mut Entity, row: &csv::StringRecord, list: &mut List) {
    let (street, city, country) = (cell(row, 2), cell(row, 3), cell(row, 4));
    let parts: Vec<&str> = [street, city, country]
        .into_iter()
        .filter(|p| !p.is_empty())
        .collect();
    if parts.is_empty() {
        list.count("addresses without content");
        return;
    }
    // A country alone is a country and no address.
    if parts.len() > 1 || country.is_empty() {
        entity.add("address", parts.join(", "));
    }
    match overt_model::territory::code(country) {
        Some(code) => entity.add("country", code),
        None if !country.is_empty() => entity.add("notes", format!("Country: {country}")),
        None => {}
    }
    let remarks = cell(row, 5);
    if !remarks.is_empty() {
        entity.add("notes", format!("Address: {remarks}"));
    }
}

/// Takes remarks apart, links entries and pushes everything in the order of the list.
fn finish(list: &mut List, mut entries: HashMap<String, Entry>, order: &[String]) {
    let by_name = names(&entries);
    let mut wallets: BTreeMap<String, Entity> = BTreeMap::new();
    for number in order {
        let Some(mut entry) = entries.remove(number) else {
            continue;
        };
        let mut beside = Vec::new();
        for piece in remarks::pieces(&entry.remarks, entry.cut) {
            take_piece(
                piece,
                &mut entry.entity,
                &mut beside,
                &mut wallets,
                &by_name,
                list,
            );
        }
        list.push(entry.entity);
        for entity in beside {
            list.push(entity);
        }
    }
    for wallet in wallets.into_values() {
        list.count("wallets");
        list.push(wallet);
    }
}

/// Entries by their name; a name that two have stands for neither.
fn names(entries: &HashMap<String, Entry>) -> HashMap<String, Option<String>> {
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    for entry in entries.values() {
        for name in entry.entity.get("name") {
            names
                .entry(name.clone())
                .and_modify(|id| *id = None)
                .or_insert_with(|| Some(entry.entity.id.clone()));
        }
    }
    names
}

fn take_piece(
    piece: Piece<'_>,
    entity: &mut Entity,
    beside: &mut Vec<Entity>,
    wallets: &mut BTreeMap<String, Entity>,
    by_name: &HashMap<String, Option<String>>,
    list: &mut List,
) {
    match piece {
        Piece::WeakAlias { kind, name } => {
            list.count(if kind == "a.k.a." {
                "weak aliases"
            } else {
                "weak former names"
            });
            super::add_alias(entity, kind, name, true);
        }
        Piece::Fact { property, values } if entity.schema.property(property).is_some() => {
            values.iter().for_each(|v| entity.add(property, v));
        }
        Piece::Fact { property, values } => {
            entity.add("notes", format!("{property}: {}", values.join(", ")));
        }
        Piece::Document {
            kind,
            number,
            countries,
        } => {
            list.count("documents");
            let document =
                super::identification(entity, beside.len() + 1, kind, number, &countries);
            beside.push(document);
        }
        Piece::Wallet { currency, address } => {
            let wallet = super::wallet(&entity.id, currency, address);
            let known = wallets.entry(wallet.id.clone()).or_insert_with(|| Entity {
                provenance: entity.provenance.clone(),
                ..wallet
            });
            known.add("holder", &entity.id);
        }
        Piece::LinkedTo(name) => {
            list.count("linked to");
            // The stop that ends the remarks may be the name's own.
            let stopped = format!("{name}.");
            match by_name
                .get(name)
                .or_else(|| by_name.get(&stopped))
                .and_then(Option::as_deref)
            {
                Some(other) => {
                    let mut link = Entity::new(
                        format!("{}-link-{}", entity.id, beside.len() + 1),
                        super::of("UnknownLink"),
                    );
                    link.add("subject", &entity.id);
                    link.add("object", other);
                    link.add("role", "Linked To");
                    beside.push(link);
                }
                None => list.count("linked to a name of no or several entries"),
            }
            entity.add("notes", format!("Linked To: {name}"));
        }
        Piece::Cut(text) => {
            list.count("remarks cut");
            entity.add("notes", format!("{text}… (cut by the list)"));
        }
        Piece::Note(text) => entity.add("notes", text),
    }
}
