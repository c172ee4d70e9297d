//! A case is opened anew, opened again, joined from another machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use overt_attribution::Regime;
use overt_files::{Contents, write};
use overt_ledger::Hash;

use crate::case::{Actor, Case, date, is_name, sha256};
use crate::entry::{EntryBody, Opened, Person};
use crate::error::{CaseError, NotContinued};
use crate::folder::{BLOBS, ELSEWHERE, REGIME, STORE};
use crate::secrets::{self, Secret, Secrets};
use crate::state::CaseState;
use crate::store::{Address, Database, InFolder, Postgres, Repository};

/// What a new case is about.
#[derive(Debug, Clone)]
pub struct NewCase<'a> {
    /// Its name.
    pub name: &'a str,
    /// The text of the regime's file.
    pub regime: &'a str,
    /// What the data in it is for.
    pub purpose: &'a str,
    /// On what legal basis it is kept.
    pub legal_basis: &'a str,
    /// Until when: a date.
    pub keep_until: &'a str,
}

/// Where a case is kept.
#[derive(Debug, Clone, Copy)]
pub enum Keeping<'k> {
    /// In its folder.
    InFolder,
    /// In a database, where colleagues on other machines reach it.
    InDatabase(&'k Database),
}

/// The first word of a secret that is handed over.
const HANDED: &str = "overt-secret-of-case-1";

impl Case {
    /// Opens a new case in a folder that is empty or not there. Whoever does is admitted with all roles, which they may
    /// hand on and give up.
    ///
    /// # Errors
    ///
    /// When the folder has something in it, the regime's file has faults, or files cannot be written.
    pub fn create(
        folder: &Path,
        secrets: Option<&Path>,
        new: &NewCase<'_>,
        actor: Actor<'_>,
    ) -> Result<Self, CaseError> {
        Self::create_in(folder, secrets, Keeping::InFolder, new, actor)
    }

    /// Opens a new case, as [`create`](Self::create), and says where it is kept.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), or when the database cannot be used or has something in that schema.
    pub fn create_in(
        folder: &Path,
        secrets: Option<&Path>,
        keeping: Keeping<'_>,
        new: &NewCase<'_>,
        actor: Actor<'_>,
    ) -> Result<Self, CaseError> {
        let regime = Regime::read(new.regime).map_err(|faults| CaseError::Regime {
            path: folder.join(REGIME),
            faults,
        })?;
        makes_sense(new, actor)?;
        let secrets = unused(folder, secrets)?;
        let of_case = Secret::random()?;
        // A database that cannot be used leaves nothing behind here.
        let database = match keeping {
            Keeping::InFolder => None,
            Keeping::InDatabase(database) => {
                Some(Postgres::create(database, &of_case, new.regime)?)
            }
        };
        let made = make(folder, &secrets, of_case, new.regime, database, regime)
            .and_then(|mut case| case.enter_opening(new, actor).map(|()| case));
        if made.is_err()
            && let Keeping::InDatabase(database) = keeping
        {
            // Nothing was entered: it would be in the way of the next try.
            let _ = Postgres::discard_empty(database);
        }
        made
    }

    fn enter_opening(&mut self, new: &NewCase<'_>, actor: Actor<'_>) -> Result<(), CaseError> {
        let opened = Opened {
            name: new.name.to_owned(),
            regime: self.regime.id.clone(),
            regime_sha256: sha256(new.regime.as_bytes()),
            purpose: new.purpose.to_owned(),
            legal_basis: new.legal_basis.to_owned(),
            keep_until: new.keep_until.to_owned(),
        };
        let first = Person {
            name: actor.by.to_owned(),
            roles: self.regime.roles.iter().map(|r| r.id.clone()).collect(),
            key: Some(actor.key.public().to_string()),
        };
        self.enter(actor, |_, draft| {
            draft.push(EntryBody::Opened(opened))?;
            draft.push(EntryBody::Person(first))
        })?;
        Ok(())
    }

    /// Opens a case that is there.
    ///
    /// # Errors
    ///
    /// When there is none, it is damaged, its secrets are not here, or its database cannot be used.
    pub fn open(folder: &Path, secrets: Option<&Path>) -> Result<Self, CaseError> {
        let elsewhere = folder.join(ELSEWHERE);
        let in_database = elsewhere.is_file();
        if !in_database && !folder.join(STORE).is_file() {
            return Err(CaseError::NoCase(folder.to_owned()));
        }
        let secrets = secrets.map_or_else(|| secrets::default_path(folder), Path::to_owned);
        let path = folder.join(REGIME);
        let regime_text = fs::read_to_string(&path).map_err(CaseError::file(&path))?;
        let regime = Regime::read(&regime_text).map_err(|faults| CaseError::Regime {
            path: path.clone(),
            faults,
        })?;
        let secrets = Arc::new(Secrets::open(&secrets)?);
        // Before the store is looked at: others may be writing.
        let remembered = secrets.remembered()?;
        let repository: Box<dyn Repository> = if in_database {
            let database = Database::at(Address::of_file(&elsewhere)?)?;
            Box::new(Postgres::open(&database, secrets.of_case())?)
        } else {
            Box::new(InFolder::with(folder, Arc::clone(&secrets))?)
        };
        let mut case = Self {
            folder: folder.to_owned(),
            repository,
            secrets,
            regime,
            regime_text,
            state: CaseState::default(),
            read: 0,
        };
        case.continues(remembered)?;
        case.catch_up()?;
        let opened = case.header(0)?.and_then(|header| header.regime);
        if opened.as_deref() != Some(&sha256(case.regime_text.as_bytes())) {
            return Err(CaseError::damaged(
                &path,
                "it is not the regime's file that the case was opened with",
            ));
        }
        if in_database {
            // What colleagues entered is not forgotten either: a database that was set back is told by it.
            case.secrets.remember(case.read, case.root_at(case.read)?)?;
        }
        case.finish_erasing()?;
        Ok(case)
    }

    /// Joins a case that colleagues keep in a database, from a folder that is empty or not there.
    ///
    /// # Errors
    ///
    /// When the folder has something in it, the database cannot be used or has no case there, or the secret is of another.
    pub fn join(
        folder: &Path,
        secrets: Option<&Path>,
        database: &Database,
        of_case: Secret,
    ) -> Result<Self, CaseError> {
        let path = unused(folder, secrets)?;
        let store = Postgres::open(database, &of_case)?;
        let regime_text = store.regime()?;
        let regime = Regime::read(&regime_text).map_err(|faults| CaseError::Regime {
            path: folder.join(REGIME),
            faults,
        })?;
        drop(make(
            folder,
            &path,
            of_case,
            &regime_text,
            Some(store),
            regime,
        )?);
        Self::open(folder, secrets)
    }

    /// The database that the case is kept in; none where it is in its folder.
    ///
    /// # Errors
    ///
    /// When the file that says so cannot be read.
    pub fn database(&self) -> Result<Option<Address>, CaseError> {
        let elsewhere = self.folder.join(ELSEWHERE);
        if !elsewhere.is_file() {
            return Ok(None);
        }
        Address::of_file(&elsewhere).map(Some)
    }

    /// The secret of the case as a line of text, for a colleague who joins it. Who has it and the database reads everything.
    ///
    /// # Errors
    ///
    /// When the case is kept in its folder: then it does not open anything elsewhere.
    pub fn secret_to_hand_over(&self) -> Result<String, CaseError> {
        if self.database()?.is_none() {
            return Err(CaseError::Wrong(format!(
                "{} is kept in its folder, and its secret opens nothing without the file of secrets\n  hand over the folder and {}",
                self.folder.display(),
                self.secrets.path().display()
            )));
        }
        let bytes = STANDARD.encode(self.secrets.of_case().bytes());
        Ok(format!("{HANDED} {bytes}\n"))
    }

    /// Reads the secret of a case that was handed over.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn secret_handed_over(text: &str) -> Result<Secret, CaseError> {
        let bytes = text.trim().strip_prefix(HANDED).map(str::trim);
        let bytes = bytes.and_then(|text| STANDARD.decode(text).ok());
        let secret = bytes.and_then(|bytes| Secret::of_bytes(&bytes));
        secret.ok_or_else(|| {
            CaseError::Wrong(format!(
                "this is not the secret of a case, which is one line that begins with {HANDED}\n  ask a colleague who works on the case for it"
            ))
        })
    }

    /// Refuses an older copy of the folder beside newer secrets: what was entered since would be entered otherwise.
    fn continues(&self, (size, root): (u64, Hash)) -> Result<(), CaseError> {
        let found = self.repository.size()?;
        if found >= size && self.root_at(size)? == root {
            return Ok(());
        }
        Err(Box::new(NotContinued {
            folder: self.folder.clone(),
            found,
            found_root: self.root_at(found)?,
            secrets: self.secrets.path().to_owned(),
            remembered: size,
            remembered_root: root,
        })
        .into())
    }

    /// Erasing is entered first and done then: what a crash left in between is done now.
    fn finish_erasing(&self) -> Result<(), CaseError> {
        let mut left = Vec::new();
        for seq in self.state.erased() {
            if self.secret_of(*seq)?.is_some() {
                left.push(*seq);
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        match self.destroy_secrets(&left) {
            // Whoever may only read leaves it to the next who may write.
            Err(CaseError::Denied { .. }) => Ok(()),
            done => done,
        }
    }
}

/// What a case has to say of itself.
fn makes_sense(new: &NewCase<'_>, actor: Actor<'_>) -> Result<(), CaseError> {
    let today = (actor.clock)().to_string();
    if date(new.keep_until)?.to_string().as_str() < today.get(..10).unwrap_or_default() {
        return Err(CaseError::Wrong(format!(
            "{} is over: a case is kept until a day to come",
            new.keep_until
        )));
    }
    if [new.purpose, new.legal_basis]
        .iter()
        .any(|text| text.trim().is_empty())
    {
        let needed = "a case needs a purpose and a legal basis";
        return Err(CaseError::Wrong(needed.to_owned()));
    }
    is_name(actor.by)
}

/// Refuses a folder that has something in it, and secrets that are there: overwriting those of another case would make it
/// unreadable. Where the secrets will be.
fn unused(folder: &Path, secrets: Option<&Path>) -> Result<PathBuf, CaseError> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(CaseError::NotEmpty(folder.to_owned()));
    }
    let secrets = secrets.map_or_else(|| secrets::default_path(folder), Path::to_owned);
    if secrets.exists() {
        return Err(CaseError::NotEmpty(secrets));
    }
    Ok(secrets)
}

/// Makes the files of a case on this machine.
fn make(
    folder: &Path,
    secrets: &Path,
    of_case: Secret,
    regime_text: &str,
    database: Option<Postgres>,
    regime: Regime,
) -> Result<Case, CaseError> {
    fs::create_dir_all(folder).map_err(CaseError::file(folder))?;
    let secrets = Arc::new(Secrets::begin(secrets, of_case)?);
    let path = folder.join(REGIME);
    write(&path, Contents::Public, regime_text.as_bytes()).map_err(CaseError::file(&path))?;
    let repository: Box<dyn Repository> = match database {
        None => {
            let blobs = folder.join(BLOBS);
            fs::create_dir_all(&blobs).map_err(CaseError::file(&blobs))?;
            Box::new(InFolder::with(folder, Arc::clone(&secrets))?)
        }
        Some(store) => {
            store.address().write_to(&folder.join(ELSEWHERE))?;
            Box::new(store)
        }
    };
    Ok(Case {
        folder: folder.to_owned(),
        repository,
        secrets,
        regime,
        regime_text: regime_text.to_owned(),
        state: CaseState::default(),
        read: 0,
    })
}
