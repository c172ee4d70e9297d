//! GEXF 1.3, with places, colours, sizes and times.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use super::{Graph, Link, Node, Spell, date_time, xml_text};
use crate::encode::number;

/// Writes a graph as GEXF.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_gexf(to: &mut dyn Write, graph: &Graph) -> io::Result<()> {
    write(Writer::new_with_indent(&mut *to, b' ', 1), graph)?;
    to.flush()
}

type Out<'a> = Writer<&'a mut dyn Write>;

const ROOT: [(&str, &str); 5] = [
    ("xmlns", "http://gexf.net/1.3"),
    ("xmlns:viz", "http://gexf.net/1.3/viz"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd",
    ),
    ("version", "1.3"),
];
const GRAPH: [(&str, &str); 3] = [
    ("defaultedgetype", "undirected"),
    ("mode", "dynamic"),
    ("timeformat", "date"),
];
const OF_NODES: [(&str, &str, &str); 4] = [
    ("0", "status", "string"),
    ("1", "campaign", "string"),
    ("2", "q", "double"),
    ("3", "degree", "integer"),
];
const OF_EDGES: [(&str, &str, &str); 2] = [("0", "q", "double"), ("1", "traces", "string")];

fn write(mut out: Out<'_>, graph: &Graph) -> io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    open(&mut out, "gexf", &ROOT)?;
    open(&mut out, "graph", &GRAPH)?;
    attributes(&mut out, "node", &OF_NODES)?;
    attributes(&mut out, "edge", &OF_EDGES)?;
    open(&mut out, "nodes", &[])?;
    for n in &graph.nodes {
        node(&mut out, n)?;
    }
    close(&mut out, "nodes")?;
    open(&mut out, "edges", &[])?;
    for (n, link) in graph.links.iter().enumerate() {
        edge(&mut out, graph, n, link)?;
    }
    for name in ["edges", "graph", "gexf"] {
        close(&mut out, name)?;
    }
    Ok(())
}

fn node(out: &mut Out<'_>, node: &Node) -> io::Result<()> {
    let label = xml_text(&node.label);
    open(out, "node", &[("id", &node.id), ("label", &label)])?;
    let (degree, q) = (node.degree.to_string(), number(node.q));
    values(
        out,
        &[
            ("0", node.status),
            ("1", &node.campaign),
            ("2", &q),
            ("3", &degree),
        ],
    )?;
    times(out, &node.spells)?;
    let [r, g, b] = node.colour.map(|c| c.to_string());
    // Who is not established is paler.
    let a = if node.status == "established" {
        "1.0"
    } else {
        "0.5"
    };
    empty(
        out,
        "viz:color",
        &[("r", &r), ("g", &g), ("b", &b), ("a", a)],
    )?;
    // Gephi's y points upwards, the page's down.
    let (x, y) = (coordinate(node.at.0), coordinate(-node.at.1));
    empty(out, "viz:position", &[("x", &x), ("y", &y), ("z", "0.0")])?;
    let size = coordinate(node.size());
    empty(out, "viz:size", &[("value", &size)])?;
    close(out, "node")
}

fn edge(out: &mut Out<'_>, graph: &Graph, n: usize, link: &Link) -> io::Result<()> {
    let (source, target) = (&graph.nodes[link.source].id, &graph.nodes[link.target].id);
    let (id, weight) = (format!("e{n}"), link.weight.to_string());
    open(
        out,
        "edge",
        &[
            ("id", &id),
            ("source", source),
            ("target", target),
            ("weight", &weight),
        ],
    )?;
    values(out, &[("0", &number(link.q)), ("1", &link.traces)])?;
    times(out, &link.spells)?;
    close(out, "edge")
}

fn coordinate(x: f64) -> String {
    format!("{x:.2}")
}

fn times(out: &mut Out<'_>, spells: &[Spell]) -> io::Result<()> {
    if spells.is_empty() {
        return Ok(());
    }
    open(out, "spells", &[])?;
    for (from, to) in spells {
        let (from, to) = (date_time(*from), date_time(*to));
        empty(out, "spell", &[("start", &from), ("end", &to)])?;
    }
    close(out, "spells")
}

fn open(out: &mut Out<'_>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    out.write_event(Event::Start(
        BytesStart::new(name).with_attributes(attributes.iter().copied()),
    ))
}

fn empty(out: &mut Out<'_>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    out.write_event(Event::Empty(
        BytesStart::new(name).with_attributes(attributes.iter().copied()),
    ))
}

fn close(out: &mut Out<'_>, name: &str) -> io::Result<()> {
    out.write_event(Event::End(BytesEnd::new(name)))
}

fn attributes(out: &mut Out<'_>, class: &str, list: &[(&str, &str, &str)]) -> io::Result<()> {
    open(out, "attributes", &[("class", class)])?;
    for (id, title, kind) in list {
        empty(
            out,
            "attribute",
            &[("id", *id), ("title", *title), ("type", *kind)],
        )?;
    }
    close(out, "attributes")
}

fn values(out: &mut Out<'_>, list: &[(&str, &str)]) -> io::Result<()> {
    open(out, "attvalues", &[])?;
    for (id, value) in list {
        empty(
            out,
            "attvalue",
            &[("for", *id), ("value", &xml_text(value))],
        )?;
    }
    close(out, "attvalues")
}
