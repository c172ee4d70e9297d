//! Networks as the peers make them.

use std::path::{Path, PathBuf};

use overt_coordination::compat::similar::Messages;
use overt_coordination::compat::{Peer, Rows, cnt, coortweet};
use overt_coordination::extract::ExtractSettings;
use overt_coordination::network::NetworkSettings;
use overt_files::{Contents, Text};
use overt_intake::{Input, Settings as IntakeSettings};
use overt_model::{Trace, Window};

use crate::context::Links;
use crate::ingest::{Collector, Destination, PeerInput};
use crate::run::{begin, ingest, known_format, names, refuse_taken, shortest, with_columns};
use crate::settings::in_range;
use crate::{Error, Progress};

/// What a peer's network is made with.
#[derive(Debug, Clone)]
pub struct PeerSettings {
    /// The peer.
    pub peer: Peer,
    /// Traces to look at; those the peer usually looks at, if empty.
    pub traces: Vec<Trace>,
    /// Windows.
    pub windows: Vec<Window>,
    /// Least weight of an edge, for the coordination-network-toolkit.
    pub min_weight: u32,
    /// Texts above this similarity are one object, for the coordination-network-toolkit; equal texts, if not given.
    pub text_similarity: Option<f64>,
    /// `min_participation` of `CooRTweet`.
    pub min_participation: u32,
    /// `edge_weight` of `CooRTweet`.
    pub quantile: f64,
    /// The narrower window of `CooRTweet`'s `flag_speed_share()`.
    pub fast_window: Option<Window>,
    /// A table of shortened links and where they lead.
    pub url_map: Option<PathBuf>,
    /// How inputs are read.
    pub intake: IntakeSettings,
    /// The folder that is written.
    pub output: PathBuf,
    /// Whether a folder that is there is replaced.
    pub replace: bool,
}

impl PeerSettings {
    /// The peer's own defaults.
    pub fn new(peer: Peer) -> Self {
        let network = NetworkSettings::default();
        Self {
            peer,
            traces: Vec::new(),
            // Networks of several windows would be several networks.
            windows: network.windows.into_iter().take(1).collect(),
            min_weight: network.min_weight,
            text_similarity: None,
            min_participation: 2,
            quantile: 0.5,
            fast_window: None,
            url_map: None,
            intake: IntakeSettings::default(),
            output: PathBuf::from("findings"),
            replace: false,
        }
    }

    fn name(&self) -> &'static str {
        match self.peer {
            Peer::CooRTweet => "coortweet",
            Peer::Cnt => "cnt",
        }
    }

    fn usual_traces(&self, inputs: &[Input]) -> Result<Vec<Trace>, Error> {
        Ok(match (known_format(&self.intake, inputs)?, self.peer) {
            (Some(format), _) if format.names_objects() => vec![Trace::Object],
            (_, Peer::Cnt) => vec![Trace::Repost, Trace::Text, Trace::Url, Trace::Reply],
            _ => vec![Trace::Object, Trace::Repost, Trace::Url, Trace::Text],
        })
    }
}

/// One network that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerNetwork {
    /// Its file in the folder.
    pub file: String,
    /// Its edges.
    pub edges: usize,
}

/// A folder of networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerNetworks {
    /// The folder.
    pub folder: PathBuf,
    /// One network per trace and window.
    pub networks: Vec<PeerNetwork>,
}

/// Reads posts and writes a peer's networks, one per trace and window.
///
/// # Errors
/// As [`run`](crate::run).
pub fn run_as_peer(
    settings: &PeerSettings,
    inputs: &[Input],
    progress: &dyn Progress,
) -> Result<PeerNetworks, Error> {
    if let Some(similarity) = settings.text_similarity {
        in_range("text-similarity", similarity, 0.5, 1.0)?;
    }
    in_range("max-rejects", settings.intake.max_rejects, 0.0, 1.0)?;
    refuse_taken(&settings.output, settings.replace)?;
    let traces = if settings.traces.is_empty() {
        settings.usual_traces(inputs)?
    } else {
        settings.traces.clone()
    };
    let extract = ExtractSettings {
        url_map: Links::read(settings.url_map.as_deref())?.targets,
        fast_repost: shortest(&settings.windows),
    };
    let input = |trace: &Trace| {
        let similar = settings.text_similarity.is_some();
        if settings.peer == Peer::Cnt && *trace == Trace::Text && similar {
            return PeerInput::Similar(Messages::default());
        }
        PeerInput::Equal(Rows::new(settings.peer, trace.clone(), extract.clone()))
    };
    let destination = Destination::Peer(traces.iter().map(input).collect());
    let names = names(inputs);
    let mut sink = Collector::new(destination, &names, None, progress);
    let intake = with_columns(&settings.intake, &traces);
    ingest(inputs, &intake, progress, &mut sink)?;
    let folder = begin(&settings.output, settings.replace)?;
    progress.writing(Some(folder.path()));
    let mut networks = Vec::new();
    if let Destination::Peer(inputs) = &sink.destination {
        for (input, trace) in inputs.iter().zip(&traces) {
            for &window in &settings.windows {
                networks.push(write_network(
                    settings,
                    input,
                    trace,
                    window,
                    folder.path(),
                )?);
            }
        }
    }
    sink.write_rejects(&folder.path().join("rejects.csv"), Text::Plain)?;
    let output = &settings.output;
    let folder = folder.commit().map_err(Error::unwritten(output))?;
    progress.writing(None);
    Ok(PeerNetworks { folder, networks })
}

fn write_network(
    settings: &PeerSettings,
    input: &PeerInput,
    trace: &Trace,
    window: Window,
    folder: &Path,
) -> Result<PeerNetwork, Error> {
    let kind = match input {
        PeerInput::Equal(_) => trace.name(),
        PeerInput::Similar(_) => "similar",
    };
    let file = format!("{}_{kind}_{window}.csv", settings.name());
    let path = folder.join(&file);
    let edges = match (input, settings.peer) {
        (PeerInput::Similar(messages), _) => {
            let similarity = settings.text_similarity.unwrap_or(1.0);
            let edges = messages.network(window, settings.min_weight, similarity);
            write_rows(&path, &cnt_rows(&edges))
        }
        (PeerInput::Equal(rows), Peer::Cnt) => {
            let edges = cnt::network(rows, window, settings.min_weight);
            write_rows(&path, &cnt_rows(&edges))
        }
        (PeerInput::Equal(rows), Peer::CooRTweet) => {
            let settings = coortweet::Settings {
                window,
                min_participation: settings.min_participation,
                quantile: settings.quantile,
                fast: settings.fast_window,
            };
            let edges = coortweet::network(rows, &settings);
            write_rows(&path, &coortweet_rows(&edges, settings.fast.is_some()))
        }
    };
    let edges = edges.map_err(Error::unwritten(&path))?;
    Ok(PeerNetwork { file, edges })
}

/// Header and rows of the toolkit's network.
fn cnt_rows(edges: &[cnt::Edge]) -> Vec<Vec<String>> {
    let header = ["source", "target", "weight"].map(str::to_owned).to_vec();
    let row = |e: &cnt::Edge| vec![e.source.clone(), e.target.clone(), e.weight.to_string()];
    std::iter::once(header)
        .chain(edges.iter().map(row))
        .collect()
}

/// Header and rows of `CooRTweet`'s network.
fn coortweet_rows(edges: &[coortweet::Edge], fast: bool) -> Vec<Vec<String>> {
    let columns = ["weight", "avg_time_delta", "weight_threshold"];
    let suffixes: &[&str] = if fast { &["_full", "_fast"] } else { &[""] };
    let weights = suffixes
        .iter()
        .flat_map(|s| columns.map(|c| format!("{c}{s}")));
    let header = ["from".to_owned(), "to".to_owned()]
        .into_iter()
        .chain(weights)
        .collect();
    let cells = |w: &coortweet::Weight| {
        [
            w.weight.to_string(),
            w.avg_time_delta.to_string(),
            u8::from(w.above).to_string(),
        ]
    };
    let row = |e: &coortweet::Edge| {
        let mut row = vec![e.from.clone(), e.to.clone()];
        row.extend(cells(&e.full));
        if fast {
            row.extend(e.fast.as_ref().map_or_else(Default::default, cells));
        }
        row
    };
    std::iter::once(header)
        .chain(edges.iter().map(row))
        .collect()
}

/// Writes a header and rows; gives how many rows there are.
fn write_rows(path: &Path, rows: &[Vec<String>]) -> Result<usize, csv::Error> {
    let file = overt_files::create(path, Contents::Personal)?;
    let mut out = csv::Writer::from_writer(std::io::BufWriter::new(file));
    rows.iter().try_for_each(|row| out.write_record(row))?;
    out.flush()?;
    Ok(rows.len() - 1)
}
