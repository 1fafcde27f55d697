"""The painter: goes through the visible strokes back to front and blends each into the part of the canvas it
touches."""

import torch

# Columns of a row, in pixels of the canvas: 0-23 shape, 24 corner, 25 alpha, 26 softness, 27 outline, 28 shade, 29-31
# cut circle,
# 32 pattern, 33-37 pattern frame (origin, cosine, sine, scale), 38-40 fill, 41-43 ink, 44-46 second colour, 47 form,
# 48 light level.


@torch.jit.script
def ramp(length: torch.Tensor) -> torch.Tensor:
    """Pixel centres 0.5, 1.5, ... of a side."""
    return torch.arange(int(length)).float() + 0.5


@torch.jit.script
def distance(row: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Signed distance of every pixel to the shape of one row (negative inside)."""
    form = row[47]
    if bool(form < 0.5):
        corner = row[24]
        across = row[0:8].reshape(8, 1, 1) * x
        down = row[8:16].reshape(8, 1, 1) * y - row[16:24].reshape(8, 1, 1)
        far = torch.clamp((across + down) / corner, max=60.0)
        d = torch.log(torch.clamp(torch.exp(far).sum(0), min=1e-30)) * corner
    elif bool(form < 1.5):
        dx, dy = x - row[0], y - row[1]
        a, b = dx * row[2] + dy * row[3], dy * row[2] - dx * row[3]
        near = torch.sqrt(torch.square(a / row[4]) + torch.square(b / row[5]))
        slope = torch.sqrt(torch.square(a / torch.square(row[4])) + torch.square(b / torch.square(row[5])))
        d = near * (near - 1.0) / torch.clamp(slope, min=1e-6)
        d = torch.where(near < 0.05, -torch.minimum(row[4], row[5]) * torch.ones_like(d), d)
    else:
        dx, dy = x - row[0], y - row[1]
        along = torch.clamp((dx * row[2] + dy * row[3]) * row[4], 0.0, 1.0)
        d = torch.sqrt(torch.square(dx - row[2] * along) + torch.square(dy - row[3] * along)) - row[5] - row[6] * along
    if bool(row[31] > 0.0):
        d = torch.maximum(d, row[31] - torch.sqrt(torch.square(x - row[29]) + torch.square(y - row[30])))
    return d


@torch.jit.script
def pattern(row: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """How much of the second colour each pixel takes: dots, stripes, checks or lit windows, in the subject's own
    frame."""
    dx, dy = x - row[33], y - row[34]
    c, s, scale = row[35], row[36], row[37]
    a, b = (dx * c + dy * s) / scale, (dy * c - dx * s) / scale
    kind = row[32]
    if bool(kind < 1.5):
        shift = torch.floor(a) * 0.5
        u, w = a - torch.floor(a) - 0.5, b + shift - torch.floor(b + shift) - 0.5
        d = (torch.sqrt(u * u + w * w) - 0.28) * scale
    elif bool(kind < 2.5):
        d = (torch.abs(b - torch.floor(b) - 0.5) - 0.25) * scale + 0.0 * a
    elif bool(kind < 3.5):
        u, w = torch.abs(a - 2.0 * torch.floor(a * 0.5) - 1.0) - 0.5, torch.abs(
            b - 2.0 * torch.floor(b * 0.5) - 1.0) - 0.5
        d = torch.where(u * w > 0, -torch.minimum(torch.abs(u), torch.abs(w)),
            torch.minimum(torch.abs(u), torch.abs(w))) * scale
    else:
        u, w = torch.abs(a - torch.floor(a) - 0.5), torch.abs(b - torch.floor(b) - 0.5)
        d = torch.maximum(u - 0.22, w - 0.28) * scale
    return torch.clamp(0.5 - d, 0.0, 1.0)


@torch.jit.script
def paint(canvas: torch.Tensor, rows: torch.Tensor, boxes: torch.Tensor, across: torch.Tensor, down: torch.Tensor,
        wobble: torch.Tensor) -> torch.Tensor:
    """canvas [H, W, 3], rows [n, 49], boxes [n, 4] (left, top, right, bottom), wobble [H, W] in pixels (or [1, 1])."""
    for i in range(rows.shape[0]):
        row = rows[i]
        left, top, right, bottom = int(boxes[i, 0]), int(boxes[i, 1]), int(boxes[i, 2]), int(boxes[i, 3])
        x, y = across[left:right].unsqueeze(0), down[top:bottom].unsqueeze(1)
        d = distance(row, x, y)
        if wobble.shape[0] > 1:
            d = d + wobble[top:bottom, left:right]
        fill = row[38:41]
        light = 1.0 + x * row[28] + (y * row[28] * 1.6 - row[48])
        colour = fill * light.unsqueeze(2)
        if bool(row[32] > 0.0):
            colour = colour + pattern(row, x, y).unsqueeze(2) * (row[44:47] * light.unsqueeze(2) - colour)
        soft = row[26]
        if bool(row[27] > 0.0):
            inside = torch.clamp(0.5 - d, 0.0, 1.0).unsqueeze(2)
            colour = row[41:44] + inside * (colour - row[41:44])
            d = d - row[27]
        cover = torch.clamp(0.5 - d / soft, 0.0, 1.0)
        if bool(soft > 2.0):
            cover = cover * cover * (3.0 - 2.0 * cover)
        under = canvas[top:bottom, left:right]
        done = under + (cover * row[25]).unsqueeze(2) * (colour - under)
        band = torch.cat([canvas[top:bottom, :left], done, canvas[top:bottom, right:]], 1)
        canvas = torch.cat([canvas[:top], band, canvas[bottom:]], 0)
    return canvas
