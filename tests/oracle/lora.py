"""Writes tests/data/lora/{sd,flux}: tiny random models, LoRAs for them in several spellings, and what diffusers makes with them.

Run as: python tests/oracle/lora.py [tests/data/lora]. Every file is loaded and fused by diffusers itself (with peft)."""
import pathlib
import shutil
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file

target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/lora")
sys.argv = [sys.argv[0], str(target), "nothing"]
import diffusion as d  # noqa: E402
from diffusers import FluxKontextPipeline, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel, AutoencoderKL  # noqa: E402
from diffusers import EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel  # noqa: E402
from transformers import T5Config, T5EncoderModel  # noqa: E402

RANK = 2


def linear_layers(model, wanted):
    """(name, module) of every layer whose name ends with one of `wanted`."""
    return [(n, m) for n, m in model.named_modules() if hasattr(m, "weight") and n.endswith(tuple(wanted))]


def matrices(module, rank=RANK):
    """Random thin matrices for a linear layer or a convolution, large enough to be seen in the picture."""
    out, inside, *kernel = module.weight.shape
    down = torch.randn(rank, inside, *kernel) * .6
    up = torch.randn(out, rank, *([1] * len(kernel))) * .6
    return down, up


def vae(out, scaling, shift):
    model = AutoencoderKL(block_out_channels=(4, 8, 8, 8), down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                          latent_channels=4, norm_num_groups=2, scaling_factor=scaling, shift_factor=shift, use_quant_conv=False,
                          use_post_quant_conv=False, sample_size=64).eval()
    d.config(out / "vae_decoder", model)
    d.export(d.Decode(model), out / "vae_decoder", (torch.randn(1, 4, 8, 6),), ["latent_sample"], ["sample"],
             {"latent_sample": {2: "h", 3: "w"}, "sample": {2: "p", 3: "q"}})
    return model


def case(folder, image, noise, request):
    folder.mkdir(parents=True)
    np.save(folder / "init_latents.npy", noise.numpy())
    np.save(folder / "image.npy", np.asarray(image, dtype=np.float32))
    d.write(folder / "request.json", request)


def kohya(prefix, name, down, up, alpha):
    layer = prefix + name.replace(".", "_")
    return {f"{layer}.lora_down.weight": down, f"{layer}.lora_up.weight": up, f"{layer}.alpha": torch.tensor(float(alpha))}


def stable_diffusion():
    out = target / "sd" / "package"
    torch.manual_seed(31)
    tokenizer, vocab, eos, bos = d.clip_tokenizer(out / "tokenizer")
    text = d.clip_model(vocab, eos, bos, 16)
    unet = UNet2DConditionModel(sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16), norm_num_groups=4,
                                cross_attention_dim=16, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D")).eval()
    model = vae(out, 0.18215, None)
    d.export_clip(text, out / "text_encoder")
    d.config(out / "unet", unet)
    d.export(d.Unet(unet, False), out / "unet", (torch.randn(2, 4, 8, 6), torch.tensor(7), torch.randn(2, 77, 16)),
             ["sample", "timestep", "encoder_hidden_states"], ["out_sample"],
             {"sample": {0: "b", 2: "h", 3: "w"}, "encoder_hidden_states": {0: "b"}, "out_sample": {0: "b", 2: "h", 3: "w"}})
    scheduler = EulerDiscreteScheduler(**d.SD, timestep_spacing="leading", steps_offset=1)
    d.write(out / "scheduler" / "scheduler_config.json", dict(scheduler.config, _class_name="EulerDiscreteScheduler"))
    d.write(out / "model_index.json", {"_class_name": "StableDiffusionPipeline"})
    pipe = StableDiffusionPipeline(vae=model, text_encoder=text, tokenizer=tokenizer, unet=unet, scheduler=scheduler, safety_checker=None,
                                   feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    plain, trained = {}, {}
    for name, module in linear_layers(unet, ["to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2"]):
        down, up = matrices(module)
        plain |= {f"unet.{name}.lora_A.weight": down, f"unet.{name}.lora_B.weight": up}
    for name, module in linear_layers(text, ["q_proj", "v_proj"]):
        down, up = matrices(module)
        plain |= {f"text_encoder.text_model.{name.removeprefix('text_model.')}.lora_A.weight": down,
                  f"text_encoder.text_model.{name.removeprefix('text_model.')}.lora_B.weight": up}
    for name, module in linear_layers(unet, ["attn2.to_q", "to_out.0", "conv1", "proj_in"]):
        trained |= kohya("lora_unet_", name, *matrices(module), 1)
    for name, module in linear_layers(text, ["fc1"]):
        trained |= kohya("lora_te_text_model_", name.removeprefix("text_model."), *matrices(module), 3)
    half = {k: v.to(torch.float16) for k, v in trained.items()}
    finish(pipe, target / "sd", {"plain": (plain, .8), "kohya": (half, 1.0)}, guidance=3.0)


def flux():
    out = target / "flux" / "package"
    torch.manual_seed(32)
    tokenizer, vocab, eos, bos = d.clip_tokenizer(out / "tokenizer")
    text = d.clip_model(vocab, eos, bos, 16)
    t5_tok, t5_vocab = d.t5_tokenizer(out / "tokenizer_2")
    t5 = T5EncoderModel(T5Config(vocab_size=t5_vocab, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu")).eval()
    transformer = FluxTransformer2DModel(patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
                                         joint_attention_dim=16, pooled_projection_dim=16, guidance_embeds=True, axes_dims_rope=(4, 6, 6)).eval()
    model = vae(out, 0.3611, 0.1159)
    d.export_clip(text, out / "text_encoder")
    d.config(out / "text_encoder_2", t5)
    d.export(d.T5(t5), out / "text_encoder_2", (torch.ones(1, 512, dtype=torch.int64),), ["input_ids"], ["last_hidden_state"],
             {"input_ids": {1: "l"}, "last_hidden_state": {1: "l"}})
    d.config(out / "transformer", transformer)

    class Dit(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = transformer

        def forward(self, hidden_states, encoder_hidden_states, pooled_projections, timestep, img_ids, txt_ids, guidance):
            return self.model(hidden_states, encoder_hidden_states=encoder_hidden_states, pooled_projections=pooled_projections, timestep=timestep,
                              img_ids=img_ids, txt_ids=txt_ids, guidance=guidance, return_dict=False)[0]

    tokens = torch.export.Dim("tokens", min=2, max=100000)
    names = ["hidden_states", "encoder_hidden_states", "pooled_projections", "timestep", "img_ids", "txt_ids", "guidance"]
    d.export(Dit(), out / "transformer",
             (torch.randn(1, 24, 16), torch.randn(1, 512, 16), torch.randn(1, 16), torch.ones(1), torch.zeros(24, 3), torch.zeros(512, 3), torch.ones(1)),
             names, ["out_hidden_states"], {n: {1: tokens} if n == "hidden_states" else {0: tokens} if n == "img_ids" else None for n in names}, dynamo=True)
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15, shift=3.0)
    d.write(out / "scheduler" / "scheduler_config.json", dict(scheduler.config, _class_name="FlowMatchEulerDiscreteScheduler"))
    d.write(out / "model_index.json", {"_class_name": "FluxKontextPipeline"})
    (out / "studio-model.toml").write_text('family = "dreamomni2"\nlicence = "Apache-2.0"\n[capabilities]\nmin_side = 16\n')
    pipe = FluxKontextPipeline(vae=model, text_encoder=text, tokenizer=tokenizer, text_encoder_2=t5, tokenizer_2=t5_tok, transformer=transformer,
                               scheduler=scheduler)
    pipe.set_progress_bar_config(disable=True)
    plain, first = {}, {}
    for name, module in linear_layers(transformer, ["to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "ff.net.2", "proj_mlp", "norm1.linear"]):
        down, up = matrices(module)
        plain |= {f"transformer.{name}.lora_A.weight": down, f"transformer.{name}.lora_B.weight": up}
    # As the model's first repository names its layers: queries, keys and values are one.
    wide = transformer.config.num_attention_heads * transformer.config.attention_head_dim
    for layer, inside, out in (("double_blocks_0_img_attn_qkv", wide, 3 * wide), ("double_blocks_0_txt_attn_proj", wide, wide),
                               ("double_blocks_0_txt_mlp_0", wide, 4 * wide), ("single_blocks_0_linear2", 5 * wide, wide)):
        first |= kohya("lora_unet_", layer, torch.randn(RANK, inside) * .6, torch.randn(out, RANK) * .6, 1)
    finish(pipe, target / "flux", {"plain": (plain, 1.0), "first": (first, .7)}, guidance=3.5)


@torch.no_grad()
def finish(pipe, folder, loras, guidance):
    """The picture without, and with every LoRA alone."""
    noise = torch.randn(1, 4, 6, 8)
    request = {"task": "image", "prompt": "the red cat", "width": 64, "height": 48, "steps": 3, "guidance": guidance}
    area = {"max_area": 64 * 48} if "Flux" in type(pipe).__name__ else {}

    def render():
        given = noise.clone()
        if area:
            given = pipe._pack_latents(given, 1, 4, 6, 8)
        return pipe(prompt="the red cat", width=64, height=48, num_inference_steps=3, guidance_scale=guidance, latents=given, output_type="np", **area).images[0]

    bare = render()
    case(folder / "expected" / "bare", bare, noise, request)
    for name, (tensors, scale) in loras.items():
        file = folder / f"{name}.safetensors"
        save_file({k: v.contiguous() for k, v in tensors.items()}, file)
        pipe.load_lora_weights(load_file(file))
        pipe.fuse_lora(lora_scale=scale, components=[c for c in ("unet", "transformer", "text_encoder") if hasattr(pipe, c)])
        image = render()
        pipe.unfuse_lora()
        pipe.unload_lora_weights()
        assert np.abs(render() - bare).max() < 1e-5, "the LoRA was not taken away again"
        print(folder.name, name, "changes the picture by", np.abs(image - bare).mean())
        assert np.abs(image - bare).mean() > .01
        case(folder / "expected" / name, image, noise, request | {"lora_weight": scale})


torch.set_grad_enabled(False)
shutil.rmtree(target, ignore_errors=True)
stable_diffusion()
flux()
