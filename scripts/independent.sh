#!/bin/sh
# Our figures beside independent implementations of the same, from PyPI, on real posts.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement bench/requirements.txt
cargo build --release --workspace --quiet
posts=${OVERT_SHARED:-../shared}/data/coordination
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python -W ignore bench/independent/bicm_agrees.py target/release/overt "$posts/german_url_id.csv" "$scratch/bicm"
echo
.venv/bin/python bench/independent/leiden_agrees.py target/release/leiden "$posts/german_url_id.csv" "$scratch/graph.csv"
echo
.venv/bin/python bench/independent/cosimilar_agrees.py target/release/overt "$posts/ira538_2016q4.csv" "$scratch/similar"
echo
.venv/bin/python bench/independent/text_speed.py target/release/overt "$posts/ira538_2016q4.csv" "$scratch/text"
echo
rm -rf "$scratch"
OVERT=target/release/overt
. scripts/served.sh
serve --lists "${OVERT_SHARED:-../shared}/data/screening/ofac_2021-09"
.venv/bin/python -W ignore bench/independent/yente_client.py "$url"
