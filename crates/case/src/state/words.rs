//! How words are marked that nobody marked, and which speak of things that are: why something was refused, or erased.

use std::collections::BTreeMap;

use overt_attribution::{EntityRef, Marking, PARTY_KINDS};

use super::CaseState;
use crate::entry::Action;

impl CaseState {
    /// How words that nobody marked are marked: as the most of the parties, the origins, the items and the claims that they
    /// name, and never for others than those whom the case serves.
    pub(crate) fn marking_of_words(&self, words: &str) -> Marking {
        let folded = folded(words);
        let names = self.markings_of_names();
        let claims = self.claims.values();
        let claims = claims
            .filter(|claim| has_number(words, &claim.id.to_string()))
            .map(|claim| claim.marking);
        let rivals = self.markings_of_rivals(&folded, &names);
        let named = names
            .iter()
            .filter(|(name, _)| !name.is_empty() && folded.contains(name.as_str()))
            .map(|(_, marking)| *marking);
        named
            .chain(claims)
            .chain(rivals)
            .max()
            .unwrap_or_default()
            .max(Marking::Amber)
    }

    /// The markings of claims of whose other explanations a party seems to be one that is named nowhere else: of rivals a
    /// claim has the words alone.
    fn markings_of_rivals(&self, words: &str, names: &BTreeMap<String, Marking>) -> Vec<Marking> {
        let mut found = Vec::new();
        for kind in PARTY_KINDS {
            for (at, kind) in words.match_indices(&format!("{kind}:")) {
                // Where a name ends nobody can tell in words: by how it begins more is found than is meant.
                let begins = words[at + kind.len()..].split(' ').next();
                let name = begins.unwrap_or_default();
                let name = name.trim_matches(|c: char| !c.is_alphanumeric());
                if name.is_empty() || names.keys().any(|known| known.starts_with(name)) {
                    continue;
                }
                let claims = self.claims.values().filter(|claim| {
                    let mut others = claim.hypotheses.iter();
                    others.any(|other| self::folded(&other.text).contains(name))
                });
                found.extend(claims.map(|claim| claim.marking));
            }
        }
        found
    }

    /// Names of parties, origins and items, each with the least that anything which tells it is marked with: whoever may
    /// have that may have the name.
    fn markings_of_names(&self) -> BTreeMap<String, Marking> {
        let mut names: BTreeMap<String, Marking> = BTreeMap::new();
        let mut tell = |name: &str, marking: Marking| {
            for written in [folded(name), folded(&name.escape_debug().to_string())] {
                let least = names.entry(written).or_insert(marking);
                *least = marking.min(*least);
            }
        };
        let mut party = |party: &EntityRef, marking| tell(party.name(), marking);
        for claim in self.claims.values() {
            let of_it = [Some(&claim.subject), claim.object.as_ref()];
            let of_it = of_it.into_iter().flatten();
            of_it.for_each(|named| party(named, claim.marking));
        }
        for record in self.narrative.values() {
            let marking = self.marking_of_fact(&record.fact);
            record.fact.by.iter().for_each(|by| party(by, marking));
        }
        for on_file in self.evidence.values() {
            let spoken_for = on_file.item.speaks_for.iter();
            spoken_for.for_each(|named| party(named, on_file.item.marking));
        }
        let described = self.described.values().flatten();
        let described = described.map(|(_, d)| (&d.party, d.evidence));
        let listed = self.listed.iter().map(|(_, l)| (&l.party, l.evidence));
        for (named, shown_by) in described.chain(listed) {
            let on_file = self.evidence.get(&shown_by);
            party(named, on_file.map_or(Marking::Red, |o| o.item.marking));
        }
        // Whom a decision reaches is named by what it does, and who was told knows it.
        let reached = self.decisions.values().map(|made| &made.decided);
        let reached = reached.filter(|decided| decided.action != Action::Decline);
        reached.for_each(|decided| party(&decided.subject, Marking::Clear));
        let notices = self.notices.iter();
        notices.for_each(|notified| party(&notified.party, Marking::Clear));
        for on_file in self.evidence.values() {
            tell(&on_file.item.name, on_file.item.marking);
            tell(&on_file.item.origin, on_file.item.marking);
        }
        for named in self.origin_names.values() {
            let others = [
                Some(&named.name),
                named.same_as.as_ref(),
                named.apart_from.as_ref(),
            ];
            let others = others.into_iter().flatten();
            others.for_each(|name| tell(name, self.marking_of_origin(name)));
        }
        names
    }
}

/// Letters of one case and single spaces, as names are compared here: more than is meant may be found, and less not.
fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Whether a number as `claim:3` stands in a text, and not as the beginning of a longer one.
fn has_number(text: &str, number: &str) -> bool {
    text.match_indices(number).any(|(at, _)| {
        let after = text[at + number.len()..].chars().next();
        !after.is_some_and(|c| c.is_ascii_digit())
    })
}
