//! `overt lists trust`: whose keys make a list an authority's.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use overt_case::keys::{self, PublicKey, Purpose};
use overt_lists::{Loaded, Loading};
use serde_json::json;

use super::{describe, now};
use crate::error::CliError;
use crate::hints::quoted;
use crate::sources;
use crate::terminal::Terminal;

#[derive(Subcommand)]
pub(super) enum Trust {
    /// Take a key for an authority's: what it signs and calls final is final in this store
    Add(Change),
    /// Take a key for nobody's any more: its lists become proposals
    Remove(Change),
    /// Say which keys are taken for authorities'
    Show(Show),
}

#[derive(Args)]
#[command(
    after_help = "Take the key from somewhere else than the list: anybody can make a key and call it the Treasury's.\n\n\
    Example:\n  overt lists trust add 'office.example+1a2b3c4d+AbCd…' --store lists/"
)]
pub(super) struct Change {
    /// A public key, written as name+12345678+…, or a file that ends in .pub
    key: String,
    /// The store
    #[arg(long, value_name = "FOLDER")]
    store: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:\n  overt lists trust show --store lists/")]
pub(super) struct Show {
    /// The store
    #[arg(long, value_name = "FOLDER")]
    store: PathBuf,
}

impl Trust {
    pub(super) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        match self {
            Self::Add(change) => change.add(terminal),
            Self::Remove(change) => change.remove(terminal),
            Self::Show(show) => show.run(terminal),
        }
    }
}

impl Change {
    fn key(&self) -> Result<PublicKey, CliError> {
        let file = std::path::Path::new(&self.key);
        if file.extension().is_some_and(|e| e == "pub") {
            return Ok(keys::public(file)?);
        }
        let key: Result<PublicKey, _> = self.key.parse();
        let key = key.map_err(|e| CliError::Usage(format!("[usage] {:?} {e}", self.key)))?;
        if key.purpose() != Purpose::Note {
            return Err(CliError::Usage(format!(
                "[usage] {:?} is a witness's key: it signs no lists",
                self.key
            )));
        }
        Ok(key)
    }

    fn add(&self, terminal: &Terminal) -> Result<(), CliError> {
        let key = self.key()?;
        let mut loading = Loading::open(&self.store)?;
        let again = loading.pin(&key);
        loading.commit()?;
        let mut words = format!("what {key} signs and calls final is final in this store\n");
        if !again.is_empty() {
            words.push_str(&format!(
                "{} was loaded as a proposal: load it again with overt lists load FOLDER --store {}\n",
                again.join(", "),
                quoted(&self.store.to_string_lossy())
            ));
        }
        let value = json!({ "key": key.to_string(), "load_again": again });
        terminal.result(&words, &value);
        Ok(())
    }

    fn remove(&self, terminal: &Terminal) -> Result<(), CliError> {
        let key = self.key()?;
        let mut loading = Loading::open(&self.store)?;
        let changed = loading.unpin(&key, now())?;
        loading.commit()?;
        let mut words = format!("{key} is nobody's key in this store any more\n");
        let mut values = Vec::new();
        for loaded in &changed {
            let (Loaded::New(version) | Loaded::Unchanged(version)) = loaded;
            describe(&mut words, version, true);
            values.push(version);
        }
        let value = json!({ "key": key.to_string(), "changed": values });
        terminal.result(&words, &value);
        Ok(())
    }
}

impl Show {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let store = sources::store(&self.store)?;
        let mut words = String::new();
        for key in store.pinned() {
            words.push_str(&format!("{key}\n"));
        }
        if store.pinned().is_empty() {
            words.push_str("no key is taken for an authority's: every signed list is a proposal\n");
        }
        terminal.result(&words, &json!({ "keys": store.pinned() }));
        Ok(())
    }
}
