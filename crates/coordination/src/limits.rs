//! What chance cannot tell: when the data bear less than the figures seem to say.

use overt_model::Window;

use crate::accounts::{AccountFinding, bearings};
use crate::corpus::Corpus;
use crate::events::Events;
use crate::network::{Layer, Network, NetworkSettings};
use crate::occasions::Occasions;

/// The longest window of which little data say as much as much data.
const SHORT: i64 = 60_000;
/// Milliseconds that data have to span for longer ones: a week has every kind of day.
const SPAN: i64 = 7 * 86_400_000;
/// The share of accounts from which on they are what is usual.
const MOST: f64 = 0.5;
/// Others that there have to be for there to be something usual.
const OTHERS: u64 = 50;

/// Something that chance cannot tell in this data.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// Hardly anybody else is in the data: what is usual is a convention, not an estimate.
    NothingToCompare {
        /// Accounts that are not of the network.
        others: u64,
        /// Of so many.
        accounts: u64,
    },
    /// Most accounts of the data are of the network.
    MostTogether {
        /// Of the network.
        together: u64,
        /// Of so many.
        accounts: u64,
    },
    /// Most accounts have one post in a trace and cannot be in step twice.
    FewPosts {
        /// Position of the trace.
        trace: usize,
        /// Accounts with one event.
        once: u64,
        /// Accounts with any.
        accounts: u64,
    },
    /// The data are too short for windows: nobody is established by them.
    TooShort {
        /// Position of the trace.
        trace: usize,
        /// The windows.
        windows: Vec<Window>,
        /// Hours that the data span.
        hours: f64,
    },
    /// The data are too short for occasions: shares of one object again and again count once.
    RepeatsCountOnce {
        /// Position of the trace.
        trace: usize,
    },
    /// At a window circles of people look like groups: nobody is established by it.
    TooManyTied {
        /// The layer.
        layer: Layer,
        /// Accounts tied to groups of which hardly anybody is told from chance.
        accounts: u64,
    },
}

/// How long the first events of a trace go on, in milliseconds.
fn span(events: &Events) -> i64 {
    span_of(events.times().iter().copied())
}

/// From the earliest of some times to the latest.
fn span_of(times: impl Iterator<Item = i64> + Clone) -> i64 {
    let (first, last) = (times.clone().min(), times.max());
    first.zip(last).map_or(0, |(first, last)| last - first)
}

/// Whether the events of a trace, repeats too, go on for a week.
pub(crate) fn has_a_week(events: &Events) -> bool {
    let repeats = events.all_repeats().iter().map(|r| r.time);
    span_of(events.times().iter().copied().chain(repeats)) >= SPAN
}

/// Whether data bear a window, so that it may say something of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// They do.
    Bears,
    /// They go on for too short a time: under a week, the hours and minutes that accounts keep cannot be told from what
    /// they do together.
    TooShort,
    /// So many accounts are tied to groups that do not hold.
    TooManyTied(u64),
}

/// Whether a window is so long that data can fail to bear it. Within a minute even circles of people are seldom in step.
pub(crate) fn is_long(window: Window) -> bool {
    window.bound() > SHORT
}

impl Bearing {
    /// As far as the length of the data says it.
    pub(crate) fn of(events: &Events, window: Window) -> Self {
        if !is_long(window) || span(events) >= SPAN {
            Self::Bears
        } else {
            Self::TooShort
        }
    }
}

/// What chance cannot tell in this data, of what was found and of what was not.
pub fn of(
    corpus: &Corpus,
    network: &Network,
    accounts: &[AccountFinding],
    settings: &NetworkSettings,
) -> Vec<Limit> {
    let mut limits = Vec::new();
    let all = network.accounts;
    let together = accounts.len() as u64;
    let has_background = corpus.traces.iter().any(|t| t.events.has_background());
    if !has_background {
        let others = all.saturating_sub(together);
        if others < OTHERS {
            let accounts = all;
            limits.push(Limit::NothingToCompare { others, accounts });
        } else if together as f64 >= MOST * all as f64 {
            let accounts = all;
            limits.push(Limit::MostTogether { together, accounts });
        }
    }
    for (trace, t) in corpus.traces.iter().enumerate() {
        let events = |a: u32| events_in_question(&t.events, a);
        let with = |n: usize| {
            (0..t.events.n_accounts())
                .filter(|a| events(*a) >= n)
                .count() as u64
        };
        let (accounts, twice) = (with(1), with(2));
        let once = accounts - twice;
        if once as f64 > MOST * accounts as f64 {
            limits.push(Limit::FewPosts {
                trace,
                once,
                accounts,
            });
        }
    }
    for (trace, t) in corpus.traces.iter().enumerate() {
        let of_trace = network.layers.iter().filter(|l| l.layer.trace == trace);
        let windows: Vec<Window> = of_trace
            .map(|l| l.layer.window)
            .filter(|w| Bearing::of(&t.events, *w) == Bearing::TooShort)
            .collect();
        if !windows.is_empty() {
            limits.push(Limit::TooShort {
                trace,
                windows,
                hours: span(&t.events) as f64 / 3_600_000.0,
            });
        }
    }
    for (trace, t) in corpus.traces.iter().enumerate() {
        if Occasions::are_missed(&t.events) {
            limits.push(Limit::RepeatsCountOnce { trace });
        }
    }
    let bearings = bearings(corpus, network, settings);
    for (counts, bearing) in network.layers.iter().zip(bearings) {
        if let Bearing::TooManyTied(accounts) = bearing {
            let layer = counts.layer;
            limits.push(Limit::TooManyTied { layer, accounts });
        }
    }
    limits
}

fn events_in_question(events: &Events, account: u32) -> usize {
    if events.in_question(account) {
        events.of_account(account).len()
    } else {
        0
    }
}

impl Limit {
    /// In words, with what to do.
    pub fn in_words(&self, corpus: &Corpus) -> String {
        match self {
            Self::NothingToCompare { others, accounts } => format!(
                "there is hardly anybody to compare with: of {accounts} accounts {others} are not of the network; what chance \
                 explains rests on conventions, and neither what was found nor what was not says much; add posts of others of \
                 the same time and place, or give them as a background"
            ),
            Self::MostTogether { together, accounts } => format!(
                "{together} of {accounts} accounts are of the network: where most act together, acting together looks usual, as in \
                 an archive of one operation; give posts of others of the same time and place as a background"
            ),
            Self::FewPosts {
                trace,
                once,
                accounts,
            } => format!(
                "{once} of {accounts} accounts have one {} only, and cannot be in step twice: nothing can be said of them",
                corpus.traces[*trace].trace
            ),
            Self::RepeatsCountOnce { trace } => format!(
                "{}: accounts share the same things again and again, and the data go on for less than a week: each counts once, for \
                 who keeps the same hours cannot be told from who acts together",
                corpus.traces[*trace].trace
            ),
            Self::TooManyTied { layer, accounts } => format!(
                "{} within {}: {accounts} accounts are tied into groups of which hardly anybody is told from chance; what is usual \
                 at that window is not known well enough, and nobody is established by it",
                corpus.traces[layer.trace].trace, layer.window
            ),
            Self::TooShort {
                trace,
                windows,
                hours,
            } => {
                let windows: Vec<String> = windows.iter().map(Window::to_string).collect();
                format!(
                    "{}: the data go on for {hours:.0} hours; with less than a week nobody is established by windows as long as {}, \
                     for who keeps the same hours cannot be told from who acts together",
                    corpus.traces[*trace].trace,
                    windows.join(" and ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;

    #[test]
    fn long_windows_need_a_week() {
        let of = |days: i64| {
            let mut raw = RawEvents::default();
            raw.push(0, 0, 0, 0);
            raw.push(0, 1, days * 86_400_000, 1);
            Events::new(raw, 2, 1)
        };
        let window = |s: i64| Window::from_millis(s * 1000).expect("not negative");
        assert_eq!(Bearing::of(&of(1), window(60)), Bearing::Bears);
        assert_eq!(Bearing::of(&of(6), window(61)), Bearing::TooShort);
        assert_eq!(Bearing::of(&of(7), window(1800)), Bearing::Bears);
    }
}
