#!/bin/sh
# Programs that some tests drive for real. Where they cannot be installed, those tests are skipped and say so.
set -u
missing=""
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/usr/lib/dovecot/$1" ] || missing="$missing $2"; }
need soffice libreoffice-writer-nogui
[ -e /usr/lib/libreoffice/program/libsclo.so ] || missing="$missing libreoffice-calc-nogui" # prints the workbooks
need postfix postfix
need dovecot dovecot-imapd
need chromium chromium
need gcc "gcc libc6-dev" # builds what takes the power away
need fc-list fontconfig
fc-list 2>/dev/null | grep -q Liberation || missing="$missing fonts-liberation"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || echo "Not all could be installed; their tests are skipped."
else
    echo "Missing, so their tests are skipped:$missing"
fi
