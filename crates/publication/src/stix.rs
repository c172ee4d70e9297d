//! A case as STIX 2.1 for those who share: campaigns, threat actors, identities, techniques of DISARM, who is linked to whom
//! and how likely, opinions of those who disagree; accounts as indicators where the recipient may have them.
//!
//! Two bundles of the same case say the same thing under the same id.

use std::collections::BTreeSet;

use overt_attribution::{
    Claim, Confidence, EntityRef, EvidenceId, Framework, Judgement, Marking, technique, wording,
};
use overt_case::Disclosure;
use overt_case::entry::Item;
use overt_findings::stix::{Objects, Tlp, derived, moment};
use overt_model::handed::CLAIM_EXTENSION;
use serde_json::{Value, json};

use crate::{PublicationError, Takedown, name, withheld_claims};

/// A case as a bundle. Accounts are in it where `identified` gives them, and the bundle is marked TLP amber then.
///
/// # Errors
///
/// When a claim cannot be judged.
pub fn stix(
    case: &Disclosure<'_>,
    identified: Option<&[Takedown]>,
) -> Result<Value, PublicationError> {
    let at = case.state().last_at().map_or(String::new(), moment);
    let since = case.state().first_at().map_or(String::new(), moment);
    let tlp = tlp(case.audience());
    let author = format!("those who keep the case {}", name(case));
    let mut objects = Objects::new(name(case), &since, at, tlp, &author);
    objects.add(
        "extension-definition",
        EXTENSION,
        json!({
            "id": extension(),
            "created": "2026-11-28T00:00:00.000Z",
            "modified": "2026-11-28T00:00:00.000Z",
            "name": "Likelihood of a judgement",
            "description": "How likely what an object says is judged to be, apart from how firm that judgement is, which is the object's confidence.",
            "schema": "likelihood: { lowest: number from 0 to 1, highest: number from 0 to 1, words: string }",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        }),
    );
    objects.add(
        "extension-definition",
        CLAIM_EXTENSION,
        json!({
            "id": CLAIM_EXTENSION,
            "created": "2026-11-28T00:00:00.000Z",
            "modified": "2026-11-28T00:00:00.000Z",
            "name": "A claim of a case",
            "description": "Which claim of a case an object is, in the case's own words, and which items it rests on: with it a case takes in what another case gave out. It says nothing of how likely it is.",
            "schema": "claim: { id: string, subject: string, relation: string, object: string }, judges: string, items: [{ id: string, kind: string, grade: string, origin: string, marking: string, sha256: string }]",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        }),
    );
    let mut bundle = Bundle { case, objects };
    for claim in case.state().claims().values() {
        let judgement = case.judgement(claim.id)?;
        bundle.claim(claim, &judgement);
    }
    bundle.withheld();
    bundle.determinations();
    for takedown in identified.unwrap_or_default() {
        bundle.accounts(takedown);
    }
    Ok(bundle.objects.bundle())
}

/// The name of the extension by which a likelihood is a property of its own.
const EXTENSION: &str = "likelihood";

/// Its id, the same in every bundle.
fn extension() -> String {
    format!("extension-definition--{}", derived(EXTENSION))
}

/// A marking as STIX has it.
fn tlp(marking: Marking) -> Tlp {
    match marking {
        Marking::Clear => Tlp::Clear,
        Marking::Green => Tlp::Green,
        Marking::Amber => Tlp::Amber,
        Marking::AmberStrict => Tlp::AmberStrict,
        Marking::Red => Tlp::Red,
    }
}

struct Bundle<'c> {
    case: &'c Disclosure<'c>,
    objects: Objects,
}

impl Bundle<'_> {
    /// What a claim is about, as an object of its kind: as old as the first claim that names it.
    fn thing(&mut self, of: &EntityRef) -> String {
        let named = of.name();
        let since = self.first_named(of);
        let marking = self.marked(of);
        match of.kind() {
            "campaign" => self.objects.add(
                "campaign",
                of.as_str(),
                json!({
                    "name": format!("campaign {named}"), "created": since, "modified": since, "object_marking_refs": [marking],
                    "description": "Accounts that posted in step more often than chance explains. That they did says nothing of who runs them.",
                }),
            ),
            "technique" => self.technique(of, &since),
            // As others hand them over: clusters and actors of whom it is a claim who they are, and what happened.
            kind @ ("intrusion-set" | "threat-actor" | "event" | "incident") => {
                let mut own = json!({
                    "name": named, "created": since, "modified": since, "object_marking_refs": [marking],
                });
                if kind == "threat-actor" {
                    own["threat_actor_types"] = json!(["unknown"]);
                }
                let kind = if kind == "event" { "incident" } else { kind };
                self.objects.add(kind, &told_by(of), own)
            }
            kind => {
                let class = match kind {
                    "person" => "individual",
                    "election" => "class",
                    _ => "organization",
                };
                self.objects.add(
                    "identity",
                    &told_by(of),
                    json!({
                        "name": named, "identity_class": class, "created": since, "modified": since,
                        "object_marking_refs": [marking],
                    }),
                )
            }
        }
    }

    /// A technique under its framework's own id, where that is known.
    fn technique(&mut self, of: &EntityRef, since: &str) -> String {
        let Ok(technique) = technique(of.name()) else {
            let own = json!({
                "name": of.name(), "created": since, "modified": since, "object_marking_refs": [self.marked(of)],
            });
            return self.objects.add("attack-pattern", of.as_str(), own);
        };
        let source = match technique.framework {
            Framework::Disarm => Some("DISARM"),
            Framework::Attack => Some("mitre-attack"),
            Framework::Unknown => None,
        };
        let mut own = json!({ "name": technique.name });
        match source {
            Some(source) => {
                own["external_references"] =
                    json!([{ "source_name": source, "external_id": technique.number }]);
            }
            // Nobody is told that a framework has what may not be in it.
            None => own["name"] = json!(of.name()),
        }
        let Some((id, created)) = technique.stix else {
            own["created"] = json!(since);
            own["modified"] = json!(since);
            own["object_marking_refs"] = json!([self.marked(of)]);
            return self.objects.add("attack-pattern", technique.number, own);
        };
        let created = milliseconds(created);
        own["created"] = json!(created);
        own["modified"] = json!(created);
        self.objects.foreign("attack-pattern", id, own)
    }

    /// How a thing is marked: as the claim that names it to the most.
    fn marked(&self, of: &EntityRef) -> &'static str {
        let claims = self.case.state().claims().values();
        let naming = claims.filter(|c| &c.subject == of || c.object.as_ref() == Some(of));
        let widest = naming.map(|c| c.marking).min();
        tlp(widest.unwrap_or(self.case.audience())).id()
    }

    /// When a thing was first spoken of.
    fn first_named(&self, of: &EntityRef) -> String {
        let state = self.case.state();
        let claims = state.claims().values();
        let naming = claims.filter(|c| &c.subject == of || c.object.as_ref() == Some(of));
        let times = naming.filter_map(|c| Some(state.claim_times(c.id)?.0));
        let determined = state.determinations().values();
        let determined = determined.filter(|d| &d.proposed.passage.subject == of);
        let first = times.chain(determined.map(|d| d.at)).min();
        first.map_or_else(|| self.objects.at.clone(), moment)
    }

    fn claim(&mut self, claim: &Claim, judgement: &Judgement) {
        let regime = self.case.regime();
        let [created, modified] = self.times(claim);
        let subject = self.thing(&claim.subject);
        let said = wording::claim(claim, regime);
        let object = claim.object.as_ref().map(|o| self.thing(o));
        let kind = match (
            claim.subject.kind(),
            claim.object.as_ref().map(EntityRef::kind),
        ) {
            // STIX suggests nothing closer for an incident.
            ("event" | "incident", Some(_)) => "related-to",
            (_, Some("technique")) => "uses",
            ("campaign", Some(_)) => "attributed-to",
            (_, Some(_)) if claim.relation == "attributed-to" => "attributed-to",
            _ => "related-to",
        };
        // STIX attributes campaigns to threat actors, and these to identities; and an identity uses nothing there.
        let object = match (kind, object, &claim.object) {
            ("attributed-to", Some(identity), Some(party))
                if identity.starts_with("identity--") && !subject.starts_with("threat-actor--") =>
            {
                Some(self.actor(party, &identity))
            }
            (_, object, _) => object,
        };
        let subject = match kind {
            "uses" if subject.starts_with("identity--") => self.actor(&claim.subject, &subject),
            _ => subject,
        };
        let marking = tlp(claim.marking).id();
        let judged = |mut own: Value| {
            own["created"] = json!(created);
            own["modified"] = json!(modified);
            own["object_marking_refs"] = json!([marking]);
            if judgement.evidenced {
                own["confidence"] = json!(confidence(judgement.confidence));
                let likely = judgement.own();
                own["extensions"][extension()] = json!({
                    "extension_type": "property-extension",
                    "likelihood": {
                        "lowest": likely.posterior.low(),
                        "highest": likely.posterior.high(),
                        "words": regime.bands.words(likely.bands),
                    },
                });
            }
            own
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
                let link = judged(json!({
                    "relationship_type": kind,
                    "source_ref": subject,
                    "target_ref": object,
                    "description": described,
                }));
                let link = claimed(claim, link);
                self.objects
                    .add("relationship", &claim.id.to_string(), link)
            }
            None => subject,
        };
        let note = json!({ "abstract": said, "content": described, "object_refs": [about] });
        // Of a claim about a thing alone there is nothing else to say it with.
        let note = match &claim.object {
            Some(_) => judging(&claim.id.to_string(), note),
            None => claimed(claim, note),
        };
        self.objects
            .add("note", &format!("{} judgement", claim.id), judged(note));
        self.grouping(claim, &about, &created, &modified);
        self.dissents(claim, &about);
        self.analysts(claim, judgement, &about);
    }

    /// When a claim was made, and when what is made of it changed last.
    fn times(&self, claim: &Claim) -> [String; 2] {
        match self.case.state().claim_times(claim.id) {
            Some((made, changed)) => [moment(made), moment(changed)],
            None => [self.objects.at.clone(), self.objects.at.clone()],
        }
    }

    /// Analysts who come to another answer.
    fn analysts(&mut self, claim: &Claim, judgement: &Judgement, about: &str) {
        let regime = self.case.regime();
        let [created, modified] = self.times(claim);
        let marking = tlp(claim.marking).id();
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
            self.objects.add(
                "opinion",
                &format!("{} {n}", claim.id),
                json!({
                    "opinion": word, "explanation": explanation, "object_refs": [about],
                    "created": created, "modified": modified, "object_marking_refs": [marking],
                }),
            );
        }
    }

    /// What of the case is not for this audience.
    fn withheld(&mut self) {
        let withheld = withheld_claims(self.case);
        if withheld.is_empty() {
            return;
        }
        let author = self.objects.author().to_owned();
        self.objects.add(
            "note",
            "withheld",
            json!({
                "abstract": "withheld", "content": withheld.join(" "), "object_refs": [author],
            }),
        );
    }

    /// Those who disagree, and why.
    fn dissents(&mut self, claim: &Claim, about: &str) {
        let state = self.case.state();
        for (entry, _, dissent) in state.dissents(claim.id) {
            // Of one that is withheld only that it is there is told, which is for all who get this.
            let marking = dissent.marking.max(claim.marking).min(self.case.audience());
            let at = state
                .claim_times(claim.id)
                .map_or_else(|| self.objects.at.clone(), |t| moment(t.0));
            self.objects.add(
                "opinion",
                &format!("{} dissent {entry}", claim.id),
                json!({
                    "opinion": "disagree", "explanation": dissent.why, "object_refs": [about],
                    "created": at, "modified": at, "object_marking_refs": [tlp(marking).id()],
                }),
            );
        }
    }

    /// What a claim rests on: its items by number, grade, origin and hash, as far as they are for this audience.
    fn grouping(&mut self, claim: &Claim, about: &str, created: &str, modified: &str) {
        let state = self.case.state();
        let items: BTreeSet<EvidenceId> = state
            .weighed(claim.id)
            .iter()
            .map(|w| w.evidence.id)
            .collect();
        let references = items.iter().filter_map(|id| {
            let item = &state.evidence().get(id)?.item;
            let mut reference = json!({
                "source_name": "evidence",
                "external_id": id.to_string(),
                "description": format!("{} of grade {}, of the origin {:?}", item.kind, item.grade, item.origin),
            });
            // Only what has a web address of its own can have its hash told here (STIX 2.1, 2.5.2).
            if self.case.shows(*id) && item.from.starts_with("https://") {
                reference["url"] = json!(item.from);
                reference["hashes"] = json!({ "SHA-256": item.sha256 });
            }
            Some(reference)
        });
        let references: Vec<Value> = references.collect();
        if references.is_empty() {
            return;
        }
        let shown = items.iter().filter(|id| self.case.shows(**id));
        let shown = shown.filter_map(|id| Some(&state.evidence().get(id)?.item));
        let (shown, markings): (Vec<Value>, Vec<Marking>) =
            shown.map(|item| (by_reference(item), item.marking)).unzip();
        let marking = markings.into_iter().chain([claim.marking]).max();
        self.objects.add(
            "grouping",
            &format!("{} evidence", claim.id),
            json!({
                "name": format!("What {} rests on", claim.id), "context": "suspicious-activity", "object_refs": [about],
                "external_references": references, "created": created, "modified": modified,
                "object_marking_refs": [tlp(marking.unwrap_or_default()).id()],
                "extensions": { CLAIM_EXTENSION: { "extension_type": "property-extension", "items": shown } },
            }),
        );
    }

    /// A party as the actor behind campaigns.
    fn actor(&mut self, party: &EntityRef, identity: &str) -> String {
        let since = self.first_named(party);
        let marking = self.marked(party);
        let actor = self.objects.add(
            "threat-actor",
            &told_by(party),
            json!({
                "name": party.name(), "threat_actor_types": ["unknown"], "created": since, "modified": since,
                "object_marking_refs": [marking],
            }),
        );
        self.objects.add(
            "relationship",
            &format!("{} is itself", told_by(party)),
            json!({
                "relationship_type": "attributed-to", "source_ref": actor, "target_ref": identity,
                "created": since, "modified": since, "object_marking_refs": [marking],
            }),
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
            let claims = determination.proposed.claims.iter();
            let touched = claims.filter_map(|claim| Some(self.case.state().claim_times(*claim)?.1));
            let changed = touched.chain([determination.changed]).max();
            let changed = changed.map_or_else(|| self.objects.at.clone(), moment);
            self.objects.add(
                "note",
                &format!("determination {number}"),
                judging(
                    &format!("determination:{number}"),
                    json!({
                        "abstract": "determination", "content": content, "object_refs": [about],
                        "created": moment(determination.at), "modified": changed,
                    }),
                ),
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
        let author = self.objects.author().to_owned();
        let decided = self.case.state().decisions().get(&takedown.decision);
        let at = decided.map_or_else(|| self.objects.at.clone(), |made| moment(made.at));
        for account in &restricted.accounts {
            let (platform, id) = overt_model::key::split(&account.account);
            let escaped = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
            let pattern = format!(
                "[user-account:account_type = '{}' AND user-account:user_id = '{}']",
                escaped(platform),
                escaped(id)
            );
            let indicator = self.objects.add(
                "indicator",
                &account.account,
                json!({
                    "name": format!("{platform} account"),
                    "description": format!("An account that posted in step with others of the campaign {} more often than chance explains. That it did says nothing of who runs it.", restricted.campaign),
                    "pattern": pattern,
                    "pattern_type": "stix",
                    "valid_from": at, "created": at, "modified": at,
                    "indicator_types": ["attribution"],
                }),
            );
            self.objects.add(
                "relationship",
                &format!("{} indicates", account.account),
                json!({
                    "relationship_type": "indicates", "source_ref": indicator, "target_ref": campaign,
                    "created": at, "modified": at,
                }),
            );
            self.objects.add(
                "sighting",
                &account.account,
                json!({
                    "sighting_of_ref": indicator,
                    "count": account.posts_in_step,
                    "where_sighted_refs": [author],
                    "created": at, "modified": at,
                }),
            );
        }
    }
}

/// An object that says which claim of the case it is.
fn claimed(claim: &Claim, mut own: Value) -> Value {
    let mut said =
        json!({ "id": claim.id.to_string(), "subject": claim.subject, "relation": claim.relation });
    if let Some(object) = &claim.object {
        said["object"] = json!(object);
    }
    own["extensions"][CLAIM_EXTENSION] =
        json!({ "extension_type": "property-extension", "claim": said });
    own
}

/// An object that says what was made of something: no evidence of it for anybody else.
fn judging(what: &str, mut own: Value) -> Value {
    own["extensions"][CLAIM_EXTENSION] =
        json!({ "extension_type": "property-extension", "judges": what });
    own
}

/// An item for another case, whose bytes do not go with it.
fn by_reference(item: &Item) -> Value {
    json!({
        "id": item.id.to_string(), "kind": item.kind.name(), "grade": item.grade.to_string(), "origin": item.origin,
        "marking": item.marking.label(), "sha256": item.sha256,
    })
}

/// A confidence on STIX's scale of none, low, medium and high (STIX 2.1, appendix A).
fn confidence(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::Low => 15,
        Confidence::Moderate => 50,
        Confidence::High => 85,
    }
}

/// By what a party is told from others, so that one of two spellings is one object.
fn told_by(of: &EntityRef) -> String {
    of.key().to_owned()
}

/// A time with microseconds as STIX validators take it.
fn milliseconds(time: &str) -> String {
    match time.split_once('.') {
        Some((whole, fraction)) => {
            let digits: String = fraction
                .chars()
                .take_while(char::is_ascii_digit)
                .take(3)
                .collect();
            format!("{whole}.{digits:0<3}Z")
        }
        None => time.to_owned(),
    }
}
