//! Fits the params of name comparison on labelled pairs and says how well they do on names they have not seen:
//! `names PAIRS.csv [--show]` (columns schema, name1, name2, is_match). With `--show`, lists the pairs judged wrongly.
//!
//! The params enter the score linearly inside a logistic function, so that fitting is logistic regression with signs
//! held (no fact may speak the wrong way), which has one optimum. Folds share no name.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use overt_model::ftm;
use overt_screening::{Name, NameScore, ScoringParams, Subject};

/// Scores at or above this are matches.
const THRESHOLD: f64 = 0.7;
const FOLDS: usize = 10;
/// Strength of the pull towards zero, in units of one pair.
const RIDGE: f64 = 0.1;

struct Pair {
    names: [String; 2],
    prepared: [Vec<Name>; 2],
    subject: Subject,
    is_match: bool,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let path = words.first().context("usage: names PAIRS.csv [--show]")?;
    let pairs = read(path)?;
    let default = ScoringParams::default();
    let scores: Vec<f64> = pairs.iter().map(|p| score(p, &default)).collect();
    report("as shipped", &pairs, &scores);
    let folds = folds(&pairs);
    let mut unseen = vec![0.0; pairs.len()];
    for fold in 0..FOLDS {
        let train: Vec<&Pair> = pairs
            .iter()
            .zip(&folds)
            .filter(|(_, f)| **f != fold)
            .map(|(p, _)| p)
            .collect();
        let params = fit(&train);
        for (i, pair) in pairs.iter().enumerate().filter(|(i, _)| folds[*i] == fold) {
            unseen[i] = score(pair, &params);
        }
    }
    report("out of fold", &pairs, &unseen);
    reliability(&pairs, &unseen);
    let all: Vec<&Pair> = pairs.iter().collect();
    let fitted = fit(&all);
    let scores: Vec<f64> = pairs.iter().map(|p| score(p, &fitted)).collect();
    report("in sample", &pairs, &scores);
    println!("fitted on all: {fitted:?}");
    if words.iter().any(|w| w == "--show") {
        show(&pairs, &unseen, &fitted);
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Pair>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.to_owned())?;
    let mut pairs = Vec::new();
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row?;
        let get = |column: &str| row.get(column).cloned().unwrap_or_default();
        let schema = ftm::schema(&get("schema")).context("an unknown schema")?;
        let subject = Subject::of(schema);
        let names = [get("name1"), get("name2")];
        pairs.push(Pair {
            prepared: names.clone().map(|n| Name::written(&n, subject)),
            names,
            subject,
            is_match: get("is_match") == "true",
        });
    }
    Ok(pairs)
}

fn best(pair: &Pair, params: &ScoringParams) -> Option<(usize, usize, NameScore)> {
    let [left, right] = &pair.prepared;
    let mut best: Option<(usize, usize, NameScore)> = None;
    for (i, a) in left.iter().enumerate() {
        for (j, b) in right.iter().enumerate() {
            if let Some(found) = a.compare(b, params)
                && best.as_ref().is_none_or(|(_, _, s)| found.score > s.score)
            {
                best = Some((i, j, found));
            }
        }
    }
    best
}

fn score(pair: &Pair, params: &ScoringParams) -> f64 {
    best(pair, params).map_or(0.0, |(_, _, s)| s.score)
}

/// Numbers pairs so that those that share a name are in one fold.
fn folds(pairs: &[Pair]) -> Vec<usize> {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut group: Vec<usize> = (0..pairs.len()).collect();
    for (i, pair) in pairs.iter().enumerate() {
        for name in &pair.names {
            let other = *first.entry(name.to_lowercase()).or_insert(i);
            let (a, b) = (root(&group, i), root(&group, other));
            group[a.max(b)] = a.min(b);
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..pairs.len() {
        members.entry(root(&group, i)).or_default().push(i);
    }
    let mut groups: Vec<Vec<usize>> = members.into_values().collect();
    groups.sort_by_key(|g| (std::cmp::Reverse(g.len()), g[0]));
    let mut sizes = [0; FOLDS];
    let mut folds = vec![0; pairs.len()];
    for group in groups {
        let smallest = (0..FOLDS).min_by_key(|f| (sizes[*f], *f)).unwrap_or(0);
        sizes[smallest] += group.len();
        group.iter().for_each(|i| folds[*i] = smallest);
    }
    folds
}

fn root(group: &[usize], mut i: usize) -> usize {
    while group[i] != i {
        i = group[i];
    }
    i
}

/// The params in the order of [`features`].
fn knobs_of(w: &[f64; 5]) -> ScoringParams {
    ScoringParams {
        base: w[0],
        apart: w[1],
        conflict: w[2],
        extra_person: w[3],
        extra_organization: w[4],
    }
}

fn features(pair: &Pair, found: &NameScore) -> [f64; 5] {
    let parts = &found.parts;
    let person = pair.subject == Subject::Person;
    [
        1.0,
        -parts.apart,
        -parts.conflict.min(1.0),
        if person { -parts.extra } else { 0.0 },
        if person { 0.0 } else { -parts.extra },
    ]
}

/// Logistic regression by projected gradient descent; even odds lie at [`THRESHOLD`].
fn fit(pairs: &[&Pair]) -> ScoringParams {
    let shift = (THRESHOLD / (1.0 - THRESHOLD)).ln();
    let start = ScoringParams::default();
    let mut w = [
        start.base,
        start.apart,
        start.conflict,
        start.extra_person,
        start.extra_organization,
    ];
    // Which reading fits best depends a little on the params: twice is enough for it to settle.
    for _ in 0..3 {
        let params = knobs_of(&w);
        let rows: Vec<([f64; 5], f64, f64)> = pairs
            .iter()
            .filter_map(|p| {
                let found = best(p, &params)?.2;
                // What the score has beside the params is held fixed.
                let x = features(p, &found);
                let linear: f64 = x.iter().zip(&w).map(|(x, w)| x * w).sum();
                let fixed = (found.score / (1.0 - found.score)).ln() - linear;
                Some((x, fixed, f64::from(u8::from(p.is_match))))
            })
            .collect();
        for _ in 0..20_000 {
            let mut gradient = [0.0; 5];
            for (x, fixed, y) in &rows {
                let z: f64 = x.iter().zip(&w).map(|(x, w)| x * w).sum::<f64>() + fixed - shift;
                let error = 1.0 / (1.0 + (-z).exp()) - y;
                gradient
                    .iter_mut()
                    .zip(x)
                    .for_each(|(g, x)| *g += error * x);
            }
            for (k, g) in gradient.iter_mut().enumerate() {
                *g += if k == 0 { 0.0 } else { RIDGE * w[k] };
            }
            for (k, g) in gradient.iter().enumerate() {
                w[k] -= 0.02 * g;
                if k > 0 {
                    w[k] = w[k].max(0.0);
                }
            }
        }
    }
    knobs_of(&w)
}

fn report(what: &str, pairs: &[Pair], scores: &[f64]) {
    let (mut tp, mut fp, mut fn_) = (0.0, 0.0, 0.0);
    for (pair, score) in pairs.iter().zip(scores) {
        match (pair.is_match, *score >= THRESHOLD) {
            (true, true) => tp += 1.0,
            (false, true) => fp += 1.0,
            (true, false) => fn_ += 1.0,
            (false, false) => {}
        }
    }
    let (precision, recall) = (tp / (tp + fp), tp / (tp + fn_));
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!(
        "{what}: P {precision:.3} R {recall:.3} F1 {f1:.3} average precision {:.3}",
        average_precision(pairs, scores)
    );
}

fn average_precision(pairs: &[Pair], scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut hits, mut sum) = (0.0, 0.0);
    for (rank, i) in order.iter().enumerate() {
        if pairs[*i].is_match {
            hits += 1.0;
            sum += hits / (rank as f64 + 1.0);
        }
    }
    sum / hits
}

fn reliability(pairs: &[Pair], scores: &[f64]) {
    println!("score | pairs | matches among them");
    for bin in 0..10 {
        let inside: Vec<&Pair> = pairs
            .iter()
            .zip(scores)
            .filter(|(_, s)| ((**s * 10.0) as usize).min(9) == bin)
            .map(|(p, _)| p)
            .collect();
        let matches = inside.iter().filter(|p| p.is_match).count();
        let share = matches as f64 / inside.len().max(1) as f64;
        println!("0.{bin} | {} | {matches} ({share:.2})", inside.len());
    }
}

fn show(pairs: &[Pair], scores: &[f64], params: &ScoringParams) {
    for (pair, s) in pairs.iter().zip(scores) {
        if (*s >= THRESHOLD) != pair.is_match {
            let (said, parts) =
                best(pair, params).map_or((String::new(), String::new()), |(i, j, found)| {
                    (
                        found.explain(&pair.prepared[0][i], &pair.prepared[1][j]),
                        format!("{:?}", found.parts),
                    )
                });
            let label = if pair.is_match { "match" } else { "no match" };
            println!(
                "{s:.2} {label} {:?}: {} | {} || {said} || {parts}",
                pair.subject, pair.names[0], pair.names[1]
            );
        }
    }
}
