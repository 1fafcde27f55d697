"""Writes tests/data/packages/{lcm,flux}: folders as optimum's own exporter leaves them, with reference cases by diffusers.

    pip install --no-deps -r tests/oracle/requirements-optimum.txt    # beside torch, numpy and onnx of requirements.txt
    python tests/oracle/by_optimum.py
"""
import json, pathlib, shutil, sys, tempfile, warnings
import torch
from diffusers import (AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel,
                       LatentConsistencyModelPipeline, LCMScheduler, UNet2DConditionModel)
from diffusers.schedulers import scheduling_lcm
from optimum.exporters.onnx import main_export
from transformers import T5Config, T5EncoderModel
from files import case, clip_model, clip_tokenizer, forget, t5_tokenizer
from philox import normal

warnings.filterwarnings("ignore")
ROWS = [("plain", "the red cat", 64, 48, 4, 5.0), ("tall", "blue sea", 48, 64, 3, 3.0), ("few", "cat", 64, 64, 2, 1.0)]


def vae(**more):
    return AutoencoderKL(block_out_channels=(2, 2, 4, 4), down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                         latent_channels=4, norm_num_groups=2, sample_size=64, **more).eval()


def lcm(folder):
    """A latent consistency model: told the guidance as sines and cosines, never asked twice."""
    tokenizer, vocab, eos, bos = clip_tokenizer(folder)
    unet = UNet2DConditionModel(sample_size=8, layers_per_block=1, block_out_channels=(4, 4), norm_num_groups=4, cross_attention_dim=16,
                                attention_head_dim=2, time_cond_proj_dim=16, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D")).eval()
    scheduler = LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", original_inference_steps=50)
    return LatentConsistencyModelPipeline(tokenizer=tokenizer, text_encoder=clip_model(vocab, eos, bos, 16), unet=unet, vae=vae(),
                                          scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def flux(folder):
    """FLUX.1 as it is distilled to a few steps: told no guidance, and its scheduler does not shift by size."""
    tokenizer, vocab, eos, bos = clip_tokenizer(folder / "clip")
    words, pieces = t5_tokenizer(folder / "t5")
    t5 = T5EncoderModel(T5Config(vocab_size=pieces, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu")).eval()
    transformer = FluxTransformer2DModel(patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
                                         num_attention_heads=2, joint_attention_dim=16, pooled_projection_dim=16, guidance_embeds=False,
                                         axes_dims_rope=(4, 6, 6)).eval()
    return FluxPipeline(scheduler=FlowMatchEulerDiscreteScheduler(shift=1.0), transformer=transformer, text_encoder=clip_model(vocab, eos, bos, 16),
                        tokenizer=tokenizer, text_encoder_2=t5, tokenizer_2=words,
                        vae=vae(scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False))


def packed(noise):
    """Latents as this pipeline takes them: two by two of them are one token."""
    _, channels, height, width = noise.shape
    return noise.view(1, channels, height // 2, 2, width // 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, -1, channels * 4)


def write(root, name, pipe):
    out = root / name
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        pipe.save_pretrained(folder)
        main_export(folder, str(out), task="text-to-image", library_name="diffusers", do_validation=False)
    for file in out.rglob("model.onnx"):
        forget(file)
    # Without where the weights lay on the machine that exported them.
    for file in [*out.rglob("config.json"), out / "model_index.json"]:
        told = {key: value for key, value in json.loads(file.read_text()).items() if key != "_name_or_path"}
        file.write_text(json.dumps(told, indent=1) + "\n")
    pipe.set_progress_bar_config(disable=True)
    for row, prompt, width, height, steps, guidance in ROWS:
        noise = torch.randn(1, 4, height // 8, width // 8)
        calls = iter(range(1, 100))
        scheduling_lcm.randn_tensor = lambda shape, **_: normal(0, next(calls), shape)
        given = packed(noise) if name == "flux" else noise.clone()
        images = pipe(prompt, width=width, height=height, latents=given, num_inference_steps=steps, guidance_scale=guidance, output_type="np").images
        case(out, row, {"task": "image", "prompt": prompt, "width": width, "height": height, "steps": steps, "guidance": guidance}, noise, images[0])


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages")
    for make in (lcm, flux):
        torch.manual_seed(11)
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            write(root, make.__name__, make(pathlib.Path(folder)))
