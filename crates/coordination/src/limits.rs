//! What chance cannot tell: when the data bear less than the figures seem to say.

use std::collections::{BTreeMap, BTreeSet};

use overt_model::Window;

use crate::accounts::{AccountFinding, bearings};
use crate::corpus::{Collection, Corpus, Sites, TraceEvents, site_of};
use crate::events::Events;
use crate::extract::is_shortener;
use crate::network::{Counting, Layer, Network, NetworkSettings};
use crate::occasions::Occasions;

/// The longest window of which little data say as much as much data.
const SHORT: i64 = 60_000;
/// Milliseconds that data have to span for longer ones: a week has every kind of day.
const SPAN: i64 = 7 * 86_400_000;
/// The share of times at either end that may be strays.
const STRAY: f64 = 0.025;
/// The share of accounts from which on they are what is usual.
const MOST: f64 = 0.5;
/// Shares of links that lead on to others, and their part of all, from which on it is said.
const SHORTENED: (u64, f64) = (20, 0.01);
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
    /// Nearly all links lead to one site: people who follow it and a group that pushes it look the same.
    OneSite {
        /// Position of the trace.
        trace: usize,
        /// The site.
        site: String,
    },
    /// Many links lead on to others, and where is not known: two of them may lead to one place.
    Shortened {
        /// Position of the trace.
        trace: usize,
        /// Shares of such links.
        shares: u64,
        /// Of so many.
        of: u64,
        /// The site of most of them.
        site: String,
    },
    /// At a window circles of people look like groups: nobody is established by it.
    TooManyTied {
        /// The layer.
        layer: Layer,
        /// Accounts tied to groups of which hardly anybody is told from chance.
        accounts: u64,
    },
}

/// How long some times go on, in milliseconds, for nearly all of them: a stray row of another year makes no week.
fn span(times: impl Iterator<Item = i64>) -> i64 {
    let mut times: Vec<i64> = times.collect();
    let Some(last) = times.len().checked_sub(1) else {
        return 0;
    };
    let out = (STRAY * last as f64) as usize;
    let (from, to) = (out, last - out);
    let from = *times.select_nth_unstable(from).1;
    let to = *times.select_nth_unstable(to).1;
    // Of times that are spread evenly as much was cut off at both ends.
    ((to - from) as f64 / (1.0 - 2.0 * out as f64 / last.max(1) as f64)) as i64
}

/// How long the first events of a trace go on.
fn span_of_firsts(events: &Events) -> i64 {
    span(events.times().iter().copied())
}

/// Whether the events of a trace, repeats too, go on for a week.
pub(crate) fn has_a_week(events: &Events) -> bool {
    let repeats = events.all_repeats().iter().map(|r| r.time);
    span(events.times().iter().copied().chain(repeats)) >= SPAN
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
    /// As far as the length of the data says it. Occasions are counted where there is a week of them.
    pub(crate) fn of(events: &Events, layer: Layer) -> Self {
        let counts_objects = layer.counting == Counting::Objects;
        if !counts_objects || !is_long(layer.window) || span_of_firsts(events) >= SPAN {
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
    if !has_background && all > 0 {
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
        let came_back: BTreeSet<u32> = t.events.all_repeats().iter().map(|r| r.account).collect();
        let in_question = (0..t.events.n_accounts()).filter(|a| t.events.in_question(*a));
        let of_each = in_question.map(|a| (a, t.events.of_account(a).len()));
        let with: Vec<(u32, usize)> = of_each.filter(|(_, n)| *n > 0).collect();
        let is_once = |(a, n): &&(u32, usize)| *n == 1 && !came_back.contains(a);
        let accounts = with.len() as u64;
        let once = with.iter().filter(is_once).count() as u64;
        if once as f64 > MOST * accounts as f64 {
            limits.push(Limit::FewPosts {
                trace,
                once,
                accounts,
            });
        }
    }
    for (trace, t) in corpus.traces.iter().enumerate() {
        let layers = network.layers.iter().map(|l| l.layer);
        let windows: Vec<Window> = layers
            .filter(|l| l.trace == trace && Bearing::of(&t.events, *l) == Bearing::TooShort)
            .map(|l| l.window)
            .collect();
        if !windows.is_empty() {
            limits.push(Limit::TooShort {
                trace,
                windows,
                hours: span_of_firsts(&t.events) as f64 / 3_600_000.0,
            });
        }
    }
    for (trace, t) in corpus.traces.iter().enumerate() {
        if Occasions::are_missed(&t.events) {
            limits.push(Limit::RepeatsCountOnce { trace });
        }
    }
    for (trace, sources) in network.sources.iter().enumerate() {
        if let Some(Collection { site, .. }) = &sources.collection {
            let site = site.clone();
            limits.push(Limit::OneSite { trace, site });
        }
    }
    for (trace, t) in corpus.traces.iter().enumerate() {
        limits.extend(shortened(trace, t));
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

/// Whether many links of a trace lead on to others.
fn shortened(trace: usize, t: &TraceEvents) -> Option<Limit> {
    if !Sites::are_told_by(&t.trace) {
        return None;
    }
    let mut by_site: BTreeMap<String, u64> = BTreeMap::new();
    for object in 0..t.events.n_objects() {
        if let Some(site) = site_of(t, object).filter(|site| is_shortener(site)) {
            *by_site.entry(site).or_default() += t.events.of_object(object).len() as u64;
        }
    }
    let (shares, of) = (by_site.values().sum::<u64>(), t.events.len() as u64);
    let site = by_site.into_iter().max_by_key(|(_, n)| *n)?.0;
    (shares >= SHORTENED.0 && shares as f64 >= SHORTENED.1 * of as f64).then_some(
        Limit::Shortened {
            trace,
            shares,
            of,
            site,
        },
    )
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
                "{once} of {accounts} accounts have one {} only, once, and cannot be in step twice: nothing can be said of them",
                corpus.traces[*trace].trace
            ),
            Self::RepeatsCountOnce { trace } => format!(
                "{}: accounts share the same things again and again, and the data go on for less than a week: each counts once, for \
                 who keeps the same hours cannot be told from who acts together",
                corpus.traces[*trace].trace
            ),
            Self::OneSite { trace, site } => format!(
                "{}: nearly all of it goes back to {site}: people who follow that site, by alerts or feeds, cannot be told from a group \
                 that pushes it; who is established by it alone is not named",
                corpus.traces[*trace].trace
            ),
            Self::Shortened {
                trace,
                shares,
                of,
                site,
            } => format!(
                "{}: {shares} of {of} shares are of shortened links, most of {site}, and where they lead is not known: who shares one \
                 page by a short link of their own each is not found by it; a table of where they lead can be given",
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
                    "{}: what accounts share first goes on for {hours:.0} hours; with less than a week nobody is established by windows as long as {}, \
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
    use overt_model::{Location, Post, Trace};

    use super::*;
    use crate::corpus::{CorpusBuilder, CorpusSettings};
    use crate::events::RawEvents;
    use crate::null::clock::DAY;

    #[test]
    fn many_short_links_are_told() {
        let limit = |short: usize, others: usize| {
            let mut builder = CorpusBuilder::new(CorpusSettings {
                traces: vec![Trace::Url],
                ..CorpusSettings::default()
            });
            for n in 0..short + others {
                let site = if n < short { "t.co" } else { "news.example" };
                let post = Post {
                    id: n.to_string().into(),
                    account: (n % 50).to_string().into(),
                    urls: vec![format!("https://{site}/{n}").into()],
                    ..Post::default()
                };
                let line = n as u64;
                builder.add(&post, Location { file: 0, line });
            }
            shortened(0, &builder.finish().traces[0])
        };
        assert_eq!((limit(19, 100), limit(20, 2_000)), (None, None));
        let Some(Limit::Shortened { shares, of, .. }) = limit(20, 500) else {
            panic!("it is told");
        };
        assert_eq!((shares, of), (20, 520));
    }

    #[test]
    fn long_windows_need_a_week() {
        let of = |days: i64| {
            let mut raw = RawEvents::default();
            raw.push(0, 0, 0, 0);
            raw.push(0, 1, days * 86_400_000, 1);
            Events::new(raw, 2, 1)
        };
        let bearing = |days: i64, seconds: i64| {
            let window = Window::from_millis(seconds * 1000).expect("not negative");
            let (trace, counting) = (0, Counting::Objects);
            let layer = Layer {
                trace,
                window,
                counting,
            };
            Bearing::of(&of(days), layer)
        };
        assert_eq!(bearing(1, 60), Bearing::Bears);
        assert_eq!(bearing(6, 61), Bearing::TooShort);
        assert_eq!(bearing(7, 1800), Bearing::Bears);
    }

    #[test]
    fn a_stray_row_of_another_year_makes_no_week() {
        let days = |n: i64| (0..n * 100).map(|hundredth| hundredth * DAY / 100);
        assert!(span(days(5).chain([400 * DAY, -9_000 * DAY])) < SPAN);
        assert!(span(days(8)) >= SPAN);
        let lost = 1.0 - span(days(30)) as f64 / (30 * DAY) as f64;
        assert!(lost.abs() < 0.01, "{lost}");
        assert_eq!((span([].into_iter()), span([5].into_iter())), (0, 0));
    }
}
