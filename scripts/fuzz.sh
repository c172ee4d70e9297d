#!/bin/sh
# Fuzzes whatever reads bytes from outside. usage: scripts/fuzz.sh [SECONDS]   (for each target; default 60)
set -eu
cd "$(dirname "$0")/.."
if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install cargo-fuzz --locked --quiet
fi
rustup toolchain list | grep -q nightly || rustup toolchain install nightly --profile minimal
for target in posts words lists names bundle regime signed logs indicator_lists handed_over; do
    cargo +nightly fuzz run "$target" -- -max_total_time="${1:-60}" -max_len=4096 -print_final_stats=1
done
