//! Whether a form may score high enough, by what lies beside one of its words in the index: most forms are left without a
//! look at them.

use super::bounds::{Asked, Mark};
use super::{Looked, in_units};

/// How much information a form may have beside a word of the query that was looked up, by which of the query's words meet
/// the others of it; asked as forms turn up.
pub(super) struct Room<'a> {
    asked: &'a Asked<'a>,
    looked: &'a [Looked<'a>],
    /// The bit of the word that was looked up.
    bit: u8,
    known: [Known; 1 << u8::BITS],
}

/// What is known of one choice of the query's words.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    /// They are not enough, whatever a form has.
    NotEnough,
    /// They are, with so much besides, in the units of a brief.
    UpTo(u16),
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
            known: [Known::Nothing; 1 << u8::BITS],
        }
    }

    /// Whether a form may score high enough that has this much information in words that name, and this much in the word
    /// that was found; of the others is known which words of the query they meet, or nothing.
    pub(super) fn has(&mut self, named: u16, listed: u16, others: Option<u8>) -> bool {
        let bits = others.unwrap_or(u8::MAX);
        if let Known::Nothing = self.known[usize::from(bits)] {
            self.known[usize::from(bits)] = self.of(bits);
        }
        match self.known[usize::from(bits)] {
            Known::UpTo(room) => named <= room.saturating_add(listed),
            Known::Nothing | Known::NotEnough => false,
        }
    }

    /// Where the others of a form's words meet these of the query's.
    fn of(&self, others: u8) -> Known {
        let is_met = |bits: u8, l: &Looked<'_>| bits >> Mark::place(l.asked) & 1 != 0;
        let all = others | self.bit;
        let met = self.looked.iter().filter(|l| is_met(all, l));
        if !self.asked.may_be_enough(met.map(|l| (l.token, l.most))) {
            return Known::NotEnough;
        }
        let by_others = self.looked.iter().filter(|l| is_met(others, l));
        let most = by_others.map(|l| in_units(l.most));
        let most = most.fold(self.asked.initials_meet, u16::saturating_add);
        Known::UpTo(self.asked.most_left(all).saturating_add(most))
    }
}
