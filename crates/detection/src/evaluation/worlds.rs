//! Worlds of strangers: folders with posts and the truth beside them.

use std::fs;
use std::path::{Path, PathBuf};

use overt_findings::Parts;

use super::{LabelSettings, Scores, evaluate};
use crate::{Error, Inputs, Progress, Sensitivity, Settings, run};

/// The truth of a world.
const LABELS: &str = "labels.csv";

/// Whether a folder is a world: it has posts and labels.
pub fn is_world(folder: &Path) -> bool {
    folder.join(LABELS).is_file() && posts_of(folder).is_some()
}

/// The file `posts` of a folder, whatever it is a file of; of several the first by name.
fn posts_of(folder: &Path) -> Option<PathBuf> {
    let names = fs::read_dir(folder).ok()?.flatten().map(|f| f.path());
    let is_posts = |path: &PathBuf| {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
        name.starts_with("posts.") && path.is_file()
    };
    names.filter(is_posts).min()
}

/// Runs a detection on a world and compares what it finds with the truth. What it writes is let go.
///
/// # Errors
/// As [`run`] and [`evaluate`].
pub fn evaluate_world(
    world: &Path,
    detection: &Settings,
    labels: &LabelSettings,
    progress: &dyn Progress,
) -> Result<Scores, Error> {
    let Some(posts) = posts_of(world) else {
        let detail =
            "holds neither findings nor a world: posts.csv, or another format, and labels.csv";
        return Err(Error::bad_file(world, &detail));
    };
    let folder = tempfile::tempdir().map_err(|e| Error::unwritten(world)(e))?;
    let findings = folder.path().join("findings");
    let settings = Settings {
        output: findings.clone(),
        parts: Parts {
            csv: true,
            parquet: false,
            graphs: false,
            report: false,
            ..detection.parts
        },
        sensitivity: Sensitivity::Off,
        edges_only: false,
        ..detection.clone()
    };
    let inputs = Inputs::expand(&[posts.display().to_string()], &[])?;
    run(&settings, &inputs, progress)?;
    evaluate(&findings, &world.join(LABELS), labels)
}
