//! Formats, told from content.

use std::path::Path;
use std::str::FromStr;

use overt_model::ParseError;

use crate::error::Error;
use crate::mapping::{KNOWN, Mapping, recognise};
use crate::read::{Settings, Watch};
use crate::source::{Input, open_posts, read_error};
use crate::{delimited, json};

/// A format of posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated values whose columns are told by name or mapping.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// JSON objects, mapped by path.
    Ndjson,
    /// Apache Parquet with columns told by name or mapping.
    Parquet,
    /// X API v2 JSON.
    XV2,
    /// X API v1.1 JSON.
    XV1,
    /// 4CAT NDJSON: the platform's own JSON in Zeeschuimer's wrapper.
    FourCatNdjson,
    /// Telegram Desktop's export.
    Telegram,
    /// Telegram's messages as Telethon writes them.
    Telethon,
    /// Bluesky Jetstream events.
    Jetstream,
    /// Bluesky's feeds and posts, as its API gives them.
    Bluesky,
    /// Mastodon statuses.
    Mastodon,
    /// YouTube's API: videos and comments.
    YouTube,
    /// What a mapping of the user's says.
    Own,
    /// A format that a mapping in the program says: a table or flat JSON.
    Mapped(MappedFormat),
}

/// A format that a mapping in the program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MappedFormat(u8);

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

const NAMES: [(Format, &str, Option<Kind>); 14] = [
    (Format::Csv, "csv", Some(Kind::Delimited)),
    (Format::Tsv, "tsv", Some(Kind::Delimited)),
    (Format::Ndjson, "ndjson", Some(Kind::Json)),
    (Format::Parquet, "parquet", Some(Kind::Parquet)),
    (Format::XV2, "x-v2", Some(Kind::Json)),
    (Format::XV1, "x-v1", Some(Kind::Json)),
    (Format::FourCatNdjson, "4cat-ndjson", Some(Kind::Json)),
    (Format::Telegram, "telegram", Some(Kind::Json)),
    (Format::Telethon, "telethon", Some(Kind::Json)),
    (Format::Jetstream, "jetstream", Some(Kind::Json)),
    (Format::Bluesky, "bluesky", Some(Kind::Json)),
    (Format::Mastodon, "mastodon", Some(Kind::Json)),
    (Format::YouTube, "youtube", Some(Kind::Json)),
    (Format::Own, "own-mapping", None),
];

impl Format {
    /// The name in settings and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mapped(at) => KNOWN.get(usize::from(at.0)).map_or("", |m| m.name.as_str()),
            named => NAMES
                .iter()
                .find(|(f, _, _)| *f == named)
                .map_or("", |(_, name, _)| name),
        }
    }

    /// The family it is read as; nothing where its content tells.
    pub fn kind(self) -> Option<Kind> {
        NAMES.iter().find(|(f, _, _)| *f == self)?.2
    }

    /// Every format that can be named.
    pub fn all() -> impl Iterator<Item = Self> {
        let named = NAMES.iter().map(|(f, _, _)| *f);
        let named = named.filter(|f| *f != Self::Own);
        named.chain((0..KNOWN.len()).map(|at| Self::Mapped(MappedFormat(at as u8))))
    }

    /// Whether its exports name the objects that accounts share, and carry nothing else.
    pub fn names_objects(self) -> bool {
        self.name() == "coortweet"
    }

    /// What it is, where a mapping says it.
    pub fn about(self) -> Option<&'static str> {
        self.mapping().map(|m| m.about.as_str())
    }

    /// The mapping in the program that says the format.
    pub(crate) fn mapping(self) -> Option<&'static Mapping> {
        match self {
            Self::Mapped(at) => KNOWN.get(usize::from(at.0)),
            _ => None,
        }
    }

    /// The format that a mapping in the program says.
    pub(crate) fn of(mapping: &Mapping) -> Self {
        let at = KNOWN.iter().position(|m| m.name == mapping.name);
        at.map_or(Self::Own, |at| Self::Mapped(MappedFormat(at as u8)))
    }
}

impl FromStr for Format {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let found = Self::all().find(|f| f.name() == text);
        found.ok_or_else(|| ParseError {
            what: "format",
            given: text.to_owned(),
            hint: "leave it out to have it recognised, or use one that docs/formats.md lists, such as csv or ndjson",
        })
    }
}

/// The format of an input.
///
/// # Errors
/// An input that cannot be read or whose format cannot be told.
pub fn detect(input: &Input) -> Result<Format, Error> {
    detect_with(input, &Settings::default())
}

/// The format that an input is read as under some settings.
///
/// # Errors
/// As [`detect`].
pub fn detect_with(input: &Input, settings: &Settings) -> Result<Format, Error> {
    match (settings.format, &settings.mapping) {
        (Some(format), _) => return Ok(format),
        (None, Some(_)) => return Ok(Format::Own),
        (None, None) => {}
    }
    let mut source = open_posts(input, &Watch::default(), settings.encoding)?;
    let path = source.path.clone();
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?;
    detect_bytes(peek, settings).map_err(|detail| Error::UnknownFormat {
        path: Path::new(&path).to_owned(),
        detail,
    })
}

/// The format of content, from its first bytes; else what was seen instead.
pub(crate) fn detect_bytes(peek: &[u8], settings: &Settings) -> Result<Format, String> {
    if peek.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    let text = &peek[delimited::mark(peek)..];
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        None => Err("there is nothing but white space at its beginning".to_owned()),
        Some(b'{' | b'[') => json::sniff(text),
        Some(_) => {
            let found = delimited::find_header(text, |c| delimited::is_header(c, settings))?;
            let plain = if found.header.delimiter == b'\t' {
                Format::Tsv
            } else {
                Format::Csv
            };
            Ok(recognise(&found.header.columns).map_or(plain, Format::of))
        }
    }
}

/// The family that content is read as, from its first bytes.
pub(crate) fn kind_of(peek: &[u8]) -> Kind {
    if peek.starts_with(b"PAR1") {
        return Kind::Parquet;
    }
    match peek[delimited::mark(peek)..]
        .iter()
        .find(|b| !b.is_ascii_whitespace())
    {
        Some(b'{' | b'[') => Kind::Json,
        _ => Kind::Delimited,
    }
}
