//! Parts of a pattern that go together over several records.

use std::collections::BTreeMap;

use overt_model::log::LogPlace;
use serde::{Deserialize, Serialize};

use super::Node;

/// A record that had a part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Hit {
    pub(crate) time: i64,
    pub(crate) log: String,
    pub(crate) at: LogPlace,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) account: String,
}

/// Records that have a pattern together: the first and the last of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Instance<'a> {
    pub(crate) first: &'a Hit,
    pub(crate) last: &'a Hit,
}

impl Instance<'_> {
    fn took(&self) -> i64 {
        self.last.time.saturating_sub(self.first.time)
    }

    fn is_apart(&self, other: &Self) -> bool {
        let key = |hit: &Hit| (hit.time, hit.at);
        let own = [key(self.first), key(self.last)];
        !own.contains(&key(other.first)) && !own.contains(&key(other.last))
    }

    fn with(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

/// Where the records of parts have the whole, in order of the last record: of each end the one that took least.
pub(crate) fn instances<'a>(node: &Node, hits: &'a BTreeMap<usize, Vec<Hit>>) -> Vec<Instance<'a>> {
    let mut all: Vec<Instance<'a>> = match node {
        Node::Part(part) => hits
            .get(part)
            .into_iter()
            .flatten()
            .map(|hit| Instance {
                first: hit,
                last: hit,
            })
            .collect(),
        Node::Or(a, b) => instances(a, hits)
            .into_iter()
            .chain(instances(b, hits))
            .collect(),
        Node::And(a, b) => {
            let (a, b) = (instances(a, hits), instances(b, hits));
            let mut both = joined(&a, &b, |before, after| before.last.time <= after.last.time);
            both.extend(joined(&b, &a, |before, after| {
                before.last.time <= after.last.time
            }));
            both
        }
        Node::FollowedBy(a, b) => {
            joined(&instances(a, hits), &instances(b, hits), |before, after| {
                before.last.time <= after.first.time
            })
        }
        Node::Within(inner, most) => instances(inner, hits)
            .into_iter()
            .filter(|i| i.took() <= *most)
            .collect(),
        Node::Repeats(inner, times) => instances(inner, hits)
            .windows((*times).max(1))
            .map(|of| of.iter().skip(1).fold(of[0], |all, one| all.with(*one)))
            .collect(),
        Node::Between(inner, from, until) => instances(inner, hits)
            .into_iter()
            .filter(|i| i.first.time >= *from && i.last.time < *until)
            .collect(),
    };
    all.sort_by(|x, y| x.last.cmp(y.last).then_with(|| x.took().cmp(&y.took())));
    all.dedup_by(|x, y| x.last == y.last);
    all
}

/// Each of `after` with the one of `before` that comes nearest.
fn joined<'a>(
    before: &[Instance<'a>],
    after: &[Instance<'a>],
    goes_before: impl Fn(&Instance<'a>, &Instance<'a>) -> bool,
) -> Vec<Instance<'a>> {
    let of = |after: &Instance<'a>| {
        let until = before.partition_point(|b| b.last.time <= after.last.time);
        let mut back = before[..until].iter().rev();
        let near = back.find(|b| goes_before(b, after) && b.is_apart(after))?;
        Some(near.with(*after))
    };
    after.iter().filter_map(of).collect()
}
