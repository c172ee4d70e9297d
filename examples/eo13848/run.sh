#!/bin/bash
# The public record of Executive Order 13848 as a case, with those who must not pass.
# usage: [OVERT=the program] examples/eo13848/run.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
overt=$(realpath "${OVERT:-$(command -v overt)}")
mkdir -p "${1:?name a folder to work in}"
cd "$1"
export OVERT_KEYS=$PWD/keys OVERT_PASSPHRASE=${OVERT_PASSPHRASE:-an example, not a secret}
quiet() { "$overt" --quiet "$@"; }
for name in alice bob example.org/ledger; do quiet key new "$name"; done

# A case under a regime's file, with two people.
begin() { # CASE REGIME
    case=$1 items=0 claims=0
    declare -gA item=()
    quiet case new "$case" --regime "$2" --election 2020-11-03 --by alice --purpose "a worked example" \
        --legal-basis "public records" --keep-until 2036-12-31
    quiet person add "$case" bob --role signer --role publisher --key bob --by alice
}
evidence() { # NAME GRADE ORIGIN [MORE…]
    local name=$1 grade=$2 origin=$3
    shift 3
    items=$((items + 1))
    item[$name]=evidence:$items
    quiet evidence add "$case" "$here/evidence/$name.txt" --source "$grade" --origin "$origin" --tlp clear --by alice "$@"
}
claim() { # SUBJECT RELATION [OBJECT]
    claims=$((claims + 1))
    quiet claim add "$case" "$@" --by alice
}
# For the last claim: how much likelier an item is if it holds than if something else does.
weigh() { # ITEM RATIO CATEGORY WHY
    quiet weigh "$case" claim:$claims "${item[$1]}" --for H1 "$2" --category "$3" --why "$4" --by alice
}
judge() { quiet judge "$case" claim:$claims --by alice; }
# Whether the gate lets a party be put to signers; if not, what fails.
gate() { # PARTY CRITERION pass|fail
    local said
    said=$("$overt" gate "$case" "$1" --criterion "$2" 2>/dev/null) || true
    if grep -q "may be signed" <<<"$said"; then result=pass; else result=fail; fi
    printf '%-44s (%s)  %s\n' "$1" "$2" "$([ $result = pass ] && echo 'may be signed' || echo 'does not pass')"
    [ $result = pass ] || grep -E '^ +- ' <<<"$said" | grep -v 'of 2 signed' | sort | uniq -c | sort -rn | sed -E 's/^ *([0-9]+) +- /    \1 × /'
    [ "$result" = "$3" ] || { echo "this should have been: $3" >&2; exit 1; }
}
sign() { # PARTY CRITERION
    for who in alice bob; do quiet determine "$case" "$1" --criterion "$2" --sign $who; done
    quiet designate "$case" "$1" --why "criterion ($2)" --by bob
}

treasury="US Treasury" justice="US courts" odni="US intelligence community" senate="US Senate committee" twitter="Twitter"
cisa="CISA and FBI, from the machines" ira='organisation:Internet Research Agency' fin='person:Yevgeniy Prigozhin'
emennet='company:Emennet Pasargad' secondeye='company:SecondEye Solution'
russia='public-body:Government of the Russian Federation' iran='public-body:Government of the Islamic Republic of Iran'

echo "== Those whom the record carries"
begin record eo13848
evidence treasury-2018-03-15 A2 "$treasury"
evidence treasury-2019-09-30 A2 "$treasury"
evidence treasury-2021-11-18 A2 "$treasury"
evidence court-2018-02-16 B2 "$justice"
evidence court-2021-11-18 B2 "$justice"
evidence assessment-2017-01-06 A2 "$odni"
evidence assessment-2021-03-10 A2 "$odni"
evidence statement-2020-10-21 A2 "$odni"
evidence senate-2019-10-08 B2 "$senate"
evidence platforms-2018-10-17 B2 "$twitter"
evidence advisory-2020-10-30 A2 "$cisa"
evidence denial-prigozhin E4 "the party itself" --kind statement --speaks-for "$fin"
evidence admission-prigozhin B3 "the party itself, later" --kind statement
evidence denial-iran E4 "Iran's mission" --kind statement --speaks-for "$emennet"

agency() { # the five items that speak of the agency, RATIOS in their order
    weigh treasury-2018-03-15 "$1" contextual "as the designation says"
    weigh treasury-2019-09-30 "$1" behavioural "as the designation says; the same origin as the one before"
    weigh court-2018-02-16 "$2" contextual "as charged, from accounts, payments and messages"
    weigh assessment-2017-01-06 "$3" contextual "as assessed by the agencies"
    weigh senate-2019-10-08 "$4" behavioural "as found by the committee"
    weigh platforms-2018-10-17 "$5" technical "by how the accounts were registered and run"
    judge
}
claim "$ira" is-foreign-person; agency 20..100 20..100 20..100 20..100 10..50
claim "$ira" engaged-in "operation:interference in the elections of 2016 and 2018"; agency 20..100 15..60 10..50 10..50 15..60
claim "$ira" acted-for "$russia"; agency 15..60 10..40 20..100 20..80 3..10
claim "$ira" used-covert-means; agency 20..100 20..100 15..60 20..100 20..100
claim "$ira" meant-to-interfere; agency 20..100 20..80 20..100 20..80 10..40
gate "$ira" i pass
sign "$ira" i

financier() {
    weigh treasury-2018-03-15 "$1" contextual "as the designation says"
    weigh treasury-2019-09-30 "$1" contextual "as the designation says"
    weigh court-2018-02-16 "$2" behavioural "as charged, by payments through his companies"
    weigh assessment-2017-01-06 "$3" contextual "the agencies name the financier as likely"
    weigh senate-2019-10-08 "$4" contextual "as found by the committee"
    weigh denial-prigozhin 0.8..1.25 contextual "a denial is as likely from one who did as from one who did not; that the charge was dropped before a trial says that nothing was proven"
    weigh admission-prigozhin 3..10 contextual "said in his own name, and perhaps a boast"
    judge
}
claim "$fin" is-foreign-person; financier 20..100 20..100 10..50 20..100
claim "$fin" supported "$ira"; financier 20..100 20..80 5..20 15..60
gate "$fin" ii pass
sign "$fin" ii

company() {
    weigh treasury-2021-11-18 "$1" contextual "as the designation says"
    weigh court-2021-11-18 "$2" behavioural "as charged, from machines and accounts"
    weigh advisory-2020-10-30 "$3" technical "from the election offices' logs"
    weigh assessment-2021-03-10 "$4" contextual "as assessed by the agencies"
    weigh statement-2020-10-21 "$4" contextual "the same origin"
    weigh denial-iran 0.8..1.25 contextual "a denial is as likely from one who did as from one who did not"
    judge
}
claim "$emennet" is-foreign-person; company 20..100 20..100 15..60 10..50
claim "$emennet" engaged-in "operation:interference in the election of 2020"; company 20..100 20..100 15..60 15..60
claim "$emennet" acted-for "$iran"; company 20..100 20..80 10..40 20..100
claim "$emennet" used-covert-means; company 20..100 20..100 20..100 20..100
claim "$emennet" meant-to-interfere; company 20..100 20..80 10..50 20..100
gate "$emennet" i pass
sign "$emennet" i

quiet case describe record "$ira" alias=IRA alias="Glavset" country=ru --evidence "${item[treasury-2018-03-15]}" --by alice
quiet case describe record "$fin" firstName=Yevgeniy lastName=Prigozhin nationality=ru --evidence "${item[treasury-2018-03-15]}" --by alice
quiet case describe record "$emennet" previousName="Net Peygard Samavat" country=ir --evidence "${item[treasury-2021-11-18]}" --by alice

echo
echo "== On what was compared with its source alone: the Treasury's items are one origin, however many they are"
cp -r record verified && cp record.secrets verified.secrets
case=verified
for name in court-2018-02-16 court-2021-11-18 assessment-2017-01-06 assessment-2021-03-10 statement-2020-10-21 senate-2019-10-08 \
    platforms-2018-10-17 advisory-2020-10-30 admission-prigozhin; do
    quiet withdraw verified "${item[$name]}" --why "not compared with its source" --by alice
done
gate "$ira" i fail
gate "$emennet" i fail

echo
echo "== Forged documents for the agency: what the law asks for, and what the gate asks for"
forger() { # in the case that was begun
    evidence treasury-2018-03-15 A2 "$treasury"
    evidence treasury-2021-04-15 A2 "$treasury"
    evidence storefront C3 "the company's own shop"
    evidence court-2018-02-16 B2 "$justice"
    quiet case listed "$case" "$ira" --entry "SDN" --programme ELECTION-EO13848 --evidence "${item[treasury-2018-03-15]}" --by alice
    claim "$secondeye" is-foreign-person
    weigh treasury-2021-04-15 20..100 contextual "as the designation says"
    weigh storefront 5..20 contextual "the shop gives addresses in Pakistan"
    judge
    claim "$secondeye" supported "$ira"
    weigh treasury-2021-04-15 20..100 contextual "as the designation says"
    weigh storefront 2..5 contextual "it sold what the agency needed, to whoever paid"
    weigh court-2018-02-16 2..5 behavioural "the agency used forged documents, whoever sold them"
    judge
}
begin forger eo13848
forger
gate "$secondeye" ii fail
# The same with a gate that asks for no more than this example takes "reason to believe" for: likely, however firm that is.
sed -e 's/^likelihood = .*/likelihood = "likely"/' -e 's/^confidence = "high"/confidence = "low"/' \
    -e 's/^survives-any-origin = true/survives-any-origin = false/' "$here/../../regimes/eo13848/regime.toml" >reason-to-believe.toml
begin reason reason-to-believe.toml
forger
gate "$secondeye" ii pass

echo
echo "== Those who must not pass"
begin controls eo13848
evidence treasury-2022-07-29 A2 "$treasury"
evidence capability C3 "a control"
evidence domestic A1 "a register"
evidence newsroom A1 "the publisher"
evidence viewpoint C3 "a control" --kind viewpoint
for n in 1 2 3 4; do evidence coordination-$n B2 "platform $n" --kind coordination; done

other='person:Aleksandr Ionov'
for relation in is-foreign-person "engaged-in operation:interference" "acted-for public-body:Government" used-covert-means meant-to-interfere; do
    # shellcheck disable=SC2086 # a relation and its object
    claim "$other" $relation
    weigh treasury-2022-07-29 5..20 contextual "sanctioned, under another order"
    judge
done
gate "$other" i fail

able='public-body:Services of another country'
claim "$able" can-interfere
gate "$able" i fail

activists='organisation:A domestic activist network'
claim "$activists" is-us-person
weigh domestic 50..200 contextual "the register says so"
judge
gate "$activists" i fail

papers='company:A newsroom syndicate'
claim "$papers" is-newsroom
weigh newsroom 50..200 contextual "it publishes under its own name"
judge
gate "$papers" i fail

argues='organisation:A group that argues as a ministry does'
claim "$argues" acted-for public-body:Ministry
if "$overt" --quiet weigh controls claim:$claims "${item[viewpoint]}" --for H1 2..5 --category contextual --why "it argues alike" --by alice 2>said.txt; then
    echo "a viewpoint was weighed" >&2; exit 1
fi
grep -q "is a viewpoint" said.txt && echo "a viewpoint weighs nothing: $(head -1 said.txt)"
gate "$argues" i fail

step='organisation:A network that posts in step'
for relation in is-foreign-person "engaged-in operation:interference" "acted-for public-body:Ministry" used-covert-means meant-to-interfere; do
    # shellcheck disable=SC2086
    claim "$step" $relation
    for n in 1 2 3 4; do
        weigh coordination-$n 20..100 "$([ $((n % 2)) = 0 ] && echo technical || echo behavioural)" "they posted in step"
    done
    judge
done
gate "$step" i fail

echo
echo "== The list, the reasons, the proof"
"$overt" publish record --list list/ --package package/ --oversight oversight/ --sign alice --by alice
"$overt" --quiet lists load list/ --store lists/
"$overt" screen --name "Internet Research Agency" --lists lists/ | head -3
"$overt" --quiet export record --bundle record.overt --log example.org/ledger --by alice
printf 'log %s\nquorum none\n' "$("$overt" key show example.org/ledger)" >policy.txt
"$overt" verify record.overt --policy policy.txt
