//! Which names of an index can score high enough at all.
//!
//! Every word of the query is looked up with up to two letters different, as a form of a given name, as a part of a
//! joined word and joined with its neighbours. What a name's words can contribute at most is added up; names whose
//! bound is below the wanted score are left. Nothing at or above it is missed.

use std::cell::RefCell;

use crate::index::{FormRecord, Index, variants};
use crate::name::{FormScript, FormView, Kind, Knobs, MOST_JOINED, Subject, TokenView, both, bound, compare_words, given_name_forms, may_join, share};

/// What a form of the index can get from a query's form at most, as far as its words were met.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    /// The query's words that met one of it.
    asked: u64,
    /// Information of its own words that were met.
    listed: f64,
    /// Whether several of its words may be one of the query's: then any of them may be met.
    joined: bool,
    /// Whether it is in the list of touched forms.
    touched: bool,
}

#[derive(Default)]
struct Scratch {
    reached: Vec<Reached>,
    touched: Vec<u32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The names of an index that may reach `wanted` beside one form of a query, appended to `names`, which may get some
/// twice.
pub(crate) fn names_within<B: AsRef<[u8]>>(
    index: &Index<B>,
    query: &FormView<'_>,
    subject: Subject,
    wanted: f64,
    knobs: &Knobs,
    names: &mut Vec<u32>,
) {
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.reached.resize(scratch.reached.len().max(index.forms().len()), Reached::default());
        look_up(index, query, scratch);
        let asked = Asked::of(query);
        for form in scratch.touched.drain(..) {
            let reached = std::mem::take(&mut scratch.reached[form as usize]);
            let record = &index.forms()[form as usize];
            let same_letters = (record.script == FormScript::Latin as u8) == (query.script == FormScript::Latin);
            if !same_letters {
                continue;
            }
            let name = &index.names()[record.name as usize];
            let subject = both(subject, index.subject(name));
            let reaches = |joined| asked.bound(&reached, record, joined, subject, knobs) >= wanted;
            if reaches(false) || reached.joined && reaches(true) && may_join(&query.tokens, &index.form(record).tokens) {
                names.push(record.name);
            }
        }
    });
}

/// The query's side of a bound.
struct Asked {
    weights: Vec<f64>,
    weight: f64,
    /// Of initials and small words, which meet something or nothing without being looked up.
    free: f64,
    initials: usize,
}

impl Asked {
    fn of(query: &FormView<'_>) -> Self {
        Self {
            weights: query.tokens.iter().map(|t| t.weight).collect(),
            weight: query.tokens.iter().map(|t| t.weight).sum(),
            free: query.tokens.iter().filter(|t| t.kind != Kind::Word).map(|t| t.weight).sum(),
            initials: query.tokens.iter().filter(|t| t.kind == Kind::Initial).count(),
        }
    }

    fn bound(&self, reached: &Reached, form: &FormRecord, joined: bool, subject: Subject, knobs: &Knobs) -> f64 {
        let asked: f64 = self.weights.iter().enumerate().filter(|(i, _)| reached.asked & (1 << i) != 0).map(|(_, w)| w).sum();
        // An initial may meet any word, and takes at most this much of it away from what is left.
        let met_asked = asked + self.free + f64::from(form.initials) * INITIAL_MEETS;
        let met_listed = if joined { form.weight } else { reached.listed + form.free + self.initials as f64 * INITIAL_MEETS };
        let (met_asked, met_listed) = (met_asked.min(self.weight), met_listed.min(form.weight));
        let matched = f64::midpoint(met_asked, met_listed);
        let larger = self.weight.max(form.weight);
        bound(knobs, subject, matched, self.weight - met_asked, form.weight - met_listed, larger)
    }
}

/// Of a word of full weight, what an initial can meet: all but the share it leaves open.
const INITIAL_MEETS: f64 = 0.71;

fn look_up<B: AsRef<[u8]>>(index: &Index<B>, query: &FormView<'_>, scratch: &mut Scratch) {
    for (i, token) in query.tokens.iter().enumerate() {
        if token.kind == Kind::Initial {
            continue;
        }
        let asked = 1u64 << i;
        if token.kind == Kind::Word {
            each_similar(index, token.folded, |word| {
                let listed = index.word(word);
                if compare_words(token, &listed).is_some() {
                    reach(index, word, asked, listed.weight, false, scratch);
                }
            });
        }
        for folded in given_name_forms(token.folded).filter(|f| *f != token.folded) {
            exactly(index, folded, |word| reach(index, word, asked, index.word(word).weight, false, scratch));
        }
        if token.kind == Kind::Word {
            part_by_part(index, token, asked, scratch);
        }
    }
    joined(index, query, scratch);
}

/// Words that begin or end this one, and may with their neighbours be it.
fn part_by_part<B: AsRef<[u8]>>(index: &Index<B>, token: &TokenView<'_>, asked: u64, scratch: &mut Scratch) {
    let letters = token.folded.len();
    if letters < 4 || !token.folded.is_ascii() {
        return;
    }
    // The rest may be spelled up to two letters longer or shorter, but is there.
    for cut in 1..letters {
        for part in [&token.folded[..cut], &token.folded[cut..]] {
            exactly(index, part, |word| reach(index, word, asked, 0.0, true, scratch));
        }
    }
    // With two letters less, what stands before or behind the whole of it may be a word more.
    exactly(index, token.folded, |word| reach(index, word, asked, 0.0, true, scratch));
}

/// Neighbouring words of the query that are one of the index.
fn joined<B: AsRef<[u8]>>(index: &Index<B>, query: &FormView<'_>, scratch: &mut Scratch) {
    for start in 0..query.tokens.len() {
        let mut text = query.tokens[start].folded.to_owned();
        for end in start + 1..query.tokens.len().min(start + MOST_JOINED) {
            text.push_str(query.tokens[end].folded);
            let asked = ((1u64 << (end - start + 1)) - 1) << start;
            each_similar(index, &text, |word| {
                let listed = index.word(word);
                if share(&text, listed.folded).is_some() {
                    reach(index, word, asked, listed.weight, false, scratch);
                }
            });
        }
    }
}

/// Words that may be similar to a folded one: those that share a variant with it.
fn each_similar<B: AsRef<[u8]>>(index: &Index<B>, folded: &str, mut found: impl FnMut(u32)) {
    let mut words: Vec<u32> = Vec::new();
    for variant in variants(folded.as_bytes()) {
        words.extend(index.words_of_variant(&variant));
    }
    words.sort_unstable();
    words.dedup();
    words.into_iter().for_each(&mut found);
}

/// Words whose folded spelling this is.
fn exactly<B: AsRef<[u8]>>(index: &Index<B>, folded: &str, mut found: impl FnMut(u32)) {
    let variant = crate::index::beginning(folded.as_bytes());
    for word in index.words_of_variant(variant) {
        if index.word(word).folded == folded {
            found(word);
        }
    }
}

fn reach<B: AsRef<[u8]>>(index: &Index<B>, word: u32, asked: u64, listed: f64, joined: bool, scratch: &mut Scratch) {
    for form in index.postings(word) {
        let reached = &mut scratch.reached[*form as usize];
        if !reached.touched {
            reached.touched = true;
            scratch.touched.push(*form);
        }
        reached.asked |= asked;
        reached.listed += listed;
        reached.joined |= joined;
    }
}
