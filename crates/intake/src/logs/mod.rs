//! Logs in: what servers, firewalls, sensors, hosts and accounts wrote down, as records of one kind each.
//!
//! ```text
//! inputs  ─►  source (hash, decompress)  ─►  detect  ─►  lines, rows, values  ─►  one format  ─►  LogRecord  ─►  LogSink
//!                                                                                    └─►  LogReject (place, reason)
//! ```
//!
//! A log is read as a stream: nothing is held but the line in hand, which may have a megabyte. Each line ends as a
//! record, a reject or skipped, and [`LogFileReceipt`] says how many of each, and what the log cannot show.

mod access_json;
mod alb;
mod asa;
mod audit;
mod clock;
mod cloudflare;
mod csv_line;
mod database;
mod detect;
mod dns;
mod entra;
mod eve;
mod evtx;
mod flat;
mod format;
mod fortinet;
mod haproxy;
mod m365;
mod mapping;
mod out;
mod panos;
mod proxy;
mod receipt;
mod rows;
mod run;
mod settings;
mod syslog;
mod units;
mod values;
mod w3c;
mod web;
mod when;
mod windows;
mod zeek;

use overt_model::log::{LogPlace, LogRecord};

pub use detect::detect_log;
pub use format::LogFormat;
pub use mapping::{LogMapping, MappedField, MappedKind};
pub use out::{LogReason, LogReject, LogSkip};
pub use receipt::{Blind, Gap, Gaps, LogFileReceipt, LogReceipt, YearFrom};
pub use run::read_logs;
pub use settings::{LogSettings, Zone};

use std::io::BufRead;

use crate::error::{Error, Stop};
use crate::read::Watch;
use crate::source::{Input, open_input, read_error};

/// Takes what is read of logs.
pub trait LogSink {
    /// Takes one record.
    ///
    /// # Errors
    /// When no more records are wanted.
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop>;

    /// Takes one rejected line.
    ///
    /// # Errors
    /// When no more are wanted.
    fn reject(&mut self, reject: &LogReject) -> Result<(), Stop>;
}

/// The format of a log, by its content; `None` where it is none that is known.
///
/// # Errors
/// An input that cannot be read.
pub fn log_format(input: &Input) -> Result<Option<LogFormat>, Error> {
    let mut source = open_input(input, &Watch::default())?;
    let head = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&source.path, 0, e))?;
    Ok(detect_log(head).filter(|_| !run::is_tar(head)))
}
