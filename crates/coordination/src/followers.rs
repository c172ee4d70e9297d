//! Followers: accounts that nearly always come after the others.
//!
//! A monitor, an archiver, a critic, a reader with alerts is in step with a group as much as its members are, and has no
//! part in it. The order gives it away. Whether it lags because it watches or because it was told to, posts cannot tell:
//! so that it follows is said, and it is not established.

use std::collections::{BTreeMap, BTreeSet};

use overt_model::Window;

use crate::events::Events;

/// Fewest joint occasions of two accounts for one to precede the other.
const JOINT: usize = 5;
/// Share of them on which it is the earlier.
const EARLIER: f64 = 0.9;
/// Fewest joint occasions of companions.
const COMPANY: usize = 2;
/// Fewest accounts that precede one for it to be dominated, and their share of its companions.
const DOMINATED: (usize, f64) = (2, 0.2);
/// The part of the core that comes at or after an account by chance, at least, on most occasions.
const PART: usize = 4;
/// Largest chance of so few such occasions for an account to follow.
const LEVEL: f64 = 0.01;

/// What the order of accounts at objects shows.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// Accounts that follow.
    pub follow: BTreeSet<u32>,
    /// Accounts that are in step with nobody but those who follow.
    pub followed: BTreeSet<u32>,
}

/// Looks for followers among some accounts, in order, by who of them comes first within the window.
pub fn order(events: &Events, window: Window, accounts: &[u32]) -> Order {
    let meetings = Meetings::of(events, window, accounts);
    let dominated: BTreeSet<u32> = accounts
        .iter()
        .copied()
        .filter(|i| meetings.is_dominated(*i))
        .collect();
    let follow: BTreeSet<u32> = accounts
        .iter()
        .copied()
        .filter(|i| meetings.follows(*i, &dominated))
        .collect();
    let stays = |j: &u32| !follow.contains(j);
    let followed = accounts
        .iter()
        .copied()
        .filter(|i| stays(i) && meetings.companions(*i).any(|(j, _)| !stays(&j)))
        .filter(|i| !meetings.companions(*i).any(|(j, _)| stays(&j)))
        .collect();
    Order { follow, followed }
}

/// Who of some accounts met whom, how often, and who came first.
struct Meetings {
    /// Joint occasions of two accounts, and those on which the second was the earlier.
    joint: BTreeMap<(u32, u32), (usize, usize)>,
    /// Of each account and occasion: who else was near, and whether at the same time or after.
    occasions: BTreeMap<u32, Vec<Vec<(u32, bool)>>>,
}

impl Meetings {
    fn of(events: &Events, window: Window, accounts: &[u32]) -> Self {
        let mut at: BTreeMap<u32, Vec<(i64, u32)>> = BTreeMap::new();
        for &account in accounts {
            for &e in events.of_account(account) {
                let e = e as usize;
                at.entry(events.object(e))
                    .or_default()
                    .push((events.time(e), account));
            }
        }
        let mut joint: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
        let mut occasions: BTreeMap<u32, Vec<Vec<(u32, bool)>>> = BTreeMap::new();
        for here in at.values().filter(|here| here.len() > 1) {
            for &(t, i) in here {
                let near: Vec<(u32, bool)> = here
                    .iter()
                    .filter(|(u, j)| *j != i && (t - u).abs() <= window.bound())
                    .map(|(u, j)| (*j, *u >= t))
                    .collect();
                for (j, after) in &near {
                    let both = joint.entry((i, *j)).or_default();
                    both.0 += 1;
                    both.1 += usize::from(!after);
                }
                if !near.is_empty() {
                    occasions.entry(i).or_default().push(near);
                }
            }
        }
        Self { joint, occasions }
    }

    /// With whom an account met often enough: with the number of occasions, and those on which they were earlier.
    fn companions(&self, i: u32) -> impl Iterator<Item = (u32, (usize, usize))> {
        self.joint
            .range((i, 0)..=(i, u32::MAX))
            .map(|((_, j), both)| (*j, *both))
            .filter(|(_, (joint, _))| *joint >= COMPANY)
    }

    fn is_dominated(&self, i: u32) -> bool {
        let companions = self.companions(i).count();
        let precede = self.companions(i).filter(|(_, (joint, earlier))| {
            *joint >= JOINT && *earlier as f64 >= EARLIER * *joint as f64
        });
        let share = (DOMINATED.1 * companions as f64).ceil() as usize;
        precede.count() >= DOMINATED.0.max(share)
    }

    /// Whether on so few occasions part of the core came at or after an account that its place in the order is not by
    /// chance.
    fn follows(&self, i: u32, dominated: &BTreeSet<u32>) -> bool {
        let Some(occasions) = self.occasions.get(&i) else {
            return false;
        };
        let companions: BTreeSet<u32> = self.companions(i).map(|(j, _)| j).collect();
        let (mut chances, mut successes) = (Vec::new(), 0);
        for near in occasions {
            let core: Vec<bool> = near
                .iter()
                .filter(|(j, _)| companions.contains(j) && !dominated.contains(j))
                .map(|(_, after)| *after)
                .collect();
            let n = core.len();
            if n == 0 {
                continue;
            }
            let part = n.div_ceil(PART);
            chances.push((n + 1 - part) as f64 / (n + 1) as f64);
            successes += usize::from(core.iter().filter(|after| **after).count() >= part);
        }
        !chances.is_empty() && at_most(successes, &chances) <= LEVEL
    }
}

/// The chance of at most so many successes, each with a chance of its own, exactly.
fn at_most(successes: usize, chances: &[f64]) -> f64 {
    let mut of = vec![0.0; successes + 1];
    of[0] = 1.0;
    for c in chances {
        for s in (0..=successes).rev() {
            let from_below = if s > 0 { of[s - 1] * c } else { 0.0 };
            of[s] = of[s] * (1.0 - c) + from_below;
        }
    }
    of.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;

    /// Accounts at 12 objects, at the seconds that `late` gives for an account at an object.
    fn events(accounts: u32, late: impl Fn(u32, u32) -> i64) -> Events {
        let mut raw = RawEvents::default();
        for o in 0..12 {
            for a in 0..accounts {
                raw.push(o, a, i64::from(o) * 86_400_000 + late(a, o) * 1000, 0);
            }
        }
        Events::new(raw, accounts, 12)
    }

    fn found(events: &Events) -> Order {
        let window = Window::from_millis(60_000).expect("not negative");
        let all: Vec<u32> = (0..events.n_accounts()).collect();
        order(events, window, &all)
    }

    #[test]
    fn who_always_comes_last_follows_and_the_others_do_not() {
        // Eight in an order that changes, one half a minute behind all of them.
        let events = events(9, |a, o| match a {
            8 => 40,
            a => i64::from((a * 5 + o * 3) % 8),
        });
        let order = found(&events);
        assert_eq!(order.follow, BTreeSet::from([8]));
        assert!(order.followed.is_empty());
    }

    #[test]
    fn of_two_the_one_that_is_followed_is_in_step_with_nobody() {
        let order = found(&events(2, |a, _| i64::from(a) * 20));
        assert_eq!(order.follow, BTreeSet::from([1]));
        assert_eq!(order.followed, BTreeSet::from([0]));
    }

    #[test]
    fn at_the_same_time_nobody_follows() {
        assert!(found(&events(4, |_, _| 0)).follow.is_empty());
    }

    #[test]
    fn few_successes_of_many_are_unlikely() {
        assert!((at_most(1, &[0.5; 3]) - 0.5).abs() < 1e-12);
        assert!((at_most(3, &[0.5; 3]) - 1.0).abs() < 1e-12);
    }
}
