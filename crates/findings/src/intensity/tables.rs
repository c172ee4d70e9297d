//! The tables of the folder of intensity.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use overt_intensity::assess::{Assessment, Part};
use overt_intensity::chains::Chains;
use overt_intensity::chains::found::{Hands, Way, WayStep};
use overt_intensity::life::Lived;
use overt_intensity::sides::{Naming, Sides};
use serde::Serialize;

use crate::Error;

fn table(what: &'static str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Error> {
    RecordBatch::try_from_iter(columns).map_err(|e| Error::Encode {
        what,
        detail: e.to_string(),
    })
}

pub(super) fn cells(assessment: &Assessment) -> Result<RecordBatch, Error> {
    let parts = &assessment.parts;
    let words = |of: fn(&Part) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(parts.iter().map(of)))
    };
    let counts = |of: fn(&Part) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(parts.iter().map(of)))
    };
    let numbers = |of: fn(&Part) -> Option<f64>| -> ArrayRef {
        Arc::new(parts.iter().map(of).collect::<Float64Array>())
    };
    table(
        "intensity",
        vec![
            ("actor", words(|p| &p.actor)),
            ("election", words(|p| &p.election)),
            ("accounts_watched", counts(|p| p.watched as u64)),
            ("accounts_active", counts(|p| p.active as u64)),
            (
                "accounts_active_at_least",
                numbers(|p| Some(p.active_at_least)),
            ),
            ("posts", counts(|p| p.posts.all)),
            ("posts_about_by_words", counts(|p| p.posts.by_words)),
            ("posts_about_by_names", counts(|p| p.posts.by_names)),
            ("everybodys_posts", counts(|p| p.everybody.all)),
            (
                "everybodys_about_by_words",
                counts(|p| p.everybody.by_words),
            ),
            (
                "everybodys_about_by_names",
                counts(|p| p.everybody.by_names),
            ),
            (
                "about_by_words_per_million",
                numbers(|p| Some(p.per_million)),
            ),
            ("focus_by_words", numbers(|p| p.focus[0])),
            ("focus_by_names", numbers(|p| p.focus[1])),
            ("days_active", counts(|p| u64::from(p.days[0]))),
            ("days_watched", counts(|p| u64::from(p.days[1]))),
            ("platforms", counts(|p| p.platforms as u64)),
            ("communities", counts(|p| p.communities as u64)),
            ("engagement", counts(|p| p.engagement)),
            ("breakout", numbers(|p| p.breakout.map(f64::from))),
        ],
    )
}

pub(super) fn ratios(assessment: &Assessment) -> Result<RecordBatch, Error> {
    let rows: Vec<_> = (assessment.comparisons.iter())
        .flat_map(|c| c.ratios.iter().map(move |r| (c, r)))
        .collect();
    let sentences: Vec<String> = rows.iter().map(|(c, _)| sentence(c.sentence)).collect();
    let words = |cells: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(cells)) };
    let ends = |cells: Vec<Option<f64>>| -> ArrayRef { Arc::new(Float64Array::from(cells)) };
    let reading = |r: &overt_intensity::assess::Ratio| match r.reading {
        overt_intensity::count::Reading::Words => "words",
        overt_intensity::count::Reading::Names => "names",
    };
    table(
        "comparisons",
        vec![
            (
                "actor",
                words(rows.iter().map(|(c, _)| c.actor.as_str()).collect()),
            ),
            (
                "earlier",
                words(rows.iter().map(|(c, _)| c.earlier.as_str()).collect()),
            ),
            (
                "later",
                words(rows.iter().map(|(c, _)| c.later.as_str()).collect()),
            ),
            (
                "sentence",
                words(sentences.iter().map(String::as_str).collect()),
            ),
            (
                "reading",
                words(rows.iter().map(|(_, r)| reading(r)).collect()),
            ),
            (
                "denominator",
                words(rows.iter().map(|(_, r)| r.denominator.name()).collect()),
            ),
            (
                "ratio_lower",
                ends(rows.iter().map(|(_, r)| Some(r.interval.lower)).collect()),
            ),
            (
                "ratio_upper",
                ends(
                    (rows
                        .iter()
                        .map(|(_, r)| Some(r.interval.upper).filter(|x| x.is_finite())))
                    .collect(),
                ),
            ),
        ],
    )
}

fn words<'a>(cells: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(cells))
}

fn counts(cells: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(cells))
}

fn numbers(cells: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(cells.collect::<Float64Array>())
}

/// The word of the table of sentences.
fn sentence(sentence: impl Serialize) -> String {
    let value = serde_json::to_value(sentence).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn sides(sides: &[Sides]) -> Result<RecordBatch, Error> {
    let rows: Vec<(&Sides, &Naming)> = (sides.iter())
        .flat_map(|of| of.naming.iter().map(move |naming| (of, naming)))
        .collect();
    let phrases = |whose: usize, which: usize| {
        numbers(
            rows.iter()
                .map(move |(_, n)| n.phrases.map(|p| p[whose][which] as f64)),
        )
    };
    table(
        "sides",
        vec![
            ("actor", words(rows.iter().map(|(s, _)| s.actor.as_str()))),
            (
                "election",
                words(rows.iter().map(|(s, _)| s.election.as_str())),
            ),
            ("side", words(rows.iter().map(|(_, n)| n.side.as_str()))),
            (
                "posts_naming_any_side",
                counts(rows.iter().map(|(s, _)| s.posts)),
            ),
            (
                "posts_naming_this_side",
                counts(rows.iter().map(|(_, n)| n.posts)),
            ),
            (
                "share_lower",
                numbers(rows.iter().map(|(_, n)| Some(n.share.lower))),
            ),
            (
                "share_upper",
                numbers(rows.iter().map(|(_, n)| Some(n.share.upper))),
            ),
            (
                "everybodys_share",
                numbers(rows.iter().map(|(_, n)| n.everybodys_share)),
            ),
            (
                "operators_asked",
                counts(rows.iter().map(|(s, _)| s.asked as u64)),
            ),
            (
                "operators_beyond",
                counts(rows.iter().map(|(_, n)| n.operators.len() as u64)),
            ),
            ("phrases_for", phrases(0, 0)),
            ("phrases_against", phrases(0, 1)),
            ("everybodys_phrases_for", phrases(1, 0)),
            ("everybodys_phrases_against", phrases(1, 1)),
        ],
    )
}

pub(super) fn ways(chains: &[Chains]) -> Result<RecordBatch, Error> {
    let rows: Vec<(&Chains, &Way, usize, &WayStep)> = (chains.iter())
        .flat_map(|of| of.ways.iter().map(move |way| (of, way)))
        .flat_map(|(of, way)| {
            (way.steps.iter().enumerate()).map(move |(at, step)| (of, way, at, step))
        })
        .collect();
    let times: Vec<String> = rows.iter().map(|(.., step)| time(step.time)).collect();
    let actors = rows.iter().map(|(.., step)| step.actor.as_deref());
    table(
        "ways",
        vec![
            (
                "election",
                words(rows.iter().map(|(of, ..)| of.election.as_str())),
            ),
            (
                "object",
                words(rows.iter().map(|(_, way, ..)| way.object.as_str())),
            ),
            (
                "place",
                counts(rows.iter().map(|(_, _, at, _)| *at as u64 + 1)),
            ),
            (
                "platform",
                words(rows.iter().map(|(.., step)| step.platform.as_str())),
            ),
            (
                "carrier",
                words(rows.iter().map(|(.., step)| step.carrier.as_str())),
            ),
            ("actor", Arc::new(actors.collect::<StringArray>())),
            ("first_seen", words(times.iter().map(String::as_str))),
            (
                "order",
                words(
                    rows.iter()
                        .map(|(.., step)| if step.told { "told" } else { "open" }),
                ),
            ),
        ],
    )
}

/// A time as people read it; nothing for one that no calendar has.
pub(super) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |t| t.to_string())
}

pub(super) fn hands(chains: &[Chains]) -> Result<RecordBatch, Error> {
    let rows: Vec<(&Chains, &Hands)> = (chains.iter())
        .flat_map(|of| of.hands.iter().map(move |hands| (of, hands)))
        .collect();
    let joined =
        |of: fn(&Hands) -> String| -> Vec<String> { rows.iter().map(|(_, h)| of(h)).collect() };
    let givers = joined(|h| h.givers.join(" "));
    let takers = joined(|h| h.takers.join(" "));
    let actors = joined(|h| h.actors.iter().cloned().collect::<Vec<_>>().join(" "));
    let verdicts = joined(|h| sentence(h.sentence));
    let all = |cells: &[String]| words(cells.iter().map(String::as_str));
    table(
        "hands",
        vec![
            (
                "election",
                words(rows.iter().map(|(of, _)| of.election.as_str())),
            ),
            ("from", words(rows.iter().map(|(_, h)| h.from.as_str()))),
            ("to", words(rows.iter().map(|(_, h)| h.to.as_str()))),
            ("verdict", all(&verdicts)),
            ("givers", all(&givers)),
            ("takers", all(&takers)),
            ("actors", all(&actors)),
            ("things", counts(rows.iter().map(|(_, h)| h.things))),
            (
                "median_lag_seconds",
                numbers(rows.iter().map(|(_, h)| Some(h.lag as f64))),
            ),
            ("p_when", numbers(rows.iter().map(|(_, h)| Some(h.p_when)))),
        ],
    )
}

pub(super) fn life(life: &[Lived]) -> Result<RecordBatch, Error> {
    let verdicts: Vec<String> = life.iter().map(|l| sentence(l.sentence)).collect();
    let called = life.iter().map(|l| l.called.as_deref());
    table(
        "life",
        vec![
            ("campaign", counts(life.iter().map(|l| l.campaign))),
            ("run", words(life.iter().map(|l| l.run.as_str()))),
            ("event", words(verdicts.iter().map(String::as_str))),
            ("called", Arc::new(called.collect::<StringArray>())),
            ("members", counts(life.iter().map(|l| l.members))),
            ("members_before", counts(life.iter().map(|l| l.before))),
        ],
    )
}
