//! A regime and a party to judge, small enough to read.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{
    Activities, Assessment, CLAIMED, Category, Claim, ClaimId, Criterion, Dossier, EntityRef,
    Evidence, EvidenceId, GateResult, Hypothesis, Judged, Judgement, Kind, Marking, Ratio, Regime,
    UNKNOWN, Weighed, Weight, gate, judge,
};

pub(crate) const EO13848: &str = include_str!("../../../../regimes/eo13848/regime.toml");
pub(crate) const EU: &str = include_str!("../../../../regimes/eu-2024-2642/regime.toml");

pub(crate) fn eo13848() -> Regime {
    Regime::read(EO13848).unwrap()
}

pub(crate) fn party() -> EntityRef {
    "company:Example Research Agency".parse().unwrap()
}

/// A case about one party: claims, items, assessments.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) regime: Regime,
    pub(crate) subject: EntityRef,
    pub(crate) claims: Vec<Claim>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) assessments: Vec<Assessment>,
    pub(crate) blocked: BTreeSet<EntityRef>,
    pub(crate) activities: Activities,
    pub(crate) signers: BTreeSet<String>,
    /// The analysts who sealed what they made of every item before anybody opened theirs.
    pub(crate) blind: BTreeSet<&'static str>,
}

/// An item, and how much likelier it is under the claim, and under every other hypothesis but `unknown`.
pub(crate) struct Item {
    pub(crate) origin: &'static str,
    pub(crate) grade: &'static str,
    pub(crate) category: Category,
    pub(crate) kind: Kind,
    pub(crate) own: (f64, f64),
    pub(crate) others: (f64, f64),
}

impl Default for Item {
    fn default() -> Self {
        Self {
            origin: "an origin",
            grade: "B2",
            category: Category::Contextual,
            kind: Kind::Document,
            own: (15.0, 30.0),
            others: (0.5, 1.0),
        }
    }
}

/// Three independent items in three categories: enough for everything that the gate asks for.
pub(crate) fn enough() -> Vec<Item> {
    let categories = [
        Category::Technical,
        Category::Behavioural,
        Category::Contextual,
    ];
    let origins = ["forensic report", "court record", "bank records"];
    let pairs = categories.into_iter().zip(origins);
    pairs
        .map(|(category, origin)| Item {
            origin,
            category,
            ..Item::default()
        })
        .collect()
}

impl Story {
    pub(crate) fn new() -> Self {
        Self {
            regime: eo13848(),
            subject: party(),
            claims: Vec::new(),
            evidence: Vec::new(),
            assessments: Vec::new(),
            blocked: BTreeSet::new(),
            activities: Activities::new(),
            signers: BTreeSet::new(),
            blind: BTreeSet::new(),
        }
    }

    /// A party that meets criterion (i): every element claimed, evidenced and almost certain, two signers.
    pub(crate) fn that_passes() -> Self {
        let mut story = Self::new();
        for relation in [
            "is-foreign-person",
            "engaged-in",
            "acted-for",
            "used-covert-means",
            "meant-to-interfere",
        ] {
            story.claim(relation, &enough());
        }
        story.signers = BTreeSet::from(["alice".to_owned(), "bob".to_owned()]);
        story
    }

    /// Adds a claim of a relation with its items.
    pub(crate) fn claim(&mut self, relation: &str, items: &[Item]) -> ClaimId {
        let found = self.regime.relation(relation).unwrap().clone();
        let id = ClaimId(self.claims.len() as u64 + 1);
        let hypothesis = |id: &str, prior| Hypothesis {
            id: id.to_owned(),
            text: id.to_owned(),
            prior,
        };
        let mut hypotheses = vec![
            hypothesis(UNKNOWN, found.other_prior),
            hypothesis(CLAIMED, found.own_prior),
        ];
        hypotheses.extend(
            found
                .beside
                .iter()
                .map(|b| hypothesis(b, found.other_prior)),
        );
        self.claims.push(Claim {
            id,
            subject: self.subject.clone(),
            relation: relation.to_owned(),
            object: found
                .object
                .then(|| "public-body:Example Ministry".parse().unwrap()),
            marking: Marking::Green,
            hypotheses,
        });
        items.iter().for_each(|item| self.weigh(id, item));
        id
    }

    /// Adds an item and its assessment by one analyst.
    pub(crate) fn weigh(&mut self, claim: ClaimId, item: &Item) {
        self.weigh_as(claim, item, "alice");
    }

    pub(crate) fn weigh_as(&mut self, claim: ClaimId, item: &Item, analyst: &str) {
        let id = EvidenceId(self.evidence.len() as u64 + 1);
        self.evidence.push(Evidence {
            id,
            grade: item.grade.parse().unwrap(),
            origin: item.origin.to_owned(),
            kind: item.kind,
            speaks_for: Vec::new(),
        });
        self.reweigh(claim, id, item, analyst);
    }

    /// Adds another analyst's assessment of an item that is there.
    pub(crate) fn reweigh(&mut self, claim: ClaimId, id: EvidenceId, item: &Item, analyst: &str) {
        let hypotheses = &self.claims[claim.0 as usize - 1].hypotheses;
        let ratio = |h: &Hypothesis| {
            let (low, high) = if h.id == CLAIMED {
                item.own
            } else {
                item.others
            };
            Weight {
                hypothesis: h.id.clone(),
                ratio: Ratio::new(low, high).unwrap(),
            }
        };
        let weights = hypotheses
            .iter()
            .filter(|h| h.id != UNKNOWN)
            .map(ratio)
            .collect();
        self.assessments.push(Assessment {
            claim,
            evidence: id,
            analyst: analyst.to_owned(),
            category: item.category,
            weights,
            reason: "because".to_owned(),
            marking: Marking::Clear,
        });
    }

    pub(crate) fn weighed(&self, claim: ClaimId) -> Vec<Weighed<'_>> {
        let on_it = self.assessments.iter().filter(|a| a.claim == claim);
        on_it
            .map(|assessment| Weighed {
                evidence: self
                    .evidence
                    .iter()
                    .find(|e| e.id == assessment.evidence)
                    .unwrap(),
                assessment,
                blind: self.blind.contains(assessment.analyst.as_str()),
            })
            .collect()
    }

    pub(crate) fn judge(&self, claim: ClaimId) -> Judgement {
        let found = self.claims.iter().find(|c| c.id == claim).unwrap();
        judge(found, &self.weighed(claim), &BTreeMap::new(), &self.regime).unwrap()
    }

    pub(crate) fn criterion(&self, id: &str) -> Criterion {
        self.regime.criterion(id).unwrap().clone()
    }

    /// Asks the gate.
    pub(crate) fn passage(&self, criterion: &str) -> GateResult {
        let judgements: Vec<Judgement> = self.claims.iter().map(|c| self.judge(c.id)).collect();
        let judged = self.claims.iter().zip(&judgements);
        let claims = judged.filter(|(c, _)| c.subject == self.subject);
        let dossier = Dossier {
            subject: &self.subject,
            claims: claims
                .map(|(claim, judgement)| Judged {
                    claim,
                    judgement,
                    weighed: self.weighed(claim.id),
                    of_the_list: BTreeSet::new(),
                    sealed: BTreeSet::new(),
                })
                .collect(),
            exculpatory: self
                .evidence
                .iter()
                .filter(|e| e.speaks_for.contains(&self.subject))
                .collect(),
            unanswered: Vec::new(),
            blocked: &self.blocked,
            activities: &self.activities,
            signers: &self.signers,
        };
        gate(&self.regime, &self.criterion(criterion), &dossier)
    }
}
