//! Lists of indicators: sites and links that others have published as belonging to known operations.
//!
//! A CSV with a column `indicator`, as Meta publishes its own, or one indicator a line.

use std::path::{Path, PathBuf};

use super::{LIMIT, read_text};
use crate::error::Error;

/// Columns that say more of an indicator.
const NOTES: [&str; 4] = ["procedure", "comments", "note", "description"];

/// An indicator as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The indicator.
    pub text: String,
    /// What the list says of it; may be empty.
    pub note: String,
}

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorList {
    /// Its file.
    pub path: PathBuf,
    /// SHA-256 of the stored bytes, in hex.
    pub sha256: String,
    /// Its indicators, in order; empty ones are left out.
    pub listed: Vec<Listed>,
}

/// Reads a list of indicators, compressed or not.
///
/// # Errors
/// A file that cannot be read, is no UTF-8 or unpacks to more than 256 MB.
pub fn read_indicators(path: &Path) -> Result<IndicatorList, Error> {
    let (sha256, text) = read_text(path, LIMIT)?;
    Ok(IndicatorList {
        path: path.to_owned(),
        sha256,
        listed: read_listed(&text),
    })
}

fn read_listed(text: &str) -> Vec<Listed> {
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = rows.records().flatten().peekable();
    let Some((column, notes)) = rows.peek().and_then(header) else {
        let lines = text.lines().map(|line| entry(line, String::new()));
        return lines.flatten().collect();
    };
    let note = |row: &csv::StringRecord| {
        let told = notes.iter().filter_map(|n| row.get(*n).map(str::trim));
        told.filter(|n| !n.is_empty())
            .collect::<Vec<_>>()
            .join("; ")
    };
    rows.skip(1)
        .filter_map(|row| entry(row.get(column)?, note(&row)))
        .collect()
}

/// The columns of indicator and notes, if the row is such a header.
fn header(row: &csv::StringRecord) -> Option<(usize, Vec<usize>)> {
    let names: Vec<String> = row.iter().map(|n| n.trim().to_lowercase()).collect();
    let indicator = names.iter().position(|n| n == "indicator")?;
    let is_note = |n: &usize| NOTES.contains(&names[*n].as_str());
    Some((indicator, (0..names.len()).filter(is_note).collect()))
}

fn entry(text: &str, note: String) -> Option<Listed> {
    let text = text.trim();
    (!text.is_empty()).then(|| Listed {
        text: text.to_owned(),
        note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_notes_and_a_plain_list_are_read() {
        let table = "source,procedure,indicator,comments\nr,Redirects,a.example,\"one, two\"\nr,,,\nr,,b.example,\n";
        let expected = [("a.example", "Redirects; one, two"), ("b.example", "")];
        let expected = expected.map(|(text, note)| Listed {
            text: text.to_owned(),
            note: note.to_owned(),
        });
        assert_eq!(read_listed(table), expected);
        let plain: Vec<String> = read_listed(" a.example\n\nb, \"c\n")
            .into_iter()
            .map(|l| l.text)
            .collect();
        assert_eq!(plain, ["a.example", "b, \"c"]);
    }
}
