//! Records dealt out: each series of logs is a site or a set of accounts of its own.

use std::collections::BTreeMap;

use overt_findings::sightings::SiteRecord;
use overt_intrusion::accounts::Accounts;
use overt_intrusion::indicator::Indicators;
use overt_intrusion::rules::{RuleTally, Rules, as_event};
use overt_intrusion::sighting::{By, Sighting, Stage};
use overt_intrusion::site::{Settings, Site};
use overt_model::log::{Event, LogPlace, LogRecord, Logged};

/// Statements of databases that are kept to be looked through.
const MAX_STATEMENTS: usize = 200_000;
/// The longest part of a statement that is kept.
const MAX_STATEMENT: usize = 4_000;
/// How far a statement may lie from the request that caused it, in milliseconds: clocks differ.
const NEAR: i64 = 120_000;

pub(super) struct Streams {
    /// For each file, the series it belongs to.
    series: Vec<String>,
    settings: Settings,
    sites: BTreeMap<String, Site>,
    accounts: BTreeMap<String, Accounts>,
    indicators: Indicators,
    rules: Option<Rules>,
    by_rules: RuleTally,
    statements: Vec<Statement>,
    statements_left_out: u64,
    found: Vec<Sighting>,
}

struct Statement {
    time: i64,
    at: LogPlace,
    log: String,
    text: String,
    account: String,
}

pub(super) struct Ended {
    pub(super) sightings: Vec<Sighting>,
    pub(super) sites: Vec<SiteRecord>,
    pub(super) not_looked_for: BTreeMap<String, u64>,
    pub(super) rules_not_examined: Vec<String>,
}

impl Streams {
    pub(super) fn new(
        files: &[String],
        settings: Settings,
        indicators: Indicators,
        rules: Option<Rules>,
    ) -> Self {
        Self {
            series: files.iter().map(|f| series(f)).collect(),
            settings,
            sites: BTreeMap::new(),
            accounts: BTreeMap::new(),
            indicators,
            rules,
            by_rules: RuleTally::default(),
            statements: Vec::new(),
            statements_left_out: 0,
            found: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, record: &LogRecord<'_>, at: LogPlace) {
        let series = &self.series[at.file as usize];
        self.indicators.look(series, record, at);
        if let Some(rules) = &mut self.rules
            && let Some(event) = as_event(&record.what)
        {
            let hits = rules.look(&event);
            self.by_rules.add(series, record.time, at, &event, &hits);
        }
        let time = record.time.0;
        match &record.what {
            Logged::Request(request) => {
                if !self.sites.contains_key(series) {
                    self.sites
                        .insert(series.clone(), Site::new(series, self.settings));
                }
                if let Some(site) = self.sites.get_mut(series) {
                    site.request(time, request, at, &mut self.found);
                }
            }
            Logged::SignIn(sign_in) => {
                let accounts = self
                    .accounts
                    .entry(series.clone())
                    .or_insert_with(|| Accounts::new(series, self.settings));
                accounts.sign_in(time, sign_in, at, &mut self.found);
            }
            Logged::Event(event) if is_of_a_database(event) => self.statement(time, event, at),
            _ => {}
        }
    }

    fn statement(&mut self, time: i64, event: &Event<'_>, at: LogPlace) {
        let text = event
            .fields
            .iter()
            .map(|(_, value)| value)
            .max_by_key(|value| value.len());
        let Some(text) = text.filter(|t| t.len() >= 6) else {
            return;
        };
        if self.statements.len() >= MAX_STATEMENTS {
            self.statements_left_out += 1;
            return;
        }
        self.statements.push(Statement {
            time,
            at,
            log: self.series[at.file as usize].clone(),
            text: text.chars().take(MAX_STATEMENT).collect(),
            account: event.account.as_deref().unwrap_or_default().to_owned(),
        });
    }

    /// The last days are over; what was seen, in order of time.
    pub(super) fn end(mut self) -> Ended {
        for site in self.sites.values_mut() {
            site.close(&mut self.found);
        }
        for accounts in self.accounts.values_mut() {
            accounts.close(&mut self.found);
        }
        let ran = self.ran();
        self.found.extend(ran);
        self.found.extend(self.indicators.sightings());
        self.found.extend(self.by_rules.sightings());
        self.found.sort_by(|a, b| {
            (a.time, &a.log, a.at, &a.what, &a.target)
                .cmp(&(b.time, &b.log, b.at, &b.what, &b.target))
        });
        let mut sites: Vec<SiteRecord> = self
            .sites
            .values()
            .map(|site| SiteRecord {
                name: site.name().to_owned(),
                kind: "web server".to_owned(),
                days: site.days(),
                late: site.late(),
                blind: site.blind(),
            })
            .collect();
        sites.extend(self.accounts.iter().map(|(name, accounts)| SiteRecord {
            name: name.clone(),
            kind: "sign-ins".to_owned(),
            days: accounts.days(),
            late: 0,
            blind: Vec::new(),
        }));
        if self.statements_left_out > 0 {
            let left = format!(
                "{} statements of databases were not looked through",
                self.statements_left_out
            );
            sites.iter_mut().for_each(|s| s.blind.push(left.clone()));
        }
        let mut rules_not_examined: Vec<String> = self
            .rules
            .iter()
            .flat_map(Rules::not_examined)
            .map(|n| n.to_string())
            .collect();
        if self.by_rules.left_out() > 0 {
            rules_not_examined.push(format!(
                "{} hits of rules are in no sighting",
                self.by_rules.left_out()
            ));
        }
        Ended {
            rules_not_examined,
            sightings: self.found,
            sites,
            not_looked_for: self.indicators.not_looked_for().clone(),
        }
    }

    /// Statements that a database ran and that hold what was sent to a site at that time: the attempt got in.
    fn ran(&mut self) -> Vec<Sighting> {
        self.statements.sort_by_key(|s| (s.time, s.at));
        let mut found: BTreeMap<(String, String), Sighting> = BTreeMap::new();
        for site in self.sites.values() {
            for attempt in site.attempts() {
                let from = self
                    .statements
                    .partition_point(|s| s.time < attempt.time - NEAR);
                let near = self.statements[from..]
                    .iter()
                    .take_while(|s| s.time <= attempt.time + NEAR);
                let Some(statement) = near.into_iter().find(|s| s.text.contains(&attempt.value))
                else {
                    continue;
                };
                let key = (statement.log.clone(), attempt.target.clone());
                let sighting = found.entry(key).or_insert_with(|| {
                    let what = "a database ran what was sent to a page";
                    let mut sighting = Sighting::new(statement.time, &statement.log, By::Rule, what, Stage::Access);
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
                sighting.behind += 1;
                sighting.observed += 1.0;
                sighting.until = sighting.until.max(statement.time);
                if !sighting.sources.contains(&attempt.source) && sighting.sources.len() < 20 {
                    sighting.sources.push(attempt.source.clone());
                }
            }
        }
        found.into_values().collect()
    }
}

fn is_of_a_database(event: &Event<'_>) -> bool {
    matches!(event.product.as_ref(), "postgresql" | "mssql")
        || event.kind.as_deref() == Some("33205")
}

/// The series of a log: its name without the numbers and dates that rotation adds, and how it is packed.
fn series(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let packed = [".gz", ".zst", ".bz2", ".xz"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed));
    let name = packed.unwrap_or(&name);
    let letters: String = name
        .chars()
        .map(|c| if c.is_ascii_digit() { ' ' } else { c })
        .collect();
    let parts: Vec<&str> = letters
        .split([' ', '-', '_', '.'])
        .filter(|p| !p.is_empty())
        .collect();
    if parts.is_empty() {
        name.to_owned()
    } else {
        parts.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::series;

    #[test]
    fn rotated_logs_are_one_series() {
        for name in [
            "access.log",
            "access.log.1",
            "access.log-20160701.gz",
            "access_2016-07-01.log",
        ] {
            assert_eq!(series(name), "access.log", "{name}");
        }
        assert_eq!(series("u_ex160701.log"), series("u_ex160702.log"));
        assert_ne!(series("access.log"), series("error.log"));
    }
}
