//! `overt export` and `overt verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use overt_attribution::Marking;
use overt_case::{Share, keys};
use overt_client::cosign;
use overt_model::counted;
use overt_verify::{Authorities, Policy, Report, Trust, verify, verify_since};
use serde_json::json;

use super::{By, Of, Tlp};
use crate::error::CliError;
use crate::output::Force;
use crate::terminal::Terminal;

/// Write a bundle of a case, for somebody to verify who trusts nobody here
#[derive(Args)]
#[command(
    after_help = "The log's key signs the checkpoint: those who verify it have to know its public part from elsewhere.\n\n\
    Example:\n  overt key new office.example/ledger\n  \
    overt export midterms-2026 --bundle case.overt --log office.example/ledger --by alice"
)]
pub(crate) struct Export {
    #[command(flatten)]
    of: Of,
    /// The bundle's file
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    #[command(flatten)]
    force: Force,
    /// The log's key
    #[arg(long, value_name = "KEY")]
    log: String,
    /// For whom it is, by the Traffic Light Protocol: what is marked above that is not opened in it
    /// [default: green; red with --evidence all]
    #[arg(long, value_name = "TLP")]
    audience: Option<Tlp>,
    /// Of which items the bundle holds the bytes
    #[arg(long, value_name = "WHICH", default_value = "shareable")]
    evidence: ShareWord,
    /// A witness to ask for its cosignature: its key, by which it is verified, and where it is asked
    #[arg(long, num_args = 2, value_names = ["KEY", "ADDRESS"], action = clap::ArgAction::Append)]
    witness: Vec<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Clone, Copy, ValueEnum)]
enum ShareWord {
    /// None: their hashes alone
    Hashes,
    /// Those that the audience may have
    Shareable,
    /// All
    All,
}

impl Export {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard([self.bundle.as_path()])?;
        let mut case = self.of.open()?;
        super::spare(&case, &self.bundle)?;
        let key = self.by.keys.open(&self.log)?;
        let witnesses = self.by.keys.witnesses(&self.witness)?;
        let share = self.share()?;
        let audience = share.audience;
        let made = case.export(
            self.by.open()?.actor(),
            &self.bundle,
            share,
            &key,
            &mut |case, note| cosign(case, note, &witnesses),
        )?;
        let closed = made.entries.saturating_sub(made.opened);
        if closed > 0 {
            let entries = counted(closed, "entry stays", "entries stay");
            terminal.warn(&format!(
                "{entries} closed, marked above {audience} or erased: what rests on closed entries cannot be made again from the bundle"
            ));
        }
        terminal.result(
            &format!(
                "{}: {} entries, {} of them disclosed, with the bytes of {} items\nits checkpoint: {} entries, root {}\nto verify it, others need: log {}",
                made.path.display(),
                made.entries,
                made.opened,
                made.items,
                made.checkpoint.size,
                made.checkpoint.root,
                key.public()
            ),
            &json!({
                "bundle": made.path, "entries": made.entries, "opened": made.opened, "items": made.items,
                "root": made.checkpoint.root.to_string(), "log": key.public().to_string(),
            }),
        );
        Ok(())
    }
}

impl Export {
    fn share(&self) -> Result<Share, CliError> {
        let all = matches!(self.evidence, ShareWord::All);
        let otherwise = if all { Marking::Red } else { Marking::Green };
        let audience = self.audience.map_or(otherwise, Marking::from);
        if all && audience != Marking::Red {
            return Err(CliError::Usage(format!(
                "[usage] the bytes of all items are for an audience of {}, and this is for {audience}\n  give the shareable ones: leave --evidence out",
                Marking::Red
            )));
        }
        Ok(Share {
            audience,
            bytes: !matches!(self.evidence, ShareWord::Hashes),
        })
    }
}

/// Verify a bundle offline: hashes, proofs, signatures, and every judgement again
#[derive(Args)]
#[command(
    after_help = "A policy names whom you trust, in the form of c2sp.org/tlog-policy:\n  log office.example/ledger+1234abcd+AQ…\n  \
    witness w watchdog.example+5678ef01+BA…\n  quorum w\n\nExamples:\n  overt verify case.overt --policy policy.txt\n  \
    overt verify later.overt --policy policy.txt --older case.overt   # what changed"
)]
pub(crate) struct Verify {
    /// The bundle
    bundle: PathBuf,
    /// Whom you trust
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The certificates of the time-stamping authorities that you trust, in PEM
    #[arg(long, value_name = "FILE")]
    tsa: Option<PathBuf>,
    /// SHA-256 of a regime's file that you accept; any other is refused
    #[arg(long, value_name = "SHA256")]
    regime: Vec<String>,
    /// The key of a person whom you accept as a signer of determinations, or its .pub file; any other is refused
    #[arg(long, value_name = "KEY")]
    signer: Vec<String>,
    /// An older bundle of the same case: verify that this one continues it, and tell what changed
    #[arg(long, value_name = "BUNDLE")]
    older: Option<PathBuf>,
}

impl Verify {
    /// What is no hash would refuse every bundle, and accuse it of what it did not do.
    fn regimes(&self) -> Result<Vec<String>, CliError> {
        let is_hash =
            |text: &&String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match self.regime.iter().find(|text| !is_hash(text)) {
            Some(other) => Err(CliError::Usage(format!(
                "[usage] --regime {other}: is not SHA-256 in hex\n  sha256sum prints it of a regime's file"
            ))),
            None => Ok(self
                .regime
                .iter()
                .map(|text| text.to_ascii_lowercase())
                .collect()),
        }
    }

    /// Keys as they are written, or in files that end in .pub.
    fn signers(&self) -> Result<Vec<String>, CliError> {
        let key = |given: &String| {
            let file = std::path::Path::new(given);
            if file.extension().is_some_and(|ending| ending == "pub") {
                return Ok(keys::public(file)?.to_string());
            }
            let key = given.parse::<keys::PublicKey>();
            let wrong = |e| {
                CliError::Usage(format!(
                    "[usage] --signer {given}: {e}\n  or give a file that ends in .pub"
                ))
            };
            key.map(|key| key.to_string()).map_err(wrong)
        };
        self.signer.iter().map(key).collect()
    }

    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|e| {
                CliError::Environment(format!("[verify.file] {}: {e}", path.display()))
            })
        };
        let policy = self.policy.as_ref().map(|path| {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            Policy::read(&text).map_err(|wrong| {
                CliError::Input(format!("[verify.policy] {}: {wrong}", path.display()))
            })
        });
        let policy = policy.transpose()?;
        let authorities = self.tsa.as_ref().map(|path| {
            Authorities::read(&read(path)?).map_err(|wrong| {
                CliError::Input(format!("[verify.tsa] {}: {wrong}", path.display()))
            })
        });
        let authorities = authorities.transpose()?;
        let trust = Trust {
            policy: policy.as_ref(),
            authorities: authorities.as_ref(),
            regimes: &self.regimes()?,
            signers: &self.signers()?,
        };
        let report = self.report(read, trust)?;
        let since = report.since.as_ref().map(|since| {
            json!({
                "entries": since.entries, "until": since.until.to_string(), "happened": since.happened,
                "flagged": since.flagged, "undisclosed": since.undisclosed,
            })
        });
        terminal.result(
            &report.describe(),
            &json!({
                "regime": { "id": report.regime.id, "name": report.regime.name, "sha256": report.regime.sha256 },
                "said": report.said(), "log": report.log, "entries": report.entries, "undisclosed": report.undisclosed, "proven": report.proven(),
                "not_proven": report.not_proven(), "flagged": report.replayed.flagged, "since": since,
            }),
        );
        if policy.is_none() {
            return Err(CliError::BarNotMet(
                "[verify.no-policy] it is not verified who signed: without a policy anybody could have made all of this\n  \
                 name whom you trust with --policy FILE"
                    .to_owned(),
            ));
        }
        if report.nothing_was_made_again() {
            return Err(CliError::BarNotMet(
                "[verify.undisclosed] none of what was judged or decided could be gone through again: what it rests on is undisclosed\n  \
                 ask for a bundle for an audience that may have it"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn report(
        &self,
        read: impl Fn(&PathBuf) -> Result<Vec<u8>, CliError>,
        trust: Trust<'_>,
    ) -> Result<Report, CliError> {
        let broken = |path: &PathBuf| {
            let path = path.display().to_string();
            move |broken| CliError::Input(format!("[verify.broken] {path}: NOT VERIFIED: {broken}"))
        };
        let report = match &self.older {
            None => verify(&read(&self.bundle)?, trust),
            Some(path) => {
                let older = verify(&read(path)?, trust).map_err(broken(path))?;
                verify_since(&read(&self.bundle)?, &older, trust)
            }
        };
        report.map_err(broken(&self.bundle))
    }
}
