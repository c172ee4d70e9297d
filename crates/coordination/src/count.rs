//! Counting: `K_ij(w)`, the number of distinct objects two accounts both touched with their first events within `w`.
//!
//! For each account in parallel its events are walked, each outwards in the object's time-sorted run as far as the
//! window reaches, into a dense array of counts with a list of what was touched (Gustavson's sparse product, ACM TOMS
//! 4(3), 1978). Pairs are handed on as they are found and never all held: memory is O(events + accounts × threads +
//! pairs kept), and the result is exact and in order of (i, j) on any number of threads.

use std::ops::Range;

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
                    counter.count(&core, i, window.bound(), min_weight);
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
                    counter.count(&core, i, window, MIN_COMPANY);
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

/// Objects with so many events may be crowded. In tests a few are.
const LARGE: usize = if cfg!(test) { 4 } else { 1_024 };
/// Looking an account up takes as long as walking along so many events.
const LOOK_UP: usize = if cfg!(test) { 1 } else { 16 };

/// The events around one of an account.
struct Around<'a> {
    events: &'a Events,
    /// Those of the object.
    run: Range<usize>,
    e: usize,
    window: i64,
}

impl<'a> Around<'a> {
    fn of(events: &'a Events, e: u32, window: i64) -> Self {
        let e = e as usize;
        Self {
            events,
            run: events.of_object(events.object(e)),
            e,
            window,
        }
    }

    /// How many events are within the window, where that may be many.
    fn crowd(&self) -> usize {
        if self.run.len() < LARGE {
            return 0;
        }
        let (t, times) = (
            self.events.time(self.e),
            &self.events.times()[self.run.clone()],
        );
        let from = times.partition_point(|u| t - u > self.window);
        times[from..].partition_point(|u| u - t <= self.window)
    }

    /// The events of an account within the window.
    fn of_account(&self, j: u32) -> impl Iterator<Item = usize> {
        let all = self.events.of_account(j);
        let from = all.partition_point(|f| (*f as usize) < self.run.start);
        let here = all[from..].iter().map(|f| *f as usize);
        let t = self.events.time(self.e);
        here.take_while(|f| *f < self.run.end)
            .filter(move |f| (self.events.time(*f) - t).abs() <= self.window)
    }

    /// All other events within the window.
    fn walk(&self) -> impl Iterator<Item = usize> {
        let near =
            |f: &usize| (self.events.time(*f) - self.events.time(self.e)).abs() <= self.window;
        let later = (self.e + 1..self.run.end).take_while(near);
        let earlier = (self.run.start..self.e).rev().take_while(near);
        later.chain(earlier)
    }
}

struct Counter {
    count: Vec<u32>,
    /// The first `len` are touched.
    touched: Vec<u32>,
    len: usize,
    /// The most crowded events of an account, and how many are around them.
    crowded: Vec<(usize, u32)>,
}

impl Counter {
    fn new(n: u32) -> Self {
        Self {
            count: vec![0; n as usize],
            touched: vec![0; n as usize + 1],
            len: 0,
            crowded: Vec::new(),
        }
    }

    /// Whether `i`, whose co-shares were just counted, keeps company with anybody; forgets the counts of all others.
    fn keeps_company(&mut self, events: &Events, i: u32, window: i64) -> bool {
        let often = self.often();
        if often.is_empty() {
            return false;
        }
        let mut met: Vec<(u32, i64)> = Vec::new();
        for &e in events.of_account(i) {
            let around = Around::of(events, e, window);
            let t = events.time(around.e);
            self.met(&around, &often, |f| met.push((events.account(f), t)));
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

    /// Those touched often enough for company.
    fn often(&self) -> Vec<u32> {
        let touched = self.touched[..self.len].iter().copied();
        let often = touched.filter(|j| self.count[*j as usize] >= MIN_COMPANY);
        often.collect()
    }

    /// Hands on the events within the window of those who are often there; whichever way is shorter.
    fn met(&self, around: &Around<'_>, often: &[u32], each: impl FnMut(usize)) {
        if around.crowd() > LOOK_UP * often.len() {
            let of = |j: &u32| around.of_account(*j);
            often.iter().flat_map(of).for_each(each);
        } else {
            let with = |f: &usize| {
                let j = around.events.account(*f);
                self.count[j as usize] >= MIN_COMPANY
            };
            around.walk().filter(with).for_each(each);
        }
    }

    /// Hands on the pairs of events of `i` with those it keeps company with and has a larger number.
    fn walk_company(
        &self,
        events: &Events,
        i: u32,
        window: i64,
        mut each: impl FnMut(usize, usize),
    ) {
        let often = self.often();
        for &e in events.of_account(i) {
            let around = Around::of(events, e, window);
            self.met(&around, &often, |f| each(around.e, f));
        }
    }

    /// Counts the co-shares of `i` with every `j > i`; of those with fewer than `least` perhaps not all.
    fn count(&mut self, events: &Events, i: u32, window: i64, least: u32) {
        self.find_crowded(events, i, window, least);
        for &e in events.of_account(i) {
            if !self.crowded.iter().any(|(_, crowded)| *crowded == e) {
                self.walk(events, i, e, window);
            }
        }
        // The least crowded first: those met there have to be looked up at the others.
        let crowded = std::mem::take(&mut self.crowded);
        for &(crowd, e) in crowded.iter().rev() {
            if crowd > LOOK_UP * self.len {
                self.look_up(&Around::of(events, e, window));
            } else {
                self.walk(events, i, e, window);
            }
        }
        self.crowded = crowded;
    }

    /// The most crowded events of an account, the most crowded first: one less than the co-shares asked of a pair, which
    /// meets at another then. Where an account has several events at an object, one may be many meetings.
    fn find_crowded(&mut self, events: &Events, i: u32, window: i64, least: u32) {
        self.crowded.clear();
        if events.count_again() {
            return;
        }
        for &e in events.of_account(i) {
            let crowd = Around::of(events, e, window).crowd();
            if crowd >= LARGE {
                self.crowded.push((crowd, e));
            }
        }
        self.crowded.sort_unstable_by(|a, b| b.cmp(a));
        self.crowded.truncate(least.saturating_sub(1) as usize);
    }

    /// Counts an event for those touched already.
    fn look_up(&mut self, around: &Around<'_>) {
        for &j in &self.touched[..self.len] {
            self.count[j as usize] += around.of_account(j).count() as u32;
        }
    }

    /// Counts everybody around an event.
    fn walk(&mut self, events: &Events, i: u32, e: u32, window: i64) {
        let (accounts, times) = (events.accounts(), events.times());
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

    /// Of every two accounts the events at which they meet, where these are on three occasions.
    fn company_by_definition(events: &Events, window: i64) -> Vec<bool> {
        let mut flags = vec![false; events.len()];
        for i in 0..events.n_accounts() {
            for j in i + 1..events.n_accounts() {
                let of = |a: u32| events.of_account(a).iter().map(|e| *e as usize);
                let both = of(i).flat_map(|e| of(j).map(move |f| (e, f)));
                let mut met: Vec<(usize, usize)> = both
                    .filter(|(e, f)| events.object(*e) == events.object(*f))
                    .filter(|(e, f)| (events.time(*e) - events.time(*f)).abs() <= window)
                    .collect();
                met.sort_by_key(|(e, _)| events.time(*e));
                let (mut occasions, mut since) = (0, None);
                for t in met.iter().map(|(e, _)| events.time(*e)) {
                    if since.is_none_or(|since| t - since >= OCCASION) {
                        (occasions, since) = (occasions + 1, Some(t));
                    }
                }
                if occasions >= MIN_COMPANY {
                    met.iter()
                        .for_each(|(e, f)| (flags[*e], flags[*f]) = (true, true));
                }
            }
        }
        flags
    }

    proptest! {
        #[test]
        fn company_is_its_definition(
            rows in prop::collection::vec((0u32..6, 0u32..12, 0i64..40), 0..160),
            window in 0i64..40,
        ) {
            let mut raw = RawEvents::default();
            for &(o, a, t) in &rows {
                raw.push(o, a, i64::from(o % 5) * OCCASION + t, 0);
            }
            let events = Events::new(raw, 12, 6);
            prop_assert_eq!(in_company(&events, window), company_by_definition(&events, window));
        }

        #[test]
        fn counting_is_its_definition(
            rows in prop::collection::vec((0u32..6, 0u32..12, 0i64..40), 0..160),
            window in 0i64..40,
            min_weight in 1u32..4,
        ) {
            let mut raw = RawEvents::default();
            for &(o, a, t) in &rows {
                raw.push(o, a, t, 0);
            }
            let events = Events::new(raw, 12, 6);
            let window = Window::from_millis(window).expect("not negative");
            let counted = pairs(&events, window, min_weight, Some);
            prop_assert_eq!(counted, by_definition(&rows, window.bound(), min_weight));
        }
    }
}
