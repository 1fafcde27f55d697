"""Makes a Stable Diffusion 1.5 of its published size with random weights: real widths, depths and vocabulary, and no sense.

    OMP_WAIT_POLICY=PASSIVE python tests/bench/sizes.py fp32|fp16 FOLDER

Needs the environment of tests/oracle. Writes FOLDER/sd-DTYPE, a package as packaging/export-model.py makes it of what
diffusers saves, with reference cases by diffusers' own pipeline in fp32; FOLDER/sd-diffusers, which it is made of, is used
again. The last layers are scaled such that noise and pictures have the spread of real ones. Prints JSON: parameters, the
bytes of large files, and PyTorch's seconds."""
import json
import pathlib
import shutil
import subprocess
import sys
import time

import torch

dtype, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
here = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(here / "tests/oracle"))
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel  # noqa: E402
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer  # noqa: E402
from files import case, clip_vocab, write  # noqa: E402

WORDS = "the red cat and the blue sea"
# name, width and height, steps
CASES = [("small", 256, 4), ("usual", 512, 2)]


def clip_tokenizer(folder):
    """With as many words as CLIP's: what the small one knows, and then any two letters joined."""
    vocab, merges = clip_vocab()
    ends, letters = ["<|startoftext|>", "<|endoftext|>"], [word for word in vocab if len(word) == 1]
    words = [word for word in vocab if word not in ends]
    for first in letters:
        for second in letters:
            if len(words) < 49406 and first + second not in vocab:
                words.append(first + second)
                merges.append(f"{first} {second}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words + ends)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    write(folder / "tokenizer_config.json", {"bos_token": ends[0], "eos_token": ends[1], "unk_token": ends[1], "pad_token": ends[1],
                                             "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"})
    return CLIPTokenizer.from_pretrained(str(folder))


def stable_diffusion(words):
    text = CLIPTextModel(CLIPTextConfig(vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                                        hidden_act="quick_gelu", bos_token_id=49406, eos_token_id=49407))
    unet = UNet2DConditionModel(sample_size=64, block_out_channels=(320, 640, 1280, 1280), layers_per_block=2, cross_attention_dim=768, attention_head_dim=8,
                                down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"], up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3)
    vae = AutoencoderKL(block_out_channels=(128, 256, 512, 512), down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                        layers_per_block=2, latent_channels=4, norm_num_groups=32, sample_size=512, scaling_factor=0.18215)
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1)
    return StableDiffusionPipeline(vae=vae, text_encoder=text, tokenizer=clip_tokenizer(words), unet=unet, scheduler=scheduler, safety_checker=None,
                                   feature_extractor=None, requires_safety_checker=False)


def sane(layer, run, spread):
    """Scales a network's last layer such that what it gives has this spread."""
    seen = []
    hook = layer.register_forward_hook(lambda _layer, _given, made: seen.append(made.std().item()))
    run()
    hook.remove()
    layer.weight.data *= spread / seen[-1]


def picture(pipe, side, steps, noise):
    """One picture by diffusers, and the seconds of a step after the first."""
    ends = []
    pipe.set_progress_bar_config(disable=True)
    began = time.perf_counter()
    image = pipe(WORDS, width=side, height=side, num_inference_steps=steps, guidance_scale=3.5, latents=noise.clone(), output_type="np",
                 callback_on_step_end=lambda *told: (ends.append(time.perf_counter()), {})[1]).images[0]
    whole = time.perf_counter() - began
    return image, {"step_s": round((ends[-1] - ends[0]) / max(1, len(ends) - 1), 2), "whole_s": round(whole, 2)}


@torch.no_grad()
def made(source):
    """The pipeline as diffusers saves it, with what it draws beside it."""
    torch.manual_seed(1)
    pipe, told = stable_diffusion(scratch / "words"), {}
    sane(pipe.unet.conv_out, lambda: picture(pipe, 64, 1, torch.randn(1, 4, 8, 8)), 1.0)
    sane(pipe.vae.decoder.conv_out, lambda: pipe.vae.decode(torch.randn(1, 4, 16, 16)), 0.4)
    for name, side, steps in CASES:
        noise = torch.randn(1, 4, side // 8, side // 8)
        image, told[name] = picture(pipe, side, steps, noise)
        told[name] |= {"mean": round(float(image.mean()), 3), "spread": round(float(image.std()), 3)}
        case(source, name, {"task": "image", "prompt": WORDS, "width": side, "height": side, "steps": steps, "guidance": 3.5}, noise, image)
    told["parameters"] = {name: sum(p.numel() for p in part.parameters()) for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)}
    pipe.save_pretrained(source)
    write(source / "pytorch.json", told)


def main():
    source, out = scratch / "sd-diffusers", scratch / f"sd-{dtype}"
    if not (source / "pytorch.json").exists():
        made(source)
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run([sys.executable, here / "packaging/export-model.py", source, out, "--dtype", dtype, "--licence", "Apache-2.0"], check=True)
    shutil.copytree(source / "reference", out / "reference")
    told = json.loads((source / "pytorch.json").read_text())
    told["bytes"] = {str(file.relative_to(out)): file.stat().st_size for file in sorted(out.rglob("*")) if file.stat().st_size > 1e6}
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
