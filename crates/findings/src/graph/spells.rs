//! When something was going on: stretches of time, as Gephi's timeline takes them.

/// Stretches of one node or edge at most.
pub(super) const MOST: usize = 60;
/// Stretches of all edges at most: a file that Gephi opens in a moment.
const OF_ALL: usize = 200_000;
/// Stretches nearer than this are one, in milliseconds.
const NEAR: i64 = 3_600_000;

/// A stretch of time, its ends within it, in milliseconds.
pub type Spell = (i64, i64);

/// Stretches that each of so many edges may have.
pub(super) fn most_of_each(links: usize) -> usize {
    (OF_ALL / links.max(1)).clamp(1, MOST)
}

/// Joins stretches that overlap or lie near each other; where more than `most` are left, those that lie nearest.
pub(super) fn joined(mut spells: Vec<Spell>, most: usize) -> Vec<Spell> {
    spells.sort_unstable();
    let mut near = NEAR;
    loop {
        let mut out: Vec<Spell> = Vec::new();
        for &(from, to) in &spells {
            match out.last_mut() {
                Some(last) if from.saturating_sub(last.1) <= near => last.1 = last.1.max(to),
                _ => out.push((from, to)),
            }
        }
        if out.len() <= most {
            return out;
        }
        near = near.saturating_mul(4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_few_and_cover_what_was_there() {
        let spells: Vec<Spell> = (0..1_000)
            .map(|n| (n * 10 * NEAR, n * 10 * NEAR + 5))
            .collect();
        let out = joined(spells, MOST);
        assert!(out.len() <= MOST && out[0].0 == 0 && out[out.len() - 1].1 == 9_990 * NEAR + 5);
        assert_eq!(
            joined(vec![(0, 1), (i64::MAX, i64::MAX)], 1),
            [(0, i64::MAX)]
        );
        assert_eq!(most_of_each(100_000), 2);
        assert_eq!(joined(vec![(5, 6), (0, 2)], 2), [(0, 6)]);
        assert_eq!(joined(Vec::new(), 1), []);
    }
}
