//! How many names on lists have each word, folded, and by its consonants: `frequencies LIST … > crates/screening/src/name/tables/frequencies.tsv`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use overt_model::ftm::PropertyType;
use overt_screening::{FormScript, Kind, Name, Subject};

/// Words in fewer names are all as rare.
const FEWEST: u32 = 5;

fn main() -> Result<()> {
    let paths: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut names = 0;
    for list in overt_intake::read_lists(&paths)? {
        for entity in list.entities.iter().filter(|e| e.schema.matchable) {
            let subject = Subject::of(entity.schema);
            for text in entity.of_type(PropertyType::Name) {
                names += 1;
                let name = Name::new(text, subject);
                let first = |script| name.forms.iter().find(move |f| f.script == script);
                let latin = first(FormScript::Latin);
                let words = latin
                    .into_iter()
                    .chain(first(FormScript::Consonants))
                    .flat_map(|f| &f.tokens)
                    .filter(|t| t.kind == Kind::Word);
                let words: BTreeSet<&str> = words.map(|t| t.folded.as_str()).collect();
                for word in words {
                    *counts.entry(word.to_owned()).or_default() += 1;
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "# how many names on the OFAC and UN lists have a word (folded; in capitals by its consonants); * is the number of names. Written by the bench program frequencies."
    )?;
    writeln!(out, "*\t{names}")?;
    for (word, count) in counts.into_iter().filter(|(_, n)| *n >= FEWEST) {
        writeln!(out, "{word}\t{count}")?;
    }
    Ok(())
}
