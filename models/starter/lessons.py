"""Draws the encoder's lessons and keeps them on disk: pictures by the decoder, some saved as JPEG, and a few that are
not ours."""

import argparse
import io
import os

import numpy as np
import onnxruntime
from PIL import Image

import foreign
import layout as l
import scenes
import vocabulary as v
from encoder import HEIGHT, WIDTH

SHEET, FOREIGN = 240, .06
SIZES = [(180, 320)] * 9 + [(270, 480)] * 2 + [(360, 640), (180, 180), (320, 180)]
COLOURLESS = {v.STYLES.index("silhouette")}


def sample_scene(rng):
    """A scene to draw: as asked for in words, but with every colour, style, texture and pose often; largest subject
    first."""
    wish = scenes.sample_wish(rng, held_out=False)
    if rng.random() < .45:
        wish["style"] = scenes.pick(rng, v.STYLES)
    for group in wish["groups"]:
        if rng.random() < .5:
            group["texture"] = scenes.pick(rng, v.TEXTURES)
        if "colour" not in group and rng.random() < .6:
            group["colour"] = scenes.pick(rng, v.COLOURS[1:])
        if group["kind"] == "person" and rng.random() < .7:
            group["pose"] = scenes.pick(rng, v.POSES)
        group.pop("motion", None)
    wish.pop("move", None)
    return scenes.canonical(scenes.fulfil(rng, wish))


def draw(session, scene, high, wide):
    """The decoder's picture of a scene."""
    still = np.zeros(1, np.float32)
    feed = {"latent_sample": l.to_latent(scene[None]), "seconds": still, "duration": still,
            "height": np.array([high]), "width": np.array([wide])}
    drawn = session.run(None, feed)[0][0].transpose(1, 2, 0)
    return Image.fromarray(((drawn + 1) * 127.5).round().astype(np.uint8))


def through_jpeg(image, quality):
    """The picture as a viewer may have saved it."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def sheet(session, rng, numbers, count=SHEET):
    """So many lessons: pictures [count, HEIGHT, WIDTH, 3] (bytes), their classes, and whether they are ours."""
    pictures, classes, ours = [], [], []
    for _ in range(count):
        mine, scene = rng.random() > FOREIGN, sample_scene(rng)
        image = draw(session, scene, *scenes.pick(rng, SIZES)) if mine else foreign.picture(numbers, 256, 144)
        if rng.random() < .25:
            image = through_jpeg(image, rng.randint(50, 95))
        pictures.append(np.asarray(image.resize((WIDTH, HEIGHT), Image.BILINEAR)))
        classes.append(visible(scene))
        ours.append(mine)
    return np.stack(pictures), np.stack(classes), np.array(ours)


def visible(scene):
    """The scene without what its style hides: a silhouette shows neither colour nor texture, so it is read as natural
    and plain."""
    scene = scene.copy()
    if l.get(scene, l.LOOK, "style") in COLOURLESS:
        filled = scene[l.FIRST:, 0] > 0
        for field in ("colour", "shade", "texture"):
            scene[l.FIRST:, l.SUBJECT_COLUMN[field]][filled] = 0
    return scene


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decoder", default="package/vae_decoder/model.onnx")
    parser.add_argument("--out", default="build/lessons")
    parser.add_argument("--sheets", type=int, default=160, help=f"of {SHEET} pictures each; those that are there stay")
    parser.add_argument("--seed", type=int, default=23)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(args.decoder, options)
    for number in range(args.sheets):
        path = os.path.join(args.out, f"{number:04d}.npz")
        if not os.path.exists(path):
            rng, numbers = scenes.new_rng(args.seed * 1_000_003 + number), np.random.default_rng([args.seed, number])
            pictures, classes, ours = sheet(session, rng, numbers)
            with open(path + ".new", "wb") as file:
                np.savez(file, pictures=pictures, classes=classes.astype(np.int8), ours=ours)
            os.replace(path + ".new", path)
    print(f"{args.sheets} sheets of {SHEET} lessons in {args.out}")


if __name__ == "__main__":
    main()
