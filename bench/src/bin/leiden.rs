//! Communities of a graph by our own Leiden, for comparison with another implementation.
//!
//! `leiden EDGES.csv RESOLUTION ITERATIONS SEEDS`: reads lines `a,b` of node numbers; prints for each seed the seconds of
//! the search and then the community of every node, one line a seed, numbers parted by spaces.

use std::time::Instant;

use overt_coordination::leiden::{Graph, Leiden};

#[allow(clippy::print_stdout)]
fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [path, resolution, iterations, seeds] = words.as_slice() else {
        anyhow::bail!("usage: leiden EDGES.csv RESOLUTION ITERATIONS SEEDS");
    };
    let mut edges: Vec<(u32, u32)> = Vec::new();
    for row in csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)?
        .deserialize()
    {
        edges.push(row?);
    }
    let nodes = edges.iter().map(|(a, b)| a.max(b) + 1).max().unwrap_or(0) as usize;
    let graph = Graph::unweighted(nodes, edges.iter().copied(), vec![0.0; nodes]);
    for seed in 0..seeds.parse()? {
        let leiden = Leiden {
            resolution: resolution.parse()?,
            iterations: iterations.parse()?,
            seed,
        };
        let begun = Instant::now();
        let community = leiden.run(&graph);
        let seconds = begun.elapsed().as_secs_f64();
        let numbers: Vec<String> = community.iter().map(ToString::to_string).collect();
        println!("{seconds} {}", numbers.join(" "));
    }
    Ok(())
}
