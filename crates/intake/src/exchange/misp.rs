//! Events of MISP. What an event has of its own (attributes, objects, reports, clusters of galaxies, tags) is accounted for
//! one by one; who is said to be behind it, and by which techniques, is what claims can be made of.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use overt_model::handed::{Bytes, Link, Piece, PieceKind, Sharing};
use serde_json::Value;

use super::{KEPT, Reading, piece_of, sha256, shortened, shown};
use crate::indicators::misp::{events, is_yes, technique};
use crate::indicators::value::{list, text};
use crate::time::parse_time;

pub(super) fn read(files: &[(usize, Value)], reading: &mut Reading) {
    let mut all: Vec<(usize, &Value, bool)> = Vec::new();
    let mut by_uuid: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, value) in files {
        let events = events(value);
        let alone = events.len() == 1;
        let all_of_it = value.get("response").unwrap_or(value);
        let entries = all_of_it.as_array().map_or(1, Vec::len);
        for _ in events.len()..entries {
            let tally = &mut reading.handed.tally;
            tally.leave(
                "event",
                "it has no attributes and no objects, or is no event",
            );
        }
        for event in events {
            let uuid = text(event, "uuid");
            match by_uuid.get(uuid).copied().filter(|_| !uuid.is_empty()) {
                Some(known) if seconds(event) > seconds(all[known].1) => {
                    all[known] = (*file, event, alone);
                    reading
                        .handed
                        .tally
                        .leave("event", "a later version of it is there");
                }
                Some(_) => reading
                    .handed
                    .tally
                    .leave("event", "the same event is there, as late or later"),
                None => {
                    by_uuid.insert(uuid, all.len());
                    all.push((*file, event, alone));
                }
            }
        }
    }
    for (file, event, alone) in all {
        if reading.is_full() {
            return;
        }
        read_event(file, event, alone, reading);
    }
}

fn seconds(event: &Value) -> u64 {
    let written = event.get("timestamp");
    let number = written.and_then(Value::as_u64);
    let text = written.and_then(Value::as_str).and_then(|t| t.parse().ok());
    number.or(text).unwrap_or(0)
}

/// An event, as far as it speaks of all that is in it.
struct Event {
    file: usize,
    /// What a claim would be about.
    subject: String,
    origin: Option<String>,
    sharing: Sharing,
    from: String,
    /// What is claimed of it already.
    said: BTreeSet<(String, String)>,
}

fn read_event(file: usize, event: &Value, alone: bool, reading: &mut Reading) {
    let orgc = event.get("Orgc").map_or("", |orgc| text(orgc, "name"));
    let orgc = shortened(&reading.name(orgc), 200);
    let origin = Some(orgc).filter(|name| !name.is_empty());
    let sharing = sharing(event, None, reading);
    // Whatever in it is marked higher marks the whole, for the whole has it.
    let most = parts(event).fold(sharing, |most, part| {
        most.max(self::sharing(part, Some(sharing), reading))
    });
    let mut of = Event {
        file,
        subject: subject(event, reading),
        from: from(file, event, reading),
        origin,
        sharing,
        said: BTreeSet::new(),
    };
    reading.mark(file, Some(most));
    reading.tell(file, of.origin.as_ref());
    if alone {
        reading.handed.files[file].from.clone_from(&of.from);
        reading.handed.tally.place("event", "the item of its file");
    } else {
        let info = reading.name(text(event, "info"));
        reading.handed.pieces.push(Piece {
            name: format!("event: {}", shortened(&info, 120)),
            origin: of.origin.clone(),
            sharing: most,
            from: of.from.clone(),
            ..piece_of(event, "event", PieceKind::Document)
        });
    }
    for attribute in list(event, "Attribute") {
        of.attribute(attribute, reading);
    }
    for object in list(event, "Object") {
        of.object(object, reading);
    }
    let higher = Higher::of(event, sharing, reading);
    for report in list(event, "EventReport") {
        of.report(report, &higher, reading);
    }
    for galaxy in list(event, "Galaxy") {
        for cluster in list(galaxy, "GalaxyCluster") {
            of.cluster(text(galaxy, "type"), cluster, reading);
        }
    }
    for tag in list(event, "Tag") {
        of.tag(text(tag, "name"), reading);
    }
    for _ in list(event, "ShadowAttribute") {
        let tally = &mut reading.handed.tally;
        tally.leave("shadow attribute", "a proposal that nobody took over");
    }
    for _ in list(event, "RelatedEvent") {
        let tally = &mut reading.handed.tally;
        tally.leave("related event", "another event, which is not in the file");
    }
}

/// What is marked higher than its event: a report that repeats it is marked so too.
struct Higher {
    /// By value and by id.
    words: Option<AhoCorasick>,
    sharing: Vec<Sharing>,
}

/// A shorter value may stand in a text by chance.
const SHORTEST_VALUE: usize = 4;

impl Higher {
    fn of(event: &Value, whole: Sharing, reading: &mut Reading) -> Self {
        let (mut words, mut markings) = (Vec::new(), Vec::new());
        for part in parts(event) {
            let marked = sharing(part, Some(whole), reading);
            if marked <= whole {
                continue;
            }
            // Of an object, what is in it; a value of two parts is each of them.
            let inner = std::iter::once(part).chain(list(part, "Attribute"));
            let told = inner.flat_map(|p| {
                let values = text(p, "value").split('|');
                values.chain([text(p, "uuid")])
            });
            for word in told.map(str::trim).filter(|w| w.len() >= SHORTEST_VALUE) {
                words.push(word);
                markings.push(marked);
            }
        }
        let mut built = AhoCorasick::builder();
        Self {
            // Where there are too many to look for, any of them may be there.
            words: built.ascii_case_insensitive(true).build(words).ok(),
            sharing: markings,
        }
    }

    /// The most of what a text repeats.
    fn told_by(&self, content: &str) -> Sharing {
        let all = || self.sharing.iter().copied().max();
        let told = match &self.words {
            Some(words) => words
                .find_overlapping_iter(content)
                .map(|found| self.sharing[found.pattern().as_usize()])
                .max(),
            None => all(),
        };
        told.unwrap_or(Sharing::Clear)
    }
}

/// Everything in an event that can have a marking of its own.
fn parts(event: &Value) -> impl Iterator<Item = &Value> {
    let objects = list(event, "Object");
    let inner = objects.flat_map(|o| std::iter::once(o).chain(list(o, "Attribute")));
    list(event, "Attribute")
        .chain(inner)
        .chain(list(event, "EventReport"))
}

/// How far something may be passed on: the most of what its tags say of the Traffic Light Protocol and of how far its
/// instance distributes it.
fn sharing(value: &Value, inherited: Option<Sharing>, reading: &mut Reading) -> Sharing {
    let mut tags = None;
    for tag in list(value, "Tag").map(|tag| text(tag, "name")) {
        if !tag.to_ascii_lowercase().starts_with("tlp:") {
            continue;
        }
        let said = Sharing::labelled(tag).unwrap_or_else(|| {
            reading.warn("some markings are not TLP's, or are not in the files: what carries them is taken as TLP:AMBER+STRICT".to_owned());
            Sharing::AmberStrict
        });
        tags = tags.max(Some(said));
    }
    let distribution = value.get("distribution").map(|d| match d {
        Value::String(word) => word.clone(),
        other => other.to_string(),
    });
    let distributed = match distribution.as_deref() {
        // This organisation only; a sharing group, whoever is in it.
        Some("0" | "4") => Some(Sharing::AmberStrict),
        Some("1") => Some(Sharing::Amber),
        Some("2") => Some(Sharing::Green),
        // To all, or as the whole is: that says nothing more.
        _ => None,
    };
    let otherwise = inherited.unwrap_or(reading.unmarked);
    match (tags, distributed) {
        (None, None) => otherwise,
        (None, Some(distributed)) => distributed.max(otherwise),
        (tags, distributed) => tags.max(distributed).unwrap_or(otherwise),
    }
}

/// What a claim would be about: the campaign that the event names; else the event.
fn subject(event: &Value, reading: &mut Reading) -> String {
    let named = |a: &&Value| text(a, "type") == "campaign-name" && !is_yes(a, "deleted");
    let mut campaigns = list(event, "Attribute").filter(named);
    let (kind, name) = match (campaigns.next(), campaigns.next()) {
        (Some(only), None) => ("campaign", text(only, "value")),
        _ => ("event", text(event, "info")),
    };
    let name = reading.name(name);
    format!("{kind}:{}", shortened(&name, 120))
}

/// From where an event comes, and what its source says of it.
fn from(file: usize, event: &Value, reading: &mut Reading) -> String {
    let mut from = format!(
        "event {} in {}",
        shortened(&reading.name(text(event, "uuid")), 60),
        shown(&reading.handed.files[file].path)
    );
    if let Some((day, _)) = parse_time(text(event, "date")) {
        let day: String = day.to_string().chars().take(10).collect();
        from.push_str(&format!("; dated {day}"));
    }
    let said = list(event, "Tag")
        .map(|tag| text(tag, "name"))
        .filter(|t| t.starts_with("admiralty-scale:") || t.starts_with("estimative-language:"));
    let said: Vec<String> = said.map(|t| shortened(&reading.name(t), 120)).collect();
    if !said.is_empty() {
        from.push_str(&format!("; its source says: {}", said.join(", ")));
    }
    from
}

impl Event {
    fn attribute(&mut self, attribute: &Value, reading: &mut Reading) {
        let counted = "attribute";
        let (kind, value) = (text(attribute, "type"), text(attribute, "value"));
        if is_yes(attribute, "deleted") {
            return reading.handed.tally.leave(counted, "deleted");
        }
        if kind.is_empty() || value.trim().is_empty() {
            let tally = &mut reading.handed.tally;
            return tally.leave(counted, "it has no type or no value");
        }
        if kind == "threat-actor" {
            let actor = reading.name(value);
            let sharing = sharing(attribute, Some(self.sharing), reading).max(self.sharing);
            return self.claim(
                counted,
                "attributed-to",
                "threat-actor",
                &actor,
                sharing,
                reading,
            );
        }
        reading.handed.tally.place(counted, KEPT);
    }

    fn object(&mut self, object: &Value, reading: &mut Reading) {
        let gone = is_yes(object, "deleted");
        let tally = &mut reading.handed.tally;
        if gone {
            tally.leave("object", "deleted");
        } else {
            tally.place("object", KEPT);
        }
        for attribute in list(object, "Attribute") {
            if gone {
                let tally = &mut reading.handed.tally;
                tally.leave("attribute", "its object was deleted");
            } else {
                self.attribute(attribute, reading);
            }
        }
    }

    /// What people wrote about the event.
    fn report(&mut self, report: &Value, higher: &Higher, reading: &mut Reading) {
        let (counted, content) = ("event report", text(report, "content"));
        if is_yes(report, "deleted") {
            return reading.handed.tally.leave(counted, "deleted");
        }
        if content.trim().is_empty() {
            return reading.handed.tally.leave(counted, "it says nothing");
        }
        let name = reading.name(text(report, "name"));
        let own = sharing(report, Some(self.sharing), reading).max(self.sharing);
        let sharing = own.max(higher.told_by(content));
        reading.handed.pieces.push(Piece {
            counted: counted.to_owned(),
            name: format!("report: {}", shortened(&name, 120)),
            kind: PieceKind::Document,
            origin: self.origin.clone(),
            sharing,
            from: format!("a report in {}", self.from),
            licence: String::new(),
            collected: None,
            sha256: sha256(content.as_bytes()),
            bytes: Bytes::Held(content.as_bytes().to_vec()),
        });
    }

    fn cluster(&mut self, galaxy: &str, cluster: &Value, reading: &mut Reading) {
        let value = text(cluster, "value");
        let meta = cluster.get("meta");
        let numbers = meta.into_iter().flat_map(|meta| list(meta, "external_id"));
        let numbers = numbers.filter_map(Value::as_str);
        let number = [value].into_iter().chain(numbers).find_map(technique);
        self.of_galaxy("galaxy cluster", galaxy, value, number, reading);
    }

    /// `misp-galaxy:threat-actor="Sofacy"`: the same as a cluster, where the clusters are left out.
    fn tag(&mut self, tag: &str, reading: &mut Reading) {
        let counted = "tag";
        let tally = &mut reading.handed.tally;
        let lower = tag.to_ascii_lowercase();
        if lower.starts_with("tlp:") {
            return tally.place(counted, "a marking");
        }
        if lower.starts_with("admiralty-scale:") || lower.starts_with("estimative-language:") {
            return tally.place(counted, "said beside the item");
        }
        let galaxy = tag.strip_prefix("misp-galaxy:");
        let parts = galaxy.and_then(|g| g.split_once("=\""));
        let Some((galaxy, value)) = parts else {
            return tally.place(counted, KEPT);
        };
        let value = value.trim_end_matches('"');
        self.of_galaxy(counted, galaxy, value, technique(value), reading);
    }

    fn of_galaxy(
        &mut self,
        counted: &str,
        galaxy: &str,
        value: &str,
        number: Option<String>,
        reading: &mut Reading,
    ) {
        let is_actor = ["threat-actor", "intrusion-set", "activity-group"]
            .iter()
            .any(|kind| galaxy.contains(kind));
        let is_technique = galaxy.contains("attack-pattern") || galaxy.contains("disarm-technique");
        let sharing = self.sharing;
        match number {
            Some(number) if is_technique => {
                self.claim(counted, "uses", "technique", &number, sharing, reading);
            }
            _ if is_actor => {
                let actor = reading.name(value);
                self.claim(
                    counted,
                    "attributed-to",
                    "threat-actor",
                    &actor,
                    sharing,
                    reading,
                );
            }
            _ if is_technique => {
                let tally = &mut reading.handed.tally;
                tally.leave(counted, "a technique without its framework's number");
            }
            _ => reading.handed.tally.place(counted, KEPT),
        }
    }

    fn claim(
        &mut self,
        counted: &str,
        relation: &str,
        kind: &str,
        name: &str,
        sharing: Sharing,
        reading: &mut Reading,
    ) {
        if name.is_empty() {
            return reading.handed.tally.leave(counted, "it names nothing");
        }
        let object = format!("{kind}:{}", shortened(name, 120));
        if !self.said.insert((relation.to_owned(), object.clone())) {
            let tally = &mut reading.handed.tally;
            return tally.place(counted, "said already by another part of the event");
        }
        // The event says more than its parts, and a claim names the event.
        let sharing = sharing.max(self.sharing);
        reading.mark(self.file, Some(sharing));
        reading.handed.links.push(Link {
            counted: counted.to_owned(),
            relation: relation.to_owned(),
            own: None,
            subject: self.subject.clone(),
            object: Some(object),
            sharing,
            piece: None,
        });
    }
}
