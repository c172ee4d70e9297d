//! Bundles of STIX 2, as OpenCTI writes them too. Each object is one thing, and every one of them is accounted for.

use std::collections::{BTreeSet, HashMap};

use overt_model::handed::{CLAIM_EXTENSION, Link, Piece, PieceKind, Sharing};
use serde_json::Value;

use super::marks::{Marks, terms};
use super::{KEPT, Reading, piece_of, shortened, shown};
use crate::indicators::misp::technique;
use crate::indicators::value::{list, text};
use crate::time::parse_time;

/// The extension by which our own bundles say which claim of a case an object is.
const CLAIM: &str = "claim";
/// By which they say that an object is a judgement.
const JUDGES: &str = "judges";
/// The one by which they say what items a claim rests on.
const ITEMS: &str = "items";

/// An object with the file that it stands in.
#[derive(Clone, Copy)]
struct Placed<'a> {
    file: usize,
    object: &'a Value,
}

/// Objects by their ids.
type ById<'a> = HashMap<&'a str, Placed<'a>>;

pub(super) fn read(bundles: &[(usize, Value)], reading: &mut Reading) {
    let (by_id, order) = index(bundles, reading);
    let marks = Marks::of(order.iter().map(|id| by_id[id].object));
    // Bundles have none by the standard; where one has, it holds for all that is in it.
    let mut wholes = HashMap::new();
    for (file, bundle) in bundles {
        let whole = marks.of_refs(bundle, reading);
        reading.mark(*file, whole);
        wholes.extend(whole.map(|whole| (*file, whole)));
    }
    let creators: BTreeSet<&str> = order
        .iter()
        .map(|id| text(by_id[id].object, "created_by_ref"))
        .collect();
    let told = Told {
        by_id,
        marks,
        wholes,
        creators,
    };
    for id in order {
        if reading.is_full() {
            return;
        }
        told.take(told.by_id[id], reading);
    }
    // Claims of another case in its order: they have the same numbers in a case that has no others.
    reading.handed.links.sort_by_key(|link| link.own);
}

/// The objects that are taken: of each id the last version, in the order of the files.
fn index<'a>(bundles: &'a [(usize, Value)], reading: &mut Reading) -> (ById<'a>, Vec<&'a str>) {
    let mut by_id: ById<'a> = HashMap::new();
    let mut order = Vec::new();
    for (file, bundle) in bundles {
        for object in list(bundle, "objects") {
            let (id, kind) = (text(object, "id"), text(object, "type"));
            if !is_id(id, kind) {
                let counted = if is_word(kind) { kind } else { "object" };
                reading
                    .handed
                    .tally
                    .leave(counted, "its type or id is not of STIX's form");
                continue;
            }
            let new = Placed {
                file: *file,
                object,
            };
            let Some(known) = by_id.get_mut(id) else {
                by_id.insert(id, new);
                order.push(id);
                continue;
            };
            if known.object == object {
                reading
                    .handed
                    .tally
                    .leave(kind, "the same object stands there twice");
            } else if version(object) > version(known.object) {
                reading
                    .handed
                    .tally
                    .leave(kind, "a later version of it is there");
                *known = new;
            } else if version(object) < version(known.object) {
                reading
                    .handed
                    .tally
                    .leave(kind, "a later version of it is there");
            } else {
                reading
                    .handed
                    .tally
                    .leave(kind, "another object has its id and version");
                let words = format!(
                    "{} says two things under the id {}; the first is taken",
                    shown(&reading.handed.files[*file].path),
                    overt_model::visible(id)
                );
                reading.warn(words);
            }
        }
    }
    (by_id, order)
}

fn version(object: &Value) -> Option<i64> {
    parse_time(text(object, "modified")).map(|(time, _)| time.0)
}

/// `report--` and 36 characters of a UUID.
fn is_id(id: &str, kind: &str) -> bool {
    let Some(uuid) = id
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix('-')?.strip_prefix('-'))
    else {
        return false;
    };
    let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
    is_word(kind)
        && groups == [8, 4, 4, 4, 12]
        && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn is_word(kind: &str) -> bool {
    (1..=250).contains(&kind.len())
        && kind
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// All objects, and what they say of each other.
struct Told<'a> {
    by_id: ById<'a>,
    marks: Marks<'a>,
    /// How bundles are marked as wholes, by file.
    wholes: HashMap<usize, Sharing>,
    creators: BTreeSet<&'a str>,
}

impl<'a> Told<'a> {
    fn take(&self, placed: Placed<'a>, reading: &mut Reading) {
        let object = placed.object;
        let kind = text(object, "type");
        let own = self.marks.of_object(object, reading);
        let whole = self.wholes.get(&placed.file);
        let sharing = whole.map_or(own, |whole| own.max(*whole));
        // A claim names no author, and what another case gives out is marked by itself.
        let of_creator = (kind != "relationship").then(|| self.of_creator(object, reading));
        let sharing = sharing.max(of_creator.flatten().unwrap_or(sharing));
        let origin = self.origin(object, reading);
        if !matches!(kind, "marking-definition" | "extension-definition") {
            reading.mark(placed.file, Some(sharing));
            if kind != "identity" {
                reading.tell(placed.file, origin.as_ref());
            }
        }
        if object.get("revoked").and_then(Value::as_bool) == Some(true) {
            return reading.handed.tally.leave(kind, "its author revoked it");
        }
        match kind {
            "marking-definition" => {
                let licence = &mut reading.handed.files[placed.file].licence;
                if let Some(words) = terms(object).filter(|_| licence.is_empty()) {
                    *licence = shortened(&words, 500);
                }
                reading.handed.tally.place(kind, "a marking");
            }
            "extension-definition" | "language-content" => {
                reading.handed.tally.place(kind, "said of other objects");
            }
            "identity" if self.creators.contains(text(object, "id")) => {
                reading.handed.tally.place(kind, "an origin");
            }
            "relationship" => self.relation(placed, origin, sharing, reading),
            "report" | "note" | "opinion" | "grouping" | "sighting" | "observed-data" => {
                self.says(placed, origin, sharing, reading);
            }
            _ => reading.handed.tally.place(kind, KEPT),
        }
    }

    fn get(&self, id: &str) -> Option<&'a Value> {
        self.by_id.get(id).map(|placed| placed.object)
    }

    /// How the identity is marked that made an object: its name goes with whatever it made.
    fn of_creator(&self, object: &Value, reading: &mut Reading) -> Option<Sharing> {
        if own(object, CLAIM).is_some() || own(object, ITEMS).is_some() {
            return None;
        }
        let creator = self.get(text(object, "created_by_ref"))?;
        self.marks.of_refs(creator, reading)
    }

    /// Whose word an object is: the name of the identity that made it.
    fn origin(&self, object: &Value, reading: &mut Reading) -> Option<String> {
        let by = text(object, "created_by_ref");
        if by.is_empty() {
            return None;
        }
        let creator = self.get(by).filter(|o| text(o, "type") == "identity");
        let name = creator.map(|creator| reading.name(text(creator, "name")));
        if name.as_ref().is_none_or(String::is_empty) {
            let words = "some objects are by somebody who is not in the files: they declare no origin, and count with all that declares none";
            reading.warn(words.to_owned());
            return None;
        }
        name.map(|name| shortened(&name, 200))
    }

    /// Something that somebody says: an item by itself.
    fn says(
        &self,
        placed: Placed<'a>,
        origin: Option<String>,
        sharing: Sharing,
        reading: &mut Reading,
    ) {
        let object = placed.object;
        let kind = text(object, "type");
        if kind == "grouping" && own(object, ITEMS).is_some() {
            return self.items(placed, sharing, reading);
        }
        if own(object, JUDGES).is_some() {
            let place = "kept in the item of its file: what another case made of it is no evidence";
            return reading.handed.tally.place(kind, place);
        }
        let sort = match kind {
            "note" | "opinion" => PieceKind::Statement,
            _ => PieceKind::Document,
        };
        let (about, about_sharing) = self.about(object, reading);
        let called = ["name", "abstract", "opinion", "description", "content"]
            .map(|field| text(object, field))
            .into_iter()
            .find(|words| !words.is_empty())
            .map_or(about, |words| reading.name(words));
        let piece = Piece {
            name: format!("{kind}: {}", shortened(&called, 120)),
            origin,
            sharing: sharing.max(about_sharing),
            from: self.from(placed, reading),
            licence: self.licence(object),
            ..piece_of(object, kind, sort)
        };
        // A note that is our own and a claim without an object is that claim.
        if let Some(link) = own_link(object, &piece) {
            return reading.handed.links.push(link);
        }
        reading.handed.pieces.push(piece);
    }

    /// What something is about, where it is told by that alone; with how far that may be passed on.
    fn about(&self, object: &Value, reading: &mut Reading) -> (String, Sharing) {
        let about = self.get(text(object, "sighting_of_ref"));
        let Some(about) = about else {
            return (text(object, "id").to_owned(), Sharing::Clear);
        };
        let name = reading.name(text(about, "name"));
        (name, self.marks.of_object(about, reading))
    }

    /// What an own bundle says that a claim rests on: items whose bytes are not here, each by its number, grade, origin and
    /// hash.
    fn items(&self, placed: Placed<'a>, sharing: Sharing, reading: &mut Reading) {
        let object = placed.object;
        let counted = text(object, "type");
        let from = self.from(placed, reading);
        let items = own(object, ITEMS).and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            let origin = reading.name(text(item, "origin"));
            // What was never enough by itself there is not here either.
            let kind = match text(item, "kind") {
                "statement" => PieceKind::Statement,
                "coordination" => PieceKind::Coordination,
                "sighting" => PieceKind::Sighting,
                "screening" => PieceKind::Screening,
                "viewpoint" => PieceKind::Viewpoint,
                _ => PieceKind::Document,
            };
            let mut piece = piece_of(item, "item of another case", kind);
            piece.name = format!("{} of another case", reading.name(text(item, "id")));
            piece.origin = Some(shortened(&origin, 200)).filter(|o| !o.is_empty());
            piece.sharing = Sharing::labelled(text(item, "marking"))
                .unwrap_or(Sharing::AmberStrict)
                .max(sharing);
            piece.from = format!("{from}; only what is said of it is here, not its bytes");
            // Several claims rest on one item.
            if reading.known.insert(piece.sha256.clone()) {
                reading.handed.pieces.push(piece);
            }
        }
        reading
            .handed
            .tally
            .place(counted, "items of another case, by reference");
    }

    fn relation(
        &self,
        placed: Placed<'a>,
        origin: Option<String>,
        sharing: Sharing,
        reading: &mut Reading,
    ) {
        let object = placed.object;
        let counted = "relationship";
        let [source, target] = ["source_ref", "target_ref"].map(|end| self.get(text(object, end)));
        let (Some(source), Some(target)) = (source, target) else {
            return reading
                .handed
                .tally
                .leave(counted, "it relates something that is not in the files");
        };
        if source["id"] == target["id"] {
            return reading
                .handed
                .tally
                .leave(counted, "it relates something to itself");
        }
        let ends = [source, target].map(|end| self.of_end(end, reading));
        // It names both: who may not have one of them may not have it.
        let sharing = sharing.max(ends[0]).max(ends[1]);
        let relation = text(object, "relationship_type");
        let names = [source, target].map(|end| reading.name(text(end, "name")));
        let called = format!("{} {relation} {}", names[0], names[1]);
        let piece = Piece {
            name: shortened(&called, 160),
            origin,
            sharing,
            from: self.from(placed, reading),
            licence: self.licence(object),
            ..piece_of(object, counted, PieceKind::Statement)
        };
        if let Some(link) = own_link(object, &piece) {
            return reading.handed.links.push(link);
        }
        let is_actor = matches!(text(source, "type"), "threat-actor" | "intrusion-set");
        if is_actor && text(target, "type") == "identity" && names[0] == names[1] {
            let tally = &mut reading.handed.tally;
            return tally.leave(
                counted,
                "it says that an actor is the party of the same name",
            );
        }
        let [Some(subject), Some(of)] = [source, target].map(|end| named(end, reading)) else {
            return reading.handed.tally.leave(
                counted,
                "what it relates has no name that a claim could have",
            );
        };
        let relation = reading.name(relation);
        reading.handed.links.push(Link {
            counted: counted.to_owned(),
            relation,
            own: None,
            subject,
            object: Some(of),
            sharing,
            piece: Some(piece),
        });
    }

    /// How far what is related may be passed on. That a framework has a technique is known to anybody.
    fn of_end(&self, end: &Value, reading: &mut Reading) -> Sharing {
        let is_published = text(end, "type") == "attack-pattern" && number(end).is_some();
        match self.marks.of_refs(end, reading) {
            None if is_published => Sharing::Clear,
            said => said.unwrap_or(reading.unmarked),
        }
    }

    /// From where an object comes, and what its source says of it.
    fn from(&self, placed: Placed<'a>, reading: &mut Reading) -> String {
        let object = placed.object;
        let mut from = format!(
            "{} in {}",
            text(object, "id"),
            shown(&reading.handed.files[placed.file].path)
        );
        for (field, words) in [("published", "published"), ("created", "made")] {
            if let Some((time, _)) = parse_time(text(object, field)) {
                let day = time.to_string().chars().take(10).collect::<String>();
                from.push_str(&format!("; {words} {day}"));
                break;
            }
        }
        let link = list(object, "external_references").find_map(|r| r.get("url")?.as_str());
        if let Some(link) = link {
            from.push_str(&format!("; {}", shortened(&reading.name(link), 300)));
        }
        if let Some(confidence) = object.get("confidence").and_then(Value::as_u64) {
            from.push_str(&format!(
                "; its source gives its own confidence as {confidence} of 100"
            ));
        }
        let creator = self.get(text(object, "created_by_ref"));
        let reliability = creator.map_or("", |c| text(c, "x_opencti_reliability"));
        let own = [reliability, text(object, "x_opencti_reliability")];
        if let Some(graded) = own.into_iter().find(|graded| !graded.is_empty()) {
            let graded = shortened(&reading.name(graded), 60);
            from.push_str(&format!(
                "; whoever hands it over grades its source {graded:?}"
            ));
        }
        from
    }

    /// Terms that come with an object's markings.
    fn licence(&self, object: &Value) -> String {
        let markings = list(object, "object_marking_refs").filter_map(Value::as_str);
        let mut said = markings.filter_map(|id| terms(self.get(id)?));
        said.next()
            .map_or_else(String::new, |words| shortened(&words, 500))
    }
}

/// A claim as our own bundles have it.
fn own_link(object: &Value, piece: &Piece) -> Option<Link> {
    let claim = own(object, CLAIM)?;
    let word = |name: &str| Some(text(claim, name).to_owned()).filter(|w| !w.is_empty());
    let number = text(claim, "id").strip_prefix("claim:")?.parse().ok()?;
    Some(Link {
        counted: piece.counted.clone(),
        relation: word("relation")?,
        own: Some(number),
        subject: word("subject")?,
        object: word("object"),
        sharing: piece.sharing,
        // It says what another case claims and how that is judged there, and is no evidence of it.
        piece: None,
    })
}

/// What an own extension says.
fn own<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.get("extensions")?.get(CLAIM_EXTENSION)?.get(name)
}

/// The number that a framework has given a technique.
fn number(object: &Value) -> Option<String> {
    let references = list(object, "external_references").map(|r| text(r, "external_id"));
    let mut ids = references.chain([text(object, "x_mitre_id")]);
    ids.find_map(technique)
}

/// Whom or what a claim would name: `campaign:Example`. A cluster of activity or an actor is not a party: who that is, is
/// what a claim is about.
fn named(object: &Value, reading: &mut Reading) -> Option<String> {
    let kind = text(object, "type");
    if kind == "attack-pattern" {
        return number(object).map(|number| format!("technique:{number}"));
    }
    let kind = match (kind, text(object, "identity_class")) {
        ("identity", "individual") => "person",
        ("identity", "organization" | "organisation" | "group") => "organisation",
        (kind, _) => kind,
    };
    let name = reading.name(text(object, "name"));
    (!name.is_empty()).then(|| format!("{kind}:{name}"))
}
