//! Who a record of a log is about.

use overt_model::log::{LogRecord, Logged};

/// Its source, what the source turned to, and the account, as far as a record says them.
pub(super) fn parties(record: &LogRecord<'_>) -> (String, String, String) {
    match &record.what {
        Logged::Request(r) => (
            r.source.to_string(),
            crate::route::masked(&r.target),
            r.user.as_deref().unwrap_or_default().to_owned(),
        ),
        Logged::SignIn(s) => (
            s.source.as_deref().unwrap_or_default().to_owned(),
            s.application.as_deref().unwrap_or_default().to_owned(),
            s.account.to_string(),
        ),
        Logged::Connection(c) => (
            c.source.to_string(),
            c.port
                .map_or_else(|| c.target.to_string(), |p| format!("{}:{p}", c.target)),
            String::new(),
        ),
        Logged::Lookup(l) => (l.source.to_string(), l.name.to_string(), String::new()),
        Logged::Event(e) => (
            e.source.as_deref().unwrap_or_default().to_owned(),
            e.computer.as_deref().unwrap_or_default().to_owned(),
            e.account.as_deref().unwrap_or_default().to_owned(),
        ),
        _ => Default::default(),
    }
}
