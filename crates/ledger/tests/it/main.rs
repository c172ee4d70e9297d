//! The ledger through its public face: known vectors, another implementation, witnesses, policies, hostile bytes.
#![cfg(test)]

mod agree;
mod hostile;
mod policies;
mod vectors;
mod witnesses;

use std::collections::HashMap;

use overt_ledger::{Checkpoint, Edge, Hash, Prover, Purpose, SecretKey, TileId};

/// A log with its tiles kept.
#[derive(Default, Clone)]
struct Log {
    edge: Edge,
    tiles: HashMap<TileId, Vec<Hash>>,
}

impl Log {
    fn of(entries: u64) -> Self {
        let mut log = Self::default();
        log.grow(entries);
        log
    }

    fn grow(&mut self, to: u64) {
        for n in self.edge.size()..to {
            self.edge.append(leaf(n));
        }
        self.tiles.extend(self.edge.take_tiles());
    }

    fn prover(&self) -> Prover<impl FnMut(TileId) -> Option<Vec<Hash>>> {
        Prover::new(self.edge.size(), |id| self.tiles.get(&id).cloned())
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: "log.example/overt".to_owned(),
            size: self.edge.size(),
            root: self.edge.root(),
            extensions: Vec::new(),
        }
    }
}

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

fn leaf(n: u64) -> Hash {
    Hash::of_leaf(&entry(n))
}

fn log_key() -> SecretKey {
    SecretKey::new("log.example/overt", Purpose::Note, &[1; 32]).unwrap()
}

fn witness_key(n: u8) -> SecretKey {
    SecretKey::new(
        &format!("witness{n}.example"),
        Purpose::Cosignature,
        &[n; 32],
    )
    .unwrap()
}
