//! Names that a site uses: steps of its paths, and parameters.
//!
//! A step of a path, or what stands where the name of a parameter should, may be anything that somebody typed, or a key
//! that was sent to one person. So names are told apart by their hashes, and one is written down and shown only once so many
//! sources were answered who asked with it.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::hash;
use crate::route::{Target, is_name, route};

/// Sources that have to have been answered.
const SOURCES: usize = 20;
/// Names that are told apart; further ones are never shown.
const MAX_NAMES: usize = 100_000;
/// What stands for a name that is not shown.
pub(super) const HIDDEN: &str = "…";
/// Endings of files, which say what a page is made with, and nothing else.
const ENDINGS: [&str; 12] = [
    "php", "asp", "aspx", "jsp", "jspx", "html", "htm", "cgi", "pl", "py", "exe", "dll",
];

/// Endings of copies, dumps and keys that no page leads to.
const COPIES: [&str; 17] = [
    "sql", "dump", "bak", "zip", "gz", "tgz", "tar", "7z", "rar", "mdb", "sqlite", "sqlite3", "db",
    "pem", "key", "pfx", "env",
];

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Names {
    #[serde(with = "crate::kept::pairs")]
    by_hash: FxHashMap<Hashed, Name>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Hashed(#[serde(with = "crate::kept::hex")] u64);

impl Hashed {
    pub(super) fn of(name: &str) -> Self {
        Self(hash::of(name))
    }
}

/// Who asked with a name, until it is known; then the name itself.
#[derive(Serialize, Deserialize)]
enum Name {
    Asked(#[serde(with = "crate::kept::hexes")] Vec<u64>),
    Known(String),
}

impl Names {
    /// Takes a request that was answered.
    pub(super) fn answered(&mut self, target: &Target<'_>, source: &str) {
        let source = hash::of(source);
        for step in target.path.split('/').filter(|step| is_name(step)) {
            self.asked(step, source);
        }
        for (name, _) in target.parameters().filter(|(name, _)| is_name(name)) {
            self.asked(name, source);
        }
    }

    fn asked(&mut self, name: &str, source: u64) {
        let hash = Hashed::of(name);
        if name.is_empty() || self.by_hash.len() >= MAX_NAMES && !self.by_hash.contains_key(&hash) {
            return;
        }
        let known = self.by_hash.entry(hash).or_insert(Name::Asked(Vec::new()));
        if let Name::Asked(sources) = known {
            if !sources.contains(&source) {
                sources.push(source);
            }
            if sources.len() >= SOURCES {
                *known = Name::Known(name.to_owned());
            }
        }
    }

    /// A name by its hash, if it is known.
    pub(super) fn known(&self, hash: Hashed) -> &str {
        match self.by_hash.get(&hash) {
            Some(Name::Known(name)) => name,
            _ => HIDDEN,
        }
    }

    /// A target as it is shown: its values taken out, and all names that are not known.
    pub(super) fn masked(&self, target: &str) -> String {
        let target = Target::of(target);
        let (route, _) = route(target.path);
        let path = Path::of(&route).shown(self);
        let names: Vec<String> = target
            .parameters()
            .take(20)
            .map(|(name, _)| match self.known(Hashed::of(name)) {
                HIDDEN => HIDDEN.to_owned(),
                name => format!("{name}=…"),
            })
            .collect();
        if names.is_empty() {
            path
        } else {
            format!("{path}?{}", names.join("&"))
        }
    }

    /// Whether what was read from a state can be gone on with.
    pub(super) fn is_sound(&self) -> bool {
        let is_sound = |name: &Name| match name {
            Name::Asked(sources) => sources.len() < SOURCES,
            Name::Known(name) => is_name(name),
        };
        self.by_hash.len() <= MAX_NAMES && self.by_hash.values().all(is_sound)
    }
}

/// A path as it is remembered: by the hashes of its steps, with its ending.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Path {
    /// Nothing for a step that is a value or empty.
    steps: Vec<Step>,
    ending: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Step {
    Empty,
    Value,
    Named(Hashed),
}

impl Path {
    pub(super) fn of(route: &str) -> Self {
        let step = |step: &str| match step {
            "" => Step::Empty,
            "{}" => Step::Value,
            name => Step::Named(Hashed::of(name)),
        };
        let ending = route
            .rsplit('/')
            .next()
            .and_then(|name| name.rsplit_once('.'));
        let ending = ending.map(|(_, ending)| ending.to_ascii_lowercase());
        Self {
            steps: route.split('/').map(step).collect(),
            ending: ending.filter(|ending| is_ending(ending)),
        }
    }

    /// As it is shown.
    pub(super) fn shown(&self, names: &Names) -> String {
        let step = |step: &Step| match step {
            Step::Empty => "",
            Step::Value => "{}",
            Step::Named(hash) => names.known(*hash),
        };
        let mut shown = self.steps.iter().map(step).collect::<Vec<_>>().join("/");
        if shown.ends_with(HIDDEN)
            && let Some(ending) = &self.ending
        {
            shown.push('.');
            shown.push_str(ending);
        }
        shown
    }

    /// Whether it is a copy, a dump or a key by its ending.
    pub(super) fn is_copy(&self) -> bool {
        let ending = self.ending.as_deref();
        ending.is_some_and(|ending| COPIES.contains(&ending))
    }

    pub(super) fn is_sound(&self) -> bool {
        self.steps.len() <= 201 && (self.ending.iter()).all(|ending| is_ending(ending))
    }
}

fn is_ending(ending: &str) -> bool {
    ENDINGS.contains(&ending) || COPIES.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_once_many_were_answered_who_asked_with_it() {
        let mut names = Names::default();
        let target = "/reset/Ab1TOKEN?id=7&ann&x=1";
        for n in 0..SOURCES {
            assert_eq!(names.masked(target), "/…/…?…&…&…");
            names.answered(&Target::of("/reset?id=3"), &format!("visitor{n}"));
            names.answered(&Target::of("/own/Ab1TOKEN?ann"), "one");
        }
        assert_eq!(names.masked(target), "/reset/…?id=…&…&…");
        assert_eq!(names.masked("/uploads/x.php"), "/…/….php");
        assert_eq!(names.masked("/reset/12345"), "/reset/{}");
        let kept = serde_json::to_string(&names).unwrap();
        assert!(!kept.contains("TOKEN") && !kept.contains("ann"), "{kept}");
    }
}
