//! How active actors are, election by election, and what may be said of the difference.
//!
//! Pure: data in, data out; no disk, no clock, randomness from a seed passed in.
pub mod ratio;
