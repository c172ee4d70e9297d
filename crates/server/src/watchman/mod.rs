//! `GET /v2/…`: Moov Watchman's routes, so that its clients work too.
//!
//! What is asked becomes entities as on every other route, what is found is written as Watchman writes it. Scores are
//! ours.

mod export;
mod government;
mod lists;
mod senzing;
mod wire;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::time::Instant;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use overt_compliance::{Hit, Question};
use overt_model::{Entity, ftm};
use overt_screening::{ALGORITHM, EntityId, Match, Query, ScoringParams, Settings};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::Service;
use crate::access::Client;
use crate::error::{ApiError, Detail};
use crate::matching::unusable;
use crate::served::{Snapshot, now};
use government::GovernmentId;
use senzing::Format;
use wire::{WatchmanEntity, WatchmanFound};

pub(crate) use export::{__path_export, export};
pub(crate) use lists::{__path_listinfo, __path_refresh, listinfo, refresh};

use lists::list_named;

/// Results of a lower score are not given, whatever `minMatch` says.
const MIN_SCORE: f64 = 0.5;
/// Results if no limit is given, and at most.
const LIMITS: (usize, usize) = (10, 100);

/// What a search may ask beside the properties of an entity.
const OPTIONS: [&str; 11] = [
    "name",
    "type",
    "source",
    "sourceID",
    "format",
    "algorithm",
    "limit",
    "minMatch",
    "requestID",
    "debug",
    "debugSourceIDs",
];

/// Names that Watchman has for ways of comparing words; all are answered by ours.
const ALGORITHMS: [&str; 16] = [
    "jaro-winkler",
    "soundex",
    "soft-bidist",
    "soft-bigram",
    "bidist",
    "soft-bisim",
    "bisim",
    "editex",
    "nsim",
    "n-sim",
    "kondrak",
    "nsim-3",
    "trigram",
    "double-metaphone",
    "beider-morse",
    "bmpm",
];

/// Parameters that only persons have.
const OF_PERSONS: [&str; 4] = ["gender", "birthDate", "deathDate", "titles"];

/// Parameters and the properties of FollowTheMoney they fill, the first that the schema has.
const PROPERTIES: [(&str, &[&str]); 33] = [
    ("altNames", &["alias"]),
    ("gender", &["gender"]),
    ("birthDate", &["birthDate"]),
    ("deathDate", &["deathDate"]),
    ("titles", &["title"]),
    ("created", &["incorporationDate"]),
    ("dissolved", &["dissolutionDate"]),
    ("flag", &["flag", "country"]),
    ("built", &["buildDate"]),
    ("model", &["model"]),
    ("icaoCode", &["icaoCode"]),
    ("aircraftType", &["type"]),
    ("vesselType", &["type"]),
    ("serialNumber", &["serialNumber"]),
    ("imoNumber", &["imoNumber"]),
    ("mmsi", &["mmsi"]),
    ("callSign", &["callSign", "registrationNumber"]),
    ("tonnage", &["tonnage"]),
    ("grossRegisteredTonnage", &["grossRegisteredTonnage"]),
    ("owner", &[]),
    ("email", &["email"]),
    ("emailAddress", &["email"]),
    ("emailAddresses", &["email"]),
    ("website", &["website"]),
    ("websites", &["website"]),
    ("phone", &["phone"]),
    ("phoneNumber", &["phone"]),
    ("phoneNumbers", &["phone"]),
    // FollowTheMoney keeps fax numbers with the others.
    ("fax", &["phone"]),
    ("faxNumber", &["phone"]),
    ("faxNumbers", &["phone"]),
    ("address", &["address"]),
    ("addresses", &["address"]),
];
/// Parameters with a wallet in them, as `XBT:address`.
const WALLETS: [&str; 2] = ["cryptoAddress", "cryptoAddresses"];

/// Where a search refused says why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchmanRefusal {
    error: String,
}

/// A search that cannot be answered.
#[derive(Debug)]
pub(crate) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (
            StatusCode::BAD_REQUEST,
            Json(WatchmanRefusal { error: self.0 }),
        )
            .into_response()
    }
}

/// The answer to a search.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchmanAnswer {
    query: WatchmanEntity,
    entities: Vec<WatchmanFound>,
}

/// What a search asks, for the description alone: what is not known is refused.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the query string, which is read by hand"
)]
pub(crate) struct WatchmanParams {
    /// A name; without one, something else that identifies.
    #[param(pattern = r"[^\W_]")]
    name: String,
    /// What it is.
    #[param(inline)]
    r#type: Option<EntityKind>,
    /// Only this list, by its name here or in Watchman.
    source: Option<String>,
    /// Only the entry with this id; alone, the entry itself.
    #[param(rename = "sourceID")]
    source_id: Option<String>,
    /// How the answer is written: `json`, `senzing` or `senzing/jsonl`.
    #[param(pattern = "^(json|senzing|senzing/jsonl)?$")]
    format: Option<String>,
    /// A passport, as its country and number; `gov_national`, `gov_tax` and others of Watchman's kinds likewise.
    #[param(
        rename = "gov_passport",
        pattern = "^((AD|AE|AF|AG|AI|AL|AM|AO|AR|AT|AU|AZ|BA|BB|BD|BE|BF|BG|BH|BI|BJ|BN|BO|BR|BS|BT|BW|BY|BZ|CA|CD|CF|CG|CH|CI|CL|CM|CN|CO|CR|CU|CV|CY|CZ|DE|DJ|DK|DM|DO|DZ|EC|EE|EG|ER|ES|ET|FI|FJ|FM|FR|GA|GB|GD|GE|GH|GM|GN|GQ|GR|GT|GW|GY|HK|HN|HR|HT|HU|ID|IE|IL|IN|IQ|IR|IS|IT|JM|JO|JP|KE|KG|KH|KI|KM|KN|KP|KR|KW|KZ|LA|LB|LC|LI|LK|LR|LS|LT|LU|LV|LY|MA|MC|MD|ME|MG|MH|MK|ML|MM|MN|MO|MR|MT|MU|MV|MW|MX|MY|MZ|NA|NE|NG|NI|NL|NO|NP|NR|NZ|OM|PA|PE|PG|PH|PK|PL|PS|PT|PW|PY|QA|RO|RS|RU|RW|SA|SB|SC|SD|SE|SG|SI|SK|SL|SM|SN|SO|SR|SS|ST|SV|SY|SZ|TD|TG|TH|TJ|TL|TM|TN|TO|TR|TT|TV|TW|TZ|UA|UG|US|UY|UZ|VA|VC|VE|VN|VU|WS|YE|ZA|ZM|ZW):[A-Za-z0-9]+)?$"
    )]
    gov_passport: Option<String>,
    /// How many results are wanted; at least 1 and at most 100 are given, whatever is asked.
    #[param(minimum = 0, default = 10)]
    limit: Option<u32>,
    /// Results must score at least this; those below 0.5 are never given.
    #[param(rename = "minMatch", minimum = 0, maximum = 1)]
    min_match: Option<f64>,
    /// Further names.
    #[param(rename = "altNames")]
    alt_names: Option<Vec<String>>,
    /// A date, as 1961, 1961-06 or 1961-06-01.
    #[param(
        rename = "birthDate",
        pattern = "^([12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?)?)?$"
    )]
    birth_date: Option<String>,
    /// A gender.
    gender: Option<String>,
    /// A wallet, as `XBT:address`.
    #[param(rename = "cryptoAddress", pattern = "^([A-Z]{3,5}:[A-Za-z0-9]+)?$")]
    crypto_address: Option<String>,
}

/// What an entity is, as Watchman calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EntityKind {
    Person,
    Business,
    Organization,
    Aircraft,
    Vessel,
}

impl EntityKind {
    fn named(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "person" => Some(Self::Person),
            "business" => Some(Self::Business),
            "organization" => Some(Self::Organization),
            "aircraft" => Some(Self::Aircraft),
            "vessel" => Some(Self::Vessel),
            _ => None,
        }
    }

    fn schema(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Business => "Company",
            Self::Organization => "Organization",
            Self::Aircraft => "Airplane",
            Self::Vessel => "Vessel",
        }
    }
}

/// Search as Watchman does.
///
/// Parameters that are not known are refused. Dates are written as 1961, 1961-06 or 1961-06-01.
#[utoipa::path(
    get, path = "/v2/search", tag = "Watchman",
    params(WatchmanParams),
    responses(
        (status = 200, description = "Who was found, best first", body = WatchmanAnswer),
        (status = 400, description = "A parameter that is not known, or nothing to look for", body = WatchmanRefusal),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such list", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
        (status = 503, description = "It took too long", body = Detail),
    ),
)]
pub(crate) async fn search(
    State(service): State<Service>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    RawQuery(text): RawQuery,
) -> Result<Response, Response> {
    let refused = |refused: Refused| refused.into_response();
    let asked = WatchmanQuery::read(&text.unwrap_or_default()).map_err(refused)?;
    let format = Format::asked(asked.format.as_deref(), &headers).map_err(refused)?;
    let snapshot = service.served.current();
    let range = asked
        .range(&snapshot)
        .map_err(IntoResponse::into_response)?;
    let until = Instant::now() + service.limits.timeout;
    let found = tokio::task::block_in_place(|| {
        let found = asked.found(&snapshot, &range, until)?;
        asked.take_down(&found, &snapshot, &client, &service)?;
        Ok(found)
    });
    let found = found.map_err(ApiError::into_response)?;
    let matched = usize::from(!found.is_empty());
    service.metrics.screened(1, matched);
    let entities = found
        .into_iter()
        .map(|(entity, found)| WatchmanFound::of(entity, &found, &snapshot));
    let entities: Vec<WatchmanFound> = entities.collect();
    if format != Format::Watchman {
        let kind = [(header::CONTENT_TYPE, format.content_type())];
        let text = senzing::written(entities.iter().map(|f| &f.entity), format);
        return Ok((kind, text).into_response());
    }
    let answer = WatchmanAnswer {
        query: WatchmanEntity::asked(&asked.entities[0], asked.kind),
        entities,
    };
    Ok(Json(answer).into_response())
}

/// What is asked, as entities: one of each schema it may be of, and its wallets.
#[derive(Debug)]
pub(crate) struct WatchmanQuery {
    entities: Vec<Entity>,
    kind: Option<EntityKind>,
    source: Option<String>,
    source_id: Option<String>,
    format: Option<String>,
    limit: usize,
    min_match: f64,
}

impl WatchmanQuery {
    /// Reads a query string.
    pub(crate) fn read(text: &str) -> Result<Self, Refused> {
        let pairs: Vec<(String, String)> =
            serde_html_form::from_str(text).map_err(|e| Refused(e.to_string()))?;
        let known = |name: &str| {
            OPTIONS.contains(&name)
                || WALLETS.contains(&name)
                || GovernmentId::is_asked(name)
                || PROPERTIES.iter().any(|(p, _)| *p == name)
        };
        if let Some((unknown, _)) = pairs.iter().find(|(name, _)| !known(name)) {
            let short: String = unknown.chars().take(50).collect();
            return Err(Refused(format!("unknown query parameter: {short}")));
        }
        let given = |name: &str| {
            let found = pairs.iter().find(|(n, _)| n == name);
            found.map(|(_, v)| v.trim())
        };
        if given("name").is_some_and(|n| !n.contains(char::is_alphanumeric)) {
            return Err(Refused("name has neither a letter nor a digit".to_owned()));
        }
        let kind = match given("type") {
            None => None,
            Some(word) => Some(EntityKind::named(word).ok_or_else(|| {
                Refused(
                    "type is one of person, business, organization, aircraft, vessel".to_owned(),
                )
            })?),
        };
        let word = |name: &str| given(name).filter(|w| !w.is_empty()).map(str::to_owned);
        if word("algorithm").is_some_and(|a| !ALGORITHMS.contains(&a.to_lowercase().as_str())) {
            return Err(Refused(format!(
                "unknown algorithm; there are {}",
                ALGORITHMS.join(", ")
            )));
        }
        let asked = Self {
            entities: entities(&pairs, kind)?,
            kind,
            source: word("source"),
            source_id: word("sourceID"),
            format: word("format"),
            limit: limit(given("limit"))?,
            min_match: score(given("minMatch"))?,
        };
        if asked.queries().next().is_none() && asked.source_id.is_none() {
            return Err(Refused(
                "there is neither a name nor an identifier to look for".to_owned(),
            ));
        }
        Ok(asked)
    }

    /// What can be compared of what is asked; nothing where an entry is asked for by its id alone.
    pub(crate) fn queries(&self) -> impl Iterator<Item = Query> {
        self.entities.iter().filter_map(|e| Query::new(e).ok())
    }

    /// The entities of the list that is asked for.
    fn range(&self, snapshot: &Snapshot) -> Result<Range<u32>, ApiError> {
        let Some(source) = &self.source else {
            return Ok(0..snapshot.prepared.index.len() as u32);
        };
        list_named(snapshot, source).ok_or_else(|| {
            ApiError::NotFound("source: no such list; /v2/listinfo names them".to_owned())
        })
    }

    /// Whether an entity is the entry that is asked for, if one is.
    fn is_entry(&self, entity: &Entity) -> bool {
        self.source_id.as_ref().is_none_or(|id| {
            entity.id == *id || wire::source_id(entity) == id || entity.referents.contains(id)
        })
    }

    /// The entry itself, where nothing else is asked.
    fn entry(&self, snapshot: &Snapshot, range: &Range<u32>) -> Option<(Entity, Match)> {
        let id = self.source_id.as_ref()?;
        let ids = [id.clone(), format!("{}{id}", wire::OFAC)];
        let mut found = ids.iter().filter_map(|id| snapshot.located(id));
        let (place, entity) =
            found.find(|(place, e)| range.contains(&place.0) && self.is_entry(e))?;
        let found = Match {
            entity: place,
            score: 1.0,
            name: None,
            facts: Vec::new(),
            identifier: true,
        };
        Some((entity, found))
    }

    /// Who was found, best first.
    fn found(
        &self,
        snapshot: &Snapshot,
        range: &Range<u32>,
        until: Instant,
    ) -> Result<Vec<(Entity, Match)>, ApiError> {
        if self.queries().next().is_none() {
            return Ok(self.entry(snapshot, range).into_iter().collect());
        }
        let index = &snapshot.prepared.index;
        let accept = |id: EntityId| {
            range.contains(&id.0)
                && (self.source_id.is_none() || index.entity(id).is_some_and(|e| self.is_entry(&e)))
        };
        let settings = Settings {
            cutoff: self.min_match.max(MIN_SCORE),
            limit: self.limit,
            ..Settings::default()
        };
        let mut all: Vec<(Entity, Match)> = Vec::new();
        for query in self.queries() {
            if Instant::now() > until {
                return Err(ApiError::Unready("The search took too long".to_owned()));
            }
            for found in index.search(&query, &settings, &ScoringParams::default(), accept) {
                let Some(entity) = snapshot.entity(found.entity) else {
                    continue;
                };
                // A wallet is its holder's.
                let holder = entity.first("holder").and_then(|h| snapshot.by_id(h));
                all.push((holder.unwrap_or(entity), found));
            }
        }
        all.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        let mut seen = HashSet::new();
        all.retain(|(entity, _)| seen.insert(entity.id.clone()));
        all.truncate(self.limit);
        Ok(all)
    }

    fn take_down(
        &self,
        found: &[(Entity, Match)],
        snapshot: &Snapshot,
        client: &Client,
        service: &Service,
    ) -> Result<(), ApiError> {
        let hits = found.iter().map(|(entity, m)| Hit::of(m, entity));
        let mut asked = self.entities[0].clone();
        // What is asked for by its id is taken down by it.
        if let Some(id) = &self.source_id {
            asked.id.clone_from(id);
        }
        service.take_down(&[Question {
            at: now(),
            by: client.name(),
            lists: snapshot.prepared.names(),
            algorithm: ALGORITHM,
            threshold: self.min_match.max(MIN_SCORE),
            asked: &asked,
            hits: hits.collect(),
        }])
    }

    /// The entities that are asked for.
    pub(crate) fn entities(&self) -> &[Entity] {
        &self.entities
    }
}

/// Without a type it may be anything, a person too where something is asked that only persons have. A value that says nothing is refused: left out, it would go unasked in silence.
fn entities(pairs: &[(String, String)], kind: Option<EntityKind>) -> Result<Vec<Entity>, Refused> {
    let mut schemata = match kind {
        Some(kind) => vec![kind.schema()],
        None => vec!["LegalEntity", "Vessel", "Airplane"],
    };
    for (name, value) in pairs.iter().filter(|(_, v)| !v.trim().is_empty()) {
        if let Some(why) = kind_of(name).and_then(|kind| unusable(kind, value)) {
            return Err(Refused(format!("{name}: {why}")));
        }
    }
    let ids = pairs.iter().filter(|(n, _)| GovernmentId::is_asked(n));
    let ids = ids.map(|(name, value)| GovernmentId::read(name, value));
    let ids: Vec<GovernmentId> = ids
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    let is_asked = |name: &&str| pairs.iter().any(|(n, v)| n == name && !v.trim().is_empty());
    let of_a_person =
        OF_PERSONS.iter().any(is_asked) || ids.iter().any(GovernmentId::is_of_a_person);
    if kind.is_none() && of_a_person {
        schemata.push("Person");
    }
    let mut all = Vec::new();
    for schema in schemata {
        if let Some(mut entity) = entity(pairs, schema) {
            ids.iter().for_each(|id| id.add_to(&mut entity));
            all.push(entity);
        }
    }
    let wallets = pairs.iter().filter(|(n, _)| WALLETS.contains(&n.as_str()));
    for (name, value) in wallets.filter(|(_, v)| !v.trim().is_empty()) {
        let (currency, address) = value.split_once(':').unwrap_or_default();
        let is_currency =
            (3..=5).contains(&currency.len()) && currency.chars().all(|c| c.is_ascii_uppercase());
        let is_address = !address.is_empty() && address.chars().all(|c| c.is_ascii_alphanumeric());
        if !(is_currency && is_address) {
            return Err(Refused(format!(
                "{name}: a wallet is written as its currency and its address, as XBT:12udabs2"
            )));
        }
        if let Some(schema) = ftm::schema("CryptoWallet") {
            let mut wallet = Entity::new("query", schema);
            wallet.add("publicKey", address);
            all.push(wallet);
        }
    }
    Ok(all)
}

/// What values of a parameter are, whichever party they are asked of.
fn kind_of(parameter: &str) -> Option<ftm::PropertyType> {
    let (_, places) = PROPERTIES.iter().find(|(p, _)| *p == parameter)?;
    ["Person", "LegalEntity", "Vessel", "Airplane"]
        .iter()
        .filter_map(|schema| ftm::schema(schema))
        .flat_map(|schema| places.iter().filter_map(|p| schema.property(p)))
        .map(|property| property.kind)
        .next()
}

fn entity(pairs: &[(String, String)], schema: &str) -> Option<Entity> {
    let mut entity = Entity::new("query", ftm::schema(schema)?);
    for (name, value) in pairs {
        let property = if name == "name" {
            Some("name")
        } else {
            let places = PROPERTIES.iter().find(|(p, _)| p == name);
            places.and_then(|(_, places)| {
                let there = |p: &&&str| entity.schema.property(p).is_some();
                places.iter().find(there).copied()
            })
        };
        if let Some(property) = property {
            entity.add(property, value);
        }
    }
    Some(entity)
}

fn limit(word: Option<&str>) -> Result<usize, Refused> {
    let Some(word) = word else {
        return Ok(LIMITS.0);
    };
    // As the description has it: a number of 32 bits, however few are given of them.
    let limit: i32 = word
        .parse()
        .map_err(|_| Refused("limit is not a number of results".to_owned()))?;
    let limit = usize::try_from(limit)
        .map_err(|_| Refused("limit is not a number of results".to_owned()))?;
    Ok(limit.clamp(1, LIMITS.1))
}

fn score(word: Option<&str>) -> Result<f64, Refused> {
    let Some(word) = word else {
        return Ok(0.0);
    };
    let score = word.parse().ok().filter(|s| (0.0..=1.0).contains(s));
    score.ok_or_else(|| Refused("minMatch is not a number from 0 to 1".to_owned()))
}
