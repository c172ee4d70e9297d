//! Edges, accounts and evidence as tables: one set of columns for CSV and Parquet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, RecordBatch, StringBuilder, TimestampMillisecondArray, UInt64Array,
};
use overt_coordination::accounts::{AccountFinding, AccountStatus, Reservation, Standing};
use overt_coordination::corpus::Corpus;
use overt_coordination::network::{CoShare, Edge, EdgeLayer, LayerCounts, Scored, Tested};
use overt_model::key;

use crate::Error;
use crate::found::Found;
use crate::links::link;

/// Less than this is expected of nobody: a lift beyond says nothing more.
const LEAST_EXPECTED: f64 = 1e-12;

/// Rows of a table that are held at once.
const ROWS_A_PART: usize = 1 << 16;

/// The columns of `rejects.csv`.
pub const REJECT_COLUMNS: [&str; 4] = ["file", "line", "reason", "detail"];

/// By which test an account stands.
fn standing(s: Standing) -> &'static str {
    match s {
        Standing::Pair => "pair",
        Standing::Group => "group",
    }
}

/// Why an account whose q passes is not established.
fn reservation(r: Reservation) -> &'static str {
    match r {
        Reservation::Strongest => "strongest",
        Reservation::OneSource => "one-source",
        Reservation::Follows => "follows",
        Reservation::Followed => "followed",
        Reservation::Company => "company",
        Reservation::PublicMoment => "public-moment",
    }
}

pub(crate) fn status(s: AccountStatus) -> &'static str {
    match s {
        AccountStatus::Established => "established",
        AccountStatus::Connected => "connected",
    }
}

/// The key of a post: `platform:id`, or where it was read if it has no id.
pub(crate) fn post_key(found: &Found<'_>, post: u32) -> String {
    let posts = &found.corpus.posts;
    let platform = found.corpus.platform(posts.account(post));
    match posts.id(post) {
        "" => {
            let at = posts.location(post);
            key::key(
                platform,
                &format!(
                    "{}:{}",
                    found
                        .inputs
                        .get(at.file as usize)
                        .map_or("", String::as_str),
                    at.line
                ),
            )
        }
        id => key::key(platform, id),
    }
}

/// Campaign of each account.
fn campaign_of<'a>(found: &Found<'a>) -> BTreeMap<u32, &'a str> {
    found
        .campaigns
        .iter()
        .flat_map(|c| c.members.iter().map(|m| (m.account, c.id.as_str())))
        .collect()
}

/// Columns being filled, in order.
#[derive(Default)]
struct Columns(Vec<(&'static str, ArrayRef)>);

impl Columns {
    fn text(&mut self, name: &'static str, values: impl Iterator<Item = impl AsRef<str>>) {
        let mut builder = StringBuilder::new();
        values.for_each(|v| builder.append_value(v));
        self.0.push((name, Arc::new(builder.finish())));
    }

    fn number(&mut self, name: &'static str, values: impl Iterator<Item = f64>) {
        self.0
            .push((name, Arc::new(values.collect::<Float64Array>())));
    }

    /// The same, with nothing where nothing can be said.
    fn number_if_any(&mut self, name: &'static str, values: impl Iterator<Item = Option<f64>>) {
        self.0
            .push((name, Arc::new(values.collect::<Float64Array>())));
    }

    /// Times in milliseconds, UTC.
    fn time(&mut self, name: &'static str, values: impl Iterator<Item = Option<i64>>) {
        let times = values.collect::<TimestampMillisecondArray>();
        self.0.push((name, Arc::new(times.with_timezone("UTC"))));
    }

    fn count(&mut self, name: &'static str, values: impl Iterator<Item = u64>) {
        self.0
            .push((name, Arc::new(values.collect::<UInt64Array>())));
    }

    fn batch(self, what: &'static str) -> Result<RecordBatch, Error> {
        RecordBatch::try_from_iter(self.0).map_err(|e| Error::Encode {
            what,
            detail: e.to_string(),
        })
    }
}

/// What is said of an edge in one layer whether or not its evidence was gathered.
struct EdgeRow {
    layer: usize,
    scored: Scored,
    p: f64,
    q: f64,
}

/// The columns every table of edges begins with.
fn numbers_of(corpus: &Corpus, layers: &[LayerCounts], rows: &[EdgeRow]) -> Columns {
    let row = || rows.iter();
    let layer = |r: &EdgeRow| layers[r.layer].layer;
    let mut c = Columns::default();
    c.text(
        "account_a",
        row().map(|r| corpus.accounts.name(r.scored.pair.i)),
    );
    c.text(
        "account_b",
        row().map(|r| corpus.accounts.name(r.scored.pair.j)),
    );
    c.text(
        "trace",
        row().map(|r| corpus.traces[layer(r).trace].trace.name()),
    );
    c.text("window", row().map(|r| layer(r).window.to_string()));
    c.text("counting", row().map(|r| layer(r).counting.name()));
    c.count("observed", row().map(|r| u64::from(r.scored.pair.weight)));
    c.number("expected", row().map(|r| r.scored.expected.mean));
    let lift = |s: &Scored| f64::from(s.pair.weight) / s.expected.mean.max(LEAST_EXPECTED);
    c.number("lift", row().map(|r| lift(&r.scored)));
    c.number("p", row().map(|r| r.scored.p));
    c.number("p_combined", row().map(|r| r.p));
    c.number("q", row().map(|r| r.q));
    c
}

/// The edges of a run that stopped at them.
pub(crate) fn tested_edges(corpus: &Corpus, tested: &Tested) -> Result<RecordBatch, Error> {
    let rows: Vec<EdgeRow> = tested
        .edges
        .iter()
        .flat_map(|e| {
            let (p, q) = (e.combined.p, e.combined.q);
            let layers = e.layers.iter();
            layers.map(move |&(layer, scored)| EdgeRow {
                layer,
                scored,
                p,
                q,
            })
        })
        .collect();
    numbers_of(corpus, &tested.layers, &rows).batch("edges")
}

pub(crate) fn edges(found: &Found<'_>) -> Result<RecordBatch, Error> {
    let campaigns = campaign_of(found);
    let corpus = found.corpus;
    let rows: Vec<(&Edge, &EdgeLayer)> = found
        .network
        .edges
        .iter()
        .flat_map(|e| e.layers.iter().map(move |l| (e, l)))
        .collect();
    let row = || rows.iter();
    let numbers: Vec<EdgeRow> = row()
        .map(|(e, l)| EdgeRow {
            layer: l.layer,
            scored: l.scored,
            p: e.p,
            q: e.q,
        })
        .collect();
    let mut c = numbers_of(corpus, &found.network.layers, &numbers);
    c.text(
        "by",
        row().map(|(e, _)| if e.passes { "pair" } else { "group" }),
    );
    c.count("shared", row().map(|(_, l)| u64::from(l.synchrony.shared)));
    c.number("p_sync", row().map(|(_, l)| l.synchrony.p));
    c.number("share_a", row().map(|(_, l)| l.share_i));
    c.number("share_b", row().map(|(_, l)| l.share_j));
    c.count("event_pairs", row().map(|(_, l)| l.event_pairs));
    c.number("mean_delta_s", row().map(|(_, l)| l.mean_delta / 1000.0));
    c.number(
        "median_delta_s",
        row().map(|(_, l)| l.median_delta / 1000.0),
    );
    let times = |l: &EdgeLayer| {
        l.co_shares
            .iter()
            .flat_map(|s| [corpus.posts.time(s.post_i), corpus.posts.time(s.post_j)])
            .collect::<Vec<_>>()
    };
    c.time("first", row().map(|(_, l)| times(l).into_iter().min()));
    c.time("last", row().map(|(_, l)| times(l).into_iter().max()));
    let one = |a: u32, b: u32| {
        campaigns
            .get(&a)
            .filter(|c| campaigns.get(&b) == Some(c))
            .copied()
            .unwrap_or("")
    };
    c.text("campaign", row().map(|(e, _)| one(e.i, e.j)));
    c.batch("edges")
}

pub(crate) fn accounts(found: &Found<'_>) -> Result<RecordBatch, Error> {
    let campaigns = campaign_of(found);
    let did = did(found);
    let row = || found.accounts.iter();
    let of = |a: &AccountFinding| &did[&a.account];
    let mut c = Columns::default();
    c.text(
        "account",
        row().map(|a| found.corpus.accounts.name(a.account)),
    );
    c.text(
        "name",
        row().map(|a| found.corpus.account_name(a.account).unwrap_or("")),
    );
    c.text("status", row().map(|a| status(a.status)));
    c.number("p", row().map(|a| a.p));
    c.number("q", row().map(|a| a.q));
    c.number("p_holm", row().map(|a| a.p_holm));
    c.number("p_without_strongest", row().map(|a| a.p_without_strongest));
    c.text("by", row().map(|a| standing(a.standing)));
    c.text(
        "reservation",
        row().map(|a| a.reservation.map_or("", reservation)),
    );
    let of_group = |a: &AccountFinding| a.group.map(|(_, g)| g);
    c.count(
        "group_hours",
        row().map(|a| of_group(a).map_or(0, |g| u64::from(g.hours))),
    );
    c.number(
        "group_expected",
        row().map(|a| of_group(a).map_or(0.0, |g| g.expected.mean)),
    );
    c.count("degree", row().map(|a| u64::from(a.degree)));
    c.text(
        "campaign",
        row().map(|a| campaigns.get(&a.account).copied().unwrap_or("")),
    );
    c.number_if_any("centrality", row().map(|a| of(a).centrality));
    c.number_if_any("first_share", row().map(|a| of(a).first_share()));
    c.count("posts", row().map(|a| of(a).posts));
    c.count("posts_carrying", row().map(|a| of(a).carrying));
    c.time(
        "created",
        row().map(|a| found.corpus.account(a.account).created),
    );
    c.batch("accounts")
}

/// What an account did, in a campaign or outside of any.
#[derive(Default)]
struct Did {
    posts: u64,
    carrying: u64,
    /// Co-shares in which its post came first, and all of them.
    first: (u64, u64),
    /// How central it is to its campaign; nothing is central to no campaign.
    centrality: Option<f64>,
}

impl Did {
    fn first_share(&self) -> Option<f64> {
        (self.first.1 > 0).then(|| self.first.0 as f64 / self.first.1 as f64)
    }
}

/// What every account of the network did: over its campaign's edges if it is in one, else over all of its own.
fn did(found: &Found<'_>) -> BTreeMap<u32, Did> {
    let campaigns = found.campaign_of();
    let mut did: BTreeMap<u32, Did> = found
        .accounts
        .iter()
        .map(|a| (a.account, Did::default()))
        .collect();
    let posts = &found.corpus.posts;
    for post in 0..posts.len() as u32 {
        if let Some(did) = did.get_mut(&posts.account(post)) {
            did.posts += 1;
        }
    }
    let mut carrying: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for edge in &found.network.edges {
        for (account, other) in [(edge.i, edge.j), (edge.j, edge.i)] {
            let campaign = campaigns.get(&account);
            let counts = campaign.is_none() || campaign == campaigns.get(&other);
            let (true, Some(did)) = (counts, did.get_mut(&account)) else {
                continue;
            };
            let posts = carrying.entry(account).or_default();
            for s in edge.layers.iter().flat_map(|l| &l.co_shares) {
                let (own, ahead) = if account == edge.i {
                    (s.post_i, s.delta > 0)
                } else {
                    (s.post_j, s.delta < 0)
                };
                posts.insert(own);
                did.first.0 += u64::from(ahead);
                did.first.1 += 1;
            }
        }
    }
    for (account, posts) in carrying {
        if let Some(did) = did.get_mut(&account) {
            did.carrying = posts.len() as u64;
        }
    }
    for m in found.campaigns.iter().flat_map(|c| &c.members) {
        if let Some(did) = did.get_mut(&m.account) {
            did.centrality = Some(m.centrality);
        }
    }
    did
}

/// A co-share of an edge, in one layer.
type Row<'a> = (&'a Edge, &'a EdgeLayer, &'a CoShare);

/// Every co-share, in parts: there may be millions. Where there is none, a part without rows.
pub(crate) fn evidence<'a>(
    found: &'a Found<'a>,
) -> impl Iterator<Item = Result<RecordBatch, Error>> {
    let of_layer = |e: &'a Edge, l: &'a EdgeLayer| l.co_shares.iter().map(move |s| (e, l, s));
    let edges = found.network.edges.iter();
    let mut all = edges.flat_map(move |e| e.layers.iter().flat_map(move |l| of_layer(e, l)));
    let mut is_first = true;
    std::iter::from_fn(move || {
        let rows: Vec<Row<'_>> = all.by_ref().take(ROWS_A_PART).collect();
        let wanted = std::mem::take(&mut is_first) || !rows.is_empty();
        wanted.then(|| evidence_of(found, &rows))
    })
}

fn evidence_of(found: &Found<'_>, rows: &[Row<'_>]) -> Result<RecordBatch, Error> {
    let corpus = found.corpus;
    let row = || rows.iter();
    let layer = |l: &EdgeLayer| found.network.layers[l.layer].layer;
    let time = |p: u32| Some(corpus.posts.time(p));
    let place = |p: u32| {
        let at = corpus.posts.location(p);
        format!(
            "{}:{}",
            found
                .inputs
                .get(at.file as usize)
                .map_or("", String::as_str),
            at.line
        )
    };
    let mut c = Columns::default();
    c.text(
        "account_a",
        row().map(|(e, _, _)| corpus.accounts.name(e.i)),
    );
    c.text(
        "account_b",
        row().map(|(e, _, _)| corpus.accounts.name(e.j)),
    );
    c.text(
        "trace",
        row().map(|(_, l, _)| corpus.traces[layer(l).trace].trace.name()),
    );
    c.text("window", row().map(|(_, l, _)| layer(l).window.to_string()));
    c.text("counting", row().map(|(_, l, _)| layer(l).counting.name()));
    c.text(
        "object",
        row().map(|(_, l, s)| corpus.traces[layer(l).trace].objects.name(s.object)),
    );
    c.text("post_a", row().map(|(_, _, s)| post_key(found, s.post_i)));
    c.text("post_b", row().map(|(_, _, s)| post_key(found, s.post_j)));
    c.time("time_a", row().map(|(_, _, s)| time(s.post_i)));
    c.time("time_b", row().map(|(_, _, s)| time(s.post_j)));
    c.number("delta_s", row().map(|(_, _, s)| s.delta as f64 / 1000.0));
    c.text("source_a", row().map(|(_, _, s)| place(s.post_i)));
    c.text("source_b", row().map(|(_, _, s)| place(s.post_j)));
    c.text(
        "link_a",
        row().map(|(e, _, s)| link(found, e.i, s.post_i).unwrap_or_default()),
    );
    c.text(
        "link_b",
        row().map(|(e, _, s)| link(found, e.j, s.post_j).unwrap_or_default()),
    );
    c.batch("evidence")
}
