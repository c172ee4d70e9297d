//! How much pairs differ in what they share out of step.
//!
//! Blocks hold people whose interests are only roughly the same. Of how much two share beyond the window, relative to
//! what is expected of them, the variance over all pairs tells how far one pair's own count is to be believed: where
//! small circles are hidden in blocks, a pair that shares seven things out of step is of one circle; where they are not,
//! it is chance.

use crate::events::Events;

/// Pairs looked at, about.
const PAIRS: u64 = 4_000_000;
/// Fewest and most accounts whose pairs are looked at.
const ACCOUNTS: (u64, u64) = (16, 512);
/// Largest φ of a pair that is looked at: beyond it, what a pair shares says what there is to say by itself.
const LITTLE: f64 = 0.5;
/// Co-shares of one pair beyond which more say nothing of others.
const MOST: f64 = 10.0;
/// Least and greatest shape of the affinity of pairs; beyond, they are alike.
const SHAPE: (f64, f64) = (0.02, 50.0);

/// The shape κ of pairs' affinity, a Gamma variable of mean 1, infinite where they are alike; by the second factorial moment of what pairs share beyond a
/// window of so many milliseconds: `E[A(A−1)] = φ²(1 + 1/κ)`. `expected` has φ of an account with others. A sample of accounts is asked,
/// evenly over all.
pub(super) fn shape<E: Fn(u32) -> f64>(
    events: &Events,
    window: i64,
    expected: impl Fn(u32) -> E,
) -> f64 {
    let active: Vec<u32> = (0..events.n_accounts())
        .filter(|a| events.is_reference(*a) && events.of_account(*a).len() > 1)
        .collect();
    let n = active.len() as u64;
    if n < 2 {
        return f64::INFINITY;
    }
    let asked = (PAIRS / n).clamp(ACCOUNTS.0, ACCOUNTS.1).min(n);
    let (mut seen, mut squares) = (0.0, 0.0);
    let mut shared = vec![0; events.n_accounts() as usize];
    for k in 0..asked {
        let i = active[(k * n / asked) as usize];
        beyond(events, i, window, &mut shared);
        let of_account = expected(i);
        for &j in active.iter().filter(|j| **j != i) {
            let expected = of_account(j);
            if expected <= LITTLE {
                let shared = f64::from(shared[j as usize]).min(MOST);
                seen += shared * (shared - 1.0);
                squares += expected * expected;
            }
        }
    }
    let shape = 1.0 / (seen / squares - 1.0);
    if shape.is_finite() && (0.0..=SHAPE.1).contains(&shape) {
        shape.max(SHAPE.0)
    } else {
        f64::INFINITY
    }
}

/// Objects that an account shares with each other one, but not within the window.
fn beyond(events: &Events, i: u32, window: i64, shared: &mut [u32]) {
    shared.fill(0);
    for &e in events.of_account(i) {
        let e = e as usize;
        for f in events.of_object(events.object(e)) {
            let apart = (events.time(f) - events.time(e)).abs() > window;
            shared[events.account(f) as usize] += u32::from(apart);
        }
    }
}
