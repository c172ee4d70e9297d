//! What goes out: notices, publications, names that only the case can tell, and when it was all seen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::ToSpan;
use overt_attribution::{Act, EntityRef};
use overt_model::key::hex;
use sha2::Sha256;

use crate::case::{Actor, Case, date};
use crate::entry::{EntryBody, Notified, Published, Stamped};
use crate::error::CaseError;

impl Case {
    /// Enters that a party was told, and until when it may reply: as many days later as the regime says.
    ///
    /// # Errors
    ///
    /// When nothing is claimed of the party, the day is none, or whoever does it may not.
    pub fn notify(
        &mut self,
        actor: Actor<'_>,
        party: &EntityRef,
        on: &str,
        notice: String,
    ) -> Result<Notified, CaseError> {
        let tried = format!("notify {party}");
        let reply_by = self.reply_by(on)?;
        self.act(actor, Act::Sign, &tried, |state, _, draft| {
            if !state.claims().values().any(|c| &c.subject == party) {
                return Err(CaseError::NotClaimed(party.to_string()));
            }
            let notified = Notified {
                party: party.clone(),
                on: on.to_owned(),
                reply_by,
                notice,
            };
            draft.push(EntryBody::Notified(notified.clone()))?;
            Ok(notified)
        })
    }

    /// The last day for a reply to a notice of a day.
    ///
    /// # Errors
    ///
    /// When the day is none.
    pub fn reply_by(&self, on: &str) -> Result<String, CaseError> {
        let days = i64::from(self.regime().hearing.reply_days);
        let last = date(on)?.checked_add(days.days());
        last.map(|day| day.to_string())
            .map_err(|_| CaseError::Wrong(format!("{on} is too late a day")))
    }

    /// The number of the next publication of its kind.
    pub fn next_version(&self, what: &str) -> u64 {
        let of_kind = self.state().published().iter().filter(|p| p.what == what);
        of_kind.map(|p| p.version).max().unwrap_or(0) + 1
    }

    /// Enters that files were given out.
    ///
    /// # Errors
    ///
    /// When somebody else gave out the same version meanwhile, or whoever does it may not.
    pub fn publish(&mut self, actor: Actor<'_>, published: Published) -> Result<(), CaseError> {
        let tried = format!("publish {} {}", published.what, published.version);
        let folder = self.folder().to_owned();
        self.act(actor, Act::Publish, &tried, |state, _, draft| {
            let same = |p: &&Published| p.what == published.what;
            let last = state
                .published()
                .iter()
                .filter(same)
                .map(|p| p.version)
                .max();
            if last.unwrap_or(0) + 1 != published.version {
                return Err(CaseError::Busy(folder));
            }
            draft.push(EntryBody::Published(published)).map(|_| ())
        })
    }

    /// Enters that a time-stamping authority has seen the ledger: its token over the text of a checkpoint of this case.
    ///
    /// # Errors
    ///
    /// When whoever does it may not. Whether the token holds is for the caller to verify, as everybody can later.
    pub fn enter_timestamp(
        &mut self,
        actor: Actor<'_>,
        checkpoint: String,
        token: &[u8],
    ) -> Result<(), CaseError> {
        self.act(actor, Act::Collect, "enter a timestamp", |_, _, draft| {
            let stamped = Stamped {
                checkpoint,
                token: STANDARD.encode(token),
            };
            draft.push(EntryBody::Stamped(stamped)).map(|_| ())
        })
    }

    /// Names for accounts and items that only this case can tell.
    pub fn public_ids(&self) -> PublicIds {
        PublicIds(self.secrets().of_case().derive("overt public ids"))
    }
}

/// Names under a key that is never given out: the same for the same thing, and telling nothing of it, even to somebody who
/// tries all handles there are.
pub struct PublicIds([u8; 32]);

impl PublicIds {
    /// The name of something: 24 hexadecimal digits.
    pub fn of(&self, thing: &str) -> String {
        // HMAC takes keys of every length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(thing.as_bytes());
        hex(&mac.finalize().into_bytes()[..12])
    }
}
