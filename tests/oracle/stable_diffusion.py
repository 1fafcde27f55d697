"""Tiny Stable Diffusion packages: 1.x, SDXL, a UNet made for inpainting, and SDXL's refiner with its one text encoder."""
import shutil
import numpy as np, torch
import diffusers
from PIL import Image
from diffusers import (AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, HeunDiscreteScheduler,
                       LCMScheduler, UNet2DConditionModel)
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.schedulers import scheduling_lcm
from files import case, clip_model, clip_tokenizer, config, export, outside, write
from graphs import Unet, export_clip, export_vae
from philox import normal

SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
CLASSES = {"dpm++": DPMSolverMultistepScheduler, "heun": HeunDiscreteScheduler, "ddim": DDIMScheduler, "lcm": LCMScheduler,
           "euler": EulerDiscreteScheduler}
# An export gives the most likely latents, so the originals do too.
DiagonalGaussianDistribution.sample = lambda self, generator=None: self.mode()

# name, prompt, negative, width, height, steps, guidance, scheduler, pictures: (strength, mask, pixels of the source) or none
WORDS = [("plain", "the red cat, blue sea", None, 64, 48, 4, 5.0, None, None), ("negative", "A Cat isn't THE  sea 42!", "blue", 80, 64, 3, 3.0, None, None),
         ("unguided", "red", None, 64, 64, 3, 1.0, None, None), ("dpm", "red cat", "sea", 48, 64, 5, 4.0, "dpm++", None),
         ("heun", "red cat", None, 64, 64, 3, 2.0, "heun", None)]
MORE = [("ddim", "blue cat", None, 48, 32, 4, 3.0, "ddim", None), ("lcm", "the sea", None, 32, 48, 3, 1.0, "lcm", None),
        ("pair", "the cat", "sea", 32, 32, 2, 3.0, None, 2)]
EDITS = [("edit", "blue sea", None, 48, 32, 5, 3.0, None, (0.7, None, None)), ("edit_heun", "red cat", "sea", 32, 48, 4, 2.0, "heun", (0.5, None, None)),
         ("edit_resized", "red cat", None, 48, 32, 3, 1.0, "ddim", (1.0, None, (57, 41)))]
INPAINTS = [("inpaint", "red cat", "blue", 48, 32, 4, 3.0, None, (1.0, "grey", None)), ("inpaint_weak", "the sea", None, 32, 48, 5, 2.0, "dpm++", (0.6, "stripe", None)),
            ("inpaint_odd", "the sea", None, 64, 48, 3, 1.0, "heun", (0.75, "grey", (51, 37))), ("inpaint_ddim", "cat", None, 32, 32, 3, 4.0, "ddim", (1.0, "stripe", None))]
REFINES = [("refine", "the red cat", "sea", 48, 32, 6, 4.0, None, (0.5, None, None)), ("refine_all", "sea", None, 32, 32, 2, 1.0, None, (1.0, None, None))]


def picture(width, height, seed, grey=False):
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (4, 4) if grey else (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.BICUBIC)


def masks(kind, width, height):
    if kind == "grey":
        return picture(width, height, 9, grey=True)
    stripe = np.zeros((height, width), dtype=np.uint8)
    stripe[height // 3:, width // 4:width // 4 * 3 + 1] = 255
    return Image.fromarray(stripe)


def models(kind, out):
    xl, small = kind in ("sdxl", "refiner"), kind in ("inpaint", "refiner")
    parts = {}
    if kind != "refiner":
        parts["tokenizer"], vocab, eos, bos = clip_tokenizer(out / "tokenizer")
        parts["text_encoder"] = clip_model(vocab, eos, bos, 16)
    extra = dict(attention_head_dim=2) if kind == "inpaint" else {}
    if xl:
        parts["tokenizer_2"], vocab, eos, bos = clip_tokenizer(out / "tokenizer_2", pad="!")
        parts["text_encoder_2"] = clip_model(vocab, eos, bos, 16, projection=8, act="gelu")
        times = 5 if kind == "refiner" else 6
        extra = dict(addition_embed_type="text_time", addition_time_embed_dim=4, projection_class_embeddings_input_dim=8 + times * 4,
                     transformer_layers_per_block=1, attention_head_dim=(1, 2))
    width = 32 if kind == "sdxl" else 16
    parts["unet"] = UNet2DConditionModel(sample_size=8, in_channels=9 if kind == "inpaint" else 4, out_channels=4, layers_per_block=1,
                                         block_out_channels=(4, 4) if small else (8, 16), norm_num_groups=4, cross_attention_dim=width,
                                         down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                                         **extra).eval()
    blocks = (2, 2, 4, 4) if small else (4, 8, 8, 8)
    parts["vae"] = AutoencoderKL(block_out_channels=blocks, down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                                 latent_channels=4, norm_num_groups=2, scaling_factor=0.13025 if xl else 0.18215, sample_size=64).eval()
    return parts, xl, width


def graphs(kind, out, parts, xl, width):
    if "text_encoder" in parts:
        export_clip(parts["text_encoder"], out / "text_encoder", xl)
    if xl:
        export_clip(parts["text_encoder_2"], out / "text_encoder_2", True)
    unet = parts["unet"]
    config(out / "unet", unet)
    # A whole number, a fraction, or a list of one fraction: exporters do each.
    timestep = {"sd": torch.tensor(7), "inpaint": torch.tensor([7]), "sdxl": torch.tensor(7.0), "refiner": torch.tensor([7.0])}[kind]
    inputs = [torch.randn(2, unet.config.in_channels, 8, 6), timestep, torch.randn(2, 77, width)]
    names = ["sample", "timestep", "encoder_hidden_states"]
    dynamic = {"sample": {0: "b", 2: "h", 3: "w"}, "encoder_hidden_states": {0: "b"}, "out_sample": {0: "b", 2: "h", 3: "w"}}
    if xl:
        inputs += [torch.randn(2, 8), torch.ones(2, 5 if kind == "refiner" else 6)]
        names += ["text_embeds", "time_ids"]
        dynamic |= {"text_embeds": {0: "b"}, "time_ids": {0: "b"}}
    export(Unet(unet, xl), out / "unet", tuple(inputs), names, ["out_sample"], dynamic)
    export_vae(parts["vae"], out, moments=not xl)
    if kind == "refiner":
        outside(out / "text_encoder_2" / "model.onnx")


def render(kind, parts, scheduler, row, noise):
    """One case by the pipeline of diffusers that does it; the noise is handed to it where it would draw some."""
    name, prompt, negative, width, height, steps, guidance, asked, pictures = row
    stem = "StableDiffusionXL" if kind in ("sdxl", "refiner") else "StableDiffusion"
    edits = isinstance(pictures, tuple)
    what = ("Inpaint" if pictures[1] else "Img2Img") if edits else ""
    made = dict(parts, scheduler=type(scheduler).from_config(scheduler.config))
    if stem == "StableDiffusion":
        made |= dict(safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    else:
        made = dict(dict(text_encoder=None, tokenizer=None), **made, force_zeros_for_empty_prompt=True, add_watermarker=False)
        made |= dict(requires_aesthetics_score=kind == "refiner") if what else {}
    pipe = getattr(diffusers, f"{stem}{what}Pipeline")(**made)
    # The pipeline has put right what it holds for outdated in its scheduler; others are made of that.
    pipe.scheduler = CLASSES[asked].from_config(pipe.scheduler.config) if asked else pipe.scheduler
    pipe.set_progress_bar_config(disable=True)
    calls = iter(range(1, 100))
    scheduling_lcm.randn_tensor = lambda shape, **_: normal(0, next(calls), shape)
    arguments = dict(negative_prompt=negative, num_inference_steps=steps, guidance_scale=guidance, output_type="np")
    files = []
    if not edits:
        images = pipe(prompt, width=width, height=height, latents=noise.clone(), num_images_per_prompt=noise.shape[0], **arguments).images
        return (images if noise.shape[0] > 1 else images[0]), files
    import sys
    sys.modules[type(pipe).__module__].randn_tensor = lambda shape, **_: noise.clone()
    strength, mask, pixels = pictures
    source = picture(*(pixels or (width, height)), 31)
    files.append(("source.png", source))
    if mask:
        over = masks(mask, *source.size)
        files.append(("mask.png", over))
        images = pipe(prompt, image=source, mask_image=over, width=width, height=height, strength=strength, **arguments).images
    else:
        # This one takes the size of its picture; elsewhere a processor of pictures brings it to size.
        fitted = source if source.size == (width, height) else source.resize((width, height), Image.LANCZOS)
        images = pipe(prompt, image=fitted, strength=strength, **arguments).images
    return images[0], files


def stable_diffusion(root, kind):
    out = root / kind
    shutil.rmtree(out, ignore_errors=True)
    torch.manual_seed({"sd": 3, "sdxl": 4, "inpaint": 7, "refiner": 8}[kind])
    parts, xl, width = models(kind, out)
    graphs(kind, out, parts, xl, width)
    scheduler = DDIMScheduler(**SD) if kind == "inpaint" else EulerDiscreteScheduler(**SD, timestep_spacing="leading", steps_offset=1)
    if kind == "inpaint":
        # As it lies in a published package: every option is told.
        scheduler.save_pretrained(str(out / "scheduler"))
        scheduler = DDIMScheduler.from_pretrained(str(out / "scheduler"))
    else:
        write(out / "scheduler" / "scheduler_config.json", dict(scheduler.config, _class_name=type(scheduler).__name__))
    index = {"_class_name": {"sd": "StableDiffusionPipeline", "sdxl": "StableDiffusionXLPipeline", "inpaint": "StableDiffusionInpaintPipeline",
                             "refiner": "StableDiffusionXLImg2ImgPipeline"}[kind]}
    index |= {"force_zeros_for_empty_prompt": True} if xl else {}
    index |= {"requires_aesthetics_score": True} if kind == "refiner" else {}
    write(out / "model_index.json", index)
    rows = {"sd": WORDS + MORE + EDITS + INPAINTS[:2], "sdxl": WORDS + EDITS[:1] + INPAINTS[1:2], "inpaint": INPAINTS, "refiner": REFINES}[kind]
    for row in rows:
        name, prompt, negative, width, height, steps, guidance, asked, pictures = row
        noise = torch.randn(pictures if isinstance(pictures, int) else 1, 4, height // 8, width // 8)
        image, files = render(kind, parts, scheduler, row, noise)
        request = {"task": "edit" if files else "image", "prompt": prompt, "width": width, "height": height, "steps": steps, "guidance": guidance}
        request |= {"negative": negative} if negative is not None else {}
        request |= {"scheduler": asked} if asked else {}
        if files:
            request |= {"references": ["source.png"], "strength": pictures[0]}
            # Both ways to name a mask.
            if len(files) > 1 and asked:
                request["mask"] = "mask.png"
            elif len(files) > 1:
                request["references"].append({"file": "mask.png", "role": "mask"})
        case(out, name, request, noise, image, files)
    return dict(parts, scheduler=scheduler)
