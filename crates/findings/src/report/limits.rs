//! What the findings do not say.

use overt_model::counted;

use super::markup::list;
use super::subject::Subject;
use crate::text::shown;

pub(super) fn limits(subject: &Subject<'_>) -> String {
    let (found, names) = (subject.found, subject.names);
    let basis = match found.run.background_posts() {
        None => {
            "What chance explains is estimated from this data itself. If most accounts in it act together, as in an archive of \
             one operation, edges are relative to that."
                .to_owned()
        }
        Some(posts) => format!(
            "What chance explains is estimated from {} of a background, not from the accounts in question. It holds as far as \
             these accounts would be expected to post as those do.",
            counted(posts, "post", "posts")
        ),
    };
    let mut items = vec![
        "Posting in step says what accounts did, not who runs them, why, or whether they broke a rule. Newsrooms with \
         syndicated content, parties, unions and activists post in step openly and by right. What an account thinks plays \
         no part in any figure here."
            .to_owned(),
        basis,
        "A member that always lags behind, a group that always posts in the same order, and one that pushes a single source \
         cannot be told from people who follow, and are not established. People who follow several sources at once, with \
         alerts of seconds, can look like a group: whether they have those sources in common is for a reader to ask. At windows of many minutes people of a small \
         circle of friends can pass now and then."
            .to_owned(),
    ];
    if names.identified() {
        items.push("This copy names every account of the network, also those that are not established. Do not publish it as it is.".to_owned());
    } else {
        items.push("Only established accounts that meet the bar for naming are named: the chance that even one of them is there by chance is at most 5 % (Holm). Of established accounts in general up to one in twenty may be. Other people's names are taken out of posts and links.".to_owned());
    }
    if found.run.election.is_none() {
        items.push("No link to an election was examined.".to_owned());
    }
    items.extend(found.run.warnings.iter().map(|w| shown(w)));
    format!(
        "<aside id=\"limits\"><h2>What this does not say</h2>{}</aside>",
        list(&items)
    )
}
