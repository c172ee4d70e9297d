//! Whether a form may score high enough, by what lies beside one of its words in the index: most forms are left without a
//! look at them.

use super::bounds::{Asked, Mark};
use super::{Looked, in_units};

/// How much information a form may have beside a word of the query that was looked up, by which of the
/// query's words meet the others of it; asked as forms turn up.
pub(super) struct Room<'a> {
    asked: &'a Asked<'a>,
    looked: &'a [Looked<'a>],
    /// The bit of the word that was looked up.
    bit: u8,
    known: [Option<Option<u16>>; 1 << u8::BITS],
}

impl<'a> Room<'a> {
    pub(super) fn beside(
        word: &Looked<'_>,
        asked: &'a Asked<'a>,
        looked: &'a [Looked<'a>],
    ) -> Self {
        Self {
            asked,
            looked,
            bit: 1 << Mark::place(word.asked),
            known: [None; 1 << u8::BITS],
        }
    }

    /// Whether a form may score high enough that has this much information in words that name, and this much in the word
    /// that was found; of the others is known which words of the query they meet, or nothing.
    pub(super) fn has(&mut self, named: u16, listed: u16, others: Option<u8>) -> bool {
        let bits = others.unwrap_or(u8::MAX);
        let room = *self.known[usize::from(bits)].get_or_insert_with(|| {
            let is_met = |bits: u8, l: &Looked<'_>| bits >> Mark::place(l.asked) & 1 != 0;
            let met = || self.looked.iter().filter(|l| is_met(bits | self.bit, l));
            if !self.asked.may_be_enough(met().map(|l| (l.token, l.most))) {
                return None;
            }
            let others = met().filter(|l| is_met(bits, l));
            let in_others = others.fold(self.asked.initials_meet, |sum, l| {
                sum.saturating_add(in_units(l.most))
            });
            Some(
                self.asked
                    .most_left(bits | self.bit)
                    .saturating_add(in_others),
            )
        });
        room.is_some_and(|room| named <= room.saturating_add(listed))
    }
}
