//! What an entry says whether its body is open or not: numbers, what was withdrawn, taken back and erased.

use std::collections::BTreeSet;

use overt_attribution::{ClaimId, EvidenceId};

use super::deciding::Determination;
use super::{Claimed, ListedParty, OnFile, Replay, Weight};
use crate::VerifyError;
use crate::check::Check;
use crate::entry::{EntryBody, EntryKind, Erased, Header};

/// Numbers are given once.
const TAKEN: &str = "takes a number that is taken";

impl Replay<'_> {
    /// What an entry says whether its body is open or not.
    pub(super) fn take_header(
        &mut self,
        header: &Header,
        body: Option<&EntryBody>,
    ) -> Result<(), VerifyError> {
        let (seq, refers) = (header.seq, &header.refers);
        match header.kind {
            EntryKind::Opened => {
                let first = seq == 0 && header.regime.as_ref() == Some(&self.regime_sha256);
                let wrong = "opens a case under another regime's file";
                self.demand(Check::Opening, first, seq, wrong)?;
            }
            EntryKind::Person => self.admit(header)?,
            EntryKind::Evidence => self.take_evidence(header)?,
            EntryKind::Claim => {
                let id = refers.claims.first().copied().unwrap_or(ClaimId(0));
                self.demand(Check::Numbers, id.0 == self.last.claim + 1, seq, TAKEN)?;
                self.last.claim = self.last.claim.max(id.0);
                let claimed = Claimed {
                    seq,
                    subject: refers.names.first().copied().unwrap_or_default(),
                    claim: None,
                };
                self.claims.insert(id, claimed);
            }
            EntryKind::SealedWeight => {
                let is_only = self.seals.seal(header);
                let wrong = "seals a second weight of one item, while the first is not open";
                self.demand(Check::Seal, is_only, seq, wrong)?;
            }
            EntryKind::Weighed => {
                let (Some(claim), Some(item)) = (refers.claims.first(), refers.evidence.first())
                else {
                    return self.demand(Check::Header, false, seq, "weighs nothing");
                };
                let wrong = "weighs an item that does not count, or for nothing that is claimed";
                let counts = self.counts(*item) && self.claims.contains_key(claim);
                self.demand(Check::Counts, counts, seq, wrong)?;
                if let Some(on_file) = self.evidence.get_mut(item) {
                    on_file.weighed = true;
                }
                let blind = self.seals.weighs(header, *claim, *item);
                let weight = Weight {
                    seq,
                    assessment: None,
                    blind,
                };
                let of_claim = self.weights.entry(*claim).or_default();
                of_claim.insert((*item, header.by), weight);
            }
            EntryKind::Fact | EntryKind::FactWithdrawn => self.take_fact(header)?,
            EntryKind::Planned => {
                self.plans.insert(seq);
            }
            EntryKind::Judged => {
                let claim = refers.claims.first().copied().unwrap_or(ClaimId(0));
                self.judgements.entry(claim).or_default().push(seq);
            }
            EntryKind::Scored => self.scored(header)?,
            EntryKind::Withdrawn => self.withdraw(seq, &refers.evidence, true)?,
            EntryKind::Reinstated => self.withdraw(seq, &refers.evidence, false)?,
            EntryKind::Listed | EntryKind::Described => {
                let shown = refers.evidence.iter().all(|id| self.counts(*id));
                let wrong = "says something of a party by an item that does not count";
                self.demand(Check::Counts, shown, seq, wrong)?;
                if header.kind == EntryKind::Listed {
                    self.listed.push(ListedParty {
                        seq,
                        name: refers.names.first().copied().unwrap_or_default(),
                        evidence: refers.evidence.first().copied().unwrap_or(EvidenceId(0)),
                        programme: match body {
                            Some(EntryBody::Listed(listed)) => Some(listed.programme.clone()),
                            _ => None,
                        },
                    });
                }
            }
            EntryKind::Proposed => {
                let number = refers.determination.unwrap_or_default();
                let next = self.last.determination + 1;
                self.demand(Check::Numbers, number == next, seq, TAKEN)?;
                self.last.determination = self.last.determination.max(number);
                self.determinations
                    .insert(number, Determination::closed(refers));
            }
            EntryKind::Erased => self.erase(header)?,
            kind if kind.is_decision() => {
                let number = refers.decision.unwrap_or_default();
                self.demand(Check::Numbers, number == self.last.decision + 1, seq, TAKEN)?;
                self.last.decision = self.last.decision.max(number);
                let name = refers.names.first().copied().unwrap_or_default();
                if kind == EntryKind::Delist {
                    self.delists(seq, name)?;
                }
                if matches!(kind, EntryKind::Designate | EntryKind::Delist) {
                    self.listings.push((kind, name, number));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// An item comes in.
    fn take_evidence(&mut self, header: &Header) -> Result<(), VerifyError> {
        let (seq, refers) = (header.seq, &header.refers);
        let id = refers.evidence.first().copied().unwrap_or(EvidenceId(0));
        self.demand(Check::Numbers, id.0 == self.last.evidence + 1, seq, TAKEN)?;
        self.last.evidence = self.last.evidence.max(id.0);
        let foreseen = refers.entries.iter().all(|p| self.plans.contains(p));
        let wrong = "says that it was foreseen by what is no plan that was sealed before";
        self.demand(Check::Plan, foreseen, seq, wrong)?;
        let on_file = OnFile {
            seq,
            item: None,
            speaks_for: refers.names.clone(),
            withdrawn: false,
            erased: false,
            weighed: false,
        };
        self.evidence.insert(id, on_file);
        Ok(())
    }

    /// What is scored is the last judgement before the item came in that shows how it came out.
    fn scored(&mut self, header: &Header) -> Result<(), VerifyError> {
        let refers = &header.refers;
        let shown = refers.evidence.iter().all(|id| self.counts(*id));
        let wrong = "scores a judgement by an item that does not count";
        self.demand(Check::Counts, shown, header.seq, wrong)?;
        let before = refers.evidence.first().and_then(|id| self.evidence.get(id));
        let before = before.map_or(0, |on_file| on_file.seq);
        let claim = refers.claims.first();
        let made = claim.and_then(|claim| self.judgements.get(claim));
        let last = made.and_then(|made| made.iter().rfind(|seq| **seq < before));
        let is_last = last.is_some() && last == refers.entries.first();
        let wrong = "scores another judgement than the last before it came out how things are";
        self.demand(Check::Score, is_last, header.seq, wrong)?;
        let (judged, item) = (refers.entries.first(), refers.evidence.first());
        if let (Some(judged), Some(item)) = (judged, item) {
            let before = self.scored.get(judged);
            let anew = before.is_none_or(|before| !self.counts(*before));
            let wrong = "scores again what was scored, by another item, while the first counts";
            self.demand(Check::Score, anew, header.seq, wrong)?;
            self.scored.insert(*judged, *item);
        }
        self.done.scores += 1;
        Ok(())
    }

    pub(super) fn withdraw(
        &mut self,
        seq: u64,
        evidence: &[EvidenceId],
        withdrawn: bool,
    ) -> Result<(), VerifyError> {
        for id in evidence {
            let on_file = self.evidence.get(id);
            let as_it_was = on_file.is_some_and(|o| !o.erased && o.withdrawn != withdrawn);
            let wrong = if withdrawn {
                "withdraws what does not count"
            } else {
                "lets count again what was not withdrawn"
            };
            self.demand(Check::Withdrawal, as_it_was, seq, wrong)?;
            if let Some(on_file) = self.evidence.get_mut(id) {
                on_file.withdrawn = withdrawn;
            }
        }
        Ok(())
    }

    /// Bodies that are erased: they are told to be, are not there, and what they said no longer counts.
    pub(super) fn erase(&mut self, header: &Header) -> Result<(), VerifyError> {
        let erased = Erased {
            entries: header.refers.entries.clone(),
            evidence: header.refers.evidence.clone(),
        };
        let of_items = self
            .evidence
            .iter()
            .filter(|(_, o)| erased.entries.contains(&o.seq));
        let of_items: BTreeSet<EvidenceId> = of_items.map(|(id, _)| *id).collect();
        let whole = of_items.iter().eq(&erased.evidence)
            && erased
                .entries
                .iter()
                .all(|seq| *seq > 0 && *seq < header.seq);
        let wrong = "erases something else than it says";
        self.demand(Check::Erasure, whole, header.seq, wrong)?;
        let is_open = |seq: &u64| self.open.get(*seq as usize).copied().unwrap_or(false);
        let gone = !erased.entries.iter().any(is_open);
        self.demand(Check::Erasure, gone, header.seq, "erases what is there")?;
        for id in &erased.evidence {
            if let Some(on_file) = self.evidence.get_mut(id) {
                on_file.erased = true;
            }
        }
        self.seals.give_up(&erased.entries);
        let gone = |seq: &u64| erased.entries.contains(seq);
        self.listed.retain(|listed| !gone(&listed.seq));
        for weights in self.weights.values_mut() {
            weights.retain(|_, weight| !gone(&weight.seq));
        }
        self.claims.retain(|_, claimed| !gone(&claimed.seq));
        for seq in &erased.entries {
            self.done
                .undisclosed
                .push(format!("entry {seq} was erased"));
        }
        let seq = header.seq;
        self.news.tell(seq, || {
            let entries: Vec<String> = erased.entries.iter().map(ToString::to_string).collect();
            format!("erased: the bodies of entries {}", entries.join(", "))
        });
        Ok(())
    }
}
