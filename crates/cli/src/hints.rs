//! What to type: libraries say what is wrong and where, the command line what can be done about it.

use std::collections::BTreeSet;

use overt_model::spelt;

/// What to do about an input that cannot be used.
pub(crate) fn intake(error: &overt_intake::Error) -> Option<String> {
    use overt_intake::{Error, Stop};
    let hint = match error {
        Error::NoMatch { .. } => {
            "quote the pattern if the shell should leave it alone, or name the files"
        }
        Error::UnknownFormat { .. } => {
            "name it with --format, or say which column is what with --column, such as --column account=user"
        }
        Error::WrongFormat { format, .. } if *format != "a table" => {
            "leave --format out to have it recognised"
        }
        Error::MissingColumn { role, .. } => {
            return Some(format!("name it with --column {role}=NAME"));
        }
        Error::RowTooLong { .. } => {
            "an opening quote without its closing one? mend the line, or give --no-quotes if quotes mean nothing here"
        }
        Error::TooManyRejects { .. } => {
            "look at the rejects, mend the export or its mapping, or allow more with --max-rejects"
        }
        Error::Stopped(Stop::Memory { .. }) => {
            "allow more with --memory, read fewer files at a time, or ask for fewer traces"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about a folder of findings.
pub(crate) fn findings(error: &overt_findings::Error) -> Option<String> {
    let hint = match error {
        overt_findings::Error::NotFindings { .. } => {
            "give a folder that overt detect wrote, without --edges-only"
        }
        overt_findings::Error::Exists { .. } => {
            "choose another folder, or give --force to replace it"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about a detection that could not be run.
pub(crate) fn detection(error: &overt_detection::Error) -> Option<String> {
    use overt_detection::Error;
    match error {
        Error::NoTrace { first, .. } => Some(format!(
            "see what the data can carry with: overt inspect {first}"
        )),
        Error::NoIndicator(_) => Some(
            "give a CSV with a column named indicator, or one site or link per line".to_owned(),
        ),
        _ => None,
    }
}

/// What to do about something that could not be given out.
pub(crate) fn publication(error: &overt_publication::PublicationError) -> Option<String> {
    use overt_publication::PublicationError as Error;
    let hint = match error {
        Error::Exists(_) => "choose another place, or give --force to replace it",
        Error::NotAList { .. } => "name an empty folder, or the one with the versions before",
        Error::Personal { .. } => "change the rule or the reason it is taken from",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about a screening record or a table of customers.
pub(crate) fn compliance(error: &overt_compliance::ComplianceError) -> Option<String> {
    use overt_compliance::ComplianceError as Error;
    match error {
        Error::NoRecord(path) => Some(format!(
            "begin one with: overt screen CUSTOMERS --lists LISTS --record {}",
            path.display()
        )),
        Error::NotEmpty(_) => Some("name a folder that is empty or not there yet".to_owned()),
        Error::NoSuchAlert(_) => {
            Some("see what there is with: overt alerts list --state all --record RECORD".to_owned())
        }
        _ => None,
    }
}

/// What to do about a store of lists.
pub(crate) fn lists(error: &overt_lists::StoreError) -> Option<String> {
    use overt_lists::StoreError;
    match error {
        StoreError::NoStore { path, .. } => Some(format!(
            "load lists into it with: overt lists load FILES --store {}",
            path.display()
        )),
        StoreError::NothingYet(_) | StoreError::NoSuchList(_) | StoreError::NoSuchVersion(_) => {
            Some("see what there is with: overt lists show --store STORE".to_owned())
        }
        _ => None,
    }
}

/// What to do about a case.
pub(crate) fn case(error: &overt_case::CaseError) -> Option<String> {
    use overt_case::CaseError;
    match error {
        CaseError::NoCase(path) => Some(format!(
            "begin one with: overt case new {} --regime eo13848 --by NAME …",
            path.display()
        )),
        CaseError::NotEmpty(_) => Some("name a place that is empty or not there yet".to_owned()),
        CaseError::NoSecrets(_) => {
            Some("name the file that belongs to it with --secrets FILE".to_owned())
        }
        CaseError::NoEvidence(_) => {
            Some("see what is on file with: overt status CASE --evidence".to_owned())
        }
        CaseError::NoClaim(_) | CaseError::NotClaimed(_) => {
            Some("see what is claimed with: overt status CASE --claims".to_owned())
        }
        CaseError::NotWeighed(claim) => Some(format!(
            "weigh something first with: overt weigh CASE {claim} EVIDENCE …"
        )),
        CaseError::SectorsMissing(_) => Some(
            "name a firm with --firm SECTOR COMPANY EVIDENCE, or say why there is none with --no-firm SECTOR WHY"
                .to_owned(),
        ),
        CaseError::Refused {
            remedy: Some(remedy),
            ..
        } => remedy_of(remedy),
        _ => None,
    }
}

/// How what would help is done. Parties have names with spaces: they are written as a shell takes them.
fn remedy_of(remedy: &overt_case::Remedy) -> Option<String> {
    use overt_case::Remedy;
    let hint = match remedy {
        Remedy::Admit(name) => format!(
            "an administrator admits people with: overt person add CASE {name:?} --role ROLE --by NAME"
        ),
        Remedy::EnterKey(name) => format!(
            "enter it with: overt person add CASE {name:?} --role ROLE --key FILE.pub --by NAME"
        ),
        Remedy::Attribute { campaign, sponsor } => format!(
            "claim it with: overt claim add CASE {campaign:?} attributed-to {sponsor:?} --by NAME"
        ),
        Remedy::AskGate(party) => {
            format!("see what is missing with: overt gate CASE {party:?}")
        }
        Remedy::Sign { party, criterion } => {
            format!("sign with: overt determine CASE {party:?} --criterion {criterion} --sign NAME")
        }
        _ => return None,
    };
    Some(hint)
}

/// What to do about characters that no font has, if there are any.
pub(crate) fn missing_letters(missing: &BTreeSet<char>) -> Option<String> {
    const SHOWN: usize = 12;
    let first: Vec<String> = missing
        .iter()
        .take(SHOWN)
        .map(|c| format!("{c} ({})", spelt(*c).trim_matches(['[', ']'])))
        .collect();
    let more = missing.len().saturating_sub(SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    (!missing.is_empty()).then(|| {
        format!(
            "no font on this machine has {}{more}: they are boxes in the PDF, which says so at its end; the HTML and \
             Markdown have them\n  install a font that has them, for example the package fonts-noto-core or \
             fonts-noto-cjk on Debian, and publish again",
            first.join(", ")
        )
    })
}
