#!/bin/sh
# A PostgreSQL server of a test's own, from Debian's package, in a folder of its own, run by somebody without rights.
# usage: scripts/postgres.sh start [FOLDER]   starts it, with what FOLDER has of before; says folder=, url= and log=
#        scripts/postgres.sh kill FOLDER      ends it as a failing machine would
#        scripts/postgres.sh end FOLDER       ends it, and removes its folder
#        scripts/postgres.sh run WORDS...     runs a command with OVERT_TEST_POSTGRES at a server that ends with it
# Without PostgreSQL on this machine it ends with 77.
set -eu

# Who runs it: it refuses to be run by root.
as() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
    else
        "$@"
    fi
}

programs() {
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && found=$folder
    done
    [ -n "${found:-}" ] || found=$(dirname "$(command -v initdb)") 2>/dev/null || exit 77
    [ -x "$found/initdb" ] || exit 77
    echo "$found"
}

is_ready() {
    as "$bin/psql" --host "$folder" --port "$port" --username overt --dbname postgres --command 'SELECT 1' >/dev/null 2>&1
}

# A certificate for localhost, and the authority that vouches for it.
certificate() {
    new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    {
        $new -x509 -days 3650 -subj "/CN=tests of overt" -keyout "$folder/authority.key" -out "$folder/authority.crt"
        $new -subj "/CN=localhost" -keyout "$folder/server.key" -out "$folder/server.csr"
        echo "subjectAltName=DNS:localhost" >"$folder/names"
        openssl x509 -req -in "$folder/server.csr" -CA "$folder/authority.crt" -CAkey "$folder/authority.key" \
            -CAcreateserial -days 3650 -extfile "$folder/names" -out "$folder/server.crt"
    } >"$folder/openssl.log" 2>&1
    chmod 600 "$folder/server.key"
}

start() {
    bin=$(programs) || exit 77
    folder=${1:-$(mktemp -d /tmp/overt-postgres-XXXXXX)}
    if [ ! -d "$folder/data" ]; then
        echo "a password for tests" >"$folder/password"
        certificate
        [ "$(id -u)" = 0 ] && chown -R nobody "$folder"
        as "$bin/initdb" --pgdata "$folder/data" --no-sync --username overt --pwfile "$folder/password" \
            --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --locale C.UTF-8 >"$folder/initdb.log" 2>&1
    fi
    # A port that nobody listens at: another is tried where it is taken.
    for _ in 1 2 3 4 5; do
        if [ -s "$folder/port" ]; then
            port=$(cat "$folder/port")
        else
            port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
        fi
        rm -f "$folder/data/postmaster.pid"
        # All of it away from what we say, or whoever reads that waits for the server's end.
        (as "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \
            -c ssl=on -c ssl_cert_file="$folder/server.crt" -c ssl_key_file="$folder/server.key" \
            -c max_connections=40 ${OVERT_TEST_POSTGRES_SETTINGS:-}) >>"$folder/log" 2>&1 </dev/null &
        server=$!
        for _ in $(seq 200); do
            is_ready && break
            kill -0 "$server" 2>/dev/null || break
            sleep 0.05
        done
        is_ready && break
        rm -f "$folder/port"
    done
    is_ready || { cat "$folder/log" >&2; exit 1; }
    echo "$port" >"$folder/port"
    head -1 "$folder/data/postmaster.pid" >"$folder/server"
    echo "folder=$folder"
    echo "log=$folder/log"
    echo "url=postgresql://overt:a%20password%20for%20tests@127.0.0.1:$port/postgres"
}

# Waits until a process that is not a child of this shell has ended.
gone() {
    for _ in $(seq 200); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.05
    done
    return 1
}

case ${1:-} in
start)
    shift
    start "$@"
    ;;
kill)
    server=$(cat "$2/server")
    # Its own processes and no others: they end by themselves when the first is gone.
    kill -KILL "$server"
    gone "$server"
    ;;
end)
    server=$(cat "$2/server")
    kill -INT "$server" 2>/dev/null || true
    gone "$server" || kill -KILL "$server" 2>/dev/null || true
    rm -rf "$2"
    ;;
run)
    shift
    said=$("$0" start)
    folder=$(echo "$said" | sed -n 's/^folder=//p')
    trap '"$0" end "$folder"' EXIT
    OVERT_TEST_POSTGRES=$(echo "$said" | sed -n 's/^url=//p') "$@"
    ;;
*)
    sed -n '2,7p' "$0" >&2
    exit 2
    ;;
esac
