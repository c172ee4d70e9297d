//! Measures that need no indicators: each looks at the days of one thing and says how much a day speaks against the days
//! before.
//!
//! ```text
//! grammar, neighbours, pageless, counts ─► e-value a day ─► detector ─► alarm, with its mean time to a false one
//! ```

pub mod counts;
pub mod detector;
pub mod grammar;
pub mod history;
pub mod neighbours;
pub mod pageless;
pub(crate) mod watched;
