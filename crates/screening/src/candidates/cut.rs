//! Names that were cut to the length of a field: what a listed name has beyond the cut says nothing against them.
//!
//! A name that is as long as a field of payments is compared with the beginnings of listed names that go on: word by word,
//! the last word as far as it goes. So is a long name of any length that ends with what is no word of the list.

use super::similar::{each_similar, exactly};
use crate::index::Index;
use crate::name::{Name, Near, Subject, fold, split};

/// The lengths of fields that names are cut to: a line of a SWIFT message or of Fedwire, the name of Faster Payments, of
/// SEPA, of ISO 20022.
const FIELDS: [usize; 4] = [35, 40, 70, 140];
/// Whole words that a name has at least before the cut; the same, with its letters and those after them, where no field is
/// so long.
const FEWEST: usize = 2;
const FEWEST_ELSEWHERE: usize = 3;
const SHORTEST_ELSEWHERE: usize = 22;
const BEGUN_ELSEWHERE: usize = 2;
/// Words of them that may be spelled otherwise.
const OTHERWISE: usize = 2;
/// Letters by which a listed name may be shorter all the same, for two words in another spelling.
const SHORTER: usize = 4;
/// Its words that listed names are looked for by, and their letters at least, if it has such words.
const RARE: usize = 3;
const LONG: usize = 3;

/// A name that may have been cut.
pub(crate) struct Cut {
    /// Its whole words, as a name.
    pub name: Name,
    words: Vec<Whole>,
    /// The beginning of a word at the cut.
    begun: Option<String>,
}

struct Whole {
    text: String,
    folded: String,
    near: Near,
}

impl Cut {
    /// Of a name that has the length of a field, or one letter less, where a space stood at the cut; or that ends with the
    /// beginning of a word.
    pub(crate) fn of<B: AsRef<[u8]>>(index: &Index<B>, name: &Name) -> Option<Self> {
        let text = name.original.trim();
        let length = text.chars().count();
        let in_field = FIELDS.contains(&length);
        let at_space = !in_field && FIELDS.contains(&(length + 1));
        if !in_field && !at_space && length < SHORTEST_ELSEWHERE {
            return None;
        }
        let mut words = split(text, false);
        let begun = if at_space { None } else { words.pop() };
        let is_begun = |word: &String| {
            word.len() >= BEGUN_ELSEWHERE && exactly(index, fold(word).as_bytes()).next().is_none()
        };
        let fewest = if in_field || at_space {
            FEWEST
        } else if begun.as_ref().is_some_and(is_begun) {
            FEWEST_ELSEWHERE
        } else {
            return None;
        };
        if words.len() < fewest {
            return None;
        }
        let whole = Name::new(&words.join(" "), name.subject);
        let words = words.into_iter().map(|text| {
            let folded = fold(&text);
            Whole {
                near: Near::new(folded.as_bytes()),
                text,
                folded,
            }
        });
        Some(Self {
            words: words.collect(),
            begun,
            name: Name {
                original: name.original.clone(),
                ..whole
            },
        })
    }

    /// The names of an index that may begin so, each once: those with words near those of its that the fewest have: all
    /// but one of three, for a word may be a part of a legal form in one name and not in another.
    pub(crate) fn candidates<B: AsRef<[u8]>>(&self, index: &Index<B>) -> Vec<u32> {
        // One or two letters are mostly of a legal form, and names are not found by those.
        let is_long = |word: &&Whole| word.folded.chars().count() >= LONG;
        let long = self.words.iter().filter(is_long).count();
        let telling = self.words.iter().filter(|w| long < FEWEST || is_long(w));
        let having = telling.map(|word| {
            let folded = word.folded.as_bytes();
            let mut words = Vec::new();
            each_similar(index, folded, &mut words);
            words.retain(|w| word.near.is_near(index.folded(*w)));
            words.extend(exactly(index, folded));
            words.sort_unstable();
            words.dedup();
            words
        });
        let forms =
            |words: &Vec<u32>| -> usize { words.iter().map(|w| index.postings(*w).len()).sum() };
        let mut having: Vec<Vec<u32>> = having.filter(|words| forms(words) > 0).collect();
        having.sort_by_key(forms);
        having.truncate(RARE);
        let mut names: Vec<u32> = Vec::new();
        for words in &having {
            let forms = words.iter().flat_map(|w| index.postings(*w));
            let mut having: Vec<u32> = forms.map(|p| index.forms()[p.form()].name).collect();
            having.sort_unstable();
            having.dedup();
            names.append(&mut having);
        }
        names.sort_unstable();
        let needed = if having.len() == RARE { RARE - 1 } else { 1 };
        let runs = names.chunk_by(|a, b| a == b);
        let runs = runs.filter(|run| run.len() >= needed).map(|run| run[0]);
        let may_go_on =
            |name: &u32| self.may_go_on(index.name_text(&index.names()[*name as usize]));
        runs.filter(may_go_on).collect()
    }

    /// Whether a listed name is long enough, as far as letters of the same kind tell.
    fn may_go_on(&self, listed: &str) -> bool {
        let asked = &self.name.original;
        !asked.is_ascii() || listed.len() + SHORTER >= asked.len()
    }

    /// What a listed name is up to the cut, if it begins so and goes on.
    pub(crate) fn beginning_of(&self, listed: &str, subject: Subject) -> Option<Name> {
        if !self.may_go_on(listed) {
            return None;
        }
        let words = split(listed, false);
        let (begins, rest) = words.split_at_checked(self.words.len())?;
        let goes_on = match (&self.begun, rest.first()) {
            (Some(begun), Some(next)) => next.starts_with(begun.as_str()),
            (None, next) => next.is_some(),
            (Some(_), None) => false,
        };
        if !goes_on {
            return None;
        }
        let mut otherwise = 0;
        for (word, listed) in self.words.iter().zip(begins) {
            if word.text != *listed {
                otherwise += 1;
                if otherwise > OTHERWISE || !word.near.is_near(fold(listed).as_bytes()) {
                    return None;
                }
            }
        }
        Some(Name::new(&begins.join(" "), subject))
    }
}
