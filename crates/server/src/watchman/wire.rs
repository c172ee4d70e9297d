//! Entities as Watchman writes them.

use overt_model::{Entity, PartialDate};
use overt_screening::Match;
use serde::Serialize;
use utoipa::ToSchema;

use super::EntityKind;
use crate::served::Snapshot;

/// An entity.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanEntity {
    pub(super) name: String,
    #[schema(value_type = String, example = "person")]
    entity_type: &'static str,
    pub(super) source_list: String,
    #[serde(rename = "sourceID")]
    pub(super) source_id: String,
    pub(super) person: Option<WatchmanParty>,
    pub(super) business: Option<WatchmanParty>,
    pub(super) organization: Option<WatchmanParty>,
    aircraft: Option<WatchmanCraft>,
    vessel: Option<WatchmanCraft>,
    pub(super) contact: WatchmanContact,
    pub(super) addresses: Vec<WatchmanPostalAddress>,
    crypto_addresses: Vec<WatchmanCryptoAddress>,
    affiliations: Vec<WatchmanAffiliation>,
    sanctions_info: Option<WatchmanSanctionsInfo>,
    /// The entity as FollowTheMoney has it.
    #[schema(value_type = Option<Object>)]
    source_data: Option<Entity>,
}

/// A person, a business or an organization.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanParty {
    name: String,
    alt_names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gender: Option<String>,
    /// The beginning of the day, month or year, as RFC 3339 has it; `sourceData` says how much of it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) birth_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) death_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dissolved: Option<String>,
    titles: Vec<String>,
    #[serde(rename = "governmentIDs")]
    pub(super) government_ids: Vec<WatchmanGovernmentId>,
}

/// An aircraft or a vessel.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanCraft {
    name: String,
    alt_names: Vec<String>,
    #[serde(rename = "type")]
    kind: String,
    flag: String,
    built: Option<String>,
    model: String,
    imo_number: String,
    mmsi: String,
    call_sign: String,
    serial_number: String,
}

/// An identifier that a government gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchmanGovernmentId {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) country: String,
    pub(super) identifier: String,
}

/// How somebody is reached.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanContact {
    pub(super) email_addresses: Vec<String>,
    pub(super) phone_numbers: Vec<String>,
    fax_numbers: Vec<String>,
    pub(super) websites: Vec<String>,
}

/// An address; the first line has all of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanPostalAddress {
    pub(super) line1: String,
    pub(super) city: String,
    pub(super) postal_code: String,
    pub(super) state: String,
    pub(super) country: String,
}

/// A wallet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchmanCryptoAddress {
    currency: String,
    address: String,
}

/// Somebody an entity is linked to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanAffiliation {
    entity_name: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Why somebody is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchmanSanctionsInfo {
    programs: Vec<String>,
    secondary: bool,
    description: String,
}

/// An entity that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchmanFound {
    #[serde(flatten)]
    pub(super) entity: WatchmanEntity,
    /// How well it fits, from 0 to 1.
    #[serde(rename = "match")]
    score: f64,
    details: WatchmanDetails,
}

/// What made a score.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanDetails {
    pieces: Vec<WatchmanPiece>,
    final_score: f64,
}

/// What a feature said.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanPiece {
    piece_type: String,
    score: f64,
    detail: String,
}

/// Lists as Watchman calls them.
const SOURCES: [(&str, &str); 5] = [
    ("us_ofac_sdn", "us_ofac"),
    ("us_ofac_cons", "us_non_sdn"),
    ("un_sc_sanctions", "un_csl"),
    ("gb_hmt_sanctions", "uk_csl"),
    ("eu_fsf", "eu_csl"),
];

/// What Watchman calls a list.
pub(crate) fn source(dataset: &str) -> &str {
    let known = SOURCES.iter().find(|(ours, _)| *ours == dataset);
    known.map_or(dataset, |(_, theirs)| theirs)
}

/// How ids of OFAC's entries begin.
pub(super) const OFAC: &str = "ofac-";

/// The id of an entry as its list has it.
pub(super) fn source_id(entity: &Entity) -> &str {
    entity.id.strip_prefix(OFAC).unwrap_or(&entity.id)
}

/// A date as Go reads a time: its beginning, in UTC. What is not a date is left out, for Go would refuse the whole answer.
fn time(entity: &Entity, property: &str) -> Option<String> {
    let mut dates = entity.get(property).iter();
    let date: PartialDate = dates.find_map(|d| d.parse().ok())?;
    let text = date.to_string();
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.get(..10)?.to_owned(),
    };
    Some(format!("{day}T00:00:00Z"))
}

impl WatchmanEntity {
    /// What is asked, given back.
    pub(crate) fn asked(entity: &Entity, kind: Option<EntityKind>) -> Self {
        let mut asked = Self::plain(entity);
        "api-request".clone_into(&mut asked.source_list);
        if kind.is_none() {
            (asked.entity_type, asked.organization) = ("", None);
        }
        asked
    }

    /// An entity of a list, with what is linked with it.
    pub(super) fn listed(entity: Entity, snapshot: &Snapshot) -> Self {
        let index = &snapshot.prepared.index;
        let mut listed = Self::plain(&entity);
        let dataset = entity.datasets.first().map_or("", String::as_str);
        source(dataset).clone_into(&mut listed.source_list);
        source_id(&entity).clone_into(&mut listed.source_id);
        for linked in index.referring_to(&entity.id) {
            if linked.schema.is_a("CryptoWallet") {
                listed.crypto_addresses.push(WatchmanCryptoAddress {
                    currency: first(&linked, "currency"),
                    address: first(&linked, "publicKey"),
                });
            } else if linked.schema.is_a("UnknownLink") {
                let other = ["object", "subject"].map(|end| first(&linked, end));
                let other = other.into_iter().find(|id| *id != entity.id);
                if let Some(other) = other.and_then(|id| index.by_id(&id)) {
                    listed.affiliations.push(WatchmanAffiliation {
                        entity_name: other.caption,
                        kind: first(&linked, "role"),
                    });
                }
            }
        }
        for id in entity.get("addressEntity") {
            if let Some(address) = index.by_id(id) {
                listed.addresses.push(postal(&address));
            }
        }
        listed.sanctions_info = sanctions(&entity);
        listed.source_data = Some(entity);
        listed
    }

    fn plain(entity: &Entity) -> Self {
        let mut plain = Self {
            name: format_entity(entity),
            contact: WatchmanContact {
                email_addresses: entity.get("email").to_vec(),
                phone_numbers: entity.get("phone").to_vec(),
                fax_numbers: Vec::new(),
                websites: entity.get("website").to_vec(),
            },
            ..Self::default()
        };
        let schema = entity.schema;
        if schema.is_a("Person") {
            (plain.entity_type, plain.person) = ("person", Some(party(entity)));
        } else if schema.is_a("Company") {
            (plain.entity_type, plain.business) = ("business", Some(party(entity)));
        } else if schema.is_a("Vessel") {
            (plain.entity_type, plain.vessel) = ("vessel", Some(craft(entity)));
        } else if schema.is_a("Airplane") {
            (plain.entity_type, plain.aircraft) = ("aircraft", Some(craft(entity)));
        } else {
            (plain.entity_type, plain.organization) = ("organization", Some(party(entity)));
        }
        plain
    }
}

impl WatchmanFound {
    /// An entity with the match that found it.
    pub(crate) fn of(entity: Entity, found: &Match, snapshot: &Snapshot) -> Self {
        let name = found.name.iter().map(|n| WatchmanPiece {
            piece_type: "name".to_owned(),
            score: n.score,
            detail: n.to_string(),
        });
        let identifier = found.identifier.then(|| WatchmanPiece {
            piece_type: "identifier".to_owned(),
            score: 1.0,
            detail: "an identifier is the same".to_owned(),
        });
        let facts = found.facts.iter().map(|f| WatchmanPiece {
            piece_type: f.fact.to_owned(),
            score: f.adds,
            detail: f.detail.clone(),
        });
        Self {
            entity: WatchmanEntity::listed(entity, snapshot),
            score: found.score,
            details: WatchmanDetails {
                pieces: name.chain(identifier).chain(facts).collect(),
                final_score: found.score,
            },
        }
    }
}

fn format_entity(entity: &Entity) -> String {
    if entity.caption.is_empty() {
        first(entity, "name")
    } else {
        entity.caption.clone()
    }
}

fn first(entity: &Entity, property: &str) -> String {
    entity.first(property).unwrap_or_default().to_owned()
}

fn others(entity: &Entity) -> Vec<String> {
    let shown = format_entity(entity);
    let names = ["name", "alias", "weakAlias", "previousName"];
    let all = names.iter().flat_map(|p| entity.get(p));
    all.filter(|n| **n != shown).cloned().collect()
}

fn party(entity: &Entity) -> WatchmanParty {
    let country = entity
        .of_type(overt_model::ftm::PropertyType::Country)
        .next();
    let ids = [
        ("passportNumber", "passport"),
        ("idNumber", "national-id"),
        ("taxNumber", "tax-id"),
        ("registrationNumber", "business-registration"),
    ];
    let ids = ids.into_iter().flat_map(|(property, kind)| {
        entity
            .get(property)
            .iter()
            .map(move |value| WatchmanGovernmentId {
                kind,
                country: country.unwrap_or_default().to_owned(),
                identifier: value.clone(),
            })
    });
    WatchmanParty {
        name: format_entity(entity),
        alt_names: others(entity),
        gender: entity.first("gender").map(str::to_owned),
        birth_date: time(entity, "birthDate"),
        death_date: time(entity, "deathDate"),
        created: time(entity, "incorporationDate"),
        dissolved: time(entity, "dissolutionDate"),
        titles: entity.get("title").to_vec(),
        government_ids: ids.collect(),
    }
}

fn craft(entity: &Entity) -> WatchmanCraft {
    WatchmanCraft {
        name: format_entity(entity),
        alt_names: others(entity),
        kind: first(entity, "type"),
        flag: first(entity, "flag"),
        built: time(entity, "buildDate"),
        model: first(entity, "model"),
        imo_number: first(entity, "imoNumber"),
        mmsi: first(entity, "mmsi"),
        call_sign: first(entity, "callSign"),
        serial_number: first(entity, "serialNumber"),
    }
}

fn postal(address: &Entity) -> WatchmanPostalAddress {
    WatchmanPostalAddress {
        line1: format_entity(address),
        city: first(address, "city"),
        postal_code: first(address, "postalCode"),
        state: first(address, "state"),
        country: first(address, "country"),
    }
}

fn sanctions(entity: &Entity) -> Option<WatchmanSanctionsInfo> {
    let programs = entity.get("program");
    (!programs.is_empty()).then(|| WatchmanSanctionsInfo {
        programs: programs.to_vec(),
        secondary: entity
            .get("notes")
            .iter()
            .any(|n| n.contains("Secondary Sanctions")),
        description: entity.get("notes").join("; "),
    })
}
