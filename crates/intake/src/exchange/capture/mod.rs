//! Captures of pages: WARC and WACZ, record by record, and MHTML, a page a file.
//!
//! Bytes are kept as they were captured, and compared with the digests that the capture has of them. Whatever does not
//! agree is left out and said. Nothing is unpacked under a name that a file gives.

pub(super) mod kept;
pub(super) mod mhtml;
pub(super) mod wacz;
pub(super) mod warc;

use overt_model::Timestamp;

use crate::time::parse_time;

/// Most bytes of one page.
pub(super) const PAGE_LIMIT: u64 = 256 << 20;
/// Most bytes of an archive, unpacked.
pub(super) const LIMIT: u64 = 8 << 30;

/// When something was captured, and on which day.
pub(super) fn captured(written: &str) -> Option<(Timestamp, String)> {
    let (time, _) = parse_time(written.trim())?;
    let time = Some(time).filter(|t| t.is_plausible())?;
    Some((time, time.to_string().chars().take(10).collect()))
}
