//! The table of *A real archive* in `docs/intensity.md`: `cargo run -p overt-detection --example archive`.
//!
//! One operation's accounts in the last quarter of 2016, month by month: those of one category, with the archive's other
//! accounts as background for want of another. What cannot be said from it is said too.
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use overt_detection::{Actors, IntensitySettings, intensity};
use overt_findings::intensity::Intensity;

/// The archive, from the folder of shared data.
const ARCHIVE: &str = "data/coordination/ira538_2016q4.csv";

/// Months as elections of their own: 28 days to the end of each.
const MONTHS: [(&str, &str); 3] = [
    ("October", "2016-10-31"),
    ("November", "2016-11-30"),
    ("December", "2016-12-31"),
];

const WORDS: &str = r#"["vote", "votes", "voted", "voter", "voters", "voting", "ballot", "ballots", "poll", "polls", "election", "elections"]"#;
const NAMES: &str = r#"["Trump", "Clinton", "Hillary", "Republican", "Republicans", "Democrat", "Democrats", "GOP"]"#;
const SIDES: &str = r#"
[[election.side]]
id = "trump"
name = "Trump"
words = ["Trump", "MAGA", "Pence"]

[[election.side]]
id = "clinton"
name = "Clinton"
words = ["Clinton", "Hillary", "Kaine"]
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(archive) = overt_testdata::shared(ARCHIVE) else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("actors.toml"), actors(&archive)?)?;
    std::fs::write(at("elections.toml"), elections())?;
    let settings = IntensitySettings {
        actors: Actors::File(at("actors.toml")),
        elections: at("elections.toml"),
        sites: Vec::new(),
        runs: Vec::new(),
        platforms: Vec::new(),
        intake: overt_intake::Settings::default(),
        seed: 1,
        output: at("out"),
        replace: false,
    };
    let archive = [archive.display().to_string()];
    let found = intensity(&archive, &archive, &settings, &())?;
    print(&found);
    Ok(())
}

/// The category of accounts that are taken for the actor.
const CATEGORY: &str = "RightTroll";

/// The accounts of one category, as of one actor; they became known when the archive was published.
fn actors(archive: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let mut rows = csv::Reader::from_path(archive)?;
    let headers = rows.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (Some(account), Some(category)) = (column("account_id"), column("account_category")) else {
        return Err("the archive has no columns account_id and account_category".into());
    };
    let mut accounts = BTreeSet::new();
    for row in rows.records() {
        let row = row?;
        if row.get(category) == Some(CATEGORY) {
            accounts.insert(row.get(account).unwrap_or_default().to_owned());
        }
    }
    let mut text = "until = \"2018-12-31\"\n[[actor]]\nid = \"right\"\nname = \"The operation's right-wing accounts\"\naccounts = [\n".to_owned();
    for account in accounts {
        writeln!(text, "  {{ id = {account:?}, known = \"2018-07-31\" }},")?;
    }
    Ok(text + "]\n")
}

fn elections() -> String {
    let mut text = "days = 28\n".to_owned();
    for (name, vote) in MONTHS {
        let _ = write!(
            text,
            "\n[[election]]\nid = \"{name}\"\nname = \"the end of {name}\"\nvote = \"{vote}\"\nwords = {WORDS}\nnames = {NAMES}\n{SIDES}"
        );
    }
    text
}

fn print(found: &Intensity) {
    println!(
        "| 28 days to the end of | accounts active | posts | with words of voting | and names |"
    );
    println!("|---|---|---|---|---|");
    for part in &found.assessment.parts {
        let posts = part.posts;
        println!(
            "| {} | {} of {} | {} | {} | {} |",
            part.election, part.active, part.watched, posts.all, posts.by_words, posts.by_names
        );
    }
    for comparison in &found.assessment.comparisons {
        println!("\n{}", comparison.says);
        for ratio in &comparison.ratios {
            println!(
                "  {:?}, {}: {:.2} to {:.2}",
                ratio.reading,
                ratio.denominator.name(),
                ratio.interval.lower,
                ratio.interval.upper
            );
        }
    }
    for sides in &found.assessment.sides {
        println!("\n{}", sides.says);
        for naming in &sides.naming {
            println!(
                "  {}: {} of {} posts that name a side, {} of {} accounts beyond the archive's other accounts",
                naming.side,
                naming.posts,
                sides.posts,
                naming.operators.len(),
                sides.asked
            );
        }
    }
    for chains in &found.chains {
        println!(
            "\nbefore {}: {} things on more than one platform",
            chains.election, chains.things
        );
    }
}
