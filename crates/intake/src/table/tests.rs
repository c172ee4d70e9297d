use std::io::Write;

use super::*;

fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut table = Table::open(file.path(), &Watch::default()).unwrap();
    let mut rows = Vec::new();
    while let Some(row) = table.next_row().unwrap() {
        let cells = row.cells.unwrap();
        rows.push((row.line, cells.iter().map(str::to_owned).collect()));
    }
    rows
}

#[test]
fn whatever_the_delimiter_encoding_and_compression() {
    let want = [(2, vec!["Zoë".to_owned(), "ru".to_owned()])];
    for text in [
        "name,country\nZoë,ru\n",
        "name;country\r\nZoë;ru\r\n",
        "name|country\nZoë|ru",
        "\u{feff}name\tcountry\nZoë\tru\n",
    ] {
        assert_eq!(rows(text.as_bytes()), want, "{text:?}");
        for big in [false, true] {
            let units = text.trim_start_matches('\u{feff}').encode_utf16();
            let unit = |u: u16| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            };
            let plain: Vec<u8> = units.flat_map(unit).collect();
            assert_eq!(rows(&plain), want, "without a mark, {text:?}");
            let marked = [unit(0xfeff).to_vec(), plain].concat();
            assert_eq!(rows(&marked), want, "{text:?}");
        }
    }
    let text = "name,country\nZoë,ru\n".as_bytes();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text).unwrap();
    assert_eq!(rows(&gz.finish().unwrap()), want);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("c.csv", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(text).unwrap();
    assert_eq!(rows(&zip.finish().unwrap().into_inner()), want);
}

#[test]
fn columns_by_name_however_written() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"Date of Birth,COUNTRY-code\n1961,ru\n")
        .unwrap();
    let table = Table::open(file.path(), &Watch::default()).unwrap();
    assert_eq!(table.column(&["dob", "date_of_birth"]), Some(0));
    assert_eq!(table.column(&["country_code"]), Some(1));
    assert_eq!(table.column(&["name"]), None);
}

#[test]
fn an_archive_of_several_tables_is_refused() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(file.as_file_mut());
    for name in ["a.csv", "b.csv"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"name\nx\n").unwrap();
    }
    zip.finish().unwrap();
    let refused = Table::open(file.path(), &Watch::default()).err().unwrap();
    assert!(
        refused.to_string().contains("archive of 2 files"),
        "{refused}"
    );
}

fn opened(bytes: &[u8]) -> (tempfile::NamedTempFile, Table) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let table = Table::open(file.path(), &Watch::default()).unwrap();
    (file, table)
}

#[test]
fn quotes_that_do_not_balance_are_refused_and_what_they_may_hide_is_marked() {
    for text in [
        "name,dob\nA B,1970\n\"C D,1971\nE F,1972\n",
        "A B,1970\n\"C D,1971\nE F,1972\nG \"H\",1973\nI J,1974\n",
    ] {
        let (_file, mut table) = opened(text.as_bytes());
        let refused = loop {
            match table.next_row() {
                Ok(row) => assert!(row.is_some(), "{text:?}"),
                Err(refused) => break refused,
            }
        };
        assert_eq!(refused.code(), "intake.unbalanced-quotes");
        assert!(refused.to_string().contains("line "), "{refused}");
    }
    let text = "name,dob,address\nA,1,\"1 Main St\nFlat 2\"\n\"C,1971,x\nE\",1972,y\n";
    let (_file, mut table) = opened(text.as_bytes());
    let mut marked = Vec::new();
    while let Some(row) = table.next_row().unwrap() {
        marked.push((row.line, row.looks_like_rows));
    }
    assert_eq!(marked, [(2, false), (4, true)]);
}

#[test]
fn what_is_not_utf_8_is_windows_1252_where_it_reads_as_that() {
    let (_file, mut table) =
        opened(b"name\nZo\xeb M\xfcller\n\xcf\xf0\xe8\xe3\xee\xe6\xe8\xed,7\n");
    let row = table.next_row().unwrap().unwrap();
    assert_eq!(
        (row.cell(Some(0)), row.encoding),
        ("Zoë Müller", Some("windows-1252"))
    );
    // Letters of Russian in another encoding.
    assert!(table.next_row().unwrap().unwrap().cells.is_err());
    // Of a row that is damaged what is text can be told.
    let mut bytes = "name,id\nZoë,1\n".as_bytes().to_vec();
    bytes.extend(b"Zo\xeb,2\n");
    let (_file, mut table) = opened(&bytes);
    table.next_row().unwrap();
    let row = table.next_row().unwrap().unwrap();
    assert!(row.cells.is_err());
    assert_eq!(row.cell(Some(1)), "2");
}

#[test]
fn lines_that_end_in_carriage_returns_and_names_with_commas() {
    assert_eq!(
        rows(b"name,born\rAnn,1961\rBea,1962\r"),
        [
            (2, vec!["Ann".to_owned(), "1961".to_owned()]),
            (3, vec!["Bea".to_owned(), "1962".to_owned()])
        ]
    );
    assert_eq!(
        rows(b"name\nDoe, Ann\n"),
        [(2, vec!["Doe, Ann".to_owned()])]
    );
    assert_eq!(
        rows(b"sep=;\nname;born\nAnn;1,5\n"),
        [(3, vec!["Ann".to_owned(), "1,5".to_owned()])]
    );
}

#[test]
fn titles_stand_above_a_header() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"Customers, all\n\nname;born\nAnn;1961\n")
        .unwrap();
    let known = |cells: &[String]| cells.iter().any(|c| c == "name");
    let mut table = Table::open_below(file.path(), &Watch::default(), &known).unwrap();
    assert_eq!(table.columns(), ["name", "born"]);
    let row = table.next_row().unwrap().unwrap();
    assert_eq!((row.line, row.cell(Some(0))), (4, "Ann"));
}

#[test]
fn a_row_that_is_not_text_is_handed_on() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"name\nok\n\xff\xfe\xfd\nok\n").unwrap();
    let mut table = Table::open(file.path(), &Watch::default()).unwrap();
    let mut good = Vec::new();
    while let Some(row) = table.next_row().unwrap() {
        good.push(row.cells.is_ok());
    }
    assert_eq!(good, [true, false, true]);
}

/// A spreadsheet of sheets with rows of texts, as parts of an archive.
fn book(sheets: &[&[&[&str]]]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let (mut refs, mut rels) = (String::new(), String::new());
    for (n, rows) in sheets.iter().enumerate() {
        refs += &format!(r#"<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>"#);
        rels += &format!(r#"<Relationship Id="r{n}" Target="worksheets/s{n}.xml"/>"#);
        let row = |(at, cells): (usize, &&[&str])| {
            let cell = |text: &&str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
            let cells: String = cells.iter().map(cell).collect();
            format!(r#"<row r="{}">{cells}</row>"#, 3 + 2 * at)
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        part(
            &format!("xl/worksheets/s{n}.xml"),
            &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        );
    }
    part(
        "xl/workbook.xml",
        &format!(r#"<workbook xmlns:r="r"><sheets>{refs}</sheets></workbook>"#),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships>{rels}</Relationships>"),
    );
    zip.finish().unwrap();
    file
}

#[test]
fn a_spreadsheet_is_a_table_too() {
    let rows: &[&[&str]] = &[&["Name", "Land"], &["Zoë", "ru"], &["", "de"]];
    let file = book(&[&[], rows]);
    let mut table = Table::open(file.path(), &Watch::default()).unwrap();
    let name = table.column(&["name"]);
    assert_eq!(table.columns(), ["Name", "Land"]);
    let row = table.next_row().unwrap().unwrap();
    assert_eq!((row.line, row.cell(name)), (5, "Zoë"));
    assert_eq!(table.next_row().unwrap().unwrap().line, 7);
    assert!(table.next_row().unwrap().is_none());
    assert_eq!(table.finish().unwrap().len(), 64);
    let mut plain = Table::open_without_header(file.path(), &Watch::default()).unwrap();
    assert_eq!(plain.next_row().unwrap().unwrap().line, 3);
}

#[test]
fn a_pipe_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let writing = path.clone();
    let writer = std::thread::spawn(move || std::fs::write(writing, "name\nAnn\n"));
    let mut table = Table::open(&path, &Watch::default()).unwrap();
    assert_eq!(table.next_row().unwrap().unwrap().cell(Some(0)), "Ann");
    writer.join().unwrap().unwrap();
}

#[test]
fn of_several_sheets_none_is_read_for_all() {
    let rows: &[&[&str]] = &[&["name"], &["Ann"]];
    for (sheets, word) in [
        (vec![rows, rows], "2 of its sheets"),
        (vec![&[][..]], "empty"),
    ] {
        let file = book(&sheets);
        let refused = Table::open(file.path(), &Watch::default()).err().unwrap();
        let said = refused.to_string();
        assert!(
            said.contains(word) || refused.code() == "intake.empty-file",
            "{said}"
        );
    }
    let many = vec![rows; 17];
    assert!(Table::open(book(&many).path(), &Watch::default()).is_err());
}
