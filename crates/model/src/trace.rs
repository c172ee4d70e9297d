//! Traces: the kinds of behaviour two accounts can share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ParseError;

/// A kind of behaviour two accounts can share. Two events with one object of one trace, close in time, are a co-share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Trace {
    /// The object column of an export that names its objects itself.
    Object,
    /// The post that was reposted.
    Repost,
    /// The post that was reposted, counted only when the repost came within the window of the original.
    FastRepost,
    /// A link, canonicalised.
    Url,
    /// The registrable domain of a link.
    Domain,
    /// A single hashtag.
    Hashtag,
    /// The ordered hashtags of one post, three or more.
    HashtagSequence,
    /// An account mentioned.
    Mention,
    /// The post replied to.
    Reply,
    /// A cluster of near-identical texts.
    Text,
    /// An attached picture or film, by hash.
    Media,
    /// The value of any column the user names: a device, an address, a payment card.
    Column {
        /// The trace's name in results.
        name: String,
        /// The column it is read from.
        column: String,
    },
}

const NAMED: [(&str, Trace); 11] = [
    ("object", Trace::Object),
    ("repost", Trace::Repost),
    ("fast-repost", Trace::FastRepost),
    ("url", Trace::Url),
    ("domain", Trace::Domain),
    ("hashtag", Trace::Hashtag),
    ("hashtag-sequence", Trace::HashtagSequence),
    ("mention", Trace::Mention),
    ("reply", Trace::Reply),
    ("text", Trace::Text),
    ("media", Trace::Media),
];

impl Trace {
    /// Every trace that needs no column named by the user.
    pub fn all_named() -> impl Iterator<Item = Self> {
        NAMED.into_iter().map(|(_, trace)| trace)
    }

    /// The trace's name in settings and results.
    pub fn name(&self) -> &str {
        match self {
            Self::Column { name, .. } => name,
            named => NAMED
                .iter()
                .find(|(_, t)| t == named)
                .map_or("", |(name, _)| name),
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { name, column } if name != column => write!(f, "{name}={column}"),
            Self::Column { column, .. } => write!(f, "{column}={column}"),
            _ => f.write_str(self.name()),
        }
    }
}

impl FromStr for Trace {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let bad = || ParseError {
            what: "trace",
            given: text.to_owned(),
            hint: "use object, repost, fast-repost, url, domain, hashtag, hashtag-sequence, mention, reply, text or media, \
                   or name=column for a column of your own",
        };
        if let Some((name, column)) = text.split_once('=') {
            let taken = NAMED.iter().any(|(n, _)| *n == name);
            if name.is_empty() || column.is_empty() || taken {
                return Err(bad());
            }
            return Ok(Self::Column {
                name: name.to_owned(),
                column: column.to_owned(),
            });
        }
        NAMED
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, t)| t.clone())
            .ok_or_else(bad)
    }
}

impl Serialize for Trace {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trace_is_read_back_from_its_name() {
        for trace in Trace::all_named() {
            assert_eq!(trace.to_string().parse::<Trace>(), Ok(trace));
        }
        let device: Trace = "device=device_hash".parse().expect("a column");
        assert_eq!(device.name(), "device");
        assert_eq!(device.to_string(), "device=device_hash");
        assert!("telepathy".parse::<Trace>().is_err());
        assert!(
            "url=link".parse::<Trace>().is_err(),
            "a named trace keeps its meaning"
        );
    }
}
