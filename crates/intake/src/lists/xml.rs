//! XML of lists: one element of the list at a time, as a small tree.
//!
//! Nothing outside the file is ever read, no entity is expanded but the five of XML and characters by number, and a
//! document type, with which bombs begin, is refused.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{ListFormat, Whole};
use crate::error::Error;

/// Deepest nesting, and most bytes of one element of a list: its text, and what each element in it costs.
const DEEPEST: usize = 48;
const MAX_LENGTH: usize = 8 << 20;
const ELEMENT: usize = 64;

/// An element.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Node>,
    /// The line it begins in, from 1.
    pub line: u64,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |c| c.name == name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The text of a child, trimmed; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.child(name).map_or("", |c| c.text.trim())
    }
}

/// The format, by the name of the outermost element.
pub(super) fn recognise(head: &str) -> Option<ListFormat> {
    let has = |word: &str| head.contains(word);
    // Its elements have names with which those of other lists begin.
    if has("<Designations") {
        Some(ListFormat::UkslXml)
    } else if has("<swiss-sanctions-list") {
        Some(ListFormat::SecoXml)
    } else if has("<data-set") && (has("<Country-Pays>") || has("<Country>")) {
        Some(ListFormat::SemaXml)
    } else if has("<sanctionsData") {
        Some(ListFormat::OfacEnhanced)
    } else if has("<CONSOLIDATED_LIST") {
        Some(ListFormat::UnXml)
    } else if has("<sdnList") {
        Some(ListFormat::OfacXml)
    } else if has("<Sanctions") || has("<DistinctParty") {
        Some(ListFormat::OfacAdvanced)
    } else if has("<export") || has("sanctionEntity") {
        Some(ListFormat::EuXml)
    } else {
        None
    }
}

/// Hands on every element directly inside one named in `parents` (by local name), and the attributes of the outermost.
///
/// # Errors
/// XML that is not well-formed, too deep, has a document type, or ends early; with the line.
pub(super) fn elements(
    whole: &Whole,
    format: &'static str,
    parents: &[&str],
    mut take: impl FnMut(&str, Node),
) -> Result<Node, Error> {
    let mut lines = Lines::new(&whole.text);
    let mut reader = Reader::from_str(&whole.text);
    let mut path: Vec<String> = Vec::new();
    let mut open: Vec<Node> = Vec::new();
    let mut root = Node::default();
    let mut size = 0;
    let wrong = |line: u64, detail: &dyn std::fmt::Display| {
        whole.wrong(format, format!("line {line}: {detail}"))
    };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = lines.at(at);
        let event = reader.read_event().map_err(|e| wrong(line, &e))?;
        match event {
            Event::Start(tag) => {
                let node = read_start(&tag, line).map_err(|e| wrong(line, &e))?;
                if path.len() >= DEEPEST {
                    return Err(wrong(line, &"elements are nested too deep"));
                }
                if path.is_empty() {
                    root = node.clone();
                }
                if !open.is_empty() || path.last().is_some_and(|p| parents.contains(&p.as_str())) {
                    open.push(node.clone());
                    size += ELEMENT;
                }
                path.push(node.name);
            }
            Event::Empty(tag) => {
                let node = read_start(&tag, line).map_err(|e| wrong(line, &e))?;
                if path.is_empty() {
                    root = node;
                } else if let Some(parent) = open.last_mut() {
                    parent.children.push(node);
                    size += ELEMENT;
                } else if let Some(parent) = path.last().filter(|p| parents.contains(&p.as_str())) {
                    take(parent, node);
                }
            }
            Event::End(_) => {
                path.pop();
                if let Some(node) = open.pop() {
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(node);
                    } else {
                        size = 0;
                        take(path.last().map_or("", String::as_str), node);
                    }
                }
            }
            Event::Text(text) => append(&mut open, &text.xml10_content(), &mut size),
            Event::CData(text) => append(&mut open, &text.xml10_content(), &mut size),
            Event::GeneralRef(entity) => {
                let resolved = resolve(&entity)
                    .ok_or_else(|| wrong(line, &"an entity that XML does not define"))?;
                append(&mut open, &resolved, &mut size);
            }
            Event::DocType(_) => {
                return Err(wrong(
                    line,
                    &"a document type is refused: lists have none, and bombs begin so",
                ));
            }
            Event::Eof if path.is_empty() && !root.name.is_empty() => return Ok(root),
            Event::Eof => {
                return Err(Error::Truncated {
                    path: whole.path.clone(),
                    rows: line,
                    detail: format!(
                        "the file ends inside <{}>",
                        path.last().map_or("", String::as_str)
                    ),
                });
            }
            _ => {}
        }
        if size > MAX_LENGTH {
            return Err(wrong(line, &"an element is longer than 8 MB"));
        }
    }
}

fn read_start(tag: &BytesStart<'_>, line: u64) -> Result<Node, String> {
    let mut node = Node {
        name: tag.local_name().as_ref().to_owned(),
        line,
        ..Node::default()
    };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|e| e.to_string())?;
        node.attributes.push((
            attribute.key.local_name().as_ref().to_owned(),
            value.into_owned(),
        ));
    }
    Ok(node)
}

fn append(open: &mut [Node], text: &str, size: &mut usize) {
    if let Some(node) = open.last_mut() {
        *size += text.len();
        node.text.push_str(text);
    }
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return Some(c.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(entity).map(str::to_owned)
}

/// Lines by position, counted once on the way.
struct Lines<'a> {
    text: &'a [u8],
    position: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            position: 0,
            line: 1,
        }
    }

    fn at(&mut self, position: usize) -> u64 {
        let position = position.min(self.text.len());
        let passed = &self.text[self.position.min(position)..position];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.position = position;
        self.line
    }
}
