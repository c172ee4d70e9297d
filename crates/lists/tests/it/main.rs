//! The list store's public face.
#![allow(clippy::unwrap_used)]

mod missed;
mod shrinking;
mod signed;
