#!/bin/sh
# The long proofs. Each prints its figures and what it was run on. The data of the tests must be there.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --workspace --quiet
echo "on $(uname -m), $(nproc) cores, $(target/release/overt --version)"
echo
target/release/type_one 20
echo
target/release/power 10
echo
target/release/calibration 100
echo
scripts/independent.sh
echo
scripts/growth.sh
echo
scripts/fuzz.sh
