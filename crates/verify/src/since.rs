//! What changed since an older bundle of the same ledger: what somebody who acted on that one has to know.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Claim, ClaimId, Confidence, Judgement, Regime, Spanned, wording};
use overt_model::Timestamp;

use crate::container::Bundle;
use crate::replay::Replayed;
use crate::report::Report;

/// What changed since an older bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// How many entries the older one covers.
    pub entries: u64,
    /// When the last of them was made.
    pub until: Timestamp,
    /// What was withdrawn, erased, judged otherwise, determined and decided since, in order.
    pub happened: Vec<String>,
    /// What is flagged and was not.
    pub flagged: Vec<String>,
    /// How many of the older one's disclosed entries are undisclosed now.
    pub undisclosed: u64,
}

impl Since {
    /// All of it in plain words.
    pub fn describe(&self) -> Vec<String> {
        let mut said = self.happened.clone();
        said.extend(
            self.flagged
                .iter()
                .map(|what| format!("flagged, and was not: {what}")),
        );
        if self.undisclosed > 0 {
            said.push(format!(
                "entries that were disclosed and are not any more: {}",
                self.undisclosed
            ));
        }
        if said.is_empty() {
            said.push(
                "nothing to act on: nothing was withdrawn, erased, judged otherwise, determined or decided"
                    .to_owned(),
            );
        }
        said
    }
}

/// Gathers what happened from an entry on.
pub(crate) struct News {
    from: u64,
    /// What was said last of each claim.
    judged: BTreeMap<ClaimId, (Spanned, Confidence)>,
    happened: Vec<String>,
}

impl News {
    pub(crate) fn since(from: u64) -> Self {
        Self {
            from,
            judged: BTreeMap::new(),
            happened: Vec::new(),
        }
    }

    pub(crate) fn tell(&mut self, seq: u64, what: impl FnOnce() -> String) {
        if seq >= self.from {
            self.happened.push(format!("entry {seq}: {}", what()));
        }
    }

    /// A judgement that says something else than the one before it.
    pub(crate) fn judged(
        &mut self,
        seq: u64,
        claim: &Claim,
        judgement: &Judgement,
        regime: &Regime,
    ) {
        let says = (judgement.own().bands, judgement.confidence);
        let before = self.judged.insert(claim.id, says);
        if before != Some(says) {
            let again = if before.is_some() { "otherwise " } else { "" };
            self.tell(seq, || {
                let said = wording::claim(claim, regime);
                format!(
                    "{} was judged {again}and now reads: {} Confidence in this judgement is {}.",
                    claim.id,
                    wording::likelihood(&said, judgement, regime),
                    judgement.confidence.name()
                )
            });
        }
    }

    pub(crate) fn describe(
        self,
        older: &Report,
        bundle: &Bundle<'_>,
        replayed: &Replayed,
    ) -> Since {
        let flagged: BTreeSet<&String> = older.replayed.flagged.iter().collect();
        let open = bundle.bodies.iter().map(|opened| opened.seq);
        // The last entry of the older one, its manifest, was open there too.
        let open = open.chain([bundle.manifest.1.seq]);
        let open = open.filter(|seq| *seq < older.entries).count() as u64;
        Since {
            entries: older.entries,
            until: older.until,
            happened: self.happened,
            flagged: replayed
                .flagged
                .iter()
                .filter(|what| !flagged.contains(what))
                .cloned()
                .collect(),
            undisclosed: (older.entries - older.undisclosed).saturating_sub(open),
        }
    }
}
