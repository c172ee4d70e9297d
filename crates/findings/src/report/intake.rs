//! What was compared, what was read and what was left out, and how to do it again.

use overt_model::counted;
use serde_json::Value;

use super::markup::{Table, count, long, words};
use crate::found::Found;
use crate::run::Run;
use crate::text::{number, shown, whole};

/// Layers up to which their table is open.
const FEW_LAYERS: usize = 6;

pub(super) fn compared(found: &Found<'_>) -> String {
    let run = found.run;
    let mut table = Table::new(
        "What was compared, by trace and window",
        &[
            "Trace",
            "Window",
            "Counted",
            "Events",
            "Accounts",
            "Objects",
            "Topics",
            "Pairs above chance before correction",
        ],
    );
    for l in &run.layers {
        table.row([
            words(shown(&l.trace)),
            words(shown(&l.window)),
            words(shown(&l.counting)),
            count(l.events),
            count(l.accounts),
            count(l.objects),
            count(u64::from(l.topics)),
            count(l.pairs),
        ]);
    }
    let level = run.settings.pointer("/network/level");
    let mut html = format!(
        "<section id=\"compared\"><h2>What was compared</h2><p>{} by {}; {} of accounts tested at a false-discovery rate of {}.</p>\
         <details{}><summary>By trace and window</summary>{}</details>",
        counted(run.intake.posts, "post", "posts"),
        counted(
            run.accounts,
            "account with an event",
            "accounts with an event"
        ),
        counted(run.family as u64, "pair", "pairs"),
        level.and_then(Value::as_f64).map_or(String::new(), number),
        if run.layers.len() <= FEW_LAYERS {
            " open"
        } else {
            ""
        },
        table.end()
    );
    if let Some(known) = &run.known {
        html.push_str(&format!("<p>{}</p>", shown(&known.in_words())));
    }
    html + "</section>"
}

pub(super) fn read(found: &Found<'_>) -> String {
    let run = found.run;
    let precision = run.intake.precision.as_ref();
    let mut html = format!(
        "<section id=\"read\"><h2>What was read, and what was left out</h2><p>{} read.{}</p>{}",
        counted(run.intake.rows, "row was", "rows were"),
        precision.map_or(String::new(), |p| format!(" Times are told to the {p}.")),
        fates(run)
    );
    if !run.intake.rejected.is_empty() {
        html.push_str("<p>Every rejected row stands in <code>rejects.csv</code>.</p>");
    }
    let mut table = Table::new(
        "Inputs",
        &["Input", "Format", "Rows", "Read as posts", "SHA-256"],
    );
    for i in &run.inputs {
        let background = if i.background { ", background" } else { "" };
        table.row([
            long(format!("<bdi>{}</bdi>", shown(&i.path))),
            words(format!("{}{background}", shown(&i.format))),
            count(i.rows),
            count(i.posts),
            long(format!("<code>{}</code>", shown(&i.sha256))),
        ]);
    }
    html + &table.end() + "</section>"
}

/// What became of the rows.
fn fates(run: &Run) -> String {
    let mut table = Table::new("What became of the rows", &["What became of it", "Rows"]);
    table.row([words("Kept as posts"), count(run.intake.posts)]);
    let intake = &run.intake;
    for (what, n) in [
        ("Repeats an id that was there before", intake.duplicates),
        ("Adds an object to a post", intake.joined),
    ] {
        if n > 0 {
            table.row([words(what), count(n)]);
        }
    }
    for (reason, n) in &intake.left_out {
        table.row([words(format!("Left out: {}", shown(reason))), count(*n)]);
    }
    for (reason, n) in &intake.rejected {
        table.row([words(format!("Rejected: {}", shown(reason))), count(*n)]);
    }
    let short = match intake.short_texts {
        0 => String::new(),
        n => format!(
            "<p>{} too short to be compared; they count in other traces.</p>",
            counted(n, "text is", "texts are")
        ),
    };
    table.end() + &short
}

pub(super) fn reproduce(found: &Found<'_>) -> String {
    let command: Vec<String> = found.run.command.iter().map(|w| quote(w)).collect();
    format!(
        "<section id=\"reproduce\"><h2>How to reproduce</h2><p>With overt {} and the same inputs:</p><pre>{}</pre><p>The effective settings stand in \
         <code>run.json</code>; the same inputs and settings give the same findings, byte for byte, on any number of threads.</p></section>",
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
