//! Calibration on real data: edges that remain when accounts change places.
#![allow(clippy::print_stdout)]

use overt_bench::real::read;
use overt_bench::{corpus_of_rows, seconds, settings};
use overt_coordination::calibrate::{Remains, remains};
use overt_coordination::network::find;
use overt_coordination::null::NullModel;

fn main() {
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
    for (name, rows) in read().into_iter().take(2) {
        let corpus = corpus_of_rows(&rows);
        let windows = if name.starts_with("german") {
            [60, 600]
        } else {
            [60, 300]
        };
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
}
