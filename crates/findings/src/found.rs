//! What a run found, before it is written.

use overt_coordination::accounts::AccountFinding;
use overt_coordination::campaign::Campaign;
use overt_coordination::corpus::Corpus;
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
}
