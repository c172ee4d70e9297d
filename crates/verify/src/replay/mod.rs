//! The case, gone through again entry by entry: who might do what, what is on file, every judgement. What is determined and
//! decided on it is in [`deciding`].

mod deciding;

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{
    Act, Assessment, Claim, ClaimId, Dossier, EntityRef, Evidence, EvidenceId, GateResult, Judged,
    Judgement, Regime, Weighed, gate, judge,
};

use crate::VerifyError;
use crate::container::Opened;
use crate::entry::{Decided, Entry, EntryBody, Item, JudgedEntry, Listed, Person};
use crate::signatures::Key;
use crate::since::News;
use deciding::{Determination, Standing};

/// What was gone through again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Entries that were opened.
    pub entries: u64,
    /// Judgements that came out as they were entered.
    pub judgements: u64,
    /// Gates that said what they had said.
    pub passages: u64,
    /// Signatures of people that hold.
    pub signatures: u64,
    /// Determinations that enough people signed.
    pub determinations: u64,
    /// Decisions, those to do nothing among them.
    pub decisions: u64,
    /// Refusals.
    pub refusals: u64,
    /// What cannot be gone through again, for what it rests on is undisclosed or erased.
    pub undisclosed: Vec<String>,
    /// What rests on items that no longer count.
    pub flagged: Vec<String>,
}

/// A token over a checkpoint of this ledger.
pub(crate) struct Stamp {
    /// Its entry.
    pub(crate) seq: u64,
    /// The text of the checkpoint.
    pub(crate) checkpoint: String,
    /// The token, DER in base64.
    pub(crate) token: String,
}

/// Numbers are given once: under one that is given again, what was weighed and signed would come to be about something
/// else.
const TAKEN: &str = "takes a number that is taken";

/// The case as far as it was gone through.
pub(crate) struct Replay<'r> {
    regime: &'r Regime,
    case: String,
    regime_sha256: String,
    people: BTreeMap<String, Person>,
    evidence: BTreeMap<EvidenceId, (Evidence, String)>,
    /// Withdrawn or erased.
    lost: BTreeSet<EvidenceId>,
    claims: BTreeMap<ClaimId, Claim>,
    assessments: BTreeMap<ClaimId, BTreeMap<(EvidenceId, String), Assessment>>,
    listed: Vec<Listed>,
    determinations: BTreeMap<u64, Determination>,
    decisions: Vec<Decided>,
    /// What a time-stamping authority said.
    stamps: Vec<Stamp>,
    /// Entries that are undisclosed.
    undisclosed: u64,
    last_at: i64,
    news: News,
    done: Replayed,
}

impl<'r> Replay<'r> {
    pub(crate) fn new(
        regime: &'r Regime,
        regime_sha256: String,
        undisclosed: u64,
        news: News,
    ) -> Self {
        Self {
            regime,
            regime_sha256,
            case: String::new(),
            people: BTreeMap::new(),
            evidence: BTreeMap::new(),
            lost: BTreeSet::new(),
            claims: BTreeMap::new(),
            assessments: BTreeMap::new(),
            listed: Vec::new(),
            determinations: BTreeMap::new(),
            decisions: Vec::new(),
            stamps: Vec::new(),
            undisclosed,
            last_at: i64::MIN,
            news,
            done: Replayed::default(),
        }
    }

    /// SHA-256 of the items that were taken in, in hex.
    pub(crate) fn items(&self) -> BTreeSet<&str> {
        self.evidence
            .values()
            .map(|(_, sha256)| sha256.as_str())
            .collect()
    }

    /// What a time-stamping authority said of earlier states of this ledger.
    pub(crate) fn take_stamps(&mut self) -> Vec<Stamp> {
        std::mem::take(&mut self.stamps)
    }

    pub(crate) fn finish(mut self) -> (Replayed, News) {
        for (number, determination) in &self.determinations {
            self.done.determinations += u64::from(determination.standing == Standing::Made);
            if determination.rests_on.iter().any(|id| !self.counts(*id)) {
                self.done.flagged.push(format!(
                    "determination {number} of {}",
                    determination.subject
                ));
            }
        }
        for decided in &self.decisions {
            if decided.rests_on.iter().any(|id| !self.counts(*id)) {
                self.done.flagged.push(format!(
                    "decision {} to {} {}",
                    decided.decision, decided.action, decided.subject
                ));
            }
        }
        (self.done, self.news)
    }

    /// Whether an item counts at this point. One that is not known may be behind an entry that is undisclosed.
    fn counts(&self, id: EvidenceId) -> bool {
        !self.lost.contains(&id) && (self.undisclosed > 0 || self.evidence.contains_key(&id))
    }

    pub(crate) fn entry(&mut self, opened: &Opened<'_>) -> Result<(), VerifyError> {
        let seq = opened.seq;
        let entry: Entry = serde_json::from_slice(opened.bytes)
            .map_err(|e| VerifyError::Entry(seq, format!("is not understood: {e}")))?;
        let wrong = |what: &str| Err(VerifyError::Entry(seq, what.to_owned()));
        if entry.seq != seq {
            return wrong("says that it stands somewhere else");
        }
        if entry.at < self.last_at {
            return wrong("is dated before the one before it");
        }
        self.last_at = entry.at;
        self.done.entries += 1;
        self.may(seq, &entry)?;
        match entry.what {
            EntryBody::Opened(opening) => {
                if seq != 0 || opening.regime_sha256 != self.regime_sha256 {
                    return wrong("opens a case under another regime's file");
                }
                self.case = opening.name;
            }
            EntryBody::Person(person) => {
                let key = person.key.as_deref().and_then(Key::read);
                let others = self
                    .people
                    .values()
                    .filter(|other| other.name != person.name);
                let mut keys = others.filter_map(|other| Key::read(other.key.as_deref()?));
                if key.is_some_and(|key| keys.any(|other| other.is_same_key(&key))) {
                    return wrong("admits two people with one key");
                }
                self.people.insert(person.name.clone(), person);
            }
            EntryBody::Event(_)
            | EntryBody::Step(_)
            | EntryBody::Notified(_)
            | EntryBody::Published(_)
            | EntryBody::Exported(_) => {}
            EntryBody::Described(described) => {
                if !self.counts(described.evidence) {
                    return wrong("describes a party by an item that does not count");
                }
            }
            EntryBody::Stamped(stamped) => self.stamps.push(Stamp {
                seq,
                checkpoint: stamped.checkpoint,
                token: stamped.token,
            }),
            EntryBody::Evidence(item) => {
                if self.evidence.contains_key(&item.id) {
                    return wrong(TAKEN);
                }
                self.item(item);
            }
            EntryBody::Claim(claim) => {
                if self.claims.contains_key(&claim.id) {
                    return wrong(TAKEN);
                }
                self.claims.insert(claim.id, claim);
            }
            EntryBody::Weighed(assessment) => {
                if assessment.analyst != entry.by {
                    return wrong("weighs in somebody else's name");
                }
                if !self.counts(assessment.evidence) {
                    return wrong("weighs an item that does not count");
                }
                let place = (assessment.evidence, assessment.analyst.clone());
                self.assessments
                    .entry(assessment.claim)
                    .or_default()
                    .insert(place, assessment);
            }
            EntryBody::Judged(judged) => self.judged(seq, &judged)?,
            EntryBody::Withdrawn(withdrawn) => {
                self.news.tell(seq, || {
                    format!("{} was withdrawn: {}", withdrawn.evidence, withdrawn.why)
                });
                self.lost.insert(withdrawn.evidence);
            }
            EntryBody::Listed(listed) => self.listed.push(listed),
            EntryBody::Proposed(proposed) => self.proposed(seq, &entry.by, proposed)?,
            EntryBody::Signed(signed) => self.signed(seq, &entry.by, &signed)?,
            EntryBody::Decided(decided) => self.decided(seq, decided)?,
            EntryBody::Refused(_) => self.done.refusals += 1,
            EntryBody::Erased(erased) => {
                self.news.tell(seq, || match erased.evidence {
                    Some(id) => format!("{id} was erased, with entry {}", erased.seq),
                    None => format!("entry {} was erased", erased.seq),
                });
                self.done
                    .undisclosed
                    .push(format!("entry {} was erased", erased.seq));
                self.lost.extend(erased.evidence);
            }
        }
        Ok(())
    }

    /// Whether the person had a role for it.
    fn may(&self, seq: u64, entry: &Entry) -> Result<(), VerifyError> {
        let act = match entry.what {
            // The first two entries open the case; whoever is refused needs no role for that; judging again follows from
            // withdrawing and erasing.
            EntryBody::Opened(_) | EntryBody::Refused(_) | EntryBody::Judged(_) => return Ok(()),
            EntryBody::Person(_) if seq == 1 => return Ok(()),
            EntryBody::Person(_) | EntryBody::Erased(_) => Act::Administer,
            EntryBody::Event(_)
            | EntryBody::Step(_)
            | EntryBody::Evidence(_)
            | EntryBody::Stamped(_) => Act::Collect,
            EntryBody::Claim(_)
            | EntryBody::Weighed(_)
            | EntryBody::Withdrawn(_)
            | EntryBody::Listed(_)
            | EntryBody::Described(_) => Act::Analyse,
            EntryBody::Proposed(_)
            | EntryBody::Signed(_)
            | EntryBody::Decided(_)
            | EntryBody::Notified(_) => Act::Sign,
            EntryBody::Published(_) | EntryBody::Exported(_) => Act::Publish,
        };
        let roles = self.people.get(&entry.by).map_or(&[][..], |p| &p.roles);
        let mut roles = roles.iter().filter_map(|r| self.regime.role(r));
        if roles.any(|role| role.may.contains(&act))
            || self.people.is_empty() && self.undisclosed > 0
        {
            return Ok(());
        }
        Err(VerifyError::Entry(
            seq,
            format!("is by {}, who might not do that", entry.by),
        ))
    }

    fn item(&mut self, item: Item) {
        let evidence = Evidence {
            id: item.id,
            grade: item.grade,
            origin: item.origin,
            kind: item.kind,
            speaks_for: item.speaks_for,
        };
        self.evidence.insert(evidence.id, (evidence, item.sha256));
    }

    /// What was weighed for a claim; none where something of it is undisclosed.
    fn weighed(&self, claim: ClaimId) -> Option<Vec<Weighed<'_>>> {
        let all = self
            .assessments
            .get(&claim)
            .into_iter()
            .flat_map(BTreeMap::values);
        let mut weighed = Vec::new();
        for assessment in all {
            if self.lost.contains(&assessment.evidence) {
                continue;
            }
            let (evidence, _) = self.evidence.get(&assessment.evidence)?;
            weighed.push(Weighed {
                evidence,
                assessment,
            });
        }
        Some(weighed)
    }

    fn judge(&self, claim: &Claim) -> Option<Judgement> {
        judge(
            claim,
            &self.weighed(claim.id)?,
            &BTreeMap::new(),
            self.regime,
        )
        .ok()
    }

    fn judged(&mut self, seq: u64, judged: &JudgedEntry) -> Result<(), VerifyError> {
        let again = self
            .claims
            .get(&judged.judgement.claim)
            .and_then(|claim| self.judge(claim));
        let items = self.weighed(judged.judgement.claim).unwrap_or_default();
        let items: BTreeSet<EvidenceId> = items.iter().map(|w| w.evidence.id).collect();
        match again {
            Some(again) if again == judged.judgement && items.iter().eq(&judged.rests_on) => {
                self.done.judgements += 1;
                if let Some(claim) = self.claims.get(&again.claim) {
                    self.news.judged(seq, claim, &again, self.regime);
                }
                Ok(())
            }
            _ if self.undisclosed > 0 => {
                self.done
                    .undisclosed
                    .push(format!("the judgement of entry {seq}"));
                Ok(())
            }
            _ => Err(VerifyError::Entry(
                seq,
                "is a judgement that comes out otherwise when it is made again".to_owned(),
            )),
        }
    }

    fn blocked(&self) -> BTreeSet<EntityRef> {
        let listed = self
            .listed
            .iter()
            .filter(|l| self.counts(l.evidence))
            .map(|l| &l.party);
        let mut blocked = BTreeSet::new();
        for decided in &self.decisions {
            let stands = decided.rests_on.iter().all(|id| self.counts(*id));
            match decided.action.as_str() {
                "designate" if stands => {
                    blocked.insert(decided.subject.clone());
                }
                "delist" => {
                    blocked.remove(&decided.subject);
                }
                _ => {}
            }
        }
        blocked.extend(listed.cloned());
        blocked
    }

    /// What the gate says as things stand; none where something of it is undisclosed.
    fn gate_result(
        &self,
        subject: &EntityRef,
        criterion: &str,
        signers: &BTreeSet<String>,
    ) -> Option<GateResult> {
        let criterion = self.regime.criterion(criterion)?;
        let about: Vec<&Claim> = self
            .claims
            .values()
            .filter(|c| &c.subject == subject)
            .collect();
        let judgements: Vec<Judgement> =
            about.iter().map(|c| self.judge(c)).collect::<Option<_>>()?;
        let mut claims = Vec::new();
        for (claim, judgement) in about.iter().zip(&judgements) {
            claims.push(Judged {
                claim,
                judgement,
                weighed: self.weighed(claim.id)?,
            });
        }
        let items = self.evidence.values().map(|(evidence, _)| evidence);
        let dossier = Dossier {
            subject,
            claims,
            exculpatory: items
                .filter(|e| e.speaks_for.contains(subject) && self.counts(e.id))
                .collect(),
            blocked: &self.blocked(),
            signers,
        };
        Some(gate(self.regime, criterion, &dossier))
    }
}
