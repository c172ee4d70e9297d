//! A case is moved from its folder into a database, where a team on several machines works on it.

use std::fs;
use std::io;

use overt_ledger::{Edge, Hash, tile};

use crate::case::Case;
use crate::error::CaseError;
use crate::folder::{BLOBS, ELSEWHERE, STORE};
use crate::store::{Database, InFolder, Postgres, Repository, SealedBytes, Writing};

/// Entries whose secrets are copied at a time.
const BATCH: u64 = 500;

impl Case {
    /// Moves the case into a database: entries, secrets and bytes as they are, with nobody writing meanwhile. The folder says
    /// from then on where the case is kept, and what was in it is removed.
    ///
    /// # Errors
    ///
    /// When it is in a database already, or that database cannot be used: then it stays where it is.
    pub fn move_into(mut self, database: &Database) -> Result<Self, CaseError> {
        if self.database()?.is_some() {
            return Err(CaseError::Wrong(format!(
                "{} is kept in a database already",
                self.folder.display()
            )));
        }
        let mut source = InFolder::with(&self.folder, self.secrets.clone())?;
        let mut writing = source.begin_here()?;
        // Nobody enters anything from here on; what was entered until now comes along.
        self.catch_up()?;
        let mut target = Postgres::create(database, self.secrets.of_case(), &self.regime_text)?;
        let copied = self.copy_into(&mut target, &writing);
        if let Err(error) = copied {
            let _ = Postgres::discard_empty(database);
            return Err(error);
        }
        target.address().write_to(&self.folder.join(ELSEWHERE))?;
        // Whoever waits to write here finds nothing to go on from, and is refused.
        writing.empty()?;
        Box::new(writing).commit()?;
        drop(source);
        self.clear()?;
        Self::open(&self.folder, Some(self.secrets.path()))
    }

    /// Copies everything, and holds that it is the same tree.
    fn copy_into(&self, target: &mut Postgres, source: &dyn Writing) -> Result<(), CaseError> {
        for item in self.state.evidence().values() {
            copy_bytes(self.bytes(), target.bytes(), &item.item.sealed)?;
        }
        let size = source.size()?;
        let mut to = target.begin()?;
        for first in (0..size).step_by(BATCH as usize) {
            let secrets = source.secrets(first..size.min(first + BATCH))?;
            to.copy_secrets(first, &secrets)?;
        }
        let mut tree = Edge::default();
        source.read_from(0, &mut |entry| {
            tree.append(Hash::of_leaf(&entry.commitment.0));
            to.add(&entry)
        })?;
        if tree.root() != self.root_at(size)? {
            return Err(CaseError::damaged(
                &self.folder,
                "the tiles are of another tree; nothing was moved",
            ));
        }
        for (id, hashes) in tree.take_tiles() {
            to.put_tile(id, &tile::bytes(&hashes))?;
        }
        to.commit()
    }

    /// Removes what was moved.
    fn clear(&self) -> Result<(), CaseError> {
        let store = self.folder.join(STORE);
        fs::remove_file(&store).map_err(CaseError::file(&store))?;
        let blobs = self.folder.join(BLOBS);
        fs::remove_dir_all(&blobs).map_err(CaseError::file(&blobs))?;
        self.secrets.forget_entries()
    }
}

/// Copies sealed bytes as they are; those of what was erased are not there.
fn copy_bytes(from: &dyn SealedBytes, to: &dyn SealedBytes, name: &str) -> Result<(), CaseError> {
    let Some(mut bytes) = from.open(name)? else {
        return Ok(());
    };
    let mut scratch = to.scratch()?;
    let copied = io::copy(&mut bytes, scratch.as_file_mut());
    copied.map_err(CaseError::file(&from.place(name)))?;
    to.keep(scratch, name)
}
