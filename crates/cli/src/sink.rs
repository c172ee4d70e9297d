//! Where posts go: into the corpus, or into a peer's rows; rejects into a file of their own.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;

use overt_coordination::compat::Rows;
use overt_coordination::compat::similar::Messages;
use overt_coordination::corpus::CorpusBuilder;
use overt_findings::REJECT_COLUMNS;
use overt_intake::{Reject, Sink, Stop};
use overt_model::{Location, Post};

use crate::failure::Failure;

/// What takes the posts.
pub(crate) enum Taker {
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

/// Posts between looks at the memory in use.
const LOOK: u64 = 1 << 16;

/// Takes posts and keeps rejects.
pub(crate) struct Collector {
    pub(crate) taker: Taker,
    inputs: Vec<String>,
    rejects: Option<csv::Writer<File>>,
    memory: Option<u64>,
    posts: u64,
}

impl Collector {
    pub(crate) fn new(taker: Taker, inputs: Vec<String>, memory: Option<u64>) -> Self {
        Self {
            taker,
            inputs,
            rejects: None,
            memory,
            posts: 0,
        }
    }

    /// Copies the rejects, if any, to where they are to stand.
    pub(crate) fn write_rejects(&mut self, path: &Path) -> Result<(), Failure> {
        let failed = |e: std::io::Error| {
            Failure::Environment(format!("[output.failed] {}: {e}", path.display()))
        };
        let mut to = File::create(path).map_err(failed)?;
        match self.rejects.take() {
            None => writeln!(to, "{}", REJECT_COLUMNS.join(",")).map_err(failed),
            Some(writer) => {
                let mut from = writer.into_inner().map_err(|e| failed(e.into_error()))?;
                from.rewind().map_err(failed)?;
                std::io::copy(&mut from, &mut to)
                    .map(|_| ())
                    .map_err(failed)
            }
        }
    }

    fn rejects(&mut self) -> Result<&mut csv::Writer<File>, Stop> {
        if self.rejects.is_none() {
            let file = tempfile::tempfile()
                .map_err(|e| Stop::Failed(format!("rejects cannot be kept: {e}")))?;
            let mut writer = csv::Writer::from_writer(file);
            writer
                .write_record(REJECT_COLUMNS)
                .map_err(|e| Stop::Failed(e.to_string()))?;
            self.rejects = Some(writer);
        }
        self.rejects
            .as_mut()
            .ok_or_else(|| Stop::Failed("rejects cannot be kept".to_owned()))
    }
}

impl Sink for Collector {
    fn post(&mut self, post: &Post<'_>, at: Location) -> Result<(), Stop> {
        self.posts += 1;
        match &mut self.taker {
            Taker::Corpus(builder) => {
                builder.add(post, at);
                if self.posts.is_multiple_of(LOOK)
                    && let Some(allowed) = self.memory
                {
                    let used = builder.memory() as u64;
                    if used > allowed {
                        return Err(Stop::Memory {
                            used: used >> 20,
                            allowed: allowed >> 20,
                            posts: self.posts,
                        });
                    }
                }
            }
            Taker::Peer(rows) => rows.iter_mut().for_each(|r| r.add(post)),
        }
        Ok(())
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), Stop> {
        let file = self
            .inputs
            .get(reject.at.file as usize)
            .cloned()
            .unwrap_or_default();
        let detail = overt_findings::safe_cell(&reject.detail).into_owned();
        let row = [
            file,
            reject.at.line.to_string(),
            reject.reason.code().to_owned(),
            detail,
        ];
        self.rejects()?
            .write_record(&row)
            .map_err(|e| Stop::Failed(format!("rejects cannot be kept: {e}")))
    }
}
