//! Whom a reader trusts, after C2SP's `tlog-policy`: logs, witnesses, and how many of whom have to agree.

use std::collections::{BTreeMap, BTreeSet};

use crate::note::{NoteError, PublicKey, Purpose, SignedNote};

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct PolicyError {
    /// The line, from 1; 0 where one is missing.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

/// Whom a reader trusts.
#[derive(Debug, Clone)]
pub struct Policy {
    logs: Vec<PublicKey>,
    witnesses: BTreeMap<String, PublicKey>,
    groups: BTreeMap<String, Group>,
    quorum: Option<String>,
}

#[derive(Debug, Clone)]
struct Group {
    least: usize,
    members: Vec<String>,
}

/// What a policy makes of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The log that signed it.
    pub log: String,
    /// The witnesses that cosigned it and when: seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
    /// Whether these are enough.
    pub quorum: bool,
}

/// The most logs, witnesses and groups that are read.
const MOST: usize = 1000;

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// The first line that is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self, PolicyError> {
        let text = String::from_utf8_lossy(bytes);
        let mut reading = Reading::default();
        for (n, line) in text.split('\n').enumerate() {
            let line_error = |problem| PolicyError {
                line: n + 1,
                problem,
            };
            if line.contains(|c: char| c < ' ' && c != '\t' || c == '\x7f') {
                return Err(line_error("has a control character".to_owned()));
            }
            reading.line(line).map_err(line_error)?;
        }
        let missing = |problem: &str| PolicyError {
            line: 0,
            problem: problem.to_owned(),
        };
        let quorum = reading
            .quorum
            .ok_or_else(|| missing("no line begins with quorum"))?;
        Ok(Self {
            logs: reading.logs,
            witnesses: reading.witnesses,
            groups: reading.groups,
            quorum: Some(quorum).filter(|q| q != NONE),
        })
    }

    /// The logs it trusts.
    pub fn logs(&self) -> &[PublicKey] {
        &self.logs
    }

    /// How many witnesses it knows.
    pub fn witnesses(&self) -> usize {
        self.witnesses.len()
    }

    /// Verifies a checkpoint: which log signed it, which witnesses cosigned it, whether they are enough.
    ///
    /// # Errors
    ///
    /// When no known log signed it, or a known key's signature does not hold.
    pub fn verify(&self, note: &SignedNote) -> Result<Trusted, NoteError> {
        let origin = note.text.split('\n').next().unwrap_or_default();
        let mut log = None;
        for key in self.logs.iter().filter(|key| key.name() == origin) {
            match note.signed_by(key) {
                Ok(_) => log = Some(key.name().to_owned()),
                Err(NoteError::Unsigned) => {}
                Err(error) => return Err(error),
            }
        }
        let log = log.ok_or(NoteError::Unsigned)?;
        let mut witnesses = Vec::new();
        for (name, key) in &self.witnesses {
            match note.signed_by(key) {
                Ok(signed) => witnesses.push((name.clone(), signed.time.unwrap_or_default())),
                Err(NoteError::Unsigned) => {}
                Err(error) => return Err(error),
            }
        }
        let names: BTreeSet<&str> = witnesses.iter().map(|(name, _)| name.as_str()).collect();
        let quorum = self.quorum.as_ref().is_none_or(|q| self.agrees(q, &names));
        Ok(Trusted {
            log,
            witnesses,
            quorum,
        })
    }

    /// Groups name only what stands before them, so this ends.
    fn agrees(&self, name: &str, witnesses: &BTreeSet<&str>) -> bool {
        match self.groups.get(name) {
            None => witnesses.contains(name),
            Some(group) => {
                let agree = group.members.iter().filter(|m| self.agrees(m, witnesses));
                agree.count() >= group.least
            }
        }
    }
}

const NONE: &str = "none";

#[derive(Default)]
struct Reading {
    logs: Vec<PublicKey>,
    witnesses: BTreeMap<String, PublicKey>,
    groups: BTreeMap<String, Group>,
    /// Names that are a member of a group already.
    members: BTreeSet<String>,
    quorum: Option<String>,
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let mut words = line.split([' ', '\t']).filter(|w| !w.is_empty());
        let Some(first) = words.next().filter(|w| !w.starts_with('#')) else {
            return Ok(());
        };
        let rest: Vec<&str> = words.collect();
        if self.logs.len() + self.witnesses.len() + self.groups.len() >= MOST {
            return Err(format!("has more than {MOST} logs, witnesses and groups"));
        }
        match (first, &rest[..]) {
            ("log", [key] | [key, _]) => self.log(key),
            ("witness", [name, key] | [name, key, _]) => self.witness(name, key),
            ("group", [name, least, members @ ..]) => self.group(name, least, members),
            ("quorum", [name]) => self.set_quorum(name),
            _ => Err("is none of: log KEY [URL], witness NAME KEY [URL], group NAME any|all|K NAME…, quorum NAME|none".to_owned()),
        }
    }

    fn log(&mut self, key: &str) -> Result<(), String> {
        let key: PublicKey = key.parse().map_err(|e: NoteError| e.to_string())?;
        if self.logs.iter().any(|l| l.bytes() == key.bytes()) {
            return Err("names a log's key twice".to_owned());
        }
        if key.purpose() != Purpose::Note {
            return Err("gives a log a key for cosignatures".to_owned());
        }
        self.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str) -> Result<(), String> {
        let key: PublicKey = key.parse().map_err(|e: NoteError| e.to_string())?;
        self.is_new(name)?;
        if self.witnesses.values().any(|w| w.bytes() == key.bytes()) {
            return Err("names a witness's key twice".to_owned());
        }
        if key.purpose() != Purpose::Cosignature {
            return Err("gives a witness a key that is not for cosignatures".to_owned());
        }
        self.witnesses.insert(name.to_owned(), key);
        Ok(())
    }

    fn group(&mut self, name: &str, least: &str, members: &[&str]) -> Result<(), String> {
        self.is_new(name)?;
        if members.is_empty() {
            return Err("has no members".to_owned());
        }
        let least = match least {
            "any" => 1,
            "all" => members.len(),
            number => crate::checkpoint::decimal(number).unwrap_or(0) as usize,
        };
        if least == 0 || least > members.len() {
            return Err(format!(
                "asks for a number of members from 1 to {}",
                members.len()
            ));
        }
        for member in members {
            self.is_known(member)?;
            if !self.members.insert((*member).to_owned()) {
                return Err(format!("{member:?} is a member of a group already"));
            }
        }
        let members = members.iter().map(|m| (*m).to_owned()).collect();
        self.groups
            .insert(name.to_owned(), Group { least, members });
        Ok(())
    }

    fn set_quorum(&mut self, name: &str) -> Result<(), String> {
        if self.quorum.is_some() {
            return Err("is a second quorum".to_owned());
        }
        if name != NONE {
            self.is_known(name)?;
        }
        self.quorum = Some(name.to_owned());
        Ok(())
    }

    fn is_new(&self, name: &str) -> Result<(), String> {
        if name == NONE || self.is_known(name).is_ok() {
            return Err(format!("{name:?} has a meaning already"));
        }
        Ok(())
    }

    fn is_known(&self, name: &str) -> Result<(), String> {
        if self.witnesses.contains_key(name) || self.groups.contains_key(name) {
            return Ok(());
        }
        Err(format!(
            "{name:?} is not a witness or group of a line before"
        ))
    }
}
