//! Determinations and what is done on them: proposed and signed by distinct people, through the gate each time.

use std::collections::BTreeSet;
use std::fmt::Write;

use overt_attribution::{Act, ClaimId, EntityRef, EvidenceId, Passage};
use overt_ledger::{PublicKey, SecretKey};

use crate::board::{Board, Determination};
use crate::case::{Case, Hand};
use crate::entry::{Action, Decided, Proposed, Signed, What};
use crate::error::CaseError;
use crate::judging::{passage, rests_on};

/// What became of signing.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedNow {
    /// The determination.
    pub determination: u64,
    /// Whether this proposed it.
    pub proposed: bool,
    /// Whether it is made now.
    pub made: bool,
    /// What the gate says.
    pub passage: Passage,
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
        hand: Hand<'_>,
        subject: &EntityRef,
        criterion: &str,
        key: &SecretKey,
    ) -> Result<SignedNow, CaseError> {
        let tried = format!("sign that {subject} meets criterion {criterion}");
        let regime_sha256 = self
            .board()
            .opened()
            .map_or(String::new(), |o| o.regime_sha256.clone());
        self.act(hand, Act::Sign, &tried, |board, regime, draft| {
            own_key(board, hand.by, key)?;
            let open = open_determination(board, subject, criterion);
            let mut signers: BTreeSet<String> = open
                .iter()
                .flat_map(|d| d.signatures.iter().map(|(by, _)| by.clone()))
                .collect();
            if !signers.insert(hand.by.to_owned()) {
                return Err(CaseError::Refused(format!(
                    "{} signed it already: it takes somebody else",
                    hand.by
                )));
            }
            let passage = passage(board, regime, subject, criterion, &signers)?;
            if !passage.may_be_signed() {
                return Err(CaseError::Refused(format!(
                    "the gate does not let it pass\n{}",
                    failing(&passage)
                )));
            }
            let claims = claims_of(&passage);
            let items = rests_on(board, claims.iter().copied());
            let determination = open.map_or_else(|| next_determination(board), |d| d.number);
            if open.is_none() {
                draft.push(What::Proposed(Proposed {
                    determination,
                    passage: passage.clone(),
                    claims,
                    rests_on: items.clone(),
                }))?;
            }
            let text = statement(
                board,
                &regime.id,
                &regime_sha256,
                determination,
                &passage,
                &items,
            );
            let line = key.sign(&text, 0).to_string();
            draft.push(What::Signed(Signed {
                determination,
                passage: passage.clone(),
                rests_on: items,
                text,
                line,
            }))?;
            Ok(SignedNow {
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
    /// When what it needs is not there: a determination that stands, for a designation or a recommendation; a reason.
    pub fn decide(
        &mut self,
        hand: Hand<'_>,
        action: Action,
        subject: &EntityRef,
        why: &str,
    ) -> Result<u64, CaseError> {
        let tried = format!("{} {subject}", action.name());
        self.act(hand, Act::Sign, &tried, |board, _, draft| {
            if why.trim().is_empty() {
                return Err(CaseError::Wrong("say why".to_owned()));
            }
            let standing = standing(board, subject);
            if action != Action::Decline && standing.is_none() {
                return Err(CaseError::Refused(not_determined(board, subject)));
            }
            let decision = board
                .decisions()
                .keys()
                .next_back()
                .map_or(1, |last| last + 1);
            let items = standing.map_or(Vec::new(), |d| d.rests_on().to_vec());
            draft.push(What::Decided(Decided {
                decision,
                action,
                subject: subject.clone(),
                determination: standing.map(|d| d.number),
                rests_on: items,
                why: why.to_owned(),
            }))?;
            Ok(decision)
        })
    }
}

/// The determination of a party that is made and has lost none of what it rests on.
fn standing<'b>(board: &'b Board, subject: &EntityRef) -> Option<&'b Determination> {
    let stands = |d: &&Determination| {
        d.made && &d.proposed.passage.subject == subject && board.lost(d.rests_on()).is_empty()
    };
    board.determinations().values().rev().find(stands)
}

fn not_determined(board: &Board, subject: &EntityRef) -> String {
    let of_subject = |d: &&Determination| &d.proposed.passage.subject == subject;
    match board.determinations().values().rev().find(of_subject) {
        None => format!(
            "nobody has determined that {subject} meets a criterion\n  overt gate CASE {subject} says what is missing"
        ),
        Some(d) if !d.made => format!(
            "determination {} of {subject} lacks signatures\n  overt determine CASE {subject} --criterion {} --sign NAME",
            d.number, d.proposed.passage.criterion
        ),
        Some(d) => {
            let lost = board.lost(d.rests_on());
            let lost: Vec<String> = lost.iter().map(ToString::to_string).collect();
            format!(
                "determination {} of {subject} rests on what no longer counts: {}\n  it has to be made again",
                d.number,
                lost.join(", ")
            )
        }
    }
}

/// A determination that waits for signatures and has lost nothing of what it rests on.
fn open_determination<'b>(
    board: &'b Board,
    subject: &EntityRef,
    criterion: &str,
) -> Option<&'b Determination> {
    let is_open = |d: &&Determination| {
        let of = &d.proposed.passage;
        !d.made
            && &of.subject == subject
            && of.criterion == criterion
            && board.lost(d.rests_on()).is_empty()
    };
    board.determinations().values().rev().find(is_open)
}

fn next_determination(board: &Board) -> u64 {
    board
        .determinations()
        .keys()
        .next_back()
        .map_or(1, |last| last + 1)
}

fn own_key(board: &Board, by: &str, key: &SecretKey) -> Result<(), CaseError> {
    let person = board.people().get(by);
    let own = person.and_then(|p| p.key.as_deref()).ok_or_else(|| {
        CaseError::Refused(format!(
            "{by} has no key in this case\n  overt person add CASE {by} --key FILE.pub --by NAME"
        ))
    })?;
    let own: PublicKey = own.parse()?;
    if own.bytes() != key.public().bytes() {
        return Err(CaseError::Refused(format!("the key is not {by}'s")));
    }
    Ok(())
}

/// The claims that a passage rests on.
fn claims_of(passage: &Passage) -> Vec<ClaimId> {
    let claims: BTreeSet<ClaimId> = passage.conditions.iter().filter_map(|c| c.claim).collect();
    claims.into_iter().collect()
}

/// The conditions that fail, as a list.
pub fn failing(passage: &Passage) -> String {
    let mut text = String::new();
    for condition in passage.conditions.iter().filter(|c| !c.passes) {
        let of = condition.element.as_deref().unwrap_or("the party");
        let _ = writeln!(
            text,
            "  {of}: {}; it needs: {}",
            condition.because, condition.needs
        );
    }
    text.trim_end().to_owned()
}

/// What people sign: a text that says by itself what is determined and on what.
fn statement(
    board: &Board,
    regime: &str,
    regime_sha256: &str,
    determination: u64,
    passage: &Passage,
    items: &[EvidenceId],
) -> String {
    let name = board.opened().map_or("", |o| o.name.as_str());
    let mut text = format!(
        "overt determination\ncase {name}\nnumber {determination}\nsubject {}\ncriterion {}\nregime {regime} {regime_sha256}\n",
        passage.subject, passage.criterion
    );
    for id in items {
        let sha256 = board
            .evidence()
            .get(id)
            .map_or("", |e| e.item.sha256.as_str());
        let _ = writeln!(text, "rests on {id} {sha256}");
    }
    text
}
