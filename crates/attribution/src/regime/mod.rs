//! A regime: a legal basis as data. Whom it reaches and never reaches, its criteria and what each needs, the standard of
//! the law and the gate of those who use it, words and numbers for judgements, steps, clocks, roles.

mod file;
mod floor;
mod pinned;
mod rows;
mod tables;

use serde::{Deserialize, Serialize};

use crate::band::Bands;
use crate::evidence::{Grade, Kind};
use crate::id::EntityRef;
use crate::range::{Interval, Ratio};

pub use file::{Fault, RegimeError};

/// A legal basis, read from its file by [`Regime::read`].
#[derive(Debug, Clone)]
pub struct Regime {
    /// A short word for it: `eo13848`.
    pub id: String,
    /// SHA-256 of its file, in hex.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// Whose law it is.
    pub jurisdiction: String,
    /// The tag that designations under it carry in lists.
    pub programme: String,
    /// Who keeps the list of its programme, by the names that evidence may go back to: what they say of a party that is on
    /// it holds up no claim on that party.
    pub listed_by: Vec<String>,
    /// Where its statements are from.
    pub sources: Vec<Source>,
    /// What the law asks for.
    pub standard: Standard,
    /// What those who use it ask for beyond the law, in words.
    pub policy: String,
    /// Words for likelihood.
    pub bands: Bands,
    /// Rules for confidence, the highest first. What meets none is low.
    pub confidence: Vec<ConfidenceRule>,
    /// How readings that differ are put together.
    pub pooling: Pooling,
    /// Words that analysts may use for ratios.
    pub phrases: Vec<Phrase>,
    /// The hypotheses that stand beside a claim's own.
    pub standing_hypotheses: Vec<StandingHypothesis>,
    /// What can be claimed.
    pub relations: Vec<Relation>,
    /// Whom a determination may reach, by the kind of its name.
    pub reaches: Vec<String>,
    /// What a criterion needs.
    pub elements: Vec<Element>,
    /// The ways in which a party falls under it.
    pub criteria: Vec<Criterion>,
    /// What no determination may rest on or reach.
    pub never: Vec<Never>,
    /// The gate.
    pub gate: Gate,
    /// Who may do what.
    pub roles: Vec<Role>,
    /// What clocks are started by, beside steps.
    pub events: Vec<Event>,
    /// Steps, in order.
    pub steps: Vec<Step>,
    /// Documents that it asks for, beside statements of reasons, notices and recommendations.
    pub documents: Vec<DocumentForm>,
    /// The form of its own list, beside those that programs read.
    pub list: Option<ListForm>,
    /// Under what the EU's register of statements of reasons files what is taken down under it, where the file says so.
    pub category: Option<String>,
    /// The subject's right to be heard.
    pub hearing: Hearing,
    /// Recommendations beyond the party itself.
    pub recommendation: Option<Recommendation>,
    /// Whose key makes a list more than a proposal. Without one, nothing that is published is more.
    pub authority: Option<Authority>,
}

/// An authority that may put parties on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// Its public key, as in a signed note.
    pub key: String,
}

/// Where a statement is from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its word.
    pub id: String,
    /// Its citation.
    pub text: String,
    /// Whether the wording was compared with it. What was not is marked wherever it is printed.
    pub verified: bool,
}

/// What the law asks for.
#[derive(Debug, Clone)]
pub struct Standard {
    /// Its words: "reason to believe".
    pub words: String,
    /// What they mean.
    pub text: String,
    /// The word of its source.
    pub source: String,
}

/// When a judgement has a confidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceRule {
    /// The level.
    pub level: Confidence,
    /// From how many independent origins evidence has to come.
    pub origins: usize,
    /// In how many categories.
    pub categories: usize,
    /// What grade counts.
    pub grade: Grade,
    /// How wide the interval may be.
    pub width: f64,
    /// By how many bands losing any origin may move it.
    pub shift: usize,
}

/// How firm a judgement is: not how likely its answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Few, weak or contradictory grounds.
    Low,
    /// Plausible and from sources that hold up, not enough for more.
    Moderate,
    /// Several independent grounds of good quality.
    High,
}

impl Confidence {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}

/// Words for a ratio.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// `somewhat more likely`.
    pub words: String,
    /// What they stand for.
    pub ratio: Ratio,
}

/// A hypothesis that stands beside claims.
#[derive(Debug, Clone)]
pub struct StandingHypothesis {
    /// Its word.
    pub id: String,
    /// What it says.
    pub text: String,
}

/// How far what is claimed went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Somebody could.
    Capability,
    /// Somebody tried.
    Attempt,
    /// It worked.
    Effect,
}

impl Stage {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capability => "capability",
            Self::Attempt => "attempt",
            Self::Effect => "effect",
        }
    }
}

/// Something that can be claimed.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its word.
    pub id: String,
    /// The question behind it.
    pub question: String,
    /// What the claim says, with `{subject}` and `{object}`.
    pub claim: String,
    /// Whether it names an object.
    pub object: bool,
    /// How far what it says went, where that is what it says.
    pub stage: Option<Stage>,
    /// The standing hypotheses beside it, without `unknown`.
    pub beside: Vec<String>,
    /// The prior of the claim's own hypothesis.
    pub own_prior: Interval,
    /// The prior of each other.
    pub other_prior: Interval,
}

impl Relation {
    /// What a claim says, in words.
    pub fn said(&self, subject: &EntityRef, object: Option<&EntityRef>) -> String {
        let object = object.map_or(String::new(), EntityRef::words);
        let words = self.claim.replace("{object}", &object);
        words.replace("{subject}", &subject.words())
    }
}

/// What a criterion needs: an evidenced claim of one of these relations about the party.
#[derive(Debug, Clone)]
pub struct Element {
    /// Its word.
    pub id: String,
    /// What has to be so.
    pub text: String,
    /// By which relations it can be claimed.
    pub relations: Vec<String>,
    /// Whether the claim's object has to be a party that is blocked.
    pub of_blocked: bool,
    /// The relation that, shown of the claim's object, does as well: that it is such an activity as the order speaks of.
    pub of_activity: Option<String>,
}

/// A way in which a party falls under the regime.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Its word: `i`.
    pub id: String,
    /// What it says.
    pub text: String,
    /// The word of its source.
    pub source: String,
    /// What it needs.
    pub elements: Vec<String>,
}

/// A relation that keeps a party out of reach when it may well hold.
#[derive(Debug, Clone)]
pub struct Never {
    /// Its word.
    pub id: String,
    /// Whom the regime never reaches.
    pub text: String,
    /// The claim that says a party is such.
    pub relation: String,
    /// How likely that may be at most.
    pub at_most: f64,
}

/// What a judgement must be before anything may be proposed on it.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The place of the lowest band that its interval may reach into.
    pub band: usize,
    /// The least confidence.
    pub confidence: Confidence,
    /// Whether it must hold after losing any one origin.
    pub survives_any_origin: bool,
    /// How many times likelier, at least, some item must be under the claim than under each other hypothesis.
    pub rebuttal: f64,
    /// Whether everything that speaks for the party must have been weighed.
    pub answers_exculpatory: bool,
    /// Kinds of evidence that are never enough, alone or together.
    pub never_alone: Vec<Kind>,
    /// How far what is claimed must have gone, where a relation says so.
    pub stages: Vec<Stage>,
    /// How many distinct people sign.
    pub signers: usize,
    /// How many analysts weigh an item blind, before a claim may hang on it: 1 where one alone may, and in the open.
    pub readings: usize,
}

/// How several analysts' readings of one item are put together, where they differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// The weighted mean of their low ends, and of their high ends: the range of the linear opinion pool.
    #[default]
    Average,
    /// From the lowest to the highest that anybody comes to: nobody is outvoted.
    Widest,
}

/// Something that a person of a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Add evidence and events.
    Collect,
    /// Make claims and weigh evidence.
    Analyse,
    /// Propose a determination or an action, and sign for it.
    Sign,
    /// Publish what was decided.
    Publish,
    /// Admit people, erase what must be erased.
    Administer,
}

/// What people of a role do.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its word.
    pub id: String,
    /// Who that is.
    pub text: String,
    /// What they may do.
    pub may: Vec<Act>,
}

/// What starts a clock.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its word.
    pub id: String,
    /// What happens.
    pub text: String,
    /// The first day on which it means anything under the regime, as in 2018-09-12.
    pub not_before: Option<String>,
}

/// A step that somebody takes.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its word.
    pub id: String,
    /// What is done.
    pub text: String,
    /// Who does it, in words: an office outside may do.
    pub by: String,
    /// The event or step that its clock starts with.
    pub after: Option<String>,
    /// The days it may take.
    pub within_days: Option<u32>,
    /// The day by which it has to be taken each year, as in 09-12.
    pub each_year_on: Option<String>,
    /// The document it ends in.
    pub produces: Option<String>,
    /// The word of its source.
    pub source: String,
}

/// The form of a regime's own list.
#[derive(Debug, Clone)]
pub struct ListForm {
    /// Its title.
    pub title: String,
    /// What it says at its head.
    pub text: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of such a list.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub holds: Holds,
}

/// What stands in a column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// The number of the row.
    Number,
    /// The party's name.
    Name,
    /// By what it is told from others.
    Identifying,
    /// The criterion that it meets.
    Criterion,
    /// Why: what was done, element by element.
    Reasons,
    /// The day of the decision.
    Date,
}

/// A document that a regime asks for, of what a case claims.
#[derive(Debug, Clone)]
pub struct DocumentForm {
    /// Its word, as a step's that produces it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is, and what it has to say.
    pub text: String,
    /// The word of its source.
    pub source: String,
    /// What it has to speak of, in order.
    pub sections: Vec<SectionForm>,
}

/// A section of such a document.
#[derive(Debug, Clone)]
pub struct SectionForm {
    /// Its heading.
    pub heading: String,
    /// What it is about; empty where the heading says it.
    pub text: String,
    /// What it speaks of: claims of these relations.
    pub relations: Vec<String>,
}

/// The subject's right to be heard.
#[derive(Debug, Clone)]
pub struct Hearing {
    /// What the notice says of it.
    pub text: String,
    /// The days for a reply.
    pub reply_days: u32,
    /// What has to be thought of before a party is told that nothing was determined of yet.
    pub before_a_determination: Option<String>,
}

/// Recommendations beyond the party itself.
#[derive(Debug, Clone)]
pub struct Recommendation {
    /// What is recommended.
    pub text: String,
    /// Of which sectors at least one each.
    pub sectors: Vec<String>,
    /// What can be recommended. Where the file names measures, a recommendation names those it means, and what they would
    /// do.
    pub measures: Vec<Measure>,
}

/// A measure that can be recommended.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its word.
    pub id: String,
    /// What it is.
    pub text: String,
}

impl Regime {
    /// A relation by its word.
    pub fn relation(&self, id: &str) -> Option<&Relation> {
        self.relations.iter().find(|r| r.id == id)
    }

    /// A criterion by its word.
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|c| c.id == id)
    }

    /// An element by its word.
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|e| e.id == id)
    }

    /// A role by its word.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|r| r.id == id)
    }

    /// A source by its word.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|s| s.id == id)
    }

    /// The ratio that words stand for.
    pub fn phrase(&self, words: &str) -> Option<Ratio> {
        let same = |p: &&Phrase| p.words.eq_ignore_ascii_case(words.trim());
        self.phrases.iter().find(same).map(|p| p.ratio)
    }
}
