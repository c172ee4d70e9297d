#!/bin/bash
# Runs the same commands with any build of overt and keeps all that they say and write, so that two builds can be compared.
# Real data is expected at ../shared, or where OVERT_SHARED points.
# usage: scripts/record-outputs.sh OVERT KEYS FOLDER   KEYS is filled by the first run, so that a second one signs alike
set -uo pipefail
overt=$(realpath "$1")
mkdir -p "$2" "$3"
export OVERT_KEYS=$(realpath "$2") OVERT_PASSPHRASE="for comparing builds"
out=$(realpath "$3")
root=$(realpath "$(dirname "$0")/..")
data=$(realpath "${OVERT_SHARED:-$root/../shared}")/data
ln -sfn "$data" "$out/data"
ln -sfn "$root/regimes" "$out/regimes"
cd "$out"
export XDG_STATE_HOME="$out/state"
# Flags that were renamed.
flag() { if "$overt" "$1" --help | grep -q -- "$2 "; then echo "$2"; else echo "$3"; fi; }
ledger=$(flag publish --ledger --log)
older=$(flag verify --older --since)
n=0
run() { # everything that a command says, and how it ended
    n=$((n + 1))
    local name
    name=$(printf '%02d-%s' $n "$1")
    "$overt" "$@" >"$name.out" 2>"$name.err"
    echo "$?" >"$name.code"
}

# Coordination, on three inputs and in two ways.
run detect data/coordination/german_url_id.csv -o german --calibrate 2
run detect data/coordination/russian_coord_tweets.csv --window 10s,60s -o russian
run simulate --events 30k --seed 7 -o posts
# Builds may put posts in other words; both read those of the first, kept beside the keys.
if [ -d "$OVERT_KEYS/posts" ]; then rm -rf posts && cp -r "$OVERT_KEYS/posts" posts; else cp -r posts "$OVERT_KEYS/posts"; fi
run detect posts/posts.csv --trace repost,url,text --about posts/election.toml -o simulated
run detect data/coordination/german_url_id.csv --compat coortweet --window 10s -o as-coortweet
run detect posts/posts.csv --edges-only -o edges
run evaluate simulated --labels posts/labels.csv
run convert simulated --to gexf -o network.gexf
run inspect posts/posts.csv
run detect missing.csv -o nothing

# Screening.
run screen --name "Евгений Пригожин" --dob 1961
run --json screen --name "Евгений Пригожин" --dob 1961
run lists load data/screening/ofac_2018 --store lists --known-since 2018-06-01
run lists load data/screening/ofac_2021-09 --store lists --known-since 2021-09-20
run lists show --store lists
printf 'id,name,dob,country\n1,Yevgeniy Prigozhin,1961-06-01,ru\n2,Ann Nobody,,\n3,Concord Catering,,Russia\n' >customers.csv
run screen customers.csv --lists lists -o hits.csv
run screen customers.csv --lists lists --record record -o recorded.csv
run alerts list --record record
run rescreen customers.csv --lists lists --since 2018-12-01 -o changes.csv
printf 'owner,company,percent\nIvan Petrov,Alpha,30\nBeta,Alpha,20\nIvan Petrov,Beta,50\n' >stakes.csv
run ownership Alpha --owners stakes.csv --blocked "Ivan Petrov"

# A case, from evidence to a bundle.
[ -e "$OVERT_KEYS/office.example_log.key" ] || for name in alice bob office.example/log; do "$overt" -q key new "$name" >keys.out 2>&1; done
party="company:Halden Media Services" sponsor="public-body:Ministry of Halden"
run case new case --regime eo13848 --election 2018-11-06 --by alice --purpose compare --legal-basis none --keep-until 2036-12-31
run person add case bob --role signer --key bob --by alice
run evidence add case simulated --source B2 --by alice
for name in forensics court payments; do
    echo "Made up: $name." >"$name.txt"
    run evidence add case "$name.txt" --source B2 --origin "$name" --tlp green --by alice
done
echo "Made up: it is denied." >denial.txt
run evidence add case denial.txt --source E4 --kind statement --speaks-for "$party" --by alice
claims=0
claim() {
    claims=$((claims + 1))
    run claim add case "$@" --by alice
    local item=1
    for category in technical behavioural contextual; do
        item=$((item + 1))
        run weigh case claim:$claims evidence:$item --for H1 15..30 --category $category --why "as it says" --by alice
    done
    run weigh case claim:$claims evidence:5 --for H1 0.8..1.25 --category contextual --why "either way" --by alice
    run judge case claim:$claims --by alice
}
campaign=$(python3 "$root/scripts/largest-campaign.py" simulated/accounts.csv)
claim "$party" is-foreign-person
claim "$party" engaged-in "$campaign"
claim "$party" acted-for "$sponsor"
claim "$party" used-covert-means
claim "$party" meant-to-interfere
claim "$campaign" attributed-to "$party"
run gate case "$party" --criterion i
run determine case "$party" --criterion i --sign alice
run determine case "$party" --criterion i --sign bob
run designate case "$party" --why "criterion (i)" --by bob
run takedown case "$campaign" --sponsor "$party" --findings evidence:1 --rule "coordinated inauthentic behaviour" --why decided --by bob
run case describe case "$party" alias="HMS Holding" --evidence evidence:4 --by alice
run notify case "$party" --reply-to office@example.org -o notice.html --by bob
run publish case --list list --takedowns takedowns --package package --oversight oversight --stix case.stix.json \
    --misp case.misp.json "$ledger" log --sign office.example/log --by alice
run status case --claims --evidence --people
run export case --bundle case.overt --log office.example/log --by alice
printf 'log %s\n' "$("$overt" key show office.example/log)" >policy.txt
printf 'quorum none\n' >>policy.txt
run verify case.overt --policy policy.txt
run withdraw case evidence:2 --why "the records were corrected" --by alice
run publish case --list list --sign office.example/log --by alice
run export case --bundle later.overt --log office.example/log --by alice
run verify later.overt --policy policy.txt "$older" case.overt
run ""
run judge case claim:99

# What is random or tells the time is left out of what is compared: sealed entries, tiles, timings.
rm -rf case case.secrets case.overt later.overt log lists record data regimes keys.out ./*/run-stats.json
