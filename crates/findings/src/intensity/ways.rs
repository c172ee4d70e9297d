//! The parts of the page on sides, reach, ways over platforms, hands, and lives of campaigns.

use std::fmt::Write;

use overt_intensity::chains::Chains;
use overt_intensity::chains::found::{Hands, Reach, Way};
use overt_intensity::life::Lived;
use overt_intensity::sides::{Naming, Sides};
use overt_model::grouped;

use super::Intensity;
use crate::text::shown;

/// Ways and names shown; the tables have all.
const SHOWN: usize = 12;

/// Which sides an actor's posts name, before each vote.
pub(super) fn sides(html: &mut String, intensity: &Intensity, actor: &str) {
    let all = intensity.assessment.sides.iter();
    let of: Vec<&Sides> = all.filter(|sides| sides.actor == actor).collect();
    if of.is_empty() {
        return;
    }
    html.push_str("<h3>Sides named</h3>");
    for sides in &of {
        let _ = write!(html, "<p>{}</p>", shown(&sides.says));
    }
    html.push_str(
        "<div class=\"scroll\"><table><tr><th>Before</th><th>Side</th><th>Posts, of those that name one</th>\
         <th>Share, 95 %</th><th>Everybody's</th><th>Operators beyond everybody's accounts, of asked</th>\
         <th>With a phrase for, against</th><th>Everybody's</th></tr>",
    );
    for (sides, naming) in of.iter().flat_map(|s| s.naming.iter().map(move |n| (s, n))) {
        side(html, sides, naming);
    }
    html.push_str("</table></div>");
}

fn side(html: &mut String, sides: &Sides, naming: &Naming) {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let phrases = |whose: usize| {
        let counts = naming.phrases.map(|phrases| phrases[whose]);
        counts.map_or_else(
            || "–".to_owned(),
            |[pro, contra]| format!("{}, {}", grouped(pro), grouped(contra)),
        )
    };
    let _ = write!(
        html,
        "<tr><td>{}</td><td>{}</td><td>{} of {}</td><td>{} to {}</td><td>{}</td><td>{} of {}</td><td>{}</td><td>{}</td></tr>",
        shown(&sides.election),
        shown(&naming.side),
        grouped(naming.posts),
        grouped(sides.posts),
        percent(naming.share.lower),
        percent(naming.share.upper),
        naming
            .everybodys_share
            .map_or_else(|| "–".to_owned(), percent),
        naming.operators.len(),
        sides.asked,
        phrases(0),
        phrases(1)
    );
}

/// How far an actor's things went, before each vote.
pub(super) fn reach(html: &mut String, intensity: &Intensity, actor: &str) {
    let of = intensity.chains.iter().flat_map(|chains| {
        let reach = chains
            .reach
            .iter()
            .filter(|reach| reach.actor == actor && reach.things > 0);
        reach.map(move |reach| (chains, reach))
    });
    let of: Vec<(&Chains, &Reach)> = of.collect();
    if of.is_empty() {
        return;
    }
    html.push_str(
        "<h3>Things that its accounts had first on a platform</h3><div class=\"scroll\"><table><tr><th>Before</th>\
         <th>Things on more than one platform</th><th>First of all, in what was collected</th><th>First on each</th></tr>",
    );
    for (chains, reach) in of {
        let first: Vec<String> = (reach.first_on.iter())
            .map(|(platform, things)| format!("{} {}", shown(platform), grouped(*things)))
            .collect();
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            shown(&chains.election),
            grouped(reach.things),
            grouped(reach.began),
            first.join(", ")
        );
    }
    html.push_str("</table></div>");
}

/// Ways of things over platforms and the hands that carried them.
pub(super) fn chains(html: &mut String, intensity: &Intensity) {
    let seen: Vec<&Chains> = intensity
        .chains
        .iter()
        .filter(|chains| chains.things > 0)
        .collect();
    if seen.is_empty() {
        return;
    }
    html.push_str("<h2>From platform to platform</h2>");
    if intensity.sites.is_none() {
        html.push_str(
            "<p>No publications of sites were given: a site is linked here, and never first.</p>",
        );
    }
    for chains in seen {
        let _ = write!(
            html,
            "<h3>Before {}</h3><p>{} things (links, texts, pictures) were on more than one platform; of {} the order of first \
             sight is told.{}</p>",
            shown(&chains.election),
            grouped(chains.things),
            grouped(chains.told),
            match chains.left_out {
                0 => String::new(),
                left => format!(
                    " {} sightings are left out: there are more things than are kept.",
                    grouped(left)
                ),
            }
        );
        for hands in chains.hands.iter().take(SHOWN) {
            of_hands(html, hands);
        }
        for says in &chains.says {
            let _ = write!(html, "<p>{}</p>", shown(says));
        }
        ways(html, chains);
    }
}

fn of_hands(html: &mut String, hands: &Hands) {
    let names = |names: &[String]| {
        let some: Vec<String> = names.iter().take(SHOWN).map(|name| shown(name)).collect();
        let more = names.len().saturating_sub(SHOWN);
        some.join(", ")
            + &if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            }
    };
    let actors: Vec<&str> = hands.actors.iter().map(String::as_str).collect();
    let _ = write!(
        html,
        "<p class=\"headline\">{}</p><dl class=\"facts\"><div><dt>On {}</dt><dd>{}</dd></div><div><dt>On {}</dt><dd>{}</dd></div>\
         <div><dt>Median lag</dt><dd>{}</dd></div><div><dt>Attributed here to</dt><dd>{}</dd></div></dl>",
        shown(&hands.says),
        shown(&hands.from),
        names(&hands.givers),
        shown(&hands.to),
        names(&hands.takers),
        lag(hands.lag),
        if actors.is_empty() {
            "nobody".to_owned()
        } else {
            shown(&actors.join(", "))
        }
    );
}

fn lag(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3_600),
    }
}

fn ways(html: &mut String, chains: &Chains) {
    if chains.ways.is_empty() {
        return;
    }
    let _ = write!(
        html,
        "<details><summary>{} of {} ways that an actor's account had first, or that went by such hands</summary><ul>",
        chains.ways.len().min(SHOWN),
        grouped(chains.all_ways)
    );
    for Way { says, .. } in chains.ways.iter().take(SHOWN) {
        let _ = write!(html, "<li class=\"long\">{}</li>", shown(says));
    }
    html.push_str("</ul></details>");
}

/// Lives of campaigns over runs.
pub(super) fn life(html: &mut String, life: &[Lived]) {
    if life.is_empty() {
        return;
    }
    html.push_str("<h2>Campaigns over runs</h2><ul>");
    for lived in life {
        let _ = write!(html, "<li>{}</li>", shown(&lived.says));
    }
    html.push_str("</ul>");
}
