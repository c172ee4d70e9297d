//! Requests of real logs, kept, and a site that is watched while they come again.

use std::path::PathBuf;

use anyhow::{Context, Result};
use overt_intake::{Input, LogReject, LogSettings, LogSink, Stop, Watch, read_logs};
use overt_intrusion::sighting::Sighting;
use overt_intrusion::site::{Settings, Site};
use overt_model::log::{LogPlace, LogRecord, Logged, Request};

/// A request that outlives its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// Who.
    pub source: String,
    /// How.
    pub method: String,
    /// What.
    pub target: String,
    /// The answer's status.
    pub status: Option<u16>,
    /// The answer's bytes.
    pub bytes: Option<u64>,
    /// The page that led there.
    pub referrer: Option<String>,
    /// With which program.
    pub agent: Option<String>,
}

#[derive(Default)]
struct All(Vec<Kept>);

impl LogSink for All {
    fn record(&mut self, record: &LogRecord<'_>, _: LogPlace) -> Result<(), Stop> {
        if let Logged::Request(r) = &record.what {
            self.0.push(Kept {
                time: record.time.0,
                source: r.source.to_string(),
                method: r.method.to_string(),
                target: r.target.to_string(),
                status: r.status,
                bytes: r.bytes,
                referrer: r.referrer.as_deref().map(str::to_owned),
                agent: r.agent.as_deref().map(str::to_owned),
            });
        }
        Ok(())
    }
    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}

/// The requests of logs, in order of time.
///
/// # Errors
/// Logs that cannot be read.
pub fn read(paths: Vec<PathBuf>) -> Result<Vec<Kept>> {
    let inputs: Vec<Input> = paths.into_iter().map(Input::File).collect();
    let mut all = All::default();
    read_logs(
        &inputs,
        &LogSettings::default(),
        &Watch::default(),
        &mut all,
    )?;
    all.0.sort_by_key(|r| r.time);
    Ok(all.0)
}

/// A file of the data on intrusions.
///
/// # Errors
/// It is not there.
pub fn data(path: &str) -> Result<PathBuf> {
    overt_testdata::shared(&format!("data/intrusion/{path}"))
        .with_context(|| format!("{path} is not at hand"))
}

/// The year of a real site, which is packed.
///
/// # Errors
/// It is not there, or `tar` is not.
pub fn year() -> Result<Vec<Kept>> {
    let folder = tempfile::tempdir()?;
    let packed = std::process::Command::new("tar")
        .arg("xzf")
        .arg(data("more/web-benign/iis_2015-2016.tgz")?)
        .arg("-C")
        .arg(folder.path())
        .status()?;
    anyhow::ensure!(packed.success(), "tar failed");
    let mut files = Vec::new();
    let mut folders = vec![folder.path().to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    read(files)
}

/// What a site says of requests in order of time.
pub fn watch(requests: &[Kept]) -> Vec<Sighting> {
    let mut site = Site::new("site", Settings::default());
    let mut found = Vec::new();
    for r in requests {
        let request = Request {
            source: r.source.as_str().into(),
            host: None,
            user: None,
            method: r.method.as_str().into(),
            target: r.target.as_str().into(),
            status: r.status,
            bytes: r.bytes,
            referrer: r.referrer.as_deref().map(Into::into),
            agent: r.agent.as_deref().map(Into::into),
        };
        site.request(r.time, &request, LogPlace::default(), &mut found);
    }
    site.close(&mut found);
    found
}
