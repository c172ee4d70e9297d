//! What a campaign shared, and when.

use std::collections::BTreeMap;

use overt_model::Trace;

use crate::corpus::Corpus;
use crate::extract::{canonical, registrable_domain};
use crate::network::{Edge, Network};

/// How many of a kind are listed.
const LISTED: usize = 20;
/// Bursts listed.
const BURSTS: usize = 5;
const HOUR: i64 = 3_600_000;

/// An object a campaign shared.
#[derive(Debug, Clone, PartialEq)]
pub struct TopObject {
    /// Position of the trace.
    pub trace: usize,
    /// The object.
    pub object: u32,
    /// Members with a co-share at it.
    pub members: u64,
    /// All accounts in the data that touched it.
    pub accounts: u64,
    /// Of a text: least similarity of its variants to the one shown.
    pub least_similarity: Option<f64>,
}

/// The objects most members shared in step, the most first.
pub(super) fn top_objects<'a>(
    corpus: &Corpus,
    network: &Network,
    edges: impl Iterator<Item = &'a Edge>,
) -> Vec<TopObject> {
    let mut at: BTreeMap<(usize, u32), Vec<u32>> = BTreeMap::new();
    for edge in edges {
        for layer in &edge.layers {
            let trace = network.layers[layer.layer].layer.trace;
            for share in &layer.co_shares {
                at.entry((trace, share.object))
                    .or_default()
                    .extend([edge.i, edge.j]);
            }
        }
    }
    let mut objects: Vec<TopObject> = at
        .into_iter()
        .map(|((trace, object), mut who)| {
            who.sort_unstable();
            who.dedup();
            let t = &corpus.traces[trace];
            let cluster = t
                .clusters
                .get(object as usize)
                .filter(|_| t.trace == Trace::Text);
            TopObject {
                trace,
                object,
                members: who.len() as u64,
                accounts: t.events.of_object(object).len() as u64,
                least_similarity: cluster.map(|c| c.least_similarity),
            }
        })
        .collect();
    objects.sort_by(|a, b| {
        b.members
            .cmp(&a.members)
            .then((a.trace, a.object).cmp(&(b.trace, b.object)))
    });
    objects.truncate(LISTED);
    objects
}

/// Words by how often they occur, the most frequent first.
pub(super) fn most_frequent<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    let mut count: BTreeMap<&str, u64> = BTreeMap::new();
    words.for_each(|w| *count.entry(w).or_default() += 1);
    let mut list: Vec<(String, u64)> = count.into_iter().map(|(w, n)| (w.to_owned(), n)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list.truncate(LISTED);
    list
}

/// Registrable domains of the links in posts, kept or in the words.
pub(super) fn domains(corpus: &Corpus, posts: &[u32]) -> Vec<(String, u64)> {
    let links = posts.iter().flat_map(|p| corpus.posts.all_links(*p));
    let found: Vec<String> = links
        .filter_map(|link| registrable_domain(&canonical(link)?))
        .collect();
    most_frequent(found.iter().map(String::as_str))
}

/// An hour with many carrying posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// Beginning of the hour, in milliseconds.
    pub hour: i64,
    /// Carrying posts in it.
    pub posts: u64,
}

/// When a campaign was active.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// First and last carrying post, in milliseconds.
    pub span: Option<(i64, i64)>,
    /// Carrying posts per day from the first, in UTC.
    pub days: Vec<u64>,
    /// All posts of members by weekday (Monday first) and hour, in UTC.
    pub hours: [[u64; 24]; 7],
    /// Offsets from UTC, in hours, at which the quietest eight hours begin at midnight; all that fit about as well.
    /// Empty where the day has no quiet part.
    pub fitting_zones: Vec<i8>,
    /// The hours with most carrying posts.
    pub bursts: Vec<Burst>,
}

impl Activity {
    pub(super) fn of(corpus: &Corpus, all: &[u32], carrying: &[u32]) -> Self {
        let times: Vec<i64> = carrying.iter().map(|p| corpus.posts.time(*p)).collect();
        let span = times.iter().min().copied().zip(times.iter().max().copied());
        let mut days = Vec::new();
        let mut per_hour: BTreeMap<i64, u64> = BTreeMap::new();
        if let Some((first, last)) = span {
            let day = |t: i64| t.div_euclid(24 * HOUR) - first.div_euclid(24 * HOUR);
            // Ten years of days at most, for absurd clocks make absurd spans.
            days = vec![0; (day(last) + 1).min(3660) as usize];
            for t in &times {
                if let Some(slot) = days.get_mut(day(*t) as usize) {
                    *slot += 1;
                }
                *per_hour.entry(t.div_euclid(HOUR)).or_default() += 1;
            }
        }
        let mut hours = [[0u64; 24]; 7];
        for p in all {
            let hour = corpus.posts.time(*p).div_euclid(HOUR);
            // 1970-01-01 was a Thursday.
            let weekday = (hour.div_euclid(24) + 3).rem_euclid(7) as usize;
            hours[weekday][hour.rem_euclid(24) as usize] += 1;
        }
        let mut bursts: Vec<Burst> = per_hour
            .into_iter()
            .map(|(h, posts)| Burst {
                hour: h * HOUR,
                posts,
            })
            .collect();
        bursts.sort_by(|a, b| b.posts.cmp(&a.posts).then(a.hour.cmp(&b.hour)));
        bursts.truncate(BURSTS);
        Self {
            span,
            days,
            hours,
            fitting_zones: fitting_zones(&hours),
            bursts,
        }
    }
}

/// Zones whose night (0–8 local) is as quiet as the quietest, give or take a tenth of an even share; none if even the
/// quietest eight hours hold half of an even share or more, or there are too few posts to tell.
fn fitting_zones(hours: &[[u64; 24]; 7]) -> Vec<i8> {
    let by_hour: Vec<u64> = (0..24).map(|h| hours.iter().map(|d| d[h]).sum()).collect();
    let total: u64 = by_hour.iter().sum();
    let night = |start: i64| {
        (0..8)
            .map(|k| by_hour[(start + k).rem_euclid(24) as usize])
            .sum::<u64>() as f64
    };
    let even = total as f64 / 3.0;
    let quietest = (0..24).map(night).fold(f64::MAX, f64::min);
    if total < 50 || quietest >= even / 2.0 {
        return Vec::new();
    }
    // Midnight at UTC+z is hour −z in UTC.
    (-11..=12i8)
        .filter(|z| night(-i64::from(*z)) <= quietest + even / 10.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_night_tells_the_zones_that_fit() {
        let mut hours = [[0u64; 24]; 7];
        for day in &mut hours {
            // Awake from 5 to 21 UTC: midnight to eight in UTC+3 is 21 to 5 UTC.
            day[5..21].fill(10);
        }
        assert_eq!(fitting_zones(&hours), [3]);
        assert!(fitting_zones(&[[5; 24]; 7]).is_empty(), "no night");
    }
}
