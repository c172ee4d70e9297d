//! What happens: events that start clocks, and steps that are taken, each on its day.

use jiff::ToSpan;
use jiff::civil::Date;
use overt_attribution::{Act, Regime, Step};
use overt_model::Timestamp;

use crate::case::{Actor, Case, date};
use crate::collecting::not_on_file;
use crate::entry::{CaseEvent, EntryBody, StepTaken};
use crate::error::CaseError;
use crate::state::CaseState;

/// The event that has a day before it happens.
const ELECTION: &str = "election";

impl Case {
    /// Enters that something happens which starts clocks. An election may be still to come.
    ///
    /// # Errors
    ///
    /// When the regime knows no such event, or none on such a day; the day is none; it is entered with another day already, and
    /// this does not correct that; or whoever does it may not.
    pub fn enter_event(
        &mut self,
        actor: Actor<'_>,
        event: CaseEvent,
        corrects: bool,
    ) -> Result<(), CaseError> {
        let tried = format!("enter {}", event.event);
        self.act(actor, Act::Collect, &tried, |state, regime, draft| {
            let on = date(&event.on)?;
            let known = regime.events.iter().find(|e| e.id == event.event);
            let Some(known) = known else {
                let known: Vec<&str> = regime.events.iter().map(|e| e.id.as_str()).collect();
                let hint = format!("the regime's clocks start with {}", known.join(", "));
                return Err(CaseError::unknown(
                    format!("the event {:?}", event.event),
                    &hint,
                ));
            };
            // Only a vote is known beforehand.
            if event.event != ELECTION && is_to_come(on, (actor.clock)()) {
                return Err(CaseError::Wrong(format!(
                    "{} has not come yet: no {} happened then",
                    event.on, event.event
                )));
            }
            if let Some(first) = &known.not_before
                && on < date(first)?
            {
                return Err(CaseError::Wrong(format!(
                    "{} is before {first}, and the regime reaches no {} of before",
                    event.on, event.event
                )));
            }
            is_not_followed(state, regime, &event.event, on)?;
            // A case's clocks run from one vote: another day in its place is a correction, and said to be one.
            if let Some(before) = state.events().get(ELECTION)
                && event.event == ELECTION
                && *before != event.on
                && !corrects
            {
                return Err(CaseError::OtherElection(before.clone()));
            }
            draft.push(EntryBody::Event(event)).map(|_| ())
        })
    }

    /// Enters that a step was taken.
    ///
    /// # Errors
    ///
    /// When the regime knows no such step, the day is none or still to come, what the step follows on has not happened by
    /// then, or whoever does it may not.
    pub fn enter_step(&mut self, actor: Actor<'_>, step: StepTaken) -> Result<(), CaseError> {
        let tried = format!("enter {}", step.step);
        self.act(actor, Act::Collect, &tried, |state, regime, draft| {
            let on = date(&step.on)?;
            let known = regime.steps.iter().find(|s| s.id == step.step);
            let Some(known) = known else {
                let known: Vec<&str> = regime.steps.iter().map(|s| s.id.as_str()).collect();
                let hint = format!("the regime's steps are {}", known.join(", "));
                return Err(CaseError::unknown(
                    format!("the step {:?}", step.step),
                    &hint,
                ));
            };
            if is_to_come(on, (actor.clock)()) {
                return Err(CaseError::Wrong(format!(
                    "{} has not come yet: nothing was taken then",
                    step.on
                )));
            }
            let first = regime.events.iter().filter_map(|e| e.not_before.as_ref());
            if let Some(first) = first.min().filter(|first| step.on < **first) {
                return Err(CaseError::Wrong(format!(
                    "{} is before {first}, from which on the regime reaches anything: no {} was taken under it then",
                    step.on, step.step
                )));
            }
            follows(state, regime, known, on)?;
            is_not_followed(state, regime, &step.step, on)?;
            if let Some(document) = step.document.filter(|d| !state.evidence().contains_key(d)) {
                return Err(not_on_file(document));
            }
            draft.push(EntryBody::Step(step)).map(|_| ())
        })
    }
}

/// Whether a day is still to come everywhere.
pub(crate) fn is_to_come(day: Date, now: Timestamp) -> bool {
    let today = jiff::Timestamp::from_millisecond(now.0)
        .map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date());
    // A day ahead may be today elsewhere.
    today.is_ok_and(|today| day > today.checked_add(1.day()).unwrap_or(today))
}

/// Nothing that follows on something was taken before it.
fn is_not_followed(
    state: &CaseState,
    regime: &Regime,
    what: &str,
    on: Date,
) -> Result<(), CaseError> {
    let followers = state.steps().values().filter(|taken| {
        let step = regime.steps.iter().find(|s| s.id == taken.step);
        step.is_some_and(|s| s.after.as_deref() == Some(what))
    });
    for taken in followers {
        if date(&taken.on)? < on {
            return Err(CaseError::Wrong(format!(
                "{} was taken on {}, before that: its clock starts with {what}",
                taken.step, taken.on
            )));
        }
    }
    Ok(())
}

/// What a step follows on has happened by the day on which it was taken.
fn follows(state: &CaseState, regime: &Regime, step: &Step, on: Date) -> Result<(), CaseError> {
    let Some(after) = &step.after else {
        return Ok(());
    };
    let event = state.events().get(after);
    let day = event.or_else(|| state.steps().get(after).map(|taken| &taken.on));
    let Some(day) = day else {
        let is_step = regime.steps.iter().any(|s| &s.id == after);
        return Err(CaseError::Wrong(format!(
            "{} follows on {after}, which {} yet\n  enter that first",
            step.id,
            if is_step {
                "was not taken"
            } else {
                "has not happened"
            }
        )));
    };
    if date(day)? > on {
        return Err(CaseError::Wrong(format!(
            "{} follows on {after}, which is of {day}: it cannot have been taken before",
            step.id
        )));
    }
    Ok(())
}
