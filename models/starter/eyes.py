"""How the judge looks: masks, places, sizes and colours from pixels, and the choice between exact drawings of what was
asked and its rivals."""

import zlib

import numpy as np

import layout as l
import vocabulary as v
from drawing import colours

WIDE, HIGH = 160, 90
VISIBLE, SAME = .035, .0005


class Eyes:
    """Draws small pictures through the package's decoder and compares them."""

    def __init__(self, engine):
        self.engine = engine
        self.seen = {}

    def draw(self, classes, palette=None, seconds=0.0, duration=0.0):
        """A small exact drawing of a scene."""
        key = (classes.tobytes(), None if palette is None else palette.tobytes(), seconds, duration)
        if key not in self.seen:
            if len(self.seen) > 4000:
                self.seen.clear()
            self.seen[key] = self.engine.draw(l.to_latent(classes[None], None if palette is None else palette[None]),
                WIDE, HIGH, seconds, duration)
        return self.seen[key]

    def look(self, latent, seconds=0.0, duration=0.0):
        """The picture the package really makes of these tokens."""
        return self.engine.draw(latent, WIDE, HIGH, seconds, duration)

    def mask(self, classes, token, **time):
        """Pixels that a subject changes."""
        without = classes.copy()
        without[token] = -1
        without[token, 0] = 0
        return np.abs(self.draw(classes, **time) - self.draw(without, **time)).max(2) > VISIBLE

    def subjects(self, classes):
        """Tokens of subjects that can be seen."""
        return [t for t in range(l.FIRST, l.TOKENS) if l.get(classes, t, "kind") and self.mask(classes, t).sum() > 12]

    def chosen(self, picture, classes, token, field, asked, rivals, number=3, **time):
        """Whether the picture is the drawing with the asked class, and the drawings with some rival classes are
        visibly others."""
        def drawn(value):
            other = classes.copy()
            l.put(other, token, **{field: value})
            return self.draw(other, **time)
        target = drawn(asked)
        if np.abs(picture - target).mean() > SAME:
            return False
        others = [r for r in rivals if r != asked]
        start = zlib.crc32(classes.tobytes())
        picked = {others[(start + k * 7) % len(others)] for k in range(min(number, len(others)))}
        return all((np.abs(drawn(rival) - target).max(2) > VISIBLE).sum() >= 6 for rival in picked)


def centre(mask):
    """Middle of a mask, from 0 to 1 across and down."""
    ys, xs = np.nonzero(mask)
    return (xs.mean() + .5) / mask.shape[1], (ys.mean() + .5) / mask.shape[0]


def box(mask):
    """Left, top, right, bottom of a mask (shares of the frame)."""
    ys, xs = np.nonzero(mask)
    return xs.min() / mask.shape[1], ys.min() / mask.shape[0], (xs.max() + 1) / mask.shape[1], (ys.max()
        + 1) / mask.shape[0]


def lab(rgb):
    """sRGB (0 to 1) to CIE Lab."""
    linear = np.where(rgb > .04045, ((rgb + .055) / 1.055) ** 2.4, rgb / 12.92)
    xyz = linear @ np.array([[.4124, .2126, .0193], [.3576, .7152, .1192], [.1805, .0722, .9505]]) / np.array([.9505, 1,
        1.089])
    f = np.where(xyz > .008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


_NAMED = lab(np.array([colours.NAMED[c] for c in v.COLOURS[1:]]))


def main_colours(picture, mask, number=2):
    """The colour words that most pixels of a mask are nearest to (hue counts more than lightness)."""
    pixels = lab(picture[mask])
    apart = (pixels[:, None] - _NAMED[None]) * np.array([.6, 1, 1])
    counts = np.bincount((apart ** 2).sum(2).argmin(1), minlength=len(_NAMED))
    return [v.COLOURS[1 + i] for i in np.argsort(-counts)[:number] if counts[i]]


def solid(mask):
    """The mask without its soft edge (shadows and glows are thin there)."""
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return inner if inner.sum() > 8 else mask
