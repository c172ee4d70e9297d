//! Whether lags lie together more than those of others do, for the same carriers, sites and days.
//!
//! Lags are compared by their place among those of untied legs of the same route and popularity, in twentieths. Of some legs,
//! how many lie in one stretch of two, four or seven twentieths, wherever it is? Each leg lies there with the greatest of: the
//! stretch's share of all; the share that either carrier has there outside tied pairs (its habit); that of untied legs of the
//! same site; that of the same day. The smallest tail over all stretches is multiplied by their number.
//!
//! A habit is known of a carrier that takes part in other things too. One that carries nothing else is taken as anybody.

use std::collections::BTreeMap;

use super::legs::Leg;
use crate::chance::Reaches;

/// Fewest untied legs of a popularity whose lags say what is usual; else those of the route do, if they are as many.
const OTHERS: usize = 40;
/// Parts of which a stretch is made.
const PARTS: usize = 20;
/// Lengths of a stretch.
const LENGTHS: [usize; 3] = [2, 4, 7];
/// How many legs the overall share weighs beside what is known of a carrier, a site or a day.
const WEIGHT: f64 = 12.0;

/// Lags of others.
pub(super) struct Usual {
    /// Where parts end, by popularity; and of all.
    tiers: BTreeMap<u32, Vec<i64>>,
    all: Vec<i64>,
    habits: [BTreeMap<u32, Parts>; 2],
    sites: BTreeMap<u32, Parts>,
    days: BTreeMap<i64, Parts>,
}

/// How many legs lie in each part.
type Parts = [u32; PARTS];

/// Some of the parts, next to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    first: usize,
    length: usize,
}

impl Stretch {
    fn holds(self, part: usize) -> bool {
        (self.first..self.first + self.length).contains(&part)
    }

    fn all() -> impl Iterator<Item = Self> {
        LENGTHS
            .into_iter()
            .flat_map(|length| (0..=PARTS - length).map(move |first| Self { first, length }))
    }

    /// Its share of these legs, drawn towards its share of all.
    fn share(self, parts: &Parts) -> f64 {
        let within: u32 = parts[self.first..self.first + self.length].iter().sum();
        let all: u32 = parts.iter().sum();
        (f64::from(within) + WEIGHT * self.usual()) / (f64::from(all) + WEIGHT)
    }

    fn usual(self) -> f64 {
        self.length as f64 / PARTS as f64
    }
}

impl Usual {
    /// None where there are too few others to say what is usual.
    pub(super) fn of(others: &[&Leg]) -> Option<Self> {
        if others.len() < OTHERS {
            return None;
        }
        let mut tiers: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
        for leg in others {
            tiers.entry(leg.tier).or_default().push(leg.lag);
        }
        tiers.retain(|_, lags| lags.len() >= OTHERS);
        let mut usual = Self {
            tiers: tiers
                .into_iter()
                .map(|(tier, lags)| (tier, ends(lags)))
                .collect(),
            all: ends(others.iter().map(|leg| leg.lag).collect()),
            habits: [BTreeMap::new(), BTreeMap::new()],
            sites: BTreeMap::new(),
            days: BTreeMap::new(),
        };
        for leg in others {
            let part = usual.part(leg);
            usual.habits[0].entry(leg.hands.0).or_insert([0; PARTS])[part] += 1;
            usual.habits[1].entry(leg.hands.1).or_insert([0; PARTS])[part] += 1;
            usual.days.entry(leg.day).or_insert([0; PARTS])[part] += 1;
            if let Some(site) = leg.site {
                usual.sites.entry(site).or_insert([0; PARTS])[part] += 1;
            }
        }
        Some(usual)
    }

    fn part(&self, leg: &Leg) -> usize {
        let ends = self.tiers.get(&leg.tier).unwrap_or(&self.all);
        ends.partition_point(|end| *end < leg.lag)
    }

    /// How likely this leg lies in a stretch, by whatever explains it best.
    fn chance(&self, leg: &Leg, stretch: Stretch) -> f64 {
        let site = leg.site.and_then(|site| self.sites.get(&site));
        let known = [
            self.habits[0].get(&leg.hands.0),
            self.habits[1].get(&leg.hands.1),
            site,
            self.days.get(&leg.day),
        ];
        let shares = known
            .into_iter()
            .flatten()
            .map(|parts| stretch.share(parts));
        shares.fold(stretch.usual(), f64::max)
    }

    /// The chance that so many of these legs lie together, and where they do.
    pub(super) fn together(&self, legs: &[&Leg]) -> (f64, Stretch) {
        let asked = Stretch::all().count() as f64;
        let tried = Stretch::all().map(|stretch| (self.tail(legs, stretch), stretch));
        let (p, stretch) = tried.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((
            1.0,
            Stretch {
                first: 0,
                length: PARTS,
            },
        ));
        ((p * asked).min(1.0), stretch)
    }

    /// The chance that so many of these legs lie in this stretch.
    pub(super) fn tail(&self, legs: &[&Leg], stretch: Stretch) -> f64 {
        let mut reaches = Reaches::new(legs.iter().filter(|leg| self.lies(leg, stretch)).count());
        for leg in legs {
            reaches.add_one(self.chance(leg, stretch));
        }
        reaches.probability()
    }

    pub(super) fn lies(&self, leg: &Leg, stretch: Stretch) -> bool {
        stretch.holds(self.part(leg))
    }
}

/// The greatest lag of each part but the last, which has no end.
fn ends(mut lags: Vec<i64>) -> Vec<i64> {
    lags.sort_unstable();
    (1..PARTS)
        .map(|part| lags[part * lags.len() / PARTS - 1])
        .collect()
}
