//! Alerts: what the latest runs found, beside what was decided about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use overt_lists::AgedList;
use overt_model::Entity;
use serde::{Deserialize, Serialize};

use crate::closed::{Closing, ClosingReason};
use crate::customer::{Digest, Hit};
use crate::decision::{self, Decided, Decision};
use crate::keys::Keys;
use crate::record::{DECISIONS, Record, Recording};
use crate::run::RunId;
use crate::{ComplianceError, Policy, Screened};

/// Stands for a customer of a table and a listed party. 12 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(String);

impl AlertId {
    /// Of a customer of a table and a listed party.
    pub fn of(table: &str, customer: &str, entity: &str) -> Self {
        Self(Digest::of([table, customer, entity]).to_string()[..12].to_owned())
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody has decided, or what was decided no longer holds.
    Open,
    /// Somebody else is to decide.
    Escalated,
    /// One person found the customer to be somebody else, and the policy asks for a second one.
    Unconfirmed,
    /// The customer is the listed party.
    TrueMatch,
    /// The customer is somebody else, and neither record has changed since that was found.
    FalsePositive,
    /// The two no longer match: the list dropped the party, or a record changed.
    Gone,
}

impl State {
    /// All of them, in the order in which they want attention.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Escalated,
        Self::Unconfirmed,
        Self::TrueMatch,
        Self::FalsePositive,
        Self::Gone,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Escalated => "escalated",
            Self::Unconfirmed => "unconfirmed",
            Self::TrueMatch => "true-match",
            Self::FalsePositive => "false-positive",
            Self::Gone => "gone",
        }
    }
}

/// A customer who may be a listed party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// How it stands.
    pub state: State,
    /// Why it is open again: what changed since it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<&'static str>,
    /// The table.
    pub table: String,
    /// What the customer is known by.
    pub customer: String,
    /// Whether that is an id of the table's own.
    pub has_id: bool,
    /// The row that matches best, and the name in it.
    pub line: u64,
    /// The customer's name.
    pub name: String,
    /// What was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Entity>,
    /// The listed party, as the list had it.
    pub hit: Option<Hit>,
    /// The listed party's id.
    pub entity: String,
    /// Changes with either record: who decides on what they saw says which.
    pub version: String,
    /// What was decided, oldest first.
    pub history: Vec<Decided>,
    /// Of one that is gone, how it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// Whether a false positive counts only once two people found it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub four_eyes: bool,
    #[serde(skip)]
    /// Why it stands although nobody looked in the latest run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_screened: Option<String>,
    #[serde(skip)]
    digests: (Digest, Digest),
}

/// When, why and against which lists an alert was closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Closed {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Why.
    pub reason: ClosingReason,
    /// The lists that were asked.
    pub lists: Vec<AgedList>,
}

/// What the records that an alert shows are of: the run that found it, and the lists as they were then.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screening {
    /// The run.
    pub run: RunId,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The lists that were asked.
    pub lists: Vec<AgedList>,
}

/// All alerts of a record.
#[derive(Debug)]
pub struct Alerts {
    /// Those that want attention first, then by score.
    pub all: Vec<Alert>,
    /// The latest run of each table.
    screenings: BTreeMap<String, Screening>,
    places: HashMap<AlertId, usize>,
    /// What customers of each table are known by.
    keys: BTreeMap<String, Keys>,
}

impl Alerts {
    /// What the latest run of each table found, beside what was decided.
    ///
    /// # Errors
    /// A damaged record.
    pub fn of(record: &Record) -> Result<Self, ComplianceError> {
        let mut history: HashMap<AlertId, Vec<Decided>> = HashMap::new();
        for decided in record.decisions()? {
            history
                .entry(decided.alert.clone())
                .or_default()
                .push(decided);
        }
        let mut all = Vec::new();
        let (mut screenings, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for run in record.latest_of_each() {
            let screening = Screening {
                run: run.id.clone(),
                at: run.about.at,
                lists: run.about.lists.clone(),
            };
            screenings.insert(run.about.table.name.clone(), screening);
            let latest_rows = record.latest_rows(run)?;
            let known = Keys::of(latest_rows.values());
            keys.insert(run.about.table.name.clone(), known);
            let mut alerts = pairs(&run.about.table.name, latest_rows.into_values().collect());
            if let Some(policy) = &run.about.policy {
                alerts.iter_mut().for_each(|a| a.hold_to(policy));
            }
            all.extend(alerts);
        }
        for alert in &mut all {
            alert.history = history.remove(&alert.id).unwrap_or_default();
            (alert.state, alert.changed) = alert.stands();
        }
        // Of several closings of one alert the last stands, unless the pair matches again.
        let closings = record.closings()?.into_iter();
        let mut closings: HashMap<AlertId, Closing> =
            closings.map(|c| (c.alert.clone(), c)).collect();
        for alert in &all {
            closings.remove(&alert.id);
        }
        let ids: BTreeSet<AlertId> = closings.keys().chain(history.keys()).cloned().collect();
        all.extend(ids.into_iter().filter_map(|id| {
            let decided = history.remove(&id).unwrap_or_default();
            match closings.remove(&id) {
                Some(closing) => Some(closed(closing, decided)),
                None => gone(decided),
            }
        }));
        all.sort_by(|a, b| {
            let score = |a: &Alert| a.hit.as_ref().map_or(0.0, |h| h.score);
            a.state
                .cmp(&b.state)
                .then(score(b).total_cmp(&score(a)))
                .then(a.id.cmp(&b.id))
        });
        let places = all.iter().enumerate();
        let places = places.map(|(place, a)| (a.id.clone(), place)).collect();
        Ok(Self {
            all,
            screenings,
            places,
            keys,
        })
    }

    /// When the records of an alert stood as it shows them, and against which lists; of a closed one that says so itself.
    pub fn screening(&self, alert: &Alert) -> Option<&Screening> {
        let open = alert.closed.is_none() && alert.hit.is_some();
        self.screenings.get(&alert.table).filter(|_| open)
    }

    /// The alert on a customer of a table, by what the customer is known by, and a listed party; of rows with one id, whose
    /// alerts are kept apart, the one that wants attention first.
    pub fn on(&self, table: &str, customer: &str, entity: &str) -> Option<&Alert> {
        let of = |key: &str| self.places.get(&AlertId::of(table, key, entity)).copied();
        let apart = self.keys.get(table).into_iter();
        let apart = apart.flat_map(|keys| keys.all(customer, entity));
        let place = apart.filter_map(of).min().or_else(|| of(customer))?;
        Some(&self.all[place])
    }

    /// The alert on a row of a table and a listed party; of several rows with one id each has its own.
    pub fn on_row(&self, table: &str, row: &Screened, entity: &str) -> Option<&Alert> {
        let own = self.keys.get(table)?.key(row, entity);
        self.on(table, &own, entity)
    }

    /// How many alerts are gone on customers who were found to be the listed party.
    pub fn gone_true_matches(&self) -> usize {
        let gone = self.all.iter().filter(|a| a.state == State::Gone);
        gone.filter(|a| {
            a.history
                .last()
                .is_some_and(|d| d.decision == Decision::TrueMatch)
        })
        .count()
    }

    /// An alert by its id, or by the beginning of one if only one begins so.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn get(&self, id: &str) -> Result<&Alert, ComplianceError> {
        let mut found = self.all.iter().filter(|a| a.id.0.starts_with(id));
        match (found.next(), found.next()) {
            (Some(alert), None) if !id.is_empty() => Ok(alert),
            _ => Err(ComplianceError::NoSuchAlert(id.to_owned())),
        }
    }

    /// How many there are in each state.
    pub fn count(&self) -> BTreeMap<State, usize> {
        let mut count: BTreeMap<State, usize> = State::ALL.map(|s| (s, 0)).into();
        self.all
            .iter()
            .for_each(|a| *count.entry(a.state).or_default() += 1);
        count
    }
}

impl Alert {
    /// A decision on this alert as it stands.
    ///
    /// # Errors
    /// Nobody's name, a false positive without a reason, and a version that is not the alert's: somebody decided on
    /// what is no longer so.
    pub fn decide(
        &self,
        decision: Decision,
        why: &Why<'_>,
        at: i64,
    ) -> Result<Decided, ComplianceError> {
        let refused = |why: String| {
            let alert = self.id.to_string();
            ComplianceError::Undecidable { alert, why }
        };
        if why.by.trim().is_empty() {
            return Err(refused("a decision has somebody who made it".to_owned()));
        }
        if decision == Decision::FalsePositive && why.reason.trim().is_empty() {
            return Err(refused("a false positive has a reason".to_owned()));
        }
        if why.version.is_some_and(|v| v != self.version) {
            return Err(refused(format!(
                "a record changed since this was looked at; the alert is now of version {}",
                self.version
            )));
        }
        let is_again = decision == Decision::FalsePositive
            && self.state == State::Unconfirmed
            && self.finders().any(|by| same_person(by, why.by));
        if is_again {
            return Err(refused(
                "the policy asks for two people: somebody else has to confirm it".to_owned(),
            ));
        }
        if self.state == State::Gone {
            return Err(refused("the two no longer match".to_owned()));
        }
        Ok(Decided {
            alert: self.id.clone(),
            decision,
            reason: why.reason.trim().to_owned(),
            by: why.by.trim().to_owned(),
            at,
            table: self.table.clone(),
            customer: self.customer.clone(),
            entity: self.entity.clone(),
            customer_digest: self.digests.0.clone(),
            entity_digest: self.digests.1.clone(),
        })
    }

    /// Takes from a policy what it says of the lists that the party is on.
    fn hold_to(&mut self, policy: &Policy) {
        let hit = self.hit.as_ref();
        self.four_eyes = hit.is_some_and(|h| policy.asks_for_four_eyes(h));
    }

    /// Who found, last of all and of the records as they are, that the customer is somebody else.
    fn finders(&self) -> impl Iterator<Item = &str> {
        let last = self.history.iter().rev();
        let found = last.take_while(|d| {
            d.decision == Decision::FalsePositive
                && (&d.customer_digest, &d.entity_digest) == (&self.digests.0, &self.digests.1)
        });
        found.map(|d| d.by.as_str())
    }

    /// Whether as many people found it as the policy asks for.
    fn is_confirmed(&self) -> bool {
        let Some(first) = self.finders().next() else {
            return false;
        };
        !self.four_eyes || self.finders().any(|by| !same_person(by, first))
    }

    /// How it stands by what was decided, and what has changed since.
    fn stands(&self) -> (State, Option<&'static str>) {
        let Some(last) = self.history.last() else {
            return (State::Open, None);
        };
        let changed = match (
            last.customer_digest != self.digests.0,
            last.entity_digest != self.digests.1,
        ) {
            (false, false) => None,
            (true, false) => Some("the customer's record"),
            (false, true) => Some("the list's record"),
            (true, true) => Some("both records"),
        };
        let state = match last.decision {
            Decision::FalsePositive if changed.is_some() => State::Open,
            Decision::FalsePositive if !self.is_confirmed() => State::Unconfirmed,
            Decision::FalsePositive => State::FalsePositive,
            Decision::TrueMatch => State::TrueMatch,
            Decision::Escalated => State::Escalated,
            Decision::Reopened => State::Open,
        };
        (state, changed)
    }
}

/// Whether two names are one person's, however they are written.
fn same_person(one: &str, other: &str) -> bool {
    overt_screening::seen_as(one) == overt_screening::seen_as(other)
}

/// Who decides why, and on which version of the alert.
#[derive(Debug, Clone, Copy, Default)]
pub struct Why<'a> {
    /// Who decides.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The version of the alert that was looked at, if it is known.
    pub version: Option<&'a str>,
}

impl Recording {
    /// Records decisions.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn decide(&self, decided: &[Decided]) -> Result<(), ComplianceError> {
        let record = self.record();
        decision::add(&record.path(DECISIONS), decided, record.key()?)
    }
}

/// The pairs of a table's customers and listed parties. A customer may have several rows; the best speaks.
fn pairs(table: &str, rows: Vec<Screened>) -> Vec<Alert> {
    let keys = Keys::of(rows.iter());
    let mut pairs: BTreeMap<(String, String), Vec<(Screened, Hit)>> = BTreeMap::new();
    for mut row in rows {
        for hit in std::mem::take(&mut row.hits) {
            let pair = (keys.key(&row, &hit.entity), hit.entity.clone());
            pairs.entry(pair).or_default().push((row.clone(), hit));
        }
    }
    let alerts = pairs.into_iter().map(|((customer, entity), mut rows)| {
        rows.sort_by(|(a, x), (b, y)| y.score.total_cmp(&x.score).then(a.line.cmp(&b.line)));
        alert(table, customer, entity, rows)
    });
    alerts.collect()
}

fn alert(table: &str, customer: String, entity: String, rows: Vec<(Screened, Hit)>) -> Alert {
    let mut sides: [Vec<String>; 2] = [Vec::new(), Vec::new()];
    for (row, hit) in &rows {
        sides[0].push(row.digest.to_string());
        sides[1].push(hit.digest.to_string());
    }
    let [ours, theirs] = sides.map(|mut digests| {
        digests.sort_unstable();
        digests.dedup();
        Digest::of(digests.iter().map(String::as_str))
    });
    let version = Digest::of([ours.to_string().as_str(), theirs.to_string().as_str()]);
    let best = rows.into_iter().next();
    let (row, hit) = best.map_or((None, None), |(row, hit)| (Some(row), Some(hit)));
    Alert {
        id: AlertId::of(table, &customer, &entity),
        state: State::Open,
        changed: None,
        table: table.to_owned(),
        has_id: row.as_ref().is_some_and(|r| !r.customer.is_empty()),
        line: row.as_ref().map_or(0, |r| r.line),
        name: row.as_ref().map_or(String::new(), |r| r.name().to_owned()),
        not_screened: hit.as_ref().and_then(|h| h.kept.clone()),
        asked: row.and_then(|r| r.asked),
        hit,
        customer,
        entity,
        version: version.to_string()[..8].to_owned(),
        history: Vec::new(),
        closed: None,
        four_eyes: false,
        digests: (ours, theirs),
    }
}

/// An alert that a run closed, as it was.
fn closed(closing: Closing, history: Vec<Decided>) -> Alert {
    let how = Closed {
        at: closing.at,
        reason: closing.reason,
        lists: closing.lists,
    };
    let entity = closing
        .row
        .hits
        .first()
        .map_or(String::new(), |h| h.entity.clone());
    let hit = closing.row.hits.first().cloned();
    let rows = hit.map(|hit| (closing.row, hit)).into_iter().collect();
    Alert {
        state: State::Gone,
        history,
        closed: Some(how),
        ..alert(&closing.table, closing.customer, entity, rows)
    }
}

/// An alert that was decided on and is there no more, of a record in which closings were not kept.
fn gone(history: Vec<Decided>) -> Option<Alert> {
    let last = history.last()?.clone();
    Some(Alert {
        id: last.alert,
        state: State::Gone,
        changed: None,
        table: last.table,
        customer: last.customer,
        has_id: true,
        line: 0,
        name: String::new(),
        asked: None,
        hit: None,
        entity: last.entity,
        version: String::new(),
        history,
        closed: None,
        four_eyes: false,
        not_screened: None,
        digests: (last.customer_digest, last.entity_digest),
    })
}
