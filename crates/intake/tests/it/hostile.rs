//! Bytes that mean harm, or nothing: an error or rejects, never a panic, and every row accounted for.
#![allow(clippy::unwrap_used)]

use overt_intake::{Format, OwnListMapping, Settings, read_lists, read_own_list};
use overt_model::Entity;
use proptest::prelude::*;

use crate::published::book::{book, packed};
use crate::published::data;
use crate::read_bytes;

/// Lists in every layout that is read, made by hand.
const LISTS: [&str; 19] = [
    "uksl_sample.csv",
    "uksl_sample.xml",
    "sdn_sample.xml",
    "sdn_advanced_sample.xml",
    "sdn_enhanced_sample.xml",
    "eu_sample.csv",
    "eu_contacts_sample.xml",
    "seco_sample.xml",
    "sema_sample.xml",
    "sema_sample.json",
    "dfat_sample.csv",
    "world_bank_sample.json",
    "world_bank_sample.csv",
    "adb_sample.json",
    "adb_sample.csv",
    "idb_sample.csv",
    "ebrd_sample.json",
    "nsdc_sample.json",
    "targets_sample.nested.json",
];

/// What is read of a list says where it was read, can be written, and comes back as it was.
fn is_sound(entities: &[Entity]) {
    for entity in entities {
        assert!(!entity.id.is_empty() && !entity.provenance.is_empty());
        let line = serde_json::to_string(entity).unwrap();
        assert_eq!(&serde_json::from_str::<Entity>(&line).unwrap(), entity);
    }
}

fn read_as(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    for list in read_lists(&[path]).unwrap_or_default() {
        is_sound(&list.entities);
    }
}

/// Bytes changed, taken out and put in at places that are shares of the whole.
fn changes() -> impl Strategy<Value = Vec<(f64, u8, Vec<u8>)>> {
    let marks = prop::sample::select(b"<>&\"';,{}[]:/\n\0\xff(19".to_vec());
    let put = prop::collection::vec(prop_oneof![marks, any::<u8>()], 0..4);
    prop::collection::vec((0.0..1.0, 0u8..4, put), 1..12)
}

fn changed(mut bytes: Vec<u8>, changes: &[(f64, u8, Vec<u8>)]) -> Vec<u8> {
    for (place, out, put) in changes {
        let at = (*place * bytes.len() as f64) as usize;
        let end = (at + usize::from(*out)).min(bytes.len());
        bytes.splice(at..end, put.iter().copied());
    }
    bytes
}

pub(crate) fn accounted(bytes: &[u8], format: Option<Format>) {
    let settings = Settings {
        format,
        max_rejects: 1.0,
        ..Settings::default()
    };
    if let Ok((receipt, sink)) = read_bytes(bytes, &settings) {
        assert_eq!(receipt.posts(), sink.posts.len() as u64);
        let rejected: u64 = receipt.rejected.values().sum();
        assert_eq!(rejected, sink.rejects.len() as u64);
        assert_eq!(
            receipt.rows(),
            receipt.posts() + rejected + receipt.left_out()
        );
    }
}

fn any_format() -> impl Strategy<Value = Option<Format>> {
    proptest::option::of(prop::sample::select(Format::all().collect::<Vec<_>>()))
}

/// Words that formats are made of, in no order.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\n",
        "\r\n",
        "\\",
        "\"id\"",
        "\"data\"",
        "\"messages\"",
        "\"chats\"",
        "\"list\"",
        "\"text\"",
        "\"type\":\"message\"",
        "\"author_id\"",
        "\"id_str\"",
        "\"user\":{",
        "\"did\":\"d\"",
        "\"time_us\":1",
        "\"account\":{",
        "\"content\":\"<p\"",
        "\"visibility\"",
        "1630497600",
        "-1",
        "1e400",
        "null",
        "true",
        "user",
        "timestamp",
        "object_id",
        "account_id",
        "content_id",
        "timestamp_share",
        "é",
        "\u{202e}",
        "\u{0}",
        "2021-09-01",
        ";",
        "\t",
        "|",
        "'",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|w| w.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), format in any_format()) {
        accounted(&bytes, format);
    }

    #[test]
    fn anything_like_a_format(text in pieces(), format in any_format()) {
        accounted(text.as_bytes(), format);
    }

    #[test]
    fn lists_with_bytes_changed(name in prop::sample::select(LISTS.to_vec()), changes in changes()) {
        let bytes = std::fs::read(data(name)).unwrap();
        read_as(name, &changed(bytes, &changes));
    }

    #[test]
    fn spreadsheets_with_bytes_changed(changes in changes(), sheet in changes()) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(data("dfat_sample.csv")).unwrap();
        let row = |r: csv::Result<csv::StringRecord>| r.unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<Vec<String>> = reader.records().map(row).collect();
        read_as("list.xlsx", &changed(book(&rows), &changes));
        // Behind the packing, so that more than its checks are reached.
        let cells = rows.iter().map(|row| {
            let text = changed(row.join("\u{1f}").into_bytes(), &sheet);
            let text = String::from_utf8_lossy(&text).replace(|c: char| c.is_control() && c != '\u{1f}', "");
            text.split('\u{1f}').take(26).map(str::to_owned).collect()
        });
        read_as("list.xlsx", &book(&cells.collect::<Vec<_>>()));
    }

    #[test]
    fn archives_with_bytes_changed(changes in changes()) {
        let members = ["sema_sample.json", "uksl_sample.csv"].map(|n| (n, std::fs::read(data(n)).unwrap()));
        let members: Vec<(&str, &[u8])> = members.iter().map(|(n, b)| (*n, b.as_slice())).collect();
        read_as("lists.zip", &changed(packed(&members), &changes));
    }

    #[test]
    fn own_lists_with_bytes_changed(table in changes(), mapping in changes()) {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["own.csv", "own.csv.list.toml"].map(|n| folder.path().join(n));
        let [list, says] = ["own_sample.csv", "own_sample.csv.list.toml"].map(|n| std::fs::read(data(n)).unwrap());
        std::fs::write(&paths[0], changed(list, &table)).unwrap();
        std::fs::write(&paths[1], &says).unwrap();
        let known = OwnListMapping::read(&paths[1]).unwrap();
        if let Ok(list) = read_own_list(&paths[0], &known) {
            is_sound(&list.entities);
        }
        std::fs::write(&paths[1], changed(says, &mapping)).unwrap();
        for list in read_lists(&paths).unwrap_or_default() {
            is_sound(&list.entities);
        }
    }

    #[test]
    fn compressed_rubbish(bytes in prop::collection::vec(any::<u8>(), 0..200), magic in 0usize..5) {
        let magics: [&[u8]; 5] = [
            b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"BZh9", b"PK\x03\x04", b"PAR1",
        ];
        let mut all = magics[magic].to_vec();
        all.extend(bytes);
        accounted(&all, None);
    }
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    for open in ["[", "{\"a\":"] {
        accounted(open.repeat(200_000).as_bytes(), None);
        let line = format!(
            "{{\"user\":\"a\",\"timestamp\":1,\"x\":{}}}\n",
            "[".repeat(200_000)
        );
        accounted(line.as_bytes(), None);
    }
}

#[test]
fn a_small_archive_that_unpacks_to_one_endless_row_is_refused() {
    let mut zeros = Vec::new();
    let mut packer = flate2::GzBuilder::new().write(&mut zeros, flate2::Compression::best());
    std::io::Write::write_all(&mut packer, b"user,timestamp\n\"").expect("to pack");
    let chunk = vec![b'a'; 1 << 20];
    for _ in 0..80 {
        std::io::Write::write_all(&mut packer, &chunk).expect("to pack");
    }
    packer.finish().expect("to pack");
    let Err(error) = read_bytes(&zeros, &Settings::default()).map(|_| ()) else {
        panic!("a row of 80 MB was read");
    };
    assert_eq!(error.code(), "intake.row-too-long");
}
