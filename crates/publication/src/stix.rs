//! A case as STIX 2.1 for those who share: campaigns, threat actors, identities, techniques of DISARM, who is linked to whom
//! and how likely, opinions of those who disagree; accounts as indicators where the recipient may have them.
//!
//! Two bundles of the same case say the same thing under the same id.

use overt_attribution::{Claim, EntityRef, Judgement, Marking, wording};
use overt_case::Disclosure;
use overt_findings::stix::{Objects, Tlp, moment};
use serde_json::{Value, json};

use crate::{PublicationError, Takedown, name};

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
    let tlp = tlp(case.audience());
    let author = format!("those who keep the case {}", name(case));
    let objects = Objects::new(name(case), at, tlp, &author);
    let mut bundle = Bundle { case, objects };
    for claim in case.state().claims().values() {
        let judgement = case.judgement(claim.id)?;
        bundle.claim(claim, &judgement);
    }
    bundle.determinations();
    for takedown in identified.unwrap_or_default() {
        bundle.accounts(takedown);
    }
    Ok(bundle.objects.bundle())
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
    /// What a claim is about, as an object of its kind.
    fn thing(&mut self, of: &EntityRef) -> String {
        let named = of.name();
        match of.kind() {
            "campaign" => self.objects.add(
                "campaign",
                of.as_str(),
                json!({ "name": format!("campaign {named}"), "description": "Accounts that posted in step more often than chance explains. That they did says nothing of who runs them." }),
            ),
            "technique" => {
                let (id, title) = named.split_once(' ').unwrap_or((named, named));
                self.objects.add(
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
                self.objects.add("identity", of.as_str(), json!({ "name": named, "identity_class": class }))
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
                self.objects
                    .add("relationship", &claim.id.to_string(), link)
            }
            None => subject,
        };
        self.objects.add(
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
            self.objects.add(
                "opinion",
                &format!("{} {n}", claim.id),
                json!({ "opinion": word, "explanation": explanation, "object_refs": [about] }),
            );
        }
    }

    /// A party as the actor behind campaigns.
    fn actor(&mut self, party: &EntityRef, identity: &str) -> String {
        let actor = self.objects.add(
            "threat-actor",
            party.as_str(),
            json!({ "name": party.name(), "threat_actor_types": ["unknown"] }),
        );
        self.objects.add(
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
            self.objects.add(
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
        let author = self.objects.author().to_owned();
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
                    "pattern": pattern,
                    "pattern_type": "stix",
                    "valid_from": self.objects.at,
                    "indicator_types": ["attribution"],
                }),
            );
            self.objects.add(
                "relationship",
                &format!("{} indicates", account.account),
                json!({ "relationship_type": "indicates", "source_ref": indicator, "target_ref": campaign }),
            );
            self.objects.add(
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
fn scale(case: &Disclosure<'_>, judgement: &Judgement) -> u8 {
    const DNI: [u8; 7] = [5, 15, 30, 50, 70, 85, 95];
    let bands = case.regime().bands.all().len();
    let place = judgement.own().bands.from;
    if bands == DNI.len() {
        DNI[place.min(DNI.len() - 1)]
    } else {
        (judgement.own().posterior.low() * 100.0).round() as u8
    }
}
