//! Logs in, a folder of sightings out, in one call.
//!
//! ```text
//! logs ─► intake ─► LogRecord ─► sites, accounts, indicators, databases ─► Sighting ─► Intrusion ─► the folder
//! ```

mod streams;

use std::path::{Path, PathBuf};

use overt_findings::sightings::{
    IndicatorListRecord, LogRecordOf, RuleRecord, Sifted, write_sightings,
};
use overt_intake::{
    Input, LogReceipt, LogReject, LogSettings, LogSink, Stop, Watch, expand, log_format,
    read_indicator_list, read_logs, read_shared_list,
};
use overt_intrusion::group::intrusions;
use overt_intrusion::indicator::{Indicators, Listed};
use overt_intrusion::rules::Rules;
use overt_intrusion::site::Settings as SiteSettings;
use overt_model::log::{LogPlace, LogRecord};
use overt_model::{Grade, Timestamp};

use crate::error::Error;
use crate::progress::Progress;
use crate::run::refuse_taken;
use streams::Streams;

/// How logs are sifted.
#[derive(Debug, Clone, Default)]
pub struct SiftSettings {
    /// How they are read.
    pub logs: LogSettings,
    /// How they are watched.
    pub watch: SiteSettings,
    /// Lists of indicators.
    pub indicators: Vec<PathBuf>,
    /// The grade of lists that say none.
    pub grade: Option<Grade>,
    /// Sigma rules: files, and folders of them.
    pub rules: Vec<PathBuf>,
    /// Lists of networks that many share.
    pub shared: Vec<PathBuf>,
    /// The folder to write.
    pub output: PathBuf,
    /// Whether a folder that is there is replaced.
    pub replace: bool,
}

/// Sifts logs: files, patterns, and folders of them.
///
/// # Errors
/// Inputs and lists that cannot be read, an output that is there, an end that was asked for.
pub fn sift(
    words: &[String],
    settings: &SiftSettings,
    progress: &dyn Progress,
) -> Result<Sifted, Error> {
    refuse_taken(&settings.output, settings.replace)?;
    let (lists, list_records) = indicator_lists(settings)?;
    let shared = settings
        .shared
        .iter()
        .map(|path| read_shared_list(path))
        .collect::<Result<Vec<_>, _>>()?;
    let indicators = Indicators::new(lists, shared);
    let (inputs, left_out) = known(expand(&files_of(words)?)?, &settings.logs);
    let inputs = in_order(inputs, &settings.logs);
    let names: Vec<String> = inputs.iter().map(|i| name_of(&i.path())).collect();

    let watch = Watch::default();
    progress.reading(stored(&inputs), &watch);
    let (rules, rule_record) = rules(settings)?;
    let mut streams = Streams::new(&names, settings.watch, indicators, rules);
    let mut sink = Sink {
        streams: &mut streams,
        progress,
        seen: 0,
    };
    let receipt = read_logs(&inputs, &settings.logs, &watch, &mut sink)?;
    progress.has_read();
    progress.stage("weighing what was seen");
    let ended = streams.end();
    let mut sightings = ended.sightings;
    for sighting in &mut sightings {
        let file = names
            .get(sighting.at.file as usize)
            .map_or("", String::as_str);
        if sighting.at.line > 0 {
            sighting.place = format!("{file}:{}", sighting.at.line);
        }
    }
    let sifted = Sifted {
        intrusions: intrusions(&sightings),
        sightings,
        sites: ended.sites,
        logs: logs(&receipt, &names),
        lists: list_records,
        not_looked_for: ended.not_looked_for,
        rules: rule_record.map(|record| RuleRecord {
            not_examined: ended.rules_not_examined,
            ..record
        }),
        baseline: settings.watch.baseline as u32,
        one_false_alarm_in: settings.watch.one_false_alarm_in,
        left_out,
        folder: settings.output.clone(),
    };
    progress.writing(Some(&settings.output));
    let written = write_sightings(&sifted);
    progress.writing(None);
    written?;
    Ok(sifted)
}

/// What is in logs, without sifting them.
///
/// # Errors
/// Inputs that cannot be read.
pub fn survey_logs(words: &[String], settings: &LogSettings) -> Result<Vec<LogRecordOf>, Error> {
    struct Nobody;
    impl LogSink for Nobody {
        fn record(&mut self, _: &LogRecord<'_>, _: LogPlace) -> Result<(), Stop> {
            Ok(())
        }
        fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
            Ok(())
        }
    }
    let inputs = expand(&files_of(words)?)?;
    let names: Vec<String> = inputs.iter().map(|i| name_of(&i.path())).collect();
    let receipt = read_logs(&inputs, settings, &Watch::default(), &mut Nobody)?;
    Ok(logs(&receipt, &names))
}

/// Whether a file is a log rather than posts, by its content; a folder is one if its first file is.
pub fn is_log(path: &Path) -> bool {
    let Ok(files) = files_of(&[path.display().to_string()]) else {
        return false;
    };
    let Some(Ok(inputs)) = files.first().map(|file| expand(std::slice::from_ref(file))) else {
        return false;
    };
    inputs.first().is_some_and(|input| {
        overt_intake::detect(input).is_err() && matches!(log_format(input), Ok(Some(_)))
    })
}

fn indicator_lists(
    settings: &SiftSettings,
) -> Result<(Vec<Listed>, Vec<IndicatorListRecord>), Error> {
    let (mut lists, mut records) = (Vec::new(), Vec::new());
    for path in &settings.indicators {
        let file = read_indicator_list(path)?;
        // A list that says nothing of its source cannot be judged.
        let grade = file.grade.or(settings.grade).unwrap_or(Grade::F);
        records.push(IndicatorListRecord {
            name: file.name.clone(),
            file: name_of(path),
            sha256: file.sha256.clone(),
            format: file.format.name().to_owned(),
            grade,
            published: file.published.map(|t| t.to_string()),
            indicators: file.indicators.len() as u64,
            skipped: file.skipped.clone(),
            rejected: file.rejected,
        });
        lists.push(Listed {
            name: file.name,
            grade,
            published: file.published,
            indicators: file.indicators,
        });
    }
    Ok((lists, records))
}

/// The largest file of rules that is read.
const MAX_RULE: u64 = 16 << 20;

/// Rules, and what became of each: loaded, or refused with its reason.
fn rules(settings: &SiftSettings) -> Result<(Option<Rules>, Option<RuleRecord>), Error> {
    if settings.rules.is_empty() {
        return Ok((None, None));
    }
    let words: Vec<String> = settings
        .rules
        .iter()
        .map(|p| p.display().to_string())
        .collect();
    let mut texts = Vec::new();
    for file in files_of(&words)? {
        let path = PathBuf::from(&file);
        if !path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"))
        {
            continue;
        }
        let unreadable = |source| overt_intake::Error::Unreadable {
            path: path.clone(),
            source,
        };
        if std::fs::metadata(&path).map_err(unreadable)?.len() > MAX_RULE {
            return Err(
                unreadable(std::io::Error::other("a file of rules has at most 16 MB")).into(),
            );
        }
        texts.push((file, std::fs::read_to_string(&path).map_err(unreadable)?));
    }
    let files = texts.len() as u64;
    let (rules, refused) = Rules::new(texts.into_iter());
    let record = RuleRecord {
        files,
        loaded: rules.len() as u64,
        refused: refused.into_iter().map(|r| (r.name, r.reason)).collect(),
        remarks: rules
            .remarks()
            .iter()
            .map(|r| (r.name.clone(), r.reason.clone()))
            .collect(),
        not_examined: Vec::new(),
    };
    Ok((Some(rules), Some(record)))
}

/// Folders stand for the files in them and below.
fn files_of(words: &[String]) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    for word in words {
        let path = Path::new(word);
        if path.is_dir() {
            below(path, &mut files)?;
        } else {
            files.push(word.clone());
        }
    }
    Ok(files)
}

fn below(folder: &Path, files: &mut Vec<String>) -> Result<(), Error> {
    let unreadable = |source| overt_intake::Error::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut inside: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    inside.sort_unstable();
    for path in inside {
        if path.is_dir() {
            below(&path, files)?;
        } else {
            files.push(path.display().to_string());
        }
    }
    Ok(())
}

/// The logs among several files, and the names of the others. A single file has to be one.
fn known(inputs: Vec<Input>, settings: &LogSettings) -> (Vec<Input>, Vec<String>) {
    if inputs.len() < 2 || settings.format.is_some() || settings.mapping.is_some() {
        return (inputs, Vec::new());
    }
    // A file that cannot be read, or is empty, is told when it is read.
    let is_other = |input: &Input| {
        let empty = std::fs::metadata(input.path()).is_ok_and(|m| m.len() == 0);
        !matches!(input, Input::Stdin) && !empty && matches!(log_format(input), Ok(None))
    };
    let (others, logs): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(is_other);
    if logs.is_empty() {
        return (others, Vec::new());
    }
    (logs, others.iter().map(|i| name_of(&i.path())).collect())
}

/// Inputs in the order of their first record: logs are rotated, and names sort as they like.
fn in_order(inputs: Vec<Input>, settings: &LogSettings) -> Vec<Input> {
    struct First(Option<i64>);
    impl LogSink for First {
        fn record(&mut self, record: &LogRecord<'_>, _: LogPlace) -> Result<(), Stop> {
            self.0 = Some(record.time.0);
            Err(Stop::Interrupted)
        }
        fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
            Ok(())
        }
    }
    if inputs.len() < 2 || inputs.iter().any(|i| matches!(i, Input::Stdin)) {
        return inputs;
    }
    let mut dated = Vec::new();
    for input in inputs {
        let mut first = First(None);
        // A file that cannot be read is told when it is read.
        let _ = read_logs(
            std::slice::from_ref(&input),
            settings,
            &Watch::default(),
            &mut first,
        );
        dated.push((first.0.unwrap_or(i64::MAX), input));
    }
    dated.sort_by_key(|(first, input)| (*first, input.path()));
    dated.into_iter().map(|(_, input)| input).collect()
}

fn stored(inputs: &[Input]) -> u64 {
    inputs
        .iter()
        .filter_map(|i| std::fs::metadata(i.path()).ok())
        .map(|m| m.len())
        .sum()
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}

fn logs(receipt: &LogReceipt, names: &[String]) -> Vec<LogRecordOf> {
    let of = receipt
        .files
        .iter()
        .zip(names)
        .map(|(file, name)| LogRecordOf {
            file: name.clone(),
            format: file
                .format
                .map_or("not known".to_owned(), |f| f.name().to_owned()),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            lines: file.lines,
            records: file.records,
            rejected: file
                .rejected
                .iter()
                .map(|(reason, n)| (reason.code().to_owned(), *n))
                .collect(),
            skipped: file
                .skipped
                .iter()
                .map(|(reason, n)| (reason.code().to_owned(), *n))
                .collect(),
            first: file.first.map(|t| t.to_string()),
            last: file.last.map(|t| t.to_string()),
            went_back: file.went_back,
            blind: file.blind.iter().map(|b| b.code().to_owned()).collect(),
            silent_hours: file.gaps.hours,
            longest_silence: file
                .gaps
                .longest
                .first()
                .map(|g| (Timestamp(g.from.0).to_string(), g.hours)),
        });
    of.collect()
}

struct Sink<'a> {
    streams: &'a mut Streams,
    progress: &'a dyn Progress,
    seen: u64,
}

/// Records between looks whether the work is to end.
const LOOK: u64 = 1 << 14;

impl LogSink for Sink<'_> {
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        self.seen += 1;
        if self.seen.is_multiple_of(LOOK) && self.progress.is_cancelled() {
            return Err(Stop::Interrupted);
        }
        self.streams.take(record, at);
        Ok(())
    }

    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}
