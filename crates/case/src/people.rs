//! Who works on a case, and in which roles.

use overt_attribution::{Act, Regime, is_alike};
use overt_ledger::{PublicKey, Purpose};
use overt_model::key::hex;

use crate::case::{Actor, Case, is_name};
use crate::entry::{EntryBody, Person};
use crate::error::{CaseError, Remedy};
use crate::state::CaseState;

impl Case {
    /// Admits somebody, or gives them other roles or another key from here on. Without roles they may do nothing more.
    ///
    /// # Errors
    ///
    /// When a role is none of the regime's, the key is no key or is somebody else's, or whoever admits may not.
    pub fn admit(&mut self, actor: Actor<'_>, person: Person) -> Result<(), CaseError> {
        let tried = format!("admit {}", person.name);
        if self.is_own_key(actor, &person) {
            return self.enter(actor, |_, draft| {
                draft.push(EntryBody::Person(person)).map(|_| ())
            });
        }
        self.act(actor, Act::Administer, &tried, |state, regime, draft| {
            is_name(&person.name)?;
            // One who is read as another would sign as two.
            let mut others = state.people().keys().filter(|known| **known != person.name);
            if state.person(&person.name).is_none()
                && let Some(known) = others.find(|known| is_alike(known, &person.name))
            {
                return Err(CaseError::Wrong(format!(
                    "{:?} reads like {known:?}, who is admitted already\n  admit them by a name that nobody takes for the other's",
                    person.name
                )));
            }
            if let Some(none) = person.roles.iter().find(|r| regime.role(r).is_none()) {
                let known: Vec<&str> = regime.roles.iter().map(|r| r.id.as_str()).collect();
                return Err(CaseError::unknown(
                    format!("the role {none:?}"),
                    &format!("the regime has {}", known.join(", ")),
                ));
            }
            if let Some(key) = &person.key {
                let key: PublicKey = key.parse()?;
                if key.purpose() != Purpose::Note {
                    return Err(CaseError::Wrong(
                        "the key is a witness's, not a person's".to_owned(),
                    ));
                }
                // Two people with one key, now or before, would be one person signing twice.
                let owner = state.owner(&hex(&key.bytes()));
                if let Some(owner) = owner.filter(|o| state.person(&person.name) != Some(*o)) {
                    return Err(CaseError::refused(format!(
                        "the key is {}'s, or was once: people sign with their own",
                        state.name_of(owner)
                    )));
                }
                // An administrator who could exchange somebody's key could sign in their name.
                let known = state.person(&person.name);
                let last = known.and_then(|known| state.last_key(known));
                if last.is_some_and(|last| *last != hex(&key.bytes())) {
                    return Err(CaseError::refused(format!(
                        "{0} has another key, and only {0} can change it, with that key; who has lost theirs is admitted anew under another name",
                        person.name
                    )));
                }
            }
            draft.push(EntryBody::Person(person)).map(|_| ())
        })
    }
}

impl Case {
    /// Whether somebody gives themselves another key, and nothing else: it takes no role, but their old key, by which it is
    /// signed.
    fn is_own_key(&self, actor: Actor<'_>, person: &Person) -> bool {
        let key = person
            .key
            .as_ref()
            .and_then(|key| key.parse::<PublicKey>().ok());
        let key = key.filter(|key| key.purpose() == Purpose::Note);
        let is_free = key.is_some_and(|key| self.state().owner(&hex(&key.bytes())).is_none());
        let known = self.state().people().get(&person.name);
        let same_roles = known.is_some_and(|known| known.roles == person.roles);
        actor.by == person.name && is_free && same_roles
    }
}

/// Whether a person may do something.
pub(crate) fn may(state: &CaseState, regime: &Regime, by: &str, act: Act) -> Result<(), CaseError> {
    let Some(person) = state.people().get(by) else {
        return Err(CaseError::refused_until(
            Remedy::Admit(by.to_owned()),
            format!("{by} does not work on this case"),
        ));
    };
    let mut roles = person.roles.iter().filter_map(|r| regime.role(r));
    if roles.any(|role| role.may.contains(&act)) {
        return Ok(());
    }
    let able = regime.roles.iter().filter(|r| r.may.contains(&act));
    let able: Vec<&str> = able.map(|r| r.id.as_str()).collect();
    Err(CaseError::refused(format!(
        "{by} may not do that as {}: it takes {}",
        person.roles.join(" and "),
        able.join(" or ")
    )))
}
