//! From ties to hands: which tied pairs stand together, keep together in time, and do so without any one carrier.
//!
//! Pairs that meet more often than chance explains hang together by carriers in common. A community of interest hangs together
//! so too, and a channel with its readers. What they do not have is one lag: `lags` asks that of a whole group,
//! whose making looked at who and never at when. And a reader with alerts shares what one channel posts within seconds, for
//! years; an outlet's two accounts do too. So a group is *the same hands* only if two of its pairs have no carrier in common,
//! and its lags still lie together without any one of its carriers.

use std::collections::{BTreeMap, BTreeSet};

use super::lags::{Stretch, Usual};
use super::legs::{Leg, Legs, Route, Tie, by_route};
use crate::chance::pass;

/// Carriers that are left out one by one, on each platform: those with most legs that lie together.
const LEFT_OUT: usize = 8;
/// The level at which lags lie together.
const LEVEL: f64 = 0.05;
/// The level at which they lie in the same stretch without one carrier: lower, because all of them chose the stretch.
const WITHOUT: f64 = 0.003;

/// What a group that keeps together in time amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same hands on both platforms, none of them in all of it.
    SameHands,
    /// One carrier explains it: who follows looks the same.
    OneCarrier,
}

/// Tied pairs that hang together on one route and keep together in time.
#[derive(Clone, Debug)]
pub struct Group {
    /// From which platform to which.
    pub route: Route,
    /// What they amount to.
    pub verdict: Verdict,
    /// Who hands on, and who takes.
    pub hands: [BTreeSet<u32>; 2],
    /// Things that went this way, by their place among all.
    pub objects: BTreeSet<u32>,
    /// The median lag, in seconds.
    pub lag: i64,
    /// The chance that so many lags lie together.
    pub p_when: f64,
    /// Have two of its pairs no carrier in common?
    is_apart: bool,
}

/// Groups whose lags lie together, the same hands first, then by things carried.
#[must_use]
pub fn groups(legs: &Legs) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut ties: BTreeMap<Route, Vec<&Tie>> = BTreeMap::new();
    for tie in &legs.ties {
        ties.entry(tie.route).or_default().push(tie);
    }
    for (route, all) in by_route(&legs.all) {
        let Some(ties) = ties.remove(&route) else {
            continue;
        };
        groups.extend(of_route(route, ties, &all));
    }
    // Two families: an outlet's own pair, of which there are many, must not lower the bar for groups without one carrier.
    let (several, around_one) = groups.into_iter().partition(|group| group.is_apart);
    let mut groups = passing(several);
    groups.extend(passing(around_one));
    groups.sort_by_key(|g| (g.verdict, std::cmp::Reverse(g.objects.len()), g.route));
    groups
}

fn passing(groups: Vec<Group>) -> Vec<Group> {
    let p: Vec<f64> = groups.iter().map(|group| group.p_when).collect();
    let passed = pass(&p, p.len() as f64);
    let groups = groups.into_iter().zip(passed);
    groups
        .filter_map(|(group, passed)| passed.then_some(group))
        .collect()
}

fn of_route(route: Route, ties: Vec<&Tie>, all: &[&Leg]) -> Vec<Group> {
    // Without one that stands, nothing shows that they meet more often than chance explains.
    let mut groups = connected(ties);
    groups.retain(|ties| ties.iter().any(|tie| tie.stands));
    // Between the carriers of a group every leg is the group's, though that pair alone may meet by chance.
    let mut of = [BTreeMap::new(), BTreeMap::new()];
    for (at, ties) in groups.iter().enumerate() {
        for tie in ties {
            of[0].insert(tie.hands.0, at);
            of[1].insert(tie.hands.1, at);
        }
    }
    let mut within: Vec<Vec<&Leg>> = vec![Vec::new(); groups.len()];
    let mut others = Vec::new();
    for &leg in all {
        match (of[0].get(&leg.hands.0), of[1].get(&leg.hands.1)) {
            (Some(giver), Some(taker)) if giver == taker => within[*giver].push(leg),
            _ => others.push(leg),
        }
    }
    let Some(usual) = Usual::of(&others) else {
        return Vec::new();
    };
    (groups.iter().zip(&within))
        .map(|(ties, legs)| group(route, ties, legs, &usual))
        .collect()
}

fn group(route: Route, ties: &[&Tie], legs: &[&Leg], usual: &Usual) -> Group {
    let of = |side: fn(&(u32, u32)) -> u32| ties.iter().map(|tie| side(&tie.hands)).collect();
    let (p_when, stretch) = usual.together(legs);
    let lying: Vec<&Leg> = legs
        .iter()
        .copied()
        .filter(|leg| usual.lies(leg, stretch))
        .collect();
    let is_apart = has_two_apart(ties);
    let same = is_apart && p_when <= LEVEL && holds_without_any(legs, &lying, stretch, usual);
    let mut lags: Vec<i64> = legs.iter().map(|leg| leg.lag).collect();
    lags.sort_unstable();
    Group {
        route,
        verdict: if same {
            Verdict::SameHands
        } else {
            Verdict::OneCarrier
        },
        hands: [of(|hands| hands.0), of(|hands| hands.1)],
        objects: legs.iter().map(|leg| leg.object).collect(),
        lag: lags.get(lags.len() / 2).copied().unwrap_or(0),
        p_when,
        is_apart,
    }
}

/// Do the lags lie together still, whichever carrier is left out?
fn holds_without_any(legs: &[&Leg], lying: &[&Leg], stretch: Stretch, usual: &Usual) -> bool {
    let sides: [fn(&Leg) -> u32; 2] = [|leg| leg.hands.0, |leg| leg.hands.1];
    sides.into_iter().all(|side| {
        most(lying, side).into_iter().all(|carrier| {
            let without: Vec<&Leg> = legs
                .iter()
                .copied()
                .filter(|leg| side(leg) != carrier)
                .collect();
            usual.tail(&without, stretch) <= WITHOUT
        })
    })
}

/// The carriers with most of these legs.
fn most(legs: &[&Leg], side: fn(&Leg) -> u32) -> Vec<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for leg in legs {
        *counts.entry(side(leg)).or_default() += 1;
    }
    let mut carriers: Vec<(u32, usize)> = counts.into_iter().collect();
    carriers.sort_by_key(|(carrier, legs)| (std::cmp::Reverse(*legs), *carrier));
    carriers
        .into_iter()
        .take(LEFT_OUT)
        .map(|(carrier, _)| carrier)
        .collect()
}

/// Two ties without a carrier in common?
fn has_two_apart(ties: &[&Tie]) -> bool {
    // In a bipartite graph that is connected, all edges share one node unless two are apart.
    let shared = |side: fn(&(u32, u32)) -> u32| {
        ties.iter()
            .all(|tie| side(&tie.hands) == side(&ties[0].hands))
    };
    !shared(|hands| hands.0) && !shared(|hands| hands.1)
}

/// Ties joined by carriers in common.
fn connected(ties: Vec<&Tie>) -> Vec<Vec<&Tie>> {
    let mut parents: Vec<usize> = (0..ties.len()).collect();
    let mut seen: BTreeMap<(bool, u32), usize> = BTreeMap::new();
    for (at, tie) in ties.iter().enumerate() {
        for carrier in [(false, tie.hands.0), (true, tie.hands.1)] {
            let other = *seen.entry(carrier).or_insert(at);
            let [a, b] = [root(&mut parents, at), root(&mut parents, other)];
            parents[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Tie>> = BTreeMap::new();
    for (at, tie) in ties.into_iter().enumerate() {
        groups.entry(root(&mut parents, at)).or_default().push(tie);
    }
    groups.into_values().collect()
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs that each passed on twelve things after so many seconds, among 400 legs of strangers with any lag.
    fn verdicts(pairs: &[(u32, u32)], lag: impl Fn(i64) -> i64) -> Vec<Verdict> {
        let leg = |hands, lag| Leg {
            route: (0, 1),
            object: 0,
            hands,
            lag,
            day: lag % 30,
            tier: 1,
            site: None,
        };
        let strangers = (0..400_u32).map(|n| leg((1_000 + n, 2_000 + n), 60 + 97 * i64::from(n)));
        let tied = pairs
            .iter()
            .flat_map(|&hands| (0..12).map(move |n| (hands, n)));
        let tie = |&hands: &(u32, u32)| Tie {
            route: (0, 1),
            hands,
            objects: Vec::new(),
            expected: 0.1,
            p_who: 1e-9,
            stands: true,
            joins: true,
        };
        let legs = Legs {
            all: strangers
                .chain(tied.map(|(hands, n)| leg(hands, lag(n))))
                .collect(),
            ties: pairs.iter().map(tie).collect(),
            ..Legs::default()
        };
        groups(&legs).iter().map(|g| g.verdict).collect()
    }

    fn together(n: i64) -> i64 {
        9_000 + 40 * n
    }

    #[test]
    fn readers_of_one_channel_are_one_carrier() {
        let one = [Verdict::OneCarrier];
        assert_eq!(verdicts(&[(1, 11), (1, 12), (1, 13)], together), one);
        assert_eq!(verdicts(&[(1, 11), (2, 11)], together), one);
    }

    #[test]
    fn two_readers_of_two_channels_are_no_group() {
        assert_eq!(
            verdicts(&[(1, 11), (2, 12)], together),
            [Verdict::OneCarrier; 2]
        );
    }

    #[test]
    fn two_channels_and_two_accounts_that_cross_are_the_same_hands() {
        assert_eq!(
            verdicts(&[(1, 11), (1, 12), (2, 12)], together),
            [Verdict::SameHands]
        );
    }

    #[test]
    fn whose_lags_are_anything_shares_an_interest() {
        assert_eq!(
            verdicts(&[(1, 11), (1, 12), (2, 12)], |n| 3_000 * n + 100),
            []
        );
    }

    /// One pair of these has alerts; the others are as anybody.
    #[test]
    fn one_reader_with_alerts_does_not_carry_a_group() {
        let pairs = [(1, 11), (1, 12), (2, 12)];
        let leg = |n: i64| if n < 12 { 100 } else { 60 + 2_711 * n % 38_000 };
        let at = std::cell::Cell::new(-1);
        let found = verdicts(&pairs, |_| {
            at.set(at.get() + 1);
            leg(at.get())
        });
        assert!(!found.contains(&Verdict::SameHands), "{found:?}");
    }
}
