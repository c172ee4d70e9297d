//! The formats of logs, by name.

use std::str::FromStr;

use overt_model::ParseError;

/// A format of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// The common and the combined log of web servers, with whatever follows them on the line.
    Web,
    /// W3C's extended log, as IIS writes it.
    W3c,
}

/// How a format is cut into records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// A line each.
    Lines,
}

const NAMES: [(LogFormat, &str, Framing); 2] = [
    (LogFormat::Web, "web", Framing::Lines),
    (LogFormat::W3c, "w3c", Framing::Lines),
];

impl LogFormat {
    /// The name in settings and messages.
    pub fn name(self) -> &'static str {
        let named = NAMES.iter().find(|(f, _, _)| *f == self);
        named.map_or("", |(_, name, _)| name)
    }

    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(f, _, _)| *f)
    }

    pub(super) fn framing(self) -> Framing {
        let named = NAMES.iter().find(|(f, _, _)| *f == self);
        named.map_or(Framing::Lines, |(_, _, framing)| *framing)
    }
}

impl FromStr for LogFormat {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let named = NAMES.iter().find(|(_, name, _)| *name == text);
        named.map(|(f, _, _)| *f).ok_or_else(|| ParseError {
            what: "format of a log",
            given: text.chars().take(60).collect(),
            hint: "use web or w3c",
        })
    }
}
