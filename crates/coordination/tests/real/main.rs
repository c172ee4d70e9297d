//! The stage on real data, held against slow reference implementations and other tools.

mod compat;
mod null;
mod table;
mod text;
