//! Targets of requests taken apart: path, parameters, and the route that they are asked on.

use std::borrow::Cow;

/// A target, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The path, as it was sent.
    pub path: &'a str,
    /// What follows the first `?`.
    pub query: &'a str,
}

impl<'a> Target<'a> {
    /// Of what a request asked for, with or without scheme and host.
    pub fn of(target: &'a str) -> Self {
        let whole = if target.starts_with('/') {
            None
        } else {
            target.split_once("://")
        };
        let rest = match whole {
            Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphabetic()) => {
                rest.find('/').map_or("/", |at| &rest[at..])
            }
            _ => target,
        };
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Self { path, query }
    }

    /// The parameters of the query, as they were sent: names and values.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let parts = self.query.split(['&', ';']).filter(|part| !part.is_empty());
        parts.map(|part| part.split_once('=').unwrap_or((part, "")))
    }

    /// Whether browsers fetch it by themselves as a part of pages.
    pub fn is_of_a_page(&self) -> bool {
        self.ends_with(&PARTS)
    }

    /// Whether it is a file that is read, heard or seen, by the ending of its name.
    pub(crate) fn is_document(&self) -> bool {
        self.ends_with(&DOCUMENTS)
    }

    fn ends_with(&self, endings: &[&str]) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        endings.iter().any(|one| ending.eq_ignore_ascii_case(one))
    }
}

/// Endings of what pages are made of.
const PARTS: [&str; 18] = [
    "css",
    "js",
    "mjs",
    "map",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "ico",
    "webp",
    "avif",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "mp4",
    "webmanifest",
];
/// Endings of what is fetched in pieces.
const DOCUMENTS: [&str; 9] = [
    "pdf", "docx", "xlsx", "pptx", "epub", "mp3", "mp4", "webm", "mov",
];
/// The longest path that a route is made of; of a longer one the beginning.
const LONGEST: usize = 200;

/// The route of a path: its steps, with those that are numbers or long keys put as `{}`, whose values are parameters.
pub fn route(path: &str) -> (String, Vec<(String, String)>) {
    let mut route = String::with_capacity(path.len());
    let mut values = Vec::new();
    let end = (0..=path.len().min(LONGEST))
        .rev()
        .find(|at| path.is_char_boundary(*at))
        .unwrap_or(0);
    for (place, step) in path[..end].split('/').enumerate() {
        if place > 0 {
            route.push('/');
        }
        if is_value(step) {
            route.push_str("{}");
            values.push((format!("step {place}"), step.to_owned()));
        } else {
            route.push_str(step);
        }
    }
    (route, values)
}

/// Numbers, and keys in hexadecimal with or without hyphens.
fn is_value(step: &str) -> bool {
    let digits = step.bytes().filter(u8::is_ascii_digit).count();
    let keyed = step.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    !step.is_empty() && (digits == step.len() || keyed && digits >= 4 && step.len() >= 16)
}

/// A value as the server understands it: `+` and `%xx` decoded, twice if it was encoded twice.
pub fn decoded(value: &str) -> Cow<'_, str> {
    let once = decoded_once(value);
    if once.contains('%') && once.len() < value.len() {
        let twice = decoded_once(&once).into_owned();
        return Cow::Owned(twice);
    }
    once
}

fn decoded_once(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(|b| b == b'%' || b == b'+') {
        return Cow::Borrowed(value);
    }
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'+', _, _) => {
                out.push(b' ');
                at += 1;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// The form of a target, for eyes that must not see what stands in it: a step of a path, or the name of a parameter, may
/// hold anything that somebody typed.
pub fn masked(target: &str) -> String {
    let target = Target::of(target);
    let (route, _) = route(target.path);
    let route: Vec<&str> = route
        .split('/')
        .map(|name| match name {
            "" | "{}" => name,
            _ => "…",
        })
        .collect();
    let route = route.join("/");
    match target.parameters().take(20).count() {
        0 => route,
        some => format!("{route}?{}", vec!["…"; some].join("&")),
    }
}

/// Whether it is a plain name, as programmers give parameters and steps of paths.
pub(crate) fn is_name(step: &str) -> bool {
    step.len() <= 60
        && step
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_taken_apart() {
        let target = Target::of("http://office.example/voter/status?id=1%27&name=a+b#top");
        assert_eq!(target.path, "/voter/status");
        assert_eq!(
            target.parameters().collect::<Vec<_>>(),
            [("id", "1%27"), ("name", "a+b")]
        );
        assert_eq!(
            Target::of("/a?b").parameters().collect::<Vec<_>>(),
            [("b", "")]
        );
        assert!(Target::of("/style.CSS?v=3").is_of_a_page());
        assert!(!Target::of("/status.php").is_of_a_page());
    }

    #[test]
    fn numbers_in_a_path_are_parameters() {
        let (route, values) = route("/voter/1234/show");
        assert_eq!(route, "/voter/{}/show");
        assert_eq!(values, [("step 2".to_owned(), "1234".to_owned())]);
        assert_eq!(super::route("/index.php").0, "/index.php");
    }

    #[test]
    fn values_are_decoded_as_often_as_they_were_encoded() {
        assert_eq!(decoded("a+b%20c"), "a b c");
        assert_eq!(decoded("%2527"), "'");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%C5%81"), "%zzŁ");
    }

    #[test]
    fn nothing_that_was_typed_is_left_in_a_masked_target() {
        assert_eq!(
            masked("/voter/123/show?id=SECRET&q=John+Doe"),
            "/…/{}/…?…&…"
        );
        assert_eq!(masked("/a/John%20Doe?<script>=1"), "/…/…?…");
    }
}
