#!/usr/bin/env bash
# Builds and installs DreamOmni2 Studio, or shows it at work: ./install.sh --help
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: ./install.sh [--try [--no-serve]] [--build-only] [--binary FILE] [--prefix DIR] [--uninstall]

  (nothing)        build, then install: system-wide with a service of its own as root, for yourself otherwise
  --try            build, then show it: render a picture and a clip into ./try-output/, serve the browser
                   until Ctrl+C; installs nothing
  --no-serve       with --try: end after the two renders
  --build-only     only build target/release/dreamomni2
  --binary FILE    use this built program instead of building: works offline
  --prefix DIR     where programs go (/usr/local as root, ~/.local otherwise)
  --uninstall      remove everything but the data folder
  --help           this text

Needs, to build: Rust 1.95 (cargo), Node 20.19 with npm, Python 3 with pip, a C compiler and nasm.
Missing Debian packages are installed when this runs as root; otherwise the command for it is printed.
DESTDIR is honoured for packagers: files are laid out below it, and no user or service is touched.
TEXT
}

say() { printf '%s\n' "$*"; }
step() { printf '\n==> %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" > /dev/null 2>&1; }

start_dir=$PWD
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
destdir=${DESTDIR:-}
root=false
[ "$(id -u)" != 0 ] || root=true

# ---- what is asked for

mode=install
serve=true
binary=
prefix=
while [ $# -gt 0 ]; do
    case $1 in
        --try) mode=try ;;
        --no-serve) serve=false ;;
        --build-only) mode=build ;;
        --uninstall) mode=uninstall ;;
        --binary) [ $# -ge 2 ] || fail "--binary needs a file"; binary=$2; shift ;;
        --binary=*) binary=${1#*=} ;;
        --prefix) [ $# -ge 2 ] || fail "--prefix needs a folder"; prefix=$2; shift ;;
        --prefix=*) prefix=${1#*=} ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; fail "\"$1\" is not an option of this script" ;;
    esac
    shift
done
if [ $serve = false ] && [ $mode != try ]; then fail "--no-serve goes with --try"; fi
if [ -n "$binary" ] && [ $mode = build ]; then fail "--build-only builds, --binary does not: give one of them"; fi
case $binary in "" | /*) ;; *) binary=$start_dir/$binary ;; esac
case $prefix in "" | /*) ;; *) prefix=$start_dir/$prefix ;; esac
home=${HOME:-}
if [ $root = true ]; then
    : "${prefix:=/usr/local}"
elif [ $mode = install ] || [ $mode = uninstall ]; then
    [ -n "$home" ] || fail "HOME is not set, so there is no place of yours to install to; set it, or give --prefix DIR"
    : "${prefix:=$home/.local}"
fi

# ---- tools

version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# An empty HOME hides rustup's toolchains from its own cargo; they are found beside the program.
find_toolchain() {
    have cargo || return 0
    cargo --version > /dev/null 2>&1 && return 0
    local beside
    beside=$(dirname "$(dirname "$(dirname "$(command -v cargo)")")")/.rustup
    if [ -z "${RUSTUP_HOME:-}" ] && [ -d "$beside" ]; then export RUSTUP_HOME=$beside; fi
}

lacking_packages() {
    have cc || have gcc || have clang || printf 'gcc libc6-dev '
    have nasm || printf 'nasm '
    have python3 || printf 'python3 '
    python3 -m pip --version > /dev/null 2>&1 || printf 'python3-pip '
}

check_tools() {
    step "Checking tools"
    find_toolchain
    local packages
    packages=$(lacking_packages)
    if [ -n "$packages" ] && [ $root = true ] && have apt-get; then
        say "installing Debian packages: $packages"
        # The list is words on purpose.
        # shellcheck disable=SC2086
        { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends $packages; } > /tmp/dreamomni2-apt.$$ 2>&1 \
            || { cat /tmp/dreamomni2-apt.$$ >&2; rm -f /tmp/dreamomni2-apt.$$; fail "the packages could not be installed"; }
        rm -f /tmp/dreamomni2-apt.$$
        packages=$(lacking_packages)
    fi
    local missing=0 found
    lack() { printf '  missing: %s\n' "$1" >&2; missing=1; }
    if [ -n "$packages" ]; then
        lack "Debian packages $packages- install them with: sudo apt-get install $packages"
    fi
    found=$(cargo --version 2> /dev/null | cut -d ' ' -f 2 || true)
    if [ -z "$found" ]; then
        lack "Rust 1.95 or newer - from https://rustup.rs, or your distribution's rustup package"
    elif ! version_at_least "${found%%-*}" 1.95.0; then
        lack "Rust 1.95 or newer (this is $found) - run: rustup update stable"
    fi
    if [ -f web/package.json ]; then
        found=$(node --version 2> /dev/null | tr -d v || true)
        if [ -z "$found" ] || ! version_at_least "$found" 20.19.0; then
            lack "Node 20.19 or newer (this is ${found:-none}) - from https://nodejs.org or your distribution"
        fi
        have npm || lack "npm - it comes with Node, or in the package npm"
    fi
    [ $missing = 0 ] || fail "something is missing; see above, then run this again"
    say "all there: cargo $(cargo --version | cut -d ' ' -f 2), node $(node --version 2> /dev/null || echo -), $(python3 --version)"
}

# ---- build

built=target/release/dreamomni2

build() {
    check_tools
    local began=$SECONDS
    step "ONNX Runtime (pinned, checked by hash)"
    packaging/fetch-onnxruntime.sh
    if [ -f web/package.json ]; then
        step "Browser side"
        packaging/build-web.sh
    fi
    step "Program (the first build takes about 10 minutes on two cores)"
    cargo build --release --locked
    local made=${CARGO_TARGET_DIR:-target}/release/dreamomni2
    if [ "$(realpath "$made")" != "$(realpath -m "$built")" ]; then
        mkdir -p target/release
        cp "$made" "$built.part"
        mv "$built.part" "$built"
    fi
    say "built $built ($(($(stat -c %s "$built") / 1000000)) MB) in $((SECONDS - began)) s"
}

take_binary() {
    [ -f "$binary" ] || fail "there is no file $binary"
    local told
    told=$("$binary" version 2> /dev/null) || fail "$binary does not run here; it must be a dreamomni2 program for $(uname -m)"
    say "using $binary ($told)"
}

# ---- install

# Replaces a file in one move, and only when it differs; answers whether it did.
lay() {
    local mode_bits=$1 from=$2 to=$destdir$3
    if [ -f "$to" ] && cmp -s "$from" "$to"; then return 1; fi
    # Said outright: inside an `if` the shell's own stop at errors does not hold.
    { mkdir -p "$(dirname "$to")" && install -m "$mode_bits" "$from" "$to.part" && mv -f "$to.part" "$to"; } \
        || fail "$to could not be written"
    say "  $to"
}

with_systemd() { [ -z "$destdir" ] && [ -d /run/systemd/system ] && have systemctl; }

make_user() {
    [ -z "$destdir" ] || return 0
    if id dreamomni2 > /dev/null 2>&1; then return 0; fi
    if have systemd-sysusers; then
        systemd-sysusers /etc/sysusers.d/dreamomni2.conf > /dev/null
    else
        useradd --system --user-group --no-create-home --home-dir /var/lib/dreamomni2 --shell /usr/sbin/nologin dreamomni2
    fi
}

# The unit as shipped names /usr/local; another prefix is written into a copy.
with_prefix() { sed -e "s|/usr/local/|$prefix/|g" -e "s|%h/.local/|$prefix/|g" "$1" > "$2"; }

install_common() {
    changed=false
    if lay 755 "$1" "$prefix/bin/dreamomni2"; then changed=true; fi
    local name
    for name in README.md LICENSE CHANGELOG.md; do
        if [ -f "$name" ]; then lay 644 "$name" "$prefix/share/doc/dreamomni2/$name" || true; fi
    done
    "$1" completions bash > "$work/completion"
    lay 644 "$work/completion" "$prefix/share/bash-completion/completions/dreamomni2" || true
}

install_system() {
    step "Installing for this machine"
    install_common "$1"
    lay 644 packaging/dreamomni2.sysusers /etc/sysusers.d/dreamomni2.conf || true
    if [ ! -f "$destdir/etc/dreamomni2/studio.toml" ]; then
        lay 644 packaging/studio.toml /etc/dreamomni2/studio.toml || true
    fi
    with_prefix packaging/dreamomni2.service "$work/unit"
    if lay 644 "$work/unit" /etc/systemd/system/dreamomni2.service; then changed=true; fi
    make_user
    if [ -z "$destdir" ]; then install -d -o dreamomni2 -g dreamomni2 -m 700 /var/lib/dreamomni2; fi
    if with_systemd; then
        systemctl daemon-reload
        systemctl enable --quiet dreamomni2
        if [ $changed = true ] || ! systemctl --quiet is-active dreamomni2; then systemctl restart dreamomni2; fi
        finish_text "runuser -u dreamomni2 --" "journalctl -u dreamomni2"
    else
        say ""
        say "This machine runs no systemd (or DESTDIR is set), so nothing was started. Start the studio with:"
        say "  runuser -u dreamomni2 -- $prefix/bin/dreamomni2 serve --config /etc/dreamomni2/studio.toml"
    fi
}

install_person() {
    step "Installing for $(id -un)"
    install_common "$1"
    local units=${XDG_CONFIG_HOME:-$home/.config}/systemd/user
    with_prefix packaging/dreamomni2-user.service "$work/unit"
    if lay 644 "$work/unit" "$units/dreamomni2.service"; then changed=true; fi
    if [ -z "$destdir" ] && have systemctl && systemctl --user show-environment > /dev/null 2>&1; then
        systemctl --user daemon-reload
        systemctl --user enable --quiet dreamomni2
        if [ $changed = true ] || ! systemctl --user --quiet is-active dreamomni2; then
            systemctl --user restart dreamomni2
        fi
        finish_text "" "journalctl --user -u dreamomni2"
    else
        say ""
        say "There is no systemd session here, so nothing was started. Start the studio with:"
        say "  $prefix/bin/dreamomni2 serve"
    fi
    case ":$PATH:" in
        *":$prefix/bin:"*) ;;
        *) say "Note: $prefix/bin is not in your PATH." ;;
    esac
}

# The port of the configuration, as far as a person would write it.
port() {
    local line
    line=$(grep -E '^listen *=' /etc/dreamomni2/studio.toml 2> /dev/null | grep -oE '[0-9]+"? *$' | tr -dc '0-9' || true)
    printf '%s' "${line:-8443}"
}

# Waits for the server, then shows where to go; a studio that is set up says so itself.
finish_text() {
    local as=$1 log=$2 tries=0
    until (exec 3<> "/dev/tcp/127.0.0.1/$(port)") 2> /dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 40 ] || fail "the studio did not answer; see: $log"
        sleep 0.5
    done
    say ""
    # A command in words, on purpose.
    # shellcheck disable=SC2086
    if $as "$prefix/bin/dreamomni2" setup-url 2> "$work/told"; then
        say "Open one of these pages, compare the fingerprint, and type the code."
    elif grep -q '^code: setup_over' "$work/told"; then
        say "The studio runs and was set up before; nothing else is to be done."
    else
        cat "$work/told" >&2
        fail "the studio runs, but gave no set-up code"
    fi
    say "The log: $log"
}

# ---- uninstall

drop() { if [ -e "$destdir$1" ]; then rm -f "$destdir$1" && say "  removed $destdir$1"; fi; }

uninstall() {
    step "Removing DreamOmni2 Studio (data stays)"
    local data units
    if [ $root = true ]; then
        data=/var/lib/dreamomni2
        if with_systemd && [ -f /etc/systemd/system/dreamomni2.service ]; then
            systemctl disable --quiet --now dreamomni2 || true
        fi
        drop /etc/systemd/system/dreamomni2.service
        drop /etc/sysusers.d/dreamomni2.conf
        if [ -f "$destdir/etc/dreamomni2/studio.toml" ] && cmp -s packaging/studio.toml "$destdir/etc/dreamomni2/studio.toml"; then
            drop /etc/dreamomni2/studio.toml
        elif [ -f "$destdir/etc/dreamomni2/studio.toml" ]; then
            say "  kept $destdir/etc/dreamomni2/studio.toml: you changed it"
        fi
        rmdir "$destdir/etc/dreamomni2" 2> /dev/null || true
        if with_systemd; then systemctl daemon-reload; fi
    else
        data=${XDG_DATA_HOME:-$home/.local/share}/dreamomni2
        units=${XDG_CONFIG_HOME:-$home/.config}/systemd/user
        if [ -z "$destdir" ] && have systemctl; then systemctl --user disable --quiet --now dreamomni2 2> /dev/null || true; fi
        drop "$units/dreamomni2.service"
    fi
    drop "$prefix/bin/dreamomni2"
    drop "$prefix/share/bash-completion/completions/dreamomni2"
    local name
    for name in README.md LICENSE CHANGELOG.md; do drop "$prefix/share/doc/dreamomni2/$name"; done
    rmdir "$destdir$prefix/share/doc/dreamomni2" 2> /dev/null || true
    if [ -d "$destdir$data" ] && [ -n "$(ls -A "$destdir$data" 2> /dev/null)" ]; then
        say "Kept: the data in $destdir$data$([ $root = true ] && echo ' and the account dreamomni2 that owns it')."
        say "To destroy it for good, remove that folder; without its keys the pictures cannot be opened by anybody."
    elif [ $root = true ] && [ -z "$destdir" ]; then
        rmdir "$data" 2> /dev/null || true
        if id dreamomni2 > /dev/null 2>&1; then userdel dreamomni2 2> /dev/null || true; fi
    fi
}

# ---- do it

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $mode = uninstall ]; then
    uninstall
    exit 0
fi
if [ -n "$binary" ]; then
    take_binary
else
    build
    binary=$here/$built
fi
case $mode in
    build) ;;
    try)
        step "Trying it"
        rm -rf "$work"
        cd "$start_dir"
        if [ $serve = true ]; then exec "$binary" try; else exec "$binary" try --no-serve; fi
        ;;
    install) if [ $root = true ]; then install_system "$binary"; else install_person "$binary"; fi ;;
esac
