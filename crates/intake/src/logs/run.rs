//! Logs read one after the other, with counts and hashes.

use std::io::BufRead;
use std::sync::atomic::Ordering;

use overt_model::Timestamp;
use sha2::{Digest, Sha256};

use super::format::{Framing, LogFormat};
use super::out::{LogReason, LogSkip, Out, Told};
use super::receipt::{Hours, LogFileReceipt, LogReceipt, Tally};
use super::rows::{each_message, each_row};
use super::settings::LogSettings;
use super::units::{Broken, Unit, each_line};
use super::values::{each_value, is_by_line};
use super::{
    LogSink, access_json, alb, asa, audit, cloudflare, database, detect_log, dns, entra, eve, evtx,
    flat, fortinet, m365, mapping, panos, syslog, w3c, web, windows, zeek,
};
use crate::error::{Error, Stop};
use crate::read::Watch;
use crate::source::{Input, Source, open_input, read_error};

/// A format that is read line by line.
pub(super) trait LineFormat {
    /// Reads a line, hands in what it says, and tells what became of it.
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop>;
}

/// What a format may need to know of its file.
pub(super) struct Context<'c> {
    pub(super) settings: &'c LogSettings,
    /// When it was last changed.
    pub(super) modified: Option<Timestamp>,
}

/// Reads every log in order.
///
/// # Errors
/// An input that cannot be read or whose format cannot be told, and whatever the sink stops with. A file without a byte
/// is no error: of a quiet day a server leaves one.
pub fn read_logs(
    inputs: &[Input],
    settings: &LogSettings,
    watch: &Watch,
    sink: &mut dyn LogSink,
) -> Result<LogReceipt, Error> {
    let mut receipt = LogReceipt::default();
    let mut hours = Hours::default();
    for (file, input) in inputs.iter().enumerate() {
        let out = Out::new(sink, settings.clock, file as u32);
        let one = read_one(input, settings, watch, out, &mut hours)?;
        receipt.files.push(one);
    }
    receipt.gaps = hours.gaps();
    Ok(receipt)
}

fn read_one(
    input: &Input,
    settings: &LogSettings,
    watch: &Watch,
    mut out: Out<'_>,
    hours: &mut Hours,
) -> Result<LogFileReceipt, Error> {
    let mut source = match open_input(input, watch) {
        Ok(source) => source,
        Err(Error::Empty { path }) => return Ok(out.tally.close(path, None, nothing())),
        Err(other) => return Err(other),
    };
    let path = source.path.clone();
    let format = format_of(&mut source, settings)?;
    if let Some(format) = format {
        let context = Context {
            settings,
            modified: modified(input),
        };
        let read = read_as(format, &mut source, &context, watch, &mut out);
        torn(read, &mut out)?;
        out.finish()?;
    }
    let rest = std::io::copy(&mut source.bytes, &mut std::io::sink());
    let rest = rest.map_err(|e| read_error(&path, out.tally.lines, e));
    torn(rest.map(drop), &mut out)?;
    hours.add(&out.tally.hours);
    Ok(out.tally.close(path, format, source.seal.close()))
}

/// Of a packed log that is cut or damaged what could be unpacked is read, and that it goes on is told.
fn torn(read: Result<(), Error>, out: &mut Out<'_>) -> Result<(), Error> {
    match read {
        Err(Error::Truncated { detail, .. }) => {
            out.tally.cut.get_or_insert(detail);
            Ok(())
        }
        read => read,
    }
}

/// The digest and the length of no bytes.
fn nothing() -> (String, u64) {
    (overt_model::key::hex(&Sha256::digest([])), 0)
}

/// The format asked for or told from the content; none of a file that unpacks to nothing.
fn format_of(source: &mut Source, settings: &LogSettings) -> Result<Option<LogFormat>, Error> {
    let head = source.bytes.fill_buf();
    let head = head.map_err(|e| read_error(&source.path, 0, e))?;
    if head.is_empty() {
        return Ok(None);
    }
    if is_tar(head) {
        return Err(Error::UnknownFormat {
            path: source.path.clone(),
            detail: "it is a tar archive: unpack it, and give the logs in it".to_owned(),
        });
    }
    let mapped = settings.mapping.as_ref().map(|_| LogFormat::Mapped);
    let format = settings.format.or(mapped).or_else(|| detect_log(head));
    format.map(Some).ok_or_else(|| Error::UnknownFormat {
        path: source.path.clone(),
        detail: "it begins like no log that is known".to_owned(),
    })
}

/// Whether it is files packed one after the other (POSIX.1-1988, `ustar`): their headings would be read into their lines.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

fn read_as(
    format: LogFormat,
    source: &mut Source,
    context: &Context<'_>,
    watch: &Watch,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    skip_mark(source)?;
    let mut reader = reader(format, context);
    let mut feed = Feed {
        reader: &mut *reader,
        watch,
        out,
        text: String::new(),
    };
    let take = &mut |unit: Unit<'_>| feed.take(unit);
    let bytes = &mut *source.bytes;
    let read = match format.framing() {
        Framing::Lines => each_line(bytes, take),
        Framing::Rows => each_row(bytes, delimiter(context), take),
        Framing::Messages => each_message(bytes, take),
        Framing::Values => each_json(bytes, take),
        Framing::Evtx => evtx::each_record(bytes, take),
    };
    match read {
        Ok(()) => Ok(()),
        Err(Broken::Taken(error)) => Err(error),
        Err(Broken::Read(error)) => Err(read_error(&source.path, out.tally.lines, error)),
    }
}

/// What parts the cells of rows: what a mapping says, of rows that it maps.
fn delimiter(context: &Context<'_>) -> u8 {
    let mapped = context.settings.mapping.as_ref();
    mapped
        .and_then(|mapping| u8::try_from(mapping.delimiter).ok())
        .unwrap_or(b',')
}

/// Steps over the mark that some editors put before UTF-8.
fn skip_mark(source: &mut Source) -> Result<(), Error> {
    let head = source.bytes.fill_buf();
    let head = head.map_err(|e| read_error(&source.path, 0, e))?;
    if head.starts_with(b"\xef\xbb\xbf") {
        source.bytes.consume(3);
    }
    Ok(())
}

/// Values of JSON, a line each where the first line holds a whole one: then a broken line spoils no other.
fn each_json(
    bytes: &mut dyn BufRead,
    take: &mut dyn FnMut(Unit<'_>) -> Result<(), Error>,
) -> Result<(), Broken> {
    if is_by_line(bytes.fill_buf()?) {
        each_line(bytes, take)
    } else {
        each_value(bytes, take)
    }
}

/// When the file was last changed; of what is in an archive, when the archive was.
fn modified(input: &Input) -> Option<Timestamp> {
    let (Input::File(path) | Input::ZipMember(path, _)) = input else {
        return None;
    };
    let changed = std::fs::metadata(path).ok()?.modified().ok()?;
    let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

fn reader(format: LogFormat, context: &Context<'_>) -> Box<dyn LineFormat> {
    let settings = context.settings;
    match format {
        LogFormat::Web => Box::new(web::Web::new(settings)),
        LogFormat::W3c => Box::new(w3c::W3c::new(settings)),
        LogFormat::AccessJson => json(access_json::AccessJson::new(settings)),
        LogFormat::Alb => Box::new(alb::Alb),
        LogFormat::Cloudflare => json(access_json::AccessJson::with(&cloudflare::NAMES, settings)),
        LogFormat::Audit => json(audit::Audit::new(settings)),
        LogFormat::Zeek => Box::new(zeek::ZeekTsv::default()),
        LogFormat::ZeekJson => json(zeek::ZeekJson),
        LogFormat::Eve => json(eve::Eve::new(settings)),
        LogFormat::Evtx | LogFormat::WindowsJson => json(windows::Windows::new(settings)),
        LogFormat::Entra => json(entra::Entra::new(settings)),
        LogFormat::M365 => json(m365::M365),
        LogFormat::M365Csv => Box::new(m365::M365Csv::default()),
        LogFormat::Syslog => Box::new(syslog::Syslog::new(context)),
        LogFormat::Fortinet => Box::new(fortinet::Fortinet::new(settings)),
        LogFormat::PanOs => Box::new(panos::PanOs::new(settings)),
        LogFormat::Asa => Box::new(asa::Asa::new(context)),
        LogFormat::Bind => Box::new(dns::Bind::new(context)),
        LogFormat::WindowsDns => Box::new(dns::WindowsDns::new(settings)),
        LogFormat::Postgres => Box::new(database::Postgres::new(settings)),
        LogFormat::PostgresCsv => Box::new(database::PostgresCsv::new(settings)),
        LogFormat::Mapped => Box::new(mapping::Mapped::new(settings)),
    }
}

fn json<F: flat::JsonFormat + 'static>(format: F) -> Box<dyn LineFormat> {
    Box::new(flat::Json(format))
}

/// Lines between looks at the stop flag.
const LOOK: u64 = 1 << 14;

/// Makes text of lines, gives them to a format and counts what becomes of them.
struct Feed<'f, 's> {
    reader: &'f mut dyn LineFormat,
    watch: &'f Watch,
    out: &'f mut Out<'s>,
    /// What was replaced in a line that is not UTF-8.
    text: String,
}

impl Feed<'_, '_> {
    fn take(&mut self, unit: Unit<'_>) -> Result<(), Error> {
        self.out.begin(unit.line, unit.byte);
        if self.out.tally.lines.is_multiple_of(LOOK) {
            self.look()?;
        }
        let line = text(unit.bytes, &mut self.text, &mut self.out.tally);
        let told = if unit.too_long {
            Told::reject(LogReason::LineTooLong, line)
        } else if unit.astray {
            Told::reject(LogReason::AstrayQuote, line)
        } else if line == evtx::BROKEN {
            Told::reject(LogReason::BadRecord, "")
        } else if line.bytes().all(|b| b.is_ascii_whitespace()) {
            Told::Skip(LogSkip::Blank)
        } else {
            self.reader.line(line, self.out)?
        };
        self.out.end(&told)?;
        self.out.goes_on(unit.lines - 1);
        Ok(())
    }

    fn look(&mut self) -> Result<(), Error> {
        if self.watch.stop.load(Ordering::Relaxed) {
            return Err(Stop::Interrupted.into());
        }
        if self.out.tally.lines > 0 {
            self.watch.posts.fetch_add(LOOK, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The text of a line: without the zero bytes that a crash leaves at its ends, and with what is not UTF-8 replaced.
fn text<'a>(bytes: &'a [u8], replaced: &'a mut String, tally: &mut Tally) -> &'a str {
    let mut bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if memchr::memchr(0, bytes).is_some() {
        tally.with_zeros += 1;
        let is_text = |b: &u8| *b != 0;
        let from = bytes.iter().position(is_text).unwrap_or(bytes.len());
        let until = bytes.iter().rposition(is_text).map_or(from, |at| at + 1);
        bytes = &bytes[from..until];
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text;
    }
    tally.not_utf8 += 1;
    *replaced = String::from_utf8_lossy(bytes).into_owned();
    replaced
}
