//! A table as a spreadsheet (XLSX) of one sheet. Every cell is text or a number, and none a formula.

use std::io::{self, Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The most characters that spreadsheets take in a cell; a longer text makes them call the file damaged.
const MAX_CELL: usize = 32_767;
/// The most rows that they take.
const MAX_ROWS: usize = 1_048_576;
/// Columns whose cells are numbers; in any other what looks like one may be an identifier.
const NUMBERS: [&str; 4] = ["line", "rank", "score", "score_before"];

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// A spreadsheet being written.
pub(crate) struct Book {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    /// Of each column, whether its cells are numbers.
    numbers: Vec<bool>,
    rows: usize,
}

impl Book {
    /// Begins one with the names of its columns.
    pub(crate) fn new(header: &[&str]) -> io::Result<Self> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts() {
            start(&mut zip, name)?;
            zip.write_all(text.as_bytes())?;
        }
        start(&mut zip, "xl/worksheets/sheet1.xml")?;
        let head = format!("{XML}<worksheet xmlns=\"{MAIN}\"><sheetData>");
        zip.write_all(head.as_bytes())?;
        let mut book = Self {
            zip,
            numbers: vec![false; header.len()],
            rows: 0,
        };
        book.row(header.iter().copied())?;
        let is_number = |name: &&str| NUMBERS.contains(name);
        book.numbers = header.iter().map(is_number).collect();
        Ok(book)
    }

    /// Adds a row.
    pub(crate) fn row<S: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = S>,
    ) -> io::Result<()> {
        self.rows += 1;
        if self.rows > MAX_ROWS {
            let most = format!("a spreadsheet has at most {MAX_ROWS} rows");
            return Err(io::Error::other(most));
        }
        let mut row = format!("<row r=\"{}\">", self.rows);
        for (column, cell) in cells.into_iter().enumerate() {
            let is_number = self.numbers.get(column).copied().unwrap_or(false);
            row += &written(cell.as_ref(), is_number);
        }
        row += "</row>";
        self.zip.write_all(row.as_bytes())
    }

    /// Ends it: its bytes.
    pub(crate) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        Ok(self.zip.finish()?.into_inner())
    }
}

fn start(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str) -> io::Result<()> {
    // Without a time, so that the same rows are the same bytes.
    Ok(zip.start_file(name, SimpleFileOptions::default())?)
}

/// The parts beside the sheet.
fn parts() -> [(&'static str, String); 4] {
    let kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let relation = |kind: &str, target: &str| {
        format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
             Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    [
        (
            "[Content_Types].xml",
            format!(
                "{XML}<Types xmlns=\"{PACKAGE}/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kinds}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{kinds}.worksheet+xml\"/></Types>"
            ),
        ),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
                 <sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        ),
    ]
}

fn written(text: &str, is_number: bool) -> String {
    if text.is_empty() {
        return "<c/>".to_owned();
    }
    let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
    if let Some(number) = number.filter(|_| is_number) {
        return format!("<c><v>{number}</v></c>");
    }
    let mut cell = "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">".to_owned();
    let is_long = text.encode_utf16().count() > MAX_CELL;
    let shown = if is_long { MAX_CELL - 100 } else { MAX_CELL };
    let mut units = 0;
    for letter in text.chars() {
        units += letter.len_utf16();
        if units > shown {
            break;
        }
        match letter {
            '&' => cell += "&amp;",
            '<' => cell += "&lt;",
            '>' => cell += "&gt;",
            '\t' | '\n' => cell.push(letter),
            // XML has no sign for these.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => cell.push('\u{fffd}'),
            _ => cell.push(letter),
        }
    }
    if is_long {
        cell += &format!("… (cut; it has {} characters)", text.chars().count());
    }
    cell += "</t></is></c>";
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_or_numbers_and_never_formulas() {
        for text in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "00123",
            "1e5",
            "nan",
        ] {
            let cell = written(text, false);
            assert!(cell.starts_with("<c t=\"inlineStr\">"), "{cell}");
            assert!(!cell.contains("<f"), "{cell}");
        }
        assert_eq!(written("0.75", true), "<c><v>0.75</v></c>");
        for text in ["inf", "nan", "=1", "0.5</v><f>1+1</f>"] {
            assert!(written(text, true).starts_with("<c t="), "{text}");
        }
        assert_eq!(
            written("<f>&\u{1}\n", false),
            "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">&lt;f&gt;&amp;\u{fffd}\n</t></is></c>"
        );
        let long = written(&"𝄞".repeat(40_000), false);
        assert!(long.contains("(cut; it has 40000 characters)"));
        assert!(long.encode_utf16().count() < MAX_CELL + 100);
    }
}
