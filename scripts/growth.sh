#!/bin/sh
# Time and memory as events grow; draws docs/growth.svg. Needs 12 GB of disk and 16 GB of memory for the largest.
# usage: scripts/growth.sh [SIZE ...]   (default 1M 5M 10M 20M 50M, and 20M with one more object shared by a million accounts)
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement bench/requirements.txt
cargo build --release --workspace --quiet
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
[ $# -gt 0 ] || set -- 1M 5M 10M 20M 20M+1M 50M
.venv/bin/python bench/growth.py target/release/overt target/release/events "$scratch" docs/growth.svg "$@"
