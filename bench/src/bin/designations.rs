//! Joins the facts of `regimes/eo13848/designations.toml` with OFAC's list into a dataset that screening can load:
//! `designations regimes/eo13848/designations.toml OFAC-LIST … > regimes/eo13848/designations.ftm.json`.
//!
//! Of an entry that several lists have, names are taken from all and everything else from the last.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use overt_intake::read_lists;
use overt_model::{Entity, ftm};
use serde::Deserialize;

const TAG: &str = "ELECTION-EO13848";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    as_of: String,
    designation: Vec<Designation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Designation {
    date: Option<String>,
    #[serde(default)]
    entries: Vec<u64>,
    #[serde(default)]
    party: Vec<Party>,
    criterion: Option<String>,
    conduct: Option<String>,
    verified: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Party {
    name: String,
    schema: String,
    country: String,
    verified: bool,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (facts, lists) = words
        .split_first()
        .context("usage: designations FACTS.toml OFAC-LIST …")?;
    let facts: Facts = toml::from_str(&std::fs::read_to_string(facts)?)?;
    let listed = listed(lists)?;
    let mut described: Vec<u64> = facts
        .designation
        .iter()
        .flat_map(|d| d.entries.clone())
        .collect();
    described.sort_unstable();
    for (id, entity) in &listed {
        let tagged = entity.target && entity.get("program").iter().any(|p| p == TAG);
        let number: Option<u64> = id.strip_prefix("ofac-").and_then(|n| n.parse().ok());
        if tagged && number.is_none_or(|n| described.binary_search(&n).is_err()) {
            bail!(
                "{id} {} has the tag {TAG} and is in no designation",
                entity.caption
            );
        }
    }
    for designation in &facts.designation {
        for number in &designation.entries {
            let id = format!("ofac-{number}");
            let entity = listed
                .get(&id)
                .with_context(|| format!("{id} is in none of the lists"))?;
            print(&of_list(entity, *number), designation, &facts.as_of)?;
        }
        for party in &designation.party {
            print(&of_party(party)?, designation, &facts.as_of)?;
        }
    }
    links(&listed, &described)
}

/// Entities of the lists by id, later lists over earlier ones, names of all.
fn listed(paths: &[String]) -> Result<BTreeMap<String, Entity>> {
    let mut all: BTreeMap<String, Entity> = BTreeMap::new();
    for path in paths {
        for list in read_lists(&[PathBuf::from(path)])? {
            for mut entity in list.entities {
                if let Some(earlier) = all.remove(&entity.id) {
                    for property in ["alias", "weakAlias", "previousName"] {
                        earlier
                            .get(property)
                            .iter()
                            .for_each(|n| entity.add(property, n));
                    }
                }
                all.insert(entity.id.clone(), entity);
            }
        }
    }
    Ok(all)
}

fn of_list(entity: &Entity, number: u64) -> Entity {
    let mut made = Entity::new(format!("eo13848-{number}"), entity.schema);
    made.caption.clone_from(&entity.caption);
    made.referents.push(entity.id.clone());
    for (property, values) in &entity.properties {
        // What other orders say of it is not this dataset's, and old lists cut what they say in words.
        if !matches!(property.as_str(), "program" | "notes" | "topics") {
            values.iter().for_each(|v| made.add(property, v));
        }
    }
    made.provenance.clone_from(&entity.provenance);
    made
}

fn of_party(party: &Party) -> Result<Entity> {
    let schema =
        ftm::schema(&party.schema).with_context(|| format!("no schema {}", party.schema))?;
    let slug: String = party
        .name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let mut made = Entity::new(format!("eo13848-{slug}"), schema);
    made.caption.clone_from(&party.name);
    // A surname from memory is no name to stop anybody for.
    made.add(
        if party.verified { "name" } else { "weakAlias" },
        &party.name,
    );
    made.add("country", &party.country);
    if !party.verified {
        made.add("notes", "The name is not verified.");
    }
    Ok(made)
}

fn print(entity: &Entity, designation: &Designation, as_of: &str) -> Result<()> {
    let mut entity = entity.clone();
    entity.target = true;
    entity.datasets = vec!["eo13848".to_owned()];
    entity.add("program", TAG);
    entity.add("topics", "sanction");
    entity.first_seen = designation.date.as_ref().map(|d| format!("{d}T00:00:00"));
    entity.last_seen = Some(format!("{as_of}T00:00:00"));
    let mut sanction = Entity::new(
        format!("{}-sanction", entity.id),
        ftm::schema("Sanction").context("Sanction")?,
    );
    sanction.datasets.clone_from(&entity.datasets);
    sanction.add("entity", &entity.id);
    sanction.add(
        "authority",
        "US Department of the Treasury, Office of Foreign Assets Control",
    );
    sanction.add("country", "us");
    sanction.add("program", TAG);
    sanction.add("programUrl", "https://ofac.treasury.gov/sanctions-programs-and-country-information/election-interference-sanctions");
    let verified = |what: &str| designation.verified.iter().any(|v| v == what);
    let marked = |text: &str, what: &str| {
        if verified(what) {
            text.to_owned()
        } else {
            format!("{text} (not verified)")
        }
    };
    match &designation.date {
        Some(date) => sanction.add("listingDate", date),
        None => sanction.add(
            "status",
            "date of the designation under this order not verified",
        ),
    }
    if let Some(criterion) = &designation.criterion {
        sanction.add(
            "provisions",
            marked(&format!("section 2(a)({criterion})"), "criterion"),
        );
    } else {
        sanction.add(
            "provisions",
            "section 2(a), criterion not stated in the sources at hand",
        );
    }
    if let Some(conduct) = &designation.conduct {
        sanction.add("reason", marked(conduct, "conduct"));
    }
    sanction.set_caption();
    println!("{}", serde_json::to_string(&entity)?);
    println!("{}", serde_json::to_string(&sanction)?);
    Ok(())
}

/// Links and wallets of the list between those in the dataset.
fn links(listed: &BTreeMap<String, Entity>, described: &[u64]) -> Result<()> {
    let ours = |id: &str| -> Option<String> {
        let number: u64 = id.strip_prefix("ofac-")?.parse().ok()?;
        described
            .binary_search(&number)
            .ok()
            .map(|_| format!("eo13848-{number}"))
    };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for entity in listed.values() {
        let ends = match entity.schema.name.as_str() {
            "UnknownLink" => ["subject", "object"].as_slice(),
            "CryptoWallet" | "Passport" | "Identification" => ["holder"].as_slice(),
            _ => continue,
        };
        let mut made = entity.clone();
        made.id = made.id.replace("ofac-", "eo13848-");
        made.datasets = vec!["eo13848".to_owned()];
        for end in ends {
            let values: Vec<String> = entity.get(end).iter().filter_map(|id| ours(id)).collect();
            made.properties.insert((*end).to_owned(), values);
        }
        // Lists of several dates say the same under other numbers.
        let said = serde_json::to_string(&made.properties)?;
        if ends.iter().all(|end| !made.get(end).is_empty()) && seen.insert(said) {
            println!("{}", serde_json::to_string(&made)?);
        }
    }
    Ok(())
}
