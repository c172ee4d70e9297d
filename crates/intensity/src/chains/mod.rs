//! The way of a thing over platforms: where it was seen first, and whether the same hands carry many things along one way.
//!
//! ```text
//! sightings ─► Trails (first on each platform) ─► order: told, or cannot be told
//!                                             └─► legs: who hands on to whom (ties) ─► hands: when ─► Group ─► found
//! ```
//!
//! An organic story goes from a site over Telegram to X too: the order alone says nothing. What is asked of the carriers, one
//! pair of neighbouring platforms at a time, is in [`legs`] and [`hands`].

pub mod found;
pub mod hands;
mod lags;
pub mod legs;
pub mod order;
pub mod publisher;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::found::Chains;
pub use self::order::{Collection, Order, Step};

/// The most things kept: further ones are counted, not followed.
pub const MOST_OBJECTS: usize = 1_000_000;

/// The most platforms kept.
pub const MOST_PLATFORMS: usize = 32;

/// The platform of sites, on which the carrier is the domain.
pub const SITE: &str = "site";

/// One thing (a link, a text, an image) carried by somebody on a platform.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// The thing, spelt the same wherever it is.
    pub object: &'a str,
    /// Where.
    pub platform: &'a str,
    /// By whom: an account, a channel, a domain.
    pub carrier: &'a str,
    /// When, in seconds.
    pub time: i64,
    /// The file it was read from, by any number: exports of one platform may have clocks of different steps.
    pub source: u32,
}

/// Who had it first on a platform, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// The platform, by its number: see [`Trails::platform`].
    pub platform: u32,
    /// When, in seconds.
    pub time: i64,
    /// Who, by its number: see [`Trails::carrier`].
    pub carrier: u32,
    /// The file that says so.
    #[serde(skip)]
    pub source: u32,
}

/// One thing on every platform where it was seen.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The first on each platform, in no order that means anything.
    pub firsts: Vec<First>,
    /// How often it was carried.
    pub times: u64,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub struct Trails {
    objects: BTreeMap<String, Trail>,
    platforms: Names,
    carriers: Names,
    /// By platform, and there by file.
    clocks: Vec<BTreeMap<u32, Clock>>,
    /// Sightings of things or platforms beyond the most that are kept.
    pub left_out: u64,
}

#[derive(Clone, Debug, Default)]
struct Names {
    numbers: BTreeMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }
}

/// What the times that a file has of a platform look like.
#[derive(Clone, Copy, Debug)]
struct Clock {
    seen: u64,
    first: i64,
    last: i64,
    /// The coarsest step on which all times lie.
    step: i64,
    /// Whether all are of one time of day.
    one_time: bool,
}

/// Steps of a clock, from coarse to fine, and how many times must lie on one before the clock is taken for so coarse: chance
/// puts them there in less than one of a million cases.
const STEPS: [(i64, u64); 7] = [
    (DAY, 2),
    (3_600, 2),
    (1_800, 2),
    (900, 3),
    (300, 3),
    (60, 4),
    (1, 1),
];
const DAY: i64 = 86_400;

impl Clock {
    fn at(time: i64) -> Self {
        Self {
            seen: 0,
            first: time,
            last: time,
            step: DAY,
            one_time: true,
        }
    }

    fn tick(&mut self, time: i64) {
        self.one_time &= (time - self.first).rem_euclid(DAY) == 0;
        self.seen += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        let lies = |(step, _): &&(i64, u64)| *step <= self.step && time.rem_euclid(*step) == 0;
        self.step = STEPS.iter().find(lies).map_or(1, |(step, _)| *step);
    }

    /// The step it is taken for: days where all times are of one time of day, as of dates that stand for noon.
    fn shows(&self) -> i64 {
        if self.one_time && self.seen >= STEPS[0].1 && self.last > self.first {
            return DAY;
        }
        let enough = |(step, seen): &&(i64, u64)| *step <= self.step && self.seen >= *seen;
        STEPS.iter().find(enough).map_or(1, |(step, _)| *step)
    }
}

impl Trails {
    /// Takes one sighting in.
    pub fn add(&mut self, seen: Sighting<'_>) {
        let full = self.objects.len() >= MOST_OBJECTS && !self.objects.contains_key(seen.object);
        let platforms = &self.platforms;
        let crowded = platforms.names.len() >= MOST_PLATFORMS
            && !platforms.numbers.contains_key(seen.platform);
        if full || crowded {
            self.left_out += 1;
            return;
        }
        let platform = self.platforms.number(seen.platform);
        // Two platforms' accounts of one name are two.
        let carrier = (self.carriers).number(&format!("{platform}:{}", seen.carrier));
        self.tick(platform, &seen);
        let names = &self.carriers.names;
        let trail = self.objects.entry(seen.object.to_owned()).or_default();
        trail.times += 1;
        let first = First {
            platform,
            time: seen.time,
            carrier,
            source: seen.source,
        };
        match trail.firsts.iter_mut().find(|f| f.platform == platform) {
            None => trail.firsts.push(first),
            Some(known) => {
                // Of two at one time the name decides, so that the order of reading does not.
                let key = |f: &First| (f.time, &names[f.carrier as usize], f.source);
                if key(&first) < key(known) {
                    *known = first;
                }
            }
        }
    }

    fn tick(&mut self, platform: u32, seen: &Sighting<'_>) {
        if self.clocks.len() <= platform as usize {
            self.clocks.push(BTreeMap::new());
        }
        let clocks = &mut self.clocks[platform as usize];
        let clock = clocks.entry(seen.source);
        clock
            .or_insert_with(|| Clock::at(seen.time))
            .tick(seen.time);
    }

    /// Every thing, by name.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &Trail)> {
        self.objects
            .iter()
            .map(|(name, trail)| (name.as_str(), trail))
    }

    /// Things seen on two platforms or more.
    #[must_use]
    pub fn over_platforms(&self) -> usize {
        self.objects.values().filter(|t| t.firsts.len() > 1).count()
    }

    /// The name of a platform.
    #[must_use]
    pub fn platform(&self, number: u32) -> &str {
        &self.platforms.names[number as usize]
    }

    /// All platforms, in the order in which they came up.
    #[must_use]
    pub fn platforms(&self) -> &[String] {
        &self.platforms.names
    }

    /// Who it was, without the platform in front.
    #[must_use]
    pub fn carrier(&self, number: u32) -> &str {
        let name = &self.carriers.names[number as usize];
        name.split_once(':').map_or(name, |(_, carrier)| carrier)
    }

    /// What was watched of each platform, as far as the sightings show: from the first to the last of them, at the steps of
    /// the files' clocks. Gaps are for the caller to add.
    #[must_use]
    pub fn collections(&self) -> Vec<Collection> {
        (self.clocks.iter())
            .map(|clocks| Collection {
                from: clocks.values().map(|c| c.first).min().unwrap_or(0),
                steps: clocks.iter().map(|(&file, c)| (file, c.shows())).collect(),
                gaps: Vec::new(),
            })
            .collect()
    }
}
