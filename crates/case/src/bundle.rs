//! A bundle: everything up to an entry, to be verified by somebody who trusts nobody here.
//!
//! ```text
//! overt-bundle 1
//! leaves LENGTH          the commitment of every entry but the last, 32 bytes each
//! opened LENGTH          a line an entry: its place, its nonce in hex, the entry
//! regime LENGTH          the regime's file
//! item SHA256 LENGTH     the bytes of an item of evidence; as many as are given out
//! manifest LENGTH        the last entry, opened likewise: it names SHA-256 of every part above
//! checkpoint LENGTH      the signed checkpoint of the tree that ends with that entry
//! ```
//!
//! Each heading is a line; its bytes follow, and a newline. There is no byte that nothing checks: what the manifest names
//! is committed to by the last leaf, and that by the checkpoint, which is signed.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use overt_attribution::{Act, EvidenceId};
use overt_files::{Contents, WholeFile, parent};
use overt_ledger::{Checkpoint, Edge, Hash, SecretKey, SignedNote};
use overt_model::key::hex;
use sha2::{Digest, Sha256};

use crate::case::{Actor, Case, Opening, sha256};
use crate::entry::{EntryBody, Exported, Handling};
use crate::error::CaseError;

/// Of which items the bytes are given out, beside the hashes of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Of none.
    Hashes,
    /// Of those that anybody or the community may have: TLP clear and green.
    Shareable,
    /// Of all.
    All,
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
        self.entries_from(parts.size, &mut |sealed, opening| {
            if sealed.seq == parts.size {
                manifest = opening;
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
                out.write_all(b"overt-bundle 1\n")?;
                section(
                    &mut out,
                    "leaves",
                    &mut &parts.leaves[..],
                    parts.leaves.len() as u64,
                )?;
                parts.opened.rewind()?;
                section(&mut out, "opened", &mut parts.opened, parts.opened_bytes)?;
                let regime = self.regime_text().as_bytes();
                section(&mut out, "regime", &mut &regime[..], regime.len() as u64)?;
                for item in &mut parts.items {
                    item.bytes.rewind()?;
                    let name = format!("item {}", item.sha256);
                    section(&mut out, &name, &mut item.bytes, item.length)?;
                }
                let manifest = line(parts.size, &manifest);
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
            opened: parts.opened_entries + 1,
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
    leaves: Vec<u8>,
    opened: File,
    opened_bytes: u64,
    opened_entries: u64,
    opened_sha256: String,
    regime_sha256: String,
    items: Vec<ItemBytes>,
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
            leaves: Vec::new(),
            opened: scratch(to)?,
            opened_bytes: 0,
            opened_entries: 0,
            opened_sha256: String::new(),
            regime_sha256: sha256(case.regime_text().as_bytes()),
            items: Vec::new(),
        };
        parts.read_entries(case, to)?;
        for (id, on_file) in case.state().evidence() {
            let shareable = matches!(on_file.item.handling, Handling::Clear | Handling::Green);
            if share == Share::All || share == Share::Shareable && shareable {
                parts
                    .items
                    .push(item_bytes(case, *id, &on_file.item.sha256, to)?);
            }
        }
        parts.items.sort_by(|a, b| a.sha256.cmp(&b.sha256));
        parts.items.dedup_by(|a, b| a.sha256 == b.sha256);
        Ok(parts)
    }

    fn read_entries(&mut self, case: &Case, to: &Path) -> Result<(), CaseError> {
        let mut hash = Sha256::new();
        let mut opened = io::BufWriter::new(self.opened.try_clone().map_err(CaseError::file(to))?);
        case.entries(&mut |sealed, opening| {
            if sealed.seq >= self.size {
                return Ok(());
            }
            self.leaves.extend(sealed.commitment.0);
            self.tree.append(Hash::of_leaf(&sealed.commitment.0));
            if let Some(opening) = opening {
                let mut bytes = line(sealed.seq, &opening);
                bytes.push(b'\n');
                hash.update(&bytes);
                opened.write_all(&bytes).map_err(CaseError::file(to))?;
                self.opened_bytes += bytes.len() as u64;
                self.opened_entries += 1;
            }
            Ok(())
        })?;
        opened.flush().map_err(CaseError::file(to))?;
        self.opened_sha256 = hex(&hash.finalize());
        Ok(())
    }

    fn exported(&self) -> Exported {
        Exported {
            leaves: sha256(&self.leaves),
            opened: self.opened_sha256.clone(),
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

/// An entry, opened: its place, its nonce, its bytes, which have no line breaks.
fn line(seq: u64, opening: &Opening) -> Vec<u8> {
    let mut line = format!("{seq} {} ", hex(&opening.nonce)).into_bytes();
    line.extend(&opening.entry);
    line
}
