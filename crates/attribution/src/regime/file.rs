//! Reading a regime's file: every fault is told with its line and field.

use std::fmt::{self, Write};
use std::ops::Range;

use sha2::{Digest, Sha256};
use toml::Spanned;

use super::rows::{
    criterion, document, element, event, gate, inner, list, measure, never, role, source,
    standing_hypothesis, step,
};
use super::tables::{
    BandTable, ConfidenceTable, File, GateTable, PhraseTable, PriorTable, RelationTable, Word,
};
use super::{
    Act, Authority, Confidence, ConfidenceRule, Hearing, Holds, Phrase, Recommendation, Regime,
    Relation, Standard,
};
use crate::band::{Band, Bands};
use crate::claim::UNKNOWN;
use crate::evidence::Grade;
use crate::id::PARTY_KINDS;
use crate::posterior::Priors;
use crate::range::{Interval, Ratio};

/// What is wrong with a regime's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegimeError {
    /// All that was found, in the order of the file.
    pub faults: Vec<Fault>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The field, as `criterion.elements`; empty where the file cannot be read at all.
    pub field: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl fmt::Display for RegimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.faults.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "line {}: ", fault.line)?;
            if !fault.field.is_empty() {
                write!(f, "{}: ", fault.field)?;
            }
            f.write_str(&fault.problem)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegimeError {}

/// The shape of file that is read.
const SCHEMA: u32 = 1;

impl Regime {
    /// Reads a regime's file.
    ///
    /// # Errors
    ///
    /// All faults that were found, each with its line and field.
    pub fn read(text: &str) -> Result<Self, RegimeError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            RegimeError {
                faults: vec![Fault {
                    line: line_of(text, start),
                    field: String::new(),
                    problem: error.message().to_owned(),
                }],
            }
        })?;
        let mut check = Check {
            text,
            faults: Vec::new(),
        };
        let regime = check.regime(file);
        check.faults.sort_by_key(|f| f.line);
        match regime {
            Some(regime) if check.faults.is_empty() => Ok(regime),
            _ => Err(RegimeError {
                faults: check.faults,
            }),
        }
    }
}

fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    before.filter(|b| **b == b'\n').count() + 1
}

/// The faults found so far.
pub(super) struct Check<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, at: &Range<usize>, field: &str, problem: impl Into<String>) {
        self.faults.push(Fault {
            line: line_of(self.text, at.start),
            field: field.to_owned(),
            problem: problem.into(),
        });
    }

    /// Words that are defined: not twice, and such that they can be typed.
    fn defined<'w>(&mut self, field: &str, words: impl Iterator<Item = &'w Word>) -> Vec<&'w str> {
        let mut known: Vec<&str> = Vec::new();
        for word in words {
            let text = word.get_ref().as_str();
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            if text.is_empty() || !text.bytes().all(plain) {
                self.fault(
                    &word.span(),
                    field,
                    format!("{text:?} is not a word; use letters, digits and -"),
                );
            } else if known.contains(&text) {
                self.fault(
                    &word.span(),
                    field,
                    format!("{text:?} is defined already; give it another name"),
                );
            }
            known.push(text);
        }
        known
    }

    /// Words that have to be defined elsewhere.
    fn refers<'w>(
        &mut self,
        field: &str,
        words: impl IntoIterator<Item = &'w Word>,
        known: &[&str],
        what: &str,
    ) {
        for word in words {
            let text = word.get_ref().as_str();
            if !known.contains(&text) {
                let known = known.join(", ");
                self.fault(
                    &word.span(),
                    field,
                    format!("{text:?} names no {what} of this file, which has {known}"),
                );
            }
        }
    }

    fn regime(&mut self, file: File) -> Option<Regime> {
        if *file.schema.get_ref() != SCHEMA {
            self.fault(
                &file.schema.span(),
                "schema",
                format!("{} is not known here, {SCHEMA} is", file.schema.get_ref()),
            );
        }
        self.words(&file);
        self.limits(&file);
        self.floor(&file);
        let bands = self.bands(&file.band);
        let band = self.gate_band(&file.gate, bands.as_ref());
        let priors = self.priors("prior", &file.prior);
        let relations = self.relations(file.relation, priors);
        let confidence = self.confidence(file.confidence);
        let phrases = self.phrases(file.phrase);
        Some(Regime {
            id: file.id,
            sha256: sha256(self.text),
            name: file.name,
            jurisdiction: file.jurisdiction,
            programme: file.programme,
            listed_by: file.listed_by,
            sources: file.source.into_iter().map(source).collect(),
            standard: Standard {
                words: file.standard.words,
                text: file.standard.text,
                source: file.standard.source.into_inner(),
            },
            policy: file.policy,
            bands: bands?,
            confidence,
            pooling: file.pooling,
            phrases,
            standing_hypotheses: file
                .hypothesis
                .into_iter()
                .map(standing_hypothesis)
                .collect(),
            relations,
            reaches: file.reaches.into_inner(),
            elements: file.element.into_iter().map(element).collect(),
            criteria: file.criterion.into_iter().map(criterion).collect(),
            never: file.never.into_iter().map(never).collect(),
            gate: gate(file.gate, band?),
            roles: file.role.into_iter().map(role).collect(),
            events: file.event.into_iter().map(event).collect(),
            steps: file.step.into_iter().map(step).collect(),
            list: file.list.map(list),
            category: file.takedown.map(|t| t.category.into_inner()),
            documents: file.document.into_iter().map(document).collect(),
            hearing: Hearing {
                text: file.hearing.text,
                reply_days: file.hearing.reply_days,
                before_a_determination: file.hearing.before_a_determination,
            },
            recommendation: file.recommendation.map(|r| Recommendation {
                text: r.text,
                sectors: r.sectors,
                measures: r.measure.into_iter().map(measure).collect(),
            }),
            authority: file.authority.map(|a| Authority {
                name: a.name,
                key: a.key,
            }),
        })
    }

    /// Everything that refers to something else refers to something.
    fn words(&mut self, file: &File) {
        let sources = self.defined("source.id", file.source.iter().map(|t| &t.id));
        let hypotheses = self.defined("hypothesis.id", file.hypothesis.iter().map(|t| &t.id));
        let relations = self.defined("relation.id", file.relation.iter().map(|t| &t.id));
        let elements = self.defined("element.id", file.element.iter().map(|t| &t.id));
        self.defined("criterion.id", file.criterion.iter().map(|t| &t.id));
        self.defined("never.id", file.never.iter().map(|t| &t.id));
        self.defined("role.id", file.role.iter().map(|t| &t.id));
        let clocks = file.event.iter().map(|t| &t.id);
        let clocks = clocks.chain(file.step.iter().map(|t| &t.id));
        let clocks = self.defined("step.id", clocks);
        if !hypotheses.contains(&UNKNOWN) {
            self.fault(
                &(0..0),
                "hypothesis",
                format!("{UNKNOWN:?} is missing: it is what the others are measured against"),
            );
        }
        for relation in &file.relation {
            self.refers(
                "relation.beside",
                &relation.beside,
                &hypotheses,
                "hypothesis",
            );
            if relation.object != relation.claim.get_ref().contains("{object}") {
                self.fault(
                    &relation.claim.span(),
                    "relation.claim",
                    "{object} stands in the claim where object = true, and only there",
                );
            }
        }
        for element in &file.element {
            self.refers(
                "element.relations",
                &element.relations,
                &relations,
                "relation",
            );
            self.refers(
                "element.of-activity",
                &element.of_activity,
                &relations,
                "relation",
            );
            if let (Some(activity), false) = (&element.of_activity, element.of_blocked) {
                self.fault(
                    &activity.span(),
                    "element.of-activity",
                    "it stands beside of-blocked = true, and does as well",
                );
            }
        }
        for event in &file.event {
            self.day("event.not-before", event.not_before.as_ref(), "2018-09-12");
        }
        for criterion in &file.criterion {
            self.refers(
                "criterion.elements",
                &criterion.elements,
                &elements,
                "element",
            );
            self.refers("criterion.source", [&criterion.source], &sources, "source");
            if criterion.elements.is_empty() {
                self.fault(
                    &criterion.id.span(),
                    "criterion.elements",
                    "a criterion that needs nothing is met by everybody; name what it needs",
                );
            }
        }
        for never in &file.never {
            self.refers("never.relation", [&never.relation], &relations, "relation");
        }
        for step in &file.step {
            self.refers("step.after", &step.after, &clocks, "event or step");
            self.refers("step.source", [&step.source], &sources, "source");
            self.day("step.each-year-on", step.each_year_on.as_ref(), "09-12");
            if let (Some(days), None) = (&step.within_days, &step.after) {
                self.fault(
                    &days.span(),
                    "step.within-days",
                    "days from when? name it as after",
                );
            }
        }
        self.list_of(file);
        self.documents_of(file, &sources, &relations);
        self.refers(
            "standard.source",
            [&file.standard.source],
            &sources,
            "source",
        );
    }

    /// What documents and recommendations speak of is there.
    fn documents_of(&mut self, file: &File, sources: &[&str], relations: &[&str]) {
        let measures = file.recommendation.iter().flat_map(|r| &r.measure);
        self.defined("recommendation.measure.id", measures.map(|t| &t.id));
        self.defined("document.id", file.document.iter().map(|t| &t.id));
        for document in &file.document {
            self.refers("document.source", [&document.source], sources, "source");
            for section in &document.section {
                self.refers(
                    "document.section.relations",
                    &section.relations,
                    relations,
                    "relation",
                );
            }
        }
    }

    /// The form of a list can hold somebody, and what is filed is filed under a word of the register's.
    fn list_of(&mut self, file: &File) {
        if let Some(list) = &file.list {
            let columns = list.column.get_ref();
            if !columns.iter().any(|column| column.holds == Holds::Name) {
                self.fault(
                    &list.column.span(),
                    "list.column",
                    "no column holds the name; a list names whom it lists",
                );
            }
        }
        if let Some(takedown) = &file.takedown {
            let word = takedown.category.get_ref();
            let plain = |b: u8| b.is_ascii_uppercase() || b == b'_';
            if !word.starts_with("STATEMENT_CATEGORY_") || !word.bytes().all(plain) {
                self.fault(
                    &takedown.category.span(),
                    "takedown.category",
                    format!("{word:?} is no category of the register, which are written as STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"),
                );
            }
        }
    }

    /// A day that is written as the example is.
    fn day(&mut self, field: &str, day: Option<&Word>, example: &str) {
        let Some(day) = day else {
            return;
        };
        let text = day.get_ref();
        let shaped = text.len() == example.len()
            && text
                .bytes()
                .zip(example.bytes())
                .all(|(a, b)| a == b'-' && b == b'-' || a.is_ascii_digit() && b.is_ascii_digit());
        let part = |from_end: usize| {
            let mut parts = text.rsplit('-');
            parts
                .nth(from_end)
                .and_then(|part| part.parse::<u32>().ok())
        };
        let is_one =
            (1..=31).contains(&part(0).unwrap_or(0)) && (1..=12).contains(&part(1).unwrap_or(0));
        if !shaped || !is_one {
            self.fault(
                &day.span(),
                field,
                format!("{text:?} is not a day; write it as in {example}"),
            );
        }
    }

    /// Numbers that would switch something off, and acts that nobody may do.
    fn limits(&mut self, file: &File) {
        for never in &file.never {
            if !(0.0..1.0).contains(never.at_most.get_ref()) {
                self.fault(
                    &never.at_most.span(),
                    "never.at-most",
                    "give a probability below 1",
                );
            }
        }
        for kind in file.reaches.get_ref() {
            if !PARTY_KINDS.contains(&kind.as_str()) {
                self.fault(
                    &file.reaches.span(),
                    "reaches",
                    format!(
                        "{kind:?} is not a kind of party; expected one of {}",
                        PARTY_KINDS.join(", ")
                    ),
                );
            }
        }
        if file.reaches.get_ref().is_empty() {
            self.fault(
                &file.reaches.span(),
                "reaches",
                "name whom a determination may reach",
            );
        }
        if !file.gate.rebuttal.get_ref().is_finite() || *file.gate.rebuttal.get_ref() <= 1.0 {
            self.fault(
                &file.gate.rebuttal.span(),
                "gate.rebuttal",
                "give a number above 1",
            );
        }
        let may = |act| file.role.iter().any(|r| r.may.contains(&act));
        for act in [
            Act::Collect,
            Act::Analyse,
            Act::Sign,
            Act::Publish,
            Act::Administer,
        ] {
            if !may(act) {
                self.fault(
                    &(0..0),
                    "role.may",
                    format!("no role may {act:?}; give it to one"),
                );
            }
        }
    }

    fn bands(&mut self, given: &Spanned<Vec<Spanned<BandTable>>>) -> Option<Bands> {
        let bands = given.get_ref().iter().map(|b| {
            let b = b.get_ref();
            Band {
                words: b.words.clone(),
                from: b.from,
                to: b.to,
            }
        });
        match Bands::new(bands.collect()) {
            Ok(bands) => Some(bands),
            Err(place) => {
                let at = given
                    .get_ref()
                    .get(place)
                    .map_or(given.span(), Spanned::span);
                self.fault(
                    &at,
                    "band",
                    "bands rise from 0 to 1, each beginning where the one before ends",
                );
                None
            }
        }
    }

    fn gate_band(&mut self, gate: &GateTable, bands: Option<&Bands>) -> Option<usize> {
        let bands = bands?;
        let place = bands.place(gate.likelihood.get_ref());
        if place.is_none() {
            let known: Vec<&str> = bands.all().iter().map(|b| b.words.as_str()).collect();
            self.fault(
                &gate.likelihood.span(),
                "gate.likelihood",
                format!(
                    "{:?} is none of the bands: {}",
                    gate.likelihood.get_ref(),
                    known.join(", ")
                ),
            );
        }
        place
    }

    fn interval(&mut self, field: &str, given: &Spanned<[f64; 2]>) -> Interval {
        let [low, high] = *given.get_ref();
        Interval::new(low, high).unwrap_or_else(|error| {
            self.fault(&given.span(), field, error.to_string());
            Interval::ALL
        })
    }

    fn priors(&mut self, field: &str, given: &PriorTable) -> (Interval, Interval) {
        (
            self.interval(&format!("{field}.own"), &given.own),
            self.interval(&format!("{field}.other"), &given.other),
        )
    }

    fn relations(
        &mut self,
        given: Vec<RelationTable>,
        priors: (Interval, Interval),
    ) -> Vec<Relation> {
        let mut relations = Vec::new();
        for table in given {
            let own = table
                .prior
                .as_ref()
                .map(|p| self.priors("relation.prior", p));
            let (own_prior, other_prior) = own.unwrap_or(priors);
            let mut all = vec![other_prior, own_prior];
            all.extend(table.beside.iter().map(|_| other_prior));
            if let Err(error) = Priors::new(&all) {
                self.fault(&table.id.span(), "relation.prior", error.to_string());
            }
            relations.push(Relation {
                id: table.id.into_inner(),
                question: table.question,
                claim: table.claim.into_inner(),
                object: table.object,
                stage: table.stage,
                beside: inner(table.beside),
                own_prior,
                other_prior,
            });
        }
        relations
    }

    fn confidence(&mut self, given: Vec<ConfidenceTable>) -> Vec<ConfidenceRule> {
        let mut rules: Vec<ConfidenceRule> = Vec::new();
        for table in given {
            let level = *table.level.get_ref();
            if rules.last().is_some_and(|r| r.level <= level) || level == Confidence::Low {
                self.fault(
                    &table.level.span(),
                    "confidence.level",
                    "give high before moderate; what meets neither is low",
                );
            }
            let grade: Grade = table.grade.get_ref().parse().unwrap_or_else(|error| {
                self.fault(&table.grade.span(), "confidence.grade", format!("{error}"));
                Grade::UNJUDGED
            });
            if !(0.0..=1.0).contains(table.width.get_ref()) {
                self.fault(
                    &table.width.span(),
                    "confidence.width",
                    "give a width from 0 to 1",
                );
            }
            rules.push(ConfidenceRule {
                level,
                origins: table.origins,
                categories: table.categories,
                grade,
                width: *table.width.get_ref(),
                shift: table.shift,
            });
        }
        rules
    }

    fn phrases(&mut self, given: Vec<PhraseTable>) -> Vec<Phrase> {
        let mut phrases = Vec::new();
        for table in given {
            let [low, high] = *table.ratio.get_ref();
            match Ratio::new(low, high) {
                Ok(ratio) => phrases.push(Phrase {
                    words: table.words.into_inner(),
                    ratio,
                }),
                Err(error) => self.fault(&table.ratio.span(), "phrase.ratio", error.to_string()),
            }
        }
        phrases
    }
}
