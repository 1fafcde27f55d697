"""Trains the picture encoder on the lessons on disk, mirrored, with light, blur, crop and noise changes; resumable."""

import argparse
import glob
import os

import numpy as np
import torch
from torch.nn import functional as F

import layout as l
from course import Course
from encoder import HEIGHT, WIDTH, Encoder

BATCH, FRESH_EVERY, STOCK = 32, 50, 64
NEAR = ((0, 0, 1.0), (0, 1, .25), (1, 0, .25), (0, -1, .25), (-1, 0, .25))
UNSEEN = {"motion", "move", "anchor", "x2", "y2", "size2", "time2", "palette", "x", "y"}
WEIGHT = {"kind": 3.0, "colour": 2.0, "style": 3.0, "place": 2.0, "texture": 2.0, "shade": 1.2, "depth": .3, "flip": .5}


class Lessons:
    """The sheets in a folder; those that come while training goes on are found too."""

    def __init__(self, folder, rng):
        self.folder, self.rng, self.known, self.sheets = folder, rng, set(), []
        self.refresh()

    def refresh(self):
        """Open what is new."""
        for path in sorted(set(glob.glob(os.path.join(self.folder, "*.npz"))) - self.known):
            self.known.add(path)
            with np.load(path) as sheet:
                self.sheets.append((sheet["pictures"], sheet["classes"].astype(np.int64), sheet["ours"]))
        if not self.sheets:
            raise SystemExit(f"there are no lessons in {self.folder}: run lessons.py first")

    def batch(self):
        """Pictures [BATCH, 3, H, W] in -1..1, classes, and whether they are ours; half of them in the mirror."""
        rows = []
        for _ in range(BATCH):
            pictures, classes, ours = self.sheets[self.rng.integers(len(self.sheets))]
            row = self.rng.integers(len(pictures))
            turned = self.rng.random() < .5
            picture = pictures[row][:, ::-1] if turned else pictures[row]
            rows.append((picture, mirrored(classes[row]) if turned else classes[row], ours[row]))
        pictures, classes, ours = (np.stack(part) for part in zip(*rows))
        scaled = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        return scaled, torch.from_numpy(classes), torch.from_numpy(ours).float()


def mirrored(classes):
    """The classes of the mirrored picture; the background's variant has no mirrored twin and is left open."""
    turned = classes.copy()
    filled = classes[l.FIRST:, 0] > 0
    for field, last in (("x", l.X_BINS - 1), ("flip", 1)):
        column = l.SUBJECT_COLUMN[field]
        turned[l.FIRST:, column] = np.where(filled, last - classes[l.FIRST:, column], classes[l.FIRST:, column])
    turned[l.CAMERA, l.COLUMN[l.CAMERA]["variant"]] = -1
    return turned


def augment(pictures, noise):
    """Light, colour, blur, a little crop and noise, each on some of a batch [B, 3, H, W] in -1..1 (drawn from a stock
    of noise)."""
    batch = pictures.shape[0]

    def some(share):
        return torch.randperm(batch)[:int(batch * share)]

    def amount(rows):
        return torch.rand(len(rows), 1, 1, 1)
    light, tint, soft, loud = some(.4), some(.3), some(.3), some(.4)
    pictures[light] *= 1 + (amount(light) - .5) * .16
    pictures[tint] += (torch.rand(len(tint), 3, 1, 1) - .5) * .08
    blurred = (pictures[soft] + pictures[soft].roll(1, 3) + pictures[soft].roll(1, 2)) / 3
    pictures[soft] += (blurred - pictures[soft]) * amount(soft)
    if torch.rand(()) < .15:
        scale = 1 - torch.rand(batch, 1) * .03
        shift = (torch.rand(batch, 2) * 2 - 1) * (1 - scale)
        top = torch.cat([scale, 0 * scale, shift[:, :1]], 1)
        bottom = torch.cat([0 * scale, scale, shift[:, 1:]], 1)
        grid = F.affine_grid(torch.stack([top, bottom], 1), list(pictures.shape), align_corners=False)
        pictures = F.grid_sample(pictures, grid, align_corners=False, padding_mode="border")
    pictures[loud] += noise[torch.randint(len(noise), (len(loud),))] * .05 * amount(loud)
    return pictures.clamp_(-1, 1)


def field_weights(fields):
    """Loss weight of every field; what a still picture cannot show, or the cell says already, weighs nothing."""
    return torch.tensor([0.0 if name in UNSEEN else WEIGHT.get(name, 1.0) for name in fields])


SUBJECT_WEIGHTS = field_weights(l.SUBJECT_FIELDS)


def loss_of(model, pictures, classes, ours):
    """What cells say and what the whole says, on our own pictures."""
    with torch.autocast("cpu", torch.bfloat16):
        cells, scene, _ = model.look(pictures.to(memory_format=torch.channels_last))
    cells, scene = cells.float(), scene.float()
    return presence(cells, classes, ours) + subjects(cells, classes, ours) + whole(scene, classes, ours)


def positions(classes, ours):
    """Picture, slot, row and column of every subject in our own pictures."""
    picture, slot = ((classes[:, l.FIRST:, 0] > 0) & (ours[:, None] > 0)).nonzero(as_tuple=True)
    row = classes[picture, l.FIRST + slot, l.SUBJECT_COLUMN["y"]]
    return picture, slot, row, classes[picture, l.FIRST + slot, l.SUBJECT_COLUMN["x"]]


def presence(cells, classes, ours):
    """Focal loss of 'a subject has its middle here'; next to a middle the answer may be unsure."""
    picture, _, row, column = positions(classes, ours)
    wanted, lenient = torch.zeros_like(cells[:, 0]), torch.ones_like(cells[:, 0])
    wanted[picture, row, column] = 1
    lenient = lenient - .8 * F.max_pool2d(wanted.unsqueeze(1), 3, 1, 1).squeeze(1)
    chance = cells[:, 0].sigmoid()
    hit = -wanted * (1 - chance) ** 2 * F.logsigmoid(cells[:, 0])
    miss = -(1 - wanted) * lenient * chance ** 2 * F.logsigmoid(-cells[:, 0])
    return ((hit + miss) * ours[:, None, None]).sum() / max(1, len(row)) * 3


def subjects(cells, classes, ours):
    """Cross-entropy of the fields at every subject's cell, and a little at the cells beside it."""
    picture, slot, row, column = positions(classes, ours)
    target, total, weight = classes[picture, l.FIRST + slot], 0.0, 0.0
    for down, across, share in NEAR:
        said = cells[picture, 1:, (row + down).clamp(0, l.Y_BINS - 1), (column + across).clamp(0, l.X_BINS - 1)]
        for number, (a, b) in enumerate(l.SUBJECT_SPANS.values()):
            if SUBJECT_WEIGHTS[number] > 0:
                entropy = F.cross_entropy(said[:, a:b], target[:, number], reduction="sum")
                total = total + share * SUBJECT_WEIGHTS[number] * entropy
        weight += share * len(row)
    return total / max(1, weight) / 4


def whole(scene, classes, ours):
    """Cross-entropy of the scene-wide fields (those left open count as nothing)."""
    total = 0.0
    for token in range(l.FIRST):
        weights = field_weights(l.FIELDS[token])
        for number, (a, b) in enumerate(l.SPANS[token].values()):
            if weights[number] > 0:
                target = torch.where(ours > 0, classes[:, token, number],
                    torch.full_like(classes[:, token, number], -1))
                entropy = F.cross_entropy(scene[:, token, a:b], target, ignore_index=-1, reduction="sum")
                total = total + weights[number] * entropy / (target >= 0).sum().clamp_min(1)
    return total / 6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", default="build/lessons")
    parser.add_argument("--out", default="build/encoder.pt")
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=23)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = Encoder().to(memory_format=torch.channels_last)
    course = Course(model, args.out, args.steps, rate=2.5e-3, decay=.03, memory=.99)
    torch.manual_seed(args.seed * 7 + course.step)
    lessons = Lessons(args.lessons, np.random.default_rng([args.seed, course.step]))

    noise = torch.randn(STOCK, 3, HEIGHT, WIDTH)

    def loss_of_step():
        if course.step % FRESH_EVERY == 0:
            lessons.refresh()
        pictures, classes, ours = lessons.batch()
        return loss_of(model, augment(pictures, noise), classes, ours)
    course.run(loss_of_step)


if __name__ == "__main__":
    main()
