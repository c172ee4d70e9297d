//! What changed in the lists, and what that does to results.
//!
//! A score is of two entities alone. So a list that changed can only change who of the entities that changed matches:
//! an index of those, as they were and as they are, is asked instead of all lists, and gives the same.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use overt_lists::{IndexBytes, PreparedIndex, Store, Version, changes, prepare};
use overt_model::Entity;
use rayon::prelude::*;
use serde::Serialize;

use crate::ComplianceError;
use crate::customer::{Customer, Hit, MAX_HITS, Screened};
use crate::policy::{Policy, Screener};
use crate::rescreen::CustomerChange;

/// The entities that changed, as they were and as they are.
#[derive(Debug)]
pub struct ListsChanged {
    before: PreparedIndex,
    after: PreparedIndex,
    /// The lists that stand in each, one after another.
    lists: [Vec<(Range<u32>, String)>; 2],
    touched: HashSet<String>,
}

/// What happened to a hit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What.
    pub what: HitChange,
    /// The hit as it was.
    pub before: Option<Hit>,
    /// The hit as it is.
    pub after: Option<Hit>,
}

/// What happened to a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HitChange {
    /// It was none before.
    New,
    /// The list says something else of the party, or the score is another.
    Changed,
    /// It is none any more.
    Gone,
}

impl HitChange {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Gone => "gone",
        }
    }
}

/// Scores this close are the same: the steps that set equals apart depend on who else is there.
const SAME_SCORE: f64 = 1e-3;

impl ListsChanged {
    /// Between versions of lists that were known and those that are. A list that is new was empty.
    ///
    /// # Errors
    /// Files of the store that cannot be read.
    pub fn between(
        store: &Store,
        before: &[&Version],
        after: &[&Version],
    ) -> Result<Self, ComplianceError> {
        let read =
            |versions: &[&Version]| -> Result<BTreeMap<String, Vec<Entity>>, ComplianceError> {
                let lists = versions.iter();
                let read = lists.map(|v| Ok((v.dataset.name.clone(), store.entities(v)?)));
                read.collect()
            };
        Self::of(&read(before)?, &read(after)?)
    }

    /// Between the entities of lists by name.
    ///
    /// # Errors
    /// None that entities can cause.
    pub fn of(
        before: &BTreeMap<String, Vec<Entity>>,
        after: &BTreeMap<String, Vec<Entity>>,
    ) -> Result<Self, ComplianceError> {
        let mut touched = HashSet::new();
        let lists: HashSet<&String> = before.keys().chain(after.keys()).collect();
        for list in lists {
            let of = |lists: &'_ BTreeMap<String, Vec<Entity>>| lists.get(list).cloned();
            let (old, new) = (
                of(before).unwrap_or_default(),
                of(after).unwrap_or_default(),
            );
            touched.extend(changes(&old, &new).into_iter().map(|c| c.id));
        }
        // An id may be on several lists: all that bears it goes where it goes.
        let chosen = |lists: &BTreeMap<String, Vec<Entity>>| {
            let (mut all, mut ranges) = (Vec::new(), Vec::new());
            for (name, entities) in lists {
                let from = all.len() as u32;
                let its = entities.iter().filter(|e| touched.contains(&e.id));
                all.extend(its.cloned());
                ranges.push((from..all.len() as u32, name.clone()));
            }
            (all, ranges)
        };
        let ((old, old_lists), (new, new_lists)) = (chosen(before), chosen(after));
        Ok(Self {
            before: prepare(&old)?,
            after: prepare(&new)?,
            lists: [old_lists, new_lists],
            touched,
        })
    }

    /// How many entities changed, came or went.
    pub fn touched(&self) -> usize {
        self.touched.len()
    }

    /// What the lists' change does to each of some customers; nothing to one who cannot be screened.
    pub fn changes(&self, customers: &[Customer], policy: &Policy) -> Vec<Option<CustomerChange>> {
        let all = customers.par_iter();
        all.map(|c| self.change(c, policy)).collect()
    }

    fn screener<'a>(&'a self, is_after: bool, policy: &'a Policy) -> Screener<'a, IndexBytes> {
        let index = if is_after { &self.after } else { &self.before };
        let lists = self.lists[usize::from(is_after)].iter();
        let lists = lists.map(|(range, name)| (range.clone(), name.as_str()));
        Screener::over(index, policy, lists.collect())
    }

    fn change(&self, customer: &Customer, policy: &Policy) -> Option<CustomerChange> {
        let query = customer.query().ok()?;
        let [before, after] =
            [false, true].map(|is_after| self.screener(is_after, policy).hits(&query).0);
        let differences = differences(&before, &after);
        let row = customer.unscreened();
        let change = CustomerChange {
            line: row.line,
            key: row.key(),
            name: row.name().to_owned(),
            customer: row.customer,
            differences,
        };
        (!change.differences.is_empty()).then_some(change)
    }

    /// The result of a customer now, from the result before: what it would be if all lists were asked. `None` where that
    /// cannot be known from these, for there were more hits than are kept.
    pub fn follow(
        &self,
        customer: &Customer,
        before: &Screened,
        policy: &Policy,
    ) -> Option<Screened> {
        if before.more {
            return None;
        }
        let mut now = Screened {
            failed: before.failed.clone(),
            ..customer.unscreened()
        };
        let Ok(query) = customer.query() else {
            return Some(now);
        };
        let kept = before
            .hits
            .iter()
            .filter(|h| !self.touched.contains(&h.entity));
        now.hits = kept.cloned().collect();
        let (after, more) = self.screener(true, policy).hits(&query);
        if more {
            return None;
        }
        now.hits.extend(after);
        now.hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        (now.hits.len() <= MAX_HITS).then_some(now)
    }
}

/// What is between two results of a customer, by the listed party; where several rows hit one, the best counts.
pub fn differences(before: &[Hit], after: &[Hit]) -> Vec<Difference> {
    type Parties = BTreeMap<(String, Vec<String>), Hit>;
    let by_party = |hits: &[Hit]| {
        let mut parties = Parties::new();
        for hit in hits {
            let known = parties.entry((hit.entity.clone(), hit.datasets.clone()));
            let best = known.or_insert_with(|| hit.clone());
            if hit.score > best.score {
                *best = hit.clone();
            }
        }
        parties
    };
    let (mut was, is) = (by_party(before), by_party(after));
    let mut all = Vec::new();
    for (party, after) in is {
        let before = was.remove(&party);
        let what = match &before {
            None => HitChange::New,
            Some(before) if !same(before, &after) => HitChange::Changed,
            Some(_) => continue,
        };
        let after = Some(after);
        all.push(Difference {
            what,
            before,
            after,
        });
    }
    all.extend(was.into_values().map(|before| Difference {
        what: HitChange::Gone,
        before: Some(before),
        after: None,
    }));
    let score = |d: &Difference| d.hit().map_or(0.0, |h| h.score);
    all.sort_by(|a, b| a.what.cmp(&b.what).then(score(b).total_cmp(&score(a))));
    all
}

impl Difference {
    /// The hit as it is, or as it was if it is gone.
    pub fn hit(&self) -> Option<&Hit> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

fn same(a: &Hit, b: &Hit) -> bool {
    a.digest == b.digest && (a.score - b.score).abs() < SAME_SCORE
}
