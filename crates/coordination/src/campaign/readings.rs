//! Innocent readings: what else than a campaign the data of one fit.
//!
//! They excuse nobody and accuse nobody: each is something that the posts show, and that a reader has to rule out before
//! saying more. That none fits is no proof either, for only these are looked for.

use std::collections::{BTreeMap, BTreeSet};

use overt_model::Trace;
use serde::{Deserialize, Serialize};

use crate::accounts::{AccountFinding, Reservation};
use crate::corpus::Corpus;
use crate::network::{Edge, Network};

/// The part that counts as nearly all.
const NEARLY_ALL: f64 = 0.8;
/// Fewest co-shares whose delays are called constant.
const CONSTANT_OF: usize = 4;
/// Milliseconds that the middle half of constant delays keep to.
const CONSTANT: i64 = 2_000;
/// So many times as many others share the same at the time of a public event.
const PUBLIC: usize = 3;
/// Milliseconds of the longest event.
const EVENT: i64 = 72 * 3_600_000;

/// Something innocent that the data of a campaign fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reading", rename_all = "kebab-case")]
pub enum Reading {
    /// Pairs keep one delay: automated feeds of one source, or a scheduler, do that.
    Feeds {
        /// The share of pairs with enough co-shares whose delays are constant.
        pairs: f64,
        /// The program of nearly all posts, where it is known, and its share.
        client: Option<(String, f64)>,
    },
    /// Nearly all links lead to one site: an organisation that spreads its own.
    OneSite {
        /// Its registrable domain.
        domain: String,
        /// Its share of the links.
        share: f64,
    },
    /// Many others shared the same while it lasted: people who watch one event.
    PublicEvent {
        /// Others who shared any of the objects meanwhile.
        others: u64,
        /// From the first co-share to the last, in hours.
        hours: f64,
    },
    /// Half of the accounts or more may only follow somebody.
    Followers {
        /// Those who nearly always come after the others, are only followed, or hang on one source.
        accounts: u64,
    },
}

/// What the readings are looked for in.
pub(super) struct Read<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) network: &'a Network,
    pub(super) accounts: &'a [AccountFinding],
    /// In order.
    pub(super) members: &'a [u32],
    pub(super) edges: Vec<&'a Edge>,
    /// Posts, links and programs that carry it.
    pub(super) carrying: &'a [u32],
    pub(super) domains: &'a [(String, u64)],
}

impl Read<'_> {
    /// Those that fit.
    pub(super) fn all(&self) -> Vec<Reading> {
        let fits = [
            self.feeds(),
            self.one_site(),
            self.public_event(),
            self.followers(),
        ];
        fits.into_iter().flatten().collect()
    }

    fn feeds(&self) -> Option<Reading> {
        let mut told: Vec<bool> = Vec::new();
        for edge in &self.edges {
            let most = edge.layers.iter().max_by_key(|l| l.co_shares.len())?;
            if most.co_shares.len() >= CONSTANT_OF {
                let mut deltas: Vec<i64> = most.co_shares.iter().map(|c| c.delta).collect();
                deltas.sort_unstable();
                let n = deltas.len();
                told.push(deltas[n - 1 - n / 4] - deltas[n / 4] <= CONSTANT);
            }
        }
        let constant = told.iter().filter(|c| **c).count() as f64 / told.len().max(1) as f64;
        (constant >= 0.5).then(|| Reading::Feeds {
            pairs: constant,
            client: self.client(),
        })
    }

    /// The program that nearly all of the carrying posts were made with.
    fn client(&self) -> Option<(String, f64)> {
        let mut clients: BTreeMap<&str, usize> = BTreeMap::new();
        for post in self.carrying {
            *clients.entry(self.corpus.posts.client(*post)?).or_default() += 1;
        }
        let (client, n) = clients.into_iter().max_by_key(|(_, n)| *n)?;
        let share = n as f64 / self.carrying.len().max(1) as f64;
        (share >= NEARLY_ALL).then(|| (client.to_owned(), share))
    }

    fn one_site(&self) -> Option<Reading> {
        let all: u64 = self.domains.iter().map(|(_, n)| n).sum();
        let (domain, n) = self.domains.first()?;
        let share = *n as f64 / all as f64;
        (share >= NEARLY_ALL).then(|| Reading::OneSite {
            domain: domain.clone(),
            share,
        })
    }

    fn public_event(&self) -> Option<Reading> {
        let layers = || self.edges.iter().flat_map(|e| &e.layers);
        let shares = || {
            layers().flat_map(|l| {
                let trace = self.network.layers[l.layer].layer.trace;
                l.co_shares.iter().map(move |c| (trace, c))
            })
        };
        let first = shares().map(|(_, c)| c.time).min()?;
        let last = shares().map(|(_, c)| c.time + c.delta.abs()).max()?;
        let objects: BTreeSet<(usize, u32)> = shares().map(|(t, c)| (t, c.object)).collect();
        let tags = |t: usize| {
            matches!(
                self.corpus.traces[t].trace,
                Trace::Hashtag | Trace::HashtagSequence
            )
        };
        let tagged = objects.iter().filter(|(t, _)| tags(*t)).count();
        if last - first > EVENT && 2 * tagged < objects.len() {
            return None;
        }
        let mut others: BTreeSet<u32> = BTreeSet::new();
        for &(trace, object) in &objects {
            let events = &self.corpus.traces[trace].events;
            let meanwhile = |e: &usize| (first..=last).contains(&events.time(*e));
            let who = events.of_object(object).filter(meanwhile);
            others.extend(who.map(|e| events.account(e)));
        }
        others.retain(|a| self.members.binary_search(a).is_err());
        (others.len() >= PUBLIC * self.members.len()).then(|| Reading::PublicEvent {
            others: others.len() as u64,
            hours: (last - first) as f64 / 3_600_000.0,
        })
    }

    fn followers(&self) -> Option<Reading> {
        let follows = |a: &&u32| {
            let at = self.accounts.binary_search_by_key(*a, |f| f.account);
            let reservation = at.ok().and_then(|n| self.accounts[n].reservation);
            matches!(
                reservation,
                Some(Reservation::Follows | Reservation::Followed | Reservation::OneSource)
            )
        };
        let accounts = self.members.iter().filter(follows).count();
        (2 * accounts >= self.members.len()).then_some(Reading::Followers {
            accounts: accounts as u64,
        })
    }
}
