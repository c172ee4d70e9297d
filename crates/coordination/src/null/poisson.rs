//! Upper tails.

use statrs::function::gamma::checked_gamma_lr;

/// `P(X ≥ k)` for a Poisson variable of mean `lambda`.
///
/// It is the regularised lower incomplete gamma function `P(k, λ)` (DLMF 8.4.10). For `k ≥ λ + 1` it bounds the tail
/// of any sum of independent Bernoulli variables of the same mean from above (Anderson & Samuels 1967).
pub fn upper_tail(k: u32, lambda: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if lambda <= 0.0 {
        return 0.0;
    }
    checked_gamma_lr(f64::from(k), lambda)
        .unwrap_or(1.0)
        .clamp(0.0, 1.0)
}

/// `P(X ≥ k)` for a sum of independent Bernoulli variables, exactly, by convolution with `k` as an absorbing state.
pub fn poisson_binomial_tail(k: u32, chances: impl IntoIterator<Item = f64>) -> f64 {
    if k == 0 {
        return 1.0;
    }
    let mut below = vec![0.0; k as usize];
    below[0] = 1.0;
    let mut reached = 0.0;
    // A chance that was estimated can lie a little outside.
    for c in chances.into_iter().map(|c| c.clamp(0.0, 1.0)) {
        reached += below[k as usize - 1] * c;
        for s in (1..k as usize).rev() {
            below[s] = below[s - 1] * c + below[s] * (1.0 - c);
        }
        below[0] *= 1.0 - c;
    }
    reached.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_one_minus_the_sum_of_what_lies_below() {
        for lambda in [0.01, 0.5, 3.0, 20.0] {
            let mut term = f64::exp(-lambda);
            let mut below = 0.0;
            for k in 0..10u32 {
                assert!(
                    (upper_tail(k, lambda) - (1.0 - below)).abs() < 1e-12,
                    "k {k}, λ {lambda}"
                );
                below += term;
                term *= lambda / f64::from(k + 1);
            }
        }
    }

    #[test]
    fn far_tails_keep_their_relative_precision() {
        // For tiny λ the tail is λ^k / k! · (1 − λ k/(k+1) + …).
        let (k, lambda) = (12u32, 1e-20);
        let exact = 12.0 * f64::ln(lambda) - (1..=12).map(|n| f64::ln(f64::from(n))).sum::<f64>();
        assert!((upper_tail(k, lambda).ln() - exact).abs() < 1e-9 * exact.abs());
        assert!(upper_tail(3, 0.0) == 0.0 && upper_tail(0, 0.0) == 1.0);
    }

    #[test]
    fn equal_chances_give_the_binomial() {
        let tail = poisson_binomial_tail(2, [0.5; 3]);
        assert!((tail - 0.5).abs() < 1e-15);
        assert!((poisson_binomial_tail(1, [0.0, 1.0]) - 1.0).abs() < 1e-15);
        assert!(poisson_binomial_tail(2, [0.3]) == 0.0);
        for estimated in [[-0.2, 0.9], [1.4, -0.1], [-0.5, -0.5], [3.0, 2.0]] {
            let tail = poisson_binomial_tail(1, estimated);
            assert!((0.0..=1.0).contains(&tail), "{estimated:?} give {tail}");
        }
    }
}
