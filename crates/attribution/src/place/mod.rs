//! Where in an item something is said: the pinpoint of a citation, and what of it a program can hold against the bytes.

mod markup;
mod post;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use post::{Found, find};

/// A place in an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Place {
    /// Nowhere in particular: all of it.
    Whole,
    /// Lines, from 1, both included.
    Lines(u64, u64),
    /// Bytes, from 0, the second not included.
    Bytes(u64, u64),
    /// Pages, from 1, both included.
    Pages(u64, u64),
    /// A post, by its id.
    Post(String),
    /// A section or paragraph, as the item numbers it.
    Section(String),
}

/// Text that is no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no place in an item\n  write page 12, pages 12-14, line 40, lines 40-44, bytes 1024-2048, post ID, section 2.1, or whole"
)]
pub struct PlaceError(String);

/// What holding a place against the bytes came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The place is there, and the words are at it.
    Yes,
    /// It is not so.
    No(String),
    /// Nobody but a reader can tell, and why.
    Unchecked(&'static str),
}

/// The longest id of a post or number of a section.
const MAX_NAME: usize = 200;

impl Place {
    /// Holds the place against the bytes of its item, with the words that are quoted from it, if any are. White space counts
    /// as one space, and lines that end in `\r\n` are lines. Of a page on the web, words are quoted that a reader sees.
    pub fn held(&self, bytes: &[u8], quote: Option<&str>) -> Held {
        let cited = match self {
            Self::Bytes(from, to) => match slice(bytes, *from, *to) {
                Some(cited) => cited,
                None => {
                    return Held::No(format!("the item has {} bytes", bytes.len()));
                }
            },
            _ => bytes,
        };
        let Ok(text) = std::str::from_utf8(cited) else {
            return Held::Unchecked("the item is no plain text");
        };
        let held = match self {
            Self::Lines(from, to) => lines(text, *from, *to, quote),
            Self::Post(id) => post(text, id, quote),
            Self::Pages(from, to) => pages(text, *from, *to, quote),
            Self::Section(number) => section(text, number, quote),
            Self::Bytes(..) | Self::Whole => quote.map_or(Held::Yes, |quote| quoted(text, quote)),
        };
        match (quote, std::str::from_utf8(bytes)) {
            (Some(quote), Ok(all)) if !matches!(held, Held::No(_)) => is_seen(all, quote, held),
            _ => held,
        }
    }
}

fn slice(bytes: &[u8], from: u64, to: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
}

fn lines(text: &str, from: u64, to: u64, quote: Option<&str>) -> Held {
    let all = text.lines().count() as u64;
    if to > all {
        return Held::No(format!("the item has {all} lines"));
    }
    let skipped = usize::try_from(from - 1).unwrap_or(usize::MAX);
    let taken = usize::try_from(to - from + 1).unwrap_or(usize::MAX);
    let cited: Vec<&str> = text.lines().skip(skipped).take(taken).collect();
    quote.map_or(Held::Yes, |quote| quoted(&cited.join("\n"), quote))
}

/// A post is a row or an object of an export. In another text nobody can tell where it ends, and the id has to stand there.
fn post(text: &str, id: &str, quote: Option<&str>) -> Held {
    let words = match find(text, id) {
        Found::Words(words) => words,
        Found::Nowhere => return Held::No(format!("no post of the item has the id {id:?}")),
        Found::NoExport if !has_word(text, id) => {
            return Held::No(format!("nothing in the item is called {id:?}"));
        }
        Found::NoExport => {
            return for_a_reader(
                text,
                quote,
                "where a post ends in it, only a reader can tell",
            );
        }
    };
    match quote {
        Some(quote) if !words.iter().any(|words| stands(words, quote)) => {
            Held::No("the words that are quoted do not stand in that post".to_owned())
        }
        _ => Held::Yes,
    }
}

/// Pages of a text are what form feeds part. A text without any may have been printed.
fn pages(text: &str, from: u64, to: u64, quote: Option<&str>) -> Held {
    let pages: Vec<&str> = text.split('\x0c').collect();
    if pages.len() == 1 {
        return for_a_reader(text, quote, "what page that is, only a reader can tell");
    }
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    match pages.get(number(from) - 1..number(to)) {
        None => Held::No(format!("the item has {} pages", pages.len())),
        Some(cited) => quote.map_or(Held::Yes, |quote| quoted(&cited.join("\n"), quote)),
    }
}

/// The number of a section stands in its item. Where the section ends nobody can tell.
fn section(text: &str, number: &str, quote: Option<&str>) -> Held {
    let is_sign = |c: char| !c.is_alphanumeric();
    let mut parts = number.split(is_sign).filter(|part| !part.is_empty());
    if let Some(missing) = parts.find(|part| !has_word(text, part)) {
        return Held::No(format!("nothing in the item is numbered {missing:?}"));
    }
    for_a_reader(text, quote, "where a section ends, only a reader can tell")
}

/// A place that cannot be told in a text; what is quoted stands in it all the same.
fn for_a_reader(text: &str, quote: Option<&str>, why: &'static str) -> Held {
    match quote {
        Some(quote) if !stands_in_item(text, quote) => nowhere(),
        Some(_) => Held::Unchecked(why),
        None => Held::Unchecked("no words are quoted from it"),
    }
}

fn quoted(text: &str, quote: &str) -> Held {
    if stands_in_item(text, quote) {
        Held::Yes
    } else {
        nowhere()
    }
}

fn nowhere() -> Held {
    Held::No("the words that are quoted do not stand there".to_owned())
}

/// Whether words stand in a text, or in what a reader sees of it.
fn stands_in_item(text: &str, quote: &str) -> bool {
    stands(text, quote) || (text.contains('<') && stands(&markup::seen(text), quote))
}

/// Of a page on the web, words count that a reader sees: comments and scripts are not said to anybody.
fn is_seen(all: &str, quote: &str, held: Held) -> Held {
    if !markup::is_page(all) || stands(&markup::seen(all), quote) {
        return held;
    }
    Held::No(
        "the words that are quoted stand only where no reader of the page sees them".to_owned(),
    )
}

fn stands(text: &str, quote: &str) -> bool {
    spaced(text).contains(&spaced(quote))
}

fn spaced(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Whether an id stands in a text by itself, and not as a part of a longer one.
fn has_word(text: &str, id: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(id).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + id.len()..]);
        !part(before.chars().next_back()) && !part(after.chars().next())
    })
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let text = text.trim();
        let wrong = || PlaceError(text.chars().take(MAX_NAME).collect());
        if text == "whole" {
            return Ok(Self::Whole);
        }
        let (word, rest) = text.split_once(char::is_whitespace).ok_or_else(wrong)?;
        let rest = rest.trim();
        let from_one = |place: fn(u64, u64) -> Self| {
            let (from, to) = range(rest).ok_or_else(wrong)?;
            (from > 0).then(|| place(from, to)).ok_or_else(wrong)
        };
        let name = || {
            let fits = !rest.is_empty() && rest.len() <= MAX_NAME;
            let plain = rest.chars().all(|c| !c.is_control());
            (fits && plain).then(|| rest.to_owned()).ok_or_else(wrong)
        };
        match word {
            "line" | "lines" => from_one(Self::Lines),
            "page" | "pages" => from_one(Self::Pages),
            "byte" | "bytes" => {
                let (from, to) = range(rest).ok_or_else(wrong)?;
                (from < to)
                    .then_some(Self::Bytes(from, to))
                    .ok_or_else(wrong)
            }
            "post" => Ok(Self::Post(name()?)),
            "section" => Ok(Self::Section(name()?)),
            _ => Err(wrong()),
        }
    }
}

fn range(text: &str) -> Option<(u64, u64)> {
    let number = |text: &str| {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u64>().ok()).flatten()
    };
    let (from, to) = match text.split_once(['-', '–']) {
        Some((from, to)) => (number(from)?, number(to)?),
        None => (number(text)?, number(text)?),
    };
    (from <= to).then_some((from, to))
}

impl TryFrom<String> for Place {
    type Error = PlaceError;

    fn try_from(text: String) -> Result<Self, PlaceError> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |f: &mut fmt::Formatter<'_>, one, from, to| {
            if from == to {
                write!(f, "{one} {from}")
            } else {
                write!(f, "{one}s {from}-{to}")
            }
        };
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Lines(from, to) => counted(f, "line", from, to),
            Self::Pages(from, to) => counted(f, "page", from, to),
            Self::Bytes(from, to) => write!(f, "bytes {from}-{to}"),
            Self::Post(id) => write!(f, "post {id}"),
            Self::Section(number) => write!(f, "section {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "whole",
            "line 1",
            "lines 40-44",
            "page 12",
            "pages 12-14",
            "bytes 0-10",
            "post a:b/1",
            "section 2(a)(i)",
        ] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "line",
            "line 0",
            "line 5-3",
            "lines -3",
            "page x",
            "bytes 4-4",
            "bytes 9",
            "paragraph 3",
            "post",
            "line +3",
            "line 99999999999999999999999",
        ] {
            assert!(text.parse::<Place>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn places_are_held_against_the_bytes() {
        let text = "first line\r\nsecond  line, with\r\nthe id 123 in it\n".as_bytes();
        let held = |place: &str, quote| place.parse::<Place>().unwrap().held(text, quote);
        assert_eq!(held("line 2", Some("second line")), Held::Yes);
        assert_eq!(held("lines 2-3", Some("with the id")), Held::Yes);
        assert!(matches!(held("line 1", Some("second line")), Held::No(_)));
        assert!(matches!(held("line 4", None), Held::No(_)));
        assert_eq!(held("bytes 0-5", Some("first")), Held::Yes);
        assert!(matches!(held("bytes 0-5000", None), Held::No(_)));
        assert!(matches!(held("post 123", None), Held::Unchecked(_)));
        assert!(matches!(held("post 12", None), Held::No(_)));
        assert!(matches!(held("whole", Some("third")), Held::No(_)));
        assert!(matches!(held("page 1", None), Held::Unchecked(_)));
        assert!(matches!(
            Place::Whole.held(b"%PDF\xff\xfe", Some("x")),
            Held::Unchecked(_)
        ));
    }
    /// The words of another post, of another section or page, and what no reader sees, are not quoted from there.
    #[test]
    fn words_stand_where_they_are_said_to_stand() {
        let held = |text: &str, place: &str, quote: &str| {
            place
                .parse::<Place>()
                .unwrap()
                .held(text.as_bytes(), Some(quote))
        };
        let table = "id,text\n17,we were paid by wire\n18,nothing of the kind\n";
        assert_eq!(held(table, "post 17", "paid by wire"), Held::Yes);
        for (place, quote) in [
            ("post 18", "paid by wire"),
            ("post wire", "paid by wire"),
            ("post 19", "paid by wire"),
            ("post 17", "paid by cash"),
        ] {
            assert!(matches!(held(table, place, quote), Held::No(_)), "{place}");
        }
        let printed = "first page\x0csecond page\x0cthird page";
        assert_eq!(held(printed, "page 2", "second page"), Held::Yes);
        assert_eq!(held(printed, "pages 2-3", "third page"), Held::Yes);
        assert!(matches!(
            held(printed, "page 1", "second page"),
            Held::No(_)
        ));
        assert!(matches!(
            held(printed, "page 4", "second page"),
            Held::No(_)
        ));
        let law = "2. It reaches (a) persons and (b) bodies.";
        assert!(matches!(
            held(law, "section 2(a)", "reaches"),
            Held::Unchecked(_)
        ));
        assert!(matches!(held(law, "section 99", "reaches"), Held::No(_)));
        assert!(matches!(held(law, "section 2", "animals"), Held::No(_)));
        assert!(matches!(
            held(law, "page 99", "reaches"),
            Held::Unchecked(_)
        ));
        let page = "<html><body><p>Paid <b>by</b> cash</p>\n<!-- paid by wire --></body></html>";
        assert_eq!(held(page, "whole", "Paid by cash"), Held::Yes);
        assert_eq!(held(page, "line 1", "Paid by cash"), Held::Yes);
        for place in ["whole", "line 2", "lines 1-2", "bytes 0-70"] {
            let said = held(page, place, "paid by wire");
            assert!(matches!(said, Held::No(_)), "{place}: {said:?}");
        }
    }
}
