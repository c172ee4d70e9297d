//! The register of origins: what evidence goes back to, each under one name.
//!
//! Items of one origin count once, so to spell an origin in two ways would count it twice. What is declared under a name
//! that looks like another's is therefore asked about first; what declares nothing shares one origin with all else that
//! declares nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::spelling::{is_alike, tidy};

/// The origin of what declares none: one for all.
pub const UNDECLARED: &str = "undeclared";

/// Origins by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// Each name with the one it is an other name of; its own where it is the first.
    names: BTreeMap<String, String>,
    /// Pairs of names that look alike and were said to be two.
    apart: BTreeSet<(String, String)>,
}

impl Origins {
    /// Adds a name, if it is not there, as an origin of its own.
    pub fn declare(&mut self, name: &str) {
        let name = written(name);
        self.names.entry(name.clone()).or_insert(name);
    }

    /// Says that two names are of one origin, which goes by the name of the second.
    pub fn join(&mut self, name: &str, same_as: &str) {
        self.declare(name);
        self.declare(same_as);
        let (from, to) = (self.of(name).to_owned(), self.of(same_as).to_owned());
        for known in self.names.values_mut().filter(|known| **known == from) {
            known.clone_from(&to);
        }
    }

    /// Says that two names that look alike are of two origins.
    pub fn part(&mut self, name: &str, other: &str) {
        self.declare(name);
        self.apart.insert((written(name), written(other)));
    }

    /// Takes in what is said of a name: that it is another name of an origin, or of another origin, or just that it is.
    pub fn name(&mut self, name: &str, same_as: Option<&str>, apart_from: Option<&str>) {
        self.declare(name);
        if let Some(other) = same_as {
            self.join(name, other);
        }
        if let Some(other) = apart_from {
            self.part(name, other);
        }
    }

    /// A name as it is kept: spaces put right, and one for all that is not declared.
    pub fn written(name: &str) -> String {
        written(name)
    }

    /// The origin of a name: what it is the same as, else itself.
    pub fn of<'n>(&'n self, name: &'n str) -> &'n str {
        let name = if name.trim().is_empty() {
            UNDECLARED
        } else {
            name
        };
        let known = self.names.get(name);
        let known = known.or_else(|| self.names.get(&written(name)));
        known.map_or(name, String::as_str)
    }

    /// Whether a name is there.
    pub fn is_known(&self, name: &str) -> bool {
        self.names.contains_key(&written(name))
    }

    /// A name that is there, looks like this one, and was neither said to be the same nor another.
    pub fn alike(&self, name: &str) -> Option<&str> {
        let name = written(name);
        if self.names.contains_key(&name) {
            return None;
        }
        let known = self.names.keys().filter(|known| is_alike(known, &name));
        let mut open = known.filter(|known| {
            let pair = (name.clone(), (*known).clone());
            !self.apart.contains(&pair) && !self.apart.contains(&(pair.1, pair.0))
        });
        open.next().map(String::as_str)
    }

    /// The origins, each with its other names.
    pub fn all(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, origin) in &self.names {
            let others = all.entry(origin).or_default();
            if name != origin {
                others.push(name);
            }
        }
        all
    }
}

fn written(name: &str) -> String {
    let tidy = tidy(name);
    if tidy.is_empty() {
        UNDECLARED.to_owned()
    } else {
        tidy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_are_one_origin() {
        let mut origins = Origins::default();
        origins.declare("US Treasury");
        assert_eq!(origins.alike("U.S. Treasury"), Some("US Treasury"));
        assert_eq!(origins.alike(" US  Treasury"), None, "it is that one");
        assert_eq!(origins.of("US  Treasury "), "US Treasury");
        origins.join("U.S. Treasury", "US Treasury");
        origins.join("OFAC", "U.S. Treasury");
        assert_eq!(origins.of("OFAC"), "US Treasury");
        let others = ["OFAC", "U.S. Treasury"];
        assert_eq!(origins.all()["US Treasury"], others);
    }

    #[test]
    fn joined_to_a_third_all_follow() {
        let mut origins = Origins::default();
        origins.join("a", "b");
        origins.join("b", "c");
        assert_eq!((origins.of("a"), origins.of("b")), ("c", "c"));
    }

    #[test]
    fn what_was_told_apart_is_not_asked_about_again() {
        let mut origins = Origins::default();
        origins.declare("The Times");
        assert!(origins.alike("the times").is_some());
        origins.part("the times", "The Times");
        assert_ne!(origins.of("the times"), origins.of("The Times"));
        assert_eq!(origins.alike("THE TIMES"), Some("The Times"));
    }

    #[test]
    fn what_declares_nothing_shares_one() {
        let origins = Origins::default();
        assert_eq!(origins.of(""), origins.of("  "));
        assert_eq!(origins.of(" "), UNDECLARED);
    }
}
