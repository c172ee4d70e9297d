//! The tables of a regime's file, as they are written: what a file can hold at all. What of it makes sense is for
//! [`file`](super::file) to say.

use serde::Deserialize;
use toml::Spanned;

use super::{Act, Confidence, Holds, Pooling, Stage};
use crate::evidence::Kind;

pub(super) type Word = Spanned<String>;
pub(super) type Words = Vec<Word>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) schema: Spanned<u32>,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) jurisdiction: String,
    pub(super) programme: String,
    #[serde(default, rename = "listed-by")]
    pub(super) listed_by: Vec<String>,
    pub(super) source: Vec<SourceTable>,
    pub(super) standard: StandardTable,
    pub(super) policy: String,
    pub(super) band: Spanned<Vec<Spanned<BandTable>>>,
    pub(super) confidence: Vec<ConfidenceTable>,
    #[serde(default)]
    pub(super) pooling: Pooling,
    pub(super) phrase: Vec<PhraseTable>,
    pub(super) hypothesis: Vec<Named>,
    pub(super) prior: PriorTable,
    pub(super) relation: Vec<RelationTable>,
    pub(super) reaches: Spanned<Vec<String>>,
    pub(super) element: Vec<ElementTable>,
    pub(super) criterion: Vec<CriterionTable>,
    #[serde(default)]
    pub(super) never: Vec<NeverTable>,
    pub(super) gate: GateTable,
    pub(super) role: Vec<RoleTable>,
    #[serde(default)]
    pub(super) event: Vec<EventTable>,
    #[serde(default)]
    pub(super) step: Vec<StepTable>,
    #[serde(default)]
    pub(super) document: Vec<DocumentTable>,
    pub(super) list: Option<ListTable>,
    pub(super) takedown: Option<TakedownTable>,
    pub(super) hearing: HearingTable,
    pub(super) recommendation: Option<RecommendationTable>,
    pub(super) authority: Option<AuthorityTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorityTable {
    pub(super) name: String,
    pub(super) key: String,
}

/// A word that other tables refer to, and what it says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) id: Word,
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct EventTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) not_before: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StandardTable {
    pub(super) words: String,
    pub(super) text: String,
    pub(super) source: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BandTable {
    pub(super) words: String,
    pub(super) from: f64,
    pub(super) to: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfidenceTable {
    pub(super) level: Spanned<Confidence>,
    pub(super) origins: usize,
    pub(super) categories: usize,
    pub(super) grade: Spanned<String>,
    pub(super) width: Spanned<f64>,
    pub(super) shift: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseTable {
    pub(super) words: Word,
    pub(super) ratio: Spanned<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriorTable {
    pub(super) own: Spanned<[f64; 2]>,
    pub(super) other: Spanned<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationTable {
    pub(super) id: Word,
    pub(super) question: String,
    pub(super) claim: Word,
    #[serde(default)]
    pub(super) object: bool,
    pub(super) stage: Option<Stage>,
    pub(super) beside: Words,
    pub(super) prior: Option<PriorTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ElementTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) relations: Words,
    #[serde(default)]
    pub(super) of_blocked: bool,
    /// Beside the blocked, what such a claim is shown of.
    pub(super) of_activity: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CriterionTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) source: Word,
    pub(super) elements: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NeverTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) relation: Word,
    pub(super) at_most: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GateTable {
    pub(super) likelihood: Word,
    pub(super) confidence: Confidence,
    pub(super) survives_any_origin: bool,
    pub(super) rebuttal: Spanned<f64>,
    pub(super) answers_exculpatory: bool,
    pub(super) never_alone: Spanned<Vec<Kind>>,
    pub(super) stages: Vec<Stage>,
    pub(super) signers: Spanned<usize>,
    #[serde(default = "one")]
    pub(super) readings: Spanned<usize>,
}

/// An item is weighed by somebody.
fn one() -> Spanned<usize> {
    Spanned::new(0..0, 1)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) may: Vec<Act>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StepTable {
    pub(super) id: Word,
    pub(super) text: String,
    pub(super) by: String,
    pub(super) after: Option<Word>,
    pub(super) within_days: Option<Spanned<u32>>,
    pub(super) each_year_on: Option<Word>,
    pub(super) produces: Option<String>,
    pub(super) source: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HearingTable {
    pub(super) text: String,
    pub(super) reply_days: u32,
    pub(super) before_a_determination: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListTable {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) column: Spanned<Vec<ColumnTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnTable {
    pub(super) heading: String,
    pub(super) holds: Holds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakedownTable {
    pub(super) category: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentTable {
    pub(super) id: Word,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) source: Word,
    pub(super) section: Vec<SectionTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionTable {
    pub(super) heading: String,
    #[serde(default)]
    pub(super) text: String,
    pub(super) relations: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecommendationTable {
    pub(super) text: String,
    pub(super) sectors: Vec<String>,
    #[serde(default)]
    pub(super) measure: Vec<Named>,
}
