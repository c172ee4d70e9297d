//! The report: one self-contained page that an analyst can send and print.
//!
//! It is whole without scripts; the script only draws the network and filters by campaign. It loads nothing, and its
//! content policy forbids loading. All text from the data passes `text::shown`.

mod campaign;
mod chart;
mod layout;
mod page;

pub use page::render;
