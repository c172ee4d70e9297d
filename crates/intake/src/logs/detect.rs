//! The format of a log, told from its content.

use super::flat::Flat;
use super::format::LogFormat;
use super::{
    access_json, alb, asa, audit, cloudflare, database, dns, entra, eve, evtx, fortinet, m365,
    panos, syslog, values, w3c, web, windows, zeek,
};

/// The most lines that are looked at.
const LINES: usize = 50;
/// The most bytes of text that are looked at.
const TEXT: usize = 1 << 16;

/// A format and how a value, or a line, of it is told.
type OfValue = (LogFormat, fn(&Flat<'_>) -> bool);
type OfLine = (LogFormat, fn(&str) -> bool);

/// Formats of JSON in the order they are tried, the most particular first.
const JSON: [OfValue; 8] = [
    (LogFormat::WindowsJson, windows::looks_like),
    (LogFormat::Entra, entra::looks_like),
    (LogFormat::M365, m365::looks_like),
    (LogFormat::ZeekJson, zeek::looks_like),
    (LogFormat::Eve, eve::looks_like),
    (LogFormat::Audit, audit::looks_like),
    (LogFormat::Cloudflare, cloudflare::looks_like),
    (LogFormat::AccessJson, access_json::looks_like),
];

/// Formats of lines in the order they are tried, the most particular first.
const LINED: [OfLine; 10] = [
    (LogFormat::Alb, alb::looks_like),
    (LogFormat::Asa, asa::looks_like),
    (LogFormat::Fortinet, fortinet::looks_like),
    (LogFormat::PanOs, panos::looks_like),
    (LogFormat::Bind, dns::is_bind),
    (LogFormat::WindowsDns, dns::is_windows),
    (LogFormat::PostgresCsv, database::is_csv),
    (LogFormat::Postgres, database::is_plain),
    (LogFormat::Syslog, syslog::looks_like),
    (LogFormat::Web, web::looks_like),
];

/// The format of a log, from its first bytes, unpacked; the more it holds of the log, the better. `None` where it begins
/// like no log that is known.
pub fn detect_log(head: &[u8]) -> Option<LogFormat> {
    if head.starts_with(evtx::MAGIC) {
        return Some(LogFormat::Evtx);
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    // `evtx_dump` puts a heading before each value.
    let is_json = matches!(first, Some(b'{' | b'[')) || head.starts_with(b"Record ");
    if is_json && let Some(format) = of_json(head) {
        return Some(format);
    }
    let text = String::from_utf8_lossy(&head[..head.len().min(TEXT)]);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_matches('\0'))
        .filter(|line| !line.trim().is_empty())
        .take(LINES)
        .collect();
    of_lines(&lines)
}

fn of_json(head: &[u8]) -> Option<LogFormat> {
    let firsts = values::first_values(head);
    firsts.iter().find_map(|text| {
        let fields = Flat::read(text).ok()?;
        let known = JSON.iter().find(|(_, looks)| looks(&fields));
        known.map(|(format, _)| *format)
    })
}

fn of_lines(lines: &[&str]) -> Option<LogFormat> {
    let first = lines.first()?;
    if zeek::is_separator(first) {
        return Some(LogFormat::Zeek);
    }
    if lines.iter().any(|line| w3c::is_fields(line)) {
        return Some(LogFormat::W3c);
    }
    if m365::is_header(first) {
        return Some(LogFormat::M365Csv);
    }
    let known = LINED.iter().find(|(_, looks)| most(lines, *looks));
    known.map(|(format, _)| *format)
}

/// Whether a third of the lines or more are of a format: between those with a header of their own others go on.
fn most(lines: &[&str], looks: fn(&str) -> bool) -> bool {
    let like = lines.iter().filter(|line| looks(line)).count();
    like > 0 && 3 * like >= lines.len()
}
