//! A post within an export, by its id: a row of a table, an object of JSON. In anything else nobody but a reader can tell
//! where it ends.

use serde_json::Value;

/// What is found of a post.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Its words: of each place that has the id, everything that stands there.
    Words(Vec<String>),
    /// The item has posts, and none of that id.
    Nowhere,
    /// The item is no export with ids of posts.
    NoExport,
}

/// A single value of JSON beyond so many bytes is not read.
const MOST_JSON: usize = 64 << 20;

/// Finds a post in the text of an item.
pub(super) fn find(text: &str, id: &str) -> Found {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let found = if start.starts_with(['{', '[']) {
        in_json(start, id)
    } else {
        in_table(start, id)
    };
    match found {
        None => Found::NoExport,
        Some(words) if words.is_empty() => Found::Nowhere,
        Some(words) => Found::Words(words),
    }
}

/// Lines of JSON, or one value of it; none where it is neither or has no ids.
fn in_json(text: &str, id: &str) -> Option<Vec<String>> {
    let first = text.lines().next().unwrap_or_default();
    let by_line = serde_json::from_str::<Value>(first).is_ok_and(|value| value.is_object());
    let mut search = Search {
        id,
        has_ids: false,
        words: Vec::new(),
    };
    if by_line {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        for value in lines.filter_map(|line| serde_json::from_str(line).ok()) {
            search.look(&value);
        }
    } else if text.len() <= MOST_JSON {
        search.look(&serde_json::from_str(text).ok()?);
    }
    search.has_ids.then_some(search.words)
}

struct Search<'i> {
    id: &'i str,
    has_ids: bool,
    words: Vec<String>,
}

impl Search<'_> {
    /// Looks through a value, and takes the words of the innermost objects that have the id.
    fn look(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.look(value)),
            Value::Object(fields) => {
                let ids = fields.iter().filter(|(name, _)| names_posts(name));
                let ids: Vec<String> = ids.filter_map(|(_, value)| scalar(value)).collect();
                self.has_ids |= !ids.is_empty();
                if ids.iter().any(|known| known == self.id) {
                    let mut words = String::new();
                    collect(value, &mut words);
                    self.words.push(words);
                } else {
                    fields.values().for_each(|value| self.look(value));
                }
            }
            _ => {}
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// All strings in a value, in their order; those of a list one after the other, as a text that is in pieces.
fn collect(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => words.push_str(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        Value::Object(fields) => {
            for value in fields.values() {
                collect(value, words);
                words.push('\n');
            }
        }
        _ => {}
    }
}

/// Rows of a table whose first row names a column of ids; none where it does not.
fn in_table(text: &str, id: &str) -> Option<Vec<String>> {
    let first = text.lines().next()?;
    let delimiters = [',', '\t', ';', '|'];
    let delimiter = delimiters
        .into_iter()
        .max_by_key(|delimiter| first.matches(*delimiter).count())?;
    let mut rows = Rows {
        reader: csv_core::ReaderBuilder::new()
            .delimiter(delimiter as u8)
            .build(),
        rest: text.as_bytes(),
        cells: vec![0; text.len()],
        ends: vec![0; MOST_CELLS],
    };
    let columns = rows.next()?;
    let of_ids = columns.iter().enumerate();
    let of_ids: Vec<usize> = of_ids
        .filter(|(_, name)| names_posts(name))
        .map(|(place, _)| place)
        .collect();
    if of_ids.is_empty() {
        return None;
    }
    let is_it = |cell: Option<&String>| cell.is_some_and(|cell| cell == id);
    let with_id = rows.filter(|row| of_ids.iter().any(|at| is_it(row.get(*at))));
    Some(with_id.map(|row| row.join("\n")).collect())
}

/// The most cells of a row; a table with more has no posts.
const MOST_CELLS: usize = 4_096;

struct Rows<'t> {
    reader: csv_core::Reader,
    rest: &'t [u8],
    /// What the cells of a row hold, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Iterator for Rows<'_> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Vec<String>> {
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, cells, ends) = self.reader.read_record(
                self.rest,
                &mut self.cells[written..],
                &mut self.ends[ended..],
            );
            self.rest = &self.rest[read..];
            (written, ended) = (written + cells, ended + ends);
            match result {
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::InputEmpty => {}
                _ => return None,
            }
        }
        let mut from = 0;
        let cells = self.ends[..ended].iter().map(|end| {
            let cell = String::from_utf8_lossy(&self.cells[from..*end]).into_owned();
            from = *end;
            cell
        });
        Some(cells.collect())
    }
}

/// Whether a name of a field or column says that it holds ids or addresses of posts, and not of accounts or of what a post
/// answers.
fn names_posts(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let of_others = [
        "user",
        "account",
        "author",
        "reply",
        "parent",
        "conversation",
        "retweet",
        "quote",
        "from",
        "peer",
        "channel",
        "sender",
        "actor",
        "media",
        "group",
        "chat",
    ];
    let is_id = [
        "id",
        "idstr",
        "url",
        "link",
        "permalink",
        "uri",
        "postid",
        "tweetid",
        "msgid",
    ];
    let ends = ["id", "idstr", "url", "permalink"];
    is_id.contains(&name.as_str())
        || (ends.iter().any(|end| name.ends_with(end))
            && !of_others.iter().any(|other| name.contains(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, id: &str) -> Vec<String> {
        match find(text, id) {
            Found::Words(words) => words,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_post_is_a_row_of_a_table() {
        let table = "tweet_id,user_id,text\n17,9,\"one, and\nanother\"\n18,17,two\n";
        assert_eq!(words(table, "17"), ["17\n9\none, and\nanother"]);
        assert_eq!(words(table, "18"), ["18\n17\ntwo"]);
        assert_eq!(find(table, "9"), Found::Nowhere, "an account");
        assert_eq!(find(table, "two"), Found::Nowhere, "a word");
        assert_eq!(find("a;b\n1;2\n", "1"), Found::NoExport);
        assert_eq!(words("Post ID;Text\n1;first\n", "1"), ["1\nfirst"]);
    }

    #[test]
    fn a_post_is_an_object_of_json() {
        let lines = "{\"id\":17,\"text\":\"one\",\"user\":{\"id\":9}}\n{\"id\":\"18\",\"text\":\"two\",\"in_reply_to_status_id\":17}\n";
        assert!(words(lines, "17")[0].contains("one"));
        assert_eq!(words(lines, "17").len(), 1, "an answer is another post");
        let telegram = "{\"messages\":[{\"id\":5,\"text\":[\"see \",{\"type\":\"link\",\"text\":\"this\"}]},{\"id\":6,\"text\":\"no\"}]}";
        assert!(words(telegram, "5")[0].contains("see "));
        assert!(!words(telegram, "5")[0].contains("no"));
        assert_eq!(find(telegram, "7"), Found::Nowhere);
        assert_eq!(find("[1, 2]", "1"), Found::NoExport);
        assert_eq!(find("{\"id\":", "1"), Found::NoExport, "cut");
    }
}
