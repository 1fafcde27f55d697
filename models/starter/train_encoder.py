"""Trains the picture encoder on pictures the decoder draws (and made-up foreign ones), with colour, blur, crop and noise changes; resumable."""

import argparse
import os
import time

import numpy as np
import onnxruntime
import torch
from PIL import Image
from torch.nn import functional as F

import foreign
import layout as l
import scenes
import vocabulary as v
from encoder import HEIGHT, WIDTH, Encoder
from train_transformer import pace
from transformer import grouped

BATCH, POOL, ROUND, FOREIGN = 48, 12000, 120, .14
SIZES = [(144, 256)] * 5 + [(180, 180), (216, 122), (150, 200)]
UNSEEN = {"motion", "move", "anchor", "x2", "y2", "size2", "time2"}
WEIGHT = {"kind": 3.0, "colour": 2.0, "style": 3.0, "place": 2.0, "texture": 1.5, "shade": 1.2, "pose": 1.2}


def sample_scene(rng):
    """A scene to draw: as asked for in words, but with every kind, style, texture and colour often; largest subject first."""
    wish = scenes.sample_wish(rng, held_out=False)
    if rng.random() < .6:
        wish["style"] = scenes.pick(rng, v.STYLES)
    for group in wish["groups"]:
        if rng.random() < .4:
            group["texture"] = scenes.pick(rng, v.TEXTURES)
        if group["kind"] == "person" and rng.random() < .7:
            group["pose"] = scenes.pick(rng, v.POSES)
        group.pop("motion", None)
    wish.pop("move", None)
    return scenes.canonical(scenes.fulfil(rng, wish))


def draw_round(session, rng, numbers):
    """ROUND new pictures [ROUND, HEIGHT, WIDTH, 3] (bytes), their classes, and whether they are ours."""
    pictures, classes, ours = [], [], []
    for _ in range(ROUND):
        mine = rng.random() > FOREIGN
        scene = sample_scene(rng)
        if mine:
            high, wide = scenes.pick(rng, SIZES)
            feed = {"latent_sample": l.to_latent(scene[None]), "seconds": np.zeros(1, np.float32), "duration": np.zeros(1, np.float32), "height": np.array([high]), "width": np.array([wide])}
            drawn = session.run(None, feed)[0][0].transpose(1, 2, 0)
            image = Image.fromarray(((drawn + 1) * 127.5).round().astype(np.uint8))
        else:
            image = foreign.picture(numbers, 192, 108)
        pictures.append(np.asarray(image.resize((WIDTH, HEIGHT), Image.BILINEAR)))
        classes.append(scene)
        ours.append(mine)
    return np.stack(pictures), np.stack(classes), np.array(ours)


def augment(pictures):
    """Light, colour, blur, a little crop and noise, on a batch [B, 3, H, W] in -1..1."""
    batch = pictures.shape[0]

    def some(chance):
        return (torch.rand(batch, 1, 1, 1) < chance).float()
    gain = 1 + (torch.rand(batch, 1, 1, 1) - .5) * .24 * some(.5)
    tint = (torch.rand(batch, 3, 1, 1) - .5) * .12 * some(.4)
    pictures = pictures * gain + tint
    soft = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    pictures = pictures + (soft - pictures) * torch.rand(batch, 1, 1, 1) * some(.4)
    scale = 1 - torch.rand(batch, 1) * .07 * some(.35).reshape(batch, 1)
    shift = (torch.rand(batch, 2) * 2 - 1) * (1 - scale)
    grid = F.affine_grid(torch.stack([torch.cat([scale, 0 * scale, shift[:, :1]], 1), torch.cat([0 * scale, scale, shift[:, 1:]], 1)], 1), list(pictures.shape), align_corners=False)
    pictures = F.grid_sample(pictures, grid, align_corners=False, padding_mode="border")
    return (pictures + torch.randn_like(pictures) * .06 * torch.rand(batch, 1, 1, 1) * some(.5)).clamp(-1, 1)


def field_weights():
    """Loss weight of every field; what a still picture cannot show weighs nothing much."""
    weights = torch.zeros(l.TOKENS, l.WIDTH)
    for token, fields in enumerate(l.FIELDS):
        for column, name in enumerate(fields):
            weights[token, column] = .1 if name in UNSEEN else WEIGHT.get(name, 1.0) * (1.5 if token == l.FIRST else 1.0)
    return weights


def loss_of(model, pictures, classes, ours, weights):
    """Cross-entropy of what is seen, on our own pictures, and of whose picture it is, on all."""
    with torch.autocast("cpu", torch.bfloat16):
        logits, known = model.read(pictures)
    scores = grouped(logits.float(), lambda x: x.log_softmax(-1))
    channel = torch.from_numpy(l.OFFSETS)[None] + classes.clamp_min(0)
    weight = weights[None] * (classes >= 0).float() * ours[:, None, None]
    taken = scores.gather(2, channel.clamp_max(l.CHANNELS - 1))
    return -(taken * weight).sum() / weight.sum() + .3 * F.binary_cross_entropy_with_logits(known.float(), ours)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decoder", default="package/vae_decoder/model.onnx")
    parser.add_argument("--out", default="build/encoder.pt")
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=23)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(args.decoder, options)
    model, step = Encoder(), 0
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(.995))
    learner = torch.optim.AdamW(model.parameters(), lr=1.5e-3, betas=(.9, .98), weight_decay=.03)
    if os.path.exists(args.out):
        saved = torch.load(args.out, weights_only=True)
        step = saved["step"]
        model.load_state_dict(saved["model"])
        average.load_state_dict(saved["average"])
        learner.load_state_dict(saved["optimizer"])
    rng, numbers = scenes.new_rng(args.seed * 1_000_003 + step), np.random.default_rng(args.seed + step)
    weights, running, pool, started = field_weights(), [], None, time.process_time()
    while step < args.steps:
        if pool is None or len(pool[0]) < 4000 or step % 24 == 0:
            fresh = draw_round(session, rng, numbers)
            pool = fresh if pool is None else tuple(np.concatenate([old, new])[-POOL:] for old, new in zip(pool, fresh))
        rows = np.array([rng.randrange(len(pool[0])) for _ in range(BATCH)])
        pictures = torch.from_numpy(pool[0][rows]).permute(0, 3, 1, 2).float() / 127.5 - 1
        loss = loss_of(model, augment(pictures), torch.from_numpy(pool[1][rows]), torch.from_numpy(pool[2][rows]).float(), weights)
        learner.param_groups[0]["lr"] = 1.5e-3 * pace(step, args.steps)
        learner.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        learner.step()
        if step % 4 == 0:
            average.update_parameters(model)
        running.append(loss.item())
        step += 1
        if step % 100 == 0:
            print(f"step {step} loss {np.mean(running[-100:]):.4f} {time.process_time() - started:.0f} core-seconds", flush=True)
        if step % 500 == 0 or step == args.steps:
            os.makedirs(os.path.dirname(args.out), exist_ok=True)
            torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": learner.state_dict(), "step": step}, args.out + ".new")
            os.replace(args.out + ".new", args.out)


if __name__ == "__main__":
    main()
