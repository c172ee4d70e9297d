//! Lists of indicators: real ones, each entry accounted for, and hand-made ones for what those have not.

use std::collections::BTreeMap;
use std::fs;

use overt_intake::{Error, IndicatorFile, IndicatorFormat, read_indicator_list, read_shared_list};
use overt_model::{Observable, SharedList};
use overt_testdata::shared;
use proptest::prelude::*;

/// Reads a list and checks that every entry is accounted for.
fn read(path: &std::path::Path) -> Result<IndicatorFile, Error> {
    let file = read_indicator_list(path)?;
    let skipped: u64 = file.skipped.values().sum();
    assert_eq!(
        file.entries,
        file.used + skipped + file.rejected,
        "{file:?}"
    );
    assert!(file.indicators.len() as u64 >= file.used);
    Ok(file)
}

fn read_bytes(bytes: &[u8]) -> Result<IndicatorFile, Error> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("to write it");
    read(file.path())
}

fn shared_indicators(name: &str) -> Option<IndicatorFile> {
    Some(read(&shared(&format!("data/intrusion/{name}"))?).expect("readable"))
}

/// Networks, domains, links, digests, addresses for mail, names of files.
fn kinds(file: &IndicatorFile) -> [usize; 6] {
    let count =
        |is: fn(&Observable) -> bool| file.indicators.iter().filter(|i| is(&i.observable)).count();
    [
        count(|o| matches!(o, Observable::Network(_))),
        count(|o| matches!(o, Observable::Domain(_))),
        count(|o| matches!(o, Observable::Url(_))),
        count(|o| matches!(o, Observable::Digest(_))),
        count(|o| matches!(o, Observable::Mail(_))),
        count(|o| matches!(o, Observable::FileName(_))),
    ]
}

/// 911 rows: 876 addresses, 24 files, 10 names, 1 link (Python's csv). Of the files 5 have an MD5 in its column; comments
/// hold 23 further digests.
#[test]
fn the_joint_analysis_report_of_2016_is_read_whole() {
    let Some(file) = shared_indicators("jar/JAR-16-20296A.csv") else {
        return;
    };
    assert_eq!(
        (file.format, file.entries, file.rejected),
        (IndicatorFormat::Jar, 911, 0),
        "{:?}",
        file.rejects
    );
    let [networks, domains, urls, digests, ..] = kinds(&file);
    assert_eq!((networks, domains, urls), (876, 10, 1));
    assert_eq!(digests, 28);
    assert_eq!(file.name, "JAR-16-20296A");
}

/// Attributes of each event by Python's json: all, and those of kinds that logs do not hold.
#[test]
fn events_of_misp_are_accounted_for_to_the_last_attribute() {
    for (name, entries, skipped, of_kinds) in [
        // 18 sha1, 49 url, 20 domain; 13 text, 1 link.
        (
            "dukes_misp-dukes-operation-ghost-event.json",
            101,
            14,
            [0, 20, 49, 18, 0, 0],
        ),
        // Twelve files with digests, three digests; 6 text, a mutex, a key of the registry.
        (
            "sednit_2017-05-09_Trump_Attack_on_Syria_IoCs.json",
            23,
            8,
            [0, 0, 0, 15, 0, 0],
        ),
        (
            "sednit_2018-11-20_Zebrocy.json",
            32,
            4,
            [0, 0, 2, 15, 11, 0],
        ),
        ("telebots_misp-telebots.json", 95, 17, [9, 3, 0, 66, 0, 0]),
        // 23 text, and a uri that is none; 14 of the 21 links are names.
        (
            "turla_misp-mosquito-event.json",
            60,
            24,
            [0, 14, 7, 15, 0, 0],
        ),
    ] {
        let Some(file) = shared_indicators(&format!("eset/{name}")) else {
            return;
        };
        assert_eq!(
            (file.format, file.entries),
            (IndicatorFormat::Misp, entries),
            "{name}"
        );
        assert_eq!(file.rejected, 0, "{name}: {:?}", file.rejects);
        assert_eq!(
            file.skipped.values().sum::<u64>(),
            skipped,
            "{name}: {:?}",
            file.skipped
        );
        assert_eq!(kinds(&file), of_kinds, "{name}");
    }
    let Some(file) = shared_indicators("eset/telebots_misp-telebots.json") else {
        return;
    };
    // 3 addresses and 66 digests are for detection.
    assert_eq!(
        file.indicators.iter().filter(|i| !i.context_only).count(),
        69
    );
    assert!(
        file.indicators
            .iter()
            .all(|i| i.note.ends_with("tlp:white") && i.seen.is_some())
    );
    assert_eq!(file.published.map(|t| t.0), Some(1_481_654_492_000));
    let Some(file) = shared_indicators("eset/dukes_misp-dukes-operation-ghost-event.json") else {
        return;
    };
    assert!(file.indicators[0].techniques.contains(&"T1193".to_owned()));
}

#[test]
fn lists_of_digests_are_plain() {
    for (name, count) in [
        ("sednit", 133),
        ("turla", 130),
        ("dukes", 18),
        ("telebots", 36),
    ] {
        let Some(file) = shared_indicators(&format!("eset/{name}_samples.sha256")) else {
            return;
        };
        assert_eq!(
            (file.format, file.used, file.rejected),
            (IndicatorFormat::Plain, count, 0)
        );
    }
}

/// Hand-made: no bundle of STIX is at hand.
#[test]
fn a_bundle_of_stix_says_what_each_indicator_means() {
    let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
        {"type":"report","id":"report--1","name":"Campaign","published":"2020-10-30T00:00:00Z"},
        {"type":"marking-definition","id":"marking-definition--1","definition_type":"tlp","definition":{"tlp":"white"}},
        {"type":"attack-pattern","id":"attack-pattern--1","external_references":[{"source_name":"mitre-attack","external_id":"T1190"}]},
        {"type":"indicator","id":"indicator--1","name":"exit","pattern_type":"stix","valid_from":"2020-09-20T00:00:00Z",
         "valid_until":"2020-10-17T00:00:00Z","object_marking_refs":["marking-definition--1"],
         "pattern":"[ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.2']"},
        {"type":"indicator","id":"indicator--2","pattern":"[process:name = 'a' AND process:pid = 1]","valid_from":"2020-09-20T00:00:00Z"},
        {"type":"indicator","id":"indicator--3","pattern_type":"yara","pattern":"rule a {}"},
        {"type":"indicator","id":"indicator--4","pattern":""},
        {"type":"relationship","id":"relationship--1","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"attack-pattern--1"}]}"#;
    let file = read_bytes(bundle.as_bytes()).expect("readable");
    assert_eq!(
        (file.format, &*file.name),
        (IndicatorFormat::Stix, "Campaign")
    );
    assert_eq!((file.entries, file.used, file.rejected), (8, 2, 1));
    assert_eq!(kinds(&file)[0], 2);
    let first = &file.indicators[0];
    assert_eq!(first.techniques, ["T1190"]);
    assert_eq!(first.note, "exit; tlp:white");
    assert!(first.from.is_some() && first.until.is_some());
    assert!(
        matches!(&file.indicators[2].observable, Observable::Pattern(p) if p.contains("process:pid"))
    );
    assert!(read_bytes(b"{\"type\":\"bundle\"}").is_err());
    assert!(
        read_bytes("[".repeat(100_000).as_bytes()).is_err(),
        "nested too deep"
    );
}

/// Hand-made, in the writings that reports use.
#[test]
fn plain_lists_and_tables_are_read() {
    let plain = "# ours\n\nhxxp://evil[.]example/a\n1[.]2[.]3[.]4 # an exit\nwhat is this\nann[at]evil[dot]example\n";
    let file = read_bytes(plain.as_bytes()).expect("readable");
    assert_eq!(
        (file.format, file.entries, file.used, file.rejected),
        (IndicatorFormat::Plain, 5, 3, 1)
    );
    assert_eq!(file.rejects[0].line, 5);
    assert_eq!(file.indicators[1].note, "an exit");
    let table = "type;indicator;first_seen;comment\nipv4;192.0.2.1;2020-09-20;exit\nmutex;a;;\nurl;no link;;\n";
    let file = read_bytes(table.as_bytes()).expect("readable");
    assert_eq!(
        (file.format, file.entries, file.used, file.rejected),
        (IndicatorFormat::Table, 3, 1, 1)
    );
    assert_eq!(file.skipped.get("mutex"), Some(&1));
    assert_eq!(
        file.indicators[0].from.map(|t| t.to_string()).as_deref(),
        Some("2020-09-20T00:00:00Z")
    );
}

fn shared_list(name: &str) -> Option<SharedList> {
    Some(read_shared_list(&shared(&format!("data/intrusion/{name}"))?).expect("readable"))
}

fn days(list: &SharedList) -> [String; 2] {
    [list.first, list.last].map(|t| t.map_or(String::new(), |t| t.to_string()[..10].to_owned()))
}

/// Counts by `zcat FILE | wc -l`, less the two lines before the networks; the sets' by `grep -vc '^#'`, the versions' by
/// Python's json.
#[test]
fn shared_lists_say_of_which_days_they_speak() {
    for (name, count, between) in [
        (
            "more/misc/vpn-ipv4-intervals.csv.gz",
            158_966,
            ["2019-03-25", "2026-08-11"],
        ),
        (
            "more/misc/amazon-aws-intervals.csv.gz",
            10_280,
            ["2018-02-21", "2026-08-11"],
        ),
        (
            "more/misc/microsoft-azure-intervals.csv.gz",
            31_643,
            ["2017-12-29", "2024-12-03"],
        ),
        (
            "more/misc/cloudflare-intervals.csv.gz",
            23,
            ["2019-07-24", "2026-08-11"],
        ),
        (
            "more/misc/misp-vpn-ipv4.json.gz",
            42_426,
            ["2026-08-11", "2026-08-11"],
        ),
        (
            "more/misc/misp-akamai.json.gz",
            268,
            ["2024-04-22", "2024-04-22"],
        ),
        ("tor2016/dm_tor.ipset", 7_019, ["2016-12-12", "2016-12-12"]),
        (
            "tor2016/tor_exits.ipset",
            1_053,
            ["2016-12-12", "2016-12-12"],
        ),
        (
            "tor2016/tor_exits_30d.ipset",
            2_517,
            ["2016-11-12", "2016-12-12"],
        ),
    ] {
        let Some(list) = shared_list(name) else {
            return;
        };
        assert_eq!(list.networks.len(), count, "{name}");
        // One row of the VPN list has two semicolons where its network should be.
        assert_eq!(
            list.skipped,
            u64::from(name.contains("vpn-ipv4-intervals")),
            "{name}"
        );
        assert_eq!(days(&list), between, "{name}");
        let (first, last) = (list.first, list.last);
        assert!(
            list.networks
                .iter()
                .all(|(_, from, until)| first <= Some(*from)
                    && from <= until
                    && Some(*until) <= last),
            "{name}"
        );
    }
}

/// Some lists number their versions 1, 2, 3.
#[test]
fn a_list_that_does_not_say_its_day_is_refused() {
    let Some(path) = shared("data/intrusion/more/misc/misp-censys-scanning.json.gz") else {
        return;
    };
    let Err(error) = read_shared_list(&path) else {
        panic!("version 3 is no day");
    };
    assert!(
        error.to_string().contains("its version, 3, is no date"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn hostile_lists_end_in_counts_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn hostile_words_end_in_counts_or_an_error(text in "([\\[\\]{}'\":,;|#.\n a-f0-9]|hxxp|\\[\\.\\]|type|bundle|objects|indicator|pattern|Event|Attribute|info|value|url|é){0,60}") {
        let _ = read_bytes(text.as_bytes());
    }
}

/// Real lists with bytes turned over or cut off.
#[test]
fn mutated_lists_end_in_counts_or_an_error() {
    let Some(event) = shared("data/intrusion/eset/sednit_2019-05-23_Zebrocy.json") else {
        return;
    };
    let Some(list) = shared("data/intrusion/tor2016/tor_exits.ipset") else {
        return;
    };
    let event = std::fs::read(event).expect("the event");
    let list = std::fs::read(list).expect("the list");
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    for n in 0..1_000usize {
        let of = if n % 2 == 0 { &event } else { &list };
        let mut bytes = of[..of.len() - (n * 7919) % of.len()].to_vec();
        if let Some(byte) = bytes.get_mut((n * 104_729) % of.len()) {
            *byte ^= 1 << (n % 8);
        }
        let _ = read_bytes(&bytes);
        std::fs::write(file.path(), &bytes).expect("to write it");
        let _ = read_shared_list(file.path());
    }
}

/// The attributes of an event, counted by what its JSON has and by nothing of ours.
fn attributes(event: &serde_json::Value) -> u64 {
    match event {
        serde_json::Value::Object(all) => all
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("Attribute", serde_json::Value::Array(own)) => own.len() as u64,
                _ => attributes(value),
            })
            .sum(),
        serde_json::Value::Array(all) => all.iter().map(attributes).sum(),
        _ => 0,
    }
}

/// The events as they were published: every attribute was read, or left out or refused for a reason. The table is printed
/// with `--nocapture`.
#[test]
#[expect(clippy::print_stdout, reason = "the table is for who asks for it")]
fn every_attribute_of_published_events_is_accounted_for() {
    let Some(folder) = shared("data/intrusion/eset") else {
        return;
    };
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 11, "{files:?}");
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    let (mut all, mut read) = (0, 0);
    for path in &files {
        let text = fs::read_to_string(path).expect("an event");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let there = attributes(&value);
        let file = read_indicator_list(path).expect("an event of MISP");
        let (left, refused) = (file.skipped.values().sum::<u64>(), file.rejected);
        assert_eq!(file.used + left + refused, there, "{}", path.display());
        assert_eq!(file.entries, there, "{}", path.display());
        assert!(file.used <= file.indicators.len() as u64);
        assert_eq!(file.rejects.len() as u64, refused, "{}", path.display());
        for (kind, n) in &file.skipped {
            *reasons.entry(format!("left out: {kind}")).or_default() += n;
        }
        for reject in &file.rejects {
            *reasons
                .entry(format!("refused: {}", reject.reason.code()))
                .or_default() += 1;
        }
        println!(
            "{there:>6} attributes, {:>6} read  {}",
            file.used,
            path.file_name().unwrap_or_default().display()
        );
        (all, read) = (all + there, read + file.used);
    }
    println!("{all:>6} attributes\n{read:>6} read");
    for (reason, n) in &reasons {
        println!("{n:>6} {reason}");
    }
    assert_eq!(read + reasons.values().sum::<u64>(), all);
    assert!(read > all / 2, "{read} of {all}");
}
