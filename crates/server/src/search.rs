//! `GET /search/{dataset}`: looking through the lists by words and conditions.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use overt_model::Entity;
use overt_screening::{EntityId, Look, Mention};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;
use crate::error::{ApiError, Detail, Invalid, InvalidDetail};
use crate::filter::{Field, Filter, Scope};
use crate::params::{At, Params, SearchParams};
use crate::served::Snapshot;
use crate::wire::{EntityBody, Total};

/// The longest text to look for, in characters.
const MAX_LENGTH: usize = 1_000;
/// The most values of a facet.
const MAX_VALUES: usize = 50;
/// Entities looked at between two looks at the clock.
const AT_A_TIME: usize = 1_000;

/// Entities that were found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    limit: usize,
    offset: usize,
    total: Total,
    results: Vec<EntityBody>,
    /// Counts of all that were found, by field.
    facets: BTreeMap<String, Facet>,
    /// What of the conditions names nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// Counts by the values of a field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facet {
    /// What people call the field.
    label: String,
    /// The most frequent values.
    values: Vec<FacetValue>,
}

/// A value of a field and how many have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetValue {
    /// The value.
    name: String,
    /// What people call it.
    label: String,
    /// How many have it.
    count: usize,
}

/// Look through the lists.
///
/// Entities one of whose names has every word asked for, in any order and script, or that have it as an identifier; then
/// those of whom an address, a note or anything else has every word.
/// This is for browsing; who must not deal with a listed party screens with `/match`.
#[utoipa::path(
    get, path = "/search/{dataset}", tag = "Looking",
    params(("dataset" = String, Path, description = "A list, or `default` for all"), SearchParams),
    responses(
        (status = 200, description = "What was found", body = SearchAnswer),
        (status = 400, description = "An unknown schema, field, facet or order, or a text in which something is not closed", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
        (status = 503, description = "It took too long", body = Detail),
    ),
)]
pub(crate) async fn search(
    State(service): State<Service>,
    At(dataset): At<String>,
    Params(params): Params<SearchParams>,
) -> Result<Json<SearchAnswer>, ApiError> {
    let snapshot = service.served.current();
    let until = Instant::now() + service.limits.timeout;
    tokio::task::block_in_place(|| {
        Search::new(&params, &dataset, &snapshot, until)?.answer(&params)
    })
    .map(Json)
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    scope: Scope,
    filter: Filter,
    facets: Vec<(String, Field)>,
    order: Vec<Order>,
    until: Instant,
}

impl<'a> Search<'a> {
    fn new(
        params: &SearchParams,
        dataset: &str,
        snapshot: &'a Snapshot,
        until: Instant,
    ) -> Result<Self, ApiError> {
        if params.q.chars().count() > MAX_LENGTH {
            let most = format!("String should have at most {MAX_LENGTH} characters");
            return Err(Invalid::query("q", most).into());
        }
        if !params.simple {
            complete(&params.q)?;
        }
        let prepared = &snapshot.prepared;
        let mut filter = Filter::default();
        filter.op(params.filter_op);
        filter.schema(&params.schema)?;
        filter.include(&params.include_dataset, prepared);
        filter.exclude(&params.exclude_dataset, prepared);
        filter.target(params.target);
        filter.exclude_schemata(&params.exclude_schema)?;
        filter.changed_since(params.changed_since.clone());
        filter.field(Field::COUNTRIES, &params.countries);
        filter.field(Field::TOPICS, &params.topics);
        filter.field(Field::Datasets, &params.datasets);
        filter.written(&params.filter)?;
        Ok(Self {
            snapshot,
            scope: Scope::named(dataset, prepared)?,
            filter,
            facets: facets(&params.facets)?,
            order: orders(&params.sort)?,
            until,
        })
    }

    fn answer(&self, params: &SearchParams) -> Result<SearchAnswer, ApiError> {
        let (limit, offset) = (params.limit.0, params.offset.0);
        let mut counts: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); self.facets.len()];
        let mut found: Vec<(Vec<SortKey>, EntityId)> = Vec::new();
        for (number, id) in self.ids(params)?.into_iter().enumerate() {
            self.in_time(number)?;
            let Some(entity) = self.snapshot.entity(id) else {
                continue;
            };
            if !self.scope.holds(id, &entity) || !self.filter.accepts(id, &entity) {
                continue;
            }
            for ((_, field), count) in self.facets.iter().zip(&mut counts) {
                for value in field.values(&entity) {
                    *count.entry(value.to_owned()).or_default() += 1;
                }
            }
            let keys = self.order.iter().map(|o| o.key(&entity)).collect();
            found.push((keys, id));
        }
        let total = Total::exactly(found.len());
        // Stable: what no order tells apart stays in the order of relevance.
        found.sort_by(|a, b| by_orders(&self.order, &a.0, &b.0));
        let page = found.into_iter().skip(offset).take(limit);
        Ok(SearchAnswer {
            limit,
            offset,
            total,
            results: page
                .filter_map(|(_, id)| self.snapshot.entity(id))
                .map(EntityBody::from)
                .collect(),
            facets: self.counted(counts),
            notes: self.filter.notes(),
        })
    }

    /// Whoever has the words in a name, then who has them in an address, a note or anything else that is said of them.
    fn ids(&self, params: &SearchParams) -> Result<Vec<EntityId>, ApiError> {
        let index = &self.snapshot.prepared.index;
        if params.q.trim().is_empty() {
            return Ok(index.ids().collect());
        }
        let look = if params.fuzzy {
            Look::Fuzzily
        } else {
            Look::Exactly
        };
        let mut found = index.having_words(&params.q, look);
        let Some(mention) = Mention::of(&params.q) else {
            return Ok(found);
        };
        let named: HashSet<EntityId> = found.iter().copied().collect();
        for (number, id) in index.ids().enumerate() {
            self.in_time(number)?;
            if !named.contains(&id) && index.mentions(id, &mention) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// Looks at the clock every so many entities.
    fn in_time(&self, number: usize) -> Result<(), ApiError> {
        if number.is_multiple_of(AT_A_TIME) && Instant::now() > self.until {
            return Err(ApiError::Unready(
                "The search took too long; ask for fewer words or one list".to_owned(),
            ));
        }
        Ok(())
    }

    fn counted(&self, counts: Vec<BTreeMap<String, usize>>) -> BTreeMap<String, Facet> {
        let all = self.facets.iter().zip(counts);
        all.map(|((name, field), counts)| (name.clone(), facet(name, field, counts)))
            .collect()
    }
}

/// In yente's syntax slashes, quotes and brackets enclose something. What is not closed is refused rather than guessed at.
fn complete(q: &str) -> Result<(), ApiError> {
    let (mut enclosed, mut open) = (None, Vec::new());
    let mut letters = q.chars();
    while let Some(letter) = letters.next() {
        match (letter, enclosed) {
            ('\\', _) => {
                letters.next();
            }
            (c, Some(end)) => enclosed = (c != end).then_some(end),
            ('/' | '"', None) => enclosed = Some(letter),
            ('(', None) => open.push(')'),
            ('[' | '{', None) => open.push(']'),
            (')', None) if open.pop() != Some(')') => return Err(incomplete()),
            (']' | '}', None) if open.pop() != Some(']') => return Err(incomplete()),
            _ => {}
        }
    }
    if enclosed.is_some() || !open.is_empty() {
        return Err(incomplete());
    }
    Ok(())
}

fn incomplete() -> ApiError {
    ApiError::BadRequest(
        "A slash, quote or bracket in the text is not closed; with simple=true they are taken as they are"
            .to_owned(),
    )
}

fn facet(name: &str, field: &Field, counts: BTreeMap<String, usize>) -> Facet {
    let mut values: Vec<FacetValue> = counts
        .into_iter()
        .map(|(value, count)| FacetValue {
            label: field.label(&value),
            name: value,
            count,
        })
        .collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    values.truncate(MAX_VALUES);
    Facet {
        label: label(name),
        values,
    }
}

/// The name of a field with a capital letter.
fn label(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// What results can be counted by.
pub(crate) const FACETS: [&str; 6] = [
    "countries",
    "topics",
    "datasets",
    "schema",
    "identifiers",
    "genders",
];

fn facets(names: &[String]) -> Result<Vec<(String, Field)>, ApiError> {
    let mut found: Vec<(String, Field)> = Vec::new();
    for name in names {
        if !FACETS.contains(&name.as_str()) {
            return Err(ApiError::BadRequest(format!(
                "No such facet; there are {}",
                FACETS.join(", ")
            )));
        }
        if !found.iter().any(|(n, _)| n == name) {
            found.push((name.clone(), Field::named(name)?));
        }
    }
    Ok(found)
}

/// The most fields to order by.
const MAX_ORDERS: usize = 10;

/// An order of entities.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    by: OrderBy,
    descending: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum OrderBy {
    Caption,
    Id,
    FirstSeen,
    LastSeen,
    LastChange,
    Field(Field),
}

/// What is compared: missing values come last whichever way.
pub(crate) type SortKey = Option<String>;

/// Orders written as `field`, `field:asc` or `field:desc`.
pub(crate) fn orders(written: &[String]) -> Result<Vec<Order>, ApiError> {
    if written.len() > MAX_ORDERS {
        let most = format!("List should have at most {MAX_ORDERS} items");
        return Err(Invalid::query("sort", most).into());
    }
    let orders = written.iter().map(|text| {
        let (name, way) = text.split_once(':').unwrap_or((text, "asc"));
        let descending = match way {
            "asc" => false,
            "desc" => true,
            _ => {
                return Err(ApiError::BadRequest(
                    "An order is written as field:asc or field:desc".to_owned(),
                ));
            }
        };
        let by = match name {
            "caption" => OrderBy::Caption,
            "id" => OrderBy::Id,
            "first_seen" => OrderBy::FirstSeen,
            "last_seen" => OrderBy::LastSeen,
            "last_change" => OrderBy::LastChange,
            _ => OrderBy::Field(Field::named(name)?),
        };
        Ok(Order { by, descending })
    });
    orders.collect()
}

impl Order {
    pub(crate) fn key(&self, entity: &Entity) -> SortKey {
        match &self.by {
            OrderBy::Caption => Some(entity.caption.clone()),
            OrderBy::Id => Some(entity.id.clone()),
            OrderBy::FirstSeen => entity.first_seen.clone(),
            OrderBy::LastSeen => entity.last_seen.clone(),
            OrderBy::LastChange => entity.last_change.clone(),
            OrderBy::Field(field) => field.values(entity).first().map(|v| (*v).to_owned()),
        }
    }
}

pub(crate) fn by_orders(orders: &[Order], a: &[SortKey], b: &[SortKey]) -> Ordering {
    let compared = orders
        .iter()
        .zip(a.iter().zip(b))
        .map(|(order, (a, b))| match (a, b) {
            (Some(a), Some(b)) if order.descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
    compared.fold(Ordering::Equal, Ordering::then)
}
