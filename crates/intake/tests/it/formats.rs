//! One sample a format, each post checked field by field. The samples are ours, in the shapes the platforms document.

use overt_intake::{Format, Reason, Settings};

use crate::{Seen, read_bytes};

/// 2021-09-01T12:00:00Z.
const NOON: i64 = 1_630_497_600_000;

/// Reads a sample whose format must be recognised and of which nothing may be rejected.
fn posts(sample: &str, format: Format) -> Vec<Seen> {
    let (receipt, sink) = read_bytes(sample.as_bytes(), &Settings::default()).expect("readable");
    assert_eq!(receipt.files[0].format, format);
    assert!(sink.rejects.is_empty(), "{:?}", sink.rejects);
    sink.posts
}

fn named(name: &str) -> Format {
    name.parse().expect("a format")
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

#[test]
fn x_v2_pages_and_flattened_lines() {
    let page = r#"{"data":[{"id":"11","author_id":"7","created_at":"2021-09-01T12:00:00.000Z","text":"RT @a: vote",
        "lang":"en","source":"Web","referenced_tweets":[{"type":"retweeted","id":"10"}],
        "entities":{"urls":[{"url":"https://t.co/x","expanded_url":"https://example.org/a"}],
        "hashtags":[{"tag":"Vote"}],"mentions":[{"username":"a"}]},
        "public_metrics":{"like_count":1,"retweet_count":2,"impression_count":30}}],
        "includes":{"users":[{"id":"7","username":"seven","created_at":"2021-01-01T00:00:00.000Z",
        "public_metrics":{"followers_count":99}}]},"meta":{"result_count":1}}"#;
    let want = Seen {
        platform: "x".into(),
        id: "11".into(),
        account: "7".into(),
        name: "seven".into(),
        time: NOON,
        text: "RT @a: vote".into(),
        repost_of: "10".into(),
        is_repost: true,
        urls: words(&["https://example.org/a"]),
        hashtags: words(&["Vote"]),
        mentions: words(&["a"]),
        language: "en".into(),
        client: "Web".into(),
        counts: [Some(1), Some(2), Some(30), Some(99)],
        account_created: Some(1_609_459_200_000),
        ..Seen::default()
    };
    assert_eq!(posts(page, Format::XV2), [want]);
    let line = r#"{"id":"12","author_id":"8","created_at":"2021-09-01T12:00:00.000Z","text":"no",
        "referenced_tweets":[{"type":"replied_to","id":"11"}],"author":{"username":"eight"}}"#
        .replace('\n', "");
    let flat = posts(&format!("{line}\n{line}\n"), Format::XV2);
    assert_eq!(
        flat.len(),
        2,
        "repetitions are for whoever keeps posts to tell"
    );
    assert_eq!(
        (
            flat[0].reply_to.as_str(),
            flat[0].name.as_str(),
            flat[0].is_repost
        ),
        ("11", "eight", false)
    );
}

#[test]
fn x_v1_statuses() {
    let line = r#"{"created_at":"Wed Sep 01 12:00:00 +0000 2021","id_str":"21","full_text":"RT @o: look","lang":"de",
        "source":"App","user":{"id_str":"9","screen_name":"nine","followers_count":5,
        "created_at":"Fri Jan 01 00:00:00 +0000 2021"},"retweeted_status":{"id_str":"20",
        "created_at":"Wed Sep 01 11:00:00 +0000 2021"},"entities":{"urls":[{"expanded_url":"https://example.org"}],
        "hashtags":[{"text":"Wahl"}],"user_mentions":[{"screen_name":"o"}]},"favorite_count":3,"retweet_count":4}"#
        .replace('\n', "");
    let seen = posts(&format!("{line}\n"), Format::XV1);
    assert_eq!(
        (
            seen[0].id.as_str(),
            seen[0].repost_of.as_str(),
            seen[0].time
        ),
        ("21", "20", NOON)
    );
    assert_eq!(seen[0].counts, [Some(3), Some(4), None, Some(5)]);
    assert_eq!(seen[0].hashtags, ["Wahl"]);
    assert_eq!(seen[0].account_created, Some(1_609_459_200_000));
}

#[test]
fn the_information_operations_archive() {
    let sample = "tweetid,userid,user_display_name,user_screen_name,user_reported_location,user_profile_description,\
        user_profile_url,follower_count,following_count,account_creation_date,account_language,tweet_language,tweet_text,\
        tweet_time,tweet_client_name,in_reply_to_userid,in_reply_to_tweetid,quoted_tweet_tweetid,is_retweet,\
        retweet_userid,retweet_tweetid,latitude,longitude,quote_count,reply_count,like_count,retweet_count,hashtags,urls,\
        user_mentions\n\
        31,abc,Name,scr,,,,12,3,2015-02-03,en,en,\"Look, here\",2021-09-01 12:00,Twitter Web Client,,,,true,x,30,absent,\
        absent,0,0,5,6,\"[One, Two]\",\"[https://example.org/x]\",\"['44']\"\n";
    let want = Seen {
        platform: "x".into(),
        id: "31".into(),
        account: "abc".into(),
        name: "scr".into(),
        time: NOON,
        text: "Look, here".into(),
        repost_of: "30".into(),
        is_repost: true,
        urls: words(&["https://example.org/x"]),
        hashtags: words(&["One", "Two"]),
        mentions: words(&["44"]),
        language: "en".into(),
        client: "Twitter Web Client".into(),
        counts: [Some(5), Some(6), None, Some(12)],
        account_created: Some(1_422_921_600_000),
        ..Seen::default()
    };
    assert_eq!(posts(sample, named("twitter-io")), [want]);
}

#[test]
fn the_peers_tables() {
    let coortweet = "object_id,account_id,content_id,timestamp_share\no1,a1,c1,1630497600\n";
    let seen = posts(coortweet, named("coortweet"));
    assert_eq!(
        (
            seen[0].object.as_str(),
            seen[0].account.as_str(),
            seen[0].id.as_str(),
            seen[0].time
        ),
        ("o1", "a1", "c1", NOON)
    );
    let cnt = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n\
        m1,u1,Una,r1,,hello,1630497600,https://a.org https://b.org\n";
    let seen = posts(cnt, named("cnt"));
    assert_eq!((seen[0].repost_of.as_str(), seen[0].urls.len()), ("r1", 2));
    assert!(seen[0].is_repost);
}

#[test]
fn fourcat_tables_and_lines() {
    let table = "id,thread_id,timestamp,unix_timestamp,body,author,author_id,chat,views,forwards\n\
        5,5,2021-09-01 12:00:00,1630497600,привет,Канал,77,news,100,4\n";
    let seen = posts(table, named("4cat-telegram"));
    assert_eq!(
        (
            seen[0].platform.as_str(),
            seen[0].account.as_str(),
            seen[0].community.as_str()
        ),
        ("telegram", "77", "news")
    );
    assert_eq!(seen[0].counts, [None, Some(4), Some(100), None]);
    let tiktok = r#"{"nav_index":"0","item_id":"6","timestamp_collected":1,"source_platform":"tiktok.com",
        "source_platform_url":"https://www.tiktok.com/","data":{"id":"6","createTime":1630497600,"desc":"dance #vote",
        "author":{"id":"u6","uniqueId":"six"},"challenges":[{"title":"vote"}],"music":{"id":"m6"},
        "stats":{"diggCount":1,"shareCount":2,"playCount":3},"authorStats":{"followerCount":4}}}"#
        .replace('\n', "");
    let seen = posts(&format!("{tiktok}\n"), Format::FourCatNdjson);
    assert_eq!(
        (
            seen[0].platform.as_str(),
            seen[0].account.as_str(),
            seen[0].name.as_str()
        ),
        ("tiktok", "u6", "six")
    );
    assert_eq!(seen[0].media, ["m6"]);
    assert_eq!(seen[0].counts, [Some(1), Some(2), Some(3), Some(4)]);
    let instagram =
        r#"{"source_platform":"instagram.com","data":{"code":"Cx","taken_at":1630497600,
        "user":{"pk":"13","username":"thirteen"},"caption":{"text":"photo"},"like_count":8}}"#
            .replace('\n', "");
    let seen = posts(&format!("{instagram}\n"), Format::FourCatNdjson);
    assert_eq!(
        (
            seen[0].id.as_str(),
            seen[0].account.as_str(),
            seen[0].text.as_str()
        ),
        ("Cx", "13", "photo")
    );
}

#[test]
fn fourcat_pseudonyms_are_warned_of() {
    let hash = "0123456789abcdef0123456789abcdef";
    let table = format!(
        "id,thread_id,timestamp,body,author\n1,1,2021-09-01 12:00:00,a,{hash}\n2,2,2021-09-01 12:00:00,b,{hash}\n"
    );
    let (receipt, _) = read_bytes(table.as_bytes(), &Settings::default()).expect("readable");
    assert!(
        receipt.warnings.iter().any(|w| w.contains("pseudonymised")),
        "{:?}",
        receipt.warnings
    );
}

#[test]
fn crowdtangle_archives() {
    let sample = "Page Name,User Name,Facebook Id,Page Created,Followers at Posting,Post Created,Type,Total Interactions,\
        Likes,Shares,Total Views,URL,Message,Link,Final Link\n\
        A Page,apage,123,2010-01-01 00:00:00,50,2021-09-01 08:00:00 EDT,Link,9,1,2,3,\
        https://www.facebook.com/123/posts/1,Read,https://bit.ly/x,https://example.org/read\n";
    let seen = posts(sample, named("crowdtangle"));
    assert_eq!(
        (seen[0].platform.as_str(), seen[0].time),
        ("facebook", NOON)
    );
    assert_eq!(seen[0].urls, ["https://example.org/read"]);
    assert_eq!(seen[0].counts, [Some(1), Some(2), Some(3), Some(50)]);
}

#[test]
fn meta_content_library() {
    let sample = "id,creation_time,post_owner.id,post_owner.name,post_owner.type,text,lang,hashtags,link_attachment.link,\
        statistics.like_count,statistics.share_count,statistics.views,surface.name\n\
        901,2021-09-01T12:00:00+00:00,55,An Owner,Facebook Page,Hello,en,\"[vote]\",https://example.org,1,2,3,A Group\n";
    let seen = posts(sample, named("meta-content-library"));
    assert_eq!(
        (
            seen[0].platform.as_str(),
            seen[0].account.as_str(),
            seen[0].community.as_str()
        ),
        ("facebook", "55", "A Group")
    );
    assert_eq!((seen[0].time, seen[0].counts[2]), (NOON, Some(3)));
}

#[test]
fn telegram_exports() {
    let sample = r##"{
 "name": "Channel", "type": "public_channel", "id": 1001,
 "messages": [
  {"id": 1, "type": "service", "date": "2021-09-01T11:00:00", "action": "create_channel"},
  {"id": 2, "type": "message", "date": "2021-09-01T12:00:00", "date_unixtime": "1630497600", "from": "Channel",
   "from_id": "channel1001", "forwarded_from": "Other", "reply_to_message_id": 1,
   "text": ["See ", {"type": "link", "text": "https://example.org"}, " ", {"type": "hashtag", "text": "#vote"}]}
 ]
}"##;
    let (receipt, sink) = read_bytes(sample.as_bytes(), &Settings::default()).expect("readable");
    assert_eq!(
        receipt.left_out(),
        1,
        "that someone made a channel is not a post"
    );
    let want = Seen {
        platform: "telegram".into(),
        id: "1001/2".into(),
        account: "channel1001".into(),
        name: "Channel".into(),
        time: NOON,
        text: "See https://example.org #vote".into(),
        repost_of: "Other#d34d81c03ebbd8db".into(),
        is_repost: true,
        reply_to: "1001/1".into(),
        urls: words(&["https://example.org"]),
        hashtags: words(&["vote"]),
        community: "Channel".into(),
        ..Seen::default()
    };
    assert_eq!(sink.posts, [want]);
}

#[test]
fn jetstream_counts_the_time_of_receipt() {
    let post = r#"{"did":"did:plc:a","time_us":1630497600123456,"kind":"commit","commit":{"operation":"create",
        "collection":"app.bsky.feed.post","rkey":"3k","record":{"$type":"app.bsky.feed.post",
        "createdAt":"2020-01-01T00:00:00Z","text":"hi","langs":["en"],
        "facets":[{"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://example.org"}]}]}}}"#
        .replace('\n', "");
    let repost = r#"{"did":"did:plc:b","time_us":1630497601000000,"kind":"commit","commit":{"operation":"create",
        "collection":"app.bsky.feed.repost","rkey":"3l","record":{"createdAt":"2021-09-01T12:00:01Z",
        "subject":{"uri":"at://did:plc:a/app.bsky.feed.post/3k","cid":"c"}}}}"#
        .replace('\n', "");
    let like = repost.replace("feed.repost", "feed.like");
    let sample = format!("{post}\n{repost}\n{like}\n");
    let (receipt, sink) = read_bytes(sample.as_bytes(), &Settings::default()).expect("readable");
    assert_eq!((sink.posts.len(), receipt.left_out()), (2, 1));
    assert_eq!(
        receipt.clock_differs, 1,
        "the first client set a time of its own"
    );
    assert_eq!(sink.posts[0].time, NOON + 123);
    assert_eq!(sink.posts[0].client_time, Some(1_577_836_800_000));
    assert_eq!(sink.posts[0].id, "at://did:plc:a/app.bsky.feed.post/3k");
    assert_eq!(sink.posts[1].repost_of, sink.posts[0].id);
}

#[test]
fn mastodon_statuses() {
    let status = r#"{"id":"1","uri":"https://m.example/users/ann/statuses/1","created_at":"2021-09-01T12:00:00.000Z",
        "visibility":"public","language":"en","content":"<p>Go &amp; vote</p>","reblog":null,
        "account":{"acct":"ann","url":"https://m.example/@ann","followers_count":7,"created_at":"2021-01-01T00:00:00Z"},
        "tags":[{"name":"vote"}],"favourites_count":1,"reblogs_count":2}"#
        .replace('\n', "");
    let seen = posts(&format!("[{status},{status}]"), Format::Mastodon);
    assert_eq!(
        (
            seen[0].account.as_str(),
            seen[0].text.as_str(),
            seen[0].time
        ),
        ("https://m.example/@ann", "Go & vote", NOON)
    );
    assert_eq!(seen[0].counts, [Some(1), Some(2), None, Some(7)]);
}

#[test]
fn tables_and_lines_of_no_known_format() {
    let want = |seen: &[Seen]| {
        assert_eq!(
            (seen[0].account.as_str(), seen[0].time, seen[0].urls.len()),
            ("ann", NOON, 1)
        );
    };
    want(&posts(
        "user\ttimestamp\turl\nann\t2021-09-01 12:00:00\thttps://a.org\n",
        Format::Tsv,
    ));
    want(&posts(
        "user;timestamp;url\nann;2021-09-01T12:00:00Z;https://a.org\n",
        Format::Csv,
    ));
    want(&posts(
        "{\"user\":\"ann\",\"timestamp\":1630497600,\"url\":\"https://a.org\"}\n",
        Format::Ndjson,
    ));
    let columns = ["account=who", "time=at"].map(|pair| {
        let (role, name) = pair.split_once('=').expect("a pair");
        (role.parse().expect("a role"), name.to_owned())
    });
    let settings = Settings {
        columns: columns.to_vec(),
        ..Settings::default()
    };
    let (_, sink) = read_bytes(b"who,at\nann,1630497600000\n", &settings).expect("readable");
    assert_eq!(
        (sink.posts[0].account.as_str(), sink.posts[0].time),
        ("ann", NOON)
    );
}

#[test]
fn what_cannot_be_read_is_rejected_with_its_place_and_reason() {
    let sample =
        "user,timestamp\nann,1630497600\nbob,soon\n,1630497600\nsue,99999999999999\nmax,1,2\n";
    let settings = Settings {
        max_rejects: 1.0,
        ..Settings::default()
    };
    let mut bytes = sample.as_bytes().to_vec();
    bytes.extend(b"\xff\xfe,1630497600\n");
    let (receipt, sink) = read_bytes(&bytes, &settings).expect("readable");
    let found: Vec<(u64, Reason)> = sink.rejects.iter().map(|r| (r.at.line, r.reason)).collect();
    assert_eq!(
        found,
        [
            (3, Reason::BadTime),
            (4, Reason::MissingAccount),
            (5, Reason::AbsurdTime),
            (6, Reason::ColumnCount),
            (7, Reason::InvalidUtf8),
        ]
    );
    assert_eq!((receipt.rows(), receipt.posts()), (6, 1));
}
