//! Groups injected into real data: accounts found of each, and whoever may be named, or is established, that is not
//! without it.
//! usage: `injected [SEED]`
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;

use overt_bench::real::{Row, read};
use overt_bench::{corpus_of_rows, share};
use overt_coordination::accounts::{AccountFinding, AccountStatus, judge};
use overt_coordination::network::{NetworkSettings, find};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Accounts of a group.
const SIZES: [u32; 4] = [6, 15, 30, 60];
/// Objects it pushes, and the seconds within which it does.
const OBJECTS: u32 = 30;
const SPREAD: i64 = 30;

/// The data, and a group among it: share of its accounts that take part, and posts of each that are like others'.
struct Injection {
    size: u32,
    takes_part: f64,
    organic: usize,
}

/// The data with a group: objects of its own within the time of the data, and posts that repeat others' at other times.
fn inject(rows: &[Row], injection: &Injection, seed: u64) -> Vec<Row> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let first = rows.iter().map(|r| r.time).min().unwrap_or(0);
    let last = rows.iter().map(|r| r.time).max().unwrap_or(0);
    let mut all = rows.to_vec();
    for object in 0..OBJECTS {
        let at = rng.random_range(first..=last);
        for member in 0..injection.size {
            if rng.random_bool(injection.takes_part) {
                all.push(Row {
                    object: format!("pushed{object}"),
                    account: format!("planted{member}"),
                    time: at + rng.random_range(0..=SPREAD),
                });
            }
        }
    }
    for member in 0..injection.size {
        for _ in 0..injection.organic {
            // What somebody shares, at a time when somebody shared it.
            let like = &rows[rng.random_range(0..rows.len())];
            all.push(Row {
                object: like.object.clone(),
                account: format!("planted{member}"),
                time: like.time + rng.random_range(0..3600),
            });
        }
    }
    all
}

/// Who is established, and who of them may be named.
struct Judged {
    established: BTreeSet<String>,
    named: BTreeSet<String>,
}

impl Judged {
    /// How many of these names the other does not have, planted ones apart.
    fn new_to(of: &BTreeSet<String>, before: &BTreeSet<String>) -> usize {
        let others = of.iter().filter(|a| !a.contains("planted"));
        others.filter(|a| !before.contains(*a)).count()
    }
}

fn judged(rows: &[Row]) -> Judged {
    let corpus = corpus_of_rows(rows);
    let settings = NetworkSettings::default();
    let network = find(&corpus, &settings, &|_| {});
    let accounts = judge(&corpus, &network, &settings);
    let names = |which: fn(&AccountFinding) -> bool| {
        let some = accounts.iter().filter(|a| which(a));
        some.map(|a| corpus.accounts.name(a.account).to_owned())
            .collect()
    };
    Judged {
        established: names(|a| a.status == AccountStatus::Established),
        named: names(AccountFinding::is_certain),
    }
}

fn main() {
    let seed: u64 = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(1);
    println!(
        "groups of {OBJECTS} objects within {SPREAD} s injected into real data, default windows, seed {seed}"
    );
    println!(
        "data | accounts | take part | posts besides | found | others who may be named and may not without it | others established and not without it"
    );
    let (mut good, mut runs, mut others) = (0, 0, 0);
    for (name, rows) in read() {
        let before = judged(&rows);
        let mut all = Vec::new();
        for size in SIZES {
            for takes_part in [0.6, 1.0] {
                for organic in [0, 10] {
                    all.push(Injection {
                        size,
                        takes_part,
                        organic,
                    });
                }
            }
        }
        let found: Vec<Judged> = all
            .par_iter()
            .map(|i| judged(&inject(&rows, i, seed)))
            .collect();
        for (i, found) in all.iter().zip(&found) {
            let planted = found.established.iter().filter(|a| a.contains("planted"));
            let recall = share(planted.count(), i.size as usize);
            let named = Judged::new_to(&found.named, &before.named);
            let established = Judged::new_to(&found.established, &before.established);
            println!(
                "{name} | {} | {:.0} % | {} | {recall:.2} | {named} | {established}",
                i.size,
                100.0 * i.takes_part,
                i.organic
            );
            good += usize::from(recall >= 0.9);
            others += usize::from(named > 0);
            runs += 1;
        }
    }
    println!(
        "{good} of {runs} runs find nine tenths or more; in {others} somebody else may be named"
    );
}
