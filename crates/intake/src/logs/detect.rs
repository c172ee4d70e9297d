//! The format of a log, told from its content.

use super::format::LogFormat;
use super::{w3c, web};

/// The most lines that are looked at.
const LINES: usize = 50;

/// The format of a log, from its first bytes, unpacked; the more it holds of the log, the better. `None` where it begins
/// like no log that is known.
pub fn detect_log(head: &[u8]) -> Option<LogFormat> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(&head[..head.len().min(1 << 16)]);
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    let lines = &lines[..lines.len().min(LINES)];
    if lines.iter().any(|line| w3c::is_fields(line)) {
        return Some(LogFormat::W3c);
    }
    most(lines, web::looks_like).then_some(LogFormat::Web)
}

/// Whether half of the lines or more are of a format; the last may be cut off.
fn most(lines: &[&str], looks: fn(&str) -> bool) -> bool {
    let like = lines.iter().filter(|line| looks(line)).count();
    like > 0 && 2 * like >= lines.len()
}
