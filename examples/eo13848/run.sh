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

treasury="US Treasury" ira='organisation:Internet Research Agency' fin='person:Yevgeniy Prigozhin'
emennet='company:Emennet Pasargad'

# What is said of the elections of 2018 and 2020 by others than the Treasury, from one table; and whom the list has by then.
record() { # in the case that was begun
    quiet case import "$case" "$here/record.toml" --by alice
    quiet case listed "$case" "$ira" --entry "SDN" --programme ELECTION-EO13848 --evidence evidence:1 --by alice
}
sed -e 's/^likelihood = .*/likelihood = "likely"/' -e 's/^confidence = "high"/confidence = "low"/' \
    -e 's/^survives-any-origin = true/survives-any-origin = false/' "$here/../../regimes/eo13848/regime.toml" >reason-to-believe.toml

echo "== The elections of 2018 and 2020, by what others than the Treasury say: the gate of this program"
begin strict eo13848
record
gate "$ira" i fail
gate "$fin" ii fail
gate "$emennet" i fail

echo
echo "== The same for a gate that asks for what this example takes \"reason to believe\" for: likely, however firm that is"
begin record reason-to-believe.toml
record
gate "$ira" i pass
for n in $(seq 12); do quiet judge record claim:$n --by alice; done
sign "$ira" i
gate "$fin" ii pass
sign "$fin" ii
gate "$emennet" i pass
sign "$emennet" i
quiet case describe record "$ira" alias=IRA country=ru --evidence evidence:2 --by alice
quiet case describe record "$fin" firstName=Yevgeniy lastName=Prigozhin nationality=ru --evidence evidence:2 --by alice
quiet case describe record "$emennet" country=ir --evidence evidence:3 --by alice

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
