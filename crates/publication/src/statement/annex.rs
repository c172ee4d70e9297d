//! Annexes of a statement of reasons: the figures behind its sentences, the gate, the exhibits, the runs.

use std::collections::BTreeSet;

use overt_attribution::{Claim, Condition, EvidenceId, Judgement, wording};

use super::Part;
use crate::PublicationError;
use crate::document::Document;
use crate::exhibits;
use crate::items;

impl Part<'_> {
    pub(super) fn annexes(&self, document: &mut Document) -> Result<(), PublicationError> {
        self.figures(document)?;
        self.gate(document);
        self.exhibits(document);
        self.record(document);
        Ok(())
    }

    /// The figures of every claim that is shown.
    fn figures(&self, document: &mut Document) -> Result<(), PublicationError> {
        document.heading("Annex A: the figures, claim by claim");
        for id in self.rested_on() {
            let Some(claim) = self.case.state().claims().get(&id) else {
                continue;
            };
            let said = wording::claim(claim, self.case.regime());
            document.subheading(format!("{id}: {said}"));
            self.figures_of(document, claim)?;
        }
        Ok(())
    }

    fn figures_of(&self, document: &mut Document, claim: &Claim) -> Result<(), PublicationError> {
        let (case, regime) = (self.case, self.case.regime());
        let judgement = case.judgement(claim.id)?;
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

    fn gate(&self, document: &mut Document) {
        document.heading("Annex B: the gate, condition by condition");
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
        document.heading("Annex C: exhibits");
        let state = self.case.state();
        let mut listed: BTreeSet<EvidenceId> =
            self.determination.rests_on().iter().copied().collect();
        listed.extend(state.exculpatory(self.subject()).iter().map(|e| e.id));
        listed.extend(
            state
                .facts(self.subject())
                .values()
                .flat_map(|v| v.values().flatten().copied()),
        );
        let told = self.rested_on().into_iter();
        let told = told.flat_map(|claim| state.narrative(claim));
        listed.extend(told.flat_map(|record| record.fact.at.iter().map(|at| at.evidence)));
        exhibits::add(self.case, document, &listed);
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
            document.heading("Annex D: how the detection runs came about");
            document.list(runs);
        }
        let fared = self.case.calibration();
        if fared.scored > 0 {
            document.heading("Annex E: how earlier judgements fared");
            document.list(fared.in_words());
        }
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
