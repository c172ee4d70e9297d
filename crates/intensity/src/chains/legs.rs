//! Legs: a thing that one carrier had first on a platform, and another first on the next; and who meets whom more often than
//! chance explains.
//!
//! Under the null the first carriers of the next platform fall at random on the things of the same route, the same
//! day and the same popularity: whoever carries much, or early, or everything, is as often next to anybody as his share says.
//! How often two are neighbours is then a sum of hypergeometric counts, and its tail is exact. Pairs that pass (Benjamini and
//! Hochberg, among all pairs of carriers that have three legs each) are *tied*. A common interest ties too, and so does
//! reading a channel: this alone says nothing of a campaign.

use std::collections::{BTreeMap, BTreeSet};

use super::{Collection, Order, SITE, Trails, publisher};
use crate::chance::{Reaches, pass};

/// How many times the expected legs a tied pair has at least: those who carry half of everything meet more often than their
/// shares of a day say, because they keep the same hours.
const LIFT: f64 = 3.0;
/// At which chance, and how many times the expected legs, a pair joins those that stand: whoever shares carriers with these
/// belongs to what is asked about, and not to what is usual.
const JOINS: f64 = 0.001;
const JOINING_LIFT: f64 = 2.0;
/// Fewest legs of a carrier, and of a pair.
const LEAST: u64 = 3;
/// From which platform to which.
pub type Route = (u32, u32);

/// One thing handed on.
#[derive(Clone, Debug)]
pub struct Leg {
    /// From which platform to which.
    pub route: Route,
    /// The thing, by its place among all.
    pub object: u32,
    /// Who had it first on the one platform, and on the other.
    pub hands: (u32, u32),
    /// Seconds between.
    pub lag: i64,
    /// The day of the first sight.
    pub day: i64,
    /// How much it was carried, by powers of four.
    pub tier: u32,
    /// The site that it stands on.
    pub site: Option<u32>,
}

/// Two carriers who are neighbours more often than chance explains.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// From which platform to which.
    pub route: Route,
    /// Who had it first on the one platform, and on the other.
    pub hands: (u32, u32),
    /// Things that went this way, by their place among all.
    pub objects: Vec<u32>,
    /// How many were expected.
    pub expected: f64,
    /// The chance of that many, were carriers to change places.
    pub p_who: f64,
    /// Is it so often that chance does not explain it, among all pairs that were asked?
    pub stands: bool,
    /// Is it often enough to hang together with pairs that stand?
    pub joins: bool,
}

/// What became of every leg.
#[derive(Clone, Debug, Default)]
pub struct Legs {
    /// Legs whose order is told.
    pub all: Vec<Leg>,
    /// Things that went to an account of the site's own name, which is distribution.
    pub own: BTreeMap<String, BTreeSet<u32>>,
    /// Neighbours of which the order cannot be told.
    pub untold: u64,
    /// Pairs that were asked.
    pub family: f64,
    /// Tied pairs: those that stand, and those that may join them.
    pub ties: Vec<Tie>,
}

impl Legs {
    /// Takes the legs of all trails and asks who meets whom.
    #[must_use]
    pub fn of(trails: &Trails, collections: &[Collection]) -> Self {
        let mut legs = Self::default();
        legs.collect(trails, collections);
        legs.who();
        legs
    }

    fn collect(&mut self, trails: &Trails, collections: &[Collection]) {
        let mut sites: BTreeMap<&str, u32> = BTreeMap::new();
        for (at, (name, trail)) in trails.objects().enumerate() {
            let object = at as u32;
            let order = Order::of(trail, collections);
            self.untold += order.0.iter().filter(|step| !step.told).count() as u64;
            let site = publisher::site_of(name);
            for (before, after) in order.legs() {
                let own = |carrier: u32, platform: u32| {
                    trails.platform(platform) != SITE
                        && site.is_some_and(|s| publisher::names(trails.carrier(carrier), s))
                };
                if own(before.carrier, before.platform) || own(after.carrier, after.platform) {
                    let of = self.own.entry(site.unwrap_or_default().to_owned());
                    of.or_default().insert(object);
                    continue;
                }
                let numbered = sites.len() as u32;
                self.all.push(Leg {
                    route: (before.platform, after.platform),
                    object,
                    hands: (before.carrier, after.carrier),
                    lag: after.time - before.time,
                    day: before.time.div_euclid(86_400),
                    tier: trail.times.max(1).ilog2() / 2,
                    site: site.map(|s| *sites.entry(s).or_insert(numbered)),
                });
            }
        }
    }

    fn who(&mut self) {
        let mut asked = Vec::new();
        for (route, legs) in by_route(&self.all) {
            let strata = Strata::of(&legs);
            self.family += strata.pairs();
            asked.extend(strata.neighbours(route, &legs));
        }
        let p: Vec<f64> = asked.iter().map(|tie| tie.p_who).collect();
        let passed = pass(&p, self.family);
        for (tie, passed) in asked.iter_mut().zip(passed) {
            let times = tie.objects.len() as f64 / tie.expected;
            tie.stands = passed && times >= LIFT;
            tie.joins = tie.stands || (tie.p_who <= JOINS && times >= JOINING_LIFT);
        }
        self.ties = asked.into_iter().filter(|tie| tie.joins).collect();
    }
}

pub(super) fn by_route(legs: &[Leg]) -> BTreeMap<Route, Vec<&Leg>> {
    let mut routes: BTreeMap<Route, Vec<&Leg>> = BTreeMap::new();
    for leg in legs {
        routes.entry(leg.route).or_default().push(leg);
    }
    routes
}

/// Things of the same day and popularity, on one route.
type Stratum = (i64, u32);

struct Strata {
    sizes: BTreeMap<Stratum, u64>,
    /// Of each carrier, its legs by stratum: of those who hand on, and of those who take.
    carried: [BTreeMap<u32, BTreeMap<Stratum, u64>>; 2],
}

impl Strata {
    fn of(legs: &[&Leg]) -> Self {
        let mut strata = Self {
            sizes: BTreeMap::new(),
            carried: [BTreeMap::new(), BTreeMap::new()],
        };
        for leg in legs {
            let stratum = (leg.day, leg.tier);
            *strata.sizes.entry(stratum).or_default() += 1;
            for (side, carrier) in [leg.hands.0, leg.hands.1].into_iter().enumerate() {
                let carried = strata.carried[side].entry(carrier).or_default();
                *carried.entry(stratum).or_default() += 1;
            }
        }
        strata
    }

    /// All pairs of carriers that have enough legs: which these are does not change when carriers change places.
    fn pairs(&self) -> f64 {
        let enough = |side: usize| {
            let legs = |c: &&BTreeMap<Stratum, u64>| c.values().sum::<u64>() >= LEAST;
            self.carried[side].values().filter(legs).count() as f64
        };
        enough(0) * enough(1)
    }

    fn neighbours(&self, route: Route, legs: &[&Leg]) -> Vec<Tie> {
        let mut pairs: BTreeMap<(u32, u32), Vec<&Leg>> = BTreeMap::new();
        for leg in legs {
            pairs.entry(leg.hands).or_default().push(leg);
        }
        pairs.retain(|_, legs| legs.len() as u64 >= LEAST);
        (pairs.into_iter())
            .map(|(hands, legs)| self.neighbour(route, hands, &legs))
            .collect()
    }

    fn neighbour(&self, route: Route, hands: (u32, u32), legs: &[&Leg]) -> Tie {
        let [of_one, of_other] = [&self.carried[0][&hands.0], &self.carried[1][&hands.1]];
        let mut reaches = Reaches::new(legs.len());
        for (stratum, &a) in of_one {
            let Some(&b) = of_other.get(stratum) else {
                continue;
            };
            reaches.add_both(self.sizes[stratum], a, b);
        }
        Tie {
            route,
            hands,
            objects: legs.iter().map(|leg| leg.object).collect(),
            expected: reaches.expected(),
            p_who: reaches.probability(),
            stands: false,
            joins: false,
        }
    }
}
