//! Names that are asked for as a single word which the index does not have, taken apart by the words that the index has: `MILANIVANOVIC`, as forms without
//! spaces and files that lost them have it.

use super::similar::{each_similar, exactly};
use crate::index::Index;
use crate::name::{FormScript, Kind, Name, Near, fold, is_small};

/// Letters of a word that is taken apart.
const FEWEST: usize = 8;
const MOST: usize = 48;
/// Letters of a part, unless it is a small word; and of one that is not spelled as in the index.
const PART: usize = 3;
const MISSPELT: usize = 5;
/// Into so many parts at most.
const PARTS: usize = 5;
/// So many ways at most.
const WAYS: usize = 4;

/// The names that a name of a single word may be, its parts in the order in which they are written.
pub(crate) fn taken_apart<B: AsRef<[u8]>>(index: &Index<B>, name: &Name) -> Vec<Name> {
    let Some(word) = lone_word(name).filter(|word| !has_word(index, word)) else {
        return Vec::new();
    };
    let mut ways = exact_parts(index, word);
    if ways.is_empty() {
        ways = two_parts(index, word);
    }
    let names = ways.into_iter().map(|parts| Name {
        original: name.original.clone(),
        ..Name::new(&parts.join(" "), name.subject)
    });
    names.collect()
}

/// The only word of a name, if it is long and in plain letters; of a name of which every letter stands by itself all of them.
fn lone_word(name: &Name) -> Option<&str> {
    let mut forms = name.forms.iter().filter(|f| f.script == FormScript::Latin);
    let mut form = forms.next()?;
    if form.tokens.len() > 1 && form.tokens.iter().all(|t| t.text.len() == 1) {
        form = forms.find(|f| f.tokens.len() == 1)?;
    }
    let [token] = &form.tokens[..] else {
        return None;
    };
    let is_plain = token.text.bytes().all(|b| b.is_ascii_lowercase());
    let fits = (FEWEST..=MOST).contains(&token.text.len());
    (token.kind == Kind::Word && is_plain && fits).then_some(token.text.as_str())
}

/// Parts that are all words of the index, the fewest first.
fn exact_parts<'w, B: AsRef<[u8]>>(index: &Index<B>, word: &'w str) -> Vec<Vec<&'w str>> {
    // The ways to write the letters up to each place.
    let mut until: Vec<Vec<Vec<&str>>> = vec![Vec::new(); word.len() + 1];
    until[0].push(Vec::new());
    for end in 2..=word.len() {
        let mut here = Vec::new();
        for start in 0..=end - 2 {
            let part = &word[start..end];
            if until[start].is_empty() || part.len() == word.len() || !is_part(index, part) {
                continue;
            }
            let longer = until[start].iter().filter(|way| way.len() < PARTS);
            here.extend(longer.map(|way| [&way[..], &[part]].concat()));
        }
        here.sort_by_key(Vec::len);
        here.truncate(WAYS);
        until[end] = here;
    }
    until.pop().unwrap_or_default()
}

fn is_part<B: AsRef<[u8]>>(index: &Index<B>, part: &str) -> bool {
    (part.len() >= PART || is_small(part)) && has_word(index, part)
}

fn has_word<B: AsRef<[u8]>>(index: &Index<B>, part: &str) -> bool {
    let folded = fold(part);
    exactly(index, folded.as_bytes()).any(|word| index.word(word).written() == part.as_bytes())
}

/// Two parts, of which one is a word of the index and the other near one.
fn two_parts<'w, B: AsRef<[u8]>>(index: &Index<B>, word: &'w str) -> Vec<Vec<&'w str>> {
    let places = PART..=word.len() - PART;
    let ways = places.map(|at| (&word[..at], &word[at..]));
    let ways = ways.filter(|(first, last)| {
        has_word(index, first) && is_near_one(index, last)
            || has_word(index, last) && is_near_one(index, first)
    });
    ways.map(|(first, last)| vec![first, last])
        .take(WAYS)
        .collect()
}

fn is_near_one<B: AsRef<[u8]>>(index: &Index<B>, part: &str) -> bool {
    if part.len() < MISSPELT {
        return false;
    }
    let folded = fold(part);
    let near = Near::new(folded.as_bytes());
    let mut words = Vec::new();
    each_similar(index, folded.as_bytes(), &mut words);
    words.iter().any(|w| near.is_near(index.folded(*w)))
}
