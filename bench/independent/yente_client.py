"""A client of yente that others wrote (nomenklatura's enricher) against `overt serve`, unchanged.

usage: yente_client.py URL
"""

import sys

from followthemoney import Dataset, StatementEntity
from nomenklatura.cache import Cache
from nomenklatura.db import make_session
from nomenklatura.enrich.yente import YenteEnricher

ASKED = [
    ("Person", {"name": ["Евгений Пригожин"], "birthDate": ["1961"]}, "PRIGOZHIN"),
    ("LegalEntity", {"name": ["Internet Research Agency"]}, "INTERNET RESEARCH AGENCY"),
    ("Vessel", {"name": ["Saint Victoria"]}, None),
]


def main(url: str) -> None:
    session = make_session("sqlite:///:memory:")
    dataset = Dataset({"name": "asked", "title": "asked"})
    cache = Cache(session, dataset, create=True)
    config = {"name": "overt", "type": "x", "api": f"{url}/", "dataset": "default"}
    client = YenteEnricher(dataset, cache, config)
    for number, (schema, properties, wanted) in enumerate(ASKED):
        data = {"id": f"asked-{number}", "schema": schema, "properties": properties}
        asked = StatementEntity.from_data(dataset, data)
        found = list(client.match(asked))
        linked = [e for match in found[:1] for e in client.expand(asked, match)]
        best = found[0].caption if found else "nobody"
        print(f"{properties['name'][0]}: {best}; {len(found)} found, {len(linked)} linked")
        if wanted is not None:
            assert wanted in best.upper(), best
            assert len(linked) > 1, linked
    print("a client of yente works unchanged")


main(sys.argv[1])
