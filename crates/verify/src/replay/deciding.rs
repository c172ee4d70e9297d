//! What was determined and decided, gone through again: every gate, every signature of a person, every decision with what it
//! rests on.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use overt_attribution::{ClaimId, EntityRef, EvidenceId, GateResult, link};
use sha2::{Digest, Sha256};

use super::Replay;
use super::standing::word;
use crate::VerifyError;
use crate::check::Check;
use crate::container::unhex;
use crate::entry::{Beyond, Decided, EntryKind, Header, Proposed, Refers, Signed, Takedown};
use crate::signatures::Line;

/// What was proposed of a party, and how far it came.
pub(super) struct Determination {
    /// The party; none where it is undisclosed.
    pub(super) subject: Option<EntityRef>,
    /// The number of its name.
    pub(super) name: u64,
    pub(super) criterion: String,
    pub(super) rests_on: Vec<EvidenceId>,
    /// Who signed, by which key.
    pub(super) signers: BTreeMap<u64, String>,
    /// Whether what one of them signed is undisclosed.
    undisclosed: bool,
    pub(super) under_review: bool,
    standing: Standing,
}

/// How far a determination has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Too few have signed.
    Proposed,
    /// The entries say that the gate let it pass; what that rests on is undisclosed.
    Said,
    /// The gate was asked again, and lets it pass.
    Made,
}

impl Determination {
    /// One of which only the header is known.
    pub(super) fn closed(refers: &Refers) -> Self {
        Self {
            subject: None,
            name: refers.names.first().copied().unwrap_or_default(),
            criterion: String::new(),
            rests_on: refers.evidence.clone(),
            signers: BTreeMap::new(),
            undisclosed: false,
            under_review: false,
            standing: Standing::Proposed,
        }
    }

    /// Whether enough people signed while the entries say that the gate let it pass.
    pub(super) fn is_made(&self) -> bool {
        self.standing > Standing::Proposed
    }

    /// Whether that was gone through again.
    pub(super) fn is_proven(&self) -> bool {
        self.standing == Standing::Made
    }
}

impl Replay<'_> {
    pub(super) fn signers(&self, determination: &Determination) -> BTreeSet<String> {
        determination
            .signers
            .keys()
            .map(|person| self.called(*person))
            .collect()
    }

    /// Asks the gate again and compares. False where what it rests on is undisclosed.
    fn same_passage(
        &mut self,
        seq: u64,
        said: &GateResult,
        signers: &BTreeSet<String>,
    ) -> Result<bool, VerifyError> {
        let blocked = self.blocked();
        let again = self.gate_result(&said.subject, &said.criterion, signers, &blocked);
        let Some(again) = again else {
            let known = self.regime.criterion(&said.criterion).is_some();
            self.demand(
                Check::Gate,
                known,
                seq,
                "is about no criterion of the regime",
            )?;
            self.unproven(format!("the gate of entry {seq}"));
            return Ok(false);
        };
        let wrong = "has a gate that says otherwise when it is asked again";
        self.demand(Check::Gate, &again == said, seq, wrong)?;
        self.done.passages += 1;
        Ok(true)
    }

    /// What is determined rests on the claims that the gate looked at, and on all that was weighed for them.
    fn same_basis(
        &self,
        seq: u64,
        passage: &GateResult,
        claims: &[ClaimId],
        rests_on: &[EvidenceId],
    ) -> Result<(), VerifyError> {
        let looked_at: BTreeSet<ClaimId> =
            passage.conditions.iter().filter_map(|c| c.claim).collect();
        let items: BTreeSet<EvidenceId> = looked_at
            .iter()
            .flat_map(|claim| self.rests_on(*claim))
            .collect();
        let same = looked_at.iter().eq(claims) && items.iter().eq(rests_on);
        let wrong = "rests on something else than the gate looked at";
        self.demand(Check::Basis, same, seq, wrong)
    }

    pub(super) fn proposed(
        &mut self,
        header: &Header,
        proposed: Proposed,
    ) -> Result<(), VerifyError> {
        let (seq, passage) = (header.seq, proposed.passage);
        let signers = BTreeSet::from([self.called(header.by)]);
        self.same_passage(seq, &passage, &signers)?;
        self.same_basis(seq, &passage, &proposed.claims, &proposed.rests_on)?;
        if let Some(determination) = self.determinations.get_mut(&proposed.determination) {
            determination.subject = Some(passage.subject);
            determination.criterion = passage.criterion;
        }
        Ok(())
    }

    pub(super) fn signed(&mut self, header: &Header, signed: &Signed) -> Result<(), VerifyError> {
        let (seq, by) = (header.seq, header.by);
        let key = self.people.get(&by).and_then(|p| p.admitted.key.as_ref());
        let key = key.and_then(|key| unhex(key.as_bytes()));
        let holds = Line::read(&signed.line)
            .is_some_and(|line| key.is_some_and(|key| line.is_by(&key, &signed.text)));
        let wrong = "has a signature that does not hold";
        self.demand(Check::Signature, holds, seq, wrong)?;
        let wrong = "has a signature under another text than what was determined";
        self.demand(Check::Statement, self.is_statement(signed), seq, wrong)?;
        self.same_basis(seq, &signed.passage, &signed.claims, &signed.rests_on)?;
        let number = self.numbers.get(&signed.passage.subject).copied();
        let determination = self.determinations.get(&signed.determination);
        let proposed = determination.is_some_and(|d| {
            let criterion = d.criterion == signed.passage.criterion || d.subject.is_none();
            Some(d.name) == number && criterion && !d.is_made() && !d.under_review
        });
        let wrong = "signs what nobody proposed, or another determination than it names";
        self.demand(Check::Proposal, proposed, seq, wrong)?;
        let mut people = determination.map_or_else(BTreeMap::new, |d| d.signers.clone());
        let wrong = "is signed twice by one person";
        let once = people.insert(by, self.key_of(by)).is_none();
        self.demand(Check::SignedTwice, once, seq, wrong)?;
        let signers: BTreeSet<String> = people.keys().map(|p| self.called(*p)).collect();
        let again = self.same_passage(seq, &signed.passage, &signers)?;
        self.done.signatures += 1;
        let passes = signed.passage.passes() && people.len() >= self.regime.gate.signers;
        let Some(determination) = self.determinations.get_mut(&signed.determination) else {
            return Ok(());
        };
        determination.signers = people;
        determination.rests_on.clone_from(&signed.rests_on);
        determination.subject = Some(signed.passage.subject.clone());
        determination
            .criterion
            .clone_from(&signed.passage.criterion);
        if passes {
            let (standing, told) = if again && !determination.undisclosed {
                (Standing::Made, "was made")
            } else {
                (Standing::Said, "is said to have been made")
            };
            determination.standing = standing;
            self.news.tell(seq, || {
                format!(
                    "determination {} {told}: {}, criterion ({})",
                    signed.determination, signed.passage.subject, signed.passage.criterion
                )
            });
        }
        Ok(())
    }

    /// Somebody signed, and what they signed is undisclosed.
    pub(super) fn signed_closed(&mut self, header: &Header) {
        let number = header.refers.determination.unwrap_or_default();
        let wanted = self.regime.gate.signers;
        let key = self.key_of(header.by);
        if let Some(determination) = self.determinations.get_mut(&number) {
            determination.signers.insert(header.by, key);
            determination.undisclosed = true;
            determination.rests_on.clone_from(&header.refers.evidence);
            if determination.signers.len() >= wanted {
                determination.standing = Standing::Said;
            }
        }
    }

    /// Whether a text is the one to sign for a determination. The name of a case that is undisclosed may be any, and nothing
    /// else may.
    fn is_statement(&self, signed: &Signed) -> bool {
        let leaf = |seq: Option<u64>| {
            let leaf = seq.and_then(|seq| self.leaves.get(seq as usize));
            STANDARD.encode(leaf.copied().unwrap_or_else(|| Sha256::digest([]).into()))
        };
        let passage = &signed.passage;
        let Ok(gate) = serde_json_canonicalizer::to_vec(passage) else {
            return false;
        };
        let case = self.case.as_deref();
        let mut lines = vec![
            "overt determination".to_owned(),
            format!("case {}", case.unwrap_or_default()),
            format!("number {}", signed.determination),
            format!("subject {}", passage.subject),
            format!("criterion {}", passage.criterion),
            format!("regime {} {}", self.regime.id, self.regime_sha256),
            format!("gate {}", STANDARD.encode(Sha256::digest(&gate))),
        ];
        for claim in &signed.claims {
            let entry = leaf(self.claims.get(claim).map(|c| c.seq));
            lines.push(format!("{claim} {entry}"));
            for ((item, by), weight) in self.weights.get(claim).into_iter().flatten() {
                if self.counts(*item) {
                    lines.push(format!("weighed {item} by {by} {}", leaf(Some(weight.seq))));
                }
            }
        }
        for id in &signed.rests_on {
            let entry = leaf(self.evidence.get(id).map(|o| o.seq));
            lines.push(format!("rests on {id} {entry}"));
        }
        let number = self.numbers.get(&passage.subject);
        for (id, on_file) in &self.evidence {
            if self.counts(*id) && number.is_some_and(|n| on_file.speaks_for.contains(n)) {
                lines.push(format!("speaks for it {id} {}", leaf(Some(on_file.seq))));
            }
        }
        lines.push(format!(
            "history {} {}",
            self.batch.first,
            STANDARD.encode(self.batch.root)
        ));
        let said: Vec<&str> = signed.text.split_terminator('\n').collect();
        signed.text.ends_with('\n')
            && said.len() == lines.len()
            && said
                .iter()
                .zip(&lines)
                .enumerate()
                .all(|(place, (said, line))| {
                    said == line || place == 1 && case.is_none() && said.starts_with("case ")
                })
    }

    /// Only who is on the list is taken off it.
    pub(super) fn delists(&self, seq: u64, name: u64) -> Result<(), VerifyError> {
        let last = self.listings.iter().rfind(|(_, of, _)| *of == name);
        let on_it = last.is_some_and(|(kind, ..)| *kind == EntryKind::Designate);
        let wrong = "takes a party off the list that was not on it";
        self.demand(Check::Delisting, on_it, seq, wrong)
    }

    pub(super) fn decided(&mut self, seq: u64, decided: Decided) -> Result<(), VerifyError> {
        let needs = match (decided.action, &decided.takedown, &decided.beyond) {
            (EntryKind::Decline | EntryKind::Delist, None, None) => None,
            (EntryKind::Takedown, Some(takedown), None) => Some(takedown.sponsor.clone()),
            (EntryKind::Designate, None, None) => Some(decided.subject.clone()),
            (EntryKind::Recommend, None, beyond) => {
                let complete = self.is_complete(beyond.as_ref());
                let wrong = "recommends without what the regime asks for";
                self.demand(Check::Recommendation, complete, seq, wrong)?;
                Some(decided.subject.clone())
            }
            _ => {
                let wrong = "decides what cannot be decided";
                self.demand(Check::Decision, false, seq, wrong)?;
                None
            }
        };
        let mut followed = true;
        if let Some(party) = needs {
            let number = decided.determination.unwrap_or_default();
            let determination = self.determinations.get(&number).filter(|d| {
                let of_party = Some(d.name) == self.numbers.get(&party).copied();
                of_party
                    && d.is_made()
                    && !d.under_review
                    && d.rests_on
                        .iter()
                        .all(|id| self.counts(*id) && decided.rests_on.contains(id))
            });
            followed = determination.is_some_and(Determination::is_proven);
            let stands = determination.is_some();
            let wrong = "decides without a determination that stands";
            self.demand(Check::Decision, stands, seq, wrong)?;
        }
        if let Some(takedown) = &decided.takedown {
            followed &= self.same_link(seq, &decided, takedown)?;
        }
        self.news.tell(seq, || {
            format!(
                "decision {}, to {} {}",
                decided.decision,
                word(decided.action),
                decided.subject
            )
        });
        if followed {
            self.done.decisions += 1;
        } else {
            self.unproven(format!("the decision of entry {seq}"));
        }
        self.decisions.push(decided);
        Ok(())
    }

    /// Whether a recommendation says something of every sector that the regime names, and of no other, by items that count.
    fn is_complete(&self, beyond: Option<&Beyond>) -> bool {
        let Some(asked) = &self.regime.recommendation else {
            return beyond.is_none();
        };
        beyond.is_some_and(|beyond| {
            let firms = beyond.firms.iter().map(|firm| &firm.sector);
            let without = beyond.without.iter().map(|without| &without.sector);
            let said: BTreeSet<&String> = firms.chain(without).collect();
            let named = |measure: &String| asked.measures.iter().any(|m| &m.id == measure);
            let weighed = !beyond.measures.is_empty() && !beyond.effects.trim().is_empty();
            said == asked.sectors.iter().collect()
                && beyond.measures.iter().all(named)
                && (asked.measures.is_empty() || weighed)
                && beyond.firms.iter().all(|firm| self.counts(firm.evidence))
        })
    }

    /// Asks the gate of the claim that attributes a campaign again, and compares. False where what it rests on is
    /// undisclosed.
    fn same_link(
        &mut self,
        seq: u64,
        decided: &Decided,
        takedown: &Takedown,
    ) -> Result<bool, VerifyError> {
        let wrong = "closes accounts on an attribution that says otherwise when it is judged again";
        let passes = takedown.conditions.iter().all(|c| c.passes);
        let rests_on_all = self
            .rests_on(takedown.claim)
            .iter()
            .chain([&takedown.findings])
            .all(|id| decided.rests_on.contains(id));
        let holds = passes && rests_on_all && self.counts(takedown.findings);
        self.demand(Check::Takedown, holds, seq, wrong)?;
        let run = self
            .evidence
            .get(&takedown.findings)
            .and_then(|o| o.item.as_ref());
        let is_run = run.is_none_or(|(e, _)| e.kind == overt_attribution::Kind::Coordination);
        self.demand(
            Check::Takedown,
            is_run,
            seq,
            "closes accounts that no detection run has",
        )?;
        let claim = self.open_claim(takedown.claim);
        let again = claim.and_then(|claim| {
            let judgement = self.judge(claim)?;
            let judged = self.judged_claim(claim, &judgement)?;
            let about = claim.subject == decided.subject
                && claim.object.as_ref() == Some(&takedown.sponsor);
            Some(about && link(self.regime, &judged) == takedown.conditions)
        });
        let Some(same) = again else {
            let claimed = self.claims.contains_key(&takedown.claim);
            self.demand(Check::Takedown, claimed, seq, wrong)?;
            self.unproven(format!("the gate of entry {seq}"));
            return Ok(false);
        };
        self.demand(Check::Takedown, same, seq, wrong)?;
        self.done.passages += 1;
        Ok(true)
    }
}
