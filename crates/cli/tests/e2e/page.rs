//! The report in a real browser.

use std::process::Command;

use overt_testdata::shared;

use crate::run::{Bench, word};

/// The page after its script ran, as Chromium has it, and what it wrote on its console.
pub(crate) fn dom(bench: &Bench, page: &str) -> Option<String> {
    let profile = bench.path("profile");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args([
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", bench.path(page).display()))
        .output();
    let Ok(output) = output else {
        assert!(
            std::env::var("OVERT_REQUIRE_SHARED").is_err(),
            "chromium is not installed; run scripts/setup.sh"
        );
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let complaint = said.lines().find(|l| l.contains(":CONSOLE"));
    assert_eq!(complaint, None, "the page complains");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The words between two others.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(inside, _)| inside)
}

/// What stands in the rows of the campaigns' table, in their order.
fn order(page: &str) -> Vec<usize> {
    let table = between(page, "id=\"campaigns\"", "</section>");
    let numbers = table.split("</i>Campaign ").skip(1);
    numbers
        .filter_map(|n| n.split('<').next()?.parse().ok())
        .collect()
}

fn simulated() -> Bench {
    let bench = Bench::new();
    bench.well("-q simulate --events 30k -o posts");
    bench.well(&[
        "-q",
        "detect",
        "posts/posts.csv",
        "--trace",
        "repost,url,text",
        "--about",
        "posts/election.toml",
        "--calibrate",
        "2",
        "-o",
        "out",
    ]);
    bench
}

#[test]
fn the_report_draws_sorts_and_finds_without_loading_anything() {
    let bench = simulated();
    let report = bench.read("out/report.html");
    for loads in [
        " src=",
        "url(",
        "@import",
        "<link",
        "fetch(",
        "XMLHttpRequest",
        "unsafe-inline",
        " style=",
        " onclick=",
    ] {
        assert!(
            !report.contains(loads),
            "{loads} would load something, or run what the policy does not name"
        );
    }
    assert!(report.contains("default-src 'none'; style-src 'sha256-"));
    let Some(whole) = dom(&bench, "out/report.html") else {
        return;
    };
    let campaigns = order(&whole);
    assert!(campaigns.len() >= 3, "{campaigns:?}");
    assert!(campaigns.is_sorted());
    let drawn = between(&whole, "<output aria-live=\"polite\">", "</output>");
    assert!(drawn.contains("accounts drawn"), "the network is not drawn");
    // By size, the smallest first.
    let sorted = dom(&bench, "out/report.html#sort=2").expect("the page");
    let mut same = order(&sorted);
    assert_ne!(same, campaigns);
    assert!(sorted.contains("aria-sort=\"ascending\""));
    same.sort_unstable();
    assert_eq!(same, campaigns, "no row is lost");
    // Only one campaign is drawn.
    let one = dom(&bench, "out/report.html#campaign=1").expect("the page");
    assert_ne!(
        between(&one, "<output aria-live=\"polite\">", "</output>"),
        drawn
    );
}

#[test]
fn every_named_account_is_found_with_its_evidence() {
    let bench = simulated();
    let report = bench.read("out/report.html");
    let mut table = csv::Reader::from_path(bench.path("out/accounts.csv")).expect("accounts");
    let columns = table.headers().expect("a header").clone();
    let at = |name: &str| columns.iter().position(|c| c == name).expect(name);
    let mut named = Vec::new();
    for row in table.records().flatten() {
        let holm: f64 = row[at("p_holm")].parse().expect("a number");
        if &row[at("status")] == "established" && holm <= 0.05 {
            named.push(row[at("account")].to_owned());
        }
    }
    let sections: Vec<&str> = report.split("<details class=\"account\"").skip(1).collect();
    assert_eq!(sections.len(), named.len());
    for account in &named {
        let own = format!("<summary><b><bdi>{account}</bdi>");
        let section = sections.iter().find(|s| s.contains(&own)).expect(account);
        assert!(section.contains("<td"), "{account} has no evidence");
    }
    let Some(found) = dom(
        &bench,
        &format!(
            "out/report.html#find={}",
            named[0].replace("unknown:", "UNKNOWN:")
        ),
    ) else {
        return;
    };
    let shown = |p: &&str| !p.split('>').next().unwrap_or("").contains("hidden");
    let left: Vec<&str> = found
        .split("<details class=\"account\"")
        .skip(1)
        .filter(shown)
        .collect();
    assert!(
        !left.is_empty() && left.len() < named.len(),
        "{}",
        left.len()
    );
    assert!(left.iter().all(|l| l.contains(&named[0])));
}

#[test]
fn accounts_outside_campaigns_have_their_evidence_and_their_figures() {
    let Some(data) = shared("data/coordination/german_url_id.csv") else {
        return;
    };
    let bench = Bench::new();
    bench.well(&["-q", "detect", word(&data), "-o", "out"]);
    let report = bench.read("out/report.html");
    let mut table = csv::Reader::from_path(bench.path("out/accounts.csv")).expect("accounts");
    let columns = table.headers().expect("a header").clone();
    let at = |name: &str| columns.iter().position(|c| c == name).expect(name);
    let mut outside = 0;
    for row in table.records().flatten() {
        let number = |name: &str| row[at(name)].parse::<f64>().unwrap_or(0.0);
        assert!(number("posts") > 0.0, "{row:?} has no post");
        if row[at("campaign")].is_empty() {
            assert_eq!(&row[at("centrality")], "", "central to nothing");
            let in_step = number("degree") == 0.0 || number("posts_carrying") > 0.0;
            assert!(in_step && number("posts_carrying") <= number("posts"));
            let is_named = &row[at("status")] == "established" && number("p_holm") <= 0.05;
            if is_named {
                outside += 1;
                let own = format!("<summary><b><bdi>{}</bdi>", &row[at("account")]);
                assert!(report.contains(&own), "{row:?}");
            }
        }
    }
    assert!(outside >= 10, "{outside}");
    // The figures of the first table add up, across and down.
    let table = between(&report, "Accounts by what can be said of them", "</table>");
    let rows: Vec<Vec<u64>> = table
        .split("<tr>")
        .skip(2)
        .map(|row| {
            let cells = row.split("<td class=\"n\">").skip(1);
            cells
                .map(|c| c.split('<').next().unwrap_or("").replace(',', ""))
                .map(|c| c.parse().expect("a number"))
                .collect()
        })
        .collect();
    assert_eq!(rows.len(), 5);
    for row in &rows {
        assert_eq!(row[0] + row[1], row[2], "{row:?}");
    }
    for column in 0..3 {
        let sum: u64 = rows[..4].iter().map(|r| r[column]).sum();
        assert_eq!(sum, rows[4][column]);
    }
}

#[test]
fn nothing_is_offered_to_print_where_chance_cannot_tell() {
    let bench = Bench::new();
    // Ten accounts and nobody else.
    let mut posts = "post_id,account_id,created_at,urls\n".to_owned();
    for day in 0..20 {
        for account in 0..10 {
            let time = 1_600_000_000 + day * 90_000 + account * 3;
            posts.push_str(&format!(
                "p{day}x{account},a{account},{time},https://daily.example/{day}\n"
            ));
        }
    }
    bench.file("posts.csv", &posts);
    bench.well("-q detect posts.csv -o out");
    let report = bench.read("out/report.html");
    let words = between(&report, "id=\"statement\"", "</section>");
    assert!(words.contains("There is no sentence here to print"));
    assert!(!words.contains("class=\"print\""));
    let bench = simulated();
    let report = bench.read("out/report.html");
    let words = between(&report, "id=\"statement\"", "</section>");
    for has in [
        "at most 5 per cent",
        "In 2 copies",
        "Not examined was who runs these accounts",
        "[Their answers",
    ] {
        assert!(words.contains(has), "{has}: {words}");
    }
}

#[test]
fn posts_of_named_accounts_can_be_looked_up_and_no_others() {
    let bench = simulated();
    bench.well("-q detect posts/posts.csv --trace repost,url,text --platform x -o on-x");
    let report = bench.read("on-x/report.html");
    let posts = bench.read("posts/posts.csv");
    let mut author = std::collections::BTreeMap::new();
    for row in csv::Reader::from_reader(posts.as_bytes())
        .records()
        .flatten()
    {
        author.insert(row[0].to_owned(), row[1].to_owned());
    }
    let mut named = std::collections::BTreeSet::new();
    let mut table = csv::Reader::from_path(bench.path("on-x/accounts.csv")).expect("accounts");
    let columns = table.headers().expect("a header").clone();
    let at = |name: &str| columns.iter().position(|c| c == name).expect(name);
    for row in table.records().flatten() {
        let holm: f64 = row[at("p_holm")].parse().expect("a number");
        if &row[at("status")] == "established" && holm <= 0.05 {
            named.insert(row[at("account")].trim_start_matches("x:").to_owned());
        }
    }
    let addresses: Vec<&str> = report.split("href=\"https://").skip(1).collect();
    assert!(addresses.len() > 50, "{}", addresses.len());
    for address in addresses {
        let post = between(address, "x.com/i/status/", "\"");
        assert!(
            named.contains(&author[post]),
            "{post} is of somebody unnamed"
        );
    }
}
