//! Patterns among indicators: those that a record has by itself, and those of several records.

use overt_model::log::{LogPlace, LogRecord};

use super::{Id, Indicators, Matched, OnDay, holds, parties};
use crate::pattern::{self, Hit};
use crate::site::DAY;

/// Records that are kept of one part of a pattern of several.
const MAX_HITS: usize = 1_000;

impl Indicators {
    /// Patterns that a record has by itself, and parts of others that it has.
    pub(super) fn in_patterns(
        &mut self,
        log: &str,
        record: &LogRecord<'_>,
        at: LogPlace,
        hits: &mut Vec<(Id, bool)>,
    ) {
        let objects = pattern::objects(record);
        for (id, pattern) in &self.patterns {
            for (number, part) in pattern.parts.iter().enumerate() {
                if !part.is_in(&objects) {
                    continue;
                }
                if pattern.is_single() {
                    hits.push((*id, false));
                    continue;
                }
                let parts = self.seen.parts.entry(*id).or_default();
                let of_part = parts.entry(number).or_default();
                if of_part.len() >= MAX_HITS {
                    self.seen.parts_left_out += 1;
                    continue;
                }
                let (source, target, account) = parties(record);
                of_part.push(Hit {
                    time: record.time.0,
                    log: log.to_owned(),
                    at,
                    source,
                    target,
                    account,
                });
            }
        }
    }

    /// What patterns of several parts matched, by their last record.
    pub(super) fn of_patterns(&self) -> Vec<(Id, Matched)> {
        let mut all = Vec::new();
        for (id, pattern) in &self.patterns {
            let Some(parts) = self.seen.parts.get(id) else {
                continue;
            };
            let mut parts = parts.clone();
            parts.values_mut().for_each(|hits| hits.sort_unstable());
            let indicator = &self.lists[id.0 as usize].indicators[id.1 as usize];
            let mut matched = Matched::default();
            for its in pattern::instances(&pattern.root, &parts) {
                let (first, last) = (its.first, its.last);
                if !holds(indicator, first.time) || !holds(indicator, last.time) {
                    continue;
                }
                let day = matched.days.entry(last.time.div_euclid(DAY));
                let on_day = day.or_insert_with(|| OnDay {
                    log: first.log.clone(),
                    first: (first.time, first.at),
                    last: last.time,
                    count: 0,
                    source: first.source.clone(),
                    target: first.target.clone(),
                    answered: 0,
                    account: first.account.clone(),
                    is_said: false,
                });
                on_day.count += 1;
                on_day.last = on_day.last.max(last.time);
            }
            all.push((*id, matched));
        }
        all
    }

    /// Whether a pattern names an address, whose holders change.
    pub(super) fn has_address(&self, id: Id) -> bool {
        let mut all = self.patterns.iter();
        all.any(|(of, pattern)| *of == id && pattern.has_address)
    }
}
