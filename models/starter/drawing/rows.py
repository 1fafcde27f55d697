"""Turns strokes (in a drawing's own units) into rows the painter understands (in pixels), many at a time."""

import torch

from drawing import strokes as s


def take(strokes, name):
    """A column of stroke rows."""
    a, b = s.AT[name]
    return strokes[..., a:b]


def swing(strokes, cycle, beat):
    """Points after each stroke has turned about its own pivot: walking cycles and wings, tails, waving hands."""
    walking = (take(strokes, "beat") == s.WALKING).float()
    always = (take(strokes, "beat") == s.ALWAYS).float()
    angle = (take(strokes, "swing") * (walking * cycle + always * beat)).unsqueeze(-2)
    points, pivot = take(strokes, "points").unflatten(-1, (s.CORNERS, 2)), take(strokes, "pivot").unsqueeze(-2)
    c, n = angle.cos(), angle.sin()
    x, y = (points - pivot).unbind(-1)
    c, n = c.squeeze(-1), n.squeeze(-1)
    return torch.stack([x * c - y * n, x * n + y * c], -1) + pivot


def shape_columns(points, strokes, scale):
    """The 24 numbers of the shape in pixels, by form: polygon sides, ellipse axes, capsule ends."""
    form = take(strokes, "form")
    x, y = points.unbind(-1)
    ex, ey = torch.roll(x, -1, -1) - x, torch.roll(y, -1, -1) - y
    length = (ex * ex + ey * ey).clamp_min(1e-9).sqrt()
    real = (length > 1e-3).float()
    turn = (x * torch.roll(y, -1, -1) - y * torch.roll(x, -1, -1)).sum(-1, keepdim=True)
    side = torch.where(turn >= 0, torch.ones_like(turn), -torch.ones_like(turn))
    nx, ny = side * ey / length * real, -side * ex / length * real
    polygon = torch.cat([nx, ny, nx * x + ny * y + (1 - real) * 1e5], -1)
    ax, ay = x[..., 1:2] - x[..., :1], y[..., 1:2] - y[..., :1]
    rx = (ax * ax + ay * ay).clamp_min(1e-9).sqrt()
    bx, by = x[..., 2:3] - x[..., :1], y[..., 2:3] - y[..., :1]
    ry = (bx * bx + by * by).clamp_min(1e-9).sqrt()
    rest = torch.zeros_like(polygon[..., :18])
    ellipse = torch.cat([x[..., :1], y[..., :1], ax / rx, ay / rx, rx, ry, rest], -1)
    radii = take(strokes, "radii") * scale
    capsule = torch.cat([x[..., :1], y[..., :1], ax, ay, 1 / (rx * rx), radii[..., :1], radii[..., 1:] - radii[..., :1],
        rest[..., :17]], -1)
    return torch.where(form == s.POLYGON, polygon, torch.where(form == s.ELLIPSE, ellipse, capsule))


def bounds(points, strokes, scale, margin, size):
    """Pixel boxes [..., 4] around every stroke, cut to the canvas, and whether anything is left."""
    form = take(strokes, "form")
    axes = points[..., 1:3, :] - points[..., :1, :]
    reach = (axes * axes).sum(-2).sqrt()
    low = torch.where(form == s.ELLIPSE, points[..., 0, :] - reach, points.amin(-2))
    high = torch.where(form == s.ELLIPSE, points[..., 0, :] + reach, points.amax(-2))
    grow = margin + torch.where(form == s.CAPSULE, take(strokes, "radii").amax(-1, keepdim=True) * scale,
        torch.zeros_like(margin))
    low, high = (low - grow).floor(), (high + grow).ceil()
    low, high = torch.maximum(low, torch.zeros_like(low)), torch.minimum(high, size)
    return torch.cat([low, high], -1), ((high - low) >= 1).all(-1)


def assemble(points, strokes, scale, fill, ink, second, grow, frame, size, alpha=1.0, texture=None):
    """Painter rows [..., 49] and boxes; `grow` is the outline's width for each stroke (0: none)."""
    soft = (take(strokes, "soft") * scale).clamp_min(1.0)
    corner = (take(strokes, "corner") * scale).clamp_min(.35)
    cut_at = frame["map"](take(strokes, "cut")[..., :2])
    cut = torch.cat([cut_at, take(strokes, "cut")[..., 2:] * scale], -1)
    boxes, visible = bounds(points, strokes, scale, grow + soft * .55 + 1.5, size)
    low, high = points.amin(-2), points.amax(-2)
    middle, span = (low + high) / 2, (high - low).sum(-1, keepdim=True).clamp_min(1)
    if "light" in frame:
        whole = (take(strokes, "pattern") > 0).float()
        middle, span = middle + (frame["light"][0] - middle) * whole, span + (frame["light"][1] - span) * whole
    shade = -take(strokes, "shade") * 1.1 / span
    level = shade * (middle[..., :1] + 1.6 * middle[..., 1:])
    rows = torch.cat([shape_columns(points, strokes, scale), corner, take(strokes, "alpha") * alpha, soft, grow, shade,
        cut, texture if texture is not None else take(strokes, "pattern") * 0,
                      frame["pattern"].expand(*points.shape[:-2], 5), fill, ink, second, take(strokes, "form"), level],
                      -1)
    shown = visible & (take(strokes, "alpha").squeeze(-1) > 0)
    return rows, boxes, shown


def outlines(fills, pen, ink, size):
    """The rows of the same strokes in one ink, grown by the pen: what is drawn first so that joined strokes share a
    line."""
    rows, boxes, _ = fills
    plain = torch.zeros_like(pen)
    grown = torch.cat([rows[..., :26], rows[..., 26:27], pen, plain, rows[..., 29:32], plain, rows[..., 33:38], ink,
        ink, ink, rows[..., 47:48], plain], -1)
    low, high = (boxes[..., :2] - pen.ceil()).clamp_min(0), torch.minimum(boxes[..., 2:] + pen.ceil(), size)
    return grown, torch.cat([low, high], -1), fills[2]
