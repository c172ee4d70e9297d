//! The stage on real data, held against slow reference implementations and other tools.

mod null;
mod table;
