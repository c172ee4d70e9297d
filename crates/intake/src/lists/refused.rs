//! What publishers give out beside their lists, and people load by mistake: recognised, and refused with what to load.

use std::path::Path;

use crate::error::Error;

/// The error for a file that begins as such a thing does.
pub(super) fn instead_of_a_list(path: &Path, head: &str) -> Option<Error> {
    let (what, instead) = ofac_delta(head)?;
    Some(Error::NotAList {
        path: path.to_owned(),
        what,
        instead,
    })
}

/// A delta file has the elements of the list, but of a corrected entity only the parts that changed: it says nothing
/// without the list before it.
fn ofac_delta(head: &str) -> Option<(&'static str, String)> {
    let is_delta = head.contains("<sanctionsData") && head.contains("/ofac/DeltaFile/");
    is_delta.then(|| {
        (
            "a delta file of OFAC",
            "the whole list, SDN_ENHANCED.XML or CONS_ENHANCED.XML".to_owned(),
        )
    })
}
