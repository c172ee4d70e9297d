//! What of a post two accounts can share: from fields and words to the names of objects.

mod tags;
mod url;

use std::collections::HashMap;

use overt_model::{Post, Trace};

pub(crate) use self::url::is_shortener;
pub use self::url::{canonical, registrable_domain};

/// How objects are read from posts.
#[derive(Debug, Clone, Default)]
pub struct ExtractSettings {
    /// Where shortened links lead: canonical short link → target. Applied before anything else.
    pub url_map: HashMap<String, String>,
    /// Milliseconds within which a repost counts as fast.
    pub fast_repost: i64,
}

/// Hands every object of one trace that a post touches to `touch`, each once. Text is not read here: its objects are
/// clusters, known only when all posts are.
pub fn objects(
    post: &Post<'_>,
    trace: &Trace,
    column: usize,
    settings: &ExtractSettings,
    mut touch: impl FnMut(&str),
) {
    match trace {
        Trace::Object => post.object.iter().for_each(|o| touch(o)),
        Trace::Repost => post
            .repost_of
            .iter()
            .for_each(|id| touch(&on_platform(post, id))),
        Trace::FastRepost => {
            if let Some(id) = post
                .repost_of
                .as_deref()
                .filter(|id| is_fast(post, id, settings.fast_repost))
            {
                touch(&on_platform(post, id));
            }
        }
        Trace::Reply => post
            .reply_to
            .iter()
            .for_each(|id| touch(&on_platform(post, id))),
        Trace::Url => each_once(links(post, settings), touch),
        Trace::Domain => {
            each_once(
                links(post, settings)
                    .into_iter()
                    .filter_map(|l| registrable_domain(&l))
                    .collect(),
                touch,
            );
        }
        Trace::Hashtag => each_once(hashtags(post), touch),
        Trace::HashtagSequence => {
            let tags = hashtags(post);
            if tags.len() >= 3 {
                touch(&tags.join(" "));
            }
        }
        Trace::Mention => each_once(mentions(post), |m| touch(&on_platform(post, m))),
        Trace::Media => each_once(
            post.media.iter().map(|m| m.trim().to_lowercase()).collect(),
            touch,
        ),
        Trace::Column { .. } => {
            if let Some(Some(value)) = post.columns.get(column) {
                touch(value);
            }
        }
        _ => {}
    }
}

fn on_platform(post: &Post<'_>, id: &str) -> String {
    if post.platform.is_empty() {
        id.to_owned()
    } else {
        format!("{}:{id}", post.platform)
    }
}

fn each_once(mut names: Vec<String>, mut touch: impl FnMut(&str)) {
    let mut done: Vec<String> = Vec::with_capacity(names.len());
    for name in names.drain(..).filter(|n| !n.is_empty()) {
        if !done.contains(&name) {
            touch(&name);
            done.push(name);
        }
    }
}

fn links(post: &Post<'_>, settings: &ExtractSettings) -> Vec<String> {
    let follow = |link: &str| {
        let link = canonical(link)?;
        match settings.url_map.get(&link) {
            Some(target) => canonical(target),
            None => Some(link),
        }
    };
    if post.urls.is_empty() {
        let text = post.text.as_deref().unwrap_or("");
        return tags::links(text).filter_map(follow).collect();
    }
    post.urls.iter().filter_map(|l| follow(l)).collect()
}

fn hashtags(post: &Post<'_>) -> Vec<String> {
    if post.hashtags.is_empty() {
        return tags::find_marked(post.text.as_deref().unwrap_or(""), '#')
            .map(tags::fold)
            .collect();
    }
    post.hashtags
        .iter()
        .map(|t| tags::fold(t.trim_start_matches('#')))
        .collect()
}

fn mentions(post: &Post<'_>) -> Vec<String> {
    if post.mentions.is_empty() {
        return tags::find_marked(post.text.as_deref().unwrap_or(""), '@')
            .map(tags::fold)
            .collect();
    }
    post.mentions
        .iter()
        .map(|t| tags::fold(t.trim_start_matches('@')))
        .collect()
}

/// Whether a repost came within `limit` of the original, whose time is in the export or, on X, in its id.
fn is_fast(post: &Post<'_>, original: &str, limit: i64) -> bool {
    let made = post.repost_of_time.or_else(|| {
        (post.platform == "x")
            .then(|| snowflake_time(original))
            .flatten()
    });
    made.is_some_and(|made| (0..=limit).contains(&(post.time - made)))
}

/// The time in an id of X made since November 2010: milliseconds after 1288834974657 in the bits above the 22nd.
fn snowflake_time(id: &str) -> Option<i64> {
    let id: i64 = id.parse().ok()?;
    (id > 30_000_000_000).then_some((id >> 22) + 1_288_834_974_657)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(post: &Post<'_>, trace: &Trace) -> Vec<String> {
        let mut out = Vec::new();
        let settings = ExtractSettings {
            fast_repost: 60_000,
            ..ExtractSettings::default()
        };
        objects(post, trace, 0, &settings, |o| out.push(o.to_owned()));
        out
    }

    #[test]
    fn what_the_export_lacks_is_read_from_the_words() {
        let post = Post {
            platform: "x".into(),
            text: Some(
                "Vote! #One #Two #ONE #Три @Some_One https://t.co/Ab?utm_source=x, a@b.c".into(),
            ),
            ..Post::default()
        };
        assert_eq!(seen(&post, &Trace::Hashtag), ["one", "two", "три"]);
        assert_eq!(seen(&post, &Trace::HashtagSequence), ["one two one три"]);
        assert_eq!(seen(&post, &Trace::Mention), ["x:some_one"]);
        assert_eq!(seen(&post, &Trace::Url), ["https://t.co/Ab"]);
        assert_eq!(seen(&post, &Trace::Domain), ["t.co"]);
    }

    #[test]
    fn a_fast_repost_is_told_by_the_id_of_the_original() {
        let id = 1_212_092_628_029_698_048i64; // made 2019-12-31T19:26:16.771Z
        let mut post = Post {
            platform: "x".into(),
            repost_of: Some(id.to_string().into()),
            ..Post::default()
        };
        post.time = snowflake_time(&id.to_string()).expect("a time") + 60_000;
        assert_eq!(seen(&post, &Trace::FastRepost).len(), 1);
        post.time += 1;
        assert!(seen(&post, &Trace::FastRepost).is_empty());
        assert_eq!(seen(&post, &Trace::Repost), [format!("x:{id}")]);
    }
}
