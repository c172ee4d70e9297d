//! `overt sift`: what stands out in an office's logs.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use overt_detection::{SiftSettings, sift};
use overt_findings::sightings::Sifted;
use overt_intake::{LogFormat, LogMapping, LogSettings, Zone};
use overt_intrusion::sighting::Stage;
use overt_intrusion::site::Settings as SiteSettings;
use overt_model::{Grade, Network, Timestamp, counted};
use serde_json::json;

use crate::error::CliError;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Say what stands out in logs, how far the evidence goes, and how much every match weighs.
#[derive(Args)]
#[command(
    after_help = "Without lists the logs are held against their own days: values that look like none before, numbers read out one \
    after the other, visits without a page, passwords tried on many accounts, pages that nobody links to.\n\nExamples:\n  \
    overt sift access.log.gz\n  overt sift logs/ -o sightings/\n  \
    overt sift logs/ --indicators jar.csv,feed.stix.json --grade B --shared tor-exits.csv -o sightings/\n  \
    overt sift --state office/ logs/today/*\n  \
    overt sift windows/ --rules sigma/rules -o sightings/\n  overt sift access.log --proxies 10.0.0.0/8 --zone America/Chicago --known-clients clients.toml"
)]
pub(crate) struct Sift {
    /// Logs: files, folders, patterns, or - for standard input
    #[arg(required = true)]
    inputs: Vec<String>,
    /// The folder to write: sightings, or with --state the folder of that name in it
    #[arg(long, short, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Go on from the runs before: the folder that keeps what they learnt, made if it is not there
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// End with code 1 if anything new of this kind stands out, or if no record could be read
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// Write over a folder of sightings that is there
    #[arg(long)]
    force: bool,
    /// Lists of indicators: MISP, STIX, CSV or one a line; or a folder that overt indicators load wrote
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    indicators: Vec<PathBuf>,
    /// How reliable the source of lists is that do not say so themselves
    #[arg(long, value_name = "GRADE")]
    grade: Option<GradeWord>,
    /// Lists of networks that many share, with the days on which they held
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    shared: Vec<PathBuf>,
    /// Clients that the office knows, such as its monitor or a partner's program: TOML with name, addresses, agent and why.
    /// What they do all day is counted by no measure; what they send is held against all else
    #[arg(long, value_name = "FILE")]
    known_clients: Option<PathBuf>,
    /// Sigma rules: files, and folders of them
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    rules: Vec<PathBuf>,
    /// Days that are learnt from before the measures speak
    #[arg(long, value_name = "DAYS", default_value = "30d", value_parser = days)]
    baseline: f64,
    /// How seldom all measures of one series of logs together may raise a false alarm
    #[arg(long, value_name = "TIME", default_value = "5y", value_parser = days)]
    one_false_alarm_in: f64,
    /// What the logs are, when it shall not be told from their content: web, w3c, evtx and others of docs/logs.md
    #[arg(long, value_name = "FORMAT")]
    format: Option<LogFormat>,
    /// How the columns of logs in CSV are read that no reader knows: TOML with record and columns
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The zone of times without one: UTC, +02:00, Europe/Bucharest
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: Zone,
    /// Seconds by which the logs' clock is slow
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    clock: i64,
    /// The year of the first line, for logs that leave it out
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// Proxies of your own, behind which the client is the one they forward for
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    proxies: Vec<Network>,
}

/// What a sifting must not find.
#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// Any alarm
    Alarm,
    /// An alarm that is evidence of an attempt or more
    Attempt,
    /// An alarm that is evidence of a possible access or more
    PossibleAccess,
    /// An alarm that is evidence of an access or more
    Access,
}

impl FailOn {
    fn is_met_by(self, stage: Stage) -> bool {
        match self {
            Self::Alarm => true,
            Self::Attempt => stage.is_at_least(Stage::Attempt),
            Self::PossibleAccess => stage.is_at_least(Stage::PossibleAccess),
            Self::Access => stage.is_at_least(Stage::Access),
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// The grades of the Admiralty code.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(crate) enum GradeWord {
    /// Completely reliable
    A,
    /// Usually reliable
    B,
    /// Fairly reliable
    C,
    /// Not usually reliable
    D,
    /// Unreliable
    E,
    /// Cannot be judged
    F,
}

impl From<GradeWord> for Grade {
    fn from(word: GradeWord) -> Self {
        match word {
            GradeWord::A => Self::A,
            GradeWord::B => Self::B,
            GradeWord::C => Self::C,
            GradeWord::D => Self::D,
            GradeWord::E => Self::E,
            GradeWord::F => Self::F,
        }
    }
}

/// `30d`, `5y`, or a number of days.
fn days(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix('y') {
        Some(number) => (number, 365.0),
        None => (text.strip_suffix('d').unwrap_or(text), 1.0),
    };
    let days = number.parse::<f64>().ok().map(|n| n * unit);
    days.filter(|d| (1.0..=1e6).contains(d))
        .ok_or_else(|| "give days or years, such as 30d or 5y".to_owned())
}

impl Sift {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let output = self.output.clone().unwrap_or_else(|| {
            let within = self.state.clone().unwrap_or_default();
            within.join("sightings")
        });
        let settings = SiftSettings {
            logs: LogSettings {
                zone: self.zone.clone(),
                clock: self.clock * 1_000,
                year: self.year,
                proxies: self.proxies.clone(),
                format: self.format,
                mapping: self.mapping.as_deref().map(LogMapping::read).transpose()?,
            },
            watch: SiteSettings {
                baseline: self.baseline as usize,
                one_false_alarm_in: self.one_false_alarm_in,
                ..SiteSettings::default()
            },
            indicators: self.indicators.clone(),
            grade: self.grade.map(Grade::from),
            rules: self.rules.clone(),
            shared: self.shared.clone(),
            known_clients: self.known_clients.clone(),
            output,
            // What lies in the state's own folder is of the run before.
            replace: self.force || (self.output.is_none() && self.state.is_some()),
            state: self.state.clone(),
        };
        let progress = Shown::watched(terminal)?;
        let sifted = sift(&self.inputs, &settings, &progress)?;
        progress.end();
        for file in &sifted.left_out {
            terminal.warn(&format!(
                "{file} is no log of a kind that is known; it was left out"
            ));
        }
        for file in &sifted.read_before {
            terminal.warn(&format!("{file} was read before; it was not counted again"));
        }
        for gap in sifted.gaps.iter().take(LISTED) {
            terminal.warn(&format!("{}: no record {}", gap.series, gap.when()));
        }
        if let Some(rules) = &sifted.rules {
            for (file, why) in rules.refused.iter().take(LISTED) {
                terminal.warn(&format!("{file}: {why}"));
            }
            if rules.refused.len() > LISTED {
                terminal.warn(&format!(
                    "{} more rules were refused; run.json has them",
                    rules.refused.len() - LISTED
                ));
            }
        }
        for file in &sifted.unreadable {
            terminal.warn(&format!("{file}: none of its lines could be read"));
        }
        let unread: u64 = sifted.logs.iter().flat_map(|l| l.rejected.values()).sum();
        if unread > 0 {
            terminal.warn(&format!(
                "{} could not be read; run.json says how many of which file, and why",
                counted(unread, "line", "lines")
            ));
        }
        let value = json!({
            "folder": sifted.folder,
            "alarms": sifted.alarms().len(),
            "new_alarms": sifted.new_alarms().len(),
            "sightings": sifted.sightings.len(),
            "intrusions": sifted.intrusions.iter().map(|i| json!({
                "number": i.number,
                "first_trace": Timestamp(i.first_trace).to_string(),
                "first_alarm": Timestamp(i.first_alarm).to_string(),
                "days_to_alarm": i.days_to_alarm(),
                "stage": i.stage.name(),
            })).collect::<Vec<_>>(),
            "records": sifted.logs.iter().map(|l| l.records).sum::<u64>(),
            "not_read": unread,
            "read_now": sifted.read_now,
            "known_clients": sifted.by_clients,
            "not_examined": sifted.not_examined(),
            "read_before": sifted.read_before,
            "days_without_a_record": sifted.gaps,
        });
        terminal.result(&words(&sifted), &value);
        self.check_bar(&sifted)
    }

    fn check_bar(&self, sifted: &Sifted) -> Result<(), CliError> {
        let Some(bar) = self.fail_on else {
            return Ok(());
        };
        let name = bar.name();
        let new = sifted.new_alarms();
        let over: Vec<_> = new.iter().filter(|s| bar.is_met_by(s.stage)).collect();
        if let Some(first) = over.first() {
            return Err(CliError::BarNotMet(format!(
                "--fail-on {name} was given, and the count is {}; the first: {}, {} {}",
                over.len(),
                first.stage,
                first.what,
                first.target
            )));
        }
        if sifted.read_now == 0 {
            return Err(CliError::BarNotMet(format!(
                "--fail-on {name} was given, and no record was read: nothing is known of these logs"
            )));
        }
        if let Some(file) = sifted.unreadable.first() {
            return Err(CliError::BarNotMet(format!(
                "--fail-on {name} was given, and none of the lines of {file} could be read: nothing is known of it"
            )));
        }
        Ok(())
    }
}

/// Alarms that are listed on the terminal.
const LISTED: usize = 12;

fn words(sifted: &Sifted) -> String {
    let mut text = String::new();
    let records: u64 = sifted.logs.iter().map(|l| l.records).sum();
    let _ = writeln!(
        text,
        "{} of {} read",
        counted(records, "record", "records"),
        counted(sifted.logs.len() as u64, "file", "files")
    );
    let alarms = sifted.alarms();
    if records == 0 {
        text.push_str("no record was read: nothing is known of these logs\n");
    } else if alarms.is_empty() {
        text.push_str("nothing stands out; the report says what these logs cannot show\n");
    }
    let told = sifted.told();
    for (first, days) in told.iter().take(LISTED) {
        let day: String = Timestamp(first.time).to_string().chars().take(10).collect();
        let again = if *days > 1 {
            format!("  ({days} days)")
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "{day}  {:<16}  {}  {}{again}",
            first.stage.name(),
            first.what,
            first.target
        );
    }
    if told.len() > LISTED {
        let _ = writeln!(text, "and {} more", told.len() - LISTED);
    }
    for intrusion in &sifted.intrusions {
        let _ = writeln!(
            text,
            "intrusion {}: {}, alarm {} after its first trace",
            intrusion.number,
            intrusion.stage,
            counted(intrusion.days_to_alarm().unsigned_abs(), "day", "days")
        );
    }
    for (name, requests) in &sifted.by_clients {
        let _ = writeln!(
            text,
            "known client {name}: {}, counted by no measure of the days",
            counted(*requests, "request", "requests")
        );
    }
    for unread in sifted.unread_entries() {
        let _ = writeln!(text, "{}", overt_model::visible(&unread));
    }
    for not in sifted.not_examined().iter().take(LISTED) {
        let _ = writeln!(text, "not examined: {not}");
    }
    for site in sifted.sites.iter().filter(|s| s.days <= sifted.baseline) {
        let _ = writeln!(
            text,
            "{}: {} seen, too few for the measures to speak",
            site.name,
            counted(u64::from(site.days), "day", "days")
        );
    }
    let _ = writeln!(
        text,
        "the report: {}",
        sifted.folder.join("report.html").display()
    );
    text
}
