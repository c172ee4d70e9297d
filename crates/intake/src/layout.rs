//! Which column of a table says what, and posts from its rows.

use std::borrow::Cow;
use std::path::Path as FilePath;

use overt_model::{Post, Timestamp};
use serde_json::Value;

use crate::error::{Error, Reason};
use crate::mapping::{
    Mapping, NO_TIME, Path, Record, Rule, count, is_none, is_yes, of_python, scalar,
};
use crate::read::Settings;
use crate::roles::{ROLES, Role, plain_name};
use crate::time::{Dates, epoch};

/// A row of cells.
pub(crate) trait Row<'a> {
    /// A cell as text; empty where there is nothing.
    ///
    /// # Errors
    /// When it is no text.
    fn cell(&self, column: usize) -> Result<&'a str, Reason>;

    /// A cell as a whole number, where the table stores it as one.
    fn whole_number(&self, _column: usize) -> Option<i64> {
        None
    }
}

/// The cells of a row, found by path.
struct Cells<'r, R>(&'r R);

impl<'a, R: Row<'a>> Record<'a> for Cells<'_, R> {
    fn word(&self, path: &Path) -> Result<Option<Cow<'a, str>>, Reason> {
        let Some(column) = path.place else {
            return Ok(None);
        };
        if let Some(number) = self.0.whole_number(column) {
            return Ok(Some(Cow::Owned(number.to_string())));
        }
        let cell = self.0.cell(column)?;
        if path.steps.is_empty() {
            return Ok((!is_none(cell)).then_some(Cow::Borrowed(cell)));
        }
        let first = inside(cell, path).into_iter().next();
        Ok(first.map(Cow::Owned))
    }

    fn words(&self, path: &Path) -> Result<Vec<Cow<'a, str>>, Reason> {
        let Some(column) = path.place else {
            return Ok(Vec::new());
        };
        let cell = self.0.cell(column)?;
        if path.steps.is_empty() {
            return Ok(split_list(cell));
        }
        Ok(inside(cell, path).into_iter().map(Cow::Owned).collect())
    }
}

/// Whether a path leads to something in a cell that holds a structure.
pub(crate) fn says(cell: &str, path: &Path) -> bool {
    inside(cell, path).iter().any(|found| !found.is_empty())
}

/// What a path leads to in a cell of JSON, or of Python's way to write the like.
fn inside(cell: &str, path: &Path) -> Vec<String> {
    let value = serde_json::from_str(cell).ok().or_else(|| of_python(cell));
    let value: Value = value.unwrap_or_default();
    let found = path.follow(&value).into_iter();
    found
        .filter_map(|v| scalar(v).map(Cow::into_owned))
        .collect()
}

/// Where each role stands in a row.
#[derive(Clone)]
pub(crate) struct Layout {
    at: [Option<usize>; ROLES.len()],
    /// Roles that are more than one cell as it stands.
    rules: Vec<Rule>,
    extra: Vec<usize>,
    /// Whether there is more than the bare event.
    details: bool,
    /// Whether columns were told by their usual names, so that their values decide between them.
    pub(crate) guessed: bool,
    pub(crate) platform: String,
    nobody: Vec<String>,
    pub(crate) dates: Dates,
}

impl Layout {
    /// Finds the roles among columns: by what the user says, then by the format's mapping, then by usual names.
    ///
    /// # Errors
    /// Columns that the user names and the table has not, and a table without accounts or times.
    pub(crate) fn find(
        path: &FilePath,
        columns: &[String],
        mapping: Option<&Mapping>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let layout = Self::roles(path, columns, mapping, settings)?;
        layout.check(path, columns)?;
        Ok(layout)
    }

    /// Finds what roles there are among columns.
    pub(crate) fn roles(
        path: &FilePath,
        columns: &[String],
        mapping: Option<&Mapping>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let platform = mapping.and_then(|m| m.platform.clone());
        let mut layout = Self {
            at: [None; ROLES.len()],
            rules: Vec::new(),
            extra: Vec::new(),
            details: false,
            guessed: mapping.is_none(),
            platform: settings.platform.clone().or(platform).unwrap_or_default(),
            nobody: mapping.map_or(Vec::new(), |m| m.nobody.clone()),
            dates: settings.dates(),
        };
        for (role, _, _) in &ROLES {
            let given = settings.columns.iter().find(|(r, _)| r == role);
            match (given, mapping) {
                (Some((_, name)), _) => layout.set(&given_rule(path, *role, name, columns)?),
                (None, Some(mapping)) => {
                    let rule = mapping.rule(*role).and_then(|r| r.among(columns));
                    rule.iter().for_each(|rule| layout.set(rule));
                }
                (None, None) => {
                    layout.at[*role as usize] = candidates(*role, columns).next();
                }
            }
        }
        for name in &settings.extra {
            layout.extra.push(place(path, name, columns)?);
        }
        layout.look();
        Ok(layout)
    }

    fn set(&mut self, rule: &Rule) {
        match rule.from[0].place {
            Some(column) if rule.is_plain() => self.at[rule.role as usize] = Some(column),
            _ => self.rules.push(rule.clone()),
        }
    }

    fn look(&mut self) {
        let bare = [Role::Id, Role::Account, Role::Time, Role::Object];
        let beyond = |(role, _, _): &(Role, _, _)| !bare.contains(role) && self.has(*role);
        self.details = ROLES.iter().any(beyond);
    }

    fn check(&self, path: &FilePath, columns: &[String]) -> Result<(), Error> {
        for role in [Role::Account, Role::Time] {
            let other = role == Role::Time && self.has(Role::ReceiptTime);
            if !(other || self.has(role)) {
                return Err(Error::MissingColumn {
                    path: path.to_owned(),
                    role: role.name(),
                    found: named(columns),
                });
            }
        }
        Ok(())
    }

    /// Whether some column says a role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.at[role as usize].is_some() || self.rules.iter().any(|r| r.role == role)
    }

    /// The only column that says a role.
    pub(crate) fn of(&self, role: Role) -> Option<usize> {
        self.at[role as usize]
    }

    /// Says that one column says a role, or none.
    pub(crate) fn put(&mut self, role: Role, column: Option<usize>) {
        self.at[role as usize] = column;
        self.look();
    }

    /// Says that a role is read from several columns.
    pub(crate) fn put_rule(&mut self, rule: Rule) {
        self.at[rule.role as usize] = None;
        self.rules.push(rule);
        self.look();
    }

    /// Columns by role, and whether they are joined.
    pub(crate) fn said(&self) -> impl Iterator<Item = (Role, Vec<usize>, bool)> {
        ROLES.iter().filter_map(|(role, _, _)| {
            let rule = self.rules.iter().find(|r| r.role == *role);
            let of_rule = rule.map(|r| r.from.iter().filter_map(|p| p.place).collect());
            let found = self.of(*role).map(|c| vec![c]).or(of_rule)?;
            Some((*role, found, rule.is_some_and(|r| r.join.is_some())))
        })
    }

    /// The columns in use, in order.
    pub(crate) fn columns(&self) -> Vec<usize> {
        let of_rules = self.rules.iter().flat_map(|rule| {
            let when = rule.when.iter().map(|(path, _)| path);
            rule.from.iter().chain(when).filter_map(|path| path.place)
        });
        let mut used: Vec<usize> = self
            .at
            .iter()
            .flatten()
            .chain(&self.extra)
            .copied()
            .chain(of_rules)
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// Whether a column holds nothing but times.
    pub(crate) fn is_time(&self, column: usize) -> bool {
        let times = [Role::Time, Role::ReceiptTime];
        let is = |n: usize| self.at[n] == Some(column);
        let elsewhere = (0..ROLES.len()).any(|n| !times.contains(&ROLES[n].0) && is(n));
        let in_rules = self
            .rules
            .iter()
            .flat_map(|r| &r.from)
            .any(|p| p.place == Some(column));
        times.iter().any(|role| is(*role as usize))
            && !elsewhere
            && !in_rules
            && !self.extra.contains(&column)
    }

    /// The time of a row, as it is written.
    pub(crate) fn time_text<'a>(&self, row: &impl Row<'a>) -> Option<Cow<'a, str>> {
        if let Some(column) = self.of(Role::Time) {
            return row.cell(column).ok().map(Cow::Borrowed);
        }
        let rule = self.rules.iter().find(|r| r.role == Role::Time)?;
        rule.word(&Cells(row)).ok().flatten()
    }

    /// A post from the cells of a row.
    pub(crate) fn post<'a>(&self, row: &impl Row<'a>) -> Result<Post<'a>, (Reason, Cow<'a, str>)> {
        let get = |role: Role| -> Result<&'a str, (Reason, Cow<'a, str>)> {
            self.of(role)
                .map_or(Ok(""), |column| row.cell(column))
                .map_err(|reason| (reason, Cow::Borrowed(role.name())))
        };
        let some = |role: Role| get(role).map(|t| (!is_none(t)).then_some(Cow::Borrowed(t)));
        let time = |role: Role| -> Result<Option<i64>, (Reason, Cow<'a, str>)> {
            if let Some(n) = self.of(role).and_then(|column| row.whole_number(column)) {
                let epoch = epoch(n).ok_or((Reason::BadTime, Cow::Borrowed("")))?;
                return Ok(Some(epoch.0.0));
            }
            let text = get(role)?;
            if is_none(text) {
                return Ok(None);
            }
            match self.dates.read(text) {
                Ok((time, _)) => Ok(Some(time.0)),
                Err(fault) => Err((fault.reason(), Cow::Borrowed(text))),
            }
        };
        let posted = time(Role::Time)?;
        let received = if self.of(Role::ReceiptTime).is_some() {
            time(Role::ReceiptTime)?
        } else {
            None
        };
        let mut post = Post {
            id: Cow::Borrowed(get(Role::Id)?),
            account: Cow::Borrowed(get(Role::Account)?),
            time: received.or(posted).unwrap_or(NO_TIME),
            client_time: received.and(posted),
            object: some(Role::Object)?,
            ..Post::default()
        };
        if self.of(Role::Platform).is_some() {
            let named = get(Role::Platform)?;
            if !named.is_empty() {
                post.platform = Cow::Owned(named.to_lowercase());
            }
        }
        if self.details {
            details(&mut post, &get, &time)?;
        }
        for rule in &self.rules {
            rule.fill(&Cells(row), &self.dates, &mut post)?;
        }
        for &column in &self.extra {
            let value = row
                .cell(column)
                .map_err(|reason| (reason, Cow::Borrowed("column")))?;
            post.columns
                .push((!is_none(value)).then_some(Cow::Borrowed(value)));
        }
        complete(&mut post)?;
        Ok(post)
    }

    /// Whether an account stands for nobody in particular.
    #[inline]
    pub(crate) fn is_nobody(&self, account: &str) -> bool {
        !self.nobody.is_empty() && self.nobody.iter().any(|n| n == account)
    }
}

/// What there is beyond the bare event.
fn details<'a, E>(
    post: &mut Post<'a>,
    get: &impl Fn(Role) -> Result<&'a str, E>,
    time: &impl Fn(Role) -> Result<Option<i64>, E>,
) -> Result<(), E> {
    let some = |role: Role| get(role).map(|t| (!is_none(t)).then_some(Cow::Borrowed(t)));
    let list = |role: Role| get(role).map(split_list);
    let number = |role: Role| get(role).map(count);
    post.account_name = some(Role::AccountName)?;
    post.text = some(Role::Text)?;
    post.repost_of = some(Role::RepostOf)?;
    post.repost_of_time = time(Role::RepostTime).unwrap_or(None);
    post.is_repost = is_yes(get(Role::IsRepost)?) || post.repost_of.is_some();
    post.reply_to = some(Role::ReplyTo)?;
    post.urls = list(Role::Urls)?;
    post.permalink = some(Role::Permalink)?;
    post.hashtags = list(Role::Hashtags)?;
    post.mentions = list(Role::Mentions)?;
    post.media = list(Role::Media)?;
    post.language = some(Role::Language)?;
    post.client = some(Role::Client)?;
    post.community = some(Role::Community)?;
    post.likes = number(Role::Likes)?;
    post.shares = number(Role::Shares)?;
    post.views = number(Role::Views)?;
    post.followers = number(Role::Followers)?;
    post.account_created = time(Role::AccountCreated).unwrap_or(None).map(Timestamp);
    Ok(())
}

/// What a mapping that somebody gave reads from columns that a table has not: mistyped, more often than not.
pub(crate) fn not_there(settings: &Settings, columns: &[String]) -> Option<String> {
    let mapping = settings.mapping.as_ref()?;
    let is_given = |role: &Role| settings.columns.iter().any(|(r, _)| r == role);
    let missing = ROLES.iter().map(|(role, _, _)| *role).filter(|role| {
        let rule = mapping.rule(*role);
        !is_given(role) && rule.is_some_and(|rule| rule.among(columns).is_none())
    });
    let missing: Vec<&str> = missing.map(Role::name).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "the mapping reads {} from columns that are not there; the table has {}",
            missing.join(", "),
            named(columns)
        )
    })
}

/// A post that has a time, whose own address is not among its links.
pub(crate) fn complete<'a>(post: &mut Post<'a>) -> Result<(), (Reason, Cow<'a, str>)> {
    if post.time == NO_TIME {
        return Err((Reason::MissingTime, Cow::Borrowed("")));
    }
    if let Some(own) = &post.permalink {
        // Some give it without the site.
        let is_path = own.starts_with('/') && own.len() > 1;
        post.urls
            .retain(|link| link != own && !(is_path && link.ends_with(&**own)));
    }
    Ok(())
}

/// Columns that may say a role, by their usual names, the best first.
pub(crate) fn candidates(role: Role, columns: &[String]) -> impl Iterator<Item = usize> {
    let plain: Vec<String> = columns.iter().map(|c| plain_name(c)).collect();
    let found = role.columns().iter().filter_map(move |name| {
        let name = plain_name(name);
        plain.iter().position(|c| *c == name)
    });
    found.collect::<Vec<_>>().into_iter()
}

/// The rule for what the user says of a role: a column, or a path into its cells.
fn given_rule(file: &FilePath, role: Role, name: &str, columns: &[String]) -> Result<Rule, Error> {
    let path = Path::read(name).ok().and_then(|path| path.among(columns));
    match path.or_else(|| Path::into_cells(name, columns)) {
        Some(path) => Ok(Rule::plain(role, vec![path])),
        None => Err(no_such_column(file, name, columns)),
    }
}

fn place(file: &FilePath, name: &str, columns: &[String]) -> Result<usize, Error> {
    let found = columns.iter().position(|c| c.eq_ignore_ascii_case(name));
    found.ok_or_else(|| no_such_column(file, name, columns))
}

fn no_such_column(file: &FilePath, name: &str, columns: &[String]) -> Error {
    Error::NoSuchColumn {
        path: file.to_owned(),
        column: name.to_owned(),
        found: named(columns),
    }
}

/// A list in one cell: `[a, b]`, `['a', 'b']`, `a|b`, `a b` or `a,b`.
pub(crate) fn split_list(text: &str) -> Vec<Cow<'_, str>> {
    if is_none(text) {
        return Vec::new();
    }
    if text.starts_with("[\"")
        && let Ok(items) = serde_json::from_str::<Vec<String>>(text)
    {
        return items
            .into_iter()
            .filter(|i| !i.is_empty())
            .map(Cow::Owned)
            .collect();
    }
    let inner = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .unwrap_or(text);
    let separators: &[char] = if inner.contains("://") {
        &[' ', '|', '\n', '\t']
    } else {
        &[' ', '|', ',', ';', '\n', '\t']
    };
    inner
        .split(separators)
        .map(|item| item.trim_matches([' ', ',', '\'', '"']))
        .filter(|item| !item.is_empty())
        .map(Cow::Borrowed)
        .collect()
}

/// Columns by their names. A first row that is none of names may be anything, what somebody typed among it: of such a cell
/// its length is told.
fn named(columns: &[String]) -> String {
    let name = |cell: &String| {
        let is_name = cell.chars().count() <= LONGEST_NAME
            && !cell.contains(['/', '?', '=', '@', '"', '\\', '&'])
            && !cell.contains("  ");
        if is_name {
            cell.clone()
        } else {
            format!("(no name, {} characters)", cell.chars().count())
        }
    };
    columns.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A longer cell names no column.
const LONGEST_NAME: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_stand_in_the_order_of_their_table() {
        for (n, (role, _, _)) in ROLES.iter().enumerate() {
            assert_eq!(*role as usize, n, "{role:?}");
        }
    }

    #[test]
    fn lists_are_split_however_they_are_written() {
        for (text, want) in [
            (
                "[https://a.org/x,y, http://b.org]",
                vec!["https://a.org/x,y", "http://b.org"],
            ),
            ("['238096063', '7']", vec!["238096063", "7"]),
            ("one|two", vec!["one", "two"]),
            ("one,two three", vec!["one", "two", "three"]),
            (
                r#"["https://a.org/x y","b"]"#,
                vec!["https://a.org/x y", "b"],
            ),
            ("[]", vec![]),
        ] {
            assert_eq!(split_list(text), want, "{text}");
        }
    }
}
