//! What stands although nobody looked: the matches of a customer who could not be screened this time, and those of a list
//! that was not asked. Neither says that the two no longer match.

use std::collections::{HashMap, HashSet};

use overt_lists::AgedList;

use crate::Screened;
use crate::closed::Listed;
use crate::customer::Hit;
use crate::run::{LatestRows, Row};

/// What was seen of a table, as far as it tells whose matches stand.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    rows: HashSet<Row>,
    customers: HashSet<String>,
    /// Customers who could not be screened, and why.
    failed: HashMap<String, String>,
    /// Why anybody who is not in the table may be in it all the same.
    unknown: Option<String>,
}

impl Seen {
    /// Takes note of a row as it was screened.
    pub(crate) fn note(&mut self, row: &Screened) {
        self.rows.insert((row.customer.clone(), row.digest.clone()));
        let is_named = !row.customer.is_empty();
        if is_named {
            self.customers.insert(row.customer.clone());
        }
        match &row.failed {
            Some(why) if is_named => {
                self.failed.entry(row.customer.clone()).or_insert_with(|| {
                    format!("the customer could not be screened this time: {why}")
                });
            }
            Some(why) => self.tell_unknown(|| {
                format!(
                    "line {} could not be screened this time, and whose it is is not known: {why}",
                    row.line
                )
            }),
            None => {}
        }
        if row.hides {
            self.tell_unknown(|| {
                format!(
                    "line {} holds what looks like other rows, which were not read",
                    row.line
                )
            });
        }
    }

    fn tell_unknown(&mut self, why: impl FnOnce() -> String) {
        if self.unknown.is_none() {
            self.unknown = Some(why());
        }
    }

    /// Why a row of before was not looked at, if it was not; `None` where it was, or is gone.
    pub(crate) fn unscreened(&self, before: &Screened) -> Option<&str> {
        let row = (before.customer.clone(), before.digest.clone());
        if self.rows.contains(&row) {
            return None;
        }
        if let Some(why) = self.failed.get(&before.customer) {
            return Some(why);
        }
        let is_changed = self.customers.contains(&before.customer);
        self.unknown.as_deref().filter(|_| !is_changed)
    }

    /// Whether a row is in the table as it was.
    pub(crate) fn has_row(&self, row: &Row) -> bool {
        self.rows.contains(row)
    }

    /// Whether a customer of before is in the table.
    fn has(&self, before: &Screened) -> bool {
        let row = (before.customer.clone(), before.digest.clone());
        self.rows.contains(&row) || self.customers.contains(&before.customer)
    }

    /// The rows of before whose matches stand, in the order of their lines, with those matches alone.
    pub(crate) fn kept(
        &self,
        before: LatestRows,
        asked: &[AgedList],
        listed: &Listed<'_>,
    ) -> Vec<Screened> {
        let mut kept: Vec<Screened> = before
            .into_values()
            .filter_map(|row| match self.unscreened(&row) {
                Some(why) => kept_for(row, why),
                None if self.has(&row) => beside(row, asked, listed),
                None => None,
            })
            .collect();
        kept.sort_by(|a, b| (a.line, &a.customer).cmp(&(b.line, &b.customer)));
        kept
    }
}

/// A row of before with its matches, which stand for a reason; nothing where it has none.
pub(crate) fn kept_for(mut row: Screened, why: &str) -> Option<Screened> {
    for hit in &mut row.hits {
        hit.kept = Some(why.to_owned());
    }
    (!row.hits.is_empty()).then_some(row)
}

/// What a row of before matched on lists that were not asked.
fn beside(mut row: Screened, asked: &[AgedList], listed: &Listed<'_>) -> Option<Screened> {
    row.hits.retain_mut(|hit| {
        let list = unasked(hit, asked).filter(|_| listed(&hit.entity).is_none());
        let why = list.map(|list| format!("{list} was not asked this time"));
        let is_kept = why.is_some();
        hit.kept = why;
        is_kept
    });
    row.beside = true;
    (!row.hits.is_empty()).then_some(row)
}

/// The list that a match is of, if it was not asked.
fn unasked(hit: &Hit, asked: &[AgedList]) -> Option<String> {
    let list = hit.list.as_ref()?;
    (!asked.iter().any(|a| a.name == *list)).then(|| list.clone())
}
