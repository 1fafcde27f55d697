"""The text encoder and the scene transformer: words and reference tokens to the velocity of the scene tokens."""

import functools

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import layout as l
import vocabulary as v

DIM, HEADS, DEPTH, TEXT_DEPTH, MAX_TEXT, MAX_CONCEPTS = 160, 5, 6, 2, 64, 192
POINTERS, POINTER_DIM, POINTER_GAIN, STAY_GAIN = 2, 32, 12.0, 40.0
MAX_REFERENCES = 5


class TextEncoder(nn.Module):
    """input_ids [B, L] -> last_hidden_state [B, L, DIM + kinds]; pad (0) is masked inside. Behind the learned channels
    stands which
    kind of subject the word names, so that an edit finds the one it speaks of."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(MAX_CONCEPTS, DIM)
        self.places = nn.Embedding(MAX_TEXT, DIM)
        self.blocks = nn.ModuleList(TextBlock() for _ in range(TEXT_DEPTH))
        self.norm = nn.LayerNorm(DIM)
        self.register_buffer("kinds", _named_kinds(), persistent=False)

    def forward(self, input_ids):
        order = torch.arange(input_ids.shape[1], device=input_ids.device)
        h = self.words(input_ids) + self.places(order)[None]
        bias = (input_ids == 0).float()[:, None, None, :] * -1e4
        for block in self.blocks:
            h = block(h, bias)
        return torch.cat([self.norm(h), self.kinds[input_ids]], 2)


def _named_kinds():
    table = torch.zeros(MAX_CONCEPTS, len(v.KINDS))
    for number, kind in enumerate(v.KINDS[1:], 1):
        table[v.ID[f"kind:{kind}"], number] = 1
    table[v.ID["people"], v.KINDS.index("person")] = 1
    return table


class TextBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.attention, self.mlp = Attention(), Mlp()

    def forward(self, h, bias):
        n = self.norm1(h)
        h = h + self.attention(n, n, bias)
        return h + self.mlp(self.norm2(h))


class Attention(nn.Module):
    """Queries from one sequence, keys and values from another."""

    def __init__(self, dim=DIM, heads=HEADS):
        super().__init__()
        self.split = (heads, dim // heads)
        self.q, self.kv, self.out = nn.Linear(dim, dim), nn.Linear(dim, 2 * dim), nn.Linear(dim, dim)

    def forward(self, x, context, bias=None):
        q = self.q(x).unflatten(2, self.split).transpose(1, 2)
        k, val = (t.unflatten(2, self.split).transpose(1, 2) for t in self.kv(context).chunk(2, -1))
        scores = q @ k.transpose(2, 3) * self.split[1] ** -.5
        if bias is not None:
            scores = scores + bias
        return self.out((scores.softmax(-1) @ val).transpose(1, 2).flatten(2))


class Mlp(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(DIM, 4 * DIM), nn.SiLU(), nn.Linear(4 * DIM, DIM))


class Block(nn.Module):
    """Self-attention over scene and reference tokens, cross-attention to the words, both steered by the noise level."""

    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(DIM, elementwise_affine=False) for _ in range(3))
        self.itself, self.words, self.mlp = Attention(), Attention(), Mlp()
        self.table = nn.Parameter(torch.zeros(6, DIM))

    def forward(self, h, text, bias, time):
        scale1, gate1, scale2, gate2, scale3, gate3 = (time + self.table).unsqueeze(2).unbind(1)
        n = self.norms[0](h) * (1 + scale1)
        h = h + (1 + gate1) * self.itself(n, n)
        h = h + (1 + gate2) * self.words(self.norms[1](h) * (1 + scale2), text, bias)
        return h + (1 + gate3) * self.mlp(self.norms[2](h) * (1 + scale3))


def _field_maps():
    """Per token: channel -> field (one-hot [TOKENS, WIDTH, CHANNELS]) and which channels are palette numbers."""
    maps = np.zeros((l.TOKENS, l.WIDTH, l.CHANNELS), np.float32)
    for token, table in enumerate(l.SPANS):
        for column, (a, b) in enumerate(table.values()):
            maps[token, column, a:b] = 1
    return torch.from_numpy(maps)


def grouped(tensor, function):
    """Apply a function field by field to [B, n*TOKENS, CHANNELS] (scene or reference rows); other channels come out
    zero."""
    rows = tensor.reshape(-1, l.TOKENS, l.CHANNELS)
    pieces = []
    for first, last, table in ((0, 1, l.CAMERA_SPANS), (1, 2, l.PLACE_SPANS), (2, 3, l.LOOK_SPANS),
            (3, l.TOKENS, l.SUBJECT_SPANS)):
        part = rows[:, first:last]
        done = [function(part[:, :, a:b]) for a, b in table.values()]
        rest = l.CHANNELS - max(b for _, b in table.values())
        pieces.append(F.pad(torch.cat(done, 2), (0, rest)))
    return torch.cat(pieces, 1).reshape(tensor.shape)


def as_arrival(hidden, clean):
    """Reference rows whose place, size and time of day stand where the scene says where it glides to (for last
    frames)."""
    rows = torch.cat([torch.zeros_like(hidden[:, :l.TOKENS]), clean], 1).reshape(-1, l.TOKENS, l.CHANNELS)
    place, subjects = rows[:, l.PLACE:l.PLACE + 1], rows[:, l.FIRST:]
    none = torch.zeros_like(subjects[:, :, :1])
    moved = [subjects[:, :, :l.SUBJECT_SPANS["x2"][0]]]
    for field in ("x", "y", "size"):
        a, b = l.SUBJECT_SPANS[field]
        moved += [none, subjects[:, :, a:b]]
    a, b = l.PLACE_SPANS["time"]
    start, end = l.PLACE_SPANS["time2"]
    turned = torch.cat([place[:, :, :start], none[:, :1], place[:, :, a:b], place[:, :, end:]], 2)
    whole = torch.cat([rows[:, :l.PLACE], turned, rows[:, l.LOOK:l.FIRST], torch.cat(moved, 2)], 1)
    return whole.reshape(hidden.shape)[:, l.TOKENS:]


def harden(x):
    """One-hot of the largest channel (all ones where nothing is larger, as in the fields of an empty slot)."""
    return (x >= x.max(-1, keepdim=True).values).float()


class SceneTransformer(nn.Module):
    """Predicts the clean scene as class probabilities; answers as the flow-matching velocity."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(l.CHANNELS, DIM)
        self.types = nn.Parameter(torch.randn(4, l.CHANNELS, DIM) * .05)
        self.beside = nn.Linear(l.CHANNELS, DIM, bias=False)
        self.spoken_of = nn.Parameter(torch.randn(2, DIM) * .2)
        self.slots = nn.Embedding(l.TOKENS, DIM)
        self.roles = nn.Embedding(len(v.ROLES), DIM)
        self.indices = nn.Embedding(MAX_REFERENCES + 1, DIM)
        self.time = nn.Sequential(nn.Linear(64, DIM), nn.SiLU(), nn.Linear(DIM, 6 * DIM))
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(DIM)
        self.leave = nn.Parameter(torch.zeros(4, DIM, l.CHANNELS))
        self.leave_bias = nn.Parameter(torch.zeros(l.TOKENS, l.CHANNELS))
        self.ask, self.answer = nn.Linear(DIM, POINTERS * POINTER_DIM), nn.Linear(DIM, POINTERS * POINTER_DIM)
        self.nobody = nn.Parameter(torch.zeros(1, 1, POINTERS * POINTER_DIM))
        self.gates = nn.Linear(DIM, POINTERS * l.WIDTH)
        nn.init.constant_(self.gates.bias, -1)
        self.register_buffer("field_maps", _field_maps(), persistent=False)
        kind = torch.zeros(l.TOKENS, l.CHANNELS)
        kind[l.FIRST:, len(v.KINDS):] = 1
        self.register_buffer("needs_kind", kind, persistent=False)
        number = torch.zeros(l.TOKENS, l.CHANNELS)
        number[l.LOOK, l.PALETTE_AT:l.PALETTE_AT + l.PALETTE_NUMBERS] = 1
        self.register_buffer("numbers", number, persistent=False)

    def predict_rows(self, hidden, roles, text, mask, sigma):
        """As `predict`, with the roles [B, references] differing from row to row (training)."""
        ids = torch.stack([reference_ids(row) for row in roles.tolist()])
        return self.predict(hidden, ids, text, mask, sigma)

    def predict(self, hidden, ids, text, mask, sigma):
        """Logits [B, TOKENS, CHANNELS] of the clean classes, and the palette numbers copied; ids are [B or 1, N, 3]."""
        batch, count = hidden.shape[0], l.TOKENS
        scene = hidden[:, :count]
        numbers = hidden * self.numbers.repeat(MAX_REFERENCES + 1, 1)[:hidden.shape[1]]
        clean = grouped(hidden, harden)
        empty = clean[:, :, :1] * self.needs_kind[:, -1:].repeat(MAX_REFERENCES + 1, 1)[:hidden.shape[1]]
        clean = torch.maximum(clean, empty * self.needs_kind.repeat(MAX_REFERENCES + 1, 1)[:hidden.shape[1]])
        which, role = ids[:, :, 0].long(), ids[:, :, 1].long()
        kept = ((role == v.ROLES.index("source")) | (role == v.ROLES.index("first_frame")) | (
            role == v.ROLES.index("last_frame"))).float()
        given = (clean * kept[:, :, None]).reshape(batch, -1, count, l.CHANNELS).sum(1)
        source = (clean * (role == v.ROLES.index("source")).float()[:, :, None]).reshape(batch, -1, count,
            l.CHANNELS).sum(1)
        clean = clean[:, count:]
        everything = torch.cat([scene, clean * l.AMPLITUDE + numbers[:, count:]], 1)
        slot = ids[:, :, 2].long() - which * count
        h = self.enter(everything) + self.enter_typed(everything)
        h = h + self.slots(slot) + self.roles(role) + self.indices(which)
        mine, others = self.spoken(given, text[:, :, DIM:])
        h = torch.cat([h[:, :count] + self.beside(given * l.AMPLITUDE) + mine * self.spoken_of[0]
            + others * self.spoken_of[1], h[:, count:]], 1)
        text = text[:, :, :DIM]
        time = self.time(_waves(sigma)).reshape(batch, 6, DIM)
        bias = (1 - mask)[:, None, None, :] * -1e4
        for block in self.blocks:
            h = block(h, text, bias, time)
        h = self.norm(h)
        ours, theirs = h[:, :count], h[:, count:]
        left = [ours[:, :1] @ self.leave[0], ours[:, 1:2] @ self.leave[1], ours[:, 2:3] @ self.leave[2],
            ours[:, 3:] @ self.leave[3]]
        logits = torch.cat(left, 1) + self.leave_bias
        keys = torch.cat([self.nobody.expand(batch, 1, -1), self.answer(theirs)], 1).unflatten(2,
            (POINTERS, POINTER_DIM)).transpose(1, 2)
        asked = self.ask(ours).unflatten(2, (POINTERS, POINTER_DIM)).transpose(1, 2)
        attention = (asked @ keys.transpose(2, 3) * POINTER_DIM ** -.5).softmax(-1)[..., 1:]
        last = (role[:, count:, None] == v.ROLES.index("last_frame")).float()
        lendable = clean + (as_arrival(hidden, clean) - clean) * last
        copies = attention @ lendable[:, None]
        gates = self.gates(ours).sigmoid().unflatten(2, (POINTERS, l.WIDTH)).transpose(1, 2)
        wide = torch.einsum("bpnf,nfc->bpnc", gates, self.field_maps)
        unspoken = others * source[:, :, 1:len(v.KINDS)].sum(2, keepdim=True) * self.needs_kind[:, -1:]
        logits = logits + POINTER_GAIN * (copies * wide).sum(1) + STAY_GAIN * unspoken * source
        palette = (role[:, :, None] == v.ROLES.index("palette")).float()
        lent = (numbers * palette).reshape(batch, -1, count, l.CHANNELS).sum(1)
        return logits, lent

    def spoken(self, given, named):
        """For each subject of a source: whether the words name its kind, and whether they name only another's (then it
        stays as it is)."""
        said = named.amax(1)
        mine = (given[:, :, :len(v.KINDS)] * said.unsqueeze(1)).sum(2, keepdim=True) * self.needs_kind[:, -1:]
        others = mine.amax(1, keepdim=True) * (1 - mine) * self.needs_kind[:, -1:]
        return mine, others

    def enter_typed(self, everything):
        """The part of the entry that differs between camera, place, look and subject tokens."""
        rows = everything.reshape(-1, l.TOKENS, l.CHANNELS)
        parts = [rows[:, :1] @ self.types[0], rows[:, 1:2] @ self.types[1], rows[:, 2:3] @ self.types[2],
            rows[:, 3:] @ self.types[3]]
        return torch.cat(parts, 1).reshape(everything.shape[0], -1, DIM)

    def forward(self, hidden_states, img_ids, encoder_hidden_states, encoder_attention_mask, timestep):
        logits, lent = self.predict(hidden_states, img_ids[None], encoder_hidden_states, encoder_attention_mask,
            timestep)
        chances = grouped(logits, lambda x: x.softmax(-1))
        filled = 1 - chances[:, :, :1] * (torch.arange(l.TOKENS, device=logits.device) >= l.FIRST).float()[None, :,
            None]
        clean = chances * torch.where(self.needs_kind > 0, filled, torch.ones_like(filled)) * l.AMPLITUDE + lent
        sigma = timestep.clamp_min(1e-3)[:, None, None]
        velocity = (hidden_states[:, :l.TOKENS] - clean) / sigma
        return torch.cat([velocity, torch.zeros_like(hidden_states[:, l.TOKENS:])], 1)


def _waves(sigma):
    """Sines and cosines of the noise level."""
    steps = torch.exp(torch.arange(32, device=sigma.device) * (-6.0 / 31)) * 60
    angle = sigma[:, None] * steps[None]
    return torch.cat([angle.sin(), angle.cos()], 1)


@functools.cache
def _ids(roles):
    rows = [(0, 0, k) for k in range(l.TOKENS)]
    rows += [(i, role, k + l.TOKENS * i) for i, role in enumerate(roles, 1) for k in range(l.TOKENS)]
    return torch.tensor(rows, dtype=torch.float32)


def reference_ids(roles):
    """img_ids [N, 3] for the scene and references with these role numbers."""
    return _ids(tuple(roles))
