//! What was found, in figures that add up, beside what shuffled copies show.

use overt_model::{counted, grouped};

use super::chart;
use super::markup::{Table, count, words};
use crate::found::{Found, Split};
use crate::run::Run;

/// Copies shown one by one.
const COPIES: usize = 20;

pub(super) fn headline(found: &Found<'_>) -> String {
    let run = found.run;
    let judged = run.judged.unwrap_or_default();
    let accounts = counted(run.accounts, "account", "accounts");
    if run.edges_reported == 0 && judged.established == 0 {
        return format!(
            "<p class=\"headline\">No pair among {accounts} posted in step more often than chance explains.</p>\
             <p>Thin data validates little; that nothing was found is not proof that nothing is there.</p>{}",
            beside_chance(run)
        );
    }
    let campaigns = counted(judged.campaigns, "campaign", "campaigns");
    format!(
        "<p class=\"headline\">{} of {accounts} {} by themselves that they posted in step more often than chance explains \
         (established). {} joined with them or with each other (connected). {}</p>\
         <div class=\"verdict\"><div>{}</div><div>{}</div></div>",
        grouped(judged.established),
        if judged.established == 1 {
            "shows"
        } else {
            "show"
        },
        counted(judged.connected, "more is", "more are"),
        if found.campaigns.is_empty() {
            "There is no campaign.".to_owned()
        } else {
            format!("Some of them form {campaigns}.")
        },
        figures(found),
        beside_chance(run)
    )
}

/// Every account once, and every pair once.
fn figures(found: &Found<'_>) -> String {
    let run = found.run;
    let sorted = found.sorted();
    let mut table = Table::new(
        "Accounts by what can be said of them",
        &["", "In campaigns", "Outside", "Accounts"],
    );
    let mut row = |name: &str, split: Split| {
        table.row([
            words(name),
            count(split.inside),
            count(split.outside),
            count(split.all()),
        ]);
    };
    row("Established, certain enough to be named", sorted.certain);
    row("Established, not to be named", sorted.established);
    row("Connected", sorted.connected);
    let all = [sorted.certain, sorted.established, sorted.connected];
    let inside = all.iter().map(|s| s.inside).sum();
    let network = all.iter().map(|s| s.all()).sum::<u64>();
    let others = run.accounts.saturating_sub(network);
    row(
        "Of whom nothing is said",
        Split {
            inside: 0,
            outside: others,
        },
    );
    row(
        "All",
        Split {
            inside,
            outside: network - inside + others,
        },
    );
    let shown = found.network.edges.len() as u64;
    let by_group = shown.saturating_sub(run.edges_reported);
    let more = if by_group == 0 {
        String::new()
    } else {
        format!(
            " {} drawn as well because both accounts are established and of one group; together {}.",
            counted(by_group, "pair is", "pairs are"),
            counted(shown, "edge", "edges")
        )
    };
    format!(
        "{}<p>{} by {} more often than chance explains.{more}</p>",
        table.end(),
        counted(run.edges_reported, "pair of accounts", "pairs of accounts"),
        if run.edges_reported == 1 {
            "itself was in step"
        } else {
            "themselves were in step"
        }
    )
}

/// What shuffled copies show beside what was found.
fn beside_chance(run: &Run) -> String {
    let heading = "<h2 id=\"chance\">Beside chance</h2>";
    if run.calibration.is_empty() {
        return format!(
            "{heading}<p><b>Not calibrated.</b> Run with <code>--calibrate 20</code> to see what is left when accounts change \
             places at random, and nobody acts together any more.</p>"
        );
    }
    let copies = in_copies(run);
    let judged = run.judged.unwrap_or_default();
    let most = copies.iter().copied().max().unwrap_or(0);
    let mut bars = vec![("These posts".to_owned(), judged.established, true)];
    let each = copies.iter().take(COPIES).enumerate();
    bars.extend(each.map(|(n, accounts)| (format!("Copy {}", n + 1), *accounts, false)));
    let more = match copies.len().saturating_sub(COPIES) {
        0 => String::new(),
        n => format!(
            "<p>{} not drawn; at most {} passed in any of them.</p>",
            counted(n as u64, "more copy is", "more copies are"),
            grouped(copies[COPIES..].iter().copied().max().unwrap_or(0))
        ),
    };
    format!(
        "{heading}<p>{}</p>{}{more}",
        match (copies.len(), most) {
            (n, 0) => format!(
                "In {} of these posts, in which accounts changed places at random, no account passes.",
                counted(n as u64, "copy", "copies")
            ),
            (n, most) => format!(
                "In {} of these posts, in which accounts changed places at random, at most {} a copy, falsely.",
                counted(n as u64, "copy", "copies"),
                counted(most, "account passes", "accounts pass")
            ),
        },
        chart::bars(
            "Accounts that pass, in these posts and in shuffled copies",
            &bars
        )
    )
}

/// Accounts that pass in each copy, falsely, of all traces and windows together.
pub(super) fn in_copies(run: &Run) -> Vec<u64> {
    let copies = run.calibration.iter().map(|c| c.false_accounts.len()).max();
    let of = |copy: usize| {
        let layers = run.calibration.iter();
        layers
            .map(|c| c.false_accounts.get(copy).copied().unwrap_or(0))
            .sum()
    };
    (0..copies.unwrap_or(0)).map(of).collect()
}
