//! Words of the Traffic Light Protocol.

use clap::ValueEnum;
use overt_attribution::Marking;

/// Who may have something.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Tlp {
    /// Named recipients alone
    Red,
    /// The organisation
    AmberStrict,
    /// The organisation and those it serves
    Amber,
    /// The community
    Green,
    /// Anybody
    Clear,
}

impl From<Tlp> for Marking {
    fn from(word: Tlp) -> Self {
        match word {
            Tlp::Red => Self::Red,
            Tlp::AmberStrict => Self::AmberStrict,
            Tlp::Amber => Self::Amber,
            Tlp::Green => Self::Green,
            Tlp::Clear => Self::Clear,
        }
    }
}
