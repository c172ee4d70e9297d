//! Screening at the size of every list there is: `million make FILE [N]` writes N entities (a million) whose names are
//! made of the parts of OFAC's, the UN's and the US Congress's names; `million ask FILE INDEX` asks the index that a list
//! store prepared of them, with what each query cost beside the small lists', and compares with brute force.
#![allow(clippy::print_stdout)]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use overt_model::{Entity, ftm};
use overt_screening::{Index, Match, Query, ScoringParams, Settings, THRESHOLD, build};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rustix::time::{ClockId, clock_gettime};

/// Entities that are made when no number is given.
const MILLION: usize = 1_000_000;
/// Queries that are timed.
const TIMED: usize = 2_000;
/// Queries whose answers are compared with brute force.
const COMPARED: usize = 200;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make", file] => make(Path::new(file), MILLION),
        ["make", file, number] => make(Path::new(file), number.parse()?),
        ["ask", file, index] => ask(Path::new(file), Path::new(index)),
        _ => bail!("usage: million make FILE [N], or million ask FILE INDEX"),
    }
}

/// OFAC, the UN and the US Congress.
fn small() -> Result<Vec<Entity>> {
    let paths = [
        "ofac_2021-09",
        "un/UN_consolidated.xml",
        "fixtures/us_congress_senzing.json",
    ]
    .iter()
    .map(|path| {
        overt_testdata::shared(&format!("data/screening/{path}"))
            .with_context(|| format!("{path} is not at hand"))
    })
    .collect::<Result<Vec<_>>>()?;
    let lists = overt_intake::read_lists(&paths)?;
    Ok(lists.into_iter().flat_map(|l| l.entities).collect())
}

/// Words of names, by their place, and whole facts of others.
struct Parts {
    first: Vec<String>,
    middle: Vec<String>,
    last: Vec<String>,
    named: Vec<Vec<String>>,
    things: Vec<Vec<String>>,
    born: Vec<String>,
    countries: Vec<String>,
}

impl Parts {
    fn of(entities: &[Entity]) -> Self {
        let mut parts = Self {
            first: Vec::new(),
            middle: Vec::new(),
            last: Vec::new(),
            named: Vec::new(),
            things: Vec::new(),
            born: Vec::new(),
            countries: Vec::new(),
        };
        for entity in entities {
            parts.born.extend(entity.get("birthDate").iter().cloned());
            for property in ["nationality", "country"] {
                parts.countries.extend(entity.get(property).iter().cloned());
            }
            for name in entity.get("name").iter().chain(entity.get("alias")) {
                let words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
                parts.take(entity.schema.name.as_str(), words);
            }
        }
        parts
    }

    fn take(&mut self, schema: &str, mut words: Vec<String>) {
        match schema {
            "Person" if words.len() > 1 => {
                self.last.extend(words.pop());
                self.first.push(words.remove(0));
                self.middle.extend(words);
            }
            "Person" => {}
            "Vessel" | "Airplane" => self.things.push(words),
            _ => self.named.push(words),
        }
    }

    /// The beginning of one name and the end of another.
    fn mixed(from: &[Vec<String>], rng: &mut StdRng) -> String {
        let (Some(a), Some(b)) = (from.choose(rng), from.choose(rng)) else {
            return String::new();
        };
        let begin = a.iter().take(a.len().div_ceil(2));
        let words: Vec<&str> = begin
            .chain(b.iter().skip(b.len() / 2))
            .map(String::as_str)
            .collect();
        words.join(" ")
    }

    fn person_name(&self, rng: &mut StdRng) -> String {
        let mut words = vec![pick(&self.first, rng)];
        if rng.random_bool(0.4) {
            words.push(pick(&self.middle, rng));
        }
        words.push(pick(&self.last, rng));
        words.join(" ")
    }

    /// Two in three are persons, most others organisations; every third has an alias, as on the lists.
    fn entity(&self, id: usize, rng: &mut StdRng) -> Result<Entity> {
        let kind = rng.random_range(0..100);
        let (schema, name): (&str, fn(&Self, &mut StdRng) -> String) = match kind {
            0..66 => ("Person", Self::person_name),
            66..96 => ("Organization", |parts, rng| Self::mixed(&parts.named, rng)),
            _ => ("Vessel", |parts, rng| Self::mixed(&parts.things, rng)),
        };
        let mut entity = Entity::new(
            format!("made-{id}"),
            ftm::schema(schema).context("a schema")?,
        );
        entity.add("name", name(self, rng));
        while rng.random_bool(0.3) {
            entity.add("alias", name(self, rng));
        }
        if schema == "Person" {
            entity.add("birthDate", pick(&self.born, rng));
            entity.add("nationality", pick(&self.countries, rng));
        } else {
            entity.add("country", pick(&self.countries, rng));
        }
        entity.add("topics", "sanction");
        entity.set_caption();
        entity.target = true;
        entity.datasets.push("made".to_owned());
        Ok(entity)
    }
}

fn pick(from: &[String], rng: &mut StdRng) -> String {
    from.choose(rng).cloned().unwrap_or_default()
}

fn make(path: &Path, number: usize) -> Result<()> {
    let parts = Parts::of(&small()?);
    let mut rng = StdRng::seed_from_u64(11);
    let mut out = BufWriter::new(File::create(path)?);
    for id in 0..number {
        serde_json::to_writer(&mut out, &parts.entity(id, &mut rng)?)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    println!("{number} entities in {}", path.display());
    Ok(())
}

/// Names as they are listed and, every other one, with a letter left out; as many of strangers.
fn questions(names: &[String], parts: &Parts, rng: &mut StdRng) -> Result<Vec<Entity>> {
    let schema = ftm::schema("LegalEntity").context("a schema")?;
    let mut asked = Vec::new();
    for k in 0..TIMED {
        let mut name = match k % 4 {
            0 | 1 => pick(names, rng),
            _ => parts.person_name(rng),
        };
        if k % 2 == 1 && name.is_ascii() && name.len() > 8 {
            name.remove(rng.random_range(1..name.len()));
        }
        let mut entity = Entity::new(format!("q{k}"), schema);
        entity.add("name", name);
        asked.push(entity);
    }
    asked.shuffle(rng);
    Ok(asked)
}

fn ask(path: &Path, index: &Path) -> Result<()> {
    let small = small()?;
    let parts = Parts::of(&small);
    let mut names = Vec::new();
    for (at, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        // One in fifty is enough to ask for, and leaves the memory to the index.
        if at % 50 == 0 {
            let entity: serde_json::Value = serde_json::from_str(&line?)?;
            names.extend(entity["caption"].as_str().map(str::to_owned));
        }
    }
    let mut rng = StdRng::seed_from_u64(12);
    let asked = questions(&names, &parts, &mut rng)?;
    drop((names, parts));

    let listed: Vec<String> = small.iter().map(|e| e.caption.clone()).collect();
    let of_small = questions(&listed, &Parts::of(&small), &mut StdRng::seed_from_u64(12))?;
    let small = Index::open(build(&small))?;
    let before = timed("the small lists", &small, &of_small);
    compare(&small, &of_small[..5 * COMPARED]);
    drop(small);

    let large = overt_lists::open_index(index)?;
    println!(
        "index of {} MB, resident before the first query {} MB",
        index.metadata()?.len() >> 20,
        resident()?
    );
    let after = timed("the large one", &large, &asked);
    println!(
        "median {:.1} times the small lists'; resident {} MB",
        after / before,
        resident()?
    );
    compare(&large, &asked[..COMPARED]);
    Ok(())
}

fn search<B: AsRef<[u8]>>(index: &Index<B>, entity: &Entity) -> Vec<Match> {
    let settings = Settings {
        cutoff: THRESHOLD,
        limit: 5,
        ..Settings::default()
    };
    Query::new(entity).map_or_else(
        |_| Vec::new(),
        |q| index.search(&q, &settings, &ScoringParams::default(), |_| true),
    )
}

/// Seconds that this thread had a processor: what a query takes, whatever else the machine does.
fn of_this_thread() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The median of what a query takes, in microseconds of a processor.
fn timed<B: AsRef<[u8]>>(what: &str, index: &Index<B>, asked: &[Entity]) -> f64 {
    let mut found = 0;
    let mut times: Vec<f64> = asked
        .iter()
        .map(|entity| {
            let begun = of_this_thread();
            found += search(index, entity).len();
            (of_this_thread() - begun) * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
    println!(
        "{what}: {} entities, {} queries: median {:.0} µs, p90 {:.0} µs, p99 {:.0} µs, most {:.0} µs; {found} results",
        index.len(),
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    at(0.5)
}

/// Against comparing with every entity.
fn compare<B: AsRef<[u8]> + Sync>(index: &Index<B>, asked: &[Entity]) {
    use rayon::prelude::*;
    let settings = Settings {
        cutoff: THRESHOLD,
        limit: 5,
        ..Settings::default()
    };
    let params = ScoringParams::default();
    let other: Vec<&str> = asked
        .par_iter()
        .filter(|entity| {
            Query::new(entity).is_ok_and(|q| {
                index.search(&q, &settings, &params, |_| true)
                    != index.search_all(&q, &settings, &params, |_| true)
            })
        })
        .filter_map(|entity| entity.first("name"))
        .collect();
    let same = asked.len() - other.len();
    println!(
        "the same as by brute force: {same} of {}; other: {other:?}",
        asked.len()
    );
}

/// Megabytes of this process that are in memory.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes >> 10)
}
