"""The picture encoder: reads a picture back into scene tokens, says whether this model drew it, and takes its
palette."""

import torch
from torch import nn
from torch.nn import functional as F

import layout as l
import vocabulary as v
from transformer import grouped, harden

CELL = 12
HEIGHT, WIDTH = CELL * l.Y_BINS, CELL * l.X_BINS
FINE, MIDDLE, DIM, CORNERS, HIDDEN = 32, 56, 112, 24, 224
COLOURS, PALETTE_ROUNDS = 5, 10
STEPS_OF_CHANGE = (.004, .01, .025, .06, .15, .4)
FLAT, EDGE, OF_EDGES = .01, .06, 4
TRAITS = 2 * MIDDLE + 2 * DIM + 2 * len(STEPS_OF_CHANGE) + 2 * OF_EDGES
STYLE = l.LOOK_SPANS["style"]
PRESENT = .5
SIZE = slice(*l.SUBJECT_SPANS["size"])
X, Y = slice(*l.SUBJECT_SPANS["x"]), slice(*l.SUBJECT_SPANS["y"])


class Turn(nn.Sequential):
    """A convolution, levelled and rectified."""

    def __init__(self, inside, outside, size=3, stride=1):
        convolution = nn.Conv2d(inside, outside, size, stride, size // 2, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(outside), nn.ReLU())


class Beside(Turn):
    """The same, beside a straight path."""

    def forward(self, x):
        return x + super().forward(x)


class Encoder(nn.Module):
    """sample [1, 3, HEIGHT, WIDTH] in -1..1 -> latent_sample [1, TOKENS, CHANNELS], known [1].

    A subject can stand on a grid of 16 x 12 places, and the features have one cell for each: every cell says whether
    a subject has its middle there and which; the scene-wide tokens come from the picture as a whole.
    """

    def __init__(self):
        super().__init__()
        self.fine = nn.Sequential(Turn(3, FINE, 5, 3), Turn(FINE, MIDDLE, stride=2), Beside(MIDDLE, MIDDLE))
        self.cells = nn.Sequential(Turn(MIDDLE, DIM, stride=2), Beside(DIM, DIM), Beside(DIM, DIM))
        self.wide = nn.Sequential(Turn(DIM, DIM, stride=2), Beside(DIM, DIM), Beside(DIM, DIM))
        self.back = Turn(DIM, DIM, 1)
        self.blend = Beside(DIM, DIM)
        self.subject = nn.Sequential(Turn(DIM, HIDDEN, 1), nn.Conv2d(HIDDEN, 1 + l.CHANNELS, 1))
        nn.init.constant_(self.subject[1].bias[:1], -4)
        self.corners = Turn(DIM, CORNERS, 1)
        whole = CORNERS * l.Y_BINS * l.X_BINS // 4 + 2 * MIDDLE + 2 * DIM
        self.scene = nn.Sequential(nn.Linear(whole, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, l.FIRST * l.CHANNELS))
        # Fitted last, by train_last.py: whether it is ours, and what the traits add to the style.
        self.known, self.style = nn.Linear(TRAITS, 1), nn.Linear(TRAITS, len(v.STYLES))
        nn.init.zeros_(self.style.weight)
        nn.init.zeros_(self.style.bias)

    def look(self, sample):
        """What each cell says [B, 1 + CHANNELS, rows, columns], the scene-wide logits, and what was seen in all [B, 2
        * MIDDLE + 2 * DIM]."""
        fine = self.fine(sample)
        cells = self.cells(fine)
        wide = self.wide(cells)
        cells = self.blend(cells + F.interpolate(self.back(wide), scale_factor=2.0))
        texture = torch.cat([fine.mean((2, 3)), _spread(fine)], 1)
        whole = torch.cat([cells.mean((2, 3)), wide.mean((2, 3))], 1)
        scene = self.scene(torch.cat([self.corners(wide).flatten(1), texture, whole], 1))
        return self.subject(cells), scene.reshape(-1, l.FIRST, l.CHANNELS), torch.cat([texture, whole], 1)

    def traits(self, sample, seen):
        """What tells a drawing of ours from anything else, and one style from another [B, TRAITS]."""
        return torch.cat([seen, changes(sample), edges(sample)], 1)

    def forward(self, sample):
        cells, scene, seen = self.look(sample)
        traits = self.traits(sample, seen)
        look = (torch.arange(l.TOKENS) == l.LOOK).float().reshape(1, -1, 1)
        style = F.pad(self.style(traits), (STYLE[0], l.CHANNELS - STYLE[1])).unsqueeze(1)
        latent = torch.cat([grouped_part(scene + look[:, :l.FIRST] * style), self.subjects(cells)], 1) * l.AMPLITUDE
        numbers = F.pad(palette(sample), (l.PALETTE_AT, l.CHANNELS - l.PALETTE_AT - l.PALETTE_NUMBERS))
        return latent + look * numbers.unsqueeze(1), self.known(traits).squeeze(1).sigmoid()

    def subjects(self, cells):
        """The surest cells as subject tokens [1, SLOTS, CHANNELS], the largest first, equals from left to right."""
        chance = cells[:, :1].sigmoid()
        peak = (chance >= F.max_pool2d(chance, 3, 1, 1)).float() * chance
        sure, place = peak.flatten(1).topk(l.SLOTS)
        said = cells[:, 1:].flatten(2).transpose(1, 2)
        classes = _placed(said)[0][place[0]]
        filled = (sure[0] >= PRESENT).float()
        size = (classes[:, SIZE] * torch.arange(l.SIZE_BINS)).sum(1)
        left = (classes[:, X] * torch.arange(l.X_BINS)).sum(1)
        order = (filled * 1000 + size * 20 - left).topk(l.SLOTS)[1]
        empty = (torch.arange(l.CHANNELS) == 0).float()
        return torch.where(filled[order].unsqueeze(1) > 0, classes[order], empty).unsqueeze(0)


def grouped_part(scene):
    """Scene-wide logits [1, FIRST, CHANNELS] to classes."""
    subjects = torch.zeros(1, l.SLOTS, l.CHANNELS)
    return grouped(torch.cat([scene, subjects], 1), harden)[:, :l.FIRST]


def _placed(said):
    """Logits of every cell [1, cells, CHANNELS] to classes: a kind for sure, and the cell's own place."""
    cell = torch.arange(l.Y_BINS * l.X_BINS)
    column = (cell.remainder(l.X_BINS).unsqueeze(1) == torch.arange(l.X_BINS)).float().unsqueeze(0)
    row = (cell.div(l.X_BINS, rounding_mode="floor").unsqueeze(1) == torch.arange(l.Y_BINS)).float().unsqueeze(0)
    parts = []
    for name, (a, b) in l.SUBJECT_SPANS.items():
        if name == "kind":
            parts += [torch.zeros_like(said[:, :, :1]), harden(said[:, :, 1:b])]
        else:
            parts.append({"x": column, "y": row}[name] if name in "xy" else harden(said[:, :, a:b]))
    return torch.cat(parts, 2)


def _spread(features):
    """How much each feature varies over the picture."""
    mean = features.mean((2, 3), keepdim=True)
    return ((features - mean).square().mean((2, 3)) + 1e-6).sqrt()


def changes(sample):
    """Shares of neighbouring pixels that differ by more than so much: a drawing is flat where a photograph never is."""
    across = (sample[:, :, :, 1:] - sample[:, :, :, :-1]).abs().mean(1)
    down = (sample[:, :, 1:] - sample[:, :, :-1]).abs().mean(1)
    return torch.stack([(way > least).float().mean((1, 2)) for way in (across, down) for least in STEPS_OF_CHANGE], 1)


def edges(sample):
    """Of the steps between pixels, across and down: how many there are, how many stand alone between flat ground, how
    many go on the same way, and how many have another beside them: blocks, ragged and smooth lines differ in it."""
    grey, found = sample.mean(1), []
    for way in (grey.transpose(1, 2), grey):
        change = way[:, 1:] - way[:, :-1]
        step, flat = (change.abs() > EDGE).float(), (change.abs() < FLAT).float()
        one, two = step[:, :-1], step[:, 1:]
        here = torch.maximum(one, two)
        lone = one * flat[:, 1:] + two * flat[:, :-1]
        same = here * (change[:, :-1] * change[:, 1:] > 0).float()
        beside = step[:, :, 1:] * step[:, :, :-1]
        many = here.mean((1, 2)).clamp_min(1e-4)
        found += [many, lone.mean((1, 2)) / many, same.mean((1, 2)) / many,
            beside.mean((1, 2)) / step.mean((1, 2)).clamp_min(1e-4)]
    return torch.stack(found, 1)


def palette(sample):
    """Five colours and their shares by k-means in Lab on the pixels: plain statistics, true for any picture."""
    rgb = F.avg_pool2d(sample, 3).flatten(2)[0].T * .5 + .5
    space = _lab(rgb)
    blocks = _lab(F.avg_pool2d(sample, CELL).flatten(2)[0].T * .5 + .5)
    centres = blocks.mean(0, keepdim=True)
    for _ in range(COLOURS):
        apart = _apart(blocks, centres).amin(1)
        far = (apart >= apart.max()).float()
        centres = torch.cat([centres, (far.unsqueeze(1) * blocks).sum(0, keepdim=True) / far.sum()], 0)
    centres = centres[1:]
    for _ in range(PALETTE_ROUNDS):
        apart = _apart(space, centres)
        mine = (apart <= apart.amin(1, keepdim=True)).float()
        count = mine.sum(0).unsqueeze(1)
        centres = torch.where(count > 0, mine.T @ space / count.clamp_min(1), centres)
    near = _apart(space, centres)
    usual = (near * mine).sum(0, keepdim=True) / mine.sum(0, keepdim=True).clamp_min(1)
    core = mine * (near <= usual * 1.001 + 1e-3).float()
    colours = core.T @ rgb / core.sum(0).unsqueeze(1).clamp_min(1)
    return torch.cat([colours.flatten() * 2 - 1, mine.mean(0) * 2 - 1]).unsqueeze(0)


def _apart(pixels, centres):
    return ((pixels.unsqueeze(1) - centres.unsqueeze(0)) ** 2).sum(2)


def _lab(rgb):
    """Approximate CIE Lab."""
    linear = rgb.clamp(0, 1) ** 2.2
    xyz = linear @ torch.tensor([[.4339, .2126, .0178], [.3762, .7152, .1095], [.1899, .0722, .8727]])
    f = (xyz + 1e-4) ** (1 / 3)
    return torch.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)
