//! `overt alerts`: the matches of screened customers, and what is decided about them.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use overt_compliance::{
    Alert, Alerts as All, Coverage, Decision, DecisionRequest, Record, Recording, State, Why,
    read_decisions, write_alerts,
};
use overt_files::Text;
use overt_lists::AgedList;
use overt_model::Timestamp;
use serde_json::json;

use crate::error::CliError;
use crate::hints;
use crate::lists::now;
use crate::output::Force;
use crate::terminal::Terminal;

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
    /// List the single questions of a day, with their answers
    Questions(QuestionsOf),
    /// Say what need not be kept any longer, or delete it
    Expire(Expire),
}

#[derive(Args)]
struct Of {
    /// The screening record
    #[arg(long, value_name = "FOLDER")]
    record: PathBuf,
}

impl Of {
    fn record(&self) -> Result<Record, CliError> {
        hints::about_record(&self.record);
        Ok(Record::open(&self.record)?)
    }

    fn recording(&self) -> Result<Recording, CliError> {
        hints::about_record(&self.record);
        Ok(Recording::open(&self.record)?)
    }
}

#[derive(Args)]
#[command(
    after_help = "With -o alerts go to a table. Filled in, with the columns decision, reason and by, it can be given back, a \
    spreadsheet too:\n  \
    overt alerts decide --from alerts.csv --record record/"
)]
struct List {
    #[command(flatten)]
    of: Of,
    /// Which
    #[arg(
        long,
        value_name = "STATE",
        default_values = ["open", "unconfirmed"],
        value_delimiter = ','
    )]
    state: Vec<StateWord>,
    /// A table for them: a spreadsheet if its name ends in .xlsx, else CSV
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Begin the CSV with the mark by which Excel knows that it is UTF-8
    #[arg(long, requires = "output")]
    excel: bool,
    #[command(flatten)]
    force: Force,
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
    /// What was found
    #[arg(long = "as", value_name = "DECISION", required_unless_present = "from")]
    decision: Option<DecisionWord>,
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
    after_help = "Questions are those of overt screen --name and of overt serve, asked with --record. Each is a line of JSON.\n\n\
    Examples:\n  overt alerts questions --record record/\n  \
    overt alerts questions --record record/ --day 2026-11-27"
)]
struct QuestionsOf {
    #[command(flatten)]
    of: Of,
    /// The day, UTC; without it, the days of which there are questions
    #[arg(long, value_name = "DATE")]
    day: Option<String>,
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

impl Alerts {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        match &self.command {
            Command::List(command) => command.run(terminal),
            Command::Show(command) => command.run(terminal),
            Command::Decide(command) => command.run(terminal),
            Command::Runs(command) => command.run(terminal),
            Command::Questions(command) => command.run(terminal),
            Command::Expire(command) => command.run(terminal),
        }
    }
}

impl List {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard(self.output.as_deref())?;
        let states = self.states();
        let alerts = All::of(&self.of.record()?)?;
        let chosen: Vec<&Alert> = alerts
            .all
            .iter()
            .filter(|a| states.contains(&a.state))
            .collect();
        if let Some(path) = &self.output {
            let text = if self.excel {
                Text::Marked
            } else {
                Text::Plain
            };
            write_alerts(path, &chosen, text)?;
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
        let lost = alerts.gone_true_matches();
        let lost_words = if lost > 0 {
            format!(" (of them {lost} found to be a true match)")
        } else {
            String::new()
        };
        let _ = writeln!(words, "{}{lost_words}", counts.join(", "));
        let count = count.iter().map(|(s, n)| (s.name().to_owned(), json!(n)));
        let count: serde_json::Map<_, _> = count.collect();
        terminal.result(
            &words,
            &json!({"alerts": chosen, "count": count, "gone_true_matches": lost}),
        );
        Ok(())
    }

    fn states(&self) -> Vec<State> {
        let states = self.state.iter();
        states.flat_map(|word| word.states()).collect()
    }
}

/// How alerts stand.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum StateWord {
    Open,
    Escalated,
    /// One person found it to be somebody else, and the policy asks for a second one
    Unconfirmed,
    TrueMatch,
    FalsePositive,
    Gone,
    All,
}

impl StateWord {
    fn states(self) -> Vec<State> {
        match self {
            Self::Open => vec![State::Open],
            Self::Escalated => vec![State::Escalated],
            Self::Unconfirmed => vec![State::Unconfirmed],
            Self::TrueMatch => vec![State::TrueMatch],
            Self::FalsePositive => vec![State::FalsePositive],
            Self::Gone => vec![State::Gone],
            Self::All => State::ALL.to_vec(),
        }
    }
}

/// What is decided about an alert.
#[derive(Clone, Copy, ValueEnum)]
enum DecisionWord {
    TrueMatch,
    FalsePositive,
    Escalated,
    Reopened,
}

impl From<DecisionWord> for Decision {
    fn from(word: DecisionWord) -> Self {
        match word {
            DecisionWord::TrueMatch => Self::TrueMatch,
            DecisionWord::FalsePositive => Self::FalsePositive,
            DecisionWord::Escalated => Self::Escalated,
            DecisionWord::Reopened => Self::Reopened,
        }
    }
}

/// A list with its version and date.
fn list_words(list: &AgedList) -> String {
    let version = list.version.as_deref().unwrap_or("of no store");
    let of = list.of.as_deref().unwrap_or("an unknown day");
    format!("{} {version} of {of}", list.name)
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
    let changed = match (&alert.closed, alert.changed) {
        _ if alert.not_screened.is_some() => {
            let why = alert.not_screened.as_deref().unwrap_or_default();
            format!("  it stands as it was: {why}")
        }
        (Some(closed), _) => format!("  {}", closed.reason.words()),
        (None, Some(what)) => format!("  since it was decided, {what} changed"),
        (None, None) => String::new(),
    };
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

impl Show {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let alerts = All::of(&self.of.record()?)?;
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
        let listed = alert.hit.iter().filter_map(|h| h.record.as_ref());
        for (property, values) in listed.flat_map(|e| &e.properties) {
            let _ = writeln!(words, "  list's {property}: {}", values.join("; "));
        }
        if let Some(closed) = &alert.closed {
            let lists: Vec<String> = closed.lists.iter().map(list_words).collect();
            let _ = writeln!(
                words,
                "  closed {}: {}; asked were {}",
                Timestamp(closed.at),
                closed.reason.words(),
                lists.join(", ")
            );
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
        let screening = alerts.screening(alert);
        if let Some(screening) = screening {
            let lists: Vec<String> = screening.lists.iter().map(list_words).collect();
            let _ = writeln!(
                words,
                "  both records as they stood {}, in run {}; asked were {}",
                Timestamp(screening.at),
                screening.run,
                lists.join(", ")
            );
        }
        let mut json = json!(alert);
        json["screening"] = json!(screening);
        terminal.result(&words, &json);
        Ok(())
    }
}

impl Decide {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let requests = match &self.from {
            Some(path) => read_decisions(path)?,
            None => self.requests(),
        };
        let recording = self.of.recording()?;
        let alerts = All::of(recording.record())?;
        let mut decided = Vec::new();
        for one in &requests {
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
        terminal.result(&words, &json!({ "decided": decided }));
        Ok(())
    }

    fn requests(&self) -> Vec<DecisionRequest> {
        let decision = self.decision.unwrap_or(DecisionWord::Reopened).into();
        let request = |alert: &String| DecisionRequest {
            alert: alert.clone(),
            decision,
            reason: self.reason.clone(),
            by: self.by.clone().unwrap_or_default(),
            version: None,
        };
        self.alerts.iter().map(request).collect()
    }
}

impl Runs {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let record = self.of.record()?;
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
        terminal.result(
            &words,
            &json!({ "runs": record.runs(), "keep_years": record.keep_years() }),
        );
        Ok(())
    }
}

/// A line each.
fn lines<T: std::fmt::Display>(all: &[T]) -> String {
    let mut words = String::new();
    for one in all {
        let _ = writeln!(words, "{one}");
    }
    words
}

impl QuestionsOf {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let record = self.of.record()?;
        let Some(day) = &self.day else {
            let days = record.days_asked()?;
            let words = lines(&days);
            terminal.result(&words, &json!({ "days": days }));
            return Ok(());
        };
        let asked = record.asked_on(day)?;
        let words = lines(&asked);
        terminal.result(&words, &json!({ "questions": asked }));
        Ok(())
    }
}

impl Expire {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let expired = if self.delete {
            self.of.recording()?.expire(now())?
        } else {
            self.of.record()?.expired(now())?
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
        terminal.result(
            &words,
            &json!({
                "runs": expired.runs,
                "days": expired.days,
                "deleted": self.delete,
            }),
        );
        Ok(())
    }
}
