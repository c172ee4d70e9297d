//! `overt case import`: what others hand over, and tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_attribution::Grade;
use overt_case::{Received, Receiving};
use overt_intake::read_handed;
use overt_model::handed::Sharing;
use overt_model::{counted, visible};
use serde_json::json;

use super::{By, Of, Tlp, today};
use crate::error::CliError;
use crate::terminal::Terminal;

/// Take in what others hand over
#[derive(Args)]
#[command(
    after_help = "Bundles of STIX and events of MISP: the file becomes an item of evidence with its hash; reports, notes, sightings \
    and relations in it become items of their own; relations that the regime knows become claims, which nobody has judged; \
    authors become origins; the Traffic Light Protocol is kept. Everything in the files is accounted for. Nothing is weighed: \
    how sure a source says it is, stands beside the item. Several files are read together.\n\n\
    A table is TOML, with files beside it:\n\n  \
    [[evidence]]\n  id = \"report\"\n  file = \"report.pdf\"        # or text = \"…\"\n  source = \"B2\"\n  origin = \"US Treasury\"\n\n  \
    [[claim]]\n  id = \"foreign\"\n  subject = \"company:Example LLC\"\n  relation = \"is-foreign-person\"\n\n  \
    [[weight]]\n  claim = \"foreign\"\n  evidence = \"report\"\n  category = \"contextual\"\n  ratios = { H1 = \"3..10\" }\n  why = \"the register says so\"\n\n  \
    [[fact]]\n  claim = \"foreign\"\n  what = \"It was founded abroad.\"\n  when = \"2014\"\n  \
    at = [{ evidence = \"report\", place = \"line 3\", quote = \"founded in 2014\" }]\n\n\
    Examples:\n  overt case import midterms-2026 opencti-export.json --source C3 --dry-run --by alice\n  \
    overt case import midterms-2026 attribution.toml --by alice"
)]
pub(super) struct Import {
    #[command(flatten)]
    of: Of,
    /// What was handed over; or one table
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The grade of the items, in your judgement: the source's reliability, A to F, and the information's credibility, 1 to 6
    #[arg(long, value_name = "GRADE", default_value = "F6")]
    source: String,
    /// What goes back to what, where the files do not say who made something [default: undeclared]
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Who may have what carries no marking
    #[arg(long, value_name = "TLP", default_value = "amber")]
    tlp: Tlp,
    /// Say what would be made, and make nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: By,
}

impl Import {
    pub(super) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match &self.files[..] {
            [table] if is_table(table) => self.table(table, terminal),
            files if files.iter().any(|file| is_table(file)) => Err(CliError::Usage(
                "[usage] a table is taken in by itself\n  give it alone".to_owned(),
            )),
            _ => self.handed(terminal),
        }
    }

    fn handed(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut case = self.of.open()?;
        let over = read_handed(&self.files, sharing(self.tlp))?;
        let grade: Grade = self
            .source
            .parse()
            .map_err(|e| CliError::Usage(format!("[usage] {e}")))?;
        let today = today().to_string();
        let how = Receiving {
            grade,
            origin: self.origin.as_deref(),
            today: &today,
        };
        let done = if self.dry_run {
            case.plan_to_receive(
                &over.handed,
                how,
                overt_model::Timestamp(crate::lists::now()),
            )?
        } else {
            let by = self.by.open()?;
            case.receive(by.actor(), &over.handed, &|bytes| over.open(bytes), how)?
        };
        for words in &done.warnings {
            terminal.warn(&visible(words));
        }
        terminal.result(&told(&done, self.dry_run), &as_json(&done, self.dry_run));
        Ok(())
    }

    fn table(&self, table: &Path, terminal: &Terminal) -> Result<(), CliError> {
        if self.dry_run {
            return Err(CliError::Usage(
                "[usage] a table with weights is taken in whole, or not at all\n  leave out --dry-run".to_owned(),
            ));
        }
        let mut case = self.of.open()?;
        let by = self.by.open()?;
        let done = case.import_table(by.actor(), table, &today().to_string())?;
        for words in &done.warnings {
            terminal.warn(&visible(words));
        }
        let mut said = format!(
            "{}, {}, {}, {}; {} were there already",
            counted(
                done.evidence.len() as u64,
                "item of evidence",
                "items of evidence"
            ),
            counted(done.claims.len() as u64, "claim", "claims"),
            counted(done.weights as u64, "weight", "weights"),
            counted(done.facts as u64, "fact", "facts"),
            done.known
        );
        for (name, id) in &done.claims {
            let judgement = case.judgement(*id)?;
            let likely = super::claims::likelihood(&case, &judgement);
            said.push_str(&format!("\n{id} ({name}): {likely}"));
        }
        let evidence: BTreeMap<_, _> = done
            .evidence
            .iter()
            .map(|(name, id)| (name, id.to_string()))
            .collect();
        let claims: BTreeMap<_, _> = done
            .claims
            .iter()
            .map(|(name, id)| (name, id.to_string()))
            .collect();
        terminal.result(
            &said,
            &json!({ "evidence": evidence, "claims": claims, "weights": done.weights, "facts": done.facts, "known": done.known }),
        );
        Ok(())
    }
}

fn is_table(file: &Path) -> bool {
    file.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("toml"))
}

/// How many items and claims are shown line by line.
const SHOWN: usize = 20;

/// What came of it, in lines.
fn told(done: &Received, dry: bool) -> String {
    let known_items = done.items.iter().filter(|i| i.known).count();
    let known_claims = done.claims.iter().filter(|c| c.known).count();
    let mut lines = Vec::new();
    if done.is_known() {
        lines.push("all of it is there already: nothing was added".to_owned());
    } else if dry {
        lines.push("nothing was entered; this is what would be".to_owned());
    }
    lines.push(format!(
        "{}, of which {known_items} there already; {}, of which {known_claims} there already, and none of them judged; {}",
        counted(done.items.len() as u64, "item of evidence", "items of evidence"),
        counted(done.claims.len() as u64, "claim", "claims"),
        counted(done.origins.len() as u64, "new origin", "new origins"),
    ));
    let items = done.items.iter().map(|item| {
        let id = item.id.map_or("new".to_owned(), |id| id.to_string());
        format!("{id}  {}  {}  of {}", item.marking, item.name, item.origin)
    });
    let claims = done.claims.iter().map(|claim| {
        let id = claim.id.map_or("new".to_owned(), |id| id.to_string());
        let object = claim
            .object
            .as_ref()
            .map_or(String::new(), |o| format!(" {o}"));
        format!(
            "{id}  {}  {} {}{object}",
            claim.marking, claim.subject, claim.relation
        )
    });
    few(&mut lines, items, done.items.len());
    few(&mut lines, claims, done.claims.len());
    lines.push(format!(
        "{} in the files:",
        counted(done.tally.total(), "object", "objects")
    ));
    let placed = done.tally.placed.iter();
    lines.extend(placed.map(|((of, place), n)| format!("  {n}  {of}: {place}")));
    let left = done.tally.left_out.iter();
    lines.extend(left.map(|((of, reason), n)| format!("  {n}  {of}: left out, for {reason}")));
    visible(&lines.join("\n"))
}

fn few(lines: &mut Vec<String>, all: impl Iterator<Item = String>, count: usize) {
    lines.extend(all.take(SHOWN));
    if count > SHOWN {
        lines.push(format!("and {} more", count - SHOWN));
    }
}

fn as_json(done: &Received, dry: bool) -> serde_json::Value {
    let items = done.items.iter().map(|item| {
        json!({
            "id": item.id.map(|id| id.to_string()), "name": item.name, "origin": item.origin,
            "marking": item.marking.label(), "from": item.from, "known": item.known,
        })
    });
    let claims = done.claims.iter().map(|claim| {
        json!({
            "id": claim.id.map(|id| id.to_string()), "subject": claim.subject, "relation": claim.relation,
            "object": claim.object, "marking": claim.marking.label(), "known": claim.known,
        })
    });
    let counts = |all: &BTreeMap<(String, String), u64>| {
        let rows = all.iter();
        rows.map(|((of, words), n)| json!({ "type": of, "words": words, "count": n }))
            .collect::<Vec<_>>()
    };
    json!({
        "dry_run": dry,
        "items": items.collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
        "origins": done.origins,
        "objects": done.tally.total(),
        "placed": counts(&done.tally.placed),
        "left_out": counts(&done.tally.left_out),
        "warnings": done.warnings,
    })
}

fn sharing(word: Tlp) -> Sharing {
    match word {
        Tlp::Red => Sharing::Red,
        Tlp::AmberStrict => Sharing::AmberStrict,
        Tlp::Amber => Sharing::Amber,
        Tlp::Green => Sharing::Green,
        Tlp::Clear => Sharing::Clear,
    }
}
