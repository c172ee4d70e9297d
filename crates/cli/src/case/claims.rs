//! `overt claim`, `overt weigh`, `overt judge`, `overt gate`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use overt_attribution::{
    Category, Claim, ClaimId, EntityRef, GateResult, Judgement, Regime, wording,
};
use overt_case::entry::Dissent;
use overt_case::{Case, CaseError, Envelope, NewClaim, NewWeight};
use serde_json::json;

use super::{By, Of, Tlp};
use crate::error::CliError;
use crate::terminal::Terminal;

/// Claim something, to be judged by evidence
#[derive(Args)]
pub(crate) struct ClaimCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Claim something
    Add(Add),
}

#[derive(Args)]
#[command(
    after_help = "Relations are the regime's: a word that it does not have is answered with those it has. Beside the claim stand \
    the regime's hypotheses, among them always \"unknown\"; rivals are others by name.\n\n\
    Examples:\n  overt claim add midterms-2026 campaign:3 attributed-to company:\"Example LLC\" --by alice\n  \
    overt claim add midterms-2026 company:\"Example LLC\" is-foreign-person --by alice"
)]
struct Add {
    #[command(flatten)]
    of: Of,
    /// Of whom or what
    subject: String,
    /// A relation of the regime
    relation: String,
    /// What of it, where the relation takes an object
    object: Option<String>,
    /// Another party that it might be instead of the object
    #[arg(long, value_name = "PARTY")]
    rival: Vec<String>,
    /// Who may have it, by the Traffic Light Protocol: what is given out to others withholds it
    #[arg(long, value_name = "TLP", default_value = "green")]
    tlp: Tlp,
    #[command(flatten)]
    by: By,
}

impl ClaimCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let Command::Add(add) = self.command;
        let party = |text: &str| text.parse::<EntityRef>().map_err(CaseError::from);
        let new = NewClaim {
            subject: party(&add.subject)?,
            relation: add.relation,
            object: add.object.as_deref().map(party).transpose()?,
            rivals: add
                .rival
                .iter()
                .map(|r| party(r))
                .collect::<Result<_, _>>()?,
            marking: add.tlp.into(),
        };
        let mut case = add.of.open()?;
        let id = case.claim(add.by.open()?.actor(), &new)?;
        let claim = &case.state().claims()[&id];
        let mut said = format!("{id}: {}\n", wording::claim(claim, case.regime()));
        for hypothesis in &claim.hypotheses {
            let _ = writeln!(
                said,
                "  {:<12} {:<9} {}",
                hypothesis.id,
                hypothesis.prior.to_string(),
                hypothesis.text
            );
        }
        terminal.result(&said, &json!(claim));
        Ok(())
    }
}

/// Say how much an item of evidence speaks for and against a claim's hypotheses
#[derive(Args)]
#[command(
    after_help = "A ratio says how many times likelier the item is under a hypothesis than under \"unknown\": a range as 3..10, or \
    words of the regime as \"somewhat more likely\". Hypotheses that are not named are left at 1.\n\n\
    Example:\n  overt weigh midterms-2026 claim:7 evidence:12 --for H1 3..10 --against domestic 0.1..0.5 \\\n    \
    --category technical --why \"the domains were registered with its wallet\" --by alice\n  \
    overt weigh midterms-2026 claim:7 --from intrusion-1\n\n\
    Two analysts who weigh an item without looking at each other seal what they make of it first, and open it once both have:\n  \
    overt weigh midterms-2026 claim:7 evidence:12 --for H1 3..10 --category technical --why \"...\" --seal mine.json --by alice\n  \
    overt weigh midterms-2026 --open mine.json --by alice"
)]
pub(crate) struct Weigh {
    #[command(flatten)]
    of: Of,
    /// The claim
    #[arg(required_unless_present = "open")]
    claim: Option<String>,
    /// The item
    #[arg(required_unless_present_any = ["from", "open"])]
    evidence: Option<String>,
    /// Show what sightings offer instead: from an intrusion, such as intrusion-1, or a list of indicators by its name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["evidence", "speaks_for", "against", "category", "why", "by"])]
    from: Option<String>,
    /// The item that has the sightings, where there are several
    #[arg(long = "in", value_name = "ITEM", requires = "from")]
    within: Option<String>,
    /// A hypothesis that it speaks for, and how much
    #[arg(long = "for", num_args = 2, value_names = ["HYPOTHESIS", "RATIO"], action = clap::ArgAction::Append)]
    speaks_for: Vec<String>,
    /// A hypothesis that it speaks against, and how much
    #[arg(long, num_args = 2, value_names = ["HYPOTHESIS", "RATIO"], action = clap::ArgAction::Append)]
    against: Vec<String>,
    /// In which way it bears on the claim
    #[arg(long, value_name = "CATEGORY", required_unless_present_any = ["from", "open"])]
    category: Option<CategoryWord>,
    /// Why
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["from", "open"])]
    why: Option<String>,
    /// Seal it: the case holds a hash that binds to it, and this file, for you alone, what opens it
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    seal: Option<PathBuf>,
    /// Open what this file seals: from here on it counts, and can be read
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["claim", "evidence", "from", "speaks_for", "against", "category", "why", "seal"]
    )]
    open: Option<PathBuf>,
    /// Open it though nobody else has sealed theirs: nobody else can weigh the item blind then
    #[arg(long, requires = "open")]
    alone: bool,
    /// Who may have the reason, where fewer than may have the item
    #[arg(
        long,
        value_name = "TLP",
        default_value = "clear",
        conflicts_with = "from"
    )]
    tlp: Tlp,
    /// Who does it: a person of the case, who signs with their key
    #[arg(long, value_name = "NAME", required_unless_present = "from")]
    by: Option<String>,
    #[command(flatten)]
    keys: super::keys::Folder,
}

#[derive(Clone, Copy, ValueEnum)]
enum CategoryWord {
    Technical,
    Behavioural,
    Contextual,
}

impl From<CategoryWord> for Category {
    fn from(word: CategoryWord) -> Self {
        match word {
            CategoryWord::Technical => Self::Technical,
            CategoryWord::Behavioural => Self::Behavioural,
            CategoryWord::Contextual => Self::Contextual,
        }
    }
}

impl Weigh {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let mut case = self.of.open()?;
        if let (Some(file), Some(by)) = (&self.open, &self.by) {
            return self.open_sealed(&mut case, file, by, terminal);
        }
        let claim = self.claim.as_deref().unwrap_or_default();
        let claim: ClaimId = claim.parse().map_err(CaseError::from)?;
        let (Some(evidence), Some(category), Some(why), Some(by)) =
            (&self.evidence, self.category, &self.why, &self.by)
        else {
            let from = self.from.as_deref().unwrap_or_default();
            let within = self.within.as_deref();
            return super::offers::show(&case, &self.of.case, claim, from, within, terminal);
        };
        let mut weights = read_weights(case.regime(), &self.speaks_for, true)?;
        weights.extend(read_weights(case.regime(), &self.against, false)?);
        if weights.is_empty() {
            return Err(CliError::Usage(
                "[usage] what does it speak for or against?\n  name a hypothesis and a ratio with --for or --against".to_owned(),
            ));
        }
        let new = NewWeight {
            claim,
            evidence: evidence.parse().map_err(CaseError::from)?,
            category: category.into(),
            weights,
            reason: why,
            marking: self.tlp.into(),
        };
        let acting = super::Acting::open(by, &self.keys)?;
        if let Some(file) = &self.seal {
            case.seal_weight(acting.actor(), &new, |envelope| envelope.keep(file))?;
            let said = format!(
                "sealed: what you make of {evidence} for {claim} is in {}, for you alone, and counts once it is opened\n  \
                 when the others have sealed theirs: overt weigh {} --open {} --by {by}",
                file.display(),
                self.of.case.display(),
                file.display()
            );
            let sealed =
                json!({ "claim": claim.to_string(), "evidence": evidence, "sealed": file });
            terminal.result(&said, &sealed);
            return Ok(());
        }
        case.weigh(acting.actor(), &new)?;
        say_judgement(&case, claim, terminal)
    }

    fn open_sealed(
        &self,
        case: &mut Case,
        file: &Path,
        by: &str,
        terminal: &Terminal,
    ) -> Result<(), CliError> {
        let envelope = Envelope::read(file)?;
        let acting = super::Acting::open(by, &self.keys)?;
        let (claim, _) = case.open_weight(acting.actor(), &envelope, self.alone)?;
        say_judgement(case, claim, terminal)
    }
}

/// What a claim has come to.
fn say_judgement(case: &Case, claim: ClaimId, terminal: &Terminal) -> Result<(), CliError> {
    let judgement = case.judgement(claim)?;
    terminal.result(
        &format!("{claim} is now {}", likelihood(case, &judgement)),
        &json!(judgement),
    );
    Ok(())
}

/// How likely a claim is, in the regime's words and as a range.
pub(super) fn likelihood(case: &Case, judgement: &Judgement) -> String {
    let own = judgement.own();
    format!(
        "{} ({})",
        case.regime().bands.words(own.bands),
        own.posterior
    )
}

/// Hypotheses with their ratios; a ratio that speaks the other way than it is put is a slip of the hand.
fn read_weights(
    regime: &Regime,
    pairs: &[String],
    speaks_for: bool,
) -> Result<Vec<(String, String)>, CliError> {
    let mut weights = Vec::new();
    for pair in pairs.chunks(2) {
        let [hypothesis, range] = pair else {
            continue;
        };
        let ratio = regime.phrase(range).or_else(|| range.parse().ok());
        let other_way = ratio.is_some_and(|r| {
            if speaks_for {
                r.high() < 1.0
            } else {
                r.low() > 1.0
            }
        });
        if other_way {
            let (put, other) = if speaks_for {
                ("--for", "--against")
            } else {
                ("--against", "--for")
            };
            return Err(CliError::Usage(format!(
                "[case.wrong] {put} {hypothesis} {range} speaks the other way: below 1 is against, above 1 is for\n  use {other}, or another ratio"
            )));
        }
        weights.push((hypothesis.clone(), range.clone()));
    }
    Ok(weights)
}

/// Disagree with the judgement of a claim, and say why
#[derive(Args)]
#[command(
    after_help = "It changes nothing of the judgement, and goes wherever the judgement goes.\n\nExample:\n  \
    overt dissent midterms-2026 claim:7 --why \"both reports go back to one source\" --by bob"
)]
pub(crate) struct DissentOn {
    #[command(flatten)]
    of: Of,
    /// The claim
    claim: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who may have the reason, where fewer than may have the claim
    #[arg(long, value_name = "TLP", default_value = "clear")]
    tlp: Tlp,
    #[command(flatten)]
    by: By,
}

impl DissentOn {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let dissent = Dissent {
            claim: self.claim.parse().map_err(CaseError::from)?,
            why: self.why,
            marking: self.tlp.into(),
        };
        let mut case = self.of.open()?;
        case.dissent(self.by.open()?.actor(), &dissent)?;
        terminal.result(
            &format!("entered: {} dissents on {}", self.by.by, dissent.claim),
            &json!({ "claim": dissent.claim.to_string(), "by": self.by.by, "why": dissent.why }),
        );
        Ok(())
    }
}

/// Judge a claim by its evidence: how likely it is, how firm that is, what it rests on
#[derive(Args)]
#[command(
    after_help = "With --by the judgement is entered; without, it is only shown.\n\nExample:\n  overt judge midterms-2026 claim:7"
)]
pub(crate) struct Judge {
    #[command(flatten)]
    of: Of,
    /// The claim
    claim: String,
    /// Who judges: enters the judgement
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    keys: super::keys::Folder,
}

impl Judge {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let id: ClaimId = self.claim.parse().map_err(CaseError::from)?;
        let mut case = self.of.open()?;
        let judgement = match &self.by {
            Some(by) => case.judge(super::Acting::open(by, &self.keys)?.actor(), id)?,
            None => case.judgement(id)?,
        };
        let claim = &case.state().claims()[&id];
        terminal.result(&describe(&case, claim, &judgement), &json!(judgement));
        Ok(())
    }
}

/// What each analyst comes to, and who disagrees.
fn analysts(text: &mut String, case: &Case, claim: &Claim, judgement: &Judgement) {
    let regime = case.regime();
    if judgement.analysts.len() > 1 {
        let _ = writeln!(text, "\n  each analyst alone");
        for analyst in &judgement.analysts {
            let own = analyst.posterior[Claim::OWN];
            let dissent = if analyst.dissents { ", dissents" } else { "" };
            let open = match analyst.not_weighed.len() {
                0 => String::new(),
                n => format!(", did not weigh {n} that others weighed"),
            };
            let _ = writeln!(
                text,
                "  {:<10} {:<28} {} (weight {:.2}{dissent}{open})",
                own.to_string(),
                regime.bands.words(analyst.bands),
                analyst.analyst,
                analyst.weight
            );
        }
    }
    for (_, by, dissent) in case.state().dissents(claim.id) {
        let _ = writeln!(text, "\n  {by} dissents: {}", dissent.why);
    }
}

/// A judgement in words and tables.
fn describe(case: &Case, claim: &Claim, judgement: &Judgement) -> String {
    let regime = case.regime();
    let said = wording::claim(claim, regime);
    let mut text = format!("{}: {said}\n\n", claim.id);
    let _ = writeln!(text, "{}", wording::likelihood(&said, judgement, regime));
    let _ = writeln!(text, "{}\n", wording::confidence(judgement));
    let _ = writeln!(
        text,
        "  {:<13} {:<10} {:<10} words",
        "hypothesis", "before", "after"
    );
    for answer in &judgement.answers {
        let _ = writeln!(
            text,
            "  {:<13} {:<10} {:<10} {}",
            answer.hypothesis,
            answer.prior.to_string(),
            answer.posterior.to_string(),
            regime.bands.words(answer.bands)
        );
    }
    if !judgement.origins.is_empty() {
        let _ = writeln!(text, "\n  without the origin");
        for origin in &judgement.origins {
            let items: Vec<String> = origin.items.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                text,
                "  {:<10} {:<28} {} ({})",
                origin.posterior.to_string(),
                regime.bands.words(origin.bands),
                origin.origin,
                items.join(", ")
            );
        }
        // Of a claim that was just shown.
        if let Ok(Some(halved)) = case.halved(claim.id) {
            let _ = writeln!(
                text,
                "\n  if these two told half as much (no other two leave less)\n  {:<10} {:<28} {}",
                halved.posterior.to_string(),
                regime.bands.words(halved.bands),
                halved.origins.join(", ")
            );
        }
        let _ = writeln!(text, "\n  without the category");
        for category in &judgement.categories {
            let _ = writeln!(
                text,
                "  {:<10} {:<28} {}",
                category.posterior.to_string(),
                regime.bands.words(category.bands),
                category.category
            );
        }
        let _ = writeln!(text, "\n  what each item tells");
        for item in &judgement.items {
            let tells = if item.favours.is_empty() {
                "tells no hypotheses apart".to_owned()
            } else {
                format!(
                    "at least {:.1} times likelier under {} than under {}",
                    item.ratio, item.favours, item.over
                )
            };
            let _ = writeln!(
                text,
                "  {:<12} {tells} (weighed by {})",
                item.evidence.to_string(),
                item.analyst
            );
        }
    }
    analysts(&mut text, case, claim, judgement);
    if judgement.evidenced && !judgement.changes.is_empty() {
        let _ = writeln!(text, "\n  what a single new fact would change");
        for change in &judgement.changes {
            let _ = writeln!(
                text,
                "  {} times likelier under {}: {}",
                change.ratio,
                change.hypothesis,
                regime.bands.words(change.bands)
            );
        }
    }
    text
}

/// Ask whether a party may be determined to meet a criterion, and what is missing
#[derive(Args)]
#[command(
    after_help = "Ends with 1 when it does not pass. Example:\n  overt gate midterms-2026 company:\"Example LLC\" --criterion i"
)]
pub(crate) struct GateOf {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// The criterion [default: each]
    #[arg(long, value_name = "CRITERION")]
    criterion: Option<String>,
}

impl GateOf {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let case = self.of.open()?;
        let regime = case.regime();
        let all: Vec<String> = regime.criteria.iter().map(|c| c.id.clone()).collect();
        let criteria = self.criterion.map_or(all, |one| vec![one]);
        let mut passages = Vec::new();
        for criterion in &criteria {
            let signed = signers(&case, &party, criterion);
            passages.push(case.gate_result(&party, criterion, &signed)?);
        }
        let mut text = format!(
            "The law asks for: {} ({}).\n{}\n",
            regime.standard.words,
            regime.standard.text,
            regime.asks()
        );
        if let Some(variant) = regime.variant() {
            text.insert_str(0, &format!("{variant}\n"));
        }
        passages
            .iter()
            .for_each(|passage| text.push_str(&describe_gate(passage, regime)));
        terminal.result(&text, &json!(passages));
        if passages.iter().any(GateResult::passes) {
            return Ok(());
        }
        Err(CliError::BarNotMet(format!(
            "{party} does not pass the gate"
        )))
    }
}

/// Who signed a determination that is open or made.
fn signers(case: &Case, party: &EntityRef, criterion: &str) -> BTreeSet<String> {
    let of = case.state().determinations().values().rev().find(|d| {
        let passage = &d.proposed.passage;
        &passage.subject == party && passage.criterion == criterion
    });
    of.into_iter()
        .flat_map(|d| d.signatures.iter().map(|(by, _)| by.clone()))
        .collect()
}

fn describe_gate(passage: &GateResult, regime: &Regime) -> String {
    let criterion = regime.criterion(&passage.criterion);
    let words = criterion.map_or("", |c| c.text.as_str());
    let source = criterion
        .and_then(|c| regime.source(&c.source))
        .filter(|s| !s.verified);
    let unverified = if source.is_some() {
        " [wording not verified]"
    } else {
        ""
    };
    let answer = if passage.passes() {
        "passes"
    } else if passage.may_be_signed() {
        "may be signed"
    } else {
        "does not pass"
    };
    let mut text = format!(
        "\n{} by criterion ({}): {answer}\n  {words}{unverified}\n",
        passage.subject, passage.criterion
    );
    let mut of = None;
    for condition in &passage.conditions {
        if condition.element != of {
            of.clone_from(&condition.element);
            if let Some(element) = of.as_deref().and_then(|e| regime.element(e)) {
                let claim = condition.claim.map_or(String::new(), |c| format!(" ({c})"));
                let _ = writeln!(text, "  that it {}{claim}", element.text);
            }
        }
        let mark = if condition.passes { "+" } else { "-" };
        let indent = if condition.element.is_some() {
            "    "
        } else {
            "  "
        };
        let _ = writeln!(text, "{indent}{mark} {}", condition.because);
        if !condition.passes {
            let _ = writeln!(text, "{indent}  needs: {}", condition.needs);
        }
    }
    text
}
