//! Which files are sifted, and in which order.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use overt_findings::sightings::LogRecordOf;
use overt_intake::{Input, LogReject, LogSettings, LogSink, Stop, Watch, log_format, read_logs};
use overt_model::log::{LogPlace, LogRecord, Logged};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Folders stand for the files in them and below.
pub(super) fn files_of(words: &[String]) -> Result<Vec<String>, Error> {
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
pub(super) fn known(inputs: Vec<Input>, settings: &LogSettings) -> (Vec<Input>, Vec<String>) {
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

/// An input with the time of its first record.
pub(super) struct Dated {
    pub(super) input: Input,
    pub(super) first: Option<i64>,
    /// Stands for its first records, whatever they are packed in.
    pub(super) head: String,
}

/// Records at the beginning of a log by which it is known again.
const HEAD: usize = 50;

/// What a log begins with, and how much it has, unpacked.
#[derive(Default)]
struct Beginning {
    first: Option<(bool, i64)>,
    head: Sha256,
    /// Records to be looked at.
    most: u64,
    records: u64,
}

impl LogSink for Beginning {
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        let is_request = matches!(record.what, Logged::Request(_));
        self.first.get_or_insert((!is_request, record.time.0));
        self.records += 1;
        if self.records <= HEAD as u64 {
            let told = format!(
                "{} {} {} {:?}\n",
                at.line, at.byte, record.time.0, record.what
            );
            self.head.update(told);
        }
        if self.records >= self.most {
            return Err(Stop::Interrupted);
        }
        Ok(())
    }
    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}

impl Beginning {
    fn of(input: &Input, settings: &LogSettings, most: u64) -> Self {
        let mut beginning = Self {
            most,
            ..Self::default()
        };
        // A file that cannot be read is told when it is read.
        let _ = read_logs(
            std::slice::from_ref(input),
            settings,
            &Watch::default(),
            &mut beginning,
        );
        beginning
    }

    /// Nothing of a file with so few records that it may be like another by chance.
    fn head(&self) -> String {
        if self.records < 3 {
            return String::new();
        }
        overt_model::key::hex(&self.head.clone().finalize())[..32].to_owned()
    }
}

/// Takes out logs whose content was read before, packed in another way or under another name; gives the names of these.
///
/// # Errors
/// A log that begins with what was read before and goes on: its beginning would be counted twice.
pub(super) fn unlike_before(
    dated: Vec<Dated>,
    before: &[LogRecordOf],
    settings: &LogSettings,
    read: &mut Vec<String>,
) -> Result<Vec<Dated>, Error> {
    let mut known: Vec<(String, String, u64)> = before
        .iter()
        .map(|file| (file.head.clone(), file.file.clone(), file.records))
        .collect();
    let mut unlike = Vec::new();
    for one in dated {
        let name = name_of(&one.input.path());
        let mut same = known
            .iter()
            .filter(|(head, ..)| !head.is_empty() && *head == one.head);
        let Some((_, other, records)) = same.next_back().cloned() else {
            // How many it has is looked at if another begins alike.
            known.push((one.head.clone(), name, u64::MAX));
            unlike.push(one);
            continue;
        };
        let count = |input: &Input| Beginning::of(input, settings, u64::MAX).records;
        let has = count(&one.input);
        let there = match unlike.iter().find(|o: &&Dated| o.head == one.head) {
            Some(here) => count(&here.input),
            None => records,
        };
        if has > there {
            return Err(Error::DoesNotFollow {
                path: one.input.path(),
                detail: format!(
                    "it begins with the {there} records of {other}, which are read already: a log goes in once, when it is whole"
                ),
            });
        }
        read.push(name);
    }
    Ok(unlike)
}

/// Inputs in the order of their first record: logs are rotated, and names sort as they like. Requests come before all
/// else, so that what was sent is known when databases' logs are read.
pub(super) fn in_order(inputs: Vec<Input>, settings: &LogSettings) -> Vec<Dated> {
    let undated = |input| Dated {
        input,
        first: None,
        head: String::new(),
    };
    if inputs.iter().any(|i| matches!(i, Input::Stdin)) {
        return inputs.into_iter().map(undated).collect();
    }
    let mut dated = Vec::new();
    for input in inputs {
        let beginning = Beginning::of(&input, settings, HEAD as u64);
        dated.push((
            beginning.first.unwrap_or((true, i64::MAX)),
            Dated {
                first: beginning.first.map(|(_, time)| time),
                head: beginning.head(),
                input,
            },
        ));
    }
    dated.sort_by_key(|(first, dated)| (*first, dated.input.path()));
    dated.into_iter().map(|(_, dated)| dated).collect()
}

/// The inputs that were not read before, neither by an earlier run nor beside a copy of themselves, and the names of the
/// others. Empty files are alike and no copies.
///
/// # Errors
/// A file that begins with what was read before: its beginning would be counted twice.
pub(super) fn unread(
    inputs: Vec<Input>,
    before: &[LogRecordOf],
) -> Result<(Vec<Input>, Vec<String>), Error> {
    let size = |input: &Input| std::fs::metadata(input.path()).map_or(0, |m| m.len());
    let sizes: Vec<u64> = inputs.iter().map(size).collect();
    let (mut unread, mut read) = (Vec::new(), Vec::new());
    let mut here: Vec<(u64, String)> = Vec::new();
    for (input, bytes) in inputs.into_iter().zip(&sizes) {
        let is_alone = sizes.iter().filter(|other| *other == bytes).count() == 1;
        let lengths = before.iter().map(|b| b.bytes).filter(|b| b <= bytes);
        let mut lengths: Vec<u64> = lengths.filter(|b| *b > 0).collect();
        if matches!(input, Input::Stdin) || *bytes == 0 || (is_alone && lengths.is_empty()) {
            unread.push(input);
            continue;
        }
        lengths.push(*bytes);
        let path = input.path();
        let hashes = beginnings(&path, lengths)?;
        let is_known = |whole: bool| {
            before.iter().find(|b| {
                (b.bytes == *bytes) == whole
                    && hashes.iter().any(|(n, h)| (*n, h) == (b.bytes, &b.sha256))
            })
        };
        let whole = hashes.last().cloned().unwrap_or_default();
        if is_known(true).is_some() || here.contains(&whole) {
            read.push(name_of(&path));
        } else if let Some(begins) = is_known(false) {
            return Err(Error::DoesNotFollow {
                path,
                detail: format!(
                    "it begins with the {} bytes of {}, which were read before: a log goes in when it is whole",
                    begins.bytes, begins.file
                ),
            });
        } else {
            here.push(whole);
            unread.push(input);
        }
    }
    Ok((unread, read))
}

/// The SHA-256 of a file's beginnings of these lengths, shortest first.
fn beginnings(path: &Path, mut lengths: Vec<u64>) -> Result<Vec<(u64, String)>, Error> {
    let unreadable = |source| overt_intake::Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    lengths.sort_unstable();
    lengths.dedup();
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut hash, mut at, mut all) = (Sha256::new(), 0, Vec::new());
    let mut buffer = vec![0; 1 << 16];
    for length in lengths {
        while at < length {
            let want = (length - at).min(buffer.len() as u64) as usize;
            let got = file.read(&mut buffer[..want]).map_err(unreadable)?;
            if got == 0 {
                return Ok(all);
            }
            hash.update(&buffer[..got]);
            at += got as u64;
        }
        all.push((length, overt_model::key::hex(&hash.clone().finalize())));
    }
    Ok(all)
}

pub(super) fn stored(inputs: &[Input]) -> u64 {
    inputs
        .iter()
        .filter_map(|i| std::fs::metadata(i.path()).ok())
        .map(|m| m.len())
        .sum()
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}
