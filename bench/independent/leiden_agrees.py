"""Compares our Leiden with `leidenalg` (PyPI) on the account-object graph of real posts: quality, time, agreement.

usage: leiden_agrees.py LEIDEN POSTS.csv SCRATCH [SEEDS]   (LEIDEN is target/release/leiden; a CooRTweet table)
"""

import csv
import subprocess
import sys
import time

import igraph
import leidenalg
import numpy as np
from sklearn.metrics import adjusted_mutual_info_score as ami

leiden, posts, scratch = sys.argv[1:4]
seeds = int(sys.argv[4]) if len(sys.argv) > 4 else 5
ties = sorted({(r["account_id"], r["object_id"]) for r in csv.DictReader(open(posts))})
node = {}
edges = [(node.setdefault(("a", a), len(node)), node.setdefault(("o", o), len(node))) for a, o in ties]
csv.writer(open(scratch, "w")).writerows(edges)
ends = np.array(edges)
strength = np.bincount(ends.ravel(), minlength=len(node))


def quality(community, resolution):
    """Modularity with a resolution, the same for both."""
    inside = (community[ends[:, 0]] == community[ends[:, 1]]).sum()
    of_community = np.bincount(community, weights=strength)
    return inside / len(edges) - resolution * ((of_community / (2 * len(edges))) ** 2).sum()


graph = igraph.Graph(n=len(node), edges=edges)
print(f"{len(node)} nodes, {len(edges)} edges, two iterations, {seeds} seeds")
print("resolution | quality ours | leidenalg | seconds ours | leidenalg | AMI between | AMI ours over seeds | AMI leidenalg over seeds")
short = False
for resolution in [1.0, 4.0, 10.0]:
    answer = subprocess.run([leiden, scratch, str(resolution), "2", str(seeds)], check=True, capture_output=True, text=True)
    lines = [line.split() for line in answer.stdout.splitlines()]
    ours = [np.array([int(c) for c in line[1:]]) for line in lines]
    our_time = np.mean([float(line[0]) for line in lines])
    theirs, spent = [], []
    for seed in range(seeds):
        begun = time.perf_counter()
        part = leidenalg.find_partition(
            graph, leidenalg.RBConfigurationVertexPartition, resolution_parameter=resolution, n_iterations=2, seed=seed + 1
        )
        spent.append(time.perf_counter() - begun)
        theirs.append(np.array(part.membership))
    q = np.mean([quality(c, resolution) for c in ours]), np.mean([quality(c, resolution) for c in theirs])
    between = np.mean([ami(a, b) for a, b in zip(ours, theirs)])
    within = [np.mean([ami(x[0], y) for y in x[1:]]) for x in (ours, theirs)]
    print(f"{resolution} | {q[0]:.5f} | {q[1]:.5f} | {our_time:.2f} | {np.mean(spent):.2f} | {between:.3f} | {within[0]:.3f} | {within[1]:.3f}")
    short |= q[0] < q[1] - 0.005
sys.exit(1 if short else 0)
