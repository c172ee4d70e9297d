//! Erasing: bodies of entries made unreadable for ever, and what was said of them with them.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Act, EvidenceId, Marking};

use crate::case::{Actor, Case};
use crate::collecting::not_on_file;
use crate::disclosure::marking_of;
use crate::entry::{EntryBody, EntryKind, Erased, Header};
use crate::error::CaseError;
use crate::state::CaseState;

impl Case {
    /// Makes bodies of entries unreadable for ever, here and in every copy of the case folder, and says so. Their headers
    /// stay: numbers without a word about anybody. With an item of evidence goes what was said of it: what was weighed, by
    /// what it shows a party is told from others, and on which list it shows a party. Claims that it was weighed for are
    /// judged again. The entries that were erased are in the answer.
    ///
    /// # Errors
    ///
    /// When one is not there, was erased already, or opens the case; no reason is given; or whoever does it may not.
    pub fn erase(
        &mut self,
        actor: Actor<'_>,
        erase: &[Erasable],
        why: &str,
    ) -> Result<Vec<u64>, CaseError> {
        let (headers, markings) = self.headers()?;
        let named: Vec<String> = erase.iter().map(ToString::to_string).collect();
        let (entries, sealed) = self.act(
            actor,
            Act::Administer,
            &format!("erase {}", named.join(", ")),
            |state, _, draft| {
                if why.trim().is_empty() {
                    return Err(CaseError::Wrong("say why it is erased".to_owned()));
                }
                let entries = to_erase(state, &headers, erase)?;
                let evidence: Vec<EvidenceId> = headers
                    .iter()
                    .filter(|h| h.kind == EntryKind::Evidence && entries.contains(&h.seq))
                    .flat_map(|h| h.refers.evidence.iter().copied())
                    .collect();
                let sealed: Vec<String> = evidence
                    .iter()
                    .filter_map(|id| Some(state.evidence().get(id)?.item.sealed.clone()))
                    .collect();
                let of_these = markings.iter().filter(|(seq, _)| entries.contains(seq));
                let most = of_these.map(|(_, marking)| *marking).max();
                let erased = Erased {
                    entries: entries.iter().copied().collect(),
                    evidence: evidence.clone(),
                    why: why.to_owned(),
                    marking: Some(most.unwrap_or_default().max(state.marking_of_words(why))),
                };
                let entered = draft.push(EntryBody::Erased(erased))?;
                let weighed = headers
                    .iter()
                    .filter(|h| h.kind == EntryKind::Weighed && entries.contains(&h.seq));
                draft.unsettle(weighed.flat_map(|h| h.refers.claims.clone()), entered);
                Ok((entries, sealed))
            },
        )?;
        let entries: Vec<u64> = entries.into_iter().collect();
        self.destroy_secrets(&entries)?;
        for sealed in sealed {
            self.bytes().remove(&sealed)?;
        }
        self.reload()?;
        Ok(entries)
    }

    /// The headers of all entries, and how those are marked that have a body.
    fn headers(&self) -> Result<(Vec<Header>, BTreeMap<u64, Marking>), CaseError> {
        let (mut headers, mut markings) = (Vec::new(), BTreeMap::new());
        self.entries(&mut |sealed, opened| {
            let body = opened.body.as_ref();
            let body = body.and_then(|body| serde_json::from_slice(&body.bytes).ok());
            markings.extend(body.map(|body| (sealed.seq, marking_of(self.state(), &body))));
            let header = serde_json::from_slice(&opened.header).map_err(|e| {
                CaseError::damaged(self.folder(), format!("entry {} {e}", sealed.seq))
            })?;
            headers.push(header);
            Ok(())
        })?;
        Ok((headers, markings))
    }
}

/// What can be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Erasable {
    /// An item of evidence, with what was said of it.
    Item(EvidenceId),
    /// The body of an entry.
    Entry(u64),
}

impl std::fmt::Display for Erasable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Item(id) => id.fmt(f),
            Self::Entry(seq) => write!(f, "entry:{seq}"),
        }
    }
}

impl std::str::FromStr for Erasable {
    type Err = CaseError;

    /// `evidence:12`, or an entry as `entry:31`.
    fn from_str(text: &str) -> Result<Self, CaseError> {
        match text.strip_prefix("entry:") {
            None => Ok(Self::Item(text.parse()?)),
            Some(seq) => seq.parse().map(Self::Entry).map_err(|_| {
                CaseError::Wrong(format!("{text:?} is not an entry\n  write it as entry:31"))
            }),
        }
    }
}

/// The entries whose bodies go, in order.
fn to_erase(
    state: &CaseState,
    headers: &[Header],
    erase: &[Erasable],
) -> Result<BTreeSet<u64>, CaseError> {
    let mut entries = BTreeSet::new();
    for erasable in erase {
        let seq = match erasable {
            Erasable::Item(id) => {
                let on_file = state.evidence().get(id);
                on_file.ok_or_else(|| not_on_file(*id))?.seq
            }
            Erasable::Entry(seq) => *seq,
        };
        let header = headers.get(seq as usize).ok_or_else(|| {
            CaseError::unknown(
                format!("entry {seq}"),
                &format!("it has {} entries, from 0 on", headers.len()),
            )
        })?;
        if seq == 0 {
            return Err(CaseError::Wrong(
                "the first entry opens the case: without it nothing else means anything".to_owned(),
            ));
        }
        if state.erased().contains(&seq) {
            return Err(CaseError::Wrong(format!("entry {seq} was erased already")));
        }
        let person = header.admits.as_ref().map(|admits| admits.person);
        let works = person.filter(|p| state.admitted(*p).is_some_and(|a| !a.roles.is_empty()));
        if let Some(person) = works {
            return Err(CaseError::Wrong(format!(
                "{} works on the case, and nobody could tell who that is\n  take their roles first",
                state.name_of(person)
            )));
        }
        entries.insert(seq);
        if header.kind == EntryKind::Evidence {
            let said_of_it = headers.iter().filter(|h| {
                let of = [EntryKind::Weighed, EntryKind::Described, EntryKind::Listed];
                of.contains(&h.kind) && h.refers.evidence == header.refers.evidence
            });
            let said_of_it = said_of_it.map(|h| h.seq);
            entries.extend(said_of_it.filter(|seq| !state.erased().contains(seq)));
        }
    }
    Ok(entries)
}
