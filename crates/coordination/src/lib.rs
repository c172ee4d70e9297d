//! From posts to statistically sound coordinated networks.

pub mod column;
pub mod compat;
pub mod corpus;
pub mod count;
pub mod events;
pub mod extract;
pub mod intern;
pub mod leiden;
pub mod null;
pub mod significance;
pub mod text;
