//! Hits of rules, gathered: a sighting for each rule, machine and day.

use std::collections::{BTreeMap, BTreeSet};

use overt_model::Timestamp;
use overt_model::log::{Event, LogPlace};
use serde::{Deserialize, Serialize};

use super::stage::stage;
use super::{Level, RuleHit};
use crate::kept::{is_day, is_time};
use crate::sighting::{By, Sighting};
use crate::site::DAY;

/// Rules, machines and days that are kept apart. What comes beyond is counted.
const MOST: usize = 200_000;
/// A rule that fired on this many days before, and on one in ten of all, is a condition of the office and no news.
const STANDING: (u32, u32) = (3, 10);

/// Hits of rules, gathered.
#[derive(Default, Serialize, Deserialize)]
pub struct RuleTally {
    rules: Vec<RuleHit>,
    /// Of each rule the place, by what it is called in a sighting.
    places: BTreeMap<String, usize>,
    /// By log, rule, machine and day.
    #[serde(with = "crate::kept::pairs")]
    hits: BTreeMap<Key, OnDay>,
    /// For each log and rule, the days on which it fired.
    #[serde(with = "crate::kept::pairs")]
    fired: BTreeMap<(String, usize), BTreeSet<i64>>,
    /// For each log, the days that it has events of.
    days: BTreeMap<String, BTreeSet<i64>>,
    left_out: u64,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key {
    log: String,
    rule: usize,
    computer: String,
    day: i64,
}

#[derive(Serialize, Deserialize)]
struct OnDay {
    first: (i64, LogPlace),
    last: i64,
    count: u64,
    source: String,
    account: String,
}

impl RuleTally {
    /// Takes what rules say of an event. Events without hits are told too: they show which days were looked at.
    pub fn add(
        &mut self,
        log: &str,
        time: Timestamp,
        at: LogPlace,
        event: &Event<'_>,
        hits: &[RuleHit],
    ) {
        let day = time.0.div_euclid(DAY);
        match self.days.get_mut(log) {
            Some(days) => {
                days.insert(day);
            }
            None => {
                self.days.insert(log.to_owned(), BTreeSet::from([day]));
            }
        }
        for hit in hits {
            let rule = self.place(hit);
            self.hit(log, rule, (time.0, at), event);
        }
    }

    fn place(&mut self, hit: &RuleHit) -> usize {
        let name = name(hit);
        if let Some(place) = self.places.get(&name) {
            return *place;
        }
        self.rules.push(hit.clone());
        self.places.insert(name, self.rules.len() - 1);
        self.rules.len() - 1
    }

    fn hit(&mut self, log: &str, rule: usize, first: (i64, LogPlace), event: &Event<'_>) {
        let text = |text: &Option<std::borrow::Cow<'_, str>>| {
            text.as_deref().unwrap_or_default().to_owned()
        };
        let day = first.0.div_euclid(DAY);
        self.fired
            .entry((log.to_owned(), rule))
            .or_default()
            .insert(day);
        let key = Key {
            log: log.to_owned(),
            rule,
            computer: text(&event.computer),
            day,
        };
        if self.hits.len() >= MOST && !self.hits.contains_key(&key) {
            self.left_out += 1;
            return;
        }
        let on_day = self.hits.entry(key).or_insert_with(|| OnDay {
            first,
            last: first.0,
            count: 0,
            source: text(&event.source),
            account: text(&event.account),
        });
        on_day.count += 1;
        on_day.last = on_day.last.max(first.0);
        if first < on_day.first {
            on_day.first = first;
            on_day.source = text(&event.source);
            on_day.account = text(&event.account);
        }
    }

    /// Whether what was read from a state can be gone on with.
    pub fn is_sound(&self) -> bool {
        let rules = self.rules.len();
        let is_rule = |place: usize| place < rules;
        self.places.len() == rules
            && self.places.values().all(|place| is_rule(*place))
            && self.hits.iter().all(|(key, on_day)| {
                is_rule(key.rule)
                    && is_day(key.day)
                    && is_time(on_day.first.0)
                    && is_time(on_day.last)
            })
            && self.hits.len() <= MOST
    }

    /// Hits that are in no sighting, because there were too many machines and days.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// All sightings, in the order of time.
    pub fn sightings(&self) -> Vec<Sighting> {
        let mut all: Vec<Sighting> = self
            .hits
            .iter()
            .map(|(key, on_day)| self.sighting(key, on_day))
            .collect();
        all.sort_by(|a, b| (a.time, &a.what, &a.target).cmp(&(b.time, &b.what, &b.target)));
        all
    }

    fn sighting(&self, key: &Key, on_day: &OnDay) -> Sighting {
        let rule = &self.rules[key.rule];
        let (stage, why) = stage(rule);
        let (time, at) = on_day.first;
        let mut sighting = Sighting::new(time, &key.log, By::Rule, name(rule), stage);
        why.clone_into(&mut sighting.why);
        sighting.at = at;
        sighting.until = on_day.last;
        sighting.source.clone_from(&on_day.source);
        sighting.sources = vec![on_day.source.clone()];
        sighting.target.clone_from(&key.computer);
        sighting.account.clone_from(&on_day.account);
        sighting.techniques.clone_from(&rule.techniques);
        sighting.behind = on_day.count;
        sighting.observed = on_day.count as f64;
        sighting.expected = self.most_before(key) as f64;
        (sighting.base_days, sighting.base_seen) = self.before(key);
        let (at_least, one_in) = STANDING;
        sighting.standing = sighting.base_seen >= at_least
            && u64::from(sighting.base_seen) * u64::from(one_in) >= u64::from(sighting.base_days);
        sighting.alarm = rule.level >= Some(Level::High) && !sighting.standing;
        sighting.reasons = reasons(rule, sighting.base_days, sighting.base_seen);
        sighting
    }

    /// How many days of this log were before, and on how many of them the same rule fired, on whichever machine.
    fn before(&self, key: &Key) -> (u32, u32) {
        let count = |days: Option<&BTreeSet<i64>>| {
            days.map_or(0, |days| days.range(..key.day).count() as u32)
        };
        let fired = self.fired.get(&(key.log.clone(), key.rule));
        (count(self.days.get(&key.log)), count(fired))
    }

    /// The most hits of the rule on this machine on a day before.
    fn most_before(&self, key: &Key) -> u64 {
        let of_day = |day| Key {
            log: key.log.clone(),
            rule: key.rule,
            computer: key.computer.clone(),
            day,
        };
        let before = self.hits.range(of_day(i64::MIN)..of_day(key.day));
        before.map(|(_, on_day)| on_day.count).max().unwrap_or(0)
    }
}

/// What a rule is called in a sighting.
fn name(rule: &RuleHit) -> String {
    if rule.id.is_empty() {
        return rule.title.clone();
    }
    format!("{} ({})", rule.title, rule.id)
}

fn reasons(rule: &RuleHit, days: u32, seen: u32) -> Vec<String> {
    let mut reasons = Vec::new();
    reasons.push(match days {
        0 => "no day before is in the log: how usual this is here is not known".to_owned(),
        _ => format!("the same rule fired on {seen} of {days} days before"),
    });
    let level = rule
        .level
        .map_or("not said".to_owned(), |level| level.to_string());
    let status = match rule.status.as_str() {
        "" => "not said",
        said => said,
    };
    reasons.push(format!(
        "its author's level: {level}; how far the author trusts it: {status}"
    ));
    let known = rule.false_positives.join("; ");
    if !known.is_empty() {
        reasons.push(format!("what else looks like this: {known}"));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sighting::Stage;

    fn hit(level: Level) -> RuleHit {
        RuleHit {
            id: "1".to_owned(),
            title: "Dump".to_owned(),
            level: Some(level),
            tactics: vec!["credential-access".to_owned()],
            ..RuleHit::default()
        }
    }

    fn tally(level: Level, days: i64, fires: impl Fn(i64) -> bool) -> Vec<Sighting> {
        let mut tally = RuleTally::default();
        let event = Event {
            computer: Some("pc-1".into()),
            ..Event::default()
        };
        for day in 0..days {
            let hits: Vec<RuleHit> = fires(day).then(|| hit(level)).into_iter().collect();
            for second in 0..2 {
                let time = Timestamp(day * DAY + second * 1_000);
                tally.add("pc", time, LogPlace::default(), &event, &hits);
            }
        }
        tally.sightings()
    }

    #[test]
    fn a_sighting_is_a_rule_on_a_machine_on_a_day() {
        let found = tally(Level::High, 10, |day| day >= 8);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].behind, found[0].target.as_str()), (2, "pc-1"));
        assert_eq!((found[0].base_days, found[0].base_seen), (8, 0));
        assert_eq!((found[1].base_days, found[1].base_seen), (9, 1));
        assert_eq!((found[0].expected, found[1].expected), (0.0, 2.0));
        assert_eq!(found[0].stage, Stage::Attempt);
        assert!(found[0].alarm && found[0].by == By::Rule);
    }

    #[test]
    fn only_grave_rules_are_alarms_and_not_those_that_always_fire() {
        assert!(!tally(Level::Medium, 2, |day| day == 1)[0].alarm);
        let daily = tally(Level::Critical, 10, |_| true);
        assert!(daily[0].alarm && !daily[9].alarm && daily[9].standing);
    }
}
