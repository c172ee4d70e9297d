//! `overt status`: where a case stands.

use std::fmt::Write;

use clap::Args;
use overt_case::{Case, CaseState, Due, clocks};
use overt_model::counted;
use serde_json::json;

use super::{Of, today};
use crate::error::CliError;
use crate::terminal::Terminal;

/// Say where a case stands: clocks, steps, what is due, what is flagged
#[derive(Args)]
#[command(after_help = "Example:\n  overt status midterms-2026 --claims")]
pub(crate) struct Status {
    #[command(flatten)]
    of: Of,
    /// List the evidence
    #[arg(long)]
    evidence: bool,
    /// List the claims
    #[arg(long)]
    claims: bool,
    /// List the people, and the roles there are
    #[arg(long)]
    people: bool,
}

impl Status {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let case = self.of.open()?;
        let state = case.state();
        let mut text = head(&case);
        text.push_str(&steps(&case));
        let flagged = flagged(state);
        if !flagged.is_empty() {
            let _ = writeln!(text, "\nflagged, for it rests on what no longer counts");
            flagged
                .iter()
                .for_each(|line| text.push_str(&format!("  {line}\n")));
        }
        text.push_str(&sealed(state));
        text.push_str(&describe_decisions(state));
        if self.evidence {
            text.push_str(&evidence(state));
        }
        if self.claims {
            text.push_str(&claims(&case)?);
        }
        if self.people {
            text.push_str(&people(&case));
        }
        let value = json!({
            "entries": case.size(),
            "evidence": state.evidence().len(),
            "claims": state.claims().len(),
            "determinations": state.determinations().len(),
            "decisions": state.decisions().len(),
            "refusals": state.refusals().len(),
            "flagged": flagged,
            "sealed_weights": state.sealed_weights().count(),
        });
        terminal.result(&text, &value);
        Ok(())
    }
}

/// The weights that are sealed and wait to be opened.
fn sealed(state: &CaseState) -> String {
    let mut text = String::new();
    for (claim, evidence, by) in state.sealed_weights() {
        if text.is_empty() {
            text.push_str("\nsealed, to be opened by overt weigh --open\n");
        }
        let _ = writeln!(text, "  {evidence} for {claim}, by {by}");
    }
    text
}

fn head(case: &Case) -> String {
    let (state, regime) = (case.state(), case.regime());
    let mut text = format!("{}\nunder {}\n", case.folder().display(), regime.name);
    if let Some(opened) = state.opened() {
        let over = opened
            .keep_until
            .parse()
            .is_ok_and(|until: jiff::civil::Date| until < today());
        let over = if over {
            ": that is over, erase or prolong"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "for {}; on the basis of {}; kept until {}{over}",
            opened.purpose, opened.legal_basis, opened.keep_until
        );
    }
    let many = |n: usize, one: &str, more: &str| counted(n as u64, one, more);
    let unverified: Vec<&str> = regime
        .sources
        .iter()
        .filter(|s| !s.verified)
        .map(|s| s.text.as_str())
        .collect();
    if !unverified.is_empty() {
        let _ = writeln!(text, "wording not verified: {}", unverified.join("; "));
    }
    let _ = writeln!(
        text,
        "{}: {}, {}, {}, {}, {}",
        counted(case.size(), "entry", "entries"),
        many(
            state.evidence().len(),
            "item of evidence",
            "items of evidence"
        ),
        many(state.claims().len(), "claim", "claims"),
        many(
            state.determinations().len(),
            "determination",
            "determinations"
        ),
        many(state.decisions().len(), "decision", "decisions"),
        many(state.refusals().len(), "refusal", "refusals")
    );
    text
}

fn steps(case: &Case) -> String {
    let mut text = String::from("\nsteps\n");
    for clock in clocks(case.state(), case.regime(), today()) {
        let stands = match clock.due {
            Due::Waiting(after) => format!("waits for {after}"),
            Due::Open => "open, by no set day".to_owned(),
            Due::On(day, days) if days < 0 => format!("overdue since {day}, {} days", -days),
            Due::On(day, days) => format!("due on {day}, {days} days left"),
            Due::Done(day, 0) => format!("done on {day}"),
            Due::Done(day, late) => format!("done on {day}, {late} days late"),
        };
        let _ = writeln!(
            text,
            "  {:<16} {stands} (by {})",
            clock.step.id, clock.step.by
        );
    }
    text
}

/// What follows an event whose deadlines have passed already; nothing where none has.
pub(super) fn overdue(case: &Case) -> String {
    let late = clocks(case.state(), case.regime(), today());
    let late = late.iter().filter_map(|clock| match &clock.due {
        Due::On(day, days) if *days < 0 => Some(format!("\n{} was due on {day}", clock.step.id)),
        _ => None,
    });
    late.collect()
}

/// Determinations and decisions that no longer stand as they were made.
pub(super) fn flagged(state: &CaseState) -> Vec<String> {
    let determinations = state.determinations().iter().filter_map(|(number, made)| {
        let of = &made.proposed.passage.subject;
        let doubt = state.doubt(made)?;
        Some(format!("determination {number} of {of}: {doubt}"))
    });
    let decisions = state.decisions().iter().filter_map(|(number, made)| {
        let (action, of) = (made.decided.action.name(), &made.decided.subject);
        let doubt = state.doubt_of_decision(made)?;
        Some(format!("decision {number} to {action} {of}: {doubt}"))
    });
    determinations.chain(decisions).collect()
}

fn describe_decisions(state: &CaseState) -> String {
    let mut text = String::new();
    if !state.determinations().is_empty() {
        let _ = writeln!(text, "\ndeterminations");
    }
    for (number, determination) in state.determinations() {
        let of = &determination.proposed.passage;
        let signers: Vec<&str> = determination
            .signatures
            .iter()
            .map(|(by, _)| by.as_str())
            .collect();
        let made = match determination.made {
            true if determination.under_review.is_some() => "made, under review",
            true => "made",
            false => "waits for signatures",
        };
        let _ = writeln!(
            text,
            "  {number:<3} {} by ({}): {made}; signed by {}",
            of.subject,
            of.criterion,
            signers.join(", ")
        );
    }
    if !state.decisions().is_empty() {
        let _ = writeln!(text, "\ndecisions");
    }
    for (number, made) in state.decisions() {
        let decided = &made.decided;
        let _ = writeln!(
            text,
            "  {number:<3} {} {}, by {} at {}: {}",
            decided.action.name(),
            decided.subject,
            made.by,
            made.at,
            decided.why
        );
    }
    text
}

fn evidence(state: &CaseState) -> String {
    let mut text = String::from("\nevidence\n");
    for (id, on_file) in state.evidence() {
        let item = &on_file.item;
        let withdrawn = on_file
            .withdrawn
            .as_ref()
            .map_or(String::new(), |why| format!("; withdrawn: {why}"));
        let _ = writeln!(
            text,
            "  {:<13} {} {}, {}, from {:?}, collected {} and entered {}{withdrawn}",
            id.to_string(),
            item.grade,
            item.kind,
            item.name,
            item.origin,
            item.collected_at,
            on_file.at
        );
    }
    text
}

fn claims(case: &Case) -> Result<String, CliError> {
    let mut text = String::from("\nclaims\n");
    for (id, claim) in case.state().claims() {
        let judgement = case.judgement(*id)?;
        let own = judgement.own();
        let said = overt_attribution::wording::claim(claim, case.regime());
        let stands = if judgement.evidenced {
            format!(
                "{} ({})",
                case.regime().bands.words(own.bands),
                own.posterior
            )
        } else {
            "no evidence was provided".to_owned()
        };
        let _ = writeln!(text, "  {:<9} {said}: {stands}", id.to_string());
    }
    Ok(text)
}

fn people(case: &Case) -> String {
    let mut text = String::from("\npeople\n");
    for person in case.state().people().values() {
        let key = if person.key.is_some() {
            ""
        } else {
            ", without a key"
        };
        let _ = writeln!(
            text,
            "  {:<16} {}{key}",
            person.name,
            person.roles.join(", ")
        );
    }
    let _ = writeln!(text, "\nroles");
    for role in &case.regime().roles {
        let _ = writeln!(text, "  {:<16} {}", role.id, role.text);
    }
    text
}
