"""The upscalers that people share as one file of weights: ESRGAN's RRDBNet (Real-ESRGAN's x4plus and x2plus, and the
many made with either) and Real-ESRGAN's compact SRVGGNet (general-x4v3, animevideov3).

The names and shapes in the file tell which network it is, how large, and by how much it enlarges. A .pth is read as data
only: what could run code is refused."""

import json
import math
import pathlib
import pickle
import re
import sys

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

FILES = (".pth", ".pt", ".safetensors")
# Trainers keep the averaged weights beside the last ones; the averaged ones are meant to be used.
WRAPPERS = ("state_dict", "params_ema", "params")
# What RRDBNet's layers are called in files of ESRGAN's first two repositories, and are called since BasicSR.
OLDER = (
    (r"^model\.0\.", "conv_first."),
    (r"^model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0\.", r"body.\1.rdb\2.conv\3."),
    (r"^model\.1\.sub\.\d+\.(?=weight|bias)", "conv_body."),
    (r"^RRDB_trunk\.(\d+)\.RDB(\d)\.", r"body.\1.rdb\2."),
    (r"^trunk_conv\.", "conv_body."),
    (r"^upconv(\d)\.", r"conv_up\1."),
    (r"^HRconv\.", "conv_hr."),
)


def conv(into, out):
    return nn.Conv2d(into, out, 3, 1, 1)


def bent(x):
    return F.leaky_relu(x, 0.2)


class Dense(nn.Module):
    """Five convolutions, each of which reads all before it; what they find is added, weakened."""

    def __init__(self, width, growth):
        super().__init__()
        for n in range(1, 6):
            self.add_module(f"conv{n}", conv(width + (n - 1) * growth, growth if n < 5 else width))

    def forward(self, x):
        *inner, last = self.children()
        read = x
        for layer in inner:
            read = torch.cat((read, bent(layer(read))), 1)
        return x + 0.2 * last(read)


class ResidualInResidual(nn.Module):
    def __init__(self, width, growth):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (Dense(width, growth) for _ in range(3))

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class RrdbNet(nn.Module):
    """Works at the picture's own size, or, where squares of `fold` pixels are folded into channels first, at a smaller
    one; then twice as large by nearest neighbours as often as it has layers for."""

    def __init__(self, width, growth, blocks, ups, fold):
        super().__init__()
        self.fold, self.ups = fold, ups
        self.conv_first = conv(3 * fold * fold, width)
        self.body = nn.Sequential(*(ResidualInResidual(width, growth) for _ in range(blocks)))
        self.conv_body = conv(width, width)
        for n in range(1, ups + 1):
            self.add_module(f"conv_up{n}", conv(width, width))
        self.conv_hr, self.conv_last = conv(width, width), conv(width, 3)

    def forward(self, image):
        x = self.conv_first(F.pixel_unshuffle(image, self.fold) if self.fold > 1 else image)
        x = x + self.conv_body(self.body(x))
        for n in range(1, self.ups + 1):
            x = bent(self.get_submodule(f"conv_up{n}")(F.interpolate(x, scale_factor=2, mode="nearest")))
        return self.conv_last(bent(self.conv_hr(x)))


class CompactNet(nn.Module):
    """All at the picture's own size; the last channels become pixels and are added to the picture, enlarged as it is."""

    def __init__(self, width, layers, scale):
        super().__init__()
        self.scale = scale
        inner = [layer for _ in range(layers) for layer in (conv(width, width), nn.PReLU(width))]
        self.body = nn.Sequential(conv(3, width), nn.PReLU(width), *inner, conv(width, 3 * scale * scale))

    def forward(self, image):
        return F.pixel_shuffle(self.body(image), self.scale) + F.interpolate(image, scale_factor=self.scale, mode="nearest")


def read(file):
    """The tensors by their names, whatever they were wrapped in."""
    if file.suffix == ".safetensors":
        held = load_file(file)
    else:
        try:
            held = torch.load(file, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError:
            sys.exit(f"{file} holds more than tensors, and what it holds could run code; save its state_dict as .safetensors and export that")
    for name in WRAPPERS:
        inner = held.get(name)
        held = inner if isinstance(inner, dict) else {k.removeprefix(name + "."): v for k, v in held.items() if k.startswith(name + ".")} or held
    return {name.removeprefix("module."): tensor.float() for name, tensor in held.items() if isinstance(tensor, torch.Tensor)}


def renamed(weights):
    """RRDBNet's layers by the names they have since BasicSR."""
    def name(key):
        for pattern, now in OLDER:
            key = re.sub(pattern, now, key)
        return key

    weights = {name(key): tensor for key, tensor in weights.items()}
    # ESRGAN's first files count the layers behind the body, others than convolutions too.
    places = sorted({int(key.split(".")[1]) for key in weights if re.match(r"model\.\d+\.(weight|bias)$", key)})
    tail = [f"conv_up{n}" for n in range(1, len(places) - 1)] + ["conv_hr", "conv_last"]
    late = {f"model.{place}": now for place, now in zip(places, tail)}
    return {".".join((late.get(key.rpartition(".")[0], key.rpartition(".")[0]), key.rpartition(".")[2])): tensor for key, tensor in weights.items()}


def network(weights, file):
    """The network that these weights belong to, with them in it, and how many times it enlarges each side."""
    unknown = f"{file} is no RRDBNet and no compact SRVGGNet; export it with chaiNNer, or with spandrel and torch.onnx, and import the .onnx"
    weights = renamed(weights)
    first, last = weights.get("conv_first.weight"), weights.get("conv_last.weight")
    if first is not None and last is not None:
        grown = weights.get("body.0.rdb1.conv1.weight")
        places = [int(found[1]) for found in (re.match(r"body\.(\d+)\.", key) for key in weights) if found]
        fold = math.isqrt(first.shape[1] // 3)
        if grown is None or last.shape[0] != 3 or first.shape[1] != 3 * fold * fold:
            sys.exit(unknown if grown is None else f"{file} does not take and give pictures of three colours; the studio's pictures have three")
        ups = sum(re.fullmatch(r"conv_up\d\.weight", key) is not None for key in weights)
        net, scale = RrdbNet(first.shape[0], grown.shape[0], max(places) + 1, ups, fold), 2**ups / fold
    else:
        places = sorted(int(found[1]) for found in (re.fullmatch(r"body\.(\d+)\.weight", key) for key in weights) if found)
        if len(places) < 3 or places != list(range(len(places))) or weights["body.1.weight"].dim() != 1:
            sys.exit(unknown)
        first, last = weights["body.0.weight"], weights[f"body.{places[-1]}.weight"]
        scale = math.sqrt(last.shape[0] / 3)
        if first.shape[1] != 3 or scale != int(scale):
            sys.exit(f"{file} does not take and give pictures of three colours; the studio's pictures have three")
        net = CompactNet(first.shape[0], (len(places) - 3) // 2, int(scale))
    if scale not in range(1, 9):
        sys.exit(f"{file} makes sides {scale:g} times as long; the studio takes whole numbers from 1 to 8")
    try:
        net.load_state_dict(weights)
    except RuntimeError as differs:
        sys.exit(f"{file} is a variant that this script does not know: {str(differs).splitlines()[1].strip()}")
    return net.eval().requires_grad_(False), int(scale)


def picture(width, height):
    """Soft colours with hard edges and some noise: what an upscaler is fed."""
    rng = np.random.default_rng(7)
    soft = np.asarray(Image.fromarray(rng.integers(0, 255, (5, 5, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC), dtype=np.int32)
    edges = ((np.arange(height)[:, None] // 7 + np.arange(width)[None] // 9) % 2 * 40)[..., None]
    return Image.fromarray((soft + edges + rng.integers(-6, 7, soft.shape)).clip(0, 255).astype(np.uint8))


def reference(net, scale, multiple, folder):
    """A case for `model test`: a picture of odd sides, and what PyTorch makes of it in full precision."""
    folder.mkdir(parents=True)
    width, height = 29, 21
    source = picture(width, height)
    rgb = np.asarray(source, dtype=np.float32) / 255
    # A side that is no multiple is mirrored up to one, as the studio does.
    fed = np.pad(rgb, [(0, -side % multiple) for side in rgb.shape[:2]] + [(0, 0)], mode="reflect")
    made = net(torch.from_numpy(fed).permute(2, 0, 1)[None])[0].permute(1, 2, 0).numpy()[:height * scale, :width * scale]
    source.save(folder / "0.png")
    np.save(folder / "image.npy", made.clip(0, 1))
    request = {"task": "upscale", "references": ["0.png"], "width": width * scale, "height": height * scale}
    (folder / "request.json").write_text(json.dumps(request, indent=1) + "\n")


def export(source: pathlib.Path, out: pathlib.Path, dtype, write):
    """The whole package, but for what the studio is told of its licence."""
    net, scale = network(read(source), source)
    multiple = getattr(net, "fold", 1)
    print(f"  {type(net).__name__}, {scale} times as large", flush=True)
    reference(net, scale, multiple, out / "reference" / "odd")
    size = {2: "height", 3: "width"}
    write(net.to(dtype), out / "upscaler", (torch.rand(1, 3, 24 * multiple, 16 * multiple, dtype=dtype),), ["image"], ["upscaled"],
          {"image": size, "upscaled": {2: "enlarged_height", 3: "enlarged_width"}})
    told = {"scale": scale, "tile": 256, "overlap": 32, "multiple": multiple}
    (out / "upscaler" / "config.json").write_text(json.dumps(told) + "\n")
    (out / "model_index.json").write_text(json.dumps({"_class_name": "ImageUpscaler"}) + "\n")
