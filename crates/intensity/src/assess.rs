//! The parts of each actor's intensity in each cycle, and what may be said of two cycles.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::actor::{Account, Actor};
use crate::count::{Acts, Counted, Posts, Reading};
use crate::election::Election;
use crate::question::Question;
use crate::ratio::{Interval, Pair, counting, interval, random_subset, typical_values};
use crate::sides::{Sides, sides};
use crate::words::{Sentence, range};

mod obstacle;

pub use obstacle::Why;
use obstacle::obstacle;

/// How often accounts of a judged probability are drawn.
const DRAWS: usize = 4_095;
/// Fewest operators of which a 95 % interval exists.
const FEWEST: usize = 6;
/// What no activity rules out at 95 %: the exact upper bound of a Poisson mean of which none were seen, −ln 0.05.
const NONE_SEEN: f64 = 2.995_732_273_553_991;

/// What posts are counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denominator {
    /// Everybody's posts in the background.
    EverybodysPosts,
    /// Everybody's posts about the election, in the same reading.
    EverybodysElectionPosts,
    /// Published users, over the days watched.
    UserDays,
}

impl Denominator {
    /// What to call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EverybodysPosts => "everybody's posts",
            Self::EverybodysElectionPosts => "everybody's posts about the election",
            Self::UserDays => "published users, per day watched",
        }
    }
}

/// One actor before one vote.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The actor.
    pub actor: String,
    /// The election.
    pub election: String,
    /// Accounts that were known within the same days after each vote, and so watched.
    pub watched: usize,
    /// Those that posted.
    pub active: usize,
    /// Chao's lower bound of all that were active, seen or not.
    pub active_at_least: f64,
    /// Their posts.
    pub posts: Posts,
    /// Everybody's posts.
    pub everybody: Posts,
    /// Posts about the election, by words of voting, per million of everybody's posts.
    pub per_million: f64,
    /// The share of their posts that is about the election, in each reading.
    pub focus: [Option<f64>; 2],
    /// Days on which any of them posted, and days watched.
    pub days: [u32; 2],
    /// Platforms they posted on.
    pub platforms: usize,
    /// Communities they posted in.
    pub communities: usize,
    /// Likes and shares of their posts.
    pub engagement: u64,
    /// The category of breakout that platforms and communities give, 1 to 3; higher ones need evidence.
    pub breakout: Option<u8>,
    /// What is said where nothing was seen.
    pub nothing_seen: Option<String>,
}

/// One ratio of later to earlier.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ratio {
    /// What "about the election" means.
    pub reading: Reading,
    /// What posts are counted against.
    pub denominator: Denominator,
    /// Its 95 % interval; an open end is none.
    pub interval: Interval,
}

/// What may be said of two cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Less in the later one.
    Less,
    /// More in the later one.
    More,
    /// Neither.
    NotToldApart,
    /// Nothing.
    NotCompared(Why),
}

impl Answer {
    /// The answer that all ratios together allow: one that disagrees, and nothing is said.
    #[must_use]
    pub fn of(ratios: &[Ratio]) -> Self {
        let all = |test: fn(Interval) -> bool| {
            !ratios.is_empty() && ratios.iter().all(|ratio| test(ratio.interval))
        };
        if all(Interval::is_below_one) {
            Self::Less
        } else if all(Interval::is_above_one) {
            Self::More
        } else {
            Self::NotToldApart
        }
    }
}

/// One actor, two cycles.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The actor.
    pub actor: String,
    /// The earlier election.
    pub earlier: String,
    /// The later one.
    pub later: String,
    /// Every denominator under both readings.
    pub ratios: Vec<Ratio>,
    /// Which sentence this allows.
    pub sentence: Sentence,
    /// Its words.
    pub says: String,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// Every actor before every vote.
    pub parts: Vec<Part>,
    /// Every actor over neighbouring cycles.
    pub comparisons: Vec<Comparison>,
    /// Which sides every actor's posts name, where the election names sides.
    pub sides: Vec<Sides>,
    /// Days after each vote within which accounts became known.
    pub lag: i64,
}

impl Assessment {
    /// Days after each vote within which accounts became known, in words.
    #[must_use]
    pub fn lag_in_words(&self) -> String {
        in_days(self.lag)
    }
}

fn in_days(days: i64) -> String {
    let word = if days == 1 { "day" } else { "days" };
    format!("{days} {word}")
}

/// Assesses every actor in every cycle; `counted` is in the order of the question's elections.
#[must_use]
pub fn assess(question: &Question, counted: &[Counted], seed: u64) -> Assessment {
    let lag = question.lag();
    let cycles: Vec<Cycle<'_>> = (question.elections.iter().zip(counted))
        .map(|(election, counted)| Cycle {
            election,
            counted,
            days: question.days,
            lag,
        })
        .collect();
    let mut parts = Vec::new();
    let mut comparisons = Vec::new();
    let mut of_sides = Vec::new();
    let seen: BTreeSet<&str> = counted
        .iter()
        .flat_map(|counted| counted.accounts.keys().map(String::as_str))
        .collect();
    for actor in &question.actors {
        let is_known = actor.accounts.iter().any(|a| seen.contains(a.handle()));
        parts.extend(cycles.iter().map(|cycle| cycle.part(actor, is_known)));
        of_sides.extend(cycles.iter().filter_map(|cycle| cycle.sides(actor)));
        let neighbours = cycles.windows(2);
        comparisons.extend(neighbours.map(|pair| compare(actor, &pair[0], &pair[1], seed)));
    }
    Assessment {
        parts,
        comparisons,
        sides: of_sides,
        lag,
    }
}

struct Cycle<'a> {
    election: &'a Election,
    counted: &'a Counted,
    days: u16,
    lag: i64,
}

impl Cycle<'_> {
    /// Was it known soon enough after the vote? One without a date counts, and forbids comparison.
    fn knows(&self, account: &Account) -> bool {
        account.known.is_none_or(|known| {
            let after = known.since(self.election.vote).map_or(0, |s| s.get_days());
            i64::from(after) <= self.lag
        })
    }

    fn acts(&self, account: &Account) -> Option<&Acts> {
        let acts = self.counted.accounts.get(account.handle())?;
        self.knows(account).then_some(acts)
    }

    /// An actor before the vote; of one who is seen in no export it is not known that their accounts are named there so.
    fn part(&self, actor: &Actor, is_known: bool) -> Part {
        let watched = actor.accounts.iter().filter(|a| self.knows(a)).count();
        let acts: Vec<&Acts> = actor.accounts.iter().filter_map(|a| self.acts(a)).collect();
        let mut posts = Posts::default();
        for one in &acts {
            posts.all += one.posts.all;
            posts.by_words += one.posts.by_words;
            posts.by_names += one.posts.by_names;
        }
        let union = |of: fn(&Acts) -> &BTreeSet<String>| {
            let all: BTreeSet<&String> = acts.iter().flat_map(|one| of(one)).collect();
            all.len()
        };
        let (platforms, communities) = (union(|a| &a.platforms), union(|a| &a.communities));
        let days: BTreeSet<_> = acts.iter().flat_map(|one| &one.days).collect();
        let everybody = self.counted.everybody;
        let focus = Reading::BOTH
            .map(|reading| (posts.all > 0).then(|| posts.about(reading) as f64 / posts.all as f64));
        Part {
            actor: actor.id.clone(),
            election: self.election.id.clone(),
            watched,
            active: acts.len(),
            active_at_least: chao(&acts),
            posts,
            everybody,
            per_million: 1e6 * posts.by_words as f64 / everybody.all as f64,
            focus,
            days: [days.len() as u32, self.election.watched(self.days)],
            platforms,
            communities,
            engagement: acts.iter().map(|one| one.engagement).sum(),
            breakout: breakout(platforms, communities),
            nothing_seen: (posts.all == 0).then(|| self.nothing_seen(actor, watched, is_known)),
        }
    }

    fn sides(&self, actor: &Actor) -> Option<Sides> {
        let known: BTreeSet<&str> = (actor.accounts.iter())
            .filter(|account| self.knows(account))
            .map(Account::handle)
            .collect();
        sides(actor, self.election, self.counted, |id| known.contains(id))
    }

    fn nothing_seen(&self, actor: &Actor, watched: usize, is_known: bool) -> String {
        let everybody = self.counted.everybody.all;
        // Rows that could not be read may all have been theirs.
        let unseen = NONE_SEEN + self.counted.rejected as f64;
        let limit = 1e6 * unseen / everybody as f64;
        let was_watched = watched > 0
            && is_known
            && !self.counted.exported.is_empty()
            && !self.is_spelt_otherwise(actor);
        // That there is nothing only those can say who know that everything was collected.
        let sentence = if was_watched && self.election.whole {
            Sentence::NothingSeen
        } else {
            Sentence::NotWatched
        };
        sentence.fill(&[
            ("actor", actor.name.clone()),
            ("later", self.election.name.clone()),
            ("accounts", watched.to_string()),
            ("watched", self.election.watched(self.days).to_string()),
            ("background", everybody.to_string()),
            ("limit", format!("{limit:.1}")),
        ])
    }

    /// Rows of what is counted against that could not be read.
    fn rejected_of(&self, denominator: Denominator) -> f64 {
        match denominator {
            Denominator::UserDays => 0.0,
            _ => self.counted.everybodys_rejected as f64,
        }
    }

    /// What there is to count against; none where the background is silent in that sense.
    fn denominator(&self, denominator: Denominator, reading: Reading) -> Option<f64> {
        let days = f64::from(self.election.watched(self.days));
        match denominator {
            Denominator::EverybodysPosts => Some(self.counted.everybody.all as f64),
            Denominator::EverybodysElectionPosts => {
                Some(self.counted.everybody.about(reading) as f64)
            }
            // Posts collected in part are of a part of the users.
            Denominator::UserDays => {
                (self.election.users).map(|users| users as f64 * days * self.election.sampled)
            }
        }
    }
}

/// The bias-corrected lower bound of A. Chao (Scandinavian Journal of Statistics 11, 1984): accounts seen, and those unseen
/// that the numbers seen once and twice imply.
fn chao(acts: &[&Acts]) -> f64 {
    let seen = |times: u64| acts.iter().filter(|one| one.posts.all == times).count() as f64;
    acts.len() as f64 + seen(1) * (seen(1) - 1.0).max(0.0) / (2.0 * (seen(2) + 1.0))
}

/// Categories 1 to 3 of B. Nimmo, "The breakout scale" (Brookings, 2020): one platform and one community; more of either;
/// more of both. None where nothing was posted.
fn breakout(platforms: usize, communities: usize) -> Option<u8> {
    match (platforms, communities) {
        (0, _) => None,
        (1, 0 | 1) => Some(1),
        (1, _) | (_, 0 | 1) => Some(2),
        _ => Some(3),
    }
}

fn compare(actor: &Actor, earlier: &Cycle<'_>, later: &Cycle<'_>, seed: u64) -> Comparison {
    let obstacle = obstacle(actor, earlier, later);
    let ratios = match obstacle {
        Some(_) => Vec::new(),
        None => ratios(actor, earlier, later, seed),
    };
    let answer = obstacle.map_or_else(|| Answer::of(&ratios), Answer::NotCompared);
    let hull = (ratios.iter().map(|ratio| ratio.interval)).reduce(Interval::hull);
    let hull = hull.unwrap_or(Interval::UNBOUNDED);
    let sentence = Sentence::of(answer);
    let says = sentence.fill(&[
        ("actor", actor.name.clone()),
        ("earlier", earlier.election.name.clone()),
        ("later", later.election.name.clone()),
        ("lag", in_days(later.lag)),
        ("range", range(hull.lower, hull.upper)),
    ]);
    Comparison {
        actor: actor.id.clone(),
        earlier: earlier.election.id.clone(),
        later: later.election.id.clone(),
        ratios,
        sentence,
        says,
    }
}

fn ratios(actor: &Actor, earlier: &Cycle<'_>, later: &Cycle<'_>, seed: u64) -> Vec<Ratio> {
    let denominators = [
        Denominator::EverybodysPosts,
        Denominator::EverybodysElectionPosts,
        Denominator::UserDays,
    ];
    let mut ratios = Vec::new();
    for reading in Reading::BOTH {
        let counts = counts(actor, earlier, later, reading, seed)
            .widened(rejected(actor, earlier, later, reading));
        for denominator in denominators {
            let of = |cycle: &Cycle<'_>| cycle.denominator(denominator, reading);
            let (Some(before), Some(after)) = (of(earlier), of(later)) else {
                continue;
            };
            let of_rows = |cycle: &Cycle<'_>| cycle.rejected_of(denominator);
            // Everybody silent about the election in a cycle: that denominator bounds nothing.
            let scale = before / after;
            let interval = if before > 0.0 && after > 0.0 {
                Interval {
                    lower: counts.lower * scale,
                    upper: counts.upper * scale,
                }
                .widened(Pair {
                    earlier: after / (after + of_rows(later)),
                    later: (before + of_rows(earlier)) / before,
                })
            } else {
                Interval::UNBOUNDED
            };
            ratios.push(Ratio {
                reading,
                denominator,
                interval,
            });
        }
    }
    ratios
}

/// The interval of the ratio of posts about the election, before any denominator.
fn counts(
    actor: &Actor,
    earlier: &Cycle<'_>,
    later: &Cycle<'_>,
    reading: Reading,
    seed: u64,
) -> Interval {
    let judged = actor.accounts.iter().any(|a| a.judgement.is_some());
    if !judged {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let pairs = units(actor, earlier, later, reading, |_| true, &mut random);
        let total = |of: fn(&Pair) -> f64| pairs.iter().map(of).sum();
        let counting = counting(total(|pair| pair.earlier), total(|pair| pair.later));
        return (interval(&pairs, seed).hull(counting)).unthinned(earlier, later);
    }
    // The two ends of every judgement apart, and what holds both.
    [false, true]
        .map(|upper| drawn(actor, [earlier, later], reading, upper, seed))
        .into_iter()
        .reduce(Interval::hull)
        .unwrap_or(Interval::UNBOUNDED)
        .unthinned(earlier, later)
}

/// Every draw takes each account with its probability, and of its operators a subset.
fn drawn(
    actor: &Actor,
    [earlier, later]: [&Cycle<'_>; 2],
    reading: Reading,
    upper: bool,
    seed: u64,
) -> Interval {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut taken = ChaCha8Rng::seed_from_u64(seed ^ 1);
    let mut ratios = Vec::with_capacity(2 * DRAWS);
    let mut counted = Vec::new();
    for _ in 0..DRAWS {
        let mut takes = |account: &Account| {
            let judged = account.judgement;
            let probability = judged.map_or(1.0, |j| if upper { j.upper() } else { j.lower() });
            taken.random::<f64>() < probability
        };
        let pairs = units(actor, earlier, later, reading, &mut takes, &mut random);
        if pairs.len() < FEWEST {
            // These accounts alone would bound nothing, on either side.
            ratios.extend([0.0, f64::INFINITY]);
        } else {
            let ratio = random_subset(&pairs, &mut random);
            ratios.extend([ratio, ratio]);
            let total = |of: fn(&Pair) -> f64| pairs.iter().map(of).sum();
            counted.push(counting(
                total(|pair| pair.earlier),
                total(|pair| pair.later),
            ));
        }
    }
    // What counting leaves open under any of the draws stays open.
    let counted = counted.into_iter().reduce(Interval::hull);
    typical_values(&mut ratios).hull(counted.unwrap_or(Interval::UNBOUNDED))
}

/// How far rows that could not be read may lower and raise the ratio of later to earlier, were all of them the actor's and
/// about the election.
fn rejected(actor: &Actor, earlier: &Cycle<'_>, later: &Cycle<'_>, reading: Reading) -> Pair {
    let with_and_without = |cycle: &Cycle<'_>| {
        let about = |account| cycle.acts(account).map_or(0, |a| a.posts.about(reading));
        let posts = actor.accounts.iter().map(about).sum::<u64>().max(1) as f64;
        (posts + cycle.counted.rejected as f64) / posts
    };
    Pair {
        earlier: 1.0 / with_and_without(earlier),
        later: with_and_without(later),
    }
}

impl Interval {
    /// Wider by a factor at each end.
    fn widened(self, by: Pair) -> Self {
        Self {
            lower: self.lower * by.earlier,
            upper: self.upper * by.later,
        }
    }

    /// Back from counts of which the fuller collection was thinned: nothing remains to be scaled where the denominator is
    /// of the same collection, thinned alike.
    fn unthinned(self, earlier: &Cycle<'_>, later: &Cycle<'_>) -> Self {
        let scale = earlier.kept(later) / later.kept(earlier);
        Self {
            lower: self.lower * scale,
            upper: self.upper * scale,
        }
    }
}

impl Cycle<'_> {
    /// The share of this collection that is kept beside the other: the poorer is kept whole.
    fn kept(&self, other: &Cycle<'_>) -> f64 {
        (other.election.sampled / self.election.sampled).min(1.0)
    }
}

fn no_thinning() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

/// What each operator posted about the election in both cycles, the fuller collection thinned to the poorer.
fn units(
    actor: &Actor,
    earlier: &Cycle<'_>,
    later: &Cycle<'_>,
    reading: Reading,
    mut takes: impl FnMut(&Account) -> bool,
    random: &mut ChaCha8Rng,
) -> Vec<Pair> {
    let mut units: BTreeMap<&str, Pair> = BTreeMap::new();
    for account in actor.accounts.iter().filter(|account| takes(account)) {
        let mut posts = |cycle: &Cycle<'_>, other: &Cycle<'_>| {
            let about = cycle.acts(account).map_or(0, |a| a.posts.about(reading));
            thinned(about, cycle.kept(other), random)
        };
        let (before, after) = (posts(earlier, later), posts(later, earlier));
        let unit = units.entry(account.unit()).or_insert(Pair {
            earlier: 0.0,
            later: 0.0,
        });
        unit.earlier += before;
        unit.later += after;
    }
    (units.into_values())
        .filter(|unit| unit.earlier > 0.0 || unit.later > 0.0)
        .collect()
}

fn thinned(posts: u64, share: f64, random: &mut ChaCha8Rng) -> f64 {
    if share >= 1.0 {
        return posts as f64;
    }
    (0..posts)
        .filter(|_| random.random::<f64>() < share)
        .count() as f64
}
