//! The examples of STIX 2.1, section 9.8, as they were published, and what patterns hold of records.

use std::collections::BTreeMap;

use overt_model::Timestamp;
use overt_model::log::{Connection, Event, LogPlace, LogRecord, Logged, Lookup, Request};

use super::{Hit, instances, objects, read};

/// The examples, and the reason where one is not looked for.
const PUBLISHED: [(&str, Option<&str>); 26] = [
    (
        r"[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
        None,
    ),
    (
        r"[email-message:from_ref.value MATCHES '.+\\@example\\.com$' AND email-message:body_multipart[*].body_raw_ref.name MATCHES '^Final Report.+\\.exe$']",
        Some("no log has email-message:from_ref.value"),
    ),
    (
        r"[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f' AND file:mime_type = 'application/x-pdf']",
        Some("no log has file:mime_type"),
    ),
    (
        r"[file:hashes.'SHA-256' = 'bf07a7fbb825fc0aae7bf4a1177b2b31fcf8a3feeaf7092761e18c859ee52a9c' OR file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a6879f'] AND [file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
        None,
    ),
    (
        r"([file:hashes.MD5 = '79054025255fb1a26e4bc422aef54eb4'] FOLLOWEDBY [windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\foo\\bar']) WITHIN 300 SECONDS",
        None,
    ),
    (
        r"[user-account:account_type = 'unix' AND user-account:user_id = '1007' AND user-account:account_login = 'Peter'] AND [user-account:account_type = 'unix' AND user-account:user_id = '1008' AND user-account:account_login = 'Paul'] AND [user-account:account_type = 'unix' AND user-account:user_id = '1009' AND user-account:account_login = 'Mary']",
        Some("no log has user-account:account_type"),
    ),
    (
        r"[artifact:mime_type = 'application/vnd.tcpdump.pcap' AND artifact:payload_bin MATCHES '\\xd4\\xc3\\xb2\\xa1\\x02\\x00\\x04\\x00']",
        Some("no log has artifact:mime_type"),
    ),
    (
        r"[file:name = 'foo.dll' AND file:parent_directory_ref.path = 'C:\\Windows\\System32']",
        None,
    ),
    (
        r"[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]",
        Some("no log has file:extensions.windows-pebinary-ext.sections[*].entropy"),
    ),
    (
        r"[file:mime_type = 'image/bmp' AND file:magic_number_hex = h'ffd8']",
        Some("no log has file:mime_type"),
    ),
    (
        r"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.33/32']",
        None,
    ),
    (
        r"[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'example.com'] REPEATS 5 TIMES WITHIN 1800 SECONDS",
        None,
    ),
    (
        r"[domain-name:value = 'www.5z8.info' AND domain-name:resolves_to_refs[*].value = '198.51.100.1/32']",
        None,
    ),
    (
        r"[url:value = 'http://example.com/foo' OR url:value = 'http://example.com/bar']",
        None,
    ),
    (
        r"[x509-certificate:issuer = 'CN=WEBMAIL' AND x509-certificate:serial_number = '4c:0b:1d:19:74:86:a7:66:b4:1a:bf:40:27:21:76:28']",
        Some("no log has x509-certificate:issuer"),
    ),
    (
        r"[windows-registry-key:key = 'HKEY_CURRENT_USER\\Software\\CryptoLocker\\Files' OR windows-registry-key:key = 'HKEY_CURRENT_USER\\Software\\Microsoft\\CurrentVersion\\Run\\CryptoLocker_0388']",
        None,
    ),
    (
        r"[(file:name = 'pdf.exe' OR file:size = 371712) AND file:created = t'2014-01-13T07:03:17Z']",
        Some("no log has file:size"),
    ),
    (
        r"[email-message:sender_ref.value = 'sender@example.com' AND email-message:subject = 'Conference Info']",
        Some("no log has email-message:sender_ref.value"),
    ),
    (
        r"[x-usb-device:usbdrive.serial_number = '575833314133343231313937']",
        Some("no log has x-usb-device:usbdrive.serial_number"),
    ),
    (
        r"[process:command_line MATCHES '^.+>-add GlobalSign.cer -c -s -r localMachine Root$'] FOLLOWEDBY [process:command_line MATCHES'^.+>-add GlobalSign.cer -c -s -r localMachineTrustedPublisher$'] WITHIN 300 SECONDS",
        None,
    ),
    (
        r"[network-traffic:dst_ref.value ISSUBSET '2001:0db8:dead:beef:0000:0000:0000:0000/64']",
        None,
    ),
    (
        r"([file:name = 'foo.dll'] AND [windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\foo\\bar']) OR [process:image_ref.name = 'fooproc' OR process:image_ref.name = 'procfoo']",
        None,
    ),
    (r"[process:name IN ('proccy', 'proximus', 'badproc')]", None),
    (r"[EXISTS windows-registry-key:values]", None),
    (r"[directory:path LIKE 'C:\\Windows\\%\\foo']", None),
    (
        r"[ipv4-addr:value = '198.51.100.1/32'] START t'2014-06-01T00:00:00Z' STOP t'2014-07-01T00:00:00Z'",
        None,
    ),
];

#[test]
fn every_published_example_is_read_or_refused_with_its_reason() {
    let mut refused = 0;
    for (pattern, reason) in PUBLISHED {
        match (read(pattern), reason) {
            (Ok(_), None) => {}
            (Err(why), Some(reason)) => {
                assert_eq!(why, reason, "{pattern}");
                refused += 1;
            }
            (read, reason) => panic!("{pattern}: {:?}, {reason:?}", read.err()),
        }
    }
    assert_eq!(refused, 10);
}

#[test]
fn what_is_no_pattern_is_refused() {
    let deep = format!("{}[url:value = 'x']{}", "(".repeat(99), ")".repeat(99));
    let long = format!("[url:value = '{}']", "x".repeat(70_000));
    let many = vec!["[url:value = 'x']"; 101].join(" OR ");
    for pattern in [
        "",
        "[",
        "[url:value]",
        "[url:value = ]",
        "[url:value = 'x'",
        "[url:value = 'x]",
        "url:value = 'x'",
        "[url:value = 'x'] AND",
        "[url:value = 'x'] WITHIN",
        "[url:value = 'x'] WITHIN 5 PARSECS",
        "[url:value = 'x'] REPEATS 0 TIMES",
        "[url:value MATCHES '(']",
        "[url:value MATCHES '(a{1000}){1000}']",
        "[ipv4-addr:value ISSUBSET 'x']",
        "[url:value ~ 'x']",
        "[url:value = t'2014-01-13T07:03:17Z']",
        "[url:value é 'x']",
        &deep,
        &long,
        &many,
    ] {
        assert!(read(pattern).is_err(), "{pattern}");
    }
}

fn request(target: &'static str, agent: &'static str) -> Logged<'static> {
    Logged::Request(Request {
        source: "198.51.100.7".into(),
        method: "GET".into(),
        target: target.into(),
        host: Some("office.example".into()),
        agent: Some(agent.into()),
        ..Request::default()
    })
}

fn holds(pattern: &str, what: Logged<'static>) -> bool {
    let pattern = read(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
    let record = LogRecord {
        time: Timestamp(0),
        what,
    };
    pattern.parts[0].is_in(&objects(&record))
}

#[test]
fn values_are_compared_as_they_were_logged() {
    let asked = |pattern: &str| holds(pattern, request("/a b|<x>%zz?q=1", "curl/8"));
    for pattern in [
        "[url:value = 'http://office.example/a b|<x>%zz?q=1']",
        "[url:value LIKE '%|<_>%']",
        "[url:value MATCHES '<x>']",
        "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
        "[ipv4-addr:value ISSUPERSET '198.51.100.7']",
        "[ipv4-addr:value IN ('1.2.3.4', '198.51.100.7/32')]",
        "[ipv4-addr:value NOT IN ('1.2.3.4')]",
        "[domain-name:value = 'OFFICE.example']",
        "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'curl/8' AND ipv4-addr:value = '198.51.100.7']",
        "[EXISTS url:value]",
        "[url:value = 'x' OR (ipv4-addr:value != '1.2.3.4' AND url:value LIKE '%')]",
    ] {
        assert!(asked(pattern), "{pattern}");
    }
    for pattern in [
        "[ipv4-addr:value ISSUBSET '198.51.101.0/24']",
        "[ipv4-addr:value != '198.51.100.7']",
        "[ipv6-addr:value != '::1']",
        "[NOT EXISTS url:value]",
        "[url:value LIKE 'office%']",
        "[ipv4-addr:value = '198.51.100.7' AND domain-name:value = 'other.example']",
    ] {
        assert!(!asked(pattern), "{pattern}");
    }
    let connection = || {
        Logged::Connection(Connection {
            source: "10.0.0.1".into(),
            target: "2001:db8:dead:beef::1".into(),
            port: Some(4_444),
            ..Connection::default()
        })
    };
    assert!(holds(PUBLISHED[20].0, connection()));
    assert!(holds(
        "[network-traffic:dst_port >= 4444 AND network-traffic:dst_port < 5000]",
        connection()
    ));
    // Of the same object: the two addresses are two.
    assert!(!holds(
        "[ipv4-addr:value = '10.0.0.1' AND ipv4-addr:value = '10.0.0.2']",
        connection()
    ));
    let lookup = Logged::Lookup(Lookup {
        source: "10.0.0.1".into(),
        name: "www.5z8.info.".into(),
        answers: vec!["198.51.100.1".into()],
    });
    assert!(holds(PUBLISHED[12].0, lookup));
    let event = Logged::Event(Event {
        fields: vec![
            ("Image".into(), r"C:\Windows\System32\foo.dll".into()),
            (
                "Hashes".into(),
                "MD5=79054025255FB1A26E4BC422AEF54EB4,SHA256=00".into(),
            ),
        ],
        ..Event::default()
    });
    assert!(holds(PUBLISHED[7].0, event.clone()));
    assert!(holds(
        "[file:hashes.MD5 = '79054025255fb1a26e4bc422aef54eb4']",
        event
    ));
}

/// What no log has never holds, and what can be seen without it is looked for.
#[test]
fn a_part_that_no_log_has_is_never_seen() {
    let event = || {
        Logged::Event(Event {
            fields: vec![
                (
                    "TargetFilename".into(),
                    r"C:\Windows\Temp\foo\foo.dll".into(),
                ),
                ("TargetObject".into(), r"HKLM\Run\foo".into()),
                ("Details".into(), r"C:\foo.exe".into()),
            ],
            ..Event::default()
        })
    };
    for (pattern, is_seen) in [
        ("[file:name = 'foo.dll' OR file:size = 3]", true),
        ("[file:name = 'bar.dll' OR file:size != 3]", false),
        ("[file:name IN ('foo.dll', h'00')]", true),
        (r"[directory:path LIKE 'C:\\Windows\\%\\foo']", true),
        ("[EXISTS windows-registry-key:values]", true),
        (
            r"[windows-registry-key:values[0].data LIKE '%foo.exe']",
            true,
        ),
    ] {
        assert_eq!(holds(pattern, event()), is_seen, "{pattern}");
    }
    let either = read("[file:size = 3] OR [file:name = 'foo.dll']").unwrap();
    assert_eq!(either.missing.unwrap(), "no log has file:size");
    for refused in [
        "[file:name = 'foo.dll' AND file:size = 3]",
        "[file:name = 'foo.dll'] AND [file:size = 3]",
        "[file:name = 'foo.dll'] FOLLOWEDBY [NOT file:size = 3]",
        "[file:size != 3]",
    ] {
        assert_eq!(
            read(refused).unwrap_err(),
            "no log has file:size",
            "{refused}"
        );
    }
}

fn times(pattern: &str, of: &[&[i64]]) -> Vec<(i64, i64)> {
    let pattern = read(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
    let mut line = 0;
    let mut hit = |time: &i64| {
        line += 1;
        Hit {
            time: time * 1_000,
            log: "log".to_owned(),
            at: LogPlace {
                line,
                ..LogPlace::default()
            },
            source: String::new(),
            target: String::new(),
            account: String::new(),
        }
    };
    let hits: BTreeMap<usize, Vec<Hit>> = of
        .iter()
        .enumerate()
        .map(|(part, times)| (part, times.iter().map(&mut hit).collect()))
        .collect();
    instances(&pattern.root, &hits)
        .iter()
        .map(|i| (i.first.time / 1_000, i.last.time / 1_000))
        .collect()
}

#[test]
fn parts_go_together_over_time() {
    let two = |how: &str| format!("([url:value = 'a'] {how} [url:value = 'b'])");
    let of: &[&[i64]] = &[&[10, 500], &[100, 400]];
    assert_eq!(times(&two("FOLLOWEDBY"), of), [(10, 100), (10, 400)]);
    assert_eq!(
        times(&(two("FOLLOWEDBY") + " WITHIN 2 MINUTES"), of),
        [(10, 100)]
    );
    assert_eq!(
        times(&(two("AND") + " WITHIN 100 SECONDS"), of),
        [(10, 100), (400, 500)]
    );
    assert_eq!(
        times(&two("OR"), of),
        [(10, 10), (100, 100), (400, 400), (500, 500)]
    );
    assert!(times(&two("AND"), &[&[10], &[]]).is_empty());
    let five = "([url:value = 'a']) REPEATS 3 TIMES WITHIN 30 SECONDS";
    assert_eq!(times(five, &[&[0, 10, 25, 60, 70, 99]]), [(0, 25)]);
    let between = "[url:value = 'a'] START t'1970-01-01T00:00:10Z' STOP t'1970-01-01T00:01:00Z'";
    assert_eq!(times(between, &[&[9, 10, 59, 60]]), [(10, 10), (59, 59)]);
}
