//! What no regime's file may go below: it may ask for more, and never for less.
//!
//! Coordination alone and viewpoint alone are never enough; who publishes openly is never reached; what is unknown fails;
//! two people sign. A file that says otherwise is no regime, whoever wrote it.

use super::file::Check;
use super::tables::File;
use crate::evidence::Kind;

/// The fewest people who sign a determination.
const SIGNERS: usize = 2;
/// The most likely that it may be that a party is one whom the regime never reaches.
const NEVER_AT_MOST: f64 = 0.5;

impl Check<'_> {
    /// Everything that is below.
    pub(super) fn floor(&mut self, file: &File) {
        let signers = &file.gate.signers;
        if *signers.get_ref() < SIGNERS {
            self.fault(
                &signers.span(),
                "gate.signers",
                format!("at least {SIGNERS} people sign a determination; ask for as many or more"),
            );
        }
        let readings = &file.gate.readings;
        if *readings.get_ref() == 0 {
            self.fault(
                &readings.span(),
                "gate.readings",
                "somebody weighs what a claim rests on; give 1, or more for so many who do it blind"
                    .to_owned(),
            );
        }
        for kind in [Kind::Coordination, Kind::Viewpoint] {
            if !file.gate.never_alone.get_ref().contains(&kind) {
                self.fault(
                    &file.gate.never_alone.span(),
                    "gate.never-alone",
                    format!("{kind} alone is never enough; name it here"),
                );
            }
        }
        if file.never.is_empty() {
            self.fault(
                &signers.span(),
                "never",
                "name whom it never reaches, such as those who publish under their own names",
            );
        }
        for never in &file.never {
            if *never.at_most.get_ref() > NEVER_AT_MOST {
                self.fault(
                    &never.at_most.span(),
                    "never.at-most",
                    format!("whoever is more likely such than not is out of reach; give {NEVER_AT_MOST} or less"),
                );
            }
        }
        for criterion in &file.criterion {
            if criterion.elements.is_empty() {
                self.fault(
                    &criterion.id.span(),
                    "criterion.elements",
                    "a criterion that needs nothing would fit everybody; name what it needs",
                );
            }
        }
        let claimed = file.element.iter().flat_map(|e| &e.relations);
        let claimed: Vec<&str> = claimed.map(|word| word.get_ref().as_str()).collect();
        for relation in &file.relation {
            let decides = claimed.contains(&relation.id.get_ref().as_str());
            if decides && relation.beside.is_empty() {
                self.fault(
                    &relation.id.span(),
                    "relation.beside",
                    "a claim that decides something has another answer beside it than that nobody knows; name one",
                );
            }
        }
    }
}
