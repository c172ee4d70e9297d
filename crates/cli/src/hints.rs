//! What to type: libraries say what is wrong and where, the command line what can be done about it.

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
        overt_findings::Error::NotFindings { .. } => "give a folder that overt detect wrote",
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
