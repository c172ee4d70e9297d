//! What screening finds, misses and costs, on real lists: `screening recall|edits|alarms|thresholds|speed`, and
//! `screening pairs FILE` for others to score, with the shared data beside the project.
#![allow(clippy::print_stdout)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use overt_model::{Entity, ftm};
use overt_screening::{EntityId, Index, Match, Query, ScoringParams, Settings, THRESHOLD, build};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

fn main() -> Result<()> {
    let what = std::env::args().nth(1).unwrap_or_default();
    let world = World::load()?;
    println!(
        "{} entities, index of {} MB",
        world.index.len(),
        world.bytes >> 20
    );
    match what.as_str() {
        "recall" => world.recall(),
        "alarms" => world.alarms(),
        "thresholds" => world.thresholds(),
        "edits" => {
            world.edits();
            Ok(())
        }
        "speed" => world.speed(),
        "pairs" => match std::env::args().nth(2) {
            Some(path) => world.pairs(Path::new(&path)),
            None => bail!("usage: screening pairs FILE"),
        },
        _ => {
            bail!("usage: screening recall|edits|alarms|thresholds|speed, or screening pairs FILE")
        }
    }
}

/// The lowest score that is looked at where thresholds are compared.
const MIN_SCORE: f64 = 0.3;

/// A way to write a name otherwise; none where it cannot be done.
type Change = fn(&str, &mut StdRng) -> Option<String>;

struct World {
    entities: Vec<Entity>,
    index: Index<Vec<u8>>,
    bytes: usize,
    params: ScoringParams,
}

fn shared(path: &str) -> Result<PathBuf> {
    overt_testdata::shared(path).with_context(|| format!("{path} is not at hand"))
}

fn person(name: &str) -> Entity {
    #[expect(clippy::expect_used, reason = "FollowTheMoney has persons")]
    let mut entity = Entity::new("q", ftm::schema("Person").expect("Person"));
    entity.add("name", name);
    entity
}

impl World {
    /// OFAC, the UN and the US Congress.
    fn load() -> Result<Self> {
        let begun = Instant::now();
        let paths = [
            shared("data/screening/ofac_2021-09")?,
            shared("data/screening/un/UN_consolidated.xml")?,
            shared("data/screening/fixtures/us_congress_senzing.json")?,
        ];
        let entities: Vec<Entity> = overt_intake::read_lists(&paths)?
            .into_iter()
            .flat_map(|l| l.entities)
            .collect();
        let read = begun.elapsed();
        let bytes = build(&entities);
        println!(
            "read in {:.2} s, prepared in {:.2} s",
            read.as_secs_f64(),
            (begun.elapsed().saturating_sub(read)).as_secs_f64()
        );
        Ok(Self {
            entities,
            bytes: bytes.len(),
            index: Index::open(bytes)?,
            params: ScoringParams::default(),
        })
    }

    fn search(&self, entity: &Entity, limit: usize, cutoff: f64) -> Vec<Match> {
        let settings = Settings {
            cutoff,
            limit,
            ..Settings::default()
        };
        Query::new(entity).map_or_else(
            |_| Vec::new(),
            |q| self.index.search(&q, &settings, &self.params, |_| true),
        )
    }

    fn among(&self, entity: &Entity, among: &[EntityId]) -> Vec<Match> {
        let settings = Settings {
            cutoff: 0.02,
            limit: 20,
            ..Settings::default()
        };
        Query::new(entity).map_or_else(
            |_| Vec::new(),
            |q| {
                self.index
                    .search_among(&q, among, &settings, &self.params, |_| true)
            },
        )
    }

    fn id(&self, found: EntityId) -> &str {
        &self.entities[found.0 as usize].id
    }

    fn recall(&self) -> Result<()> {
        self.congress()?;
        let aliases = self.aliases();
        let mut rng = StdRng::seed_from_u64(7);
        println!(
            "OFAC aliases, strong and weak, each asked for as an entity of its own schema: {}",
            aliases.len()
        );
        println!("as | asked | first | in the top 5 | the same by brute force (of a sample)");
        let kinds: [(&str, Change); 4] = [
            ("they are", |a, _| Some(a.to_owned())),
            ("with one typo", typo),
            ("with two words swapped", swapped),
            ("with two words joined", joined),
        ];
        let show = std::env::args().any(|a| a == "--show");
        let mut ones = 0;
        let mut scores = 0;
        for (what, change) in kinds {
            let (mut asked, mut first, mut five) = (0, 0, 0);
            let (mut compared, mut same) = (0, 0);
            for (k, (owner, alias)) in aliases.iter().enumerate() {
                let Some(text) = change(alias, &mut rng) else {
                    continue;
                };
                let mut entity = Entity::new("q", self.entities[*owner].schema);
                entity.add("name", &text);
                let found = self.search(&entity, 5, 0.3);
                asked += 1;
                scores += found.len();
                ones += found.iter().filter(|m| m.score >= 1.0).count();
                let place = found.iter().position(|m| {
                    m.entity.0 as usize == *owner || self.shares(m.entity, *owner, alias)
                });
                first += usize::from(place == Some(0));
                five += usize::from(place.is_some());
                if place.is_none() && show && k % 11 == 0 {
                    println!("  not found: {text} for {alias}");
                }
                if k % 97 == 0
                    && let Ok(query) = Query::new(&entity)
                {
                    let settings = Settings {
                        cutoff: 0.3,
                        limit: 5,
                        ..Settings::default()
                    };
                    let all = self
                        .index
                        .search_all(&query, &settings, &self.params, |_| true);
                    compared += 1;
                    same += usize::from(all == found);
                    if all != found {
                        println!("  differs from brute force: {text}");
                    }
                }
            }
            let share = |n: usize| n as f64 / f64::from(asked);
            println!(
                "{what} | {asked} | {:.4} | {:.4} | {same} of {compared}",
                share(first),
                share(five)
            );
        }
        println!("scores of exactly 1.0: {ones} of {scores}");
        Ok(())
    }

    /// Whether another entity bears a name of the same words, as people do that several lists have: then either is right.
    fn shares(&self, found: EntityId, owner: usize, alias: &str) -> bool {
        let words = |name: &str| {
            let lower = name.to_lowercase();
            let mut words: Vec<String> = lower
                .split(|c: char| !c.is_alphanumeric() && c != '\'')
                .filter(|w| !w.is_empty())
                .map(|w| w.replace('\'', ""))
                .collect();
            words.sort_unstable();
            words
        };
        let other = &self.entities[found.0 as usize];
        found.0 as usize != owner
            && other
                .of_type(ftm::PropertyType::Name)
                .any(|n| words(n) == words(alias))
    }

    fn congress(&self) -> Result<()> {
        let mut reader = csv::Reader::from_path(shared(
            "oracle/screening/positives_us_congress_untreated.csv",
        )?)?;
        let (mut asked, mut absent, mut first, mut five, mut missed) = (0, 0, 0, 0, Vec::new());
        for row in reader.records() {
            let row = row?;
            let (name, born) = (&row[0], &row[5]);
            let mut entity = person(name);
            entity.add("birthDate", born);
            entity.add("nationality", "us");
            let is_right = |e: &Entity| {
                e.get("name").iter().any(|n| n == name)
                    && e.get("birthDate")
                        .iter()
                        .any(|d| d == born || born.is_empty())
            };
            asked += 1;
            if !self.entities.iter().any(is_right) {
                absent += 1;
                continue;
            }
            let found = self.search(&entity, 5, 0.3);
            let right = |m: &Match| is_right(&self.entities[m.entity.0 as usize]);
            first += usize::from(found.first().is_some_and(right));
            if found.iter().any(right) {
                five += 1;
            } else {
                missed.push(format!(
                    "{name} {born}: {:?}",
                    found.first().map(|m| (self.id(m.entity), m.score))
                ));
            }
        }
        println!(
            "US Congress: {asked} asked, {absent} of them not in the list; of the others {first} first, {five} in the top 5"
        );
        missed
            .iter()
            .take(10)
            .for_each(|m| println!("  missed {m}"));
        Ok(())
    }

    /// Every letter of every surname of six letters or more left out, put in, put for another and exchanged with the next:
    /// of each surname a few of each kind. Whoever bears it must still be among what is found.
    fn edits(&self) {
        const OF_EACH: usize = 2;
        let mut rng = StdRng::seed_from_u64(17);
        let (mut asked, mut found, mut missed) = (0usize, 0usize, Vec::new());
        for (at, entity) in self.entities.iter().enumerate() {
            let is_long = |n: &&String| n.len() >= 6 && n.bytes().all(|b| b.is_ascii_alphabetic());
            let Some(surname) = entity.get("lastName").iter().find(is_long) else {
                continue;
            };
            let first = entity.first("firstName").unwrap_or_default();
            for kind in 0..4 * OF_EACH {
                let mut letters: Vec<u8> = surname.to_lowercase().into_bytes();
                let place = rng.random_range(0..letters.len() - 1);
                let letter = b'a' + rng.random_range(0..26u8);
                match kind % 4 {
                    0 => drop(letters.remove(place)),
                    1 => letters.insert(place, letter),
                    2 => letters[place] = letter,
                    _ => letters.swap(place, place + 1),
                }
                let edited = String::from_utf8_lossy(&letters).into_owned();
                asked += 1;
                let query = person(&format!("{edited} {first}"));
                let candidates = self.search(&query, usize::MAX, 0.01);
                let is_found = candidates.iter().any(|m| m.entity.0 as usize == at);
                found += usize::from(is_found);
                if !is_found {
                    missed.push(format!("{edited} for {surname}, {first}"));
                }
            }
        }
        println!("surnames of six letters and more with one edit: {found} of {asked} found");
        missed
            .iter()
            .take(20)
            .for_each(|m| println!("  missed {m}"));
    }

    fn alarms(&self) -> Result<()> {
        let mut reader =
            csv::Reader::from_path(shared("oracle/screening/negatives_us_first20000.csv")?)?;
        let show = std::env::args().any(|a| a == "--show");
        let mut worst: Vec<(f64, String)> = Vec::new();
        let (mut asked, mut alarms, mut by_name) = (0usize, 0usize, 0usize);
        for row in reader.records() {
            let row = row?;
            let mut entity = person(&row[0]);
            asked += 1;
            if let Some(found) = self.search(&entity, 1, THRESHOLD).first() {
                by_name += 1;
                if show && by_name % 12 == 0 {
                    let name = found.name.as_ref();
                    println!(
                        "  {:.3} {} against {}: {}",
                        found.score,
                        &row[0],
                        name.map_or("", |n| &n.candidate),
                        name.map_or("", |n| &n.detail)
                    );
                }
            }
            entity.add("gender", &row[4]);
            entity.add("birthDate", &row[5]);
            if let Some(code) = overt_model::territory::code(&row[7]) {
                entity.add("nationality", code);
            }
            let found = self.search(&entity, 1, THRESHOLD);
            if let Some(m) = found.first().filter(|m| m.score >= THRESHOLD) {
                alarms += 1;
                let name = m.name.as_ref();
                let said: Vec<String> = m
                    .facts
                    .iter()
                    .map(|f| format!("{} {:+.1}: {}", f.fact, f.adds, f.detail))
                    .collect();
                let line = format!(
                    "{:.3} {} ({}) against {} of {}: {}; {}",
                    m.score,
                    &row[0],
                    &row[5],
                    name.map_or("", |n| &n.candidate),
                    self.id(m.entity),
                    name.map_or("", |n| &n.detail),
                    said.join("; ")
                );
                worst.push((m.score, line));
            }
        }
        let share = |n: usize| n as f64 / asked as f64 * 100.0;
        println!(
            "{asked} people on no list at {THRESHOLD}: {alarms} alarms ({:.2} %) with birth date, gender and nationality; {by_name} ({:.2} %) by name alone",
            share(alarms),
            share(by_name)
        );
        worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        worst
            .iter()
            .take(10)
            .for_each(|(_, line)| println!("  {line}"));
        Ok(())
    }

    /// What each threshold costs, in alarms on strangers and in aliases of OFAC's that no longer find their own.
    fn thresholds(&self) -> Result<()> {
        let [mut facts, mut names] = [Vec::new(), Vec::new()];
        let mut reader =
            csv::Reader::from_path(shared("oracle/screening/negatives_us_first20000.csv")?)?;
        let best = |found: &[Match]| found.first().map_or(0.0, |m| m.score);
        for row in reader.records() {
            let row = row?;
            let mut entity = person(&row[0]);
            names.push(best(&self.search(&entity, 1, MIN_SCORE)));
            entity.add("gender", &row[4]);
            entity.add("birthDate", &row[5]);
            if let Some(code) = overt_model::territory::code(&row[7]) {
                entity.add("nationality", code);
            }
            facts.push(best(&self.search(&entity, 1, MIN_SCORE)));
        }
        let mut rng = StdRng::seed_from_u64(7);
        let [mut as_they_are, mut typos] = [Vec::new(), Vec::new()];
        for (owner, alias) in self.aliases() {
            as_they_are.push(self.own_score(owner, alias, alias));
            if let Some(text) = typo(alias, &mut rng) {
                typos.push(self.own_score(owner, alias, &text));
            }
        }
        println!(
            "threshold | alarms on {} strangers, with facts | by name alone | of {} aliases missed | of {} with a typo",
            facts.len(),
            as_they_are.len(),
            typos.len()
        );
        for threshold in [0.5, 0.6, 0.7, 0.8, 0.9] {
            let share = |scores: &[f64], above: bool| {
                let count = scores
                    .iter()
                    .filter(|s| (**s >= threshold) == above)
                    .count();
                count as f64 / scores.len() as f64 * 100.0
            };
            println!(
                "{threshold} | {:.2} % | {:.2} % | {:.2} % | {:.2} %",
                share(&facts, true),
                share(&names, true),
                share(&as_they_are, false),
                share(&typos, false)
            );
        }
        Ok(())
    }

    /// The score with which a text finds the owner of an alias, or another who bears it too.
    fn own_score(&self, owner: usize, alias: &str, text: &str) -> f64 {
        let mut entity = Entity::new("q", self.entities[owner].schema);
        entity.add("name", text);
        let found = self.search(&entity, 20, MIN_SCORE);
        let own = found
            .iter()
            .find(|m| m.entity.0 as usize == owner || self.shares(m.entity, owner, alias));
        own.map_or(0.0, |m| m.score)
    }

    /// OFAC's aliases, strong and weak, each with the place of who bears it.
    fn aliases(&self) -> Vec<(usize, &str)> {
        let listed = self.entities.iter().enumerate();
        let listed = listed.filter(|(_, e)| e.id.starts_with("ofac-") && e.target);
        let properties = ["alias", "weakAlias", "previousName"];
        listed
            .flat_map(|(i, e)| {
                properties
                    .iter()
                    .flat_map(|p| e.get(p))
                    .map(move |a| (i, a.as_str()))
            })
            .collect()
    }

    /// Names of strangers, and of the lists' own, in no order.
    fn queries(&self) -> Result<Vec<Entity>> {
        let mut reader =
            csv::Reader::from_path(shared("oracle/screening/negatives_us_first20000.csv")?)?;
        let mut queries: Vec<Entity> = Vec::new();
        for row in reader.records().take(4_000) {
            queries.push(person(&row?[0]));
        }
        for entity in self.entities.iter().filter(|e| e.target).step_by(3) {
            let mut asked = Entity::new("q", entity.schema);
            asked.add(
                "name",
                entity.first("alias").or(entity.first("name")).unwrap_or(""),
            );
            queries.push(asked);
        }
        queries.shuffle(&mut StdRng::seed_from_u64(7));
        Ok(queries)
    }

    /// Queries with the candidates they have, for others to score, and the time it took here to find and score them.
    fn pairs(&self, path: &Path) -> Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        let (mut pairs, mut asked, mut finding, mut scoring) = (0, 0, 0.0, 0.0);
        for (number, entity) in self.queries()?.iter().take(400).enumerate() {
            // Others remember what they prepared by the id.
            let entity = &Entity {
                id: format!("q{number}"),
                ..entity.clone()
            };
            let begun = Instant::now();
            let found = self.search(entity, 20, 0.02);
            finding += begun.elapsed().as_secs_f64();
            asked += 1;
            pairs += found.len();
            let mut among: Vec<EntityId> = found.iter().map(|m| m.entity).collect();
            among.sort_unstable();
            let begun = Instant::now();
            let scored = self.among(entity, &among);
            scoring += begun.elapsed().as_secs_f64();
            anyhow::ensure!(
                scored.len() == found.len(),
                "{}: scored otherwise where candidates are given",
                entity.id
            );
            let candidates: Vec<Entity> = found
                .iter()
                .filter_map(|m| self.index.entity(m.entity))
                .collect();
            serde_json::to_writer(&mut out, &(entity, candidates))?;
            out.write_all(b"\n")?;
        }
        println!(
            "{}: {asked} queries, {pairs} pairs found among {} entities and scored, each at least .02, in {:.0} µs a query; \
             the same pairs scored, candidates given, in {:.0} µs a query",
            overt_screening::ALGORITHM,
            self.entities.len(),
            finding / f64::from(asked) * 1e6,
            scoring / f64::from(asked) * 1e6
        );
        Ok(())
    }

    fn speed(&self) -> Result<()> {
        let queries = self.queries()?;
        for (what, cutoff) in [("at 0.7", THRESHOLD), ("at 0.5", 0.5)] {
            let mut times: Vec<f64> = Vec::with_capacity(queries.len());
            let mut found = 0;
            for entity in &queries {
                let begun = Instant::now();
                found += self.search(entity, 5, cutoff).len();
                times.push(begun.elapsed().as_secs_f64() * 1e6);
            }
            times.sort_by(f64::total_cmp);
            let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
            println!(
                "{} queries {what}: median {:.0} µs, p90 {:.0} µs, p99 {:.0} µs, most {:.0} µs; {found} results",
                times.len(),
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0)
            );
        }
        Ok(())
    }
}

/// One letter left out, doubled, replaced or swapped with the next.
fn typo(text: &str, rng: &mut StdRng) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..letters.len())
        .filter(|i| letters[*i].is_alphabetic())
        .collect();
    if places.len() < 4 {
        return None;
    }
    let at = places[rng.random_range(0..places.len())];
    match rng.random_range(0..4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = char::from(b'a' + rng.random_range(0..26u8)),
        _ if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters.insert(at, letters[at]),
    }
    Some(letters.into_iter().collect())
}

fn swapped(text: &str, rng: &mut StdRng) -> Option<String> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.len() < 2 {
        return None;
    }
    let at = rng.random_range(0..words.len() - 1);
    words.swap(at, at + 1);
    Some(words.join(" "))
}

fn joined(text: &str, rng: &mut StdRng) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() < 2 {
        return None;
    }
    let at = rng.random_range(0..words.len() - 1);
    Some(
        [
            words[..at].join(" "),
            format!("{}{}", words[at].trim_end_matches(','), words[at + 1]),
            words[at + 2..].join(" "),
        ]
        .join(" "),
    )
}
