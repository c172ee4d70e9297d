//! The null model against the reference implementation, every pair with a co-share.

use std::collections::HashMap;

use overt_coordination::count::pairs;
use overt_coordination::null::blocks::{Blocks, TopicSettings};
use overt_coordination::null::poisson::upper_tail;
use overt_coordination::null::synchrony::SynchronyTest;
use overt_coordination::null::{Baseline, Null, NullModel, RateModel};
use overt_model::Window;
use overt_testdata::shared;

use super::table::{Table, read, rows};

/// Largest relative difference allowed.
const CLOSE: f64 = 1e-9;
/// Probabilities below this are not compared.
const FLOOR: f64 = 1e-300;

fn relative(a: f64, b: f64) -> f64 {
    if a == b {
        0.0
    } else {
        (a - b).abs() / a.abs().max(b.abs())
    }
}

fn given_blocks(table: &Table, path: &str) -> Option<Blocks> {
    let (column, rows) = rows(&shared(path)?);
    let mut of_object = vec![0; table.object.len()];
    for row in rows {
        of_object[table.object[&row[column["object_id"]]] as usize] =
            row[column["block"]].parse().expect("a block");
    }
    Some(Blocks::given(&table.events, of_object, 0))
}

fn agrees(data: &str, blocks: Option<&str>, window: i64, oracle: &str) {
    let Some(path) = shared(&format!("data/coordination/{data}")) else {
        return;
    };
    let Some(oracle) = shared(&format!("oracle/coordination/null/{oracle}")) else {
        return;
    };
    let table = read(&path);
    let baseline = match blocks {
        Some(blocks) => {
            let Some(blocks) = given_blocks(&table, &format!("oracle/coordination/null/{blocks}"))
            else {
                return;
            };
            Baseline::with_blocks(&table.events, blocks)
        }
        None => Baseline::estimate(
            &table.events,
            NullModel::Plain,
            RateModel::Raw,
            &TopicSettings::default(),
        ),
    };
    let window = Window::from_millis(window * 1000).expect("a window");
    let null = Null::new(&table.events, window, &baseline);
    let found = pairs(&table.events, window, 1, Some);
    let mut by_name: HashMap<(&str, &str), _> = HashMap::new();
    for pair in &found {
        let mut names = [pair.i, pair.j].map(|a| table.accounts[a as usize].as_str());
        names.sort_unstable();
        by_name.insert((names[0], names[1]), *pair);
    }
    let (column, expected) = rows(&oracle);
    assert_eq!(found.len(), expected.len(), "pairs with a co-share");
    let mut synchrony = SynchronyTest::new(&table.events, window, &baseline, &null.encounters);
    let (mut worst_lambda, mut worst_p, mut worst_sync, mut tested) = (0.0f64, 0.0f64, 0.0f64, 0);
    for row in &expected {
        let number = |name: &str| row[column[name]].parse::<f64>().expect("a number");
        let pair = by_name[&(&row[column["account_a"]], &row[column["account_b"]])];
        assert_eq!(f64::from(pair.weight), number("observed"));
        let lambda = null.expect(pair.i, pair.j).mean;
        worst_lambda = worst_lambda.max(relative(lambda, number("expected")));
        if number("p") > FLOOR {
            worst_p = worst_p.max(relative(upper_tail(pair.weight, lambda), number("p")));
        }
        if let Some(&at) = column.get("p_sync").filter(|at| !row[**at].is_empty()) {
            let sync = synchrony.test(pair);
            assert_eq!(f64::from(sync.shared), number("shared"));
            let p: f64 = row[at].parse().expect("a probability");
            if p > FLOOR {
                worst_sync = worst_sync.max(relative(sync.p, p));
            }
            tested += 1;
        }
    }
    println!(
        "{}: {} pairs, worst relative difference λ {worst_lambda:.1e}, p {worst_p:.1e}, p_sync {worst_sync:.1e} ({tested} pairs)",
        oracle.file_name().unwrap_or_default().to_string_lossy(),
        found.len()
    );
    assert!(worst_lambda < CLOSE && worst_p < CLOSE && worst_sync < CLOSE);
}

#[test]
fn blocks_and_habit_on_german_urls_within_a_minute() {
    agrees(
        "german_url_id.csv",
        Some("german_url_id_blocks.csv"),
        60,
        "german_url_id_tw60.csv",
    );
}

#[test]
fn blocks_and_habit_on_german_urls_within_ten_minutes() {
    agrees(
        "german_url_id.csv",
        Some("german_url_id_blocks.csv"),
        600,
        "german_url_id_tw600.csv",
    );
}

#[test]
fn blocks_and_habit_on_russian_retweets_within_five_minutes() {
    agrees(
        "russian_coord_tweets.csv",
        Some("russian_coord_tweets_blocks.csv"),
        300,
        "russian_tw300.csv",
    );
}

#[test]
fn the_plain_null_on_german_urls() {
    agrees(
        "german_url_id.csv",
        None,
        60,
        "german_url_id_tw60_plain.csv",
    );
    agrees(
        "german_url_id.csv",
        None,
        600,
        "german_url_id_tw600_plain.csv",
    );
}
