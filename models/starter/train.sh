#!/bin/sh
# From nothing to the shipped package on two CPU cores; run again after a stop and it goes on where it was.
set -eu
cd "$(dirname "$0")"
BUILD=build
STEPS_WORDS=${STEPS_WORDS:-12000}
STEPS_PICTURES=${STEPS_PICTURES:-9000}
SHEETS=${SHEETS:-160}
mkdir -p "$BUILD"

# Says how long each stage took (they overlap in part).
STARTED=$(date +%s)
stage() { echo "$1: done after $(($(date +%s) - STARTED)) s"; }

# 1. The environment, pinned (once). Without CUDA the wheel of torch needs empty stand-ins for the libraries it links.
if [ ! -x "$BUILD/venv/bin/python" ]; then
    python3 -m venv "$BUILD/venv"
    "$BUILD/venv/bin/pip" install --quiet --no-deps torch==2.15.0
    "$BUILD/venv/bin/pip" install --quiet filelock typing-extensions sympy networkx jinja2 fsspec
    grep -v '^torch' requirements.txt | "$BUILD/venv/bin/pip" install --quiet -r /dev/stdin
fi
PYTHON="$BUILD/venv/bin/python"
"$PYTHON" -c "import torch" 2>/dev/null || "$PYTHON" torch_cpu.py
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE

# 2. The drawing decoder has no weights: it is exported first, because it draws the encoder's lessons.
[ -f "$BUILD/draft/vae_decoder/model.onnx" ] || "$PYTHON" export.py --build "$BUILD/none" --out "$BUILD/draft"

stage "environment and drawing graph"

# 3. Words to scenes on one core; on the other the lessons are drawn, then pictures to scenes.
"$PYTHON" train_transformer.py --steps "$STEPS_WORDS" --out "$BUILD/transformer.pt" >> "$BUILD/transformer.log" 2>&1 &
WORDS=$!
"$PYTHON" lessons.py --sheets "$SHEETS" --decoder "$BUILD/draft/vae_decoder/model.onnx" --out "$BUILD/lessons"
"$PYTHON" train_encoder.py --steps "$STEPS_PICTURES" --lessons "$BUILD/lessons" --out "$BUILD/encoder.pt" \
    >> "$BUILD/encoder.log" 2>&1
stage encoder
wait "$WORDS"
stage transformer

# 4. The encoder learns to tell photographs from drawings of ours, and styles better.
if [ ! -d "$BUILD/photographs" ]; then
    "$PYTHON" photographs.py --out "$BUILD/photographs.new"
    mv "$BUILD/photographs.new" "$BUILD/photographs"
fi
stage photographs
"$PYTHON" train_last.py --photographs "$BUILD/photographs" --lessons "$BUILD/lessons" \
    --decoder "$BUILD/draft/vae_decoder/model.onnx" --out "$BUILD/encoder.pt"
stage "last layers"

# 5. The package, and a first look at it.
"$PYTHON" export.py --build "$BUILD" --out package
stage package
"$PYTHON" cases.py --package package
stage "reference cases"
"$PYTHON" judge.py --quick
stage judge
