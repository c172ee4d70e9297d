//! The language of STIX patterns (STIX 2.1, part 9), read.

use overt_model::Network;
use regex::RegexBuilder;

use super::observed::KNOWN;
use super::{Comparison, Node, Part, Pattern, Test, Tree};

/// The longest pattern, the deepest, and the most parts and comparisons.
const MAX_BYTES: usize = 64 << 10;
const MAX_DEPTH: usize = 40;
const MAX_PARTS: usize = 100;
const MAX_COMPARISONS: usize = 2_000;
/// The most memory of one expression after `MATCHES`.
const MAX_REGEX: usize = 1 << 18;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Sign(&'static str),
    Word(String),
    Text(String),
    Number(f64),
    /// A time, or bytes: what stands before the quotes, and what is in them.
    Typed(char, String),
}

/// Reads a pattern; what cannot be looked for comes back with its reason.
pub(crate) fn read(text: &str) -> Result<Pattern, String> {
    if text.len() > MAX_BYTES {
        return Err("it is longer than 64 kB".to_owned());
    }
    let tokens = tokens(text)?;
    let mut reader = Reader {
        rest: &tokens,
        parts: Vec::new(),
        comparisons: 0,
        depth: 0,
        has_address: false,
        missing: None,
    };
    let root = reader.or_node()?;
    if !reader.rest.is_empty() {
        return Err("it goes on after its end".to_owned());
    }
    // What no log has never holds: if the rest can do without it, it is looked for.
    match reader.missing {
        Some(missing) if !root.can_hold(&reader.parts) => Err(missing),
        missing => Ok(Pattern {
            root,
            parts: reader.parts,
            has_address: reader.has_address,
            missing,
        }),
    }
}

const SIGNS: [&str; 15] = [
    "!=", "<>", "<=", ">=", "==", "=", "<", ">", "[", "]", "(", ")", ",", ":", ".",
];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (text, after) = quoted(rest)?;
            tokens.push(Token::Text(text));
            rest = after;
        } else if let Some(kind) = ['t', 'h', 'b']
            .into_iter()
            .find(|k| *k == first && rest[1..].starts_with('\''))
        {
            let (text, after) = quoted(&rest[1..])?;
            tokens.push(Token::Typed(kind, text));
            rest = after;
        } else if first.is_ascii_digit()
            || (first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            let end = rest[1..]
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .map_or(rest.len(), |at| at + 1);
            let number = rest[..end]
                .parse()
                .map_err(|_| "a number of it is none".to_owned())?;
            tokens.push(Token::Number(number));
            rest = &rest[end..];
        } else if first.is_ascii_alphabetic() || first == '_' || first == '*' {
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '*');
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or("it has a sign that the language has not")?;
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// A text in single quotes, with its escapes undone, and what follows.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut plain = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((plain, &text[at + 1..])),
            '\\' => match letters.next() {
                Some((_, c @ ('\'' | '\\'))) => plain.push(c),
                // An expression's own escapes are left to it.
                Some((_, c)) => plain.extend(['\\', c]),
                None => break,
            },
            _ => plain.push(letter),
        }
    }
    Err("a text of it has no end".to_owned())
}

struct Reader<'t> {
    rest: &'t [Token],
    parts: Vec<Part>,
    comparisons: usize,
    depth: usize,
    has_address: bool,
    /// What is asked for and no log has, the first of it.
    missing: Option<String>,
}

/// A property by its object's kind, and whether some log has it.
struct Path {
    kind: String,
    property: String,
    is_known: bool,
}

impl Reader<'_> {
    fn takes(&mut self, wanted: &str) -> bool {
        let is = match self.rest.first() {
            Some(Token::Sign(sign)) => *sign == wanted,
            Some(Token::Word(word)) => word == wanted,
            _ => false,
        };
        if is {
            self.rest = &self.rest[1..];
        }
        is
    }

    fn needs(&mut self, wanted: &str) -> Result<(), String> {
        let is = self.takes(wanted);
        is.then_some(())
            .ok_or_else(|| format!("{wanted} is missing"))
    }

    fn next(&mut self) -> Result<Token, String> {
        let (first, rest) = self.rest.split_first().ok_or("it ends too early")?;
        self.rest = rest;
        Ok(first.clone())
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.depth >= MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// `FOLLOWEDBY` binds least, then `OR`, then `AND`.
    fn or_node(&mut self) -> Result<Node, String> {
        let mut left = self.either_node()?;
        while self.takes("FOLLOWEDBY") {
            left = Node::FollowedBy(Box::new(left), Box::new(self.either_node()?));
        }
        Ok(left)
    }

    fn either_node(&mut self) -> Result<Node, String> {
        let mut left = self.and_node()?;
        while self.takes("OR") {
            left = Node::Or(Box::new(left), Box::new(self.and_node()?));
        }
        Ok(left)
    }

    fn and_node(&mut self) -> Result<Node, String> {
        let mut left = self.qualified()?;
        while self.takes("AND") {
            left = Node::And(Box::new(left), Box::new(self.qualified()?));
        }
        Ok(left)
    }

    fn qualified(&mut self) -> Result<Node, String> {
        let mut node = if self.takes("(") {
            let inner = self.deeper(Self::or_node)?;
            self.needs(")")?;
            inner
        } else {
            self.needs("[")?;
            let tree = self.deeper(Self::or_tree)?;
            self.needs("]")?;
            self.parts.push(Part::of(tree));
            if self.parts.len() > MAX_PARTS {
                return Err("it has more than 100 parts".to_owned());
            }
            Node::Part(self.parts.len() - 1)
        };
        loop {
            if self.takes("WITHIN") {
                node = Node::Within(Box::new(node), self.duration()?);
            } else if self.takes("REPEATS") {
                let times = self.number()?;
                self.needs("TIMES")?;
                if !(1.0..=10_000.0).contains(&times) {
                    return Err("it repeats fewer than 1 or more than 10,000 times".to_owned());
                }
                node = Node::Repeats(Box::new(node), times as usize);
            } else if self.takes("START") {
                let from = self.time()?;
                self.needs("STOP")?;
                node = Node::Between(Box::new(node), from, self.time()?);
            } else {
                return Ok(node);
            }
        }
    }

    fn number(&mut self) -> Result<f64, String> {
        match self.next()? {
            Token::Number(number) => Ok(number),
            _ => Err("a number is missing".to_owned()),
        }
    }

    fn duration(&mut self) -> Result<i64, String> {
        let number = self.number()?;
        let seconds = [
            ("SECONDS", 1.0),
            ("MINUTES", 60.0),
            ("HOURS", 3_600.0),
            ("DAYS", 86_400.0),
            ("MONTHS", 30.0 * 86_400.0),
            ("YEARS", 365.0 * 86_400.0),
        ];
        let unit = seconds.into_iter().find(|(name, _)| self.takes(name));
        let (_, unit) = unit.ok_or("the unit of a span is missing")?;
        Ok((number * unit * 1_000.0).clamp(0.0, 1e15) as i64)
    }

    fn time(&mut self) -> Result<i64, String> {
        let (Token::Typed('t', text) | Token::Text(text)) = self.next()? else {
            return Err("a time is missing".to_owned());
        };
        let time: jiff::Timestamp = text
            .parse()
            .map_err(|_| "a time of it is none".to_owned())?;
        Ok(time.as_millisecond())
    }

    fn or_tree(&mut self) -> Result<Tree, String> {
        let mut left = self.and_tree()?;
        while self.takes("OR") {
            left = Tree::Or(Box::new(left), Box::new(self.and_tree()?));
        }
        Ok(left)
    }

    fn and_tree(&mut self) -> Result<Tree, String> {
        let mut left = self.tree()?;
        while self.takes("AND") {
            left = Tree::And(Box::new(left), Box::new(self.tree()?));
        }
        Ok(left)
    }

    fn tree(&mut self) -> Result<Tree, String> {
        if self.takes("(") {
            let inner = self.deeper(Self::or_tree)?;
            self.needs(")")?;
            return Ok(inner);
        }
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            return Err("it has more than 2,000 comparisons".to_owned());
        }
        let before = self.takes("NOT");
        if self.takes("EXISTS") {
            let path = self.path()?;
            return Ok(self.compare(path, before, Test::Exists));
        }
        let path = self.path()?;
        let negated = self.takes("NOT") != before;
        let (test, differs) = self.test()?;
        Ok(self.compare(path, negated != differs, test))
    }

    fn compare(&mut self, path: Path, negated: bool, test: Test) -> Tree {
        let Path {
            kind,
            property,
            is_known,
        } = path;
        self.has_address |=
            kind.ends_with("-addr") && kind.starts_with("ip") || property.ends_with("_ref.value");
        Tree::Compare(Comparison {
            kind,
            property,
            is_known: is_known && !matches!(test, Test::Never),
            negated,
            test,
        })
    }

    /// What a value has to be; and whether it must not.
    fn test(&mut self) -> Result<(Test, bool), String> {
        for (sign, suffice) in [
            ("<=", [true, true, false]),
            (">=", [false, true, true]),
            ("<", [true, false, false]),
            (">", [false, false, true]),
        ] {
            if self.takes(sign) {
                return Ok((Test::Order(suffice, self.number()?), false));
            }
        }
        if self.takes("=") || self.takes("==") {
            return Ok((one_of([self.value()?]), false));
        }
        if self.takes("!=") || self.takes("<>") {
            return Ok((one_of([self.value()?]), true));
        }
        if self.takes("IN") {
            self.needs("(")?;
            let mut all = vec![self.value()?];
            while self.takes(",") {
                all.push(self.value()?);
            }
            self.needs(")")?;
            return Ok((one_of(all), false));
        }
        if self.takes("LIKE") {
            return Ok((Test::Like(self.text()?.chars().collect()), false));
        }
        if self.takes("MATCHES") {
            let text = self.text()?;
            let regex = RegexBuilder::new(&text)
                .size_limit(MAX_REGEX)
                .dot_matches_new_line(true)
                .build()
                .map_err(|_| {
                    "an expression after MATCHES is not one that is looked for".to_owned()
                })?;
            return Ok((Test::Matches(regex), false));
        }
        let is_subset = self.takes("ISSUBSET");
        if is_subset || self.takes("ISSUPERSET") {
            let network: Network = self
                .text()?
                .parse()
                .map_err(|_| "what a set is compared with is not a network".to_owned())?;
            let test = if is_subset {
                Test::Within(network)
            } else {
                Test::Around(network)
            };
            return Ok((test, false));
        }
        Err("a comparison is missing".to_owned())
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Text(text) => Ok(text),
            _ => Err("a text is missing".to_owned()),
        }
    }

    /// A value; none where it is a time or bytes.
    fn value(&mut self) -> Result<Option<String>, String> {
        match self.next()? {
            Token::Text(text) => Ok(Some(text)),
            Token::Number(number) => Ok(Some(number.to_string())),
            Token::Word(word) if word == "true" || word == "false" => Ok(Some(word)),
            Token::Typed(..) => {
                let missing = "it compares times or bytes, which logs do not have";
                self.missing.get_or_insert(missing.to_owned());
                Ok(None)
            }
            _ => Err("a value is missing".to_owned()),
        }
    }

    /// `file:hashes.'SHA-256'` as the kind and the property; any place in a list is all of them.
    fn path(&mut self) -> Result<Path, String> {
        let Token::Word(kind) = self.next()? else {
            return Err("what is compared is missing".to_owned());
        };
        self.needs(":")?;
        let mut property = String::new();
        loop {
            match self.next()? {
                Token::Word(step) | Token::Text(step) => property.push_str(&step),
                _ => return Err("a step of a path is missing".to_owned()),
            }
            while self.takes("[") {
                self.next()?;
                self.needs("]")?;
                property.push_str("[*]");
            }
            if !self.takes(".") {
                break;
            }
            property.push('.');
        }
        let property = match &*property {
            "hashes.SHA1" => "hashes.SHA-1".to_owned(),
            "hashes.SHA256" => "hashes.SHA-256".to_owned(),
            _ => property,
        };
        let is_known = |(of, names): &(&str, &[&str])| *of == kind && names.contains(&&*property);
        let is_known = KNOWN.iter().any(is_known);
        if !is_known {
            let missing = || format!("no log has {}", shown(&kind, &property));
            self.missing.get_or_insert_with(missing);
        }
        Ok(Path {
            kind,
            property,
            is_known,
        })
    }
}

/// That a value is one of several.
fn one_of(values: impl IntoIterator<Item = Option<String>>) -> Test {
    let known: Vec<String> = values.into_iter().flatten().collect();
    if known.is_empty() {
        Test::Never
    } else {
        Test::OneOf(known)
    }
}

fn shown(kind: &str, property: &str) -> String {
    format!("{kind}:{property}").chars().take(80).collect()
}
