//! The checks by name. Each is there for an attack that no other stops; the tests disable one at a time, and every one of
//! them then lets something through.

use crate::VerifyError;

/// A check of what the entries say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// An entry stands where its header says.
    Place,
    /// Nothing is dated back.
    Time,
    /// A body is what its header commits to.
    Body,
    /// A header says of its body what the body says.
    Header,
    /// A number of a name means one name, and a name has one number.
    Names,
    /// What somebody entered in one go, they signed, after this very history.
    Author,
    /// A key is one person's for the whole history.
    KeyOwner,
    /// A name is one person's.
    PersonName,
    /// A case is opened once, under the regime that the bundle holds, by somebody who is admitted with it.
    Opening,
    /// Who does something may do it.
    Role,
    /// People weigh in their own name.
    OwnName,
    /// Numbers are given once: under one that is given again, what was weighed and signed would come to be about something
    /// else.
    Numbers,
    /// A claim has the answers and priors that the regime gives it.
    Claim,
    /// A weight is of answers of the claim, and of an item that may weigh.
    Weight,
    /// A weight that is opened is the one that was sealed.
    Seal,
    /// What is weighed or shown counts.
    Counts,
    /// A fact stands in its items where it says.
    Pinpoint,
    /// An item is withdrawn that counts, and counts again that was withdrawn.
    Withdrawal,
    /// What is erased is said whole, and is not there.
    Erasure,
    /// A judgement comes out as it was entered.
    Judgement,
    /// A judgement rests on all that was weighed.
    Basis,
    /// A gate says what it said.
    Gate,
    /// A determination is signed in the text that says all of it.
    Statement,
    /// The signature under that text holds.
    Signature,
    /// Nobody signs a determination twice.
    SignedTwice,
    /// A signature is for the determination that was proposed.
    Proposal,
    /// A determination that no longer passes comes under review, and no other.
    Review,
    /// What is decided rests on a determination that stands.
    Decision,
    /// Only who is on the list is taken off it.
    Delisting,
    /// Accounts are closed on an attribution that passes the gate by itself.
    Takedown,
    /// A recommendation says what the regime asks for.
    Recommendation,
    /// A run that was foreseen was foreseen by a plan that was sealed before.
    Plan,
    /// What is scored is the last judgement before it came out how things are.
    Score,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 33] = [
        Self::Place,
        Self::Time,
        Self::Body,
        Self::Header,
        Self::Names,
        Self::Author,
        Self::KeyOwner,
        Self::PersonName,
        Self::Opening,
        Self::Role,
        Self::OwnName,
        Self::Numbers,
        Self::Claim,
        Self::Weight,
        Self::Seal,
        Self::Counts,
        Self::Pinpoint,
        Self::Withdrawal,
        Self::Erasure,
        Self::Judgement,
        Self::Basis,
        Self::Gate,
        Self::Statement,
        Self::Signature,
        Self::SignedTwice,
        Self::Proposal,
        Self::Review,
        Self::Decision,
        Self::Delisting,
        Self::Takedown,
        Self::Recommendation,
        Self::Plan,
        Self::Score,
    ];
}

/// The checks that are made: all, but for the tests.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Checks {
    without: Option<Check>,
}

impl Checks {
    pub(crate) fn without(check: Check) -> Self {
        Self {
            without: Some(check),
        }
    }

    /// Demands that something holds of an entry.
    pub(crate) fn demand(
        self,
        check: Check,
        holds: bool,
        seq: u64,
        wrong: impl Into<String>,
    ) -> Result<(), VerifyError> {
        if holds || self.without == Some(check) {
            return Ok(());
        }
        Err(VerifyError::Entry(seq, wrong.into()))
    }
}
