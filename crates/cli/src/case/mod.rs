//! Cases from the command line: one file for each group of commands.

mod bundle;
mod claims;
mod decide;
mod evidence;
mod fact;
mod import;
mod keys;
mod manage;
mod marking;
mod offers;
mod opening;
mod origin;
mod plan;
mod publish;
mod status;
mod team;
mod timestamp;
mod witness;

use std::path::PathBuf;

use clap::Args;
use keys::Folder;
use marking::Tlp;
use overt_case::{Actor, Case, Signer};
use overt_model::Timestamp;

use crate::error::CliError;
use crate::hints;
use crate::lists::now;

pub(crate) use bundle::{Export, Verify};
pub(crate) use claims::{ClaimCommand, DissentOn, GateOf, Judge, Weigh};
pub(crate) use decide::{Decide, Determine, Notify, Recommend, Takedown};
pub(crate) use evidence::{Erase, EvidenceCommand, Withdraw};
pub(crate) use fact::FactCommand;
pub(crate) use keys::KeyCommand;
pub(crate) use manage::{CaseCommand, PersonCommand};
pub(crate) use origin::OriginCommand;
pub(crate) use plan::PlanCommand;
pub(crate) use publish::Publish;
pub(crate) use status::Status;
pub(crate) use timestamp::StampCommand;
pub(crate) use witness::Witness;

/// A case, named on the command line.
#[derive(Args)]
struct Of {
    /// The case's folder
    case: PathBuf,
    /// The file with the secrets of its entries, if it is not beside the folder
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
}

impl Of {
    fn open(&self) -> Result<Case, CliError> {
        hints::about_case(&self.case);
        Ok(Case::open(&self.case, self.secrets.as_deref())?)
    }
}

/// Refuses to write over a file of the case itself, whatever may be replaced.
fn spare(case: &Case, path: &std::path::Path) -> Result<(), CliError> {
    if case.owns(path) {
        return Err(overt_publication::PublicationError::OfTheCase(path.to_owned()).into());
    }
    Ok(())
}

/// Who does it.
#[derive(Args)]
struct By {
    /// Who does it: a person of the case, who signs with their key
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    keys: Folder,
}

impl By {
    /// Opens the key by which it is shown that it is them.
    fn open(&self) -> Result<Acting, CliError> {
        Acting::open(&self.by, &self.keys)
    }
}

/// Somebody whose key is open.
struct Acting {
    name: String,
    key: Box<dyn Signer>,
}

impl Acting {
    fn open(name: &str, keys: &Folder) -> Result<Self, CliError> {
        hints::done_by(name);
        Ok(Self {
            name: name.to_owned(),
            key: keys.signer(name)?,
        })
    }

    fn actor(&self) -> Actor<'_> {
        Actor {
            by: &self.name,
            key: &*self.key,
            clock: &|| Timestamp(now()),
        }
    }
}

/// Today, by the clock of this machine, in UTC.
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}
