//! Captures of pages and tables of them, as they are handed over for a case: what is kept, what is said, what is refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot make its files ends")]

use std::io::{Read, Write};
use std::path::PathBuf;

use overt_intake::{HandedOver, read_handed};
use overt_model::handed::{Piece, Sharing};
use proptest::prelude::*;
use sha1::{Digest, Sha1};
use sha2::Sha256;

fn hex(bytes: &[u8]) -> String {
    overt_model::key::hex(bytes)
}

fn record(kind: &str, more: &str, block: &str) -> String {
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-09-01T10:00:00Z\r\n\
         WARC-Target-URI: https://news.example/{kind}\r\n{more}Content-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

fn response(more: &str, head: &str, body: &str) -> String {
    let more = format!("Content-Type: application/http; msgtype=response\r\n{more}");
    record(
        "response",
        &more,
        &format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}"),
    )
}

fn sha1(of: &str) -> String {
    format!("sha1:{}", hex(&Sha1::digest(of.as_bytes())))
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<HandedOver, String> {
        let path = self.file(name, bytes);
        read_handed(&[path], Sharing::Amber).map_err(|e| e.to_string())
    }
}

fn bytes(over: &HandedOver, piece: &Piece) -> Vec<u8> {
    let mut bytes = Vec::new();
    over.open(&piece.bytes)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(hex(&Sha256::digest(&bytes)), piece.sha256);
    bytes
}

/// How often something was left out for a reason.
fn left(over: &HandedOver, reason: &str) -> u64 {
    let all = over.handed.tally.left_out.iter();
    all.filter(|((_, r), _)| r.contains(reason))
        .map(|(_, n)| n)
        .sum()
}

fn archive() -> String {
    let body = "<p>what it said</p>";
    [
        record(
            "warcinfo",
            "Content-Type: application/warc-fields\r\n",
            "software: x\r\n",
        ),
        response(
            &format!("WARC-Payload-Digest: {}\r\n", sha1(body)),
            "Content-Type: text/html\r\n",
            body,
        ),
        record(
            "request",
            "Content-Type: application/http\r\n",
            "GET / HTTP/1.1\r\n\r\n",
        ),
        record("revisit", "WARC-Profile: x\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
        response(
            "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
            "",
            "changed since",
        ),
        response("WARC-Truncated: length\r\n", "", "only the beginn"),
        response(
            "",
            "Transfer-Encoding: chunked\r\n",
            "4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n",
        ),
        response("", "", ""),
        record(
            "response",
            "Content-Type: text/dns\r\n",
            "news.example 192.0.2.1",
        ),
    ]
    .concat()
}

#[test]
fn responses_are_kept_as_they_were_captured() {
    let folder = Folder::new();
    let over = folder.read("a.warc", archive()).unwrap();
    let pieces = &over.handed.pieces;
    let read: Vec<Vec<u8>> = pieces.iter().map(|p| bytes(&over, p)).collect();
    assert_eq!(
        read,
        [
            &b"<p>what it said</p>"[..],
            b"only the beginn",
            b"wikipedia"
        ]
    );
    assert_eq!(pieces[0].collected.as_deref(), Some("2026-09-01"));
    for words in [
        "https://news.example/response; captured 2026-09-01T10:00:00Z",
        "answered with HTTP/1.1 200 OK",
        "its body is what its digest says, sha1:",
        "in a.warc",
    ] {
        assert!(pieces[0].from.contains(words), "{}", pieces[0].from);
    }
    assert!(
        pieces[1]
            .from
            .contains("cut short when it was captured (length)")
    );
    assert!(pieces[1].from.contains("no digest that could be compared"));
    for reason in ["it is damaged", "in another record", "it has no body"] {
        assert_eq!(left(&over, reason), 1, "{reason}");
    }
    let warnings = over.handed.warnings.join("\n");
    assert!(
        warnings.contains("is damaged") && warnings.contains("cut short"),
        "{warnings}"
    );
    // Nine records: three pieces, three left out, three that are no answer of a web server.
    assert_eq!(over.handed.tally.total() + 3, 9);
}

#[test]
fn packed_record_by_record_or_in_an_archive_it_is_the_same() {
    let folder = Folder::new();
    let mut packed = Vec::new();
    for record in archive().split_inclusive("\r\n\r\n\r\n") {
        let mut member = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
        member.write_all(record.as_bytes()).unwrap();
        member.finish().unwrap();
    }
    let plain = folder.read("a.warc", archive()).unwrap();
    let gz = folder.read("a.warc.gz", &packed).unwrap();
    let hashes = |over: &HandedOver| {
        let all = over.handed.pieces.iter();
        all.map(|p| p.sha256.clone()).collect::<Vec<_>>()
    };
    assert_eq!(hashes(&plain), hashes(&gz));
    let wacz = |hash: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let how = zip::write::SimpleFileOptions::default();
        let listed = format!(
            "{{\"resources\":[{{\"path\":\"archive/data.warc.gz\",\"hash\":\"sha256:{hash}\"}}]}}"
        );
        for (name, bytes) in [
            ("datapackage.json", listed.as_bytes()),
            ("archive/data.warc.gz", &packed),
            ("../../etc/passwd", b"x"),
        ] {
            zip.start_file(name, how).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let whole = wacz(&hex(&Sha256::digest(&packed)));
    let over = folder.read("a.wacz", &whole).unwrap();
    assert_eq!(hashes(&plain), hashes(&over));
    let refused = folder.read("b.wacz", wacz(&"0".repeat(64))).unwrap_err();
    assert!(
        refused.contains("archive/data.warc.gz: it is damaged"),
        "{refused}"
    );
    let cut = folder
        .read("c.wacz", &whole[..whole.len() / 2])
        .unwrap_err();
    assert!(cut.contains("was cut"), "{cut}");
}

#[test]
fn what_is_cut_is_refused_with_the_record() {
    let folder = Folder::new();
    let whole = archive();
    for (n, end) in [whole.len() - 10, 900, 5].into_iter().enumerate() {
        let refused = folder
            .read(&format!("{n}.warc"), &whole[..end])
            .unwrap_err();
        assert!(
            refused.contains("record ") && refused.contains("cut"),
            "{refused}"
        );
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(whole.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert!(
        folder
            .read("cut.warc.gz", &packed[..packed.len() / 2])
            .is_err()
    );
    let liar = "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 9999999999999\r\n\r\nx";
    let refused = folder.read("liar.warc", liar).unwrap_err();
    assert!(refused.contains("before the record does"), "{refused}");
    let nameless = format!("WARC/1.0\r\n{}", "x".repeat(2 << 20));
    assert!(folder.read("long.warc", nameless).is_err());
}

#[test]
fn a_saved_page_is_one_item_with_its_address_and_time() {
    let folder = Folder::new();
    let page = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example/a\r\nSubject: x\r\n\
        Date: Tue, 1 Sep 2026 10:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\
        \tboundary=\"----b----\"\r\n\r\n\r\n------b----\r\nContent-Type: text/html\r\n\r\n<p>x\r\n------b----\r\nContent-Type: image/png\r\n\r\nx\r\n------b------\r\n";
    let over = folder.read("a.mhtml", page).unwrap();
    let file = &over.handed.files[0];
    assert!(
        file.from
            .starts_with("https://news.example/a; captured 2026-09-01T10:00:00Z"),
        "{}",
        file.from
    );
    assert_eq!(
        (file.collected.as_deref(), over.handed.tally.total()),
        (Some("2026-09-01"), 3)
    );
    let cut = folder
        .read("b.mhtml", &page[..page.len() - 20])
        .unwrap_err();
    assert!(cut.contains("was cut"), "{cut}");
}

#[test]
fn links_with_hashes_are_kept_as_references() {
    let folder = Folder::new();
    let hash = "ab".repeat(32);
    let table = format!(
        "url,sha256,captured\nhttps://news.example/a,{hash},2026-09-01\nhttps://news.example/a,{hash},2026-09-01\n\
         https://news.example/b,abc,2026-09-01\nnews.example,{hash},\nhttps://news.example/c,{hash},someday\n\
         https://news.example/d,{hash},\n,,\n"
    );
    let over = folder.read("links.csv", table).unwrap();
    let pieces = &over.handed.pieces;
    assert_eq!(pieces.len(), 2);
    assert!(pieces[0].from.contains(&format!(
        "its bytes are not here: whoever has them has SHA-256 {hash}"
    )));
    assert_eq!(pieces[0].collected.as_deref(), Some("2026-09-01"));
    assert_eq!(pieces[1].collected, None);
    for reason in [
        "twice",
        "not a SHA-256",
        "no scheme",
        "cannot be read",
        "empty",
    ] {
        assert_eq!(left(&over, reason), 1, "{reason}");
    }
    let other = folder.read("other.csv", "a,b\n1,2\n").unwrap_err();
    assert!(other.contains("columns url, sha256, captured"), "{other}");
}

#[test]
fn rows_of_abcde_are_statements_with_what_claims_can_be_made_of() {
    let folder = Folder::new();
    let table = "Incident;Actor;Behaviour;Content;Degree;Effect;Source;TLP\n\
        Example Wave;Example Bear;T0049; lies;;none;EU DisinfoLab;green\n\
        Second;company:Example LLC | Other;they posted a lot;;;;;TLP:PINK\n";
    let over = folder.read("answers.csv", table).unwrap();
    let links: Vec<(&str, &str)> = over
        .handed
        .links
        .iter()
        .map(|l| (l.subject.as_str(), l.object.as_deref().unwrap()))
        .collect();
    assert_eq!(
        links,
        [
            ("campaign:Example Wave", "threat-actor:Example Bear"),
            ("campaign:Example Wave", "technique:T0049"),
            ("campaign:Second", "company:Example LLC"),
            ("campaign:Second", "threat-actor:Other"),
        ]
    );
    let pieces = &over.handed.pieces;
    assert_eq!(pieces[0].origin.as_deref(), Some("EU DisinfoLab"));
    assert!(
        pieces[0]
            .from
            .contains("1 of five questions without an answer")
    );
    assert_eq!(
        [pieces[0].sharing, pieces[1].sharing],
        [Sharing::Green, Sharing::AmberStrict]
    );
    assert_eq!(over.handed.files[0].sharing, Sharing::AmberStrict);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Flipped and cut, it is read or refused; whatever is kept is what its hash says.
    #[test]
    fn no_bytes_are_too_much(at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
        let folder = Folder::new();
        let mut whole = archive().into_bytes();
        let at = at.index(whole.len());
        whole[at] = byte;
        let end = end.index(whole.len() * 2).min(whole.len());
        if let Ok(over) = folder.read("a.warc", &whole[..end]) {
            for piece in &over.handed.pieces {
                bytes(&over, piece);
            }
        }
    }
}
