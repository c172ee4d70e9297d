//! How a table that somebody brings is written: where its header stands, and what stands between its cells.

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Bytes before the header: a line that names the delimiter, titles.
    pub(crate) skip: usize,
    /// The lines in them.
    pub(crate) lines: u64,
    pub(crate) delimiter: u8,
    /// Whether lines end in carriage returns alone.
    pub(crate) carriage: bool,
}

/// What stands between the cells of a table of one column: nothing that people write.
const NOTHING: u8 = 0x1f;
/// How far down a header is looked for.
const TITLES: usize = 20;

/// How a text that begins so is written. Its header is the first line that `is_header` knows, else the first line with
/// anything in it.
pub(crate) fn dialect(
    text: &[u8],
    has_header: bool,
    is_header: &dyn Fn(&[String]) -> bool,
) -> Result<Dialect, String> {
    if text.iter().take(4096).any(|b| *b == 0) {
        return Err("it is binary".to_owned());
    }
    let carriage = !text.contains(&b'\n') && text.contains(&b'\r');
    let end = if carriage { b'\r' } else { b'\n' };
    let said = said_delimiter(text, end);
    let mut at = said.map_or(0, |(_, length)| length);
    let before = u64::from(said.is_some());
    let mut found = None;
    let below = text[at..].split_inclusive(|b| *b == end).take(TITLES);
    for (lines, line) in (before..).zip(below) {
        let here = Dialect {
            skip: at,
            lines,
            delimiter: said.map_or_else(|| delimiter_of(line), |(delimiter, _)| delimiter),
            carriage,
        };
        if !line.trim_ascii().is_empty() {
            found = found.or(Some(here));
            if !has_header || is_header(&cells(line, here.delimiter)) {
                found = Some(here);
                break;
            }
        }
        at += line.len();
    }
    let found = found.unwrap_or(Dialect {
        skip: 0,
        lines: 0,
        delimiter: b',',
        carriage,
    });
    let header = text[found.skip..].split(|b| *b == end).next();
    let is_one = has_header && cells(header.unwrap_or_default(), found.delimiter).len() == 1;
    Ok(Dialect {
        delimiter: if is_one && said.is_none() {
            NOTHING
        } else {
            found.delimiter
        },
        ..found
    })
}

/// The delimiter that a first line `sep=;` names, as spreadsheets write it, and the length of that line.
fn said_delimiter(text: &[u8], end: u8) -> Option<(u8, usize)> {
    let line = text.split_inclusive(|b| *b == end).next()?;
    let plain = line.trim_ascii_end();
    let plain = plain
        .strip_prefix(b"\"")
        .and_then(|p| p.strip_suffix(b"\""))
        .unwrap_or(plain);
    let is_said = plain
        .get(..4)
        .is_some_and(|p| p.eq_ignore_ascii_case(b"sep="));
    // A tabulator is trimmed away.
    let delimiter = if is_said && plain.len() == 4 {
        b'\t'
    } else {
        *plain.get(4)?
    };
    (is_said && plain.len() <= 5).then_some((delimiter, line.len()))
}

/// Whichever of `,` tab `;` `|` splits a line most.
fn delimiter_of(line: &[u8]) -> u8 {
    let count = |d: u8| line.split(|b| *b == d).count();
    let all = [b',', b'\t', b';', b'|'].into_iter();
    all.max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',')
}

/// The cells of a line.
fn cells(line: &[u8], delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .from_reader(line);
    let mut record = csv::ByteRecord::new();
    let _ = reader.read_byte_record(&mut record);
    let plain = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
    record.iter().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &[u8]) -> (usize, char) {
        let is_header = |cells: &[String]| cells.iter().any(|c| c == "name");
        let found = dialect(text, true, &is_header).unwrap();
        (found.skip, char::from(found.delimiter))
    }

    #[test]
    fn the_delimiter_is_what_splits_the_header_or_what_is_said() {
        assert_eq!(found(b"name\tb,c\td\n"), (0, '\t'));
        assert_eq!(found(b"sep=;\r\nname;a,b,c,d\r\n"), (7, ';'));
        assert_eq!(found(b"\"sep=\t\"\nname\ta,b,c,d\n"), (8, '\t'));
        assert_eq!(found(b"name\rDoe, Ann\r"), (0, '\u{1f}'));
        assert!(dialect(b"\x00\x01", true, &|_| true).is_err());
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        assert_eq!(
            found(b"Customers, as of today\n\nname;born\nAnn;1961\n"),
            (24, ';')
        );
        // Of a table in which no line is known to be one the first is the header.
        assert_eq!(found(b"\nx;y\n1;2\n"), (1, ';'));
        assert_eq!(found(b"name,born\nname,1961\n"), (0, ','));
    }
}
