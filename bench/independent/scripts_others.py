"""What nomenklatura's algorithms make of names in other writing systems: which of the candidates comes first.

usage: scripts_others.py PAIRS     a line for each name: [script, query, the right party, [others ...]]
"""

import json
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

from followthemoney import model
from nomenklatura.matching import LogicV1, LogicV2, NameMatcher
from nomenklatura.matching.types import ScoringConfig

ALGORITHMS = [LogicV1, LogicV2, NameMatcher]
THRESHOLD = 0.7
config = ScoringConfig.defaults()


def judge(line):
    script, query, right, others = json.loads(line)
    kind = "persons" if query["schema"] == "Person" else "others"
    query, right = model.get_proxy(query), model.get_proxy(right)
    others = [model.get_proxy(o) for o in others]
    row = []
    for algorithm in ALGORITHMS:
        own = algorithm.compare(query, right, config).score
        best = max((algorithm.compare(query, o, config).score for o in others), default=0)
        row.append((own > best, own >= THRESHOLD, best >= THRESHOLD))
    return script, kind, row


def main():
    rows = defaultdict(list)
    with ProcessPoolExecutor() as pool:
        for script, kind, row in pool.map(judge, open(sys.argv[1]), chunksize=4):
            rows[script, kind].append(row)
    names = [a.NAME for a in ALGORITHMS]
    print("script | kind | asked | " + " | ".join(f"{n}: first, at 0.7, another at 0.7" for n in names))
    for (script, kind), judged in sorted(rows.items()):
        cells = []
        for k in range(len(ALGORITHMS)):
            shares = [100 * sum(row[k][i] for row in judged) / len(judged) for i in range(3)]
            cells.append(", ".join(f"{s:.1f} %" for s in shares))
        print(f"{script} | {kind} | {len(judged)} | " + " | ".join(cells))


main()
