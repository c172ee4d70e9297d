//! The fields of a JSON value in the order of the text, those inside others by their names joined with dots. The elements
//! of a list all have its name.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::out::{LogReason, LogSkip, Out, Told};
use super::run::LineFormat;
use crate::error::Stop;

/// The most fields of a value.
const FIELDS: usize = 4_096;
/// The most bytes of all names of a value: deep nesting repeats the outer ones.
const NAMES: usize = 1 << 20;

/// A name and a value.
pub(super) type Field<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The fields of a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Flat<'a>(pub(super) Vec<Field<'a>>);

impl<'a> Flat<'a> {
    /// The fields of a JSON object.
    pub(super) fn read(text: &'a str) -> Result<Self, LogReason> {
        let mut walk = Walk {
            fields: Vec::new(),
            names: 0,
            over: false,
        };
        let mut reader = serde_json::Deserializer::from_str(text);
        let seed = Seed {
            walk: &mut walk,
            name: Cow::Borrowed(""),
        };
        let read = seed.deserialize(&mut reader).and_then(|()| reader.end());
        match read {
            Ok(()) => Ok(Self(walk.fields)),
            Err(_) if walk.over => Err(LogReason::TooManyFields),
            Err(_) => Err(LogReason::MalformedJson),
        }
    }

    /// The first field of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Cow<'a, str>> {
        let (_, value) = self.0.iter().find(|(field, _)| field == name)?;
        Some(value)
    }

    /// The first of some names that has a value; an empty one and a dash are none.
    pub(super) fn first(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        let found = names.iter().filter_map(|name| self.get(name));
        let mut said = found.filter(|value| !value.is_empty() && *value != "-");
        said.next().cloned()
    }

    /// A whole number.
    pub(super) fn number<T: std::str::FromStr>(&self, names: &[&str]) -> Option<T> {
        self.first(names)?.parse().ok()
    }

    /// Whether one of some names is there, with a value or not.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    /// All values of a name.
    pub(super) fn all(&self, name: &str) -> Vec<Cow<'a, str>> {
        let of_name = self.0.iter().filter(|(field, _)| field == name);
        of_name.map(|(_, value)| value.clone()).collect()
    }
}

struct Walk<'a> {
    fields: Vec<Field<'a>>,
    names: usize,
    over: bool,
}

impl<'a> Walk<'a> {
    fn add<E: serde::de::Error>(
        &mut self,
        name: Cow<'a, str>,
        value: Cow<'a, str>,
    ) -> Result<(), E> {
        self.names += name.len();
        self.over |= self.fields.len() == FIELDS || self.names > NAMES;
        if self.over {
            return Err(E::custom("too many fields"));
        }
        self.fields.push((name, value));
        Ok(())
    }
}

struct Seed<'w, 'a> {
    walk: &'w mut Walk<'a>,
    name: Cow<'a, str>,
}

impl<'a> DeserializeSeed<'a> for Seed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Seed<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'a str) -> Result<(), E> {
        self.walk.add(self.name, Cow::Borrowed(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.walk.add(self.name, Cow::Owned(text.to_owned()))
    }

    fn visit_bool<E: serde::de::Error>(self, yes: bool) -> Result<(), E> {
        let word = if yes { "true" } else { "false" };
        self.walk.add(self.name, Cow::Borrowed(word))
    }

    fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<(), E> {
        self.walk.add(self.name, Cow::Owned(n.to_string()))
    }

    fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<(), E> {
        self.walk.add(self.name, Cow::Owned(n.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, n: f64) -> Result<(), E> {
        self.walk.add(self.name, Cow::Owned(n.to_string()))
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            let element = Seed {
                walk: &mut *self.walk,
                name: self.name.clone(),
            };
            if list.next_element_seed(element)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(inner)) = map.next_key::<Name<'a>>()? {
            let name = if self.name.is_empty() {
                inner
            } else {
                Cow::Owned(format!("{}.{inner}", self.name))
            };
            if name.len() > NAMES {
                self.walk.over = true;
                return Err(A::Error::custom("too many fields"));
            }
            map.next_value_seed(Seed {
                walk: &mut *self.walk,
                name,
            })?;
        }
        Ok(())
    }
}

/// The name of a field, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Name<'a> {
    fn deserialize<D: Deserializer<'a>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'a> Visitor<'a> for NameVisitor {
    type Value = Name<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Name<'a>, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Name<'a>, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}

/// A format whose records are values of JSON.
pub(super) trait JsonFormat {
    /// Reads the fields of a value, hands in what they say, and tells what became of it.
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop>;
}

/// Reads values for a format.
pub(super) struct Json<F>(pub(super) F);

impl<F: JsonFormat> LineFormat for Json<F> {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        match Flat::read(line) {
            Ok(fields) => self.0.value(fields, out),
            Err(_) if is_heading(line) => Ok(Told::Skip(LogSkip::Comment)),
            Err(reason) => Ok(Told::reject(reason, line)),
        }
    }
}

/// `Record 12`, as `evtx_dump` writes before each value.
fn is_heading(line: &str) -> bool {
    let number = line.trim_end().strip_prefix("Record ");
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_order_with_their_names_joined() {
        let text =
            r#"{"z":1,"a":{"b":["x",{"c":true}],"d":null,"e":{}},"t":"l\"q","f":1.5,"n":-3}"#;
        let flat = Flat::read(text).expect("an object");
        let fields: Vec<(&str, &str)> = flat.0.iter().map(|(n, v)| (&**n, &**v)).collect();
        let want = [
            ("z", "1"),
            ("a.b", "x"),
            ("a.b.c", "true"),
            ("t", "l\"q"),
            ("f", "1.5"),
            ("n", "-3"),
        ];
        assert_eq!(fields, want);
    }

    #[test]
    fn values_that_would_not_end_are_refused() {
        let many = format!("[{}0]", "0,".repeat(FIELDS));
        assert_eq!(Flat::read(&many), Err(LogReason::TooManyFields));
        let name = "n".repeat(400_000);
        let long = format!("{{\"{name}\":[1,1,1,1]}}");
        assert_eq!(Flat::read(&long), Err(LogReason::TooManyFields));
        let deep = "[".repeat(100_000);
        assert_eq!(Flat::read(&deep), Err(LogReason::MalformedJson));
        for bad in ["", "{", "{} x", "{\"a\":}", "nul"] {
            assert_eq!(Flat::read(bad), Err(LogReason::MalformedJson), "{bad}");
        }
    }
}
