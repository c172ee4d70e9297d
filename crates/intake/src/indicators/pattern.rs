//! Patterns of STIX that only name things to look for, unfolded into them.

use overt_model::Observable;

use super::observable::{digest, domain, file_name, mail, network, url};

/// The most comparisons that are unfolded.
const LIMIT: usize = 1_000;

/// A word of the language, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Equals,
    Or,
    /// A path such as `file:hashes.'SHA-256'`.
    Path(String),
    Text(String),
}

/// What a pattern looks for, if it is nothing but equalities of which one suffices: then looking for each alone means the
/// same. `None` of all others, which stay patterns.
pub(super) fn unfolded(pattern: &str) -> Option<Vec<Observable>> {
    let tokens = tokens(pattern)?;
    let mut found = Vec::new();
    let mut rest = &tokens[..];
    let mut open = false;
    loop {
        rest = match rest {
            [Token::Open, rest @ ..] if !open => {
                open = true;
                rest
            }
            rest => rest,
        };
        let [
            Token::Path(path),
            Token::Equals,
            Token::Text(value),
            after @ ..,
        ] = rest
        else {
            return None;
        };
        if !open || found.len() == LIMIT {
            return None;
        }
        found.push(observable(path, value)?);
        rest = after;
        if let [Token::Close, after @ ..] = rest {
            open = false;
            rest = after;
        }
        match rest {
            [] if !open => return Some(found),
            [Token::Or, after @ ..] => rest = after,
            _ => return None,
        }
    }
}

/// The tokens of a pattern; `None` when it holds any other.
fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern.trim_start();
    while let Some(first) = rest.chars().next() {
        let token;
        (token, rest) = match first {
            '[' => (Token::Open, &rest[1..]),
            ']' => (Token::Close, &rest[1..]),
            '=' => (
                Token::Equals,
                rest[1..].strip_prefix('=').unwrap_or(&rest[1..]),
            ),
            '\'' => {
                let (text, after) = quoted(rest)?;
                (Token::Text(text), after)
            }
            _ => word(rest)?,
        };
        tokens.push(token);
        rest = rest.trim_start();
    }
    Some(tokens)
}

/// `OR`, or a path, whose last steps may be in quotes.
fn word(text: &str) -> Option<(Token, &str)> {
    let mut path = String::new();
    let mut rest = text;
    loop {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        path.push_str(&rest[..end]);
        rest = &rest[end..];
        if !path.ends_with('.') || !rest.starts_with('\'') {
            break;
        }
        let (step, after) = quoted(rest)?;
        path.push_str(&step);
        rest = after;
    }
    match &*path {
        "OR" => Some((Token::Or, rest)),
        _ if path.contains(':') => Some((Token::Path(path), rest)),
        _ => None,
    }
}

/// A text in single quotes, with its escapes undone, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut plain = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return Some((plain, &text[at + 1..])),
            '\\' => plain.push(letters.next()?.1),
            _ => plain.push(letter),
        }
    }
    None
}

fn observable(path: &str, value: &str) -> Option<Observable> {
    match path {
        "ipv4-addr:value" | "ipv6-addr:value" => network(value),
        "domain-name:value" => domain(value),
        "url:value" => url(value),
        "email-addr:value" | "email-message:from_ref.value" | "email-message:sender_ref.value" => {
            mail(value)
        }
        "file:name" => file_name(value),
        "file:hashes.MD5"
        | "file:hashes.SHA-1"
        | "file:hashes.SHA1"
        | "file:hashes.SHA-256"
        | "file:hashes.SHA256" => digest(value),
        "network-traffic:dst_ref.value" | "network-traffic:src_ref.value" => {
            network(value).or_else(|| domain(value))
        }
        "network-traffic:extensions.http-request-ext.request_header.User-Agent" => {
            Some(Observable::Agent(value.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equalities_of_which_one_suffices_are_unfolded() {
        let net = |text: &str| Observable::Network(text.parse().expect("a network"));
        let name = |text: &str| Observable::Domain(text.into());
        for (pattern, want) in [
            ("[ipv4-addr:value = '192.0.2.1']", vec![net("192.0.2.1")]),
            (
                "[domain-name:value='a.example' OR domain-name:value = 'b.example']",
                vec![name("a.example"), name("b.example")],
            ),
            (
                "[ipv4-addr:value = '192.0.2.1'] OR [domain-name:value = 'a.example']",
                vec![net("192.0.2.1"), name("a.example")],
            ),
            (
                "[file:hashes.'SHA-256' = '27dd9de09e22efa2ef12e9e2f462fa9da83684bdb4ec900dd86439c5758107d9']",
                vec![Observable::Digest(
                    "27dd9de09e22efa2ef12e9e2f462fa9da83684bdb4ec900dd86439c5758107d9".into(),
                )],
            ),
            (
                r"[url:value = 'http://a.example/?q=\'x\'']",
                vec![Observable::Url("http://a.example/?q='x'".into())],
            ),
        ] {
            assert_eq!(unfolded(pattern), Some(want), "{pattern}");
        }
    }

    #[test]
    fn whatever_means_more_stays_a_pattern() {
        for pattern in [
            "[ipv4-addr:value = '192.0.2.1' AND domain-name:value = 'a.example']",
            "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [domain-name:value = 'a.example']",
            "[ipv4-addr:value = '192.0.2.1'] WITHIN 5 SECONDS",
            "[ipv4-addr:value != '192.0.2.1']",
            "[NOT ipv4-addr:value = '192.0.2.1']",
            "[file:name LIKE '%.exe']",
            "[process:name = 'a.exe']",
            "[ipv4-addr:value = 'a.example']",
            "[ipv4-addr:value = '192.0.2.1'",
            "ipv4-addr:value = '192.0.2.1'",
            "[ipv4-addr:value = '192.0.2.1'] OR",
            "['",
            "",
        ] {
            assert_eq!(unfolded(pattern), None, "{pattern}");
        }
    }
}
