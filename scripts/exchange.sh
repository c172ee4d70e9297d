#!/bin/sh
# A case and sightings in others' formats, against those others' own checkers: STIX 2.1 by its validator, MISP by its client's library.
# usage: [OVERT=the binary, if it is built already] scripts/exchange.sh
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement scripts/requirements.txt
if [ -z "${OVERT:-}" ]; then
    cargo build --quiet --workspace
    OVERT=target/debug/overt
fi
OVERT=$(realpath "$OVERT")
python=$(realpath .venv/bin)/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
OVERT=$OVERT examples/eo13848/run.sh "$scratch" >"$scratch/said"
cd "$scratch"
export OVERT_KEYS=keys XDG_STATE_HOME=$PWD/state OVERT_PASSPHRASE="an example, not a secret"
# A campaign with its accounts and a technique, and somebody who disagrees.
"$OVERT" -q simulate --events 20k --seed 7 -o posts
"$OVERT" -q detect posts/posts.csv --trace repost,url,text -o findings
ira="organisation:Internet Research Agency"
"$OVERT" -q evidence add record findings --source B2 --by alice
"$OVERT" -q claim add record campaign:1 attributed-to "$ira" --by alice
"$OVERT" -q claim add record campaign:1 uses-technique "technique:T0049 Flood Information Space" --by alice
claim=$("$OVERT" status record --claims | sed -n 's/^ *\(claim:[0-9]*\) .*behind .*/\1/p')
for item in 1 4 6 9 10; do
    category=contextual
    [ $item = 10 ] && category=technical
    "$OVERT" -q weigh record "$claim" evidence:$item --for H1 20..100 --category $category --why "as it says" --by alice
done
"$OVERT" -q weigh record "$claim" evidence:15 --for H1 2..5 --category behavioural --why "they posted in step" --by alice
"$OVERT" -q judge record "$claim" --by alice
"$OVERT" -q takedown record campaign:1 --sponsor "$ira" --findings evidence:15 --rule "coordinated inauthentic behaviour" \
    --why "after determination 1" --by bob
"$OVERT" -q weigh record "$claim" evidence:4 --against H1 0.1..0.5 --category contextual --why "it names no such accounts" --by bob
"$OVERT" -q dissent record "$claim" --why "the accounts may be of more than one office" --by bob
"$OVERT" -q judge record "$claim" --by alice
"$OVERT" -q publish record --stix open.stix.json --misp open.misp.json --by alice
"$OVERT" -q publish record --stix accounts.stix.json --misp accounts.misp.json --identified --by alice
# What an office's logs show, with lists and without.
"$OVERT" -q simulate --logs --seed 7 -o office
"$OVERT" -q sift office/access.log office/postgresql.log -o plain
printf 'indicator,first_seen\n185.104.0.9,2016-06-01\n198.51.100.0/24,2016-06-01\nwww.example.org,2016-06-01\n' >listed.csv
"$OVERT" -q sift office/access.log office/postgresql.log --indicators listed.csv --grade B -o listed
cp plain/sightings.stix.json plain.stix.json
cp listed/sightings.stix.json listed.stix.json
grep -q '"indicator"' listed.stix.json
for bundle in open accounts plain listed; do
    "$python" -m stix2validator.scripts.stix2_validator --version 2.1 $bundle.stix.json >said || { cat said; exit 1; }
    case $bundle in open | accounts) ! grep -i warning said ;; esac
done
# What changed since, and nothing else, is another version of an object.
technique=$("$OVERT" status record --claims | sed -n 's/^ *\(claim:[0-9]*\) .*used .*/\1/p')
"$OVERT" -q weigh record "$technique" evidence:15 --for H1 2..5 --category behavioural --why "many posts of one text" --by alice
"$OVERT" -q publish record --stix later.stix.json --by alice
"$python" - "$technique" <<'PYTHON'
import json, sys
first, later = ({o["id"]: o for o in json.load(open(f"{name}.stix.json"))["objects"]} for name in ("open", "later"))
changed = [o for key, o in later.items() if first.get(key) != o]
print(f"of {len(later)} objects {len(changed)} are new or changed: {sorted(o['type'] for o in changed)}")
assert set(first) <= set(later) and changed
assert all(o["created"] == later[key]["created"] for key, o in first.items())
assert all(o["type"] in ("relationship", "note", "grouping") for o in changed) and len(changed) <= 3, changed
PYTHON
# The validator can say no.
sed '0,/"relationship_type"/s//"relationship_tipe"/' open.stix.json >broken.stix.json
! "$python" -m stix2validator.scripts.stix2_validator --version 2.1 --silent broken.stix.json
"$python" - <<'PYTHON'
import collections, json
from pymisp import MISPEvent
for name in ("open", "accounts"):
    stix = json.load(open(f"{name}.stix.json"))
    kinds = collections.Counter(o["type"] for o in stix["objects"])
    event = MISPEvent()
    event.load_file(f"{name}.misp.json")
    again = json.loads(event.to_json())
    print(f"{name}: STIX valid, {dict(sorted(kinds.items()))}; MISP {len(event.attributes)} attributes, {len(event.objects)} objects")
    assert len(again["Attribute"]) == len(event.attributes) > 10
    assert (kinds["indicator"] > 0) == (name == "accounts") == (len(event.objects) > 0)
    assert kinds["opinion"] > 0 and kinds["attack-pattern"] == 1 and kinds["threat-actor"] > 0
    relations = [o for o in stix["objects"] if o["type"] == "relationship" and "confidence" in o]
    assert relations and all(o["confidence"] in (15, 50, 85) for o in relations)
    assert all(any("likelihood" in e for e in o["extensions"].values()) for o in relations)
    assert any(r.get("external_id") == "T0049" for o in stix["objects"] for r in o.get("external_references", []))
PYTHON
