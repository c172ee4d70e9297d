//! Judgements and the gate, through the crate's public face.

#![cfg(test)]

mod gate;
mod intervals;
mod judgements;
mod origins;
mod panel;
mod regimes;
mod story;
