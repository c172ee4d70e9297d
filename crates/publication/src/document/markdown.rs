//! A document as Markdown (CommonMark, with tables).

use overt_model::visible;

use super::{Block, Document};

pub(super) fn render(document: &Document) -> String {
    let marking = document
        .marking
        .map(|marking| format!("**{}**\n", line(marking.label())));
    let marking = marking.unwrap_or_default();
    let mut text = format!("{marking}\n# {}\n", line(&document.title));
    for warning in &document.warnings {
        text.push_str(&format!("\n> **{}**\n", line(warning)));
    }
    for block in &document.blocks {
        text.push('\n');
        text.push_str(&part(block));
    }
    if !marking.is_empty() {
        text.push_str(&format!("\n{marking}"));
    }
    text.trim_start_matches('\n').to_owned()
}

fn part(block: &Block) -> String {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|c| line(c)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    match block {
        Block::Heading(text) => format!("## {}\n", line(text)),
        Block::Subheading(text) => format!("### {}\n", line(text)),
        Block::Text(text) => format!("{}\n", line(text)),
        Block::List(points) => {
            let points: Vec<String> = points.iter().map(|p| line(p)).collect();
            format!("- {}\n", points.join("\n- "))
        }
        Block::Table { head, rows } => {
            let rule = "|---".repeat(head.len());
            let rows: String = rows.iter().map(|r| row(r)).collect();
            format!("{}{rule}|\n{rows}", row(head))
        }
    }
}

/// Text on one line, each sign that could mean something to Markdown escaped.
fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | '|'
            | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    // A number with a full stop or a dash would begin a list.
    let first = out.trim_start().split(' ').next().unwrap_or_default();
    let numbers = first.trim_end_matches(['.', ')']);
    let begins_list = matches!(first, "-" | "+")
        || numbers.len() < first.len() && numbers.bytes().all(|b| b.is_ascii_digit());
    if begins_list {
        out.insert(0, '\u{2060}');
    }
    out
}
