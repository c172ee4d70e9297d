//! The list of designated parties in the regime's own form: a table that people read, as in an annex.

use std::collections::BTreeSet;

use overt_attribution::{ClaimId, Column, Criterion, EntityRef, Holds};
use overt_case::{DecisionRecord, Disclosure};

use crate::document::Document;
use crate::{ListStatus, PublicationError, narrative};

/// The list in the regime's own form; none where its file lays out none.
///
/// # Errors
///
/// When the gate of a party cannot be asked.
pub fn annex(
    case: &Disclosure<'_>,
    status: ListStatus,
) -> Result<Option<Document>, PublicationError> {
    let Some(form) = &case.regime().list else {
        return Ok(None);
    };
    let mut document = crate::document(case, form.title.clone());
    document.warnings.push(status.warning(case.regime()));
    document.text(form.text.clone());
    let mut rows = Vec::new();
    for (number, (party, made)) in (1..).zip(case.state().designated()) {
        let cells = form
            .columns
            .iter()
            .map(|column| cell(case, column, number, party, made));
        rows.push(cells.collect::<Result<Vec<String>, PublicationError>>()?);
    }
    if rows.is_empty() {
        document.text("Nobody is on it.");
    }
    let heads: Vec<&str> = form.columns.iter().map(|c| c.heading.as_str()).collect();
    document.table(&heads, rows);
    Ok(Some(document))
}

fn cell(
    case: &Disclosure<'_>,
    column: &Column,
    number: u32,
    party: &EntityRef,
    made: &DecisionRecord,
) -> Result<String, PublicationError> {
    Ok(match column.holds {
        Holds::Number => format!("{number}."),
        Holds::Name => party.name().to_owned(),
        Holds::Identifying => identifying(case, party),
        Holds::Criterion => criterion(case, made)
            .map(|criterion| format!("({}) {}", criterion.id, criterion.text))
            .unwrap_or_default(),
        Holds::Reasons => reasons(case, party, made)?,
        Holds::Date => made.at.to_string().chars().take(10).collect(),
    })
}

fn identifying(case: &Disclosure<'_>, party: &EntityRef) -> String {
    let facts = case.state().facts(party).into_iter();
    let facts = facts.map(|(property, values)| {
        let values: Vec<&str> = values.keys().copied().collect();
        format!("{property}: {}", values.join(", "))
    });
    let facts: Vec<String> = facts.collect();
    if facts.is_empty() {
        return "Nothing but the name is on file.".to_owned();
    }
    facts.join("; ")
}

fn criterion<'c>(case: &'c Disclosure<'_>, made: &DecisionRecord) -> Option<&'c Criterion> {
    let number = made.decided.determination?;
    let determination = case.state().determinations().get(&number)?;
    case.regime()
        .criterion(&determination.gate_result().criterion)
}

/// What was done, in the order of the criterion's elements; where nothing is told, what was determined.
fn reasons(
    case: &Disclosure<'_>,
    party: &EntityRef,
    made: &DecisionRecord,
) -> Result<String, PublicationError> {
    let Some(criterion) = criterion(case, made) else {
        return Ok(String::new());
    };
    let passage = case.gate_result(party, &criterion.id, &BTreeSet::new())?;
    let mut claims: Vec<ClaimId> = Vec::new();
    for claim in passage.conditions.iter().filter_map(|c| c.claim) {
        if !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    let told: Vec<String> = claims
        .into_iter()
        .flat_map(|claim| match case.withheld_claims().get(&claim) {
            // What is left out of the reasons is said in its place.
            Some(marking) => vec![format!("{}.", marking.withheld())],
            None => narrative::sentences(case, claim),
        })
        .collect();
    if told.is_empty() {
        return Ok(format!("{} {}.", party.name(), criterion.text));
    }
    Ok(told.join(" "))
}
