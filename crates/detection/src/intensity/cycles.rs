//! What is given as a cycle: files, folders of files, and folders of findings, of which the inputs are read again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use overt_findings::intensity::PostsRead;
use overt_findings::{Findings, Product, product_of};
use overt_intake::{Input, expand};
use overt_intensity::actor::Actor;
use overt_intensity::life::{Lived, RunSeen, lives};
use overt_model::key;

use crate::Error;

/// The posts of all cycles, and what findings say of them.
#[derive(Default)]
pub(super) struct Cycles {
    pub(super) inputs: Vec<Input>,
    /// By path, the SHA-256 that findings have of an input.
    recorded: BTreeMap<String, (String, PathBuf)>,
    runs: Vec<Run>,
    /// Runs that are not counted, for they read the same posts as another.
    pub(super) warnings: Vec<String>,
}

struct Run {
    /// SHA-256 of what it was made from.
    made_from: BTreeSet<String>,
    seen: RunSeen,
    /// When the last of its campaigns was last seen.
    last: Option<String>,
}

impl Cycles {
    /// Files stand for themselves, folders for the files in them, folders of findings for what they were made from.
    pub(super) fn of(words: &[String]) -> Result<Self, Error> {
        let mut cycles = Self::default();
        let mut files = Vec::new();
        for word in words {
            let path = Path::new(word);
            if !path.is_dir() {
                files.push(word.clone());
            } else if product_of(path) == Some(Product::Posts) {
                let findings = overt_findings::read(path)?;
                files.extend(cycles.made_from(path, &findings)?);
                cycles.add_run(path, &findings);
            } else if path.join("run.json").is_file() {
                return Err(Error::FindingsFolder(path.to_owned()));
            } else {
                files.extend(files_in(path)?);
            }
        }
        let mut once = BTreeSet::new();
        files.retain(|file| once.insert(file.clone()));
        cycles.inputs = expand(&files)?;
        Ok(cycles)
    }

    /// Takes the campaigns of a further run, whose posts are not counted.
    pub(super) fn add(&mut self, folder: &Path) -> Result<(), Error> {
        let findings = overt_findings::read(folder)?;
        self.add_run(folder, &findings);
        Ok(())
    }

    fn made_from(&mut self, folder: &Path, findings: &Findings) -> Result<Vec<String>, Error> {
        let inputs = findings.run.inputs.iter().filter(|input| !input.background);
        let mut files = Vec::new();
        for input in inputs {
            if !Path::new(&input.path).is_file() {
                return Err(Error::InputGone {
                    folder: folder.to_owned(),
                    input: input.path.clone(),
                });
            }
            let recorded = (input.sha256.clone(), folder.to_owned());
            self.recorded.insert(input.path.clone(), recorded);
            files.push(input.path.clone());
        }
        Ok(files)
    }

    fn add_run(&mut self, folder: &Path, findings: &Findings) {
        let campaigns = findings.as_earlier().into_iter();
        let inputs = findings.run.inputs.iter().filter(|input| !input.background);
        let made_from: BTreeSet<String> = inputs.map(|input| input.sha256.clone()).collect();
        let name = folder.display().to_string();
        let same = self.runs.iter().find(|run| run.made_from == made_from);
        if same.is_some_and(|run| run.seen.name == name) {
            return;
        }
        if let Some(other) = same {
            self.warnings.push(format!(
                "{} was made from the same posts as {}: the lives of campaigns are told by the latter alone",
                folder.display(),
                other.seen.name
            ));
            return;
        }
        self.runs.push(Run {
            made_from,
            seen: RunSeen {
                name: folder.display().to_string(),
                campaigns: campaigns
                    .map(|c| (c.id, c.accounts.into_iter().collect()))
                    .collect(),
                platforms: findings.run.intake.platforms.clone(),
            },
            last: findings
                .campaigns
                .iter()
                .filter_map(|c| c.last.clone())
                .max(),
        });
    }

    /// Refuses inputs that are not what the findings were made from.
    pub(super) fn refuse_changed(&self, read: &PostsRead) -> Result<(), Error> {
        for (path, sha256) in &read.files {
            if let Some((recorded, folder)) = self.recorded.get(path)
                && recorded != sha256
            {
                return Err(Error::InputChanged {
                    folder: folder.clone(),
                    input: path.clone(),
                });
            }
        }
        Ok(())
    }

    /// The lives of campaigns over all runs, in the order of what was last seen in each; and the number of the campaign that
    /// each account was in last.
    pub(super) fn lives(&mut self) -> (Vec<Lived>, BTreeMap<String, u64>) {
        if self.runs.iter().all(|run| run.last.is_some()) {
            self.runs.sort_by(|a, b| a.last.cmp(&b.last));
        }
        let runs: Vec<RunSeen> = self.runs.iter().map(|run| run.seen.clone()).collect();
        let (lived, numbers) = lives(&runs);
        let mut campaigns = BTreeMap::new();
        for (run, numbers) in runs.iter().zip(&numbers) {
            for ((_, members), number) in run.campaigns.iter().zip(numbers) {
                campaigns.extend(
                    members
                        .iter()
                        .map(|member| (key::split(member).1.to_owned(), *number)),
                );
            }
        }
        (lived, campaigns)
    }
}

/// Accounts without an operator that were found in a campaign are counted as one with its other accounts; how many these are.
pub(super) fn group(actors: &mut [Actor], campaigns: &BTreeMap<String, u64>) -> usize {
    let mut grouped = 0;
    for account in actors.iter_mut().flat_map(|actor| &mut actor.accounts) {
        if account.operator.is_none()
            && let Some(number) = campaigns.get(account.handle())
        {
            account.operator = Some(format!("campaign {number}"));
            grouped += 1;
        }
    }
    grouped
}

/// The files of a folder and of the folders in it.
fn files_in(folder: &Path) -> Result<Vec<String>, Error> {
    let unreadable = |source| Error::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut within = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        // What begins with a dot is the system's.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_file() {
            within.push(path.display().to_string());
        } else if path.join("run.json").is_file() {
            return Err(Error::FindingsFolder(path));
        } else if entry.file_type().map_err(unreadable)?.is_dir() {
            within.extend(files_in(&path)?);
        }
    }
    within.sort();
    Ok(within)
}
