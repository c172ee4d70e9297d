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
    pub(crate) items: Vec<Item<'a>>,
}

/// An item with the ratio of every hypothesis.
pub(crate) struct Item<'a> {
    pub(crate) weighed: Weighed<'a>,
    pub(crate) ratios: Vec<Ratio>,
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
            };
            let analyst = weighed.assessment.analyst.as_str();
            by_analyst.entry(analyst).or_default().push(item);
        }
        let stated = |name: &str| weights.get(name).copied().unwrap_or(1.0);
        let all: f64 = by_analyst.keys().map(|name| stated(name)).sum();
        let analysts = by_analyst.into_iter().map(|(name, items)| Analyst {
            name,
            weight: stated(name) / all,
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
        let said = |a: &Analyst<'_>| (a.weight, Products::of(count, &a.groups(&keep)));
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

impl Analyst<'_> {
    /// What the items of each origin say together: the hull of their ratios, for each hypothesis.
    pub(crate) fn groups(&self, keep: impl Fn(&Item<'_>) -> bool) -> Vec<Vec<Ratio>> {
        let mut groups: BTreeMap<&str, Vec<Ratio>> = BTreeMap::new();
        for item in self.items.iter().filter(|item| keep(item)) {
            groups
                .entry(&item.weighed.evidence.origin)
                .and_modify(|group| {
                    for (hull, ratio) in group.iter_mut().zip(&item.ratios) {
                        *hull = hull.hull(*ratio);
                    }
                })
                .or_insert_with(|| item.ratios.clone());
        }
        groups.into_values().collect()
    }
}
