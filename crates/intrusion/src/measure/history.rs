//! What ordinary days were like: learnt with a delay, so that what is found in between can be taken out first.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// With fewer days nothing but absolute rules speaks.
pub const FEWEST_DAYS: usize = 14;
/// Days that are looked back on.
const MOST_DAYS: usize = 120;
/// After the baseline a day is learnt from so many days later.
const DELAY: usize = 7;

/// The days that a measure learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History<T> {
    learnt: VecDeque<T>,
    waiting: VecDeque<T>,
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

    /// The days learnt from, oldest first.
    pub fn days(&self) -> impl ExactSizeIterator<Item = &T> {
        self.learnt.iter()
    }

    /// All days, those that wait included.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.learnt.iter().chain(&self.waiting)
    }

    /// Takes a day: at once while the baseline is being made, later on with a delay.
    pub fn take(&mut self, day: T) {
        if self.learnt.len() < self.baseline {
            self.learnt.push_back(day);
            return;
        }
        self.waiting.push_back(day);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_after_the_baseline_are_learnt_late_and_not_if_an_alarm_came_of_them() {
        let mut history = History::new(14);
        (0..14).for_each(|day| history.take(day));
        assert!(history.is_ready());
        (14..18).for_each(|day| history.take(day));
        assert_eq!(history.days().len(), 14);
        history.forget_waiting();
        (18..26).for_each(|day| history.take(day));
        assert_eq!(
            history.days().copied().collect::<Vec<_>>(),
            [(0..14).collect::<Vec<_>>(), vec![18]].concat()
        );
        (0..1_000).for_each(|day| history.take(day));
        assert_eq!(history.days().len(), MOST_DAYS);
    }
}
