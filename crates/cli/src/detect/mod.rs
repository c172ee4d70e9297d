//! `overt detect`: from exports of posts to coordinated networks.

mod job;
mod peer;
mod record;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use clap::Args;
use overt_findings::Folder;
use overt_intake::expand;

use crate::failure::Failure;
use crate::options::Options;
use crate::voice::Voice;
use job::Job;

/// Find coordinated networks in exports of posts.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    overt detect posts.csv -o findings/\n  \
    overt detect posts.csv.zst more/*.jsonl --trace repost,url,text --window 60s -o findings/\n  \
    overt detect export.ndjson --trace device=device_hash --about midterms.toml -o findings/\n  \
    overt detect operation.csv --background everybody-that-month.csv.zst -o findings/\n  \
    overt detect today.csv --since yesterday/ --calibrate 20 -o today/\n  \
    overt detect posts.csv --compat coortweet --window 10s -o as-coortweet/\n  \
    zcat dump.gz | overt detect - --column account=user,time=ts,urls=link -o findings/")]
pub(crate) struct Detect {
    /// Files, patterns, or - for standard input; gzip, zstd, bzip2 and zip are undone
    #[arg(required = true)]
    inputs: Vec<String>,
    /// Folder to write
    #[arg(long, short, value_name = "FOLDER", default_value = "findings")]
    output: PathBuf,
    /// Replace the folder if it is there
    #[arg(long)]
    force: bool,
    /// A TOML file with any of the options below
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// End with code 1 if there is any: edge, or established account
    #[arg(long, value_name = "WHAT", value_parser = ["edge", "established"])]
    fail_on: Option<String>,
    #[command(flatten)]
    options: Options,
}

impl Detect {
    pub(crate) fn run(self, voice: &Voice) -> Result<(), Failure> {
        let started = Instant::now();
        let file = self
            .settings
            .as_deref()
            .map(Options::read)
            .transpose()?
            .unwrap_or_default();
        let options = self.options.clone().over(file);
        if let Some(threads) = options.threads {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads.max(1))
                .build_global();
            pool.map_err(|e| {
                Failure::Environment(format!("{threads} threads cannot be had: {e}"))
            })?;
        }
        let mut inputs = expand(&self.inputs)?;
        let background = expand(&options.background)?;
        let job = Job::prepare(&self, options, &inputs, !background.is_empty(), voice)?;
        inputs.extend(background);
        let hidden = stop_cleanly()?;
        if self.output.exists() && !self.force {
            // Said now rather than after minutes of work.
            Folder::begin(&self.output, false).map(drop)?;
        }
        job.run(&inputs, voice, started, &hidden)
    }
}

/// The folder being written, for whoever must clean up after an interruption.
type Hidden = Arc<Mutex<Option<PathBuf>>>;

/// On Ctrl-C removes what is half-written and ends at once.
#[allow(clippy::print_stderr)]
fn stop_cleanly() -> Result<Hidden, Failure> {
    let hidden: Hidden = Arc::default();
    let seen = Arc::clone(&hidden);
    ctrlc::set_handler(move || {
        if let Some(folder) = seen.lock().ok().and_then(|mut h| h.take()) {
            // It is our own temporary folder; if it cannot go, there is nobody left to tell but the user.
            let _ = fs::remove_dir_all(folder);
        }
        eprintln!("\novert: {}", Failure::Interrupted);
        std::process::exit(i32::from(Failure::Interrupted.exit_code()));
    })
    .map_err(|e| Failure::Environment(format!("interruptions cannot be watched for: {e}")))?;
    Ok(hidden)
}

fn set(hidden: &Hidden, folder: Option<&Path>) {
    if let Ok(mut slot) = hidden.lock() {
        *slot = folder.map(Path::to_owned);
    }
}

fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|e| Failure::Environment(format!("[output.failed] {}: {e}", path.display())))
}
