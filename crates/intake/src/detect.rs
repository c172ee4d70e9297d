//! Formats, told from content.

use std::path::Path;
use std::str::FromStr;

use overt_model::ParseError;

use crate::error::Error;
use crate::formats;
use crate::read::Watch;
use crate::source::{Input, open_input, read_error};
use crate::{delimited, json};

/// A format of posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated values whose columns are told by name or mapping.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// One JSON object a line, mapped by path.
    Ndjson,
    /// Apache Parquet with columns told by name or mapping.
    Parquet,
    /// `CooRTweet`'s four columns.
    CooRTweet,
    /// The coordination-network-toolkit's columns.
    Cnt,
    /// The Twitter/X information-operations archive.
    TwitterIo,
    /// X API v2 JSON.
    XV2,
    /// X API v1.1 JSON.
    XV1,
    /// 4CAT CSV.
    FourCat,
    /// 4CAT NDJSON: the platform's own JSON in Zeeschuimer's wrapper.
    FourCatNdjson,
    /// `CrowdTangle` CSV.
    CrowdTangle,
    /// Meta Content Library CSV.
    MetaContentLibrary,
    /// Telegram Desktop's export.
    Telegram,
    /// Bluesky Jetstream events.
    Jetstream,
    /// Mastodon statuses.
    Mastodon,
}

/// The family a format is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Rows of cells.
    Delimited,
    /// JSON values.
    Json,
    /// Parquet.
    Parquet,
}

const NAMES: [(Format, &str, Kind); 16] = [
    (Format::Csv, "csv", Kind::Delimited),
    (Format::Tsv, "tsv", Kind::Delimited),
    (Format::Ndjson, "ndjson", Kind::Json),
    (Format::Parquet, "parquet", Kind::Parquet),
    (Format::CooRTweet, "coortweet", Kind::Delimited),
    (Format::Cnt, "cnt", Kind::Delimited),
    (Format::TwitterIo, "twitter-io", Kind::Delimited),
    (Format::XV2, "x-v2", Kind::Json),
    (Format::XV1, "x-v1", Kind::Json),
    (Format::FourCat, "4cat", Kind::Delimited),
    (Format::FourCatNdjson, "4cat-ndjson", Kind::Json),
    (Format::CrowdTangle, "crowdtangle", Kind::Delimited),
    (
        Format::MetaContentLibrary,
        "meta-content-library",
        Kind::Delimited,
    ),
    (Format::Telegram, "telegram", Kind::Json),
    (Format::Jetstream, "jetstream", Kind::Json),
    (Format::Mastodon, "mastodon", Kind::Json),
];

impl Format {
    /// The name in settings and messages.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(f, _, _)| *f == self)
            .map_or("", |(_, name, _)| name)
    }

    /// The family it is read as.
    pub fn kind(self) -> Kind {
        NAMES
            .iter()
            .find(|(f, _, _)| *f == self)
            .map_or(Kind::Delimited, |(_, _, kind)| *kind)
    }

    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(f, _, _)| *f)
    }
}

impl FromStr for Format {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        NAMES.iter().find(|(_, name, _)| *name == text).map(|(f, _, _)| *f).ok_or_else(|| ParseError {
            what: "format",
            given: text.to_owned(),
            hint: "use csv, tsv, ndjson, parquet, coortweet, cnt, twitter-io, x-v2, x-v1, 4cat, 4cat-ndjson, crowdtangle, \
                   meta-content-library, telegram, jetstream or mastodon",
        })
    }
}

/// The format of an input.
///
/// # Errors
/// An input that cannot be read or whose format cannot be told.
pub fn detect(input: &Input) -> Result<Format, Error> {
    let mut source = open_input(input, &Watch::default())?;
    let path = source.path.clone();
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?;
    detect_bytes(peek).map_err(|detail| Error::UnknownFormat {
        path: Path::new(&path).to_owned(),
        detail,
    })
}

/// The format of content, from its first bytes; else what was seen instead.
pub(crate) fn detect_bytes(peek: &[u8]) -> Result<Format, String> {
    if peek.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if peek.starts_with(&[0xff, 0xfe]) || peek.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8".to_owned());
    }
    let text = peek.strip_prefix(b"\xef\xbb\xbf").unwrap_or(peek);
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        None => Err("there is nothing but white space at its beginning".to_owned()),
        Some(b'{' | b'[') => json::sniff(text),
        Some(_) => {
            let header = delimited::header(text)?;
            let names: Vec<&str> = header.columns.iter().map(String::as_str).collect();
            Ok(formats::TABLES.iter().find(|t| t.matches(&names)).map_or(
                if header.delimiter == b'\t' {
                    Format::Tsv
                } else {
                    Format::Csv
                },
                |t| t.format,
            ))
        }
    }
}
