//! What the test of an account against a group asks of the null model.

use super::clock::Clock;
use super::encounters::BinPairs;
use super::hours::ByHour;
use super::{Baseline, Besides, Null};
use crate::events::Events;

/// What is estimated where rates are shared, whatever the pair.
#[derive(Clone, Copy)]
pub(crate) struct Estimates<'a> {
    pub(crate) baseline: &'a Baseline,
    besides: &'a Besides,
}

impl Null<'_> {
    /// What is estimated of blocks and tiers; nothing where rates are raw.
    pub(crate) fn estimates(&self) -> Option<Estimates<'_>> {
        let besides = self.besides.as_ref()?;
        Some(Estimates {
            baseline: self.baseline,
            besides,
        })
    }
}

impl<'a> Estimates<'a> {
    /// The near share of a block's tier, by latency bins.
    pub(crate) fn share(self, block: u32) -> &'a BinPairs {
        &self.besides.shares[self.baseline.blocks.tier(block) as usize]
    }

    /// How much more a block's pairs meet than its tier's.
    pub(crate) fn factor(self, block: u32) -> f64 {
        self.besides.factor[block as usize]
    }

    /// The shape of a factor of which nothing is known.
    pub(crate) fn prior_shape(self) -> f64 {
        self.besides.prior_shape
    }

    /// The least ratio of encounters in the ring to those within the window.
    pub(crate) fn ring(self) -> f64 {
        self.besides.ring
    }

    /// How much more than expected an account has near misses, at least 1.
    pub(crate) fn propensity(self, account: u32) -> f64 {
        self.besides.propensity(account)
    }

    /// The shape of how much more than expected accounts share out of step.
    pub(crate) fn affinity(self) -> f64 {
        self.besides.affinity
    }

    /// The minutes of the day, where the window is not too long for them to show.
    pub(crate) fn clock(self) -> Option<&'a Clock> {
        self.besides.hours.clock.as_ref()
    }

    /// How much more than others an account is found in each hour of the day.
    pub(crate) fn hours(self, events: &Events, account: u32) -> ByHour {
        self.besides
            .hours
            .habit(events, account, std::iter::empty())
    }
}
