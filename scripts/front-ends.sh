#!/bin/bash
# Whole acts need no command line: the example programs of detection and publication write, byte for byte, what the
# command writes, and nothing of the command line is among what they need.
# usage: [OVERT=the binary, if it is built already] scripts/front-ends.sh
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${OVERT:-}" ]; then
    cargo build --quiet --workspace
    OVERT=target/debug/overt
fi
cargo build --quiet --workspace --examples
overt=$(realpath "$OVERT")
examples=$(realpath target/debug/examples)
root=$PWD
for crate in detection publication; do
    needs=$(cargo tree --package overt-$crate --edges normal,dev --prefix none | sort -u)
    if grep -E '^(overt-cli|clap|indicatif|rpassword) ' <<<"$needs"; then
        echo "overt-$crate needs the command line" >&2
        exit 1
    fi
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export OVERT_KEYS=keys XDG_STATE_HOME=$PWD/state OVERT_PASSPHRASE="two front-ends"
quiet() { "$overt" --quiet "$@"; }
same() { # folders or files, but for what cannot be the same
    diff -r --exclude run-stats.json "$1" "$2"
}

quiet simulate --events 20k --seed 7 -o posts
quiet detect posts/posts.csv -o command
"$examples/detect" posts/posts.csv example state/overt/runs 2>/dev/null
same command example

for name in alice bob office.example; do quiet key new "$name"; done
quiet case new case --regime eo13848 --election 2018-11-06 --by alice --purpose "a test" --legal-basis none --keep-until 2036-12-31
quiet person add case bob --role signer --key bob --by alice
quiet evidence add case command --source B2 --by alice
for name in forensics court payments; do
    echo "Made up: $name." >"$name.txt"
    quiet evidence add case "$name.txt" --source B2 --origin "$name" --tlp green --by alice
done
party="company:Halden Media Services"
campaign=$(python3 "$root/scripts/largest-campaign.py" command/accounts.csv)
claims=0
claim() {
    claims=$((claims + 1))
    quiet claim add case "$@" --by alice
    item=1
    for category in technical behavioural contextual; do
        item=$((item + 1))
        quiet weigh case claim:$claims evidence:$item --for H1 15..30 --category $category --why "as it says" --by alice
    done
    quiet judge case claim:$claims --by alice
}
claim "$party" is-foreign-person
claim "$party" engaged-in "$campaign"
claim "$party" acted-for "public-body:Ministry of Halden"
claim "$party" used-covert-means
claim "$party" meant-to-interfere
claim "$campaign" attributed-to "$party"
quiet determine case "$party" --criterion i --sign alice
quiet determine case "$party" --criterion i --sign bob
quiet designate case "$party" --why "criterion (i)" --by bob
quiet takedown case "$campaign" --sponsor "$party" --findings evidence:1 --rule "coordinated inauthentic behaviour" --why decided --by bob
cp -r case copy && cp case.secrets copy.secrets
mkdir of-command of-example
quiet publish case --list of-command/list --takedowns of-command/takedowns --package of-command/package \
    --oversight of-command/oversight --stix of-command/case.stix.json --misp of-command/case.misp.json \
    --sign office.example --by alice
"$examples/publish" copy keys/office.example keys/alice "$OVERT_PASSPHRASE" alice of-example >/dev/null
# STIX and MISP say when they were given out, and they were given out twice; the id of a bundle is of all that it says.
sed -i -E 's/T[0-9:.]+Z"/T"/; s/bundle--[0-9a-f-]+/bundle/; s/"timestamp": "[0-9]+"/"timestamp"/' of-{command,example}/case.{stix,misp}.json
same of-command of-example
echo "$(find command of-command -type f | wc -l) files, the same from the command and from the examples"
