//! The list of designated parties, with what changed since the version that is in the folder.

use std::fs;
use std::path::Path;

use overt_attribution::Act;
use overt_case::entry::Person;
use overt_case::{Case, Disclosure};
use overt_files::Contents;
use overt_ledger::SecretKey;
use overt_model::Entity;

use super::{Detail, Files, documents, file_name, sha256};
use crate::annex::annex;
use crate::list::{Listing, listing};
use crate::{ListStatus, PublicationError};

pub(super) fn list(
    case: &Disclosure<'_>,
    folder: &Path,
    key: &SecretKey,
) -> Result<(Files, Detail), PublicationError> {
    let status = ListStatus::of(case.regime(), &key.public().to_string());
    let list = listing(case, status)?;
    let name = format!("{}.ftm.json", list.dataset(case));
    let before = before(&folder.join(&name))?;
    let version = case.case().next_version("list");
    let mut files = Files::default();
    let legacy = list.legacy();
    files.add(name, Contents::Public, list.lines())?;
    files.add("ofac/sdn.csv", Contents::Public, legacy.sdn)?;
    files.add("ofac/alt.csv", Contents::Public, legacy.alt)?;
    files.add("ofac/add.csv", Contents::Public, legacy.add)?;
    files.add("ofac/sdn_comments.csv", Contents::Public, legacy.comments)?;
    if let Some(annex) = annex(case, status)? {
        files.extend(documents(&annex, "list", Contents::Public)?)?;
    }
    let delta = overt_lists::delta(&before, &list.entities);
    files.add(
        format!("deltas/{version}.delta.json"),
        Contents::Public,
        delta,
    )?;
    add_corrections(&mut files, case.case(), &before, &list, version, key)?;
    let note = note(case, &files, &list, version, key);
    let signed = sign(key, &note);
    files.add(format!("signed/{version}.txt"), Contents::Public, signed)?;
    let detail = Detail::List {
        parties: list.parties().count(),
        status,
        key: key.name().to_owned(),
    };
    Ok((files, detail))
}

/// A signed note for every party that was listed before and is not any more.
fn add_corrections(
    files: &mut Files,
    case: &Case,
    before: &[Entity],
    list: &Listing,
    version: u64,
    key: &SecretKey,
) -> Result<(), PublicationError> {
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
        let name = format!("corrections/{version}-{}.txt", file_name(&old.id));
        files.add(name, Contents::Public, sign(key, &text))?;
    }
    Ok(())
}

/// What the list's key signs: itself, the regime, the version before, and the hash of every file.
fn note(
    case: &Disclosure<'_>,
    files: &Files,
    list: &Listing,
    version: u64,
    key: &SecretKey,
) -> String {
    let published = case.state().published().iter();
    let lists = published.filter(|p| p.what == "list" && p.version < version);
    let last = lists.max_by_key(|p| p.version);
    let previous = last.and_then(|p| p.files.get(&format!("signed/{}.txt", p.version)));
    let previous = previous.map_or("none", String::as_str);
    let mut text = format!(
        "overt list\ndataset {}\nkey {}\nregime {} {}\nversion {version}\nstatus {}\nprevious {previous}\n",
        list.dataset(case),
        key.public(),
        case.regime().id,
        case.state()
            .opened()
            .map_or("", |o| o.regime_sha256.as_str()),
        list.status.name()
    );
    // Whoever publishes here may sign the next version. Their names are nobody's business: hashes of their keys do.
    let mut next: Vec<String> = case
        .state()
        .people()
        .values()
        .filter(|person| may_publish(case, person))
        .filter_map(|person| person.key.as_deref())
        .map(|key| sha256(key.trim().as_bytes()))
        .collect();
    next.sort_unstable();
    for key in next {
        text.push_str(&format!("next {key}\n"));
    }
    for (name, bytes) in files.iter() {
        text.push_str(&format!("file {name} {}\n", sha256(bytes)));
    }
    text
}

fn may_publish(case: &Disclosure<'_>, person: &Person) -> bool {
    let mut roles = person.roles.iter().filter_map(|r| case.regime().role(r));
    roles.any(|role| role.may.contains(&Act::Publish))
}

fn sign(key: &SecretKey, text: &str) -> String {
    format!("{text}\n{}\n", key.sign(text, 0))
}

/// The entities of the version before.
fn before(path: &Path) -> Result<Vec<Entity>, PublicationError> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).map_err(PublicationError::file(path))?;
    let entities = text.lines().map(serde_json::from_str::<Entity>);
    entities
        .collect::<Result<_, _>>()
        .map_err(|e| PublicationError::NotAList {
            path: path.to_owned(),
            detail: e.to_string(),
        })
}
