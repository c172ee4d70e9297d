//! Patterns of STIX 2.1 held against what logs say.
//!
//! ```text
//! text ─► read ─► Pattern ─► parts in brackets ── a record each ─► times ─► over_time: AND, FOLLOWEDBY, WITHIN, REPEATS
//! record ─► observed ─► objects with properties ┘
//! ```
//!
//! Values of logs are compared as they were written: an ill-formed link is still a link that somebody sent. A comparison of
//! what no log has never holds; a pattern that cannot hold without it is refused, with its reason.

mod observed;
mod over_time;
mod read;
#[cfg(test)]
mod tests;

use overt_model::Network;
use regex::Regex;

pub(crate) use observed::{Object, objects};
pub(crate) use over_time::{Hit, instances};
pub(crate) use read::read;

/// A pattern, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// How its parts go together.
    pub(crate) root: Node,
    /// The parts in brackets.
    pub(crate) parts: Vec<Part>,
    /// It names an address.
    pub(crate) has_address: bool,
    /// What a part of it asks for that no log has: that part is never seen.
    pub(crate) missing: Option<String>,
}

/// How parts go together over time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Part(usize),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    FollowedBy(Box<Self>, Box<Self>),
    /// Within so many milliseconds.
    Within(Box<Self>, i64),
    Repeats(Box<Self>, usize),
    /// From one time until another, in milliseconds.
    Between(Box<Self>, i64, i64),
}

/// What is in brackets.
#[derive(Debug)]
pub(crate) struct Part {
    /// The kind of object of all comparisons, if it is one.
    kind: Option<String>,
    tree: Tree,
}

/// Comparisons that go together.
#[derive(Debug)]
pub(crate) enum Tree {
    Compare(Comparison),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

/// A comparison of a property.
#[derive(Debug)]
pub(crate) struct Comparison {
    kind: String,
    property: String,
    /// Whether some log has it, and can be compared so.
    is_known: bool,
    negated: bool,
    test: Test,
}

#[derive(Debug)]
enum Test {
    OneOf(Vec<String>),
    /// Below, the same, above: which of them suffice.
    Order([bool; 3], f64),
    Like(Vec<char>),
    Matches(Regex),
    Within(Network),
    Around(Network),
    Exists,
    /// Of times and bytes.
    Never,
}

impl Pattern {
    /// Whether one record suffices, so that each match is one.
    pub(crate) fn is_single(&self) -> bool {
        matches!(self.root, Node::Part(_))
    }
}

impl Node {
    /// Whether it can ever hold, seeing that what no log has never does.
    fn can_hold(&self, parts: &[Part]) -> bool {
        match self {
            Self::Part(at) => parts.get(*at).is_some_and(|part| part.tree.can_hold()),
            Self::And(a, b) | Self::FollowedBy(a, b) => a.can_hold(parts) && b.can_hold(parts),
            Self::Or(a, b) => a.can_hold(parts) || b.can_hold(parts),
            Self::Within(inner, _) | Self::Repeats(inner, _) | Self::Between(inner, ..) => {
                inner.can_hold(parts)
            }
        }
    }
}

impl Part {
    fn of(tree: Tree) -> Self {
        Self {
            kind: tree.kind().map(str::to_owned),
            tree,
        }
    }

    /// Whether a record has it. Comparisons of one kind of object are of the same object.
    pub(crate) fn is_in(&self, objects: &[Object<'_>]) -> bool {
        match &self.kind {
            Some(kind) => objects
                .iter()
                .filter(|object| object.kind == kind)
                .any(|object| self.tree.holds(std::slice::from_ref(object))),
            None => self.tree.holds(objects),
        }
    }
}

impl Tree {
    fn can_hold(&self) -> bool {
        match self {
            Self::Compare(comparison) => comparison.is_known,
            Self::And(a, b) => a.can_hold() && b.can_hold(),
            Self::Or(a, b) => a.can_hold() || b.can_hold(),
        }
    }

    fn kind(&self) -> Option<&str> {
        match self {
            Self::Compare(comparison) => Some(&comparison.kind),
            Self::And(a, b) | Self::Or(a, b) => a.kind().filter(|kind| b.kind() == Some(*kind)),
        }
    }

    fn holds(&self, objects: &[Object<'_>]) -> bool {
        match self {
            Self::Compare(comparison) => comparison.holds(objects),
            Self::And(a, b) => a.holds(objects) && b.holds(objects),
            Self::Or(a, b) => a.holds(objects) || b.holds(objects),
        }
    }
}

impl Comparison {
    /// Where there is no such property no comparison of it holds, negated or not.
    fn holds(&self, objects: &[Object<'_>]) -> bool {
        let of_kind = objects.iter().filter(|object| object.kind == self.kind);
        let mut values = of_kind
            .flat_map(|object| &object.properties)
            .filter(|(name, _)| *name == self.property)
            .map(|(_, value)| &**value)
            .peekable();
        self.is_known
            && values.peek().is_some()
            && values.any(|value| self.is_met(value)) != self.negated
    }

    fn is_met(&self, value: &str) -> bool {
        match &self.test {
            Test::OneOf(all) => all.iter().any(|one| self.is_same(value, one)),
            Test::Order(suffice, number) => {
                let order = value
                    .parse::<f64>()
                    .ok()
                    .and_then(|v| v.partial_cmp(number));
                order.is_some_and(|order| suffice[(order as i8 + 1) as usize])
            }
            Test::Like(pattern) => is_like(value, pattern),
            Test::Matches(regex) => regex.is_match(value),
            Test::Within(network) => value
                .parse::<Network>()
                .is_ok_and(|its| its.bits() >= network.bits() && network.contains(its.address())),
            Test::Around(network) => value
                .parse::<Network>()
                .is_ok_and(|its| its.bits() <= network.bits() && its.contains(network.address())),
            Test::Exists => true,
            Test::Never => false,
        }
    }

    fn is_same(&self, value: &str, listed: &str) -> bool {
        let ignores_case = self.property.starts_with("hashes.") || self.kind == "domain-name";
        if value == listed || ignores_case && value.eq_ignore_ascii_case(listed) {
            return true;
        }
        // `192.0.2.1/32` is 192.0.2.1.
        let network = |text: &str| text.parse::<Network>().ok();
        self.property.ends_with("value")
            && network(value).is_some_and(|n| network(listed) == Some(n))
    }
}

/// `%` stands for any letters, `_` for one. The last `%` is gone back to and no other, so that it takes no longer than the
/// lengths of both together allow.
fn is_like(value: &str, pattern: &[char]) -> bool {
    let value: Vec<char> = value.chars().collect();
    let (mut v, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while v < value.len() {
        match pattern.get(p) {
            Some('%') => {
                back = Some((p, v));
                p += 1;
            }
            Some(c) if *c == '_' || *c == value[v] => {
                v += 1;
                p += 1;
            }
            _ => match &mut back {
                Some((at, from)) => {
                    *from += 1;
                    (p, v) = (*at + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}
