//! `overt compare`: another screener's recorded answers beside ours.

use std::path::{Path, PathBuf};

use clap::Args;
use overt_screening::THRESHOLD;
use overt_server::compare::{
    COMPARISON_COLUMNS, Compared, Comparison, FoundBy, NOT_LISTED, Party, Thresholds, read,
};
use serde_json::json;

use crate::error::CliError;
use crate::interrupt::Interrupt;
use crate::lists::now;
use crate::output::Force;
use crate::screen::{score, table_to, unwritten};
use crate::sources;
use crate::terminal::Terminal;

/// Put another screener's recorded answers beside ours.
#[derive(Args)]
#[command(
    after_help = "Says for every query who would be a match no more, and who would be one in addition, with both scores and why. \
    Traffic is a HAR, or lines of JSON, each with the request and the response of yente's POST /match (or motiva's) or of \
    Watchman's GET /v2/search:\n  \
    {\"request\": {\"url\": \"/match/default\", \"body\": {\"queries\": {…}}}, \"response\": {\"status\": 200, \"body\": {…}}}\n\n\
    Load the same lists as the other screener has, or much will be said not to be in these lists. Conditions of a request \
    on datasets, topics and the like are not applied.\n\n\
    Examples:\n  overt compare recorded-traffic.jsonl --lists lists/\n  \
    overt compare yente.har --lists opensanctions.ftm.json --all -o compared.csv"
)]
pub(crate) struct Compare {
    /// The recorded traffic
    traffic: PathBuf,
    /// A store, or lists as their publishers give them out; without it, the designations under Executive Order 13848 that
    /// come with the program
    #[arg(long, value_name = "PATH", num_args = 1..)]
    lists: Vec<PathBuf>,
    /// Scores from which on a result of ours is a match
    #[arg(long, value_name = "SCORE", default_value_t = THRESHOLD, value_parser = score)]
    threshold: f64,
    /// Scores from which on a result of theirs is a match, where their answers do not say so themselves
    #[arg(long, value_name = "SCORE", default_value_t = 0.9, value_parser = score)]
    their_threshold: f64,
    /// Also those who are a match for both
    #[arg(long)]
    all: bool,
    /// Where the table goes
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    force: Force,
}

#[derive(Default)]
struct Counts {
    queries: usize,
    /// Queries with the same matches for both.
    same: usize,
    both: usize,
    them: usize,
    /// Of those found by them alone, those who are not in our lists.
    not_listed: usize,
    us: usize,
    proposals: usize,
    unreadable: usize,
}

impl Compare {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let interrupt = Interrupt::watched()?;
        let thresholds = Thresholds {
            ours: self.threshold,
            theirs: self.their_threshold,
        };
        let lists = sources::prepared(&self.lists, None)?;
        sources::warn(&lists, terminal);
        let recorded = read(&text(&self.traffic)?, thresholds);
        let comparison = Comparison::new(&lists, thresholds);
        let mut out = table_to(self.output.as_deref(), self.force, &COMPARISON_COLUMNS)?;
        let mut counts = Counts::default();
        let bar = terminal.working("comparing", recorded.len() as u64);
        for (line, exchanges) in recorded {
            interrupt.check()?;
            match exchanges {
                Ok(exchanges) => {
                    for exchange in &exchanges {
                        let compared = comparison.of(exchange);
                        counts.add(&compared);
                        for row in compared.rows(line, self.all) {
                            out.row(row).map_err(unwritten)?;
                        }
                    }
                }
                Err(why) => {
                    counts.unreadable += 1;
                    terminal.warn(&format!("{}: line {line} {why}", self.traffic.display()));
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        out.finish().map_err(unwritten)?;
        if counts.queries == 0 {
            return Err(CliError::Input(format!(
                "[compare.traffic] {}: no exchange in it can be read\n  see overt compare --help for how it is to look",
                self.traffic.display()
            )));
        }
        let aged = lists.aged(now());
        let mut words = counts.words();
        for list in &aged {
            words += &format!("ours screened against {list}\n");
        }
        // Without a file the table is on standard output already.
        if self.output.is_some() {
            terminal.result(&words, &counts.value(&aged));
        } else {
            terminal.warn(words.trim_end());
        }
        Ok(())
    }
}

impl Counts {
    fn add(&mut self, compared: &Compared) {
        let count = |by| compared.parties.iter().filter(|p| p.found_by == by).count();
        let [both, them, us, proposals] =
            [FoundBy::Both, FoundBy::Them, FoundBy::Us, FoundBy::Proposal].map(count);
        self.queries += 1;
        self.same += usize::from(them + us == 0);
        self.both += both;
        self.them += them;
        self.us += us;
        self.proposals += proposals;
        let not_listed = |p: &&Party| p.found_by == FoundBy::Them && p.why == NOT_LISTED;
        self.not_listed += compared.parties.iter().filter(not_listed).count();
    }

    fn words(&self) -> String {
        format!(
            "{} queries, in {} of them the same matches for both\n{} matches for both, {} for them alone ({} of them {NOT_LISTED}), {} for us alone; {} are proposed and listed by no authority; {} exchanges could not be read\n",
            self.queries,
            self.same,
            self.both,
            self.them,
            self.not_listed,
            self.us,
            self.proposals,
            self.unreadable
        )
    }

    fn value(&self, lists: &[overt_lists::AgedList]) -> serde_json::Value {
        json!({
            "queries": self.queries, "same": self.same, "both": self.both, "them": self.them,
            "not_listed": self.not_listed, "us": self.us, "proposals": self.proposals, "unreadable": self.unreadable, "lists": lists,
        })
    }
}

fn text(path: &Path) -> Result<String, CliError> {
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::InvalidData => CliError::Input(format!(
            "[compare.traffic] {}: is not UTF-8",
            path.display()
        )),
        _ => CliError::Environment(format!("[compare.traffic] {}: {e}", path.display())),
    };
    std::fs::read_to_string(path).map_err(failed)
}
