//! The company an account is found in.
//!
//! Who is told from chance by a group whose other members are not told from chance themselves is told by a group that may
//! not be one: where a window is so wide that circles of friends look like groups, the few who pass stand alone among
//! many who do not. Of a real group most members pass, for each is tested against the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::network::{Network, family};

/// The part of a group that has to be told from chance for it to be one.
const PART: f64 = 0.5;
/// So many pairs that would pass alone are company enough, whoever else is tied to them.
const STRONG_PAIRS: usize = 2;

/// Who is told from chance, and where.
pub(crate) struct Company<'a> {
    network: &'a Network,
    layers: Vec<OfLayer>,
}

/// What a layer says of accounts that pass.
#[derive(Default)]
struct OfLayer {
    /// Those that pass by this layer alone.
    by_itself: BTreeSet<u32>,
    /// Pairs of each that would pass alone.
    strong_pairs: BTreeMap<u32, usize>,
    /// Of each group, whether most members pass.
    holds: Vec<bool>,
}

impl<'a> Company<'a> {
    /// Of the accounts whose q passes; layers that the data do not bear have no say. A pair's p counts in a layer up to `pair`, a group's up to `group`; `level` is
    /// that of the whole.
    pub(crate) fn of(
        network: &'a Network,
        borne: &[bool],
        passing: &BTreeSet<u32>,
        pair: f64,
        group: f64,
        level: f64,
    ) -> Self {
        let strong = level / family(network.accounts).max(1.0);
        let layers = network.scored.iter().zip(&network.groups).zip(borne);
        let layers = layers.map(|((scored, groups), borne)| {
            if !borne {
                return OfLayer::default();
            }
            let mut by_itself = BTreeSet::new();
            let mut strong_pairs = BTreeMap::new();
            for s in scored.iter().filter(|s| s.p <= pair.max(strong)) {
                for a in [s.pair.i, s.pair.j] {
                    if s.p <= pair {
                        by_itself.insert(a);
                    }
                    if s.p <= strong {
                        *strong_pairs.entry(a).or_insert(0) += 1;
                    }
                }
            }
            let of_groups = groups.scores.iter().filter(|(_, g)| g.p <= group);
            by_itself.extend(of_groups.map(|(a, _)| *a));
            let holds = |members: &Vec<u32>| {
                let told = members.iter().filter(|a| passing.contains(a)).count();
                told as f64 >= PART * members.len() as f64
            };
            OfLayer {
                by_itself,
                strong_pairs,
                holds: groups.members.iter().map(holds).collect(),
            }
        });
        Self {
            network,
            layers: layers.collect(),
        }
    }

    /// Whether an account that passes does so somewhere in a group of which most members pass, in none, or with several
    /// pairs that would pass alone.
    pub(crate) fn is_good(&self, account: u32) -> bool {
        let mut layers = self.layers.iter().zip(&self.network.groups);
        layers.any(|(layer, groups)| {
            let members = groups.members.iter().zip(&layer.holds);
            let mut of_account = members
                .filter(|(members, _)| members.binary_search(&account).is_ok())
                .peekable();
            let strong = layer.strong_pairs.get(&account).copied().unwrap_or(0);
            layer.by_itself.contains(&account)
                && (strong >= STRONG_PAIRS
                    || of_account.peek().is_none()
                    || of_account.any(|(_, holds)| *holds))
        })
    }
}
