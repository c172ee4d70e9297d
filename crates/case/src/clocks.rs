//! Steps and clocks: what a regime asks for, by when, and what of it is done.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use overt_attribution::{Regime, Step};

use crate::state::CaseState;

/// A step and its clock.
#[derive(Debug, Clone)]
pub struct Clock<'r> {
    /// The step.
    pub step: &'r Step,
    /// Where it stands.
    pub due: Due,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// What starts its clock has not happened.
    Waiting(String),
    /// It can be taken, by no set day.
    Open,
    /// It is due on a day, in so many days; a negative number is overdue.
    On(Date, i32),
    /// It was taken on a day, and so many days late.
    Done(Date, i32),
}

/// The regime's steps, as they stand on a day.
pub fn clocks<'r>(state: &CaseState, regime: &'r Regime, today: Date) -> Vec<Clock<'r>> {
    let clock = |step: &'r Step| Clock {
        step,
        due: due(state, step, today),
    };
    regime.steps.iter().map(clock).collect()
}

fn due(state: &CaseState, step: &Step, today: Date) -> Due {
    if let Some(each) = &step.each_year_on {
        return each_year(state, step, each, today);
    }
    let deadline = deadline(state, step);
    if let Some(taken) = state
        .steps()
        .get(&step.id)
        .and_then(|taken| taken.on.parse().ok())
    {
        let late = deadline
            .ok()
            .flatten()
            .map_or(0, |due| days(due, taken).max(0));
        return Due::Done(taken, late);
    }
    match deadline {
        Err(waiting) => Due::Waiting(waiting),
        Ok(None) => Due::Open,
        Ok(Some(due)) => Due::On(due, days(today, due)),
    }
}

/// When a step of each year is due next. What was taken in the half year before its day was taken for that day.
fn each_year(state: &CaseState, step: &Step, each: &str, today: Date) -> Due {
    let day_in = |year: i16| format!("{year:04}-{each}").parse::<Date>().ok();
    let taken = state.steps().get(&step.id);
    let taken: Option<Date> = taken.and_then(|taken| taken.on.parse().ok());
    let from = taken.map_or(today, |taken| taken.saturating_add(HALF_A_YEAR.days()));
    let due = day_in(from.year()).filter(|due| *due >= from);
    match due.or_else(|| day_in(from.year() + 1)) {
        Some(due) => Due::On(due, days(today, due)),
        None => Due::Open,
    }
}

/// In days.
const HALF_A_YEAR: i64 = 182;

/// The day a step is due; none where there is no such day; what it waits for.
fn deadline(state: &CaseState, step: &Step) -> Result<Option<Date>, String> {
    let Some(after) = &step.after else {
        return Ok(None);
    };
    let happened = state.events().get(after);
    let taken = state.steps().get(after).map(|taken| &taken.on);
    let started: Option<Date> = happened.or(taken).and_then(|on| on.parse().ok());
    let started = started.ok_or_else(|| after.clone())?;
    let within: Option<Span> = step.within_days.map(|days| i64::from(days).days());
    Ok(within.and_then(|within| started.checked_add(within).ok()))
}

/// Days from one to another.
fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
