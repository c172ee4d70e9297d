//! What ordinary days were like: learnt with a delay, so that what is found in between can be taken out first.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// With fewer days nothing but absolute rules speaks.
pub const FEWEST_DAYS: usize = 14;
/// Days that are looked back on.
const MOST_DAYS: usize = 120;
/// After the baseline a day is learnt from so many days later.
const DELAY: usize = 7;
/// Days with a lower score are not looked at.
const ODD: f64 = 4.0;
/// The evidence against the other days from which on a day lies far out of them.
const FAR: f64 = 10_000.0;

/// The days that a measure learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History<T> {
    /// With their dates, as days since 1970.
    learnt: VecDeque<(i64, T)>,
    waiting: VecDeque<(i64, T)>,
    /// Days that are learnt from at once, at the beginning.
    baseline: usize,
}

impl<T> History<T> {
    /// Of a baseline of so many days.
    pub fn new(baseline: usize) -> Self {
        Self {
            learnt: VecDeque::new(),
            waiting: VecDeque::new(),
            baseline: baseline.max(FEWEST_DAYS),
        }
    }

    /// Whether the baseline is whole.
    pub fn is_ready(&self) -> bool {
        self.learnt.len() >= self.baseline
    }

    /// All days, those that wait included.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.learnt.iter().chain(&self.waiting).map(|(_, day)| day)
    }

    /// The days learnt from, without those that lie far out of the others: somebody may have been there while ordinary
    /// days were learnt. `score` says how far out a day lies, `evidence` how much it speaks against others.
    pub fn ordinary(
        &self,
        scores: impl Fn(&[&T]) -> Vec<f64>,
        evidence: impl Fn(&T, &[&T]) -> f64,
    ) -> Vec<&T> {
        let days: Vec<&T> = self.learnt.iter().map(|(_, day)| day).collect();
        let out = far_out(&days, &scores(&days), &evidence);
        let days = days.into_iter().zip(out);
        days.filter(|(_, out)| !out).map(|(day, _)| day).collect()
    }

    /// The dates of those that lie far out.
    pub fn far_out(
        &self,
        scores: impl Fn(&[&T]) -> Vec<f64>,
        evidence: impl Fn(&T, &[&T]) -> f64,
    ) -> Vec<i64> {
        let days: Vec<&T> = self.learnt.iter().map(|(_, day)| day).collect();
        let out = far_out(&days, &scores(&days), &evidence);
        let dates = self.learnt.iter().zip(out);
        let out = dates.filter(|(_, out)| *out);
        out.map(|((date, _), _)| *date).collect()
    }

    /// Takes a day: at once while the baseline is being made, later on with a delay.
    pub fn take(&mut self, date: i64, day: T) {
        if self.learnt.len() < self.baseline {
            self.learnt.push_back((date, day));
            return;
        }
        self.waiting.push_back((date, day));
        if self.waiting.len() > DELAY {
            self.learnt.extend(self.waiting.pop_front());
        }
        if self.learnt.len() > MOST_DAYS {
            self.learnt.pop_front();
        }
    }

    /// Forgets the days that wait: an alarm came of them.
    pub fn forget_waiting(&mut self) {
        self.waiting.clear();
    }
}

/// Which days lie far out of the others: a fifth of them at most. Those of the highest scores are taken in one by one,
/// from the lowest, for as long as each is in keeping with those below it; so several cannot hide one another.
fn far_out<T>(days: &[&T], scores: &[f64], evidence: &impl Fn(&T, &[&T]) -> f64) -> Vec<bool> {
    let mut out = vec![false; days.len()];
    if days.len() < FEWEST_DAYS || scores.iter().all(|score| *score <= ODD) {
        return out;
    }
    let mut order: Vec<usize> = (0..days.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(a.cmp(b)));
    let odd = scores.iter().filter(|score| **score > ODD).count();
    let core = days.len() - odd.min(days.len() / 5);
    for place in core..days.len() {
        let mut below = order[..place].to_vec();
        below.sort_unstable();
        let below: Vec<&T> = below.into_iter().map(|at| days[at]).collect();
        if evidence(days[order[place]], &below) >= FAR {
            order[place..].iter().for_each(|at| out[*at] = true);
            break;
        }
    }
    out
}

/// How far each number lies above the middle one, in the spread that the middle half of them has.
pub(super) fn above_middle(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let mut apart: Vec<f64> = numbers.iter().map(|n| (n - middle).abs()).collect();
    apart.sort_by(f64::total_cmp);
    let spread = apart.get(apart.len() / 2).copied().unwrap_or(0.0) * 1.48;
    // Counts vary by their root at least.
    let spread = spread.max(middle.max(0.0).sqrt()).max(1.0);
    numbers.iter().map(|n| (n - middle) / spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_after_the_baseline_are_learnt_late_and_not_if_an_alarm_came_of_them() {
        let mut history = History::new(14);
        (0..14).for_each(|day| history.take(day, day));
        assert!(history.is_ready());
        (14..18).for_each(|day| history.take(day, day));
        assert_eq!(history.learnt.len(), 14);
        history.forget_waiting();
        (18..26).for_each(|day| history.take(day, day));
        assert_eq!(
            history
                .learnt
                .iter()
                .map(|(_, day)| *day)
                .collect::<Vec<_>>(),
            [(0..14).collect::<Vec<_>>(), vec![18]].concat()
        );
        (0..1_000).for_each(|day| history.take(day, day));
        assert_eq!(history.learnt.len(), MOST_DAYS);
    }
}
