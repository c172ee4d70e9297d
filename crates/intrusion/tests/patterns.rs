//! Patterns that were made to take long: none does.

use std::time::{Duration, Instant};

use overt_intrusion::indicator::{Alarms, Indicators, Listed};
use overt_model::log::{LogPlace, LogRecord, Logged, Request};
use overt_model::{Grade, Indicator, Observable, Timestamp};

fn indicator(pattern: String) -> Indicator {
    Indicator::listed(Observable::Pattern(pattern), "x", 1)
}

#[test]
fn no_expression_no_wildcards_and_no_depth_take_long() {
    let or = vec!["url:value = 'x'"; 2_000].join(" OR ");
    let parts = vec!["[url:value LIKE '%a%']"; 100].join(" AND ");
    let patterns = [
        "[url:value MATCHES '(a+)+$']".to_owned(),
        "[url:value MATCHES '^([a-z/:.]+)+!$' AND url:value = 'x']".to_owned(),
        format!("[url:value LIKE '{}b']", "%a".repeat(200)),
        format!("[{or}]"),
        format!("({parts}) WITHIN 1 SECONDS"),
    ];
    let listed = Listed {
        name: "made to harm".to_owned(),
        grade: Grade::F,
        published: None,
        indicators: patterns.into_iter().map(indicator).collect(),
    };
    let mut indicators = Indicators::new(vec![listed], Vec::new());
    assert!(indicators.not_looked_for().is_empty());
    let request = Request {
        source: "198.51.100.7".into(),
        target: format!("/{}!", "a".repeat(8_000)).into(),
        host: Some("office.example".into()),
        ..Request::default()
    };
    let begins = Instant::now();
    for n in 0..20 {
        let record = LogRecord {
            time: Timestamp(n),
            what: Logged::Request(request.clone()),
        };
        let at = LogPlace {
            line: n as u64,
            ..LogPlace::default()
        };
        indicators.look("access.log", &record, at);
    }
    let _ = indicators.sightings(&Alarms::default());
    let took = begins.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
}
