//! Posts from the fields of JSON values, found by path.

use std::borrow::Cow;
use std::path::Path as FilePath;

use overt_model::Post;
use serde_json::Value;

use crate::error::{Error, Reason};
use crate::layout::{complete, split_list};
use crate::mapping::{Line, Mapping, NO_TIME, Path, Record, Rule, scalar};
use crate::read::Settings;
use crate::roles::{ROLES, Role};
use crate::sample::{are_permalinks, own_addresses};
use crate::time::{Dates, Order, parse_time};

/// Which field says what.
pub(crate) struct Fields<'a> {
    rules: Vec<Rule>,
    mapping: Option<&'a Mapping>,
    platform: &'a str,
    extra: &'a [String],
    dates: Dates,
}

/// A value whose fields are found by path.
struct Object<'v>(&'v Value);

impl<'v> Record<'v> for Object<'v> {
    fn word(&self, path: &Path) -> Result<Option<Cow<'v, str>>, Reason> {
        Ok(path.find(self.0).into_iter().find_map(scalar))
    }

    fn words(&self, path: &Path) -> Result<Vec<Cow<'v, str>>, Reason> {
        let mut words = Vec::new();
        for value in path.find(self.0) {
            match value {
                Value::Array(items) => words.extend(items.iter().filter_map(scalar)),
                Value::String(text) if path.steps.is_empty() => words.extend(split_list(text)),
                other => words.extend(scalar(other)),
            }
        }
        Ok(words)
    }
}

impl<'a> Fields<'a> {
    /// Fields by what the user says, then by the mapping, then by usual names; and what the reader should know.
    pub(crate) fn find(
        file: &FilePath,
        mapping: Option<&'a Mapping>,
        settings: &'a Settings,
        sample: &[Value],
    ) -> Result<(Self, Vec<String>), Error> {
        let mut rules = Vec::new();
        for (role, _, usual) in &ROLES {
            let given = settings.columns.iter().find(|(r, _)| r == role);
            match (given, mapping) {
                (Some((_, name)), _) => {
                    let path = Path::read(name).map_err(|_| Error::NoSuchColumn {
                        path: file.to_owned(),
                        column: name.clone(),
                        found: super::head::names(sample).join(", "),
                    })?;
                    rules.push(Rule::plain(*role, vec![path]));
                }
                (None, Some(mapping)) => rules.extend(mapping.rule(*role).cloned()),
                (None, None) => {
                    let usual = usual.iter().map(|name| Path::plain(name)).collect();
                    rules.push(Rule::plain(*role, usual));
                }
            }
        }
        let of_mapping = mapping.and_then(|m| m.platform.as_deref());
        let mut fields = Self {
            rules,
            mapping,
            platform: settings.platform.as_deref().or(of_mapping).unwrap_or(""),
            extra: &settings.extra,
            dates: settings.dates(),
        };
        fields.tell_order(sample);
        let given = settings.columns.iter().any(|(r, _)| *r == Role::Urls);
        let told = if mapping.is_some() || given {
            Vec::new()
        } else {
            fields.part_permalinks(sample)
        };
        Ok((fields, told))
    }

    /// Whether a value is one that the mapping speaks of, or has what is needed.
    pub(crate) fn fit(&self, value: &Value) -> bool {
        match self.mapping {
            Some(mapping) if !(mapping.columns.is_empty() && mapping.values.is_empty()) => {
                mapping.fits(value)
            }
            _ => [Role::Account, Role::Time].iter().all(|role| {
                let rule = self.rules.iter().find(|r| r.role == *role);
                rule.is_some_and(|r| r.from.iter().any(|p| says(p, value)))
            }),
        }
    }

    /// A post of a value.
    pub(crate) fn post<'v>(&'v self, value: &'v Value) -> Result<Post<'v>, (Reason, Cow<'v, str>)> {
        let mut post = Post {
            platform: Cow::Borrowed(self.platform),
            time: NO_TIME,
            ..Post::default()
        };
        for rule in &self.rules {
            rule.fill(&Object(value), &self.dates, &mut post)?;
        }
        post.columns = self.extra.iter().map(|path| id(value, path)).collect();
        complete(&mut post)?;
        Ok(post)
    }

    /// The platform of all posts, where it is known.
    pub(crate) fn platform(&self) -> &str {
        self.platform
    }

    /// What is said by which fields of some values.
    pub(crate) fn lines(&self, values: &[Value]) -> Vec<Line> {
        let there = |path: &&Path| values.iter().any(|v| says(path, v));
        let line = |rule: &Rule| {
            let fields: Vec<String> = rule
                .from
                .iter()
                .filter(there)
                .map(|p| p.whole.clone())
                .collect();
            (!fields.is_empty()).then(|| Line {
                role: rule.role,
                fields,
                joined: rule.join.is_some(),
                note: String::new(),
            })
        };
        self.rules.iter().filter_map(line).collect()
    }

    /// Whether an account stands for nobody in particular.
    pub(crate) fn is_nobody(&self, account: &str) -> bool {
        self.mapping
            .is_some_and(|m| m.nobody.iter().any(|n| n == account))
    }

    /// Tells whether day or month comes first; where no value does, times that could be two days are rejected.
    fn tell_order(&mut self, sample: &[Value]) {
        let Some(rule) = self.rules.iter().find(|r| r.role == Role::Time) else {
            return;
        };
        let told = sample.iter().find_map(|value| {
            let text = rule.word(&Object(value)).ok()??;
            Order::told_by(&text).filter(|o| *o != Order::Untold)
        });
        self.dates.order = told.unwrap_or_default();
    }

    /// Tells a field of the posts' own addresses from one of links that they share.
    fn part_permalinks(&mut self, sample: &[Value]) -> Vec<String> {
        let mut told = Vec::new();
        let Some(at) = self.rules.iter().position(|r| r.role == Role::Urls) else {
            return told;
        };
        let mut left = std::mem::take(&mut self.rules[at].from);
        while !left.is_empty() {
            let path = left.remove(0);
            self.rules[at].from = vec![path.clone()];
            let posts: Vec<Post<'_>> = sample.iter().filter_map(|v| self.post(v).ok()).collect();
            if are_permalinks(&posts) {
                told.push(own_addresses(&path.whole));
                drop(posts);
                let own = self.rules.iter_mut().find(|r| r.role == Role::Permalink);
                own.into_iter()
                    .for_each(|rule| rule.from.push(path.clone()));
                continue;
            }
            let has_links = posts.iter().any(|p| !p.urls.is_empty());
            drop(posts);
            if has_links || left.is_empty() {
                left.insert(0, path);
                break;
            }
        }
        self.rules[at].from = left;
        told
    }
}

/// Whether a path leads to something that is not a structure.
fn says(path: &Path, value: &Value) -> bool {
    path.find(value).iter().any(|found| !found.is_object())
}

/// The value at a path with dots, numbers counting into lists. A key that holds dots itself is found whole.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let found = value.get(path).or_else(|| {
        path.split('.').try_fold(value, |v, step| {
            v.get(step).or_else(|| v.get(step.parse::<usize>().ok()?))
        })
    });
    found.filter(|v| !v.is_null())
}

/// A string at a path.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Option<Cow<'a, str>> {
    at(value, path)?.as_str().map(Cow::Borrowed)
}

/// A string or whole number at a path, as a key.
pub(crate) fn id<'a>(value: &'a Value, path: &str) -> Option<Cow<'a, str>> {
    match at(value, path)? {
        Value::String(s) if !s.is_empty() => Some(Cow::Borrowed(s)),
        Value::Number(n) => Some(Cow::Owned(n.to_string())),
        _ => None,
    }
}

/// A count at a path, also where it is written as a string.
pub(crate) fn count(value: &Value, path: &str) -> Option<u64> {
    let v = at(value, path)?;
    v.as_u64().or_else(|| v.as_str()?.parse().ok())
}

/// A time at a path, in milliseconds.
pub(crate) fn time(value: &Value, path: &str) -> Option<i64> {
    let parsed = match at(value, path)? {
        Value::String(s) => parse_time(s),
        Value::Number(n) => parse_time(&n.to_string()),
        _ => None,
    };
    parsed.map(|(t, _)| t.0)
}

/// Strings in a list at a path: its items, or a field of each.
pub(crate) fn list<'a>(value: &'a Value, path: &str, field: &str) -> Vec<Cow<'a, str>> {
    match at(value, path) {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| {
                item.as_str()
                    .map(Cow::Borrowed)
                    .or_else(|| text(item, field))
            })
            .collect(),
        Some(Value::String(s)) => split_list(s),
        _ => Vec::new(),
    }
}
