//! Actors beyond their counts: ways over platforms, sides, lives of campaigns, findings and cases as what is asked.

use std::fmt::Write;

use serde_json::Value;

use crate::run::Bench;

const ELECTIONS: &str = r#"
[[election]]
id = "2018"
name = "the vote of 2018"
vote = "2018-11-06"
words = ["vote", "ballot"]
names = ["Carter", "Adams"]

[[election.side]]
id = "carter"
name = "Carter"
words = ["Carter"]
against = ["crooked"]

[[election.side]]
id = "adams"
name = "Adams"
words = ["Adams"]
"#;

const ACTORS: &str = r#"
until = "2019-11-06"
[[actor]]
id = "north"
name = "North"
accounts = [
  { id = "planted.example", known = "2018-12-01" },
  { id = "channel1", known = "2018-12-01" },
  { id = "left1", known = "2018-12-01" },
  { id = "left2", known = "2018-12-01" },
  { id = "right1", known = "2018-12-01" },
  { id = "right2", known = "2018-12-01" },
]
"#;

const HEAD: &str = "post_id,account_id,created_at,text,url\n";

/// Stories that go from a site to a channel and on to X, some of them by way of an outlet's own accounts; accounts that name
/// sides; and everybody.
fn world() -> Bench {
    let bench = Bench::new();
    let [mut sites, mut telegram, mut x, mut everybody] =
        [const { String::new() }; 4].map(|_| HEAD.to_owned());
    for n in 0..12 {
        let day = 10 + n;
        let mut story = |site: &str, channel: &str, account: &str, hour: u32| {
            let url = format!("https://{site}/story-{n}");
            let _ = writeln!(
                sites,
                "{site}{n},{site},2018-10-{day}T0{hour}:00:03Z,,{url}"
            );
            let _ = writeln!(
                telegram,
                "{channel}{n},{channel},2018-10-{day}T0{hour}:20:07Z,,{url}"
            );
            let _ = writeln!(
                x,
                "{account}{n},{account},2018-10-{day}T0{hour}:50:09Z,,{url}?utm_source=x"
            );
        };
        story("planted.example", "channel1", "carrier1", 6);
        story("daily-ledger.example", "DailyLedger", "dailyledger_bot", 8);
    }
    for n in 0..80 {
        for (account, words) in [
            ("left1", "Carter"),
            ("left2", "crooked Carter"),
            ("right1", "Adams"),
            ("right2", "Adams"),
        ] {
            let _ = writeln!(
                x,
                "{account}-{n},{account},2018-10-15T10:00:01Z,{words} today,"
            );
        }
    }
    for n in 0..600 {
        let words = if n % 2 == 0 { "Carter" } else { "Adams" };
        let _ = writeln!(
            everybody,
            "e{n},u{},2018-10-15T11:00:01Z,{words} and a vote,",
            n / 10
        );
    }
    bench.file("sites.csv", sites);
    bench.file("telegram.csv", telegram);
    bench.file("x.csv", x);
    bench.file("everybody.csv", everybody);
    bench.file("actors.toml", ACTORS);
    bench.file("elections.toml", ELECTIONS);
    bench
}

const ASKED: &str = "intensity telegram.csv x.csv --actors actors.toml --elections elections.toml \
     --background everybody.csv,telegram.csv,x.csv --platform x,telegram.csv=telegram -o out";

fn run(bench: &Bench) -> Value {
    serde_json::from_str(&bench.read("out/run.json")).unwrap()
}

#[test]
fn a_story_goes_from_a_site_over_telegram_to_x() {
    let bench = world();
    bench.well(&format!("{ASKED} --sites sites.csv"));
    let ways = bench.read("out/ways.csv");
    let of_one: Vec<&str> = ways
        .lines()
        .filter(|l| l.contains("planted.example/story-3"))
        .collect();
    let platforms: Vec<&str> = of_one.iter().filter_map(|l| l.split(',').nth(3)).collect();
    assert_eq!(platforms, ["site", "telegram", "x"], "{ways}");
    assert!(of_one[1].contains("channel1,north"), "{ways}");
    let run = run(&bench);
    let reach = &run["chains"][0]["reach"][0];
    assert_eq!(reach["things"], 12, "{reach}");
    assert_eq!(reach["first_on"]["site"], 12, "{reach}");
    let page = bench.read("out/report.html");
    assert!(
        page.contains(
            "11 things of daily-ledger.example were passed on by accounts of its own name"
        ),
        "{page}"
    );
    // One channel and one account are no hands.
    assert_eq!(run["chains"][0]["hands"], serde_json::json!([]));
    // On the first day nobody can know what was there the day before.
    assert!(
        ways.lines()
            .any(|l| l.contains("story-0") && l.ends_with("open")),
        "{ways}"
    );
}

#[test]
fn without_publications_a_site_is_linked_and_never_first() {
    let bench = world();
    bench.well(ASKED);
    assert!(!bench.read("out/ways.csv").contains(",site,"));
    assert!(
        bench
            .read("out/report.html")
            .contains("a site is linked here, and never first")
    );
}

#[test]
fn operators_on_both_sides_are_told_and_phrases_counted() {
    let bench = world();
    let said = bench.well(ASKED).out;
    assert!(said.contains("operators of North named Carter more than accounts of everybody do (2 of those asked), and others Adams (2)"), "{said}");
    assert!(
        said.contains("What they said of them is not in this"),
        "{said}"
    );
    let sides = &run(&bench)["assessment"]["sides"][0]["naming"];
    // The actor's own posts are not everybody's.
    assert_eq!(sides[0]["phrases"], serde_json::json!([[0, 80], [0, 0]]));
    assert_eq!(sides[1]["phrases"], Value::Null);
}

#[test]
fn one_side_alone_and_a_side_without_words_are_refused() {
    let bench = world();
    let alone = ELECTIONS
        .split("\n[[election.side]]\nid = \"adams\"")
        .next()
        .unwrap()
        .to_owned();
    for (text, why) in [
        (alone, "one side opposes nobody"),
        (
            ELECTIONS.replace("words = [\"Adams\"]", "words = []"),
            "a side has no words",
        ),
        (
            ELECTIONS.replace("id = \"adams\"", "id = \"carter\""),
            "given twice",
        ),
    ] {
        bench.file("elections.toml", text);
        let said = bench.fails(ASKED, 3);
        assert!(
            said.contains(why) && said.contains("elections.toml"),
            "{why}: {said}"
        );
    }
}

/// Findings as what is read, their campaigns as operators and followed over runs; and the folder as evidence in a case.
#[test]
fn findings_are_cycles_and_intensity_is_evidence() {
    let bench = crate::case::opened();
    bench.well("-q simulate --events 20k --seed 7 -o posts");
    bench.well("-q detect posts/posts.csv -o findings");
    let campaigns: Value = serde_json::from_str(&bench.read("findings/campaigns.json")).unwrap();
    let campaign = &campaigns["campaigns"][0];
    let members = campaign["members"].as_array().unwrap();
    let mut actors =
        "until = \"2019-11-06\"\n[[actor]]\nid = \"north\"\nname = \"North\"\naccounts = [\n"
            .to_owned();
    for member in members {
        let id = member["account"]
            .as_str()
            .unwrap()
            .split_once(':')
            .unwrap()
            .1;
        let _ = writeln!(actors, "  {{ id = \"{id}\", known = \"2018-12-01\" }},");
    }
    bench.file("actors.toml", actors + "]\n");
    bench.file("elections.toml", ELECTIONS);
    bench.file("everybody.csv", bench.read("posts/posts.csv"));
    let asked =
        "intensity findings --elections elections.toml --background everybody.csv -o out --force";
    let said = bench
        .well(&format!("{asked} --actors actors.toml --runs findings"))
        .out;
    assert!(
        said.contains("Campaign 1 was seen for the first time in findings."),
        "{said}"
    );
    assert!(
        !said.contains("goes on in findings"),
        "a run given twice is one: {said}"
    );
    let found = run(&bench);
    assert_eq!(
        found["question"]["actors"][0]["accounts"][0]["operator"]
            .as_str()
            .map(|o| o.starts_with("campaign ")),
        Some(true)
    );

    bench.well("evidence add midterms out --source B2 --by alice");
    let refused = bench.fails(
        "evidence add midterms out --source B2 --kind statement --by alice",
        2,
    );
    assert!(refused.contains("coordination"), "{refused}");

    // What the case's claims say, with how likely that was judged.
    bench.well("evidence add midterms findings --source B2 --by alice");
    // Both go back to the same posts, and count once.
    let origins = bench.well("origin list midterms").out;
    assert_eq!(origins.matches("posts ").count(), 1, "{origins}");
    let id = campaign["id"]
        .as_str()
        .unwrap()
        .trim_start_matches("campaign-");
    bench.well(&format!(
        "claim add midterms campaign:{id} attributed-to 'company:Example Agency' --by alice"
    ));
    for item in 1..=2 {
        bench.well(&format!(
            "weigh midterms claim:1 evidence:{item} --for H1 3..9 --category technical --why 'it says so' --by alice"
        ));
    }
    bench.well(&format!("{asked} --case midterms"));
    let found = run(&bench);
    let account = &found["question"]["actors"][0]["accounts"][0];
    assert_eq!(found["question"]["actors"][0]["name"], "Example Agency");
    assert_eq!(account["claim"], "claim:1");
    let judged = account["judgement"].as_array().unwrap();
    assert!(judged[0].as_f64() < judged[1].as_f64(), "{account}");
    let both = bench.fails(&format!("{asked} --case midterms --actors actors.toml"), 2);
    assert!(both.contains("cannot be used with"), "{both}");

    // Posts that changed since are not what the findings are of.
    let posts = bench.read("posts/posts.csv");
    let fewer: Vec<&str> = posts.lines().take(500).collect();
    bench.file("posts/posts.csv", fewer.join("\n") + "\n");
    let refused = bench.fails(&format!("{asked} --actors actors.toml"), 3);
    assert!(refused.contains("[intensity.changed]"), "{refused}");
    std::fs::remove_file(bench.path("posts/posts.csv")).unwrap();
    let refused = bench.fails(&format!("{asked} --actors actors.toml"), 3);
    assert!(refused.contains("[intensity.no-posts]"), "{refused}");
}
