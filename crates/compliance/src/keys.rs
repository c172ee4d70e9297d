//! What an alert knows a customer by: the table's own id; where several customers bear one id and match one party, the facts
//! of their row too, so that what is decided of one is not said of another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::Screened;
use crate::customer::Digest;

/// The keys of a table's customers.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Ids that several rows with other facts bear, with the party that they match, and what those rows are known by.
    shared: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Keys {
    /// Of all rows that stand for a table.
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a Screened>) -> Self {
        let mut digests: HashMap<(&str, &str), BTreeSet<&Digest>> = HashMap::new();
        for row in rows.filter(|row| !row.customer.is_empty()) {
            for hit in &row.hits {
                let pair = (row.customer.as_str(), hit.entity.as_str());
                digests.entry(pair).or_default().insert(&row.digest);
            }
        }
        let shared = digests.into_iter().filter(|(_, digests)| digests.len() > 1);
        let shared = shared.map(|((customer, entity), digests)| {
            let keys = digests.into_iter().map(|digest| of_row(customer, digest));
            ((customer.to_owned(), entity.to_owned()), keys.collect())
        });
        Self {
            shared: shared.collect(),
        }
    }

    /// What the alert on a row and a party knows the customer by.
    pub(crate) fn key(&self, row: &Screened, entity: &str) -> String {
        let pair = (row.customer.clone(), entity.to_owned());
        if self.shared.contains_key(&pair) {
            of_row(&row.customer, &row.digest)
        } else {
            row.key()
        }
    }

    /// What all rows with an id that match a party are known by, where they are kept apart.
    pub(crate) fn all(&self, customer: &str, entity: &str) -> impl Iterator<Item = &str> {
        let pair = (customer.to_owned(), entity.to_owned());
        let keys = self.shared.get(&pair).into_iter().flatten();
        keys.map(String::as_str)
    }
}

fn of_row(customer: &str, digest: &Digest) -> String {
    format!("{customer} #{}", &digest.to_string()[..8])
}
