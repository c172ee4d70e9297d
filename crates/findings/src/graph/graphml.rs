//! GraphML.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{Graph, xml_text};
use crate::encode::number;

/// Writes a graph as GraphML.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_graphml(to: &mut dyn Write, graph: &Graph) -> io::Result<()> {
    write(Writer::new_with_indent(&mut *to, b' ', 1), graph)?;
    to.flush()
}

type Out<'a> = Writer<&'a mut dyn Write>;

const KEYS: [(&str, &str, &str, &str); 8] = [
    ("label", "node", "label", "string"),
    ("status", "node", "status", "string"),
    ("campaign", "node", "campaign", "string"),
    ("node_q", "node", "q", "double"),
    ("degree", "node", "degree", "int"),
    ("weight", "edge", "weight", "double"),
    ("edge_q", "edge", "q", "double"),
    ("traces", "edge", "traces", "string"),
];

fn write(mut out: Out<'_>, graph: &Graph) -> io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = BytesStart::new("graphml")
        .with_attributes([("xmlns", "http://graphml.graphdrawing.org/xmlns")]);
    out.write_event(Event::Start(root))?;
    for (id, of, name, kind) in KEYS {
        let key = BytesStart::new("key").with_attributes([
            ("id", id),
            ("for", of),
            ("attr.name", name),
            ("attr.type", kind),
        ]);
        out.write_event(Event::Empty(key))?;
    }
    out.write_event(Event::Start(
        BytesStart::new("graph").with_attributes([("edgedefault", "undirected")]),
    ))?;
    for node in &graph.nodes {
        out.write_event(Event::Start(
            BytesStart::new("node").with_attributes([("id", node.id.as_str())]),
        ))?;
        data(&mut out, "label", &node.label)?;
        data(&mut out, "status", node.status)?;
        data(&mut out, "campaign", &node.campaign)?;
        data(&mut out, "node_q", &number(node.q))?;
        data(&mut out, "degree", &node.degree.to_string())?;
        out.write_event(Event::End(BytesEnd::new("node")))?;
    }
    for link in &graph.links {
        let ends = [
            ("source", graph.nodes[link.source].id.as_str()),
            ("target", graph.nodes[link.target].id.as_str()),
        ];
        out.write_event(Event::Start(BytesStart::new("edge").with_attributes(ends)))?;
        data(&mut out, "weight", &link.weight.to_string())?;
        data(&mut out, "edge_q", &number(link.q))?;
        data(&mut out, "traces", &link.traces)?;
        out.write_event(Event::End(BytesEnd::new("edge")))?;
    }
    for name in ["graph", "graphml"] {
        out.write_event(Event::End(BytesEnd::new(name)))?;
    }
    Ok(())
}

fn data(out: &mut Out<'_>, key: &str, value: &str) -> io::Result<()> {
    out.write_event(Event::Start(
        BytesStart::new("data").with_attributes([("key", key)]),
    ))?;
    out.write_event(Event::Text(BytesText::new(&xml_text(value))))?;
    out.write_event(Event::End(BytesEnd::new("data")))
}
