"""The picture encoder: a small network that reads a picture back into scene tokens, says whether this model drew it, and takes its palette."""

import torch
from torch import nn
from torch.nn import functional as F

import layout as l
import vocabulary as v
from transformer import Attention, grouped, harden

HEIGHT, WIDTH = 72, 128
DIM, HEADS, DEPTH = 128, 4, 3
COLOURS, PALETTE_ROUNDS = 5, 10


class Residual(nn.Module):
    """Two 3x3 convolutions beside a straight path, halving the picture."""

    def __init__(self, inside, outside):
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, stride=2, padding=1)
        self.second = nn.Conv2d(outside, outside, 3, padding=1)
        self.norm1, self.norm2 = nn.GroupNorm(8, outside), nn.GroupNorm(8, outside)

    def forward(self, x):
        x = F.silu(self.norm1(self.first(x)))
        return x + F.silu(self.norm2(self.second(x)))


class Reader(nn.Module):
    """One round: the questions (one per scene token) look at the picture and at each other."""

    def __init__(self):
        super().__init__()
        self.look, self.talk = Attention(DIM, HEADS), Attention(DIM, HEADS)
        self.mlp = nn.Sequential(nn.Linear(DIM, 3 * DIM), nn.SiLU(), nn.Linear(3 * DIM, DIM))
        self.norms = nn.ModuleList(nn.LayerNorm(DIM) for _ in range(3))

    def forward(self, questions, picture):
        questions = questions + self.look(self.norms[0](questions), picture)
        n = self.norms[1](questions)
        questions = questions + self.talk(n, n)
        return questions + self.mlp(self.norms[2](questions))


class Encoder(nn.Module):
    """sample [1, 3, HEIGHT, WIDTH] in -1..1 -> latent_sample [1, TOKENS, CHANNELS], known [1]."""

    def __init__(self):
        super().__init__()
        widths = [3, 32, 64, 96, DIM]
        self.stages = nn.Sequential(*[Residual(a, b) if a > 3 else nn.Sequential(nn.Conv2d(a, b, 5, stride=2, padding=2), nn.GroupNorm(8, b), nn.SiLU()) for a, b in zip(widths, widths[1:])])
        self.where = nn.Parameter(torch.randn(1, 5 * 8, DIM) * .1)
        self.questions = nn.Parameter(torch.randn(1, l.TOKENS + 1, DIM) * .3)
        self.rounds = nn.ModuleList(Reader() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(DIM)
        self.leave = nn.Parameter(torch.randn(4, DIM, l.CHANNELS) * .02)
        self.bias = nn.Parameter(torch.zeros(l.TOKENS, l.CHANNELS))
        self.known = nn.Linear(3 * DIM, 1)

    def look(self, sample):
        """What the questions found [B, TOKENS + 1, DIM], and what tells a drawing of ours from anything else [B, 3 * DIM]."""
        picture = self.stages(sample).flatten(2).transpose(1, 2)
        spread = (picture - picture.mean(1, keepdim=True)).square().mean(1).sqrt()
        h = self.questions.expand(sample.shape[0], -1, -1)
        for block in self.rounds:
            h = block(h, picture + self.where)
        h = self.norm(h)
        return h, torch.cat([h[:, l.TOKENS], picture.mean(1), spread], 1)

    def read(self, sample):
        """Logits [B, TOKENS, CHANNELS] and the logit of being known [B]."""
        h, traits = self.look(sample)
        parts = [h[:, :1] @ self.leave[0], h[:, 1:2] @ self.leave[1], h[:, 2:3] @ self.leave[2], h[:, 3:l.TOKENS] @ self.leave[3]]
        return torch.cat(parts, 1) + self.bias, self.known(traits).squeeze(1)

    def forward(self, sample):
        logits, known = self.read(sample)
        classes = grouped(logits, harden)
        filled = 1 - classes[:, l.FIRST:, :1]
        subjects = torch.cat([classes[:, l.FIRST:, :len(v.KINDS)], classes[:, l.FIRST:, len(v.KINDS):] * filled], 2)
        latent = torch.cat([classes[:, :l.FIRST], subjects], 1) * l.AMPLITUDE
        numbers = F.pad(palette(sample), (l.PALETTE_AT, l.CHANNELS - l.PALETTE_AT - l.PALETTE_NUMBERS))
        row = (torch.arange(l.TOKENS) == l.LOOK).float().reshape(1, -1, 1)
        return latent + row * numbers.unsqueeze(1), known.sigmoid()


def palette(sample):
    """Five colours and their shares by k-means in Lab on the pixels: plain statistics, true for any picture."""
    rgb = F.avg_pool2d(sample, 2).flatten(2)[0].T * .5 + .5
    space = _lab(rgb)
    blocks = _lab(F.avg_pool2d(sample, 8).flatten(2)[0].T * .5 + .5)
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
