//! What an alert knows a customer by: the table's own id; where several customers bear one id and match one party, the facts
//! of their row too, so that what is decided of one is not said of another.

use std::collections::{HashMap, HashSet};

use crate::Screened;
use crate::customer::Digest;

/// The keys of a table's customers.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Ids that several rows with other facts bear, with the party that they match.
    shared: HashSet<(String, String)>,
}

impl Keys {
    /// Of all rows that stand for a table.
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a Screened>) -> Self {
        let mut first: HashMap<(&str, &str), &Digest> = HashMap::new();
        let mut shared = HashSet::new();
        for row in rows.filter(|row| !row.customer.is_empty()) {
            for hit in &row.hits {
                let pair = (row.customer.as_str(), hit.entity.as_str());
                if *first.entry(pair).or_insert(&row.digest) != &row.digest {
                    shared.insert((pair.0.to_owned(), pair.1.to_owned()));
                }
            }
        }
        Self { shared }
    }

    /// What the alert on a row and a party knows the customer by.
    pub(crate) fn key(&self, row: &Screened, entity: &str) -> String {
        let pair = (row.customer.clone(), entity.to_owned());
        if self.shared.contains(&pair) {
            format!("{} #{}", row.customer, &row.digest.to_string()[..8])
        } else {
            row.key()
        }
    }
}
