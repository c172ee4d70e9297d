//! A plain paragraph that a newspaper could print, or why there is none.

use std::collections::BTreeSet;

use overt_coordination::campaign::{Campaign, Reading};
use overt_coordination::limits::Limit;
use overt_model::{Trace, Window, counted, grouped};

use super::headline::in_copies;
use super::markup::{capital, day, day_in_words, list};
use super::subject::Subject;
use crate::found::Found;
use crate::registration::RunStatus;
use crate::text::{number, shortened, shown};

/// Accounts named in the paragraph; more than these are pointed to.
const NAMED: usize = 8;
/// Copies from which on they say something.
const FEW_COPIES: usize = 5;

pub(super) fn statement(subject: &Subject<'_>) -> String {
    let refusals = refusals(subject.found);
    let body = if refusals.is_empty() {
        format!(
            "<blockquote class=\"print\"><p>{}</p><p>{}</p></blockquote><h3>Before it is printed</h3>{}",
            paragraph(subject),
            reply(subject),
            list(&before(subject.found))
        )
    } else {
        format!(
            "<p><b>There is no sentence here to print about any account.</b> Chance cannot be told from what was found, or nothing \
             was found:</p>{}",
            list(&refusals)
        )
    };
    format!("<section id=\"statement\"><h2>To quote</h2>{body}</section>")
}

/// Why nothing may be printed.
fn refusals(found: &Found<'_>) -> Vec<String> {
    let run = found.run;
    let established = run.judged.unwrap_or_default().established;
    let mut why = Vec::new();
    if established == 0 {
        why.push(
            "No account is established: none posted in step more often than chance explains, by itself. That is not proof \
             that nobody acts together; it is nothing to name anybody for."
                .to_owned(),
        );
    }
    for limit in found.limits {
        if matches!(
            limit,
            Limit::NothingToCompare { .. } | Limit::MostTogether { .. }
        ) {
            why.push(sentence(&shown(&limit.in_words(found.corpus))));
        }
    }
    let copies = in_copies(run);
    let falsely: u64 = copies.iter().sum();
    let level = run.settings.pointer("/network/level");
    let level = level.and_then(serde_json::Value::as_f64).unwrap_or(0.05);
    let a_copy = falsely as f64 / copies.len().max(1) as f64;
    if established > 0 && a_copy > level * established as f64 {
        why.push(format!(
            "In shuffled copies of these posts, in which nobody acts together, {} passed on average, of {} in the posts themselves: \
             more than the one in twenty that the method allows.",
            number(a_copy),
            counted(established, "account", "accounts")
        ));
    }
    why
}

fn sentence(text: &str) -> String {
    format!("{}.", capital(text.trim_end_matches('.')))
}

/// What was found, how sure it is, and what was not tested.
fn paragraph(subject: &Subject<'_>) -> String {
    let found = subject.found;
    let sentences = [
        what(found),
        bound(found),
        copies(found),
        innocent(found.campaigns),
        untested(found),
    ];
    let told: Vec<String> = sentences.into_iter().filter(|s| !s.is_empty()).collect();
    told.join(" ")
}

fn what(found: &Found<'_>) -> String {
    let run = found.run;
    let judged = run.judged.unwrap_or_default();
    let edges = found.network.edges.iter().flat_map(|e| &e.layers);
    let times = edges.flat_map(|l| &l.co_shares).map(|s| s.time);
    let (from, to) = (times.clone().min(), times.max());
    let when = match from.zip(to) {
        Some((from, to)) if day(from) == day(to) => format!(" on {}", day_in_words(from)),
        Some((from, to)) => format!(" between {} and {}", day_in_words(from), day_in_words(to)),
        None => String::new(),
    };
    format!(
        "Of {} in the data examined, {} {}{when} within {} of other accounts more often than chance explains, given how much each \
         of them posts, about what, and at which hours.",
        counted(run.accounts, "account", "accounts"),
        grouped(judged.established),
        shared(found),
        windows(found)
    )
}

/// What the traces are, for readers.
fn shared(found: &Found<'_>) -> String {
    let name = |t: &Trace| match t {
        Trace::Repost | Trace::FastRepost => "reposted the same posts",
        Trace::Url => "posted the same links",
        Trace::Text => "posted nearly the same words",
        Trace::Reply => "replied to the same posts",
        Trace::Mention => "mentioned the same accounts",
        _ => "shared the same things",
    };
    let traces = found.corpus.traces.iter();
    let names: BTreeSet<&str> = traces.map(|t| name(&t.trace)).collect();
    names.into_iter().collect::<Vec<_>>().join(" or ")
}

fn windows(found: &Found<'_>) -> String {
    let windows = found.network.layers.iter().map(|l| l.layer.window);
    let all: BTreeSet<i64> = windows.map(Window::bound).collect();
    let name = |ms: i64| match ms {
        i64::MAX => "any time".to_owned(),
        ms if ms % 60_000 == 0 => counted((ms / 60_000) as u64, "minute", "minutes"),
        ms => format!("{} seconds", number(ms as f64 / 1000.0)),
    };
    match (all.first(), all.last()) {
        (Some(a), Some(b)) if a == b => name(*a),
        (Some(a), Some(b)) => format!("{} to {}", name(*a), name(*b)),
        _ => "the window".to_owned(),
    }
}

fn bound(found: &Found<'_>) -> String {
    let sorted = found.sorted();
    let certain = sorted.certain.all();
    let others = sorted.established.all();
    let of_some = |n: u64| {
        format!(
            "of {} on average up to one in twenty may be there by coincidence",
            counted(n, "such account", "such accounts")
        )
    };
    match (certain, others) {
        (0, n) => format!("How sure that is has a limit: {}.", of_some(n)),
        (_, 0) => "The chance that even one of them is there by coincidence is at most 5 per cent, as far as the assumptions of the method hold."
            .to_owned(),
        (certain, others) => format!(
            "The chance that even one of the {certain} that pass the strictest bar is there by coincidence is at most 5 per cent, as far as the assumptions of the method hold; {}.",
            of_some(certain + others)
        ),
    }
}

fn copies(found: &Found<'_>) -> String {
    let copies = in_copies(found.run);
    let most = copies.iter().copied().max().unwrap_or(0);
    match (copies.len(), most) {
        (0, _) => String::new(),
        (n, 0) => {
            format!("In {n} copies of the posts in which accounts were shuffled, none passed.")
        }
        (n, most) => format!(
            "In {n} copies of the posts in which accounts were shuffled, at most {most} passed."
        ),
    }
}

/// What can be innocent about it.
fn innocent(campaigns: &[Campaign]) -> String {
    let mut fits: BTreeSet<&str> = BTreeSet::new();
    for reading in campaigns.iter().flat_map(|c| &c.readings) {
        fits.insert(match reading {
            Reading::Feeds { .. } => "automatic feeds of one source",
            Reading::OneSite { .. } => "an organisation that spreads what is its own",
            Reading::PublicEvent { .. } => "a public event that many people followed",
            Reading::Followers { .. } => "readers of one source",
        });
    }
    let also = match fits.len() {
        0 => String::new(),
        _ => format!(
            " Some of what was found also fits {}.",
            fits.into_iter().collect::<Vec<_>>().join(", ")
        ),
    };
    format!(
        "What was found can have innocent reasons: newsrooms, parties, unions and supporters post in step openly and by right.{also}"
    )
}

fn untested(found: &Found<'_>) -> String {
    let election = match &found.run.election {
        None => ", and whether it has to do with an election".to_owned(),
        Some(name) => format!(", and whether it changed anything about {}", shown(name)),
    };
    format!(
        "Not examined was who runs these accounts, whether a person or a program posts, whether anybody asked or paid for it, \
         whether what they wrote is true, what effect it had{election}."
    )
}

/// Room for those who are named.
fn reply(subject: &Subject<'_>) -> String {
    let found = subject.found;
    let named: Vec<u32> = found
        .accounts
        .iter()
        .filter(|a| a.is_certain())
        .map(|a| a.account)
        .collect();
    let names: Vec<String> = named
        .iter()
        .take(NAMED)
        .map(|a| format!("<bdi>{}</bdi>", shortened(&subject.names.account(*a), 60)))
        .collect();
    match named.len() {
        0 => "No account is certain enough to be named.".to_owned(),
        n if n > NAMED => format!(
            "The {} accounts that may be named, among them {}, were asked on <b>[date]</b> what they say to this. <b>[Their answers, or \
             that they gave none by [date].]</b>",
            grouped(n as u64),
            names.join(", ")
        ),
        _ => format!(
            "{} {} asked on <b>[date]</b> what they say to this. <b>[Their answers, or that they gave none by [date].]</b>",
            names.join(", "),
            if named.len() == 1 { "was" } else { "were" }
        ),
    }
}

/// What has to be known before it is printed.
fn before(found: &Found<'_>) -> Vec<String> {
    let run = found.run;
    let mut items = vec![
        "Ask everybody who is named, and print what they say.".to_owned(),
        "Rule out the innocent readings that stand beside each campaign.".to_owned(),
    ];
    match in_copies(run).len() {
        0 => items.push(
            "It was not compared with shuffled copies of the posts: calibrate it first.".to_owned(),
        ),
        n if n < FEW_COPIES => items.push(format!(
            "It was compared with {} only.",
            counted(n as u64, "shuffled copy", "shuffled copies")
        )),
        _ => {}
    }
    if run
        .registration
        .as_ref()
        .is_none_or(|r| r.status != RunStatus::PreRegistered)
    {
        items.push("Nobody wrote down beforehand what was to be tested: who tries many settings finds something in one of them.".to_owned());
    }
    let limits = found
        .limits
        .iter()
        .map(|l| sentence(&shown(&l.in_words(found.corpus))));
    items.extend(limits);
    items
}
