//! How words of names in other scripts are written in Latin letters, where rules do not tell:
//! `readings person_names.txt OUT`, and `readings person_names.txt --strangers OUT.csv` for names of nobody, made of the same
//! words, in their script and in Latin letters; from groups of spellings of one name, a line each, of items of Wikidata (CC0) as the
//! Python package rigour gathers them (its source distribution's `rust/data/names/person_names.txt`, MIT).
//!
//! Of each word those spellings are kept that most groups give it and that its rules do not reach; words that rules read
//! well are left out.
#![allow(clippy::print_stdout)]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use overt_screening::{FormScript, Name, Subject};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// Readings kept of a word; of one of a single character, which many surnames are.
const MOST: usize = 2;
const MOST_OF_ONE: usize = 4;
/// Spellings that are not so much rarer than the commonest are kept.
const RARER: usize = 3;

/// A Latin spelling of a word, by its sounds.
#[derive(Default)]
struct Spelling {
    /// In how many groups.
    groups: usize,
    /// How it is written, and in how many groups so.
    written: BTreeMap<String, usize>,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (path, out) = match words.as_slice() {
        [path, flag, out] if flag == "--strangers" => return strangers(path, out),
        [path, out] => (path, out),
        _ => anyhow::bail!("usage: readings person_names.txt [--strangers] OUT"),
    };
    let text = std::fs::read_to_string(path).with_context(|| path.clone())?;
    // By word, then by folded Latin spelling.
    let mut spellings: BTreeMap<&str, BTreeMap<String, Spelling>> = BTreeMap::new();
    let mut common: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines() {
        let names = line.split(" => ").next().unwrap_or_default();
        let group: Vec<&str> = names.split(", ").collect();
        let latin: BTreeSet<(String, String)> = group.iter().filter_map(|w| plain(w)).collect();
        let folds: BTreeSet<&String> = latin.iter().map(|(folded, _)| folded).collect();
        for folded in &folds {
            *common.entry((*folded).clone()).or_default() += 1;
        }
        for native in group.iter().filter(|w| is_foreign(w)) {
            let of = spellings.entry(native).or_default();
            for folded in &folds {
                of.entry((*folded).clone()).or_default().groups += 1;
            }
            for (folded, written) in &latin {
                let spelling = of.entry(folded.clone()).or_default();
                *spelling.written.entry(written.clone()).or_default() += 1;
            }
        }
    }
    let (mut table, mut kept, mut ruled) = (String::new(), 0, 0);
    for (native, of) in &spellings {
        match line_of(native, of, &common) {
            Some(line) => {
                kept += 1;
                table.push_str(&line);
            }
            None => ruled += 1,
        }
    }
    let bytes = zstd::encode_all(table.as_bytes(), 19)?;
    println!(
        "{kept} words, {} MB of text, {} kB packed; {ruled} that rules read",
        table.len() >> 20,
        bytes.len() >> 10
    );
    std::fs::write(out, bytes).with_context(|| out.clone())
}

/// Names of nobody in each script, of two or three words drawn by chance; with the columns script, native, latin.
fn strangers(path: &str, out: &str) -> Result<()> {
    const OF_EACH: usize = 3_000;
    /// A script, its letters and what stands between words.
    const SCRIPTS: [(&str, std::ops::RangeInclusive<char>, &str); 5] = [
        ("arabic", '\u{620}'..='\u{6d3}', " "),
        ("han", '\u{4e00}'..='\u{9fff}', "·"),
        ("hangul", '\u{ac00}'..='\u{d7a3}', ""),
        ("hebrew", '\u{5d0}'..='\u{5ea}', " "),
        ("katakana", '\u{30a1}'..='\u{30ff}', "・"),
    ];
    let text = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    let mut rng = StdRng::seed_from_u64(3);
    let mut table = csv::Writer::from_path(out)?;
    table.write_record(["script", "native", "latin"])?;
    for (script, letters, between) in SCRIPTS {
        let mut words: Vec<(&str, String)> = Vec::new();
        for line in text.lines() {
            let names = line.split(" => ").next().unwrap_or_default();
            let group: Vec<&str> = names.split(", ").collect();
            let latin: Vec<String> = group.iter().filter_map(|w| plain(w)).map(|p| p.1).collect();
            let Some(latin) = latin.get(latin.len() / 2) else {
                continue;
            };
            let native = group
                .iter()
                .filter(|w| w.chars().all(|c| letters.contains(&c)));
            let long = native.filter(|w| w.chars().count() > 1);
            words.extend(long.map(|w| (*w, latin.clone())));
        }
        for _ in 0..OF_EACH {
            let count = rng.random_range(2..=3);
            let chosen: Vec<&(&str, String)> = words.sample(&mut rng, count).collect();
            let native: Vec<&str> = chosen.iter().map(|(native, _)| *native).collect();
            let latin: Vec<&str> = chosen.iter().map(|(_, latin)| latin.as_str()).collect();
            table.write_record([script, &native.join(between), &latin.join(" ")])?;
        }
    }
    table.flush()?;
    Ok(())
}

/// The table's line of a word; none where its rules read it as most write it.
fn line_of(
    native: &str,
    of: &BTreeMap<String, Spelling>,
    common: &BTreeMap<String, usize>,
) -> Option<String> {
    // An alphabet's first reading is that of its rules.
    let name = Name::new(native, Subject::Thing);
    let ruled_so: Option<String> = (name.native == FormScript::Latin)
        .then(|| name.forms.first())
        .flatten()
        .map(|f| f.tokens.iter().map(|t| t.folded.as_str()).collect());
    let mut best: Vec<(&String, &Spelling)> = of.iter().collect();
    best.sort_by_key(|(folded, s)| {
        let known = common.get(*folded).copied().unwrap_or_default();
        (Reverse(s.groups), Reverse(known), *folded)
    });
    let (first, spelling) = best.first()?;
    if ruled_so.as_ref() == Some(*first) {
        return None;
    }
    let most = if native.chars().count() == 1 {
        MOST_OF_ONE
    } else {
        MOST
    };
    let enough = spelling.groups.div_ceil(RARER);
    let mut line = native.to_owned();
    let readings = best.iter().take_while(|(_, s)| s.groups >= enough);
    for (_, spelling) in readings.take(most) {
        // Of one sound the way that most groups write, the shorter first.
        let ways = spelling.written.iter();
        let usual = ways.max_by_key(|(way, n)| (**n, Reverse(way.len()), Reverse(*way)));
        line.push('\t');
        line.push_str(usual.map_or("", |(way, _)| way));
    }
    line.push('\n');
    Some(line)
}

/// A single word in Latin letters, folded and as it is written without accents.
fn plain(word: &str) -> Option<(String, String)> {
    let one_word = !word.contains(' ') && word.chars().next().is_some_and(is_latin);
    let name = one_word.then(|| Name::new(word, Subject::Person))?;
    let tokens = &name.forms.first()?.tokens;
    let joined =
        |part: fn(&overt_screening::Token) -> &str| tokens.iter().map(part).collect::<String>();
    let written = joined(|t| &t.text);
    let plain = written.len() > 1 && written.bytes().all(|b| b.is_ascii_lowercase());
    plain.then(|| (joined(|t| &t.folded), written))
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic() && (c as u32) < 0x250
}

fn is_foreign(word: &str) -> bool {
    !word.contains(' ')
        && word
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && (c as u32) >= 0x370)
}
