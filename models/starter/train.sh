#!/bin/sh
# From nothing to the shipped package on two CPU cores; run again after a stop and it goes on where it was.
set -eu
cd "$(dirname "$0")"
BUILD=build
STEPS_WORDS=${STEPS_WORDS:-12000}
STEPS_PICTURES=${STEPS_PICTURES:-10000}
mkdir -p "$BUILD"

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

# 3. Words to scenes on one core, pictures to scenes on the other.
"$PYTHON" train_transformer.py --steps "$STEPS_WORDS" --out "$BUILD/transformer.pt" >> "$BUILD/transformer.log" 2>&1 &
WORDS=$!
"$PYTHON" train_encoder.py --steps "$STEPS_PICTURES" --decoder "$BUILD/draft/vae_decoder/model.onnx" --out "$BUILD/encoder.pt" >> "$BUILD/encoder.log" 2>&1 &
PICTURES=$!
wait "$WORDS"
wait "$PICTURES"

# 4. The encoder learns to tell photographs from drawings of ours, on the sample photographs of one PyPI package.
if [ ! -d "$BUILD/photographs" ]; then
    "$BUILD/venv/bin/pip" download --quiet --no-deps scikit-image==0.26.0 -d "$BUILD/wheels"
    "$PYTHON" -m zipfile -e "$BUILD"/wheels/scikit_image-*.whl "$BUILD/wheels/unpacked"
    mkdir -p "$BUILD/photographs.new"
    for name in astronaut.png brick.png camera.png chelsea.png coffee.png coins.png grass.png gravel.png hubble_deep_field.jpg ihc.png moon.png motorcycle_left.png retina.jpg rocket.jpg; do
        cp "$BUILD/wheels/unpacked/skimage/data/$name" "$BUILD/photographs.new/"
    done
    mv "$BUILD/photographs.new" "$BUILD/photographs"
fi
"$PYTHON" train_known.py --photographs "$BUILD/photographs" --decoder "$BUILD/draft/vae_decoder/model.onnx" --out "$BUILD/encoder.pt"

# 5. The package, and a first look at it.
"$PYTHON" export.py --build "$BUILD" --out package
"$PYTHON" judge.py --quick
