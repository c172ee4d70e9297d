//! WARC (ISO 28500), packed or not: each response of a web server is a piece, as it was captured.
//!
//! Read here and not with the crate `warc`, which holds every record in memory however long it says it is.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use overt_model::handed::{Bytes, Piece, PieceKind};
use overt_model::key::hex;

use super::super::{KEPT, Reading, shortened, shown};
use super::kept::{Keep, Span};
use super::{PAGE_LIMIT, captured};

/// The longest line, and most bytes of the lines above a block.
const LINE: u64 = 64 << 10;
const HEAD: u64 = 1 << 20;

/// Reads the records of an archive. What is wrong with it, and at which record.
pub(in super::super) fn read(
    from: &mut dyn Read,
    file: usize,
    keep: &mut Keep,
    reading: &mut Reading,
) -> Result<(), String> {
    let mut from = BufReader::with_capacity(64 << 10, from);
    let mut number = 0_u64;
    loop {
        number += 1;
        let at = |detail: String| format!("record {number}: {detail}");
        let Some(head) = head(&mut from).map_err(at)? else {
            return Ok(());
        };
        let length: u64 = head
            .get("content-length")
            .and_then(|n| n.trim().parse().ok())
            .ok_or_else(|| at("it does not say how long it is".to_owned()))?;
        let mut block = from.by_ref().take(length);
        record(&head, &mut block, length, file, keep, reading).map_err(|e| at(e.to_string()))?;
        io::copy(&mut block, &mut io::sink()).map_err(|e| at(e.to_string()))?;
        if reading.is_full() {
            // That it is too much is said at the end.
            return Ok(());
        }
        if block.limit() > 0 {
            return Err(at(format!(
                "the file ends {} bytes before the record does: it was cut",
                block.limit()
            )));
        }
    }
}

/// The lines above a block, by their names in small letters; none at the end of the file.
fn head(from: &mut dyn BufRead) -> Result<Option<BTreeMap<String, String>>, String> {
    let mut all = HEAD;
    let mut line = |from: &mut dyn BufRead| -> Result<Option<String>, String> {
        let mut bytes = Vec::new();
        let read = from.take(LINE.min(all)).read_until(b'\n', &mut bytes);
        all -= read.map_err(|e| e.to_string())? as u64;
        match bytes.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(String::from_utf8_lossy(&bytes).trim_end().to_owned())),
            Some(_) => Err("a line of it does not end: it was cut, or is not WARC".to_owned()),
        }
    };
    let version = loop {
        match line(from)? {
            None => return Ok(None),
            Some(empty) if empty.is_empty() => {}
            Some(version) => break version,
        }
    };
    if !version.starts_with("WARC/1.") && !version.starts_with("WARC/0.") {
        return Err(format!(
            "it does not begin with WARC/1.0 or WARC/1.1, but with {:?}",
            shortened(&version, 20)
        ));
    }
    let mut head: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    loop {
        let line = line(from)?.ok_or("it ends within its head: it was cut")?;
        if line.is_empty() {
            return Ok(Some(head));
        }
        if line.starts_with([' ', '\t']) {
            if let Some(value) = head.get_mut(&last) {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let (name, value) = line
            .split_once(':')
            .ok_or("a line of its head has no name")?;
        last = name.trim().to_ascii_lowercase();
        // Whoever writes one twice means the first, as far as it matters here.
        head.entry(last.clone())
            .or_insert_with(|| value.trim().to_owned());
    }
}

fn record(
    head: &BTreeMap<String, String>,
    block: &mut dyn Read,
    length: u64,
    file: usize,
    keep: &mut Keep,
    reading: &mut Reading,
) -> io::Result<()> {
    let of = |name: &str| head.get(name).map_or("", String::as_str);
    let kind = match of("warc-type").to_ascii_lowercase().as_str() {
        "" => "record of no kind".to_owned(),
        kind => format!("{} record", shortened(&reading.name(kind), 30)),
    };
    let tally = &mut reading.handed.tally;
    match kind.as_str() {
        "revisit record" => {
            tally.leave(
                &kind,
                "its bytes were not captured again: they are in another record",
            );
            return Ok(());
        }
        "response record" => {}
        _ => {
            tally.place(&kind, KEPT);
            return Ok(());
        }
    }
    if !of("content-type")
        .to_ascii_lowercase()
        .starts_with("application/http")
    {
        tally.place(&kind, KEPT);
        return Ok(());
    }
    if length > PAGE_LIMIT {
        let words = format!("it is larger than {} MB", PAGE_LIMIT >> 20);
        tally.leave(&kind, &words);
        return Ok(());
    }
    let whole = keep.keep(block)?;
    if whole.length < length {
        // The file was cut, which is said by who reads on.
        return Ok(());
    }
    let taken = response(head, &kind, whole, file, keep, reading)?;
    match taken {
        Ok(piece) => reading.handed.pieces.push(piece),
        Err(reason) => {
            keep.drop_last(whole);
            reading.handed.tally.leave(&kind, reason);
        }
    }
    Ok(())
}

/// A response as a piece; or why it is none.
fn response(
    head: &BTreeMap<String, String>,
    kind: &str,
    whole: Span,
    file: usize,
    keep: &mut Keep,
    reading: &mut Reading,
) -> io::Result<Result<Piece, &'static str>> {
    let of = |name: &str| head.get(name).map_or("", String::as_str);
    let link = reading.name(of("warc-target-uri").trim_matches(['<', '>']));
    if link.is_empty() {
        return Ok(Err("it does not say of which page it is"));
    }
    let Some((time, day)) = captured(of("warc-date")) else {
        return Ok(Err("it does not say when it was captured"));
    };
    let whole_digests = keep.digests(whole)?;
    let damaged = |reading: &mut Reading| {
        reading.warn(format!(
            "{} as captured {time} is damaged: its bytes are not what its digest says, and it is left out",
            shortened(&link, 200)
        ));
        Ok(Err("its bytes are not what its digest says: it is damaged"))
    };
    let block_digest = of("warc-block-digest");
    if whole_digests.agrees(block_digest) == Some(false) {
        return damaged(reading);
    }
    let Some(answer) = Answer::read(&mut keep.read(whole)?)? else {
        return Ok(Err("it has no head of HTTP"));
    };
    let raw = Span {
        start: whole.start + answer.head,
        length: whole.length - answer.head,
    };
    if raw.length == 0 {
        return Ok(Err("it has no body"));
    }
    let mut body = raw;
    if answer.is_chunked
        && let Some(bytes) = unchunked(&mut keep.read(raw)?)?
    {
        body = keep.keep(&mut &bytes[..])?;
    }
    let digests = keep.digests(body)?;
    let payload_digest = of("warc-payload-digest");
    // Some take the digest of a body as it came in chunks, some of what the chunks come to.
    let agrees = match digests.agrees(payload_digest) {
        Some(false) => keep.digests(raw)?.agrees(payload_digest),
        other => other,
    };
    if agrees == Some(false) {
        return damaged(reading);
    }
    let checked = match (agrees, whole_digests.agrees(block_digest)) {
        (Some(true), _) => format!("its body is what its digest says, {payload_digest}"),
        (_, Some(true)) => format!("the record is what its digest says, {block_digest}"),
        _ => "it has no digest that could be compared".to_owned(),
    };
    let mut from = format!(
        "{}; captured {time}; answered with {}; {}; {} in {}",
        shortened(&link, 1000),
        shortened(&reading.name(&answer.status), 60),
        shortened(&reading.name(&checked), 150),
        shortened(&reading.name(of("warc-record-id")), 100),
        shown(&reading.handed.files[file].path),
    );
    let cut = of("warc-truncated");
    if !cut.is_empty() {
        let cut = shortened(&reading.name(cut), 40);
        from.push_str(&format!("; it was cut short when it was captured ({cut})"));
        reading.warn("some pages were cut short when they were captured, and say so".to_owned());
    }
    Ok(Ok(Piece {
        counted: kind.to_owned(),
        name: format!("page: {}", shortened(&link, 160)),
        kind: PieceKind::Document,
        origin: None,
        sharing: reading.unmarked,
        from,
        licence: String::new(),
        collected: Some(day),
        sha256: hex(&digests.sha256),
        bytes: Bytes::Kept {
            start: body.start,
            length: body.length,
        },
    }))
}

/// What a web server answered, above the body.
struct Answer {
    /// How many bytes there are of it.
    head: u64,
    status: String,
    is_chunked: bool,
}

impl Answer {
    fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut from = BufReader::new(from.take(HEAD));
        let mut answer = Self {
            head: 0,
            status: String::new(),
            is_chunked: false,
        };
        loop {
            let mut bytes = Vec::new();
            answer.head += from.by_ref().take(LINE).read_until(b'\n', &mut bytes)? as u64;
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end();
            if bytes.last() != Some(&b'\n') {
                return Ok(None);
            }
            if answer.status.is_empty() {
                if !line.starts_with("HTTP/") {
                    return Ok(None);
                }
                line.clone_into(&mut answer.status);
                continue;
            }
            if line.is_empty() {
                return Ok(Some(answer));
            }
            let lower = line.to_ascii_lowercase();
            answer.is_chunked |= lower
                .strip_prefix("transfer-encoding:")
                .is_some_and(|coding| coding.contains("chunked"));
        }
    }
}

/// A body without its chunks; none where it is not in chunks, as where whoever captured it took them away.
fn unchunked(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut from = BufReader::new(from);
    let mut body = Vec::new();
    loop {
        let mut line = Vec::new();
        from.by_ref().take(256).read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line);
        let size = line.split(';').next().unwrap_or_default().trim();
        let Ok(size) = u64::from_str_radix(size, 16) else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(body));
        }
        if size > PAGE_LIMIT {
            return Ok(None);
        }
        let before = body.len() as u64;
        from.by_ref().take(size).read_to_end(&mut body)?;
        let mut end = [0; 2];
        if body.len() as u64 - before < size
            || from.read_exact(&mut end).is_err()
            || end != *b"\r\n"
        {
            return Ok(None);
        }
    }
}
