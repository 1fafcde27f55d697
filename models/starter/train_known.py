"""Fits the last linear layer that says 'drawn by this model', on drawings, made-up foreign pictures and crops of
photographs; a minute."""

import argparse
import glob
import os

import numpy as np
import onnxruntime
import torch
from PIL import Image
from torch.nn import functional as F

import foreign
import photographs
import scenes
from encoder import HEIGHT, WIDTH, Encoder
from lessons import sheet

OURS, CROPS, MADE_UP, PENALTY = 4, 1100, 200, .001


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


def traits(model, pictures):
    """What the layer sees of each picture."""
    batches = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(127.5).sub(1).split(100)
    with torch.no_grad():
        return torch.cat([model.traits(batch) for batch in batches])


def fit(ours, theirs):
    """Weights and bias of a logistic regression on standardised traits."""
    x, y = torch.cat([ours, theirs]), torch.cat([torch.ones(len(ours)), torch.zeros(len(theirs))])
    mean, spread = x.mean(0), x.std(0) + 1e-3
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    solver = torch.optim.LBFGS([w, b], max_iter=200)

    def loss():
        solver.zero_grad()
        value = F.binary_cross_entropy_with_logits((x - mean) / spread @ w + b, y) + PENALTY * (w * w).sum()
        value.backward()
        return value
    solver.step(loss)
    return (w / spread).detach(), (b - (mean / spread * w).sum()).detach()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", required=True)
    parser.add_argument("--decoder", default="package/vae_decoder/model.onnx")
    parser.add_argument("--out", default="build/encoder.pt")
    parser.add_argument("--seed", type=int, default=31)
    args = parser.parse_args()
    rng, numbers = scenes.new_rng(args.seed), np.random.default_rng(args.seed)
    session = onnxruntime.InferenceSession(args.decoder)
    saved = torch.load(args.out, weights_only=True)
    model = Encoder().eval()
    state = {k.removeprefix("module."): t for k, t in saved["average"].items() if k.startswith("module.")
        and ".known." not in k}
    model.load_state_dict(state, strict=False)
    drawn = [sheet(session, rng, numbers) for _ in range(OURS)]
    ours = traits(model, np.concatenate([pictures[mine] for pictures, _, mine in drawn]))
    files = sorted(glob.glob(os.path.join(args.photographs, "*")))
    made_up = [foreign.picture(numbers, 256, 144).resize((WIDTH, HEIGHT), Image.BILINEAR) for _ in range(MADE_UP)]
    theirs = traits(model, np.concatenate([crops(photographs.learned(files), rng, CROPS), np.stack(made_up)]))
    apart = traits(model, crops(photographs.kept_apart(files), rng, CROPS // 2))
    w, b = fit(ours[::2], theirs)
    told, taken = (apart @ w + b < 0).float().mean(), (ours[1::2] @ w + b > 0).float().mean()
    print(f"never learned from: {100 * told:.1f} % of photographs told apart, {100 * taken:.1f} % of drawings taken "
          f"for ours")
    w, b = fit(ours, theirs)
    saved["average"]["module.known.weight"], saved["average"]["module.known.bias"] = w.unsqueeze(0), b
    torch.save(saved, args.out)


if __name__ == "__main__":
    main()
