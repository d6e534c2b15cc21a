#!/usr/bin/env bash
# Installs what the tests need from the system, where it can: a browser, and Go as a second reader
# of what we publish. Where it cannot, the tests that need them are skipped and say so.
set -uo pipefail

has_go() { command -v go >/dev/null && [ -d /usr/share/gocode/src/golang.org/x/mod ]; }
has_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome ||
        [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
} >/dev/null

missing=()
has_go || missing+=(golang-go golang-golang-x-mod-dev)
has_browser || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    echo "installing ${missing[*]} for the tests"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
        >/dev/null 2>&1 || echo "could not install ${missing[*]}; the tests that need them say so"
else
    echo "not found, and not installed without root: ${missing[*]} (Debian: sudo apt-get install" \
        "${missing[*]}); the tests that need them are skipped"
fi
exit 0
