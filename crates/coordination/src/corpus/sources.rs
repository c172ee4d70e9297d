//! Sources: whom or what an object goes back to, as far as the posts say.
//!
//! Who follows one author or one site shares its things soon after one another without knowing of each other. So what
//! is said of an account must hold without the source most of it goes back to.

use std::collections::HashMap;

use foldhash::quality::RandomState;
use rayon::prelude::*;

use super::{Corpus, Sites, TraceEvents};
use crate::events::Events;
use crate::extract::{canonical, registrable_domain};
use crate::intern::Interner;

/// An object of which no source is known.
pub const NO_SOURCE: u32 = u32::MAX;
/// A site that this share of events goes back to is what the posts were collected from, and tells nobody apart.
const COLLECTED_FROM: f64 = 0.95;

/// What the objects of a trace go back to.
#[derive(Default)]
pub struct Sources {
    /// The source of each object; empty where none is known of any.
    ///
    /// Of a link it is the site; of a post that is in the export, its author; of a repost whose words begin with
    /// `RT @name:`, that name; of a text, a tag and the like the site that most of its posts link to. A site that nearly everything goes back to is none; an author always is, for people follow
    /// authors.
    pub of_object: Vec<u32>,
    /// The site that the trace was collected from, if there is one.
    pub collection: Option<Collection>,
}

impl Sources {
    /// Of the objects of each trace of a corpus: what has one number goes back to one source, whatever is shared of it.
    pub fn of_all(corpus: &Corpus) -> Vec<Self> {
        let mut names = Interner::default();
        let traces = corpus.traces.iter();
        traces.map(|t| Self::of(corpus, t, &mut names)).collect()
    }

    fn of(corpus: &Corpus, trace: &TraceEvents, names: &mut Interner) -> Self {
        let mut of_object = named(corpus, trace, names);
        let collection = collected_site(trace, &of_object, names).map(|site| {
            let objects: Vec<bool> = of_object.iter().map(|s| *s == site).collect();
            let is_site = of_object.iter_mut().filter(|s| **s == site);
            is_site.for_each(|s| *s = NO_SOURCE);
            Collection {
                site: names.name(site).to_owned(),
                objects,
            }
        });
        if of_object.iter().all(|s| *s == NO_SOURCE) {
            of_object = Vec::new();
        }
        Self {
            of_object,
            collection,
        }
    }
}

/// A site that nearly everything of a trace goes back to: who follows it and who pushes it are not told apart.
pub struct Collection {
    /// The site.
    pub site: String,
    /// Of each object, whether it goes back to it.
    objects: Vec<bool>,
}

impl Collection {
    /// Whether most of what an account shares goes back to it.
    pub fn holds(&self, events: &Events, account: u32) -> bool {
        let all = events.of_account(account);
        let of_site = |e: &&u32| self.objects[events.object(**e as usize) as usize];
        2 * all.iter().filter(of_site).count() > all.len()
    }
}

fn collected_site(trace: &TraceEvents, sources: &[u32], names: &Interner) -> Option<u32> {
    let mut events = vec![0usize; names.len()];
    for (o, source) in (0u32..).zip(sources) {
        if let Some(count) = events.get_mut(*source as usize) {
            *count += trace.events.of_object(o).len();
        }
    }
    let most = COLLECTED_FROM * trace.events.len() as f64;
    let of_all = |(source, n): &(u32, usize)| *n as f64 >= most && !is_author(names.name(*source));
    let found = (0u32..).zip(events).find(of_all)?;
    Some(found.0)
}

/// The sign before the names of authors.
const AUTHOR: char = '@';

fn is_author(source: &str) -> bool {
    source.starts_with(AUTHOR)
}

/// The source of each object, numbered by what sources are called.
fn named(corpus: &Corpus, trace: &TraceEvents, names: &mut Interner) -> Vec<u32> {
    let objects = 0..trace.events.n_objects();
    let sites: Vec<Option<String>> = objects
        .into_par_iter()
        .map(|o| site(trace.objects.name(o)))
        .collect();
    let without = (0u32..).zip(&sites).filter(|(_, site)| site.is_none());
    let authors = authors(corpus, without.map(|(o, _)| id(trace.objects.name(o))));
    (0u32..)
        .zip(sites)
        .map(|(o, site)| {
            let author = || authors.get(id(trace.objects.name(o)));
            let found = site
                .or_else(|| Some(format!("{AUTHOR}{}", author()?)))
                .or_else(|| reposted(corpus, trace, o))
                .or_else(|| linked(corpus, trace, o));
            found.map_or(NO_SOURCE, |name| names.intern(&name))
        })
        .collect()
}

/// The authors of posts by their ids.
struct Authors<'a> {
    number: HashMap<&'a str, u32, RandomState>,
    author: Vec<Option<u32>>,
}

impl Authors<'_> {
    fn get(&self, id: &str) -> Option<u32> {
        self.author[*self.number.get(id)? as usize]
    }
}

/// The authors of the posts with these ids; of several platforms with one id, of the first. There may be far more posts
/// than things that are reposted, so the posts are looked for, and not held.
fn authors<'a>(corpus: &Corpus, ids: impl Iterator<Item = &'a str>) -> Authors<'a> {
    let mut number: HashMap<&str, u32, RandomState> = HashMap::default();
    for id in ids.filter(|id| !id.is_empty()) {
        let next = number.len() as u32;
        number.entry(id).or_insert(next);
    }
    let mut author = vec![None; number.len()];
    let posts = 0..corpus.posts.len() as u32;
    let found: Vec<(u32, u32)> = posts
        .into_par_iter()
        .filter_map(|post| Some((*number.get(corpus.posts.id(post))?, post)))
        .collect();
    for (number, post) in found {
        author[number as usize].get_or_insert(corpus.posts.account(post));
    }
    Authors { number, author }
}

/// The id of a post named as an object, without its platform.
fn id(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, id)| id)
}

fn site(name: &str) -> Option<String> {
    if !name.contains("://") {
        return None;
    }
    registrable_domain(&canonical(name)?)
}

/// The site that most posts of an object link to, where its name says nothing.
fn linked(corpus: &Corpus, trace: &TraceEvents, object: u32) -> Option<String> {
    if !Sites::are_asked_of(&trace.trace) {
        return None;
    }
    let events = trace.events.of_object(object);
    let site = corpus.sites.of_most(events.map(|e| trace.events.post(e)));
    site.map(str::to_owned)
}

/// Whom the words of an object's first post say it repeats.
fn reposted(corpus: &Corpus, trace: &TraceEvents, object: u32) -> Option<String> {
    let first = trace.events.of_object(object).next()?;
    let words = corpus.posts.text(trace.events.post(first));
    let (name, _) = words.strip_prefix("RT @")?.split_once(':')?;
    let is_name = !name.is_empty() && name.len() <= 64 && !name.contains(char::is_whitespace);
    is_name.then(|| format!("{AUTHOR}{}", name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use overt_model::{Location, Post, Trace};

    use super::*;
    use crate::corpus::{CorpusBuilder, CorpusSettings};

    fn sources_of(trace: &Trace, posts: &[Post<'static>]) -> Vec<(String, u32)> {
        let mut builder = CorpusBuilder::new(CorpusSettings {
            traces: vec![trace.clone()],
            keep_text: true,
            ..CorpusSettings::default()
        });
        for (line, post) in (1..).zip(posts) {
            builder.add(post, Location { file: 0, line });
        }
        let corpus = builder.finish();
        let trace = &corpus.traces[0];
        let found = &Sources::of_all(&corpus)[0].of_object;
        let mut named: Vec<(String, u32)> = found
            .iter()
            .zip(0..)
            .map(|(s, o)| (trace.objects.name(o).to_owned(), *s))
            .collect();
        named.sort();
        named
    }

    fn post(id: &'static str, account: &'static str) -> Post<'static> {
        Post {
            platform: "x".into(),
            id: id.into(),
            account: account.into(),
            ..Post::default()
        }
    }

    #[test]
    fn a_link_goes_back_to_its_site_unless_all_do() {
        let linking = |id, url: &'static str| Post {
            urls: vec![url.into()],
            ..post(id, id)
        };
        let two = [
            linking("1", "https://a.example/1"),
            linking("2", "https://a.example/2"),
            linking("3", "https://b.example/1"),
            linking("4", "https://c.example/1"),
        ];
        let found = sources_of(&Trace::Url, &two);
        assert_eq!(found[0].1, found[1].1);
        assert_ne!(found[1].1, found[2].1);
        assert!(found.iter().all(|(_, s)| *s != NO_SOURCE));
        assert_eq!(sources_of(&Trace::Url, &two[..2]), [], "one site");
        assert_eq!(
            sources_of(&Trace::Url, &two[..3]).len(),
            3,
            "most is not all"
        );
    }

    #[test]
    fn a_text_goes_back_to_the_site_that_its_posts_link_to() {
        let saying = |id, words: &'static str, url: &'static str| Post {
            text: Some(words.into()),
            urls: vec![url.into()],
            ..post(id, id)
        };
        let (shaking, dry) = (
            "the ground is shaking near the river tonight",
            "no rain is in sight for the fields this week",
        );
        let all = [
            saying("1", shaking, "https://a.example/1"),
            saying("2", shaking, "https://www.a.example/2"),
            saying("3", shaking, "https://b.example/1"),
            saying("4", dry, "https://c.example/1"),
            saying("5", dry, "https://d.example/1"),
            saying(
                "6",
                "of this nobody can say where it comes from",
                "https://bit.ly/6",
            ),
        ];
        let found = sources_of(&Trace::Text, &all);
        let known: Vec<bool> = found.iter().map(|(_, s)| *s != NO_SOURCE).collect();
        assert_eq!(known, [false, false, true], "{found:?}");
    }

    #[test]
    fn an_author_whom_all_repost_is_a_source() {
        let reposting = |id, of: &'static str| Post {
            repost_of: Some(of.into()),
            ..post(id, id)
        };
        let found = sources_of(
            &Trace::Repost,
            &[
                post("10", "author"),
                reposting("1", "10"),
                reposting("2", "10"),
            ],
        );
        assert!(!found.is_empty() && found.iter().all(|(_, s)| *s != NO_SOURCE));
    }

    #[test]
    fn a_repost_goes_back_to_its_author() {
        let reposting = |id, of: &'static str, words: &'static str| Post {
            repost_of: Some(of.into()),
            text: Some(words.into()),
            ..post(id, id)
        };
        let found = sources_of(
            &Trace::Repost,
            &[
                post("10", "author"),
                post("11", "author"),
                reposting("1", "10", ""),
                reposting("2", "11", ""),
                reposting("3", "12", "RT @Somebody: words"),
                reposting("4", "13", "RT @somebody: others"),
                reposting("5", "14", "nothing is known"),
            ],
        );
        let of = |id: &str| found.iter().find(|(name, _)| name == id).map(|(_, s)| *s);
        assert_eq!(of("x:10"), of("x:11"));
        assert_eq!(of("x:12"), of("x:13"));
        assert_ne!(of("x:10"), of("x:12"));
        assert_eq!(of("x:14"), Some(NO_SOURCE));
    }
}
