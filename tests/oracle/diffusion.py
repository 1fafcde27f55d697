"""Writes tests/data/packages/{sd,sdxl,inpaint,kontext,dreamomni2}: tiny random models of each family with reference cases.

The models are diffusers' own classes with few, narrow layers, so every piece of arithmetic is the original's; the
pictures mean nothing. Each case is computed by the original pipeline from given initial latents."""
import pathlib, sys, warnings
import torch
# What the scripts beside this one build their own packages with.
from files import case, clip_model, clip_tokenizer, clip_vocab, config, export, forget, outside, t5_tokenizer, write  # noqa: F401
from flux import flux
from graphs import T5, ClipText, Decode, Encode, Unet, export_clip, export_vae  # noqa: F401
from stable_diffusion import SD, stable_diffusion  # noqa: F401

warnings.filterwarnings("ignore")
root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages")
only = sys.argv[2:]
MAKE = {"sd": lambda: stable_diffusion(root, "sd"), "sdxl": lambda: stable_diffusion(root, "sdxl"),
        "inpaint": lambda: stable_diffusion(root, "inpaint"), "refiner": lambda: stable_diffusion(root, "refiner"),
        "kontext": lambda: flux(root, "kontext"), "dreamomni2": lambda: flux(root, "dreamomni2")}

if __name__ == "__main__":
    with torch.no_grad():
        for name, make in MAKE.items():
            if not only or name in only:
                make()
                size = sum(f.stat().st_size for f in (root / name).rglob("*") if f.is_file())
                print(name, size // 1024, "KiB")
