//! Dates of lists as FollowTheMoney has them: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as the list is.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The dates in a text: `31 May 1960`, `May 1960`, `circa 1960`, `1958 to 1960`, `1960-05-31`, `31/05/1960`,
/// `00/00/1960`. A span gives its ends and the years between. Empty when none is understood.
pub(super) fn dates(text: &str) -> Vec<String> {
    let text = text.trim().trim_end_matches('.');
    if let Some(date) = iso(text).or_else(|| slashed(text)).or_else(|| worded(text)) {
        return vec![date];
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
const LONGEST_SPAN: usize = 31;

/// A span from one date to another: both, and all its years, for whoever was born in one of them is meant too. Of a
/// span that is too long to say anything, the ends.
pub(super) fn span(from: &str, to: &str) -> Vec<String> {
    if from == to {
        return vec![from.to_owned()];
    }
    let year = |date: &str| date.get(..4).and_then(four).unwrap_or_default();
    let years = year(from)..=year(to);
    let mut all = vec![from.to_owned()];
    if years.clone().count() <= LONGEST_SPAN {
        all.extend(years.map(|y| y.to_string()));
    }
    all.push(to.to_owned());
    all.dedup();
    all
}

/// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, whatever follows a `T`.
pub(super) fn iso(text: &str) -> Option<String> {
    let day = text.split('T').next().unwrap_or_default();
    let parts: Vec<&str> = day.split('-').collect();
    let numbers = parts
        .iter()
        .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    match parts.as_slice() {
        [y] if numbers && y.len() == 4 => joined(y.parse().ok()?, 0, 0),
        [y, m] if numbers && y.len() == 4 && m.len() == 2 => {
            joined(y.parse().ok()?, m.parse().ok()?, 0)
        }
        [y, m, d] if numbers && y.len() == 4 => {
            joined(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
        }
        _ => None,
    }
}

/// `DD/MM/YYYY`, where zeros stand for what is not known.
pub(super) fn slashed(text: &str) -> Option<String> {
    let parts: Vec<u32> = text
        .split('/')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    match parts.as_slice() {
        [d, m, y] => joined(*y, *m, *d),
        _ => None,
    }
}

/// `31 May 1960`, `May 1960`, `1960`, after words for about.
fn worded(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let about = [
        "circa",
        "approximately",
        "approx.",
        "approx",
        "about",
        "c.",
        "in",
        "early",
        "mid",
        "late",
        "between",
    ];
    let words: Vec<&str> = lower
        .split([' ', ','])
        .filter(|w| !w.is_empty() && !about.contains(w))
        .collect();
    let month = |w: &str| {
        MONTHS
            .iter()
            .position(|m| w.starts_with(m))
            .map(|i| i as u32 + 1)
    };
    match words.as_slice() {
        [y] => joined(four(y)?, 0, 0),
        [m, y] => joined(four(y)?, month(m)?, 0),
        [d, m, y] if month(m).is_some() => joined(four(y)?, month(m)?, d.parse().ok()?),
        [m, d, y] => joined(four(y)?, month(m)?, d.parse().ok()?),
        _ => None,
    }
}

fn four(text: &str) -> Option<u32> {
    (text.len() == 4).then(|| text.parse().ok())?
}

fn joined(year: u32, month: u32, day: u32) -> Option<String> {
    if !(1000..=2999).contains(&year) || month > 12 || day > 31 {
        return None;
    }
    Some(match (month, day) {
        (0, _) => format!("{year}"),
        (_, 0) => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    })
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
