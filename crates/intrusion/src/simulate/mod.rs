//! Offices and their visitors, made up: worlds in which nothing happens, and in which somebody reads the register out.

mod content;
mod office;
mod summer;
mod website;

pub use office::{Attack, Days, Office, Order, Visit, share};
pub use summer::{Log, Summer, summer};
pub use website::{Asked, SignedIn, WebDay, WebDays, Website};
