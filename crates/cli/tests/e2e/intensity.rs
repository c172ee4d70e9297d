//! Actors election by election: what is said, what is refused.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const ELECTIONS: &str = r#"
[[election]]
id = "2016"
name = "the vote of 2016"
vote = "2016-11-08"
words = ["vote", "ballot"]
names = ["Carter"]

[[election]]
id = "2018"
name = "the vote of 2018"
vote = "2018-11-06"
words = ["vote", "ballot"]
names = ["Carter"]
"#;

/// Eight operators with two accounts each, known within a month of the last vote that they were seen before.
fn actors() -> String {
    let mut text =
        "until = \"2019-11-06\"\n[[actor]]\nid = \"north\"\nname = \"North\"\naccounts = [\n"
            .to_owned();
    for account in 0..16 {
        let _ = writeln!(
            text,
            "  {{ id = \"a{account}\", operator = \"o{}\", known = \"2016-12-01\" }},",
            account % 8
        );
    }
    text.push_str("]\n");
    text
}

/// A day of the ninety before a vote, counted from the first.
fn day(cycle: usize, of: usize) -> String {
    let first: jiff::civil::Date = ["2016-08-11", "2018-08-09"][cycle].parse().unwrap();
    let days = jiff::Span::new().days((of % 90) as i64);
    (first + days).to_string()
}

/// Posts before each vote: `many[cycle]` of each account.
fn world(folder: &Path, many: [usize; 2]) {
    let mut everybody = "post_id,account_id,created_at,text\n".to_owned();
    for cycle in 0..2 {
        let mut own = everybody.lines().next().unwrap_or_default().to_owned() + "\n";
        for account in 0..16 {
            for n in 0..many[cycle] * (1 + account % 8) {
                let day = day(cycle, n * 13 + account * 7);
                let _ = writeln!(
                    own,
                    "p{cycle}-{account}-{n},a{account},{day}T10:00:00Z,go vote now"
                );
            }
        }
        let _ = writeln!(own, "q{cycle},somebody,{}T10:00:00Z,vote", day(cycle, 70));
        for n in 0..2_000 {
            let words = if n % 10 == 0 {
                "vote for Carter"
            } else {
                "lunch"
            };
            let day = day(cycle, n);
            let _ = writeln!(everybody, "e{cycle}-{n},u{n},{day}T11:00:00Z,{words}");
        }
        let cycle = folder.join(["2016", "2018"][cycle]);
        fs::create_dir_all(&cycle).unwrap();
        fs::write(cycle.join("posts.csv"), own).unwrap();
    }
    fs::write(folder.join("everybody.csv"), everybody).unwrap();
    fs::write(folder.join("actors.toml"), actors()).unwrap();
    fs::write(folder.join("elections.toml"), ELECTIONS).unwrap();
}

fn intensity(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("overt").unwrap();
    command.current_dir(folder).args([
        "intensity",
        "2016",
        "2018",
        "--actors",
        "actors.toml",
        "--elections",
        "elections.toml",
        "--background",
        "everybody.csv",
        "-o",
        "out",
    ]);
    command
}

fn said(command: &mut Command, code: i32) -> String {
    let done = command.assert().code(code);
    let output = done.get_output();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn less_is_said_where_everything_allows_it_and_of_whom() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    let said = said(&mut intensity(dir.path()), 0);
    assert!(
        said.contains("Of accounts known within 365 days after each vote, North posted less about the election"),
        "{said}"
    );
    let run = fs::read_to_string(dir.path().join("out/run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_str(&run).unwrap();
    let read = &run["cycles"];
    let parts = [
        "counted",
        "duplicates",
        "in_gaps",
        "outside",
        "of_nobody",
        "of_actors",
        "rejected",
        "left_out",
    ];
    let sum: u64 = parts.iter().map(|part| read[part].as_u64().unwrap()).sum();
    assert_eq!(Some(sum), read["rows"].as_u64());
    assert_eq!(read["of_nobody"], 2);
    for file in [
        "intensity.csv",
        "intensity.parquet",
        "comparisons.csv",
        "report.html",
    ] {
        assert!(dir.path().join("out").join(file).is_file(), "{file}");
    }
}

/// Posts without ids, and with ids that are no more than the numbers of their rows, are told apart by who posted when.
#[test]
fn ids_that_tell_nothing_change_nothing() {
    let of = |ids: &dyn Fn(usize, &str) -> String| {
        let dir = TempDir::new().unwrap();
        world(dir.path(), [8, 2]);
        for name in ["2016/posts.csv", "2018/posts.csv", "everybody.csv"] {
            let path = dir.path().join(name);
            let rows: Vec<String> = fs::read_to_string(&path)
                .unwrap()
                .lines()
                .enumerate()
                .map(|(n, row)| ids(n, row))
                .collect();
            fs::write(path, rows.join("\n") + "\n").unwrap();
        }
        said(&mut intensity(dir.path()), 0);
        let run = fs::read_to_string(dir.path().join("out/run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        let comparisons = fs::read_to_string(dir.path().join("out/comparisons.csv")).unwrap();
        (run["cycles"]["counted"].as_u64().unwrap(), comparisons)
    };
    let (counted, told) = of(&|_, row| row.to_owned());
    assert!(counted > 700 && told.contains("names"), "{counted} {told}");
    let without = of(&|_, row| row.split_once(',').unwrap().1.to_owned());
    assert_eq!(without, (counted, told.clone()));
    let numbered = of(&|n, row| match row.split_once(',') {
        Some((_, rest)) if n > 0 => format!("{n},{rest}"),
        _ => row.to_owned(),
    });
    assert_eq!(numbered, (counted, told));
}

#[test]
fn the_same_is_never_called_less() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [4, 4]);
    let said = said(&mut intensity(dir.path()), 0);
    assert!(said.contains("it cannot be said whether North"), "{said}");
}

#[test]
fn no_activity_is_said_with_what_would_have_been_seen() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [4, 0]);
    let cannot = said(&mut intensity(dir.path()), 0);
    assert!(
        cannot.contains("Whether North was active before the vote of 2018 cannot be said"),
        "{cannot}"
    );
    // Whoever knows that all of it was collected says so.
    let vouched = ELECTIONS.replacen(
        "vote = \"2018-11-06\"",
        "vote = \"2018-11-06\"\nwhole = true",
        1,
    );
    fs::write(dir.path().join("elections.toml"), vouched).unwrap();
    let said = said(intensity(dir.path()).arg("--force"), 0);
    assert!(said.contains("No activity of North was seen before the vote of 2018: 16 accounts were watched over 90 days"), "{said}");
    assert!(
        said.contains("Activity above 1497.9 posts per million"),
        "{said}"
    );
}

#[test]
fn accounts_without_a_day_are_not_compared() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    let actors = actors().replacen(", known = \"2016-12-01\"", "", 1);
    fs::write(dir.path().join("actors.toml"), actors).unwrap();
    let said = said(&mut intensity(dir.path()), 0);
    assert!(
        said.contains("2018 is not compared with the vote of 2016"),
        "{said}"
    );
    assert!(!said.contains("posted less"), "{said}");
}

#[test]
fn other_platforms_in_a_cycle_are_not_compared() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    let path = dir.path().join("2018/posts.csv");
    let posts = fs::read_to_string(&path).unwrap();
    let posts: String = (posts.lines().enumerate())
        .map(|(at, line)| format!("{line},{}\n", if at == 0 { "platform" } else { "telegram" }))
        .collect();
    fs::write(&path, posts).unwrap();
    let said = said(&mut intensity(dir.path()), 0);
    assert!(said.contains("hold other platforms"), "{said}");
}

#[test]
fn a_gap_counts_on_neither_side() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    let gap = ELECTIONS.replacen(
        "vote = \"2018-11-06\"",
        "vote = \"2018-11-06\"\ngaps = [[\"2018-08-20\", \"2018-11-06\"]]",
        1,
    );
    fs::write(dir.path().join("elections.toml"), gap).unwrap();
    said(&mut intensity(dir.path()), 0);
    let run = fs::read_to_string(dir.path().join("out/run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_str(&run).unwrap();
    for read in ["cycles", "background"] {
        assert!(run[read]["in_gaps"].as_u64().unwrap() > 0, "{read}");
    }
}

#[test]
fn questions_that_cannot_be_answered_are_refused() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [2, 2]);
    let elections = |from: &str, to: &str| ("elections.toml", ELECTIONS.replacen(from, to, 1));
    let refused = [
        (elections("2018-11-06", "2016-12-06"), "overlap"),
        (
            elections("id = \"2018\"", "id = \"2018\"\nusers = 67000000"),
            "a ratio needs both",
        ),
        (
            elections("id = \"2018\"", "id = \"2018\"\nplace = \"x\""),
            "unknown field",
        ),
        (elections("2018-11-06", "2018-31-06"), "elections.toml"),
        (
            elections("words = [\"vote\", \"ballot\"]", "words = []"),
            "two readings",
        ),
        (
            (
                "actors.toml",
                "until = \"2019-11-06\"\n[[actor]]\nid = \"x\"\nname = \"X\"\n".to_owned(),
            ),
            "has no accounts",
        ),
        (
            ("actors.toml", actors().replace("a15", "a14")),
            "given twice",
        ),
        (
            (
                "actors.toml",
                actors()
                    + "[[actor]]\nid = \"n2\"\nname = \"North\"\naccounts = [{ id = \"z\" }]\n",
            ),
            "name of an actor",
        ),
        (
            ("actors.toml", actors().replace("\"North\"", "\"Nor\\nth\"")),
            "a line break or another sign",
        ),
        (
            elections("name = \"the vote of 2018\"", "name = \"the vote of 2016\""),
            "name of an election",
        ),
        (
            elections(
                "id = \"2018\"",
                "id = \"2018\"\ngaps = [[\"2017-10-01\", \"2017-10-04\"]]",
            ),
            "outside the days before the vote",
        ),
        (
            (
                "actors.toml",
                actors().replacen("known =", "judgement = [0.9, 0.2], known =", 1),
            ),
            "lower and an upper probability",
        ),
    ];
    for ((file, text), why) in refused {
        let path = dir.path().join(file);
        let good = fs::read_to_string(&path).unwrap();
        fs::write(&path, text).unwrap();
        let said = said(&mut intensity(dir.path()), 3);
        assert!(said.contains(why) && said.contains(file), "{why}: {said}");
        assert!(!dir.path().join("out").exists());
        fs::write(&path, good).unwrap();
    }
}

#[test]
fn a_platform_of_what_is_not_there_is_refused() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [4, 4]);
    for platform in ["nix.csv=x", "2018/post.csv=telegram", "2018=", "=", ""] {
        let said = said(intensity(dir.path()).args(["--platform", platform]), 2);
        assert!(said.contains("[usage] --platform"), "{platform}: {said}");
    }
    for platform in ["2018=x", "2018/posts.csv=x", "x"] {
        said(
            intensity(dir.path()).args(["--force", "--platform", platform]),
            0,
        );
    }
}

#[test]
fn the_page_shows_hostile_names_as_text() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [4, 2]);
    let actors = actors().replace("\"North\"", "\"<script>alert(1)</script>{range}\"");
    fs::write(dir.path().join("actors.toml"), actors).unwrap();
    said(&mut intensity(dir.path()), 0);
    let page = fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
}

#[test]
fn findings_hold_no_posts() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [2, 2]);
    fs::write(dir.path().join("2018/run.json"), "{}").unwrap();
    let said = said(&mut intensity(dir.path()), 3);
    assert!(said.contains("[intensity.no-posts]"), "{said}");
}

fn run(folder: &Path) -> serde_json::Value {
    let run = fs::read_to_string(folder.join("out/run.json")).unwrap();
    serde_json::from_str(&run).unwrap()
}

/// Whoever takes everybody's posts from the platform has the actors' among them: they are not counted against themselves.
#[test]
fn actors_are_not_everybody() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    said(&mut intensity(dir.path()), 0);
    let alone = fs::read_to_string(dir.path().join("out/comparisons.csv")).unwrap();
    let mut everybody = fs::read_to_string(dir.path().join("everybody.csv")).unwrap();
    let mut own = 0;
    for cycle in ["2016/posts.csv", "2018/posts.csv"] {
        let posts = fs::read_to_string(dir.path().join(cycle)).unwrap();
        let rows = posts.lines().skip(1).filter(|row| !row.starts_with('q'));
        for row in rows {
            let _ = writeln!(everybody, "{row}");
            own += 1;
        }
    }
    fs::write(dir.path().join("everybody.csv"), everybody).unwrap();
    said(intensity(dir.path()).arg("--force"), 0);
    assert_eq!(run(dir.path())["background"]["of_actors"], own);
    let among = fs::read_to_string(dir.path().join("out/comparisons.csv")).unwrap();
    assert_eq!(among, alone);
}

#[test]
fn what_a_slip_of_the_hand_leaves_out_is_said() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    // Accounts written otherwise, posts in a folder within, dates of another year.
    fs::write(
        dir.path().join("actors.toml"),
        actors().replace("id = \"a", "id = \"@A"),
    )
    .unwrap();
    let near = said(&mut intensity(dir.path()), 0);
    assert!(
        near.contains("16 accounts of actors are there in other capitals")
            && near.contains("\"A0\" as \"a0\""),
        "{near}"
    );
    // A sign in front alone makes no other account.
    let signed = actors().replace("id = \"a", "id = \"@a");
    fs::write(dir.path().join("actors.toml"), signed).unwrap();
    let less = said(intensity(dir.path()).arg("--force"), 0);
    assert!(less.contains("North posted less"), "{less}");
    // In one cycle alone, and among everybody.
    fs::write(dir.path().join("actors.toml"), actors()).unwrap();
    for file in ["2018/posts.csv", "everybody.csv"] {
        let path = dir.path().join(file);
        let posts = fs::read_to_string(&path).unwrap();
        let other = posts.replace(",a7,", ",A7,") + "z1,A7,2018-11-01T10:00:00Z,vote\n";
        fs::write(&path, other).unwrap();
        let refused = said(intensity(dir.path()).arg("--force"), 0);
        assert!(
            refused.contains("they are not compared"),
            "{file}: {refused}"
        );
        fs::write(&path, posts).unwrap();
    }
    fs::write(dir.path().join("actors.toml"), actors()).unwrap();
    let within = dir.path().join("2018/x");
    fs::create_dir(&within).unwrap();
    fs::rename(dir.path().join("2018/posts.csv"), within.join("posts.csv")).unwrap();
    let less = said(intensity(dir.path()).arg("--force"), 0);
    assert!(less.contains("North posted less"), "{less}");
    let posts = fs::read_to_string(within.join("posts.csv")).unwrap();
    fs::write(within.join("posts.csv"), posts.replace("2018-", "2013-")).unwrap();
    let posts = fs::read_to_string(dir.path().join("2016/posts.csv")).unwrap();
    fs::write(
        dir.path().join("2016/posts.csv"),
        posts.replace("2016-", "2012-"),
    )
    .unwrap();
    let outside = said(intensity(dir.path()).arg("--force"), 0);
    assert!(
        outside.contains("lie in the days before no vote: they are of 2012-08-"),
        "{outside}"
    );
}

#[test]
fn one_election_alone_is_said_to_be_no_comparison() {
    let dir = TempDir::new().unwrap();
    world(dir.path(), [8, 2]);
    let later = ELECTIONS.find("[[election]]\nid = \"2018\"").unwrap();
    fs::write(dir.path().join("elections.toml"), &ELECTIONS[..later]).unwrap();
    let said = said(&mut intensity(dir.path()), 0);
    assert!(
        said.contains("one election is given: nothing is compared"),
        "{said}"
    );
}
