//! Dates of lists as FollowTheMoney has them: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as the list is.

use overt_model::{DateOrder, PartialDate};

/// The dates in a text: `31 May 1960`, `May 1960`, `circa 1960`, `1958 to 1960`, `1960-05-31`, `31/05/1960`,
/// `00/00/1960`. A span gives its ends and the years between. Empty when none is understood. Publishers of lists write the
/// day first.
pub(super) fn dates(text: &str) -> Vec<String> {
    let text = text.trim().trim_end_matches('.');
    if let Ok(date) = PartialDate::read(text, Some(DateOrder::DayFirst)) {
        return vec![date.to_string()];
    }
    for separator in [" to ", "-", " - ", " or ", " and ", ", "] {
        if let Some((from, to)) = text.split_once(separator) {
            let both = [from, to].map(dates);
            match &both {
                [from, to] if from.len() == 1 && to.len() == 1 && SPANS.contains(&separator) => {
                    return span(&from[0], &to[0]);
                }
                [from, to] if from.len() + to.len() >= 2 => return both.concat(),
                _ => {}
            }
        }
    }
    Vec::new()
}

const SPANS: [&str; 3] = [" to ", "-", " - "];
/// The longest span whose years are all named.
const MAX_SPAN_LENGTH: usize = 31;

/// A span from one date to another: both, and all its years, for whoever was born in one of them is meant too. Of a
/// span that is too long to say anything, the ends.
pub(super) fn span(from: &str, to: &str) -> Vec<String> {
    if from == to {
        return vec![from.to_owned()];
    }
    let year = |date: &str| date.parse().map_or(0, PartialDate::year);
    let years = year(from)..=year(to);
    let mut all = vec![from.to_owned()];
    if years.clone().count() <= MAX_SPAN_LENGTH {
        all.extend(years.map(|y| y.to_string()));
    }
    all.push(to.to_owned());
    all.dedup();
    all
}

/// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, whatever time follows.
pub(super) fn iso(text: &str) -> Option<String> {
    let date: Option<PartialDate> = text.parse().ok();
    date.map(|d| d.to_string())
}

/// `DD/MM/YYYY`, where zeros stand for what is not known.
pub(super) fn slashed(text: &str) -> Option<String> {
    let date = PartialDate::read(text, Some(DateOrder::DayFirst)).ok()?;
    text.contains('/').then(|| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_lists_write_them() {
        let cases = [
            ("31 May 1960", "1960-05-31"),
            ("circa 1961", "1961"),
            ("May 1960", "1960-05"),
            ("00/00/1980", "1980"),
            ("22/08/1978", "1978-08-22"),
            ("1971-02-03T00:00:00Z", "1971-02-03"),
            ("1958 to 1960", "1958 1959 1960"),
            ("1958 or 1960", "1958 1960"),
            ("1900 to 1960", "1900 1960"),
            ("1957-1961", "1957 1958 1959 1960 1961"),
            (
                "01 Jan 1970 to 31 Dec 1972",
                "1970-01-01 1970 1971 1972 1972-12-31",
            ),
            ("September 12, 1954", "1954-09-12"),
            ("unknown", ""),
            ("99/99/1980", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(dates(text).join(" "), expected, "{text}");
        }
    }
}
