//! Counting: `K_ij(w)`, the number of distinct objects two accounts both touched with their first events within `w`.
//!
//! For each account in parallel its events are walked, each outwards in the object's time-sorted run as far as the
//! window reaches, into a dense array of counts with a list of what was touched (Gustavson's sparse product, ACM TOMS
//! 4(3), 1978). Pairs are handed on as they are found and never all held: memory is O(events + accounts × threads +
//! pairs kept), and the result is exact and in order of (i, j) on any number of threads.

use overt_model::Window;
use rayon::prelude::*;

use crate::events::Events;

/// Two accounts, `i < j`, and their number of co-shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The account with the smaller number.
    pub i: u32,
    /// The account with the larger number.
    pub j: u32,
    /// Objects both touched within the window.
    pub weight: u32,
}

/// Accounts per unit of parallel work: small enough to even out hubs, large enough to amortise hand-over.
const CHUNK: u32 = 256;

/// Walks every pair with at least `min_weight` co-shares and keeps what `keep` makes of it, in order of (i, j).
pub fn pairs<R: Send>(
    events: &Events,
    window: Window,
    min_weight: u32,
    keep: impl Fn(Pair) -> Option<R> + Sync,
) -> Vec<R> {
    let core = events.core(min_weight);
    let n = core.n_accounts();
    let chunks: Vec<Vec<R>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map_init(
            || Counter::new(n),
            |counter, chunk| {
                let mut kept = Vec::new();
                for i in chunk * CHUNK..n.min((chunk + 1) * CHUNK) {
                    counter.count(&core, i, window.bound());
                    counter.drain(|j, weight| {
                        if weight >= min_weight {
                            kept.extend(keep(Pair { i, j, weight }));
                        }
                    });
                }
                kept
            },
        )
        .collect();
    let mut all = Vec::with_capacity(chunks.iter().map(Vec::len).sum());
    chunks.into_iter().for_each(|c| all.extend(c));
    all
}

/// Events that repeat company: within the window of somebody with whom their account has at least `LEAST_COMPANY`
/// co-shares. One flag an event.
pub fn company(events: &Events, window: Window) -> Vec<bool> {
    let n = events.n_accounts();
    let chunks: Vec<Vec<u32>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map_init(
            || Counter::new(n),
            |counter, chunk| {
                let mut marked = Vec::new();
                for i in chunk * CHUNK..n.min((chunk + 1) * CHUNK) {
                    counter.mark_company(events, i, window.bound(), &mut marked);
                }
                marked
            },
        )
        .collect();
    let mut flags = vec![false; events.len()];
    chunks
        .into_iter()
        .flatten()
        .for_each(|e| flags[e as usize] = true);
    flags
}

/// Co-shares that make company.
const LEAST_COMPANY: u32 = 2;

struct Counter {
    count: Vec<u32>,
    touched: Vec<u32>,
}

impl Counter {
    fn new(n: u32) -> Self {
        Self {
            count: vec![0; n as usize],
            touched: Vec::new(),
        }
    }

    /// Adds the events of `i` that repeat company.
    fn mark_company(&mut self, events: &Events, i: u32, window: i64, marked: &mut Vec<u32>) {
        if (events.of_account(i).len() as u32) < LEAST_COMPANY {
            return;
        }
        let mut near = |e: usize, each: &mut dyn FnMut(&mut Self, u32)| {
            let (accounts, times) = (events.accounts(), events.times());
            let run = events.of_object(events.object(e));
            let t = times[e];
            for f in e + 1..run.end {
                if times[f] - t > window {
                    break;
                }
                each(self, accounts[f]);
            }
            for f in (run.start..e).rev() {
                if t - times[f] > window {
                    break;
                }
                each(self, accounts[f]);
            }
        };
        for &e in events.of_account(i) {
            near(e as usize, &mut |counter, j| {
                let count = &mut counter.count[j as usize];
                if *count == 0 {
                    counter.touched.push(j);
                }
                *count += 1;
            });
        }
        for &e in events.of_account(i) {
            let mut repeated = false;
            near(e as usize, &mut |counter, j| {
                repeated |= counter.count[j as usize] >= LEAST_COMPANY
            });
            if repeated {
                marked.push(e);
            }
        }
        for j in self.touched.drain(..) {
            self.count[j as usize] = 0;
        }
    }

    /// Counts the co-shares of `i` with every `j > i`.
    fn count(&mut self, events: &Events, i: u32, window: i64) {
        let (accounts, times) = (events.accounts(), events.times());
        for &e in events.of_account(i) {
            let e = e as usize;
            let run = events.of_object(events.object(e));
            let t = times[e];
            for (&j, &u) in accounts[e + 1..run.end].iter().zip(&times[e + 1..run.end]) {
                if u - t > window {
                    break;
                }
                self.add(i, j);
            }
            for (&j, &u) in accounts[run.start..e]
                .iter()
                .zip(&times[run.start..e])
                .rev()
            {
                if t - u > window {
                    break;
                }
                self.add(i, j);
            }
        }
    }

    #[inline]
    fn add(&mut self, i: u32, j: u32) {
        if j > i {
            let count = &mut self.count[j as usize];
            if *count == 0 {
                self.touched.push(j);
            }
            *count += 1;
        }
    }

    /// Hands on what was counted in order of account, and forgets it.
    fn drain(&mut self, mut found: impl FnMut(u32, u32)) {
        self.touched.sort_unstable();
        for &j in &self.touched {
            found(j, std::mem::take(&mut self.count[j as usize]));
        }
        self.touched.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::events::RawEvents;

    /// The definition, word for word.
    fn by_definition(rows: &[(u32, u32, i64)], window: i64, min_weight: u32) -> Vec<Pair> {
        let mut first: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for &(o, a, t) in rows {
            let at = first.entry((o, a)).or_insert(t);
            *at = (*at).min(t);
        }
        let mut count: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (&(o, i), &t) in &first {
            for (&(p, j), &u) in &first {
                if o == p && i < j && (t - u).abs() <= window {
                    *count.entry((i, j)).or_default() += 1;
                }
            }
        }
        count
            .into_iter()
            .filter(|(_, k)| *k >= min_weight)
            .map(|((i, j), weight)| Pair { i, j, weight })
            .collect()
    }

    proptest! {
        #[test]
        fn counting_is_its_definition(
            rows in prop::collection::vec((0u32..6, 0u32..8, 0i64..40), 0..120),
            window in 0i64..20,
            min_weight in 1u32..4,
        ) {
            let mut raw = RawEvents::default();
            for &(o, a, t) in &rows {
                raw.push(o, a, t, 0);
            }
            let events = Events::new(raw, 8, 6);
            let window = Window::from_millis(window).expect("not negative");
            let counted = pairs(&events, window, min_weight, Some);
            prop_assert_eq!(counted, by_definition(&rows, window.bound(), min_weight));
        }
    }
}
