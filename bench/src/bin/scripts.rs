//! How many parties are found by their names in other writing systems, a line for each: `scripts [NAMES.csv] [--half 0|1]
//! [--show]`, and `scripts [NAMES.csv] --pairs FILE` for others to score.
//!
//! Asked are the names in their own script that the UN's list gives, and those of a table (columns script, kind, native,
//! latin, source; `bench/data/names-in-scripts.csv`); to be found are the Latin names beside those of OFAC, the UN and the
//! table. Alarms are others that reach the threshold, with the party itself left out of the list.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use overt_model::Entity;
use overt_model::ftm::{self, PropertyType};
use overt_screening::{
    FormScript, Index, Match, Name, Query, Reach, ScoringParams, Settings, Subject, THRESHOLD,
    build,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// Others beside which a pair is scored by others.
const OTHERS: usize = 200;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| {
        let at = words.iter().position(|w| w == flag)?;
        words.get(at + 1).cloned()
    };
    let table = words.first().filter(|w| !w.starts_with("--"));
    let half: Option<u64> = after("--half").and_then(|h| h.parse().ok());
    let mut world = World::load(table.map_or("bench/data/names-in-scripts.csv", String::as_str))?;
    world.asked.retain(|a| half.is_none_or(|h| a.half() == h));
    if let Some(path) = after("--strangers") {
        return world.strangers(&path);
    }
    match after("--pairs") {
        Some(path) => world.pairs(&path),
        None => world.report(words.iter().any(|w| w == "--show")),
    }
}

struct World {
    entities: Vec<Entity>,
    asked: Vec<Asked>,
}

/// A name in its script, and the entity whose it is.
struct Asked {
    script: String,
    native: String,
    entity: usize,
}

impl Asked {
    /// One of two halves, of which one is not looked at while tuning.
    fn half(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.native.hash(&mut hasher);
        hasher.finish() % 2
    }

    fn query(&self, schema: &'static ftm::Schema) -> Entity {
        // Others remember entities by their id.
        let mut query = Entity::new(format!("q-{}", self.native), schema);
        query.add("name", &self.native);
        query
    }
}

impl World {
    fn load(table: &str) -> Result<Self> {
        let shared = |path: &str| -> Result<PathBuf> {
            overt_testdata::shared(path).with_context(|| format!("{path} is not at hand"))
        };
        let paths = [
            shared("data/screening/ofac_2021-09")?,
            shared("data/screening/un/UN_consolidated.xml")?,
        ];
        let mut entities: Vec<Entity> = Vec::new();
        let mut asked = Vec::new();
        for list in overt_intake::read_lists(&paths)? {
            for mut entity in list.entities {
                for native in foreign_names(&mut entity) {
                    asked.push(Asked {
                        script: script_of(&native).to_owned(),
                        native,
                        entity: entities.len(),
                    });
                }
                entities.push(entity);
            }
        }
        if std::path::Path::new(table).is_file() {
            let mut reader = csv::Reader::from_path(table)?;
            for row in reader.deserialize() {
                let row: BTreeMap<String, String> = row?;
                let schema = schema(&row["kind"])?;
                let mut entity = Entity::new(format!("table-{}", entities.len()), schema);
                entity.add("name", &row["latin"]);
                asked.push(Asked {
                    script: row["script"].clone(),
                    native: row["native"].clone(),
                    entity: entities.len(),
                });
                entities.push(entity);
            }
        }
        Ok(Self { entities, asked })
    }

    fn report(&self, show: bool) -> Result<()> {
        let index = Index::open(build(&self.entities))?;
        println!("{} entities, {} MB", index.len(), index.bytes().len() >> 20);
        let mut rows: BTreeMap<(&str, &str), Row> = BTreeMap::new();
        let params = ScoringParams::default();
        let settings = Settings {
            cutoff: 0.3,
            limit: 10,
            ..Settings::default()
        };
        for asked in &self.asked {
            let entity = &self.entities[asked.entity];
            let query = Query::new(&asked.query(entity.schema))
                .map(|q| q.reaching(Reach::Schema))
                .with_context(|| asked.native.clone())?;
            let found = index.search(&query, &settings, &params, |_| true);
            let is_own = |m: &Match| {
                m.entity.0 as usize == asked.entity
                    || self.shares_name(m.entity.0 as usize, asked.entity)
            };
            let place = found.iter().position(is_own);
            let own = place.map(|p| found[p].score);
            let others = found.iter().filter(|m| !is_own(m) && m.score >= THRESHOLD);
            let others = others.count();
            let row = rows.entry((&asked.script, kind(entity))).or_default();
            row.asked += 1;
            row.first += usize::from(place == Some(0));
            row.second += usize::from(place.is_some_and(|p| p < 2));
            row.matched += usize::from(own.is_some_and(|s| s >= THRESHOLD));
            row.others += others;
            row.alarms += usize::from(others > 0);
            if show && (place != Some(0) || own.is_none_or(|s| s < THRESHOLD) || others > 0) {
                let first = found.first();
                println!(
                    "{} {} = {}: {} {:?}; first {:.2} {}",
                    asked.script,
                    asked.native,
                    entity.first("name").unwrap_or_default(),
                    place.map_or("not found".to_owned(), |p| format!("place {}", p + 1)),
                    own.map(|s| (s * 100.0).round() / 100.0),
                    first.map_or(0.0, |m| m.score),
                    first
                        .and_then(|m| m.name.as_ref())
                        .map_or(String::new(), |n| format!("{} [{}]", n.candidate, n.detail)),
                );
            }
        }
        println!(
            "script | kind | asked | first | first or second | at 0.7 | others at 0.7 a name | names with any"
        );
        for ((script, kind), row) in rows {
            let share = |n: usize| 100.0 * n as f64 / row.asked as f64;
            println!(
                "{script} | {kind} | {} | {:.1} % | {:.1} % | {:.1} % | {:.2} | {:.1} %",
                row.asked,
                share(row.first),
                share(row.second),
                share(row.matched),
                row.others as f64 / row.asked as f64,
                share(row.alarms),
            );
        }
        Ok(())
    }

    /// How many of the names of nobody listed raise an alarm, in their script and in Latin letters: of a table with the
    /// columns script, native, latin.
    fn strangers(&self, path: &str) -> Result<()> {
        let index = Index::open(build(&self.entities))?;
        let params = ScoringParams::default();
        let settings = Settings {
            cutoff: THRESHOLD,
            limit: 1,
            ..Settings::default()
        };
        let person = schema("Person")?;
        let alarm = |name: &str| {
            let mut query = Entity::new("q", person);
            query.add("name", name);
            let query = Query::new(&query).ok()?;
            index.search(&query, &settings, &params, |_| true).pop()
        };
        let mut rows: BTreeMap<String, [usize; 3]> = BTreeMap::new();
        for row in csv::Reader::from_path(path)?.deserialize() {
            let row: BTreeMap<String, String> = row?;
            let [asked, native, latin] = rows.entry(row["script"].clone()).or_default();
            *asked += 1;
            if let Some(found) = alarm(&row["native"]) {
                *native += 1;
                if *native <= 15 {
                    let name = found
                        .name
                        .map_or(String::new(), |n| format!("{} [{}]", n.candidate, n.detail));
                    println!(
                        "{} {} = {}: {:.2} {name}",
                        row["script"], row["native"], row["latin"], found.score
                    );
                }
            }
            *latin += usize::from(alarm(&row["latin"]).is_some());
        }
        println!("script | strangers | alarms in their script | in Latin letters");
        for (script, [asked, native, latin]) in rows {
            let share = |n: usize| 100.0 * n as f64 / asked as f64;
            println!(
                "{script} | {asked} | {:.2} % | {:.2} %",
                share(native),
                share(latin)
            );
        }
        Ok(())
    }

    /// Whether another entity bears a name of this one's: then either is right.
    fn shares_name(&self, other: usize, own: usize) -> bool {
        let plain = |name: &str| {
            let mut words: Vec<String> = name
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .map(str::to_owned)
                .collect();
            words.sort_unstable();
            words
        };
        let own: Vec<_> = self.entities[own]
            .of_type(PropertyType::Name)
            .map(plain)
            .collect();
        let mut others = self.entities[other].of_type(PropertyType::Name);
        others.any(|n| own.contains(&plain(n)))
    }

    /// For each name asked: its script, the question, the right party and others of its kind, a line each; and how many
    /// come first among these.
    fn pairs(&self, path: &str) -> Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut rng = StdRng::seed_from_u64(11);
        let mut rows: BTreeMap<(&str, &str), [usize; 4]> = BTreeMap::new();
        for asked in &self.asked {
            let entity = &self.entities[asked.entity];
            let alike: Vec<&Entity> = self
                .entities
                .iter()
                .enumerate()
                .filter(|(at, e)| {
                    e.schema.name == entity.schema.name && !self.shares_name(*at, asked.entity)
                })
                .map(|(_, e)| e)
                .collect();
            let others: Vec<&Entity> = alike.sample(&mut rng, OTHERS).copied().collect();
            let query = asked.query(entity.schema);
            let line = serde_json::json!([asked.script, query, entity, others]);
            writeln!(out, "{line}")?;
            let index = Index::open(build(std::iter::once(entity).chain(others)))?;
            let settings = Settings {
                cutoff: 0.01,
                limit: 3,
                ..Settings::default()
            };
            let found = index.search(
                &Query::new(&query)?,
                &settings,
                &ScoringParams::default(),
                |_| true,
            );
            let own = found
                .iter()
                .find(|m| m.entity.0 == 0)
                .map_or(0.0, |m| m.score);
            let other = found
                .iter()
                .find(|m| m.entity.0 != 0)
                .map_or(0.0, |m| m.score);
            let row = rows.entry((&asked.script, kind(entity))).or_default();
            let said = [true, own > other, own >= THRESHOLD, other >= THRESHOLD];
            row.iter_mut()
                .zip(said)
                .for_each(|(n, said)| *n += usize::from(said));
        }
        println!("script | kind | asked | Overt: first, at 0.7, another at 0.7");
        for ((script, kind), [asked, first, matched, other]) in rows {
            let share = |n: usize| 100.0 * n as f64 / asked as f64;
            println!(
                "{script} | {kind} | {asked} | {:.1} %, {:.1} %, {:.1} %",
                share(first),
                share(matched),
                share(other)
            );
        }
        Ok(())
    }
}

fn kind(entity: &Entity) -> &'static str {
    if entity.schema.is_a("Person") {
        "persons"
    } else {
        "others"
    }
}

#[derive(Default)]
struct Row {
    asked: usize,
    first: usize,
    second: usize,
    matched: usize,
    others: usize,
    alarms: usize,
}

fn schema(name: &str) -> Result<&'static ftm::Schema> {
    ftm::schema(name).with_context(|| format!("{name} is no schema"))
}

/// Takes the names out of an entity that are in a script other than Latin.
fn foreign_names(entity: &mut Entity) -> Vec<String> {
    let subject = Subject::of(entity.schema);
    let named: Vec<String> = entity
        .defined()
        .filter(|(p, _)| p.kind == PropertyType::Name)
        .map(|(p, _)| p.name.clone())
        .collect();
    let mut taken = Vec::new();
    let all = entity.properties.iter_mut();
    for (_, values) in all.filter(|(property, _)| named.contains(property)) {
        values.retain(|value| {
            let is_name = !value.is_ascii() && script_of(value) != "Latin";
            if is_name && !Name::new(value, subject).forms.is_empty() {
                taken.push(value.clone());
            }
            !is_name
        });
    }
    entity.properties.retain(|_, values| !values.is_empty());
    taken
}

fn script_of(text: &str) -> &'static str {
    let name = Name::new(text, Subject::Thing);
    match name.native {
        FormScript::Han => "Han",
        FormScript::Hangul => "Hangul",
        FormScript::Consonants if text.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c)) => {
            "Arabic"
        }
        FormScript::Consonants => "other",
        FormScript::Latin if text.chars().any(|c| ('\u{400}'..'\u{530}').contains(&c)) => {
            "Cyrillic"
        }
        FormScript::Latin => "Latin",
    }
}
