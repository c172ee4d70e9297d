//! Actors election by election: posts and two files in, a folder of intensity out.

mod count;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use overt_findings::intensity::{Intensity, write_intensity};
use overt_intake::{Input, expand};
use overt_intensity::actor::Actor;
use overt_intensity::assess::assess;
use overt_intensity::count::Counted;
use overt_intensity::election::Election;
use overt_intensity::question::Question;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::count::{Counter, Whose};
use crate::run::refuse_taken;
use crate::{Error, Progress};

/// The most bytes of a file of actors or elections.
const LARGEST: u64 = 16 << 20;

/// What is asked, and where the answer goes.
#[derive(Clone, Debug)]
pub struct IntensitySettings {
    /// The file of actors with their accounts.
    pub actors: PathBuf,
    /// The file of elections.
    pub elections: PathBuf,
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
    let question = question(settings)?;
    let mut counter = Counter::new(&question, progress)?;
    let cycles = counter.read(&posts_of(cycles)?, Whose::Actors, &settings.intake)?;
    let background = counter.read(&expand(background)?, Whose::Everybody, &settings.intake)?;
    let (counted, warnings) = counter.end();
    refuse_silence(&question, &counted)?;
    progress.stage("comparing");
    let intensity = Intensity {
        assessment: assess(&question, &counted, settings.seed),
        question,
        cycles,
        background,
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
    let actors: ActorsFile = read_toml(&settings.actors)?;
    let elections: ElectionsFile = read_toml(&settings.elections)?;
    Question::new(
        actors.actors,
        elections.elections,
        elections.days,
        actors.until,
    )
    .map_err(|error| {
        use overt_intensity::question::QuestionError::{NoAccounts, Nothing, Twice};
        let of_actors = match &error {
            NoAccounts(_) => true,
            Nothing(what) | Twice(what, _) => *what != "election",
            _ => false,
        };
        let path = if of_actors {
            settings.actors.clone()
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

/// Files stand for themselves, folders for the files in them.
fn posts_of(words: &[String]) -> Result<Vec<Input>, Error> {
    let mut files = Vec::new();
    for word in words {
        let path = Path::new(word);
        if !path.is_dir() {
            files.push(word.clone());
            continue;
        }
        if path.join("run.json").is_file() {
            return Err(Error::FindingsFolder(path.to_owned()));
        }
        let unreadable = |source| Error::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut within = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?.path();
            if entry.is_file() {
                within.push(Input::File(entry).path().display().to_string());
            }
        }
        within.sort();
        files.extend(within);
    }
    Ok(expand(&files)?)
}
