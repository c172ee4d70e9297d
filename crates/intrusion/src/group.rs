//! Sightings that belong together: an intrusion, with its timeline and how long it took to be noticed.

use crate::sighting::{Sighting, Stage};
use crate::site::DAY;

/// Alarms further apart belong to different intrusions.
const APART: i64 = 7 * DAY;
/// How far before its first alarm an intrusion's first trace is looked for.
const BEFORE: i64 = 60 * DAY;

/// Sightings that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Intrusion {
    /// Its number, from 1.
    pub number: usize,
    /// Places of its sightings, in order of time.
    pub sightings: Vec<usize>,
    /// The first trace of it, alarm or not.
    pub first_trace: i64,
    /// The first alarm.
    pub first_alarm: i64,
    /// The last of what is known of it.
    pub until: i64,
    /// The furthest that the evidence goes.
    pub stage: Stage,
}

impl Intrusion {
    /// Whole days from the first trace to the day of the first alarm; 0 for the same day.
    pub fn days_to_alarm(&self) -> i64 {
        self.first_alarm.div_euclid(DAY) - self.first_trace.div_euclid(DAY)
    }
}

/// The intrusions of sightings in order of time. What is no alarm belongs to one whose sources or target it shares, from
/// some weeks before its first alarm on; floods and standing conditions belong to none.
pub fn intrusions(sightings: &[Sighting]) -> Vec<Intrusion> {
    let mut all: Vec<Intrusion> = Vec::new();
    for (at, sighting) in sightings.iter().enumerate() {
        if !sighting.alarm || sighting.stage == Stage::Unavailability {
            continue;
        }
        match all.last_mut().filter(|i| sighting.time - i.until <= APART) {
            Some(its) => its.take(at, sighting),
            None => all.push(Intrusion {
                number: all.len() + 1,
                sightings: vec![at],
                first_trace: sighting.time,
                first_alarm: sighting.time,
                until: sighting.until,
                stage: sighting.stage,
            }),
        }
    }
    for (at, sighting) in sightings.iter().enumerate() {
        if sighting.alarm || sighting.standing || sighting.stage == Stage::Unavailability {
            continue;
        }
        let its = all.iter_mut().find(|i| {
            (i.first_alarm - BEFORE..=i.until + APART).contains(&sighting.time)
                && i.sightings
                    .iter()
                    .any(|k| belongs(&sightings[*k], sighting))
        });
        if let Some(its) = its {
            its.take(at, sighting);
        }
    }
    for its in &mut all {
        its.sightings.sort_by_key(|at| (sightings[*at].time, *at));
    }
    all
}

impl Intrusion {
    fn take(&mut self, at: usize, sighting: &Sighting) {
        self.sightings.push(at);
        self.first_trace = self.first_trace.min(sighting.time);
        self.until = self.until.max(sighting.until);
        self.stage = self.stage.max(sighting.stage);
    }
}

fn belongs(alarm: &Sighting, other: &Sighting) -> bool {
    let shares_source = alarm
        .sources
        .iter()
        .any(|source| other.sources.contains(source));
    // Of a path with a name that is masked nobody can say that it is the same as another.
    let is_told = !alarm.target.is_empty() && !path(&alarm.target).contains('…');
    let shares_target = is_told && path(&alarm.target) == path(&other.target);
    shares_source || alarm.log == other.log && shares_target
}

fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sighting::By;

    fn seen(day: i64, alarm: bool, stage: Stage, source: &str) -> Sighting {
        let mut sighting = Sighting::new(day * DAY, "web", By::Measure, "x", stage);
        sighting.alarm = alarm;
        sighting.sources = vec![source.to_owned()];
        sighting
    }

    #[test]
    fn the_first_trace_may_lie_before_the_first_alarm() {
        let sightings = [
            seen(1, false, Stage::Attempt, "a"),
            seen(3, false, Stage::Attempt, "stranger"),
            seen(6, true, Stage::Attempt, "a"),
            seen(8, true, Stage::PossibleAccess, "b"),
            seen(40, true, Stage::Scanning, "c"),
            seen(41, true, Stage::Unavailability, "c"),
        ];
        let all = intrusions(&sightings);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].sightings, [0, 2, 3]);
        assert_eq!(
            (all[0].days_to_alarm(), all[0].stage),
            (5, Stage::PossibleAccess)
        );
        assert_eq!(all[1].sightings, [4]);
    }
}
