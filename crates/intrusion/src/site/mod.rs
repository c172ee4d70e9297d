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
mod blocks;
mod day;
mod judge;
mod literal;
mod names;
mod routes;
mod strongest;

use overt_model::log::{LogPlace, Request};
use overt_model::{counted, grouped};
use serde::{Deserialize, Serialize};

use crate::kept::is_time;
use crate::measure::detector::Detector;
use crate::measure::neighbours::Neighbours;
use crate::measure::pageless::Pageless;
use crate::measure::watched::Watched;
use crate::sighting::Sighting;

pub use attempt::{Attempted, Fingerprint, Ran, Searched};

use blocks::Blocks;
use day::{Day, Overflow};
use routes::{Place, Routes};
use strongest::joined;

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
    /// Attempts of days with too many of them.
    attempts_left_out: u64,
    /// Answers that are given whatever is sent.
    blocks: Blocks,
    /// What went beyond the limits of days.
    overflow: Overflow,
    /// When the first and the last attempt was made.
    attempts_span: Option<(i64, i64)>,
}

/// Whether an office knows who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Known,
    Unknown,
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
            attempts_left_out: 0,
            attempts_span: None,
            blocks: Blocks::default(),
            overflow: Overflow::default(),
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
        self.take(time, request, Client::Unknown, at, found);
    }

    /// Takes a request of a client that the office knows: what such a client does all day is counted by no measure, and what it
    /// sends is held against words that do something all the same.
    pub fn request_of_known(
        &mut self,
        time: i64,
        request: &Request<'_>,
        at: LogPlace,
        found: &mut Vec<Sighting>,
    ) {
        self.take(time, request, Client::Known, at, found);
    }

    fn take(
        &mut self,
        time: i64,
        request: &Request<'_>,
        client: Client,
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
        day.request(&mut self.routes, is_learning, time, request, client, at);
    }

    /// Judges the day that is under way: it is over.
    pub fn close(&mut self, found: &mut Vec<Sighting>) {
        if let Some(mut day) = self.day.take() {
            let attempted = std::mem::take(&mut day.attempted);
            self.attempts_left_out += attempted.left_out();
            self.attempts_span = joined(self.attempts_span, attempted.span());
            self.attempts.append(&mut attempted.in_order());
            self.overflow.add(&day.overflow);
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
    pub fn attempts(&self) -> impl Iterator<Item = &Attempted> {
        let today = self.day.iter().flat_map(|day| day.attempted.all());
        self.attempts.iter().chain(today)
    }

    /// The same, for whoever finds statements that hold them.
    pub fn attempts_mut(&mut self) -> impl Iterator<Item = &mut Attempted> {
        let today = self.day.iter_mut().flat_map(|day| day.attempted.all_mut());
        self.attempts.iter_mut().chain(today)
    }

    /// Attempts of days with very many of them that are not looked for in databases' logs.
    pub fn attempts_left_out(&self) -> u64 {
        let today = self.day.as_ref().map_or(0, |day| day.attempted.left_out());
        self.attempts_left_out + today
    }

    /// When the first and the last attempt was made.
    pub fn attempts_span(&self) -> Option<(i64, i64)> {
        let today = self.day.as_ref().and_then(|day| day.attempted.span());
        joined(self.attempts_span, today)
    }

    /// Forgets attempts that no statement holds and that are older than so many days before the day that is under way:
    /// the log of a database comes with that of its site.
    pub fn forget_attempts(&mut self, days: i64) {
        let Some(date) = self.day.as_ref().map(|day| day.date) else {
            return;
        };
        let oldest = (date - days) * DAY;
        self.attempts
            .retain(|attempt| attempt.ran.is_some() || attempt.until >= oldest);
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
            && self.attempts.iter().all(Attempted::is_sound)
            && self
                .attempts_span
                .is_none_or(|(first, last)| is_time(first) && is_time(last))
    }

    /// The day that is under way, as days since 1970.
    pub fn under_way(&self) -> Option<i64> {
        self.day.as_ref().map(|day| day.date)
    }

    /// What this log has and nobody looked at, in words.
    pub fn not_examined(&self) -> Vec<String> {
        let mut not = self.routes.not_examined();
        if self.attempts_left_out() > 0 {
            not.push(format!(
                "{} of days with more than {} were not looked for in databases' logs",
                counted(self.attempts_left_out(), "attempt", "attempts"),
                grouped(strongest::MOST as u64)
            ));
        }
        not.extend(self.overflow.not_examined());
        not
    }

    /// Days that were left out of what the measures hold to be ordinary, in words: by measure, with their dates.
    pub fn unlike(&self) -> Vec<String> {
        let mut all = vec![
            (
                "values out of grammar".to_owned(),
                self.outside.counts.far_out(),
            ),
            (
                "sources that ask for what is not there".to_owned(),
                self.misbehaving.counts.far_out(),
            ),
            (
                "data sent without the page".to_owned(),
                self.sent.counts.far_out(),
            ),
        ];
        for watched in &self.look_ups {
            let shown = self.routes.shown(watched.place);
            let near = watched.neighbours.far_out();
            all.push((format!("{shown}: neighbouring numbers"), near));
            let pages = watched.pageless.far_out();
            all.push((format!("{shown}: look-ups without the page"), pages));
        }
        let some = all.into_iter().filter(|(_, days)| !days.is_empty());
        some.map(|(what, days)| format!("{what} on {}", dates(&days)))
            .collect()
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
        blind.push(
            "a page that was put on the server is told from ten requests to it on, unless it is a copy, a dump or a key by its \
             ending"
                .to_owned(),
        );
        blind.push("a real browser that opens the form each time and asks in random order is not told from people".to_owned());
        blind.push(
            "bodies of POST requests are not in this log: what was sent in them is not known"
                .to_owned(),
        );
        blind
    }
}

/// Days since 1970 as they are written.
pub(crate) fn dates(days: &[i64]) -> String {
    let date = |day: &i64| -> String {
        let time = overt_model::Timestamp(day * DAY).to_string();
        time.chars().take(10).collect()
    };
    days.iter().map(date).collect::<Vec<_>>().join(", ")
}
