//! `overt inspect`: what is in a file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_detection::{Survey, is_log, survey, survey_logs};
use overt_intake::{Input, LogSettings, Proposal, Role, Settings, expand, propose};
use overt_model::{Timestamp, Trace, counted};
use serde_json::json;

use crate::error::CliError;
use crate::reading::Reading;
use crate::terminal::Terminal;

/// Say what is in a file: its format, its span, the traces it can carry.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt inspect posts.csv\n  overt inspect access.log.gz\n  overt inspect export.zip --column account=user"
)]
pub(crate) struct Inspect {
    /// Files, patterns, or - for standard input
    #[arg(required = true)]
    inputs: Vec<String>,
    #[command(flatten)]
    reading: Reading,
    /// Show every field with its values and what it is taken to say, and write that to a new file to be edited, for detect
    /// --map; a file that is there already is tried instead
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
}

impl Inspect {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        if self.reading.format.is_none()
            && self.reading.column.is_empty()
            && self.map.is_none()
            && self.are_logs()?
        {
            return self.run_logs(terminal);
        }
        let inputs = expand(&self.inputs)?;
        let tried = self.map.clone().filter(|map| map.exists());
        let intake = self.reading.intake(tried.clone(), None)?;
        if let (Some(map), None) = (&self.map, tried) {
            return propose_map(&inputs, &intake, map, terminal);
        }
        let survey = survey(&inputs, &intake)?;
        let receipt = &survey.receipt;
        let out = self.words(&survey);
        receipt.warnings.iter().for_each(|w| terminal.warn(w));
        let value = json!({
            "files": receipt.files.iter().map(|f| json!({
                "path": f.path, "format": f.format.name(), "rows": f.rows, "posts": f.posts, "rejected": f.rejected, "left_out": f.left_out, "encoding": f.encoding, "columns": f.columns,
            })).collect::<Vec<_>>(),
            "accounts": survey.accounts,
            "platforms": survey.platforms,
            "first": survey.span.map(|s| Timestamp(s.0).to_string()),
            "last": survey.span.map(|s| Timestamp(s.1).to_string()),
            "precision": receipt.precision.map(|p| p.to_string()),
            "traces": survey.traces.iter().map(|(t, (posts, objects))| (t.name().to_owned(), json!({ "posts": posts, "objects": objects }))).collect::<serde_json::Map<_, _>>(),
            "left_out": receipt.left_out.iter().map(|(reason, n)| (reason.code(), n)).collect::<BTreeMap<_, _>>(),
            "short_texts": survey.short_texts,
            "warnings": receipt.warnings,
        });
        terminal.result(&out, &value);
        Ok(())
    }

    /// Logs are told by their content, and folders of files hold logs.
    fn are_logs(&self) -> Result<bool, CliError> {
        let inputs = self.inputs.iter();
        let others: Vec<&str> = inputs
            .filter(|word| !is_log(Path::new(word)))
            .map(String::as_str)
            .collect();
        if others.is_empty() || others.len() == self.inputs.len() {
            return Ok(others.is_empty());
        }
        Err(CliError::Usage(format!(
            "[usage] some of these are logs, and no log that is known: {}\n  inspect logs apart from posts, and what is neither by itself",
            others.join(", ")
        )))
    }

    fn run_logs(&self, terminal: &Terminal) -> Result<(), CliError> {
        let logs = survey_logs(&self.inputs, &LogSettings::default())?;
        let mut out = String::new();
        for log in &logs {
            let rejected: u64 = log.rejected.values().sum();
            let skipped: u64 = log.skipped.values().sum();
            let _ = writeln!(
                out,
                "{}: {}, {}: {} read, {} say nothing, {} could not be read",
                log.file,
                log.format,
                counted(log.lines, "line", "lines"),
                log.records,
                skipped,
                rejected
            );
            if let (Some(first), Some(last)) = (&log.first, &log.last) {
                let _ = writeln!(out, "  from {first} to {last}");
            }
            for (reason, n) in &log.rejected {
                let _ = writeln!(out, "  not read: {n}, {reason}");
            }
            if let Some(year) = &log.year {
                let _ = writeln!(out, "  the year of its times: {year}");
            }
            if let Some(cut) = &log.cut {
                let _ = writeln!(out, "  read up to a place only: {cut}");
            }
            if log.went_back > 0 {
                let _ = writeln!(
                    out,
                    "  time went back {}",
                    counted(log.went_back, "time", "times")
                );
            }
            if let Some((from, hours)) = &log.longest_silence {
                let _ = writeln!(
                    out,
                    "  hours without a line: {}, {hours} of them from {from} on",
                    log.silent_hours
                );
            }
            if !log.blind.is_empty() {
                let _ = writeln!(out, "  it cannot show: {}", log.blind.join(", "));
            }
        }
        terminal.result(&out, &json!({ "logs": logs }));
        Ok(())
    }

    fn words(&self, survey: &Survey) -> String {
        let receipt = &survey.receipt;
        let mut out = String::new();
        // Writing to a string cannot fail.
        let mut line = |text: String| {
            let _ = writeln!(out, "{text}");
        };
        for file in &receipt.files {
            line(format!(
                "{}: {}, {} rows, {} posts, {} rejected",
                file.path.display(),
                file.format.name(),
                file.rows,
                file.posts,
                file.rejected
            ));
            if !file.columns.is_empty() {
                line(format!("  columns: {}", file.columns.join(", ")));
            }
        }
        line(format!(
            "{} accounts on {}",
            survey.accounts,
            survey
                .platforms
                .keys()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        ));
        if let Some((first, last)) = survey.span {
            let precision = receipt
                .precision
                .map_or("too few to say how finely".to_owned(), |p| {
                    format!("told to the {p}")
                });
            line(format!(
                "from {} to {}, times {precision}",
                Timestamp(first),
                Timestamp(last)
            ));
        }
        line("traces the posts can carry:".to_owned());
        for (trace, (posts, objects)) in &survey.traces {
            line(format!(
                "  {:<17} {:>10} posts, {:>10} objects",
                trace.name(),
                posts,
                objects
            ));
        }
        let details: Vec<&str> = survey
            .details
            .iter()
            .filter(|(_, n)| **n > 0)
            .map(|(d, _)| *d)
            .collect();
        line(format!(
            "kept besides: {}",
            if details.is_empty() {
                "nothing".to_owned()
            } else {
                details.join(", ")
            }
        ));
        for (reason, n) in &receipt.rejected {
            let rows = counted(*n, "row", "rows");
            line(format!("rejected: {rows}, {}", reason.code()));
        }
        for (reason, n) in &receipt.left_out {
            line(format!("left out: {}", reason.in_words(*n)));
        }
        if survey.short_texts > 0 {
            line(format!(
                "{} too short for the trace text",
                counted(survey.short_texts, "text is", "texts are")
            ));
        }
        let usable: Vec<&str> = survey.traces.keys().map(Trace::name).collect();
        if !usable.is_empty() {
            line(format!(
                "try: overt detect {} --trace {} -o findings/",
                self.inputs.join(" "),
                usable.join(",")
            ));
        }
        out
    }
}

/// Shows what the fields of the first input are taken to say, and writes it to a file.
fn propose_map(
    inputs: &[Input],
    settings: &Settings,
    map: &Path,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let Some(first) = inputs.first() else {
        return Ok(());
    };
    let proposal = propose(first, settings)?;
    let unwritten = |e| CliError::Environment(format!("[output.failed] {}: {e}", map.display()));
    let mut file = std::fs::File::create_new(map).map_err(unwritten)?;
    std::io::Write::write_all(&mut file, proposal.mapping.as_bytes()).map_err(unwritten)?;
    proposal.warnings.iter().for_each(|w| terminal.warn(w));
    let fields = proposal.fields.iter().map(|f| {
        let roles: Vec<&str> = f.roles.iter().map(|r| r.name()).collect();
        json!({ "name": f.name, "roles": roles, "samples": f.samples })
    });
    let value = json!({
        "format": proposal.format.name(),
        "fields": fields.collect::<Vec<_>>(),
        "warnings": proposal.warnings,
        "map": map,
    });
    terminal.result(&fields_in_words(&proposal, first, map), &value);
    Ok(())
}

fn fields_in_words(proposal: &Proposal, input: &Input, map: &Path) -> String {
    let mut out = format!("{}: {}\n", input.path().display(), proposal.format.name());
    let widest = proposal.fields.iter().map(|f| f.name.chars().count()).max();
    let widest = widest.unwrap_or(0).min(40);
    for field in &proposal.fields {
        let roles: Vec<&str> = field.roles.iter().map(|r: &Role| r.name()).collect();
        let roles = if roles.is_empty() {
            "–".to_owned()
        } else {
            roles.join(", ")
        };
        let samples = field.samples.join(" · ").replace(char::is_control, " ");
        let _ = writeln!(out, "  {:<widest$}  {roles:<16}  {samples}", field.name);
    }
    let path = map.display();
    let shown = input.path();
    let _ = write!(
        out,
        "{path}\nedit it, then try it: overt inspect {0} --map {path}\nand use it: overt detect {0} --map {path} -o findings/\n",
        shown.display()
    );
    out
}
