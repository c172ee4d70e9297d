//! `overt determine`, `overt designate`, `overt delist`, `overt takedown`, `overt recommend`, `overt decline`, `overt notify`.

use std::path::PathBuf;

use clap::Args;
use overt_attribution::EntityRef;
use overt_case::entry::{Action, Beyond, Firm, Without};
use overt_case::{CaseError, NewTakedown};
use overt_publication::{DocumentFormat, Release};
use serde_json::json;

use super::keys::Folder;
use super::{Acting, By, Of, Tlp, today};
use crate::error::CliError;
use crate::hints;
use crate::output::Force;
use crate::terminal::Terminal;

/// Sign that a party meets a criterion; it takes as many people as the regime says
#[derive(Args)]
#[command(
    after_help = "Whoever signs first proposes it. Nobody signs twice, everybody with their own key, and the gate is asked each \
    time.\n\nExample:\n  overt determine midterms-2026 company:\"Example LLC\" --criterion i --sign alice"
)]
pub(crate) struct Determine {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// The criterion
    #[arg(long, value_name = "CRITERION")]
    criterion: String,
    /// Who signs, with the key of that name
    #[arg(long, value_name = "NAME")]
    sign: String,
    #[command(flatten)]
    keys: Folder,
}

impl Determine {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let mut case = self.of.open()?;
        let signs = Acting::open(&self.sign, &self.keys)?;
        let signed = case.sign(signs.actor(), &party, &self.criterion)?;
        let count = case.state().determinations()[&signed.determination]
            .signatures
            .len();
        let wanted = case.regime().gate.signers;
        let said = if signed.made {
            format!(
                "determination {} is made: {party} meets criterion ({})",
                signed.determination, self.criterion
            )
        } else {
            format!(
                "determination {}: {count} of {wanted} signed",
                signed.determination
            )
        };
        terminal.result(
            &said,
            &json!({ "determination": signed.determination, "made": signed.made, "signed": count, "of": wanted }),
        );
        Ok(())
    }
}

/// What is decided about a party
#[derive(Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl Decide {
    pub(crate) fn run(self, action: Action, terminal: &Terminal) -> Result<(), CliError> {
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let decision =
            self.of
                .open()?
                .decide(self.by.open()?.actor(), action, &party, &self.why)?;
        terminal.result(
            &format!("decision {decision}: {} {party}", action.name()),
            &json!({ "decision": decision, "action": action.name(), "party": party.as_str() }),
        );
        Ok(())
    }
}

/// Decide to ask platforms to close the established accounts of a campaign
#[derive(Args)]
#[command(
    after_help = "It takes a determination of the party behind the campaign that stands, and a claim that attributes the campaign to \
    it and passes the gate by itself. Only accounts that are established are ever named.\n\n\
    Example:\n  overt takedown midterms-2026 campaign:1 --sponsor company:\"Example LLC\" --findings evidence:5 \\\n    \
    --rule \"coordinated inauthentic behaviour\" --why \"after determination 1\" --by bob\n  \
    overt publish midterms-2026 --takedowns out/ --by alice"
)]
pub(crate) struct Takedown {
    #[command(flatten)]
    of: Of,
    /// The campaign: its number in the detection run, or its id
    campaign: String,
    /// The party that it is attributed to
    #[arg(long, value_name = "PARTY")]
    sponsor: String,
    /// The detection run, as an item of evidence
    #[arg(long, value_name = "EVIDENCE")]
    findings: String,
    /// The platforms' rule that was broken
    #[arg(long, value_name = "TEXT")]
    rule: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl Takedown {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let party = |text: &str| text.parse::<EntityRef>().map_err(CaseError::from);
        let (campaign, sponsor) = (party(&self.campaign)?, party(&self.sponsor)?);
        let new = NewTakedown {
            campaign: &campaign,
            sponsor: &sponsor,
            findings: self.findings.parse().map_err(CaseError::from)?,
            rule: &self.rule,
            why: &self.why,
        };
        let decision = self.of.open()?.takedown(self.by.open()?.actor(), &new)?;
        terminal.result(
            &format!("decision {decision}: takedown {campaign}\nlists for the platforms: overt publish CASE --takedowns FOLDER --by NAME"),
            &json!({ "decision": decision, "action": "takedown", "campaign": campaign.as_str() }),
        );
        Ok(())
    }
}

/// Decide to recommend further measures on a determination
#[derive(Args)]
#[command(
    after_help = "Where the regime asks for firms of certain sectors, each sector is named: with a firm and the item that shows what it \
    is, or with the reason why there is none. A firm named here is not said to have done anything.\n\n\
    Example:\n  overt recommend midterms-2026 company:\"Example LLC\" --why \"after determination 1\" --by bob \\\n    \
    --firm energy company:\"Example Oil\" evidence:9 --no-firm technology \"none among the country's largest\" … \\\n    \
    --measure export-licences --effects \"its exporters lose a twentieth of their sales; prices here are not moved\"\n  \
    overt publish midterms-2026 --package package/ --by alice"
)]
pub(crate) struct Recommend {
    #[command(flatten)]
    of: Of,
    /// The party that was determined
    party: String,
    /// A firm of a sector, and the item that shows that it is one
    #[arg(long, num_args = 3, value_names = ["SECTOR", "COMPANY", "EVIDENCE"], action = clap::ArgAction::Append)]
    firm: Vec<String>,
    /// A sector in which no firm is named, and why
    #[arg(long, num_args = 2, value_names = ["SECTOR", "WHY"], action = clap::ArgAction::Append)]
    no_firm: Vec<String>,
    /// A measure that is recommended, in the regime's word for it
    #[arg(long, value_name = "MEASURE", action = clap::ArgAction::Append)]
    measure: Vec<String>,
    /// What the measures would do, to those they are on and to others
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    effects: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl Recommend {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let firms = self
            .firm
            .as_chunks::<3>()
            .0
            .iter()
            .map(|[sector, firm, evidence]| {
                Ok(Firm {
                    sector: sector.clone(),
                    firm: firm.parse()?,
                    evidence: evidence.parse()?,
                })
            });
        let without = self.no_firm.as_chunks::<2>().0.iter();
        let beyond = Beyond {
            firms: firms.collect::<Result<_, CaseError>>()?,
            without: without
                .map(|[sector, why]| Without {
                    sector: sector.clone(),
                    why: why.clone(),
                })
                .collect(),
            measures: self.measure.clone(),
            effects: self.effects.clone(),
        };
        let decision =
            self.of
                .open()?
                .recommend(self.by.open()?.actor(), &party, &beyond, &self.why)?;
        terminal.result(
            &format!("decision {decision}: recommend {party}\nits text: overt publish CASE --package FOLDER --by NAME"),
            &json!({ "decision": decision, "action": "recommend", "party": party.as_str() }),
        );
        Ok(())
    }
}

/// Write the notice to a party, and enter until when it may reply
#[derive(Args)]
#[command(
    after_help = "The reply becomes evidence: overt evidence add CASE reply.pdf --kind statement --speaks-for PARTY …\n\n\
    Example:\n  overt notify midterms-2026 company:\"Example LLC\" --reply-to \"office@example.org\" -o notice.html --by bob"
)]
pub(crate) struct Notify {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// Where a reply goes to
    #[arg(long, value_name = "TEXT")]
    reply_to: String,
    /// The file: HTML, Markdown (.md) or PDF (.pdf)
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// For whom it is, by the Traffic Light Protocol: what is marked above that is withheld, and a mark says so
    #[arg(long, value_name = "TLP", default_value = "green")]
    audience: Tlp,
    #[command(flatten)]
    force: Force,
    #[command(flatten)]
    by: By,
}

impl Notify {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard([self.output.as_path()])?;
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let mut case = self.of.open()?;
        let format = DocumentFormat::of(&self.output)?;
        let by = self.by.open()?;
        let mut determined = case.state().determinations().values();
        let is_determined = determined.any(|d| d.made && d.proposed.passage.subject == party);
        let think = case.regime().hearing.before_a_determination.clone();
        if let Some(think) = think.filter(|_| !is_determined) {
            terminal.warn(&think);
        }
        let release = Release::new(&mut case, by.actor())
            .replacing(self.force.given())
            .for_audience(Some(self.audience.into()));
        let (notified, missing) =
            release.notice(&party, today(), &self.reply_to, format, &self.output)?;
        if let Some(words) = hints::missing_letters(&missing) {
            terminal.warn(&words);
        }
        terminal.result(
            &format!("{}: {party} may reply until {}", self.output.display(), notified.reply_by),
            &json!({ "party": party.as_str(), "on": notified.on, "reply_by": notified.reply_by, "file": self.output, "missing": missing }),
        );
        Ok(())
    }
}
