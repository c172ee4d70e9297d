//! The table of campaigns, and the place of the picture.

use overt_coordination::accounts::AccountStatus;
use overt_coordination::campaign::Campaign;
use overt_model::{counted, grouped};

use super::drawing::Drawing;
use super::markup::{Table, count, day, figure, words};
use super::subject::{DESCRIBED, Subject, tag};
use crate::text::{percent, probability};

pub(super) fn campaigns(subject: &Subject<'_>) -> String {
    let found = subject.found;
    let mut html = "<section id=\"campaigns\"><h2>Campaigns</h2>".to_owned();
    if found.campaigns.is_empty() {
        return html
            + "<p>No campaign: what was found are pairs and groups too small to be one.</p></section>";
    }
    html.push_str(
        "<p>Communities of accounts that posted in step, the most certain first. A campaign is an effort of many accounts; \
         the word does not say that it is anything else than open.</p>",
    );
    let about = found.run.election.is_some();
    let mut columns = vec![
        "Campaign",
        "Certainty (p)",
        "Accounts",
        "Established",
        "Posts in step",
        "First",
        "Last",
        "Days",
        "Innocent readings",
    ];
    if about {
        columns.push("About the election");
    }
    let mut table = Table::sortable("Campaigns", &columns);
    for (n, c) in found.campaigns.iter().enumerate().take(DESCRIBED) {
        let mut cells = vec![
            figure((n + 1) as f64, tag(n)),
            figure(c.p_half, probability(c.p_half)),
            count(c.members.len() as u64),
            count(established(c)),
            count(c.carrying.len() as u64),
        ];
        match c.activity.span {
            None => cells.extend([words("–"), words("–"), words("–")]),
            Some((first, last)) => {
                let days = (last - first) / 86_400_000 + 1;
                cells.extend([
                    figure(first as f64, day(first)),
                    figure(last as f64, day(last)),
                    count(days.unsigned_abs()),
                ]);
            }
        }
        cells.push(count(c.readings.len() as u64));
        if about {
            cells.push(match c.about.as_ref().filter(|a| a.campaign.posts > 0) {
                None => words("–"),
                Some(a) => {
                    let share = a.campaign.about as f64 / a.campaign.posts as f64;
                    figure(share, percent(share))
                }
            });
        }
        table.row(cells);
    }
    html.push_str(&table.end());
    html.push_str(
        "<p class=\"key\">Certainty: how probable it is that fewer than half of its accounts are in step by more than chance; the less, the surer. \
         Innocent readings: how many of those that are looked for its data fit.</p>",
    );
    if found.campaigns.len() > DESCRIBED {
        html.push_str(&format!(
            "<p>{} more {} in <code>campaigns.json</code>.</p>",
            grouped((found.campaigns.len() - DESCRIBED) as u64),
            if found.campaigns.len() - DESCRIBED == 1 {
                "stands"
            } else {
                "stand"
            }
        ));
    }
    html + "</section>"
}

pub(super) fn established(c: &Campaign) -> u64 {
    let is = |s: &AccountStatus| *s == AccountStatus::Established;
    c.members.iter().filter(|m| is(&m.status)).count() as u64
}

/// Where the script draws the network.
pub(super) fn network(subject: &Subject<'_>, drawing: &Drawing) -> String {
    let found = subject.found;
    if found.accounts.is_empty() {
        return String::new();
    }
    let mut options = "<option value=\"\">everything</option>".to_owned();
    for (n, c) in found.campaigns.iter().enumerate().take(DESCRIBED) {
        options.push_str(&format!(
            "<option value=\"{n}\">Campaign {} ({})</option>",
            n + 1,
            counted(c.members.len() as u64, "account", "accounts")
        ));
    }
    let mut cut = String::new();
    if drawing.left_accounts > 0 {
        cut.push_str(&format!(
            " {} not drawn: the least central of each campaign, and accounts of none.",
            counted(drawing.left_accounts as u64, "account is", "accounts are")
        ));
    }
    if drawing.left_links > 0 {
        cut.push_str(&format!(
            " {} between accounts that are drawn {} left out, the weakest.",
            counted(drawing.left_links as u64, "edge", "edges"),
            if drawing.left_links == 1 { "is" } else { "are" }
        ));
    }
    format!(
        "<section id=\"network\"><h2>The network</h2><p>Each dot is an account, each line a pair that posted in step. Filled: \
         established. Hollow: connected. The colour is the campaign's, as everywhere in this page; grey belongs to none.{cut}</p>\
         <div class=\"network\" id=\"picture\" hidden><p class=\"controls\"><label>Show <select>{options}</select></label>\
         <button type=\"button\" data-do=\"in\">Closer</button><button type=\"button\" data-do=\"out\">Further</button>\
         <button type=\"button\" data-do=\"whole\">Whole picture</button><button type=\"button\" data-do=\"svg\">Save as SVG</button>\
         <button type=\"button\" data-do=\"png\">Save as PNG</button></p>\
         <canvas tabindex=\"0\" role=\"application\" aria-label=\"Network of accounts, coloured by campaign. Arrow keys move, plus and minus zoom, n and p go from account to account, Enter opens the evidence.\"></canvas>\
         <output aria-live=\"polite\"></output><p class=\"key\">A click on a dot says who it is, a second one leads to the evidence. Drag to \
         move; two fingers zoom, and the wheel once the picture is chosen. Keys: arrows, + and −, n and p from account to account, Enter.</p></div>\
         <noscript><p>The drawing needs a script; the tables are whole without it.</p></noscript></section>"
    )
}
