//! What other people's tools hand over for a case: bundles of STIX, events of MISP, captures of pages, lists of links.
//!
//! What is read here becomes nobody's judgement: a source's own confidence stays words beside what it says.

mod capture;
mod marks;
mod misp;
mod stix;
mod table;

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use overt_model::handed::{Bytes, Handed, HandedFile, Piece, PieceKind, Sharing};
use overt_model::key::hex;
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::capture::kept::Keep;
use self::capture::{mhtml, wacz, warc};
use crate::error::Error;
use crate::indicators::{misp::events, read_text, stix::is_bundle};

/// Where things stand that have no place of their own in a case.
const KEPT: &str = "kept in the item of its file";
/// Most bytes of JSON, unpacked: in memory it takes several times as many.
const JSON_LIMIT: u64 = 64 << 20;
/// Most pieces and links of one import: each is an entry of its own in the case.
const MOST: usize = 20_000;
/// Most warnings that are listed.
const WARNINGS: usize = 100;

/// Files that were handed over, with the bytes of what is in them.
#[derive(Debug)]
pub struct HandedOver {
    /// What they say.
    pub handed: Handed,
    /// Bytes that are too many to be held.
    kept: Option<File>,
}

impl HandedOver {
    /// The bytes of a piece.
    ///
    /// # Errors
    /// When the file that they are kept in cannot be read.
    pub fn open<'a>(&'a self, bytes: &'a Bytes) -> io::Result<Box<dyn Read + 'a>> {
        match bytes {
            Bytes::Held(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Bytes::Kept { start, length } => {
                let kept = self.kept.as_ref().ok_or(io::ErrorKind::NotFound)?;
                let mut kept = kept.try_clone()?;
                kept.seek(SeekFrom::Start(*start))?;
                Ok(Box::new(BufReader::new(kept).take(*length)))
            }
        }
    }
}

/// Reads what is handed over for a case. All files are read together: what one has may speak of what another has. What
/// carries no marking is marked as `unmarked` says.
///
/// # Errors
/// A file that cannot be read, is too large, is cut short, or is of no format that is known here.
pub fn read_handed(paths: &[PathBuf], unmarked: Sharing) -> Result<HandedOver, Error> {
    let mut reading = Reading::new(unmarked);
    let mut known = BTreeSet::new();
    let (mut bundles, mut all_events) = (Vec::new(), Vec::new());
    let mut keep = None;
    for path in paths {
        let sha256 = hash_file(path)?;
        if !known.insert(sha256.clone()) {
            let words = format!("{} was given twice, and is read once", shown(path));
            reading.warn(words);
            continue;
        }
        match kind(path)? {
            Opened::Capture(format) => {
                let file = reading.handed.files.len();
                reading.file(path, sha256, format);
                let keep = match &mut keep {
                    Some(keep) => keep,
                    none => none.insert(Keep::new().map_err(|e| unreadable(path, e))?),
                };
                capture(path, format, file, keep, &mut reading)?;
            }
            Opened::Text => {
                let (sha256, text) = read_text(path, JSON_LIMIT)?;
                if !text.trim_start().starts_with(['{', '[']) {
                    table::read(path, sha256, &text, &mut reading)?;
                    continue;
                }
                let value = json(path, &text)?;
                let file = reading.handed.files.len();
                if is_bundle(&value) {
                    reading.file(path, sha256, "STIX");
                    bundles.push((file, value));
                } else if !events(&value).is_empty() {
                    reading.file(path, sha256, "MISP");
                    all_events.push((file, value));
                } else {
                    return Err(wrong(
                        path,
                        "it is JSON, but neither a bundle of STIX 2 nor an event of MISP",
                    ));
                }
            }
        }
    }
    stix::read(&bundles, &mut reading);
    misp::read(&all_events, &mut reading);
    reading.end(keep)
}

/// What a file is, as far as its first bytes tell.
enum Opened {
    Capture(&'static str),
    Text,
}

fn kind(path: &Path) -> Result<Opened, Error> {
    let start = |packed: bool| -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        let file = File::open(path)?;
        if packed {
            // What is no gzip after all is said by who reads on.
            let _ = MultiGzDecoder::new(file).take(5).read_to_end(&mut start);
        } else {
            file.take(16 << 10).read_to_end(&mut start)?;
        }
        Ok(start)
    };
    let plain = start(false).map_err(|e| unreadable(path, e))?;
    Ok(match &plain[..] {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Opened::Capture("WACZ"),
        [b'W', b'A', b'R', b'C', b'/', ..] => Opened::Capture("WARC"),
        [0x1f, 0x8b, ..] => match &start(true).map_err(|e| unreadable(path, e))?[..] {
            b"WARC/" => Opened::Capture("packed WARC"),
            _ => Opened::Text,
        },
        page if mhtml::is_page(page) => Opened::Capture("MHTML"),
        _ => Opened::Text,
    })
}

fn capture(
    path: &Path,
    format: &'static str,
    file: usize,
    keep: &mut Keep,
    reading: &mut Reading,
) -> Result<(), Error> {
    let open = || File::open(path).map_err(|e| unreadable(path, e));
    let read = match format {
        "WACZ" => wacz::read(path, file, keep, reading),
        "WARC" => warc::read(&mut open()?, file, keep, reading),
        "packed WARC" => {
            let mut unpacked = MultiGzDecoder::new(BufReader::new(open()?)).take(capture::LIMIT);
            warc::read(&mut unpacked, file, keep, reading)
        }
        _ => {
            let mut bytes = Vec::new();
            let read = open()?
                .take(capture::PAGE_LIMIT + 1)
                .read_to_end(&mut bytes);
            if read.map_err(|e| unreadable(path, e))? as u64 > capture::PAGE_LIMIT {
                return Err(wrong(path, "it is a page of more than 256 MB"));
            }
            mhtml::read(&bytes, file, reading)
        }
    };
    read.map_err(|detail| wrong(path, &detail))
}

fn hash_file(path: &Path) -> Result<String, Error> {
    let mut hash = Sha256::new();
    let mut file = File::open(path).map_err(|e| unreadable(path, e))?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(read) => hash.update(&buffer[..read]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(unreadable(path, e)),
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// Files while they are read.
struct Reading {
    handed: Handed,
    unmarked: Sharing,
    /// Whose word each file is: of more than one it is nobody's.
    origins: Vec<BTreeSet<Option<String>>>,
    /// How far each file may be passed on, as far as anything in it says.
    marked: Vec<Option<Sharing>>,
    /// Hashes of pieces that several objects speak of.
    known: HashSet<String>,
    /// Names that had characters in them which hide or turn the direction of writing.
    cleaned: u64,
    /// Warnings that are too many to be listed.
    unsaid: u64,
}

impl Reading {
    fn new(unmarked: Sharing) -> Self {
        Self {
            handed: Handed::default(),
            unmarked,
            origins: Vec::new(),
            marked: Vec::new(),
            known: HashSet::new(),
            cleaned: 0,
            unsaid: 0,
        }
    }

    fn file(&mut self, path: &Path, sha256: String, format: &'static str) {
        self.origins.push(BTreeSet::new());
        self.marked.push(None);
        self.handed.files.push(HandedFile {
            path: path.to_owned(),
            sha256,
            format,
            origin: None,
            sharing: self.unmarked,
            from: format!("a file of {format}, as it was handed over"),
            licence: String::new(),
            collected: None,
        });
    }

    /// Takes note of whose word something in a file is.
    fn tell(&mut self, file: usize, origin: Option<&String>) {
        self.origins[file].insert(origin.cloned());
    }

    /// Takes note of how far something in a file may be passed on: the file no further.
    fn mark(&mut self, file: usize, sharing: Option<Sharing>) {
        self.marked[file] = self.marked[file].max(sharing);
    }

    /// A name on one line, without characters that hide, or turn the direction of writing.
    fn name(&mut self, text: &str) -> String {
        let kept: String = text
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .filter(|c| !overt_model::visible::hides(*c))
            .collect();
        self.cleaned += u64::from(kept.chars().count() != text.chars().count());
        kept.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn warn(&mut self, words: String) {
        if self.handed.warnings.contains(&words) {
            return;
        }
        if self.handed.warnings.len() < WARNINGS {
            self.handed.warnings.push(words);
        } else {
            self.unsaid += 1;
        }
    }

    /// Whether more came of the files than is taken in at once: there is no use in reading on.
    fn is_full(&self) -> bool {
        self.handed.pieces.len() + self.handed.links.len() > MOST
    }

    fn end(mut self, keep: Option<Keep>) -> Result<HandedOver, Error> {
        let told = self.origins.into_iter().zip(self.marked);
        for (file, (origins, marked)) in self.handed.files.iter_mut().zip(told) {
            file.sharing = marked.unwrap_or(self.unmarked);
            let mut origins = origins.into_iter();
            if let (Some(only), None) = (origins.next(), origins.next()) {
                file.origin = only;
            }
        }
        if self.cleaned > 0 {
            self.handed.warnings.push(format!(
                "{} had characters that hide or turn the direction of writing, and are taken without them",
                overt_model::counted(self.cleaned, "name", "names")
            ));
        }
        if self.unsaid > 0 {
            let words = format!("{} more warnings, which are not listed", self.unsaid);
            self.handed.warnings.push(words);
        }
        if self.handed.pieces.len() + self.handed.links.len() > MOST {
            let path = self.handed.files.last().map(|f| f.path.clone());
            return Err(wrong(
                &path.unwrap_or_default(),
                &format!(
                    "more than {MOST} items and claims would come of what is taken in at once; split it"
                ),
            ));
        }
        Ok(HandedOver {
            handed: self.handed,
            kept: keep.map(Keep::into_file),
        })
    }
}

/// A piece whose bytes are an object as JSON, with its keys in order.
fn piece_of(object: &Value, counted: &str, kind: PieceKind) -> Piece {
    let mut bytes = serde_json::to_vec_pretty(object).unwrap_or_default();
    bytes.push(b'\n');
    Piece {
        counted: counted.to_owned(),
        name: String::new(),
        kind,
        origin: None,
        sharing: Sharing::Red,
        from: String::new(),
        licence: String::new(),
        collected: None,
        sha256: sha256(&bytes),
        bytes: Bytes::Held(bytes),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn json(path: &Path, text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|e| wrong(path, &e.to_string()))
}

fn wrong(path: &Path, detail: &str) -> Error {
    Error::WrongFormat {
        path: path.to_owned(),
        format: "something that a case takes in",
        detail: detail.to_owned(),
    }
}

/// A file's name, as it is shown.
fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    overt_model::visible(&name.to_string_lossy())
}

/// Words cut where they get long.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}…")
}
