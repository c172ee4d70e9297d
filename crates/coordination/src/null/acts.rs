//! At which minutes a group acts, and how much more than others an account posts at them.

use super::clock::{Clock, DAY, KINDS, Minutes, PRIOR, kind_of, time_of_day};
use super::hours::{ByHour, HOURS, hour_of};

/// The acts of a group, each with its weight.
pub(crate) struct Acts {
    window: i64,
    of_kind: [OfKind; KINDS],
}

/// Those of working days, or of weekends.
#[derive(Default)]
struct OfKind {
    by_time: Line,
    by_day: Line,
    /// What others do at the minute of each, times its weight; in order of time, and summed by hour.
    usual: Vec<f64>,
    usual_of_hour: ByHour,
}

/// Places on a line, in order, each with a weight.
#[derive(Default)]
struct Line {
    at: Vec<i64>,
    /// The weight of all before each, and of all.
    before: Vec<f64>,
}

impl Line {
    fn of(mut all: Vec<(i64, f64)>) -> Self {
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut before = vec![0.0];
        let mut sum = 0.0;
        for (_, weight) in &all {
            sum += weight;
            before.push(sum);
        }
        Self {
            at: all.into_iter().map(|(at, _)| at).collect(),
            before,
        }
    }

    /// Positions within a reach of a place.
    fn range(&self, t: i64, reach: i64) -> std::ops::Range<usize> {
        let from = self.at.partition_point(|u| t - u > reach);
        from..from + self.at[from..].partition_point(|u| u - t <= reach)
    }

    fn weight(&self, t: i64, reach: i64) -> f64 {
        let range = self.range(t, reach);
        self.before[range.end] - self.before[range.start]
    }
}

impl Acts {
    /// Of times with weights, against everybody's clock.
    pub(crate) fn of(clock: &Clock, acts: impl Iterator<Item = (i64, f64)>) -> Self {
        let mut by_kind: [Vec<(i64, f64)>; KINDS] = Default::default();
        acts.for_each(|act| by_kind[kind_of(act.0)].push(act));
        Self {
            window: clock.window,
            of_kind: by_kind.map(|acts| OfKind::of(clock, acts)),
        }
    }

    /// How much more than others an account posts at the minutes of the acts on other days than theirs, given how much more
    /// than others it is found in each hour. At least 1.
    pub(crate) fn factor(&self, minutes: &Minutes, in_hour: &ByHour) -> f64 {
        let (mut near, mut expected) = (0.0, 0.0);
        for (acts, times) in self.of_kind.iter().zip(&minutes.times) {
            let usual = acts.usual_of_hour.iter().zip(in_hour);
            let usual: f64 = usual.map(|(u, h)| u * h).sum();
            for &t in times {
                near += acts.near_by_day(t, self.window);
                expected += usual - acts.usual_that_day(t, in_hour);
            }
        }
        ((near + PRIOR) / (expected + PRIOR)).max(1.0)
    }
}

impl OfKind {
    fn of(clock: &Clock, acts: Vec<(i64, f64)>) -> Self {
        let by_day = acts.iter().map(|(t, w)| (time_of_day(*t), *w)).collect();
        let by_time = Line::of(acts);
        let weights = by_time.before.windows(2).map(|w| w[1] - w[0]);
        let usual: Vec<f64> = (by_time.at.iter().zip(weights))
            .map(|(t, weight)| weight * clock.share(*t))
            .collect();
        let mut usual_of_hour = [0.0; HOURS];
        for (t, usual) in by_time.at.iter().zip(&usual) {
            usual_of_hour[hour_of(*t)] += usual;
        }
        Self {
            by_time,
            by_day: Line::of(by_day),
            usual,
            usual_of_hour,
        }
    }

    /// The weight of acts on other days that are within the window of a time by the time of day.
    fn near_by_day(&self, t: i64, window: i64) -> f64 {
        let day = time_of_day(t);
        let around = [day - DAY, day, day + DAY].map(|at| self.by_day.weight(at, window));
        (around.iter().sum::<f64>() - self.by_time.weight(t, window)).max(0.0)
    }

    /// What others do at the minutes of acts within half a day of a time.
    fn usual_that_day(&self, t: i64, in_hour: &ByHour) -> f64 {
        let acts = self.by_time.range(t, DAY / 2);
        let usual = acts.map(|k| self.usual[k] * in_hour[hour_of(self.by_time.at[k])]);
        usual.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Events;
    use crate::null::clock::tests::world;
    use overt_model::Window;

    const MINUTE: i64 = 60_000;

    fn clock(events: &Events) -> Clock {
        let window = Window::from_millis(MINUTE).expect("not negative");
        Clock::count(events, window).expect("a clock")
    }

    #[test]
    fn who_posts_at_the_minutes_of_acts_is_told_from_who_does_not() {
        let events = world();
        let acts = (0..60).map(|d| (d * DAY + 462 * MINUTE, 1.0));
        let acts = Acts::of(&clock(&events), acts);
        let at = |a| acts.factor(&Minutes::of(&events, a), &[1.0; HOURS]);
        assert!(at(0) > 5.0, "{}", at(0));
        assert!(at(9) < 2.0, "{}", at(9));
    }

    #[test]
    fn the_factor_is_what_single_acts_add_up_to() {
        let events = world();
        let clock = clock(&events);
        let some = (0..200i64).map(|k| {
            let t = k * k * 104_729 * 977 % (60 * DAY);
            (t, 1.0 / (1 + k % 5) as f64)
        });
        let in_hour: ByHour = std::array::from_fn(|h| 0.5 + h as f64 / 12.0);
        let acts = Acts::of(&clock, some.clone());
        for a in 0..20 {
            let minutes = Minutes::of(&events, a);
            let (mut near, mut expected) = (0.0, 0.0);
            for (t, weight) in some.clone() {
                let (other_days, in_step) = minutes.on_other_days(t, clock.window);
                near += weight * in_step as f64;
                expected += weight * other_days as f64 * clock.share(t) * in_hour[hour_of(t)];
            }
            let one_by_one = ((near + PRIOR) / (expected + PRIOR)).max(1.0);
            let factor = acts.factor(&minutes, &in_hour);
            assert!(
                (factor / one_by_one - 1.0).abs() < 1e-9,
                "{factor} {one_by_one}"
            );
        }
    }
}
