//! A folder of simulated posts with planted groups, and the truth beside them.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use overt_coordination::simulate::{self, GroupSettings, SimulationSettings, posts};
use overt_files::{Contents, WholeFolder};
use overt_intrusion::simulate::{Log, Summer, summer};
use overt_model::{Post, Timestamp};

use crate::run::refuse_taken;
use crate::{Error, Progress};

/// The election that simulated posts speak of, in words.
const ELECTION: &str = r##"name = "the governor's race"
contests = ["governor's race", "turnout"]
procedure = ["early voting", "ballot papers", "polling stations", "mail-in ballots", "#vote"]
places = []

[[sides]]
name = "Halden"
terms = ["Halden"]

[[sides]]
name = "Ruiz"
terms = ["Ruiz", "Ruiz's tax plan"]
"##;

/// What was simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The folder.
    pub folder: PathBuf,
    /// Posts.
    pub posts: usize,
    /// Accounts.
    pub accounts: u32,
    /// Accounts of planted groups.
    pub planted: usize,
    /// Planted groups.
    pub groups: usize,
}

/// Planted groups from 3 to 50 accounts in even steps, with weaker coordination in every other one.
pub fn plant_groups(groups: u32) -> Vec<GroupSettings> {
    let group = |k: u32| GroupSettings {
        size: 3 + (47 * k) / groups.max(2).saturating_sub(1).max(1),
        objects: 10 + 5 * (k % 4),
        spread: if k.is_multiple_of(2) { 20.0 } else { 45.0 },
        participation: 0.7,
    };
    (0..groups).map(group).collect()
}

/// Writes `posts.csv`, `labels.csv` (the truth), `election.toml` and `simulation.toml`.
///
/// # Errors
/// When the folder is there already and is not to be replaced, or cannot be written.
pub fn simulate(
    settings: &SimulationSettings,
    output: &Path,
    replace: bool,
    progress: &dyn Progress,
) -> Result<Simulated, Error> {
    progress.stage("simulating");
    let world = simulate::simulate(settings);
    refuse_taken(output, replace)?;
    let folder = WholeFolder::create(output, Contents::Public).map_err(Error::unwritten(output))?;
    progress.stage("writing posts");
    let at = |name: &str| folder.path().join(name);
    let path = at("posts.csv");
    let failed = Error::unwritten(&path);
    let mut out = csv::Writer::from_path(&path).map_err(&failed)?;
    out.write_record(COLUMNS).map_err(&failed)?;
    let mut trouble = None;
    let labels = posts(&world, settings.seed, |post| {
        if let Err(e) = out.write_record(row(post)) {
            trouble.get_or_insert(e);
        }
    });
    if let Some(e) = trouble {
        return Err(failed(e));
    }
    out.flush().map_err(|e| failed(e.into()))?;
    let mut truth = "account,group\n".to_owned();
    for (account, group) in &labels {
        truth.push_str(&format!("{account},{group}\n"));
    }
    save(&at("labels.csv"), &truth)?;
    save(&at("election.toml"), ELECTION)?;
    let parameters = toml::to_string(settings).unwrap_or_default();
    save(&at("simulation.toml"), &parameters)?;
    Ok(Simulated {
        folder: folder.commit().map_err(Error::unwritten(output))?,
        posts: world.events.len(),
        accounts: world.accounts,
        planted: labels.len(),
        groups: world.groups.len(),
    })
}

const COLUMNS: [&str; 7] = [
    "post_id",
    "account_id",
    "created_at",
    "text",
    "repost_of",
    "urls",
    "language",
];

fn row(post: &Post<'_>) -> [String; 7] {
    let text = |cell: &Option<std::borrow::Cow<'_, str>>| cell.as_deref().unwrap_or("").to_owned();
    [
        post.id.to_string(),
        post.account.to_string(),
        Timestamp(post.time).to_string(),
        text(&post.text),
        text(&post.repost_of),
        post.urls.join(" "),
        text(&post.language),
    ]
}

fn save(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::unwritten(path))
}

/// Logs that were simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedLogs {
    /// The folder.
    pub folder: PathBuf,
    /// Lines of the web server's log.
    pub requests: u64,
    /// Lines of the database's.
    pub statements: u64,
}

/// Writes `access.log`, `postgresql.log`, `labels.csv` (the truth: what was done from which day until which) and
/// `simulation.toml`, what it was made with.
///
/// # Errors
/// When the folder is there already and is not to be replaced, or cannot be written.
pub fn simulate_logs(how: &Summer, output: &Path, replace: bool) -> Result<SimulatedLogs, Error> {
    refuse_taken(output, replace)?;
    let unwritable = |e: std::io::Error| Error::unwritten(output)(e);
    let folder = WholeFolder::create(output, Contents::Public).map_err(unwritable)?;
    let create = |name: &str| fs::File::create(folder.path().join(name)).map(BufWriter::new);
    let (mut access, mut database) = (
        create("access.log").map_err(unwritable)?,
        create("postgresql.log").map_err(unwritable)?,
    );
    let (mut requests, mut statements) = (0, 0);
    let mut failed = None;
    summer(how, &mut |log, line| {
        let (count, out) = match log {
            Log::Access => (&mut requests, &mut access),
            Log::Database => (&mut statements, &mut database),
        };
        *count += 1;
        if let Err(error) = writeln!(out, "{line}") {
            failed.get_or_insert(error);
        }
    });
    let written = access
        .flush()
        .and_then(|()| database.flush())
        .and_then(|()| failed.map_or(Ok(()), Err));
    written
        .and_then(|()| fs::write(folder.path().join("labels.csv"), labels_of(how)))
        .and_then(|()| fs::write(folder.path().join("simulation.toml"), parameters_of(how)))
        .map_err(unwritable)?;
    let folder = folder.commit().map_err(unwritable)?;
    Ok(SimulatedLogs {
        folder,
        requests,
        statements,
    })
}

/// What was done, from when until when, and how far it got.
fn labels_of(how: &Summer) -> String {
    let [scan, attempts, reading] = how
        .begins()
        .map(|day| Timestamp(Summer::first_day() + day as i64 * 86_400_000).to_string());
    // What the database ran is access, whatever it answered.
    let (ran, got) = if how.refused {
        ("attempt", "attempt")
    } else {
        ("access", "access")
    };
    format!(
        "intrusion,from,until,what,stage\n1,{scan},{attempts},the site is scanned,scanning\n1,{attempts},{reading},SQL is tried in one parameter,{ran}\n\
         1,{reading},,the register is read out,{got}\n"
    )
}

fn parameters_of(how: &Summer) -> String {
    format!(
        "refused = {}\nbefore = {}\nquiet = {}\npause = {}\nrate = {}\nhours = {}\nexits = {}\nin_name = {}\nseed = {}\n",
        how.refused,
        how.before,
        how.quiet,
        how.pause,
        how.rate,
        how.hours,
        how.exits,
        how.in_name,
        how.seed
    )
}
