//! The one crate that opens connections: to witnesses that cosign a checkpoint, to time-stamping authorities that say when
//! they saw one, and to the agent on this machine that keeps a person's key. Nothing else in Overt reaches out; a case, a detection and a screening need no network.

mod ssh_agent;
mod timestamp;
mod witness;

use std::time::Duration;

pub use ssh_agent::{AgentKey, agent_keys, lend_to_agent};
pub use timestamp::request_timestamp;
pub use witness::{WitnessAt, cosign};

/// Somebody outside who could not be asked, or did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{address}: {detail}")]
pub struct ClientError {
    /// Where they were asked.
    pub address: String,
    /// What happened.
    pub detail: String,
}

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Follows nobody elsewhere, and takes no status for an error before it is looked at.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into()
}
