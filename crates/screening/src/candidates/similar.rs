//! The words of an index that are similar to one of a query's, found by the letters left out, and remembered.

use rustc_hash::FxHashMap;

use crate::index::{Index, beginning, spelled_variants, variants};
use crate::name::{How, Kind, Near, TokenView, compare_by, given_name_forms, is_one_edit};

/// A word of the index that is similar to one of the query's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Similar {
    pub(super) word: u32,
    pub(super) asked: u32,
    pub(super) how: How,
    pub(super) apart: f64,
    /// The information of the index's word.
    pub(super) weight: f64,
}

/// The similarities of a word of the index, of those sorted by word.
pub(super) fn similar_of<'a>(similar: &'a [Similar], first: &[u32], word: u32) -> &'a [Similar] {
    let Some(from) = (first[word as usize] as usize).checked_sub(1) else {
        return &[];
    };
    let its = similar[from..].iter().take_while(|s| s.word == word);
    &similar[from..from + its.count()]
}

/// Finds the words of an index that compare with one of the query's.
fn similar_words<B: AsRef<[u8]>>(
    index: &Index<B>,
    token: &TokenView<'_>,
    words: &mut Vec<u32>,
    seen: &mut Seen,
) -> SimilarWords {
    let mut found = SimilarWords::default();
    let given: Vec<u32> = given_name_forms(token.folded)
        .filter(|f| *f != token.folded)
        .flat_map(|folded| exactly(index, folded))
        .collect();
    let near = Near::new(token.folded);
    // Words within one edit as they are spelled are among the first.
    words.clear();
    let mut spelled = 0;
    if token.kind == Kind::Word {
        index.words_of_variants(&spelled_variants(token.text), words);
        spelled = words.len();
        each_similar(index, token.folded, words);
        index.retain_likely(words, spelled, &near);
    } else {
        words.extend(exactly(index, token.folded));
    }
    words.extend_from_slice(&given);
    for (at, word) in words.iter().copied().enumerate() {
        if !seen.is_first(word, index.word_count()) {
            continue;
        }
        let is_given = given.contains(&word);
        let is_near = near.is_near(index.folded(word));
        let is_spelled = || at < spelled && is_one_edit(token.text, index.text(word));
        if !is_near && !is_given && !is_spelled() {
            continue;
        }
        let listed = index.word(word);
        if is_compared_directly(token.kind, listed.kind) {
            continue;
        }
        let met = compare_by(token, &listed, |_, _| is_near, |_, _| is_given);
        if let Some((how, apart)) = met {
            found.forms += index.postings(word).len();
            found.words.push(Similar {
                word,
                asked: 0,
                how,
                apart,
                weight: listed.weight,
            });
        }
    }
    seen.forget(words);
    found
}

/// The words of an index that compare with a word, whichever of a query's it is.
#[derive(Debug, Default)]
pub(super) struct SimilarWords {
    pub(super) words: Vec<Similar>,
    /// How many forms have them, some counted twice.
    pub(super) forms: usize,
}

/// What was found of words asked for lately: given names and words of trade come again and again.
#[derive(Default)]
pub(super) struct Remembered {
    /// The index it was found in.
    of: Option<u64>,
    found: FxHashMap<Vec<u8>, SimilarWords>,
    /// How many similar words they have together.
    words: usize,
    /// The initials that the index has.
    initials: Vec<u32>,
    key: Vec<u8>,
    scratch: Vec<u32>,
    seen: Seen,
}

/// Which words of an index were seen.
#[derive(Default)]
struct Seen(Vec<bool>);

impl Seen {
    /// Whether a word comes for the first time.
    fn is_first(&mut self, word: u32, of: usize) -> bool {
        if self.0.len() < of {
            self.0.resize(of, false);
        }
        !std::mem::replace(&mut self.0[word as usize], true)
    }

    fn forget(&mut self, words: &[u32]) {
        for word in words {
            self.0[*word as usize] = false;
        }
    }
}

/// Similar words that are remembered, of 32 bytes each.
const MAX_REMEMBERED: usize = 200_000;

impl Remembered {
    /// The words similar to a word, remembered or found now.
    pub(super) fn similar_to<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        token: &TokenView<'_>,
    ) -> &SimilarWords {
        self.turn_to(index);
        self.key.clear();
        self.key.push(token.kind as u8);
        self.key.extend(token.text);
        if !self.found.contains_key(&self.key) {
            let found = similar_words(index, token, &mut self.scratch, &mut self.seen);
            self.keep(found);
        }
        &self.found[&self.key]
    }

    /// The initials of an index.
    pub(super) fn initials<B: AsRef<[u8]>>(&mut self, index: &Index<B>) -> &[u32] {
        self.turn_to(index);
        &self.initials
    }

    /// Forgets another index: where a newer one took its place, what was found of it helps nobody any more.
    fn turn_to<B: AsRef<[u8]>>(&mut self, index: &Index<B>) {
        if self.of != Some(index.serial()) {
            let words = 0..index.word_count() as u32;
            *self = Self {
                of: Some(index.serial()),
                initials: words
                    .filter(|w| index.word(*w).kind == Kind::Initial)
                    .collect(),
                ..Self::default()
            };
        }
    }

    fn keep(&mut self, found: SimilarWords) {
        if self.words + found.words.len() > MAX_REMEMBERED {
            self.found.clear();
            self.words = 0;
        }
        self.words += found.words.len();
        self.found.insert(self.key.clone(), found);
    }
}

/// Initials, and small words beside one another, are compared where they meet and not looked up.
pub(super) fn is_compared_directly(asked: Kind, listed: Kind) -> bool {
    asked == Kind::Initial
        || listed == Kind::Initial
        || asked == Kind::Particle && listed == Kind::Particle
}

/// Words that may be similar to a folded one: those that share a variant with it, some of them twice.
pub(crate) fn each_similar<B: AsRef<[u8]>>(index: &Index<B>, folded: &[u8], words: &mut Vec<u32>) {
    index.words_of_variants(&variants(folded), words);
}

/// Words whose folded spelling this is.
pub(crate) fn exactly<'a, B: AsRef<[u8]>>(
    index: &'a Index<B>,
    folded: &'a [u8],
) -> impl Iterator<Item = u32> + 'a {
    index
        .words_of_variant(beginning(folded))
        .filter(move |word| index.folded(*word) == folded)
}
