//! What was determined and decided, gone through again: every gate, every signature of a person, every decision with what it
//! rests on.

use std::collections::BTreeSet;

use overt_attribution::{EntityRef, EvidenceId, GateResult, Judged, link};

use super::{Replay, TAKEN};
use crate::VerifyError;
use crate::entry::{Beyond, Decided, Proposed, Signed, Takedown};
use crate::signatures::{Key, Line};

/// What was proposed of a party, and how far it came.
pub(super) struct Determination {
    pub(super) subject: EntityRef,
    criterion: String,
    pub(super) rests_on: Vec<EvidenceId>,
    signers: BTreeSet<String>,
    pub(super) standing: Standing,
}

/// How far a determination has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Too few have signed.
    Proposed,
    /// The entries say that the gate let it pass; what that rests on is undisclosed.
    Said,
    /// The gate was asked again, and lets it pass.
    Made,
}

impl Replay<'_> {
    /// Asks the gate again and compares. False where what it rests on is undisclosed.
    fn same_passage(
        &mut self,
        seq: u64,
        said: &GateResult,
        signers: &BTreeSet<String>,
    ) -> Result<bool, VerifyError> {
        let again = self.gate_result(&said.subject, &said.criterion, signers);
        let same = again.is_some_and(|again| &again == said);
        self.gate_again(
            seq,
            same,
            "has a gate that says otherwise when it is asked again",
        )
    }

    /// Counts a gate that says what it said. Another is wrong, unless it may rest on what is undisclosed.
    fn gate_again(&mut self, seq: u64, same: bool, wrong: &str) -> Result<bool, VerifyError> {
        if same {
            self.done.passages += 1;
        } else if self.undisclosed > 0 {
            self.done
                .undisclosed
                .push(format!("the gate of entry {seq}"));
        } else {
            return Err(VerifyError::Entry(seq, wrong.to_owned()));
        }
        Ok(same)
    }

    pub(super) fn proposed(
        &mut self,
        seq: u64,
        by: &str,
        proposed: Proposed,
    ) -> Result<(), VerifyError> {
        let signers = BTreeSet::from([by.to_owned()]);
        if self.determinations.contains_key(&proposed.determination) {
            return Err(VerifyError::Entry(seq, TAKEN.to_owned()));
        }
        self.same_passage(seq, &proposed.passage, &signers)?;
        let determination = Determination {
            subject: proposed.passage.subject,
            criterion: proposed.passage.criterion,
            rests_on: proposed.rests_on,
            signers: BTreeSet::new(),
            standing: Standing::Proposed,
        };
        self.determinations
            .insert(proposed.determination, determination);
        Ok(())
    }

    pub(super) fn signed(
        &mut self,
        seq: u64,
        by: &str,
        signed: &Signed,
    ) -> Result<(), VerifyError> {
        let wrong = |what: &str| VerifyError::Entry(seq, what.to_owned());
        let key = self
            .people
            .get(by)
            .and_then(|p| Key::read(p.key.as_deref()?));
        let key = key.ok_or_else(|| wrong("is signed by somebody without a key"))?;
        let line = Line::read(&signed.line).filter(|line| line.is_of(&key));
        if line
            .and_then(|line| line.holds(&key, &signed.text))
            .is_none()
        {
            return Err(wrong("has a signature that does not hold"));
        }
        if !self.is_statement(signed) {
            return Err(wrong(
                "has a signature under another text than what was determined",
            ));
        }
        let determination = self.determinations.get(&signed.determination);
        let determination = determination.ok_or_else(|| wrong("signs what nobody proposed"))?;
        let same = determination.subject == signed.passage.subject
            && determination.criterion == signed.passage.criterion;
        if !same {
            return Err(wrong("signs another determination than it names"));
        }
        let mut signers = determination.signers.clone();
        if !signers.insert(by.to_owned()) {
            return Err(wrong("is signed twice by one person"));
        }
        let again = self.same_passage(seq, &signed.passage, &signers)?;
        self.done.signatures += 1;
        let passes = signed.passage.passes() && signers.len() >= self.regime.gate.signers;
        let Some(determination) = self.determinations.get_mut(&signed.determination) else {
            return Ok(());
        };
        determination.signers = signers;
        determination.rests_on.clone_from(&signed.rests_on);
        if passes && determination.standing != Standing::Made {
            let (standing, told) = if again {
                (Standing::Made, "was made")
            } else {
                (Standing::Said, "is said to have been made")
            };
            determination.standing = standing;
            self.news.tell(seq, || {
                format!(
                    "determination {} {told}: {}, criterion ({})",
                    signed.determination, determination.subject, determination.criterion
                )
            });
        }
        Ok(())
    }

    /// Whether a text is the one to sign for a determination. What is undisclosed may be anything in it, and nothing else may.
    fn is_statement(&self, signed: &Signed) -> bool {
        let mut lines = vec![
            ("overt determination".to_owned(), true),
            (format!("case {}", self.case), !self.case.is_empty()),
            (format!("number {}", signed.determination), true),
            (format!("subject {}", signed.passage.subject), true),
            (format!("criterion {}", signed.passage.criterion), true),
            (
                format!("regime {} {}", self.regime.id, self.regime_sha256),
                true,
            ),
        ];
        for id in &signed.rests_on {
            lines.push(match self.evidence.get(id) {
                Some((_, sha256)) => (format!("rests on {id} {sha256}"), true),
                None => (format!("rests on {id} "), self.undisclosed == 0),
            });
        }
        let said: Vec<&str> = signed.text.split_terminator('\n').collect();
        signed.text.ends_with('\n')
            && said.len() == lines.len()
            && said.iter().zip(&lines).all(|(said, (line, whole))| {
                said == line || !whole && said.starts_with(line.as_str())
            })
    }

    pub(super) fn decided(&mut self, seq: u64, decided: Decided) -> Result<(), VerifyError> {
        let wrong = |what: &str| Err(VerifyError::Entry(seq, what.to_owned()));
        let last = self.decisions.last().map_or(0, |d| d.decision);
        if decided.decision <= last {
            return wrong(TAKEN);
        }
        let needs = match (decided.action.as_str(), &decided.takedown, &decided.beyond) {
            ("decline", None, None) => None,
            ("delist", None, None) => {
                let of_subject = |d: &&Decided| {
                    d.subject == decided.subject
                        && matches!(d.action.as_str(), "designate" | "delist")
                };
                let last = self.decisions.iter().rfind(of_subject);
                if last.is_none_or(|d| d.action != "designate") && self.undisclosed == 0 {
                    return wrong("takes a party off the list that was not on it");
                }
                None
            }
            ("takedown", Some(takedown), None) => Some(takedown.sponsor.clone()),
            ("designate", None, None) => Some(decided.subject.clone()),
            ("recommend", None, beyond) => {
                if !self.is_complete(beyond.as_ref()) {
                    return wrong("recommends without what the regime asks for");
                }
                Some(decided.subject.clone())
            }
            _ => return wrong("decides what cannot be decided"),
        };
        let mut followed = true;
        if let Some(party) = needs {
            let number = decided.determination.unwrap_or_default();
            let standing = self
                .determinations
                .get(&number)
                .filter(|d| d.subject == party && d.rests_on.iter().all(|id| self.counts(*id)));
            followed = match standing.map(|d| d.standing) {
                Some(Standing::Made) => true,
                Some(Standing::Said) => false,
                _ => return wrong("decides without a determination that stands"),
            };
        }
        if let Some(takedown) = &decided.takedown {
            followed &= self.same_link(seq, &decided.subject, takedown)?;
        }
        self.news.tell(seq, || {
            format!(
                "decision {}, to {} {}",
                decided.decision, decided.action, decided.subject
            )
        });
        if followed {
            self.done.decisions += 1;
        } else {
            self.done
                .undisclosed
                .push(format!("the decision of entry {seq}"));
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
            said == asked.sectors.iter().collect()
                && beyond.firms.iter().all(|firm| self.counts(firm.evidence))
        })
    }

    /// Asks the gate of the claim that attributes a campaign again, and compares.
    fn same_link(
        &mut self,
        seq: u64,
        campaign: &EntityRef,
        takedown: &Takedown,
    ) -> Result<bool, VerifyError> {
        let again = self.claims.get(&takedown.claim).and_then(|claim| {
            let about =
                &claim.subject == campaign && claim.object.as_ref() == Some(&takedown.sponsor);
            let judged = Judged {
                claim,
                judgement: &self.judge(claim).filter(|_| about)?,
                weighed: self.weighed(claim.id)?,
            };
            Some(link(self.regime, &judged))
        });
        let passes = takedown.conditions.iter().all(|c| c.passes);
        let same = again.is_some_and(|again| again == takedown.conditions);
        self.gate_again(
            seq,
            same && passes && self.counts(takedown.findings),
            "closes accounts on an attribution that says otherwise when it is judged again",
        )
    }
}
