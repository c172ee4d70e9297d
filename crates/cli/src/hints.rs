//! What to type: libraries say what is wrong and where, the command line what can be done about it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

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
        Error::WrongFormat { format, .. } if *format == "something that a case takes in" => {
            "what is taken in is told by: overt case import --help; of a file that was cut get the whole one"
        }
        Error::WrongFormat { format, .. } if format.starts_with("a spreadsheet") => {
            "save the sheet that is meant as a file of its own, or as CSV"
        }
        // A file of an archive is named `posts.zip:README.txt`.
        Error::MissingColumn { path, .. }
            if path
                .to_string_lossy()
                .to_ascii_lowercase()
                .contains(".zip:") =>
        {
            "every file of an archive is read: take what is no export out of it, or name the columns with --column"
        }
        Error::WrongFormat { format, .. } if *format != "a table" && is_given("--format") => {
            "leave --format out to have it recognised"
        }
        Error::MissingColumn { role, .. } => {
            return Some(format!("name it with --column {role}=NAME"));
        }
        Error::RowTooLong { .. } => {
            "an opening quote without its closing one? mend the line, or give --no-quotes if quotes mean nothing here"
        }
        Error::AmbiguousTimes { example, .. } => return Some(either_form(example)),
        Error::OtherHeader { .. } => {
            "part the file there, and give the parts as files of their own"
        }
        Error::Pipe { .. } => "pipe it into the program and give - for it, or write it to a file",
        Error::UnknownEncoding { .. } => {
            "name it with --encoding, such as windows-1251, gb18030 or shift_jis, or save the file as UTF-8"
        }
        Error::TooManyRejects {
            reason: Some(reason),
            ..
        } if rejects(*reason).is_some() => return rejects(*reason).map(str::to_owned),
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

/// Whether an option was given.
fn is_given(option: &str) -> bool {
    std::env::args().any(|word| word.split('=').next() == Some(option))
}

/// The two forms that an ambiguous time may have, as `--time-format` takes them.
fn either_form(example: &str) -> String {
    let (day, clock) = example
        .trim()
        .split_once([' ', 'T'])
        .map_or((example.trim(), None), |(day, clock)| (day, Some(clock)));
    let between = if day.contains('/') { '/' } else { '-' };
    let year = match day.rsplit(between).next() {
        Some(year) if year.trim_end_matches(',').len() == 2 => "%y",
        _ => "%Y",
    };
    let comma = if day.ends_with(',') { "," } else { "" };
    let separator = if example.contains('T') { "T" } else { " " };
    let clock = clock.map_or(String::new(), |clock| {
        let half = clock.to_ascii_lowercase().ends_with(['m', '.']);
        let parts = clock.split(':').count();
        let hour = if half { "%I" } else { "%H" };
        let seconds = match (parts > 2, clock.contains('.') && !half) {
            (true, true) => ":%S%.f",
            (true, false) => ":%S",
            (false, _) => "",
        };
        let half = match (half, clock.contains(' ')) {
            (true, true) => " %p",
            (true, false) => "%p",
            (false, _) => "",
        };
        format!("{separator}{hour}:%M{seconds}{half}")
    });
    let form = |first: &str, second: &str| {
        format!("--time-format \"{first}{between}{second}{between}{year}{comma}{clock}\"")
    };
    format!(
        "say which it is: {} where the day is first, {} where the month is",
        form("%d", "%m"),
        form("%m", "%d")
    )
}

/// What to do about rows that were rejected, where there is more to do than to look at them.
fn rejects(reason: overt_intake::Reason) -> Option<&'static str> {
    use overt_intake::Reason;
    Some(match reason {
        Reason::RoundedId => {
            "a spreadsheet took the ids for numbers, and their digits are lost: export again and read that file as it is, or \
             open it with the columns of ids as text"
        }
        Reason::AmbiguousTime => {
            "say whether the day or the month is first: --time-format \"%d/%m/%Y %H:%M\" or --time-format \"%m/%d/%Y %H:%M\""
        }
        Reason::BadTime => {
            "say how times are written with --time-format, such as --time-format \"%d.%m.%Y %H:%M\", or name another column \
             with --column time=NAME"
        }
        Reason::AstrayQuote | Reason::OpenQuote => {
            "a quote that is not closed swallowed the rows below it: where the export puts no text into quotes, read it with \
             --no-quotes; else close the quote, or get the file again where it is cut"
        }
        Reason::InvalidUtf8 => "name the encoding with --encoding, such as latin1 or windows-1251",
        _ => return None,
    })
}

/// What to do about a folder of findings.
pub(crate) fn findings(error: &overt_findings::Error) -> Option<String> {
    let hint = match error {
        overt_findings::Error::NotFindings { .. } => {
            "give a folder that overt detect wrote, without --edges-only, or one of overt sift"
        }
        overt_findings::Error::NotOurs { .. } => "choose another folder",
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
        Error::BadState { .. } => Some(
            "put back the copy of the state from a backup, or begin a new one: sift the logs of the last weeks once more \
             with --state and another folder"
                .to_owned(),
        ),
        Error::OtherState { .. } => Some(
            "give the settings of the runs before, or begin a new state: sift the logs of the last weeks once more with \
             --state and another folder"
                .to_owned(),
        ),
        Error::NothingRead(_) => Some(
            "see what the files are with: overt inspect FILE; of a log whose lines are cut or changed on their way, bring \
             the one that the server wrote"
                .to_owned(),
        ),
        Error::NoBackground(_) => {
            Some("give an export of everybody's posts of those days with --background".to_owned())
        }
        Error::FindingsFolder(_) => {
            Some("give the exports that the findings were made from".to_owned())
        }
        Error::InputGone { .. } => Some(
            "run it in the folder in which the findings were made, or give the exports themselves".to_owned(),
        ),
        Error::InputChanged { .. } => Some("make the findings again, or give the export as it was".to_owned()),
        Error::StateHeld(_) => Some("wait for it to end".to_owned()),
        Error::DoesNotFollow { .. } => Some(
            "give each log once, when it is whole, in the order of their days; a day that was left out stays a gap"
                .to_owned(),
        ),
        _ => None,
    }
}

/// What to do about something that could not be given out.
pub(crate) fn publication(error: &overt_publication::PublicationError) -> Option<String> {
    use overt_publication::PublicationError as Error;
    let hint = match error {
        Error::Exists(_) => "choose another place, or give --force to replace it",
        Error::OfTheCase(_) => "choose another place",
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
            quoted(&path.to_string_lossy())
        )),
        Error::NoKey(path) => Some(format!(
            "put it back from a copy; if it is lost, begin another record, for what {} seals cannot be read again",
            quoted(&path.with_extension("").to_string_lossy())
        )),
        Error::WrongKey(_) => Some("put back the key that was made with the record".to_owned()),
        Error::Key { path, .. } => Some(format!(
            "put it back from a copy, for its owner alone: chmod 600 {}",
            quoted(&path.to_string_lossy())
        )),
        Error::NotEmpty(_) => Some("name a folder that is empty or not there yet".to_owned()),
        Error::NoSuchAlert(_) => {
            let record = Typed::or(&TYPED.record, "RECORD");
            Some(format!(
                "see what there is with: overt alerts list --state all --record {record}"
            ))
        }
        _ => None,
    }
}

/// What to do about a store of lists.
pub(crate) fn lists(error: &overt_lists::StoreError) -> Option<String> {
    use overt_lists::{SignatureError, StoreError};
    match error {
        StoreError::NoStore { path, .. } => Some(format!(
            "load lists into it with: overt lists load FILES --store {}",
            quoted(&path.to_string_lossy())
        )),
        StoreError::Signed(SignatureError::DoesNotContinue { .. }) => {
            let store = Typed::or(&TYPED.store, "STORE");
            Some(format!(
                "see what it has, and who signed it: overt lists show --store {store}"
            ))
        }
        StoreError::TooManyRejects { .. } => Some(
            "get the file again; to load it as it is: overt lists load … --max-rejects SHARE".to_owned(),
        ),
        StoreError::Shrunk { .. } => Some(
            "get the file again; if so many were taken off: overt lists load … --max-shrinkage SHARE".to_owned(),
        ),
        StoreError::Older { .. } => Some(
            "get the list of today; to load an older one all the same: overt lists load … --max-shrinkage 1".to_owned(),
        ),
        StoreError::Renamed { .. } => Some(
            "get the file again, as its publisher encoded it; if so many names were changed: overt lists load … --max-shrinkage SHARE".to_owned(),
        ),
        StoreError::Incomplete { .. } => Some(
            "get the whole list again; if it is meant to be so: overt lists load … --max-shrinkage 1".to_owned(),
        ),
        StoreError::NotPinned(_) => {
            let store = Typed::or(&TYPED.store, "STORE");
            Some(format!(
                "see which are with: overt lists trust show --store {store}"
            ))
        }
        StoreError::NothingYet(_) | StoreError::NoSuchList(_) | StoreError::NoSuchVersion(_) => {
            let store = Typed::or(&TYPED.store, "STORE");
            Some(format!(
                "see what there is with: overt lists show --store {store}"
            ))
        }
        _ => None,
    }
}

/// What the user typed before, so that what is to be typed next can be copied as it is.
struct Typed {
    case: OnceLock<String>,
    by: OnceLock<String>,
    record: OnceLock<String>,
    store: OnceLock<String>,
}

static TYPED: Typed = Typed {
    case: OnceLock::new(),
    by: OnceLock::new(),
    record: OnceLock::new(),
    store: OnceLock::new(),
};

impl Typed {
    fn or<'t>(word: &'t OnceLock<String>, placeholder: &'t str) -> &'t str {
        word.get().map_or(placeholder, String::as_str)
    }
}

/// Notes which case a command is about.
pub(crate) fn about_case(case: &Path) {
    let _ = TYPED.case.set(quoted(&case.to_string_lossy()));
}

/// Notes which screening record a command is about.
pub(crate) fn about_record(record: &Path) {
    let _ = TYPED.record.set(quoted(&record.to_string_lossy()));
}

/// Notes which store of lists a command is about.
pub(crate) fn about_store(store: &Path) {
    let _ = TYPED.store.set(quoted(&store.to_string_lossy()));
}

/// Notes who does something.
pub(crate) fn done_by(name: &str) {
    let _ = TYPED.by.set(quoted(name));
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

/// What to do about a case.
pub(crate) fn case(error: &overt_case::CaseError) -> Option<String> {
    use overt_case::CaseError;
    let case = Typed::or(&TYPED.case, "CASE");
    match error {
        CaseError::NoCase(path) => Some(format!(
            "begin one with: overt case new {}",
            quoted(&path.to_string_lossy())
        )),
        CaseError::NotEmpty(_) => Some("name a place that is empty or not there yet".to_owned()),
        CaseError::NoSecrets(_) => {
            Some("name the file that belongs to it with --secrets FILE".to_owned())
        }
        CaseError::Unreachable { .. } => Some(
            "see whether the server runs and this machine reaches it, then do it again; what was not acknowledged was not entered"
                .to_owned(),
        ),
        CaseError::Denied { .. } => Some(
            "give the password in PGPASSWORD or ~/.pgpass, the user in the address, and have its owner grant what docs/team.md names"
                .to_owned(),
        ),
        CaseError::Uncertain { .. } => Some(format!("look with: overt status {case}")),
        CaseError::NoEvidence(_) => Some(format!(
            "see what is on file with: overt status {case} --evidence"
        )),
        CaseError::NoClaim(_) | CaseError::NotClaimed(_) => Some(format!(
            "see what is claimed with: overt status {case} --claims"
        )),
        CaseError::AlikeOrigin { given, known } => Some(format!(
            "the same: give it as --origin {known:?}, or for good with: overt origin add {case} {given:?} --same-as {known:?} --why TEXT --by NAME\n  another: overt origin add {case} {given:?} --apart-from {known:?} --why TEXT --by NAME"
        )),
        CaseError::NotWeighed(claim) => Some(format!(
            "weigh something first: overt weigh {case} {claim} EVIDENCE …, with an item of: overt status {case} --evidence"
        )),
        CaseError::OpenedAlone { .. } => Some(
            "wait until they have sealed theirs with --seal, or open it all the same with --alone"
                .to_owned(),
        ),
        CaseError::SealedBefore { entry, .. } => Some(format!(
            "open that one: overt weigh {case} --open FILE --by NAME\n  if its file is lost: overt erase {case} entry:{entry} --why TEXT --by NAME, which everybody can see"
        )),
        CaseError::OtherElection(_) => Some(
            "open another case with overt case new; if the day was wrong, say so with --corrects"
                .to_owned(),
        ),
        CaseError::SectorsMissing(_) => Some(
            "name a firm with --firm SECTOR COMPANY EVIDENCE, or say why there is none with --no-firm SECTOR WHY"
                .to_owned(),
        ),
        CaseError::Refused {
            remedy: Some(remedy),
            ..
        }
        | CaseError::NotTheirs {
            remedy: Some(remedy),
            ..
        } => remedy_of(remedy, case),
        _ => None,
    }
}

/// How what would help is done.
fn remedy_of(remedy: &overt_case::Remedy, case: &str) -> Option<String> {
    use overt_case::Remedy;
    let by = Typed::or(&TYPED.by, "NAME");
    let hint = match remedy {
        Remedy::Admit(name) => format!(
            "an administrator admits people with: overt person add {case} {} --role ROLE --by NAME",
            quoted(name)
        ),
        Remedy::EnterKey(name) => format!(
            "enter it with: overt person add {case} {} --role ROLE --key FILE.pub --by NAME",
            quoted(name)
        ),
        Remedy::Attribute { campaign, sponsor } => format!(
            "claim it with: overt claim add {case} {} attributed-to {} --by {by}",
            quoted(campaign),
            quoted(sponsor)
        ),
        Remedy::AskGate(party) => format!(
            "see what is missing with: overt gate {case} {}",
            quoted(party)
        ),
        Remedy::Sign { party, criterion } => format!(
            "sign with: overt determine {case} {} --criterion {} --sign {by}",
            quoted(party),
            quoted(criterion)
        ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_may_be_two_is_answered_with_forms_that_read_it() {
        for (example, form) in [
            ("01/10/2024 04:04", "%d/%m/%Y %H:%M"),
            ("10/01/24 04:04 AM", "%d/%m/%y %I:%M %p"),
            ("01-10-2024 04:04:28", "%d-%m-%Y %H:%M:%S"),
            ("01/10/2024", "%d/%m/%Y"),
            ("01/10/2024, 4:04:28 p.m.", "%d/%m/%Y, %I:%M:%S %p"),
        ] {
            let said = either_form(example);
            assert!(said.contains(&format!("\"{form}\"")), "{example}: {said}");
        }
    }
}
