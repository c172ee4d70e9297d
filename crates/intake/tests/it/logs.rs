//! Logs: real ones with counts that other programs confirm, and bytes that mean harm.

use std::io::Read;
use std::path::{Path, PathBuf};

use overt_intake::{
    Blind, Error, Input, LogFormat, LogReason, LogReceipt, LogReject, LogSettings, LogSink,
    LogSkip, Stop, Watch, read_logs,
};
use overt_model::log::{LogPlace, LogRecord, Logged};
use overt_testdata::shared;

/// How many records of each kind came, and the rejects.
#[derive(Debug, Default)]
struct Count {
    requests: u64,
    sign_ins: u64,
    connections: u64,
    lookups: u64,
    events: u64,
    rejects: Vec<LogReject>,
    places: Vec<LogPlace>,
}

impl LogSink for Count {
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        match &record.what {
            Logged::Request(_) => self.requests += 1,
            Logged::SignIn(_) => self.sign_ins += 1,
            Logged::Connection(_) => self.connections += 1,
            Logged::Lookup(_) => self.lookups += 1,
            _ => self.events += 1,
        }
        self.places.push(at);
        Ok(())
    }

    fn reject(&mut self, reject: &LogReject) -> Result<(), Stop> {
        assert!(reject.detail.chars().count() <= 80);
        self.rejects.push(reject.clone());
        Ok(())
    }
}

/// Reads files and checks that every line is accounted for.
fn read_files(paths: &[PathBuf], settings: &LogSettings) -> Result<(LogReceipt, Count), Error> {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::File).collect();
    read_all(&inputs, settings)
}

fn read_all(inputs: &[Input], settings: &LogSettings) -> Result<(LogReceipt, Count), Error> {
    let mut count = Count::default();
    let receipt = read_logs(inputs, settings, &Watch::default(), &mut count)?;
    let mut handed_on = 0;
    let mut rejected = 0;
    for file in &receipt.files {
        let (rejects, skipped): (u64, u64) =
            (file.rejected.values().sum(), file.skipped.values().sum());
        assert_eq!(file.lines, file.records + rejects + skipped, "{file:?}");
        assert!(file.handed_on >= file.records);
        handed_on += file.handed_on;
        rejected += rejects;
    }
    assert_eq!(rejected, count.rejects.len() as u64);
    assert_eq!(handed_on, count.places.len() as u64);
    Ok((receipt, count))
}

/// Reads one shared file.
fn read_shared(path: &str) -> Option<(LogReceipt, Count)> {
    let path = shared(&format!("data/intrusion/{path}"))?;
    Some(read_files(&[path], &LogSettings::default()).expect("readable"))
}

fn plain(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("the file");
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("text");
    text
}

/// Unpacks a shared archive and names its files of an ending, in order.
fn unpacked(archive: &str, ending: &str, into: &Path) -> Option<Vec<PathBuf>> {
    let path = shared(&format!("data/intrusion/{archive}"))?;
    let file = std::fs::File::open(path).expect("the archive");
    tar::Archive::new(flate2::read::GzDecoder::new(file))
        .unpack(into)
        .expect("to unpack it");
    let mut found = Vec::new();
    let mut folders = vec![into.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Some(found)
}

/// Counts by `zcat FILE | wc -l`; the last line of the scans has no end, and counts too.
#[test]
fn real_logs_of_web_servers_are_read_to_the_last_line() {
    for (name, lines, blind) in [
        (
            "web-benign/almhuette_2019-04.combined.log.gz",
            7_213,
            vec![],
        ),
        ("web-benign/basjes_2015-10.combined.log.gz", 3_456, vec![]),
        (
            "web-benign/nasa_1995-08-01.common.log.gz",
            5_000,
            vec![Blind::Referrer, Blind::Agent],
        ),
        (
            "web-benign/semicomplete_2015-05.combined.log.gz",
            10_000,
            vec![],
        ),
        ("web-attack/acunetix.txt.gz", 6_539, vec![]),
        ("web-attack/netsparker.txt.gz", 7_314, vec![]),
        ("web-attack/w3af.txt.gz", 3_996, vec![]),
    ] {
        let Some((receipt, count)) = read_shared(&format!("more/{name}")) else {
            return;
        };
        let file = &receipt.files[0];
        assert_eq!(file.format, Some(LogFormat::Web), "{name}");
        assert_eq!(
            (file.lines, count.requests),
            (lines, lines),
            "{name}: {:?}",
            count.rejects.first()
        );
        for field in blind {
            assert!(file.blind.contains(&field), "{name}: {:?}", file.blind);
        }
        assert!(file.blind.contains(&Blind::Body));
    }
}

/// 31,070 lines, 16,752 of them directives, by `cat * | grep -c '^#'`.
#[test]
fn a_year_of_iis_is_read_with_its_directives() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(files) = unpacked("more/web-benign/iis_2015-2016.tgz", ".log", folder.path()) else {
        return;
    };
    let (receipt, count) = read_files(&files, &LogSettings::default()).expect("readable");
    assert_eq!(receipt.files.len(), 368);
    assert_eq!(receipt.files.iter().map(|f| f.lines).sum::<u64>(), 31_070);
    let comments = receipt
        .files
        .iter()
        .map(|f| f.skipped.get(&LogSkip::Comment).copied().unwrap_or(0));
    assert_eq!(comments.sum::<u64>(), 16_752);
    assert_eq!((count.requests, count.rejects.len()), (14_318, 0));
}

/// A tunnel through IIS, with a comment and a blank line amid it (`grep -c '^2019'`); a webshell's common log (`wc -l`).
#[test]
fn logs_of_intrusions_are_read() {
    let Some((tunnel, count)) = read_shared("weblogs/Tunna_rdp_tunnel_IIS.log") else {
        return;
    };
    assert_eq!(tunnel.files[0].format, Some(LogFormat::W3c));
    assert_eq!((count.requests, count.rejects.len()), (4_298, 0));
    let Some((shell, count)) = read_shared("weblogs/webshell_access_log.txt") else {
        return;
    };
    assert_eq!(shell.files[0].format, Some(LogFormat::Web));
    // Tomcat dates a request that was none to 1970.
    assert_eq!((count.requests, count.rejects.len()), (2_660, 1));
    assert_eq!(count.rejects[0].reason, LogReason::AbsurdTime);
    assert_eq!(count.rejects[0].detail, "1970-01-01T00:00:00Z");
}

/// A place leads back to the line.
#[test]
fn places_are_bytes_of_the_unpacked_log() {
    let Some(path) = shared("data/intrusion/more/web-benign/basjes_2015-10.combined.log.gz") else {
        return;
    };
    let text = plain(&path);
    let (_, count) = read_files(&[path], &LogSettings::default()).expect("readable");
    for (line, place) in text.lines().zip(&count.places) {
        assert!(text[place.byte as usize..].starts_with(line));
    }
}
