//! From two names to one number.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::align::{How, Met, TokenView, align, mask};
use super::{Beside, Form, FormScript, Kind, Name, Subject, are_compared, words};

/// What the score is made with. All were set by `bench`'s program `names` on labelled pairs, except where said.
///
/// With the weights of words as information, `W` the larger total of the two names:
/// ```text
/// z = base − 8.5 · max(0, 1 − matched / 1.25), 7.7 instead of 8.5 where all words are the same, 5 where legal forms or
///       numbers are there and the same too
///       − apart · (information lost between words that met)
///       − conflict · min(1, information both sides have and the other lacks)
///       − extra · (information only one side has) / max(W, 1)
///       − 4.8 where numbers differ, − 4.15 where only one side has one, − 1.5 where legal forms differ, and what contradicts
///       otherwise (the constants below)
/// score = 1 / (1 + e^−z)
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoringParams {
    /// Log-odds of two equal names that tell enough.
    pub base: f64,
    /// What differences inside words that met take away.
    pub apart: f64,
    /// What a word on either side that the other lacks takes away.
    pub conflict: f64,
    /// What more words on one side take away, for people.
    pub extra_person: f64,
    /// The same for organisations and things.
    pub extra_organization: f64,
}

/// A fit to labelled pairs of names gives 5.28, 4.79, 7.93, 4.12 and 9.23; rounded, and moved by hand to where strangers
/// raise fewer alarms without more misses.
impl Default for ScoringParams {
    fn default() -> Self {
        Self {
            base: 5.3,
            apart: 4.5,
            conflict: 8.0,
            extra_person: 4.3,
            extra_organization: 8.9,
        }
    }
}

/// Information from which on two equal names tell enough: a rare word and a quarter; and what having none of it takes
/// away. Set by hand, so that a lone common word stays below even odds: labelled pairs have too few of them.
const ENOUGH: f64 = 1.25;
const TOO_LITTLE: f64 = 8.5;
/// The same where the names are equal word for word: who bears exactly that short name is shown before others.
const TOO_LITTLE_BUT_SAME: f64 = 7.7;
/// The same where the legal form or the number is the same too: `X Corp` is a whole name, and `X` may be anything. Set by
/// hand, so that such a name reaches the threshold with a single letter.
const TOO_LITTLE_BUT_WHOLE: f64 = 5.0;
/// What a number on one side only takes away: it may be a reference or left out, and the threshold is reached only when all
/// else is equal. Set by hand.
const NUMBER: f64 = 4.15;
/// What different numbers take away: two funds of a series, two ships of a fleet, are two. They stay below the threshold
/// and are shown above even odds. Set by hand.
const OTHER_NUMBER: f64 = 4.8;
/// What different legal forms take away; set by hand, for lists often have the wrong one.
const LEGAL_FORM: f64 = 1.5;
/// What it takes away that only one of two names spells its sounds out. Set by hand, so that strangers' names raise no more
/// alarms in scripts without vowels than in Latin letters (the bench program `scripts`).
const GUESSED: f64 = 1.5;
/// What an initial that meets nothing takes away where the other name has a word it could have met.
const OTHER_INITIAL: f64 = 2.0;
/// What it takes away from two people's names that none of their words is the same: two words with a letter different each
/// are two other words more often than two errors.
const UNANCHORED: f64 = 0.7;
/// The share of a word's information that an initial leaves open.
const BEYOND_INITIAL: f64 = 0.5;
/// Words may be so far apart as errors and languages make them; what is beyond that counts so much more.
const NEAR_ENOUGH: f64 = 0.2;
const BEYOND_NEAR: f64 = 0.3;
/// What it takes away that in one name one is the son and in the other the father.
const REVERSED: f64 = 5.5;

/// How two names compare.
#[derive(Debug, Clone, PartialEq)]
pub struct NameScore {
    /// From 0 to 1.
    pub score: f64,
    /// The reading of the query it was reached with.
    pub query_form: usize,
    /// The reading of the candidate.
    pub candidate_form: usize,
    /// Which words met.
    pub met: Vec<Met>,
    /// What it was made of.
    pub parts: Parts,
}

/// The features of a comparison, each in the units of [`ScoringParams`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts {
    /// Information of words that met, whatever the differences inside them.
    pub matched: f64,
    /// Information lost inside words that met: of each, its weight times how far apart they are.
    pub apart: f64,
    /// Information each side has and the other lacks: the smaller of both.
    pub conflict: f64,
    /// Share of information that one side has more.
    pub extra: f64,
    /// Every word of either side is the same on the other.
    pub same: bool,
    /// And there is a legal form or a number, on both sides the same.
    pub whole: bool,
    /// Numbers on both sides differ.
    pub number: bool,
    /// One side has a number, the other none.
    pub one_sided_number: bool,
    /// Legal forms on both sides differ.
    pub legal_form: bool,
    /// An initial of one side meets nothing, though the other has a word or an initial left.
    pub other_initial: bool,
    /// Of the words that met none is the same, but for small ones.
    pub unanchored: bool,
    /// One is said to be the son of the other, and the other way about.
    pub reversed: bool,
    /// One name spells its sounds out and the other does not: how it is read is a guess.
    pub guessed: bool,
}

/// A form as comparison sees it; borrowed from a name or from an index.
#[derive(Debug, Clone)]
pub(crate) struct FormView<'a> {
    pub script: FormScript,
    /// What its name is written in.
    pub native: FormScript,
    pub tokens: Vec<TokenView<'a>>,
    pub numbers: &'a [u64],
    pub legal: &'a [u8],
    /// Beside whose names it is compared, if it is asked for.
    pub beside: Beside,
}

impl Form {
    fn view(&self, native: FormScript, is_written: bool) -> FormView<'_> {
        FormView {
            script: self.script,
            native,
            tokens: self.tokens.iter().map(|t| t.view(is_written)).collect(),
            numbers: &self.numbers,
            legal: &self.legal,
            beside: self.beside,
        }
    }
}

impl Name {
    /// Its forms as comparison sees them.
    pub(crate) fn views(&self) -> Vec<FormView<'_>> {
        let is_written = self.is_written();
        let views = self.forms.iter();
        views.map(|f| f.view(self.native, is_written)).collect()
    }

    /// Compares two names: the best over their readings. Two names in the same script without an alphabet are compared
    /// character by character in it and not in Latin letters.
    pub fn compare(&self, candidate: &Self, params: &ScoringParams) -> Option<NameScore> {
        compare_views(
            &self.views(),
            &candidate.views(),
            both(self.subject, candidate.subject),
            params,
        )
    }
}

impl Beside {
    /// Whether a comparison says anything: a lone word that something stood beside is another word if it is not the same.
    pub(crate) fn admits(self, parts: &Parts) -> bool {
        self != Self::Organizations || !parts.unanchored
    }
}

/// Compares two names by their forms.
pub(crate) fn compare_views(
    query: &[FormView<'_>],
    candidate: &[FormView<'_>],
    subject: Subject,
    params: &ScoringParams,
) -> Option<NameScore> {
    let mut best: Option<NameScore> = None;
    for (q, asked) in query.iter().enumerate() {
        for (c, listed) in candidate.iter().enumerate() {
            if asked.script != listed.script
                || !asked.beside.is_of(subject)
                || !are_compared(asked.script, asked.native, listed.native)
            {
                continue;
            }
            let (met, parts) = parts_of(asked, listed);
            if !asked.beside.admits(&parts) {
                continue;
            }
            let score = params.score(&parts, subject);
            if best.as_ref().is_none_or(|b| score > b.score) {
                best = Some(NameScore {
                    score,
                    query_form: q,
                    candidate_form: c,
                    met,
                    parts,
                });
            }
        }
    }
    best
}

/// What both names name, as far as either says.
pub(crate) fn both(a: Subject, b: Subject) -> Subject {
    if a == Subject::Either { b } else { a }
}

fn parts_of(query: &FormView<'_>, candidate: &FormView<'_>) -> (Vec<Met>, Parts) {
    let met = align(&query.tokens, &candidate.tokens);
    let parts = Parts::of(&query.side(), &candidate.side(), &met);
    (met, parts)
}

/// What a side brings to a comparison beside the words themselves.
#[derive(Debug)]
pub(crate) struct Side<'a> {
    /// What its name is written in.
    pub native: FormScript,
    /// The weights of its words.
    pub weights: Cow<'a, [f64]>,
    pub numbers: &'a [u64],
    pub legal: &'a [u8],
    /// Its initials and small words, a bit each.
    pub initials: u64,
    pub particles: u64,
    /// Words for son or daughter of, a bit each.
    pub of_father: u64,
}

impl FormView<'_> {
    /// Whether another form has the same words in the same order, whatever else is said of it.
    pub(crate) fn has_words_of(&self, other: &Self) -> bool {
        let same = |(a, b): (&TokenView<'_>, &TokenView<'_>)| {
            (a.text, a.folded, a.kind, a.is_written) == (b.text, b.folded, b.kind, b.is_written)
                && a.weight == b.weight
        };
        (self.script, self.native, self.tokens.len())
            == (other.script, other.native, other.tokens.len())
            && self.tokens.iter().zip(&other.tokens).all(same)
    }

    pub(crate) fn side(&self) -> Side<'_> {
        Side {
            native: self.native,
            weights: self.tokens.iter().map(|t| t.weight).collect(),
            numbers: self.numbers,
            legal: self.legal,
            initials: bits(&self.tokens, |t| t.kind == Kind::Initial),
            particles: bits(&self.tokens, |t| t.kind == Kind::Particle),
            of_father: bits(&self.tokens, words::is_of_father),
        }
    }
}

/// The words of which something holds, a bit each.
fn bits(tokens: &[TokenView<'_>], holds: impl Fn(&TokenView<'_>) -> bool) -> u64 {
    let places = tokens.iter().enumerate().filter(|(_, t)| holds(t));
    places.fold(0, |bits, (place, _)| bits | 1 << place)
}

impl Parts {
    /// The features of two sides whose words met so.
    pub(crate) fn of(query: &Side<'_>, candidate: &Side<'_>, met: &[Met]) -> Self {
        let information = Self::information(&query.weights, &candidate.weights, met);
        let equal = query.legal == candidate.legal && query.numbers == candidate.numbers;
        let more = !query.legal.is_empty() || !query.numbers.is_empty();
        Self {
            whole: information.same && equal && more,
            guessed: query.native != candidate.native,
            other_initial: other_initial(query, candidate, met),
            unanchored: !met.is_empty() && !met.iter().any(|m| is_anchor(query, m)),
            reversed: is_reversed(query, candidate, met),
            number: !query.numbers.is_empty()
                && !candidate.numbers.is_empty()
                && query.numbers != candidate.numbers,
            one_sided_number: query.numbers.is_empty() != candidate.numbers.is_empty(),
            legal_form: !query.legal.is_empty()
                && !candidate.legal.is_empty()
                && !query.legal.iter().any(|l| candidate.legal.contains(l)),
            ..information
        }
    }

    fn information(query: &[f64], candidate: &[f64], met: &[Met]) -> Self {
        let weigh = |words: &[f64]| -> f64 { words.iter().sum() };
        let (all_query, all_candidate) = (weigh(query), weigh(candidate));
        let (mut matched, mut apart) = (0.0, 0.0);
        let (mut left_query, mut left_candidate) = (all_query, all_candidate);
        for m in met {
            let (a, b) = (
                weigh(&query[m.query.clone()]),
                weigh(&candidate[m.candidate.clone()]),
            );
            left_query -= a;
            left_candidate -= b;
            if m.how == How::Initial {
                matched += a.min(b);
                let open = BEYOND_INITIAL * (a - b).abs();
                if a < b {
                    left_candidate += open;
                } else {
                    left_query += open;
                }
            } else {
                matched += f64::midpoint(a, b);
                apart += f64::midpoint(a, b) * apart_in_all(m.apart);
            }
        }
        let larger = all_query.max(all_candidate);
        let (left_query, left_candidate) = (left_query.max(0.0), left_candidate.max(0.0));
        Self {
            matched,
            apart,
            conflict: left_query.min(left_candidate),
            extra: (left_query - left_candidate).abs() / larger.max(1.0),
            same: met.iter().all(|m| m.how == How::Equal)
                && met.len() == query.len()
                && met.len() == candidate.len(),
            ..Self::default()
        }
    }
}

/// How far words are apart, with what counts more beyond what errors and languages make.
pub(crate) fn apart_in_all(apart: f64) -> f64 {
    apart + BEYOND_NEAR * (apart - NEAR_ENOUGH).max(0.0)
}

/// Whether words that met are the same, by more than a small word or an initial.
fn is_anchor(query: &Side<'_>, met: &Met) -> bool {
    let words = mask(&met.query) & !query.particles & !query.initials;
    words != 0
        && match met.how {
            How::Equal | How::Spelling => true,
            How::Similar | How::Sounds => met.apart <= SAME_SOUNDS,
            How::GivenName | How::Initial => false,
        }
}

/// Words by their consonants that are so near are the same.
const SAME_SOUNDS: f64 = 0.1;

/// Whether an initial of either side meets nothing while the other has a word or an initial that meets nothing.
fn other_initial(query: &Side<'_>, candidate: &Side<'_>, met: &[Met]) -> bool {
    let left = |side: &Side<'_>, met: u64| {
        let all = (1u64 << side.weights.len().min(63)) - 1;
        all & !met & !side.particles
    };
    if query.initials | candidate.initials == 0 {
        return false;
    }
    let of = |part: fn(&Met) -> &super::Span| met.iter().fold(0, |bits, m| bits | mask(part(m)));
    let (asked, listed) = (
        left(query, of(|m| &m.query)),
        left(candidate, of(|m| &m.candidate)),
    );
    asked & query.initials != 0 && listed != 0 || listed & candidate.initials != 0 && asked != 0
}

/// Whether in one name one is said to be the child of another, and in the other name the other way about.
fn is_reversed(query: &Side<'_>, candidate: &Side<'_>, met: &[Met]) -> bool {
    if query.of_father == 0 || candidate.of_father == 0 {
        return false;
    }
    let counterpart = |word: usize| {
        let met = met.iter().find(|m| m.query.contains(&word))?;
        Some(met.candidate.start)
    };
    let listed: Vec<(usize, usize)> = families(candidate).collect();
    families(query).any(
        |(child, father)| match (counterpart(child), counterpart(father)) {
            (Some(child), Some(father)) => listed.contains(&(father, child)),
            // The child of one who has the child's name for a father.
            (Some(child), None) => listed.iter().any(|(_, father)| *father == child),
            (None, Some(father)) => listed.iter().any(|(child, _)| *child == father),
            (None, None) => false,
        },
    )
}

/// The places of children and their fathers in a name: the words nearest to *son of* that are not small.
fn families(side: &Side<'_>) -> impl Iterator<Item = (usize, usize)> {
    let words = side.weights.len();
    let is_named = move |at: &usize| side.particles & 1 << *at == 0;
    let signs = (0..words).filter(move |at| side.of_father & 1 << *at != 0);
    signs.filter_map(move |sign| {
        let child = (0..sign).rev().find(is_named)?;
        let father = (sign + 1..words).find(is_named)?;
        Some((child, father))
    })
}

impl ScoringParams {
    /// The score of features.
    pub fn score(&self, parts: &Parts, subject: Subject) -> f64 {
        logistic(self.odds(parts, subject))
    }

    pub(crate) fn odds(&self, parts: &Parts, subject: Subject) -> f64 {
        let flag = |set: bool, cost: f64| if set { cost } else { 0.0 };
        let too_little = if parts.whole {
            TOO_LITTLE_BUT_WHOLE
        } else if parts.same {
            TOO_LITTLE_BUT_SAME
        } else {
            TOO_LITTLE
        };
        self.base
            - too_little * (1.0 - parts.matched / ENOUGH).max(0.0)
            - self.apart * parts.apart
            - self.conflict * parts.conflict.min(1.0)
            - self.extra(subject) * parts.extra
            - flag(parts.one_sided_number, NUMBER)
            - flag(parts.number, OTHER_NUMBER)
            - flag(parts.legal_form, LEGAL_FORM)
            - flag(parts.guessed, GUESSED)
            - flag(parts.other_initial, OTHER_INITIAL)
            - flag(parts.unanchored && subject == Subject::Person, UNANCHORED)
            - flag(parts.reversed, REVERSED)
    }

    pub(crate) fn extra(&self, subject: Subject) -> f64 {
        match subject {
            Subject::Person => self.extra_person,
            _ => self.extra_organization,
        }
    }
}

/// The most, in log-odds, that any comparison can score whose words meet in at most `matched`, and which leaves at least `left_query`
/// and `left_candidate` without a counterpart.
///
/// With more left on the side that has less, conflict grows and extra shrinks; between the two ends that is concave, so
/// the score is highest at one of them.
pub(crate) fn bound(
    params: &ScoringParams,
    subject: Subject,
    matched: f64,
    left_query: f64,
    left_candidate: f64,
    larger: f64,
) -> f64 {
    let (less, more) = (
        left_query.min(left_candidate),
        left_query.max(left_candidate),
    );
    let parts = |less: f64| Parts {
        matched,
        conflict: less,
        extra: (more - less) / larger.max(1.0),
        same: more < NOTHING_LEFT,
        whole: more < NOTHING_LEFT,
        ..Parts::default()
    };
    params
        .odds(&parts(less), subject)
        .max(params.odds(&parts(more), subject))
}

/// Sums of the same weights in another order differ by less.
const NOTHING_LEFT: f64 = 1e-9;

pub(crate) fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

pub(crate) fn log_odds(score: f64) -> f64 {
    let score = score.clamp(1e-9, 1.0 - 1e-9);
    (score / (1.0 - score)).ln()
}

impl NameScore {
    /// In words: which met which, what was left.
    pub fn explain(&self, query: &Name, candidate: &Name) -> String {
        self.said(
            &query.forms[self.query_form].view(query.native, query.is_written()),
            &candidate.forms[self.candidate_form].view(candidate.native, candidate.is_written()),
        )
    }

    pub(crate) fn said(&self, query: &FormView<'_>, candidate: &FormView<'_>) -> String {
        let mut said: Vec<String> = self
            .met
            .iter()
            .map(|m| {
                let (a, b) = (
                    words_of(query, m.query.clone()),
                    words_of(candidate, m.candidate.clone()),
                );
                match m.how {
                    How::Equal => a,
                    How::Spelling => format!("{a} = {b}"),
                    How::Similar => format!("{a} ≈ {b}"),
                    How::GivenName => format!("{a} ~ {b} (given name)"),
                    How::Initial => format!("{a} … {b} (initial)"),
                    How::Sounds if a == b => a,
                    How::Sounds => format!("{a} ≈ {b} (consonants)"),
                }
            })
            .collect();
        said.extend(alone(query, "asked", |i| {
            self.met.iter().any(|m| m.query.contains(&i))
        }));
        said.extend(alone(candidate, "listed", |i| {
            self.met.iter().any(|m| m.candidate.contains(&i))
        }));
        if self.parts.number || self.parts.one_sided_number {
            said.push(format!(
                "numbers {:?} and {:?}",
                query.numbers, candidate.numbers
            ));
        }
        if self.parts.legal_form {
            let classes = |f: &FormView<'_>| {
                f.legal
                    .iter()
                    .map(|l| words::legal_class(*l))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            said.push(format!(
                "legal forms {} and {}",
                classes(query),
                classes(candidate)
            ));
        }
        said.join("; ")
    }
}

/// A word as it is shown: by its consonants where these are all that is compared.
fn shown<'a>(token: &TokenView<'a>) -> Cow<'a, str> {
    let folded = super::distance::are_sounds(token.folded);
    String::from_utf8_lossy(if folded { token.folded } else { token.text })
}

fn words_of(form: &FormView<'_>, span: std::ops::Range<usize>) -> String {
    form.tokens[span]
        .iter()
        .map(shown)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The words of a side that met nothing, small ones left out.
fn alone(form: &FormView<'_>, side: &str, met: impl Fn(usize) -> bool) -> Option<String> {
    let words: Vec<_> = form
        .tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| !met(*i) && t.kind != Kind::Particle)
        .map(|(_, t)| shown(t))
        .collect();
    (!words.is_empty()).then(|| format!("only {side}: {}", words.join(" ")))
}
