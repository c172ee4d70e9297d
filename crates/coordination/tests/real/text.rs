//! Near-identical texts against all-pairs brute force and another tool.

use std::collections::{BTreeSet, HashSet};

use overt_coordination::text::{TextSettings, normalise, similar_pairs};
use overt_testdata::shared;
use rapidfuzz::distance::levenshtein::{Args, BatchComparator};
use rayon::prelude::*;

use super::table::rows;

const SIMILARITY: f64 = 0.693;

/// Every pair above the similarity, the plain way.
fn brute_force(texts: &[Vec<char>]) -> Vec<(u32, u32, f64)> {
    (0..texts.len())
        .into_par_iter()
        .flat_map_iter(|i| {
            let first = BatchComparator::new(texts[i].iter().copied());
            (i + 1..texts.len()).filter_map(move |j| {
                let longer = texts[i].len().max(texts[j].len());
                let args =
                    Args::default().score_cutoff(((1.0 - SIMILARITY) * longer as f64) as usize);
                let d = first.distance_with_args(texts[j].iter().copied(), &args)?;
                let s = 1.0 - d as f64 / longer as f64;
                (s > SIMILARITY).then_some((i as u32, j as u32, s))
            })
        })
        .collect()
}

/// Prints recall per tenth of similarity and holds each to 0.99.
fn recall(name: &str, texts: &BTreeSet<String>) {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let every = brute_force(
        &texts
            .iter()
            .map(|t| t.chars().collect())
            .collect::<Vec<_>>(),
    );
    let found: HashSet<(u32, u32)> = similar_pairs(&texts, SIMILARITY)
        .into_iter()
        .map(|(i, j, _)| (i, j))
        .collect();
    assert!(
        found.len() <= every.len(),
        "nothing that brute force does not find"
    );
    for (from, to) in [(SIMILARITY, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0)] {
        let tenth: Vec<_> = every.iter().filter(|p| p.2 > from && p.2 <= to).collect();
        let hit = tenth.iter().filter(|p| found.contains(&(p.0, p.1))).count();
        println!(
            "{name}: ({from}, {to}] {hit} of {} pairs of {} texts",
            tenth.len(),
            texts.len()
        );
        assert!(hit as f64 >= 0.99 * tenth.len() as f64);
    }
}

fn normalised(text: &str) -> Option<String> {
    let mut out = String::new();
    normalise(text, &TextSettings::default(), &mut out).then_some(out)
}

#[test]
fn recall_on_the_posts_of_another_tool() {
    let Some(path) = shared("oracle/coordination/d3lta/ira_5000_posts.csv") else {
        return;
    };
    let Some(all) = shared("data/coordination/ira538_2016q4.csv") else {
        return;
    };
    let (column, posts) = rows(&path);
    let wanted: HashSet<&str> = posts.iter().map(|r| &r[column["post_id"]]).collect();
    let (column, posts) = rows(&all);
    let own = posts
        .iter()
        .filter(|r| wanted.contains(&r[column["post_id"]]));
    recall(
        "the tool's 5,000 posts, our normal form",
        &own.filter_map(|r| normalised(&r[column["text"]])).collect(),
    );
    let (column, posts) = rows(&path);
    let theirs = posts
        .iter()
        .map(|r| r[column["text_grapheme"]].to_owned())
        .filter(|t| !t.is_empty());
    recall("the tool's 5,000 posts, its normal form", &theirs.collect());
}

#[test]
fn recall_on_twenty_thousand_other_posts() {
    let Some(used) = shared("oracle/coordination/d3lta/ira_5000_posts.csv") else {
        return;
    };
    let Some(all) = shared("data/coordination/ira538_2016q4.csv") else {
        return;
    };
    let (column, posts) = rows(&used);
    let used: HashSet<&str> = posts.iter().map(|r| &r[column["post_id"]]).collect();
    let (column, posts) = rows(&all);
    // Every eighteenth of the other posts, so that all of the three months are in.
    let others = posts
        .iter()
        .filter(|r| !used.contains(&r[column["post_id"]]));
    let texts = others
        .step_by(18)
        .filter_map(|r| normalised(&r[column["text"]]))
        .take(20_000);
    recall("20,000 other posts", &texts.collect());
}

#[test]
fn similarity_is_what_another_tool_computes() {
    let Some(posts) = shared("oracle/coordination/d3lta/ira_5000_posts.csv") else {
        return;
    };
    let Some(pairs) = shared("oracle/coordination/d3lta/ira_5000_pairs.csv") else {
        return;
    };
    let (column, posts) = rows(&posts);
    let text = |id: &str| -> Vec<char> {
        posts[id.parse::<usize>().expect("a row")][column["text_grapheme"]]
            .chars()
            .collect()
    };
    let (column, pairs) = rows(&pairs);
    for row in &pairs {
        let (a, b) = (text(&row[column["source"]]), text(&row[column["target"]]));
        let first = BatchComparator::new(a.iter().copied());
        let s = 1.0 - first.distance(b.iter().copied()) as f64 / a.len().max(b.len()) as f64;
        let theirs: f64 = row[column["score_lev"]].parse().expect("a similarity");
        assert!((s - theirs).abs() < 1e-6, "{s} {theirs}");
    }
    println!("{} pairs have the other tool's similarity", pairs.len());
}
