//! `overt serve`: screening over HTTP.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use overt_compliance::{Questions, Recording};
use overt_lists::Store;
use overt_server::{Keys, Limits, Listening, Service, Setup, Source, Token, serve};

use crate::error::CliError;
use crate::sources;
use crate::terminal::Terminal;

/// Serve screening over HTTP, with yente's API.
#[derive(Args)]
#[command(
    after_help = "Clients of yente work unchanged: POST /match/default, GET /search/default, /entities/ID,\n\
    /catalog, /algorithms, /reconcile/default. The description of it all is at /openapi.json, figures\n\
    for Prometheus at /metrics, health at /healthz and /readyz. Lists of a store are looked at again\n\
    every few seconds: load newer ones with overt lists load while serving. Nothing that is logged\n\
    says who was asked for.\n\n\
    Examples:\n  overt serve --lists lists/\n  \
    overt serve --lists lists/ --listen 0.0.0.0:8000 --clients clients.txt --rate 50\n  \
    curl -s localhost:8000/match/default -H 'content-type: application/json' \\\n    \
    -d '{\"queries\":{\"q\":{\"schema\":\"Person\",\"properties\":{\"name\":\"Yevgeniy Prigozhin\"}}}}'"
)]
pub(crate) struct Serve {
    /// A store, or lists as their publishers give them out; without it, the designations under Executive Order 13848 that
    /// come with the program
    #[arg(long, value_name = "PATH", num_args = 1..)]
    lists: Vec<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// The address as clients see it, behind a proxy
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Who may ask: a file with a name and a key on each line; anybody, if not given
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// A file with the token that POST /updatez takes; nobody may, if not given
    #[arg(long, value_name = "FILE")]
    update_token: Option<PathBuf>,
    /// Requests a second from each client; as many as they like, if not given
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
    /// Seconds for a request to arrive and be answered
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Megabytes of a request at most
    #[arg(long, value_name = "MB", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1024))]
    max_body: u64,
    /// Queries in a request at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    max_batch: u64,
    /// Connections at a time; further ones wait
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=65_536))]
    max_connections: u64,
    /// Seconds between looks for newer lists in the store
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    look_every: u64,
    /// A folder to keep a record in of what is asked of /match and /v2/search, and what was found
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,
    /// Log every request too, as a line of JSON
    #[arg(long)]
    log_requests: bool,
}

impl Serve {
    /// What is logged if OVERT_LOG says nothing else.
    pub(crate) fn log_filter(&self) -> &'static str {
        if self.log_requests {
            "warn,overt=info"
        } else {
            "warn,overt=info,overt::requests=off"
        }
    }

    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let setup = Setup {
            source: self.source()?,
            keys: self.clients.as_deref().map(keys).transpose()?,
            update_token: self.update_token.as_deref().map(token).transpose()?,
            rate: self.rate,
            public_url: self.public_url.clone(),
            record: self.record.as_deref().map(questions).transpose()?,
            limits: Limits {
                body: (self.max_body as usize) << 20,
                batch: self.max_batch as usize,
                timeout: Duration::from_secs(self.timeout),
                connections: self.max_connections as usize,
                ..Limits::default()
            },
        };
        if setup.keys.is_none() && !self.listen.ip().is_loopback() {
            terminal.warn("no --clients given: anybody who reaches this address may ask");
        }
        let listening = Listening {
            address: self.listen,
            look_every: Duration::from_secs(self.look_every),
            grace: Duration::from_secs(self.timeout),
        };
        let service = Service::open(setup)?;
        serve(&service, &listening, |at| {
            terminal.result(
                &format!("serving at http://{at}\n"),
                &serde_json::json!({"serving": format!("http://{at}")}),
            );
        })
        .map_err(|e| {
            CliError::Environment(format!(
                "[serve.address] {e}\n  name another address with --listen"
            ))
        })
    }

    fn source(&self) -> Result<Source, CliError> {
        if let [path] = self.lists.as_slice()
            && Store::is_store(path)
        {
            return Ok(Source::Store(path.clone()));
        }
        let prepared = sources::prepared(&self.lists, None)?;
        // What a server says goes to its log.
        for note in sources::notes(&prepared) {
            tracing::warn!(target: "overt::server", "{note}");
        }
        Ok(Source::Fixed(Box::new(prepared)))
    }
}

/// Opens a record, or begins it; others may write to it meanwhile.
fn questions(record: &Path) -> Result<Questions, CliError> {
    let recording = Recording::open(record)?;
    Ok(Questions::new(recording.record())?)
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path)
        .map_err(|e| CliError::Usage(format!("[serve.secret] {}: {e}", path.display())))
}

fn keys(path: &Path) -> Result<Keys, CliError> {
    Keys::read(&read(path)?)
        .map_err(|e| CliError::Usage(format!("[serve.secret] {}: {e}", path.display())))
}

fn token(path: &Path) -> Result<Token, CliError> {
    let text = read(path)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(CliError::Usage(format!(
            "[serve.secret] {}: is empty\n  make one with: openssl rand -hex 24",
            path.display()
        )));
    }
    Ok(Token::new(text))
}
