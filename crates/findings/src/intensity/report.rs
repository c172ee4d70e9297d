//! The page: what may be said first, then each actor before each vote, then what was counted against what.

use std::fmt::Write;

use overt_intensity::actor::{Actor, Said};
use overt_intensity::assess::{Comparison, Part};
use overt_intensity::count::Reading;
use overt_intensity::words::{Sentence, range};
use overt_model::grouped;

use super::{Intensity, PostsRead, ways};
use crate::product::INTENSITY_PAGE;
use crate::text::shown;

const STYLE: &str = include_str!("../report/web/page.css");
const OWN: &str = ".small{display:flex;flex-wrap:wrap;gap:1rem}.small figure{flex:1 1 15rem;min-width:0;margin:0}\
    .bar{display:grid;grid-template-columns:4.5rem 1fr 4rem;gap:.5rem;align-items:center;font-size:.85rem}\
    .bar svg{width:100%;height:.8rem}.bar span{overflow-wrap:anywhere}th{overflow-wrap:normal}";

/// The report as HTML, whole in itself.
pub(super) fn render(intensity: &Intensity) -> String {
    let mut html = String::with_capacity(1 << 15);
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{INTENSITY_PAGE}\
         <title>How active, election by election</title><style>{STYLE}{OWN}</style></head><body><main>\
         <h1>How active, election by election</h1>"
    );
    let question = &intensity.question;
    let _ = write!(
        html,
        "<p>The {} days before each vote. Until {}, of accounts known within {} after each vote: what is not known by \
         then is not here, and what is removed or unknown is not silence.</p>",
        question.days,
        question.until,
        intensity.assessment.lag_in_words()
    );
    for warning in &intensity.warnings {
        let _ = write!(html, "<p>{}</p>", shown(warning));
    }
    for actor in &question.actors {
        section(&mut html, intensity, actor);
    }
    ways::chains(&mut html, intensity);
    ways::life(&mut html, &intensity.life);
    read(&mut html, "The actors' exports", &intensity.cycles);
    read(&mut html, "Everybody's posts", &intensity.background);
    if let Some(sites) = &intensity.sites {
        read(&mut html, "Publications of sites", sites);
    }
    sentences(&mut html);
    html.push_str("</main></body></html>\n");
    html
}

fn section(html: &mut String, intensity: &Intensity, actor: &Actor) {
    let assessment = &intensity.assessment;
    let parts: Vec<&Part> = (assessment.parts.iter())
        .filter(|p| p.actor == actor.id)
        .collect();
    let _ = write!(html, "<h2>{}</h2>", shown(&actor.name));
    for comparison in assessment
        .comparisons
        .iter()
        .filter(|c| c.actor == actor.id)
    {
        compared(html, comparison);
    }
    for nothing in parts.iter().filter_map(|p| p.nothing_seen.as_ref()) {
        let _ = write!(html, "<p>{}</p>", shown(nothing));
    }
    let unjudged = actor
        .accounts
        .iter()
        .filter(|a| a.judgement.is_none())
        .count();
    if unjudged > 0 {
        let _ = write!(
            html,
            "<p>{unjudged} of {} accounts are unjudged: they are taken as the actor's without a judgement that says so.</p>",
            actor.accounts.len()
        );
    }
    html.push_str("<dl class=\"facts\">");
    said(html, "Capability", actor.capability.as_ref());
    said(html, "Attempt", actor.attempt.as_ref());
    said(html, "Effect", actor.effect.as_ref());
    html.push_str("</dl><div class=\"small\">");
    small(
        html,
        "Posts with words of voting, per million of everybody's",
        &parts,
        |p| p.per_million,
    );
    small(html, "Accounts active", &parts, |p| p.active as f64);
    small(html, "Days active", &parts, |p| f64::from(p.days[0]));
    small(
        html,
        "Share of their posts with words of voting, %",
        &parts,
        |p| 100.0 * p.focus[0].unwrap_or(0.0),
    );
    html.push_str("</div>");
    table(html, &parts);
    ways::sides(html, intensity, &actor.id);
    ways::reach(html, intensity, &actor.id);
}

fn compared(html: &mut String, comparison: &Comparison) {
    let _ = write!(
        html,
        "<p class=\"headline\">{}</p>",
        shown(&comparison.says)
    );
    if comparison.ratios.is_empty() {
        return;
    }
    html.push_str(
        "<div class=\"scroll\"><table><tr><th>About the election</th><th>Counted against</th><th>95 % interval</th></tr>",
    );
    for ratio in &comparison.ratios {
        let reading = match ratio.reading {
            Reading::Words => "words of voting",
            Reading::Names => "and names of candidates and parties",
        };
        let _ = write!(
            html,
            "<tr><td>{reading}</td><td>{}</td><td>{} times as much</td></tr>",
            ratio.denominator.name(),
            range(ratio.interval.lower, ratio.interval.upper)
        );
    }
    html.push_str("</table></div>");
}

fn said(html: &mut String, what: &str, said: Option<&Said>) {
    let words = match said {
        None => "nothing said".to_owned(),
        Some(said) => {
            let evidence = said.evidence.as_deref().map_or_else(
                || "no evidence provided".to_owned(),
                |evidence| format!("rests on {}", shown(evidence)),
            );
            format!("{} ({evidence})", shown(&said.says))
        }
    };
    let _ = write!(html, "<div><dt>{what}</dt><dd>{words}</dd></div>");
}

/// One measure over the cycles; every small picture has its own scale, from 0.
fn small(html: &mut String, title: &str, parts: &[&Part], of: impl Fn(&Part) -> f64) {
    let most = parts
        .iter()
        .map(|p| of(p))
        .fold(f64::MIN_POSITIVE, f64::max);
    let _ = write!(html, "<figure><figcaption>{title}</figcaption>");
    for part in parts {
        let _ = write!(
            html,
            "<div class=\"bar\"><span>{}</span><svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <rect width=\"{:.1}\" height=\"1\"/></svg><span>{}</span></div>",
            shown(&part.election),
            100.0 * of(part) / most,
            crate::text::number(of(part))
        );
    }
    html.push_str("</figure>");
}

fn table(html: &mut String, parts: &[&Part]) {
    html.push_str(
        "<div class=\"scroll\"><table><tr><th>Before</th><th>Accounts active, of watched</th><th>Active at least (Chao)</th>\
         <th>Posts</th><th>With words of voting</th><th>And names</th><th>Everybody's posts</th><th>Platforms</th>\
         <th>Communities</th><th>Likes and shares</th><th>Breakout, of 1–3</th><th>Days active, of watched</th></tr>",
    );
    for p in parts {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{} of {}</td><td>{:.0}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{}</td><td>{} of {}</td></tr>",
            shown(&p.election),
            p.active,
            p.watched,
            p.active_at_least,
            grouped(p.posts.all),
            grouped(p.posts.by_words),
            grouped(p.posts.by_names),
            grouped(p.everybody.all),
            p.platforms,
            p.communities,
            grouped(p.engagement),
            p.breakout.map_or_else(|| "–".to_owned(), |b| b.to_string()),
            p.days[0],
            p.days[1]
        );
    }
    html.push_str("</table></div>");
}

fn read(html: &mut String, title: &str, read: &PostsRead) {
    let _ = write!(
        html,
        "<h2>{title}</h2><p>{} rows of {}: {} posts counted, {} outside every window, {} on days of a gap, {} of accounts \
         attributed to nobody here, {} of the actors' own, {} read before, {} could not be read, {} left out as no posts.</p>",
        grouped(read.rows),
        overt_model::counted(read.files.len() as u64, "file", "files"),
        grouped(read.counted),
        grouped(read.outside),
        grouped(read.in_gaps),
        grouped(read.of_nobody),
        grouped(read.of_actors),
        grouped(read.duplicates),
        grouped(read.rejected),
        grouped(read.left_out)
    );
}

fn sentences(html: &mut String) {
    html.push_str(
        "<h2>What this page can say, and when</h2><div class=\"scroll\"><table><tr><th>Sentence</th><th>Said only if</th></tr>",
    );
    for entry in Sentence::all() {
        let _ = write!(
            html,
            "<tr><td class=\"say\">{}</td><td class=\"say\">{}</td></tr>",
            shown(entry.words),
            shown(entry.when)
        );
    }
    html.push_str("</table></div>");
}
