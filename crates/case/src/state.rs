//! What a case is, once all its entries are read: the fold of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{
    Assessment, Claim, ClaimId, EntityRef, Evidence, EvidenceId, GateResult, Weighed,
};
use overt_model::Timestamp;

use crate::entry::{
    Action, Decided, Described, Entry, EntryBody, Item, Judged, Listed, Notified, Opened, Person,
    Proposed, Published, Refused, Signed, StepTaken,
};

/// What a case is.
#[derive(Debug, Clone, Default)]
pub struct CaseState {
    opened: Option<Opened>,
    people: BTreeMap<String, Person>,
    events: BTreeMap<String, String>,
    steps: BTreeMap<String, StepTaken>,
    evidence: BTreeMap<EvidenceId, EvidenceRecord>,
    /// The items that count, by SHA-256 of their bytes.
    by_bytes: BTreeMap<String, EvidenceId>,
    /// As the weighing sees them.
    weighable: BTreeMap<EvidenceId, Evidence>,
    claims: BTreeMap<ClaimId, Claim>,
    assessments: BTreeMap<ClaimId, BTreeMap<(EvidenceId, String), Assessment>>,
    judgements: Vec<(u64, Judged)>,
    listed: Vec<Listed>,
    described: BTreeMap<EntityRef, Vec<Described>>,
    notices: Vec<Notified>,
    published: Vec<Published>,
    determinations: BTreeMap<u64, Determination>,
    decisions: BTreeMap<u64, DecisionRecord>,
    refusals: Vec<Refusal>,
    erased: BTreeSet<u64>,
    /// Numbers of items whose entries cannot be read any more.
    erased_evidence: BTreeSet<EvidenceId>,
    last_at: Option<Timestamp>,
}

/// An item of evidence, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceRecord {
    /// The item.
    pub item: Item,
    /// Its entry.
    pub seq: u64,
    /// When it was entered.
    pub at: Timestamp,
    /// Why it no longer counts, if it does not.
    pub withdrawn: Option<String>,
}

/// A determination, proposed and perhaps signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Determination {
    /// Its number.
    pub number: u64,
    /// The entry that proposed it.
    pub seq: u64,
    /// Who proposed it.
    pub by: String,
    /// What the gate said then, and what it rests on.
    pub proposed: Proposed,
    /// Who signed, in order.
    pub signatures: Vec<(String, Signed)>,
    /// Whether enough people signed while the gate let it pass.
    pub made: bool,
}

impl Determination {
    /// What the gate said last.
    pub fn gate_result(&self) -> &GateResult {
        self.signatures
            .last()
            .map_or(&self.proposed.passage, |(_, signed)| &signed.passage)
    }

    /// The items that it rested on last.
    pub fn rests_on(&self) -> &[EvidenceId] {
        self.signatures
            .last()
            .map_or(&self.proposed.rests_on, |(_, signed)| &signed.rests_on)
    }
}

/// A decision, and when and by whom it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRecord {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What.
    pub decided: Decided,
}

/// Something that somebody was not allowed to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who tried.
    pub by: String,
    /// What, and why not.
    pub refused: Refused,
}

impl CaseState {
    /// Adds what an entry says.
    pub fn apply(&mut self, entry: Entry) {
        let Entry { seq, at, by, what } = entry;
        self.last_at = Some(self.last_at.map_or(at, |last| last.max(at)));
        match what {
            EntryBody::Opened(opened) => self.opened = Some(opened),
            EntryBody::Person(person) => {
                self.people.insert(person.name.clone(), person);
            }
            EntryBody::Event(event) => {
                self.events.insert(event.event, event.on);
            }
            EntryBody::Step(step) => {
                self.steps.insert(step.step.clone(), step);
            }
            EntryBody::Evidence(item) => self.file(seq, at, item),
            EntryBody::Claim(claim) => {
                self.claims.insert(claim.id, claim);
            }
            EntryBody::Weighed(assessment) => {
                let place = (assessment.evidence, assessment.analyst.clone());
                let of_claim = self.assessments.entry(assessment.claim).or_default();
                of_claim.insert(place, assessment);
            }
            EntryBody::Judged(judged) => self.judgements.push((seq, judged)),
            EntryBody::Withdrawn(withdrawn) => {
                if let Some(on_file) = self.evidence.get_mut(&withdrawn.evidence) {
                    on_file.withdrawn = Some(withdrawn.why);
                    self.by_bytes.remove(&on_file.item.sha256);
                }
            }
            EntryBody::Listed(listed) => self.listed.push(listed),
            EntryBody::Proposed(proposed) => {
                let determination = Determination {
                    number: proposed.determination,
                    seq,
                    by,
                    proposed,
                    signatures: Vec::new(),
                    made: false,
                };
                self.determinations
                    .insert(determination.number, determination);
            }
            EntryBody::Signed(signed) => {
                if let Some(found) = self.determinations.get_mut(&signed.determination) {
                    found.made |= signed.passage.passes();
                    found.signatures.push((by, signed));
                }
            }
            EntryBody::Decided(decided) => {
                let made = DecisionRecord {
                    seq,
                    at,
                    by,
                    decided,
                };
                self.decisions.insert(made.decided.decision, made);
            }
            EntryBody::Refused(refused) => self.refusals.push(Refusal {
                seq,
                at,
                by,
                refused,
            }),
            EntryBody::Described(described) => {
                let of_party = self.described.entry(described.party.clone()).or_default();
                of_party.push(described);
            }
            EntryBody::Notified(notified) => self.notices.push(notified),
            EntryBody::Published(published) => self.published.push(published),
            // That something was given out or seen changes nothing of what the case is.
            EntryBody::Exported(_) | EntryBody::Stamped(_) => {}
            EntryBody::Erased(erased) => {
                self.erased.insert(erased.seq);
                if let Some(id) = erased.evidence {
                    self.erased_evidence.insert(id);
                    if let Some(on_file) = self.evidence.remove(&id) {
                        self.by_bytes.remove(&on_file.item.sha256);
                    }
                    self.weighable.remove(&id);
                }
            }
        }
    }

    fn file(&mut self, seq: u64, at: Timestamp, item: Item) {
        self.by_bytes.insert(item.sha256.clone(), item.id);
        self.weighable.insert(
            item.id,
            Evidence {
                id: item.id,
                grade: item.grade,
                origin: item.origin.clone(),
                kind: item.kind,
                speaks_for: item.speaks_for.clone(),
            },
        );
        let on_file = EvidenceRecord {
            seq,
            at,
            withdrawn: None,
            item,
        };
        self.evidence.insert(on_file.item.id, on_file);
    }

    /// How the case was opened; none before it was.
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// Who works on it, by name.
    pub fn people(&self) -> &BTreeMap<String, Person> {
        &self.people
    }

    /// What happened, and on which day.
    pub fn events(&self) -> &BTreeMap<String, String> {
        &self.events
    }

    /// The steps that were taken.
    pub fn steps(&self) -> &BTreeMap<String, StepTaken> {
        &self.steps
    }

    /// All evidence, what was withdrawn among it.
    pub fn evidence(&self) -> &BTreeMap<EvidenceId, EvidenceRecord> {
        &self.evidence
    }

    /// The item with these bytes that counts, by their SHA-256.
    pub fn with_bytes(&self, sha256: &str) -> Option<EvidenceId> {
        self.by_bytes.get(sha256).copied()
    }

    /// All claims.
    pub fn claims(&self) -> &BTreeMap<ClaimId, Claim> {
        &self.claims
    }

    /// All determinations.
    pub fn determinations(&self) -> &BTreeMap<u64, Determination> {
        &self.determinations
    }

    /// All decisions.
    pub fn decisions(&self) -> &BTreeMap<u64, DecisionRecord> {
        &self.decisions
    }

    /// What people were not allowed to do.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The judgements that were recorded, in order, with their entries.
    pub fn judgements(&self) -> &[(u64, Judged)] {
        &self.judgements
    }

    /// The entries that were erased.
    pub fn erased(&self) -> &BTreeSet<u64> {
        &self.erased
    }

    /// When the last entry was made.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }

    /// The number of the next item.
    pub fn next_evidence(&self) -> EvidenceId {
        let last = self.evidence.keys().chain(&self.erased_evidence).max();
        EvidenceId(last.map_or(1, |last| last.0 + 1))
    }

    /// The number of the next claim.
    pub fn next_claim(&self) -> ClaimId {
        ClaimId(self.claims.keys().next_back().map_or(1, |last| last.0 + 1))
    }

    /// Whether an item counts: it is on file, and neither withdrawn nor erased.
    pub fn counts(&self, id: EvidenceId) -> bool {
        self.evidence
            .get(&id)
            .is_some_and(|on_file| on_file.withdrawn.is_none())
    }

    /// What was weighed for a claim by items that count, in the order of items and analysts.
    pub fn weighed(&self, claim: ClaimId) -> Vec<Weighed<'_>> {
        let all = self
            .assessments
            .get(&claim)
            .into_iter()
            .flat_map(BTreeMap::values);
        all.filter(|a| self.counts(a.evidence))
            .filter_map(|assessment| {
                let evidence = self.weighable.get(&assessment.evidence)?;
                Some(Weighed {
                    evidence,
                    assessment,
                })
            })
            .collect()
    }

    /// The claims for which an item was weighed.
    pub fn claims_with(&self, evidence: EvidenceId) -> impl Iterator<Item = ClaimId> + '_ {
        let has = move |of_claim: &BTreeMap<(EvidenceId, String), Assessment>| {
            let from = (evidence, String::new());
            of_claim
                .range(from..)
                .next()
                .is_some_and(|((found, _), _)| *found == evidence)
        };
        self.assessments
            .iter()
            .filter(move |(_, of_claim)| has(of_claim))
            .map(|(claim, _)| *claim)
    }

    /// The items that speak for a party, and count.
    pub fn exculpatory(&self, party: &EntityRef) -> Vec<&Evidence> {
        let speaks = |e: &&Evidence| e.speaks_for.contains(party) && self.counts(e.id);
        self.weighable.values().filter(speaks).collect()
    }

    /// The parties that are blocked: listed already, or designated here by a decision that still stands.
    pub fn blocked(&self) -> BTreeSet<EntityRef> {
        let listed = self
            .listed
            .iter()
            .filter(|l| self.counts(l.evidence))
            .map(|l| &l.party);
        let designated = self.designated();
        let designated = designated.values().map(|made| &made.decided.subject);
        listed.chain(designated).cloned().collect()
    }

    /// The designations that stand: neither taken back nor resting on what no longer counts.
    pub fn designated(&self) -> BTreeMap<&EntityRef, &DecisionRecord> {
        let mut in_force = BTreeMap::new();
        for made in self.decisions.values() {
            match made.decided.action {
                Action::Designate if self.lost(&made.decided.rests_on).is_empty() => {
                    in_force.insert(&made.decided.subject, made);
                }
                Action::Delist => {
                    in_force.remove(&made.decided.subject);
                }
                _ => {}
            }
        }
        in_force
    }

    /// By what a party is told from others: values by property, each with the items that show it, as far as they count.
    pub fn facts(&self, party: &EntityRef) -> BTreeMap<&str, BTreeMap<&str, BTreeSet<EvidenceId>>> {
        let mut facts: BTreeMap<&str, BTreeMap<&str, BTreeSet<EvidenceId>>> = BTreeMap::new();
        let described = self.described.get(party).into_iter().flatten();
        for described in described.filter(|d| self.counts(d.evidence)) {
            for (property, values) in &described.properties {
                let known = facts.entry(property).or_default();
                for value in values {
                    known.entry(value).or_default().insert(described.evidence);
                }
            }
        }
        facts
    }

    /// The notices that parties were given, in order.
    pub fn notices(&self) -> &[Notified] {
        &self.notices
    }

    /// What was given out, in order.
    pub fn published(&self) -> &[Published] {
        &self.published
    }

    /// Of the items that something rests on, those that no longer count: it is flagged when there are any.
    pub fn lost(&self, rests_on: &[EvidenceId]) -> Vec<EvidenceId> {
        rests_on
            .iter()
            .filter(|id| !self.counts(**id))
            .copied()
            .collect()
    }

    /// The judgement of a claim that was recorded last.
    pub fn last_judged(&self, claim: ClaimId) -> Option<(u64, &Judged)> {
        let of_claim = |(_, judged): &&(u64, Judged)| judged.judgement.claim == claim;
        self.judgements
            .iter()
            .rev()
            .find(of_claim)
            .map(|(seq, judged)| (*seq, judged))
    }
}
