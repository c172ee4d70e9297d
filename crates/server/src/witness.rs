//! A witness, after C2SP's `tlog-witness`: it cosigns the checkpoints of logs that it knows once it has verified that each
//! continues what it cosigned before, so that nobody can be shown another history.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use overt_files::Contents;
use overt_ledger::{
    AddCheckpoint, Checkpoint, Cosigned, PublicKey, Purpose, Refusal, SecretKey, SignedNote, cosign,
};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use crate::listen::{Front, ServeError, asked_to_stop};

/// The longest request: a proof of 63 hashes, and a checkpoint with sixteen signatures and more, however long.
const MAX_LENGTH: usize = 256 << 10;

/// A witness.
#[derive(Clone)]
pub struct Witness(Arc<Inner>);

struct Inner {
    key: SecretKey,
    logs: Vec<PublicKey>,
    folder: PathBuf,
    /// Held from looking up what was cosigned last until the next is kept.
    turn: Mutex<()>,
    /// No other process looks up and keeps in between.
    _lock: fs::File,
}

impl Witness {
    /// A witness with a key for cosignatures, that knows some logs and keeps in a folder what it cosigned last of each.
    ///
    /// # Errors
    ///
    /// When the key is none for cosignatures, the folder cannot be made, or another witness works on it.
    pub fn new(key: SecretKey, logs: Vec<PublicKey>, folder: &Path) -> io::Result<Self> {
        if key.public().purpose() != Purpose::Cosignature {
            let what =
                "the key signs notes and cosigns nothing; a witness has a key of its own kind";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        fs::create_dir_all(folder)?;
        let lock = fs::File::create(folder.join("lock"))?;
        lock.try_lock().map_err(|e| {
            io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("another witness works on it: {e}"),
            )
        })?;
        Ok(Self(Arc::new(Inner {
            key,
            logs,
            folder: folder.to_owned(),
            turn: Mutex::new(()),
            _lock: lock,
        })))
    }

    /// Considers a request at a time (seconds since 1970): the line of the cosignature. It is given out only once what was
    /// cosigned is on the disk.
    ///
    /// # Errors
    ///
    /// Why not, or why it cannot be kept.
    pub fn consider(&self, request: &[u8], time: u64) -> Result<String, Unsigned> {
        let inner = &*self.0;
        let request = AddCheckpoint::read(request)?;
        let _turn = inner.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut broken = None;
        let last = |origin: &str| match inner.last(origin) {
            Ok(last) => last,
            Err(error) => {
                broken = Some(error);
                None
            }
        };
        let considered = cosign(&inner.key, &inner.logs, last, &request, time);
        // What was cosigned before cannot be told: to go on would be to forget it.
        if let Some(error) = broken {
            return Err(Unsigned::Kept(error));
        }
        let cosigned = considered?;
        inner.keep(&cosigned).map_err(Unsigned::Kept)?;
        let own = cosigned.note.signatures.last();
        Ok(own.map_or_else(String::new, |line| format!("{line}\n")))
    }

    /// What was cosigned last of the log whose origin has this SHA-256, in hex: the checkpoint with the log's signatures and
    /// the cosignature.
    fn latest(&self, hash: &str) -> Option<String> {
        let named = |origin: &str| overt_model::key::hex(&Sha256::digest(origin.as_bytes()));
        let log = self.0.logs.iter().find(|log| named(log.name()) == hash)?;
        fs::read_to_string(self.0.path(log.name())).ok()
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/add-checkpoint", post(add_checkpoint))
            .route("/{log}/checkpoint", get(latest))
            .layer(DefaultBodyLimit::max(MAX_LENGTH))
            .with_state(self.clone())
    }
}

/// Why a witness did not cosign.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    /// The request does not hold.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What it cosigned cannot be kept.
    #[error("what was cosigned cannot be kept: {0}")]
    Kept(io::Error),
}

impl Inner {
    fn path(&self, origin: &str) -> PathBuf {
        let name = overt_model::key::hex(&Sha256::digest(origin.as_bytes()));
        self.folder.join(format!("{name}.checkpoint"))
    }

    fn last(&self, origin: &str) -> io::Result<Option<Checkpoint>> {
        match fs::read_to_string(self.path(origin)) {
            Ok(text) => {
                let read = SignedNote::read(text.as_bytes());
                read.and_then(|note| Checkpoint::read(&note.text))
                    .map(Some)
                    .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.to_string()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn keep(&self, cosigned: &Cosigned) -> io::Result<()> {
        let path = self.path(&cosigned.checkpoint.origin);
        overt_files::write(
            &path,
            Contents::Public,
            cosigned.note.to_string().as_bytes(),
        )
    }
}

async fn add_checkpoint(State(witness): State<Witness>, body: Bytes) -> Response {
    // A cosignature without a time would say nothing of when.
    let time = std::time::UNIX_EPOCH.elapsed().map_or(0, |t| t.as_secs());
    if time == 0 {
        tracing::error!(target: "overt::witness", "the clock of this machine stands before 1970");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let considered = tokio::task::spawn_blocking(move || witness.consider(&body, time)).await;
    match considered {
        Ok(Ok(line)) => line.into_response(),
        Ok(Err(Unsigned::Refused(refusal))) => refused(&refusal),
        Ok(Err(Unsigned::Kept(error))) => {
            tracing::error!(target: "overt::witness", "{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// For monitors: what was cosigned last.
async fn latest(State(witness): State<Witness>, UrlPath(log): UrlPath<String>) -> Response {
    let found = tokio::task::spawn_blocking(move || witness.latest(&log)).await;
    match found {
        Ok(Some(note)) => note.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    if let Refusal::Conflict(size) = refusal {
        let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
        return (status, kind, format!("{size}\n")).into_response();
    }
    (status, format!("{refusal}\n")).into_response()
}

/// Serves a witness until the program is asked to stop. `ready` is told where.
///
/// # Errors
///
/// An address that cannot be had.
pub fn serve_witness(
    witness: &Witness,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Threads)?;
    runtime.block_on(async {
        let failed = |source| ServeError::Address { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let asked_to_stop = asked_to_stop();
        ready(listener.local_addr().map_err(failed)?);
        let front = Front {
            router: witness.router(),
            connections: 256,
            timeout: Duration::from_secs(10),
            grace: Duration::from_secs(10),
        };
        front.accept(listener, asked_to_stop, || {}).await;
        Ok(())
    })
}
