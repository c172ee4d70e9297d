//! FollowTheMoney: the schema that entities are written in.
//!
//! The facts of the schema are in `schema.jsonl`, one schema a line, written by `scripts/ftm-schema.py` from the package
//! `followthemoney` on PyPI (MIT). Nothing of it is repeated in code.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

static MODEL: LazyLock<Model> = LazyLock::new(Model::read);

/// A kind of thing: `Person`, `Company`, `Ownership`…
#[derive(Debug)]
pub struct Schema {
    /// The name, as in data.
    pub name: String,
    /// What people call one.
    pub label: String,
    /// What people call several.
    pub plural: String,
    /// Whether entities of this schema can be compared by name and identifier.
    pub matchable: bool,
    /// For a relation: the properties that name its two ends, from and to.
    pub edge: Option<(String, String)>,
    /// Properties that can serve as caption, best first.
    pub caption: Vec<String>,
    /// Properties worth showing first.
    pub featured: Vec<String>,
    /// The schemata it directly extends.
    pub extends: Vec<String>,
    /// Itself and all it extends.
    pub is: BTreeSet<String>,
    /// Its properties, its own and inherited.
    pub properties: BTreeMap<String, Property>,
}

/// A property of a schema.
#[derive(Debug, Clone, Deserialize)]
pub struct Property {
    /// The name, as in data.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: PropertyType,
    /// For `entity`: the schema of the entity it points at.
    pub range: Option<String>,
    /// For `entity`: the property seen from the other end.
    pub reverse: Option<String>,
    /// For `identifier`: the format, if it is one with rules (`lei`, `imo`, `inn`…).
    pub format: Option<String>,
    /// Whether it only exists as the other end of another entity's property.
    #[serde(default)]
    pub stub: bool,
    /// Whether equal values speak for equal entities.
    #[serde(default)]
    pub matchable: bool,
    /// Whether people need not see it.
    #[serde(default)]
    pub hidden: bool,
    /// The schema it is defined on.
    #[serde(skip)]
    pub schema: String,
}

/// What the values of a property are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are FollowTheMoney's and say it")]
pub enum PropertyType {
    Address,
    Checksum,
    Country,
    Date,
    Email,
    Entity,
    Gender,
    Html,
    Identifier,
    Ip,
    Json,
    Language,
    Mimetype,
    Name,
    Number,
    Phone,
    String,
    Text,
    Topic,
    Url,
}

/// The schema of this name, exactly as FollowTheMoney spells it.
///
/// ```
/// use overt_model::ftm;
///
/// let company = ftm::schema("Company").unwrap();
/// assert!(company.is_a("LegalEntity"));
/// assert_eq!(company.property("name").unwrap().kind, ftm::PropertyType::Name);
/// assert!(ftm::schema("Spaceship").is_none());
/// ```
pub fn schema(name: &str) -> Option<&'static Schema> {
    MODEL.schemata.get(name)
}

/// All schemata, by name.
pub fn schemata() -> impl Iterator<Item = &'static Schema> {
    MODEL.schemata.values()
}

/// The version of FollowTheMoney whose schema this is.
pub fn version() -> &'static str {
    &MODEL.version
}

impl Schema {
    /// Whether it is that schema or extends it.
    pub fn is_a(&self, name: &str) -> bool {
        self.is.contains(name)
    }

    /// A property by name, inherited ones too.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.get(name)
    }

    /// Whether it makes sense to compare an entity of this schema with one of that: both matchable, and one extends
    /// the other (a company with a legal entity, never a person with a ship).
    pub fn can_match(&self, other: &Self) -> bool {
        self.matchable && other.matchable && (self.is_a(&other.name) || other.is_a(&self.name))
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Schema {}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

struct Model {
    version: String,
    schemata: BTreeMap<String, Schema>,
}

#[derive(Deserialize)]
struct Head {
    followthemoney: String,
}

#[derive(Deserialize)]
struct Line {
    name: String,
    label: String,
    plural: String,
    extends: Vec<String>,
    #[serde(default)]
    matchable: bool,
    edge: Option<(String, String)>,
    #[serde(default)]
    caption: Vec<String>,
    #[serde(default)]
    featured: Vec<String>,
    properties: Vec<Property>,
}

impl Model {
    #[expect(
        clippy::expect_used,
        reason = "the table is part of the program and read by a test"
    )]
    fn read() -> Self {
        let mut lines = include_str!("schema.jsonl").lines();
        let head: Head = serde_json::from_str(lines.next().unwrap_or_default())
            .expect("the first line has the version");
        let lines: BTreeMap<String, Line> = lines
            .map(|line| serde_json::from_str::<Line>(line).expect("a line of schema.jsonl"))
            .map(|line| (line.name.clone(), line))
            .collect();
        let schemata = lines
            .keys()
            .map(|name| (name.clone(), complete(name, &lines)))
            .collect();
        Self {
            version: head.followthemoney,
            schemata,
        }
    }
}

/// A schema with everything it inherits.
fn complete(name: &str, lines: &BTreeMap<String, Line>) -> Schema {
    let line = &lines[name];
    let is = ancestry(name, lines);
    let mut properties = BTreeMap::new();
    for (owner, property) in is
        .iter()
        .flat_map(|n| lines[n].properties.iter().map(move |p| (n, p)))
    {
        let inherited = Property {
            schema: owner.clone(),
            ..property.clone()
        };
        // Where two define the same name, the nearer wins.
        let nearer = properties
            .get(&property.name)
            .is_some_and(|other: &Property| ancestry(&other.schema, lines).contains(owner));
        if !nearer {
            properties.insert(property.name.clone(), inherited);
        }
    }
    Schema {
        name: line.name.clone(),
        label: line.label.clone(),
        plural: line.plural.clone(),
        matchable: line.matchable,
        edge: line.edge.clone(),
        caption: line.caption.clone(),
        featured: line.featured.clone(),
        extends: line.extends.clone(),
        is,
        properties,
    }
}

fn ancestry(name: &str, lines: &BTreeMap<String, Line>) -> BTreeSet<String> {
    let mut all = BTreeSet::from([name.to_owned()]);
    for parent in &lines[name].extends {
        all.extend(ancestry(parent, lines));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert!(schemata().count() > 60);
        for schema in schemata() {
            for parent in &schema.extends {
                assert!(super::schema(parent).is_some(), "{parent}");
            }
            for property in schema.properties.values() {
                assert_eq!(
                    property.range.is_some(),
                    property.kind == PropertyType::Entity,
                    "{schema}:{}",
                    property.name
                );
            }
            if let Some((from, to)) = &schema.edge {
                assert!(schema.property(from).is_some() && schema.property(to).is_some());
            }
        }
    }

    #[test]
    fn what_can_be_compared() {
        let can = |a: &str, b: &str| schema(a).unwrap().can_match(schema(b).unwrap());
        assert!(
            can("Company", "LegalEntity")
                && can("LegalEntity", "Person")
                && can("Vessel", "Vessel")
        );
        assert!(
            !can("Person", "Company") && !can("Person", "Vessel") && !can("Ownership", "Ownership")
        );
    }

    #[test]
    fn a_property_knows_where_it_is_defined() {
        let name = schema("Company").unwrap().property("name").unwrap();
        assert_eq!(name.schema, "Thing");
    }
}
