//! `overt ownership`: whether a company is blocked by who owns it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_model::Entity;
use overt_screening::{Blocked, Date, Holdings, Ownership, Share, Stake};
use serde_json::json;

use crate::failure::Failure;
use crate::lists::entities_of;
use crate::table::{Row, Table};
use crate::voice::Voice;

/// Say whether a company is blocked because blocked parties own half of it or more.
#[derive(Args)]
#[command(
    after_help = "The 50 percent rule: stakes of blocked parties add up, directly and through companies that are themselves blocked.\n\
    Stakes come from Ownership entities of the lists, and from a table with the columns owner, company and percent, and\n\
    perhaps from and until (dates). A stake is a number, a range (25-50), a bound (>50), or empty where it is not known.\n\
    Everybody is named by the ids of the lists, or by any words of your own.\n\n\
    Examples:\n  overt ownership \"Alpha Shipping\" --owners stakes.csv --blocked \"Ivan Petrov\"\n  \
    overt ownership NK-abc --lists lists/ --as-of 2024-12-31"
)]
pub(crate) struct OwnershipOf {
    /// The company
    company: String,
    /// A store, or lists: who is listed in them is blocked, their Ownership entities are stakes
    #[arg(long, value_name = "PATH", num_args = 1..)]
    lists: Vec<PathBuf>,
    /// A table of stakes
    #[arg(long, value_name = "FILE")]
    owners: Option<PathBuf>,
    /// Somebody who is blocked, beside those the lists have
    #[arg(long, value_name = "WHO")]
    blocked: Vec<String>,
    /// The day to ask for: stakes that had ended or not begun are left out
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

impl OwnershipOf {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let day = self.as_of.as_deref().map(date).transpose()?;
        let mut holdings = Holdings::default();
        let mut listed: BTreeSet<String> = self.blocked.iter().cloned().collect();
        let mut known: BTreeSet<String> = listed.clone();
        if !self.lists.is_empty() {
            for entity in entities_of(&self.lists, self.as_of.as_deref())? {
                known.insert(entity.id.clone());
                if entity.target && entity.schema.is_a("Thing") && is_sanctioned(&entity) {
                    listed.insert(entity.id.clone());
                }
                add_entity(&entity, day, &mut holdings, voice);
            }
        }
        if let Some(table) = &self.owners {
            add_table(table, day, &mut holdings, &mut known)?;
        }
        if !known.contains(&self.company) {
            return Err(Failure::Usage(format!(
                "[usage] nothing is known of {:?}\n  name it as the lists' ids or the table's company column do",
                self.company
            )));
        }
        let found = holdings.of(&self.company, &listed);
        let value = json!({"company": self.company, "as_of": self.as_of, "ownership": found});
        voice.result(&self.words(&found, listed.contains(&self.company)), &value);
        Ok(())
    }

    fn words(&self, found: &Ownership, listed: bool) -> String {
        let company = &self.company;
        let mut words = match (listed, found.blocked) {
            (true, _) => format!("{company} is blocked: it is listed itself.\n"),
            (_, Blocked::Yes) => format!(
                "{company} is blocked: blocked owners have {} of it together.\n",
                found.held
            ),
            (_, Blocked::No) => format!(
                "{company} is not blocked by what is known: blocked owners have {} of it together. Control without ownership does not count here, and may under other rules.\n",
                found.held
            ),
            (_, Blocked::Undetermined) => format!(
                "The data cannot tell whether {company} is blocked: blocked owners have {} of it together.\n",
                found.held
            ),
        };
        for step in &found.path {
            let owners: Vec<String> = step
                .owners
                .iter()
                .map(|(owner, share)| format!("{owner} ({share})"))
                .collect();
            let _ = writeln!(
                words,
                "  {} of {}: {}",
                step.together,
                step.company,
                owners.join(", ")
            );
        }
        for stake in &found.deciding {
            let _ = writeln!(
                words,
                "  would decide: what {} owns of {} ({})",
                stake.owner, stake.company, stake.share
            );
        }
        words
    }
}

/// Takes an Ownership entity as a stake.
fn add_entity(entity: &Entity, day: Option<Date>, holdings: &mut Holdings, voice: &Voice) {
    if !entity.schema.is_a("Ownership")
        || !in_force(entity.first("startDate"), entity.first("endDate"), day)
    {
        return;
    }
    let share = entity
        .first("percentage")
        .unwrap_or_default()
        .parse()
        .unwrap_or_else(|e| {
            voice.warn(&format!("{}: {e}; taken as unknown", entity.id));
            Share::UNKNOWN
        });
    for owner in entity.get("owner") {
        for company in entity.get("asset") {
            holdings.add(Stake {
                owner: owner.clone(),
                company: company.clone(),
                share,
            });
        }
    }
}

/// Who is on a list for being sanctioned; a list may hold others too.
fn is_sanctioned(entity: &Entity) -> bool {
    let topics = entity.get("topics");
    topics.is_empty()
        || topics
            .iter()
            .any(|t| t == "sanction" || t.starts_with("sanction."))
}

fn date(text: &str) -> Result<Date, Failure> {
    Date::parse(text).ok_or_else(|| {
        Failure::Usage(format!(
            "[usage] {text:?} is no date\n  write it as 2024-12-31"
        ))
    })
}

/// Whether a stake was held on a day. A date to the year is taken as its first day where it begins and its last where it
/// ends; without a day, all that had not ended count.
fn in_force(from: Option<&str>, until: Option<&str>, day: Option<Date>) -> bool {
    let last = |d: Date| Date {
        month: if d.month == 0 { 12 } else { d.month },
        day: if d.day == 0 { 31 } else { d.day },
        ..d
    };
    let (from, until) = (from.and_then(Date::parse), until.and_then(Date::parse));
    match day {
        None => until.is_none(),
        Some(day) => from.is_none_or(|f| f <= last(day)) && until.is_none_or(|u| last(u) >= day),
    }
}

fn add_table(
    path: &Path,
    day: Option<Date>,
    holdings: &mut Holdings,
    known: &mut BTreeSet<String>,
) -> Result<(), Failure> {
    let refused =
        |detail: String| Failure::Input(format!("[ownership.table] {}: {detail}", path.display()));
    let mut table = Table::open(path, "ownership.table")?;
    let place = |names: &[&str]| table.place(names);
    let (owner, company) = (place(&["owner"]), place(&["company", "asset", "owned"]));
    let (percent, from, until) = (
        place(&["percent", "percentage", "share", "stake"]),
        place(&["from", "start", "startdate"]),
        place(&["until", "end", "enddate"]),
    );
    let (Some(owner), Some(company)) = (owner, company) else {
        return Err(refused(format!(
            "the columns owner and company are needed\n  columns there: {}",
            table.columns()
        )));
    };
    for row in table.rows() {
        let Row { line, cells, .. } = row.map_err(|e| refused(e.to_string()))?;
        let row = cells.map_err(|e| refused(format!("line {line}: not UTF-8: {e}")))?;
        let cell = |at: Option<usize>| at.and_then(|i| row.get(i)).map_or("", str::trim);
        let (owner, company) = (cell(Some(owner)), cell(Some(company)));
        if owner.is_empty() || company.is_empty() {
            return Err(refused(format!("line {line}: owner or company is missing")));
        }
        let share: Share = cell(percent)
            .parse()
            .map_err(|e| refused(format!("line {line}: {e}")))?;
        known.extend([owner.to_owned(), company.to_owned()]);
        if in_force(Some(cell(from)), Some(cell(until)), day) {
            holdings.add(Stake {
                owner: owner.to_owned(),
                company: company.to_owned(),
                share,
            });
        }
    }
    Ok(())
}
