//! `overt screen`: names and identifiers against lists.

mod batch;
mod customers;
mod hits;
mod rescreen;

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use overt_compliance::{Hit, Question, Questions, Recording};
use overt_lists::Prepared;
use overt_model::{Entity, ftm, territory};
use overt_screening::{ScoringParams, Match, Query, Settings};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::lists::now;
use crate::sources;
use crate::voice::Voice;

pub(crate) use customers::score;
pub(crate) use hits::Output;
pub(crate) use rescreen::Rescreen;

/// Screen names and identifiers against lists.
#[derive(Args)]
#[command(
    after_help = "A score says how well a listed party fits what was asked, from 0 to 1; at or above the threshold it counts as a \
    match to be looked at by a person. No match is no clearance: it says that these lists, of their dates, have nobody \
    who fits.\n\n\
    Examples:\n  overt screen --name \"Евгений Пригожин\" --dob 1961\n  \
    overt screen --identifier 12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz --lists sdn.csv\n  \
    overt screen customers.csv --lists lists/ -o hits.csv\n  \
    overt screen customers.csv --column name=full_name,dob=born,id=customer --lists lists/ -o hits.csv\n  \
    overt screen customers.csv --lists lists/ --record record/ -o hits.csv"
)]
pub(crate) struct Screen {
    /// A table of customers (CSV, TSV) to screen row by row
    customers: Option<PathBuf>,
    /// A store, or lists as their publishers give them out; without it, the designations under Executive Order 13848 that
    /// come with the program
    #[arg(long, value_name = "PATH", num_args = 1..)]
    lists: Vec<PathBuf>,
    /// A name to look for
    #[arg(long, value_name = "NAME", conflicts_with = "customers")]
    name: Vec<String>,
    /// An identifier to look for: a wallet, a passport, an IMO number, a website…
    #[arg(long, value_name = "VALUE", conflicts_with = "customers")]
    identifier: Vec<String>,
    /// Date of birth, as 1961, 1961-06 or 1961-06-01
    #[arg(long, value_name = "DATE")]
    dob: Vec<String>,
    /// A country, by code or name
    #[arg(long, value_name = "COUNTRY")]
    country: Vec<String>,
    /// Screen against what was known on a past day
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    #[command(flatten)]
    reading: customers::Reading,
    /// Where the hits go
    #[arg(long, short, value_name = "FILE", requires = "customers")]
    output: Option<PathBuf>,
    /// A folder to keep a record in: who was screened against which lists, with what result
    #[arg(long, value_name = "FOLDER", conflicts_with = "as_of")]
    record: Option<PathBuf>,
    /// End with code 1 if anything matches
    #[arg(long)]
    fail_on_match: bool,
}

impl Screen {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let lists = sources::prepared(&self.lists, self.as_of.as_deref())?;
        sources::warn(&lists, voice);
        let matches = match &self.customers {
            Some(customers) => self.batch(customers, &lists, voice)?,
            None => self.one(&lists, voice)?,
        };
        if self.fail_on_match && matches > 0 {
            return Err(Failure::BarNotMet(format!("[bar] {matches} matched")));
        }
        Ok(())
    }

    fn one(&self, lists: &Prepared, voice: &Voice) -> Result<usize, Failure> {
        let entity = self.asked()?;
        let query = Query::new(&entity)
            .map_err(|e| Failure::Usage(format!("[usage] {e}\n  give --name or --identifier")))?;
        let found = lists
            .index
            .search(&query, &self.settings(0.5), &ScoringParams::default(), |_| true);
        // What somebody proposes to list is told, and bars nobody.
        let is_match = |m: &&Match| {
            m.score >= self.reading.threshold
                && !lists
                    .index
                    .entity(m.entity)
                    .is_some_and(|e| e.is_proposal())
        };
        let matches = found.iter().filter(is_match).count();
        let mut words = String::new();
        for m in &found {
            self.describe(&mut words, m, lists);
        }
        let proposals = found
            .iter()
            .filter(|m| m.score >= self.reading.threshold)
            .count()
            - matches;
        if proposals > 0 {
            let _ = writeln!(
                words,
                "{proposals} proposed by somebody, listed by no authority: a reason to look closely, and none to refuse."
            );
        }
        if matches == 0 {
            let _ = writeln!(
                words,
                "No match at {}. That is no clearance: it says that the lists below have nobody who fits.",
                self.reading.threshold
            );
        }
        let aged = lists.aged(now());
        for list in &aged {
            let _ = writeln!(words, "screened against {list}");
        }
        self.take_down(&entity, &found, lists)?;
        let results: Vec<Value> = found
            .iter()
            .map(|m| value_of(m, lists, self.reading.threshold))
            .collect();
        voice.result(&words, &json!({"results": results, "matches": matches, "threshold": self.reading.threshold, "lists": aged, "algorithm": overt_screening::ALGORITHM}));
        Ok(matches)
    }

    /// Takes the question down in the record, if there is one.
    fn take_down(&self, asked: &Entity, found: &[Match], lists: &Prepared) -> Result<(), Failure> {
        let Some(record) = &self.record else {
            return Ok(());
        };
        let recording = Recording::open(record)?;
        let matches = found.iter().filter(|m| m.score >= self.reading.threshold);
        let hits = matches.filter_map(|m| Some(Hit::of(m, &lists.index.entity(m.entity)?)));
        let question = Question {
            at: now(),
            by: None,
            lists: lists.names(),
            algorithm: overt_screening::ALGORITHM,
            threshold: self.reading.threshold,
            asked,
            hits: hits.collect(),
        };
        Questions::new(recording.record())?.take_down(&[question])?;
        Ok(())
    }

    fn settings(&self, cutoff: f64) -> Settings {
        Settings {
            cutoff: cutoff.min(self.reading.threshold),
            limit: self.reading.limit,
            ..Settings::default()
        }
    }

    fn asked(&self) -> Result<Entity, Failure> {
        let name = self
            .reading
            .schema
            .as_deref()
            .unwrap_or(if self.dob.is_empty() {
                "LegalEntity"
            } else {
                "Person"
            });
        let mut entity = Entity::new("query", schema(name)?);
        self.name.iter().for_each(|n| entity.add("name", n));
        for date in &self.dob {
            add(&mut entity, "birthDate", date)?;
        }
        for country in &self.country {
            let code = territory::code(country).ok_or_else(|| {
                Failure::Usage(format!(
                    "[usage] {country:?} is no country\n  give its code, such as ru, or its name"
                ))
            })?;
            add(&mut entity, "country", code)?;
        }
        for identifier in &self.identifier {
            add_identifier(&mut entity, identifier);
        }
        Ok(entity)
    }

    fn describe(&self, words: &mut String, m: &Match, lists: &Prepared) {
        let Some(entity) = lists.index.entity(m.entity) else {
            return;
        };
        let sign = match m.score >= self.reading.threshold {
            true if entity.is_proposal() => "proposal",
            true => "match",
            false => "below",
        };
        let _ = writeln!(
            words,
            "{:.3} {sign}  {} ({}, {})",
            m.score, entity.caption, entity.schema, entity.id
        );
        for line in m.why() {
            let _ = writeln!(words, "    {line}");
        }
        for property in ["program", "birthDate", "nationality", "position", "holder"] {
            if !entity.get(property).is_empty() {
                let _ = writeln!(words, "    {property}: {}", entity.get(property).join("; "));
            }
        }
        for p in entity.provenance.iter().take(1) {
            let _ = writeln!(
                words,
                "    from {}, {} line {}",
                entity.datasets.join(", "),
                p.file,
                p.line
            );
        }
    }
}

fn value_of(m: &Match, lists: &Prepared, threshold: f64) -> Value {
    let entity = lists.index.entity(m.entity);
    let proposal = entity.as_ref().is_some_and(Entity::is_proposal);
    json!({
        "score": m.score,
        "match": m.score >= threshold && !proposal,
        "proposal": proposal,
        "identifier": m.identifier,
        "name": m.name,
        "facts": m.facts.iter().map(|f| json!({"fact": f.fact, "adds": f.adds, "detail": f.detail})).collect::<Vec<_>>(),
        "entity": entity,
    })
}

fn schema(name: &str) -> Result<&'static ftm::Schema, Failure> {
    let found = ftm::schemata()
        .find(|s| s.name.eq_ignore_ascii_case(name))
        .filter(|s| s.matchable);
    found.ok_or_else(|| {
        let known: Vec<&str> = ftm::schemata()
            .filter(|s| s.matchable)
            .map(|s| s.name.as_str())
            .collect();
        Failure::Usage(format!(
            "[usage] {name:?} is no schema that can be screened\n  one of {}",
            known.join(", ")
        ))
    })
}

fn add(entity: &mut Entity, property: &str, value: &str) -> Result<(), Failure> {
    if entity.schema.property(property).is_none() {
        return Err(Failure::Usage(format!(
            "[usage] a {} has no {property}\n  leave it out, or name another schema with --schema",
            entity.schema
        )));
    }
    entity.add(property, value);
    Ok(())
}

/// An identifier under whatever property of the schema can hold it: values are compared whatever they are called.
fn add_identifier(entity: &mut Entity, value: &str) {
    let looks_like_mail = value.contains('@');
    let looks_like_site =
        value.contains("://") || value.contains('.') && !value.contains(' ') && !looks_like_mail;
    let wanted: &[&str] = if looks_like_mail {
        &["email"]
    } else if looks_like_site {
        &["website", "registrationNumber", "publicKey"]
    } else {
        &["idNumber", "registrationNumber", "publicKey", "imoNumber"]
    };
    if let Some(property) = wanted.iter().find(|p| entity.schema.property(p).is_some()) {
        entity.add(property, value);
    }
}
