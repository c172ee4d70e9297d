//! A sample of every format: whole, cut, changed and packed, every row is accounted for.
//!
//! `OVERT_MUTATED=10000` changes so many exports for each format.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, StringArray, StructArray, TimestampMillisecondArray};
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use arrow::record_batch::RecordBatch;
use overt_intake::{Error, Format, Input, LeftOut, Mapping, Reason, Settings, Watch, read};
use proptest::prelude::*;

use crate::hostile::accounted;
use crate::logs::hostile::{mutated, mutations};
use crate::{Everything, Seen, read_bytes};

/// Every sample, in order of name.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/posts");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    let with_bytes = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(path).unwrap())
    };
    files.into_iter().map(with_bytes).collect()
}

fn sample(name: &str) -> Vec<u8> {
    let found = samples().into_iter().find(|(n, _)| n == name);
    found.unwrap_or_else(|| panic!("no sample {name}")).1
}

fn posts(bytes: &[u8]) -> Vec<Seen> {
    let (_, sink) = read_bytes(bytes, &Settings::default()).unwrap();
    assert!(sink.rejects.is_empty(), "{:?}", sink.rejects);
    sink.posts
}

#[test]
fn every_row_of_every_format_is_a_post_a_reject_or_left_out() {
    for (name, bytes) in samples() {
        let (receipt, sink) =
            read_bytes(&bytes, &Settings::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let rejected: u64 = receipt.rejected.values().sum();
        assert_eq!(
            receipt.rows(),
            receipt.posts() + rejected + receipt.left_out(),
            "{name}"
        );
        assert_eq!(
            (rejected, receipt.posts()),
            (0, sink.posts.len() as u64),
            "{name}"
        );
        let file = &receipt.files[0];
        assert_eq!(
            file.rows,
            file.posts + file.rejected + file.left_out,
            "{name}"
        );
        // Every post has an account of its own, and none of the samples names a platform wrongly.
        let accounts: std::collections::HashSet<&str> =
            sink.posts.iter().map(|p| p.account.as_str()).collect();
        assert!(accounts.len() >= 2, "{name}: {accounts:?}");
    }
}

#[test]
fn words_for_nobody_are_no_accounts() {
    let mut table = "account,time,text\n".to_owned();
    let words = [
        "nan",
        "None",
        "null",
        "NULL",
        "N/A",
        "#N/A",
        "<NA>",
        "undefined",
        "-",
        " ",
        "[deleted]",
    ];
    for (n, word) in words.iter().enumerate() {
        writeln!(
            table,
            "ann{n},2024-10-01T10:00:00Z,x\n{word},2024-10-01T10:00:00Z,x"
        )
        .unwrap();
    }
    let settings = Settings {
        max_rejects: 1.0,
        ..Settings::default()
    };
    let (receipt, sink) = read_bytes(table.as_bytes(), &settings).unwrap();
    assert_eq!(receipt.rejected[&Reason::MissingAccount], 10);
    assert_eq!(receipt.left_out[&LeftOut::Nobody], 1);
    assert_eq!(sink.posts.len(), words.len());
}

#[test]
fn a_cell_with_all_that_is_known_of_an_account_is_opened_or_refused() {
    let of_json = |n: u32| format!(r#""{{""id"": ""7{}"", ""followers"": {n}}}""#, n % 3);
    let of_python = |n: u32| format!(r#""{{'username': 'ann{}', 'followers': {n}}}""#, n % 3);
    let cells: [&dyn Fn(u32) -> String; 2] = [&of_json, &of_python];
    for cell in cells {
        let mut table = "id,user,date,content\n".to_owned();
        for n in 0..30 {
            writeln!(table, "{n},{},2024-10-01T10:00:00Z,text", cell(n)).unwrap();
        }
        let (receipt, sink) = read_bytes(table.as_bytes(), &Settings::default()).unwrap();
        let accounts: std::collections::HashSet<&str> =
            sink.posts.iter().map(|p| p.account.as_str()).collect();
        assert_eq!((sink.posts.len(), accounts.len()), (30, 3), "{accounts:?}");
        assert!(
            receipt
                .warnings
                .iter()
                .any(|w| w.contains("is taken as its name")),
            "{:?}",
            receipt.warnings
        );
    }
    let mut table = "id,user,date,content\n".to_owned();
    for n in 0..30 {
        writeln!(
            table,
            r#"{n},"{{""seen"": {n}}}",2024-10-01T10:00:00Z,text"#
        )
        .unwrap();
    }
    let Err(Error::TooManyRejects { reason, .. }) =
        read_bytes(table.as_bytes(), &Settings::default())
    else {
        panic!("it was read");
    };
    assert_eq!(reason, Some(Reason::StructuredAccount));
}

#[test]
fn a_header_further_down_is_left_out_or_stops_what_would_be_misread() {
    let header = "id,account,time,text\n";
    let rows = "1,ann,2024-10-01T10:00:00Z,x\n2,bob,2024-10-01T10:00:00Z,x\n";
    let again = format!("{header}{rows}{header}3,cid,2024-10-01T10:00:00Z,x\n");
    let (receipt, sink) = read_bytes(again.as_bytes(), &Settings::default()).unwrap();
    assert_eq!((sink.posts.len(), sink.rejects.len()), (3, 0));
    assert_eq!(receipt.left_out[&LeftOut::Header], 1);
    for other in ["account,id,time,text", "user,tweet,created_at,text"] {
        let table = format!("{header}{rows}{other}\ncid,3,2024-10-01T10:00:00Z,x\n");
        let read = read_bytes(table.as_bytes(), &Settings::default());
        assert!(
            matches!(read, Err(Error::OtherHeader { line: 4, .. })),
            "{other}"
        );
    }
}

#[test]
fn an_id_that_was_taken_for_a_number_is_the_same_id() {
    let table = "id,account,time,text,retweeted_status_id\n\
                 11.0,700017.0,2024-10-01T10:00:00Z,x,\n\
                 12, 700017 ,2024-10-01T10:00:00Z,x,\n\
                 13,700017,2024-10-01T10:00:00Z,x,11.0\n\
                 14, 700017,2024-10-01T10:00:00Z,x,1.47E+18\n";
    let (receipt, sink) = read_bytes(table.as_bytes(), &Settings::default()).unwrap();
    assert!(sink.posts.iter().all(|p| p.account == "700017"));
    assert_eq!(sink.posts[0].id, "11");
    let reposts: Vec<&str> = sink.posts.iter().map(|p| &*p.repost_of).collect();
    assert_eq!(reposts, ["", "", "11", ""]);
    let told = |begin: &str| receipt.warnings.iter().any(|w| w.starts_with(begin));
    assert!(
        told("2 posts have an id") && told("1 post refers to another"),
        "{:?}",
        receipt.warnings
    );
}

#[test]
fn two_columns_of_one_name_are_told() {
    let table = "account,account,time\nann,1,2024-10-01T10:00:00Z\n";
    let (receipt, sink) = read_bytes(table.as_bytes(), &Settings::default()).unwrap();
    assert_eq!(sink.posts[0].account, "ann");
    assert!(
        receipt
            .warnings
            .iter()
            .any(|w| w.contains("several columns are named account"))
    );
}

#[test]
fn a_stray_zero_byte_does_not_make_a_table_binary() {
    let mut table = "account,time,text\n".to_owned();
    for n in 0..100 {
        let stray = if n == 7 { "\0" } else { "" };
        writeln!(
            table,
            "ann{n},2024-10-01T10:00:00Z,some words{stray} and more"
        )
        .unwrap();
    }
    assert_eq!(posts(table.as_bytes()).len(), 100);
    let binary: Vec<u8> = (0..4000u32)
        .flat_map(|n| (n * 7919).to_le_bytes())
        .collect();
    assert!(read_bytes(&binary, &Settings::default()).is_err());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_before_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("posts");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let named = [pipe.to_string_lossy().into_owned()];
    assert!(matches!(
        overt_intake::expand(&named),
        Err(Error::Pipe { .. })
    ));
}

#[test]
fn a_cut_export_is_an_error_or_ends_in_counts() {
    for (name, bytes) in samples() {
        for cut in (0..bytes.len()).step_by(1 + bytes.len() / 60) {
            accounted(&bytes[..cut], None);
        }
        accounted(&bytes[..bytes.len() - 1], None);
        let format = name
            .rsplit_once('.')
            .and_then(|(stem, _)| stem.parse().ok());
        accounted(&bytes[..bytes.len() / 2], format);
    }
}

#[test]
fn changed_exports_end_in_counts() {
    let few = mutations(40);
    let all: Vec<Format> = Format::all().collect();
    for (name, bytes) in samples() {
        let format: Option<Format> = name
            .rsplit_once('.')
            .and_then(|(stem, _)| stem.parse().ok());
        for n in 0..few {
            let changed = mutated(&bytes, n);
            accounted(&changed, format);
            accounted(&changed, None);
            if n % 5 == 0 {
                accounted(&changed, Some(all[(n / 5) as usize % all.len()]));
            }
        }
    }
}

#[test]
fn forms_of_twarc_say_the_same() {
    let key = |posts: Vec<Seen>| -> Vec<_> {
        let of = |p: Seen| {
            (
                p.id,
                p.account,
                p.time,
                p.repost_of,
                p.reply_to,
                p.urls,
                p.hashtags,
            )
        };
        posts.into_iter().map(of).collect()
    };
    let lines = key(posts(&sample("x-v2.jsonl")));
    assert_eq!(lines.iter().filter(|p| !p.3.is_empty()).count(), 1);
    assert_eq!(key(posts(&sample("twarc-csv.csv"))), lines);
    assert_eq!(key(posts(&sample("twarc-csv-nested.csv"))), lines);
}

#[test]
fn what_is_not_a_post_is_left_out_with_its_reason() {
    for (name, want) in [
        (
            "jetstream.jsonl",
            vec![
                (LeftOut::Like, 1),
                (LeftOut::Deletion, 1),
                (LeftOut::Notice, 1),
                (LeftOut::OtherKind, 1),
            ],
        ),
        ("reddit.jsonl", vec![(LeftOut::Nobody, 1)]),
        ("telegram.json", vec![(LeftOut::Notice, 1)]),
        ("x-v1.jsonl", vec![(LeftOut::Deletion, 1)]),
        ("x-v2.jsonl", vec![(LeftOut::EmptyPage, 1)]),
    ] {
        let (receipt, _) = read_bytes(&sample(name), &Settings::default()).unwrap();
        assert_eq!(
            receipt.left_out.into_iter().collect::<Vec<_>>(),
            want,
            "{name}"
        );
    }
}

#[test]
fn particulars_of_formats() {
    let tiktok = posts(&sample("4cat-ndjson.jsonl"));
    assert_eq!(
        (tiktok[1].reply_to.as_str(), tiktok[2].reply_to.as_str()),
        ("74000000001", "74000000002")
    );
    let bluesky = posts(&sample("bluesky.json"));
    assert_eq!(bluesky[0].media, ["bafkreiexample"]);
    assert_eq!(
        (bluesky[1].account.as_str(), bluesky[1].repost_of.as_str()),
        ("did:plc:ben", bluesky[0].id.as_str())
    );
    assert!(
        bluesky[2]
            .urls
            .contains(&"https://bsky.app/profile/did:plc:ann/post/3kexample1".to_owned()),
        "a quote"
    );
    let jetstream = posts(&sample("jetstream.jsonl"));
    assert_eq!(
        (jetstream[3].account.as_str(), jetstream[3].time),
        ("did:plc:dee", 1_730_800_920_123)
    );
    let telethon = posts(&sample("telethon.jsonl"));
    assert_eq!(
        (telethon[0].urls.clone(), telethon[0].hashtags.clone()),
        (
            vec!["https://news.example/a".to_owned()],
            vec!["vote".to_owned()]
        )
    );
    assert_eq!(telethon[1].repost_of, "channel9002/77");
    let meltwater = read_bytes(&sample("meltwater.csv"), &Settings::default()).unwrap();
    assert_eq!(meltwater.0.files[0].encoding, Some("UTF-16LE"));
    assert!(
        meltwater.0.warnings.iter().any(|w| w.contains("UTF-16LE")),
        "{:?}",
        meltwater.0.warnings
    );
    assert_eq!(
        meltwater.1.posts[1].time, 1_730_800_860_000,
        "a day and a clock"
    );
    let brandwatch = read_bytes(&sample("brandwatch.csv"), &Settings::default()).unwrap();
    assert!(
        brandwatch
            .0
            .warnings
            .iter()
            .any(|w| w.contains("6 lines above")),
        "{:?}",
        brandwatch.0.warnings
    );
    assert_eq!(
        (
            brandwatch.1.posts[1].is_repost,
            brandwatch.1.posts[1].urls.len()
        ),
        (true, 0)
    );
    let crowdtangle = posts(&sample("crowdtangle.csv"));
    assert_eq!(
        crowdtangle[0].urls,
        ["https://news.example/a"],
        "where Final Link is empty, Link says it"
    );
    assert_eq!(crowdtangle[0].counts[0], Some(1000));
    let meta = posts(&sample("meta-content-library.csv"));
    assert_eq!(
        (meta[0].platform.as_str(), meta[2].platform.as_str()),
        ("facebook", "instagram")
    );
    let vk = posts(&sample("vk.json"));
    assert_eq!(
        (vk[1].id.as_str(), vk[1].repost_of.as_str()),
        ("-9001_501", "-9001_500")
    );
    let rtweet = posts(&sample("rtweet.csv"));
    assert_eq!(
        rtweet[1].repost_of, "1853000000000000101",
        "without the x in front of it"
    );
}

/// A spreadsheet with one sheet of texts, and in the last column a number that its style makes a time.
fn spreadsheet(rows: &[Vec<String>], days: &[f64]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut sheet = String::new();
    for (r, row) in rows.iter().enumerate() {
        // Every second row is left out, as where a filter hid it.
        write!(sheet, "<row r=\"{}\">", 1 + 2 * r).unwrap();
        for cell in row {
            write!(
                sheet,
                "<c t=\"inlineStr\"><is><t>{}</t></is></c>",
                escape(cell)
            )
            .unwrap();
        }
        let last = r.checked_sub(1).and_then(|r| days.get(r));
        last.iter()
            .for_each(|day| write!(sheet, "<c s=\"1\"><v>{day}</v></c>").unwrap());
        sheet.push_str("</row>");
    }
    let parts = [
        ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>".to_owned()),
        ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/s.xml\"/></Relationships>".to_owned()),
        ("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>".to_owned()),
        ("xl/worksheets/s.xml", format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
    ];
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn days_and_times_of_a_spreadsheet_are_times() {
    let row = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let rows = [
        row(&["author", "text", "date"]),
        row(&["ann", "one\ntwo"]),
        row(&["ben", "three"]),
    ];
    let (receipt, sink) = read_bytes(
        &spreadsheet(&rows, &[45_601.416_666_666_7, 45_601.5]),
        &Settings::default(),
    )
    .unwrap();
    let times: Vec<i64> = sink.posts.iter().map(|p| p.time).collect();
    assert_eq!(times, [1_730_800_800_000, 1_730_808_000_000]);
    assert_eq!(
        (receipt.rows(), sink.posts[0].text.as_str()),
        (2, "one two")
    );
}

#[test]
fn a_spreadsheet_is_read_as_its_table() {
    let text = String::from_utf8(sample("twarc-csv.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let mut rows = vec![header];
    rows.extend(
        reader
            .records()
            .map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()),
    );
    let (receipt, sink) = read_bytes(&spreadsheet(&rows, &[]), &Settings::default()).unwrap();
    assert_eq!(receipt.files[0].format.name(), "twarc-csv");
    assert_eq!(sink.posts, posts(text.as_bytes()));
    assert_eq!(receipt.files[0].sha256.len(), 64);
}

#[test]
fn long_windows_of_zstd_are_undone() {
    // A frame that asks for 2 GiB, with one block that is stored as it is.
    let bytes = sample("reddit.jsonl").repeat(50);
    let size = u32::try_from(bytes.len() << 3 | 1).unwrap();
    let mut packed = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (31 - 10) << 3];
    packed.extend(&size.to_le_bytes()[..3]);
    packed.extend(&bytes);
    assert!(bytes.len() <= 128 << 10);
    let (receipt, _) = read_bytes(&packed, &Settings::default()).unwrap();
    assert_eq!((receipt.posts(), receipt.left_out()), (150, 50));
}

#[test]
fn structures_and_lists_of_parquet_are_read() {
    let text = |values: Vec<Option<&str>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let author = StructArray::new(
        Fields::from(vec![
            Field::new("did", DataType::Utf8, true),
            Field::new("handle", DataType::Utf8, true),
        ]),
        vec![
            text(vec![Some("did:plc:ann"), Some("did:plc:ben")]),
            text(vec![Some("ann"), None]),
        ],
        None,
    );
    let times = Arc::new(TimestampMillisecondArray::from(vec![
        1_730_800_800_000,
        1_730_800_820_000,
    ])) as ArrayRef;
    let counts = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
        Some(vec![Some(1), Some(2)]),
        None,
    ])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("author", Arc::new(author) as ArrayRef),
        ("created_at", times),
        ("text", text(vec![Some("one"), Some("two")])),
        ("tags", counts),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let column = |role: &str, name: &str| (role.parse().unwrap(), name.to_owned());
    let settings = Settings {
        columns: vec![
            column("account", "author.did"),
            column("account-name", "author.handle"),
        ],
        ..Settings::default()
    };
    let (_, sink) = read_bytes(&bytes, &settings).unwrap();
    let seen = &sink.posts[0];
    assert_eq!(
        (seen.account.as_str(), seen.name.as_str(), seen.time),
        ("did:plc:ann", "ann", 1_730_800_800_000)
    );
    assert_eq!(seen.hashtags, ["1", "2"]);
    assert_eq!(
        (sink.posts[1].name.as_str(), sink.posts[1].hashtags.len()),
        ("", 0)
    );
    let known = RecordBatch::try_from_iter(["did", "rkey", "text", "created_at"].map(|name| {
        let value = if name == "created_at" {
            "2024-11-05T10:00:00Z"
        } else {
            name
        };
        (name, text(vec![Some(value)]))
    }))
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, known.schema(), None).unwrap();
    writer.write(&known).unwrap();
    writer.close().unwrap();
    let (receipt, sink) = read_bytes(&bytes, &Settings::default()).unwrap();
    assert_eq!(
        (receipt.files[0].format.name(), sink.posts[0].id.as_str()),
        ("bluesky-parquet", "did/rkey")
    );
}

#[test]
fn a_mapping_of_ones_own_reads_tables_and_json() {
    let mapping = Mapping::parse(
        "name = \"mine\"\nplatform = \"forum\"\nnobody = \"[gone]\"\n[roles]\nid = { join = [\"board\", \"nr\"], with = \"/\" }\n\
         account = \"poster\"\ntime = { from = \"when\", form = \"%d|%m|%Y %H:%M\" }\ntext = { from = \"html\", markup = true }\n\
         is-repost = { from = \"kind\", yes = \"share\" }\n",
    )
    .unwrap();
    let settings = Settings {
        mapping: Some(mapping),
        ..Settings::default()
    };
    let table = "board;nr;poster;when;html;kind\nb;1;ann;05|11|2024 10:00;\"<p>Hi &amp; ho</p>\";share\nb;2;[gone];05|11|2024 10:00;x;own\n";
    let json = r#"[{"board":"b","nr":1,"poster":"ann","when":"05|11|2024 10:00","html":"<p>Hi &amp; ho</p>","kind":"share"},
        {"board":"b","nr":2,"poster":"[gone]","when":"05|11|2024 10:00","html":"x","kind":"own"}]"#;
    for text in [table, json] {
        let (receipt, sink) = read_bytes(text.as_bytes(), &settings).unwrap();
        let want = Seen {
            platform: "forum".into(),
            id: "b/1".into(),
            account: "ann".into(),
            time: 1_730_800_800_000,
            text: "Hi & ho".into(),
            is_repost: true,
            ..Seen::default()
        };
        assert_eq!(sink.posts, [want], "{text}");
        assert_eq!(
            (
                receipt.left_out.get(&LeftOut::Nobody),
                receipt.files[0].format
            ),
            (Some(&1), Format::Own)
        );
    }
}

#[test]
fn what_a_mapping_reads_from_no_column_is_told() {
    let mapping = Mapping::parse(
        "name = \"mine\"\n[roles]\naccount = \"poster\"\ntime = \"when\"\ntext = \"wrods\"\nurls = \"links\"\n",
    );
    let settings = Settings {
        mapping: Some(mapping.unwrap()),
        ..Settings::default()
    };
    let table = "poster,when,words,links\nann,2024-11-05T10:00:00Z,x,https://a.example\n";
    let (receipt, _) = read_bytes(table.as_bytes(), &settings).unwrap();
    let told = "the mapping reads text from columns that are not there; the table has poster, when, words, links";
    assert!(
        receipt.warnings.iter().any(|w| w.contains(told)),
        "{:?}",
        receipt.warnings
    );
}

#[test]
fn days_and_months_are_told_by_the_whole_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.csv");
    let mut text = "author,date,text\n".to_owned();
    // The first date that tells stands behind everything that is looked at beforehand.
    (0..40_000).for_each(|n| text += &format!("u{},05/06/2025 10:00,hello\n", n % 7));
    text += "u1,27/06/2025 10:00,hello\n";
    std::fs::write(&path, &text).unwrap();
    let mut sink = Everything::default();
    let inputs = [Input::File(path)];
    read(&inputs, &Settings::default(), &Watch::default(), &mut sink).unwrap();
    assert_eq!(sink.posts[0].time, 1_749_117_600_000, "5 June");
}

#[test]
fn links_that_are_the_posts_own_are_not_shared() {
    let row = |n: usize| {
        format!(
            "{n},user{},2024-11-05 10:00:{:02},https://t.example/user{}/status/{n},https://news.example/{}\n",
            n % 5,
            n % 60,
            n % 5,
            n % 3
        )
    };
    let rows: String = (0..40).map(row).collect();
    let table = format!("id,author,date,url,link\n{rows}");
    let (receipt, sink) = read_bytes(table.as_bytes(), &Settings::default()).unwrap();
    assert!(
        sink.posts
            .iter()
            .all(|p| p.urls.len() == 1 && p.urls[0].starts_with("https://news.example/"))
    );
    assert!(
        receipt
            .warnings
            .iter()
            .any(|w| w.contains("url holds the posts' own addresses")),
        "{:?}",
        receipt.warnings
    );
    let line = |n: usize| {
        format!(
            "{{\"id\":{n},\"author\":\"user{}\",\"date\":1730800800,\"url\":\"https://t.example/user{}/status/{n}\"}}\n",
            n % 5,
            n % 5
        )
    };
    let lines: String = (0..40).map(line).collect();
    let (receipt, sink) = read_bytes(lines.as_bytes(), &Settings::default()).unwrap();
    assert!(
        sink.posts.iter().all(|p| p.urls.is_empty()),
        "{:?}",
        sink.posts[0]
    );
    assert!(
        receipt.warnings.iter().any(|w| w.contains("own addresses")),
        "{:?}",
        receipt.warnings
    );
    let settings = Settings {
        columns: vec![("urls".parse().unwrap(), "url".to_owned())],
        ..Settings::default()
    };
    let (_, sink) = read_bytes(table.as_bytes(), &settings).unwrap();
    assert!(
        sink.posts[0].urls[0].contains("status"),
        "what the user says counts"
    );
}

#[test]
fn ids_that_were_rounded_are_rejected_one_by_one() {
    let text = "id,author,date,retweet_id\n1.47E+18,ann,1730800800,\n17,ben,1730800801,1.46E+18\n";
    let settings = Settings {
        max_rejects: 1.0,
        ..Settings::default()
    };
    let (receipt, sink) = read_bytes(text.as_bytes(), &settings).unwrap();
    let post = &sink.posts[0];
    assert!(post.is_repost && post.repost_of.is_empty(), "{post:?}");
    assert!(
        receipt.warnings[0].starts_with("1 post refers"),
        "{:?}",
        receipt.warnings
    );
    assert_eq!(
        (
            sink.posts.len(),
            sink.rejects[0].reason,
            sink.rejects[0].at.line
        ),
        (1, Reason::RoundedId, 2)
    );
}

/// Whoever reads an export in which a quote is never closed where its cell ends must see what it swallowed.
#[test]
fn what_a_quote_astray_swallows_is_counted() {
    use Reason::{AstrayQuote, BadTime, OpenQuote};
    const UP_TO_THE_END: &str = "ann,1730800800,\"hello\nben,1730800801,no\ncem,1730800802,yes\n";
    const CUT: &str = "ann,1730800800,no\nben,1730800801,\"hello, all of\nyou";
    const OPEN: [&str; 2] = [UP_TO_THE_END, CUT];
    let head = "author,date,text\n";
    for (rows, posts, rejects) in [
        // Up to the next quote, rows between or none.
        (
            "ann,1730800800,\"hello\nben,1730800801,no\ncem,1730800802,\"say, what\"\ndan,1730800803,yes\n",
            "ann dan",
            vec![(3, AstrayQuote), (4, AstrayQuote)],
        ),
        (
            "ann,1730800800,\"hello\nben,1730800801,\"say, what\"\ndan,1730800803,yes\n",
            "ann dan",
            vec![(3, AstrayQuote)],
        ),
        (
            "\"ann,1730800800,hello\nben,1730800801,no\n\"cem\",1730800802,yes\ndan,1730800803,yes\n",
            "ann dan",
            vec![(3, AstrayQuote), (4, AstrayQuote)],
        ),
        (
            "ann,\"1730800800,hello\nben,1730800801,\"no\"\ndan,1730800803,yes\n",
            "ann dan",
            vec![(3, AstrayQuote)],
        ),
        // Up to the end, and a file that is cut within a quote.
        (
            UP_TO_THE_END,
            "ann",
            vec![(3, AstrayQuote), (4, AstrayQuote)],
        ),
        (CUT, "ann", vec![(3, OpenQuote)]),
        // Of the row itself nothing can be said where its time is none.
        (
            "ann,soon,\"hello\nben,1730800801,no\ncem,1730800802,\"yes\"\n",
            "",
            vec![(2, BadTime), (3, AstrayQuote), (4, AstrayQuote)],
        ),
        // Texts of several lines, with commas, dates, quotes and what looks like a table, are texts.
        (
            "ann,1730800800,\"a, b\nc, 5, d\n2024-11-05, 10, vote\n\"\nben,1730800801,\"1\n\n\"\"2\"\"\n\"\n",
            "ann ben",
            vec![],
        ),
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!("{head}{rows}").replace('\n', end);
            let settings = Settings {
                max_rejects: 1.0,
                ..Settings::default()
            };
            let (receipt, sink) = read_bytes(text.as_bytes(), &settings).unwrap();
            let accounts: Vec<&str> = sink.posts.iter().map(|p| p.account.as_str()).collect();
            let found: Vec<_> = sink.rejects.iter().map(|r| (r.at.line, r.reason)).collect();
            assert_eq!(
                (accounts.join(" "), found),
                (posts.to_owned(), rejects.clone()),
                "{text:?}"
            );
            let has = |words: &str| receipt.warnings.iter().any(|w| w.contains(words));
            let swallowed = sink.rejects.iter().any(|r| r.reason == AstrayQuote);
            assert_eq!(has("whose quote is not closed"), swallowed, "{text:?}");
            let is_told = has("never closed");
            assert_eq!(is_told, OPEN.contains(&rows), "{text:?}");
        }
    }
}

/// A file that ends within a row says so, and one that only lacks its last line's end does not.
#[test]
fn a_cut_file_is_told_from_one_without_an_end() {
    let settings = Settings {
        max_rejects: 1.0,
        ..Settings::default()
    };
    for (text, cut) in [
        ("author,date,text\nann,1730800800,hello\nben,17308", true),
        (
            "author,date,text\nann,1730800800,hello\nben,1730800801,yes",
            false,
        ),
        (
            "author,date,text\nann,1730800800\nben,1730800801,yes",
            false,
        ),
        (
            "author,date,text\nann,1730800800,hello\nben,1730800801\n",
            false,
        ),
        ("author,date,text\nann,1730800800,\"hello\nthere", true),
        (
            "{\"account\":\"ann\",\"time\":1730800800}\n{\"account\":\"ben\",\"ti",
            true,
        ),
        (
            "{\"account\":\"ann\",\"time\":1730800800}\n{\"account\":\"ben\"",
            true,
        ),
        ("{\"account\":\"ann\",\"time\":1730800800}", false),
    ] {
        let (receipt, _) = read_bytes(text.as_bytes(), &settings).unwrap();
        assert_eq!(receipt.files[0].cut, cut, "{text:?}");
        let is_said = receipt.warnings.iter().any(|w| w.contains("cut"));
        assert_eq!(is_said, cut, "{text:?}");
    }
}

/// Files of one run whose times name a zone, and files whose times do not, may be hours apart.
#[test]
fn times_without_a_zone_beside_others_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let told = |times: [&str; 2], zone: &str| {
        let inputs = [0, 1].map(|n| {
            let path = folder.path().join(format!("{n}.csv"));
            std::fs::write(&path, format!("author,date,text\nann,{},hi\n", times[n])).unwrap();
            Input::File(path)
        });
        let settings = Settings {
            zone: zone.parse().unwrap(),
            ..Settings::default()
        };
        let mut sink = Everything::default();
        let receipt = read(&inputs, &settings, &Watch::default(), &mut sink).unwrap();
        receipt.warnings.iter().any(|w| w.contains("name no zone"))
    };
    let [bare, zoned] = ["2024-11-05 10:00:07", "2024-11-05T10:00:07Z"];
    assert!(told([bare, zoned], "UTC") && told([zoned, bare], "UTC"));
    assert!(told([bare, "1730800800"], "UTC"));
    assert!(!told([bare, bare], "UTC") && !told([zoned, zoned], "UTC"));
    assert!(!told([bare, zoned], "Europe/Berlin"), "the user knows");
}

#[test]
fn a_header_with_an_open_quote_is_refused() {
    let text = "author,date,\"text\nann,1730800800,hello\n";
    let error = read_bytes(text.as_bytes(), &Settings::default())
        .err()
        .unwrap();
    assert_eq!(error.code(), "intake.unbalanced-quotes");
}

proptest! {
    /// One quote put in front of any cell of a table of posts: every line of it is a post or rejected.
    #[test]
    fn a_quote_anywhere_loses_no_row_in_silence(
        (rows, row, cell) in (2usize..12).prop_flat_map(|n| (
            prop::collection::vec(prop::sample::select(vec!["hello", "\"a, b\"", "\"say \"\"hi\"\"\"", "no"]), n),
            0..n,
            0usize..4,
        )),
        order in Just(["author", "date", "url", "text"]).prop_shuffle(),
    ) {
        let mut text = order.join(",") + "\n";
        for (n, said) in rows.iter().enumerate() {
            let cells = order.map(|column| match column {
                "author" => format!("user{n}"),
                "date" => format!("2024-11-05 10:00:{n:02}"),
                "url" => format!("https://example.org/{n}"),
                _ => (*said).to_owned(),
            });
            for (at, written) in cells.iter().enumerate() {
                let astray = n == row && at == cell && !written.starts_with('"');
                let quote = if astray { "\"" } else { "" };
                let end = if at == 3 { "\n" } else { "," };
                text += &format!("{quote}{written}{end}");
            }
        }
        let settings = Settings { max_rejects: 1.0, ..Settings::default() };
        let (receipt, sink) = read_bytes(text.as_bytes(), &settings).unwrap();
        prop_assert_eq!(receipt.rows(), rows.len() as u64, "{}", text);
        prop_assert_eq!(sink.posts.len() + sink.rejects.len(), rows.len());
        for post in &sink.posts {
            prop_assert!(post.account.starts_with("user") && !post.account.contains('\n'), "{}", text);
        }
    }
}
