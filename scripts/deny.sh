#!/bin/sh
# Licences, bans and sources of all dependencies. Advisories need a network that CI has not.
set -eu
if ! cargo deny --version >/dev/null 2>&1; then
    cargo install cargo-deny --locked --quiet
fi
cargo deny --log-level error check licenses bans sources
