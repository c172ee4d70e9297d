//! On which days who raised an alarm: for what is matched of them, these are no ordinary days.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::sighting::{By, Sighting};
use crate::site::DAY;

/// On which days sources raised alarms by what they did.
#[derive(Debug, Default)]
pub struct Alarms(FxHashMap<String, BTreeSet<i64>>);

impl Alarms {
    /// Those of sightings that are no matches of indicators.
    pub fn of(sightings: &[Sighting]) -> Self {
        let mut all = Self::default();
        let alarms = sightings.iter();
        for alarm in alarms.filter(|s| s.alarm && s.by != By::Indicator) {
            let days = alarm.time.div_euclid(DAY)..=alarm.until.div_euclid(DAY);
            for source in alarm.sources.iter().chain([&alarm.source]) {
                let of_source = all.0.entry(source.clone()).or_default();
                of_source.extend(days.clone());
            }
        }
        all
    }

    pub(super) fn on(&self, source: &str, day: i64) -> bool {
        self.0.get(source).is_some_and(|days| days.contains(&day))
    }
}
