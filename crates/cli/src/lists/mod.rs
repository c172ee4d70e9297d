//! `overt lists`: the store of lists.

mod trust;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use overt_files::Contents;
use overt_intake::List;
use overt_lists::{
    Change, EntityChange, Limits, Loaded, Loading, Published, Store, Version, changes, delta, read,
    read_signed_delta,
};
use overt_model::{Entity, PartialDate};
use serde_json::json;

use crate::error::CliError;
use crate::output::Force;
use crate::sources;
use crate::terminal::Terminal;

use trust::Trust;

/// Load sanctions lists into a store, show what is there, say what changed.
#[derive(Args)]
pub(crate) struct Lists {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read lists as their publishers give them out and keep them as new versions
    Load(Load),
    /// Say what lists and versions a store has
    Show(Show),
    /// Say what was added, changed and removed between two versions, field by field
    Diff(Diff),
    /// Write what turns one version into another, as lines that others can apply
    Delta(WriteDelta),
    /// Say whose keys make a list an authority's: any other's is a proposal, whatever it calls itself
    #[command(subcommand)]
    Trust(Trust),
}

#[derive(Args)]
#[command(
    after_help = "Formats are told by content: OFAC (legacy CSV and all its XML), UN, UK, EU, Switzerland, Canada, Australia, Ukraine,\n\
    development banks, trade.gov, OpenSanctions, FollowTheMoney, Senzing; a list of your own by FILE.list.toml beside it,\n\
    which says what its columns are. A folder stands for the files in it, and a zip archive too; of OFAC's CSV set one file\n\
    is enough, the others are found beside it. A list that has not changed is not stored again.\n\
    A file that ends early, of which rows cannot be used, or that has lost many parties is refused, and the list that the store has\n\
    stays in force: a cut file must not take its place. What is meant to be so, say with the options.\n\n\
    Examples:\n  overt lists load ofac/ un.xml --store lists/\n  \
    overt lists load archive/2021-09/ --store lists/ --known-since 2021-09-20\n  \
    overt lists load entities.delta.json --delta-of sanctions --store lists/"
)]
struct Load {
    /// Files or folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The store; it is begun if there is none
    #[arg(long, value_name = "FOLDER")]
    store: PathBuf,
    /// The day the list is of, where its files do not say it, and since when it was known; for lists from an archive
    #[arg(long, value_name = "DATE")]
    known_since: Option<String>,
    /// The files are deltas (ADD, MOD, DEL) of this list of the store, in their order
    #[arg(long, value_name = "LIST")]
    delta_of: Option<String>,
    /// Largest share of a list's rows that may be unusable before it is refused
    #[arg(long, value_name = "SHARE", default_value_t = Limits::default().rejects, value_parser = share)]
    max_rejects: f64,
    /// Largest share of the parties of the version before that may be gone before a list is refused; a signed list says
    /// itself who is gone
    #[arg(long, value_name = "SHARE", default_value_t = Limits::default().shrinkage, value_parser = share)]
    max_shrinkage: f64,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "give a number from 0 to 1".to_owned())
}

#[derive(Args)]
#[command(after_help = "Example:\n  overt lists show --store lists/")]
struct Show {
    /// The store
    #[arg(long, value_name = "FOLDER")]
    store: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt lists diff us_ofac_sdn@20180101 us_ofac_sdn@20210920 --store lists/\n  \
    overt lists diff old/sdn.csv new/sdn.csv --json"
)]
struct Diff {
    /// A version of the store, or a list's file or folder
    old: String,
    /// A version of the store, or a list's file or folder
    new: String,
    /// The store
    #[arg(long, value_name = "FOLDER")]
    store: Option<PathBuf>,
}

#[derive(Args)]
#[command(
    after_help = "Each line is {\"op\": \"ADD\"|\"MOD\"|\"DEL\", \"entity\": {…}}, as OpenSanctions gives them out.\n\n\
    Example:\n  overt lists delta us_ofac_sdn@20180101 us_ofac_sdn@20210920 --store lists/ -o entities.delta.json"
)]
struct WriteDelta {
    #[command(flatten)]
    of: Diff,
    /// Where the lines go
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    force: Force,
}

impl Lists {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        match &self.command {
            Command::Load(command) => command.run(terminal),
            Command::Show(command) => command.run(terminal),
            Command::Diff(command) => command.run(terminal),
            Command::Delta(command) => command.run(terminal),
            Command::Trust(command) => command.run(terminal),
        }
    }
}

impl Load {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let at = match &self.known_since {
            Some(date) => known_since(date)?,
            None => now(),
        };
        let loaded = match &self.delta_of {
            Some(list) => self.deltas(list, at)?,
            None => self.lists(at, terminal)?,
        };
        let (mut words, mut values) = (String::new(), Vec::new());
        for loaded in &loaded {
            let (version, new) = match loaded {
                Loaded::New(version) => (version, true),
                Loaded::Unchanged(version) => (version, false),
            };
            describe(&mut words, version, new);
            values.push(json!({"version": version, "new": new}));
        }
        terminal.result(&words, &json!({ "loaded": values }));
        Ok(())
    }

    fn lists(&self, at: i64, terminal: &Terminal) -> Result<Vec<Loaded>, CliError> {
        let limits = Limits {
            rejects: self.max_rejects,
            shrinkage: self.max_shrinkage,
        };
        let lists = read(&self.paths, &limits)?;
        let mut loading = Loading::open(&self.store)?;
        let mut loaded = Vec::new();
        for mut list in lists {
            if list.list.date.is_none() {
                list.list.date.clone_from(&self.known_since);
            }
            warn(&list.list, terminal);
            if list.list.date.is_none() {
                terminal.warn(&format!(
                    "{}: the files do not say of which day they are; its age is unknown and it counts as old until \
                     --known-since says the day",
                    list.list.dataset.name
                ));
            }
            loaded.push(loading.add(list, at, &limits)?);
        }
        loading.commit()?;
        Ok(loaded)
    }

    /// All deltas or none.
    fn deltas(&self, list: &str, at: i64) -> Result<Vec<Loaded>, CliError> {
        let mut loading = Loading::open(&self.store)?;
        let mut loaded = Vec::new();
        for (n, path) in (0..).zip(&self.paths) {
            let (deltas, file, signed) = read_signed_delta(path)?;
            // Each is a version of its own, and known after the one before.
            loaded.push(loading.apply(list, &deltas, file, signed, at + n)?);
        }
        loading.commit()?;
        Ok(loaded)
    }
}

fn warn(list: &List, terminal: &Terminal) {
    for note in &list.notes {
        terminal.warn(&format!("{}: {note}", list.dataset.name));
    }
    if let Some(first) = list.rejects.first() {
        terminal.warn(&format!(
            "{}: {} rows could not be used; they are in rejects.csv of the version, the first: {} line {}: {}: {}",
            list.dataset.name,
            list.rejects.len(),
            first.file,
            first.line,
            first.reason,
            first.detail
        ));
    }
}

/// The entities of a store, as known on a day, or of lists as their publishers give them out.
pub(crate) fn entities_of(paths: &[PathBuf], as_of: Option<&str>) -> Result<Vec<Entity>, CliError> {
    if let [path] = paths
        && Store::is_store(path)
    {
        let store = sources::store(path)?;
        let mut entities = Vec::new();
        for version in store.known_at(as_of.map(day).transpose()?)? {
            entities.extend(store.entities(version)?);
        }
        return Ok(entities);
    }
    entities_in(paths)
}

fn entities_in(paths: &[PathBuf]) -> Result<Vec<Entity>, CliError> {
    let lists = read(paths, &Limits::default())?
        .into_iter()
        .map(Published::unpinned);
    Ok(lists.flat_map(|list| list.entities).collect())
}

/// Milliseconds since 1970.
/// A day on which a list was known: one to come would put aside every list that is loaded until then.
fn known_since(date: &str) -> Result<i64, CliError> {
    let at = day(date)?;
    if at > now() {
        return Err(CliError::Usage(format!(
            "--known-since {date}: that day is to come, and a list is known since a day that was"
        )));
    }
    Ok(at)
}

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Today, by the clock of this machine, in UTC.
pub(crate) fn today() -> PartialDate {
    let text = overt_model::Timestamp(now()).to_string();
    // A time begins with its day.
    text[..10]
        .parse()
        .unwrap_or_else(|_| PartialDate::unpacked(0))
}

/// The last millisecond of a day, or a time, as milliseconds since 1970.
pub(crate) fn day(text: &str) -> Result<i64, CliError> {
    let usage = || {
        CliError::Usage(format!(
            "[usage] {text:?} is not a date\n  write it as 2024-12-31 or 2024-12-31T12:00:00Z"
        ))
    };
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_millisecond());
    }
    let date: jiff::civil::Date = text.parse().map_err(|_| usage())?;
    let next = date.tomorrow().map_err(|_| usage())?;
    let midnight = next
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|_| usage())?;
    Ok(midnight.timestamp().as_millisecond() - 1)
}

fn describe(words: &mut String, version: &Version, new: bool) {
    let state = if new { "new" } else { "unchanged" };
    let _ = writeln!(
        words,
        "{version}  {state}, of {}: {} listed, {} entities in all",
        of_day(version),
        version.targets,
        version.entities
    );
    let counts: Vec<String> = version
        .counts
        .iter()
        .map(|(what, n)| format!("{n} {what}"))
        .collect();
    let counts = if counts.is_empty() {
        "nobody is on it".to_owned()
    } else {
        counts.join(", ")
    };
    let _ = writeln!(words, "  {counts}; {} rejected", version.rejects);
    let _ = writeln!(words, "  {}", signed(version));
}

/// The day a version is of, in words.
fn of_day(version: &Version) -> String {
    version.day().unwrap_or_else(|| "an unknown day".to_owned())
}

/// Who answers for a version.
fn signed(version: &Version) -> String {
    let Some(signed) = &version.signed else {
        return "not signed: a changed copy could not be told from it".to_owned();
    };
    let as_what = if signed.is_final {
        "final, by a key that is trusted here"
    } else if signed.calls_itself_final {
        "calls itself final and is taken for a proposal: its key is not trusted here"
    } else {
        "a proposal"
    };
    format!(
        "version {} signed by {}: {as_what}",
        signed.version, signed.key
    )
}

impl Show {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let store = sources::store(&self.store)?;
        let mut words = String::new();
        for version in store.versions() {
            let since = overt_model::Timestamp(version.loaded_at).to_string();
            let _ = writeln!(
                words,
                "{version}  of {}, known since {}: {} listed ({})",
                of_day(version),
                &since[..10],
                version.targets,
                version.dataset.title
            );
            let _ = writeln!(words, "  {}", signed(version));
        }
        terminal.result(&words, &json!({ "versions": store.versions() }));
        Ok(())
    }
}

impl WriteDelta {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard(self.output.as_deref())?;
        let lines = delta(
            &self.of.entities(&self.of.old)?,
            &self.of.entities(&self.of.new)?,
        );
        let count = lines.split(|b| *b == b'\n').count() - 1;
        match &self.output {
            Some(path) => {
                overt_files::write(path, Contents::Public, &lines)
                    .map_err(CliError::unwritten(path))?;
                terminal.result(&format!("{count} lines"), &json!({ "lines": count }));
            }
            None => terminal.print(&String::from_utf8_lossy(&lines)),
        }
        Ok(())
    }
}

impl Diff {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let (old, new) = (self.entities(&self.old)?, self.entities(&self.new)?);
        let found = changes(&old, &new);
        let mut words = String::new();
        for change in &found {
            describe_change(&mut words, change);
        }
        let count = |what| found.iter().filter(|c| c.change == what).count();
        let (added, changed, removed) = (
            count(Change::Added),
            count(Change::Changed),
            count(Change::Removed),
        );
        let _ = writeln!(words, "{added} added, {changed} changed, {removed} removed");
        terminal.result(
            &words,
            &json!({"added": added, "changed": changed, "removed": removed, "changes": found}),
        );
        Ok(())
    }

    fn entities(&self, word: &str) -> Result<Vec<Entity>, CliError> {
        if Path::new(word).exists() {
            return entities_in(&[PathBuf::from(word)]);
        }
        let Some(store) = &self.store else {
            return Err(CliError::Usage(format!(
                "[usage] {word}: is not a file\n  to name a version, say which store with --store FOLDER"
            )));
        };
        let store = sources::store(store)?;
        Ok(store.entities(store.version(word)?)?)
    }
}

fn describe_change(words: &mut String, change: &EntityChange) {
    let sign = match change.change {
        Change::Added => '+',
        Change::Removed => '-',
        Change::Changed => '~',
    };
    let _ = writeln!(
        words,
        "{sign} {} {} ({})",
        change.id, change.caption, change.schema
    );
    for (field, (went, came)) in &change.fields {
        for (sign, values) in [('-', went), ('+', came)] {
            for value in values {
                let _ = writeln!(words, "    {field} {sign} {value}");
            }
        }
    }
}
