//! The list store's public face.
#![allow(clippy::unwrap_used)]

mod archived;
mod missed;
mod shrinking;
mod signed;
