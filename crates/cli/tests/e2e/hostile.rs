//! Whatever a post or a name contains stays text.

use crate::page::dom;
use crate::run::Bench;

/// Posts of a group in step, whose names, words and links are attacks.
fn attacked() -> (Bench, String) {
    let bench = Bench::new();
    let mut rows = String::new();
    let endless = "N".repeat(1_000_000);
    let names = [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "a\u{202e}gnp.exe",
        "\"><img src=x onerror=alert(2)>",
        "]]><x/>",
        "nul\u{1}led & co",
    ];
    let long = "L".repeat(10_000_000);
    for object in 0..8 {
        for (k, name) in names.iter().enumerate() {
            let text = match (object, k) {
                (0, 0) => long.as_str(),
                (1, _) => "</script><script>alert(3)</script>",
                _ => "</blockquote><iframe src=\"https://evil.example\"></iframe> @SUM(A1)",
            };
            let shown_as = match k {
                1 => endless.clone(),
                _ => format!("{name}!"),
            };
            let post = serde_json::json!({
                "id": format!("p{object}-{k}"), "account_id": name, "account_name": shown_as,
                "created_at": 1_600_000_000 + object * 9_000 + (k * 5 + object * 7) % 6, "text": text,
                "url": format!("https://evil{object}.example/?q=<b>&x='\""),
            });
            rows.push_str(&format!("{post}\n"));
        }
    }
    // Enough people sharing other things for chance to explain little.
    for k in 0..3_000 {
        let post = serde_json::json!({
            "id": format!("q{k}"), "account_id": format!("u{}", k % 700), "created_at": 1_600_000_000 + k * 40,
            "text": "words", "url": format!("https://site.example/{}", k % 900),
        });
        rows.push_str(&format!("{post}\n"));
    }
    let file = bench.file("posts.ndjson", rows);
    bench.well(&[
        "-q",
        "detect",
        file.to_str().expect("a path"),
        "--trace",
        "url",
        "-o",
        "out",
    ]);
    let report = bench.read("out/report.html");
    (bench, report)
}

#[test]
fn attacks_stay_text_in_every_output() {
    let (bench, report) = attacked();
    let accounts = bench.read("out/accounts.csv");
    assert_eq!(
        accounts
            .lines()
            .filter(|l| l.contains(",established,"))
            .count(),
        6,
        "all of them, and nobody else"
    );
    let script = report.matches("<script").count();
    assert_eq!(script, 2, "the page's own data and code, nothing else");
    for attack in ["<img", "<iframe", "alert(1)</script>", "\u{202e}", "<b>&x"] {
        assert!(!report.contains(attack), "{attack} is in the report");
    }
    assert!(report.contains("[U+202E]"), "the override is spelt out");
    // No script of a name, a post or an address runs, and the page's own does.
    if let Some(page) = dom(&bench, "out/report.html") {
        assert!(page.contains("6 accounts drawn"));
    }
    assert!(
        report.len() < 3_000_000,
        "a long post is shortened: {}",
        report.len()
    );
    for line in accounts.lines().skip(1) {
        assert!(!line.starts_with(['=', '+', '@']), "{line}");
    }
    for name in ["network.gexf", "network.graphml"] {
        let xml = bench.read(&format!("out/{name}"));
        let mut reader = quick_xml::Reader::from_str(&xml);
        reader.config_mut().check_end_names = true;
        let mut starts = 0;
        loop {
            match reader.read_event().expect("well-formed XML") {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) => {
                    starts += 1;
                    assert!(tag.name().as_ref() != "script" && tag.name().as_ref() != "x");
                }
                _ => {}
            }
        }
        assert!(starts > 6 && !xml.contains('\u{1}'), "{name}");
    }
}

/// A terminal obeys what it is told: it erases, retitles, or types for the reader.
#[test]
fn a_terminal_is_told_nothing_but_text() {
    let bench = Bench::new();
    let attack = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    let column = format!("account{attack}");
    let mut rows = format!("{column},time,url\n");
    for row in 0..200 {
        rows.push_str(&format!(
            "{attack}{row},{},https://a.example/{attack}{row}\n",
            1_600_000_000 + row
        ));
    }
    let posts = format!("posts{}.csv", attack.replace('/', ""));
    bench.file(&posts, rows);
    bench.file(
        "list.ftm.json",
        serde_json::json!({
            "id": format!("p1{attack}"), "caption": attack, "schema": "Person", "target": true,
            "properties": {"name": [format!("Ivan Petrov{attack}")], "topics": ["sanction"]},
        })
        .to_string(),
    );
    bench.file("policy.txt", attack);
    bench.file("case.overt", format!("overt-bundle 1\n{attack} 3\nabc\n"));
    let posts = posts.as_str();
    let map = format!("account={column}");
    let runs: [&[&str]; 7] = [
        &["inspect", posts],
        &["detect", posts, "--map", &map, "-o", "out"],
        &[
            "screen",
            "--name",
            "Ivan Petrov",
            "--lists",
            "list.ftm.json",
        ],
        &["screen", "--name", attack, "--lists", posts],
        &[
            "--json",
            "screen",
            "--name",
            "Ivan Petrov",
            "--lists",
            "list.ftm.json",
        ],
        &["verify", "case.overt", "--policy", "policy.txt"],
        &["status", posts],
    ];
    for words in runs {
        let ran = bench.overt(words);
        let obeyed = |c: &char| c.is_control() && *c != '\n' && *c != '\t' || *c == '\u{202e}';
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.is_empty(), "{words:?}");
        assert_eq!(said.chars().find(obeyed), None, "{words:?}: {said:?}");
    }
}
