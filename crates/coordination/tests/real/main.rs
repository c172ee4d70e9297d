//! The stage on real data, held against slow reference implementations and other tools.
#![allow(clippy::print_stdout)]

mod compat;
mod null;
mod table;
mod text;
