//! `overt ownership`: whether a company is blocked by who owns it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_intake::{Table, TableRow, Watch};
use overt_model::PartialDate;
use overt_screening::{Answer, Blocked, NameError, Period, RULE, ResolvedName, Share, Stakes};
use serde_json::{Value, json};

use crate::error::CliError;
use crate::lists::{entities_of, today};
use crate::terminal::Terminal;

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
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        if self.lists.is_empty() && self.blocked.is_empty() {
            return Err(CliError::Usage(
                "[usage] who is blocked?\n  name lists with --lists, or somebody with --blocked"
                    .to_owned(),
            ));
        }
        let day = match self.as_of.as_deref() {
            Some(text) => date(text)?,
            None => today(),
        };
        let mut stakes = Stakes::on(day);
        if !self.lists.is_empty() {
            for entity in entities_of(&self.lists, self.as_of.as_deref())? {
                if let Err(e) = stakes.add_entity(&entity) {
                    terminal.warn(&format!("{}: {e}; taken as unknown", entity.id));
                }
            }
        }
        if let Some(table) = &self.owners {
            add_table(table, &mut stakes)?;
        }
        let mut taken = Vec::new();
        for name in &self.blocked {
            let found = stakes.block(name).map_err(|e| unknown(&e))?;
            if !found.iter().any(|f| stakes.is_owner(&f.party)) {
                terminal.warn(&format!("{name:?} does not own anything here on {day}"));
            }
            taken.extend(found);
        }
        let company = stakes.party(&self.company).map_err(|e| unknown(&e))?;
        let answer = stakes.answer(&company.party);
        taken.push(company);
        taken.retain(|t| t.name != t.party);
        let proposals = answer.if_proposals.as_ref();
        let value = json!({
            "company": answer.company, "as_of": day.to_string(), "listed": answer.listed, "ownership": answer.ownership,
            "if_proposals": proposals.map(|(blocked, who)| json!({"blocked": blocked, "proposed": who})),
            "if_same": answer.if_same.as_ref().map(|(blocked, who)| json!({"blocked": blocked, "names": named(who)})),
            "names": named(&taken), "rule": RULE,
        });
        terminal.result(&words(&answer, &taken), &value);
        Ok(())
    }
}

fn named(taken: &[ResolvedName]) -> Vec<Value> {
    let taken = taken.iter();
    taken
        .map(|t| json!({"name": t.name, "party": t.party, "score": t.score, "why": t.why}))
        .collect()
}

fn words(answer: &Answer, taken: &[ResolvedName]) -> String {
    let (company, found) = (&answer.company, &answer.ownership);
    let mut words = String::new();
    for t in taken {
        let why = t.why.join("; ");
        let _ = writeln!(
            words,
            "{:?} is taken for {} ({:.3}: {why})",
            t.name, t.party, t.score
        );
    }
    words += &match (answer.listed, found.blocked) {
        (true, _) => format!("{company} is blocked: it is listed itself.\n"),
        (_, Blocked::Yes) => format!(
            "{company} is blocked: blocked owners have {} of it together.\n",
            found.held
        ),
        (_, Blocked::No) => format!(
            "{company} is not blocked by what is known: blocked owners have {} of it together.\n",
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
    for (company, sum) in &found.impossible {
        let _ = writeln!(
            words,
            "  the stakes in {company} add up to {sum} %, more than there is: something in the data is wrong"
        );
    }
    if let Some((blocked, who)) = &answer.if_same {
        let then = match blocked {
            Blocked::Yes => "it is blocked if these are those they are named as",
            _ => "the data cannot tell, if these are those they are named as",
        };
        let _ = writeln!(words, "  {then}; look at both:");
        for t in who {
            let why = t.why.join("; ");
            let _ = writeln!(
                words,
                "    {:?}: {} ({:.3}: {why})",
                t.name, t.party, t.score
            );
        }
    }
    if let Some((blocked, who)) = &answer.if_proposals {
        let then = match blocked {
            Blocked::Yes => "it would be blocked",
            Blocked::Undetermined => "the data could not tell",
            Blocked::No => "it would not be blocked",
        };
        let _ = writeln!(
            words,
            "  warning: {} is proposed for a list and on none of an authority; if it were listed, {then}",
            who.join(", ")
        );
    }
    let _ = writeln!(
        words,
        "By {}: {}. Not examined: {}.",
        RULE.name, RULE.asks, RULE.not_examined
    );
    words
}

fn unknown(error: &NameError) -> CliError {
    let hint = match error {
        NameError::Nobody(_) => "name it as the lists' ids or the table's columns do",
        NameError::Several { .. } => "give the name as it is written there",
    };
    CliError::Usage(format!("[ownership.name] {error}\n  {hint}"))
}

fn date(text: &str) -> Result<PartialDate, CliError> {
    text.parse().map_err(|_| {
        CliError::Usage(format!(
            "[usage] {text:?} is not a date\n  write it as 2024-12-31"
        ))
    })
}

fn add_table(path: &Path, stakes: &mut Stakes) -> Result<(), CliError> {
    let refused =
        |detail: String| CliError::Input(format!("[ownership.table] {}: {detail}", path.display()));
    let mut table = Table::open(path, &Watch::default())?;
    let owner = table.column(&["owner"]);
    let company = table.column(&["company", "asset", "owned"]);
    let percent = table.column(&["percent", "percentage", "share", "stake"]);
    let from = table.column(&["from", "start", "start_date"]);
    let until = table.column(&["until", "end", "end_date"]);
    if owner.is_none() || company.is_none() {
        return Err(refused(format!(
            "the columns owner and company are needed\n  columns there: {}",
            table.columns().join(", ")
        )));
    }
    // Spreadsheets keep 60 % as 0.6, and a table of nothing else would block nobody.
    let (mut is_of_one, mut is_any) = (true, false);
    while let Some(row) = table.next_row()? {
        let line = row.line;
        let refused = |detail: String| refused(format!("line {line}: {detail}"));
        if let Err(error) = &row.cells {
            return Err(refused(format!("not UTF-8: {error}")));
        }
        let (owner, company) = (row.cell(owner), row.cell(company));
        if owner.is_empty() || company.is_empty() {
            return Err(refused("owner or company is missing".to_owned()));
        }
        let told = row.cell(percent);
        let number = told.parse::<f64>().ok();
        is_of_one &= told.is_empty() || number.is_some_and(|n| n <= 1.0);
        is_any |= number.is_some_and(|n| n > 0.0);
        let share: Share = told
            .parse()
            .map_err(|e: overt_screening::ShareError| refused(e.to_string()))?;
        let period = Period {
            from: day(&row, from).map_err(refused)?,
            until: day(&row, until).map_err(refused)?,
        };
        stakes
            .add_row(line, owner, company, share, period)
            .map_err(|twice| {
                refused(format!(
                    "{owner} has a stake in {company} in line {} already\n  if both are held, give their sum in one row; if one ended, say when in a column until",
                    twice.first
                ))
            })?;
    }
    if is_of_one && is_any {
        return Err(refused(
            "no stake is above 1: they look like shares of one, such as 0.6 for 60 percent\n  write percents; where less than one percent is meant, write it as 0.6%".to_owned(),
        ));
    }
    Ok(())
}

/// A date of a row; an empty cell says nothing.
fn day(row: &TableRow, column: Option<usize>) -> Result<Option<PartialDate>, String> {
    let text = row.cell(column);
    if text.is_empty() {
        return Ok(None);
    }
    let date = PartialDate::read(text, None);
    date.map(Some)
        .map_err(|e| format!("{text:?}: {e}; write it as 2024-12-31"))
}
