//! What an entry of a list is to be looked for as, by the kind the list says or by what it looks like.

use overt_model::{Network, Observable};

use super::file::IndicatorReason as Reason;

/// The longest value.
const LIMIT: usize = 8_192;

/// Undoes what keeps people from clicking: `hxxp`, `[.]`, `(dot)`, `[at]`, `[:]`.
pub(super) fn refanged(text: &str) -> String {
    let text = text.trim();
    let mut plain = text.to_owned();
    if text.contains(['[', '(', '{']) {
        for (written, meant) in [
            ("[.]", "."),
            ("(.)", "."),
            ("{.}", "."),
            ("[dot]", "."),
            ("(dot)", "."),
            ("{dot}", "."),
            ("[DOT]", "."),
            ("(DOT)", "."),
            ("[@]", "@"),
            ("(@)", "@"),
            ("[at]", "@"),
            ("(at)", "@"),
            ("{at}", "@"),
            ("[AT]", "@"),
            ("(AT)", "@"),
            ("[:]", ":"),
            ("[://]", "://"),
            ("[/]", "/"),
        ] {
            plain = plain.replace(written, meant);
        }
        // `[.example.org` and `192.0.2[.1]`.
        if !plain.contains("://[") {
            plain = plain.replace("[.", ".").replace(".]", ".");
            let opens = plain.matches('[').count();
            if opens == 0 && !plain.starts_with('[') {
                plain = plain.replace(']', "");
            }
        }
    }
    let schemes = [
        ("hxxps", "https"),
        ("hxxp", "http"),
        ("fxp", "ftp"),
        ("meow", "http"),
    ];
    for (written, meant) in schemes {
        let (head, rest) = plain.split_at_checked(written.len()).unwrap_or(("", ""));
        if head.eq_ignore_ascii_case(written) && rest.starts_with("://") {
            return format!("{meant}{rest}");
        }
    }
    plain
}

/// What to look for, of an entry whose list says its kind. A kind that logs do not hold comes as
/// [`Observable::Other`].
pub(super) fn of_kind(kind: &str, listed: &str) -> Result<Vec<Observable>, Reason> {
    let value = checked(listed)?;
    let kind = kind.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let one = |found: Option<Observable>| found.map(|o| vec![o]).ok_or(Reason::NotOfItsKind);
    let parts = || value.split_once('|').ok_or(Reason::NotOfItsKind);
    match &*kind {
        "ip" | "ipv4" | "ipv6" | "ipv4addr" | "ipv6addr" | "ipv4-addr" | "ipv6-addr" | "ip-src"
        | "ip-dst" | "ip-address" | "cidr" | "network" => one(network(&value)),
        "ip-src|port" | "ip-dst|port" => one(network(parts()?.0)),
        "ip:port" => one(network(before_port(&value))),
        "domain" | "hostname" | "fqdn" | "host" | "domain-name" => one(domain(&value)),
        "hostname|port" => one(domain(parts()?.0)),
        "domain|ip" => {
            let (name, address) = parts()?;
            let both = domain(name).zip(network(address));
            both.map(|(a, b)| vec![a, b]).ok_or(Reason::NotOfItsKind)
        }
        // A name alone is a link to whatever is there.
        "url" => one(url(&value)
            .or_else(|| domain(&value))
            .or_else(|| network(&value))),
        "uri" if value.contains("://") => one(url(&value)),
        "md5" | "sha1" | "sha256" | "sha-1" | "sha-256" | "hash" | "filehash-md5"
        | "filehash-sha1" | "filehash-sha256" | "md5-hash" | "sha1-hash" | "sha256-hash" => {
            one(digest(&value))
        }
        // The digest alone says which file it is; a name alone would say less.
        "filename|md5" | "filename|sha1" | "filename|sha256" | "malware-sample" => {
            let (_, digits) = value.rsplit_once('|').ok_or(Reason::NotOfItsKind)?;
            one(digest(digits))
        }
        "email" | "email-src" | "email-dst" | "email-addr" | "email-address" | "email-reply-to" => {
            one(mail(&value))
        }
        "filename" | "file-name" => one(file_name(&value)),
        "user-agent" | "http-user-agent" => Ok(vec![Observable::Agent(listed.trim().to_owned())]),
        "stix2-pattern" => Ok(vec![Observable::Pattern(listed.trim().to_owned())]),
        "" | "indicator" | "ioc" | "unknown" => by_look(listed),
        _ => Ok(vec![Observable::Other {
            kind,
            value: listed.trim().to_owned(),
        }]),
    }
}

/// What to look for, of an entry whose list says no kind.
pub(super) fn by_look(listed: &str) -> Result<Vec<Observable>, Reason> {
    let value = checked(listed)?;
    let found = network(&value)
        .or_else(|| network(before_port(&value)))
        .or_else(|| digest(&value))
        .or_else(|| value.contains("://").then(|| url(&value)).flatten())
        .or_else(|| mail(&value))
        .or_else(|| program(&value))
        .or_else(|| domain(&value))
        .or_else(|| without_scheme(&value));
    found.map(|o| vec![o]).ok_or(Reason::UnknownKind)
}

fn checked(listed: &str) -> Result<String, Reason> {
    if listed.trim().is_empty() {
        return Err(Reason::Empty);
    }
    if listed.len() > LIMIT {
        return Err(Reason::TooLong);
    }
    Ok(refanged(listed))
}

/// `192.0.2.1:443` and `[2001:db8::1]:443` without their ports.
fn before_port(value: &str) -> &str {
    if let Some((inner, _)) = value.strip_prefix('[').and_then(|v| v.split_once(']')) {
        return inner;
    }
    match value.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.parse::<u16>().is_ok() => host,
        _ => value,
    }
}

pub(super) fn network(value: &str) -> Option<Observable> {
    let bare = value.trim_matches(['[', ']']);
    bare.parse::<Network>().ok().map(Observable::Network)
}

pub(super) fn digest(value: &str) -> Option<Observable> {
    let is_digest =
        matches!(value.len(), 32 | 40 | 64) && value.bytes().all(|b| b.is_ascii_hexdigit());
    is_digest.then(|| Observable::Digest(value.to_ascii_lowercase()))
}

pub(super) fn url(value: &str) -> Option<Observable> {
    let Some((scheme, rest)) = value.split_once("://") else {
        return without_scheme(value);
    };
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+');
    let is_url = is_scheme && !rest.is_empty() && !value.contains(char::is_whitespace);
    is_url.then(|| Observable::Url(value.to_owned()))
}

/// `example.org/path`: a link as lists write it that leave the scheme away.
fn without_scheme(value: &str) -> Option<Observable> {
    let (host, _) = value.split_once('/')?;
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_host = domain(host).or_else(|| network(host)).is_some();
    let is_url = is_host && !value.contains(char::is_whitespace);
    is_url.then(|| Observable::Url(value.to_owned()))
}

pub(super) fn mail(value: &str) -> Option<Observable> {
    let value = value.strip_prefix("mailto:").unwrap_or(value);
    let (local, host) = value.rsplit_once('@')?;
    let is_mail =
        !local.is_empty() && !local.contains(char::is_whitespace) && domain(host).is_some();
    is_mail.then(|| Observable::Mail(value.to_lowercase()))
}

/// The name of a file, without the folder.
pub(super) fn file_name(value: &str) -> Option<Observable> {
    let name = value.rsplit(['/', '\\']).next()?.trim();
    (!name.is_empty()).then(|| Observable::FileName(name.to_owned()))
}

/// A name whose ending no domain has.
fn program(value: &str) -> Option<Observable> {
    let (_, ending) = value.rsplit_once('.')?;
    let endings = [
        "exe", "dll", "bat", "vbs", "ps1", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "pdf",
        "jsp", "aspx", "php", "lnk", "hta",
    ];
    let is_program = endings.contains(&&*ending.to_ascii_lowercase()) && !value.contains('/');
    is_program.then(|| file_name(value)).flatten()
}

/// A name in the domain name system; international ones as they are written.
pub(super) fn domain(value: &str) -> Option<Observable> {
    let name = value
        .trim_end_matches('.')
        .trim_start_matches("*.")
        .to_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let last = name.rsplit('.').next()?;
    let is_name = name.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && last.chars().any(char::is_alphabetic);
    is_name.then_some(Observable::Domain(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_people_from_clicking_is_undone() {
        for (written, meant) in [
            ("hxxp://evil[.]example/a", "http://evil.example/a"),
            ("hXXps://evil(dot)example", "https://evil.example"),
            ("1[.]2[.]3[.]4", "1.2.3.4"),
            ("192.0.2[.1]", "192.0.2.1"),
            ("evil[.example", "evil.example"),
            ("a[at]evil[dot]example", "a@evil.example"),
            ("https[:]//evil.example", "https://evil.example"),
            ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ] {
            assert_eq!(refanged(written), meant, "{written}");
        }
    }

    #[test]
    fn what_has_no_kind_is_told_by_its_look() {
        let net = |text: &str| Observable::Network(text.parse().expect("a network"));
        for (text, want) in [
            ("192.0.2.1", net("192.0.2.1")),
            ("192.0.2.0/24", net("192.0.2.0/24")),
            ("192.0.2.1:8080", net("192.0.2.1")),
            ("2001:db8::1", net("2001:db8::1")),
            ("[2001:db8::1]:443", net("2001:db8::1")),
            ("Evil.EXAMPLE.", Observable::Domain("evil.example".into())),
            ("пример.рф", Observable::Domain("пример.рф".into())),
            (
                "D41D8CD98F00B204E9800998ECF8427E",
                Observable::Digest("d41d8cd98f00b204e9800998ecf8427e".into()),
            ),
            (
                "hxxp://evil[.]example/A",
                Observable::Url("http://evil.example/A".into()),
            ),
            ("evil.example/A", Observable::Url("evil.example/A".into())),
            (
                "Ann@Evil.example",
                Observable::Mail("ann@evil.example".into()),
            ),
            (r"C:\Temp\a.exe", Observable::FileName("a.exe".into())),
        ] {
            assert_eq!(by_look(text), Ok(vec![want]), "{text}");
        }
        for (bad, reason) in [
            ("", Reason::Empty),
            ("hello world", Reason::UnknownKind),
            ("999.1.1.1", Reason::UnknownKind),
        ] {
            assert_eq!(by_look(bad), Err(reason), "{bad}");
        }
    }

    #[test]
    fn kinds_of_lists_are_known_by_their_many_names() {
        let one = |kind: &str, value: &str| of_kind(kind, value).map(|v| v.len());
        assert_eq!(one("IPV4ADDR", "192.0.2.1"), Ok(1));
        assert_eq!(one("domain|ip", "evil.example|192.0.2.1"), Ok(2));
        assert_eq!(
            one("filename|md5", "a.exe|d41d8cd98f00b204e9800998ecf8427e"),
            Ok(1)
        );
        assert_eq!(one("ip-dst", "evil.example"), Err(Reason::NotOfItsKind));
        let other = of_kind("mutex", "Global\\x").expect("kept");
        assert!(matches!(&other[..], [Observable::Other { kind, .. }] if kind == "mutex"));
    }
}
