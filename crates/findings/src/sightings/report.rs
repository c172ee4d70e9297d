//! The report: what stands out first, then when, then what cannot be seen.

use std::fmt::Write;

use overt_intrusion::group::Intrusion;
use overt_intrusion::sighting::{By, Sharing, Sighting, Stage};
use overt_model::{Timestamp, counted, grouped};

use super::Sifted;
use crate::product::LOGS_PAGE;
use crate::text::shown;

const STYLE: &str = include_str!("../report/web/page.css");
/// Rows of one table; the rest stand in `sightings.csv`.
const ROWS: usize = 60;

/// The report as HTML, whole in itself.
pub(super) fn render(sifted: &Sifted) -> String {
    let mut html = String::with_capacity(1 << 16);
    html.push_str(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    );
    html.push_str(LOGS_PAGE);
    html.push_str("<title>What the logs show</title><style>");
    html.push_str(STYLE);
    // Headings and stages are words, which are not broken.
    html.push_str("th,td:first-child{overflow-wrap:normal}");
    html.push_str("</style></head><body><main><h1>What the logs show</h1>");
    headline(&mut html, sifted);
    power(&mut html, sifted);
    alarms(&mut html, sifted);
    for intrusion in &sifted.intrusions {
        section(&mut html, sifted, intrusion);
    }
    matches(&mut html, sifted);
    weather(&mut html, sifted);
    standing(&mut html, sifted);
    blind(&mut html, sifted);
    keep(&mut html);
    read(&mut html, sifted);
    html.push_str("</main></body></html>\n");
    html
}

fn headline(html: &mut String, sifted: &Sifted) {
    let alarms = sifted.alarms();
    let days = sifted.sites.iter().map(|s| s.days).max().unwrap_or(0);
    let records: u64 = sifted.logs.iter().map(|l| l.records).sum();
    let seen = format!(
        "{} of {} over {}",
        counted(records, "record", "records"),
        counted(sifted.logs.len() as u64, "file", "files"),
        counted(u64::from(days), "day", "days")
    );
    let words = match alarms.first() {
        None if records == 0 => {
            "No record was read. Nothing is known of what these logs are of.".to_owned()
        }
        None => format!(
            "Nothing stands out in {seen}. That is not proof that nobody was there: what these logs cannot show stands below."
        ),
        Some(first) => format!(
            "{} in {seen}. The furthest that the evidence goes is <b>{}</b>.",
            counted(alarms.len() as u64, "alarm", "alarms"),
            first.stage
        ),
    };
    let _ = write!(html, "<p class=\"headline\">{words}</p>");
    let not: Vec<String> = sifted.not_examined().iter().map(|n| shown(n)).collect();
    if !not.is_empty() {
        let _ = write!(html, "<p><b>Not examined:</b> {}.</p>", not.join("; "));
    }
    html.push_str(
        "<p>An attempt is not an access: that somebody tried says nothing of whether they got in. Who they are is not said here: \
         addresses are shared, rented and taken over.</p>",
    );
}

/// What the measures could see, before anybody relies on them.
fn power(html: &mut String, sifted: &Sifted) {
    let ready = sifted
        .sites
        .iter()
        .filter(|s| s.days > sifted.baseline)
        .count();
    html.push_str("<aside><h2>How far this can be relied on</h2><p>");
    if ready == 0 {
        let _ = write!(
            html,
            "No log has more than {} days, which the measures learn from before they speak: only rules that hold from the first \
             day were asked, and lists. A quiet report means little.",
            sifted.baseline
        );
    } else {
        let _ = write!(
            html,
            "{} of {} series of logs have more days than the {} that are learnt from. The measures of each are set so that all of \
             them together raise one false alarm in {:.0} days; rules that need no measure say beside each alarm what they rest on.",
            ready,
            sifted.sites.len(),
            sifted.baseline,
            sifted.one_false_alarm_in
        );
    }
    html.push_str("</p>");
    let unlike: Vec<String> = sifted
        .sites
        .iter()
        .flat_map(|site| {
            let all = site.unlike.iter();
            all.map(|words| format!("<li>{}: {}</li>", shown(&site.name), shown(words)))
        })
        .collect();
    if !unlike.is_empty() {
        let _ = write!(
            html,
            "<p>These days lie far out of the others that were learnt from, and were left out of what is ordinary. If you do not \
             know what happened on them, look:</p><ul>{}</ul>",
            unlike.concat()
        );
    }
    html.push_str("</aside>");
}

fn alarms(html: &mut String, sifted: &Sifted) {
    let alarms = sifted.told();
    if alarms.is_empty() {
        return;
    }
    html.push_str("<h2>What stands out</h2><table><tr><th>evidence of</th><th>what</th><th>when</th><th>where</th><th>seen · ordinary</th><th>why it is said, and no more; of several days the first</th></tr>");
    for (sighting, days) in alarms.iter().take(ROWS) {
        let _ = write!(
            html,
            "<tr><td><b>{}</b></td><td>{}</td><td>{}</td><td>{}<br><small>{}</small></td><td>{} · {}</td><td>{}{}</td></tr>",
            sighting.stage,
            shown(&sighting.what),
            match days {
                1 => day(sighting.time),
                days => format!("{days} days from {} on", day(sighting.time)),
            },
            shown(&sighting.target),
            shown(&sighting.place),
            amount(sighting.observed),
            amount(sighting.expected),
            shown(&sighting.why),
            reasons(sighting)
        );
    }
    html.push_str("</table>");
    more(html, alarms.len());
}

fn section(html: &mut String, sifted: &Sifted, intrusion: &Intrusion) {
    let _ = write!(
        html,
        "<section class=\"campaign\"><h2>Intrusion {}: {}</h2><p>First trace on {}, first alarm on {}: {}. Until {}.</p>",
        intrusion.number,
        intrusion.stage,
        day(intrusion.first_trace),
        day(intrusion.first_alarm),
        match intrusion.days_to_alarm() {
            0 => "on the same day".to_owned(),
            days => format!("{} later", counted(days.unsigned_abs(), "day", "days")),
        },
        day(intrusion.until)
    );
    html.push_str(match intrusion.stage {
        Stage::Access | Stage::Exfiltration | Stage::Alteration => {
            "<p>A database, a session or a file shows that somebody was in. Whether people have to be told is for the law of the \
             place; this is the evidence for it.</p>"
        }
        Stage::PossibleAccess => {
            "<p>Something was answered as nothing else is. Whether anything was read can only the database, the session or the files \
             tell: look there before anybody is told that data were taken.</p>"
        }
        _ if sifted.not_examined().is_empty() => {
            "<p>Nothing in these logs shows that anybody got in. Values that an application changes before it asks its database, \
             otherwise than in blanks and case, are not found in the database's log.</p>"
        }
        _ => {
            "<p>What was examined shows nothing more. Not everything was: see what is named as not examined at the top. Whether \
             anybody got in is not known.</p>"
        }
    });
    html.push_str("<table><tr><th>when</th><th>evidence of</th><th>what</th><th>where</th><th>sources</th><th>requests</th></tr>");
    for at in intrusion.sightings.iter().take(ROWS) {
        let sighting = &sifted.sightings[*at];
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td></tr>",
            minute(sighting.time),
            sighting.stage,
            shown(&sighting.what),
            shown(&sighting.target),
            shown(&sighting.place),
            sources(sighting),
            grouped(sighting.behind)
        );
    }
    html.push_str("</table>");
    more(html, intrusion.sightings.len());
    let techniques: std::collections::BTreeSet<&String> = intrusion
        .sightings
        .iter()
        .flat_map(|at| &sifted.sightings[*at].techniques)
        .collect();
    if !techniques.is_empty() {
        let names: Vec<String> = techniques.into_iter().map(|t| shown(t)).collect();
        let _ = write!(
            html,
            "<p>Techniques that rules and lists name: {}.</p>",
            names.join(", ")
        );
    }
    html.push_str("</section>");
}

/// Matches of lists: those that say something, the others as a count.
fn matches(html: &mut String, sifted: &Sifted) {
    let mut all: Vec<&Sighting> = sifted
        .sightings
        .iter()
        .filter(|s| s.by == By::Indicator)
        .collect();
    if sifted.lists.is_empty() {
        return;
    }
    html.push_str("<h2>Matches of lists</h2>");
    let of = |s: &&Sighting| s.ratio.is_some_and(|(low, _)| low > 1.0);
    let telling = all.iter().filter(|s| of(s)).count();
    let _ = write!(
        html,
        "<p>{} of indicators; {} speak{} for the actor of the list rather than anybody, the others may be anybody's. A hundred \
         matches of one list have one origin and count once.</p>",
        counted(all.len() as u64, "match", "matches"),
        telling,
        if telling == 1 { "s" } else { "" }
    );
    for unread in sifted.unread_entries() {
        let _ = write!(html, "<p>{}.</p>", shown(&unread));
    }
    if all.is_empty() {
        return;
    }
    all.sort_by(|a, b| {
        let low = |s: &Sighting| s.ratio.map_or(0.0, |r| r.0);
        low(b).total_cmp(&low(a)).then_with(|| a.time.cmp(&b.time))
    });
    html.push_str("<table><tr><th>indicator</th><th>first seen</th><th>here</th><th>days seen of days before</th><th>shared</th><th>weight</th><th>rests on</th></tr>");
    for sighting in all.iter().take(ROWS) {
        let (low, high) = sighting.ratio.unwrap_or((1.0, 1.0));
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}<br><small>{}</small></td><td>{} of {}</td><td>{}</td><td>{} to {}</td><td><small>{}</small></td></tr>",
            shown(&sighting.what),
            minute(sighting.time),
            shown(&sighting.source),
            shown(&sighting.target),
            sighting.base_seen,
            sighting.base_days,
            match sighting.sharing {
                Sharing::Yes => format!("yes: {}", shown(&sighting.shared_list)),
                Sharing::No => "no".to_owned(),
                Sharing::Unknown => "unknown on that date".to_owned(),
            },
            amount(low),
            amount(high),
            sighting
                .reasons
                .iter()
                .map(|r| shown(r))
                .collect::<Vec<_>>()
                .join("; ")
        );
    }
    html.push_str("</table>");
    more(html, all.len());
    if !sifted.not_looked_for.is_empty() {
        let kinds: Vec<String> = sifted
            .not_looked_for
            .iter()
            .map(|(k, n)| format!("{} {}", grouped(*n), shown(k)))
            .collect();
        let _ = write!(
            html,
            "<p><small>Listed and not looked for, or not counted: {}.</small></p>",
            kinds.join(", ")
        );
    }
}

/// Attempts that are no news: what every server gets.
fn weather(html: &mut String, sifted: &Sifted) {
    let others = sifted.sightings.iter().enumerate().filter(|(at, s)| {
        !s.alarm
            && !s.standing
            && s.by != By::Indicator
            && !sifted.intrusions.iter().any(|i| i.sightings.contains(at))
    });
    let mut by: std::collections::BTreeMap<(&str, Stage), (u64, u64)> =
        std::collections::BTreeMap::new();
    for (_, sighting) in others {
        let its = by.entry((&sighting.what, sighting.stage)).or_default();
        its.0 += 1;
        its.1 += sighting.behind;
    }
    if by.is_empty() {
        return;
    }
    html.push_str("<h2>Attempts that every server gets</h2><p>Seen, and no more than on other days.</p><table><tr><th>what</th><th>evidence of</th><th>days and places</th><th>requests</th></tr>");
    for ((what, stage), (days, behind)) in by {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{stage}</td><td>{}</td><td>{}</td></tr>",
            shown(what),
            grouped(days),
            grouped(behind)
        );
    }
    html.push_str("</table>");
}

fn standing(html: &mut String, sifted: &Sifted) {
    let standing: Vec<&Sighting> = sifted
        .sightings
        .iter()
        .filter(|s| s.standing && s.by != By::Indicator)
        .collect();
    if standing.is_empty() {
        return;
    }
    html.push_str("<h2>Standing conditions</h2><p>These were there while ordinary days were learnt. They are no news, and no less a condition to end.</p><table><tr><th>since</th><th>what</th><th>where</th><th>requests</th><th></th></tr>");
    for sighting in standing.iter().take(ROWS) {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td></tr>",
            day(sighting.time),
            shown(&sighting.what),
            shown(&sighting.target),
            shown(&sighting.place),
            grouped(sighting.behind),
            shown(&sighting.why)
        );
    }
    html.push_str("</table>");
    more(html, standing.len());
}

fn blind(html: &mut String, sifted: &Sifted) {
    html.push_str("<h2>What these logs cannot show</h2><ul>");
    for site in &sifted.sites {
        for words in &site.blind {
            let _ = write!(html, "<li>{}: {}</li>", shown(&site.name), shown(words));
        }
        if site.late > 0 {
            let _ = write!(
                html,
                "<li>{}: {} came on a later day than the log was at, and were counted with that day</li>",
                shown(&site.name),
                counted(site.late, "record", "records")
            );
        }
    }
    for gap in &sifted.gaps {
        let _ = write!(
            html,
            "<li>{}: no record {} ({}): what happened then is not in these logs</li>",
            shown(&gap.series),
            gap.when(),
            counted(gap.days, "day", "days")
        );
    }
    for (name, requests) in &sifted.by_clients {
        let _ = write!(
            html,
            "<li>{} of the known client {}: counted by no measure of the days, and held against words that do something, rules and \
             indicators all the same</li>",
            counted(*requests, "request", "requests"),
            shown(name)
        );
    }
    for rules in sifted.rules.iter().flat_map(|r| &r.not_examined) {
        let _ = write!(html, "<li>not examined: {}</li>", shown(rules));
    }
    for log in &sifted.logs {
        if log.silent_hours > 0 {
            let longest = log.longest_silence.as_ref();
            let longest = longest.map_or(String::new(), |(from, hours)| {
                format!(", the longest {hours} hours from {from} on")
            });
            let _ = write!(
                html,
                "<li>{}: {} hours without a line{longest}: a gap is not silence</li>",
                shown(&log.file),
                log.silent_hours
            );
        }
        if !log.blind.is_empty() {
            let _ = write!(
                html,
                "<li>{} does not say: {}</li>",
                shown(&log.file),
                log.blind
                    .iter()
                    .map(|b| shown(b))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
        }
    }
    html.push_str("</ul>");
}

fn keep(html: &mut String) {
    html.push_str(
        "<h2>What to keep, whom to call</h2><ul><li>Copy the logs named here, with their hashes, to a place that the server cannot \
         write to, before rotation deletes them.</li><li>Keep the database's log and the list of sessions of the same hours.</li>\
         <li>Do not switch the machine off; take its memory and disk if you can, and write down who did what when.</li>\
         <li>Call whoever runs the server, then the national CERT or the authority for elections; in the United States CISA and the \
         EI-ISAC.</li></ul>",
    );
}

fn read(html: &mut String, sifted: &Sifted) {
    html.push_str("<h2>What was read</h2><table><tr><th>file</th><th>format</th><th>from, to</th><th>lines</th><th>read</th><th>not read</th><th>SHA-256</th></tr>");
    for log in sifted.logs.iter().take(ROWS) {
        let not: Vec<String> = log
            .rejected
            .iter()
            .chain(&log.skipped)
            .map(|(why, n)| format!("{} {why}", grouped(*n)))
            .collect();
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}<br>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"hash\">{}</td></tr>",
            shown(&log.file),
            shown(&log.format),
            log.first.as_deref().unwrap_or("–"),
            log.last.as_deref().unwrap_or("–"),
            grouped(log.lines),
            grouped(log.records),
            if not.is_empty() {
                "–".to_owned()
            } else {
                not.join(", ")
            },
            log.sha256
        );
    }
    html.push_str("</table>");
    for log in sifted.logs.iter().take(ROWS) {
        if let Some(year) = &log.year {
            let _ = write!(
                html,
                "<p><small>The times of {} have no year; it is {}.</small></p>",
                shown(&log.file),
                shown(year)
            );
        }
    }
    for file in &sifted.left_out {
        let _ = write!(
            html,
            "<p><small>{} is no log of a kind that is known; it was left out.</small></p>",
            shown(file)
        );
    }
    if sifted.logs.len() > ROWS {
        let _ = write!(
            html,
            "<p><small>{} more files stand in run.json.</small></p>",
            sifted.logs.len() - ROWS
        );
    }
}

fn reasons(sighting: &Sighting) -> String {
    if sighting.reasons.is_empty() {
        return String::new();
    }
    let reasons: Vec<String> = sighting.reasons.iter().map(|r| shown(r)).collect();
    format!("<br><small>{}</small>", reasons.join("; "))
}

fn sources(sighting: &Sighting) -> String {
    let named: Vec<String> = sighting.sources.iter().take(3).map(|s| shown(s)).collect();
    let more = sighting.sources.len().saturating_sub(3);
    if more > 0 {
        format!("{} and {more} more", named.join(", "))
    } else {
        named.join(", ")
    }
}

fn more(html: &mut String, all: usize) {
    if all > ROWS {
        let _ = write!(
            html,
            "<p><small>{} more stand in sightings.csv.</small></p>",
            grouped((all - ROWS) as u64)
        );
    }
}

fn amount(x: f64) -> String {
    if x >= 10.0 || x == x.trunc() {
        grouped(x.round() as u64)
    } else {
        format!("{x:.2}")
    }
}

fn day(time: i64) -> String {
    Timestamp(time).to_string().chars().take(10).collect()
}

fn minute(time: i64) -> String {
    Timestamp(time)
        .to_string()
        .chars()
        .take(16)
        .collect::<String>()
        .replace('T', " ")
}
