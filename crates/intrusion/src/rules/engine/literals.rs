//! Which rules an event may match, by the texts that each of them asks for.
//!
//! Nearly every rule asks for texts of which one at least stands in the event, and often for several of such groups: a
//! program's name and a word of its arguments. All texts of all rules are looked for at once, and only rules of which every
//! group was found are evaluated. What asks for no text, or in a way that is not understood here, is evaluated always: a rule
//! is left out only where it cannot match.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern,
    SigmaRule, SigmaString, SigmaValue, StringPart,
};

use crate::rules::named::Named;

/// Texts of which one at least has to be there, in small letters.
type Group = Vec<String>;

/// More groups of a rule than this add nothing: those are kept that say most.
const MOST_GROUPS: usize = 8;

/// The texts of all rules of an engine.
pub(super) struct Literals {
    /// None where there is no text, or they cannot be looked for at once.
    automaton: Option<AhoCorasick>,
    /// Of each text, the rules that ask for it, and the bit of the group that it stands in.
    asked: Vec<Vec<(u32, u8)>>,
    /// Of each rule, the bits of all its groups; none for rules that are always evaluated.
    groups: Vec<u8>,
    always: Vec<u32>,
}

/// What is known of an event so far: a room that is used again.
#[derive(Default)]
pub(super) struct Found {
    bits: Vec<u8>,
    touched: Vec<u32>,
}

impl Literals {
    /// Of rules in the order of the engine; none for a rule that is not known here.
    pub(super) fn new<'r>(rules: impl Iterator<Item = Option<&'r SigmaRule>>) -> Self {
        let mut texts: BTreeMap<String, Vec<(u32, u8)>> = BTreeMap::new();
        let (mut groups, mut always) = (Vec::new(), Vec::new());
        for (place, rule) in (0_u32..).zip(rules) {
            let asked = rule.and_then(of_rule).unwrap_or_default();
            let mut bits = 0_u8;
            for (n, group) in asked.into_iter().enumerate() {
                bits |= 1 << n;
                for text in group {
                    texts.entry(text).or_default().push((place, 1 << n));
                }
            }
            if bits == 0 {
                always.push(place);
            }
            groups.push(bits);
        }
        let (texts, asked): (Vec<String>, Vec<_>) = texts.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&texts);
        let automaton = automaton.ok().filter(|_| !texts.is_empty());
        if automaton.is_none() {
            always = (0..groups.len() as u32).collect();
        }
        Self {
            automaton,
            asked,
            groups,
            always,
        }
    }

    /// The places of rules that an event may match, in order.
    pub(super) fn candidates(&self, event: &Named<'_>, found: &mut Found) -> Vec<u32> {
        let mut candidates = self.always.clone();
        let Some(automaton) = &self.automaton else {
            return candidates;
        };
        found.bits.resize(self.groups.len(), 0);
        let mut last = "";
        for (_, value) in event.fields() {
            // A field that goes under two names follows itself.
            if **value == *last {
                continue;
            }
            last = value;
            if value.is_ascii() {
                self.mark(automaton, value, found);
            } else {
                // Letters that are small letters of ASCII to whoever compares without case: K of kelvins, and a long s.
                self.mark(automaton, &value.to_lowercase().replace('ſ', "s"), found);
            }
        }
        for place in found.touched.drain(..) {
            let bits = std::mem::take(&mut found.bits[place as usize]);
            if bits == self.groups[place as usize] {
                candidates.push(place);
            }
        }
        candidates.sort_unstable();
        candidates
    }

    fn mark(&self, automaton: &AhoCorasick, value: &str, found: &mut Found) {
        for text in automaton.find_overlapping_iter(value) {
            for (place, bit) in &self.asked[text.pattern().as_usize()] {
                let bits = &mut found.bits[*place as usize];
                if *bits == 0 {
                    found.touched.push(*place);
                }
                *bits |= bit;
            }
        }
    }
}

/// What a rule asks for; none where it may match without any text.
fn of_rule(rule: &SigmaRule) -> Option<Vec<Group>> {
    let conditions = rule.detection.conditions.iter();
    let mut groups = any_of(conditions.map(|c| of_condition(c, &rule.detection)))?;
    groups.sort_by_cached_key(|group| std::cmp::Reverse(says(group)));
    groups.truncate(MOST_GROUPS);
    Some(groups)
}

/// How much a group says: the length of its shortest text, and how few there are.
fn says(group: &Group) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = group.iter().map(String::len).min().unwrap_or(0);
    (shortest, std::cmp::Reverse(group.len()))
}

/// Of several answers one holds: a text of the most telling group of each.
fn any_of(all: impl Iterator<Item = Option<Vec<Group>>>) -> Option<Vec<Group>> {
    let mut one: Group = Vec::new();
    for groups in all {
        one.extend(groups?.into_iter().max_by_key(says)?);
    }
    (!one.is_empty()).then(|| {
        one.sort();
        one.dedup();
        vec![one]
    })
}

/// All of several hold.
fn all_of(all: impl Iterator<Item = Option<Vec<Group>>>) -> Option<Vec<Group>> {
    let groups: Vec<Group> = all.flatten().flatten().collect();
    (!groups.is_empty()).then_some(groups)
}

fn of_condition(condition: &ConditionExpr, within: &Detections) -> Option<Vec<Group>> {
    match condition {
        ConditionExpr::And(inner) => all_of(inner.iter().map(|c| of_condition(c, within))),
        ConditionExpr::Or(inner) => any_of(inner.iter().map(|c| of_condition(c, within))),
        ConditionExpr::Not(_) => None,
        ConditionExpr::Identifier(name) => of_detection(within.named.get(name)?),
        ConditionExpr::Selector {
            quantifier,
            pattern,
        } => {
            let mut named: Vec<_> = within
                .named
                .iter()
                .filter(|(name, _)| is_selected(name, pattern))
                .collect();
            named.sort_by_key(|(name, _)| *name);
            // "All of them" leaves out names that begin so, and "one of them" may.
            if *quantifier == Quantifier::All {
                named.retain(|(name, _)| !name.starts_with('_'));
            }
            let inner = named
                .into_iter()
                .map(|(_, detection)| of_detection(detection));
            match quantifier {
                // Of none it is not known what would be asked for.
                Quantifier::Count(0) => None,
                Quantifier::Any | Quantifier::Count(_) => any_of(inner),
                // A pattern within a name may mean fewer than were taken here.
                Quantifier::All if is_within(pattern) => None,
                Quantifier::All => all_of(inner),
            }
        }
    }
}

/// Whether a pattern has more than a beginning of names.
fn is_within(pattern: &SelectorPattern) -> bool {
    match pattern {
        SelectorPattern::Them => false,
        SelectorPattern::Pattern(pattern) => pattern
            .split_once('*')
            .is_some_and(|(_, rest)| !rest.is_empty()),
    }
}

/// Whether a name may be meant.
fn is_selected(name: &str, pattern: &SelectorPattern) -> bool {
    match pattern {
        SelectorPattern::Them => true,
        SelectorPattern::Pattern(pattern) => match pattern.split_once('*') {
            Some((start, "")) => name.starts_with(start),
            Some(_) => true,
            None => name == pattern,
        },
    }
}

fn of_detection(detection: &Detection) -> Option<Vec<Group>> {
    match detection {
        Detection::AllOf(items) => all_of(items.iter().map(of_item)),
        Detection::And(inner) => all_of(inner.iter().map(of_detection)),
        Detection::AnyOf(inner) => any_of(inner.iter().map(of_detection)),
        Detection::Keywords(values) => any_of(values.iter().map(|value| of_value(value, &[]))),
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => None,
    }
}

fn of_item(item: &DetectionItem) -> Option<Vec<Group>> {
    let modifiers = &item.field.modifiers;
    // Whatever else is done to a value, the event need not have it as it is written.
    let as_written = modifiers.iter().all(|modifier| {
        matches!(
            modifier,
            Modifier::Contains
                | Modifier::StartsWith
                | Modifier::EndsWith
                | Modifier::All
                | Modifier::Cased
                | Modifier::WindAsh
        )
    });
    if !as_written {
        return None;
    }
    let values = item.values.iter().map(|value| of_value(value, modifiers));
    if item.field.has_modifier(Modifier::All) {
        all_of(values)
    } else {
        any_of(values)
    }
}

/// The longest piece of a value that stands in the event as it is.
fn of_value(value: &SigmaValue, modifiers: &[Modifier]) -> Option<Vec<Group>> {
    let SigmaValue::String(SigmaString { parts, .. }) = value else {
        return None;
    };
    let dashes = modifiers.contains(&Modifier::WindAsh);
    // With that modifier a dash may be another dash or a slash.
    let ends = |c: char| !c.is_ascii() || dashes && matches!(c, '-' | '/');
    let plain = parts.iter().filter_map(|part| match part {
        StringPart::Plain(text) => Some(text.as_str()),
        StringPart::Special(_) => None,
    });
    let pieces = plain.flat_map(|text| text.split(ends));
    let longest = pieces.max_by_key(|piece| piece.len())?;
    (!longest.is_empty()).then(|| vec![vec![longest.to_ascii_lowercase()]])
}
