//! What a day says once it is over.

use std::collections::BTreeMap;

use overt_model::log::LogPlace;

use super::day::{Day, Gathered};
use super::routes::Place;
use super::{LookUps, MAX_WATCHED, MEASURES, Site};
use crate::measure::detector::{Alarm, Detector};
use crate::measure::neighbours::LookUp;
use crate::measure::neighbours::Neighbours;
use crate::measure::pageless::{Pageless, Share};
use crate::sighting::{By, Sighting, Stage};

/// Requests of a new route that nobody links to and few know, from which on it is told.
const LONELY: u64 = 10;
const LONELY_SOURCES: u32 = 2;
/// Requests to sign in from one source on one day from which on they are guesses.
const GUESSES: u64 = 20;
/// The least failing routes of one source on one day that are told as scanning, and by how much they exceed all days before.
const SCANNED: u32 = 20;
const TIMES: u32 = 2;
/// The least requests a minute that are told as a flood, and by how much they exceed all days before.
const FLOOD: u32 = 600;
const FLOOD_TIMES: u32 = 20;

impl Site {
    pub(super) fn judge(&mut self, mut day: Day, found: &mut Vec<Sighting>) {
        self.routes.grow(&day.larger);
        self.blocks.take(&day);
        let larger = |route: u32, size: u64| self.routes.get(route).is_beyond(size);
        for gathered in day.meant.values_mut() {
            self.blocks.leave_out(gathered, larger);
        }
        self.blocks.leave_out(&mut day.outside, larger);
        self.judge_values(&day, found);
        self.judge_sources(&day, found);
        self.judge_sent(&day, found);
        self.judge_look_ups(&mut day, found);
        self.judge_words(&day, found);
        self.judge_new_routes(&day, found);
        self.judge_guesses(&day, found);
        self.judge_flood(&day, found);
        self.days = self.days.saturating_add(1);
        if self.days <= self.settings.baseline as u32 {
            self.watch_numbers();
        }
    }

    fn is_ready(&self) -> bool {
        self.days >= self.settings.baseline as u32
    }

    fn threshold(&self) -> f64 {
        self.settings.one_false_alarm_in * MEASURES
    }

    /// Routes that are asked by numbers are watched from the beginning where they are known then, and further ones from
    /// when they are; each further one has a smaller share of the false alarms, so that all of them keep to it together
    /// however many somebody makes.
    fn watch_numbers(&mut self) {
        let numbers: Vec<Place> = self.routes.numbers().collect();
        // They speak from the same day on as all else, if enough days are left to learn from: else the first day after the
        // baseline would be learnt from.
        let whole = self.settings.baseline;
        let baseline = whole.saturating_sub(self.days as usize).max(whole * 4 / 5);
        for place in numbers {
            if self.look_ups.len() < MAX_WATCHED && !self.look_ups.iter().any(|l| l.place == place)
            {
                self.look_ups.push(LookUps {
                    place,
                    neighbours: Neighbours::new(baseline),
                    pageless: Pageless::new(baseline),
                    by_neighbours: Detector::default(),
                    by_pages: Detector::default(),
                });
            }
        }
    }

    fn sighting(
        &self,
        day: &Day,
        gathered: &Gathered,
        by: By,
        what: &str,
        stage: Stage,
    ) -> Sighting {
        let (time, at) = gathered
            .first
            .unwrap_or((day.date * super::DAY, LogPlace::default()));
        let mut sighting = Sighting::new(time, &self.name, by, what, stage);
        sighting.at = at;
        sighting.until = gathered.last.max(time);
        sighting.sources = day.named(gathered);
        sighting.source = sighting.sources.first().cloned().unwrap_or_default();
        sighting.behind = gathered.count;
        sighting.base_days = self.days;
        sighting.target.clone_from(&gathered.example);
        sighting.standing = !self.is_ready();
        sighting
    }

    fn alarm(&self, sighting: &mut Sighting, alarm: Alarm, observed: f64, expected: f64) {
        (sighting.observed, sighting.expected) = (observed, expected);
        sighting.evidence = Some(alarm.evidence);
        sighting.false_alarm_days = Some(self.settings.one_false_alarm_in);
        sighting.alarm = true;
        sighting.standing = false;
        sighting.reasons.push(format!(
            "gathered over {} day{}; one false alarm in {:.0} days was asked for",
            alarm.days,
            if alarm.days == 1 { "" } else { "s" },
            self.settings.one_false_alarm_in
        ));
    }

    fn judge_values(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        let count = day.outside.count.min(u64::from(u32::MAX)) as u32;
        let threshold = self.threshold();
        let e = self.outside.counts.evidence(count);
        let Some(alarm) = self.outside.detector.day(e, threshold) else {
            if self.is_ready() || day.outside.count == 0 {
                self.outside.counts.learn(day.date, count);
            }
            return;
        };
        let expected = self.outside.counts.ordinary().map_or(0.0, |o| o.mean);
        self.outside.counts.forget_waiting();
        let stage = stage_of(&day.outside);
        let mut sighting = self.sighting(
            day,
            &day.outside,
            By::Measure,
            "values out of grammar",
            stage,
        );
        sighting.why = why(&day.outside);
        self.alarm(&mut sighting, alarm, f64::from(count), expected);
        found.push(sighting);
    }

    fn judge_sources(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        let count = day.misbehaving.count.min(u64::from(u32::MAX)) as u32;
        let threshold = self.threshold();
        let e = self.misbehaving.counts.evidence(count);
        match self.misbehaving.detector.day(e, threshold) {
            None => self.misbehaving.counts.learn(day.date, count),
            Some(alarm) => {
                let expected = self.misbehaving.counts.ordinary().map_or(0.0, |o| o.mean);
                self.misbehaving.counts.forget_waiting();
                let what = "sources that ask for what is not there";
                let mut sighting =
                    self.sighting(day, &day.misbehaving, By::Measure, what, Stage::Scanning);
                sighting.why.push_str(
                    "they asked for routes that never answered, or with values out of grammar",
                );
                self.alarm(&mut sighting, alarm, f64::from(count), expected);
                found.push(sighting);
            }
        }
        let Some((failing, source)) = day.most_failing() else {
            return;
        };
        let most = self.most_failing;
        self.most_failing = most.max(failing);
        if self.is_ready() && failing >= SCANNED && failing > most.saturating_mul(TIMES) {
            let mut sighting = self.sighting(
                day,
                &day.misbehaving,
                By::Measure,
                "routes and values that one source tried",
                Stage::Scanning,
            );
            sighting.sources = vec![source.clone()];
            sighting.source = source;
            (sighting.observed, sighting.expected) = (f64::from(failing), f64::from(most));
            sighting.why.push_str(
                "more routes that never answered, and values meant to do something or out of grammar, than any source tried on \
                 any day before",
            );
            sighting.reasons.push(format!(
                "by chance alone one day in {} exceeds all days before",
                self.days + 1
            ));
            sighting.alarm = true;
            found.push(sighting);
        }
    }

    fn judge_sent(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        let count = day.sent.count.min(u64::from(u32::MAX)) as u32;
        let threshold = self.threshold();
        let e = self.sent.counts.evidence(count);
        let Some(alarm) = self.sent.detector.day(e, threshold) else {
            self.sent.counts.learn(day.date, count);
            return;
        };
        let expected = self.sent.counts.ordinary().map_or(0.0, |o| o.mean);
        self.sent.counts.forget_waiting();
        let mut sighting = self.sighting(
            day,
            &day.sent,
            By::Measure,
            "data sent without the page",
            Stage::Attempt,
        );
        sighting.why.push_str("requests sent data from visits that opened no page before: a script may be talking to a page");
        self.alarm(&mut sighting, alarm, f64::from(count), expected);
        found.push(sighting);
    }

    fn judge_look_ups(&mut self, day: &mut Day, found: &mut Vec<Sighting>) {
        let seed = self.settings.seed ^ day.date as u64;
        let mut look_ups = std::mem::take(&mut self.look_ups);
        for (k, watched) in look_ups.iter_mut().enumerate() {
            // 1/((k+1)(k+2)) over all k comes to 1, and to ½ for the first.
            let share = ((k + 1) * (k + 2)) as f64;
            let threshold = self.threshold() * share;
            let its = day.look_ups.remove(&watched.place).unwrap_or_default();
            let pages = day.with_page.remove(&watched.place).unwrap_or_default();
            let mut gathered = Gathered {
                example: self.routes.shown(watched.place),
                ..Gathered::default()
            };
            gathered.count = its.len() as u64;
            gathered.first = its
                .iter()
                .map(|l| l.time)
                .min()
                .map(|time| (time, LogPlace::default()));
            gathered.last = its.iter().map(|l| l.time).max().unwrap_or_default();

            let look = watched.neighbours.look(&its, seed.wrapping_add(k as u64));
            if let Some(alarm) = watched.by_neighbours.day(look.evidence, threshold) {
                watched.neighbours.forget_waiting();
                let what = "neighbouring numbers looked up close together";
                let mut sighting = self.sighting(day, &gathered, By::Measure, what, Stage::Attempt);
                sighting.why = format!(
                    "{:.0} pairs of numbers at most {} apart were asked for within {} minutes by different sources, where at \
                     most {:.0} are ordinary: somebody may be reading the register out",
                    look.seen,
                    look.near,
                    look.soon / 60_000,
                    look.expected
                );
                self.alarm(&mut sighting, alarm, look.seen, look.expected);
                found.push(sighting);
            } else {
                watched.neighbours.learn(day.date, look);
            }

            let share = share_of(&its, &pages);
            let e = watched.pageless.evidence(share);
            if let Some(alarm) = watched.by_pages.day(e, threshold) {
                let ordinary = watched
                    .pageless
                    .ordinary()
                    .map_or(0.0, |(mean, _)| mean * f64::from(share.all));
                watched.pageless.forget_waiting();
                let mut sighting = self.sighting(
                    day,
                    &gathered,
                    By::Measure,
                    "look-ups without the page",
                    Stage::Attempt,
                );
                sighting.why = format!(
                    "{} of {} numbers were asked for by visits that opened no page before, where at most {ordinary:.0} are \
                     ordinary: a script may be asking",
                    share.without, share.all
                );
                self.alarm(&mut sighting, alarm, f64::from(share.without), ordinary);
                found.push(sighting);
            } else {
                watched.pageless.learn(day.date, share);
            }
        }
        self.look_ups = look_ups;
    }

    /// Words that were meant to do something: an attempt each, and weather unless it was answered as nothing else is.
    fn judge_words(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        for ((place, what), gathered) in &day.meant {
            let stage = stage_of(gathered);
            let mut sighting = self.sighting(day, gathered, By::Rule, what.name(), stage);
            sighting.target = self.routes.shown(*place);
            sighting.why = why(gathered);
            sighting.observed = gathered.count as f64;
            sighting.alarm = stage == Stage::PossibleAccess && self.is_ready();
            found.push(sighting);
        }
    }

    fn judge_new_routes(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        for (route, gathered) in &day.new {
            let known = self.routes.get(*route);
            if self.is_ready() && known.path.is_copy() && !known.referred {
                found.push(self.copy_fetched(day, *route, gathered));
            }
            let is_lonely = !known.is_of_a_page
                && !known.referred
                && gathered.sources.len() as u32 <= LONELY_SOURCES;
            if !self.is_ready() || !is_lonely || gathered.count < LONELY || known.is_front {
                continue;
            }
            let mut sighting = self.sighting(
                day,
                gathered,
                By::Measure,
                "a new page that nobody links to",
                Stage::PossibleAccess,
            );
            sighting.target = self.routes.shown_path(*route);
            sighting.why = format!(
                "it answered for the first time, {} times to {} source{}, without a page that led there: a file may have been \
                 put on the server",
                gathered.count,
                gathered.sources.len(),
                if gathered.sources.len() == 1 { "" } else { "s" }
            );
            sighting.observed = gathered.count as f64;
            sighting.alarm = true;
            found.push(sighting);
        }
    }

    /// A copy, a dump or a key that lies on the server and that no page leads to: once is enough.
    fn copy_fetched(&self, day: &Day, route: u32, gathered: &Gathered) -> Sighting {
        let what = "a copy, dump or key that no page leads to was fetched";
        let mut sighting = self.sighting(day, gathered, By::Rule, what, Stage::PossibleAccess);
        sighting.target = self.routes.shown_path(route);
        sighting.why = format!(
            "a file with such an ending answered for the first time, with up to {} bytes: look whether it was meant to be there",
            gathered.largest
        );
        sighting.observed = gathered.count as f64;
        sighting.alarm = true;
        sighting
    }

    /// Passwords that are guessed: a condition where it was always so, news where it was not.
    fn judge_guesses(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        let mut by_route: BTreeMap<u32, Gathered> = BTreeMap::new();
        let mut sources_of: std::collections::BTreeMap<u32, u32> =
            std::collections::BTreeMap::new();
        for ((route, _), posts) in &day.posts {
            if posts.count < GUESSES || !self.routes.get(*route).is_sign_in {
                continue;
            }
            *sources_of.entry(*route).or_default() += 1;
            let all = by_route.entry(*route).or_default();
            all.count += posts.count;
            all.last = all.last.max(posts.last);
            if all
                .first
                .is_none_or(|first| posts.first.is_some_and(|its| its < first))
            {
                all.first = posts.first;
            }
            if all.sources.len() < super::day::NAMED {
                all.sources.extend(posts.sources.first());
            }
        }
        for (route, gathered) in by_route {
            let days_before = self.guessed.get(&(route, 0)).copied().unwrap_or(0);
            *self.guessed.entry((route, 0)).or_default() += 1;
            let mut sighting = self.sighting(
                day,
                &gathered,
                By::Rule,
                "passwords guessed",
                Stage::Attempt,
            );
            sighting.target = self.routes.shown_path(route);
            sighting.observed = gathered.count as f64;
            sighting.base_seen = days_before;
            sighting.standing |= days_before > 0;
            sighting.why = format!(
                "{} requests to sign in from {} sources that each sent {GUESSES} or more in a day",
                gathered.count, sources_of[&route]
            );
            sighting.alarm = !sighting.standing;
            found.push(sighting);
        }
    }

    fn judge_flood(&mut self, day: &Day, found: &mut Vec<Sighting>) {
        let (minute, most) = (&day.minute, self.most_a_minute);
        if !self.is_ready() {
            self.most_a_minute = most.max(minute.most);
            return;
        }
        if minute.most < FLOOD || minute.most <= most.saturating_mul(FLOOD_TIMES) {
            return;
        }
        let mut sighting = Sighting::new(
            minute.most_at,
            &self.name,
            By::Measure,
            "a flood of requests",
            Stage::Unavailability,
        );
        (sighting.observed, sighting.expected) = (f64::from(minute.most), f64::from(most));
        sighting.behind = day.requests;
        sighting.base_days = self.days;
        sighting.why = format!(
            "{} requests in one minute, {} answers of the day were errors of the server; a flood is not a break-in",
            minute.most, minute.errors
        );
        sighting.alarm = true;
        found.push(sighting);
    }
}

/// An attempt is a possible access where it was answered as nothing else is, and never more than that by a web log.
fn stage_of(gathered: &Gathered) -> Stage {
    if gathered.beyond > 0 {
        Stage::PossibleAccess
    } else {
        Stage::Attempt
    }
}

fn why(gathered: &Gathered) -> String {
    let alike = if gathered.alike > 0 {
        format!(
            "; {} were answered with a page of the same size whatever was sent to whichever page, or day after day: one that \
             refuses, as far as sizes tell",
            gathered.alike
        )
    } else {
        String::new()
    };
    if gathered.beyond > 0 {
        return format!(
            "{} of {} were answered with clearly more than requests without such values, up to {} bytes: what was sent back is \
             not in this log{alike}",
            gathered.beyond, gathered.count, gathered.largest
        );
    }
    format!(
        "{} of {} were refused or failed, {} answered, none with more than is ordinary: an attempt, as far as the web \
         server's answers tell{alike}",
        gathered.failed, gathered.count, gathered.answered
    )
}

/// How many numbers were asked for, and how many of them without a page: that one is asked for again and again tells nothing
/// more, as of a monitor that asks for the same record all day.
fn share_of(look_ups: &[LookUp], has_page: &[bool]) -> Share {
    let mut without: BTreeMap<u64, bool> = BTreeMap::new();
    for (look_up, has_page) in look_ups.iter().zip(has_page) {
        *without.entry(look_up.number).or_default() |= !has_page;
    }
    Share {
        without: without.values().filter(|without| **without).count() as u32,
        all: without.len() as u32,
    }
}
