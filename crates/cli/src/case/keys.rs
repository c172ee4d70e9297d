//! `overt key`: keys of people, logs and witnesses.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use overt_case::Signer;
use overt_case::keys::{self, PublicKey, Purpose, SecretKey};
use overt_client::{AgentKey, WitnessAt, agent_keys, lend_to_agent};
use overt_model::Window;
use serde_json::json;

use crate::error::CliError;
use crate::hints::quoted;
use crate::terminal::Terminal;

/// Make keys for people, logs and witnesses; they never leave this machine
#[derive(Args)]
#[command(
    after_help = "The secret is encrypted with a passphrase, in age's format. It is asked for, or taken from OVERT_PASSPHRASE.\n\n\
    Whoever enters something signs it. To type the passphrase once, lend the key to ssh-agent: overt key unlock. A key that an agent \
    keeps already, as on a hardware token, is taken with: overt key adopt\n\n\
    Examples:\n  overt key new alice\n  overt key new office.example/ledger\n  overt key show alice\n  overt key unlock alice --time 8h"
)]
pub(crate) struct KeyCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key
    New(New),
    /// Print a public key
    Show(Show),
    /// Lend a key to ssh-agent for a while, so that its passphrase is typed once
    Unlock(Unlock),
    /// Take a key that ssh-agent keeps, as on a hardware token, for a person's
    Adopt(Adopt),
}

#[derive(Args)]
struct Unlock {
    /// Its name
    name: String,
    /// For how long
    #[arg(long, value_name = "TIME", default_value = "8h")]
    time: Window,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Args)]
struct Adopt {
    /// The person's name
    name: String,
    /// What the agent calls the key, where it keeps several
    #[arg(long, value_name = "TEXT")]
    called: Option<String>,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Args)]
struct New {
    /// Its name: of a person, or of a log as in office.example/ledger
    name: String,
    /// For a witness that cosigns checkpoints of others
    #[arg(long)]
    witness: bool,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Args)]
struct Show {
    /// Its name
    name: String,
    #[command(flatten)]
    folder: Folder,
}

/// Where keys are.
#[derive(Args)]
pub(super) struct Folder {
    /// The folder with the keys [default: overt/keys in the user's data folder, or what OVERT_KEYS says]
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,
}

impl KeyCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::New(new) => new.run(terminal),
            Command::Unlock(unlock) => unlock.run(terminal),
            Command::Adopt(adopt) => adopt.run(terminal),
            Command::Show(show) => {
                let key = show.folder.public(&show.name)?;
                terminal.result(
                    &key.to_string(),
                    &json!({ "name": show.name, "public": key.to_string() }),
                );
                Ok(())
            }
        }
    }
}

impl Unlock {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let socket = agent()?;
        let key = self.folder.open(&self.name)?;
        let time = Duration::from_millis(self.time.bound().unsigned_abs());
        lend_to_agent(&socket, &key, time).map_err(of_agent(&socket))?;
        terminal.result(
            &format!("ssh-agent signs for {} for {}", self.name, self.time),
            &json!({ "name": self.name, "time": self.time.to_string() }),
        );
        Ok(())
    }
}

impl Adopt {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let socket = agent()?;
        let mut kept = agent_keys(&socket).map_err(of_agent(&socket))?;
        if let Some(called) = &self.called {
            kept.retain(|(_, name)| name == called);
        }
        let [(bytes, called)] = &kept[..] else {
            let all: Vec<&str> = kept.iter().map(|(_, called)| called.as_str()).collect();
            let all = match &all[..] {
                [] => "none of that kind".to_owned(),
                all => all.join(", "),
            };
            return Err(CliError::Usage(format!(
                "[case.key] which key of ssh-agent? It keeps these of Ed25519: {all}\n  name one with --called TEXT; keys of the kind sk-ssh-ed25519 sign something else than entries and cannot be used"
            )));
        };
        let key = PublicKey::new(&self.name, Purpose::Note, bytes)
            .map_err(overt_case::CaseError::from)?;
        let folder = self.folder.path()?;
        let public = keys::adopt(&file(&folder, &self.name), &key)?;
        terminal.result(
            &format!(
                "{}: {key}\nssh-agent signs for {}, by the key that it calls {called:?}",
                public.display(),
                self.name
            ),
            &json!({ "name": self.name, "public": key.to_string(), "file": public }),
        );
        Ok(())
    }
}

/// Where ssh-agent is asked.
fn agent() -> Result<PathBuf, CliError> {
    let socket = std::env::var_os("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty());
    socket.map(PathBuf::from).ok_or_else(|| {
        CliError::Environment(
            "[case.key] no ssh-agent is running here: SSH_AUTH_SOCK is not set\n  start one with: eval $(ssh-agent)".to_owned(),
        )
    })
}

fn of_agent(socket: &Path) -> impl Fn(std::io::Error) -> CliError {
    move |e| CliError::Environment(format!("[case.key] ssh-agent at {}: {e}", socket.display()))
}

impl New {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let purpose = if self.witness {
            Purpose::Cosignature
        } else {
            Purpose::Note
        };
        self.folder.make(&self.name, purpose, terminal).map(|_| ())
    }
}

impl Folder {
    /// Makes a key, with a passphrase that is asked for.
    fn make(
        &self,
        name: &str,
        purpose: Purpose,
        terminal: &Terminal,
    ) -> Result<PublicKey, CliError> {
        let folder = self.path()?;
        std::fs::create_dir_all(&folder)
            .map_err(|e| CliError::Environment(format!("[case.file] {}: {e}", folder.display())))?;
        let file = file(&folder, name);
        let passphrase = new_passphrase(name)?;
        let key = keys::create(&file, name, purpose, &passphrase)?;
        terminal.result(
            &format!(
                "made {}\nits public key, for others: {key}\nwho knows the passphrase and has {}.key can sign with it",
                name,
                file.display()
            ),
            &json!({ "name": name, "public": key.to_string(), "file": format!("{}.key", file.display()) }),
        );
        Ok(key)
    }

    /// Makes the key of a person.
    pub(super) fn create(&self, name: &str, terminal: &Terminal) -> Result<PublicKey, CliError> {
        self.make(name, Purpose::Note, terminal)
    }

    /// Whether there is no key of a name.
    pub(super) fn lacks(&self, name: &str) -> Result<bool, CliError> {
        Ok(!file(&self.path()?, name)
            .with_added_extension("pub")
            .is_file())
    }

    fn path(&self) -> Result<PathBuf, CliError> {
        if let Some(folder) = &self.keys {
            return Ok(folder.clone());
        }
        let set = |name: &str| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        let data = || set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
        set("OVERT_KEYS")
            .or_else(|| Some(data()?.join("overt/keys")))
            .ok_or_else(|| {
                CliError::Usage(
                    "[usage] where are keys to be?\n  name a folder with --keys".to_owned(),
                )
            })
    }

    /// The public key of a name, or of a file that ends in .pub.
    pub(super) fn public(&self, name: &str) -> Result<PublicKey, CliError> {
        let given = Path::new(name);
        if given.extension().is_some_and(|e| e == "pub") && given.is_file() {
            return Ok(keys::public(given)?);
        }
        let file = file(&self.path()?, name);
        if !file.with_added_extension("pub").is_file() {
            return Err(no_key(&file, name));
        }
        let key = keys::public(&file)?;
        if key.name() == name {
            return Ok(key);
        }
        Err(no_key(&file, name))
    }

    /// Witnesses as they are named on the command line: each by its public key, in words, as a file or by its name here, and
    /// by where it is asked.
    pub(super) fn witnesses(&self, given: &[String]) -> Result<Vec<WitnessAt>, CliError> {
        let pairs = given.as_chunks::<2>().0.iter();
        pairs
            .map(|[key, address]| {
                let key = match key.parse() {
                    Ok(key) => key,
                    Err(_) => self.public(key)?,
                };
                Ok(WitnessAt {
                    key,
                    address: address.clone(),
                })
            })
            .collect()
    }

    /// What signs for a person.
    pub(super) fn signer(&self, name: &str) -> Result<Box<dyn Signer>, CliError> {
        let public = self.public(name)?;
        if let Ok(socket) = agent() {
            let kept = AgentKey::find(&socket, &public).map_err(of_agent(&socket))?;
            if let Some(kept) = kept {
                return Ok(Box::new(kept));
            }
        }
        Ok(Box::new(self.open(name)?))
    }

    /// Opens a key, asking for its passphrase.
    pub(super) fn open(&self, name: &str) -> Result<SecretKey, CliError> {
        let file = file(&self.path()?, name);
        if !file.with_added_extension("key").is_file() {
            return Err(no_key(&file, name));
        }
        // Before a passphrase is asked for: names that differ may share a file's name.
        self.public(name)?;
        Ok(keys::open(
            &file,
            &passphrase(&format!("The passphrase of {name}"))?,
        )?)
    }
}

fn no_key(file: &Path, name: &str) -> CliError {
    if let Err(error) = keys::check_name(name) {
        return overt_case::CaseError::from(error).into();
    }
    CliError::Usage(format!(
        "[case.key] {}: there is no key of {name}\n  make it with: overt key new {}\n  or name the folder it is in with --keys",
        file.display(),
        quoted(name)
    ))
}

/// Names of logs have slashes.
fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(name.replace('/', "_"))
}

fn passphrase(words: &str) -> Result<String, CliError> {
    given_passphrase().map_or_else(|| prompt(words), Ok)
}

/// A passphrase that is typed twice: with a slip in it, the key would never open.
fn new_passphrase(name: &str) -> Result<String, CliError> {
    if let Some(given) = given_passphrase() {
        return Ok(given);
    }
    let first = prompt(&format!("A passphrase for {name}"))?;
    if prompt("The same again")? != first {
        return Err(CliError::Usage(
            "[case.key] the two passphrases are not the same; no key was made".to_owned(),
        ));
    }
    Ok(first)
}

fn given_passphrase() -> Option<String> {
    std::env::var("OVERT_PASSPHRASE").ok()
}

fn prompt(words: &str) -> Result<String, CliError> {
    rpassword::prompt_password(format!("{words}: ")).map_err(|e| {
        CliError::Environment(format!(
            "[case.key] no passphrase can be asked for: {e}\n  give it in OVERT_PASSPHRASE"
        ))
    })
}
