//! How judgements fared: what was said of how likely something is, beside how often it was so.

use serde::Serialize;

use crate::band::{Bands, Spanned};
use crate::range::Interval;

/// A judgement, and whether what it was about was so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stated {
    /// How likely it was said to be.
    pub likelihood: Interval,
    /// The words for that.
    pub bands: Spanned,
    /// Whether it was so.
    pub held: bool,
}

/// How judgements fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// How many were scored.
    pub scored: usize,
    /// By the words for them, the least likely first; words that were never used are left out.
    pub by_words: Vec<ByWords>,
    /// Mean squared distance of what was said from what was so (Brier 1950), from the best to the worst that the ranges
    /// allow: 0 is perfect, 0.25 is what always saying one half comes to. None where nothing was scored.
    pub brier: Option<(f64, f64)>,
}

/// How judgements of the same words fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByWords {
    /// The words.
    pub words: String,
    /// How many.
    pub judgements: usize,
    /// Of how many it was so.
    pub held: usize,
    /// The mean of the low ends of what was said.
    pub low: f64,
    /// The mean of the high ends.
    pub high: f64,
}

impl Calibration {
    /// Of judgements that were scored.
    pub fn of(stated: impl Iterator<Item = Stated>, bands: &Bands) -> Self {
        let mut stated: Vec<Stated> = stated.collect();
        stated.sort_by_key(|s| (s.bands.from, s.bands.to));
        let same = |a: &Stated, b: &Stated| a.bands == b.bands;
        let by_words = stated.chunk_by(same).map(|said| ByWords {
            words: bands.words(said[0].bands),
            judgements: said.len(),
            held: said.iter().filter(|s| s.held).count(),
            low: mean(said, |s| s.likelihood.low()),
            high: mean(said, |s| s.likelihood.high()),
        });
        Self {
            scored: stated.len(),
            by_words: by_words.collect(),
            brier: (!stated.is_empty()).then(|| {
                let best = |s: &Stated| nearest(s).powi(2);
                let worst = |s: &Stated| farthest(s).powi(2);
                (mean(&stated, best), mean(&stated, worst))
            }),
        }
    }

    /// In sentences: how many were scored, how those of each words came out, and the Brier score.
    pub fn in_words(&self) -> Vec<String> {
        let Some((best, worst)) = self.brier else {
            return vec!["No judgement was scored yet.".to_owned()];
        };
        let mut words = vec![format!("Judgements scored: {}.", self.scored)];
        words.extend(self.by_words.iter().map(|of| {
            format!(
                "Said to be {}, {:.0} to {:.0} % in the mean: {} of {} came out so.",
                of.words,
                100.0 * of.low,
                100.0 * of.high,
                of.held,
                of.judgements
            )
        }));
        words.push(format!(
            "Brier score {best:.3} to {worst:.3}: 0 is perfect, 0.25 is what always saying one half comes to."
        ));
        words
    }
}

fn nearest(stated: &Stated) -> f64 {
    if stated.held {
        1.0 - stated.likelihood.high()
    } else {
        stated.likelihood.low()
    }
}

fn farthest(stated: &Stated) -> f64 {
    if stated.held {
        1.0 - stated.likelihood.low()
    } else {
        stated.likelihood.high()
    }
}

fn mean(of: &[Stated], value: impl Fn(&Stated) -> f64) -> f64 {
    of.iter().map(value).sum::<f64>() / of.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::band::Band;

    fn bands() -> Bands {
        let band = |words: &str, from, to| Band {
            words: words.to_owned(),
            from,
            to,
        };
        Bands::new(vec![band("unlikely", 0.0, 0.5), band("likely", 0.5, 1.0)]).unwrap()
    }

    #[test]
    fn judgements_are_counted_by_their_words() {
        let bands = bands();
        let said = |low, high, held| {
            let likelihood = Interval::new(low, high).unwrap();
            Stated {
                likelihood,
                bands: bands.spanned(likelihood),
                held,
            }
        };
        let stated = [
            said(0.6, 0.8, true),
            said(0.8, 0.9, false),
            said(0.1, 0.2, false),
        ];
        let found = Calibration::of(stated.into_iter(), &bands);
        let by_words: Vec<_> = found
            .by_words
            .iter()
            .map(|b| (b.words.as_str(), b.judgements, b.held))
            .collect();
        assert_eq!(by_words, [("unlikely", 1, 0), ("likely", 2, 1)]);
        let (best, worst) = found.brier.unwrap();
        assert!((best - (0.04 + 0.64 + 0.01) / 3.0).abs() < 1e-12, "{best}");
        assert!(
            (worst - (0.16 + 0.81 + 0.04) / 3.0).abs() < 1e-12,
            "{worst}"
        );
    }

    #[test]
    fn of_nothing_nothing_is_said() {
        let found = Calibration::of(std::iter::empty(), &bands());
        assert_eq!((found.scored, found.brier), (0, None));
    }
}
