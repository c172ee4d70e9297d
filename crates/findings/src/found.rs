//! What a run found, before it is written.

use std::collections::BTreeMap;

use overt_coordination::accounts::{AccountFinding, AccountStatus};
use overt_coordination::campaign::Campaign;
use overt_coordination::corpus::Corpus;
use overt_coordination::limits::Limit;
use overt_coordination::network::Network;

use crate::run::Run;

/// What is to be written.
pub struct Found<'a> {
    /// Posts and events.
    pub corpus: &'a Corpus,
    /// Edges.
    pub network: &'a Network,
    /// Accounts of the network.
    pub accounts: &'a [AccountFinding],
    /// Campaigns.
    pub campaigns: &'a [Campaign],
    /// Names of the inputs, by number.
    pub inputs: &'a [String],
    /// The run.
    pub run: &'a Run,
    /// What chance cannot tell in this data.
    pub limits: &'a [Limit],
}

/// How many accounts of one kind there are, in campaigns and outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) inside: u64,
    pub(crate) outside: u64,
}

impl Split {
    pub(crate) fn all(self) -> u64 {
        self.inside + self.outside
    }

    fn add(&mut self, inside: bool) {
        *if inside {
            &mut self.inside
        } else {
            &mut self.outside
        } += 1;
    }
}

/// The accounts of the network by what can be said of them: every one is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sorted {
    /// Established, and certain enough to be named.
    pub(crate) certain: Split,
    /// Established, no more.
    pub(crate) established: Split,
    /// Connected.
    pub(crate) connected: Split,
}

impl Found<'_> {
    /// Which campaign each account is in, by position.
    pub(crate) fn campaign_of(&self) -> BTreeMap<u32, usize> {
        let members = |(n, c): (usize, &Campaign)| {
            c.members.iter().map(|m| (m.account, n)).collect::<Vec<_>>()
        };
        self.campaigns
            .iter()
            .enumerate()
            .flat_map(members)
            .collect()
    }

    /// The accounts by what can be said of them.
    pub(crate) fn sorted(&self) -> Sorted {
        let campaign = self.campaign_of();
        let mut sorted = Sorted::default();
        for a in self.accounts {
            let kind = match a.status {
                AccountStatus::Established if a.is_certain() => &mut sorted.certain,
                AccountStatus::Established => &mut sorted.established,
                AccountStatus::Connected => &mut sorted.connected,
            };
            kind.add(campaign.contains_key(&a.account));
        }
        sorted
    }

    /// What was judged of an account.
    pub(crate) fn account(&self, account: u32) -> Option<&AccountFinding> {
        let at = self.accounts.binary_search_by_key(&account, |a| a.account);
        at.ok().map(|n| &self.accounts[n])
    }
}
