#!/bin/sh
# Speed and memory beside the coordination-network-toolkit, on the same events in the same run.
# usage: scripts/bench.sh [EVENTS ...]   (default 100000 1000000; add 5000000 for the long one)
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement bench/requirements.txt
cargo build --release --bin overt --quiet
mkdir -p bench/out
[ $# -gt 0 ] || set -- 100000 1000000
exec .venv/bin/python bench/speed.py "$@"
