//! `overt publish`: what a case comes to, given out in files that are entered in its ledger.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use overt_case::entry::{Action, Published};
use overt_case::{Case, CaseError};
use overt_publication::{
    Standing, Takedown, listing, misp, oversight, recommendation, statement, stix, takedowns,
};
use overt_findings::csv_safe::cell;
use overt_publication::document::Document;
use overt_ledger::{SecretKey, TlogProof, tile};
use overt_model::Entity;
use overt_model::key::hex;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::keys::Folder;
use super::witness::cosigned;
use super::{By, Of, today};
use crate::failure::Failure;
use crate::voice::Voice;

/// Give out what a case comes to
#[derive(Args)]
#[command(
    after_help = "Each kind of output is entered in the ledger with the hashes of its files. What rests on evidence that was withdrawn \
    is left out, and taken back where it was given out before.\n\n\
    A list is a proposal, and says so in every entry, until the key of the authority that the regime's file names signs it: \
    overt screen warns on a proposal and bars nobody.\n\n\
    Examples:\n  overt publish midterms-2026 --list eo13848-list/ --sign alice --by alice\n  \
    overt lists load eo13848-list/ --store lists/\n  \
    overt publish midterms-2026 --takedowns out/ --by alice\n  \
    overt publish midterms-2026 --package package/ --oversight oversight/ --by alice\n  \
    overt publish midterms-2026 --stix case.stix.json --misp case.misp.json --by alice\n  \
    overt publish midterms-2026 --log log/ --sign office.example/ledger --by alice"
)]
pub(crate) struct Publish {
    #[command(flatten)]
    of: Of,
    /// The list of designated parties, into a folder that holds the versions before: FollowTheMoney, OFAC's legacy CSV,
    /// what changed, and a signed note of all of it
    #[arg(long, value_name = "FOLDER", requires = "sign")]
    list: Option<PathBuf>,
    /// Lists of accounts for platforms to close, with the EU's statements of reasons, into a folder
    #[arg(long, value_name = "FOLDER")]
    takedowns: Option<PathBuf>,
    /// The statement of reasons of every determination, and every recommendation, as HTML, PDF and Markdown, into a folder
    #[arg(long, value_name = "FOLDER")]
    package: Option<PathBuf>,
    /// Every decision to act or not, for those who oversee, into a folder
    #[arg(long, value_name = "FOLDER")]
    oversight: Option<PathBuf>,
    /// STIX 2.1
    #[arg(long, value_name = "FILE")]
    stix: Option<PathBuf>,
    /// A MISP event
    #[arg(long, value_name = "FILE")]
    misp: Option<PathBuf>,
    /// The ledger as anybody may have it: its checkpoint, its tiles, a proof for each decision; into a folder
    #[arg(long, value_name = "FOLDER", requires = "sign")]
    log: Option<PathBuf>,
    /// A witness to ask for its cosignature of the ledger's checkpoint
    #[arg(long, value_name = "ADDRESS", requires = "log")]
    witness: Vec<String>,
    /// Put accounts into STIX and MISP, for recipients who may have them
    #[arg(long)]
    identified: bool,
    /// The key that signs a list or a checkpoint
    #[arg(long, value_name = "KEY")]
    sign: Option<String>,
    #[command(flatten)]
    keys: Folder,
    #[command(flatten)]
    by: By,
}

/// Files to be given out, by their names in a folder.
type Files = BTreeMap<String, Vec<u8>>;

impl Publish {
    pub(crate) fn run(self, voice: &Voice) -> Result<(), Failure> {
        let mut case = self.of.open()?;
        let key = self
            .sign
            .as_ref()
            .map(|name| self.keys.open(name))
            .transpose()?;
        let mut said = Vec::new();
        if let (Some(folder), Some(key)) = (&self.list, &key) {
            let (files, words) = list(&case, folder, key)?;
            said.push(words);
            self.give(&mut case, "list", folder, files, &mut said)?;
        }
        if let Some(folder) = &self.takedowns {
            let found = takedowns(&case)?;
            let accounts: usize = found.iter().map(|t| t.restricted.accounts.len()).sum();
            said.push(format!(
                "{} on {}",
                counted(accounts, "established account"),
                counted(found.len(), "platform")
            ));
            let board = case.board();
            let standing = board.decisions().iter().filter(|(_, made)| {
                made.decided.action == Action::Takedown
                    && board.lost(&made.decided.rests_on).is_empty()
            });
            let empty = standing.filter(|(number, _)| found.iter().all(|t| t.decision != **number));
            said.extend(empty.map(|(number, made)| {
                format!(
                    "decision {number}: no account of {} is established, and nobody is named",
                    made.decided.subject
                )
            }));
            self.give(
                &mut case,
                "takedowns",
                folder,
                takedown_files(&found)?,
                &mut said,
            )?;
        }
        if let Some(folder) = &self.package {
            let mut files = Files::new();
            let standing = key.as_ref().map_or(Standing::Proposal, |key| {
                Standing::of(case.regime(), &key.public().to_string())
            });
            for number in case.board().determinations().keys() {
                let document = statement(&case, *number, standing)?;
                files.extend(written(&document, &format!("statement-{number}"))?);
            }
            for (number, made) in case.board().decisions() {
                if made.decided.action == Action::Recommend {
                    let document = recommendation(&case, *number, standing)?;
                    files.extend(written(&document, &format!("recommendation-{number}"))?);
                }
            }
            self.give(&mut case, "package", folder, files, &mut said)?;
        }
        if let Some(folder) = &self.oversight {
            let account = oversight(&case, today())?;
            let mut files = written(&account.document(), "oversight")?;
            files.insert("oversight.json".to_owned(), pretty(&account)?);
            self.give(&mut case, "oversight", folder, files, &mut said)?;
        }
        self.shared(&mut case, &mut said)?;
        if let (Some(folder), Some(key)) = (&self.log, &key) {
            let files = self.ledger(&case, key)?;
            said.push(format!(
                "a checkpoint of {} entries, with its tiles",
                case.size()
            ));
            place(folder, files)?;
        }
        if said.is_empty() {
            return Err(Failure::Usage(
                "[usage] what is to be given out?\n  name it: --list, --takedowns, --package, --oversight, --stix, --misp or --log".to_owned(),
            ));
        }
        voice.result(&said.join("\n"), &json!({ "published": said }));
        Ok(())
    }

    fn shared(&self, case: &mut Case, said: &mut Vec<String>) -> Result<(), Failure> {
        let accounts = match (self.identified, self.stix.is_some() || self.misp.is_some()) {
            (true, true) => Some(takedowns(case)?),
            _ => None,
        };
        for (what, path) in [("stix", &self.stix), ("misp", &self.misp)] {
            let Some(path) = path else {
                continue;
            };
            let value = if what == "stix" {
                stix(case, accounts.as_deref())?
            } else {
                misp(case, accounts.as_deref())?
            };
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
            let files = Files::from([(name, pretty(&value)?)]);
            self.give(case, what, folder.unwrap_or(Path::new(".")), files, said)?;
        }
        Ok(())
    }

    /// Enters files, then puts them in their place.
    fn give(
        &self,
        case: &mut Case,
        what: &str,
        folder: &Path,
        files: Files,
        said: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let hashes = files
            .iter()
            .map(|(name, bytes)| (name.clone(), sha256(bytes)));
        let published = Published {
            what: what.to_owned(),
            version: case.next_version(what),
            files: hashes.collect(),
        };
        said.push(format!(
            "{what} {}: {} in {}",
            published.version,
            counted(files.len(), "file"),
            folder.display()
        ));
        case.publish(self.by.hand(), published)?;
        place(folder, files)
    }

    /// The ledger: a checkpoint, the tiles and the commitments under it, and a proof for each determination and decision.
    fn ledger(&self, case: &Case, key: &SecretKey) -> Result<Files, Failure> {
        let note = case.sign_checkpoint(key)?;
        let note = cosigned(case, note, &self.witness)?;
        let size = overt_ledger::Checkpoint::read(&note.text)
            .map_err(CaseError::from)?
            .size;
        let mut files = Files::from([("checkpoint".to_owned(), note.to_string().into_bytes())]);
        for (id, width) in tile::tiles_between(0, size) {
            if let Some(mut bytes) = case.tile(id)? {
                bytes.truncate(width * overt_ledger::Hash::LENGTH);
                files.insert(id.path(width), bytes);
            }
        }
        let mut commitments = Vec::new();
        case.entries(&mut |sealed, _| {
            commitments.push(sealed.commitment.0);
            Ok(())
        })?;
        commitments.truncate(size as usize);
        for (n, part) in commitments.chunks(1 << 8).enumerate() {
            let bundle = tile::bundle(part.iter().map(|c| &c[..]));
            files.insert(
                tile::bundle_path(n as u64, part.len()),
                bundle.unwrap_or_default(),
            );
        }
        let board = case.board();
        let proven = board.determinations().values().map(|d| d.seq);
        let proven = proven.chain(board.decisions().values().map(|d| d.seq));
        let mut prover = case.prover(size)?;
        for seq in proven.filter(|seq| *seq < size) {
            let hashes = prover
                .inclusion(seq)
                .map_err(|missing: overt_ledger::MissingTile| {
                    Failure::Input(format!(
                        "[case.damaged] {}: {missing}",
                        case.folder().display()
                    ))
                })?;
            let proof = TlogProof {
                extra: None,
                index: seq,
                hashes,
                checkpoint: note.clone(),
            };
            files.insert(
                format!("proofs/{seq}.tlog-proof"),
                proof.to_string().into_bytes(),
            );
        }
        Ok(files)
    }
}

/// The list, with what changed since the version that is in the folder.
fn list(case: &Case, folder: &Path, key: &SecretKey) -> Result<(Files, String), Failure> {
    let public = key.public().to_string();
    let standing = Standing::of(case.regime(), &public);
    let list = listing(case, standing)?;
    let name = format!("{}.ftm.json", list.dataset(case));
    let before = before(&folder.join(&name))?;
    let version = case.next_version("list");
    let mut files = Files::new();
    let legacy = list.legacy();
    files.insert(name, list.lines());
    for (name, bytes) in [
        ("ofac/sdn.csv", legacy.sdn),
        ("ofac/alt.csv", legacy.alt),
        ("ofac/add.csv", legacy.add),
        ("ofac/sdn_comments.csv", legacy.comments),
    ] {
        files.insert(name.to_owned(), bytes);
    }
    let delta = overt_lists::delta(&before, &list.entities);
    files.insert(format!("deltas/{version}.delta.json"), delta);
    let gone = before
        .iter()
        .filter(|old| old.target && list.entities.iter().all(|new| new.id != old.id));
    for old in gone {
        let why = list.taken_back.get(&old.id).map_or("", String::as_str);
        let text = format!(
            "overt correction\nregime {}\nlist {version}\ntaken back {}\nname {}\nbecause {}\n",
            case.regime().id,
            old.id,
            old.caption,
            why.replace('\n', " ")
        );
        let line = key.sign(&text, 0);
        files.insert(
            format!("corrections/{version}-{}.txt", file_name(&old.id)),
            format!("{text}\n{line}\n").into_bytes(),
        );
    }
    let previous = folder.join(format!("signed/{}.txt", version.saturating_sub(1)));
    let previous = fs::read(previous).map_or("none".to_owned(), |bytes| sha256(&bytes));
    let mut text = format!(
        "overt list\nregime {} {}\nversion {version}\nstanding {}\nprevious {previous}\n",
        case.regime().id,
        case.board()
            .opened()
            .map_or("", |o| o.regime_sha256.as_str()),
        standing.name()
    );
    for (name, bytes) in &files {
        text.push_str(&format!("file {name} {}\n", sha256(bytes)));
    }
    let line = key.sign(&text, 0);
    files.insert(
        format!("signed/{version}.txt"),
        format!("{text}\n{line}\n").into_bytes(),
    );
    let words = format!(
        "{}, as {}, signed by {}",
        match list.parties().count() {
            1 => "1 party".to_owned(),
            n => format!("{n} parties"),
        },
        match standing {
            Standing::Proposal => "a proposal that bars nobody",
            Standing::Final => "a list of the authority that the regime names",
        },
        key.name()
    );
    Ok((files, words))
}

/// The entities of the version before.
fn before(path: &Path) -> Result<Vec<Entity>, Failure> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    if fs::metadata(path).is_ok_and(|m| m.len() == 0) {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path)
        .map_err(|e| Failure::Environment(format!("[output.failed] {}: {e}", path.display())))?;
    let entities = text.lines().map(serde_json::from_str::<Entity>);
    entities.collect::<Result<_, _>>().map_err(|e| {
        Failure::Input(format!(
            "[intake.wrong-format] {}: is no list that was published before: {e}\n  name an empty folder, or the one with the versions before",
            path.display()
        ))
    })
}

/// A hundred statements at a time is what the register takes.
const STATEMENTS: usize = 100;

fn takedown_files(found: &[Takedown]) -> Result<Files, Failure> {
    let mut files = Files::new();
    for takedown in found {
        let name = format!("{}-{}", file_name(&takedown.platform), takedown.decision);
        files.insert(
            format!("restricted/{name}.json"),
            pretty(&takedown.restricted)?,
        );
        files.insert(format!("restricted/{name}.csv"), table(takedown));
        files.insert(format!("public/{name}.json"), pretty(&takedown.public)?);
        for (n, part) in takedown.statements.chunks(STATEMENTS).enumerate() {
            let body = pretty(&json!({ "statements": part }))?;
            files.insert(format!("dsa/{name}-{}.json", n + 1), body);
        }
    }
    Ok(files)
}

fn table(takedown: &Takedown) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = [
        "account",
        "name",
        "public_id",
        "q",
        "degree",
        "posts",
        "posts_in_step",
        "rule",
        "campaign",
        "sponsor",
        "objection",
    ];
    let mut write = |cells: &[&str]| {
        // Writing to memory does not fail, and all rows are of one length.
        let _ = table.write_record(cells.iter().map(|c| cell(c).into_owned()));
    };
    write(&head);
    let of = &takedown.restricted;
    for a in &of.accounts {
        write(&[
            &a.account,
            &a.name,
            &a.public_id,
            &a.q.to_string(),
            &a.degree.to_string(),
            &a.posts.to_string(),
            &a.posts_in_step.to_string(),
            &of.rule,
            &of.campaign,
            &of.sponsor,
            "",
        ]);
    }
    table.into_inner().unwrap_or_default()
}

/// A name from outside as part of a file's.
fn file_name(name: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => c,
        _ => '_',
    };
    name.chars().map(plain).collect()
}

fn written(document: &Document, name: &str) -> Result<Files, Failure> {
    let pdf = document
        .pdf()
        .map_err(|e| Failure::Environment(format!("[output.encode] {e}")))?;
    Ok(Files::from([
        (format!("{name}.html"), document.html().into_bytes()),
        (format!("{name}.md"), document.markdown().into_bytes()),
        (format!("{name}.pdf"), pdf),
    ]))
}

/// So many of something that makes its plural with an s.
fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|e| Failure::Environment(format!("[output.encode] {e}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Puts files in their places, each whole or not at all.
pub(super) fn place(folder: &Path, files: Files) -> Result<(), Failure> {
    for (name, bytes) in files {
        let path = folder.join(&name);
        let failed = |e: std::io::Error| {
            Failure::Environment(format!("[output.failed] {}: {e}", path.display()))
        };
        let beside = path.parent().unwrap_or(folder);
        fs::create_dir_all(beside).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(beside).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(0o644);
            file.as_file().set_permissions(mode).map_err(failed)?;
        }
        file.persist(&path).map_err(|e| failed(e.error))?;
    }
    Ok(())
}
