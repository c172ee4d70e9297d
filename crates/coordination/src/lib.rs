//! From posts to statistically sound coordinated networks.
//!
//! ```text
//! posts ─► corpus ─► events of each trace ─► count pairs, occasions ─► null: λ, p ─► significance: q ─► network, with evidence
//!            │ extract, text (clusters)        null::blocks, habit, rates        │
//!            │ sources                                     │                     ├─► accounts: established, connected
//!            └ column, intern                              └─► groups: p ────────┤      └─ followers
//!                                                                                └─► communities ─► campaign, about
//! ```
//!
//! The crate is pure: it opens no file, prints nothing, and gives the same result on any number of threads. [`calibrate`]
//! and [`sensitivity`] ask how far a result can be trusted, [`compat`] makes the peers' networks, [`simulate`] makes
//! worlds whose truth is known.
//!
//! ```
//! use overt_coordination::corpus::{CorpusBuilder, CorpusSettings};
//! use overt_coordination::network::{NetworkSettings, test_pairs};
//! use overt_model::{Location, Post, Trace};
//!
//! let mut builder = CorpusBuilder::new(CorpusSettings { traces: vec![Trace::Object], ..CorpusSettings::default() });
//! for object in 0..40 {
//!     // Two accounts share every object a second apart; ten others share them at an hour of their own.
//!     for account in 0..12i64 {
//!         let time = object * 86_400_000 + if account < 2 { account * 1000 } else { account * 3_600_000 };
//!         let post = Post {
//!             account: format!("a{account}").into(),
//!             object: Some(format!("o{object}").into()),
//!             time: 1_600_000_000_000 + time,
//!             ..Post::default()
//!         };
//!         builder.add(&post, Location::default());
//!     }
//! }
//! let found = test_pairs(&builder.finish(), &NetworkSettings::default(), &|_| {});
//! assert_eq!(found.edges.len(), 1);
//! assert_eq!(found.edges[0].layers[0].1.pair.weight, 40);
//! ```

pub mod about;
pub mod accounts;
pub mod agreement;
mod around;
pub mod calibrate;
pub mod campaign;
pub mod column;
pub mod communities;
mod company;
pub mod compat;
mod components;
pub mod corpus;
pub mod count;
pub mod events;
pub mod extract;
pub mod followers;
pub mod groups;
pub mod indicators;
pub mod intern;
pub mod leiden;
pub mod limits;
mod media;
pub mod network;
pub mod null;
pub mod occasions;
pub mod sensitivity;
pub mod significance;
pub mod simulate;
pub mod text;
