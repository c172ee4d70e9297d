//! Habit: how early or late in the life of an object an account tends to touch it.

use crate::events::Events;

/// Number of latency bins.
pub const BINS: usize = 7;
/// Lower edges of the bins of the latency rank `u = (rank − ½) / n_o`.
const EDGES: [f64; BINS] = [
    0.0,
    1.0 / 64.0,
    1.0 / 32.0,
    1.0 / 16.0,
    1.0 / 8.0,
    1.0 / 4.0,
    1.0 / 2.0,
];
/// Shrinkage α of an account's habit towards everybody's.
const ALPHA: f64 = 4.0;

/// A number for each latency bin.
pub type Bins = [f64; BINS];

/// The latency bin of every event, and every account's habit `r_ik`: how much more than others it is found in bin k.
#[derive(Debug, Clone)]
pub struct Habit {
    bin: Vec<u8>,
    ratio: Vec<Bins>,
}

impl Habit {
    /// Habits with `r_ik = (G_ik + α g_k)/(d_i + α)/g_k`, and 1 where nobody is in the bin.
    pub fn estimate(events: &Events) -> Self {
        let bin = bins(events);
        let mut everybody = [0.0; BINS];
        bin.iter().for_each(|&k| everybody[usize::from(k)] += 1.0);
        let share = everybody.map(|n| n / events.len().max(1) as f64);
        let ratio = (0..events.n_accounts())
            .map(|i| {
                let own = events.of_account(i);
                let mut count = [0.0; BINS];
                own.iter()
                    .for_each(|&e| count[usize::from(bin[e as usize])] += 1.0);
                let d = own.len() as f64;
                std::array::from_fn(|k| {
                    if share[k] > 0.0 {
                        (count[k] + ALPHA * share[k]) / (d + ALPHA) / share[k]
                    } else {
                        1.0
                    }
                })
            })
            .collect();
        Self { bin, ratio }
    }

    /// No habit: one bin for all events, and everybody like everybody else.
    pub fn none(events: &Events) -> Self {
        Self {
            bin: vec![0; events.len()],
            ratio: vec![[1.0; BINS]; events.n_accounts() as usize],
        }
    }

    /// The bin of an event.
    pub fn bin(&self, event: usize) -> usize {
        usize::from(self.bin[event])
    }

    /// `r_i·` of an account.
    pub fn ratio(&self, account: u32) -> &Bins {
        &self.ratio[account as usize]
    }
}

fn bins(events: &Events) -> Vec<u8> {
    let mut bin = vec![0u8; events.len()];
    for o in 0..events.n_objects() {
        let run = events.of_object(o);
        let n = run.len() as f64;
        for (rank, e) in run.enumerate() {
            let u = (rank as f64 + 0.5) / n;
            bin[e] = (EDGES.partition_point(|edge| *edge <= u) - 1) as u8;
        }
    }
    bin
}
