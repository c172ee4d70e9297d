//! Hours: at what time of day accounts post. Two that are awake together meet more often than two that are not.
//!
//! What two accounts do in step is left out of their hours, for it is what is in question: a group that pushes its objects
//! at noon would otherwise explain itself by being there at noon.

use overt_model::Window;

use super::clock::Clock;
use crate::events::Events;

/// Hours of a day.
pub(crate) const HOURS: usize = 24;
/// Milliseconds of an hour.
pub(crate) const HOUR: i64 = 3_600_000;
/// Shrinkage of an account's hours towards everybody's: one event for every hour.
const ALPHA: f64 = 24.0;

/// A number for each hour of the day.
pub(crate) type ByHour = [f64; HOURS];

/// Hours of the day (UTC) of all events, and of encounters.
pub(super) struct Hours {
    /// Share of all events in each hour.
    all: ByHour,
    /// Share of encounters within the window in each hour.
    encounters: ByHour,
    /// The minutes, where the window is not too long for them to show.
    pub(super) clock: Option<Clock>,
}

impl Hours {
    /// Counts hours of events and of encounters.
    pub(super) fn count(events: &Events, window: Window) -> Self {
        let mut all = [0.0; HOURS];
        let mut encounters = [0.0; HOURS];
        for o in 0..events.n_objects() {
            let mut leaving = events.reference_of_object(o).peekable();
            let mut near = 0.0;
            for e in events.reference_of_object(o) {
                let left = |f: &usize| events.time(e) - events.time(*f) > window.bound();
                while leaving.next_if(left).is_some() {
                    near -= 1.0;
                }
                let hour = hour_of(events.time(e));
                all[hour] += 1.0;
                encounters[hour] += near;
                near += 1.0;
            }
        }
        Self {
            all: shares(all),
            encounters: shares(encounters),
            clock: Clock::count(events, window),
        }
    }

    /// How much more than others two accounts are found in each hour, what they do in step left out: their events within the
    /// window of one another.
    pub(super) fn of_both(
        &self,
        events: &Events,
        i: u32,
        j: u32,
        in_step: &[(usize, usize)],
    ) -> (ByHour, ByHour) {
        (
            self.habit(events, i, in_step.iter().map(|(e, _)| *e)),
            self.habit(events, j, in_step.iter().map(|(_, f)| *f)),
        )
    }

    /// How much more than their activity says two accounts meet for the hours they keep; at least 1.
    pub(super) fn overlap(&self, x: &ByHour, y: &ByHour) -> f64 {
        let meet = |h: usize| self.encounters[h] * x[h] * y[h];
        (0..HOURS).map(meet).sum::<f64>().max(1.0)
    }

    /// How much more than others an account is found in each hour, some events left out.
    pub(super) fn habit(
        &self,
        events: &Events,
        account: u32,
        without: impl Iterator<Item = usize>,
    ) -> ByHour {
        let mut count = [0.0; HOURS];
        let mut add = |e: usize, n: f64| count[hour_of(events.time(e))] += n;
        for &e in events.of_account(account) {
            add(e as usize, 1.0);
        }
        without.for_each(|e| add(e, -1.0));
        let d: f64 = count.iter().sum();
        std::array::from_fn(|h| {
            if self.all[h] > 0.0 {
                (count[h] + ALPHA * self.all[h]) / (d + ALPHA) / self.all[h]
            } else {
                1.0
            }
        })
    }
}

/// The hour of the day.
pub(crate) fn hour_of(time: i64) -> usize {
    time.div_euclid(HOUR).rem_euclid(HOURS as i64) as usize
}

fn shares(count: ByHour) -> ByHour {
    let sum: f64 = count.iter().sum();
    count.map(|n| if sum > 0.0 { n / sum } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;

    /// Accounts 0 and 1 post at 6 and 7 only, 2 and 3 at 18 and 19; the first pair is in step at every other object.
    fn world() -> (Events, Vec<(usize, usize)>) {
        let mut raw = RawEvents::default();
        for o in 0..200u32 {
            for a in 0..4u32 {
                let hour = if a < 2 { 6 } else { 18 } + i64::from(o % 2);
                let late = if a == 1 {
                    i64::from(o % 2) * 600_000
                } else {
                    0
                };
                raw.push(o, a, i64::from(o) * 24 * HOUR + hour * HOUR + late, 0);
            }
        }
        let events = Events::new(raw, 4, 200);
        let in_step = (0..200).step_by(2).map(|o| {
            let run = events.of_object(o);
            (run.start, run.start + 1)
        });
        let in_step = in_step.collect();
        (events, in_step)
    }

    #[test]
    fn who_keeps_the_same_hours_meets_more_often() {
        let (events, in_step) = world();
        let window = Window::from_millis(60_000).unwrap_or(Window::INFINITE);
        let hours = Hours::count(&events, window);
        let overlap = |i, j, in_step| {
            let (x, y) = hours.of_both(&events, i, j, in_step);
            hours.overlap(&x, &y)
        };
        // A quarter of all events and a third of encounters are at 6, as at 18 and 19; of 100 + 6 to 200 + 24 events at 6
        // (24 · ¼ are everybody's) and 6 to 224 at 18 and 19.
        let (at_6, at_18) = (106.0 / 224.0 * 4.0, 6.0 / 224.0 * 4.0);
        let expected: f64 = (at_6 * at_6 + 2.0 * at_18 * at_18) / 3.0;
        assert!((overlap(0, 1, &[]) - expected).abs() < 1e-12, "{expected}");
        assert_eq!(overlap(0, 2, &[]), 1.0, "never less than activity says");
        let apart = overlap(0, 1, &in_step);
        assert!(
            apart < overlap(0, 1, &[]),
            "{apart}: what is in question is left out"
        );
    }
}
