//! The folder of intensity: every actor before every vote, and what may be said of two.

mod report;
mod tables;
mod ways;

use std::path::Path;

use overt_files::{Contents, WholeFolder};
use overt_intensity::assess::Assessment;
use overt_intensity::chains::Chains;
use overt_intensity::life::Lived;
use overt_intensity::question::Question;
use serde::Serialize;

use crate::Error;
use crate::encode::TableFiles;
use crate::write::Parts;

/// What was read, and what became of it: rows = counted + duplicates + in gaps + outside every window + of nobody named + of
/// actors among everybody + rejected + left out.
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
    /// Posts of actors among everybody's, who are not counted against themselves.
    pub of_actors: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows that are no posts by design.
    pub left_out: u64,
}

impl PostsRead {
    /// The posts read, whatever became of them.
    #[must_use]
    pub fn rows_of_posts(&self) -> u64 {
        self.counted
            + self.duplicates
            + self.in_gaps
            + self.outside
            + self.of_nobody
            + self.of_actors
    }
}

/// An assessment with where it comes from.
#[derive(Debug, Serialize)]
pub struct Intensity {
    /// What was asked.
    pub question: Question,
    /// What is answered.
    pub assessment: Assessment,
    /// Ways of things over platforms, election by election.
    pub chains: Vec<Chains>,
    /// Lives of campaigns over runs.
    pub life: Vec<Lived>,
    /// The actors' exports.
    pub cycles: PostsRead,
    /// Everybody's posts.
    pub background: PostsRead,
    /// What sites published, if given.
    pub sites: Option<PostsRead>,
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
    let assessment = &intensity.assessment;
    for (name, rows) in [
        ("intensity", tables::cells(assessment)?),
        ("comparisons", tables::ratios(assessment)?),
        ("sides", tables::sides(&assessment.sides)?),
        ("ways", tables::ways(&intensity.chains)?),
        ("hands", tables::hands(&intensity.chains)?),
        ("life", tables::life(&intensity.life)?),
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
