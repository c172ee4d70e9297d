//! Words of the query that several words of a form are, written together.

use std::cell::OnceCell;

use super::Scratch;
use super::similar::exactly;
use crate::index::{Beside, FormRecord, Index};
use crate::name::{
    MAX_JOINED, MIN_END_LENGTH, MIN_REST_LENGTH, MIN_WHOLE_LENGTH, MORE_LETTERS, Near, TokenView,
    fold, folded_texts,
};

impl Scratch {
    /// Words that begin or end this one, and may with their neighbours be it.
    pub(super) fn part_by_part<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        asked: usize,
        token: &TokenView<'_>,
    ) {
        let ascii = std::str::from_utf8(token.written())
            .ok()
            .filter(|t| t.is_ascii());
        let Some(text) = ascii.filter(|t| t.len() >= MIN_WHOLE_LENGTH) else {
            return;
        };
        let whole = Whole {
            letters: text.len(),
            folded: token.folded,
            near: OnceCell::new(),
        };
        let mut neighbours = std::mem::take(&mut self.neighbours);
        for length in MIN_END_LENGTH..=text.len() - MIN_REST_LENGTH {
            for part in [&text[..length], &text[text.len() - length..]] {
                for word in exactly(index, fold(part).as_bytes()) {
                    if index.word(word).written() == part.as_bytes() {
                        let fits = |beside: &Beside, form: usize| {
                            neighbours.may_make(&whole, length, beside, index)
                                && whole.may_have_part(index, &index.forms()[form], word)
                        };
                        self.touch_joined(index, word, fits, |reached| {
                            reached.asked |= 1 << asked;
                            reached.parts = true;
                        });
                    }
                }
            }
        }
        neighbours.forget();
        self.neighbours = neighbours;
    }
}

/// Which words of an index may stand in a word beside a part of it, found once for each.
#[derive(Default)]
pub(super) struct Neighbours {
    /// For each word of the index, 0 where it was not asked for; else 1, and its letters if it may.
    letters: Vec<u8>,
    asked: Vec<u32>,
}

/// Letters that a part of a word may have which the word lacks: two edits, and two letters that become others where parts
/// are joined.
const STRANGE_LETTERS: u32 = 4;

impl Neighbours {
    /// Whether a part of this length may make a word with what is beside it, as far as letters tell; so it may where too
    /// much is beside it to be kept.
    fn may_make<B: AsRef<[u8]>>(
        &mut self,
        whole: &Whole<'_>,
        part: usize,
        beside: &Beside,
        index: &Index<B>,
    ) -> bool {
        let Some(words) = beside.words() else {
            return true;
        };
        let letters: usize = words.map(|word| self.letters_of(whole, word, index)).sum();
        letters > 0 && part + letters + MORE_LETTERS >= whole.letters
    }

    /// The letters of a word that may stand in another beside a part of it; none of one that may not.
    fn letters_of<B: AsRef<[u8]>>(
        &mut self,
        whole: &Whole<'_>,
        word: u32,
        index: &Index<B>,
    ) -> usize {
        let at = word as usize;
        if at >= self.letters.len() {
            self.letters.resize(index.word_count().max(at + 1), 0);
        }
        if self.letters[at] == 0 {
            let letters = index.word(word).written().len();
            let fits = letters + MIN_END_LENGTH <= whole.letters + MORE_LETTERS
                && whole.strange_in(index.folded(word)) <= STRANGE_LETTERS;
            self.letters[at] = 1 + if fits { letters.min(200) as u8 } else { 0 };
            self.asked.push(word);
        }
        usize::from(self.letters[at] - 1)
    }

    fn forget(&mut self) {
        for word in self.asked.drain(..) {
            self.letters[word as usize] = 0;
        }
    }
}

/// A word of the query that several of a form may be, written together.
struct Whole<'a> {
    letters: usize,
    folded: &'a [u8],
    near: OnceCell<Near>,
}

impl Whole<'_> {
    /// How many letters of the alphabet another word has that this one lacks.
    fn strange_in(&self, folded: &[u8]) -> u32 {
        let of = |word: &[u8]| word.iter().fold(0_u32, |signs, b| signs | 1 << (b & 31));
        (of(folded) & !of(self.folded)).count_ones()
    }

    /// Whether a word of a form, with its neighbours after or before it, is this word or near it.
    fn may_have_part<B: AsRef<[u8]>>(
        &self,
        index: &Index<B>,
        form: &FormRecord,
        word: u32,
    ) -> bool {
        let tokens = index.tokens_of(form);
        let mut places = (0..tokens.len()).filter(|at| tokens[*at] == word);
        places.any(|at| {
            let ends = at + 1..tokens.len().min(at + MAX_JOINED);
            let starts = (at + 1).saturating_sub(MAX_JOINED)..at;
            let after = ends.map(|end| at..end + 1);
            let mut spans = after.chain(starts.map(|start| start..at + 1));
            spans.any(|span| self.is_near(index, &tokens[span]))
        })
    }

    fn is_near<B: AsRef<[u8]>>(&self, index: &Index<B>, words: &[u32]) -> bool {
        let letters: usize = words.iter().map(|w| index.word(*w).written().len()).sum();
        if letters.abs_diff(self.letters) > MORE_LETTERS {
            return false;
        }
        let near = self.near.get_or_init(|| Near::new(self.folded));
        near.is_near(&folded_texts(
            words.iter().map(|w| index.word(*w).written()),
        ))
    }
}
