//! Why a determination or decision no longer stands as it was made.

use std::fmt;

use overt_attribution::EvidenceId;

use crate::records::{DecisionRecord, Determination};
use crate::state::CaseState;

/// Why a determination or decision no longer stands as it was made: it has to be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The determination no longer passes the gate.
    UnderReview {
        /// The determination.
        determination: u64,
        /// The entry since which it does not.
        since: u64,
        /// The items that it rests on and no longer count.
        lost: Vec<EvidenceId>,
    },
    /// It rests on items that no longer count.
    Lost(Vec<EvidenceId>),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lost = match self {
            Self::UnderReview {
                determination,
                since,
                lost,
            } => {
                write!(
                    f,
                    "under review since entry {since}: determination {determination} no longer passes the gate"
                )?;
                if lost.is_empty() {
                    return Ok(());
                }
                f.write_str("; ")?;
                lost
            }
            Self::Lost(lost) => lost,
        };
        let lost: Vec<String> = lost.iter().map(ToString::to_string).collect();
        write!(f, "rests on what no longer counts ({})", lost.join(", "))
    }
}

impl CaseState {
    /// Why a determination no longer stands; none where it does, or waits for signatures.
    pub fn doubt(&self, determination: &Determination) -> Option<Doubt> {
        self.doubt_about(Some(determination), determination.rests_on())
    }

    /// Why a decision no longer stands; none where it does.
    pub fn doubt_of_decision(&self, made: &DecisionRecord) -> Option<Doubt> {
        let number = made.decided.determination;
        let determination = number.and_then(|number| self.determinations().get(&number));
        self.doubt_about(determination, &made.decided.rests_on)
    }

    fn doubt_about(
        &self,
        determination: Option<&Determination>,
        rests_on: &[EvidenceId],
    ) -> Option<Doubt> {
        let lost = self.lost(rests_on);
        let review = determination.and_then(|d| Some((d.number, d.under_review.as_ref()?.0)));
        match review {
            Some((determination, since)) => Some(Doubt::UnderReview {
                determination,
                since,
                lost,
            }),
            None => (!lost.is_empty()).then_some(Doubt::Lost(lost)),
        }
    }
}
