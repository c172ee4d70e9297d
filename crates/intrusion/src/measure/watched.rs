//! A count a day with its detector.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::detector::Detector;

/// A count with its detector.
#[derive(Serialize, Deserialize)]
pub(crate) struct Watched {
    pub(crate) counts: Counts,
    pub(crate) detector: Detector,
}

impl Watched {
    pub(crate) fn new(baseline: usize) -> Self {
        Self {
            counts: Counts::new(baseline),
            detector: Detector::default(),
        }
    }
}
