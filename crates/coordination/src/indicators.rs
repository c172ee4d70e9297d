//! Links of posts against published indicators of known operations.
//!
//! A listed *site* (a host without a path) is met by links to it and to its subdomains; a listed *link* by itself and by
//! links below it, never by others of its host, for pages of operations stand on hosts that everybody uses. That a post
//! links to a listed site says nothing of whose the account is.

use std::collections::{BTreeMap, HashMap};

use crate::corpus::Corpus;
use crate::extract::{canonical, registrable_domain};

/// An indicator as somebody published it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The site or link, as listed.
    pub text: String,
    /// What the list says of it; may be empty.
    pub note: String,
    /// The name of the list.
    pub list: String,
}

/// What was listed, by what a link must look like to meet it.
#[derive(Debug, Clone, Default)]
pub struct Indicators {
    listed: Vec<Indicator>,
    sites: HashMap<String, u32>,
    links: HashMap<String, u32>,
    unusable: u64,
}

/// An indicator that posts link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The indicator.
    pub indicator: Indicator,
    /// Posts with a link that meets it.
    pub posts: u64,
    /// The first of them.
    pub first: u32,
}

impl Indicators {
    /// Understands indicators as listed, also defanged (`hxxps://site[.]example`). What is neither site nor link (a
    /// phrase, an address of a machine) can be met by no link and is counted as unusable; of several alike the first
    /// counts.
    pub fn new(listed: Vec<Indicator>) -> Self {
        let mut out = Self::default();
        for (number, indicator) in (0u32..).zip(&listed) {
            match understand(&indicator.text) {
                Some((link, true)) => out.sites.entry(link).or_insert(number),
                Some((link, false)) => out.links.entry(link).or_insert(number),
                None => {
                    out.unusable += 1;
                    continue;
                }
            };
        }
        out.listed = listed;
        out
    }

    /// Sites and links that can be met.
    pub fn usable(&self) -> u64 {
        (self.sites.len() + self.links.len()) as u64
    }

    /// Indicators that no link can meet.
    pub fn unusable(&self) -> u64 {
        self.unusable
    }

    /// The indicators that links of some posts meet, the most posts first.
    pub fn find_met(&self, corpus: &Corpus, posts: &[u32]) -> Vec<Met> {
        let mut met: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
        for &post in posts {
            let mut here: Vec<u32> = corpus
                .posts
                .all_links(post)
                .filter_map(|link| self.meets(&canonical(link)?))
                .collect();
            here.sort_unstable();
            here.dedup();
            for indicator in here {
                met.entry(indicator).or_insert((0, post)).0 += 1;
            }
        }
        let named = |(number, (posts, first)): (u32, (u64, u32))| Met {
            indicator: self.listed[number as usize].clone(),
            posts,
            first,
        };
        let mut met: Vec<Met> = met.into_iter().map(named).collect();
        met.sort_by_key(|m| std::cmp::Reverse(m.posts));
        met
    }

    /// The indicator a canonical link meets: the longest listed link, else the nearest listed site.
    fn meets(&self, link: &str) -> Option<u32> {
        let (_, whole) = link.split_once("://")?;
        let path = whole.split('?').next().unwrap_or(whole);
        let above = std::iter::successors(Some(path), |p| Some(p.rsplit_once('/')?.0));
        let host = path.split(['/', ':']).next().unwrap_or(path);
        let parents = std::iter::successors(Some(host), |h| Some(h.split_once('.')?.1));
        std::iter::once(whole)
            .chain(above)
            .find_map(|l| self.links.get(l))
            .or_else(|| parents.into_iter().find_map(|h| self.sites.get(h)))
            .copied()
    }
}

/// A listed text without its scheme, and whether it is a whole site.
fn understand(text: &str) -> Option<(String, bool)> {
    let text = text
        .trim()
        .replace("[.]", ".")
        .replace("(.)", ".")
        .replace("[:]", ":");
    // A site is met with all that is under it anyway; a star elsewhere is met by no link.
    let text = text.strip_prefix("*.").unwrap_or(&text);
    let text = text.replace("://*.", "://");
    let text = text.strip_suffix("/*").unwrap_or(&text).to_owned();
    if text.contains('*') {
        return None;
    }
    if text.chars().any(char::is_whitespace) || !text.contains('.') || text.contains('@') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let link = if lower.starts_with("hxxp") {
        format!("http{}", &text[4..])
    } else if lower.starts_with("http://") || lower.starts_with("https://") {
        text
    } else if text.contains("://") {
        return None;
    } else {
        format!("https://{text}")
    };
    let link = canonical(&link)?;
    registrable_domain(&link)?;
    let (_, rest) = link.split_once("://")?;
    let rest = rest.trim_end_matches('/');
    let is_site = !rest.contains(['/', '?']);
    Some((rest.to_owned(), is_site))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_met_with_their_subdomains_and_links_by_themselves_and_below() {
        let listed = [
            "spoof[.]example.com",
            "hxxps://t.me/channel",
            "Some phrase.",
            "https://petition.org/p/1?x=2",
            "x@y.com",
            "*.wild.example/*",
            "https://*.other.example",
            "w*ld.example",
        ];
        let indicator = |text: &str| Indicator {
            text: text.to_owned(),
            note: String::new(),
            list: String::new(),
        };
        let known = Indicators::new(listed.map(indicator).into());
        assert_eq!((known.usable(), known.unusable()), (5, 3));
        let meets = |link: &str| known.meets(&canonical(link)?);
        assert_eq!(meets("http://spoof.example.com/a?b=c"), Some(0));
        assert_eq!(meets("https://www.m.spoof.example.com"), Some(0));
        assert_eq!(meets("https://example.com/spoof"), None);
        assert_eq!(meets("https://notspoof.example.com/"), None);
        assert_eq!(meets("https://t.me/channel"), Some(1));
        assert_eq!(meets("https://t.me/channel/42"), Some(1));
        assert_eq!(meets("https://t.me/channels"), None);
        assert_eq!(meets("https://petition.org/p/1?x=2"), Some(3));
        assert_eq!(meets("https://petition.org/p/1"), None);
        assert_eq!(meets("https://news.wild.example/story"), Some(5));
        assert_eq!(meets("https://wild.example"), Some(5));
        assert_eq!(meets("https://a.other.example/x"), Some(6));
    }
}
