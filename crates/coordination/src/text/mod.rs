//! The text trace: near-identical texts as one object, in any script, without a model.
//!
//! Texts are normalised, candidates come from MinHash bands over character shingles, and every candidate is verified
//! by normalised Levenshtein similarity over Unicode scalar values. Connected components of verified pairs are the
//! objects.

mod candidates;
mod cluster;
mod normalise;

use serde::{Deserialize, Serialize};

pub use cluster::{Cluster, Clusters, cluster_events, similar_pairs};
pub use normalise::normalise;

/// How near-identical texts are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextSettings {
    /// Normalised texts with fewer characters are left out.
    pub min_chars: usize,
    /// Pairs are alike when their similarity, 1 − Levenshtein / longer length, is above this (D3lta's copy-pasta).
    pub similarity: f64,
    /// Count reposts too; they have a trace of their own.
    pub include_reposts: bool,
}

impl Default for TextSettings {
    fn default() -> Self {
        Self {
            min_chars: 30,
            similarity: 0.693,
            include_reposts: false,
        }
    }
}
