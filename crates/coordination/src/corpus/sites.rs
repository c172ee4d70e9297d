//! The sites that posts link to, whatever else is asked of them.

use overt_model::Trace;
use rayon::prelude::*;

use super::TraceEvents;
use crate::extract::{is_shortener, registrable_domain};
use crate::intern::Interner;

/// No site, or several.
const NONE: u32 = u32::MAX;

/// Of each post the one site that it links to.
#[derive(Default)]
pub(crate) struct Sites {
    of_post: Vec<u32>,
    names: Interner,
}

impl Sites {
    /// Whether what accounts share by a trace says nothing of where it comes from, so that the posts have to.
    pub(super) fn are_asked_of(trace: &Trace) -> bool {
        !matches!(
            trace,
            Trace::Url
                | Trace::Domain
                | Trace::Repost
                | Trace::FastRepost
                | Trace::Reply
                | Trace::Object
        )
    }

    /// Whether a trace tells of sites.
    pub(crate) fn are_told_by(trace: &Trace) -> bool {
        matches!(trace, Trace::Url | Trace::Domain)
    }

    /// Of so many posts, by the first trace that tells.
    pub(super) fn of(traces: &[TraceEvents], posts: usize) -> Self {
        let told = traces.iter().find(|t| Self::are_told_by(&t.trace));
        let Some(t) = told.filter(|_| traces.iter().any(|t| Self::are_asked_of(&t.trace))) else {
            return Self::default();
        };
        let objects = (0..t.events.n_objects()).into_par_iter();
        // Of a link that only leads on to another it is not known.
        let sites: Vec<Option<String>> = objects
            .map(|o| site_of(t, o).filter(|site| !is_shortener(site)))
            .collect();
        let mut names = Interner::default();
        let sites = sites.into_iter();
        let sites: Vec<u32> = sites
            .map(|site| site.map_or(NONE, |site| names.intern(&site)))
            .collect();
        // No post has the number of one before the first and of one after the last site.
        let unknown = NONE - 1;
        let mut of_post = vec![unknown; posts];
        for object in 0..t.events.n_objects() {
            let site = sites[object as usize];
            for event in t.events.of_object(object) {
                let known = &mut of_post[t.events.post(event) as usize];
                *known = if *known == unknown || *known == site {
                    site
                } else {
                    NONE
                };
            }
        }
        Self { of_post, names }
    }

    /// The site that most of some posts link to.
    pub(super) fn of_most(&self, posts: impl Iterator<Item = u32>) -> Option<&str> {
        if self.names.is_empty() {
            return None;
        }
        let mut all: Vec<u32> = posts
            .map(|p| self.of_post.get(p as usize).copied().unwrap_or(NONE))
            .collect();
        all.sort_unstable();
        let runs = all.chunk_by(|a, b| a == b);
        let most = runs.max_by_key(|run| run.len())?;
        let is_most = 2 * most.len() > all.len() && (most[0] as usize) < self.names.len();
        is_most.then(|| self.names.name(most[0]))
    }
}

/// The site of an object of a trace that tells of sites.
pub(crate) fn site_of(t: &TraceEvents, object: u32) -> Option<String> {
    let name = t.objects.name(object);
    match t.trace {
        Trace::Domain => Some(name.to_owned()),
        _ => registrable_domain(name),
    }
}
