"""Writes tests/data/numbers/lanczos.txt and bicubic.txt: a picture of noise, and what Pillow makes of it at several sizes."""
import pathlib, sys
import numpy as np
from PIL import Image

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/numbers")
picture = Image.fromarray(np.random.default_rng(4).integers(0, 256, (11, 17, 3), dtype=np.uint8))
sizes = [(17, 11), (8, 8), (16, 24), (17, 5), (5, 11), (3, 2), (40, 9)]
for name, kernel in (("lanczos", Image.LANCZOS), ("bicubic", Image.BICUBIC)):
    lines = [f"{w}x{h} {(picture if (w, h) == picture.size else picture.resize((w, h), kernel)).tobytes().hex()}" for w, h in sizes]
    (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
