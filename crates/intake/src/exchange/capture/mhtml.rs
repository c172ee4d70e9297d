//! MHTML (RFC 2557): one page as a browser saved it. The file is the page; only the lines above it are read here, and how
//! many parts it has.

use super::super::{KEPT, Reading, shortened};
use super::captured;

/// Whether a file begins as a saved page does.
pub(in super::super) fn is_page(start: &[u8]) -> bool {
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let head = start.split("\r\n\r\n").next().unwrap_or_default();
    let head = head.split("\n\n").next().unwrap_or_default();
    head.contains("content-type: multipart/related") && head.contains("mime-version")
}

/// Reads the lines above a page.
pub(in super::super) fn read(
    bytes: &[u8],
    file: usize,
    reading: &mut Reading,
) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let head = unfolded(&text);
    let of = |name: &str| {
        let found = head.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let boundary =
        boundary(of("content-type")).ok_or("it does not say what stands between its parts")?;
    let dashes = "-".repeat(2);
    let opening = format!("{dashes}{boundary}");
    let ending = format!("{opening}{dashes}");
    let lines = || text.lines().map(str::trim_end);
    if !lines().any(|line| line == ending) {
        return Err("it ends before its last part does: it was cut".to_owned());
    }
    let parts = lines().filter(|line| *line == opening).count();
    // Browsers write it above the page; older ones above its first part.
    let below = || {
        let mut all = lines().filter_map(|line| line.split_once(':'));
        all.find(|(name, _)| name.eq_ignore_ascii_case("content-location"))
            .map_or("", |(_, value)| value.trim())
    };
    let link = match of("snapshot-content-location") {
        "" => below(),
        link => link,
    };
    let link = shortened(&reading.name(link), 1000);
    let mut from = match link.as_str() {
        "" => "a page as a browser saved it, which does not say where it stood".to_owned(),
        link => link.to_owned(),
    };
    match time(of("date")) {
        Some((time, day)) => {
            from.push_str(&format!("; captured {time}"));
            reading.handed.files[file].collected = Some(day);
        }
        None => from.push_str("; it does not say when it was captured"),
    }
    from.push_str("; it has no digest that could be compared");
    reading.handed.files[file].from = from;
    reading.handed.tally.place("page", "the item of its file");
    for _ in 0..parts {
        reading.handed.tally.place("part of a page", KEPT);
    }
    Ok(())
}

/// The lines above the first part, by their names in small letters.
fn unfolded(text: &str) -> Vec<(String, String)> {
    let mut head: Vec<(String, String)> = Vec::new();
    for line in text.lines().take(200) {
        if line.trim().is_empty() {
            break;
        }
        let goes_on = line.starts_with([' ', '\t']);
        if let Some((_, value)) = head.last_mut().filter(|_| goes_on) {
            value.push(' ');
            value.push_str(line.trim());
        } else {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            head.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    head
}

fn boundary(kind: &str) -> Option<&str> {
    let (_, rest) = kind.split_once("boundary=")?;
    let boundary = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split([';', ' ']).next()?,
    };
    (1..=200).contains(&boundary.len()).then_some(boundary)
}

fn time(written: &str) -> Option<(overt_model::Timestamp, String)> {
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(written);
    match zoned {
        Ok(time) => captured(&time.to_string()),
        Err(_) => captured(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_on_and_boundaries_in_quotes() {
        let head =
            unfolded("A: b\r\nContent-Type: multipart/related;\r\n\tboundary=\"x y\"\r\n\r\nC: d");
        assert_eq!(head.len(), 2);
        assert_eq!(boundary(&head[1].1), Some("x y"));
        assert_eq!(
            boundary("multipart/related; boundary=abc; type=\"text/html\""),
            Some("abc")
        );
        assert_eq!(boundary("multipart/related"), None);
        let day = |text: &str| time(text).map(|(_, day)| day);
        assert_eq!(
            day("Sat, 5 Sep 2026 10:00:00 -0000").as_deref(),
            Some("2026-09-05")
        );
        assert_eq!(day("yesterday"), None);
    }
}
