//! Logs: real ones with counts that other programs confirm, and a sample of each format.

pub(crate) mod hostile;

use std::io::Read;
use std::path::{Path, PathBuf};

use overt_intake::{
    Blind, Error, Input, LogFileReceipt, LogFormat, LogReason, LogReceipt, LogReject, LogSettings,
    LogSink, LogSkip, Stop, Watch, YearFrom, read_logs,
};
use overt_model::log::{LogPlace, LogRecord, Logged};
use overt_testdata::shared;

/// How many records of each kind came, and the rejects.
#[derive(Debug, Default)]
struct Count {
    requests: u64,
    sign_ins: u64,
    connections: u64,
    lookups: u64,
    events: u64,
    rejects: Vec<LogReject>,
    places: Vec<LogPlace>,
}

impl LogSink for Count {
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        match &record.what {
            Logged::Request(_) => self.requests += 1,
            Logged::SignIn(_) => self.sign_ins += 1,
            Logged::Connection(_) => self.connections += 1,
            Logged::Lookup(_) => self.lookups += 1,
            _ => self.events += 1,
        }
        self.places.push(at);
        Ok(())
    }

    fn reject(&mut self, reject: &LogReject) -> Result<(), Stop> {
        assert!(reject.detail.chars().count() <= 80);
        self.rejects.push(reject.clone());
        Ok(())
    }
}

/// Reads files and checks that every line is accounted for.
fn read_files(paths: &[PathBuf], settings: &LogSettings) -> Result<(LogReceipt, Count), Error> {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::File).collect();
    read_all(&inputs, settings)
}

fn read_all(inputs: &[Input], settings: &LogSettings) -> Result<(LogReceipt, Count), Error> {
    let mut count = Count::default();
    let receipt = read_logs(inputs, settings, &Watch::default(), &mut count)?;
    let mut handed_on = 0;
    let mut rejected = 0;
    for file in &receipt.files {
        let (rejects, skipped): (u64, u64) =
            (file.rejected.values().sum(), file.skipped.values().sum());
        assert_eq!(file.lines, file.records + rejects + skipped, "{file:?}");
        assert!(file.handed_on >= file.records);
        handed_on += file.handed_on;
        rejected += rejects;
    }
    assert_eq!(rejected, count.rejects.len() as u64);
    assert_eq!(handed_on, count.places.len() as u64);
    Ok((receipt, count))
}

/// Reads one shared file.
fn read_shared(path: &str) -> Option<(LogReceipt, Count)> {
    let path = shared(&format!("data/intrusion/{path}"))?;
    Some(read_files(&[path], &LogSettings::default()).expect("readable"))
}

fn plain(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("the file");
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("text");
    text
}

/// Unpacks a shared archive and names its files of an ending, in order.
fn unpacked(archive: &str, ending: &str, into: &Path) -> Option<Vec<PathBuf>> {
    let path = shared(&format!("data/intrusion/{archive}"))?;
    let file = std::fs::File::open(path).expect("the archive");
    tar::Archive::new(flate2::read::GzDecoder::new(file))
        .unpack(into)
        .expect("to unpack it");
    let mut found = Vec::new();
    let mut folders = vec![into.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Some(found)
}

/// Counts by `zcat FILE | wc -l`; the last line of the scans has no end, and counts too.
#[test]
fn real_logs_of_web_servers_are_read_to_the_last_line() {
    for (name, lines, blind) in [
        (
            "web-benign/almhuette_2019-04.combined.log.gz",
            7_213,
            vec![],
        ),
        ("web-benign/basjes_2015-10.combined.log.gz", 3_456, vec![]),
        (
            "web-benign/nasa_1995-08-01.common.log.gz",
            5_000,
            vec![Blind::Referrer, Blind::Agent],
        ),
        (
            "web-benign/semicomplete_2015-05.combined.log.gz",
            10_000,
            vec![],
        ),
        ("web-attack/acunetix.txt.gz", 6_539, vec![]),
        ("web-attack/netsparker.txt.gz", 7_314, vec![]),
        ("web-attack/w3af.txt.gz", 3_996, vec![]),
    ] {
        let Some((receipt, count)) = read_shared(&format!("more/{name}")) else {
            return;
        };
        let file = &receipt.files[0];
        assert_eq!(file.format, Some(LogFormat::Web), "{name}");
        assert_eq!(
            (file.lines, count.requests),
            (lines, lines),
            "{name}: {:?}",
            count.rejects.first()
        );
        for field in blind {
            assert!(file.blind.contains(&field), "{name}: {:?}", file.blind);
        }
        assert!(file.blind.contains(&Blind::Body));
    }
}

/// 31,070 lines, 16,752 of them directives, by `cat * | grep -c '^#'`.
#[test]
fn a_year_of_iis_is_read_with_its_directives() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(files) = unpacked("more/web-benign/iis_2015-2016.tgz", ".log", folder.path()) else {
        return;
    };
    let (receipt, count) = read_files(&files, &LogSettings::default()).expect("readable");
    assert_eq!(receipt.files.len(), 368);
    assert_eq!(receipt.files.iter().map(|f| f.lines).sum::<u64>(), 31_070);
    let comments = receipt
        .files
        .iter()
        .map(|f| f.skipped.get(&LogSkip::Comment).copied().unwrap_or(0));
    assert_eq!(comments.sum::<u64>(), 16_752);
    assert_eq!((count.requests, count.rejects.len()), (14_318, 0));
}

/// A tunnel through IIS, with a comment and a blank line amid it (`grep -c '^2019'`); a webshell's common log (`wc -l`).
#[test]
fn logs_of_intrusions_are_read() {
    let Some((tunnel, count)) = read_shared("weblogs/Tunna_rdp_tunnel_IIS.log") else {
        return;
    };
    assert_eq!(tunnel.files[0].format, Some(LogFormat::W3c));
    assert_eq!((count.requests, count.rejects.len()), (4_298, 0));
    let Some((shell, count)) = read_shared("weblogs/webshell_access_log.txt") else {
        return;
    };
    assert_eq!(shell.files[0].format, Some(LogFormat::Web));
    // Tomcat dates a request that was none to 1970.
    assert_eq!((count.requests, count.rejects.len()), (2_660, 1));
    assert_eq!(count.rejects[0].reason, LogReason::AbsurdTime);
    assert_eq!(count.rejects[0].detail, "1970-01-01T00:00:00Z");
}

/// A place leads back to the line.
#[test]
fn places_are_bytes_of_the_unpacked_log() {
    let Some(path) = shared("data/intrusion/more/web-benign/basjes_2015-10.combined.log.gz") else {
        return;
    };
    let text = plain(&path);
    let (_, count) = read_files(&[path], &LogSettings::default()).expect("readable");
    for (line, place) in text.lines().zip(&count.places) {
        assert!(text[place.byte as usize..].starts_with(line));
    }
}

/// Records by `zcat FILE | wc -l` (less nine directives); 14 of the look-ups have no name, by Python's json. Of 422 NTLM
/// records 116 have an account.
#[test]
fn logs_of_zeek_are_read_from_tabs_and_from_json_alike() {
    for (name, format, lookups, events, sign_ins) in [
        ("dns.log.gz", LogFormat::Zeek, 53_601, 0, 0),
        ("dns.json.gz", LogFormat::ZeekJson, 53_601, 0, 0),
        ("notice.log.gz", LogFormat::Zeek, 0, 207, 0),
        ("notice.json.gz", LogFormat::ZeekJson, 0, 207, 0),
        ("ssl.log.gz", LogFormat::Zeek, 0, 49_474, 0),
        ("ssl.json.gz", LogFormat::ZeekJson, 0, 49_474, 0),
        ("rdp.log.gz", LogFormat::Zeek, 0, 4_122, 0),
        ("rdp.json.gz", LogFormat::ZeekJson, 0, 4_122, 0),
        ("ssh.log.gz", LogFormat::Zeek, 0, 22, 0),
        ("ssh.json.gz", LogFormat::ZeekJson, 0, 22, 0),
        ("ntlm.json.gz", LogFormat::ZeekJson, 0, 422, 116),
        ("smtp.json.gz", LogFormat::ZeekJson, 0, 1_188, 0),
        ("syslog.json.gz", LogFormat::ZeekJson, 0, 2_378, 0),
        ("weird.json.gz", LogFormat::ZeekJson, 0, 24_202, 0),
        ("x509.json.gz", LogFormat::ZeekJson, 0, 348, 0),
    ] {
        let Some((receipt, count)) = read_shared(&format!("zeek/{name}")) else {
            return;
        };
        assert_eq!(receipt.files[0].format, Some(format), "{name}");
        assert_eq!(count.rejects, [], "{name}");
        assert_eq!(
            (count.lookups, count.events, count.sign_ins),
            (lookups, events, sign_ins),
            "{name}"
        );
        if name.starts_with("dns") {
            assert_eq!(
                receipt.files[0].skipped.get(&LogSkip::NothingToSay),
                Some(&14)
            );
        }
    }
}

/// Alerts by Python's json, in lists over many lines.
#[test]
fn alerts_of_suricata_are_read() {
    for (name, alerts) in [
        ("first-org-conf-2015", 136),
        ("honeypot-2018", 44),
        ("wrccdc-2017", 161),
        ("wrccdc-2018", 207),
    ] {
        let Some((receipt, count)) = read_shared(&format!("suricata/{name}-alerts.json")) else {
            return;
        };
        assert_eq!(receipt.files[0].format, Some(LogFormat::Eve), "{name}");
        assert_eq!(
            (count.events, &count.rejects[..]),
            (alerts, &[][..]),
            "{name}"
        );
    }
}

/// 46 files with 690 records, by the README of the data and by Python's evtx; of them 200 say how a sign-in ended (3 4624,
/// 28 4625, 70 4768, 78 4771, 5 4776, 6 18456), and 10 are verdicts of sshd.
#[test]
fn event_logs_of_staged_attacks_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(files) = unpacked("more/evtx/evtx-to-mitre.tgz", ".evtx", folder.path()) else {
        return;
    };
    assert_eq!(files.len(), 46);
    let (receipt, count) = read_files(&files, &LogSettings::default()).expect("readable");
    assert!(
        receipt
            .files
            .iter()
            .all(|f| f.format == Some(LogFormat::Evtx))
    );
    assert_eq!((count.events, count.rejects.len()), (690, 0));
    assert_eq!(count.sign_ins, 200);
    assert_eq!(
        receipt.records(),
        690,
        "a record of which two came counts once"
    );
}

/// 202 files, and 202 of JSON with 238 events (Python's json): what rules for detection are tested with.
#[test]
fn events_of_windows_are_the_same_from_either_writing() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(binary) = unpacked("sigma/sigma-regression.tgz", ".evtx", folder.path()) else {
        return;
    };
    let Some(json) = unpacked("sigma/sigma-regression.tgz", ".json", folder.path()) else {
        return;
    };
    assert_eq!((binary.len(), json.len()), (202, 202));
    let (binary, b) = read_files(&binary, &LogSettings::default()).expect("readable");
    let (json, j) = read_files(&json, &LogSettings::default()).expect("readable");
    let is_json = |f: &LogFileReceipt| f.format == Some(LogFormat::WindowsJson);
    assert!(json.files.iter().all(is_json));
    assert_eq!((j.events, j.rejects.len()), (238, 0));
    assert_eq!((b.events, b.rejects.len()), (238, 0));
    assert_eq!(b.sign_ins, j.sign_ins);
    assert_eq!(binary.records(), json.records());
}

/// One staged case: counts by `unzip -p FILE | wc -l`, sign-ins by Python's json.
#[test]
fn accounts_of_one_case_are_read_from_the_cloud_and_the_hosts() {
    for (name, format, events, sign_ins) in [
        ("AADAuditEvents.Zip", LogFormat::Entra, 4, 0),
        ("OfficeActivityEvents.Zip", LogFormat::M365, 1, 0),
        ("WindowsEvents.Zip", LogFormat::WindowsJson, 38, 28),
    ] {
        let Some(path) = shared(&format!("data/intrusion/more/cloud/{name}")) else {
            return;
        };
        let inputs =
            overt_intake::expand(&[path.to_string_lossy().into_owned()]).expect("an archive");
        let (receipt, count) = read_all(&inputs, &LogSettings::default()).expect("readable");
        assert_eq!(receipt.files[0].format, Some(format), "{name}");
        assert_eq!((count.events, count.sign_ins), (events, sign_ins), "{name}");
        assert_eq!(count.rejects, [], "{name}");
    }
}

/// Reads text as a file.
fn read_text(text: &[u8], settings: &LogSettings) -> Result<(LogReceipt, Count), Error> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("to write it");
    read_files(&[file.path().to_owned()], settings)
}

/// Hand-made lines in the shapes that the makers document: each is told by its content and read.
const SAMPLES: [(LogFormat, &str); 22] = [
    (
        LogFormat::Web,
        "192.0.2.1 - - [24/Nov/2024:10:00:00 +0200] \"GET /a?b=secret HTTP/1.1\" 200 1 \"-\" \"x\"\n",
    ),
    (
        LogFormat::W3c,
        "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status\n2024-11-24 08:00:00 GET /a b=secret 192.0.2.1 200\n",
    ),
    (
        LogFormat::AccessJson,
        "{\"time_iso8601\":\"2024-11-24T10:00:00+02:00\",\"remote_addr\":\"192.0.2.1\",\"request\":\"GET /a HTTP/1.1\",\"status\":200}\n",
    ),
    (
        LogFormat::Alb,
        "http 2024-11-24T08:00:00.186641Z app/lb/1 192.0.2.1:2817 10.0.0.1:80 0.0 0.0 0.0 200 200 0 57 \"GET http://e.example:80/a HTTP/1.1\" \"x\" - - arn \"Root=1\" \"-\" \"-\" 0\n",
    ),
    (
        LogFormat::Cloudflare,
        "{\"ClientIP\":\"192.0.2.1\",\"ClientRequestMethod\":\"GET\",\"ClientRequestURI\":\"/a\",\"EdgeStartTimestamp\":\"2024-11-24T08:00:00Z\",\"EdgeResponseStatus\":200}\n",
    ),
    (
        LogFormat::Audit,
        "{\"transaction\":{\"client_ip\":\"192.0.2.1\",\"time_stamp\":\"Sun Nov 24 08:00:00 2024\",\"request\":{\"method\":\"GET\",\"uri\":\"/a\"},\"response\":{\"http_code\":403}}}\n",
    ),
    (
        LogFormat::Zeek,
        "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tconn_state\n1732435200.5\tC\t192.0.2.1\t10.0.0.1\t443\tSF\n",
    ),
    (
        LogFormat::ZeekJson,
        "{\"ts\":1732435200.5,\"uid\":\"C\",\"id.orig_h\":\"192.0.2.1\",\"id.resp_h\":\"10.0.0.1\",\"id.resp_p\":443,\"conn_state\":\"SF\"}\n",
    ),
    (
        LogFormat::Eve,
        "{\"timestamp\":\"2024-11-24T10:00:00.0+0200\",\"event_type\":\"alert\",\"src_ip\":\"192.0.2.1\",\"alert\":{\"signature_id\":1}}\n",
    ),
    (
        LogFormat::WindowsJson,
        "{\"EventID\":4625,\"Channel\":\"Security\",\"Computer\":\"dc\",\"TimeCreated\":\"2024-11-24T08:00:00Z\",\"TargetUserName\":\"ann\",\"IpAddress\":\"192.0.2.1\"}\n",
    ),
    (
        LogFormat::Entra,
        "{\"value\":[{\"createdDateTime\":\"2024-11-24T08:00:00Z\",\"userPrincipalName\":\"ann@e.example\",\"ipAddress\":\"192.0.2.1\",\"status\":{\"errorCode\":0}}]}",
    ),
    (
        LogFormat::M365,
        "{\"CreationTime\":\"2024-11-24T08:00:00\",\"Operation\":\"UserLoggedIn\",\"Workload\":\"AzureActiveDirectory\",\"UserId\":\"ann@e.example\",\"ClientIP\":\"192.0.2.1\"}\n",
    ),
    (
        LogFormat::M365Csv,
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n1,2024-11-24,15,UserLoggedIn,ann,\"{\"\"CreationTime\"\":\"\"2024-11-24T08:00:00\"\",\"\"Operation\"\":\"\"UserLoggedIn\"\",\"\"UserId\"\":\"\"ann\"\",\n\"\"ClientIP\"\":\"\"192.0.2.1\"\"}\"\n",
    ),
    (
        LogFormat::Syslog,
        "<38>Nov 24 08:00:00 web sshd[12]: Failed password for invalid user ann from 192.0.2.1 port 22 ssh2\n",
    ),
    (
        LogFormat::Fortinet,
        "date=2024-11-24 time=10:00:00 tz=\"+0200\" logid=\"0100032002\" type=\"event\" subtype=\"system\" user=\"ann\" ui=\"https(192.0.2.1)\" action=\"login\" status=\"failed\"\n",
    ),
    (
        LogFormat::PanOs,
        "<14>Oct  1 08:02:11 PA 1,2024/11/24 08:00:01,016,GLOBALPROTECT,0,2817,2024/11/24 08:00:00,vsys1,portal-auth,login,SAML,,ann,IL,LT-1,192.0.2.1,0.0.0.0,0.0.0.0,0.0.0.0,id,sn,6.2,Windows,\"11 , 64-bit\",1,,,\"x, y\",success,,0\n",
    ),
    (
        LogFormat::Asa,
        "<166>Nov 24 2024 08:00:00 asa : %ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = ann : user IP = 192.0.2.1\n",
    ),
    (
        LogFormat::Bind,
        "24-Nov-2024 08:00:00.123 queries: info: client @0x7f 192.0.2.1#5000 (a.example): query: a.example IN A +E(0)K (192.0.2.53)\n",
    ),
    (
        LogFormat::WindowsDns,
        "DNS Server log\n\n11/24/2024 8:00:00 AM 0E70 PACKET  0000 UDP Rcv 192.0.2.1    5b47   Q [0001   D   NOERROR] A      (1)a(7)example(0)\n",
    ),
    (
        LogFormat::Postgres,
        "2024-11-24 08:00:00.123 UTC [12] ann@x FATAL:  password authentication failed for user \"ann\"\n\tgoes on\n",
    ),
    (
        LogFormat::PostgresCsv,
        "2024-11-24 08:00:00.123 UTC,\"ann\",\"x\",12,\"192.0.2.1:5000\",a.1,1,\"authentication\",2024-11-24 08:00:00 UTC,3/1,0,FATAL,28P01,\"password authentication failed for user \"\"ann\"\"\n\",,,,,,,,,\"\"\n",
    ),
    (
        LogFormat::Mapped,
        "When,User,IP address,Status\n2024-11-24 08:00:00,ann,192.0.2.1,Failure\n",
    ),
];

/// The year for what leaves it out, and the mapping for what nobody knows.
fn settings_for(format: LogFormat) -> LogSettings {
    let mapping = r#"{"record":"sign-in","columns":{"time":"When","account":"User","source":"IP address","succeeded":"Status"}}"#;
    LogSettings {
        year: Some(2024),
        mapping: (format == LogFormat::Mapped)
            .then(|| serde_json::from_str(mapping).expect("a mapping")),
        ..LogSettings::default()
    }
}

/// Every format but the binary one has a sample, is told by it, and says the same minute.
#[test]
fn each_format_is_told_by_its_content() {
    for (format, text) in SAMPLES {
        let settings = settings_for(format);
        let (receipt, count) = read_text(text.as_bytes(), &settings).expect("readable");
        let file = &receipt.files[0];
        assert_eq!(file.format, Some(format));
        assert_eq!((count.rejects.len(), file.records), (0, 1), "{format:?}");
        let time = file.first.expect("a time").to_string();
        assert_eq!(&time[..16], "2024-11-24T08:00", "{format:?}");
    }
    let with_samples = SAMPLES.map(|(format, _)| format);
    let without: Vec<LogFormat> = LogFormat::all()
        .filter(|f| !with_samples.contains(f))
        .collect();
    assert_eq!(without, [LogFormat::Evtx]);
    for format in LogFormat::all() {
        assert_eq!(format.name().parse(), Ok(format));
    }
}

/// `evtx_dump` writes a heading before each value.
#[test]
fn what_evtx_dump_writes_is_read_as_it_is() {
    let record = |n: u32| {
        format!(
            "Record {n}\n{{\n  \"Event\": {{\"System\": {{\"EventID\": 1, \"Channel\": \"System\", \"TimeCreated\": \
             {{\"#attributes\": {{\"SystemTime\": \"2024-11-24T08:00:00Z\"}}}}}}}}\n}}\n"
        )
    };
    let text = record(1) + &record(2);
    let (receipt, count) = read_text(text.as_bytes(), &LogSettings::default()).expect("readable");
    let file = &receipt.files[0];
    assert_eq!(
        (file.format, count.events),
        (Some(LogFormat::WindowsJson), 2)
    );
    assert_eq!(file.skipped.get(&LogSkip::Comment), Some(&2));
}

/// The year goes on over a new year; without a setting it is the last that fits the file's own day.
#[test]
fn the_year_that_syslog_leaves_out_is_told() {
    let text = "Dec 31 23:59:59 web a: b\nJan  1 00:00:01 web a: b\nDec 31 23:59:58 web a: late\n";
    let settings = LogSettings {
        year: Some(2016),
        ..LogSettings::default()
    };
    let (receipt, _) = read_text(text.as_bytes(), &settings).expect("readable");
    let file = &receipt.files[0];
    assert_eq!(file.year, Some(YearFrom::Setting));
    let [first, last] = [file.first, file.last].map(|t| t.expect("a time").to_string());
    assert_eq!(
        (&first[..], &last[..]),
        ("2016-12-31T23:59:58Z", "2017-01-01T00:00:01Z")
    );
    assert_eq!((file.went_back, file.furthest_back), (1, 3_000));
    let (receipt, _) = read_text(text.as_bytes(), &LogSettings::default()).expect("readable");
    assert_eq!(receipt.files[0].year, Some(YearFrom::LastChange));
}

/// Clock, zone, zero bytes, what is not UTF-8, and a form's value that must not be shown.
#[test]
fn logs_are_set_right_and_what_is_wrong_with_them_is_told() {
    let settings = LogSettings {
        zone: "Europe/Bucharest".parse().expect("a zone"),
        clock: 60_000,
        ..LogSettings::default()
    };
    let mut log =
        b"\0\0\x00192.0.2.1 - - [24/Nov/2024:10:00:00] \"GET /\xff HTTP/1.1\" 200 1\0\n".to_vec();
    log.extend(b"192.0.2.1 - - [24/Nov/2024:10:00:0] \"GET /?ssn=078-05-1120\n\n");
    let (receipt, count) = read_text(&log, &settings).expect("readable");
    let file = &receipt.files[0];
    assert_eq!(
        file.first.map(|t| t.to_string()).as_deref(),
        Some("2024-11-24T08:01:00Z")
    );
    assert_eq!((file.with_zeros, file.not_utf8), (1, 1));
    assert_eq!(file.skipped.get(&LogSkip::Blank), Some(&1));
    assert_eq!(count.rejects.len(), 1);
    assert!(
        !count.rejects[0].detail.contains("078"),
        "{:?}",
        count.rejects[0]
    );
}

/// An empty file is a quiet day, not a fault; a file of another kind is one.
#[test]
fn a_file_without_a_byte_is_told_and_a_picture_is_refused() {
    let (receipt, _) = read_text(b"", &LogSettings::default()).expect("no fault");
    assert_eq!((receipt.files[0].format, receipt.files[0].lines), (None, 0));
    let Err(error) = read_text(b"\x89PNG\r\n\x1a\n", &LogSettings::default()).map(|_| ()) else {
        panic!("a picture was read");
    };
    assert_eq!(error.code(), "intake.unknown-format");
}

/// Four hundred times the shared log through everything but decompression: `cargo test --release -- --ignored speed`.
#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stderr)]
fn speed_from_the_file_to_the_sink() {
    struct Nothing;
    impl LogSink for Nothing {
        fn record(&mut self, _: &LogRecord<'_>, _: LogPlace) -> Result<(), Stop> {
            Ok(())
        }

        fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
            Ok(())
        }
    }
    let name = "data/intrusion/more/web-benign/semicomplete_2015-05.combined.log.gz";
    let Some(path) = shared(name) else {
        return;
    };
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), plain(&path).repeat(400)).expect("to write it");
    let inputs = [Input::File(file.path().to_owned())];
    let start = std::time::Instant::now();
    let receipt = read_logs(
        &inputs,
        &LogSettings::default(),
        &Watch::default(),
        &mut Nothing,
    );
    let bytes = receipt.expect("readable").files[0].bytes;
    let speed = bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
    eprintln!("{speed:.0} MB/s");
}

/// A log of so many lines, a minute apart.
fn lines(n: u32) -> String {
    (0..n).fold(String::new(), |mut log, k| {
        use std::fmt::Write;
        let (hour, minute) = (k / 60 % 24, k % 60);
        let _ = writeln!(
            log,
            "198.51.100.{} - - [02/Apr/2024:{hour:02}:{minute:02}:00 +0000] \"GET /status?n={k} HTTP/1.1\" 200 {}",
            k % 250,
            k * 7_919 % 9_001
        );
        log
    })
}

#[test]
fn a_packed_log_that_is_cut_is_read_up_to_there_beside_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, lines(1_400).as_bytes()).expect("packed");
    let packed = packer.finish().expect("packed");
    let cut = folder.path().join("access.log.2.gz");
    std::fs::write(&cut, &packed[..packed.len() * 2 / 3]).expect("written");
    let whole = folder.path().join("access.log.1");
    std::fs::write(&whole, lines(100)).expect("written");
    let (receipt, count) = read_files(&[cut, whole], &LogSettings::default()).expect("readable");
    assert!(receipt.files[0].cut.is_some() && receipt.files[1].cut.is_none());
    let there = receipt.files[0].records;
    assert!((500..1_400).contains(&there), "{there}");
    assert_eq!(count.requests, there + 100);
}

#[test]
fn an_event_log_that_is_cut_says_how_much_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(files) = unpacked("more/evtx/evtx-to-mitre.tgz", ".evtx", folder.path()) else {
        return;
    };
    let bytes = std::fs::read(&files[0]).expect("readable");
    let cut = folder.path().join("cut.evtx");
    std::fs::write(&cut, &bytes[..40_000]).expect("written");
    let (receipt, count) = read_files(&[cut], &LogSettings::default()).expect("readable");
    let told = receipt.files[0].cut.as_deref().expect("that it is cut");
    assert!(told.contains("it has 40000 bytes"), "{told}");
    assert!(
        count.events + count.sign_ins > 0,
        "what is there is read: {receipt:?}"
    );
}

/// What HAProxy sends through syslog is requests, and its other lines are events.
#[test]
fn requests_of_haproxy_through_syslog_are_requests() {
    let log = "Mar  1 09:00:01 lb haproxy[12]: 203.0.113.7:51234 [01/Mar/2024:09:00:01.123] web~ app/one 0/0/1/12/13 200 4521 - - ---- 5/5/0/0/0 0/0 \"GET /voter?id=12 HTTP/1.1\"\n\
               Mar  1 09:00:02 lb haproxy[12]: Server app/one is DOWN, reason: Layer4 timeout\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lb.log");
    std::fs::write(&path, log).unwrap();
    let (receipt, count) = read_files(&[path], &LogSettings::default()).unwrap();
    assert_eq!((count.requests, count.events), (1, 1));
    // The request writes its year, and tells that of the line after it, whenever the file was changed.
    assert_eq!(receipt.files[0].year, Some(YearFrom::Line));
    let last = receipt.files[0].last.unwrap().to_string();
    assert!(last.starts_with("2024-03-01T09:00:02"), "{last}");
}

#[test]
fn a_web_servers_line_through_syslog_tells_the_year_of_the_next() {
    let log = "Mar  1 09:00:01 www nginx: 203.0.113.7 - - [01/Mar/2024:09:00:01 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"x\"\n\
               Mar  1 09:00:02 www sshd[1]: Accepted publickey for a from 192.0.2.1 port 22 ssh2\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("www.log");
    std::fs::write(&path, log).unwrap();
    let (receipt, count) = read_files(&[path], &LogSettings::default()).unwrap();
    assert_eq!((count.requests, count.sign_ins), (1, 1), "{receipt:?}");
    assert!(count.rejects.is_empty(), "{:?}", count.rejects);
    // A later line of another year moves nothing.
    let forged = log.replace("\nMar  1 09:00:02", "\nMar  1 09:00:01 www nginx: 203.0.113.7 - - [01/Mar/2031:09:00:01 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"x\"\nMar  1 09:00:02");
    let path = folder.path().join("forged.log");
    std::fs::write(&path, forged).unwrap();
    let (receipt, count) = read_files(&[path], &LogSettings::default()).unwrap();
    assert_eq!(count.sign_ins, 1, "{receipt:?}");
    let last = receipt.files[0].last.unwrap().to_string();
    assert!(last.starts_with("2024-03-01T09:00:02"), "{last}");
}
