//! The lists that are served, and how newer ones take their place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use arc_swap::{ArcSwap, ArcSwapOption};
use overt_lists::{Prepared, Store, StoreError, Version};
use overt_model::Entity;
use overt_screening::EntityId;
use sha2::{Digest, Sha256};

/// Where the lists come from.
#[derive(Debug)]
pub enum Source {
    /// A store, looked at again and again.
    Store(PathBuf),
    /// What was read once.
    Fixed(Box<Prepared>),
}

/// The lists at one moment. A request takes hold of one and answers from it alone.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) prepared: Prepared,
    /// Names what is served: different lists, different name.
    pub(crate) version: String,
}

impl Snapshot {
    fn new(prepared: Prepared) -> Self {
        let mut hash = Sha256::new();
        hash.update(overt_screening::ALGORITHM);
        for list in &prepared.lists {
            let version = list.version.as_deref().or(list.of.as_deref());
            hash.update(&list.dataset.name);
            hash.update(version.unwrap_or_default());
            hash.update(list.entities.end.to_le_bytes());
        }
        Self {
            version: overt_model::key::hex(&hash.finalize())[..16].to_owned(),
            prepared,
        }
    }
}

impl Snapshot {
    /// An entity as it is given out: the list that it stands in is among its datasets, first.
    pub(crate) fn entity(&self, place: EntityId) -> Option<Entity> {
        let entity = self.prepared.index.entity(place)?;
        Some(self.named(place, entity))
    }

    /// The entity that has or had an id, as it is given out.
    pub(crate) fn by_id(&self, id: &str) -> Option<Entity> {
        self.located(id).map(|(_, entity)| entity)
    }

    /// The same, with its place.
    pub(crate) fn located(&self, id: &str) -> Option<(EntityId, Entity)> {
        let (place, entity) = self.prepared.index.located(id)?;
        Some((place, self.named(place, entity)))
    }

    /// The entities that refer to an id, as they are given out, each with its place.
    pub(crate) fn referring_to(&self, id: &str) -> impl Iterator<Item = (EntityId, Entity)> {
        let referring = self.prepared.index.located_referring_to(id);
        referring.map(|(place, entity)| (place, self.named(place, entity)))
    }

    fn named(&self, place: EntityId, mut entity: Entity) -> Entity {
        let mut lists = self.prepared.lists.iter();
        if let Some(list) = lists.find(|l| l.entities.contains(&place.0)) {
            let name = &list.dataset.name;
            if !entity.datasets.contains(name) {
                entity.datasets.insert(0, name.clone());
            }
        }
        entity
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// What looking for newer lists found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// Newer ones, now served.
    Newer,
    /// None.
    Unchanged,
}

/// The lists that are served.
#[derive(Debug)]
pub(crate) struct Served {
    current: ArcSwap<Snapshot>,
    store: Option<PathBuf>,
    /// One looks for newer lists at a time.
    looking: Mutex<()>,
    trouble: ArcSwapOption<String>,
}

impl Served {
    /// Opens the lists.
    pub(crate) fn open(source: Source) -> Result<Self, StoreError> {
        let (prepared, store) = match source {
            Source::Store(path) => (Prepared::of_store(&Store::open(&path)?, None)?, Some(path)),
            Source::Fixed(prepared) => (*prepared, None),
        };
        Ok(Self {
            current: ArcSwap::from_pointee(Snapshot::new(prepared)),
            store,
            looking: Mutex::new(()),
            trouble: ArcSwapOption::empty(),
        })
    }

    /// What is served now.
    pub(crate) fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Whether there is a store to look at.
    pub(crate) fn can_change(&self) -> bool {
        self.store.is_some()
    }

    /// The store the lists are from, if they are from one.
    pub(crate) fn store(&self) -> Option<&Path> {
        self.store.as_deref()
    }

    /// Whether somebody is looking for newer lists.
    pub(crate) fn is_looking(&self) -> bool {
        matches!(self.looking.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Why newer lists could not be taken, if the last attempt failed.
    pub(crate) fn trouble(&self) -> Option<Arc<String>> {
        self.trouble.load_full()
    }

    /// Looks for newer lists and serves them. Blocks. If that fails, what was served before goes on being served.
    pub(crate) fn refresh(&self) -> Result<Refreshed, StoreError> {
        let Some(store) = &self.store else {
            return Ok(Refreshed::Unchanged);
        };
        let _only = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.take_newer(store);
        let trouble = done.as_ref().err().map(|e| Arc::new(e.to_string()));
        self.trouble.store(trouble);
        done
    }

    fn take_newer(&self, store: &Path) -> Result<Refreshed, StoreError> {
        let store = Store::open(store)?;
        if self.serves(&store.known_at(None)?) {
            return Ok(Refreshed::Unchanged);
        }
        // Both indexes are held until the last request on the one before has ended. Their pages come back when somebody
        // asks for them; if they all stayed, memory would double.
        let before = self.current.load_full();
        before.prepared.index.bytes().forget();
        let newer = Snapshot::new(Prepared::of_store(&store, None)?);
        self.current.store(Arc::new(newer));
        before.prepared.index.bytes().forget();
        Ok(Refreshed::Newer)
    }

    fn serves(&self, versions: &[&Version]) -> bool {
        let current = self.current.load();
        let served = current.prepared.lists.iter().map(|l| l.version.clone());
        served.eq(versions.iter().map(|v| Some(v.to_string())))
    }
}
