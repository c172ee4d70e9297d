//! Claims, what was weighed for them, every judgement and every gate once more.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{
    Activities, Assessment, CLAIMED, Claim, ClaimId, Dossier, EntityRef, Evidence, EvidenceId,
    GateResult, Judged, Judgement, Kind, Listing, UNKNOWN, Weighed, gate, judge, link, of_the_list,
};

use super::Replay;
use crate::VerifyError;
use crate::check::Check;
use crate::entry::{Header, JudgedEntry};

impl Replay<'_> {
    pub(super) fn claim(&mut self, seq: u64, claim: Claim) -> Result<(), VerifyError> {
        let wrong = "claims with other answers or priors than the regime gives";
        self.demand(Check::Claim, self.is_the_regimes(&claim), seq, wrong)?;
        if let Some(claimed) = self.claims.get_mut(&claim.id) {
            claimed.claim = Some(claim);
        }
        Ok(())
    }

    /// Whether a claim has the answers of its relation, in their order, with the regime's priors. Only rivals may be named
    /// freely, for they can only take from the claim.
    fn is_the_regimes(&self, claim: &Claim) -> bool {
        let Some(relation) = self.regime.relation(&claim.relation) else {
            return false;
        };
        let said = relation.said(&claim.subject, claim.object.as_ref());
        let beside = relation.beside.len();
        let Some(rivals) = claim.hypotheses.len().checked_sub(2 + beside) else {
            return false;
        };
        relation.object == claim.object.is_some()
            && claim.hypotheses.iter().enumerate().all(|(place, answer)| {
                let of_claim = place == Claim::OWN;
                let id = match place {
                    0 => UNKNOWN.to_owned(),
                    Claim::OWN => CLAIMED.to_owned(),
                    rival if rival < 2 + rivals => format!("H{rival}"),
                    standing => relation.beside[standing - 2 - rivals].clone(),
                };
                let prior = if of_claim {
                    relation.own_prior
                } else {
                    relation.other_prior
                };
                answer.id == id && answer.prior == prior && (!of_claim || answer.text == said)
            })
    }

    pub(super) fn weighs(
        &mut self,
        header: &Header,
        assessment: Assessment,
    ) -> Result<(), VerifyError> {
        let seq = header.seq;
        let own = self.people.get(&header.by).and_then(|p| p.name.as_ref());
        let own = own.is_none_or(|name| name == &assessment.analyst);
        self.demand(Check::OwnName, own, seq, "weighs in somebody else's name")?;
        let claim = self.claims.get(&assessment.claim);
        let of_claim = claim.and_then(|c| c.claim.as_ref()).is_none_or(|claim| {
            let mut seen = BTreeSet::new();
            assessment.weights.iter().all(|weight| {
                let place = claim
                    .hypotheses
                    .iter()
                    .position(|h| h.id == weight.hypothesis);
                place.is_some_and(|place| place > 0) && seen.insert(&weight.hypothesis)
            })
        });
        let item = self.evidence.get(&assessment.evidence);
        let item = item.and_then(|on_file| on_file.item.as_ref());
        let may_weigh = item.is_none_or(|(evidence, _)| evidence.kind != Kind::Viewpoint);
        let wrong = "weighs what the claim does not ask, or what weighs nothing";
        self.demand(Check::Weight, of_claim && may_weigh, seq, wrong)?;
        let place = (assessment.evidence, header.by);
        let of_claim = self.weights.get_mut(&assessment.claim);
        if let Some(weight) = of_claim.and_then(|weights| weights.get_mut(&place)) {
            weight.assessment = Some(assessment);
        }
        Ok(())
    }

    /// The items that were weighed for a claim and count: known whether the weights are open or not.
    pub(super) fn rests_on(&self, claim: ClaimId) -> BTreeSet<EvidenceId> {
        let weights = self.weights.get(&claim).into_iter().flatten();
        let items = weights.map(|((item, _), _)| *item);
        items.filter(|item| self.counts(*item)).collect()
    }

    /// What was weighed for a claim, in the order of items and analysts; none where something of it is undisclosed.
    pub(super) fn weighed(&self, claim: ClaimId) -> Option<Vec<Weighed<'_>>> {
        let mut weighed = Vec::new();
        for ((item, _), weight) in self.weights.get(&claim).into_iter().flatten() {
            if !self.counts(*item) {
                continue;
            }
            weighed.push(Weighed {
                evidence: self.item_of(*item)?,
                assessment: weight.assessment.as_ref()?,
                blind: weight.blind,
            });
        }
        let order = |w: &Weighed<'_>| (w.evidence.id, w.assessment.analyst.clone());
        weighed.sort_by_key(order);
        Some(weighed)
    }

    fn item_of(&self, id: EvidenceId) -> Option<&Evidence> {
        let item = self.evidence.get(&id)?.item.as_ref();
        item.map(|(evidence, _)| evidence)
    }

    /// A claim that is open.
    pub(super) fn open_claim(&self, id: ClaimId) -> Option<&Claim> {
        self.claims.get(&id)?.claim.as_ref()
    }

    /// The judgement of a claim; none where something that it rests on is undisclosed.
    pub(super) fn judge(&self, claim: &Claim) -> Option<Judgement> {
        self.origins.as_ref()?;
        let weighed = self.weighed(claim.id)?;
        judge(claim, &weighed, &BTreeMap::new(), self.regime).ok()
    }

    pub(super) fn judged(&mut self, seq: u64, judged: &JudgedEntry) -> Result<(), VerifyError> {
        let id = judged.judgement.claim;
        let rests_on_all = self.rests_on(id).iter().eq(&judged.rests_on);
        let wrong = "is a judgement that rests on other items than were weighed";
        self.demand(Check::Basis, rests_on_all, seq, wrong)?;
        let Some(again) = self.open_claim(id).and_then(|claim| self.judge(claim)) else {
            // There is no such claim, or not all of it is open.
            let claimed = self.claims.contains_key(&id);
            let wrong = "is a judgement of nothing that is claimed";
            self.demand(Check::Judgement, claimed, seq, wrong)?;
            self.unproven(format!("the judgement of entry {seq}"));
            return Ok(());
        };
        let wrong = "is a judgement that comes out otherwise when it is made again";
        self.demand(Check::Judgement, again == judged.judgement, seq, wrong)?;
        self.done.judgements += 1;
        if let Some(claim) = self.claims.get(&id).and_then(|c| c.claim.as_ref()) {
            self.news.judged(seq, claim, &again, self.regime);
        }
        Ok(())
    }

    /// What the gate says if these parties are blocked; none where something of it is undisclosed.
    pub(super) fn gate_result(
        &self,
        subject: &EntityRef,
        criterion: &str,
        signers: &BTreeSet<String>,
        blocked: &Blocked,
    ) -> Option<GateResult> {
        let criterion = self.regime.criterion(criterion)?;
        let number = self.numbers.get(subject)?;
        // What is said of somebody whose name is undisclosed may be said of this one.
        let may_be = |name: &u64| name == number || !self.names.contains_key(name);
        let mut claims = Vec::new();
        for claimed in self.claims.values().filter(|c| may_be(&c.subject)) {
            claims.push(claimed.claim.as_ref()?);
        }
        let unsure = |claim: &&Claim| {
            let object = claim.object.as_ref().and_then(|o| self.numbers.get(o));
            object.is_some_and(|object| blocked.unsure.contains(object))
        };
        if claims.iter().any(unsure) {
            return None;
        }
        let mut exculpatory = Vec::new();
        for (id, on_file) in &self.evidence {
            if self.counts(*id) && on_file.speaks_for.iter().any(may_be) {
                exculpatory.push(self.item_of(*id)?);
            }
        }
        exculpatory.retain(|item| item.speaks_for.contains(subject));
        let gone = self
            .evidence
            .iter()
            .filter(|(id, on_file)| !self.counts(**id) && !on_file.weighed);
        let mut unanswered = Vec::new();
        for (id, on_file) in gone {
            if on_file.speaks_for.contains(number) {
                unanswered.push(*id);
            } else if on_file.speaks_for.iter().any(may_be) {
                return None;
            }
        }
        let judgements: Vec<Judgement> = claims
            .iter()
            .map(|c| self.judge(c))
            .collect::<Option<_>>()?;
        let mut judged = Vec::new();
        for (claim, judgement) in claims.iter().zip(&judgements) {
            judged.push(self.judged_claim(claim, judgement)?);
        }
        let asks_for_activities = criterion.elements.iter().any(|id| {
            let element = self.regime.element(id);
            element.is_some_and(|element| element.of_activity.is_some())
        });
        let activities = if asks_for_activities {
            self.activities()?
        } else {
            Activities::new()
        };
        let dossier = Dossier {
            subject,
            claims: judged,
            exculpatory,
            unanswered,
            blocked: &blocked.surely,
            activities: &activities,
            signers,
        };
        Some(gate(self.regime, criterion, &dossier))
    }
}

impl Replay<'_> {
    /// A claim with its judgement, as the gate looks at it; none where something that it rests on is undisclosed.
    pub(super) fn judged_claim<'s>(
        &'s self,
        claim: &'s Claim,
        judgement: &'s Judgement,
    ) -> Option<Judged<'s>> {
        let weighed = self.weighed(claim.id)?;
        let number = self.numbers.get(&claim.subject)?;
        let of_subject = self.listed.iter().filter(|l| l.name == *number);
        // Under which programme is undisclosed of some.
        let (mut surely, mut perhaps) = (Vec::new(), Vec::new());
        for listed in of_subject {
            let listing = Listing {
                item: listed.evidence,
                origin: self
                    .item_of(listed.evidence)
                    .map(|item| item.origin.clone()),
            };
            match &listed.programme {
                Some(programme) if *programme != self.regime.programme => {}
                Some(_) => {
                    surely.push(listing.clone());
                    perhaps.push(listing);
                }
                None => perhaps.push(listing),
            }
        }
        // What such an item goes back to may be undisclosed.
        let known = perhaps.iter().all(|listing| listing.origin.is_some());
        let kept = |item| {
            let item = self.item_of(item);
            item.is_some_and(|item| self.regime.keeps_the_list(&item.origin))
        };
        let found = of_the_list(claim, &weighed, &surely, kept);
        let same = of_the_list(claim, &weighed, &perhaps, kept) == found;
        (known && same).then(|| Judged {
            claim,
            judgement,
            sealed: self.seals.items(claim.id),
            of_the_list: found,
            weighed,
        })
    }

    /// What is shown of things by claims that pass the gate by themselves, as far as an element of the regime asks for it;
    /// none where a claim is undisclosed that may be one.
    fn activities(&self) -> Option<Activities> {
        let asked: BTreeSet<&String> = self
            .regime
            .elements
            .iter()
            .filter_map(|element| element.of_activity.as_ref())
            .collect();
        let mut shown = Activities::new();
        for claimed in self.claims.values() {
            let claim = claimed.claim.as_ref()?;
            if !asked.contains(&claim.relation) {
                continue;
            }
            let judgement = self.judge(claim)?;
            let judged = self.judged_claim(claim, &judgement)?;
            if link(self.regime, &judged)
                .iter()
                .all(|condition| condition.passes)
            {
                let thing = (claim.relation.clone(), claim.subject.clone());
                shown.entry(thing).or_insert(claim.id);
            }
        }
        Some(shown)
    }
}

/// Who is blocked.
#[derive(Default)]
pub(super) struct Blocked {
    pub(super) surely: BTreeSet<EntityRef>,
    /// The numbers of those who may be, for what it rests on is undisclosed.
    pub(super) unsure: BTreeSet<u64>,
}
