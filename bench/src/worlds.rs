//! Worlds in which nobody is coordinated, of the kinds that mislead, as posts.
//!
//! Written apart from the simulation that ships with the program, so that what is proven does not rest on it alone.

use std::collections::BTreeMap;

use overt_coordination::simulate::{GroupSettings, Simulation, SimulationSettings, simulate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

/// A world: who shared what when.
pub struct World {
    /// (object, account, seconds); the first share of an object by its author where there is one.
    pub shares: Vec<Share>,
    /// Accounts of each planted group; none in an innocent world.
    pub groups: Vec<Vec<u32>>,
}

/// One account sharing one object.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// What.
    pub object: u32,
    /// Who.
    pub account: u32,
    /// Milliseconds since 1970.
    pub time: i64,
    /// Who made the object, where that is known.
    pub author: Option<u32>,
}

/// A kind of world by name.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// 20 communities of interest, people of different speed.
    Communities,
    /// The same with time zones and breaking news.
    News,
    /// 200 small communities.
    Small,
    /// 200 small communities, zones, news.
    SmallNews,
    /// 400 tight circles.
    Circles,
    /// 400 tight circles, zones, news.
    CirclesNews,
    /// Readers with fixed minutes of the day, in two time zones.
    Routines,
    /// Fans of one author with alerts, whose median delay is so many seconds.
    Fans(f64),
    /// A debate of two hours with five hashtags.
    Debate,
    /// Monitors and archivers who follow planted groups.
    Followers,
    /// One event of three hours with several live sources.
    Event,
    /// What people come back to: evergreen links, a tag for each weekday, a nightly show with cues, scheduled posts.
    Evergreen,
}

/// All kinds.
pub const KINDS: [Kind; 13] = [
    Kind::Communities,
    Kind::News,
    Kind::Small,
    Kind::SmallNews,
    Kind::Circles,
    Kind::CirclesNews,
    Kind::Routines,
    Kind::Fans(90.0),
    Kind::Fans(180.0),
    Kind::Debate,
    Kind::Followers,
    Kind::Event,
    Kind::Evergreen,
];

const START: i64 = 1_536_710_400_000;
const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const ACCOUNTS: u32 = 5_000;

impl Kind {
    /// What it is called.
    pub fn name(self) -> String {
        match self {
            Self::Communities => "20 communities, different speed".into(),
            Self::News => "+ time zones and breaking news".into(),
            Self::Small => "200 small communities".into(),
            Self::SmallNews => "200 small communities, zones, news".into(),
            Self::Circles => "400 tight circles".into(),
            Self::CirclesNews => "400 tight circles, zones, news".into(),
            Self::Routines => "fixed minutes of the day, two zones".into(),
            Self::Fans(s) => format!("400 fans of one author, alerts of {s} s"),
            Self::Debate => "a debate with five hashtags".into(),
            Self::Followers => "monitors and archivers who follow".into(),
            Self::Event => "one event, six live sources".into(),
            Self::Evergreen => "evergreen links, weekday tags, a nightly show, schedules".into(),
        }
    }

    /// Whether it is one of the hard ones, which get more seeds.
    pub fn is_hard(self) -> bool {
        matches!(
            self,
            Self::Circles | Self::CirclesNews | Self::Routines | Self::Fans(_) | Self::Followers
        )
    }

    /// A world of this kind.
    pub fn world(self, seed: u64) -> World {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x0BE7);
        match self {
            Self::Communities => organic(seed, 20, 1, 0, 100_000, &[]),
            Self::News => organic(seed, 20, 4, 20, 100_000, &[]),
            Self::Small => organic(seed, 200, 1, 0, 100_000, &[]),
            Self::SmallNews => organic(seed, 200, 4, 20, 100_000, &[]),
            Self::Circles => organic(seed, 400, 1, 0, 100_000, &[]),
            Self::CirclesNews => organic(seed, 400, 4, 20, 100_000, &[]),
            Self::Routines => routines(&mut rng),
            Self::Fans(median) => fans(seed, median, &mut rng),
            Self::Debate => debate(seed, &mut rng),
            Self::Followers => followers(seed, &mut rng),
            Self::Event => event(seed, &mut rng),
            Self::Evergreen => evergreen(seed, &mut rng),
        }
    }
}

/// A life as the simulation has it.
pub fn organic(
    seed: u64,
    communities: u32,
    zones: u32,
    bursts: u32,
    events: u64,
    groups: &[GroupSettings],
) -> World {
    of(&simulate(&SimulationSettings {
        seed,
        events,
        accounts: ACCOUNTS,
        communities,
        zones,
        bursts,
        groups: groups.to_vec(),
        ..SimulationSettings::default()
    }))
}

fn of(world: &Simulation) -> World {
    let shares = world.events.iter().map(|e| Share {
        object: e.object,
        account: e.account,
        time: e.time,
        author: None,
    });
    World {
        shares: shares.collect(),
        groups: world.groups.clone(),
    }
}

impl World {
    fn new_object(&self) -> u32 {
        self.shares
            .iter()
            .map(|s| s.object)
            .max()
            .map_or(0, |o| o + 1)
    }

    /// A group's pushes over thirty days. `as_object` has what a member's share counts as.
    fn push_together(
        &mut self,
        members: &[u32],
        push: Push,
        rng: &mut ChaCha8Rng,
        as_object: impl Fn(u32, u32) -> u32,
    ) {
        for _ in 0..push.objects {
            let object = self.new_object();
            let at = START + rng.random_range(0..30 * DAY);
            for &account in members {
                if rng.random_bool(push.participation) {
                    let late = (rng.random_range(0.0..=push.spread) * 1000.0) as i64;
                    self.push(as_object(object, account), account, at + late, None);
                }
            }
        }
        self.groups.push(members.to_vec());
    }

    fn push(&mut self, object: u32, account: u32, time: i64, author: Option<u32>) {
        self.shares.push(Share {
            object,
            account,
            time,
            author,
        });
    }
}

/// What a group does.
#[derive(Debug, Clone, Copy)]
pub struct Push {
    /// So many objects.
    pub objects: u32,
    /// Share of its accounts that take part each time.
    pub participation: f64,
    /// Seconds within which they do.
    pub spread: f64,
}

/// Groups of accounts that do nothing else, at objects that nobody else shares, beside organic life.
pub fn isolated(seed: u64, sizes: &[u32], push: Push) -> World {
    let mut world = organic(seed, 20, 4, 20, 100_000, &[]);
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x150);
    let mut next = ACCOUNTS;
    for size in sizes {
        let members: Vec<u32> = (next..next + size).collect();
        next += size;
        world.push_together(&members, push, &mut rng, |object, _| object);
    }
    world
}

/// A group of twelve, and six accounts that share whatever it does 25 to 50 s after its last: both are planted.
pub fn with_amplifiers(seed: u64, push: Push) -> World {
    let mut world = isolated(seed, &[12], push);
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0xA3);
    let mut last: BTreeMap<u32, i64> = BTreeMap::new();
    for s in world.shares.iter().filter(|s| s.account >= ACCOUNTS) {
        let at = last.entry(s.object).or_insert(s.time);
        *at = s.time.max(*at);
    }
    let amplifiers: Vec<u32> = (0..6).map(|n| ACCOUNTS + 12 + n).collect();
    for (object, time) in last {
        for account in &amplifiers {
            let late = rng.random_range(25..50) * SECOND;
            world.push(object, *account, time + late, None);
        }
    }
    world.groups.push(amplifiers);
    world
}

/// A group that says the same in words of their own: each share is an object by itself.
pub fn paraphrased(seed: u64, size: u32, push: Push) -> World {
    let mut world = organic(seed, 20, 4, 20, 100_000, &[]);
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x9A9);
    let members: Vec<u32> = (ACCOUNTS..ACCOUNTS + size).collect();
    world.push_together(&members, push, &mut rng, |object, account| {
        object + 1 + account
    });
    world
}

/// 2,000 readers who look in three times a day, each at minutes of their own, and pass on what leads the news of their
/// field at that moment, or something else of the last hours.
fn routines(rng: &mut ChaCha8Rng) -> World {
    let mut world = World {
        shares: Vec::new(),
        groups: Vec::new(),
    };
    let (readers, fields, days) = (2_000, 10u32, 30i64);
    // Twelve leads a day in each field, and eighty other things.
    let (leads, others) = (12, 80);
    for reader in 0..readers {
        let field = rng.random_range(0..fields);
        let zone = i64::from(reader % 2) * 9 * HOUR;
        let sessions: Vec<i64> = [7, 12, 20]
            .iter()
            .map(|h| h * HOUR + rng.random_range(0..150) * 60 * SECOND)
            .collect();
        for day in 0..days {
            for at in &sessions {
                if !rng.random_bool(0.6) {
                    continue;
                }
                let jitter = rng.random_range(-15..=15) * SECOND;
                let time = START + day * DAY + at + zone + jitter;
                let slot = (at + zone).rem_euclid(DAY) * i64::from(leads) / DAY;
                let thing = if rng.random_bool(0.35) {
                    slot as u32
                } else {
                    leads + rng.random_range(0..others)
                };
                let object = (day as u32 * fields + field) * (leads + others) + thing;
                world.push(object, reader, time, None);
            }
        }
    }
    world
}

/// Readers of one author whose telephones tell them of every post; each passes on some.
fn fans(seed: u64, median: f64, rng: &mut ChaCha8Rng) -> World {
    let mut world = organic(seed, 20, 4, 20, 100_000, &[]);
    let first = world.new_object();
    let delay = LogNormal::new(median.ln(), 1.0).expect("a spread");
    let author = ACCOUNTS;
    let fans: Vec<(u32, f64)> = (0..400)
        .map(|_| (rng.random_range(0..ACCOUNTS), rng.random_range(0.1..0.6)))
        .collect();
    for post in 0..60i64 {
        let object = first + post as u32;
        let made = START + post / 2 * DAY + rng.random_range(7..22) * HOUR;
        let made = made + rng.random_range(0..3600) * SECOND;
        world.push(object, author, made, Some(author));
        for (fan, keen) in &fans {
            if rng.random_bool(*keen) {
                let late = (delay.sample(rng) * 1000.0) as i64;
                world.push(object, *fan, made + late, Some(author));
            }
        }
    }
    world
}

/// Hashtags: everyday ones, and five of a debate that 1,500 people follow, with moments at which many write.
fn debate(seed: u64, rng: &mut ChaCha8Rng) -> World {
    let mut world = organic(seed, 20, 4, 20, 60_000, &[]);
    let first = world.new_object();
    let begins = START + 12 * DAY + 20 * HOUR;
    let moments: Vec<i64> = (0..12).map(|_| rng.random_range(0..7200)).collect();
    let delay = LogNormal::new(45f64.ln(), 0.8).expect("a spread");
    for _ in 0..1_500 {
        let account = rng.random_range(0..ACCOUNTS);
        for tag in 0..5 {
            if !rng.random_bool(0.6) {
                continue;
            }
            let at = if rng.random_bool(0.5) {
                moments[rng.random_range(0..moments.len())] + delay.sample(rng) as i64
            } else {
                rng.random_range(0..7200)
            };
            world.push(first + tag, account, begins + at * SECOND, None);
        }
    }
    world
}

/// Planted groups, and beside each of them accounts that share whatever it does, half a minute after its last or at some
/// delay of their own after its first.
fn followers(seed: u64, rng: &mut ChaCha8Rng) -> World {
    let group = |size| GroupSettings {
        size,
        objects: 30,
        spread: 20.0,
        participation: 0.8,
    };
    let groups: Vec<GroupSettings> = [6, 8, 10, 15, 25].map(group).to_vec();
    let mut world = organic(seed, 20, 4, 20, 100_000, &groups);
    let mut next = ACCOUNTS;
    let mut more = Vec::new();
    for members in &world.groups {
        let mut pushed: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
        for s in world.shares.iter().filter(|s| members.contains(&s.account)) {
            pushed.entry(s.object).or_default().push(s.time);
        }
        // What the group pushes has most of it within a minute of one another.
        pushed.retain(|_, times| {
            times.sort_unstable();
            times.len() >= 3 && times[times.len() - 1] - times[0] <= 60 * SECOND
        });
        for follower in 0..members.len() as u32 / 3 {
            let account = next;
            next += 1;
            let own = rng.random_range(25..50) * SECOND;
            for (object, times) in &pushed {
                if !rng.random_bool(0.7) {
                    continue;
                }
                let jitter = rng.random_range(0..10) * SECOND;
                let from = if follower % 2 == 0 {
                    times[times.len() - 1]
                } else {
                    times[0] + 5 * SECOND
                };
                more.push((*object, account, from + own / 2 + jitter));
            }
        }
    }
    for (object, account, time) in more {
        world.push(object, account, time, None);
    }
    world
}

/// Things that are shared again and again: ten links that never grow old; a tag for each working day, at an hour and a
/// minute that each who uses it keeps; a show at a quarter past eight with six cues a night that viewers write at; and
/// thirty newsrooms that post on the full hour by schedule.
fn evergreen(seed: u64, rng: &mut ChaCha8Rng) -> World {
    let mut world = organic(seed, 20, 4, 20, 60_000, &[]);
    let mut object = world.new_object();
    let days = 42i64;
    let minute = 60 * SECOND;
    for _ in 0..10 {
        for _ in 0..150 {
            let account = rng.random_range(0..ACCOUNTS);
            let usual = rng.random_range(0..DAY);
            for day in 0..days {
                if rng.random_bool(0.3) {
                    let at = if rng.random_bool(0.5) {
                        usual + rng.random_range(-5 * minute..5 * minute)
                    } else {
                        rng.random_range(6 * HOUR..23 * HOUR)
                    };
                    world.push(object, account, START + day * DAY + at, None);
                }
            }
        }
        object += 1;
    }
    for weekday in 0..5 {
        for _ in 0..400 {
            let account = rng.random_range(0..ACCOUNTS);
            let usual = rng.random_range(7 * HOUR..22 * HOUR);
            let exact = rng.random_range(0..40 * minute).max(SECOND);
            for week in 0..days / 7 {
                if rng.random_bool(0.8) {
                    let at = usual + rng.random_range(-exact..exact);
                    world.push(
                        object,
                        account,
                        START + (week * 7 + weekday) * DAY + at,
                        None,
                    );
                }
            }
        }
        object += 1;
    }
    let delay = LogNormal::new(20f64.ln(), 0.7).expect("a spread");
    let viewers: Vec<u32> = (0..300).map(|_| rng.random_range(0..ACCOUNTS)).collect();
    for night in 0..days {
        let begins = START + night * DAY + 20 * HOUR + 15 * minute;
        let cues: Vec<i64> = (0..6).map(|_| rng.random_range(0..90 * minute)).collect();
        for viewer in &viewers {
            if rng.random_bool(0.4) {
                let cue = cues[rng.random_range(0..cues.len())];
                let late = (delay.sample(rng) * 1000.0) as i64;
                world.push(object, *viewer, begins + cue + late, None);
            }
        }
    }
    object += 1;
    for newsroom in 0..30u32 {
        let account = ACCOUNTS + newsroom;
        for day in 0..days {
            for hour in 6..22 {
                if rng.random_bool(0.4) {
                    let scheduled = rng.random_bool(1.0 / 3.0);
                    let late = if scheduled {
                        rng.random_range(0..20 * SECOND)
                    } else {
                        rng.random_range(0..HOUR)
                    };
                    let of = object + rng.random_range(0..3);
                    world.push(of, account, START + day * DAY + hour * HOUR + late, None);
                }
            }
        }
    }
    world
}

/// A live event: six reporters write of it for three hours, and 300 people pass on what they read, soon.
fn event(seed: u64, rng: &mut ChaCha8Rng) -> World {
    let mut world = organic(seed, 20, 4, 20, 100_000, &[]);
    let mut object = world.new_object();
    let begins = START + 12 * DAY + 18 * HOUR;
    let delay = LogNormal::new(60f64.ln(), 1.0).expect("a spread");
    let viewers: Vec<(u32, f64)> = (0..300)
        .map(|_| (rng.random_range(0..ACCOUNTS), rng.random_range(0.02..0.2)))
        .collect();
    for reporter in 0..6 {
        for _ in 0..30 {
            let made = begins + rng.random_range(0..3 * 3600) * SECOND;
            let author = ACCOUNTS + reporter;
            world.push(object, author, made, Some(author));
            for (viewer, keen) in &viewers {
                if rng.random_bool(*keen) {
                    let late = (delay.sample(rng) * 1000.0) as i64;
                    world.push(object, *viewer, made + late, Some(author));
                }
            }
            object += 1;
        }
    }
    world
}
