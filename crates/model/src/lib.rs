//! Records, keys and time: the words that every other crate of Overt shares.
//!
//! Nothing here reads or writes anything. A [`Post`] is what intake hands on,
//! a [`Trace`] is a kind of behaviour two accounts can share, a [`Timestamp`]
//! is UTC milliseconds, and the functions in [`key`] derive the ids people cite
//! from content, so that equal results carry equal names.
//!
//! ```
//! use overt_model::{Trace, Window};
//!
//! let trace: Trace = "url".parse()?;
//! let window: Window = "60s".parse()?;
//! assert_eq!((trace, window.millis()), (Trace::Url, Some(60_000)));
//! # Ok::<(), overt_model::ParseError>(())
//! ```

mod date;
mod entity;
pub mod ftm;
pub mod handed;
mod indicator;
pub mod key;
pub mod log;
mod number;
mod post;
pub mod territory;
mod time;
mod trace;
pub mod visible;

pub use date::{DateError, DateOrder, PartialDate};
pub use entity::{Entity, Provenance};
pub use indicator::{Grade, Indicator, Network, NoNetwork, Observable, SharedList};
pub use number::{counted, grouped};
pub use post::{Location, Post};
pub use time::{Precision, Timestamp, Window};
pub use trace::Trace;
pub use visible::{spelt, visible};

/// A word from the user that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {given:?} is not understood; {hint}")]
pub struct ParseError {
    /// What was being read, for example `window`.
    pub what: &'static str,
    /// The text as given.
    pub given: String,
    /// What would have been accepted.
    pub hint: &'static str,
}
