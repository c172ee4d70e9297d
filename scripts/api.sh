#!/bin/sh
# The served API against its own description: schemathesis makes requests up, valid and not; none may be answered by a
# bug (5xx) or otherwise than described.
# usage: [OVERT=the binary, if it is built already] scripts/api.sh [EXAMPLES] [SEED]
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet --requirement scripts/requirements.txt
if [ -z "${OVERT:-}" ]; then
    cargo build --quiet --workspace
    OVERT=target/debug/overt
fi
. scripts/served.sh
serve
# Ids that there are, so that not every answer is that there is no such entity.
cat >"$scratch/schemathesis.toml" <<TOML
[parameters]
"path.dataset" = "default"
"path.id" = "eo13848-23943"
# That a field of a form is JSON cannot be described, so that not every text is taken.
[[operations]]
include-path = "/reconcile/{dataset}"
include-method = "POST"
checks.positive_data_acceptance.enabled = false
# Nor that what a text opens, a quote or a bracket, it closes.
[[operations]]
include-path = "/search/{dataset}"
checks.positive_data_acceptance.enabled = false
TOML
.venv/bin/st --config-file "$scratch/schemathesis.toml" run "$url/openapi.json" \
    --max-examples "${1:-40}" --seed "${2:-1}" --generation-database none --no-color
# The server lives, and met no bug on the way.
kill -0 "$server"
! grep '"level":"ERROR"' "$scratch/log"
