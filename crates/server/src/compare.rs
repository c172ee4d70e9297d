//! Another screener's answers beside ours: recorded traffic, asked again of our lists.
//!
//! ```text
//! a line of JSON, or a HAR ─► Exchange (what was asked, what they found) ─► Compared (who is found by both, by one)
//! ```
//!
//! Yente's `/match` (and motiva's) and Watchman's `/v2/search` are understood.

use std::collections::HashMap;

use overt_lists::Prepared;
use overt_model::Entity;
use overt_screening::{EntityId, Match, Query, ScoringParams, Settings, Verdict};
use serde::Serialize;
use serde_json::Value;

use crate::matching::entity_of;
use crate::watchman;
use crate::wire::MatchBody;

/// What another screener was asked once, and what it answered.
#[derive(Debug)]
pub struct Exchange {
    /// What the query is called in the request.
    pub query: String,
    /// What was asked: several where the request does not say what it is.
    asked: Vec<Entity>,
    /// Whom they found, above their threshold or below.
    theirs: Vec<Theirs>,
}

/// Whom another screener found.
#[derive(Debug, Clone)]
struct Theirs {
    ids: Vec<String>,
    caption: String,
    score: f64,
    matched: bool,
}

/// Scores from which on a result is a match.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Ours.
    pub ours: f64,
    /// Theirs, where their answers do not say what is a match.
    pub theirs: f64,
}

/// A query with what both found.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// What the query is called in the request.
    pub query: String,
    /// The name that was asked for.
    pub name: String,
    /// Who is a match for either, and who is proposed.
    pub parties: Vec<Party>,
    /// Why it could not be asked of us.
    pub refused: Option<String>,
}

/// A listed party that is a match for either.
#[derive(Debug, Serialize)]
pub struct Party {
    /// For whom it is a match.
    pub found_by: FoundBy,
    /// Our id, or theirs if our lists do not have it.
    pub id: String,
    /// The name to show.
    pub caption: String,
    /// Their score, if they gave one.
    pub their_score: Option<f64>,
    /// Our score; none where our lists do not have it, or have nothing in common with what was asked.
    pub our_score: Option<f64>,
    /// Why we score as we do.
    pub why: String,
}

/// For whom a party is a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// For them alone.
    Them,
    /// For us alone.
    Us,
    /// For both.
    Both,
    /// For nobody: we find it, as what somebody proposes to list and no authority has.
    Proposal,
}

impl FoundBy {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Them => "them",
            Self::Us => "us",
            Self::Both => "both",
            Self::Proposal => "proposal",
        }
    }
}

/// Columns of the table of a comparison, see `docs/formats.md`.
pub const COMPARISON_COLUMNS: [&str; 9] = [
    "line",
    "query",
    "name",
    "found_by",
    "entity_id",
    "caption",
    "their_score",
    "our_score",
    "why",
];

impl Compared {
    /// The rows that tell of it: why it could not be asked, then its parties; those who are a match for both only if `all`
    /// are wanted.
    pub fn rows(&self, line: u64, all: bool) -> Vec<[String; 9]> {
        let score = |s: Option<f64>| s.map_or_else(String::new, |s| format!("{s:.3}"));
        let mut rows = Vec::new();
        let row = || -> [String; 9] {
            let mut cells: [String; 9] = Default::default();
            cells[0] = line.to_string();
            cells[1].clone_from(&self.query);
            cells[2].clone_from(&self.name);
            cells
        };
        if let Some(why) = &self.refused {
            let mut cells = row();
            cells[8].clone_from(why);
            rows.push(cells);
        }
        for party in self
            .parties
            .iter()
            .filter(|p| all || p.found_by != FoundBy::Both)
        {
            let mut cells = row();
            party.found_by.name().clone_into(&mut cells[3]);
            cells[4].clone_from(&party.id);
            cells[5].clone_from(&party.caption);
            cells[6] = score(party.their_score);
            cells[7] = score(party.our_score);
            cells[8].clone_from(&party.why);
            rows.push(cells);
        }
        rows
    }
}

/// What is said of a party that somebody proposes to list.
const PROPOSED: &str = "a proposal, which bars nobody";

/// What our lists do not have.
pub const NOT_LISTED: &str = "not in these lists";

/// Reads recorded traffic: a HAR, or lines of JSON, each with a `request` and a `response`. Gives for each exchange the
/// line or number, and the queries in it or what is wrong with it.
pub fn read(text: &str, thresholds: Thresholds) -> Vec<(u64, Result<Vec<Exchange>, String>)> {
    if let Ok(har) = serde_json::from_str::<Value>(text)
        && let Some(entries) = har["log"]["entries"].as_array()
    {
        let entries = (1..).zip(entries);
        return entries
            .map(|(n, e)| (n, exchanges(e, thresholds)))
            .collect();
    }
    let lines = (1..)
        .zip(text.lines())
        .filter(|(_, l)| !l.trim().is_empty());
    let read = lines.map(|(n, line)| {
        let value = serde_json::from_str::<Value>(line).map_err(|e| e.to_string());
        (n, value.and_then(|v| exchanges(&v, thresholds)))
    });
    read.collect()
}

fn exchanges(recorded: &Value, thresholds: Thresholds) -> Result<Vec<Exchange>, String> {
    let (request, response) = (&recorded["request"], &recorded["response"]);
    if request.is_null() || response.is_null() {
        return Err("has not both a request and a response".to_owned());
    }
    let status = response["status"].as_u64().unwrap_or(200);
    if status >= 400 {
        return Err(format!("was answered with an error, {status}"));
    }
    let url = ["url", "path"].iter().find_map(|k| request[k].as_str());
    let url = url.unwrap_or_default();
    let answer = body(response, &["responses", "entities"]).ok_or("has no answer in JSON")?;
    if let Some(asked) = body(request, &["queries"]) {
        return yente(&asked, &answer, thresholds);
    }
    if url
        .split('?')
        .next()
        .is_some_and(|p| p.ends_with("/v2/search"))
    {
        return watchman(url, &answer, thresholds);
    }
    Err("is neither a request to /match nor one to /v2/search".to_owned())
}

/// The body of a message, where recorders put it: as it is, as text, or as a HAR has it.
fn body(message: &Value, telling: &[&str]) -> Option<Value> {
    if telling.iter().any(|k| !message[k].is_null()) {
        return Some(message.clone());
    }
    let places = [
        &message["body"],
        &message["json"],
        &message["postData"]["text"],
        &message["content"]["text"],
    ];
    let found = places.into_iter().find(|v| !v.is_null())?;
    match found.as_str() {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(found.clone()),
    }
}

fn yente(asked: &Value, answer: &Value, thresholds: Thresholds) -> Result<Vec<Exchange>, String> {
    let asked: MatchBody =
        serde_json::from_value(asked.clone()).map_err(|e| format!("the request: {e}"))?;
    let queries = asked.queries.into_iter().map(|(key, example)| {
        let (entity, _) = entity_of(&example).map_err(|e| format!("query {key}: {}", e.words()))?;
        let results = answer["responses"][&key]["results"].as_array();
        let results = results.map_or(&[][..], Vec::as_slice);
        let theirs = results.iter().map(|r| {
            let score = r["score"].as_f64().unwrap_or_default();
            let referents = r["referents"].as_array().into_iter().flatten();
            let ids = std::iter::once(&r["id"]).chain(referents);
            Theirs {
                ids: ids.filter_map(Value::as_str).map(str::to_owned).collect(),
                caption: r["caption"].as_str().unwrap_or_default().to_owned(),
                score,
                matched: r["match"].as_bool().unwrap_or(score >= thresholds.theirs),
            }
        });
        Ok(Exchange {
            query: key,
            asked: vec![entity],
            theirs: theirs.collect(),
        })
    });
    queries.collect()
}

fn watchman(url: &str, answer: &Value, thresholds: Thresholds) -> Result<Vec<Exchange>, String> {
    let text = url.split_once('?').map_or("", |(_, q)| q);
    let asked = watchman::WatchmanQuery::read(text).map_err(|e| e.to_string())?;
    if asked.queries().next().is_none() {
        return Err("it asks for an entry by its id, which is another screener's".to_owned());
    }
    let entities = answer["entities"].as_array().into_iter().flatten();
    let theirs = entities.map(|e| {
        let score = e["match"].as_f64().unwrap_or_default();
        let id = e["sourceID"].as_str().unwrap_or_default();
        Theirs {
            // OFAC's numbers are ours with a word before them.
            ids: vec![format!("ofac-{id}"), id.to_owned()],
            caption: e["name"].as_str().unwrap_or_default().to_owned(),
            score,
            matched: score >= thresholds.theirs,
        }
    });
    Ok(vec![Exchange {
        query: String::new(),
        theirs: theirs.collect(),
        asked: asked.entities().to_vec(),
    }])
}

/// Lists, with what finds another screener's parties in them.
#[derive(Debug)]
pub struct Comparison<'a> {
    prepared: &'a Prepared,
    by_caption: HashMap<String, EntityId>,
    thresholds: Thresholds,
}

impl<'a> Comparison<'a> {
    /// Over these lists.
    pub fn new(prepared: &'a Prepared, thresholds: Thresholds) -> Self {
        let mut by_caption = HashMap::new();
        for id in prepared.index.ids() {
            if let Some(entity) = prepared.index.entity(id).filter(|e| e.target) {
                by_caption.entry(fold(&entity.caption)).or_insert(id);
            }
        }
        Self {
            prepared,
            by_caption,
            thresholds,
        }
    }

    /// Asks our lists what they were asked.
    pub fn of(&self, exchange: &Exchange) -> Compared {
        let name = exchange.asked.iter().find_map(|e| e.first("name"));
        let mut compared = Compared {
            query: exchange.query.clone(),
            name: name.unwrap_or_default().to_owned(),
            parties: Vec::new(),
            refused: None,
        };
        let queries: Vec<Query> = exchange
            .asked
            .iter()
            .filter_map(|e| Query::new(e).ok())
            .collect();
        if queries.is_empty() {
            compared.refused = Some("there is nothing in it to look for".to_owned());
            return compared;
        }
        let mut ours = self.found(&queries);
        for theirs in &exchange.theirs {
            let party = self.beside(theirs, &queries, &mut ours);
            compared.parties.extend(party);
        }
        let more = ours.into_iter().map(|(entity, found)| Party {
            found_by: match self.verdict(&entity, &found) {
                Verdict::Proposal => FoundBy::Proposal,
                _ => FoundBy::Us,
            },
            why: self.why(&entity, &found),
            id: entity.id,
            caption: entity.caption,
            their_score: None,
            our_score: Some(found.score),
        });
        compared.parties.extend(more);
        compared.parties.sort_by_key(|p| p.found_by);
        compared
    }

    /// Whom we match.
    fn found(&self, queries: &[Query]) -> Vec<(Entity, Match)> {
        let settings = Settings {
            cutoff: self.thresholds.ours,
            limit: 100,
            ..Settings::default()
        };
        let index = &self.prepared.index;
        let found = queries.iter().flat_map(|q| {
            let found = index.search(q, &settings, &ScoringParams::default(), |_| true);
            found
                .into_iter()
                .filter_map(|m| Some((index.entity(m.entity)?, m)))
        });
        found.collect()
    }

    /// One of theirs beside ours, which it is taken out of; nothing if it is a match for neither.
    fn beside(
        &self,
        theirs: &Theirs,
        queries: &[Query],
        ours: &mut Vec<(Entity, Match)>,
    ) -> Option<Party> {
        let entity = self.listed(theirs);
        let id = entity.as_ref().map(|e| e.id.clone());
        let place = ours.iter().position(|(e, _)| Some(&e.id) == id.as_ref());
        let found = place.map(|p| ours.remove(p));
        let verdict = found.as_ref().map_or(Verdict::Below, |(entity, found)| {
            self.verdict(entity, found)
        });
        let found = found.map(|(_, found)| found);
        let found_by = match (theirs.matched, verdict) {
            (true, Verdict::Match) => FoundBy::Both,
            (true, Verdict::Proposal | Verdict::Below) => FoundBy::Them,
            (false, Verdict::Match) => FoundBy::Us,
            (false, Verdict::Proposal) => FoundBy::Proposal,
            (false, Verdict::Below) => return None,
        };
        let found = found.or_else(|| self.below(id.as_deref()?, queries));
        let why = match (&entity, &found) {
            (None, _) => NOT_LISTED.to_owned(),
            (_, None) => "nothing in common that counts".to_owned(),
            (Some(entity), Some(found)) => self.why(entity, found),
        };
        Some(Party {
            found_by,
            id: id
                .or_else(|| theirs.ids.first().cloned())
                .unwrap_or_default(),
            caption: entity.map_or_else(|| theirs.caption.clone(), |e| e.caption),
            their_score: Some(theirs.score),
            our_score: found.map(|m| m.score),
            why,
        })
    }

    fn verdict(&self, entity: &Entity, found: &Match) -> Verdict {
        Verdict::of(found.score, self.thresholds.ours, entity)
    }

    /// Why we score as we do.
    fn why(&self, entity: &Entity, found: &Match) -> String {
        let mut why = found.why();
        if self.verdict(entity, found) == Verdict::Proposal {
            why.insert(0, PROPOSED.to_owned());
        }
        why.join(" | ")
    }

    /// The party in our lists: by one of its ids, else by its name as it is shown.
    fn listed(&self, theirs: &Theirs) -> Option<Entity> {
        let index = &self.prepared.index;
        let by_id = theirs
            .ids
            .iter()
            .filter(|i| !i.is_empty())
            .find_map(|i| index.by_id(i));
        let by_caption = || index.entity(*self.by_caption.get(&fold(&theirs.caption))?);
        by_id.or_else(by_caption)
    }

    /// What we score for a party below our threshold.
    fn below(&self, id: &str, queries: &[Query]) -> Option<Match> {
        let settings = Settings {
            cutoff: 0.02,
            limit: 1,
            ..Settings::default()
        };
        let index = &self.prepared.index;
        let is_it = |e: EntityId| index.entity(e).is_some_and(|e| e.id == id);
        let found = queries
            .iter()
            .flat_map(|q| index.search(q, &settings, &ScoringParams::default(), is_it));
        found.max_by(|a, b| a.score.total_cmp(&b.score))
    }
}

/// A caption for comparison: letters and digits alone, small.
fn fold(caption: &str) -> String {
    let letters = caption.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
