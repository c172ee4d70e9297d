//! A small office's web log, made for a test: forty ordinary days and whatever is laid into them.

use std::fmt::Write;

use crate::run::Bench;

/// A log of a web server, day by day.
#[derive(Default)]
pub(crate) struct Office {
    lines: Vec<(i64, String)>,
}

/// One request.
pub(crate) struct Ask<'a> {
    pub(crate) source: &'a str,
    pub(crate) target: &'a str,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) referrer: &'a str,
    pub(crate) agent: &'a str,
}

impl<'a> Ask<'a> {
    /// A browser's, answered as ever.
    pub(crate) fn of(source: &'a str, target: &'a str) -> Self {
        Self {
            source,
            target,
            status: 200,
            bytes: 4_000,
            referrer: "-",
            agent: "Mozilla/5.0",
        }
    }

    pub(crate) fn answered(self, status: u16, bytes: u64) -> Self {
        Self {
            status,
            bytes,
            ..self
        }
    }
}

impl Office {
    /// So many ordinary days from 1 March 2024: visitors who open the form and look themselves up.
    pub(crate) fn ordinary(days: i64) -> Self {
        let mut office = Self::default();
        for day in 0..days {
            // Some days are busier than others.
            for visitor in 0..30 + day * 7 % 11 {
                let second = visitor * 1_900 + day * 37 % 600;
                let source = format!("203.0.{}.{}", day % 200, visitor % 250 + 1);
                office.ask(day, second, &Ask::of(&source, "/status"));
                let number = 10_000 + (day * 7_919 + visitor * 104_729) % 80_000;
                let target = format!("/voter?id={number}");
                office.ask(day, second + 40, &Ask::of(&source, &target));
            }
        }
        office
    }

    pub(crate) fn ask(&mut self, day: i64, second: i64, ask: &Ask<'_>) {
        let line = format!(
            "{} - - [{}] \"GET {} HTTP/1.1\" {} {} \"{}\" \"{}\"",
            ask.source,
            stamp(day, second),
            ask.target,
            ask.status,
            ask.bytes,
            ask.referrer,
            ask.agent
        );
        self.lines.push((day * 86_400 + second, line));
    }

    /// The log of these days.
    pub(crate) fn log(&self, days: std::ops::Range<i64>) -> String {
        let span = days.start * 86_400..days.end * 86_400;
        let mut lines: Vec<&(i64, String)> = self.lines.iter().collect();
        lines.retain(|(time, _)| span.contains(time));
        lines.sort_by_key(|(time, _)| *time);
        lines.iter().fold(String::new(), |mut log, (_, line)| {
            let _ = writeln!(log, "{line}");
            log
        })
    }
}

/// `31/Mar/2024:00:00:05 +0000`.
pub(crate) fn stamp(day: i64, second: i64) -> String {
    at(day, second)
        .strftime("%d/%b/%Y:%H:%M:%S +0000")
        .to_string()
}

/// A line of PostgreSQL's log: a statement that it ran.
pub(crate) fn ran(day: i64, second: i64, statement: &str) -> String {
    let time = at(day, second).strftime("%Y-%m-%d %H:%M:%S.000 UTC");
    format!("{time} [812] web@voters LOG:  statement: {statement}\n")
}

fn at(day: i64, second: i64) -> jiff::civil::DateTime {
    let first = jiff::civil::date(2024, 3, 1).at(0, 0, 0, 0);
    let day = first.checked_add(jiff::SignedDuration::from_hours(24 * day));
    let time = day.and_then(|day| day.checked_add(jiff::SignedDuration::from_secs(second)));
    time.expect("a time")
}

/// A row of `sightings.csv`.
pub(crate) struct Row {
    pub(crate) time: String,
    pub(crate) is_alarm: bool,
    pub(crate) target: String,
    pub(crate) account: String,
    pub(crate) what: String,
    pub(crate) stage: String,
    pub(crate) why: String,
}

/// What is in a folder of sightings.
pub(crate) fn rows(bench: &Bench, folder: &str) -> Vec<Row> {
    let path = bench.path(folder).join("sightings.csv");
    let mut table = csv::Reader::from_path(path).expect("a table");
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect("a row");
        Row {
            time: row[2].to_owned(),
            is_alarm: &row[4] == "yes",
            target: row[10].to_owned(),
            account: row[11].to_owned(),
            what: row[13].to_owned(),
            stage: row[14].to_owned(),
            why: row[15].to_owned(),
        }
    };
    table.records().map(row).collect()
}

/// Its alarms.
pub(crate) fn alarms(bench: &Bench, folder: &str) -> Vec<Row> {
    let mut rows = rows(bench, folder);
    rows.retain(|row| row.is_alarm);
    rows
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} {} {} {} ({})",
            self.time, self.stage, self.what, self.target, self.account, self.why
        )
    }
}
