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

/// A number to three significant digits, small ones as powers of ten.
pub(crate) fn number(x: f64) -> String {
    if x == 0.0 {
        "0".to_owned()
    } else if x.abs() < 0.001 {
        let exponent = x.abs().log10().floor();
        format!("{:.1} · 10<sup>{exponent}</sup>", x / 10f64.powf(exponent))
    } else if x.abs() < 10.0 {
        let text = format!("{x:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else if x.abs() < 1e7 {
        grouped(x.round() as u64)
    } else {
        format!("{x:.2e}")
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
        assert_eq!(number(0.000_012), "1.2 · 10<sup>-5</sup>");
        assert_eq!(number(2.5), "2.5");
    }
}
