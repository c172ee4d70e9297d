//! How active actors are, election by election, and what may be said of the difference.
//!
//! ```text
//! Question (actors, elections, days) ─┐
//! Counted, a cycle each ──────────────┴─► assess ─► Part (an actor before a vote) · Comparison ─► one Sentence
//! ```
//!
//! Pure: data in, data out; no disk, no clock, randomness from a seed passed in. *Less* is a sentence that every denominator
//! and both readings of "about the election" must allow: [`assess::Answer::of`] is the only place that decides it, and
//! [`words`] the only one that words it.

pub mod actor;
pub mod assess;
pub mod chains;
mod chance;
pub mod count;
pub mod election;
pub mod identity;
pub mod life;
pub mod question;
pub mod ratio;
pub mod sides;
pub mod words;
