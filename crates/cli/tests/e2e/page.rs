//! The report in a real browser.

use std::process::Command;

use crate::run::Bench;

/// The page after its script ran, as Chromium has it.
fn dom(bench: &Bench, page: &str) -> Option<String> {
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
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_report_draws_and_filters_without_loading_anything() {
    let bench = Bench::new();
    bench.well("-q simulate --events 30k -o posts");
    bench.well("-q detect posts/posts.csv --trace repost,url,text -o out");
    let campaigns = bench
        .read("out/campaigns.json")
        .matches("\"id\": \"campaign-")
        .count();
    assert!(campaigns >= 3);
    let Some(whole) = dom(&bench, "out/report.html") else {
        return;
    };
    assert!(
        whole.contains(&format!(", {campaigns} campaigns described")),
        "the script told nothing"
    );
    let Some(filtered) = dom(&bench, "out/report.html#campaign=1") else {
        return;
    };
    assert!(filtered.contains(", 1 campaigns described"));
    assert_eq!(
        filtered.matches("hidden=\"\"").count(),
        campaigns - 1,
        "the others are hidden"
    );
    let report = bench.read("out/report.html");
    assert!(report.contains("default-src 'none'"));
    for loads in [
        " src=",
        "url(",
        "@import",
        "<link",
        "fetch(",
        "XMLHttpRequest",
    ] {
        assert!(!report.contains(loads), "{loads} would load something");
    }
}
