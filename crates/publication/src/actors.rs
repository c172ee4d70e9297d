//! Whose activity a case lets one measure: accounts that its claims attribute to parties, with how likely that was judged.

use std::collections::BTreeMap;

use jiff::civil::Date;
use overt_attribution::{Claim, EntityRef, EvidenceId, Kind, PARTY_KINDS};
use overt_case::Disclosure;
use overt_findings::MemberDocument;
use overt_intensity::actor::{Account, Actor, Judged};
use overt_model::key;

use crate::PublicationError;
use crate::takedown::Run;

/// The relation by which something is a party's.
const RELATION: &str = "attributed-to";
/// What a probability of 0 is taken for: an account that is drawn hardly ever is not one that is left out in silence.
const LEAST: f64 = 1e-6;

/// The actors of a case.
#[derive(Debug, Clone)]
pub struct ActorsOfCase {
    /// Parties, each with what is claimed to be theirs.
    pub actors: Vec<Actor>,
    /// The day of the case's last entry: what became known later is not in it.
    pub until: Date,
}

/// The parties that the case's claims attribute something to. A campaign stands for its established accounts, which are one
/// unit; an account, a domain or a channel for itself. An account counts as known from the day on which the earliest item
/// weighed for its claim was collected; where nothing was weighed it is unjudged, and of no known day.
///
/// # Errors
///
/// When a claim cannot be judged, a run cannot be read, or no run of the case has a campaign that is claimed.
pub fn actors(case: &Disclosure<'_>) -> Result<ActorsOfCase, PublicationError> {
    let mut runs = Runs::of(case);
    let mut actors: BTreeMap<String, Actor> = BTreeMap::new();
    for claim in case.state().claims().values() {
        let Some(party) = claim.object.as_ref().filter(|_| claim.relation == RELATION) else {
            continue;
        };
        if PARTY_KINDS.contains(&claim.subject.kind()) {
            // Who acts for whom is not what an account posts.
            continue;
        }
        let accounts = accounts(case, claim, &mut runs)?;
        let actor = actors
            .entry(party.key().to_owned())
            .or_insert_with(|| new(party));
        for account in accounts {
            add(&mut actor.accounts, account);
        }
    }
    let last = case.state().last_at().map(|at| at.to_string());
    let until = last
        .and_then(|at| at.get(..10)?.parse().ok())
        .unwrap_or(Date::MIN);
    Ok(ActorsOfCase {
        actors: actors.into_values().collect(),
        until,
    })
}

fn new(party: &EntityRef) -> Actor {
    Actor {
        id: party.as_str().to_owned(),
        name: party.words(),
        accounts: Vec::new(),
        capability: None,
        attempt: None,
        effect: None,
    }
}

/// Of two claims of one account to one party the likelier counts.
fn add(accounts: &mut Vec<Account>, new: Account) {
    let upper = |account: &Account| account.judgement.map_or(0.0, Judged::upper);
    match accounts.iter_mut().find(|known| known.id == new.id) {
        Some(known) if upper(known) < upper(&new) => *known = new,
        Some(_) => {}
        None => accounts.push(new),
    }
}

fn accounts(
    case: &Disclosure<'_>,
    claim: &Claim,
    runs: &mut Runs,
) -> Result<Vec<Account>, PublicationError> {
    let judgement = case.judgement(claim.id)?;
    let own = judgement
        .evidenced
        .then(|| judgement.answers.get(Claim::OWN))
        .flatten();
    let judged = own.and_then(|answer| {
        let (low, high) = (answer.posterior.low(), answer.posterior.high());
        Judged::try_from([low.max(LEAST), high.max(LEAST)]).ok()
    });
    let known = known(case, claim);
    let account = |id: &str, operator: Option<String>| Account {
        id: id.to_owned(),
        operator,
        known,
        claim: Some(claim.id.to_string()),
        judgement: judged,
    };
    if claim.subject.kind() != "campaign" {
        return Ok(vec![account(claim.subject.name(), None)]);
    }
    let members = runs.members(case, claim.subject.name())?;
    let established = members
        .iter()
        .filter(|member| member.status == "established");
    Ok(established
        .map(|member| account(key::split(&member.account).1, Some(claim.subject.words())))
        .collect())
}

/// The earliest day on which an item that was weighed for the claim was collected.
fn known(case: &Disclosure<'_>, claim: &Claim) -> Option<Date> {
    let state = case.state();
    let weighed = state.weighed(claim.id);
    let days = weighed.iter().filter_map(|weighed| {
        let on_file = state.evidence().get(&weighed.evidence.id)?;
        on_file.item.collected_at.parse::<Date>().ok()
    });
    days.min()
}

/// The detection runs of a case, each opened once and only when a campaign is looked for.
struct Runs {
    items: Vec<EvidenceId>,
    opened: BTreeMap<EvidenceId, Run>,
}

impl Runs {
    fn of(case: &Disclosure<'_>) -> Self {
        let state = case.state();
        let items = state.evidence().iter();
        let runs = items.filter(|(id, on_file)| {
            on_file.item.kind == Kind::Coordination
                && on_file.item.run.is_some()
                && state.counts(**id)
        });
        Self {
            items: runs.map(|(id, _)| *id).collect(),
            opened: BTreeMap::new(),
        }
    }

    /// The members of a campaign, in the latest run that has it.
    fn members(
        &mut self,
        case: &Disclosure<'_>,
        name: &str,
    ) -> Result<Vec<MemberDocument>, PublicationError> {
        for item in self.items.iter().rev() {
            if !self.opened.contains_key(item) {
                self.opened.insert(*item, Run::open(case, *item)?);
            }
            if let Ok(campaign) = self.opened[item].campaign(name, *item) {
                return Ok(campaign.members.clone());
            }
        }
        Err(PublicationError::Missing(format!(
            "no detection run in the case has the campaign {name}, so its accounts are not known"
        )))
    }
}
