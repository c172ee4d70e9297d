//! The names of an index that score high enough, with their scores.
//!
//! Every word of the query is looked up once, with up to two letters different, as a form of a given name, as a part of
//! a joined word and joined with its neighbours. What a name's words can contribute at most is added up; names whose
//! bound is below the wanted score are left, the others are compared by what the look-up found of their words. Nothing
//! at or above the wanted score is missed.

mod apart;
mod bounds;
mod cut;
mod parts;
mod room;
mod similar;

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::index::{Beside, Brief, FormRecord, Index, Posting};
use crate::name::{
    FormScript, FormView, Kind, Link, MAX_JOINED, Met, Near, Parts, ScoringParams, Side, Subject,
    TokenView, are_compared, assign, both, compare, folded_together, is_of_father, join_candidate,
    join_query, joins,
};

pub(crate) use apart::taken_apart;
use bounds::{Asked, Limits, Mark, Reached};
pub(crate) use cut::Cut;
use room::Room;
use similar::{Remembered, Similar, is_compared_directly, similar_of};
pub(crate) use similar::{each_similar, exactly};

/// A name of the index and how well it meets one of the query's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    /// The name, by its place in the index.
    pub name: u32,
    /// The query's name, by its place in the query.
    pub asked: u32,
    /// From 0 to 1.
    pub score: f64,
}

/// One of the query's names.
pub(crate) struct AskedName<'a> {
    /// Its place in the query.
    pub number: u32,
    /// Its readings.
    pub forms: &'a [FormView<'a>],
    /// What it names.
    pub subject: Subject,
}

/// The names of an index that reach `wanted`, in log-odds, beside a name of the query, appended to `found`; a name with
/// several readings may come several times.
pub(crate) fn names_within<B: AsRef<[u8]>>(
    index: &Index<B>,
    name: &AskedName<'_>,
    wanted: f64,
    params: &ScoringParams,
    found: &mut Vec<Scored>,
) {
    for (at, form) in name.forms.iter().enumerate() {
        // Readings of the same words differ in what is said of them, such as a legal form, and are looked up together.
        if name.forms[..at]
            .iter()
            .any(|before| before.has_words_of(form))
        {
            continue;
        }
        if form.script == FormScript::Consonants
            && form.native == FormScript::Latin
            && !index.has_unspelled()
        {
            continue;
        }
        SCRATCH.with_borrow_mut(|scratch| {
            let same = name.forms[at..].iter().filter(|f| f.has_words_of(form));
            let same: Vec<(&FormView<'_>, Side<'_>)> = same.map(|f| (f, f.side())).collect();
            let asked = Asked::of(form, name.subject, wanted, params);
            scratch.look_up(index, form, &asked);
            let (briefs, mut limits) = (index.briefs(), Limits::default());
            let mut touched = std::mem::take(&mut scratch.touched);
            for listed in touched.drain(..) {
                let mut mark = std::mem::take(&mut scratch.marks[listed as usize]);
                let brief = briefs[listed as usize];
                if brief.script() != form.script
                    || !are_compared(form.script, form.native, brief.native())
                {
                    continue;
                }
                scratch.add_unread(index, listed, &mut mark);
                if limits.exclude(mark, brief, &asked) {
                    continue;
                }
                let subject = both(name.subject, brief.subject());
                let beside = same.iter().filter(|(f, _)| f.beside.is_of(subject));
                if beside.clone().next().is_none() {
                    continue;
                }
                if !asked.may_meet(mark, brief, subject) {
                    continue;
                }
                let record = &index.forms()[listed as usize];
                let reached = scratch.reached(index, form, &asked, listed, record);
                if !asked.may_reach(&reached, record, subject) {
                    continue;
                }
                for (form, side) in beside {
                    let parts = scratch.compare(index, form, side, record, &reached);
                    if form.beside.admits(&parts) && params.odds(&parts, subject) >= wanted {
                        found.push(Scored {
                            name: record.name,
                            asked: name.number,
                            score: params.score(&parts, subject),
                        });
                    }
                }
            }
            scratch.touched = touched;
            scratch.forget();
        });
    }
}

/// To look a form's words up costs as much as to read so many postings.
const READ_A_FORM: usize = 4;

/// Information in the units of a [`Brief`], rounded up.
fn in_units(weight: f64) -> u16 {
    (weight * Brief::UNIT).ceil() as u16
}

#[derive(Default)]
struct Scratch {
    /// Whether a look-up is under way; still so at the next one if a bug ended it half-way.
    in_use: bool,
    /// For each form of the index.
    marks: Vec<Mark>,
    touched: Vec<u32>,
    /// The query's words, a bit each, of which only the postings of forms with initials were read.
    unread: u8,
    /// Of forms whose words may be joined with, or be joined of, the query's: what that adds.
    joined: FxHashMap<u32, Reached>,
    /// For each word of the query, the least that is lost where it meets one of a form.
    lost: Vec<f64>,
    words: Vec<u32>,
    remembered: Remembered,
    /// Sorted by word, when all are found.
    similar: Vec<Similar>,
    /// For each word of the index, one more than the place of its first in `similar`; 0 for none.
    first_similar: Vec<u32>,
    /// For each word of the index, the query's words that are similar to it or that it is an initial of, a bit each.
    met_by: Vec<u8>,
    /// The initials among them.
    initials: Vec<u32>,
    neighbours: parts::Neighbours,
    /// Of the words similar to one of the query's: their information, and where their postings are.
    postings: Vec<(u16, Range<usize>)>,
    links: Vec<Link>,
    met: Vec<Met>,
    weights: Vec<f64>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A word of the query, looked up.
#[derive(Clone)]
struct Looked<'a> {
    asked: usize,
    token: &'a TokenView<'a>,
    /// Its similar words, as a part of all.
    similar: Range<usize>,
    /// Forms that have them.
    forms: usize,
    /// The most information that one of them has.
    most: f64,
}

impl Scratch {
    fn look_up<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        query: &FormView<'_>,
        asked: &Asked<'_>,
    ) {
        // Marks that a broken-off look-up left behind would hide the forms they are on from every later query.
        if std::mem::replace(&mut self.in_use, true) {
            *self = Self {
                in_use: true,
                ..Self::default()
            };
        }
        let (forms, words) = (index.forms().len(), index.word_count());
        self.marks
            .resize(self.marks.len().max(forms), Mark::default());
        self.first_similar
            .resize(self.first_similar.len().max(words), 0);
        self.met_by.resize(self.met_by.len().max(words), 0);
        let mut looked = Vec::with_capacity(query.tokens.len());
        for (i, token) in query.tokens.iter().enumerate() {
            if token.kind != Kind::Initial {
                looked.push(self.similar_words(index, i, token));
            }
            if token.kind == Kind::Word {
                self.part_by_part(index, i, token);
            }
        }
        self.joined(index, query);
        self.meet(index, query);
        self.reach_similar(index, asked, looked);
        if !query.tokens.iter().any(|t| t.kind == Kind::Word) {
            self.touch_all(forms);
        }
        self.similar.sort_unstable_by_key(|s| (s.word, s.asked));
        for (at, similar) in self.similar.iter().enumerate().rev() {
            self.first_similar[similar.word as usize] = at as u32 + 1;
        }
    }

    /// Notes which words of the index meet which of the query's, by similarity or as an initial.
    fn meet<B: AsRef<[u8]>>(&mut self, index: &Index<B>, query: &FormView<'_>) {
        for similar in &self.similar {
            self.met_by[similar.word as usize] |= 1 << Mark::place(similar.asked as usize);
        }
        for initial in self.remembered.initials(index) {
            let listed = index.word(*initial);
            for (i, token) in query.tokens.iter().enumerate() {
                if compare(token, &listed).is_some() {
                    self.met_by[*initial as usize] |= 1 << Mark::place(i);
                    self.initials.push(*initial);
                }
            }
        }
    }

    /// Reaches the forms that have the words found, those of rare words first: what the last, common ones cannot carry
    /// by themselves need not be looked at for their sake.
    fn reach_similar<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        asked: &Asked<'_>,
        mut looked: Vec<Looked<'_>>,
    ) {
        looked.sort_by_key(|l| l.forms);
        for (k, word) in looked.iter().enumerate() {
            let anew = asked.may_be_enough(looked[k..].iter().map(|l| (l.token, l.most)));
            let bit = 1 << Mark::place(word.asked);
            let leave = !anew && self.is_worth_leaving(word.forms);
            if leave {
                self.unread |= bit;
            }
            // Where the postings of all words are is asked for before any is looked at: they are waited for together.
            let mut room = Room::beside(word, asked, &looked);
            let mut postings = std::mem::take(&mut self.postings);
            let similar = &self.similar[word.similar.clone()];
            postings.extend(similar.iter().map(|s| {
                let postings = index.posting_range(s.word);
                (in_units(s.weight), postings)
            }));
            for (listed, range) in postings.drain(..) {
                let all = index.all_postings()[range.clone()].iter();
                for (posting, beside) in all.zip(&index.beside()[range]) {
                    let has_initials = posting.has_initials();
                    if leave && !has_initials {
                        break;
                    }
                    if room.has(beside.named(), listed, beside.said(&self.met_by)) {
                        self.touch(*posting, bit, listed, anew || has_initials);
                    }
                }
            }
            self.postings = postings;
        }
    }

    /// Whether fewer forms were reached so far than have a word.
    fn is_worth_leaving(&self, forms: usize) -> bool {
        self.touched.len() * READ_A_FORM < forms
    }

    /// Adds to a mark what its form has of the words whose postings were left unread.
    fn add_unread<B: AsRef<[u8]>>(&self, index: &Index<B>, form: u32, mark: &mut Mark) {
        // The postings of forms with initials were read.
        if self.unread == 0 || index.briefs()[form as usize].initials > 0 {
            return;
        }
        for word in index.tokens_of(&index.forms()[form as usize]) {
            for s in similar_of(&self.similar, &self.first_similar, *word) {
                let bit = 1 << Mark::place(s.asked as usize);
                if self.unread & bit != 0 {
                    mark.asked |= bit;
                    mark.listed = mark.listed.saturating_add(in_units(s.weight));
                }
            }
        }
    }

    /// Initials and small words are not looked up: they only add to what words find. A name of nothing else may be any.
    fn touch_all(&mut self, forms: usize) {
        for (form, mark) in self.marks[..forms].iter_mut().enumerate() {
            if mark.flags == 0 {
                mark.flags = Mark::TOUCHED;
                self.touched.push(form as u32);
            }
        }
    }

    /// Marks a form that has a word similar to one of the query's; with `anew` also one that no word touched yet.
    fn touch(&mut self, posting: Posting, asked: u8, listed: u16, anew: bool) {
        let mark = &mut self.marks[posting.form()];
        if mark.flags == 0 {
            if !anew {
                return;
            }
            mark.flags = Mark::TOUCHED;
            self.touched.push(posting.form() as u32);
        }
        mark.asked |= asked;
        mark.listed = mark.listed.saturating_add(listed);
    }

    /// Marks the forms that have a word which may be joined of several of the query's, or be a part of one of them.
    fn touch_joined<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        word: u32,
        mut fits: impl FnMut(&Beside, usize) -> bool,
        add: impl Fn(&mut Reached),
    ) {
        let beside = &index.beside()[index.posting_range(word)];
        for (posting, beside) in index.postings(word).iter().zip(beside) {
            if !fits(beside, posting.form()) {
                continue;
            }
            self.touch(*posting, 0, 0, true);
            self.marks[posting.form()].flags |= Mark::JOINED;
            add(self.joined.entry(posting.form() as u32).or_default());
        }
    }

    /// How far a form was reached: what its words met, and what joining adds.
    fn reached<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        query: &FormView<'_>,
        asked: &Asked<'_>,
        form: u32,
        record: &FormRecord,
    ) -> Reached {
        let mut reached = self.joined.get(&form).copied().unwrap_or_default();
        self.lost.clear();
        self.lost.resize(query.tokens.len(), f64::INFINITY);
        for word in index.tokens_of(record) {
            let similar = similar_of(&self.similar, &self.first_similar, *word);
            reached.listed += similar.first().map_or(0.0, |s| s.weight);
            for s in similar {
                let i = s.asked as usize;
                reached.asked |= 1 << i;
                let lost = asked.least_lost(&query.tokens[i], s.weight, s.apart);
                self.lost[i] = self.lost[i].min(lost);
            }
            asked.reach_directly(&query.tokens, record, || index.word(*word), &mut reached);
        }
        reached.lost = self.lost.iter().filter(|l| l.is_finite()).sum();
        reached
    }

    /// Makes ready for the next form.
    fn forget(&mut self) {
        for similar in self.similar.drain(..) {
            self.first_similar[similar.word as usize] = 0;
            self.met_by[similar.word as usize] = 0;
        }
        for initial in self.initials.drain(..) {
            self.met_by[initial as usize] = 0;
        }
        self.joined.clear();
        self.unread = 0;
        self.in_use = false;
    }

    /// The words that compare with one of the query's: remembered, or found.
    fn similar_words<'a, B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        asked: usize,
        token: &'a TokenView<'a>,
    ) -> Looked<'a> {
        let from = self.similar.len();
        let known = self.remembered.similar_to(index, token);
        let asked_for = known.words.iter().map(|s| Similar {
            asked: asked as u32,
            ..*s
        });
        self.similar.extend(asked_for);
        Looked {
            asked,
            token,
            similar: from..self.similar.len(),
            forms: known.forms,
            most: known.words.iter().fold(0.0, |most, s| s.weight.max(most)),
        }
    }

    /// Neighbouring words of the query that are one of the index: one that begins as the first or ends as the last of
    /// them.
    fn joined<B: AsRef<[u8]>>(&mut self, index: &Index<B>, query: &FormView<'_>) {
        let mut words = std::mem::take(&mut self.words);
        for start in 0..query.tokens.len() {
            for end in start + 1..query.tokens.len().min(start + MAX_JOINED) {
                let (first, last) = (&query.tokens[start], &query.tokens[end]);
                let together = folded_together(&query.tokens[start..=end]);
                words.clear();
                let near = Near::new(&together);
                each_similar(index, &together, &mut words);
                index.retain_likely(&mut words, 0, &near);
                words.retain(|w| near.is_near(index.folded(*w)));
                words.sort_unstable();
                words.dedup();
                for word in words.drain(..) {
                    if joins(first, last, index.word(word).written()) {
                        let weight = index.weight(word);
                        self.touch_joined(
                            index,
                            word,
                            |_, _| true,
                            |reached| {
                                reached.asked |= ((1 << (end - start + 1)) - 1) << start;
                                reached.listed += weight;
                                reached.whole = true;
                            },
                        );
                    }
                }
            }
        }
        self.words = words;
    }

    /// Compares the query's form with one of the index, by what the look-up found.
    fn compare<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        query: &FormView<'_>,
        asked: &Side<'_>,
        record: &FormRecord,
        reached: &Reached,
    ) -> Parts {
        self.links.clear();
        self.weights.clear();
        let (mut initials, mut particles, mut of_father) = (0, 0, 0);
        for (j, word) in index.tokens_of(record).iter().enumerate() {
            let listed = index.word(*word);
            self.weights.push(listed.weight);
            initials |= u64::from(listed.kind == Kind::Initial) << j;
            particles |= u64::from(listed.kind == Kind::Particle) << j;
            of_father |= u64::from(is_of_father(&listed)) << j;
            for s in similar_of(&self.similar, &self.first_similar, *word) {
                let weight = asked.weights[s.asked as usize];
                let link = Link::single(s.asked as usize, j, s.how, s.apart, weight, listed.weight);
                self.links.extend(link);
            }
            for (i, token) in query.tokens.iter().enumerate() {
                if is_compared_directly(token.kind, listed.kind)
                    && let Some((how, apart)) = compare(token, &listed)
                {
                    let link = Link::single(i, j, how, apart, token.weight, listed.weight);
                    self.links.extend(link);
                }
            }
        }
        if reached.parts || reached.whole {
            let listed = index.form(record);
            if reached.whole {
                join_query(&query.tokens, &listed.tokens, &mut self.links);
            }
            if reached.parts {
                join_candidate(&query.tokens, &listed.tokens, &mut self.links);
            }
        }
        assign(&mut self.links, query.tokens.len(), &mut self.met);
        let listed = Side {
            native: record.native(),
            weights: Cow::Borrowed(&self.weights),
            numbers: index.numbers_of(record),
            legal: index.legal_of(record),
            initials,
            particles,
            of_father,
        };
        Parts::of(asked, &listed, &self.met)
    }
}

#[cfg(test)]
mod tests {
    use overt_model::{Entity, ftm};

    use super::*;
    use crate::index::build;
    use crate::{Query, Settings};

    #[test]
    fn a_look_up_that_broke_off_hides_nobody_from_the_next() {
        let mut person = Entity::new("a", ftm::schema("Person").unwrap());
        person.add("name", "Ivan Petrov");
        let index = Index::open(build([&person])).unwrap();
        let query = Query::new(&person).unwrap();
        let params = ScoringParams::default();
        let name = &query.names[0];
        let views = name.views();
        let asked = Asked::of(&views[0], name.subject, 0.0, &params);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.look_up(&index, &views[0], &asked);
            scratch.touched.clear();
        });
        let found = index.search(&query, &Settings::default(), &params, |_| true);
        assert_eq!(found.len(), 1);
    }
}
