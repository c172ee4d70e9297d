//! Actors election by election: posts and two files in, a folder of intensity out.

mod count;
mod cycles;
mod near;
mod objects;
mod seen;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use overt_findings::intensity::{Intensity, write_intensity};
use overt_intake::expand;
use overt_intensity::actor::Actor;
use overt_intensity::assess::assess;
use overt_intensity::chains::Chains;
use overt_intensity::count::Counted;
use overt_intensity::election::Election;
use overt_intensity::question::Question;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::count::{Counter, Whose};
use self::cycles::{Cycles, group};
use crate::run::refuse_taken;
use crate::{Error, Progress};

/// The most bytes of a file of actors or elections.
const LARGEST: u64 = 16 << 20;

/// Where actors come from.
#[derive(Clone, Debug)]
pub enum Actors {
    /// A file.
    File(PathBuf),
    /// What a case says: by its path, the actors, and the day until which accounts became known.
    Given(PathBuf, Vec<Actor>, Date),
}

impl Actors {
    /// Where they come from.
    fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Given(path, ..) => path,
        }
    }
}

/// What is asked, and where the answer goes.
#[derive(Clone, Debug)]
pub struct IntensitySettings {
    /// Who is asked about.
    pub actors: Actors,
    /// The file of elections.
    pub elections: PathBuf,
    /// What sites published, with times and links: the layer of sites in the ways of things.
    pub sites: Vec<String>,
    /// Folders of findings whose campaigns are followed over runs, beside those given as cycles.
    pub runs: Vec<PathBuf>,
    /// Platforms of inputs that do not say theirs: a file or folder, and what to take it for.
    pub platforms: Vec<(PathBuf, String)>,
    /// How posts are read.
    pub intake: overt_intake::Settings,
    /// What the draws begin with.
    pub seed: u64,
    /// The folder to write.
    pub output: PathBuf,
    /// Whether a folder that is there is replaced.
    pub replace: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorsFile {
    until: Date,
    #[serde(rename = "actor", default)]
    actors: Vec<Actor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElectionsFile {
    #[serde(default = "ninety")]
    days: u16,
    #[serde(rename = "election", default)]
    elections: Vec<Election>,
}

fn ninety() -> u16 {
    90
}

/// Counts the posts of actors in `cycles` and of everybody in `background`, and writes what may be said.
///
/// # Errors
/// A question that cannot be answered, inputs that cannot be read, an output that is there, an end that was asked for.
pub fn intensity(
    cycles: &[String],
    background: &[String],
    settings: &IntensitySettings,
    progress: &dyn Progress,
) -> Result<Intensity, Error> {
    refuse_taken(&settings.output, settings.replace)?;
    let mut question = question(settings)?;
    let mut cycles = Cycles::of(cycles)?;
    for folder in &settings.runs {
        cycles.add(folder)?;
    }
    let (life, campaigns) = cycles.lives();
    let grouped = group(&mut question.actors, &campaigns);
    let mut counter = Counter::new(&question, settings, progress)?;
    let posts = counter.read(&cycles.inputs, Whose::Actors)?;
    cycles.refuse_changed(&posts)?;
    let background = counter.read(&expand(background)?, Whose::Everybody)?;
    let sites = match settings.sites.as_slice() {
        [] => None,
        sites => Some(counter.read(&expand(sites)?, Whose::Sites)?),
    };
    let (counted, trails, mut warnings) = counter.end();
    warnings.append(&mut cycles.warnings);
    refuse_silence(&question, &counted)?;
    if grouped > 0 {
        warnings.push(format!(
            "{grouped} accounts without an operator are counted as one with the other accounts of their campaign"
        ));
    }
    if question.elections.len() == 1 {
        warnings.push("one election is given: nothing is compared".to_owned());
    }
    progress.stage("comparing");
    let chains = (question.elections.iter().zip(&trails))
        .map(|(election, trails)| {
            Chains::of(
                &election.id,
                trails,
                &election.gaps_in_seconds(),
                &question.actors,
            )
        })
        .collect();
    let intensity = Intensity {
        assessment: assess(&question, &counted, settings.seed),
        chains,
        life,
        question,
        cycles: posts,
        background,
        sites,
        warnings,
    };
    write_intensity(&settings.output, &intensity)?;
    Ok(intensity)
}

/// A denominator that is missing in one cycle leaves no ratio.
fn refuse_silence(question: &Question, counted: &[Counted]) -> Result<(), Error> {
    for (election, counted) in question.elections.iter().zip(counted) {
        if counted.everybody.all == 0 {
            return Err(Error::NoBackground(election.id.clone()));
        }
    }
    Ok(())
}

fn question(settings: &IntensitySettings) -> Result<Question, Error> {
    let actors = match &settings.actors {
        Actors::File(path) => read_toml(path)?,
        Actors::Given(_, actors, until) => ActorsFile {
            until: *until,
            actors: actors.clone(),
        },
    };
    let elections: ElectionsFile = read_toml(&settings.elections)?;
    Question::new(
        actors.actors,
        elections.elections,
        elections.days,
        actors.until,
    )
    .map_err(|error| {
        let path = if error.is_of_actors() {
            settings.actors.path().to_owned()
        } else {
            settings.elections.clone()
        };
        Error::Intensity { path, error }
    })
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(Error::bad_file(path, &"is larger than 16 MB"));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    toml::from_str(&text).map_err(|e| Error::bad_file(path, &e.to_string().trim_end()))
}
