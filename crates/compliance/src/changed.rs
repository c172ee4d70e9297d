//! What changed in the lists, and what that does to results.
//!
//! A score is of two entities alone. So a list that changed can only change who of the entities that changed matches:
//! an index of those, as they were and as they are, is asked instead of all lists, and gives the same.

use std::collections::{BTreeMap, HashSet};

use overt_lists::{PreparedIndex, Store, Version, changes, prepare};
use overt_model::Entity;
use rayon::prelude::*;
use serde::Serialize;

use crate::ComplianceError;
use crate::customer::{Customer, Hit, MAX_HITS, Screened, hits};
use crate::rescreen::CustomerChange;

/// The entities that changed, as they were and as they are.
#[derive(Debug)]
pub struct ListsChanged {
    before: PreparedIndex,
    after: PreparedIndex,
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
        let chosen = |lists: &BTreeMap<String, Vec<Entity>>| -> Vec<Entity> {
            let all = lists.values().flatten();
            all.filter(|e| touched.contains(&e.id)).cloned().collect()
        };
        Ok(Self {
            before: prepare(&chosen(before))?,
            after: prepare(&chosen(after))?,
            touched,
        })
    }

    /// How many entities changed, came or went.
    pub fn touched(&self) -> usize {
        self.touched.len()
    }

    /// What the lists' change does to each of some customers; nothing to one who cannot be screened.
    pub fn changes(&self, customers: &[Customer], threshold: f64) -> Vec<Option<CustomerChange>> {
        let all = customers.par_iter();
        all.map(|c| self.change(c, threshold)).collect()
    }

    fn change(&self, customer: &Customer, threshold: f64) -> Option<CustomerChange> {
        let query = customer.query().ok()?;
        let before = hits(&self.before, &query, threshold);
        let differences = differences(&before, &hits(&self.after, &query, threshold));
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
        threshold: f64,
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
        now.hits.extend(hits(&self.after, &query, threshold));
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
