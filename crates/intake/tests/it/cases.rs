//! Exports on which reading went wrong once, or which it must keep right. They stand in the shared data.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use overt_intake::{Error, Input, Reason, Receipt, Settings, Watch, read};
use overt_testdata::shared;

use crate::{Everything, Seen};

fn read_case(name: &str, settings: &Settings) -> Option<Result<(Receipt, Vec<Seen>), Error>> {
    let path = shared(&format!("data/coordination/cases/{name}"))?;
    let mut sink = Everything::default();
    let receipt = read(&[Input::File(path)], settings, &Watch::default(), &mut sink);
    Some(receipt.map(|receipt| (receipt, sink.posts)))
}

/// What is read of a case of which nothing may be rejected.
fn case(name: &str) -> Option<(Receipt, Vec<Seen>)> {
    let (receipt, posts) =
        read_case(name, &Settings::default())?.unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(
        receipt.rejected.is_empty(),
        "{name}: {:?}",
        receipt.rejected
    );
    Some((receipt, posts))
}

fn at(time: &str) -> i64 {
    overt_intake::parse_time(time).unwrap().0.0
}

#[test]
fn ids_that_a_spreadsheet_rounded_are_refused() {
    for name in ["excelpost.csv", "excel.csv"] {
        let Some(read) = read_case(name, &Settings::default()) else {
            return;
        };
        let Err(Error::TooManyRejects { reason, .. }) = read else {
            panic!("{name} was read");
        };
        assert_eq!(reason, Some(Reason::RoundedId), "{name}");
    }
}

#[test]
fn dates_in_other_forms_are_read() {
    for (name, rows, first) in [
        ("eudate.csv", 12, "2025-06-05 03:58"),
        ("eudate2.csv", 24, "2025-06-05 03:58"),
        ("ampm.csv", 12, "2025-06-27 15:58"),
        ("kibana.csv", 12, "2020-01-29 05:33:50"),
        ("twint_old.csv", 24, "2021-01-01 12:00:00"),
    ] {
        let Some((_, posts)) = case(name) else {
            return;
        };
        assert_eq!((posts.len(), posts[0].time), (rows, at(first)), "{name}");
    }
}

#[test]
fn a_column_in_which_every_day_could_be_two_is_asked_about() {
    let Some(read) = read_case("eudate3.csv", &Settings::default()) else {
        return;
    };
    let Err(error) = read else {
        panic!("it was read");
    };
    assert_eq!(error.code(), "intake.ambiguous-times");
    let settings = Settings {
        time_form: Some("%d/%m/%Y %H:%M".parse().unwrap()),
        zone: "Europe/Berlin".parse().unwrap(),
        ..Settings::default()
    };
    let (_, posts) = read_case("eudate3.csv", &settings).unwrap().unwrap();
    assert_eq!(
        (posts.len(), posts[0].time),
        (12, at("2025-06-05T03:58:00+02:00"))
    );
}

#[test]
fn other_encodings_are_read_and_said() {
    for (name, encoding) in [("latin1.csv", "windows-1252"), ("utf16.csv", "UTF-16LE")] {
        let Some((receipt, posts)) = case(name) else {
            return;
        };
        assert_eq!(
            (receipt.files[0].encoding, posts.len()),
            (Some(encoding), 20),
            "{name}"
        );
        assert!(
            receipt.warnings.iter().any(|w| w.contains(encoding)),
            "{:?}",
            receipt.warnings
        );
        if name == "latin1.csv" {
            assert!(
                posts[0].account.starts_with("Müller"),
                "{}",
                posts[0].account
            );
        }
    }
}

#[test]
fn the_forms_of_twarc_carry_the_same_traces() {
    let traces = |name: &str| {
        let (_, posts) = case(name)?;
        let of = |p: &Seen| {
            (
                p.platform.clone(),
                p.id.clone(),
                p.account.clone(),
                p.time,
                p.repost_of.clone(),
                p.reply_to.clone(),
            )
        };
        Some(posts.iter().map(of).collect::<Vec<_>>())
    };
    let Some(lines) = traces("twarc_flat.jsonl") else {
        return;
    };
    assert!(lines.iter().any(|p| !p.4.is_empty()));
    assert_eq!(traces("twarc_pages.jsonl").unwrap(), lines);
    assert_eq!(traces("twarc_csv.csv").unwrap(), lines);
    let links = |name: &str| {
        let (_, posts) = case(name).unwrap();
        posts
            .iter()
            .filter(|p| p.urls.iter().any(|u| u.starts_with("https://ex.org/")))
            .count()
    };
    assert_eq!(links("twarc_csv.csv"), links("twarc_flat.jsonl"));
}

#[test]
fn exports_of_tools_carry_their_traces() {
    let Some((receipt, twint)) = case("twint.csv") else {
        return;
    };
    assert_eq!(receipt.files[0].format.name(), "twint");
    assert!(
        twint
            .iter()
            .all(|p| p.platform == "x" && p.text.starts_with("message") && p.urls.len() == 1)
    );
    let (_, comments) = case("tt.ndjson").unwrap();
    assert!(
        comments
            .iter()
            .all(|p| p.platform == "tiktok" && !p.account.is_empty() && !p.reply_to.is_empty())
    );
    assert_eq!(comments.len(), 24);
    let (receipt, telegram) = case("tg.json").unwrap();
    let forwards: Vec<&Seen> = telegram
        .iter()
        .filter(|p| !p.repost_of.is_empty())
        .collect();
    let originals: BTreeSet<&str> = forwards.iter().map(|p| p.repost_of.as_str()).collect();
    assert!(
        originals.len() > 1 && originals.len() < forwards.len(),
        "forwards of one message are of one object"
    );
    assert_eq!((receipt.posts(), receipt.left_out()), (24, 1));
}

#[test]
fn addresses_of_posts_are_not_shared_links() {
    let Some((receipt, posts)) = case("bw_syn.csv") else {
        return;
    };
    assert_eq!(receipt.files[0].format.name(), "brandwatch");
    assert!(
        posts
            .iter()
            .all(|p| p.urls.len() == 1 && p.urls[0].starts_with("https://example.org/"))
    );
}

#[test]
fn what_was_right_stays_right() {
    for (name, format, rows) in [
        ("edge.csv", "coortweet", 12),
        ("self.csv", "coortweet", 268),
        ("mention.csv", "cnt", 9),
        ("ct.csv", "crowdtangle", 24),
        ("short.csv", "csv", 248),
        ("urls.csv", "csv", 20),
    ] {
        let Some((receipt, posts)) = case(name) else {
            return;
        };
        assert_eq!(
            (receipt.files[0].format.name(), posts.len()),
            (format, rows),
            "{name}"
        );
    }
    let (_, posts) = case("ct.csv").unwrap();
    assert_eq!(
        (posts[0].urls.clone(), posts[0].time),
        (vec!["https://ex.org/0".to_owned()], at("2021-05-12 22:10"))
    );
}
