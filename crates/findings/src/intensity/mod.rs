//! The folder of intensity: every actor before every vote, and what may be said of two.

mod report;

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use overt_files::{Contents, WholeFolder};
use overt_intensity::assess::{Assessment, Part};
use overt_intensity::question::Question;
use serde::Serialize;

use crate::Error;
use crate::encode::TableFiles;
use crate::write::Parts;

/// What was read, and what became of it: rows = counted + duplicates + in gaps + outside every window + of nobody named +
/// rejected + left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PostsRead {
    /// The files, with their SHA-256.
    pub files: Vec<(String, String)>,
    /// Rows.
    pub rows: u64,
    /// Posts that were counted.
    pub counted: u64,
    /// Posts read before.
    pub duplicates: u64,
    /// Posts on days of a gap, which count on neither side.
    pub in_gaps: u64,
    /// Posts outside every window.
    pub outside: u64,
    /// Posts of accounts that are attributed to no actor.
    pub of_nobody: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows that are no posts by design.
    pub left_out: u64,
}

/// An assessment with where it comes from.
#[derive(Debug, Serialize)]
pub struct Intensity {
    /// What was asked.
    pub question: Question,
    /// What is answered.
    pub assessment: Assessment,
    /// The actors' exports.
    pub cycles: PostsRead,
    /// Everybody's posts.
    pub background: PostsRead,
    /// What a reader should know.
    pub warnings: Vec<String>,
}

#[derive(Serialize)]
struct Run<'a> {
    kind: &'static str,
    schema_version: u32,
    overt: &'static str,
    #[serde(flatten)]
    intensity: &'a Intensity,
}

/// Writes the folder whole, in the place of what is there. Whether that may be replaced is for the caller to ask first.
///
/// # Errors
/// When a file cannot be written.
pub fn write_intensity(target: &Path, intensity: &Intensity) -> Result<(), Error> {
    let failed = Error::io;
    let folder = WholeFolder::create(target, Contents::Personal).map_err(failed(target))?;
    let at = folder.path();
    let parts = Parts::default();
    for (name, rows) in [
        ("intensity", cells(&intensity.assessment)?),
        ("comparisons", ratios(&intensity.assessment)?),
    ] {
        let mut files = TableFiles::begin(at, name, &rows.schema(), parts)?;
        files.add(&rows)?;
        files.end()?;
    }
    let run = Run {
        kind: "intensity",
        schema_version: 1,
        overt: env!("CARGO_PKG_VERSION"),
        intensity,
    };
    let run = serde_json::to_string_pretty(&run).unwrap_or_default() + "\n";
    for (name, text) in [
        ("run.json", run),
        ("report.html", report::render(intensity)),
    ] {
        overt_files::write(&at.join(name), Contents::Personal, text.as_bytes())
            .map_err(failed(target))?;
    }
    folder.commit().map_err(failed(target))?;
    Ok(())
}

fn table(what: &'static str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Error> {
    RecordBatch::try_from_iter(columns).map_err(|e| Error::Encode {
        what,
        detail: e.to_string(),
    })
}

fn cells(assessment: &Assessment) -> Result<RecordBatch, Error> {
    let parts = &assessment.parts;
    let words = |of: fn(&Part) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(parts.iter().map(of)))
    };
    let counts = |of: fn(&Part) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(parts.iter().map(of)))
    };
    let numbers = |of: fn(&Part) -> Option<f64>| -> ArrayRef {
        Arc::new(parts.iter().map(of).collect::<Float64Array>())
    };
    table(
        "intensity",
        vec![
            ("actor", words(|p| &p.actor)),
            ("election", words(|p| &p.election)),
            ("accounts_watched", counts(|p| p.watched as u64)),
            ("accounts_active", counts(|p| p.active as u64)),
            (
                "accounts_active_at_least",
                numbers(|p| Some(p.active_at_least)),
            ),
            ("posts", counts(|p| p.posts.all)),
            ("posts_about_by_words", counts(|p| p.posts.by_words)),
            ("posts_about_by_names", counts(|p| p.posts.by_names)),
            ("everybodys_posts", counts(|p| p.everybody.all)),
            (
                "everybodys_about_by_words",
                counts(|p| p.everybody.by_words),
            ),
            (
                "everybodys_about_by_names",
                counts(|p| p.everybody.by_names),
            ),
            ("per_million", numbers(|p| Some(p.per_million))),
            ("focus_by_words", numbers(|p| p.focus[0])),
            ("focus_by_names", numbers(|p| p.focus[1])),
            ("days_active", counts(|p| u64::from(p.days[0]))),
            ("days_watched", counts(|p| u64::from(p.days[1]))),
            ("platforms", counts(|p| p.platforms as u64)),
            ("communities", counts(|p| p.communities as u64)),
            ("engagement", counts(|p| p.engagement)),
            ("breakout", numbers(|p| p.breakout.map(f64::from))),
        ],
    )
}

fn ratios(assessment: &Assessment) -> Result<RecordBatch, Error> {
    let rows: Vec<_> = (assessment.comparisons.iter())
        .flat_map(|c| c.ratios.iter().map(move |r| (c, r)))
        .collect();
    let words = |cells: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(cells)) };
    let ends = |cells: Vec<Option<f64>>| -> ArrayRef { Arc::new(Float64Array::from(cells)) };
    let reading = |r: &overt_intensity::assess::Ratio| match r.reading {
        overt_intensity::count::Reading::Words => "words",
        overt_intensity::count::Reading::Names => "names",
    };
    table(
        "comparisons",
        vec![
            (
                "actor",
                words(rows.iter().map(|(c, _)| c.actor.as_str()).collect()),
            ),
            (
                "earlier",
                words(rows.iter().map(|(c, _)| c.earlier.as_str()).collect()),
            ),
            (
                "later",
                words(rows.iter().map(|(c, _)| c.later.as_str()).collect()),
            ),
            (
                "reading",
                words(rows.iter().map(|(_, r)| reading(r)).collect()),
            ),
            (
                "denominator",
                words(rows.iter().map(|(_, r)| r.denominator.name()).collect()),
            ),
            (
                "ratio_lower",
                ends(rows.iter().map(|(_, r)| Some(r.interval.lower)).collect()),
            ),
            (
                "ratio_upper",
                ends(
                    (rows
                        .iter()
                        .map(|(_, r)| Some(r.interval.upper).filter(|x| x.is_finite())))
                    .collect(),
                ),
            ),
        ],
    )
}
