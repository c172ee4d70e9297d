//! The list of designated parties as `FollowTheMoney` entities.

use std::collections::BTreeMap;

use overt_attribution::EntityRef;
use overt_case::{DecisionRecord, Disclosure, party};
use overt_model::key::hex;
use overt_model::{Entity, ftm};
use sha2::{Digest, Sha256};

use crate::{ListStatus, PublicationError};

/// The parties that are designated.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Each party's entity, in the order of ids, with the entity of its listing behind it.
    pub entities: Vec<Entity>,
    /// Parties that were listed before and are not any more, with the reason.
    pub taken_back: BTreeMap<String, String>,
    /// What they are.
    pub status: ListStatus,
}

/// The id of a party on a list of its own: the same in every version, and of its own namespace while it is a proposal.
pub(super) fn id(case: &Disclosure<'_>, party: &EntityRef, status: ListStatus) -> String {
    let hash = Sha256::digest(party.as_str().as_bytes());
    let regime = &case.regime().id;
    let own = &hex(&hash)[..12];
    match status {
        ListStatus::Proposal => format!("proposal-{regime}-{own}"),
        ListStatus::Final => format!("{regime}-{own}"),
    }
}

/// What is designated in a case as things stand. What rests on items that no longer count is not.
///
/// # Errors
///
/// When a designated party is none that a list can hold.
pub fn listing(case: &Disclosure<'_>, status: ListStatus) -> Result<Listing, PublicationError> {
    let state = case.state();
    let designated = state.designated();
    let mut entities = Vec::new();
    for (party, made) in &designated {
        let entity = entity(case, party, status)?;
        entities.push(listed_by(case, &entity, made, status));
        entities.push(entity);
    }
    entities.sort_by(|a, b| a.id.cmp(&b.id));
    let mut taken_back = BTreeMap::new();
    for made in state.decisions().values() {
        let decided = &made.decided;
        let id = id(case, &decided.subject, status);
        let was = decided.action == overt_case::entry::Action::Designate;
        if designated.contains_key(&decided.subject) {
            continue;
        }
        if was {
            let doubt = state.doubt_of_decision(made);
            let why = doubt.map_or_else(|| decided.why.clone(), |doubt| doubt.to_string());
            taken_back.insert(id, why);
        } else if decided.action == overt_case::entry::Action::Delist {
            taken_back.insert(id, decided.why.clone());
        }
    }
    Ok(Listing {
        entities,
        taken_back,
        status,
    })
}

fn entity(
    case: &Disclosure<'_>,
    of: &EntityRef,
    status: ListStatus,
) -> Result<Entity, PublicationError> {
    let id = id(case, of, status);
    let mut entity = party::entity(id, of).ok_or_else(|| {
        PublicationError::Missing(format!("{of} is not a party that a list can hold"))
    })?;
    for (property, values) in case.state().facts(of) {
        for value in values.keys() {
            entity.add(property, value);
        }
    }
    entity.add("program", status.programme(case.regime()));
    if status == ListStatus::Final {
        entity.add("topics", "sanction");
    }
    entity.target = true;
    entity.datasets.push(dataset(case, status));
    Ok(entity)
}

/// The listing itself: by whom, under what, why, since when.
fn listed_by(
    case: &Disclosure<'_>,
    entity: &Entity,
    made: &DecisionRecord,
    status: ListStatus,
) -> Entity {
    let regime = case.regime();
    let schema = ftm::schema("Sanction").unwrap_or(entity.schema);
    let mut sanction = Entity::new(format!("{}-listing", entity.id), schema);
    sanction.add("entity", &entity.id);
    sanction.add("program", status.programme(regime));
    sanction.add("status", status.name());
    let authority = regime.authority.as_ref();
    if status == ListStatus::Final {
        sanction.add("authority", authority.map_or("", |a| a.name.as_str()));
    }
    let determination = made
        .decided
        .determination
        .and_then(|number| case.state().determinations().get(&number));
    let criterion = determination.and_then(|d| regime.criterion(&d.proposed.passage.criterion));
    if let Some(criterion) = criterion {
        sanction.add("reason", format!("({}) {}", criterion.id, criterion.text));
    }
    let day = made.at.to_string();
    sanction.add("listingDate", day.split('T').next().unwrap_or_default());
    sanction.caption.clone_from(&regime.name);
    sanction.datasets.push(dataset(case, status));
    sanction
}

/// The dataset's name: `election_eo13848_proposal`.
pub(super) fn dataset(case: &Disclosure<'_>, status: ListStatus) -> String {
    let name = case.regime().programme.to_lowercase();
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    match status {
        ListStatus::Proposal => format!("{name}_proposal"),
        ListStatus::Final => name,
    }
}

impl Listing {
    /// The dataset's name, which is the name of its file too.
    pub fn dataset(&self, case: &Disclosure<'_>) -> String {
        dataset(case, self.status)
    }

    /// As lines of `FollowTheMoney`.
    pub fn lines(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for entity in &self.entities {
            // An entity has string keys alone.
            lines.extend(serde_json::to_vec(entity).unwrap_or_default());
            lines.push(b'\n');
        }
        lines
    }

    /// The parties themselves.
    pub fn parties(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter().filter(|e| e.target)
    }
}
