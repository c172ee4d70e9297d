#!/usr/bin/env python3
"""Makes the table of DISARM's techniques from the framework's own STIX bundle (DISARM Foundation, CC-BY-4.0):

    python3 scripts/techniques.py ../shared/data/attribution/disarm/DISARM.json > crates/attribution/src/technique/disarm.tsv
"""
import json
import sys

bundle = json.load(open(sys.argv[1], encoding="utf-8"))
rows = []
for thing in bundle["objects"]:
    if thing["type"] == "attack-pattern":
        number = thing["external_references"][0]["external_id"]
        rows.append((number, thing["id"], thing["created"], thing["name"].strip()))
print("id\tstix\tcreated\tname")
for row in sorted(rows):
    print("\t".join(row))
