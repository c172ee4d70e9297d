#!/usr/bin/env python3
"""Writes crates/model/src/territory/territories.tsv: code, name and full name of each country and territory that
FollowTheMoney has a code for. Needs the package `rigour` (PyPI, MIT):
    python3 scripts/territories.py > crates/model/src/territory/territories.tsv
"""

from rigour.territories import get_territories

for t in sorted(get_territories(), key=lambda t: t.code):
    if t.is_ftm:
        print(t.code, t.name, t.full_name, t.alpha3 or "", sep="\t")
