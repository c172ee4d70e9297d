//! The ledger as files: a checkpoint, the tiles and the commitments under it, and a proof for each determination and
//! decision.

use std::path::Path;

use overt_case::{Case, CaseError, Cosign};
use overt_files::Contents;
use overt_ledger::{Checkpoint, Hash, MissingTile, SecretKey, SignedNote, TlogProof, tile};

use super::Files;
use crate::PublicationError;

/// Leaves of a bundle of entries, as c2sp.org/tlog-tiles has it.
const BUNDLE: usize = 1 << 8;

/// The files, and the entries under the checkpoint.
pub(super) fn files(
    case: &Case,
    key: &SecretKey,
    cosign: &mut Cosign<'_>,
) -> Result<(Files, u64), PublicationError> {
    let note = cosign(case, case.sign_checkpoint(key)?)?;
    let size = Checkpoint::read(&note.text).map_err(CaseError::from)?.size;
    let mut files = Files::default();
    files.add("checkpoint", Contents::Public, note.to_string())?;
    for (id, width) in tile::tiles_between(0, size) {
        if let Some(mut bytes) = case.tile(id)? {
            bytes.truncate(width * Hash::LENGTH);
            files.add(id.path(width), Contents::Public, bytes)?;
        }
    }
    let mut commitments = Vec::new();
    case.entries(&mut |sealed, _| {
        commitments.push(sealed.commitment.0);
        Ok(())
    })?;
    commitments.truncate(size as usize);
    for (n, part) in commitments.chunks(BUNDLE).enumerate() {
        let bundle = tile::bundle(part.iter().map(|c| &c[..])).unwrap_or_default();
        let path = tile::bundle_path(n as u64, part.len());
        files.add(path, Contents::Public, bundle)?;
    }
    add_proofs(&mut files, case, &note, size)?;
    Ok((files, size))
}

/// Whether a folder holds an earlier state of the ledger that this key signs.
pub(super) fn is_continued(folder: &Path, key: &SecretKey) -> bool {
    std::fs::read(folder.join("checkpoint"))
        .ok()
        .and_then(|bytes| SignedNote::read(&bytes).ok())
        .and_then(|note| Checkpoint::read(&note.text).ok())
        .is_some_and(|checkpoint| checkpoint.origin == key.name())
}

fn add_proofs(
    files: &mut Files,
    case: &Case,
    note: &SignedNote,
    size: u64,
) -> Result<(), PublicationError> {
    let state = case.state();
    let determinations = state.determinations().values().map(|d| d.seq);
    let proven = determinations.chain(state.decisions().values().map(|d| d.seq));
    let mut prover = case.prover(size)?;
    for seq in proven.filter(|seq| *seq < size) {
        let hashes = prover.inclusion(seq).map_err(|missing: MissingTile| {
            PublicationError::Case(CaseError::Damaged {
                path: case.folder().to_owned(),
                detail: missing.to_string(),
            })
        })?;
        let proof = TlogProof {
            extra: None,
            index: seq,
            hashes,
            checkpoint: note.clone(),
        };
        let name = format!("proofs/{seq}.tlog-proof");
        files.add(name, Contents::Public, proof.to_string())?;
    }
    Ok(())
}
