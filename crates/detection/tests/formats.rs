//! The table of formats in `docs/formats.md` is what reading a sample of each gives. With `OVERT_WRITE_DOCS=1` it is written.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use overt_detection::survey;
use overt_intake::{Format, Input, LeftOut, Settings, detect};
use overt_model::Trace;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn samples() -> PathBuf {
    root().join("crates/intake/tests/data/posts")
}

/// The sample of a format: the file with its name.
fn sample(format: Format) -> Option<PathBuf> {
    let files = fs::read_dir(samples()).unwrap();
    let mut found: Vec<PathBuf> = files.map(|f| f.unwrap().path()).collect();
    found.sort();
    found
        .into_iter()
        .find(|f| f.file_stem().unwrap() == format.name())
}

/// What a format is, where no mapping says it.
fn about(format: Format) -> &'static str {
    let said = [
        (
            Format::Csv,
            "A table with a header; `,` `;` tab or `\\|` between cells; columns by their usual names, or by `--column`",
        ),
        (Format::Tsv, "The same with tabs"),
        (
            Format::Ndjson,
            "JSON, one object a line, a list, or one document; fields by their usual names, or by `--column` with a path",
        ),
        (
            Format::Parquet,
            "Apache Parquet; as for tables, fields of structures with dots",
        ),
        (Format::XV2, "X API v2: pages, and twarc's flattened lines"),
        (Format::XV1, "X API v1.1: statuses"),
        (
            Format::FourCatNdjson,
            "Zeeschuimer's lines: TikTok and its comments, Instagram, X",
        ),
        (
            Format::Telegram,
            "Telegram Desktop: one chat or all of them; a forward is a repost of what it says",
        ),
        (
            Format::Telethon,
            "Telegram's messages as Telethon writes them",
        ),
        (
            Format::Jetstream,
            "Bluesky Jetstream, both versions; the time of receipt counts",
        ),
        (
            Format::Bluesky,
            "Bluesky's feeds, searches and posts from its API",
        ),
        (
            Format::Mastodon,
            "Mastodon's statuses, timelines and searches",
        ),
        (
            Format::YouTube,
            "YouTube's API: videos, searches, playlists, comments",
        ),
    ];
    let of_code = said
        .iter()
        .find(|(f, _)| *f == format)
        .map(|(_, about)| *about);
    of_code.or(format.about()).unwrap_or("")
}

fn row(format: Format) -> Option<String> {
    if format == Format::Parquet {
        // Its tests make their own files, for a sample could not be read by eye.
        return Some(format!(
            "| `parquet` | {} | | yes | what its columns carry | |",
            about(format)
        ));
    }
    let path = sample(format)?;
    let input = Input::File(path.clone());
    let recognised = detect(&input).unwrap();
    let survey = survey(&[input], &Settings::default()).unwrap();
    let receipt = &survey.receipt;
    let rejected: u64 = receipt.rejected.values().sum();
    assert_eq!(rejected, 0, "{}: {:?}", format.name(), receipt.rejected);
    assert!(receipt.posts() > 0, "{}", format.name());
    let left_out: BTreeMap<LeftOut, u64> = receipt.left_out.clone();
    let left_out: Vec<String> = left_out
        .iter()
        .map(|(reason, n)| reason.in_words(*n))
        .collect();
    let left_out = if left_out.is_empty() {
        String::new()
    } else {
        format!("; left out: {}", left_out.join(", "))
    };
    let traces = survey.traces.iter().filter(|(_, (posts, _))| *posts > 0);
    let traces: Vec<&str> = traces
        .map(|(t, _)| Trace::name(t))
        .filter(|t| *t != "domain" && *t != "fast-repost")
        .collect();
    Some(format!(
        "| `{}` | {} | `{}` | {} | {} | {} of {}{left_out} |",
        format.name(),
        about(format),
        path.file_name().unwrap().to_string_lossy(),
        if recognised == format { "yes" } else { "no" },
        traces.join(", "),
        receipt.posts(),
        receipt.rows(),
    ))
}

#[test]
fn the_table_of_formats_is_what_their_samples_give() {
    let rows: Vec<String> = Format::all().filter_map(row).collect();
    let missing: Vec<&str> = Format::all()
        .filter(|f| sample(*f).is_none())
        .map(Format::name)
        .collect();
    assert_eq!(missing, ["parquet"], "formats without a sample");
    let table = format!(
        "| name | what it is | sample | recognised by itself | traces of the sample | rows kept |\n|---|---|---|---|---|---|\n{}\n",
        rows.join("\n")
    );
    let docs = root().join("docs/formats.md");
    let text = fs::read_to_string(&docs).unwrap();
    let (begin, end) = (
        "<!-- formats: made by a test -->\n",
        "<!-- end of formats -->",
    );
    let (before, rest) = text.split_once(begin).unwrap();
    let (shown, after) = rest.split_once(end).unwrap();
    if std::env::var("OVERT_WRITE_DOCS").is_ok_and(|v| v == "1") {
        fs::write(&docs, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert!(
        shown == table,
        "docs/formats.md is not what the samples give; run this test with OVERT_WRITE_DOCS=1\n{table}"
    );
}
