//! Which names of an index can score high enough at all.
//!
//! Every word of the query is looked up with up to two letters different, as a form of a given name, as a part of a
//! joined word and joined with its neighbours. What a name's words can contribute at most is added up; names whose
//! bound is below the wanted score are left. Nothing at or above it is missed.

use std::cell::RefCell;

use crate::index::{FormRecord, Index, beginning, variants};
use crate::name::{
    FormScript, FormView, Kind, Knobs, MOST_JOINED, Near, SHORTEST_END, SHORTEST_WHOLE, Subject,
    TokenView, both, bound, fold, folded_together, given_name_forms, joins, may_join,
};

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
    /// For each form of the index.
    reached: Vec<Reached>,
    touched: Vec<u32>,
    words: Vec<u32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The names of an index that may reach `wanted`, in log-odds, beside one form of a query, appended to `names`, which
/// may get some twice.
pub(crate) fn names_within<B: AsRef<[u8]>>(
    index: &Index<B>,
    query: &FormView<'_>,
    subject: Subject,
    wanted: f64,
    knobs: &Knobs,
    names: &mut Vec<u32>,
) {
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.reached.resize(
            scratch.reached.len().max(index.forms().len()),
            Reached::default(),
        );
        look_up(index, query, scratch);
        let asked = Asked::of(query);
        for form in scratch.touched.drain(..) {
            let reached = std::mem::take(&mut scratch.reached[form as usize]);
            let record = &index.forms()[form as usize];
            let same_letters =
                (record.script == FormScript::Latin as u8) == (query.script == FormScript::Latin);
            if !same_letters {
                continue;
            }
            let name = &index.names()[record.name as usize];
            let subject = both(subject, name.subject());
            let reaches = |joined| asked.bound(&reached, record, joined, subject, knobs) >= wanted;
            if reaches(false)
                || reached.joined
                    && reaches(true)
                    && may_join(&query.tokens, &index.form(record).tokens)
            {
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
            free: query
                .tokens
                .iter()
                .filter(|t| t.kind != Kind::Word)
                .map(|t| t.weight)
                .sum(),
            initials: query
                .tokens
                .iter()
                .filter(|t| t.kind == Kind::Initial)
                .count(),
        }
    }

    fn bound(
        &self,
        reached: &Reached,
        form: &FormRecord,
        joined: bool,
        subject: Subject,
        knobs: &Knobs,
    ) -> f64 {
        let asked: f64 = self
            .weights
            .iter()
            .enumerate()
            .filter(|(i, _)| reached.asked & (1 << i) != 0)
            .map(|(_, w)| w)
            .sum();
        // An initial may meet any word, and takes at most this much of it away from what is left.
        let met_asked = asked + self.free + f64::from(form.initials) * INITIAL_MEETS;
        let met_listed = if joined {
            form.weight
        } else {
            reached.listed + form.free + self.initials as f64 * INITIAL_MEETS
        };
        let (met_asked, met_listed) = (met_asked.min(self.weight), met_listed.min(form.weight));
        let matched = f64::midpoint(met_asked, met_listed);
        let larger = self.weight.max(form.weight);
        bound(
            knobs,
            subject,
            matched,
            self.weight - met_asked,
            form.weight - met_listed,
            larger,
        )
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
            let near = Near::new(token.folded);
            each_similar(index, token.folded, scratch, |index, word, scratch| {
                if near.is_near(index.folded(word)) {
                    reach(index, word, asked, index.weight(word), false, scratch);
                }
            });
            part_by_part(index, token, asked, scratch);
        }
        for folded in given_name_forms(token.folded).filter(|f| *f != token.folded) {
            exactly(index, folded, |word| {
                reach(index, word, asked, index.weight(word), false, scratch);
            });
        }
    }
    joined(index, query, scratch);
}

/// Words that begin or end this one, and may with their neighbours be it.
fn part_by_part<B: AsRef<[u8]>>(
    index: &Index<B>,
    token: &TokenView<'_>,
    asked: u64,
    scratch: &mut Scratch,
) {
    let Some(text) = std::str::from_utf8(token.text).ok().filter(|t| t.is_ascii()) else {
        return;
    };
    if text.len() < SHORTEST_WHOLE {
        return;
    }
    // Up to the whole of it: what stands beside may be a letter or two more.
    for length in SHORTEST_END..=text.len() {
        for part in [&text[..length], &text[text.len() - length..]] {
            exactly(index, fold(part).as_bytes(), |word| {
                if index.text(word) == part.as_bytes() {
                    reach(index, word, asked, 0.0, true, scratch);
                }
            });
        }
    }
}

/// Neighbouring words of the query that are one of the index: one that begins as the first or ends as the last of them.
fn joined<B: AsRef<[u8]>>(index: &Index<B>, query: &FormView<'_>, scratch: &mut Scratch) {
    for start in 0..query.tokens.len() {
        for end in start + 1..query.tokens.len().min(start + MOST_JOINED) {
            let together = folded_together(&query.tokens[start..=end]);
            let asked = ((1u64 << (end - start + 1)) - 1) << start;
            let near = Near::new(&together);
            each_similar(index, &together, scratch, |index, word, scratch| {
                let ends = (&query.tokens[start], &query.tokens[end]);
                if joins(ends.0, ends.1, index.text(word)) && near.is_near(index.folded(word)) {
                    reach(index, word, asked, index.weight(word), false, scratch);
                }
            });
        }
    }
}

/// Words that may be similar to a folded one: those that share a variant with it.
fn each_similar<B: AsRef<[u8]>>(
    index: &Index<B>,
    folded: &[u8],
    scratch: &mut Scratch,
    mut found: impl FnMut(&Index<B>, u32, &mut Scratch),
) {
    let mut words = std::mem::take(&mut scratch.words);
    words.clear();
    for variant in variants(folded) {
        words.extend(index.words_of_variant(variant));
    }
    words.sort_unstable();
    words.dedup();
    words.iter().for_each(|word| found(index, *word, scratch));
    scratch.words = words;
}

/// Words whose folded spelling this is.
fn exactly<B: AsRef<[u8]>>(index: &Index<B>, folded: &[u8], mut found: impl FnMut(u32)) {
    for word in index.words_of_variant(beginning(folded)) {
        if index.folded(word) == folded {
            found(word);
        }
    }
}

fn reach<B: AsRef<[u8]>>(
    index: &Index<B>,
    word: u32,
    asked: u64,
    listed: f64,
    joined: bool,
    scratch: &mut Scratch,
) {
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
