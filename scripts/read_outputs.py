"""Reads what a detection wrote as others do, and says what they saw.

usage: read_outputs.py FOLDER, which holds plain/, excel/ and again.gexf, as scripts/outputs.sh makes them
"""

import datetime
import os
import pathlib
import sys
import xml.etree.ElementTree as tree

import networkx
import pandas
import polars
import pyarrow
import pyarrow.parquet

TIMES = {"edges": ["first", "last"], "accounts": ["created"], "evidence": ["time_a", "time_b"]}
GEXF, VIZ = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"

# What the schema of GEXF 1.3 (github.com/gephi/gexf) lets stand in what is written here: attributes, those that must be
# there in capitals, and elements within.
RULES = {
    "gexf": ("VERSION variant", "meta graph"),
    "graph": ("timeformat start end timestamp mode timerepresentation timezone defaultedgetype idtype", "attributes nodes edges"),
    "attributes": ("CLASS mode", "attribute"),
    "attribute": ("ID TITLE TYPE", "default options"),
    "nodes": ("count", "node"),
    "node": ("ID label start end intervals timestamp timestamps pid", "attvalues spells nodes edges parents viz:color viz:position viz:size viz:shape"),
    "edges": ("count", "edge"),
    "edge": ("ID SOURCE TARGET label type kind weight start end intervals timestamp timestamps", "attvalues spells viz:color viz:thickness viz:shape"),
    "attvalues": ("", "attvalue"),
    "attvalue": ("FOR VALUE start end timestamp", ""),
    "spells": ("", "spell"),
    "spell": ("start end timestamp", ""),
    "viz:color": ("R G B a", ""),
    "viz:position": ("X Y Z", ""),
    "viz:size": ("VALUE", ""),
}
ENUMERATED = {
    ("graph", "mode"): {"static", "dynamic", "slice"},
    ("graph", "timeformat"): {"integer", "double", "date", "dateTime"},
    ("graph", "defaultedgetype"): {"directed", "undirected", "mutual"},
    ("attributes", "class"): {"node", "edge"},
    ("attribute", "type"): {"integer", "long", "double", "float", "boolean", "string"},
}


def by_the_rules(element):
    """Whether an element and all within it are as the schema has them."""
    name = lambda e: e.tag.replace(VIZ, "viz:").replace(GEXF, "")
    attributes, within = (words.split() for words in RULES[name(element)])
    given = {a for a in element.keys() if not a.startswith("{")}
    assert given <= {a.lower() for a in attributes}, f"{name(element)} has {given}"
    assert {a.lower() for a in attributes if a.isupper()} <= given, f"{name(element)} lacks some of {attributes}"
    for attribute in given:
        allowed = ENUMERATED.get((name(element), attribute))
        assert allowed is None or element.get(attribute) in allowed, f"{attribute}: {element.get(attribute)}"
    for child in element:
        assert name(child) in within, f"{name(child)} in {name(element)}"
        by_the_rules(child)


def tables(folder):
    for name, times in TIMES.items():
        parquet = folder / "plain" / f"{name}.parquet"
        schema = pyarrow.parquet.read_schema(parquet)
        for column in times:
            kind = schema.field(column).type
            assert pyarrow.types.is_timestamp(kind) and kind.tz == "UTC", f"{name}.{column} is {kind}"
        by_pandas, by_polars = pandas.read_parquet(parquet), polars.read_parquet(parquet)
        by_csv = pandas.read_csv(folder / "plain" / f"{name}.csv", parse_dates=times)
        assert len(by_pandas) == len(by_polars) == len(by_csv) > 0, name
        for column in times:
            assert by_polars[column].dtype == polars.Datetime("ms", "UTC"), by_polars[column].dtype
            if by_pandas[column].notna().any():
                same = by_pandas[column].dt.tz_convert("UTC") == by_csv[column].dt.tz_convert("UTC")
                assert (same | by_pandas[column].isna()).all(), f"{name}.{column} differs between CSV and Parquet"
        print(f"{name}: {len(by_pandas)} rows, {', '.join(times)} are times in pyarrow, pandas and polars")
    edges = pandas.read_parquet(folder / "plain" / "edges.parquet")
    assert edges.p_sync.between(0, 1).all(), "p_sync is a probability"
    assert (edges["first"] <= edges["last"]).all()
    longest = max(len(cell) for line in (folder / "plain" / "edges.csv").read_text().split("\n") for cell in line.split(","))
    assert longest < 60, f"a cell of {longest} signs"
    accounts = pandas.read_parquet(folder / "plain" / "accounts.parquet")
    outside = accounts[accounts.campaign == ""]
    assert (accounts.posts > 0).all() and outside.centrality.isna().all()
    assert (accounts.posts_carrying <= accounts.posts).all()
    print(f"accounts: each has posts; {len(outside)} outside campaigns are central to none")


def excel(folder):
    for name, times in TIMES.items():
        path = folder / "excel" / f"{name}.csv"
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), f"{path} is not marked"
        assert data.count(b"\n") == data.count(b"\r\n"), "lines end as in Excel"
        table = pandas.read_csv(path, encoding="utf-8-sig")
        plain = pandas.read_csv(folder / "plain" / f"{name}.csv")
        assert list(table.columns) == list(plain.columns) and len(table) == len(plain)
        for column in times:
            for cell in table[column].dropna().head(50):
                datetime.datetime.strptime(str(cell).split(".")[0], "%Y-%m-%d %H:%M:%S")
        assert table.map(lambda cell: len(str(cell).encode("utf-16-le")) // 2).max().max() <= 32_767
    print("excel: marked as UTF-8, lines and times as it reads them, no cell too long")


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def gexf(path):
    graph = networkx.read_gexf(path, version="1.3") if "1.3" in versions() else read_as_older(path)
    root = tree.parse(path).getroot()
    assert root.tag == f"{GEXF}gexf" and root.get("version") == "1.3"
    by_the_rules(root)
    whole = root.find(f"{GEXF}graph")
    assert whole.get("mode") == "dynamic" and whole.get("timeformat") == "date"
    nodes, edges = whole.find(f"{GEXF}nodes"), whole.find(f"{GEXF}edges")
    ids, colours, places, spells = set(), {}, set(), 0
    for node in nodes:
        ids.add(node.get("id"))
        colour, place, size = (node.find(VIZ + part) for part in ("color", "position", "size"))
        assert all(0 <= int(colour.get(c)) <= 255 for c in "rgb") and 0 <= float(colour.get("a")) <= 1
        assert float(size.get("value")) > 0
        places.add((float(place.get("x")), float(place.get("y"))))
        campaign = node.find(f"{GEXF}attvalues/{GEXF}attvalue[@for='1']").get("value")
        colours.setdefault(campaign, set()).add(tuple(colour.get(c) for c in "rgb"))
        spells += order(node)
    assert len(ids) == len(nodes) == len(places) == graph.number_of_nodes()
    assert all(len(of) == 1 for of in colours.values()), "a campaign has one colour"
    assert len({next(iter(of)) for of in colours.values()}) == len(colours), "and no other has it"
    for edge in edges:
        assert {edge.get("source"), edge.get("target")} <= ids and float(edge.get("weight")) >= 1
        assert order(edge) > 0, "every edge has its time"
    assert len(edges) == graph.number_of_edges()
    drawn = sum("viz" in data for _, data in graph.nodes(data=True))
    print(f"{path.name}: {len(nodes)} nodes and {len(edges)} edges in networkx {networkx.__version__}, {drawn} with place, "
          f"colour and size; {len(colours)} colours; {spells} spells of nodes")


def order(item):
    """Spells are times in order, within each other's bounds; how many."""
    last = None
    spells = item.findall(f"{GEXF}spells/{GEXF}spell")
    for spell in spells:
        start, end = moment(spell.get("start")), moment(spell.get("end"))
        assert start <= end and (last is None or last < start)
        last = end
    return len(spells)


def versions():
    from networkx.readwrite.gexf import GEXF as reader

    return reader.versions


def read_as_older(path):
    """networkx knows 1.2; what is read here did not change since."""
    text = path.read_text()
    older = path.with_suffix(".older.gexf")
    text = text.replace('"http://gexf.net/1.3', '"http://www.gexf.net/1.2draft').replace('version="1.3"', 'version="1.2"')
    older.write_text(text)
    return networkx.read_gexf(older, version="1.2draft")


def schema(path, folder):
    import lxml.etree

    rules = lxml.etree.XMLSchema(lxml.etree.parse(str(pathlib.Path(folder) / "gexf.xsd")))
    rules.assertValid(lxml.etree.parse(str(path)))
    print(f"{path.name}: as the schema in {folder} has it")


folder = pathlib.Path(sys.argv[1])
tables(folder)
excel(folder)
for path in (folder / "plain" / "network.gexf", folder / "again.gexf"):
    gexf(path)
    if os.environ.get("GEXF_SCHEMA"):
        schema(path, os.environ["GEXF_SCHEMA"])
