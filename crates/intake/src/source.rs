//! Where bytes come from: files, patterns and standard input; hashed as they are read, decompressed by content.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::Ordering;

use sha2::{Digest, Sha256};

use crate::encoding::{Encoding, Text, decode};
use crate::error::Error;
use crate::lists::sheet::is_spreadsheet;
use crate::read::Watch;

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// One member of a zip archive.
    ZipMember(PathBuf, String),
    /// Standard input.
    Stdin,
}

impl Input {
    /// The name to show.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::ZipMember(path, member) => PathBuf::from(format!("{}:{member}", path.display())),
            Self::Stdin => PathBuf::from("-"),
        }
    }
}

/// The inputs that words on the command line stand for: `-` is standard input, a word with `*`, `?` or `[` a pattern
/// unless a file has that very name. Zip archives stand for each file in them. Matches come in order of name.
///
/// # Errors
/// A pattern that matches nothing, and a zip archive that cannot be listed.
pub fn expand(words: &[String]) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for word in words {
        if word == "-" {
            inputs.push(Input::Stdin);
            continue;
        }
        let path = PathBuf::from(word);
        if is_pipe(&path) {
            return Err(Error::Pipe { path });
        }
        if is_spreadsheet(&path) {
            inputs.push(Input::File(path));
            continue;
        }
        if path.exists() || !word.contains(['*', '?', '[']) {
            add_file(&path, &mut inputs)?;
            continue;
        }
        let no_match = || Error::NoMatch {
            pattern: word.clone(),
        };
        let before = inputs.len();
        for path in glob::glob(word)
            .map_err(|_| no_match())?
            .flatten()
            .filter(|p| p.is_file())
        {
            if is_spreadsheet(&path) {
                inputs.push(Input::File(path));
            } else {
                add_file(&path, &mut inputs)?;
            }
        }
        if inputs.len() == before {
            return Err(no_match());
        }
    }
    Ok(inputs)
}

/// Whether something is a pipe: what is looked at before it is read is lost to the reader, and to open one may wait for
/// ever.
fn is_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        std::fs::metadata(path).is_ok_and(|m| m.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

fn add_file(path: &Path, inputs: &mut Vec<Input>) -> Result<(), Error> {
    let mut file = open(path)?;
    let mut magic = [0u8; 4];
    let read = file.read(&mut magic).map_err(|source| Error::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    if read < 4 || &magic != b"PK\x03\x04" {
        inputs.push(Input::File(path.to_owned()));
        return Ok(());
    }
    let archive = zip::ZipArchive::new(open(path)?).map_err(|e| truncated(path, 0, &e))?;
    let mut members: Vec<String> = archive
        .file_names()
        .filter(|n| is_data(n))
        .map(str::to_owned)
        .collect();
    members.sort_unstable();
    if members.is_empty() {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    }
    inputs.extend(
        members
            .into_iter()
            .map(|m| Input::ZipMember(path.to_owned(), m)),
    );
    Ok(())
}

/// A file, or of an archive each file in it.
pub(crate) fn members(path: &Path) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    add_file(path, &mut inputs)?;
    Ok(inputs)
}

/// Folders and the notes that archivers leave are no data.
fn is_data(name: &str) -> bool {
    !name.ends_with('/') && !name.starts_with("__MACOSX/") && !name.ends_with(".DS_Store")
}

fn open(path: &Path) -> Result<File, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::Error::other(
            "it is a folder; name the files in it, or a pattern such as folder/*.csv",
        )));
    }
    Ok(file)
}

fn truncated(path: &Path, rows: u64, detail: &dyn std::fmt::Display) -> Error {
    Error::Truncated {
        path: path.to_owned(),
        rows,
        detail: detail.to_string(),
    }
}

/// Turns a failure while reading into an error that says whose fault it is.
pub(crate) fn read_error(path: &Path, rows: u64, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            truncated(path, rows, &source)
        }
        io::ErrorKind::Other
            if source.to_string().contains("zstd") || source.to_string().contains("bzip") =>
        {
            truncated(path, rows, &source)
        }
        _ => Error::Unreadable {
            path: path.to_owned(),
            source,
        },
    }
}

/// Hashes and counts what is read through it.
pub(crate) struct Hashed<R> {
    inner: R,
    state: Rc<Cell<Option<(Sha256, u64)>>>,
    watch: Option<Watch>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        if let Some((mut hash, bytes)) = self.state.take() {
            hash.update(&buf[..n]);
            self.state.set(Some((hash, bytes + n as u64)));
        }
        if let Some(watch) = &self.watch {
            watch.bytes.fetch_add(n as u64, Ordering::Relaxed);
        }
        Ok(n)
    }
}

/// The hash of the bytes as they were stored, known once all are read.
pub(crate) enum Seal {
    /// Hashed as they are read.
    Open(Rc<Cell<Option<(Sha256, u64)>>>),
    /// Known already: digest in hex and number of bytes.
    Closed(String, u64),
}

impl Seal {
    /// Hex digest and number of bytes.
    pub(crate) fn close(&self) -> (String, u64) {
        match self {
            Self::Open(state) => {
                let (hash, bytes) = state.take().unwrap_or_default();
                (overt_model::key::hex(&hash.finalize()), bytes)
            }
            Self::Closed(sha256, bytes) => (sha256.clone(), *bytes),
        }
    }
}

fn hash_bytes<R: Read>(inner: R, watch: Option<&Watch>) -> (Hashed<R>, Seal) {
    let state = Rc::new(Cell::new(Some((Sha256::new(), 0))));
    (
        Hashed {
            inner,
            state: Rc::clone(&state),
            watch: watch.cloned(),
        },
        Seal::Open(state),
    )
}

/// An opened input: decompressed bytes, and the seal over the stored ones.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Box<dyn BufRead>,
    pub(crate) seal: Seal,
    /// The encoding its text was turned into UTF-8 from.
    pub(crate) encoding: Option<&'static str>,
}

/// Bytes read at a time.
pub(crate) const BUFFER: usize = 256 * 1024;

/// Opens an input and undoes its compression, told by its first bytes.
pub(crate) fn open_input(input: &Input, watch: &Watch) -> Result<Source, Error> {
    open_as(input, watch, Text::Utf)
}

/// Opens an input of posts: its text is told to be of another encoding too, and a spreadsheet is read as a table.
pub(crate) fn open_posts(
    input: &Input,
    watch: &Watch,
    encoding: Option<Encoding>,
) -> Result<Source, Error> {
    if let Input::File(file) = input
        && is_spreadsheet(file)
    {
        let (bytes, sha256, size) = crate::lists::sheet::as_table(file)?;
        watch.bytes.fetch_add(size, Ordering::Relaxed);
        return Ok(Source {
            path: file.clone(),
            bytes: Box::new(io::Cursor::new(bytes)),
            seal: Seal::Closed(sha256, size),
            encoding: None,
        });
    }
    open_as(input, watch, encoding.map_or(Text::Any, Text::Of))
}

fn open_as(input: &Input, watch: &Watch, text: Text) -> Result<Source, Error> {
    let path = input.path();
    let (raw, seal): (Box<dyn Read>, Seal) = match input {
        Input::Stdin => {
            let (hashed, seal) = hash_bytes(io::stdin(), Some(watch));
            (Box::new(hashed), seal)
        }
        Input::File(file) => {
            let (hashed, seal) = hash_bytes(open(file)?, Some(watch));
            (Box::new(hashed), seal)
        }
        Input::ZipMember(file, member) => return open_member(&path, file, member, watch, text),
    };
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    let magic = raw.fill_buf().map_err(|e| read_error(&path, 0, e))?;
    if magic.is_empty() {
        return Err(Error::Empty { path });
    }
    let unreadable = |e| read_error(&path, 0, e);
    let bytes: Box<dyn BufRead> = match magic {
        [0x1f, 0x8b, ..] => buffer(flate2::bufread::MultiGzDecoder::new(raw)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = zstd::Decoder::with_buffer(raw).map_err(unreadable)?;
            decoder.window_log_max(LONGEST_WINDOW).map_err(unreadable)?;
            buffer(decoder)
        }
        [b'B', b'Z', b'h', ..] => buffer(bzip2::bufread::MultiBzDecoder::new(raw)),
        _ => Box::new(raw),
    };
    finish(path, bytes, seal, text)
}

/// The longest window of zstd that is undone, as a power of two: archives of Reddit are packed with 2 GiB. A file that
/// says so takes that much memory only as far as it unpacks to it.
const LONGEST_WINDOW: u32 = 31;

fn finish(path: PathBuf, bytes: Box<dyn BufRead>, seal: Seal, text: Text) -> Result<Source, Error> {
    let unreadable = |e| read_error(&path, 0, e);
    let (bytes, encoding) = decode(bytes, text).map_err(unreadable)?;
    let Ok(encoding) = encoding else {
        return Err(Error::UnknownEncoding { path });
    };
    let bytes = with_head(bytes, text).map_err(unreadable)?;
    Ok(Source {
        path,
        bytes,
        seal,
        encoding,
    })
}

/// The longest first line of JSON that is looked at whole to recognise its format.
const HEAD: u64 = 16 << 20;

/// Makes the whole first line of JSON visible at once, however long: formats are told by it. Of posts in other forms as
/// much as a buffer holds, for their first rows tell what columns mean.
fn with_head(mut bytes: Box<dyn BufRead>, text: Text) -> io::Result<Box<dyn BufRead>> {
    let first = bytes
        .fill_buf()?
        .iter()
        .find(|b| !b.is_ascii_whitespace())
        .copied();
    let mut head = Vec::new();
    if !matches!(first, Some(b'{' | b'[')) {
        if text == Text::Utf || bytes.fill_buf()?.len() >= BUFFER {
            return Ok(bytes);
        }
        bytes.by_ref().take(BUFFER as u64).read_to_end(&mut head)?;
        return Ok(Box::new(io::Cursor::new(head).chain(bytes)));
    }
    bytes.by_ref().take(HEAD).read_until(b'\n', &mut head)?;
    // A document may hold its first value on many lines.
    bytes.by_ref().take(BUFFER as u64).read_to_end(&mut head)?;
    Ok(Box::new(io::Cursor::new(head).chain(bytes)))
}

fn buffer(inner: impl Read + 'static) -> Box<dyn BufRead> {
    Box::new(BufReader::with_capacity(BUFFER, inner))
}

/// A zip member is unpacked to an unnamed temporary file, for its archive cannot be lent out with it; the archive is
/// hashed whole.
fn open_member(
    path: &Path,
    file: &Path,
    member: &str,
    watch: &Watch,
    text: Text,
) -> Result<Source, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut archive =
        zip::ZipArchive::new(BufReader::new(open(file)?)).map_err(|e| truncated(path, 0, &e))?;
    let mut packed = archive
        .by_name(member)
        .map_err(|e| truncated(path, 0, &e))?;
    let mut plain = tempfile::tempfile().map_err(unreadable)?;
    io::copy(&mut packed, &mut plain).map_err(|e| truncated(path, 0, &e))?;
    io::Seek::rewind(&mut plain).map_err(unreadable)?;
    let (mut whole, seal) = hash_bytes(open(file)?, Some(watch));
    io::copy(&mut whole, &mut io::sink()).map_err(unreadable)?;
    let mut bytes = BufReader::with_capacity(BUFFER, plain);
    if bytes.fill_buf().map_err(unreadable)?.is_empty() {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    }
    finish(path.to_owned(), Box::new(bytes), seal, text)
}

/// The largest row or line, in megabytes.
pub(crate) const ROW_LIMIT: u64 = 64;

/// Fails when too much is read without [`Bound::mark`] being called: one row must not grow without limit.
pub(crate) struct Bounded<R> {
    inner: R,
    bound: Bound,
}

/// The bytes read since the last row ended.
#[derive(Clone, Default)]
pub(crate) struct Bound(Rc<Cell<u64>>);

impl Bound {
    pub(crate) fn mark(&self) {
        self.0.set(0);
    }

    pub(crate) fn exceeded(&self) -> bool {
        self.0.get() > ROW_LIMIT << 20
    }
}

pub(crate) fn bounded<R: Read>(inner: R) -> (Bounded<R>, Bound) {
    let bound = Bound::default();
    (
        Bounded {
            inner,
            bound: bound.clone(),
        },
        bound,
    )
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.bound.exceeded() {
            return Err(io::Error::other("row too long"));
        }
        let n = self.inner.read(buf)?;
        self.bound.0.set(self.bound.0.get() + n as u64);
        Ok(n)
    }
}
