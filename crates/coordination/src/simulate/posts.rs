//! Simulated events as posts with words, links and hashtags.

use overt_model::Post;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Simulation, words};

/// The truth about planted accounts: account id and group.
pub type Labels = Vec<(String, u32)>;

/// Share of organic posts that are about the election.
const ORGANIC_ELECTION: f64 = 0.08;
/// The same of what groups push.
const PUSHED_ELECTION: f64 = 0.9;

/// What an object is, drawn once for each.
enum Kind {
    Link(String),
    Repost(String),
    Words(String),
}

/// Hands every event as a post, in order of time, and returns the truth about planted accounts.
pub fn posts(world: &Simulation, seed: u64, mut each: impl FnMut(&Post<'_>)) -> Labels {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x706f_7374);
    let objects: Vec<(Kind, bool)> = (0..world.objects)
        .map(|o| object(world, o, &mut rng))
        .collect();
    for (n, event) in world.events.iter().enumerate() {
        let (kind, election) = &objects[event.object as usize];
        let mut post = Post {
            id: format!("p{n}").into(),
            account: account(event.account).into(),
            time: event.time,
            language: Some("en".into()),
            ..Post::default()
        };
        // People put the same thing in words of their own.
        let words = words::post(*election, &mut rng);
        match kind {
            Kind::Link(url) => {
                post.text = Some(format!("{words} {url}").into());
                post.urls = vec![url.clone().into()];
            }
            Kind::Repost(id) => {
                post.text = Some(format!("RT: {words}").into());
                post.repost_of = Some(id.clone().into());
                post.is_repost = true;
            }
            Kind::Words(text) => post.text = Some(words::pasted(text, &mut rng).into()),
        }
        each(&post);
    }
    let groups = world.groups.iter().enumerate();
    groups
        .flat_map(|(g, members)| members.iter().map(move |a| (account(*a), g as u32)))
        .collect()
}

/// The id of a simulated account.
fn account(number: u32) -> String {
    format!("a{number}")
}

fn object(world: &Simulation, object: u32, rng: &mut ChaCha8Rng) -> (Kind, bool) {
    let pushed = world.pushed_by[object as usize].is_some();
    let election = rng.random_bool(if pushed {
        PUSHED_ELECTION
    } else {
        ORGANIC_ELECTION
    });
    let kind = match rng.random_range(0..20) {
        0..12 => Kind::Link(format!(
            "https://site{}.example/story/{object}",
            object % 97
        )),
        12..18 => Kind::Repost(format!("o{object}")),
        // Only words tell one such object from another: they are drawn for its number.
        _ => {
            // The draws that words once took here: which object is a link, a repost or words stays as published figures
            // have it.
            for choices in [8, if election { 8 } else { 12 }, 6].repeat(2) {
                rng.random_range(0..choices);
            }
            let mut own = ChaCha8Rng::seed_from_u64(u64::from(object));
            Kind::Words(words::post(election, &mut own))
        }
    };
    (kind, election)
}
