//! Spreadsheets made by hand: the parts that are read, packed.

use std::fmt::Write as _;
use std::io::Write as _;

/// A zip archive of these members.
pub(crate) fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A book whose first sheet says something else, and whose second has these rows, every other text shared. A cell that
/// begins with `#` is a number, one that begins with `@` a number whose style is a date's.
pub(crate) fn book(rows: &[Vec<String>]) -> Vec<u8> {
    let (mut strings, mut sheet) = (Vec::new(), String::new());
    for (r, row) in rows.iter().enumerate() {
        write!(sheet, "<row r=\"{}\">", r + 1).unwrap();
        for (c, cell) in row.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            let place = format!("{}{}", char::from(b'A' + u8::try_from(c).unwrap()), r + 1);
            let text = cell.replace('&', "&amp;").replace('<', "&lt;");
            let cell = match cell.as_bytes()[0] {
                b'#' => format!("<c r=\"{place}\"><v>{}</v></c>", &text[1..]),
                b'@' => format!("<c r=\"{place}\" s=\"1\"><v>{}</v></c>", &text[1..]),
                _ if c % 2 == 0 => {
                    strings.push(text);
                    format!("<c r=\"{place}\" t=\"s\"><v>{}</v></c>", strings.len() - 1)
                }
                _ => format!(
                    "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                ),
            };
            sheet.push_str(&cell);
        }
        sheet.push_str("</row>");
    }
    let mut shared = String::from("<sst uniqueCount=\"999999999999\">");
    for text in &strings {
        let (a, b) = text.split_at(text.char_indices().nth(1).map_or(text.len(), |(i, _)| i));
        write!(
            shared,
            "<si><r><t>{a}</t></r><r><rPr/><t>{b}</t></r><rPh><t>aloud</t></rPh></si>"
        )
        .unwrap();
    }
    shared.push_str("</sst>");
    let sheet = format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>");
    packed(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("docProps/core.xml", b"<cp:coreProperties xmlns:cp=\"c\" xmlns:dcterms=\"d\"><dcterms:modified>2026-09-04T05:37:12Z</dcterms:modified></cp:coreProperties>"),
        ("xl/workbook.xml", b"<workbook xmlns:r=\"r\"><workbookPr/><sheets><sheet name=\"Read me\" r:id=\"rId1\"/><sheet name=\"List\" r:id=\"rId2\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>"),
        ("xl/styles.xml", b"<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"d/mm/yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>"),
        ("xl/sharedStrings.xml", shared.as_bytes()),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>Hello</t></is></c></row></sheetData></worksheet>"),
        ("xl/worksheets/sheet2.xml", sheet.as_bytes()),
    ])
}
