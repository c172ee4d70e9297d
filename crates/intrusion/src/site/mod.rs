//! A site: what one web server was asked, day by day, against the days before.
//!
//! ```text
//! Request ─► route, parameters ─► the day ─┬► values out of grammar, sources that misbehave ─► counts
//!                                          ├► look-ups by number ─► neighbours, pageless
//!                                          └► absolute rules: lonely routes, guessed passwords, floods
//! ```
//!
//! A day is judged when it is over. What a day that raised an alarm taught is taken out again.

mod attempt;
mod day;
mod judge;
mod literal;
mod routes;

use overt_model::log::{LogPlace, Request};
use serde::{Deserialize, Serialize};

use crate::kept::is_time;
use crate::measure::counts::Counts;
use crate::measure::detector::Detector;
use crate::measure::neighbours::Neighbours;
use crate::measure::pageless::Pageless;
use crate::sighting::Sighting;

pub use attempt::{Attempted, Fingerprint, Ran, Searched};

use day::Day;
use routes::{Place, Routes};

/// A day in milliseconds.
pub(crate) const DAY: i64 = 86_400_000;

/// How a site is watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Days that are learnt from before anything but absolute rules speaks.
    pub baseline: usize,
    /// Days between false alarms of all measures of one site together.
    pub one_false_alarm_in: f64,
    /// Decides what is drawn.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            baseline: 30,
            one_false_alarm_in: 1_825.0,
            seed: 1,
        }
    }
}

/// Measures that share a site's false alarms: values out of grammar, misbehaving sources, what is sent
/// without a page, neighbours, page-less look-ups.
const MEASURES: f64 = 5.0;
/// Routes whose look-ups are watched.
const MAX_WATCHED: usize = 8;

/// A site, watched.
#[derive(Serialize, Deserialize)]
pub struct Site {
    name: String,
    settings: Settings,
    routes: Routes,
    day: Option<Day>,
    /// Days that are over.
    days: u32,
    outside: Watched,
    misbehaving: Watched,
    sent: Watched,
    look_ups: Vec<LookUps>,
    /// The most failing routes of one source on one day, and requests of one minute.
    most_failing: u32,
    most_a_minute: u32,
    /// Days with guessed passwords, by route.
    #[serde(with = "crate::kept::pairs")]
    guessed: std::collections::BTreeMap<Place, u32>,
    /// Requests that came on a later day than the log was at.
    late: u64,
    attempts: Vec<Attempted>,
    /// Attempts that were forgotten.
    attempts_forgotten: u64,
    /// Attempts of days with too many of them.
    attempts_left_out: u64,
}

/// A count with its detector.
#[derive(Serialize, Deserialize)]
struct Watched {
    counts: Counts,
    detector: Detector,
}

impl Watched {
    fn new(baseline: usize) -> Self {
        Self {
            counts: Counts::new(baseline),
            detector: Detector::default(),
        }
    }
}

/// The look-ups of one route by one number.
#[derive(Serialize, Deserialize)]
struct LookUps {
    place: Place,
    neighbours: Neighbours,
    pageless: Pageless,
    by_neighbours: Detector,
    by_pages: Detector,
}

impl Site {
    /// A site of this name.
    pub fn new(name: &str, settings: Settings) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            routes: Routes::default(),
            day: None,
            days: 0,
            outside: Watched::new(settings.baseline),
            misbehaving: Watched::new(settings.baseline),
            sent: Watched::new(settings.baseline),
            look_ups: Vec::new(),
            most_failing: 0,
            most_a_minute: 0,
            guessed: std::collections::BTreeMap::new(),
            late: 0,
            attempts: Vec::new(),
            attempts_forgotten: 0,
            attempts_left_out: 0,
        }
    }

    /// Takes a request; what a day that is over says is added to `found`.
    pub fn request(
        &mut self,
        time: i64,
        request: &Request<'_>,
        at: LogPlace,
        found: &mut Vec<Sighting>,
    ) {
        let date = time.div_euclid(DAY);
        match &self.day {
            Some(day) if date > day.date => self.close(found),
            Some(day) if date < day.date => self.late += 1,
            _ => {}
        }
        let day = self.day.get_or_insert_with(|| Day::new(date));
        let is_learning = self.days < self.settings.baseline as u32;
        day.request(&mut self.routes, is_learning, time, request, at);
        self.attempts.append(&mut day.attempted);
    }

    /// Judges the day that is under way: it is over.
    pub fn close(&mut self, found: &mut Vec<Sighting>) {
        if let Some(day) = self.day.take() {
            self.attempts_left_out += u64::from(day.attempts_left_out());
            self.judge(day, found);
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Days that are over.
    pub fn days(&self) -> u32 {
        self.days
    }

    /// Requests of an earlier day than the log was at when they came; they were counted with that day.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Values that were meant to do something.
    pub fn attempts(&self) -> &[Attempted] {
        &self.attempts
    }

    /// The same, for whoever finds statements that hold them.
    pub fn attempts_mut(&mut self) -> &mut [Attempted] {
        &mut self.attempts
    }

    /// Forgets attempts that no statement holds and that are older than so many days before the day that is under way:
    /// the log of a database comes with that of its site.
    pub fn forget_attempts(&mut self, days: i64) {
        let Some(date) = self.day.as_ref().map(|day| day.date) else {
            return;
        };
        let oldest = (date - days) * DAY;
        let before = self.attempts.len();
        self.attempts
            .retain(|attempt| attempt.ran.is_some() || attempt.time >= oldest);
        self.attempts_forgotten += (before - self.attempts.len()) as u64;
    }

    /// How many attempts were forgotten.
    pub fn attempts_forgotten(&self) -> u64 {
        self.attempts_forgotten
    }

    /// Makes what is not written down again, after a state was read; says whether the site can be gone on with.
    pub fn resume(&mut self) -> bool {
        let routes = &self.routes;
        let is_place = |place: &Place| routes.has(*place);
        routes.is_sound()
            && self.day.as_mut().is_none_or(|day| day.resume(routes))
            && self
                .guessed
                .keys()
                .all(|(route, _)| (*route as usize) < routes.len())
            && self.look_ups.len() <= MAX_WATCHED
            && self
                .look_ups
                .iter()
                .all(|l| is_place(&l.place) && l.neighbours.is_sound())
            && self.attempts.iter().all(|a| is_time(a.time))
            && self
                .attempts
                .iter()
                .flat_map(|a| &a.ran)
                .all(|r| is_time(r.time))
    }

    /// The day that is under way, as days since 1970.
    pub fn under_way(&self) -> Option<i64> {
        self.day.as_ref().map(|day| day.date)
    }

    /// What the measures cannot see here, and why.
    pub fn blind(&self) -> Vec<String> {
        let mut blind = Vec::new();
        if self.days < self.settings.baseline as u32 {
            blind.push(format!(
                "{} days were seen; before {} only absolute rules speak",
                self.days, self.settings.baseline
            ));
        }
        blind.extend(self.routes.not_learnt());
        if self.look_ups.is_empty() {
            blind.push(
                "no page is asked for by numbers often enough to see a register being read out"
                    .to_owned(),
            );
        }
        for watched in self.look_ups.iter().filter(|l| l.pageless.is_blind()) {
            blind.push(format!(
                "{}: people come straight to it from elsewhere, so that a script which opens no page before is not told from \
                 them",
                self.routes.shown(watched.place)
            ));
        }
        if self.attempts_left_out > 0 {
            blind.push(format!(
                "{} attempts of days with very many of them were not looked for in databases' logs",
                self.attempts_left_out
            ));
        }
        blind.push("a real browser that opens the form each time and asks in random order is not told from people".to_owned());
        blind.push(
            "bodies of POST requests are not in this log: what was sent in them is not known"
                .to_owned(),
        );
        blind
    }
}
