//! Shell completions and manual pages, from the one definition of the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde_json::json;

use crate::error::CliError;
use crate::output::Force;
use crate::terminal::Terminal;

/// Print shell completions.
#[derive(Args)]
#[command(after_help = "Example:\n  overt completions bash > /etc/bash_completion.d/overt")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    #[allow(clippy::unnecessary_wraps)] // Every subcommand runs alike.
    pub(crate) fn run<C: CommandFactory>(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut C::command(), "overt", &mut text);
        terminal.print(&String::from_utf8_lossy(&text));
        Ok(())
    }
}

/// Write the manual pages into a folder.
#[derive(Args)]
#[command(after_help = "Example:\n  overt man /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// The folder
    folder: PathBuf,
    #[command(flatten)]
    force: Force,
}

impl Man {
    pub(crate) fn run<C: CommandFactory>(&self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard([self.folder.join("overt.1").as_path()])?;
        let failed = |e: std::io::Error| {
            CliError::Environment(format!("[output.failed] {}: {e}", self.folder.display()))
        };
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        clap_mangen::generate_to(C::command(), &self.folder).map_err(failed)?;
        terminal.result(
            &format!("manual pages in {}", self.folder.display()),
            &json!({ "folder": self.folder }),
        );
        Ok(())
    }
}
