//! The chance that two come back to an object at the same time.
//!
//! On one day, two episodes at object o meet by what the two would meet by, were their days exchanged (π_o), and by how
//! many of the others who were there about that day were there at that time (π_e): a show that begins when it begins draws
//! everybody.

use super::episodes::Episodes;
use crate::null::clock::{DAY, Minutes, kind_of, time_of_day};

/// Episodes of two accounts at one object.
pub(super) type Both<'a> = (&'a [u32], &'a [u32]);

/// The weight of what is known beforehand.
const PRIOR: f64 = 0.5;
/// So many pairs of episodes are looked at one by one.
const FEW: usize = 256;

/// Episodes of two accounts on one day: of each, and the chance that they meet.
pub(super) struct SameDay {
    pub(super) e: u32,
    pub(super) f: u32,
    pub(super) by_clock: f64,
}

/// How two accounts' times of the day agree over different days.
#[derive(Clone, Copy, Default)]
struct Agree {
    near: f64,
    every: f64,
}

impl Agree {
    fn of((every, near): (usize, usize)) -> Self {
        Self {
            near: near as f64,
            every: every as f64,
        }
    }

    /// Drawn to what is usual, by half an event.
    fn drawn_to(self, usual: f64) -> f64 {
        (self.near + PRIOR) / (self.every + PRIOR / usual)
    }
}

/// What two accounts would meet by anywhere, were their days exchanged; `usual` is the chance of any two. Nothing is known
/// of accounts that never came back.
pub(super) fn anywhere(
    episodes: &Episodes,
    pair: (u32, u32),
    window: i64,
    usual: f64,
) -> Option<f64> {
    let (a, b) = (episodes.minutes(pair.0)?, episodes.minutes(pair.1)?);
    let agree = Agree::of(a.days_exchanged(b, window));
    Some(agree.drawn_to(usual).min(1.0))
}

/// The pairs of episodes that two accounts have within half a day of each other, by what their clocks say there, and
/// [`anywhere`].
pub(super) fn by_clock(
    episodes: &Episodes,
    both: &[Both<'_>],
    window: i64,
    anywhere: f64,
) -> Vec<SameDay> {
    let mut days = Vec::new();
    for (x, y) in both {
        let here = Agree::of(days_exchanged(episodes, x, y, window));
        let by_clock = here.drawn_to(anywhere).clamp(anywhere, 1.0);
        for (&e, &f) in same_day(episodes, x, y) {
            days.push(SameDay { e, f, by_clock });
        }
    }
    days
}

/// [`Minutes::days_exchanged`] of episodes at one object, most of which are few.
fn days_exchanged(episodes: &Episodes, x: &[u32], y: &[u32], window: i64) -> (usize, usize) {
    let time = |e: &u32| episodes.events.time(*e as usize);
    if x.len() * y.len() > FEW {
        let of = |e: &[u32]| Minutes::of_times(e.iter().map(time));
        return of(x).days_exchanged(&of(y), window);
    }
    let (mut every, mut near) = (0, 0);
    for t in x.iter().map(time) {
        for u in y.iter().map(time).filter(|u| kind_of(*u) == kind_of(t)) {
            let apart = (t - u).abs();
            let by_day = (time_of_day(t) - time_of_day(u)).abs();
            every += usize::from(apart > DAY / 2);
            near += usize::from(apart > window && by_day.min(DAY - by_day) <= window);
        }
    }
    (every, near)
}

/// Episodes within half a day of each other.
pub(super) fn same_day<'a>(
    episodes: &'a Episodes,
    x: &'a [u32],
    y: &'a [u32],
) -> impl Iterator<Item = (&'a u32, &'a u32)> {
    let time = |e: &u32| episodes.events.time(*e as usize);
    x.iter().flat_map(move |e| {
        let from = y.partition_point(|f| time(e) - time(f) > DAY / 2);
        let here = y[from..].iter();
        here.take_while(move |f| time(f) - time(e) <= DAY / 2)
            .map(move |f| (e, f))
    })
}

/// How many others were at an object within half a day of an episode, and how many of them within the window.
#[derive(Clone, Copy, Default)]
pub(super) struct Others {
    near: f64,
    all: f64,
}

impl Others {
    /// Everybody but the account itself and those `tied` to it.
    pub(super) fn around(episodes: &Episodes, e: u32, tied: &[u32], window: i64) -> Self {
        let events = &episodes.events;
        let (object, t) = (events.object(e as usize), events.time(e as usize));
        let run = &events.times()[events.of_object(object)];
        let within = |reach: i64| {
            let from = run.partition_point(|u| t - u > reach);
            run[from..].partition_point(|u| u - t <= reach) as f64
        };
        let mut others = Self {
            near: within(window),
            all: within(DAY / 2),
        };
        for account in tied.iter().chain([&events.account(e as usize)]) {
            others.leave_out(episodes.at(*account, object), t, window);
        }
        others
    }

    fn leave_out(&mut self, times: impl Iterator<Item = i64>, t: i64, window: i64) {
        for u in times {
            self.near -= f64::from(u8::from((t - u).abs() <= window));
            self.all -= f64::from(u8::from((t - u).abs() <= DAY / 2));
        }
    }

    /// The same without an account.
    pub(super) fn without(
        mut self,
        episodes: &Episodes,
        e: u32,
        account: u32,
        window: i64,
    ) -> Self {
        let events = &episodes.events;
        let (object, t) = (events.object(e as usize), events.time(e as usize));
        self.leave_out(episodes.at(account, object), t, window);
        self
    }

    /// The chance to come at that time of the day, drawn to what clocks say by two.
    pub(super) fn chance(self, by_clock: f64) -> f64 {
        ((self.near + 2.0 * by_clock) / (self.all + 2.0)).min(1.0)
    }
}
