//! Cases in a database of PostgreSQL, on servers of the tests' own.
#![cfg(test)]
#![expect(
    clippy::print_stdout,
    reason = "what is acknowledged goes to the parent, and the figures to whoever runs it"
)]

mod lost;
mod server;
mod shared;
mod six;
mod stores;
mod team;
