//! Formats in: posts from files as people have them.
//!
//! ```text
//! paths, globs, -  ─►  source (hash, decompress)  ─►  detect  ─►  formats/*  ─►  Post  ─►  your Sink
//!                                                                     └─►  Reject (file, line, reason)
//! ```
//!
//! Every byte from outside is hostile: rows are bounded in length, nesting in depth, and whatever cannot be read is
//! rejected with its place and reason; nothing is dropped in silence.
//!
//! ```
//! use overt_intake::{Input, PostSink, Reject, Settings, Stop, Watch, read};
//! use overt_model::{Location, Post};
//!
//! #[derive(Default)]
//! struct Accounts(Vec<String>);
//!
//! impl PostSink for Accounts {
//!     fn post(&mut self, post: &Post<'_>, _at: Location) -> Result<(), Stop> {
//!         self.0.push(post.account.to_string());
//!         Ok(())
//!     }
//!     fn reject(&mut self, _reject: &Reject) -> Result<(), Stop> {
//!         Ok(())
//!     }
//! }
//!
//! let dir = std::env::temp_dir().join("overt-intake-doc");
//! std::fs::create_dir_all(&dir)?;
//! std::fs::write(dir.join("posts.csv"), "object_id,account_id,content_id,timestamp_share\no,ann,c,1600000000\n")?;
//! let inputs = [Input::File(dir.join("posts.csv"))];
//! let mut accounts = Accounts::default();
//! let receipt = read(&inputs, &Settings::default(), &Watch::default(), &mut accounts)?;
//! assert_eq!((accounts.0, receipt.posts()), (vec!["ann".to_owned()], 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod delimited;
mod detect;
mod dialect;
mod encoding;
mod error;
mod exchange;
mod formats;
mod ids;
mod indicators;
mod json;
mod layout;
mod lists;
mod logs;
mod mapping;
mod parquet;
mod precision;
mod propose;
mod quotes;
mod read;
mod roles;
mod sample;
mod source;
mod table;
mod time;

pub use detect::{Format, Kind, MappedFormat, detect, detect_with};
pub use encoding::Encoding;
pub use error::{Error, LeftOut, Reason, Reject, Stop};
pub use exchange::{HandedOver, read_handed};
pub use ids::without_fraction;
pub use indicators::{
    IndicatorFile, IndicatorFormat, IndicatorList, IndicatorReason, IndicatorReject, Listed,
    read_indicator_list, read_indicators, read_shared_list,
};
pub use lists::{
    ColumnMapping, Dataset, Delta, DeltaOp, List, ListFile, ListFormat, ListReject, NumberOrder,
    OwnListMapping, ReadList, SchemaMapping, Values, link_entities, read_delta, read_given_out,
    read_lists, read_own_list,
};
pub use logs::{
    Blind, Gap, Gaps, LogFileReceipt, LogFormat, LogMapping, LogReason, LogReceipt, LogReject,
    LogSettings, LogSink, LogSkip, MappedField, MappedKind, YearFrom, Zone, detect_log, log_format,
    read_logs,
};
pub use mapping::Mapping;
pub use propose::{FieldSeen, Proposal, propose};
pub use read::{FileReceipt, PostSink, Receipt, Settings, Watch, read};
pub use roles::Role;
pub use source::{Input, expand};
pub use table::{Table, TableRow, plain_name as plain_column_name};
pub use time::{TimeForm, parse_time};
