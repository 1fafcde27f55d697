"""Whole pipelines of ours against diffusers with PyTorch (eager) and against ONNX Runtime's bare graphs, on this CPU.

    OMP_WAIT_POLICY=PASSIVE python tests/bench/engines.py target/release/dreamomni2 SCRATCH-FOLDER [rounds]

Needs the environment of tests/oracle. Random weights: a Stable Diffusion of 63 M parameters in its UNet (256x256,
10 steps, guidance on), and a FLUX of hidden width 512 with 8 + 8 blocks (256x256, 10 steps). Rounds are interleaved and
medians told; all use the same threads, PyTorch those that suit it best."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch

binary, scratch = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
here = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(here / "tests/oracle"))
sys.argv = [sys.argv[0], str(scratch), "nothing"]
import diffusion as d  # noqa: E402
from diffusers import (AutoencoderKL, EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxTransformer2DModel,  # noqa: E402
                       StableDiffusionPipeline, UNet2DConditionModel)
from transformers import T5Config, T5EncoderModel  # noqa: E402
from bare import SIDE, STEPS, Bare, high_water  # noqa: E402

WORDS = "the red cat and the blue sea"
CORES = os.cpu_count()


def vae(flux):
    extra = dict(shift_factor=0.1, use_quant_conv=False, use_post_quant_conv=False) if flux else {}
    return AutoencoderKL(block_out_channels=(32, 64, 128, 128), down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                         latent_channels=16 if flux else 4, norm_num_groups=8, sample_size=64, **extra).eval()


def stable_diffusion(folder):
    tokenizer, vocab, eos, bos = d.clip_tokenizer(folder / "words")
    text = d.clip_model(vocab, eos, bos, 256, layers=6)
    unet = UNet2DConditionModel(sample_size=32, layers_per_block=1, block_out_channels=(128, 288, 576), cross_attention_dim=256, attention_head_dim=8,
                                down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
                                up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")).eval()
    return StableDiffusionPipeline(vae=vae(False), text_encoder=text, tokenizer=tokenizer, unet=unet, safety_checker=None, feature_extractor=None,
                                   scheduler=EulerDiscreteScheduler(**d.SD, steps_offset=1), requires_safety_checker=False), unet, 7.5


def flux(folder):
    tokenizer, vocab, eos, bos = d.clip_tokenizer(folder / "words")
    text = d.clip_model(vocab, eos, bos, 256, layers=6)
    words, size = d.t5_tokenizer(folder / "words2")
    t5 = T5EncoderModel(T5Config(vocab_size=size, d_model=256, d_kv=32, d_ff=1024, num_layers=4, num_heads=8, feed_forward_proj="gated-gelu")).eval()
    transformer = FluxTransformer2DModel(patch_size=1, in_channels=64, num_layers=8, num_single_layers=8, attention_head_dim=64, num_attention_heads=8,
                                         joint_attention_dim=256, pooled_projection_dim=256, guidance_embeds=True, axes_dims_rope=(8, 28, 28)).eval()
    return FluxKontextPipeline(vae=vae(True), text_encoder=text, tokenizer=tokenizer, text_encoder_2=t5, tokenizer_2=words, transformer=transformer,
                               scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15, shift=3.0)), transformer, 3.5


def package(name, pipe):
    """Saves, exports as a user would, and imports."""
    source, out, data = scratch / f"{name}-diffusers", scratch / f"{name}-package", scratch / "data"
    if not out.exists():
        pipe.save_pretrained(source)
        subprocess.run([sys.executable, here / "packaging/export-model.py", source, out], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not (data / "models" / name).exists():
        subprocess.run([binary, "model", "import", out, "--name", name, "--accept-licence", "--data", data], check=True, stdout=subprocess.DEVNULL)
    return out, data


def ours(name, data, guidance):
    """Seconds of one picture with the model loaded, and the most memory of a process that loads it and makes three."""
    run = subprocess.Popen([binary, "render", "--model", name, "--prompt", WORDS, "--size", f"{SIDE}x{SIDE}", "--steps", str(STEPS), "--guidance", str(guidance),
                            "--variations", "3", "-o", scratch / "ours.png", "--json", "--data", data], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    # Not of wait4: what that tells of a child begins with what its parent, full of PyTorch, had when it forked.
    peak = 0
    while run.poll() is None:
        peak = max(peak, high_water(run.pid))
        time.sleep(0.05)
    told = run.stdout.read()
    assert run.returncode == 0, told
    return min(output["seconds"] for output in json.loads(told)["outputs"][1:]), peak


def bare_peak(out, is_flux):
    """The most memory of a process that runs the bare graphs and nothing else."""
    return json.loads(subprocess.check_output([sys.executable, here / "tests/bench/bare.py", out, "flux" if is_flux else "sd"]))["peak_megabytes"]


def theirs(pipe, guidance):
    area = {"max_area": SIDE * SIDE} if "Flux" in type(pipe).__name__ else {}
    began = time.perf_counter()
    pipe(prompt=WORDS, width=SIDE, height=SIDE, num_inference_steps=STEPS, guidance_scale=guidance, output_type="np", **area)
    return time.perf_counter() - began


def best_threads(pipe, guidance):
    """PyTorch is given the number of threads with which it is fastest here."""
    found = {}
    for threads in sorted({1, max(1, CORES // 2), CORES}):
        torch.set_num_threads(threads)
        theirs(pipe, guidance)
        found[threads] = theirs(pipe, guidance)
    threads = min(found, key=found.get)
    torch.set_num_threads(threads)
    return threads


@torch.no_grad()
def main():
    assert os.environ.get("OMP_WAIT_POLICY") == "PASSIVE", "set OMP_WAIT_POLICY=PASSIVE: PyTorch's spinning would make it look slow"
    scratch.mkdir(parents=True, exist_ok=True)
    for name, make in (("sd", stable_diffusion), ("flux", flux)):
        torch.manual_seed(1)
        pipe, denoiser, guidance = make(scratch)
        pipe.set_progress_bar_config(disable=True)
        out, data = package(name, pipe)
        bare = Bare(out, name == "flux")
        threads = best_threads(pipe, guidance)
        rows = {"ours": [], "pytorch": [], "bare": []}
        for _ in range(rounds):
            seconds, peak = ours(name, data, guidance)
            rows["ours"].append(seconds)
            rows["pytorch"].append(theirs(pipe, guidance))
            rows["bare"].append(bare.run())
        median = {key: statistics.median(values) for key, values in rows.items()}
        print(json.dumps({
            "model": name, "parameters_of_the_denoiser": sum(p.numel() for p in denoiser.parameters()), "torch_threads": threads,
            "seconds": {key: round(value, 3) for key, value in median.items()}, "all": {key: [round(v, 3) for v in values] for key, values in rows.items()},
            "ours_to_pytorch": round(median["ours"] / median["pytorch"], 3), "ours_to_bare": round(median["ours"] / median["bare"], 3),
            "peak_megabytes": round(peak), "peak_megabytes_bare": bare_peak(out, name == "flux"), "weights_megabytes": round(sum(f.stat().st_size for f in out.rglob("model.onnx*")) / 1e6)}, indent=1), flush=True)


if __name__ == "__main__":
    main()
