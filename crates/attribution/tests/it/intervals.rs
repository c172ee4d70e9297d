//! Posterior intervals beside every vertex of the priors' polytope and of the ratios' boxes, and beside random draws.

use overt_attribution::{Interval, PriorError, Priors, Ratio, posterior};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn interval(low: f64, high: f64) -> Interval {
    Interval::new(low.min(high), low.max(high)).unwrap()
}

fn ratio(low: f64, high: f64) -> Ratio {
    Ratio::new(low.min(high), low.max(high)).unwrap()
}

/// Priors around a point of the simplex, so that some choice adds up to one, and groups of ratios.
fn questions() -> impl Strategy<Value = (Vec<Interval>, Vec<Vec<Ratio>>)> {
    (2..6_usize).prop_flat_map(|count| {
        let point = prop::collection::vec(0.02..1.0_f64, count);
        let widths = prop::collection::vec((0.0..0.4_f64, 0.0..0.4_f64), count);
        let priors = (point, widths).prop_map(|(point, widths)| {
            let sum: f64 = point.iter().sum();
            let at = point.iter().map(|p| p / sum);
            at.zip(widths)
                .map(|(p, (below, above))| interval((p - below).max(0.0), (p + above).min(1.0)))
                .collect::<Vec<_>>()
        });
        let exponent = -2.0..2.0_f64;
        let one =
            (exponent.clone(), exponent).prop_map(|(a, b)| ratio(10_f64.powf(a), 10_f64.powf(b)));
        let groups = prop::collection::vec(prop::collection::vec(one, count), 0..4);
        (priors, groups)
    })
}

/// Products of the ends of the ratios of each hypothesis.
fn products(count: usize, groups: &[Vec<Ratio>]) -> Vec<(f64, f64)> {
    let product = |i: usize, end: fn(Ratio) -> f64| groups.iter().map(|g| end(g[i])).product();
    (0..count)
        .map(|i| (product(i, Ratio::low), product(i, Ratio::high)))
        .collect()
}

/// The vertices of the polytope: all coordinates but one at an end of their range.
fn vertices(priors: &[Interval]) -> Vec<Vec<f64>> {
    let count = priors.len();
    let mut found = Vec::new();
    for free in 0..count {
        for ends in 0..1_u32 << count {
            let mut point: Vec<f64> = (0..count)
                .map(|i| {
                    if ends >> i & 1 == 0 {
                        priors[i].low()
                    } else {
                        priors[i].high()
                    }
                })
                .collect();
            point[free] = 0.0;
            point[free] = 1.0 - point.iter().sum::<f64>();
            let range = priors[free];
            if (range.low() - 1e-12..=range.high() + 1e-12).contains(&point[free]) {
                found.push(point);
            }
        }
    }
    found
}

fn of(point: &[f64], products: &[f64], i: usize) -> f64 {
    let sum: f64 = point.iter().zip(products).map(|(p, l)| p * l).sum();
    point[i] * products[i] / sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn equal_to_every_vertex((given, groups) in questions()) {
        let priors = Priors::new(&given).unwrap();
        let found = posterior(&priors, &groups);
        let products = products(given.len(), &groups);
        for (i, found) in found.iter().enumerate() {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for point in vertices(&given) {
                for ends in 0..1_u32 << given.len() {
                    let at: Vec<f64> = products.iter().enumerate()
                        .map(|(j, (low, high))| if ends >> j & 1 == 0 { *low } else { *high })
                        .collect();
                    let one = of(&point, &at, i);
                    least = least.min(one);
                    most = most.max(one);
                }
            }
            prop_assert!((found.low() - least).abs() < 1e-9, "{} {least}", found.low());
            prop_assert!((found.high() - most).abs() < 1e-9, "{} {most}", found.high());
        }
    }

    #[test]
    fn every_draw_is_inside((given, groups) in questions(), seed in any::<u64>()) {
        let found = posterior(&Priors::new(&given).unwrap(), &groups);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let corners = vertices(&given);
        for _ in 0..200 {
            // A random mixture of vertices is a random point of the polytope.
            let shares: Vec<f64> = corners.iter().map(|_| random.random::<f64>().powi(4)).collect();
            let sum: f64 = shares.iter().sum();
            let point: Vec<f64> = (0..given.len())
                .map(|i| corners.iter().zip(&shares).map(|(c, s)| c[i] * s / sum).sum())
                .collect();
            let at: Vec<f64> = (0..given.len())
                .map(|i| groups.iter().map(|g| random.random_range(g[i].low()..=g[i].high())).product())
                .collect();
            for (i, interval) in found.iter().enumerate() {
                let one = of(&point, &at, i);
                prop_assert!(interval.low() - 1e-9 <= one && one <= interval.high() + 1e-9);
            }
        }
    }

    /// The ends can be completed to probabilities that add up to one.
    #[test]
    fn coherent((given, groups) in questions()) {
        let found = posterior(&Priors::new(&given).unwrap(), &groups);
        for (i, own) in found.iter().enumerate() {
            let others = || found.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, o)| o);
            let low: f64 = others().map(|o| o.low()).sum();
            let high: f64 = others().map(|o| o.high()).sum();
            prop_assert!(own.low() + high >= 1.0 - 1e-9);
            prop_assert!(own.high() + low <= 1.0 + 1e-9);
        }
    }

    #[test]
    fn wider_ranges_never_give_a_narrower_result(
        (given, groups) in questions(),
        which in any::<prop::sample::Index>(),
        factor in 1.0..5.0_f64,
        more in 0.0..0.3_f64,
    ) {
        let before = posterior(&Priors::new(&given).unwrap(), &groups);
        let mut wider = groups.clone();
        if !wider.is_empty() {
            let group = which.index(wider.len());
            let one = which.index(given.len());
            let old = wider[group][one];
            wider[group][one] = ratio(old.low() / factor, old.high() * factor);
        }
        let mut prior = given.clone();
        let one = which.index(given.len());
        prior[one] = interval((given[one].low() - more).max(0.0), (given[one].high() + more).min(1.0));
        let after = posterior(&Priors::new(&prior).unwrap(), &wider);
        for (a, b) in before.iter().zip(&after) {
            prop_assert!(b.low() <= a.low() + 1e-12 && b.high() >= a.high() - 1e-12);
        }
    }
}

#[test]
fn hundreds_of_strong_items_do_not_overflow() {
    let priors = Priors::new(&[interval(0.5, 0.9), interval(0.1, 0.5)]).unwrap();
    let strong = vec![Ratio::NEUTRAL, ratio(1e5, 1e6)];
    let found = posterior(&priors, &vec![strong; 500]);
    assert_eq!((found[1].low(), found[1].high()), (1.0, 1.0));
    let against = vec![Ratio::NEUTRAL, ratio(1e-6, 1e-5)];
    let found = posterior(&priors, &vec![against; 500]);
    assert_eq!((found[1].low(), found[1].high()), (0.0, 0.0));
}

#[test]
fn without_evidence_the_prior_stays_and_what_cannot_be_is_cut_off() {
    let given = [interval(0.6, 0.9), interval(0.0, 1.0)];
    let priors = Priors::new(&given).unwrap();
    let found = posterior(&priors, &[]);
    assert!((found[1].low() - 0.1).abs() < 1e-12 && (found[1].high() - 0.4).abs() < 1e-12);
}

#[test]
fn priors_that_cannot_be_are_refused() {
    let no_sum = Priors::new(&[interval(0.6, 0.7), interval(0.6, 0.7)]);
    assert!(matches!(no_sum, Err(PriorError::NoSum { .. })));
    let no_sum = Priors::new(&[interval(0.1, 0.2), interval(0.1, 0.2)]);
    assert!(matches!(no_sum, Err(PriorError::NoSum { .. })));
    let impossible = Priors::new(&[interval(0.5, 1.0), interval(0.0, 0.0)]);
    assert_eq!(impossible, Err(PriorError::Impossible(1)));
    assert_eq!(Priors::new(&[interval(1.0, 1.0)]), Err(PriorError::TooFew));
}
