//! What logs say of break-ins, and how much it weighs.
//!
//! ```text
//! LogRecord ─► measures (a day each) ─► Sighting ─► Intrusion, with its timeline
//!          └─► indicators, rules ─────►     └─► weight: a range of likelihood ratios
//! ```
//!
//! Pure: records in, sightings out; no disk, no network, no clock, randomness from a seed.

pub mod accounts;
pub mod group;
mod hash;
pub mod indicator;
mod kept;
pub mod lookup;
pub mod measure;
mod pattern;
pub mod route;
pub mod rules;
pub mod sighting;
pub mod simulate;
pub mod site;
pub mod weight;
pub mod words;
