//! Networks as the peers make them.

use std::path::Path;

use overt_coordination::compat::{Rows, cnt, coortweet};
use overt_findings::Folder;
use overt_model::Window;
use serde_json::json;

use super::job::Job;
use super::{Hidden, set};
use crate::failure::Failure;
use crate::sink::{Collector, PeerInput};
use crate::voice::Voice;

impl Job {
    /// Writes a peer's network.
    pub(super) fn write_peer(
        &self,
        inputs: &[PeerInput],
        collector: &mut Collector,
        hidden: &Hidden,
        voice: &Voice,
    ) -> Result<(), Failure> {
        let folder = Folder::begin(&self.output, self.force)?;
        set(hidden, Some(folder.path()));
        let mut told = Vec::new();
        let peer = self.options.compat.as_deref().unwrap_or("");
        for (input, trace) in inputs.iter().zip(&self.traces) {
            let kind = match input {
                PeerInput::Equal(_) => trace.name(),
                PeerInput::Similar(_) => "similar",
            };
            for &window in &self.network.windows {
                let name = format!("{peer}_{kind}_{window}.csv");
                let path = folder.path().join(&name);
                let edges = match input {
                    PeerInput::Similar(messages) => {
                        let least = self.network.min_weight;
                        let similarity = self.options.text()?.similarity;
                        write_cnt(&path, &messages.network(window, least, similarity))?
                    }
                    PeerInput::Equal(rows) if peer == "cnt" => {
                        write_cnt(&path, &cnt::network(rows, window, self.network.min_weight))?
                    }
                    PeerInput::Equal(rows) => self.write_coortweet(rows, window, &path)?,
                };
                told.push((name, edges));
            }
        }
        collector.write_rejects(&folder.path().join("rejects.csv"))?;
        let place = folder.finish()?;
        set(hidden, None);
        let lines: Vec<String> = told
            .iter()
            .map(|(n, e)| format!("{e} edges in {}", place.join(n).display()))
            .collect();
        voice.result(
            &lines.join("\n"),
            &json!({ "files": told, "folder": place }),
        );
        Ok(())
    }

    fn write_coortweet(&self, rows: &Rows, window: Window, path: &Path) -> Result<usize, Failure> {
        let failed = |e: csv::Error| unwritten(path, &e);
        let mut out = csv::Writer::from_path(path).map_err(failed)?;
        let fast = self
            .options
            .fast_window
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(crate::options::usage)?;
        let settings = coortweet::Settings {
            window,
            min_participation: self.options.min_participation.unwrap_or(2),
            quantile: self.options.quantile.unwrap_or(0.5),
            fast,
        };
        let edges = coortweet::network(rows, &settings);
        let columns = ["weight", "avg_time_delta", "weight_threshold"];
        let suffixed = |s: &str| {
            columns
                .iter()
                .map(|c| format!("{c}{s}"))
                .collect::<Vec<_>>()
        };
        let mut header = vec!["from".to_owned(), "to".to_owned()];
        if fast.is_some() {
            header.extend(suffixed("_full"));
            header.extend(suffixed("_fast"));
        } else {
            header.extend(suffixed(""));
        }
        out.write_record(&header).map_err(failed)?;
        let cells = |w: &coortweet::Weight| {
            [
                w.weight.to_string(),
                w.avg_time_delta.to_string(),
                u8::from(w.above).to_string(),
            ]
        };
        for e in &edges {
            let mut row = vec![e.from.clone(), e.to.clone()];
            row.extend(cells(&e.full));
            if fast.is_some() {
                row.extend(
                    e.fast
                        .as_ref()
                        .map_or_else(|| vec![String::new(); 3], |w| cells(w).to_vec()),
                );
            }
            out.write_record(&row).map_err(failed)?;
        }
        out.flush().map_err(|e| failed(e.into()))?;
        Ok(edges.len())
    }
}

fn write_cnt(path: &Path, edges: &[cnt::Edge]) -> Result<usize, Failure> {
    let failed = |e: csv::Error| unwritten(path, &e);
    let mut out = csv::Writer::from_path(path).map_err(failed)?;
    out.write_record(["source", "target", "weight"])
        .map_err(failed)?;
    for e in edges {
        out.write_record([&e.source, &e.target, &e.weight.to_string()])
            .map_err(failed)?;
    }
    out.flush().map_err(|e| failed(e.into()))?;
    Ok(edges.len())
}

fn unwritten(path: &Path, error: &csv::Error) -> Failure {
    Failure::Environment(format!("[output.failed] {}: {error}", path.display()))
}
