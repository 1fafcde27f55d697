"""Steps by ours and by diffusers with PyTorch (eager), on one and the same card: seconds of one step, at several sizes.

    python tests/bench/card.py target/release/dreamomni2 SCRATCH-FOLDER [cuda|cpu] [SIDE ...]

Needs the environment of tests/oracle with a PyTorch for the card, and a studio's data folder SCRATCH-FOLDER/data in which
`dreamomni2 runtime use` chose a runtime that computes there. Stable Diffusion 1.5 of its published size (sizes.py), in half
precision on a card and full on `cpu`, which only shows that the script works. Every round asks both for few steps and for
more; what lies between is steps alone, without text, decoder and files. Prints a row of RESULTS-GPU.md for each size."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch
from diffusers import DiffusionPipeline

binary, scratch = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
device = sys.argv[3] if len(sys.argv) > 3 else "cuda"
sides = [int(side) for side in sys.argv[4:]] or [512, 768, 1024]
here = pathlib.Path(__file__).resolve().parent
dtype, few, more, rounds = ("fp16", 10, 30, 5) if device == "cuda" else ("fp32", 1, 3, 2)
WORDS, GUIDANCE = "the red cat and the blue sea", 3.5


def ours(side, steps):
    """Seconds of a picture whose model is loaded and whose size was drawn before."""
    told = subprocess.run([binary, "render", "--model", f"sd-{dtype}", "--prompt", WORDS, "--size", f"{side}x{side}", "--steps", str(steps), "--guidance",
                           str(GUIDANCE), "--variations", "4", "-o", scratch / "ours.png", "--json", "--data", scratch / "data"],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    # The first ones load, and prove a CUDA graph before it is used.
    return min(output["seconds"] for output in json.loads(told)["outputs"][2:])


def theirs(pipe, side, steps):
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        pipe(WORDS, width=side, height=side, num_inference_steps=steps, guidance_scale=GUIDANCE, output_type="np")
        seconds.append(time.perf_counter() - began)
    return min(seconds[1:])


@torch.no_grad()
def main():
    package, data = scratch / f"sd-{dtype}", scratch / "data"
    if not package.exists():
        subprocess.run([sys.executable, here / "sizes.py", dtype, scratch], check=True, stdout=subprocess.DEVNULL)
    if not (data / "models" / package.name).exists():
        subprocess.run([binary, "model", "import", package, "--name", package.name, "--accept-licence", "--data", data], check=True, stdout=subprocess.DEVNULL)
    pipe = DiffusionPipeline.from_pretrained(scratch / "sd-diffusers", torch_dtype=torch.float16 if dtype == "fp16" else torch.float32).to(device)
    pipe.set_progress_bar_config(disable=True)
    name = torch.cuda.get_device_name() if device == "cuda" else f"the processor, {os.cpu_count()} cores"
    print(f"Stable Diffusion 1.5, {dtype}, on {name}; PyTorch {torch.__version__}\n\n| side | ours | PyTorch | ratio |\n|---|---|---|---|")
    for side in sides:
        rows = {"ours": [], "theirs": []}
        for _ in range(rounds):
            rows["ours"].append((ours(side, more) - ours(side, few)) / (more - few))
            rows["theirs"].append((theirs(pipe, side, more) - theirs(pipe, side, few)) / (more - few))
        mine, other = (statistics.median(rows[key]) for key in ("ours", "theirs"))
        print(f"| {side} | {mine * 1000:.1f} ms | {other * 1000:.1f} ms | {mine / other:.2f}x |", flush=True)


if __name__ == "__main__":
    main()
