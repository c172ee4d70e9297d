//! Reading inputs one after the other, with counts, hashes, rejects and limits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use overt_model::{Location, Post, Precision, Timestamp};

use crate::detect::{Format, Kind, detect_bytes, kind_of};
use crate::encoding::Encoding;
use crate::error::{Error, LeftOut, Reason, Reject, Stop};
use crate::ids::{Ends, is_rounded, without_fraction};
use crate::logs::Zone;
use crate::mapping::{Mapping, is_none};
use crate::precision::Finest;
use crate::roles::Role;
use crate::source::{Input, open_posts, read_error};
use crate::time::{Dates, TimeForm};
use crate::{delimited, json, parquet};

/// Takes what is read.
pub trait PostSink {
    /// Takes one post.
    ///
    /// # Errors
    /// When no more posts are wanted.
    fn post(&mut self, post: &Post<'_>, at: Location) -> Result<(), Stop>;

    /// Takes one rejected row.
    ///
    /// # Errors
    /// When no more are wanted.
    fn reject(&mut self, reject: &Reject) -> Result<(), Stop>;
}

/// How inputs are read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The format, when it shall not be told from the content.
    pub format: Option<Format>,
    /// Columns by role, over whatever the format says. For JSON a path with dots.
    pub columns: Vec<(Role, String)>,
    /// Columns to read as traces of the user's own, in order.
    pub extra: Vec<String>,
    /// The platform, where the export does not say.
    pub platform: Option<String>,
    /// The largest share of rows that may be rejected.
    pub max_rejects: f64,
    /// Whether quotes mean nothing in delimited text.
    pub no_quotes: bool,
    /// How the fields of a format of the user's own are read.
    pub mapping: Option<Mapping>,
    /// The form of times, when it shall not be told from them.
    pub time_form: Option<TimeForm>,
    /// The zone of times that are written without one.
    pub zone: Zone,
    /// The encoding of text, when it shall not be told from it.
    pub encoding: Option<Encoding>,
}

impl Settings {
    /// How times are read.
    pub(crate) fn dates(&self) -> Dates {
        Dates {
            form: self.time_form.as_ref().map(|f| f.as_str().to_owned()),
            zone: self.zone.clone(),
            ..Dates::default()
        }
    }

    /// What says how the fields of a format are read.
    pub(crate) fn mapping_of(&self, format: Format) -> Option<&Mapping> {
        self.mapping.as_ref().or(format.mapping())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: None,
            columns: Vec::new(),
            extra: Vec::new(),
            platform: None,
            max_rejects: 0.05,
            no_quotes: false,
            mapping: None,
            time_form: None,
            zone: Zone::default(),
            encoding: None,
        }
    }
}

/// Counters for whoever looks on, and the flag to stop.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Stored bytes read.
    pub bytes: Arc<AtomicU64>,
    /// Posts read.
    pub posts: Arc<AtomicU64>,
    /// Set to stop as soon as possible.
    pub stop: Arc<AtomicBool>,
}

/// What was read of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReceipt {
    /// The input's name.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Stored bytes.
    pub bytes: u64,
    /// SHA-256 of the stored bytes, in hex.
    pub sha256: String,
    /// Rows read.
    pub rows: u64,
    /// Posts handed on.
    pub posts: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows left out by design.
    pub left_out: u64,
    /// Whether it ends within a row: what was behind is missing.
    pub cut: bool,
    /// The encoding its text was in, where that is not UTF-8.
    pub encoding: Option<&'static str>,
    /// The names of the columns, where there are columns.
    pub columns: Vec<String>,
}

/// What was read of all inputs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Receipt {
    /// One entry an input.
    pub files: Vec<FileReceipt>,
    /// Rows that are no posts by design, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// Rows rejected, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// The finest step of the times, once enough were seen.
    pub precision: Option<Precision>,
    /// Posts whose client-set time differs from the time of receipt by more than a minute.
    pub clock_differs: u64,
    /// Things the reader of results should know.
    pub warnings: Vec<String>,
}

impl Receipt {
    /// Posts handed on, of all inputs.
    pub fn posts(&self) -> u64 {
        self.files.iter().map(|f| f.posts).sum()
    }

    /// Rows left out by design, of all inputs.
    pub fn left_out(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// Rows read, of all inputs.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|f| f.rows).sum()
    }
}

/// Reads every input in order.
///
/// # Errors
/// An input that cannot be read, whose format cannot be told or does not fit, or that has too many rejects; and
/// whatever the sink stops with.
pub fn read(
    inputs: &[Input],
    settings: &Settings,
    watch: &Watch,
    sink: &mut dyn PostSink,
) -> Result<Receipt, Error> {
    let mut ingest = Ingest::new(settings, watch, sink);
    for (file, input) in inputs.iter().enumerate() {
        ingest.begin(file as u32);
        let receipt = read_one(input, &mut ingest)?;
        if receipt.rows == 0 {
            ingest.warn(&receipt.path, "has no rows");
        }
        ingest.receipt.files.push(receipt);
        ingest.check_rejects(true)?;
    }
    match ingest.receipt.files.first() {
        Some(first) if ingest.receipt.rows() == 0 => Err(Error::NoRows {
            path: first.path.clone(),
        }),
        _ => Ok(ingest.finish()),
    }
}

fn read_one(input: &Input, ingest: &mut Ingest<'_>) -> Result<FileReceipt, Error> {
    let settings = ingest.settings;
    let mut source = open_posts(input, ingest.watch, settings.encoding)?;
    let path = source.path.clone();
    if let Some(encoding) = source.encoding {
        ingest.warn(
            &path,
            &format!("is not in UTF-8; it was read as {encoding}"),
        );
    }
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?;
    let mut format = match (settings.format, &settings.mapping) {
        (Some(format), _) => format,
        (None, Some(_)) => Format::Own,
        (None, None) => detect_bytes(peek, settings).map_err(|detail| Error::UnknownFormat {
            path: path.clone(),
            detail,
        })?,
    };
    let mut columns = match format.kind().unwrap_or_else(|| kind_of(peek)) {
        Kind::Delimited => delimited::read(input, &mut source, format, ingest)?,
        Kind::Json => json::read(&mut source, format, ingest)?,
        Kind::Parquet => parquet::read(input, &mut source, &mut format, ingest)?,
    };
    columns.truncate(COLUMNS_NAMED);
    std::io::copy(&mut source.bytes, &mut std::io::sink())
        .map_err(|e| read_error(&path, ingest.rows, e))?;
    let (sha256, bytes) = source.seal.close();
    Ok(FileReceipt {
        path,
        format,
        bytes,
        sha256,
        rows: ingest.rows,
        posts: ingest.posts,
        rejected: ingest.rejected,
        left_out: ingest.left_out,
        cut: ingest.cut,
        encoding: source.encoding,
        columns,
    })
}

/// The most columns that a receipt names.
const COLUMNS_NAMED: usize = 1000;

/// Where the formats hand in what they read: checks it, counts it, passes it on.
pub(crate) struct Ingest<'a> {
    pub(crate) settings: &'a Settings,
    watch: &'a Watch,
    sink: &'a mut dyn PostSink,
    receipt: Receipt,
    finest: Finest,
    file: u32,
    pub(crate) rows: u64,
    posts: u64,
    rejected: u64,
    left_out: u64,
    /// Whether the input ended within a row.
    cut: bool,
    /// Inputs whose times name no zone, and whether others' do.
    unzoned: Vec<PathBuf>,
    zoned: bool,
    /// Posts whose reference to another was rounded.
    rounded: u64,
    /// Posts of which an id was written as a number with a fraction.
    fractions: u64,
    ends: Ends,
    example: BTreeMap<Reason, String>,
    /// Things the reader of results should know, each with the inputs it is about.
    warnings: Vec<(String, Vec<PathBuf>)>,
}

/// The longest account or post key.
const KEY_LIMIT: usize = 4096;
/// Rows between looks at the stop flag.
const LOOK: u64 = 1 << 14;

impl<'a> Ingest<'a> {
    fn new(settings: &'a Settings, watch: &'a Watch, sink: &'a mut dyn PostSink) -> Self {
        Self {
            settings,
            watch,
            sink,
            receipt: Receipt::default(),
            finest: Finest::default(),
            file: 0,
            rows: 0,
            posts: 0,
            rejected: 0,
            left_out: 0,
            cut: false,
            unzoned: Vec::new(),
            zoned: false,
            rounded: 0,
            fractions: 0,
            ends: Ends::default(),
            example: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    fn begin(&mut self, file: u32) {
        self.file = file;
        (self.rows, self.posts, self.rejected, self.left_out) = (0, 0, 0, 0);
        self.cut = false;
    }

    /// Counts a row. Called once for each, before it is handed in or rejected.
    pub(crate) fn row(&mut self) -> Result<(), Error> {
        self.rows += 1;
        if self.rows.is_multiple_of(LOOK) {
            self.watch.posts.fetch_add(LOOK, Ordering::Relaxed);
            if self.watch.stop.load(Ordering::Relaxed) {
                return Err(Stop::Interrupted.into());
            }
            self.check_rejects(false)?;
        }
        Ok(())
    }

    /// Hands in a post, or rejects it when a key or its time will not do.
    pub(crate) fn post(&mut self, post: &Post<'_>, line: u64) -> Result<(), Error> {
        let account = post.account.trim();
        if is_none(account) || account == "-" {
            return self.reject(line, Reason::MissingAccount, account);
        }
        if is_gone(account) {
            self.leave_out(LeftOut::Nobody);
            return Ok(());
        }
        if is_structure(account) {
            return self.reject(line, Reason::StructuredAccount, account);
        }
        if post.account.len() > KEY_LIMIT || post.id.len() > KEY_LIMIT {
            return self.reject(line, Reason::KeyTooLong, &post.account);
        }
        if is_rounded(&post.id) || is_rounded(&post.account) {
            let keys = [&*post.id, &*post.account];
            return self.reject(line, Reason::RoundedId, &keys.join(" "));
        }
        let has_fraction = ids(post).any(|id| without_fraction(id).is_some());
        self.fractions += u64::from(has_fraction);
        if has_fraction || account.len() < post.account.len() {
            return self.refer(&with_plain_ids(post), line);
        }
        self.refer(post, line)
    }

    /// Hands on a post, without references that were rounded.
    fn refer(&mut self, post: &Post<'_>, line: u64) -> Result<(), Error> {
        if refers_rounded(post.repost_of.as_deref()) || refers_rounded(post.reply_to.as_deref()) {
            self.rounded += 1;
            return self.hand_on(&without_rounded(post), line);
        }
        self.hand_on(post, line)
    }

    fn hand_on(&mut self, post: &Post<'_>, line: u64) -> Result<(), Error> {
        self.ends.see(&post.id);
        let time = Timestamp(post.time);
        if !time.is_plausible() {
            return self.reject(line, Reason::AbsurdTime, &time.to_string());
        }
        self.finest.see(time);
        if post
            .client_time
            .is_some_and(|c| (c - post.time).abs() > 60_000)
        {
            self.receipt.clock_differs += 1;
        }
        self.posts += 1;
        self.sink.post(
            post,
            Location {
                file: self.file,
                line,
            },
        )?;
        Ok(())
    }

    /// Counts a row that is no post by design.
    pub(crate) fn leave_out(&mut self, reason: LeftOut) {
        self.left_out += 1;
        *self.receipt.left_out.entry(reason).or_default() += 1;
    }

    /// Rejects a row.
    pub(crate) fn reject(&mut self, line: u64, reason: Reason, detail: &str) -> Result<(), Error> {
        self.rejected += 1;
        *self.receipt.rejected.entry(reason).or_default() += 1;
        let mut short: String = detail.chars().take(80).collect();
        if short.len() < detail.len() {
            short.push('…');
        }
        let at = Location {
            file: self.file,
            line,
        };
        self.example
            .entry(reason)
            .or_insert_with(|| format!("line {line}: {short:?}"));
        self.sink.reject(&Reject {
            at,
            reason,
            detail: short,
        })?;
        Ok(())
    }

    /// Notes something about an input that the reader of results should know.
    pub(crate) fn warn(&mut self, about: &Path, warning: &str) {
        match self.warnings.iter_mut().find(|(w, _)| w == warning) {
            Some((_, paths)) if paths.iter().any(|p| p == about) => {}
            Some((_, paths)) => paths.push(about.to_owned()),
            None => self
                .warnings
                .push((warning.to_owned(), vec![about.to_owned()])),
        }
    }

    /// Notes that an input ends within a row.
    pub(crate) fn ends_early(&mut self, about: &Path, told: &str) {
        self.cut = true;
        self.warn(about, told);
    }

    /// Notes whether times of an input name no zone.
    pub(crate) fn saw_times(&mut self, about: &Path, are_unzoned: bool) {
        if are_unzoned {
            self.unzoned.push(about.to_owned());
        } else {
            self.zoned |= self.posts > 0;
        }
    }

    /// How many rows of the input were rejected so far.
    pub(crate) fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Notes several things.
    pub(crate) fn warn_all(&mut self, about: &Path, warnings: &[String]) {
        warnings.iter().for_each(|w| self.warn(about, w));
    }

    /// Stops when too many rows were rejected; midway only once the verdict is plain.
    fn check_rejects(&self, whole_file: bool) -> Result<(), Error> {
        let files: u64 = self.receipt.files.iter().map(|f| f.rejected).sum();
        let (rejected, rows) = if whole_file {
            (files, self.receipt.rows())
        } else {
            (files + self.rejected, self.receipt.rows() + self.rows)
        };
        let allowed = self.settings.max_rejects;
        let limit = if whole_file {
            allowed
        } else {
            (allowed * 2.0).max(0.5)
        };
        if rejected as f64 <= limit * rows as f64 || allowed >= 1.0 {
            return Ok(());
        }
        let most = self.receipt.rejected.iter().max_by_key(|(_, n)| **n);
        let reason = most.map(|(reason, _)| *reason);
        let most = most.map_or(String::new(), |(reason, n)| {
            let example = self.example.get(reason).map_or("", String::as_str);
            format!("{} ({n} rows), first at {example}", reason.code())
        });
        let share = 100.0 * rejected as f64 / rows as f64;
        Err(Error::TooManyRejects {
            rejected,
            rows,
            share,
            allowed: allowed * 100.0,
            most,
            reason,
        })
    }

    fn finish(mut self) -> Receipt {
        self.receipt.precision = self.finest.known();
        if self.fractions > 0 {
            let posts = overt_model::counted(self.fractions, "post has", "posts have");
            let told = format!(
                "{posts} an id that a program took for a number, as in 700017.0; .0 is left out"
            );
            self.warnings.push((told, Vec::new()));
        }
        if self.rounded > 0 {
            let posts = overt_model::counted(self.rounded, "post refers", "posts refer");
            let warning = format!(
                "{posts} to another by an id that a spreadsheet rounded, as in 1.47E+18; which is meant is lost, so they \
                 carry no trace of it"
            );
            self.warnings.push((warning, Vec::new()));
        }
        if self.zoned && self.settings.zone == Zone::default() {
            for path in std::mem::take(&mut self.unzoned) {
                self.warn(
                    &path,
                    "times name no zone and were read as UTC, while those of other inputs say theirs: if they are of another \
                     zone, the order between inputs is wrong",
                );
            }
        }
        if let Some(warning) = self.ends.warning() {
            self.warnings.push((warning, Vec::new()));
        }
        let said = self
            .warnings
            .iter()
            .map(|(warning, about)| match &about[..] {
                [one] => format!("{}: {warning}", one.display()),
                [first, others @ ..] => {
                    format!("{} and {} more: {warning}", first.display(), others.len())
                }
                [] => warning.clone(),
            });
        self.receipt.warnings = said.collect();
        self.receipt
    }
}

fn refers_rounded(key: Option<&str>) -> bool {
    key.is_some_and(is_rounded)
}

/// A post without references that were rounded: different posts would pass for one.
fn without_rounded<'p>(post: &Post<'p>) -> Post<'p> {
    let mut post = post.clone();
    if refers_rounded(post.repost_of.as_deref()) {
        post.repost_of = None;
    }
    if refers_rounded(post.reply_to.as_deref()) {
        post.reply_to = None;
    }
    post
}

/// The ids of a post: its own, its account's, those that it refers to.
fn ids<'a>(post: &'a Post<'_>) -> impl Iterator<Item = &'a str> {
    let own = [&post.id, &post.account].into_iter();
    let others = post.repost_of.iter().chain(&post.reply_to);
    own.chain(others).map(|id| id.trim())
}

/// A post whose ids are without a fraction of nothing, and its account without spaces around it.
fn with_plain_ids<'p>(post: &Post<'p>) -> Post<'p> {
    let plain = |id: &Cow<'p, str>| match without_fraction(id.trim()) {
        Some(number) => Cow::Owned(number.to_owned()),
        None => id.clone(),
    };
    Post {
        id: plain(&post.id),
        account: Cow::Owned(plain(&post.account).trim().to_owned()),
        repost_of: post.repost_of.as_ref().map(plain),
        reply_to: post.reply_to.as_ref().map(plain),
        ..post.clone()
    }
}

/// What platforms write for accounts that are no more: one name for all of them.
fn is_gone(account: &str) -> bool {
    matches!(account, "[deleted]" | "[removed]")
}

/// Whether what should name an account is all that is known of it, as JSON or as Python writes it.
fn is_structure(account: &str) -> bool {
    ["{\"", "{'", "[{", "{}"]
        .iter()
        .any(|begin| account.starts_with(begin))
}
