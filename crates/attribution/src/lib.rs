//! From weighed evidence to a graded judgement, and from judgements through a regime's gate.
//!
//! ```text
//! regime.toml ─► Regime ────────────────────────┐
//! Evidence, Assessment ─► Panel ─► posterior ─► judge ─► Judgement ─► gate ─► Passage
//!      groups by origin     averaged    exact intervals      confidence, without each origin, what would change it
//! ```
//!
//! Nothing here reads, writes, asks the clock or draws random numbers, and nothing uses logarithms: the same input has the
//! same result to the last bit on every machine, so that anybody can verify a judgement by judging again.
//!
//! A claim's question has exclusive [hypotheses](Hypothesis). An analyst says how many times likelier an item is under
//! each than under "unknown", as a [range](Ratio); items of one origin count once. Priors are ranges too. The posterior is
//! the exact range over all of them. *How likely* something is and *how firm* the judgement is are two things, and no
//! sentence here speaks of both.
//!
//! ```
//! use overt_attribution::{Interval, Priors, Ratio, posterior};
//!
//! let prior = Interval::new(0.2, 0.5)?;
//! let priors = Priors::new(&[Interval::new(0.5, 0.8)?, prior])?;
//! // Two independent items, each 5 to 20 times likelier under the second hypothesis.
//! let item = vec![Ratio::NEUTRAL, Ratio::new(5.0, 20.0)?];
//! let answer = posterior(&priors, &[item.clone(), item])[1];
//! assert_eq!(answer.to_string(), "86–100 %");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod band;
mod calibration;
mod chain;
mod claim;
mod evidence;
mod gate;
mod halved;
mod id;
mod judgement;
mod listed;
mod marking;
mod origin;
mod panel;
mod place;
mod posterior;
mod range;
mod regime;
mod scaled;
mod spelling;
mod technique;
pub mod wording;

pub use band::{Band, Bands, Spanned};
pub use calibration::{ByWords, Calibration, Stated};
pub use chain::chain;
pub use claim::{Assessment, CLAIMED, Claim, Hypothesis, UNKNOWN, Weighed, Weight};
pub use evidence::{Category, Evidence, Grade, GradeError, Kind};
pub use gate::{Activities, Asks, Condition, Dossier, GateResult, Judged, gate, link, shortfall};
pub use halved::{Halved, halved};
pub use id::{ClaimId, EntityRef, EvidenceId, IdError, PARTY_KINDS};
pub use judgement::{
    Answer, Change, Diagnosticity, Judgement, Lacking, Opinion, Shortfall, WithoutCategory,
    WithoutOrigin, judge,
};
pub use listed::{Listing, of_the_list, raises};
pub use marking::Marking;
pub use origin::{Origins, UNDECLARED};
pub use place::{Held, Place, PlaceError};
pub use posterior::{PriorError, Priors, posterior};
pub use range::{Interval, RangeError, Ratio};
pub use regime::{
    Act, Column, Confidence, ConfidenceRule, Criterion, DocumentForm, Element, Event, Fault, Gate,
    Hearing, Holds, ListForm, Measure, Never, Phrase, Pooling, Recommendation, Regime, RegimeError,
    Relation, Role, SectionForm, Source, Stage, Standard, StandingHypothesis, Step,
};
pub use spelling::is_alike;
pub use technique::{Framework, Technique, TechniqueError, technique};
