//! W3C's extended log, as IIS writes it: a directive names the columns, and may come again in mid-file with others.
//! Times are UTC. A blank within a value is written as `+`, so that a plus in it cannot be told from one.

use std::borrow::Cow;

use jiff::civil::Date;
use overt_model::log::{Connection, Logged, Outcome, Request};
use overt_model::{Network, Timestamp};

use super::out::{LogReason, LogSkip, Out, Told};
use super::run::LineFormat;
use super::settings::{LogSettings, Zone};
use super::{proxy, when};
use crate::error::Stop;

/// What a column says, as far as it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Date,
    Time,
    Client,
    Forwarded,
    Host,
    User,
    Method,
    Stem,
    Query,
    Status,
    Bytes,
    Referrer,
    Agent,
    Action,
    Protocol,
    Target,
    Port,
}

const COLUMNS: usize = 17;

/// Names in lower case, as IIS, CloudFront and the firewall of Windows write them.
const NAMES: [(&str, Column); 22] = [
    ("date", Column::Date),
    ("time", Column::Time),
    ("c-ip", Column::Client),
    ("src-ip", Column::Client),
    ("x-forwarded-for", Column::Forwarded),
    ("cs(x-forwarded-for)", Column::Forwarded),
    ("cs-host", Column::Host),
    ("cs(host)", Column::Host),
    ("x-host-header", Column::Host),
    ("cs-username", Column::User),
    ("cs-method", Column::Method),
    ("cs-uri-stem", Column::Stem),
    ("cs-uri", Column::Stem),
    ("cs-uri-query", Column::Query),
    ("sc-status", Column::Status),
    ("sc-bytes", Column::Bytes),
    ("cs(referer)", Column::Referrer),
    ("cs(user-agent)", Column::Agent),
    ("action", Column::Action),
    ("protocol", Column::Protocol),
    ("dst-ip", Column::Target),
    ("dst-port", Column::Port),
];

/// What each cell of a line says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Layout {
    cells: Vec<Option<Column>>,
    /// Whether values are written as in links, `%20` for a blank, as CloudFront does.
    percent: bool,
}

impl Layout {
    fn read(names: &str) -> Self {
        let mut layout = Self::default();
        for name in names.split_ascii_whitespace() {
            let name = name.to_ascii_lowercase();
            let known = NAMES.iter().find(|(known, _)| *known == name);
            layout.cells.push(known.map(|(_, column)| *column));
            layout.percent |= name == "x-edge-location";
        }
        layout
    }

    fn has(&self, column: Column) -> bool {
        self.cells.contains(&Some(column))
    }

    /// The values of a line by column; `None` when it has more or fewer than there are columns.
    fn cells<'a>(&self, line: &'a str) -> Option<Cells<'a>> {
        // CloudFront and ISA put tabs between values, IIS blanks.
        let tabs = memchr::memchr(b'\t', line.as_bytes()).is_some()
            && line.split('\t').count() == self.cells.len();
        let delimiter = if tabs { '\t' } else { ' ' };
        let mut values = line.split(delimiter);
        let mut cells = Cells([None; COLUMNS]);
        for column in &self.cells {
            let value = values.next()?;
            if let Some(column) = column {
                // Of a repeated column the last is the more particular: CloudFront's own host comes first.
                cells.0[*column as usize] = Some(value);
            }
        }
        values.next().is_none().then_some(cells)
    }
}

struct Cells<'a>([Option<&'a str>; COLUMNS]);

impl<'a> Cells<'a> {
    /// A value as written.
    fn raw(&self, column: Column) -> Option<&'a str> {
        self.0[column as usize]
    }

    /// A value, if there is one: a dash says there is none.
    fn get(&self, column: Column) -> Option<&'a str> {
        self.raw(column).filter(|v| *v != "-" && !v.is_empty())
    }
}

/// Whether a line says which columns there are.
pub(super) fn is_fields(line: &str) -> bool {
    line.strip_prefix("#Fields:").is_some_and(|names| {
        let layout = Layout::read(names);
        layout.has(Column::Time) && (layout.has(Column::Stem) || layout.has(Column::Action))
    })
}

pub(super) struct W3c {
    /// UTC, but for logs that say their times are local.
    zone: Zone,
    local: Zone,
    proxies: Vec<Network>,
    layout: Layout,
    /// The day that a directive says, for logs without a column for it.
    day: Option<Date>,
}

impl W3c {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: Zone::default(),
            local: settings.zone.clone(),
            proxies: settings.proxies.clone(),
            layout: Layout::default(),
            day: None,
        }
    }

    fn directive(&mut self, line: &str) {
        let said = |name: &str| line.strip_prefix(name).map(str::trim);
        if let Some(names) = said("#Fields:") {
            self.layout = Layout::read(names);
        } else if let Some(date) = said("#Date:") {
            self.day = date
                .get(..10)
                .and_then(|d| when::day(d.as_bytes()))
                .or(self.day);
        } else if said("#Time Format:") == Some("Local") {
            self.zone = self.local.clone();
        }
    }

    fn time(&self, cells: &Cells<'_>) -> Option<Timestamp> {
        let day = match cells.raw(Column::Date) {
            Some(day) => when::day(day.as_bytes()),
            None => self.day,
        };
        let clock = when::clock(cells.raw(Column::Time)?.as_bytes())?;
        self.zone.instant(day?.to_datetime(clock))
    }

    fn request<'a>(&self, cells: &Cells<'a>) -> Request<'a> {
        let source = Cow::Borrowed(cells.get(Column::Client).unwrap_or(""));
        // In a link a plus may be its own: only CloudFront's writing is undone there.
        let referrer = cells.raw(Column::Referrer).map(|_| {
            let written = cells.get(Column::Referrer).unwrap_or("");
            if self.layout.percent {
                percent_decoded(written)
            } else {
                Cow::Borrowed(written)
            }
        });
        let agent = cells.raw(Column::Agent);
        let agent = agent.map(|_| self.plain(cells.get(Column::Agent).unwrap_or("")));
        Request {
            source: proxy::client(source, cells.get(Column::Forwarded), &self.proxies),
            host: cells.get(Column::Host).map(Cow::Borrowed),
            user: cells.get(Column::User).map(|user| self.plain(user)),
            method: Cow::Borrowed(cells.get(Column::Method).unwrap_or("")),
            target: target(cells),
            status: cells.get(Column::Status).and_then(|s| s.parse().ok()),
            bytes: cells.get(Column::Bytes).and_then(|s| s.parse().ok()),
            referrer,
            agent,
        }
    }

    /// A value with its blanks.
    fn plain<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.layout.percent {
            return percent_decoded(text);
        }
        if text.contains('+') {
            Cow::Owned(text.replace('+', " "))
        } else {
            Cow::Borrowed(text)
        }
    }
}

impl LineFormat for W3c {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        if line.starts_with('#') {
            self.directive(line);
            return Ok(Told::Skip(LogSkip::Comment));
        }
        if self.layout.cells.is_empty() {
            return Ok(Told::reject(LogReason::UnknownColumns, line));
        }
        let Some(cells) = self.layout.cells(line) else {
            return Ok(Told::reject(LogReason::ColumnCount, line));
        };
        let Some(time) = self.time(&cells) else {
            let seen = cells.raw(Column::Time).unwrap_or("");
            return Ok(Told::reject(LogReason::BadTime, seen));
        };
        let what = if self.layout.has(Column::Stem) {
            Logged::Request(self.request(&cells))
        } else {
            Logged::Connection(connection(&cells))
        };
        out.hand(time, what)
    }
}

fn target<'a>(cells: &Cells<'a>) -> Cow<'a, str> {
    let stem = cells.get(Column::Stem).unwrap_or("");
    match cells.get(Column::Query) {
        Some(query) => Cow::Owned(format!("{stem}?{query}")),
        None => Cow::Borrowed(stem),
    }
}

/// A line of the firewall of Windows.
fn connection<'a>(cells: &Cells<'a>) -> Connection<'a> {
    let text = |column| Cow::Borrowed(cells.get(column).unwrap_or(""));
    Connection {
        source: text(Column::Client),
        target: text(Column::Target),
        port: cells.get(Column::Port).and_then(|p| p.parse().ok()),
        protocol: cells
            .get(Column::Protocol)
            .map(|p| Cow::Owned(p.to_ascii_lowercase())),
        outcome: match cells.get(Column::Action) {
            Some("ALLOW") => Outcome::Allowed,
            Some("DROP") => Outcome::Refused,
            _ => Outcome::Unknown,
        },
        ..Connection::default()
    }
}

/// A text written as in links; as it stands where that would not be UTF-8.
pub(super) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*first, digit(0), digit(1)) {
            plain.push((high * 16 + low) as u8);
            rest = &after[2..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    String::from_utf8(plain).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_blanks_given_back() {
        let mut w3c = W3c::new(&LogSettings::default());
        w3c.directive("#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) sc-status");
        let line = "2016-03-05 05:47:18 192.0.2.9 GET /a b=c 198.51.100.7 Mozilla/5.0+(X11) http://e.example/?q=a+b 404";
        let cells = w3c.layout.cells(line).expect("as many cells as columns");
        let read = w3c.request(&cells);
        assert_eq!(
            w3c.time(&cells).map(|t| t.to_string()).as_deref(),
            Some("2016-03-05T05:47:18Z")
        );
        assert_eq!((&*read.source, &*read.target), ("198.51.100.7", "/a?b=c"));
        assert_eq!(read.agent.as_deref(), Some("Mozilla/5.0 (X11)"));
        assert_eq!(
            (read.referrer.as_deref(), read.status),
            (Some("http://e.example/?q=a+b"), Some(404))
        );
        assert!(w3c.layout.cells("2016-03-05 05:47:18").is_none());
        assert!(w3c.layout.cells(&format!("{line} more")).is_none());
    }

    #[test]
    fn cloudfront_has_tabs_and_percents_and_its_own_host_beside_the_one_asked() {
        let mut w3c = W3c::new(&LogSettings::default());
        w3c.directive("#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) x-host-header");
        let line = "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111.cloudfront.net\t/index.html\t200\tMozilla/5.0%20(X)\tvote.example";
        let cells = w3c.layout.cells(line).expect("as many cells as columns");
        let read = w3c.request(&cells);
        assert_eq!(read.agent.as_deref(), Some("Mozilla/5.0 (X)"));
        assert_eq!(
            (read.host.as_deref(), read.bytes),
            (Some("vote.example"), Some(392))
        );
        assert_eq!(percent_decoded("%e9%zz%"), "%e9%zz%");
    }

    #[test]
    fn the_firewall_of_windows_writes_connections_in_local_time() {
        let zone = "+02:00".parse().expect("a zone");
        let mut w3c = W3c::new(&LogSettings {
            zone,
            ..LogSettings::default()
        });
        let fields = "#Fields: date time action protocol src-ip dst-ip src-port dst-port size";
        assert!(is_fields(fields));
        w3c.directive("#Time Format: Local");
        w3c.directive(fields);
        let cells = w3c
            .layout
            .cells("2024-11-24 12:00:00 DROP TCP 203.0.113.9 192.0.2.1 51515 3389 52");
        let cells = cells.expect("as many cells as columns");
        assert_eq!(
            w3c.time(&cells).map(|t| t.to_string()).as_deref(),
            Some("2024-11-24T10:00:00Z")
        );
        let read = connection(&cells);
        assert_eq!((read.outcome, read.port), (Outcome::Refused, Some(3389)));
        assert_eq!(read.protocol.as_deref(), Some("tcp"));
    }
}
