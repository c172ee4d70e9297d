//! A case as STIX 2.1 for those who share: campaigns, threat actors, identities, techniques of DISARM, who is linked to whom
//! and how likely, opinions of those who disagree; accounts as indicators where the recipient may have them.
//!
//! Ids follow from contents (UUIDv5), so that two bundles of the same case say the same thing under the same id.

use std::collections::BTreeMap;

use overt_attribution::{Claim, EntityRef, Judgement, wording};
use overt_case::Case;
use overt_model::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{PublicationError, Takedown, name};

/// The namespace of our ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x3c1f_9a52_6f0e_4c55_9d27_5d0c_8a4e_7b10);

/// The TLP markings that STIX 2.1 defines, which have fixed ids.
const TLP: [(&str, &str); 2] = [
    (
        "amber",
        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    ),
    (
        "green",
        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    ),
];

/// A case as a bundle. Accounts are in it where `identified` gives them, and the bundle is marked TLP amber then.
///
/// # Errors
///
/// When a claim cannot be judged.
pub fn stix(case: &Case, identified: Option<&[Takedown]>) -> Result<Value, PublicationError> {
    let mut bundle = Bundle {
        case,
        marking: TLP[usize::from(identified.is_none())],
        at: case.state().last_at().map_or(String::new(), moment),
        objects: BTreeMap::new(),
    };
    bundle.author();
    for claim in case.state().claims().values() {
        let judgement = case.judgement(claim.id)?;
        bundle.claim(claim, &judgement);
    }
    bundle.determinations();
    for takedown in identified.unwrap_or_default() {
        bundle.accounts(takedown);
    }
    let mut objects: Vec<Value> = vec![bundle.marking_definition()];
    objects.extend(bundle.objects.into_values());
    let id = Uuid::new_v5(
        &NAMESPACE,
        serde_json::to_string(&objects)
            .unwrap_or_default()
            .as_bytes(),
    );
    Ok(json!({ "type": "bundle", "id": format!("bundle--{id}"), "objects": objects }))
}

/// A time as STIX writes it: always three digits of milliseconds.
fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| at.to_string(), |time| format!("{time:.3}"))
}

struct Bundle<'c> {
    case: &'c Case,
    marking: (&'static str, &'static str),
    at: String,
    objects: BTreeMap<String, Value>,
}

impl Bundle<'_> {
    fn id(&self, kind: &str, of: &str) -> String {
        let own = format!("{}\n{kind}\n{of}", name(self.case));
        format!("{kind}--{}", Uuid::new_v5(&NAMESPACE, own.as_bytes()))
    }

    fn add(&mut self, kind: &str, of: &str, own: Value) -> String {
        let id = self.id(kind, of);
        let mut object = json!({
            "type": kind,
            "spec_version": "2.1",
            "id": id,
            "created": self.at,
            "modified": self.at,
            "object_marking_refs": [self.marking.1],
        });
        if kind != "identity" || of != "overt" {
            object["created_by_ref"] = json!(self.id("identity", "overt"));
        }
        if let (Some(object), Value::Object(own)) = (object.as_object_mut(), own) {
            object.extend(own);
        }
        self.objects.entry(id.clone()).or_insert(object);
        id
    }

    fn marking_definition(&self) -> Value {
        json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self.marking.1,
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": format!("TLP:{}", self.marking.0.to_uppercase()),
            "definition": { "tlp": self.marking.0 },
        })
    }

    fn author(&mut self) {
        let name = format!("those who keep the case {}", name(self.case));
        self.add(
            "identity",
            "overt",
            json!({ "name": name, "identity_class": "organization" }),
        );
    }

    /// What a claim is about, as an object of its kind.
    fn thing(&mut self, of: &EntityRef) -> String {
        let named = of.name();
        match of.kind() {
            "campaign" => self.add(
                "campaign",
                of.as_str(),
                json!({ "name": format!("campaign {named}"), "description": "Accounts that posted in step more often than chance explains. That they did says nothing of who runs them." }),
            ),
            "technique" => {
                let (id, title) = named.split_once(' ').unwrap_or((named, named));
                self.add(
                    "attack-pattern",
                    of.as_str(),
                    json!({ "name": title, "external_references": [{ "source_name": "DISARM", "external_id": id }] }),
                )
            }
            kind => {
                let class = match kind {
                    "person" => "individual",
                    "campaign" | "election" => "class",
                    _ => "organization",
                };
                self.add("identity", of.as_str(), json!({ "name": named, "identity_class": class }))
            }
        }
    }

    fn claim(&mut self, claim: &Claim, judgement: &Judgement) {
        let subject = self.thing(&claim.subject);
        let regime = self.case.regime();
        let said = wording::claim(claim, regime);
        let object = claim.object.as_ref().map(|o| self.thing(o));
        let kind = match (
            claim.subject.kind(),
            claim.object.as_ref().map(EntityRef::kind),
        ) {
            (_, Some("technique")) => "uses",
            ("campaign", Some(_)) => "attributed-to",
            _ => "related-to",
        };
        // STIX attributes campaigns to threat actors, and these to identities.
        let object = match (kind, object, &claim.object) {
            ("attributed-to", Some(identity), Some(party)) => Some(self.actor(party, &identity)),
            (_, object, _) => object,
        };
        let described = if judgement.evidenced {
            format!(
                "{} {}",
                wording::likelihood(&said, judgement, regime),
                wording::confidence(judgement)
            )
        } else {
            wording::likelihood(&said, judgement, regime)
        };
        let about = match object {
            Some(object) => {
                let mut link = json!({
                    "relationship_type": kind,
                    "source_ref": subject,
                    "target_ref": object,
                    "description": described,
                });
                if judgement.evidenced {
                    link["confidence"] = json!(scale(self.case, judgement));
                }
                self.add("relationship", &claim.id.to_string(), link)
            }
            None => subject,
        };
        self.add(
            "note",
            &format!("{} judgement", claim.id),
            json!({ "abstract": said, "content": described, "object_refs": [about] }),
        );
        for (n, opinion) in judgement
            .analysts
            .iter()
            .enumerate()
            .filter(|(_, o)| o.dissents)
        {
            let own = opinion.posterior.get(Claim::OWN).copied();
            let together = judgement.own().posterior;
            let word = match own {
                Some(own) if own.high() < together.low() => "disagree",
                Some(own) if own.low() > together.high() => "strongly-agree",
                _ => "neutral",
            };
            let explanation = format!(
                "An analyst comes to another answer: {} ({}).",
                regime.bands.words(opinion.bands),
                own.map_or(String::new(), |own| own.to_string())
            );
            self.add(
                "opinion",
                &format!("{} {n}", claim.id),
                json!({ "opinion": word, "explanation": explanation, "object_refs": [about] }),
            );
        }
    }

    /// A party as the actor behind campaigns.
    fn actor(&mut self, party: &EntityRef, identity: &str) -> String {
        let actor = self.add(
            "threat-actor",
            party.as_str(),
            json!({ "name": party.name(), "threat_actor_types": ["unknown"] }),
        );
        self.add(
            "relationship",
            &format!("{party} is itself"),
            json!({ "relationship_type": "attributed-to", "source_ref": actor, "target_ref": identity }),
        );
        actor
    }

    /// Determinations, with what was lost since.
    fn determinations(&mut self) {
        let state = self.case.state();
        for (number, determination) in state.determinations() {
            let subject = &determination.proposed.passage.subject;
            let state = match (determination.made, state.doubt(determination)) {
                (_, Some(doubt)) => format!("It no longer stands: {doubt}."),
                (false, None) => "It waits for signatures.".to_owned(),
                (true, None) => "It is made.".to_owned(),
            };
            let content = format!(
                "Determination {number}: {} meets criterion ({}) of {}. {state} {}",
                subject.name(),
                determination.proposed.passage.criterion,
                self.case.regime().name,
                crate::PROPOSAL
            );
            let about = self.thing(subject);
            self.add(
                "note",
                &format!("determination {number}"),
                json!({ "abstract": "determination", "content": content, "object_refs": [about] }),
            );
        }
    }

    /// Established accounts as indicators of their campaign, each sighted as often as it posted in step.
    fn accounts(&mut self, takedown: &Takedown) {
        let restricted = &takedown.restricted;
        let campaign = format!("campaign:{}", restricted.campaign);
        let Ok(campaign) = campaign.parse::<EntityRef>() else {
            return;
        };
        let campaign = self.thing(&campaign);
        let author = self.id("identity", "overt");
        for account in &restricted.accounts {
            let (platform, id) = overt_model::key::split(&account.account);
            let escaped = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
            let pattern = format!(
                "[user-account:account_type = '{}' AND user-account:user_id = '{}']",
                escaped(platform),
                escaped(id)
            );
            let indicator = self.add(
                "indicator",
                &account.account,
                json!({
                    "name": format!("{platform} account"),
                    "pattern": pattern,
                    "pattern_type": "stix",
                    "valid_from": self.at,
                    "indicator_types": ["attribution"],
                }),
            );
            self.add(
                "relationship",
                &format!("{} indicates", account.account),
                json!({ "relationship_type": "indicates", "source_ref": indicator, "target_ref": campaign }),
            );
            self.add(
                "sighting",
                &account.account,
                json!({
                    "sighting_of_ref": indicator,
                    "count": account.posts_in_step,
                    "where_sighted_refs": [author],
                }),
            );
        }
    }
}

/// A likelihood on STIX's scale for words of estimative probability (STIX 2.1, appendix A, "DNI scale"): the middle of the
/// lowest band that the judgement may be in.
fn scale(case: &Case, judgement: &Judgement) -> u8 {
    const DNI: [u8; 7] = [5, 15, 30, 50, 70, 85, 95];
    let bands = case.regime().bands.all().len();
    let place = judgement.own().bands.from;
    if bands == DNI.len() {
        DNI[place.min(DNI.len() - 1)]
    } else {
        (judgement.own().posterior.low() * 100.0).round() as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_whatever_they_end_in() {
        let times = [0, 690, 600, 7].map(|ms| moment(Timestamp(1_795_712_270_000 + ms)));
        let ends: Vec<&str> = times.iter().map(|t| &t[19..]).collect();
        assert_eq!(ends, [".000Z", ".690Z", ".600Z", ".007Z"]);
    }
}
