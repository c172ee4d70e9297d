//! What `overt detect` finds in real data, and that it finds the same every time.

use std::collections::BTreeSet;

use overt_testdata::shared;

use crate::run::{Bench, word};

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    for (threads, out) in [("1", "one"), ("2", "two"), ("5", "five")] {
        bench.well(&[
            "-q",
            "detect",
            word(&data),
            "--window",
            "60s,600s",
            "--calibrate",
            "3",
            "--threads",
            threads,
            "-o",
            out,
        ]);
    }
    let names: BTreeSet<String> = std::fs::read_dir(bench.path("one"))
        .expect("findings")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in names.iter().filter(|n| *n != "run-stats.json") {
        let read = |folder: &str| std::fs::read(bench.path(folder).join(name)).expect("a file");
        assert!(
            read("one") == read("two") && read("one") == read("five"),
            "{name} differs"
        );
    }
}

#[test]
fn german_urls_hold_the_edges_the_reference_found_and_more() {
    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    let edges = |seed: &str| {
        let words = ["--json", "detect", word(&data), "--window", "60s"];
        let to = ["--seed", seed, "--write", "csv", "-o", "out", "--force"];
        let ran = bench.well(&[&words[..], &to].concat());
        let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        said["edges"].as_u64().expect("a count")
    };
    // The reference counts encounters of accounts that keep company towards what anybody would do, and found 171. What is
    // not kept in step here is kept out; shuffled copies of the same posts have no edge. The pairs of one group of 22, with
    // five links each, stand at the very bar, and one draw of topics in six lets all 231 pass: so of five draws the middle.
    let mut drawn = ["0", "1", "2", "3", "4"].map(edges);
    drawn.sort_unstable();
    assert!((171..=320).contains(&drawn[2]), "{drawn:?}");
    assert!(drawn[0] >= 171 && drawn[4] <= 320 + 231, "{drawn:?}");
    let table = bench.read("out/edges.csv");
    assert!(
        table.starts_with("account_a,account_b,trace,window,counting,observed,expected,lift,p,")
    );
    assert!(
        !bench.path("out/report.html").exists(),
        "only what was asked for"
    );
}

#[test]
fn a_campaign_is_followed_from_one_run_to_the_next() {
    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    bench.well(&["-q", "detect", word(&data), "-o", "yesterday"]);
    bench.well(&[
        "-q",
        "detect",
        word(&data),
        "--window",
        "120s",
        "--earlier",
        "yesterday",
        "-o",
        "today",
    ]);
    let today: serde_json::Value =
        serde_json::from_str(&bench.read("today/campaigns.json")).expect("JSON");
    let followed = today["campaigns"]
        .as_array()
        .expect("campaigns")
        .iter()
        .filter(|c| c["overlaps"][0]["jaccard"].as_f64() >= Some(0.5));
    assert!(followed.count() > 0);
}

#[test]
fn edges_only_are_the_same_edges() {
    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    let detect = ["-q", "detect", word(&data), "--write", "csv", "-o"];
    bench.well(&[&detect[..], &["whole"]].concat());
    bench.well(&[&detect[..], &["bare", "--edges-only"]].concat());
    let columns = |folder: &str| -> Vec<Vec<String>> {
        let table = bench.read(&format!("{folder}/edges.csv"));
        let cells = |line: &str| line.split(',').take(11).map(str::to_owned).collect();
        table.lines().map(cells).collect()
    };
    // The whole run also shows pairs inside established groups, which do not pass by themselves.
    let passes =
        |line: &Vec<String>| line[10] == "q" || line[10].parse::<f64>().is_ok_and(|q| q <= 0.05);
    let mut whole = columns("whole");
    whole.retain(passes);
    assert!(columns("bare").len() > 100);
    assert_eq!(columns("bare"), whole);
    let run: serde_json::Value = serde_json::from_str(&bench.read("bare/run.json")).expect("JSON");
    assert!(
        run["judged"].is_null(),
        "no account was judged, so none is counted"
    );
    let refused = bench.overt(&["evaluate", "bare", "--labels", word(&data)]);
    assert!(refused.err.contains("--edges-only"), "{}", refused.err);
}

#[test]
fn images_that_look_alike_are_one_object() {
    let bench = Bench::new();
    let mut posts = String::from("id,user,timestamp,phash\n");
    for n in 0..30u64 {
        for (account, bit) in [("ann", 0u64), ("bob", 1)] {
            // The two copies of an image differ in one bit; images differ in many.
            let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ bit;
            // Now early, now late among the others: being first is a habit that explains meeting.
            let time = 1_600_000_000 + n * 86_400 + n * 7 % 10 * 3600 + 1800 + bit;
            posts.push_str(&format!("{account}{n},{account},{time},{hash:016x}\n"));
        }
        for other in 0..8u64 {
            let time = 1_600_000_000 + n * 86_400 + 3600 * (other + 1);
            let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            posts.push_str(&format!("o{other}x{n},o{other},{time},{hash:016x}\n"));
        }
    }
    std::fs::write(bench.path("posts.csv"), posts).expect("to write");
    let edges = |words: &[&str]| {
        let detect = [
            "--json",
            "detect",
            "posts.csv",
            "--trace",
            "media",
            "--window",
            "60s",
            "--force",
            "-o",
            "out",
        ];
        let ran = bench.well(&[&detect[..], words].concat());
        let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        said["edges"].as_u64()
    };
    assert_eq!(edges(&[]), Some(0));
    assert_eq!(edges(&["--media-distance", "2"]), Some(1));
}

/// Each group of this world shares eight objects within twenty seconds in each of three traces.
const STRONG_GROUPS: &str = "seed = 7
events = 30000
groups = [
    { size = 6, objects = 24, spread = 20.0, participation = 0.9 },
    { size = 12, objects = 24, spread = 20.0, participation = 0.9 },
    { size = 30, objects = 24, spread = 20.0, participation = 0.9 },
]
";

#[test]
fn strong_groups_of_any_size_are_found_whole() {
    let bench = Bench::new();
    std::fs::write(bench.path("world.toml"), STRONG_GROUPS).expect("to write");
    bench.well("-q simulate --settings world.toml -o posts");
    let traces = ["--trace", "repost,url,text"];
    let detect = [
        "-q",
        "detect",
        "posts/posts.csv",
        "--write",
        "csv",
        "-o",
        "out",
    ];
    bench.well(&[&detect[..], &traces].concat());
    let ran = bench.well("--json evaluate out --labels posts/labels.csv");
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    for (figure, least) in [
        ("edge_precision", 0.95),
        ("pair_recall", 0.9),
        ("account_precision", 0.95),
        ("account_recall", 0.8),
    ] {
        assert!(said[figure].as_f64() >= Some(least), "{figure}: {said}");
    }
}

#[test]
fn without_known_accounts_everything_is_counted_and_what_is_found_with_them_is_said() {
    let bench = Bench::new();
    std::fs::write(bench.path("world.toml"), STRONG_GROUPS).expect("to write");
    bench.well("-q simulate --settings world.toml -o posts");
    let detect = "--json detect posts/posts.csv --write csv,report";
    let all: serde_json::Value =
        serde_json::from_str(&bench.well(&format!("{detect} -o all")).out).expect("JSON");
    assert_eq!(all["known"], serde_json::Value::Null);
    // The whole of one group, by a list with a header and another column.
    let labels = std::fs::read_to_string(bench.path("posts/labels.csv")).expect("labels");
    let of_group = |l: &&str| l.ends_with(",0");
    let group: Vec<&str> = labels.lines().filter(of_group).collect();
    let list = format!("account_id,paper\n{}\n", group.join("\n"));
    std::fs::write(bench.path("known.csv"), list).expect("to write");
    let ran = bench.well(&format!("{detect} --known known.csv -o rest"));
    let rest: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let known = &rest["known"];
    let size = group.len() as u64;
    assert_eq!(known["listed"].as_u64(), Some(size));
    assert_eq!(known["in_data"].as_u64(), Some(size));
    assert_eq!(known["with_them"]["edges"], all["edges"]);
    assert_eq!(
        known["with_them"]["judged"]["established"],
        all["established"]
    );
    let count = |v: &serde_json::Value| v["accounts"].as_u64().expect("a number");
    assert_eq!(count(&rest), count(&all) - size);
    assert!(rest["established"].as_u64() < all["established"].as_u64());
    let accounts = bench.read("rest/accounts.csv");
    let named = |l: &&&str| accounts.contains(&format!(":{},", l.split(',').next().unwrap_or("")));
    assert_eq!(group.iter().filter(named).count(), 0, "nobody of the list");
    let report = bench.read("rest/report.html");
    let hash = known["sha256"].as_str().expect("a hash");
    assert!(report.contains(hash) && report.contains("With them:"));
    // A list of others is said to name nobody.
    std::fs::write(bench.path("others.csv"), "somebody\n").expect("to write");
    let ran = bench.well(&format!("{detect} --known others.csv -o others"));
    assert!(
        ran.out
            .contains("the only account listed is not in the data"),
        "{}",
        ran.out
    );
}

#[test]
fn worlds_of_strangers_are_pooled() {
    let bench = Bench::new();
    for seed in ["1", "2"] {
        let world = STRONG_GROUPS.replace("seed = 7", &format!("seed = {seed}"));
        std::fs::write(bench.path("world.toml"), world).expect("to write");
        bench.well(&format!(
            "-q simulate --settings world.toml -o worlds/{seed}"
        ));
    }
    let ran = bench.well("--json evaluate worlds/1 worlds/2");
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(said["worlds"].as_array().map(Vec::len), Some(2));
    let pooled = &said["pooled"];
    assert_eq!(
        pooled["worlds_with_innocents"].as_u64(),
        Some(0),
        "{pooled}"
    );
    assert!(pooled["account_recall"].as_f64() > Some(0.8), "{pooled}");
    let refused = bench.overt("evaluate worlds");
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("is no world"), "{}", refused.err);
}

#[test]
fn planted_groups_are_found_in_a_simulated_election() {
    let bench = Bench::new();
    bench.well("-q simulate --events 30k -o posts");
    let words = [
        "-q",
        "detect",
        "posts/posts.csv",
        "--trace",
        "repost,url,text",
        "--about",
        "posts/election.toml",
        "-o",
        "out",
    ];
    bench.well(&words);
    let ran = bench.well("--json evaluate out --labels posts/labels.csv");
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(said["edge_precision"].as_f64() > Some(0.95), "{said}");
    assert!(said["account_precision"].as_f64() > Some(0.95), "{said}");
    let missed = bench.overt("-q evaluate out --labels posts/labels.csv --min-recall 1");
    assert_eq!(missed.code, 1, "{}", missed.err);
    for bar in ["nan", "2", "-1"] {
        let bar = format!("--min-recall={bar}");
        let refused = bench.overt(&["evaluate", "out", "--labels", "posts/labels.csv", &bar]);
        assert_eq!(refused.code, 2, "{}", refused.err);
    }
}

#[test]
fn a_peers_edges_come_out_as_the_peer_writes_them() {
    let Some(data) = shared("data/coordination/russian_coord_tweets.csv") else {
        return;
    };
    let Some(oracle) = shared("oracle/coordination/cnt/russian_co_retweet_tw60_mw2.csv") else {
        return;
    };
    let bench = Bench::new();
    bench.well(&[
        "-q",
        "detect",
        word(&data),
        "--compat",
        "cnt",
        "--trace",
        "object",
        "--window",
        "60s",
        "-o",
        "out",
    ]);
    let lines = |text: String| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let theirs = lines(
        std::fs::read_to_string(oracle)
            .expect("the oracle")
            .replace('\r', ""),
    );
    let theirs: BTreeSet<String> = theirs
        .into_iter()
        .filter(|l| {
            let c: Vec<&str> = l.split(',').collect();
            c[0] != c[1]
        })
        .collect();
    assert_eq!(lines(bench.read("out/cnt_object_60s.csv")), theirs);
}

#[test]
fn findings_convert_to_graphs() {
    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    bench.well(&["-q", "detect", word(&data), "-o", "out"]);
    for format in ["gexf", "graphml"] {
        let file = format!("again.{format}");
        bench.well(&format!("-q convert out --to '{format}' -o '{file}'"));
        assert_eq!(
            bench.read(&file).matches("<edge ").count(),
            bench
                .read(&format!("out/network.{format}"))
                .matches("<edge ")
                .count()
        );
    }
    let refused = bench.overt("convert nothing --to gexf");
    assert!(
        refused.code == 3 && refused.err.contains("[findings.not-findings]"),
        "{}",
        refused.err
    );
}

#[test]
fn the_archive_of_an_operation_is_read_whole() {
    let Some(data) = shared("data/coordination/twitter_io_rna/RNA_0621_tweets_csv_hashed_2019.csv")
    else {
        return;
    };
    let bench = Bench::new();
    let ran = bench.well(&["inspect", word(&data)]);
    assert!(
        ran.out.contains("twitter-io") && ran.out.contains(" 0 rejected"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("told to the minute"), "{}", ran.out);
}

#[test]
fn every_command_explains_itself_with_examples() {
    let bench = Bench::new();
    for command in [
        "detect",
        "inspect",
        "evaluate",
        "simulate",
        "convert",
        "completions",
        "man",
    ] {
        let ran = bench.well(&[command, "--help"]);
        assert!(
            ran.out.contains("Example") && ran.out.contains(&format!("overt {command}")),
            "{}",
            ran.out
        );
    }
    assert!(bench.well("completions bash").out.contains("_overt"));
    bench.well("man pages");
    assert!(bench.read("pages/overt-detect.1").contains("overt"));
}

#[test]
fn a_background_says_what_is_usual_and_is_not_in_question() {
    let bench = Bench::new();
    bench.well("-q simulate --events 20k --seed 3 -o world");
    let planted: BTreeSet<String> = bench
        .read("world/labels.csv")
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next().map(str::to_owned))
        .collect();
    let posts = bench.read("world/posts.csv");
    let (mut archive, mut others) = (String::new(), String::new());
    for (n, line) in posts.lines().enumerate() {
        let account = line.split(',').nth(1).unwrap_or("");
        let is_in = planted.contains(account);
        if n == 0 || is_in {
            archive.push_str(&format!("{line}\n"));
        }
        if n == 0 || !is_in {
            others.push_str(&format!("{line}\n"));
        }
    }
    bench.file("archive.csv", &archive);
    bench.file("others.csv", &others);
    let words = ["--trace", "repost,url", "-o", "out"];
    let with = ["detect", "archive.csv", "--background", "others.csv"];
    bench.well(&[&["-q"], &with[..], &words[..]].concat());
    let run: serde_json::Value = serde_json::from_str(&bench.read("out/run.json")).expect("JSON");
    assert_eq!(
        run["accounts"],
        planted.len(),
        "only the archive's accounts are tested"
    );
    assert_eq!(run["inputs"][0].get("background"), None);
    assert_eq!(run["inputs"][1]["background"], true);
    let edges = bench.read("out/edges.csv");
    assert!(edges.lines().count() > 50, "{}", edges.lines().count());
    for line in edges.lines().skip(1) {
        for key in line.split(',').take(2) {
            let account = key.rsplit(':').next().unwrap_or("");
            assert!(planted.contains(account), "{account} is of the background");
        }
    }
    let report = bench.read("out/report.html");
    assert!(report.contains("of a background, not from the accounts in question"));
    assert!(!report.contains("estimated from this data itself"));
    let refused = bench.overt(&[&with[..], &["--null", "bicm", "-o", "no"]].concat());
    assert_eq!(refused.code, 2, "{}", refused.err);
}

#[test]
fn a_folder_that_was_changed_is_no_finding() {
    let bench = Bench::new();
    bench.well("-q simulate --events 20k --seed 3 -o world");
    bench.well("-q detect world/posts.csv --trace repost,url -o out");
    bench.well("evaluate out --labels world/labels.csv");
    bench.well("key new alice");
    bench.well(
        "case new one --regime eo13848 --election 2026-11-03 --by alice --purpose test --legal-basis consent \
         --keep-until 2030-01-01",
    );
    let accounts = bench.read("out/accounts.csv");
    let shorter: String = accounts.lines().take(4).map(|l| format!("{l}\n")).collect();
    let otherwise = accounts.replace(",established,", ",connected,");
    assert_ne!(accounts, otherwise);
    for changed in [shorter, otherwise] {
        bench.file("out/accounts.csv", &changed);
        for words in [
            "evaluate out --labels world/labels.csv",
            "convert out --to gexf -o network.gexf",
            "evidence add one out --source A1 --by alice",
        ] {
            let ran = bench.overt(&words.split(' ').collect::<Vec<_>>());
            assert_ne!(ran.code, 0, "{words}");
            assert!(
                ran.err.contains("accounts.csv is not what the run wrote"),
                "{words}: {}",
                ran.err
            );
        }
    }
    bench.file("out/accounts.csv", &accounts);
    bench.well("evaluate out --labels world/labels.csv");
}

#[test]
#[cfg(unix)]
fn an_interruption_leaves_nothing_half_written() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    let entries = || {
        std::fs::read_dir(bench.path(""))
            .expect("the folder")
            .count()
    };
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("overt"))
        .current_dir(bench.path(""))
        .env("XDG_STATE_HOME", bench.path("state"))
        .args([
            "-q",
            "detect",
            word(&data),
            "--calibrate",
            "10000",
            "-o",
            "out",
        ])
        .stderr(Stdio::null())
        .spawn()
        .expect("a run");
    let begun = Instant::now();
    while entries() == 0 {
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "nothing is being written"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let signal = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(signal.expect("kill").success());
    let status = child.wait().expect("an end");
    assert_eq!(status.code(), Some(130));
    assert_eq!(entries(), 0, "what was half-written is gone");
}

#[test]
fn links_of_campaigns_are_held_against_published_indicators() {
    let bench = Bench::new();
    bench.well("-q simulate --events 20k --seed 3 -o world");
    bench.file(
        "list.csv",
        "procedure,indicator\nSites that <b>imitate</b> others,site30[.]example\n,https://site31.example/story/0\n,a phrase\n",
    );
    let words = [
        "--trace",
        "repost,url",
        "--window",
        "60s",
        "--indicators",
        "list.csv",
        "-o",
        "out",
    ];
    bench.well(&[&["-q", "detect", "world/posts.csv"], &words[..]].concat());
    let run: serde_json::Value = serde_json::from_str(&bench.read("out/run.json")).expect("JSON");
    assert_eq!(
        run["indicators"],
        serde_json::json!({ "usable": 2, "unusable": 1 })
    );
    assert_eq!(run["settings"]["indicators"][0]["list"], "list.csv");
    let found: serde_json::Value =
        serde_json::from_str(&bench.read("out/campaigns.json")).expect("JSON");
    let campaigns = found["campaigns"].as_array().expect("campaigns");
    assert!(!campaigns.is_empty());
    for campaign in campaigns {
        let to_site = |d: &&serde_json::Value| d[0] == "site30.example";
        let links = campaign["domains"]
            .as_array()
            .expect("domains")
            .iter()
            .find(to_site);
        let met: Vec<&serde_json::Value> = campaign["indicators"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(links.map(|l| &l[1]), met.first().map(|m| &m["posts"]));
        for m in met {
            assert_eq!(m["indicator"], "site30[.]example");
            assert!(m["first_post"].as_str().is_some_and(|p| p.contains(':')));
        }
    }
    let report = bench.read("out/report.html");
    assert!(
        report.contains("imitate&lt;&#x2F;b&gt;"),
        "a list's words stay text"
    );
    assert!(report.contains("does not say whose the account is"));
    bench.file("phrases.txt", "no site here\n");
    let refused = bench.overt("detect world/posts.csv --indicators phrases.txt -o no");
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(
        refused
            .err
            .contains("phrases.txt: no site or link is listed")
    );
}

#[test]
fn an_archive_is_warned_of_once_and_meta_publishes_what_can_be_met() {
    let (Some(archive), Some(list)) = (
        shared("data/coordination/twitter_io_rna"),
        shared("data/coordination/meta_cib/indicators.csv"),
    ) else {
        return;
    };
    let bench = Bench::new();
    let files = archive.join("RNA_*tweets*.csv");
    bench.well(&[
        "-q",
        "detect",
        word(&files),
        "--indicators",
        word(&list),
        "-o",
        "out",
    ]);
    let run: serde_json::Value = serde_json::from_str(&bench.read("out/run.json")).expect("JSON");
    let about_archives = run["warnings"].as_array().expect("warnings").iter();
    let about_archives = about_archives.filter(|w| w.to_string().contains("already removed"));
    assert_eq!(about_archives.count(), 1);
    let usable = run["indicators"]["usable"].as_u64().unwrap_or(0);
    assert!(usable > 6_000, "{usable} sites and links");
}

/// Ten accounts that post links of one site with one program, always in the same second order, and nothing else.
fn feed(accounts: u32, days: u32) -> String {
    let mut posts = "post_id,account_id,created_at,text,urls,client\n".to_owned();
    for day in 0..days {
        for account in 0..accounts {
            let time = 1_600_000_000 + day * 90_000 + account * 3;
            let link = format!("https://daily.example/{day}");
            posts.push_str(&format!(
                "p{day}x{account},a{account},{time},news,{link},Feeder\n"
            ));
        }
    }
    posts
}

#[test]
fn an_archive_of_one_operation_says_that_there_is_nobody_to_compare_with() {
    let bench = Bench::new();
    std::fs::write(bench.path("posts.csv"), feed(10, 20)).expect("to write");
    let ran = bench.well(&[
        "--json",
        "detect",
        "posts.csv",
        "--trace",
        "url",
        "-o",
        "out",
    ]);
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let warnings = said["warnings"].to_string();
    assert!(
        warnings.contains("hardly anybody to compare with"),
        "{warnings}"
    );
    assert!(
        ran.err.contains("hardly anybody to compare with"),
        "{}",
        ran.err
    );
    assert!(
        bench
            .read("out/run.json")
            .contains("hardly anybody to compare with")
    );
    assert!(
        bench
            .read("out/report.html")
            .contains("hardly anybody to compare with")
    );
}

#[test]
fn feeds_of_one_site_are_read_as_such() {
    let bench = Bench::new();
    std::fs::write(bench.path("posts.csv"), feed(10, 20)).expect("to write");
    bench.well(&["-q", "detect", "posts.csv", "--trace", "url", "-o", "out"]);
    let document: serde_json::Value =
        serde_json::from_str(&bench.read("out/campaigns.json")).expect("JSON");
    let readings = document["campaigns"][0]["readings"]
        .as_array()
        .expect("readings");
    let kinds: BTreeSet<&str> = readings
        .iter()
        .filter_map(|r| r["reading"].as_str())
        .collect();
    assert!(
        kinds.contains("feeds") && kinds.contains("one-site"),
        "{readings:?}"
    );
    let client = &readings
        .iter()
        .find(|r| r["reading"] == "feeds")
        .expect("feeds")["client"];
    assert_eq!(client[0], "Feeder");
    let report = bench.read("out/report.html");
    assert!(
        report.contains("Innocent readings that fit"),
        "it is in the report"
    );
}

#[test]
fn only_who_meets_the_second_bar_is_named() {
    let bench = Bench::new();
    bench.well(&[
        "-q", "simulate", "--events", "20k", "--seed", "7", "-o", "posts",
    ]);
    bench.well(&[
        "-q",
        "detect",
        "posts/posts.csv",
        "--trace",
        "repost,url",
        "-o",
        "out",
    ]);
    let mut table = csv::Reader::from_path(bench.path("out/accounts.csv")).expect("accounts");
    let column = |name: &str| {
        let mut table = csv::Reader::from_path(bench.path("out/accounts.csv")).expect("accounts");
        let header = table.headers().expect("a header").clone();
        header.iter().position(|h| h == name).expect("a column")
    };
    let (status, p_holm) = (column("status"), column("p_holm"));
    let graph = bench.read("out/network.gexf");
    let (mut named, mut unnamed) = (0, 0);
    for row in table.records() {
        let row = row.expect("a row");
        let certain =
            &row[status] == "established" && row[p_holm].parse::<f64>().expect("p") <= 0.05;
        let label = format!("label=\"{}\"", &row[0]);
        assert_eq!(graph.contains(&label), certain, "{}", &row[0]);
        named += u32::from(certain);
        unnamed += u32::from(!certain && &row[status] == "established");
    }
    assert!(named > 100 && unnamed > 0, "{named} named, {unnamed} not");
    assert!(graph.contains("label=\"established account"));
}
