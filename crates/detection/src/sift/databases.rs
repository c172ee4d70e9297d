//! Statements of databases, held against what was sent to sites.
//!
//! A statement that holds what was sent two minutes before or after shows that an attempt got in. What was sent is kept as a
//! fingerprint, and statements are looked through and forgotten: they hold what people typed.

use std::collections::BTreeMap;

use overt_intrusion::sighting::{By, Sighting, Stage};
use overt_intrusion::site::{Ran, Searched, Site};
use overt_model::log::{Event, LogPlace};
use serde::{Deserialize, Serialize};

/// Statements that are held at once.
const MANY: usize = 200_000;
/// The longest part of a statement that is looked through.
const MAX_STATEMENT: usize = 4_000;
/// How far a statement may lie from the request that caused it, in milliseconds: clocks differ.
const NEAR: i64 = 120_000;
/// Sources that are named.
const NAMED: usize = 20;

/// Statements to be looked through.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Statements {
    #[serde(skip)]
    waiting: Vec<Statement>,
    /// The time of the last statement that was looked through.
    until: Option<i64>,
    /// For each site, the attempts that were there when statements were looked through.
    before: BTreeMap<String, u64>,
    /// Attempts that came after the statements of their time had been looked through.
    too_late: u64,
}

struct Statement {
    ran: Ran,
    text: String,
}

impl Statements {
    pub(super) fn add(&mut self, time: i64, event: &Event<'_>, log: &str, at: LogPlace) {
        let Some(text) = statement(event).filter(|t| t.len() >= 6) else {
            return;
        };
        self.waiting.push(Statement {
            ran: Ran {
                time,
                log: log.to_owned(),
                at,
                account: event.account.as_deref().unwrap_or_default().to_owned(),
            },
            text: text.chars().take(MAX_STATEMENT).collect(),
        });
    }

    pub(super) fn are_many(&self) -> bool {
        self.waiting.len() >= MANY
    }

    /// Looks them through for what was sent, and forgets them.
    pub(super) fn look_through(&mut self, sites: &mut BTreeMap<String, Site>) {
        self.count_too_late(sites);
        let mut attempts: Vec<(i64, &str, usize)> = Vec::new();
        for (name, site) in sites.iter() {
            let all = site.attempts().iter().enumerate();
            attempts.extend(all.map(|(at, attempt)| (attempt.time, &**name, at)));
        }
        attempts.sort_unstable();
        let mut ran: BTreeMap<(String, usize), Ran> = BTreeMap::new();
        for statement in self.waiting.drain(..) {
            let time = statement.ran.time;
            self.until = self.until.max(Some(time));
            let from = attempts.partition_point(|(at, _, _)| *at < time - NEAR);
            let near = attempts[from..]
                .iter()
                .take_while(|(at, _, _)| *at <= time + NEAR);
            let mut searched = Searched::new(&statement.text);
            for (_, site, at) in near {
                if searched.holds(&sites[*site].attempts()[*at].value) {
                    let first = ran
                        .entry(((*site).to_owned(), *at))
                        .or_insert_with(|| statement.ran.clone());
                    if statement.ran < *first {
                        *first = statement.ran.clone();
                    }
                }
            }
        }
        for ((site, at), ran) in ran {
            let attempt = sites
                .get_mut(&site)
                .map(|site| &mut site.attempts_mut()[at].ran);
            if let Some(before) = attempt.filter(|b| b.as_ref().is_none_or(|b| ran < *b)) {
                *before = Some(ran);
            }
        }
    }

    fn count_too_late(&mut self, sites: &BTreeMap<String, Site>) {
        for (name, site) in sites {
            let before = self.before.get(name).copied().unwrap_or(0);
            let (attempts, left) = (site.attempts(), site.attempts_forgotten());
            let new = attempts.iter().skip(before.saturating_sub(left) as usize);
            let late = new.filter(|a| self.until.is_some_and(|until| a.time <= until));
            self.too_late += late.count() as u64;
            self.before
                .insert(name.clone(), left + attempts.len() as u64);
        }
    }

    /// What could not be looked for, in words.
    pub(super) fn blind(&self) -> Option<String> {
        (self.too_late > 0).then(|| {
            format!(
                "{} attempts came a run later than the database's log of their time: whether the database ran them is not known",
                self.too_late
            )
        })
    }
}

/// Statements that a database ran and that hold what was sent to a site at that time: the attempt got in.
pub(super) fn ran(sites: &BTreeMap<String, Site>) -> Vec<Sighting> {
    let mut found: BTreeMap<(&str, &str), Sighting> = BTreeMap::new();
    for attempt in sites.values().flat_map(Site::attempts) {
        let Some(statement) = &attempt.ran else {
            continue;
        };
        let sighting = found
            .entry((&statement.log, &attempt.target))
            .or_insert_with(|| {
                let what = "a database ran what was sent to a page";
                let mut sighting =
                    Sighting::new(statement.time, &statement.log, By::Rule, what, Stage::Access);
                sighting.at = statement.at;
                sighting.source.clone_from(&attempt.source);
                sighting.target.clone_from(&attempt.target);
                sighting.account.clone_from(&statement.account);
                sighting.alarm = true;
                sighting.why.push_str(
                    "the statement in the database's log holds the value that was sent to the page within two minutes",
                );
                sighting
            });
        sighting.behind += 1;
        sighting.observed += 1.0;
        sighting.until = sighting.until.max(statement.time);
        if !sighting.sources.contains(&attempt.source) && sighting.sources.len() < NAMED {
            sighting.sources.push(attempt.source.clone());
        }
    }
    found.into_values().collect()
}

/// The statement that a database says it ran. What it refused, and what it was handed over as values, did not run.
fn statement<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    if event.product != "postgresql" {
        let values = event.fields.iter().map(|(_, value)| &**value);
        return values.max_by_key(|value| value.len());
    }
    if event.kind.as_deref() != Some("LOG") {
        return None;
    }
    let (_, message) = event.fields.iter().find(|(name, _)| name == "message")?;
    // `statement: …`, `execute NAME: …`, perhaps after `duration: … ms  `.
    let told = match message.strip_prefix("duration: ") {
        Some(rest) => rest.split_once(" ms  ").map(|(_, told)| told)?,
        None => message,
    };
    let text = told.strip_prefix("statement: ");
    text.or_else(|| Some(told.strip_prefix("execute ")?.split_once(": ")?.1))
}

pub(super) fn is_of_a_database(event: &Event<'_>) -> bool {
    matches!(event.product.as_ref(), "postgresql" | "mssql")
        || event.kind.as_deref() == Some("33205")
}
