#!/bin/sh
# Screening: in process, beside nomenklatura's logic-v2 on the same candidates, from the command line, and served under a
# load from the same machine (wrk).
set -eu
cd "$(dirname "$0")/.."
shared=${OVERT_SHARED:-../shared}
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement bench/requirements.txt
if ! command -v wrk >/dev/null 2>&1; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends wrk >/dev/null
fi
cargo build --release --quiet --workspace
mkdir -p bench/out
echo "on $(uname -m), $(nproc) cores"
target/release/screening speed
target/release/screening pairs bench/out/pairs.jsonl
.venv/bin/python -W ignore bench/independent/logic_v2.py bench/out/pairs.jsonl
echo "names in other writing systems, among the whole list, and beside others among 200 parties each:"
target/release/scripts
target/release/scripts --pairs bench/out/scripts.jsonl
.venv/bin/python -W ignore bench/independent/scripts_others.py bench/out/scripts.jsonl
rm -f bench/out/scripts.jsonl
python3 bench/screening.py target/release/overt "$shared/data/screening" "$shared/oracle/screening/negatives_us_first20000.csv"

lists=$(mktemp -d)
OVERT=target/release/overt
"$OVERT" lists load "$shared/data/screening/ofac_2021-09" "$shared/data/screening/un/UN_consolidated.xml" \
    "$shared/data/screening/fixtures/us_congress_senzing.json" --store "$lists" --quiet
. scripts/served.sh
serve --lists "$lists"
python3 - "$shared/oracle/screening/negatives_us_first20000.csv" "$shared/data/screening/ofac_2021-09/alt.csv" "$scratch" <<'PYTHON'
import csv, json, random, sys

def query(schema, name):
    return json.dumps({"queries": {"q": {"schema": schema, "properties": {"name": [name]}}}})

strangers, listed, scratch = sys.argv[1:]
strangers = [query("Person", row["full_name"]) for row in csv.DictReader(open(strangers))]
listed = [query("LegalEntity", row[3]) for row in csv.reader(open(listed, encoding="latin-1")) if len(row) > 3]
random.seed(1)
mixed = random.sample(strangers, 8000) + random.sample(listed, 4000)
random.shuffle(mixed)
open(f"{scratch}/strangers", "w").write("\n".join(strangers))
open(f"{scratch}/mixed", "w").write("\n".join(mixed))
PYTHON
for connections in 2 8; do
    for names in strangers mixed; do
        echo "served over $connections connections, single names, $names (mixed: a third are on OFAC's list):"
        NAMES="$scratch/$names" wrk -t1 -c"$connections" -d15 -s bench/names.lua "$url" | tail -1
    done
done
echo "the server's memory: $(sed -n 's/VmHWM:\s*//p' "/proc/$server/status") at most"
rm -rf "$lists"
