//! Actors, and the accounts that are attributed to them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The lower and the upper end of a judged probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct Judged {
    lower: f64,
    upper: f64,
}

impl Judged {
    /// The lower end.
    #[must_use]
    pub fn lower(self) -> f64 {
        self.lower
    }

    /// The upper end.
    #[must_use]
    pub fn upper(self) -> f64 {
        self.upper
    }
}

impl TryFrom<[f64; 2]> for Judged {
    type Error = String;

    fn try_from([lower, upper]: [f64; 2]) -> Result<Self, String> {
        if 0.0 < lower && lower <= upper && upper <= 1.0 {
            return Ok(Self { lower, upper });
        }
        Err(format!(
            "the judgement [{lower}, {upper}] is not a lower and an upper probability above 0 and up to 1"
        ))
    }
}

impl From<Judged> for [f64; 2] {
    fn from(judged: Judged) -> Self {
        [judged.lower, judged.upper]
    }
}

/// An account, domain or channel that is attributed to an actor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its id or name, as the posts have it.
    pub id: String,
    /// Who runs it, where that is known: accounts of one operator are one draw.
    #[serde(default)]
    pub operator: Option<String>,
    /// The day on which it became known to be the actor's.
    #[serde(default)]
    pub known: Option<Date>,
    /// The claim that says whose it is.
    #[serde(default)]
    pub claim: Option<String>,
    /// How probable that was judged to be; none: unjudged, and counted in full.
    #[serde(default)]
    pub judgement: Option<Judged>,
}

/// An account's id or name without what only some write: spaces around it, and a sign in front.
#[must_use]
pub fn handle(written: &str) -> &str {
    let is_space = |c: char| c.is_whitespace() || c == '\u{feff}';
    written.trim_matches(is_space).trim_start_matches('@')
}

impl Account {
    /// By what it is known among posts.
    #[must_use]
    pub fn handle(&self) -> &str {
        handle(&self.id)
    }

    /// What is drawn as one: the operator where known, else the account.
    #[must_use]
    pub fn unit(&self) -> &str {
        self.operator.as_deref().unwrap_or(&self.id)
    }
}

/// Something said of an actor beside what it posts, with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What is said.
    pub says: String,
    /// The evidence or claim that it rests on; none: nothing was provided.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// Whose activity is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// A short name without spaces.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// What is attributed to it.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// What it is able to do.
    #[serde(default)]
    pub capability: Option<Said>,
    /// What it tried.
    #[serde(default)]
    pub attempt: Option<Said>,
    /// What came of it.
    #[serde(default)]
    pub effect: Option<Said>,
}
