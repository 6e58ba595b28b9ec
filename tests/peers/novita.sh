#!/bin/sh
# Runs the sandbox's ppinfra dialect against the vendor's own JavaScript client, npm's novita-sdk.
#
# usage: tests/peers/novita.sh SDCTL_SANDBOX
# NOVITA_SDK is a folder with node_modules/novita-sdk; without it the package is installed into a
# folder that is removed again. Skipped without node, npm or a registry.
set -u

skip() {
    echo "novita-sdk: skipped: $1"
    echo "novita-sdk: 0 passed, 0 failed, 1 skipped"
    exit 0
}

sandbox=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
box=
cleanup() {
    [ -n "$box" ] && kill "$box" 2>/dev/null && wait "$box"
    rm -rf "$work"
}
trap cleanup EXIT

command -v node >/dev/null 2>&1 || skip "no node"
if [ -n "${NOVITA_SDK:-}" ]; then
    packages=$NOVITA_SDK
else
    command -v npm >/dev/null 2>&1 || skip "no npm"
    packages=$work/packages
    mkdir "$packages"
    (cd "$packages" && timeout 120 npm install --no-audit --no-fund --ignore-scripts --silent \
        novita-sdk@3.1.3) >/dev/null 2>&1 || skip "npm cannot install it"
fi
[ -d "$packages/node_modules/novita-sdk" ] || skip "not in $packages"

"$sandbox" -q --backend ppinfra --auth sk-peer --pace 0.01 >"$work/url" &
box=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s "$work/url" ] && break
    sleep 0.2
done
url=$(sed 's/.* //' "$work/url")
cd "$packages" && timeout 120 node "$here/novita.mjs" "$url" sk-peer "$here/../data/photo.png" \
    "$here/../data/photo-mask.png"
