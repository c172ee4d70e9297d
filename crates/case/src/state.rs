//! What a case is, once all its entries are read: the fold of the ledger. What it comes to for parties is in
//! [`parties`], what an audience may not have is taken out in [`masking`].

mod masking;
mod names;
mod narrative;
mod origins;
mod parties;
mod sealing;
mod times;
mod words;

pub(crate) use masking::withhold;

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Claim, ClaimId, EntityRef, Evidence, EvidenceId, Origins, Weighed};
use overt_ledger::Hash;
use overt_model::Timestamp;

use crate::entry::{
    Admitted, Described, Dissent, Entry, EntryBody, EntryKind, Header, Item, Judged, Listed,
    NameId, Notified, Opened, OriginNamed, Person, PersonId, Planned, Published, Scored, StepTaken,
};
pub(crate) use names::Names;

use crate::records::{
    DecisionRecord, Determination, EvidenceRecord, FactRecord, Refusal, WeightRecord,
};

/// What a case is.
#[derive(Debug, Clone, Default)]
pub struct CaseState {
    opened: Option<Opened>,
    people: BTreeMap<String, Person>,
    /// What they may do, and by which key they are known.
    admitted: BTreeMap<PersonId, Admitted>,
    /// What they are called.
    called: BTreeMap<PersonId, String>,
    /// Whose a key is, or ever was.
    keys: BTreeMap<String, PersonId>,
    /// The numbers of parties and things.
    names: Names,
    /// The last numbers that were given, of names, items, claims, determinations and decisions.
    last: Numbers,
    events: BTreeMap<String, String>,
    steps: BTreeMap<String, StepTaken>,
    evidence: BTreeMap<EvidenceId, EvidenceRecord>,
    /// The items that count, by SHA-256 of their bytes.
    by_bytes: BTreeMap<String, EvidenceId>,
    /// What was said of names of origins, by entry.
    origin_names: BTreeMap<u64, OriginNamed>,
    /// What items go back to.
    origins: Origins,
    /// As the weighing sees them.
    weighable: BTreeMap<EvidenceId, Evidence>,
    /// The origins whose names were put out of sight for an audience: what counts is the same for all.
    unseen_origins: BTreeMap<EvidenceId, String>,
    /// For whom items speak, those that cannot be read any more among them.
    speaking: BTreeMap<EvidenceId, Vec<NameId>>,
    /// The items that were weighed at some time.
    ever_weighed: BTreeSet<EvidenceId>,
    /// The last key that each person was given, whether they have it still or not.
    last_keys: BTreeMap<PersonId, String>,
    claims: BTreeMap<ClaimId, Claim>,
    /// When each was made, and when something last changed of what it rests on.
    claim_times: BTreeMap<ClaimId, (Timestamp, Timestamp)>,
    /// What the ledger's leaves hold of the claims' entries.
    claim_entries: BTreeMap<ClaimId, (u64, Hash)>,
    /// Weights that were sealed before they could be read.
    seals: sealing::Seals,
    assessments: BTreeMap<ClaimId, BTreeMap<(EvidenceId, String), WeightRecord>>,
    judgements: Vec<(u64, Judged)>,
    /// What was done, by entry.
    narrative: BTreeMap<u64, FactRecord>,
    /// Who disagrees with the judgement of a claim, by entry.
    dissents: BTreeMap<u64, (String, Dissent)>,
    /// The entries of plans, by what the ledger's leaf holds of them.
    plans: BTreeMap<Hash, u64>,
    /// What they say, by entry.
    planned: BTreeMap<u64, Planned>,
    /// By the judgement that each scores.
    scores: BTreeMap<u64, (u64, Scored)>,
    listed: Vec<(u64, Listed)>,
    described: BTreeMap<EntityRef, Vec<(u64, Described)>>,
    notices: Vec<Notified>,
    published: Vec<Published>,
    determinations: BTreeMap<u64, Determination>,
    decisions: BTreeMap<u64, DecisionRecord>,
    /// Designations and what took them back, in order, those that cannot be read any more among them.
    listings: Vec<(EntryKind, NameId, u64)>,
    refusals: Vec<Refusal>,
    erased: BTreeSet<u64>,
    first_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
}

/// The last numbers that were given: none is given twice, whatever was erased.
#[derive(Debug, Clone, Default)]
struct Numbers {
    name: u64,
    evidence: u64,
    claim: u64,
    determination: u64,
    decision: u64,
}

impl CaseState {
    /// Adds what an entry says.
    pub fn apply(&mut self, entry: Entry) {
        let Entry {
            header,
            commitment,
            body,
        } = entry;
        self.first_at.get_or_insert(header.at);
        self.last_at = Some(self.last_at.map_or(header.at, |last| last.max(header.at)));
        self.number(&header, body.as_ref());
        self.touch(&header);
        self.apply_header(&header);
        match body {
            Some(body) => self.apply_body(&header, commitment, body),
            None => self.apply_closed(&header),
        }
    }

    /// What was weighed anew and then erased does not bring back what it had taken the place of.
    fn apply_closed(&mut self, header: &Header) {
        let by = self.name_of(header.by);
        let refers = &header.refers;
        if header.kind == EntryKind::Weighed
            && let (Some(claim), Some(item)) = (refers.claims.first(), refers.evidence.first())
            && let Some(weights) = self.assessments.get_mut(claim)
        {
            weights.remove(&(*item, by));
        }
    }

    /// What an entry says whether its body can be read or not.
    fn apply_header(&mut self, header: &Header) {
        let refers = &header.refers;
        if let Some(admitted) = &header.admits {
            let name = self.called.entry(admitted.person);
            let name = name.or_insert_with(|| admitted.person.to_string()).clone();
            if let Some(key) = &admitted.key {
                self.keys.insert(key.clone(), admitted.person);
                self.last_keys.insert(admitted.person, key.clone());
            }
            let person = Person {
                name: name.clone(),
                roles: admitted.roles.clone(),
                key: None,
            };
            self.people.insert(name, person);
            self.admitted.insert(admitted.person, admitted.clone());
        }
        match header.kind {
            EntryKind::Evidence => refers.evidence.iter().for_each(|id| {
                self.speaking.insert(*id, refers.names.clone());
            }),
            EntryKind::SealedWeight => self.seals.note(header),
            EntryKind::Weighed => {
                self.ever_weighed.extend(&refers.evidence);
                self.seals.note(header);
            }
            EntryKind::Withdrawn => refers.evidence.iter().for_each(|id| {
                if let Some(on_file) = self.evidence.get_mut(id) {
                    on_file.withdrawn = Some("the reason was erased".to_owned());
                }
            }),
            EntryKind::Reinstated => refers.evidence.iter().for_each(|id| {
                if let Some(on_file) = self.evidence.get_mut(id) {
                    on_file.withdrawn = None;
                }
            }),
            EntryKind::FactWithdrawn => refers.entries.iter().for_each(|seq| {
                if let Some(record) = self.narrative.get_mut(seq) {
                    record.withdrawn = Some("the reason was erased".to_owned());
                }
            }),
            EntryKind::UnderReview => {
                let determination = refers.determination.unwrap_or_default();
                if let Some(found) = self.determinations.get_mut(&determination) {
                    found.under_review = Some((header.seq, None));
                }
            }
            EntryKind::Designate | EntryKind::Delist => {
                if let (Some(name), Some(decision)) = (refers.names.first(), refers.decision) {
                    self.listings.push((header.kind, *name, decision));
                }
            }
            EntryKind::Erased => self.erase(&refers.entries, &refers.evidence),
            _ => {}
        }
    }

    /// Takes out what can no longer be read and would else go on counting.
    fn erase(&mut self, entries: &[u64], evidence: &[EvidenceId]) {
        self.erased.extend(entries);
        self.seals.give_up(entries);
        for id in evidence {
            if let Some(on_file) = self.evidence.remove(id) {
                self.by_bytes.remove(&on_file.item.sha256);
            }
            self.weighable.remove(id);
        }
        let erased = &self.erased;
        let stays = |seq: &u64| !erased.contains(seq);
        self.listed.retain(|(seq, _)| stays(seq));
        for described in self.described.values_mut() {
            described.retain(|(seq, _)| stays(seq));
        }
        for weights in self.assessments.values_mut() {
            weights.retain(|_, record| stays(&record.seq));
        }
        self.scores.retain(|_, (seq, _)| stays(seq));
        self.planned.retain(|seq, _| stays(seq));
        self.origin_names.retain(|seq, _| stays(seq));
        self.dissents.retain(|seq, _| stays(seq));
        self.narrative.retain(|seq, _| stays(seq));
        let gone = self
            .claim_entries
            .iter()
            .filter(|(_, (seq, _))| !stays(seq));
        let gone: Vec<ClaimId> = gone.map(|(claim, _)| *claim).collect();
        for claim in gone {
            self.claim_entries.remove(&claim);
            self.claims.remove(&claim);
        }
        self.find_origins();
    }

    fn apply_body(&mut self, header: &Header, commitment: Hash, body: EntryBody) {
        let (seq, at) = (header.seq, header.at);
        let by = self.name_of(header.by);
        match body {
            EntryBody::Opened(opened) => self.opened = Some(opened),
            EntryBody::Person(person) => {
                if let Some(admitted) = &header.admits {
                    self.people.remove(&admitted.person.to_string());
                    self.called.insert(admitted.person, person.name.clone());
                }
                self.people.insert(person.name.clone(), person);
            }
            EntryBody::Event(event) => {
                self.events.insert(event.event, event.on);
            }
            EntryBody::Step(step) => {
                self.steps.insert(step.step.clone(), step);
            }
            EntryBody::Evidence(item) => self.file(seq, at, commitment, item),
            EntryBody::Claim(claim) => {
                self.claim_entries.insert(claim.id, (seq, commitment));
                self.claims.insert(claim.id, claim);
            }
            EntryBody::Origin(named) => {
                self.origin_names.insert(seq, named);
                self.find_origins();
            }
            EntryBody::SealedWeight(sealed) => self.seals.know(seq, sealed),
            EntryBody::Weighed(weighing) => self.weigh(header, commitment, weighing),
            EntryBody::Fact(fact) => self.tell(seq, by, fact),
            EntryBody::FactWithdrawn(withdrawn) => self.tell_no_more(withdrawn),
            EntryBody::Dissent(dissent) => {
                self.dissents.insert(seq, (by, dissent));
            }
            EntryBody::Judged(judged) => self.judgements.push((seq, judged)),
            EntryBody::Planned(plan) => {
                self.plans.insert(commitment, seq);
                self.planned.insert(seq, plan);
            }
            EntryBody::Scored(scored) => {
                self.scores.insert(scored.judged, (seq, scored));
            }
            EntryBody::Withdrawn(withdrawn) => {
                if let Some(on_file) = self.evidence.get_mut(&withdrawn.evidence) {
                    on_file.withdrawn = Some(withdrawn.why);
                }
            }
            EntryBody::Listed(listed) => self.listed.push((seq, listed)),
            EntryBody::Proposed(_)
            | EntryBody::Signed(_)
            | EntryBody::UnderReview(_)
            | EntryBody::Decided(_) => self.apply_decision(seq, at, by, body),
            EntryBody::Refused(refused) => self.refusals.push(Refusal {
                seq,
                at,
                by,
                refused,
            }),
            EntryBody::Described(described) => {
                let of_party = self.described.entry(described.party.clone()).or_default();
                of_party.push((seq, described));
            }
            EntryBody::Notified(notified) => self.notices.push(notified),
            EntryBody::Published(published) => self.published.push(published),
            // What these come to, their headers say; that something was given out or seen changes nothing of what the
            // case is.
            EntryBody::Reinstated(_)
            | EntryBody::Erased(_)
            | EntryBody::Exported(_)
            | EntryBody::Stamped(_) => {}
        }
    }

    /// What is proposed, signed, under review and decided.
    fn apply_decision(&mut self, seq: u64, at: Timestamp, by: String, body: EntryBody) {
        match body {
            EntryBody::Proposed(proposed) => {
                let determination = Determination {
                    number: proposed.determination,
                    seq,
                    by,
                    proposed,
                    signatures: Vec::new(),
                    made: false,
                    under_review: None,
                    at,
                    changed: at,
                };
                self.determinations
                    .insert(determination.number, determination);
            }
            EntryBody::Signed(signed) => {
                if let Some(found) = self.determinations.get_mut(&signed.determination) {
                    found.made |= signed.passage.passes();
                    found.signatures.push((by, signed));
                    found.changed = at;
                }
            }
            EntryBody::UnderReview(review) => {
                if let Some(found) = self.determinations.get_mut(&review.determination) {
                    found.under_review = Some((seq, Some(review.passage)));
                    found.changed = at;
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
            _ => {}
        }
    }

    fn file(&mut self, seq: u64, at: Timestamp, commitment: Hash, item: Item) {
        self.by_bytes.insert(item.sha256.clone(), item.id);
        self.origins.declare(&item.origin);
        self.weighable.insert(
            item.id,
            Evidence {
                id: item.id,
                grade: item.grade,
                origin: self.origins.of(&item.origin).to_owned(),
                kind: item.kind,
                speaks_for: item.speaks_for.clone(),
            },
        );
        let on_file = EvidenceRecord {
            seq,
            at,
            commitment,
            withdrawn: None,
            item,
        };
        self.evidence.insert(on_file.item.id, on_file);
    }

    /// Who disagrees with the judgement of a claim, in order, each with the entry and the reason.
    pub fn dissents(&self, claim: ClaimId) -> impl Iterator<Item = (u64, &str, &Dissent)> {
        let of_claim = self
            .dissents
            .iter()
            .filter(move |(_, (_, d))| d.claim == claim);
        of_claim.map(|(seq, (by, dissent))| (*seq, by.as_str(), dissent))
    }

    /// The entry of a plan, by what the ledger's leaf holds of it.
    pub fn plan(&self, entry: Hash) -> Option<u64> {
        self.plans.get(&entry).copied()
    }

    /// The entry of a plan that says the same, if there is one that can be read.
    pub(crate) fn planned(&self, plan: &Planned) -> Option<u64> {
        let mut same = self.planned.iter().filter(|(_, known)| *known == plan);
        same.next_back().map(|(seq, _)| *seq)
    }

    /// The plans: what the ledger's leaf holds of each, and its entry.
    pub fn plans(&self) -> impl Iterator<Item = (Hash, u64)> {
        self.plans.iter().map(|(entry, seq)| (*entry, *seq))
    }

    /// The judgements that were scored, by their entries, each with the entry that says so; of several the last.
    pub fn scores(&self) -> &BTreeMap<u64, (u64, Scored)> {
        &self.scores
    }

    /// How the case was opened; none before it was.
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// Who works on it, by name.
    pub fn people(&self) -> &BTreeMap<String, Person> {
        &self.people
    }

    /// What a person is called.
    pub fn name_of(&self, person: PersonId) -> String {
        let called = self.called.get(&person);
        called.map_or_else(|| person.to_string(), Clone::clone)
    }

    /// The number of a person, by their name.
    pub fn person(&self, name: &str) -> Option<PersonId> {
        let called = self.called.iter().find(|(_, called)| *called == name);
        called.map(|(id, _)| *id)
    }

    /// The number of the next person.
    pub(crate) fn next_person(&self) -> PersonId {
        PersonId(
            self.admitted
                .keys()
                .next_back()
                .map_or(1, |last| last.0 + 1),
        )
    }

    /// What a person may do, and by which key they are known.
    pub fn admitted(&self, person: PersonId) -> Option<&Admitted> {
        self.admitted.get(&person)
    }

    /// Whose a key is, or ever was: 32 bytes in hex.
    pub fn owner(&self, key: &str) -> Option<PersonId> {
        self.keys.get(key).copied()
    }

    /// What the ledger's leaf holds of a claim's entry.
    pub(crate) fn claim_entry(&self, claim: ClaimId) -> Option<Hash> {
        self.claim_entries.get(&claim).map(|(_, entry)| *entry)
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

    /// The item with these bytes, whether it counts or was withdrawn, by their SHA-256.
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

    /// The number of the next item.
    pub fn next_evidence(&self) -> EvidenceId {
        EvidenceId(self.last.evidence + 1)
    }

    /// The number of the next claim.
    pub fn next_claim(&self) -> ClaimId {
        ClaimId(self.last.claim + 1)
    }

    /// The number of the next determination.
    pub(crate) fn next_determination(&self) -> u64 {
        self.last.determination + 1
    }

    /// The number of the next decision.
    pub(crate) fn next_decision(&self) -> u64 {
        self.last.decision + 1
    }

    /// Whether an item counts: it is on file, and neither withdrawn nor erased.
    pub fn counts(&self, id: EvidenceId) -> bool {
        self.evidence
            .get(&id)
            .is_some_and(|on_file| on_file.withdrawn.is_none())
    }

    /// The origin of an item, as the weighing sees it.
    pub(crate) fn weighable_origin(&self, id: EvidenceId) -> Option<&str> {
        self.weighable
            .get(&id)
            .map(|evidence| evidence.origin.as_str())
    }

    /// The origin of an item, whether its name is withheld or not: to reckon with, and not to be shown.
    pub(crate) fn true_origin(&self, id: EvidenceId) -> Option<&str> {
        let unseen = self.unseen_origins.get(&id).map(String::as_str);
        unseen.or_else(|| self.weighable_origin(id))
    }

    /// What was weighed for a claim by items that count, in the order of items and analysts.
    pub fn weighed(&self, claim: ClaimId) -> Vec<Weighed<'_>> {
        self.weights(claim)
            .filter_map(|record| {
                let assessment = &record.assessment;
                let evidence = self.weighable.get(&assessment.evidence)?;
                Some(Weighed {
                    evidence,
                    assessment,
                    blind: record.blind,
                })
            })
            .collect()
    }

    /// The same, as it was entered.
    pub(crate) fn weights(&self, claim: ClaimId) -> impl Iterator<Item = &WeightRecord> {
        let all = self.assessments.get(&claim).into_iter();
        all.flat_map(BTreeMap::values)
            .filter(|record| self.counts(record.assessment.evidence))
    }

    /// The claims for which an item was weighed.
    pub fn claims_with(&self, evidence: EvidenceId) -> impl Iterator<Item = ClaimId> + '_ {
        let has = move |of_claim: &BTreeMap<(EvidenceId, String), WeightRecord>| {
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

    /// The last key that a person was given, in hex, whether they have it still or not.
    pub(crate) fn last_key(&self, person: PersonId) -> Option<&String> {
        self.last_keys.get(&person)
    }

    /// The notices that parties were given, in order.
    pub fn notices(&self) -> &[Notified] {
        &self.notices
    }

    /// What was given out, in order.
    pub fn published(&self) -> &[Published] {
        &self.published
    }

    /// The judgement of a claim that was recorded last.
    pub fn last_judged(&self, claim: ClaimId) -> Option<(u64, &Judged)> {
        self.last_judged_before(claim, u64::MAX)
    }

    /// The judgement of a claim that was recorded last before an entry.
    pub(crate) fn last_judged_before(&self, claim: ClaimId, seq: u64) -> Option<(u64, &Judged)> {
        let mut judgements = self.judgements.iter().rev();
        let found = judgements.find(|(at, judged)| judged.judgement.claim == claim && *at < seq);
        found.map(|(seq, judged)| (*seq, judged))
    }
}
