//! The part of the report on one campaign.

use overt_coordination::accounts::{AccountStatus, Reservation, Standing};
use overt_coordination::campaign::{Campaign, Reading};
use overt_coordination::network::{CoShare, Edge};
use overt_model::{Timestamp, counted, grouped};

use super::chart;
use crate::found::Found;
use crate::names::Names;
use crate::text::{number, percent, shortened, shown};

/// Published indicators shown.
const INDICATORS: usize = 20;
/// Members listed.
const MEMBERS: usize = 40;
/// Pairs of posts shown side by side.
const SAMPLES: usize = 5;

pub(super) fn section(found: &Found<'_>, names: &Names, n: usize, c: &Campaign) -> String {
    let established = c
        .members
        .iter()
        .filter(|m| m.status == AccountStatus::Established)
        .count() as u64;
    let connected = c.members.len() as u64 - established;
    let mut html = format!(
        "<section class=\"campaign\" id=\"c{n}\" data-campaign=\"{n}\"><h2>Campaign {} <code>{}</code></h2>",
        n + 1,
        c.id
    );
    html.push_str(&format!(
        "<p>{} established and {} connected, joined by {}. Half of the pairs met at least {} times within the window, \
         where chance explains about {} (a lift of {}). The largest q is {}; in {} of the pairs the timing itself is closer \
         than their habits explain. That fewer than half of its accounts are in step by more than chance has p = {}.</p>",
        counted(established, "account is", "accounts are"),
        counted(connected, "is", "are"),
        counted(c.edges.len() as u64, "edge", "edges"),
        number(c.observed),
        number(c.expected),
        number(c.lift),
        number(c.q_most),
        percent(c.in_step),
        number(c.p_half),
    ));
    html.push_str(&readings(c));
    html.push_str(&facts(c));
    html.push_str(&election(found, names, c));
    html.push_str(&indicators(found, names, c));
    if let Some((first, _)) = c.activity.span {
        html.push_str("<h3>When</h3><figure><figcaption>Posts in step per day</figcaption>");
        html.push_str(&chart::timeline(&c.activity.days, first));
        html.push_str("</figure><figure><figcaption>All posts of the members by weekday and hour, UTC</figcaption>");
        html.push_str(&chart::hours(&c.activity.hours));
        html.push_str("</figure>");
        html.push_str(&zones(&c.activity.fitting_zones));
    }
    html.push_str(&objects(found, names, c));
    html.push_str(&samples(found, names, c));
    html.push_str(&members(found, names, c));
    html + "</section>"
}

/// What innocent thing the data fit.
fn readings(c: &Campaign) -> String {
    let read = |r: &Reading| match r {
        Reading::Feeds { pairs, client } => format!(
            "<b>Feeds.</b> {} of the pairs keep the same delay to within two seconds{}. Feeds of one source, and programs that \
             post at set times, do that.",
            percent(*pairs),
            client
                .as_ref()
                .map_or(String::new(), |(client, share)| format!(
                    ", and {} of the posts were made with <bdi>{}</bdi>",
                    percent(*share),
                    shortened(client, 60)
                ))
        ),
        Reading::OneSite { domain, share } => format!(
            "<b>One organisation.</b> {} of the links lead to <bdi>{}</bdi>. Newsrooms, parties and shops spread what is theirs.",
            percent(*share),
            shortened(domain, 60)
        ),
        Reading::PublicEvent { others, hours } => format!(
            "<b>A public event.</b> {} shared the same within these {} hours. People who watch one event do that.",
            counted(*others, "other account", "other accounts"),
            number(*hours)
        ),
        Reading::Followers { accounts } => format!(
            "<b>Readers of one source.</b> {} nearly always after the others, or with one source. Readers with alerts, \
             monitors and archivers do that.",
            counted(*accounts, "account posts", "accounts post")
        ),
    };
    if c.readings.is_empty() {
        return "<p>None of the innocent readings that are looked for fits: feeds with a constant delay, the sites of one \
                organisation, a public event, readers of one source. Others may.</p>"
            .to_owned();
    }
    let items: Vec<String> = c.readings.iter().map(read).collect();
    format!(
        "<h3>Innocent readings that fit</h3><ul><li>{}</li></ul>",
        items.join("</li><li>")
    )
}

fn facts(c: &Campaign) -> String {
    let mut rows = String::new();
    let mut row = |name: &str, value: String| {
        rows.push_str(&format!("<tr><th>{name}</th><td>{value}</td></tr>"));
    };
    if let Some((first, last)) = c.activity.span {
        row(
            "Posts in step",
            format!(
                "{}, from {} to {}",
                grouped(c.carrying.len() as u64),
                Timestamp(first),
                Timestamp(last)
            ),
        );
    }
    let list = |items: &[(String, u64)]| {
        items
            .iter()
            .take(8)
            .map(|(w, n)| format!("<bdi>{}</bdi> {}", shortened(w, 60), grouped(*n)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let platforms: Vec<(String, u64)> = c
        .reach
        .platforms
        .iter()
        .map(|(p, n)| (p.clone(), *n))
        .collect();
    if c.reach.platforms.keys().any(|p| p != "unknown") {
        row("Members by platform", list(&platforms));
    }
    for (name, items) in [
        ("Languages of their posts", &c.languages),
        ("Posted with", &c.clients),
        ("Domains", &c.domains),
    ] {
        if !items.is_empty() {
            row(name, list(items));
        }
    }
    row(
        "Reach in this data",
        format!(
            "{} touched by {} outside the campaign, {} of them after a member",
            counted(c.reach.objects, "object", "objects"),
            counted(c.reach.outside_accounts, "account", "accounts"),
            grouped(c.reach.outside_after)
        ),
    );
    for (name, n) in ["Likes", "Shares", "Views"].iter().zip(c.reach.engagement) {
        if let Some(n) = n {
            row(name, format!("{} at the time of the export", grouped(n)));
        }
    }
    if let Some(followers) = c.reach.followers {
        row(
            "Followers",
            format!(
                "{} of all members together, readers counted as often as they follow",
                grouped(followers)
            ),
        );
    }
    let across = c.layer_stability.map_or(String::new(), |s| {
        format!("; over single traces and windows {}", percent(s))
    });
    row(
        "Stability",
        format!(
            "{} of the membership is the same over other seeds{across}",
            percent(c.stability)
        ),
    );
    for o in &c.overlaps {
        row(
            "Seen before as",
            format!(
                "<code>{}</code>, {} in common",
                shown(&o.id),
                percent(o.jaccard)
            ),
        );
    }
    format!("<table class=\"facts\">{rows}</table>")
}

fn election(found: &Found<'_>, names: &Names, c: &Campaign) -> String {
    let Some(about) = &c.about else {
        return "<p>No link to an election was examined.</p>".to_owned();
    };
    if about.campaign.posts == 0 {
        return "<h3>About the election</h3><p>The posts that carry this campaign have no words, so the data cannot tell.</p>"
            .to_owned();
    }
    let share = |part: u64, all: u64| {
        if all == 0 {
            0.0
        } else {
            part as f64 / all as f64
        }
    };
    let name = found.run.election.as_deref().unwrap_or("the election");
    let mut html = format!(
        "<h3>About {}</h3><p>{} of the {} that carry this campaign are about it ({}); in all of the data it is {} ({} of {}).</p>",
        shown(name),
        grouped(about.campaign.about),
        counted(about.campaign.posts, "post with words", "posts with words"),
        percent(share(about.campaign.about, about.campaign.posts)),
        percent(share(about.background.about, about.background.posts)),
        grouped(about.background.about),
        grouped(about.background.posts),
    );
    let sides = found
        .run
        .settings
        .pointer("/about/sides")
        .and_then(|s| s.as_array())
        .cloned()
        .unwrap_or_default();
    if !sides.is_empty() {
        html.push_str("<table><tr><th>Side</th><th>Campaign posts naming it</th><th>All posts naming it</th></tr>");
        for (n, side) in sides.iter().enumerate() {
            html.push_str(&format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                shown(side.get("name").and_then(|s| s.as_str()).unwrap_or("")),
                grouped(about.campaign.sides.get(n).copied().unwrap_or(0)),
                grouped(about.background.sides.get(n).copied().unwrap_or(0))
            ));
        }
        html.push_str("</table>");
    }
    for post in &about.samples {
        html.push_str(&format!(
            "<blockquote><bdi>{}</bdi></blockquote>",
            shown(&names.words(found.corpus.posts.text(*post)))
        ));
    }
    html
}

fn indicators(found: &Found<'_>, names: &Names, c: &Campaign) -> String {
    let Some(known) = found.run.indicators else {
        return String::new();
    };
    let heading = "<h3>Links to published indicators</h3>";
    if c.indicators.is_empty() {
        return format!(
            "{heading}<p>No post that carries this campaign links to any of the {}.</p>",
            counted(
                known.usable,
                "listed site or link",
                "listed sites and links"
            )
        );
    }
    let rows: Vec<String> = c
        .indicators
        .iter()
        .take(INDICATORS)
        .map(|m| {
            format!(
                "<tr><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td>{}</td></tr>",
                shortened(&names.words(&m.indicator.text), 160),
                shortened(&names.words(&m.indicator.note), 160),
                shown(&m.indicator.list),
                grouped(m.posts)
            )
        })
        .collect();
    let more = match c.indicators.len().saturating_sub(INDICATORS) {
        0 => String::new(),
        n => format!(
            "<p>{} more stand in <code>campaigns.json</code>.</p>",
            grouped(n as u64)
        ),
    };
    format!(
        "{heading}<table><tr><th>As listed</th><th>What the list says</th><th>List</th><th>Posts in step that link there</th></tr>\
         {}</table>{more}<p>That a post links to a listed site does not say whose the account is.</p>",
        rows.concat()
    )
}

fn zones(zones: &[i8]) -> String {
    match zones {
        [] => "<p>The day has no clearly quiet part, or there are too few posts to tell.</p>"
            .to_owned(),
        zones => {
            let list: Vec<String> = zones.iter().map(|z| format!("UTC{z:+}")).collect();
            format!(
                "<p>The quietest eight hours begin at midnight in {}. Schedules are easily set to any hours, and many places \
                 share a zone.</p>",
                list.join(", ")
            )
        }
    }
}

fn objects(found: &Found<'_>, names: &Names, c: &Campaign) -> String {
    let mut html = "<h3>What they shared</h3><table><tr><th>Trace</th><th>Object</th><th>Members in step</th><th>Accounts in all</th></tr>".to_owned();
    for o in &c.objects {
        let t = &found.corpus.traces[o.trace];
        let similarity = o.least_similarity.filter(|s| *s < 1.0);
        html.push_str(&format!(
            "<tr><td>{}</td><td><bdi>{}</bdi>{}</td><td>{}</td><td>{}</td></tr>",
            shown(t.trace.name()),
            shortened(
                &names.object(&t.trace, t.objects.name(o.object), o.object),
                160
            ),
            similarity.map_or(String::new(), |s| format!(
                " <small>(variants alike to {})</small>",
                percent(s)
            )),
            grouped(o.members),
            grouped(o.accounts)
        ));
    }
    html + "</table>"
}

/// Pairs of posts side by side: one from each of the strongest edges.
fn samples(found: &Found<'_>, names: &Names, c: &Campaign) -> String {
    let mut edges: Vec<&Edge> = c.edges.iter().map(|e| &found.network.edges[*e]).collect();
    edges.sort_by(|a, b| a.p.total_cmp(&b.p).then((a.i, a.j).cmp(&(b.i, b.j))));
    let mut used = std::collections::BTreeSet::new();
    let mut html = "<h3>Posts side by side</h3>".to_owned();
    let mut shown_pairs = 0;
    for edge in edges {
        // Each pair shows another object, so that the samples tell more than one story.
        let new = edge
            .layers
            .iter()
            .flat_map(|l| l.co_shares.iter().map(move |s| (l, s)));
        let Some((layer, share)) = new
            .into_iter()
            .find(|(l, s)| used.insert((l.layer, s.object)))
        else {
            continue;
        };
        let trace = &found.corpus.traces[found.network.layers[layer.layer].layer.trace];
        html.push_str(&format!(
            "<figure class=\"pair\"><figcaption>{}: <bdi>{}</bdi>, {} apart</figcaption><div>{}{}</div></figure>",
            shown(trace.trace.name()),
            shortened(&names.object(&trace.trace, trace.objects.name(share.object), share.object), 120),
            apart(share),
            one_post(found, names, edge.i, share.post_i),
            one_post(found, names, edge.j, share.post_j)
        ));
        shown_pairs += 1;
        if shown_pairs == SAMPLES {
            break;
        }
    }
    html
}

fn apart(share: &CoShare) -> String {
    let seconds = share.delta.unsigned_abs() as f64 / 1000.0;
    format!("{} s", number(seconds))
}

fn one_post(found: &Found<'_>, names: &Names, account: u32, post: u32) -> String {
    let words = names.words(found.corpus.posts.text(post));
    let words = if words.is_empty() {
        "<i>no words in this export</i>".to_owned()
    } else {
        shown(&words)
    };
    format!(
        "<blockquote><b><bdi>{}</bdi></b> <time>{}</time><p><bdi>{words}</bdi></p></blockquote>",
        shortened(&names.account(account), 90),
        Timestamp(found.corpus.posts.time(post))
    )
}

/// What is said of an account, by which test, and why it is not established.
fn standing(found: &Found<'_>, account: u32) -> String {
    let at = found.accounts.binary_search_by_key(&account, |a| a.account);
    let Ok(account) = at.map(|n| &found.accounts[n]) else {
        return "connected".to_owned();
    };
    let why = match account.reservation {
        None => "",
        Some(Reservation::Strongest) => ": it hangs on one object or hour",
        Some(Reservation::OneSource) => {
            ": it hangs on one source, and who follows that cannot be told from a group"
        }
        Some(Reservation::Follows) => {
            ": it nearly always comes after the others, and may only follow them"
        }
        Some(Reservation::Followed) => ": it is in step only with accounts that follow it",
        Some(Reservation::Company) => {
            ": most of those it was found with cannot be told from chance"
        }
        Some(Reservation::PublicMoment) => {
            ": nearly everybody who uses the tag comes back to it at these moments, as people do who watch one thing"
        }
    };
    match (account.status, account.standing, account.group) {
        (AccountStatus::Connected, ..) => format!("connected{why}"),
        (AccountStatus::Established, Standing::Group, Some((layer, g))) => format!(
            "established by a group: in step within {} in {}, {} expected",
            found.network.layers[layer].layer.window,
            counted(u64::from(g.hours), "hour", "hours"),
            number(g.expected.mean)
        ),
        (AccountStatus::Established, ..) => "established by a pair".to_owned(),
    }
}

fn q_of(found: &Found<'_>, account: u32) -> String {
    let at = found.accounts.binary_search_by_key(&account, |a| a.account);
    at.map_or(String::new(), |n| number(found.accounts[n].q))
}

fn members(found: &Found<'_>, names: &Names, c: &Campaign) -> String {
    let mut html = "<h3>Accounts</h3><p>Only established accounts pass by themselves, by one of their pairs or by a group \
                    that was found without them; a connected account has an edge, and less than that is not said of it.</p><table><tr><th>Account</th><th>Standing</th><th>q</th><th>Centrality</th>\
                    <th>Edges</th><th>Posted first</th><th>Posts in step / all</th></tr>"
        .to_owned();
    for m in c.members.iter().take(MEMBERS) {
        html.push_str(&format!(
            "<tr><td><bdi>{}</bdi></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{} / {}</td></tr>",
            shortened(&names.account(m.account), 90),
            standing(found, m.account),
            q_of(found, m.account),
            number(m.centrality),
            m.degree,
            percent(m.first),
            grouped(m.carrying),
            grouped(m.posts)
        ));
    }
    html.push_str("</table>");
    if c.members.len() > MEMBERS {
        html.push_str(&format!(
            "<p>{} more stand in <code>accounts.csv</code>.</p>",
            grouped((c.members.len() - MEMBERS) as u64)
        ));
    }
    html
}
