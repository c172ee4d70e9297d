//! One spelling for links that lead to one place.

use std::borrow::Cow;

use url::Url;

/// Query parameters that only say how a reader came. A name ending in `*` is a prefix.
const TRACKING: [&str; 51] = [
    "utm_*",
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "ref_src",
    "ref_url",
    "cmpid",
    "ocid",
    "_ga",
    "_gl",
    "mibextid",
    "spm",
    "s_cid",
    "smid",
    "smtyp",
    "feature",
    "si",
    "ref",
    "referer",
    "referrer",
    "refsrc",
    "gbraid",
    "wbraid",
    "gad_source",
    "ttclid",
    "li_fat_id",
    "epik",
    "wickedid",
    "mkt_tok",
    "vero_id",
    "ncid",
    "xtor",
    "wt_mc",
    "wt_zmc",
    "pk_*",
    "mtm_*",
    "hsa_*",
    "_hsenc",
    "_hsmi",
    "guce_*",
    "guccounter",
    "s_kwcid",
    "sfnsn",
    "_openstat",
];
/// Steps of a path that name a visit and not a page, as servers put them behind a semicolon.
const VISITS: [&str; 4] = ["jsessionid", "phpsessid", "sessionid", "sid"];
/// The archive whose pages have the address of what they keep in their path.
const ARCHIVE: &str = "web.archive.org";

/// Pages of platforms that only send readers on: host, path, and the parameter that says where to.
const SENDING_ON: [(&str, &str, &str); 11] = [
    ("l.facebook.com", "/l.php", "u"),
    ("lm.facebook.com", "/l.php", "u"),
    ("l.instagram.com", "/", "u"),
    ("l.messenger.com", "/l.php", "u"),
    ("l.threads.net", "/", "u"),
    ("google.com", "/url", "q"),
    ("google.com", "/url", "url"),
    ("youtube.com", "/redirect", "q"),
    ("vk.com", "/away.php", "to"),
    ("out.reddit.com", "/", "url"),
    ("t.umblr.com", "/redirect", "z"),
];
/// How often a link is followed through such pages.
const SENT_ON: usize = 3;

/// The canonical form of where a link leads: scheme `https`, host in lower case without `www.`, `m.`, `mobile.` or `amp.`, no default port,
/// fragment, tracking parameter, AMP suffix or trailing slash. `None` for what is no web link.
///
/// ```
/// let one = overt_coordination::extract::canonical("HTTP://www.Example.org:80/a/?utm_source=x&b=1#top");
/// assert_eq!(one.as_deref(), Some("https://example.org/a?b=1"));
/// ```
pub fn canonical(link: &str) -> Option<String> {
    let mut url = parse(&unescaped(link))?;
    for _ in 0..SENT_ON {
        let Some(target) = sent_on(&url).and_then(|target| parse(&target)) else {
            break;
        };
        url = target;
    }
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let given = url.host_str()?;
    let host = plain_host(given).to_owned();
    if !host.contains('.') || host.len() != given.len() && !is_host(&host) {
        return None;
    }
    // 443 stands in both schemes for "none given" once the scheme is one.
    let port = url.port().filter(|p| !matches!(p, 80 | 443));
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !is_tracking(name) && name != "amp" && name != "outputType")
        .map(|(n, v)| (n.into_owned(), v.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    let path = without_visit(url.path());
    let path = plain_path(&path);
    let port = port.map_or(String::new(), |p| format!(":{p}"));
    let query = url.query().map_or(String::new(), |q| format!("?{q}"));
    Some(format!("https://{host}{port}{path}{query}"))
}

fn parse(link: &str) -> Option<Url> {
    let link = link.trim();
    let with_scheme = |_| Url::parse(&format!("https://{link}"));
    Url::parse(link).or_else(with_scheme).ok()
}

/// A link as it is, where an export wrote it as in a page: `&amp;` between parameters.
fn unescaped(link: &str) -> Cow<'_, str> {
    if link.contains("&amp;") || link.contains("&#38;") {
        Cow::Owned(link.replace("&amp;", "&").replace("&#38;", "&"))
    } else {
        Cow::Borrowed(link)
    }
}

/// A path without the name of a visit: `/a;jsessionid=1`.
fn without_visit(path: &str) -> Cow<'_, str> {
    if !path.contains(';') {
        return Cow::Borrowed(path);
    }
    let is_visit = |part: &&str| {
        let name = part.split('=').next().unwrap_or("").to_ascii_lowercase();
        part.contains('=') && VISITS.contains(&name.as_str())
    };
    let steps = path.split('/').map(|step| {
        let kept: Vec<&str> = step.split(';').filter(|part| !is_visit(part)).collect();
        kept.join(";")
    });
    Cow::Owned(steps.collect::<Vec<_>>().join("/"))
}

/// What a page of the archive keeps: `/web/20241001000000/https://a.example/b`.
fn archived(url: &Url) -> Option<String> {
    let kept = url.path().strip_prefix("/web/")?;
    let (day, address) = kept.split_once('/')?;
    let is_day = day.starts_with(|c: char| c.is_ascii_digit());
    let scheme = ["https:/", "http:/"]
        .iter()
        .find(|s| address.starts_with(**s))?;
    let rest = address[scheme.len()..].trim_start_matches('/');
    let query = url.query().map_or(String::new(), |q| format!("?{q}"));
    is_day.then(|| format!("https://{rest}{query}"))
}

/// Where a page leads that only sends readers on.
fn sent_on(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    if host == ARCHIVE {
        return archived(url);
    }
    let host = host.strip_prefix("www.").unwrap_or(host);
    let pages = SENDING_ON
        .iter()
        .filter(|(page, path, _)| *page == host && *path == url.path());
    let target = |name: &str| {
        let found = url.query_pairs().find(|(n, _)| n == name);
        found.map(|(_, target)| target.into_owned())
    };
    let mut targets = pages.filter_map(|(_, _, name)| target(name));
    targets.find(|target| target.starts_with("http"))
}

fn plain_host(mut host: &str) -> &str {
    host = host.trim_matches('.');
    let prefixes = ["www.", "m.", "mobile.", "amp."];
    let shorter = |host| prefixes.iter().find_map(|p| str::strip_prefix(host, *p));
    while let Some(rest) = shorter(host).filter(|rest| rest.contains('.')) {
        host = rest.trim_start_matches('.');
    }
    host
}

/// Whether what is left of a host is one, and the same one: `www.0x7f.1` without its first part is an address.
fn is_host(host: &str) -> bool {
    Url::parse(&format!("https://{host}")).is_ok_and(|url| url.host_str() == Some(host))
}

fn plain_path(mut path: &str) -> &str {
    loop {
        let shorter = path.trim_end_matches('/');
        let shorter = ["/amp", ".amp"]
            .iter()
            .find_map(|suffix| shorter.strip_suffix(suffix))
            .unwrap_or(shorter);
        if shorter.len() == path.len() {
            return path;
        }
        path = shorter;
    }
}

fn is_tracking(name: &str) -> bool {
    TRACKING.iter().any(|t| match t.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *t,
    })
}

/// Sites whose links lead on to others: where, the link does not say.
const SHORTENERS: [&str; 40] = [
    "amzn.to",
    "bit.do",
    "bit.ly",
    "bitly.com",
    "bl.ink",
    "buff.ly",
    "clck.ru",
    "cutt.ly",
    "dlvr.it",
    "fb.me",
    "flip.it",
    "goo.gl",
    "goo.su",
    "ift.tt",
    "is.gd",
    "j.mp",
    "lnkd.in",
    "nyti.ms",
    "ow.ly",
    "qr.ae",
    "rb.gy",
    "rebrand.ly",
    "reut.rs",
    "s.id",
    "shorturl.at",
    "sh.st",
    "soo.gd",
    "surl.li",
    "t.co",
    "t.ly",
    "tiny.cc",
    "tinyurl.com",
    "trib.al",
    "u.to",
    "v.gd",
    "vk.cc",
    "wapo.st",
    "wp.me",
    "x.co",
    "youtu.be",
];

/// Whether the links of a site lead on to others.
pub(crate) fn is_shortener(site: &str) -> bool {
    SHORTENERS.contains(&site)
}

/// The registrable domain of a canonical link by the public-suffix list; the address itself where there is none.
pub fn registrable_domain(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    let domain = match url.host()? {
        url::Host::Domain(name) => psl::domain_str(name).unwrap_or(host),
        _ => host,
    };
    Some(domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_one_place_are_spelt_one_way() {
        for (given, want) in [
            ("http://m.example.org/a/", "https://example.org/a"),
            (
                "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.org%2Fa%2F&h=AT0",
                "https://example.org/a",
            ),
            (
                "https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1",
                "https://example.org/a?b=1",
            ),
            (
                "https://l.facebook.com/l.php?h=AT0",
                "https://l.facebook.com/l.php?h=AT0",
            ),
            (
                "https://amp.example.org/story/amp/?amp=1",
                "https://example.org/story",
            ),
            (
                "https://EXAMPLE.org:443/?fbclid=1&id=2",
                "https://example.org?id=2",
            ),
            (
                "https://example.org/a;jsessionid=0A1?ref=somebody&amp;utm_source=x&amp;id=3",
                "https://example.org/a?id=3",
            ),
            (
                "https://web.archive.org/web/20241001000000/https://www.example.org/a/?utm_medium=y",
                "https://example.org/a",
            ),
            (
                "https://web.archive.org/about/",
                "https://web.archive.org/about",
            ),
            ("https://example.org/a;b=1", "https://example.org/a;b=1"),
            ("example.org/a b", "https://example.org/a%20b"),
            ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai"),
            ("https://example.org:8443/x", "https://example.org:8443/x"),
            (
                "https://m.www.example.org/a/amp//amp/",
                "https://example.org/a",
            ),
        ] {
            assert_eq!(canonical(given).as_deref(), Some(want), "{given}");
        }
        for none in [
            "",
            "javascript:alert(1)",
            "mailto:a@b.org",
            "localhost/x",
            "https://",
            ".",
            "https://./x",
            "https://c.0../",
            "https://www.0x7f.1/",
        ] {
            assert_eq!(canonical(none), None, "{none}");
        }
    }

    #[test]
    fn canonical_links_stay_as_they_are() {
        let once = canonical("http://www.m.Example.co.uk/x/?b=2&utm_id=1").expect("a link");
        assert_eq!(canonical(&once), Some(once.clone()));
        assert_eq!(registrable_domain(&once).as_deref(), Some("example.co.uk"));
        assert_eq!(
            registrable_domain("https://192.0.2.1/a").as_deref(),
            Some("192.0.2.1")
        );
    }
}
