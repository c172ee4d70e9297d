//! The page `docs/coverage.md`: which scripts, kinds of party, identifiers and lists screening finds, and what share it
//! misses, measured on real lists: `coverage > docs/coverage.md`, with the shared data beside the project.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use overt_model::ftm::{self, PropertyType};
use overt_model::{Entity, ftm::Schema};
use overt_screening::{
    FormScript, Index, Match, Name, Query, Reach, ScoringParams, Settings, Subject, THRESHOLD,
    build,
};

type Out = std::io::StdoutLock<'static>;

fn main() -> Result<()> {
    let shared = |path: &str| -> Result<PathBuf> {
        overt_testdata::shared(path).with_context(|| format!("{path} is not at hand"))
    };
    let paths = [
        shared("data/screening/ofac_2021-09")?,
        shared("data/screening/un/UN_consolidated.xml")?,
    ];
    let entities: Vec<Entity> = overt_intake::read_lists(&paths)?
        .into_iter()
        .flat_map(|l| l.entities)
        .collect();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "# What screening finds, and what it misses\n\n\
        Measured by `make coverage` on OFAC's list of 20 September 2021, the UN's list and the pairs of names in \
        `bench/data/names-in-scripts.csv`; the figures are those of one run and no promise for other lists. *Found* is a \
        match of at least {THRESHOLD}, the default threshold; *first* is the best result, whatever its score. The \
        spellings of the names in scripts are public knowledge, with a place to check each beside it. The last column is \
        what a screening with this program misses: look at it before relying on a script or a number.\n"
    )?;
    scripts(&mut out)?;
    kinds(&mut out, &entities)?;
    identifiers(&mut out, &entities)?;
    writeln!(
        out,
        "## Lists\n\nRead are the formats that `overt lists load --help` names. A list in another format can be given as \
        FollowTheMoney entities, or as a table that another program turns into them.\n\n\
        ## Not examined\n\n\
        - Photographs, voices and biometric data.\n\
        - The readings of Chinese characters in Cantonese, Hokkien and other languages than standard Chinese and Japanese, \
        beyond the spellings that are known of a family name.\n\
        - Who controls a company without owning half of it; see [Ownership](compliance.md#ownership).\n\
        - Parties that no list names: an answer without a match is no clearance."
    )?;
    Ok(())
}

fn search(index: &Index<Vec<u8>>, query: &Entity, reach: Reach) -> Vec<Match> {
    let settings = Settings {
        cutoff: 0.3,
        limit: 50,
        ..Settings::default()
    };
    Query::new(query).map_or_else(
        |_| Vec::new(),
        |q| {
            index.search(
                &q.reaching(reach),
                &settings,
                &ScoringParams::default(),
                |_| true,
            )
        },
    )
}

/// Asked, first and found.
#[derive(Default)]
struct Row([usize; 3]);

impl Row {
    fn count(&mut self, found: &[Match], own: impl Fn(&Match) -> bool) {
        let place = found.iter().position(&own);
        let matched = place.is_some_and(|p| found[p].score >= THRESHOLD);
        for (n, said) in self.0.iter_mut().zip([true, place == Some(0), matched]) {
            *n += usize::from(said);
        }
    }

    fn line(&self) -> String {
        let [asked, first, matched] = self.0;
        let share = |n: usize| 100.0 * n as f64 / asked as f64;
        format!(
            "{asked} | {:.1} % | {:.1} % | {:.1} %",
            share(first),
            share(matched),
            share(asked - matched)
        )
    }
}

const HEAD: &str = "asked | first | found | missed |\n|---|---|---|---|---|";

/// Names in their own scripts beside their Latin spellings, among those of the table.
fn scripts(out: &mut Out) -> Result<()> {
    let table = "bench/data/names-in-scripts.csv";
    let mut rows: Vec<BTreeMap<String, String>> = Vec::new();
    for row in csv::Reader::from_path(table).context(table)?.deserialize() {
        rows.push(row?);
    }
    let schema = |name: &str| ftm::schema(name).with_context(|| format!("{name} is no schema"));
    let entity = |row: &BTreeMap<String, String>, name: &str, schema: &'static Schema| {
        let mut entity = Entity::new(row["native"].clone(), schema);
        entity.add("name", &row[name]);
        entity
    };
    let mut listed = Vec::new();
    for row in &rows {
        listed.push(entity(row, "latin", schema(&row["kind"])?));
    }
    let index = Index::open(build(&listed))?;
    let mut found: BTreeMap<(&str, &str), Row> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let query = entity(row, "native", schema(&row["kind"])?);
        let results = search(&index, &query, Reach::Schema);
        let same = |m: &Match| rows[m.entity.0 as usize]["latin"] == rows[at]["latin"];
        let counted = found.entry((&row["script"], &row["kind"])).or_default();
        counted.count(&results, same);
    }
    writeln!(
        out,
        "## Scripts\n\nA name in its own script, asked against the Latin spelling that public sources use.\n\n| script, kind | {HEAD}"
    )?;
    for ((script, kind), row) in found {
        writeln!(
            out,
            "| {}, {} | {} |",
            script.replace('_', " "),
            kind.to_lowercase(),
            row.line()
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// Every listed party by its first name alone, with nothing said of what it is.
fn kinds(out: &mut Out, entities: &[Entity]) -> Result<()> {
    let index = Index::open(build(entities))?;
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let legal = ftm::schema("LegalEntity").context("LegalEntity")?;
    for entity in entities.iter().filter(|e| e.schema.matchable && e.target) {
        let Some(name) = entity.first("name") else {
            continue;
        };
        let mut query = Entity::new("q", legal);
        query.add("name", name);
        let results = search(&index, &query, Reach::Anything);
        let same = |m: &Match| {
            let other = &entities[m.entity.0 as usize];
            other.id == entity.id || other.get("name").iter().any(|n| n == name)
        };
        rows.entry(entity.schema.name.clone())
            .or_default()
            .count(&results, same);
    }
    writeln!(
        out,
        "## Kinds of party\n\nEvery party of both lists by its first name as it is listed, with nothing said of what it is.\n\n| kind | {HEAD}"
    )?;
    for (kind, row) in rows {
        writeln!(out, "| {kind} | {} |", row.line())?;
    }
    writeln!(out)?;
    Ok(())
}

/// Every identifier of the lists, asked alone as somebody types it, who does not know what it is.
fn identifiers(out: &mut Out, entities: &[Entity]) -> Result<()> {
    let index = Index::open(build(entities))?;
    let mut rows: BTreeMap<String, (Row, usize)> = BTreeMap::new();
    for entity in entities.iter().filter(|e| e.schema.matchable) {
        for (property, values) in entity.defined() {
            let identifies = matches!(
                property.kind,
                PropertyType::Identifier
                    | PropertyType::Email
                    | PropertyType::Url
                    | PropertyType::Phone
            );
            let is_page = property.kind == PropertyType::Url && property.name != "website";
            if !identifies || is_page || overt_screening::is_no_identifier(&property.name) {
                continue;
            }
            for value in values {
                let details = overt_compliance::Details {
                    identifiers: vec![value],
                    ..overt_compliance::Details::default()
                };
                let (query, _) = details.query()?;
                let results = search(&index, &query, Reach::Anything);
                let same = |m: &Match| {
                    let other = &entities[m.entity.0 as usize];
                    other.id == entity.id || other.get(&property.name).contains(value)
                };
                let (row, shown) = rows.entry(property.name.clone()).or_default();
                *shown += usize::from(results.iter().any(same));
                row.count(&results, same);
            }
        }
    }
    writeln!(
        out,
        "## Identifiers\n\nEvery identifier of both lists, asked alone as it is written there, with nothing said of what it \
        is. *Found* needs eight digits, letters to the same effect or a number that checks itself: a shorter one may be \
        anybody's; it is shown, and no match by itself.\n\n| property | asked | shown | found |\n|---|---|---|---|"
    )?;
    for (property, (row, shown)) in rows {
        let [asked, _, matched] = row.0;
        let share = |n: usize| 100.0 * n as f64 / asked as f64;
        writeln!(
            out,
            "| {property} | {asked} | {:.1} % | {:.1} % |",
            share(shown),
            share(matched)
        )?;
    }
    writeln!(out)?;
    addresses(out, &index, entities)?;
    // Names in scripts that the lists themselves have.
    let native = entities.iter().filter(|e| {
        let mut names = e.of_type(PropertyType::Name);
        names.any(|n| Name::new(n, Subject::of(e.schema)).native != FormScript::Latin)
    });
    writeln!(
        out,
        "{} parties of both lists also have a name in a script that does not spell every sound out.\n",
        native.count()
    )?;
    Ok(())
}

/// Every address of the lists that has a number, asked alone: as it is listed, with its parts the other way about, and in
/// capitals without commas.
fn addresses(out: &mut Out, index: &Index<Vec<u8>>, entities: &[Entity]) -> Result<()> {
    let mut rows = [
        ("as listed", 0_u32),
        ("parts the other way about", 0),
        ("capitals, no commas", 0),
    ];
    let (mut asked, mut without, mut others) = (0_u32, 0_u32, 0_usize);
    for entity in entities.iter().filter(|e| e.schema.matchable) {
        for address in entity.get("address") {
            if !address.bytes().any(|b| b.is_ascii_digit()) {
                without += 1;
                continue;
            }
            asked += 1;
            let reversed: Vec<&str> = address
                .split(", ")
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            let written = [
                address.clone(),
                reversed.join(", "),
                address.to_uppercase().replace(',', " "),
            ];
            for (text, (way, shown)) in written.iter().zip(&mut rows) {
                let details = overt_compliance::Details {
                    addresses: vec![text],
                    ..overt_compliance::Details::default()
                };
                let (query, _) = details.query()?;
                let results = search(index, &query, Reach::Anything);
                let same = |m: &Match| {
                    entities[m.entity.0 as usize]
                        .get("address")
                        .contains(address)
                };
                *shown += u32::from(results.iter().any(same));
                if *way == "as listed" {
                    others += results.iter().filter(|m| !same(m)).count();
                }
            }
        }
    }
    writeln!(
        out,
        "## Addresses\n\nEvery address of both lists that has a number, asked alone ({without} have none: they are no more \
        than a town, and find nobody). An address is never a match by itself: who shares it is shown, below the threshold. \
        Beside its owners, an address as it is listed shows {:.2} parties of which the same address is not listed in the \
        same letters.\n\n| written | asked | shown |\n|---|---|---|",
        others as f64 / f64::from(asked)
    )?;
    for (way, shown) in rows {
        writeln!(
            out,
            "| {way} | {asked} | {:.1} % |",
            100.0 * f64::from(shown) / f64::from(asked)
        )?;
    }
    writeln!(out)?;
    Ok(())
}
