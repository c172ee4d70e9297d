//! The bipartite configuration model (Saracco et al. 2017): participation by maximum entropy given all degrees.
//!
//! An account i of degree `k_i` touches an object of degree `h` with probability `p = x_i y_h / (1 + x_i y_h)`, the
//! fitnesses solved so that expected degrees equal the observed ones. Accounts (and objects) of one degree have one
//! fitness, so the system is as large as the number of distinct degrees.

use overt_model::Window;

use crate::events::Events;

/// The solved model, with the chance of meeting within the window summed over the objects of each degree.
#[derive(Debug, Clone)]
pub struct Bicm {
    account_fitness: Vec<f64>,
    /// Fitness and `Σ f_o` of each distinct object degree; `f_o` is the share of the object's event pairs within w.
    object_classes: Vec<(f64, f64)>,
    /// Class of each account.
    class: Vec<u32>,
}

impl Bicm {
    /// Solves for the fitnesses by fixed-point iteration until every expected degree is within 1e-10 relative.
    pub fn solve(events: &Events, window: Window) -> Self {
        let degree: Vec<u32> = (0..events.n_accounts())
            .map(|i| events.of_account(i).len() as u32)
            .collect();
        let popularity: Vec<u32> = (0..events.n_objects())
            .map(|o| events.of_object(o).len() as u32)
            .collect();
        let (rows, class) = classes(&degree);
        let (cols, object_class) = classes(&popularity);
        let (x, y) = fixed_point(&rows, &cols);
        let mut met = vec![0.0; cols.len()];
        for o in 0..events.n_objects() {
            met[object_class[o as usize] as usize] += share_within(events, o, window);
        }
        Self {
            account_fitness: x,
            object_classes: y.into_iter().zip(met).collect(),
            class,
        }
    }

    /// Expected co-shares `λ_ij = Σ_o p_io p_jo f_o`.
    pub fn expected(&self, i: u32, j: u32) -> f64 {
        let x = self.account_fitness[self.class[i as usize] as usize];
        let z = self.account_fitness[self.class[j as usize] as usize];
        self.object_classes
            .iter()
            .map(|(y, met)| met * (x * y / (1.0 + x * y)) * (z * y / (1.0 + z * y)))
            .sum()
    }

    /// The degree the model expects of an account, over all objects with an event.
    pub fn expected_degree(&self, events: &Events, account: u32) -> f64 {
        let popularity: Vec<u32> = (0..events.n_objects())
            .map(|o| events.of_object(o).len() as u32)
            .collect();
        let (cols, _) = classes(&popularity);
        let x = self.account_fitness[self.class[account as usize] as usize];
        cols.iter()
            .zip(&self.object_classes)
            .map(|((_, n), (y, _))| n * (x * y / (1.0 + x * y)))
            .sum()
    }
}

/// Distinct degrees above 0 with how many have them, and the class of each node (degree 0: a class of fitness 0).
fn classes(degree: &[u32]) -> (Vec<(f64, f64)>, Vec<u32>) {
    let mut distinct = degree.to_vec();
    distinct.sort_unstable();
    let counted: Vec<(u32, usize)> = distinct
        .chunk_by(|a, b| a == b)
        .map(|c| (c[0], c.len()))
        .collect();
    let at = |d: &u32| counted.binary_search_by_key(d, |c| c.0).unwrap_or(0) as u32;
    let class = degree.iter().map(at).collect();
    (
        counted
            .iter()
            .map(|&(d, n)| (f64::from(d), n as f64))
            .collect(),
        class,
    )
}

fn fixed_point(rows: &[(f64, f64)], cols: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    const ROUNDS: usize = 100_000;
    let edges: f64 = rows.iter().map(|(d, n)| d * n).sum::<f64>().max(1.0);
    let mut x: Vec<f64> = rows.iter().map(|(d, _)| d / edges.sqrt()).collect();
    let mut y: Vec<f64> = cols.iter().map(|(d, _)| d / edges.sqrt()).collect();
    let expected = |v: f64, others: &[(f64, f64)], fitness: &[f64]| -> f64 {
        others
            .iter()
            .zip(fitness)
            .map(|((_, n), f)| n * f / (1.0 + v * f))
            .sum()
    };
    for _ in 0..ROUNDS {
        let mut worst = 0.0f64;
        for (a, (d, _)) in rows.iter().enumerate().filter(|(_, (d, _))| *d > 0.0) {
            let new = d / expected(x[a], cols, &y);
            worst = worst.max((new / x[a] - 1.0).abs());
            x[a] = new;
        }
        for (b, (d, _)) in cols.iter().enumerate().filter(|(_, (d, _))| *d > 0.0) {
            let new = d / expected(y[b], rows, &x);
            worst = worst.max((new / y[b] - 1.0).abs());
            y[b] = new;
        }
        if worst < 1e-12 {
            break;
        }
    }
    (x, y)
}

fn share_within(events: &Events, object: u32, window: Window) -> f64 {
    let run = events.of_object(object);
    let n = run.len() as f64;
    if n < 2.0 || window == Window::INFINITE {
        return 1.0;
    }
    let mut first = run.start;
    let mut near = 0usize;
    for e in run {
        while events.time(e) - events.time(first) > window.bound() {
            first += 1;
        }
        near += e - first;
    }
    2.0 * near as f64 / (n * (n - 1.0))
}
