//! What other people's tools hand over for a case: what is said, whose word it is, and how far it may be passed on.
//!
//! Nothing of it is anybody's judgement here: how sure a source says it is stands in words beside what it says.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The extension of STIX by which our own bundles say which claim of a case an object is, and on which items it rests.
pub const CLAIM_EXTENSION: &str = "extension-definition--5f0c9a3e-7b1d-4e26-8a94-c3d2e1f06b57";

/// How far something may be passed on, as whoever hands it over says: the Traffic Light Protocol, version 2.0. The later,
/// the fewer may have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharing {
    /// To anybody.
    Clear,
    /// Within the community.
    Green,
    /// Within the organisation and those it serves.
    Amber,
    /// Within the organisation.
    AmberStrict,
    /// To named recipients alone.
    Red,
}

impl Sharing {
    /// By a label such as `TLP:AMBER+STRICT`, of version 1 or 2, in capitals or not, with or without `TLP:`.
    pub fn labelled(label: &str) -> Option<Self> {
        let label = label.trim().to_ascii_lowercase();
        let level = label.strip_prefix("tlp:").unwrap_or(&label);
        Some(match level.trim() {
            "clear" | "white" => Self::Clear,
            "green" => Self::Green,
            "amber" => Self::Amber,
            "amber+strict" | "amber-strict" => Self::AmberStrict,
            "red" => Self::Red,
            _ => return None,
        })
    }
}

/// A file that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedFile {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// What it is, as people call it.
    pub format: &'static str,
    /// Whose word it is, where all of it is of one.
    pub origin: Option<String>,
    /// The most of what is said of anything in it.
    pub sharing: Sharing,
    /// From where, and what it says of itself.
    pub from: String,
    /// Under what terms it may be used, as it says.
    pub licence: String,
    /// The day on which it was collected, where it says so: `2026-11-03`.
    pub collected: Option<String>,
}

/// Where the bytes of a piece are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// Here.
    Held(Vec<u8>),
    /// In the file of its kind that the reader keeps beside: from here, so many.
    Kept {
        /// The first.
        start: u64,
        /// How many.
        length: u64,
    },
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PieceKind {
    /// A report, a record, a page.
    Document,
    /// What somebody says.
    Statement,
    /// Of another case: accounts that acted together, which is never enough by itself.
    Coordination,
    /// Of another case: indicators seen in logs.
    Sighting,
    /// Of another case: names that match a list.
    Screening,
    /// Of another case: what something argues for, which weighs nothing.
    Viewpoint,
}

/// Something in a file that can be an item of evidence by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// By what it is counted: its type in its format.
    pub counted: String,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: PieceKind,
    /// Whose word it is, where that is said.
    pub origin: Option<String>,
    /// How far it may be passed on.
    pub sharing: Sharing,
    /// From where, and what its source says of it.
    pub from: String,
    /// Under what terms it may be used, as it says.
    pub licence: String,
    /// The day on which it was collected, where it says so: `2026-11-03`.
    pub collected: Option<String>,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// That something stands in a relation to something: what a claim can be made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// By what it is counted: its type in its format.
    pub counted: String,
    /// The relation, in the words of the format.
    pub relation: String,
    /// Where it is a claim of another case, as our own files have it, its number there: the relation is a regime's then.
    pub own: Option<u64>,
    /// Of whom or what: `campaign:Example`.
    pub subject: String,
    /// What of it.
    pub object: Option<String>,
    /// How far it may be passed on.
    pub sharing: Sharing,
    /// The piece that says it, which is no item where it comes to no claim; none where the file does.
    pub piece: Option<Piece>,
}

/// What became of everything in the files, by type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// What has a place, by type and place.
    pub placed: BTreeMap<(String, String), u64>,
    /// What was left out, by type and reason.
    pub left_out: BTreeMap<(String, String), u64>,
}

/// The most types, places and reasons that are told apart.
const MOST: usize = 500;

impl Tally {
    /// Counts something that has a place.
    pub fn place(&mut self, counted: &str, place: &str) {
        add(&mut self.placed, counted, place);
    }

    /// Counts something that was left out.
    pub fn leave(&mut self, counted: &str, reason: &str) {
        add(&mut self.left_out, counted, reason);
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.placed.values().chain(self.left_out.values()).sum()
    }
}

fn add(to: &mut BTreeMap<(String, String), u64>, counted: &str, words: &str) {
    let counted: String = counted.chars().take(60).collect();
    let key = (counted, words.to_owned());
    // Ever new types do not take ever more memory.
    let key = if to.len() < MOST || to.contains_key(&key) {
        key
    } else {
        ("of other types".to_owned(), words.to_owned())
    };
    *to.entry(key).or_default() += 1;
}

/// What was handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handed {
    /// The files.
    pub files: Vec<HandedFile>,
    /// What can be items by themselves.
    pub pieces: Vec<Piece>,
    /// What claims can be made of.
    pub links: Vec<Link>,
    /// Everything else in the files; pieces and links are counted by who takes them in.
    pub tally: Tally,
    /// What whoever takes it in should know.
    pub warnings: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_both_versions() {
        for (label, sharing) in [
            ("TLP:WHITE", Some(Sharing::Clear)),
            ("tlp:clear", Some(Sharing::Clear)),
            ("TLP:AMBER+STRICT", Some(Sharing::AmberStrict)),
            ("red", Some(Sharing::Red)),
            ("TLP:EX:CHR", None),
            ("PAP:RED", None),
        ] {
            assert_eq!(Sharing::labelled(label), sharing, "{label}");
        }
    }

    #[test]
    fn ever_new_types_are_counted_together() {
        let mut tally = Tally::default();
        for n in 0..10_000 {
            tally.leave(&format!("x-{n}"), "no place");
        }
        assert!(tally.left_out.len() <= MOST + 1);
        assert_eq!(tally.total(), 10_000);
    }
}
