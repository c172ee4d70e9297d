//! A case as an audience may have it: what is marked above the audience is withheld, wherever it would appear, and a mark
//! says so.
//!
//! Judgements and gates come out as they are: what is withheld of an item are its words, its origin's name among them, and
//! of a claim what it claims. What is given out is made from here and not from the case, so there is one place for the rule.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{
    Calibration, ClaimId, EvidenceId, GateResult, Halved, Judgement, Marking, Regime, halved,
};

use crate::case::Case;
use crate::entry::{Action, EntryBody, Item};
use crate::error::CaseError;
use crate::judging::{gate_result, judgement, no_claim};
use crate::state::{CaseState, withhold};

/// A case as an audience may have it.
pub struct Disclosure<'c> {
    case: &'c Case,
    audience: Marking,
    /// What is shown.
    shown: CaseState,
    /// What is reckoned with: all claims, and the withheld origins under names that say nothing.
    reckoned: CaseState,
    /// Claims that are withheld, with their markings.
    withheld: BTreeMap<ClaimId, Marking>,
}

impl Case {
    /// The case as an audience may have it.
    pub fn disclosed_to(&self, audience: Marking) -> Disclosure<'_> {
        let mut reckoned = self.state().clone();
        reckoned.mask(audience);
        let above = |claim: &ClaimId| {
            let marking = self.state().claims()[claim].marking;
            (!audience.shows(marking)).then_some((*claim, marking))
        };
        let withheld: BTreeMap<ClaimId, Marking> =
            self.state().claims().keys().filter_map(above).collect();
        let mut shown = reckoned.clone();
        shown.leave_out(&withheld);
        Disclosure {
            case: self,
            audience,
            shown,
            reckoned,
            withheld,
        }
    }
}

impl<'c> Disclosure<'c> {
    /// The case behind it, for what is not said in words: its ledger, its folder, the bytes of items.
    pub fn case(&self) -> &'c Case {
        self.case
    }

    /// Who may have it.
    pub fn audience(&self) -> Marking {
        self.audience
    }

    /// What of the case is shown.
    pub fn state(&self) -> &CaseState {
        &self.shown
    }

    /// The regime it was opened under.
    pub fn regime(&self) -> &'c Regime {
        self.case.regime()
    }

    /// The claims that are withheld, with their markings.
    pub fn withheld_claims(&self) -> &BTreeMap<ClaimId, Marking> {
        &self.withheld
    }

    /// How an item is marked; none of one that is not on file.
    pub fn marking_of(&self, id: EvidenceId) -> Option<Marking> {
        let on_file = self.case.state().evidence().get(&id);
        on_file.map(|on_file| on_file.item.marking)
    }

    /// Whether the words of an item are shown.
    pub fn shows(&self, id: EvidenceId) -> bool {
        let marking = self.marking_of(id);
        marking.is_some_and(|marking| self.audience.shows(marking))
    }

    /// The judgement of a claim as things stand, withheld or not.
    ///
    /// # Errors
    ///
    /// When there is no such claim.
    pub fn judgement(&self, claim: ClaimId) -> Result<Judgement, CaseError> {
        let found = self.reckoned.claims().get(&claim);
        let found = found.ok_or_else(|| no_claim(claim))?;
        let mut judgement = judgement(&self.reckoned, self.regime(), found)?;
        for origin in &mut judgement.origins {
            origin.items.retain(|item| self.tells_origin(*item));
        }
        Ok(judgement)
    }

    /// What an item goes back to, as far as that is for this audience. An origin that another item shows is named there:
    /// that this one has it too is not told.
    pub fn origin_of(&self, id: EvidenceId) -> &str {
        let on_file = self.shown.evidence().get(&id);
        on_file.map_or("", |on_file| on_file.item.origin.as_str())
    }

    /// Whether it may be told that an item has the origin that it has: it is shown, or the origin goes by a name that says
    /// nothing.
    fn tells_origin(&self, id: EvidenceId) -> bool {
        let reckoned = self.reckoned.weighable_origin(id);
        self.shows(id) || reckoned.is_some_and(|origin| origin == self.origin_of(id))
    }

    /// What would remain of it, as [`Case::halved`].
    ///
    /// # Errors
    ///
    /// When there is no such claim.
    pub fn halved(&self, claim: ClaimId) -> Result<Option<Halved>, CaseError> {
        let found = self.reckoned.claims().get(&claim);
        let found = found.ok_or_else(|| no_claim(claim))?;
        let weighed = self.reckoned.weighed(claim);
        Ok(halved(found, &weighed, &BTreeMap::new(), self.regime())?)
    }

    /// What the gate says of a party as things stand, if these people sign. What it says of a claim that is withheld is
    /// withheld too, but not whether it holds.
    ///
    /// # Errors
    ///
    /// When the regime knows no such criterion.
    pub fn gate_result(
        &self,
        subject: &overt_attribution::EntityRef,
        criterion: &str,
        signers: &BTreeSet<String>,
    ) -> Result<GateResult, CaseError> {
        let mut found = gate_result(&self.reckoned, self.regime(), subject, criterion, signers)?;
        withhold(&mut found, &self.withheld);
        Ok(found)
    }

    /// How the judgements fared that were scored.
    pub fn calibration(&self) -> Calibration {
        self.case.calibration()
    }

    /// How many entries there are, as far as they were read.
    pub fn size(&self) -> u64 {
        self.case.size()
    }
}

/// What stands for an item's words.
pub(crate) fn mask_item(item: &mut Item, origin: &str) {
    let mark = item.marking.withheld();
    for words in [
        &mut item.name,
        &mut item.collected_by,
        &mut item.collected_at,
        &mut item.from,
        &mut item.licence,
        // Small files can be found again by their hash.
        &mut item.sha256,
    ] {
        words.clone_from(&mark);
    }
    origin.clone_into(&mut item.origin);
    if let Some(run) = &mut item.run {
        run.words.clone_from(&mark);
    }
}

/// How the body of an entry is marked: as the most of what it tells.
pub(crate) fn marking_of(state: &CaseState, body: &EntryBody) -> Marking {
    // What is not on file any more may have been anything.
    let item = |id: EvidenceId| {
        let on_file = state.evidence().get(&id);
        on_file.map_or(Marking::Red, |on_file| on_file.item.marking)
    };
    let claim = |id: ClaimId| state.claims().get(&id).map_or(Marking::Red, |c| c.marking);
    let most = |markings: &mut dyn Iterator<Item = Marking>| markings.max().unwrap_or_default();
    let basis = |claims: &[ClaimId], rests_on: &[EvidenceId]| {
        let claims = claims.iter().map(|id| claim(*id));
        most(&mut claims.chain(rests_on.iter().map(|id| item(*id))))
    };
    match body {
        EntryBody::Evidence(item) => item.marking,
        EntryBody::Claim(claim) => claim.marking,
        EntryBody::Weighed(weighed) => {
            let of = &weighed.assessment;
            of.marking.max(item(of.evidence)).max(claim(of.claim))
        }
        EntryBody::Fact(fact) => state.marking_of_fact(fact),
        EntryBody::FactWithdrawn(withdrawn) => {
            let fact = state.fact(withdrawn.fact);
            fact.map_or(Marking::Red, |record| state.marking_of_fact(&record.fact))
        }
        EntryBody::Dissent(dissent) => dissent.marking.max(claim(dissent.claim)),
        EntryBody::Judged(judged) => basis(&[judged.judgement.claim], &judged.rests_on),
        EntryBody::Scored(scored) => claim(scored.claim).max(item(scored.evidence)),
        EntryBody::Withdrawn(withdrawn) => item(withdrawn.evidence),
        EntryBody::Reinstated(reinstated) => item(reinstated.evidence),
        EntryBody::Listed(listed) => item(listed.evidence),
        EntryBody::Described(described) => item(described.evidence),
        EntryBody::Origin(named) => {
            let names = [
                Some(&named.name),
                named.same_as.as_ref(),
                named.apart_from.as_ref(),
            ];
            most(
                &mut names
                    .into_iter()
                    .flatten()
                    .map(|name| state.marking_of_origin(name)),
            )
        }
        EntryBody::Proposed(proposed) => basis(&proposed.claims, &proposed.rests_on),
        EntryBody::Signed(signed) => basis(&signed.claims, &signed.rests_on),
        EntryBody::UnderReview(review) => {
            let claims: Vec<ClaimId> = review
                .passage
                .conditions
                .iter()
                .filter_map(|c| c.claim)
                .collect();
            let items: Vec<EvidenceId> = claims
                .iter()
                .flat_map(|claim| state.weighed(*claim))
                .map(|w| w.evidence.id)
                .collect();
            basis(&claims, &items)
        }
        EntryBody::Decided(decided) => {
            let claims: Vec<ClaimId> = decided.takedown.iter().map(|t| t.claim).collect();
            let firms = decided.beyond.iter().flat_map(|b| &b.firms);
            let items = firms.map(|firm| firm.evidence);
            let items = items.chain(decided.takedown.iter().map(|t| t.findings));
            let items: Vec<EvidenceId> = items.chain(decided.rests_on.iter().copied()).collect();
            let spared = match decided.action {
                Action::Decline => state.marking_of_party(&decided.subject),
                _ => Marking::Clear,
            };
            basis(&claims, &items).max(spared)
        }
        EntryBody::Refused(refused) => state.marking_of_refusal(refused),
        EntryBody::Erased(erased) => {
            let words = state.marking_of_words(&erased.why);
            erased.marking.unwrap_or(Marking::Red).max(words)
        }
        EntryBody::Opened(_)
        | EntryBody::SealedWeight(_)
        | EntryBody::Person(_)
        | EntryBody::Event(_)
        | EntryBody::Step(_)
        | EntryBody::Planned(_)
        | EntryBody::Notified(_)
        | EntryBody::Published(_)
        | EntryBody::Stamped(_)
        | EntryBody::Exported(_) => Marking::Clear,
    }
}
