//! What of a post can be met again on another platform: its links, its words, its pictures.

use overt_coordination::extract::{self, ExtractSettings, canonical};
use overt_coordination::text::{TextSettings, normalise};
use overt_model::key::hex;
use overt_model::{Post, Trace};
use sha2::{Digest, Sha256};

/// The longest link that is followed.
const LONGEST: usize = 2_000;
/// How much of a text is shown.
const SHOWN: usize = 80;

/// The things that a post carries, spelt the same on every platform. The words of a repost are another's.
pub(super) fn objects_of(post: &Post<'_>) -> Vec<String> {
    let mut objects: Vec<String> = links(post).map(|link| format!("url:{link}")).collect();
    if !post.is_repost {
        objects.extend(post.text.as_deref().and_then(words));
    }
    objects.extend(post.media.iter().map(|hash| format!("image:{hash}")));
    objects.extend(post.object.iter().map(|object| format!("object:{object}")));
    objects.sort();
    objects.dedup();
    objects
}

/// The link of something published on a site: its own address, or the link that stands for it.
pub(super) fn publication(post: &Post<'_>) -> Option<String> {
    let own = post.permalink.as_deref().and_then(canonical);
    own.or_else(|| links(post).next())
        .filter(|link| link.len() <= LONGEST)
}

/// Its links, from its text where the export has no column of them.
fn links(post: &Post<'_>) -> impl Iterator<Item = String> {
    let mut links = Vec::new();
    let settings = ExtractSettings::default();
    extract::objects(post, &Trace::Url, 0, &settings, |link| {
        links.push(link.to_owned());
    });
    links.into_iter().filter(|link| link.len() <= LONGEST)
}

/// The beginning of a text that is long enough to be known again, and the hash of all of it.
fn words(text: &str) -> Option<String> {
    let mut spelt = String::new();
    if !normalise(text, &TextSettings::default(), &mut spelt) {
        return None;
    }
    let begins: String = spelt.chars().take(SHOWN).collect();
    let hash = hex(&Sha256::digest(&spelt));
    Some(format!("text:{begins} #{}", &hash[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_and_a_text_are_the_same_wherever_they_are() {
        let post = |text: &'static str, url: &'static str| Post {
            text: Some(text.into()),
            urls: vec![url.into()],
            ..Post::default()
        };
        let one = objects_of(&post(
            "A story about how a ballot was lost",
            "https://a.example/x?utm_source=tg",
        ));
        let other = objects_of(&post(
            "A STORY about how a  ballot was lost https://t.co/1",
            "http://a.example/x",
        ));
        assert_eq!(one.len(), 2);
        assert!(one.iter().any(|o| other.contains(o)), "{one:?} {other:?}");
    }

    #[test]
    fn a_link_that_stands_in_the_text_alone_is_followed() {
        let post = Post {
            text: Some("See https://a.example/x".into()),
            ..Post::default()
        };
        assert_eq!(objects_of(&post), ["url:https://a.example/x"]);
    }

    #[test]
    fn the_words_of_a_repost_are_anothers() {
        let post = Post {
            text: Some("A story about how a ballot was lost".into()),
            is_repost: true,
            ..Post::default()
        };
        assert!(objects_of(&post).is_empty());
    }
}
