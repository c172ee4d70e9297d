//! What chance explains.
//!
//! The default null keeps, of every account, how active it is in each block (topic × popularity tier) and how early
//! or late it habitually is, and of every object its popularity and its own time profile. What is left over is a tie
//! between two accounts.
//!
//! ```text
//! λ_ij = Σ_b D_ib D_jb Σ_kl r_ik W_b[k,l] r_jl          p = P(Poisson(λ_ij) ≥ K_ij)
//! ```
//!
//! [`blocks`] finds b and D, [`habit`] r, [`encounters`] W; [`bicm`] is another null, [`synchrony`] another question.
//!
//! For pairs that could pass, two more questions are put, and λ is raised by what they answer: do the two keep the same
//! hours (`hours`), and do they share more than expected out of step too (`apart`)? Blocks that a background hardly knows
//! fall back on their tier (`pooled`).

pub mod bicm;
pub mod blocks;
pub mod encounters;
pub mod habit;
mod hours;
mod off_window;
pub mod poisson;
mod pooled;
pub mod synchrony;

use overt_model::{ParseError, Window};
use serde::{Deserialize, Serialize};

use crate::count::{Pair, pairs};
use crate::events::Events;
use bicm::Bicm;
use blocks::{Blocks, TopicSettings};
use encounters::{BinPairs, Encounters, bilinear};
use habit::{BINS, Habit};
use hours::Hours;
use off_window::{OffWindowOverlap, affinity};
use poisson::upper_tail;
use pooled::Pooled;
use synchrony::common;

/// The chance at which a pair stands out.
const STANDS_OUT: f64 = 1e-4;
/// Fewest co-shares of a pair that can.
const MIN_TIE: u32 = 3;
/// How often to look again at most.
const ROUNDS: usize = 8;

/// A null model by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NullModel {
    /// Blocks and habit.
    #[default]
    Blocks,
    /// One block, no habit: activity × popularity × time profile.
    Plain,
    /// Participation from the bipartite configuration model.
    Bicm,
}

impl NullModel {
    /// The name in settings and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Plain => "plain",
            Self::Bicm => "bicm",
        }
    }
}

impl std::str::FromStr for NullModel {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        [Self::Blocks, Self::Plain, Self::Bicm]
            .into_iter()
            .find(|m| m.name() == text)
            .ok_or_else(|| ParseError {
                what: "null model",
                given: text.to_owned(),
                hint: "use blocks, plain or bicm",
            })
    }
}

/// What is kept of accounts and objects whatever the window: blocks and habits.
pub struct Baseline {
    /// Blocks and activity in them.
    pub blocks: Blocks,
    /// Latency bins and habits.
    pub habit: Habit,
    model: NullModel,
    /// Whether ties that chance does not explain are taken out of what anybody would do.
    trimmed: bool,
}

impl Baseline {
    /// Estimates the baseline of a null model from the events.
    pub fn estimate(events: &Events, model: NullModel, topics: &TopicSettings) -> Self {
        match model {
            NullModel::Blocks => Self {
                trimmed: true,
                ..Self::with_blocks(events, Blocks::find(events, topics))
            },
            NullModel::Plain | NullModel::Bicm => Self {
                blocks: Blocks::one(events),
                habit: Habit::none(events),
                model,
                trimmed: false,
            },
        }
    }

    /// Blocks known from elsewhere, with habit, every encounter counted.
    pub fn with_blocks(events: &Events, blocks: Blocks) -> Self {
        Self {
            blocks,
            habit: Habit::estimate(events),
            model: NullModel::Blocks,
            trimmed: false,
        }
    }
}

/// A null model at one window, ready to say what it expects of any pair.
pub struct Null<'a> {
    baseline: &'a Baseline,
    /// Encounters at this window.
    pub encounters: Encounters,
    rate: Vec<BinPairs>,
    window: Window,
    /// What else is asked about a pair, under the default null.
    besides: Option<(Hours, OffWindowOverlap)>,
    /// What blocks that the background hardly knows fall back on.
    pooled: Option<Pooled>,
    bicm: Option<Bicm>,
}

impl<'a> Null<'a> {
    /// Estimates encounters at a window, without the ties that stand out from them.
    pub fn new(events: &Events, window: Window, baseline: &'a Baseline) -> Self {
        let encounters = Encounters::count(events, window, &baseline.blocks, &baseline.habit);
        let bicm = (baseline.model == NullModel::Bicm).then(|| Bicm::solve(events, window));
        let pooled = events
            .has_background()
            .then(|| Pooled::over(&encounters, &baseline.blocks));
        let mut null = Self {
            baseline,
            rate: Vec::new(),
            window,
            besides: None,
            pooled,
            encounters,
            bicm,
        };
        null.rate = null.rates();
        if baseline.trimmed {
            let apart = OffWindowOverlap::new(&null.encounters, &baseline.blocks);
            null.besides = Some((Hours::count(events, window), apart));
            null.trim(events, window);
        }
        null
    }

    /// `W_b[k,l]`: encounters over the square of the block's events.
    fn rates(&self) -> Vec<BinPairs> {
        let blocks = &self.baseline.blocks;
        let scaled = |(b, near): (usize, &BinPairs)| {
            let e = blocks.events(b as u32).max(1) as f64;
            near.map(|row| row.map(|n| n / (e * e)))
        };
        let near = self.encounters.near.iter().enumerate();
        match &self.pooled {
            None => near.map(scaled).collect(),
            Some(pooled) => near
                .map(|(b, near)| pooled.shrink(near, blocks, b as u32))
                .collect(),
        }
    }

    /// Takes out of the encounters what pairs that stand out do with each other, and looks again, until no more do:
    /// what a coordinated group does together must not count as what anybody would do, or it explains itself.
    ///
    /// Under the null a pair stands out with chance [`STANDS_OUT`], so hardly anything is taken.
    fn trim(&mut self, events: &Events, window: Window) {
        let baseline = self.baseline;
        let all = self.encounters.clone();
        // λ only falls from round to round, so who is far from standing out now is left alone.
        let near: Vec<Pair> = pairs(events, window, MIN_TIE, |pair| {
            if !events.is_reference(pair.i) || !events.is_reference(pair.j) {
                return None;
            }
            let p = upper_tail(pair.weight, self.expected(pair.i, pair.j));
            (p <= STANDS_OUT * 100.0).then_some(pair)
        });
        let mut taken = 0;
        for _ in 0..ROUNDS {
            let out: Vec<(u32, u32)> = near
                .iter()
                .filter(|pair| upper_tail(pair.weight, self.expected(pair.i, pair.j)) <= STANDS_OUT)
                .map(|pair| (pair.i, pair.j))
                .collect();
            if out.len() == taken {
                break;
            }
            taken = out.len();
            self.encounters = all.without(
                out.into_iter(),
                events,
                window,
                &baseline.blocks,
                &baseline.habit,
            );
            self.rate = self.rates();
        }
    }

    /// By how much λ is to be raised for a pair that stands out, at least 1: for the hours both keep, and for what they
    /// share out of step beyond what is expected. Always 1 but under the default null.
    pub fn adjust(&self, events: &Events, i: u32, j: u32) -> f64 {
        let Some((hours, apart)) = &self.besides else {
            return 1.0;
        };
        let both = common(events, i, j);
        let (in_step, out_of_step): (Vec<_>, Vec<_>) = both
            .into_iter()
            .partition(|(e, f)| (events.time(*e) - events.time(*f)).abs() <= self.window.bound());
        let expected = self.sum(i, j, &apart.rate);
        hours.overlap(events, i, j, &in_step) * affinity(out_of_step.len(), expected)
    }

    /// Expected co-shares of two accounts from what they do in blocks and how early, `λ_ij`.
    pub fn expected(&self, i: u32, j: u32) -> f64 {
        if let Some(bicm) = &self.bicm {
            return bicm.expected(i, j);
        }
        self.sum(i, j, &self.rate)
    }

    /// `Σ_b D_ib D_jb Σ_kl r_ik w_b[k,l] r_jl`.
    fn sum(&self, i: u32, j: u32, rate: &[BinPairs]) -> f64 {
        let (x, y) = (self.baseline.habit.ratio(i), self.baseline.habit.ratio(j));
        let (mut a, mut b) = (
            self.baseline.blocks.activity(i),
            self.baseline.blocks.activity(j),
        );
        let mut lambda = 0.0;
        while let (Some(&(p, d)), Some(&(q, e))) = (a.first(), b.first()) {
            if p == q {
                lambda += f64::from(d) * f64::from(e) * self.meet(&rate[p as usize], x, y);
            }
            if p <= q {
                a = &a[1..];
            }
            if q <= p {
                b = &b[1..];
            }
        }
        lambda
    }

    fn meet(&self, rate: &BinPairs, x: &[f64; BINS], y: &[f64; BINS]) -> f64 {
        match self.baseline.model {
            NullModel::Blocks => bilinear(x, rate, y),
            NullModel::Plain | NullModel::Bicm => rate[0][0],
        }
    }
}
