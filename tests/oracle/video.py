"""Writes tests/data/packages/{ltx,ltx-timestep}: tiny random LTX-Video models with reference cases.

The classes are diffusers' own with few, narrow layers. `ltx` is exported with its coordinates as one input; `ltx-timestep`
as optimum does it, with a decoder that is told a timestep, another compression and a fixed shift. The original pipelines
compute every case; a first frame enters as the VAE's mean, as a picture does everywhere here."""
import json, shutil
import numpy as np, torch
from PIL import Image
from torch import nn
from transformers import T5Config, T5EncoderModel
from diffusers import (AutoencoderKLLTXVideo, FlowMatchEulerDiscreteScheduler, LTXImageToVideoPipeline, LTXPipeline,
                       LTXVideoTransformer3DModel)
from diffusion import T5, case, config, export, only, root, t5_tokenizer, write

# The real one's: https://huggingface.co/Lightricks/LTX-Video, scheduler_config.json.
DYNAMIC = dict(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024, max_image_seq_len=4096, shift_terminal=0.1)
CHANNELS, WORDS = 8, 128


class Places(nn.Module):
    """A transformer that is told where every token stands."""
    names = ["hidden_states", "encoder_hidden_states", "timestep", "encoder_attention_mask", "video_coords"]

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, hidden_states, encoder_hidden_states, timestep, encoder_attention_mask, video_coords):
        return self.model(hidden_states, encoder_hidden_states, timestep, encoder_attention_mask, video_coords=video_coords, return_dict=False)[0]


class Sides(nn.Module):
    """A transformer that counts its tokens' places itself, as optimum exports it."""
    names = ["hidden_states", "encoder_hidden_states", "encoder_attention_mask", "width", "height", "num_frames", "rope_interpolation_scale", "timestep"]

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, hidden_states, encoder_hidden_states, encoder_attention_mask, width, height, num_frames, rope_interpolation_scale, timestep):
        place = torch.arange(hidden_states.shape[1])
        grid = torch.stack([place // (width * height), place // width % height, place % width]).float()
        coords = grid[None] * rope_interpolation_scale.reshape(1, 3, 1)
        return self.model(hidden_states, encoder_hidden_states, timestep, encoder_attention_mask, video_coords=coords, return_dict=False)[0]


class Encode(nn.Module):
    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, sample):
        return self.vae.encode(sample).latent_dist.parameters


class Decode(nn.Module):
    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample, timestep=None):
        return self.vae.decode(latent_sample, timestep, return_dict=False)[0]


def export_transformer(model, out, kind):
    f, h, w = 3, 5, 7
    words, mask, hidden, times = torch.randn(1, WORDS, 16), torch.ones(1, WORDS), torch.randn(1, f * h * w, CHANNELS), torch.full((1, f * h * w), 500.0)
    tokens, length = (torch.export.Dim(name, min=2, max=100000) for name in ("tokens", "words"))
    free = {"hidden_states": {1: tokens}, "encoder_hidden_states": {1: length}, "encoder_attention_mask": {1: length}, "timestep": {1: tokens}}
    if kind is Places:
        inputs = (hidden, words, times, mask, torch.rand(1, 3, f * h * w))
        free["video_coords"] = {2: tokens}
    else:
        inputs = (hidden, words, mask.to(torch.int64), torch.tensor(w), torch.tensor(h), torch.tensor(f), torch.tensor([0.16, 32.0, 32.0]), times)
        free |= {"width": None, "height": None, "num_frames": None, "rope_interpolation_scale": None}
    export(kind(model), out / "transformer", inputs, kind.names, ["out_hidden_states"], {n: free[n] for n in kind.names}, dynamo=True)


def export_vae(vae, out):
    frames, height, width = (torch.export.Dim(name, min=1, max=4096) for name in ("frames", "height", "width"))
    export(Encode(vae), out / "vae_encoder", (torch.randn(1, 3, 1, 96, 64),), ["sample"], ["latent_parameters"],
           {"sample": {3: vae.spatial_compression_ratio * height, 4: vae.spatial_compression_ratio * width}}, dynamo=True)
    inputs, free = (torch.randn(1, CHANNELS, 3, 5, 4),), {"latent_sample": {2: frames, 3: height, 4: width}}
    if vae.config.timestep_conditioning:
        inputs, free = (*inputs, torch.tensor([0.05])), free | {"timestep": None}
    export(Decode(vae), out / "vae_decoder", inputs, list(free), ["sample"], free, dynamo=True)
    # The statistics are weights of the original; its config knows nothing of them.
    known = {"latents_mean": vae.latents_mean.tolist(), "latents_std": vae.latents_std.tolist()}
    for half in ("vae_encoder", "vae_decoder"):
        config(out / half, vae)
        file = out / half / "config.json"
        write(file, json.loads(file.read_text()) | known)


def picture(width, height, seed):
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 255, (4, 4, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC)


def ltx(name):
    timed = name == "ltx-timestep"
    out = root / name
    shutil.rmtree(out, ignore_errors=True)
    torch.manual_seed(11 + timed)
    tokenizer, vocab = t5_tokenizer(out / "tokenizer")
    t5 = T5EncoderModel(T5Config(vocab_size=vocab, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu")).eval()
    transformer = LTXVideoTransformer3DModel(in_channels=CHANNELS, out_channels=CHANNELS, num_attention_heads=2, attention_head_dim=16, cross_attention_dim=32,
                                             num_layers=1, caption_channels=16).eval()
    blocks = 2 if timed else 3
    scaling = (True,) * blocks
    vae = AutoencoderKLLTXVideo(latent_channels=CHANNELS, block_out_channels=(4,) * blocks, decoder_block_out_channels=(4,) * blocks,
                                down_block_types=("LTXVideoDownBlock3D",) * blocks, layers_per_block=(1,) * (blocks + 1), decoder_layers_per_block=(1,) * (blocks + 1),
                                spatio_temporal_scaling=scaling, decoder_spatio_temporal_scaling=scaling, decoder_inject_noise=(False,) * (blocks + 1),
                                downsample_type=("conv",) * blocks, upsample_residual=(False,) * blocks, upsample_factor=(1,) * blocks,
                                timestep_conditioning=timed, patch_size=8 if timed else 4, scaling_factor=0.7 if timed else 1.0).eval()
    vae.latents_mean.copy_(torch.randn(CHANNELS) * 0.3)
    vae.latents_std.copy_(torch.rand(CHANNELS) + 0.5)
    export(T5(t5), out / "text_encoder", (torch.ones(1, WORDS, dtype=torch.int64),), ["input_ids"], ["last_hidden_state"],
           {"input_ids": {1: "l"}, "last_hidden_state": {1: "l"}})
    config(out / "text_encoder", t5)
    config(out / "transformer", transformer)
    export_transformer(transformer, out, Sides if timed else Places)
    export_vae(vae, out)
    scheduler = FlowMatchEulerDiscreteScheduler(**(dict(shift=3.0) if timed else DYNAMIC))
    write(out / "scheduler" / "scheduler_config.json", dict(scheduler.config, _class_name="FlowMatchEulerDiscreteScheduler"))
    write(out / "model_index.json", {"_class_name": "LTXImageToVideoPipeline" if timed else "LTXPipeline"})
    lines = ['licence = "Apache-2.0"', "[defaults]", 'size = "64x32"', "steps = 4", f"frames = {5 if timed else 9}"]
    (out / "studio-model.toml").write_text("\n".join(lines + (["decode_timestep = 0.05", "decode_noise_scale = 0.0"] if timed else [])) + "\n")

    parts = dict(scheduler=scheduler, vae=vae, text_encoder=t5, tokenizer=tokenizer, transformer=transformer)
    moving, still = LTXPipeline(**parts), LTXImageToVideoPipeline(**parts)
    for pipe in (moving, still):
        pipe.set_progress_bar_config(disable=True)
    #         name        prompt                     negative  width height frames rate  steps guidance first frame
    cases = [("words", "the red cat, blue sea", None, 64, 32, 9, "25/1", 4, 3.0, None),
             ("one-frame", "A cat: the sea!", "red blue", 32, 96, 1, "24/1", 3, 5.0, None),
             ("first", "red " * 200, None, 32, 32, 9, "24000/1001", 3, 1.0, (32, 32))]
    if timed:
        cases = [("words", "blue sea", None, 32, 64, 5, "25/1", 4, 1.0, None),
                 ("negative", "", "red blue", 32, 32, 5, "30000/1001", 3, 5.0, None),
                 ("first", "the red cat", "blue", 32, 32, 9, "12/1", 4, 3.0, (50, 70))]
    for case_name, prompt, negative, width, height, frames, rate, steps, guidance, first in cases:
        over, under = (int(n) for n in rate.split("/"))
        f, h, w = (frames - 1) // vae.temporal_compression_ratio + 1, height // 32, width // 32
        noise = torch.randn(1, CHANNELS, f, h, w)
        latents, files, pipe = noise.clone(), [], moving
        if first:
            pipe, image = still, picture(*first, seed=len(case_name))
            files = [("first.png", image)]
            pixels = still.video_processor.preprocess(image, height=height, width=width)
            mean = vae.encode(pixels[:, :, None]).latent_dist.mode()
            latents[:, :, :1] = still._normalize_latents(mean, vae.latents_mean, vae.latents_std)
        told = dict(decode_timestep=0.05, decode_noise_scale=0.0) if timed else {}
        video = pipe(prompt=prompt, negative_prompt=negative, width=width, height=height, num_frames=frames, frame_rate=over / under, num_inference_steps=steps,
                     guidance_scale=guidance, latents=pipe._pack_latents(latents), output_type="np", **(dict(image=files[0][1]) if first else {}), **told).frames[0]
        request = {"task": "clip", "prompt": prompt, "width": width, "height": height, "frames": frames, "rate": rate, "steps": steps, "guidance": guidance}
        request |= {"negative": negative} if negative is not None else {}
        request |= {"references": [{"file": "first.png", "role": "first_frame"}]} if first else {}
        case(out, case_name, request, noise, video, files)
    return parts


if __name__ == "__main__":
    with torch.no_grad():
        for name in ("ltx", "ltx-timestep"):
            if not only or name in only:
                ltx(name)
                print(name, sum(f.stat().st_size for f in (root / name).rglob("*") if f.is_file()) // 1024, "KiB")
