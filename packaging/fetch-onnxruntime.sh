#!/bin/sh
# Fetches the pinned ONNX Runtime by hash from the Python package index and lays its library into .build/onnxruntime,
# where the build finds it. A second run does nothing. Needs python3 with pip; nothing is installed.
set -eu
cd "$(dirname "$0")/.."
version=1.32.0
target=.build/onnxruntime
case "$(uname -m)" in
    x86_64) platform=manylinux_2_28_x86_64 hash=5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d ;;
    aarch64) platform=manylinux_2_28_aarch64 hash=2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c ;;
    *) echo "There is no pinned ONNX Runtime for $(uname -m); name a library in STUDIO_ONNXRUNTIME and build again." >&2; exit 1 ;;
esac
if [ "$(cat "$target/VERSION" 2>/dev/null)" = "$version $hash" ] && [ -f "$target/libonnxruntime.so" ]; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "onnxruntime==$version --hash=sha256:$hash" > "$work/requirements.txt"
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --python-version 3.11 --implementation cp --abi cp311 --platform "$platform" \
    --dest "$work" -r "$work/requirements.txt"; then
    echo "ONNX Runtime $version could not be fetched. Check the network or pip's index settings," >&2
    echo "or put libonnxruntime.so.$version into $target/libonnxruntime.so yourself." >&2
    exit 1
fi
mkdir -p "$target"
python3 - "$work" "$target" "$version" <<'PY'
import glob, os, shutil, sys, zipfile
work, target, version = sys.argv[1:]
with zipfile.ZipFile(glob.glob(work + "/*.whl")[0]) as wheel:
    for inside, outside in (
        (f"onnxruntime/capi/libonnxruntime.so.{version}", "libonnxruntime.so"),
        ("onnxruntime/LICENSE", "LICENSE"),
        ("onnxruntime/ThirdPartyNotices.txt", "ThirdPartyNotices.txt"),
    ):
        with wheel.open(inside) as source, open(f"{target}/{outside}.part", "wb") as copy:
            shutil.copyfileobj(source, copy)
        os.replace(f"{target}/{outside}.part", f"{target}/{outside}")
PY
echo "$version $hash" > "$target/VERSION"
