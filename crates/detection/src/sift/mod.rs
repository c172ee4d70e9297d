//! Logs in, a folder of sightings out, in one call.
//!
//! ```text
//! logs ─► intake ─► LogRecord ─► sites, accounts, indicators, databases ─► Sighting ─► Intrusion ─► the folder
//! ```

mod clients;
mod databases;
mod evaluation;
#[cfg(test)]
mod hostile;
mod inputs;
mod lists;
mod state;
mod streams;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use overt_findings::sightings::{
    IndicatorListRecord, LogRecordOf, RuleRecord, Sifted, write_sightings,
};
use overt_intake::{
    Format, Input, LogReceipt, LogReject, LogSettings, LogSink, Stop, Watch, expand, log_format,
    read_logs, read_shared_list,
};
use overt_intrusion::group::intrusions;
use overt_intrusion::indicator::Indicators;
use overt_intrusion::rules::Rules;
use overt_intrusion::sighting::Sighting;
use overt_intrusion::site::Settings as SiteSettings;
use overt_model::log::{LogPlace, LogRecord};
use overt_model::{Grade, SharedList, Timestamp, counted};

use crate::error::Error;
use crate::progress::Progress;
use crate::run::refuse_taken;
pub use evaluation::{KnownIntrusion, KnownPart, SightingScores, evaluate_sightings, is_sightings};
pub use lists::{LoadedList, LoadedLists, indicator_lists, load_indicators};

use clients::KnownClients;
use inputs::{Dated, files_of, in_order, known, name_of, stored, unlike_before, unread};
use state::{StateFolder, StateRef};
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
    /// The clients that the office knows.
    pub known_clients: Option<PathBuf>,
    /// The folder to write.
    pub output: PathBuf,
    /// Whether a folder that is there is replaced.
    pub replace: bool,
    /// The folder in which one day's run leaves what it learnt for the next.
    pub state: Option<PathBuf>,
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
    let opened = settings
        .state
        .as_deref()
        .map(StateFolder::open)
        .transpose()?;
    let (lists, list_records) = indicator_lists(&settings.indicators, settings.grade)?;
    let shared = shared_lists(settings)?;
    let (rules, rule_record, rule_hash) = rules(settings)?;
    let made_under = made_under(settings, &list_records, &shared, &rule_hash);
    let before = match &opened {
        Some(folder) => folder.read(&made_under)?,
        None => None,
    };
    let (mut files, mut left_out, told, kept) = match before {
        Some(state) => (state.files, state.left_out, state.told, Some(state.kept)),
        None => (Vec::new(), BTreeSet::new(), BTreeSet::new(), None),
    };

    let Given {
        dated,
        others,
        read_before,
    } = given(words, settings, &files)?;
    left_out.extend(others);
    let names = files.iter().map(|f| f.file.clone());
    let names: Vec<String> = names
        .chain(dated.iter().map(|d| name_of(&d.input.path())))
        .collect();

    let indicators = Indicators::new(lists, shared.into_iter().map(|(list, _)| list).collect());
    let clients = settings.known_clients.as_deref();
    let clients = clients.map(KnownClients::read).transpose()?;
    let clients = clients.unwrap_or_default();
    let mut streams = Streams::new(&names, settings.watch, indicators, rules, clients);
    if let (Some(folder), Some(kept)) = (&opened, kept)
        && !streams.resume(kept)
    {
        return Err(folder.unsound());
    }
    refuse_going_back(&dated, &streams)?;
    let read = read_into(&mut streams, dated, &names, settings, progress)?;
    let read_now = read.iter().map(|file| file.records).sum();
    let unreadable = unreadable(&read);
    files.extend(read);
    progress.stage("weighing what was seen");

    // What the next run goes on from: before the days that are under way are judged.
    let kept = opened.as_ref().map(|_| streams.keep(state::text));
    let kept = kept.transpose()?;
    let read_files = opened.as_ref().map(|_| files.clone());

    let order = told_in_order(&mut files);
    let ended = streams.end(&order);
    let mut sightings = ended.sightings;
    name_places(&mut sightings, &files);
    let alarms = alarms(&sightings);
    let next = match (&opened, kept, read_files) {
        (Some(folder), Some(kept), Some(files)) => Some(
            folder.body(&StateRef {
                settings: &made_under,
                files: &files,
                left_out: &left_out,
                told: &(alarms.iter().map(|(_, key)| key))
                    .chain(&told)
                    .cloned()
                    .collect(),
                kept: &kept,
            })?,
        ),
        _ => None,
    };
    let told_before = alarms.into_iter().filter(|(_, key)| told.contains(key));
    let sifted = Sifted {
        intrusions: intrusions(&sightings),
        sightings,
        sites: ended.sites,
        gaps: ended.gaps,
        read_before,
        told_before: told_before.map(|(at, _)| at).collect(),
        read_now,
        unreadable,
        logs: files,
        lists: list_records,
        not_looked_for: ended.not_looked_for,
        of_databases: ended.of_databases,
        by_clients: ended.by_clients,
        rules: rule_record.map(|record| RuleRecord {
            not_examined: ended.rules_not_examined,
            ..record
        }),
        baseline: settings.watch.baseline as u32,
        one_false_alarm_in: settings.watch.one_false_alarm_in,
        left_out: left_out.into_iter().collect(),
        folder: settings.output.clone(),
    };
    progress.writing(Some(&settings.output));
    let written = write_sightings(&sifted);
    progress.writing(None);
    written?;
    // Last of all: a run that ends before has not been.
    if let (Some(folder), Some(body)) = (&opened, next) {
        folder.write(&body)?;
    }
    Ok(sifted)
}

/// Reads logs, the last of the files that have names.
fn read_into(
    streams: &mut Streams,
    dated: Vec<Dated>,
    names: &[String],
    settings: &SiftSettings,
    progress: &dyn Progress,
) -> Result<Vec<LogRecordOf>, Error> {
    let earlier = names.len() - dated.len();
    let (inputs, heads): (Vec<Input>, Vec<String>) =
        dated.into_iter().map(|d| (d.input, d.head)).unzip();
    let watch = Watch::default();
    progress.reading(stored(&inputs), &watch);
    let mut sink = Sink {
        streams,
        progress,
        earlier: earlier as u32,
        seen: 0,
    };
    let receipt = read_logs(&inputs, &settings.logs, &watch, &mut sink)?;
    progress.has_read();
    let mut read = logs(&receipt, &names[earlier..]);
    read.iter_mut()
        .zip(heads)
        .for_each(|(file, head)| file.head = head);
    refuse_unread(&read)?;
    Ok(read)
}

/// What was given to be sifted.
struct Given {
    /// The logs, in order.
    dated: Vec<Dated>,
    /// Files that are no logs of a kind that is known.
    others: Vec<String>,
    /// Logs that were read before, or stand there twice.
    read_before: Vec<String>,
}

fn given(words: &[String], settings: &SiftSettings, files: &[LogRecordOf]) -> Result<Given, Error> {
    let inputs = expand(&files_of(words)?)?;
    if inputs.is_empty() {
        let words = words.join(", ");
        return Err(Error::NothingRead(format!("{words}: no file is there")));
    }
    if settings.state.is_some() && inputs.iter().any(|i| matches!(i, Input::Stdin)) {
        return Err(Error::Conflict(
            "a state goes on from files, not from standard input",
        ));
    }
    let (inputs, others) = known(inputs, &settings.logs);
    let (inputs, mut read_before) = unread(inputs, files)?;
    let dated = in_order(inputs, &settings.logs);
    let dated = unlike_before(dated, files, &settings.logs, &mut read_before)?;
    Ok(Given {
        dated,
        others,
        read_before,
    })
}

/// Files that have lines, or are cut, and of which nothing could be read.
fn unreadable(read: &[LogRecordOf]) -> Vec<String> {
    let is_unreadable =
        |f: &&LogRecordOf| f.records == 0 && (!f.rejected.is_empty() || f.cut.is_some());
    let files = read.iter().filter(is_unreadable);
    files.map(|file| file.file.clone()).collect()
}

/// Logs of which not a line can be read say nothing, and least of all that nothing happened.
fn refuse_unread(read: &[LogRecordOf]) -> Result<(), Error> {
    let rejected: u64 = read.iter().flat_map(|file| file.rejected.values()).sum();
    let is_cut = read.iter().any(|file| file.cut.is_some());
    if rejected == 0 && !is_cut || read.iter().any(|file| file.records > 0) {
        return Ok(());
    }
    let reasons: BTreeSet<&String> = read.iter().flat_map(|file| file.rejected.keys()).collect();
    let reasons: Vec<&str> = reasons.into_iter().map(String::as_str).collect();
    let names: Vec<&str> = read.iter().map(|file| &*file.file).take(3).collect();
    let names = names.join(", ");
    if let Some(cut) = read.iter().find_map(|file| file.cut.as_ref()) {
        return Err(Error::NothingRead(format!(
            "{names}: no record could be read: {cut}"
        )));
    }
    Err(Error::NothingRead(format!(
        "{names}: none of the {} could be read ({})",
        counted(rejected, "line", "lines"),
        reasons.join(", ")
    )))
}

/// The alarms, with what tells one from another when days are judged again.
fn alarms(sightings: &[Sighting]) -> Vec<(usize, String)> {
    let alarms = sightings.iter().enumerate().filter(|(_, s)| s.alarm);
    let key = |s: &Sighting| {
        let what = format!("{} {} {} {} {}", s.log, s.time, s.stage, s.what, s.target);
        state::sha256(what.as_bytes())[..16].to_owned()
    };
    alarms.map(|(at, s)| (at, key(s))).collect()
}

/// Says in which line of which file each stands.
fn name_places(sightings: &mut [Sighting], files: &[LogRecordOf]) {
    for sighting in sightings.iter_mut().filter(|s| s.at.line > 0) {
        let file = files.get(sighting.at.file as usize);
        let file = file.map_or("", |f| &*f.file);
        sighting.place = format!("{file}:{}", sighting.at.line);
    }
}

/// The files in the order in which they are told, whatever runs read them; gives the place of each.
fn told_in_order(files: &mut Vec<LogRecordOf>) -> Vec<u32> {
    let mut by_time: Vec<usize> = (0..files.len()).collect();
    by_time.sort_by_key(|at| {
        let file = &files[*at];
        (
            file.first.is_none(),
            file.first.clone(),
            file.file.clone(),
            file.sha256.clone(),
            *at,
        )
    });
    let mut order = vec![0; files.len()];
    for (place, at) in by_time.iter().enumerate() {
        order[*at] = place as u32;
    }
    let sorted = by_time.iter().map(|at| files[*at].clone()).collect();
    *files = sorted;
    order
}

/// A log that begins on a day before the one that its series has come to would be counted with the wrong day.
fn refuse_going_back(dated: &[Dated], streams: &Streams) -> Result<(), Error> {
    const DAY: i64 = 86_400_000;
    /// Days of silence beyond which a clock is more likely to be wrong.
    const FAR: i64 = 400;
    for Dated { input, first, .. } in dated {
        let path = input.path();
        let day = first.map(|first| first.div_euclid(DAY));
        let Some((day, last)) = day.zip(streams.last_day(&name_of(&path))) else {
            continue;
        };
        if day < last || day > last + FAR {
            let date = |day: i64| -> String {
                let time = Timestamp(day * DAY).to_string();
                time.chars().take(10).collect()
            };
            return Err(Error::DoesNotFollow {
                path,
                detail: if day < last {
                    format!(
                        "it begins on {}, and logs of its name were read up to {}: days go in in their order",
                        date(day),
                        date(last)
                    )
                } else {
                    format!(
                        "it begins on {}, more than a year after the last day of its series, {}: its clock may be wrong, \
                         and all days that come after would be refused",
                        date(day),
                        date(last)
                    )
                },
            });
        }
    }
    Ok(())
}

/// The settings that what is learnt hangs on, by name.
fn made_under(
    settings: &SiftSettings,
    lists: &[IndicatorListRecord],
    shared: &[(SharedList, String)],
    rules: &str,
) -> BTreeMap<String, String> {
    let logs = &settings.logs;
    let lists = lists
        .iter()
        .map(|l| format!("{} {:?} {}", l.file, l.grade, l.sha256));
    let shared = shared
        .iter()
        .map(|(list, hash)| format!("{} {hash}", list.name));
    let proxies = logs.proxies.iter().map(ToString::to_string);
    let all = [
        ("baseline", settings.watch.baseline.to_string()),
        (
            "one false alarm in",
            settings.watch.one_false_alarm_in.to_string(),
        ),
        ("seed", settings.watch.seed.to_string()),
        ("zone", format!("{:?}", logs.zone)),
        ("clock", logs.clock.to_string()),
        ("year", format!("{:?}", logs.year)),
        ("proxies", proxies.collect::<Vec<_>>().join(", ")),
        ("format", format!("{:?} {:?}", logs.format, logs.mapping)),
        ("lists of indicators", lists.collect::<Vec<_>>().join(", ")),
        (
            "lists of shared networks",
            shared.collect::<Vec<_>>().join(", "),
        ),
        ("rules", rules.to_owned()),
    ];
    let named = all
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    named.collect()
}

fn shared_lists(settings: &SiftSettings) -> Result<Vec<(SharedList, String)>, Error> {
    let mut all = Vec::new();
    for path in &settings.shared {
        let list = read_shared_list(path)?;
        let bytes = std::fs::read(path).map_err(|source| Error::Unreadable {
            path: path.clone(),
            source,
        })?;
        all.push((list, state::sha256(&bytes)));
    }
    Ok(all)
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
        let is_log = matches!(log_format(input), Ok(Some(_)));
        // Any line with commas may be the header of a table: an export of posts is one whose layout is known.
        let may_be_posts = overt_intake::detect(input)
            .is_ok_and(|format| !matches!(format, Format::Csv | Format::Tsv | Format::Ndjson));
        is_log && !may_be_posts
    })
}

/// The largest file of rules that is read.
const MAX_RULE: u64 = 16 << 20;

/// Rules, what became of each, loaded or refused with its reason, and a hash of them all.
fn rules(settings: &SiftSettings) -> Result<(Option<Rules>, Option<RuleRecord>, String), Error> {
    if settings.rules.is_empty() {
        return Ok((None, None, String::new()));
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
    let all: String = texts.iter().map(|(_, text)| text.as_str()).collect();
    let hash = state::sha256(all.as_bytes());
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
    Ok((Some(rules), Some(record), hash))
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
            year: file.year.map(|year| year.name().to_owned()),
            went_back: file.went_back,
            cut: file.cut.clone(),
            head: String::new(),
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
    /// Files that earlier runs read.
    earlier: u32,
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
        let file = self.earlier + at.file;
        self.streams.take(record, LogPlace { file, ..at });
        Ok(())
    }

    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}
