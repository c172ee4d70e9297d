//! How a role is read from a record: from which fields, and what their values mean.

use std::borrow::Cow;

use overt_model::{Post, Timestamp};

use super::path::Path;
use crate::error::Reason;
use crate::roles::Role;
use crate::time::{Dates, TimeFault, is_day};

/// A record whose fields are found by path.
pub(crate) trait Record<'a> {
    /// A value as text; nothing where it is empty.
    ///
    /// # Errors
    /// When it is not text.
    fn word(&self, path: &Path) -> Result<Option<Cow<'a, str>>, Reason>;

    /// Values of a list as text.
    ///
    /// # Errors
    /// When they are not text.
    fn words(&self, path: &Path) -> Result<Vec<Cow<'a, str>>, Reason>;
}

/// How a role is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) role: Role,
    /// Of these fields the first that says something; all of them where they are joined.
    pub(crate) from: Vec<Path>,
    /// What stands between joined fields, all of which must say something.
    pub(crate) join: Option<String>,
    /// The form of a time.
    pub(crate) form: Option<String>,
    /// Words that mean yes; a star means any word.
    pub(crate) yes: Vec<String>,
    /// Read only where these fields have one of these values.
    pub(crate) when: Vec<(Path, Vec<String>)>,
    /// Parts of the value, and the word that each stands for.
    pub(crate) words: Vec<(String, String)>,
    /// Beginnings taken off.
    pub(crate) strip: Vec<String>,
    /// Values that say nothing.
    pub(crate) none: Vec<String>,
    /// Whether the value has markup, which is taken off.
    pub(crate) markup: bool,
}

impl Rule {
    /// The rule that reads a role from the first of some fields that says something.
    pub(crate) fn plain(role: Role, from: Vec<Path>) -> Self {
        Self {
            role,
            from,
            join: None,
            form: None,
            yes: Vec::new(),
            when: Vec::new(),
            words: Vec::new(),
            strip: Vec::new(),
            none: Vec::new(),
            markup: false,
        }
    }

    /// Whether it takes the value of one field as it stands.
    pub(crate) fn is_plain(&self) -> bool {
        let of_one = Self::plain(self.role, self.from.clone());
        self.from.len() == 1 && self.from[0].steps.is_empty() && *self == of_one
    }

    /// The rule in a table with these columns; nothing where they do not say what it needs.
    pub(crate) fn among(&self, columns: &[String]) -> Option<Self> {
        let from = self.from.iter().filter_map(|path| path.among(columns));
        let from: Vec<Path> = from.collect();
        let is_part = self.join.is_some() && from.len() < self.from.len();
        // A day alone is a time, where its clock is in no other column.
        if from.is_empty() || (is_part && self.role != Role::Time) {
            return None;
        }
        // A column that is not there says nothing, which may be what is asked for.
        let there = |path: &Path| path.among(columns).unwrap_or_else(|| path.clone());
        let when = self.when.iter();
        let when = when.map(|(path, words)| (there(path), words.clone()));
        Some(Self {
            from,
            when: when.collect(),
            ..self.clone()
        })
    }

    /// What the role's fields say, as text.
    ///
    /// # Errors
    /// When it is not text.
    pub(crate) fn word<'a>(
        &self,
        record: &impl Record<'a>,
    ) -> Result<Option<Cow<'a, str>>, Reason> {
        for (path, wanted) in &self.when {
            let value = record.word(path)?.unwrap_or_default();
            if !wanted.iter().any(|w| w.eq_ignore_ascii_case(value.trim())) {
                return Ok(None);
            }
        }
        let value = match &self.join {
            Some(between) => self.joined(record, between)?,
            None => self.first(record)?,
        };
        Ok(value.and_then(|value| self.meant(value)))
    }

    fn first<'a>(&self, record: &impl Record<'a>) -> Result<Option<Cow<'a, str>>, Reason> {
        for path in &self.from {
            let value = record.word(path)?.filter(|v| !self.says_nothing(v));
            if value.is_some() {
                return Ok(value);
            }
        }
        Ok(None)
    }

    fn joined<'a>(
        &self,
        record: &impl Record<'a>,
        between: &str,
    ) -> Result<Option<Cow<'a, str>>, Reason> {
        let mut whole = String::new();
        for (n, path) in self.from.iter().enumerate() {
            let Some(part) = record.word(path)?.filter(|v| !self.says_nothing(v)) else {
                return Ok(None);
            };
            if n > 0 {
                whole.push_str(between);
            }
            whole.push_str(part.trim());
        }
        Ok(Some(Cow::Owned(whole)))
    }

    fn says_nothing(&self, value: &str) -> bool {
        is_none(value) || self.none.iter().any(|none| none == value)
    }

    /// The value after what is taken off it, or the word that it stands for.
    fn meant<'a>(&self, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if !self.words.is_empty() {
            let lower = value.to_lowercase();
            let said = self.words.iter().find(|(part, _)| lower.contains(part));
            return Some(said.map_or(Cow::Owned(lower), |(_, word)| Cow::Owned(word.clone())));
        }
        let value = if self.markup {
            Cow::Owned(plain_text(&value))
        } else {
            value
        };
        let start = self.strip.iter().find(|s| value.starts_with(s.as_str()));
        let value = match (start, value) {
            (None, value) => value,
            (Some(start), Cow::Borrowed(text)) => Cow::Borrowed(&text[start.len()..]),
            (Some(start), Cow::Owned(text)) => Cow::Owned(text[start.len()..].to_owned()),
        };
        (!value.is_empty()).then_some(value)
    }

    fn list<'a>(&self, record: &impl Record<'a>) -> Result<Vec<Cow<'a, str>>, Reason> {
        for path in &self.from {
            let words = record.words(path)?;
            let kept: Vec<Cow<'a, str>> = words
                .into_iter()
                .filter(|w| !self.says_nothing(w))
                .filter_map(|w| self.meant(w))
                .collect();
            if !kept.is_empty() {
                return Ok(kept);
            }
        }
        Ok(Vec::new())
    }

    fn time<'a>(
        &self,
        record: &impl Record<'a>,
        dates: &Dates,
    ) -> Result<Option<i64>, (Reason, Cow<'a, str>)> {
        let bad = |r| (r, Cow::Borrowed("time"));
        let mut text = self.word(record).map_err(bad)?;
        if self.join.is_some() {
            // The first may have a clock of its own, or be all there is.
            let first = record.word(&self.from[0]).map_err(bad)?;
            let has_clock = |t: &Cow<'_, str>| !is_day(t) && dates.read(t).is_ok();
            text = first.filter(|t| text.is_none() || has_clock(t)).or(text);
        }
        let Some(text) = text else {
            return Ok(None);
        };
        let read = match &self.form {
            Some(form) if dates.form.is_none() => {
                dates.in_form(&text, form).ok_or(TimeFault::Unknown)
            }
            _ => dates.read(&text),
        };
        match read {
            Ok((time, _)) => Ok(Some(time.0)),
            Err(fault) => Err((fault.reason(), text)),
        }
    }

    fn is_yes(&self, word: &str) -> bool {
        if self.yes.is_empty() {
            is_yes(word)
        } else {
            let is = |y: &String| y == "*" || y.eq_ignore_ascii_case(word.trim());
            self.yes.iter().any(is)
        }
    }

    /// Reads the role into a post.
    ///
    /// # Errors
    /// Why the record is no post, and what was seen.
    pub(crate) fn fill<'a>(
        &self,
        record: &impl Record<'a>,
        dates: &Dates,
        post: &mut Post<'a>,
    ) -> Result<(), (Reason, Cow<'a, str>)> {
        let bad = |reason| (reason, Cow::Borrowed(self.role.name()));
        let word = || self.word(record).map_err(bad);
        let list = || self.list(record).map_err(bad);
        let number = || word().map(|w| w.and_then(|w| count(&w)));
        match self.role {
            Role::Id => post.id = word()?.unwrap_or_default(),
            Role::Account => post.account = word()?.unwrap_or_default(),
            Role::AccountName => post.account_name = word()?,
            Role::Time => post.time = self.time(record, dates)?.unwrap_or(NO_TIME),
            Role::ReceiptTime => {
                if let Some(received) = self.time(record, dates)? {
                    post.client_time = Some(post.time).filter(|t| *t != NO_TIME);
                    post.time = received;
                }
            }
            Role::Text => post.text = word()?,
            Role::RepostOf => {
                post.repost_of = word()?;
                post.is_repost |= post.repost_of.is_some();
            }
            Role::RepostTime => post.repost_of_time = self.time(record, dates).unwrap_or(None),
            Role::IsRepost => post.is_repost |= word()?.is_some_and(|w| self.is_yes(&w)),
            Role::ReplyTo => post.reply_to = word()?,
            Role::Object => post.object = word()?,
            Role::Urls => post.urls = list()?,
            Role::Permalink => post.permalink = word()?,
            Role::Hashtags => post.hashtags = list()?,
            Role::Mentions => post.mentions = list()?,
            Role::Media => post.media = list()?,
            Role::Platform => {
                if let Some(named) = word()? {
                    post.platform = Cow::Owned(named.to_lowercase());
                }
            }
            Role::Language => post.language = word()?,
            Role::Client => post.client = word()?,
            Role::Community => post.community = word()?,
            Role::Likes => post.likes = number()?,
            Role::Shares => post.shares = number()?,
            Role::Views => post.views = number()?,
            Role::Followers => post.followers = number()?,
            Role::AccountCreated => {
                let created = self.time(record, dates).unwrap_or(None);
                post.account_created = created.map(Timestamp);
            }
        }
        Ok(())
    }
}

/// What stands where no time was read.
pub(crate) const NO_TIME: i64 = i64::MIN;

/// What exports write for nothing.
pub(crate) fn is_none(text: &str) -> bool {
    matches!(
        text,
        "" | "NA"
            | "N/A"
            | "#N/A"
            | "<NA>"
            | "null"
            | "NULL"
            | "None"
            | "nan"
            | "NaN"
            | "NaT"
            | "undefined"
            | "[]"
            | "absent"
    )
}

pub(crate) fn is_yes(text: &str) -> bool {
    matches!(text, "1" | "true" | "True" | "TRUE" | "yes" | "t")
}

/// A count, also with separators of thousands.
pub(crate) fn count(text: &str) -> Option<u64> {
    let number = |t: &str| {
        t.parse::<f64>()
            .ok()
            .filter(|n| *n >= 0.0)
            .map(|n| n as u64)
    };
    number(text).or_else(|| {
        let plain = text.replace([',', ' ', '\u{a0}', '\''], "");
        number(&plain)
    })
}

/// The words of marked-up text: tags dropped, paragraphs and breaks as spaces, entities resolved.
pub(crate) fn plain_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else {
            rest = "";
            break;
        };
        let tag = &rest[open..open + close];
        if tag.starts_with("<br") || tag.starts_with("</p") {
            out.push(' ');
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    html_escape::decode_html_entities(out.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_taken_off() {
        let html = "<p>Vote &amp; tell<br />a <a href=\"https://x.org/\"><span>friend</span></a></p><p>now</p><";
        assert_eq!(plain_text(html), "Vote & tell a friend now");
    }

    #[test]
    fn counts_may_be_written_in_thousands() {
        for (text, want) in [
            ("1,234", Some(1234)),
            ("7", Some(7)),
            ("7.0", Some(7)),
            ("-1", None),
            ("many", None),
        ] {
            assert_eq!(count(text), want, "{text}");
        }
    }
}
