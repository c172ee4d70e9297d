//! What was sent to do something, remembered without its words, and found again in what databases log.
//!
//! Of a value its length and two hashes are kept, folded: without the blanks at its ends, with every run of blanks and line
//! breaks as one blank, and in lower case, for applications trim and change case, and databases log line breaks in their own
//! way. A statement holds the value if some stretch of it as long as the value has the same hashes: the first is rolled over
//! the statement, the second, which is hard to aim at, confirms it.
//!
//! That a statement holds it is not enough. A site's own statements may hold any piece of themselves, whoever sends it: so
//! what ran is told only of a statement of a [shape](Searched::shape) that is not the site's own.

use overt_model::log::LogPlace;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::literal;
use crate::hash;
use crate::kept::is_time;

/// The prime 2⁶¹ − 1, and the base of the rolled hash.
const PRIME: u128 = (1 << 61) - 1;
const BASE: u64 = 0x1f3b_9c4d_2e6a_7705;

/// A value that was meant to do something, and when: looked for in what databases log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    /// When it was sent.
    pub time: i64,
    /// When the same was last sent, within the minute.
    pub until: i64,
    /// How often it was.
    pub count: u32,
    /// What it was.
    pub value: Fingerprint,
    /// The route and parameter, masked as they are shown.
    pub target: String,
    /// Who sent it.
    pub source: String,
    /// Whether its words say what it was meant to do. Others are looked for that have marks of SQL: most are names.
    pub was_meant: bool,
    /// The first statement that holds it.
    pub ran: Option<Ran>,
    /// Statements were held against it.
    pub looked_for: bool,
}

impl Attempted {
    /// Sent once, and not looked for.
    pub fn new(time: i64, value: Fingerprint, target: String, source: String) -> Self {
        Self {
            time,
            until: time,
            count: 1,
            value,
            target,
            source,
            was_meant: true,
            ran: None,
            looked_for: false,
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        is_time(self.time)
            && is_time(self.until)
            && self.ran.as_ref().is_none_or(|ran| is_time(ran.time))
    }
}

/// A statement of a database that held what was sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ran {
    /// When it ran.
    pub time: i64,
    /// The log that has it.
    pub log: String,
    /// Where it stands.
    pub at: LogPlace,
    /// Whose account ran it.
    pub account: String,
}

/// What is kept of a text, so that it can be found again and not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    length: u32,
    #[serde(with = "crate::kept::hex")]
    rolled: u64,
    #[serde(with = "crate::kept::hex")]
    hash: u64,
}

impl Fingerprint {
    /// Of a text.
    pub fn of(text: &str) -> Self {
        let (text, _) = folded(text.as_bytes(), &vec![true; text.len()]);
        Self {
            length: text.len() as u32,
            rolled: text.iter().copied().fold(0, rolled),
            hash: hash::of_bytes(&text),
        }
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}

/// A text in lower case, with every run of blanks as one blank and none at its ends; and which of its bytes are syntax. A
/// blank is syntax where any of its run is.
fn folded(text: &[u8], syntax: &[bool]) -> (Vec<u8>, Vec<bool>) {
    let (mut bytes, mut marks) = (Vec::new(), Vec::new());
    let mut blank: Option<bool> = None;
    for (byte, is_syntax) in text.iter().zip(syntax) {
        if byte.is_ascii_whitespace() {
            blank = Some(blank.unwrap_or(false) | is_syntax);
            continue;
        }
        if let Some(is_syntax) = blank.take().filter(|_| !bytes.is_empty()) {
            bytes.push(b' ');
            marks.push(is_syntax);
        }
        bytes.push(byte.to_ascii_lowercase());
        marks.push(*is_syntax);
    }
    (bytes, marks)
}

fn rolled(sum: u64, byte: u8) -> u64 {
    ((u128::from(sum) * u128::from(BASE) + u128::from(byte) + 1) % PRIME) as u64
}

/// A statement in which fingerprints are looked for. What stands wholly inside a literal was handed over as a value, and
/// not run: it is not found.
pub struct Searched {
    text: Vec<u8>,
    shape: u64,
    ends_open: bool,
    /// How many bytes before each are no literal's.
    syntax: Vec<u32>,
    /// For each length that was asked for, the rolled hashes of all stretches that are not within a literal, with where
    /// each begins first.
    by_length: FxHashMap<u32, FxHashMap<u64, u32>>,
}

impl Searched {
    /// A statement.
    pub fn new(text: &str) -> Self {
        let is_syntax = literal::syntax(text.as_bytes());
        let ends_open = literal::ends_open(text.as_bytes());
        let (text, is_syntax) = folded(text.as_bytes(), &is_syntax);
        let mut syntax = vec![0];
        let mut count = 0;
        for is_syntax in &is_syntax {
            count += u32::from(*is_syntax);
            syntax.push(count);
        }
        Self {
            shape: shape(&text, &is_syntax),
            ends_open,
            text,
            syntax,
            by_length: FxHashMap::default(),
        }
    }

    /// Whether a literal of it is not ended, as of a name with an apostrophe that a page puts in as it is: a database does not
    /// run that. Of a statement of which only the beginning is here nobody can tell.
    pub fn ends_open(&self) -> bool {
        self.ends_open
    }

    /// What is left of the statement without its literals and numbers: as long as only values are handed over, a page's
    /// statements have one shape, and whatever is read as syntax gives them another.
    pub fn shape(&self) -> u64 {
        self.shape
    }

    /// Whether the statement has what the fingerprint is of, and not within a literal.
    pub fn holds(&mut self, wanted: &Fingerprint) -> bool {
        let length = wanted.length as usize;
        if length == 0 || length > self.text.len() {
            return false;
        }
        let (text, syntax) = (&self.text, &self.syntax);
        let stretches = self
            .by_length
            .entry(wanted.length)
            .or_insert_with(|| stretches(text, syntax, length));
        stretches.get(&wanted.rolled).is_some_and(|at| {
            hash::of_bytes(&text[*at as usize..*at as usize + length]) == wanted.hash
        })
    }
}

/// A hash of the syntax of a statement: literals are empty, and numbers are one digit.
fn shape(text: &[u8], is_syntax: &[bool]) -> u64 {
    let mut kept = Vec::with_capacity(text.len());
    for (byte, _) in text.iter().zip(is_syntax).filter(|(_, is)| **is) {
        let before = kept.last().copied();
        let is_of_a_word = |b: u8| b.is_ascii_alphabetic() || b == b'_' || b >= 0x80;
        if !byte.is_ascii_digit() || before.is_some_and(is_of_a_word) {
            kept.push(*byte);
        } else if before != Some(b'0') {
            kept.push(b'0');
        }
    }
    hash::of_bytes(&kept)
}

fn stretches(text: &[u8], syntax: &[u32], length: usize) -> FxHashMap<u64, u32> {
    let highest = (0..length).fold(1, |power, _| (power * u128::from(BASE)) % PRIME);
    let mut all = FxHashMap::default();
    let mut sum = 0;
    for (at, byte) in text.iter().enumerate() {
        sum = rolled(sum, *byte);
        if let Some(left) = at.checked_sub(length) {
            let gone = (u128::from(text[left]) + 1) * highest % PRIME;
            sum = ((u128::from(sum) + PRIME - gone) % PRIME) as u64;
        }
        if at + 1 >= length && syntax[at + 1] > syntax[at + 1 - length] {
            all.entry(sum).or_insert((at + 1 - length) as u32);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let text = "SELECT * FROM voters WHERE id = '1' OR '1'='1'";
        let mut searched = Searched::new(text);
        for length in [2, 6, 17, text.len()] {
            for at in 0..=text.len() - length {
                assert!(searched.holds(&Fingerprint::of(&text[at..at + length])));
            }
        }
        assert!(
            !searched.holds(&Fingerprint::of("1")),
            "a value, as it is meant"
        );
        for other in [
            "' or '1'='2",
            "voters were",
            "",
            "SELECT * FROM voters WHERE id = '1' OR '1'='1' x",
        ] {
            assert!(!searched.holds(&Fingerprint::of(other)), "{other}");
        }
    }

    #[test]
    fn what_was_handed_over_as_a_value_did_not_run() {
        let holds = |text: &str, value: &str| Searched::new(text).holds(&Fingerprint::of(value));
        assert!(!holds("SELECT * FROM v WHERE id = '1 OR 1=1'", "1 OR 1=1"));
        assert!(holds("SELECT * FROM v WHERE id = 1 OR 1=1", "1 OR 1=1"));
        assert!(holds(
            "SELECT * FROM v WHERE id = '1' OR '1'='1'",
            "1' OR '1'='1"
        ));
        assert!(!holds(
            "INSERT INTO refused VALUES ('<script>alert(1)</script>')",
            "<script>alert(1)</script>"
        ));
        // Written down by the office, and run all the same.
        assert!(holds(
            "INSERT INTO seen VALUES ('1 OR 1=1'); SELECT * FROM v WHERE id = 1 OR 1=1",
            "1 OR 1=1"
        ));
    }

    #[test]
    fn blanks_and_case_do_not_hide_what_ran() {
        let text = "SELECT 1 WHERE id = '1'\n\tUNION\n\tSELECT password FROM users--' AND x";
        for sent in [
            "1' UNION SELECT password FROM users-- ",
            "1'\nUNION\nselect PASSWORD from users--",
            "  1'  UNION SELECT  password FROM users--",
        ] {
            assert!(
                Searched::new(text).holds(&Fingerprint::of(sent)),
                "{sent:?}"
            );
        }
    }

    #[test]
    fn a_statement_has_the_shape_of_its_page_until_a_value_is_read_as_syntax() {
        let shape = |text: &str| Searched::new(text).shape();
        let own = shape("SELECT last FROM voters WHERE id = 7 AND last = 'Smith'");
        for same in [
            "SELECT last FROM voters WHERE id = 12345 AND last = 'O''Brien'",
            "select last from voters\n where id = 7 and last = ''",
            "SELECT last FROM voters WHERE id = 7 AND last = '7'' AND last = ''Smith'",
        ] {
            assert_eq!(shape(same), own, "{same}");
        }
        for other in [
            "SELECT last FROM voters WHERE id = 7 OR 1=1 AND last = 'Smith'",
            "SELECT last FROM voters WHERE id = 7 AND last = 'x' OR 'a'='a'",
            "SELECT last FROM voters2 WHERE id = 7 AND last = 'Smith'",
        ] {
            assert_ne!(shape(other), own, "{other}");
        }
    }

    proptest! {
        #[test]
        fn it_says_what_a_search_for_the_text_says(text in "[ab]{0,30}", value in "[ab]{1,8}") {
            prop_assert_eq!(
                Searched::new(&text).holds(&Fingerprint::of(&value)),
                text.contains(&value)
            );
        }
    }
}
