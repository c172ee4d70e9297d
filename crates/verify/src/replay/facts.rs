//! Facts: told, taken back, and held against the bytes of their items.

use std::collections::BTreeMap;

use overt_attribution::Held;

use super::Replay;
use crate::VerifyError;
use crate::check::Check;
use crate::entry::{EntryKind, Header};

/// Bytes of items that are looked through for facts: a bundle that asks for more has been made to keep somebody waiting.
const MOST_BYTES: u64 = 16 << 30;

impl Replay<'_> {
    /// A fact is told, or told no longer.
    pub(super) fn take_fact(&mut self, header: &Header) -> Result<(), VerifyError> {
        let (seq, refers) = (header.seq, &header.refers);
        if header.kind == EntryKind::Fact {
            let claimed = refers
                .claims
                .iter()
                .all(|claim| self.claims.contains_key(claim));
            let shown =
                !refers.evidence.is_empty() && refers.evidence.iter().all(|id| self.counts(*id));
            let wrong = "tells a fact of what is not claimed, or by an item that does not count";
            self.demand(Check::Counts, claimed && shown, seq, wrong)?;
            self.facts.insert(seq, Vec::new());
            return Ok(());
        }
        let mut told = !refers.entries.is_empty();
        for fact in &refers.entries {
            told &= self.facts.remove(fact).is_some();
        }
        let wrong = "withdraws a fact that is not told";
        self.demand(Check::Withdrawal, told, seq, wrong)
    }

    /// Holds the places of facts against the bytes of items, as far as those are here.
    pub(crate) fn hold_facts(&mut self, bytes: &BTreeMap<&str, &[u8]>) -> Result<(), VerifyError> {
        let (held, open) = self.held_within(bytes, MOST_BYTES)?;
        self.done.places_held = held;
        self.done.places_open = open;
        Ok(())
    }

    /// How many places stand as they say, and how many could not be held: their bytes are not here or no plain text, or more
    /// would have to be looked through than this.
    pub(super) fn held_within(
        &self,
        bytes: &BTreeMap<&str, &[u8]>,
        mut budget: u64,
    ) -> Result<(u64, u64), VerifyError> {
        let (mut held, mut open) = (0, 0);
        for (seq, pinpoints) in &self.facts {
            for at in pinpoints {
                let on_file = self.evidence.get(&at.evidence);
                let item = on_file.and_then(|on_file| on_file.item.as_ref());
                let bytes = item.and_then(|(_, sha256)| bytes.get(sha256.as_str()));
                let bytes = bytes.filter(|bytes| bytes.len() as u64 <= budget);
                budget -= bytes.map_or(0, |bytes| bytes.len() as u64);
                match bytes.map(|bytes| at.place.held(bytes, at.quote.as_deref())) {
                    Some(Held::Yes) => held += 1,
                    Some(Held::No(why)) => {
                        let wrong = format!("says {} of {}: {why}", at.place, at.evidence);
                        self.demand(Check::Pinpoint, false, *seq, wrong)?;
                    }
                    Some(Held::Unchecked(_)) | None => open += 1,
                }
            }
        }
        Ok((held, open))
    }
}

#[cfg(test)]
mod tests {
    use overt_attribution::{Evidence, EvidenceId, Grade, Kind, Regime};

    use super::*;
    use crate::check::Checks;
    use crate::entry::Pinpoint;
    use crate::replay::OnFile;
    use crate::since::News;

    const EO13848: &str = include_str!("../../../../regimes/eo13848/regime.toml");

    #[test]
    fn no_more_is_looked_through_than_is_allowed_and_the_rest_is_said_to_be_open() {
        let regime = Regime::read(EO13848).unwrap();
        let mut replay = Replay::new(&regime, String::new(), Checks::default(), News::since(0));
        let evidence = Evidence {
            id: EvidenceId(1),
            grade: Grade::UNJUDGED,
            origin: "somewhere".to_owned(),
            kind: Kind::Document,
            speaks_for: Vec::new(),
        };
        let on_file = OnFile {
            seq: 1,
            item: Some((evidence, "hash".to_owned())),
            speaks_for: Vec::new(),
            withdrawn: false,
            erased: false,
            weighed: false,
        };
        replay.evidence.insert(EvidenceId(1), on_file);
        let pinpoint = || Pinpoint {
            evidence: EvidenceId(1),
            place: "line 1".parse().unwrap(),
            quote: Some("words".to_owned()),
        };
        replay
            .facts
            .insert(2, vec![pinpoint(), pinpoint(), pinpoint()]);
        let bytes = BTreeMap::from([("hash", &b"ten words."[..])]);
        assert_eq!(replay.held_within(&bytes, 30).unwrap(), (3, 0));
        assert_eq!(replay.held_within(&bytes, 29).unwrap(), (2, 1));
        assert_eq!(replay.held_within(&BTreeMap::new(), 30).unwrap(), (0, 3));
    }
}
