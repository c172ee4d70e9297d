//! Lists that somebody signed: what is taken, as what, and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use overt_ledger::{Purpose, SecretKey};
use overt_lists::{Limits, Loaded, Loading, Store, StoreError, Version, read, read_signed_delta};
use overt_model::{Entity, ftm};
use sha2::{Digest, Sha256};

/// A publisher of lists: its folder, its key, and what it said before.
struct Publisher {
    folder: tempfile::TempDir,
    key: SecretKey,
    status: &'static str,
    version: u64,
    previous: String,
    listed: Vec<&'static str>,
    dataset: &'static str,
    /// Keys that may sign the next version.
    next: Vec<String>,
}

fn key(name: &str) -> SecretKey {
    let seed: [u8; 32] = Sha256::digest(name).into();
    SecretKey::new(name, Purpose::Note, &seed).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    overt_model::key::hex(&Sha256::digest(bytes))
}

fn entity(name: &str) -> Entity {
    let mut entity = Entity::new(format!("eo-{name}"), ftm::schema("Company").unwrap());
    entity.add("name", name);
    entity.add("program", "EO-TEST");
    entity.add("topics", "sanction");
    entity.target = true;
    entity
}

fn line(entity: &Entity) -> String {
    serde_json::to_string(entity).unwrap() + "\n"
}

impl Publisher {
    fn new(name: &str, status: &'static str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            key: key(name),
            status,
            version: 0,
            previous: "none".to_owned(),
            listed: Vec::new(),
            dataset: "list",
            next: Vec::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn publish(&mut self, listed: &[&'static str]) {
        self.version += 1;
        let list: String = listed.iter().map(|n| line(&entity(n))).collect();
        let op = |op: &str, name: &str| {
            serde_json::json!({ "op": op, "entity": entity(name) }).to_string() + "\n"
        };
        let added = listed.iter().filter(|n| !self.listed.contains(n));
        let gone = self.listed.iter().filter(|n| !listed.contains(n));
        let delta: String = added
            .map(|n| op("ADD", n))
            .chain(gone.map(|n| op("DEL", n)))
            .collect();
        let row = |(n, name): (usize, &&str)| {
            format!(
                "{},\"{name}\",-0- ,\"EO-TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n",
                900_000_001 + n
            )
        };
        // As DOS ended files, and OFAC its own still.
        let end = "\u{1a}";
        let sdn: String = listed.iter().enumerate().map(row).collect();
        let alias = |n| format!("{},1,\"aka\",\"OTHER NAME {n}\",-0- \n", 900_000_001 + n);
        let alt = (0..listed.len()).map(alias).collect::<Vec<_>>().concat();
        let files = BTreeMap::from([
            ("list.ftm.json".to_owned(), list),
            ("ofac/sdn.csv".to_owned(), sdn + end),
            ("ofac/alt.csv".to_owned(), alt + end),
            (format!("deltas/{}.delta.json", self.version), delta),
        ]);
        let mut text = format!(
            "overt list\ndataset {}\nkey {}\nregime r {}\nversion {}\nstatus {}\nprevious {}\n",
            self.dataset,
            self.key.public(),
            "0".repeat(64),
            self.version,
            self.status,
            self.previous
        );
        for key in &self.next {
            text.push_str(&format!("next {key}\n"));
        }
        for (name, content) in &files {
            self.write(name, content);
            text.push_str(&format!("file {name} {}\n", sha256(content.as_bytes())));
        }
        let note = format!("{text}\n{}\n", self.key.sign(&text, 0));
        self.previous = sha256(note.as_bytes());
        self.write(&format!("signed/{}.txt", self.version), &note);
        self.listed = listed.to_vec();
    }

    /// Changes a file and leaves the note as it is.
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(name, &text.replace(from, to));
    }
}

fn load(store: &Path, paths: &[PathBuf]) -> Result<Vec<Version>, StoreError> {
    let lists = read(paths, &Limits::default())?;
    let mut loading = Loading::open(store)?;
    let mut versions = Vec::new();
    for (n, list) in (0..).zip(lists) {
        let (Loaded::New(version) | Loaded::Unchanged(version)) =
            loading.add(list, 1_700_000_000_000 + n, &Limits::default())?;
        versions.push(version);
    }
    loading.commit()?;
    Ok(versions)
}

fn load_delta(store: &Path, path: &Path) -> Result<(), StoreError> {
    let (deltas, file, signed) = read_signed_delta(path)?;
    let mut loading = Loading::open(store)?;
    loading.apply("list", &deltas, file, signed, 1_800_000_000_000)?;
    loading.commit()?;
    Ok(())
}

fn stored(store: &Path) -> Vec<Entity> {
    let store = Store::open(store).unwrap();
    let version = store.latest("list").unwrap();
    store.entities(version).unwrap()
}

fn code(result: Result<impl std::fmt::Debug, StoreError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn what_was_signed_is_loaded_and_what_was_changed_is_not() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha", "Beta"]);
    let store = tempfile::tempdir().unwrap();
    let folder = office.folder.path().to_owned();
    let versions = load(store.path(), std::slice::from_ref(&folder)).unwrap();
    assert_eq!(versions[0].signed.as_ref().unwrap().version, 1);

    office.edit("list.ftm.json", "Alpha", "Innocent Gmbh");
    assert_eq!(
        code(load(store.path(), std::slice::from_ref(&folder))),
        "lists.altered"
    );
    // Cut at the end of a line, it would still be a list.
    office.edit("list.ftm.json", "Innocent Gmbh", "Alpha");
    let whole = fs::read_to_string(office.path("list.ftm.json")).unwrap();
    office.write("list.ftm.json", &whole[..=whole.find('\n').unwrap()]);
    assert_eq!(
        code(load(store.path(), std::slice::from_ref(&folder))),
        "lists.altered"
    );
    office.write("list.ftm.json", "");
    assert!(load(store.path(), std::slice::from_ref(&folder)).is_err());
    // Without the note nobody answers for it, and it does not take the place of what somebody answers for.
    fs::remove_dir_all(office.path("signed")).unwrap();
    office.write("list.ftm.json", &whole.replace("Alpha", "Innocent Gmbh"));
    assert_eq!(
        code(load(store.path(), std::slice::from_ref(&folder))),
        "lists.does-not-continue"
    );
    assert_eq!(stored(store.path()).len(), 2);
}

#[test]
fn a_note_that_was_changed_or_is_of_somebody_else_is_refused() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    let folder = [office.folder.path().to_owned()];
    load(store.path(), &folder).unwrap();

    office.edit("signed/1.txt", "status proposal", "status final");
    assert_eq!(code(load(store.path(), &folder)), "lists.bad-note");
    office.edit("signed/1.txt", "status final", "status proposal");
    office.edit("signed/1.txt", "\nversion 1", "\nversion 1\nversion 1");
    assert_eq!(code(load(store.path(), &folder)), "lists.bad-note");

    let mut other = Publisher::new("other.example", "proposal");
    other.publish(&["Innocent Gmbh"]);
    let theirs = [other.folder.path().to_owned()];
    assert_eq!(code(load(store.path(), &theirs)), "lists.does-not-continue");
    // Who knows the other key says so.
    let mut loading = Loading::open(store.path()).unwrap();
    loading.pin(&other.key.public());
    loading.commit().unwrap();
    load(store.path(), &theirs).unwrap();
}

#[test]
fn an_older_version_and_a_second_history_are_refused() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let old = copy_of(&office);
    office.publish(&["Alpha", "Beta"]);
    let store = tempfile::tempdir().unwrap();
    load(store.path(), &[office.folder.path().to_owned()]).unwrap();
    assert_eq!(
        code(load(store.path(), &[old.path().to_owned()])),
        "lists.does-not-continue"
    );

    // The same key signs another second version, and a third one after it.
    let mut twin = Publisher::new("office.example", "proposal");
    twin.publish(&["Alpha"]);
    twin.publish(&["Alpha", "Innocent Gmbh"]);
    assert_eq!(
        code(load(store.path(), &[twin.folder.path().to_owned()])),
        "lists.does-not-continue"
    );
    twin.publish(&["Alpha"]);
    assert_eq!(
        code(load(store.path(), &[twin.folder.path().to_owned()])),
        "lists.does-not-continue"
    );
    // A newest note without the ones before it does not make an older file fit.
    fs::remove_file(office.path("signed/1.txt")).unwrap();
    office.publish(&["Alpha"]);
    load(store.path(), &[office.folder.path().to_owned()]).unwrap();
    assert_eq!(stored(store.path()).len(), 1);
}

/// The folder as it is now.
fn copy_of(office: &Publisher) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        fs::create_dir_all(to.path().join(&folder)).unwrap();
        for entry in fs::read_dir(office.path("").join(&folder))
            .unwrap()
            .flatten()
        {
            let name = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(name);
            } else {
                fs::copy(entry.path(), to.path().join(name)).unwrap();
            }
        }
    }
    to
}

#[test]
fn notes_that_are_left_out_hide_no_other_history() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    let folder = [office.folder.path().to_owned()];
    office.publish(&["Alpha", "Beta"]);
    load(store.path(), &folder).unwrap();
    let mut twin = Publisher::new("office.example", "proposal");
    twin.publish(&["Alpha"]);
    twin.publish(&["Alpha", "Innocent Gmbh"]);
    twin.publish(&["Alpha", "Innocent Gmbh", "Gamma"]);
    let theirs = [twin.folder.path().to_owned()];
    for note in ["signed/1.txt", "signed/2.txt"] {
        fs::remove_file(twin.path(note)).unwrap();
        assert_eq!(
            code(load(store.path(), &theirs)),
            "lists.does-not-continue",
            "{note}"
        );
    }
    // Beyond the next version nobody can tell without the notes between; with them it follows.
    office.publish(&["Alpha"]);
    let between = fs::read(office.path("signed/3.txt")).unwrap();
    office.publish(&["Beta"]);
    for note in ["signed/1.txt", "signed/2.txt", "signed/3.txt"] {
        fs::remove_file(office.path(note)).unwrap();
    }
    assert_eq!(code(load(store.path(), &folder)), "lists.does-not-continue");
    fs::write(office.path("signed/3.txt"), between).unwrap();
    load(store.path(), &folder).unwrap();
    assert_eq!(stored(store.path()).len(), 1);
}

#[test]
fn a_key_that_the_version_before_names_may_sign_the_next() {
    let mut office = Publisher::new("office.example", "proposal");
    office.next = vec![sha256(
        key("second.example").public().to_string().as_bytes(),
    )];
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    let folder = [office.folder.path().to_owned()];
    load(store.path(), &folder).unwrap();
    office.key = key("second.example");
    office.publish(&["Alpha", "Beta"]);
    load_delta(store.path(), &office.path("deltas/2.delta.json")).unwrap();
    office.next.clear();
    office.publish(&["Beta"]);
    load(store.path(), &folder).unwrap();
    office.key = key("third.example");
    office.publish(&["Gamma"]);
    assert_eq!(code(load(store.path(), &folder)), "lists.does-not-continue");
}

#[test]
fn nobody_takes_over_a_list_that_is_not_signed() {
    let store = tempfile::tempdir().unwrap();
    let plain = tempfile::tempdir().unwrap();
    fs::write(plain.path().join("list.ftm.json"), line(&entity("Real"))).unwrap();
    load(store.path(), &[plain.path().to_owned()]).unwrap();
    let mut office = Publisher::new("office.example", "final");
    office.publish(&["Innocent Gmbh"]);
    let mut loading = Loading::open(store.path()).unwrap();
    loading.pin(&office.key.public());
    loading.commit().unwrap();
    let folder = [office.folder.path().to_owned()];
    assert_eq!(code(load(store.path(), &folder)), "lists.does-not-continue");
}

#[test]
fn a_folder_is_as_it_was_signed_or_is_refused() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    for damage in ["changed", "gone", "one more"] {
        let copy = copy_of(&office);
        let root = copy.path();
        match damage {
            "changed" => fs::write(root.join("ofac/sdn.csv"), "").unwrap(),
            "gone" => fs::remove_file(root.join("list.ftm.json")).unwrap(),
            _ => {
                let altered = line(&entity("Innocent Gmbh"));
                fs::write(root.join("another.ftm.json"), altered).unwrap();
            }
        }
        let refused = load(store.path(), &[root.to_owned()]);
        assert_eq!(code(refused), "lists.altered", "{damage}");
    }
}

#[test]
fn a_list_of_somebody_else_in_a_folder_of_its_own_is_nobodys_business() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    office.write("un/un.ftm.json", &line(&entity("Beta")));
    let loaded = load(store.path(), &[office.path("un")]).unwrap();
    assert_eq!((loaded[0].targets, &loaded[0].signed), (1, &None));
    // In the folder that the note signs it would pass for a part of that.
    office.write("ofac/un.ftm.json", &line(&entity("Beta")));
    assert_eq!(
        code(load(store.path(), &[office.path("ofac/un.ftm.json")])),
        "lists.altered"
    );
}

#[test]
fn what_is_called_a_proposal_is_one_without_its_note_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = entity("Innocent Gmbh");
    one.id = "proposal-eo-1".to_owned();
    let mut other = entity("Innocent Ltd");
    other.datasets = vec!["eo_proposal".to_owned()];
    fs::write(folder.path().join("x.ftm.json"), line(&one) + &line(&other)).unwrap();
    let list = read(&[folder.path().to_owned()], &Limits::default())
        .unwrap()
        .remove(0);
    assert!(list.list.entities.iter().all(Entity::is_proposal));
}

#[test]
fn a_list_that_was_cut_or_broken_does_not_take_the_place_of_a_whole_one() {
    let store = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..200).map(|n| format!("Party {n}")).collect();
    let whole: String = names.iter().map(|n| line(&entity(n))).collect();
    let file = folder.path().join("list.ftm.json");
    let loaded = |text: &str| {
        fs::write(&file, text).unwrap();
        load(store.path(), &[folder.path().to_owned()])
    };
    loaded(&whole).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let half = lines[..100].join("\n") + "\n";
    assert_eq!(code(loaded(&half)), "lists.shrunk");
    assert_eq!(
        code(loaded(&whole[..whole.len() - 40])),
        "intake.truncated-archive"
    );
    let broken = whole.replacen("\"schema\"", "\"shema\"", 3);
    assert_eq!(code(loaded(&broken)), "lists.too-many-rejects");
    let fewer = lines[..190].join("\n") + "\n";
    assert_eq!(loaded(&fewer).unwrap()[0].targets, 190);
    assert_eq!(stored(store.path()).len(), 190);
    // Whoever knows better says so.
    let lists = {
        fs::write(&file, &half).unwrap();
        read(&[folder.path().to_owned()], &Limits::NONE).unwrap()
    };
    let mut loading = Loading::open(store.path()).unwrap();
    for list in lists {
        loading.add(list, 1_700_000_000_001, &Limits::NONE).unwrap();
    }
    loading.commit().unwrap();
    assert_eq!(stored(store.path()).len(), 100);
}

#[test]
fn a_list_is_final_only_for_who_pinned_its_key() {
    let mut authority = Publisher::new("treasury.example", "final");
    authority.publish(&["Alpha"]);
    let folder = [authority.folder.path().to_owned()];
    let on_the_spot = read(&folder, &Limits::default())
        .unwrap()
        .remove(0)
        .unpinned();
    assert!(on_the_spot.entities[0].is_proposal());
    assert!(
        on_the_spot.notes.iter().any(|n| n.contains("calls itself")),
        "{:?}",
        on_the_spot.notes
    );

    let store = tempfile::tempdir().unwrap();
    load(store.path(), &folder).unwrap();
    assert!(stored(store.path())[0].is_proposal());
    assert!(stored(store.path())[0].get("topics").is_empty());

    let mut loading = Loading::open(store.path()).unwrap();
    assert_eq!(loading.pin(&authority.key.public()), ["list"]);
    loading.commit().unwrap();
    assert!(
        stored(store.path())[0].is_proposal(),
        "what was loaded before stays as it was known then"
    );
    load(store.path(), &folder).unwrap();
    assert!(!stored(store.path())[0].is_proposal());
    authority.publish(&["Alpha", "Beta"]);
    load_delta(store.path(), &authority.path("deltas/2.delta.json")).unwrap();
    assert_eq!(
        stored(store.path())
            .iter()
            .filter(|e| !e.is_proposal())
            .count(),
        2
    );

    let mut loading = Loading::open(store.path()).unwrap();
    loading
        .unpin(&authority.key.public(), 1_900_000_000_000)
        .unwrap();
    assert_eq!(
        code(loading.unpin(&authority.key.public(), 1_900_000_000_000)),
        "lists.not-pinned"
    );
    loading.commit().unwrap();
    assert!(stored(store.path()).iter().all(Entity::is_proposal));
}

#[test]
fn a_signed_delta_follows_the_version_it_is_of() {
    let mut office = Publisher::new("office.example", "final");
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    load(store.path(), &[office.folder.path().to_owned()]).unwrap();
    office.publish(&["Alpha", "Beta"]);
    office.publish(&["Beta", "Gamma"]);
    assert_eq!(
        code(load_delta(
            store.path(),
            &office.path("deltas/3.delta.json")
        )),
        "lists.does-not-continue"
    );
    office.edit("deltas/2.delta.json", "Beta", "Innocent Gmbh");
    assert_eq!(
        code(load_delta(
            store.path(),
            &office.path("deltas/2.delta.json")
        )),
        "lists.altered"
    );
    office.edit("deltas/2.delta.json", "Innocent Gmbh", "Beta");
    let stray = office.folder.path().join("stray");
    fs::create_dir_all(stray.join("here")).unwrap();
    fs::copy(
        office.path("deltas/2.delta.json"),
        stray.join("here/2.delta.json"),
    )
    .unwrap();
    assert_eq!(
        code(load_delta(store.path(), &stray.join("here/2.delta.json"))),
        "lists.does-not-continue"
    );
    load_delta(store.path(), &office.path("deltas/2.delta.json")).unwrap();
    load_delta(store.path(), &office.path("deltas/3.delta.json")).unwrap();
    let entities = stored(store.path());
    assert_eq!(entities.len(), 2);
    assert!(
        entities.iter().all(Entity::is_proposal),
        "nobody pinned its key"
    );
}

#[test]
fn a_list_on_which_nobody_is_left_is_a_list() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let (store, legacy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, ofac) = ([office.folder.path().to_owned()], [office.path("ofac")]);
    load(store.path(), &folder).unwrap();
    let of = load(legacy.path(), &ofac).unwrap();
    assert_eq!(
        (of[0].dataset.name.as_str(), of[0].targets),
        ("list_ofac", 1)
    );
    office.publish(&[]);
    assert_eq!(load(store.path(), &folder).unwrap()[0].entities, 0);
    assert_eq!(load(legacy.path(), &ofac).unwrap()[0].entities, 0);
    assert!(stored(store.path()).is_empty());
    // Nobody says that this file is meant to be empty.
    let cut = tempfile::tempdir().unwrap();
    fs::write(cut.path().join("list.ftm.json"), "").unwrap();
    assert_eq!(
        code(read(&[cut.path().to_owned()], &Limits::default())),
        "intake.empty-file"
    );
}

#[test]
fn a_file_that_belongs_to_a_signed_set_cannot_be_left_out() {
    let mut office = Publisher::new("office.example", "proposal");
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    fs::remove_file(office.path("ofac/alt.csv")).unwrap();
    assert_eq!(
        code(load(store.path(), &[office.path("ofac")])),
        "lists.altered"
    );
}

#[test]
fn a_name_that_leads_out_of_the_store_is_none() {
    let mut office = Publisher::new("office.example", "proposal");
    office.dataset = "../../elsewhere";
    office.publish(&["Alpha"]);
    let store = tempfile::tempdir().unwrap();
    let folder = [office.folder.path().to_owned()];
    assert_eq!(code(load(store.path(), &folder)), "lists.bad-note");
}
