//! The grammar of parameters on real values: HttpParams, half for learning.
#![allow(clippy::print_stdout)]

use std::io::Read;

use overt_intrusion::measure::grammar::Grammar;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Values with what they are: `norm`, `sqli`, `xss`, `path-traversal`, `cmdi`.
fn values() -> Option<Vec<(String, String)>> {
    let path = overt_testdata::shared("data/intrusion/more/injection/httpparams.csv.gz")?;
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("it is there");
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("text");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows = table.records().map(|row| row.expect("a row"));
    Some(
        rows.map(|row| (row[0].to_owned(), row[2].to_owned()))
            .collect(),
    )
}

#[test]
fn half_of_the_ordinary_values_teach_to_tell_the_others_from_attacks() {
    let Some(values) = values() else {
        return;
    };
    println!(
        "split | learnt | forecast of unseen | seen | benign outside | sqli | xss | path-traversal | cmdi"
    );
    let (mut foretold, mut met) = (0.0, 0.0);
    for split in 0..5 {
        let (mut ordinary, attacks): (Vec<_>, Vec<_>) =
            values.iter().partition(|(_, kind)| kind == "norm");
        ordinary.shuffle(&mut StdRng::seed_from_u64(split));
        let (learn, test) = ordinary.split_at(ordinary.len() / 2);
        let mut grammar = Grammar::default();
        learn.iter().for_each(|(value, _)| grammar.learn(value));
        assert!(grammar.is_learnt());

        let share = |of: &[&(String, String)]| {
            of.iter().filter(|(v, _)| grammar.is_outside(v)).count() as f64 / of.len() as f64
        };
        let benign = share(test);
        let kind = |kind: &str| {
            share(
                &attacks
                    .iter()
                    .copied()
                    .filter(|(_, k)| k == kind)
                    .collect::<Vec<_>>(),
            )
        };
        let (sqli, xss, traversal, command) = (
            kind("sqli"),
            kind("xss"),
            kind("path-traversal"),
            kind("cmdi"),
        );
        let unseen: usize = test.iter().map(|(v, _)| grammar.unseen(v)).sum();
        let seen = unseen as f64 / test.len() as f64;
        println!(
            "{split} | {} | {:.4} | {seen:.4} | {benign:.4} | {sqli:.3} | {xss:.3} | {traversal:.3} | {command:.3}",
            grammar.values(),
            grammar.forecast()
        );
        assert!(benign <= 0.002, "{benign}");
        assert!(sqli >= 0.99 && xss >= 0.99 && traversal >= 0.99 && command >= 0.95);
        foretold += grammar.forecast();
        met += seen;
    }
    // What one half has only once the other half may have not at all: of one split they vary against one another.
    println!(
        "foretold {:.4}, seen {:.4} on average",
        foretold / 5.0,
        met / 5.0
    );
    assert!(
        (1.0 / 1.5..=1.5).contains(&(met / foretold)),
        "foretold {foretold}, seen {met}"
    );
}
