//! Who posted first of what a campaign shared.

use std::collections::BTreeMap;

use overt_coordination::campaign::Campaign;
use overt_model::{counted, grouped};

use crate::report::markup::{Table, count, figure, moment, words};
use crate::report::subject::Subject;
use crate::text::percent;

/// Accounts named as those that began.
const SHOWN: usize = 5;

/// The first post in step at one object.
struct First {
    time: i64,
    account: u32,
    /// Somebody else was as early.
    shared: bool,
}

pub(super) fn began(subject: &Subject<'_>, c: &Campaign) -> String {
    let firsts = firsts(subject, c);
    let Some(((trace, object), first)) = firsts.iter().min_by_key(|(at, f)| (f.time, **at)) else {
        return String::new();
    };
    let mut by_account: BTreeMap<u32, u64> = BTreeMap::new();
    for first in firsts.values().filter(|f| !f.shared) {
        *by_account.entry(first.account).or_default() += 1;
    }
    let mut most: Vec<(u32, u64)> = by_account.into_iter().collect();
    most.sort_by_key(|(account, n)| (std::cmp::Reverse(*n), *account));
    let all = firsts.len() as u64;
    let mut table = Table::new(
        "Who began",
        &["Account", "Began", "Of what was shared in step"],
    );
    for (account, n) in most.iter().take(SHOWN) {
        let share = *n as f64 / all as f64;
        table.row([
            words(subject.who(*account)),
            count(*n),
            figure(share, percent(share)),
        ]);
    }
    let ties = firsts.values().filter(|f| f.shared).count() as u64;
    let tied = match ties {
        0 => String::new(),
        n => format!(
            " At {} of them two or more were first at the same time.",
            grouped(n)
        ),
    };
    format!(
        "<h3>Who began</h3><p>The first post in step was made on {} by {}{}, at {}. They shared {} in step.{tied} Who was first \
         alone, how often:</p>{}<p class=\"key\">First in this data: others may have been earlier elsewhere, and who posts first need \
         not be who began it.</p>",
        moment(first.time),
        subject.who(first.account),
        if first.shared { " and others" } else { "" },
        subject.object(*trace, *object),
        counted(all, "object", "objects"),
        if most.is_empty() {
            format!(
                "<p>Nobody alone: at all {} several were first.</p>",
                grouped(all)
            )
        } else {
            table.end()
        }
    )
}

/// By trace and object, the earliest post of a member that is in step with another's.
fn firsts(subject: &Subject<'_>, c: &Campaign) -> BTreeMap<(usize, u32), First> {
    let network = &subject.found.network;
    let posts = &subject.found.corpus.posts;
    let mut firsts: BTreeMap<(usize, u32), First> = BTreeMap::new();
    for edge in c.edges.iter().map(|e| &network.edges[*e]) {
        for layer in &edge.layers {
            let trace = network.layers[layer.layer].layer.trace;
            for s in &layer.co_shares {
                for (account, post) in [(edge.i, s.post_i), (edge.j, s.post_j)] {
                    let time = posts.time(post);
                    let first = firsts.entry((trace, s.object)).or_insert(First {
                        time,
                        account,
                        shared: false,
                    });
                    if time < first.time {
                        *first = First {
                            time,
                            account,
                            shared: false,
                        };
                    } else if time == first.time && account != first.account {
                        first.shared = true;
                    }
                }
            }
        }
    }
    firsts
}
