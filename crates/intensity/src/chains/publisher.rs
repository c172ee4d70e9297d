//! A publisher's own accounts post everything it publishes: that is distribution, and it says so by its name.

/// The least letters that make a name.
const LETTERS: usize = 4;

/// Does this carrier name the site, as `@ExampleNews` and `example_news_bot` name `example-news.com`?
#[must_use]
pub fn names(carrier: &str, domain: &str) -> bool {
    let label = domain.rsplit('/').next().unwrap_or(domain);
    let label = letters(
        label
            .split('.')
            .find(|part| *part != "www")
            .unwrap_or(label),
    );
    label.chars().count() >= LETTERS && letters(carrier).starts_with(&label)
}

/// The site that a thing stands on, where the thing is a link.
#[must_use]
pub fn site_of(object: &str) -> Option<&str> {
    let link = object.strip_prefix("url:")?;
    let host = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| host.strip_prefix("www.").unwrap_or(host))
}

fn letters(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_named_after_the_site_is_the_publishers() {
        assert!(names("@ExampleNews", "example-news.com"));
        assert!(names("example_news_bot", "www.example-news.com"));
        assert!(!names("news_lover", "example-news.com"));
        assert!(!names("bbq", "bb.co"));
    }

    #[test]
    fn the_site_of_a_link_is_its_host() {
        assert_eq!(site_of("url:https://www.a.example/b?c"), Some("a.example"));
        assert_eq!(site_of("text:abc"), None);
    }
}
