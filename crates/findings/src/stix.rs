//! What every STIX 2.1 bundle of ours has in common: ids that follow from contents, so that the same thing has the
//! same id in every bundle, whose it is and how it is marked.

use std::collections::BTreeMap;

use overt_model::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// The namespace of our ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x3c1f_9a52_6f0e_4c55_9d27_5d0c_8a4e_7b10);
/// The namespace that STIX 2.1 gives for ids of observables.
const OBSERVABLES: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// The markings of the Traffic Light Protocol, version 2.0, under the ids that OASIS has fixed for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tlp {
    /// For everybody.
    Clear,
    /// For the recipient's community.
    Green,
    /// For the recipient's organization and its clients.
    Amber,
    /// For the recipient's organization.
    AmberStrict,
    /// For named recipients.
    Red,
}

/// The extension by which STIX 2.1 has these markings (OASIS, "TLP 2.0 Marking Definitions").
const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

impl Tlp {
    fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }

    /// All of them, from the widest.
    const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// The id of its definition.
    pub fn id(self) -> &'static str {
        match self {
            Self::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    fn definition(self) -> Value {
        json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self.id(),
            "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{}", self.name().to_uppercase()),
            "extensions": { TLP_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": self.name() } },
        })
    }
}

/// An id that follows from a text. STIX asks that the ids of what is no observable have the form of version 4, whose bits
/// are random or as good as that: here they are those of a hash.
pub fn derived(text: &str) -> Uuid {
    let hash = Uuid::new_v5(&NAMESPACE, text.as_bytes());
    uuid::Builder::from_random_bytes(hash.into_bytes()).into_uuid()
}

/// A time as STIX writes it: always three digits of milliseconds.
pub fn moment(at: Timestamp) -> String {
    let milliseconds = at.0.rem_euclid(1_000);
    let whole = Timestamp(at.0 - milliseconds).to_string();
    format!("{}.{milliseconds:03}Z", whole.trim_end_matches('Z'))
}

/// The objects of a bundle while it is made, each once.
#[derive(Debug)]
pub struct Objects {
    /// What the ids are of besides: the case, for two cases speak of other things under one name.
    scope: String,
    /// When they were made.
    pub at: String,
    tlp: Tlp,
    author: String,
    objects: BTreeMap<String, Value>,
}

impl Objects {
    /// Of a bundle by an author, who has a name and no more.
    /// The author is as old as what is told of `since`.
    pub fn new(scope: &str, since: &str, at: String, tlp: Tlp, author: &str) -> Self {
        let mut objects = Self {
            scope: scope.to_owned(),
            at,
            tlp,
            author: String::new(),
            objects: BTreeMap::new(),
        };
        objects.author = objects.id("identity", "overt");
        let named = json!({
            "name": author, "identity_class": "organization", "created": since, "modified": since,
        });
        objects.add("identity", "overt", named);
        objects
    }

    /// The id of an object of ours.
    pub fn id(&self, kind: &str, of: &str) -> String {
        let own = format!("{}\n{kind}\n{of}", self.scope);
        format!("{kind}--{}", derived(&own))
    }

    /// The id of the author.
    pub fn author(&self) -> &str {
        &self.author
    }

    /// Adds an object, if it is not there yet, and gives its id. It was made, and changed last, when the bundle was, unless
    /// its own properties say otherwise.
    pub fn add(&mut self, kind: &str, of: &str, own: Value) -> String {
        let id = self.id(kind, of);
        let mut object = json!({
            "type": kind,
            "spec_version": "2.1",
            "id": id,
            "created": self.at,
            "modified": self.at,
            "object_marking_refs": [self.tlp.id()],
        });
        if id != self.author {
            object["created_by_ref"] = json!(self.author);
        }
        self.put(id, object, own)
    }

    /// Adds an object that is somebody else's, under its own id and without our name.
    pub fn foreign(&mut self, kind: &str, id: &str, own: Value) -> String {
        let object = json!({ "type": kind, "spec_version": "2.1", "id": id });
        self.put(id.to_owned(), object, own)
    }

    /// Adds what can be observed, under the id that everybody gives it, and gives the id.
    pub fn observable(&mut self, kind: &str, own: Value) -> String {
        let id = Uuid::new_v5(&OBSERVABLES, own.to_string().as_bytes());
        let id = format!("{kind}--{id}");
        let object = json!({ "type": kind, "spec_version": "2.1", "id": id });
        self.put(id, object, own)
    }

    fn put(&mut self, id: String, mut object: Value, own: Value) -> String {
        if let (Some(object), Value::Object(own)) = (object.as_object_mut(), own) {
            object.extend(own);
        }
        self.objects.entry(id.clone()).or_insert(object);
        id
    }

    /// The bundle, with the definitions of the markings in it.
    pub fn bundle(self) -> Value {
        let used = |tlp: &Tlp| {
            *tlp == self.tlp || {
                let mut objects = self.objects.values();
                objects.any(|o| o["object_marking_refs"][0] == tlp.id())
            }
        };
        let used = Tlp::ALL.into_iter().filter(used);
        let mut objects: Vec<Value> = used.map(Tlp::definition).collect();
        objects.extend(self.objects.into_values());
        let text = serde_json::to_string(&objects).unwrap_or_default();
        let id = derived(&text);
        json!({ "type": "bundle", "id": format!("bundle--{id}"), "objects": objects })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_whatever_they_end_in() {
        let times = [0, 690, 600, 7].map(|ms| moment(Timestamp(1_467_331_200_000 + ms)));
        let ends: Vec<&str> = times.iter().map(|t| &t[19..]).collect();
        assert_eq!(ends, [".000Z", ".690Z", ".600Z", ".007Z"]);
        assert_eq!(moment(Timestamp(-1)), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_is_added_twice_is_there_once_and_of_its_scope() {
        let made = |scope: &str| {
            let mut objects = Objects::new(scope, "", String::new(), Tlp::Amber, "x");
            let first = objects.add("tool", "a", json!({ "name": "a" }));
            assert_eq!(objects.add("tool", "a", json!({ "name": "b" })), first);
            (first, objects.bundle())
        };
        let (id, bundle) = made("one");
        assert_eq!(bundle["objects"].as_array().map(Vec::len), Some(3));
        assert_ne!(id, made("other").0);
        assert_eq!(bundle, made("one").1);
    }
}
