//! A case as answers to the questions of ABCDE (actor, behaviour, content, degree, effect; Carnegie Endowment and EU
//! DisinfoLab, with DISARM's techniques as behaviour): a table with a row for each campaign. Other cases and tools take it in.
//!
//! A cell that is empty says that the case claims nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Claim, EntityRef, Marking, PARTY_KINDS, wording};
use overt_case::Disclosure;
use overt_files::safe_cell;

use crate::{PublicationError, name, withheld_claims};

/// The columns.
const HEADER: [&str; 9] = [
    "incident",
    "actor",
    "behaviour",
    "content",
    "degree",
    "effect",
    "source",
    "tlp",
    "judged",
];

/// What is claimed of a campaign, as far as the questions go.
#[derive(Default)]
struct Answers {
    actors: BTreeSet<String>,
    behaviour: BTreeSet<String>,
    effects: BTreeSet<String>,
    marking: Option<Marking>,
    judged: Vec<String>,
}

/// The table, as CSV. How likely something is judged to be and how firm that is stand in a column of their own, which
/// nobody takes in again.
///
/// # Errors
///
/// When a claim cannot be judged, or the table cannot be written.
pub fn abcde(case: &Disclosure<'_>) -> Result<Vec<u8>, PublicationError> {
    let mut campaigns: BTreeMap<EntityRef, Answers> = BTreeMap::new();
    for claim in case.state().claims().values() {
        let Some((campaign, actor)) = of_campaign(claim) else {
            continue;
        };
        let answers = campaigns.entry(campaign.clone()).or_default();
        let said = wording::claim(claim, case.regime());
        match (&*claim.relation, actor) {
            ("uses-technique", Some(technique)) => {
                answers.behaviour.insert(cell(technique.name()));
            }
            ("changed", _) => {
                answers.effects.insert(cell(&said));
            }
            (_, Some(actor)) => {
                answers.actors.insert(cell(actor.as_str()));
            }
            _ => {}
        }
        answers.marking = answers.marking.max(Some(claim.marking));
        let judgement = case.judgement(claim.id)?;
        let likely = wording::likelihood(&said, &judgement, case.regime());
        let judged = if judgement.evidenced {
            format!("{}: {likely} {}", claim.id, wording::confidence(&judgement))
        } else {
            format!("{}: {likely}", claim.id)
        };
        answers.judged.push(judged);
    }
    write(case, &campaigns)
}

/// The campaign that a claim is about, and whom or what it names beside it.
fn of_campaign(claim: &Claim) -> Option<(&EntityRef, Option<&EntityRef>)> {
    let is_thing = |of: &EntityRef| !PARTY_KINDS.contains(&of.kind()) && of.kind() != "technique";
    match (&*claim.relation, &claim.object) {
        ("engaged-in" | "changed", Some(campaign)) if is_thing(campaign) => {
            Some((campaign, Some(&claim.subject)))
        }
        _ if is_thing(&claim.subject) => Some((&claim.subject, claim.object.as_ref())),
        _ => None,
    }
}

/// A name in a cell that can hold several.
fn cell(words: &str) -> String {
    words.replace([';', '|', '\n'], ",")
}

fn write(
    case: &Disclosure<'_>,
    campaigns: &BTreeMap<EntityRef, Answers>,
) -> Result<Vec<u8>, PublicationError> {
    let encode = |e: &dyn std::fmt::Display| PublicationError::Encode(e.to_string());
    let source = format!("those who keep the case {}", name(case));
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER).map_err(|e| encode(&e))?;
    let mut row = |cells: [&str; 9]| {
        let cells = cells.map(|cell| safe_cell(cell).into_owned());
        table.write_record(cells).map_err(|e| encode(&e))
    };
    let several = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join("; ");
    for (campaign, answers) in campaigns {
        let marking = answers.marking.unwrap_or(case.audience());
        row([
            campaign.as_str(),
            &several(&answers.actors),
            &several(&answers.behaviour),
            "",
            "",
            &several(&answers.effects),
            &source,
            marking.label(),
            &answers.judged.join(" "),
        ])?;
    }
    let withheld = withheld_claims(case).join(" ");
    if !withheld.is_empty() {
        row([
            "",
            "",
            "",
            "",
            "",
            "",
            &source,
            case.audience().label(),
            &withheld,
        ])?;
    }
    table.into_inner().map_err(|e| encode(&e))
}
