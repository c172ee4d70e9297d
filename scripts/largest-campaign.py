"""The campaign with the most established accounts, as a case names it; the first by name of several.

usage: largest-campaign.py accounts.csv
"""

import csv
import sys
from collections import Counter

with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = [r for r in csv.DictReader(file) if r["status"] == "established" and r["campaign"]]
count = Counter(r["campaign"] for r in rows)
if not count:
    sys.exit(f"{sys.argv[1]}: no campaign has an established account")
print("campaign:" + min(count, key=lambda c: (-count[c], c)).removeprefix("campaign-"))
