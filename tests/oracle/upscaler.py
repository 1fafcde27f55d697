"""Writes tests/data/packages/{upscale2,upscale4,upscale-window}: tiny random upscalers with reference cases.

The first two are RRDB networks as ESRGAN's are, of free size: their numbers are PyTorch's for the whole picture, never
cut into tiles, so they prove that the studio's tiles leave no trace. The third attends within windows and takes one
size only, so its pictures are tiled here as docs/models.md says, by a code of its own."""
import math, pathlib, shutil, sys, warnings
import numpy as np, torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from files import export, forget, write

warnings.filterwarnings("ignore")
root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages")


class Dense(nn.Module):
    """Three convolutions, each of which reads all before it."""

    def __init__(self, width, growth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(width + i * growth, growth if i < 2 else width, 3, 1, 1) for i in range(3)])

    def forward(self, x):
        read = [x]
        for layer in self.layers[:-1]:
            read.append(F.leaky_relu(layer(torch.cat(read, 1)), 0.2))
        return x + 0.2 * self.layers[-1](torch.cat(read, 1))


class Rrdb(nn.Module):
    """Residual in residual dense blocks, then twice as large by nearest neighbours as often as it takes."""

    def __init__(self, scale, width=8, growth=4, blocks=1):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, 1, 1)
        self.body = nn.Sequential(*[Dense(width, growth) for _ in range(blocks)], nn.Conv2d(width, width, 3, 1, 1))
        self.ups = nn.ModuleList([nn.Conv2d(width, width, 3, 1, 1) for _ in range(int(math.log2(scale)))])
        self.last = nn.Conv2d(width, 3, 3, 1, 1)

    def forward(self, image):
        x = self.first(image)
        x = x + self.body(x)
        for up in self.ups:
            x = F.leaky_relu(up(F.interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        return self.last(x)


class Window(nn.Module):
    """Attention within windows of 8, as Swin's are without their shift, then pixels from channels."""

    def __init__(self, side, width=12, heads=2):
        super().__init__()
        self.side, self.heads = side, heads
        self.first, self.last = nn.Conv2d(3, width, 3, 1, 1), nn.Conv2d(width, 12, 3, 1, 1)
        self.norm, self.qkv, self.out = nn.LayerNorm(width), nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, image):
        x, n = self.first(image), self.side // 8
        c = x.shape[1]
        w = x.reshape(1, c, n, 8, n, 8).permute(0, 2, 4, 3, 5, 1).reshape(n * n, 64, c)
        q, k, v = self.qkv(self.norm(w)).reshape(n * n, 64, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        seen = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(c // self.heads), -1) @ v
        w = w + self.out(seen.permute(0, 2, 1, 3).reshape(n * n, 64, c))
        x = x + w.reshape(1, n, n, 8, 8, c).permute(0, 5, 1, 3, 2, 4).reshape(1, c, self.side, self.side)
        return F.pixel_shuffle(self.last(x), 2)


def calibrated(model, black, white):
    """Random weights that still give a picture: its mean and spread are put right, so that little is cut off at black and white."""
    side = getattr(model, "side", 48)
    image = torch.rand(1, 3, side, side) * (white - black) + black
    out = model(image)
    scale = (white - black) / 6 / out.std((0, 2, 3))
    last = model.last
    spread, shift = (scale, out.mean((0, 2, 3))) if last.out_channels == 3 else (scale.mean().expand(12), None)
    last.weight.mul_(spread[:, None, None, None])
    last.bias.mul_(spread)
    last.bias.add_((white + black) / 2 - (spread * shift if shift is not None else model(image).mean()))
    return model.eval()


def picture(width, height, seed):
    """Soft colours with hard edges and some noise: what an upscaler is fed."""
    rng = np.random.default_rng(seed)
    soft = np.asarray(Image.fromarray(rng.integers(0, 255, (5, 5, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC), dtype=np.int32)
    edges = ((np.arange(height)[:, None] // 7 + np.arange(width)[None] // 9) % 2 * 40)[..., None]
    return Image.fromarray((soft + edges + rng.integers(-6, 7, soft.shape)).clip(0, 255).astype(np.uint8))


def run(model, rgb, black, white):
    """Rows of pixels from 0 to 1 in, the same out, not cut off."""
    x = torch.from_numpy(rgb).permute(2, 0, 1)[None] * (white - black) + black
    return (model(x.float())[0].permute(1, 2, 0).numpy().astype(np.float64) - black) / (white - black)


def tiled(model, rgb, tile, overlap, scale, black, white):
    """Spread evenly, mirrored where the picture is smaller, and mixed over the middle quarter of what two tiles share."""
    def places(side):
        count = 1 if side <= tile else 1 + math.ceil((side - tile) / (tile - overlap))
        return [0 if count == 1 else n * (side - tile) // (count - 1) for n in range(count)]

    def weights(starts, side):
        at, counted = np.arange(side * scale) + 0.5, []
        for n, start in enumerate(starts):
            w = ((at > start * scale) & (at < (start + tile) * scale)).astype(np.float64)
            if n > 0:
                w *= np.clip((at - (starts[n - 1] + start + tile) / 2 * scale) / (overlap * scale / 4) + 0.5, 0, 1)
            if n + 1 < len(starts):
                w *= 1 - np.clip((at - (start + starts[n + 1] + tile) / 2 * scale) / (overlap * scale / 4) + 0.5, 0, 1)
            counted.append(w)
        return counted

    height, width = rgb.shape[:2]
    out = np.zeros((height * scale, width * scale, 3))
    rows, columns = places(height), places(width)
    for y, down in zip(rows, weights(rows, height)):
        for x, across in zip(columns, weights(columns, width)):
            part = rgb[y:y + tile, x:x + tile]
            h, w = part.shape[:2]
            part = np.pad(part, ((0, tile - h), (0, tile - w), (0, 0)), mode="reflect")
            made = run(model, part, black, white)[:h * scale, :w * scale]
            here = np.s_[y * scale:(y + h) * scale, x * scale:(x + w) * scale]
            out[here] += (down[here[0], None] * across[None, here[1]])[..., None] * made
    return out


def package(name, model, told, sizes, seed):
    out = root / name
    shutil.rmtree(out, ignore_errors=True)
    black, white = told.get("range", [0, 1])
    model = calibrated(model, black, white)
    fed = getattr(model, "side", 24)
    free = {} if hasattr(model, "side") else {"image": {0: "n", 2: "h", 3: "w"}, "upscaled": {0: "n", 2: "H", 3: "W"}}
    export(model, out / "upscaler", (torch.rand(1, 3, fed, fed),), ["image"], ["upscaled"], free)
    forget(out / "upscaler" / "model.onnx")
    write(out / "upscaler" / "config.json", told)
    write(out / "model_index.json", {"_class_name": "ImageUpscaler"})
    (out / "studio-model.toml").write_text('licence = "Apache-2.0"\n')
    for at, (case, width, height) in enumerate(sizes):
        source = picture(width, height, seed + at)
        rgb, scale = np.asarray(source, dtype=np.float64) / 255, told["scale"]
        if hasattr(model, "side"):
            made = tiled(model, rgb, fed, told["overlap"], scale, black, white)
        else:
            # A side that is no multiple is mirrored up to one.
            lacks = [(0, -side % told.get("multiple", 1)) for side in (height, width)]
            made = run(model, np.pad(rgb, [*lacks, (0, 0)], mode="reflect"), black, white)[:height * scale, :width * scale]
        folder = out / "reference" / case
        folder.mkdir(parents=True)
        source.save(folder / "0.png")
        np.save(folder / "image.npy", made.clip(0, 1).astype(np.float32))
        write(folder / "request.json", {"task": "upscale", "references": ["0.png"], "width": width * scale, "height": height * scale})
        print(f"  {case}: cut off {float(((made < 0) | (made > 1)).mean()):.1%}")
    print(name, sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) // 1024, "KiB")


with torch.no_grad():
    torch.manual_seed(21)
    package("upscale2", Rrdb(2), {"scale": 2, "tile": 32, "overlap": 16}, [("odd", 53, 37), ("small", 13, 9)], 40)
    package("upscale4", Rrdb(4), {"scale": 4, "tile": 32, "overlap": 16, "multiple": 4, "range": [-1, 1]}, [("wide", 36, 18)], 50)
    package("upscale-window", Window(24), {"scale": 2, "overlap": 8}, [("tiled", 43, 29), ("small", 11, 17)], 60)
