//! Statements of databases, held against what was sent to sites.
//!
//! A statement that holds what was sent two minutes before or after shows that an attempt got in. What was sent is kept as a
//! fingerprint, and statements are looked through and forgotten: they hold what people typed.

use std::collections::BTreeMap;

use overt_intrusion::sighting::{By, Sighting, Stage};
use overt_intrusion::site::{Attempted, Ran, Searched, Site};
use overt_model::log::{Event, LogPlace};
use overt_model::{Timestamp, counted};
use serde::{Deserialize, Serialize};

/// Statements that are held at once, and their bytes.
const MANY: usize = 200_000;
const MANY_BYTES: usize = 64 << 20;
/// The longest part of a statement that is looked through.
const MAX_STATEMENT: usize = 64 << 10;
/// A longer one may have been cut by its database's log: SQL Server's audit keeps 4,000 characters.
const WHOLE: usize = 3_900;
/// A shorter one holds nothing that is looked for.
const SHORTEST: usize = 4;
/// How far a statement may lie from the request that caused it, in milliseconds: clocks differ.
const NEAR: i64 = 120_000;
/// For how long the same value of one source is one attempt, at most.
const AT_ONCE: i64 = 60_000;
/// Sources that are named.
const NAMED: usize = 20;
/// A shape of statements that came so often when nothing was tried is the site's own.
const OWN: u32 = 5;
/// Shapes that are told apart; a statement of a further one is taken for no site's own.
const SHAPES: usize = 50_000;
/// A database refuses a statement right after it, in milliseconds.
const REFUSED: i64 = 60_000;
/// The last statements, which may be refused yet, wait for the next look.
const LAST: usize = 1_000;

/// Statements to be looked through.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Statements {
    #[serde(skip)]
    waiting: Vec<Statement>,
    #[serde(skip)]
    waiting_bytes: usize,
    /// The time of the first and last statement that was looked through.
    from: Option<i64>,
    until: Option<i64>,
    /// Shapes of statements that ran when nothing was tried, and how often, up to [`OWN`].
    shapes: BTreeMap<String, u32>,
    /// Statements that hold what was sent, and are of a shape that is the site's own.
    of_own_shape: u64,
    /// Statements of which only the beginning was looked through.
    cut: u64,
    /// Attempts that came after the statements of their time had been looked through.
    too_late: u64,
}

struct Statement {
    ran: Ran,
    text: String,
    process: String,
    /// Whether the log has it from before it ran: with its duration it has run.
    may_fail: bool,
}

impl Statements {
    pub(super) fn add(&mut self, time: i64, event: &Event<'_>, log: &str, at: LogPlace) {
        if is_refusal(event) {
            return self.refuse(time, process(event), log);
        }
        let Some(text) = statement(event).filter(|t| t.len() >= SHORTEST) else {
            return;
        };
        let whole = text;
        let text = &whole[..whole.floor_char_boundary(MAX_STATEMENT)];
        self.cut += u64::from(text.len() < whole.len());
        self.waiting_bytes += text.len();
        self.waiting.push(Statement {
            ran: Ran {
                time,
                log: log.to_owned(),
                at,
                account: event.account.as_deref().unwrap_or_default().to_owned(),
            },
            text: text.to_owned(),
            process: process(event).to_owned(),
            may_fail: !has_run(event),
        });
    }

    /// The last statement of a process did not run: the database could not make sense of it, or did not allow it. What the
    /// log has with its duration ran before, and is not what failed.
    fn refuse(&mut self, time: i64, process: &str, log: &str) {
        if process.is_empty() {
            return;
        }
        let refused = self.waiting.iter().rposition(|s| {
            s.process == process && s.ran.log == log && (0..=REFUSED).contains(&(time - s.ran.time))
        });
        if let Some(at) = refused.filter(|at| self.waiting[*at].may_fail) {
            let gone = self.waiting.remove(at);
            self.waiting_bytes -= gone.text.len();
        }
    }

    pub(super) fn are_many(&self) -> bool {
        self.waiting.len() >= MANY || self.waiting_bytes >= MANY_BYTES
    }

    /// Looks through those that no database can refuse any more, and forgets them.
    pub(super) fn look_through_earlier(&mut self, sites: &mut BTreeMap<String, Site>) {
        let last = self
            .waiting
            .split_off(self.waiting.len().saturating_sub(LAST));
        self.look_through(sites);
        self.waiting_bytes = last.iter().map(|s| s.text.len()).sum();
        self.waiting = last;
    }

    /// Looks them through for what was sent, and forgets them.
    pub(super) fn look_through(&mut self, sites: &mut BTreeMap<String, Site>) {
        if self.waiting.is_empty() && self.until.is_none() {
            return;
        }
        let mut attempts: Vec<&mut Attempted> =
            sites.values_mut().flat_map(Site::attempts_mut).collect();
        attempts.sort_by_key(|attempt| attempt.time);
        self.count_too_late(&mut attempts);
        for Statement { ran, text, .. } in std::mem::take(&mut self.waiting) {
            self.from = Some(self.from.map_or(ran.time, |from| from.min(ran.time)));
            self.until = self.until.max(Some(ran.time));
            let from = attempts.partition_point(|a| a.time < ran.time - NEAR - AT_ONCE);
            let until = attempts.partition_point(|a| a.time <= ran.time + NEAR);
            let near = &mut attempts[from..until];
            let mut searched = Searched::new(&text);
            if !near.iter().any(|attempt| ran.time <= attempt.until + NEAR) {
                self.learn(named(searched.shape()));
                continue;
            }
            if searched.ends_open() && text.len() < WHOLE {
                continue;
            }
            let is_own = self.shapes.get(&named(searched.shape())) == Some(&OWN);
            for attempt in near {
                let is_near = ran.time <= attempt.until + NEAR;
                if is_near
                    && attempt.ran.as_ref().is_none_or(|before| ran < *before)
                    && searched.holds(&attempt.value)
                {
                    if is_own {
                        self.of_own_shape += 1;
                    } else {
                        attempt.ran = Some(ran.clone());
                    }
                }
            }
        }
        self.waiting_bytes = 0;
    }

    /// A statement ran when nothing was tried.
    fn learn(&mut self, shape: String) {
        if self.shapes.len() < SHAPES || self.shapes.contains_key(&shape) {
            let seen = self.shapes.entry(shape).or_default();
            *seen = (*seen + 1).min(OWN);
        }
    }

    fn count_too_late(&mut self, attempts: &mut [&mut Attempted]) {
        for attempt in attempts.iter_mut().filter(|a| !a.looked_for) {
            attempt.looked_for = true;
            if attempt.was_meant && self.until.is_some_and(|until| attempt.time <= until) {
                self.too_late += u64::from(attempt.count);
            }
        }
    }

    /// What was not looked for, though it was sent or ran, in words.
    pub(super) fn not_examined(&self, sites: &BTreeMap<String, Site>) -> Vec<String> {
        let mut not = Vec::new();
        let spans = sites.values().filter_map(Site::attempts_span);
        let sent = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        match (sent, self.from, self.until) {
            (Some(_), None, _) | (Some(_), _, None) => not.push(
                "no log of a database says what it ran: whether anything that was sent to a page ran is not known"
                    .to_owned(),
            ),
            (Some((first, last)), Some(from), Some(until)) => {
                if first < from - NEAR {
                    not.push(format!(
                        "the database's log begins at {}: what was sent before was not looked for",
                        Timestamp(from)
                    ));
                }
                if last > until + NEAR {
                    not.push(format!(
                        "the database's log ends at {}: what was sent after was not looked for",
                        Timestamp(until)
                    ));
                }
            }
            (None, ..) => {}
        }
        if self.too_late > 0 {
            not.push(format!(
                "{} came a run later than the database's log of their time: whether the database ran them is not known",
                counted(self.too_late, "attempt", "attempts")
            ));
        }
        if self.cut > 0 {
            not.push(format!(
                "{} of databases were looked through up to their first {} kB only",
                counted(self.cut, "statement", "statements"),
                MAX_STATEMENT >> 10
            ));
        }
        not
    }
}

/// Statements that a database ran and that hold what was sent to a site at that time: the attempt got in.
pub(super) fn ran(sites: &BTreeMap<String, Site>) -> Vec<Sighting> {
    let mut found: BTreeMap<(&str, &str), Sighting> = BTreeMap::new();
    for attempt in sites.values().flat_map(Site::attempts) {
        let Some(statement) = &attempt.ran else {
            continue;
        };
        let sighting = found
            .entry((&statement.log, &attempt.target))
            .or_insert_with(|| {
                let what = "a database ran what was sent to a page";
                let mut sighting =
                    Sighting::new(statement.time, &statement.log, By::Rule, what, Stage::Access);
                sighting.at = statement.at;
                sighting.source.clone_from(&attempt.source);
                sighting.target.clone_from(&attempt.target);
                sighting.account.clone_from(&statement.account);
                sighting.alarm = true;
                sighting.why.push_str(
                    "the statement in the database's log holds the value that was sent to the page within two minutes",
                );
                sighting
            });
        sighting.behind += u64::from(attempt.count);
        sighting.observed += f64::from(attempt.count);
        sighting.until = sighting.until.max(statement.time);
        if !sighting.sources.contains(&attempt.source) && sighting.sources.len() < NAMED {
            sighting.sources.push(attempt.source.clone());
        }
    }
    found.into_values().collect()
}

/// A hash as it is kept.
fn named(shape: u64) -> String {
    format!("{shape:016x}")
}

/// Whether a database says that it could not make sense of a statement, or did not allow it: then nothing of it ran. An error
/// of another kind came while it ran, and may tell the attacker what he asks for.
fn is_refusal(event: &Event<'_>) -> bool {
    if event.product != "postgresql" || event.kind.as_deref() != Some("ERROR") {
        return false;
    }
    let field = |wanted: &str| {
        let found = event.fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| &**value)
    };
    // Class 42: syntax errors and rules of access (PostgreSQL's manual, appendix A). The plain log has no codes.
    field("sql_state_code").map_or_else(
        || {
            let message = field("message").unwrap_or_default();
            REFUSALS.iter().any(|words| message.contains(words))
        },
        |code| code.starts_with("42"),
    )
}

/// What PostgreSQL says of statements that it does not run.
const REFUSALS: [&str; 14] = [
    "syntax error at",
    "does not exist",
    "is ambiguous",
    "is not unique",
    "unterminated quoted",
    "permission denied",
    "must have the same number of columns",
    "cannot be matched",
    "must appear in the GROUP BY",
    "missing FROM-clause",
    "must be type",
    "must be of type",
    "could not determine",
    "cannot insert multiple commands",
];

/// Whether a statement stands in the log with its duration, which is written once it has run.
fn has_run(event: &Event<'_>) -> bool {
    let message = event.fields.iter().find(|(name, _)| name == "message");
    message.is_some_and(|(_, message)| message.starts_with("duration: "))
}

/// The process that serves the session, where the log says it.
fn process<'a>(event: &'a Event<'_>) -> &'a str {
    let found = event.fields.iter().find(|(name, _)| name == "process_id");
    found.map_or("", |(_, process)| process)
}

/// The statement that a database says it ran. What it refused, and what it was handed over as values, did not run.
fn statement<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    if event.product != "postgresql" {
        let values = event.fields.iter().map(|(_, value)| &**value);
        return values.max_by_key(|value| value.len());
    }
    if event.kind.as_deref() != Some("LOG") {
        return None;
    }
    let (_, message) = event.fields.iter().find(|(name, _)| name == "message")?;
    // `statement: …`, `execute NAME: …`, perhaps after `duration: … ms  `.
    let told = match message.strip_prefix("duration: ") {
        Some(rest) => rest.split_once(" ms  ").map(|(_, told)| told)?,
        None => message,
    };
    let text = told.strip_prefix("statement: ");
    text.or_else(|| Some(told.strip_prefix("execute ")?.split_once(": ")?.1))
}

pub(super) fn is_of_a_database(event: &Event<'_>) -> bool {
    matches!(event.product.as_ref(), "postgresql" | "mssql")
        || event.kind.as_deref() == Some("33205")
}
