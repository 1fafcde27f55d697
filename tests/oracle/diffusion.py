"""Writes tests/data/packages/{sd,sdxl,kontext,dreamomni2}: tiny random models of each family with reference cases.

The models are diffusers' own classes with few, narrow layers, so every piece of arithmetic is the original's; the
pictures mean nothing. Each case is computed by the original pipeline from given initial latents."""
import json, pathlib, shutil, sys, warnings
import numpy as np, onnx, torch
from torch import nn
from PIL import Image
from transformers import (CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer, T5Config,
                          T5EncoderModel, PreTrainedTokenizerFast)
from diffusers import (AutoencoderKL, DPMSolverMultistepScheduler, EulerDiscreteScheduler,
                       FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel, HeunDiscreteScheduler,
                       StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)

warnings.filterwarnings("ignore")
root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages")
only = sys.argv[2:]
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")


def write(file, value):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=1) + "\n")


def forget(file):
    """Drops what the exporter notes of its own source lines and of shapes: paths of one machine, and half of the file."""
    model = onnx.load(file)
    del model.metadata_props[:], model.graph.metadata_props[:], model.graph.value_info[:]
    for node in [*model.graph.node, *(node for function in model.functions for node in function.node)]:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    onnx.save(model, file)


def export(module, folder, inputs, names, outputs, dynamic, dynamo=False):
    folder.mkdir(parents=True, exist_ok=True)
    module.eval()
    if dynamo:
        torch.onnx.export(module, inputs, folder / "model.onnx", input_names=names, output_names=outputs,
                          dynamic_shapes=dynamic, opset_version=20, dynamo=True, external_data=False)
        forget(folder / "model.onnx")
    else:
        torch.onnx.export(module, inputs, folder / "model.onnx", input_names=names, output_names=outputs,
                          dynamic_axes=dynamic, opset_version=17, dynamo=False)


def config(folder, model):
    write(folder / "config.json", {k: v for k, v in dict(model.config if isinstance(model.config, dict) else model.config.to_dict()).items()
                                   if isinstance(v, (int, float, str, bool, list, type(None), tuple))})


def clip_vocab():
    """Every byte of CLIP's alphabet, alone and at the end of a word, and a few merges."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters = [chr(b) for b in plain] + [chr(256 + n) for n in range(256 - len(plain))]
    merges = ["r e", "re d</w>", "c a", "ca t</w>", "t h", "th e</w>", "b l", "bl u", "blu e</w>", "s e", "se a</w>", "i n", "in g</w>"]
    words = letters + [l + "</w>" for l in letters] + [m.replace(" ", "") for m in merges]
    vocab = {w: i for i, w in enumerate(dict.fromkeys(words + ["<|startoftext|>", "<|endoftext|>"]))}
    return vocab, merges


def clip_tokenizer(folder, pad="<|endoftext|>", parts=True):
    vocab, merges = clip_vocab()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    write(folder / "tokenizer_config.json", {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
                                             "pad_token": pad, "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"})
    tokenizer = CLIPTokenizer(vocab=vocab, merges=[tuple(m.split()) for m in merges], pad_token=pad, model_max_length=77) \
        if not parts else CLIPTokenizer.from_pretrained(str(folder))
    return tokenizer, len(vocab), vocab["<|endoftext|>"], vocab["<|startoftext|>"]


def t5_tokenizer(folder):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -20.0), ("\u2581", -3.0)]
    pieces += [(w, -5.0) for w in ["\u2581red", "\u2581cat", "\u2581the", "\u2581blue", "\u2581sea", "ing", "\u2581a"]]
    pieces += [(c, -8.0) for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'-"]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512)
    folder.mkdir(parents=True, exist_ok=True)
    fast.save_pretrained(str(folder))
    return fast, len(pieces)


class ClipText(nn.Module):
    def __init__(self, model, xl, pooled):
        super().__init__()
        self.model, self.xl, self.pooled = model, xl, pooled

    def forward(self, input_ids):
        out = self.model(input_ids, output_hidden_states=True)
        first = out.text_embeds if hasattr(out, "text_embeds") else out.pooler_output
        if self.xl:
            return (first, out.last_hidden_state, *out.hidden_states)
        return (out.last_hidden_state, first)


def export_clip(model, folder, xl=False):
    config(folder, model)
    names = ["last_hidden_state", "pooler_output"]
    if xl:
        first = "text_embeds" if isinstance(model, CLIPTextModelWithProjection) else "pooler_output"
        names = [first, "last_hidden_state"] + [f"hidden_states.{i}" for i in range(model.config.num_hidden_layers + 1)]
    export(ClipText(model, xl, True), folder, (torch.ones(1, 77, dtype=torch.int64),), ["input_ids"], names,
           {"input_ids": {0: "b"}, **{n: {0: "b"} for n in names}})


class T5(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids)[0]


class Encode(nn.Module):
    def __init__(self, vae, moments):
        super().__init__()
        self.vae, self.moments = vae, moments

    def forward(self, sample):
        latents = self.vae.encode(sample).latent_dist
        return latents.parameters if self.moments else latents.mode()


class Decode(nn.Module):
    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample):
        return self.vae.decode(latent_sample, return_dict=False)[0]


def export_vae(vae, out, moments):
    for half in ("vae_encoder", "vae_decoder"):
        config(out / half, vae)
    c, f = vae.config.latent_channels, 2 ** (len(vae.config.block_out_channels) - 1)
    size = {2: "h", 3: "w"}
    export(Encode(vae, moments), out / "vae_encoder", (torch.randn(1, 3, 8 * f, 6 * f),), ["sample"],
           ["latent_parameters" if moments else "latent_sample"],
           {"sample": size, ("latent_parameters" if moments else "latent_sample"): {2: "p", 3: "q"}})
    export(Decode(vae), out / "vae_decoder", (torch.randn(1, c, 8, 6),), ["latent_sample"], ["sample"],
           {"latent_sample": size, "sample": {2: "p", 3: "q"}})


class Unet(nn.Module):
    def __init__(self, unet, xl):
        super().__init__()
        self.unet, self.xl = unet, xl

    def forward(self, sample, timestep, encoder_hidden_states, *added):
        cond = {"text_embeds": added[0], "time_ids": added[1]} if self.xl else None
        return self.unet(sample, timestep, encoder_hidden_states, added_cond_kwargs=cond, return_dict=False)[0]


def case(out, name, request, latents, image, pictures=()):
    folder = out / "reference" / name
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "init_latents.npy", latents.numpy())
    np.save(folder / "image.npy", np.asarray(image, dtype=np.float32))
    for file, picture in pictures:
        picture.save(folder / file)
    write(folder / "request.json", request)


def clip_model(vocab, eos, bos, hidden, projection=None, layers=2, act="quick_gelu"):
    c = CLIPTextConfig(vocab_size=vocab, hidden_size=hidden, intermediate_size=hidden * 2, num_hidden_layers=layers,
                       num_attention_heads=2, max_position_embeddings=77, eos_token_id=eos, bos_token_id=bos,
                       projection_dim=projection or hidden, hidden_act=act)
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(c).eval()


def stable_diffusion(xl):
    out = root / ("sdxl" if xl else "sd")
    shutil.rmtree(out, ignore_errors=True)
    torch.manual_seed(3 + xl)
    tokenizer, vocab, eos, bos = clip_tokenizer(out / "tokenizer")
    text = clip_model(vocab, eos, bos, 16)
    extra = {}
    if xl:
        tokenizer_2, vocab, eos, bos = clip_tokenizer(out / "tokenizer_2", pad="!")
        text_2 = clip_model(vocab, eos, bos, 16, projection=8, act="gelu")
        extra = dict(addition_embed_type="text_time", addition_time_embed_dim=4, projection_class_embeddings_input_dim=8 + 6 * 4,
                     transformer_layers_per_block=1, attention_head_dim=(1, 2))
    unet = UNet2DConditionModel(sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
                                norm_num_groups=4, cross_attention_dim=32 if xl else 16, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), **extra).eval()
    vae = AutoencoderKL(block_out_channels=(4, 8, 8, 8), down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                        latent_channels=4, norm_num_groups=2, scaling_factor=0.13025 if xl else 0.18215, sample_size=64).eval()
    export_clip(text, out / "text_encoder", xl)
    if xl:
        export_clip(text_2, out / "text_encoder_2", True)
    config(out / "unet", unet)
    words = torch.randn(2, 77, 32 if xl else 16)
    inputs, names = [torch.randn(2, 4, 8, 6), torch.tensor(7.0) if xl else torch.tensor(7), words], ["sample", "timestep", "encoder_hidden_states"]
    dynamic = {"sample": {0: "b", 2: "h", 3: "w"}, "encoder_hidden_states": {0: "b"}, "out_sample": {0: "b", 2: "h", 3: "w"}}
    if xl:
        inputs += [torch.randn(2, 8), torch.ones(2, 6)]
        names += ["text_embeds", "time_ids"]
        dynamic |= {"text_embeds": {0: "b"}, "time_ids": {0: "b"}}
    export(Unet(unet, xl), out / "unet", tuple(inputs), names, ["out_sample"], dynamic)
    export_vae(vae, out, moments=not xl)
    scheduler = EulerDiscreteScheduler(**SD, timestep_spacing="leading", steps_offset=1)
    write(out / "scheduler" / "scheduler_config.json", dict(scheduler.config, _class_name="EulerDiscreteScheduler"))
    write(out / "model_index.json", {"_class_name": "StableDiffusionXLPipeline" if xl else "StableDiffusionPipeline",
                                     "force_zeros_for_empty_prompt": True} if xl else {"_class_name": "StableDiffusionPipeline"})
    if xl:
        pipe = StableDiffusionXLPipeline(vae=vae, text_encoder=text, text_encoder_2=text_2, tokenizer=tokenizer, tokenizer_2=tokenizer_2,
                                         unet=unet, scheduler=scheduler, force_zeros_for_empty_prompt=True, add_watermarker=False)
    else:
        pipe = StableDiffusionPipeline(vae=vae, text_encoder=text, tokenizer=tokenizer, unet=unet, scheduler=scheduler, safety_checker=None,
                                       feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    classes = {"dpm++": DPMSolverMultistepScheduler, "heun": HeunDiscreteScheduler}
    cases = [("plain", "the red cat, blue sea", None, 64, 48, 4, 5.0, None), ("negative", "A Cat isn't THE  sea 42!", "blue", 80, 64, 3, 3.0, None),
             ("unguided", "red", None, 64, 64, 3, 1.0, None),
             ("dpm", "red cat", "sea", 48, 64, 5, 4.0, "dpm++"), ("heun", "red cat", None, 64, 64, 3, 2.0, "heun")]
    for name, prompt, negative, width, height, steps, guidance, kind in cases:
        if kind:
            pipe.scheduler = classes[kind].from_config(scheduler.config)
        else:
            pipe.scheduler = scheduler
        noise = torch.randn(1, 4, height // 8, width // 8)
        image = pipe(prompt, negative_prompt=negative, width=width, height=height, num_inference_steps=steps, guidance_scale=guidance,
                     latents=noise.clone(), output_type="np").images[0]
        request = {"task": "image", "prompt": prompt, "width": width, "height": height, "steps": steps, "guidance": guidance}
        request |= {"negative": negative} if negative is not None else {}
        request |= {"scheduler": kind} if kind else {}
        case(out, name, request, noise, image)


def flux(family):
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


if __name__ == "__main__":
    with torch.no_grad():
        for name, make in (("sd", lambda: stable_diffusion(False)), ("sdxl", lambda: stable_diffusion(True)), ("kontext", lambda: flux("kontext")),
                           ("dreamomni2", lambda: flux("dreamomni2"))):
            if not only or name in only:
                make()
                size = sum(f.stat().st_size for f in (root / name).rglob("*") if f.is_file())
                print(name, size // 1024, "KiB")
