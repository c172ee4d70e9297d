//! Every kind of bad input gets a message that says what, where and what to do, and the exit code for it.

use crate::run::{Bench, word};

const HEADER: &str = "object_id,account_id,content_id,timestamp_share\n";

fn good_rows(n: usize) -> String {
    (0..n)
        .map(|k| format!("o{},a{},c{k},{}\n", k / 4, k % 4, 1_600_000_000 + k))
        .collect()
}

fn refused(name: &str, content: impl AsRef<[u8]>, code: i32, says: &[&str]) {
    let bench = Bench::new();
    let file = bench.file(name, content);
    let ran = bench.overt(&["-q", "detect", word(&file), "-o", "out"]);
    assert_eq!(ran.code, code, "{}", ran.err);
    for part in says {
        assert!(ran.err.contains(part), "{part:?} is not in: {}", ran.err);
    }
    assert!(!bench.path("out").exists(), "nothing is written");
    let left: Vec<_> = std::fs::read_dir(bench.path(""))
        .expect("the folder")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "nothing is left behind");
}

#[test]
fn an_empty_file() {
    refused(
        "posts.csv",
        "",
        3,
        &[
            "[intake.empty-file]",
            "posts.csv: is empty",
            "export it again",
        ],
    );
    refused(
        "posts.csv",
        HEADER,
        3,
        &["[intake.empty-file]", "no row beyond its header"],
    );
}

#[test]
fn a_column_missing() {
    refused(
        "posts.csv",
        "when,who\n1600000000,ann\n",
        3,
        &[
            "[intake.missing-column]",
            "no column says the account",
            "columns there: when, who",
            "--column account=NAME",
        ],
    );
}

#[test]
fn a_format_nobody_knows() {
    refused(
        "picture.png",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        3,
        &["[intake.unknown-format]", "--format"],
    );
    refused(
        "posts.csv",
        b"\xff\xfea\0b\0",
        3,
        // UTF-16 is read: its header is "ab".
        &["[intake.missing-column]", "columns there: ab"],
    );
    refused(
        "posts.json",
        "{\"broken\": ",
        3,
        &["[intake.unknown-format]"],
    );
}

#[test]
fn too_many_rejected_rows() {
    let rows = "o,a\n".repeat(30);
    refused(
        "posts.csv",
        format!("{HEADER}{}{rows}", good_rows(100)),
        3,
        &[
            "[intake.too-many-rejects]",
            "30 of 130 rows",
            "column-count",
            "line 102",
            "--max-rejects",
        ],
    );
}

#[test]
fn a_truncated_archive() {
    use std::io::Write;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(format!("{HEADER}{}", good_rows(5_000)).as_bytes())
        .expect("bytes");
    let whole = gz.finish().expect("an archive");
    refused(
        "posts.csv.gz",
        &whole[..whole.len() / 2],
        3,
        &[
            "[intake.truncated-archive]",
            "ends early after",
            "get the file again",
        ],
    );
}

#[test]
fn an_unclosed_quote_does_not_take_the_rest_of_the_file_for_one_row() {
    let mut content = format!("{HEADER}\"o1,a1,c1,1600000000\n").into_bytes();
    content.extend(vec![b'x'; 66 << 20]);
    refused(
        "posts.csv",
        content,
        3,
        &["[intake.row-too-long]", "line 2", "closing one"],
    );
}

#[test]
fn rows_that_cannot_be_used_are_kept_with_line_and_reason() {
    let bench = Bench::new();
    let mut content = format!("{HEADER}{}", good_rows(400)).into_bytes();
    content.extend_from_slice(
        b"o1,,c900,1600000000\no1,a1,c901,soon\no1,a1,c902,99999999999\no1,a\xff,c903,1600000000\n",
    );
    content.extend_from_slice(b"=1+1,a1\no0,a0,c0,1600000000\n");
    let file = bench.file("posts.csv", content);
    let ran = bench.well(&["detect", word(&file), "-o", "out"]);
    assert!(ran.out.contains("5 rows were rejected"), "{}", ran.out);
    let rejects = bench.read("out/rejects.csv");
    for part in [
        ",402,missing-account,",
        ",403,bad-time,soon",
        ",404,absurd-time,",
        ",405,invalid-utf8,",
        ",406,column-count,\"2 cells, the header has 4\"",
    ] {
        assert!(rejects.contains(part), "{part} is not in {rejects}");
    }
    let run: serde_json::Value = serde_json::from_str(&bench.read("out/run.json")).expect("JSON");
    assert_eq!(
        run["intake"]["duplicates"], 1,
        "a known post with the same object"
    );
    assert_eq!(run["intake"]["rejected"]["bad-time"], 1);
}

#[test]
fn wrong_use_ends_with_2() {
    let bench = Bench::new();
    let file = bench.file("posts.csv", format!("{HEADER}{}", good_rows(8)));
    for (words, says) in [
        (
            vec!["--window", "soon"],
            "window \"soon\" is not understood",
        ),
        (
            vec!["--trace", "telepathy"],
            "trace \"telepathy\" is not understood",
        ),
        (vec!["--null", "hope"], "invalid value 'hope' for '--null"),
        (
            vec!["--column", "account=nobody"],
            "[intake.no-such-column]",
        ),
        (vec!["--level", "7"], "level 7 is out of range"),
        (vec!["--level", "0"], "level 0 is out of range"),
        (
            vec!["--calibrate", "4294967295"],
            "calibrate 4294967295 is out of range",
        ),
        (vec!["--threads", "100000"], "up to 1024 are started"),
        (
            vec!["--min-participation", "3"],
            "goes with --compat coortweet",
        ),
        (vec!["--quantile", "0.5"], "goes with --compat coortweet"),
        (
            vec!["--compat", "coortweet", "--quantile", "2"],
            "is not between 0 and 1",
        ),
        (vec!["--memory", "lots"], "memory \"lots\""),
    ] {
        let mut all = vec!["-q", "detect", word(&file), "-o", "out"];
        all.extend(words);
        let ran = bench.overt(&all);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(says), "{says:?} is not in: {}", ran.err);
    }
    assert_eq!(bench.overt("detect nowhere.csv").code, 4);
    assert_eq!(bench.overt("detect 'no*.csv'").code, 2);
    bench.well(&["-q", "detect", word(&file), "-o", "out"]);
    let again = bench.overt(&["-q", "detect", word(&file), "-o", "out"]);
    assert!(
        again.code == 2 && again.err.contains("--force"),
        "{}",
        again.err
    );
}

#[test]
fn too_little_memory_ends_with_4() {
    let bench = Bench::new();
    let file = bench.file("posts.csv", format!("{HEADER}{}", good_rows(200_000)));
    let ran = bench.overt(&["-q", "detect", word(&file), "-o", "out", "--memory", "1M"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(
        ran.err.contains("[intake.memory]") && ran.err.contains("--memory"),
        "{}",
        ran.err
    );
}

#[test]
fn a_window_finer_than_the_data_is_answered_with_what_that_does() {
    let bench = Bench::new();
    let rows: String = (0..100)
        .map(|k| format!("o{},a{},c{k},{}\n", k / 4, k % 4, 1_600_000_020 + 60 * k))
        .collect();
    let file = bench.file("posts.csv", format!("{HEADER}{rows}"));
    let ran = bench.well(&["detect", word(&file), "-o", "out", "--window", "10s"]);
    assert!(
        ran.err
            .contains("times are told to the minute, and the window is 10s"),
        "{}",
        ran.err
    );
    assert!(
        bench
            .read("out/report.html")
            .contains("times are told to the minute")
    );
}

#[test]
fn a_count_of_nothing() {
    let bench = Bench::new();
    let posts = bench.file("posts.csv", format!("{HEADER}{}", good_rows(40)));
    for flag in ["--threads", "--min-weight", "--campaign-accounts"] {
        let ran = bench.overt(&["detect", word(&posts), flag, "0", "-o", "out"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(flag), "{}", ran.err);
    }
}

#[test]
fn in_a_file_of_settings_one_alone_needs_no_brackets() {
    let bench = Bench::new();
    let posts = bench.file("posts.csv", format!("{HEADER}{}", good_rows(40)));
    let recorded = |settings: &str| {
        let settings = bench.file("detect.toml", settings);
        let ran = bench.overt(&[
            "-q",
            "detect",
            word(&posts),
            "--settings",
            word(&settings),
            "-o",
            "out",
            "--force",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        std::fs::read(bench.path("out/edges.csv")).expect("edges")
    };
    let window = "window = \"1s\"";
    assert_eq!(recorded(window), recorded("window = [\"1s\"]"));
    assert!(bench.path("out/run.json").exists());
}
