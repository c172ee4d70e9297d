"""Compares `--null bicm` at an infinite window with PyPI's `bicm`: expected co-shares, expected degrees, Poisson p.

usage: bicm_agrees.py OVERT POSTS.csv SCRATCH   (a table of CooRTweet's four columns)
"""

import csv
import subprocess
import sys
from collections import defaultdict

import numpy as np
from bicm import BipartiteGraph
from scipy.stats import poisson

overt, posts, scratch = sys.argv[1:]
options = ["--null", "bicm", "--window", "inf", "--level", "1", "--edges-only", "--write", "csv", "--force", "-q"]
subprocess.run([overt, "detect", posts, "--trace", "object", *options, "-o", scratch], check=True)

pairs = {(r["account_id"], r["object_id"]) for r in csv.DictReader(open(posts))}
accounts = sorted({a for a, _ in pairs})
objects = sorted({o for _, o in pairs})
row = {a: n for n, a in enumerate(accounts)}
column = {o: n for n, o in enumerate(objects)}
matrix = np.zeros((len(accounts), len(objects)), dtype=np.uint8)
for a, o in pairs:
    matrix[row[a], column[o]] = 1

graph = BipartiteGraph()
graph.set_biadjacency_matrix(matrix)
graph.solve_tool(method="fixed-point", tol=1e-13, eps=1e-13, max_steps=1000)
chance = graph.get_bicm_matrix()
print(f"bicm: {len(accounts)} accounts, {len(objects)} objects, {len(pairs)} events")
print(f"bicm: largest difference of an expected degree from the observed one: "
      f"{np.abs(chance.sum(1) - matrix.sum(1)).max():.2e} accounts, {np.abs(chance.sum(0) - matrix.sum(0)).max():.2e} objects")

expected = chance @ chance.T
worst = defaultdict(float)
rows = 0
for r in csv.DictReader(open(f"{scratch}/edges.csv")):
    i, j = (row[r[c].split(":", 1)[1].lstrip("'")] for c in ("account_a", "account_b"))
    lam, p = expected[i, j], poisson.sf(int(r["observed"]) - 1, expected[i, j])
    worst["expected co-shares"] = max(worst["expected co-shares"], abs(float(r["expected"]) / lam - 1))
    if p > 1e-300:
        worst["p"] = max(worst["p"], abs(float(r["p"]) / p - 1))
    rows += 1
print(f"compared {rows} pairs with two co-shares or more: largest relative difference of " +
      ", ".join(f"{k} {v:.2e}" for k, v in worst.items()))
sys.exit(0 if rows and max(worst.values()) < 1e-6 else 1)
