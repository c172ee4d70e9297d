//! Significance over a family of tests.

use serde::{Deserialize, Serialize};

/// How p-values over the whole family become q-values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Correction {
    /// Benjamini & Hochberg 1995: false-discovery rate.
    #[default]
    BenjaminiHochberg,
    /// Benjamini & Yekutieli 2001: false-discovery rate under any dependence.
    BenjaminiYekutieli,
    /// Bonferroni: chance of any false discovery.
    Bonferroni,
}

/// q-values of the given p-values, in their order, in a family of `family` tests; those not given count as p = 1.
///
/// Leaving out tests whose p exceeds the level asked for changes no q at or below that level. A p of 1 says nothing and
/// passes at no level, however many of them are given: what was never tested may stand among them.
pub fn q_values(p: &[f64], family: f64, correction: Correction) -> Vec<f64> {
    let factor = match correction {
        Correction::BenjaminiYekutieli => family * harmonic(family),
        _ => family,
    };
    if correction == Correction::Bonferroni {
        return p.iter().map(|p| f64::min(p * factor, 1.0)).collect();
    }
    let mut order: Vec<u32> = (0..p.len() as u32).collect();
    order.retain(|&at| p[at as usize] < 1.0);
    order.sort_unstable_by(|&a, &b| p[a as usize].total_cmp(&p[b as usize]).then(a.cmp(&b)));
    let mut q = vec![1.0; p.len()];
    let mut least = 1.0f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p[at as usize] * factor / (rank as f64 + 1.0));
        q[at as usize] = least;
    }
    q
}

/// p-values adjusted after Holm 1979, in their order, in a family of `family` tests; those not given count as p = 1. Those
/// at or below a level hold no false one but with that chance, whatever depends on what.
pub fn holm(p: &[f64], family: f64) -> Vec<f64> {
    let mut order: Vec<u32> = (0..p.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| p[a as usize].total_cmp(&p[b as usize]).then(a.cmp(&b)));
    let mut adjusted = vec![1.0; p.len()];
    let mut most = 0.0f64;
    for (rank, &at) in order.iter().enumerate() {
        let left = (family - rank as f64).max(1.0);
        most = most.max((p[at as usize] * left).min(1.0));
        adjusted[at as usize] = most;
    }
    adjusted
}

/// `Σ 1/i` for i up to n; by its asymptotic series beyond a thousand terms (error below 1e-13).
fn harmonic(n: f64) -> f64 {
    if n <= 1000.0 {
        return (1..=n as u32).map(|i| 1.0 / f64::from(i)).sum();
    }
    n.ln() + 0.577_215_664_901_532_9 + 0.5 / n - 1.0 / (12.0 * n * n)
}

/// Upper end of the two-sided 95 % Clopper–Pearson interval for `hits` of `trials`.
pub fn binomial_upper_95(hits: u64, trials: u64) -> f64 {
    use statrs::distribution::{Beta, ContinuousCDF};
    if hits >= trials {
        return 1.0;
    }
    Beta::new(hits as f64 + 1.0, (trials - hits) as f64).map_or(1.0, |b| b.inverse_cdf(0.975))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_worked_example_of_the_1995_paper() {
        // Benjamini & Hochberg 1995, section 3.2: 15 p-values, four rejected at 0.05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let q = q_values(&p, 15.0, Correction::BenjaminiHochberg);
        assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 4);
        let q = q_values(&p, 15.0, Correction::Bonferroni);
        assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 3);
    }

    #[test]
    fn what_was_not_tested_passes_at_no_level() {
        let mut p = vec![1.0; 1_000];
        p[7] = 0.004;
        for correction in [
            Correction::BenjaminiHochberg,
            Correction::BenjaminiYekutieli,
        ] {
            let q = q_values(&p, 10.0, correction);
            assert!(q[7] >= 0.04 && q[7] < 0.2, "{}", q[7]);
            assert!(q.iter().enumerate().all(|(at, q)| at == 7 || *q == 1.0));
        }
    }

    #[test]
    fn an_upper_limit_for_nothing_seen() {
        assert!((binomial_upper_95(0, 20) - 0.168_433).abs() < 1e-5);
        assert!((binomial_upper_95(20, 20) - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn leaving_out_large_p_changes_no_small_q(p in prop::collection::vec(0.0f64..1.0, 1..60)) {
            let p: Vec<f64> = p.iter().map(|p| p.powi(6)).collect();
            let all = q_values(&p, 100.0, Correction::BenjaminiHochberg);
            let small: Vec<f64> = p.iter().copied().filter(|p| *p <= 0.05).collect();
            let few = q_values(&small, 100.0, Correction::BenjaminiHochberg);
            let mut few = few.into_iter();
            for (p, q) in p.iter().zip(&all).filter(|(p, _)| **p <= 0.05) {
                let other = few.next().expect("as many as are small");
                prop_assert!(*q > 0.05 || (q - other).abs() < 1e-12, "p {} q {} {}", p, q, other);
            }
        }

        #[test]
        fn stricter_corrections_never_accept_more(p in prop::collection::vec(0.0f64..1.0, 1..40)) {
            let [bh, by, bf] = [Correction::BenjaminiHochberg, Correction::BenjaminiYekutieli, Correction::Bonferroni]
                .map(|c| q_values(&p, 60.0, c));
            for i in 0..p.len() {
                prop_assert!(bh[i] <= by[i] && bh[i] <= bf[i] && bh[i] >= p[i].min(1.0) - 1e-12);
            }
        }
    }

    #[test]
    fn holm_asks_less_of_each_that_passed_before() {
        let adjusted = holm(&[0.02, 0.001, 0.02, 0.5], 10.0);
        let expected = [0.18, 0.01, 0.18, 1.0];
        for (a, e) in adjusted.iter().zip(expected) {
            assert!((a - e).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(holm(&[], 3.0), Vec::<f64>::new());
    }
}
