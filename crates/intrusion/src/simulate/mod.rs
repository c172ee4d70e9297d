//! Offices and their visitors, made up: worlds in which nothing happens, and in which somebody reads the register out.

mod office;

pub use office::{Attack, Days, Office, Order, Visit, share};
