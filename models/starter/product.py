"""The product as the judge sees it: everything that is asked goes through `dreamomni2 render`; only the drawings it is
compared with do not."""

import base64
import glob
import json
import os
import subprocess
import tempfile

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine import Engine

SIDES, FRAME_RATE = (160, 90), 10


class Product(Engine):
    """An engine whose pictures come from the binary; the package beside it draws what they are compared with."""

    def __init__(self, binary, folder, threads=2):
        super().__init__(folder, threads)
        self.binary, self.folder = os.path.abspath(binary), tempfile.TemporaryDirectory()
        self.asked, self.drawn, self.alone = {}, {}, {}
        made = self.render(["--prompt", "a red circle", "-o", self.path("first.png")])
        self.hash = bytes.fromhex(json.loads(made.stdout)["model"]["hash"])
        self.tokenizer = self.unknown_words

    def path(self, name):
        """A file that goes away with the judge."""
        return os.path.join(self.folder.name, name)

    def render(self, more, may_refuse=False):
        """Run the product once."""
        command = [self.binary, "render", "--size", "x".join(map(str, SIDES)), "--json", *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode and not may_refuse:
            raise SystemExit(f"the product did not render {more}: {done.stderr.strip()}")
        return done

    def sample_many(self, requests, steps=16, guidance=2.0):
        """Scene tokens for many requests, one run of the product each; the picture it wrote is kept."""
        latents = []
        for prompt, references, negative, seed in requests:
            given = [self.reference(number, *reference) for number, reference in enumerate(references)]
            words = ["--prompt", prompt, "--seed", str(seed), "--steps", str(steps), "--guidance", str(guidance)]
            words += (["--negative", negative] if negative else []) + [word for file in given
                for word in ("--reference", file)]
            kind = "edit" if any(role == "source" for role, _ in references) else "picture"
            if any(role in ("first_frame", "last_frame") for role, _ in references):
                latents.append(self.clip(words, 2.0))
                continue
            out, dump = self.path("out.png"), self.path("out.npy")
            self.render([*words, "--task", kind, "--dump-latents", dump, "-o", out])
            latent = np.load(dump)
            self.asked[latent.tobytes()] = words
            self.drawn[latent.tobytes(), 0.0, 0.0] = np.asarray(Image.open(out).convert("RGB"), np.float32) / 255
            latents.append(latent)
        return latents

    def clip(self, words, duration):
        """Render a clip of these words and keep its frames."""
        out, dump = self.path("clip/"), self.path("clip.npy")
        for old in glob.glob(out + "*"):
            os.remove(old)
        frames = round(duration * FRAME_RATE) + 1
        clip = ["--task", "clip", "--frames", str(frames), "--rate", str(FRAME_RATE), "--dump-latents", dump]
        self.render([*words, *clip, "-o", out])
        latent = np.load(dump)
        for number, file in enumerate(sorted(glob.glob(out + "*.png"))):
            key = latent.tobytes(), round(number / FRAME_RATE, 3), duration
            self.drawn[key] = np.asarray(Image.open(file).convert("RGB"), np.float32) / 255
        return latent

    def reference(self, number, role, latent):
        """A picture file for a reference: with its scene inside, or, where it was read from a picture, that picture
        alone."""
        latent, file = np.asarray(latent, np.float32), self.path(f"reference-{number}.png")
        if latent.tobytes() in self.alone:
            picture, notes = self.alone[latent.tobytes()], None
        else:
            picture, notes = super().draw(latent, 640, 360), PngInfo()
            notes.add_itxt("studio-scene", base64.b64encode(self.hash + latent.tobytes()).decode())
        Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype(np.uint8)).save(file, pnginfo=notes)
        return f"{file}:{role}"

    def draw(self, latent, width=640, height=360, seconds=0.0, duration=0.0):
        """What the product drew for tokens of its own (any moment of a clip), else an exact drawing, in steps of 1/255
        like a file."""
        key = np.asarray(latent, np.float32).tobytes()
        if key in self.asked and duration and (key, round(seconds, 3), duration) not in self.drawn:
            self.clip(self.asked[key], duration)
        if (width, height) == SIDES and (key, round(seconds, 3), duration) in self.drawn:
            return self.drawn[key, round(seconds, 3), duration]
        return np.round(np.clip(super().draw(latent, width, height, seconds, duration), 0, 1) * 255) / 255

    def read(self, picture):
        """Tokens that stand for this picture alone, and whether the product takes it for its own (an edit of it is not
        refused)."""
        latent, _ = super().read(picture)
        self.alone[latent.tobytes()] = picture
        source = self.reference(0, "source", latent)
        told = self.render(["--prompt", "at night", "--task", "edit", "--reference", source, "-o",
            self.path("read.png")], True)
        if told.returncode and "source_not_known" not in told.stderr:
            raise SystemExit(f"the product could not read a picture: {told.stderr.strip()}")
        return latent, float(told.returncode == 0)

    def unknown_words(self, prompt):
        """No tokens (they stay inside the product), and the words it says it does not know."""
        made = json.loads(self.render(["--prompt", prompt, "-o", self.path("words.png")]).stdout)
        return [], [word["word"] for word in made["unknown_words"]]
