//! Trace context, as <https://www.w3.org/TR/trace-context/> has it: every answer says which trace it belongs to, so that
//! logs of several programs can be laid side by side. Nothing of it is kept.

use axum::http::{HeaderMap, HeaderValue};

/// Our key in a trace's state: the one that yente's clients look for.
const KEY: &str = "yente";
/// The most entries of a trace's state, ours included.
const MAX_ENTRIES: usize = 32;
/// The most characters of it.
const MAX_STATE: usize = 512;

/// What an answer says of its trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    id: String,
    flags: String,
    span: String,
    /// The entries of others.
    state: Vec<String>,
}

impl Trace {
    /// Goes on with the trace of a request, or begins one. `span` is this request's part of it.
    pub(crate) fn of(headers: &HeaderMap, random: [u8; 24]) -> Self {
        let [id, span] = [&random[..16], &random[16..]].map(overt_model::key::hex);
        let given = single(headers, "traceparent").and_then(parent);
        let Some((id, flags)) = given else {
            return Self {
                id,
                flags: "00".to_owned(),
                span,
                state: Vec::new(),
            };
        };
        Self {
            id,
            flags,
            span,
            state: entries(headers),
        }
    }

    /// Says it in the headers of the answer.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let parent = format!("00-{}-{}-{}", self.id, self.span, self.flags);
        let mut state = format!("{KEY}={}", self.span);
        for entry in &self.state {
            if state.len() + 1 + entry.len() > MAX_STATE {
                break;
            }
            state += ",";
            state += entry;
        }
        for (name, value) in [("traceparent", parent), ("tracestate", state)] {
            // Both are of letters that headers may have.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

/// The value of a header that is given once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// The id and the flags of a trace that somebody began. A later version may have more behind them.
fn parent(text: &str) -> Option<(String, String)> {
    let mut parts = text.trim().split('-');
    let mut next = |length| parts.next().filter(|p| is_hex(p, length));
    let (version, id, span, flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
    let is_zero = |text: &str| text.bytes().all(|b| b == b'0');
    let has_more = parts.next().is_some();
    let wrong = version == "ff" || is_zero(id) || is_zero(span) || version == "00" && has_more;
    (!wrong).then(|| (id.to_owned(), flags.to_owned()))
}

fn is_hex(text: &str, length: usize) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == length && text.bytes().all(digit)
}

/// What others say of their part of the trace, as far as it is well formed.
fn entries(headers: &HeaderMap) -> Vec<String> {
    let given = headers.get_all("tracestate").iter();
    let given = given.filter_map(|v| v.to_str().ok());
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for entry in given.flat_map(|v| v.split(',')) {
        let Some((key, value)) = entry.trim().split_once('=') else {
            continue;
        };
        let is_new = key != KEY && kept.iter().all(|(k, _)| *k != key);
        if is_new && is_key(key) && is_value(value) && kept.len() + 1 < MAX_ENTRIES {
            kept.push((key, value));
        }
    }
    let kept = kept.iter();
    kept.map(|(key, value)| format!("{key}={value}")).collect()
}

fn is_key(key: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-*/@".contains(&b);
    (1..=256).contains(&key.len()) && key.bytes().all(letter)
}

fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len())
        && value
            .bytes()
            .all(|b| (b' '..=b'~').contains(&b) && b != b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0af7651916cd43dd8448eb211c80319c";

    fn answered(given: &[(&'static str, &str)]) -> (String, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        let mut answer = HeaderMap::new();
        Trace::of(&headers, [0xab; 24]).write(&mut answer);
        let said = |name: &str| answer[name].to_str().unwrap().to_owned();
        (said("traceparent"), said("tracestate"))
    }

    #[test]
    fn a_trace_goes_on_and_others_are_kept_in_it() {
        let parent = format!("00-{ID}-b7ad6b7169203331-01");
        let state = "yente=00,rojo=00f067aa0ba902b7";
        assert_eq!(
            answered(&[("traceparent", &parent), ("tracestate", state)]),
            (
                format!("00-{ID}-abababababababab-01"),
                "yente=abababababababab,rojo=00f067aa0ba902b7".to_owned()
            )
        );
    }

    #[test]
    fn a_broken_trace_is_begun_anew() {
        let anew = format!("00-{}-{}-00", "ab".repeat(16), "ab".repeat(8));
        for wrong in [
            String::new(),
            "00".to_owned(),
            format!("ff-{ID}-b7ad6b7169203331-01"),
            format!("00-{ID}-0000000000000000-01"),
            format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)),
            format!("00-{ID}-b7ad6b7169203331-01-more"),
            format!("00-{}-b7ad6b7169203331-01", ID.to_uppercase()),
        ] {
            let (parent, state) = answered(&[("traceparent", &wrong), ("tracestate", "rojo=1")]);
            assert_eq!(
                (parent, state),
                (anew.clone(), "yente=abababababababab".to_owned()),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_others_say_stays_within_bounds() {
        let parent = format!("00-{ID}-b7ad6b7169203331-01");
        let many: Vec<String> = (0..100)
            .map(|n| format!("k{n}={}", "v".repeat(40)))
            .collect();
        let (_, state) = answered(&[("traceparent", &parent), ("tracestate", &many.join(","))]);
        assert!(state.len() <= MAX_STATE, "{}", state.len());
        let odd = "a=b=c,=x,B=1,a,ok=1,ok=2";
        let (_, state) = answered(&[("traceparent", &parent), ("tracestate", odd)]);
        assert_eq!(state, "yente=abababababababab,ok=1");
    }
}
