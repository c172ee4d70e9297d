//! A policy: from which score on, with which names and by how many people, list by list.
//!
//! ```toml
//! threshold = 0.7                 # of lists that are not named below
//!
//! [lists.us_ofac_sdn]
//! threshold = 0.6
//! weak-aliases = "corroborated"   # or "count", which is usual, or "ignored"
//! four-eyes = true                # a false positive counts once two people found it
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use overt_lists::{ListInfo, Prepared};
use overt_screening::{EntityId, Index, Match, Query, ScoringParams, Settings, THRESHOLD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ComplianceError;
use crate::customer::{Hit, MAX_HITS};
use crate::run::Run;

/// What counts as a hit, list by list, and by how many people one is cleared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// SHA-256 of the file it was read from; none where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The rule of lists that have none of their own.
    pub otherwise: Rule,
    /// Rules by the names of lists.
    #[serde(default)]
    pub lists: BTreeMap<String, Rule>,
}

/// The rule of a list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rule {
    /// Scores from which on a result is a hit.
    pub threshold: f64,
    /// What a name that the list itself calls weak counts for.
    pub weak_aliases: WeakAliases,
    /// Whether a false positive counts only once two people found it.
    pub four_eyes: bool,
}

/// What a name that the list itself calls weak counts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeakAliases {
    /// As much as its score says, which is less than a good name's.
    #[default]
    Count,
    /// For a hit only where another fact agrees, or an identifier is the same.
    Corroborated,
    /// For nothing: only an identifier makes a hit of it.
    Ignored,
}

/// A policy as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    threshold: Option<f64>,
    weak_aliases: Option<WeakAliases>,
    four_eyes: Option<bool>,
    #[serde(default)]
    lists: BTreeMap<String, toml::Spanned<WrittenRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenRule {
    threshold: Option<f64>,
    weak_aliases: Option<WeakAliases>,
    four_eyes: Option<bool>,
}

impl Policy {
    /// One threshold for all lists.
    pub fn of_threshold(threshold: f64) -> Self {
        Self {
            sha256: None,
            otherwise: Rule {
                threshold,
                weak_aliases: WeakAliases::Count,
                four_eyes: false,
            },
            lists: BTreeMap::new(),
        }
    }

    /// Reads a policy. What a list's rule does not say is as for all lists.
    ///
    /// # Errors
    /// A file that cannot be read, a key that is not known, and a value that makes no sense, with the line.
    pub fn read(path: &Path) -> Result<Self, ComplianceError> {
        let text = std::fs::read_to_string(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::InvalidData => wrong(path, 1, "is not text"),
            _ => ComplianceError::file(path)(e),
        })?;
        let line = |at: usize| 1 + text.get(..at).map_or(0, |t| t.matches('\n').count()) as u64;
        let written: Written = toml::from_str(&text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            wrong(path, line(at), e.message())
        })?;
        let mut policy = Self::of_threshold(written.threshold.unwrap_or(THRESHOLD));
        let otherwise = &mut policy.otherwise;
        otherwise.weak_aliases = written.weak_aliases.unwrap_or_default();
        otherwise.four_eyes = written.four_eyes.unwrap_or_default();
        check(otherwise).map_err(|why| wrong(path, 1, why))?;
        for (name, spanned) in written.lists {
            let at = line(spanned.span().start);
            let given = spanned.into_inner();
            let rule = Rule {
                threshold: given.threshold.unwrap_or(policy.otherwise.threshold),
                weak_aliases: given.weak_aliases.unwrap_or(policy.otherwise.weak_aliases),
                four_eyes: given.four_eyes.unwrap_or(policy.otherwise.four_eyes),
            };
            check(&rule).map_err(|why| wrong(path, at, &format!("lists.{name}: {why}")))?;
            policy.lists.insert(name, rule);
        }
        policy.sha256 = Some(overt_model::key::hex(&Sha256::digest(&text)));
        Ok(policy)
    }

    /// As a run's record has it: nothing where there was no file.
    pub(crate) fn recorded(&self) -> Option<Self> {
        self.sha256.is_some().then(|| self.clone())
    }

    /// Refuses to go on without a policy where the run before asked for two people: what one of them decided would count.
    pub(crate) fn goes_on_from(&self, last: Option<&Run>) -> Result<(), ComplianceError> {
        let asks = |policy: &Self| {
            policy.otherwise.four_eyes || policy.lists.values().any(|rule| rule.four_eyes)
        };
        let last = last.and_then(|run| Some((run, run.about.policy.as_ref()?)));
        match last {
            Some((run, policy)) if self.sha256.is_none() && asks(policy) => {
                Err(ComplianceError::PolicyLeftOut(run.about.table.name.clone()))
            }
            _ => Ok(()),
        }
    }

    /// The rule of a list.
    pub fn rule(&self, list: &str) -> &Rule {
        self.lists.get(list).unwrap_or(&self.otherwise)
    }

    /// The names in it that are not among these lists.
    pub fn unknown_lists(&self, lists: &[ListInfo]) -> Vec<&str> {
        let is_there = |name: &&str| lists.iter().any(|l| l.dataset.name == *name);
        let names = self.lists.keys().map(String::as_str);
        names.filter(|name| !is_there(name)).collect()
    }

    /// Whether it clears an alert on a party only once two people found it to be somebody else.
    pub(crate) fn asks_for_four_eyes(&self, hit: &Hit) -> bool {
        match &hit.list {
            Some(list) => self.rule(list).four_eyes,
            None => hit.datasets.iter().any(|d| self.rule(d).four_eyes) || self.otherwise.four_eyes,
        }
    }
}

fn check(rule: &Rule) -> Result<(), &'static str> {
    if (0.0..=1.0).contains(&rule.threshold) {
        Ok(())
    } else {
        Err("threshold is not a number from 0 to 1")
    }
}

fn wrong(path: &Path, line: u64, detail: &str) -> ComplianceError {
    ComplianceError::Policy {
        path: path.to_owned(),
        line,
        detail: detail.to_owned(),
    }
}

/// Entities to be asked, each with the list that it stands in, and what counts as a hit among them.
#[derive(Debug)]
pub struct Screener<'a, B> {
    index: &'a Index<B>,
    policy: &'a Policy,
    lists: Vec<(Range<u32>, &'a str)>,
    /// The lowest threshold: what is below it is a hit on no list.
    lowest: f64,
}

impl<'a> Screener<'a, overt_lists::IndexBytes> {
    /// Over prepared lists.
    pub fn of(prepared: &'a Prepared, policy: &'a Policy) -> Self {
        let lists = prepared.lists.iter();
        let lists = lists.map(|l| (l.entities.clone(), l.dataset.name.as_str()));
        Self::over(&prepared.index, policy, lists.collect())
    }
}

impl<'a, B: AsRef<[u8]>> Screener<'a, B> {
    /// Over an index in which lists stand one after another.
    pub fn over(
        index: &'a Index<B>,
        policy: &'a Policy,
        lists: Vec<(Range<u32>, &'a str)>,
    ) -> Self {
        let named = lists.iter().map(|(_, name)| policy.rule(name).threshold);
        // Entities of no list that is named are held to the rule of all.
        let lowest = named.fold(policy.otherwise.threshold, f64::min);
        Self {
            index,
            policy,
            lists,
            lowest,
        }
    }

    /// The list that an entity stands in.
    fn list(&self, place: EntityId) -> Option<&'a str> {
        let mut lists = self.lists.iter();
        let (_, name) = lists.find(|(range, _)| range.contains(&place.0))?;
        Some(name)
    }

    /// The rule that an entity is held to.
    pub fn rule(&self, place: EntityId) -> &'a Rule {
        self.list(place)
            .map_or(&self.policy.otherwise, |list| self.policy.rule(list))
    }

    /// The lowest threshold of all lists.
    pub fn lowest(&self) -> f64 {
        self.lowest
    }

    /// Whether a result counts as a hit.
    pub fn is_hit(&self, found: &Match) -> bool {
        let rule = self.rule(found.entity);
        let is_weak = found.name.as_ref().is_some_and(|n| n.weak) && !found.identifier;
        let agrees = || found.facts.iter().any(|f| f.adds > 0.0);
        found.score >= rule.threshold
            && match rule.weak_aliases {
                WeakAliases::Count => true,
                WeakAliases::Corroborated => !is_weak || agrees(),
                WeakAliases::Ignored => !is_weak,
            }
    }

    /// Who matches a query, and whether there may be more than are kept.
    pub(crate) fn hits(&self, query: &Query) -> (Vec<Hit>, bool) {
        let settings = Settings {
            cutoff: self.lowest,
            limit: MAX_HITS + 1,
            ..Settings::default()
        };
        let found = self
            .index
            .search(query, &settings, &ScoringParams::default(), |_| true);
        let more = found.len() > MAX_HITS;
        let hits = found.iter().take(MAX_HITS).filter(|m| self.is_hit(m));
        let hits = hits.filter_map(|m| {
            let mut hit = Hit::of(m, &self.index.entity(m.entity)?);
            hit.list = self.list(m.entity).map(str::to_owned);
            Some(hit)
        });
        (hits.collect(), more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Policy, (u64, String)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Policy::read(file.path()).map_err(|e| match e {
            ComplianceError::Policy { line, detail, .. } => (line, detail),
            other => panic!("{other}"),
        })
    }

    #[test]
    fn what_a_list_does_not_say_is_as_for_all() {
        let policy = read(
            "threshold = 0.8\nfour-eyes = true\n[lists.A]\nthreshold = 1\n[lists.B]\nweak-aliases = \"ignored\"\nfour-eyes = false\n",
        );
        let policy = policy.unwrap();
        let (a, b, c) = (policy.rule("A"), policy.rule("B"), policy.rule("C"));
        assert_eq!((a.threshold, a.four_eyes), (1.0, true));
        assert_eq!((b.threshold, b.four_eyes), (0.8, false));
        assert_eq!(b.weak_aliases, WeakAliases::Ignored);
        assert_eq!(*c, policy.otherwise);
        assert_eq!(policy.sha256.as_ref().unwrap().len(), 64);
        assert_eq!(read("").unwrap().otherwise.threshold, THRESHOLD);
        assert_ne!(read("").unwrap().sha256, read("\n").unwrap().sha256);
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_line() {
        for (text, line, word) in [
            (
                "treshold = 0.7\n",
                1,
                "threshold`, `weak-aliases`, `four-eyes",
            ),
            (
                "threshold = 0.7\n\n[lists.A]\nfoureyes = true\n",
                4,
                "four-eyes",
            ),
            ("[list.a]\n", 1, "lists"),
            ("threshold = 1.5\n", 1, "from 0 to 1"),
            ("threshold = nan\n", 1, "from 0 to 1"),
            (
                "[lists.B]\nthreshold = 0.5\n[lists.A]\nthreshold = -1\n",
                3,
                "lists.A",
            ),
            ("weak-aliases = \"never\"\n", 1, "corroborated"),
            ("four-eyes = \"yes\"\n", 1, "boolean"),
            ("threshold = 0.7\nthreshold = 0.8\n", 2, "duplicate"),
            ("threshold\n", 1, ""),
        ] {
            let (at, detail) = read(text).unwrap_err();
            assert_eq!(at, line, "{text}: {detail}");
            assert!(detail.contains(word), "{text}: {detail}");
        }
    }
}
