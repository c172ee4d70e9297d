#!/bin/sh
# The long proofs. Each prints its figures and what it was run on. The data of the tests must be there.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --workspace --quiet
echo "on $(uname -m), $(nproc) cores, $(target/release/overt --version)"
echo
target/release/type_one 20 100
echo
target/release/power 10
echo
target/release/enumeration sites 20000
target/release/enumeration false 20000
target/release/enumeration power 100
target/release/laid_in
target/release/values_laid_in
target/release/grizzly
OVERT_MUTATED=10000 cargo test --release --quiet -p overt-intake --test it changed_ -- --nocapture --test-threads 1 | grep readings
scripts/sift_limits.sh
echo
target/release/calibration 100
echo
target/release/injected
echo
target/release/state_of_the_art 10
echo
scripts/independent.sh
echo
scripts/growth.sh
echo
shared=${OVERT_SHARED:-../shared}
.venv/bin/python bench/reliability.py target/release/names "$shared/oracle/screening/name_pairs_dev.csv" docs/reliability.svg
echo
target/release/screening recall
echo
target/release/screening alarms
echo
target/release/screening thresholds
echo
ofac=$shared/data/screening/ofac_2021-09
python3 bench/serving.py refresh target/release/overt "$ofac" 50
python3 bench/serving.py soak target/release/overt "$ofac" 600
echo
scripts/api.sh 500 7
echo
OVERT_CRASHES=200 cargo test --release --quiet -p overt-case --test crash -- --nocapture | grep -oE "killed [0-9]+ times.*|[0-9]+ writers.*"
cargo test --release --quiet -p overt-verify --test it tampered -- --nocapture | grep -o ".*all found.*"
OVERT_INSIDERS=100 cargo test --release --quiet -p overt-verify --test it insiders -- --nocapture | grep -E "attacks|histories"
cargo test --release --quiet -p overt-verify --test it attacks -- --nocapture | grep " | "
echo
target/release/case_scale
echo
scripts/fuzz.sh
