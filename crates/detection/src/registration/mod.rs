//! Whether a run was foreseen by a sealed plan, and the how-manieth setting it is that was tried over its inputs.
//!
//! One of many settings will show something by chance. A run whose settings were sealed before the data existed is
//! *pre-registered*; every other is *exploratory*, and says how many were tried.

mod plan;
mod register;

use std::collections::BTreeSet;
use std::path::Path;

use overt_coordination::corpus::Posts;
use overt_findings::{PlanRecord, Registration, RunStatus, Seen};
use overt_intake::FileReceipt;
use overt_ledger::Policy;
use overt_model::{Timestamp, counted, key::hex};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use plan::{Plan, SealedPlan};
use register::Register;

use crate::{Error, Settings};

/// A plan that a run is to be held to, and whom its reader trusts to have seen it.
#[derive(Debug)]
pub(crate) struct Foreseen {
    sealed: SealedPlan,
    seen: Option<(Vec<String>, Timestamp)>,
}

/// Settings that change nothing of what is found, or say it again with the inputs.
const APART: [&str; 4] = ["calibrate", "sensitivity", "identified", "earlier"];

impl Foreseen {
    /// Reads the plan that settings name, and the policy.
    pub(crate) fn read(settings: &Settings) -> Result<Option<Self>, Error> {
        let Some(path) = &settings.plan else {
            return Ok(None);
        };
        let bytes = |path: &Path| {
            std::fs::read(path).map_err(|source| Error::Unreadable {
                path: path.to_owned(),
                source,
            })
        };
        let sealed = SealedPlan::read(&bytes(path)?);
        let sealed = sealed.map_err(|detail| Error::bad_file(path, &detail))?;
        let seen = match &settings.policy {
            None => None,
            Some(policy) => {
                let read = Policy::read(&bytes(policy)?);
                let read = read.map_err(|e| Error::bad_file(policy, &e))?;
                let seen = sealed.seen(&read);
                seen.map_err(|detail| Error::bad_file(path, &detail))?
            }
        };
        Ok(Some(Self { sealed, seen }))
    }

    /// In what a run departs from the plan, in sentences.
    fn departs(&self, settings: &Value, posts: &Posts) -> Vec<String> {
        let plan = &self.sealed.plan;
        let times = || (0..posts.len() as u32).map(|post| posts.time(post));
        let mut departs = Vec::new();
        match &self.seen {
            None => departs
                .push("no witness that the reader trusts says when the plan was sealed".to_owned()),
            Some((_, at)) => {
                let older = times().filter(|time| *time <= at.0).count();
                if older > 0 {
                    departs.push(format!(
                        "{} older than the plan, which was seen at {at}",
                        counted(older as u64, "post is", "posts are")
                    ));
                }
            }
        }
        let outside = |time: &i64| *time < plan.from.0 || *time > plan.until.0;
        let outside = times().filter(outside).count();
        if outside > 0 {
            departs.push(format!(
                "{} from outside the time of the plan, {} to {}",
                counted(outside as u64, "post is", "posts are"),
                plan.from,
                plan.until
            ));
        }
        let mut differ = Vec::new();
        differences(
            "",
            &bare(&self.sealed.settings),
            &bare(settings),
            &mut differ,
        );
        departs.extend(differ);
        departs
    }
}

impl Foreseen {
    /// That a look at data is one more than the plan allows, or that it is not known.
    fn one_too_many(&self, look: Option<u64>) -> Option<String> {
        let allowed = self.sealed.plan.looks;
        match look {
            None => Some("how often data were looked at under the plan is not known".to_owned()),
            Some(look) if look > allowed => Some(format!(
                "it is look {look} at data under the plan, which allows {allowed}"
            )),
            Some(_) => None,
        }
    }
}

/// What is to be said of a run.
pub(crate) struct Told<'a> {
    pub(crate) foreseen: Option<&'a Foreseen>,
    /// Every setting as `run.json` has it.
    pub(crate) settings: &'a Value,
    /// The same with the traces that were asked for, whether the data carry them or not.
    pub(crate) as_asked: &'a Value,
    pub(crate) files: &'a [FileReceipt],
    /// Of the first background file, if there is one.
    pub(crate) background_from: Option<u32>,
    pub(crate) posts: &'a Posts,
    /// Where runs are counted.
    pub(crate) register: Option<&'a Path>,
}

/// Counts a run, and holds it to its plan. With it comes what a reader should know if it could not be counted.
pub(crate) fn register(told: &Told<'_>) -> (Registration, Option<String>) {
    let from = told
        .background_from
        .map_or(told.files.len(), |first| first as usize);
    let (posts, background) = told.files.split_at(from.min(told.files.len()));
    let inputs = hash_of(posts.iter());
    // From what others' posts chance is estimated is a setting: the posts in question are the same.
    let settings = format!("{} {}", bare(told.settings), hash_of(background.iter()));
    let settings = sha256(&settings);
    let mut failed = None;
    let mut place = |kind: &str, of: &str, tried: &str| {
        let folder = told.register?;
        match Register::at(folder).place(kind, of, tried) {
            Ok(place) => Some(place),
            Err(e) => {
                let folder = folder.display();
                failed = Some(format!("the run could not be counted: {folder}: {e}"));
                None
            }
        }
    };
    let nth = place("inputs", &inputs, &settings);
    let plan = told.foreseen.map(|foreseen| {
        let entry = hex(&foreseen.sealed.entry.0);
        let mut departs = foreseen.departs(told.as_asked, told.posts);
        // What is not of the plan is no look at its data.
        let look = departs
            .is_empty()
            .then(|| place("plan", &entry, &inputs))
            .flatten();
        if departs.is_empty() {
            departs.extend(foreseen.one_too_many(look));
        }
        (foreseen, look, departs)
    });
    let is_foreseen = plan
        .as_ref()
        .is_some_and(|(.., departs)| departs.is_empty());
    let (plan, departs) = match plan {
        None => (None, Vec::new()),
        Some((foreseen, look, departs)) => (Some(record(foreseen, look)), departs),
    };
    let registration = Registration {
        status: if is_foreseen {
            RunStatus::PreRegistered
        } else {
            RunStatus::Exploratory
        },
        inputs,
        settings,
        nth,
        plan,
        departs,
    };
    (registration, failed)
}

fn record(foreseen: &Foreseen, look: Option<u64>) -> PlanRecord {
    let sealed = &foreseen.sealed;
    PlanRecord {
        question: sealed.plan.question.clone(),
        entry: sealed.entry.to_string(),
        log: sealed.log.clone(),
        place: sealed.place(),
        seen: foreseen.seen.as_ref().map(|(by, at)| Seen {
            by: by.clone(),
            at: at.0,
        }),
        look,
        looks: sealed.plan.looks,
    }
}

/// SHA-256 over the hashes of files, each once, in the order of the hashes: the same for the same files in any order and
/// under any names. A file without a post adds nothing to look at.
fn hash_of<'f>(files: impl Iterator<Item = &'f FileReceipt>) -> String {
    let with_posts = files.filter(|file| file.posts > 0);
    let lines: BTreeSet<String> = with_posts
        .map(|file| format!("{}\n", file.sha256))
        .collect();
    sha256(&lines.into_iter().collect::<String>())
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// Settings without what changes nothing, and without names of files where their hash is told.
fn bare(settings: &Value) -> Value {
    let mut bare = settings.clone();
    if let Value::Object(map) = &mut bare {
        map.retain(|name, _| !APART.contains(&name.as_str()));
    }
    drop_names(&mut bare);
    bare
}

fn drop_names(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("sha256") {
                map.retain(|name, _| !matches!(name.as_str(), "path" | "list"));
            }
            map.values_mut().for_each(drop_names);
        }
        Value::Array(values) => values.iter_mut().for_each(drop_names),
        _ => {}
    }
}

/// Where two settings differ, in sentences.
fn differences(at: &str, planned: &Value, used: &Value, found: &mut Vec<String>) {
    match (planned, used) {
        (Value::Object(planned), Value::Object(used)) => {
            let names: BTreeSet<&String> = planned.keys().chain(used.keys()).collect();
            for name in names {
                let inside = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                let none = Value::Null;
                let of = |map: &serde_json::Map<String, Value>| map.get(name).cloned();
                let (planned, used) = (of(planned), of(used));
                differences(
                    &inside,
                    planned.as_ref().unwrap_or(&none),
                    used.as_ref().unwrap_or(&none),
                    found,
                );
            }
        }
        (planned, used) if planned != used => {
            found.push(format!("{at} is {used}, and {planned} in the plan"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_differ_by_what_changes_the_findings() {
        let planned = json!({ "network": { "level": 0.05, "windows": ["60s"] }, "known": { "path": "a", "sha256": "x" }, "calibrate": 0 });
        let mut used = planned.clone();
        used["known"]["path"] = json!("b");
        used["calibrate"] = json!(20);
        assert_eq!(bare(&planned), bare(&used));
        used["network"]["level"] = json!(0.1);
        used["known"]["sha256"] = json!("y");
        used["edges_only"] = json!(true);
        let mut found = Vec::new();
        differences("", &bare(&planned), &bare(&used), &mut found);
        assert_eq!(
            found,
            [
                "edges_only is true, and null in the plan",
                "known.sha256 is \"y\", and \"x\" in the plan",
                "network.level is 0.1, and 0.05 in the plan",
            ]
        );
    }
}
