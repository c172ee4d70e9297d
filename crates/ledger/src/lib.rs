//! An append-only log that anyone can verify, in C2SP's formats and not our own.
//!
//! ```text
//! entry + nonce ─► commitment ─► leaf ─► Edge ─► tiles, root ─► Checkpoint ─► SignedNote ◄─ cosignatures of witnesses
//!                                                   │                             │
//!                                                Prover ─► inclusion ─────────► TlogProof ─► Policy: whom a reader trusts
//! ```
//!
//! A leaf holds a commitment and nothing else: whoever has the log learns nothing, whoever is given an entry and its nonce
//! can verify both. Nothing here reads, writes, asks the clock or draws random numbers.
//!
//! ```
//! use overt_ledger::{Checkpoint, Edge, Hash, Purpose, SecretKey, SignedNote, commitment};
//!
//! let mut log = Edge::default();
//! log.append(Hash::of_leaf(&commitment(&[7; 32], b"an entry").0));
//! let key = SecretKey::new("example.org/log", Purpose::Note, &[1; 32])?;
//! let checkpoint = Checkpoint {
//!     origin: "example.org/log".to_owned(),
//!     size: log.size(),
//!     root: log.root(),
//!     extensions: Vec::new(),
//! };
//! let note = checkpoint.sign(&key, 0).to_string();
//! assert!(SignedNote::read(note.as_bytes())?.signed_by(&key.public()).is_ok());
//! # Ok::<(), overt_ledger::NoteError>(())
//! ```

mod checkpoint;
mod hash;
mod note;
mod policy;
mod proof;
pub mod tile;
mod tlog_proof;
mod tree;
mod witness;

pub use checkpoint::Checkpoint;
pub use hash::{Hash, NoHash, commitment};
pub use note::{
    NoteError, PublicKey, Purpose, SecretKey, SignatureLine, Signed, SignedNote, Signer, check_name,
};
pub use policy::{Policy, PolicyError, Trusted};
pub use proof::{includes, is_consistent};
pub use tile::TileId;
pub use tlog_proof::TlogProof;
pub use tree::{Edge, MissingTile, Prover};
pub use witness::{AddCheckpoint, Cosigned, Refusal, cosign};
