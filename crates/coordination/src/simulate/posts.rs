//! Simulated events as posts with words, links and hashtags.

use overt_model::Post;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Simulation;

/// The truth about planted accounts: account id and group.
pub type Labels = Vec<(String, u32)>;

const OPENERS: [&str; 8] = [
    "So glad",
    "Look",
    "Nobody expected",
    "Big news",
    "I read",
    "My neighbours say",
    "Just in",
    "Hard to believe",
];
const SUBJECTS: [&str; 12] = [
    "the harvest fair",
    "our school board",
    "the football final",
    "the bridge works",
    "local bakeries",
    "the power cut",
    "a new bus line",
    "the spring festival",
    "the flood defences",
    "the library hours",
    "the hospital wing",
    "the water bill",
];
const ELECTION: [&str; 8] = [
    "the governor's race",
    "early voting",
    "the ballot papers",
    "Halden and Ruiz debate",
    "the turnout",
    "the polling stations",
    "mail-in ballots",
    "Ruiz's tax plan",
];
const ENDINGS: [&str; 6] = [
    "is all over town.",
    "will change a lot.",
    "was long overdue.",
    "makes no sense.",
    "got people talking.",
    "is worth a read.",
];
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
        let words = format!(
            "{} {}",
            sentence(*election, &mut rng),
            nonsense(5, &mut rng)
        );
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
            Kind::Words(text) => post.text = Some(varied(text, &mut rng).into()),
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
        // Only words tell one such object from another, so they carry its number in letters.
        _ => Kind::Words(format!(
            "{} {} again, they say, and {}",
            sentence(election, rng),
            letters(object),
            sentence(election, rng)
        )),
    };
    (kind, election)
}

fn subject(election: bool, rng: &mut ChaCha8Rng) -> &'static str {
    let list: &[&'static str] = if election { &ELECTION } else { &SUBJECTS };
    list[rng.random_range(0..list.len())]
}

fn sentence(election: bool, rng: &mut ChaCha8Rng) -> String {
    let pick = |list: &[&'static str], rng: &mut ChaCha8Rng| list[rng.random_range(0..list.len())];
    let opener = pick(&OPENERS, rng);
    let subject = subject(election, rng);
    format!("{opener}: {subject} {}", pick(&ENDINGS, rng))
}

/// A number spelt as nonsense words, long enough that texts of different numbers differ.
fn letters(number: u32) -> String {
    nonsense(8, &mut ChaCha8Rng::seed_from_u64(u64::from(number)))
}

/// So many words that mean nothing.
fn nonsense(words: u32, rng: &mut ChaCha8Rng) -> String {
    let mut word = || -> String {
        let length = rng.random_range(4..9);
        (0..length)
            .map(|_| char::from(b'a' + rng.random_range(0..26u8)))
            .collect()
    };
    (0..words).map(|_| word()).collect::<Vec<_>>().join(" ")
}

/// The same words with a small change, as people who paste a text make it.
fn varied(text: &str, rng: &mut ChaCha8Rng) -> String {
    let endings = ["", "!", "!!", " #vote", " please share", " 🙏"];
    format!("{text}{}", endings[rng.random_range(0..endings.len())])
}
