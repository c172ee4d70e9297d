//! The event logs of Windows as Windows keeps them. The file is laid on disk unpacked, for its chunks are not read in
//! order of bytes; no more than one chunk is held.

use std::fs::File;
use std::io::{BufRead, Read, Seek};

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
    let size = std::io::copy(bytes, &mut plain)?;
    let cut = cut(&mut plain, size)?;
    let settings = ParserSettings::new().indent(false).num_threads(1);
    let mut number = 0;
    let mut give = |text: &str| {
        number += 1;
        take(Unit {
            lines: 1,
            astray: false,
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
    match cut {
        None => Ok(()),
        Some(told) => {
            let kind = std::io::ErrorKind::UnexpectedEof;
            Err(std::io::Error::new(kind, told).into())
        }
    }
}

/// The header of the file, and a chunk of records.
const HEADER: u64 = 4_096;
const CHUNK: u64 = 65_536;

/// What is missing at the end of a file, in words. What is there of its last chunk is filled up, so that the records
/// before the cut are read.
fn cut(file: &mut File, size: u64) -> std::io::Result<Option<String>> {
    let mut header = [0; 44];
    file.rewind()?;
    let is_whole = file.read_exact(&mut header).is_ok() && size >= HEADER;
    let said = u64::from(u16::from_le_bytes([header[42], header[43]]));
    let over = size.saturating_sub(HEADER) % CHUNK;
    let full = if over == 0 { size } else { size + CHUNK - over };
    file.set_len(full)?;
    file.rewind()?;
    // The header of a log that is in use may lag behind its chunks; it never says more than there were.
    let missing = (HEADER + said * CHUNK).max(full) - size;
    Ok((is_whole && missing > 0).then(|| {
        let last = if over == 0 {
            String::new()
        } else {
            format!("; of its last chunk {over} bytes are there, and what could not be decoded of them was not read")
        };
        format!("it has {size} bytes, and {missing} more are missing at its end{last}")
    }))
}
