//! What a name can score at most by what is known of it so far, and so which names need not be looked at closer.
//!
//! ```text
//! Mark, Brief ─► Limits ─► may_meet ─► Reached ─► may_reach ─► compared
//! ```

use super::similar::is_compared_directly;
use crate::index::{Brief, FormRecord};
use crate::name::{
    FormView, Kind, Parts, ScoringParams, Side, Subject, TokenView, apart_in_all, bound, compare,
};

/// What is known of a form while words are looked up: small, for there are as many as forms.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    /// The query's words that met one of it, a bit each; those from the eighth on share the last.
    pub(super) asked: u8,
    /// `TOUCHED`, `JOINED`.
    pub(super) flags: u8,
    /// The information of its words that were met, in the units of a [`Brief`], rounded up; some counted twice.
    pub(super) listed: u16,
}

/// Bits of a mark for the query's words.
const BITS: usize = 8;

impl Mark {
    /// It is in the list of touched forms.
    pub(super) const TOUCHED: u8 = 1;
    /// Words of it and of the query may be joined.
    pub(super) const JOINED: u8 = 2;

    pub(super) fn place(asked: usize) -> usize {
        asked.min(BITS - 1)
    }
}

/// For each choice of the query's words, how much of a form's information may be left over where they alone met it: a
/// first look at a mark that turns most forms away.
pub(super) struct Limits([Option<u16>; 1 << BITS]);

impl Default for Limits {
    fn default() -> Self {
        Self([None; 1 << BITS])
    }
}

impl Limits {
    pub(super) fn exclude(&mut self, mark: Mark, form: Brief, asked: &Asked<'_>) -> bool {
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
pub(super) struct Reached {
    /// The query's words that met one of it.
    pub(super) asked: u64,
    /// Information of its own words that were met.
    pub(super) listed: f64,
    /// How many of its initials may stand for a word of the query.
    pub(super) initials: u8,
    /// The query's initials that may stand for a word of it.
    pub(super) asked_initials: u64,
    /// The least that could be lost inside words that met, in what it takes from the score.
    pub(super) lost: f64,
    /// Whether several of its words may be one of the query's: then any of them may be met.
    pub(super) parts: bool,
    /// Whether several of the query's words may be one of its.
    pub(super) whole: bool,
}

/// The query's side of a bound.
pub(super) struct Asked<'a> {
    pub(super) side: Side<'a>,
    subject: Subject,
    params: &'a ScoringParams,
    wanted: f64,
    weight: f64,
    /// Of initials and small words, which meet something or nothing without being looked up.
    free: f64,
    initials: usize,
    /// What its initials can meet, in the units of a [`Brief`].
    pub(super) initials_meet: u16,
    /// Its initials and small words, a bit each.
    direct: u64,
    /// How many of its words are neither.
    words: usize,
    /// What a unit of information costs at least where it stays without a counterpart: see [`unmet`].
    unmet: f64,
    /// The information of its words, by their bits in a [`Mark`].
    by_bit: [f64; BITS],
}

impl<'a> Asked<'a> {
    pub(super) fn of(
        query: &'a FormView<'a>,
        subject: Subject,
        wanted: f64,
        params: &'a ScoringParams,
    ) -> Self {
        let weigh = |free: bool| -> f64 {
            let counted = query
                .tokens
                .iter()
                .filter(|t| !free || t.kind != Kind::Word);
            counted.map(|t| t.weight).sum()
        };
        let weight = weigh(false);
        let count = |kind| query.tokens.iter().filter(|t| t.kind == kind).count();
        let is_direct = |t: &TokenView<'_>| t.kind != Kind::Word;
        let direct = query.tokens.iter().enumerate();
        let direct = direct.map(|(i, t)| u64::from(is_direct(t)) << i).sum();
        let mut by_bit = [0.0; BITS];
        for (i, token) in query.tokens.iter().enumerate() {
            by_bit[Mark::place(i)] += token.weight;
        }
        Self {
            side: query.side(),
            subject,
            params,
            wanted: wanted - ROUNDING,
            weight,
            free: weigh(true),
            initials: count(Kind::Initial),
            initials_meet: (count(Kind::Initial) as f64 * INITIAL_MEETS * Brief::UNIT).ceil()
                as u16,
            direct,
            words: count(Kind::Word),
            unmet: unmet(params, subject, weight).max(ROUNDING),
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
    pub(super) fn most_left(&self, bits: u8) -> u16 {
        let met = (self.weight_of(bits) + self.free).min(self.weight);
        let enough = |left: u16| {
            let left = f64::from(left) / Brief::UNIT;
            // What met on the form's side is unknown here: as if it were everything.
            let larger = self.weight.max(MAX_INFORMATION);
            self.subjects().iter().any(|subject| {
                let most = bound(
                    self.params,
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
    pub(super) fn may_meet(&self, mark: Mark, form: Brief, subject: Subject) -> bool {
        if mark.flags & Mark::JOINED != 0 {
            return true;
        }
        // An initial may meet any word, and takes at most this much of it away from what is left.
        let in_initials = f64::from(form.initials) * INITIAL_MEETS;
        let asked = self.weight_of(mark.asked) + self.free + in_initials;
        let free = form.weight() - form.named();
        let listed = f64::from(mark.listed) / Brief::UNIT + free;
        let listed = listed + self.initials as f64 * INITIAL_MEETS;
        self.most(asked, listed, form.weight(), subject) >= self.wanted
    }

    /// Whether a form reached so far can score high enough.
    pub(super) fn may_reach(&self, reached: &Reached, form: &FormRecord, subject: Subject) -> bool {
        let mut asked = 0.0;
        let mut bits = reached.asked;
        while bits != 0 {
            asked += self.side.weights[bits.trailing_zeros() as usize];
            bits &= bits - 1;
        }
        let listed = if reached.parts {
            form.weight
        } else {
            reached.listed + f64::from(reached.asked_initials.count_ones()) * INITIAL_MEETS
        };
        let asked = asked + f64::from(reached.initials) * INITIAL_MEETS;
        let most = self.most(asked, listed, form.weight, subject);
        most - self.lost(reached, form, subject) >= self.wanted
    }

    /// Adds what a word of a form meets of the query's that is not looked up: initials, and small words beside each other.
    pub(super) fn reach_directly<'t>(
        &self,
        query: &[TokenView<'_>],
        form: &FormRecord,
        word: impl FnOnce() -> TokenView<'t>,
        reached: &mut Reached,
    ) {
        if self.direct == 0 && form.initials == 0 {
            return;
        }
        let listed = word();
        let mut is_met = false;
        for (i, token) in query.iter().enumerate() {
            if !is_compared_directly(token.kind, listed.kind) || compare(token, &listed).is_none() {
                continue;
            }
            match (token.kind, listed.kind) {
                (Kind::Word, _) => reached.initials += u8::from(!is_met),
                (Kind::Initial, Kind::Word) => {
                    reached.asked_initials |= 1 << i;
                    reached.asked |= 1 << i;
                }
                _ => reached.asked |= 1 << i,
            }
            is_met |= listed.kind != Kind::Word;
        }
        if is_met {
            reached.listed += listed.weight;
        }
    }

    /// The most that a form can score of which so much information met, of the query's words and of its own.
    fn most(&self, asked: f64, listed: f64, weight: f64, subject: Subject) -> f64 {
        let (asked, listed) = (asked.min(self.weight), listed.min(weight));
        bound(
            self.params,
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
        let otherwise = reached.parts || reached.whole || reached.initials > 0;
        if otherwise || self.wanted <= self.params.base - self.params.conflict {
            return 0.0;
        }
        let larger = self.weight.max(form.weight);
        let share = unmet(self.params, subject, larger) / self.unmet;
        reached.lost * share.min(1.0)
    }

    /// The least that is lost where a word of the query meets one so far apart, or stays unmet instead.
    pub(super) fn least_lost(&self, token: &TokenView<'_>, listed: f64, apart: f64) -> f64 {
        if token.kind != Kind::Word {
            return 0.0;
        }
        let inside = self.params.apart * f64::midpoint(token.weight, listed) * apart_in_all(apart);
        inside.min(self.unmet * token.weight)
    }

    /// Whether a form without initials that only meets these of the query's words, each with the most information that a
    /// word similar to it has, can score high enough.
    pub(super) fn may_be_enough<'t>(
        &self,
        looked: impl Iterator<Item = (&'t TokenView<'t>, f64)>,
    ) -> bool {
        let (mut met, mut listed) = (0.0, (self.side.weights.len() - self.words) as f64);
        for (token, most) in looked.filter(|(token, _)| token.kind == Kind::Word) {
            met += token.weight;
            listed += most;
        }
        let left = (self.weight - self.free - met).max(0.0);
        let matched = f64::midpoint(met + self.free, listed);
        self.subjects()
            .iter()
            .any(|subject| self.most_with(*subject, matched, left, listed) >= self.wanted)
    }

    /// The most that a form can score that leaves so much of the query without a counterpart, whatever it has besides
    /// what met. What it has besides conflicts, and makes it larger, which makes the rest of the query matter less: the
    /// range of what it may have is gone through in steps, each taken at its better end for either.
    fn most_with(&self, subject: Subject, matched: f64, left: f64, listed: f64) -> f64 {
        let at = |conflict: f64, besides: f64| {
            let larger = self.weight.max(listed + besides).max(1.0);
            self.params.odds(
                &Parts {
                    matched,
                    conflict,
                    extra: (left - besides).max(0.0) / larger,
                    same: left < ROUNDING,
                    whole: left < ROUNDING,
                    ..Parts::default()
                },
                subject,
            )
        };
        let step = left / STEPS;
        (0..STEPS as usize)
            .map(|k| at(k as f64 * step, (k + 1) as f64 * step))
            .fold(at(left, left), f64::max)
    }
}

/// Into how many a range is cut where a bound is taken over it.
const STEPS: f64 = 16.0;

/// What a unit of information of one side costs at least, in log-odds, where it stays without a counterpart in names of
/// this size: it is more on its side, or it takes away from what the other side has more, and is a conflict.
fn unmet(params: &ScoringParams, subject: Subject, larger: f64) -> f64 {
    let extra = params.extra(subject) / larger.max(1.0);
    extra.min(params.conflict - extra).max(0.0)
}

/// Of a word of full weight, what an initial can meet: all but the share it leaves open.
const INITIAL_MEETS: f64 = 0.71;
/// More information than a name of the most words has.
const MAX_INFORMATION: f64 = 64.0;
/// Sums in other orders and shorter numbers differ by less.
const ROUNDING: f64 = 1e-4;
