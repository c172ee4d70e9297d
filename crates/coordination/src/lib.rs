//! From posts to statistically sound coordinated networks.

pub mod about;
pub mod accounts;
pub mod agreement;
pub mod calibrate;
pub mod campaign;
pub mod column;
pub mod communities;
pub mod compat;
pub mod corpus;
pub mod count;
pub mod events;
pub mod extract;
pub mod intern;
pub mod leiden;
pub mod network;
pub mod null;
pub mod sensitivity;
pub mod significance;
pub mod simulate;
pub mod text;
