//! A case as a MISP event: what is claimed and how likely, with tags of MISP's own taxonomies; accounts as objects where
//! the recipient may have them.

use overt_attribution::{Confidence, Judgement, wording};
use overt_case::Disclosure;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{PROPOSAL, PublicationError, Takedown, name, withheld_claims};

const NAMESPACE: Uuid = Uuid::from_u128(0x8f4b_2d61_1c7a_4e0b_8a33_90c1_77de_02f4);

/// MISP's template for accounts of users, by its own id and version.
const ACCOUNT: (&str, u32) = ("49606b06-22f0-4ac8-8eee-2f12ad46f3d3", 6);

/// A case as an event.
///
/// # Errors
///
/// When a claim cannot be judged.
pub fn misp(
    case: &Disclosure<'_>,
    identified: Option<&[Takedown]>,
) -> Result<Value, PublicationError> {
    let own = |of: &str| {
        let named = format!("{}\n{of}", name(case));
        Uuid::new_v5(&NAMESPACE, named.as_bytes()).to_string()
    };
    let at = case
        .state()
        .last_at()
        .map_or(String::new(), |at| at.to_string());
    let seconds = case.state().last_at().map_or(0, |at| at.0.div_euclid(1000));
    let mut attributes = Vec::new();
    let mut attribute = |kind: &str, category: &str, of: &str, value: String, tags: Vec<String>| {
        let tags: Vec<Value> = tags
            .into_iter()
            .map(|name| json!({ "name": name }))
            .collect();
        attributes.push(json!({
            "uuid": own(&format!("{kind} {of}")), "type": kind, "category": category, "value": value, "to_ids": false,
            "disable_correlation": kind == "text", "timestamp": seconds.to_string(), "Tag": tags,
        }));
    };
    for claim in case.state().claims().values() {
        let judgement = case.judgement(claim.id)?;
        let said = wording::claim(claim, case.regime());
        let told = wording::likelihood(&said, &judgement, case.regime());
        let told = format!("{told} {}", wording::confidence(&judgement));
        attribute(
            "text",
            "Attribution",
            &claim.id.to_string(),
            told,
            estimative(case, &judgement),
        );
        if claim.subject.kind() == "campaign" {
            attribute(
                "campaign-name",
                "Attribution",
                claim.subject.as_str(),
                claim.subject.name().to_owned(),
                Vec::new(),
            );
        }
        if let Some(object) = claim
            .object
            .as_ref()
            .filter(|_| claim.subject.kind() == "campaign")
            && overt_case::party::schema(object.kind()).is_some()
        {
            attribute(
                "threat-actor",
                "Attribution",
                object.as_str(),
                object.name().to_owned(),
                Vec::new(),
            );
        }
    }
    attributes.dedup_by(|a, b| a["uuid"] == b["uuid"]);
    let objects: Vec<Value> = identified
        .unwrap_or_default()
        .iter()
        .flat_map(|t| {
            t.restricted
                .accounts
                .iter()
                .map(|a| account(&own, &t.platform, a, seconds))
        })
        .collect();
    let tlp = case.audience().label().to_lowercase();
    Ok(json!({ "Event": {
        "uuid": own("event"),
        "info": info(case),
        "date": at.split('T').next().unwrap_or_default(),
        "timestamp": seconds.to_string(),
        "threat_level_id": "4",
        "analysis": "2",
        "distribution": "0",
        "published": false,
        "Tag": [{ "name": tlp }],
        "Attribute": attributes,
        "Object": objects,
    }}))
}

/// What the event is, with what of it is withheld.
fn info(case: &Disclosure<'_>) -> String {
    let mut info = format!(
        "{}: {} claims under {}. {PROPOSAL}",
        name(case),
        case.state().claims().len(),
        case.regime().programme
    );
    for withheld in withheld_claims(case) {
        info.push(' ');
        info.push_str(&withheld);
    }
    info
}

/// The taxonomy's words for likelihood, the least first.
const LIKELIHOOD: [&str; 7] = [
    "almost-no-chance",
    "very-unlikely",
    "unlikely",
    "roughly-even-chance",
    "likely",
    "very-likely",
    "almost-certain",
];

/// Tags of MISP's taxonomy for estimative language: likelihood and confidence, apart.
fn estimative(case: &Disclosure<'_>, judgement: &Judgement) -> Vec<String> {
    if !judgement.evidenced {
        return Vec::new();
    }
    let confidence = match judgement.confidence {
        Confidence::High => "high",
        Confidence::Moderate => "moderate",
        Confidence::Low => "low",
    };
    let mut tags = vec![format!(
        "estimative-language:confidence-in-analytic-judgment=\"{confidence}\""
    )];
    let bands = judgement.own().bands;
    // The taxonomy has a tag for a word, and none for two.
    if case.regime().bands.all().len() == LIKELIHOOD.len() && bands.from == bands.to {
        let word = LIKELIHOOD[bands.from.min(LIKELIHOOD.len() - 1)];
        tags.push(format!(
            "estimative-language:likelihood-probability=\"{word}\""
        ));
    }
    tags
}

fn account(
    own: &dyn Fn(&str) -> String,
    platform: &str,
    account: &crate::takedown::RestrictedAccount,
    seconds: i64,
) -> Value {
    let (_, id) = overt_model::key::split(&account.account);
    let named = [
        ("account-type", platform),
        ("user-id", id),
        ("username", account.name.as_str()),
    ];
    let named = named.into_iter().filter(|(_, value)| !value.is_empty());
    let attribute = |relation: &str, kind: &str, value: &str| {
        json!({
            "uuid": own(&format!("{} {relation}", account.account)), "object_relation": relation, "type": kind,
            "category": "Other", "value": value, "to_ids": false, "timestamp": seconds.to_string(),
        })
    };
    json!({
        "uuid": own(&account.account),
        "name": "user-account",
        "meta-category": "misc",
        "template_uuid": ACCOUNT.0,
        "template_version": ACCOUNT.1.to_string(),
        "timestamp": seconds.to_string(),
        "Attribute": named.map(|(relation, value)| attribute(relation, "text", value)).collect::<Vec<_>>(),
    })
}
