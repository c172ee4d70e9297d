//! How well two ways of grouping the same accounts agree.

use std::collections::BTreeMap;

use statrs::function::gamma::ln_gamma;

/// Adjusted mutual information (Vinh, Epps & Bailey 2010) with the arithmetic mean of entropies: 1 for equal groupings,
/// about 0 for independent ones. NaN-free: two trivial groupings agree fully.
///
/// # Panics
/// When there is not one label each.
pub fn adjusted_mutual_information(a: &[u32], b: &[u32]) -> f64 {
    assert_eq!(a.len(), b.len(), "one label each");
    let n = a.len() as f64;
    let mut table: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let (mut rows, mut cols): (BTreeMap<u32, f64>, BTreeMap<u32, f64>) = Default::default();
    for (&x, &y) in a.iter().zip(b) {
        *table.entry((x, y)).or_default() += 1.0;
        *rows.entry(x).or_default() += 1.0;
        *cols.entry(y).or_default() += 1.0;
    }
    if rows.len() == cols.len() && (rows.len() <= 1 || rows.len() == a.len()) {
        return 1.0;
    }
    let mutual: f64 = table
        .iter()
        .map(|((x, y), m)| m / n * (n * m / (rows[x] * cols[y])).ln())
        .sum();
    let entropy =
        |sizes: &BTreeMap<u32, f64>| -> f64 { sizes.values().map(|s| -s / n * (s / n).ln()).sum() };
    let expected = expected_mutual(&rows, &cols, n);
    let mean = f64::midpoint(entropy(&rows), entropy(&cols));
    (mutual - expected) / (mean - expected)
}

/// Mutual information expected of groupings with these sizes drawn at random (equation 24a of the paper).
fn expected_mutual(rows: &BTreeMap<u32, f64>, cols: &BTreeMap<u32, f64>, n: f64) -> f64 {
    let ln_factorial = |x: f64| ln_gamma(x + 1.0);
    let mut sum = 0.0;
    for &a in rows.values() {
        for &b in cols.values() {
            let mut m = (a + b - n).max(1.0);
            while m <= a.min(b) {
                let term = m / n * (n * m / (a * b)).ln();
                let weight =
                    ln_factorial(a) + ln_factorial(b) + ln_factorial(n - a) + ln_factorial(n - b)
                        - ln_factorial(n)
                        - ln_factorial(m)
                        - ln_factorial(a - m)
                        - ln_factorial(b - m)
                        - ln_factorial(n - a - b + m);
                sum += term * weight.exp();
                m += 1.0;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::adjusted_mutual_information as ami;

    #[test]
    fn it_is_what_scikit_learn_computes() {
        // sklearn.metrics.adjusted_mutual_info_score, version 1.5.
        assert!((ami(&[0, 0, 1, 1], &[0, 0, 1, 1]) - 1.0).abs() < 1e-12);
        assert!((ami(&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 2, 2]) - 0.298_792_458_171).abs() < 1e-9);
        assert!(ami(&[0, 0, 1, 1], &[0, 1, 0, 1]) < 0.0);
    }
}
