//! Text from the data, made safe to show.

use overt_model::grouped;
use overt_model::visible::{hides, spelt};

/// Characters shown of a long text.
pub(crate) const MAX_LENGTH: usize = 400;

/// Text for HTML: escaped, shortened, with signs that would turn the direction of writing or hide spelt out.
pub(crate) fn shown(text: &str) -> String {
    shortened(text, MAX_LENGTH)
}

/// The same, whole.
pub(crate) fn whole(text: &str) -> String {
    shortened(text, text.len())
}

/// The same, with a limit of its own.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    let mut plain = String::with_capacity(text.len().min(limit * 4));
    let mut rest = text.chars();
    for c in rest.by_ref().take(limit) {
        push_visible(&mut plain, c);
    }
    let left = rest.count();
    let mut html = html_escape::encode_safe(&plain).into_owned();
    if left > 0 {
        html.push_str(&format!("… ({} more characters)", grouped(left as u64)));
    }
    html
}

/// Text for a graph's labels: the same without HTML.
pub(crate) fn clipped(text: &str, limit: usize) -> String {
    let mut out = String::new();
    text.chars()
        .take(limit)
        .for_each(|c| push_visible(&mut out, c));
    if text.chars().nth(limit).is_some() {
        out.push('…');
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    if hides(c) {
        out.push_str(&spelt(c));
    } else {
        out.push(c);
    }
}

/// A number to a few significant digits, very small and very large ones as powers of ten.
pub(crate) fn number(x: f64) -> String {
    if x == 0.0 {
        "0".to_owned()
    } else if x.abs() < 0.001 || x.abs() >= 1e15 {
        let text = format!("{x:.1e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{digits} · 10<sup>{}</sup>", exponent.replace('-', "−"))
    } else if x.abs() < 10.0 {
        let text = format!("{x:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        grouped(x.round() as u64)
    }
}

/// Less than this is told as such.
const LEAST: f64 = 1e-300;

/// A probability: none is 0, however little of it there is.
pub(crate) fn probability(p: f64) -> String {
    if p < LEAST {
        "below 10<sup>−300</sup>".to_owned()
    } else {
        number(p)
    }
}

/// How often something is expected.
pub(crate) fn expected(x: f64) -> String {
    if x < 0.001 {
        "about 0".to_owned()
    } else {
        format!("about {}", number(x))
    }
}

/// How many times as often as expected.
pub(crate) fn lift(x: f64) -> String {
    if x >= 1e6 {
        "over a million".to_owned()
    } else {
        number(x)
    }
}

/// How often.
pub(crate) fn times(x: f64) -> String {
    if x <= 1.0 {
        "once".to_owned()
    } else {
        format!("{} times", number(x))
    }
}

/// A share as percent.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(
            shown("<script>alert(1)</script>"),
            "&lt;script&gt;alert(1)&lt;&#x2F;script&gt;"
        );
        assert_eq!(shown("a\u{202e}b\u{7}"), "a[U+202E]b[U+0007]");
        let long = "x".repeat(10_000_000);
        assert!(shown(&long).len() < 500 && shown(&long).ends_with("(9,999,600 more characters)"));
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(0.000_012), "1.2 · 10<sup>−5</sup>");
        assert_eq!(number(0.000_099_99), "1.0 · 10<sup>−4</sup>");
        assert_eq!(number(2.5), "2.5");
        assert_eq!(number(12_452_545.0), "12,452,545");
        assert_eq!(number(3.9e200), "3.9 · 10<sup>200</sup>");
        assert_eq!(probability(0.0), "below 10<sup>−300</sup>");
        assert_eq!(expected(1e-12), "about 0");
        assert_eq!(lift(1e300), "over a million");
    }
}
