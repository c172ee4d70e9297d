//! A table screened again after the lists or the customers changed: only what changed is looked at.

use std::collections::BTreeMap;

use overt_lists::{IndexBytes, Prepared};
use rayon::prelude::*;

use crate::changed::{Difference, ListsChanged, differences};
use crate::customer::{Customer, Hit, Screened};
use crate::kept::{Seen, kept_for};
use crate::policy::{Policy, Screener};
use crate::run::{LatestRows, Run};

/// A table being screened again, from what stood for it.
#[derive(Debug)]
pub struct Rescreening<'a> {
    screener: Screener<'a, IndexBytes>,
    policy: &'a Policy,
    lists: &'a ListsChanged,
    latest_rows: LatestRows,
    /// Whether the scores that stand were made as scores are made now.
    comparable: bool,
    seen: Seen,
    /// Rows that could not be screened.
    pub failed: Vec<Screened>,
    /// Customers with a hit before or now, by what they are known by.
    sides: BTreeMap<String, Sides>,
    /// What was counted.
    pub counts: Counts,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the table.
    pub rows: usize,
    /// Of them, those who match somebody.
    pub matched: usize,
    /// Of them, those who could not be screened.
    pub failed: usize,
    /// Of them, those who were screened against all lists.
    pub in_full: usize,
    /// Matches that stand as they were, for nobody looked: their customers could not be screened.
    pub kept: usize,
}

/// What happened to a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerChange {
    /// The line in the table.
    pub line: u64,
    /// The customer; empty in a table without ids.
    pub customer: String,
    /// What the customer is known by.
    pub key: String,
    /// The name.
    pub name: String,
    /// The hits that came, changed and went.
    pub differences: Vec<Difference>,
}

#[derive(Debug, Default)]
struct Sides {
    line: u64,
    customer: String,
    name: String,
    before: Vec<Hit>,
    after: Vec<Hit>,
}

impl<'a> Rescreening<'a> {
    /// From the run that is followed, what stood when it ended, what changed in the lists since, and the lists now.
    pub fn new(
        run: &Run,
        latest_rows: LatestRows,
        lists: &'a ListsChanged,
        prepared: &'a Prepared,
        policy: &'a Policy,
    ) -> Self {
        let comparable = run.algorithm == overt_screening::ALGORITHM
            && run.about.threshold == policy.otherwise.threshold
            && run.about.policy == policy.recorded();
        Self {
            screener: Screener::of(prepared, policy),
            policy,
            lists,
            latest_rows,
            comparable,
            seen: Seen::default(),
            failed: Vec::new(),
            sides: BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    /// Whether what stands can be built on; if not, everybody is screened in full.
    pub fn comparable(&self) -> bool {
        self.comparable
    }

    /// Screens some rows; gives those that stand no more as they stood.
    pub fn rows(&mut self, customers: &[Customer]) -> Vec<Screened> {
        let rows = customers.par_iter().map(|customer| self.row(customer));
        let rows: Vec<(Screened, bool)> = rows.collect();
        let mut changed = Vec::new();
        for (now, in_full) in rows {
            self.counts.rows += 1;
            self.counts.matched += usize::from(!now.hits.is_empty());
            self.counts.failed += usize::from(now.failed.is_some());
            self.counts.in_full += usize::from(in_full);
            let row = (now.customer.clone(), now.digest.clone());
            let before = self.latest_rows.get(&row);
            let before_hits = before.map_or(&[][..], |b| b.hits.as_slice());
            note(&mut self.sides, &now, before_hits, &now.hits);
            self.seen.note(&now);
            if now.failed.is_some() {
                self.failed.push(now.clone());
            }
            let stood = |b: &Screened| b.hits.iter().any(|h| h.kept.is_some());
            if before.is_none_or(|b| stood(b) || !differences(&b.hits, &now.hits).is_empty()) {
                changed.push(now);
            }
        }
        changed
    }

    /// A row now, and whether all lists were asked.
    fn row(&self, customer: &Customer) -> (Screened, bool) {
        let row = (customer.id.clone(), customer.digest());
        let before = self.latest_rows.get(&row).filter(|_| self.comparable);
        // What stood without a look may be of lists older than those of the run that is followed.
        let before = before.filter(|b| b.hits.iter().all(|h| h.kept.is_none()));
        let followed = before.and_then(|b| self.lists.follow(customer, b, self.policy));
        match followed {
            Some(now) => (now, false),
            None => (customer.screen(&self.screener), true),
        }
    }

    /// Ends: gives the rows that are gone from the table and those that stand though nobody looked, to be recorded too, and
    /// what happened to whom.
    pub fn finish(mut self) -> (Vec<Screened>, Vec<CustomerChange>, Counts) {
        let latest_rows = std::mem::take(&mut self.latest_rows);
        let mut left: Vec<Screened> = Vec::new();
        for (row, before) in latest_rows {
            if let Some(why) = self.seen.unscreened(&before) {
                note(&mut self.sides, &before, &before.hits, &before.hits);
                let kept = kept_for(before, why);
                self.counts.kept += kept.as_ref().map_or(0, |row| row.hits.len());
                left.extend(kept);
            } else if !self.seen.has_row(&row) {
                note(&mut self.sides, &before, &before.hits, &[]);
                left.push(Screened {
                    left: true,
                    hits: Vec::new(),
                    ..before
                });
            }
        }
        left.sort_by_key(|s| s.line);
        let changes = self.sides.into_iter().map(|(key, sides)| CustomerChange {
            key,
            differences: differences(&sides.before, &sides.after),
            line: sides.line,
            customer: sides.customer,
            name: sides.name,
        });
        let mut changes: Vec<CustomerChange> =
            changes.filter(|c| !c.differences.is_empty()).collect();
        changes.sort_by_key(|c| c.line);
        (left, changes, self.counts)
    }
}

/// Adds a row to what is known of its customer, if it has or had a hit.
fn note(sides: &mut BTreeMap<String, Sides>, row: &Screened, before: &[Hit], after: &[Hit]) {
    if before.is_empty() && after.is_empty() {
        return;
    }
    let of_customer = sides.entry(row.key()).or_default();
    if of_customer.line == 0 || !after.is_empty() {
        of_customer.line = row.line;
        of_customer.customer.clone_from(&row.customer);
        row.name().clone_into(&mut of_customer.name);
    }
    of_customer.before.extend_from_slice(before);
    of_customer.after.extend_from_slice(after);
}
