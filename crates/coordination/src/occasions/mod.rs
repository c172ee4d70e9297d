//! Occasions: accounts that push one object again and again.
//!
//! Co-shares count an object once. Ten who push one petition on thirty days within seconds of each other have one co-share
//! a pair, and thirty occasions. An account's *episodes* at an object are its first event there, and every event that is
//! more than an hour, and more than the window, after the last episode began. What is counted of two accounts is how many
//! of their episodes meet, one to one, within the window, at the objects that both came back to.
//!
//! Chance has more to say here than of first events: people who have an evergreen link, a weekday's tag or a nightly show in
//! common come back to it at like times. So it is told from the days themselves what two would meet by; who acts
//! at nine o'clock each day is acquitted. It needs a week of data at any window.

mod chance;
mod episodes;

use std::collections::BTreeMap;
use std::sync::Arc;

use overt_model::Window;
use rayon::prelude::*;

use crate::count::{Pair, pairs};
use crate::events::Events;
use crate::limits::has_a_week;
use crate::network::{MIN_CO_SHARES, Scored};
use crate::null::clock::{Clock, DAY};
use crate::null::poisson::{poisson_binomial_tail, upper_tail};
use crate::null::synchrony::Synchrony;
use crate::null::tail::Expected;
use chance::{Both, Others, SameDay, anywhere, by_clock, same_day};
use episodes::{Episodes, gap};

/// Two accounts are tied when they meet on at least so many occasions, and by their clocks with at most this chance. Who is
/// tied to an account does not show what others do.
const TIED: (u32, f64) = (3, 1e-4);

/// The episodes of a trace and what is usual of them at a window.
pub struct Occasions {
    episodes: Arc<Episodes>,
    window: Window,
    /// The chance that two events on different days are within the window by the time of day.
    usual: f64,
}

/// A pair and what its clocks say.
struct Candidate {
    pair: Pair,
    /// What the two would meet by anywhere, were their days exchanged.
    anywhere: f64,
    by_clock: f64,
    p: f64,
}

impl Occasions {
    /// Of a trace at each of some windows; nothing at windows too long for a time of day to show, where nobody came back to
    /// what another came back to, or where the data span less than a week.
    pub(crate) fn of(events: &Events, windows: &[Window]) -> Vec<Option<Self>> {
        let mut known: BTreeMap<i64, Option<Arc<Episodes>>> = BTreeMap::new();
        let mut at = |window: Window| {
            let gap = gap(window);
            let episodes = known
                .entry(gap)
                .or_insert_with(|| Episodes::of(events, gap).map(Arc::new))
                .clone()?;
            let usual = Clock::count(events, window)?.chance();
            // Where few days are known, any time of day is as good as another.
            let uniform = (2 * window.bound()).max(1) as f64 / DAY as f64;
            Some(Self {
                episodes,
                window,
                usual: usual.max(uniform),
            })
        };
        let counted = events.n_repeats() > 0 && has_a_week(events);
        let each = windows.iter();
        each.map(|w| if counted { at(*w) } else { None }).collect()
    }

    /// Whether there would be occasions to count if the data spanned a week.
    pub(crate) fn are_missed(events: &Events) -> bool {
        events.n_repeats() > 0
            && !has_a_week(events)
            && Episodes::of(events, crate::null::hours::HOUR).is_some()
    }

    /// All episodes at objects that two accounts came back to.
    pub(crate) fn episodes(&self) -> &Events {
        &self.episodes.events
    }

    /// Episodes of an account at all objects of the trace.
    pub(crate) fn count(&self, account: u32) -> u32 {
        self.episodes.count(account)
    }

    /// Every pair that meets on at least two occasions and whose p is at or below the level, in order of (i, j).
    pub(crate) fn score(&self, level: f64) -> Vec<Scored> {
        let events = self.episodes();
        let again = events.where_again();
        let candidates = pairs(&again, self.window, MIN_CO_SHARES, |pair| {
            let known = events.in_question(pair.i) && events.in_question(pair.j);
            known.then(|| self.candidate(pair, level)).flatten()
        });
        drop(again);
        let tied = tied(&candidates);
        let others = self.others(&candidates, &tied);
        let scored = candidates.into_par_iter().filter_map(|c| {
            let by_others = self.by_others(&c, &tied, &others);
            let mean = by_others.max(c.by_clock);
            let p = upper_tail(c.pair.weight, mean);
            (p <= level).then_some(Scored {
                pair: c.pair,
                expected: Expected::known(mean),
                p,
            })
        });
        scored.collect()
    }

    /// A pair that its clocks do not explain. Episodes near each other may be more than can be matched one to one.
    fn candidate(&self, near: Pair, level: f64) -> Option<Candidate> {
        let Pair { i, j, weight } = near;
        let both = self.episodes.of_both(i, j);
        let days = both
            .iter()
            .map(|(x, y)| same_day(&self.episodes, x, y).count());
        let days: usize = days.sum();
        // No chance is smaller than that of two who never meet on other days.
        let every = f64::from(self.count(i)) * f64::from(self.count(j));
        let least = 0.5 / (every + 0.5 / self.usual);
        if upper_tail(weight, days as f64 * least) > level {
            return None;
        }
        let weight = self.matched(&both).count() as u32;
        if weight < MIN_CO_SHARES {
            return None;
        }
        let anywhere = self.anywhere(i, j)?;
        let days = self.same_days(&both, anywhere);
        let by_clock = days.iter().map(|d| d.by_clock).sum();
        let p = upper_tail(weight, by_clock);
        let pair = Pair { i, j, weight };
        (p <= level).then_some(Candidate {
            pair,
            anywhere,
            by_clock,
            p,
        })
    }

    /// What two accounts that came back would meet by anywhere, were their days exchanged.
    fn anywhere(&self, i: u32, j: u32) -> Option<f64> {
        anywhere(&self.episodes, (i, j), self.window.bound(), self.usual)
    }

    fn same_days(&self, both: &[Both<'_>], anywhere: f64) -> Vec<SameDay> {
        by_clock(&self.episodes, both, self.window.bound(), anywhere)
    }

    /// Episodes of two accounts that meet, one to one: the earliest with the earliest, than which none makes more.
    fn matched<'a>(&'a self, both: &'a [Both<'a>]) -> impl Iterator<Item = (u32, u32)> + 'a {
        let time = |e: u32| self.episodes().time(e as usize);
        both.iter().flat_map(move |(x, y)| {
            let (mut a, mut b) = (0, 0);
            std::iter::from_fn(move || {
                while let (Some(&e), Some(&f)) = (x.get(a), y.get(b)) {
                    let apart = time(f) - time(e);
                    if apart.abs() <= self.window.bound() {
                        (a, b) = (a + 1, b + 1);
                        return Some((e, f));
                    }
                    if apart > 0 { a += 1 } else { b += 1 }
                }
                None
            })
        })
    }

    /// The episodes of two accounts that meet, in order of object and time.
    pub(crate) fn meetings(&self, i: u32, j: u32) -> Vec<(usize, usize)> {
        let both = self.episodes.of_both(i, j);
        let matched = self.matched(&both);
        matched.map(|(e, f)| (e as usize, f as usize)).collect()
    }

    /// Of the pairs of episodes that both have within half a day of each other at one object, the chance that at least so
    /// many meet, by their clocks alone.
    pub(crate) fn synchrony(&self, pair: Pair) -> Synchrony {
        let both = self.episodes.of_both(pair.i, pair.j);
        let anywhere = self.anywhere(pair.i, pair.j);
        let days = anywhere.map_or_else(Vec::new, |known| self.same_days(&both, known));
        Synchrony {
            shared: days.len() as u32,
            p: poisson_binomial_tail(pair.weight, days.iter().map(|d| d.by_clock)),
        }
    }

    /// Who else was there around the episodes of candidates.
    fn others(&self, candidates: &[Candidate], tied: &Tied) -> Vec<Others> {
        let mut accounts: Vec<u32> = candidates
            .iter()
            .flat_map(|c| [c.pair.i, c.pair.j])
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        let window = self.window.bound();
        let of_account = |a: &u32| {
            let episodes: Vec<u32> = self.episodes.again(*a).flatten().copied().collect();
            let around = |e: u32| Others::around(&self.episodes, e, tied.of(*a), window);
            let around: Vec<(u32, Others)> = episodes.into_iter().map(|e| (e, around(e))).collect();
            around
        };
        let found: Vec<Vec<(u32, Others)>> = accounts.par_iter().map(of_account).collect();
        let mut others = vec![Others::default(); self.episodes().len()];
        for (e, around) in found.into_iter().flatten() {
            others[e as usize] = around;
        }
        others
    }

    /// Expected meetings of two by what others do around the episodes of each: by the larger.
    fn by_others(&self, candidate: &Candidate, tied: &Tied, others: &[Others]) -> f64 {
        let window = self.window.bound();
        let pair = candidate.pair;
        let are_tied = tied.of(pair.i).binary_search(&pair.j).is_ok();
        self.expected(pair, candidate.anywhere, |e, other| {
            let known = others[e as usize];
            if are_tied {
                return known;
            }
            known.without(&self.episodes, e, other, window)
        })
    }

    /// The chance of a pair's meetings if everybody shows what others do, whoever is tied to whom: people who come back to
    /// a thing at the moments of one public event meet as often.
    pub(crate) fn tail_among_all(&self, pair: Pair, meetings: u32) -> f64 {
        let window = self.window.bound();
        let mean = self.anywhere(pair.i, pair.j).map_or(0.0, |anywhere| {
            self.expected(pair, anywhere, |e, other| {
                let around = Others::around(&self.episodes, e, &[], window);
                around.without(&self.episodes, e, other, window)
            })
        });
        upper_tail(meetings, mean)
    }

    /// Expected meetings, given who else was `around` an episode of one but for the other.
    fn expected(&self, pair: Pair, anywhere: f64, around: impl Fn(u32, u32) -> Others) -> f64 {
        let both = self.episodes.of_both(pair.i, pair.j);
        let (mut of_i, mut of_j) = (0.0, 0.0);
        for day in self.same_days(&both, anywhere) {
            of_i += around(day.e, pair.j).chance(day.by_clock);
            of_j += around(day.f, pair.i).chance(day.by_clock);
        }
        of_i.max(of_j)
    }
}

/// To whom each account is tied, in order.
#[derive(Default)]
struct Tied(BTreeMap<u32, Vec<u32>>);

impl Tied {
    fn of(&self, account: u32) -> &[u32] {
        self.0.get(&account).map_or(&[], Vec::as_slice)
    }
}

fn tied(candidates: &[Candidate]) -> Tied {
    let mut tied = Tied::default();
    let stands_out = |c: &&Candidate| c.pair.weight >= TIED.0 && c.p <= TIED.1;
    for c in candidates.iter().filter(stands_out) {
        tied.0.entry(c.pair.i).or_default().push(c.pair.j);
        tied.0.entry(c.pair.j).or_default().push(c.pair.i);
    }
    tied.0.values_mut().for_each(|to| to.sort_unstable());
    tied
}
