//! The case: evidence, claims, judgements, people, steps and clocks, kept in an append-only store.
//!
//! ```text
//! midterms-2026/                 the case; copies of it can be given to anybody
//!   case.sqlite                  sealed entries, and the ledger's tiles over their commitments
//!   blobs/ab/cdef…               the bytes of evidence, sealed, named by the SHA-256 of what sealing made
//!   regime.toml                  the regime it was opened under
//! midterms-2026.secrets          32 random bytes an entry, without which nothing can be read
//! ```
//!
//! A case that a team works on is kept in a database instead: then the folder has `store.toml` in place of the store and the
//! bytes, and the file of secrets has the secret of the case alone; those of entries are in the database, wrapped.
//!
//! Everything that is said, done or decided is an [`Entry`](entry::Entry); a [`CaseState`] is what all of them come to. People
//! act through [`Case`], which asks whether they may, whether it makes sense, and enters it with nobody else in between.

mod bundle;
mod case;
mod clocks;
mod collecting;
mod deciding;
mod disclosure;
mod doubt;
mod draft;
pub mod entry;
mod erasing;
mod error;
mod folder;
mod happening;
mod importing;
mod judging;
pub mod keys;
mod moving;
mod narrating;
mod opening;
mod origins;
mod packing;
pub mod party;
mod people;
mod planning;
mod publishing;
mod reading;
mod receiving;
mod recommending;
mod records;
mod sealing;
mod secrets;
mod standing;
mod state;
pub mod store;

pub use bundle::{BundleMade, Cosign, Share};
pub use case::{Actor, Case, Checked, EachEntry};
pub use clocks::{Clock, Due, clocks};
pub use collecting::{Collected, NewItem, NewRun};
pub use deciding::{NewTakedown, SignResult, failing};
pub use disclosure::Disclosure;
pub use doubt::Doubt;
pub use erasing::Erasable;
pub use error::{CaseError, NotContinued, Remedy};
pub use folder::case_of;
pub use importing::{Imported, TableError};
pub use judging::{NewClaim, NewWeight};
pub use narrating::{NewFact, NewPinpoint};
pub use opening::{Keeping, NewCase};
pub use overt_ledger::{NoteError, Signer};
pub use packing::{pack, unpack};
pub use publishing::PublicIds;
pub use reading::{OpenedEntry, Opening};
pub use receiving::{Received, ReceivedClaim, ReceivedItem, Receiving};
pub use records::{DecisionRecord, Determination, EvidenceRecord, FactRecord, Refusal};
pub use sealing::Envelope;
pub use secrets::default_path;
pub use state::CaseState;
