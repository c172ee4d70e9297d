//! Calibration on real data: edges that remain when accounts change places.
#![allow(clippy::print_stdout)]

use overt_bench::{seconds, settings};
use overt_coordination::calibrate::{Remains, remains};
use overt_coordination::corpus::{CorpusBuilder, CorpusSettings};
use overt_coordination::network::find;
use overt_coordination::null::NullModel;
use overt_model::{Location, Post, Trace};
use overt_testdata::shared;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let copies: u32 = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(100);
    println!(
        "edges in {copies} copies in which accounts changed places within block, latency bin and time of day, level 0.05"
    );
    println!(
        "data | window | edges | copies with an edge, with an account | edges in all copies | accounts"
    );
    for (name, windows) in [
        ("german_url_id", [60, 600]),
        ("russian_coord_tweets", [60, 300]),
    ] {
        let Some(path) = shared(&format!("data/coordination/{name}.csv")) else {
            continue;
        };
        let mut builder = CorpusBuilder::new(CorpusSettings {
            traces: vec![Trace::Object],
            ..CorpusSettings::default()
        });
        for (n, row) in csv::Reader::from_path(path)?.into_records().enumerate() {
            let row = row?;
            let post = Post {
                object: Some(row[0].into()),
                account: row[1].into(),
                id: row[2].into(),
                time: row[3].parse::<f64>()? as i64 * 1000,
                ..Post::default()
            };
            builder.add(
                &post,
                Location {
                    file: 0,
                    line: n as u64 + 2,
                },
            );
        }
        let corpus = builder.finish();
        for window in windows {
            let settings = settings(NullModel::Blocks, seconds(window));
            let network = find(&corpus, &settings, &|_| {});
            let events = &corpus.traces[0].events;
            let wrong = remains(
                events,
                seconds(window),
                &network.baselines[0],
                &settings,
                copies,
                0,
            );
            let with = |of: fn(&Remains) -> u64| wrong.iter().filter(|r| of(r) > 0).count();
            println!(
                "{name} | {window} s | {} | {} and {} of {copies} | {} | {}",
                network.edges.len(),
                with(|r| r.edges),
                with(|r| r.accounts),
                wrong.iter().map(|r| r.edges).sum::<u64>(),
                wrong.iter().map(|r| r.accounts).sum::<u64>(),
            );
        }
    }
    Ok(())
}
