//! Alerts that are no more: a pair that matched before and does not now is closed with the reason and with both records as
//! they were. It never just disappears.

use std::collections::{BTreeMap, HashMap, HashSet};

use overt_lists::AgedList;
use overt_model::Entity;
use serde::{Deserialize, Serialize};

use crate::alerts::AlertId;
use crate::customer::{Hit, Screened};
use crate::keys::Keys;
use crate::run::{LatestRows, Run, RunId};

/// Why an alert is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosingReason {
    /// No list has the party any more.
    NotListed,
    /// A list says something else of the party.
    ListChanged,
    /// The customer is in the table no more.
    CustomerLeft,
    /// Others bear the customer's id, or no longer do: another alert stands for the row.
    OtherKey,
    /// The table says something else of the customer.
    CustomerChanged,
    /// Both records are as they were: another threshold or another version of the program.
    OtherSettings,
}

impl ClosingReason {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotListed => "no list has the party any more",
            Self::ListChanged => "the list says something else of the party, which matches no more",
            Self::CustomerLeft => "the customer is in the table no more",
            Self::OtherKey => {
                "others bear the customer's id, or do so no longer; another alert stands for the row"
            }
            Self::CustomerChanged => {
                "the table says something else of the customer, who matches no more"
            }
            Self::OtherSettings => {
                "both records are as they were; the threshold or the program is another"
            }
        }
    }
}

/// How an alert was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// The alert.
    pub alert: AlertId,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The run that found it no more.
    pub run: RunId,
    /// Why.
    pub reason: ClosingReason,
    /// The lists of that run.
    pub lists: Vec<AgedList>,
    /// The table.
    pub table: String,
    /// What the customer is known by.
    pub customer: String,
    /// The customer as it was screened, with that hit alone.
    pub row: Screened,
}

impl Closing {
    /// The listed party as it was.
    pub fn hit(&self) -> Option<&Hit> {
        self.row.hits.first()
    }
}

/// What a run has of a listed party now: nothing where no list has it.
pub type Listed<'a> = dyn Fn(&str) -> Option<Entity> + 'a;

/// The alerts that a run closes: what stood before it, and what stands after it.
pub(crate) fn closings(
    run: &Run,
    before: &LatestRows,
    after: &LatestRows,
    listed: &Listed<'_>,
) -> Vec<Closing> {
    let (keys, keys_before) = (Keys::of(after.values()), Keys::of(before.values()));
    let mut stand: HashSet<(String, &str)> = HashSet::new();
    let mut known: HashMap<String, Vec<&Screened>> = HashMap::new();
    for row in after.values() {
        known.entry(row.key()).or_default().push(row);
        let pairs = row.hits.iter();
        stand.extend(pairs.map(|h| (keys.key(row, &h.entity), h.entity.as_str())));
    }
    let mut gone: BTreeMap<(String, &str), (&Screened, &Hit)> = BTreeMap::new();
    for row in before.values() {
        for hit in &row.hits {
            let pair = (keys_before.key(row, &hit.entity), hit.entity.as_str());
            if stand.contains(&pair) {
                continue;
            }
            // Of a customer's rows the best speaks.
            let best = gone.entry(pair).or_insert((row, hit));
            if (hit.score, std::cmp::Reverse(row.line))
                > (best.1.score, std::cmp::Reverse(best.0.line))
            {
                *best = (row, hit);
            }
        }
    }
    let closings = gone.into_iter().map(|((customer, entity), (row, hit))| {
        let now = known.get(&row.key()).map_or(&[][..], Vec::as_slice);
        Closing {
            alert: AlertId::of(&run.about.table.name, &customer, entity),
            at: run.about.at,
            run: run.id.clone(),
            reason: reason(row, hit, now, listed(entity)),
            lists: run.about.lists.clone(),
            table: run.about.table.name.clone(),
            customer,
            row: Screened {
                hits: vec![hit.clone()],
                ..row.clone()
            },
        }
    });
    closings.collect()
}

fn reason(row: &Screened, hit: &Hit, now: &[&Screened], listed: Option<Entity>) -> ClosingReason {
    let same_customer = now.iter().any(|n| n.digest == row.digest);
    let still_match =
        |n: &&Screened| n.digest == row.digest && n.hits.iter().any(|h| h.entity == hit.entity);
    match listed {
        _ if now.iter().copied().any(|n| still_match(&n)) => ClosingReason::OtherKey,
        _ if now.is_empty() => ClosingReason::CustomerLeft,
        None => ClosingReason::NotListed,
        _ if !same_customer => ClosingReason::CustomerChanged,
        Some(entity) if crate::customer::digest(&entity) != hit.digest => {
            ClosingReason::ListChanged
        }
        Some(_) => ClosingReason::OtherSettings,
    }
}
