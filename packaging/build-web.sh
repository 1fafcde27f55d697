#!/usr/bin/env bash
# Builds the browser side into web/dist; does nothing where neither its sources nor its lock file changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -f web/package.json ] || exit 0

digest() { sha256sum | cut -c1-64; }

lock=$(digest < web/package-lock.json)
if [ "$(cat web/node_modules/.studio-lock 2>/dev/null || true)" != "$lock" ]; then
    (cd web && npm ci --no-audit --no-fund)
    echo "$lock" > web/node_modules/.studio-lock
fi

sources=$(cd web && find . \( -path ./node_modules -o -path ./dist \) -prune -o -type f -print0 \
    | LC_ALL=C sort -z | xargs -0 sha256sum | digest)
if [ "$(cat web/node_modules/.studio-built 2>/dev/null || true)" != "$sources" ] || [ ! -f web/dist/index.html ]; then
    (cd web && npm run --silent build)
    echo "$sources" > web/node_modules/.studio-built
fi
