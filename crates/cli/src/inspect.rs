//! `overt inspect`: what is in a file.

use std::fmt::Write;

use clap::Args;
use overt_detection::{Survey, survey};
use overt_intake::expand;
use overt_model::{Timestamp, Trace};
use serde_json::json;

use crate::error::CliError;
use crate::options::{FormatWord, Options};
use crate::terminal::Terminal;

/// Say what is in a file: its format, its span, the traces it can carry.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt inspect posts.csv\n  overt inspect export.zip --column account=user"
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
