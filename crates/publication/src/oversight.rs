//! For those who oversee: every decision to act or not, who was refused what, and which deadlines were met.

use jiff::civil::Date;
use overt_attribution::{Calibration, Marking};
use overt_case::{Disclosure, Doubt, Due, clocks};
use serde::Serialize;

use crate::document::Document;
use crate::{PublicationError, items, name, statement, withheld_claims};

/// The account of a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Oversight {
    /// The version of this shape.
    pub schema_version: u32,
    /// Who may have it.
    pub marking: Marking,
    /// The case.
    pub case: String,
    /// The regime's word, and SHA-256 of its file.
    pub regime: [String; 2],
    /// What the data is for, on what basis, until when.
    pub purpose: [String; 3],
    /// As of how many entries.
    pub entries: u64,
    /// Decisions, those to do nothing among them.
    pub decisions: Vec<DecisionRow>,
    /// Determinations.
    pub determinations: Vec<DeterminationRow>,
    /// Parties of whom something is claimed and nothing is decided.
    pub left_alone: Vec<LeftAlone>,
    /// That the rules do not come with the program, if they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// How the judgements fared that were scored once it came out how things are.
    pub calibration: Calibration,
    /// What people were not allowed to do.
    pub refusals: Vec<RefusalRow>,
    /// Steps and their deadlines.
    pub steps: Vec<StepRow>,
    /// Items that were withdrawn.
    pub withdrawn: Vec<[String; 2]>,
    /// Claims that are withheld, and how they are marked.
    pub withheld: Vec<String>,
    /// How many entries were erased.
    pub erased: usize,
    /// What was given out.
    pub published: Vec<PublishedRow>,
    /// Who was told, and until when they may reply.
    pub notices: Vec<[String; 3]>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // docs/formats.md has every field in words.
pub struct DecisionRow {
    pub number: u64,
    pub action: &'static str,
    pub about: String,
    pub by: String,
    pub at: String,
    pub why: String,
    pub determination: Option<u64>,
    pub rests_on_lost: String,
    pub doubt: String,
}

/// A determination.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct DeterminationRow {
    pub number: u64,
    pub about: String,
    pub criterion: String,
    pub made: bool,
    pub signed_by: Vec<String>,
    pub rests_on_lost: String,
    pub doubt: String,
}

/// A party of whom something is claimed and nothing decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct LeftAlone {
    pub party: String,
    pub claims: usize,
    pub gate: Vec<String>,
}

/// Something that somebody was not allowed to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct RefusalRow {
    pub by: String,
    pub at: String,
    pub tried: String,
    pub why: String,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct StepRow {
    pub step: String,
    pub by: String,
    pub due: Option<String>,
    pub done: Option<String>,
    pub days_late: i32,
}

/// Something that was given out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct PublishedRow {
    pub what: String,
    pub version: u64,
    pub files: usize,
}

/// The account of a case, as of a day.
///
/// # Errors
///
/// When a claim cannot be judged.
pub fn oversight(case: &Disclosure<'_>, today: Date) -> Result<Oversight, PublicationError> {
    let state = case.state();
    let opened = state.opened();
    let of = |get: fn(&overt_case::entry::Opened) -> &String| {
        opened.map(get).cloned().unwrap_or_default()
    };
    Ok(Oversight {
        schema_version: 2,
        marking: case.audience(),
        case: name(case).to_owned(),
        regime: [of(|o| &o.regime), of(|o| &o.regime_sha256)],
        purpose: [
            of(|o| &o.purpose),
            of(|o| &o.legal_basis),
            of(|o| &o.keep_until),
        ],
        entries: case.size(),
        decisions: state
            .decisions()
            .iter()
            .map(|(number, made)| DecisionRow {
                number: *number,
                action: made.decided.action.name(),
                about: made.decided.subject.to_string(),
                by: made.by.clone(),
                at: made.at.to_string(),
                why: made.decided.why.clone(),
                determination: made.decided.determination,
                rests_on_lost: items(&state.lost(&made.decided.rests_on)),
                doubt: in_words(state.doubt_of_decision(made)),
            })
            .collect(),
        determinations: state
            .determinations()
            .values()
            .map(|d| DeterminationRow {
                number: d.number,
                about: d.proposed.passage.subject.to_string(),
                criterion: d.proposed.passage.criterion.clone(),
                made: d.made,
                signed_by: d.signatures.iter().map(|(by, _)| by.clone()).collect(),
                rests_on_lost: items(&state.lost(d.rests_on())),
                doubt: in_words(state.doubt(d)),
            })
            .collect(),
        left_alone: left_alone(case)?,
        variant: case.regime().variant(),
        calibration: case.calibration(),
        refusals: state
            .refusals()
            .iter()
            .map(|r| RefusalRow {
                by: r.by.clone(),
                at: r.at.to_string(),
                tried: r.refused.tried.clone(),
                why: r.refused.why.clone(),
            })
            .collect(),
        steps: clocks(state, case.regime(), today)
            .iter()
            .map(step)
            .collect(),
        withdrawn: state
            .evidence()
            .iter()
            .filter_map(|(id, on_file)| Some([id.to_string(), on_file.withdrawn.clone()?]))
            .collect(),
        withheld: withheld_claims(case),
        erased: state.erased().len(),
        published: state
            .published()
            .iter()
            .map(|p| PublishedRow {
                what: p.what.clone(),
                version: p.version,
                files: p.files.len(),
            })
            .collect(),
        notices: state
            .notices()
            .iter()
            .map(|n| [n.party.to_string(), n.on.clone(), n.reply_by.clone()])
            .collect(),
    })
}

fn in_words(doubt: Option<Doubt>) -> String {
    doubt.map_or_else(String::new, |doubt| doubt.to_string())
}

fn left_alone(case: &Disclosure<'_>) -> Result<Vec<LeftAlone>, PublicationError> {
    let state = case.state();
    let mut claims: std::collections::BTreeMap<_, usize> = std::collections::BTreeMap::new();
    for claim in state.claims().values() {
        if overt_case::party::schema(claim.subject.kind()).is_some() {
            *claims.entry(&claim.subject).or_default() += 1;
        }
    }
    for made in state.decisions().values() {
        claims.remove(&made.decided.subject);
    }
    for determination in state.determinations().values() {
        claims.remove(&determination.proposed.passage.subject);
    }
    claims
        .into_iter()
        .map(|(party, claims)| {
            Ok(LeftAlone {
                party: party.to_string(),
                claims,
                gate: statement::failing(case, party)?,
            })
        })
        .collect()
}

fn step(clock: &overt_case::Clock<'_>) -> StepRow {
    let (due, done, days_late) = match &clock.due {
        Due::Waiting(_) | Due::Open => (None, None, 0),
        Due::On(day, left) => (Some(day.to_string()), None, (-left).max(0)),
        Due::Done(day, late) => (None, Some(day.to_string()), *late),
    };
    StepRow {
        step: clock.step.id.clone(),
        by: clock.step.by.clone(),
        due,
        done,
        days_late,
    }
}

impl Oversight {
    /// As a document.
    pub fn document(&self) -> Document {
        let mut document = Document::new(format!("Every decision of the case {}", self.case));
        document.marking = Some(self.marking);
        document.warnings.extend(self.variant.clone());
        document.text(format!(
            "Under {} (file {}), for {}, on the basis of {}, kept until {}. As of {} entries.",
            self.regime[0],
            self.regime[1],
            self.purpose[0],
            self.purpose[1],
            self.purpose[2],
            self.entries
        ));
        self.decided(&mut document);
        self.not_decided(&mut document);
        self.add_publications(&mut document);
        document
    }

    fn decided(&self, document: &mut Document) {
        let optional = |n: &Option<u64>| n.map_or(String::new(), |n| n.to_string());
        document.heading("Decisions to act, and not to");
        if self.decisions.is_empty() {
            document.text("None.");
        }
        document.table(
            &[
                "no.",
                "action",
                "about",
                "by",
                "at",
                "why",
                "determination",
                "no longer stands",
            ],
            self.decisions
                .iter()
                .map(|d| {
                    vec![
                        d.number.to_string(),
                        d.action.to_owned(),
                        d.about.clone(),
                        d.by.clone(),
                        d.at.clone(),
                        d.why.clone(),
                        optional(&d.determination),
                        d.doubt.clone(),
                    ]
                })
                .collect(),
        );
        document.heading("Determinations");
        document.table(
            &[
                "no.",
                "about",
                "criterion",
                "made",
                "signed by",
                "no longer stands",
            ],
            self.determinations
                .iter()
                .map(|d| {
                    vec![
                        d.number.to_string(),
                        d.about.clone(),
                        d.criterion.clone(),
                        if d.made { "yes" } else { "no" }.to_owned(),
                        d.signed_by.join(", "),
                        d.doubt.clone(),
                    ]
                })
                .collect(),
        );
    }

    fn not_decided(&self, document: &mut Document) {
        document.heading("Parties that were left alone");
        document.text("Something is claimed of them, and nothing was determined or decided.");
        document.table(
            &["party", "claims", "the gate, as things stand"],
            self.left_alone
                .iter()
                .map(|l| vec![l.party.clone(), l.claims.to_string(), l.gate.join("; ")])
                .collect(),
        );
        document.list(self.withheld.clone());
        document.heading("How judgements fared");
        document.list(self.calibration.in_words());
        document.heading("Refusals");
        document.table(
            &["who", "at", "tried to", "why not"],
            self.refusals
                .iter()
                .map(|r| vec![r.by.clone(), r.at.clone(), r.tried.clone(), r.why.clone()])
                .collect(),
        );
    }

    fn add_publications(&self, document: &mut Document) {
        document.heading("Steps and deadlines");
        let day = |d: &Option<String>| d.clone().unwrap_or_default();
        document.table(
            &["step", "by", "due", "done", "days late"],
            self.steps
                .iter()
                .map(|s| {
                    vec![
                        s.step.clone(),
                        s.by.clone(),
                        day(&s.due),
                        day(&s.done),
                        s.days_late.to_string(),
                    ]
                })
                .collect(),
        );
        document.heading("Withdrawn, erased, given out");
        document.table(
            &["item", "withdrawn because"],
            self.withdrawn.iter().map(|w| w.to_vec()).collect(),
        );
        document.text(format!("{} entries were erased.", self.erased));
        document.table(
            &["given out", "version", "files"],
            self.published
                .iter()
                .map(|p| vec![p.what.clone(), p.version.to_string(), p.files.to_string()])
                .collect(),
        );
        document.table(
            &["told", "on", "may reply until"],
            self.notices.iter().map(|n| n.to_vec()).collect(),
        );
    }
}
