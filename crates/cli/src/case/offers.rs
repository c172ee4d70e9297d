//! `overt weigh … --from`: what sightings offer, for the analyst to enter or not.

use std::fmt::Write;

use overt_attribution::{ClaimId, EvidenceId, Kind};
use overt_case::{Case, CaseError};
use overt_findings::sightings::{Offer, Origin};
use overt_model::counted;
use overt_publication::sighting_offers;
use serde_json::json;

use crate::error::CliError;
use crate::terminal::Terminal;

/// Shows what sightings offer for a claim, with the words that enter each offer.
pub(super) fn show(
    case: &Case,
    named: &std::path::Path,
    claim: ClaimId,
    from: &str,
    item: Option<&str>,
    terminal: &Terminal,
) -> Result<(), CliError> {
    if !case.state().claims().contains_key(&claim) {
        return Err(CaseError::Wrong(format!("there is no {claim}")).into());
    }
    let item = match item {
        Some(item) => item.parse().map_err(CaseError::from)?,
        None => only(case)?,
    };
    let mut text = format!("{item} offers for {claim}, from {from}:\n");
    let mut values = Vec::new();
    for offer in sighting_offers(case, item, from)? {
        let entered = entered_as(case, &offer);
        text.push_str(&words(&offer, entered, claim, item, named));
        values.push(json!({ "offer": offer, "evidence": entered.map(|id| id.to_string()) }));
    }
    text.push_str(
        "An offer is no judgement: it says how much likelier the matches are if the list is right about whose they are.\n",
    );
    let value = json!({ "claim": claim.to_string(), "from": item.to_string(), "offers": values });
    terminal.result(&text, &value);
    Ok(())
}

/// The only item of sightings that counts.
fn only(case: &Case) -> Result<EvidenceId, CliError> {
    let all = case.state().evidence().values();
    let all = all.filter(|e| e.item.kind == Kind::Sighting && e.withdrawn.is_none());
    let all: Vec<EvidenceId> = all.map(|e| e.item.id).collect();
    match &all[..] {
        [only] => Ok(*only),
        [] => Err(CliError::Usage(
            "[usage] no item of the case has sightings\n  take them in first: overt evidence add CASE sightings/ …".to_owned(),
        )),
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(CliError::Usage(format!(
                "[usage] several items have sightings: {}\n  say which with --in",
                names.join(", ")
            )))
        }
    }
}

/// The item that an offer is weighed as: the list itself, so that all that comes of it has one origin.
fn entered_as(case: &Case, offer: &Offer) -> Option<EvidenceId> {
    let Origin::List { sha256, .. } = &offer.origin else {
        return None;
    };
    let id = case.state().with_bytes(sha256)?;
    let counts = case.state().evidence()[&id].withdrawn.is_none();
    counts.then_some(id)
}

fn words(
    offer: &Offer,
    entered: Option<EvidenceId>,
    claim: ClaimId,
    item: EvidenceId,
    named: &std::path::Path,
) -> String {
    let mut text = String::new();
    let (kind, name) = match &offer.origin {
        Origin::List { name, .. } => ("list", name),
        Origin::Log(name) => ("log", name),
    };
    let matches = match kind {
        "list" => counted(offer.sightings, "match", "matches"),
        _ => counted(offer.sightings, "sighting", "sightings"),
    };
    let _ = writeln!(text, "\nthe {kind} {name}, {matches}, one origin");
    for reason in &offer.reasons {
        let _ = writeln!(text, "  {reason}");
    }
    let Some((low, high)) = offer.range else {
        let _ = writeln!(text, "  no range can be given for whose doing it was");
        return text;
    };
    let range = range(low, high);
    let _ = writeln!(text, "  range: {range}");
    let Some(evidence) = entered else {
        let _ = writeln!(
            text,
            "  the list is no item of the case that counts; take it in first, so that it can be withdrawn:\n    \
             overt evidence add {} LIST --source GRADE --origin ORIGIN --by NAME",
            named.display()
        );
        return text;
    };
    let put = if high < 1.0 { "--against" } else { "--for" };
    let plain = |c: char| {
        if c.is_alphanumeric() || " .-_".contains(c) {
            c
        } else {
            ' '
        }
    };
    let name: String = name.chars().map(plain).collect();
    let _ = writeln!(
        text,
        "  to enter it:\n    overt weigh {} {claim} {evidence} {put} HYPOTHESIS {range} --category technical --why \"{matches} of {name}, {item}\" --by NAME",
        named.display()
    );
    text
}

/// The range with at most three digits, and no narrower.
fn range(low: f64, high: f64) -> String {
    let outward = |x: f64, up: bool| {
        let scale = 10f64.powi(2 - x.abs().log10().floor() as i32);
        let scaled = x * scale;
        // A product a little off a whole number is that number.
        let scaled = if (scaled - scaled.round()).abs() < 1e-6 {
            scaled.round()
        } else if up {
            scaled.ceil()
        } else {
            scaled.floor()
        };
        scaled / scale
    };
    format!("{}..{}", outward(low, false), outward(high, true))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_range_is_never_told_narrower_than_it_is() {
        assert_eq!(range(0.333_4, 150.97), "0.333..151");
        assert_eq!(range(0.001, 1000.0), "0.001..1000");
        assert_eq!(range(3.0, 3.0), "3..3");
    }
}
