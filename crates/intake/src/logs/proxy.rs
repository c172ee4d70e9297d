//! Who asked, where a request came through proxies.

use std::borrow::Cow;
use std::net::IpAddr;

use overt_model::Network;

/// The client of a request: whoever connected, or, where that is a proxy of one's own, the last address forwarded that is
/// none. An address that nobody of ours wrote down is not believed.
pub(super) fn client<'a>(
    peer: Cow<'a, str>,
    forwarded: Option<&'a str>,
    own: &[Network],
) -> Cow<'a, str> {
    let is_own = |text: &str| {
        let address = address(text);
        address.is_some_and(|a| own.iter().any(|network| network.contains(a)))
    };
    let Some(forwarded) = forwarded.filter(|_| is_own(&peer)) else {
        return peer;
    };
    let mut client = peer;
    for hop in forwarded.rsplit(',').map(str::trim) {
        if address(hop).is_none() {
            break;
        }
        client = Cow::Borrowed(bare(hop));
        if !is_own(hop) {
            break;
        }
    }
    client
}

/// Whether a text is a list of addresses, as a proxy forwards them.
pub(super) fn is_forwarded(text: &str) -> bool {
    text.split(',').all(|hop| address(hop.trim()).is_some())
}

fn address(text: &str) -> Option<IpAddr> {
    bare(text).parse().ok()
}

/// An address without its port and brackets.
pub(super) fn bare(text: &str) -> &str {
    if let Some((inner, _)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        return inner;
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_the_last_hop_that_is_not_ours() {
        let own: Vec<Network> = ["10.0.0.0/8", "2001:db8::/32"]
            .iter()
            .map(|n| n.parse().expect("a network"))
            .collect();
        for (peer, forwarded, who) in [
            ("10.0.0.1", Some("203.0.113.9"), "203.0.113.9"),
            (
                "10.0.0.1",
                Some("6.6.6.6, 203.0.113.9, 10.0.0.2"),
                "203.0.113.9",
            ),
            ("10.0.0.1", Some("6.6.6.6, [2001:db8::2]:443"), "6.6.6.6"),
            ("10.0.0.1", Some("203.0.113.9:5000"), "203.0.113.9"),
            // Whoever writes rubbish is known by what we saw ourselves.
            ("10.0.0.1", Some("6.6.6.6, ' or 1=1"), "10.0.0.1"),
            ("10.0.0.1", Some("10.0.0.3"), "10.0.0.3"),
            ("10.0.0.1", None, "10.0.0.1"),
            // No proxy of ours: anybody can send the header.
            ("203.0.113.9", Some("6.6.6.6"), "203.0.113.9"),
        ] {
            assert_eq!(client(peer.into(), forwarded, &own), who, "{forwarded:?}");
        }
    }
}
