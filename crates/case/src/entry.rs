//! Entries of the ledger: everything that is ever said, done or decided in a case, in the order it was.

use std::collections::BTreeMap;

use overt_attribution::{
    Claim, ClaimId, Condition, EntityRef, EvidenceId, GateResult, Grade, Judgement, Kind, Marking,
};
use overt_ledger::Hash;
use serde::{Deserialize, Serialize};

use crate::error::CaseError;

mod fact;
mod header;
mod weighing;

pub use fact::{Fact, FactWithdrawn, Pinpoint};
pub(crate) use header::signed_text;
pub use header::{Admitted, EntryKind, Header, NameId, PersonId, Refers};
pub(crate) use weighing::seal_of;
pub use weighing::{Opens, SealedWeight, Weighing};

/// An entry: who says it, and what.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The part that is in every bundle.
    pub header: Header,
    /// What the ledger's leaf holds: SHA-256 of the header, which commits to the body.
    pub commitment: Hash,
    /// The body; none where it was erased.
    pub body: Option<EntryBody>,
}

impl EntryBody {
    /// Its bytes: canonical JSON (RFC 8785).
    ///
    /// # Errors
    ///
    /// When a number in it is not finite.
    pub fn canonical(&self) -> Result<Vec<u8>, CaseError> {
        canonical(self)
    }
}

fn canonical(entry: &impl Serialize) -> Result<Vec<u8>, CaseError> {
    serde_json_canonicalizer::to_vec(entry)
        .map_err(|e| CaseError::Wrong(format!("the entry cannot be written: {e}")))
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntryBody {
    /// The case was opened.
    Opened(Opened),
    /// Somebody was admitted, or has other roles or another key from here on.
    Person(Person),
    /// Something happened that starts clocks.
    Event(CaseEvent),
    /// A step was taken.
    Step(StepTaken),
    /// An item of evidence came in.
    Evidence(Item),
    /// Something is claimed.
    Claim(Claim),
    /// Two names of origins are of one, or are not.
    Origin(OriginNamed),
    /// An analyst sealed what they make of an item for a claim.
    SealedWeight(SealedWeight),
    /// An item was weighed for a claim, in place of what the same analyst made of it before.
    Weighed(Weighing),
    /// Something was done that a claim speaks of: what, when, by whom, and where in which items it stands.
    Fact(Fact),
    /// A fact is no longer told.
    FactWithdrawn(FactWithdrawn),
    /// Somebody disagrees with the judgement of a claim.
    Dissent(Dissent),
    /// A claim was judged.
    Judged(Judged),
    /// A plan was sealed: what is to be tested, and how, before there is anything to test.
    Planned(Planned),
    /// It came out how things are, and whether a judgement was right.
    Scored(Scored),
    /// An item no longer counts.
    Withdrawn(Withdrawn),
    /// An item that was withdrawn counts again.
    Reinstated(Reinstated),
    /// A party is on a list already.
    Listed(Listed),
    /// By what a party is told from others.
    Described(Described),
    /// Somebody proposes that a party meets a criterion.
    Proposed(Proposed),
    /// Somebody signs.
    Signed(Signed),
    /// A determination no longer passes the gate: it has to be signed anew, or not at all.
    UnderReview(UnderReview),
    /// Something is done, or deliberately not done.
    Decided(Decided),
    /// A party was told, and may reply.
    Notified(Notified),
    /// Somebody was not allowed to do something.
    Refused(Refused),
    /// Bodies of entries were made unreadable.
    Erased(Erased),
    /// Files were given out.
    Published(Published),
    /// A time-stamping authority has seen the ledger.
    Stamped(Stamped),
    /// A bundle of everything up to here was given out.
    Exported(Exported),
}

/// The case was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Its name.
    pub name: String,
    /// The regime's word.
    pub regime: String,
    /// SHA-256 of the regime's file, in hex.
    pub regime_sha256: String,
    /// What the data in it is for.
    pub purpose: String,
    /// On what legal basis it is kept.
    pub legal_basis: String,
    /// Until when: a date.
    pub keep_until: String,
}

/// Somebody who works on the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// By what name.
    pub name: String,
    /// Roles of the regime.
    pub roles: Vec<String>,
    /// The key by which they sign.
    pub key: Option<String>,
}

/// Something happened that starts clocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseEvent {
    /// An event of the regime.
    pub event: String,
    /// The day, as in 2026-11-03.
    pub on: String,
}

/// A step was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTaken {
    /// A step of the regime.
    pub step: String,
    /// The day.
    pub on: String,
    /// The document that it ended in, as evidence.
    pub document: Option<EvidenceId>,
}

/// An item of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its number.
    pub id: EvidenceId,
    /// The name of its file, or of the folder of a run.
    pub name: String,
    /// SHA-256 of its bytes, in hex, made before anything read them.
    pub sha256: String,
    /// How many there are.
    pub bytes: u64,
    /// SHA-256 of the sealed bytes, which is the name they are kept under.
    pub sealed: String,
    /// What it is.
    pub kind: Kind,
    /// How reliable its source and how credible the information is.
    pub grade: Grade,
    /// What it goes back to.
    pub origin: String,
    /// Who collected it.
    pub collected_by: String,
    /// When: a day or a time, as it was given.
    pub collected_at: String,
    /// From where.
    pub from: String,
    /// Who may have it.
    #[serde(alias = "handling")]
    pub marking: Marking,
    /// Under what licence it may be passed on, where that is known.
    pub licence: String,
    /// For whom it speaks.
    pub speaks_for: Vec<EntityRef>,
    /// Of a detection run, whether it was foreseen, and how many were made over the same inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunOf>,
}

/// How a detection run came about, as the run itself says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOf {
    /// The entry of the plan that foresaw it, in this case; none for a run that is exploratory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<u64>,
    /// The how-manieth setting it is that was tried over its inputs; none where that is not known.
    pub nth: Option<u64>,
    /// That in sentences.
    pub words: String,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The plan as it was written.
    pub text: String,
    /// Its settings as they are understood, with the hashes of the files that they name: JSON.
    pub settings: String,
}

/// Whether a judgement was right, once it came out how things are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// The claim.
    pub claim: ClaimId,
    /// The entry of the judgement: the last one of the claim before the item came in.
    pub judged: u64,
    /// How it came out.
    pub outcome: Outcome,
    /// The item that shows it.
    pub evidence: EvidenceId,
    /// In words.
    pub why: String,
}

/// How a claim came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is so.
    Confirmed,
    /// It was set aside, as by a court.
    Annulled,
    /// Something else is so.
    Corrected,
}

impl Outcome {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Annulled => "annulled",
            Self::Corrected => "corrected",
        }
    }
}

/// Somebody disagrees with the judgement of a claim, and says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    /// The claim.
    pub claim: ClaimId,
    /// Why.
    pub why: String,
    /// Who may have the reason: nobody who may not have the claim.
    pub marking: Marking,
}

/// A claim was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// What came out.
    pub judgement: Judgement,
    /// The items that it rests on.
    pub rests_on: Vec<EvidenceId>,
    /// The entry that made it necessary to judge again; none where somebody asked.
    pub because: Option<u64>,
}

/// A name of an origin, and what it has to do with another that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginNamed {
    /// The name.
    pub name: String,
    /// The origin that it is another name of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// An origin that is spelt like it and is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart_from: Option<String>,
    /// Why.
    pub why: String,
}

/// An item no longer counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// The item.
    pub evidence: EvidenceId,
    /// Why.
    pub why: String,
}

/// An item that was withdrawn counts again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reinstated {
    /// The item.
    pub evidence: EvidenceId,
    /// Why.
    pub why: String,
}

/// A party is on a list already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The party.
    pub party: EntityRef,
    /// The list, and its entry there.
    pub entry: String,
    /// The programme of the list under which it stands there. Only who stands under the regime's own is blocked under it.
    #[serde(default)]
    pub programme: String,
    /// The item that shows it.
    pub evidence: EvidenceId,
}

/// By what a party is told from others: aliases, dates, addresses, wallets…
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// The party.
    pub party: EntityRef,
    /// Values by property of its `FollowTheMoney` schema.
    pub properties: BTreeMap<String, Vec<String>>,
    /// The item that shows them.
    pub evidence: EvidenceId,
}

/// Somebody proposes that a party meets a criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposed {
    /// Its number among the determinations.
    pub determination: u64,
    /// What the gate said.
    pub passage: GateResult,
    /// The claims that it rests on.
    pub claims: Vec<ClaimId>,
    /// The items that these rest on.
    pub rests_on: Vec<EvidenceId>,
}

/// Somebody signs a determination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The determination.
    pub determination: u64,
    /// What the gate said as they signed.
    pub passage: GateResult,
    /// The claims that it rests on now.
    pub claims: Vec<ClaimId>,
    /// The items that it rests on now.
    pub rests_on: Vec<EvidenceId>,
    /// The text that was signed.
    pub text: String,
    /// The line of the signature, as in a signed note.
    pub line: String,
}

/// A determination no longer passes the gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnderReview {
    /// The determination.
    pub determination: u64,
    /// What the gate says now.
    pub passage: GateResult,
}

/// Something is done, or deliberately not done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Its number among the decisions.
    pub decision: u64,
    /// What.
    pub action: Action,
    /// About whom.
    pub subject: EntityRef,
    /// The determination that it rests on.
    pub determination: Option<u64>,
    /// The items that it rests on.
    pub rests_on: Vec<EvidenceId>,
    /// Of a takedown, what is to be closed and on what ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takedown: Option<Takedown>,
    /// Of a recommendation, on whom beyond the party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Beyond>,
    /// Why.
    pub why: String,
}

/// On whom measures beyond the party are recommended: firms, by the sectors that the regime names. It says nothing of what
/// they did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beyond {
    /// The firms.
    pub firms: Vec<Firm>,
    /// Sectors without one, with the reason.
    pub without: Vec<Without>,
    /// What is recommended, by the regime's words for measures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<String>,
    /// What the measures would do, to those they are on and to others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub effects: String,
}

/// A firm of a sector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// The sector, in the regime's words.
    pub sector: String,
    /// The firm.
    pub firm: EntityRef,
    /// The item that shows that it is such a firm.
    pub evidence: EvidenceId,
}

/// A sector in which no firm is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// The sector, in the regime's words.
    pub sector: String,
    /// Why.
    pub why: String,
}

/// What platforms are asked to close: the established accounts of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Takedown {
    /// The party that the campaign is attributed to, which the determination is about.
    pub sponsor: EntityRef,
    /// The claim that attributes it.
    pub claim: ClaimId,
    /// The detection run that has the accounts.
    pub findings: EvidenceId,
    /// The platforms' rule that was broken.
    pub rule: String,
    /// What the gate said of the claim.
    pub conditions: Vec<Condition>,
}

/// What can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// To put a party on the list.
    Designate,
    /// To ask platforms to close accounts.
    Takedown,
    /// To recommend further measures.
    Recommend,
    /// To take a party off the list.
    Delist,
    /// To do nothing.
    Decline,
}

impl Action {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Designate => "designate",
            Self::Takedown => "takedown",
            Self::Recommend => "recommend",
            Self::Delist => "delist",
            Self::Decline => "decline",
        }
    }
}

/// A party was told what is held against it, and until when it may reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notified {
    /// The party.
    pub party: EntityRef,
    /// The day of the notice.
    pub on: String,
    /// The last day for a reply.
    pub reply_by: String,
    /// SHA-256 of the notice, in hex.
    pub notice: String,
}

/// Files that were given out, by their names and SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// What they are: `list`, `takedowns`…
    pub what: String,
    /// The how-manieth of its kind.
    pub version: u64,
    /// The files.
    pub files: BTreeMap<String, String>,
}

/// A time-stamping authority has seen the ledger: an RFC 3161 token over a checkpoint's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamped {
    /// The checkpoint's text.
    pub checkpoint: String,
    /// The token, DER in base64.
    pub token: String,
}

/// Somebody was not allowed to do something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// What they tried.
    pub tried: String,
    /// Why not.
    pub why: String,
    /// Who may have these words: nobody who may not have the parties, origins and claims that they name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
}

/// Entries whose bodies were made unreadable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// The entries.
    pub entries: Vec<u64>,
    /// The items of evidence among them.
    pub evidence: Vec<EvidenceId>,
    /// Why.
    pub why: String,
    /// Who may have the reason: nobody who might not have what was erased. Where it is not said, that may have been anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
}

/// A bundle was given out. This entry is the last that it holds, and names every part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exported {
    /// SHA-256 of the section with the headers, in hex.
    pub headers: String,
    /// Of the section with the bodies that are opened.
    pub bodies: String,
    /// Of the regime's file.
    pub regime: String,
    /// SHA-256 of each item whose bytes are in it, in order.
    pub items: Vec<String>,
}

/// An entry as it is stored: sealed, with what its leaf holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its place.
    pub seq: u64,
    /// The commitment.
    pub commitment: Hash,
    /// The header, with the author's signature where it ends what they made in one go, sealed.
    pub header: Vec<u8>,
    /// The body, sealed.
    pub body: Vec<u8>,
}
