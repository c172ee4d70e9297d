//! What was found of ways over platforms before one vote, in sentences of the one table.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::hands::{Group, groups};
use super::legs::Legs;
use super::{Collection, Order, Trails};
use crate::actor::Actor;
use crate::words::{Sentence, count};

/// The most ways that are told; how many there are is said.
const MOST_WAYS: usize = 10_000;
/// Things shown of hands.
const EXAMPLES: usize = 5;

/// Everything found before one vote.
#[derive(Clone, Debug, Serialize)]
pub struct Chains {
    /// The election.
    pub election: String,
    /// Things seen on more than one platform.
    pub things: u64,
    /// Of those, things whose whole order is told.
    pub told: u64,
    /// Sightings beyond the most things or platforms that are kept.
    pub left_out: u64,
    /// Pairs of carriers that were asked, and those that meet more often than chance explains, whatever the reason.
    pub asked: [u64; 2],
    /// Every actor's reach.
    pub reach: Vec<Reach>,
    /// Ways of things that an actor's account had first on a platform, or that went by hands that stand out.
    pub ways: Vec<Way>,
    /// How many such ways there are.
    pub all_ways: u64,
    /// Hands that stand out.
    pub hands: Vec<Hands>,
    /// What is said of publishers' own accounts, and where no hands stand out.
    pub says: Vec<String>,
}

/// How far what an actor's accounts had first went.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reach {
    /// The actor.
    pub actor: String,
    /// Things on more than one platform that one of its accounts had first on one of them.
    pub things: u64,
    /// Of those, things that its account had first of all, where that is told.
    pub began: u64,
    /// By platform, things that its account had first there.
    pub first_on: BTreeMap<String, u64>,
}

/// The way of one thing.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// The thing.
    pub object: String,
    /// Its platforms in the order of first sight in what was collected.
    pub steps: Vec<WayStep>,
    /// Which sentence that allows.
    pub sentence: Sentence,
    /// Its words.
    pub says: String,
}

/// One platform of a way.
#[derive(Clone, Debug, Serialize)]
pub struct WayStep {
    /// The platform.
    pub platform: String,
    /// Who had it first there.
    pub carrier: String,
    /// Whose account that is.
    pub actor: Option<String>,
    /// When, in seconds.
    pub time: i64,
    /// Whether it is told that it came after the one before.
    pub told: bool,
}

/// Hands that stand out.
#[derive(Clone, Debug, Serialize)]
pub struct Hands {
    /// From which platform.
    pub from: String,
    /// To which.
    pub to: String,
    /// Who hands on.
    pub givers: Vec<String>,
    /// Who takes.
    pub takers: Vec<String>,
    /// Actors whose accounts are among them.
    pub actors: BTreeSet<String>,
    /// Things that went this way.
    pub things: u64,
    /// The median lag in seconds.
    pub lag: i64,
    /// The chance that so many lags lie together.
    pub p_when: f64,
    /// Some of the things.
    pub examples: Vec<String>,
    /// Which sentence this allows.
    pub sentence: Sentence,
    /// Its words.
    pub says: String,
}

impl Chains {
    /// What the trails before one vote say; `gaps` are seconds without collection, on all platforms.
    #[must_use]
    pub fn of(election: &str, trails: &Trails, gaps: &[[i64; 2]], actors: &[Actor]) -> Self {
        let mut collections = trails.collections();
        for collection in &mut collections {
            collection.gaps = gaps.to_vec();
        }
        let owners = (actors.iter()).flat_map(|actor| {
            let accounts = actor.accounts.iter();
            accounts.map(|account| (account.handle(), actor.id.as_str()))
        });
        let reading = Reading {
            trails,
            collections,
            owners: owners.collect(),
        };
        reading.chains(election, actors)
    }
}

struct Reading<'a> {
    trails: &'a Trails,
    collections: Vec<Collection>,
    owners: BTreeMap<&'a str, &'a str>,
}

impl Reading<'_> {
    fn chains(&self, election: &str, actors: &[Actor]) -> Chains {
        let legs = Legs::of(self.trails, &self.collections);
        let groups = groups(&legs);
        let objects: Vec<&str> = self.trails.objects().map(|(name, _)| name).collect();
        let handed: BTreeSet<u32> = groups
            .iter()
            .flat_map(|g| g.objects.iter().copied())
            .collect();
        let mut found = Chains {
            election: election.to_owned(),
            things: 0,
            told: 0,
            left_out: self.trails.left_out,
            asked: [
                legs.family as u64,
                legs.ties.iter().filter(|tie| tie.stands).count() as u64,
            ],
            reach: Vec::new(),
            ways: Vec::new(),
            all_ways: 0,
            hands: groups
                .iter()
                .map(|group| self.hands(group, &objects))
                .collect(),
            says: Vec::new(),
        };
        let mut reach: BTreeMap<&str, Reach> = BTreeMap::new();
        for (at, (object, trail)) in self.trails.objects().enumerate() {
            if trail.firsts.len() < 2 {
                continue;
            }
            let order = Order::of(trail, &self.collections);
            found.things += 1;
            found.told += u64::from(order.is_told());
            let ours = self.reaches(&order, &mut reach);
            if ours || handed.contains(&(at as u32)) {
                found.all_ways += 1;
                self.keep(&mut found.ways, object, &order);
            }
        }
        found
            .ways
            .sort_by_key(|way| std::cmp::Reverse(way.steps.len()));
        found.ways.truncate(MOST_WAYS);
        let of = |actor: &Actor| Reach {
            actor: actor.id.clone(),
            ..reach.get(actor.id.as_str()).cloned().unwrap_or_default()
        };
        found.reach = actors.iter().map(of).collect();
        found.says = says(&found, &legs);
        found
    }

    /// Counts the thing for every actor that had it first somewhere; was there one?
    fn reaches<'a>(&'a self, order: &Order, reach: &mut BTreeMap<&'a str, Reach>) -> bool {
        let mut ours = BTreeSet::new();
        for (at, step) in order.0.iter().enumerate() {
            let Some(actor) = self.owners.get(self.trails.carrier(step.first.carrier)) else {
                continue;
            };
            let of = reach.entry(actor).or_default();
            let platform = self.trails.platform(step.first.platform).to_owned();
            *of.first_on.entry(platform).or_default() += 1;
            of.things += u64::from(ours.insert(*actor));
            of.began += u64::from(at == 0 && order.0[1].told);
        }
        !ours.is_empty()
    }

    /// Ways over more platforms come first; of those kept already, the shorter ones give way.
    fn keep(&self, ways: &mut Vec<Way>, object: &str, order: &Order) {
        ways.push(self.way(object, order));
        if ways.len() >= 2 * MOST_WAYS {
            ways.sort_by_key(|way| std::cmp::Reverse(way.steps.len()));
            ways.truncate(MOST_WAYS);
        }
    }

    fn way(&self, object: &str, order: &Order) -> Way {
        let step = |step: &super::Step| {
            let carrier = self.trails.carrier(step.first.carrier);
            WayStep {
                platform: self.trails.platform(step.first.platform).to_owned(),
                carrier: carrier.to_owned(),
                actor: self.owners.get(carrier).map(|actor| (*actor).to_owned()),
                time: step.first.time,
                told: step.told,
            }
        };
        let steps: Vec<WayStep> = order.0.iter().map(step).collect();
        let sentence = if order.is_told() {
            Sentence::Way
        } else {
            Sentence::WayOpen
        };
        let blanks = [("object", object.to_owned()), ("way", in_words(&steps))];
        Way {
            object: object.to_owned(),
            steps,
            sentence,
            says: sentence.fill(&blanks),
        }
    }

    fn hands(&self, group: &Group, objects: &[&str]) -> Hands {
        let names = |carriers: &BTreeSet<u32>| -> Vec<String> {
            carriers
                .iter()
                .map(|c| self.trails.carrier(*c).to_owned())
                .collect()
        };
        let [givers, takers] = [names(&group.hands[0]), names(&group.hands[1])];
        let all = givers.iter().chain(&takers);
        let actors = all.filter_map(|carrier| self.owners.get(carrier.as_str()));
        let examples = group.objects.iter().take(EXAMPLES);
        let sentence = Sentence::of_hands(group.verdict);
        let [from, to] = [group.route.0, group.route.1].map(|p| self.trails.platform(p).to_owned());
        let says = sentence.fill(&[
            ("things", count(group.objects.len() as u64)),
            ("from", from.clone()),
            ("to", to.clone()),
            ("givers", givers.len().to_string()),
            ("takers", takers.len().to_string()),
            ("carrier", carriers(&givers, &takers)),
        ]);
        Hands {
            from,
            to,
            actors: actors.map(|actor| (*actor).to_owned()).collect(),
            things: group.objects.len() as u64,
            lag: group.lag,
            p_when: group.p_when,
            examples: examples.map(|o| objects[*o as usize].to_owned()).collect(),
            givers,
            takers,
            sentence,
            says,
        }
    }
}

/// The few by name, the many by number.
fn carriers(givers: &[String], takers: &[String]) -> String {
    let side = |names: &[String]| match names {
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        many => format!("{} carriers", many.len()),
    };
    format!("{} and {}", side(givers), side(takers))
}

fn in_words(steps: &[WayStep]) -> String {
    let mut words = String::new();
    for (at, step) in steps.iter().enumerate() {
        words.push_str(match (at, step.told) {
            (0, _) => "",
            (_, true) => ", then ",
            (_, false) => " or ",
        });
        let time = jiff::Timestamp::from_second(step.time)
            .map_or_else(|_| String::new(), |t| t.to_string());
        words.push_str(&format!("{} ({}, {time})", step.platform, step.carrier));
    }
    words
}

fn says(found: &Chains, legs: &Legs) -> Vec<String> {
    let mut says = Vec::new();
    if found.hands.is_empty() && found.things > 0 {
        says.push(Sentence::NoHands.fill(&[
            ("things", count(found.things)),
            ("asked", count(found.asked[0])),
        ]));
    }
    for (site, things) in &legs.own {
        says.push(Sentence::OwnDistribution.fill(&[
            ("things", count(things.len() as u64)),
            ("site", site.clone()),
        ]));
    }
    says
}
