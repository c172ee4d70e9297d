//! `overt inspect`: what is in a file.

use std::fmt::Write;
use std::path::Path;

use clap::Args;
use overt_detection::{Survey, is_log, survey, survey_logs};
use overt_intake::{LogSettings, expand};
use overt_model::{Timestamp, Trace, counted};
use serde_json::json;

use crate::error::CliError;
use crate::options::{FormatWord, Options};
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
    /// The format, if it shall not be recognised
    #[arg(long, value_name = "FORMAT", value_parser = FormatWord::parser())]
    format: Option<FormatWord>,
    /// What a column says, as role=name, such as account=user
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',')]
    column: Vec<String>,
}

impl Inspect {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        if self.format.is_none() && self.column.is_empty() && self.are_logs() {
            return self.run_logs(terminal);
        }
        let inputs = expand(&self.inputs)?;
        let options = Options {
            format: self.format,
            column: self.column.clone(),
            ..Options::default()
        };
        let survey = survey(&inputs, &options.intake()?)?;
        let receipt = &survey.receipt;
        let out = self.words(&survey);
        receipt.warnings.iter().for_each(|w| terminal.warn(w));
        let value = json!({
            "files": receipt.files.iter().map(|f| json!({
                "path": f.path, "format": f.format.name(), "rows": f.rows, "posts": f.posts, "rejected": f.rejected, "columns": f.columns,
            })).collect::<Vec<_>>(),
            "accounts": survey.accounts,
            "platforms": survey.platforms,
            "first": survey.span.map(|s| Timestamp(s.0).to_string()),
            "last": survey.span.map(|s| Timestamp(s.1).to_string()),
            "precision": receipt.precision.map(|p| p.to_string()),
            "traces": survey.traces.iter().map(|(t, (posts, objects))| (t.name().to_owned(), json!({ "posts": posts, "objects": objects }))).collect::<serde_json::Map<_, _>>(),
            "warnings": receipt.warnings,
        });
        terminal.result(&out, &value);
        Ok(())
    }

    /// Logs are told by their content, and folders of files hold logs.
    fn are_logs(&self) -> bool {
        self.inputs.iter().all(|word| is_log(Path::new(word)))
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
            line(format!("rejected: {n} rows, {}", reason.code()));
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
