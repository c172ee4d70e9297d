//! Sightings as STIX 2.1, for those who share: what was seen of which indicator, by whom, how often, with the techniques
//! that rules and lists name.
//!
//! The same sightings have the same ids in every bundle. Values of parameters are masked, as everywhere. What is no alarm, no match and of no intrusion is weather, and not in it.

use std::net::IpAddr;

use overt_intrusion::group::Intrusion;
use overt_intrusion::sighting::{By, Sighting};
use overt_model::{Observable, Timestamp};
use serde_json::{Value, json};

use super::Sifted;
use crate::stix::{Objects, Tlp, moment};

/// The most that STIX counts.
const MOST: u64 = 999_999_999;

/// The bundle.
pub(super) fn bundle(sifted: &Sifted) -> Value {
    let last = sifted.sightings.iter().map(|s| s.until).max();
    let at = moment(Timestamp(last.unwrap_or(0)));
    // Whose logs they are, they do not say themselves. Addresses are people's: amber.
    let office = "the office whose logs these are";
    let mut bundle = Bundle(Objects::new(
        "sightings",
        &at.clone(),
        at,
        Tlp::Amber,
        office,
    ));
    let incidents: Vec<String> = sifted
        .intrusions
        .iter()
        .map(|i| bundle.incident(i, &sifted.sightings))
        .collect();
    for (at, sighting) in sifted.sightings.iter().enumerate() {
        let of = sifted
            .intrusions
            .iter()
            .position(|i| i.sightings.contains(&at));
        if of.is_some() || sighting.alarm || sighting.by == By::Indicator {
            bundle.sighting(sighting, of.map(|n| &*incidents[n]));
        }
    }
    bundle.0.bundle()
}

struct Bundle(Objects);

impl Bundle {
    fn incident(&mut self, intrusion: &Intrusion, sightings: &[Sighting]) -> String {
        let first = &sightings[intrusion.sightings[0]];
        let of = format!("{} {} {}", first.log, first.time, first.what);
        let name = format!("intrusion {}: {}", intrusion.number, intrusion.stage.name());
        let description = format!(
            "First trace {}, first alarm {}. The furthest that the evidence goes is {}; nothing here says who it was.",
            Timestamp(intrusion.first_trace),
            Timestamp(intrusion.first_alarm),
            intrusion.stage
        );
        self.0.add(
            "incident",
            &of,
            json!({ "name": name, "description": description }),
        )
    }

    fn sighting(&mut self, sighting: &Sighting, incident: Option<&str>) {
        let of = format!(
            "{}\n{}\n{}\n{}\n{}",
            sighting.log, sighting.time, sighting.what, sighting.target, sighting.source
        );
        let techniques: Vec<String> = sighting
            .techniques
            .iter()
            .map(|t| self.technique(t))
            .collect();
        let seen = self.observed(sighting, &of);
        // What is no indicator of a list is seen as its technique, or as the intrusion that it belongs to.
        let indicator = self.indicator(sighting, &techniques);
        let whose = indicator
            .or_else(|| techniques.first().cloned())
            .or_else(|| incident.map(str::to_owned));
        if let Some(whose) = whose {
            let mut own = json!({
                "description": described(sighting),
                "first_seen": moment(Timestamp(sighting.time)),
                "last_seen": moment(Timestamp(sighting.until.max(sighting.time))),
                "count": sighting.behind.clamp(1, MOST),
                "sighting_of_ref": whose,
                "observed_data_refs": [&seen],
                "where_sighted_refs": [self.0.author()],
            });
            if !sighting.reasons.is_empty() {
                own["external_references"] = json!([{
                    "source_name": "weight",
                    "description": weighed(sighting),
                }]);
            }
            self.0.add("sighting", &of, own);
        }
        // STIX links things, and not sightings of them: what was observed is what belongs to the intrusion.
        if let Some(incident) = incident {
            self.0.add(
                "relationship",
                &format!("{seen} {incident}"),
                json!({ "relationship_type": "related-to", "source_ref": incident, "target_ref": seen }),
            );
        }
    }

    fn technique(&mut self, technique: &str) -> String {
        self.0.add(
            "attack-pattern",
            technique,
            json!({
                "name": technique,
                "external_references": [{ "source_name": "mitre-attack", "external_id": technique }],
            }),
        )
    }

    fn indicator(&mut self, sighting: &Sighting, techniques: &[String]) -> Option<String> {
        let pattern = pattern(sighting.observable.as_ref()?)?;
        let of = format!("{}\n{pattern}", sighting.list);
        let indicator = self.0.add(
            "indicator",
            &of,
            json!({
                "name": sighting.what,
                "description": format!("As listed in {}.", sighting.list),
                "pattern": pattern,
                "pattern_type": "stix",
                "valid_from": moment(Timestamp(sighting.time)),
            }),
        );
        for technique in techniques {
            self.0.add(
                "relationship",
                &format!("{indicator} {technique}"),
                json!({ "relationship_type": "indicates", "source_ref": indicator, "target_ref": technique }),
            );
        }
        Some(indicator)
    }

    fn observed(&mut self, sighting: &Sighting, of: &str) -> String {
        let mut refs: Vec<String> = Vec::new();
        for source in sighting.sources.iter().chain([&sighting.source]) {
            if let Ok(address) = source.parse::<IpAddr>() {
                let kind = if address.is_ipv4() {
                    "ipv4-addr"
                } else {
                    "ipv6-addr"
                };
                refs.push(
                    self.0
                        .observable(kind, json!({ "value": address.to_string() })),
                );
            }
        }
        refs.push(self.0.observable("file", json!({ "name": sighting.log })));
        refs.sort_unstable();
        refs.dedup();
        self.0.add(
            "observed-data",
            of,
            json!({
                "first_observed": moment(Timestamp(sighting.time)),
                "last_observed": moment(Timestamp(sighting.until.max(sighting.time))),
                "number_observed": sighting.behind.clamp(1, MOST),
                "object_refs": refs,
            }),
        )
    }
}

fn described(sighting: &Sighting) -> String {
    let target = match &*sighting.target {
        "" => String::new(),
        target => format!(" at {target}"),
    };
    let why = &sighting.why;
    format!(
        "{}{target}: evidence of {}. {why}",
        sighting.what, sighting.stage
    )
}

fn weighed(sighting: &Sighting) -> String {
    let range = sighting.ratio.map_or(String::new(), |(low, high)| {
        format!("likelihood ratio {low:.3} to {high:.3}; ")
    });
    format!("{range}{}", sighting.reasons.join("; "))
}

/// An observable as a pattern; nothing for what has none.
fn pattern(observable: &Observable) -> Option<String> {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    let is = |path: &str, text: &str| Some(format!("[{path} = '{}']", escaped(text)));
    match observable {
        Observable::Network(network) => {
            let path = if network.address().is_ipv4() {
                "ipv4-addr:value"
            } else {
                "ipv6-addr:value"
            };
            if network.is_single() {
                is(path, &network.to_string())
            } else {
                Some(format!("[{path} ISSUBSET '{network}']"))
            }
        }
        Observable::Domain(name) => is("domain-name:value", name),
        Observable::Url(url) => is("url:value", url),
        Observable::Mail(mail) => is("email-addr:value", mail),
        Observable::FileName(name) => is("file:name", name),
        Observable::Agent(agent) => is(
            "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
            agent,
        ),
        Observable::Digest(digest) => {
            let hash = match digest.len() {
                32 => "MD5",
                40 => "'SHA-1'",
                64 => "'SHA-256'",
                _ => return None,
            };
            is(&format!("file:hashes.{hash}"), digest)
        }
        Observable::Pattern(pattern) => Some(pattern.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use overt_intrusion::group::intrusions;
    use overt_intrusion::sighting::Stage;

    use super::*;

    const TIME: i64 = 1_467_331_200_690;

    fn sifted() -> Sifted {
        let mut alarm = Sighting::new(
            TIME,
            "access.log",
            By::Measure,
            "values out of grammar",
            Stage::Attempt,
        );
        alarm.alarm = true;
        alarm.sources = vec!["198.51.100.7".to_owned()];
        alarm.target = "/status?id=…".to_owned();
        let mut rule = Sighting::new(TIME + 1, "pc", By::Rule, "Dump (1)", Stage::Attempt);
        rule.alarm = true;
        rule.techniques = vec!["T1003.001".to_owned()];
        let mut listed = Sighting::new(
            TIME + 2,
            "access.log",
            By::Indicator,
            "x (jar)",
            Stage::Scanning,
        );
        listed.list = "jar".to_owned();
        listed.observable = Some(Observable::Network("198.51.100.0/24".parse().unwrap()));
        listed.source = "198.51.100.7".to_owned();
        listed.sources = vec![listed.source.clone()];
        listed.ratio = Some((0.5, 3.0));
        listed.reasons = vec!["why".to_owned()];
        let weather = Sighting::new(TIME + 3, "other.log", By::Rule, "weather", Stage::Attempt);
        let sightings = vec![alarm, rule, listed, weather];
        Sifted {
            intrusions: intrusions(&sightings),
            sightings,
            sites: Vec::new(),
            gaps: Vec::new(),
            read_before: Vec::new(),
            by_clients: BTreeMap::new(),
            logs: Vec::new(),
            lists: Vec::new(),
            not_looked_for: BTreeMap::new(),
            of_databases: Vec::new(),
            told_before: BTreeSet::new(),
            read_now: 0,
            unreadable: Vec::new(),
            rules: None,
            baseline: 30,
            one_false_alarm_in: 1_825.0,
            left_out: Vec::new(),
            folder: "x".into(),
        }
    }

    #[test]
    fn every_reference_is_to_something_in_the_bundle_and_ids_follow_from_contents() {
        let made = bundle(&sifted());
        assert_eq!(made, bundle(&sifted()));
        let objects = made["objects"].as_array().unwrap();
        let ids: BTreeSet<&str> = objects.iter().map(|o| o["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), objects.len());
        for object in objects {
            for (name, value) in object.as_object().unwrap() {
                let refs = match value {
                    Value::Array(all) if name.ends_with("_refs") => all.clone(),
                    one if name.ends_with("_ref") => vec![one.clone()],
                    _ => Vec::new(),
                };
                for its in refs {
                    assert!(ids.contains(its.as_str().unwrap()), "{name}: {its}");
                }
            }
        }
        let of = |kind: &str| objects.iter().filter(|o| o["type"] == kind).count();
        assert_eq!(
            (of("sighting"), of("observed-data"), of("indicator")),
            (3, 3, 1)
        );
        assert_eq!(
            (of("incident"), of("identity"), of("attack-pattern")),
            (1, 1, 1)
        );
        let text = made.to_string();
        assert!(
            text.contains("[ipv4-addr:value ISSUBSET '198.51.100.0/24']"),
            "{text}"
        );
        assert!(text.contains("2016-07-01T00:00:00.690Z") && !text.contains("weather"));
        // The id that everybody gives this address (STIX 2.1, section 2.9).
        // The namespace that STIX 2.1 gives.
        let of_observables = uuid::Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);
        let address = uuid::Uuid::new_v5(&of_observables, br#"{"value":"198.51.100.7"}"#);
        assert!(ids.contains(&*format!("ipv4-addr--{address}")));
    }
}
