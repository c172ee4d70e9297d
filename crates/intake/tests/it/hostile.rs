//! Bytes that mean harm, or nothing: an error or rejects, never a panic, and every row accounted for.

use overt_intake::{Format, Settings};
use proptest::prelude::*;

use crate::read_bytes;

fn accounted(bytes: &[u8], format: Option<Format>) {
    let settings = Settings {
        format,
        max_rejects: 1.0,
        ..Settings::default()
    };
    if let Ok((receipt, sink)) = read_bytes(bytes, &settings) {
        assert_eq!(receipt.posts(), sink.posts.len() as u64);
        let rejected: u64 = receipt.rejected.values().sum();
        assert_eq!(rejected, sink.rejects.len() as u64);
        assert_eq!(receipt.rows(), receipt.posts() + rejected + receipt.skipped);
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
