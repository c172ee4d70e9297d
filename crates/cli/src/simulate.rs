//! `overt simulate`: an election's posts with planted groups, and the truth beside them.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_coordination::simulate::{GroupSettings, SimulationSettings, posts, simulate};
use overt_findings::Folder;
use overt_model::Timestamp;
use serde_json::json;

use crate::failure::Failure;
use crate::options::amount;
use crate::voice::Voice;

/// Simulate an election's posts with planted groups.
#[derive(Args)]
#[command(
    after_help = "Writes posts.csv, labels.csv (the truth), election.toml (for --about) and simulation.toml.\n\n\
    Examples:\n  overt simulate -o simulated/\n  overt simulate --events 5M --seed 7 -o simulated/\n  \
    overt simulate --settings world.toml -o simulated/"
)]
pub(crate) struct Simulate {
    /// Organic events, such as 100k or 5M
    #[arg(long, value_name = "N", default_value = "100k")]
    events: String,
    /// Seed
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Planted groups, of 3 to 50 accounts each
    #[arg(long, value_name = "N", default_value_t = 12)]
    groups: u32,
    /// A TOML file with every parameter, instead of the options above
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Folder to write
    #[arg(long, short, value_name = "FOLDER", default_value = "simulated")]
    output: PathBuf,
    /// Replace the folder if it is there
    #[arg(long)]
    force: bool,
}

const ELECTION: &str = r##"name = "the governor's race"
contests = ["governor's race", "turnout"]
procedure = ["early voting", "ballot papers", "polling stations", "mail-in ballots", "#vote"]
places = []

[[sides]]
name = "Halden"
terms = ["Halden"]

[[sides]]
name = "Ruiz"
terms = ["Ruiz", "Ruiz's tax plan"]
"##;

impl Simulate {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let settings = self.parameters()?;
        let stage = voice.stage();
        stage.say("simulating");
        let world = simulate(&settings);
        let folder = Folder::begin(&self.output, self.force)?;
        stage.say("writing posts");
        let at = |name: &str| folder.path().join(name);
        let path = at("posts.csv");
        let failed = |e: csv::Error| {
            Failure::Environment(format!("[output.failed] {}: {e}", path.display()))
        };
        let mut out = csv::Writer::from_path(&path).map_err(failed)?;
        out.write_record([
            "post_id",
            "account_id",
            "created_at",
            "text",
            "repost_of",
            "urls",
            "language",
        ])
        .map_err(failed)?;
        let mut trouble = None;
        let labels = posts(&world, settings.seed, |post| {
            let time = Timestamp(post.time).to_string();
            let row = [
                post.id.as_ref(),
                post.account.as_ref(),
                &time,
                post.text.as_deref().unwrap_or(""),
                post.repost_of.as_deref().unwrap_or(""),
                &post.urls.join(" "),
                post.language.as_deref().unwrap_or(""),
            ];
            if let Err(e) = out.write_record(row) {
                trouble.get_or_insert(e);
            }
        });
        if let Some(e) = trouble {
            return Err(failed(e));
        }
        out.flush().map_err(|e| failed(e.into()))?;
        let mut truth = "account,group\n".to_owned();
        labels
            .iter()
            .for_each(|(account, group)| truth.push_str(&format!("{account},{group}\n")));
        save(&at("labels.csv"), &truth)?;
        save(&at("election.toml"), ELECTION)?;
        save(
            &at("simulation.toml"),
            &toml::to_string(&settings).unwrap_or_default(),
        )?;
        let place = folder.finish()?;
        drop(stage);
        voice.result(
            &format!(
                "{} posts of {} accounts, {} of them in {} planted groups, in {}",
                world.events.len(),
                world.accounts,
                labels.len(),
                world.groups.len(),
                place.display()
            ),
            &json!({ "folder": place, "posts": world.events.len(), "accounts": world.accounts, "planted": labels.len() }),
        );
        Ok(())
    }

    fn parameters(&self) -> Result<SimulationSettings, Failure> {
        if let Some(path) = &self.settings {
            let text = fs::read_to_string(path)
                .map_err(|e| Failure::Environment(format!("{}: {e}", path.display())))?;
            return toml::from_str(&text)
                .map_err(|e| Failure::Usage(format!("{}: {e}", path.display())));
        }
        let events = amount(&self.events, 1000)
            .filter(|n| (1_000..=100_000_000).contains(n))
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "events {:?} is not understood; give 1k to 100M",
                    self.events
                ))
            })?;
        // Sizes from 3 to 50 in even steps, weaker coordination in every other group.
        let groups = (0..self.groups).map(|k| GroupSettings {
            size: 3 + (47 * k) / self.groups.max(2).saturating_sub(1).max(1),
            objects: 10 + 5 * (k % 4),
            spread: if k % 2 == 0 { 20.0 } else { 45.0 },
            participation: 0.7,
        });
        Ok(SimulationSettings {
            seed: self.seed,
            events,
            groups: groups.collect(),
            ..SimulationSettings::default()
        })
    }
}

fn save(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|e| Failure::Environment(format!("[output.failed] {}: {e}", path.display())))
}
