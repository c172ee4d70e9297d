//! What others saw of known operations: sites and links to compare campaigns with, indicators to look for in logs, and
//! networks that many share.

mod file;
mod listed;
pub(crate) mod misp;
mod observable;
mod pattern;
mod shared;
pub(crate) mod stix;
mod table;
pub(crate) mod value;

use std::io::{BufRead, Read};
use std::path::Path;

pub use file::{
    IndicatorFile, IndicatorFormat, IndicatorReason, IndicatorReject, read_indicator_list,
};
pub use listed::{IndicatorList, Listed, read_indicators};
pub use shared::read_shared_list;

use crate::error::Error;
use crate::read::Watch;
use crate::source::{Input, open_input};

/// Most bytes of a list, unpacked.
const LIMIT: u64 = 256 << 20;

/// A file whole, unpacked, without the mark some editors put before it, and the SHA-256 of its stored bytes.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<(String, String), Error> {
    let mut source = open_input(&Input::File(path.to_owned()), &Watch::default())?;
    let unreadable = |source: std::io::Error| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let read = (&mut source.bytes)
        .take(limit + 1)
        .read_to_string(&mut text);
    if read.map_err(unreadable)? as u64 > limit {
        let most = format!(
            "it has more than {} MB, unpacked: split it, several files are read together",
            limit >> 20
        );
        return Err(unreadable(std::io::Error::other(most)));
    }
    let left = source.bytes.fill_buf().map_err(unreadable)?;
    debug_assert!(left.is_empty(), "read to the end");
    let (sha256, _) = source.seal.close();
    if text.starts_with('\u{feff}') {
        text.drain(..3);
    }
    Ok((sha256, text))
}
