//! Markings of STIX: by which ids and words the Traffic Light Protocol is meant, in both of its versions.

use std::collections::HashMap;

use overt_model::handed::Sharing;
use serde_json::Value;

use super::Reading;
use crate::indicators::value::{list, text};

/// The ids that OASIS has fixed: those of version 2.0, and those of version 1 in STIX 2.1.
const FIXED: [(&str, Sharing); 9] = [
    ("94868c89-83c2-464b-929b-a1a8aa3c8487", Sharing::Clear),
    ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Sharing::Green),
    ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", Sharing::Amber),
    ("939a9414-2ddd-4d32-a0cd-375ea402b003", Sharing::AmberStrict),
    ("e828b379-4e03-4974-9ac4-e53a884c97c1", Sharing::Red),
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", Sharing::Clear),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", Sharing::Green),
    ("f88d31f6-486f-44da-b317-01333bde0b82", Sharing::Amber),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Sharing::Red),
];

/// What a marking says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// How far something may be passed on.
    Sharing(Sharing),
    /// Terms of use, which say nothing of how far.
    Terms,
    /// What is not understood.
    Unknown,
}

/// The markings of bundles, by id.
pub(super) struct Marks<'a> {
    defined: HashMap<&'a str, Mark>,
}

impl<'a> Marks<'a> {
    pub(super) fn of(objects: impl Iterator<Item = &'a Value>) -> Self {
        let definitions = objects.filter(|o| text(o, "type") == "marking-definition");
        Self {
            defined: definitions.map(|o| (text(o, "id"), said(o))).collect(),
        }
    }

    fn of_id(&self, id: &str) -> Mark {
        let uuid = id.strip_prefix("marking-definition--").unwrap_or(id);
        let fixed = FIXED.iter().find(|(known, _)| *known == uuid);
        // Whatever a file says that a fixed id means, it means that.
        match fixed {
            Some((_, sharing)) => Mark::Sharing(*sharing),
            None => self.defined.get(id).copied().unwrap_or(Mark::Unknown),
        }
    }

    /// The most of what is referred to; none where nothing says how far.
    pub(super) fn of_refs(&self, object: &Value, reading: &mut Reading) -> Option<Sharing> {
        let own = list(object, "object_marking_refs").filter_map(Value::as_str);
        let granular =
            list(object, "granular_markings").filter_map(|g| g.get("marking_ref")?.as_str());
        let mut most = None;
        for id in own.chain(granular) {
            let sharing = match self.of_id(id) {
                Mark::Sharing(sharing) => Some(sharing),
                Mark::Terms => None,
                Mark::Unknown => {
                    reading.warn(
                        "some markings are not TLP's, or are not in the files: what carries them is taken as TLP:AMBER+STRICT"
                            .to_owned(),
                    );
                    Some(Sharing::AmberStrict)
                }
            };
            most = most.max(sharing);
        }
        most
    }

    /// How far an object may be passed on: the most of what is said of it and of its parts.
    pub(super) fn of_object(&self, object: &Value, reading: &mut Reading) -> Sharing {
        let said = self.of_refs(object, reading);
        said.unwrap_or(reading.unmarked)
    }
}

fn said(definition: &Value) -> Mark {
    match (level(definition), terms(definition)) {
        (Some(sharing), _) => Mark::Sharing(sharing),
        (None, Some(_)) => Mark::Terms,
        (None, None) => Mark::Unknown,
    }
}

/// The level of the Traffic Light Protocol that a marking of somebody's own means, by its extension or its words.
fn level(definition: &Value) -> Option<Sharing> {
    let of_extension = definition.get("extensions").and_then(Value::as_object);
    let of_extension = of_extension
        .into_iter()
        .flatten()
        .map(|(_, e)| text(e, "tlp_2_0"));
    let inner = definition
        .get("definition")
        .map_or("", |inner| text(inner, "tlp"));
    let words = [
        inner,
        text(definition, "x_opencti_definition"),
        text(definition, "name"),
    ];
    // The highest, if they differ.
    of_extension
        .chain(words)
        .filter_map(Sharing::labelled)
        .max()
}

/// The terms of use that a marking states, if it says nothing of how far something may be passed on.
pub(super) fn terms(definition: &Value) -> Option<String> {
    if text(definition, "definition_type") != "statement" || level(definition).is_some() {
        return None;
    }
    let words = text(definition.get("definition")?, "statement");
    let words: String = words
        .chars()
        .filter(|c| !overt_model::visible::hides(*c))
        .collect();
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}
