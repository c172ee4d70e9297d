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
//! hours (`hours`) and minutes (`clock`), and do they share more than expected out of step too (`apart`)? Blocks that a background hardly knows
//! fall back on their tier (`pooled`).

pub(crate) mod acts;
mod affinity;
mod baseline;
pub mod bicm;
pub mod blocks;
pub(crate) mod clock;
mod crowd;
pub mod encounters;
pub mod habit;
pub(crate) mod hours;
pub mod poisson;
mod pooled;
mod rates;
mod row;
mod standing;
pub mod synchrony;
pub mod tail;

use std::ops::ControlFlow;

use overt_model::Window;

pub use baseline::{Baseline, NullModel, RateModel};

use crate::count::{Pair, pairs_by_row};
use crate::events::Events;
use bicm::Bicm;
use clock::{Belief, Minutes};
pub(crate) use crowd::Estimates;
use encounters::{BinPairs, Encounters};
use hours::Hours;
use pooled::Pooled;
use rates::{KeptOut, Rates};
use row::Row;
use standing::{Asking, OutOfStep, Shared, Standing};
use tail::{Bars, Expected};

/// The chance at which a pair stands out.
const STANDS_OUT: f64 = 1e-4;
/// Fewest co-shares of a pair that can.
const MIN_TIE: u32 = 3;
/// How often to look again at most.
const ROUNDS: usize = 12;

/// A null model at one window, ready to say what it expects of any pair.
pub struct Null<'a> {
    baseline: &'a Baseline,
    /// Encounters at this window: as counted, or as expected where rates are shared.
    pub encounters: Encounters,
    rate: Vec<BinPairs>,
    window: Window,
    /// How well the rate of each block is known; empty where it is taken as known.
    shape: Vec<f64>,
    /// The least of them.
    least_shape: f64,
    /// What else is asked about a pair, where rates are shared.
    besides: Option<Besides>,
    bicm: Option<Bicm>,
}

/// What raises λ of a pair that stands out.
struct Besides {
    hours: Hours,
    /// Rates of encounters beyond the window.
    off_window: Vec<BinPairs>,
    /// The least ratio of encounters in the ring to those within the window.
    ring: f64,
    /// How much more than expected each account has near misses; empty where there is no ring.
    propensity: Vec<f64>,
    /// The shape of how much more than expected pairs share out of step.
    affinity: f64,
    /// Near shares by tier and bins.
    shares: Vec<BinPairs>,
    /// Factors of the blocks, and the shape they have where nothing is known of one.
    factor: Vec<f64>,
    prior_shape: f64,
}

impl<'a> Null<'a> {
    /// Estimates encounters at a window.
    pub fn new(events: &Events, window: Window, baseline: &'a Baseline) -> Self {
        match baseline.rates {
            RateModel::Raw => Self::raw(events, window, baseline),
            RateModel::Shared => Self::shared(events, window, baseline),
        }
    }

    fn raw(events: &Events, window: Window, baseline: &'a Baseline) -> Self {
        let encounters = Encounters::count(events, window, &baseline.blocks, &baseline.habit);
        Self {
            baseline,
            rate: rates_of(&encounters.near, events, baseline),
            encounters,
            window,
            shape: Vec::new(),
            least_shape: f64::INFINITY,
            besides: None,
            bicm: (baseline.model == NullModel::Bicm).then(|| Bicm::solve(events, window)),
        }
    }

    /// Estimates rates without the events of pairs that stand out, and looks again until no more come back.
    ///
    /// Under the null a pair stands out with chance [`STANDS_OUT`], so hardly anything is kept out.
    fn shared(events: &Events, window: Window, baseline: &'a Baseline) -> Self {
        let mut kept_out = KeptOut::begin(events, window, baseline);
        let hours = Hours::count(events, window);
        let mut null = Self::with(kept_out.rates(), hours, events, window, baseline);
        null.estimate_affinity(events);
        let bars = Bars::at(STANDS_OUT);
        let mut out: Vec<Standing> = pairs_by_row(
            events,
            window,
            MIN_TIE,
            |i| Asking::of(&null, events, i),
            |asking, pair| {
                let known = events.is_reference(pair.i) && events.is_reference(pair.j);
                known.then(|| asking.stands_out(pair, &bars)).flatten()
            },
        );
        let mut changed = kept_out.take(out.iter().map(|s| s.pair));
        for _ in 0..ROUNDS {
            if !changed {
                break;
            }
            null = null.again(kept_out.rates(), events);
            let (still, no_more) = standing::still(out, &null, &bars);
            changed = kept_out.let_go(no_more.iter().map(|s| s.pair));
            out = still;
        }
        null
    }

    fn with(
        rates: Rates,
        hours: Hours,
        events: &Events,
        window: Window,
        baseline: &'a Baseline,
    ) -> Self {
        let near = &rates.encounters.near;
        let off_window = near.iter().zip(&rates.encounters.every);
        let off_window: Vec<BinPairs> = off_window.map(|(n, e)| less(e, n)).collect();
        Self {
            baseline,
            rate: rates_of(near, events, baseline),
            window,
            least_shape: rates.shape.iter().copied().fold(f64::INFINITY, f64::min),
            shape: rates.shape,
            besides: Some(Besides {
                hours,
                off_window: rates_of(&off_window, events, baseline),
                ring: rates.ring,
                propensity: rates.propensity,
                affinity: f64::INFINITY,
                shares: rates.shares,
                factor: rates.factor,
                prior_shape: rates.prior_shape,
            }),
            encounters: rates.encounters,
            bicm: None,
        }
    }

    fn again(self, rates: Rates, events: &Events) -> Self {
        let Some(besides) = self.besides else {
            return self;
        };
        let mut null = Self::with(rates, besides.hours, events, self.window, self.baseline);
        if let Some(now) = &mut null.besides {
            now.affinity = besides.affinity;
        }
        null
    }

    fn estimate_affinity(&mut self, events: &Events) {
        let shape = self.besides.as_ref().map(|besides| {
            affinity::shape(events, self.window.bound(), |i| {
                let row = Row::of(self.baseline, &besides.off_window, i);
                move |j| row.sum(j)
            })
        });
        if let (Some(besides), Some(shape)) = (&mut self.besides, shape) {
            besides.affinity = shape;
        }
    }

    /// Expected co-shares of two accounts, from what they do in blocks and how early.
    pub fn expect(&self, i: u32, j: u32) -> Expected {
        self.expect_up_to(f64::INFINITY, &self.row(i), j)
    }

    /// What is expected of an account with any other.
    fn row(&self, i: u32) -> Row<'a> {
        Row::of(self.baseline, &self.rate, i)
    }

    /// The tail of a pair's co-shares, and what is expected of them, where it is at or below the level of bars.
    fn tail_in(&self, row: &Row<'_>, pair: Pair, bars: &Bars) -> Option<(Expected, f64)> {
        // The shape of a sum is at least the least of its parts'.
        let most = bars.mean(pair.weight, self.least_shape);
        let expected = self.expect_up_to(most, row, pair.j);
        let p = bars.tail(expected, pair.weight)?;
        Some((expected, p))
    }

    /// Expected co-shares; of more than so many, that they are more.
    fn expect_up_to(&self, most: f64, row: &Row<'_>, j: u32) -> Expected {
        if let Some(bicm) = &self.bicm {
            return Expected::known(bicm.expected(row.account(), j));
        }
        let (mut mean, mut unsure) = (0.0, 0.0);
        row.each(j, |b, lambda| {
            mean += lambda;
            if let Some(shape) = self.shape.get(b) {
                unsure += lambda * lambda / shape;
            }
            if mean > most {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        Expected {
            mean,
            shape: if unsure > 0.0 {
                mean * mean / unsure
            } else {
                f64::INFINITY
            },
        }
    }

    /// What is expected of a pair that stands out, raised for the hours and minutes both keep and for what they share out of
    /// step, or just out of step, beyond what is expected. As it was where rates are raw.
    ///
    /// Topics are found by a heuristic and hold people whose interests are only roughly the same; two of one small circle
    /// share more than their topic says, in step and out of it. How much more they share out of step tells by how much λ
    /// is too small for them, and a tie that lies in the timing does not touch it.
    pub fn adjusted(&self, events: &Events, pair: Pair, expected: Expected) -> Expected {
        let Some(besides) = &self.besides else {
            return expected;
        };
        let Pair { i, j, .. } = pair;
        let shared = Shared::of(events, self.window, i, j);
        let (x, y) = besides.hours.of_both(events, i, j, &shared.in_step);
        let hours = besides.hours.overlap(&x, &y);
        let belief = Belief::AsSeen;
        let together = match &besides.hours.clock {
            Some(clock) => clock.factor(events, &Minutes::of(events, i), j, hours, belief),
            None => hours,
        };
        let off_window = Row::of(self.baseline, &besides.off_window, i).sum(j);
        besides.raised(expected, pair, &shared.out_of_step, off_window, together)
    }

    /// The pairs of at least two co-shares whose p is at or below a level, with what is expected of them, in order of
    /// (i, j).
    pub(crate) fn surprising<R: Send>(
        &self,
        events: &Events,
        min_weight: u32,
        level: f64,
        make: impl Fn(Pair, Expected, f64) -> R + Sync,
    ) -> Vec<R> {
        let bars = Bars::at(level);
        pairs_by_row(
            events,
            self.window,
            min_weight,
            |i| self.row(i),
            |row, pair| {
                if !events.in_question(pair.i) || !events.in_question(pair.j) {
                    return None;
                }
                let (expected, p) = self.tail_in(row, pair, &bars)?;
                Some(make(pair, expected, p))
            },
        )
    }
}

impl Besides {
    /// How much more than expected an account has near misses, at least 1.
    fn propensity(&self, account: u32) -> f64 {
        self.propensity.get(account as usize).map_or(1.0, |p| *p)
    }

    /// λ raised for what two share out of step, of which so much is expected, and for being `together` more than their
    /// activity says.
    fn raised(
        &self,
        expected: Expected,
        pair: Pair,
        shared: &OutOfStep,
        off_window: f64,
        together: f64,
    ) -> Expected {
        let Pair { i, j, weight } = pair;
        let shape = self.affinity;
        let near_miss = self.ring * expected.mean;
        let apart = expected.given(shared.apart, off_window, shape, weight);
        let near = expected.given(shared.near_misses, near_miss, shape, weight);
        apart
            .larger(near, weight)
            .times(self.propensity(i) * self.propensity(j))
            .times(together)
    }
}

/// Encounters over the square of the block's events; of blocks that a background hardly knows, drawn towards their tier.
fn rates_of(encounters: &[BinPairs], events: &Events, baseline: &Baseline) -> Vec<BinPairs> {
    let blocks = &baseline.blocks;
    let numbered = || (0u32..).zip(encounters);
    if events.has_background() {
        let pooled = Pooled::over(encounters, blocks);
        return numbered()
            .map(|(b, near)| pooled.shrink(near, blocks, b))
            .collect();
    }
    let scaled = |(b, near): (u32, &BinPairs)| {
        let e = blocks.events(b).max(1) as f64;
        near.map(|row| row.map(|n| n / (e * e)))
    };
    numbered().map(scaled).collect()
}

fn less(from: &BinPairs, what: &BinPairs) -> BinPairs {
    std::array::from_fn(|k| std::array::from_fn(|l| from[k][l] - what[k][l]))
}
