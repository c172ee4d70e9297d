//! What the fields of an export are, and a mapping of them to be edited.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path as FilePath;

use crate::delimited::{self, Dialect};
use crate::detect::{Format, Kind, detect_bytes, kind_of};
use crate::error::Error;
use crate::json::{Fields, first_values, names};
use crate::layout::{Layout, candidates};
use crate::mapping::{Line, Path, scalar, write};
use crate::parquet;
use crate::read::{Settings, Watch};
use crate::roles::{Role, plain_name};
use crate::sample::{self, Sample};
use crate::source::{Input, Source, open_posts, read_error};

/// A field of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSeen {
    /// Its name, or its path.
    pub name: String,
    /// What it is taken to say.
    pub roles: Vec<Role>,
    /// Some of its values, shortened.
    pub samples: Vec<String>,
}

/// What an export's fields are taken to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The format, as far as it is recognised.
    pub format: Format,
    /// Its fields, in their order.
    pub fields: Vec<FieldSeen>,
    /// What to look at.
    pub warnings: Vec<String>,
    /// A mapping to be edited.
    pub mapping: String,
}

/// Proposes what the fields of an export say, by its mapping if it is recognised, by names and values otherwise.
///
/// # Errors
/// An input that cannot be read, or whose format cannot be told.
pub fn propose(input: &Input, settings: &Settings) -> Result<Proposal, Error> {
    let mut source = open_posts(input, &Watch::default(), settings.encoding)?;
    let path = source.path.clone();
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?
        .to_vec();
    let format = match settings.format {
        Some(format) => format,
        None => detect_bytes(&peek, settings).map_err(|detail| Error::UnknownFormat {
            path: path.clone(),
            detail,
        })?,
    };
    match format.kind().unwrap_or_else(|| kind_of(&peek)) {
        Kind::Delimited => of_text(&path, format, &peek, settings),
        Kind::Parquet => {
            let (columns, sample) = parquet::sample(input, &mut source)?;
            of_table(&path, format, &columns, &sample, settings)
        }
        Kind::Json => of_json(&source, format, &peek, settings),
    }
}

fn of_text(
    path: &FilePath,
    format: Format,
    peek: &[u8],
    settings: &Settings,
) -> Result<Proposal, Error> {
    let mark = delimited::mark(peek);
    let found = delimited::find_header(&peek[mark..], |c| delimited::is_header(c, settings));
    let found = found.map_err(|detail| Error::WrongFormat {
        path: path.to_owned(),
        format: format.name(),
        detail,
    })?;
    let dialect = Dialect {
        delimiter: found.header.delimiter,
        quotes: !settings.no_quotes,
    };
    let columns = found.header.columns;
    let sample = Sample::of_table(&peek[mark + found.at..], dialect, columns.len());
    let mut proposal = of_table(path, format, &columns, &sample, settings)?;
    if found.above > 0 {
        let lines = overt_model::counted(found.above, "line stands", "lines stand");
        proposal.warnings.push(format!("{lines} above the header"));
    }
    Ok(proposal)
}

fn of_table(
    path: &FilePath,
    format: Format,
    columns: &[String],
    sample: &Sample,
    settings: &Settings,
) -> Result<Proposal, Error> {
    let mapping = settings.mapping_of(format);
    let mut layout = Layout::roles(path, columns, mapping, settings)?;
    let mut warnings = sample::decide(&mut layout, columns, sample, settings);
    if let Err(example) = sample::tell_order(&mut layout, sample, || None) {
        warnings.push(format!(
            "{example:?} could be either day or month first, and no time seen tells"
        ));
    }
    let name = |column: &usize| columns[*column].clone();
    let lines: Vec<Line> = layout
        .said()
        .map(|(role, at, joined)| Line {
            role,
            note: at
                .first()
                .map_or(String::new(), |c| shown(&sample.column(*c))),
            fields: at.iter().map(name).collect(),
            joined,
        })
        .collect();
    let fields = columns.iter().enumerate();
    let fields = fields.map(|(at, name)| FieldSeen {
        name: name.clone(),
        roles: roles_of(&lines, name),
        samples: some(sample.column(at).iter().map(ToString::to_string)),
    });
    Ok(proposal(
        path,
        format,
        &layout.platform,
        fields.collect(),
        &lines,
        warnings,
    ))
}

fn of_json(
    source: &Source,
    format: Format,
    peek: &[u8],
    settings: &Settings,
) -> Result<Proposal, Error> {
    let values = first_values(&peek[delimited::mark(peek)..]);
    let there = names(&values);
    let mapping = settings.mapping_of(format);
    let (found, warnings) = Fields::find(&source.path, mapping, settings, &values)?;
    let mut lines = found.lines(&values);
    if mapping.is_none() {
        guess_nested(&there, &mut lines);
    }
    let samples = |name: &str| {
        let path = Path::read(name).unwrap_or_else(|_| Path::plain(name));
        let values = values.iter().flat_map(move |v| path.find(v));
        values
            .filter_map(scalar)
            .map(Cow::into_owned)
            .take(200)
            .collect::<Vec<_>>()
    };
    for line in &mut lines {
        let first = line.fields.first().map(|f| samples(f));
        line.note = first.map_or(String::new(), |values| shown(&values));
    }
    let fields = there.iter().map(|name| FieldSeen {
        name: name.clone(),
        roles: roles_of(&lines, name),
        samples: some(samples(name).into_iter()),
    });
    let mut made = proposal(
        &source.path,
        format,
        found.platform(),
        fields.collect(),
        &lines,
        warnings,
    );
    if crate::formats::JSON.iter().any(|f| f.format == format) {
        made.warnings.push(format!(
            "{} is read by itself; a mapping would say less",
            format.name()
        ));
    }
    Ok(made)
}

/// Looks for roles among fields of fields: first by their whole path, `user.id` for `user_id`, then by its end.
fn guess_nested(there: &[String], lines: &mut Vec<Line>) {
    let whole: Vec<String> = there
        .iter()
        .map(|n| n.replace("[].", "_").replace(['.', '['], "_"))
        .collect();
    let ends: Vec<String> = there
        .iter()
        .map(|n| n.rsplit('.').next().unwrap_or(n).to_owned())
        .collect();
    for role in Role::all() {
        if lines.iter().any(|l| l.role == role) {
            continue;
        }
        let free = |at: &usize| !lines.iter().any(|l| l.fields.contains(&there[*at]));
        let by_end = [Role::Account, Role::Time, Role::Text, Role::Urls];
        let at = candidates(role, &whole).find(free).or_else(|| {
            by_end
                .contains(&role)
                .then(|| candidates(role, &ends).find(free))
                .flatten()
        });
        if let Some(at) = at {
            lines.push(Line {
                role,
                fields: vec![there[at].clone()],
                joined: false,
                note: String::new(),
            });
        }
    }
    lines.sort_by_key(|l| l.role);
}

fn proposal(
    path: &FilePath,
    format: Format,
    platform: &str,
    fields: Vec<FieldSeen>,
    lines: &[Line],
    mut warnings: Vec<String>,
) -> Proposal {
    for role in [Role::Account, Role::Time] {
        if !lines.iter().any(|l| l.role == role) {
            warnings.push(format!(
                "no field was found for the {}, which is needed",
                role.name()
            ));
        }
    }
    let signature: Vec<String> = lines
        .iter()
        .flat_map(|l| l.fields.iter())
        .map(|f| f.split('[').next().unwrap_or(f).to_owned())
        .collect();
    let mut seen = HashSet::new();
    let signature: Vec<String> = signature
        .into_iter()
        .filter(|f| seen.insert(f.clone()))
        .collect();
    let others = fields.iter().filter(|f| f.roles.is_empty());
    let others: Vec<(String, String)> = others
        .map(|f| (f.name.clone(), f.samples.join(" · ")))
        .collect();
    let name = path
        .file_stem()
        .map_or("export".to_owned(), |s| plain_name(&s.to_string_lossy()));
    Proposal {
        format,
        mapping: write(&name, platform, &signature, lines, &others),
        fields,
        warnings,
    }
}

fn roles_of(lines: &[Line], field: &str) -> Vec<Role> {
    let with = lines.iter().filter(|l| l.fields.iter().any(|f| f == field));
    with.map(|l| l.role).collect()
}

/// The most values shown of a field, and characters of a value.
const SHOWN: usize = 3;
const LETTERS: usize = 60;

/// The first few different values, shortened.
fn some(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let short = values.map(|v| {
        let mut short: String = v.chars().take(LETTERS).collect();
        if short.len() < v.len() {
            short.push('…');
        }
        short
    });
    short
        .filter(|v| seen.insert(v.clone()))
        .take(SHOWN)
        .collect()
}

fn shown<S: AsRef<str>>(values: &[S]) -> String {
    some(values.iter().map(|v| v.as_ref().to_owned())).join(" · ")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn proposed(name: &str, text: &str) -> Proposal {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("to write");
        propose(&Input::File(path), &Settings::default()).expect("a proposal")
    }

    fn role<'a>(proposal: &'a Proposal, name: &str) -> &'a [Role] {
        let field = proposal.fields.iter().find(|f| f.name == name);
        &field.unwrap_or_else(|| panic!("no field {name}")).roles
    }

    #[test]
    fn a_mapping_that_is_written_can_be_read() {
        let table = "who,date,time,what,link\n\"a \"\"b\"\"\",2024-11-05,10:00:00,\"one\ntwo\",https://x.example/1\n";
        let proposal = proposed("my export.csv", table);
        assert_eq!(role(&proposal, "date"), [Role::Time]);
        assert_eq!(role(&proposal, "time"), [Role::Time]);
        assert_eq!(role(&proposal, "link"), [Role::Urls]);
        assert!(
            proposal.warnings.iter().any(|w| w.contains("account")),
            "{:?}",
            proposal.warnings
        );
        let edited = proposal
            .mapping
            .replace("[roles]\n", "[roles]\naccount = \"who\"\n");
        crate::Mapping::parse(&edited).unwrap_or_else(|e| panic!("{e}\n{edited}"));
    }

    #[test]
    fn fields_of_fields_are_proposed() {
        let line = r#"{"id":"1","user":{"id":"7","name":"Ann"},"published_at":"2024-11-05T10:00:00Z","entities":{"urls":[{"expanded_url":"https://x.example"}]}}"#;
        let proposal = proposed("posts.jsonl", &format!("{line}\n{line}\n"));
        assert_eq!(role(&proposal, "user.id"), [Role::Account]);
        assert_eq!(
            role(&proposal, "entities.urls[].expanded_url"),
            [Role::Urls]
        );
        let mapping = crate::Mapping::parse(&proposal.mapping).expect("a mapping");
        let value: Value = serde_json::from_str(line).expect("JSON");
        assert!(mapping.fits(&value), "{}", proposal.mapping);
    }
}
