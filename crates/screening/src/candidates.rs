//! The names of an index that score high enough, with their scores.
//!
//! Every word of the query is looked up once, with up to two letters different, as a form of a given name, as a part of
//! a joined word and joined with its neighbours. What a name's words can contribute at most is added up; names whose
//! bound is below the wanted score are left, the others are compared by what the look-up found of their words. Nothing
//! at or above the wanted score is missed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::index::{Brief, FormRecord, Index, Posting, beginning, variants};
use crate::name::{
    FormScript, FormView, How, Kind, Knobs, Link, MORE_LETTERS, MOST_JOINED, Met, Near, Parts,
    SHORTEST_END, SHORTEST_REST, SHORTEST_WHOLE, Side, Subject, TokenView, assign, both, bound,
    compare, compare_by, fold, folded_together, given_name_forms, join_candidate, join_query,
    joins,
};

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
    knobs: &Knobs,
    found: &mut Vec<Scored>,
) {
    let native = name.forms.first().map_or(FormScript::Latin, |f| f.script);
    for form in name.forms {
        SCRATCH.with_borrow_mut(|scratch| {
            let asked = Asked::of(form, name.subject, wanted, knobs);
            scratch.look_up(index, form, &asked);
            let (briefs, mut limits) = (index.briefs(), Limits::default());
            let mut touched = std::mem::take(&mut scratch.touched);
            for listed in touched.drain(..) {
                let mark = std::mem::take(&mut scratch.marks[listed as usize]);
                let brief = briefs[listed as usize];
                if limits.exclude(mark, brief, &asked) {
                    continue;
                }
                // Two names in the same script without an alphabet are compared in it and not in Latin letters.
                let both_native = native != FormScript::Latin && native == brief.native();
                if brief.script() != form.script
                    || both_native != (form.script != FormScript::Latin)
                {
                    continue;
                }
                let subject = both(name.subject, brief.subject());
                if !asked.may_meet(mark, brief, subject) {
                    continue;
                }
                let record = &index.forms()[listed as usize];
                let reached = scratch.reached(index, form, &asked, listed, record);
                if !asked.may_reach(&reached, record, subject) {
                    continue;
                }
                let parts = scratch.compare(index, form, &asked.side, record, &reached);
                if knobs.odds(&parts, subject) >= wanted {
                    found.push(Scored {
                        name: record.name,
                        asked: name.number,
                        score: knobs.score(&parts, subject),
                    });
                }
            }
            scratch.touched = touched;
            scratch.forget();
        });
    }
}

/// What is known of a form while words are looked up: small, for there are as many as forms.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// The query's words that met one of it, a bit each; those from the eighth on share the last.
    asked: u8,
    /// `TOUCHED`, `JOINED`.
    flags: u8,
    /// The information of its words that were met, in the units of a [`Brief`], rounded up; some counted twice.
    listed: u16,
}

/// Bits of a mark for the query's words.
const BITS: usize = 8;

impl Mark {
    /// It is in the list of touched forms.
    const TOUCHED: u8 = 1;
    /// Words of it and of the query may be joined.
    const JOINED: u8 = 2;

    fn place(asked: usize) -> usize {
        asked.min(BITS - 1)
    }
}

/// For each choice of the query's words, how much of a form's information may be left over where they alone met it: a
/// first look at a mark that turns most forms away.
struct Limits([Option<u16>; 1 << BITS]);

impl Default for Limits {
    fn default() -> Self {
        Self([None; 1 << BITS])
    }
}

impl Limits {
    fn exclude(&mut self, mark: Mark, form: Brief, asked: &Asked<'_>) -> bool {
        if mark.flags & Mark::JOINED != 0 || form.initials > 0 {
            return false;
        }
        let limit =
            self.0[usize::from(mark.asked)].get_or_insert_with(|| asked.most_left(mark.asked));
        form.left(mark.listed.saturating_add(asked.initials_meet)) > *limit
    }
}

/// How far a form of the index was reached by the query's words.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    /// The query's words that met one of it.
    asked: u64,
    /// Information of its own words that were met.
    listed: f64,
    /// The least that could be lost inside words that met, in what it takes from the score.
    lost: f64,
    /// Whether several of its words may be one of the query's: then any of them may be met.
    parts: bool,
    /// Whether several of the query's words may be one of its.
    whole: bool,
}

/// A word of the index that is similar to one of the query's.
#[derive(Debug, Clone, Copy)]
struct Similar {
    word: u32,
    asked: u32,
    how: How,
    apart: f64,
    /// The information of the index's word.
    weight: f64,
}

#[derive(Default)]
struct Scratch {
    /// For each form of the index.
    marks: Vec<Mark>,
    touched: Vec<u32>,
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
    /// Of the words similar to one of the query's: their information, and where their postings are.
    postings: Vec<(u16, Range<usize>)>,
    links: Vec<Link>,
    met: Vec<Met>,
    weights: Vec<f64>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The query's side of a bound.
struct Asked<'a> {
    side: Side<'a>,
    subject: Subject,
    knobs: &'a Knobs,
    wanted: f64,
    weight: f64,
    /// Of initials and small words, which meet something or nothing without being looked up.
    free: f64,
    initials: usize,
    /// What its initials can meet, in the units of a [`Brief`].
    initials_meet: u16,
    /// How many of its words are neither.
    words: usize,
    /// What a unit of information costs at least where it stays without a counterpart: see [`unmet`].
    unmet: f64,
    /// The information of its words, by their bits in a [`Mark`].
    by_bit: [f64; BITS],
}

impl<'a> Asked<'a> {
    fn of(query: &'a FormView<'a>, subject: Subject, wanted: f64, knobs: &'a Knobs) -> Self {
        let weigh = |free: bool| -> f64 {
            let counted = query
                .tokens
                .iter()
                .filter(|t| !free || t.kind != Kind::Word);
            counted.map(|t| t.weight).sum()
        };
        let weight = weigh(false);
        let count = |kind| query.tokens.iter().filter(|t| t.kind == kind).count();
        let mut by_bit = [0.0; BITS];
        for (i, token) in query.tokens.iter().enumerate() {
            by_bit[Mark::place(i)] += token.weight;
        }
        Self {
            side: query.side(),
            subject,
            knobs,
            wanted: wanted - ROUNDING,
            weight,
            free: weigh(true),
            initials: count(Kind::Initial),
            initials_meet: (count(Kind::Initial) as f64 * INITIAL_MEETS * Brief::UNIT).ceil()
                as u16,
            words: count(Kind::Word),
            unmet: unmet(knobs, subject, weight).max(ROUNDING),
            by_bit,
        }
    }

    /// The information of the query's words with these bits.
    fn weight_of(&self, mut bits: u8) -> f64 {
        let mut weight = 0.0;
        while bits != 0 {
            weight += self.by_bit[bits.trailing_zeros() as usize];
            bits &= bits - 1;
        }
        weight
    }

    /// The most information, in the units of a [`Brief`], that a form without initials may have besides what these of
    /// the query's words met, to score high enough whatever it is.
    fn most_left(&self, bits: u8) -> u16 {
        let met = (self.weight_of(bits) + self.free).min(self.weight);
        let enough = |left: u16| {
            let left = f64::from(left) / Brief::UNIT;
            // What met on the form's side is unknown here: as if it were everything.
            let larger = self.weight.max(MOST_INFORMATION);
            self.subjects().iter().any(|subject| {
                let most = bound(
                    self.knobs,
                    *subject,
                    larger,
                    self.weight - met,
                    left,
                    larger,
                );
                most >= self.wanted
            })
        };
        if !enough(0) {
            return 0;
        }
        let (mut holds, mut fails) = (0, u16::MAX);
        while fails - holds > 1 {
            let middle = holds + (fails - holds) / 2;
            if enough(middle) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        holds
    }

    /// What a form may turn out to name, beside the query.
    fn subjects(&self) -> [Subject; 2] {
        match self.subject {
            Subject::Either => [Subject::Person, Subject::Organization],
            known => [known, known],
        }
    }

    /// Whether a form that was marked so can score high enough, as far as its brief tells.
    fn may_meet(&self, mark: Mark, form: Brief, subject: Subject) -> bool {
        if mark.flags & Mark::JOINED != 0 {
            return true;
        }
        let asked = self.weight_of(mark.asked);
        let listed = f64::from(mark.listed) / Brief::UNIT;
        let free = form.weight() - form.named();
        self.most(asked, form.initials, listed + free, form.weight(), subject) >= self.wanted
    }

    /// Whether a form reached so far can score high enough.
    fn may_reach(&self, reached: &Reached, form: &FormRecord, subject: Subject) -> bool {
        let mut asked = 0.0;
        let mut bits = reached.asked;
        while bits != 0 {
            asked += self.side.weights[bits.trailing_zeros() as usize];
            bits &= bits - 1;
        }
        let listed = if reached.parts {
            form.weight
        } else {
            reached.listed + form.free
        };
        let most = self.most(asked, form.initials, listed, form.weight, subject);
        most - self.lost(reached, form, subject) >= self.wanted
    }

    /// The most that a form can score of which so much information met, of the query's words and, initials and small
    /// ones counted in, of its own.
    fn most(&self, asked: f64, initials: u8, listed: f64, weight: f64, subject: Subject) -> f64 {
        // An initial may meet any word, and takes at most this much of it away from what is left.
        let asked = asked + self.free + f64::from(initials) * INITIAL_MEETS;
        let listed = listed + self.initials as f64 * INITIAL_MEETS;
        let (asked, listed) = (asked.min(self.weight), listed.min(weight));
        bound(
            self.knobs,
            subject,
            f64::midpoint(asked, listed),
            self.weight - asked,
            weight - listed,
            self.weight.max(weight),
        )
    }

    /// What differences inside words, or leaving these words unmet, take away at least.
    ///
    /// A word that met with a loss is either among those that count as met, and takes the loss away, or stays unmet.
    /// The smaller of both was added up for a name of the query's size; for a larger one unmet words may cost less, in
    /// the same proportion for all.
    fn lost(&self, reached: &Reached, form: &FormRecord, subject: Subject) -> f64 {
        let otherwise = reached.parts || reached.whole || form.initials > 0;
        if otherwise || self.wanted <= self.knobs.base - self.knobs.conflict {
            return 0.0;
        }
        let larger = self.weight.max(form.weight);
        let share = unmet(self.knobs, subject, larger) / self.unmet;
        reached.lost * share.min(1.0)
    }

    /// The least that is lost where a word of the query meets one so far apart, or stays unmet instead.
    fn least_lost(&self, token: &TokenView<'_>, listed: f64, apart: f64) -> f64 {
        if token.kind != Kind::Word {
            return 0.0;
        }
        let inside = self.knobs.apart * f64::midpoint(token.weight, listed) * apart;
        inside.min(self.unmet * token.weight)
    }

    /// Whether a form without initials that only meets these of the query's words, by themselves, can score high enough.
    fn may_be_enough<'t>(&self, tokens: impl Iterator<Item = &'t TokenView<'t>>) -> bool {
        let (mut met, mut words) = (0.0, 0);
        for token in tokens.filter(|t| t.kind == Kind::Word) {
            met += token.weight;
            words += 1;
        }
        let left = (self.weight - self.free - met).max(0.0);
        // No word of the other side tells more than 1.
        let listed = (words + self.side.weights.len() - self.words) as f64;
        let larger = self.weight.max(listed) + left;
        self.subjects().iter().any(|subject| {
            let matched = f64::midpoint(met + self.free, listed);
            bound(self.knobs, *subject, matched, left, 0.0, larger) >= self.wanted
        })
    }
}

/// What a unit of information of one side costs at least, in log-odds, where it stays without a counterpart in names of
/// this size: it is more on its side, or it takes away from what the other side has more, and is a conflict.
fn unmet(knobs: &Knobs, subject: Subject, larger: f64) -> f64 {
    let extra = knobs.extra(subject) / larger.max(1.0);
    extra.min(knobs.conflict - extra).max(0.0)
}

/// Of a word of full weight, what an initial can meet: all but the share it leaves open.
const INITIAL_MEETS: f64 = 0.71;
/// More information than a name of the most words has.
const MOST_INFORMATION: f64 = 64.0;
/// Sums in other orders and shorter numbers differ by less.
const ROUNDING: f64 = 1e-4;

/// A word of the query, looked up.
#[derive(Clone)]
struct Looked<'a> {
    asked: usize,
    token: &'a TokenView<'a>,
    /// Its similar words, as a part of all.
    similar: Range<usize>,
    /// Forms that have them.
    forms: usize,
}

impl Scratch {
    fn look_up<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        query: &FormView<'_>,
        asked: &Asked<'_>,
    ) {
        let (forms, words) = (index.forms().len(), index.word_count());
        self.marks
            .resize(self.marks.len().max(forms), Mark::default());
        self.first_similar
            .resize(self.first_similar.len().max(words), 0);
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
        self.reach_similar(index, asked, looked);
        self.similar.sort_unstable_by_key(|s| (s.word, s.asked));
        for (at, similar) in self.similar.iter().enumerate().rev() {
            self.first_similar[similar.word as usize] = at as u32 + 1;
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
            let anew = asked.may_be_enough(looked[k..].iter().map(|l| l.token));
            let bit = 1 << Mark::place(word.asked);
            // Where the postings of all words are is asked for before any is looked at: they are waited for together.
            let mut postings = std::mem::take(&mut self.postings);
            let similar = &self.similar[word.similar.clone()];
            postings.extend(similar.iter().map(|s| {
                let postings = index.posting_range(s.word);
                ((s.weight * Brief::UNIT).ceil() as u16, postings)
            }));
            for (listed, range) in postings.drain(..) {
                for posting in &index.all_postings()[range] {
                    self.touch(*posting, bit, listed, anew || posting.has_initials());
                }
            }
            self.postings = postings;
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
        fits: impl Fn(&FormRecord) -> bool,
        add: impl Fn(&mut Reached),
    ) {
        for posting in index.postings(word) {
            if !fits(&index.forms()[posting.form()]) {
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
        }
        reached.lost = self.lost.iter().filter(|l| l.is_finite()).sum();
        reached
    }

    /// Makes ready for the next form.
    fn forget(&mut self) {
        for similar in self.similar.drain(..) {
            self.first_similar[similar.word as usize] = 0;
        }
        self.joined.clear();
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
        }
    }

    /// Words that begin or end this one, and may with their neighbours be it.
    fn part_by_part<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        asked: usize,
        token: &TokenView<'_>,
    ) {
        let ascii = std::str::from_utf8(token.text)
            .ok()
            .filter(|t| t.is_ascii());
        let Some(text) = ascii.filter(|t| t.len() >= SHORTEST_WHOLE) else {
            return;
        };
        for length in SHORTEST_END..=text.len() - SHORTEST_REST {
            for part in [&text[..length], &text[text.len() - length..]] {
                for word in exactly(index, fold(part).as_bytes()) {
                    if index.text(word) == part.as_bytes() {
                        let fits = |form: &FormRecord| may_be_part(index, form, word, text.len());
                        self.touch_joined(index, word, fits, |reached| {
                            reached.asked |= 1 << asked;
                            reached.parts = true;
                        });
                    }
                }
            }
        }
    }

    /// Neighbouring words of the query that are one of the index: one that begins as the first or ends as the last of
    /// them.
    fn joined<B: AsRef<[u8]>>(&mut self, index: &Index<B>, query: &FormView<'_>) {
        let mut words = std::mem::take(&mut self.words);
        for start in 0..query.tokens.len() {
            for end in start + 1..query.tokens.len().min(start + MOST_JOINED) {
                let (first, last) = (&query.tokens[start], &query.tokens[end]);
                let together = folded_together(&query.tokens[start..=end]);
                words.clear();
                let near = Near::new(&together);
                each_similar(index, &together, &mut words);
                index.retain_by_length(&mut words, &near.lengths());
                words.retain(|w| near.is_near(index.folded(*w)));
                words.sort_unstable();
                words.dedup();
                for word in words.drain(..) {
                    if joins(first, last, index.text(word)) {
                        let weight = index.weight(word);
                        self.touch_joined(
                            index,
                            word,
                            |_| true,
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
        for (j, word) in index.tokens_of(record).iter().enumerate() {
            let listed = index.word(*word);
            self.weights.push(listed.weight);
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
            weights: Cow::Borrowed(&self.weights),
            numbers: index.numbers_of(record),
            legal: index.legal_of(record),
        };
        Parts::of(asked, &listed, &self.met)
    }
}

/// Whether a word of a form, with its neighbours, is about as long as a whole word.
fn may_be_part<B: AsRef<[u8]>>(
    index: &Index<B>,
    form: &FormRecord,
    word: u32,
    letters: usize,
) -> bool {
    let tokens = index.tokens_of(form);
    let about = letters.saturating_sub(MORE_LETTERS)..=letters + MORE_LETTERS;
    let mut places = (0..tokens.len()).filter(|at| tokens[*at] == word);
    places.any(|at| {
        let after = grown(index, tokens[at..].iter());
        let before = grown(index, tokens[..=at].iter().rev());
        after.chain(before).any(|length| about.contains(&length))
    })
}

/// The lengths of two and more words together.
fn grown<'a, B: AsRef<[u8]>>(
    index: &'a Index<B>,
    words: impl Iterator<Item = &'a u32> + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let lengths = words.take(MOST_JOINED).scan(0, |all, word| {
        *all += index.text_len(*word);
        Some(*all)
    });
    lengths.skip(1)
}

/// The similarities of a word of the index, of those sorted by word.
fn similar_of<'a>(similar: &'a [Similar], first: &[u32], word: u32) -> &'a [Similar] {
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
    words.clear();
    if token.kind == Kind::Word {
        each_similar(index, token.folded, words);
        index.retain_by_length(words, &near.lengths());
    } else {
        words.extend(exactly(index, token.folded));
    }
    words.extend_from_slice(&given);
    seen.keep_first(words, index.word_count());
    for word in words.drain(..) {
        let is_given = given.contains(&word);
        let is_near = near.is_near(index.folded(word));
        if !is_near && !is_given {
            continue;
        }
        let listed = index.word(word);
        if is_compared_directly(token.kind, listed.kind) {
            continue;
        }
        let met = compare_by(
            token,
            &listed,
            |_, other| is_near.then(|| near.share(other)),
            |_, _| is_given,
        );
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

    found
}

/// The words of an index that compare with a word, whichever of a query's it is.
#[derive(Debug, Default)]
struct SimilarWords {
    words: Vec<Similar>,
    /// How many forms have them, some counted twice.
    forms: usize,
}

/// What was found of words asked for lately: given names and words of trade come again and again.
#[derive(Default)]
struct Remembered {
    /// The index it was found in.
    of: u64,
    found: FxHashMap<Vec<u8>, SimilarWords>,
    /// How many similar words they have together.
    words: usize,
    key: Vec<u8>,
    scratch: Vec<u32>,
    seen: Seen,
}

/// Which words of an index were seen.
#[derive(Default)]
struct Seen(Vec<bool>);

impl Seen {
    /// Keeps each word once.
    fn keep_first(&mut self, words: &mut Vec<u32>, of: usize) {
        self.0.resize(self.0.len().max(of), false);
        words.retain(|w| !std::mem::replace(&mut self.0[*w as usize], true));
        words.iter().for_each(|w| self.0[*w as usize] = false);
    }
}

/// Similar words that are remembered, of 32 bytes each.
const MOST_REMEMBERED: usize = 200_000;

impl Remembered {
    /// The words similar to a word, remembered or found now.
    fn similar_to<B: AsRef<[u8]>>(
        &mut self,
        index: &Index<B>,
        token: &TokenView<'_>,
    ) -> &SimilarWords {
        if self.of != index.serial() {
            // A newer index took the place of the one before: what was found of that helps nobody any more.
            *self = Self {
                of: index.serial(),
                ..Self::default()
            };
        }
        self.key.clear();
        self.key.push(token.kind as u8);
        self.key.extend(token.text);
        if !self.found.contains_key(&self.key) {
            let found = similar_words(index, token, &mut self.scratch, &mut self.seen);
            self.keep(found);
        }
        &self.found[&self.key]
    }

    fn keep(&mut self, found: SimilarWords) {
        if self.words + found.words.len() > MOST_REMEMBERED {
            self.found.clear();
            self.words = 0;
        }
        self.words += found.words.len();
        self.found.insert(self.key.clone(), found);
    }
}

/// Initials, and small words beside one another, are compared where they meet and not looked up.
fn is_compared_directly(asked: Kind, listed: Kind) -> bool {
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
