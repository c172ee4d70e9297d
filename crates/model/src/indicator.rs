//! Indicators: what others saw of somebody's doing, with the days between which it holds and how far it is believed.

use core::net::IpAddr;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// An address or network that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a network such as 192.0.2.0/24")]
pub struct NoNetwork(String);

impl Network {
    /// The network of an address and so many bits, with the other bits cleared; `None` for more bits than it has.
    pub fn new(address: IpAddr, bits: u8) -> Option<Self> {
        let masked = match address {
            IpAddr::V4(a) if bits <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
                IpAddr::V4((a.to_bits() & mask).into())
            }
            IpAddr::V6(a) if bits <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
                IpAddr::V6((a.to_bits() & mask).into())
            }
            _ => return None,
        };
        Some(Self {
            address: masked,
            bits,
        })
    }

    /// A single address.
    pub fn single(address: IpAddr) -> Self {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        Self { address, bits }
    }

    /// Its first address.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// How many bits its addresses share.
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// Whether it is one address.
    pub fn is_single(&self) -> bool {
        *self == Self::single(self.address)
    }

    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        Self::new(address, self.bits).is_some_and(|n| n == *self)
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let none = || NoNetwork(text.chars().take(60).collect());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| none())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| none())?;
        match bits {
            Some(bits) => Self::new(address, bits).ok_or_else(none),
            None => Ok(Self::single(address)),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = NoNetwork;

    fn try_from(text: String) -> Result<Self, NoNetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_single() {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.bits)
        }
    }
}

/// What can be seen of somebody's doing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Observable {
    /// An address or a network of them.
    Network(Network),
    /// A name in the domain name system, in lower case, without a dot at its end.
    Domain(String),
    /// A link.
    Url(String),
    /// The digest of a file, in lower-case hexadecimal: MD5, SHA-1 or SHA-256 by its length.
    Digest(String),
    /// An address for mail, in lower case.
    Mail(String),
    /// The name of a file, without its folder.
    FileName(String),
    /// What a program calls itself to a web server.
    Agent(String),
    /// A pattern in STIX's language.
    Pattern(String),
    /// Anything else, with what its list calls it: kept and counted, and looked for nowhere.
    Other {
        /// `mutex`, `regkey`…
        kind: String,
        /// As listed.
        value: String,
    },
}

/// How reliable a source is, in the grades of the Admiralty code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Completely reliable.
    A,
    /// Usually reliable.
    B,
    /// Fairly reliable.
    C,
    /// Not usually reliable.
    D,
    /// Unreliable.
    E,
    /// Cannot be judged.
    F,
}

/// Something a list says to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// What.
    pub observable: Observable,
    /// As it is listed, for people.
    pub listed: String,
    /// From when it holds, where the list says.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// When it was last seen or put on the list: what its age counts from.
    pub seen: Option<Timestamp>,
    /// What the list says of it; may be empty.
    pub note: String,
    /// ATT&CK techniques that the list names.
    pub techniques: Vec<String>,
    /// Whether the list itself says that it is not for detection.
    pub context_only: bool,
    /// Its line or its place in the list, from 1.
    pub line: u64,
}

impl Indicator {
    /// One of which a list says no more, on this line.
    pub fn listed(observable: Observable, listed: &str, line: u64) -> Self {
        Self {
            observable,
            listed: listed.to_owned(),
            from: None,
            until: None,
            seen: None,
            note: String::new(),
            techniques: Vec::new(),
            context_only: false,
            line,
        }
    }
}

/// Networks that many share (exits, hosting, scanners), each with the days on which it was listed. A day is written as
/// its first instant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SharedList {
    /// Its name.
    pub name: String,
    /// The day of its first version: of earlier days it knows nothing.
    pub first: Option<Timestamp>,
    /// The day of its last.
    pub last: Option<Timestamp>,
    /// Each with the first and the last day on which it was listed. A network may come several times, for several spans;
    /// a span without an end lasts until the last version.
    pub networks: Vec<(Network, Timestamp, Timestamp)>,
    /// How many of its entries are no networks.
    pub skipped: u64,
}
