//! The company an account is found in.
//!
//! Who is told from chance by a group whose other members are not told from chance themselves is told by a group that may
//! not be one: where a window is so wide that circles of friends look like groups, the few who pass stand alone among
//! many who do not. Of a real group most members pass, for each is tested against the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::groups::Groups;
use crate::network::{Network, family};

/// The part of a group that has to be told from chance for it to be one.
const PART: f64 = 0.5;
/// So many pairs that would pass alone are company enough, whoever else is tied to them.
const STRONG_PAIRS: usize = 2;

/// Whether most members of a group pass.
fn holds(members: &[u32], passing: &BTreeSet<u32>) -> bool {
    let told = members.iter().filter(|a| passing.contains(a)).count();
    told as f64 >= PART * members.len() as f64
}

/// How many accounts are in groups that do not hold, and in none that does. Where they are many, the null model does not
/// say what is usual in a layer: what it takes for groups is how people live.
pub(crate) fn doubtful(groups: &Groups, passing: &BTreeSet<u32>) -> u64 {
    let (good, bad): (Vec<_>, Vec<_>) = groups.members.iter().partition(|m| holds(m, passing));
    let good: BTreeSet<u32> = good.into_iter().flatten().copied().collect();
    let bad: BTreeSet<u32> = bad.into_iter().flatten().copied().collect();
    bad.difference(&good).count() as u64
}

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
        let layers = layers.zip(&network.layers);
        let layers = layers.map(|(((scored, groups), borne), counts)| {
            if !borne {
                return OfLayer::default();
            }
            let mut by_itself = BTreeSet::new();
            let mut strong_pairs = BTreeMap::new();
            let cost = counts.layer.counting.cost();
            for s in scored.iter().filter(|s| cost * s.p <= pair.max(strong)) {
                for a in [s.pair.i, s.pair.j] {
                    if cost * s.p <= pair {
                        by_itself.insert(a);
                    }
                    if cost * s.p <= strong {
                        *strong_pairs.entry(a).or_insert(0) += 1;
                    }
                }
            }
            let of_groups = groups.scores.iter().filter(|(_, g)| g.p <= group);
            by_itself.extend(of_groups.map(|(a, _)| *a));
            OfLayer {
                by_itself,
                strong_pairs,
                holds: groups.members.iter().map(|m| holds(m, passing)).collect(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Pair;
    use crate::groups::GroupScore;
    use crate::network::{Counting, Layer, LayerCounts, Scored};
    use crate::null::tail::Expected;
    use overt_model::Window;

    /// Of four tied together only 0 is told from chance; 4 and 5 both are; 6 is told by a pair, and in no group.
    fn network(pairs: &[(u32, u32)]) -> Network {
        let score = GroupScore {
            group: 0,
            hours: 5,
            expected: Expected::known(0.1),
            p: 1e-9,
            p_without_hour: 1e-8,
            p_without_source: 1e-9,
        };
        let scored = |&(i, j): &(u32, u32)| Scored {
            pair: Pair { i, j, weight: 6 },
            expected: Expected::known(0.01),
            p: 1e-12,
        };
        let layer = Layer {
            trace: 0,
            window: Window::INFINITE,
            counting: Counting::Objects,
        };
        Network {
            edges: Vec::new(),
            in_groups: Vec::new(),
            passed: 0,
            layers: vec![LayerCounts {
                layer,
                events: 0,
                accounts: 1_000,
                objects: 0,
                topics: 0,
                blocks: 0,
                pairs: 0,
            }],
            accounts: 1_000,
            family: family(1_000),
            scored: vec![pairs.iter().map(scored).collect()],
            groups: vec![Groups {
                members: vec![vec![0, 1, 2, 3], vec![4, 5]],
                scores: [0, 4, 5].map(|a| (a, score)).into(),
            }],
            baselines: Vec::new(),
            occasions: Vec::new(),
            sources: Vec::new(),
        }
    }

    #[test]
    fn who_is_alone_among_many_is_in_doubtful_company() {
        let passing: BTreeSet<u32> = [0, 4, 5, 6, 7].into();
        let good = |pairs: &[(u32, u32)], account: u32| {
            let network = network(pairs);
            Company::of(&network, &[true], &passing, 1e-6, 1e-6, 0.05).is_good(account)
        };
        assert!(!good(&[], 0));
        assert!(good(&[], 4) && good(&[], 5));
        assert!(good(&[(6, 7)], 6), "a pair is company of its own");
        assert!(!good(&[(0, 6)], 0), "one pair is not");
        assert!(good(&[(0, 6), (0, 7)], 0), "two that would pass alone are");
    }

    #[test]
    fn the_doubtful_are_counted_once_and_not_where_they_are_in_a_good_group_too() {
        let mut groups = network(&[]).groups.remove(0);
        let passing: BTreeSet<u32> = [0, 4, 5].into();
        assert_eq!(doubtful(&groups, &passing), 4);
        groups.members.push(vec![3, 4, 5]);
        groups.members.push(vec![1, 2, 9]);
        assert_eq!(doubtful(&groups, &passing), 4, "0, 1, 2 and 9");
    }
}
