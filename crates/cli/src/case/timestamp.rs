//! `overt timestamp`: a time-stamping authority says that it saw the ledger.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use overt_files::Contents;
use overt_verify::{Authorities, request, token, verify_stamp};
use serde_json::json;

use super::{By, Of};
use crate::error::CliError;
use crate::output::Force;
use crate::terminal::Terminal;

/// Have a time-stamping authority say that it saw the ledger (RFC 3161)
#[derive(Args)]
pub(crate) struct StampCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write what an authority is asked: the ledger's checkpoint, and a request over it
    Request(Request),
    /// Enter what it answered, once verified
    Add(Add),
}

#[derive(Args)]
#[command(
    after_help = "Writes FOLDER/checkpoint.txt and FOLDER/request.tsq. Send the request to an authority:\n  \
    curl -H 'Content-Type: application/timestamp-query' --data-binary @stamp/request.tsq https://AUTHORITY > stamp/response.tsr\n\n\
    Example:\n  overt timestamp request midterms-2026 --log office.example/ledger -o stamp/"
)]
struct Request {
    #[command(flatten)]
    of: Of,
    /// The log's name
    #[arg(long, value_name = "NAME")]
    log: String,
    /// Where to
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
    #[command(flatten)]
    force: Force,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  overt timestamp add midterms-2026 stamp/response.tsr --checkpoint stamp/checkpoint.txt --tsa tsa.pem --by alice"
)]
struct Add {
    #[command(flatten)]
    of: Of,
    /// The authority's response, or its token
    response: PathBuf,
    /// The checkpoint that it is over
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// The certificates of authorities that you trust, in PEM
    #[arg(long, value_name = "FILE")]
    tsa: PathBuf,
    #[command(flatten)]
    by: By,
}

impl StampCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::Request(request) => request.run(terminal),
            Command::Add(add) => add.run(terminal),
        }
    }
}

impl Request {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let [checkpoint_path, request_path] =
            ["checkpoint.txt", "request.tsq"].map(|name| self.output.join(name));
        self.force
            .guard([checkpoint_path.as_path(), request_path.as_path()])?;
        let checkpoint = self.of.open()?.checkpoint(&self.log)?.to_string();
        let query = request(&checkpoint)
            .map_err(|e| CliError::Environment(format!("[output.encode] {e}")))?;
        for (path, bytes) in [
            (checkpoint_path, checkpoint.as_bytes()),
            (request_path, &query),
        ] {
            overt_files::write(&path, Contents::Public, bytes)
                .map_err(CliError::unwritten(&path))?;
        }
        terminal.result(
            &format!(
                "{0}/request.tsq is for the authority; keep {0}/checkpoint.txt",
                self.output.display()
            ),
            &json!({ "folder": self.output }),
        );
        Ok(())
    }
}

impl Add {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let read = |path: &PathBuf| {
            std::fs::read(path)
                .map_err(|e| CliError::Environment(format!("[case.file] {}: {e}", path.display())))
        };
        let wrong = |path: &PathBuf, what: &dyn std::fmt::Display| {
            CliError::Input(format!("[case.timestamp] {}: {what}", path.display()))
        };
        let trusted = Authorities::read(&read(&self.tsa)?).map_err(|e| wrong(&self.tsa, &e))?;
        let token = token(&read(&self.response)?).map_err(|e| wrong(&self.response, &e))?;
        let text =
            String::from_utf8(read(&self.checkpoint)?).map_err(|e| wrong(&self.checkpoint, &e))?;
        let mut case = self.of.open()?;
        let size = case
            .checkpoint_size(&text)
            .map_err(|e| wrong(&self.checkpoint, &e))?;
        let seen = verify_stamp(&token, &text, &trusted).map_err(|e| wrong(&self.response, &e))?;
        case.enter_timestamp(self.by.open()?.actor(), text, &token)?;
        let at = overt_model::Timestamp((seen.at as i64).saturating_mul(1000));
        terminal.result(
            &format!(
                "the first {} entries were there by {at}, says {}",
                size, seen.authority
            ),
            &json!({ "entries": size, "at": at.to_string(), "authority": seen.authority }),
        );
        Ok(())
    }
}
