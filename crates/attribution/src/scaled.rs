//! Positive numbers beyond the range of `f64`, multiplied without logarithms.
//!
//! A product of hundreds of likelihood ratios overflows; logarithms would not, but they differ in the last digit from
//! one machine to the next. Multiplication and division are the same everywhere, and so is what is verified.

use std::cmp::Ordering;

/// `mantissa` · 2^`exponent`, the mantissa from 1 to below 2, or zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scaled {
    mantissa: f64,
    exponent: i64,
}

const EXPONENT_BITS: u32 = 52;
const EXPONENT_MASK: u64 = 0x7ff << EXPONENT_BITS;
const BIAS: i64 = 1023;
/// Differences of exponents beyond which the smaller number is nothing beside the larger.
const FARTHEST: i64 = 1000;

impl Scaled {
    pub(crate) const ONE: Self = Self {
        mantissa: 1.0,
        exponent: 0,
    };

    /// Of a number that is neither negative nor infinite.
    pub(crate) fn of(number: f64) -> Self {
        if number < f64::MIN_POSITIVE {
            return Self {
                mantissa: 0.0,
                exponent: 0,
            };
        }
        let bits = number.to_bits();
        Self {
            mantissa: f64::from_bits(bits & !EXPONENT_MASK | (BIAS as u64) << EXPONENT_BITS),
            exponent: ((bits & EXPONENT_MASK) >> EXPONENT_BITS) as i64 - BIAS,
        }
    }

    pub(crate) fn times(self, factor: f64) -> Self {
        let product = Self::of(self.mantissa * Self::of(factor).mantissa);
        Self {
            exponent: product.exponent + self.exponent + Self::of(factor).exponent,
            ..product
        }
    }

    /// As a multiple of 2^`exponent`; zero where it is nothing beside it.
    pub(crate) fn beside(self, exponent: i64) -> f64 {
        let difference = self.exponent - exponent;
        if difference < -FARTHEST || self.mantissa == 0.0 {
            return 0.0;
        }
        let power = (difference.min(FARTHEST) + BIAS) as u64;
        self.mantissa * f64::from_bits(power << EXPONENT_BITS)
    }

    /// The exponent, none of zero.
    pub(crate) fn exponent(self) -> Option<i64> {
        (self.mantissa != 0.0).then_some(self.exponent)
    }
}

impl PartialOrd for Scaled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let key = |s: &Self| (s.exponent(), s.mantissa);
        let ((a, ma), (b, mb)) = (key(self), key(other));
        Some(a.cmp(&b).then(ma.total_cmp(&mb)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_beyond_f64() {
        let mut large = Scaled::ONE;
        let mut small = Scaled::ONE;
        for _ in 0..200 {
            large = large.times(1e6);
            small = small.times(1e-6);
        }
        assert!(large > small && small < Scaled::ONE);
        let back = (0..200).fold(large, |n, _| n.times(1e-6));
        assert!((back.beside(0) - 1.0).abs() < 1e-12);
        assert_eq!(small.beside(large.exponent().unwrap()), 0.0);
    }

    #[test]
    fn as_f64_where_that_suffices() {
        for (a, b) in [(3.0, 10.0), (0.1, 0.5), (1e-6, 1e6), (1.5, 1.5)] {
            assert_eq!(Scaled::of(a).times(b).beside(0), a * b);
        }
        assert_eq!(Scaled::of(0.0).times(5.0).beside(0), 0.0);
    }
}
