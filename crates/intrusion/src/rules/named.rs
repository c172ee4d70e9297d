//! The fields of an event by the names that rules ask for.

use std::borrow::Cow;

use overt_model::log::Event;
use rustc_hash::FxHashMap;

/// Fields of Windows' own audit of processes, and the names of Sysmon's that rules are written in. An office without Sysmon
/// has these.
const PROCESS: [(&str, &str); 4] = [
    ("NewProcessName", "Image"),
    ("ParentProcessName", "ParentImage"),
    ("SubjectLogonId", "LogonId"),
    ("NewProcessId", "ProcessId"),
];

/// Integrity levels by their numbers, and as Sysmon writes them.
const INTEGRITY: [(&str, &str); 4] = [
    ("S-1-16-4096", "Low"),
    ("S-1-16-8192", "Medium"),
    ("S-1-16-12288", "High"),
    ("S-1-16-16384", "System"),
];

/// Names of Defender's that rules for any scanner know otherwise.
const SCANNER: [(&str, &str); 2] = [("Threat Name", "Signature"), ("Path", "Filename")];

/// Under which names rules ask for the kind of an event.
const KIND: [(&str, &str, &[&str]); 4] = [
    ("windows", "", &["EventID"]),
    ("azure", "signinlogs", &["ResultType"]),
    (
        "azure",
        "auditlogs",
        &["OperationName", "operationName", "properties.message"],
    ),
    ("m365", "", &["Operation"]),
];

type Field<'a> = (Cow<'a, str>, Cow<'a, str>);

/// An event's fields, by name. Of one name there may be several. A thousand rules ask for the same few: comparing names was
/// a sixth of all time.
pub(super) struct Named<'a> {
    /// In the order of their names.
    fields: Vec<Field<'a>>,
    /// By the hash of a name, where its fields begin. Of two names with one hash only the first is here.
    starts: FxHashMap<u64, usize>,
}

fn hash(name: &str) -> u64 {
    // Who writes a log may choose names of fields: none may be hidden behind another of the same number.
    crate::hash::of(name)
}

impl<'a> Named<'a> {
    pub(super) fn of(event: &'a Event<'_>) -> Self {
        let mut fields: Vec<Field<'a>> = Vec::with_capacity(event.fields.len() + 8);
        for (name, value) in &event.fields {
            fields.push((Cow::Borrowed(name), Cow::Borrowed(value)));
            // Defender writes `Threat Name`, rules ask for `ThreatName`.
            if name.contains(' ') {
                fields.push((Cow::Owned(name.replace(' ', "")), Cow::Borrowed(value)));
            }
        }
        if &*event.product == "windows" {
            match event.kind.as_deref() {
                Some("4688") => process(event, &mut fields),
                _ => renamed(event, &SCANNER, &mut fields),
            }
        }
        kind(event, &mut fields);
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut starts = FxHashMap::default();
        starts.reserve(fields.len());
        for (at, (name, _)) in fields.iter().enumerate() {
            starts.entry(hash(name)).or_insert(at);
        }
        Self { fields, starts }
    }

    /// All fields in the order of their names.
    pub(super) fn fields(&self) -> &[Field<'a>] {
        &self.fields
    }

    /// All fields of a name.
    pub(super) fn all(&self, name: &str) -> &[Field<'a>] {
        let Some(start) = self.starts.get(&hash(name)) else {
            return &[];
        };
        let start = match self.fields.get(*start) {
            Some((field, _)) if field == name => *start,
            _ => self.fields.partition_point(|(field, _)| &**field < name),
        };
        let rest = &self.fields[start..];
        let of_name = rest.iter().take_while(|(field, _)| field == name).count();
        &rest[..of_name]
    }
}

fn process<'a>(event: &'a Event<'_>, fields: &mut Vec<Field<'a>>) {
    // There `ProcessId` is the parent's.
    for (name, _) in fields.iter_mut().filter(|(name, _)| name == "ProcessId") {
        *name = Cow::Borrowed("ParentProcessId");
    }
    renamed(event, &PROCESS, fields);
    if let Some(user) = event.get("SubjectUserName") {
        let user = match event.get("SubjectDomainName") {
            Some(domain) => Cow::Owned(format!("{domain}\\{user}")),
            None => Cow::Borrowed(user),
        };
        add("User", user, event, fields);
    }
    let label = event.get("MandatoryLabel").unwrap_or_default();
    if let Some((_, level)) = INTEGRITY.iter().find(|(number, _)| *number == label) {
        add("IntegrityLevel", Cow::Borrowed(level), event, fields);
    }
}

fn renamed<'a>(event: &'a Event<'_>, names: &[(&str, &'static str)], fields: &mut Vec<Field<'a>>) {
    for (from, to) in names {
        if let Some(value) = event.get(from) {
            fields.push((Cow::Borrowed(to), Cow::Borrowed(value)));
        }
    }
}

fn kind<'a>(event: &'a Event<'_>, fields: &mut Vec<Field<'a>>) {
    let Some(kind) = event.kind.as_deref() else {
        return;
    };
    let service = event.service.as_deref().unwrap_or_default();
    let is_of = |of: &(&str, &str, &[&str])| {
        of.0 == event.product && (of.1.is_empty() || of.1.eq_ignore_ascii_case(service))
    };
    for name in KIND.iter().filter(|of| is_of(of)).flat_map(|of| of.2) {
        add(name, Cow::Borrowed(kind), event, fields);
    }
}

/// A further name, where the event has no such field of its own.
fn add<'a>(
    name: &'static str,
    value: Cow<'a, str>,
    event: &Event<'_>,
    fields: &mut Vec<Field<'a>>,
) {
    if event.get(name).is_none() {
        fields.push((Cow::Borrowed(name), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &'static str, fields: &[(&'static str, &'static str)]) -> Event<'static> {
        Event {
            product: "windows".into(),
            service: Some("security".into()),
            kind: Some(kind.into()),
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            ..Event::default()
        }
    }

    #[test]
    fn the_audit_of_processes_is_asked_by_sysmons_names() {
        let event = event(
            "4688",
            &[
                ("NewProcessName", "C:\\a.exe"),
                ("ProcessId", "0x4"),
                ("SubjectUserName", "SYSTEM"),
                ("SubjectDomainName", "NT AUTHORITY"),
                ("MandatoryLabel", "S-1-16-16384"),
            ],
        );
        let named = Named::of(&event);
        let one = |name: &str| match named.all(name) {
            [(_, value)] => value.to_string(),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(one("Image"), "C:\\a.exe");
        assert_eq!(one("ParentProcessId"), "0x4");
        assert_eq!(one("User"), "NT AUTHORITY\\SYSTEM");
        assert_eq!(one("IntegrityLevel"), "System");
        assert_eq!(one("EventID"), "4688");
        assert!(named.all("ProcessId").is_empty());
    }

    #[test]
    fn blanks_in_names_are_taken_out_and_lists_kept() {
        let event = event("1116", &[("Threat Name", "x"), ("a", "1"), ("a", "2")]);
        let named = Named::of(&event);
        for name in ["Threat Name", "ThreatName", "Signature"] {
            assert_eq!(named.all(name).len(), 1, "{name}");
        }
        assert_eq!(named.all("a").len(), 2);
    }
}
