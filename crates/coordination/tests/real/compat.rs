//! Peers' results, edge for edge.

use std::collections::HashMap;

use overt_coordination::compat::{Peer, Rows, cnt, coortweet};
use overt_coordination::extract::ExtractSettings;
use overt_model::{Post, Trace, Window};
use overt_testdata::shared;

use super::table::rows;

fn events(data: &str, peer: Peer) -> Option<Rows> {
    let (column, table) = rows(&shared(&format!("data/coordination/{data}.csv"))?);
    let mut out = Rows::new(peer, Trace::Object, ExtractSettings::default());
    for row in &table {
        let field = |name: &str| row[column[name]].into();
        let seconds: f64 = row[column["timestamp_share"]]
            .parse()
            .expect("epoch seconds");
        out.add(&Post {
            id: field("content_id"),
            account: field("account_id"),
            object: Some(field("object_id")),
            time: (seconds * 1000.0) as i64,
            ..Post::default()
        });
    }
    Some(out)
}

fn seconds(s: i64) -> Window {
    Window::from_millis(s * 1000).expect("a window")
}

fn coortweet_agrees(
    data: &str,
    window: i64,
    min_participation: u32,
    fast: Option<i64>,
    oracle: &str,
) {
    let Some(oracle) = shared(&format!("oracle/coordination/coortweet/{oracle}_edges.csv")) else {
        return;
    };
    let Some(events) = events(data, Peer::CooRTweet) else {
        return;
    };
    let settings = coortweet::Settings {
        window: seconds(window),
        min_participation,
        quantile: 0.5,
        fast: fast.map(seconds),
    };
    let ours = coortweet::network(&events, &settings);
    let ours: HashMap<(&str, &str), &coortweet::Edge> = ours
        .iter()
        .map(|e| ((e.from.as_str(), e.to.as_str()), e))
        .collect();
    let (column, theirs) = rows(&oracle);
    assert_eq!(ours.len(), theirs.len(), "edges");
    for row in &theirs {
        let mut ends = [&row[column["from"]], &row[column["to"]]];
        ends.sort_unstable();
        let edge = ours[&(ends[0], ends[1])];
        let same = |weight: &coortweet::Weight, suffix: &str| {
            let number = |name: &str| {
                row[column[format!("{name}{suffix}").as_str()]]
                    .parse::<f64>()
                    .expect("a number")
            };
            assert_eq!(weight.weight as f64, number("weight"));
            assert!(
                (weight.avg_time_delta - number("avg_time_delta")).abs()
                    < 1e-12 * number("avg_time_delta").max(1.0)
            );
            assert_eq!(
                f64::from(u8::from(weight.above)),
                number("weight_threshold")
            );
        };
        if fast.is_some() {
            same(&edge.full, "_full");
            match &edge.fast {
                Some(weight) => same(weight, "_fast"),
                None => assert!(row[column["weight_fast"]].is_empty()),
            }
        } else {
            same(&edge.full, "");
        }
    }
    println!(
        "{}: {} edges identical",
        oracle.file_name().unwrap_or_default().to_string_lossy(),
        theirs.len()
    );
}

#[test]
fn coortweet_edges_are_identical() {
    coortweet_agrees("german_url_id", 60, 2, None, "german_url_tw60_mp2");
    coortweet_agrees("russian_coord_tweets", 10, 2, None, "russian_tw10_mp2");
    coortweet_agrees("russian_coord_tweets", 60, 5, None, "russian_tw60_mp5");
    coortweet_agrees(
        "russian_coord_tweets",
        60,
        2,
        Some(10),
        "russian_tw60_mp2_fast10",
    );
    coortweet_agrees("synth_100000", 60, 2, None, "synth_100000_tw60_mp2");
}

fn cnt_agrees(events: &Rows, window: i64, min_weight: u32, oracle: &str) {
    let Some(oracle) = shared(&format!("oracle/coordination/cnt/{oracle}.csv")) else {
        return;
    };
    let ours = cnt::network(events, seconds(window), min_weight);
    let (column, theirs) = rows(&oracle);
    let mut theirs: Vec<cnt::Edge> = theirs
        .iter()
        .map(|r| cnt::Edge {
            source: r[column["source"]].to_owned(),
            target: r[column["target"]].to_owned(),
            weight: r[column["weight"]].parse().expect("a weight"),
        })
        .filter(|e| e.source != e.target)
        .collect();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
    println!(
        "{}: {} edges identical",
        oracle.file_name().unwrap_or_default().to_string_lossy(),
        theirs.len()
    );
}

#[test]
fn cnt_edges_are_identical() {
    if let Some(german) = events("german_url_id", Peer::Cnt) {
        cnt_agrees(&german, 60, 1, "german_url_id_co_link_tw60_mw1");
    }
    if let Some(russian) = events("russian_coord_tweets", Peer::Cnt) {
        cnt_agrees(&russian, 10, 1, "russian_co_retweet_tw10_mw1");
        cnt_agrees(&russian, 60, 1, "russian_co_retweet_tw60_mw1");
        cnt_agrees(&russian, 60, 2, "russian_co_retweet_tw60_mw2");
    }
    if let Some(synthetic) = events("synth_100000", Peer::Cnt) {
        cnt_agrees(&synthetic, 60, 1, "synth_100000_co_retweet_tw60_mw1");
        cnt_agrees(&synthetic, 60, 2, "synth_100000_co_retweet_tw60_mw2");
    }
}

#[test]
fn cnt_edges_of_equal_texts_are_identical() {
    let Some(path) = shared("data/coordination/ira538_2016q4.csv") else {
        return;
    };
    let (column, posts) = rows(&path);
    let mut texts = Rows::new(Peer::Cnt, Trace::Text, ExtractSettings::default());
    for row in &posts {
        let seconds: i64 = row[column["timestamp"]].parse().expect("epoch seconds");
        texts.add(&Post {
            id: row[column["post_id"]].into(),
            account: row[column["account_id"]].into(),
            text: Some(row[column["text"]].into()),
            time: seconds * 1000,
            ..Post::default()
        });
    }
    cnt_agrees(&texts, 60, 2, "ira2016q4_co_tweet_tw60_mw2");
    cnt_agrees(&texts, 3600, 2, "ira2016q4_co_tweet_tw3600_mw2");
}
