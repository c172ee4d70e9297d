//! The statement of reasons: claim by claim, with what speaks against, who disagrees, and every exhibit.

use overt_attribution::{
    Claim, ClaimId, Condition, EntityRef, EvidenceId, GateResult, Interval, Judgement, chain,
    wording,
};
use overt_case::{CaseError, Determination, Disclosure};

use crate::document::Document;
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
    part.who(&mut document);
    part.standards(&mut document);
    part.claims(&mut document)?;
    part.links(&mut document)?;
    part.exculpatory(&mut document);
    part.gate(&mut document);
    part.exhibits(&mut document);
    part.record(&mut document);
    part.after(&mut document);
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

    /// The claims it rests on, in the order of the criterion's elements.
    fn claims(&self, document: &mut Document) -> Result<(), PublicationError> {
        let regime = self.case.regime();
        document.heading("Claim by claim");
        for condition_claim in self.rested_on() {
            let Some(claim) = self.case.state().claims().get(&condition_claim) else {
                self.withheld(document, condition_claim)?;
                continue;
            };
            let element = self.element_of(condition_claim);
            let said = wording::claim(claim, regime);
            document.subheading(format!(
                "{}: {said}",
                element.map_or("beside the criterion".to_owned(), |e| format!(
                    "That the party {}",
                    regime.element(&e).map_or(e.clone(), |e| e.text.clone())
                ))
            ));
            self.claim(document, claim, &said)?;
        }
        Ok(())
    }

    fn claim(
        &self,
        document: &mut Document,
        claim: &Claim,
        said: &str,
    ) -> Result<(), PublicationError> {
        let (case, regime) = (self.case, self.case.regime());
        let judgement = case.judgement(claim.id)?;
        document.text(wording::likelihood(said, &judgement, regime));
        document.text(wording::confidence(&judgement));
        let answers = judgement.answers.iter().zip(&claim.hypotheses);
        let answers = answers.map(|(answer, hypothesis)| {
            vec![
                hypothesis.id.clone(),
                hypothesis.text.clone(),
                answer.prior.to_string(),
                answer.posterior.to_string(),
                regime.bands.words(answer.bands),
            ]
        });
        document.table(
            &["answer", "what it says", "before", "after", "words"],
            answers.collect(),
        );
        self.weights(document, claim);
        without(document, &judgement);
        if let Some(halved) = case.halved(claim.id)? {
            document.text(wording::halved(&halved, regime));
        }
        self.dissents(document, &judgement);
        Ok(())
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

    fn weights(&self, document: &mut Document, claim: &Claim) {
        let state = self.case.state();
        let rows = state.weighed(claim.id).into_iter().map(|weighed| {
            let ratios: Vec<String> = weighed
                .assessment
                .weights
                .iter()
                .map(|w| format!("{} ×{}", w.hypothesis, w.ratio))
                .collect();
            vec![
                weighed.evidence.id.to_string(),
                weighed.evidence.grade.to_string(),
                self.case.origin_of(weighed.evidence.id).to_owned(),
                weighed.assessment.category.to_string(),
                ratios.join("; "),
                weighed.assessment.analyst.clone(),
                weighed.assessment.reason.clone(),
            ]
        });
        document.table(
            &[
                "exhibit",
                "grade",
                "origin",
                "category",
                "likelier than if unknown",
                "by",
                "why",
            ],
            rows.collect(),
        );
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

    fn gate(&self, document: &mut Document) {
        document.heading("The gate, condition by condition");
        document.text(format!(
            "As it is after {} entries of the case's ledger, as is everything in this statement.",
            self.case.size()
        ));
        if self.determination.made && &self.passage != self.determination.gate_result() {
            document.text("It says something else in places than when the last of those who signed did so: the basis has changed since. What they signed is in the ledger.");
        }
        let rows = self.passage.conditions.iter().map(condition);
        document.table(
            &["of", "claim", "holds", "why", "it would need"],
            rows.collect(),
        );
    }

    fn exhibits(&self, document: &mut Document) {
        document.heading("Exhibits");
        let state = self.case.state();
        let mut listed: Vec<EvidenceId> = self.determination.rests_on().to_vec();
        listed.extend(state.exculpatory(self.subject()).iter().map(|e| e.id));
        listed.extend(
            state
                .facts(self.subject())
                .values()
                .flat_map(|v| v.values().flatten().copied()),
        );
        listed.sort();
        listed.dedup();
        let rows = listed.iter().filter_map(|id| {
            let on_file = state.evidence().get(id)?;
            let item = &on_file.item;
            let withdrawn = on_file.withdrawn.as_ref();
            Some(vec![
                id.to_string(),
                withdrawn.map_or(item.name.clone(), |why| {
                    format!("{} — withdrawn: {why}", item.name)
                }),
                item.kind.to_string(),
                item.grade.to_string(),
                item.origin.clone(),
                item.from.clone(),
                item.collected_at.clone(),
                item.sha256.clone(),
            ])
        });
        document.table(
            &[
                "exhibit",
                "name",
                "kind",
                "grade",
                "origin",
                "from",
                "collected",
                "SHA-256",
            ],
            rows.collect(),
        );
    }

    /// How the detection runs among the exhibits came about, and how earlier judgements fared.
    fn record(&self, document: &mut Document) {
        let state = self.case.state();
        let runs = self.determination.rests_on().iter().filter_map(|id| {
            let run = state.evidence().get(id)?.item.run.as_ref()?;
            Some(format!("{id}: {}", run.words))
        });
        let runs: Vec<String> = runs.collect();
        if !runs.is_empty() {
            document.heading("How the detection runs came about");
            document.list(runs);
        }
        let fared = self.case.calibration();
        if fared.scored > 0 {
            document.heading("How earlier judgements fared");
            document.list(fared.in_words());
        }
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

fn without(document: &mut Document, judgement: &Judgement) {
    let points = judgement.origins.iter().map(|origin| {
        format!(
            "Without the origin {:?} ({}) it would be {}.",
            origin.origin,
            items(&origin.items),
            origin.posterior
        )
    });
    document.list(points.collect());
}

fn condition(condition: &Condition) -> Vec<String> {
    vec![
        condition.element.clone().unwrap_or("the party".to_owned()),
        condition.claim.map_or(String::new(), |c| c.to_string()),
        if condition.passes { "yes" } else { "no" }.to_owned(),
        condition.because.clone(),
        condition.needs.clone(),
    ]
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
