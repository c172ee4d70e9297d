//! What a folder of sightings offers to whoever weighs it in a case: a range for each origin behind an intrusion or a list.
//!
//! A hundred matches of one list have one origin: they come as one range, the hull of theirs.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::whole::are_as_written;
use crate::Error;

/// The largest file that is read.
const MAX_BYTES: u64 = 1 << 30;
/// Reasons that are kept of one origin.
const MAX_REASONS: usize = 12;

/// What one origin offers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Offer {
    /// The list or the log.
    pub origin: Origin,
    /// Sightings that go back to it.
    pub sightings: u64,
    /// The range of likelihood ratios; nothing where none can be given.
    pub range: Option<(f64, f64)>,
    /// What it rests on; of a log why there is no range.
    pub reasons: Vec<String>,
}

/// What sightings go back to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A list of indicators.
    List {
        /// What it calls itself.
        name: String,
        /// SHA-256 of its stored bytes.
        sha256: String,
    },
    /// A log.
    Log(String),
}

#[derive(Deserialize)]
struct Run {
    kind: String,
    indicator_lists: Vec<List>,
}

#[derive(Deserialize)]
struct List {
    name: String,
    file: String,
    sha256: String,
}

#[derive(Deserialize)]
struct Row {
    intrusion: String,
    by: String,
    what: String,
    ratio_low: String,
    ratio_high: String,
    reasons: String,
    evidence_of: String,
}

/// What a folder offers `from` an intrusion, `intrusion-1`, or a list, by its name or its file's.
///
/// # Errors
/// A folder that is none of sightings, and a name that nothing in it has.
pub fn read_offers(folder: &Path, from: &str) -> Result<Vec<Offer>, Error> {
    let not = |detail: String| Error::NotFindings {
        path: folder.to_owned(),
        detail,
    };
    are_as_written(folder, &["sightings.csv"])?;
    let bytes = read(&folder.join("run.json"))?;
    let run: Run = serde_json::from_slice(&bytes).map_err(|e| not(e.to_string()))?;
    if run.kind != "sightings" {
        return Err(not("its run.json is of another kind".to_owned()));
    }
    let number = from
        .strip_prefix("intrusion-")
        .and_then(|n| n.parse::<u32>().ok());
    let list = run
        .indicator_lists
        .iter()
        .find(|l| l.name == from || l.file == from);
    if number.is_none() && list.is_none() {
        let names = run.indicator_lists.iter().map(|l| l.name.as_str());
        let names: Vec<&str> = names.collect();
        return Err(not(format!(
            "it has no list {from}; its lists are {}, and its intrusions intrusion-1 and so on",
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        )));
    }
    let bytes = read(&folder.join("sightings.csv"))?;
    let mut table = csv::Reader::from_reader(&bytes[..]);
    let mut offers: BTreeMap<Origin, Offer> = BTreeMap::new();
    for row in table.deserialize::<Row>() {
        let row = row.map_err(|e| not(e.to_string()))?;
        let is_of = match (number, list) {
            (Some(number), _) => row.intrusion.parse() == Ok(number),
            (None, Some(list)) => row.by == "indicator" && row.evidence_of == list.name,
            (None, None) => false,
        };
        if is_of {
            take(&row, &run.indicator_lists, &mut offers);
        }
    }
    if offers.is_empty() {
        return Err(not(format!("nothing in it is of {from}")));
    }
    Ok(offers.into_values().collect())
}

fn take(row: &Row, lists: &[List], offers: &mut BTreeMap<Origin, Offer>) {
    let list = lists.iter().find(|l| l.name == row.evidence_of);
    let origin = match list.filter(|_| row.by == "indicator") {
        Some(list) => Origin::List {
            name: list.name.clone(),
            sha256: list.sha256.clone(),
        },
        None => Origin::Log(row.evidence_of.clone()),
    };
    let offer = offers.entry(origin.clone()).or_insert_with(|| Offer {
        origin,
        sightings: 0,
        range: None,
        reasons: Vec::new(),
    });
    offer.sightings += 1;
    let ends = (row.ratio_low.parse::<f64>(), row.ratio_high.parse::<f64>());
    let reason = if let (Ok(low), Ok(high)) = ends
        && low.is_finite()
        && high.is_finite()
    {
        let (l, h) = offer.range.unwrap_or((low, high));
        offer.range = Some((l.min(low), h.max(high)));
        format!("{}: {}", row.what, row.reasons)
    } else {
        format!(
            "{}: says that something happened, not whose doing it was",
            row.what
        )
    };
    if offer.reasons.len() < MAX_REASONS && !offer.reasons.contains(&reason) {
        offer.reasons.push(reason);
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let io = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    if std::fs::metadata(path).map_err(io)?.len() > MAX_BYTES {
        return Err(io(std::io::Error::other("it is larger than 1 GB")));
    }
    std::fs::read(path).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_of_one_list_are_one_offer() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let mut rows = "intrusion,by,what,ratio_low,ratio_high,reasons,evidence_of\n".to_owned();
        for k in 0..100 {
            rows += &format!(
                "1,indicator,10.0.0.{k},0.{}5,{}.0,why,jar\n",
                k % 7 + 2,
                k + 3
            );
        }
        rows += "1,measure,values out of grammar,,,,access.log\n2,indicator,x,9,9,why,jar\n";
        write("sightings.csv", &rows);
        for other in ["intrusions.csv", "report.html", "sightings.stix.json"] {
            write(other, "");
        }
        let record = serde_json::json!({
            "kind": "sightings",
            "indicator_lists": [{ "name": "jar", "file": "jar.csv", "sha256": "ab" }],
            "files": crate::whole::hashes(folder.path()).unwrap(),
        });
        write("run.json", &record.to_string());
        let offers = read_offers(folder.path(), "intrusion-1").unwrap();
        assert_eq!(offers.len(), 2);
        assert_eq!(
            (offers[0].sightings, offers[0].range),
            (100, Some((0.25, 102.0)))
        );
        assert_eq!(
            (offers[1].origin.clone(), offers[1].range),
            (Origin::Log("access.log".to_owned()), None)
        );
        let all = read_offers(folder.path(), "jar.csv").unwrap();
        assert_eq!((all.len(), all[0].sightings), (1, 101));
        for wrong in ["intrusion-9", "nobody", ""] {
            assert!(read_offers(folder.path(), wrong).is_err());
        }
        write("sightings.csv", &rows.replace(",9,9,", ",500,900,"));
        let edited = read_offers(folder.path(), "intrusion-1").unwrap_err();
        assert!(
            edited.to_string().contains("not what the run wrote"),
            "{edited}"
        );
    }
}
