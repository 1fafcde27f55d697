"""Reference cases of the package: what `model test starter` draws again and compares. Run after every export:

    python cases.py --package package

Needs numpy, onnxruntime, pillow and blake3. Everything is drawn by `engine.py`, so a case says whether a machine gives
the numbers that this one gave."""

import argparse
import json
import os
import re
import shutil

import numpy as np
from blake3 import blake3
from PIL import Image

from engine import Engine

STEPS, GUIDANCE = 8, 2.0
# Of a picture that is brought in; small files, and still more than the encoder looks at.
SOURCE = (256, 160)
# How much another machine's arithmetic may move a case: a tenth of what the comparison allows.
MOST_MAX, MOST_MEAN = 2e-3, 1e-4
# name, task, words, size, and of a reference its role and the words it was drawn from
CASES = [
    ("picture", "image", "two red boats on the sea at sunset, comic style", (160, 96), None),
    ("edit", "edit", "make the house blue", (160, 96), ("source", "a red house in a meadow at day")),
    ("subject", "image", "on a street in the rain", (128, 72), ("subject", "a yellow cat, plain background")),
]


class Case:
    """One request and what the engine makes of it."""

    def __init__(self, engine, task, prompt, size, given, seed):
        self.engine, self.task, self.prompt, self.size, self.seed = engine, task, prompt, size, seed
        self.role = self.reference = None
        if given:
            self.role, words = given
            self.reference = to_bytes(engine.draw(engine.sample(words, seed=seed), *SOURCE))

    def noise(self):
        """What the engine itself begins with."""
        shape = (1, self.engine.tokens, self.engine.channels)
        return np.random.default_rng(self.seed).standard_normal(shape).astype(np.float32)

    def draw(self, reference):
        references = []
        if reference is not None:
            latent, self.known = self.engine.read(reference / 255)
            references = [(self.role, latent)]
        latent = self.engine.sample(self.prompt, references, self.seed, "", STEPS, GUIDANCE)
        return np.clip(self.engine.draw(latent, *self.size), 0, 1)

    def steady(self, picture):
        """Whether a reference that is off by one here and there, as another scaler may leave it, gives the same."""
        if self.reference is None:
            return True
        if self.role == "source" and self.known < 0.9:
            return False
        chance = np.random.default_rng(1)
        for _ in range(4):
            moved = np.clip(self.reference.astype(int) + chance.integers(-1, 2, self.reference.shape), 0, 255)
            off = np.abs(self.draw(moved.astype(np.uint8)) - picture)
            if off.max() > MOST_MAX or off.mean() > MOST_MEAN:
                return False
        return True

    def write(self, folder, picture):
        os.makedirs(folder)
        references = []
        if self.reference is not None:
            Image.fromarray(self.reference).save(f"{folder}/{self.role}.png", optimize=True)
            references = [{"file": f"{self.role}.png", "role": self.role}]
        request = {"task": self.task, "prompt": self.prompt, "references": references, "width": self.size[0],
            "height": self.size[1], "steps": STEPS, "guidance": GUIDANCE}
        with open(f"{folder}/request.json", "w") as file:
            json.dump(request, file, indent=1)
            file.write("\n")
        np.save(f"{folder}/init_latents.npy", self.noise())
        # Half precision is off by 2e-4 at most, a hundredth of what the comparison allows, and half as long.
        np.save(f"{folder}/image.npy", picture.astype(np.float16))


def to_bytes(picture):
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


def promise(package):
    """The manifest's hashes of these files."""
    path = f"{package}/studio-model.toml"
    with open(path) as file:
        head, _, rest = file.read().partition("[files]\n")
    lines = [line for line in rest.splitlines() if line and not line.startswith('"reference/')]
    for folder, _, files in os.walk(f"{package}/reference"):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                inside = os.path.relpath(os.path.join(folder, name), package)
                lines.append(f'"{inside}" = "{blake3(file.read()).hexdigest()}"')
    lines.sort(key=lambda line: re.match('"(.*?)"', line)[1])
    with open(path, "w") as file:
        file.write(head + "[files]\n" + "\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default="package")
    package = parser.parse_args().package
    engine = Engine(package)
    shutil.rmtree(f"{package}/reference", ignore_errors=True)
    for name, task, prompt, size, given in CASES:
        unknown = engine.tokenizer(prompt)[1] + (engine.tokenizer(given[1])[1] if given else [])
        if unknown:
            raise SystemExit(f"{name}: the model does not know {', '.join(unknown)}")
        for seed in range(1, 51):
            case = Case(engine, task, prompt, size, given, seed)
            picture = case.draw(case.reference)
            if case.steady(picture):
                break
        else:
            raise SystemExit(f"{name}: no seed of fifty gives a picture that another machine would give too")
        case.write(f"{package}/reference/{name}", picture)
        print(f"{name}: seed {seed}")
    promise(package)


if __name__ == "__main__":
    main()
