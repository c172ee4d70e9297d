//! The binary end to end, on real data and on hostile data.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::format_collect
)]

mod actions;
mod agent;
mod architecture;
mod bad_input;
mod captures;
mod case;
mod compliance;
mod daily;
mod disk_full;
mod exports;
mod findings;
mod help;
mod hints;
mod hostile;
mod indicators;
mod insiders;
mod intensity;
mod office;
mod overwriting;
mod page;
mod plans;
mod receiving;
mod run;
mod screening;
mod serving;
mod sifting;
mod team;
mod tutorials;
mod watching;
mod ways;
mod witness;
mod wording;
