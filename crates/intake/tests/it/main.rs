//! Intake through its public face: every format by a sample in the platform's published shape, and hostile bytes.

mod captures;
mod cases;
mod exchange;
mod exports;
mod formats;
mod hostile;
mod indicators;
mod lists;
mod logs;
mod published;

use overt_intake::{Error, Input, PostSink, Receipt, Reject, Settings, Stop, Watch, read};
use overt_model::{Location, Post};

/// What a sink saw, owned.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    platform: String,
    id: String,
    account: String,
    name: String,
    time: i64,
    client_time: Option<i64>,
    text: String,
    repost_of: String,
    is_repost: bool,
    reply_to: String,
    object: String,
    urls: Vec<String>,
    hashtags: Vec<String>,
    mentions: Vec<String>,
    media: Vec<String>,
    language: String,
    client: String,
    community: String,
    /// Likes, shares, views, followers.
    counts: [Option<u64>; 4],
    account_created: Option<i64>,
}

impl Seen {
    fn of(post: &Post<'_>) -> Self {
        let word = |w: &Option<std::borrow::Cow<'_, str>>| w.as_deref().unwrap_or("").to_owned();
        let list = |l: &[std::borrow::Cow<'_, str>]| l.iter().map(ToString::to_string).collect();
        Self {
            platform: post.platform.to_string(),
            id: post.id.to_string(),
            account: post.account.to_string(),
            name: word(&post.account_name),
            time: post.time,
            client_time: post.client_time,
            text: word(&post.text),
            repost_of: word(&post.repost_of),
            is_repost: post.is_repost,
            reply_to: word(&post.reply_to),
            object: word(&post.object),
            urls: list(&post.urls),
            hashtags: list(&post.hashtags),
            mentions: list(&post.mentions),
            media: list(&post.media),
            language: word(&post.language),
            client: word(&post.client),
            community: word(&post.community),
            counts: [post.likes, post.shares, post.views, post.followers],
            account_created: post.account_created.map(|t| t.0),
        }
    }
}

#[derive(Default)]
struct Everything {
    posts: Vec<Seen>,
    rejects: Vec<Reject>,
}

impl PostSink for Everything {
    fn post(&mut self, post: &Post<'_>, _: Location) -> Result<(), Stop> {
        self.posts.push(Seen::of(post));
        Ok(())
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), Stop> {
        self.rejects.push(reject.clone());
        Ok(())
    }
}

/// Reads bytes as a file.
fn read_bytes(bytes: &[u8], settings: &Settings) -> Result<(Receipt, Everything), Error> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("to write it");
    let mut sink = Everything::default();
    let inputs = [Input::File(file.path().to_owned())];
    let receipt = read(&inputs, settings, &Watch::default(), &mut sink)?;
    Ok((receipt, sink))
}
