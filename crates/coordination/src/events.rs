//! Events in the order counting needs them: first events by object and time, with each account's events beside.

/// The events of one trace as they come in: parallel columns, one row an event.
#[derive(Default, Clone)]
pub struct RawEvents {
    /// Object touched.
    pub object: Vec<u32>,
    /// Account touching it.
    pub account: Vec<u32>,
    /// When, in milliseconds.
    pub time: Vec<i64>,
    /// The post that did it, as an index into the corpus.
    pub post: Vec<u32>,
}

impl RawEvents {
    /// Adds one event.
    pub fn push(&mut self, object: u32, account: u32, time: i64, post: u32) {
        self.object.push(object);
        self.account.push(account);
        self.time.push(time);
        self.post.push(post);
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.object.len()
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.object.is_empty()
    }
}

/// An account touching an object again after its first event there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repeat {
    /// Object touched.
    pub object: u32,
    /// Account touching it.
    pub account: u32,
    /// When, in milliseconds.
    pub time: i64,
    /// The post that did it.
    pub post: u32,
}

/// What becomes of an account's later events at an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    /// They are kept apart.
    Apart,
    /// They count as the first does.
    Counts,
}

/// Every account's *first* event at every object, sorted by (object, time, account), and the repeated events apart.
///
/// Ties in time are broken by account number; accounts are numbered by (earliest event, key), so the order does not
/// depend on the order of the input's rows.
pub struct Events {
    n_accounts: u32,
    object_start: Vec<u32>,
    object: Vec<u32>,
    account: Vec<u32>,
    time: Vec<i64>,
    post: Vec<u32>,
    account_start: Vec<u32>,
    account_events: Vec<u32>,
    repeats: Vec<Repeat>,
    /// Whether each account belongs to the background; empty where there is none.
    background: Vec<bool>,
    /// Whether an account may have several events at an object.
    again: bool,
}

impl Events {
    /// Sorts raw events. Accounts and objects are dense ids below the two counts.
    ///
    /// # Panics
    /// When an id is not below its count, or there are 2³² events or more.
    pub fn new(raw: RawEvents, n_accounts: u32, n_objects: u32) -> Self {
        Self::sorted(raw, n_accounts, n_objects, Again::Apart)
    }

    /// The same for accounts and objects of other events, every event counting, an account's later ones at an object too:
    /// there are no repeats.
    ///
    /// # Panics
    /// As [`Events::new`].
    pub(crate) fn of_all(raw: RawEvents, like: &Self) -> Self {
        let sorted = Self::sorted(raw, like.n_accounts(), like.n_objects(), Again::Counts);
        sorted.with_background(like.background.clone())
    }

    fn sorted(raw: RawEvents, n_accounts: u32, n_objects: u32, again: Again) -> Self {
        let total = u32::try_from(raw.len()).expect("fewer than 2^32 events in one trace");
        let mut start = vec![0u32; n_objects as usize + 1];
        for &o in &raw.object {
            start[o as usize + 1] += 1;
        }
        for o in 0..n_objects as usize {
            start[o + 1] += start[o];
        }
        let mut rows = vec![(0i64, 0u32, 0u32); total as usize];
        let mut next = start.clone();
        for e in 0..raw.len() {
            let slot = &mut next[raw.object[e] as usize];
            rows[*slot as usize] = (raw.time[e], raw.account[e], raw.post[e]);
            *slot += 1;
        }
        drop((raw, next));
        Self::from_runs(rows, &start, n_accounts, again)
    }

    fn from_runs(
        mut rows: Vec<(i64, u32, u32)>,
        start: &[u32],
        n_accounts: u32,
        again: Again,
    ) -> Self {
        let n_objects = start.len() - 1;
        let mut firsts = Self {
            n_accounts,
            object_start: Vec::with_capacity(n_objects + 1),
            object: Vec::with_capacity(rows.len()),
            account: Vec::with_capacity(rows.len()),
            time: Vec::with_capacity(rows.len()),
            post: Vec::with_capacity(rows.len()),
            account_start: Vec::new(),
            account_events: Vec::new(),
            repeats: Vec::new(),
            background: Vec::new(),
            again: again == Again::Counts,
        };
        let mut seen_at = vec![u32::MAX; n_accounts as usize];
        firsts.object_start.push(0);
        for o in 0..n_objects {
            let run = &mut rows[start[o] as usize..start[o + 1] as usize];
            run.sort_unstable();
            for &(time, account, post) in &*run {
                let object = o as u32;
                if again == Again::Apart && seen_at[account as usize] == object {
                    firsts.repeats.push(Repeat {
                        object,
                        account,
                        time,
                        post,
                    });
                    continue;
                }
                seen_at[account as usize] = object;
                firsts.object.push(object);
                firsts.account.push(account);
                firsts.time.push(time);
                firsts.post.push(post);
            }
            firsts.object_start.push(firsts.object.len() as u32);
        }
        firsts.repeats.sort_unstable();
        firsts.index_accounts();
        firsts
    }

    /// The same events, some accounts being a *background*: what is usual is estimated from them alone, and they are
    /// not themselves in question. One flag an account; no flags for no background.
    ///
    /// # Panics
    /// When there are flags, and not one an account.
    #[must_use]
    pub fn with_background(mut self, background: Vec<bool>) -> Self {
        let fits = background.is_empty() || background.len() == self.n_accounts as usize;
        assert!(fits, "one flag an account");
        self.background = background;
        self
    }

    /// Whether an account may have several events at an object.
    pub(crate) fn count_again(&self) -> bool {
        self.again
    }

    /// Whether some accounts are a background.
    pub fn has_background(&self) -> bool {
        !self.background.is_empty()
    }

    /// Whether findings can be about an account.
    pub fn in_question(&self, account: u32) -> bool {
        self.background.is_empty() || !self.background[account as usize]
    }

    /// Whether what is usual is estimated from an account: from those of the background if there is one, else from all.
    pub fn is_reference(&self, account: u32) -> bool {
        self.background.is_empty() || self.background[account as usize]
    }

    /// The events of an object by accounts that what is usual is estimated from, in order of time.
    pub fn reference_of_object(&self, object: u32) -> impl Iterator<Item = usize> {
        self.of_object(object)
            .filter(|e| self.is_reference(self.account[*e]))
    }

    fn index_accounts(&mut self) {
        let mut start = vec![0u32; self.n_accounts as usize + 1];
        for &a in &self.account {
            start[a as usize + 1] += 1;
        }
        for a in 0..self.n_accounts as usize {
            start[a + 1] += start[a];
        }
        let mut next = start.clone();
        let mut events = vec![0u32; self.account.len()];
        for (e, &a) in self.account.iter().enumerate() {
            events[next[a as usize] as usize] = e as u32;
            next[a as usize] += 1;
        }
        self.account_start = start;
        self.account_events = events;
    }

    /// The same events with other accounts: event `e` now belongs to `account[e]`. Times and objects stay.
    ///
    /// Used by calibration, where accounts change places.
    ///
    /// # Panics
    /// When the number of accounts given is not the number of events.
    #[must_use]
    pub fn with_accounts(&self, account: Vec<u32>) -> Self {
        assert_eq!(account.len(), self.account.len(), "one account an event");
        let mut copy = Self {
            n_accounts: self.n_accounts,
            object_start: self.object_start.clone(),
            object: self.object.clone(),
            account,
            time: self.time.clone(),
            post: self.post.clone(),
            account_start: Vec::new(),
            account_events: Vec::new(),
            repeats: Vec::new(),
            background: self.background.clone(),
            again: self.again,
        };
        copy.index_accounts();
        copy
    }

    /// The events that can take part in a pair of at least `min_weight` co-shares within `window` milliseconds: events
    /// with no other of their object that near, accounts with fewer objects, and objects with one event are left out,
    /// until little more falls away.
    #[must_use]
    pub fn core(&self, min_weight: u32, window: i64) -> Self {
        let mut keep = self.near_another(window);
        let mut degree = vec![0u32; self.n_accounts as usize];
        let mut popularity = vec![0u32; self.n_objects() as usize];
        for e in (0..self.len()).filter(|e| keep[*e]) {
            degree[self.account[e] as usize] += 1;
            popularity[self.object[e] as usize] += 1;
        }
        loop {
            let mut dropped = 0usize;
            for (e, kept) in keep.iter_mut().enumerate() {
                let (a, o) = (self.account[e] as usize, self.object[e] as usize);
                if *kept && (degree[a] < min_weight || popularity[o] < 2) {
                    *kept = false;
                    degree[a] -= 1;
                    popularity[o] -= 1;
                    dropped += 1;
                }
            }
            if dropped * 50 <= self.len() {
                break;
            }
        }
        self.filter(&keep)
    }

    /// Whether each event has another of its object within `window` milliseconds.
    fn near_another(&self, window: i64) -> Vec<bool> {
        let mut near = vec![false; self.len()];
        for e in 1..self.len() {
            if self.object[e - 1] == self.object[e] && self.time[e] - self.time[e - 1] <= window {
                near[e - 1] = true;
                near[e] = true;
            }
        }
        near
    }

    /// The same without some accounts, one flag an account.
    ///
    /// # Panics
    /// When there is not one flag an account.
    #[must_use]
    pub fn without(&self, accounts: &[bool]) -> Self {
        assert_eq!(
            accounts.len(),
            self.n_accounts as usize,
            "one flag an account"
        );
        let stays = |account: u32| !accounts[account as usize];
        let mut raw = RawEvents::default();
        for e in (0..self.len()).filter(|e| stays(self.account[*e])) {
            raw.push(self.object[e], self.account[e], self.time[e], self.post[e]);
        }
        for r in self.repeats.iter().filter(|r| stays(r.account)) {
            raw.push(r.object, r.account, r.time, r.post);
        }
        let left = Self::new(raw, self.n_accounts, self.n_objects());
        left.with_background(self.background.clone())
    }

    /// The events of accounts at objects where they have more than one, their posts left out.
    #[must_use]
    pub(crate) fn where_again(&self) -> Self {
        let mut keep = vec![false; self.len()];
        for account in 0..self.n_accounts {
            let object = |e: &u32| self.object[*e as usize];
            let runs = self
                .of_account(account)
                .chunk_by(|e, f| object(e) == object(f));
            for run in runs.filter(|run| run.len() > 1) {
                run.iter().for_each(|e| keep[*e as usize] = true);
            }
        }
        self.filter(&keep)
    }

    fn filter(&self, keep: &[bool]) -> Self {
        let left = keep.iter().filter(|k| **k).count();
        let mut out = Self {
            n_accounts: self.n_accounts,
            object_start: Vec::with_capacity(self.object_start.len()),
            object: Vec::with_capacity(left),
            account: Vec::with_capacity(left),
            time: Vec::with_capacity(left),
            post: Vec::new(),
            account_start: Vec::new(),
            account_events: Vec::new(),
            repeats: Vec::new(),
            background: self.background.clone(),
            again: self.again,
        };
        out.object_start.push(0);
        for o in 0..self.n_objects() {
            for e in self.of_object(o).filter(|&e| keep[e]) {
                out.object.push(o);
                out.account.push(self.account[e]);
                out.time.push(self.time[e]);
            }
            out.object_start.push(out.object.len() as u32);
        }
        out.index_accounts();
        out
    }

    /// Number of first events.
    pub fn len(&self) -> usize {
        self.object.len()
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.object.is_empty()
    }

    /// Number of account ids, with or without events.
    pub fn n_accounts(&self) -> u32 {
        self.n_accounts
    }

    /// Number of object ids.
    pub fn n_objects(&self) -> u32 {
        self.object_start.len() as u32 - 1
    }

    /// N of the family: accounts in question with at least one event.
    pub fn active_accounts(&self) -> u64 {
        let active = |a: &u32| self.in_question(*a) && !self.of_account(*a).is_empty();
        (0..self.n_accounts).filter(active).count() as u64
    }

    /// The events of an object, in order of time.
    pub fn of_object(&self, object: u32) -> std::ops::Range<usize> {
        let o = object as usize;
        self.object_start[o] as usize..self.object_start[o + 1] as usize
    }

    /// The events of an account, in order of object.
    pub fn of_account(&self, account: u32) -> &[u32] {
        let a = account as usize;
        &self.account_events[self.account_start[a] as usize..self.account_start[a + 1] as usize]
    }

    /// The object of an event.
    pub fn object(&self, event: usize) -> u32 {
        self.object[event]
    }

    /// The account of an event.
    pub fn account(&self, event: usize) -> u32 {
        self.account[event]
    }

    /// All accounts, an event each.
    pub fn accounts(&self) -> &[u32] {
        &self.account
    }

    /// The time of an event, in milliseconds.
    pub fn time(&self, event: usize) -> i64 {
        self.time[event]
    }

    /// All times, an event each.
    pub fn times(&self) -> &[i64] {
        &self.time
    }

    /// The post of an event.
    pub fn post(&self, event: usize) -> u32 {
        self.post[event]
    }

    /// The repeated events of an account at an object, in order of time.
    pub fn repeats(&self, object: u32, account: u32) -> &[Repeat] {
        let from = self
            .repeats
            .partition_point(|r| (r.object, r.account) < (object, account));
        let to = self
            .repeats
            .partition_point(|r| (r.object, r.account) <= (object, account));
        &self.repeats[from..to]
    }

    /// All repeated events, by object, account and time.
    pub fn all_repeats(&self) -> &[Repeat] {
        &self.repeats
    }

    /// Number of repeated events in all.
    pub fn n_repeats(&self) -> usize {
        self.repeats.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Events {
        let mut raw = RawEvents::default();
        for (o, a, t) in [
            (1, 0, 50),
            (0, 1, 30),
            (0, 0, 10),
            (0, 1, 20),
            (1, 2, 50),
            (2, 2, 5),
        ] {
            raw.push(o, a, t, raw.len() as u32);
        }
        Events::new(raw, 3, 3)
    }

    #[test]
    fn first_events_count_and_repeats_are_kept_apart() {
        let events = sample();
        assert_eq!(events.len(), 5);
        assert_eq!(
            events
                .of_object(0)
                .map(|e| (events.account(e), events.time(e)))
                .collect::<Vec<_>>(),
            [(0, 10), (1, 20)]
        );
        assert_eq!(
            events
                .repeats(0, 1)
                .iter()
                .map(|r| r.time)
                .collect::<Vec<_>>(),
            [30]
        );
        assert!(events.repeats(1, 1).is_empty());
        assert_eq!(
            events
                .of_account(2)
                .iter()
                .map(|&e| events.object(e as usize))
                .collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn the_core_leaves_out_what_cannot_reach_the_weight() {
        let mut raw = RawEvents::default();
        for (o, a) in [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0)] {
            raw.push(o, a, 0, 0);
        }
        let core = Events::new(raw, 3, 3).core(2, 0);
        assert_eq!(
            core.len(),
            4,
            "account 2 has one object, object 2 one event"
        );
        assert_eq!(core.of_account(2), [0u32; 0]);
        assert_eq!((core.n_accounts(), core.n_objects()), (3, 3), "ids stay");
    }
}
