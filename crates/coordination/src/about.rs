//! Whether posts are about an election: by words the user gives, in any language.

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::corpus::Corpus;

/// Posts shown as samples.
const SAMPLES: usize = 5;

/// An election in words.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContestSettings {
    /// What to call it.
    pub name: String,
    /// Sides that oppose each other: candidates and parties.
    #[serde(default)]
    pub sides: Vec<Side>,
    /// Words about the contest itself.
    #[serde(default)]
    pub contests: Vec<String>,
    /// Words about how voting is done.
    #[serde(default)]
    pub procedure: Vec<String>,
    /// Places it is held in. A place alone does not make a post about the election; posts that are and name one are
    /// counted.
    #[serde(default)]
    pub places: Vec<String>,
    /// First and last day on which a post can be about it.
    #[serde(default)]
    pub dates: Option<[jiff::civil::Date; 2]>,
}

/// One side of a contest.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// What to call it.
    pub name: String,
    /// Its candidates, parties, slogans, hashtags.
    pub terms: Vec<String>,
}

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Side(usize),
    Election,
    Place,
}

/// An election, ready to be looked for.
#[derive(Debug)]
pub struct Contest {
    /// What it was made from.
    pub settings: ContestSettings,
    terms: AhoCorasick,
    kinds: Vec<Kind>,
    span: Option<(i64, i64)>,
}

/// How much is about the election.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Posts with words.
    pub posts: u64,
    /// Of those, about the election.
    pub about: u64,
    /// Of those, naming each side.
    pub sides: Vec<u64>,
    /// Of those, naming a place.
    pub places: u64,
}

/// What a post about the election names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Each side.
    pub sides: Vec<bool>,
    /// Any place.
    pub place: bool,
}

/// How much of a campaign is about the election, against the background of all posts.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Of the campaign's carrying posts.
    pub campaign: Share,
    /// Of all posts in the data.
    pub background: Share,
    /// A few of the posts that are, spread over the campaign.
    pub samples: Vec<u32>,
}

/// What is wrong with an election's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContestError {
    /// No word is given at all.
    #[error("the election has no words to look for; give sides, contests or procedure")]
    NoTerms,
    /// A word is shorter than two characters.
    #[error(
        "the word {0:?} is too short to mean anything; give at least two characters, or one of Han"
    )]
    TooShort(String),
    /// The words are too many.
    #[error("the words cannot be prepared: {0}")]
    TooMany(String),
}

impl Contest {
    /// Prepares an election's words.
    ///
    /// # Errors
    /// No words, or words too short.
    pub fn new(settings: ContestSettings) -> Result<Self, ContestError> {
        let sides = settings
            .sides
            .iter()
            .enumerate()
            .flat_map(|(n, s)| s.terms.iter().map(move |t| (t, Kind::Side(n))));
        let election = settings
            .contests
            .iter()
            .chain(&settings.procedure)
            .map(|t| (t, Kind::Election));
        let places = settings.places.iter().map(|t| (t, Kind::Place));
        let mut terms = Vec::new();
        let mut kinds = Vec::new();
        for (term, kind) in sides.chain(election).chain(places) {
            let folded = fold(term.trim_start_matches('#'));
            if !is_word(folded.trim()) {
                return Err(ContestError::TooShort(term.clone()));
            }
            terms.push(folded.trim().to_owned());
            kinds.push(kind);
        }
        if kinds.iter().all(|k| *k == Kind::Place) {
            return Err(ContestError::NoTerms);
        }
        let terms = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(terms)
            .map_err(|e| ContestError::TooMany(e.to_string()))?;
        let day = |d: jiff::civil::Date| {
            d.to_zoned(jiff::tz::TimeZone::UTC)
                .ok()
                .map(|z| z.timestamp().as_millisecond())
        };
        let span = settings
            .dates
            .and_then(|[a, b]| Some((day(a)?, day(b)? + 86_400_000)));
        Ok(Self {
            settings,
            terms,
            kinds,
            span,
        })
    }

    /// What a post names if it is about the election; `None` if it is not.
    pub fn read(&self, text: &str, time: i64) -> Option<Named> {
        if self
            .span
            .is_some_and(|(from, to)| !(from..to).contains(&time))
        {
            return None;
        }
        let folded = fold(text);
        let mut named = Named {
            sides: vec![false; self.settings.sides.len()],
            place: false,
        };
        let mut about = false;
        for found in self.terms.find_overlapping_iter(&folded) {
            if !stands_alone(&folded, found.start(), found.end()) {
                continue;
            }
            match self.kinds[found.pattern().as_usize()] {
                Kind::Side(n) => {
                    named.sides[n] = true;
                    about = true;
                }
                Kind::Election => about = true,
                Kind::Place => named.place = true,
            }
        }
        about.then_some(named)
    }

    /// How much of some posts is about the election.
    pub fn share(&self, corpus: &Corpus, posts: impl Iterator<Item = u32>) -> Share {
        let mut share = Share {
            posts: 0,
            about: 0,
            sides: vec![0; self.settings.sides.len()],
            places: 0,
        };
        for post in posts {
            let text = corpus.posts.text(post);
            if text.is_empty() {
                continue;
            }
            share.posts += 1;
            if let Some(named) = self.read(text, corpus.posts.time(post)) {
                share.about += 1;
                share.places += u64::from(named.place);
                share
                    .sides
                    .iter_mut()
                    .zip(named.sides)
                    .for_each(|(n, yes)| *n += u64::from(yes));
            }
        }
        share
    }

    /// Examines a campaign's carrying posts.
    pub(crate) fn examine(&self, corpus: &Corpus, carrying: &[u32], background: &Share) -> About {
        let about: Vec<u32> = carrying
            .iter()
            .copied()
            .filter(|p| {
                self.read(corpus.posts.text(*p), corpus.posts.time(*p))
                    .is_some()
            })
            .collect();
        let step = about.len().div_ceil(SAMPLES).max(1);
        About {
            campaign: self.share(corpus, carrying.iter().copied()),
            background: background.clone(),
            samples: about.into_iter().step_by(step).collect(),
        }
    }
}

/// One spelling: NFKC, lower case, white space as single spaces.
fn fold(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a match is no part of a longer word, in scripts that part words by spaces.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |outer: Option<char>, inner: Option<char>| {
        outer
            .zip(inner)
            .is_some_and(|(o, i)| o.is_alphanumeric() && i.is_alphanumeric() && !is_unspaced(i))
    };
    !joins(
        text[..start].chars().next_back(),
        text[start..].chars().next(),
    ) && !joins(text[end..].chars().next(), text[..end].chars().next_back())
}

/// Whether a word may mean something: two characters, or one sign that is a word.
fn is_word(term: &str) -> bool {
    let is_sign = |c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}');
    let mut letters = term.chars();
    letters
        .next()
        .is_some_and(|first| letters.next().is_some() || is_sign(first))
}

/// Chinese, Japanese, Thai, Lao, Khmer and Burmese write words without spaces between them.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contest() -> Contest {
        let text = |t: &[&str]| t.iter().map(|s| (*s).to_owned()).collect();
        Contest::new(ContestSettings {
            name: "a test".to_owned(),
            sides: vec![
                Side {
                    name: "one".to_owned(),
                    terms: text(&["Halden", "#VoteHalden"]),
                },
                Side {
                    name: "two".to_owned(),
                    terms: text(&["Ruiz", "Руис"]),
                },
            ],
            contests: text(&["选举"]),
            procedure: text(&["early voting"]),
            places: text(&["Springfield"]),
            dates: None,
        })
        .expect("words")
    }

    #[test]
    fn a_post_is_about_the_election_by_whole_words_in_any_script() {
        let c = contest();
        let named = |text| c.read(text, 0).map(|n| (n.sides, n.place));
        assert_eq!(named("HALDEN or Ruiz?"), Some((vec![true, true], false)));
        assert_eq!(
            named("go #votehalden, Springfield!"),
            Some((vec![true, false], true))
        );
        assert_eq!(named("Руис победит"), Some((vec![false, true], false)));
        assert_eq!(
            named("Early\n  Voting begins"),
            Some((vec![false, false], false))
        );
        assert_eq!(named("今天的选举很重要"), Some((vec![false, false], false)));
        assert_eq!(named("Haldenstrasse in Springfield"), None);
        let one_sign = Contest::new(ContestSettings {
            contests: vec!["票".to_owned()],
            ..contest().settings
        });
        assert!(one_sign.expect("words").read("今天去投票", 0).is_some());
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        let empty = ContestSettings {
            name: String::new(),
            sides: vec![],
            contests: vec![],
            procedure: vec![],
            places: vec!["Ohio".to_owned()],
            dates: None,
        };
        assert_eq!(
            Contest::new(empty.clone()).err(),
            Some(ContestError::NoTerms)
        );
        let short = ContestSettings {
            contests: vec!["x".to_owned()],
            ..empty
        };
        assert_eq!(
            Contest::new(short).err(),
            Some(ContestError::TooShort("x".to_owned()))
        );
    }
}
