//! Encodings of text that is not UTF-8.

use std::io::{self, BufRead, BufReader, Read};
use std::str::FromStr;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;
use overt_model::ParseError;

use crate::source::BUFFER;

/// An encoding of text, by any of the names the web knows it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for Encoding {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let found = encoding_rs::Encoding::for_label_no_replacement(text.as_bytes());
        found.map(Self).ok_or_else(|| ParseError {
            what: "encoding",
            given: text.chars().take(60).collect(),
            hint: "use utf-8, utf-16le, utf-16be, latin1, windows-1252, windows-1251, koi8-r, shift_jis, euc-kr, gb18030, \
                   big5 or another of the web's names",
        })
    }
}

/// What text may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// UTF-8 or UTF-16; whoever reads it judges what is neither.
    Utf,
    /// What can be told from its beginning.
    Any,
    /// What the user says.
    Of(Encoding),
}

/// Bytes as UTF-8, with the encoding they were in where that was another; an error in place of it where it cannot be told.
type Decoded = (Box<dyn BufRead>, Result<Option<&'static str>, ()>);

/// Bytes looked at to tell UTF-16 that does not say so.
const LOOK: usize = 4096;

/// Turns text into UTF-8: UTF-16 told by its mark, or by where its zero bytes stand; Western European where bytes beyond
/// ASCII are few and never UTF-8.
pub(crate) fn decode(mut bytes: Box<dyn BufRead>, text: Text) -> io::Result<Decoded> {
    let head = bytes.fill_buf()?;
    // Parquet, archives, and the event logs of Windows.
    let is_binary = [&b"PAR1"[..], b"PK\x03\x04", b"ElfFile\0"]
        .iter()
        .any(|magic| head.starts_with(magic));
    let encoding = match (marked(head), text) {
        (Some(encoding), _) => encoding,
        _ if is_binary => return Ok((bytes, Ok(None))),
        (None, Text::Of(encoding)) if encoding.0 == encoding_rs::UTF_8 => {
            return Ok((bytes, Ok(None)));
        }
        (None, Text::Of(encoding)) => encoding.0,
        (None, Text::Utf) => return Ok((bytes, Ok(None))),
        (None, Text::Any) => match guessed(head) {
            Guess::Utf8 => return Ok((bytes, Ok(None))),
            Guess::Western => WINDOWS_1252,
            Guess::Unknown => return Ok((bytes, Err(()))),
        },
    };
    let mut decoder = DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .bom_override(true)
        .build(bytes);
    // It hands on its first bytes few at a time; formats are told by a whole line.
    let mut head = Vec::new();
    decoder
        .by_ref()
        .take(BUFFER as u64)
        .read_to_end(&mut head)?;
    let rest = BufReader::with_capacity(BUFFER, decoder);
    Ok((
        Box::new(io::Cursor::new(head).chain(rest)),
        Ok(Some(encoding.name())),
    ))
}

/// UTF-16, by its mark or by its zero bytes.
fn marked(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match head {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let head = &head[..head.len().min(LOOK) & !1];
    let zeros = |at: usize| head.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    // Half of the pairs are letters of ASCII: delimiters, quotes, digits, ends of lines.
    match (zeros(0), zeros(1)) {
        (0, n) if n > 0 && 4 * n >= head.len() / 2 => Some(UTF_16LE),
        (n, 0) if n > 0 && 4 * n >= head.len() / 2 => Some(UTF_16BE),
        _ => None,
    }
}

/// What bytes without a mark look like.
#[derive(Debug, PartialEq, Eq)]
enum Guess {
    Utf8,
    Western,
    Unknown,
}

/// Tells Western European from UTF-8 with a few broken bytes, and from alphabets that need many bytes beyond ASCII.
fn guessed(head: &[u8]) -> Guess {
    let (mut valid, mut broken) = (0usize, 0usize);
    for chunk in head.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // The last character may be cut off where the buffer ends.
    let cut = head.len() >= BUFFER
        && head
            .utf8_chunks()
            .last()
            .is_some_and(|c| !c.invalid().is_empty());
    let is_binary = head.iter().take(LOOK).any(|b| *b == 0);
    if broken < FEW || valid >= broken - usize::from(cut) || is_binary {
        return Guess::Utf8;
    }
    let high = head.iter().filter(|b| **b >= 0x80).count();
    let letters = head.iter().filter(|b| b.is_ascii_alphabetic()).count();
    // At most one letter in six is beyond ASCII; bytes that Windows-1252 has no sign for are none.
    let unassigned = head
        .iter()
        .any(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
    let is_western = !unassigned && 6 * high <= letters;
    if is_western {
        Guess::Western
    } else {
        Guess::Unknown
    }
}

/// Broken bytes that may be an accident: rows with them are rejected.
const FEW: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn western_text_is_told_from_others() {
        let western = "author,text\nM\u{fc}ller,Gr\u{f6}\u{df}e und sch\u{f6}ne Worte\n";
        let western: Vec<u8> = western.chars().map(|c| c as u32 as u8).collect();
        assert_eq!(guessed(&western), Guess::Western);
        assert_eq!(guessed("Müller schreibt".as_bytes()), Guess::Utf8);
        assert_eq!(guessed(b"plain"), Guess::Utf8);
        // Russian in Windows-1251: most letters are beyond ASCII.
        let russian =
            b"id,text\n1,\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n2,\xc3\xee\xeb\xee\xf1\xf3\xe9\n";
        assert_eq!(guessed(russian), Guess::Unknown);
        // Mostly UTF-8, with a broken byte: rows with it are rejected, not the file read as another encoding.
        let mut mixed = "Größe Größe Größe".as_bytes().to_vec();
        mixed.extend(b"\n\xff\n");
        assert_eq!(guessed(&mixed), Guess::Utf8);
    }

    #[test]
    fn encodings_have_the_names_of_the_web() {
        for (label, name) in [
            ("latin1", "windows-1252"),
            ("UTF-16LE", "UTF-16LE"),
            ("cp1251", "windows-1251"),
        ] {
            assert_eq!(label.parse::<Encoding>().expect(label).name(), name);
        }
        assert!("klingon".parse::<Encoding>().is_err());
    }
}
