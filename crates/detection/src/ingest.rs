//! Where posts go while they are read: into the corpus or a peer's rows; rejects into a file of their own.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use overt_coordination::compat::Rows;
use overt_coordination::compat::similar::Messages;
use overt_coordination::corpus::CorpusBuilder;
use overt_files::{Contents, MARK, Text, safe_cell};
use overt_findings::REJECT_COLUMNS;
use overt_intake::{PostSink, Reject, Stop};
use overt_model::{Location, Post};

use crate::{Error, Progress};

/// What takes the posts.
pub(crate) enum Destination {
    Corpus(Box<CorpusBuilder>),
    Peer(Vec<PeerInput>),
}

/// What a peer's network is made from.
pub(crate) enum PeerInput {
    /// Rows of a trace, matched where objects are equal.
    Equal(Rows),
    /// Messages, matched where they share most words.
    Similar(Messages),
}

impl PeerInput {
    fn add(&mut self, post: &Post<'_>) {
        match self {
            Self::Equal(rows) => rows.add(post),
            Self::Similar(messages) => messages.add(post),
        }
    }
}

/// Posts between looks at the memory in use and at whether the work is still wanted.
const LOOK: u64 = 1 << 16;

/// Takes posts and keeps rejects.
pub(crate) struct Collector<'a> {
    pub(crate) destination: Destination,
    inputs: &'a [String],
    rejects: Option<csv::Writer<File>>,
    memory: Option<u64>,
    posts: u64,
    progress: &'a dyn Progress,
}

impl<'a> Collector<'a> {
    /// `inputs` are their names, by number; `memory` the most bytes that the posts may take.
    pub(crate) fn new(
        destination: Destination,
        inputs: &'a [String],
        memory: Option<u64>,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            destination,
            inputs,
            rejects: None,
            memory,
            posts: 0,
            progress,
        }
    }

    /// Copies the rejects, if any, to where they are to stand.
    pub(crate) fn write_rejects(&mut self, path: &Path, text: Text) -> Result<(), Error> {
        let mut copy = || -> io::Result<()> {
            let mut to = overt_files::create(path, Contents::Personal)?;
            if text == Text::Marked {
                to.write_all(MARK)?;
            }
            let Some(writer) = self.rejects.take() else {
                return writeln!(to, "{}", REJECT_COLUMNS.join(","));
            };
            let mut from = writer
                .into_inner()
                .map_err(csv::IntoInnerError::into_error)?;
            from.rewind()?;
            io::copy(&mut from, &mut to).map(|_| ())
        };
        copy().map_err(Error::unwritten(path))
    }

    fn rejects(&mut self) -> Result<&mut csv::Writer<File>, Stop> {
        if self.rejects.is_none() {
            let file = tempfile::tempfile().map_err(|e| not_kept(&e))?;
            let mut writer = csv::Writer::from_writer(file);
            writer
                .write_record(REJECT_COLUMNS)
                .map_err(|e| not_kept(&e))?;
            self.rejects = Some(writer);
        }
        self.rejects.as_mut().ok_or_else(|| not_kept(&"no file"))
    }

    /// Looks now and then whether there is room for more posts, and whether they are wanted.
    fn look(&self) -> Result<(), Stop> {
        if self.progress.is_cancelled() {
            return Err(Stop::Interrupted);
        }
        let (Destination::Corpus(builder), Some(allowed)) = (&self.destination, self.memory) else {
            return Ok(());
        };
        let used = builder.memory() as u64;
        if used > allowed {
            return Err(Stop::Memory {
                used: used >> 20,
                allowed: allowed >> 20,
                posts: self.posts,
            });
        }
        Ok(())
    }
}

fn not_kept(error: &dyn std::fmt::Display) -> Stop {
    Stop::Failed(format!("rejects cannot be kept: {error}"))
}

impl PostSink for Collector<'_> {
    fn post(&mut self, post: &Post<'_>, at: Location) -> Result<(), Stop> {
        self.posts += 1;
        match &mut self.destination {
            Destination::Corpus(builder) => builder.add(post, at),
            Destination::Peer(inputs) => inputs.iter_mut().for_each(|i| i.add(post)),
        }
        // The first few too: a small export can be too large for what is allowed.
        if self.posts.is_multiple_of(LOOK) || self.posts.is_power_of_two() {
            self.look()?;
        }
        Ok(())
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), Stop> {
        let file = self.inputs.get(reject.at.file as usize);
        let row = [
            file.cloned().unwrap_or_default(),
            reject.at.line.to_string(),
            reject.reason.code().to_owned(),
            safe_cell(&reject.detail).into_owned(),
        ];
        self.rejects()?.write_record(&row).map_err(|e| not_kept(&e))
    }
}
