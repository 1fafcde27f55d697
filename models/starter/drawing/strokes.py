"""Strokes: the three signed-distance shapes every drawing is made of, and the table they are stored in."""

import math

import numpy as np

POLYGON, ELLIPSE, CAPSULE = 0, 1, 2
CORNERS = 8
ROLES = ["main", "dark", "light", "accent", "accent dark", "skin", "hair", "white", "glass", "wood", "black", "shadow"]
COLUMNS = {"points": 2 * CORNERS, "radii": 2, "form": 1, "corner": 1, "role": 1, "alpha": 1, "soft": 1, "line": 1,
    "shade": 1,
           "pivot": 2, "swing": 1, "phase": 1, "beat": 1, "cut": 3, "pattern": 1, "depth": 1}
WALKING, ALWAYS = 1, 2
NO_LINE, SHARED_LINE, OWN_LINE = 0, 1, 2


def offsets():
    """Column name -> (first, past last) in a stroke row."""
    at, table = 0, {}
    for name, size in COLUMNS.items():
        table[name] = (at, at + size)
        at += size
    return table


AT = offsets()
ROW = sum(COLUMNS.values())


def _row(points, form, role="main", line=SHARED_LINE, alpha=1.0, soft=0.0, shade=.1, corner=.012, radii=(0, 0),
        pattern=0, depth=0,
         cut=(0, 0, 0), pivot=(0, 0), swing=0.0, phase=0.0, beat=0):
    row = np.zeros(ROW, np.float32)
    values = {"points": np.asarray(points, np.float32).ravel(), "radii": radii, "form": form, "corner": corner,
              "role": ROLES.index(role) if isinstance(role, str) else role, "alpha": alpha, "soft": soft, "line": line,
              "shade": shade,
              "pivot": pivot, "swing": math.radians(swing), "phase": phase, "beat": beat, "cut": cut,
              "pattern": pattern, "depth": depth}
    for name, value in values.items():
        row[AT[name][0]:AT[name][1]] = value
    return row


def polygon(*corners, **look):
    """A convex polygon of up to eight corners (the last is repeated; sides without length are ignored)."""
    points = [np.array(c, np.float32) for c in corners]
    area = sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(points, points[1:] + points[:1]))
    if area < 0:
        points.reverse()
    points += [points[-1]] * (CORNERS - len(points))
    return _row(points, POLYGON, **look)


def rectangle(left, top, right, bottom, **look):
    """An upright box."""
    return polygon((left, top), (right, top), (right, bottom), (left, bottom), **look)


def ellipse(x, y, rx, ry, turn=0.0, **look):
    """An ellipse turned by degrees."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    points = [(x, y), (x + c * rx, y + s * rx), (x - s * ry, y + c * ry)] + [(x, y)] * (CORNERS - 3)
    return _row(points, ELLIPSE, **look)


def capsule(x1, y1, r1, x2, y2, r2=None, **look):
    """A line with round ends, thick r1 at one end and r2 at the other."""
    return _row([(x1, y1), (x2, y2)] + [(x1, y1)] * (CORNERS - 2), CAPSULE, radii=(r1, r1 if r2 is None else r2),
        **look)


def stack(templates, length):
    """Lists of rows to one array [templates, length, ROW]; missing rows are invisible."""
    table = np.zeros((len(templates), length, ROW), np.float32)
    for i, rows in enumerate(templates):
        if len(rows) > length:
            raise ValueError(f"template {i} has {len(rows)} strokes, at most {length} fit")
        if rows:
            table[i, :len(rows)] = np.stack(rows)
    return table
