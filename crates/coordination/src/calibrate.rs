//! Calibration: the same analysis on copies in which nobody has a tie to anybody.
//!
//! Accounts change places only among events of the same block and latency bin, and of about the same time of day on the
//! same kind of day: so every account keeps its activity per block, its habit and, as closely as the data allow, its
//! clock; every object its popularity and its times. Events in company change places across blocks: a group that has
//! one to itself would else only change places with itself. Whatever remains is false. It shares the null
//! model's assumptions: what the model does not know of is kept in no copy.

use overt_model::Window;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashSet;

use crate::accounts;
use crate::count::in_company;
use crate::events::Events;
use crate::network::{Asked, Counting, NetworkSettings, ToScore, family, passing, score};
use crate::null::Baseline;
use crate::null::clock::{kind_of, time_of_day};

/// How often each event is offered a new place.
const ROUNDS: usize = 3;
/// How often a place that would put an account twice at one object is drawn again.
const TRIES: usize = 20;
/// So many events on either side by the time of day are as good a place.
const NEAR: usize = 8;
/// Events looked at for one of another object.
const LOOKED_AT: usize = 64;

/// A copy with accounts shuffled. `apart` has a flag for every event that changes places across blocks.
pub fn shuffle(events: &Events, baseline: &Baseline, apart: &[bool], seed: u64) -> Events {
    let of_block = |e: usize| baseline.blocks.of_object(events.object(e));
    let blocks = Lists::by(events, baseline, of_block);
    let all = Lists::by(events, baseline, |_| 0);
    let mut account = events.accounts().to_vec();
    let mut at: FxHashSet<(u32, u32)> = (0..events.len())
        .map(|e| (events.object(e), account[e]))
        .collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..ROUNDS {
        for (e, apart) in apart.iter().enumerate() {
            let lists = if *apart { &all } else { &blocks };
            for _ in 0..TRIES {
                let Some(f) = lists.draw(events, e, &mut rng) else {
                    break;
                };
                if swap(events, e, f, &mut account, &mut at) {
                    break;
                }
            }
        }
    }
    events.with_accounts(account)
}

/// Events among which accounts may change places, in order of the time of day.
struct Lists {
    events: Vec<u32>,
    /// Where each event stands, and its list begins and ends.
    place: Vec<u32>,
    ends: Vec<(u32, u32)>,
}

impl Lists {
    fn by(events: &Events, baseline: &Baseline, part: impl Fn(usize) -> u32) -> Self {
        let list = |e: usize| (part(e), baseline.habit.bin(e), kind_of(events.time(e)));
        let mut ordered: Vec<u32> = (0..events.len() as u32).collect();
        ordered.sort_by_cached_key(|e| {
            let e = *e as usize;
            (list(e), time_of_day(events.time(e)), e)
        });
        let mut place = vec![0; events.len()];
        let mut ends = vec![(0, 0); events.len()];
        let mut from = 0;
        for run in ordered.chunk_by(|e, f| list(*e as usize) == list(*f as usize)) {
            let to = from + run.len() as u32;
            for (at, e) in (from..to).zip(run) {
                (place[*e as usize], ends[*e as usize]) = (at, (from, to));
            }
            from = to;
        }
        Self {
            events: ordered,
            place,
            ends,
        }
    }

    /// An event of another object at about the same time of day.
    fn draw(&self, events: &Events, e: usize, rng: &mut impl Rng) -> Option<usize> {
        let (from, to) = self.ends[e];
        let at = self.place[e];
        let (before, after) = ((from..at).rev(), at + 1..to);
        let side: Box<dyn Iterator<Item = u32>> = if rng.random_bool(0.5) {
            Box::new(before.chain(after))
        } else {
            Box::new(after.chain(before))
        };
        let steps = rng.random_range(0..NEAR);
        let others = side
            .take(LOOKED_AT)
            .map(|at| self.events[at as usize] as usize)
            .filter(|f| events.object(*f) != events.object(e));
        let some: Vec<usize> = others.take(steps + 1).collect();
        some.last().copied()
    }
}

/// Exchanges the accounts of two events of different objects, if neither would then be twice at one. Whether there is
/// nothing more to try.
fn swap(
    events: &Events,
    e: usize,
    f: usize,
    account: &mut [u32],
    at: &mut FxHashSet<(u32, u32)>,
) -> bool {
    let (a, b) = (account[e], account[f]);
    let (o, p) = (events.object(e), events.object(f));
    if a == b {
        return true;
    }
    if at.contains(&(o, b)) || at.contains(&(p, a)) {
        return false;
    }
    at.remove(&(o, a));
    at.remove(&(p, b));
    at.insert((o, b));
    at.insert((p, a));
    account.swap(e, f);
    true
}

/// What remains in a copy, and is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remains {
    /// Edges that pass.
    pub edges: u64,
    /// Accounts whose q passes, by pairs or by groups.
    pub accounts: u64,
}

/// What remains in each of `copies` shuffled copies of one layer.
pub fn remains(
    events: &Events,
    window: Window,
    baseline: &Baseline,
    settings: &NetworkSettings,
    copies: u32,
    seed: u64,
) -> Vec<Remains> {
    use rayon::prelude::*;
    let accounts = events.active_accounts();
    let apart = in_company(events, window.bound());
    (0..copies)
        .into_par_iter()
        .map(|copy| {
            let seed = seed.wrapping_add(u64::from(copy));
            let shuffled = shuffle(events, baseline, &apart, seed);
            let baseline = baseline.of_copy(&shuffled);
            let layer = ToScore {
                events: &shuffled,
                window,
                baseline: &baseline,
                sources: &[],
                occasions: None,
            };
            let (level, asked) = (settings.level, Asked::PairsAndGroups);
            let (mut scored, mut groups) = (Vec::new(), Vec::new());
            for layer in score(&[layer], accounts, level, asked, &|_| {}) {
                scored.push(layer.scored);
                groups.push(layer.groups);
            }
            Remains {
                edges: passing(&scored, &[Counting::Objects], family(accounts), settings).len()
                    as u64,
                accounts: accounts::passing(&scored, &groups, accounts, settings).len() as u64,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;
    use crate::null::NullModel;

    #[test]
    fn a_copy_keeps_activity_and_popularity_and_puts_nobody_twice_at_one_object() {
        let mut raw = RawEvents::default();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for n in 0..600u32 {
            raw.push(
                rng.random_range(0..60),
                rng.random_range(0..40),
                i64::from(n),
                n,
            );
        }
        let events = Events::new(raw, 40, 60);
        let baseline = Baseline::estimate(
            &events,
            NullModel::Plain,
            crate::null::RateModel::Raw,
            &crate::null::blocks::TopicSettings::default(),
        );
        let copy = shuffle(&events, &baseline, &vec![false; events.len()], 7);
        assert!((0..40).all(|a| copy.of_account(a).len() == events.of_account(a).len()));
        for o in 0..60 {
            let mut here: Vec<u32> = copy.of_object(o).map(|e| copy.account(e)).collect();
            here.sort_unstable();
            assert!(here.windows(2).all(|w| w[0] != w[1]), "twice at object {o}");
        }
        let moved = (0..events.len())
            .filter(|&e| events.account(e) != copy.account(e))
            .count();
        assert!(moved > events.len() / 2, "{moved} moved");
    }
}
