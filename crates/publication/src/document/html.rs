//! A document as a page.

use html_escape::encode_safe;
use overt_model::visible;

use super::{Block, Document};

const STYLE: &str = include_str!("document.css");

/// A longer word is a number or a hash.
const MAX_WORD_LENGTH: usize = 30;

pub(super) fn render(document: &Document) -> String {
    let title = whole(&document.title);
    let marking = document.marking.map_or(String::new(), |marking| {
        format!("<p class=\"marking\">{marking}</p>")
    });
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{marking}<h1>{title}</h1>\n"
    );
    for warning in &document.warnings {
        html.push_str(&format!("<aside>{}</aside>\n", whole(warning)));
    }
    document
        .blocks
        .iter()
        .for_each(|block| html.push_str(&part(block)));
    html.push_str(&marking);
    html.push_str("</main></body></html>\n");
    html
}

fn part(block: &Block) -> String {
    let cells = |tag: &str, cells: &[String]| -> String {
        let cell = |text: &String| {
            // A hash may be broken anywhere, a word may not.
            let long = text
                .split_whitespace()
                .any(|word| word.len() > MAX_WORD_LENGTH);
            let class = if long { " class=\"long\"" } else { "" };
            format!("<{tag}{class}>{}</{tag}>", whole(text))
        };
        cells.iter().map(cell).collect()
    };
    match block {
        Block::Heading(text) => format!("<h2>{}</h2>\n", whole(text)),
        Block::Subheading(text) => format!("<h3>{}</h3>\n", whole(text)),
        Block::Text(text) => format!("<p>{}</p>\n", whole(text)),
        Block::List(points) => format!("<ul>{}</ul>\n", cells("li", points)),
        Block::Table { head, rows } => {
            let mut body = String::new();
            for row in rows {
                body.push_str("<tr>");
                body.push_str(&cells("td", row));
                body.push_str("</tr>\n");
            }
            format!(
                "<table><thead><tr>{}</tr></thead><tbody>\n{body}</tbody></table>\n",
                cells("th", head)
            )
        }
    }
}

/// Text for HTML: escaped, with signs that would turn the direction of writing or hide spelt out.
fn whole(text: &str) -> String {
    encode_safe(&visible(text)).into_owned()
}
