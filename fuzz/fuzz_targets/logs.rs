//! Any bytes as a log: the first byte chooses the format (or leaves it to be recognised), the others are the file. Every
//! line must be accounted for: a record, a reject or skipped by design.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overt_intake::{
    Input, LogFormat, LogReject, LogSettings, LogSink, Stop, Watch, read_logs,
};
use overt_model::log::{LogPlace, LogRecord};
use tempfile::NamedTempFile;

static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| NamedTempFile::new().expect("a temporary file"));

const MAPPING: &str = r#"{"record": "sign-in", "columns": {"time": "t", "account": "a", "source": "s"}}"#;

#[derive(Default)]
struct Count {
    records: u64,
    rejects: u64,
}

impl LogSink for Count {
    fn record(&mut self, record: &LogRecord<'_>, _: LogPlace) -> Result<(), Stop> {
        assert!(record.time.is_plausible());
        self.records += 1;
        Ok(())
    }

    fn reject(&mut self, reject: &LogReject) -> Result<(), Stop> {
        assert!(reject.detail.chars().count() <= 80);
        self.rejects += 1;
        Ok(())
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    std::fs::write(FILE.path(), bytes).expect("the temporary file can be written");
    let format = LogFormat::all().nth(usize::from(choice));
    let settings = LogSettings {
        format,
        year: (choice % 2 == 0).then_some(2024),
        proxies: vec!["10.0.0.0/8".parse().expect("a network")],
        mapping: (format == Some(LogFormat::Mapped)).then(|| serde_json::from_str(MAPPING).expect("a mapping")),
        ..LogSettings::default()
    };
    let input = Input::File(FILE.path().to_owned());
    let mut count = Count::default();
    if let Ok(receipt) = read_logs(&[input], &settings, &Watch::default(), &mut count) {
        let file = &receipt.files[0];
        let (rejected, skipped): (u64, u64) = (file.rejected.values().sum(), file.skipped.values().sum());
        assert_eq!(file.lines, file.records + rejected + skipped);
        assert_eq!((file.handed_on, rejected), (count.records, count.rejects));
    }
});
