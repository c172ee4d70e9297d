//! What sightings that were taken in as evidence offer to whoever weighs them.

use overt_attribution::EvidenceId;
use overt_case::{Case, unpack};
use overt_findings::sightings::{Offer, read_offers};

use crate::PublicationError;

/// What an item of sightings offers from an intrusion or a list, an offer for each origin. See
/// [`read_offers`](overt_findings::sightings::read_offers).
///
/// # Errors
/// When the item is not there, or is no folder of sightings, or nothing in it is of that name.
pub fn sighting_offers(
    case: &Case,
    item: EvidenceId,
    from: &str,
) -> Result<Vec<Offer>, PublicationError> {
    let wrong = |source| PublicationError::Findings { item, source };
    let failed = |source: std::io::Error| {
        wrong(overt_findings::Error::Io {
            path: std::env::temp_dir(),
            source,
        })
    };
    let folder = tempfile::tempdir().map_err(failed)?;
    let mut archive = tempfile::tempfile().map_err(failed)?;
    case.bytes_of(item, &mut archive)?;
    std::io::Seek::rewind(&mut archive).map_err(failed)?;
    let names = ["run.json", "sightings.csv"];
    unpack(&mut std::io::BufReader::new(archive), &names, folder.path())?;
    read_offers(folder.path(), from).map_err(wrong)
}
