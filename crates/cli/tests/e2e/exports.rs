//! Exports of all kinds from the command line: what is asked, what is said, and a mapping from its proposal to its use.

use serde_json::Value;

use crate::run::{Bench, word};

/// Four accounts that share a link a day within seconds, in columns that nobody knows.
fn strange() -> String {
    let row = |n: usize| {
        let (day, who) = (n / 4, n % 4);
        format!(
            "p{n};poster{who};{:02}.11.2024;10:00:{:02};https://news.example/{day}\n",
            day + 1,
            who
        )
    };
    let rows: String = (0..40).map(row).collect();
    format!("nr;poster;day;clock;what is shared\n{rows}")
}

#[test]
fn a_mapping_is_proposed_edited_tried_and_used() {
    let bench = Bench::new();
    let file = bench.file("strange.csv", strange());
    let map = bench.path("strange.toml");
    let ran = bench.overt(&["inspect", word(&file), "--map", word(&map)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("what is shared") && ran.out.contains("https://news.example/0"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("no field was found for the account"),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("overt detect"), "{}", ran.out);
    let proposed = std::fs::read_to_string(&map).unwrap();
    let (before, _) = proposed.split_once("[roles]").unwrap();
    let roles = "[roles]\nid = \"nr\"\naccount = \"poster\"\ntime = { join = [\"day\", \"clock\"] }\nurls = \"what is shared\"\n";
    std::fs::write(&map, format!("{before}{roles}")).unwrap();
    let tried = bench.overt(&["inspect", word(&file), "--map", word(&map)]);
    assert!(
        tried
            .out
            .contains("own-mapping, 40 rows, 40 posts, 0 rejected"),
        "{}{}",
        tried.out,
        tried.err
    );
    let found = bench.overt(&[
        "-q",
        "detect",
        word(&file),
        "--map",
        word(&map),
        "--trace",
        "url",
        "-o",
        "out",
    ]);
    assert_eq!(found.code, 0, "{}", found.err);
    let run: Value =
        serde_json::from_slice(&std::fs::read(bench.path("out/run.json")).unwrap()).unwrap();
    assert_eq!(run["intake"]["posts"], 40);
    assert_eq!(
        run["settings"]["intake"]["mapping"]["sha256"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    let unread = bench.overt(&["detect", word(&file), "--map", "none.toml", "-o", "out2"]);
    assert!(
        unread.err.contains("[intake.unreadable] none.toml"),
        "{}",
        unread.err
    );
    std::fs::write(&map, "name = 1").unwrap();
    let wrong = bench.overt(&["detect", word(&file), "--map", word(&map), "-o", "out2"]);
    assert!(
        wrong.code == 3 && wrong.err.contains("[intake.bad-mapping]"),
        "{}",
        wrong.err
    );
}

#[test]
fn dates_zones_and_encodings_are_asked_for_where_nothing_tells() {
    let bench = Bench::new();
    let rows: String = (0..40)
        .map(|n| {
            format!(
                "u{},0{}/06/2025 10:00:0{},https://news.example/{}\n",
                n % 4,
                1 + n / 8,
                n % 4,
                n / 4
            )
        })
        .collect();
    let file = bench.file("posts.csv", format!("author,date,url\n{rows}"));
    let ran = bench.overt(&["detect", word(&file), "-o", "out"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    for part in [
        "[intake.ambiguous-times]",
        "the column date",
        "--time-format",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let told = |zone: &str| {
        let ran = bench.overt(&[
            "--json",
            "inspect",
            word(&file),
            "--time-format",
            "%d/%m/%Y %H:%M:%S",
            "--time-zone",
            zone,
        ]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let value: Value = serde_json::from_str(&ran.out).unwrap();
        value["first"].as_str().unwrap().to_owned()
    };
    assert_eq!(told("UTC"), "2025-06-01T10:00:00Z");
    assert_eq!(told("Europe/Bucharest"), "2025-06-01T07:00:00Z");
    for (flag, value, part) in [
        ("--time-format", "%H:%M", "time format"),
        ("--time-zone", "Mars", "zone"),
        ("--encoding", "klingon", "encoding"),
    ] {
        let ran = bench.overt(&["detect", word(&file), flag, value, "-o", "out"]);
        assert!(
            ran.code == 2 && ran.err.contains(part),
            "{flag}: {}",
            ran.err
        );
    }
    // Russian in an encoding that nothing tells.
    let mut text = b"author,date,text\n".to_vec();
    for n in 0..20 {
        text.extend(format!("u{n},2024-11-05 10:00:00,").bytes());
        text.extend(
            b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0 \xe3\xee\xeb\xee\xf1\xf3\xe9\xf2\xe5\n",
        );
    }
    let russian = bench.file("russian.csv", text);
    let ran = bench.overt(&["inspect", word(&russian)]);
    assert!(
        ran.code == 3
            && ran.err.contains("[intake.unknown-encoding]")
            && ran.err.contains("--encoding"),
        "{}",
        ran.err
    );
    let ran = bench.overt(&["inspect", word(&russian), "--encoding", "windows-1251"]);
    assert!(
        ran.code == 0 && ran.out.contains("20 posts, 0 rejected"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn rounded_ids_are_refused_with_what_to_do() {
    let bench = Bench::new();
    let rows: String = (0..20)
        .map(|n| format!("1.47E+18,u{n},2024-11-05 10:00:00,hello\n"))
        .collect();
    let file = bench.file("posts.csv", format!("id,author,date,text\n{rows}"));
    let ran = bench.overt(&["detect", word(&file), "-o", "out"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    for part in [
        "rounded-id",
        "a spreadsheet took the ids for numbers",
        "as text",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

#[test]
fn what_became_of_every_row_is_said() {
    let bench = Bench::new();
    let mut text = "id,author,date,text,url\n".to_owned();
    (0..40).for_each(|n| {
        text += &format!(
            "{n},u{},2024-11-{:02} 10:00:0{},short,https://news.example/{}\n",
            n % 4,
            1 + n / 4,
            n % 4,
            n / 4
        );
    });
    (0..10).for_each(|n| {
        text += &format!(
            "{n},u{},2024-11-{:02} 10:00:00,short,https://news.example/1\n",
            n % 4,
            1 + n / 4
        );
    });
    text += "99,u1,soon,short,https://news.example/1\n";
    let file = bench.file("posts.csv", text);
    let ran = bench.overt(&["detect", word(&file), "-o", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "Of 51 rows, 40 are posts: 10 repeat an id, 1 rejected (bad-time 1).",
        "50 texts are too short",
        "1 row was rejected; see",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(
        ran.err.contains("10 of 50 posts repeat the id of another"),
        "{}",
        ran.err
    );
    let run: Value =
        serde_json::from_slice(&std::fs::read(bench.path("out/run.json")).unwrap()).unwrap();
    let intake = &run["intake"];
    let number = |key: &str| intake[key].as_u64().unwrap();
    let rejected: u64 = intake["rejected"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(
        number("rows"),
        number("posts") + number("duplicates") + number("joined") + number("skipped") + rejected
    );
    assert_eq!(number("short_texts"), 50);
}
