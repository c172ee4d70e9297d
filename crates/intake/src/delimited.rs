//! Rows of cells: CSV and TSV in all their dialects.

use std::borrow::Cow;
use std::str::from_utf8;

use csv::ByteRecord;
use overt_model::Post;

use crate::detect::Format;
use crate::error::{Error, Reason};
use crate::formats::{self, Table};
use crate::read::Ingest;
use crate::roles::{ROLES, Role};
use crate::source::{ROW_LIMIT, Source, bounded, read_error};
use crate::time::{epoch, parse_time};

/// The first line of a table.
pub(crate) struct Header {
    pub(crate) delimiter: u8,
    pub(crate) columns: Vec<String>,
}

/// Reads the header, the delimiter being whichever of `,` tab `;` `|` splits it most.
pub(crate) fn header(text: &[u8]) -> Result<Header, String> {
    let end = text.iter().position(|b| *b == b'\n').unwrap_or(text.len());
    let line = &text[..end];
    // Text has no zero bytes, wherever its first line ends.
    if text.iter().take(4096).any(|b| *b == 0) {
        return Err("it is binary".to_owned());
    }
    let count = |d: u8| line.split(|b| *b == d).count();
    let delimiter = [b',', b'\t', b';', b'|']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .from_reader(line);
    let mut record = ByteRecord::new();
    reader
        .read_byte_record(&mut record)
        .map_err(|e| e.to_string())?;
    let columns = record
        .iter()
        .map(|c| String::from_utf8_lossy(c).trim().to_owned())
        .collect();
    Ok(Header { delimiter, columns })
}

/// A row of cells.
pub(crate) trait Row<'a> {
    /// A cell as text; empty where there is nothing.
    ///
    /// # Errors
    /// When it is no text.
    fn cell(&self, column: usize) -> Result<&'a str, Reason>;

    /// A cell as a whole number, where the table stores it as one.
    fn whole_number(&self, _column: usize) -> Option<i64> {
        None
    }
}

/// A row of delimited text, checked as a whole where that is possible: cells not in use may hold anything.
struct TextRow<'a> {
    record: &'a ByteRecord,
    whole: Option<&'a str>,
}

impl<'a> Row<'a> for TextRow<'a> {
    fn cell(&self, column: usize) -> Result<&'a str, Reason> {
        let text = match (self.whole, self.record.range(column)) {
            (Some(text), Some(range)) => text.get(range),
            _ => from_utf8(&self.record[column]).ok(),
        };
        text.ok_or(Reason::InvalidUtf8)
    }
}

/// Where each role stands in a row.
pub(crate) struct Layout {
    at: [Option<usize>; ROLES.len()],
    extra: Vec<usize>,
    /// Whether there is more than the bare event.
    details: bool,
}

impl Layout {
    /// Finds the roles among columns: by the user's mapping, then the format's table, then by usual names.
    pub(crate) fn find(
        path: &std::path::Path,
        columns: &[String],
        table: Option<&Table>,
        ingest: &Ingest<'_>,
    ) -> Result<Self, Error> {
        let found = || columns.join(", ");
        let named = |name: &str| columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        let must = |name: &str| {
            named(name).ok_or_else(|| Error::NoSuchColumn {
                path: path.to_owned(),
                column: name.to_owned(),
                found: found(),
            })
        };
        let mut at = [None; ROLES.len()];
        for (n, (role, _, usual)) in ROLES.iter().enumerate() {
            let given = ingest.settings.columns.iter().find(|(r, _)| r == role);
            at[n] = match (given, table) {
                (Some((_, name)), _) => Some(must(name)?),
                (None, Some(table)) => table.columns_of(*role).find_map(named),
                (None, None) => usual.iter().find_map(|name| named(name)),
            };
        }
        let bare = [Role::Id, Role::Account, Role::Time, Role::Object];
        let details = ROLES
            .iter()
            .any(|(role, _, _)| !bare.contains(role) && at[*role as usize].is_some());
        let layout = Self {
            details,
            at,
            extra: ingest
                .settings
                .extra
                .iter()
                .map(|c| must(c))
                .collect::<Result<_, _>>()?,
        };
        for role in [Role::Account, Role::Time] {
            if layout.of(role).is_none()
                && !(role == Role::Time && layout.of(Role::ReceiptTime).is_some())
            {
                return Err(Error::MissingColumn {
                    path: path.to_owned(),
                    role: role.name(),
                    found: found(),
                });
            }
        }
        Ok(layout)
    }

    /// The columns in use, in order.
    pub(crate) fn columns(&self) -> Vec<usize> {
        let mut used: Vec<usize> = self
            .at
            .iter()
            .flatten()
            .chain(&self.extra)
            .copied()
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// Whether a column holds nothing but times.
    pub(crate) fn is_time(&self, column: usize) -> bool {
        let times = [Role::Time, Role::ReceiptTime];
        let is = |n: usize| self.at[n] == Some(column);
        let elsewhere = (0..ROLES.len()).any(|n| !times.contains(&ROLES[n].0) && is(n));
        times.iter().any(|role| is(*role as usize)) && !elsewhere && !self.extra.contains(&column)
    }

    fn of(&self, role: Role) -> Option<usize> {
        self.at[role as usize]
    }

    /// A post from the cells of a row.
    pub(crate) fn post<'a>(
        &self,
        row: &impl Row<'a>,
        platform: &'a str,
    ) -> Result<Post<'a>, (Reason, &'a str)> {
        let get = |role: Role| -> Result<&'a str, (Reason, &'a str)> {
            self.of(role)
                .map_or(Ok(""), |column| row.cell(column))
                .map_err(|reason| (reason, role.name()))
        };
        let some = |role: Role| get(role).map(|t| (!is_none(t)).then_some(Cow::Borrowed(t)));
        let list = |role: Role| get(role).map(split_list);
        let time = |role: Role| -> Result<Option<i64>, (Reason, &'a str)> {
            if let Some(n) = self.of(role).and_then(|column| row.whole_number(column)) {
                let epoch = epoch(n).ok_or((Reason::BadTime, ""))?;
                return Ok(Some(epoch.0.0));
            }
            let text = get(role)?;
            if is_none(text) {
                return Ok(None);
            }
            parse_time(text)
                .map(|(t, _)| Some(t.0))
                .ok_or((Reason::BadTime, text))
        };
        let posted = time(Role::Time)?;
        let received = if self.of(Role::ReceiptTime).is_some() {
            time(Role::ReceiptTime)?
        } else {
            None
        };
        let mut post = Post {
            platform: Cow::Borrowed(platform),
            id: Cow::Borrowed(get(Role::Id)?),
            account: Cow::Borrowed(get(Role::Account)?),
            time: received.or(posted).ok_or((Reason::MissingTime, ""))?,
            client_time: received.and(posted),
            object: some(Role::Object)?,
            ..Post::default()
        };
        if self.of(Role::Platform).is_some() {
            let named = get(Role::Platform)?;
            if !named.is_empty() {
                post.platform = Cow::Owned(named.to_lowercase());
            }
        }
        if self.details {
            let number = |role: Role| {
                get(role).map(|t| {
                    t.parse::<f64>()
                        .ok()
                        .filter(|n| *n >= 0.0)
                        .map(|n| n as u64)
                })
            };
            post.account_name = some(Role::AccountName)?;
            post.text = some(Role::Text)?;
            post.repost_of = some(Role::RepostOf)?;
            post.repost_of_time = time(Role::RepostTime).unwrap_or(None);
            post.is_repost = is_yes(get(Role::IsRepost)?) || post.repost_of.is_some();
            post.reply_to = some(Role::ReplyTo)?;
            post.urls = list(Role::Urls)?;
            post.hashtags = list(Role::Hashtags)?;
            post.mentions = list(Role::Mentions)?;
            post.media = list(Role::Media)?;
            post.language = some(Role::Language)?;
            post.client = some(Role::Client)?;
            post.community = some(Role::Community)?;
            post.likes = number(Role::Likes)?;
            post.shares = number(Role::Shares)?;
            post.views = number(Role::Views)?;
            post.followers = number(Role::Followers)?;
            post.account_created = parse_time(get(Role::AccountCreated)?).map(|(t, _)| t);
        }
        for &column in &self.extra {
            let value = row.cell(column).map_err(|reason| (reason, "column"))?;
            post.columns
                .push((!is_none(value)).then_some(Cow::Borrowed(value)));
        }
        Ok(post)
    }
}

/// Whether a name is nothing but a long hexadecimal number.
fn is_hash(name: &str) -> bool {
    name.len() >= 32 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What exports write for nothing.
fn is_none(text: &str) -> bool {
    matches!(
        text,
        "" | "NA" | "N/A" | "null" | "None" | "nan" | "NaN" | "[]" | "absent"
    )
}

fn is_yes(text: &str) -> bool {
    matches!(text, "1" | "true" | "True" | "TRUE" | "yes" | "t")
}

/// A list in one cell: `[a, b]`, `['a', 'b']`, `a|b`, `a b` or `a,b`.
pub(crate) fn split_list(text: &str) -> Vec<Cow<'_, str>> {
    if is_none(text) {
        return Vec::new();
    }
    let inner = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .unwrap_or(text);
    let separators: &[char] = if inner.contains("://") {
        &[' ', '|', '\n', '\t']
    } else {
        &[' ', '|', ',', ';', '\n', '\t']
    };
    inner
        .split(separators)
        .map(|item| item.trim_matches([' ', ',', '\'', '"']))
        .filter(|item| !item.is_empty())
        .map(Cow::Borrowed)
        .collect()
}

/// Reads a table and returns its columns.
pub(crate) fn read(
    source: &mut Source,
    format: Format,
    ingest: &mut Ingest<'_>,
) -> Result<Vec<String>, Error> {
    let path = source.path.clone();
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?;
    let bom = if peek.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let wrong = |detail: String| Error::WrongFormat {
        path: path.clone(),
        format: format.name(),
        detail,
    };
    let header = header(&peek[bom..]).map_err(wrong)?;
    // A reader stands before the line feed of the line before, where lines end in carriage return and line feed.
    let feed = peek
        .iter()
        .position(|b| *b == b'\n')
        .is_some_and(|i| i > 0 && peek[i - 1] == b'\r');
    source.bytes.consume(bom);
    let table = formats::TABLES.iter().find(|t| t.format == format);
    let layout = Layout::find(&path, &header.columns, table, ingest)?;
    let platform = table.and_then(|t| t.platform).unwrap_or("").to_owned();
    let platform = ingest.settings.platform.clone().unwrap_or(platform);
    if let Some(warning) = table.and_then(|t| (t.warning)(&header.columns)) {
        ingest.warn(&path, &warning);
    }
    let (bytes, bound) = bounded(&mut source.bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(header.delimiter)
        .quoting(!ingest.settings.no_quotes)
        .flexible(true)
        .buffer_capacity(1 << 18)
        .from_reader(bytes);
    reader
        .byte_headers()
        .map_err(|e| row_error(&path, "csv", 0, 1, bound.exceeded(), e))?;
    let mut record = ByteRecord::new();
    let mut hashed_authors = 0u64;
    loop {
        bound.mark();
        let line = reader.position().line();
        let more = reader.read_byte_record(&mut record);
        if !more.map_err(|e| row_error(&path, "csv", ingest.rows, line, bound.exceeded(), e))? {
            if hashed_authors > 0 && hashed_authors == ingest.rows && format == Format::FourCat {
                ingest.warn(&path, "authors were pseudonymised at export; accounts cannot be named or matched with other exports");
            }
            return Ok(header.columns);
        }
        let line = record.position().map_or(line, csv::Position::line) + u64::from(feed);
        ingest.row()?;
        if record.len() != header.columns.len() {
            let detail = format!(
                "{} cells, the header has {}",
                record.len(),
                header.columns.len()
            );
            ingest.reject(line, Reason::ColumnCount, &detail)?;
            continue;
        }
        let row = TextRow {
            record: &record,
            whole: from_utf8(record.as_slice()).ok(),
        };
        match layout.post(&row, &platform) {
            Ok(mut post) => {
                if let Some(mend) = table.and_then(|t| t.mend) {
                    mend(&mut post);
                }
                hashed_authors += u64::from(is_hash(&post.account));
                ingest.post(&post, line)?;
            }
            Err((reason, detail)) => ingest.reject(line, reason, detail)?,
        }
    }
}

/// Why no further row can be read.
pub(crate) fn row_error(
    path: &std::path::Path,
    format: &'static str,
    rows: u64,
    line: u64,
    too_long: bool,
    error: csv::Error,
) -> Error {
    if too_long {
        return Error::RowTooLong {
            path: path.to_owned(),
            line,
            limit: ROW_LIMIT,
        };
    }
    match error.into_kind() {
        csv::ErrorKind::Io(e) => read_error(path, rows, e),
        other => Error::WrongFormat {
            path: path.to_owned(),
            format,
            detail: format!("{other:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_stand_in_the_order_of_their_table() {
        for (n, (role, _, _)) in ROLES.iter().enumerate() {
            assert_eq!(*role as usize, n, "{role:?}");
        }
    }

    #[test]
    fn lists_are_split_however_they_are_written() {
        for (text, want) in [
            (
                "[https://a.org/x,y, http://b.org]",
                vec!["https://a.org/x,y", "http://b.org"],
            ),
            ("['238096063', '7']", vec!["238096063", "7"]),
            ("one|two", vec!["one", "two"]),
            ("one,two three", vec!["one", "two", "three"]),
            ("[]", vec![]),
        ] {
            assert_eq!(split_list(text), want, "{text}");
        }
    }

    #[test]
    fn the_delimiter_is_what_splits_the_header() {
        assert_eq!(header(b"a\tb,c\td\n").expect("a header").delimiter, b'\t');
        assert_eq!(header(b"a;b;c").expect("a header").columns, ["a", "b", "c"]);
        assert!(header(b"\x00\x01").is_err());
    }
}
