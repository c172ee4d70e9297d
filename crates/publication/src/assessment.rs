//! Documents that a regime asks for of a case as a whole, such as an assessment and a report: their title, what they have to
//! speak of and in which order are the regime's; what they say is the case's.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Claim, DocumentForm, EvidenceId, Stage, wording};
use overt_case::Disclosure;

use crate::document::Document;
use crate::{PublicationError, WORDS, describe_unverified, name, withheld_claims};
use crate::{exhibits, narrative};

/// A document of the regime, of all that the case claims.
///
/// # Errors
///
/// When the regime has no such document, or a claim cannot be judged.
pub fn assessment(case: &Disclosure<'_>, id: &str) -> Result<Document, PublicationError> {
    let regime = case.regime();
    let form = regime.documents.iter().find(|form| form.id == id);
    let form = form.ok_or_else(|| {
        let known: Vec<&str> = regime.documents.iter().map(|f| f.id.as_str()).collect();
        PublicationError::Missing(format!(
            "the regime asks for no document {id:?}\n  it asks for {}",
            if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            }
        ))
    })?;
    let mut document = crate::document(case, form.title.clone());
    document.warnings.push(
        "A draft for the office that makes this document: what Overt's users claim and how sure they are. It is no act of that office."
            .to_owned(),
    );
    head(case, form, &mut document);
    let mut spoken: BTreeMap<Stage, usize> = BTreeMap::new();
    for section in &form.sections {
        document.heading(section.heading.clone());
        document.text(section.text.clone());
        let claims = case.state().claims().values();
        let claims: Vec<&Claim> = claims
            .filter(|claim| section.relations.contains(&claim.relation))
            .collect();
        if claims.is_empty() {
            document.text("Nothing is claimed of this. That is no finding that there was nothing.");
        }
        for claim in claims {
            if let Some(stage) = stage(case, claim) {
                *spoken.entry(stage).or_default() += 1;
            }
            one(case, claim, &mut document)?;
        }
    }
    open_questions(case, form, &mut document)?;
    stages(&spoken, &mut document);
    cited(case, form, &mut document);
    document.heading("How to read this");
    document.list(WORDS.map(str::to_owned).to_vec());
    document.text("Every figure here can be computed again from a bundle of the case, by somebody who trusts nobody here: overt verify BUNDLE.");
    Ok(document)
}

fn head(case: &Disclosure<'_>, form: &DocumentForm, document: &mut Document) {
    let regime = case.regime();
    let source = regime.source(&form.source);
    document.text(format!(
        "{} Asked for by {}.",
        form.text,
        source.map_or("", |source| source.text.as_str())
    ));
    document.text(format!(
        "The case {}, after {} entries of its ledger, under {}.",
        name(case),
        case.size(),
        regime.name
    ));
    document.text(describe_unverified(regime));
    let events = case.state().events().iter();
    document.list(
        events
            .map(|(event, on)| {
                let known = regime.events.iter().find(|e| &e.id == event);
                format!(
                    "{on}: {}",
                    known.map_or(event.as_str(), |e| e.text.as_str())
                )
            })
            .collect(),
    );
}

/// A claim: what was done, how likely it is, how firm that is, in that order.
fn one(
    case: &Disclosure<'_>,
    claim: &Claim,
    document: &mut Document,
) -> Result<(), PublicationError> {
    let regime = case.regime();
    let said = wording::claim(claim, regime);
    document.subheading(said.clone());
    if narrative::is_told(case, claim.id) {
        narrative::tell(case, document, claim);
    }
    let judgement = case.judgement(claim.id)?;
    if !judgement.evidenced {
        document.text("No evidence was provided for this: it is claimed and not assessed.");
        return Ok(());
    }
    document.text(wording::likelihood(&said, &judgement, regime));
    document.text(wording::confidence(&judgement));
    Ok(())
}

fn stage(case: &Disclosure<'_>, claim: &Claim) -> Option<Stage> {
    case.regime().relation(&claim.relation)?.stage
}

/// What those who judged it do not agree on, what is withheld, and what speaks against.
fn open_questions(
    case: &Disclosure<'_>,
    form: &DocumentForm,
    document: &mut Document,
) -> Result<(), PublicationError> {
    document.heading("What those who judged it do not agree on");
    let regime = case.regime();
    let mut open = Vec::new();
    for claim in spoken_of(case, form) {
        let said = wording::claim(claim, regime);
        let judgement = case.judgement(claim.id)?;
        for opinion in judgement.analysts.iter().filter(|o| o.dissents) {
            open.push(format!(
                "{said}: {} comes to {}.",
                opinion.analyst,
                regime.bands.words(opinion.bands)
            ));
        }
        let acts = case.state().dissents(claim.id);
        open.extend(acts.map(|(_, by, dissent)| format!("{said}: {by} dissents: {}", dissent.why)));
    }
    if open.is_empty() {
        document.text(
            "Nobody dissents from the judgements that this document speaks of. Where one person judged alone, there was nobody who could have.",
        );
    }
    document.list(open);
    let withheld = withheld_claims(case);
    if !withheld.is_empty() {
        document.heading("What is withheld from this audience");
        document.list(withheld);
    }
    Ok(())
}

/// Capability, attempt and effect, and what is claimed of each.
fn stages(spoken: &BTreeMap<Stage, usize>, document: &mut Document) {
    document.heading("Capability, attempt, effect");
    let of = |stage| spoken.get(&stage).copied().unwrap_or(0);
    document.list(vec![
        format!(
            "Claims that somebody could have interfered: {}. A capability is no activity.",
            of(Stage::Capability)
        ),
        format!(
            "Claims that somebody tried: {}. An attempt is no effect.",
            of(Stage::Attempt)
        ),
        format!(
            "Claims that something was changed: {}. A change to a system is no change of an outcome.",
            of(Stage::Effect)
        ),
    ]);
}

fn spoken_of<'c>(case: &'c Disclosure<'_>, form: &DocumentForm) -> Vec<&'c Claim> {
    let relations: BTreeSet<&String> = form.sections.iter().flat_map(|s| &s.relations).collect();
    let claims = case.state().claims().values();
    claims
        .filter(|claim| relations.contains(&claim.relation))
        .collect()
}

/// Every item that the document rests on.
fn cited(case: &Disclosure<'_>, form: &DocumentForm, document: &mut Document) {
    let state = case.state();
    let mut cited: BTreeSet<EvidenceId> = BTreeSet::new();
    for claim in spoken_of(case, form) {
        cited.extend(state.weighed(claim.id).iter().map(|w| w.evidence.id));
        let told = state.narrative(claim.id).into_iter();
        cited.extend(told.flat_map(|record| record.fact.at.iter().map(|at| at.evidence)));
    }
    document.heading("Exhibits");
    exhibits::add(case, document, &cited);
}
