//! Who works on the case, by which keys, and what each may do.

use overt_attribution::Act;
use overt_model::key::hex;

use super::{Known, Replay};
use crate::VerifyError;
use crate::check::Check;
use crate::entry::{EntryKind, Header, Person};
use crate::signatures::Key;

impl Replay<'_> {
    /// The key of a person at this point, in hex.
    pub(super) fn key_of(&self, person: u64) -> String {
        let known = self
            .people
            .get(&person)
            .and_then(|p| p.admitted.key.clone());
        known.unwrap_or_default()
    }

    /// Whoever signed a determination did so by a key that the reader accepts.
    pub(crate) fn signers_are(&self, accepted: &[String]) -> Result<(), VerifyError> {
        let in_hex = |key: &String| {
            let named = Key::read(key).map(|key| hex(&key.bytes()));
            named.unwrap_or_else(|| key.to_ascii_lowercase())
        };
        let accepted: Vec<String> = accepted.iter().map(in_hex).collect();
        let signed = self.determinations.iter();
        let mut signed = signed.flat_map(|(number, d)| d.signers.iter().map(move |s| (number, s)));
        // By any key that was ever theirs: they may have another now.
        let other = signed.find(|(_, (_, key))| !accepted.contains(key));
        match other {
            Some((number, (person, _))) if !accepted.is_empty() => {
                Err(VerifyError::OtherSigner(*number, self.called(*person)))
            }
            _ => Ok(()),
        }
    }

    /// What a person is called.
    pub(super) fn called(&self, person: u64) -> String {
        let known = self.people.get(&person).and_then(|p| p.name.clone());
        known.unwrap_or_else(|| format!("person {person}"))
    }

    /// Somebody is admitted, or may do other things from here on.
    pub(super) fn admit(&mut self, header: &Header) -> Result<(), VerifyError> {
        let seq = header.seq;
        let Some(admitted) = header.admits.clone() else {
            return self.demand(Check::Header, false, seq, "admits nobody");
        };
        let next = self.people.keys().next_back().map_or(1, |last| last + 1);
        let in_turn = admitted.person <= next && admitted.person > 0;
        self.demand(
            Check::Numbers,
            in_turn,
            seq,
            "gives a person a number out of turn",
        )?;
        if let Some(key) = &admitted.key {
            let owner = self.keys.get(key).copied();
            let own = owner.is_none_or(|owner| owner == admitted.person);
            let wrong = "admits somebody by a key that is another's, or once was";
            self.demand(Check::KeyOwner, own, seq, wrong)?;
            let known = self.people.get(&admitted.person);
            let last = known.and_then(|known| known.last_key.as_ref());
            let by_themselves = header.by == admitted.person;
            let kept = last.is_none_or(|last| last == key) || by_themselves;
            let wrong = "gives somebody another key, and they did not sign it with theirs";
            self.demand(Check::KeyOwner, kept, seq, wrong)?;
            self.keys.entry(key.clone()).or_insert(admitted.person);
        }
        let known = self.people.remove(&admitted.person);
        let (name, last_key) = known.map_or((None, None), |k| (k.name, k.last_key));
        let known = Known {
            name,
            last_key: admitted.key.clone().or(last_key),
            admitted,
        };
        self.people.insert(known.admitted.person, known);
        Ok(())
    }

    pub(super) fn person(&mut self, header: &Header, person: &Person) -> Result<(), VerifyError> {
        let number = header.admits.as_ref().map_or(0, |a| a.person);
        let own = self.people.iter().all(|(other, known)| {
            let same = known.name.as_ref() == Some(&person.name);
            if *other == number {
                same || known.name.is_none()
            } else {
                !same
            }
        });
        self.demand(
            Check::PersonName,
            own,
            header.seq,
            "gives a person another's name, or another name",
        )?;
        if let Some(known) = self.people.get_mut(&number) {
            known.name = Some(person.name.clone());
        }
        Ok(())
    }

    /// Whether the person had a role for it.
    pub(super) fn may(&mut self, seq: u64, header: &Header) -> Result<(), VerifyError> {
        let act = match header.kind {
            // The first two entries open the case; whoever is refused needs no role for that; judging again and coming
            // under review follow from other entries.
            EntryKind::Opened => return Ok(()),
            EntryKind::Person if seq == 1 => {
                let opens = header.by == 1 && header.admits.as_ref().is_some_and(|a| a.person == 1);
                let wrong = "opens the case for somebody else";
                return self.demand(Check::Opening, opens, seq, wrong);
            }
            EntryKind::Refused | EntryKind::Judged | EntryKind::UnderReview => None,
            // Another key, and nothing else, is for everybody to give themselves.
            EntryKind::Person if self.is_own_key(header) => None,
            EntryKind::Person | EntryKind::Erased => Some(Act::Administer),
            EntryKind::Event | EntryKind::Step | EntryKind::Evidence | EntryKind::Stamped => {
                Some(Act::Collect)
            }
            EntryKind::Claim
            | EntryKind::Origin
            | EntryKind::SealedWeight
            | EntryKind::Weighed
            | EntryKind::Fact
            | EntryKind::FactWithdrawn
            | EntryKind::Dissent
            | EntryKind::Planned
            | EntryKind::Scored
            | EntryKind::Withdrawn
            | EntryKind::Reinstated
            | EntryKind::Listed
            | EntryKind::Described => Some(Act::Analyse),
            EntryKind::Proposed
            | EntryKind::Signed
            | EntryKind::Designate
            | EntryKind::Takedown
            | EntryKind::Recommend
            | EntryKind::Delist
            | EntryKind::Decline
            | EntryKind::Notified => Some(Act::Sign),
            EntryKind::Published | EntryKind::Exported => Some(Act::Publish),
        };
        let second = seq != 1;
        self.demand(
            Check::Opening,
            second,
            seq,
            "comes before anybody is admitted",
        )?;
        let wrong = format!("is by {}, who might not do that", self.called(header.by));
        let person = self.people.get(&header.by);
        let able = person.is_some_and(|person| {
            let mut roles = person
                .admitted
                .roles
                .iter()
                .filter_map(|r| self.regime.role(r));
            act.is_none_or(|act| roles.any(|role| role.may.contains(&act)))
        });
        self.demand(Check::Role, able, seq, wrong)
    }
}

impl Replay<'_> {
    fn is_own_key(&self, header: &Header) -> bool {
        let Some(admitted) = &header.admits else {
            return false;
        };
        let known = self.people.get(&admitted.person);
        let same_roles = known.is_some_and(|known| known.admitted.roles == admitted.roles);
        admitted.person == header.by && same_roles && admitted.key.is_some()
    }
}

/// Whether a header admits whom its body names, by the same key.
pub(super) fn is_admitted(header: &Header, person: &Person) -> bool {
    header.admits.as_ref().is_some_and(|admitted| {
        let key = person
            .key
            .as_deref()
            .map(|key| Key::read(key).map(|k| hex(&k.bytes())));
        let same_key = match key {
            None => admitted.key.is_none(),
            Some(key) => key.is_some() && key == admitted.key,
        };
        admitted.roles == person.roles && same_key
    })
}
