#!/usr/bin/env python3
"""Makes the tables of techniques.

DISARM's from the framework's own STIX bundle (DISARM Foundation, CC-BY-4.0):

    python3 scripts/techniques.py ../shared/data/attribution/disarm/DISARM.json > crates/attribution/src/technique/disarm.tsv

ATT&CK's, as far as MITRE's groups and campaigns use them, from its own lists of those relationships:

    python3 scripts/techniques.py ../shared/data/attribution/attack > crates/attribution/src/technique/attack.tsv
"""
import csv
import json
import os
import re
import sys


def disarm(file):
    rows = []
    for thing in json.load(open(file, encoding="utf-8"))["objects"]:
        if thing["type"] == "attack-pattern":
            number = thing["external_references"][0]["external_id"]
            rows.append((number, thing["id"], thing["created"], thing["name"].strip()))
    return ["id\tstix\tcreated\tname"] + ["\t".join(row) for row in sorted(rows)]


def attack(folder):
    names = {}
    for name in ("group_uses.csv", "campaign_uses.csv"):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table):
                if re.fullmatch(r"T\d{4}(\.\d{3})?", row["object_id"]):
                    called = row.get("object_name", "").strip()
                    names[row["object_id"]] = called or names.get(row["object_id"], "")
    return ["id\tname"] + [f"{number}\t{names[number]}" for number in sorted(names)]


given = sys.argv[1]
print("\n".join(attack(given) if os.path.isdir(given) else disarm(given)))
