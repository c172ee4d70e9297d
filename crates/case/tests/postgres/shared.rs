//! What the tests make cases of.

use std::time::{SystemTime, UNIX_EPOCH};

use overt_attribution::{Kind, Marking};
use overt_case::{NewCase, NewItem};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;

pub(crate) const NEW: NewCase<'static> = NewCase {
    name: "midterms",
    regime: include_str!("../../../../regimes/eo13848/regime.toml"),
    purpose: "a test",
    legal_basis: "31 CFR 579",
    keep_until: "2040-01-01",
};

pub(crate) fn key(name: &str) -> SecretKey {
    let seed = [name.as_bytes()[0]; 32];
    SecretKey::new(&format!("{name}.example"), Purpose::Note, &seed).unwrap()
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(since.as_millis() as i64)
}

pub(crate) fn item<'a>(name: &'a str, by: &'a str) -> NewItem<'a> {
    NewItem {
        name,
        kind: Kind::Document,
        grade: "B2".parse().unwrap(),
        origin: None,
        collected_by: by,
        collected_at: "2026-01-01",
        from: "",
        marking: Marking::Green,
        licence: "",
        speaks_for: Vec::new(),
        run: None,
    }
}
