//! Giving out what a case comes to: files are derived, entered in the case with their hashes, then put in their places.

mod files;
mod ledger;
mod list;
mod takedowns;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use overt_attribution::{EntityRef, Marking};
use overt_case::entry::{Action, Notified, Published};
use overt_case::{Actor, Case, Cosign, Disclosure};
use overt_files::{Contents, parent};
use overt_ledger::SecretKey;

pub use files::Files;
pub(crate) use files::{file_name, sha256};

use crate::document::{Document, Rendered};
use crate::{
    ListStatus, PublicationError, abcde, assessment, misp, notice, oversight, recommendation,
    statement, stix, takedowns as takedowns_of,
};

/// Files that were given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// What they are: `list`, `takedowns`, `package`, `oversight`, `stix`, `misp`, `abcde`, `log`.
    pub what: &'static str,
    /// The number of this release of its kind; none of the ledger, which is not entered in itself.
    pub version: Option<u64>,
    /// How many files there are.
    pub files: usize,
    /// Where they are.
    pub folder: PathBuf,
    /// Files of the version before that are of this version no more, and were removed.
    pub removed: Vec<PathBuf>,
    /// Characters that no font here has, which are boxes in the PDFs.
    pub missing: BTreeSet<char>,
    /// What is in them.
    pub detail: Detail,
}

/// What is in a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A list of designated parties.
    List {
        /// How many.
        parties: usize,
        /// Whether it is a proposal.
        status: ListStatus,
        /// The name of the key that signed it.
        key: String,
    },
    /// Lists of accounts.
    Takedowns {
        /// Established accounts.
        accounts: usize,
        /// Platforms and decisions.
        platforms: usize,
        /// Decisions that name nobody, for no account of their campaign is established, and the campaign.
        empty: Vec<(u64, String)>,
    },
    /// The ledger up to a checkpoint.
    Ledger {
        /// Entries under the checkpoint.
        entries: u64,
    },
    /// Documents.
    Other,
}

/// Gives out what a case comes to.
///
/// ```no_run
/// use overt_case::{Case, Actor, keys};
/// use overt_model::Timestamp;
/// use overt_publication::Release;
///
/// let mut case = Case::open("midterms-2026".as_ref(), None)?;
/// let key = keys::open("alice".as_ref(), "correct horse")?;
/// let actor = Actor { by: "alice", key: &key, clock: &|| Timestamp(1_790_000_000_000) };
/// let released = Release::new(&mut case, actor).oversight("oversight".as_ref(), "2026-11-26".parse()?)?;
/// assert_eq!((released.what, released.files), ("oversight", 4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Release<'a> {
    case: &'a mut Case,
    actor: Actor<'a>,
    replace: bool,
    audience: Option<Marking>,
}

/// Who an output is for, where nobody says: those whom the office serves.
const SERVED: Marking = Marking::Amber;
/// Of what goes to others: a party, other offices.
const OTHERS: Marking = Marking::Green;

impl<'a> Release<'a> {
    /// Of a case, by somebody who may publish. A file that is in the place of one to be given out is replaced if the case
    /// gave it out itself; anything else there is an error, unless [`replacing`](Self::replacing) says otherwise.
    pub fn new(case: &'a mut Case, actor: Actor<'a>) -> Self {
        Self {
            case,
            actor,
            replace: false,
            audience: None,
        }
    }

    /// For whom it is: what is marked above that is withheld. Else packages, lists and accounts of decisions are for those
    /// whom the office serves (TLP:AMBER), and so is what names accounts; notices and what is exchanged are for the community
    /// (TLP:GREEN).
    #[must_use]
    pub fn for_audience(mut self, audience: Option<Marking>) -> Self {
        self.audience = audience;
        self
    }

    fn disclosed(&self, otherwise: Marking) -> Disclosure<'_> {
        self.case.disclosed_to(self.audience.unwrap_or(otherwise))
    }

    /// Whether any file may be replaced.
    #[must_use]
    pub fn replacing(mut self, any: bool) -> Self {
        self.replace = any;
        self
    }

    /// The list of designated parties, into a folder that holds the versions before: `FollowTheMoney`, OFAC's legacy CSV,
    /// what changed, corrections, and a signed note of all of it.
    ///
    /// # Errors
    /// When a party cannot stand on a list, what is in the folder is not a list that was published before, files cannot be
    /// written, or whoever does it may not.
    pub fn list(&mut self, folder: &Path, key: &SecretKey) -> Result<Released, PublicationError> {
        let (files, detail) = list::list(&self.disclosed(SERVED), folder, key)?;
        self.give("list", folder, &files, detail)
    }

    /// Lists of accounts for platforms to close, with the EU's statements of reasons.
    ///
    /// # Errors
    /// When a detection run cannot be read, a statement would tell who somebody is, files cannot be written, or whoever does
    /// it may not.
    pub fn takedowns(&mut self, folder: &Path) -> Result<Released, PublicationError> {
        let found = takedowns_of(&self.disclosed(SERVED))?;
        let files = takedowns::files(&found)?;
        let state = self.case.state();
        let in_force = state.takedowns().into_iter();
        let empty = in_force.filter(|(number, _)| found.iter().all(|t| t.decision != *number));
        let detail = Detail::Takedowns {
            accounts: found.iter().map(|t| t.restricted.accounts.len()).sum(),
            platforms: found.len(),
            empty: empty
                .map(|(number, made)| (number, made.decided.subject.to_string()))
                .collect(),
        };
        self.give("takedowns", folder, &files, detail)
    }

    /// The statement of reasons of every determination, and every recommendation, as HTML, PDF and Markdown. With the key of
    /// the authority that the regime names they are final, else proposals.
    ///
    /// # Errors
    /// When fonts or files cannot be used, or whoever does it may not.
    pub fn package(
        &mut self,
        folder: &Path,
        key: Option<&SecretKey>,
    ) -> Result<Released, PublicationError> {
        let status = key.map_or(ListStatus::Proposal, |key| {
            ListStatus::of(self.case.regime(), &key.public().to_string())
        });
        let mut files = Files::default();
        let case = self.disclosed(SERVED);
        for number in case.state().determinations().keys() {
            let document = statement(&case, *number, status)?;
            let name = format!("statement-{number}");
            files.extend(documents(&document, &name, Contents::Public)?)?;
        }
        for (number, made) in case.state().decisions() {
            if made.decided.action == Action::Recommend {
                let document = recommendation(&case, *number, status)?;
                let name = format!("recommendation-{number}");
                files.extend(documents(&document, &name, Contents::Public)?)?;
            }
        }
        self.give("package", folder, &files, Detail::Other)
    }

    /// The documents that the regime asks for of a case as a whole, such as an assessment and a report, as HTML, PDF and
    /// Markdown.
    ///
    /// # Errors
    /// When the regime asks for none, or as [`package`](Self::package).
    pub fn documents(&mut self, folder: &Path) -> Result<Released, PublicationError> {
        let case = self.disclosed(SERVED);
        let asked = &case.regime().documents;
        if asked.is_empty() {
            return Err(PublicationError::Missing(
                "the regime's file lays out no documents".to_owned(),
            ));
        }
        let mut files = Files::default();
        for form in asked {
            let document = assessment(&case, &form.id)?;
            files.extend(documents(&document, &form.id, Contents::Public)?)?;
        }
        self.give("documents", folder, &files, Detail::Other)
    }

    /// Every decision to act or not, for those who oversee.
    ///
    /// # Errors
    /// As [`package`](Self::package).
    pub fn oversight(&mut self, folder: &Path, today: Date) -> Result<Released, PublicationError> {
        let account = oversight(&self.disclosed(SERVED), today)?;
        let mut files = documents(&account.document(), "oversight", Contents::Personal)?;
        files.add_json("oversight.json", Contents::Personal, &account)?;
        self.give("oversight", folder, &files, Detail::Other)
    }

    /// STIX 2.1; with accounts where it is `identified`, for recipients who may have them.
    ///
    /// # Errors
    /// As [`takedowns`](Self::takedowns).
    pub fn stix(&mut self, path: &Path, identified: bool) -> Result<Released, PublicationError> {
        let case = self.disclosed(if identified { SERVED } else { OTHERS });
        let accounts = identified.then(|| takedowns_of(&case)).transpose()?;
        let value = stix(&case, accounts.as_deref())?;
        self.give_file("stix", path, identified, &value)
    }

    /// A MISP event; with accounts where it is `identified`, for recipients who may have them.
    ///
    /// # Errors
    /// As [`takedowns`](Self::takedowns).
    pub fn misp(&mut self, path: &Path, identified: bool) -> Result<Released, PublicationError> {
        let case = self.disclosed(if identified { SERVED } else { OTHERS });
        let accounts = identified.then(|| takedowns_of(&case)).transpose()?;
        let value = misp(&case, accounts.as_deref())?;
        self.give_file("misp", path, identified, &value)
    }

    /// Answers to the questions of ABCDE, a row for each campaign, as CSV.
    ///
    /// # Errors
    /// When the file cannot be written, or whoever does it may not.
    pub fn abcde(&mut self, path: &Path) -> Result<Released, PublicationError> {
        let table = abcde(&self.disclosed(OTHERS))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut files = Files::default();
        files.add(name, Contents::Public, table)?;
        self.give("abcde", parent(path), &files, Detail::Other)
    }

    /// The ledger as anybody may have it: its checkpoint, signed by the key and by whom `cosign` asks, its tiles, and a
    /// proof for each determination and decision.
    ///
    /// # Errors
    /// When a witness does not cosign, the ledger is damaged, or files cannot be written.
    pub fn ledger(
        &mut self,
        folder: &Path,
        key: &SecretKey,
        cosign: &mut Cosign<'_>,
    ) -> Result<Released, PublicationError> {
        let (files, entries) = ledger::files(self.case, key, cosign)?;
        // Tiles fill up and proofs come under newer checkpoints: all of a folder of this ledger may be replaced.
        let continued = ledger::is_continued(folder, key);
        self.guard(&files, folder, |_, _| continued)?;
        files.write(folder)?;
        Ok(Released {
            what: "log",
            version: None,
            files: files.len(),
            folder: folder.to_owned(),
            removed: Vec::new(),
            missing: BTreeSet::new(),
            detail: Detail::Ledger { entries },
        })
    }

    /// Writes the notice to a party, and enters until when it may reply. With it come the characters that no font here
    /// has, which are boxes in a PDF.
    ///
    /// # Errors
    /// When nothing is claimed of the party, the file cannot be written, or whoever does it may not.
    pub fn notice(
        self,
        party: &EntityRef,
        on: Date,
        reply_to: &str,
        format: DocumentFormat,
        path: &Path,
    ) -> Result<(Notified, BTreeSet<char>), PublicationError> {
        let on = on.to_string();
        if self.case.owns(path) {
            return Err(PublicationError::OfTheCase(path.to_owned()));
        }
        if reply_to.trim().is_empty() {
            return Err(PublicationError::Missing(
                "a notice says where a reply goes to".to_owned(),
            ));
        }
        if !self.replace && path.symlink_metadata().is_ok() {
            return Err(PublicationError::Exists(path.to_owned()));
        }
        let document = notice(&self.disclosed(OTHERS), party, &on, reply_to)?;
        let Rendered { bytes, missing } = format.render(&document)?;
        let notified = self.case.notify(self.actor, party, &on, sha256(&bytes))?;
        overt_files::write(path, Contents::Personal, &bytes)
            .map_err(PublicationError::file(path))?;
        Ok((notified, missing))
    }

    fn give_file(
        &mut self,
        what: &'static str,
        path: &Path,
        identified: bool,
        value: &serde_json::Value,
    ) -> Result<Released, PublicationError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let contents = if identified {
            Contents::Personal
        } else {
            Contents::Public
        };
        let mut files = Files::default();
        files.add_json(name, contents, value)?;
        self.give(what, parent(path), &files, Detail::Other)
    }

    /// Refuses to begin where a file would be lost that is not `ours`, by its name and its hash.
    fn guard(
        &self,
        files: &Files,
        folder: &Path,
        ours: impl Fn(&str, &str) -> bool,
    ) -> Result<(), PublicationError> {
        for (name, bytes) in files.iter() {
            let path = folder.join(name);
            if path.symlink_metadata().is_err() {
                continue;
            }
            if self.case.owns(&path) {
                return Err(PublicationError::OfTheCase(path));
            }
            if self.replace {
                continue;
            }
            let there = std::fs::read(&path).map_err(PublicationError::file(&path))?;
            if there != bytes && !ours(name, &sha256(&there)) {
                return Err(PublicationError::Exists(path));
            }
        }
        Ok(())
    }

    /// Files of earlier versions in this folder that are not among the new ones, unchanged since: not of the last alone, for
    /// that may have gone into another folder. Left there they would be acted on, though what they say holds no more. A list
    /// keeps what it said before: its deltas and corrections build on each other.
    fn stale(
        &self,
        what: &str,
        folder: &Path,
        files: &Files,
    ) -> Result<Vec<PathBuf>, PublicationError> {
        if !matches!(what, "takedowns" | "package") {
            return Ok(Vec::new());
        }
        let published = self.case.state().published().iter();
        let mut given: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for (name, hash) in published.filter(|p| p.what == what).flat_map(|p| &p.files) {
            given.entry(name).or_default().insert(hash);
        }
        let mut stale = Vec::new();
        for (name, hashes) in given {
            let path = folder.join(name);
            if files.iter().any(|(new, _)| new == name) || !path.is_file() {
                continue;
            }
            let there = std::fs::read(&path).map_err(PublicationError::file(&path))?;
            if hashes.contains(&sha256(&there)) {
                stale.push(path);
            }
        }
        Ok(stale)
    }

    /// Enters files, then puts them in their places.
    fn give(
        &mut self,
        what: &'static str,
        folder: &Path,
        files: &Files,
        detail: Detail,
    ) -> Result<Released, PublicationError> {
        self.guard(files, folder, |_, hash| {
            let given = self.case.state().published().iter();
            let of_its_kind = given.filter(|p| p.what == what);
            of_its_kind
                .flat_map(|p| p.files.values())
                .any(|h| h == hash)
        })?;
        // Before it is entered: what cannot be written is not given out.
        let is_new = !folder.exists();
        std::fs::create_dir_all(folder).map_err(PublicationError::file(folder))?;
        let published = Published {
            what: what.to_owned(),
            version: self.case.next_version(what),
            files: files.hashes(),
        };
        let version = published.version;
        let stale = self.stale(what, folder, files)?;
        if let Err(refused) = self.case.publish(self.actor, published) {
            if is_new {
                // Nothing is in it; if it cannot be removed it stays empty.
                let _ = std::fs::remove_dir(folder);
            }
            return Err(refused.into());
        }
        files.write(folder)?;
        for path in &stale {
            std::fs::remove_file(path).map_err(PublicationError::file(path))?;
        }
        Ok(Released {
            what,
            version: Some(version),
            files: files.len(),
            folder: folder.to_owned(),
            removed: stale,
            missing: files.missing().clone(),
            detail,
        })
    }
}

/// A format of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// A page.
    Html,
    /// Markdown.
    Markdown,
    /// PDF.
    Pdf,
}

impl DocumentFormat {
    /// As a file's name ends: `.md`, `.pdf`, and a page where it ends in `.html` or in nothing.
    ///
    /// # Errors
    ///
    /// When it ends otherwise: a page called `.docx` would be taken for what it is not.
    pub fn of(path: &Path) -> Result<Self, PublicationError> {
        let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        match ending.as_ref().map(|e| e.to_str()) {
            Some(Some("md")) => Ok(Self::Markdown),
            Some(Some("pdf")) => Ok(Self::Pdf),
            None | Some(Some("html" | "htm")) => Ok(Self::Html),
            Some(_) => Err(PublicationError::UnknownFormat(path.to_owned())),
        }
    }

    fn render(self, document: &Document) -> Result<Rendered, PublicationError> {
        let whole = |text: String| Rendered {
            bytes: text.into_bytes(),
            missing: BTreeSet::new(),
        };
        match self {
            Self::Html => Ok(whole(document.html())),
            Self::Markdown => Ok(whole(document.markdown())),
            Self::Pdf => document
                .pdf()
                .map_err(|e| PublicationError::Encode(e.to_string())),
        }
    }
}

/// A document as HTML, Markdown and PDF.
fn documents(
    document: &Document,
    name: &str,
    contents: Contents,
) -> Result<Files, PublicationError> {
    let mut files = Files::default();
    for (ending, format) in [
        ("html", DocumentFormat::Html),
        ("md", DocumentFormat::Markdown),
        ("pdf", DocumentFormat::Pdf),
    ] {
        let rendered = format.render(document)?;
        files.add(format!("{name}.{ending}"), contents, rendered.bytes)?;
        files.lacks(rendered.missing);
    }
    Ok(files)
}
