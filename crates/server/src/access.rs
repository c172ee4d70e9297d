//! Who may ask, and how often.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{HeaderMap, header};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};

use crate::error::ApiError;

/// The keys that open the server, each with the name of who has it. Only their digests are kept.
#[derive(Debug, Clone)]
pub struct Keys(HashMap<[u8; 32], Arc<str>>);

/// What is wrong with a table of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A line is not a name and a key.
    #[error("line {0}: is not a name and a key with a space between them")]
    Line(usize),
    /// A key is short.
    #[error(
        "line {0}: the key has fewer than {MIN_KEY_LENGTH} characters\n  make one with: openssl rand -hex 24"
    )]
    Short(usize),
    /// Two have the same key.
    #[error("line {0}: the same key as on a line before")]
    DuplicateStake(usize),
    /// There is none.
    #[error("there is no key in it")]
    Empty,
}

/// The shortest key, in characters.
const MIN_KEY_LENGTH: usize = 16;

impl Keys {
    /// Reads keys: a line each, a name, a space and the key; lines that begin with `#` are passed over.
    ///
    /// # Errors
    /// Lines that are not so, short keys, and a table without any.
    pub fn read(text: &str) -> Result<Self, KeysError> {
        let mut keys = HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut parts = line.split_whitespace();
            let (Some(name), Some(key), None) = (parts.next(), parts.next(), parts.next()) else {
                return Err(KeysError::Line(number));
            };
            if key.len() < MIN_KEY_LENGTH {
                return Err(KeysError::Short(number));
            }
            if keys.insert(digest(key), Arc::from(name)).is_some() {
                return Err(KeysError::DuplicateStake(number));
            }
        }
        if keys.is_empty() {
            return Err(KeysError::Empty);
        }
        Ok(Self(keys))
    }

    /// Whose key a request brings.
    fn whose(&self, headers: &HeaderMap) -> Option<Arc<str>> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, key) = value.split_once(' ')?;
        let known = ["apikey", "bearer"];
        if !known.contains(&scheme.to_lowercase().as_str()) {
            return None;
        }
        self.0.get(&digest(key.trim())).cloned()
    }
}

/// Digests are looked up, so that the time an answer takes says nothing about keys.
fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// A secret word, kept as its digest.
#[derive(Debug, Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// A token of that text.
    pub fn new(text: &str) -> Self {
        Self(digest(text))
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        self.0 == digest(text)
    }
}

/// Who asks: whoever has a key, or an address. Of IPv6 the network counts, for one customer has many addresses in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Named(Arc<str>),
    At(IpAddr),
}

impl Client {
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::At(_) => None,
        }
    }
}

/// Who may ask, and how often.
#[derive(Debug)]
pub(crate) struct Access {
    keys: Option<Keys>,
    rate: Option<DefaultKeyedRateLimiter<Client>>,
    asked: AtomicU32,
}

/// Requests after which clients that have been quiet are forgotten.
const FORGET_EVERY: u32 = 4096;

impl Access {
    pub(crate) fn new(keys: Option<Keys>, per_second: Option<NonZeroU32>) -> Self {
        Self {
            keys,
            rate: per_second.map(|n| RateLimiter::keyed(Quota::per_second(n))),
            asked: AtomicU32::new(0),
        }
    }

    /// Who asks, if they may.
    pub(crate) fn admit(&self, headers: &HeaderMap, address: IpAddr) -> Result<Client, ApiError> {
        let address = Client::At(network(address));
        let client = match &self.keys {
            Some(keys) => keys.whose(headers).map(Client::Named),
            None => Some(address.clone()),
        };
        let Some(client) = client else {
            // Guessing is limited like asking.
            self.limit(&address)?;
            return Err(ApiError::Unauthorized);
        };
        self.limit(&client)?;
        Ok(client)
    }

    fn limit(&self, client: &Client) -> Result<(), ApiError> {
        let Some(rate) = &self.rate else {
            return Ok(());
        };
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked.is_multiple_of(FORGET_EVERY) {
            rate.retain_recent();
        }
        rate.check_key(client).map_err(|wait| {
            let wait = wait.wait_time_from(DefaultClock::default().now());
            ApiError::TooMany(wait.as_secs() + 1)
        })
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(a) => {
            let [a, b, c, d, ..] = a.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef";

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        headers
    }

    #[test]
    fn keys_open_by_either_scheme() {
        let keys = Keys::read(&format!("# ours\n\nbank {KEY}\n")).unwrap();
        let access = Access::new(Some(keys), None);
        let at = IpAddr::from([127, 0, 0, 1]);
        for value in [format!("ApiKey {KEY}"), format!("bearer {KEY}")] {
            let client = access.admit(&headers(&value), at).unwrap();
            assert_eq!(client.name(), Some("bank"));
        }
        for value in ["ApiKey x", "Basic 0123456789abcdef", KEY] {
            assert_eq!(
                access.admit(&headers(value), at),
                Err(ApiError::Unauthorized)
            );
        }
        assert_eq!(
            access.admit(&HeaderMap::new(), at),
            Err(ApiError::Unauthorized)
        );
    }

    #[test]
    fn a_table_of_keys_is_checked_line_by_line() {
        let error = |text: &str| Keys::read(text).unwrap_err();
        assert_eq!(error("bank"), KeysError::Line(1));
        assert_eq!(error("# x\nbank short"), KeysError::Short(2));
        assert_eq!(
            error(&format!("a {KEY}\nb {KEY}")),
            KeysError::DuplicateStake(2)
        );
        assert_eq!(error("# nothing\n"), KeysError::Empty);
    }

    #[test]
    fn a_client_that_asks_too_often_is_told_when_to_come_back() {
        let access = Access::new(None, NonZeroU32::new(2));
        let ask = |a: u8| access.admit(&HeaderMap::new(), IpAddr::from([10, 0, 0, a]));
        assert!(ask(1).is_ok() && ask(1).is_ok());
        assert_eq!(ask(1), Err(ApiError::TooMany(1)));
        assert!(ask(2).is_ok(), "another client is not concerned");
    }
}
