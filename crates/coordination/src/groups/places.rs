//! Where a group is, and who comes by.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::crowd::Test;
use super::outcome::MIN_HOURS;
use super::slots::Profile;
use crate::around::Around;
use crate::null::habit::BINS;
use crate::null::hours::HOUR;

/// Acts of a group at one object that its minutes are told by.
const ACTS_A_PLACE: usize = 8;

/// An object at which enough members are.
pub(super) struct Place<'m> {
    pub(super) object: u32,
    pub(super) block: u32,
    /// The events of members there, in order of time, and when they were.
    pub(super) theirs: &'m [u32],
    times: Vec<i64>,
    /// The chance that an event of each bin is near.
    pub(super) chances: [f64; BINS],
}

/// Everything a group is at, in order of objects.
pub(super) struct Places<'m> {
    of: Vec<Place<'m>>,
    /// The events of the object of each: events are numbered by object, so that which is where need not be looked up.
    runs: Vec<Range<usize>>,
    /// So many members make a place, and have to be near.
    least: usize,
    window: i64,
}

/// How close an event comes to the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closeness {
    /// Enough members are there within the window.
    Near,
    /// Within four windows.
    Ring,
    /// At some time.
    Far,
}

/// Who is near a group.
pub(super) struct Near {
    /// Events of bystanders.
    pub(super) bystanders: u32,
    /// Those who were near in hours enough to be evidence, by account.
    pub(super) often: Vec<Comer>,
}

/// An account that comes near a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Comer {
    pub(super) account: u32,
    /// Events, and clock hours with one.
    pub(super) near: u32,
    pub(super) hours: u32,
}

/// What objects are like that a group and its variations are at.
pub(super) type Profiles = FxHashMap<u32, Profile>;

impl<'m> Places<'m> {
    /// Of members with these events, in order.
    pub(super) fn of(test: &Test<'_>, theirs: &'m [u32], least: usize) -> Self {
        // Events are numbered by object and time.
        let object = |e: u32| test.events.object(e as usize);
        let of: Vec<Place<'m>> = theirs
            .chunk_by(|a, b| object(*a) == object(*b))
            .filter(|there| there.len() >= least)
            .map(|there| Place::of(test, there, least))
            .collect();
        let window = test.window.bound();
        Self {
            runs: of.iter().map(|p| test.events.of_object(p.object)).collect(),
            of,
            least,
            window,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Place<'m>> {
        self.of.iter()
    }

    /// Those of an account's events, in order, that are at a place.
    pub(super) fn among(&self, events: &[u32], mut each: impl FnMut(usize, &Place<'m>)) {
        let mut left = &self.runs[..];
        for &e in events {
            let e = e as usize;
            left = &left[left.partition_point(|run| run.end <= e)..];
            let Some(run) = left.first() else {
                return;
            };
            if run.start <= e {
                each(e, &self.of[self.runs.len() - left.len()]);
            }
        }
    }

    /// Walks along what others do within the window of members.
    pub(super) fn near(&self, test: &Test<'_>, is_bystander: impl Fn(u32) -> bool) -> Near {
        let events = test.events;
        let (mut bystanders, mut of_accounts) = (0, Vec::new());
        for place in &self.of {
            let run = events.of_object(place.object);
            let (mut around, mut theirs) = (Around::default(), place.theirs.iter().peekable());
            let mut next = run.start;
            for &t in &place.times {
                let from = events.times()[next..run.end].partition_point(|u| t - u > self.window);
                for e in next + from..run.end {
                    let u = events.time(e);
                    if u - t > self.window {
                        break;
                    }
                    next = e + 1;
                    while theirs.next_if(|m| (**m as usize) < e).is_some() {}
                    if theirs.next_if(|m| **m as usize == e).is_some()
                        || around.count(&place.times, u, self.window) < self.least
                    {
                        continue;
                    }
                    let account = events.account(e);
                    bystanders += u32::from(is_bystander(account));
                    if events.in_question(account) {
                        of_accounts.push((account, u.div_euclid(HOUR)));
                    }
                }
            }
        }
        of_accounts.sort_unstable();
        let often = of_accounts.chunk_by(|a, b| a.0 == b.0).map(Comer::of);
        Near {
            bystanders,
            often: often.filter(|c| c.hours >= MIN_HOURS).collect(),
        }
    }

    /// When enough members act together, place by place, with weights that sum to 1 at each.
    pub(super) fn acts(&self) -> impl Iterator<Item = (i64, f64)> {
        self.of.iter().flat_map(|place| {
            let together = |t: &&i64| within(&place.times, **t, self.window) >= self.least;
            let all = place.times.iter().filter(together).count();
            let every = all.div_ceil(ACTS_A_PLACE).max(1);
            let taken = all.div_ceil(every).max(1) as f64;
            let some = place.times.iter().filter(together).step_by(every);
            some.map(move |t| (*t, 1.0 / taken)).collect::<Vec<_>>()
        })
    }

    /// How close a time comes to the members at a place.
    pub(super) fn closeness(&self, place: &Place<'_>, t: i64) -> Closeness {
        if within(&place.times, t, self.window) >= self.least {
            Closeness::Near
        } else if within(&place.times, t, self.window.saturating_mul(4)) >= self.least {
            Closeness::Ring
        } else {
            Closeness::Far
        }
    }
}

impl Comer {
    /// Of the hours of its near events, in order.
    fn of(near: &[(u32, i64)]) -> Self {
        Self {
            account: near[0].0,
            near: near.len() as u32,
            hours: near.chunk_by(|a, b| a == b).count() as u32,
        }
    }
}

impl<'m> Place<'m> {
    fn of(test: &Test<'_>, theirs: &'m [u32], least: usize) -> Self {
        let object = test.events.object(theirs[0] as usize);
        let block = test.null.baseline.blocks.of_object(object);
        let times: Vec<i64> = theirs
            .iter()
            .map(|&e| test.events.time(e as usize))
            .collect();
        Self {
            object,
            block,
            theirs,
            chances: chances(
                test,
                theirs,
                block,
                crowded(&times, least, test.window.bound()),
            ),
            times,
        }
    }
}

/// The chance that an event of each bin is near: of being near one of the members there, times how much longer than
/// around one of them enough are around.
fn chances(test: &Test<'_>, theirs: &[u32], block: u32, longer: f64) -> [f64; BINS] {
    let null = test.null;
    let share = null.share(block);
    let mut bins = [0.0; BINS];
    for &e in theirs {
        bins[null.baseline.habit.bin(e as usize)] += 1.0 / theirs.len() as f64;
    }
    std::array::from_fn(|k| {
        let one: f64 = bins.iter().zip(&share[k]).map(|(m, s)| m * s).sum();
        (longer * one).min(1.0)
    })
}

/// How many of some ordered times are within a window of one.
fn within(times: &[i64], t: i64, window: i64) -> usize {
    let from = times.partition_point(|u| t - u > window);
    let to = times.partition_point(|u| u - t <= window);
    to.saturating_sub(from)
}

/// For how long at least so many of some ordered times are within a window, over how long one of them is.
fn crowded(times: &[i64], least: usize, window: i64) -> f64 {
    let mut covered = 0.0;
    let mut until = i64::MIN;
    for run in times.windows(least) {
        let (from, to) = (
            run[least - 1].saturating_sub(window).max(until),
            run[0].saturating_add(window),
        );
        if to >= from {
            // A window of no length holds one instant.
            covered += (to - from).max(i64::from(window == 0)) as f64;
            until = to;
        }
    }
    covered / (2 * window).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_around_for_longer_than_one() {
        assert_eq!(crowded(&[0], 1, 10), 1.0);
        assert_eq!(crowded(&[0, 100], 1, 10), 2.0);
        assert_eq!(crowded(&[0, 10], 1, 10), 1.5);
        assert_eq!(crowded(&[0, 10], 2, 10), 0.5, "both from 0 to 10");
        assert_eq!(crowded(&[0, 100], 2, 10), 0.0);
        assert_eq!((within(&[0, 5, 9], 7, 2), within(&[0, 5, 9], 7, 7)), (2, 3));
    }
}
