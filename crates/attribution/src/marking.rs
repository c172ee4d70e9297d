//! Who may have what: the Traffic Light Protocol, version 2.0 (FIRST, August 2022).

use std::fmt;

use serde::{Deserialize, Serialize};

/// To whom something may be passed on; the later, the fewer.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// To anybody.
    Clear,
    /// Within the community.
    #[default]
    Green,
    /// Within the organisation and those it serves.
    Amber,
    /// Within the organisation.
    AmberStrict,
    /// To named recipients alone.
    Red,
}

impl Marking {
    /// All of them, from the widest.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// Whether those who may have what is marked so may have what is marked otherwise.
    pub fn shows(self, marking: Self) -> bool {
        marking <= self
    }

    /// As the protocol writes it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }

    /// What stands in the place of what is left out for it.
    pub fn withheld(self) -> String {
        format!("withheld ({})", self.label())
    }
}

impl fmt::Display for Marking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewer_may_have_all_that_the_many_may() {
        for (n, audience) in Marking::ALL.into_iter().enumerate() {
            for (m, marking) in Marking::ALL.into_iter().enumerate() {
                assert_eq!(audience.shows(marking), m <= n, "{audience} {marking}");
            }
        }
    }
}
