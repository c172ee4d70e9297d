//! What remains of a judgement if any two of its origins told half as much as they seem to.
//!
//! Origins are never quite independent: two witnesses read one newspaper, two firms buy one feed. Nobody can say how much
//! of what they tell is the same, so beside a judgement stands the worst of a plain supposition: of any two origins the
//! logarithm of every ratio is halved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::band::Spanned;
use crate::claim::{Claim, Weighed};
use crate::panel::{Panel, Reading};
use crate::posterior::{PriorError, Products};
use crate::range::Interval;
use crate::regime::Regime;

/// What would remain of a judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Halved {
    /// The origins with which the least remains: two, or one where there is no other.
    pub origins: Vec<String>,
    /// How likely the claim would be.
    pub posterior: Interval,
    /// The words for that.
    pub bands: Spanned,
}

/// What would remain of a claim's judgement if the two origins that it hangs on most told half as much: of all pairs the
/// one that leaves the claim's low end lowest. None where nothing was weighed.
///
/// # Errors
///
/// When the claim's priors cannot be.
pub fn halved(
    claim: &Claim,
    weighed: &[Weighed<'_>],
    weights: &BTreeMap<String, f64>,
    regime: &Regime,
) -> Result<Option<Halved>, PriorError> {
    let panel = Panel::new(claim, weighed, weights, regime)?;
    let origins = panel.origins();
    let readings: Vec<(f64, Reading, Products)> = panel
        .analysts
        .iter()
        .enumerate()
        .map(|(place, analyst)| {
            let reading = panel.reading(place, |_| true);
            let together = reading.together();
            (analyst.weight, reading, together)
        })
        .collect();
    let without_half_of = |pair: &[usize]| {
        let said = readings.iter().map(|(weight, reading, together)| {
            let mut products = together.clone();
            for origin in pair {
                products = products.without_half_of(reading.group(*origin));
            }
            (*weight, products)
        });
        panel.pool(&said.collect::<Vec<_>>())[Claim::OWN]
    };
    let worst = pairs(origins.len())
        .map(|pair| (without_half_of(&pair), pair))
        .min_by(|(a, _), (b, _)| {
            a.low()
                .total_cmp(&b.low())
                .then(a.high().total_cmp(&b.high()))
        });
    Ok(worst.map(|(posterior, pair)| Halved {
        origins: pair.iter().map(|o| origins[*o].to_owned()).collect(),
        posterior,
        bands: regime.bands.spanned(posterior),
    }))
}

/// All pairs of so many; of one, itself.
fn pairs(count: usize) -> impl Iterator<Item = Vec<usize>> {
    let alone = (count == 1).then(|| vec![0]);
    let pairs = (0..count).flat_map(move |a| (a + 1..count).map(move |b| vec![a, b]));
    alone.into_iter().chain(pairs)
}
