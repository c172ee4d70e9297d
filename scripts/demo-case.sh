#!/bin/bash
# The second half of the demo: the simulated campaign becomes a case, a determination, a list, a takedown, a screened
# payment and a bundle that verifies. Parties and documents are made up, as the posts are.
# usage: [OVERT=the program] scripts/demo-case.sh
set -euo pipefail
cd "$(dirname "$0")/.."
overt=$(realpath "${OVERT:-target/release/overt}")
rm -rf demo/case && mkdir -p demo/case
cd demo/case
export OVERT_KEYS=keys XDG_STATE_HOME=$PWD/state OVERT_PASSPHRASE="a demo, not a secret"
quiet() { "$overt" --quiet "$@"; }
step() { printf '\n── %s\n' "$1"; }
party="company:Halden Media Services" sponsor="public-body:Ministry of Halden"
step "Two people, a log and a witness get keys; a case is opened under Executive Order 13848."
for name in alice bob demo.example/ledger; do quiet key new "$name"; done
quiet key new --witness watchdog.example
quiet case new simulated --regime eo13848 --election 2018-11-06 --by alice --purpose "a demo" --legal-basis none --keep-until 2036-12-31
quiet person add simulated bob --role signer --key bob --by alice
# The campaign with the most accounts that are established by themselves: nobody else is ever named.
campaign=$(python3 "../../scripts/largest-campaign.py" ../findings/accounts.csv)
step "Evidence comes in: the detection run, three documents of different origins, and a denial."
quiet evidence add simulated ../findings --source B2 --by alice
for document in "forensics:the hosting company:technical" "court:a court:behavioural" "payments:a bank:contextual"; do
    IFS=: read -r name origin _ <<<"$document"
    echo "Made up for the demo: what $origin found." >"$name.txt"
    quiet evidence add simulated "$name.txt" --source B2 --origin "$origin" --tlp green --by alice
done
echo "Made up for the demo: the company denies all of it." >denial.txt
quiet evidence add simulated denial.txt --source E4 --kind statement --speaks-for "$party" --by alice
claims=0
claim() {
    claims=$((claims + 1))
    quiet claim add simulated "$@" --by alice
    n=1
    for category in technical behavioural contextual; do
        n=$((n + 1))
        quiet weigh simulated claim:$claims evidence:$n --for H1 15..30 --category $category --why "as it says" --by alice
    done
    quiet weigh simulated claim:$claims evidence:5 --for H1 0.8..1.25 --category contextual --why "a denial is as likely either way" --by alice
    quiet judge simulated claim:$claims --by alice
}
step "Six claims are weighed and judged. The last: that the company is behind the campaign with the most established accounts."
claim "$party" is-foreign-person
claim "$party" engaged-in $campaign
claim "$party" acted-for "$sponsor"
claim "$party" used-covert-means
claim "$party" meant-to-interfere
claim $campaign attributed-to "$party"
"$overt" judge simulated claim:6
step "Two people sign that the company meets criterion (i); the gate is asked each time."
quiet determine simulated "$party" --criterion i --sign alice
"$overt" determine simulated "$party" --criterion i --sign bob
quiet designate simulated "$party" --why "criterion (i)" --by bob
quiet takedown simulated $campaign --sponsor "$party" --findings evidence:1 --rule "coordinated inauthentic behaviour" \
    --why "after determination 1" --by bob
step "The company is designated, its campaign goes to the platforms, and everything is given out."
quiet case describe simulated "$party" alias="HMS Holding" --evidence evidence:4 --by alice
"$overt" publish simulated --list list/ --takedowns takedowns/ --package package/ --oversight oversight/ --stix case.stix.json \
    --misp case.misp.json --ledger log/ --sign demo.example/ledger --by alice
step "A bank loads the list, which is a proposal, and screens two payments: it is warned, and nobody is barred."
quiet lists load list/ --store lists/
printf 'id,name\n1,HMS Holding\n2,Somebody Else Entirely\n' >payments.csv
"$overt" screen payments.csv --lists lists/ -o hits.csv
step "A witness cosigns the ledger, a bundle is written, and somebody who trusts nobody here verifies it."
"$overt" --json witness --key watchdog.example --cosign-for demo.example/ledger --state witness --listen 127.0.0.1:0 >witness.said &
witness=$!
trap 'kill $witness' EXIT
# However slow the machine: until it serves, or has ended.
until grep -q serving witness.said; do
    kill -0 $witness || exit 1
    sleep 0.1
done
address=$(sed -n 's/.*"serving": *"\([^"]*\)".*/\1/p' witness.said)
quiet export simulated --bundle case.overt --audience amber --log demo.example/ledger --witness watchdog.example "$address" --by alice
printf 'log %s\nwitness w %s\nquorum w\n' "$("$overt" key show demo.example/ledger)" "$("$overt" key show watchdog.example)" >policy.txt
"$overt" verify case.overt --policy policy.txt

step "One of the documents is withdrawn: what rested on it is flagged, the company is taken back off the list, and whoever has the older bundle learns of it."
mv case.overt older.overt
"$overt" withdraw simulated evidence:2 --why "the company corrected its records" --by alice
"$overt" publish simulated --list list/ --sign demo.example/ledger --by alice
quiet export simulated --bundle case.overt --audience amber --log demo.example/ledger --witness watchdog.example "$address" --by alice
"$overt" verify case.overt --policy policy.txt --older older.overt | sed -n '/^Flagged/,$p'
