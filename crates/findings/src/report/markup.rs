//! Tables and other pieces of HTML.

use overt_model::{Timestamp, grouped};

/// A cell of a table.
pub(super) struct Cell {
    html: String,
    /// What it is sorted by, if not by its words.
    by: Option<f64>,
    class: &'static str,
}

/// Words.
pub(super) fn words(html: impl Into<String>) -> Cell {
    Cell {
        html: html.into(),
        by: None,
        class: "",
    }
}

/// Sentences: a column as wide as it takes to read them.
pub(super) fn sentence(html: impl Into<String>) -> Cell {
    Cell {
        class: "say",
        ..words(html)
    }
}

/// Words that may be one long word, such as an address, and may be broken anywhere.
pub(super) fn long(html: impl Into<String>) -> Cell {
    Cell {
        class: "long",
        ..words(html)
    }
}

/// A figure.
pub(super) fn figure(value: f64, html: impl Into<String>) -> Cell {
    Cell {
        html: html.into(),
        by: Some(value),
        class: "n",
    }
}

/// A count.
pub(super) fn count(n: u64) -> Cell {
    figure(n as f64, grouped(n))
}

/// A table that scrolls by itself where the page is too narrow for it.
pub(super) struct Table {
    html: String,
    sortable: bool,
}

impl Table {
    pub(super) fn new(caption: &str, columns: &[&str]) -> Self {
        Self::begun(caption, columns, false)
    }

    /// One whose rows the script can sort.
    pub(super) fn sortable(caption: &str, columns: &[&str]) -> Self {
        Self::begun(caption, columns, true)
    }

    fn begun(caption: &str, columns: &[&str], sortable: bool) -> Self {
        let class = if sortable { " class=\"sortable\"" } else { "" };
        let heads: Vec<String> = columns
            .iter()
            .map(|c| format!("<th scope=\"col\">{c}</th>"))
            .collect();
        Self {
            html: format!(
                "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table{class}>\
                 <thead><tr>{}</tr></thead><tbody>",
                heads.concat()
            ),
            sortable,
        }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.html.push_str("<tr>");
        for cell in cells {
            let class = match cell.class {
                "" => String::new(),
                class => format!(" class=\"{class}\""),
            };
            let by = match cell.by.filter(|_| self.sortable) {
                None => String::new(),
                Some(by) => format!(" data-by=\"{}\"", crate::encode::number(by)),
            };
            self.html
                .push_str(&format!("<td{class}{by}>{}</td>", cell.html));
        }
        self.html.push_str("</tr>");
    }

    pub(super) fn end(self) -> String {
        self.html + "</tbody></table></div>"
    }
}

/// Facts, each with its name.
pub(super) fn facts(rows: &[(&str, String)]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>"))
        .collect();
    format!("<dl class=\"facts\">{}</dl>", rows.concat())
}

/// A list.
pub(super) fn list(items: &[String]) -> String {
    format!("<ul><li>{}</li></ul>", items.join("</li><li>"))
}

/// Words with a capital in front.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A moment, to the second.
pub(super) fn moment(ms: i64) -> String {
    let text = Timestamp(ms).to_string();
    match text.get(..19) {
        Some(second) if text.as_bytes()[10] == b'T' => format!("{} UTC", second.replace('T', " ")),
        _ => text,
    }
}

/// Its day.
pub(super) fn day(ms: i64) -> String {
    Timestamp(ms).to_string().chars().take(10).collect()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day as newspapers write it.
pub(super) fn day_in_words(ms: i64) -> String {
    let day = day(ms);
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, of_month] = parts[..] else {
        return day;
    };
    let name = month
        .parse::<usize>()
        .ok()
        .and_then(|m| MONTHS.get(m.checked_sub(1)?));
    name.map_or(day.clone(), |name| {
        format!("{} {name} {year}", of_month.trim_start_matches('0'))
    })
}

/// A time between posts.
pub(super) fn apart(ms: i64) -> String {
    let seconds = ms.unsigned_abs() as f64 / 1000.0;
    match seconds {
        s if s < 120.0 => format!("{} s", crate::text::number(s)),
        s if s < 7_200.0 => format!("{} min", crate::text::number((s / 6.0).round() / 10.0)),
        s => format!("{} h", crate::text::number((s / 360.0).round() / 10.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(moment(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(moment(1), "1970-01-01 00:00:00 UTC");
        assert_eq!(day(86_400_000), "1970-01-02");
        assert_eq!(day_in_words(86_400_000), "2 January 1970");
        assert_eq!(apart(-1_500), "1.5 s");
        assert_eq!(apart(600_000), "10 min");
    }
}
