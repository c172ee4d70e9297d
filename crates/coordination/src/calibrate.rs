//! Calibration: the same analysis on copies in which nobody has a tie to anybody.
//!
//! Accounts change places only among events of the same block and latency bin, so every account keeps its activity
//! per block and its habit, every object its popularity and its times. Whatever edges remain are false.

use overt_model::Window;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::events::Events;
use crate::network::{Asked, NetworkSettings, ToScore, family, passing, score};
use crate::null::Baseline;

/// How often each event is offered a new place.
const ROUNDS: usize = 3;
/// How often a place that would put an account twice at one object is drawn again.
const TRIES: usize = 20;

/// A copy with accounts shuffled within block and latency bin.
pub fn shuffle(events: &Events, baseline: &Baseline, seed: u64) -> Events {
    let mut groups: Vec<(u32, u8, u32)> = (0..events.len())
        .map(|e| {
            (
                baseline.blocks.of_object(events.object(e)),
                baseline.habit.bin(e) as u8,
                e as u32,
            )
        })
        .collect();
    groups.sort_unstable();
    let mut account = events.accounts().to_vec();
    let mut at: std::collections::HashSet<(u32, u32)> = (0..events.len())
        .map(|e| (events.object(e), account[e]))
        .collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..ROUNDS {
        for group in groups.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            for (_, _, e) in group {
                swap_one(events, *e as usize, group, &mut account, &mut at, &mut rng);
            }
        }
    }
    events.with_accounts(account)
}

/// Exchanges the account of an event with that of another in its group, if neither would then be twice at one object.
fn swap_one(
    events: &Events,
    e: usize,
    group: &[(u32, u8, u32)],
    account: &mut [u32],
    at: &mut std::collections::HashSet<(u32, u32)>,
    rng: &mut impl Rng,
) {
    for _ in 0..TRIES {
        let f = group[rng.random_range(0..group.len())].2 as usize;
        let (a, b) = (account[e], account[f]);
        let (o, p) = (events.object(e), events.object(f));
        if a == b || o == p {
            // Exchanging like for like, or two accounts of one object, keeps who is where.
            if o == p && a != b {
                account.swap(e, f);
            }
            return;
        }
        if at.contains(&(o, b)) || at.contains(&(p, a)) {
            continue;
        }
        at.remove(&(o, a));
        at.remove(&(p, b));
        at.insert((o, b));
        at.insert((p, a));
        account.swap(e, f);
        return;
    }
}

/// False edges in each of `copies` shuffled copies of one layer.
pub fn false_edges(
    events: &Events,
    window: Window,
    baseline: &Baseline,
    settings: &NetworkSettings,
    copies: u32,
    seed: u64,
) -> Vec<u64> {
    use rayon::prelude::*;
    let accounts = events.active_accounts();
    (0..copies)
        .into_par_iter()
        .map(|copy| {
            let shuffled = shuffle(events, baseline, seed.wrapping_add(u64::from(copy)));
            let scored = score(
                &[ToScore {
                    events: &shuffled,
                    window,
                    baseline,
                    sources: &[],
                }],
                accounts,
                settings.level,
                Asked::Pairs,
                &|_| {},
            );
            let scored: Vec<_> = scored.into_iter().map(|layer| layer.scored).collect();
            passing(&scored, family(accounts), settings).len() as u64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;
    use crate::null::NullModel;

    #[test]
    fn a_copy_keeps_activity_and_popularity_and_puts_nobody_twice_at_one_object() {
        let mut raw = RawEvents::default();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for n in 0..600u32 {
            raw.push(
                rng.random_range(0..60),
                rng.random_range(0..40),
                i64::from(n),
                n,
            );
        }
        let events = Events::new(raw, 40, 60);
        let baseline = Baseline::estimate(
            &events,
            NullModel::Plain,
            crate::null::RateModel::Raw,
            &crate::null::blocks::TopicSettings::default(),
        );
        let copy = shuffle(&events, &baseline, 7);
        assert!((0..40).all(|a| copy.of_account(a).len() == events.of_account(a).len()));
        for o in 0..60 {
            let mut here: Vec<u32> = copy.of_object(o).map(|e| copy.account(e)).collect();
            here.sort_unstable();
            assert!(here.windows(2).all(|w| w[0] != w[1]), "twice at object {o}");
        }
        let moved = (0..events.len())
            .filter(|&e| events.account(e) != copy.account(e))
            .count();
        assert!(moved > events.len() / 2, "{moved} moved");
    }
}
