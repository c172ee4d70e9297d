//! When something was going on: stretches of time, as Gephi's timeline takes them.

/// Stretches of one node or edge at most.
const MOST: usize = 60;
/// Stretches nearer than this are one, in milliseconds.
const NEAR: i64 = 3_600_000;

/// A stretch of time, its ends within it, in milliseconds.
pub type Spell = (i64, i64);

/// Joins stretches that overlap or lie near each other; where many are left, those that lie nearest.
pub(super) fn joined(mut spells: Vec<Spell>) -> Vec<Spell> {
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
        if out.len() <= MOST {
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
        let out = joined(spells);
        assert!(out.len() <= MOST && out[0].0 == 0 && out[out.len() - 1].1 == 9_990 * NEAR + 5);
        assert_eq!(joined(vec![(5, 6), (0, 2)]), [(0, 6)]);
        assert_eq!(joined(Vec::new()), []);
    }
}
