//! Detection in one call: inputs and settings in, a folder of findings out.
//!
//! ```text
//! Inputs ─► intake ─► corpus ─► network ─► accounts ─► campaigns ─► Findings, and the folder
//! Settings ─┘            Context (election, indicators, earlier findings) ─┘
//! ```
//!
//! The same acts serve the command line, other programs and languages: [`run`] detects, [`run_as_peer`] reproduces a
//! peer's network, [`survey`] says what is in files, [`evaluate`] compares findings with known labels, [`evaluate_world`] what is found in a world with its truth, [`simulate`] makes
//! posts with planted groups. None of them speaks to a terminal: what is under way goes to a [`Progress`], which may also
//! ask for an end.
//!
//! ```
//! use overt_detection::{Inputs, Settings, run};
//!
//! let folder = std::env::temp_dir().join("overt-detection-doc");
//! std::fs::create_dir_all(&folder)?;
//! let posts = folder.join("posts.csv");
//! let row = |k: usize| format!("o{},a{},c{k},{}\n", k / 4, k % 4, 1_600_000_000 + 900 * k);
//! let rows: String = (0..80).map(row).collect();
//! std::fs::write(&posts, format!("object_id,account_id,content_id,timestamp_share\n{rows}"))?;
//!
//! let settings = Settings {
//!     output: folder.join("findings"),
//!     replace: true,
//!     ..Settings::default()
//! };
//! let inputs = Inputs::expand(&[posts.display().to_string()], &[])?;
//! let findings = run(&settings, &inputs, &())?;
//! assert_eq!((findings.run.accounts, findings.run.edges_reported), (4, 0));
//! assert!(findings.folder.join("report.html").is_file());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account_list;
mod context;
mod error;
mod evaluation;
mod ingest;
mod intensity;
mod known;
mod peers;
mod progress;
mod record;
mod registration;
mod run;
mod settings;
mod sift;
mod simulation;
mod survey;

pub use error::Error;
pub use evaluation::{
    Chance, Found, LabelKind, LabelSettings, Labels, Scores, evaluate, evaluate_world, is_world,
};
pub use intensity::{Actors, IntensitySettings, intensity};
pub use overt_coordination::compat::Peer;
pub use peers::{PeerNetwork, PeerNetworks, PeerSettings, run_as_peer};
pub use progress::Progress;
pub use record::{repeatable, settings_of};
pub use registration::{Plan, SealedPlan};
pub use run::{Findings, run};
pub use settings::{CampaignSettings, Inputs, Sensitivity, Settings};
pub use sift::{
    KnownIntrusion, KnownPart, LoadedList, LoadedLists, SiftSettings, SightingScores,
    evaluate_sightings, indicator_lists, is_log, is_sightings, load_indicators, sift, survey_logs,
};
pub use simulation::{Simulated, SimulatedLogs, plant_groups, simulate, simulate_logs};
pub use survey::{Survey, survey};
