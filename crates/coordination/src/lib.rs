//! From posts to statistically sound coordinated networks.

pub mod count;
pub mod events;
pub mod intern;
pub mod leiden;
pub mod null;
pub mod significance;
