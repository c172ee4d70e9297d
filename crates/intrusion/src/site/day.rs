//! One day of a site, while it is under way.

use std::collections::BTreeMap;

use overt_model::log::{LogPlace, Request};
use overt_model::{counted, grouped};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::Client;
use super::attempt::{Attempted, Fingerprint};
use super::blocks;
use super::names::Names;
use super::routes::{Place, Routes, Value};
use super::strongest::Strongest;
use crate::hash;
use crate::kept::{is_day, is_time};
use crate::measure::neighbours::LookUp;
use crate::route::Target;
use crate::words::{Meant, marks_sql, meant};

/// Sources that are told apart on one day; further ones are one.
const MAX_SOURCES: usize = 1_000_000;
/// Look-ups of one route that are kept of one day.
const MAX_LOOK_UPS: usize = 200_000;
/// Failing paths that are told apart, by source.
const MAX_FAILING: usize = 500_000;
/// A visit ends when its source asked for nothing for so long.
const VISIT: i64 = 1_800_000;
/// What one source sends without a page, beyond which more of it tells no more.
const MAX_SENT: u32 = 10;
/// Sizes of answers that are told apart; those beyond are told as any other that is beyond.
const MAX_SIZES: usize = 200;
/// Sources with larger answers that are kept of one route.
const MAX_LARGER: usize = 50;
/// Sources that are named.
pub(super) const NAMED: usize = 20;

/// What happened on a day.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Day {
    pub(super) date: i64,
    pub(super) requests: u64,
    /// Follows from the names.
    #[serde(skip)]
    sources: FxHashMap<String, u32>,
    pub(super) names: Vec<String>,
    by_source: Vec<BySource>,
    /// Path, as a hash, and source of requests that failed where nothing ever answered.
    #[serde(with = "crate::kept::hashed_set")]
    failing: FxHashSet<(u64, u32)>,
    /// Values out of grammar, or meant to do something, by source.
    #[serde(with = "crate::kept::hashed_set")]
    seen_outside: FxHashSet<(u64, u32)>,
    pub(super) outside: Gathered,
    pub(super) misbehaving: Gathered,
    #[serde(with = "crate::kept::pairs")]
    pub(super) meant: BTreeMap<(Place, Meant), Gathered>,
    #[serde(with = "crate::kept::pairs")]
    pub(super) look_ups: BTreeMap<Place, Vec<LookUp>>,
    #[serde(with = "crate::kept::pairs")]
    pub(super) with_page: BTreeMap<Place, Vec<bool>>,
    /// Routes that answered for the first time today.
    #[serde(with = "crate::kept::pairs")]
    pub(super) new: BTreeMap<u32, Gathered>,
    #[serde(with = "crate::kept::pairs")]
    pub(super) posts: BTreeMap<(u32, u32), Gathered>,
    /// What was sent from visits without a page.
    pub(super) sent: Gathered,
    pub(super) minute: Minute,
    pub(super) attempted: Strongest,
    /// Ordinary answers that were larger than any before, of each route: the largest by source.
    #[serde(with = "crate::kept::pairs")]
    pub(super) larger: BTreeMap<(u32, u32), u64>,
    pub(super) overflow: Overflow,
}

/// What went beyond a limit of a day, and was not examined.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Overflow {
    /// Requests of sources beyond those that are told apart.
    sources: u64,
    /// Look-ups beyond those that are kept.
    look_ups: u64,
    /// Requests that write in a way that no measure looks at, and were answered.
    writing: u64,
    /// Paths that failed, and odd values, beyond those that are told apart.
    failing: u64,
}

impl Overflow {
    pub(super) fn add(&mut self, other: &Self) {
        self.sources += other.sources;
        self.look_ups += other.look_ups;
        self.failing += other.failing;
        self.writing += other.writing;
    }

    /// In words.
    pub(super) fn not_examined(&self) -> Vec<String> {
        let of = |n: u64, words: String| (n > 0).then_some(words);
        let all = [
            of(
                self.sources,
                format!(
                    "{} of days with more than {} sources are told as those of one",
                    counted(self.sources, "request", "requests"),
                    grouped(MAX_SOURCES as u64)
                ),
            ),
            of(
                self.writing,
                format!(
                    "{} to write (PUT, DELETE, PATCH and the like) were answered with success: no measure looks at them",
                    counted(self.writing, "request", "requests")
                ),
            ),
            of(
                self.look_ups,
                format!(
                    "{} of days with more than {} of one page were counted by no measure",
                    counted(self.look_ups, "look-up", "look-ups"),
                    grouped(MAX_LOOK_UPS as u64)
                ),
            ),
            of(
                self.failing,
                format!(
                    "{} of days with more than {} paths that failed and odd values were counted by no measure",
                    counted(self.failing, "request", "requests"),
                    grouped(MAX_FAILING as u64)
                ),
            ),
        ];
        all.into_iter().flatten().collect()
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct BySource {
    failing: u32,
    misbehaves: bool,
    sent: u32,
    /// When it last asked for something that is no look-up.
    page: Option<i64>,
    user: bool,
}

/// Requests that belong together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Gathered {
    pub(super) count: u64,
    pub(super) first: Option<(i64, LogPlace)>,
    pub(super) last: i64,
    pub(super) sources: Vec<u32>,
    /// How many sources, those that are not named included.
    pub(super) source_count: u32,
    pub(super) example: String,
    /// Answers below 400, and those of them that were larger than ordinary ones.
    pub(super) answered: u64,
    pub(super) beyond: u64,
    pub(super) failed: u64,
    /// The largest answer.
    pub(super) largest: u64,
    /// Answers beyond ordinary ones by route and size, with how many and the largest of each.
    #[serde(with = "crate::kept::pairs")]
    pub(super) sizes: BTreeMap<(u32, u64), (u64, u64)>,
    /// Those of a size that is given whatever is sent.
    pub(super) alike: u64,
}

impl Gathered {
    fn add(&mut self, source: u32, time: i64, at: LogPlace) {
        self.count += 1;
        self.first.get_or_insert((time, at));
        self.last = self.last.max(time);
        if !self.sources.contains(&source) && self.sources.len() < NAMED {
            self.sources.push(source);
        }
    }

    fn answer(&mut self, request: &Request<'_>, beyond: Option<u32>) {
        match request.status {
            Some(status) if status < 400 => {
                self.answered += 1;
                let bytes = request.bytes.unwrap_or(0);
                self.largest = self.largest.max(bytes);
                if let Some(route) = beyond.filter(|_| status < 300) {
                    self.beyond += 1;
                    let size = (route, blocks::size(bytes));
                    if self.sizes.len() < MAX_SIZES || self.sizes.contains_key(&size) {
                        let its = self.sizes.entry(size).or_default();
                        *its = (its.0 + 1, its.1.max(bytes));
                    }
                }
            }
            Some(_) => self.failed += 1,
            None => {}
        }
    }
}

/// Requests a minute.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Minute {
    at: i64,
    now: u32,
    pub(super) most: u32,
    pub(super) most_at: i64,
    pub(super) errors: u64,
}

impl Day {
    pub(super) fn new(date: i64) -> Self {
        Self {
            date,
            ..Self::default()
        }
    }

    pub(super) fn request(
        &mut self,
        routes: &mut Routes,
        is_learning: bool,
        time: i64,
        request: &Request<'_>,
        client: Client,
        at: LogPlace,
    ) {
        self.requests += 1;
        self.minute(time, request);
        let source = self.source(&request.source);
        let target = Target::of(&request.target);
        let mut values = Vec::new();
        let route = routes.of(&target, request, &mut values);
        let is_known = client == Client::Known;
        if !is_known {
            self.answer(routes, route, source, time, request, at);
        }
        if values.is_empty() || target.is_of_a_page() {
            self.by_source[source as usize].page = Some(time);
        }
        let mut attempts = false;
        for value in values {
            attempts |= self.value(
                routes,
                is_learning,
                (route, value),
                source,
                time,
                request,
                client,
                at,
            );
        }
        let known = routes.get_mut(route);
        let ordinary = !is_known && request.status.is_some_and(|s| s < 300) && !attempts;
        if ordinary && (is_learning || known.largest.is_none()) {
            known.largest = known.largest.max(request.bytes);
        } else if ordinary && let Some(bytes) = request.bytes.filter(|b| known.is_beyond(*b)) {
            let of_route = (route, 0)..=(route, u32::MAX);
            if self.larger.range(of_route).count() < MAX_LARGER {
                let larger = self.larger.entry((route, source)).or_default();
                *larger = bytes.max(*larger);
            }
        }
    }

    /// Makes what is not written down again, after a state was read; says whether the day can be gone on with.
    pub(super) fn resume(&mut self, routes: &Routes) -> bool {
        let sources = self.names.len();
        self.sources = self.names.iter().cloned().zip(0..).collect();
        self.attempted.resume();
        let of_sources = |all: &Gathered| {
            all.sources.iter().all(|s| (*s as usize) < sources)
                && all.first.is_none_or(|(time, _)| is_time(time))
                && is_time(all.last)
        };
        let is_route = |route: u32| (route as usize) < routes.len();
        let look_ups = || self.look_ups.values().flatten();
        is_day(self.date)
            && self.sources.len() == sources
            && self.by_source.len() == sources
            && sources <= MAX_SOURCES
            && (self.outside.sizes.keys())
                .chain(self.meant.values().flat_map(|all| all.sizes.keys()))
                .all(|(route, _)| is_route(*route))
            && [&self.outside, &self.misbehaving, &self.sent].map(of_sources) == [true; 3]
            && self
                .meant
                .iter()
                .all(|((place, _), all)| routes.has(*place) && of_sources(all))
            && self
                .new
                .iter()
                .all(|(route, all)| is_route(*route) && of_sources(all))
            && self
                .posts
                .iter()
                .all(|((route, _), all)| is_route(*route) && of_sources(all))
            && self.by_source.iter().all(|s| s.page.is_none_or(is_time))
            && look_ups().all(|l| (l.source as usize) < sources && is_time(l.time))
            && is_time(self.minute.most_at)
            && self.attempted.all().all(Attempted::is_sound)
            && self.larger.keys().all(|(route, _)| is_route(*route))
    }

    fn source(&mut self, name: &str) -> u32 {
        if let Some(source) = self.sources.get(name) {
            return *source;
        }
        let next = self.names.len() as u32;
        if self.names.len() >= MAX_SOURCES {
            self.overflow.sources += 1;
            return next - 1;
        }
        self.sources.insert(name.to_owned(), next);
        self.names.push(name.to_owned());
        self.by_source.push(BySource::default());
        next
    }

    /// Named sources of what was gathered.
    pub(super) fn named(&self, gathered: &Gathered) -> Vec<String> {
        gathered
            .sources
            .iter()
            .map(|s| self.names[*s as usize].clone())
            .collect()
    }

    fn answer(
        &mut self,
        routes: &mut Routes,
        route: u32,
        source: u32,
        time: i64,
        request: &Request<'_>,
        at: LogPlace,
    ) {
        let known = routes.get_mut(route);
        let Some(status) = request.status else {
            return;
        };
        if status < 400 {
            if !known.answered {
                known.answered = true;
                self.new.insert(route, Gathered::default());
            }
            // Readers of documents fetch them in pieces: all but the first are no request of their own.
            let is_piece = status == 206 && Target::of(&request.target).is_document();
            let new = self.new.get_mut(&route);
            if let Some(new) = new.filter(|new| !is_piece || !new.sources.contains(&source)) {
                new.add(source, time, at);
                new.source_count = new.sources.len() as u32;
                new.answer(request, None);
            }
        } else if !known.answered && status != 401 {
            if self.failing.len() >= MAX_FAILING {
                self.overflow.failing += 1;
            } else if self
                .failing
                .insert((hash::of(Target::of(&request.target).path), source))
            {
                let failing = &mut self.by_source[source as usize].failing;
                *failing = failing.saturating_add(1);
                self.misbehaves(source, time, at);
            }
        }
        let writes = [
            "PUT",
            "DELETE",
            "PATCH",
            "MOVE",
            "COPY",
            "MKCOL",
            "PROPPATCH",
        ];
        if status < 300 && writes.contains(&&*request.method) {
            self.overflow.writing += 1;
        }
        if request.method == "POST" {
            let posts = self.posts.entry((route, source)).or_default();
            posts.add(source, time, at);
            posts.answer(request, None);
            self.sent_blindly(&routes.names, source, time, request, at);
        }
        let by_source = &mut self.by_source[source as usize];
        by_source.user |= request.user.as_deref().is_some_and(|u| !u.is_empty());
    }

    /// The most failing routes and such values of one source, with its name.
    pub(super) fn most_failing(&self) -> Option<(u32, String)> {
        let most = self
            .by_source
            .iter()
            .enumerate()
            .max_by_key(|(at, s)| (s.failing, std::cmp::Reverse(*at)));
        most.map(|(at, s)| (s.failing, self.names[at].clone()))
    }

    /// People open a form before they send it.
    fn sent_blindly(
        &mut self,
        names: &Names,
        source: u32,
        time: i64,
        request: &Request<'_>,
        at: LogPlace,
    ) {
        let by_source = &mut self.by_source[source as usize];
        let has_page = by_source
            .page
            .is_some_and(|page| (0..=VISIT).contains(&(time - page)));
        if has_page || by_source.sent >= MAX_SENT {
            return;
        }
        by_source.sent = by_source.sent.saturating_add(1);
        self.sent.add(source, time, at);
        self.sent.answer(request, None);
        if self.sent.example.is_empty() {
            self.sent.example = names.masked(&request.target);
        }
    }

    fn misbehaves(&mut self, source: u32, time: i64, at: LogPlace) {
        let by_source = &mut self.by_source[source as usize];
        if !by_source.misbehaves {
            by_source.misbehaves = true;
            self.misbehaving.add(source, time, at);
        }
    }

    /// Takes a value; says whether it was meant to do something.
    #[expect(
        clippy::too_many_arguments,
        reason = "a value with all that is known of its request"
    )]
    fn value(
        &mut self,
        routes: &mut Routes,
        is_learning: bool,
        (route, value): (u32, Value),
        source: u32,
        time: i64,
        request: &Request<'_>,
        client: Client,
        at: LogPlace,
    ) -> bool {
        let Value { parameter, text } = value;
        let known = routes.get_mut(route);
        let its = &mut known.parameters[parameter as usize];
        its.values = its.values.saturating_add(1);
        let number = text.parse::<u64>().ok().filter(|_| text.len() < 19);
        if let Some(number) = number.filter(|_| client == Client::Unknown) {
            its.numbers = its.numbers.saturating_add(1);
            self.look_up(
                (route, parameter),
                its.is_number(),
                LookUp {
                    number,
                    source,
                    time,
                },
            );
            if its.grammar.knows(&text) {
                return false;
            }
        }
        let is_known = its.grammar.knows(&text);
        let has_marks = number.is_none() && marks_sql(&text);
        if is_known && !has_marks {
            return false;
        }
        let what = match number {
            None if !is_known => meant(&text),
            _ => None,
        };
        let beyond = request.bytes.is_some_and(|bytes| known.is_beyond(bytes));
        if has_marks && what.is_none() {
            let shown = routes.names.masked(&request.target);
            let mut attempted = Attempted::new(
                time,
                Fingerprint::of(&text),
                shown,
                request.source.to_string(),
            );
            attempted.was_meant = false;
            self.attempted
                .take(attempted, source, (route, parameter), request, beyond);
        }
        if is_known {
            return false;
        }
        if let Some(what) = what {
            let shown = routes.names.masked(&request.target);
            let gathered = self.meant.entry(((route, parameter), what)).or_default();
            gathered.add(source, time, at);
            gathered.answer(request, beyond.then_some(route));
            if gathered.example.is_empty() {
                gathered.example.clone_from(&shown);
            }
            gathered.source_count = gathered.sources.len() as u32;
            let attempted = Attempted::new(
                time,
                Fingerprint::of(&text),
                shown,
                request.source.to_string(),
            );
            self.attempted
                .take(attempted, source, (route, parameter), request, beyond);
        }
        let its = &mut routes.get_mut(route).parameters[parameter as usize];
        let is_outside = !is_learning && its.grammar.is_learnt() && its.grammar.is_outside(&text);
        if !is_outside && what.is_none() {
            its.grammar.learn(&text);
            return false;
        }
        self.misbehaves(source, time, at);
        if self.seen_outside.len() >= MAX_FAILING {
            self.overflow.failing += 1;
        } else if self.seen_outside.insert((hash::of(&text), source)) {
            let failing = &mut self.by_source[source as usize].failing;
            *failing = failing.saturating_add(1);
            if is_outside {
                self.outside.add(source, time, at);
                self.outside.answer(request, beyond.then_some(route));
                if self.outside.example.is_empty() {
                    self.outside.example = routes.names.masked(&request.target);
                }
            }
        }
        true
    }

    fn look_up(&mut self, place: Place, is_number: bool, look_up: LookUp) {
        if !is_number {
            return;
        }
        let look_ups = self.look_ups.entry(place).or_default();
        if look_ups.len() < MAX_LOOK_UPS {
            look_ups.push(look_up);
            let page = self.by_source[look_up.source as usize].page;
            let has_page = page.is_some_and(|page| (0..=VISIT).contains(&(look_up.time - page)));
            self.with_page.entry(place).or_default().push(has_page);
        } else {
            self.overflow.look_ups += 1;
        }
    }

    fn minute(&mut self, time: i64, request: &Request<'_>) {
        let at = time.div_euclid(60_000);
        let minute = &mut self.minute;
        if minute.at != at {
            (minute.at, minute.now) = (at, 0);
        }
        minute.now = minute.now.saturating_add(1);
        minute.errors += u64::from(request.status.is_some_and(|s| s >= 500));
        if minute.now > minute.most {
            (minute.most, minute.most_at) = (minute.now, at * 60_000);
        }
    }
}
