#!/bin/bash
# Five public attributions, each taken in from its table and put to the gate.
# usage: [OVERT=the program] examples/attributions/run.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
overt=$(realpath "${OVERT:-$(command -v overt)}")
mkdir -p "${1:?name a folder to work in}"
cd "$1"
export OVERT_KEYS=$PWD/keys OVERT_PASSPHRASE=${OVERT_PASSPHRASE:-an example, not a secret}
"$overt" --quiet key new alice

# Takes a table in, and says whether the gate lets a party be put to signers, and if not, why.
attribution() { # TABLE PARTY CRITERION pass|fail
    local said result
    "$overt" --quiet case new "$1" --regime "$here/../../regimes/platform-policy/regime.toml" --election 2020-11-03 \
        --by alice --purpose "a worked example" --legal-basis "public records" --keep-until 2036-12-31
    "$overt" --quiet case import "$1" "$here/$1.toml" --by alice
    said=$("$overt" gate "$1" "$2" --criterion "$3" 2>/dev/null) || true
    if grep -q "may be signed" <<<"$said"; then result=pass; else result=fail; fi
    printf '%-24s %-44s %s\n' "$1" "$2" "$([ $result = pass ] && echo 'may be signed' || echo 'does not pass')"
    [ $result = pass ] || grep -E '^ +- ' <<<"$said" | grep -v 'of 2 signed' | sort -u
    [ "$result" = "$4" ] || { echo "this should have been: $4" >&2; exit 1; }
}

election=covert-influence-on-an-election any=covert-influence
attribution ira-2016 "organisation:Internet Research Agency" $election pass
attribution united-world-2020 "organisation:United World International" $any pass
attribution ghostwriter-2020 "public-body:Government of the Russian Federation" $any fail
attribution london-new-europe-2023 "company:Xi'an Tianwendian Network Technology" $any fail
attribution cchq-2019 "organisation:Conservative Campaign Headquarters" $election fail
