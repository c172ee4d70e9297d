//! Everything that can be set of a detection.

use std::path::PathBuf;

use overt_coordination::network::NetworkSettings;
use overt_coordination::null::NullModel;
use overt_coordination::text::TextSettings;
use overt_findings::Parts;
use overt_intake::{Input, Settings as IntakeSettings, expand};
use overt_model::Trace;

use crate::Error;

/// What is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Posts in which coordination is sought.
    pub posts: Vec<Input>,
    /// Posts of others, of the same time and place, from which what is usual is estimated instead.
    pub background: Vec<Input>,
}

impl Inputs {
    /// From names of files, patterns, and `-` for standard input.
    ///
    /// # Errors
    /// When a pattern matches no file, or an archive cannot be listed.
    pub fn expand(posts: &[String], background: &[String]) -> Result<Self, Error> {
        Ok(Self {
            posts: expand(posts)?,
            background: expand(background)?,
        })
    }

    /// All of them, in order: posts, then the background.
    pub(crate) fn all(&self) -> Vec<Input> {
        self.posts.iter().chain(&self.background).cloned().collect()
    }

    /// The number of the first input that is background, if any is.
    pub(crate) fn background_from(&self) -> Option<u32> {
        (!self.background.is_empty()).then_some(self.posts.len() as u32)
    }
}

/// How the communities of a network are put forward as campaigns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CampaignSettings {
    /// Resolution γ of the communities.
    pub resolution: f64,
    /// Fewest accounts of a campaign.
    pub min_accounts: usize,
}

impl Default for CampaignSettings {
    fn default() -> Self {
        Self {
            resolution: 1.0,
            min_accounts: 3,
        }
    }
}

/// Whether it is shown how the result changes with the null model's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sensitivity {
    /// Always.
    On,
    /// Never.
    Off,
    /// Where there is a report, on up to [`Self::AUTO_EVENTS`] events.
    #[default]
    Auto,
}

impl Sensitivity {
    /// The most events on which it is shown without being asked for: it takes as long as the detection, six times.
    pub const AUTO_EVENTS: usize = 500_000;
}

/// A detection's settings. Those in the first part change what is found, and are recorded in `run.json`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Traces to look at; those the data usually carry, if empty.
    pub traces: Vec<Trace>,
    /// Windows, null model, level, limits; its topics' seed is the seed of everything that is drawn.
    pub network: NetworkSettings,
    /// How near-identical texts are found.
    pub text: TextSettings,
    /// Bits in which perceptual hashes of one image may differ.
    pub media_distance: u32,
    /// A table of shortened links and where they lead.
    pub url_map: Option<PathBuf>,
    /// How inputs are read.
    pub intake: IntakeSettings,
    /// How campaigns are put forward.
    pub campaigns: CampaignSettings,
    /// Shuffled copies to count false edges in.
    pub calibrate: u32,
    /// Whether the null model is varied.
    pub sensitivity: Sensitivity,
    /// An election in words, as TOML.
    pub about: Option<PathBuf>,
    /// Accounts whose coordination is known and open, such as newsrooms: counted without them.
    pub known: Option<PathBuf>,
    /// Published sites and links of known operations.
    pub indicators: Vec<PathBuf>,
    /// Folders of earlier findings, to follow campaigns over time.
    pub earlier: Vec<PathBuf>,
    /// Whether to stop at the edges with λ, p and q.
    pub edges_only: bool,
    /// What is written, and whether everybody is named in what is meant to be shared.
    pub parts: Parts,

    /// The folder that is written.
    pub output: PathBuf,
    /// Whether a folder that is there is replaced.
    pub replace: bool,
    /// Most bytes that the posts may take in memory.
    pub memory: Option<u64>,
    /// The command, for a reader to repeat it.
    pub command: Vec<String>,
    /// A sealed plan that the run is to be held to.
    pub plan: Option<PathBuf>,
    /// Whom the reader trusts to have seen that plan, in the form of c2sp.org/tlog-policy.
    pub policy: Option<PathBuf>,
    /// A folder in which runs over the same inputs are counted; without, they are not.
    pub register: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            traces: Vec::new(),
            network: NetworkSettings::default(),
            text: TextSettings::default(),
            media_distance: 0,
            url_map: None,
            intake: IntakeSettings::default(),
            campaigns: CampaignSettings::default(),
            calibrate: 0,
            sensitivity: Sensitivity::default(),
            about: None,
            known: None,
            indicators: Vec::new(),
            earlier: Vec::new(),
            edges_only: false,
            parts: Parts::default(),
            output: PathBuf::from("findings"),
            replace: false,
            memory: None,
            command: Vec::new(),
            plan: None,
            policy: None,
            register: None,
        }
    }
}

impl Settings {
    /// Largest distance between perceptual hashes: half of their 64 bits are alike by chance.
    const MAX_MEDIA_DISTANCE: u32 = 32;

    /// Nothing passes at a level of 0, and everything at 1: neither says anything.
    const LEAST_LEVEL: f64 = 1e-12;
    const MOST_LEVEL: f64 = 0.5;
    /// Shuffled copies beyond which more tell nothing new.
    const MOST_COPIES: u32 = 10_000;

    /// Refuses what makes no sense.
    pub(crate) fn check(&self, inputs: &Inputs) -> Result<(), Error> {
        in_range(
            "level",
            self.network.level,
            Self::LEAST_LEVEL,
            Self::MOST_LEVEL,
        )?;
        let copies = f64::from(self.calibrate);
        in_range("calibrate", copies, 0.0, f64::from(Self::MOST_COPIES))?;
        let resolution = self.network.topics.resolution;
        in_range("topic-resolution", resolution, 0.01, 1e6)?;
        in_range("campaign-resolution", self.campaigns.resolution, 0.01, 1e6)?;
        let twice = |t: usize| self.traces[..t].contains(&self.traces[t]);
        if (0..self.traces.len()).any(twice) {
            return Err(Error::Conflict("a trace is named once"));
        }
        in_range("text-similarity", self.text.similarity, 0.5, 1.0)?;
        in_range("max-rejects", self.intake.max_rejects, 0.0, 1.0)?;
        let most = f64::from(Self::MAX_MEDIA_DISTANCE);
        in_range("media-distance", f64::from(self.media_distance), 0.0, most)?;
        if !inputs.background.is_empty() && self.network.null == NullModel::Bicm {
            return Err(Error::Conflict(
                "a background goes with the null models blocks and plain",
            ));
        }
        Ok(())
    }

    /// The seed of everything that is drawn.
    pub(crate) fn seed(&self) -> u64 {
        self.network.topics.seed
    }
}

pub(crate) fn in_range(
    setting: &'static str,
    value: f64,
    least: f64,
    most: f64,
) -> Result<(), Error> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::OutOfRange {
        setting,
        value,
        least,
        most,
    })
}
