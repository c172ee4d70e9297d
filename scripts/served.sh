# Sourced by scripts that need a server: serve WORDS... starts $OVERT with these words at a free port and sets $url,
# $server (its process) and $scratch (a folder with its log); both go when the script ends.
serve() {
    scratch=$(mktemp -d)
    "$OVERT" serve --listen 127.0.0.1:0 --json "$@" >"$scratch/said" 2>"$scratch/log" &
    server=$!
    trap 'kill "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
    for _ in $(seq 100); do
        [ -s "$scratch/said" ] && break
        sleep 0.1
    done
    url=$(sed -n 's/.*"serving": *"\([^"]*\)".*/\1/p' "$scratch/said")
}
