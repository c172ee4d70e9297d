//! Cisco's ASA and Firepower: messages with a number, in syslog. Connections that were built or denied become connections,
//! sign-ins become sign-ins besides the event, all others events.

use std::borrow::Cow;

use overt_model::log::{Connection, Event, Logged, Outcome, SignIn};

use super::out::{LogReason, Out, Told};
use super::run::{Context, LineFormat};
use super::syslog::{Years, header};
use crate::error::Stop;

/// Marks of a message.
const MARKS: [&str; 3] = ["%ASA-", "%FTD-", "%PIX-"];

pub(super) fn looks_like(line: &str) -> bool {
    message(line).is_some() && header(line).is_some()
}

/// A message's number, severity and text: `%ASA-6-302013: Built …`, or with a class, `%ASA-auth-6-113004: …`.
fn message(line: &str) -> Option<(&str, &str, &str)> {
    let start = MARKS.iter().find_map(|mark| line.find(mark))?;
    let (head, text) = line[start..].split_once(": ")?;
    let (rest, number) = head.rsplit_once('-')?;
    let (_, severity) = rest.rsplit_once('-')?;
    let is_number = number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((number, severity, text))
}

pub(super) struct Asa {
    years: Years,
}

impl Asa {
    pub(super) fn new(context: &Context<'_>) -> Self {
        Self {
            years: Years::new(context),
        }
    }
}

impl LineFormat for Asa {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let (Some(header), Some((number, severity, text))) = (header(line), message(line)) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        let time = match self.years.instant(header.time, out) {
            Ok(time) => time,
            Err(reason) => return Ok(Told::reject(reason, line)),
        };
        if let Some(connection) = connection(number, text) {
            return out.hand(time, Logged::Connection(connection));
        }
        let sign_in = sign_in(number, text);
        let host = (!header.host.is_empty()).then_some(Cow::Borrowed(header.host));
        let event = Event {
            product: Cow::Borrowed("cisco"),
            service: Some(Cow::Borrowed("asa")),
            kind: Some(Cow::Borrowed(number)),
            computer: host,
            account: sign_in.as_ref().map(|s| s.account.clone()),
            source: sign_in.as_ref().and_then(|s| s.source.clone()),
            fields: vec![
                (Cow::Borrowed("severity"), Cow::Borrowed(severity)),
                (Cow::Borrowed("message"), Cow::Borrowed(text)),
            ],
        };
        let told = out.hand(time, Logged::Event(event))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

/// Who began a connection, with whom, and whether it was let through. What is torn down says no direction: an event.
fn connection<'a>(number: &str, text: &'a str) -> Option<Connection<'a>> {
    let words: Vec<&str> = text.split_ascii_whitespace().take(40).collect();
    let after = |word: &str| {
        let at = words.iter().position(|w| *w == word)?;
        words.get(at + 1).copied()
    };
    let (protocol, from, to, outcome) = match number {
        // Built inbound TCP connection 1 for outside:192.0.2.1/5 (…) to inside:10.0.0.1/80 (…)
        "302013" | "302015" => {
            let ends = (after("for")?, after("to")?);
            let ends = match after("Built")? {
                "inbound" => ends,
                "outbound" => (ends.1, ends.0),
                _ => return None,
            };
            (words.get(2)?, ends.0, ends.1, Outcome::Allowed)
        }
        // Deny tcp src outside:192.0.2.1/5 dst inside:10.0.0.1/80 by access-group "x"
        "106023" => (
            words.get(1)?,
            after("src")?,
            after("dst")?,
            Outcome::Refused,
        ),
        // access-list x denied tcp outside/192.0.2.1(5) -> inside/10.0.0.1(80) hit-cnt 1
        "106100" => {
            let arrow = words.iter().position(|w| *w == "->")?;
            let outcome = match *words.get(2)? {
                "permitted" | "est-allowed" => Outcome::Allowed,
                "denied" => Outcome::Refused,
                _ => Outcome::Unknown,
            };
            (
                words.get(3)?,
                *words.get(arrow.checked_sub(1)?)?,
                *words.get(arrow + 1)?,
                outcome,
            )
        }
        // Inbound TCP connection denied from 192.0.2.1/5 to 10.0.0.1/80 flags SYN on interface outside;
        // Deny TCP (no connection) from …
        "106001" | "106015" => (
            words.get(1)?,
            after("from")?,
            after("to")?,
            Outcome::Refused,
        ),
        // Deny inbound UDP from …
        "106006" | "106007" => (
            words.get(2)?,
            after("from")?,
            after("to")?,
            Outcome::Refused,
        ),
        _ => return None,
    };
    let (source, _) = end(from);
    let (target, port) = end(to);
    Some(Connection {
        source: Cow::Borrowed(source),
        target: Cow::Borrowed(target),
        port,
        protocol: Some(Cow::Owned(protocol.to_lowercase())),
        outcome,
        ..Connection::default()
    })
}

/// Address and port of `outside:192.0.2.1/80`, `outside/192.0.2.1(80)` and `192.0.2.1/80`.
fn end(text: &str) -> (&str, Option<u16>) {
    if let Some((rest, port)) = text.strip_suffix(')').and_then(|t| t.rsplit_once('(')) {
        let address = rest.split_once('/').map_or(rest, |(_, address)| address);
        return (address, port.parse().ok());
    }
    let (rest, port) = match text.rsplit_once('/') {
        Some((rest, port)) => (rest, port.parse().ok()),
        None => (text, None),
    };
    // An address of version 6 has colons of its own.
    let address = match rest.split_once(':') {
        Some((interface, address))
            if rest.parse::<std::net::IpAddr>().is_err() && !interface.is_empty() =>
        {
            address
        }
        _ => rest,
    };
    (address, port)
}

fn sign_in<'a>(number: &str, text: &'a str) -> Option<SignIn<'a>> {
    let between = |from: &str, to: char| {
        let (_, rest) = text.split_once(from)?;
        rest.split_once(to).map(|(value, _)| value.trim())
    };
    // `AAA user authentication Rejected : reason = x : local database : user = y : user IP = z`.
    let part = |name: &str| {
        let mut parts = text.split(" : ").filter_map(|part| part.split_once('='));
        parts.find_map(|(n, value)| (n.trim() == name).then(|| value.trim()))
    };
    let (account, source, succeeded) = match number {
        "113004" | "113012" => (part("user")?, part("user IP"), true),
        "113005" | "113015" => (part("user")?, part("user IP"), false),
        "605004" | "605005" => {
            let (_, from) = text.split_once(" from ")?;
            let (address, _) = from.split_once('/')?;
            (
                between("for user \"", '"')?,
                Some(address),
                number == "605005",
            )
        }
        "716038" | "716039" => (
            between("User <", '>')?,
            between("IP <", '>'),
            number == "716038",
        ),
        _ => return None,
    };
    let reason = part("reason").filter(|_| !succeeded);
    Some(SignIn {
        account: Cow::Borrowed(account),
        source: source.map(Cow::Borrowed),
        succeeded,
        reason: reason.map(Cow::Borrowed),
        ..SignIn::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of Cisco's documentation; no real log is at hand.
    #[test]
    fn connections_have_the_direction_that_the_message_says() {
        for (number, text, source, target, port, outcome) in [
            (
                "302013",
                "Built inbound TCP connection 1 for outside:203.0.113.9/5 (203.0.113.9/5) to inside:10.0.0.1/80 (192.0.2.1/80)",
                "203.0.113.9",
                "10.0.0.1",
                80,
                Outcome::Allowed,
            ),
            (
                "302013",
                "Built outbound TCP connection 1 for outside:203.0.113.9/443 (203.0.113.9/443) to inside:10.0.0.1/5 (192.0.2.1/5)",
                "10.0.0.1",
                "203.0.113.9",
                443,
                Outcome::Allowed,
            ),
            (
                "106023",
                "Deny tcp src outside:203.0.113.9/5 dst inside:10.0.0.1/3389 by access-group \"x\" [0x0, 0x0]",
                "203.0.113.9",
                "10.0.0.1",
                3389,
                Outcome::Refused,
            ),
            (
                "106100",
                "access-list x denied tcp outside/203.0.113.9(5) -> inside/10.0.0.1(22) hit-cnt 1 first hit",
                "203.0.113.9",
                "10.0.0.1",
                22,
                Outcome::Refused,
            ),
            (
                "106001",
                "Inbound TCP connection denied from 203.0.113.9/5 to 10.0.0.1/25 flags SYN on interface outside",
                "203.0.113.9",
                "10.0.0.1",
                25,
                Outcome::Refused,
            ),
        ] {
            let read = connection(number, text).expect(text);
            assert_eq!(
                (&*read.source, &*read.target, read.port, read.outcome),
                (source, target, Some(port), outcome)
            );
            assert_eq!(read.protocol.as_deref(), Some("tcp"));
        }
        assert!(
            connection(
                "302014",
                "Teardown TCP connection 1 for a:1/1 to b:2/2 duration 0:00:00 bytes 5"
            )
            .is_none()
        );
    }

    #[test]
    fn sign_ins_are_read() {
        for (line, account, source, succeeded) in [
            (
                "<166>Oct 01 2026 02:14:15 asa : %ASA-6-113015: AAA user authentication Rejected : reason = User was not found : local database : user = admin : user IP = 198.51.100.77",
                "admin",
                Some("198.51.100.77"),
                false,
            ),
            (
                "<166>Oct 01 2026 02:14:15: %ASA-6-113004: AAA user authentication Successful : server = 10.0.0.5 : user = ann",
                "ann",
                None,
                true,
            ),
            (
                "Oct 01 2026 02:14:15 asa : %ASA-6-605005: Login permitted from 10.0.0.9/50000 to inside:10.0.0.1/ssh for user \"ann\"",
                "ann",
                Some("10.0.0.9"),
                true,
            ),
            (
                "Oct 01 2026 02:14:15 asa : %ASA-6-716039: Group <g> User <ann> IP <198.51.100.77> Authentication: rejected, Session Type: WebVPN.",
                "ann",
                Some("198.51.100.77"),
                false,
            ),
        ] {
            assert!(looks_like(line), "{line}");
            let (number, _, text) = message(line).expect(line);
            let read = sign_in(number, text).expect(line);
            assert_eq!(
                (&*read.account, read.source.as_deref(), read.succeeded),
                (account, source, succeeded)
            );
        }
    }
}
