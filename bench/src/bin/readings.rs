//! How words of names in other scripts are written in Latin letters, where rules do not tell:
//! `readings person_names.txt OUT`, from groups of spellings of one name, a line each, of items of Wikidata (CC0) as the
//! Python package rigour gathers them (its source distribution's `rust/data/names/person_names.txt`, MIT).
//!
//! Of each word those spellings are kept that most groups give it and that its rules do not reach; words that rules read
//! well are left out.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use overt_screening::{FormScript, Name, Subject};

/// Readings kept of a word; of one of a single character, which many surnames are.
const MOST: usize = 2;
const MOST_OF_ONE: usize = 4;
/// Spellings that are not so much rarer than the commonest are kept.
const RARER: usize = 3;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [path, out] = words.as_slice() else {
        anyhow::bail!("usage: readings person_names.txt OUT");
    };
    let text = std::fs::read_to_string(path).with_context(|| path.clone())?;
    let groups: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split(" => ").next().unwrap_or_default().split(", ").collect())
        .collect();
    // By native word, then by folded Latin spelling: in how many groups, and how it is written.
    let mut spellings: BTreeMap<&str, BTreeMap<String, (usize, BTreeMap<String, usize>)>> = BTreeMap::new();
    let mut common: BTreeMap<String, usize> = BTreeMap::new();
    for group in &groups {
        let latin: BTreeSet<(String, String)> = group.iter().filter_map(|w| plain(w)).collect();
        for (folded, _) in &latin {
            *common.entry(folded.clone()).or_default() += 1;
        }
        for native in group.iter().filter(|w| is_foreign(w)) {
            let of = spellings.entry(native).or_default();
            let folds: BTreeSet<&String> = latin.iter().map(|(f, _)| f).collect();
            for fold in folds {
                of.entry(fold.clone()).or_default().0 += 1;
            }
            for (folded, written) in &latin {
                *of.entry(folded.clone()).or_default().1.entry(written.clone()).or_default() += 1;
            }
        }
    }
    let mut table = String::new();
    let (mut kept, mut ruled) = (0, 0);
    for (native, of) in &spellings {
        // An alphabet's first reading is that of its rules.
        let name = Name::new(native, Subject::Thing);
        let ruled_so: Option<String> = (name.native == FormScript::Latin)
            .then(|| name.forms.first())
            .flatten()
            .map(|f| f.tokens.iter().map(|t| t.folded.as_str()).collect());
        let mut best: Vec<(usize, usize, &String, &BTreeMap<String, usize>)> = of
            .iter()
            .map(|(fold, (groups, written))| (*groups, common[fold], fold, written))
            .collect();
        best.sort_by(|a, b| (b.0, b.1, a.2).cmp(&(a.0, a.1, b.2)));
        let Some(first) = best.first() else { continue };
        if ruled_so.as_ref() == Some(first.2) {
            ruled += 1;
            continue;
        }
        let most = if native.chars().count() == 1 { MOST_OF_ONE } else { MOST };
        let enough = first.0.div_ceil(RARER);
        let readings: Vec<&str> = best
            .iter()
            .take_while(|b| b.0 >= enough)
            .take(most)
            .filter_map(|b| {
                // Of one sound the spelling that most groups have, the shorter first.
                let written = b.3.iter();
                let most = written.max_by(|a, b| (a.1, b.0.len(), b.0).cmp(&(b.1, a.0.len(), a.0)));
                Some(most?.0.as_str())
            })
            .collect();
        kept += 1;
        table.push_str(native);
        for reading in readings {
            table.push('\t');
            table.push_str(reading);
        }
        table.push('\n');
    }
    let bytes = zstd::encode_all(table.as_bytes(), 19)?;
    println!(
        "{kept} words, {} MB of text, {} kB packed; {ruled} that rules read",
        table.len() >> 20,
        bytes.len() >> 10
    );
    std::fs::write(out, bytes).with_context(|| out.clone())?;
    if let Some(shown) = words.get(2) {
        std::fs::write(shown, &table)?;
    }
    Ok(())
}

/// A single word in Latin letters, folded and as it is written without accents.
fn plain(word: &str) -> Option<(String, String)> {
    let one_word = !word.contains(' ') && word.chars().next().is_some_and(is_latin);
    let name = one_word.then(|| Name::new(word, Subject::Thing))?;
    let tokens = &name.forms.first()?.tokens;
    let joined = |part: fn(&overt_screening::Token) -> &str| tokens.iter().map(part).collect::<String>();
    let written = joined(|t| &t.text);
    let plain = written.len() > 1 && written.bytes().all(|b| b.is_ascii_lowercase());
    plain.then(|| (joined(|t| &t.folded), written))
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic() && (c as u32) < 0x250
}

fn is_foreign(word: &str) -> bool {
    !word.contains(' ') && word.chars().next().is_some_and(|c| c.is_alphabetic() && (c as u32) >= 0x370)
}
