//! The recommendation of further measures: on whom beyond the party, on what grounds.

use overt_attribution::{Measure, wording};
use overt_case::Disclosure;
use overt_case::entry::{Action, Beyond, Decided};

use crate::document::Document;
use crate::{ListStatus, PublicationError, WORDS, describe_unverified, name};

/// The recommendation of a decision.
///
/// # Errors
///
/// When the decision is none to recommend, or a claim cannot be judged.
pub fn recommendation(
    case: &Disclosure<'_>,
    number: u64,
    status: ListStatus,
) -> Result<Document, PublicationError> {
    let made = case.state().decisions().get(&number);
    let made = made.filter(|made| made.decided.action == Action::Recommend);
    let decided = &made
        .ok_or_else(|| PublicationError::Missing(format!("decision {number} recommends nothing")))?
        .decided;
    let mut document = crate::document(
        case,
        format!(
            "Recommendation of further measures: {}",
            decided.subject.name()
        ),
    );
    document.warnings.push(status.warning(case.regime()));
    if let Some(doubt) = made.and_then(|made| case.state().doubt_of_decision(made)) {
        document.warnings.push(format!(
            "This no longer stands and has to be made again: {doubt}."
        ));
    }
    what(case, decided, &mut document);
    if let Some(beyond) = &decided.beyond {
        measures(case, beyond, &mut document);
        on_whom(case, beyond, &mut document);
    }
    grounds(case, decided, &mut document)?;
    Ok(document)
}

fn what(case: &Disclosure<'_>, decided: &Decided, document: &mut Document) {
    let regime = case.regime();
    document.heading("What is recommended");
    if let Some(recommendation) = &regime.recommendation {
        document.text(format!("{}.", recommendation.text));
    }
    document.text(decided.why.clone());
    document.text(format!(
        "Under {}, decision {} of the case {}.",
        regime.name,
        decided.decision,
        name(case)
    ));
    document.text(describe_unverified(regime));
}

/// Which of the regime's measures, what they would do, and which are not recommended.
fn measures(case: &Disclosure<'_>, beyond: &Beyond, document: &mut Document) {
    let asked = case.regime().recommendation.iter();
    let (meant, others): (Vec<&Measure>, Vec<&Measure>) = asked
        .flat_map(|r| &r.measures)
        .partition(|m| beyond.measures.contains(&m.id));
    if meant.is_empty() {
        return;
    }
    let words = |all: Vec<&Measure>| all.into_iter().map(|m| m.text.clone()).collect();
    document.heading("Which measures");
    document.list(words(meant));
    document.heading("What they would do");
    document.text(beyond.effects.clone());
    if !others.is_empty() {
        document.heading("What is not recommended");
        document.list(words(others));
    }
}

fn on_whom(case: &Disclosure<'_>, beyond: &Beyond, document: &mut Document) {
    document.heading("On whom");
    document.text(
        "They are named for their size and their country. Nothing here says that any of them took part in anything.",
    );
    let rows = beyond.firms.iter().map(|firm| {
        let item = case.state().evidence().get(&firm.evidence);
        let shown = item.map_or_else(
            || firm.evidence.to_string(),
            |on_file| {
                format!(
                    "{}: {}, {}, of the origin {:?}",
                    firm.evidence, on_file.item.name, on_file.item.grade, on_file.item.origin
                )
            },
        );
        vec![firm.sector.clone(), firm.firm.name().to_owned(), shown]
    });
    document.table(&["sector", "firm", "shown by"], rows.collect());
    let without = beyond
        .without
        .iter()
        .map(|without| format!("No firm in {}: {}", without.sector, without.why));
    document.list(without.collect());
}

/// What was determined, and every claim that it rests on.
fn grounds(
    case: &Disclosure<'_>,
    decided: &Decided,
    document: &mut Document,
) -> Result<(), PublicationError> {
    let regime = case.regime();
    let determination = decided
        .determination
        .and_then(|number| case.state().determinations().get(&number));
    let Some(determination) = determination else {
        return Ok(());
    };
    document.heading("On what grounds");
    let criterion = regime.criterion(&determination.gate_result().criterion);
    document.text(format!(
        "By determination {}, {} {} (criterion {}). Its statement of reasons goes along with this.",
        determination.number,
        decided.subject.name(),
        criterion.map_or("", |c| c.text.as_str()),
        determination.gate_result().criterion
    ));
    for claim in &determination.proposed.claims {
        let Some(claim) = case.state().claims().get(claim) else {
            if let Some(marking) = case.withheld_claims().get(claim) {
                document.subheading(format!("{claim}: {}", marking.withheld()));
            }
            continue;
        };
        let judgement = case.judgement(claim.id)?;
        let said = wording::claim(claim, regime);
        document.subheading(said.clone());
        document.text(wording::likelihood(&said, &judgement, regime));
        document.text(wording::confidence(&judgement));
    }
    document.list(WORDS.map(str::to_owned).to_vec());
    Ok(())
}
