//! Where lists come from: a store, files read on the spot, or what comes with the program.

use std::path::Path;

use std::path::PathBuf;

use overt_lists::{AgedList, Dataset, Limits, Prepared, STALE_DAYS, Store};
use overt_model::Entity;

use crate::error::CliError;
use crate::hints;
use crate::lists::{day, now};
use crate::terminal::Terminal;

/// The designations under Executive Order 13848 that come with the program; `regimes/eo13848/` says how they were made.
const BUILT_IN: &str = include_str!("../../../regimes/eo13848/designations.ftm.json");

/// Opens a store, or reads files; with neither, what comes with the program.
pub(crate) fn prepared(paths: &[PathBuf], as_of: Option<&str>) -> Result<Prepared, CliError> {
    if paths.is_empty() && as_of.is_none() {
        return built_in();
    }
    if let [path] = paths
        && Store::is_store(path)
    {
        let at = as_of.map(day).transpose()?;
        return Ok(Prepared::of_store(&store(path)?, at)?);
    }
    if as_of.is_some() {
        return Err(CliError::Usage("[usage] --as-of needs a store\n  load the lists with: overt lists load FILES --store lists/".to_owned()));
    }
    Prepared::of(overt_lists::read(paths, &Limits::default())?).map_err(|e| damaged(&e))
}

fn built_in() -> Result<Prepared, CliError> {
    let entities: Vec<Entity> = BUILT_IN
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(|e| damaged(&e))?;
    let dataset = Dataset {
        name: "eo13848".to_owned(),
        title: "Designations under Executive Order 13848".to_owned(),
        publisher: "Overt, from the lists of OFAC".to_owned(),
    };
    let mut prepared = Prepared::of_entities(dataset, &entities).map_err(|e| damaged(&e))?;
    prepared.notes.push("no --lists given: screening against the designations under Executive Order 13848 that come with the program; they are not a substitute for the official list".to_owned());
    Ok(prepared)
}

fn damaged(error: &dyn std::fmt::Display) -> CliError {
    CliError::Input(format!("[lists.damaged] {error}"))
}

/// A store of lists.
pub(crate) fn store(path: &Path) -> Result<Store, CliError> {
    hints::about_store(path);
    Ok(Store::open(path)?)
}

/// Says what a reader of results should know of the lists.
pub(crate) fn warn(prepared: &Prepared, terminal: &Terminal) {
    notes(prepared).iter().for_each(|n| terminal.warn(n));
}

/// What a reader of results should know of the lists.
pub(crate) fn notes(prepared: &Prepared) -> Vec<String> {
    let ages = prepared.aged(now());
    let mut notes = prepared.notes.clone();
    notes.extend(ages.iter().filter_map(of_age));
    notes
}

/// Says which lists are old, or of an unknown day.
pub(crate) fn warn_of_age(lists: &[AgedList], terminal: &Terminal) {
    lists
        .iter()
        .filter_map(of_age)
        .for_each(|n| terminal.warn(&n));
}

fn of_age(list: &AgedList) -> Option<String> {
    match list.age_days {
        Some(days) if days > STALE_DAYS => Some(format!(
            "{} is {days} days old; load a newer one",
            list.name
        )),
        None if list.listed > 0 => Some(format!("{}: of an unknown day; it may be old", list.name)),
        _ => None,
    }
}
