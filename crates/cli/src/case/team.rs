//! `overt case secret`, `overt case join` and `overt case move`: colleagues on several machines work on one case, which a database keeps.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use overt_case::store::Database;
use overt_case::{Case, CaseError};
use serde_json::json;

use super::Of;
use crate::error::CliError;
use crate::hints;
use crate::terminal::Terminal;

/// Where a case is kept in a database, named on the command line.
#[derive(Args)]
pub(super) struct InDatabase {
    /// The PostgreSQL database that keeps the case, as postgresql://USER@HOST/DATABASE; its schema has the folder's name,
    /// unless the address ends with ?schema=NAME
    #[arg(long, value_name = "ADDRESS")]
    database: Option<String>,
}

impl InDatabase {
    /// The database that was named, if one was.
    pub(super) fn named(&self, folder: &Path) -> Result<Option<Database>, CliError> {
        let named = self.database.as_deref();
        Ok(named.map(|text| at(text, folder)).transpose()?)
    }
}

fn at(address: &str, folder: &Path) -> Result<Database, CaseError> {
    let schema = folder.file_name().unwrap_or_default();
    Database::read(address, &schema.to_string_lossy())
}

#[derive(Args)]
#[command(
    after_help = "Whoever has this secret and can log in to the database reads everything in the case. Hand it over in person or \
    sealed, never beside the address and the password of the database.\n\n\
    Example:\n  overt case secret midterms-2026 -o midterms-2026.secret"
)]
pub(super) struct SecretOf {
    #[command(flatten)]
    of: Of,
    /// A file that is not there yet, which its owner alone can read
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl SecretOf {
    pub(super) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let case = self.of.open()?;
        let secret = case.secret_to_hand_over()?;
        super::spare(&case, &self.output)?;
        write_new(&self.output, &secret)?;
        terminal.result(
            &format!(
                "the secret of {} is in {}: hand it over in person or sealed, and delete the file then",
                self.of.case.display(),
                self.output.display()
            ),
            &json!({ "case": self.of.case, "secret": self.output }),
        );
        Ok(())
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), CliError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = match opened {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CaseError::NotEmpty(path.to_owned()).into());
        }
        opened => opened.map_err(CliError::unwritten(path))?,
    };
    let written = io::Write::write_all(&mut file, text.as_bytes());
    written.map_err(CliError::unwritten(path))
}

#[derive(Args)]
#[command(
    after_help = "Entries, secrets and bytes of evidence are moved as they are, while nobody writes; bundles and proofs stay \
    what they were. The folder says from then on where the case is kept.\n\n\
    Example:\n  overt case move midterms-2026 --database postgresql://alice@db.example.org/overt"
)]
pub(super) struct Move {
    #[command(flatten)]
    of: Of,
    /// The PostgreSQL database that is to keep the case, as postgresql://USER@HOST/DATABASE; its schema has the folder's
    /// name, unless the address ends with ?schema=NAME
    #[arg(long, value_name = "ADDRESS")]
    database: String,
}

impl Move {
    pub(super) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let database = at(&self.database, &self.of.case)?;
        let case = self.of.open()?.move_into(&database)?;
        let address = database.address().to_string();
        terminal.result(
            &format!(
                "moved {} with {} entries: kept in {address}\nthrow away copies of the folder and of the file of secrets that are older, or work could go on in them",
                self.of.case.display(),
                case.size()
            ),
            &json!({ "case": self.of.case, "entries": case.size(), "database": address }),
        );
        Ok(())
    }
}

#[derive(Args)]
#[command(
    after_help = "A colleague who works on the case writes its secret with: overt case secret CASE -o FILE\n\n\
    The password of the database comes from PGPASSWORD or ~/.pgpass; it is never kept in the folder. Joining lets you read \
    the case. Whoever administers it lets you act in it with: overt person add\n\n\
    Example:\n  overt case join midterms-2026 --database postgresql://bob@db.example.org/overt --secret-of-case midterms-2026.secret"
)]
pub(super) struct Join {
    /// A folder that is empty or not there yet
    case: PathBuf,
    /// The PostgreSQL database that keeps the case, as postgresql://USER@HOST/DATABASE; its schema has the folder's name,
    /// unless the address ends with ?schema=NAME
    #[arg(long, value_name = "ADDRESS")]
    database: String,
    /// The file with the secret of the case, or - to type it in
    #[arg(long, value_name = "FILE")]
    secret_of_case: PathBuf,
    /// A file for the secret, if not beside the folder
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
}

impl Join {
    pub(super) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        hints::about_case(&self.case);
        let database = at(&self.database, &self.case)?;
        let secret = Case::secret_handed_over(&self.secret()?)?;
        let case = Case::join(&self.case, self.secrets.as_deref(), &database, secret)?;
        let secrets = self.secrets.clone();
        let secrets = secrets.unwrap_or_else(|| overt_case::default_path(&self.case));
        let address = database.address().to_string();
        terminal.result(
            &format!(
                "joined {} with {} entries, kept in {address}\nthe secret of the case: {}",
                self.case.display(),
                case.size(),
                secrets.display()
            ),
            &json!({ "case": self.case, "entries": case.size(), "database": address, "secrets": secrets }),
        );
        Ok(())
    }

    /// What the file says, or whoever types.
    fn secret(&self) -> Result<String, CliError> {
        if self.secret_of_case.as_os_str() != "-" {
            let text = fs::read_to_string(&self.secret_of_case);
            return text.map_err(|error| {
                CliError::Usage(format!(
                    "[case.file] {}: {error}\n  name the file with the secret that a colleague handed over",
                    self.secret_of_case.display()
                ))
            });
        }
        // No secret is that long.
        let mut text = String::new();
        let read = io::stdin().take(1000).read_to_string(&mut text);
        read.map_err(|e| CliError::Usage(format!("[case.file] the secret cannot be read: {e}")))?;
        Ok(text)
    }
}
