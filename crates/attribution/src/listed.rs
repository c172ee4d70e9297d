//! What a list says of a party is no evidence for putting the party on that list: it would bear itself out.

use std::collections::BTreeSet;

use crate::claim::{Assessment, Claim, Weighed};
use crate::id::EvidenceId;
use crate::origin::UNDECLARED;
use crate::regime::Regime;
use crate::spelling::is_alike;

/// An item that shows that a party is on the regime's own list already, and what it goes back to, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The item.
    pub item: EvidenceId,
    /// Its origin.
    pub origin: Option<String>,
}

/// Of what was weighed for a claim on a party that is on the regime's own list already, the items that hold the claim up and
/// go back to that list: those that show that the party is on it, what has the same origin as they, and what goes back to
/// whoever keeps it, of which `kept` says whether an item does. What such an item says for the party counts.
pub fn of_the_list(
    claim: &Claim,
    weighed: &[Weighed<'_>],
    listings: &[Listing],
    kept: impl Fn(EvidenceId) -> bool,
) -> BTreeSet<EvidenceId> {
    let shows = |of: &Weighed<'_>| {
        listings.iter().any(|listing| {
            let origin = listing.origin.as_deref().filter(|o| *o != UNDECLARED);
            listing.item == of.evidence.id || origin == Some(of.evidence.origin.as_str())
        })
    };
    let all = weighed.iter().filter(|_| !listings.is_empty());
    all.filter(|of| shows(of) || kept(of.evidence.id))
        .filter(|of| raises(claim, of.assessment))
        .map(|of| of.evidence.id)
        .collect()
}

impl Regime {
    /// Whether a name of an origin is one of those who keep its list.
    pub fn keeps_the_list(&self, origin: &str) -> bool {
        let mut keepers = self.listed_by.iter();
        keepers.any(|keeper| keeper == origin || is_alike(keeper, origin))
    }
}

/// Whether an item may be likelier under the claim than under any one of the other explanations.
pub fn raises(claim: &Claim, assessment: &Assessment) -> bool {
    let ratios = assessment.ratios(claim);
    let Some(own) = ratios.get(Claim::OWN) else {
        return false;
    };
    let mut others = ratios.iter().enumerate();
    others.any(|(place, other)| place != Claim::OWN && own.high() > other.low())
}
