//! `overt publish`: what a case comes to, given out in files that are entered in its ledger.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use overt_client::cosign;
use overt_model::counted;
use overt_publication::{Detail, ListStatus, Release, Released};
use serde_json::json;

use super::{By, Of, Tlp, today};
use crate::error::CliError;
use crate::hints;
use crate::output::Force;
use crate::terminal::Terminal;

/// Give out what a case comes to
#[derive(Args)]
#[command(
    after_help = "Each kind of output is entered in the ledger with the hashes of its files. What rests on evidence that was withdrawn \
    is left out, and taken back where it was given out before.\n\n\
    A list is a proposal, and says so in every entry, until the key of the authority that the regime's file names signs it: \
    overt screen warns on a proposal and bars nobody.\n\n\
    Examples:\n  overt publish midterms-2026 --list eo13848-list/ --sign alice --by alice\n  \
    overt lists load eo13848-list/ --store lists/\n  \
    overt publish midterms-2026 --takedowns out/ --by alice\n  \
    overt publish midterms-2026 --package package/ --oversight oversight/ --by alice\n  \
    overt publish midterms-2026 --documents documents/ --by alice\n  \
    overt publish midterms-2026 --stix case.stix.json --misp case.misp.json --by alice\n  \
    overt publish midterms-2026 --ledger ledger/ --sign office.example/ledger --by alice"
)]
pub(crate) struct Publish {
    #[command(flatten)]
    of: Of,
    /// The list of designated parties, into a folder that holds the versions before: FollowTheMoney, OFAC's legacy CSV,
    /// what changed, and a signed note of all of it
    #[arg(long, value_name = "FOLDER", requires = "sign")]
    list: Option<PathBuf>,
    /// Lists of accounts for platforms to close, with the EU's statements of reasons, into a folder
    #[arg(long, value_name = "FOLDER")]
    takedowns: Option<PathBuf>,
    /// The statement of reasons of every determination, and every recommendation, as HTML, PDF and Markdown, into a folder
    #[arg(long, value_name = "FOLDER")]
    package: Option<PathBuf>,
    /// The documents that the regime asks for of the case as a whole, such as an assessment and a report, as HTML, PDF and
    /// Markdown, into a folder
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,
    /// Every decision to act or not, for those who oversee, into a folder
    #[arg(long, value_name = "FOLDER")]
    oversight: Option<PathBuf>,
    /// STIX 2.1
    #[arg(long, value_name = "FILE")]
    stix: Option<PathBuf>,
    /// A MISP event
    #[arg(long, value_name = "FILE")]
    misp: Option<PathBuf>,
    /// A table of answers to the questions of ABCDE (actor, behaviour, content, degree, effect), as CSV
    #[arg(long, value_name = "FILE")]
    abcde: Option<PathBuf>,
    /// The ledger as anybody may have it: its checkpoint, its tiles, a proof for each decision; into a folder
    #[arg(long, value_name = "FOLDER", requires = "sign")]
    ledger: Option<PathBuf>,
    /// A witness to ask for its cosignature of the ledger's checkpoint: its key, by which it is verified, and where it is
    /// asked
    #[arg(long, num_args = 2, value_names = ["KEY", "ADDRESS"], action = clap::ArgAction::Append)]
    witness: Vec<String>,
    /// For whom it is, by the Traffic Light Protocol: what is marked above that is withheld, and a mark says so
    /// [default: green for STIX, MISP and ABCDE, amber for the rest]
    #[arg(long, value_name = "TLP")]
    audience: Option<Tlp>,
    /// Put accounts into STIX and MISP, for recipients who may have them
    #[arg(long)]
    identified: bool,
    #[command(flatten)]
    force: Force,
    /// The key that signs a list or a checkpoint
    #[arg(long, value_name = "KEY")]
    sign: Option<String>,
    #[command(flatten)]
    by: By,
}

impl Publish {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let mut case = self.of.open()?;
        let key = self
            .sign
            .as_ref()
            .map(|name| self.by.keys.open(name))
            .transpose()?;
        let by = self.by.open()?;
        let mut release = Release::new(&mut case, by.actor())
            .replacing(self.force.given())
            .for_audience(self.audience.map(Into::into));
        let mut done = Vec::new();
        if let (Some(folder), Some(key)) = (&self.list, &key) {
            done.push(release.list(folder, key)?);
        }
        if let Some(folder) = &self.takedowns {
            done.push(release.takedowns(folder)?);
        }
        if let Some(folder) = &self.package {
            done.push(release.package(folder, key.as_ref())?);
        }
        if let Some(folder) = &self.documents {
            done.push(release.documents(folder)?);
        }
        if let Some(folder) = &self.oversight {
            done.push(release.oversight(folder, today())?);
        }
        if let Some(path) = &self.stix {
            done.push(release.stix(path, self.identified)?);
        }
        if let Some(path) = &self.misp {
            done.push(release.misp(path, self.identified)?);
        }
        if let Some(path) = &self.abcde {
            done.push(release.abcde(path)?);
        }
        if let (Some(folder), Some(key)) = (&self.ledger, &key) {
            let witnesses = self.by.keys.witnesses(&self.witness)?;
            let mut cosign = |case: &_, note| cosign(case, note, &witnesses);
            done.push(release.ledger(folder, key, &mut cosign)?);
        }
        if done.is_empty() {
            return Err(CliError::Usage(
                "[usage] what is to be given out?\n  name it: --list, --takedowns, --package, --documents, --oversight, --stix, --misp, --abcde or --ledger".to_owned(),
            ));
        }
        let missing: BTreeSet<char> = done.iter().flat_map(|r| r.missing.clone()).collect();
        if let Some(words) = hints::missing_letters(&missing) {
            terminal.warn(&words);
        }
        let said: Vec<String> = done.iter().flat_map(words).collect();
        terminal.result(
            &said.join("\n"),
            &json!({ "published": said, "missing": missing }),
        );
        Ok(())
    }
}

/// What was given out, in lines.
fn words(released: &Released) -> Vec<String> {
    let mut lines = match &released.detail {
        Detail::List {
            parties,
            status,
            key,
        } => {
            let parties = counted(*parties as u64, "party", "parties");
            let what = match status {
                ListStatus::Proposal => "a proposal that bars nobody",
                ListStatus::Final => {
                    "the list of the authority that the regime names, for those who trust its key"
                }
            };
            vec![format!("{parties}, as {what}, signed by {key}")]
        }
        Detail::Takedowns {
            accounts,
            platforms,
            empty,
        } => {
            let found = format!(
                "{} on {}",
                counted(
                    *accounts as u64,
                    "established account",
                    "established accounts"
                ),
                counted(*platforms as u64, "platform", "platforms")
            );
            let empty = empty.iter().map(|(number, campaign)| {
                format!("decision {number}: no account of {campaign} is established, and nobody is named")
            });
            std::iter::once(found).chain(empty).collect()
        }
        Detail::Ledger { entries } => {
            return vec![format!("a checkpoint of {entries} entries, with its tiles")];
        }
        Detail::Other => Vec::new(),
    };
    if let Some(version) = released.version {
        lines.push(format!(
            "{} {version}: {} in {}",
            released.what,
            counted(released.files as u64, "file", "files"),
            released.folder.display()
        ));
    }
    let removed = released.removed.iter();
    lines.extend(
        removed.map(|path| format!("removed, for it is in force no more: {}", path.display())),
    );
    lines
}
