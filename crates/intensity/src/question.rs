//! What is asked, checked before anything is read.

use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

use crate::actor::Actor;
use crate::election::Election;

/// Actors, elections, and the days before each vote.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// Whose activity.
    pub actors: Vec<Actor>,
    /// Before which votes, in order of time.
    pub elections: Vec<Election>,
    /// The days before each vote, the same for all.
    pub days: u16,
    /// The day up to which accounts became known.
    pub until: Date,
}

/// What is wrong with a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// An actor without accounts.
    #[error("the actor {0:?} has no accounts: there is nothing to count")]
    NoAccounts(String),
    /// Nobody, or no vote.
    #[error("no {0} is given")]
    Nothing(&'static str),
    /// A name given twice.
    #[error("the {0} {1:?} is given twice")]
    Twice(&'static str, String),
    /// Two windows share days.
    #[error(
        "the {days} days before {later:?} overlap those before {earlier:?}: the same posts would be counted twice"
    )]
    Overlap {
        /// The earlier election.
        earlier: String,
        /// The later one.
        later: String,
        /// The days before each.
        days: u16,
    },
    /// A denominator that is given for some elections only.
    #[error("users are given for {has:?} and not for {lacks:?}: a ratio needs both")]
    Denominator {
        /// An election that has it.
        has: String,
        /// One that has not.
        lacks: String,
    },
    /// A number or span of an election that means nothing.
    #[error("{0:?}: {1}")]
    Wrong(String, &'static str),
    /// An actor's name that cannot be printed.
    #[error("{0:?}: {1}")]
    WrongActor(String, &'static str),
}

impl QuestionError {
    /// Whether it is about what was said of actors, and not of elections.
    #[must_use]
    pub fn is_of_actors(&self) -> bool {
        matches!(
            self,
            Self::NoAccounts(_)
                | Self::WrongActor(..)
                | Self::Nothing("actor")
                | Self::Twice("actor" | "name of an actor" | "account", _)
        )
    }
}

/// What is said of a name that would break a sentence.
const HIDDEN: &str = "its name has a line break or another sign that nobody sees";

impl Question {
    /// A question that can be answered.
    ///
    /// # Errors
    /// Overlapping cycles, an actor without accounts, names given twice, a denominator missing in a cycle.
    pub fn new(
        actors: Vec<Actor>,
        mut elections: Vec<Election>,
        days: u16,
        until: Date,
    ) -> Result<Self, QuestionError> {
        elections.sort_by_key(|election| election.vote);
        check_actors(&actors)?;
        check_elections(&elections, days, until)?;
        mirror_gaps(&mut elections, days);
        for election in &elections {
            check_days(election, days)?;
        }
        Ok(Self {
            actors,
            elections,
            days,
            until,
        })
    }

    /// Days after each vote within which an account must have become known, the same for all.
    #[must_use]
    pub fn lag(&self) -> i64 {
        let days = |election: &Election| {
            i64::from(self.until.since(election.vote).map_or(0, |s| s.get_days()))
        };
        self.elections.iter().map(days).min().unwrap_or(0)
    }
}

fn check_actors(actors: &[Actor]) -> Result<(), QuestionError> {
    if actors.is_empty() {
        return Err(QuestionError::Nothing("actor"));
    }
    let mut ids = std::collections::BTreeSet::new();
    let mut names = std::collections::BTreeSet::new();
    let mut accounts = std::collections::BTreeSet::new();
    for actor in actors {
        if actor.name.chars().any(char::is_control) {
            return Err(QuestionError::WrongActor(actor.id.clone(), HIDDEN));
        }
        if actor.accounts.is_empty() {
            return Err(QuestionError::NoAccounts(actor.id.clone()));
        }
        if !ids.insert(&actor.id) {
            return Err(QuestionError::Twice("actor", actor.id.clone()));
        }
        // Sentences say the name alone.
        if !names.insert(&actor.name) {
            return Err(QuestionError::Twice("name of an actor", actor.name.clone()));
        }
        for account in &actor.accounts {
            if !accounts.insert(account.handle()) {
                return Err(QuestionError::Twice("account", account.id.clone()));
            }
        }
    }
    Ok(())
}

fn check_elections(elections: &[Election], days: u16, until: Date) -> Result<(), QuestionError> {
    if elections.is_empty() {
        return Err(QuestionError::Nothing("election"));
    }
    for election in elections {
        check_election(election, days, until)?;
    }
    for pair in elections.windows(2) {
        let [earlier, later] = pair else { continue };
        if elections.iter().filter(|e| e.id == later.id).count() > 1 {
            return Err(QuestionError::Twice("election", later.id.clone()));
        }
        if elections.iter().filter(|e| e.name == later.name).count() > 1 {
            return Err(QuestionError::Twice(
                "name of an election",
                later.name.clone(),
            ));
        }
        if later.window(days)[0] <= earlier.vote {
            return Err(QuestionError::Overlap {
                earlier: earlier.id.clone(),
                later: later.id.clone(),
                days,
            });
        }
    }
    let has = elections.iter().find(|e| e.users.is_some());
    let lacks = elections.iter().find(|e| e.users.is_none());
    match (has, lacks) {
        (Some(has), Some(lacks)) => Err(QuestionError::Denominator {
            has: has.id.clone(),
            lacks: lacks.id.clone(),
        }),
        _ => Ok(()),
    }
}

fn check_election(election: &Election, days: u16, until: Date) -> Result<(), QuestionError> {
    let wrong = |what| Err(QuestionError::Wrong(election.id.clone(), what));
    if election.name.chars().any(char::is_control) {
        return wrong(HIDDEN);
    }
    if !(1..=3_650).contains(&days) {
        return wrong("give 1 to 3,650 days before the vote");
    }
    if !(election.sampled > 0.0 && election.sampled <= 1.0) {
        return wrong("the share of posts collected is above 0 and up to 1");
    }
    if election.words.is_empty() || election.names.is_empty() {
        return wrong(
            "both words of voting and names of candidates or parties are needed: they are two readings",
        );
    }
    if election.sides.len() == 1 {
        return wrong("one side opposes nobody: give two or more, or none");
    }
    let mut ids = std::collections::BTreeSet::new();
    for side in &election.sides {
        if !ids.insert(&side.id) {
            return Err(QuestionError::Twice("side", side.id.clone()));
        }
        if side.words.is_empty() {
            return wrong("a side has no words by which it is named");
        }
    }
    if election.gaps.iter().any(|[first, last]| first > last) {
        return wrong("a gap ends before it begins");
    }
    let [from, vote] = election.window(days);
    if election
        .gaps
        .iter()
        .any(|[first, last]| *last < from || *first > vote)
    {
        return wrong("a gap lies outside the days before the vote");
    }
    if election.users == Some(0) {
        return wrong("nobody used the platform");
    }
    if until < election.vote {
        return wrong("the vote is after the day until which accounts are known");
    }
    check_days(election, days)
}

fn check_days(election: &Election, days: u16) -> Result<(), QuestionError> {
    if election.watched(days) == 0 {
        let what =
            "the gaps leave no day to count; a gap of one election is left out before every vote";
        return Err(QuestionError::Wrong(election.id.clone(), what));
    }
    Ok(())
}

/// Days that were not collected before one vote are left out before every vote, counted back from it: who posts more as the
/// vote comes near would else seem to have posted less, or more, for the days that are missing.
fn mirror_gaps(elections: &mut [Election], days: u16) {
    let is_missing = |back: i64| {
        elections.iter().any(|election| {
            let day = election.vote.saturating_sub(Span::new().days(back));
            !election.watches(day, days)
        })
    };
    let missing: Vec<i64> = (0..i64::from(days))
        .filter(|back| is_missing(*back))
        .collect();
    for election in elections.iter_mut() {
        let vote = election.vote;
        let day = |back: i64| vote.saturating_sub(Span::new().days(back));
        for run in missing.chunk_by(|a, b| a + 1 == *b) {
            if let [last, .., first] | [last @ first] = run {
                let gap = [day(*first), day(*last)];
                let is_watched = |back: &i64| election.watches(day(*back), days);
                if run.iter().any(is_watched) {
                    election.gaps.push(gap);
                }
            }
        }
    }
}
