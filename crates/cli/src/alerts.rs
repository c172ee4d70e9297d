//! `overt alerts`: the matches of screened customers, and what is decided about them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use overt_compliance::{Alert, Alerts as All, Coverage, Decision, Record, Recording, State, Why};
use overt_model::Timestamp;
use serde_json::json;

use crate::failure::Failure;
use crate::lists::now;
use crate::screen::Output;
use crate::table::{Row, Table};
use crate::voice::Voice;

/// Look at the matches of screened customers, and decide on them.
#[derive(Args)]
#[command(
    after_help = "An alert is a customer and a listed party who may be the same. It is open until somebody decides. A pair that was \
    found to be two different parties stays quiet while neither record changes, and is open again when one does.\n\n\
    Examples:\n  overt screen customers.csv --lists lists/ --record record/\n  \
    overt alerts list --record record/\n  \
    overt alerts show 3f2a --record record/\n  \
    overt alerts decide 3f2a --as false-positive --reason \"born 1984, the listed party 1961\" --by \"J. Doe\" --record record/"
)]
pub(crate) struct Alerts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List alerts, those that want attention first
    List(List),
    /// Say all of one: both records, why they match, what was decided
    Show(Show),
    /// Decide on alerts
    Decide(Decide),
    /// List the runs of a record
    Runs(Runs),
    /// Say what need not be kept any longer, or delete it
    Expire(Expire),
}

#[derive(Args)]
struct Of {
    /// The screening record
    #[arg(long, value_name = "FOLDER")]
    record: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "With -o alerts go to a table. Filled in, with the columns decision, reason and by, it can be given back:\n  \
    overt alerts decide --from alerts.csv --record record/"
)]
struct List {
    #[command(flatten)]
    of: Of,
    /// Which: open, escalated, true-match, false-positive, gone or all
    #[arg(
        long,
        value_name = "STATE",
        default_value = "open",
        value_delimiter = ','
    )]
    state: Vec<String>,
    /// A table for them
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Args)]
struct Show {
    /// The alert, by its id or the beginning of it
    alert: String,
    #[command(flatten)]
    of: Of,
}

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    overt alerts decide 3f2a --as escalated --by \"J. Doe\" --record record/\n  \
    overt alerts decide --from decided.csv --record record/")]
struct Decide {
    /// The alerts, by their ids or the beginnings of them
    #[arg(required_unless_present = "from")]
    alerts: Vec<String>,
    /// What was found: true-match, false-positive, escalated, reopened
    #[arg(long = "as", value_name = "DECISION", required_unless_present = "from")]
    decision: Option<String>,
    /// Why; a false positive needs it
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Who decides
    #[arg(long, value_name = "NAME", required_unless_present = "from")]
    by: Option<String>,
    /// A table of decisions, with the columns alert, decision, reason, by, and perhaps version
    #[arg(long, value_name = "FILE", conflicts_with_all = ["alerts", "decision", "by"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    of: Of,
}

#[derive(Args)]
struct Runs {
    #[command(flatten)]
    of: Of,
}

#[derive(Args)]
#[command(
    after_help = "A record is kept for ten years unless its record.json says otherwise. The latest run of each table is always kept, \
    and what it rests on."
)]
struct Expire {
    #[command(flatten)]
    of: Of,
    /// Delete it
    #[arg(long)]
    delete: bool,
}

const HEADER: [&str; 18] = [
    "alert",
    "state",
    "changed",
    "version",
    "table",
    "line",
    "customer",
    "name",
    "score",
    "entity_id",
    "caption",
    "schema",
    "datasets",
    "detail",
    "decision",
    "reason",
    "by",
    "at",
];

impl Alerts {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        match &self.command {
            Command::List(command) => command.run(voice),
            Command::Show(command) => command.run(voice),
            Command::Decide(command) => command.run(voice),
            Command::Runs(command) => command.run(voice),
            Command::Expire(command) => command.run(voice),
        }
    }
}

impl List {
    fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let states = self.states()?;
        let alerts = All::of(&Record::open(&self.of.record)?)?;
        let chosen: Vec<&Alert> = alerts
            .all
            .iter()
            .filter(|a| states.contains(&a.state))
            .collect();
        if let Some(path) = &self.output {
            write(path, &chosen)?;
        }
        let mut words = String::new();
        if self.output.is_none() {
            chosen.iter().for_each(|a| words += &line(a));
        }
        let count = alerts.count();
        let counts: Vec<String> = count
            .iter()
            .map(|(s, n)| format!("{n} {}", s.name()))
            .collect();
        let _ = writeln!(words, "{}", counts.join(", "));
        let count = count.iter().map(|(s, n)| (s.name().to_owned(), json!(n)));
        let count: serde_json::Map<_, _> = count.collect();
        voice.result(&words, &json!({"alerts": chosen, "count": count}));
        Ok(())
    }

    fn states(&self) -> Result<Vec<State>, Failure> {
        let mut states = Vec::new();
        for word in &self.state {
            match State::ALL.into_iter().find(|s| s.name() == word) {
                Some(state) => states.push(state),
                None if word == "all" => states.extend(State::ALL),
                None => {
                    let known = State::ALL.map(State::name).join(", ");
                    return Err(Failure::Usage(format!(
                        "[usage] --state {word}: is none\n  one of {known}, all"
                    )));
                }
            }
        }
        Ok(states)
    }
}

fn line(alert: &Alert) -> String {
    let (score, caption, on) = match &alert.hit {
        Some(hit) => (
            format!("{:.3}", hit.score),
            hit.caption.as_str(),
            hit.datasets.join(" "),
        ),
        None => ("     ".to_owned(), "", String::new()),
    };
    let changed = alert.changed.map_or_else(String::new, |what| {
        format!("  since it was decided, {what} changed")
    });
    format!(
        "{}  {score}  {}  {} line {}: {}{}  ↔  {caption} ({}{}{on}){changed}\n",
        alert.id,
        alert.state.name(),
        alert.table,
        alert.line,
        if alert.has_id {
            format!("{} ", alert.customer)
        } else {
            String::new()
        },
        alert.name,
        alert.entity,
        if on.is_empty() { "" } else { ", " },
    )
}

fn write(path: &Path, alerts: &[&Alert]) -> Result<(), Failure> {
    let mut out = Output::new(Some(path), &HEADER)?;
    for alert in alerts {
        let hit = alert.hit.as_ref();
        let of_hit = |f: fn(&overt_compliance::Hit) -> String| hit.map_or_else(String::new, f);
        let last = alert.history.last();
        out.row([
            alert.id.to_string(),
            alert.state.name().to_owned(),
            alert.changed.unwrap_or_default().to_owned(),
            alert.version.clone(),
            alert.table.clone(),
            alert.line.to_string(),
            alert.customer.clone(),
            alert.name.clone(),
            of_hit(|h| format!("{:.6}", h.score)),
            alert.entity.clone(),
            of_hit(|h| h.caption.clone()),
            of_hit(|h| h.schema.clone()),
            of_hit(|h| h.datasets.join(" ")),
            of_hit(|h| h.why.join(" | ")),
            // Empty where somebody is to fill it in.
            last.filter(|_| alert.state != State::Open)
                .map_or_else(String::new, |d| d.decision.name().to_owned()),
            last.map_or_else(String::new, |d| d.reason.clone()),
            last.map_or_else(String::new, |d| d.by.clone()),
            last.map_or_else(String::new, |d| Timestamp(d.at).to_string()),
        ])?;
    }
    out.finish()
}

impl Show {
    fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let alerts = All::of(&Record::open(&self.of.record)?)?;
        let alert = alerts.get(&self.alert)?;
        let mut words = line(alert);
        let _ = writeln!(
            words,
            "  version {}, {} line {}",
            alert.version, alert.table, alert.line
        );
        for line in alert.hit.iter().flat_map(|h| &h.why) {
            let _ = writeln!(words, "  {line}");
        }
        for (property, values) in alert.asked.iter().flat_map(|e| &e.properties) {
            let _ = writeln!(words, "  customer's {property}: {}", values.join("; "));
        }
        for d in &alert.history {
            let reason = if d.reason.is_empty() {
                String::new()
            } else {
                format!(": {}", d.reason)
            };
            let _ = writeln!(
                words,
                "  {} {} by {}{reason}",
                Timestamp(d.at),
                d.decision.name(),
                d.by
            );
        }
        voice.result(&words, &json!(alert));
        Ok(())
    }
}

/// A decision as it is asked for.
struct Asked {
    alert: String,
    decision: Decision,
    reason: String,
    by: String,
    version: Option<String>,
}

impl Decide {
    fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let asked = match &self.from {
            Some(path) => decisions(path)?,
            None => self.asked()?,
        };
        let recording = Recording::open(&self.of.record)?;
        let alerts = All::of(recording.record())?;
        let mut decided = Vec::new();
        for one in &asked {
            let why = Why {
                by: &one.by,
                reason: &one.reason,
                version: one.version.as_deref(),
            };
            decided.push(alerts.get(&one.alert)?.decide(one.decision, &why, now())?);
        }
        // All or none: a table with a mistake in it changes nothing.
        recording.decide(&decided)?;
        let words = format!("{} decided", decided.len());
        voice.result(&words, &json!({ "decided": decided }));
        Ok(())
    }

    fn asked(&self) -> Result<Vec<Asked>, Failure> {
        let decision = decision(self.decision.as_deref().unwrap_or_default())?;
        let alerts = self.alerts.iter();
        let asked = alerts.map(|alert| Asked {
            alert: alert.clone(),
            decision,
            reason: self.reason.clone(),
            by: self.by.clone().unwrap_or_default(),
            version: None,
        });
        Ok(asked.collect())
    }
}

fn decision(word: &str) -> Result<Decision, Failure> {
    let found = Decision::ALL.into_iter().find(|d| d.name() == word);
    found.ok_or_else(|| {
        let known = Decision::ALL.map(Decision::name).join(", ");
        Failure::Usage(format!("[usage] {word:?} is no decision\n  one of {known}"))
    })
}

/// The decisions of a table; rows without one are not decided yet.
fn decisions(path: &Path) -> Result<Vec<Asked>, Failure> {
    let refused = |line: u64, why: &dyn std::fmt::Display| {
        Failure::Input(format!(
            "[alerts.table] {} line {line}: {why}",
            path.display()
        ))
    };
    let mut table = Table::open(path, "alerts.table")?;
    let places = ["alert", "decision", "reason", "by", "version"].map(|name| table.place(&[name]));
    if places[..4].iter().any(Option::is_none) {
        return Err(Failure::Input(format!(
            "[alerts.table] {}: has not the columns alert, decision, reason and by\n  columns there: {}",
            path.display(),
            table.columns()
        )));
    }
    let mut asked = Vec::new();
    for row in table.rows() {
        let Row { line, cells, .. } = row.map_err(|e| refused(0, &e))?;
        let cells = cells.map_err(|e| refused(line, &e))?;
        let [alert, word, reason, by, version] =
            places.map(|p| p.and_then(|i| cells.get(i)).unwrap_or_default().trim());
        if word.is_empty() {
            continue;
        }
        asked.push(Asked {
            alert: alert.to_owned(),
            decision: decision(word).map_err(|e| refused(line, &e))?,
            reason: reason.to_owned(),
            by: by.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
        });
    }
    Ok(asked)
}

impl Runs {
    fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let record = Record::open(&self.of.record)?;
        let mut words = String::new();
        for run in record.runs() {
            let about = &run.about;
            let how = match &about.coverage {
                Coverage::Whole => "everybody".to_owned(),
                Coverage::ChangesSince(before) => format!("what changed since {before}"),
            };
            let _ = writeln!(
                words,
                "{}  {}: {} customers, {} matched at {}, {} could not be screened; {how}",
                run.id,
                about.table.name,
                about.customers,
                about.matched,
                about.threshold,
                about.failed
            );
            for list in &about.lists {
                let _ = writeln!(words, "    against {list}");
            }
        }
        voice.result(
            &words,
            &json!({ "runs": record.runs(), "keep_years": record.keep_years() }),
        );
        Ok(())
    }
}

impl Expire {
    fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let expired = if self.delete {
            Recording::open(&self.of.record)?.expire(now())?
        } else {
            Record::open(&self.of.record)?.expired(now())?
        };
        let words = format!(
            "{} runs and {} days of questions {}",
            expired.runs.len(),
            expired.days.len(),
            if self.delete {
                "deleted"
            } else {
                "need not be kept any longer; delete them with --delete"
            }
        );
        voice.result(
            &words,
            &json!({"runs": expired.runs, "days": expired.days, "deleted": self.delete}),
        );
        Ok(())
    }
}
