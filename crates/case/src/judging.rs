//! Claims, what evidence weighs for them, and their judgements.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{
    Act, Activities, Assessment, CLAIMED, Category, Claim, ClaimId, Dossier, EntityRef, EvidenceId,
    GateResult, Halved, Hypothesis, Judged as JudgedClaim, Judgement, Kind, Marking, Ratio, Regime,
    UNKNOWN, Weight, gate, halved, judge, link, of_the_list, raises, technique, wording,
};

use crate::case::{Actor, Case};
use crate::collecting::not_on_file;
use crate::entry::{Dissent, EntryBody, Judged};
use crate::error::CaseError;
use crate::state::CaseState;

/// What somebody claims.
#[derive(Debug, Clone)]
pub struct NewClaim {
    /// Of whom or what.
    pub subject: EntityRef,
    /// A relation of the regime.
    pub relation: String,
    /// What of it.
    pub object: Option<EntityRef>,
    /// Other parties that it might be instead of the object: named hypotheses of their own.
    pub rivals: Vec<EntityRef>,
    /// Who may have it.
    pub marking: Marking,
}

/// What somebody makes of an item for a claim.
#[derive(Debug, Clone)]
pub struct NewWeight<'a> {
    /// The claim.
    pub claim: ClaimId,
    /// The item.
    pub evidence: EvidenceId,
    /// In which way it bears on it.
    pub category: Category,
    /// The hypotheses it speaks for or against, and how much: a range, or words of the regime.
    pub weights: Vec<(String, String)>,
    /// Why.
    pub reason: &'a str,
    /// Who may have the reason: nobody who may not have the item.
    pub marking: Marking,
}

impl Case {
    /// Claims something.
    ///
    /// # Errors
    ///
    /// When the regime knows no such relation, the object is missing or too much, the same is claimed already, or whoever
    /// claims may not.
    pub fn claim(&mut self, actor: Actor<'_>, new: &NewClaim) -> Result<ClaimId, CaseError> {
        self.act(
            actor,
            Act::Analyse,
            "make a claim",
            |state, regime, draft| {
                let claim = claim(state, regime, new)?;
                let id = claim.id;
                draft.push(EntryBody::Claim(claim))?;
                Ok(id)
            },
        )
    }

    /// Claims several things at once: all of them or none.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim), for the first that cannot be.
    pub fn claim_all(
        &mut self,
        actor: Actor<'_>,
        new: &[NewClaim],
    ) -> Result<Vec<ClaimId>, CaseError> {
        let tried = format!("make {} claims", new.len());
        self.act(actor, Act::Analyse, &tried, |state, regime, draft| {
            let mut known: BTreeSet<(EntityRef, String, Option<EntityRef>)> = BTreeSet::new();
            let mut made = Vec::new();
            for (next, new) in (state.next_claim().0..).zip(new) {
                let own = (
                    new.subject.clone(),
                    new.relation.clone(),
                    new.object.clone(),
                );
                if !known.insert(own) {
                    return Err(CaseError::Wrong(format!(
                        "{} {} is claimed twice",
                        new.subject, new.relation
                    )));
                }
                let id = ClaimId(next);
                draft.push(EntryBody::Claim(Claim {
                    id,
                    ..claim(state, regime, new)?
                }))?;
                made.push(id);
            }
            Ok(made)
        })
    }

    /// Weighs several items at once: all of them or none.
    ///
    /// # Errors
    ///
    /// As [`weigh`](Self::weigh), for the first that cannot be.
    pub fn weigh_all(&mut self, actor: Actor<'_>, new: &[NewWeight<'_>]) -> Result<(), CaseError> {
        let tried = format!("weigh {} items", new.len());
        self.act(actor, Act::Analyse, &tried, |state, regime, draft| {
            new.iter().try_for_each(|new| {
                let assessment = assessment(state, regime, new, actor.by)?;
                not_sealed(state, &assessment)?;
                draft
                    .push(EntryBody::Weighed(assessment.into()))
                    .map(|_| ())
            })
        })
    }

    /// Weighs an item for a claim, in place of what the same analyst made of it before.
    ///
    /// # Errors
    ///
    /// When the claim or the item is not there or no longer counts, a hypothesis is none of the claim's, a range makes no
    /// sense, the item is of a kind that weighs nothing, no reason is given, or whoever weighs may not.
    pub fn weigh(&mut self, actor: Actor<'_>, new: &NewWeight<'_>) -> Result<(), CaseError> {
        let tried = format!("weigh {} for {}", new.evidence, new.claim);
        self.act(actor, Act::Analyse, &tried, |state, regime, draft| {
            let assessment = assessment(state, regime, new, actor.by)?;
            not_sealed(state, &assessment)?;
            draft
                .push(EntryBody::Weighed(assessment.into()))
                .map(|_| ())
        })
    }

    /// Disagrees with the judgement of a claim. It changes nothing of it, and goes wherever the judgement goes.
    ///
    /// # Errors
    ///
    /// When there is no such claim, no reason is given or it speaks of likelihood and confidence in one sentence, or whoever
    /// disagrees may not.
    pub fn dissent(&mut self, actor: Actor<'_>, dissent: &Dissent) -> Result<(), CaseError> {
        let tried = format!("dissent on {}", dissent.claim);
        self.act(actor, Act::Analyse, &tried, |state, _, draft| {
            let claim = state.claims().get(&dissent.claim);
            let claim = claim.ok_or_else(|| no_claim(dissent.claim))?;
            if dissent.why.trim().is_empty() {
                return Err(CaseError::Wrong(
                    "say why: a dissent without a reason cannot be weighed".to_owned(),
                ));
            }
            if !wording::mixed(&dissent.why).is_empty() {
                return Err(CaseError::Wrong(
                    "the reason speaks of likelihood and of confidence in one sentence: say them apart"
                        .to_owned(),
                ));
            }
            let marking = dissent.marking.max(claim.marking);
            draft.push(EntryBody::Dissent(Dissent {
                marking,
                ..dissent.clone()
            }))?;
            Ok(())
        })
    }

    /// The judgement of a claim as things stand.
    ///
    /// # Errors
    ///
    /// When there is no such claim.
    pub fn judgement(&self, claim: ClaimId) -> Result<Judgement, CaseError> {
        let found = self
            .state()
            .claims()
            .get(&claim)
            .ok_or_else(|| no_claim(claim))?;
        judgement(self.state(), self.regime(), found)
    }

    /// What would remain of the judgement of a claim if any two of its origins told half as much; none where nothing was
    /// weighed.
    ///
    /// # Errors
    ///
    /// When there is no such claim.
    pub fn halved(&self, claim: ClaimId) -> Result<Option<Halved>, CaseError> {
        let found = self.state().claims().get(&claim);
        let found = found.ok_or_else(|| no_claim(claim))?;
        let weighed = self.state().weighed(claim);
        Ok(halved(found, &weighed, &BTreeMap::new(), self.regime())?)
    }

    /// Judges a claim and enters it.
    ///
    /// # Errors
    ///
    /// When there is no such claim, nothing was weighed for it, or whoever judges may not.
    pub fn judge(&mut self, actor: Actor<'_>, claim: ClaimId) -> Result<Judgement, CaseError> {
        self.act(
            actor,
            Act::Analyse,
            &format!("judge {claim}"),
            |state, regime, draft| {
                let judged = judge_claim(state, regime, claim)?;
                let judgement = judged.judgement.clone();
                draft.push(EntryBody::Judged(judged))?;
                Ok(judgement)
            },
        )
    }

    /// Judges several claims at once and enters all of the judgements or none.
    ///
    /// # Errors
    ///
    /// As [`judge`](Self::judge), for the first that cannot be.
    pub fn judge_all(&mut self, actor: Actor<'_>, claims: &[ClaimId]) -> Result<(), CaseError> {
        let tried = format!("judge {} claims", claims.len());
        self.act(actor, Act::Analyse, &tried, |state, regime, draft| {
            claims.iter().try_for_each(|claim| {
                let judged = judge_claim(state, regime, *claim)?;
                draft.push(EntryBody::Judged(judged)).map(|_| ())
            })
        })
    }

    /// What the gate says of a party as things stand, if these people sign.
    ///
    /// # Errors
    ///
    /// When the regime knows no such criterion.
    pub fn gate_result(
        &self,
        subject: &EntityRef,
        criterion: &str,
        signers: &BTreeSet<String>,
    ) -> Result<GateResult, CaseError> {
        gate_result(self.state(), self.regime(), subject, criterion, signers)
    }
}

/// The claim that says the same as one that is to be made, if there is one.
pub(crate) fn same(state: &CaseState, new: &NewClaim) -> Option<ClaimId> {
    let mut all = state.claims().values();
    let same = all
        .find(|c| c.subject == new.subject && c.relation == new.relation && c.object == new.object);
    same.map(|same| same.id)
}

pub(crate) fn no_claim(id: ClaimId) -> CaseError {
    CaseError::NoClaim(id)
}

pub(crate) fn claim(
    state: &CaseState,
    regime: &Regime,
    new: &NewClaim,
) -> Result<Claim, CaseError> {
    let relation = regime.relation(&new.relation).ok_or_else(|| {
        let known: Vec<&str> = regime.relations.iter().map(|r| r.id.as_str()).collect();
        CaseError::unknown(
            format!("the relation {:?}", new.relation),
            &format!("the regime has {}", known.join(", ")),
        )
    })?;
    if relation.object != new.object.is_some() {
        let words = if relation.object {
            "needs an object"
        } else {
            "takes no object"
        };
        return Err(CaseError::Wrong(format!(
            "{} {words}: it says that {}",
            relation.id, relation.claim
        )));
    }
    for named in [Some(&new.subject), new.object.as_ref()]
        .into_iter()
        .flatten()
    {
        if named.kind() == "technique" {
            technique(named.name()).map_err(|e| CaseError::Wrong(e.to_string()))?;
        }
    }
    let same = |c: &&Claim| {
        c.subject == new.subject && c.relation == new.relation && c.object == new.object
    };
    if let Some(same) = state.claims().values().find(same) {
        return Err(CaseError::Wrong(format!(
            "that is claimed already: {}",
            same.id
        )));
    }
    let hypothesis = |id: String, text: String, prior| Hypothesis { id, text, prior };
    let in_force = |id: &str| {
        let found = regime.standing_hypotheses.iter().find(|s| s.id == id);
        found.map_or_else(String::new, |s| s.text.clone())
    };
    let mut hypotheses = vec![
        hypothesis(UNKNOWN.to_owned(), in_force(UNKNOWN), relation.other_prior),
        hypothesis(
            CLAIMED.to_owned(),
            relation.said(&new.subject, new.object.as_ref()),
            relation.own_prior,
        ),
    ];
    for (n, rival) in new.rivals.iter().enumerate() {
        let text = relation.said(&new.subject, Some(rival));
        hypotheses.push(hypothesis(
            format!("H{}", n + 2),
            text,
            relation.other_prior,
        ));
    }
    for id in &relation.beside {
        hypotheses.push(hypothesis(id.clone(), in_force(id), relation.other_prior));
    }
    let claim = Claim {
        id: state.next_claim(),
        subject: new.subject.clone(),
        relation: new.relation.clone(),
        object: new.object.clone(),
        marking: new.marking,
        hypotheses,
    };
    // Many rivals may leave no room within the ranges.
    judgement(state, regime, &claim)?;
    Ok(claim)
}

pub(crate) fn assessment(
    state: &CaseState,
    regime: &Regime,
    new: &NewWeight<'_>,
    by: &str,
) -> Result<Assessment, CaseError> {
    let claim = state
        .claims()
        .get(&new.claim)
        .ok_or_else(|| no_claim(new.claim))?;
    let on_file = state
        .evidence()
        .get(&new.evidence)
        .ok_or_else(|| not_on_file(new.evidence))?;
    if on_file.withdrawn.is_some() {
        return Err(CaseError::Wrong(format!(
            "{} was withdrawn and no longer counts",
            new.evidence
        )));
    }
    if on_file.item.kind == Kind::Viewpoint {
        return Err(CaseError::Wrong(format!(
            "{} is a viewpoint: sharing one with a government is not evidence, and weighs nothing",
            new.evidence
        )));
    }
    if new.reason.trim().is_empty() {
        return Err(CaseError::Wrong(
            "say why: a weight without a reason cannot be defended".to_owned(),
        ));
    }
    if !wording::mixed(new.reason).is_empty() {
        return Err(CaseError::Wrong(
            "the reason speaks of likelihood and of confidence in one sentence: say them apart"
                .to_owned(),
        ));
    }
    let mut weights: Vec<Weight> = Vec::new();
    for (hypothesis, range) in &new.weights {
        let place = claim
            .place(hypothesis)
            .filter(|place| *place > 0)
            .ok_or_else(|| {
                let known: Vec<&str> = claim.hypotheses[1..]
                    .iter()
                    .map(|h| h.id.as_str())
                    .collect();
                CaseError::unknown(
                    format!("the hypothesis {hypothesis:?}"),
                    &format!(
                        "{} has {}, each measured against {UNKNOWN}",
                        claim.id,
                        known.join(", ")
                    ),
                )
            })?;
        let hypothesis = claim.hypotheses[place].id.clone();
        if weights.iter().any(|w| w.hypothesis == hypothesis) {
            return Err(CaseError::Wrong(format!("{hypothesis} is weighed twice")));
        }
        let ratio = match regime.phrase(range) {
            Some(ratio) => ratio,
            None => range
                .parse::<Ratio>()
                .map_err(|e| CaseError::Wrong(format!("{hypothesis}: {e}")))?,
        };
        weights.push(Weight { hypothesis, ratio });
    }
    let assessment = Assessment {
        claim: new.claim,
        evidence: new.evidence,
        analyst: by.to_owned(),
        category: new.category,
        weights,
        reason: new.reason.to_owned(),
        marking: new.marking.max(on_file.item.marking),
    };
    not_its_own_listing(state, regime, claim, &assessment)?;
    Ok(assessment)
}

/// Whoever sealed a weight of an item neither weighs it in the open as well nor seals another: of two, whichever suits could be shown.
pub(crate) fn not_sealed(state: &CaseState, new: &Assessment) -> Result<(), CaseError> {
    match state.has_sealed(new.claim, new.evidence, &new.analyst) {
        None => Ok(()),
        Some(entry) => Err(CaseError::SealedBefore {
            by: new.analyst.clone(),
            evidence: new.evidence,
            claim: new.claim,
            entry,
        }),
    }
}

/// What shows that a party is on the list already holds up no claim that would put it there.
fn not_its_own_listing(
    state: &CaseState,
    regime: &Regime,
    claim: &Claim,
    new: &Assessment,
) -> Result<(), CaseError> {
    let listings = state.listings_of(&claim.subject, &regime.programme);
    let shows = listings.iter().any(|listing| listing.item == new.evidence);
    if shows && raises(claim, new) {
        return Err(CaseError::Wrong(format!(
            "{} shows that {} is on the list under {} already, and what a list says is no evidence for it\n  weigh what the list itself rests on",
            new.evidence, claim.subject, regime.programme
        )));
    }
    Ok(())
}

pub(crate) fn judgement(
    state: &CaseState,
    regime: &Regime,
    claim: &Claim,
) -> Result<Judgement, CaseError> {
    Ok(judge(
        claim,
        &state.weighed(claim.id),
        &BTreeMap::new(),
        regime,
    )?)
}

/// A claim, judged as things stand.
fn judge_claim(state: &CaseState, regime: &Regime, claim: ClaimId) -> Result<Judged, CaseError> {
    let found = state.claims().get(&claim).ok_or_else(|| no_claim(claim))?;
    let judgement = judgement(state, regime, found)?;
    if !judgement.evidenced {
        return Err(CaseError::NotWeighed(claim));
    }
    Ok(Judged {
        rests_on: rests_on(state, [claim]),
        judgement,
        because: None,
    })
}

/// The items that claims rest on: all that were weighed for them and count.
pub(crate) fn rests_on(
    state: &CaseState,
    claims: impl IntoIterator<Item = ClaimId>,
) -> Vec<EvidenceId> {
    let items = claims.into_iter().flat_map(|c| state.weighed(c));
    let items: BTreeSet<EvidenceId> = items.map(|w| w.evidence.id).collect();
    items.into_iter().collect()
}

/// The claims among some that had been judged, judged again now that something else counts for them.
pub(crate) fn judged_again(
    state: &CaseState,
    regime: &Regime,
    claims: &BTreeMap<ClaimId, u64>,
) -> Result<Vec<Judged>, CaseError> {
    let judged = claims
        .iter()
        .filter(|(id, _)| state.last_judged(**id).is_some());
    let found = judged.filter_map(|(id, because)| Some((state.claims().get(id)?, *because)));
    found
        .map(|(claim, because)| {
            Ok(Judged {
                judgement: judgement(state, regime, claim)?,
                rests_on: rests_on(state, [claim.id]),
                because: Some(because),
            })
        })
        .collect()
}

pub(crate) fn gate_result(
    state: &CaseState,
    regime: &Regime,
    subject: &EntityRef,
    criterion: &str,
    signers: &BTreeSet<String>,
) -> Result<GateResult, CaseError> {
    let (blocked, mut judged) = (state.blocked(&regime.programme), BTreeMap::new());
    gate_result_with(
        state,
        regime,
        subject,
        criterion,
        signers,
        &blocked,
        &mut judged,
    )
}

/// What the gate says if these parties are blocked; claims that were judged before are not judged again.
pub(crate) fn gate_result_with(
    state: &CaseState,
    regime: &Regime,
    subject: &EntityRef,
    criterion: &str,
    signers: &BTreeSet<String>,
    blocked: &BTreeSet<EntityRef>,
    judged: &mut BTreeMap<ClaimId, Judgement>,
) -> Result<GateResult, CaseError> {
    let found = regime.criterion(criterion).ok_or_else(|| {
        let known: Vec<&str> = regime.criteria.iter().map(|c| c.id.as_str()).collect();
        CaseError::unknown(
            format!("the criterion {criterion:?}"),
            &format!("the regime has {}", known.join(", ")),
        )
    })?;
    let about: Vec<&Claim> = state
        .claims()
        .values()
        .filter(|c| &c.subject == subject)
        .collect();
    for claim in &about {
        if let Entry::Vacant(place) = judged.entry(claim.id) {
            place.insert(judgement(state, regime, claim)?);
        }
    }
    let claims = about
        .iter()
        .map(|claim| judged_claim(state, regime, claim, &judged[&claim.id]));
    let activities = activities(state, regime)?;
    let dossier = Dossier {
        subject,
        claims: claims.collect(),
        exculpatory: state.exculpatory(subject),
        unanswered: state.unanswered(subject),
        blocked,
        activities: &activities,
        signers,
    };
    Ok(gate(regime, found, &dossier))
}

/// A claim with its judgement, as the gate looks at it.
pub(crate) fn judged_claim<'s>(
    state: &'s CaseState,
    regime: &Regime,
    claim: &'s Claim,
    judgement: &'s Judgement,
) -> JudgedClaim<'s> {
    let weighed = state.weighed(claim.id);
    let listings = state.listings_of(&claim.subject, &regime.programme);
    let kept = |item| {
        let origin = state.true_origin(item);
        origin.is_some_and(|origin| regime.keeps_the_list(origin))
    };
    JudgedClaim {
        claim,
        judgement,
        of_the_list: of_the_list(claim, &weighed, &listings, kept),
        sealed: state.sealed_items(claim.id),
        weighed,
    }
}

/// What is shown of things by claims that pass the gate by themselves, as far as an element of the regime asks for it.
fn activities(state: &CaseState, regime: &Regime) -> Result<Activities, CaseError> {
    let mut shown = Activities::new();
    let asked: BTreeSet<&String> = regime
        .elements
        .iter()
        .filter_map(|element| element.of_activity.as_ref())
        .collect();
    for claim in state
        .claims()
        .values()
        .filter(|c| asked.contains(&c.relation))
    {
        let judgement = judgement(state, regime, claim)?;
        let judged = judged_claim(state, regime, claim, &judgement);
        if link(regime, &judged)
            .iter()
            .all(|condition| condition.passes)
        {
            let thing = (claim.relation.clone(), claim.subject.clone());
            shown.entry(thing).or_insert(claim.id);
        }
    }
    Ok(shown)
}
