#!/usr/bin/env python3
"""Writes crates/model/src/ftm/schema.jsonl: the FollowTheMoney schema as facts, one schema a line.

Needs the package `followthemoney` (PyPI, MIT). Run when FollowTheMoney's schema changes:
    python3 scripts/ftm-schema.py > crates/model/src/ftm/schema.jsonl
"""

import json

import followthemoney
from followthemoney import model


def property_of(prop):
    facts = {"name": prop.name, "label": prop.label, "type": prop.type.name}
    if prop.range:
        facts["range"] = prop.range.name
    if prop.reverse:
        facts["reverse"] = prop.reverse.name
    if prop.format:
        facts["format"] = prop.format
    for flag in ("stub", "matchable", "hidden"):
        if getattr(prop, flag):
            facts[flag] = True
    return facts


def schema_of(schema):
    facts = {
        "name": schema.name,
        "label": schema.label,
        "plural": schema.plural,
        "extends": sorted(parent.name for parent in schema.extends),
    }
    if schema.matchable:
        facts["matchable"] = True
    if schema.edge:
        facts["edge"] = [schema.edge_source, schema.edge_target]
    for name in ("caption", "featured", "required"):
        if getattr(schema, name):
            facts[name] = list(getattr(schema, name))
    own = [p for p in schema.properties.values() if p.schema == schema]
    facts["properties"] = [property_of(p) for p in sorted(own, key=lambda p: p.name)]
    return facts


print(json.dumps({"followthemoney": followthemoney.__version__}))
for schema in sorted(model.schemata.values(), key=lambda s: s.name):
    print(json.dumps(schema_of(schema), ensure_ascii=False, separators=(",", ":")))
