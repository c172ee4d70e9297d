//! Several analysts' assessments of one claim: kept apart, and put together by averaging.
//!
//! Each analyst's assessments alone give coherent intervals. The average of the low ends and of the high ends, with the
//! stated weights, is again coherent: it is the range of the linear opinion pool over all their choices.

use std::collections::BTreeMap;

use crate::claim::{Claim, Weighed};
use crate::posterior::{PriorError, Priors, Products};
use crate::range::{Interval, Ratio};

/// A claim with what each analyst made of the evidence.
pub(crate) struct Panel<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) priors: Priors,
    /// In the order of their names.
    pub(crate) analysts: Vec<Analyst<'a>>,
}

/// An analyst's part.
pub(crate) struct Analyst<'a> {
    pub(crate) name: &'a str,
    /// Of all analysts' weights together 1.
    pub(crate) weight: f64,
    /// How many origins the items have.
    origins: usize,
    pub(crate) items: Vec<Item<'a>>,
}

/// An item with the ratio of every hypothesis.
pub(crate) struct Item<'a> {
    pub(crate) weighed: Weighed<'a>,
    pub(crate) ratios: Vec<Ratio>,
    /// The place of its origin among those of its analyst, in the order of their names.
    origin: usize,
}

impl<'a> Panel<'a> {
    /// Analysts without a stated weight have 1 each.
    pub(crate) fn new(
        claim: &'a Claim,
        weighed: &[Weighed<'a>],
        weights: &BTreeMap<String, f64>,
    ) -> Result<Self, PriorError> {
        let ranges: Vec<Interval> = claim.hypotheses.iter().map(|h| h.prior).collect();
        let mut by_analyst: BTreeMap<&str, Vec<Item<'_>>> = BTreeMap::new();
        for weighed in weighed {
            let item = Item {
                weighed: *weighed,
                ratios: weighed.assessment.ratios(claim),
                origin: 0,
            };
            let analyst = weighed.assessment.analyst.as_str();
            by_analyst.entry(analyst).or_default().push(item);
        }
        let stated = |name: &str| weights.get(name).copied().unwrap_or(1.0);
        let all: f64 = by_analyst.keys().map(|name| stated(name)).sum();
        let analysts = by_analyst.into_iter().map(|(name, mut items)| Analyst {
            name,
            weight: stated(name) / all,
            origins: number_origins(&mut items),
            items,
        });
        Ok(Self {
            claim,
            priors: Priors::new(&ranges)?,
            analysts: analysts.collect(),
        })
    }

    /// The posterior interval of each hypothesis from the items that are kept.
    pub(crate) fn posterior(&self, keep: impl Fn(&Item<'_>) -> bool) -> Vec<Interval> {
        self.average(&self.said(keep))
    }

    /// What each analyst says together by the items that are kept; of nobody, nothing.
    pub(crate) fn said(&self, keep: impl Fn(&Item<'_>) -> bool) -> Vec<(f64, Products)> {
        let count = self.claim.hypotheses.len();
        if self.analysts.is_empty() {
            return vec![(1.0, Products::of(count, &[]))];
        }
        let said = |a: &Analyst<'_>| (a.weight, a.said(count, &keep));
        self.analysts.iter().map(said).collect()
    }

    /// The posterior interval of each hypothesis if everybody had one more item, and weighed it alike.
    pub(crate) fn with_more(&self, said: &[(f64, Products)], more: &[Ratio]) -> Vec<Interval> {
        let more = said.iter().map(|(w, all)| (*w, all.clone().and(more)));
        self.average(&more.collect::<Vec<_>>())
    }

    /// The weighted mean of the ends of each analyst's intervals.
    fn average(&self, said: &[(f64, Products)]) -> Vec<Interval> {
        let mut ends = vec![[0.0; 2]; self.claim.hypotheses.len()];
        for (weight, products) in said {
            for (sum, one) in ends.iter_mut().zip(products.posterior(&self.priors)) {
                sum[0] += weight * one.low();
                sum[1] += weight * one.high();
            }
        }
        let averaged = ends.into_iter();
        averaged
            .map(|[low, high]| Interval::computed(low, high))
            .collect()
    }

    /// All items, an analyst's after another's.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        self.analysts.iter().flat_map(|a| &a.items)
    }
}

/// Gives each item the place of its origin; how many there are.
fn number_origins(items: &mut [Item<'_>]) -> usize {
    let mut origins: Vec<&str> = items.iter().map(Item::origin).collect();
    origins.sort_unstable();
    origins.dedup();
    let places: Vec<usize> = items
        .iter()
        .map(|item| origins.partition_point(|origin| *origin < item.origin()))
        .collect();
    let count = origins.len();
    for (item, place) in items.iter_mut().zip(places) {
        item.origin = place;
    }
    count
}

impl<'a> Item<'a> {
    fn origin(&self) -> &'a str {
        &self.weighed.evidence.origin
    }
}

impl Analyst<'_> {
    /// What the items of each origin say together: the hull of their ratios, for each of so many hypotheses; and of all
    /// origins together the product. It is asked for each origin and each item anew, so all of it is in one piece of memory.
    pub(crate) fn said(&self, count: usize, keep: impl Fn(&Item<'_>) -> bool) -> Products {
        let mut hulls: Vec<Ratio> = vec![Ratio::NEUTRAL; self.origins * count];
        let mut seen = vec![false; self.origins];
        for item in self.items.iter().filter(|item| keep(item)) {
            let hull = &mut hulls[item.origin * count..][..count];
            if std::mem::replace(&mut seen[item.origin], true) {
                for (hull, ratio) in hull.iter_mut().zip(&item.ratios) {
                    *hull = hull.hull(*ratio);
                }
            } else {
                hull.copy_from_slice(&item.ratios);
            }
        }
        let groups = hulls.chunks_exact(count.max(1)).zip(seen);
        let kept = groups.filter(|(_, seen)| *seen).map(|(group, _)| group);
        kept.fold(Products::of(count, &[]), Products::and)
    }
}
