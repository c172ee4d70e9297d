//! Real shares as rows.

use overt_testdata::shared;

/// One account sharing one object.
#[derive(Debug, Clone)]
pub struct Row {
    /// What.
    pub object: String,
    /// Who.
    pub account: String,
    /// Seconds since 1970.
    pub time: i64,
}

/// The real sets that are there, with their names: German links, the hashtags of Russian troll accounts, Russian reposts.
pub fn read() -> Vec<(&'static str, Vec<Row>)> {
    let tables = ["german_url_id", "russian_coord_tweets"].map(|name| (name, table(name)));
    let mut all: Vec<(&str, Vec<Row>)> = tables
        .into_iter()
        .filter_map(|(name, rows)| Some((name, rows?)))
        .collect();
    if let Some(rows) = hashtags() {
        all.push(("ira538_2016q4 hashtags", rows));
    }
    all
}

fn records(name: &str) -> Option<Vec<csv::StringRecord>> {
    let path = shared(&format!("data/coordination/{name}.csv"))?;
    let records = csv::Reader::from_path(path).ok()?.into_records();
    records.collect::<Result<_, _>>().ok()
}

fn table(name: &str) -> Option<Vec<Row>> {
    let row = |r: &csv::StringRecord| {
        Some(Row {
            object: r[0].to_owned(),
            account: r[1].to_owned(),
            time: r[3].parse::<f64>().ok()? as i64,
        })
    };
    records(name)?.iter().map(row).collect()
}

fn hashtags() -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    for r in records("ira538_2016q4")? {
        let time = r[2].parse::<f64>().ok()? as i64;
        for tag in r[3]
            .split_whitespace()
            .filter(|w| w.starts_with('#') && w.len() > 1)
        {
            rows.push(Row {
                object: tag.to_lowercase(),
                account: r[1].to_owned(),
                time,
            });
        }
    }
    Some(rows)
}
