//! How much more than expected an account has near misses: encounters in the ring.
//!
//! Who is quick meets others often, by being quick; and the quick of a small circle meet each other. It shows just beyond
//! the window as much as within, where a group in step has nothing.

use super::Ring;
use super::census::Reach;
use crate::around::Around;
use crate::events::Events;
use crate::null::baseline::Baseline;
use crate::null::habit::BINS;
use overt_model::Window;

/// Near misses that being like everybody else counts for.
const PRIOR: f64 = 4.0;

/// Of each account the near misses seen over those expected, drawn towards 1; never less than 1.
pub(super) fn propensities(
    events: &Events,
    window: Window,
    baseline: &Baseline,
    ring: &Ring,
) -> Vec<f64> {
    let (inner, outer) = (window.bound(), Reach::ring(window).bound());
    let n = events.n_accounts() as usize;
    let (mut seen, mut expected) = (vec![0.0; n], vec![0.0; n]);
    for o in 0..events.n_objects() {
        let all: Vec<usize> = events.reference_of_object(o).collect();
        if all.len() < 2 {
            continue;
        }
        let times: Vec<i64> = all.iter().map(|e| events.time(*e)).collect();
        let mut bins = [0.0; BINS];
        all.iter().for_each(|e| bins[baseline.habit.bin(*e)] += 1.0);
        let block = baseline.blocks.of_object(o);
        let share = &ring.shares.cells[baseline.blocks.tier(block) as usize];
        let factor = ring.factors[block as usize].mean;
        let chance: [f64; BINS] = std::array::from_fn(|k| {
            let every: f64 = share[k].iter().zip(&bins).map(|(s, n)| s * n).sum();
            factor * (every - share[k][k])
        });
        let (mut near, mut nearly) = (Around::default(), Around::default());
        for (at, e) in all.iter().enumerate() {
            let account = events.account(*e) as usize;
            let t = times[at];
            let near_misses = nearly.count(&times, t, outer) - near.count(&times, t, inner);
            seen[account] += near_misses as f64;
            expected[account] += chance[baseline.habit.bin(*e)];
        }
    }
    seen.iter()
        .zip(&expected)
        .map(|(seen, expected)| ((seen + PRIOR) / (expected + PRIOR)).max(1.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;
    use crate::null::{NullModel, RateModel, blocks::TopicSettings};

    #[test]
    fn who_often_comes_just_too_late_has_near_misses() {
        let mut raw = RawEvents::default();
        for o in 0..40u32 {
            for a in 0..6u32 {
                // 0 and 1 two minutes apart, the others hours.
                let late = if a < 2 { 120_000 } else { 7_200_000 };
                raw.push(o, a, i64::from(o) * 86_400_000 + i64::from(a) * late, 0);
            }
        }
        let events = Events::new(raw, 6, 40);
        let baseline = Baseline::estimate(
            &events,
            NullModel::Blocks,
            RateModel::Shared,
            &TopicSettings::default(),
        );
        let window = Window::from_millis(60_000).expect("not negative");
        let ring = Ring::around(&events, window, &baseline).expect("a ring");
        let found = propensities(&events, window, &baseline, &ring);
        assert!(found[0] > 1.1 && found[1] > 1.1, "{found:?}");
        assert!(found[2..].iter().all(|p| *p == 1.0), "{found:?}");
    }
}
