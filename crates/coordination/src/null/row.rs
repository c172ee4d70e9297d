//! What is expected of one account with any other: what is the account's own is worked out once.

use std::ops::ControlFlow;

use super::baseline::{Baseline, NullModel};
use super::encounters::BinPairs;
use super::habit::{BINS, Bins};

/// `D_ib Σ_k r_ik w_b[k, ·]` of an account, for each block it is in.
pub(super) struct Row<'a> {
    baseline: &'a Baseline,
    account: u32,
    blocks: Vec<(u32, Bins)>,
}

impl<'a> Row<'a> {
    /// Of an account, at rates of encounters by block.
    pub(super) fn of(baseline: &'a Baseline, rate: &[BinPairs], i: u32) -> Self {
        let x = baseline.habit.ratio(i);
        let activity = baseline.blocks.activity(i).iter();
        let blocks = activity.map(|&(b, d)| {
            let rate = &rate[b as usize];
            let mut met = [0.0; BINS];
            match baseline.model {
                NullModel::Blocks => {
                    for (x, of_bin) in x.iter().zip(rate) {
                        for (sum, rate) in met.iter_mut().zip(of_bin) {
                            *sum += x * rate;
                        }
                    }
                }
                NullModel::Plain | NullModel::Bicm => met[0] = rate[0][0],
            }
            (b, met.map(|m| m * f64::from(d)))
        });
        Self {
            baseline,
            account: i,
            blocks: blocks.collect(),
        }
    }

    /// The account.
    pub(super) fn account(&self) -> u32 {
        self.account
    }

    /// Hands on what each block contributes that another account shares, `D_ib D_jb Σ_kl r_ik w_b[k,l] r_jl`, until it is
    /// enough.
    #[inline]
    pub(super) fn each(&self, j: u32, mut each: impl FnMut(usize, f64) -> ControlFlow<()>) {
        let y = self.baseline.habit.ratio(j);
        let (mut a, mut b) = (&self.blocks[..], self.baseline.blocks.activity(j));
        while let (Some((p, met)), Some(&(q, e))) = (a.first(), b.first()) {
            if *p == q {
                let meet = match self.baseline.model {
                    NullModel::Blocks => met.iter().zip(y).map(|(m, y)| m * y).sum(),
                    NullModel::Plain | NullModel::Bicm => met[0],
                };
                if each(q as usize, f64::from(e) * meet).is_break() {
                    return;
                }
            }
            let (behind, ahead) = (*p <= q, q <= *p);
            if behind {
                a = &a[1..];
            }
            if ahead {
                b = &b[1..];
            }
        }
    }

    /// All of it.
    pub(super) fn sum(&self, j: u32) -> f64 {
        let mut sum = 0.0;
        self.each(j, |_, of_block| {
            sum += of_block;
            ControlFlow::Continue(())
        });
        sum
    }
}
