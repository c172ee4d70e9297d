//! Tables, told by their columns: links of captures whose bytes are elsewhere, and answers to the questions of ABCDE
//! (actor, behaviour, content, degree, effect).

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use overt_model::handed::{Link, Piece, PieceKind, Sharing};
use serde_json::{Value, json};

use super::capture::captured;
use super::{Reading, piece_of, shortened, shown, wrong};
use crate::error::Error;
use crate::indicators::misp::technique;

/// Most bytes of a cell.
const CELL: usize = 64 << 10;

/// The columns of a table, by their names in small letters.
struct Columns(BTreeMap<String, usize>);

impl Columns {
    /// The cell of a row under the first of these names that there is.
    fn get<'r>(&self, row: &'r csv::StringRecord, names: &[&str]) -> &'r str {
        let place = names.iter().find_map(|name| self.0.get(*name));
        place.and_then(|place| row.get(*place)).unwrap_or("").trim()
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }
}

const URL: [&str; 3] = ["url", "link", "address"];
const HASH: [&str; 3] = ["sha256", "sha-256", "hash"];
const CAPTURED: [&str; 5] = ["captured", "captured_at", "captured at", "date", "time"];
const BEHAVIOUR: [&str; 2] = ["behaviour", "behavior"];
const INCIDENT: [&str; 4] = ["incident", "campaign", "name", "id"];
const SOURCE: [&str; 3] = ["source", "origin", "reported by"];
const MARKING: [&str; 2] = ["tlp", "marking"];

/// Reads a table, told by its columns.
pub(super) fn read(
    path: &Path,
    sha256: String,
    text: &str,
    reading: &mut Reading,
) -> Result<(), Error> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|d| (first.bytes().filter(|b| b == d).count(), *d == b','))
        .unwrap_or(b',');
    let mut table = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = table.headers().map_err(|e| wrong(path, &e.to_string()))?;
    let names = header.iter().enumerate();
    let columns = Columns(
        names
            .map(|(place, name)| (name.trim().to_lowercase(), place))
            .collect(),
    );
    let is_abcde = columns.has(&["actor"]) && columns.has(&BEHAVIOUR);
    let is_links = columns.has(&URL) && columns.has(&HASH);
    if !is_abcde && !is_links {
        return Err(wrong(
            path,
            "it is neither STIX, MISP, WARC, WACZ nor MHTML, and a table neither of links (columns url, sha256, captured) nor of ABCDE (actor, behaviour, content, degree, effect)",
        ));
    }
    let file = reading.handed.files.len();
    reading.file(path, sha256, if is_abcde { "ABCDE" } else { "links" });
    let mut rows = Rows {
        columns,
        file,
        known: HashSet::new(),
    };
    for row in table.records() {
        if reading.is_full() {
            break;
        }
        let row = row.map_err(|e| wrong(path, &e.to_string()))?;
        if row.iter().any(|cell| cell.len() > CELL) {
            let words = format!("a cell of it is larger than {} KB", CELL >> 10);
            reading.handed.tally.leave("row", &words);
        } else if row.iter().all(|cell| cell.trim().is_empty()) {
            reading.handed.tally.leave("row", "it is empty");
        } else if is_abcde {
            rows.answers(&row, reading);
        } else {
            rows.link(&row, reading);
        }
    }
    Ok(())
}

struct Rows {
    columns: Columns,
    file: usize,
    /// Hashes of the rows that were there.
    known: HashSet<String>,
}

impl Rows {
    /// A page that was captured, whose bytes are not at hand: where it stood, when, and what they hash to.
    fn link(&mut self, row: &csv::StringRecord, reading: &mut Reading) {
        let tally = &mut reading.handed.tally;
        let [url, hash, when] = [&URL[..], &HASH, &CAPTURED].map(|n| self.columns.get(row, n));
        let hash = hash
            .strip_prefix("sha256:")
            .unwrap_or(hash)
            .to_ascii_lowercase();
        if !url.contains("://") {
            return tally.leave("row", "its link has no scheme, as https://");
        }
        if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return tally.leave("row", "its hash is not a SHA-256 in hex");
        }
        let time = captured(when);
        if time.is_none() && !when.is_empty() {
            return tally.leave("row", "when it was captured cannot be read");
        }
        let url = reading.name(url);
        let when = time.as_ref().map(|(time, _)| time.to_string());
        let reference = json!({ "url": url, "sha256": hash, "captured": when });
        let when = when.unwrap_or_else(|| "at a time that is not said".to_owned());
        let piece = Piece {
            name: format!("page, by reference: {}", shortened(&url, 160)),
            sharing: reading.unmarked,
            from: format!(
                "{}; captured {when}; its bytes are not here: whoever has them has SHA-256 {hash}; in {}",
                shortened(&url, 1000),
                shown(&reading.handed.files[self.file].path)
            ),
            collected: time.map(|(_, day)| day),
            ..piece_of(&reference, "row", PieceKind::Document)
        };
        self.push(piece, reading);
    }

    /// What somebody answers to the questions about an incident.
    fn answers(&mut self, row: &csv::StringRecord, reading: &mut Reading) {
        let of = |names: &[&str]| self.columns.get(row, names).to_owned();
        let [incident, source, marking] =
            [&INCIDENT[..], &SOURCE, &MARKING].map(|names| reading.name(&of(names)));
        let number = reading.handed.pieces.len() + 1;
        let incident = match incident.as_str() {
            "" => format!(
                "row {number} of {}",
                shown(&reading.handed.files[self.file].path)
            ),
            named => shortened(named, 120),
        };
        let sharing = match marking.as_str() {
            "" => reading.unmarked,
            label => Sharing::labelled(label).unwrap_or_else(|| {
                reading.warn("some markings are not TLP's, or are not in the files: what carries them is taken as TLP:AMBER+STRICT".to_owned());
                Sharing::AmberStrict
            }),
        };
        let origin = Some(shortened(&source, 200)).filter(|name| !name.is_empty());
        let answers: BTreeMap<&str, String> = [
            ("actor", of(&["actor"])),
            ("behaviour", of(&BEHAVIOUR)),
            ("content", of(&["content"])),
            ("degree", of(&["degree"])),
            ("effect", of(&["effect"])),
        ]
        .into();
        if answers.values().all(String::is_empty) {
            let tally = &mut reading.handed.tally;
            return tally.leave("row", "it answers none of the questions");
        }
        let missing = answers.values().filter(|words| words.is_empty()).count();
        let said: Value = json!({ "incident": incident, "source": source, "answers": answers });
        reading.mark(self.file, Some(sharing));
        reading.tell(self.file, origin.as_ref());
        let piece = Piece {
            name: format!("answers of ABCDE: {incident}"),
            origin,
            sharing,
            from: format!(
                "a row of {}; {missing} of five questions without an answer",
                shown(&reading.handed.files[self.file].path)
            ),
            ..piece_of(&said, "row", PieceKind::Statement)
        };
        if !self.push(piece, reading) {
            return;
        }
        let link = |counted: &str, relation: &str, object: String| Link {
            counted: counted.to_owned(),
            relation: relation.to_owned(),
            own: None,
            subject: entity("campaign", &incident),
            object: Some(object),
            sharing,
            piece: None,
        };
        for actor in several(&answers["actor"]) {
            let actor = reading.name(actor);
            let object = entity("threat-actor", &shortened(&actor, 200));
            let link = link("actor of a row", "attributed-to", object);
            reading.handed.links.push(link);
        }
        for behaviour in several(&answers["behaviour"]) {
            match technique(behaviour) {
                Some(number) => {
                    let object = format!("technique:{number}");
                    let link = link("behaviour of a row", "uses", object);
                    reading.handed.links.push(link);
                }
                None => reading
                    .handed
                    .tally
                    .place("behaviour of a row", "words in the item of its row"),
            }
        }
    }

    /// Takes a row as an item; not where the same stands there already.
    fn push(&mut self, piece: Piece, reading: &mut Reading) -> bool {
        let is_new = self.known.insert(piece.sha256.clone());
        if is_new {
            reading.handed.pieces.push(piece);
        } else {
            reading
                .handed
                .tally
                .leave("row", "the same row stands there twice");
        }
        is_new
    }
}

fn several(cell: &str) -> impl Iterator<Item = &str> {
    let parts = cell.split([';', '|', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty())
}

/// What a cell names: as our own tables write it, with its kind before it; else of this kind.
fn entity(kind: &str, named: &str) -> String {
    const KINDS: [&str; 10] = [
        "person",
        "company",
        "organisation",
        "public-body",
        "vessel",
        "aircraft",
        "wallet",
        "campaign",
        "threat-actor",
        "event",
    ];
    match named.split_once(':') {
        Some((known, _)) if KINDS.contains(&known) => named.to_owned(),
        _ => format!("{kind}:{named}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_name_several_and_may_say_their_kind() {
        assert_eq!(several("a; b|c\n;").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(entity("threat-actor", "Example"), "threat-actor:Example");
        assert_eq!(
            entity("threat-actor", "company:Example LLC"),
            "company:Example LLC"
        );
        assert_eq!(entity("campaign", "Wave: second"), "campaign:Wave: second");
    }
}
