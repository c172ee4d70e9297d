//! `overt fact`.

use std::fmt::Write;

use clap::{Args, Subcommand};
use overt_attribution::{ClaimId, EntityRef, EvidenceId, Marking, Place};
use overt_case::entry::Pinpoint;
use overt_case::{Case, CaseError, FactRecord, NewFact, NewPinpoint};
use serde_json::{Value, json};

use super::{By, Of, Tlp};
use crate::error::CliError;
use crate::terminal::Terminal;

/// Tell what was done, when and by whom, and where in which items it stands
#[derive(Args)]
pub(crate) struct FactCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Tell a fact of a claim's narrative
    #[command(
        after_help = "Statements, notices and assessments lead with the facts of each claim, in the order of time. Places are page 12, \
        pages 12-14, line 40, lines 40-44, bytes 1024-2048, post ID, section 2.1, or whole. Lines, bytes, posts and quoted words \
        are held against the bytes of an item that is plain text, here and by overt verify; a page is for a reader to check.\n\n\
        Examples:\n  overt fact add midterms-2026 claim:7 \"It registered the twelve domains.\" --when 2026-08-14 \\\n    \
        --at evidence:12 \"page 3\" --by alice\n  \
        overt fact add midterms-2026 claim:7 \"It paid for the accounts.\" --when 2026-08..2026-10 \\\n    \
        --quoting evidence:14 \"line 40\" \"paid by wire\" --by alice"
    )]
    Add(Add),
    /// Tell a fact no longer
    #[command(
        after_help = "Example:\n  overt fact withdraw midterms-2026 41 --why \"the court corrected the date\" --by alice"
    )]
    Withdraw(Withdraw),
    /// Show what claims tell of what was done
    #[command(after_help = "Example:\n  overt fact list midterms-2026")]
    List(Of),
}

#[derive(Args)]
struct Add {
    #[command(flatten)]
    of: Of,
    /// The claim whose narrative it belongs to
    claim: String,
    /// What was done, in a sentence or two
    what: String,
    /// When: a year, a month or a day, or two of them as in 2026-08..2026-11
    #[arg(long, value_name = "TIME")]
    when: Option<String>,
    /// By whom, where that is another than the claim's subject
    #[arg(long, value_name = "PARTY")]
    done_by: Option<String>,
    /// Where it stands: an item and a place in it
    #[arg(long, num_args = 2, value_names = ["ITEM", "PLACE"], action = clap::ArgAction::Append, required_unless_present = "quoting")]
    at: Vec<String>,
    /// Where it stands, with the item's own words there
    #[arg(long, num_args = 3, value_names = ["ITEM", "PLACE", "WORDS"], action = clap::ArgAction::Append)]
    quoting: Vec<String>,
    /// Who may have it, where fewer than may have the claim and the items
    #[arg(long, value_name = "TLP", default_value = "clear")]
    tlp: Tlp,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
struct Withdraw {
    #[command(flatten)]
    of: Of,
    /// The entry of the fact
    fact: u64,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl FactCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::Add(add) => add.run(terminal),
            Command::Withdraw(withdraw) => withdraw.run(terminal),
            Command::List(of) => list(&of, terminal),
        }
    }
}

impl Add {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let party = |text: &str| text.parse::<EntityRef>().map_err(CaseError::from);
        let new = NewFact {
            claim: self.claim.parse().map_err(CaseError::from)?,
            what: self.what.clone(),
            when: self.when.clone(),
            by: self.done_by.as_deref().map(party).transpose()?,
            at: self.pinpoints()?,
            marking: Marking::from(self.tlp),
        };
        let mut case = self.of.open()?;
        let told = case.tell_all(self.by.open()?.actor(), std::slice::from_ref(&new))?;
        let told = told.iter().filter_map(|seq| case.state().fact(*seq));
        let (mut said, mut rows) = (String::new(), Vec::new());
        for record in told {
            describe(&mut said, record);
            rows.push(as_json(record));
        }
        terminal.result(&said, &json!(rows));
        Ok(())
    }

    fn pinpoints(&self) -> Result<Vec<NewPinpoint>, CliError> {
        let plain = self.at.chunks(2).map(|at| (&at[0], &at[1], None));
        let quoting = self
            .quoting
            .chunks(3)
            .map(|at| (&at[0], &at[1], Some(at[2].clone())));
        plain
            .chain(quoting)
            .map(|(item, place, quote)| {
                let place = place.parse::<Place>();
                Ok(NewPinpoint {
                    evidence: item.parse::<EvidenceId>().map_err(CaseError::from)?,
                    place: place.map_err(|e| CaseError::Wrong(e.to_string()))?,
                    quote,
                })
            })
            .collect()
    }
}

impl Withdraw {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let mut case = self.of.open()?;
        case.withdraw_fact(self.by.open()?.actor(), self.fact, &self.why)?;
        let said = format!("the fact of entry {} is no longer told", self.fact);
        terminal.result(&said, &json!({ "fact": self.fact, "why": self.why }));
        Ok(())
    }
}

fn list(of: &Of, terminal: &Terminal) -> Result<(), CliError> {
    let case = of.open()?;
    let (mut said, mut rows) = (String::new(), Vec::new());
    let claims: Vec<ClaimId> = case.state().claims().keys().copied().collect();
    for claim in claims {
        let told = told_of(&mut said, &case, claim);
        rows.extend(told);
    }
    if rows.is_empty() {
        said.push_str("no claim tells what was done\n");
    }
    terminal.result(&said, &json!(rows));
    Ok(())
}

/// What a claim tells, under its words; nothing where it tells nothing.
fn told_of(said: &mut String, case: &Case, claim: ClaimId) -> Vec<Value> {
    let state = case.state();
    let (told, unshown) = (state.narrative(claim), state.unshown(claim));
    if told.is_empty() && unshown.is_empty() {
        return Vec::new();
    }
    let words = overt_attribution::wording::claim(&state.claims()[&claim], case.regime());
    let _ = writeln!(said, "{claim}: {words}");
    for record in &told {
        describe(said, record);
    }
    for record in &unshown {
        let _ = writeln!(
            said,
            "  {:<6} {} (nothing shows it any more that counts)",
            record.seq, record.fact.what
        );
    }
    told.into_iter().chain(unshown).map(as_json).collect()
}

fn describe(said: &mut String, record: &FactRecord) {
    let fact = &record.fact;
    let when = fact.when.as_deref().unwrap_or("no time");
    let by = fact.by.as_ref();
    let by = by.map_or(String::new(), |by| format!(" (by {by})"));
    let _ = writeln!(said, "  {:<6} {when:<12} {}{by}", record.seq, fact.what);
    for at in &fact.at {
        let _ = writeln!(said, "         {}", place(at));
    }
}

fn place(at: &Pinpoint) -> String {
    let quote = at.quote.as_ref();
    let quote = quote.map_or(String::new(), |quote| format!(": {quote:?}"));
    let held = match &at.unchecked {
        None => "held against the bytes".to_owned(),
        Some(why) => format!("for a reader to check: {why}"),
    };
    format!("{}, {}{quote} ({held})", at.evidence, at.place)
}

fn as_json(record: &FactRecord) -> Value {
    json!({
        "entry": record.seq,
        "by": record.by,
        "fact": record.fact,
        "withdrawn": record.withdrawn,
    })
}
