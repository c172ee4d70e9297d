//! Which entities a request lets through.

use std::ops::Range;

use overt_lists::Prepared;
use overt_model::ftm::{self, PropertyType, Schema};
use overt_model::{Entity, territory};
use overt_screening::EntityId;

use crate::error::ApiError;
use crate::params::{FilterOp, Since};
use crate::wire::BodyParams;

/// The dataset that is all lists together.
pub(crate) const EVERYTHING: &str = "default";

/// The entities of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scope {
    /// All that there are.
    Everything,
    /// One of the lists.
    List(Range<u32>),
    /// Those that say themselves they are of a dataset.
    Dataset(String),
    /// None: there is no such dataset.
    Nobody,
}

impl Scope {
    /// The dataset of this name.
    pub(crate) fn named(name: &str, prepared: &Prepared) -> Result<Self, ApiError> {
        if name == EVERYTHING {
            return Ok(Self::Everything);
        }
        if let Some(list) = prepared.lists.iter().find(|l| l.dataset.name == name) {
            return Ok(Self::List(list.entities.clone()));
        }
        if prepared.index.datasets().any(|d| d == name) {
            return Ok(Self::Dataset(name.to_owned()));
        }
        let lists = prepared.lists.iter().map(|l| l.dataset.name.as_str());
        let known: Vec<&str> = std::iter::once(EVERYTHING).chain(lists).collect();
        Err(ApiError::NotFound(format!(
            "No such dataset; there are: {}",
            known.join(", ")
        )))
    }

    /// The dataset of this name, or nobody where there is none.
    fn perhaps(name: &str, prepared: &Prepared) -> Self {
        Self::named(name, prepared).unwrap_or(Self::Nobody)
    }

    pub(crate) fn is_everything(&self) -> bool {
        *self == Self::Everything
    }

    pub(crate) fn holds(&self, id: EntityId, entity: &Entity) -> bool {
        match self {
            Self::Everything => true,
            Self::List(range) => range.contains(&id.0),
            Self::Dataset(name) => entity.datasets.iter().any(|d| d == name),
            Self::Nobody => false,
        }
    }
}

/// The most datasets that are not served of which an answer speaks.
const MAX_NOTES: usize = 20;

/// Conditions on an entity, all of which must hold.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    schema: Option<&'static Schema>,
    include: Vec<Scope>,
    exclude: Vec<Scope>,
    exclude_schemata: Vec<&'static Schema>,
    exclude_ids: Vec<String>,
    changed_since: Option<Since>,
    target: Option<bool>,
    /// Names of datasets that are not served.
    unknown: Vec<String>,
    fields: Vec<(Field, Vec<String>)>,
    op: FilterOp,
}

impl Filter {
    pub(crate) fn schema(&mut self, name: &str) -> Result<(), ApiError> {
        self.schema = Some(schema(name)?);
        Ok(())
    }

    /// Only these datasets. Of one that is not served there is nobody.
    pub(crate) fn include(&mut self, names: &[String], prepared: &Prepared) {
        self.include = self.scopes(names, prepared);
    }

    /// Not what is of these datasets alone. One that is not served leaves nobody out.
    pub(crate) fn exclude(&mut self, names: &[String], prepared: &Prepared) {
        self.exclude = self.scopes(names, prepared);
    }

    fn scopes(&mut self, names: &[String], prepared: &Prepared) -> Vec<Scope> {
        let scopes: Vec<Scope> = names.iter().map(|n| Scope::perhaps(n, prepared)).collect();
        for (name, scope) in names.iter().zip(&scopes) {
            if *scope == Scope::Nobody && !self.unknown.contains(name) {
                self.unknown.push(name.clone());
            }
        }
        scopes
    }

    /// What of the conditions names nothing: whoever misspells a dataset would else take it for empty.
    pub(crate) fn notes(&self) -> Vec<String> {
        let unknown = self.unknown.iter().take(MAX_NOTES);
        unknown
            .map(|name| {
                let short: String = name.chars().take(100).collect();
                format!("no dataset {short:?} is served: nobody is of it")
            })
            .collect()
    }

    /// Conditions that came in a body.
    pub(crate) fn body(&mut self, params: &BodyParams, prepared: &Prepared) {
        if !params.include_datasets.is_empty() {
            self.include(&params.include_datasets, prepared);
        }
        if !params.exclude_datasets.is_empty() {
            self.exclude(&params.exclude_datasets, prepared);
        }
        self.exclude_ids
            .extend_from_slice(&params.exclude_entity_ids);
    }

    pub(crate) fn exclude_schemata(&mut self, names: &[String]) -> Result<(), ApiError> {
        let found = names.iter().map(|n| schema(n));
        self.exclude_schemata = found.collect::<Result<_, _>>()?;
        Ok(())
    }

    pub(crate) fn exclude_ids(&mut self, ids: &[String]) {
        self.exclude_ids = ids.to_vec();
    }

    pub(crate) fn changed_since(&mut self, since: Option<Since>) {
        self.changed_since = since;
    }

    /// Only entities that are listed themselves, or only those that are not.
    pub(crate) fn target(&mut self, target: Option<bool>) {
        self.target = target;
    }

    pub(crate) fn op(&mut self, op: FilterOp) {
        self.op = op;
    }

    /// Only entities with these values of a field; none is no condition.
    pub(crate) fn field(&mut self, field: Field, values: &[String]) {
        if values.is_empty() {
            return;
        }
        let values = values.iter().map(|v| field.normalise(v)).collect();
        self.fields.push((field, values));
    }

    /// Conditions written as `field:value`; those on one field are taken together.
    pub(crate) fn written(&mut self, conditions: &[String]) -> Result<(), ApiError> {
        let mut by_field: Vec<(Field, Vec<String>)> = Vec::new();
        for condition in conditions {
            let (name, value) = condition.split_once(':').ok_or_else(|| {
                ApiError::BadRequest("A filter is written as field:value".to_owned())
            })?;
            let field = Field::named(name)?;
            match by_field.iter_mut().find(|(f, _)| *f == field) {
                Some((_, values)) => values.push(value.to_owned()),
                None => by_field.push((field, vec![value.to_owned()])),
            }
        }
        by_field.iter().for_each(|(f, v)| self.field(f.clone(), v));
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.schema.is_none()
            && self.include.is_empty()
            && self.exclude.is_empty()
            && self.exclude_schemata.is_empty()
            && self.exclude_ids.is_empty()
            && self.changed_since.is_none()
            && self.target.is_none()
            && self.fields.is_empty()
    }

    pub(crate) fn accepts(&self, id: EntityId, entity: &Entity) -> bool {
        let has_id = |x: &String| *x == entity.id || entity.referents.contains(x);
        self.schema.is_none_or(|s| entity.schema.is_a(&s.name))
            && (self.include.is_empty() || self.include.iter().any(|s| s.holds(id, entity)))
            && !self.excluded(id, entity)
            && !self.exclude_schemata.contains(&entity.schema)
            && !self.exclude_ids.iter().any(has_id)
            && self
                .changed_since
                .as_ref()
                .is_none_or(|s| s.is_before(entity.last_change.as_deref()))
            && self.target.is_none_or(|t| t == entity.target)
            && self.fields.iter().all(|(f, v)| self.has(entity, f, v))
    }

    /// Whether all datasets it is of are excluded.
    fn excluded(&self, id: EntityId, entity: &Entity) -> bool {
        if self.exclude.is_empty() {
            return false;
        }
        let whole = self.exclude.iter().any(|s| match s {
            Scope::Everything => true,
            Scope::List(range) => range.contains(&id.0),
            Scope::Dataset(_) | Scope::Nobody => false,
        });
        let named = |d: &String| {
            self.exclude
                .iter()
                .any(|s| matches!(s, Scope::Dataset(n) if n == d))
        };
        whole || (!entity.datasets.is_empty() && entity.datasets.iter().all(named))
    }

    fn has(&self, entity: &Entity, field: &Field, wanted: &[String]) -> bool {
        let values = field.values(entity);
        let has = |w: &String| values.iter().any(|v| v == w);
        match self.op {
            FilterOp::Or => wanted.iter().any(has),
            FilterOp::And => wanted.iter().all(has),
        }
    }
}

/// What results can be filtered and counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    /// The datasets.
    Datasets,
    /// The schema.
    Schema,
    /// All values of a type, whatever the property.
    Type(PropertyType, &'static str),
    /// The values of a property.
    Property(String),
}

/// Types by the name of their group.
const GROUPS: [(&str, PropertyType); 12] = [
    ("names", PropertyType::Name),
    ("countries", PropertyType::Country),
    ("topics", PropertyType::Topic),
    ("identifiers", PropertyType::Identifier),
    ("genders", PropertyType::Gender),
    ("dates", PropertyType::Date),
    ("emails", PropertyType::Email),
    ("phones", PropertyType::Phone),
    ("addresses", PropertyType::Address),
    ("urls", PropertyType::Url),
    ("languages", PropertyType::Language),
    ("entities", PropertyType::Entity),
];

impl Field {
    pub(crate) const COUNTRIES: Self = Self::Type(PropertyType::Country, "countries");
    pub(crate) const TOPICS: Self = Self::Type(PropertyType::Topic, "topics");

    pub(crate) fn named(name: &str) -> Result<Self, ApiError> {
        match name {
            "datasets" => return Ok(Self::Datasets),
            "schema" => return Ok(Self::Schema),
            _ => {}
        }
        if let Some((group, kind)) = GROUPS.into_iter().find(|(group, _)| *group == name) {
            return Ok(Self::Type(kind, group));
        }
        let property = name.strip_prefix("properties.").unwrap_or(name);
        if ftm::schemata().any(|s| s.property(property).is_some()) {
            return Ok(Self::Property(property.to_owned()));
        }
        Err(ApiError::BadRequest("No such field; there are schema, datasets, names, countries, topics, identifiers, genders, dates, emails, phones, addresses, urls, languages, entities, and the properties of FollowTheMoney".to_owned()))
    }

    pub(crate) fn values<'a>(&self, entity: &'a Entity) -> Vec<&'a str> {
        match self {
            Self::Datasets => entity.datasets.iter().map(String::as_str).collect(),
            Self::Schema => vec![entity.schema.name.as_str()],
            Self::Type(kind, _) => {
                let mut values: Vec<&str> = entity.of_type(*kind).collect();
                values.sort_unstable();
                values.dedup();
                values
            }
            Self::Property(name) => entity.get(name).iter().map(String::as_str).collect(),
        }
    }

    /// What people call a value.
    pub(crate) fn label(&self, value: &str) -> String {
        let known = match self {
            Self::Type(PropertyType::Country, _) => territory::name(value).map(str::to_owned),
            Self::Schema => ftm::schema(value).map(|s| s.plural.clone()),
            _ => None,
        };
        known.unwrap_or_else(|| value.to_owned())
    }

    /// Countries may be given by name.
    fn normalise(&self, value: &str) -> String {
        match self {
            Self::Type(PropertyType::Country, _) => {
                territory::code(value).map_or_else(|| value.to_lowercase(), str::to_owned)
            }
            _ => value.to_owned(),
        }
    }
}

/// The schema of this name.
pub(crate) fn schema(name: &str) -> Result<&'static Schema, ApiError> {
    ftm::schema(name).ok_or_else(|| {
        ApiError::BadRequest(
            "No such schema; there are those of FollowTheMoney, such as Person, Company, LegalEntity, Vessel"
                .to_owned(),
        )
    })
}
