//! Candidate groups, found liberally: they only propose.

use overt_model::Window;

use crate::components::Forest;
use crate::events::Events;
use crate::leiden::{Graph, Leiden};
use crate::network::Scored;
use crate::null::synchrony::common;

/// Largest p of a pair that can be a tie.
const LIBERAL: f64 = 1e-3;
/// Milliseconds that part occasions.
const OCCASION: i64 = 3_600_000;
/// Iterations of Leiden on ties, which are few.
const ITERATIONS: u32 = 4;

/// A tie between two accounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tie {
    pub(super) i: u32,
    pub(super) j: u32,
    /// Whether it stands by itself, or only in a triangle of ties.
    pub(super) strong: bool,
}

/// A group as it was first found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// In order.
    pub(super) members: Vec<u32>,
    /// Among its members.
    pub(super) ties: Vec<Tie>,
}

impl Candidate {
    /// Whether anything is left of it when one of its members is left out: of two or three it is where a tie stands by
    /// itself.
    pub(super) fn lasts(&self) -> bool {
        self.members.len() > 3 || self.ties.iter().any(|t| t.strong)
    }
}

/// Communities of the ties of a layer. Pairs at or below `strong` are ties wherever they stand.
pub(super) fn find(
    events: &Events,
    window: Window,
    scored: &[Scored],
    strong: f64,
) -> Vec<Candidate> {
    let ties: Vec<Tie> = scored
        .iter()
        .filter(|s| s.p <= LIBERAL && recurs(events, window, s.pair.i, s.pair.j))
        .map(|s| Tie {
            i: s.pair.i,
            j: s.pair.j,
            strong: s.p <= strong,
        })
        .collect();
    let ties = in_triangles(ties);
    let all = ties.len() as f64;
    components(&ties)
        .into_iter()
        .flat_map(|component| {
            let resolution = component.ties.len() as f64 / all;
            communities(&component, resolution)
        })
        .filter(|candidate| candidate.members.len() >= 2)
        .collect()
}

/// Whether two accounts were in step on two occasions.
fn recurs(events: &Events, window: Window, i: u32, j: u32) -> bool {
    let mut span: Option<(i64, i64)> = None;
    for (e, f) in common(events, i, j) {
        let (t, u) = (events.time(e), events.time(f));
        if (t - u).abs() <= window.bound() {
            let (first, last) = span.unwrap_or((t, t));
            span = Some((first.min(t), last.max(t)));
        }
    }
    span.is_some_and(|(first, last)| last - first >= OCCASION)
}

/// The ties that are strong or in a triangle of ties that are left.
pub(super) fn in_triangles(mut ties: Vec<Tie>) -> Vec<Tie> {
    loop {
        let beside = neighbours(&ties);
        let of = |a: u32| -> &[u32] {
            beside
                .binary_search_by_key(&a, |(b, _)| *b)
                .map_or(&[], |at| &beside[at].1)
        };
        let before = ties.len();
        let kept = ties
            .iter()
            .filter(|t| t.strong || meet(of(t.i), of(t.j)))
            .copied()
            .collect();
        ties = kept;
        if ties.len() == before {
            return ties;
        }
    }
}

/// Every account with its neighbours, both in order.
fn neighbours(ties: &[Tie]) -> Vec<(u32, Vec<u32>)> {
    let mut ends: Vec<(u32, u32)> = ties.iter().flat_map(|t| [(t.i, t.j), (t.j, t.i)]).collect();
    ends.sort_unstable();
    ends.chunk_by(|a, b| a.0 == b.0)
        .map(|run| (run[0].0, run.iter().map(|e| e.1).collect()))
        .collect()
}

/// Whether two ordered lists have anything in common.
fn meet(mut a: &[u32], mut b: &[u32]) -> bool {
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => a = &a[1..],
            std::cmp::Ordering::Greater => b = &b[1..],
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}

/// The connected parts of some ties, in order of their smallest member.
pub(super) fn components(ties: &[Tie]) -> Vec<Candidate> {
    let members = ends(ties);
    // Every end was put in above.
    let at = |a: u32| members.binary_search(&a).unwrap_or(0) as u32;
    let mut forest = Forest::new(members.len());
    ties.iter().for_each(|t| forest.union(at(t.i), at(t.j)));
    let of = forest.roots();
    parts(&members, &of, ties)
}

/// The communities of a connected part.
fn communities(component: &Candidate, resolution: f64) -> Vec<Candidate> {
    let members = &component.members;
    let at = |a: u32| members.binary_search(&a).unwrap_or(0) as u32;
    let ties = component.ties.iter().map(|t| (at(t.i), at(t.j)));
    let graph = Graph::unweighted(members.len(), ties, vec![0.0; members.len()]);
    let part = Leiden {
        resolution,
        iterations: ITERATIONS,
        seed: 0,
    };
    parts(members, &part.run(&graph), &component.ties)
}

/// Members and ties by part.
fn parts(members: &[u32], part: &[u32], ties: &[Tie]) -> Vec<Candidate> {
    let of = |a: u32| part[members.binary_search(&a).unwrap_or(0)] as usize;
    let none = Candidate {
        members: Vec::new(),
        ties: Vec::new(),
    };
    let mut parts = vec![none; part.iter().max().map_or(0, |p| *p as usize + 1)];
    members.iter().for_each(|&a| parts[of(a)].members.push(a));
    for &tie in ties.iter().filter(|t| of(t.i) == of(t.j)) {
        parts[of(tie.i)].ties.push(tie);
    }
    parts.retain(|p| !p.members.is_empty());
    parts
}

fn ends(ties: &[Tie]) -> Vec<u32> {
    let mut ends: Vec<u32> = ties.iter().flat_map(|t| [t.i, t.j]).collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(i: u32, j: u32, strong: bool) -> Tie {
        Tie { i, j, strong }
    }

    #[test]
    fn a_tie_stands_by_itself_or_in_a_triangle() {
        // A triangle, a chain that hangs on it, and a strong tie elsewhere.
        let ties = vec![
            tie(0, 1, false),
            tie(0, 2, false),
            tie(1, 2, false),
            tie(2, 3, false),
            tie(3, 4, false),
            tie(7, 8, true),
        ];
        let left = in_triangles(ties);
        assert_eq!(left.len(), 4);
        let parts = components(&left);
        let members: Vec<_> = parts.iter().map(|p| p.members.clone()).collect();
        assert_eq!(members, [vec![0, 1, 2], vec![7, 8]]);
        assert_eq!(parts[0].ties.len(), 3);
    }

    #[test]
    fn of_three_nothing_is_left_without_one_unless_a_tie_stands_by_itself() {
        let lasts = |ties: Vec<Tie>| components(&ties).iter().all(Candidate::lasts);
        let triangle = |strong| vec![tie(0, 1, strong), tie(0, 2, false), tie(1, 2, false)];
        assert!(!lasts(triangle(false)));
        assert!(lasts(triangle(true)));
        let four = [triangle(false), vec![tie(1, 3, false), tie(2, 3, false)]];
        assert!(lasts(four.concat()));
    }
}
