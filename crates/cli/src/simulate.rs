//! `overt simulate`: an election's posts with planted groups, or an office's logs with an intrusion, and the truth beside
//! them.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use overt_coordination::simulate::SimulationSettings;
use overt_detection::{plant_groups, simulate, simulate_logs};
use overt_intrusion::simulate::Summer;
use serde_json::json;

use crate::error::CliError;
use crate::options::amount;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Simulate an election's posts with planted groups, or an office's logs.
#[derive(Args)]
#[command(
    after_help = "Writes posts.csv, labels.csv (the truth), election.toml (for --about) and simulation.toml.\n\n\
    Examples:\n  overt simulate -o simulated/\n  overt simulate --events 5M --seed 7 -o simulated/\n  \
    overt simulate --settings world.toml -o simulated/\n  overt simulate --logs --as illinois -o summer/"
)]
pub(crate) struct Simulate {
    /// Organic events, such as 100k or 5M
    #[arg(long, value_name = "N", default_value = "100k")]
    events: String,
    /// Seed
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Planted groups, of 3 to 50 accounts each
    #[arg(long, value_name = "N", default_value_t = 12)]
    groups: u32,
    /// A TOML file with every parameter, instead of the options above
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// An office's logs of a summer instead: access.log, postgresql.log, and labels.csv with what was done when
    #[arg(long)]
    logs: bool,
    /// Which summer
    #[arg(
        long = "as",
        value_name = "SUMMER",
        requires = "logs",
        default_value = "illinois"
    )]
    summer: SummerWord,
    /// Folder to write
    #[arg(long, short, value_name = "FOLDER", default_value = "simulated")]
    output: PathBuf,
    /// Replace the folder if it is there
    #[arg(long)]
    force: bool,
}

/// A summer of an office.
#[derive(Clone, Copy, ValueEnum)]
enum SummerWord {
    /// As in Illinois in 2016: a scan, quiet attempts, the register read out
    Illinois,
    /// The same with every attempt refused
    IllinoisRefused,
    /// Another one, drawn by --seed
    Drawn,
    /// Another one, with every attempt refused
    DrawnRefused,
}

impl Simulate {
    fn summer(&self) -> Summer {
        match self.summer {
            SummerWord::Illinois => Summer::of_2016(false),
            SummerWord::IllinoisRefused => Summer::of_2016(true),
            SummerWord::Drawn => Summer::drawn(false, self.seed),
            SummerWord::DrawnRefused => Summer::drawn(true, self.seed),
        }
    }

    fn run_logs(&self, terminal: &Terminal) -> Result<(), CliError> {
        let made = simulate_logs(&self.summer(), &self.output, self.force)?;
        terminal.result(
            &format!("{} requests and {} statements, in {}", made.requests, made.statements, made.folder.display()),
            &json!({ "folder": made.folder, "requests": made.requests, "statements": made.statements }),
        );
        Ok(())
    }

    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        if self.logs {
            return self.run_logs(terminal);
        }
        let settings = self.parameters()?;
        let progress = Shown::new(terminal);
        let made = simulate(&settings, &self.output, self.force, &progress)?;
        progress.end();
        terminal.result(
            &format!(
                "{} posts of {} accounts, {} of them in {} planted groups, in {}",
                made.posts,
                made.accounts,
                made.planted,
                made.groups,
                made.folder.display()
            ),
            &json!({ "folder": made.folder, "posts": made.posts, "accounts": made.accounts, "planted": made.planted }),
        );
        Ok(())
    }

    fn parameters(&self) -> Result<SimulationSettings, CliError> {
        if let Some(path) = &self.settings {
            let text = fs::read_to_string(path)
                .map_err(|e| CliError::Environment(format!("{}: {e}", path.display())))?;
            return toml::from_str(&text)
                .map_err(|e| CliError::Usage(format!("{}: {e}", path.display())));
        }
        let events = amount(&self.events, 1000)
            .filter(|n| (1_000..=100_000_000).contains(n))
            .ok_or_else(|| {
                CliError::Usage(format!(
                    "events {:?} is not understood; give 1k to 100M",
                    self.events
                ))
            })?;
        Ok(SimulationSettings {
            seed: self.seed,
            events,
            groups: plant_groups(self.groups),
            ..SimulationSettings::default()
        })
    }
}
