//! The part of the report on one campaign.

mod began;

use std::collections::BTreeMap;

use overt_coordination::campaign::{Campaign, Reading};
use overt_model::{counted, grouped};

use super::accounts::standing;
use super::chart::{self, Line};
use super::evidence::side_by_side;
use super::markup::{Table, count, facts, figure, long, moment, sentence, words};
use super::overview::established;
use super::subject::Subject;
use crate::text::{expected, lift, number, percent, probability, shortened, shown, times};
use began::began;

/// Published indicators shown.
const INDICATORS: usize = 20;
/// Objects listed.
const OBJECTS: usize = 10;
/// Members listed.
const MEMBERS: usize = 40;
/// Members whose posts are drawn one under the other.
const IN_ROWS: usize = 12;

pub(super) fn section(subject: &Subject<'_>, n: usize, c: &Campaign) -> String {
    let established = established(c);
    let connected = c.members.len() as u64 - established;
    let mut html = format!(
        "<section class=\"campaign k{n}\" id=\"c{n}\"><h2><i class=\"dot\"></i>Campaign {} <code>{}</code></h2>",
        n + 1,
        c.id
    );
    html.push_str(&format!(
        "<p>{} established and {} connected, joined by {}. Half of the pairs met at least {} within the window, \
         where chance explains {} (a lift of {}). The largest q is {}; in {} of the pairs the timing itself is closer \
         than their habits explain. That fewer than half of its accounts are in step by more than chance has p {}.</p>",
        counted(established, "account is", "accounts are"),
        counted(connected, "is", "are"),
        counted(c.edges.len() as u64, "edge", "edges"),
        times(c.observed),
        expected(c.expected),
        lift(c.lift),
        number(c.q_most),
        percent(c.in_step),
        probability(c.p_half),
    ));
    html.push_str(&readings(c));
    html.push_str(&facts_of(c));
    html.push_str(&election(subject, c));
    html.push_str(&indicators(subject, c));
    html.push_str(&when(subject, c));
    html.push_str(&began(subject, c));
    html.push_str(&objects(subject, c));
    html.push_str(&side_by_side(subject, &c.edges));
    html.push_str(&members(subject, c));
    html + "</section>"
}

/// When it was active, and who of it.
fn when(subject: &Subject<'_>, c: &Campaign) -> String {
    let Some((first, last)) = c.activity.span else {
        return String::new();
    };
    let posts = &subject.found.corpus.posts;
    let line = Line::over(first, last);
    let mut of: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for post in &c.carrying {
        of.entry(posts.account(*post))
            .or_default()
            .push(posts.time(*post));
    }
    let rows: Vec<(String, Vec<i64>)> = c
        .members
        .iter()
        .take(IN_ROWS)
        .map(|m| {
            (
                subject.who(m.account),
                of.remove(&m.account).unwrap_or_default(),
            )
        })
        .collect();
    let more = match c.members.len().saturating_sub(IN_ROWS) {
        0 => String::new(),
        1 => " One other is not drawn.".to_owned(),
        n => format!(" The {n} others are not drawn."),
    };
    format!(
        "<h3>When</h3>{}<p class=\"key\">The same, for each of the most central members.{more}</p>{}\
         <figure><figcaption>All posts of the members by weekday and hour, UTC</figcaption>{}</figure>{}",
        line.bars(c.carrying.iter().map(|p| posts.time(*p))),
        line.rows(&rows),
        chart::hours(&c.activity.hours),
        zones(&c.activity.fitting_zones)
    )
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
                organisation, a public event, readers of one source. Others may: people who follow several sources at once, with \
                alerts, look like a group too.</p>"
            .to_owned();
    }
    let items: Vec<String> = c.readings.iter().map(read).collect();
    format!(
        "<h3>Innocent readings that fit</h3><ul><li>{}</li></ul>",
        items.join("</li><li>")
    )
}

fn facts_of(c: &Campaign) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some((first, last)) = c.activity.span {
        rows.push((
            "Posts in step",
            format!(
                "{}, from {} to {}",
                grouped(c.carrying.len() as u64),
                moment(first),
                moment(last)
            ),
        ));
    }
    let platforms: Vec<(String, u64)> = c
        .reach
        .platforms
        .iter()
        .map(|(p, n)| (p.clone(), *n))
        .collect();
    if c.reach.platforms.keys().any(|p| p != "unknown") {
        rows.push(("Members by platform", counts(&platforms)));
    }
    for (name, items) in [
        ("Languages of their posts", &c.languages),
        ("Posted with", &c.clients),
        ("Domains", &c.domains),
    ] {
        if !items.is_empty() {
            rows.push((name, counts(items)));
        }
    }
    rows.push((
        "Reach in this data",
        format!(
            "{} touched by {} outside the campaign, {} of them after a member",
            counted(c.reach.objects, "object", "objects"),
            counted(c.reach.outside_accounts, "account", "accounts"),
            grouped(c.reach.outside_after)
        ),
    ));
    for (name, n) in ["Likes", "Shares", "Views"].iter().zip(c.reach.engagement) {
        if let Some(n) = n {
            rows.push((name, format!("{} at the time of the export", grouped(n))));
        }
    }
    if let Some(followers) = c.reach.followers {
        rows.push((
            "Followers",
            format!(
                "{} of all members together, readers counted as often as they follow",
                grouped(followers)
            ),
        ));
    }
    let across = c.layer_stability.map_or(String::new(), |s| {
        format!("; over single traces and windows {}", percent(s))
    });
    rows.push((
        "Stability",
        format!(
            "{} of the membership is the same over other seeds{across}",
            percent(c.stability)
        ),
    ));
    for o in &c.overlaps {
        rows.push((
            "Seen before as",
            format!(
                "<code>{}</code>, {} in common",
                shown(&o.id),
                percent(o.jaccard)
            ),
        ));
    }
    facts(&rows)
}

/// Words with how often each is there.
fn counts(items: &[(String, u64)]) -> String {
    let one = |(w, n): &(String, u64)| format!("<bdi>{}</bdi> {}", shortened(w, 60), grouped(*n));
    let all: Vec<String> = items.iter().take(8).map(one).collect();
    all.join(", ")
}

fn election(subject: &Subject<'_>, c: &Campaign) -> String {
    let (found, names) = (subject.found, subject.names);
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
        let mut table = Table::new(
            "Sides of the election",
            &["Side", "Campaign posts naming it", "All posts naming it"],
        );
        for (n, side) in sides.iter().enumerate() {
            let of = |counts: &[u64]| count(counts.get(n).copied().unwrap_or(0));
            table.row([
                words(shown(
                    side.get("name").and_then(|s| s.as_str()).unwrap_or(""),
                )),
                of(&about.campaign.sides),
                of(&about.background.sides),
            ]);
        }
        html.push_str(&table.end());
    }
    for post in &about.samples {
        html.push_str(&format!(
            "<blockquote><bdi>{}</bdi></blockquote>",
            shown(&names.words(found.corpus.posts.text(*post)))
        ));
    }
    html
}

fn indicators(subject: &Subject<'_>, c: &Campaign) -> String {
    let (found, names) = (subject.found, subject.names);
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
    let mut table = Table::new(
        "Links to published indicators",
        &[
            "As listed",
            "What the list says",
            "List",
            "Posts in step that link there",
        ],
    );
    for m in c.indicators.iter().take(INDICATORS) {
        let bdi = |text: &str| format!("<bdi>{}</bdi>", shortened(text, 160));
        table.row([
            long(bdi(&names.words(&m.indicator.text))),
            words(bdi(&names.words(&m.indicator.note))),
            words(bdi(&m.indicator.list)),
            count(m.posts),
        ]);
    }
    let more = match c.indicators.len().saturating_sub(INDICATORS) {
        0 => String::new(),
        n => format!(
            "<p>{} more stand in <code>campaigns.json</code>.</p>",
            grouped(n as u64)
        ),
    };
    format!(
        "{heading}{}{more}<p>That a post links to a listed site does not say whose the account is.</p>",
        table.end()
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

fn objects(subject: &Subject<'_>, c: &Campaign) -> String {
    let mut table = Table::new(
        "What they shared",
        &["Trace", "Object", "Members in step", "Accounts in all"],
    );
    for o in c.objects.iter().take(OBJECTS) {
        let trace = &subject.found.corpus.traces[o.trace].trace;
        let similarity = o.least_similarity.filter(|s| *s < 1.0);
        let similarity = similarity.map_or(String::new(), |s| {
            format!(" <small>(variants alike to {})</small>", percent(s))
        });
        table.row([
            words(shown(trace.name())),
            long(subject.object(o.trace, o.object) + &similarity),
            count(o.members),
            count(o.accounts),
        ]);
    }
    let more = match c.objects.len().saturating_sub(OBJECTS) {
        0 => String::new(),
        n => format!("<p>{n} more in <code>campaigns.json</code>.</p>"),
    };
    format!("<h3>What they shared</h3>{}{more}", table.end())
}

fn members(subject: &Subject<'_>, c: &Campaign) -> String {
    let mut table = Table::sortable(
        "Accounts of the campaign",
        &[
            "Account",
            "Standing",
            "q",
            "Centrality",
            "Edges",
            "Posted first",
            "Posts in step",
            "All posts",
        ],
    );
    for m in c.members.iter().take(MEMBERS) {
        let q = subject.found.account(m.account).map_or(1.0, |a| a.q);
        table.row([
            words(subject.who(m.account)),
            sentence(standing(subject.found, m.account)),
            figure(q, number(q)),
            figure(m.centrality, number(m.centrality)),
            count(u64::from(m.degree)),
            figure(m.first, percent(m.first)),
            count(m.carrying),
            count(m.posts),
        ]);
    }
    let more = match c.members.len().saturating_sub(MEMBERS) {
        0 => String::new(),
        n => format!(
            "<p>{} more in <code>accounts.csv</code>.</p>",
            grouped(n as u64)
        ),
    };
    format!(
        "<h3>Accounts</h3><p>Only established accounts pass by themselves, by one of their pairs or by a group that was found \
         without them; a connected account has an edge, and less than that is not said of it.</p>{}{more}",
        table.end()
    )
}
