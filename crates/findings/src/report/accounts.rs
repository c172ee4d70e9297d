//! Every account that may be named, with its evidence, in a campaign or not; and the others outside campaigns, unnamed.

use std::collections::BTreeSet;

use overt_coordination::accounts::{AccountFinding, AccountStatus, Reservation, Standing};
use overt_model::{counted, grouped};

use super::evidence::{partners, posts};
use super::markup::{Table, capital, count, day, figure, sentence, words};
use super::subject::{Subject, mark, tag};
use crate::found::Found;
use crate::names::Names;
use crate::text::{number, probability, shortened};

/// Accounts with a section of their own at most; the page has to open on a telephone.
const SECTIONS: usize = 800;
/// Partners of others that are told.
const FEW: usize = 3;
/// Others outside campaigns that are listed.
const OTHERS: usize = 60;

/// The accounts that have a section: those that are named, the surest first.
pub(super) fn with_a_section(found: &Found<'_>, names: &Names) -> BTreeSet<u32> {
    let mut named: Vec<&AccountFinding> = found
        .accounts
        .iter()
        .filter(|a| names.is_named(a.account))
        .collect();
    let is_connected = |a: &AccountFinding| a.status == AccountStatus::Connected;
    named.sort_by(|a, b| {
        let sure = a.p_holm.total_cmp(&b.p_holm).then(a.p.total_cmp(&b.p));
        let status = is_connected(a).cmp(&is_connected(b));
        status.then(sure).then(a.account.cmp(&b.account))
    });
    named.iter().take(SECTIONS).map(|a| a.account).collect()
}

pub(super) fn section(subject: &Subject<'_>) -> String {
    let found = subject.found;
    if found.accounts.is_empty() {
        return String::new();
    }
    let mut html = "<section id=\"accounts\"><h2>Accounts, with their evidence</h2>".to_owned();
    let names = subject.names;
    let named = found.accounts.iter().filter(|a| names.is_named(a.account));
    let named = named.count();
    html.push_str(&if names.identified() {
        format!(
            "<p>All {}, also those that are not established.</p>",
            counted(named as u64, "account", "accounts")
        )
    } else {
        format!(
            "<p>{} named: the chance that even one of them is there by chance is at most 5 %. Each has its strongest partners \
             and some of its posts here; all of it stands in <code>edges.csv</code> and <code>evidence.csv</code>.</p>",
            counted(named as u64, "account is", "accounts are")
        )
    });
    if named > subject.sections.len() {
        html.push_str(&format!(
            "<p>The {} surest of them stand here, {} more in <code>accounts.csv</code>.</p>",
            grouped(subject.sections.len() as u64),
            grouped((named - subject.sections.len()) as u64)
        ));
    }
    if !subject.sections.is_empty() {
        html.push_str("<div class=\"finder\" hidden><label>Find an account <input type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label> <output aria-live=\"polite\"></output></div>");
        let mut order: Vec<&AccountFinding> = found
            .accounts
            .iter()
            .filter(|a| subject.sections.contains(&a.account))
            .collect();
        let campaign = |a: &AccountFinding| {
            let campaign = subject.campaign_of.get(&a.account);
            (campaign.is_none(), campaign.copied())
        };
        order.sort_by(|a, b| {
            let within = a.p.total_cmp(&b.p).then(a.account.cmp(&b.account));
            campaign(a).cmp(&campaign(b)).then(within)
        });
        for account in order {
            html.push_str(&one(subject, account));
        }
    }
    html + &others(subject) + "</section>"
}

/// An account with its evidence.
fn one(subject: &Subject<'_>, a: &AccountFinding) -> String {
    let name = shortened(&subject.names.account(a.account), 90);
    let campaign = subject.campaign_of.get(&a.account).copied();
    let place = campaign.map_or_else(
        || "<span class=\"tag\"><i></i>no campaign</span>".to_owned(),
        mark,
    );
    let way = campaign.map_or(String::new(), |c| format!(" See {}.", tag(c)));
    let created = subject.found.corpus.account(a.account).created;
    let created = created.map_or(String::new(), |t| {
        format!(" The account was made on {}.", day(t))
    });
    format!(
        "<details class=\"account\" id=\"a{}\"><summary><b><bdi>{name}</bdi></b> {place}</summary><p>{}; q {}; p without the object, \
         hour or source that counts most {}, after Holm {}.{created}{way}</p>{}{}</details>",
        a.account,
        capital(&standing(subject.found, a.account)),
        number(a.q),
        probability(a.p_without_strongest),
        probability(a.p_holm),
        partners(subject, a.account),
        posts(subject, a.account)
    )
}

/// Accounts outside campaigns that are not named.
fn others(subject: &Subject<'_>) -> String {
    let is_other = |a: &&AccountFinding| {
        !subject.campaign_of.contains_key(&a.account) && !subject.names.is_named(a.account)
    };
    let mut others: Vec<&AccountFinding> = subject.found.accounts.iter().filter(is_other).collect();
    if others.is_empty() {
        return String::new();
    }
    others.sort_by(|a, b| {
        a.status
            .cmp(&b.status)
            .then(a.q.total_cmp(&b.q))
            .then(a.account.cmp(&b.account))
    });
    let mut table = Table::sortable(
        "Accounts of no campaign that are not named",
        &["Account", "Standing", "q", "Edges", "In step with"],
    );
    for a in others.iter().take(OTHERS) {
        let mut partners: Vec<String> = subject
            .edges_of(a.account)
            .map(|e| subject.who(if e.i == a.account { e.j } else { e.i }))
            .take(FEW + 1)
            .collect();
        if partners.len() > FEW {
            partners.truncate(FEW);
            partners.push("others".to_owned());
        }
        table.row([
            words(subject.who(a.account)),
            sentence(standing(subject.found, a.account)),
            figure(a.q, number(a.q)),
            count(u64::from(a.degree)),
            words(partners.join(", ")),
        ]);
    }
    let more = match others.len().saturating_sub(OTHERS) {
        0 => String::new(),
        n => format!(
            "<p>{} more in <code>accounts.csv</code>.</p>",
            grouped(n as u64)
        ),
    };
    format!(
        "<details><summary>{} of no campaign, not named</summary>{}{more}</details>",
        counted(others.len() as u64, "more account", "more accounts"),
        table.end()
    )
}

/// What is said of an account, by which test, and why it is not established.
pub(super) fn standing(found: &Found<'_>, account: u32) -> String {
    let Some(account) = found.account(account) else {
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
