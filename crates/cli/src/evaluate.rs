//! `overt evaluate`: findings against known labels.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use overt_detection::{
    Found, LabelKind, LabelSettings, Scores, SightingScores, evaluate, evaluate_sightings,
    evaluate_world, is_sightings, is_world,
};
use overt_intrusion::sighting::Stage;
use overt_model::counted;
use serde_json::{Value, json};

use crate::error::CliError;
use crate::options::Options;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Compare findings with known labels.
#[derive(Args)]
#[command(
    after_help = "Labels are a CSV with a header: accounts and their group; accounts and whether they are coordinated; or pairs of \
    accounts. Where a file says of nobody that he acts alone, accounts without a label are taken to; else nothing is \
    known of them.\n\nA world is a folder with posts.csv (or another format) and labels.csv; overt detect is run on it.\n\n\
    Examples:\n  overt evaluate findings/ --labels simulated/labels.csv\n  \
    overt evaluate findings/ --labels labels.csv --min-recall 0.9 --min-precision 0.95\n  \
    overt evaluate findings/ --labels accounts.csv --label-column account_category\n  \
    overt evaluate worlds/*/ --settings detect.toml\n  overt evaluate sightings/ --labels summer/labels.csv"
)]
pub(crate) struct Evaluate {
    /// A folder that overt detect or overt sift wrote, or worlds of posts with their truth
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The labels of findings; of sightings what happened: from, until, what, stage, intrusion
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// What the labels say, where their header does not tell
    #[arg(long, value_name = "WHAT")]
    labels_are: Option<KindWord>,
    /// The column with labels, where it is not called group, label or the like
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// Options of overt detect for worlds, as a TOML file
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// End with code 1 if fewer of the edges join accounts of one group
    #[arg(long, value_name = "SHARE")]
    min_precision: Option<f64>,
    /// End with code 1 if fewer of the labelled accounts are established, or of the intrusions noticed
    #[arg(long, value_name = "SHARE")]
    min_recall: Option<f64>,
}

/// What labels say.
#[derive(Clone, Copy, ValueEnum)]
enum KindWord {
    /// Which accounts are coordinated
    Accounts,
    /// To which group accounts belong
    Groups,
    /// Which pairs of accounts are
    Pairs,
}

impl From<KindWord> for LabelKind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Accounts => Self::Accounts,
            KindWord::Groups => Self::Groups,
            KindWord::Pairs => Self::Pairs,
        }
    }
}

impl Evaluate {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        for (flag, bar) in [
            ("--min-precision", self.min_precision),
            ("--min-recall", self.min_recall),
        ] {
            if let Some(bar) = bar.filter(|b| !(0.0..=1.0).contains(b)) {
                return Err(CliError::Usage(format!(
                    "[usage] {flag} {bar} is out of range; give a number from 0 to 1"
                )));
            }
        }
        let how = LabelSettings {
            kind: self.labels_are.map(LabelKind::from),
            column: self.label_column.clone(),
        };
        match (&self.folders[..], &self.labels) {
            ([folder], Some(labels)) if is_sightings(folder) => {
                self.of_sightings(folder, labels, terminal)
            }
            ([findings], Some(labels)) => {
                let scores = evaluate(findings, labels, &how)?;
                terminal.result(&words(&scores), &value(&scores));
                self.check_bars(scores.edges.precision(), scores.account_recall())
            }
            (_, Some(_)) => Err(CliError::Usage(
                "[usage] --labels goes with one folder of findings; worlds have their own labels.csv".to_owned(),
            )),
            (folders, None) => {
                if let Some(findings) = folders.iter().find(|f| !is_world(f)) {
                    return Err(CliError::Usage(format!(
                        "[usage] {} is no world, which has posts.csv and labels.csv; for findings give --labels FILE",
                        findings.display()
                    )));
                }
                self.of_worlds(folders, &how, terminal)
            }
        }
    }

    fn of_sightings(
        &self,
        folder: &Path,
        labels: &Path,
        terminal: &Terminal,
    ) -> Result<(), CliError> {
        let scores = evaluate_sightings(folder, labels)?;
        let value = json!({
            "intrusions": scores.intrusions,
            "found": scores.found(),
            "recall": scores.recall(),
            "overstated": scores.misstated().0,
            "understated": scores.misstated().1,
            "false_alarms": scores.false_alarms,
            "quiet_days": scores.quiet_days,
            "false_alarms_per_site_year": scores.false_alarms_per_site_year(),
        });
        terminal.result(&words_of_sightings(&scores), &value);
        match self
            .min_recall
            .filter(|bar| scores.recall().is_none_or(|r| r < *bar))
        {
            None => Ok(()),
            Some(bar) => Err(CliError::BarNotMet(format!(
                "recall is {}, below the {} asked for",
                format_share(scores.recall()),
                format_share(Some(bar))
            ))),
        }
    }

    fn of_worlds(
        &self,
        worlds: &[PathBuf],
        how: &LabelSettings,
        terminal: &Terminal,
    ) -> Result<(), CliError> {
        let options = self.settings.as_deref().map(Options::read).transpose()?;
        let settings = options
            .unwrap_or_default()
            .settings(Path::new("findings"), true)?;
        let progress = Shown::watched(terminal)?;
        let mut each = Vec::new();
        for world in worlds {
            each.push(evaluate_world(world, &settings, how, &progress)?);
        }
        progress.end();
        let mut text = String::new();
        for (world, scores) in worlds.iter().zip(&each) {
            text.push_str(&format!("{}\n{}", world.display(), words(scores)));
        }
        let pooled = Pooled::of(&each);
        if each.len() > 1 {
            text.push_str(&pooled.words());
        }
        let of_each = worlds.iter().zip(&each);
        let of_each = of_each.map(|(w, s)| json!({ "world": w, "scores": value(s) }));
        let value = json!({ "worlds": of_each.collect::<Vec<_>>(), "pooled": pooled.value() });
        terminal.result(&text, &value);
        self.check_bars(pooled.edges.precision(), pooled.account_recall())
    }

    fn check_bars(&self, precision: Option<f64>, recall: Option<f64>) -> Result<(), CliError> {
        for (name, bar, reached) in [
            ("precision", self.min_precision, precision),
            ("recall", self.min_recall, recall),
        ] {
            if let Some(bar) = bar.filter(|bar| reached.is_none_or(|r| r < *bar)) {
                return Err(CliError::BarNotMet(format!(
                    "{name} is {}, below the {} asked for",
                    format_share(reached),
                    format_share(Some(bar))
                )));
            }
        }
        Ok(())
    }
}

fn words_of_sightings(scores: &SightingScores) -> String {
    let noticed = |days: Option<i64>| match days {
        None => "not noticed".to_owned(),
        Some(0) => "noticed on its first day".to_owned(),
        Some(days) => format!(
            "noticed after {}",
            counted(days.unsigned_abs(), "day", "days")
        ),
    };
    let said = |stage: Option<Stage>| stage.map_or("nothing", Stage::name);
    let mut text = String::new();
    for intrusion in &scores.intrusions {
        text.push_str(&format!(
            "intrusion {} of {}: {}; it was {}, and {} was said\n",
            intrusion.name,
            intrusion.from,
            noticed(intrusion.days_to_detection),
            intrusion.stage,
            said(intrusion.said)
        ));
        for part in &intrusion.parts {
            text.push_str(&format!(
                "  {:<32} {}, said {}; {}, {}\n",
                part.what,
                part.stage,
                said(part.said),
                noticed(part.days_to_detection),
                counted(part.alarms, "alarm", "alarms")
            ));
        }
    }
    let (over, under) = scores.misstated();
    text.push_str(&format!(
        "parts said to have gone further than they did: {over}; less far: {under}\n"
    ));
    text.push_str(&format!(
        "{} of {} noticed\n{} on {:.0} quiet days of a series of logs ({} in a year)\n",
        scores.found(),
        counted(scores.intrusions.len() as u64, "intrusion", "intrusions"),
        counted(scores.false_alarms, "false alarm", "false alarms"),
        scores.quiet_days,
        scores
            .false_alarms_per_site_year()
            .map_or("undefined".to_owned(), |rate| format!("{rate:.1}"))
    ));
    text
}

/// Several worlds together.
#[derive(Default)]
struct Pooled {
    worlds: usize,
    /// Worlds in which an account is established that acts alone.
    with_innocents: usize,
    edges: Found,
    established: Found,
    coordinated: usize,
}

impl Pooled {
    fn of(each: &[Scores]) -> Self {
        let mut pooled = Self::default();
        let add = |sum: &mut Found, found: Found| {
            sum.all += found.all;
            sum.judged += found.judged;
            sum.right += found.right;
        };
        for s in each {
            pooled.worlds += 1;
            pooled.with_innocents += usize::from(s.established.judged > s.established.right);
            add(&mut pooled.edges, s.edges);
            add(&mut pooled.established, s.established);
            pooled.coordinated += s.coordinated;
        }
        pooled
    }

    fn account_recall(&self) -> Option<f64> {
        let all = self.coordinated;
        (all > 0).then(|| self.established.right as f64 / all as f64)
    }

    fn words(&self) -> String {
        format!(
            "all {} worlds: an account that acts alone is established in {}; edges right {}, accounts right {}, of {} coordinated \
             accounts {} established ({})\n",
            self.worlds,
            self.with_innocents,
            format_share(self.edges.precision()),
            format_share(self.established.precision()),
            self.coordinated,
            self.established.right,
            format_share(self.account_recall())
        )
    }

    fn value(&self) -> Value {
        json!({
            "worlds": self.worlds, "worlds_with_innocents": self.with_innocents, "edge_precision": self.edges.precision(),
            "account_precision": self.established.precision(), "account_recall": self.account_recall(),
        })
    }
}

fn words(s: &Scores) -> String {
    let mut out = format!(
        "labels       of {}, from {}; accounts without one {}\n",
        s.kind.name(),
        s.columns.join(", "),
        if s.others_are_alone {
            "are taken to act alone"
        } else {
            "are not judged"
        }
    );
    let (here, all) = s.labelled_here;
    if here == 0 && all > 0 {
        out.push_str(&format!(
            "             none of the {all} accounts of the network has a label: are names written as in the posts?\n"
        ));
    }
    let (contradicted, cut) = s.doubtful_rows;
    if contradicted + cut > 0 {
        out.push_str(&format!(
            "             {contradicted} rows say something else than one before, and the last counts; {cut} rows lack a cell and are left out\n"
        ));
    }
    let of_pairs = s.pairs.map_or(String::new(), |pairs| {
        format!(
            "; {} of {pairs} labelled pairs",
            format_share(s.pair_recall())
        )
    });
    out.push_str(&found("edges", "found", "within one group", s.edges));
    out.push_str(&format!("{of_pairs}\n"));
    if let (Some(accounts), Some(degrees)) =
        (s.edges_by_chance.by_accounts, s.edges_by_chance.by_degrees)
    {
        out.push_str(&format!(
            "by chance    {} of pairs of these accounts, {} of ends of edges taken at random\n",
            format_share(Some(accounts)),
            format_share(Some(degrees))
        ));
    }
    out.push_str(&found(
        "campaigns",
        "pairs in one",
        "within one group",
        s.together,
    ));
    out.push('\n');
    out.push_str(&found("accounts", "established", "labelled", s.established));
    out.push_str(&format!(
        "; {} of {} labelled accounts\n",
        format_share(s.account_recall()),
        s.coordinated
    ));
    if s.kind == LabelKind::Groups {
        let agreement = s.agreement.map_or(
            "undefined, no labelled account is in a campaign".to_owned(),
            |a| format!("{a:.3}"),
        );
        out.push_str(&format!(
            "agreement of campaigns with groups (adjusted mutual information): {agreement}\n"
        ));
    }
    out
}

fn found(what: &str, how: &str, right: &str, found: Found) -> String {
    let unjudged = match found.all - found.judged {
        0 => String::new(),
        n => format!(", {n} not judged"),
    };
    format!(
        "{what:<12} {:>8} {how}{unjudged}, {} of them {right} ({})",
        found.all,
        found.right,
        format_share(found.precision())
    )
}

fn value(s: &Scores) -> Value {
    json!({
        "labels_are": s.kind.name(), "columns": s.columns, "labels_sha256": s.sha256, "others_are_alone": s.others_are_alone,
        "edges": s.edges.all, "edges_judged": s.edges.judged, "edges_within": s.edges.right,
        "edge_precision": s.edges.precision(), "pair_recall": s.pair_recall(),
        "edge_chance_by_accounts": s.edges_by_chance.by_accounts, "edge_chance_by_degrees": s.edges_by_chance.by_degrees,
        "campaign_pairs": s.together.all, "campaign_pairs_judged": s.together.judged, "campaign_precision": s.together.precision(),
        "established": s.established.all, "established_judged": s.established.judged,
        "account_precision": s.established.precision(), "account_recall": s.account_recall(),
        "labelled_here": s.labelled_here.0, "contradicted_rows": s.doubtful_rows.0, "cut_rows": s.doubtful_rows.1,
        "agreement": s.agreement,
    })
}

fn format_share(share: Option<f64>) -> String {
    share.map_or("undefined".to_owned(), |s| format!("{:.1} %", 100.0 * s))
}
