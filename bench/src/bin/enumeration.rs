//! How often an office's look-ups raise a false alarm, and how soon somebody who reads the register out is found:
//! `enumeration sites SITE-DAYS [WORLD]` for whole sites, `enumeration false SITE-DAYS` for the look-ups alone,
//! `enumeration power SEEDS [REQUESTS [ORDER]]`.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Result, bail};
use overt_intrusion::accounts::Accounts;
use overt_intrusion::measure::detector::Detector;
use overt_intrusion::measure::neighbours::{LookUp, Neighbours};
use overt_intrusion::measure::pageless::Pageless;
use overt_intrusion::simulate::{
    Asked, Attack, Office, Order, SignedIn, Visit, WebDay, Website, share,
};
use overt_intrusion::site::{Settings, Site};
use overt_model::log::{LogPlace, Request, SignIn};
use rayon::prelude::*;
use statrs::distribution::{DiscreteCDF, Poisson};

/// One false alarm in so many days.
const APART: f64 = 1_825.0;
/// Measures that share them: these two for one route, and four more that a site has.
const MEASURES: f64 = 6.0;
const BASELINE: usize = 30;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match (
        words.first().map(String::as_str),
        words.get(1).and_then(|n| n.parse().ok()),
    ) {
        (Some("false"), Some(days)) => false_alarms(days),
        (Some("sites"), Some(days)) => sites(days, words.get(2).and_then(|n| n.parse().ok())),
        (Some("power"), Some(seeds)) => power(seeds as u64, &words[2..]),
        _ => bail!(
            "usage: enumeration false SITE-DAYS | sites SITE-DAYS [WORLD] | power SEEDS [REQUESTS [ORDER]]"
        ),
    }
    Ok(())
}

/// The days on which each measure raised an alarm.
fn alarms(days: impl Iterator<Item = Vec<Visit>>, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let (mut neighbours, mut pageless) = (Neighbours::new(BASELINE), Pageless::new(BASELINE));
    let (mut of_neighbours, mut of_pageless) = (Detector::default(), Detector::default());
    let (mut near, mut page) = (Vec::new(), Vec::new());
    let threshold = APART * MEASURES;
    for (day, visits) in days.enumerate() {
        let look_ups: Vec<LookUp> = visits.iter().map(|v| v.look_up).collect();
        let found = neighbours.look(&look_ups, seed ^ day as u64);
        if of_neighbours.day(found.evidence, threshold).is_some() {
            near.push(day);
            neighbours.forget_waiting();
        } else {
            neighbours.learn(day as i64, found);
        }
        let share = share(&visits);
        if of_pageless
            .day(pageless.evidence(share), threshold)
            .is_some()
        {
            page.push(day);
            pageless.forget_waiting();
        } else {
            pageless.learn(day as i64, share);
        }
    }
    (near, page)
}

/// Days of each site.
const LONG: usize = 200;

fn worlds() -> [(&'static str, Office); 4] {
    [
        ("plain, 200,000 voters, 1,500 look-ups", Office::large(LONG)),
        ("× 3 to the vote", Office::before_a_vote(LONG)),
        ("20,000 voters, 300 look-ups", Office::middling(LONG)),
        ("5,000 voters, 60 look-ups", Office::small(LONG)),
    ]
}

/// How many alarms one in [`APART`] days allows, at 99 %.
fn allowed(watched: f64) -> u64 {
    Poisson::new(watched / APART).map_or(0, |d| d.inverse_cdf(0.99))
}

fn verdict(alarms: usize, allowed: u64) -> &'static str {
    if alarms as u64 <= allowed {
        "holds"
    } else {
        "TOO MANY"
    }
}

/// Whole sites on which nothing happens, with all measures and all pages, and the sign-ins of their staff.
fn sites(site_days: usize, only: Option<usize>) {
    println!(
        "world | site-days watched | alarms | most that one in {APART} days allows | of which"
    );
    for (k, (what, office)) in worlds().into_iter().enumerate() {
        if only.is_some_and(|only| only != k) {
            continue;
        }
        let sites = site_days.div_ceil(LONG - BASELINE);
        let site = Website::of(office);
        let found: Vec<Vec<String>> = (0..sites as u64)
            .into_par_iter()
            .map(|seed| watched(site.days(seed), seed))
            .collect();
        let days = (sites * (LONG - BASELINE)) as f64;
        let (alarms, most) = (found.iter().flatten().count(), allowed(days));
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for kind in found.iter().flatten() {
            *kinds.entry(kind).or_default() += 1;
        }
        let kinds: Vec<String> = kinds
            .iter()
            .map(|(kind, n)| format!("{n} {kind}"))
            .collect();
        let verdict = verdict(alarms, most);
        println!(
            "{what} | {days} | {alarms} | {most}: {verdict} | {}",
            kinds.join("; ")
        );
    }
}

/// The alarms of a site, each with its kind and page.
fn watched(days: impl Iterator<Item = WebDay>, seed: u64) -> Vec<String> {
    let settings = Settings {
        seed,
        ..Settings::default()
    };
    let mut site = Site::new("site", settings);
    let mut accounts = Accounts::new("staff", settings);
    let (mut found, mut name) = (Vec::new(), String::new());
    for day in days {
        for asked in &day.asked {
            address(&mut name, asked.source);
            let request = request(asked, &name);
            site.request(asked.time, &request, LogPlace::default(), &mut found);
        }
        for signed_in in &day.signed_in {
            address(&mut name, signed_in.source);
            let account = format!("clerk{}", signed_in.account);
            let sign_in = sign_in(signed_in, &account, &name);
            accounts.sign_in(signed_in.time, &sign_in, LogPlace::default(), &mut found);
        }
        found.retain(|sighting| sighting.alarm);
    }
    site.close(&mut found);
    accounts.close(&mut found);
    let alarms = found.iter().filter(|sighting| sighting.alarm);
    alarms.map(|s| format!("{} {}", s.what, s.target)).collect()
}

fn address(name: &mut String, source: u32) {
    let [a, b, c, d] = source.to_be_bytes();
    name.clear();
    let _ = write!(name, "{a}.{b}.{c}.{d}");
}

fn request<'a>(asked: &'a Asked, source: &'a str) -> Request<'a> {
    Request {
        source: source.into(),
        method: asked.method.into(),
        target: asked.target.as_ref().into(),
        status: Some(asked.status),
        bytes: Some(asked.bytes),
        referrer: Some(asked.referrer.into()),
        agent: Some(asked.agent.into()),
        ..Request::default()
    }
}

fn sign_in<'a>(signed_in: &SignedIn, account: &'a str, source: &'a str) -> SignIn<'a> {
    SignIn {
        account: account.into(),
        source: Some(source.into()),
        succeeded: signed_in.succeeded,
        ..SignIn::default()
    }
}

fn false_alarms(site_days: usize) {
    println!(
        "world | site-days watched | alarms of neighbours | of pages | most that one in {APART} days allows"
    );
    for (what, office) in worlds() {
        let sites = site_days.div_ceil(LONG - BASELINE);
        let found: Vec<(Vec<usize>, Vec<usize>)> = (0..sites as u64)
            .into_par_iter()
            .map(|seed| alarms(office.days(None, seed), seed))
            .collect();
        let near: usize = found.iter().map(|(near, _)| near.len()).sum();
        let page: usize = found.iter().map(|(_, page)| page.len()).sum();
        let watched = (sites * (LONG - BASELINE)) as f64;
        let most = allowed(watched);
        let verdict = verdict(near + page, most);
        println!("{what} | {watched} | {near} | {page} | {most}: {verdict}");
    }
}

/// All attacks, or those of so many requests a day and in that order.
fn power(seeds: u64, only: &[String]) {
    let is_asked = |at: usize, word: String| only.get(at).is_none_or(|asked| *asked == word);
    println!(
        "office | requests a day | order | found by day 1 | 2 | 3 | 4 | 10 | in 30 days | median day | by"
    );
    let orders = [Order::Sequence, Order::Jumps, Order::Random];
    for (what, office) in [("large", Office::large(70)), ("small", Office::small(70))] {
        for requests in [480, 144, 48, 24, 12] {
            for order in orders {
                if is_asked(0, requests.to_string()) && is_asked(1, format!("{order:?}")) {
                    row(what, office, requests, order, false, seeds);
                }
            }
        }
    }
    if !only.is_empty() {
        return;
    }
    row(
        "large",
        Office::large(70),
        144,
        Order::Sequence,
        true,
        seeds,
    );
    row("large", Office::large(70), 144, Order::Random, true, seeds);
}

fn row(what: &str, office: Office, requests: usize, order: Order, opens_form: bool, seeds: u64) {
    let from = 40;
    let attack = Attack {
        from,
        requests,
        exits: 20,
        order,
        opens_form,
    };
    let found: Vec<(Option<usize>, bool)> = (0..seeds)
        .into_par_iter()
        .map(|seed| {
            let (near, page) = alarms(office.days(Some(attack), 1_000 + seed), seed);
            let first = |days: &[usize]| {
                days.iter()
                    .find(|day| **day >= from)
                    .map(|day| day - from + 1)
            };
            match (first(&near), first(&page)) {
                (Some(near), page) if page.is_none_or(|page| near <= page) => (Some(near), true),
                (_, page) => (page, false),
            }
        })
        .collect();
    let by = |day: usize| {
        let so_far = found
            .iter()
            .filter(|(first, _)| first.is_some_and(|f| f <= day))
            .count();
        format!("{:.0} %", 100.0 * so_far as f64 / seeds as f64)
    };
    let mut days: Vec<usize> = found
        .iter()
        .map(|(first, _)| first.unwrap_or(usize::MAX))
        .collect();
    days.sort_unstable();
    let median = match days[days.len() / 2] {
        usize::MAX => "not found".to_owned(),
        day => day.to_string(),
    };
    let near = found
        .iter()
        .filter(|(first, near)| first.is_some() && *near)
        .count();
    let browser = if opens_form { ", form opened" } else { "" };
    println!(
        "{what} | {requests} | {order:?}{browser} | {} | {} | {} | {} | {} | {} | {median} | neighbours in {near}",
        by(1),
        by(2),
        by(3),
        by(4),
        by(10),
        by(30)
    );
}
