//! CooRTweet 2.1.3: `detect_groups()` and `generate_coordinated_network()`.
//!
//! Of its columns, `n_content_id(_y)` and `edge_symmetry_score` count older and newer posts where from and to are
//! meant; they are not reproduced.

use std::collections::BTreeMap;

use overt_model::Window;

use super::{Row, Rows};

/// Settings, under their names in the peer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// `time_window`.
    pub window: Window,
    /// `min_participation`: least rows of an account.
    pub min_participation: u32,
    /// `edge_weight`: the quantile (type 7) above which an edge is marked.
    pub quantile: f64,
    /// The window of `flag_speed_share()`, if used.
    pub fast: Option<Window>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window: Window::from_millis(10_000).unwrap_or(Window::INFINITE),
            min_participation: 2,
            quantile: 0.5,
            fast: None,
        }
    }
}

/// An edge over the pairs within one window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// Number of post pairs.
    pub weight: u64,
    /// Mean time between their posts, in seconds.
    pub avg_time_delta: f64,
    /// Whether the weight exceeds the quantile of all weights.
    pub above: bool,
}

/// An unordered pair of accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The account whose name sorts first.
    pub from: String,
    /// The other.
    pub to: String,
    /// Over all pairs within the window.
    pub full: Weight,
    /// Over the pairs within the fast window, if any.
    pub fast: Option<Weight>,
}

#[derive(Default, Clone, Copy)]
struct Sum {
    pairs: u64,
    millis: i64,
}

/// The peer's network, in order of account names.
pub fn network(rows: &Rows, settings: &Settings) -> Vec<Edge> {
    let mut count = vec![0u32; rows.accounts.len()];
    rows.rows
        .iter()
        .for_each(|r| count[r.account as usize] += 1);
    let mut kept: Vec<Row> = rows
        .rows
        .iter()
        .copied()
        .filter(|r| count[r.account as usize] >= settings.min_participation)
        .collect();
    let runs = Rows::by_object(&mut kept);
    let all = |_: &Row, _: &Row| true;
    let full = active_rows(rows, &kept, &runs, settings.window, all);
    let enough = |active: &[u32], r: &Row| active[r.account as usize] >= settings.min_participation;
    let keeps = |a: &Row, b: &Row| enough(&full, a) || enough(&full, b);
    // The fast network filters accounts once more, by what is left within the fast window.
    let fast = settings
        .fast
        .map(|w| (w, active_rows(rows, &kept, &runs, w, keeps)));
    let mut sums: BTreeMap<(u32, u32), (Sum, Sum)> = BTreeMap::new();
    for run in &runs {
        pairs(&kept[run.clone()], settings.window.bound(), |a, b| {
            if !keeps(a, b) {
                return;
            }
            let ends = (a.account.min(b.account), a.account.max(b.account));
            let sum = sums.entry(ends).or_default();
            let delta = b.time - a.time;
            add(&mut sum.0, delta);
            if fast
                .as_ref()
                .is_some_and(|(w, f)| delta <= w.bound() && (enough(f, a) || enough(f, b)))
            {
                add(&mut sum.1, delta);
            }
        });
    }
    edges(rows, &sums, settings.quantile)
}

/// Per account, the rows kept whose message appears in any pair within the window.
fn active_rows(
    rows: &Rows,
    kept: &[Row],
    runs: &[std::ops::Range<usize>],
    window: Window,
    counts: impl Fn(&Row, &Row) -> bool,
) -> Vec<u32> {
    let mut paired = vec![false; rows.names.len()];
    for run in runs {
        pairs(&kept[run.clone()], window.bound(), |a, b| {
            if counts(a, b) {
                paired[a.message as usize] = true;
                paired[b.message as usize] = true;
            }
        });
    }
    let mut active = vec![0u32; rows.accounts.len()];
    kept.iter()
        .filter(|r| paired[r.message as usize])
        .for_each(|r| active[r.account as usize] += 1);
    active
}

fn add(sum: &mut Sum, delta: i64) {
    sum.pairs += 1;
    sum.millis += delta;
}

/// Pairs of rows of one object within the window, the earlier first, that the peer keeps.
fn pairs(run: &[Row], window: i64, mut each: impl FnMut(&Row, &Row)) {
    for (n, a) in run.iter().enumerate() {
        for b in run[n + 1..]
            .iter()
            .take_while(|b| b.time - a.time <= window)
        {
            let own = a.object == a.message || b.object == b.message;
            if a.account != b.account && a.message != b.message && !own {
                each(a, b);
            }
        }
    }
}

fn edges(rows: &Rows, sums: &BTreeMap<(u32, u32), (Sum, Sum)>, quantile: f64) -> Vec<Edge> {
    let full_cut = type_7(
        sums.values().map(|(full, _)| full.pairs).collect(),
        quantile,
    );
    let fast_cut = type_7(
        sums.values()
            .map(|(_, fast)| fast.pairs)
            .filter(|n| *n > 0)
            .collect(),
        quantile,
    );
    let weight = |sum: &Sum, cut: f64| Weight {
        weight: sum.pairs,
        avg_time_delta: sum.millis as f64 / 1000.0 / sum.pairs as f64,
        above: sum.pairs as f64 > cut,
    };
    let mut edges: Vec<Edge> = sums
        .iter()
        .map(|(&(i, j), (full, fast))| {
            let mut ends = [rows.account(i), rows.account(j)];
            ends.sort_unstable();
            let [from, to] = ends;
            let fast = (fast.pairs > 0).then(|| weight(fast, fast_cut));
            Edge {
                from,
                to,
                full: weight(full, full_cut),
                fast,
            }
        })
        .collect();
    edges.sort_unstable_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    edges
}

/// R's default quantile, type 7 (Hyndman & Fan 1996).
fn type_7(mut weights: Vec<u64>, p: f64) -> f64 {
    weights.sort_unstable();
    let Some(last) = weights.len().checked_sub(1) else {
        return 0.0;
    };
    let at = p * last as f64;
    let (below, above) = (
        weights[at.floor() as usize] as f64,
        weights[at.ceil() as usize] as f64,
    );
    below + (at - at.floor()) * (above - below)
}
