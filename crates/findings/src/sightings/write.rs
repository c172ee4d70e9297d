//! Writing the folder.

use std::path::Path;

use overt_files::{Contents, TableWriter, WholeFolder};
use overt_intrusion::sighting::{By, Sharing, Sighting};
use overt_model::Timestamp;
use serde_json::json;

use super::{Sifted, report, stix};
use crate::Error;
use crate::whole::hashes;

/// The columns of `sightings.csv`.
pub const SIGHTING_COLUMNS: [&str; 30] = [
    "id",
    "intrusion",
    "time",
    "until",
    "alarm",
    "standing",
    "log",
    "place",
    "source",
    "sources",
    "target",
    "account",
    "by",
    "what",
    "stage",
    "why",
    "observed",
    "expected",
    "e",
    "false_alarm_days",
    "base_days",
    "base_seen",
    "shared",
    "shared_list",
    "ratio_low",
    "ratio_high",
    "reasons",
    "techniques",
    "behind",
    "evidence_of",
];

/// Writes the folder whole, in the place of what is there. Whether that may be replaced is for the caller to ask first.
///
/// # Errors
/// When a file cannot be written.
pub fn write_sightings(sifted: &Sifted) -> Result<(), Error> {
    let target = &sifted.folder;
    let failed = |source| Error::Io {
        path: target.clone(),
        source,
    };
    let folder = WholeFolder::create(target, Contents::Personal).map_err(failed)?;
    let at = folder.path();
    sightings(&at.join("sightings.csv"), sifted)?;
    intrusions(&at.join("intrusions.csv"), sifted)?;
    let stix = serde_json::to_string_pretty(&stix::bundle(sifted)).unwrap_or_default();
    let write = |name: &str, text: &str| {
        overt_files::write(&at.join(name), Contents::Personal, text.as_bytes()).map_err(failed)
    };
    write("report.html", &report::render(sifted))?;
    write("sightings.stix.json", &stix)?;
    let mut run = run(sifted);
    run["files"] = json!(hashes(at)?);
    write(
        "run.json",
        &serde_json::to_string_pretty(&run).unwrap_or_default(),
    )?;
    folder.commit().map_err(failed)?;
    Ok(())
}

fn run(sifted: &Sifted) -> serde_json::Value {
    json!({
        "kind": "sightings",
        "schema_version": 1,
        "overt": env!("CARGO_PKG_VERSION"),
        "baseline_days": sifted.baseline,
        "one_false_alarm_in_days": sifted.one_false_alarm_in,
        "logs": sifted.logs,
        "series": sifted.sites,
        "days_without_a_record": sifted.gaps,
        "indicator_lists": sifted.lists,
        "rules": sifted.rules,
        "files_left_out": sifted.left_out,
        "not_looked_for": sifted.not_looked_for,
        "known_clients": sifted.by_clients,
        "not_examined": sifted.not_examined(),
        "sightings": sifted.sightings.len(),
        "alarms": sifted.sightings.iter().filter(|s| s.alarm).count(),
        "intrusions": sifted.intrusions.len(),
    })
}

fn sightings(path: &Path, sifted: &Sifted) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let mut table =
        TableWriter::to_file(path, Contents::Personal, &SIGHTING_COLUMNS).map_err(failed)?;
    for (at, sighting) in sifted.sightings.iter().enumerate() {
        let of = sifted
            .intrusions
            .iter()
            .find(|i| i.sightings.contains(&at))
            .map(|i| i.number);
        table.row(row(at + 1, of, sighting)).map_err(failed)?;
    }
    table.finish().map_err(failed)
}

fn row(id: usize, intrusion: Option<usize>, s: &Sighting) -> Vec<String> {
    let number = |x: Option<f64>| x.map(|x| format!("{x:.3}")).unwrap_or_default();
    let flag = |set: bool| if set { "yes" } else { "no" }.to_owned();
    vec![
        id.to_string(),
        intrusion.map(|n| n.to_string()).unwrap_or_default(),
        Timestamp(s.time).to_string(),
        Timestamp(s.until).to_string(),
        flag(s.alarm),
        flag(s.standing),
        s.log.clone(),
        s.place.clone(),
        s.source.clone(),
        s.sources.join(" "),
        s.target.clone(),
        s.account.clone(),
        match s.by {
            By::Indicator => "indicator",
            By::Rule => "rule",
            By::Measure => "measure",
        }
        .to_owned(),
        s.what.clone(),
        s.stage.name().to_owned(),
        s.why.clone(),
        number(Some(s.observed)),
        number(Some(s.expected)),
        number(s.evidence),
        s.false_alarm_days
            .map(|d| format!("{d:.0}"))
            .unwrap_or_default(),
        s.base_days.to_string(),
        s.base_seen.to_string(),
        match s.sharing {
            Sharing::Yes => "yes",
            Sharing::No => "no",
            Sharing::Unknown => "unknown",
        }
        .to_owned(),
        s.shared_list.clone(),
        number(s.ratio.map(|r| r.0)),
        number(s.ratio.map(|r| r.1)),
        s.reasons.join("; "),
        s.techniques.join(" "),
        s.behind.to_string(),
        // Matches of one list rest on one origin, whatever their number.
        match s.by {
            By::Indicator => s.list.clone(),
            _ => s.log.clone(),
        },
    ]
}

fn intrusions(path: &Path, sifted: &Sifted) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let columns = [
        "intrusion",
        "first_trace",
        "first_alarm",
        "days_to_alarm",
        "until",
        "stage",
        "sightings",
    ];
    let mut table = TableWriter::to_file(path, Contents::Personal, &columns).map_err(failed)?;
    for its in &sifted.intrusions {
        let cells = [
            its.number.to_string(),
            Timestamp(its.first_trace).to_string(),
            Timestamp(its.first_alarm).to_string(),
            its.days_to_alarm().to_string(),
            Timestamp(its.until).to_string(),
            its.stage.name().to_owned(),
            its.sightings.len().to_string(),
        ];
        table.row(cells).map_err(failed)?;
    }
    table.finish().map_err(failed)
}
