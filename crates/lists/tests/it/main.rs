//! The list store's public face.
#![allow(clippy::unwrap_used)]

mod signed;
