//! Clocks: at which minutes of the day accounts post. Two readers who look in at 7:42 every morning meet on many days,
//! and nothing ties them.
//!
//! What two would meet by, were their days exchanged, tells: of their events on *different* days, how many are within the
//! window of one another by the time of day, over how many are expected of any two. A group in step on one day has
//! nothing of it on others. Working days and weekends have clocks of their own.

use overt_model::Window;

use crate::events::Events;

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;
/// Milliseconds of a second, and seconds of a day.
const SECOND: i64 = 1_000;
const SECONDS: usize = (DAY / SECOND) as usize;
/// The weight of the hours that two accounts keep, as a prior of what their clocks say.
pub(super) const PRIOR: f64 = 2.0;
/// Windows as long as this, and longer, see no minutes.
const TOO_LONG: i64 = DAY / 4;

/// A list of times so many times longer than another is searched, and not walked along.
const SEARCHED: usize = 16;

/// Working days, and weekends.
pub(super) const KINDS: usize = 2;

/// Whether a time is on a working day or at a weekend.
pub(crate) fn kind_of(time: i64) -> usize {
    // The first day of 1970 was a Thursday.
    let weekday = (time.div_euclid(DAY) + 3).rem_euclid(7);
    usize::from(weekday >= 5)
}

/// Milliseconds since midnight, UTC.
pub(crate) fn time_of_day(time: i64) -> i64 {
    time.rem_euclid(DAY)
}

/// When somebody posts: times, and times of the day, of each kind of day, in order.
pub(crate) struct Minutes {
    pub(super) times: [Vec<i64>; KINDS],
    of_day: [Vec<i64>; KINDS],
}

impl Minutes {
    /// Of an account.
    pub(crate) fn of(events: &Events, account: u32) -> Self {
        let of_account = events.of_account(account).iter();
        Self::of_times(of_account.map(|e| events.time(*e as usize)))
    }

    /// Of some times.
    pub(crate) fn of_times(all: impl Iterator<Item = i64>) -> Self {
        let mut times: [Vec<i64>; KINDS] = Default::default();
        all.for_each(|t| times[kind_of(t)].push(t));
        let mut of_day: [Vec<i64>; KINDS] = Default::default();
        for (times, of_day) in times.iter_mut().zip(&mut of_day) {
            times.sort_unstable();
            of_day.extend(times.iter().map(|t| time_of_day(*t)));
            of_day.sort_unstable();
        }
        Self { times, of_day }
    }

    /// How many events are on other days of the same kind than a time; and how many of them are within the window of it
    /// by the time of day.
    #[cfg(test)]
    pub(crate) fn on_other_days(&self, t: i64, window: i64) -> (usize, usize) {
        let kind = kind_of(t);
        let (times, of_day) = (&self.times[kind], &self.of_day[kind]);
        let same_day = within(times, t, DAY / 2);
        let near_that_day = within(times, t, window);
        let near = within_of_day(of_day, time_of_day(t), window);
        (times.len() - same_day, near.saturating_sub(near_that_day))
    }

    /// Of all pairs of an event and one of another, how many are on different days of one kind; and how many of them are
    /// within the window by the time of day.
    pub(crate) fn days_exchanged(&self, other: &Self, window: i64) -> (usize, usize) {
        let (mut every, mut near) = (0, 0);
        for kind in 0..KINDS {
            let (a, b) = (&self.times[kind], &other.times[kind]);
            every += a.len() * b.len() - meetings(a, b, DAY / 2);
            let by_day = meetings_around_the_clock(&self.of_day[kind], &other.of_day[kind], window);
            // Whoever meet within the window meet by the time of day too.
            near += by_day.saturating_sub(meetings(a, b, window));
        }
        (every, near)
    }
}

/// How many of some ordered times are within so many milliseconds of one.
fn within(times: &[i64], t: i64, reach: i64) -> usize {
    let from = times.partition_point(|u| t - u > reach);
    times[from..].partition_point(|u| u - t <= reach)
}

/// The same around the clock.
#[cfg(test)]
fn within_of_day(of_day: &[i64], at: i64, reach: i64) -> usize {
    [at - DAY, at, at + DAY]
        .iter()
        .map(|at| within(of_day, *at, reach))
        .sum()
}

/// How many pairs of ordered times, one of each, are within so many milliseconds. Both are walked along once; where one
/// is much the longer it is searched.
fn meetings(a: &[i64], b: &[i64], reach: i64) -> usize {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if few.len() * SEARCHED < many.len() {
        return few.iter().map(|t| within(many, *t, reach)).sum();
    }
    let (mut from, mut to, mut sum) = (0, 0, 0);
    for t in few {
        while from < many.len() && t - many[from] > reach {
            from += 1;
        }
        to = to.max(from);
        while to < many.len() && many[to] - t <= reach {
            to += 1;
        }
        sum += to - from;
    }
    sum
}

/// The same of times of the day, around the clock; the reach is less than half a day.
fn meetings_around_the_clock(a: &[i64], b: &[i64], reach: i64) -> usize {
    // Those who meet across midnight: of one the last of the evening, of the other the first of the morning.
    let across = |a: &[i64], b: &[i64]| -> usize {
        let evening = a.iter().rev().take_while(|t| DAY - **t <= reach);
        evening
            .map(|t| b.partition_point(|u| u + DAY - t <= reach))
            .sum()
    };
    meetings(a, b, reach) + across(a, b) + across(b, a)
}

/// How much what clocks say is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belief {
    /// As it is seen.
    AsSeen,
    /// As much as is beyond two standard deviations: of pairs that are only looked at to see who is kept out.
    AtLeast,
}

/// The clocks of all, at a window.
pub(crate) struct Clock {
    pub(super) window: i64,
    /// Of each kind of day, how many events are before each second of it.
    before: [Vec<u32>; KINDS],
    /// The chance that two events on different days of the same kind are within the window by the time of day.
    chance: f64,
}

impl Clock {
    /// Counts the clock of all events; nothing where the window is too long for minutes to show.
    pub(crate) fn count(events: &Events, window: Window) -> Option<Self> {
        let window = window.bound();
        if window >= TOO_LONG {
            return None;
        }
        let reference = |e: &usize| events.is_reference(events.account(*e));
        let of = (0..events.len()).filter(reference);
        let all = Minutes::of_times(of.map(|e| events.time(e)));
        let (mut near, mut every) = (0.0, 0.0);
        for kind in 0..KINDS {
            let (times, of_day) = (&all.times[kind], &all.of_day[kind]);
            let n = times.len() as f64;
            // Each with each but itself; pairs of one day are in both.
            every += n * n - pairs(times, DAY / 2);
            near += around_the_clock(of_day, window) - pairs(times, window);
        }
        let chance = if every > 0.0 { near / every } else { 0.0 };
        Some(Self {
            window,
            before: all.of_day.map(|of_day| before(&of_day)),
            chance,
        })
    }

    /// The chance that two events on different days of the same kind are within the window by the time of day.
    pub(crate) fn chance(&self) -> f64 {
        self.chance
    }

    /// The share of all events of a kind of day that are within the window of a time, by the second.
    pub(super) fn share(&self, t: i64) -> f64 {
        let before = &self.before[kind_of(t)];
        let all = before[SECONDS];
        let second = (time_of_day(t) / SECOND) as usize;
        let reach = (self.window / SECOND) as usize;
        let until = |s: usize| before[s.min(SECONDS)];
        let (from, to) = (second.saturating_sub(reach), second + reach + 1);
        let over_midnight = until(to.saturating_sub(SECONDS)) + all
            - until((SECONDS + second).saturating_sub(reach));
        f64::from(until(to) - until(from) + over_midnight) / f64::from(all.max(1))
    }

    /// How much more than others an account that keeps these minutes would meet another, were their days exchanged; at least
    /// `hours`, what the hours they keep say.
    pub(super) fn factor(
        &self,
        events: &Events,
        minutes: &Minutes,
        j: u32,
        hours: f64,
        belief: Belief,
    ) -> f64 {
        let (every, near) = minutes.days_exchanged(&Minutes::of(events, j), self.window);
        let (expected, near) = (every as f64 * self.chance, near as f64);
        let factor = match belief {
            Belief::AsSeen => (near + PRIOR * hours) / (expected + PRIOR),
            Belief::AtLeast if expected > 0.0 => (near - 2.0 * near.sqrt()) / expected,
            Belief::AtLeast => 1.0,
        };
        factor.max(hours)
    }
}

/// How many of some ordered times of the day are before each second.
fn before(of_day: &[i64]) -> Vec<u32> {
    let mut before = vec![0; SECONDS + 1];
    for t in of_day {
        before[(t / SECOND) as usize + 1] += 1;
    }
    for s in 0..SECONDS {
        before[s + 1] += before[s];
    }
    before
}

/// Ordered pairs of times within so many milliseconds, each with itself too.
fn pairs(times: &[i64], reach: i64) -> f64 {
    let (mut from, mut sum) = (0, 0);
    for (at, t) in times.iter().enumerate() {
        while t - times[from] > reach {
            from += 1;
        }
        sum += at - from;
    }
    2.0 * sum as f64 + times.len() as f64
}

/// The same around the clock.
fn around_the_clock(of_day: &[i64], reach: i64) -> f64 {
    // Those who meet across midnight.
    let evening = &of_day[of_day.partition_point(|t| DAY - t > reach)..];
    let across = evening
        .iter()
        .map(|t| of_day.partition_point(|u| u + DAY - t <= reach));
    pairs(of_day, reach) + 2.0 * across.sum::<usize>() as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::events::RawEvents;

    const MINUTE: i64 = 60_000;

    /// Sixty days on which 0 and 1 post at 7:42, 2 and 3 at 7:42 of one day and at any time of others, 4 to 19 at any time.
    pub(in crate::null) fn world() -> Events {
        let mut raw = RawEvents::default();
        for day in 0..60i64 {
            for a in 0..20u32 {
                let any = (day * 7919 + i64::from(a) * 104_729) * 977 % 1440;
                let minute = if a < 2 || (a < 4 && day == 3) {
                    462
                } else {
                    any
                };
                raw.push(day as u32 * 20 + a, a, day * DAY + minute * MINUTE, 0);
            }
        }
        Events::new(raw, 20, 1200)
    }

    #[test]
    fn who_keeps_the_same_minutes_meets_on_many_days() {
        let events = world();
        let window = Window::from_millis(MINUTE).expect("not negative");
        let clock = Clock::count(&events, window).expect("a clock");
        let minutes = |i| Minutes::of(&events, i);
        let factor = |i, j| clock.factor(&events, &minutes(i), j, 1.0, Belief::AsSeen);
        assert!(factor(0, 1) > 50.0, "{}", factor(0, 1));
        assert!(factor(2, 3) < 3.0, "one day says nothing: {}", factor(2, 3));
        let sure = clock.factor(&events, &minutes(0), 1, 1.0, Belief::AtLeast);
        assert!(sure > 50.0, "{sure}");
    }

    #[test]
    fn a_weekend_has_a_clock_of_its_own_and_midnight_is_no_end() {
        // 1970-01-03 was a Saturday.
        let kinds: Vec<usize> = (0..7).map(|d| kind_of(d * DAY)).collect();
        assert_eq!(kinds, [0, 0, 1, 1, 0, 0, 0]);
        let late = Minutes::of_times([DAY - 10, 6 * DAY + 10].into_iter());
        assert_eq!(
            late.on_other_days(4 * DAY - 5, 20),
            (0, 0),
            "a Sunday night"
        );
        assert_eq!(late.on_other_days(5 * DAY - 5, 20), (2, 2));
        assert_eq!(around_the_clock(&[1, DAY - 1], 5), 4.0);
    }

    #[test]
    fn the_share_of_all_is_counted_around_midnight() {
        let mut raw = RawEvents::default();
        // Five working days: at 23:59:58, 00:00:01, and noon.
        for (n, t) in [DAY - 2_000, DAY + 1_000, 4 * DAY + DAY / 2]
            .iter()
            .enumerate()
        {
            raw.push(n as u32, n as u32, *t, 0);
        }
        let events = Events::new(raw, 3, 3);
        let share = |t: i64, seconds: i64| {
            let window = Window::from_millis(seconds * SECOND).expect("not negative");
            Clock::count(&events, window).expect("a clock").share(t)
        };
        assert_eq!(share(5 * DAY, 3), 2.0 / 3.0);
        assert_eq!(share(5 * DAY, 1), 1.0 / 3.0);
        assert_eq!(share(5 * DAY - 1_000, 1), 1.0 / 3.0);
        assert_eq!(share(5 * DAY - 1_000, 2), 2.0 / 3.0);
        assert_eq!(share(5 * DAY + DAY / 2, 1), 1.0 / 3.0);
        assert_eq!(share(5 * DAY + DAY / 4, 60), 0.0);
    }

    #[test]
    fn days_exchanged_is_the_sum_over_single_times() {
        let times = |n: i64, step: i64| {
            let all = (0..n).map(move |k| (k * step * 7919 + k * k * 104_729) % (90 * DAY));
            Minutes::of_times(all)
        };
        for (n, m) in [(0, 5), (1, 1), (7, 400), (400, 7), (300, 250)] {
            let (a, b) = (times(n, 1_000_003), times(m, 777_767));
            for window in [0, 1_000, 60_000, TOO_LONG - 1] {
                let mut one_by_one = (0, 0);
                for t in b.times.iter().flatten() {
                    let (every, near) = a.on_other_days(*t, window);
                    one_by_one = (one_by_one.0 + every, one_by_one.1 + near);
                }
                assert_eq!(a.days_exchanged(&b, window), one_by_one, "{n} {m} {window}");
                assert_eq!(b.days_exchanged(&a, window), one_by_one, "{n} {m} {window}");
            }
        }
    }

    #[test]
    fn a_window_of_many_hours_has_no_clock() {
        let window = Window::from_millis(TOO_LONG).expect("not negative");
        assert!(Clock::count(&world(), window).is_none());
    }
}
