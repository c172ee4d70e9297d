//! `overt indicators`: lists of indicators loaded, and what they say of one address, name, link or digest on a day.

use std::fmt::Write;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use overt_detection::{indicator_lists, load_indicators};
use overt_intake::read_shared_list;
use overt_intrusion::indicator::Listed;
use overt_intrusion::lookup::{Entry, SharedOn, entries, shared_on, sharing};
use overt_intrusion::sighting::Sharing;
use overt_model::{Grade, SharedList, Timestamp, counted};
use serde_json::{Value, json};

use crate::error::CliError;
use crate::sift::GradeWord;
use crate::terminal::Terminal;

/// Load lists of indicators, and say what they have on an address, a name, a link or a digest.
#[derive(Args)]
pub(crate) struct IndicatorCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Load lists into a folder, which overt sift takes as a list
    Load(Load),
    /// Say what lists have on something on a day, and what a match would weigh
    Show(Show),
}

#[derive(Args)]
#[command(
    after_help = "A list that is in the folder already is not loaded twice; its grade becomes the one given.\n\nExamples:\n  \
    overt indicators load jar.csv feed.stix.json --grade B -o indicators/\n  overt sift logs/ --indicators indicators/"
)]
struct Load {
    /// Lists of indicators: MISP, STIX, CSV or one a line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder, beside whose lists they come
    #[arg(long, short, value_name = "FOLDER", default_value = "indicators")]
    output: PathBuf,
    /// How reliable the source of lists is that do not say so themselves
    #[arg(long, value_name = "GRADE")]
    grade: Option<GradeWord>,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt indicators show 185.1.2.3 --on 2016-07-01\n  \
    overt indicators show evil.example --on 2016-07-01 --indicators jar.csv --grade B --shared tor-exits.csv"
)]
struct Show {
    /// An address, a name, a link, a digest, an address for mail or the name of a file
    what: String,
    /// The day
    #[arg(long, value_name = "DAY")]
    on: String,
    /// Lists of indicators, and folders of them
    #[arg(
        long,
        value_name = "FILE",
        value_delimiter = ',',
        default_value = "indicators"
    )]
    indicators: Vec<PathBuf>,
    /// How reliable the source of lists is that do not say so themselves
    #[arg(long, value_name = "GRADE")]
    grade: Option<GradeWord>,
    /// Lists of networks that many share, with the days on which they held
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    shared: Vec<PathBuf>,
}

impl IndicatorCommand {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        match &self.what {
            What::Load(load) => load.run(terminal),
            What::Show(show) => show.run(terminal),
        }
    }
}

impl Load {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let grade = self.grade.map(Grade::from);
        let (index, read) = load_indicators(&self.files, grade, &self.output)?;
        let mut text = String::new();
        for file in &read {
            let _ = writeln!(
                text,
                "{}: {} ({})",
                file.path.display(),
                counted(file.indicators.len() as u64, "indicator", "indicators"),
                file.format.name()
            );
            for (kind, n) in &file.skipped {
                let _ = writeln!(text, "  {n} not looked for: {kind}");
            }
            if file.rejected > 0 {
                terminal.warn(&format!(
                    "{}: {} could not be read",
                    file.path.display(),
                    counted(file.rejected, "entry", "entries")
                ));
            }
        }
        let _ = writeln!(
            text,
            "{} in {}",
            counted(index.lists.len() as u64, "list", "lists"),
            self.output.display()
        );
        terminal.result(
            &text,
            &json!({ "folder": self.output, "lists": index.lists }),
        );
        Ok(())
    }
}

impl Show {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let on = self.day()?;
        let (lists, _) = indicator_lists(&self.indicators, self.grade.map(Grade::from))?;
        let shared = self.shared.iter().map(|path| read_shared_list(path));
        let shared = shared.collect::<Result<Vec<_>, _>>()?;
        let said = entries(&lists, &shared, &self.what, on);
        let address: Option<IpAddr> = self.what.parse().ok();
        let mut text = self.words_of(&lists, &said);
        let shared_said = address.map(|address| shared_on(&shared, address, on));
        if let Some(shared_said) = &shared_said {
            text.push_str(&words_of_shared(&shared, shared_said));
        }
        let shared_value = shared_said.iter().flatten().map(value_of_shared);
        let value = json!({
            "what": self.what,
            "on": self.on,
            "lists": lists.len(),
            "entries": said.iter().map(value_of).collect::<Vec<_>>(),
            "shared": shared_said.as_ref().map(|said| name(sharing(said))),
            "shared_lists": shared_value.collect::<Vec<_>>(),
        });
        terminal.result(&text, &value);
        Ok(())
    }

    fn day(&self) -> Result<Timestamp, CliError> {
        let wrong = || {
            CliError::Usage(format!(
                "[usage] --on {:?} is not a day; give one such as 2016-07-01",
                self.on
            ))
        };
        let date: jiff::civil::Date = self.on.parse().map_err(|_| wrong())?;
        let start = date
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|_| wrong())?;
        Ok(Timestamp(start.timestamp().as_millisecond()))
    }

    fn words_of(&self, lists: &[Listed], said: &[Entry<'_>]) -> String {
        let mut text = format!("{} on {}\n", self.what, self.on);
        if said.is_empty() {
            let of = counted(lists.len() as u64, "list", "lists");
            let _ = writeln!(text, "none of {of} has it; that says nothing for it either");
        }
        for entry in said {
            let _ = writeln!(
                text,
                "{} ({}, grade {:?}): {}",
                entry.list.name,
                if entry.within {
                    "it lies in what is listed"
                } else {
                    "listed itself"
                },
                entry.list.grade,
                entry.indicator.listed
            );
            let _ = writeln!(text, "  {}", days(entry));
            if entry.indicator.context_only {
                text.push_str("  its list does not mark it as meant for detection\n");
            }
            match &entry.weight {
                Ok(weight) => {
                    let _ = writeln!(
                        text,
                        "  without logs a match would weigh {:.2} to {:.0}:",
                        weight.low, weight.high
                    );
                    for reason in &weight.reasons {
                        let _ = writeln!(text, "    {reason}");
                    }
                }
                Err(why) => {
                    let _ = writeln!(text, "  what a match would weigh cannot be said: {why}");
                }
            }
        }
        text
    }
}

fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

fn days(entry: &Entry<'_>) -> String {
    let said = |what: &str, time: Option<Timestamp>| match time {
        Some(time) => format!("{what} {}", day(time)),
        None => format!("{what} not said"),
    };
    [
        said("first seen:", entry.indicator.from),
        said("last seen:", entry.indicator.seen),
        said("holds until:", entry.indicator.until),
        said("list of:", entry.list.published),
    ]
    .join(", ")
}

fn name(sharing: Sharing) -> &'static str {
    match sharing {
        Sharing::Yes => "yes",
        Sharing::No => "no",
        Sharing::Unknown => "unknown",
    }
}

fn words_of_shared(lists: &[SharedList], said: &[SharedOn<'_>]) -> String {
    let mut text = format!("shared on that day: {}\n", name(sharing(said)));
    if lists.is_empty() {
        text.push_str("  no list of shared networks was given\n");
    }
    for of in said {
        let span = |from: Option<Timestamp>| from.map_or("?".to_owned(), day);
        let words = match (&of.network, of.sharing) {
            (Some((network, from, until)), _) => {
                format!("has {network} from {} to {}", day(*from), day(*until))
            }
            (None, Sharing::No) => "does not have it on that day".to_owned(),
            (None, _) => "knows nothing of that day".to_owned(),
        };
        let _ = writeln!(
            text,
            "  {} (from {} to {}): {words}",
            of.list.name,
            span(of.list.first),
            span(of.list.last)
        );
    }
    text
}

fn value_of(entry: &Entry<'_>) -> Value {
    let time = |time: Option<Timestamp>| time.map(|t| t.to_string());
    let weight = entry.weight.as_ref();
    json!({
        "list": entry.list.name,
        "grade": format!("{:?}", entry.list.grade),
        "listed": entry.indicator.listed,
        "within": entry.within,
        "first_seen": time(entry.indicator.from),
        "last_seen": time(entry.indicator.seen),
        "until": time(entry.indicator.until),
        "published": time(entry.list.published),
        "context_only": entry.indicator.context_only,
        "ratio_low": weight.ok().map(|w| w.low),
        "ratio_high": weight.ok().map(|w| w.high),
        "reasons": weight.ok().map(|w| &w.reasons),
        "not_weighed": weight.err(),
    })
}

fn value_of_shared(of: &SharedOn<'_>) -> Value {
    let time = |time: Option<Timestamp>| time.map(day);
    json!({
        "list": of.list.name,
        "first": time(of.list.first),
        "last": time(of.list.last),
        "shared": name(of.sharing),
        "network": of.network.map(|(network, ..)| network.to_string()),
        "from": of.network.map(|(_, from, _)| day(from)),
        "until": of.network.map(|(_, _, until)| day(until)),
    })
}
