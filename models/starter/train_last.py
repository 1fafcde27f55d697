"""Fits the last two linear layers on what the encoder sees: 'drawn by this model', on drawings, made-up foreign
pictures and crops of photographs; and the style once more, every style counting alike. A few minutes."""

import argparse
import glob
import os

import numpy as np
import onnxruntime
import torch
from PIL import Image
from torch.nn import functional as F

import foreign
import layout as l
import photographs
import scenes
import vocabulary as v
from encoder import HEIGHT, STYLE, WIDTH, Encoder
from lessons import sheet

OURS, CROPS, MADE_UP, PENALTY = 4, 1100, 200, .001
SHEETS, STYLE_PENALTY = 40, .0005


def crops(files, rng, number):
    """Random crops of photographs, some mirrored, at the encoder's size."""
    pictures = []
    for i in range(number):
        image = Image.open(files[i % len(files)]).convert("RGB")
        wide, high = (int(side * rng.uniform(.35, 1)) for side in image.size)
        left, top = rng.randint(0, image.width - wide), rng.randint(0, image.height - high)
        image = image.crop((left, top, left + wide, top + high)).resize((WIDTH, HEIGHT), Image.BILINEAR)
        pictures.append(np.asarray(image.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < .5 else image))
    return np.stack(pictures)


def seen(model, pictures):
    """The style by the trained network [n, styles], and the traits [n, TRAITS] of each picture."""
    styles, traits = [], []
    with torch.no_grad():
        for batch in torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(127.5).sub(1).split(100):
            _, scene, whole = model.look(batch)
            styles.append(scene[:, l.LOOK, slice(*STYLE)])
            traits.append(model.traits(batch, whole))
    return torch.cat(styles), torch.cat(traits)


def fit(x, loss_of, outputs, penalty):
    """Weights and bias of a layer on standardised traits, by the least loss of what it says."""
    mean, spread = x.mean(0), x.std(0) + 1e-3
    w, b = torch.zeros(outputs, x.shape[1], requires_grad=True), torch.zeros(outputs, requires_grad=True)
    solver = torch.optim.LBFGS([w, b], max_iter=200)

    def loss():
        solver.zero_grad()
        value = loss_of((x - mean) / spread @ w.T + b) + penalty * (w * w).sum()
        value.backward()
        return value
    solver.step(loss)
    return (w / spread).detach(), (b - w @ (mean / spread)).detach()


def fit_known(ours, theirs):
    """The layer that says 'ours'."""
    wanted = torch.cat([torch.ones(len(ours)), torch.zeros(len(theirs))])
    return fit(torch.cat([ours, theirs]), lambda said: F.binary_cross_entropy_with_logits(said[:, 0], wanted), 1,
        PENALTY)


def fit_style(model, folder):
    """The layer that is added to the style; more than half of the lessons are flat, so each style weighs the same."""
    files, styles, traits, wanted = sorted(glob.glob(os.path.join(folder, "*.npz")))[:SHEETS], [], [], []
    for file in files:
        with np.load(file) as lessons:
            mine = lessons["ours"]
            said, found = seen(model, lessons["pictures"][mine])
            styles.append(said)
            traits.append(found)
            wanted.append(torch.from_numpy(lessons["classes"][mine][:, l.LOOK, l.COLUMN[l.LOOK]["style"]]).long())
    styles, traits, wanted = torch.cat(styles), torch.cat(traits), torch.cat(wanted)
    weight = len(wanted) / len(v.STYLES) / torch.bincount(wanted, minlength=len(v.STYLES)).clamp_min(1)
    apart = torch.arange(len(wanted)) % 4 == 0

    def layer(rows):
        return fit(traits[rows], lambda said: F.cross_entropy(styles[rows] + said, wanted[rows], weight), len(v.STYLES),
            STYLE_PENALTY)
    w, b = layer(~apart)
    for name, answer in (("before", styles), ("now", styles + traits @ w.T + b)):
        right = answer.argmax(1) == wanted
        each = ", ".join(f"{style} {100 * right[apart & (wanted == i)].float().mean():.0f}" for i, style
            in enumerate(v.STYLES))
        print(f"style of lessons kept apart, {name}, in percent: {each}")
    return layer(torch.ones_like(apart))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", required=True)
    parser.add_argument("--lessons", default="build/lessons")
    parser.add_argument("--decoder", default="package/vae_decoder/model.onnx")
    parser.add_argument("--out", default="build/encoder.pt")
    parser.add_argument("--seed", type=int, default=31)
    args = parser.parse_args()
    rng, numbers = scenes.new_rng(args.seed), np.random.default_rng(args.seed)
    session = onnxruntime.InferenceSession(args.decoder)
    saved = torch.load(args.out, weights_only=True)
    model = Encoder().eval()
    state = {k.removeprefix("module."): t for k, t in saved["average"].items() if k.startswith("module.")
        and ".known." not in k and ".style." not in k}
    model.load_state_dict(state, strict=False)
    drawn = [sheet(session, rng, numbers) for _ in range(OURS)]
    ours = seen(model, np.concatenate([pictures[mine] for pictures, _, mine in drawn]))[1]
    files = sorted(glob.glob(os.path.join(args.photographs, "*")))
    made_up = [foreign.picture(numbers, 256, 144).resize((WIDTH, HEIGHT), Image.BILINEAR) for _ in range(MADE_UP)]
    theirs = seen(model, np.concatenate([crops(photographs.learned(files), rng, CROPS), np.stack(made_up)]))[1]
    apart = seen(model, crops(photographs.kept_apart(files), rng, CROPS // 2))[1]
    w, b = fit_known(ours[::2], theirs)
    told, taken = (apart @ w.T + b < 0).float().mean(), (ours[1::2] @ w.T + b > 0).float().mean()
    print(f"never learned from: {100 * told:.1f} % of photographs told apart, {100 * taken:.1f} % of drawings taken "
          f"for ours")
    average = saved["average"]
    average["module.known.weight"], average["module.known.bias"] = fit_known(ours, theirs)
    average["module.style.weight"], average["module.style.bias"] = fit_style(model, args.lessons)
    torch.save(saved, args.out)


if __name__ == "__main__":
    main()
