#!/bin/bash
# Compares two builds of overt by what they say and write on the same commands. Names that were changed on purpose are
# listed in scripts/renames.tsv (old, tab, new; taken as they are written) and applied to the older build's outputs.
# usage: scripts/compare-outputs.sh OLDER NEWER [FOLDER]
set -euo pipefail
here=$(dirname "$(realpath "$0")")
work=$(mkdir -p "${3:-target/compared}" && realpath "${3:-target/compared}")
rm -rf "$work"/{keys,older,newer}
"$here/record-outputs.sh" "$1" "$work/keys" "$work/older"
"$here/record-outputs.sh" "$2" "$work/keys" "$work/newer"
python3 "$here/compare-outputs.py" "$work/older" "$work/newer" "$here/renames.tsv"
