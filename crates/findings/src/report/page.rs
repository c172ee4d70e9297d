//! The page.

use overt_coordination::accounts::AccountStatus;
use serde_json::json;

use super::campaign;
use super::layout::{DRAWN, place};
use overt_model::{counted, grouped};

use crate::found::Found;
use crate::names::Names;
use crate::run::Run;
use crate::text::{number, percent, shown, whole};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");
/// Campaigns described; the rest stand in `campaigns.json`.
const DESCRIBED: usize = 40;
/// Layers up to which their table is open.
const FEW_LAYERS: usize = 6;

/// The report as HTML.
pub fn render(found: &Found<'_>, names: &Names) -> String {
    let mut html = String::with_capacity(1 << 18);
    let title = "Accounts that posted in step";
    html.push_str(&format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>",
        sha256_base64(SCRIPT)
    ));
    html.push_str(&headline(found));
    if let Some(registration) = &found.run.registration {
        let words = shown(&registration.in_words());
        html.push_str(&format!("<p class=\"registration\">{words}</p>"));
    }
    html.push_str(&limits(found, names));
    html.push_str(&figures(found));
    html.push_str(&network(found));
    for (n, c) in found.campaigns.iter().take(DESCRIBED).enumerate() {
        html.push_str(&campaign::section(found, names, n, c));
    }
    if found.campaigns.len() > DESCRIBED {
        html.push_str(&format!(
            "<p>{} more campaigns stand in <code>campaigns.json</code>.</p>",
            grouped((found.campaigns.len() - DESCRIBED) as u64)
        ));
    }
    html.push_str(&trust(found));
    html.push_str(&intake(found));
    html.push_str(&reproduce(found));
    html.push_str("</main><script type=\"application/json\" id=\"graph\">");
    html.push_str(&graph(found, names));
    html.push_str("</script><script>");
    html.push_str(SCRIPT);
    html.push_str("</script></body></html>\n");
    html
}

fn headline(found: &Found<'_>) -> String {
    let run = found.run;
    let judged = run.judged.unwrap_or_default();
    if run.edges_reported == 0 && judged.established == 0 {
        return format!(
            "<p class=\"headline\">No pair among {} posted in step more often than chance explains.</p>\
             <p>Thin data validates little; that nothing was found is not proof that nothing is there.</p>",
            counted(run.accounts, "account", "accounts")
        );
    }
    format!(
        "<p class=\"headline\">{} of {} posted in step more often than chance explains. {} by themselves (established), {} with them \
         (connected), in {}.</p>",
        counted(run.edges_reported, "pair", "pairs"),
        counted(run.accounts, "account", "accounts"),
        counted(judged.established, "account passes", "accounts pass"),
        counted(judged.connected, "more is joined", "more are joined"),
        counted(judged.campaigns, "campaign", "campaigns"),
    )
}

fn limits(found: &Found<'_>, names: &Names) -> String {
    let basis = match found.run.background_posts() {
        None => {
            "What chance explains is estimated from this data itself. If most accounts in it act together, as in an archive of \
             one operation, edges are relative to that."
                .to_owned()
        }
        Some(posts) => format!(
            "What chance explains is estimated from {} of a background, not from the accounts in question. It holds as far as \
             these accounts would be expected to post as those do.",
            counted(posts, "post", "posts")
        ),
    };
    let mut items = vec![
        "Posting in step says what accounts did, not who runs them, why, or whether they broke a rule. Newsrooms with \
         syndicated content, parties, unions and activists post in step openly and by right. What an account thinks plays \
         no part in any figure here."
            .to_owned(),
        basis,
        "A member that always lags behind, a group that always posts in the same order, and one that pushes a single source \
         cannot be told from people who follow, and are not established. At windows of many minutes people of a small \
         circle of friends can pass now and then."
            .to_owned(),
    ];
    if names.identified() {
        items.push("This copy names every account of the network, also those that are not established. Do not publish it as it is.".to_owned());
    } else {
        items.push("Only established accounts that meet the bar for naming are named: the chance that even one of them is there by chance is at most 5 % (Holm). Of established accounts in general up to one in twenty may be. Other people's names are taken out of posts and links.".to_owned());
    }
    if found.run.election.is_none() {
        items.push("No link to an election was examined.".to_owned());
    }
    items.extend(found.run.warnings.iter().map(|w| shown(w)));
    let list = items.join("</li><li>");
    format!("<aside><h2>What this does not say</h2><ul><li>{list}</li></ul></aside>")
}

fn figures(found: &Found<'_>) -> String {
    let run = found.run;
    let mut html = format!(
        "<h2>What was compared</h2><p>{} by {}; {} of accounts tested at a false-discovery rate of {}.</p>\
         <details{}><summary>By trace and window</summary><table><tr><th>Trace</th><th>Window</th><th>Counted</th><th>Events</th><th>Accounts</th><th>Objects</th><th>Topics</th>\
         <th>Pairs above chance before correction</th></tr>",
        counted(run.intake.posts, "post", "posts"),
        counted(
            run.accounts,
            "account with an event",
            "accounts with an event"
        ),
        counted(run.family as u64, "pair", "pairs"),
        run.settings
            .pointer("/network/level")
            .and_then(serde_json::Value::as_f64)
            .map_or(String::new(), number),
        if run.layers.len() <= FEW_LAYERS {
            " open"
        } else {
            ""
        },
    );
    for l in &run.layers {
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            shown(&l.trace),
            l.window,
            shown(&l.counting),
            grouped(l.events),
            grouped(l.accounts),
            grouped(l.objects),
            grouped(u64::from(l.topics)),
            grouped(l.pairs)
        ));
    }
    html.push_str("</table></details>");
    if let Some(known) = &run.known {
        html.push_str(&format!("<p>{}</p>", shown(&known.in_words())));
    }
    html
}

fn network(found: &Found<'_>) -> String {
    if found.accounts.is_empty() {
        return String::new();
    }
    let mut options = "<option value=\"\">all campaigns</option>".to_owned();
    for (n, c) in found.campaigns.iter().enumerate() {
        options.push_str(&format!(
            "<option value=\"{n}\">Campaign {} ({} accounts)</option>",
            n + 1,
            c.members.len()
        ));
    }
    let cut = if found.accounts.len() > DRAWN {
        format!(
            "<p>Drawn are {} of {} accounts, the most central of each campaign.</p>",
            grouped(DRAWN as u64),
            grouped(found.accounts.len() as u64)
        )
    } else {
        String::new()
    };
    format!(
        "<h2>The network</h2><p class=\"controls\"><label>Show <select id=\"filter\">{options}</select></label> \
         <button id=\"reset\" type=\"button\">Whole picture</button> <output id=\"told\"></output></p>{cut}\
         <canvas id=\"network\" width=\"1200\" height=\"640\" role=\"img\" aria-label=\"Network of accounts, coloured by campaign\"></canvas>\
         <p class=\"key\">Filled: established. Hollow: connected. Colour: campaign. Scroll to zoom, drag to move, point at a dot for its name.</p>\
         <noscript><p>The drawing needs a script; the tables below are whole without it.</p></noscript>"
    )
}

/// The network for the script: positions, campaign, status and name of nodes, and edges by position.
fn graph(found: &Found<'_>, names: &Names) -> String {
    let spots = place(found);
    let at: std::collections::BTreeMap<u32, usize> = spots
        .iter()
        .enumerate()
        .map(|(n, s)| (s.account, n))
        .collect();
    let status = |a: u32| {
        found
            .accounts
            .binary_search_by_key(&a, |f| f.account)
            .is_ok_and(|n| found.accounts[n].status == AccountStatus::Established)
    };
    let tenth = |x: f64| (x * 10.0).round() / 10.0;
    let nodes: Vec<serde_json::Value> = spots
        .iter()
        .map(|s| {
            json!([
                tenth(s.x),
                tenth(s.y),
                s.campaign,
                status(s.account),
                names.account(s.account)
            ])
        })
        .collect();
    let links: Vec<[usize; 2]> = found
        .network
        .edges
        .iter()
        .filter_map(|e| Some([*at.get(&e.i)?, *at.get(&e.j)?]))
        .collect();
    // "<" must not appear: the data stands inside a script element.
    json!({ "nodes": nodes, "links": links })
        .to_string()
        .replace('<', "\\u003c")
}

/// What passed in copies, layer by layer.
fn calibration(run: &Run) -> String {
    let of = |all: &[u64]| match all.iter().max() {
        None | Some(0) => "none".to_owned(),
        Some(most) => format!(
            "{} in all, at most {} in one copy",
            grouped(all.iter().sum()),
            grouped(*most)
        ),
    };
    let mut html = "<p>What passed, falsely, in copies in which accounts changed places within topic, popularity, latency and time of \
                    day:</p><table><tr><th>Trace</th><th>Window</th><th>Copies</th><th>Edges</th><th>Accounts</th></tr>"
        .to_owned();
    for c in &run.calibration {
        let layer = &run.layers[c.layer];
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            shown(&layer.trace),
            layer.window,
            grouped(c.false_edges.len() as u64),
            of(&c.false_edges),
            of(&c.false_accounts),
        ));
    }
    html.push_str("</table>");
    if run.layers.iter().any(|l| l.counting != "objects") {
        html.push_str("<p>Occasions were not calibrated: copies do not move them.</p>");
    }
    html
}

fn trust(found: &Found<'_>) -> String {
    let run = found.run;
    let mut html = "<h2>How far to trust it</h2>".to_owned();
    if run.calibration.is_empty() {
        html.push_str("<p>Not calibrated: run with <code>--calibrate 20</code> to see what remains when accounts change places at random.</p>");
    }
    if !run.calibration.is_empty() {
        html.push_str(&calibration(run));
    }
    if !run.calibration.is_empty() {
        html.push_str(
            "<p>Copies share the assumptions of the null model: what it does not know of, such as two rooms of one newspaper \
             that work from one list, is kept in no copy. That nothing remains shows that the figures keep what they promise if \
             the assumptions hold, and not that they hold.</p>",
        );
    }
    if !run.sensitivity.is_empty() {
        html.push_str(
            "<p>How the number of edges changes with the null model's settings:</p><table><tr><th>Null model</th>\
             <th>Resolution of topics</th><th>Least accounts of a topic</th><th>Edges</th><th>Of the edges reported</th></tr>",
        );
        for s in &run.sensitivity {
            let all = run.edges_reported.max(1) as f64;
            html.push_str(&format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                shown(&s.null),
                if s.null == "blocks" {
                    number(s.resolution)
                } else {
                    "–".to_owned()
                },
                if s.null == "blocks" {
                    grouped(u64::from(s.min_accounts))
                } else {
                    "–".to_owned()
                },
                grouped(s.edges),
                if run.edges_reported == 0 {
                    "–".to_owned()
                } else {
                    percent(s.shared as f64 / all)
                }
            ));
        }
        html.push_str("</table>");
    }
    html
}

fn intake(found: &Found<'_>) -> String {
    let run = found.run;
    let rejected: u64 = run.intake.rejected.values().sum();
    let mut html = format!(
        "<h2>What was read</h2><p>{} kept; {} repeated the id of another and {} no post by design; {} rejected.{}</p>",
        counted(run.intake.posts, "post", "posts"),
        counted(run.intake.duplicates, "row", "rows"),
        counted(run.intake.skipped, "was", "were"),
        counted(rejected, "row was", "rows were"),
        run.intake
            .precision
            .as_ref()
            .map_or(String::new(), |p| format!(" Times are told to the {p}."))
    );
    if rejected > 0 {
        html.push_str("<table><tr><th>Reason</th><th>Rows</th></tr>");
        for (reason, n) in &run.intake.rejected {
            html.push_str(&format!(
                "<tr><td>{}</td><td>{}</td></tr>",
                shown(reason),
                grouped(*n)
            ));
        }
        html.push_str("</table><p>Every rejected row stands in <code>rejects.csv</code>.</p>");
    }
    html.push_str("<table><tr><th>Input</th><th>Format</th><th>Posts</th><th>SHA-256</th></tr>");
    for i in &run.inputs {
        html.push_str(&format!(
            "<tr><td><bdi>{}</bdi></td><td>{}</td><td>{}</td><td><code class=\"hash\">{}</code></td></tr>",
            shown(&i.path),
            if i.background {
                format!("{}, background", shown(&i.format))
            } else {
                shown(&i.format)
            },
            grouped(i.posts),
            i.sha256
        ));
    }
    html + "</table>"
}

fn reproduce(found: &Found<'_>) -> String {
    let command: Vec<String> = found.run.command.iter().map(|w| quote(w)).collect();
    format!(
        "<h2>How to reproduce</h2><p>With overt {} and the same inputs:</p><pre>{}</pre><p>The effective settings stand in \
         <code>run.json</code>; the same inputs and settings give the same findings, byte for byte, on any number of threads.</p>",
        shown(&found.run.overt_version),
        whole(&command.join(" "))
    )
}

/// A word as a shell takes it.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The hash by which the content policy knows the script.
fn sha256_base64(text: &str) -> String {
    use sha2::Digest;
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = sha2::Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for chunk in digest.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            let digit = if k <= chunk.len() {
                char::from(DIGITS[(n >> (18 - 6 * k) & 63) as usize])
            } else {
                '='
            };
            out.push(digit);
        }
    }
    out
}
