//! A site: what one web server was asked, day by day, against the days before.
//!
//! ```text
//! Request ─► route, parameters ─► the day ─┬► values out of grammar, sources that misbehave ─► counts
//!                                          ├► look-ups by number ─► neighbours, pageless
//!                                          └► absolute rules: lonely routes, guessed passwords, floods
//! ```
//!
//! A day is judged when it is over. What a day that raised an alarm taught is taken out again.

mod day;
mod judge;
mod routes;

use overt_model::log::{LogPlace, Request};

use crate::measure::counts::Counts;
use crate::measure::detector::Detector;
use crate::measure::neighbours::Neighbours;
use crate::measure::pageless::Pageless;
use crate::sighting::Sighting;

use day::Day;
use routes::{Place, Routes};

/// A day in milliseconds.
pub(crate) const DAY: i64 = 86_400_000;

/// How a site is watched.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    guessed: std::collections::BTreeMap<Place, u32>,
    /// Requests that came on a later day than the log was at.
    late: u64,
    attempts: Vec<Attempted>,
}

/// A count with its detector.
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
struct LookUps {
    place: Place,
    neighbours: Neighbours,
    pageless: Pageless,
    by_neighbours: Detector,
    by_pages: Detector,
}

/// A value that was meant to do something, and when: looked for in what databases log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// When it was sent.
    pub time: i64,
    /// The value, decoded.
    pub value: String,
    /// The route and parameter, masked as they are shown.
    pub target: String,
    /// Who sent it.
    pub source: String,
}

/// Values that are kept to be looked for in databases' logs.
const MAX_ATTEMPTED: usize = 20_000;

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
        if self.attempts.len() < MAX_ATTEMPTED {
            self.attempts.append(&mut day.attempted);
        } else {
            day.attempted.clear();
        }
    }

    /// Judges the day that is under way: it is over.
    pub fn close(&mut self, found: &mut Vec<Sighting>) {
        if let Some(day) = self.day.take() {
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
        blind.push("a real browser that opens the form each time and asks in random order is not told from people".to_owned());
        blind.push(
            "bodies of POST requests are not in this log: what was sent in them is not known"
                .to_owned(),
        );
        blind
    }
}
