//! A simulated election's posts: organic accounts as they are, with coordinated groups planted among them.
//!
//! Organic accounts have interests (communities), different activity (Pareto), different speed (each account is
//! habitually early or late), a time zone with a night in it, and share breaking news in bursts. Nobody among them has
//! a tie to anybody. A planted group shares objects within a short time of one another, on top of the organic life
//! that its members lead as well.

mod posts;
mod words;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal, Pareto};
use serde::{Deserialize, Serialize};

pub use posts::{Labels, posts};

/// A planted group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSettings {
    /// Accounts in it.
    pub size: u32,
    /// Objects it pushes.
    pub objects: u32,
    /// Seconds within which its members share one.
    pub spread: f64,
    /// Chance that a member takes part in sharing one.
    pub participation: f64,
}

/// Parameters of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimulationSettings {
    /// Seed.
    pub seed: u64,
    /// Organic events, about.
    pub events: u64,
    /// Organic accounts; 0 for one in twenty events.
    pub accounts: u32,
    /// Interest communities.
    pub communities: u32,
    /// Share of events outside one's own community.
    pub outside: f64,
    /// Days.
    pub days: f64,
    /// σ of the lognormal speed of accounts: 0 for equals, 1 for a few times faster or slower.
    pub speed: f64,
    /// Time zones; accounts of one community live in few of them.
    pub zones: u32,
    /// Breaking-news bursts.
    pub bursts: u32,
    /// Share of all accounts that share a breaking news.
    pub burst_reach: f64,
    /// Planted groups.
    pub groups: Vec<GroupSettings>,
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self {
            seed: 7,
            events: 100_000,
            accounts: 0,
            communities: 20,
            outside: 0.1,
            days: 30.0,
            speed: 1.0,
            zones: 4,
            bursts: 20,
            burst_reach: 0.05,
            groups: Vec::new(),
        }
    }
}

/// One account touching one object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatedEvent {
    /// The object.
    pub object: u32,
    /// The account; members of groups are organic accounts of the same numbering.
    pub account: u32,
    /// Milliseconds since 1970.
    pub time: i64,
}

/// What was simulated, in order of time.
pub struct Simulation {
    /// Events.
    pub events: Vec<SimulatedEvent>,
    /// Number of accounts.
    pub accounts: u32,
    /// Number of objects.
    pub objects: u32,
    /// Community of each account.
    pub community: Vec<u32>,
    /// Accounts of each planted group.
    pub groups: Vec<Vec<u32>>,
    /// The group that first pushed an object, if any.
    pub pushed_by: Vec<Option<u32>>,
}

/// 2018-09-12, the beginning of every simulation.
const START: i64 = 1_536_710_400_000;
const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;
/// σ of the lognormal delay between an object's birth and its sharing; its median is two hours.
const DELAY_SIGMA: f64 = 1.7;

/// Who lives where and how.
struct People {
    community: Vec<u32>,
    speed: Vec<f64>,
    zone: Vec<f64>,
    /// Members of each community with running sums of their activity; the last entry is everybody.
    pools: Vec<(Vec<u32>, Vec<f64>)>,
}

impl People {
    fn draw(settings: &SimulationSettings, n: u32, rng: &mut ChaCha8Rng) -> Self {
        let communities = settings.communities.max(1);
        let community: Vec<u32> = (0..n).map(|_| rng.random_range(0..communities)).collect();
        let lognormal = LogNormal::new(0.0, settings.speed.max(0.0)).ok();
        let speed = (0..n)
            .map(|_| lognormal.map_or(1.0, |d| d.sample(rng)))
            .collect();
        let zones = settings.zones.max(1);
        let home = |c: u32, rng: &mut ChaCha8Rng| {
            let zone = if rng.random_bool(0.8) {
                c % zones
            } else {
                rng.random_range(0..zones)
            };
            f64::from(zone) * 24.0 / f64::from(zones)
        };
        let zone = community.iter().map(|&c| home(c, rng)).collect();
        let pareto = Pareto::new(1.0, 1.1).ok();
        let activity: Vec<f64> = (0..n)
            .map(|_| pareto.map_or(1.0, |d: Pareto<f64>| d.sample(rng).min(1000.0)))
            .collect();
        let pool = |of: Option<u32>| {
            let members: Vec<u32> = (0..n)
                .filter(|a| of.is_none_or(|c| community[*a as usize] == c))
                .collect();
            let mut sum = 0.0;
            let sums = members
                .iter()
                .map(|a| {
                    sum += activity[*a as usize];
                    sum
                })
                .collect();
            (members, sums)
        };
        let mut pools: Vec<_> = (0..communities).map(|c| pool(Some(c))).collect();
        pools.push(pool(None));
        Self {
            community,
            speed,
            zone,
            pools,
        }
    }

    /// Somebody of a community, or of everybody, by activity.
    fn pick(&self, pool: usize, rng: &mut ChaCha8Rng) -> Option<u32> {
        let (members, sums) = &self.pools[pool];
        let at = rng.random::<f64>() * sums.last()?;
        members.get(sums.partition_point(|s| *s <= at)).copied()
    }

    /// The first moment at or after `t` (seconds) when the account is awake: nights last from 0 to 7 local time, and
    /// waking spreads over an hour.
    fn awake(&self, account: u32, t: f64, rng: &mut ChaCha8Rng) -> f64 {
        let local = (t + self.zone[account as usize] * HOUR).rem_euclid(DAY);
        if local < 7.0 * HOUR {
            t + 7.0 * HOUR - local + rng.random::<f64>() * HOUR
        } else {
            t
        }
    }
}

/// Simulates organic life and plants the groups in it.
pub fn simulate(settings: &SimulationSettings) -> Simulation {
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let n = if settings.accounts > 0 {
        settings.accounts
    } else {
        (settings.events / 20).clamp(50, 4_000_000) as u32
    };
    let people = People::draw(settings, n, &mut rng);
    let mut world = World {
        settings,
        people: &people,
        events: Vec::new(),
        objects: 0,
        pushed_by: Vec::new(),
    };
    world.news(n, &mut rng);
    world.organic(&mut rng);
    let groups = world.plant(n, &mut rng);
    let World {
        mut events,
        objects,
        pushed_by,
        ..
    } = world;
    events.sort_by_key(|a| (a.time, a.account, a.object));
    Simulation {
        events,
        accounts: n,
        objects,
        community: people.community,
        groups,
        pushed_by,
    }
}

struct World<'a> {
    settings: &'a SimulationSettings,
    people: &'a People,
    events: Vec<SimulatedEvent>,
    objects: u32,
    pushed_by: Vec<Option<u32>>,
}

impl World<'_> {
    fn object(&mut self, by: Option<u32>) -> u32 {
        self.pushed_by.push(by);
        self.objects += 1;
        self.objects - 1
    }

    fn push(&mut self, object: u32, account: u32, seconds: f64) {
        let time = START + (seconds * 1000.0) as i64;
        // Exports tell time to the second.
        self.events.push(SimulatedEvent {
            object,
            account,
            time: time - time.rem_euclid(1000),
        });
    }

    /// Organic sharing of one object: `size` accounts, mostly of one pool, at their own speed after its birth.
    fn share(
        &mut self,
        pool: usize,
        size: u32,
        born: f64,
        median: f64,
        rng: &mut ChaCha8Rng,
    ) -> u32 {
        let object = self.object(None);
        let delay = LogNormal::new(median.ln(), DELAY_SIGMA).ok();
        let everybody = self.people.pools.len() - 1;
        let mut here = std::collections::HashSet::new();
        for _ in 0..size {
            let from = if rng.random_bool(self.settings.outside) {
                everybody
            } else {
                pool
            };
            let Some(account) = self.people.pick(from, rng).filter(|a| here.insert(*a)) else {
                continue;
            };
            let waited =
                delay.map_or(median, |d| d.sample(rng)) * self.people.speed[account as usize];
            let t = self.people.awake(account, born + waited, rng);
            self.push(object, account, t);
        }
        object
    }

    /// Breaking news: everybody's business, within minutes.
    fn news(&mut self, n: u32, rng: &mut ChaCha8Rng) {
        let everybody = self.people.pools.len() - 1;
        let reach = (f64::from(n) * self.settings.burst_reach).max(5.0);
        for _ in 0..self.settings.bursts {
            let born = rng.random::<f64>() * self.settings.days * DAY;
            // A piece of news is told in several links at once.
            for _ in 0..rng.random_range(3..9) {
                let size = (reach * rng.random_range(0.3..1.5)) as u32;
                let lag = rng.random::<f64>() * 300.0;
                self.share(everybody, size, born + lag, 600.0, rng);
            }
        }
    }

    fn organic(&mut self, rng: &mut ChaCha8Rng) {
        let sizes = Pareto::new(1.0, 1.2).ok();
        let communities = self.people.pools.len() - 1;
        let most = (self.settings.events as f64 * 0.01).clamp(10.0, 10_000.0);
        while (self.events.len() as u64) < self.settings.events {
            let size = sizes.map_or(1.0, |d: Pareto<f64>| d.sample(rng).min(most)) as u32;
            let born = rng.random::<f64>() * self.settings.days * DAY;
            let community = rng.random_range(0..communities);
            self.share(community, size, born, 2.0 * HOUR, rng);
        }
    }

    /// Plants groups among the organic accounts of one community each; no account is in two.
    fn plant(&mut self, n: u32, rng: &mut ChaCha8Rng) -> Vec<Vec<u32>> {
        let mut taken = std::collections::HashSet::new();
        let mut groups = Vec::new();
        for (number, group) in self.settings.groups.iter().enumerate() {
            let home = rng.random_range(0..self.people.pools.len() - 1);
            let mut members = Vec::new();
            for _ in 0..group.size * 1000 {
                if members.len() == group.size as usize {
                    break;
                }
                let pool = &self.people.pools[home].0;
                // A community may be used up; then anybody will do.
                let anybody = rng.random_range(0..n);
                let near = if pool.is_empty() {
                    anybody
                } else {
                    pool[rng.random_range(0..pool.len())]
                };
                let account = if taken.contains(&near) { anybody } else { near };
                if taken.insert(account) {
                    members.push(account);
                }
            }
            members.sort_unstable();
            self.push_objects(number as u32, group, &members, home, rng);
            groups.push(members);
        }
        groups
    }

    /// A group's objects: half are organic ones that it boosts, half its own.
    fn push_objects(
        &mut self,
        number: u32,
        group: &GroupSettings,
        members: &[u32],
        home: usize,
        rng: &mut ChaCha8Rng,
    ) {
        let pause = Exp::new(1.0 / HOUR).ok();
        for k in 0..group.objects {
            let born = rng.random::<f64>() * self.settings.days * DAY;
            let object = if k % 2 == 0 {
                let size = rng.random_range(2..12);
                self.share(home, size, born, 2.0 * HOUR, rng)
            } else {
                self.object(None)
            };
            self.pushed_by[object as usize] = Some(number);
            let start = born + pause.map_or(0.0, |d| d.sample(rng));
            for &account in members {
                if rng.random_bool(group.participation) {
                    self.push(object, account, start + rng.random::<f64>() * group.spread);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_world() {
        let group = GroupSettings {
            size: 6,
            objects: 8,
            spread: 20.0,
            participation: 0.9,
        };
        let settings = SimulationSettings {
            events: 5_000,
            groups: vec![group],
            ..SimulationSettings::default()
        };
        let (a, b) = (simulate(&settings), simulate(&settings));
        assert_eq!(a.events, b.events);
        assert_eq!(a.groups, b.groups);
        assert_eq!(a.groups[0].len(), 6);
        assert!(a.events.len() >= 5_000 && a.events.windows(2).all(|w| w[0].time <= w[1].time));
        let other = simulate(&SimulationSettings {
            seed: 8,
            ..settings
        });
        assert_ne!(a.events, other.events);
    }
}
