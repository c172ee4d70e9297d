//! The report: one self-contained page that an analyst can send and print.
//!
//! It is whole without scripts: tables, figures and evidence stand in the page; the scripts only draw the network, sort
//! tables and find accounts. It loads nothing, and its content policy forbids loading. All text from the data passes
//! `text::shown`. Script and style stand in files of their own under `web/`, a component each, so that other pages can use
//! them.

mod accounts;
mod assets;
mod campaign;
mod chart;
mod drawing;
mod evidence;
mod headline;
mod intake;
mod limits;
mod markup;
mod overview;
mod page;
mod statement;
mod subject;
mod trust;

pub use page::render;
