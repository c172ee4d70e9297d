//! What a block is beyond its tier: the factor by which its pairs meet more or less often, and how well it is known.

use super::census::Census;
use super::share::Shares;

/// Weight of no variance between blocks beyond what objects explain, and of one.
const PRIOR: f64 = 4.0;
/// Least and greatest shape of the prior of a factor.
const SHAPE: (f64, f64) = (0.5, 4.0);

/// A Gamma variable: the factor of a block, by its mean and shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Factor {
    pub(crate) mean: f64,
    pub(crate) shape: f64,
}

/// The factors of all blocks, and the shape of their prior.
pub(super) fn factors(census: &Census<'_>, shares: &Shares, blocks: usize) -> (Vec<Factor>, f64) {
    let each: Vec<(usize, usize, f64, f64)> = census
        .objects
        .iter()
        .map(|o| {
            let expected = o.expected(&shares.cells[o.tier as usize]);
            (o.block as usize, o.tier as usize, o.near, expected)
        })
        .collect();
    let dispersion = dispersion(&each, census.tiers.len());
    let mut sums = vec![Sums::default(); blocks];
    for (block, tier, near, expected) in each {
        let s = &mut sums[block];
        s.dispersion = dispersion[tier];
        s.near += near;
        s.expected += expected;
        s.residues += (near - expected).powi(2);
        s.squares += expected.powi(2);
    }
    let shape = prior_shape(&sums);
    let factor = |s: &Sums| {
        let (near, expected) = (s.near / s.dispersion, s.expected / s.dispersion);
        Factor {
            mean: (shape + near) / (shape + expected),
            shape: shape + near,
        }
    };
    (sums.iter().map(factor).collect(), shape)
}

/// Sums over the objects of a block.
#[derive(Clone)]
struct Sums {
    dispersion: f64,
    near: f64,
    expected: f64,
    residues: f64,
    squares: f64,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            dispersion: 1.0,
            near: 0.0,
            expected: 0.0,
            residues: 0.0,
            squares: 0.0,
        }
    }
}

/// How much more meetings vary from object to object than by chance, by tier; at least 1.
fn dispersion(each: &[(usize, usize, f64, f64)], tiers: usize) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); tiers];
    for &(_, tier, near, expected) in each {
        sums[tier].0 += (near - expected).powi(2);
        sums[tier].1 += expected;
    }
    let ratio = |(residues, expected): (f64, f64)| {
        if expected > 0.0 {
            (residues / expected).max(1.0)
        } else {
            1.0
        }
    };
    sums.into_iter().map(ratio).collect()
}

/// The shape of the prior: one over the variance between blocks, by moments, objects' own variance taken off.
fn prior_shape(sums: &[Sums]) -> f64 {
    let (mut over, mut under) = (PRIOR, PRIOR);
    for s in sums.iter().filter(|s| s.expected > 0.0) {
        let weight = 1.0 / (s.expected * s.dispersion);
        over += weight * ((s.near - s.expected).powi(2) - s.residues);
        under += weight * (s.expected.powi(2) - s.squares);
    }
    let variance = over / under;
    if variance > 0.0 {
        (1.0 / variance).clamp(SHAPE.0, SHAPE.1)
    } else {
        SHAPE.1
    }
}
