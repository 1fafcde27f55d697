"""Pictures this model did not draw, made up: clouds of noise, fallen leaves, patchworks; they teach the encoder to say
'not mine'."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def picture(rng, width, height):
    """One made-up foreign picture as a PIL image; rng is a numpy generator."""
    kinds = [_noise, _leaves, _leaves, _patchwork, _layers]
    image = kinds[rng.integers(len(kinds))](rng, width, height)
    if rng.random() < .5:
        image = Image.blend(image, _noise(rng, width, height), float(rng.uniform(.1, .5)))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 1.2))))


def _colours(rng, number):
    base = rng.random(3) * 255
    return np.clip(base + rng.normal(0, rng.uniform(20, 80), (number, 3)), 0, 255).astype(int)


def _noise(rng, width, height):
    """Noise whose strength falls with frequency, as in photographs."""
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None]
    fall = 1 / np.maximum(np.hypot(fy, fx), 1 / width) ** rng.uniform(1.0, 2.0)
    shared = rng.standard_normal((height, width))
    planes = [np.fft.ifft2(np.fft.fft2(shared * .7 + rng.standard_normal((height, width)) * .5) * fall).real
        for _ in range(3)]
    image = np.stack([(p - p.mean()) / (p.std() + 1e-6) for p in planes], 2)
    return Image.fromarray(np.clip(rng.uniform(60, 190) + image * rng.uniform(20, 60), 0, 255).astype(np.uint8))


def _leaves(rng, width, height):
    """Many overlapping patches of every size."""
    number = int(rng.integers(40, 260))
    colours = _colours(rng, number)
    image = Image.new("RGB", (width, height), tuple(colours[0]))
    draw = ImageDraw.Draw(image)
    for colour in colours:
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), height * .35 * rng.random() ** 3 + 2
        corners = [(x + r * rng.uniform(.4, 1.4) * np.cos(a), y + r * rng.uniform(.4, 1.4) * np.sin(a))
            for a in np.sort(rng.uniform(0, 6.28, int(rng.integers(4, 9))))]
        draw.polygon(corners, fill=tuple(colour))
    return image


def _patchwork(rng, width, height):
    """A coarse mosaic enlarged smoothly."""
    cells = (int(rng.integers(3, 16)), int(rng.integers(3, 12)))
    small = Image.fromarray(_colours(rng, cells[0] * cells[1]).reshape(cells[1], cells[0], 3).astype(np.uint8))
    return small.resize((width, height), Image.BICUBIC if rng.random() < .7 else Image.NEAREST)


def _layers(rng, width, height):
    """Ragged bands one before the other, like a landscape nobody drew."""
    colours = _colours(rng, 9)
    image = Image.new("RGB", (width, height), tuple(colours[0]))
    draw = ImageDraw.Draw(image)
    for i, colour in enumerate(colours[1:]):
        level = height * (i + 1) / 9 + np.cumsum(rng.normal(0, height * .02, 40))
        xs = np.linspace(0, width, 40)
        draw.polygon([(0, height), *zip(xs, level), (width, height)], fill=tuple(colour))
    return Image.blend(image, _noise(rng, width, height), float(rng.uniform(.1, .35)))
