#!/bin/sh
# What sifting a large log takes: memory, time, and whether it says the same on one thread and on two.
# scripts/sift_limits.sh [BYTES] [FOLDER]: the log is written to the folder, and deleted in the end.
set -eu
cd "$(dirname "$0")/.."
bytes=${1:-10000000000}
folder=$(mktemp -d "${2:-/tmp}/sift-limits.XXXXXX")
trap 'rm -rf "$folder"' EXIT
free=$(df --output=avail -B1 "$folder" | tail -1)
if [ "$free" -lt $((bytes + 2000000000)) ]; then
    echo "$folder has $free bytes free; $bytes and 2 GB more are needed" >&2
    exit 1
fi
cargo build --release --quiet -p overt-bench --bin access_log --bin sift_speed
cargo build --release --quiet -p overt-cli
overt=target/release/overt
log=$folder/access.log
target/release/access_log "$bytes" >"$log"
size=$(stat -c %s "$log")

# Runs a command and says its seconds of processor and of clock, and the most memory that it held.
measured() {
    what=$1
    shift
    /usr/bin/time -f "%e %U %S %M" -o "$folder/time" "$@" >"$folder/said" 2>&1
    awk -v what="$what" -v size="$size" '{
        cpu = $2 + $3
        printf "%s | %.1f GB | %.0f s, %.0f s of processor | %.0f MB/s a core | %.0f MB resident\n",
            what, size / 1e9, $1, cpu, size / 1e6 / cpu, $4 / 1024
    }' "$folder/time"
}

echo "what | log | time | speed | memory"
measured "all measures, one thread" env RAYON_NUM_THREADS=1 "$overt" sift "$log" -o "$folder/one"
measured "all measures, two threads" env RAYON_NUM_THREADS=2 "$overt" sift "$log" -o "$folder/two"
for name in $(ls "$folder/one"); do
    cmp "$folder/one/$name" "$folder/two/$name" || exit 1
done
echo "the same bytes on one thread and on two: $(ls "$folder/one" | tr '\n' ' ')"
echo
target/release/sift_speed "$log"
