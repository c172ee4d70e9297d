//! Telling what was done: facts of a claim's narrative, each held against the items that show it.

use std::io::{self, Write};

use jiff::civil::Date;
use overt_attribution::{Act, ClaimId, EntityRef, EvidenceId, Held, Marking, Place, wording};

use crate::case::{Actor, Case, date};
use crate::collecting::not_on_file;
use crate::deciding::says_why;
use crate::entry::{EntryBody, Fact, FactWithdrawn, Pinpoint};
use crate::error::CaseError;
use crate::happening::is_to_come;
use crate::judging::no_claim;
use crate::state::CaseState;

/// A fact that is to be told.
#[derive(Debug, Clone)]
pub struct NewFact {
    /// The claim whose narrative it belongs to.
    pub claim: ClaimId,
    /// What was done.
    pub what: String,
    /// When, as [`Fact::when`].
    pub when: Option<String>,
    /// By whom, where that is another than the claim's subject.
    pub by: Option<EntityRef>,
    /// Where it stands.
    pub at: Vec<NewPinpoint>,
    /// Who may have it; nobody in any case who may not have the claim and every item that it is shown by.
    pub marking: Marking,
}

/// Where a fact that is to be told stands.
#[derive(Debug, Clone)]
pub struct NewPinpoint {
    /// The item.
    pub evidence: EvidenceId,
    /// Where in it.
    pub place: Place,
    /// The item's own words there.
    pub quote: Option<String>,
}

/// The largest item against which places are held: beyond it, they are taken as they were given.
pub(crate) const MAX_BYTES: u64 = 256 << 20;
/// What a fact is told that nothing shows.
pub(crate) const UNSHOWN: &str = "nothing shows it: name the items, and where in them it stands";
/// The fewest letters of a quotation: less says nothing, or the contrary without what stands beside it.
const QUOTED: usize = 6;
/// The longest fact and the longest quotation, in characters.
const MAX_WORDS: usize = 4_000;

impl Case {
    /// Tells facts: all of them or none. Their entries, in their order.
    ///
    /// # Errors
    ///
    /// When there is no such claim, nothing is said or nothing shows it, an item does not count, a place or the words that are
    /// quoted are not in it, a time is none or still to come, or whoever tells it may not.
    pub fn tell_all(&mut self, actor: Actor<'_>, facts: &[NewFact]) -> Result<Vec<u64>, CaseError> {
        let mut held = Vec::new();
        for new in facts {
            let at = new.at.iter().map(|at| self.pinpoint(at));
            held.push(at.collect::<Result<Vec<Pinpoint>, CaseError>>()?);
        }
        let tried = format!("tell {} facts", facts.len());
        self.act(actor, Act::Analyse, &tried, |state, _, draft| {
            let mut entries = Vec::new();
            for (new, at) in facts.iter().zip(held) {
                is_told(&new.what, new.when.as_deref(), (actor.clock)())?;
                let fact = draft_fact(state, new, at)?;
                entries.push(draft.push(EntryBody::Fact(fact))?);
            }
            Ok(entries)
        })
    }

    /// Tells a fact no longer.
    ///
    /// # Errors
    ///
    /// When there is no such fact or it is no longer told, no reason is given, or whoever does it may not.
    pub fn withdraw_fact(
        &mut self,
        actor: Actor<'_>,
        fact: u64,
        why: &str,
    ) -> Result<(), CaseError> {
        let tried = format!("withdraw fact {fact}");
        self.act(actor, Act::Analyse, &tried, |state, _, draft| {
            says_why(why)?;
            let known = state.fact(fact).filter(|known| known.withdrawn.is_none());
            if known.is_none() {
                return Err(CaseError::Wrong(format!(
                    "entry {fact} tells no fact, or tells it no longer"
                )));
            }
            let why = why.to_owned();
            draft.push(EntryBody::FactWithdrawn(FactWithdrawn { fact, why }))?;
            Ok(())
        })
    }

    /// A place, held against the bytes of its item.
    fn pinpoint(&self, new: &NewPinpoint) -> Result<Pinpoint, CaseError> {
        let id = new.evidence;
        if !self.state().counts(id) {
            return Err(not_on_file(id));
        }
        held_at(new, self.readable_bytes_of(id)?)
    }

    /// The bytes of an item, if there are not too many of them.
    fn readable_bytes_of(&self, id: EvidenceId) -> Result<Option<Vec<u8>>, CaseError> {
        let on_file = self.state().evidence().get(&id);
        let on_file = on_file.ok_or_else(|| not_on_file(id))?;
        if on_file.item.bytes > MAX_BYTES {
            return Ok(None);
        }
        let mut bytes = Bounded(Vec::new());
        self.bytes_of(id, &mut bytes)?;
        Ok(Some(bytes.0))
    }
}

/// A fact of a claim, shown by places that were held against their items, marked as the most of what it tells.
pub(crate) fn draft_fact(
    state: &CaseState,
    new: &NewFact,
    at: Vec<Pinpoint>,
) -> Result<Fact, CaseError> {
    if !state.claims().contains_key(&new.claim) {
        return Err(no_claim(new.claim));
    }
    if at.is_empty() {
        return Err(CaseError::Wrong(UNSHOWN.to_owned()));
    }
    let mut fact = Fact {
        claim: new.claim,
        what: new.what.trim().to_owned(),
        when: new.when.clone(),
        by: new.by.clone(),
        at,
        marking: new.marking,
    };
    fact.marking = state.marking_of_fact(&fact);
    Ok(fact)
}

/// A place, held against the bytes of its item; none where there are too many of them.
pub(crate) fn held_at(new: &NewPinpoint, bytes: Option<Vec<u8>>) -> Result<Pinpoint, CaseError> {
    let id = new.evidence;
    let quote = new.quote.as_deref().map(str::trim);
    if quote.is_some_and(|quote| quote.is_empty() || quote.chars().count() > MAX_WORDS) {
        return Err(CaseError::Wrong(format!(
            "what is quoted from {id} is empty or longer than {MAX_WORDS} characters"
        )));
    }
    let letters = |quote: &str| quote.chars().filter(|c| c.is_alphanumeric()).count();
    if quote.is_some_and(|quote| letters(quote) < QUOTED) {
        return Err(CaseError::Wrong(format!(
            "what is quoted from {id} has fewer than {QUOTED} letters: quote what says it, with the words around it"
        )));
    }
    let unchecked = match bytes {
        None => Some(format!("the item is larger than {} MiB", MAX_BYTES >> 20)),
        Some(bytes) => match new.place.held(&bytes, quote) {
            Held::Yes => None,
            Held::Unchecked(why) => Some(why.to_owned()),
            Held::No(why) => {
                return Err(CaseError::Wrong(format!("{id}, {}: {why}", new.place)));
            }
        },
    };
    Ok(Pinpoint {
        evidence: id,
        place: new.place.clone(),
        quote: quote.map(str::to_owned),
        unchecked,
    })
}

/// A buffer that takes no more than an item may have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.0.len() + bytes.len()) as u64 > MAX_BYTES {
            return Err(io::Error::other("there are more bytes than were entered"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What can be told wrong of a fact by itself.
pub(crate) fn is_told(
    what: &str,
    when: Option<&str>,
    now: overt_model::Timestamp,
) -> Result<(), CaseError> {
    let words = what.trim();
    if words.is_empty() || words.chars().count() > MAX_WORDS {
        return Err(CaseError::Wrong(format!(
            "say in a sentence or two what was done, in no more than {MAX_WORDS} characters"
        )));
    }
    if let Some(hidden) = words.chars().find(|c| overt_model::visible::hides(*c)) {
        return Err(CaseError::Wrong(format!(
            "the fact has a sign that is not seen, {}: what is read is not what is written",
            overt_model::spelt(hidden)
        )));
    }
    if !wording::mixed(words).is_empty() {
        return Err(CaseError::Wrong(
            "the fact speaks of likelihood and of confidence in one sentence: a fact says what was done, and the claim's judgement how sure that is"
                .to_owned(),
        ));
    }
    if let Some(when) = when {
        let (first, last) = span(when)?;
        if first > last {
            return Err(CaseError::Wrong(format!(
                "{when}: it ends before it begins"
            )));
        }
        if is_to_come(first, now) {
            return Err(CaseError::Wrong(format!(
                "{when} has not come yet: nothing was done then"
            )));
        }
    }
    Ok(())
}

/// The first days of the time, or of its two ends: `2018`, `2018-08`, `2018-08-01`, `2018-08..2018-11-06`.
fn span(when: &str) -> Result<(Date, Date), CaseError> {
    let day = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let full = match text.len() {
            4 if plain => format!("{text}-01-01"),
            7 if plain => format!("{text}-01"),
            _ => text.to_owned(),
        };
        date(&full).map_err(|_| {
            CaseError::Wrong(format!(
                "{text:?} is no time\n  write a year, a month or a day, or two of them: 2018, 2018-08, 2018-08-01, 2018-08..2018-11"
            ))
        })
    };
    match when.split_once("..") {
        Some((first, last)) => Ok((day(first)?, day(last)?)),
        None => Ok((day(when)?, day(when)?)),
    }
}
