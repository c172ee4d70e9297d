//! Indicators looked for in what logs say.
//!
//! Addresses, names, links, digests and what programs call themselves are looked up, not searched: a log has many lines and
//! a list many entries. A match is one for each indicator and day; how much it weighs is known once the ordinary days were
//! seen.

mod alarms;
mod parties;
mod patterns;

use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

use overt_model::log::{LogPlace, LogRecord, Logged, Request};
use overt_model::{Grade, Indicator, Network, Observable, SharedList, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::kept::{is_day, is_time};
use crate::pattern::{self, Hit, Pattern};
use crate::sighting::{By, Sharing, Sighting, Stage};
use crate::site::DAY;
use crate::weight::{Match, weight};

pub use alarms::Alarms;
use parties::parties;

/// A list of indicators, with how far it is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// How reliable its source is.
    pub grade: Grade,
    /// When it was published, where that is known.
    pub published: Option<Timestamp>,
    /// What it lists.
    pub indicators: Vec<Indicator>,
}

/// Indicators, ready to be looked up.
pub struct Indicators {
    lists: Vec<Listed>,
    shared: Vec<SharedList>,
    addresses: FxHashMap<IpAddr, Vec<Id>>,
    /// By the number of bits, for networks of more than one address.
    networks: BTreeMap<(bool, u8), FxHashMap<Network, Vec<Id>>>,
    domains: FxHashMap<String, Vec<Id>>,
    urls: FxHashMap<String, Vec<Id>>,
    texts: FxHashMap<String, Vec<Id>>,
    patterns: Vec<(Id, Pattern)>,
    /// What is looked for nowhere, by kind.
    not_looked_for: BTreeMap<String, u64>,
    seen: Seen,
    /// Agents and referrers in which there is nothing: most lines have theirs in common with others.
    nothing_in: [FxHashSet<String>; 2],
    /// The log and the day of the last record.
    last_day: (String, i64),
}

/// Texts that are remembered to hold nothing.
const MAX_NOTHING: usize = 10_000;

/// What logs had of indicators so far.
#[derive(Default, Serialize, Deserialize)]
pub struct Seen {
    #[serde(with = "crate::kept::pairs")]
    matches: BTreeMap<(Id, bool), Matched>,
    /// Records that had a part of a pattern of several, by the indicator and the part.
    #[serde(with = "crate::kept::pairs")]
    parts: BTreeMap<Id, BTreeMap<usize, Vec<Hit>>>,
    /// Those that were too many to keep.
    parts_left_out: u64,
    /// Matches on days on which the indicator did not hold.
    out_of_time: u64,
    /// For each log, the days that were seen.
    days: BTreeMap<String, BTreeSet<i64>>,
}

/// Patterns that are looked for.
const MAX_PATTERNS: usize = 10_000;

/// MD5, SHA-1 and SHA-256 of no bytes.
const EMPTY: [&str; 3] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// A list and an indicator of it.
type Id = (u32, u32);

#[derive(Default, Serialize, Deserialize)]
struct Matched {
    #[serde(with = "crate::kept::pairs")]
    days: BTreeMap<i64, OnDay>,
}

#[derive(Serialize, Deserialize)]
struct OnDay {
    log: String,
    first: (i64, LogPlace),
    last: i64,
    count: u64,
    source: String,
    target: String,
    answered: u64,
    account: String,
    /// Whether all of it was said by clients of themselves, as a referrer or an agent is.
    is_said: bool,
}

impl Indicators {
    /// Of these lists; `shared` says which networks many shared, and when.
    pub fn new(lists: Vec<Listed>, shared: Vec<SharedList>) -> Self {
        let mut all = Self {
            lists: Vec::new(),
            shared,
            addresses: FxHashMap::default(),
            networks: BTreeMap::new(),
            domains: FxHashMap::default(),
            urls: FxHashMap::default(),
            texts: FxHashMap::default(),
            patterns: Vec::new(),
            not_looked_for: BTreeMap::new(),
            seen: Seen::default(),
            nothing_in: <[FxHashSet<String>; 2]>::default(),
            last_day: (String::new(), 0),
        };
        for (list, listed) in lists.iter().enumerate() {
            // A list whose publisher marks nothing as meant for detection does not use that mark.
            let uses_mark = listed.indicators.iter().any(|i| !i.context_only);
            for (at, indicator) in listed.indicators.iter().enumerate() {
                all.add((list as u32, at as u32), indicator, uses_mark);
            }
        }
        all.lists = lists;
        all
    }

    fn add(&mut self, id: Id, indicator: &Indicator, uses_mark: bool) {
        if indicator.context_only && uses_mark {
            *self
                .not_looked_for
                .entry("for context only".to_owned())
                .or_default() += 1;
            return;
        }
        match &indicator.observable {
            Observable::Network(network)
                if network.address().is_loopback() || network.address().is_unspecified() =>
            {
                self.leave("an address that every machine has, such as 127.0.0.1");
            }
            Observable::Network(network) if network.is_single() => {
                self.addresses
                    .entry(network.address())
                    .or_default()
                    .push(id);
            }
            Observable::Network(network) => {
                let kind = (network.address().is_ipv4(), network.bits());
                self.networks
                    .entry(kind)
                    .or_default()
                    .entry(*network)
                    .or_default()
                    .push(id);
            }
            Observable::Domain(name) => self.domains.entry(name.clone()).or_default().push(id),
            Observable::Url(url) => self.urls.entry(plain_url(url)).or_default().push(id),
            Observable::Digest(text) if EMPTY.contains(&&*text.to_lowercase()) => {
                self.leave("the digest of an empty file, which everybody has");
            }
            Observable::Digest(text) | Observable::Mail(text) | Observable::FileName(text) => {
                self.texts.entry(text.to_lowercase()).or_default().push(id);
            }
            Observable::Agent(text) => self.texts.entry(text.to_lowercase()).or_default().push(id),
            Observable::Pattern(text) => match pattern::read(text) {
                Ok(_) if self.patterns.len() >= MAX_PATTERNS => {
                    self.leave("pattern: there are too many");
                }
                Ok(pattern) => {
                    if let Some(missing) = &pattern.missing {
                        self.leave(&format!(
                            "a part of a pattern, of which the rest is: {missing}"
                        ));
                    }
                    self.patterns.push((id, pattern));
                }
                Err(why) => self.leave(&format!("pattern: {why}")),
            },
            Observable::Other { kind, .. } => self.leave(kind),
            _ => self.leave("of a kind that is not known"),
        }
    }

    fn leave(&mut self, kind: &str) {
        *self.not_looked_for.entry(kind.to_owned()).or_default() += 1;
    }

    /// Whether there is anything to look for.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// What is looked for nowhere, by kind, with how many.
    pub fn not_looked_for(&self) -> BTreeMap<String, u64> {
        let mut all = self.not_looked_for.clone();
        if self.seen.out_of_time > 0 {
            let kind = "matched on a day on which it did not hold".to_owned();
            all.insert(kind, self.seen.out_of_time);
        }
        if self.seen.parts_left_out > 0 {
            let kind = "records that had a part of a pattern, beyond a thousand each".to_owned();
            all.insert(kind, self.seen.parts_left_out);
        }
        all
    }

    /// What logs had of them so far, taken out; given back by `resume`.
    pub fn take_seen(&mut self) -> Seen {
        self.last_day = (String::new(), 0);
        std::mem::take(&mut self.seen)
    }

    /// Goes on from what logs had before; says whether it is of these lists.
    pub fn resume(&mut self, seen: Seen) -> bool {
        let is_known = |(list, at): Id| {
            let list = self.lists.get(list as usize);
            list.is_some_and(|list| (at as usize) < list.indicators.len())
        };
        let is_sound = seen.matches.iter().all(|((id, _), matched)| {
            let mut days = matched.days.iter();
            is_known(*id)
                && days.all(|(day, on)| is_day(*day) && is_time(on.first.0) && is_time(on.last))
        });
        let parts_are = seen.parts.iter().all(|(id, parts)| {
            let mut hits = parts.values().flatten();
            is_known(*id) && hits.all(|hit| is_time(hit.time))
        });
        self.seen = seen;
        is_sound && parts_are
    }

    /// Looks for indicators in a record of a log.
    pub fn look(&mut self, log: &str, record: &LogRecord<'_>, at: LogPlace) {
        if self.lists.is_empty() {
            return;
        }
        let day = record.time.0.div_euclid(DAY);
        if self.last_day.1 != day || self.last_day.0 != log {
            self.last_day = (log.to_owned(), day);
            let days = self.seen.days.entry(log.to_owned()).or_default();
            days.insert(day);
        }
        let mut hits: Vec<(Id, bool)> = Vec::new();
        match &record.what {
            Logged::Request(request) => self.in_request(request, &mut hits),
            Logged::SignIn(sign_in) => {
                if let Some(source) = &sign_in.source {
                    self.host(source, &mut hits);
                }
            }
            Logged::Connection(connection) => {
                self.host(&connection.source, &mut hits);
                self.host(&connection.target, &mut hits);
            }
            Logged::Lookup(lookup) => {
                self.host(&lookup.name, &mut hits);
                for answer in &lookup.answers {
                    self.host(answer, &mut hits);
                }
            }
            Logged::Event(event) => {
                for (_, value) in &event.fields {
                    self.value(value, &mut hits);
                }
            }
            _ => {}
        }
        if !self.patterns.is_empty() {
            self.in_patterns(log, record, at, &mut hits);
        }
        if hits.is_empty() {
            return;
        }
        hits.sort_unstable();
        hits.dedup();
        for hit in hits {
            self.matched(hit, log, record, at);
        }
    }

    fn in_request(&mut self, request: &Request<'_>, hits: &mut Vec<(Id, bool)>) {
        self.host(&request.source, hits);
        if let Some(agent) = request.agent.as_deref().filter(|a| !a.is_empty()) {
            self.repeated(0, agent, hits, Self::text);
        }
        if let Some(referrer) = request.referrer.as_deref().filter(|r| r.contains("://")) {
            self.repeated(1, referrer, hits, Self::url);
        }
        if request.target.contains("://") {
            self.url(&request.target, hits);
        }
    }

    /// Looks into a text unless it was looked into before and held nothing.
    fn repeated(
        &mut self,
        kind: usize,
        text: &str,
        hits: &mut Vec<(Id, bool)>,
        look: fn(&Self, &str, &mut Vec<(Id, bool)>),
    ) {
        if self.nothing_in[kind].contains(text) {
            return;
        }
        let before = hits.len();
        look(self, text, hits);
        let nothing_in = &mut self.nothing_in[kind];
        if hits.len() == before && text.len() < 1_000 && nothing_in.len() < MAX_NOTHING {
            nothing_in.insert(text.to_owned());
        }
    }

    /// An address or a name, and whatever it lies in.
    fn host(&self, text: &str, hits: &mut Vec<(Id, bool)>) {
        if let Ok(address) = text.parse::<IpAddr>() {
            self.address(address, hits);
            return;
        }
        if self.domains.is_empty() {
            return;
        }
        let name = text.trim_end_matches('.').to_ascii_lowercase();
        let mut rest = name.as_str();
        loop {
            if let Some(ids) = self.domains.get(rest) {
                hits.extend(ids.iter().map(|id| (*id, rest.len() < name.len())));
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => break,
            }
        }
    }

    fn address(&self, address: IpAddr, hits: &mut Vec<(Id, bool)>) {
        let address = address.to_canonical();
        if let Some(ids) = self.addresses.get(&address) {
            hits.extend(ids.iter().map(|id| (*id, false)));
        }
        for ((is_v4, bits), networks) in &self.networks {
            if *is_v4 != address.is_ipv4() {
                continue;
            }
            let ids = Network::new(address, *bits).and_then(|n| networks.get(&n));
            hits.extend(ids.into_iter().flatten().map(|id| (*id, true)));
        }
    }

    fn url(&self, text: &str, hits: &mut Vec<(Id, bool)>) {
        let plain = plain_url(text);
        if let Some(ids) = self.urls.get(&plain) {
            hits.extend(ids.iter().map(|id| (*id, false)));
        }
        let host = plain.split(['/', '?']).next().unwrap_or_default();
        self.host(host.split(':').next().unwrap_or_default(), hits);
    }

    fn text(&self, text: &str, hits: &mut Vec<(Id, bool)>) {
        if self.texts.is_empty() {
            return;
        }
        if let Some(ids) = self.texts.get(&text.to_lowercase()) {
            hits.extend(ids.iter().map(|id| (*id, false)));
        }
    }

    /// Any field of an event: digests come as `SHA256=…,MD5=…`, files with their folders.
    fn value(&self, value: &str, hits: &mut Vec<(Id, bool)>) {
        if value.len() < 4 || value.len() > 4_000 {
            return;
        }
        self.text(value, hits);
        if value.contains("://") {
            self.url(value, hits);
        } else if !value.contains([' ', '\\', '=']) {
            self.host(value, hits);
        }
        for part in value
            .split(['\\', '/', ',', '='])
            .filter(|p| p.len() > 3 && p.len() < value.len())
        {
            self.text(part, hits);
        }
    }

    fn matched(&mut self, hit: (Id, bool), log: &str, record: &LogRecord<'_>, at: LogPlace) {
        let time = record.time.0;
        let indicator = &self.lists[hit.0.0 as usize].indicators[hit.0.1 as usize];
        if !holds(indicator, time) {
            self.seen.out_of_time += 1;
            return;
        }
        let matched = self.seen.matches.entry(hit).or_default();
        let of_record = || {
            let (source, target, account) = parties(record);
            OnDay {
                log: log.to_owned(),
                first: (time, at),
                last: time,
                count: 0,
                source,
                target,
                answered: 0,
                account,
                is_said: true,
            }
        };
        let on_day = matched.days.entry(time.div_euclid(DAY));
        let on_day = on_day.or_insert_with(of_record);
        // The first of the day, in whichever order logs are read.
        if (time, log, at) < (on_day.first.0, &*on_day.log, on_day.first.1) {
            *on_day = OnDay {
                last: on_day.last,
                count: on_day.count,
                answered: on_day.answered,
                is_said: on_day.is_said,
                ..of_record()
            };
        }
        let is_request = matches!(record.what, Logged::Request(_));
        on_day.is_said &= is_request && !matches!(indicator.observable, Observable::Network(_));
        on_day.count += 1;
        on_day.last = on_day.last.max(time);
        if let Logged::Request(request) = &record.what {
            on_day.answered += u64::from(request.status.is_some_and(|s| s < 400));
        }
    }

    /// What was matched, a sighting for each indicator, weighed against the ordinary days of its log: those on which the
    /// same source raised an alarm of another kind are none.
    pub fn sightings(&self, alarms: &Alarms) -> Vec<Sighting> {
        let mut all: Vec<Sighting> = self
            .seen
            .matches
            .iter()
            .filter_map(|(hit, matched)| self.sighting(*hit, matched, alarms))
            .collect();
        let of_patterns = self.of_patterns();
        let several = of_patterns.iter();
        all.extend(
            several.filter_map(|(id, matched)| self.sighting((*id, false), matched, alarms)),
        );
        all.sort_by(|a, b| (a.time, &a.what).cmp(&(b.time, &b.what)));
        all
    }

    fn sighting(
        &self,
        ((list, at), within): (Id, bool),
        matched: &Matched,
        alarms: &Alarms,
    ) -> Option<Sighting> {
        let listed = &self.lists[list as usize];
        let indicator = &listed.indicators[at as usize];
        let first = matched.days.values().next()?;
        let mut sighting = Sighting::new(
            first.first.0,
            &first.log,
            By::Indicator,
            format!("{} ({})", indicator.listed, listed.name),
            Stage::Scanning,
        );
        sighting.list.clone_from(&listed.name);
        sighting.observable = Some(indicator.observable.clone());
        sighting.at = first.first.1;
        sighting.until = matched
            .days
            .values()
            .map(|d| d.last)
            .max()
            .unwrap_or(sighting.time);
        sighting.source.clone_from(&first.source);
        sighting.sources = vec![first.source.clone()];
        sighting.target.clone_from(&first.target);
        sighting.account.clone_from(&first.account);
        sighting.behind = matched.days.values().map(|d| d.count).sum();
        sighting.observed = sighting.behind as f64;
        sighting.techniques.clone_from(&indicator.techniques);
        let days = self.seen.days.get(&first.log).map_or(0, |d| d.len() as u32);
        // The day that is weighed is no ordinary one, nor are those of an alarm.
        let ordinary = matched.days.iter().skip(1);
        let ordinary = ordinary.filter(|(day, on)| !alarms.on(&on.source, **day));
        let others = ordinary.count() as u32;
        let set_aside = matched.days.len() as u32 - others;
        (sighting.base_days, sighting.base_seen) = (days.saturating_sub(set_aside), others);
        let address = match &indicator.observable {
            Observable::Network(_) => first.source.parse().ok(),
            Observable::Pattern(_) if self.has_address((list, at)) => first.source.parse().ok(),
            _ => None,
        };
        (sighting.sharing, sighting.shared_list) = match &indicator.observable {
            // Bytes are nobody's to share.
            Observable::Digest(_) => (Sharing::No, String::new()),
            _ => self.sharing(address, sighting.time),
        };
        let seen = indicator.seen.or(listed.published);
        let weight = weight(&Match {
            days: sighting.base_days,
            seen: others,
            grade: listed.grade,
            age: seen.map(|seen| ((sighting.time - seen.0) as f64 / DAY as f64).max(0.0)),
            is_address: address.is_some(),
            sharing: sighting.sharing,
            is_within: within,
            is_said: matched.days.values().all(|on| on.is_said),
        });
        sighting.ratio = Some((weight.low, weight.high));
        sighting.reasons = weight.reasons;
        if set_aside > 1 {
            sighting.reasons.push(format!(
                "{} further days on which the same source raised an alarm are no ordinary ones",
                set_aside - 1
            ));
        }
        if indicator.context_only {
            sighting
                .reasons
                .push("its list does not mark it as meant for detection".to_owned());
        }
        sighting.why.push_str(
            "a match says that the same was seen as on the list, and nothing of what it did here",
        );
        Some(sighting)
    }

    /// Whether many shared an address at a time, and which list says so. Of names no list says it: whoever hosts pages or
    /// mail for others shares one with all of them.
    pub fn sharing(&self, address: Option<IpAddr>, time: i64) -> (Sharing, String) {
        let Some(address) = address else {
            return (Sharing::Unknown, String::new());
        };
        let mut held = false;
        for list in &self.shared {
            let (Some(first), Some(last)) = (list.first, list.last) else {
                continue;
            };
            if time < first.0 || time > last.0 + DAY {
                continue;
            }
            held = true;
            let on = list.networks.iter().any(|(network, from, until)| {
                from.0 <= time && time <= until.0 + DAY && network.contains(address)
            });
            if on {
                return (Sharing::Yes, dated(&list.name, first, last));
            }
        }
        (
            if held { Sharing::No } else { Sharing::Unknown },
            String::new(),
        )
    }
}

/// A list by its name and the days of which it speaks.
fn dated(name: &str, first: Timestamp, last: Timestamp) -> String {
    let day = |time: Timestamp| time.to_string().chars().take(10).collect::<String>();
    format!("{name}, {} to {}", day(first), day(last))
}

/// Whether an indicator holds at a time, by its list.
fn holds(indicator: &Indicator, time: i64) -> bool {
    indicator.from.is_none_or(|from| from.0 <= time)
        && indicator.until.is_none_or(|until| time <= until.0)
}

/// A link without its scheme, in lower case up to the path, without a slash at its end.
pub(crate) fn plain_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!(
        "{}{}",
        host.to_ascii_lowercase(),
        path.trim_end_matches('/')
    )
}

#[cfg(test)]
mod tests;
