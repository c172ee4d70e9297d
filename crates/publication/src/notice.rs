//! The notice to the party: what is held against it, on what grounds, and until when it may reply.

use overt_attribution::{EntityRef, wording};
use overt_case::Disclosure;

use crate::document::Document;
use crate::narrative;
use crate::{PROPOSAL, PublicationError, describe_unverified, withheld_claims};

/// The notice to a party, as of a day, with where to reply.
///
/// # Errors
///
/// When nothing is claimed of the party, or a claim cannot be judged.
pub fn notice(
    case: &Disclosure<'_>,
    party: &EntityRef,
    on: &str,
    reply_to: &str,
) -> Result<Document, PublicationError> {
    let (state, regime) = (case.state(), case.regime());
    let claims: Vec<_> = state
        .claims()
        .values()
        .filter(|c| &c.subject == party)
        .collect();
    let withheld = withheld_claims(case);
    if claims.is_empty() && withheld.is_empty() {
        return Err(PublicationError::Missing(format!(
            "nothing is claimed of {party}: there is nothing to tell it"
        )));
    }
    let mut document = crate::document(case, format!("Notice to {}", party.name()));
    if regime.authority.is_none() {
        document.warnings.push(PROPOSAL.to_owned());
    }
    document.text(format!("Of {on}, under {}.", regime.name));
    document.heading("What is considered");
    let determined = state
        .determinations()
        .values()
        .filter(|d| &d.proposed.passage.subject == party && state.doubt(d).is_none());
    let criteria = determined.filter_map(|d| {
        let criterion = regime.criterion(&d.proposed.passage.criterion)?;
        let state = if d.made {
            "It was determined"
        } else {
            "It is proposed to determine"
        };
        Some(format!(
            "{state} that {} {} (criterion {}).",
            party.name(),
            criterion.text,
            criterion.id
        ))
    });
    let criteria: Vec<String> = criteria.collect();
    if criteria.is_empty() {
        document.text("Nothing has been determined. The following is claimed and examined.");
    }
    document.list(criteria);
    document.text(describe_unverified(regime));
    document.heading("On what grounds");
    for claim in claims {
        let judgement = case.judgement(claim.id)?;
        let said = wording::claim(claim, regime);
        document.subheading(said.clone());
        if narrative::is_told(case, claim.id) {
            narrative::tell(case, &mut document, claim);
        }
        document.text(wording::likelihood(&said, &judgement, regime));
        document.text(wording::confidence(&judgement));
        let kinds = state.weighed(claim.id).into_iter().map(|w| {
            format!(
                "{}, of the origin {:?}",
                w.evidence.kind,
                case.origin_of(w.evidence.id)
            )
        });
        let mut kinds: Vec<String> = kinds.collect();
        kinds.dedup();
        document.list(kinds);
        let dissents = state.dissents(claim.id);
        document.list(
            dissents
                .map(|(_, _, d)| format!("One of those who judged it dissents: {}", d.why))
                .collect(),
        );
    }
    document.list(withheld);
    document.heading("What was found to speak for you");
    let speaking = state.exculpatory(party);
    if speaking.is_empty() {
        document.text("Nothing yet. What you send will be weighed.");
    }
    document.list(
        speaking
            .iter()
            .map(|e| format!("{} ({})", e.id, e.kind))
            .collect(),
    );
    document.heading("Your reply");
    document.text(regime.hearing.text.clone());
    let weighed = if regime.gate.answers_exculpatory {
        "nothing can be determined before it is weighed, and it goes along with whatever is decided"
    } else {
        "it goes along with whatever is decided"
    };
    document.text(format!(
        "Reply by {} to: {reply_to}. Your reply becomes an item of evidence; {weighed}.",
        case.case().reply_by(on)?
    ));
    Ok(document)
}
