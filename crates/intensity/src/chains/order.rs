//! In which order platforms first had a thing, where that can be told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{First, Trail};

/// How long before a first sight elsewhere a platform must have been watched, for *later there* to mean anything: what was
/// there a day before would otherwise be missed.
pub const BEFORE: i64 = 86_400;

/// What was watched of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// The time at which collection began, in seconds.
    pub from: i64,
    /// The steps of its files' clocks, in seconds.
    pub steps: BTreeMap<u32, i64>,
    /// Times without collection: beginning and end, in seconds.
    pub gaps: Vec<[i64; 2]>,
}

impl Collection {
    /// The step of the clock that has this time.
    fn step(&self, first: &First) -> i64 {
        self.steps.get(&first.source).copied().unwrap_or(1)
    }

    /// Was it watched all the time from `from` to `until`?
    fn watched(&self, from: i64, until: i64) -> bool {
        self.from <= from && !(self.gaps.iter()).any(|[a, b]| *a <= until && *b >= from)
    }
}

/// A platform in the order of first sight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Who and when.
    #[serde(flatten)]
    pub first: First,
    /// Is it told that this came after the one before? The first of all is.
    pub told: bool,
}

/// The way of one thing: platforms in the order of first sight *in what was collected*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Order(pub Vec<Step>);

impl Order {
    /// The order of a trail; `collections` are by platform.
    #[must_use]
    pub fn of(trail: &Trail, collections: &[Collection]) -> Self {
        let mut firsts = trail.firsts.clone();
        firsts.sort_by_key(|f| (f.time, f.platform));
        let mut steps: Vec<Step> = Vec::new();
        for first in firsts {
            // After the one before it, and after none whose clock is too coarse to say so.
            let told = (steps.last())
                .is_none_or(|before| is_told(&before.first, &first, collections))
                && (steps.iter()).all(|before| is_apart(&before.first, &first, collections));
            steps.push(Step { first, told });
        }
        Self(steps)
    }

    /// Is the whole order told?
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.0.iter().all(|step| step.told)
    }

    /// Neighbours of which it is told who came first.
    pub fn legs(&self) -> impl Iterator<Item = (&First, &First)> {
        let pairs = self.0.windows(2).filter(|pair| pair[1].told);
        pairs.map(|pair| (&pair[0].first, &pair[1].first))
    }
}

/// Is it told that `later` came after? Not where the clocks' steps hide it, nor where the later platform was not watched for
/// a day before: it may have been there first.
fn is_told(earlier: &First, later: &First, collections: &[Collection]) -> bool {
    let watched = &collections[later.platform as usize];
    is_apart(earlier, later, collections) && watched.watched(earlier.time - BEFORE, earlier.time)
}

/// Whether two times are further apart than the steps of both clocks.
fn is_apart(earlier: &First, later: &First, collections: &[Collection]) -> bool {
    let steps = [earlier, later].map(|first| collections[first.platform as usize].step(first));
    later.time - earlier.time > steps[0].max(steps[1])
}

#[cfg(test)]
mod tests {
    use super::super::{Sighting, Trails};
    use super::*;

    const DAY: i64 = 86_400;

    fn trails(times: &[(&str, i64)]) -> Trails {
        let mut trails = Trails::default();
        // Watched since long before, at odd seconds.
        for (platform, _) in times {
            for n in 0..20 {
                trails.add(Sighting {
                    object: "other",
                    platform,
                    carrier: "x",
                    time: n * 7 + 1,
                    source: 0,
                });
            }
        }
        for &(platform, time) in times {
            trails.add(Sighting {
                object: "o",
                platform,
                carrier: "c",
                time,
                source: 0,
            });
        }
        trails
    }

    fn order(trails: &Trails, collections: &[Collection]) -> (Vec<String>, bool) {
        let trail = trails.objects().find(|(name, _)| *name == "o").unwrap().1;
        let order = Order::of(trail, collections);
        let names = order
            .0
            .iter()
            .map(|s| trails.platform(s.first.platform).to_owned());
        (names.collect(), order.is_told())
    }

    #[test]
    fn a_thing_goes_from_where_it_was_seen_first() {
        let trails = trails(&[
            ("x", 3 * DAY + 900),
            ("site", 3 * DAY),
            ("telegram", 3 * DAY + 301),
        ]);
        let (names, told) = order(&trails, &trails.collections());
        assert_eq!(names, ["site", "telegram", "x"]);
        assert!(told);
    }

    #[test]
    fn what_the_clock_hides_is_not_told() {
        let minutes = trails(&[("site", 3 * DAY), ("x", 3 * DAY + 50)]);
        let mut collections = minutes.collections();
        assert!(order(&minutes, &collections).1);
        collections[1].steps.insert(0, 60);
        assert!(!order(&minutes, &collections).1);
    }

    #[test]
    fn what_comes_after_one_may_come_before_another_with_a_coarse_clock() {
        let trails = trails(&[
            ("telegram", 3 * DAY),
            ("site", 3 * DAY + 1),
            ("x", 3 * DAY + 200),
        ]);
        let mut collections = trails.collections();
        let told = |collections: &[Collection]| {
            let trail = trails.objects().find(|(name, _)| *name == "o").unwrap().1;
            let order = Order::of(trail, collections);
            order.0.iter().map(|step| step.told).collect::<Vec<_>>()
        };
        assert_eq!(told(&collections), [true, false, true]);
        collections[0].steps.insert(0, 300);
        assert_eq!(told(&collections), [true, false, false]);
    }

    #[test]
    fn a_gap_before_the_first_sight_or_a_late_beginning_leaves_the_order_open() {
        let trails = trails(&[("site", 3 * DAY), ("x", 3 * DAY + 5_000)]);
        let mut collections = trails.collections();
        collections[1].gaps = vec![[3 * DAY - 7_200, 3 * DAY - 3_600]];
        assert!(!order(&trails, &collections).1);
        // A gap on the platform that had it first hides nothing that would turn the order.
        collections.swap(0, 1);
        assert!(order(&trails, &collections).1);
        let mut late = trails.collections();
        late[1].from = 3 * DAY - 60;
        assert!(!order(&trails, &late).1);
    }

    #[test]
    fn a_clock_of_minutes_is_seen_from_its_times() {
        let mut trails = Trails::default();
        for n in 0..20 {
            for (platform, step) in [("m", 60), ("s", 61), ("five", 300), ("quarter", 900)] {
                trails.add(Sighting {
                    object: "o",
                    platform,
                    carrier: "c",
                    time: 1_800 + n * step,
                    source: 0,
                });
            }
        }
        let collections = trails.collections();
        let steps: Vec<i64> = collections.iter().map(|c| c.steps[&0]).collect();
        assert_eq!(steps, [60, 1, 300, 900]);
    }

    #[test]
    fn a_file_of_bare_dates_hides_an_order_and_one_with_seconds_does_not() {
        for (times, told) in [
            // Dates alone, at midnight or at noon, a few of them.
            ([3 * DAY, 4 * DAY, 5 * DAY], false),
            (
                [3 * DAY + 43_200, 4 * DAY + 43_200, 5 * DAY + 43_200],
                false,
            ),
            ([3 * DAY + 7, 4 * DAY + 61, 5 * DAY + 9], true),
        ] {
            let mut trails = trails(&[("x", 3 * DAY + 50_000)]);
            // Another file of the platform has seconds.
            for (n, time) in (0..20).map(|n| (n, n * 7 + 1)) {
                trails.add(Sighting {
                    object: &format!("o{n}"),
                    platform: "telegram",
                    carrier: "x",
                    time,
                    source: 1,
                });
            }
            for (object, time) in ["o", "p", "q"].into_iter().zip(times) {
                trails.add(Sighting {
                    object,
                    platform: "telegram",
                    carrier: "c",
                    time,
                    source: 2,
                });
            }
            assert_eq!(order(&trails, &trails.collections()).1, told, "{times:?}");
        }
    }
}
