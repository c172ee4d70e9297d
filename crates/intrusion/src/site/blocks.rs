//! Pages that refuse with a status of success: firewalls in front of a site answer whatever looks like an attack with one
//! page, which may be larger than the page that was asked for.
//!
//! An answer that does not depend on what was sent shows nothing of a database. It is told by its size, where that is given
//! to attempts of several kinds or at several pages, or on several days.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::day::{Day, Gathered};
use crate::words::Meant;

/// Sizes within so many bytes are one: such pages have a number of the refusal in them.
const ALIKE: u64 = 128;
/// Days on which a size is given until it is known to be no answer to what was sent.
const DAYS: u32 = 3;
/// Sizes that are remembered.
const MAX_SIZES: usize = 2_000;

/// By size, to whom it was given.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Blocks {
    #[serde(with = "crate::kept::pairs")]
    by_size: BTreeMap<u64, Given>,
}

#[derive(Default, Serialize, Deserialize)]
struct Given {
    routes: BTreeSet<u32>,
    kinds: BTreeSet<Meant>,
    days: u32,
}

/// The size of an answer, so that answers alike have the same or neighbouring ones.
pub(super) fn size(bytes: u64) -> u64 {
    bytes / ALIKE
}

impl Blocks {
    /// Takes what was answered on a day.
    pub(super) fn take(&mut self, day: &Day) {
        let mut today = BTreeSet::new();
        for ((place, kind), gathered) in &day.meant {
            for (_, size) in gathered.sizes.keys() {
                if self.by_size.len() >= MAX_SIZES && !self.by_size.contains_key(size) {
                    continue;
                }
                let given = self.by_size.entry(*size).or_default();
                if given.routes.len() < 2 {
                    given.routes.insert(place.0);
                }
                given.kinds.insert(*kind);
                if today.insert(*size) {
                    given.days = given.days.saturating_add(1);
                }
            }
        }
    }

    /// Leaves out of what is beyond ordinary answers those that are given whatever is sent, and those that are not larger
    /// than ordinary ones as they are by now.
    pub(super) fn leave_out(&self, gathered: &mut Gathered, is_larger: impl Fn(u32, u64) -> bool) {
        for ((route, size), (count, bytes)) in &gathered.sizes {
            let is_alike = self.is_alike(*size);
            if is_alike || !is_larger(*route, *bytes) {
                gathered.beyond -= (*count).min(gathered.beyond);
            }
            if is_alike {
                gathered.alike += count;
            }
        }
    }

    fn is_alike(&self, size: u64) -> bool {
        let (mut routes, mut kinds, mut days) =
            (BTreeSet::<u32>::new(), BTreeSet::<Meant>::new(), 0);
        for (_, given) in self.by_size.range(size.saturating_sub(1)..=size + 1) {
            routes.extend(&given.routes);
            kinds.extend(&given.kinds);
            days = days.max(given.days);
        }
        routes.len() > 1 || kinds.len() > 1 || days > DAYS
    }
}
