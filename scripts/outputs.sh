#!/bin/sh
# What a detection writes, read by others' programs: tables by pandas, pyarrow and polars, the network by networkx and held
# against GEXF's own rules, the report in a browser at the width of a telephone and of a desk.
# usage: [OVERT=the binary, if it is built already] [GEXF_SCHEMA=a folder with gexf.xsd] scripts/outputs.sh
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement scripts/requirements.txt
if [ -z "${OVERT:-}" ]; then
    cargo build --quiet --package overt-cli
    OVERT=target/debug/overt
fi
OVERT=$(realpath "$OVERT")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_STATE_HOME="$scratch/state"
"$OVERT" -q simulate --events 30k --seed 7 -o "$scratch/posts"
detect() {
    "$OVERT" -q detect "$scratch/posts/posts.csv" --trace repost,url,text --about "$scratch/posts/election.toml" "$@"
}
detect --calibrate 2 -o "$scratch/plain"
detect --excel --write csv -o "$scratch/excel"
"$OVERT" -q convert "$scratch/plain" --to gexf -o "$scratch/again.gexf"
# What is marked for Excel is read back all the same.
"$OVERT" -q convert "$scratch/excel" --to gexf -o "$scratch/from-excel.gexf"
cmp "$scratch/again.gexf" "$scratch/from-excel.gexf"
"$OVERT" -q evaluate "$scratch/excel" --labels "$scratch/posts/labels.csv" >/dev/null
.venv/bin/python scripts/read_outputs.py "$scratch"
.venv/bin/python scripts/walk_report.py "$scratch/plain/report.html"
