//! Whom the European Bank for Reconstruction and Development holds ineligible: the answer to a search on its page, as JSON.
//!
//! The search gives pages, and which of how many a page is is not known to be in it: whether the list is whole cannot be
//! told from it.

use super::{Dataset, Debarred, List, ListFormat, Taking, Whole, day, end, facts, json};
use crate::error::Error;

/// Reads the answer.
pub(in super::super) fn read(whole: &Whole) -> Result<List, Error> {
    let dataset = Dataset::new(
        "ebrd_ineligible",
        "EBRD Ineligible Entities",
        "European Bank for Reconstruction and Development",
    );
    let mut taking = Taking::new(whole, dataset, ListFormat::EbrdJson, "ebrd");
    for entry in json::entries(whole, "the EBRD's list", &["searchResult"])? {
        let entry = entry?;
        let field = |key| json::text(&entry.value, key);
        let address = field("address");
        let address = facts::joined(address.split('$'));
        taking.take(
            entry.line,
            &Debarred {
                schema: "LegalEntity",
                name: field("title"),
                addresses: vec![address],
                nationality: field("nationality"),
                from: day(&field("ineligibleFromDate")),
                until: end(&field("ineligibleUntilDate")),
                notes: vec![
                    ("Subtitle", field("subtitle")),
                    ("Prohibited practice", field("prohibitedPractice")),
                    ("Originating institution", field("originatingInstitution")),
                    (
                        "Jurisdiction of judgement",
                        field("jurisdictionOfJudgement"),
                    ),
                    ("Effective at the EBRD", field("dateNoticeEffectiveAtEBRD")),
                    ("Notice", field("projectNoticeType")),
                ],
                ..Debarred::default()
            },
        );
    }
    Ok(taking.list)
}
