//! Episodes: what accounts do at objects that they come back to.

use overt_model::Window;

use crate::events::{Events, RawEvents, Repeat};
use crate::null::clock::Minutes;
use crate::null::hours::HOUR;

/// Fewest episodes of an account at an object to be in question there: its first counts among the co-shares already.
pub(super) const AGAIN: usize = 2;

/// The episodes of objects that at least two accounts came back to.
pub(crate) struct Episodes {
    /// All episodes at these objects, an event each.
    pub(super) events: Events,
    /// When accounts with repeated episodes post at all.
    minutes: Vec<Option<Minutes>>,
    /// How many events of the trace each account has, repeats within an episode left out.
    count: Vec<u32>,
}

/// The time after the last episode from which on the next begins, in milliseconds.
pub(super) fn gap(window: Window) -> i64 {
    window.bound().max(HOUR)
}

impl Episodes {
    /// Of the events of a trace; nothing where no object has two accounts in question that came back to it.
    pub(super) fn of(events: &Events, gap: i64) -> Option<Self> {
        let mut raw = RawEvents::default();
        for of_object in events.all_repeats().chunk_by(|a, b| a.object == b.object) {
            add_object(&mut raw, events, of_object, gap);
        }
        if raw.is_empty() {
            return None;
        }
        let kept = Events::of_all(raw, events);
        let mut minutes = Vec::new();
        let mut count = Vec::new();
        for account in 0..events.n_accounts() {
            let runs = kept.of_account(account);
            let again = runs
                .chunk_by(|e, f| kept.object(*e as usize) == kept.object(*f as usize))
                .any(|run| run.len() >= AGAIN);
            let elsewhere = events
                .of_account(account)
                .iter()
                .map(|e| *e as usize)
                .filter(|e| kept.of_object(events.object(*e)).is_empty())
                .map(|e| events.time(e));
            let here = runs.iter().map(|e| kept.time(*e as usize));
            let times = || here.clone().chain(elsewhere.clone());
            count.push(times().count() as u32);
            minutes.push(again.then(|| Minutes::of_times(times())));
        }
        Some(Self {
            events: kept,
            minutes,
            count,
        })
    }

    /// When an account that came back to an object posts at all.
    pub(super) fn minutes(&self, account: u32) -> Option<&Minutes> {
        self.minutes[account as usize].as_ref()
    }

    /// Episodes of an account at all objects.
    pub(super) fn count(&self, account: u32) -> u32 {
        self.count[account as usize]
    }

    /// The episodes of two accounts at each object that both came back to.
    pub(super) fn of_both(&self, i: u32, j: u32) -> Vec<(&[u32], &[u32])> {
        let object = |run: &&[u32]| self.events.object(run[0] as usize);
        let (mut a, mut b) = (self.again(i).peekable(), self.again(j).peekable());
        let mut both = Vec::new();
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match object(x).cmp(&object(y)) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => both.extend(a.next().zip(b.next())),
            }
        }
        both
    }

    /// The episodes of an account at each object that it came back to.
    pub(super) fn again(&self, account: u32) -> impl Iterator<Item = &[u32]> {
        let events = &self.events;
        let of_account = events.of_account(account);
        of_account
            .chunk_by(|e, f| events.object(*e as usize) == events.object(*f as usize))
            .filter(|run| run.len() >= AGAIN)
    }

    /// The times of the episodes of an account at an object.
    pub(super) fn at(&self, account: u32, object: u32) -> impl Iterator<Item = i64> {
        let of_account = self.events.of_account(account);
        let of = |e: &u32| self.events.object(*e as usize);
        let from = of_account.partition_point(|e| of(e) < object);
        let here = of_account[from..]
            .iter()
            .take_while(move |e| of(e) == object);
        here.map(|e| self.events.time(*e as usize))
    }
}

/// Adds the episodes of an object if two accounts in question have several.
fn add_object(raw: &mut RawEvents, events: &Events, repeats: &[Repeat], gap: i64) {
    let object = repeats[0].object;
    let run = events.of_object(object);
    let mut firsts: Vec<(u32, usize)> = run.clone().map(|e| (events.account(e), e)).collect();
    firsts.sort_unstable();
    let mut later: Vec<&Repeat> = Vec::new();
    let mut accounts = 0;
    for of_account in repeats.chunk_by(|a, b| a.account == b.account) {
        let account = of_account[0].account;
        let Ok(first) = firsts.binary_search_by_key(&account, |(a, _)| *a) else {
            continue;
        };
        let mut last = events.time(firsts[first].1);
        let before = later.len();
        for repeat in of_account {
            if repeat.time - last > gap {
                later.push(repeat);
                last = repeat.time;
            }
        }
        accounts += usize::from(later.len() > before && events.in_question(account));
    }
    if accounts < 2 {
        return;
    }
    for e in run {
        raw.push(object, events.account(e), events.time(e), events.post(e));
    }
    for r in later {
        raw.push(object, r.account, r.time, r.post);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_episode_begins_an_hour_after_the_last_began() {
        let mut raw = RawEvents::default();
        for account in 0..2 {
            for minute in [0, 30, 61, 100, 122, 600] {
                raw.push(0, account, minute * 60_000, 0);
            }
        }
        // Nobody else came back to anything.
        raw.push(0, 2, 5, 0);
        raw.push(1, 2, 5, 0);
        raw.push(1, 2, 600 * 60_000, 0);
        let events = Events::new(raw, 3, 2);
        let episodes = Episodes::of(&events, HOUR).expect("two came back");
        let minutes: Vec<i64> = episodes.at(1, 0).map(|t| t / 60_000).collect();
        assert_eq!(minutes, [0, 61, 122, 600]);
        assert_eq!(episodes.at(2, 1).count(), 0);
        assert_eq!((episodes.count(0), episodes.count(2)), (4, 2));
        assert_eq!(episodes.of_both(0, 1).len(), 1);
        assert!(episodes.of_both(0, 2).is_empty(), "once is not again");
    }
}
