//! What a server says went wrong, as one of our errors.

use std::error::Error as _;

use postgres::Error;
use postgres::error::SqlState;

use crate::error::CaseError;
use crate::store::Address;

/// An error of the server or of the connection to it.
pub(super) fn fault(address: &Address, error: &Error) -> CaseError {
    let path = address.path();
    let detail = told(error);
    let Some(code) = error.code() else {
        // It says so in words alone.
        if detail.contains("password missing") {
            let detail = "it asks for a password, and none was given".to_owned();
            return CaseError::Denied { path, detail };
        }
        if error.as_db_error().is_none() && is_of_the_connection(error, &detail) {
            return CaseError::Unreachable { path, detail };
        }
        return CaseError::Store { path, detail };
    };
    match code.code() {
        // Logging in, rights, a database that is not there.
        code if code.starts_with("28") => CaseError::Denied { path, detail },
        "42501" | "3D000" => CaseError::Denied { path, detail },
        _ if *code == SqlState::LOCK_NOT_AVAILABLE => CaseError::Busy(path),
        _ if *code == SqlState::DISK_FULL => CaseError::DiskFull(path),
        // The server ends, starts, has too many who ask; or it ended this connection.
        code if code.starts_with("57P") || code.starts_with("08") => {
            CaseError::Unreachable { path, detail }
        }
        "25P03" | "53300" => CaseError::Unreachable { path, detail },
        "XX001" | "XX002" => CaseError::Damaged { path, detail },
        _ => CaseError::Store { path, detail },
    }
}

/// Whether it is the connection that failed, and not what was asked.
fn is_of_the_connection(error: &Error, detail: &str) -> bool {
    let io = error
        .source()
        .is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    error.is_closed()
        || io
        || ["connecting", "TLS", "timed out"]
            .iter()
            .any(|w| detail.contains(w))
}

/// What happened, with what brought it about.
pub(super) fn told(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    let mut text = error.to_string();
    let mut because = error.source();
    while let Some(error) = because {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        because = error.source();
    }
    text
}
