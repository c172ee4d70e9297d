//! The coordination-network-toolkit: a directed edge u → v weighs the number of distinct messages of u with at least
//! one match by v within the window.

use overt_model::Window;
use rayon::prelude::*;

use super::Rows;

/// A directed edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The account whose messages are counted.
    pub source: String,
    /// The account matching them.
    pub target: String,
    /// Distinct messages of the source.
    pub weight: u32,
}

/// The peer's network with weights of at least `min_weight`, in order of (source, target); loops left out.
pub fn network(rows: &Rows, window: Window, min_weight: u32) -> Vec<Edge> {
    let mut sorted = rows.rows.clone();
    let runs = Rows::by_object(&mut sorted);
    let mut run_of = vec![0u32; sorted.len()];
    for (n, run) in runs.iter().enumerate() {
        run_of[run.clone()].fill(n as u32);
    }
    let n = rows.accounts.len();
    let mut own: Vec<(u32, u32, u32)> = sorted
        .iter()
        .enumerate()
        .map(|(at, r)| (r.account, r.message, at as u32))
        .collect();
    own.sort_unstable();
    let by_account: Vec<&[(u32, u32, u32)]> = own.chunk_by(|a, b| a.0 == b.0).collect();
    let found: Vec<Vec<(u32, u32, u32)>> = by_account
        .par_iter()
        .map_init(
            || (vec![0u32; n], vec![u32::MAX; n]),
            |(count, last), mine| {
                let mut touched = Vec::new();
                for (_, message, at) in *mine {
                    let row = sorted[*at as usize];
                    let run = runs[run_of[*at as usize] as usize].clone();
                    let near = |t: i64| (t - row.time).abs() <= window.bound();
                    let later = sorted[*at as usize..run.end]
                        .iter()
                        .take_while(|r| near(r.time));
                    let earlier = sorted[run.start..*at as usize]
                        .iter()
                        .rev()
                        .take_while(|r| near(r.time));
                    for other in later
                        .chain(earlier)
                        .map(|r| r.account)
                        .filter(|a| *a != row.account)
                    {
                        if last[other as usize] != *message {
                            last[other as usize] = *message;
                            if count[other as usize] == 0 {
                                touched.push(other);
                            }
                            count[other as usize] += 1;
                        }
                    }
                }
                let source = mine[0].0;
                let out = touched
                    .iter()
                    .map(|&v| (source, v, std::mem::take(&mut count[v as usize])))
                    .collect();
                touched.iter().for_each(|v| last[*v as usize] = u32::MAX);
                out
            },
        )
        .collect();
    let mut edges: Vec<Edge> = found
        .into_iter()
        .flatten()
        .filter(|(_, _, weight)| *weight >= min_weight)
        .map(|(u, v, weight)| Edge {
            source: rows.account(u),
            target: rows.account(v),
            weight,
        })
        .collect();
    edges.sort_unstable();
    edges
}

/// The peer's text: lower case, `@` up to white space dropped, spaces collapsed.
pub(super) fn preprocess(text: &str, out: &mut String) {
    out.clear();
    for word in text.split_whitespace() {
        let kept = word.split('@').next().unwrap_or("");
        if !kept.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&kept.to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_mention_is_dropped_up_to_white_space_wherever_it_begins() {
        let mut out = String::new();
        super::preprocess(" RT @One:  Say  a@b.c\nİ", &mut out);
        assert_eq!(out, "rt say a i\u{307}");
    }
}
