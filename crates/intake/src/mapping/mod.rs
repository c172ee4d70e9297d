//! Formats that are only a table, or flat JSON, of particular fields: said in a file, so that anybody can add one.
//!
//! ```toml
//! name = "example"
//! platform = "x"
//!
//! [recognise]
//! columns = ["tweet_ref", "posted_by"]
//!
//! [roles]
//! id = "tweet_ref"
//! account = "posted_by"
//! time = { join = ["day", "clock"] }
//! urls = "entities.urls[].expanded_url"
//! is-repost = { from = "kind", yes = ["share"] }
//! ```

mod known;
mod path;
mod python;
mod rule;
mod written;

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::roles::Role;

pub(crate) use known::{KNOWN, recognise, recognise_json};
pub(crate) use path::{Path, scalar};
pub(crate) use python::of_python;
pub(crate) use rule::{NO_TIME, Record, Rule, count, is_none, is_yes, plain_text};
pub(crate) use written::{Line, write};

/// How the fields of a format are read, as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The format's name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// The platform all posts are of, where the format knows.
    pub platform: Option<String>,
    /// What the reader of results should know of every such export.
    pub warning: Option<String>,
    /// Fields that only this format has together.
    pub(crate) columns: Vec<Path>,
    /// Fields that must hold one of these words.
    pub(crate) values: Vec<(Path, Vec<String>)>,
    /// Fields that it must not have.
    pub(crate) without: Vec<Path>,
    /// Accounts that stand for nobody in particular, such as those deleted.
    pub(crate) nobody: Vec<String>,
    pub(crate) rules: Vec<Rule>,
    /// SHA-256 of its text, in hex.
    pub sha256: String,
}

/// One name, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Many(names) => names,
        }
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// A mapping as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    platform: Option<String>,
    #[serde(default)]
    warning: Option<String>,
    #[serde(default)]
    nobody: Names,
    #[serde(default)]
    recognise: Recognise,
    roles: BTreeMap<Role, Said>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recognise {
    #[serde(default)]
    columns: Names,
    #[serde(default)]
    values: BTreeMap<String, Names>,
    #[serde(default)]
    without: Names,
}

/// How a role is read, as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Plain(Names),
    Detailed(Box<Detailed>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detailed {
    #[serde(default)]
    from: Names,
    #[serde(default)]
    join: Names,
    #[serde(default)]
    with: Option<String>,
    #[serde(default)]
    form: Option<String>,
    #[serde(default)]
    yes: Names,
    #[serde(default)]
    when: BTreeMap<String, Names>,
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default)]
    strip: Names,
    #[serde(default)]
    none: Names,
    #[serde(default)]
    markup: bool,
}

/// Largest file of a mapping.
const LIMIT: u64 = 1 << 20;

impl Mapping {
    /// Reads a mapping from a file.
    ///
    /// # Errors
    /// A file that cannot be read, or that is not a mapping; with what is wrong with it.
    pub fn read(path: &std::path::Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        std::io::Read::read_to_string(&mut std::io::Read::take(file, LIMIT), &mut text)
            .map_err(unreadable)?;
        Self::parse(&text).map_err(|fault| Error::BadMapping {
            path: path.to_owned(),
            place: "the mapping".to_owned(),
            fault,
            remedy: "docs/formats.md says what a mapping has".to_owned(),
        })
    }

    /// Reads a mapping.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|e| e.to_string())?;
        let paths = |names: Names| -> Result<Vec<Path>, String> {
            names.list().iter().map(|n| Path::read(n)).collect()
        };
        let with_values = |(name, words): (String, Names)| Ok((Path::read(&name)?, words.list()));
        let values = written.recognise.values.into_iter().map(with_values);
        let rules = written
            .roles
            .into_iter()
            .map(|(role, said)| rule(role, said));
        let rules: Vec<Rule> = rules.collect::<Result<_, String>>()?;
        for role in [Role::Account, Role::Time] {
            let there = |wanted| rules.iter().any(|r| r.role == wanted);
            let other = role == Role::Time && there(Role::ReceiptTime);
            if !(other || there(role)) {
                return Err(format!("[roles] says nothing of the {}", role.name()));
            }
        }
        Ok(Self {
            name: written.name,
            about: written.about,
            platform: written.platform.map(|p| p.to_lowercase()),
            warning: written.warning,
            columns: paths(written.recognise.columns)?,
            values: values.collect::<Result<_, String>>()?,
            without: paths(written.recognise.without)?,
            nobody: written.nobody.list(),
            rules,
            sha256: overt_model::key::hex(&Sha256::digest(text.as_bytes())),
        })
    }

    /// The rule of a role.
    pub(crate) fn rule(&self, role: Role) -> Option<&Rule> {
        self.rules.iter().find(|r| r.role == role)
    }
}

fn rule(role: Role, said: Said) -> Result<Rule, String> {
    let paths = |names: Names| -> Result<Vec<Path>, String> {
        names.list().iter().map(|n| Path::read(n)).collect()
    };
    let said = match said {
        Said::Plain(names) => return Ok(Rule::plain(role, paths(names)?)),
        Said::Detailed(said) => *said,
    };
    let (from, join) = (paths(said.from)?, paths(said.join)?);
    let place = role.name();
    let between = match (from.is_empty(), join.is_empty()) {
        (false, true) => None,
        (true, false) => Some(said.with.unwrap_or_else(|| " ".to_owned())),
        _ => {
            return Err(format!(
                "{place}: give from, or join, and at least one field"
            ));
        }
    };
    if let Some(form) = &said.form {
        crate::time::check_form(form).map_err(|e| format!("{place}: {e}"))?;
    }
    let when = said.when.into_iter();
    let when = when.map(|(name, words)| Ok((Path::read(&name)?, words.list())));
    let lower = |(part, word): (String, String)| (part.to_lowercase(), word.to_lowercase());
    let mut words: Vec<(String, String)> = said.words.into_iter().map(lower).collect();
    // The longest first: what is in every text stands for the rest.
    words.sort_by_key(|(part, _)| std::cmp::Reverse(part.len()));
    Ok(Rule {
        role,
        from: if between.is_some() { join } else { from },
        join: between,
        form: said.form,
        yes: said.yes.list(),
        when: when.collect::<Result<_, String>>()?,
        words,
        strip: said.strip.list(),
        none: said.none.list(),
        markup: said.markup,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_that_says_too_little_or_too_much_is_refused_with_the_reason() {
        for (text, word) in [
            ("name = \"a\"\n[roles]\naccount = \"u\"\n", "time"),
            (
                "name = \"a\"\n[roles]\naccount = \"u\"\ntime = \"t\"\nweight = \"w\"\n",
                "weight",
            ),
            (
                "name = \"a\"\n[roles]\naccount = \"u\"\ntime = { form = \"%Y\" }\n",
                "from, or join",
            ),
            (
                "name = \"a\"\n[roles]\naccount = \"u\"\ntime = { from = \"t\", form = \"%Q%\" }\n",
                "time",
            ),
            (
                "name = \"a\"\n[roles]\naccount = \"u[\"\ntime = \"t\"\n",
                "u[",
            ),
            ("[roles]\naccount = \"u\"\ntime = \"t\"\n", "name"),
        ] {
            let said = Mapping::parse(text).expect_err(text);
            assert!(said.contains(word), "{text}: {said}");
        }
    }
}
