//! Mappings as they are written.

use std::fmt::Write;

use crate::roles::Role;

/// A line of a mapping: a role, the fields that say it, and what to know of them.
pub(crate) struct Line {
    pub(crate) role: Role,
    pub(crate) fields: Vec<String>,
    /// Whether the fields are one after the other what is said.
    pub(crate) joined: bool,
    pub(crate) note: String,
}

/// Writes a mapping to be edited.
pub(crate) fn write(
    name: &str,
    platform: &str,
    signature: &[String],
    lines: &[Line],
    others: &[(String, String)],
) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    line("# How the fields of an export are read. Edit what is wrong.".to_owned());
    line(format!("name = {}", quoted(name)));
    line("about = \"\"".to_owned());
    let none = if platform.is_empty() { "# " } else { "" };
    let shown = if platform.is_empty() { "x" } else { platform };
    line(format!("{none}platform = {}", quoted(shown)));
    line(String::new());
    line("[recognise]".to_owned());
    line(format!("columns = {}", listed(signature)));
    line(String::new());
    line("[roles]".to_owned());
    for said in lines {
        let fields = match (&said.fields[..], said.joined) {
            (fields, true) => format!("{{ join = {} }}", listed(fields)),
            ([one], false) => quoted(one),
            (fields, false) => listed(fields),
        };
        let note = if said.note.is_empty() {
            String::new()
        } else {
            format!("  # {}", one_line(&said.note))
        };
        line(format!("{} = {fields}{note}", said.role.name()));
    }
    let used = |role: &Role| lines.iter().any(|l| l.role == *role);
    let unused: Vec<&str> = Role::all().filter(|r| !used(r)).map(Role::name).collect();
    line(String::new());
    line(format!(
        "# Roles that no field was found for: {}",
        unused.join(", ")
    ));
    if !others.is_empty() {
        line("# Fields that no role was found for, each with values of it:".to_owned());
        for (field, values) in others {
            line(format!("#   {}: {}", quoted(field), one_line(values)));
        }
    }
    out
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn listed(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|w| quoted(w)).collect();
    format!("[{}]", words.join(", "))
}

/// Text that cannot end a comment.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
