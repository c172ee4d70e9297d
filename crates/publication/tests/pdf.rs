//! A PDF read back by another program: its letters are those of the document, in every script for which this machine has
//! a font. `scripts/setup.sh` installs the fonts and the reader.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::process::Command;

use overt_publication::document::Document;

/// What poppler reads out of a PDF, without spaces and marks of direction.
fn read(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
        .expect("pdftotext is not installed: run scripts/setup.sh");
    assert!(out.status.success());
    squeezed(&String::from_utf8(out.stdout).unwrap())
}

fn squeezed(text: &str) -> String {
    let keep = |c: &char| {
        !c.is_whitespace() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{200e}' | '\u{200f}')
    };
    text.chars().filter(keep).collect()
}

#[test]
fn every_script_comes_back_out_of_the_pdf() {
    let texts = [
        ("Chinese", "中华人民共和国国家互联网信息办公室"),
        ("Thai", "บริษัทนี้ก่อตั้งขึ้นในปี 2559"),
        ("Devanagari", "क्षेत्रीय चुनाव में श्री की सहायता २०१६"),
        ("Arabic", "شركة القاهرة"),
        ("Cyrillic and Greek", "Пригожин, Ελλάδα"),
        ("ligatures", "office fi ffl"),
    ];
    let mut document = Document::new("In many scripts");
    for (_, text) in texts {
        document.text(text);
    }
    let rendered = document.pdf().unwrap();
    assert_eq!(
        rendered.missing,
        BTreeSet::new(),
        "fonts are not installed: run scripts/setup.sh"
    );
    let read = read(&rendered.bytes);
    for (script, text) in texts {
        for word in text.split_whitespace() {
            assert!(read.contains(word), "{script}: {word} is not in {read}");
        }
    }
}

#[test]
fn what_no_font_has_is_told_and_said_in_the_pdf() {
    let mut document = Document::new("A sign that is not assigned: \u{378}");
    document.text("and a word");
    let rendered = document.pdf().unwrap();
    assert_eq!(rendered.missing, BTreeSet::from(['\u{378}']));
    assert!(read(&rendered.bytes).contains("boxesabove:[U+0378]"));
}

#[test]
fn a_pdf_names_its_fonts() {
    let named = |text: &str| {
        let mut document = Document::new("Fonts");
        document.text(text);
        let pdf = document.pdf().unwrap().bytes;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document.pdf");
        std::fs::write(&path, pdf).unwrap();
        let out = Command::new("pdfinfo").arg(&path).output().unwrap();
        let info = String::from_utf8(out.stdout).unwrap();
        let keywords = info.lines().find_map(|l| l.strip_prefix("Keywords:"));
        let keywords = keywords.unwrap().trim().to_owned();
        keywords.split(", ").map(str::to_owned).collect::<Vec<_>>()
    };
    let built_in = named("Latin and Пригожин and نام");
    assert_eq!(built_in.len(), 2, "{built_in:?}");
    assert!(
        built_in
            .iter()
            .all(|f| f.starts_with("font DejaVu Sans") && f.contains(" sha256:"))
    );
    assert_eq!(named("and 中文").len(), 3);
}
