//! The event logs of Windows as Windows keeps them. The file is laid on disk unpacked, for its chunks are not read in
//! order of bytes; no more than one chunk is held.

use std::io::{BufRead, Seek};

use evtx::{EvtxParser, ParserSettings};

use super::units::{Broken, LIMIT, Unit};
use crate::error::Error;

/// What every such file begins with.
pub(super) const MAGIC: &[u8] = b"ElfFile\0";

/// A record that cannot be decoded, as a text that is no JSON.
pub(super) const BROKEN: &str = "a record that cannot be decoded";

/// Takes each record as the JSON that `evtx_dump` writes. A record has no byte of its own that the library tells: all
/// stand at 0, and are told by their number.
pub(super) fn each_record(
    bytes: &mut dyn BufRead,
    take: &mut dyn FnMut(Unit<'_>) -> Result<(), Error>,
) -> Result<(), Broken> {
    let mut plain = tempfile::tempfile()?;
    std::io::copy(bytes, &mut plain)?;
    plain.rewind()?;
    let settings = ParserSettings::new().indent(false).num_threads(1);
    let mut number = 0;
    let mut give = |text: &str| {
        number += 1;
        take(Unit {
            bytes: &text.as_bytes()[..text.len().min(LIMIT)],
            line: number,
            byte: 0,
            too_long: text.len() > LIMIT,
        })
    };
    let Ok(parser) = EvtxParser::from_read_seek(plain) else {
        return Ok(give(BROKEN)?);
    };
    let mut parser = parser.with_configuration(settings);
    for record in parser.records_json() {
        match record {
            Ok(record) => give(&record.data)?,
            Err(_) => give(BROKEN)?,
        }
    }
    Ok(())
}
