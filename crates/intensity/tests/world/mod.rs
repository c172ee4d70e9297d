//! Worlds of stories that go over platforms, whose truth is known.
#![allow(clippy::unwrap_used)]

use overt_intensity::chains::{Sighting, Trails};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Pareto};

const TOPICS: usize = 6;
const DAY: f64 = 86_400.0;

/// How a world is made and seen.
#[derive(Clone, Copy)]
pub(crate) struct World {
    /// Things of a campaign; none: all is organic.
    pub(crate) planted: usize,
    /// The campaign's median lag from one platform to the next, in seconds.
    pub(crate) lag: f64,
    /// The share of Telegram's and X's posts that was collected.
    pub(crate) collected: f64,
    /// The step of the clock of Telegram, in seconds.
    pub(crate) step: i64,
    /// Seconds in which Telegram was not watched.
    pub(crate) gap: Option<[i64; 2]>,
    /// Readers with alerts of one channel each, who share all it posts within two minutes.
    pub(crate) alerted: usize,
    /// Readers with alerts of two channels each, the same two.
    pub(crate) alerted_of_two: usize,
}

pub(crate) const PLAIN: World = World {
    planted: 0,
    lag: 600.0,
    collected: 1.0,
    step: 1,
    gap: None,
    alerted: 3,
    alerted_of_two: 0,
};

/// What is known to be true.
pub(crate) struct Truth {
    pub(crate) trails: Trails,
    /// Names of the campaign's things.
    pub(crate) planted: Vec<String>,
}

struct Carrier {
    name: String,
    topic: usize,
    /// How much it carries beside others.
    size: f64,
    /// Its lags beside those of others.
    speed: f64,
}

struct Maker<'a> {
    world: &'a World,
    random: ChaCha8Rng,
    channels: Vec<Carrier>,
    accounts: Vec<Carrier>,
    trails: Trails,
}

pub(crate) fn make(world: &World, seed: u64) -> Truth {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let channels = carriers("channel", random.random_range(30..60), &mut random);
    let accounts = carriers("account", random.random_range(200..400), &mut random);
    let mut maker = Maker {
        world,
        random,
        channels,
        accounts,
        trails: Trails::default(),
    };
    let things = maker.random.random_range(1_200..2_400);
    (0..things).for_each(|n| maker.organic(n));
    let planted = maker.campaign();
    Truth {
        trails: maker.trails,
        planted,
    }
}

fn carriers(kind: &str, many: usize, random: &mut ChaCha8Rng) -> Vec<Carrier> {
    let size = Pareto::new(1.0, 1.3).unwrap();
    let speed = LogNormal::new(0.0, 0.7).unwrap();
    (0..many)
        .map(|n| Carrier {
            name: format!("{kind}{n}"),
            topic: random.random_range(0..TOPICS),
            size: size.sample(random),
            speed: speed.sample(random),
        })
        .collect()
}

impl Maker<'_> {
    fn sees(&mut self, object: &str, platform: &str, carrier: &str, time: f64) {
        if platform != "site" && self.random.random::<f64>() >= self.world.collected {
            return;
        }
        let missed = |[from, until]: [i64; 2]| (from..=until).contains(&(time as i64));
        if platform == "telegram" && self.world.gap.is_some_and(missed) {
            return;
        }
        let step = if platform == "telegram" {
            self.world.step
        } else {
            1
        };
        self.trails.add(Sighting {
            object,
            platform,
            carrier,
            time: (time as i64).div_euclid(step) * step,
            source: 0,
        });
    }

    /// A time of publication, by day more than by night.
    fn published(&mut self) -> f64 {
        loop {
            let time = self.random.random::<f64>() * 30.0 * DAY;
            let hour = (time / 3_600.0) % 24.0;
            let wakes = 0.55 - 0.45 * ((hour - 2.0) / 24.0 * std::f64::consts::TAU).cos();
            if self.random.random::<f64>() < wakes {
                return time;
            }
        }
    }

    fn lag(&mut self, median: f64, spread: f64) -> f64 {
        LogNormal::new(median.ln(), spread)
            .unwrap()
            .sample(&mut self.random)
    }

    /// Whom a story of a topic meets: mostly those whose topic it is, the large ones more.
    fn meets(&mut self, of_accounts: bool, topic: usize) -> usize {
        let at_home = self.random.random::<f64>() < 0.8;
        let all = if of_accounts {
            &self.accounts
        } else {
            &self.channels
        };
        let weight = |c: &Carrier| {
            if at_home && c.topic != topic {
                0.0
            } else {
                c.size
            }
        };
        let mut left = self.random.random::<f64>() * all.iter().map(weight).sum::<f64>();
        for (at, carrier) in all.iter().enumerate() {
            left -= weight(carrier);
            if left < 0.0 {
                return at;
            }
        }
        0
    }

    /// A story of a site: on Telegram, and on X from there, from the site, or first of all.
    fn organic(&mut self, n: usize) {
        let topic = self.random.random_range(0..TOPICS);
        // The first site of each topic has accounts of its name, the second two that do not say whose they are.
        let site = self.random.random_range(0..8);
        let domain = format!("outlet-{topic}-{site}.example");
        let object = format!("url:https://{domain}/{n}");
        let born = self.published();
        let times: f64 = Pareto::new(1.5, 1.1).unwrap().sample(&mut self.random);
        let times = times.min(80.0);
        self.sees(&object, "site", &domain, born);
        if site == 0 {
            self.sees(
                &object,
                "telegram",
                &format!("outlet_{topic}_0_news"),
                born + 5.0,
            );
            self.sees(&object, "x", &format!("Outlet{topic}0"), born + 9.0);
        }
        if site == 1 {
            self.sees(&object, "telegram", &format!("desk{topic}"), born + 6.0);
            self.sees(&object, "x", &format!("wire{topic}"), born + 11.0);
        }
        let mut had = Vec::new();
        for _ in 0..(times * 0.6) as usize {
            let at = self.meets(false, topic);
            let speed = self.channels[at].speed;
            let time = born + speed * self.lag(5_400.0, 1.3);
            had.push((at, time));
            let name = self.channels[at].name.clone();
            self.sees(&object, "telegram", &name, time);
        }
        for _ in 0..times as usize {
            let at = self.meets(true, topic);
            let speed = self.accounts[at].speed;
            let follows = self.random.random::<f64>() < 0.5 && !had.is_empty();
            let from = if follows {
                had[self.random.random_range(0..had.len())].1
            } else {
                born
            };
            let time = from + speed * self.lag(3_600.0, 1.4);
            let name = self.accounts[at].name.clone();
            self.sees(&object, "x", &name, time);
        }
        self.aggregators(&object, born);
        self.readers(&object, &had);
    }

    /// Who posts nearly everything.
    fn aggregators(&mut self, object: &str, born: f64) {
        for n in 0..2 {
            if self.random.random::<f64>() < 0.5 {
                let time = born + self.lag(2_400.0, 0.6);
                self.sees(object, "telegram", &format!("everything{n}"), time);
            }
            if self.random.random::<f64>() < 0.4 {
                let time = born + self.lag(4_800.0, 0.6);
                self.sees(object, "x", &format!("all_of_it{n}"), time);
            }
        }
    }

    /// Who shares whatever a channel posts as soon as it posts.
    fn readers(&mut self, object: &str, had: &[(usize, f64)]) {
        for &(channel, time) in had {
            for n in 0..self.world.alerted {
                if channel == 3 * n {
                    let after = self.random.random_range(25.0..120.0);
                    self.sees(object, "x", &format!("alerted{n}"), time + after);
                }
            }
            for n in 0..self.world.alerted_of_two {
                if channel == 1 || channel == 2 {
                    let after = self.random.random_range(25.0..120.0);
                    self.sees(object, "x", &format!("twice_alerted{n}"), time + after);
                }
            }
        }
    }

    /// One site, a few channels, a few accounts; all of them take part in other stories too.
    fn campaign(&mut self) -> Vec<String> {
        if self.world.planted == 0 {
            return Vec::new();
        }
        let channels = self.random.random_range(2..5);
        let accounts = self.random.random_range(3..9);
        let mut planted = Vec::new();
        for n in 0..self.world.planted {
            let object = format!("url:https://planted.example/{n}");
            let born = self.published();
            self.sees(&object, "site", "planted.example", born);
            let first = self.random.random_range(0..channels);
            let mut last = born;
            for at in 0..channels {
                if at == first || self.random.random::<f64>() < 0.5 {
                    let time = born
                        + self.lag(self.world.lag, 0.4)
                        + f64::from(u8::from(at != first)) * 300.0;
                    last = if at == first { time } else { last };
                    self.sees(&object, "telegram", &format!("channel{}", 20 + at), time);
                }
            }
            for at in 0..accounts {
                if self.random.random::<f64>() < 0.6 {
                    let time = last + self.lag(self.world.lag, 0.4) + f64::from(at) * 20.0;
                    self.sees(&object, "x", &format!("account{}", 100 + at), time);
                }
            }
            // Others find some of it afterwards.
            for _ in 0..self.random.random_range(0..4) {
                let at = self.meets(true, 0);
                let name = self.accounts[at].name.clone();
                let time = last + self.lag(10_800.0, 1.2);
                self.sees(&object, "x", &name, time);
            }
            planted.push(object);
        }
        planted
    }
}
