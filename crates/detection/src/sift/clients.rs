//! Clients that an office knows: a monitor, a search engine, a partner's program. What they do all day is not news.
//!
//! ```toml
//! [[client]]
//! name = "our uptime monitor"
//! addresses = ["192.0.2.9", "198.51.100.0/24"]
//! agent = "Monitor/2"           # only requests that say so; any if left out
//! why = "checks the look-up every five minutes"
//! ```
//!
//! A client is known by its address: what a request says of itself, anybody can say. Its requests are counted by none of the
//! measures of a site's days; what it sends is held against words that do something, rules and indicators all the same, for a
//! known client can be taken over.

use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
use std::path::Path;

use overt_model::Network;
use overt_model::log::Request;
use serde::Deserialize;

use crate::error::Error;

/// The largest file of known clients.
const MAX_BYTES: u64 = 1 << 20;
/// A network of more addresses is nobody's client.
const LEAST_BITS: (u8, u8) = (8, 24);

/// Clients that are known.
#[derive(Debug, Default)]
pub(super) struct KnownClients {
    clients: Vec<Client>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    client: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    addresses: Vec<String>,
    agent: Option<String>,
    why: String,
}

#[derive(Debug)]
struct Client {
    name: String,
    networks: Vec<Network>,
    agent: Option<String>,
}

impl KnownClients {
    /// Reads a file of them.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |detail: String| Error::KnownClients {
            path: path.to_owned(),
            detail,
        };
        let mut text = String::new();
        let file = File::open(path).map_err(|e| wrong(e.to_string()))?;
        let read = file.take(MAX_BYTES + 1).read_to_string(&mut text);
        if read.map_err(|e| wrong(e.to_string()))? as u64 > MAX_BYTES {
            return Err(wrong("is larger than a megabyte".to_owned()));
        }
        let table: Table = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.as_bytes().iter().take(start);
            let line = before.filter(|b| **b == b'\n').count() + 1;
            wrong(format!("line {line}: {}", error.message()))
        })?;
        let clients = table.client.into_iter().map(client);
        let clients = clients.collect::<Result<Vec<Client>, String>>();
        let clients = clients.map_err(wrong)?;
        if clients.is_empty() {
            return Err(wrong("names no client: write [[client]] tables".to_owned()));
        }
        for (at, client) in clients.iter().enumerate() {
            if clients[..at].iter().any(|c| c.name == client.name) {
                return Err(wrong(format!("{:?} stands there twice", client.name)));
            }
        }
        Ok(Self { clients })
    }

    /// By which name the client of a request is known; the first in the file's order.
    pub(super) fn name_of(&self, request: &Request<'_>) -> Option<&str> {
        if self.clients.is_empty() {
            return None;
        }
        let address: IpAddr = request.source.parse().ok()?;
        let known = self.clients.iter().find(|client| {
            client.networks.iter().any(|n| n.contains(address))
                && client.agent.as_ref().is_none_or(|agent| {
                    let said = request.agent.as_deref();
                    said.is_some_and(|said| said.contains(agent.as_str()))
                })
        });
        known.map(|client| client.name.as_str())
    }
}

fn client(row: Row) -> Result<Client, String> {
    let Row {
        name,
        addresses,
        agent,
        why,
    } = row;
    if name.trim().is_empty() || why.trim().is_empty() || addresses.is_empty() {
        return Err(format!(
            "{name:?} needs a name, addresses, and why it is known"
        ));
    }
    if agent.as_ref().is_some_and(|agent| agent.trim().is_empty()) {
        return Err(format!("{name:?} has an empty agent: leave it out for any"));
    }
    let networks = addresses.iter().map(|text| {
        let network: Network = text.parse().map_err(|e| format!("{name:?}: {e}"))?;
        let least = match network.address() {
            IpAddr::V4(_) => LEAST_BITS.0,
            IpAddr::V6(_) => LEAST_BITS.1,
        };
        if network.bits() < least {
            return Err(format!(
                "{name:?}: {text} is too large a network to be one client's"
            ));
        }
        Ok(network)
    });
    Ok(Client {
        networks: networks.collect::<Result<Vec<Network>, String>>()?,
        name,
        agent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<KnownClients, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clients.toml");
        std::fs::write(&path, text).unwrap();
        KnownClients::read(&path).map_err(|e| e.to_string())
    }

    fn from<'a>(source: &'a str, agent: &'a str) -> Request<'a> {
        Request {
            source: source.into(),
            agent: Some(agent.into()),
            ..Request::default()
        }
    }

    #[test]
    fn a_client_is_known_by_its_address() {
        let known = read(
            "[[client]]\nname = \"crawler\"\naddresses = [\"192.0.2.0/24\"]\nagent = \"bot\"\nwhy = \"search\"\n\
             [[client]]\nname = \"monitor\"\naddresses = [\"198.51.100.9\"]\nwhy = \"ours\"\n",
        )
        .unwrap();
        assert_eq!(
            known.name_of(&from("192.0.2.7", "a bot/2")),
            Some("crawler")
        );
        assert_eq!(known.name_of(&from("192.0.2.7", "a browser")), None);
        assert_eq!(known.name_of(&from("203.0.113.7", "a bot/2")), None);
        assert_eq!(known.name_of(&from("198.51.100.9", "")), Some("monitor"));
        assert_eq!(known.name_of(&from("a.name.example", "a bot/2")), None);
    }

    #[test]
    fn what_names_nobody_is_refused() {
        for (text, said) in [
            ("", "names no client"),
            (
                "[[client]]\nname = \"x\"\naddresses = []\nwhy = \"y\"\n",
                "needs a name",
            ),
            (
                "[[client]]\nname = \"x\"\naddresses = [\"192.0.2.1\"]\nwhy = \"y\"\n\
                 [[client]]\nname = \"x\"\naddresses = [\"192.0.2.2\"]\nwhy = \"y\"\n",
                "stands there twice",
            ),
            (
                "[[client]]\nname = \"x\"\naddresses = [\"0.0.0.0/0\"]\nwhy = \"y\"\n",
                "too large a network",
            ),
            (
                "[[client]]\nname = \"x\"\naddresses = [\"nowhere\"]\nwhy = \"y\"\n",
                "not an address",
            ),
            (
                "[[client]]\nname = \"x\"\nagent = \"bot\"\nwhy = \"y\"\n",
                "line",
            ),
            (
                "[[client]]\nname = \"x\"\naddresses = [\"192.0.2.1\"]\nagent = \"\"\nwhy = \"y\"\n",
                "empty agent",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
