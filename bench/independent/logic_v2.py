"""The time nomenklatura's logic-v2 takes to score the candidates that were found.

usage: logic_v2.py PAIRS     a line for each query: [query, [candidate, ...]]
"""

import json
import sys
import time

from followthemoney import model
from nomenklatura.matching import LogicV2
from nomenklatura.matching.types import ScoringConfig

lines = [json.loads(line) for line in open(sys.argv[1])]
queries = [(model.get_proxy(q), [model.get_proxy(c) for c in cs]) for q, cs in lines]
config = ScoringConfig.defaults()
for query, candidates in queries[:20]:
    for candidate in candidates:
        LogicV2.compare(query, candidate, config)
begun, pairs = time.perf_counter(), 0
for query, candidates in queries:
    for candidate in candidates:
        LogicV2.compare(query, candidate, config)
        pairs += 1
took = time.perf_counter() - begun
print(
    f"logic-v2: the same {pairs} pairs scored, candidates given, in {took / len(queries) * 1e6:.0f} µs a query, "
    f"{pairs / took:.0f} pairs/s"
)
