"""Writes tests/data/packages/esrgan-*: what packaging/export-model.py makes of ESRGAN's weights, in every layout that
people share them in.

The weights are tiny and random. The networks are written here once more, as functions of those weights and by nothing
that the exporter has: what its packages say must be what these say, for the case that it writes and, through ONNX
Runtime, for pictures of other sizes. What is no such network is refused with a sentence."""
import pathlib, runpy, shutil, sys, tempfile
import numpy as np, onnxruntime, torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional as F
from files import forget

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages")
exporter = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "export-model.py"
# The exporter's rooms have namesakes here.
sys.path.insert(0, str(exporter.parent))
WIDTH, GROWTH, BLOCKS = 8, 4, 2


def conv(w, name, x):
    return F.conv2d(x, w[f"{name}.weight"], w[f"{name}.bias"], padding=1)


def larger(x, by=2):
    return x.repeat_interleave(by, 2).repeat_interleave(by, 3)


def rrdb(w, image, fold, ups):
    """w: by the names of BasicSR."""
    n, c, height, width = image.shape
    if fold > 1:
        image = image.reshape(n, c, height // fold, fold, width // fold, fold).permute(0, 1, 3, 5, 2, 4).reshape(n, c * fold * fold, height // fold, width // fold)
    bent = lambda x: torch.where(x > 0, x, 0.2 * x)  # noqa: E731
    first = x = conv(w, "conv_first", image)
    for block in range(BLOCKS):
        entered = x
        for dense in (1, 2, 3):
            at, read = f"body.{block}.rdb{dense}.conv", [x]
            for layer in (1, 2, 3, 4):
                read.append(bent(conv(w, f"{at}{layer}", torch.cat(read, 1))))
            x = x + 0.2 * conv(w, f"{at}5", torch.cat(read, 1))
        x = entered + 0.2 * x
    x = first + conv(w, "conv_body", x)
    for up in range(ups):
        x = bent(conv(w, f"conv_up{up + 1}", larger(x)))
    return conv(w, "conv_last", bent(conv(w, "conv_hr", x)))


def compact(w, image, layers, scale):
    x = image
    for n in range(layers + 1):
        x = conv(w, f"body.{2 * n}", x)
        x = torch.where(x > 0, x, x * w[f"body.{2 * n + 1}.weight"][:, None, None])
    x = conv(w, f"body.{2 * layers + 2}", x)
    n, c, height, width = x.shape
    x = x.reshape(n, 3, scale, scale, height, width).permute(0, 1, 4, 2, 5, 3).reshape(n, 3, height * scale, width * scale)
    return x + larger(image, scale)


def layer(w, name, into, out, gain=1.0):
    w[f"{name}.weight"] = torch.randn(out, into, 3, 3) * gain / (9 * into) ** 0.5
    w[f"{name}.bias"] = torch.randn(out) * 0.05


def rrdb_weights(fold, ups):
    w = {}
    layer(w, "conv_first", 3 * fold * fold, WIDTH)
    for block in range(BLOCKS):
        for dense in (1, 2, 3):
            for n in range(1, 6):
                layer(w, f"body.{block}.rdb{dense}.conv{n}", WIDTH + (n - 1) * GROWTH, GROWTH if n < 5 else WIDTH, 1.4)
    layer(w, "conv_body", WIDTH, WIDTH)
    for up in range(ups):
        layer(w, f"conv_up{up + 1}", WIDTH, WIDTH, 1.4)
    layer(w, "conv_hr", WIDTH, WIDTH, 1.4)
    layer(w, "conv_last", WIDTH, 3)
    # Random weights that still give a picture: mean and spread are put right, so that little is cut off.
    out = rrdb(w, torch.rand(1, 3, 32, 32), fold, ups)
    spread = 1 / 6 / out.std((0, 2, 3))
    w["conv_last.weight"] *= spread[:, None, None, None]
    w["conv_last.bias"] = w["conv_last.bias"] * spread + 0.5 - out.mean((0, 2, 3)) * spread
    return w


def compact_weights(layers, scale):
    w = {}
    layer(w, "body.0", 3, WIDTH)
    for n in range(layers + 1):
        w[f"body.{2 * n + 1}.weight"] = torch.rand(WIDTH) * 0.4
        if n < layers:
            layer(w, f"body.{2 * n + 2}", WIDTH, WIDTH, 1.4)
    layer(w, f"body.{2 * layers + 2}", WIDTH, 3 * scale * scale, 0.2)
    return w


def first_names(w, ups):
    """As ESRGAN's first files have them: places in nested lists, of which upsampling and activation have no weights."""
    tail = [f"model.{3 * up + 3}" for up in range(ups)] + [f"model.{3 * ups + 2}", f"model.{3 * ups + 4}"]
    late = dict(zip([*(f"conv_up{up + 1}" for up in range(ups)), "conv_hr", "conv_last"], tail))

    def name(key):
        at, what = key.rsplit(".", 1)
        if at.startswith("body."):
            _, block, dense, n = at.split(".")
            return f"model.1.sub.{block}.{dense.upper()}.{n}.0.{what}"
        return f"{ {'conv_first': 'model.0', 'conv_body': f'model.1.sub.{BLOCKS}'}.get(at) or late[at]}.{what}"
    return {name(key): tensor for key, tensor in w.items()}


def second_names(w):
    """As ESRGAN's own repository had them before BasicSR."""
    now = {"body.": "RRDB_trunk.", ".rdb": ".RDB", "conv_body": "trunk_conv", "conv_up": "upconv", "conv_hr": "HRconv"}
    for before, after in now.items():
        w = {key.replace(before, after) if not (before == "body." and key.startswith("conv_")) else key: t for key, t in w.items()}
    return w


def enlarged(forward, rgb, fold, scale):
    """Rows of pixels from 0 to 1; a side that is no multiple is mirrored up to one."""
    height, width = rgb.shape[:2]
    fed = np.pad(rgb, ((0, -height % fold), (0, -width % fold), (0, 0)), mode="reflect")
    made = forward(torch.from_numpy(fed).permute(2, 0, 1)[None].float())
    return made[0].permute(1, 2, 0).numpy()[:height * scale, :width * scale].clip(0, 1)


def export(saved, out):
    sys.argv = [str(exporter), str(saved), str(out), "--licence", "Apache-2.0"]
    runpy.run_path(str(exporter), run_name="__main__")


def package(name, saved, forward, fold, scale):
    out = root / name
    shutil.rmtree(out, ignore_errors=True)
    export(saved, out)
    graph = out / "upscaler" / "model.onnx"
    forget(graph)
    case = out / "reference" / "odd"
    made = enlarged(forward, np.asarray(Image.open(case / "0.png"), dtype=np.float32) / 255, fold, scale)
    off = [np.abs(np.load(case / "image.npy") - made).max()]
    session = onnxruntime.InferenceSession(graph)
    for height, width in ((fold, fold), (10 * fold, 31 * fold)):
        x = torch.rand(1, 3, height, width)
        off.append(np.abs(session.run(None, {"image": x.numpy()})[0] - forward(x).numpy()).max())
    assert max(off) < 2e-6, f"{name}: {off}"
    # The studio is held to these numbers, not to the exporter's.
    np.save(case / "image.npy", made)
    print(name, "off by", max(off), sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) // 1024, "KiB")


def refused(saved, words):
    try:
        export(saved, saved.with_suffix(".out"))
    except SystemExit as refusal:
        assert words in str(refusal), refusal
    else:
        raise AssertionError(f"{saved.name} was exported")


with torch.no_grad(), tempfile.TemporaryDirectory() as scratch:
    torch.manual_seed(33)
    scratch = pathlib.Path(scratch)
    # Real-ESRGAN's x4plus: the averaged weights beside others that must not be taken.
    w = rrdb_weights(1, 2)
    torch.save({"params": {k: torch.zeros_like(t) for k, t in w.items()}, "params_ema": w}, scratch / "x4plus.pth")
    package("esrgan-x4plus", scratch / "x4plus.pth", lambda x, w=w: rrdb(w, x, 1, 2), 1, 4)
    # x2plus: squares of four pixels are folded into channels first.
    w = rrdb_weights(2, 2)
    save_file(w, scratch / "x2plus.safetensors")
    package("esrgan-x2plus", scratch / "x2plus.safetensors", lambda x, w=w: rrdb(w, x, 2, 2), 2, 2)
    # ESRGAN's first names, and one layer of upsampling.
    w = rrdb_weights(1, 1)
    torch.save(first_names(w, 1), scratch / "first.pth")
    package("esrgan-first", scratch / "first.pth", lambda x, w=w: rrdb(w, x, 1, 1), 1, 2)
    # ESRGAN's second names, of a parallel training.
    w = rrdb_weights(1, 2)
    torch.save({"module." + k: t for k, t in second_names(w).items()}, scratch / "second.pth")
    package("esrgan-second", scratch / "second.pth", lambda x, w=w: rrdb(w, x, 1, 2), 1, 4)
    # Real-ESRGAN's compact networks: general-x4v3, animevideov3.
    w = compact_weights(3, 4)
    torch.save({"params": w}, scratch / "compact.pth")
    package("esrgan-compact", scratch / "compact.pth", lambda x, w=w: compact(w, x, 3, 4), 1, 4)
    torch.save({"params": w, "made by": print}, scratch / "code.pth")
    refused(scratch / "code.pth", "could run code")
    torch.save({"params": {"layers.0.norm.weight": torch.ones(3)}}, scratch / "other.pth")
    refused(scratch / "other.pth", "is no RRDBNet")
    w = rrdb_weights(1, 2)
    torch.save({k: t.mean(1, keepdim=True) if k == "conv_first.weight" else t for k, t in w.items()}, scratch / "grey.pth")
    refused(scratch / "grey.pth", "three colours")
    torch.save(w | {"body.0.rdb1.conv1x1.weight": torch.ones(4, 8, 1, 1)}, scratch / "variant.pth")
    refused(scratch / "variant.pth", "conv1x1")
