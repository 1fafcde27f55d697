"""Over the whole picture: rain, snow, fog, paper, grain, hatching, vignette."""

import torch


@torch.jit.script
def maybe(field: torch.Tensor, amount: torch.Tensor) -> torch.Tensor:
    """The field, or one zero where it would change nothing."""
    if bool(amount.reshape(-1)[0] > 0.0):
        result = field
    else:
        result = torch.zeros(1, 1)
    return result


def waves(across, down, unit):
    """A slow, smooth field between -1 and 1 that makes lines look hand-drawn."""
    x, y = across.unsqueeze(0) / unit, down.unsqueeze(1) / unit
    return (torch.sin(x * 31 + 1.7) * torch.sin(y * 37 + .4) + torch.sin(x * 83 + y * 41) * .5
        + torch.sin(y * 97 - x * 29) * .4) * .6


@torch.jit.script
def chance(x: torch.Tensor) -> torch.Tensor:
    """A repeatable number from 0 to 1 for every value."""
    n = torch.sin(x) * 43758.5453
    return n - torch.floor(n)


@torch.jit.script
def weather(canvas: torch.Tensor, weather: torch.Tensor, across: torch.Tensor, down: torch.Tensor, unit: torch.Tensor,
        seconds: torch.Tensor, fog: torch.Tensor) -> torch.Tensor:
    """Falling streaks or flakes in layers, or a veil."""
    x, y = across.unsqueeze(0) / unit, down.unsqueeze(1) / unit
    if bool(weather[1] > 0.5):
        for layer in range(2):
            wide = 0.034 + 0.02 * float(layer)
            a = (x + y * 0.16 + 0.37 * float(layer)) / wide
            cell = torch.floor(a)
            luck = chance(cell * 12.9898 + 3.1 * float(layer))
            fall = y * 1.9 - seconds * (2.6 + float(layer)) + luck * 9.0
            cut = fall - torch.floor(fall)
            thin = torch.clamp(1.0 - torch.abs(a - cell - 0.5) * wide * unit / (0.9 + 0.0012 * unit), 0.0, 1.0)
            streak = thin * torch.clamp((0.3 - cut) * 8.0, 0.0, 1.0) * torch.clamp(cut * 6.0, 0.0, 1.0)
            canvas = canvas + (streak * 0.62).unsqueeze(2) * (torch.tensor([0.86, 0.92, 1.0]) - canvas)
    if bool(weather[2] > 0.5):
        for layer in range(3):
            wide = 0.075 + 0.035 * float(layer)
            sway = torch.sin(seconds * 1.3 + y * 3.0 + float(layer)) * 0.02
            a, b = (x + sway + 0.31 * float(layer)) / wide, (y - seconds * (0.16 + 0.07 * float(layer))) / wide
            ca, cb = torch.floor(a), torch.floor(b)
            luck = chance(ca * 12.9898 + cb * 78.233 + float(layer))
            more = chance(ca * 39.346 + cb * 11.135 + float(layer))
            da, db = a - ca - 0.25 - 0.5 * luck, b - cb - 0.25 - 0.5 * more
            size = 0.05 + 0.07 * more
            flake = torch.clamp((size - torch.sqrt(da * da + db * db)) * wide * unit * 0.8 + 0.5, 0.0, 1.0)
            canvas = canvas + (flake * 0.92).unsqueeze(2) * (torch.tensor([0.985, 0.99, 1.0]) - canvas)
    if bool(weather[3] > 0.5):
        drift = torch.sin(x * 2.3 + seconds * 0.25) * torch.sin(y * 5.0 + x * 0.8) * 0.08
        veil = torch.clamp(0.38 + 0.18 * torch.sin(y * 3.14159) + drift, 0.0, 0.66)
        canvas = canvas + veil.unsqueeze(2) * (fog - canvas)
    return canvas


@torch.jit.script
def texture(canvas: torch.Tensor, traits: torch.Tensor, across: torch.Tensor, down: torch.Tensor, unit: torch.Tensor,
        seconds: torch.Tensor) -> torch.Tensor:
    """Grain, hatching, vignette, drawing grid; traits = grain, hatching, vignette, blueprint, charcoal."""
    x, y = across.unsqueeze(0), down.unsqueeze(1)
    if bool(traits[1] > 0.0):
        grey = (canvas * torch.tensor([0.30, 0.59, 0.11])).sum(2)
        step = torch.clamp(unit * 0.0062, min=2.6)
        bend = torch.sin(y / unit * 23.0) * 0.6 + torch.sin(x / unit * 17.0) * 0.6
        first = torch.sin((x + y * 0.9) / step * 3.14159 + bend)
        second = torch.sin((x - y * 1.1) / step * 3.14159 - bend)
        tone = torch.clamp((0.80 - grey) * 1.9, 0.0, 1.0) * torch.clamp(first * 0.8 + 0.15, 0.0,
            1.0) + torch.clamp((0.46 - grey) * 2.2, 0.0, 1.0) * torch.clamp(second * 0.8 + 0.1, 0.0, 1.0)
        canvas = canvas * (1.0 - 0.42 * traits[1] * tone).unsqueeze(2)
    if bool(traits[3] > 0.5):
        cell = unit * 0.075
        gx, gy = torch.abs(x / cell - torch.floor(x / cell) - 0.5) * cell, torch.abs(
            y / cell - torch.floor(y / cell) - 0.5) * cell
        grid = torch.clamp(0.7 - torch.minimum(gx, gy), 0.0, 1.0) * 0.13
        canvas = canvas + grid.unsqueeze(2) * (1.0 - canvas)
    if bool(traits[2] > 0.0):
        u, w = x / x[:, -1:] - 0.5, y / y[-1:] - 0.5
        edge = torch.clamp((u * u * 1.1 + w * w) * 1.7 - 0.25, 0.0, 1.0)
        canvas = canvas * (1.0 - traits[2] * edge).unsqueeze(2)
    if bool(traits[0] > 0.0):
        coarse = torch.clamp(unit / 420.0, min=1.0)
        gx, gy = torch.floor(x / coarse), torch.floor(y / coarse)
        speck = chance(gx * 12.9898 + gy * 78.233 + torch.floor(seconds * 12.0) * 0.731) - 0.5
        canvas = canvas + (speck * traits[0] * (1.0 + traits[4] * 0.8)).unsqueeze(2)
    return canvas
