//! `overt screen`: names and identifiers against lists.

mod reading;
mod rescreen;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_compliance::{
    BatchCounts, CustomerTable, Details, HIT_COLUMNS, Hit, Policy, Question, Questions, Recording,
    Screener, Unused, screen_recorded, screen_table,
};
use overt_lists::{IndexBytes, Prepared};
use overt_model::{DateOrder, Entity, counted};
use overt_screening::{Match, Query, Reach, ScoringParams, Settings, Verdict};
use serde_json::{Value, json};

use crate::error::CliError;
use crate::lists::now;
use crate::output::Force;
use crate::sources;
use crate::terminal::Terminal;

pub(crate) use reading::{score, table_to, unwritten};
pub(crate) use rescreen::Rescreen;

/// Screen names and identifiers against lists.
#[derive(Args)]
#[command(
    after_help = "A score says how well a listed party fits what was asked, from 0 to 1; at or above the threshold it counts as a \
    match to be looked at by a person. No match is not clearance: it says that these lists, of their dates, have nobody \
    who fits.\n\n\
    Examples:\n  overt screen --name \"Евгений Пригожин\" --dob 1961\n  \
    overt screen --identifier 12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz --lists sdn.csv\n  \
    overt screen customers.csv --lists lists/ -o hits.csv\n  \
    overt screen customers.csv --column name=full_name,dob=born,id=customer --lists lists/ -o hits.csv\n  \
    overt screen customers.csv --lists lists/ --record record/ -o hits.csv"
)]
pub(crate) struct Screen {
    /// A table of customers (CSV, TSV, XLSX) to screen row by row
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
    /// A whole address to look for, with its number, street and town: who shares it is shown as a weak hint
    #[arg(long, value_name = "ADDRESS", conflicts_with = "customers")]
    address: Vec<String>,
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
    reading: reading::CustomerOptions,
    /// Where the hits go: a spreadsheet if its name ends in .xlsx, else CSV
    #[arg(long, short, value_name = "FILE", requires = "customers")]
    output: Option<PathBuf>,
    #[command(flatten)]
    force: Force,
    /// A folder to keep a record in: who was screened against which lists, with what result
    #[arg(long, value_name = "FOLDER", conflicts_with = "as_of")]
    record: Option<PathBuf>,
    /// End with code 1 if anything matches
    #[arg(long)]
    fail_on_match: bool,
}

impl Screen {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let lists = sources::prepared(&self.lists, self.as_of.as_deref())?;
        sources::warn(&lists, terminal);
        let matches = match &self.customers {
            Some(customers) => self.batch(customers, &lists, terminal)?,
            None => self.one(&lists, terminal)?,
        };
        if self.fail_on_match && matches > 0 {
            return Err(CliError::BarNotMet(format!(
                "[threshold.not-met] {matches} matched"
            )));
        }
        Ok(())
    }

    /// Screens a table; gives how many rows have a match to tell of.
    fn batch(&self, path: &Path, lists: &Prepared, terminal: &Terminal) -> Result<usize, CliError> {
        let settings = self.reading.settings()?;
        let (watch, shown) = reading::watched(path, terminal)?;
        let customers = CustomerTable::open(path, &settings, &watch)?;
        let not_used = customers.not_used().to_vec();
        let batch = self.reading.batch()?;
        reading::tell_unknown(&batch.policy, &lists.lists, terminal);
        let mut out = table_to(self.output.as_deref(), self.force, &HIT_COLUMNS)?;
        let counts = match &self.record {
            Some(record) => screen_recorded(customers, lists, &batch, record, now(), &mut out)?,
            None => screen_table(customers, lists, &batch, &mut out)?,
        };
        out.finish().map_err(unwritten)?;
        drop(shown);
        summary(&counts, &not_used, &batch.policy, lists, terminal);
        if counts.failed == counts.rows {
            return Err(CliError::Input(format!(
                "[screen.nobody] none of the {} could be screened; the column error says why",
                counted(counts.rows as u64, "row", "rows")
            )));
        }
        Ok(counts.told)
    }

    fn one(&self, lists: &Prepared, terminal: &Terminal) -> Result<usize, CliError> {
        let details = self.details();
        let entity = asked(&details)?;
        let query = Query::new(&entity)
            .map_err(|e| {
                CliError::Usage(format!(
                    "[usage] {e}\n  give --name, --identifier or --address"
                ))
            })?
            .reaching(details.reach());
        let policy = self.reading.policy()?;
        reading::tell_unknown(&policy, &lists.lists, terminal);
        let screener = Screener::of(lists, &policy);
        let settings = self.settings(screener.lowest().min(0.5));
        let found = lists
            .index
            .search(&query, &settings, &ScoringParams::default(), |_| true);
        let count = |verdict| {
            let same = |m: &&Match| verdict_of(m, lists, &screener) == Some(verdict);
            found.iter().filter(same).count()
        };
        let (matches, proposals) = (count(Verdict::Match), count(Verdict::Proposal));
        let mut words = String::new();
        for m in &found {
            describe(&mut words, m, lists, &screener);
        }
        if proposals > 0 {
            let _ = writeln!(
                words,
                "{proposals} proposed by somebody, listed by no authority: a reason to look closely, and none to refuse."
            );
        }
        if matches == 0 {
            let _ = writeln!(
                words,
                "No match at {}. That is not clearance: it says that the lists below have nobody who fits.",
                bar(&policy)
            );
        }
        let narrowed = narrowed(&entity, details.reach());
        if let Some(narrowed) = &narrowed {
            let _ = writeln!(words, "{narrowed}");
        }
        let aged = lists.aged(now());
        for list in &aged {
            let _ = writeln!(words, "screened against {list}");
        }
        self.take_down(&entity, &found, lists, &screener)?;
        let results: Vec<Value> = found
            .iter()
            .map(|m| value_of(m, lists, &screener))
            .collect();
        terminal.result(&words, &json!({"results": results, "matches": matches, "narrowed": narrowed, "threshold": policy.otherwise.threshold, "policy": policy.sha256, "lists": aged, "algorithm": overt_screening::ALGORITHM}));
        Ok(matches)
    }

    /// Takes the question down in the record, if there is one.
    fn take_down(
        &self,
        asked: &Entity,
        found: &[Match],
        lists: &Prepared,
        screener: &Screener<'_, IndexBytes>,
    ) -> Result<(), CliError> {
        let Some(record) = &self.record else {
            return Ok(());
        };
        let recording = Recording::open(record)?;
        let matches = found.iter().filter(|m| screener.is_hit(m));
        let hits = matches.filter_map(|m| Some(Hit::of(m, &lists.index.entity(m.entity)?)));
        let question = Question {
            at: now(),
            by: None,
            lists: lists.names(),
            algorithm: overt_screening::ALGORITHM,
            threshold: screener.lowest(),
            asked,
            hits: hits.collect(),
        };
        Questions::new(recording.record())?.take_down(&[question])?;
        Ok(())
    }

    fn settings(&self, cutoff: f64) -> Settings {
        Settings {
            cutoff,
            limit: self.reading.limit,
            ..Settings::default()
        }
    }

    fn details(&self) -> Details<'_> {
        Details {
            names: self.name.iter().map(String::as_str).collect(),
            births: self.dob.iter().map(String::as_str).collect(),
            countries: self.country.iter().map(String::as_str).collect(),
            known: Vec::new(),
            identifiers: self.identifier.iter().map(String::as_str).collect(),
            addresses: self.address.iter().map(String::as_str).collect(),
            schema: self.reading.schema.as_deref(),
            dates: self.reading.dates.map(DateOrder::from),
        }
    }
}

/// Says what was counted over a table.
fn summary(
    counts: &BatchCounts,
    not_used: &[String],
    policy: &Policy,
    lists: &Prepared,
    terminal: &Terminal,
) {
    let BatchCounts {
        rows,
        matched,
        failed,
        noted,
        cut,
        cleared,
        proposed,
        repeated,
        hiding,
        kept,
        ..
    } = counts;
    let threshold = policy.otherwise.threshold;
    let bar = bar(policy);
    let mut words = format!(
        "{}: {matched} with a match at {bar}, {} without, {failed} that could not be screened\n",
        counted(*rows as u64, "row", "rows"),
        rows - matched - failed
    );
    if *noted > 0 {
        words += &format!(
            "{} a value that was not used; the column error says which\n",
            counted(*noted as u64, "row has", "rows have")
        );
    }
    words += &reading::unused_words(not_used);
    if *hiding > 0 {
        words += &format!(
            "{} a cell in quotes with what looks like other rows, which were not read: a quote may be missing\n",
            counted(*hiding as u64, "row has", "rows have")
        );
    }
    if *repeated > 0 {
        words += &format!(
            "{} an id that a row above bears too; alerts on them are kept apart\n",
            counted(*repeated as u64, "row has", "rows have")
        );
    }
    if *kept > 0 {
        words += &format!(
            "{kept} matches stand as they were: their customer could not be screened, or their list was not asked\n"
        );
    }
    if *cleared > 0 {
        words += &format!(
            "{cleared} matches are left out: they were found to be somebody else, and neither record has changed since\n"
        );
    }
    if *proposed > 0 {
        words += &format!(
            "matches with what somebody proposes and no authority has listed: {proposed}, a reason to look closely and none to refuse\n"
        );
    }
    if *cut > 0 {
        words += &format!(
            "{} more matches than are shown; show more with --limit\n",
            counted(*cut as u64, "row has", "rows have")
        );
    }
    words += "No match is not clearance: it says that these lists have nobody who fits.\n";
    let aged = lists.aged(now());
    for list in &aged {
        words += &format!("screened against {list}\n");
    }
    terminal.result(&words, &json!({"rows": rows, "matched": matched, "failed": failed, "noted": noted, "proposed": proposed, "cut": cut, "cleared": cleared, "columns_not_used": not_used, "repeated_ids": repeated, "hiding_rows": hiding, "kept": kept, "threshold": threshold, "policy": policy.sha256, "lists": aged}));
}

/// What a result comes to by the rule of its list.
fn verdict_of(m: &Match, lists: &Prepared, screener: &Screener<'_, IndexBytes>) -> Option<Verdict> {
    let entity = lists.index.entity(m.entity)?;
    let threshold = screener.rule(m.entity).threshold;
    Some(match Verdict::of(m.score, threshold, &entity) {
        // A weak name that counts for nothing on its list.
        _ if !screener.is_hit(m) => Verdict::Below,
        verdict => verdict,
    })
}

/// From which score on a result is a match, in words.
fn bar(policy: &Policy) -> String {
    let threshold = policy.otherwise.threshold;
    let others = policy.lists.len() as u64;
    if others == 0 {
        return threshold.to_string();
    }
    let others = counted(others, "list has", "lists have");
    format!("{threshold} ({others} a rule of their own)")
}

fn describe(words: &mut String, m: &Match, lists: &Prepared, screener: &Screener<'_, IndexBytes>) {
    let Some(entity) = lists.index.entity(m.entity) else {
        return;
    };
    let verdict = verdict_of(m, lists, screener).unwrap_or(Verdict::Below);
    let _ = writeln!(
        words,
        "{:.3} {}  {} ({}, {})",
        m.score,
        verdict.name(),
        entity.caption,
        entity.schema,
        entity.id
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

/// What is asked. Of one party everything has to be usable: whoever types it can say it otherwise.
fn asked(details: &Details<'_>) -> Result<Entity, CliError> {
    let (entity, unused) = details
        .query()
        .map_err(|e| CliError::Usage(format!("[usage] {e}")))?;
    match unused.first() {
        Some(unused) => Err(refused(unused)),
        None => Ok(entity),
    }
}

/// What was looked for, where that leaves something out.
fn narrowed(entity: &Entity, reach: Reach) -> Option<String> {
    (reach == Reach::Schema).then(|| {
        format!(
            "Asked as a {}: parties that cannot be one were left out, but for those with the same identifier.",
            entity.schema
        )
    })
}

fn value_of(m: &Match, lists: &Prepared, screener: &Screener<'_, IndexBytes>) -> Value {
    let entity = lists.index.entity(m.entity);
    let verdict = verdict_of(m, lists, screener);
    json!({
        "score": m.score,
        "match": verdict == Some(Verdict::Match),
        "proposal": entity.as_ref().is_some_and(Entity::is_proposal),
        "identifier": m.identifier,
        "name": m.name,
        "facts": m.facts.iter().map(|f| json!({"fact": f.fact, "adds": f.adds, "detail": f.detail})).collect::<Vec<_>>(),
        "entity": entity,
    })
}

fn refused(unused: &Unused) -> CliError {
    CliError::Usage(match unused {
        Unused::Country(given) => {
            format!("[usage] {given:?} is not a country\n  give its code, such as ru, or its name")
        }
        Unused::Date(given) => {
            format!("[usage] {given:?} is not a date\n  write it as 1961, 1961-06 or 1961-06-01")
        }
        Unused::NoDate(given) => format!(
            "[usage] {given:?} is what programs write where no date is known\n  leave it out, or give the year alone"
        ),
        Unused::AmbiguousDate(given) => format!(
            "[usage] {given:?} can be read day first or month first\n  write it as 1961-06-01, or say which with --dates"
        ),
        Unused::NoSuchProperty {
            schema,
            what,
            value,
        } => format!(
            "[usage] a {schema} has no {what}: {value:?}\n  leave it out, or name another schema with --schema"
        ),
    })
}
