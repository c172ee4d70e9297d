//! `overt origin`.

use std::fmt::Write;

use clap::{Args, Subcommand};
use overt_case::entry::OriginNamed;
use serde_json::json;

use super::{By, Of};
use crate::error::CliError;
use crate::terminal::Terminal;

/// Say what evidence goes back to, under which names
#[derive(Args)]
pub(crate) struct OriginCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Name an origin, or say that two names are of one
    #[command(
        after_help = "Items of one origin count once. A name that is spelt like one that is there (other capitals, dots, spaces, \
        script) is asked about before it is taken; this is the answer. Claims that hang on it are judged again.\n\n\
        Examples:\n  overt origin add midterms-2026 \"U.S. Treasury\" --same-as \"US Treasury\" --why \"one office\" --by alice\n  \
        overt origin add midterms-2026 \"the times\" --apart-from \"The Times\" --why \"two newspapers\" --by alice"
    )]
    Add(Add),
    /// Show the origins, with their other names and their items
    #[command(after_help = "Example:\n  overt origin list midterms-2026")]
    List(Of),
}

#[derive(Args)]
struct Add {
    #[command(flatten)]
    of: Of,
    /// The name
    name: String,
    /// The origin that it is another name of
    #[arg(long, value_name = "NAME", conflicts_with = "apart_from")]
    same_as: Option<String>,
    /// An origin that is spelt like it and is another
    #[arg(long, value_name = "NAME")]
    apart_from: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl OriginCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::Add(add) => add.run(terminal),
            Command::List(of) => list(&of, terminal),
        }
    }
}

impl Add {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let named = OriginNamed {
            name: self.name,
            same_as: self.same_as,
            apart_from: self.apart_from,
            why: self.why,
        };
        let mut case = self.of.open()?;
        case.name_origin(self.by.open()?.actor(), &named)?;
        let origin = case.state().origins().of(&named.name);
        let said = match (&named.same_as, &named.apart_from) {
            (Some(_), _) => format!("{:?} goes back to {origin:?}: they count once", named.name),
            (None, Some(other)) => format!("{:?} and {other:?} are two origins", named.name),
            (None, None) => format!("{:?} is an origin", named.name),
        };
        terminal.result(&said, &json!({ "name": named.name, "origin": origin }));
        Ok(())
    }
}

fn list(of: &Of, terminal: &Terminal) -> Result<(), CliError> {
    let case = of.open()?;
    let (state, mut said, mut rows) = (case.state(), String::new(), Vec::new());
    let origins = state.origins();
    for (origin, others) in origins.all() {
        let items = state.evidence().values();
        let items = items.filter(|on_file| origins.of(&on_file.item.origin) == origin);
        let items: Vec<String> = items.map(|on_file| on_file.item.id.to_string()).collect();
        let _ = writeln!(said, "{origin}: {}", items.join(", "));
        for other in &others {
            let _ = writeln!(said, "  also {other}");
        }
        rows.push(json!({ "origin": origin, "also": others, "items": items }));
    }
    if rows.is_empty() {
        said.push_str("no evidence, no origins\n");
    }
    terminal.result(&said, &json!(rows));
    Ok(())
}
