"""Trains the text encoder and the scene transformer on sampled wishes: fixed seed, fixed number of steps, resumable."""

import argparse

import numpy as np
import torch

import layout as l
import scenes
import tasks
import vocabulary as v
from course import Course
from transformer import SceneTransformer, TextEncoder, grouped

BATCH, POOL, FRESH = 64, 3000, .34
REFERENCE_COUNTS, REFERENCE_WEIGHTS = [0, 1, 2, 3, 4, 5], [.34, .50, .11, .03, .01, .01]
FIELD_WEIGHT = {"kind": 2.0, "colour": 1.5, "x": 1.5, "y": 1.5, "size": 1.2}


def make_batch(rng):
    """One batch with one number of references, as arrays (roles may differ from row to row)."""
    number = scenes.pick(rng, REFERENCE_COUNTS, REFERENCE_WEIGHTS)
    rows = [tasks.sample(rng, number) for _ in range(BATCH)]
    longest = max(len(r.concepts) for r in rows) + 1
    ids = np.zeros((BATCH, longest), np.int64)
    for i, row in enumerate(rows):
        said = [1] + [v.ID[c] for c in row.concepts]
        ids[i, :len(said)] = said
    target = np.stack([r.target for r in rows])
    palette = np.stack([np.zeros(l.PALETTE_NUMBERS, np.float32) if r.palette is None else r.palette for r in rows])
    given = [(np.stack([r.references[k][1] for r in rows]), np.stack([r.references[k][2] for r in rows]))
        for k in range(number)]
    roles = np.array([[r.references[k][0] for k in range(number)] for r in rows], np.int64).reshape(BATCH, number)
    return ids, target, palette, given, roles


def to_tensors(batch, rng):
    """The batch as model inputs with fresh noise; one in ten captions is emptied for guidance."""
    ids, target, palette, given, roles = batch
    ids = ids.copy()
    for i in range(BATCH):
        if rng.random() < .1:
            ids[i, 1:] = 0
    clean = torch.from_numpy(l.to_latent(target, palette))
    references = [torch.from_numpy(l.to_latent(c, p)) for c, p in given]
    share = torch.rand(BATCH)
    sigma = torch.where(share < .2, torch.ones(BATCH), 1 - torch.rand(BATCH) ** 1.6)
    noisy = (1 - sigma)[:, None, None] * clean + sigma[:, None, None] * torch.randn_like(clean)
    return torch.from_numpy(ids), torch.from_numpy(target), torch.cat([noisy] + references,
        1), sigma, torch.from_numpy(roles)


class Learner(torch.nn.Module):
    """Both networks, with the roles of each row added (rows of one batch may lend in different roles)."""

    def __init__(self):
        super().__init__()
        self.text, self.scene = TextEncoder(), SceneTransformer()

    def loss(self, ids, target, hidden, sigma, roles):
        """Weighted cross-entropy over all fields that are present."""
        with torch.autocast("cpu", torch.bfloat16):
            logits, _ = self.scene.predict_rows(hidden, roles, self.text(ids), (ids != 0).float(), sigma)
        scores = grouped(logits.float(), lambda x: x.log_softmax(-1))
        channel = torch.from_numpy(l.OFFSETS)[None] + target.clamp_min(0)
        weight = FIELD_WEIGHTS[None] * (target >= 0).float()
        taken = scores.gather(2, channel.clamp_max(l.CHANNELS - 1))
        return -(taken * weight).sum() / weight.sum()


FIELD_WEIGHTS = torch.zeros(l.TOKENS, l.WIDTH)
for _token, _fields in enumerate(l.FIELDS):
    for _column, _name in enumerate(_fields):
        FIELD_WEIGHTS[_token, _column] = FIELD_WEIGHT.get(_name, 1.0) * (1.5 if _token < l.FIRST else 1.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="build/transformer.pt")
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = Learner()
    course = Course(model, args.out, args.steps, rate=2e-3, decay=.02, memory=.993)
    rng = scenes.new_rng(args.seed * 1_000_003 + course.step)
    torch.manual_seed(args.seed * 7 + course.step)
    pool = []

    def loss_of_step():
        if len(pool) < 50 or rng.random() < FRESH:
            batch = make_batch(rng)
            if len(pool) < POOL:
                pool.append(batch)
            else:
                pool[rng.randrange(POOL)] = batch
        else:
            batch = pool[rng.randrange(len(pool))]
        return model.loss(*to_tensors(batch, rng))
    course.run(loss_of_step, report=200)


if __name__ == "__main__":
    main()
