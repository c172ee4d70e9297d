//! An election office's page where people look up their registration.
//!
//! Most visitors open the form and ask for their own number. Households ask for neighbouring numbers, often from two
//! devices; volunteers help dozens of people from one; applicants ask for new numbers, which are given out in order, again
//! and again until they are registered, some of them while they queue. Traffic has its hours and its days off, and may grow
//! towards the vote.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, Gamma, Poisson};

use crate::measure::neighbours::LookUp;
use crate::measure::pageless::Share;

/// How an office is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Office {
    /// Registered when it begins.
    pub voters: u64,
    /// Look-ups on an ordinary day.
    pub look_ups: f64,
    /// By how much they have grown on the last day; 1 for not at all.
    pub ramp: f64,
    /// How many days there are.
    pub days: usize,
    /// New numbers a day.
    pub applicants: f64,
}

impl Office {
    /// 200,000 voters, 1,500 look-ups a day.
    pub fn large(days: usize) -> Self {
        Self {
            voters: 200_000,
            look_ups: 1_500.0,
            ramp: 1.0,
            days,
            applicants: 60.0,
        }
    }

    /// The same, with three times the look-ups on the last day.
    pub fn before_a_vote(days: usize) -> Self {
        Self {
            ramp: 3.0,
            ..Self::large(days)
        }
    }

    /// 20,000 voters, 300 look-ups a day.
    pub fn middling(days: usize) -> Self {
        Self {
            voters: 20_000,
            look_ups: 300.0,
            ramp: 1.0,
            days,
            applicants: 10.0,
        }
    }

    /// 5,000 voters, 60 look-ups a day.
    pub fn small(days: usize) -> Self {
        Self {
            voters: 5_000,
            look_ups: 60.0,
            ramp: 1.0,
            days,
            applicants: 3.0,
        }
    }
}

/// The order in which somebody goes through the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Number by number.
    Sequence,
    /// Leaving out up to six each time.
    Jumps,
    /// Any.
    Random,
}

/// Somebody who reads the register out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attack {
    /// The first day.
    pub from: usize,
    /// Requests a day, evenly over all of it.
    pub requests: usize,
    /// Addresses that take turns.
    pub exits: u32,
    /// In which order.
    pub order: Order,
    /// Whether the form is opened each time, as by a real browser.
    pub opens_form: bool,
}

/// A look-up, with whether the form was opened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The look-up.
    pub look_up: LookUp,
    /// Whether its visit had a page.
    pub has_page: bool,
    /// Whether it was the attacker's.
    pub attack: bool,
}

/// Days are of so many milliseconds.
const DAY: i64 = 86_400_000;
/// The attacker's addresses begin here.
const EXITS: u32 = 4_000_000_000;
/// Look-ups for each hour of the day, in proportion.
const HOURS: [f64; 24] = [
    1.0, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3.0, 5.0, 6.5, 7.0, 7.0, 7.5, 7.0, 6.5, 6.0, 6.0, 5.5, 5.5,
    5.5, 5.0, 4.0, 3.0, 1.8,
];

/// The days of an office, one after the other.
pub struct Days {
    office: Office,
    attack: Option<Attack>,
    rng: ChaCha8Rng,
    day: usize,
    /// The largest number given out.
    largest: u64,
    /// The next source.
    source: u32,
    /// The attacker's next number.
    next: u64,
    /// The share of visits whose browser had the page in store, today.
    in_store: Option<Gamma<f64>>,
}

impl Office {
    /// Its days, decided by a seed.
    pub fn days(&self, attack: Option<Attack>, seed: u64) -> Days {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let next = rng.random_range(1_000..self.voters / 2);
        let in_store = Gamma::new(60.0, 0.05 / 60.0).ok();
        Days {
            office: *self,
            attack,
            rng,
            day: 0,
            largest: self.voters,
            source: 1,
            next,
            in_store,
        }
    }
}

impl Iterator for Days {
    type Item = Vec<Visit>;

    fn next(&mut self) -> Option<Vec<Visit>> {
        if self.day == self.office.days {
            return None;
        }
        let mut visits = Vec::new();
        let share = self
            .in_store
            .map_or(0.05, |d| d.sample(&mut self.rng).min(0.5));
        self.people(share, &mut visits);
        self.applicants(share, &mut visits);
        self.volunteers(share, &mut visits);
        self.attacker(&mut visits);
        visits.sort_unstable_by_key(|v| (v.look_up.time, v.look_up.source, v.look_up.number));
        self.day += 1;
        Some(visits)
    }
}

impl Days {
    fn today(&self) -> i64 {
        self.day as i64 * DAY
    }

    /// How busy the day is: less on days off, more towards the vote.
    fn busy(&self) -> f64 {
        let off = if self.day % 7 >= 5 { 0.55 } else { 1.0 };
        let towards = self.day as f64 / (self.office.days.max(2) - 1) as f64;
        off * (1.0 + (self.office.ramp - 1.0) * towards)
    }

    fn some(&mut self, mean: f64) -> usize {
        Poisson::new(mean.max(1e-9)).map_or(0, |d| d.sample(&mut self.rng) as usize)
    }

    fn time(&mut self) -> i64 {
        let mut at = self.rng.random::<f64>() * HOURS.iter().sum::<f64>();
        let hour = HOURS.iter().position(|share| {
            at -= share;
            at <= 0.0
        });
        self.today() + hour.unwrap_or(23) as i64 * 3_600_000 + self.rng.random_range(0..3_600_000)
    }

    fn new_source(&mut self) -> u32 {
        self.source += 1;
        self.source
    }

    fn visit(&mut self, number: u64, source: u32, time: i64, share: f64, visits: &mut Vec<Visit>) {
        let time = time.min(self.today() + DAY - 1);
        let has_page = !self.rng.random_bool(share);
        visits.push(Visit {
            look_up: LookUp {
                number,
                source,
                time,
            },
            has_page,
            attack: false,
        });
    }

    /// People ask for themselves, one in twelve for the household too, which has neighbouring numbers.
    fn people(&mut self, share: f64, visits: &mut Vec<Visit>) {
        let wanted = self.some(self.office.look_ups * self.busy() * 0.8);
        while visits.len() < wanted {
            let (number, source, mut time) = (
                self.rng.random_range(1..=self.office.voters),
                self.new_source(),
                self.time(),
            );
            self.visit(number, source, time, share, visits);
            if !self.rng.random_bool(1.0 / 12.0) {
                continue;
            }
            for member in 1..=self.rng.random_range(1..=3) {
                time += self.rng.random_range(30_000..1_200_000);
                let device = if self.rng.random_bool(0.4) {
                    self.new_source()
                } else {
                    source
                };
                self.visit(number + member, device, time, share, visits);
            }
        }
    }

    /// Applicants of the last days ask for numbers that were given out in order, a few of them while they stand in line.
    fn applicants(&mut self, share: f64, visits: &mut Vec<Visit>) {
        let new = self.some(self.office.applicants * self.busy());
        for k in 0..new as u64 {
            if self.rng.random_bool(0.15) {
                let opened = self.today() + 14 * 3_600_000 + k as i64 * 28_800_000 / new as i64;
                let (source, time) = (
                    self.new_source(),
                    opened + self.rng.random_range(0..1_800_000),
                );
                self.visit(self.largest + k, source, time, share, visits);
            }
        }
        self.largest += new as u64;
        let asking = self.some(self.office.look_ups * self.busy() * 0.15);
        #[expect(clippy::expect_used, reason = "the rate is above 0")]
        let age =
            Exp::new(1.0 / (4.0 * self.office.applicants)).expect("an exponential distribution");
        for _ in 0..asking {
            let back = age.sample(&mut self.rng) as u64;
            let (source, time) = (self.new_source(), self.time());
            self.visit(
                self.largest.saturating_sub(back).max(1),
                source,
                time,
                share,
                visits,
            );
        }
    }

    /// Volunteers help people from one device for an hour or two.
    fn volunteers(&mut self, share: f64, visits: &mut Vec<Visit>) {
        let volunteers = self.some(self.office.look_ups * self.busy() * 0.05 / 15.0);
        for _ in 0..volunteers {
            let (source, mut time) = (self.new_source(), self.time());
            // Half of them go through a street, where numbers are near.
            let street = self
                .rng
                .random_bool(0.5)
                .then(|| self.rng.random_range(1..=self.office.voters));
            for _ in 0..self.rng.random_range(5..25) {
                time += self.rng.random_range(60_000..400_000);
                let number = match street {
                    Some(at) => at + self.rng.random_range(0..200),
                    None => self.rng.random_range(1..=self.office.voters),
                };
                self.visit(number, source, time, share, visits);
            }
        }
    }

    fn attacker(&mut self, visits: &mut Vec<Visit>) {
        let Some(attack) = self.attack.filter(|a| self.day >= a.from) else {
            return;
        };
        let gap = DAY / attack.requests as i64;
        for k in 0..attack.requests as i64 {
            self.next = match attack.order {
                Order::Sequence => self.next + 1,
                Order::Jumps => self.next + self.rng.random_range(1..=7),
                Order::Random => self.rng.random_range(1..=self.office.voters),
            };
            let time = self.today() + k * gap + self.rng.random_range(0..gap);
            let source = EXITS + self.rng.random_range(0..attack.exits);
            let look_up = LookUp {
                number: self.next,
                source,
                time,
            };
            visits.push(Visit {
                look_up,
                has_page: attack.opens_form,
                attack: true,
            });
        }
    }
}

/// A day's look-ups with and without a page.
pub fn share(visits: &[Visit]) -> Share {
    Share {
        without: visits.iter().filter(|v| !v.has_page).count() as u32,
        all: visits.len() as u32,
    }
}
