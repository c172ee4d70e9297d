//! A bundle: everything up to an entry, to be verified by somebody who trusts nobody here.
//!
//! ```text
//! overt-bundle 2
//! headers LENGTH         a line an entry, but the last: its author's signature in base64, if it ends what they made in one
//!                        go, else -; the header
//! bodies LENGTH          a line a body that is open: its entry's place, its nonce in hex, the body
//! regime LENGTH          the regime's file
//! item SHA256 LENGTH     the bytes of an item of evidence; as many as are given out
//! manifest LENGTH        the last entry, its header and body likewise: it names SHA-256 of every part above
//! checkpoint LENGTH      the signed checkpoint of the tree that ends with that entry
//! ```
//!
//! Each heading is a line; its bytes follow, and a newline. There is no byte that nothing checks: what the manifest names
//! is committed to by the last leaf, and that by the checkpoint, which is signed.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use overt_attribution::{Act, EvidenceId, Marking};
use overt_files::{Contents, WholeFile, parent};
use overt_ledger::{Checkpoint, Edge, Hash, SecretKey, SignedNote};
use overt_model::key::hex;
use sha2::{Digest, Sha256};

use crate::case::{Actor, Case, sha256};
use crate::disclosure::marking_of;
use crate::entry::{EntryBody, Exported};
use crate::error::CaseError;
use crate::reading::{OpenedEntry, Opening};

/// What a bundle holds. What is marked above its audience is not opened in it: that there is such an entry, and what it is
/// about by numbers, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Who may have it.
    pub audience: Marking,
    /// Whether the bytes of items are in it, beside their hashes.
    pub bytes: bool,
}

impl Share {
    /// Everything but the bytes of items.
    pub const HASHES: Self = Self {
        audience: Marking::Red,
        bytes: false,
    };
    /// Everything.
    pub const ALL: Self = Self {
        audience: Marking::Red,
        bytes: true,
    };
}

/// A bundle that was made.
#[derive(Debug, Clone)]
pub struct BundleMade {
    /// Its file.
    pub path: PathBuf,
    /// How many entries it covers.
    pub entries: u64,
    /// How many of them are open in it.
    pub opened: u64,
    /// How many items have their bytes in it.
    pub items: usize,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
}

/// What adds the cosignatures of witnesses to a checkpoint.
pub type Cosign<'c> = dyn FnMut(&Case, SignedNote) -> Result<SignedNote, CaseError> + 'c;

/// How often somebody else may enter something while a bundle is made.
const TRIES: usize = 5;

impl Case {
    /// Writes a bundle of everything there is, with a checkpoint signed by the key of the log and by whom `cosign` asks.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, others keep entering things, or whoever exports may not.
    pub fn export(
        &mut self,
        actor: Actor<'_>,
        to: &Path,
        share: Share,
        key: &SecretKey,
        cosign: &mut Cosign<'_>,
    ) -> Result<BundleMade, CaseError> {
        for _ in 0..TRIES {
            self.catch_up()?;
            let parts = Parts::of(self, share, to)?;
            let exported = EntryBody::Exported(parts.exported());
            let size = parts.size;
            let entered = self.act(actor, Act::Publish, "export a bundle", |_, _, draft| {
                let in_time = draft.first() == size;
                if in_time {
                    draft.push(exported)?;
                }
                Ok(in_time)
            })?;
            if entered {
                return self.assemble(parts, to, key, cosign);
            }
        }
        Err(CaseError::Busy(self.folder().to_owned()))
    }

    fn assemble(
        &self,
        mut parts: Parts,
        to: &Path,
        key: &SecretKey,
        cosign: &mut Cosign<'_>,
    ) -> Result<BundleMade, CaseError> {
        let mut manifest = None;
        self.entries_of(parts.size..u64::MAX, &mut |sealed, entry| {
            if sealed.seq == parts.size {
                manifest = entry.body.as_ref().map(|body| {
                    let mut lines = header_line(&entry);
                    lines.extend(body_line(sealed.seq, body));
                    lines
                });
                parts.tree.append(Hash::of_leaf(&sealed.commitment.0));
            }
            Ok(())
        })?;
        let manifest =
            manifest.ok_or_else(|| CaseError::damaged(self.folder(), "the last entry is gone"))?;
        let checkpoint = Checkpoint {
            origin: key.name().to_owned(),
            size: parts.size + 1,
            root: parts.tree.root(),
            extensions: Vec::new(),
        };
        let note = cosign(self, checkpoint.sign(key, 0))?.to_string();
        let fault = || CaseError::file(to);
        let mut file = WholeFile::create(to, Contents::Personal).map_err(fault())?;
        {
            let mut out = io::BufWriter::new(&mut file);
            let mut write = || -> io::Result<()> {
                out.write_all(b"overt-bundle 2\n")?;
                parts.headers.write(&mut out, "headers")?;
                parts.bodies.write(&mut out, "bodies")?;
                let regime = self.regime_text().as_bytes();
                section(&mut out, "regime", &mut &regime[..], regime.len() as u64)?;
                for item in &mut parts.items {
                    item.bytes.rewind()?;
                    let name = format!("item {}", item.sha256);
                    section(&mut out, &name, &mut item.bytes, item.length)?;
                }
                section(
                    &mut out,
                    "manifest",
                    &mut &manifest[..],
                    manifest.len() as u64,
                )?;
                section(
                    &mut out,
                    "checkpoint",
                    &mut note.as_bytes(),
                    note.len() as u64,
                )?;
                out.flush()
            };
            write().map_err(fault())?;
        }
        file.commit().map_err(fault())?;
        Ok(BundleMade {
            path: to.to_owned(),
            entries: checkpoint.size,
            opened: parts.bodies.lines + 1,
            items: parts.items.len(),
            checkpoint,
        })
    }
}

fn section(
    out: &mut dyn Write,
    heading: &str,
    bytes: &mut dyn Read,
    length: u64,
) -> io::Result<()> {
    writeln!(out, "{heading} {length}")?;
    io::copy(&mut bytes.take(length), out)?;
    out.write_all(b"\n")
}

/// The parts of a bundle that come before its manifest.
struct Parts {
    size: u64,
    tree: Edge,
    headers: Lines,
    bodies: Lines,
    regime_sha256: String,
    items: Vec<ItemBytes>,
}

/// A part of lines, kept in a file without a name until it is known how long it is.
struct Lines {
    file: io::BufWriter<File>,
    hash: Sha256,
    bytes: u64,
    lines: u64,
}

impl Lines {
    fn new(beside: &Path) -> Result<Self, CaseError> {
        Ok(Self {
            file: io::BufWriter::new(scratch(beside)?),
            hash: Sha256::new(),
            bytes: 0,
            lines: 0,
        })
    }

    fn add(&mut self, line: &[u8]) -> io::Result<()> {
        self.hash.update(line);
        self.bytes += line.len() as u64;
        self.lines += 1;
        self.file.write_all(line)
    }

    fn sha256(&self) -> String {
        hex(&self.hash.clone().finalize())
    }

    fn write(&mut self, out: &mut dyn Write, heading: &str) -> io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.rewind()?;
        section(out, heading, file, self.bytes)
    }
}

struct ItemBytes {
    sha256: String,
    bytes: File,
    length: u64,
}

impl Parts {
    fn of(case: &Case, share: Share, to: &Path) -> Result<Self, CaseError> {
        let mut parts = Self {
            size: case.size(),
            tree: Edge::default(),
            headers: Lines::new(to)?,
            bodies: Lines::new(to)?,
            regime_sha256: sha256(case.regime_text().as_bytes()),
            items: Vec::new(),
        };
        parts.read_entries(case, share.audience, to)?;
        for (id, on_file) in case.state().evidence() {
            if share.bytes && share.audience.shows(on_file.item.marking) {
                parts
                    .items
                    .push(item_bytes(case, *id, &on_file.item.sha256, to)?);
            }
        }
        parts.items.sort_by(|a, b| a.sha256.cmp(&b.sha256));
        parts.items.dedup_by(|a, b| a.sha256 == b.sha256);
        Ok(parts)
    }

    fn read_entries(&mut self, case: &Case, audience: Marking, to: &Path) -> Result<(), CaseError> {
        // What cannot be read is for nobody.
        let may_have = |bytes: &[u8]| {
            let body = serde_json::from_slice::<EntryBody>(bytes);
            body.is_ok_and(|body| audience.shows(marking_of(case.state(), &body)))
        };
        case.entries(&mut |sealed, entry| {
            if sealed.seq >= self.size {
                return Ok(());
            }
            self.tree.append(Hash::of_leaf(&sealed.commitment.0));
            let mut add = || -> io::Result<()> {
                self.headers.add(&header_line(&entry))?;
                if let Some(body) = entry.body.as_ref().filter(|body| may_have(&body.bytes)) {
                    let mut line = body_line(sealed.seq, body);
                    line.push(b'\n');
                    self.bodies.add(&line)?;
                }
                Ok(())
            };
            add().map_err(CaseError::file(to))
        })
    }

    fn exported(&self) -> Exported {
        Exported {
            headers: self.headers.sha256(),
            bodies: self.bodies.sha256(),
            regime: self.regime_sha256.clone(),
            items: self.items.iter().map(|i| i.sha256.clone()).collect(),
        }
    }
}

fn scratch(to: &Path) -> Result<File, CaseError> {
    tempfile::tempfile_in(parent(to)).map_err(CaseError::file(to))
}

fn item_bytes(
    case: &Case,
    id: EvidenceId,
    sha256: &str,
    to: &Path,
) -> Result<ItemBytes, CaseError> {
    let mut bytes = scratch(to)?;
    case.bytes_of(id, &mut bytes)?;
    let length = bytes.stream_position().map_err(CaseError::file(to))?;
    Ok(ItemBytes {
        sha256: sha256.to_owned(),
        bytes,
        length,
    })
}

/// A header, which has no line breaks, after the signature that is kept with it.
fn header_line(entry: &OpenedEntry) -> Vec<u8> {
    let signature = entry.signature.map(|s| STANDARD.encode(s));
    let mut line = signature.unwrap_or_else(|| "-".to_owned()).into_bytes();
    line.push(b' ');
    line.extend(&entry.header);
    line.push(b'\n');
    line
}

/// A body, opened: its entry's place, its nonce, its bytes, which have no line breaks.
fn body_line(seq: u64, body: &Opening) -> Vec<u8> {
    let mut line = format!("{seq} {} ", hex(&body.nonce)).into_bytes();
    line.extend(&body.bytes);
    line
}
