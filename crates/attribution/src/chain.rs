//! Chains: account → operator → person → company → organ → state, graded link by link.

use crate::range::Interval;

/// How likely it is that every link holds, whatever depends on whatever: the Fréchet bounds
/// \[max(0, Σ lower − (n − 1)), min upper\]. Without links, certain.
pub fn chain(links: &[Interval]) -> Interval {
    let low: f64 = links.iter().map(|l| l.low()).sum();
    let missing = links.len().saturating_sub(1) as f64;
    let high = links.iter().map(|l| l.high()).fold(1.0, f64::min);
    if links.is_empty() {
        return Interval::computed(1.0, 1.0);
    }
    Interval::computed((low - missing).max(0.0), high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(links: &[(f64, f64)]) -> Interval {
        let links: Vec<Interval> = links
            .iter()
            .map(|(l, h)| Interval::new(*l, *h).unwrap())
            .collect();
        chain(&links)
    }

    #[test]
    fn as_strong_as_its_links_and_no_stronger() {
        assert_eq!(of(&[]), Interval::new(1.0, 1.0).unwrap());
        assert_eq!(of(&[(0.6, 0.9)]), Interval::new(0.6, 0.9).unwrap());
        let two = of(&[(0.9, 0.99), (0.8, 0.95)]);
        assert!((two.low() - 0.7).abs() < 1e-12 && two.high() == 0.95);
        assert_eq!(of(&[(0.5, 0.6), (0.4, 0.7), (0.3, 1.0)]).low(), 0.0);
    }
}
