//! The page.

use super::assets::{policy, script, style};
use super::drawing::Drawing;
use super::subject::{DESCRIBED, Subject};
use super::{accounts, campaign, headline, intake, limits, overview, statement, trust};
use crate::found::Found;
use crate::names::Names;
use crate::product::POSTS_PAGE;
use crate::text::shown;

const TITLE: &str = "Accounts that posted in step";

/// The report as HTML.
pub fn render(found: &Found<'_>, names: &Names) -> String {
    let subject = Subject::new(found, names);
    let drawing = Drawing::of(&subject);
    let (style, script) = (style(found.campaigns.len().min(DESCRIBED)), script());
    let mut html = String::with_capacity(1 << 18);
    html.push_str(&format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\
         {POSTS_PAGE}<meta name=\"referrer\" content=\"no-referrer\"><meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{TITLE}</title>\
         <style>{style}</style></head><body><main><h1>{TITLE}</h1>",
        policy(&style, &script)
    ));
    html.push_str(&headline::headline(found));
    if let Some(registration) = &found.run.registration {
        let words = shown(&registration.in_words());
        html.push_str(&format!("<p class=\"registration\">{words}</p>"));
    }
    html.push_str(&contents(found));
    html.push_str(&limits::limits(&subject));
    html.push_str(&statement::statement(&subject));
    if !found.accounts.is_empty() {
        html.push_str(&overview::campaigns(&subject));
        html.push_str(&overview::network(&subject, &drawing));
    }
    for (n, c) in found.campaigns.iter().take(DESCRIBED).enumerate() {
        html.push_str(&campaign::section(&subject, n, c));
    }
    html.push_str(&accounts::section(&subject));
    html.push_str(&trust::trust(found));
    html.push_str(&intake::compared(found));
    html.push_str(&intake::read(found));
    html.push_str(&intake::reproduce(found));
    html.push_str("</main><script type=\"application/json\" id=\"graph\">");
    html.push_str(&drawing.data(&subject));
    html.push_str("</script><script>");
    html.push_str(&script);
    html.push_str("</script></body></html>\n");
    html
}

/// Where everything is.
fn contents(found: &Found<'_>) -> String {
    let found_any = !found.accounts.is_empty();
    let places = [
        ("limits", "What this does not say", true),
        ("statement", "To quote", true),
        ("campaigns", "Campaigns", found_any),
        ("network", "The network", found_any),
        ("accounts", "Accounts, with their evidence", found_any),
        ("trust", "How far to trust it", true),
        ("compared", "What was compared", true),
        ("read", "What was read, and what was left out", true),
        ("reproduce", "How to reproduce", true),
    ];
    let items: Vec<String> = places
        .iter()
        .filter(|(.., is_there)| *is_there)
        .map(|(id, name, _)| format!("<li><a href=\"#{id}\">{name}</a></li>"))
        .collect();
    format!(
        "<nav class=\"contents\" aria-label=\"Contents\"><ul>{}</ul></nav>",
        items.concat()
    )
}
