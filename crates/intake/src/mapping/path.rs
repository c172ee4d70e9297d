//! Where a value stands in a record: a column, or a path into JSON, of which a cell may hold some too.

use std::borrow::Cow;

use serde_json::Value;

use crate::json::at;

/// A path such as `user.id`, `entities.urls[].expanded_url` or `referenced_tweets[type=retweeted].id`. In a table what
/// stands before the first bracket names a column, whose cells hold JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// As it is written.
    pub(crate) whole: String,
    /// Up to the first bracket.
    pub(crate) column: String,
    /// What follows.
    pub(crate) steps: Vec<Step>,
    /// The place of the column, once the table is known.
    pub(crate) place: Option<usize>,
}

/// A step into a list, and on to a field of what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Only items in which a field has a value.
    only: Option<(String, String)>,
    /// The field of each item; the item itself where it is empty.
    field: String,
    /// Whether there is no list: the field is of the value itself.
    of_value: bool,
}

/// The deepest a path may go into lists.
const STEPS: usize = 8;

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut parts = text.split('[');
        let column = parts.next().unwrap_or("");
        if column.is_empty() {
            return Err(format!("{text:?} names no column"));
        }
        let steps: Vec<Step> = parts
            .map(|part| Step::read(part).ok_or_else(|| format!("{text:?} is not understood; give a column, or a path such as a.b, a[].b or a[type=x].b")))
            .collect::<Result<_, _>>()?;
        if steps.len() > STEPS {
            return Err(format!("{text:?} goes too deep"));
        }
        Ok(Self {
            whole: text.to_owned(),
            column: column.to_owned(),
            steps,
            place: None,
        })
    }

    /// A path that is a plain name.
    pub(crate) fn plain(name: &str) -> Self {
        Self {
            whole: name.to_owned(),
            column: name.to_owned(),
            steps: Vec::new(),
            place: None,
        }
    }

    /// The path in a table with these columns; nothing where the table has no such column.
    pub(crate) fn among(&self, columns: &[String]) -> Option<Self> {
        let place = |name: &str| columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        if let Some(whole) = place(&self.whole) {
            return Some(Self {
                place: Some(whole),
                ..Self::plain(&self.whole)
            });
        }
        let mut found = self.clone();
        found.place = Some(place(&self.column)?);
        Some(found)
    }

    /// The path `column.field` into the cells of a column that hold a structure each; nothing where the table has no such
    /// column.
    pub(crate) fn into_cells(text: &str, columns: &[String]) -> Option<Self> {
        let (column, field) = text.split_once('.')?;
        let place = columns
            .iter()
            .position(|c| c.eq_ignore_ascii_case(column))?;
        Some(Self {
            whole: text.to_owned(),
            column: column.to_owned(),
            steps: vec![Step {
                only: None,
                field: field.to_owned(),
                of_value: true,
            }],
            place: Some(place),
        })
    }

    /// What stands there in a value.
    pub(crate) fn find<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match at(value, &self.column) {
            Some(found) => self.follow(found),
            None => Vec::new(),
        }
    }

    /// What the steps lead to from the value of the column.
    pub(crate) fn follow<'v>(&self, start: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![start];
        for step in &self.steps {
            found = found.into_iter().flat_map(|v| step.into(v)).collect();
        }
        found
    }
}

impl Step {
    /// `]`, `].field` or `key=value].field`.
    fn read(text: &str) -> Option<Self> {
        let (only, field) = text.split_once(']')?;
        let only = match only.split_once('=') {
            Some((key, value)) => Some((key.to_owned(), value.to_owned())),
            None if only.is_empty() => None,
            None => return None,
        };
        let field = match field.strip_prefix('.') {
            Some(field) => field,
            None if field.is_empty() => "",
            None => return None,
        };
        Some(Self {
            only,
            field: field.to_owned(),
            of_value: false,
        })
    }

    #[allow(clippy::wrong_self_convention)] // The path goes into the value.
    fn into<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        let items = match value {
            _ if self.of_value => std::slice::from_ref(value),
            Value::Array(items) => &items[..],
            _ => &[],
        };
        items
            .iter()
            .filter(|item| match &self.only {
                Some((key, wanted)) => {
                    at(item, key).is_some_and(|v| scalar(v).is_some_and(|text| *text == **wanted))
                }
                None => true,
            })
            .filter_map(|item| {
                if self.field.is_empty() {
                    Some(item)
                } else {
                    at(item, &self.field)
                }
            })
            .collect()
    }
}

/// A string, number or truth as text; nothing where it is empty.
pub(crate) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, json: &str) -> Vec<String> {
        let value: Value = serde_json::from_str(json).expect("JSON");
        let path = Path::read(path).expect("a path");
        let words = path.find(&value);
        words
            .into_iter()
            .filter_map(|v| scalar(v).map(Cow::into_owned))
            .collect()
    }

    #[test]
    fn paths_lead_into_objects_and_lists() {
        let json =
            r#"{"a":{"b":7},"l":[{"t":"x","u":"1"},{"t":"y","u":"2"}],"s":["p","q"],"d.e":true}"#;
        for (path, want) in [
            ("a.b", vec!["7"]),
            ("l[].u", vec!["1", "2"]),
            ("l[t=y].u", vec!["2"]),
            ("l.0.u", vec!["1"]),
            ("s[]", vec!["p", "q"]),
            ("d.e", vec!["true"]),
            ("a[].b", vec![]),
            ("none", vec![]),
        ] {
            assert_eq!(found(path, json), want, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in ["", "[].a", "a[", "a[x].b", "a[]b", &"a[]".repeat(20)] {
            assert!(Path::read(bad).is_err(), "{bad}");
        }
    }
}
