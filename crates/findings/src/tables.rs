//! Edges, accounts and evidence as tables: one set of columns, written as CSV and as Parquet.

use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringBuilder, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Float64Type, UInt32Type, UInt64Type};
use overt_coordination::accounts::{AccountFinding, AccountStatus, Reservation, Standing};
use overt_coordination::corpus::Corpus;
use overt_coordination::network::{Edge, EdgeLayer, LayerCounts, Scored, Tested};
use overt_files::{Contents, safe_cell};
use overt_model::{Timestamp, key};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::Error;
use crate::found::Found;

/// The columns of `rejects.csv`.
pub const REJECT_COLUMNS: [&str; 4] = ["file", "line", "reason", "detail"];

/// Every table with its name.
pub(crate) fn all(found: &Found<'_>) -> Result<Vec<(&'static str, RecordBatch)>, Error> {
    Ok(vec![
        ("edges", edges(found)?),
        ("accounts", accounts(found)?),
        ("evidence", evidence(found)?),
    ])
}

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
    let lift = |s: &Scored| f64::from(s.pair.weight) / s.expected.mean.max(1e-300);
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

fn edges(found: &Found<'_>) -> Result<RecordBatch, Error> {
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
    let shown = |t: Option<&i64>| t.map_or(String::new(), |t| Timestamp(*t).to_string());
    c.text("first", row().map(|(_, l)| shown(times(l).iter().min())));
    c.text("last", row().map(|(_, l)| shown(times(l).iter().max())));
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

fn accounts(found: &Found<'_>) -> Result<RecordBatch, Error> {
    let campaigns = campaign_of(found);
    let member: BTreeMap<u32, &overt_coordination::campaign::Member> = found
        .campaigns
        .iter()
        .flat_map(|c| c.members.iter().map(|m| (m.account, m)))
        .collect();
    let row = || found.accounts.iter();
    let of = |a: u32| member.get(&a).copied();
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
    c.number(
        "centrality",
        row().map(|a| of(a.account).map_or(0.0, |m| m.centrality)),
    );
    c.number(
        "first_share",
        row().map(|a| of(a.account).map_or(0.0, |m| m.first)),
    );
    c.count("posts", row().map(|a| of(a.account).map_or(0, |m| m.posts)));
    c.count(
        "posts_carrying",
        row().map(|a| of(a.account).map_or(0, |m| m.carrying)),
    );
    c.text(
        "created",
        row().map(|a| {
            found
                .corpus
                .account(a.account)
                .created
                .map_or(String::new(), |t| Timestamp(t).to_string())
        }),
    );
    c.batch("accounts")
}

fn evidence(found: &Found<'_>) -> Result<RecordBatch, Error> {
    let corpus = found.corpus;
    let rows: Vec<_> = found
        .network
        .edges
        .iter()
        .flat_map(|e| {
            e.layers
                .iter()
                .flat_map(move |l| l.co_shares.iter().map(move |s| (e, l, s)))
        })
        .collect();
    let row = || rows.iter();
    let layer = |l: &EdgeLayer| found.network.layers[l.layer].layer;
    let time = |p: u32| Timestamp(corpus.posts.time(p)).to_string();
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
    c.text("time_a", row().map(|(_, _, s)| time(s.post_i)));
    c.text("time_b", row().map(|(_, _, s)| time(s.post_j)));
    c.number("delta_s", row().map(|(_, _, s)| s.delta as f64 / 1000.0));
    c.text("source_a", row().map(|(_, _, s)| place(s.post_i)));
    c.text("source_b", row().map(|(_, _, s)| place(s.post_j)));
    c.text("link_a", row().map(|(e, _, s)| link(found, e.i, s.post_i)));
    c.text("link_b", row().map(|(e, _, s)| link(found, e.j, s.post_j)));
    c.batch("evidence")
}

/// Where a post can be looked up, on the platforms whose ids make an address.
fn link(found: &Found<'_>, account: u32, post: u32) -> String {
    let id = found.corpus.posts.id(post);
    if id.is_empty() {
        return String::new();
    }
    match found.corpus.platform(account) {
        "x" => format!("https://x.com/i/status/{id}"),
        "tiktok" => format!("https://www.tiktok.com/@/video/{id}"),
        "instagram" => format!("https://www.instagram.com/p/{id}/"),
        "bluesky" => id
            .strip_prefix("at://")
            .map(|rest| {
                format!(
                    "https://bsky.app/profile/{}",
                    rest.replace("/app.bsky.feed.post/", "/post/")
                )
            })
            .unwrap_or_default(),
        "mastodon" | "facebook" if id.starts_with("https://") => id.to_owned(),
        _ => String::new(),
    }
}

/// Writes a table as CSV. Cells that a spreadsheet would take for a formula get an apostrophe in front.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv(path: &Path, batch: &RecordBatch) -> Result<(), Error> {
    let file = overt_files::create(path, Contents::Personal).map_err(Error::io(path))?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    let failed = |e: csv::Error| Error::Io {
        path: path.to_owned(),
        source: e.into(),
    };
    writer
        .write_record(batch.schema().fields().iter().map(|f| f.name().as_str()))
        .map_err(failed)?;
    let columns: Vec<Cells<'_>> = batch
        .columns()
        .iter()
        .map(|c| Cells::new(c.as_ref()))
        .collect();
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        for column in &columns {
            text.clear();
            column.write(row, &mut text);
            writer.write_field(text.as_bytes()).map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    writer.flush().map_err(Error::io(path))
}

enum Cells<'a> {
    Text(&'a arrow::array::StringArray),
    Number(&'a Float64Array),
    Count(&'a UInt64Array),
    Small(&'a UInt32Array),
    Other,
}

impl<'a> Cells<'a> {
    fn new(column: &'a dyn Array) -> Self {
        match column.data_type() {
            DataType::Utf8 => Self::Text(column.as_string()),
            DataType::Float64 => Self::Number(column.as_primitive::<Float64Type>()),
            DataType::UInt64 => Self::Count(column.as_primitive::<UInt64Type>()),
            DataType::UInt32 => Self::Small(column.as_primitive::<UInt32Type>()),
            _ => Self::Other,
        }
    }

    fn write(&self, row: usize, out: &mut String) {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Text(t) => write!(out, "{}", safe_cell(t.value(row))),
            Self::Number(n) if n.value(row) != 0.0 && n.value(row).abs() < 1e-4 => {
                write!(out, "{:e}", n.value(row))
            }
            Self::Number(n) => write!(out, "{}", n.value(row)),
            Self::Count(n) => write!(out, "{}", n.value(row)),
            Self::Small(n) => write!(out, "{}", n.value(row)),
            Self::Other => Ok(()),
        };
    }
}

/// Writes a table as Parquet, text as it is.
///
/// # Errors
/// When the file cannot be written.
pub fn write_parquet(path: &Path, batch: &RecordBatch) -> Result<(), Error> {
    let file = overt_files::create(path, Contents::Personal).map_err(Error::io(path))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("overt".to_owned())
        .build();
    let failed = |e: parquet::errors::ParquetError| Error::Io {
        path: path.to_owned(),
        source: std::io::Error::other(e),
    };
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(())
}
