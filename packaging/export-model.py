#!/usr/bin/env python3
"""Turns a model as diffusers keeps it, or an upscaler's weights, into a package for the studio: ONNX graphs and data, no code.

    python export-model.py FLUX.1-Kontext-dev kontext --dtype fp16 --licence "FLUX.1 non-commercial"
    python export-model.py RealESRGAN_x4plus.pth x4plus --licence BSD-3-Clause
    dreamomni2 model import kontext --accept-licence

Runs on any machine with PyTorch, diffusers, transformers and onnx; the studio itself never needs them. Knows Stable
Diffusion 1.x and 2.x (inpainting and latent consistency too), SDXL, FLUX.1 and FLUX.1 Kontext (DreamOmni2: --family
dreamomni2, then fuse its two LoRAs in the studio; --rewriter adds the Qwen2.5-VL that rewrites its prompts) and
LTX-Video; of upscalers ESRGAN's and Real-ESRGAN's networks, from .pth or .safetensors. One network is in memory at a time."""

import argparse
import gc
import json
import pathlib
import shutil
import sys

import diffusers
import onnx
import torch
import transformers

import rewriter
import upscaler

TYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
# Weights above this lie beside their graph: a protocol buffer holds no more than 2 GiB.
LARGE = 1 << 30


class TextEncoder(torch.nn.Module):
    """input_ids [batch, length] -> hidden states, the summary, and for SDXL every layer's hidden states."""

    def __init__(self, model, every_layer):
        super().__init__()
        self.model, self.every_layer = model, every_layer

    def forward(self, input_ids):
        out = self.model(input_ids, output_hidden_states=True)
        summary = out.text_embeds if "text_embeds" in out else out.get("pooler_output")
        layers = out.hidden_states if self.every_layer else ()
        return tuple(t for t in (out.last_hidden_state, summary, *layers) if t is not None)


class Unet(torch.nn.Module):
    """One step of Stable Diffusion; SDXL also reads the second encoder's summary and six sizes, a latent consistency
    model, last of all, the guidance as sines and cosines."""

    def __init__(self, model, xl):
        super().__init__()
        self.unet, self.xl = model, xl

    def forward(self, sample, timestep, encoder_hidden_states, *added):
        condition = {"text_embeds": added[0], "time_ids": added[1]} if self.xl else None
        guidance = added[-1] if self.unet.config.time_cond_proj_dim else None
        return self.unet(sample, timestep, encoder_hidden_states, timestep_cond=guidance, added_cond_kwargs=condition, return_dict=False)[0]


class Transformer(torch.nn.Module):
    """One step of FLUX over packed tokens, the picture's first."""

    def __init__(self, model):
        super().__init__()
        self.transformer = model

    def forward(self, hidden_states, encoder_hidden_states, pooled_projections, timestep, img_ids, txt_ids, guidance=None):
        return self.transformer(hidden_states, encoder_hidden_states=encoder_hidden_states, pooled_projections=pooled_projections,
                                timestep=timestep, img_ids=img_ids, txt_ids=txt_ids, guidance=guidance, return_dict=False)[0]


class VideoTransformer(torch.nn.Module):
    """One step of LTX-Video; each token is told its own timestep, second, row and column."""

    def __init__(self, model):
        super().__init__()
        self.transformer = model

    def forward(self, hidden_states, encoder_hidden_states, timestep, encoder_attention_mask, video_coords):
        return self.transformer(hidden_states, encoder_hidden_states, timestep, encoder_attention_mask, video_coords=video_coords, return_dict=False)[0]


class Encoder(torch.nn.Module):
    """Pixels from -1 to 1 [1, 3, h, w] (of a video [1, 3, 1, h, w]) -> means and variances of the latents."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, sample):
        return self.vae.encode(sample).latent_dist.parameters


class Decoder(torch.nn.Module):
    """Latents -> pixels from -1 to 1."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample):
        return self.vae.decode(latent_sample, return_dict=False)[0]


class VideoDecoder(torch.nn.Module):
    """Latents -> pixels from -1 to 1; some decoders are told how much noise is left."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample, timestep=None):
        return self.vae.decode(latent_sample, timestep, return_dict=False)[0]


def write(module, folder, inputs, names, outputs, free, dynamo=False, last=False):
    """Exports one graph; `free` are its dimensions without a fixed length. The `last` one of a network lets its weights go."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = folder / "model.onnx"
    module = module.eval().requires_grad_(False)
    size = sum(parameter.nbytes for parameter in module.state_dict().values())
    if dynamo:
        torch.onnx.export(module, inputs, graph, input_names=names, output_names=outputs, dynamic_shapes=free, opset_version=20,
                          dynamo=True, external_data=True)
    else:
        # As text: of a path this exporter does not know where to put more than 2 GiB.
        torch.onnx.export(module, inputs, str(graph), input_names=names, output_names=outputs, dynamic_axes=free, opset_version=17, dynamo=False)
    if last:
        # They stand in files now, and are read from there.
        module.to("meta")
    model = onnx.load(graph)
    for path in folder.iterdir():
        path.unlink()
    # What an exporter notes of its own source are paths of this machine.
    del model.metadata_props[:], model.graph.metadata_props[:]
    for node in model.graph.node:
        kept = [(entry.key, entry.value) for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        for key, value in kept:
            node.metadata_props.add(key=key, value=value)
        node.doc_string = ""
    beside = {"save_as_external_data": True, "location": "model.onnx.data", "size_threshold": 1024} if size > LARGE else {}
    onnx.save_model(model, graph, **beside)
    del model, module
    gc.collect()
    print(f"  {folder.name}: {sum(f.stat().st_size for f in folder.iterdir()) / 1e6:,.0f} MB", flush=True)


def text_encoder(source, out, name, dtype, every_layer, classes):
    """CLIP or T5, whichever the model names."""
    kind = getattr(transformers, classes[name][1])
    model = kind.from_pretrained(source / name, torch_dtype=dtype, attn_implementation="eager")
    long = 512 if "T5" in kind.__name__ else model.config.max_position_embeddings
    module = TextEncoder(model, every_layer)
    ids = torch.ones(1, long, dtype=torch.int64)
    with torch.no_grad():
        given = len(module(ids))
    names = ["last_hidden_state", "text_embeds" if "Projection" in kind.__name__ else "pooler_output"]
    names += [f"hidden_states.{layer}" for layer in range(max(0, given - 2))]
    names = names[:given]
    free = {"input_ids": {0: "batch"}, **{n: {0: "batch"} for n in names}}
    if "T5" in kind.__name__:
        free = {"input_ids": {0: "batch", 1: "length"}, "last_hidden_state": {0: "batch", 1: "length"}}
    write(module, out / name, (ids,), ["input_ids"], names, free, last=True)


def unet(source, out, dtype, xl):
    model = diffusers.UNet2DConditionModel.from_pretrained(source / "unet", torch_dtype=dtype)
    c = model.config
    inputs = [torch.randn(2, c.in_channels, 16, 24, dtype=dtype), torch.tensor(1.0), torch.randn(2, 77, c.cross_attention_dim, dtype=dtype)]
    names = ["sample", "timestep", "encoder_hidden_states"]
    free = {"sample": {0: "batch", 2: "height", 3: "width"}, "encoder_hidden_states": {0: "batch", 1: "length"},
            "out_sample": {0: "batch", 2: "height", 3: "width"}}
    if xl:
        summary = c.projection_class_embeddings_input_dim - 6 * c.addition_time_embed_dim
        inputs += [torch.randn(2, summary, dtype=dtype), torch.ones(2, 6, dtype=dtype)]
        names += ["text_embeds", "time_ids"]
        free |= {"text_embeds": {0: "batch"}, "time_ids": {0: "batch"}}
    if c.time_cond_proj_dim:
        inputs.append(torch.randn(2, c.time_cond_proj_dim, dtype=dtype))
        names.append("timestep_cond")
        free["timestep_cond"] = {0: "batch"}
    write(Unet(model, xl), out / "unet", tuple(inputs), names, ["out_sample"], free, last=True)


def transformer(source, out, dtype):
    model = diffusers.FluxTransformer2DModel.from_pretrained(source / "transformer", torch_dtype=dtype)
    c = model.config
    random = lambda *shape: torch.randn(*shape, dtype=dtype)  # noqa: E731
    inputs = {"hidden_states": random(1, 24, c.in_channels), "encoder_hidden_states": random(1, 512, c.joint_attention_dim),
              "pooled_projections": random(1, c.pooled_projection_dim), "timestep": torch.ones(1, dtype=dtype),
              "img_ids": torch.zeros(24, 3), "txt_ids": torch.zeros(512, 3)}
    if c.guidance_embeds:
        inputs["guidance"] = torch.ones(1, dtype=torch.float32)
    tokens, words = torch.export.Dim("tokens", min=2, max=1 << 20), torch.export.Dim("words", min=2, max=4096)
    free = {name: {"hidden_states": {1: tokens}, "img_ids": {0: tokens}, "encoder_hidden_states": {1: words}, "txt_ids": {0: words}}.get(name)
            for name in inputs}
    if not c.guidance_embeds:
        free["guidance"] = None
    given = tuple(inputs.values()) + (() if c.guidance_embeds else (None,))
    write(Transformer(model), out / "transformer", given, list(inputs), ["out_hidden_states"], free, dynamo=True, last=True)


def vae(source, out, dtype):
    model = diffusers.AutoencoderKL.from_pretrained(source / "vae", torch_dtype=dtype)
    factor = 2 ** (len(model.config.block_out_channels) - 1)
    size = {2: "height", 3: "width"}
    for half in ("vae_encoder", "vae_decoder"):
        (out / half).mkdir(parents=True, exist_ok=True)
    write(Encoder(model), out / "vae_encoder", (torch.randn(1, 3, 8 * factor, 12 * factor, dtype=dtype),), ["sample"], ["latent_parameters"],
          {"sample": size, "latent_parameters": size})
    write(Decoder(model), out / "vae_decoder", (torch.randn(1, model.config.latent_channels, 8, 12, dtype=dtype),), ["latent_sample"], ["sample"],
          {"latent_sample": size, "sample": size})
    for half in ("vae_encoder", "vae_decoder"):
        shutil.copy(source / "vae" / "config.json", out / half / "config.json")


def video_transformer(source, out, dtype):
    model = diffusers.LTXVideoTransformer3DModel.from_pretrained(source / "transformer", torch_dtype=dtype)
    c = model.config
    random = lambda *shape: torch.randn(*shape, dtype=dtype)  # noqa: E731
    inputs = {"hidden_states": random(1, 105, c.in_channels), "encoder_hidden_states": random(1, 128, c.caption_channels),
              "timestep": torch.full((1, 105), 500.0), "encoder_attention_mask": torch.ones(1, 128), "video_coords": torch.rand(1, 3, 105)}
    tokens, words = torch.export.Dim("tokens", min=2, max=1 << 20), torch.export.Dim("words", min=2, max=4096)
    free = {"hidden_states": {1: tokens}, "encoder_hidden_states": {1: words}, "timestep": {1: tokens}, "encoder_attention_mask": {1: words},
            "video_coords": {2: tokens}}
    write(VideoTransformer(model), out / "transformer", tuple(inputs.values()), list(inputs), ["out_hidden_states"], free, dynamo=True, last=True)


def video_vae(source, out, dtype):
    model = diffusers.AutoencoderKLLTXVideo.from_pretrained(source / "vae", torch_dtype=dtype)
    for block in model.decoder.modules():
        # Some decoders add noise of their own, another at every run: equal orders shall give equal clips.
        if getattr(block, "per_channel_scale1", None) is not None:
            block.per_channel_scale1 = block.per_channel_scale2 = None
    channels, space = model.config.latent_channels, model.spatial_compression_ratio
    frames, height, width = (torch.export.Dim(name, min=1, max=4096) for name in ("frames", "height", "width"))
    write(Encoder(model), out / "vae_encoder", (torch.randn(1, 3, 1, 3 * space, 2 * space, dtype=dtype),), ["sample"], ["latent_parameters"],
          {"sample": {3: space * height, 4: space * width}}, dynamo=True)
    inputs, free = {"latent_sample": torch.randn(1, channels, 3, 5, 4, dtype=dtype)}, {"latent_sample": {2: frames, 3: height, 4: width}}
    if model.config.timestep_conditioning:
        inputs["timestep"], free["timestep"] = torch.tensor([0.05], dtype=dtype), None
    write(VideoDecoder(model), out / "vae_decoder", tuple(inputs.values()), list(inputs), ["sample"], free, dynamo=True)
    # The statistics of its latents are weights of the original; the config tells them to the studio.
    config = json.loads((source / "vae" / "config.json").read_text())
    config |= {"latents_mean": model.latents_mean.tolist(), "latents_std": model.latents_std.tolist()}
    for half in ("vae_encoder", "vae_decoder"):
        (out / half / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def weights(args):
    """An upscaler comes as one file; answers its family."""
    if args.source.suffix not in upscaler.FILES:
        sys.exit(f"{args.source} is neither a model's folder nor an upscaler's weights ({', '.join(upscaler.FILES)})")
    if args.family or args.rewriter:
        sys.exit("--family and --rewriter are for FLUX models; leave them away for an upscaler")
    print(f"{args.source} -> {args.out}", flush=True)
    upscaler.export(args.source, args.out, TYPES[args.dtype], write)
    return "upscaler"


def pipeline(args):
    """Everything else comes as diffusers saves it; answers its family."""
    index = json.loads((args.source / "model_index.json").read_text())
    kind, dtype = index["_class_name"], TYPES[args.dtype]
    flux, xl, video = kind.startswith("Flux"), kind.startswith("StableDiffusionXL"), kind in ("LTXPipeline", "LTXImageToVideoPipeline")
    if not flux and not video and not kind.startswith(("StableDiffusion", "LatentConsistency")):
        sys.exit(f"{kind} cannot be exported by this script; it knows StableDiffusion…, LatentConsistency…, Flux… and LTX…")
    if args.rewriter and not flux:
        sys.exit("only a FLUX model takes a rewriter; leave --rewriter away")
    print(f"{kind} -> {args.out}", flush=True)
    for name in ("text_encoder", "text_encoder_2"):
        if index.get(name, [None])[0]:
            text_encoder(args.source, args.out, name, dtype, xl, index)
            shutil.copy(args.source / name / "config.json", args.out / name / "config.json")
    denoiser = "transformer" if flux or video else "unet"
    if flux:
        transformer(args.source, args.out, dtype)
    elif video:
        video_transformer(args.source, args.out, dtype)
    else:
        unet(args.source, args.out, dtype, xl)
    shutil.copy(args.source / denoiser / "config.json", args.out / denoiser / "config.json")
    (video_vae if video else vae)(args.source, args.out, torch.float32 if args.dtype == "fp16" else dtype)
    if args.rewriter:
        rewriter.export(args.rewriter, args.out / "rewriter", dtype, write)
    for folder in ("tokenizer", "tokenizer_2", "scheduler"):
        if (args.source / folder).is_dir():
            shutil.copytree(args.source / folder, args.out / folder)
    shutil.copy(args.source / "model_index.json", args.out / "model_index.json")
    if kind == "FluxPipeline":
        return args.family or "flux"
    return args.family or ("kontext" if flux else "ltx_video" if video else "stable_diffusion_xl" if xl else "stable_diffusion")


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path, help="a model's folder as diffusers saves it, or the file of an upscaler's weights")
    parser.add_argument("out", type=pathlib.Path, help="the package's folder; must not exist")
    parser.add_argument("--dtype", choices=TYPES, default="fp32", help="of the large networks; the VAE stays fp32 beside fp16 (it overflows)")
    parser.add_argument("--family", choices=["flux", "kontext", "dreamomni2"], help="for FLUX: whether and how references enter")
    parser.add_argument("--licence", default="", help="shown where the model is imported and listed")
    parser.add_argument("--rewriter", type=pathlib.Path, help="for FLUX: the folder of the Qwen2.5-VL that rewrites prompts, as transformers saves it")
    args = parser.parse_args()
    if args.out.exists():
        sys.exit(f"{args.out} is there already; name a folder that is not")
    if not args.source.exists():
        sys.exit(f"{args.source} is not there")
    family = pipeline(args) if args.source.is_dir() else weights(args)
    lines = [f"family = {json.dumps(family)}"] + ([f"licence = {json.dumps(args.licence)}"] if args.licence else [])
    (args.out / "studio-model.toml").write_text("\n".join(lines) + "\n")
    print(f"Bring it in with: dreamomni2 model import {args.out} --accept-licence")


if __name__ == "__main__":
    main()
