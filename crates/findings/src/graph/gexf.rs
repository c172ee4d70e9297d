//! GEXF 1.3.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use super::{Graph, xml_text};

/// Writes a graph as GEXF.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_gexf(to: &mut dyn Write, graph: &Graph) -> io::Result<()> {
    write(Writer::new_with_indent(&mut *to, b' ', 1), graph)?;
    to.flush()
}

type Out<'a> = Writer<&'a mut dyn Write>;

fn write(mut out: Out<'_>, graph: &Graph) -> io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    open(
        &mut out,
        "gexf",
        &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")],
    )?;
    open(&mut out, "graph", &[("defaultedgetype", "undirected")])?;
    attributes(
        &mut out,
        "node",
        &[
            ("0", "status", "string"),
            ("1", "campaign", "string"),
            ("2", "q", "double"),
            ("3", "degree", "integer"),
        ],
    )?;
    attributes(
        &mut out,
        "edge",
        &[("0", "q", "double"), ("1", "traces", "string")],
    )?;
    open(&mut out, "nodes", &[])?;
    for node in &graph.nodes {
        open(
            &mut out,
            "node",
            &[("id", &node.id), ("label", &xml_text(&node.label))],
        )?;
        let degree = node.degree.to_string();
        let q = node.q.to_string();
        values(
            &mut out,
            &[
                ("0", node.status),
                ("1", &node.campaign),
                ("2", &q),
                ("3", &degree),
            ],
        )?;
        close(&mut out, "node")?;
    }
    close(&mut out, "nodes")?;
    open(&mut out, "edges", &[])?;
    for (n, link) in graph.links.iter().enumerate() {
        let (source, target) = (&graph.nodes[link.source].id, &graph.nodes[link.target].id);
        let weight = link.weight.to_string();
        let id = format!("e{n}");
        open(
            &mut out,
            "edge",
            &[
                ("id", &id),
                ("source", source),
                ("target", target),
                ("weight", &weight),
            ],
        )?;
        values(&mut out, &[("0", &link.q.to_string()), ("1", &link.traces)])?;
        close(&mut out, "edge")?;
    }
    for name in ["edges", "graph", "gexf"] {
        close(&mut out, name)?;
    }
    Ok(())
}

fn open(out: &mut Out<'_>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    out.write_event(Event::Start(
        BytesStart::new(name).with_attributes(attributes.iter().copied()),
    ))
}

fn close(out: &mut Out<'_>, name: &str) -> io::Result<()> {
    out.write_event(Event::End(BytesEnd::new(name)))
}

fn attributes(out: &mut Out<'_>, class: &str, list: &[(&str, &str, &str)]) -> io::Result<()> {
    open(out, "attributes", &[("class", class)])?;
    for (id, title, kind) in list {
        let tag = BytesStart::new("attribute").with_attributes([
            ("id", *id),
            ("title", *title),
            ("type", *kind),
        ]);
        out.write_event(Event::Empty(tag))?;
    }
    close(out, "attributes")
}

fn values(out: &mut Out<'_>, list: &[(&str, &str)]) -> io::Result<()> {
    open(out, "attvalues", &[])?;
    for (id, value) in list {
        let value = xml_text(value);
        let tag =
            BytesStart::new("attvalue").with_attributes([("for", *id), ("value", value.as_str())]);
        out.write_event(Event::Empty(tag))?;
    }
    close(out, "attvalues")
}
