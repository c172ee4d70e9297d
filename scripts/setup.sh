#!/bin/sh
# Installs what the tests need beyond Rust: Chromium, for the report's test in a real browser; openssl, which stamps times
# that a case's tests verify; PostgreSQL, which keeps cases; ssh-agent, which signs; poppler, which reads PDFs back, and fonts of scripts that the built-in one does not have.
set -eu
missing=
command -v ssh-agent >/dev/null 2>&1 || missing="$missing openssh-client"
for program in chromium openssl; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
for package in fonts-lohit-deva fonts-thai-tlwg fonts-wqy-microhei; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "not installed:$missing; install with: sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Tests start servers of their own: Debian's package is not to start one too.
mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/overt.conf
apt-get update -qq
# shellcheck disable=SC2086 # one word a package
apt-get install -y -qq --no-install-recommends $missing >/dev/null
