//! The whole website of an election office on which nothing happens: the look-ups of its visitors among pages that are read,
//! searched and sent, crawlers, broken links, what is tried on any server, and the sign-ins of its staff.

use std::borrow::Cow;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};

use super::content::{ASKED_FOR, BROWSER, CRAWLER, ELSEWHERE, HERE, PAGES, PARTS, STREETS, TRIED};
use super::office::{Days, Office, Visit};

/// A request of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When, in milliseconds.
    pub time: i64,
    /// Who, by a number.
    pub source: u32,
    /// How.
    pub method: &'static str,
    /// What.
    pub target: Cow<'static, str>,
    /// What the server answered.
    pub status: u16,
    /// With how many bytes.
    pub bytes: u64,
    /// From which page.
    pub referrer: &'static str,
    /// With which program.
    pub agent: &'static str,
}

/// An attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// When, in milliseconds.
    pub time: i64,
    /// To which account, by a number.
    pub account: u32,
    /// From where, by a number.
    pub source: u32,
    /// Whether it succeeded.
    pub succeeded: bool,
}

/// What happened on a day, in order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebDay {
    /// Requests to the site.
    pub asked: Vec<Asked>,
    /// Sign-ins of the staff, as another log has them.
    pub signed_in: Vec<SignedIn>,
}

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
/// Where sources of each kind begin.
const READERS: u32 = 1_000_000_000;
const CRAWLERS: u32 = 3_000_000_000;
const STRANGERS: u32 = 3_200_000_000;
const HOMES: u32 = 3_400_000_000;
/// The address behind which the office is.
const HOUSE: u32 = 3_500_000_000;
/// Links somewhere on the web to pages that are gone.
const BROKEN: u32 = 40;
/// Articles that are there when the log begins, and days between two new ones.
const ARTICLES: u64 = 300;
const NEWS_EACH: usize = 2;

/// The site of an office.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Website {
    /// The office, whose register is looked up.
    pub office: Office,
    /// Those who work there.
    pub staff: u32,
}

impl Website {
    /// Of an office, with as many staff as it needs.
    pub fn of(office: Office) -> Self {
        Self {
            staff: 8 + (office.look_ups / 20.0) as u32,
            office,
        }
    }

    /// Its days, decided by a seed.
    pub fn days(&self, seed: u64) -> WebDays {
        WebDays {
            site: *self,
            visits: self.office.days(None, seed),
            rng: ChaCha8Rng::seed_from_u64(seed ^ 0x5173),
            day: 0,
            next: 0,
            zips: 4 + (self.office.voters / 8_000) as u32,
            today: WebDay::default(),
        }
    }
}

/// The days of a site, one after the other.
pub struct WebDays {
    site: Website,
    visits: Days,
    rng: ChaCha8Rng,
    day: usize,
    /// The next reader.
    next: u32,
    /// Postal codes of the county.
    zips: u32,
    today: WebDay,
}

impl Iterator for WebDays {
    type Item = WebDay;

    fn next(&mut self) -> Option<WebDay> {
        let visits = self.visits.next()?;
        visits.iter().for_each(|visit| self.look_up(visit));
        let busy = visits.len() as f64;
        self.readers(busy);
        self.crawlers();
        self.strangers();
        self.staff();
        self.day += 1;
        let mut today = std::mem::take(&mut self.today);
        today
            .asked
            .retain(|a| a.time.div_euclid(DAY) == self.day as i64 - 1);
        today.asked.sort_by_key(|a| (a.time, a.source));
        today.signed_in.sort_by_key(|s| (s.time, s.account));
        Some(today)
    }
}

impl WebDays {
    fn some(&mut self, mean: f64) -> usize {
        Poisson::new(mean.max(1e-9)).map_or(0, |d| d.sample(&mut self.rng) as usize)
    }

    /// A rate that is not the same every day.
    fn uneven(&mut self, mean: f64) -> f64 {
        Gamma::new(5.0, mean / 5.0).map_or(mean, |d| d.sample(&mut self.rng))
    }

    fn by_day(&mut self) -> i64 {
        let (one, other): (i64, i64) = (self.rng.random_range(0..9), self.rng.random_range(0..9));
        let hour = i64::midpoint(one, other) + 9;
        self.at(hour) + self.rng.random_range(0..HOUR)
    }

    fn any_time(&mut self) -> i64 {
        self.at(0) + self.rng.random_range(0..DAY)
    }

    fn at(&self, hour: i64) -> i64 {
        self.day as i64 * DAY + hour * HOUR
    }

    fn is_day_off(&self) -> bool {
        self.day % 7 >= 5
    }

    fn ask(
        &mut self,
        time: i64,
        source: u32,
        target: impl Into<Cow<'static, str>>,
        bytes: u64,
        referrer: &'static str,
    ) {
        self.today.asked.push(Asked {
            time,
            source,
            method: "GET",
            target: target.into(),
            status: 200,
            bytes,
            referrer,
            agent: if (CRAWLERS..STRANGERS).contains(&source) {
                CRAWLER
            } else {
                BROWSER
            },
        });
    }

    fn fail(
        &mut self,
        time: i64,
        source: u32,
        target: impl Into<Cow<'static, str>>,
        referrer: &'static str,
    ) {
        self.ask(time, source, target, 290, referrer);
        if let Some(last) = self.today.asked.last_mut() {
            last.status = 404;
        }
    }

    fn send(&mut self, time: i64, source: u32, target: &'static str, status: u16) {
        self.ask(time, source, target, 1_900, HERE);
        if let Some(last) = self.today.asked.last_mut() {
            (last.method, last.status) = ("POST", status);
        }
    }

    /// What a browser fetches beside a page, where it has it not in store.
    fn parts(&mut self, time: i64, source: u32) {
        for (k, (part, bytes)) in PARTS.into_iter().enumerate() {
            self.ask(time + 200 + k as i64 * 30, source, part, bytes, HERE);
        }
    }

    fn look_up(&mut self, visit: &Visit) {
        let look_up = visit.look_up;
        if visit.has_page {
            let opened = look_up.time - self.rng.random_range(8_000..90_000);
            let opened = opened.max(self.at(0));
            let referrer = self.page_elsewhere();
            self.ask(opened, look_up.source, "/status", 3_120, referrer);
            if self.rng.random_bool(0.4) {
                self.parts(opened, look_up.source);
            }
        }
        let bytes = self.rng.random_range(4_100..6_300);
        let referrer = if visit.has_page {
            "https://vote.example.org/status"
        } else {
            ""
        };
        self.ask(
            look_up.time,
            look_up.source,
            format!("/voter?id={}", look_up.number),
            bytes,
            referrer,
        );
    }

    fn page_elsewhere(&mut self) -> &'static str {
        ELSEWHERE.choose(&mut self.rng).copied().unwrap_or("")
    }

    /// People who read: more where more look up, and many for what is talked about.
    fn readers(&mut self, busy: f64) {
        let mean = self.uneven(busy * 0.5);
        for _ in 0..self.some(mean) {
            let time = self.by_day();
            self.read(time, None);
        }
        if self.rng.random_bool(1.0 / 30.0) {
            let newest = self.newest();
            for _ in 0..self.some(busy * 0.6) {
                let time = self.by_day();
                self.read(time, Some(newest));
            }
        }
    }

    fn newest(&self) -> u64 {
        ARTICLES + (self.day / NEWS_EACH) as u64
    }

    fn read(&mut self, mut time: i64, talked_about: Option<u64>) {
        let source = READERS + self.next;
        self.next += 1;
        let mut referrer = self.page_elsewhere();
        let is_new = self.rng.random_bool(0.7);
        for page in 0..self.rng.random_range(1..=4) {
            match talked_about.filter(|_| page == 0) {
                Some(article) => {
                    let target = format!("/news/{article}?fbclid={}", self.token());
                    self.ask(
                        time,
                        source,
                        target,
                        6_000 + article % 9 * 400,
                        "https://www.facebook.com/",
                    );
                }
                None => self.page(time, source, referrer),
            }
            if page == 0 && is_new {
                self.parts(time, source);
            }
            referrer = HERE;
            time += self.rng.random_range(10_000..200_000);
        }
    }

    fn page(&mut self, time: i64, source: u32, referrer: &'static str) {
        match self.rng.random_range(0..1_000) {
            0..500 => {
                let (page, bytes) = PAGES[self
                    .rng
                    .random_range(0..PAGES.len())
                    .min(self.rng.random_range(0..PAGES.len()))];
                self.ask(time, source, page, bytes, referrer);
            }
            500..680 => {
                let back = self
                    .rng
                    .random_range(0..40u64)
                    .min(self.rng.random_range(0..40))
                    .min(self.rng.random_range(0..40));
                let article = self.newest() - back;
                self.ask(
                    time,
                    source,
                    format!("/news/{article}"),
                    6_000 + article % 9 * 400,
                    referrer,
                );
            }
            680..790 => self.polling_place(time, source),
            790..880 => self.search(time, source),
            880..930 => {
                let (year, race) = (
                    self.rng.random_range(2_004..2_016),
                    self.rng.random_range(1..30),
                );
                let bytes = self.rng.random_range(4_000..9_000);
                self.ask(
                    time,
                    source,
                    format!("/results/by-race?year={year}&race={race}"),
                    bytes,
                    referrer,
                );
            }
            930..988 => self.document(time, source, referrer),
            988..998 => {
                let gone = self
                    .rng
                    .random_range(0..BROKEN)
                    .min(self.rng.random_range(0..BROKEN));
                self.fail(
                    time,
                    source,
                    format!("/old/page-{gone}.html"),
                    "https://county.example.org/links",
                );
            }
            _ => {
                let page = PAGES[self.rng.random_range(1..PAGES.len())].0;
                let at = self.rng.random_range(2..page.len());
                self.fail(
                    time,
                    source,
                    format!("{}{}", &page[..at], &page[at - 1..]),
                    "",
                );
            }
        }
    }

    fn polling_place(&mut self, time: i64, source: u32) {
        self.ask(time, source, "/polling-place", 3_000, HERE);
        let zip = 62_700
            + self
                .rng
                .random_range(0..self.zips)
                .min(self.rng.random_range(0..self.zips));
        let street = STREETS.choose(&mut self.rng).copied().unwrap_or("Elm St");
        let house = self.rng.random_range(1..2_500);
        let target = format!(
            "/polling-place/find?zip={zip}&street={house}+{}",
            encoded(street)
        );
        let bytes = self.rng.random_range(3_000..4_800);
        self.ask(time + 9_000, source, target, bytes, HERE);
    }

    fn search(&mut self, time: i64, source: u32) {
        let mut words = ASKED_FOR
            .choose(&mut self.rng)
            .copied()
            .unwrap_or("id")
            .to_owned();
        if self.rng.random_bool(0.3) {
            words = format!(
                "{words} {}",
                ASKED_FOR.choose(&mut self.rng).copied().unwrap_or("id")
            );
        }
        if self.rng.random_bool(0.2) {
            words = format!("{words} {}", self.rng.random_range(1_990..2_020));
        }
        let bytes = self.rng.random_range(2_000..9_000);
        self.ask(
            time,
            source,
            format!("/find?q={}", encoded(&words)),
            bytes,
            HERE,
        );
    }

    /// Minutes of the board, a new one each fortnight; readers fetch them in pieces.
    fn document(&mut self, time: i64, source: u32, referrer: &'static str) {
        let back = self
            .rng
            .random_range(0..12)
            .min(self.rng.random_range(0..12));
        let number = (60 + self.day / 14).saturating_sub(back);
        let target = format!(
            "/docs/minutes-{}-{:02}.pdf",
            2_013 + number / 24,
            number % 24 + 1
        );
        let pieces = if self.rng.random_bool(0.2) {
            self.rng.random_range(4..25)
        } else {
            1
        };
        let referrer = if self.rng.random_bool(0.3) {
            ""
        } else {
            referrer
        };
        for piece in 0..pieces {
            self.ask(time + piece * 400, source, target.clone(), 65_536, referrer);
            if let Some(last) = self.today.asked.last_mut().filter(|_| pieces > 1) {
                last.status = 206;
            }
        }
    }

    /// What a click leaves in an address.
    fn token(&mut self) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letters = (0..58).map(|_| char::from(LETTERS[self.rng.random_range(0..LETTERS.len())]));
        format!("Iw{}", letters.collect::<String>())
    }

    /// Programs that read everything, some days more than on others.
    fn crawlers(&mut self) {
        for crawler in 0..4 {
            let source = CRAWLERS + crawler;
            let start = self.any_time();
            self.ask(start, source, "/robots.txt", 120, "");
            let mean = self.uneven(30.0);
            for _ in 0..self.some(mean) {
                let time = self.any_time();
                match self.rng.random_range(0..10) {
                    0..5 => self.page(time, source, ""),
                    5..9 => {
                        let article = self.rng.random_range(1..=self.newest());
                        self.ask(
                            time,
                            source,
                            format!("/news/{article}"),
                            6_000 + article % 9 * 400,
                            "",
                        );
                    }
                    _ => {
                        let gone = self.rng.random_range(0..BROKEN);
                        self.fail(time, source, format!("/old/page-{gone}.html"), "");
                    }
                }
            }
        }
    }

    /// What is tried on any server, and what is sent to any form.
    fn strangers(&mut self) {
        let mean = self.uneven(1.5);
        for k in 0..self.some(mean) as u32 {
            let source = STRANGERS + self.day as u32 * 1_000 + k;
            let time = self.any_time();
            for n in 0..self.rng.random_range(1..=6) {
                let tried = TRIED.choose(&mut self.rng).copied().unwrap_or("/admin");
                self.fail(time + n * 700, source, tried, "");
            }
        }
        let mean = self.uneven(0.6);
        for k in 0..self.some(mean) as u32 {
            let source = STRANGERS + self.day as u32 * 1_000 + 500 + k;
            let time = self.any_time();
            for n in 0..self.rng.random_range(1..=2) {
                self.send(time + n * 3_000, source, "/contact", 200);
            }
        }
        let mean = self.site.office.look_ups * 0.004 + 0.2;
        for _ in 0..self.some(mean) {
            let (source, time) = (READERS + self.next, self.by_day());
            self.next += 1;
            self.ask(time, source, "/contact", 3_900, HERE);
            self.parts(time, source);
            self.send(time + 80_000, source, "/contact", 200);
        }
    }

    /// Those who work there sign in to the site's own pages from one address, and to their accounts from a few.
    fn staff(&mut self) {
        for account in 0..self.site.staff {
            if !self
                .rng
                .random_bool(if self.is_day_off() { 0.06 } else { 0.85 })
            {
                continue;
            }
            if account % 4 == 0 {
                let time = self.by_day();
                self.ask(time, HOUSE, "/staff/login", 2_100, "");
                for n in 0..=i64::from(self.rng.random_bool(0.1)) {
                    self.send(time + 9_000 + n * 5_000, HOUSE, "/staff/login", 302);
                }
            }
            for _ in 0..self.rng.random_range(1..=3) {
                let (time, source) = (self.by_day(), self.whence(account));
                if self.rng.random_bool(0.06) {
                    self.sign_in(time, account, source, false);
                    if self.rng.random_bool(0.2) {
                        continue;
                    }
                }
                self.sign_in(time + 12_000, account, source, true);
            }
        }
        let mean = self.uneven(1.0);
        for _ in 0..self.some(mean) {
            let (time, source) = (
                self.any_time(),
                STRANGERS + self.rng.random_range(0..200_000_000),
            );
            let account = self.rng.random_range(0..self.site.staff);
            self.sign_in(time, account, source, false);
        }
    }

    fn whence(&mut self, account: u32) -> u32 {
        match self.rng.random_range(0..100) {
            0..70 => HOUSE,
            70..97 => HOMES + account,
            _ => HOMES + 1_000_000 + self.rng.random_range(0..50_000_000),
        }
    }

    fn sign_in(&mut self, time: i64, account: u32, source: u32, succeeded: bool) {
        self.today.signed_in.push(SignedIn {
            time: time.min(self.at(24) - 1),
            account,
            source,
            succeeded,
        });
    }
}

fn encoded(words: &str) -> String {
    super::summer::encoded(words)
}
