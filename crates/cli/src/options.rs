//! Options of `overt detect`, from flags and from a TOML file with the same names; flags win.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use overt_coordination::network::NetworkSettings;
use overt_coordination::null::blocks::TopicSettings;
use overt_coordination::null::{NullModel, RateModel};
use overt_coordination::significance::Correction;
use overt_coordination::text::TextSettings;
use overt_detection::{CampaignSettings, Peer, PeerSettings, Plan, Sensitivity, Settings};
use overt_files::Text;
use overt_findings::Parts;
use overt_intake::{Format, Mapping, Role, Settings as IntakeSettings};
use overt_model::{Trace, Window};
use serde::{Deserialize, Serialize};

use crate::error::CliError;

/// Everything that can be set, as it may be written on the command line or in a file.
#[derive(Args, Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Options {
    /// What two accounts can share: object, repost, fast-repost, url, domain, hashtag, hashtag-sequence, mention, reply,
    /// text, media, or name=column for a column of your own [default: those the data can carry of object, repost, url,
    /// text]
    #[arg(long, value_delimiter = ',', value_name = "TRACE,…")]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) trace: Vec<String>,
    /// Longest time between two posts in step; several may be given, tested together [default: 60s,600s,1800s; with --compat 60s]
    #[arg(long, value_delimiter = ',', value_name = "TIME,…")]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) window: Vec<String>,
    /// What chance explains [default: blocks]
    #[arg(long, value_name = "MODEL", help_heading = "Statistics")]
    pub(crate) null: Option<NullWord>,
    /// How rates are estimated from encounters: drawn towards what is seen elsewhere, or as counted [default: shared]
    #[arg(long, value_name = "NAME", help_heading = "Statistics")]
    pub(crate) rates: Option<RatesWord>,
    /// Largest q of an edge or account that passes [default: 0.05]
    #[arg(long, value_name = "Q", help_heading = "Statistics")]
    pub(crate) level: Option<f64>,
    /// How p becomes q [default: benjamini-hochberg]
    #[arg(long, value_name = "NAME", help_heading = "Statistics")]
    pub(crate) correction: Option<CorrectionWord>,
    /// Fewest shared objects of an edge that is reported [default: 2]
    #[arg(long, value_name = "N", help_heading = "Statistics")]
    pub(crate) min_weight: Option<NonZeroU32>,
    /// Fewest events of an account whose edges are reported [default: 1]
    #[arg(long, value_name = "N", help_heading = "Statistics")]
    pub(crate) min_events: Option<NonZeroU32>,
    /// Resolution of the topics that the null model holds fixed [default: 4]
    #[arg(long, value_name = "γ", help_heading = "Statistics")]
    pub(crate) topic_resolution: Option<f64>,
    /// Fewest accounts of a topic [default: 20]
    #[arg(long, value_name = "N", help_heading = "Statistics")]
    pub(crate) topic_accounts: Option<NonZeroU32>,
    /// Posts of others, of the same time and place: what is usual is estimated from them instead, as when the input is an
    /// archive of one operation; files or patterns
    #[arg(long, value_name = "FILE", help_heading = "Statistics")]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) background: Vec<String>,
    /// Shuffled copies to count false edges in [default: 0]
    #[arg(long, value_name = "COPIES", help_heading = "Statistics")]
    pub(crate) calibrate: Option<u32>,
    /// Show how the result changes with the null model's settings; auto: on up to 500,000 events [default: auto]
    #[arg(long, value_name = "WHEN", help_heading = "Statistics")]
    pub(crate) sensitivity: Option<SensitivityWord>,
    /// Seed of everything that is drawn [default: 0]
    #[arg(long, value_name = "N", help_heading = "Statistics")]
    pub(crate) seed: Option<u64>,
    /// Resolution of the communities put forward as campaigns [default: 1]
    #[arg(long, value_name = "γ", help_heading = "Campaigns")]
    pub(crate) campaign_resolution: Option<f64>,
    /// Fewest accounts of a campaign [default: 3]
    #[arg(long, value_name = "N", help_heading = "Campaigns")]
    pub(crate) campaign_accounts: Option<NonZeroUsize>,
    /// An election in words, as TOML: how much of each campaign is about it
    #[arg(long, value_name = "FILE", help_heading = "Campaigns")]
    pub(crate) about: Option<PathBuf>,
    /// Published sites and links of known operations, to say which of them a campaign links to: a CSV with a column
    /// indicator, or one a line
    #[arg(long, value_name = "FILE", help_heading = "Campaigns")]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) indicators: Vec<PathBuf>,
    /// Accounts whose coordination is known and open, such as newsrooms, one a line or a column account: everything is
    /// counted without them, and what is found with them is said
    #[arg(long, value_name = "FILE", help_heading = "Campaigns")]
    pub(crate) known: Option<PathBuf>,
    /// Findings of earlier runs, to follow campaigns over time
    #[arg(long, value_name = "FOLDER", help_heading = "Campaigns")]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) earlier: Vec<PathBuf>,
    /// Name every account in the report and graphs, not only established ones
    #[arg(long, help_heading = "Campaigns")]
    pub(crate) identified: bool,
    /// The format, if it shall not be recognised
    #[arg(long, value_name = "FORMAT", value_parser = FormatWord::parser(), help_heading = "Input")]
    pub(crate) format: Option<FormatWord>,
    /// What a column says, as role=name, such as account=user
    #[arg(
        long,
        value_name = "ROLE=NAME",
        value_delimiter = ',',
        help_heading = "Input"
    )]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) column: Vec<String>,
    /// A file that says how the fields of an export are read, as overt inspect --map writes it
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(crate) map: Option<PathBuf>,
    /// The form of times, such as %d/%m/%Y %H:%M [default: told from the whole column]
    #[arg(long, value_name = "FORM", help_heading = "Input")]
    pub(crate) time_format: Option<String>,
    /// The zone of times that name none, such as Europe/Berlin or +02:00 [default: UTC]
    #[arg(long, value_name = "ZONE", help_heading = "Input")]
    pub(crate) time_zone: Option<String>,
    /// The encoding of text, such as latin1 [default: told from its beginning]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) encoding: Option<String>,
    /// The platform, where the export does not say
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) platform: Option<String>,
    /// Largest share of rows that may be rejected [default: 0.05]
    #[arg(long, value_name = "SHARE", help_heading = "Input")]
    pub(crate) max_rejects: Option<f64>,
    /// Quotes mean nothing in delimited text
    #[arg(long, help_heading = "Input")]
    pub(crate) no_quotes: bool,
    /// Where shortened links lead: a CSV of short link and target
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(crate) url_map: Option<PathBuf>,
    /// Texts above this similarity are one object [default: 0.693]
    #[arg(long, value_name = "SHARE", help_heading = "Input")]
    pub(crate) text_similarity: Option<f64>,
    /// Fewest characters of a text [default: 30]
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub(crate) text_chars: Option<NonZeroUsize>,
    /// Bits in which perceptual hashes of one image may differ, for the media trace [default: 0]
    #[arg(long, value_name = "BITS", help_heading = "Input")]
    pub(crate) media_distance: Option<u32>,
    /// Count reposts in the text trace too
    #[arg(long, help_heading = "Input")]
    pub(crate) text_reposts: bool,
    /// Reproduce a peer's semantics instead
    #[arg(long, value_name = "PEER", help_heading = "Peers")]
    pub(crate) compat: Option<PeerWord>,
    /// CooRTweet: fewest rows of an account [default: 2]
    #[arg(long, value_name = "N", help_heading = "Peers")]
    pub(crate) min_participation: Option<NonZeroU32>,
    /// CooRTweet: quantile of weights above which an edge is marked [default: 0.5]
    #[arg(long, value_name = "P", help_heading = "Peers")]
    pub(crate) quantile: Option<f64>,
    /// CooRTweet: the narrower window of flag_speed_share()
    #[arg(long, value_name = "TIME", help_heading = "Peers")]
    pub(crate) fast_window: Option<String>,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N", help_heading = "Resources")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Most memory the posts may take, such as 4G [default: no limit]
    #[arg(long, value_name = "BYTES", help_heading = "Resources")]
    pub(crate) memory: Option<String>,
    /// What to write [default: all]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "PART,…",
        help_heading = "Resources"
    )]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) write: Vec<PartWord>,
    /// Write CSV as Excel opens it: marked as UTF-8, times as it reads them, no cell longer than it can hold
    #[arg(long, help_heading = "Resources")]
    pub(crate) excel: bool,
    /// Stop at the edges with λ, p and q: no evidence, no accounts, no campaigns, no report
    #[arg(long, help_heading = "Resources")]
    pub(crate) edges_only: bool,
}

/// Takes what `$flags` has, else what `$file` has.
macro_rules! either {
    ($flags:ident, $file:ident, [$($option:ident),*], [$($list:ident),*], [$($switch:ident),*]) => {
        Options {
            $($option: $flags.$option.or($file.$option),)*
            $($list: if $flags.$list.is_empty() { $file.$list } else { $flags.$list },)*
            $($switch: $flags.$switch || $file.$switch,)*
        }
    };
}

/// A list in a file; one alone needs no brackets.
fn one_or_many<'de, D, T>(file: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given<T> {
        One(T),
        Many(Vec<T>),
    }
    Ok(match Given::deserialize(file)? {
        Given::One(one) => vec![one],
        Given::Many(many) => many,
    })
}

impl Options {
    /// These options over those of a file.
    pub(crate) fn over(self, file: Self) -> Self {
        let flags = self;
        either!(
            flags,
            file,
            [
                null,
                rates,
                level,
                correction,
                min_weight,
                min_events,
                topic_resolution,
                topic_accounts,
                calibrate,
                sensitivity,
                seed,
                campaign_resolution,
                campaign_accounts,
                about,
                known,
                format,
                map,
                time_format,
                time_zone,
                encoding,
                platform,
                max_rejects,
                url_map,
                text_similarity,
                text_chars,
                media_distance,
                compat,
                min_participation,
                quantile,
                fast_window,
                threads,
                memory
            ],
            [
                trace, window, earlier, column, write, background, indicators
            ],
            [identified, excel, no_quotes, text_reposts, edges_only]
        )
    }

    /// Reads a TOML file.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| CliError::Environment(format!("{}: {e}", path.display())))?;
        toml::from_str(&text).map_err(|e| CliError::Usage(format!("{}: {e}", path.display())))
    }

    /// What a plan sets, by the names of a settings file.
    pub(crate) fn of_plan(plan: &Plan) -> Result<Self, CliError> {
        let options = plan.settings.clone().try_into();
        options.map_err(|e: toml::de::Error| {
            CliError::Usage(format!("[usage] [detect] of the plan: {e}\n  its names are those of a settings file, as overt detect --help lists them"))
        })
    }

    /// The settings of a detection.
    pub(crate) fn settings(&self, output: &Path, replace: bool) -> Result<Settings, CliError> {
        for (given, flag) in [
            (self.min_participation.is_some(), "--min-participation"),
            (self.quantile.is_some(), "--quantile"),
        ] {
            if given {
                return Err(CliError::Usage(format!(
                    "[usage] {flag} goes with --compat coortweet"
                )));
            }
        }
        let base = Settings::default();
        let text = TextSettings {
            min_chars: self
                .text_chars
                .map_or(base.text.min_chars, NonZeroUsize::get),
            similarity: self.text_similarity.unwrap_or(base.text.similarity),
            include_reposts: self.text_reposts,
        };
        let campaigns = CampaignSettings {
            resolution: self
                .campaign_resolution
                .unwrap_or(base.campaigns.resolution),
            min_accounts: self
                .campaign_accounts
                .map_or(base.campaigns.min_accounts, NonZeroUsize::get),
        };
        Ok(Settings {
            traces: self.traces()?,
            network: self.network()?,
            text,
            media_distance: self.media_distance.unwrap_or(base.media_distance),
            url_map: self.url_map.clone(),
            intake: self.intake()?,
            campaigns,
            calibrate: self.calibrate.unwrap_or(base.calibrate),
            sensitivity: self.sensitivity.map_or(base.sensitivity, Sensitivity::from),
            about: self.about.clone(),
            known: self.known.clone(),
            indicators: self.indicators.clone(),
            earlier: self.earlier.clone(),
            edges_only: self.edges_only,
            parts: self.parts(),
            output: output.to_owned(),
            replace,
            memory: self.memory.as_deref().map(size).transpose()?,
            command: Vec::new(),
            plan: None,
            policy: None,
            register: None,
        })
    }

    /// The settings of a peer's network.
    pub(crate) fn peer_settings(
        &self,
        peer: Peer,
        output: &Path,
        replace: bool,
    ) -> Result<PeerSettings, CliError> {
        for (given, flag) in [
            (self.memory.is_some(), "--memory"),
            (!self.background.is_empty(), "--background"),
            (self.known.is_some(), "--known"),
        ] {
            if given {
                return Err(CliError::Usage(format!(
                    "[usage] {flag} does not go with --compat"
                )));
            }
        }
        if let Some(quantile) = self.quantile.filter(|q| !(0.0..=1.0).contains(q)) {
            return Err(CliError::Usage(format!(
                "[usage] --quantile {quantile} is not between 0 and 1"
            )));
        }
        let base = PeerSettings::new(peer);
        Ok(PeerSettings {
            traces: self.traces()?,
            windows: self.windows(base.windows.clone())?,
            min_weight: self.min_weight.map_or(base.min_weight, NonZeroU32::get),
            text_similarity: self.text_similarity,
            min_participation: self
                .min_participation
                .map_or(base.min_participation, NonZeroU32::get),
            quantile: self.quantile.unwrap_or(base.quantile),
            fast_window: self
                .fast_window
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(usage)?,
            url_map: self.url_map.clone(),
            intake: self.intake()?,
            output: output.to_owned(),
            replace,
            ..base
        })
    }

    fn traces(&self) -> Result<Vec<Trace>, CliError> {
        self.trace
            .iter()
            .map(|t| t.parse().map_err(usage))
            .collect()
    }

    fn windows(&self, usual: Vec<Window>) -> Result<Vec<Window>, CliError> {
        let mut windows: Vec<Window> = self
            .window
            .iter()
            .map(|w| w.parse())
            .collect::<Result<_, _>>()
            .map_err(usage)?;
        if windows.is_empty() {
            windows = usual;
        }
        windows.dedup();
        Ok(windows)
    }

    fn network(&self) -> Result<NetworkSettings, CliError> {
        let base = NetworkSettings::default();
        let topics = TopicSettings::default();
        Ok(NetworkSettings {
            windows: self.windows(base.windows.clone())?,
            min_weight: self.min_weight.map_or(base.min_weight, NonZeroU32::get),
            min_events: self.min_events.map_or(base.min_events, NonZeroU32::get),
            level: self.level.unwrap_or(base.level),
            correction: self.correction.map_or(base.correction, Correction::from),
            null: self.null.map_or(base.null, NullModel::from),
            rates: self.rates.map_or(base.rates, RateModel::from),
            topics: TopicSettings {
                resolution: self.topic_resolution.unwrap_or(topics.resolution),
                min_accounts: self
                    .topic_accounts
                    .map_or(topics.min_accounts, NonZeroU32::get),
                seed: self.seed.unwrap_or(0),
                ..topics
            },
        })
    }

    /// How inputs are read.
    pub(crate) fn intake(&self) -> Result<IntakeSettings, CliError> {
        let columns = self
            .column
            .iter()
            .map(|c| {
                let (role, name) = c.split_once('=').ok_or_else(|| {
                    CliError::Usage(format!(
                        "column {c:?} is not understood; give role=name, such as account=user"
                    ))
                })?;
                Ok((role.parse::<Role>().map_err(usage)?, name.to_owned()))
            })
            .collect::<Result<_, CliError>>()?;
        let base = IntakeSettings::default();
        Ok(IntakeSettings {
            format: self.format.map(|f| f.0),
            columns,
            platform: self.platform.as_ref().map(|p| p.to_lowercase()),
            max_rejects: self.max_rejects.unwrap_or(base.max_rejects),
            no_quotes: self.no_quotes,
            mapping: self.map.as_deref().map(Mapping::read).transpose()?,
            time_form: understood(self.time_format.as_ref())?,
            zone: understood(self.time_zone.as_ref())?.unwrap_or_default(),
            encoding: understood(self.encoding.as_ref())?,
            ..base
        })
    }

    fn parts(&self) -> Parts {
        let has = |part| self.write.is_empty() || self.write.contains(&part);
        Parts {
            csv: has(PartWord::Csv),
            parquet: has(PartWord::Parquet),
            graphs: has(PartWord::Graphs),
            report: has(PartWord::Report),
            text: if self.excel {
                Text::Marked
            } else {
                Text::Plain
            },
            identified: self.identified,
        }
    }
}

/// Words for the values of a setting.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident for $setting:ty { $($word:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub(crate) enum $name {
            $($word),*
        }

        impl From<$name> for $setting {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$word => Self::$word),*
                }
            }
        }
    };
}

words! {
    /// What chance explains.
    NullWord for NullModel { Blocks, Plain, Bicm }
}
words! {
    /// How rates are estimated.
    RatesWord for RateModel { Shared, Raw }
}
words! {
    /// How p becomes q.
    CorrectionWord for Correction { BenjaminiHochberg, BenjaminiYekutieli, Bonferroni }
}
words! {
    /// Whether the null model is varied.
    SensitivityWord for Sensitivity { On, Off, Auto }
}

/// A peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PeerWord {
    /// CooRTweet
    #[value(name = "coortweet")]
    CooRTweet,
    /// The coordination-network-toolkit
    Cnt,
}

impl From<PeerWord> for Peer {
    fn from(word: PeerWord) -> Self {
        match word {
            PeerWord::CooRTweet => Self::CooRTweet,
            PeerWord::Cnt => Self::Cnt,
        }
    }
}

/// A part of the folder of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PartWord {
    Csv,
    Parquet,
    Graphs,
    Report,
}

/// A format of posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct FormatWord(pub(crate) Format);

impl FormatWord {
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        let names: Vec<&'static str> = Format::all().map(Format::name).collect();
        PossibleValuesParser::new(names).try_map(Self::try_from)
    }
}

impl TryFrom<String> for FormatWord {
    type Error = overt_model::ParseError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse().map(Self)
    }
}

impl From<FormatWord> for String {
    fn from(word: FormatWord) -> Self {
        word.0.name().to_owned()
    }
}

/// A number with an optional K, M or G: thousands for events, 1,024s for bytes.
pub(crate) fn amount(text: &str, step: u64) -> Option<u64> {
    let upper = text.trim().to_uppercase();
    let (number, scale) = match upper.trim_end_matches('B').char_indices().last()? {
        (at, 'K') => (upper[..at].to_owned(), step),
        (at, 'M') => (upper[..at].to_owned(), step * step),
        (at, 'G') => (upper[..at].to_owned(), step * step * step),
        _ => (upper.clone(), 1),
    };
    let value: f64 = number.replace(['_', ','], "").parse().ok()?;
    (value >= 0.0 && value * scale as f64 <= 1e18).then_some((value * scale as f64) as u64)
}

fn size(text: &str) -> Result<u64, CliError> {
    amount(text, 1024).ok_or_else(|| {
        CliError::Usage(format!(
            "memory {text:?} is not understood; give bytes, such as 4G"
        ))
    })
}

/// What a word stands for, if there is one.
fn understood<T: FromStr<Err = overt_model::ParseError>>(
    word: Option<&String>,
) -> Result<Option<T>, CliError> {
    word.map(|w| w.parse()).transpose().map_err(usage)
}

#[allow(clippy::needless_pass_by_value)] // It is handed to map_err.
pub(crate) fn usage(error: overt_model::ParseError) -> CliError {
    CliError::Usage(error.to_string())
}
