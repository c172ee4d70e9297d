//! Determinations and what is done on them: proposed and signed by distinct people, through the gate each time.

use std::collections::BTreeSet;
use std::fmt::Write;

use overt_attribution::{
    Act, ClaimId, Condition, EntityRef, EvidenceId, GateResult, Kind, Regime, link,
};
use overt_ledger::Hash;

use crate::case::{Actor, Case};
use crate::entry::{Action, Decided, EntryBody, Proposed, Signed, Takedown};
use crate::error::{CaseError, Remedy};
use crate::judging::{gate_result, judged_claim, judgement, rests_on};
use crate::records::{DecisionRecord, Determination};
use crate::state::CaseState;

/// What became of signing.
#[derive(Debug, Clone, PartialEq)]
pub struct SignResult {
    /// The determination.
    pub determination: u64,
    /// Whether this proposed it.
    pub proposed: bool,
    /// Whether it is made now.
    pub made: bool,
    /// What the gate says.
    pub passage: GateResult,
}

impl Case {
    /// Signs that a party meets a criterion. Whoever signs first proposes it; it is made when as many distinct people have
    /// signed as the regime asks for, and the gate lets it pass as each of them signs.
    ///
    /// # Errors
    ///
    /// When the gate does not let it pass, the signer signed it already, has no key or another one, or may not.
    pub fn sign(
        &mut self,
        actor: Actor<'_>,
        subject: &EntityRef,
        criterion: &str,
    ) -> Result<SignResult, CaseError> {
        let tried = format!("sign that {subject} meets criterion {criterion}");
        self.act(actor, Act::Sign, &tried, |state, regime, draft| {
            let open = open_determination(state, subject, criterion);
            let mut signers = open.map_or_else(BTreeSet::new, Determination::signers);
            if !signers.insert(actor.by.to_owned()) {
                return Err(CaseError::refused(format!(
                    "{} signed it already: it takes somebody else",
                    actor.by
                )));
            }
            let passage = gate_result(state, regime, subject, criterion, &signers)?;
            if !passage.may_be_signed() {
                return Err(CaseError::refused(format!(
                    "the gate does not let it pass\n{}",
                    failing(&passage)
                )));
            }
            let claims = claims_of(&passage);
            let items = rests_on(state, claims.iter().copied());
            let determination = open.map_or_else(|| state.next_determination(), |d| d.number);
            if open.is_none() {
                draft.push(EntryBody::Proposed(Proposed {
                    determination,
                    passage: passage.clone(),
                    claims: claims.clone(),
                    rests_on: items.clone(),
                }))?;
            }
            let text = Statement {
                state,
                regime: &regime.id,
                determination,
                passage: &passage,
                claims: &claims,
                items: &items,
                history: (draft.first(), draft.root()),
            }
            .text()?;
            let line = actor.key.sign_text(&text)?.to_string();
            draft.push(EntryBody::Signed(Signed {
                determination,
                passage: passage.clone(),
                claims,
                rests_on: items,
                text,
                line,
            }))?;
            Ok(SignResult {
                determination,
                proposed: open.is_none(),
                made: passage.passes(),
                passage,
            })
        })
    }

    /// Decides to do something about a party, or not to.
    ///
    /// # Errors
    ///
    /// When what it needs is not there: a determination that stands, for a designation; a reason. Takedowns and
    /// recommendations say more than that, and are decided by [`Case::takedown`] and [`Case::recommend`].
    pub fn decide(
        &mut self,
        actor: Actor<'_>,
        action: Action,
        subject: &EntityRef,
        why: &str,
    ) -> Result<u64, CaseError> {
        let tried = format!("{} {subject}", action.name());
        self.act(actor, Act::Sign, &tried, |state, _, draft| {
            says_why(why)?;
            let in_force = in_force(state, subject);
            match action {
                Action::Delist if !was_designated(state, subject) => {
                    return Err(CaseError::refused(format!(
                        "{subject} was not designated in this case"
                    )));
                }
                Action::Takedown => {
                    return Err(CaseError::Wrong(
                        "a takedown is of a campaign, on a detection run".to_owned(),
                    ));
                }
                Action::Recommend => {
                    return Err(CaseError::Wrong("a recommendation says on whom".to_owned()));
                }
                Action::Designate if in_force.is_none() => {
                    return Err(not_determined(state, subject));
                }
                Action::Designate => anew(state, subject, in_force)?,
                Action::Decline | Action::Delist => {}
            }
            is_no_repetition(state, action, subject, in_force)?;
            // What is taken back rests on nothing that could be lost.
            let in_force = in_force.filter(|_| action != Action::Delist);
            let decision = state.next_decision();
            let items = in_force.map_or(Vec::new(), |d| d.rests_on().to_vec());
            draft.push(EntryBody::Decided(Decided {
                decision,
                action,
                subject: subject.clone(),
                determination: in_force.map(|d| d.number),
                rests_on: items,
                takedown: None,
                beyond: None,
                why: why.to_owned(),
            }))?;
            Ok(decision)
        })
    }

    /// Decides to ask platforms to close the established accounts of a campaign.
    ///
    /// # Errors
    ///
    /// When nobody determined that its sponsor meets a criterion, the claim that attributes it does not pass the gate by
    /// itself, the item is no detection run, or no reason or rule is given.
    pub fn takedown(&mut self, actor: Actor<'_>, new: &NewTakedown<'_>) -> Result<u64, CaseError> {
        let tried = format!("takedown {}", new.campaign);
        self.act(actor, Act::Sign, &tried, |state, regime, draft| {
            says_why(new.why)?;
            if new.rule.trim().is_empty() {
                return Err(CaseError::Wrong(
                    "name the platforms' rule that was broken".to_owned(),
                ));
            }
            if new.campaign.kind() != "campaign" {
                return Err(CaseError::Wrong(format!(
                    "{} is not a campaign\n  write it as campaign:NUMBER",
                    new.campaign
                )));
            }
            let findings = state.evidence().get(&new.findings);
            let is_run = findings
                .is_some_and(|f| f.withdrawn.is_none() && f.item.kind == Kind::Coordination);
            if !is_run {
                return Err(CaseError::Wrong(format!(
                    "{} is not a detection run that counts: only its established accounts are ever named",
                    new.findings
                )));
            }
            once(state, new)?;
            let determination = in_force(state, new.sponsor)
                .ok_or_else(|| not_determined(state, new.sponsor))?;
            let (claim, conditions) = attribution(state, regime, new.campaign, new.sponsor)?;
            let mut items: BTreeSet<EvidenceId> =
                determination.rests_on().iter().copied().collect();
            items.extend(rests_on(state, [claim]));
            items.insert(new.findings);
            let decision = state.next_decision();
            draft.push(EntryBody::Decided(Decided {
                decision,
                action: Action::Takedown,
                subject: new.campaign.clone(),
                determination: Some(determination.number),
                rests_on: items.into_iter().collect(),
                takedown: Some(Takedown {
                    sponsor: new.sponsor.clone(),
                    claim,
                    findings: new.findings,
                    rule: new.rule.to_owned(),
                    conditions,
                }),
                beyond: None,
                why: new.why.to_owned(),
            }))?;
            Ok(decision)
        })
    }
}

/// A takedown that somebody decides on.
#[derive(Debug, Clone, Copy)]
pub struct NewTakedown<'a> {
    /// The campaign.
    pub campaign: &'a EntityRef,
    /// The party it is attributed to.
    pub sponsor: &'a EntityRef,
    /// The detection run with its accounts.
    pub findings: EvidenceId,
    /// The platforms' rule that was broken.
    pub rule: &'a str,
    /// Why.
    pub why: &'a str,
}

pub(crate) fn says_why(why: &str) -> Result<(), CaseError> {
    if why.trim().is_empty() {
        return Err(CaseError::Wrong("say why".to_owned()));
    }
    Ok(())
}

/// A party that was taken off the list comes back on it by a determination that was made since, and no other.
fn anew(
    state: &CaseState,
    subject: &EntityRef,
    determination: Option<&Determination>,
) -> Result<(), CaseError> {
    let of_subject = state
        .decisions()
        .values()
        .filter(|made| &made.decided.subject == subject);
    let delisted = of_subject.filter(|made| made.decided.action == Action::Delist);
    let last = delisted.map(|made| made.seq).max();
    match (last, determination) {
        (Some(last), Some(found)) if found.seq < last => Err(CaseError::refused(format!(
            "{subject} was taken off the list since determination {}: it takes a new one",
            found.number
        ))),
        _ => Ok(()),
    }
}

/// The same is asked once, whatever was decided since. On another run or by another rule it takes the place of what was asked
/// before.
fn once(state: &CaseState, new: &NewTakedown<'_>) -> Result<(), CaseError> {
    let rule = folded(new.rule);
    let same = |made: &&DecisionRecord| {
        let of = made.decided.takedown.as_ref();
        &made.decided.subject == new.campaign
            && state.stands(made)
            && of.is_some_and(|of| of.findings == new.findings && folded(&of.rule) == rule)
    };
    match state.decisions().values().find(same) {
        Some(made) => Err(CaseError::Wrong(format!(
            "decision {} asks for that already: {} on {}",
            made.decided.decision, new.campaign, new.findings
        ))),
        None => Ok(()),
    }
}

/// Words without what spelling them otherwise changes.
fn folded(words: &str) -> String {
    let words: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// A party is put on the list once on a determination; and of one that is on it, it is not decided to do nothing.
fn is_no_repetition(
    state: &CaseState,
    action: Action,
    subject: &EntityRef,
    determination: Option<&Determination>,
) -> Result<(), CaseError> {
    let designated = state.designated();
    let Some(made) = designated.get(subject) else {
        return Ok(());
    };
    let number = made.decided.decision;
    match action {
        Action::Designate if determination.map(|d| d.number) == made.decided.determination => {
            Err(CaseError::Wrong(format!(
                "decision {number} designates {subject} already, on the same determination"
            )))
        }
        Action::Decline => Err(CaseError::Wrong(format!(
            "decision {number} designates {subject}, which stands: take the party off the list first"
        ))),
        _ => Ok(()),
    }
}

/// Whether a party was designated, and not taken off the list since.
fn was_designated(state: &CaseState, subject: &EntityRef) -> bool {
    let of_subject = state
        .decisions()
        .values()
        .filter(|made| &made.decided.subject == subject);
    let last = of_subject
        .map(|made| made.decided.action)
        .rfind(|action| matches!(action, Action::Designate | Action::Delist));
    last == Some(Action::Designate)
}

/// The claim that attributes a campaign to a party and passes the gate by itself, with what the gate says of it.
fn attribution(
    state: &CaseState,
    regime: &Regime,
    campaign: &EntityRef,
    sponsor: &EntityRef,
) -> Result<(ClaimId, Vec<Condition>), CaseError> {
    let claims = state
        .claims()
        .values()
        .filter(|c| &c.subject == campaign && c.object.as_ref() == Some(sponsor));
    let mut nearest: Option<(ClaimId, Vec<Condition>)> = None;
    let failing = |conditions: &[Condition]| conditions.iter().filter(|c| !c.passes).count();
    for claim in claims {
        let judgement = judgement(state, regime, claim)?;
        let judged = judged_claim(state, regime, claim, &judgement);
        let conditions = link(regime, &judged);
        if nearest
            .as_ref()
            .is_none_or(|(_, n)| failing(&conditions) < failing(n))
        {
            nearest = Some((claim.id, conditions));
        }
    }
    let (claim, conditions) = nearest.ok_or_else(|| {
        let remedy = Remedy::Attribute {
            campaign: campaign.to_string(),
            sponsor: sponsor.to_string(),
        };
        CaseError::refused_until(
            remedy,
            format!("nothing claims that {campaign} is {sponsor}'s"),
        )
    })?;
    if failing(&conditions) > 0 {
        return Err(CaseError::refused(format!(
            "{claim}, which attributes it, does not pass the gate\n{}",
            describe_conditions(&conditions)
        )));
    }
    Ok((claim, conditions))
}

/// The determination of a party that is made and has lost none of what it rests on.
pub(crate) fn in_force<'b>(state: &'b CaseState, subject: &EntityRef) -> Option<&'b Determination> {
    let stands = |d: &&Determination| {
        d.made
            && d.under_review.is_none()
            && &d.proposed.passage.subject == subject
            && state.lost(d.rests_on()).is_empty()
    };
    state.determinations().values().rev().find(stands)
}

pub(crate) fn not_determined(state: &CaseState, subject: &EntityRef) -> CaseError {
    let of_subject = |d: &&Determination| &d.proposed.passage.subject == subject;
    match state.determinations().values().rev().find(of_subject) {
        None => CaseError::refused_until(
            Remedy::AskGate(subject.to_string()),
            format!("nobody has determined that {subject} meets a criterion"),
        ),
        Some(d) if !d.made => CaseError::refused_until(
            Remedy::Sign {
                party: subject.to_string(),
                criterion: d.proposed.passage.criterion.clone(),
            },
            format!("determination {} of {subject} lacks signatures", d.number),
        ),
        Some(d) if d.under_review.is_some() => {
            let said = d.under_review.as_ref().and_then(|(_, said)| said.as_ref());
            let failing = said.map_or_else(String::new, |said| format!("\n{}", failing(said)));
            CaseError::refused(format!(
                "determination {} of {subject} is under review, for it no longer passes the gate{failing}",
                d.number
            ))
        }
        Some(d) => {
            let lost = state.lost(d.rests_on());
            let lost: Vec<String> = lost.iter().map(ToString::to_string).collect();
            CaseError::refused(format!(
                "determination {} of {subject} rests on what no longer counts: {}\n  it has to be made again",
                d.number,
                lost.join(", ")
            ))
        }
    }
}

/// A determination that waits for signatures and has lost nothing of what it rests on.
fn open_determination<'b>(
    state: &'b CaseState,
    subject: &EntityRef,
    criterion: &str,
) -> Option<&'b Determination> {
    let is_open = |d: &&Determination| {
        let of = &d.proposed.passage;
        !d.made
            && &of.subject == subject
            && of.criterion == criterion
            && state.lost(d.rests_on()).is_empty()
    };
    state.determinations().values().rev().find(is_open)
}

/// The claims that a passage rests on.
fn claims_of(passage: &GateResult) -> Vec<ClaimId> {
    let claims: BTreeSet<ClaimId> = passage.conditions.iter().filter_map(|c| c.claim).collect();
    claims.into_iter().collect()
}

/// The conditions that fail, as a list.
pub fn failing(passage: &GateResult) -> String {
    describe_conditions(&passage.conditions)
}

fn describe_conditions(conditions: &[Condition]) -> String {
    let mut text = String::new();
    for condition in conditions.iter().filter(|c| !c.passes) {
        let of = condition.element.as_deref().unwrap_or("the party");
        let _ = writeln!(
            text,
            "  {of}: {}; it needs: {}",
            condition.because, condition.needs
        );
    }
    text.trim_end().to_owned()
}

/// What people sign: a text that says by itself what is determined, under which rules and on what. Entries are named with
/// what the ledger's leaves hold of them, so that nothing of any of them could be otherwise.
struct Statement<'s> {
    state: &'s CaseState,
    regime: &'s str,
    determination: u64,
    passage: &'s GateResult,
    claims: &'s [ClaimId],
    items: &'s [EvidenceId],
    /// How many entries there were as it was signed, and the root of the tree over them.
    history: (u64, Hash),
}

impl Statement<'_> {
    fn text(&self) -> Result<String, CaseError> {
        let opened = self.state.opened();
        let (name, sha256) = opened.map_or(("", ""), |o| (&o.name, &o.regime_sha256));
        let (size, root) = self.history;
        let gate = serde_json_canonicalizer::to_vec(self.passage)
            .map_err(|e| CaseError::Wrong(format!("what the gate says cannot be written: {e}")))?;
        let mut text = format!(
            "overt determination\ncase {name}\nnumber {}\nsubject {}\ncriterion {}\nregime {} {sha256}\ngate {}\n",
            self.determination,
            self.passage.subject,
            self.passage.criterion,
            self.regime,
            Hash::of(&gate)
        );
        let none = || Hash::of_nothing();
        for claim in self.claims {
            let entry = self.state.claim_entry(*claim).unwrap_or_else(none);
            let _ = writeln!(text, "{claim} {entry}");
            let mut weights: Vec<_> = self.state.weights(*claim).collect();
            weights.sort_by_key(|weight| (weight.assessment.evidence, weight.by));
            for weight in weights {
                let (item, by) = (weight.assessment.evidence, weight.by.0);
                let _ = writeln!(text, "weighed {item} by {by} {}", weight.commitment);
            }
        }
        for id in self.items {
            let entry = self.state.evidence().get(id);
            let entry = entry.map_or_else(none, |e| e.commitment);
            let _ = writeln!(text, "rests on {id} {entry}");
        }
        for item in self.state.exculpatory(&self.passage.subject) {
            let entry = self.state.evidence().get(&item.id);
            let entry = entry.map_or_else(none, |e| e.commitment);
            let _ = writeln!(text, "speaks for it {} {entry}", item.id);
        }
        let _ = writeln!(text, "history {size} {root}");
        Ok(text)
    }
}
