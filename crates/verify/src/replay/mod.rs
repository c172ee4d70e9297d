//! The case, gone through again entry by entry: who entered it and might do so, what is on file, every judgement
//! ([`judging`]), every determination and decision ([`deciding`]), and what of them still stands ([`standing`]).
//!
//! What a header says is known of every entry, whether its body is open or not. What can only be told from a body that is
//! not open is nothing: neither right nor wrong, and never proven.

mod deciding;
mod facts;
mod headers;
mod judging;
mod people;
mod sealing;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use overt_attribution::{
    Assessment, Claim, ClaimId, EntityRef, Evidence, EvidenceId, GateResult, Origins, Regime,
};
use overt_model::key::hex;

use crate::VerifyError;
use crate::check::{Check, Checks};
use crate::container::{Headed, Opened, unhex};
use crate::entry::{Admitted, Decided, EntryBody, EntryKind, Header, Item, OriginNamed, Pinpoint};
use crate::report::{Author, Decision, Determined};
use crate::since::News;
use crate::tree::Tree;
use deciding::Determination;
use people::is_admitted;
use sealing::Seals;

/// What was gone through again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Entries whose bodies were open.
    pub entries: u64,
    /// Judgements that came out as they were entered.
    pub judgements: u64,
    /// Gates that said what they had said.
    pub passages: u64,
    /// Signatures under determinations that hold.
    pub signatures: u64,
    /// Signatures of authors under what they entered, all of which hold.
    pub batches: u64,
    /// Determinations that enough people signed.
    pub determinations: u64,
    /// Decisions, those to do nothing among them.
    pub decisions: u64,
    /// Judgements that were scored once it came out how things are.
    pub scores: u64,
    /// Refusals.
    pub refusals: u64,
    /// What cannot be gone through again, for what it rests on is undisclosed or erased.
    pub undisclosed: Vec<String>,
    /// Weights that were sealed and never opened.
    pub sealed: Vec<String>,
    /// What rests on items that no longer count, or no longer passes the gate.
    pub flagged: Vec<String>,
    /// Who entered what.
    pub authors: Vec<Author>,
    /// Places in items at which facts stand, as they say.
    pub places_held: u64,
    /// Those that could not be held against the bytes: they are not here, or are not plain text.
    pub places_open: u64,
    /// What was determined.
    pub determined: Vec<Determined>,
    /// What was decided.
    pub decided: Vec<Decision>,
}

/// A token over a checkpoint of this ledger.
pub(crate) struct Stamp {
    /// Its entry.
    pub(crate) seq: u64,
    /// The text of the checkpoint.
    pub(crate) checkpoint: String,
    /// The token, DER in base64.
    pub(crate) token: String,
}

/// The case as far as it was gone through.
pub(crate) struct Replay<'r> {
    regime: &'r Regime,
    regime_sha256: String,
    checks: Checks,
    /// The name of the case; none where it is undisclosed.
    case: Option<String>,
    tree: Tree,
    batch: Batch,
    people: BTreeMap<u64, Known>,
    /// How many entries each has made.
    entered: BTreeMap<u64, u64>,
    keys: BTreeMap<String, u64>,
    names: BTreeMap<u64, EntityRef>,
    numbers: BTreeMap<EntityRef, u64>,
    /// What the ledger's leaves hold.
    leaves: Vec<[u8; 32]>,
    /// Whose bodies are open.
    open: Vec<bool>,
    evidence: BTreeMap<EvidenceId, OnFile>,
    /// What items go back to; none from where something that was said of it is undisclosed.
    origins: Option<Origins>,
    claims: BTreeMap<ClaimId, Claimed>,
    weights: BTreeMap<ClaimId, BTreeMap<(EvidenceId, u64), Weight>>,
    seals: Seals,
    /// Where facts that are told stand, by entry; of those that are undisclosed, nowhere.
    facts: BTreeMap<u64, Vec<Pinpoint>>,
    listed: Vec<ListedParty>,
    /// The entries of plans.
    plans: BTreeSet<u64>,
    /// The entries of judgements.
    judgements: BTreeMap<ClaimId, Vec<u64>>,
    /// The judgements that were scored, with the item that each score rests on.
    scored: BTreeMap<u64, EvidenceId>,
    determinations: BTreeMap<u64, Determination>,
    decisions: Vec<Decided>,
    /// Designations and what took them back: kind, name, decision.
    listings: Vec<(EntryKind, u64, u64)>,
    last: Numbers,
    stamps: Vec<Stamp>,
    last_at: i64,
    news: News,
    done: Replayed,
}

/// The last numbers that were given.
#[derive(Default)]
struct Numbers {
    name: u64,
    evidence: u64,
    claim: u64,
    determination: u64,
    decision: u64,
}

/// What somebody enters in one go.
#[derive(Default)]
struct Batch {
    first: u64,
    root: [u8; 32],
    author: Option<(u64, Option<String>)>,
    commitments: Vec<[u8; 32]>,
    /// Whether it can change what a gate says.
    is_basis: bool,
    /// The determinations that it says are under review, and what their gates say then, where that is open.
    reviewed: BTreeMap<u64, (u64, Option<GateResult>)>,
}

/// Somebody who works on the case.
struct Known {
    name: Option<String>,
    admitted: Admitted,
    /// The last key that they were given, whether they have it still or not.
    last_key: Option<String>,
}

/// An item of evidence, as far as it is known.
struct OnFile {
    seq: u64,
    /// None where the body is not open.
    item: Option<(Evidence, String)>,
    speaks_for: Vec<u64>,
    withdrawn: bool,
    erased: bool,
    /// Whether it was ever weighed.
    weighed: bool,
}

struct Claimed {
    seq: u64,
    subject: u64,
    claim: Option<Claim>,
}

struct Weight {
    seq: u64,
    assessment: Option<Assessment>,
    /// Whether it was sealed before anybody else's of the item could be read.
    blind: bool,
}

struct ListedParty {
    seq: u64,
    name: u64,
    evidence: EvidenceId,
    /// Under which programme; none where the body is not open.
    programme: Option<String>,
}

impl<'r> Replay<'r> {
    pub(crate) fn new(
        regime: &'r Regime,
        regime_sha256: String,
        checks: Checks,
        news: News,
    ) -> Self {
        Self {
            regime,
            regime_sha256,
            checks,
            case: None,
            tree: Tree::default(),
            batch: Batch::default(),
            people: BTreeMap::new(),
            entered: BTreeMap::new(),
            keys: BTreeMap::new(),
            names: BTreeMap::new(),
            numbers: BTreeMap::new(),
            leaves: Vec::new(),
            open: Vec::new(),
            evidence: BTreeMap::new(),
            origins: Some(Origins::default()),
            claims: BTreeMap::new(),
            weights: BTreeMap::new(),
            seals: Seals::default(),
            facts: BTreeMap::new(),
            listed: Vec::new(),
            plans: BTreeSet::new(),
            judgements: BTreeMap::new(),
            scored: BTreeMap::new(),
            determinations: BTreeMap::new(),
            decisions: Vec::new(),
            listings: Vec::new(),
            last: Numbers::default(),
            stamps: Vec::new(),
            last_at: i64::MIN,
            news,
            done: Replayed::default(),
        }
    }

    /// SHA-256 of the items that were taken in, in hex.
    pub(crate) fn items(&self) -> BTreeSet<&str> {
        let items = self
            .evidence
            .values()
            .filter_map(|on_file| on_file.item.as_ref());
        items.map(|(_, sha256)| sha256.as_str()).collect()
    }

    /// What a time-stamping authority said of earlier states of this ledger.
    pub(crate) fn take_stamps(&mut self) -> Vec<Stamp> {
        std::mem::take(&mut self.stamps)
    }

    /// When the last entry was made, as it says.
    pub(crate) fn until(&self) -> i64 {
        self.last_at
    }

    /// Goes through an entry.
    pub(crate) fn entry(
        &mut self,
        headed: Headed<'_>,
        opened: Option<&Opened<'_>>,
    ) -> Result<(), VerifyError> {
        let seq = self.leaves.len() as u64;
        let not_understood =
            |e: serde_json::Error| VerifyError::Entry(seq, format!("is not understood: {e}"));
        let header: Header = serde_json::from_slice(headed.bytes).map_err(not_understood)?;
        let body = opened.map(|opened| serde_json::from_slice::<EntryBody>(opened.bytes));
        let body = body.transpose().map_err(not_understood)?;
        self.header(seq, &header, headed, body.is_some())?;
        if let (Some(opened), Some(body)) = (opened, &body) {
            self.body_is_of(&header, opened, body)?;
            self.done.entries += 1;
        }
        self.named(&header, body.as_ref())?;
        self.take(&header, body)?;
        if let Some(signature) = headed.signature {
            self.sealed(&header, &signature)?;
        }
        Ok(())
    }

    fn demand(
        &self,
        check: Check,
        holds: bool,
        seq: u64,
        wrong: impl Into<String>,
    ) -> Result<(), VerifyError> {
        self.checks.demand(check, holds, seq, wrong)
    }

    /// Place, time and role; and the entry joins what its author enters in one go.
    fn header(
        &mut self,
        seq: u64,
        header: &Header,
        headed: Headed<'_>,
        open: bool,
    ) -> Result<(), VerifyError> {
        let other_place = "says that it stands somewhere else";
        self.demand(Check::Place, header.seq == seq, seq, other_place)?;
        let dated_back = "is dated before the one before it";
        self.demand(Check::Time, header.at >= self.last_at, seq, dated_back)?;
        self.last_at = self.last_at.max(header.at);
        if self.batch.commitments.is_empty() {
            let key = self
                .people
                .get(&header.by)
                .and_then(|p| p.admitted.key.clone());
            self.batch = Batch {
                first: seq,
                root: self.tree.root(),
                author: Some((header.by, key)),
                ..Batch::default()
            };
        }
        *self.entered.entry(header.by).or_default() += 1;
        self.batch.is_basis |= header.kind.is_basis();
        let commitment = headed.commitment();
        self.batch.commitments.push(commitment);
        self.tree.push(&commitment);
        self.leaves.push(commitment);
        self.open.push(open);
        self.may(seq, header)
    }

    /// A body is what its header commits to, and the header says of it what it says.
    fn body_is_of(
        &self,
        header: &Header,
        opened: &Opened<'_>,
        body: &EntryBody,
    ) -> Result<(), VerifyError> {
        let seq = self.leaves.len() as u64 - 1;
        let is_its = hex(&opened.commitment()) == header.body;
        self.demand(
            Check::Body,
            is_its,
            seq,
            "has a body that it did not commit to",
        )?;
        let mut refers = body.refers();
        refers.names.clone_from(&header.refers.names);
        let says_so = header.kind == body.kind()
            && header.refers == refers
            && header.refers.names.len() == body.names().len()
            && match body {
                EntryBody::Opened(opening) => {
                    header.regime.as_ref() == Some(&opening.regime_sha256)
                }
                EntryBody::Person(person) => is_admitted(header, person),
                _ => header.admits.is_none() && header.regime.is_none(),
            };
        self.demand(
            Check::Header,
            says_so,
            seq,
            "says of its body what that does not say",
        )
    }

    /// Takes note of numbers of names: each is of one name, and new ones follow one another.
    fn named(&mut self, header: &Header, body: Option<&EntryBody>) -> Result<(), VerifyError> {
        let seq = self.leaves.len() as u64 - 1;
        let names = body.map_or_else(Vec::new, EntryBody::names);
        for (place, number) in header.refers.names.iter().enumerate() {
            let in_turn = *number >= 1 && *number <= self.last.name + 1;
            self.demand(
                Check::Names,
                in_turn,
                seq,
                "gives a name a number out of turn",
            )?;
            self.last.name = self.last.name.max(*number);
            let Some(name) = names.get(place) else {
                continue;
            };
            let known = self.names.get(number).is_none_or(|known| known == *name)
                && self.numbers.get(*name).is_none_or(|known| known == number);
            self.demand(Check::Names, known, seq, "gives a name another's number")?;
            self.names.insert(*number, (*name).clone());
            self.numbers.insert((*name).clone(), *number);
        }
        Ok(())
    }

    /// What somebody entered in one go ends here, with their signature.
    fn sealed(&mut self, header: &Header, signature: &[u8; 64]) -> Result<(), VerifyError> {
        let batch = std::mem::take(&mut self.batch);
        let (author, key) = batch.author.clone().unwrap_or_default();
        // Whoever opens the case is admitted by what they enter first.
        let key = key.filter(|_| batch.first > 0).or_else(|| {
            let first = self.people.get(&author).filter(|_| batch.first == 0)?;
            first.admitted.key.clone()
        });
        let mut text = format!(
            "overt entries\nafter {} {}\n",
            batch.first,
            STANDARD.encode(batch.root)
        );
        for commitment in &batch.commitments {
            text.push_str(&STANDARD.encode(commitment));
            text.push('\n');
        }
        let key = key.as_deref().and_then(|key| unhex(key.as_bytes()));
        let key = key.and_then(|key| VerifyingKey::from_bytes(&key).ok());
        let holds = key.is_some_and(|key| {
            key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature))
                .is_ok()
        });
        let wrong = format!("ends what {} did not sign", self.called(author));
        self.demand(
            Check::Author,
            holds && header.by == author,
            header.seq,
            wrong,
        )?;
        self.done.batches += 1;
        self.reviewed(header.seq, &batch)
    }

    /// Whether an item counts at this point.
    fn counts(&self, id: EvidenceId) -> bool {
        let on_file = self.evidence.get(&id);
        on_file.is_some_and(|on_file| !on_file.withdrawn && !on_file.erased)
    }

    /// Takes in what an entry says.
    fn take(&mut self, header: &Header, body: Option<EntryBody>) -> Result<(), VerifyError> {
        let seq = header.seq;
        self.take_header(header, body.as_ref())?;
        match body {
            Some(EntryBody::Opened(opening)) => self.case = Some(opening.name),
            Some(EntryBody::Person(person)) => self.person(header, &person)?,
            Some(EntryBody::Evidence(item)) => self.item(item),
            Some(EntryBody::Origin(named)) => self.origin(&named),
            Some(EntryBody::Claim(claim)) => self.claim(seq, claim)?,
            Some(EntryBody::SealedWeight(sealed)) => self.seals.know(seq, sealed.sha256),
            Some(EntryBody::Weighed(weighed)) => {
                self.opens(header, &weighed)?;
                self.weighs(header, weighed.assessment)?;
            }
            Some(EntryBody::Judged(judged)) => self.judged(seq, &judged)?,
            Some(EntryBody::Withdrawn(withdrawn)) => self.news.tell(seq, || {
                format!("{} was withdrawn: {}", withdrawn.evidence, withdrawn.why)
            }),
            Some(EntryBody::Reinstated(reinstated)) => self.news.tell(seq, || {
                format!("{} counts again: {}", reinstated.evidence, reinstated.why)
            }),
            Some(EntryBody::Fact(fact)) => {
                self.facts.insert(seq, fact.at);
            }
            Some(EntryBody::FactWithdrawn(withdrawn)) => self.news.tell(seq, || {
                format!(
                    "the fact of entry {} is no longer told: {}",
                    withdrawn.fact, withdrawn.why
                )
            }),
            Some(EntryBody::Dissent(dissent)) => self.news.tell(seq, || {
                format!(
                    "somebody disagrees with the judgement of {}: {}",
                    dissent.claim, dissent.why
                )
            }),
            Some(EntryBody::Proposed(proposed)) => self.proposed(header, proposed)?,
            Some(EntryBody::Signed(signed)) => self.signed(header, &signed)?,
            Some(EntryBody::UnderReview(review)) => {
                self.batch
                    .reviewed
                    .insert(review.determination, (seq, Some(review.passage)));
            }
            Some(EntryBody::Decided(decided)) => self.decided(seq, decided)?,
            Some(EntryBody::Stamped(stamped)) => self.stamps.push(Stamp {
                seq,
                checkpoint: stamped.checkpoint,
                token: stamped.token,
            }),
            Some(EntryBody::Refused(_)) => self.done.refusals += 1,
            Some(_) => {}
            None => self.closed(header),
        }
        Ok(())
    }

    /// What an entry whose body is not open may have said, and cannot be gone through again.
    fn closed(&mut self, header: &Header) {
        let seq = header.seq;
        match header.kind {
            EntryKind::Origin => self.origins = None,
            EntryKind::Judged => self.unproven(format!("the judgement of entry {seq}")),
            EntryKind::Proposed => self.unproven(format!("the gate of entry {seq}")),
            EntryKind::Signed => {
                self.signed_closed(header);
                self.unproven(format!("the gate of entry {seq}"));
            }
            EntryKind::UnderReview => {
                let determination = header.refers.determination.unwrap_or_default();
                self.batch.reviewed.insert(determination, (seq, None));
            }
            EntryKind::Withdrawn | EntryKind::Reinstated => {
                let again = header.kind == EntryKind::Reinstated;
                let ids: Vec<String> = header
                    .refers
                    .evidence
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                self.news.tell(seq, || {
                    let what = if again {
                        "counts again"
                    } else {
                        "was withdrawn"
                    };
                    format!(
                        "{} {what}, for reasons that are undisclosed",
                        ids.join(", ")
                    )
                });
            }
            kind if kind.is_decision() => {
                self.unproven(format!("the decision of entry {seq}"));
            }
            _ => {}
        }
    }

    fn unproven(&mut self, what: String) {
        self.done.undisclosed.push(what);
    }

    /// A name of an origin: items that went under it may go back to another now.
    fn origin(&mut self, named: &OriginNamed) {
        let Some(origins) = &mut self.origins else {
            return;
        };
        let (same_as, apart_from) = (named.same_as.as_deref(), named.apart_from.as_deref());
        origins.name(&named.name, same_as, apart_from);
        for (evidence, _) in self.evidence.values_mut().filter_map(|o| o.item.as_mut()) {
            evidence.origin = origins.of(&evidence.origin).to_owned();
        }
    }

    fn item(&mut self, item: Item) {
        let origin = self.origins.as_mut().map(|origins| {
            origins.declare(&item.origin);
            origins.of(&item.origin).to_owned()
        });
        let evidence = Evidence {
            id: item.id,
            grade: item.grade,
            origin: origin.unwrap_or(item.origin),
            kind: item.kind,
            speaks_for: item.speaks_for,
        };
        if let Some(on_file) = self.evidence.get_mut(&evidence.id) {
            on_file.item = Some((evidence, item.sha256));
        }
    }

    /// What came of it all.
    pub(crate) fn finish(mut self) -> Result<(Replayed, News), VerifyError> {
        let last = self.leaves.len() as u64;
        let whole = self.batch.commitments.is_empty();
        self.demand(
            Check::Author,
            whole,
            last,
            "is not signed by whoever entered it",
        )?;
        self.tell_sealed();
        self.tell_determinations();
        self.tell_decisions();
        for (number, known) in &self.people {
            self.done.authors.push(Author {
                number: *number,
                name: known.name.clone(),
                key: known.admitted.key.clone(),
                roles: known.admitted.roles.clone(),
                entries: self.entered.get(number).copied().unwrap_or(0),
            });
        }
        Ok((self.done, self.news))
    }
}
