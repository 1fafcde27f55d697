"""Tiny FLUX.1 Kontext and DreamOmni2 packages."""
import json, shutil
import numpy as np, torch
from PIL import Image
from torch import nn
from transformers import T5Config, T5EncoderModel
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from files import case, clip_model, clip_tokenizer, config, export, t5_tokenizer, write
from graphs import T5, export_clip, export_vae


def flux(root, family):
    out = root / family
    shutil.rmtree(out, ignore_errors=True)
    torch.manual_seed(5 if family == "kontext" else 6)
    tokenizer, vocab, eos, bos = clip_tokenizer(out / "tokenizer")
    text = clip_model(vocab, eos, bos, 16)
    t5_tok, t5_vocab = t5_tokenizer(out / "tokenizer_2")
    t5 = T5EncoderModel(T5Config(vocab_size=t5_vocab, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu")).eval()
    transformer = FluxTransformer2DModel(patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
                                         num_attention_heads=2, joint_attention_dim=16, pooled_projection_dim=16, guidance_embeds=True,
                                         axes_dims_rope=(4, 6, 6)).eval()
    vae = AutoencoderKL(block_out_channels=(4, 8, 8, 8), down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                        latent_channels=4, norm_num_groups=2, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False,
                        use_post_quant_conv=False, sample_size=64).eval()
    export_clip(text, out / "text_encoder")
    config(out / "text_encoder_2", t5)
    export(T5(t5), out / "text_encoder_2", (torch.ones(1, 512, dtype=torch.int64),), ["input_ids"], ["last_hidden_state"],
           {"input_ids": {1: "l"}, "last_hidden_state": {1: "l"}})
    config(out / "transformer", transformer)

    class Dit(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = transformer

        def forward(self, hidden_states, encoder_hidden_states, pooled_projections, timestep, img_ids, txt_ids, guidance):
            return self.model(hidden_states, encoder_hidden_states=encoder_hidden_states, pooled_projections=pooled_projections,
                              timestep=timestep, img_ids=img_ids, txt_ids=txt_ids, guidance=guidance, return_dict=False)[0]

    tokens = torch.export.Dim("tokens", min=2, max=100000)
    none = None
    export(Dit(), out / "transformer",
           (torch.randn(1, 24, 16), torch.randn(1, 512, 16), torch.randn(1, 16), torch.ones(1), torch.zeros(24, 3), torch.zeros(512, 3), torch.ones(1)),
           ["hidden_states", "encoder_hidden_states", "pooled_projections", "timestep", "img_ids", "txt_ids", "guidance"], ["out_hidden_states"],
           {"hidden_states": {1: tokens}, "encoder_hidden_states": none, "pooled_projections": none, "timestep": none, "img_ids": {0: tokens},
            "txt_ids": none, "guidance": none}, dynamo=True)
    export_vae(vae, out, moments=family == "kontext")
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15, shift=3.0)
    write(out / "scheduler" / "scheduler_config.json", dict(scheduler.config, _class_name="FlowMatchEulerDiscreteScheduler"))
    write(out / "model_index.json", {"_class_name": "FluxKontextPipeline"})
    buckets = [(64, 48), (48, 64), (64, 64), (80, 48)] if family == "dreamomni2" else None
    lines = [f'family = "{family}"', 'licence = "Apache-2.0"', "[capabilities]", "max_references = 5", "min_side = 16"]
    (out / "studio-model.toml").write_text("\n".join(([f"buckets = {json.dumps([f'{w}x{h}' for w, h in buckets])}"] if buckets else []) + lines) + "\n")

    @torch.no_grad()
    def render(prompt, width, height, steps, guidance, pictures, noise):
        """Written out after DreamOmni2's pipeline: the original needs its weights' sizes."""
        def pack(z):
            b, c, h, w = z.shape
            return z.view(b, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(b, (h // 2) * (w // 2), c * 4)

        def ids(index, h, w, shift):
            grid = torch.zeros(h, w, 3)
            grid[..., 0] = index
            grid[..., 1] += torch.arange(h)[:, None]
            grid[..., 2] += torch.arange(w)[None] + shift
            return grid.reshape(-1, 3)

        clip_ids = tokenizer(prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        t5_ids = t5_tok(prompt, padding="max_length", max_length=512, truncation=True, return_tensors="pt").input_ids
        pooled, words = text(clip_ids).pooler_output, t5(t5_ids)[0]
        h, w = height // 16, width // 16
        x, places = pack(noise), [ids(0, h, w, 0)]
        references, shift = [], 0
        for index, picture in enumerate(pictures, 1):
            pw, ph = picture.size
            if buckets:
                pw, ph = min(buckets, key=lambda b: abs(picture.size[0] / picture.size[1] - b[0] / b[1]))
            pixels = torch.from_numpy(np.asarray(picture.resize((pw, ph), Image.LANCZOS), dtype=np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
            z = (vae.encode(pixels).latent_dist.mode() - 0.1159) * 0.3611
            references.append(pack(z))
            places.append(ids(index, ph // 16, pw // 16, shift))
            shift += pw // 16
        from diffusers.pipelines.flux.pipeline_flux import calculate_shift
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=calculate_shift(h * w, 256, 4096, 0.5, 1.15))
        places, txt = torch.cat(places), torch.zeros(512, 3)
        for t in scheduler.timesteps:
            hidden = torch.cat([x] + references, 1)
            v = transformer(hidden, encoder_hidden_states=words, pooled_projections=pooled, timestep=(t / 1000).reshape(1), img_ids=places,
                            txt_ids=txt, guidance=torch.full((1,), guidance), return_dict=False)[0][:, :h * w]
            x = scheduler.step(v, t, x, return_dict=False)[0]
        z = x.view(1, h, w, 4, 2, 2).permute(0, 3, 1, 4, 2, 5).reshape(1, 4, h * 2, w * 2)
        image = vae.decode(z / 0.3611 + 0.1159, return_dict=False)[0]
        return (image / 2 + 0.5).clamp(0, 1)[0].permute(1, 2, 0).numpy()

    def picture(width, height, seed):
        rng = np.random.default_rng(seed)
        small = Image.fromarray(rng.integers(0, 255, (4, 4, 3), dtype=np.uint8))
        return small.resize((width, height), Image.BICUBIC)

    exact = buckets is None
    sizes = [(64, 48), (48, 64), (64, 64), (80, 48), (64, 48)]
    odd = sizes if exact else [(64, 48), (48, 64), (64, 64), (80, 48), (64, 48)]
    cases = [("words", "image", "the red cat", 64, 48, 3, 3.5, 0), ("edit", "edit", "a blue sea", 64, 48, 4, 2.5, 1), ("two", "image", "caf\u00e9 red", 80, 48, 3, 3.5, 2),
             ("five", "image", "the cat: red, blue!", 48, 64, 3, 3.5, 5)]
    for name, task, prompt, width, height, steps, guidance, count in cases:
        pictures = [picture(*odd[i], 20 + i) for i in range(count)]
        noise = torch.randn(1, 4, height // 8, width // 8)
        image = render(prompt, width, height, steps, guidance, pictures, noise)
        files = [(f"{i}.png", p) for i, p in enumerate(pictures)]
        request = {"task": task, "prompt": prompt, "references": [f for f, _ in files], "width": width, "height": height, "steps": steps, "guidance": guidance}
        case(out, name, request, noise, image, files)
    return dict(scheduler=scheduler, vae=vae, text_encoder=text, tokenizer=tokenizer, text_encoder_2=t5, tokenizer_2=t5_tok, transformer=transformer)
