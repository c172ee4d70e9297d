//! Neighbours: whether numbers that lie close together are looked up close together in time, whoever asks.
//!
//! Who goes through a register number by number looks up neighbours soon after one another, from however many addresses.
//! With `x` the number, `t` the time and `s` the source of each look-up of a day,
//!
//! ```text
//! K(δ, τ) = pairs of different sources with 0 < |x_i − x_j| ≤ δ and |t_i − t_j| ≤ τ
//! ```
//!
//! for each of three δ and three τ, of old numbers and of young ones. For old numbers chance gives `q(δ) · T(τ)`: the share
//! of all pairs of ordinary days whose numbers lie so close, times the pairs of today whose times do. For young ones, which
//! are asked for as they are given out, it is found by exchanging (t, s) among the look-ups of the same age and hour. What
//! households, volunteers and queues give on top is learnt from ordinary days, as pairs for each look-up. `K` is then
//! negative binomial, with the upper ends of what was learnt as mean and spread; its tail is a p, and the e-values of all
//! these are averaged.
//!
//! Exchanging today's old numbers among themselves as well would be exact whatever ordinary days were like, and blind: who
//! reads a register out makes near numbers common, and chance with them.
//!
//! Not over several days: numbers drift with time, and every ordinary week would look like an enumeration.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use statrs::distribution::{DiscreteCDF, NegativeBinomial};

use super::detector::calibrated;
use super::history::{History, above_middle};

/// How close numbers lie.
const NEAR: [u64; 3] = [1, 10, 100];
/// How close in time, in milliseconds: ten minutes, an hour, six hours.
const SOON: [i64; 3] = [600_000, 3_600_000, 21_600_000];
/// Pairs of numbers given out long ago are counted apart from those with a young one, of which there are many more.
const AGES: usize = 2;
const PER_AGE: usize = NEAR.len() * SOON.len();
const CELLS: usize = AGES * PER_AGE;
/// How often a day's look-ups are exchanged.
const EXCHANGES: usize = 60;
/// Pairs of near numbers a day up to which all distances are looked at; beyond, only as many distances as stay below.
const MAX_PAIRS: usize = 400_000;
/// How far upper ends lie above estimates, in standard errors.
const ERRORS: f64 = 2.0;
/// The least ratio of variance and mean: pairs come in families.
const LEAST_SPREAD: f64 = 2.0;
/// Pairs that are added to what all ordinary days had on top of chance.
const PRIOR: f64 = 2.0;
/// No p is below: no model holds further out.
const LEAST_P: f64 = 1e-9;
/// Numbers that were given out within so many days are young.
const YOUNG_DAYS: usize = 7;
/// The place in a day's numbers above which none counts as the largest given out: anybody can ask for any number.
const LARGEST: f64 = 0.99;

/// One look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUp {
    /// The number that was asked for.
    #[serde(with = "crate::kept::hex")]
    pub number: u64,
    /// Who asked, by a place.
    pub source: u32,
    /// When, in milliseconds.
    pub time: i64,
}

/// What a day had, for each δ and τ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Day {
    look_ups: u32,
    /// Pairs seen, by age, δ and τ.
    seen: Vec<f64>,
    /// Of old numbers: all pairs, those within each δ, those within each τ.
    pairs: f64,
    near: [f64; NEAR.len()],
    soon: [f64; SOON.len()],
    /// Of young ones: what chance gives, and how far that varies.
    exchanged: Vec<(f64, f64)>,
    #[serde(with = "crate::kept::hex")]
    largest: u64,
}

impl Day {
    /// What chance gives, and how far that varies, where pairs of old numbers are as near as in `ordinary` days.
    fn chance(&self, cell: usize, ordinary: &[f64; NEAR.len()]) -> (f64, f64) {
        if let Some(young) = cell.checked_sub(PER_AGE) {
            return self.exchanged[young];
        }
        let mean = ordinary[cell / SOON.len()] * self.soon[cell % SOON.len()];
        (mean, mean)
    }
}

/// The look-ups of one route, watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    history: History<Day>,
    /// The largest number of each of the last days, newest last.
    #[serde(with = "crate::kept::hexes")]
    largest: Vec<u64>,
}

/// What a day's look-ups say.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The e-value.
    pub evidence: f64,
    /// Of the distance and time that tell most: pairs seen, and expected at most.
    pub seen: f64,
    /// See `seen`.
    pub expected: f64,
    /// The distance of numbers there.
    pub near: u64,
    /// The distance in time there, in milliseconds.
    pub soon: i64,
    day: Day,
}

impl Neighbours {
    /// With a baseline of so many days.
    pub fn new(baseline: usize) -> Self {
        Self {
            history: History::new(baseline.saturating_sub(YOUNG_DAYS)),
            largest: Vec::new(),
        }
    }

    /// Looks at a day. The seed decides the exchanges.
    pub fn look(&self, look_ups: &[LookUp], seed: u64) -> Found {
        let day = self.count(look_ups, seed);
        let mut found = Found {
            evidence: 1.0,
            seen: 0.0,
            expected: 0.0,
            near: NEAR[0],
            soon: SOON[0],
            day,
        };
        if !self.history.is_ready() || look_ups.len() < 2 {
            return found;
        }
        let told = told(&found.day, &self.history.ordinary(scores, against));
        found.evidence = told.evidence;
        (found.seen, found.expected) = (found.day.seen[told.cell], told.expected);
        let cell = told.cell % PER_AGE;
        (found.near, found.soon) = (NEAR[cell / SOON.len()], SOON[cell % SOON.len()]);
        found
    }

    /// The dates of days that were left out of what is ordinary: they lie far out of the others.
    pub fn far_out(&self) -> Vec<i64> {
        self.history.far_out(scores, against)
    }

    /// Learns from a day of this date.
    pub fn learn(&mut self, date: i64, found: Found) {
        // The first week cannot tell old numbers from young ones.
        let tells_ages = self.largest.len() == YOUNG_DAYS;
        self.largest.push(found.day.largest);
        if tells_ages {
            self.largest.remove(0);
            self.history.take(date, found.day);
        }
    }

    /// Whether what was read from a state can be gone on with.
    pub(crate) fn is_sound(&self) -> bool {
        let is_whole = |day: &Day| day.seen.len() == CELLS && day.exchanged.len() == PER_AGE;
        self.largest.len() <= YOUNG_DAYS && self.history.all().all(is_whole)
    }

    /// Forgets what waits to be learnt from: an alarm came of it.
    pub fn forget_waiting(&mut self) {
        self.history.forget_waiting();
    }

    fn count(&self, look_ups: &[LookUp], seed: u64) -> Day {
        let mut by_number = look_ups.to_vec();
        by_number.sort_unstable_by_key(|l| (l.number, l.time, l.source));
        let old = by_number.partition_point(|l| l.number <= self.last_week());
        let pairs = Pairs::of(&by_number, old);
        let at = ((by_number.len().saturating_sub(1)) as f64 * LARGEST) as usize;
        Day {
            look_ups: look_ups.len() as u32,
            seen: pairs.count(&by_number).to_vec(),
            pairs: old as f64 * (old as f64 - 1.0) / 2.0,
            near: pairs.near(&by_number),
            soon: soon(&by_number[..old]),
            exchanged: self.exchanged(&by_number, old, &pairs, seed),
            largest: by_number.get(at).map_or(0, |l| l.number),
        }
    }

    /// What chance gives for young numbers, and how far that varies.
    fn exchanged(
        &self,
        by_number: &[LookUp],
        old: usize,
        pairs: &Pairs,
        seed: u64,
    ) -> Vec<(f64, f64)> {
        let strata = self.strata(by_number, old);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut sums, mut squares) = ([0.0; PER_AGE], [0.0; PER_AGE]);
        let mut exchanged = by_number.to_vec();
        for _ in 0..EXCHANGES {
            exchange(&mut exchanged, &strata, &mut rng);
            for (cell, k) in pairs.of_age(&exchanged, 1).iter().enumerate() {
                sums[cell] += k;
                squares[cell] += k * k;
            }
        }
        let of = EXCHANGES as f64;
        let cells = sums.iter().zip(squares).map(|(sum, square)| {
            let mean = sum / of;
            (mean, (square / of - mean * mean).max(0.0))
        });
        cells.collect()
    }

    /// The largest number that is not young.
    fn last_week(&self) -> u64 {
        self.largest.first().copied().unwrap_or(u64::MAX)
    }

    /// The places of look-ups that may be exchanged with one another.
    fn strata(&self, by_number: &[LookUp], old: usize) -> Vec<Vec<usize>> {
        let yesterday = self.largest.last().copied().unwrap_or(u64::MAX);
        let mut strata: BTreeMap<(bool, i64), Vec<usize>> = BTreeMap::new();
        for (at, look_up) in by_number.iter().enumerate().skip(old) {
            let hour = look_up.time.div_euclid(3_600_000);
            let of_today = look_up.number > yesterday;
            strata.entry((of_today, hour)).or_default().push(at);
        }
        strata.into_values().collect()
    }
}

/// What a day tells against others.
struct Tells {
    evidence: f64,
    /// The cell that tells most, and what it has at most on an ordinary day.
    cell: usize,
    expected: f64,
}

fn told(day: &Day, others: &[&Day]) -> Tells {
    let (mut total, mut most) = (0.0, 0.0);
    let mut tells = Tells {
        evidence: 1.0,
        cell: 0,
        expected: 0.0,
    };
    let ordinary = near(others);
    for cell in 0..CELLS {
        let (mean, spread) = expected(cell, day, others, &ordinary);
        let e = calibrated(tail(day.seen[cell], mean, spread).max(LEAST_P));
        total += e;
        if e > most {
            most = e;
            (tells.cell, tells.expected) = (cell, mean);
        }
    }
    tells.evidence = total / CELLS as f64;
    tells
}

fn against(day: &Day, others: &[&Day]) -> f64 {
    told(day, others).evidence
}

/// Of the cell that lies furthest out.
fn scores(days: &[&Day]) -> Vec<f64> {
    let mut scores = vec![0.0_f64; days.len()];
    for cell in 0..CELLS {
        let seen: Vec<f64> = days.iter().map(|day| day.seen[cell]).collect();
        for (score, its) in scores.iter_mut().zip(above_middle(&seen)) {
            *score = score.max(its);
        }
    }
    scores
}

/// The share of pairs of old numbers of ordinary days that lie within each δ.
fn near(days: &[&Day]) -> [f64; NEAR.len()] {
    let (mut near, mut pairs) = ([0.0; NEAR.len()], 1.0);
    for day in days {
        pairs += day.pairs;
        near.iter_mut()
            .zip(day.near)
            .for_each(|(sum, its)| *sum += its);
    }
    near.map(|sum| sum / pairs)
}

/// The upper ends of the mean of a cell on a day and of its ratio of variance and mean.
fn expected(cell: usize, today: &Day, days: &[&Day], ordinary: &[f64; NEAR.len()]) -> (f64, f64) {
    let (mut on_top, mut of, mut apart, mut foreseen) = (PRIOR, 0.0, 0.0, PRIOR);
    for day in days {
        on_top += day.seen[cell] - day.chance(cell, ordinary).0;
        of += f64::from(day.look_ups);
    }
    let each = on_top.max(PRIOR) / of.max(1.0);
    for day in days {
        let mean = day.chance(cell, ordinary).0 + each * f64::from(day.look_ups);
        apart += (day.seen[cell] - mean).powi(2);
        foreseen += mean;
    }
    let days = days.len() as f64;
    let spread = (apart / foreseen).max(LEAST_SPREAD) * (1.0 + ERRORS * (2.0 / days).sqrt());
    let error = (spread * foreseen).sqrt() / of.max(1.0);
    let (chance, varies) = today.chance(cell, ordinary);
    let mean = chance + (each + ERRORS * error) * f64::from(today.look_ups);
    (mean, spread.max(varies / mean.max(1e-9)))
}

/// Exchanges time and source within each stratum.
fn exchange(look_ups: &mut [LookUp], strata: &[Vec<usize>], rng: &mut ChaCha8Rng) {
    for stratum in strata {
        for last in (1..stratum.len()).rev() {
            let (a, b) = (stratum[last], stratum[rng.random_range(0..=last)]);
            let kept = (look_ups[a].time, look_ups[a].source);
            (look_ups[a].time, look_ups[a].source) = (look_ups[b].time, look_ups[b].source);
            (look_ups[b].time, look_ups[b].source) = kept;
        }
    }
}

/// Pairs of near numbers, those of each distance together.
struct Pairs([Vec<(u32, u32)>; AGES * NEAR.len()]);

impl Pairs {
    /// Of look-ups in order of number, the first `old` of which are old.
    fn of(by_number: &[LookUp], old: usize) -> Self {
        let mut pairs: [Vec<(u32, u32)>; AGES * NEAR.len()] = Default::default();
        let mut total = 0;
        let mut widest = NEAR.len();
        for (i, low) in by_number.iter().enumerate() {
            for (more, high) in by_number[i + 1..].iter().enumerate() {
                let apart = high.number - low.number;
                let Some(at) = NEAR[..widest].iter().position(|near| apart <= *near) else {
                    break;
                };
                if apart == 0 {
                    continue;
                }
                let age = usize::from(i + 1 + more >= old);
                pairs[age * NEAR.len() + at].push((i as u32, (i + 1 + more) as u32));
                total += 1;
                if total > MAX_PAIRS && widest > 1 {
                    widest -= 1;
                    for age in 0..AGES {
                        let too_wide = &mut pairs[age * NEAR.len() + widest];
                        total -= too_wide.len();
                        too_wide.clear();
                    }
                }
            }
        }
        Self(pairs)
    }

    /// Those of old numbers and different sources, within each δ.
    fn near(&self, look_ups: &[LookUp]) -> [f64; NEAR.len()] {
        let mut so_far = 0.0;
        std::array::from_fn(|at| {
            let others = |pair: &&(u32, u32)| {
                look_ups[pair.0 as usize].source != look_ups[pair.1 as usize].source
            };
            so_far += self.0[at].iter().filter(others).count() as f64;
            so_far
        })
    }

    fn count(&self, look_ups: &[LookUp]) -> [f64; CELLS] {
        let mut all = [0.0; CELLS];
        for (age, cells) in all.chunks_exact_mut(PER_AGE).enumerate() {
            cells.copy_from_slice(&self.of_age(look_ups, age));
        }
        all
    }

    /// Those of one age. Without branches: a busy site's day goes by here.
    fn of_age(&self, look_ups: &[LookUp], age: usize) -> [f64; PER_AGE] {
        let mut counts = [0u32; PER_AGE];
        let pairs = &self.0[age * NEAR.len()..][..NEAR.len()];
        for (pairs, cells) in pairs.iter().zip(counts.chunks_exact_mut(SOON.len())) {
            let mut within = [0u32; SOON.len() + 1];
            for (i, j) in pairs {
                let (a, b) = (&look_ups[*i as usize], &look_ups[*j as usize]);
                let apart = (a.time - b.time).abs();
                let soon = SOON.map(|soon| usize::from(apart > soon));
                within[soon.iter().sum::<usize>()] += u32::from(a.source != b.source);
            }
            cells.copy_from_slice(&within[..SOON.len()]);
        }
        // What is near within ten minutes is near within an hour; what lies within 1 lies within 10.
        for at in (0..PER_AGE).filter(|at| at % SOON.len() > 0) {
            counts[at] += counts[at - 1];
        }
        for at in SOON.len()..PER_AGE {
            counts[at] += counts[at - SOON.len()];
        }
        counts.map(f64::from)
    }
}

/// Pairs within each τ.
fn soon(look_ups: &[LookUp]) -> [f64; SOON.len()] {
    let mut times: Vec<i64> = look_ups.iter().map(|l| l.time).collect();
    times.sort_unstable();
    SOON.map(|soon| {
        let mut first = 0;
        let pairs = times.iter().enumerate().map(|(at, time)| {
            while time - times[first] > soon {
                first += 1;
            }
            at - first
        });
        pairs.sum::<usize>() as f64
    })
}

/// The probability of at least so many under a negative binomial with this mean and this ratio of variance and mean.
fn tail(seen: f64, mean: f64, spread: f64) -> f64 {
    if seen < 1.0 {
        return 1.0;
    }
    let mean = mean.max(1e-6);
    let negative_binomial = NegativeBinomial::new(mean / (spread - 1.0), 1.0 / spread);
    negative_binomial.map_or(1.0, |d| d.sf(seen as u64 - 1))
}
