"""Draws the sample sheets of the model card: storyboard panels with their words below, as small WebP files."""

import argparse
import os

import numpy as np
from PIL import Image, ImageDraw

import layout as l
import vocabulary as v
from engine import Engine

PANEL, CAPTION, GAP = (480, 270), 26, 14
WORDS = ["A red car in the city at night, rain", "Two dogs on a beach at sunset",
    "A woman waving in front of a blue house, ink outline", "A small boat at sea in fog, wide shot",
         "A cat sitting in a room, pencil drawing", "A rocket in the night sky",
         "A man walking in the desert, silhouette, sunset", "Three yellow stars above a tree, gradient background",
         "A house on a snowfield, snowing, at dusk", "A bird left of a green tree in a meadow",
         "A girl on a stage, over the shoulder shot", "A striped ball and a checked box on a plain background"]
STYLE_WORDS = [f"A house and a tree in a meadow, {style}"
    for style in ("flat style", "ink outline", "pencil drawing", "charcoal", "blueprint", "silhouette", "pixel art",
    "film grain")]
CLIP_WORDS = "A man walks in the street, camera pans left"


def panels(items, columns, path):
    """Pictures with captions on warm paper."""
    rows = (len(items) + columns - 1) // columns
    sheet = Image.new("RGB", (columns * (PANEL[0] + GAP) + GAP, rows * (PANEL[1] + CAPTION + GAP) + GAP),
        (247, 243, 235))
    pen = ImageDraw.Draw(sheet)
    for i, (caption, picture) in enumerate(items):
        x, y = GAP + (i % columns) * (PANEL[0] + GAP), GAP + (i // columns) * (PANEL[1] + CAPTION + GAP)
        sheet.paste(picture, (x, y))
        pen.rectangle((x - 1, y - 1, x + PANEL[0], y + PANEL[1]), outline=(40, 40, 44))
        pen.text((x + 2, y + PANEL[1] + 7), caption, fill=(60, 58, 54))
    sheet.save(path, quality=82, method=6)


def image(array):
    """Floats to a panel."""
    return Image.fromarray((np.clip(array, 0, 1) * 255).round().astype(np.uint8))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", default="package")
    parser.add_argument("--out", default="sheets")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    engine = Engine(args.package)
    made = [(words, engine.sample(words, seed=args.seed + i)) for i, words in enumerate(WORDS)]
    panels([(words, image(engine.draw(latent, *PANEL))) for words, latent in made], 3, f"{args.out}/words.webp")
    base = engine.sample(STYLE_WORDS[0], seed=args.seed)
    styles = [(STYLE_WORDS[0] if i == 0 else f"edit: {words.rsplit(', ', 1)[1]}",
        base if i == 0 else engine.sample(words.rsplit(", ", 1)[1], [("source", base)], seed=args.seed)) for i,
        words in enumerate(STYLE_WORDS)]
    panels([(words, image(engine.draw(latent, *PANEL))) for words, latent in styles], 4, f"{args.out}/styles.webp")
    clip = engine.sample(CLIP_WORDS, seed=args.seed)
    panels([(f"{CLIP_WORDS} ({s:.1f} s)", image(engine.draw(clip, *PANEL, seconds=s, duration=3.0)))
        for s in (0.0, 1.0, 2.0, 3.0)], 4, f"{args.out}/clip.webp")
    kinds = []
    for kind in range(1, len(v.KINDS)):
        scene = l.empty_classes()
        l.put(scene, l.FIRST, kind=kind, colour=0, shade=0, texture=0, x=8, y=6, size=7,
            pose=kind % 5 if v.KINDS[kind] == "person" else 0, motion=0, flip=0, depth=1, x2=0, y2=0, size2=0)
        l.put(scene, l.CAMERA, variant=kind % 4)
        kinds.append((v.KINDS[kind], image(engine.draw(l.to_latent(scene[None]), *PANEL))))
    panels(kinds, 6, f"{args.out}/kinds.webp")
    edits = [("source: a red ball and a house in a meadow",
        engine.sample("A red ball and a house in a meadow", seed=args.seed + 1))]
    for words in ("make the ball blue", "make it night", "add a dog", "make the house bigger", "remove the ball",
            "move the ball to the right", "pencil drawing"):
        edits.append((words, engine.sample(words, [("source", edits[0][1])], seed=args.seed)))
    panels([(words, image(engine.draw(latent, *PANEL))) for words, latent in edits], 4, f"{args.out}/edits.webp")


if __name__ == "__main__":
    main()
