//! How far to trust it: what passes in shuffled copies, and what changes with the settings.

use overt_model::grouped;

use super::markup::{Table, count, figure, words};
use crate::found::Found;
use crate::run::Run;
use crate::text::{number, percent, shown};

pub(super) fn trust(found: &Found<'_>) -> String {
    let run = found.run;
    let mut html = "<section id=\"trust\"><h2>How far to trust it</h2>".to_owned();
    if run.calibration.is_empty() {
        html.push_str("<p>Not calibrated: what remains when accounts change places at random was not looked at.</p>");
    } else {
        html.push_str(&calibration(run));
        html.push_str(
            "<p>Copies share the assumptions of the null model: what it does not know of, such as two rooms of one newspaper \
             that work from one list, is kept in no copy. That nothing remains shows that the figures keep what they promise if \
             the assumptions hold, and not that they hold.</p>",
        );
    }
    if !run.sensitivity.is_empty() {
        html.push_str(&sensitivity(run));
    }
    html + "</section>"
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
    let mut table = Table::new(
        "What passed in shuffled copies",
        &["Trace", "Window", "Copies", "Edges", "Accounts"],
    );
    for c in &run.calibration {
        let Some(layer) = run.layers.get(c.layer) else {
            continue;
        };
        table.row([
            words(shown(&layer.trace)),
            words(shown(&layer.window)),
            count(c.false_edges.len() as u64),
            words(of(&c.false_edges)),
            words(of(&c.false_accounts)),
        ]);
    }
    let mut html = format!(
        "<p>What passed, falsely, in copies in which accounts changed places within topic, popularity, latency and time of \
         day:</p>{}",
        table.end()
    );
    if run.layers.iter().any(|l| l.counting != "objects") {
        html.push_str("<p>Occasions were not calibrated: copies do not move them.</p>");
    }
    html
}

fn sensitivity(run: &Run) -> String {
    let mut table = Table::new(
        "Edges under other settings",
        &[
            "Null model",
            "Resolution of topics",
            "Least accounts of a topic",
            "Edges",
            "Of the edges reported",
        ],
    );
    for s in &run.sensitivity {
        let has_topics = s.null == "blocks";
        let of_topics = |cell: String| words(if has_topics { cell } else { "–".to_owned() });
        table.row([
            words(shown(&s.null)),
            of_topics(number(s.resolution)),
            of_topics(grouped(u64::from(s.min_accounts))),
            count(s.edges),
            if run.edges_reported == 0 {
                words("–")
            } else {
                let share = s.shared as f64 / run.edges_reported as f64;
                figure(share, percent(share))
            },
        ]);
    }
    format!(
        "<p>How the number of edges changes with the null model's settings:</p>{}",
        table.end()
    )
}
