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
    pairs_by_row(events, window, min_weight, |_| (), |(), pair| keep(pair))
}

/// The same, with what `begin` makes of an account before its pairs with those that have a larger number.
pub fn pairs_by_row<S, R: Send>(
    events: &Events,
    window: Window,
    min_weight: u32,
    begin: impl Fn(u32) -> S + Sync,
    keep: impl Fn(&mut S, Pair) -> Option<R> + Sync,
) -> Vec<R> {
    let core = events.core(min_weight, window.bound());
    let n = core.n_accounts();
    let chunks: Vec<Vec<R>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map_init(
            || Counter::new(n),
            |counter, chunk| {
                let mut kept = Vec::new();
                for i in chunk * CHUNK..n.min((chunk + 1) * CHUNK) {
                    counter.count(&core, i, window.bound());
                    let mut row = None;
                    counter.drain(min_weight, |j, weight| {
                        let row = row.get_or_insert_with(|| begin(i));
                        kept.extend(keep(row, Pair { i, j, weight }));
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

/// Two accounts keep company when they have co-shares within a window on at least this many occasions.
const MIN_COMPANY: u32 = 3;
/// Milliseconds that part occasions: the many links of one breaking news are one.
const OCCASION: i64 = 3_600_000;

/// The events of accounts that keep company with each other within a window of so many milliseconds, at which they do.
/// One flag an event.
pub fn in_company(events: &Events, window: i64) -> Vec<bool> {
    let core = events.core(MIN_COMPANY, window);
    let n = core.n_accounts();
    let found: Vec<Vec<u32>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map_init(
            || Counter::new(n),
            |counter, chunk| {
                let mut found = Vec::new();
                for i in chunk * CHUNK..n.min((chunk + 1) * CHUNK) {
                    counter.count(&core, i, window);
                    if counter.keeps_company(&core, i, window) {
                        counter.walk_company(events, i, window, |e, f| {
                            found.extend([e as u32, f as u32]);
                        });
                    }
                    counter.drain(u32::MAX, |_, _| {});
                }
                found
            },
        )
        .collect();
    let mut flags = vec![false; events.len()];
    found
        .into_iter()
        .flatten()
        .for_each(|e| flags[e as usize] = true);
    flags
}

struct Counter {
    count: Vec<u32>,
    /// The first `len` are touched.
    touched: Vec<u32>,
    len: usize,
}

impl Counter {
    fn new(n: u32) -> Self {
        Self {
            count: vec![0; n as usize],
            touched: vec![0; n as usize + 1],
            len: 0,
        }
    }

    /// Whether `i`, whose co-shares were just counted, keeps company with anybody; forgets the counts of all others.
    fn keeps_company(&mut self, events: &Events, i: u32, window: i64) -> bool {
        if self.touched[..self.len]
            .iter()
            .all(|j| self.count[*j as usize] < MIN_COMPANY)
        {
            return false;
        }
        let mut met: Vec<(u32, i64)> = Vec::new();
        for &e in events.of_account(i) {
            let e = e as usize;
            let run = events.of_object(events.object(e));
            let near = |f: &usize| (events.time(*f) - events.time(e)).abs() <= window;
            let later = (e + 1..run.end).take_while(near);
            let earlier = (run.start..e).rev().take_while(near);
            let who = later.chain(earlier).map(|f| events.account(f));
            met.extend(
                who.filter(|j| self.count[*j as usize] >= MIN_COMPANY)
                    .map(|j| (j, events.time(e))),
            );
        }
        met.sort_unstable();
        for j in &self.touched[..self.len] {
            self.count[*j as usize] = self.count[*j as usize].min(1);
        }
        for with in met.chunk_by(|a, b| a.0 == b.0) {
            let mut occasions = 0;
            let mut since = i64::MIN;
            for (_, t) in with {
                if since == i64::MIN || t - since >= OCCASION {
                    occasions += 1;
                    since = *t;
                }
            }
            self.count[with[0].0 as usize] = occasions;
        }
        met.iter()
            .any(|(j, _)| self.count[*j as usize] >= MIN_COMPANY)
    }

    /// Hands on the pairs of events of `i` with those it keeps company with and has a larger number.
    fn walk_company(
        &self,
        events: &Events,
        i: u32,
        window: i64,
        mut each: impl FnMut(usize, usize),
    ) {
        let with = |f: usize| self.count[events.account(f) as usize] >= MIN_COMPANY;
        for &e in events.of_account(i) {
            let e = e as usize;
            let run = events.of_object(events.object(e));
            let near = |f: &usize| (events.time(*f) - events.time(e)).abs() <= window;
            let later = (e + 1..run.end).take_while(near);
            let earlier = (run.start..e).rev().take_while(near);
            later
                .chain(earlier)
                .filter(|f| with(*f))
                .for_each(|f| each(e, f));
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
        // Without a branch: whether j is larger and new is as good as random, and a branch foretold wrongly throws away
        // the fetches under way behind it.
        let counts = u32::from(j > i);
        let count = &mut self.count[j as usize];
        self.touched[self.len] = j;
        self.len += usize::from(*count == 0) & counts as usize;
        *count += counts;
    }

    /// Hands on what was counted to at least so many, in order of account, and forgets everything.
    fn drain(&mut self, least: u32, mut found: impl FnMut(u32, u32)) {
        let mut enough = 0;
        for n in 0..self.len {
            let j = self.touched[n];
            self.touched[enough] = j;
            let count = &mut self.count[j as usize];
            if *count >= least {
                enough += 1;
            } else {
                *count = 0;
            }
        }
        self.touched[..enough].sort_unstable();
        for &j in &self.touched[..enough] {
            found(j, std::mem::take(&mut self.count[j as usize]));
        }
        self.len = 0;
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
