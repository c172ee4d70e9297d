//! Words for likelihood, each with the range of probabilities that it stands for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::range::Interval;

/// A word and the probabilities that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The words: `very likely`.
    pub words: String,
    /// From here.
    pub from: f64,
    /// To here.
    pub to: f64,
}

/// A scale of words from the least likely to the most, without a gap. The outer bands reach to impossible and certain.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands(Vec<Band>);

impl Bands {
    /// Of bands in order, each beginning where the one before ends.
    ///
    /// # Errors
    ///
    /// The place of the first that does not, or that has no width.
    pub fn new(bands: Vec<Band>) -> Result<Self, usize> {
        let wrong = (0..bands.len()).find(|i| {
            let band = &bands[*i];
            let gap = *i > 0 && bands[i - 1].to != band.from;
            gap || !(0.0..1.0).contains(&band.from) || band.to <= band.from || band.to > 1.0
        });
        match wrong {
            Some(wrong) => Err(wrong),
            None if bands.is_empty() => Err(0),
            None => Ok(Self(bands)),
        }
    }

    /// The bands, the least likely first.
    pub fn all(&self) -> &[Band] {
        &self.0
    }

    /// The place of a band by its words.
    pub fn place(&self, words: &str) -> Option<usize> {
        self.0.iter().position(|b| b.words == words)
    }

    /// The bands that an interval spans.
    pub fn spanned(&self, interval: Interval) -> Spanned {
        let last = self.0.len() - 1;
        // An end that differs from a limit by rounding is on it.
        let from = self
            .0
            .iter()
            .rposition(|b| b.from <= interval.low() + ROUNDING);
        let from = from.unwrap_or(0);
        let to = self
            .0
            .iter()
            .position(|b| interval.high() <= b.to + ROUNDING);
        Spanned {
            from,
            // What lies on a limit between two is in the upper one.
            to: to.unwrap_or(last).max(from),
        }
    }

    /// The words for a span: of its one band, or of the two it reaches from and to.
    pub fn words(&self, spanned: Spanned) -> String {
        let word = |place: usize| self.0[place.min(self.0.len() - 1)].words.as_str();
        if spanned.from == spanned.to {
            word(spanned.from).to_owned()
        } else {
            format!("{} to {}", word(spanned.from), word(spanned.to))
        }
    }
}

const ROUNDING: f64 = 1e-9;

/// The bands an interval spans, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spanned {
    /// The band of its low end.
    pub from: usize,
    /// The band of its high end.
    pub to: usize,
}

impl Spanned {
    /// By how many bands the ends of another span lie elsewhere, at most.
    pub fn shift(self, other: Self) -> usize {
        self.from
            .abs_diff(other.from)
            .max(self.to.abs_diff(other.to))
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |p: f64| (p * 100.0).round();
        write!(
            f,
            "{} ({}–{} %)",
            self.words,
            percent(self.from),
            percent(self.to)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn icd203() -> Bands {
        let limits = [0.01, 0.05, 0.20, 0.45, 0.55, 0.80, 0.95, 0.99];
        let words = [
            "almost no chance",
            "very unlikely",
            "unlikely",
            "roughly even chance",
            "likely",
            "very likely",
            "almost certain",
        ];
        let band = |i: usize| Band {
            words: words[i].into(),
            from: limits[i],
            to: limits[i + 1],
        };
        Bands::new((0..words.len()).map(band).collect()).unwrap()
    }

    #[test]
    fn an_interval_is_in_a_band_when_all_of_it_is() {
        let bands = icd203();
        let said = |low, high| bands.words(bands.spanned(Interval::new(low, high).unwrap()));
        assert_eq!(said(0.96, 0.98), "almost certain");
        assert_eq!(said(0.95, 0.999), "almost certain");
        assert_eq!(said(0.94, 0.98), "very likely to almost certain");
        assert_eq!(said(0.80, 0.95), "very likely");
        assert_eq!(said(0.80, 0.80), "very likely");
        assert_eq!(said(0.0, 1.0), "almost no chance to almost certain");
        assert_eq!(said(0.5, 0.5), "roughly even chance");
    }

    #[test]
    fn scales_with_gaps_are_refused() {
        let band = |from, to| Band {
            words: String::new(),
            from,
            to,
        };
        assert_eq!(Bands::new(vec![band(0.1, 0.5), band(0.6, 0.9)]), Err(1));
        assert_eq!(Bands::new(vec![band(0.5, 0.1)]), Err(0));
        assert!(Bands::new(Vec::new()).is_err());
    }
}
