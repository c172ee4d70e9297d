//! What a reader sees of a page: its text, without comments, scripts and what else only a program reads.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements whose text nobody sees.
const UNSEEN: [&[u8]; 4] = [b"script", b"style", b"template", b"noscript"];
/// So much of an item is looked at to tell whether it is a page.
const HEAD: usize = 4096;

/// Whether an item is a page, or a capture of one.
pub(super) fn is_page(text: &str) -> bool {
    let start = text.trim_start();
    let head: String = start
        .chars()
        .take(HEAD)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    start.starts_with('<')
        || ["<html", "<!doctype html", "content-type: multipart/related"]
            .iter()
            .any(|sign| head.contains(sign))
}

/// The text of a page that a reader sees. What a style hides is in it all the same.
pub(super) fn seen(text: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let (mut seen, mut unseen) = (Vec::new(), Vec::<Vec<u8>>::new());
    for Ok(token) in Tokenizer::new_with_emitter(text, emitter) {
        match token {
            Token::StartTag(tag) => {
                let name: &[u8] = &tag.name;
                if UNSEEN.contains(&name) && !tag.self_closing {
                    unseen.push(name.to_vec());
                } else if !is_within_words(name) {
                    seen.push(b' ');
                }
            }
            Token::EndTag(tag) => {
                let name: &[u8] = &tag.name;
                if let Some(at) = unseen.iter().rposition(|open| open.as_slice() == name) {
                    unseen.truncate(at);
                } else if !is_within_words(name) {
                    seen.push(b' ');
                }
            }
            Token::String(words) if unseen.is_empty() => seen.extend_from_slice(&words),
            _ => {}
        }
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// Elements that stand within a word as well as around it.
fn is_within_words(name: &[u8]) -> bool {
    [
        &b"b"[..],
        b"i",
        b"em",
        b"strong",
        b"u",
        b"s",
        b"a",
        b"span",
        b"mark",
        b"small",
        b"sub",
        b"sup",
        b"font",
        b"wbr",
        b"code",
        b"abbr",
        b"bdi",
        b"bdo",
    ]
    .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_scripts_and_attributes_are_not_seen() {
        let page = "<!DOCTYPE html><html><head><title>News</title><style>p{}</style></head><body>\
            <p title='paid by wire'>Paid <b>by</b> cash&amp;cheque<!-- paid by wire --></p>\
            <script>var x = 'paid by wire';</script><p>un<em>believ</em>able</p></body></html>";
        assert!(is_page(page));
        let seen = seen(page);
        assert!(!seen.contains("wire"), "{seen}");
        assert!(seen.contains("Paid by cash&cheque"), "{seen}");
        assert!(seen.contains("unbelievable"), "{seen}");
    }

    #[test]
    fn a_page_that_is_cut_is_read_to_its_end() {
        for cut in [
            "<p>words<",
            "<p>words<!-- and",
            "<head><p>a</p><body>words",
            "<p>words</",
        ] {
            assert!(seen(cut).contains("words"), "{cut}");
        }
        assert!(!is_page("plain text, 3 < 4"));
        assert!(is_page(
            "From: a\r\nContent-Type: multipart/related; boundary=x\r\n"
        ));
    }
}
