//! The statement of reasons: what was done, element by element of the criterion, how sure that is, what speaks against, who
//! disagrees; and in annexes the figures, the gate and every exhibit.

mod annex;

use overt_attribution::{
    Claim, ClaimId, EntityRef, EvidenceId, GateResult, Interval, Judgement, chain, wording,
};
use overt_case::{CaseError, Determination, Disclosure};

use crate::document::Document;
use crate::narrative;
use crate::{
    ListStatus, PublicationError, WORDS, describe_unverified, items, name, withheld_claims,
};

/// The statement of reasons of a determination.
///
/// # Errors
///
/// When there is no such determination, or a claim cannot be judged.
pub fn statement(
    case: &Disclosure<'_>,
    number: u64,
    status: ListStatus,
) -> Result<Document, PublicationError> {
    let determination = case.state().determinations().get(&number);
    let determination = determination
        .ok_or_else(|| PublicationError::Missing(format!("there is no determination {number}")))?;
    let signed = determination.gate_result();
    let passage = case.gate_result(&signed.subject, &signed.criterion, &determination.signers())?;
    let part = Part {
        case,
        determination,
        passage,
    };
    let subject = part.subject();
    let mut document = crate::document(
        case,
        format!(
            "Statement of reasons: {}, {}",
            subject.name(),
            case.regime().programme
        ),
    );
    part.warn(&mut document, status);
    part.what(&mut document);
    part.reasons(&mut document)?;
    part.who(&mut document);
    part.exculpatory(&mut document);
    part.links(&mut document)?;
    part.standards(&mut document);
    part.after(&mut document);
    part.annexes(&mut document)?;
    Ok(document)
}

struct Part<'c> {
    case: &'c Disclosure<'c>,
    determination: &'c Determination,
    /// What the gate says now. All of a statement is of one moment.
    passage: GateResult,
}

impl Part<'_> {
    fn subject(&self) -> &EntityRef {
        &self.determination.proposed.passage.subject
    }

    fn warn(&self, document: &mut Document, status: ListStatus) {
        let regime = self.case.regime();
        document.warnings.push(status.warning(regime));
        if !self.determination.made {
            document
                .warnings
                .push("It waits for signatures: nothing is determined yet.".to_owned());
        }
        if let Some(doubt) = self.case.state().doubt(self.determination) {
            document.warnings.push(format!(
                "This no longer stands and has to be made again: {doubt}."
            ));
        }
    }

    fn what(&self, document: &mut Document) {
        let (case, regime) = (self.case, self.case.regime());
        let passage = &self.passage;
        document.heading("What is determined");
        if let Some(criterion) = regime.criterion(&passage.criterion) {
            let source = regime.source(&criterion.source);
            document.text(format!(
                "{} {}. This is criterion ({}) of {}.",
                self.subject().name(),
                criterion.text,
                criterion.id,
                source.map_or("", |s| s.text.as_str())
            ));
        }
        document.text(describe_unverified(regime));
        let signers: Vec<&str> = self
            .determination
            .signatures
            .iter()
            .map(|(by, _)| by.as_str())
            .collect();
        document.table(
            &["", ""],
            [
                (
                    "party",
                    format!("{} ({})", self.subject().name(), self.subject().kind()),
                ),
                ("regime", regime.name.clone()),
                ("case", name(case).to_owned()),
                ("determination", self.determination.number.to_string()),
                (
                    "entered as",
                    format!("entry {} of the case's ledger", self.determination.seq),
                ),
                ("signed by", signers.join(", ")),
            ]
            .map(|(what, said)| vec![what.to_owned(), said])
            .to_vec(),
        );
    }

    fn who(&self, document: &mut Document) {
        let facts = self.case.state().facts(self.subject());
        let rows = facts.iter().flat_map(|(property, values)| {
            values.iter().map(move |(value, shown_by)| {
                let shown_by: Vec<EvidenceId> = shown_by.iter().copied().collect();
                vec![
                    (*property).to_owned(),
                    (*value).to_owned(),
                    items(&shown_by),
                ]
            })
        });
        let rows: Vec<Vec<String>> = rows.collect();
        document.heading("Who it is");
        if rows.is_empty() {
            document.text("Nothing but the name is on file. A name alone fits many: anybody who screens by it has to look closely.");
        }
        document.table(&["what", "value", "shown by"], rows);
    }

    fn standards(&self, document: &mut Document) {
        let regime = self.case.regime();
        document.heading("What is asked for");
        document.text(format!(
            "The law asks for: {}. {}",
            regime.standard.words, regime.standard.text
        ));
        document.text(regime.asks());
        document.text(format!("The regime's file says of it: {}", regime.policy));
        document.list(WORDS.map(str::to_owned).to_vec());
    }

    /// Why, element by element of the criterion: what was done, where that stands, how likely the claim is and how firm that
    /// is. The figures behind it are in an annex.
    fn reasons(&self, document: &mut Document) -> Result<(), PublicationError> {
        let regime = self.case.regime();
        document.heading("What was done, and how sure that is");
        for id in self.rested_on() {
            let Some(claim) = self.case.state().claims().get(&id) else {
                self.withheld(document, id)?;
                continue;
            };
            let said = wording::claim(claim, regime);
            document.subheading(format!("{}: {said}", self.part_of(id)));
            narrative::tell(self.case, document, claim);
            let judgement = self.case.judgement(id)?;
            document.text(wording::likelihood(&said, &judgement, regime));
            document.text(wording::confidence(&judgement));
            self.dissents(document, &judgement);
        }
        Ok(())
    }

    /// The part of the criterion that a claim is for.
    fn part_of(&self, claim: ClaimId) -> String {
        let regime = self.case.regime();
        self.element_of(claim)
            .map_or("Beside the criterion".to_owned(), |e| {
                let text = regime.element(&e).map_or(e.clone(), |e| e.text.clone());
                format!("That the party {text}")
            })
    }

    /// A claim that is not shown: that it counts, and how likely it is.
    fn withheld(&self, document: &mut Document, claim: ClaimId) -> Result<(), PublicationError> {
        let Some(marking) = self.case.withheld_claims().get(&claim) else {
            return Ok(());
        };
        let judgement = self.case.judgement(claim)?;
        document.subheading(format!("{claim}: {}", marking.withheld()));
        let words = self.case.regime().bands.words(judgement.own().bands);
        document.text(format!(
            "Its likelihood: {words} ({}).",
            judgement.own().posterior
        ));
        document.text(wording::confidence(&judgement));
        Ok(())
    }

    fn dissents(&self, document: &mut Document, judgement: &Judgement) {
        let regime = self.case.regime();
        let dissents = judgement.analysts.iter().filter(|o| o.dissents);
        let dissents = dissents.map(|opinion| {
            let own = opinion.posterior.get(Claim::OWN);
            format!(
                "{} comes to another answer: {} ({}).",
                opinion.analyst,
                regime.bands.words(opinion.bands),
                own.map_or(String::new(), Interval::to_string)
            )
        });
        let acts = self.case.state().dissents(judgement.claim);
        let acts = acts.map(|(_, by, dissent)| format!("{by} dissents: {}", dissent.why));
        document.list(dissents.chain(acts).collect());
    }

    /// From campaigns to the party and on to whom it acted for: each link by itself, and the whole.
    fn links(&self, document: &mut Document) -> Result<(), PublicationError> {
        let subject = self.subject();
        let state = self.case.state();
        let claims = state.claims().values();
        let links: Vec<&Claim> = claims
            .filter(|c| {
                c.object.as_ref() == Some(subject)
                    || &c.subject == subject
                        && c.object.is_some()
                        && self.rested_on().contains(&c.id)
            })
            .collect();
        if links.len() < 2 {
            return Ok(());
        }
        document.heading("Link by link");
        let (mut rows, mut intervals) = (Vec::new(), Vec::new());
        for claim in links {
            let judgement = self.case.judgement(claim.id)?;
            let own = judgement.own().posterior;
            intervals.push(own);
            rows.push(vec![
                claim.id.to_string(),
                wording::claim(claim, self.case.regime()),
                if judgement.evidenced {
                    own.to_string()
                } else {
                    "no evidence was provided".to_owned()
                },
                judgement.confidence.name().to_owned(),
            ]);
        }
        document.table(&["claim", "link", "likelihood", "confidence"], rows);
        let withheld = withheld_claims(self.case);
        if !withheld.is_empty() {
            // A chain with a link left out would look stronger than it is.
            document.list(withheld);
            document.text(
                "Links may be among what is withheld, so nothing is said of all of them at once.",
            );
            return Ok(());
        }
        document.text(format!(
            "That all of these hold at once: {}, whatever depends on whatever. A chain is as strong as its links.",
            chain(&intervals)
        ));
        Ok(())
    }

    fn exculpatory(&self, document: &mut Document) {
        let state = self.case.state();
        let speaking = state.exculpatory(self.subject());
        document.heading("What speaks for the party");
        let gone = state.unanswered(self.subject());
        if speaking.is_empty() && gone.is_empty() {
            document.text("Nothing on file does.");
        }
        for id in gone {
            document.text(format!(
                "{id} spoke for it, and was withdrawn or erased without having been weighed."
            ));
        }
        let points = speaking.iter().map(|item| {
            let name = state.evidence().get(&item.id).map_or("", |e| &e.item.name);
            let weighed = state.claims().keys().flat_map(|claim| {
                let of = state.weighed(*claim).into_iter();
                of.filter(|w| w.evidence.id == item.id)
                    .map(|w| format!("on {claim}: {}", w.assessment.reason))
                    .collect::<Vec<_>>()
            });
            let weighed: Vec<String> = weighed.collect();
            let weighed = if weighed.is_empty() {
                "it was not weighed".to_owned()
            } else {
                weighed.join("; ")
            };
            format!("{} ({}, {name}): {weighed}", item.id, item.kind)
        });
        document.list(points.collect());
    }

    fn after(&self, document: &mut Document) {
        document.heading("What can be done about it");
        document.text(self.case.regime().hearing.text.clone());
        let notices = self.case.state().notices().iter();
        let told = notices.filter(|n| &n.party == self.subject());
        document.list(
            told.map(|n| {
                format!(
                    "The party was told on {}, and may reply until {}.",
                    n.on, n.reply_by
                )
            })
            .collect(),
        );
        document.text("Every figure here can be computed again from a bundle of the case, by somebody who trusts nobody here: overt verify BUNDLE.");
    }

    /// The claims that the gate looked at, in its order.
    fn rested_on(&self) -> Vec<ClaimId> {
        let mut claims = Vec::new();
        for condition in &self.passage.conditions {
            if let Some(claim) = condition.claim.filter(|c| !claims.contains(c)) {
                claims.push(claim);
            }
        }
        claims
    }

    fn element_of(&self, claim: ClaimId) -> Option<String> {
        let conditions = &self.passage.conditions;
        let found = conditions.iter().find(|c| c.claim == Some(claim));
        found.and_then(|c| c.element.clone())
    }
}

/// The last gate of a party under each criterion that was tried on it, as things stand.
pub(super) fn failing(case: &Disclosure<'_>, party: &EntityRef) -> Result<Vec<String>, CaseError> {
    let mut said = Vec::new();
    for criterion in &case.regime().criteria {
        let passage = case.gate_result(party, &criterion.id, &std::collections::BTreeSet::new())?;
        let failing = passage.conditions.iter().filter(|c| !c.passes).count();
        said.push(if passage.may_be_signed() {
            format!("({}) could be put to signers", criterion.id)
        } else {
            format!("({}) {failing} conditions fail", criterion.id)
        });
    }
    Ok(said)
}
