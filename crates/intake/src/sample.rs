//! What the first rows of an export tell that names of columns do not: which column is the time, whether day or month
//! comes first, and whether links are the posts' own addresses.

use std::borrow::Cow;
use std::collections::HashSet;

use csv::ByteRecord;
use overt_model::Post;

use crate::delimited::{Dialect, TextRow};
use crate::layout::{Layout, candidates, says};
use crate::mapping::{Path, Rule, is_none};
use crate::read::Settings;
use crate::roles::{Role, plain_name};
use crate::time::{Dates, Order, TimeFault, is_clock, is_day};

/// Rows that are looked at.
const ROWS: usize = 1000;

/// The first rows of a table.
pub(crate) struct Sample {
    records: Vec<ByteRecord>,
}

impl Sample {
    /// The rows of a table that begins with its header and may be cut off.
    pub(crate) fn of_table(bytes: &[u8], dialect: Dialect, width: usize) -> Self {
        let mut reader = dialect.reader(bytes);
        let mut records: Vec<ByteRecord> = Vec::new();
        let mut record = ByteRecord::new();
        while records.len() <= ROWS && reader.read_byte_record(&mut record).is_ok_and(|more| more) {
            if record.len() == width {
                records.push(record.clone());
            }
        }
        // The last may be cut.
        if records.len() > 1 && !bytes.ends_with(b"\n") {
            records.pop();
        }
        Self { records }
    }

    /// What some rows of cells say, whatever they are stored as.
    pub(crate) fn of_rows(rows: impl Iterator<Item = Vec<String>>) -> Self {
        let records = rows.take(ROWS).map(ByteRecord::from);
        Self {
            records: records.collect(),
        }
    }

    fn rows(&self) -> impl Iterator<Item = TextRow<'_>> {
        self.records.iter().map(TextRow::new)
    }

    /// Values of a column that say something.
    pub(crate) fn column(&self, column: usize) -> Vec<Cow<'_, str>> {
        let cells = self.records.iter().filter_map(|r| r.get(column));
        let text = cells.map(|c| match String::from_utf8_lossy(c) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        });
        text.filter(|t| !is_none(t)).collect()
    }
}

/// Decides between columns by their values, where their names were all there was; says what the reader should know.
pub(crate) fn decide(
    layout: &mut Layout,
    columns: &[String],
    sample: &Sample,
    settings: &Settings,
) -> Vec<String> {
    if !layout.guessed {
        return Vec::new();
    }
    let given = |role: Role| settings.columns.iter().any(|(r, _)| *r == role);
    if !given(Role::Time) {
        choose_time(layout, columns, sample);
    }
    let mut told = Vec::new();
    if !given(Role::Account) {
        told.extend(open_account(layout, columns, sample));
    }
    if !given(Role::Urls) {
        told.extend(part_permalinks(layout, columns, sample));
    }
    told
}

/// What names an account within all that is known of it, the best first.
const NAMING: [&str; 10] = [
    "username",
    "screen_name",
    "screenName",
    "user_name",
    "handle",
    "unique_id",
    "uniqueId",
    "id_str",
    "id",
    "name",
];

/// Opens a column that holds all that is known of an account where it should name it: what else is known changes from post
/// to post.
fn open_account(layout: &mut Layout, columns: &[String], sample: &Sample) -> Option<String> {
    let column = layout.of(Role::Account)?;
    let values = sample.column(column);
    let mostly = |n: usize| 10 * n >= 9 * values.len();
    let structures = values.iter().filter(|v| v.starts_with('{')).count();
    if values.is_empty() || !mostly(structures) {
        return None;
    }
    // A name with a dot in it would be parted there.
    let path = |field: &&str| {
        let path = Path::into_cells(&format!("{}.{field}", columns[column]), columns)?;
        (path.place == Some(column)).then_some(path)
    };
    let names = |path: &Path| mostly(values.iter().filter(|v| says(v, path)).count());
    let found = NAMING.iter().filter_map(path).find(names)?;
    let told = format!(
        "{} holds all that is known of an account; {} is taken as its name",
        columns[column], found.whole
    );
    layout.put_rule(Rule::plain(Role::Account, vec![found]));
    Some(told)
}

/// Takes the first column of a usual name whose values are times, or a day and a clock in two columns.
fn choose_time(layout: &mut Layout, columns: &[String], sample: &Sample) {
    let readable = |text: &str, dates: &Dates| !matches!(dates.read(text), Err(TimeFault::Unknown));
    let mostly = |column: usize, is: &dyn Fn(&str) -> bool| {
        let values = sample.column(column);
        !values.is_empty() && 2 * values.iter().filter(|v| is(v)).count() >= values.len()
    };
    let named: Vec<usize> = candidates(Role::Time, columns).collect();
    let clocks = [
        "time",
        "hour",
        "clock",
        "timeofday",
        "createdtime",
        "posttime",
    ];
    let is_named_clock = |c: &usize| clocks.contains(&plain_name(&columns[*c]).as_str());
    for &column in &named {
        if mostly(column, &is_clock) {
            continue;
        }
        if mostly(column, &is_day) {
            let clock = (0..columns.len())
                .filter(is_named_clock)
                .find(|c| *c != column && mostly(*c, &is_clock));
            if let Some(clock) = clock {
                layout.put_rule(joined(columns, column, clock));
                return;
            }
        }
        if mostly(column, &|text| readable(text, &layout.dates)) {
            layout.put(Role::Time, Some(column));
            return;
        }
    }
}

fn joined(columns: &[String], day: usize, clock: usize) -> Rule {
    let path = |column: usize| Path {
        place: Some(column),
        ..Path::plain(&columns[column])
    };
    let mut rule = Rule::plain(Role::Time, vec![path(day), path(clock)]);
    rule.join = Some(" ".to_owned());
    rule
}

/// Tells a column of the posts' own addresses from one of links that they share.
fn part_permalinks(layout: &mut Layout, columns: &[String], sample: &Sample) -> Vec<String> {
    let mut told = Vec::new();
    for column in candidates(Role::Urls, columns) {
        layout.put(Role::Urls, Some(column));
        let posts: Vec<Post<'_>> = sample
            .rows()
            .filter_map(|row| {
                let post = layout.post(&row).ok()?;
                Some(owned(&post))
            })
            .collect();
        if !are_permalinks(&posts) {
            return told;
        }
        if !layout.has(Role::Permalink) {
            layout.put(Role::Permalink, Some(column));
        }
        layout.put(Role::Urls, None);
        told.push(own_addresses(&columns[column]));
    }
    told
}

/// That a field holds the posts' own addresses.
pub(crate) fn own_addresses(field: &str) -> String {
    format!("{field} holds the posts' own addresses, which are not taken for shared links")
}

/// What tells whether a link is the post's own address.
fn owned(post: &Post<'_>) -> Post<'static> {
    let own = |text: &str| Cow::Owned(text.to_owned());
    let maybe = |text: &Option<Cow<'_, str>>| text.as_deref().map(own);
    Post {
        id: own(&post.id),
        account: own(&post.account),
        account_name: maybe(&post.account_name),
        community: maybe(&post.community),
        urls: post.urls.iter().map(|u| own(u)).collect(),
        ..Post::default()
    }
}

/// Whether the links of posts are their own addresses: one to a post, different in each, and nearly all with the account
/// or the post in them.
pub(crate) fn are_permalinks(posts: &[Post<'_>]) -> bool {
    let with: Vec<&Post<'_>> = posts.iter().filter(|p| !p.urls.is_empty()).collect();
    if with.len() < 3 || with.iter().any(|p| p.urls.len() > 1) {
        return false;
    }
    let distinct: HashSet<&str> = with.iter().map(|p| &*p.urls[0]).collect();
    let naming = with.iter().filter(|p| names_itself(p)).count();
    20 * distinct.len() >= 19 * with.len() && 10 * naming >= 9 * with.len()
}

/// Whether a post's link has the account, its name, its place or the post's own id among its steps.
fn names_itself(post: &Post<'_>) -> bool {
    let link = post.urls[0].to_lowercase();
    let steps: Vec<&str> = link
        .split(['/', '?', '&', '=', '#', '@', ':'])
        .filter(|s| !s.is_empty())
        .collect();
    let there = |name: &str, least: usize| {
        let name = name.trim_start_matches('@').to_lowercase();
        name.len() >= least && steps.iter().skip(1).any(|s| *s == name)
    };
    let maybe = |name: &Option<Cow<'_, str>>| name.as_deref().is_some_and(|n| there(n, 2));
    // A short number may be anything's.
    let id = post.id.rsplit('/').next().unwrap_or("");
    there(&post.account, 2) || maybe(&post.account_name) || maybe(&post.community) || there(id, 6)
}

/// Tells whether day or month comes first in times that have both in numbers: by the sample, else by the whole column.
///
/// # Errors
/// A time that could be two days, where none tells.
pub(crate) fn tell_order(
    layout: &mut Layout,
    sample: &Sample,
    whole: impl FnOnce() -> Option<Order>,
) -> Result<(), String> {
    if layout.dates.form.is_some() {
        return Ok(());
    }
    let mut example = None;
    for row in sample.rows() {
        let Some(text) = layout.time_text(&row) else {
            continue;
        };
        match Order::told_by(&text) {
            Some(Order::Untold) => {
                // Two equal numbers are one day either way round.
                let is_ambiguous = layout.dates.read(&text) == Err(TimeFault::Ambiguous);
                if example.is_none() && is_ambiguous {
                    example = Some(text.into_owned());
                }
            }
            None => {}
            Some(order) => {
                layout.dates.order = order;
                return Ok(());
            }
        }
    }
    if let Some(example) = example {
        layout.dates.order = whole().ok_or(example)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(account: &str, id: &str, link: &str) -> Post<'static> {
        Post {
            id: id.to_owned().into(),
            account: account.to_owned().into(),
            urls: vec![link.to_owned().into()],
            ..Post::default()
        }
    }

    #[test]
    fn own_addresses_are_told_from_shared_links() {
        let of = |link: &dyn Fn(usize) -> String| -> Vec<Post<'static>> {
            (0..20)
                .map(|n| {
                    post(
                        &format!("user{}", n % 3),
                        &format!("{}", 7_000_000 + n),
                        &link(n),
                    )
                })
                .collect()
        };
        let own: [&dyn Fn(usize) -> String; 4] = [
            &|n| format!("https://twitter.com/user{}/status/{}", n % 3, n),
            &|n| format!("https://www.youtube.com/watch?v={}", 7_000_000 + n),
            &|n| format!("https://www.tiktok.com/@User{}/video/{n}", n % 3),
            &|n| format!("https://t.me/channel/{}", 7_000_000 + n),
        ];
        for link in own {
            assert!(are_permalinks(&of(link)), "{}", link(1));
        }
        let shared: [&dyn Fn(usize) -> String; 4] = [
            &|n| format!("https://news.example/story/{n}"),
            &|n| format!("https://news.example/story/{}", n / 4),
            &|n| format!("https://twitter.com/user{}/status/1", n % 3),
            &|n| format!("https://user{}.example/{n}", n % 3),
        ];
        for link in shared {
            assert!(!are_permalinks(&of(link)), "{}", link(1));
        }
    }
}
